/** A run of a chain as data: what the contract's JSON says, and what `chain-text.ts` draws. */
import type { Advice } from '../diagnosis/advice.ts'
import type { Profile } from '../engine/profiles/profile.ts'
import type { ChainResult, CredentialName } from '../engine/types.ts'
import {
  attemptToJson,
  type ChainKind,
  type FailureReport,
  type Redact,
  type ReportedAttempt,
  reportAttempt,
  reportFailure,
} from './report.ts'

/** Whose variables the credentials saw, where they are not this process's own. */
export interface ReportedEnvironment {
  readonly kind: 'file' | 'process'
  readonly name: string
  /** Of a Compose file. */
  readonly service?: string
  /** What has to be known to read the trace rightly. */
  readonly notes?: readonly string[]
}

export interface ChainReport {
  readonly profile: Pick<Profile, 'sdk' | 'title' | 'version'>
  readonly kind: ChainKind
  readonly scopes: readonly string[]
  readonly outcome: ChainResult['outcome']
  readonly credential: CredentialName | null
  readonly stoppedBy: CredentialName | null
  readonly elapsedMs: number
  /** What the chosen SDK would raise; null where nothing would be raised. */
  readonly message: string | null
  /** In the order of the chain, with those that are switched off in their places. */
  readonly attempts: readonly ReportedAttempt[]
  readonly advice: readonly Advice[]
  /** The variable for whose proxy the SDK would leave the way that azid went to its token; null: it goes the same way. */
  readonly proxyOfSdk: string | null
  /** Causes, hints and guide of the whole run; null on success. */
  readonly failure: FailureReport | null
  /** Until when the token of the winner is good, in milliseconds since the epoch. */
  readonly expiresOn: number | null
  readonly environment: ReportedEnvironment | null
  readonly isDryRun: boolean
}

export interface ReportedRun {
  readonly result: ChainResult
  readonly kind: ChainKind
  readonly scopes: readonly string[]
  readonly profile: Profile
  /** Links that are switched off, and by what. */
  readonly excluded: readonly { readonly name: CredentialName; readonly by: string }[]
  readonly environment?: ReportedEnvironment | null
  readonly redact: Redact
}

export function reportChain(run: ReportedRun, advice: readonly Advice[]): ChainReport {
  const { result, kind, scopes, profile, environment = null, redact } = run
  const { outcome, credential, stoppedBy, elapsedMs, token } = result
  const failure = outcome === 'succeeded' ? null : reportFailure(result, kind, scopes, profile, redact)
  return {
    profile,
    kind,
    scopes,
    outcome,
    credential,
    stoppedBy,
    elapsedMs,
    message: failure?.message ?? null,
    attempts: arrangeAttempts(run),
    advice,
    proxyOfSdk: null,
    failure,
    expiresOn: token?.expiresOn ?? null,
    environment,
    isDryRun: false,
  }
}

/** The attempts and, between them, the links that are switched off. */
function arrangeAttempts({ result, profile, excluded, redact }: ReportedRun): readonly ReportedAttempt[] {
  return withExcluded(
    result.attempts.map((attempt) => reportAttempt(attempt, profile, redact)),
    excluded,
    profile,
  )
}

export function withExcluded(
  attempts: readonly ReportedAttempt[],
  excluded: ReportedRun['excluded'],
  { order }: Pick<Profile, 'order'>,
): readonly ReportedAttempt[] {
  if (excluded.length === 0) return attempts
  const left = [...attempts]
  const arranged: ReportedAttempt[] = []
  for (const name of order) {
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
    reason,
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
  const { profile, scopes, outcome, credential, stoppedBy, elapsedMs, message, attempts, advice, environment } = report
  return {
    schemaVersion: 1,
    sdk: profile.sdk,
    sdkVersion: profile.version,
    scopes,
    outcome,
    credential,
    stoppedBy,
    elapsedMs,
    message,
    attempts: attempts.map(attemptToJson),
    advice,
    ...(environment === null ? {} : { environment: environmentToJson(environment) }),
    ...(report.isDryRun ? { dryRun: true } : {}),
  }
}

function environmentToJson({ kind, name, service, notes }: ReportedEnvironment): ReportedEnvironment {
  return { kind, name, ...(service === undefined ? {} : { service }), ...(notes === undefined ? {} : { notes }) }
}
