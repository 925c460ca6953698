/** When a token was issued, starts and ends. */
import { timeOf } from './claim-values.ts'
import type { JsonObject } from './decode.ts'

export interface TokenTimes {
  /** Milliseconds since the epoch; null where the token does not say, or says something that is no time. */
  readonly issuedAt: number | null
  readonly notBefore: number | null
  readonly expiresOn: number | null
  /** By this machine's clock, to the millisecond. */
  readonly expired: boolean
  readonly notYetValid: boolean
}

/** How far clocks may differ: the default tolerance of Microsoft's token validators, for start and end alike. */
export const clockSkewMs = 5 * 60 * 1000

/** `now` in milliseconds. */
export function describeTimes(claims: JsonObject, now: number): TokenTimes {
  const [issuedAt = null, notBefore = null, expiresOn = null] = timeClaims.map((name) => {
    const time = timeOf(claims, name)
    return time.kind === 'time' ? time.ms : null
  })
  return {
    issuedAt,
    notBefore,
    expiresOn,
    expired: expiresOn !== null && now >= expiresOn,
    notYetValid: notBefore !== null && now < notBefore,
  }
}

export const timeClaims = ['iat', 'nbf', 'exp'] as const
