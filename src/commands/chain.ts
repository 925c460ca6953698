/** `azid chain`: runs the chain and says what each credential did, why, and what to do. */
import type { Invocation } from '../cli/invocation.ts'
import type { Attempt, ChainEvent } from '../engine/types.ts'
import type { ExitName } from '../exit-codes.ts'
import {
  type DrawChainOptions,
  drawConclusion,
  drawDryConclusion,
  drawHead,
  drawIdentities,
  drawLine,
  nameWidthOf,
} from '../output/chain-text.ts'
import { printJson } from '../output/json.ts'
import { createLog, type Log } from '../output/log.ts'
import { createProgress, type Progress } from '../output/progress.ts'
import { disarmCommands } from '../output/text.ts'
import type { Runtime } from '../runtime.ts'
import { readOtherEnvironment } from './chain-environment.ts'
import { drawOptions, finishReport } from './chain-output.ts'
import { withEnvironment } from './chain-ports.ts'
import type { ChainRun } from './chain-run.ts'
import { askLinks, type ChainSession, openSession } from './chain-session.ts'

export async function run(invocation: Invocation, runtime: Runtime): Promise<ExitName> {
  const { settings } = invocation
  const log = await createLog(runtime, settings)
  if (settings.report !== undefined) await (await import('./chain-issue.ts')).checkReportPlace(settings.report, runtime)
  const other = await readOtherEnvironment(settings, runtime)
  const seen = other === null ? runtime : withEnvironment(runtime, other)
  if (settings.sdk.value === 'all') {
    const { compareSdks } = await import('./chain-sdks.ts')
    return compareSdks(invocation, { runtime, seen, other, log })
  }
  const session = await openSession(invocation, seen, other, log)
  const { ran, exit } =
    settings.dryRun?.value === true ? await dryRun(session, runtime, log) : await realRun(session, runtime, log)
  return finishReport(settings, [{ session, ...ran }], exit, runtime)
}

interface Ran {
  readonly ran: ChainRun
  readonly exit: ExitName
}

async function realRun(session: ChainSession, runtime: Runtime, log: Log): Promise<Ran> {
  const { settings } = session.preparation
  const { stdout } = runtime.terminal
  const isJson = settings.json?.value === true
  const telling = loadWhileAsking(runtime)
  const options = isJson ? null : await drawOptions(session.preparation, runtime)
  if (options !== null) await stdout.write(disarmCommands(drawHead(session.head, options)))
  const printer = options === null ? null : createPrinter(session, options, runtime, telling.loaded)
  const result = await askLinks(session, (event) => {
    debug(event, log)
    printer?.tell(event)
  })
  telling.hurry()
  const [{ reportSession }, { chainToJson }, { exitOf }] = await telling.loaded
  const ran = await reportSession(session, result)
  const exit = exitOf(result)
  if (options === null || printer === null) {
    await log.flush()
    await stdout.write(printJson(chainToJson(ran.report)))
    return { ran, exit }
  }
  await printer.finish(ran)
  await log.flush()
  const isAll = settings.all?.value === true
  await stdout.write(
    disarmCommands((isAll ? drawIdentities(ran.report, options) : '') + drawConclusion(ran.report, options)),
  )
  return { ran, exit }
}

/** What is said takes longer to load than a first credential to be asked: it waits until one is, or all have been. */
function loadWhileAsking({ clock }: Runtime): { readonly loaded: ReturnType<typeof loadTelling>; hurry(): void } {
  const waiting = new AbortController()
  const loaded = clock
    .sleep(headStartMs, waiting.signal)
    .catch(() => undefined)
    .then(loadTelling)
  return { loaded, hurry: () => waiting.abort() }
}

/** Nobody sees a line come so much later. */
const headStartMs = 25

function loadTelling() {
  return Promise.all([
    import('./chain-run.ts'),
    import('../output/chain-report.ts'),
    import('./exit.ts'),
    import('../output/report.ts'),
  ])
}

/** Exit 0 where a credential could be asked: that is all that can be said without asking. */
async function dryRun(session: ChainSession, runtime: Runtime, log: Log): Promise<Ran> {
  const { settings, chain } = session.preparation
  const { stdout } = runtime.terminal
  const [{ dryRunSession }, { chainToJson }, { exitOf }] = await loadTelling()
  const ran = await dryRunSession(session)
  const { result, report, ready, presented } = ran
  const exit: ExitName = result.outcome === 'unavailable' && ready.length > 0 ? 'done' : exitOf(result)
  await log.flush()
  if (settings.json?.value === true) {
    await stdout.write(printJson(chainToJson(report)))
    return { ran, exit }
  }
  const options = await drawOptions(session.preparation, runtime)
  const width = nameWidthOf(chain.links.map(({ name }) => name))
  const names = new Set(ready.map(({ credential }) => credential))
  const lines = report.attempts
    .filter(({ outcome }) => outcome !== 'excluded')
    .map((attempt) => drawLine(attempt, width, options, names.has(attempt.credential) ? 'ready' : undefined))
  const text = drawHead(session.head, options) + lines.join('') + drawDryConclusion(report, ready, presented, options)
  await stdout.write(disarmCommands(text))
  return { ran, exit }
}

function debug(event: ChainEvent, log: Log): void {
  if (event.kind === 'observed') log.debug(event.credential, event.observation)
}

interface Printer {
  tell(event: ChainEvent): void
  /** The lines of what was never reached; everything has been written. */
  finish(run: ChainRun): Promise<void>
}

/** A line a credential, in the order of the chain, as soon as it and those before it have ended; a spinner in between. */
function createPrinter(
  { preparation, redact }: ChainSession,
  options: DrawChainOptions,
  runtime: Runtime,
  loaded: ReturnType<typeof loadTelling>,
): Printer {
  const { chain, profile, settings } = preparation
  const names = chain.links.map(({ name }) => name)
  const width = nameWidthOf(names)
  const ended = new Map<string, string>()
  let printed = 0
  let progress: Progress | null = null
  let written: Promise<void> = Promise.resolve()

  const print = (text: string): void => {
    const over = progress
    progress = null
    written = written.then(async () => {
      await over?.stop()
      await runtime.terminal.stdout.write(disarmCommands(text))
    })
  }
  const watch = (event: ChainEvent): void => {
    progress ??= createProgress(runtime, settings.quiet?.value === true, settings.noColor?.value === true)
    progress.tell(event)
  }
  const line = (
    attempt: Attempt,
    { sketchAttempt }: Pick<typeof import('../output/report.ts'), 'sketchAttempt'>,
  ): void => {
    ended.set(attempt.credential, drawLine(sketchAttempt(attempt, profile, redact), width, options))
    for (let name = names[printed]; name !== undefined && ended.has(name); name = names[printed]) {
      print(ended.get(name) ?? '')
      printed += 1
    }
    const next = names[printed]
    if (settings.all?.value === true && next !== undefined) watch({ kind: 'started', credential: next })
  }
  // In the order in which they happened, the first ones as soon as there are words for them.
  let told: Promise<void> = Promise.resolve()
  return {
    tell: (event) => {
      if (event.kind === 'observed') return
      told = told.then(async () => {
        const [, , , report] = await loaded
        if (event.kind === 'started') watch(event)
        else line(event.attempt, report)
      })
    },
    finish: async ({ report }) => {
      await told
      const rest = report.attempts.filter(({ outcome }) => outcome === 'not-attempted')
      print(rest.map((attempt) => drawLine(attempt, width, options)).join(''))
      await written
    },
  }
}
