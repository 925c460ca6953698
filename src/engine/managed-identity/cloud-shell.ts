/** Cloud Shell: not an identity of the machine but the user who is signed in to the portal, for a fixed list of resources. */
import { type IdentityHost, metadataHeader } from './hosts.ts'

export const cloudShell: IdentityHost = {
  name: 'cloud-shell',
  title: 'Cloud Shell',
  method: 'POST',
  variables: ['MSI_ENDPOINT'],
  address: (variables) => ({ variable: 'MSI_ENDPOINT', text: variables.get('MSI_ENDPOINT') ?? '' }),
  headers: () => [metadataHeader],
}
