/** What to say of a run that gave no token, as data; `failure-text.ts` and `--json` draw it. */
import { type Diagnosis, diagnose, type Hint } from '../diagnosis/diagnose.ts'
import { isNothingMeant, rankAttempts } from '../diagnosis/likely.ts'
import { findGuide, findTroubleshooting } from '../diagnosis/troubleshoot.ts'
import { type Profile, wordProblem } from '../engine/profiles/profile.ts'
import type { Attempt, AttemptOutcome, ChainResult, Choice, CredentialName, Observation } from '../engine/types.ts'
import { type CauseId, causes } from '../knowledge/causes.ts'
import { identifyToken, type ReportedIdentity } from './identity.ts'
import { wordReason } from './reasons.ts'

export interface ReportedAttempt {
  readonly credential: CredentialName
  readonly outcome: AttemptOutcome
  readonly elapsedMs: number
  /** In a few words of azid's own: why there is no token; empty where there is no reason to give. */
  readonly reason: string
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
  /** Best first: of the most telling attempt, then of the others; empty where nothing is known of that one. */
  readonly causes: readonly { readonly id: CauseId; readonly meaning: string }[]
  /** Best first; the first one belongs to the first cause. */
  readonly hints: readonly Hint[]
  /** Of the most telling attempt, or of the whole chain. */
  readonly guide: string | null
  readonly attempts: readonly ReportedAttempt[]
}

/** How the credentials were asked for; it decides the head of the SDK's text. */
export type ChainKind = 'DefaultAzureCredential' | 'ChainedTokenCredential' | 'single'

/** Takes out of a text what must not be said. */
export type Redact = (text: string) => string

const asItIs: Redact = (text) => text

/** `redact` goes over all that others said. */
export function reportFailure(
  result: ChainResult,
  kind: ChainKind,
  scopes: readonly string[],
  profile: Profile,
  redact: Redact = asItIs,
): FailureReport {
  const attempts = result.attempts.map((attempt) => reportAttempt(attempt, profile, redact))
  const telling = rankAttempts(attempts)
  // What is not known of the most telling attempt is not explained by the others.
  const [lead] = telling
  const found = (lead?.causes ?? []).length === 0 ? [] : telling.flatMap((attempt) => attempt.causes)
  const isNobody = kind !== 'single' && result.outcome === 'unavailable' && isNothingMeant(attempts)
  const ids = [...new Set<CauseId>(isNobody ? ['no-credential-available', ...found] : found)]
  const message = kind === 'single' ? (lead?.message ?? '') : redact(profile.aggregate(kind, result.attempts))
  // The guide's words on a whole chain are for one in which nothing was meant to work.
  const row = isNobody ? findTroubleshooting(kind, message) : null
  const general = isNobody ? [signInSomehow, ...(row?.mitigations ?? []).map((text) => ({ text }))] : []
  return {
    scopes,
    message,
    codes: [...new Set(telling.flatMap((attempt) => attempt.codes))],
    causes: ids.map((id) => ({ id, meaning: causes[id].meaning })),
    hints: uniqueHints([...general, ...hintsOfCause(lead), ...telling.flatMap((attempt) => attempt.hints)]),
    guide: isNobody || lead === undefined ? findGuide('DefaultAzureCredential', row, profile.sdk) : lead.guide,
    attempts,
  }
}

/** What is done first belongs to the cause that is named first: where nothing closer is known, what helps against it. */
function hintsOfCause(lead: ReportedAttempt | undefined): readonly Hint[] {
  const [cause] = lead?.causes ?? []
  return cause === undefined || lead?.hints.length !== 0 ? [] : [{ text: causes[cause].fix }]
}

/** Nothing speaks for any credential, so the way depends on where this is. */
const signInSomehow: Hint = {
  text: "on your own machine sign in with az; in Azure give it a managed identity; elsewhere set an app's variables (AZURE_TENANT_ID, AZURE_CLIENT_ID, AZURE_CLIENT_SECRET)",
  command: 'az login',
}

/** What a line of a trace shows. */
export type AttemptLine = Pick<
  ReportedAttempt,
  'credential' | 'outcome' | 'elapsedMs' | 'reason' | 'choice' | 'evidence'
>

/** As much of an attempt as its line needs, while the next one is already asked. */
export function sketchAttempt(attempt: Attempt, profile: Profile, redact: Redact): AttemptLine {
  const { credential, outcome, elapsedMs, problem, choice, evidence } = attempt
  return {
    credential,
    outcome,
    elapsedMs,
    reason: problem === undefined ? '' : redact(wordReason(problem, () => wordProblem(profile, credential, problem))),
    ...(choice === undefined ? {} : { choice }),
    evidence: evidence.map((each) => ({ ...each, what: redact(each.what), result: redact(each.result) })),
  }
}

/** One attempt in the chosen SDK's words, with what azid knows about it beside them. */
export function reportAttempt(attempt: Attempt, profile: Profile, redact: Redact): ReportedAttempt {
  const { credential, problem, token } = attempt
  const diagnosis: Diagnosis = problem === undefined ? nothing : diagnose(problem)
  const message = problem === undefined ? '' : redact(wordProblem(profile, credential, problem))
  const row = problem === undefined ? null : findTroubleshooting(credential, message, diagnosis.causes)
  const { choice, evidence, ...line } = sketchAttempt(attempt, profile, redact)
  return {
    ...line,
    message,
    codes: diagnosis.codes,
    causes: diagnosis.causes,
    hints: uniqueHints([
      ...diagnosis.hints.map((hint) => redactHint(hint, redact)),
      ...(row?.mitigations ?? []).map((text) => ({ text })),
    ]),
    meaning: row?.meaning ?? null,
    guide: problem === undefined ? null : findGuide(credential, row, profile.sdk),
    ...(choice === undefined ? {} : { choice }),
    evidence,
    identity: token === undefined ? null : identifyToken(token, credential),
  }
}

function redactHint({ text, command }: Hint, redact: Redact): Hint {
  return { text: redact(text), ...(command === undefined ? {} : { command: redact(command) }) }
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
      attempts: report.attempts.map(attemptToJson),
    },
  }
}

/** Every key of the contract, and nothing that only a person reads. */
export function attemptToJson({ reason: _, ...attempt }: ReportedAttempt): Record<string, unknown> {
  return attempt
}
