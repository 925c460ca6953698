/** Service Fabric: an endpoint with a certificate of its own, trusted by nothing but the thumbprint in a variable. */
import { failure, type Result, success } from '../../result.ts'
import { type IdentityHost, secretHeader } from './hosts.ts'

export const thumbprintVariable = 'IDENTITY_SERVER_THUMBPRINT'

export const serviceFabric: IdentityHost = {
  name: 'service-fabric',
  title: 'Service Fabric',
  method: 'GET',
  variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', thumbprintVariable],
  address: (variables) => ({ variable: 'IDENTITY_ENDPOINT', text: variables.get('IDENTITY_ENDPOINT') ?? '' }),
  headers: (variables) => [secretHeader('Secret', 'IDENTITY_HEADER', variables)],
  needsHttps: true,
}

/** The 40 hex digits of a SHA-1 thumbprint, in lower case; spaces and colons between them do not matter. */
export function readThumbprint(text: string): Result<string, 'malformed'> {
  const digits = text.replace(/[ \t\r\n:]/g, '').toLowerCase()
  return /^[0-9a-f]{40}$/.test(digits) ? success(digits) : failure('malformed')
}
