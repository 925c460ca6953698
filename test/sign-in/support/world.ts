/** A machine on which people sign in to a sandbox with the whole command, run after run, in a made-up home and time. */

import { withExtraRoots } from '../../../src/extra-roots.ts'
import { main } from '../../../src/main.ts'
import type { Clock, Http, HttpRequest, HttpResult, LoopbackAnswer, Runtime } from '../../../src/runtime.ts'
import { createNodeRuntime } from '../../../src/runtime-node/runtime-node.ts'
import { defaultDirectoryFile } from '../../../src/sandbox/default-directory.ts'
import type { SandboxDirectory } from '../../../src/sandbox/directory.ts'
import { parseDirectory } from '../../../src/sandbox/directory-file.ts'
import type { Sandbox, SandboxOptions } from '../../../src/sandbox/sandbox.ts'
import { type FakeRuntime, type FakeRuntimeOptions, fakeRuntime } from '../../fakes/runtime.ts'
import { createFakeTerminal, type FakeTerminalOptions } from '../../fakes/terminal.ts'
import { startTestSandbox } from '../../support/sandbox.ts'
import { formBrowser, type PersonAtPages } from '../../support/sign-in-forms.ts'

export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** What was asked of the sandbox, with its secrets. */
  readonly sent: readonly HttpRequest[]
}

export interface RunOptions extends FakeTerminalOptions {
  readonly env?: Readonly<Record<string, string>>
  /** What a person does with the code that is shown; default: nothing. */
  readonly withDeviceCode?: (userCode: string) => void
  /** What the browser does with an address; default: it opens, and nothing follows. */
  readonly inBrowser?: (url: string, machine: Machine) => string | null | Promise<string | null>
  /** Long waits are over at once, from when the person is asked. Default: they last, as people are at work meanwhile. */
  readonly timeFlies?: boolean
  /** Answers in the sandbox's place; undefined lets it answer. */
  readonly answer?: (request: HttpRequest) => Stand | undefined | Promise<Stand | undefined>
  readonly host?: Partial<Runtime['host']>
}

/** An answer that the sandbox would not give. */
export type Stand =
  | 'unreachable'
  | { readonly status: number; readonly body: Readonly<Record<string, unknown>> | string }

/** The name under which a machine meets the sandbox where its tokens are to be cached like real ones. */
const publicCloud = 'https://login.microsoftonline.com'

export interface Machine {
  readonly sandbox: Sandbox
  readonly runtime: FakeRuntime
  /** What goes on in browsers; a run is over when this is, too. */
  readonly visits: Promise<unknown>[]
  run(args: readonly string[], options?: RunOptions): Promise<Run>
}

/** The built-in directory with members of the file changed, and quick device codes. */
export function directoryWith(changes: Readonly<Record<string, unknown>> = {}): SandboxDirectory {
  const parsed = parseDirectory({ ...defaultDirectoryFile, deviceCodes: { intervalSeconds: 1 }, ...changes })
  if (!parsed.ok) throw new Error(`${parsed.error.path} ${parsed.error.reason}`)
  return parsed.value
}

export async function startMachine(
  options: FakeRuntimeOptions = {},
  sandboxOptions: Omit<SandboxOptions, 'ports'> = {},
  isPublicCloud = false,
): Promise<Machine> {
  const runtime = fakeRuntime({
    http: async () => ({ ok: false, error: unreachable }),
    ...options,
    isClockManual: false,
  })
  const sandbox = await startTestSandbox({
    clock: runtime.clock,
    directory: sandboxOptions.directory ?? directoryWith(),
    ...sandboxOptions,
  })
  const real = withExtraRoots(createNodeRuntime(), sandbox.caPem).http
  const machine: Machine = {
    sandbox,
    runtime,
    visits: [],
    run: async (args, runOptions = {}) => {
      const sent: HttpRequest[] = []
      let depart = (): void => {}
      const asked = new Promise<void>((resolve) => {
        depart = resolve
      })
      const http: Http = {
        send: async (request, signal) => {
          sent.push(request)
          const stand = await runOptions.answer?.(request)
          const url = isPublicCloud ? request.url.replace(publicCloud, sandbox.origin) : request.url
          const answered = stand === undefined ? await real.send({ ...request, url }, signal) : standIn(stand)
          const result = isPublicCloud ? asPublicCloud(answered, sandbox) : answered
          if (result.ok && url.includes('/devicecode')) {
            const { user_code: userCode } = JSON.parse(result.response.body) as { user_code?: string }
            if (userCode !== undefined) runOptions.withDeviceCode?.(userCode)
            depart()
          }
          return result
        },
      }
      const terminal = createFakeTerminal({ isTerminal: { stdin: true }, ...runOptions })
      const env: Record<string, string> = {
        ...(isPublicCloud ? {} : { AZID_AUTHORITY_HOST: sandbox.origin }),
        DISPLAY: ':0',
        AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1',
        ...runOptions.env,
      }
      const given: Runtime = {
        ...runtime,
        env: { get: (name) => env[name], names: () => Object.keys(env) },
        terminal,
        clock: patient(runtime.clock, runOptions.timeFlies === true ? asked : new Promise(() => {})),
        http,
        host: { ...runtime.host, ...runOptions.host },
        browser: {
          open: async (url) => {
            depart()
            return (await runOptions.inBrowser?.(url, machine)) ?? null
          },
        },
      }
      const code = await main(args, given)
      await Promise.allSettled(machine.visits)
      return { code, stdout: terminal.stdout.text, stderr: terminal.stderr.text, sent }
    },
  }
  return machine
}

/** What the sandbox says of itself, under the other name. */
function asPublicCloud(result: HttpResult, { origin }: Sandbox): HttpResult {
  if (!result.ok) return result
  const { response } = result
  return { ok: true, response: { ...response, body: response.body.replaceAll(origin, publicCloud) } }
}

/** Half a minute and more does not pass by itself, but from `departure` on. */
function patient(clock: Clock, departure: Promise<void>): Clock {
  const aborted = (signal: AbortSignal | undefined): Promise<never> =>
    new Promise((_, reject) => {
      if (signal?.aborted === true) reject(signal.reason)
      signal?.addEventListener('abort', () => reject(signal.reason), { once: true })
    })
  return {
    ...clock,
    sleep: async (ms, signal) => {
      if (ms >= 30_000) await Promise.race([departure, aborted(signal)])
      await clock.sleep(ms, signal)
    },
  }
}

function standIn(stand: Stand): HttpResult {
  if (stand === 'unreachable') return { ok: false, error: unreachable }
  const { status, body } = stand
  const isText = typeof body === 'string'
  const headers = { 'content-type': isText ? 'text/html' : 'application/json' }
  return { ok: true, response: { status, statusText: '', headers, body: isText ? body : JSON.stringify(body) } }
}

const unreachable = { code: 'refused', host: '127.0.0.1', detail: 'connect ECONNREFUSED' } as const

export const megan = { userPrincipalName: 'megan@contoso.onmicrosoft.com' }
export const adele = { userPrincipalName: 'adele@contoso.onmicrosoft.com' }

/** A person who approves each code that is shown. */
export function approveAs(
  machine: Machine,
  person: { readonly userPrincipalName: string },
): (userCode: string) => void {
  return (userCode) => machine.sandbox.approveDeviceCode(userCode, person)
}

export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.trim().split('.')[1] ?? '', 'base64url').toString('utf8'))
}

/** A browser in which a person signs in at the sandbox's pages and is sent back; gives the last page that was landed on. */
export function signInAs(person: PersonAtPages, landed: LoopbackAnswer[] = []): NonNullable<RunOptions['inBrowser']> {
  return (url, { sandbox, runtime, visits }) => {
    const visit = async (): Promise<void> => {
      const { landing } = await formBrowser(sandbox).signIn(url, person)
      if (landing === undefined) return
      const { port, pathname } = new URL(landing.redirectUri)
      const target = `${pathname}?${new URLSearchParams(landing.parameters)}`
      landed.push(await runtime.loopback.visit(Number(port), target))
    }
    // A run that is over already takes no answer; what was landed on tells.
    visits.push(visit().catch(() => {}))
    return null
  }
}

/** A browser that comes back with what a test makes of the address it was opened with. */
export function comeBack(
  answer: (query: URLSearchParams) => Readonly<Record<string, string>>,
  landed: LoopbackAnswer[] = [],
): NonNullable<RunOptions['inBrowser']> {
  return async (url, { runtime, visits }) => {
    const query = new URL(url).searchParams
    const { port, pathname } = new URL(query.get('redirect_uri') ?? '')
    const visit = runtime.loopback.visit(Number(port), `${pathname}?${new URLSearchParams(answer(query))}`)
    visits.push(visit.then((page) => landed.push(page)))
    return null
  }
}
