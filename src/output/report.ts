/** What to say of a run that gave no token, as data; `failure-text.ts` and `--json` draw it. */
import { type Diagnosis, diagnose, type Hint } from '../diagnosis/diagnose.ts'
import { findGuide, findTroubleshooting } from '../diagnosis/troubleshoot.ts'
import { type Profile, wordProblem } from '../engine/profiles/profile.ts'
import type { Attempt, AttemptOutcome, ChainResult, Choice, CredentialName, Observation } from '../engine/types.ts'
import { type CauseId, causes } from '../knowledge/causes.ts'
import { identifyToken, type ReportedIdentity } from './identity.ts'

export interface ReportedAttempt {
  readonly credential: CredentialName
  readonly outcome: AttemptOutcome
  readonly elapsedMs: number
  /** The chosen SDK's own words; empty for a success and for what was never reached. */
  readonly message: string
  readonly codes: readonly string[]
  readonly causes: readonly CauseId[]
  /** Best first: what is known of this very failure, then what the SDKs' guides say of its kind. */
  readonly hints: readonly Hint[]
  /** What the SDKs' troubleshooting guides say this kind of failure is; null where they have no row for it. */
  readonly meaning: string | null
  /** The place in the chosen SDK's troubleshooting guide; null where nothing failed. */
  readonly guide: string | null
  /** What the credential chose from what it saw, such as the host of a managed identity. */
  readonly choice?: Choice
  readonly evidence: readonly Observation[]
  /** Whose token came; null where none did. */
  readonly identity: ReportedIdentity | null
}

export interface FailureReport {
  readonly scopes: readonly string[]
  /** The text that the chosen SDK would raise for the whole run. */
  readonly message: string
  readonly codes: readonly string[]
  /** Best first: of the attempt that failed, then of those that were unavailable. */
  readonly causes: readonly { readonly id: CauseId; readonly meaning: string }[]
  readonly hints: readonly Hint[]
  readonly attempts: readonly ReportedAttempt[]
}

/** How the credentials were asked for; it decides the head of the SDK's text. */
export type ChainKind = 'DefaultAzureCredential' | 'ChainedTokenCredential' | 'single'

export function reportFailure(
  result: ChainResult,
  kind: ChainKind,
  scopes: readonly string[],
  profile: Profile,
): FailureReport {
  const attempts = result.attempts.map((attempt) => reportAttempt(attempt, profile))
  const telling = [
    ...attempts.filter(({ outcome }) => outcome === 'failed'),
    ...attempts.filter(({ outcome }) => outcome === 'unavailable'),
  ]
  const ids = [...new Set(telling.flatMap((attempt) => attempt.causes))]
  return {
    scopes,
    message: kind === 'single' ? (telling[0]?.message ?? '') : profile.aggregate(kind, result.attempts),
    codes: [...new Set(telling.flatMap((attempt) => attempt.codes))],
    causes: ids.map((id) => ({ id, meaning: causes[id].meaning })),
    hints: uniqueHints(telling.flatMap((attempt) => attempt.hints)),
    attempts,
  }
}

/** One attempt in the chosen SDK's words, with what azid knows about it beside them. */
export function reportAttempt(attempt: Attempt, profile: Profile): ReportedAttempt {
  const { credential, outcome, elapsedMs, problem, token, choice, evidence } = attempt
  const diagnosis: Diagnosis = problem === undefined ? nothing : diagnose(problem)
  const message = problem === undefined ? '' : wordProblem(profile, credential, problem)
  const row = problem === undefined ? null : findTroubleshooting(credential, message)
  return {
    credential,
    outcome,
    elapsedMs,
    message,
    codes: diagnosis.codes,
    causes: diagnosis.causes,
    hints: uniqueHints([...diagnosis.hints, ...(row?.mitigations ?? []).map((text) => ({ text }))]),
    meaning: row?.meaning ?? null,
    guide: problem === undefined ? null : findGuide(credential, row, profile.sdk),
    ...(choice === undefined ? {} : { choice }),
    evidence,
    identity: token === undefined ? null : identifyToken(token, credential),
  }
}

const nothing: Diagnosis = { codes: [], causes: [], hints: [] }

function uniqueHints(hints: readonly Hint[]): readonly Hint[] {
  const seen = new Set<string>()
  return hints.filter(({ text, command }) => {
    const key = `${text}\n${command ?? ''}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

/** The `error` object of a failing command (design: machine contracts); attempts have the shape that `chain` gives them. */
export function failureToJson(report: FailureReport, exitCode: number): Record<string, unknown> {
  return {
    schemaVersion: 1,
    error: {
      exitCode,
      message: report.message,
      codes: report.codes,
      causes: report.causes.map(({ id }) => id),
      attempts: report.attempts,
    },
  }
}
