/** One run of a chain for `azid chain`: set up as `get-token` would, never answered from the cache, and reported as data. */
import type { Invocation } from '../cli/invocation.ts'
import { type Advice, advise } from '../diagnosis/advice.ts'
import type { Hint } from '../diagnosis/diagnose.ts'
import { registrationCommand } from '../diagnosis/federation.ts'
import { concludeChain, runAllLinks } from '../engine/all-links.ts'
import { runChain } from '../engine/chain.ts'
import { type DryAttempt, type DryStep, dryRunLinks } from '../engine/dry-run.ts'
import { previewFederation } from '../engine/federation-preview.ts'
import { proxyOfSdk } from '../engine/managed-identity/proxy-in-the-way.ts'
import type { Attempt, ChainEvent, ChainResult, CredentialName, SdkName, TokenRequest } from '../engine/types.ts'
import { type ChainReport, reportChain, withExcluded } from '../output/chain-report.ts'
import type { ChainHead, Presented } from '../output/chain-text.ts'
import type { Log } from '../output/log.ts'
import { type Redact, type ReportedAttempt, reportAttempt } from '../output/report.ts'
import type { Env, Http, Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { cachedRequest, type Preparation, prepare, type Target } from './acquire.ts'
import type { OtherEnvironment } from './chain-environment.ts'
import {
  type CacheFacts,
  lookAtMachine,
  lookIntoCache,
  type MachineFacts,
  noCache,
  type ObservedClock,
  observeClock,
} from './chain-facts.ts'
import { redactorOf } from './known-secrets.ts'

/** A chain that is ready to run. */
export interface ChainSession {
  readonly preparation: Preparation
  readonly target: Target
  readonly request: TokenRequest
  readonly head: ChainHead
  readonly other: OtherEnvironment | null
  readonly clock: ObservedClock
  /** Over all that others say. */
  readonly redact: Redact
  /** Looked for while the chain runs. */
  readonly machine: Promise<MachineFacts>
  readonly cache: Promise<CacheFacts>
}

export interface ChainRun {
  readonly result: ChainResult
  readonly report: ChainReport
}

/** Throws `UsageError` as `get-token` does; a variable of another environment is named with where it stands. */
export async function openSession(
  invocation: Invocation,
  runtime: Runtime,
  other: OtherEnvironment | null,
  log: Log,
): Promise<ChainSession> {
  const preparation = await prepare(invocation, runtime, log).catch((error: unknown) => {
    throw error instanceof UsageError && other !== null ? placeError(error, other) : error
  })
  const [target] = preparation.targets
  if (target === undefined) throw new Error('a target is always chosen')
  const clock = observeClock(preparation.runtime, preparation.authority.host)
  const isDry = invocation.settings.dryRun?.value === true
  return {
    preparation,
    target,
    request: cachedRequest(target, preparation).request,
    head: headOf(preparation, target, other),
    other,
    clock,
    redact: redactorOf(preparation),
    machine: lookAtMachine(runtime),
    cache: other === null && !isDry ? lookIntoCache(target, preparation) : Promise.resolve(noCache),
  }
}

/** What the SDK raises names the variable itself. */
function placeError({ facts }: UsageError, { name }: OtherEnvironment): UsageError {
  const source = facts.source ?? (facts.message.includes(selector) ? selector : '')
  const isVariable = /^[A-Z]/.test(source) && !source.startsWith('AZID_')
  return new UsageError(isVariable ? { ...facts, source: `${source} of ${name}` } : facts)
}

const selector = 'AZURE_TOKEN_CREDENTIALS'

function headOf(
  { profile, kind, settings, chain, runtime }: Preparation,
  target: Target,
  other: OtherEnvironment | null,
): ChainHead {
  const value = runtime.env.get('AZURE_TOKEN_CREDENTIALS')?.trim()
  const by = {
    '--exclude': settings.exclude?.source.name ?? '--exclude',
    AZURE_TOKEN_CREDENTIALS: `AZURE_TOKEN_CREDENTIALS=${value}`,
  } as const
  return {
    title: profile.title,
    version: profile.version,
    kind,
    scopes: target.scopes,
    excluded: [
      ...chain.excluded.flatMap((each) => (each.by === 'default' ? [] : [{ name: each.name, by: by[each.by] }])),
      ...chain.absent.map((name) => ({ name, by: 'this version of azid' })),
    ],
    environment: other,
    mode: settings.dryRun?.value === true ? 'dry-run' : settings.all?.value === true ? 'all' : 'run',
  }
}

/** Asks the links, in turn or (with `--all`) at once. `tell` hears of every step, and of each attempt as it ends. */
export async function runSession(session: ChainSession, tell: (event: ChainEvent) => void): Promise<ChainRun> {
  const { preparation, request, clock, other } = session
  const { chain, runtime, signal, settings } = preparation
  const ports = { ...portsOf(runtime), http: throughProxies(clock.http, runtime.env, preparation.profile.sdk) }
  const run = settings.all?.value === true ? runAllLinks : runChain
  const place = (attempt: Attempt): Attempt => placeEvidence(attempt, other)
  const ran = await run(chain.links, request, ports, signal, (event) =>
    tell(event.kind === 'ended' ? { ...event, attempt: place(event.attempt) } : event),
  )
  const result = { ...ran, attempts: ran.attempts.map(place) }
  const { kind, profile } = preparation
  const reported = {
    result,
    kind,
    scopes: session.target.scopes,
    profile,
    excluded: excludedOf(preparation),
    environment: other,
    redact: session.redact,
  }
  const report = reportChain(reported, [])
  return { result, report: { ...report, advice: await adviceFor(session, result, report.attempts) } }
}

/**
 * A chain shows what a program meets: where a variable sends the SDK's requests for this machine's identity to a proxy,
 * they go there as well. `get-token` never sends them anywhere but to the host.
 */
function throughProxies(http: Http, env: Env, sdk: SdkName): Http {
  return {
    send: (request, signal) => {
      const proxy = request.proxy === 'never' && URL.canParse(request.url) ? proxyOfSdk(request.url, env, sdk) : null
      return http.send(proxy === null ? request : { ...request, proxy: { url: proxy } }, signal)
    },
  }
}

/** What decides nothing here, the terminal, stays out of reach of the credentials. */
function portsOf({ env, clock, files, processes, http, keyring, host, random, browser, loopback }: Runtime) {
  return { env, clock, files, processes, http, keyring, host, random, browser, loopback }
}

/** A variable of another environment is not one of this shell: the record says so. */
function placeEvidence(attempt: Attempt, other: OtherEnvironment | null): Attempt {
  if (other === null) return attempt
  const evidence = attempt.evidence.map((each) =>
    each.kind === 'env' && each.result !== 'not set'
      ? { ...each, result: `${each.result} (from ${other.name})` }
      : each,
  )
  return { ...attempt, evidence }
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
): Promise<readonly Advice[]> {
  const { profile, kind, chain, runtime } = preparation
  const [machineFacts, cacheFacts] = await Promise.all([machine, cache])
  return advise({
    sdk: profile.sdk,
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
    ...(other === null ? {} : { isDeveloperMachine: false }),
    ...cacheFacts,
  })
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
  const previews = await Promise.all(dry.map(({ attempt }, at) => preview(attempt.credential, at, preparation)))
  const reported = dry.map(({ step, attempt }, at) =>
    reportDryAttempt({ step, attempt: attempts[at] ?? attempt }, previews[at] ?? null, session),
  )
  const environment = other
  const base = reportChain(
    { result, kind, scopes: target.scopes, profile, excluded: [], environment, redact: session.redact },
    [],
  )
  const ready = reported.filter((_, at) => dry[at]?.step !== null)
  const report: ChainReport = {
    ...base,
    ...(ready.length > 0 && result.outcome === 'unavailable' ? { message: null } : {}),
    attempts: withExcluded(reported, excludedOf(preparation), profile),
    advice: await adviceFor(session, result, reported),
    isDryRun: true,
  }
  const presented = dry.flatMap(({ attempt: { credential } }, at) => {
    const hint = previews[at]
    return hint == null ? [] : [{ credential, hint }]
  })
  return { result, report, ready, presented }
}

function reportDryAttempt(
  { attempt, step }: DryAttempt,
  presents: Hint | null,
  { preparation, redact }: ChainSession,
): ReportedAttempt {
  const reported = reportAttempt(attempt, preparation.profile, redact)
  const does = step === null ? null : redact(describeStep(step))
  return {
    ...reported,
    ...(does === null ? {} : { reason: does }),
    hints: [...(does === null ? [] : [{ text: does }]), ...(presents === null ? [] : [presents]), ...reported.hints],
  }
}

/** Null where the credential presents nothing, or nothing here tells what. */
async function preview(credential: CredentialName, at: number, { chain, runtime }: Preparation): Promise<Hint | null> {
  const config = chain.cacheLinks[at]?.config
  const found = config === undefined ? null : await previewFederation(credential, config, runtime)
  if (found === null) return null
  const { issuer, subject, audience } = found.claims
  const unknown = '(not known here)'
  const isWhole = issuer !== undefined && subject !== undefined && audience !== undefined
  return {
    text: `presents issuer ${issuer ?? unknown}, subject ${subject ?? unknown}, audience ${audience ?? unknown} (${found.from}); the app has to trust exactly these`,
    ...(isWhole ? { command: registrationCommand({ issuer, subject, audience }, found.clientId ?? 'CLIENT-ID') } : {}),
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
