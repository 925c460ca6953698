/** Which of several failed attempts says why there is no token: the one that was meant to work. */
import type { AttemptOutcome } from '../engine/types.ts'
import type { CauseId } from '../knowledge/causes.ts'

interface Tried {
  readonly outcome: AttemptOutcome
  readonly codes: readonly string[]
  readonly causes: readonly CauseId[]
}

/**
 * How much a cause says that its credential was meant. What every machine without Azure says of itself comes last; a
 * cause that is not here had something to try with, and stands in between.
 */
const weights: Readonly<Partial<Record<CauseId, number>>> = {
  'env-incomplete': 90,
  'wi-not-injected': 85,
  'mi-endpoint-env-missing': 80,
  'cli-timeout': 70,
  'cli-invocation-failed': 65,
  'cli-not-logged-in': 60,
  'azd-not-logged-in': 58,
  'powershell-not-logged-in': 56,
  'account-ambiguous': 55,
  'ide-signin-unavailable': 30,
  'token-cache-persistence': 25,
  'cli-not-installed': 15,
  'imds-unreachable': 10,
}
const usual = 75

/** At or below this nothing speaks for an intention: the machine just has no credential. */
const unmeant = 15

function weigh({ outcome, codes, causes }: Tried): number {
  if (outcome === 'failed') return 1000
  if (codes.length > 0) return 100
  return Math.max(0, ...causes.map((id) => weights[id] ?? usual))
}

/** Attempts that gave no token, the most telling first; equals stay in their order. */
export function rankAttempts<Attempt extends Tried>(attempts: readonly Attempt[]): readonly Attempt[] {
  return attempts
    .filter(({ outcome }) => outcome === 'failed' || outcome === 'unavailable')
    .map((attempt, at) => ({ attempt, at, weight: weigh(attempt) }))
    .sort((one, other) => other.weight - one.weight || one.at - other.at)
    .map(({ attempt }) => attempt)
}

/** No attempt shows that somebody wanted its credential. */
export function isNothingMeant(attempts: readonly Tried[]): boolean {
  return rankAttempts(attempts).every((attempt) => weigh(attempt) <= unmeant)
}
