/** `azid sandbox run|start`: a command, or a shell of your own, with a local Entra ID in place of the cloud. */
import type { Invocation } from '../cli/invocation.ts'
import type { ExitName } from '../exit-codes.ts'
import { printJson } from '../output/json.ts'
import { shells, usualShell } from '../output/shells.ts'
import { escapeToLine } from '../output/text.ts'
import type { Runtime } from '../runtime.ts'
import { childEnvironment } from '../sandbox/child-environment.ts'
import { loadDirectory } from '../sandbox/directory-file.ts'
import { parseFault } from '../sandbox/faults.ts'
import { defaultPersona } from '../sandbox/personas.ts'
import { PrivateFolderError } from '../sandbox/private-folder.ts'
import type { LoggedRequest } from '../sandbox/request-log.ts'
import { type Sandbox, startSandbox } from '../sandbox/sandbox.ts'
import { UsageError } from '../usage-error.ts'
import { findProgram, runProgram } from './run-child.ts'

export async function run(invocation: Invocation, runtime: Runtime): Promise<ExitName | number> {
  return invocation.command === 'sandbox start' ? startAndWait(invocation, runtime) : runCommand(invocation, runtime)
}

async function runCommand(invocation: Invocation, runtime: Runtime): Promise<ExitName | number> {
  const { settings, rest } = invocation
  const sandbox = await open(invocation, runtime)
  try {
    const persona = await environmentOf(sandbox, settings.as?.value)
    const found = await findProgram(rest, runtime)
    if (found.kind === 'missing') return found.code
    const code = await runProgram(found.program, childEnvironment(runtime.env.names(), persona), runtime)
    if (settings.quiet?.value !== true) await runtime.terminal.stderr.write(`${summarise(sandbox.requests)}\n`)
    return code
  } finally {
    await sandbox.close()
  }
}

/** `azid sandbox: 3 requests, 1 token, 1 refused (AADSTS7000215)` */
function summarise(requests: readonly LoggedRequest[]): string {
  const gives = (request: LoggedRequest) => request.endpoint === 'token' || request.endpoint === 'managed-identity'
  const tokens = requests.filter((request) => gives(request) && request.status === 200).length
  const refusals = requests.flatMap((request) => (request.refusal === null ? [] : [request.refusal]))
  const refused = refusals.length === 0 ? '' : `, ${refusals.length} refused (${[...new Set(refusals)].join(', ')})`
  return `azid sandbox: ${count(requests.length, 'request')}, ${count(tokens, 'token')}${refused}`
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

async function startAndWait(invocation: Invocation, runtime: Runtime): Promise<ExitName> {
  const { settings } = invocation
  const { interrupted, terminal } = runtime
  const sandbox = await open(invocation, runtime)
  try {
    const persona = settings.as?.value ?? defaultPersona
    const environment = await environmentOf(sandbox, persona)
    if (settings.json?.value === true) {
      const { origin, port, tenantId } = sandbox
      await terminal.stdout.write(printJson({ schemaVersion: 1, origin, port, tenantId, persona, environment }))
    } else {
      await terminal.stdout.write(drawExports(environment, runtime))
      if (settings.quiet?.value !== true) {
        await terminal.stderr.write(
          `azid sandbox: a local Entra ID at ${sandbox.origin} until Ctrl-C\n` +
            'run the lines above in another shell; what starts there signs in here\n',
        )
      }
    }
    await untilAborted(interrupted)
    return 'done'
  } finally {
    await sandbox.close()
  }
}

function drawExports(environment: Readonly<Record<string, string>>, runtime: Runtime): string {
  const text = shells[usualShell(runtime)].set(Object.entries(environment).map(([name, value]) => ({ name, value })))
  if (text === null) throw new Error('what the sandbox makes holds no NUL')
  return text
}

function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

/** Everything that can be wrong with the command line is wrong before anything listens. */
async function open({ settings }: Invocation, runtime: Runtime): Promise<Sandbox> {
  const faults = (settings.fault?.value ?? []).map((text) => parseFault(text, settings.fault?.source.name))
  const file = settings.directory
  const directory =
    file === undefined ? {} : { directory: await loadDirectory(file.value, runtime.files, file.source.name) }
  const port = settings.port
  const logger = createLogger(settings, runtime)
  try {
    const sandbox = await startSandbox({
      ports: runtime,
      faults,
      ...directory,
      ...(port === undefined ? {} : { port: port.value }),
      ...(logger === undefined ? {} : { onRequest: logger }),
    })
    // The key takes a while to make; the command that will need it takes a while to start.
    void sandbox.state.signingKey()
    return sandbox
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (port === undefined || (code !== 'EADDRINUSE' && code !== 'EACCES')) throw error
    const reason = code === 'EACCES' ? 'this user may not use it' : 'another program has it'
    throw new UsageError({ message: `cannot listen on port ${port.value}: ${reason}`, source: port.source.name })
  }
}

async function environmentOf(sandbox: Sandbox, persona: string | undefined): Promise<Record<string, string>> {
  try {
    return await sandbox.environment(persona)
  } catch (error) {
    if (!(error instanceof PrivateFolderError)) throw error
    throw new UsageError({ message: error.message, source: 'TMPDIR', fix: 'name a folder that can be written' })
  }
}

type Logger = (request: LoggedRequest) => void

function createLogger(settings: Invocation['settings'], runtime: Runtime): Logger | undefined {
  const draw =
    settings.logJson?.value === true
      ? (request: LoggedRequest) => JSON.stringify(request)
      : settings.logRequests?.value === true
        ? drawRequest
        : undefined
  if (draw === undefined) return undefined
  return (request) => void runtime.terminal.stderr.write(`${draw(request)}\n`)
}

/** `azid sandbox: POST /…/token client_credentials by secret: 401 AADSTS7000215, 12 ms` */
function drawRequest(request: LoggedRequest): string {
  const grant = request.grantType === null ? '' : ` ${request.grantType} by ${request.proof}`
  const outcome = request.status === null ? 'no answer' : `${request.status} ${request.refusal ?? ''}`.trimEnd()
  const faults = request.faults.length === 0 ? '' : ` (fault ${request.faults.join(' and ')})`
  return escapeToLine(
    `azid sandbox: ${request.method} ${request.path}${grant}: ${outcome}, ${request.elapsedMs} ms${faults}`,
  )
}
