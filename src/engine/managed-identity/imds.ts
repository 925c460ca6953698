/** The instance metadata service of virtual machines, scale sets, container instances and AKS nodes: a link-local address. */
import { type IdentityHost, metadataHeader } from './hosts.ts'

export const podIdentityVariable = 'AZURE_POD_IDENTITY_AUTHORITY_HOST'
const imdsAddress = 'http://169.254.169.254'
const path = '/metadata/identity/oauth2/token'

export const imds: IdentityHost = {
  name: 'imds',
  title: 'IMDS',
  method: 'GET',
  variables: [podIdentityVariable],
  address: (variables) => {
    const text = variables.get(podIdentityVariable) ?? imdsAddress
    return { variable: podIdentityVariable, text: text.replace(/^\/+|\/+$/g, ''), path }
  },
  headers: () => [metadataHeader],
}
