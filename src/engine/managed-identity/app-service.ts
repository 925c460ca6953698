/** App Service, Functions, Container Apps and Automation: an endpoint on loopback, guarded by a header from a variable. */
import { type IdentityHost, metadataHeader, secretHeader } from './hosts.ts'

export const appService: IdentityHost = {
  name: 'app-service',
  title: 'App Service',
  method: 'GET',
  variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'],
  address: (variables) => ({ variable: 'IDENTITY_ENDPOINT', text: variables.get('IDENTITY_ENDPOINT') ?? '' }),
  // App Service does not ask for the second header; Automation, which speaks the same protocol, does.
  headers: (variables) => [secretHeader('X-IDENTITY-HEADER', 'IDENTITY_HEADER', variables), metadataHeader],
}
