/**
 * Checks a token's signature with the keys that the configured authority publishes, and nothing that the token itself
 * offers: no `jku`, `x5u`, `jwk` or `x5c`, no algorithm but RS256, no tenant that is not a GUID.
 * (RFC 7515, RFC 8725; reference: Microsoft's access-tokens, "validate the signature".)
 */
import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { failure, type Result, success } from '../result.ts'
import type { Http, NetworkError } from '../runtime.ts'
import { guidPattern, has, isSameId, listOf, textOf } from './claim-values.ts'
import type { DecodedToken, JsonObject } from './decode.ts'
import { issuerKind } from './issuer.ts'
import { clockSkewMs, describeTimes } from './token-times.ts'

/** Why a signature is invalid or cannot be checked; ids are stable. */
export const verificationReasons = {
  verified: 'the signature is that of a key which the authority publishes for this tenant',
  'opaque-token': 'the token is opaque: there is no signature that others could check',
  'not-signed': 'the token is not signed',
  'algorithm-refused': 'the signature is not RS256, the only algorithm that Entra ID signs with',
  'unknown-extension': 'the header demands an extension (`crit`) that Entra ID does not use',
  'nonce-header':
    'the header has a `nonce`: the signature covers another header than this one, and only the service itself can check it',
  'foreign-issuer': 'the token does not come from Entra ID: its keys are not looked for at the authority',
  'authority-untrusted':
    "the authority is not one of Microsoft's and only AZURE_AUTHORITY_HOST names it; if it is yours, name it with `--authority-host`",
  'tenant-unusable': '`tid` is not the id (a GUID) of a tenant: there is no place to look for keys',
  'version-unknown': '`ver` is neither 1.0 nor 2.0: there is no telling which keys apply',
  'tenant-unknown': 'the authority does not know the tenant; if it is of another cloud, name that with `--cloud`',
  'issuer-mismatch': '`iss` is not the issuer that the authority names for this tenant',
  'keys-elsewhere': 'the authority points to keys on a host that is not its own: they were not asked for',
  'no-key-named': 'the header names no key (`kid`)',
  'key-not-published': 'the authority publishes no such key for this tenant',
  'key-retired': 'the authority no longer publishes the key; the token has expired, so the key may have been retired',
  'key-unusable': 'the key that the authority publishes under this name is not an RSA key of 2048 bits or more',
  'signature-wrong': 'the signature does not fit the content: it was changed, cut, or signed by somebody else',
} as const

type VerificationReason = keyof typeof verificationReasons

export type SignatureState = 'valid' | 'invalid' | 'unverifiable'

export interface Verification {
  readonly signature: SignatureState
  readonly reason: VerificationReason
  /** The id of the key that the token names, where keys were looked for. */
  readonly keyId: string | null
  /** Where the keys came from. */
  readonly keysFrom: string | null
  /** Apart from the signature, and with five minutes of tolerance for clocks. */
  readonly time: 'current' | 'expired' | 'not-yet-valid' | 'unknown'
}

export interface VerifyOptions {
  /** `host` is `https://name[:port]`. One that is not Microsoft's is asked only if a person vouched for it: `isTrusted`. */
  readonly authority: { readonly host: string; readonly isMicrosoft: boolean; readonly isTrusted: boolean }
  readonly http: Pick<Http, 'send'>
  /** Milliseconds since the epoch. */
  readonly now: number
  /** For each request. Default 30 s. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
}

/** Documents and key sets are a few kilobytes. */
const maxBytes = 1024 * 1024
const maxKeys = 500

/**
 * Promise: asks only the authority's host (or, for Microsoft's own authorities, Microsoft's), twice or thrice at most,
 * and only if the answer depends on it. An error is a network's: it says nothing of the token.
 */
export async function verifyToken(
  decoded: DecodedToken,
  options: VerifyOptions,
): Promise<Result<Verification, NetworkError>> {
  const time = judgeTime(decoded.claims, options.now)
  const conclude = (verdict: Verdict): Result<Verification, NetworkError> =>
    success({ keyId: null, keysFrom: null, ...verdict, time })

  const early = refuseEarly(decoded, options.authority)
  if (early !== null) return conclude(early)
  const keys = await findKeys(decoded, options, time === 'expired')
  if (!keys.ok) return keys
  if ('signature' in keys.value) return conclude(keys.value)

  const { candidates, keyId, keysFrom } = keys.value
  const usable = candidates.map(importKey).filter((key) => key !== null)
  if (usable.length === 0) return conclude({ signature: 'unverifiable', reason: 'key-unusable', keyId, keysFrom })
  const isValid = usable.some((key) => isSignedBy(decoded, key))
  return conclude(
    isValid
      ? { signature: 'valid', reason: 'verified', keyId, keysFrom }
      : { signature: 'invalid', reason: 'signature-wrong', keyId, keysFrom },
  )
}

type Verdict = Pick<Verification, 'signature' | 'reason'> & Partial<Pick<Verification, 'keyId' | 'keysFrom'>>

const invalid = (reason: VerificationReason): Verdict => ({ signature: 'invalid', reason })
const unverifiable = (reason: VerificationReason): Verdict => ({ signature: 'unverifiable', reason })

/** What the token alone decides, before anything is sent. */
function refuseEarly({ header, claims }: DecodedToken, authority: VerifyOptions['authority']): Verdict | null {
  const algorithm = textOf(header, 'alg')
  if (algorithm === null || algorithm.toLowerCase() === 'none') return invalid('not-signed')
  if (algorithm !== 'RS256') return invalid('algorithm-refused')
  if (has(header, 'crit')) return invalid('unknown-extension')
  if (has(header, 'nonce')) return unverifiable('nonce-header')
  const issuer = issuerKind(claims, authority.host)
  if (issuer === 'b2c' || issuer === 'adfs') return unverifiable('foreign-issuer')
  if (!guidPattern.test(textOf(claims, 'tid') ?? '')) return unverifiable('tenant-unusable')
  if (metadataPath(claims) === null) return unverifiable('version-unknown')
  if (textOf(header, 'kid') === null) return invalid('no-key-named')
  if (!mayBeAsked(authority)) return unverifiable('authority-untrusted')
  return null
}

function mayBeAsked({ isMicrosoft, isTrusted }: VerifyOptions['authority']): boolean {
  return isMicrosoft || isTrusted
}

/** The OpenID metadata of the token's own version: v1 and v2 differ in issuer and keys. */
function metadataPath(claims: JsonObject): string | null {
  const tenant = textOf(claims, 'tid')?.toLowerCase()
  switch (textOf(claims, 'ver')) {
    case '1.0':
      return `/${tenant}/.well-known/openid-configuration`
    case '2.0':
      return `/${tenant}/v2.0/.well-known/openid-configuration`
    default:
      return null
  }
}

interface FoundKeys {
  readonly candidates: readonly JsonObject[]
  readonly keyId: string
  readonly keysFrom: string
}

async function findKeys(
  { header, claims }: DecodedToken,
  options: VerifyOptions,
  isExpired: boolean,
): Promise<Result<FoundKeys | Verdict, NetworkError>> {
  const keyId = textOf(header, 'kid') ?? ''
  const metadata = await fetchJson(`${options.authority.host}${metadataPath(claims)}`, options)
  if (!metadata.ok) return metadata
  if (metadata.value === null) return success(unverifiable('tenant-unknown'))
  if (textOf(metadata.value, 'issuer') === null || textOf(metadata.value, 'issuer') !== textOf(claims, 'iss')) {
    return success(invalid('issuer-mismatch'))
  }
  const keysFrom = acceptKeysUrl(textOf(metadata.value, 'jwks_uri'), options.authority)
  if (keysFrom === null) return success(unverifiable('keys-elsewhere'))

  for (const url of [keysFrom, ...ownKeysUrl(keysFrom, claims)]) {
    const answer = await fetchJson(url, options)
    if (!answer.ok) return answer
    const candidates = answer.value === null ? [] : keysNamed(answer.value, keyId, claims)
    if (candidates.length > 0) return success({ candidates, keyId, keysFrom: url })
  }
  const verdict = isExpired ? unverifiable('key-retired') : invalid('key-not-published')
  return success({ ...verdict, keyId, keysFrom })
}

/** The hosts that serve for each other, as Entra's instance discovery lists them. */
const hostFamilies: readonly (readonly string[])[] = [
  ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
  ['login.partner.microsoftonline.cn', 'login.chinacloudapi.cn'],
  ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
]

/** Null unless https and on the authority's own host and port; Microsoft's hosts may stand in for each other within a cloud. */
function acceptKeysUrl(text: string | null, authority: VerifyOptions['authority']): string | null {
  if (text === null || !URL.canParse(text)) return null
  const url = new URL(text)
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return null
  const own = new URL(authority.host)
  if (url.host === own.host) return url.href
  const family = authority.isMicrosoft ? hostFamilies.find((hosts) => hosts.includes(own.host)) : undefined
  return family?.includes(url.host) ? url.href : null
}

/** An application can have signing keys of its own (claims mapping); they are published under its id, which is then the audience. */
function ownKeysUrl(keysFrom: string, claims: JsonObject): readonly string[] {
  const audience = listOf(claims, 'aud')[0]?.replace(/^api:\/\//i, '') ?? ''
  if (!guidPattern.test(audience)) return []
  const url = new URL(keysFrom)
  url.searchParams.set('appid', audience)
  return [url.href]
}

function keysNamed(answer: JsonObject, keyId: string, claims: JsonObject): readonly JsonObject[] {
  const keys = answer['keys']
  if (!Array.isArray(keys)) return []
  return keys
    .slice(0, maxKeys)
    .filter((key: unknown): key is JsonObject => isObject(key) && key['kid'] === keyId && isForIssuer(key, claims))
}

/** Keys of the v2 set name the issuer that they sign for, with `{tenantid}` for any tenant. */
function isForIssuer(key: JsonObject, claims: JsonObject): boolean {
  const issuer = textOf(key, 'issuer')
  if (issuer === null || textOf(claims, 'ver') !== '2.0') return true
  return isSameId(
    issuer.replace('{tenantid}', () => textOf(claims, 'tid') ?? ''),
    textOf(claims, 'iss'),
  )
}

function importKey(key: JsonObject): KeyObject | null {
  const [n, e] = [textOf(key, 'n'), textOf(key, 'e')]
  if (key['kty'] !== 'RSA' || n === null || e === null) return null
  if (has(key, 'use') && key['use'] !== 'sig') return null
  if (has(key, 'alg') && key['alg'] !== 'RS256') return null
  try {
    const imported = createPublicKey({ key: { kty: 'RSA', n, e }, format: 'jwk' })
    return (imported.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048 ? imported : null
  } catch {
    return null
  }
}

function isSignedBy({ raw }: DecodedToken, key: KeyObject): boolean {
  const token = raw.reveal()
  const end = token.lastIndexOf('.')
  const signature = token.slice(end + 1)
  if (!/^[\w-]+$/.test(signature)) return false
  return verify('RSA-SHA256', Buffer.from(token.slice(0, end), 'ascii'), key, Buffer.from(signature, 'base64url'))
}

function judgeTime(claims: JsonObject, now: number): Verification['time'] {
  const { expiresOn, notBefore } = describeTimes(claims, now)
  if (notBefore !== null && now + clockSkewMs < notBefore) return 'not-yet-valid'
  if (expiresOn === null) return 'unknown'
  return now - clockSkewMs >= expiresOn ? 'expired' : 'current'
}

/** Null: the authority answered that there is no such thing (400 or 404). Anything else but JSON is the network's trouble. */
async function fetchJson(url: string, options: VerifyOptions): Promise<Result<JsonObject | null, NetworkError>> {
  const { http, timeoutMs = 30_000, signal } = options
  const answer = await http.send(
    { method: 'GET', url, headers: { accept: 'application/json' }, timeoutMs, maxBytes },
    signal,
  )
  if (!answer.ok) return answer
  const { status, body } = answer.response
  const host = new URL(url).host
  if (status === 400 || status === 404) return success(null)
  if (status !== 200) return failure({ code: 'protocol', host, detail: `${new URL(url).pathname} answered ${status}` })
  const content = parseObject(body)
  if (content === null)
    return failure({ code: 'protocol', host, detail: `${new URL(url).pathname} answered something that is not JSON` })
  return success(content)
}

function parseObject(text: string): JsonObject | null {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * The id of the tenant that has this domain, from the authority's OpenID metadata; null where it knows none.
 * Tokens name their tenant by id alone.
 */
export async function resolveTenantId(
  domain: string,
  options: VerifyOptions,
): Promise<Result<string | null, NetworkError>> {
  if (!mayBeAsked(options.authority)) return success(null)
  const url = `${options.authority.host}/${encodeURIComponent(domain)}/v2.0/.well-known/openid-configuration`
  const metadata = await fetchJson(url, options)
  if (!metadata.ok) return metadata
  const issuer = metadata.value === null ? null : textOf(metadata.value, 'issuer')
  const tenant = issuer?.split('/').find((segment) => guidPattern.test(segment))
  return success(tenant?.toLowerCase() ?? null)
}
