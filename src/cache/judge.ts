/** Whether a cached token may be served: pure, so that every rule of time can be tested. */
import type { CacheEntry } from './store.ts'

export interface Freshness {
  /** Least remaining life of a token that is served, in milliseconds. */
  readonly minTtlMs: number
  /** Ask anew, and replace what is cached. */
  readonly forceRefresh: boolean
}

/**
 * `fresh`: serve it. `due`: good, but past its `refreshOn`: try for a newer one, and serve it if that fails.
 * `useless`: as if it were not there.
 */
export type Judgement = 'fresh' | 'due' | 'useless'

/** A clock this far behind the one that saved the entry cannot tell whether the token is still good. */
const clockToleranceMs = 5 * 60 * 1000
/** After a renewal in vain, the next try waits this long, as in the SDKs (`DEFAULT_TOKEN_REFRESH_RETRY_DELAY`, 30 s). */
const retryDelayMs = 30_000

/** `revocation`: the token must have been got in answer to a challenge at least this new (seconds since the epoch). */
export function judgeEntry(entry: CacheEntry, freshness: Freshness, revocation: number | null, now: number): Judgement {
  if (freshness.forceRefresh) return 'useless'
  if (revocation !== null && (entry.revocation ?? -1) < revocation) return 'useless'
  if (entry.savedAt > now + clockToleranceMs) return 'useless'
  const { expiresOn, refreshOn } = entry.token
  if (expiresOn <= now || expiresOn - now < freshness.minTtlMs) return 'useless'
  if (refreshOn === null || now < refreshOn) return 'fresh'
  const wasJustTried = entry.refreshFailedAt !== null && Math.abs(now - entry.refreshFailedAt) < retryDelayMs
  return wasJustTried ? 'fresh' : 'due'
}
