/** A function that always gives a token that is still good: what the `openai` package and others take. */
import { nodePorts } from './configuration.ts'
import { CredentialUnavailableError } from './errors.ts'
import type { AccessToken, GetTokenOptions, TokenCredential } from './types.ts'

/** As in `@azure/core-rest-pipeline`: two minutes before its end a token is exchanged. */
const refreshWindowMs = 120_000

/**
 * Asks the credential when there is no token yet, or the last one should be refreshed; concurrent callers share one
 * request. A refresh that fails leaves a token that is still valid in use.
 */
export function getBearerTokenProvider(
  credential: TokenCredential,
  scopes: string | string[],
  options: Pick<GetTokenOptions, 'abortSignal'> = {},
): () => Promise<string> {
  let last: AccessToken | null = null
  let asking: Promise<AccessToken> | null = null

  const ask = (): Promise<AccessToken> => {
    asking ??= credential
      .getToken(scopes, options)
      .then((token) => {
        if (token === null) throw new CredentialUnavailableError('the credential gave no token')
        last = token
        return token
      })
      .finally(() => {
        asking = null
      })
    return asking
  }

  return async () => {
    const now = nodePorts().clock.now()
    if (last !== null && now < (last.refreshAfterTimestamp ?? last.expiresOnTimestamp - refreshWindowMs))
      return last.token
    const previous = last
    try {
      return (await ask()).token
    } catch (error) {
      if (previous !== null && now < previous.expiresOnTimestamp) return previous.token
      throw error
    }
  }
}
