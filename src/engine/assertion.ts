/** What can be told of a client assertion or a user's token without the token itself: who says what about whom, until when. */

/** Claims of a JWT (RFC 7519 section 4.1), as they are; absent where they are missing or no text. */
export interface AssertionFacts {
  readonly issuer?: string
  readonly subject?: string
  /** A list of several is joined by a space. */
  readonly audience?: string
  /** Milliseconds since the epoch. */
  readonly expiresOn?: number
}

const part = /^[A-Za-z0-9_-]+$/
/** A longer claim is no name of anything, and would flood a trace. */
const longestClaim = 500

/** Null where the text is no JWS in compact form: three base64url parts, the first two of them JSON objects. */
export function describeAssertion(text: string): AssertionFacts | null {
  const [header = '', payload = '', signature = '', ...rest] = text.split('.')
  if (rest.length > 0 || ![header, payload, signature].every((value) => part.test(value))) return null
  const claims = parsePart(payload)
  if (parsePart(header) === null || claims === null) return null
  const { iss, sub, aud, exp } = claims
  const audiences = Array.isArray(aud) ? aud.filter((each) => typeof each === 'string').join(' ') : aud
  return {
    ...claim('issuer', iss),
    ...claim('subject', sub),
    ...claim('audience', audiences),
    ...(typeof exp === 'number' && Math.abs(exp) <= latestSecond ? { expiresOn: exp * 1000 } : {}),
  }
}

/** The last second that a `Date` can hold. */
const latestSecond = 8.64e12

function claim<Name extends string>(name: Name, value: unknown): { readonly [Key in Name]?: string } {
  if (typeof value !== 'string' || value === '') return {}
  return { [name]: value.slice(0, longestClaim) } as { readonly [Key in Name]?: string }
}

function parsePart(encoded: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

/** One line of evidence: `issuer …, subject …, audience …, expires 2026-11-21T01:02:03Z, in 9 min`. */
export function wordAssertion({ issuer, subject, audience, expiresOn }: AssertionFacts, now: number): string {
  const claims = [
    `issuer ${issuer ?? 'missing'}`,
    `subject ${subject ?? 'missing'}`,
    `audience ${audience ?? 'missing'}`,
    expiresOn === undefined ? 'expiry missing' : wordExpiry(expiresOn, now),
  ]
  return claims.join(', ')
}

function wordExpiry(expiresOn: number, now: number): string {
  const time = new Date(expiresOn).toISOString().replace(/\.\d+Z$/, 'Z')
  const minutes = Math.floor(Math.abs(expiresOn - now) / 60_000)
  return expiresOn <= now ? `expired ${time}, ${minutes} min ago` : `expires ${time}, in ${minutes} min`
}
