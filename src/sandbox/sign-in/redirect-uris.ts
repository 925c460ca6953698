/** Where an answer may be sent: the app's registered redirect URIs, compared as Entra does. */
import { failure, type Result, success } from '../../result.ts'
import type { App } from '../directory.ts'
import { type Refusal, refuse } from '../refusals.ts'

export interface RedirectUri {
  readonly uri: string
  /** Of a page whose script fetches the tokens. */
  readonly isSpa: boolean
}

/** The URI given, if it is registered; the app's only one, if none is given. */
export function resolveRedirectUri(given: string | undefined, app: App): Result<RedirectUri, Refusal> {
  const registered = [
    ...app.redirectUris.map((uri) => ({ uri, isSpa: false })),
    ...app.spaRedirectUris.map((uri) => ({ uri, isSpa: true })),
  ]
  const [only, ...others] = registered
  if (given === undefined) {
    if (only === undefined) return failure(refuse('redirect-uri-missing', {}))
    return others.length === 0 ? success(only) : failure(refuse('parameter-missing', { name: 'redirect_uri' }))
  }
  const found = registered.find(({ uri }) => matches(uri, given))
  if (found !== undefined) return success({ uri: given, isSpa: found.isSpa })
  return failure(refuse('redirect-uri-unregistered', { uri: given, app: app.clientId }))
}

/** Letter by letter; but of a loopback address any port, and no path is the same as `/`. */
function matches(registered: string, given: string): boolean {
  if (registered === given) return true
  if (!URL.canParse(registered) || !URL.canParse(given)) return false
  const [left, right] = [new URL(registered), new URL(given)]
  const isLoopback = left.protocol === 'http:' && (left.hostname === 'localhost' || left.hostname === '127.0.0.1')
  const isSameHost = left.hostname === right.hostname && (isLoopback || left.port === right.port)
  const hasNothingElse = right.username === '' && right.password === '' && right.hash === ''
  const isSamePath = left.pathname === right.pathname && left.search === right.search
  return left.protocol === right.protocol && isSameHost && isSamePath && hasNothingElse && !/[\s\\]/.test(given)
}

/** What a policy of the page must allow, so that the browser may follow there. */
export function formTargetOf(redirectUri: string): string {
  const url = new URL(redirectUri)
  return url.origin === 'null' ? url.protocol : url.origin
}
