/** `azid login`: a person signs in, by browser or device code, and the account is remembered. */
import type { Invocation } from '../cli/invocation.ts'
import type { AuthenticationRecord } from '../engine/types.ts'
import type { ExitName } from '../exit-codes.ts'
import type { Setting, Settings } from '../options.ts'
import { printJson } from '../output/json.ts'
import { createLog } from '../output/log.ts'
import { createStyle } from '../output/style.ts'
import { disarmCommands, escapeToLine } from '../output/text.ts'
import type { Runtime } from '../runtime.ts'
import { type Acquisition, acquire, type Preparation, prepare } from './acquire.ts'

export async function run(invocation: Invocation, runtime: Runtime): Promise<ExitName> {
  const { settings } = invocation
  const log = await createLog(runtime, settings)
  const way = settings.deviceCode?.value === true ? 'device-code' : 'interactive-browser'
  const preparation = await prepareLogin(invocation, way, runtime, log)
  // Said before, because nobody likes to sign in for nothing.
  const forgotten = whyForgotten(preparation)
  if (forgotten !== null && settings.quiet?.value !== true) {
    const fix = 'set AZID_CACHE=file; its key then lies in a file'
    preparation.prompt.tell({ kind: 'not-remembered', reason: forgotten, fix })
    await preparation.prompt.flush()
  }
  const { acquisition, told, answered } = await signIn(invocation, preparation, runtime, log)
  await log.flush()
  if (acquisition.kind === 'failed') {
    const { sayFailure } = await import('./say-failure.ts')
    return sayFailure(acquisition, answered)
  }
  if (told === null) throw new Error('a sign-in tells who signed in')
  await sayWhoIsIn(told, whyForgotten(answered), answered)
  return 'done'
}

/** As `get-token -c interactive-browser`, but the person is always asked, and only the account is kept. */
function prepareLogin(
  invocation: Invocation,
  credential: 'interactive-browser' | 'device-code',
  runtime: Runtime,
  log: Preparation['log'],
): Promise<Preparation> {
  const given = <Value>(value: Value): Setting<Value> => ({ value, source: { kind: 'option', name: 'azid login' } })
  const settings: Settings = { ...invocation.settings, credential: given([credential]), noCache: given(true) }
  return prepare({ ...invocation, settings }, runtime, log, { isLogin: true })
}

interface SignedIn {
  readonly acquisition: Acquisition
  readonly told: AuthenticationRecord | null
  /** Of the way that was taken in the end. */
  readonly answered: Preparation
}

/** Without a browser a device code takes its place, as with `az login`; where the page or the person said no, nothing does. */
async function signIn(
  invocation: Invocation,
  preparation: Preparation,
  runtime: Runtime,
  log: Preparation['log'],
): Promise<SignedIn> {
  const first = await ask(preparation)
  const problem = first.acquisition.kind === 'failed' ? first.acquisition.result.attempts[0]?.problem : undefined
  const isWithoutBrowser = problem?.code === 'browser-unavailable'
  if (!isWithoutBrowser || invocation.settings.redirectUri?.source.kind === 'option') return first
  preparation.prompt.tell({ kind: 'fallback', reason: problem.facts.reason })
  await preparation.prompt.flush()
  return ask(await prepareLogin(invocation, 'device-code', runtime, log))
}

async function ask(preparation: Preparation): Promise<SignedIn> {
  const [target] = preparation.targets
  if (target === undefined) throw new Error('a target is always chosen')
  let told: AuthenticationRecord | null = null
  const tell = preparation.prompt.tell
  preparation.prompt.tell = (event) => {
    if (event.kind === 'signed-in') told = event.account
    tell(event)
  }
  const acquisition = await acquire(target, preparation)
  return { acquisition, told, answered: preparation }
}

function whyForgotten({ chain }: Preparation): string | null {
  return chain.cacheLinks[0]?.config.signIn?.accounts.whyForgotten() ?? null
}

async function sayWhoIsIn(
  { username, tenantId, clientId, homeAccountId, authority }: AuthenticationRecord,
  forgotten: string | null,
  { runtime, settings }: Preparation,
): Promise<void> {
  const { stdout } = runtime.terminal
  if (settings.json?.value === true) {
    // The record is in the form of the SDKs, which read it from a file of their own.
    const authenticationRecord = { authority, homeAccountId, clientId, tenantId, username, version: '1.0' }
    const remembered = forgotten === null
    await stdout.write(printJson({ schemaVersion: 1, username, tenantId, remembered, authenticationRecord }))
    return
  }
  const style = await createStyle(stdout, runtime.env, settings.noColor?.value === true)
  const whose = username === '' ? homeAccountId : username
  const kept = forgotten === null ? '; azid logout forgets it' : ', for this run only'
  await stdout.write(
    disarmCommands(`${style.good('signed in')} as ${escapeToLine(whose)} in tenant ${escapeToLine(tenantId)}${kept}\n`),
  )
}
