/** The library: azid's credentials as `TokenCredential`s for Azure SDK clients, `openai` and anything that takes one. */

export {
  type AuthenticationRecord,
  deserializeAuthenticationRecord,
  serializeAuthenticationRecord,
} from './library/authentication-record.ts'
export { getBearerTokenProvider } from './library/bearer-token-provider.ts'
export { AzureAuthorityHosts } from './library/configuration.ts'
export {
  ChainedTokenCredential,
  ClientCertificateCredential,
  type ClientCertificateCredentialOptions,
  type ClientCertificateInput,
  ClientSecretCredential,
  DefaultAzureCredential,
  type DefaultAzureCredentialOptions,
  EnvironmentCredential,
} from './library/credentials.ts'
export {
  AggregateAuthenticationError,
  AuthenticationError,
  AuthenticationRequiredError,
  type AuthenticationRequiredErrorOptions,
  CredentialUnavailableError,
  type ErrorResponse,
} from './library/errors.ts'
export {
  AzurePipelinesCredential,
  ClientAssertionCredential,
  GitHubActionsCredential,
  type GitHubActionsCredentialOptions,
  OnBehalfOfCredential,
  type OnBehalfOfCredentialOptions,
  WorkloadIdentityCredential,
  type WorkloadIdentityCredentialOptions,
} from './library/federated-credentials.ts'
export {
  AuthorizationCodeCredential,
  type AuthorizationCodeCredentialOptions,
  DeviceCodeCredential,
  type DeviceCodeCredentialOptions,
  type DeviceCodeInfo,
  InteractiveBrowserCredential,
  type InteractiveBrowserCredentialOptions,
  type InteractiveCredentialOptions,
  type TokenCachePersistenceOptions,
} from './library/person-credentials.ts'
export {
  AzureCliCredential,
  type AzureCliCredentialOptions,
  AzureDeveloperCliCredential,
  AzurePowerShellCredential,
  type ToolCredentialOptions,
  VisualStudioCodeCredential,
} from './library/tool-credentials.ts'
export type {
  AbortSignalLike,
  AccessToken,
  CredentialOptions,
  GetTokenOptions,
  TokenCredential,
} from './library/types.ts'
