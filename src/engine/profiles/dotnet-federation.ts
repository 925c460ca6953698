/** What Azure.Identity for .NET 1.18 says of client assertions; texts it does not have are azid's own. */
import type { FederationFacts } from '../federation-facts.ts'
import type { ProblemFacts } from '../problems.ts'
import { wordAssertionCommand } from './assertion-command-wording.ts'
import { wordDotnetTokenProxy } from './token-proxy-wording.ts'

const pipelinesGuide =
  'See the troubleshooting guide for more information. https://aka.ms/azsdk/net/identity/azurepipelinescredential/troubleshoot'

type Words = { readonly [Code in keyof FederationFacts]: (facts: ProblemFacts[Code]) => string }

export const dotnetFederationWording: Words = {
  // The library sends whatever it finds.
  'federated-token-unusable': ({ source, path, reason }) =>
    reason === 'empty'
      ? 'ClientAssertionCredential authentication failed: Client‑assertion JWT cannot be null or empty. Verify the delegate supplied to WithClientAssertion returns a valid signed JWT.'
      : `ClientAssertionCredential authentication failed: ${path ?? source} holds no client assertion: its content is not ${reason === 'not-text' ? 'text' : 'a JWT'}`,
  'assertion-command': wordAssertionCommand,
  'token-proxy-unusable': wordDotnetTokenProxy,
  'pipelines-no-endpoint': ({ variable }) =>
    `AzurePipelinesCredential is not available: Ensure that you're running this task in an Azure Pipeline so that following missing system variable(s) can be defined: ${variable} is not set.`,
  'github-no-endpoint': ({ isJob, missing }) =>
    isJob
      ? `GitHubActionsCredential authentication unavailable. The workflow may not ask for an id token: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set. It needs \`permissions: id-token: write\`.`
      : 'GitHubActionsCredential authentication unavailable. This is no job of GitHub Actions.',
  'job-token-refused': ({ service, host, status, body, requestId }) => {
    if (service === 'github-actions') return `GitHubActionsCredential: ${host} answered ${status}: ${body}`
    const told = `OIDC token not found in response. ${pipelinesGuide}`
    return status === 200 ? told : `${told}\n\nResponse= ${body}\n\nx-vss-e2eid= ${requestId ?? ''}`
  },
  'job-token-unreachable': ({ service, error }) =>
    service === 'azure-pipelines'
      ? `AzurePipelinesCredential authentication failed: ${error.detail}`
      : `GitHubActionsCredential: no answer from ${error.host}: ${error.detail}`,
}
