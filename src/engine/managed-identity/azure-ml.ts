/** Azure Machine Learning compute: the protocol of the first App Service, with its own name for the client id. */
import { type IdentityHost, secretHeader } from './hosts.ts'

export const azureMl: IdentityHost = {
  name: 'azure-ml',
  title: 'Azure ML',
  method: 'GET',
  variables: ['MSI_ENDPOINT', 'MSI_SECRET'],
  address: (variables) => ({ variable: 'MSI_ENDPOINT', text: variables.get('MSI_ENDPOINT') ?? '' }),
  headers: (variables) => [secretHeader('secret', 'MSI_SECRET', variables)],
}
