import { describe, expect, test } from 'vitest'
import { acquireLease, type LeaseOptions, type LeaseResult } from '../../src/cache/lock.ts'
import { type FakeRuntime, type FakeRuntimeOptions, fakeRuntime } from '../fakes/runtime.ts'

const path = '/locks/token'
const hour = 60 * 60 * 1000

function world(options: FakeRuntimeOptions = {}): FakeRuntime {
  return fakeRuntime({
    isClockManual: true,
    ...options,
    files: {
      '/locks': { kind: 'folder', mode: 0o700 },
      '/proc/sys/kernel/random/boot_id': 'boot-1',
      '/proc/1/stat': stat(1, 5),
      '/proc/4242/stat': stat(4242, 1000),
      ...options.files,
    },
  })
}

function stat(processId: number, started: number, state = 'S'): string {
  return `${processId} (a ) tricky (name) ${state} ${Array.from({ length: 18 }, () => 0).join(' ')} ${started} 0 0`
}

function owner(changes: object = {}): string {
  return JSON.stringify({ id: 'other', processId: 99, started: '77', place: 'boot-1 5', ...changes })
}

function acquire(runtime: FakeRuntime, options: Partial<LeaseOptions<string>> = {}): Promise<LeaseResult<string>> {
  return acquireLease(path, runtime, { waitMs: hour, ...options })
}

/** Lets `work` run while the clock goes on; when it is done, how long it took. */
async function finish<T>(
  runtime: FakeRuntime,
  work: Promise<T>,
  limitMs = hour,
): Promise<{ value: T; tookMs: number }> {
  const began = runtime.clock.monotonic()
  let value: { readonly value: T } | undefined
  void work.then((result) => {
    value = { value: result }
  })
  while (value === undefined && runtime.clock.monotonic() - began < limitMs) await runtime.clock.advance(100)
  if (value === undefined) throw new Error(`not done after ${limitMs} ms`)
  return { value: value.value, tookMs: runtime.clock.monotonic() - began }
}

describe('lease', () => {
  test('is held, then free again, with nothing left behind', async () => {
    const runtime = world()
    const lease = await acquire(runtime)
    expect(lease.kind).toBe('held')
    expect(runtime.files.modeOf(path)).toBe(0o600)
    if (lease.kind === 'held') await lease.release()
    expect(runtime.files.paths('/locks')).toEqual([])
  })

  test('a second one waits until the first gives it up, and has its answer', async () => {
    const runtime = world()
    const first = await acquire(runtime)
    let answer: string | null = null
    const second = acquire(runtime, { answer: async () => answer })
    await runtime.clock.advance(3000)
    answer = 'the token'
    if (first.kind === 'held') await first.release()
    const { value, tookMs } = await finish(runtime, second)
    expect(value).toEqual({ kind: 'answered', value: 'the token' })
    expect(tookMs).toBeLessThan(500)
  })

  test('a second one has the answer of the first also when a third was quicker to take the lease', async () => {
    const runtime = world()
    await acquire(runtime)
    let answer: string | null = null
    const second = acquire(runtime, { answer: async () => answer })
    await runtime.clock.advance(1000)
    answer = 'the token'
    runtime.files.put(path, owner({ place: null }))
    expect((await finish(runtime, second)).value).toEqual({ kind: 'answered', value: 'the token' })
  })

  test('a second one is told when the first gave up without an answer', async () => {
    const runtime = world()
    const first = await acquire(runtime)
    const second = acquire(runtime, { answer: async () => null })
    await runtime.clock.advance(1000)
    if (first.kind === 'held') await first.release()
    expect((await finish(runtime, second)).value).toEqual({ kind: 'gone' })
  })

  test('without an answer to wait for, the next one has it', async () => {
    const runtime = world()
    const first = await acquire(runtime)
    const second = acquire(runtime)
    await runtime.clock.advance(1000)
    if (first.kind === 'held') await first.release()
    expect((await finish(runtime, second)).value.kind).toBe('held')
  })

  test('waits no longer than it may, also for an owner that lives on', async () => {
    const runtime = world()
    await acquire(runtime)
    const { value, tookMs } = await finish(runtime, acquire(runtime, { waitMs: 2000, answer: async () => null }))
    expect(value.kind).toBe('waited')
    expect(tookMs).toBeLessThanOrEqual(2100)
    expect(await acquire(runtime, { waitMs: 0 })).toMatchObject({ kind: 'waited' })
  })

  test('stops waiting when the run is interrupted', async () => {
    const runtime = world()
    await acquire(runtime)
    const waiting = acquire(runtime, { signal: runtime.interrupted })
    await runtime.clock.advance(500)
    runtime.interrupt()
    expect((await finish(runtime, waiting)).value.kind).toBe('waited')
  })

  test('of an owner that gives signs of life is never taken over', async () => {
    const runtime = world()
    await acquire(runtime)
    const { value } = await finish(runtime, acquire(runtime, { waitMs: 5 * 60_000, answer: async () => null }))
    expect(value.kind).toBe('waited')
  })

  test('two that take over at once: whoever comes second loses it, and leaves it alone when it ends', async () => {
    const runtime = world({ files: { [path]: owner() } })
    const both = await finish(
      runtime,
      Promise.all([acquire(runtime, { waitMs: 1000 }), acquire(runtime, { waitMs: 1000 })]),
    )
    expect(both.value.filter(({ kind }) => kind === 'held')).toHaveLength(1)
  })

  test('a rival that comes between the look and the writing has it, and nothing is left behind', async () => {
    const rival = owner({ id: 'rival', place: null })
    const runtime = world({
      files: { [path]: owner() },
      fileFault: (operation, name) => {
        if (operation === 'createExclusive' && name !== path) runtime.files.put(path, rival)
        return undefined
      },
    })
    const { value } = await finish(runtime, acquire(runtime, { waitMs: 1000 }))
    expect(value.kind).toBe('waited')
    expect(runtime.files.text(path)).toBe(rival)
    expect(runtime.files.paths('/locks')).toEqual([path])
  })

  test('that was taken over is left to its new owner', async () => {
    const runtime = world()
    const first = await acquire(runtime)
    runtime.files.put(path, owner())
    if (first.kind === 'held') await first.release()
    expect(runtime.files.text(path)).toBe(owner())
  })
})

describe('lease of an owner that', () => {
  test.each([
    ['was killed', {}, 0],
    ['was killed and not yet looked after by its parent', { '/proc/99/stat': stat(99, 77, 'Z') }, 0],
    ['was killed, and whose number another process has', { '/proc/99/stat': stat(99, 78) }, 0],
    ['is of an earlier boot', { [path]: owner({ place: 'boot-0 5' }), '/proc/99/stat': stat(99, 77) }, 10_000],
    ['is in another container', { [path]: owner({ place: 'boot-1 6' }) }, 10_000],
    ['is on a system without /proc', { [path]: owner({ place: null, started: null }) }, 10_000],
    ['lives, but gives no sign of it', { '/proc/99/stat': stat(99, 77) }, 30_000],
    ['did not even write its name', { [path]: '' }, 10_000],
    ['wrote nonsense', { [path]: '{"id":' }, 10_000],
  ])('%s is taken over', async (_, files, afterMs) => {
    const runtime = world({ files: { [path]: owner(), ...files } })
    const { value, tookMs } = await finish(runtime, acquire(runtime))
    expect(value.kind).toBe('held')
    expect(tookMs).toBeGreaterThanOrEqual(afterMs)
    expect(tookMs).toBeLessThan(afterMs + 1000)
  })

  test.each([
    ['back', -100 * hour],
    ['forward', 100 * hour],
  ])('lives is not taken over when the wall clock jumps %s', async (_, jump) => {
    const runtime = world({ files: { '/proc/99/stat': stat(99, 77), [path]: owner() } })
    const waiting = acquire(runtime, { waitMs: 8000, answer: async () => null })
    await runtime.clock.advance(1000)
    runtime.clock.setWallClock(runtime.clock.now() + jump)
    expect((await finish(runtime, waiting)).value.kind).toBe('waited')
  })
})

describe('lease that cannot be had', () => {
  test.each([
    ['there is no folder', { files: { '/locks': 'a file' } }],
    ['a folder is in its place', { files: { [path]: { kind: 'folder' as const } } }],
    ['a pipe is in its place', { files: { [path]: { kind: 'pipe' as const } } }],
    ['a link is in its place', { files: { [path]: { target: '/etc/passwd' }, '/etc/passwd': 'root' } }],
    [
      'the disk is full',
      { fileFault: (operation: string) => (operation === 'createExclusive' ? 'no-space' : undefined) },
    ],
  ] as [string, FakeRuntimeOptions][])('because %s is trouble, at once', async (_, options) => {
    const runtime = world(options)
    expect(await acquire(runtime)).toEqual({ kind: 'trouble' })
  })

  test.each(['createExclusive', 'rename'])('abandoned, and the disk is full at %s: trouble, at once', async (fault) => {
    const runtime = world({
      files: { [path]: owner({ place: 'boot-1 5' }) },
      fileFault: (operation, name) =>
        operation === fault && name !== path && runtime.files.text(path) !== undefined ? 'no-space' : undefined,
    })
    expect(await acquire(runtime)).toEqual({ kind: 'trouble' })
    expect(runtime.files.paths('/locks')).toEqual([path])
  })
})
