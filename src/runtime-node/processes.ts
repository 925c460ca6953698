/** Child processes as a port: no shell, no look-up, no terminal, and a whole group that ends together. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { AttachedRequest, AttachedResult, ProcessRequest, ProcessResult, ProcessRunner } from '../runtime.ts'
import type { InterruptSignal, Interrupts } from './interrupts.ts'

const DEFAULT_OUTPUT_BYTES = 4 * 1024 * 1024
/** From SIGTERM to SIGKILL. */
const GRACE_MS = 1000
/** How long a pipe may stay open, and silent, after its process ended: a grandchild may hold it for ever. */
const DRAIN_MS = 300

export function createNodeProcessRunner(interrupts: () => Interrupts): ProcessRunner {
  return {
    run: (request, signal) => run(request, signal),
    attach: (request) => attach(request, interrupts()),
  }
}

const isWindows = process.platform === 'win32'

/** Leaders of the groups that run now. */
const running = new Set<ChildProcess>()

function endGroupsAtExit(): void {
  for (const child of running) signalGroup(child, 'SIGKILL')
}

function run(request: ProcessRequest, signal: AbortSignal | undefined): Promise<ProcessResult> {
  if (signal?.aborted === true) return Promise.resolve({ kind: 'killed', signal: 'SIGTERM', stdout: '', stderr: '' })
  return new Promise((resolve) => {
    const child = start(request)
    if (child instanceof Error) {
      resolve({ kind: 'not-started', detail: child.message })
      return
    }
    if (running.size === 0) process.on('exit', endGroupsAtExit)
    running.add(child)

    const limit = request.maxOutputBytes ?? DEFAULT_OUTPUT_BYTES
    const stdout = collect(child.stdout, limit)
    const stderr = collect(child.stderr, limit)
    let ending: 'timed-out' | 'aborted' | undefined
    let isKilled = false
    let closed: { readonly code: number | null; readonly signal: NodeJS.Signals | null } | undefined
    let killTimer: NodeJS.Timeout | undefined
    let drainTimer: NodeJS.Timeout | undefined

    const endGroup = (why: 'timed-out' | 'aborted'): void => {
      if (ending !== undefined) return
      ending = why
      signalGroup(child, 'SIGTERM')
      killTimer = setTimeout(() => {
        signalGroup(child, 'SIGKILL')
        isKilled = true
        // What left the group may still hold the pipes.
        drain(child)
        settle()
      }, GRACE_MS)
    }
    const abort = (): void => endGroup('aborted')
    const timer =
      request.timeoutMs === undefined ? undefined : setTimeout(() => endGroup('timed-out'), request.timeoutMs)
    signal?.addEventListener('abort', abort, { once: true })

    const finish = (result: ProcessResult): void => {
      clearTimeout(timer)
      clearTimeout(killTimer)
      clearTimeout(drainTimer)
      signal?.removeEventListener('abort', abort)
      running.delete(child)
      if (running.size === 0) process.off('exit', endGroupsAtExit)
      resolve(result)
    }
    const settle = (): void => {
      if (closed === undefined) return
      // The leader may be gone while others of its group, told to stop, still have their grace.
      if (ending !== undefined && !isKilled && signalGroup(child, 0)) return
      const output = { stdout: stdout.text(), stderr: stderr.text() }
      if (ending === 'timed-out') finish({ kind: 'timed-out', timeoutMs: request.timeoutMs ?? 0, ...output })
      else if (ending === 'aborted') finish({ kind: 'killed', signal: closed.signal ?? 'SIGTERM', ...output })
      else if (closed.signal !== null) finish({ kind: 'killed', signal: closed.signal, ...output })
      else finish({ kind: 'exited', code: closed.code ?? 0, ...output })
    }

    child.once('error', (error) => {
      if (child.pid === undefined) finish({ kind: 'not-started', detail: error.message })
    })
    child.once('exit', () => {
      const watch = (): void => {
        const seen = stdout.received() + stderr.received()
        drainTimer = setTimeout(() => {
          if (seen === stdout.received() + stderr.received()) drain(child)
          else watch()
        }, DRAIN_MS)
      }
      watch()
    })
    child.once('close', (code, endedBy) => {
      closed = { code, signal: endedBy }
      settle()
    })
  })
}

function start(request: ProcessRequest): ChildProcess | Error {
  try {
    return spawn(request.file, [...request.args], {
      env: changedEnvironment(request.env),
      ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A session of its own: the group can be signalled as one, and nothing in it can prompt on our terminal.
      detached: !isWindows,
      windowsHide: true,
      windowsVerbatimArguments: request.areArgsVerbatim === true,
    })
  } catch (error) {
    // Arguments that no process can be given, such as one with a NUL in it.
    return error instanceof Error ? error : new Error(String(error))
  }
}

function changedEnvironment(changes: Readonly<Record<string, string | undefined>> = {}): NodeJS.ProcessEnv {
  const env = { ...process.env }
  for (const [name, value] of Object.entries(changes)) {
    for (const known of Object.keys(env)) {
      if (isWindows && known.toLowerCase() === name.toLowerCase()) delete env[known]
    }
    if (value === undefined) delete env[name]
    else env[name] = value
  }
  return env
}

interface Collected {
  received(): number
  text(): string
}

/** Keeps the first `limit` bytes and lets the rest flow by, so that the writer never stalls. */
function collect(stream: NodeJS.ReadableStream | null, limit: number): Collected {
  const chunks: Buffer[] = []
  let kept = 0
  let received = 0
  stream?.on('data', (chunk: Buffer) => {
    received += chunk.length
    if (kept >= limit) return
    const part = chunk.subarray(0, limit - kept)
    kept += part.length
    chunks.push(part)
  })
  stream?.on('error', () => {})
  return {
    received: () => received,
    // A character that the limit cut in two is left out.
    text: () => new TextDecoder().decode(Buffer.concat(chunks), { stream: true }),
  }
}

function drain(child: ChildProcess): void {
  child.stdout?.destroy()
  child.stderr?.destroy()
}

/** Signal 0 only asks; the answer is whether there was anyone to take it. */
function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false
  try {
    if (!isWindows) return process.kill(-child.pid, signal)
    if (signal !== 0) endTree(child.pid)
    return false
  } catch {
    return false
  }
}

/** Windows has no groups that take a signal; its own tool ends a process with what it started. */
function endTree(processId: number): void {
  const folder = process.env['SystemRoot'] ?? 'C:\\Windows'
  spawn(`${folder}\\System32\\taskkill.exe`, ['/pid', String(processId), '/T', '/F'], {
    stdio: 'ignore',
    windowsHide: true,
  }).on('error', () => {})
}

/** What a program may be told besides to end. Node would start its debugger on SIGUSR1. */
const passedOn = ['SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const

/** Both handed to the child by the terminal itself when there is one: passing SIGINT on would deliver it twice. */
function attach(request: AttachedRequest, interrupts: Interrupts): Promise<AttachedResult> {
  return new Promise((resolve) => {
    let child: ChildProcess
    try {
      child = spawn(request.file, [...request.args], {
        env: changedEnvironment(request.env),
        ...(request.cwd === undefined ? {} : { cwd: request.cwd }),
        stdio: 'inherit',
      })
    } catch (error) {
      resolve({ kind: 'not-started', detail: error instanceof Error ? error.message : String(error) })
      return
    }
    const hasTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY === true)
    const passOn = (signal: InterruptSignal): void => {
      if (signal === 'SIGTERM' || !hasTerminal) child.kill(signal)
    }
    const release = interrupts.redirect(passOn)
    const others = passedOn.map((signal) => {
      // Ctrl-\ goes to the whole foreground group by itself.
      const pass = (): void => {
        if (signal !== 'SIGQUIT' || !hasTerminal) child.kill(signal)
      }
      process.on(signal, pass)
      return () => process.off(signal, pass)
    })
    const finish = (result: AttachedResult): void => {
      for (const stop of others) stop()
      release()
      resolve(result)
    }
    child.once('error', (error) => {
      if (child.pid === undefined) finish({ kind: 'not-started', detail: error.message })
    })
    child.once('exit', (code, signal) => {
      finish(signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'killed', signal })
    })
  })
}
