/**
 * A world for unmodified SDKs: a network namespace of its own, in which the sandbox answers at the real names and
 * addresses of Entra ID, Azure Resource Manager and IMDS. Nothing in it can reach the outside, and nothing of it is left.
 *
 *     await withWorld({}, async (world) => {
 *       const run = await world.run('azid', ['get-token', 'vault'])
 *       expect(run.code).toBe(0)
 *       expect(world.requests()).toHaveLength(2)
 *     })
 *
 * Needs root and `ip netns` (iproute2). Where there is neither, `worldTrouble()` says why, and suites skip.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { mkdir, mkdtemp, rename, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { LoggedRequest } from '../../src/sandbox/request-log.ts'
import { cliFile } from '../support/run-cli.ts'
import type { MadeAnswer } from './imds-front.ts'
import type { ServerChange, ServerLine, ServerOrder } from './world-server.ts'

export interface WorldOptions {
  /** Names at which the sandbox answers on 127.0.0.1:443; the first is its origin. */
  readonly names?: readonly string[]
  /** `sandbox`, the default: it answers at 169.254.169.254:80. `refused`: nobody does. `dropped`: packets to it vanish. */
  readonly imds?: 'sandbox' | 'refused' | 'dropped'
  /** More addresses to which packets vanish. */
  readonly drops?: readonly string[]
  /** Whom the variables of `world.environment` make a process; default none of them is given to `run`. */
  readonly persona?: string
  /** As `azid sandbox --fault`. */
  readonly faults?: readonly string[]
}

interface WorldRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly elapsedMs: number
}

interface RunOptions {
  /** Added; `undefined` removes. */
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly input?: string
  /** Default 60 s. */
  readonly timeoutMs?: number
  readonly cwd?: string
}

export interface World {
  /** Runs a program inside. `azid` is the built command, `node` the one of this process. */
  run(command: string, args: readonly string[], options?: RunOptions): Promise<WorldRun>
  /** What the sandbox was asked since the world began, or since `forget`. */
  requests(): readonly LoggedRequest[]
  forget(): void
  setFaults(...faults: readonly string[]): Promise<void>
  /** What IMDS answers in place of its own; none: its own again. */
  setImdsAnswers(...answers: readonly MadeAnswer[]): Promise<void>
  /** Runs a program that stays, to be asked line by line; it ends with the world. */
  start(command: string, args: readonly string[], options?: Pick<RunOptions, 'env' | 'cwd'>): ChildProcess
  /** The sandbox's ids, secrets and tokens by a short name, and `proxy`. */
  readonly values: Readonly<Record<string, string>>
  /** What makes a process of the world trust its CA, and what every process has. */
  readonly base: Readonly<Record<string, string>>
  /** The variables of the persona, and those that make a process trust the sandbox. */
  readonly environment: Readonly<Record<string, string>>
  /** The variables of each managed identity host but IMDS, by its name. */
  readonly hosts: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly tenantId: string
  /** A folder that goes with the world; it is HOME inside. */
  readonly folder: string
}

const defaultNames = ['login.microsoftonline.com', 'login.microsoft.com', 'management.azure.com'] as const

const prefix = 'azid-world-'
const imdsAddress = '169.254.169.254'
const root = fileURLToPath(new URL('../..', import.meta.url))

/** Why no world can be made here, or null. */
export function worldTrouble(): string | null {
  trouble ??= { reason: findTrouble() }
  return trouble.reason
}

let trouble: { readonly reason: string | null } | undefined

function findTrouble(): string | null {
  if (process.platform !== 'linux') return 'network namespaces are Linux only'
  if (process.getuid?.() !== 0) return 'making a network namespace takes root'
  if (spawnSync('ip', ['-V']).error !== undefined) return '`ip` is missing (iproute2)'
  const name = `${prefix}${process.pid}-try`
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' })
  if (made.status !== 0) return `no network namespace can be made: ${made.stderr.trim()}`
  spawnSync('ip', ['netns', 'del', name])
  return null
}

/** Promise: whatever `act` does, the namespace, its processes and its files are gone when this settles. */
export async function withWorld<T>(options: WorldOptions, act: (world: World) => Promise<T>): Promise<T> {
  const reason = worldTrouble()
  if (reason !== null) throw new Error(`no world can be made here: ${reason}`)
  sweepStale()
  const name = `${prefix}${process.pid}-${++count}`
  const folder = await mkdtemp(path.join(tmpdir(), `${name}-`))
  const end = once(() => tearDown(name, folder))
  const release = endWithProcess(end)
  try {
    await mkdir(path.join(folder, varOpt))
    await raise(name, options)
    const server = await startServer(name, folder, options)
    try {
      return await act(makeWorld(name, folder, server))
    } finally {
      await server.stop()
    }
  } finally {
    release()
    end()
  }
}

let count = 0

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** `end` runs if this process ends in the middle, until released. A kill that cannot be caught is swept up by the next world. */
function endWithProcess(end: () => void): () => void {
  const endBySignal = (signal: NodeJS.Signals): void => {
    end()
    release()
    process.kill(process.pid, signal)
  }
  const release = (): void => {
    process.off('exit', end)
    for (const signal of signals) process.off(signal, endBySignal)
  }
  process.once('exit', end)
  for (const signal of signals) process.once(signal, endBySignal)
  return release
}

async function raise(name: string, options: WorldOptions): Promise<void> {
  const names = options.names ?? defaultNames
  await mkdir(`/etc/netns/${name}`, { recursive: true })
  await writeFile(`/etc/netns/${name}/hosts`, `127.0.0.1 localhost ${names.join(' ')}\n::1 localhost\n`)
  // Nobody answers there, at once: a name that is not in the file is not known.
  await writeFile(`/etc/netns/${name}/resolv.conf`, 'nameserver 127.0.0.1\noptions timeout:1 attempts:1\n')
  ip('netns', 'add', name)
  ip('-n', name, 'link', 'set', 'lo', 'up')
  // A packet that is sent over loopback to an address that is not there is dropped, as by a firewall.
  const drops = [...(options.drops ?? []), ...(options.imds === 'dropped' ? [imdsAddress] : [])]
  for (const address of drops) ip('-n', name, 'route', 'add', `${address}/32`, 'dev', 'lo')
  if (options.imds !== 'dropped') ip('-n', name, 'addr', 'add', `${imdsAddress}/32`, 'dev', 'lo')
}

function ip(...args: readonly string[]): string {
  const ran = spawnSync('ip', args, { encoding: 'utf8' })
  if (ran.status !== 0) throw new Error(`ip ${args.join(' ')}: ${ran.stderr}`)
  return ran.stdout
}

/** Ends what runs in the namespace, by id, and removes the namespace and its files. Never throws. */
function tearDown(name: string, folder: string): void {
  endProcesses(name)
  spawnSync('ip', ['netns', 'del', name])
  rmSync(`/etc/netns/${name}`, { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
}

function endProcesses(name: string): void {
  const inside = spawnSync('ip', ['netns', 'pids', name], { encoding: 'utf8' })
  for (const id of inside.stdout?.split('\n') ?? []) {
    if (!/^\d+$/.test(id)) continue
    try {
      process.kill(Number(id), 'SIGKILL')
    } catch {
      // It has ended by itself.
    }
  }
}

/** Worlds of processes that are gone: `azid-world-PID-N` with no such process. */
export function sweepStale(): readonly string[] {
  const names = new Set([...listFolder('/run/netns'), ...listFolder('/etc/netns')])
  const swept: string[] = []
  for (const name of names) {
    const owner = /^azid-world-(\d+)-/.exec(name)?.[1]
    if (owner === undefined || isRunning(Number(owner))) continue
    const folders = listFolder(tmpdir()).filter((entry) => entry.startsWith(`${name}-`))
    tearDown(name, path.join(tmpdir(), folders[0] ?? `${name}-gone`))
    swept.push(name)
  }
  return swept
}

function listFolder(folder: string): readonly string[] {
  return existsSync(folder) ? readdirSync(folder) : []
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

interface Server {
  readonly ready: Extract<ServerLine, { kind: 'ready' }>
  readonly requests: LoggedRequest[]
  change(change: ServerChange): Promise<void>
  stop(): Promise<void>
}

async function startServer(name: string, folder: string, options: WorldOptions): Promise<Server> {
  const file = await bundleServer()
  const child = spawnInside(name, folder, [process.execPath, file], baseEnvironment(folder), root)
  const requests: LoggedRequest[] = []
  const waiting: ((line: ServerLine) => void)[] = []
  let words = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    words += chunk.toString()
  })
  const ended = new Promise<never>((_, reject) => {
    child.once('exit', (code) => reject(new Error(`the world's server ended with ${code}:\n${words}`)))
  })
  ended.catch(() => {})
  createInterface({ input: child.stdout ?? process.stdin }).on('line', (text) => {
    const line = JSON.parse(text) as ServerLine
    if (line.kind === 'request') requests.push(line.request)
    else waiting.shift()?.(line)
  })
  const tell = (order: unknown): Promise<ServerLine> => {
    const answered = new Promise<ServerLine>((resolve) => {
      waiting.push(resolve)
    })
    child.stdin?.write(`${JSON.stringify(order)}\n`)
    return Promise.race([answered, ended])
  }
  const order: ServerOrder = {
    names: options.names ?? defaultNames,
    hasImds: (options.imds ?? 'sandbox') === 'sandbox',
    faults: options.faults ?? [],
    ...(options.persona === undefined ? {} : { persona: options.persona }),
  }
  const ready = await tell(order)
  if (ready.kind !== 'ready') throw new Error('the world’s server said something else first')
  return {
    ready,
    requests,
    change: async (change) => {
      await tell(change)
    },
    stop: async () => {
      child.stdin?.end()
      await ended.catch(() => {})
    },
  }
}

let bundled: Promise<string> | undefined

/** Node 20 runs no TypeScript. */
function bundleServer(): Promise<string> {
  bundled ??= (async () => {
    const outfile = path.join(root, '.tmp', 'conformance', 'world-server.mjs')
    // Written beside and renamed: another suite may be starting the same file.
    const fresh = `${outfile}.${process.pid}`
    await build({
      entryPoints: [fileURLToPath(new URL('./world-server.ts', import.meta.url))],
      outfile: fresh,
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      logLevel: 'silent',
      // Packages with `require` in them, within an ES module.
      banner: {
        js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
      },
      external: ['@napi-rs/keyring'],
    })
    await rename(fresh, outfile)
    return outfile
  })()
  return bundled
}

/** No proxy, no variable of this machine's, an empty home. */
function baseEnvironment(folder: string): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8' }
}

/** `ip netns exec` gives a mount namespace as well: in it /var/opt, where Azure Arc has its keys, is the world's own. */
const ownFolder = 'mount --bind "$0" /var/opt && exec "$@"'

function spawnInside(
  name: string,
  folder: string,
  command: readonly string[],
  env: Record<string, string>,
  cwd: string,
): ChildProcess {
  const args = ['netns', 'exec', name, 'sh', '-c', ownFolder, path.join(folder, varOpt), ...command]
  return spawn('ip', args, { env, cwd, stdio: ['pipe', 'pipe', 'pipe'] })
}

const varOpt = 'var-opt'

/** Of what the sandbox gives a child, only what makes it trust the sandbox; who it is, every scenario says itself. */
const trustVariables = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE']

function makeWorld(name: string, folder: string, server: Server): World {
  const { environment, hosts, tenantId, values } = server.ready
  const trust = Object.entries(environment).filter(([variable]) => trustVariables.includes(variable))
  const base = { ...baseEnvironment(folder), AZID_CACHE: 'off', ...Object.fromEntries(trust) }
  const start: World['start'] = (command, args, options = {}) => {
    const env = Object.entries({ ...base, ...options.env }).filter(
      (entry): entry is [string, string] => entry[1] !== undefined,
    )
    const program =
      command === 'azid' ? [process.execPath, cliFile] : command === 'node' ? [process.execPath] : [command]
    return spawnInside(name, folder, [...program, ...args], Object.fromEntries(env), options.cwd ?? folder)
  }
  return {
    environment,
    hosts,
    tenantId,
    values,
    base,
    folder,
    requests: () => [...server.requests],
    forget: () => {
      server.requests.length = 0
    },
    setFaults: (...faults) => server.change({ faults }),
    setImdsAnswers: (...imds) => server.change({ imds }),
    start,
    run: async (command, args, options = {}) => finish(start(command, args, options), options),
  }
}

async function finish(child: ChildProcess, { input, timeoutMs = 60_000 }: RunOptions): Promise<WorldRun> {
  const began = performance.now()
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk: Buffer) => {
    output.stdout += chunk.toString()
  })
  child.stderr?.on('data', (chunk: Buffer) => {
    output.stderr += chunk.toString()
  })
  child.stdin?.on('error', () => {})
  child.stdin?.end(input ?? '')
  const timer = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => {
        if (signal !== null) {
          reject(new Error(`ended by ${signal} after ${timeoutMs} ms:\n${output.stdout}\n${output.stderr}`))
          return
        }
        resolve({ code: code ?? 0, ...output, elapsedMs: Math.round(performance.now() - began) })
      })
    })
  } finally {
    clearTimeout(timer)
  }
}

function once(act: () => void): () => void {
  let isDone = false
  return () => {
    if (isDone) return
    isDone = true
    act()
  }
}
