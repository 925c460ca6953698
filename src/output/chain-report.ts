/** A run of a chain as data: what the contract's JSON says, and what `chain-text.ts` draws. */
import type { Profile } from '../engine/profiles/profile.ts'
import type { ChainResult, CredentialName } from '../engine/types.ts'
import { type ChainKind, type ReportedAttempt, reportAttempt, reportFailure } from './report.ts'

export interface Advice {
  readonly id: string
  readonly text: string
  readonly command?: string
}

export interface ChainReport {
  readonly sdk: string
  readonly sdkVersion: string
  readonly scopes: readonly string[]
  readonly outcome: ChainResult['outcome']
  readonly credential: CredentialName | null
  readonly stoppedBy: CredentialName | null
  readonly elapsedMs: number
  /** What the chosen SDK would raise; null on success. */
  readonly message: string | null
  /** In the order of the chain, with those that are switched off in their places. */
  readonly attempts: readonly ReportedAttempt[]
  readonly advice: readonly Advice[]
}

export interface ReportedRun {
  readonly result: ChainResult
  readonly kind: ChainKind
  readonly scopes: readonly string[]
  readonly profile: Profile
  /** Links that are switched off, and by what. */
  readonly excluded: readonly { readonly name: CredentialName; readonly by: string }[]
}

export function reportChain(run: ReportedRun, advice: readonly Advice[] = []): ChainReport {
  const { result, kind, scopes, profile } = run
  const { outcome, credential, stoppedBy, elapsedMs } = result
  return {
    sdk: profile.sdk,
    sdkVersion: profile.version,
    scopes,
    outcome,
    credential,
    stoppedBy,
    elapsedMs,
    message: outcome === 'succeeded' ? null : reportFailure(result, kind, scopes, profile).message,
    attempts: arrangeAttempts(run),
    advice,
  }
}

/** The attempts and, between them, the links that are switched off. */
function arrangeAttempts({ result, profile, excluded }: ReportedRun): readonly ReportedAttempt[] {
  const attempts = result.attempts.map((attempt) => reportAttempt(attempt, profile))
  if (excluded.length === 0) return attempts
  const left = [...attempts]
  const arranged: ReportedAttempt[] = []
  for (const name of profile.order) {
    const off = excluded.find((each) => each.name === name)
    if (off !== undefined) arranged.push(excludedAttempt(off.name, off.by))
    else arranged.push(...left.splice(0, left.findIndex(({ credential }) => credential === name) + 1))
  }
  return [...arranged, ...left]
}

function excludedAttempt(credential: CredentialName, by: string): ReportedAttempt {
  const reason = by === 'default' ? 'off unless it is asked for' : `left out by ${by}`
  return {
    credential,
    outcome: 'excluded',
    elapsedMs: 0,
    message: reason,
    codes: [],
    causes: [],
    hints: [],
    meaning: null,
    guide: null,
    evidence: [],
    identity: null,
  }
}

/** The contract (docs/schemas/chain.schema.json). */
export function chainToJson(report: ChainReport): Record<string, unknown> {
  return { schemaVersion: 1, ...report }
}
