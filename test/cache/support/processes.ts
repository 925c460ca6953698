/** Runs of the cache in processes of their own, and a server that gives tokens and counts. */
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { chmod, chown, mkdtemp, rm } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'

const root = fileURLToPath(new URL('../../..', import.meta.url))

/** The child as one file of plain JavaScript, in a folder that the caller removes. */
export async function buildChild(): Promise<{ readonly file: string; readonly remove: () => Promise<void> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'azid-child-'))
  await chmod(folder, 0o755)
  const file = path.join(folder, 'child.mjs')
  await build({
    entryPoints: [fileURLToPath(new URL('child.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: file,
    external: ['@azure/*', 'open', 'https-proxy-agent'],
    logLevel: 'error',
  })
  return { file, remove: () => rm(folder, { recursive: true, force: true }) }
}

export interface ChildRun {
  readonly code: number | null
  readonly signal: string | null
  readonly stderr: string
  /** What it printed; null when it printed nothing. */
  readonly answer: {
    readonly kind: 'cached' | 'acquired'
    readonly token: string
    readonly notes: readonly string[]
    readonly ms: number
  } | null
}

export interface Child {
  readonly process: ChildProcess
  readonly ended: Promise<ChildRun>
}

/** `userId`: whom to run it as, where this process is root. */
export function startChild(file: string, home: string, env: Readonly<Record<string, string>>, userId?: number): Child {
  const child = spawn(process.execPath, [file], {
    ...(userId === undefined ? {} : { uid: userId }),
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: home,
      NODE_PATH: path.join(root, 'node_modules'),
      AZID_CACHE: 'file',
      AZID_TEST_BACKENDS: 'secret-service',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    stdout += chunk
  })
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr += chunk
  })
  const ended = new Promise<ChildRun>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) =>
      resolve({ code, signal, stderr, answer: stdout.trim() === '' ? null : JSON.parse(stdout.trim()) }),
    )
  })
  return { process: child, ended }
}

export interface TokenServer {
  readonly url: string
  readonly requests: () => number
  /** Answers all that wait from now on; before, each is kept waiting. */
  readonly open: () => void
}

/** `token-1`, `token-2`, … each after `delayMs`; or, with `isHeld`, when `open` is called. */
export async function startTokenServer({ delayMs = 0, isHeld = false, isEmpty = false } = {}): Promise<TokenServer> {
  let count = 0
  let isOpen = !isHeld
  const waiting: (() => void)[] = []
  const server = http.createServer((_, answer) => {
    count += 1
    const text = isEmpty ? '' : `token-${count}`
    const send = (): void => void answer.end(text)
    if (isOpen) setTimeout(send, delayMs)
    else waiting.push(send)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests: () => count,
    open: () => {
      isOpen = true
      for (const send of waiting.splice(0)) send()
    },
  }
}

export function hasCommand(...names: readonly string[]): boolean {
  return names.every((name) => spawnSync('which', [name]).status === 0)
}

/**
 * Runs a shell script, `$0` being Node and `$1` the child, in a kernel session keyring of its own; as a user of its own
 * where this process may, because what is kept there stays for three days.
 */
export async function runInKernelSession(
  script: string,
  file: string,
  home: string,
  url: string,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const isRoot = process.getuid?.() === 0
  const userId = 20_000 + (process.pid % 10_000)
  if (isRoot) await chown(home, userId, userId)
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    NODE_PATH: path.join(root, 'node_modules'),
    AZID_CACHE: 'keyring',
    AZID_TEST_BACKENDS: 'keyutils',
    AZID_TEST_URL: url,
  }
  return promisify(execFile)('keyctl', ['session', '-', 'bash', '-c', script, process.execPath, file], {
    env,
    ...(isRoot ? { uid: userId, gid: userId } : {}),
  })
}

/** A session bus with a real GNOME keyring on it; both end with the test. Not unlocked, it has no collection at all. */
export async function startGnomeKeyring(
  home: string,
  { isUnlocked = true } = {},
): Promise<{
  readonly env: Readonly<Record<string, string>>
  readonly daemon: ChildProcess
}> {
  const folder = await mkdtemp(path.join(tmpdir(), 'azid-bus-'))
  const address = `unix:path=${path.join(folder, 'bus')}`
  const env = {
    HOME: home,
    PATH: process.env['PATH'] ?? '',
    DBUS_SESSION_BUS_ADDRESS: address,
    XDG_RUNTIME_DIR: folder,
  }
  const bus = spawn(
    'dbus-daemon',
    ['--session', '--nofork', '--nopidfile', `--address=${address}`, '--print-address=1'],
    {
      env,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  await new Promise<void>((resolve) => bus.stdout.once('data', () => resolve()))
  const daemon = spawn(
    'gnome-keyring-daemon',
    ['--foreground', ...(isUnlocked ? ['--unlock'] : []), '--components=secrets'],
    {
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
    },
  )
  daemon.stdin.end('a password')
  onTestFinished(async () => {
    daemon.kill('SIGCONT')
    daemon.kill('SIGTERM')
    bus.kill('SIGTERM')
    await rm(folder, { recursive: true, force: true })
  })
  for (let attempt = 0; attempt < 1000; attempt++) {
    const owner = spawnSync(
      'dbus-send',
      [
        '--session',
        '--print-reply',
        '--dest=org.freedesktop.DBus',
        '/',
        'org.freedesktop.DBus.NameHasOwner',
        'string:org.freedesktop.secrets',
      ],
      { env, encoding: 'utf8' },
    )
    if (owner.stdout.includes('true')) return { env, daemon }
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the GNOME keyring did not start')
}

/** Locks the collection that things are kept in, as a screen lock may. */
export function lockGnomeKeyring(env: Readonly<Record<string, string>>): void {
  spawnSync(
    'dbus-send',
    [
      '--session',
      '--print-reply',
      '--dest=org.freedesktop.secrets',
      '/org/freedesktop/secrets',
      'org.freedesktop.Secret.Service.Lock',
      'array:objpath:/org/freedesktop/secrets/collection/login',
    ],
    { env },
  )
}
