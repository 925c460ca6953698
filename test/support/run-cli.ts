/** Runs the built command in a process of its own, in an empty home, cut off from this machine's settings. */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'

export interface RunCliOptions {
  /** Added to the isolated environment; `undefined` removes a variable from it. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** What stdin holds; absent: closed. */
  readonly input?: string | Uint8Array
  /** Default 2 min; then the command is killed and the promise rejects with what it had printed. */
  readonly timeoutMs?: number
  readonly cwd?: string
  /** Called when the process runs, for tests that send it signals. */
  readonly started?: (processId: number) => void
}

export interface CliRun {
  /** The exit code, or 128 + the number of the signal that ended it, as a shell says. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export const cliFile = fileURLToPath(new URL('../../bin/azid.js', import.meta.url))

const signalNumbers: Partial<Record<NodeJS.Signals, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGKILL: 9,
  SIGPIPE: 13,
  SIGTERM: 15,
}

/**
 * Promise: of this process's environment only PATH (and what Windows cannot start without) is passed on: no proxy, no
 * CI, no AZURE_, AZID_, IDENTITY_ or MSI_ variable, no session bus. HOME and the XDG folders are empty and removed
 * afterwards, the cache stays in memory, and managed identity's default host is a closed loopback port.
 */
export async function runCli(args: readonly string[], options: RunCliOptions = {}): Promise<CliRun> {
  const failure = inject('buildFailure')
  if (failure !== '') throw new Error(`the command could not be built:\n${failure}`)
  const home = await mkdtemp(path.join(tmpdir(), 'azid-home-'))
  try {
    return await spawnCli(args, await isolatedEnvironment(home, options.env ?? {}), options.cwd ?? home, options)
  } finally {
    await rm(home, { recursive: true, force: true })
  }
}

/** The environment that `runCli` gives; for tests that start the command by other means. */
export async function isolatedEnvironment(
  home: string,
  changes: Readonly<Record<string, string | undefined>> = {},
): Promise<Record<string, string>> {
  const base: Record<string, string | undefined> = {
    PATH: process.env['PATH'],
    SystemRoot: process.env['SystemRoot'],
    ComSpec: process.env['ComSpec'],
    PATHEXT: process.env['PATHEXT'],
    NODE_V8_COVERAGE: process.env['NODE_V8_COVERAGE'],
    LANG: 'C.UTF-8',
    HOME: home,
    USERPROFILE: home,
    APPDATA: path.join(home, 'appdata'),
    LOCALAPPDATA: path.join(home, 'localappdata'),
    XDG_CONFIG_HOME: path.join(home, 'config'),
    XDG_CACHE_HOME: path.join(home, 'cache'),
    XDG_STATE_HOME: path.join(home, 'state'),
    XDG_DATA_HOME: path.join(home, 'data'),
    XDG_RUNTIME_DIR: path.join(home, 'run'),
    AZID_CACHE: 'memory',
    // The real az may be asked: signed out it asks nobody, but it would report its use.
    AZURE_CORE_COLLECT_TELEMETRY: 'false',
    AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1',
    ...changes,
  }
  await mkdir(path.join(home, 'run'), { mode: 0o700, recursive: true })
  return Object.fromEntries(Object.entries(base).filter((entry): entry is [string, string] => entry[1] !== undefined))
}

function spawnCli(
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
  { input, timeoutMs = 120_000, started }: RunCliOptions,
): Promise<CliRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [cliFile, ...args], {
      cwd,
      env,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    })
    const stdout: Buffer[] = []
    const stderr: Buffer[] = []
    child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk))
    let isLate = false
    const limit = setTimeout(() => {
      isLate = true
      child.kill('SIGKILL')
    }, timeoutMs)
    child.on('error', reject)
    child.on('spawn', () => {
      if (child.pid !== undefined) started?.(child.pid)
    })
    child.on('close', (code, signal) => {
      clearTimeout(limit)
      const run: CliRun = {
        code: code ?? 128 + (signal === null ? 0 : (signalNumbers[signal] ?? 0)),
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      }
      if (isLate) {
        reject(
          new Error(
            `azid ${args.join(' ')} did not end within ${timeoutMs} ms\n--- stdout\n${run.stdout}\n--- stderr\n${run.stderr}`,
          ),
        )
      } else resolve(run)
    })
    // The command may end before it has read everything.
    child.stdin?.on('error', () => {})
    child.stdin?.end(input)
  })
}
