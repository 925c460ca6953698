/** What was asked and what came of it, redacted as it is written: no secret, assertion or token is ever in it. */
import { parseToken } from './signed-token.ts'

export interface LoggedAssertion {
  /** `alg`, `typ` and what names the key; `x5c` as a count. Null for text that is no JWT. */
  readonly header: Readonly<Record<string, string | number>> | null
  readonly claims: { readonly iss: string | null; readonly sub: string | null; readonly aud: string | null } | null
}

export interface LoggedRequest {
  /** ISO 8601, by the sandbox's clock. */
  readonly time: string
  readonly method: string
  readonly host: string
  readonly path: string
  /** Parameters of query and body; those not known to be harmless as `***`. */
  readonly parameters: Readonly<Record<string, string>>
  /** Only of managed identity hosts: the headers that they look at, secret ones as `***`. */
  readonly headers?: Readonly<Record<string, string>>
  readonly endpoint: string | null
  readonly grantType: string | null
  readonly clientId: string | null
  /** How the client proved itself. */
  readonly proof: 'secret' | 'assertion' | 'none'
  readonly assertion: LoggedAssertion | null
  readonly userAgent: string | null
  readonly correlationId: string
  readonly traceId: string
  /** Null: no answer was given (`hang`), or the client went away first. */
  readonly status: number | null
  /** `AADSTS7000215` */
  readonly refusal: string | null
  /** Faults that struck, in their own words. */
  readonly faults: readonly string[]
  readonly elapsedMs: number
}

export interface RequestLog {
  /** The latest 10,000. */
  readonly requests: readonly LoggedRequest[]
  add(request: LoggedRequest): void
}

/** So that a sandbox that runs for weeks does not fill the memory. */
const mostKept = 10_000

/** @param onRequest Told of each request as it ends. */
export function createRequestLog(onRequest?: (request: LoggedRequest) => void): RequestLog {
  const requests: LoggedRequest[] = []
  return {
    requests,
    add: (request) => {
      requests.push(request)
      if (requests.length > mostKept) requests.shift()
      onRequest?.(request)
    },
  }
}

/** Parameters whose value is shown. An allow-list, so a new secret is safe. */
const shown = new Set([
  'api-version',
  'audience',
  'authorization_endpoint',
  'claims',
  'client-request-id',
  'client_assertion_type',
  'client_id',
  'client_info',
  'clientid',
  'code_challenge_method',
  'domain_hint',
  'grant_type',
  'mi_res_id',
  'msi_res_id',
  'object_id',
  'post_logout_redirect_uri',
  'principal_id',
  'prompt',
  'redirect_uri',
  'requested_token_use',
  'resource',
  'response_mode',
  'response_type',
  'scope',
  'serviceConnectionId',
])
/** Parameters that carry secrets or are long: their names are shown, and of any other not even that. */
const hidden = new Set([
  'account',
  'assertion',
  'canary',
  'client_assertion',
  'client_secret',
  'code',
  'code_challenge',
  'code_verifier',
  'device_code',
  'flow',
  'login_hint',
  'loginfmt',
  'nonce',
  'otc',
  'passwd',
  'password',
  'refresh_token',
  'state',
  'username',
])
const longest = 300

export function redactParameters(parameters: Iterable<readonly [string, string]>): Readonly<Record<string, string>> {
  const redacted: Record<string, string> = {}
  for (const [name, value] of parameters) {
    const isShown = shown.has(name) || /^x-(?:client|ms-lib)-[a-z-]{1,40}$/i.test(name)
    redacted[isShown || hidden.has(name) ? name : '(other)'] = isShown ? value.slice(0, longest) : '***'
  }
  return redacted
}

const shownHeaders = ['alg', 'typ', 'kid', 'x5t', 'x5t#S256']

/** Who says what about whom, without the signature and the rest of the claims. */
export function describeAssertion(text: string): LoggedAssertion {
  const token = parseToken(text)
  if (token === null) return { header: null, claims: null }
  const named = shownHeaders.flatMap((name) => {
    const value = token.header[name]
    return typeof value === 'string' ? [[name, value.slice(0, longest)] as const] : []
  })
  const chain = token.header['x5c']
  const { iss, sub, aud } = token.claims
  const textOrNull = (value: unknown): string | null => (typeof value === 'string' ? value.slice(0, longest) : null)
  return {
    header: { ...Object.fromEntries(named), ...(Array.isArray(chain) ? { x5c: chain.length } : {}) },
    claims: { iss: textOrNull(iss), sub: textOrNull(sub), aud: textOrNull(aud) },
  }
}
