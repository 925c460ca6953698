/** What is said of a run of a chain, as data: each attempt, causes, and advice; also of a run that only looks. */
import { type Advice, advise } from '../diagnosis/advice.ts'
import { concludeChain } from '../engine/chain.ts'
import { type DryAttempt, type DryStep, dryRunLinks } from '../engine/dry-run.ts'
import type { ChainEvent, ChainResult } from '../engine/types.ts'
import { type ChainReport, reportChain, withExcluded } from '../output/chain-report.ts'
import type { Presented, PresentedLine } from '../output/chain-text.ts'
import { type ReportedAttempt, reportAttempt } from '../output/report.ts'
import { sayFor, usualShell } from '../output/shells.ts'
import type { Preparation } from './acquire.ts'
import { type Detour, findDetour, isOnTheWay } from './chain-detour.ts'
import { isInContainer } from './chain-ports.ts'
import { previewLines } from './chain-preview.ts'
import { askLinks, type ChainSession, placeEvidence, portsOf } from './chain-session.ts'

export interface ChainRun {
  readonly result: ChainResult
  readonly report: ChainReport
}

/** Asks the links and says what came of it. */
export async function runSession(session: ChainSession, tell: (event: ChainEvent) => void): Promise<ChainRun> {
  return reportSession(session, await askLinks(session, tell))
}

export async function reportSession(session: ChainSession, result: ChainResult): Promise<ChainRun> {
  const { kind, profile } = session.preparation
  const reported = {
    result,
    kind,
    scopes: session.target.scopes,
    profile,
    excluded: excludedOf(session.preparation),
    environment: session.other,
    redact: session.redact,
  }
  const report = reportChain(reported, [])
  const detour = detourOf(session, result)
  const advice = await adviceFor(session, result, report.attempts, detour)
  const isMet = detour !== null && isOnTheWay(result.attempts, result.credential)
  return { result, report: { ...report, advice, proxyOfSdk: isMet ? detour.variable : null } }
}

function detourOf({ preparation: { profile, runtime } }: ChainSession, { attempts }: ChainResult): Detour | null {
  return findDetour(attempts, profile.sdk, runtime.env)
}

function excludedOf({
  chain,
}: Preparation): readonly { readonly name: ReportedAttempt['credential']; readonly by: string }[] {
  return [...chain.excluded, ...chain.absent.map((name) => ({ name, by: 'this version of azid' }))]
}

async function adviceFor(
  { preparation, machine, cache, clock, other }: ChainSession,
  { outcome, credential, attempts }: ChainResult,
  reported: readonly ReportedAttempt[],
  detour: Detour | null,
): Promise<readonly Advice[]> {
  const { profile, kind, chain, runtime } = preparation
  const [machineFacts, cacheFacts] = await Promise.all([machine, cache])
  const advice = advise({
    sdk: profile.sdk,
    title: profile.title,
    detour,
    isDefaultChain: kind === 'DefaultAzureCredential',
    outcome,
    credential,
    attempts,
    excluded: chain.excluded,
    env: runtime.env,
    host: runtime.host,
    tenantIds: reported.flatMap(({ identity }) => identity?.tenantId ?? []),
    clockAheadMs: clock.aheadMs(),
    ...machineFacts,
    // Another program's variables may be meant for somewhere else.
    ...(other === null
      ? {}
      : { isDeveloperMachine: false, ...(isInContainer(other) ? { isContainer: true, isOutside: true } : {}) }),
    ...cacheFacts,
  })
  const shell = usualShell(runtime)
  return advice.map((each) => (each.command === undefined ? each : { ...each, command: sayFor(shell, each.command) }))
}

export interface DryRun extends ChainRun {
  /** The credentials that have what they need, in the order of the chain. */
  readonly ready: readonly ReportedAttempt[]
  /** What jobs and pods would present to Entra, and how an app comes to trust it. */
  readonly presented: readonly Presented[]
}

/** `--dry-run`: what each credential would do first, from variables and files alone. */
export async function dryRunSession(session: ChainSession): Promise<DryRun> {
  const { preparation, request, other, target } = session
  const { chain, runtime, signal, kind, profile } = preparation
  const began = runtime.clock.monotonic()
  const dry = await dryRunLinks(chain.links, request, portsOf(runtime), signal)
  const attempts = dry.map(({ attempt }) => placeEvidence(attempt, other))
  const firstReady = dry.findIndex(({ step }) => step !== null)
  const known = firstReady === -1 ? attempts : attempts.slice(0, firstReady)
  const result = { ...concludeChain(known, Math.round(runtime.clock.monotonic() - began)), attempts }
  const previews = await Promise.all(dry.map(({ attempt }, at) => previewLines(attempt.credential, at, preparation)))
  const reported = dry.map(({ step, attempt }, at) =>
    reportDryAttempt({ step, attempt: attempts[at] ?? attempt }, previews[at] ?? [], session),
  )
  const environment = other
  const base = reportChain(
    { result, kind, scopes: target.scopes, profile, excluded: [], environment, redact: session.redact },
    [],
  )
  const ready = reported.filter((_, at) => dry[at]?.step !== null)
  const report: ChainReport = {
    ...base,
    ...(ready.length > 0 && result.outcome === 'unavailable' ? { message: null, failure: null } : {}),
    attempts: withExcluded(reported, excludedOf(preparation), profile),
    advice: await adviceFor(session, result, reported, detourOf(session, result)),
    isDryRun: true,
  }
  const presented = dry.flatMap(({ attempt: { credential } }, at) => {
    const lines = previews[at] ?? []
    return lines.length === 0 ? [] : [{ credential, lines }]
  })
  return { result, report, ready, presented }
}

function reportDryAttempt(
  { attempt, step }: DryAttempt,
  presents: readonly PresentedLine[],
  { preparation, redact }: ChainSession,
): ReportedAttempt {
  const reported = reportAttempt(attempt, preparation.profile, redact)
  const does = step === null ? null : redact(describeStep(step))
  return {
    ...reported,
    ...(does === null ? {} : { reason: does }),
    hints: [...(does === null ? [] : [{ text: does }]), ...presents.map(({ hint }) => hint), ...reported.hints],
  }
}

function describeStep({ kind, what }: DryStep): string {
  switch (kind) {
    case 'http':
      return `would send ${what}`
    case 'process':
      return `would run ${what}`
    case 'keyring':
      return `would look into the keyring: ${what}`
    case 'browser':
      return `would open the browser at ${what}`
    case 'server':
      return `would listen on ${what}`
    case 'write':
      return `would write ${what}`
    default:
      return kind satisfies never
  }
}
