/**
 * A lease on a file, so that many processes that want the same token ask for it once. It only saves work: a run that
 * cannot have it, or loses it, goes on without, and everything it protects is written atomically.
 */
import type { Clock, FileSystem, Host, Random } from '../runtime.ts'
import { readLine } from './read-line.ts'

export interface LeasePorts {
  readonly files: FileSystem
  readonly clock: Clock
  readonly host: Host
  readonly random: Random
}

export interface LeaseOptions<Answer> {
  /** Wait for a lease that another holds for at most this long; 0 does not wait. */
  readonly waitMs: number
  /** Asked when another has given its lease up, or lost it: what it was to make, if that is there. */
  readonly answer?: () => Promise<Answer | null>
  /** Ends the wait as if its time were over. */
  readonly signal?: AbortSignal
}

export type LeaseResult<Answer> =
  | { readonly kind: 'held'; readonly release: () => Promise<void> }
  | { readonly kind: 'answered'; readonly value: Answer }
  /** The other gave the lease up and left no answer: it failed, and waiting in line for the next failure helps nobody. */
  | { readonly kind: 'gone' }
  | { readonly kind: 'waited'; readonly waitedMs: number }
  /** No lease can be made here: a full disk, a vanished folder. */
  | { readonly kind: 'trouble' }

/** Who holds a lease. The process is only believed where `place` says that it is of this boot and process namespace. */
interface Owner {
  readonly id: string
  readonly processId: number
  readonly started: string | null
  readonly place: string | null
}

const heartbeatMs = 1000
/** Without a sign of life for this long, by this process's own monotonic clock, a lease is taken over. */
const silenceMs = 10_000
/** The same for an owner that is known to exist: it may be stopped, or starved of processor time. */
const silenceOfTheLivingMs = 30_000
const firstPollMs = 25
const longestPollMs = 200
/**
 * Two processes that take over at once see after this pause whose name stayed: longer than a busy machine may keep the
 * second one waiting between its look and its rename.
 */
const settleMs = 200
const largestLease = 1024

export async function acquireLease<Answer>(
  path: string,
  ports: LeasePorts,
  { waitMs, answer, signal }: LeaseOptions<Answer>,
): Promise<LeaseResult<Answer>> {
  const me = await describeMe(ports)
  const content = new TextEncoder().encode(JSON.stringify(me))
  const began = ports.clock.monotonic()
  const watch = createWatch(ports)

  for (;;) {
    const created = await ports.files.createExclusive(path, content, { mode: 0o600 })
    if (created.ok) return hold(path, me, ports)
    if (created.error.code !== 'exists') return { kind: 'trouble' }

    const seen = await readLease(path, ports.files)
    if (seen.kind === 'trouble') return { kind: 'trouble' }
    if (seen.kind === 'lease') {
      if (await watch.isAbandoned(seen, me)) {
        const taken = await takeOver(path, seen.text, { me, content }, ports)
        if (taken === 'mine') return hold(path, me, ports)
        if (taken === 'trouble') return { kind: 'trouble' }
        continue
      }
      const waitedMs = ports.clock.monotonic() - began
      if (waitedMs >= waitMs || signal?.aborted === true) return { kind: 'waited', waitedMs }
      await pause(pollDelay(waitedMs, waitMs, ports.random), ports.clock, signal)
    }
    if (answer === undefined) continue

    // The answer is written before the lease is given up: so first whether the lease is there, then whether the answer is.
    const now = await readLease(path, ports.files)
    if (now.kind === 'lease' && seen.kind === 'lease' && now.text === seen.text) continue
    const value = await answer()
    if (value !== null) return { kind: 'answered', value }
    if (now.kind === 'none' && seen.kind === 'lease') return { kind: 'gone' }
  }
}

/** From here on the lease is kept alive until it is released. A lease that was taken over is left to its new owner. */
function hold(path: string, me: Owner, ports: LeasePorts): { kind: 'held'; release: () => Promise<void> } {
  const released = new AbortController()
  void keepAlive(path, ports, released.signal)
  return {
    kind: 'held',
    release: async () => {
      released.abort()
      const seen = await readLease(path, ports.files)
      if (seen.kind === 'lease' && seen.owner?.id === me.id) await ports.files.remove(path)
    },
  }
}

async function keepAlive(path: string, { clock, files }: LeasePorts, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await clock.sleep(heartbeatMs, signal)
    } catch {
      return
    }
    await files.touch(path)
  }
}

/**
 * Atomic, and only if the lease is still the abandoned one; afterwards whoever's name stayed has it. `lost`: to another, or
 * it is not the abandoned one any more.
 */
async function takeOver(
  path: string,
  abandoned: string,
  { me, content }: { readonly me: Owner; readonly content: Uint8Array },
  ports: LeasePorts,
): Promise<'mine' | 'lost' | 'trouble'> {
  const { files, clock } = ports
  const mine = `${path}.${me.id}`
  if (!(await files.createExclusive(mine, content, { mode: 0o600 })).ok) return 'trouble'
  // Next to nothing lies between this look and the rename: two that come at once both take what they see to be abandoned.
  const before = await readLease(path, files)
  const isAbandoned = before.kind === 'lease' && before.text === abandoned
  const renamed = isAbandoned ? await files.rename(mine, path) : null
  if (renamed?.ok !== true) {
    await files.remove(mine)
    return renamed === null ? 'lost' : 'trouble'
  }
  await clock.sleep(settleMs)
  const after = await readLease(path, files)
  return after.kind === 'lease' && after.text === Buffer.from(content).toString('utf8') ? 'mine' : 'lost'
}

/** `unknown`: its owner is on another machine or in another container, or the system cannot say. */
export type LeaseState = 'held' | 'abandoned' | 'unknown'

/** For `cache status`: one look, so silence cannot be told. Null: there is none. */
export async function readLeaseState(path: string, ports: LeasePorts): Promise<LeaseState | null> {
  const seen = await readLease(path, ports.files)
  if (seen.kind === 'none') return null
  if (seen.kind === 'trouble') return 'unknown'
  const life = await readLife(seen.owner, await describeMe(ports), ports.files)
  return life === 'alive' ? 'held' : life === 'dead' ? 'abandoned' : 'unknown'
}

type SeenLease =
  | { readonly kind: 'lease'; readonly text: string; readonly owner: Owner | null; readonly modifiedMs: number }
  | { readonly kind: 'none' }
  | { readonly kind: 'trouble' }

async function readLease(path: string, files: FileSystem): Promise<SeenLease> {
  const content = await files.read(path, { maxBytes: largestLease, noFollow: true })
  if (!content.ok) return { kind: content.error.code === 'not-found' ? 'none' : 'trouble' }
  const stat = await files.stat(path, { noFollow: true })
  if (!stat.ok) return { kind: stat.error.code === 'not-found' ? 'none' : 'trouble' }
  const text = Buffer.from(content.value).toString('utf8')
  return { kind: 'lease', text, owner: parseOwner(text), modifiedMs: stat.value.modifiedMs }
}

function parseOwner(text: string): Owner | null {
  try {
    const value = JSON.parse(text) as Partial<Record<keyof Owner, unknown>> | null
    if (typeof value?.id !== 'string' || typeof value.processId !== 'number') return null
    return {
      id: value.id,
      processId: value.processId,
      started: typeof value.started === 'string' ? value.started : null,
      place: typeof value.place === 'string' ? value.place : null,
    }
  } catch {
    return null
  }
}

/** Watches one lease over several looks: by what changes in it, never by comparing its time with a wall clock. */
function createWatch(ports: LeasePorts): {
  isAbandoned(seen: SeenLease & { kind: 'lease' }, me: Owner): Promise<boolean>
} {
  let last = ''
  let changedAt = 0
  return {
    isAbandoned: async (seen, me) => {
      const now = ports.clock.monotonic()
      const sign = `${seen.modifiedMs} ${seen.text}`
      if (sign !== last) {
        last = sign
        changedAt = now
      }
      const life = await readLife(seen.owner, me, ports.files)
      if (life === 'dead') return true
      return now - changedAt >= (life === 'alive' ? silenceOfTheLivingMs : silenceMs)
    },
  }
}

async function readLife(owner: Owner | null, me: Owner, files: FileSystem): Promise<'alive' | 'dead' | 'unknown'> {
  if (owner === null || owner.place === null || owner.place !== me.place || owner.started === null) return 'unknown'
  const started = await readStart(owner.processId, files)
  return started === owner.started ? 'alive' : 'dead'
}

async function describeMe({ files, host, random }: LeasePorts): Promise<Owner> {
  const isLinux = host.platform === 'linux'
  return {
    id: random.uuid(),
    processId: host.processId,
    started: isLinux ? await readStart(host.processId, files) : null,
    place: isLinux ? await readPlace(files) : null,
  }
}

/** This boot and this process namespace: process numbers mean something only within both. */
async function readPlace(files: FileSystem): Promise<string | null> {
  const bootId = await readLine('/proc/sys/kernel/random/boot_id', files)
  const first = await readStart(1, files)
  return bootId === null || first === null ? null : `${bootId} ${first}`
}

/**
 * When a process was started, in ticks since boot; null when there is none, or it ended and only its parent has not
 * looked yet. Field 22 of /proc/PID/stat, counted behind the name, which may hold anything (proc(5)).
 */
async function readStart(processId: number, files: FileSystem): Promise<string | null> {
  const line = await readLine(`/proc/${processId}/stat`, files)
  if (line === null) return null
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const isEnded = fields[0] === 'Z' || fields[0] === 'X'
  return isEnded ? null : (fields[19] ?? null)
}

/** Longer with the time, and never the same for all: a hundred processes should not look in step. */
function pollDelay(waitedMs: number, waitMs: number, random: Random): number {
  const base = Math.min(longestPollMs, firstPollMs + waitedMs / 10)
  const jitter = 0.5 + (random.bytes(1)[0] ?? 0) / 255
  return Math.max(1, Math.min(base * jitter, waitMs - waitedMs))
}

async function pause(ms: number, clock: Clock, signal: AbortSignal | undefined): Promise<void> {
  try {
    await clock.sleep(ms, signal)
  } catch {
    // Aborted: the caller sees it on its next turn.
  }
}
