/** `azid chain --sdk all`: the same chain as each SDK would run it, one after the other, and where they part. */
import type { Invocation } from '../cli/invocation.ts'
import { findProfile, type ProfileName, profileNames } from '../engine/profiles/profiles.ts'
import type { ExitName } from '../exit-codes.ts'
import { drawComparison } from '../output/chain-comparison.ts'
import { type ChainReport, chainToJson } from '../output/chain-report.ts'
import { drawSharedHead } from '../output/chain-text.ts'
import { printJson } from '../output/json.ts'
import type { Log } from '../output/log.ts'
import { createProgress } from '../output/progress.ts'
import { disarmCommands } from '../output/text.ts'
import type { Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import type { RunOfSession } from './chain-issue.ts'
import { drawOptions, finishReport } from './chain-output.ts'
import type { OtherEnvironment } from './chain-ports.ts'
import { dryRunSession, runSession } from './chain-run.ts'
import { openSession } from './chain-session.ts'
import { exitOf } from './exit.ts'

interface Surroundings {
  readonly runtime: Runtime
  /** The ports with the environment that the credentials see. */
  readonly seen: Runtime
  readonly other: OtherEnvironment | null
  readonly log: Log
}

/** Exit 0 where every SDK gets a token; else what the first one without would end with. */
export async function compareSdks(invocation: Invocation, surroundings: Surroundings): Promise<ExitName> {
  const { settings } = invocation
  const { runtime, log } = surroundings
  const { stdout } = runtime.terminal
  const isJson = settings.json?.value === true
  const options = await drawOptions({ settings }, runtime)
  const runs: RunOfSession[] = []
  const reports: ChainReport[] = []
  const exits: ExitName[] = []
  // Some SDKs take what others refuse: a name of a credential, a value of AZURE_TOKEN_CREDENTIALS.
  const refusals: UsageError[] = []
  for (const sdk of profileNames) {
    const ran = await runAs(sdk, invocation, surroundings)
    if ('refusal' in ran) {
      refusals.push(ran.error)
      reports.push(ran.refusal)
      exits.push('usage')
      continue
    }
    if (!isJson && runs.length === 0) await stdout.write(disarmCommands(drawSharedHead(ran.run.session.head, options)))
    runs.push(ran.run)
    reports.push(ran.run.report)
    exits.push(ran.exit)
  }
  await log.flush()
  const [refusal] = refusals
  if (runs.length === 0 && refusal !== undefined) throw refusal
  const scopes = runs[0]?.session.target.scopes ?? []
  await stdout.write(
    isJson
      ? printJson({ schemaVersion: 1, runs: reports.map((report) => chainToJson({ ...report, scopes })) })
      : disarmCommands(drawComparison(reports, options)),
  )
  return finishReport(settings, runs, exits.find((exit) => exit !== 'done') ?? 'done', runtime)
}

async function runAs(
  sdk: ProfileName,
  invocation: Invocation,
  { runtime, seen, other, log }: Surroundings,
): Promise<
  | { readonly run: RunOfSession; readonly exit: ExitName }
  | { readonly refusal: ChainReport; readonly error: UsageError }
> {
  const settings = { ...invocation.settings, sdk: { ...invocation.settings.sdk, value: sdk } }
  const isQuiet = settings.quiet?.value === true || settings.json?.value === true
  try {
    const session = await openSession({ ...invocation, settings }, seen, other, log)
    if (settings.dryRun?.value === true) {
      const ran = await dryRunSession(session)
      const isOpen = ran.result.outcome === 'unavailable' && ran.ready.length > 0
      return { run: { session, ...ran }, exit: isOpen ? 'done' : exitOf(ran.result) }
    }
    const progress = createProgress(runtime, isQuiet, settings.noColor?.value === true)
    try {
      const ran = await runSession(session, (event) => {
        progress.tell(event)
        if (event.kind === 'observed') log.debug(event.credential, event.observation)
      })
      return { run: { session, ...ran }, exit: exitOf(ran.result) }
    } finally {
      await progress.stop()
    }
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return { refusal: refusedRun(sdk, error.facts.message, other), error }
  }
}

/** The chain could not even be made. */
function refusedRun(sdk: ProfileName, message: string, environment: OtherEnvironment | null): ChainReport {
  return {
    profile: findProfile(sdk),
    kind: 'DefaultAzureCredential',
    scopes: [],
    outcome: 'failed',
    credential: null,
    stoppedBy: null,
    elapsedMs: 0,
    message,
    attempts: [],
    advice: [],
    proxyOfSdk: null,
    failure: null,
    expiresOn: null,
    environment,
    isDryRun: false,
  }
}
