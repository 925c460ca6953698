/** JWTs in compact form (RFC 7515): parsed strictly, signed and verified with RSA. */
import { constants, type KeyObject, sign, verify } from 'node:crypto'

/** What Entra and the SDKs sign with. */
export type SigningAlgorithm = 'RS256' | 'PS256'

export interface ParsedToken {
  readonly header: Readonly<Record<string, unknown>>
  readonly claims: Readonly<Record<string, unknown>>
  /** What the signature covers. */
  readonly signedPart: string
  readonly signature: Uint8Array
}

const maxLength = 128 * 1024
const part = /^[A-Za-z0-9_-]+$/

/** Null where the text is not three base64url parts of which the first two are JSON objects. */
export function parseToken(text: string): ParsedToken | null {
  if (text.length > maxLength) return null
  const [header = '', claims = '', signature = '', ...rest] = text.split('.')
  if (rest.length > 0 || ![header, claims, signature].every((value) => part.test(value))) return null
  const parsedHeader = parseObject(header)
  const parsedClaims = parseObject(claims)
  if (parsedHeader === null || parsedClaims === null) return null
  return {
    header: parsedHeader,
    claims: parsedClaims,
    signedPart: `${header}.${claims}`,
    signature: Buffer.from(signature, 'base64url'),
  }
}

function parseObject(encoded: string): Readonly<Record<string, unknown>> | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(encoded, 'base64url'))
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : null
  } catch {
    return null
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function encodePart(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}

/** The token of `header` and `claims`, signed with RS256 over `signedHeader` where that is not the header sent. */
export function signToken(
  header: Readonly<Record<string, unknown>>,
  claims: Readonly<Record<string, unknown>>,
  key: KeyObject,
  signedHeader: Readonly<Record<string, unknown>> = header,
): string {
  const payload = encodePart(claims)
  const signature = sign('sha256', Buffer.from(`${encodePart(signedHeader)}.${payload}`), key)
  return `${encodePart(header)}.${payload}.${signature.toString('base64url')}`
}

export function hasValidSignature(token: ParsedToken, algorithm: SigningAlgorithm, key: KeyObject): boolean {
  const options =
    algorithm === 'PS256'
      ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
      : { key, padding: constants.RSA_PKCS1_PADDING }
  return verify('sha256', Buffer.from(token.signedPart), options, token.signature)
}
