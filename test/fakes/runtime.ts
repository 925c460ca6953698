/** A whole fake world in one constructor: small working models of every port. */
import { onTestFinished } from 'vitest'
import type { FileErrorCode, Host, Keyring, Runtime } from '../../src/runtime.ts'
import { createFakeClock, type FakeClock } from './clock.ts'
import { createFakeFileSystem, type FakeFile, type FakeFileOperation, type FakeFileSystem } from './files.ts'
import { createFakeHttp, type FakeHttp, type FakeHttpOption } from './http.ts'
import { createFakeKeyring, type FakeKeyring, type FakeKeyringOptions } from './keyring.ts'
import { createFakeLoopback, type FakeLoopback } from './loopback.ts'
import { createFakeProcesses, type FakeProcesses, type FakeProgram } from './processes.ts'
import { createFakeRandom } from './random.ts'
import { createFakeTerminal, type FakeTerminal, type FakeTerminalOptions } from './terminal.ts'

export { networkError, respond } from './http.ts'
export { exited } from './processes.ts'

export interface FakeRuntimeOptions extends FakeTerminalOptions {
  readonly env?: Readonly<Record<string, string>>
  /** Path → content, or a `FakeFile` for kinds, modes and owners. Parent folders come with it. */
  readonly files?: Readonly<Record<string, string | Uint8Array | FakeFile>>
  /** Makes file operations fail on demand. */
  readonly fileFault?: (operation: FakeFileOperation, path: string) => FileErrorCode | undefined
  /** Milliseconds since the epoch. Default 2026-11-21T00:00:00Z. */
  readonly now?: number
  /** Only `clock.advance` moves the time. Default false: sleeping moves it. */
  readonly isClockManual?: boolean
  /** Routes (each must be used), a function, or a port of one's own. Default: no network; a request fails the test. */
  readonly http?: FakeHttpOption
  /** Programs that can be started (each must be). Default none; starting one fails the test. */
  readonly processes?: readonly FakeProgram[]
  /** A working keyring in memory with these options, or a port of one's own. Default: working and empty. */
  readonly keyring?: FakeKeyringOptions | Keyring
  /** What `browser.open` answers. Default: it opens. */
  readonly browser?: (url: string) => string | null | Promise<string | null>
  /** Ports that another program listens on. */
  readonly portsInUse?: readonly number[]
  readonly platform?: Host['platform']
  readonly host?: Partial<Host>
  /** Default 1. */
  readonly seed?: number
}

export interface FakeRuntime extends Runtime {
  readonly clock: FakeClock
  readonly files: FakeFileSystem
  readonly http: FakeHttp
  readonly processes: FakeProcesses
  readonly keyring: FakeKeyring
  readonly terminal: FakeTerminal
  /** What listens; a test visits it as a browser would. */
  readonly loopback: FakeLoopback
  /** URLs that the browser was asked to open. */
  readonly opened: readonly string[]
  /** What was written so far. */
  readonly stdout: string
  readonly stderr: string
  /** A person presses Ctrl-C, or the system says stop. */
  interrupt(signal?: 'SIGINT' | 'SIGTERM'): void
  /** Throws when a script was never used or something was asked that nobody scripted. Runs by itself when a test ends. */
  checkScripts(): void
}

/**
 * Promise: nothing outside this process is touched, and two runs with the same options do the same. Called within a test,
 * the test fails when it ends if a scripted route or program was not used, or one was missing, even if the code under
 * test swallowed the error.
 */
export function fakeRuntime(options: FakeRuntimeOptions = {}): FakeRuntime {
  const host = fakeHost(options)
  const env = options.env ?? {}
  const clock = createFakeClock(options.now ?? Date.UTC(2026, 10, 21), options.isClockManual)
  const files = createFakeFileSystem({
    files: options.files ?? {},
    now: () => clock.now(),
    userId: host.userId,
    isWindows: host.platform === 'win32',
    currentFolder: host.currentFolder,
    ...(options.fileFault === undefined ? {} : { fault: options.fileFault }),
  })
  files.put(host.homeFolder, { kind: 'folder', mode: 0o700 })
  files.put(host.temporaryFolder, { kind: 'folder', mode: 0o777 })
  const http = createFakeHttp(options.http ?? [], clock)
  const terminal = createFakeTerminal(options)
  const processes = createFakeProcesses(options.processes ?? [], clock, async (stdout, stderr) => {
    await terminal.stdout.write(stdout)
    await terminal.stderr.write(stderr)
  })
  const opened: string[] = []
  const interrupted = new AbortController()

  const checkScripts = (): void => {
    const troubles = [...http.troubles(), ...processes.troubles()]
    if (troubles.length > 0) throw new Error(`the fake world was not used as scripted:\n  ${troubles.join('\n  ')}`)
  }
  checkWhenTestEnds(checkScripts)

  return {
    env: { get: (name) => env[name], names: () => Object.keys(env) },
    clock,
    files,
    processes,
    http,
    keyring: fakeKeyring(options.keyring ?? {}, clock),
    terminal,
    browser: {
      open: async (url) => {
        opened.push(url)
        return options.browser === undefined ? null : options.browser(url)
      },
    },
    loopback: createFakeLoopback(options.portsInUse ?? []),
    host,
    random: createFakeRandom(options.seed ?? 1),
    interrupted: interrupted.signal,
    opened,
    get stdout() {
      return terminal.stdout.text
    },
    get stderr() {
      return terminal.stderr.text
    },
    interrupt: (signal = 'SIGINT') => interrupted.abort(signal),
    checkScripts,
  }
}

function fakeHost(options: FakeRuntimeOptions): Host {
  const platform = options.host?.platform ?? options.platform ?? 'linux'
  const isWindows = platform === 'win32'
  return {
    platform,
    architecture: 'x64',
    homeFolder: isWindows ? 'C:\\Users\\ada' : '/home/ada',
    currentFolder: isWindows ? 'C:\\work' : '/work',
    temporaryFolder: isWindows ? 'C:\\Users\\ada\\AppData\\Local\\Temp' : '/tmp',
    processId: 4242,
    userId: isWindows ? -1 : 1000,
    nodeVersion: '20.20.2',
    release: isWindows ? '10.0.22631' : '6.1.0-fake',
    ...options.host,
  }
}

function fakeKeyring(option: FakeKeyringOptions | Keyring, clock: FakeClock): FakeKeyring {
  return 'get' in option ? { peek: () => undefined, ...option } : createFakeKeyring(option, clock)
}

function checkWhenTestEnds(check: () => void): void {
  try {
    onTestFinished(check)
  } catch {
    // Made outside a test, in a hook or at the top of a file: there the caller calls `checkScripts` itself.
  }
}
