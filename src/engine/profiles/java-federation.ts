/** What azure-identity for Java 1.19.0 says of client assertions; texts it does not have are azid's own. */
import type { FederationFacts } from '../federation-facts.ts'
import type { ProblemFacts } from '../problems.ts'
import type { CredentialName } from '../types.ts'
import { wordAssertionCommand } from './assertion-command-wording.ts'
import { wordJavaTokenProxy } from './token-proxy-wording.ts'

const pipelinesGuide = 'https://aka.ms/azsdk/java/identity/azurepipelinescredential/troubleshoot'

type Words = {
  readonly [Code in keyof FederationFacts]: (facts: ProblemFacts[Code], credential: CredentialName) => string
}

export const javaFederationWording: Words = {
  'federated-token-unusable': ({ source, path, reason }, credential) => {
    if (credential === 'ManagedIdentityCredential') return 'Managed Identity authentication is not available.'
    // The library sends whatever it finds but for nothing at all.
    if (reason === 'empty') return 'java.lang.NullPointerException: assertion'
    return `${path ?? source} holds no client assertion: its content is not ${reason === 'not-text' ? 'text' : 'a JWT'}`
  },
  'assertion-command': wordAssertionCommand,
  'token-proxy-unusable': wordJavaTokenProxy,
  'pipelines-no-endpoint': () =>
    'Must provide non-null values for oidcEndpoint properties in AzurePipelinesCredentialBuilder',
  'github-no-endpoint': ({ isJob, missing }) =>
    isJob
      ? `GitHubActionsCredential authentication unavailable. The workflow may not ask for an id token: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set. It needs \`permissions: id-token: write\`.`
      : 'GitHubActionsCredential authentication unavailable. This is no job of GitHub Actions.',
  'job-token-refused': ({ service, host, status, body }) => {
    if (service === 'github-actions') return `GitHubActionsCredential: ${host} answered ${status}: ${body}`
    return status === 200
      ? 'java.lang.NullPointerException: assertion'
      : `java.lang.RuntimeException: com.azure.core.exception.ClientAuthenticationException: Failed to get the client assertion token ${body}.For troubleshooting information see ${pipelinesGuide}.`
  },
  'job-token-unreachable': ({ service, error }) =>
    service === 'azure-pipelines'
      ? 'Failed to get the client assertion token'
      : `GitHubActionsCredential: no answer from ${error.host}: ${error.detail}`,
}
