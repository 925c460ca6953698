/** From pasted text to a JWT's header and claims, or to the plain reason why there are none. The one importer of jwt-decode. */
import { jwtDecode } from 'jwt-decode'
import { failure, type Result, success } from '../result.ts'
import { Secret } from '../secret.ts'

/** Larger texts are refused unread: Entra's tokens stay far below, because they have to fit into a header. */
export const tokenLimit = 1024 * 1024

/** Deeper nesting is refused: no issuer needs it, and recursive readers of the output would break on it. */
const depthLimit = 64

/** An object of JSON. Names come from outside: read with `Object.hasOwn` wherever the name is not a constant of ours. */
export type JsonObject = Readonly<Record<string, unknown>>

export interface DecodedToken {
  /** The token alone, without what was around it. */
  readonly raw: Secret
  readonly header: JsonObject
  readonly claims: JsonObject
  /** Names of claims that occur more than once; the last one counts, but other readers may take the first. */
  readonly repeatedClaims: readonly string[]
}

type TokenPart = 'header' | 'payload'

/** Why a text cannot be read as a JWT. Holds nothing of the text itself. */
export type TokenDefect =
  | { readonly kind: 'empty' }
  | { readonly kind: 'too-large'; readonly limit: number }
  /** Not a token of any kind: spaces, markup, or far too short. */
  | { readonly kind: 'not-a-token' }
  /** May well be a good token, but only its service can read it. */
  | { readonly kind: 'opaque'; readonly likeness: 'refresh-token' | 'encrypted' | 'unknown' }
  /** A JWT has three parts; two of them mean that the signature was cut off. */
  | { readonly kind: 'wrong-parts'; readonly parts: number }
  | { readonly kind: 'not-base64url'; readonly part: TokenPart }
  | { readonly kind: 'not-json'; readonly part: TokenPart }
  | { readonly kind: 'not-an-object'; readonly part: TokenPart }
  | { readonly kind: 'too-deep'; readonly part: TokenPart }

/**
 * Reads a JWT (RFC 7519) without checking its signature. Around it are tolerated: blanks, a byte order mark, quotes,
 * `Bearer`, `Authorization:`, line breaks of a wrapped copy, and the JSON answer of a token command.
 *
 * Promise: never throws; time linear in the text.
 */
export function decodeToken(text: string): Result<DecodedToken, TokenDefect> {
  if (text.length > tokenLimit) return failure({ kind: 'too-large', limit: tokenLimit })
  const token = unwrapToken(text)
  if (token === '') return failure({ kind: 'empty' })
  if (isRefreshTokenLike(token)) return failure({ kind: 'opaque', likeness: 'refresh-token' })
  const parts = token.split('.', 8)
  if (parts.length !== 3) return failure(describeParts(token, parts))

  const header = decodePart(token, 'header', parts[0] ?? '')
  if (!header.ok) return header
  const claims = decodePart(token, 'payload', parts[1] ?? '')
  if (!claims.ok) return claims
  return success({
    raw: new Secret(token),
    header: header.value.content,
    claims: claims.value.content,
    repeatedClaims: claims.value.repeated,
  })
}

/** Members under which token commands print an access token: az, azd, OAuth answers, `get-token --json`. */
const tokenMembers = ['accessToken', 'access_token', 'token']

function unwrapToken(text: string): string {
  let token = text.replace(/^\ufeff/, '').trim()
  if (token.startsWith('{')) token = findTokenMember(token) ?? token
  for (let round = 0; round < 4; round++) {
    const bare = unquote(token.replace(/^authorization\s*:\s*/i, '').replace(/^(?:bearer|pop|mtls_pop)\s+/i, '')).trim()
    if (bare === token) break
    token = bare
  }
  return joinWrappedLines(token)
}

function findTokenMember(json: string): string | undefined {
  try {
    const answer: unknown = JSON.parse(json)
    if (!isObject(answer)) return undefined
    const values = tokenMembers.map((name) => (Object.hasOwn(answer, name) ? answer[name] : undefined))
    return values.find((value) => typeof value === 'string')?.trim()
  } catch {
    return undefined
  }
}

function unquote(text: string): string {
  const first = text[0]
  const isQuoted = text.length >= 2 && (first === '"' || first === "'" || first === '`') && text.endsWith(first)
  return isQuoted ? text.slice(1, -1) : text
}

/** A copy from a terminal breaks lines; a JWT itself holds no blank. */
function joinWrappedLines(text: string): string {
  if (!text.startsWith('ey') || !/\s/.test(text)) return text
  const joined = text.replace(/\s+/g, '')
  return /^[\w.-]+$/.test(joined) ? joined : text
}

/** Entra's refresh tokens and authorization codes begin `0.A` or `1.A`, those of personal accounts `M.C` or `M.R`. */
function isRefreshTokenLike(token: string): boolean {
  return token.length > 40 && /^(?:[01]\.A|M\.[CR]\d)/.test(token) && !/\s/.test(token)
}

function describeParts(token: string, parts: readonly string[]): TokenDefect {
  const isJwtLike = token.startsWith('ey')
  if (parts.length === 5 && isJwtLike && isEncryptedHeader(token, parts[0] ?? ''))
    return { kind: 'opaque', likeness: 'encrypted' }
  if (parts.length === 2 || isJwtLike) {
    return /\s/.test(token) ? { kind: 'not-a-token' } : { kind: 'wrong-parts', parts: parts.length }
  }
  const isTokenLike = token.length >= 16 && /^[\x21-\x7e]+$/.test(token) && !/["'`<>{}\\]/.test(token)
  return isTokenLike ? { kind: 'opaque', likeness: 'unknown' } : { kind: 'not-a-token' }
}

/** A JWE in compact form (RFC 7516 section 3.1): five parts, and a header that names the encryption. */
function isEncryptedHeader(token: string, part: string): boolean {
  const header = decodePart(token, 'header', part)
  return header.ok && typeof header.value.content['enc'] === 'string'
}

interface DecodedPart {
  readonly content: JsonObject
  readonly repeated: readonly string[]
}

function decodePart(token: string, part: TokenPart, encoded: string): Result<DecodedPart, TokenDefect> {
  // RFC 7515 section 2: base64url without padding.
  if (!/^[\w-]*$/.test(encoded) || encoded.length % 4 === 1) return failure({ kind: 'not-base64url', part })
  const json = decodeUtf8(Buffer.from(encoded, 'base64url'))
  if (json === undefined) return failure({ kind: 'not-json', part })
  const shape = scanJson(json)
  if (shape.depth > depthLimit) return failure({ kind: 'too-deep', part })
  try {
    const content: unknown = jwtDecode(token, { header: part === 'header' })
    return isObject(content) ? success({ content, repeated: shape.repeated }) : failure({ kind: 'not-an-object', part })
  } catch {
    return failure({ kind: 'not-json', part })
  }
}

function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

interface JsonShape {
  readonly depth: number
  /** Names that the outermost object holds more than once. */
  readonly repeated: readonly string[]
}

/** One pass over JSON text, before it is parsed; of text that is not JSON the result means nothing. */
function scanJson(json: string): JsonShape {
  const seen = new Set<string>()
  const repeated = new Set<string>()
  let depth = 0
  let deepest = 0
  let name: string | undefined
  for (let at = 0; at < json.length; at++) {
    const mark = json[at]
    if (mark === '"') {
      const end = endOfString(json, at)
      name = depth === 1 ? json.slice(at, end + 1) : undefined
      at = end
    } else if (mark === '{' || mark === '[') deepest = Math.max(deepest, ++depth)
    else if (mark === '}' || mark === ']') depth--
    else if (mark === ':' && depth === 1 && name !== undefined) {
      const plain = unescapeName(name)
      if (seen.has(plain)) repeated.add(plain)
      seen.add(plain)
    }
  }
  return { depth: deepest, repeated: [...repeated] }
}

function endOfString(json: string, start: number): number {
  let at = start + 1
  while (at < json.length && json[at] !== '"') at += json[at] === '\\' ? 2 : 1
  return at
}

/** `"\u0061ud"` is `aud` too. */
function unescapeName(quoted: string): string {
  try {
    return String(JSON.parse(quoted))
  } catch {
    return quoted
  }
}
