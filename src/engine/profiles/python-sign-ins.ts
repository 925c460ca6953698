/** What azure-identity for Python 1.27.0 says of sign-ins that other programs keep, without its broker plug-in. */
import type { ProblemFacts } from '../problems.ts'
import type { SignInFacts } from '../sign-in-facts.ts'
import { pythonTypes } from './python-tools.ts'

type SignInWording = { readonly [Code in keyof SignInFacts]: (facts: ProblemFacts[Code]) => string }

export const pythonSignInWording: SignInWording = {
  'shared-cache-accounts': wordAccounts,
  'shared-cache-closed': () => 'Shared token cache unavailable',
  'shared-cache-unreadable': ({ detail, type }) => {
    if (type !== 'not-json') return `Authentication failed: '${pythonTypes[type]}' object has no attribute 'get'`
    return `Authentication failed: ${detail}`
  },
  // The SDK would use the refresh token here; these are azid's own words.
  'shared-cache-ended': ({ username }) =>
    `SharedTokenCacheCredential: the cache has no access token of '${username}' for this that is still good, and azid does not use the refresh tokens of other programs`,
  'vscode-unavailable': () =>
    "VisualStudioCodeCredential requires the 'azure-identity-broker' package to be installed. You must also ensure you have the Azure Resources extension installed and have signed in to Azure via Visual Studio Code.",
  'broker-unavailable': () =>
    "InteractiveBrowserBrokerCredential unavailable. The 'azure-identity-broker' package is required to use brokered authentication.",
}

function wordAccounts({ reason, username, tenantId }: SignInFacts['shared-cache-accounts']): string {
  const head = 'SharedTokenCacheCredential authentication unavailable.'
  const user = username === undefined ? '' : ` username: ${username}`
  const wish = tenantId === undefined ? user : `${user} tenant: ${tenantId}`
  switch (reason) {
    case 'none':
      return `${head} No accounts were found in the cache.`
    case 'several':
      return `${head} Multiple accounts\nwere found in the cache. Use username and tenant id to disambiguate.`
    case 'none-matches':
      return `${head} No account\nmatching the specified${wish} was found in the cache.`
    case 'several-match':
      return `${head} Multiple accounts\nmatching the specified${wish} were found in the cache.`
    default:
      return reason satisfies never
  }
}
