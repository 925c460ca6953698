/** A hundred processes at once, killed owners, and places that cannot be written: the token is always there. */
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import {
  buildChild,
  type Child,
  type ChildRun,
  hasCommand,
  runInKernelSession,
  startChild,
  startGnomeKeyring,
  startTokenServer,
} from './support/processes.ts'
import { temporaryHome } from './support/real-ports.ts'

let child: Awaited<ReturnType<typeof buildChild>>
beforeAll(async () => {
  child = await buildChild()
})
afterAll(() => child.remove())

const isRoot = process.getuid?.() === 0

function start(home: string, url: string, env: Readonly<Record<string, string>> = {}, userId?: number): Child {
  const started = startChild(child.file, home, { AZID_TEST_URL: url, ...env }, userId)
  onTestFinished(() => {
    started.process.kill('SIGKILL')
  })
  return started
}

function run(home: string, url: string, env: Readonly<Record<string, string>> = {}): Promise<ChildRun> {
  return start(home, url, env).ended
}

function tokensOf(runs: readonly ChildRun[]): string[] {
  return [...new Set(runs.map(({ answer }) => answer?.token ?? 'none'))]
}

function troublesOf(runs: readonly ChildRun[]): string[] {
  return runs.flatMap(({ code, stderr, answer }) => [
    ...(code === 0 ? [] : [`exit ${code}`]),
    ...(stderr === '' ? [] : [stderr]),
    ...(answer?.notes ?? []),
  ])
}

async function locks(home: string): Promise<string[]> {
  const folder = path.join(home, '.cache/azid')
  return (await readdir(folder, { recursive: true })).filter((name) => /\/locks\/./.test(name))
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('a hundred processes at once, cold', () => {
  test('with the key in a file: one request, a hundred tokens, no error', async () => {
    const home = await temporaryHome()
    const server = await startTokenServer({ delayMs: 300 })
    const runs = await Promise.all(Array.from({ length: 100 }, () => run(home, server.url)))
    expect([server.requests(), tokensOf(runs), troublesOf(runs)]).toEqual([1, ['token-1'], []])
    expect(await locks(home)).toEqual([])
  }, 300_000)

  test.skipIf(!hasCommand('dbus-daemon', 'gnome-keyring-daemon', 'dbus-send'))(
    'with the key in the GNOME keyring: one request, a hundred tokens, no error',
    async () => {
      const home = await temporaryHome()
      const { env } = await startGnomeKeyring(home)
      const server = await startTokenServer({ delayMs: 300 })
      const runs = await Promise.all(
        Array.from({ length: 100 }, () => run(home, server.url, { ...env, AZID_CACHE: 'keyring' })),
      )
      expect([server.requests(), tokensOf(runs), troublesOf(runs)]).toEqual([1, ['token-1'], []])
      expect(await readdir(path.join(home, '.cache/azid'))).toEqual(['secret-service'])
    },
    300_000,
  )

  test.skipIf(!hasCommand('keyctl'))(
    'with the key in the kernel: one request, thirty tokens, no error',
    async () => {
      const home = await temporaryHome()
      const server = await startTokenServer({ delayMs: 300 })
      const script = 'for i in $(seq 30); do "$0" "$1" & done; wait'
      const { stdout, stderr } = await runInKernelSession(script, child.file, home, server.url)
      const answers = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))
      expect(answers).toHaveLength(30)
      expect([server.requests(), new Set(answers.map(({ token }) => token)).size]).toEqual([1, 1])
      expect(answers.flatMap(({ notes }) => notes)).toEqual([])
      expect(stderr.replace(/^Joined session keyring: \d+\n/, '')).toBe('')
      expect(await readdir(path.join(home, '.cache/azid'))).toEqual(['keyutils'])
    },
    300_000,
  )

  test('that all fail wait for one failure, not for a hundred', async () => {
    const home = await temporaryHome()
    const server = await startTokenServer({ delayMs: 2000, isEmpty: true })
    const runs = await Promise.all(Array.from({ length: 10 }, () => run(home, server.url)))
    expect(runs.every(({ code, answer }) => code === 0 && answer?.token === '')).toBe(true)
    const longest = Math.max(...runs.map(({ answer }) => answer?.ms ?? 0))
    // One after the other would be 20 s.
    expect(longest).toBeLessThan(15_000)
  })
})

describe('an owner that is killed', () => {
  test('while it waits for the token: the next ones ask once, at once', async () => {
    const home = await temporaryHome()
    const stuck = await startTokenServer({ isHeld: true })
    const first = start(home, stuck.url)
    await until(() => stuck.requests() === 1)
    const server = await startTokenServer()
    const waiting = Array.from({ length: 5 }, () => start(home, server.url))
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(server.requests()).toBe(0)
    first.process.kill('SIGKILL')
    const runs = await Promise.all(waiting.map(({ ended }) => ended))
    expect([server.requests(), tokensOf(runs), troublesOf(runs)]).toEqual([1, ['token-1'], []])
    expect(await locks(home)).toEqual([])
  })

  test('before anybody else came: the next one asks at once', async () => {
    const home = await temporaryHome()
    const stuck = await startTokenServer({ isHeld: true })
    const first = start(home, stuck.url)
    await until(() => stuck.requests() === 1)
    first.process.kill('SIGKILL')
    await first.ended
    const server = await startTokenServer()
    const { answer } = await run(home, server.url)
    expect(answer).toMatchObject({ kind: 'acquired', token: 'token-1', notes: [] })
    // After 10 s of silence it would be taken over in any case.
    expect(answer?.ms).toBeLessThan(10_000)
  })

  test.each(['writing', 'written'])(
    'when it dies while its entry is being %s, nothing is blocked or corrupt',
    async (where) => {
      const home = await temporaryHome()
      const server = await startTokenServer()
      const first = await run(home, server.url, { AZID_TEST_DIE: where })
      expect(first).toMatchObject({ signal: 'SIGKILL', answer: null })
      expect(await locks(home)).toHaveLength(1)
      const runs = await Promise.all([run(home, server.url), run(home, server.url)])
      expect(tokensOf(runs)).toEqual([where === 'written' ? 'token-1' : 'token-2'])
      expect([troublesOf(runs), server.requests()]).toEqual([[], where === 'written' ? 1 : 2])
    },
  )
})

test('an owner that takes too long: the others go on without it and say so', async () => {
  const home = await temporaryHome()
  const stuck = await startTokenServer({ isHeld: true })
  const first = start(home, stuck.url)
  await until(() => stuck.requests() === 1)
  const server = await startTokenServer()
  const { answer } = await run(home, server.url, { AZID_TEST_WAIT: '500' })
  expect(answer).toMatchObject({ kind: 'acquired', token: 'token-1' })
  expect(answer?.notes).toEqual([expect.stringMatching(/^waited \d+ s for another azid/)])
  stuck.open()
  await first.ended
})

test('a file system whose renames take their time: still one request and one token', async () => {
  const home = await temporaryHome()
  const server = await startTokenServer()
  const runs = await Promise.all(
    Array.from({ length: 8 }, () => run(home, server.url, { AZID_TEST_SLOW_RENAME: '700' })),
  )
  expect([server.requests(), tokensOf(runs), troublesOf(runs)]).toEqual([1, ['token-1'], []])
})

describe('a place that cannot be written: the token is there and the trouble is said once', () => {
  test.skipIf(!isRoot)('a full disk', async () => {
    const home = await temporaryHome()
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', home])
    expect(mounted.status).toBe(0)
    try {
      const server = await startTokenServer()
      await run(home, server.url)
      await rm(path.join(home, '.cache'), { recursive: true })
      await mkdir(path.join(home, '.cache'))
      await writeFile(path.join(home, 'fill'), Buffer.alloc(60 * 1024)).catch(() => {})
      for (const size of [2048, 512, 64, 1]) {
        await writeFile(path.join(home, `fill-${size}`), Buffer.alloc(size * 16)).catch(() => {})
      }
      const { code, answer } = await run(home, server.url)
      expect(code).toBe(0)
      expect(answer?.token).toBe('token-2')
      expect(answer?.notes).toEqual([expect.stringMatching(/^this run is not cached: .*no space left$/)])
    } finally {
      spawnSync('umount', [home])
    }
  })

  test.skipIf(!isRoot)('a read-only home', async () => {
    const home = await temporaryHome()
    expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', home]).status).toBe(0)
    try {
      const server = await startTokenServer()
      const { code, answer } = await run(home, server.url)
      expect(code).toBe(0)
      expect(answer).toMatchObject({
        token: 'token-1',
        notes: [expect.stringMatching(/the file system is read-only$/)],
      })
    } finally {
      spawnSync('umount', [home])
    }
  })

  test('a home that this user may not write', async () => {
    const home = await temporaryHome()
    await chmod(home, 0o555)
    onTestFinished(() => chmod(home, 0o700))
    const server = await startTokenServer()
    const { code, answer } = await start(home, server.url, {}, isRoot ? 1234 : undefined).ended
    expect(code).toBe(0)
    expect(answer).toMatchObject({ token: 'token-1', notes: [expect.stringMatching(/permission denied$/)] })
  })

  test('a home that is not there', async () => {
    const home = await temporaryHome()
    await rm(home, { recursive: true })
    await writeFile(home, 'a file where the home should be')
    const server = await startTokenServer()
    const { code, answer } = await run(home, server.url)
    expect([code, answer?.token, answer?.notes.length]).toEqual([0, 'token-1', 1])
  })
})
