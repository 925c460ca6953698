/** A chain for `azid chain`, set up as `get-token` would and never answered from the cache, and asked; what is said of it comes later. */
import type { Invocation } from '../cli/invocation.ts'
import { runAllLinks } from '../engine/all-links.ts'
import { runChain } from '../engine/chain.ts'
import type { Attempt, ChainEvent, ChainResult, EnginePorts, TokenRequest } from '../engine/types.ts'
import type { ChainHead } from '../output/chain-text.ts'
import type { Log } from '../output/log.ts'
import type { Redact } from '../output/report.ts'
import type { Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { cachedRequest, type Preparation, prepare, type Target } from './acquire.ts'
import {
  type CacheFacts,
  lookAtMachine,
  lookIntoCache,
  type MachineFacts,
  noCache,
  type ObservedClock,
  observeClock,
} from './chain-facts.ts'
import type { OtherEnvironment } from './chain-ports.ts'
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
function placeError({ facts }: UsageError, { name, places }: OtherEnvironment): UsageError {
  const source = facts.source ?? (facts.message.includes(selector) ? selector : '')
  const isVariable = /^[A-Z]/.test(source) && !source.startsWith('AZID_')
  return new UsageError(isVariable ? { ...facts, source: `${source} of ${places?.get(source) ?? name}` } : facts)
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
export async function askLinks(session: ChainSession, tell: (event: ChainEvent) => void): Promise<ChainResult> {
  const { preparation, request, clock, other } = session
  const { chain, runtime, signal, settings } = preparation
  const ports = { ...portsOf(runtime), http: clock.http }
  const run = settings.all?.value === true ? runAllLinks : runChain
  const place = (attempt: Attempt): Attempt => placeEvidence(attempt, other)
  const ran = await run(chain.links, request, ports, signal, (event) =>
    tell(event.kind === 'ended' ? { ...event, attempt: place(event.attempt) } : event),
  )
  return { ...ran, attempts: ran.attempts.map(place) }
}

/** What decides nothing here, the terminal, stays out of reach of the credentials. */
export function portsOf({
  env,
  clock,
  files,
  processes,
  http,
  keyring,
  host,
  random,
  browser,
  loopback,
}: Runtime): EnginePorts {
  return { env, clock, files, processes, http, keyring, host, random, browser, loopback }
}

/** A variable of another environment is not one of this shell: the record says so. */
export function placeEvidence(attempt: Attempt, other: OtherEnvironment | null): Attempt {
  if (other === null) return attempt
  const evidence = attempt.evidence.map((each) =>
    each.kind === 'env' && each.result !== 'not set'
      ? { ...each, result: `${each.result} (from ${other.places?.get(each.what) ?? other.name})` }
      : each,
  )
  return { ...attempt, evidence }
}
