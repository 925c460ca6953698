/** Child processes: the same cases over the fake and the real runner, then what only real processes show. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Clock, ProcessRunner } from '../../src/runtime.ts'
import { createNodeClock } from '../../src/runtime-node/clock.ts'
import { createNodeProcessRunner } from '../../src/runtime-node/processes.ts'
import { exited, fakeRuntime } from '../fakes/runtime.ts'

const noInterrupts = () => ({ signal: new AbortController().signal, redirect: () => () => {} })
const realRunner = (): ProcessRunner => createNodeProcessRunner(noInterrupts)
const sh = (script: string) => ({ file: '/bin/sh', args: ['-c', script] })

function fakeRunner(): ProcessRunner {
  return fakeRuntime({
    processes: [
      {
        file: '/bin/sh',
        args: ['-c', 'echo out; echo err >&2; exit 3'],
        times: 99,
        result: exited(3, 'out\n', 'err\n'),
      },
      { file: '/bin/sh', args: ['-c', 'sleep 600'], times: 99, ms: 600_000, result: exited(0) },
      {
        file: '/bin/sh',
        args: ['-c', 'kill -KILL $$'],
        times: 99,
        result: { kind: 'killed', signal: 'SIGKILL', stdout: '', stderr: '' },
      },
      {
        file: '/none/there',
        times: 99,
        result: { kind: 'not-started', detail: 'spawn /none/there ENOENT' },
      },
    ],
  }).processes
}

describe('process runner contract', () => {
  /** Every case runs over both, because a fake script that no case uses is a failure. */
  it.each([
    ['fake', fakeRunner],
    ['real', realRunner],
  ])('%s: exit codes, outputs, signals, limits and programs that are not there', async (_, make) => {
    const runner = make()
    expect(await runner.run(sh('echo out; echo err >&2; exit 3'))).toEqual(exited(3, 'out\n', 'err\n'))
    expect(await runner.run(sh('kill -KILL $$'))).toEqual({ kind: 'killed', signal: 'SIGKILL', stdout: '', stderr: '' })
    expect(await runner.run({ ...sh('sleep 600'), timeoutMs: 100 })).toEqual({
      kind: 'timed-out',
      timeoutMs: 100,
      stdout: '',
      stderr: '',
    })
    const abort = new AbortController()
    const stopped = runner.run(sh('sleep 600'), abort.signal)
    abort.abort()
    expect(await stopped).toEqual({ kind: 'killed', signal: 'SIGTERM', stdout: '', stderr: '' })
    expect(await runner.run(sh('sleep 600'), abort.signal)).toMatchObject({ kind: 'killed', signal: 'SIGTERM' })
    expect(await runner.run({ file: '/none/there', args: [] })).toEqual({
      kind: 'not-started',
      detail: 'spawn /none/there ENOENT',
    })
  })
})

describe.each([
  ['fake', () => fakeRuntime().clock],
  ['real', createNodeClock],
])('%s clock', (_, make: () => Clock) => {
  it('sleeps for at least that long, and never backwards', async () => {
    const clock = make()
    const [wall, before] = [clock.now(), clock.monotonic()]
    await clock.sleep(20)
    expect(clock.monotonic() - before).toBeGreaterThanOrEqual(19)
    expect(clock.now() - wall).toBeGreaterThanOrEqual(19)
  })

  it('a sleep ends with the reason of its signal, at once when that was aborted before', async () => {
    const clock = make()
    const abort = new AbortController()
    const slept = clock.sleep(600_000, abort.signal)
    abort.abort('enough')
    await expect(slept).rejects.toBe('enough')
    await expect(clock.sleep(1, abort.signal)).rejects.toBe('enough')
  })
})

describe('real processes', () => {
  const runner = realRunner()
  let folder: string
  beforeEach(() => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'azid-processes-'))
  })
  afterEach(() => fs.rmSync(folder, { recursive: true }))

  const isAlive = (file: string): boolean => {
    try {
      process.kill(Number(fs.readFileSync(file, 'utf8')), 0)
      return true
    } catch {
      return false
    }
  }
  const written = async (file: string): Promise<void> => {
    while (!fs.existsSync(file) || fs.readFileSync(file, 'utf8') === '') await createNodeClock().sleep(10)
  }
  const gone = async (file: string): Promise<void> => {
    for (let turn = 0; isAlive(file) && turn < 500; turn++) await createNodeClock().sleep(10)
    expect(isAlive(file)).toBe(false)
  }

  it('ends the whole group at the time limit, even what ignores SIGTERM', async () => {
    const script = `(trap '' TERM; echo $$ > leader; sh -c 'trap "" TERM; echo $$ > child; while :; do sleep 1; done' & while :; do sleep 1; done)`
    const result = await runner.run({ ...sh(script), cwd: folder, timeoutMs: 500 })
    expect(result).toMatchObject({ kind: 'timed-out', timeoutMs: 500 })
    await gone(path.join(folder, 'child'))
    await gone(path.join(folder, 'leader'))
  })

  it('ends children whose leader obeys SIGTERM while they do not', async () => {
    const abort = new AbortController()
    const script = `sh -c 'trap "" TERM; echo $$ > child; while :; do sleep 1; done' & wait`
    const run = runner.run({ ...sh(script), cwd: folder }, abort.signal)
    await written(path.join(folder, 'child'))
    abort.abort()
    expect(await run).toMatchObject({ kind: 'killed', signal: 'SIGTERM' })
    await gone(path.join(folder, 'child'))
  })

  it('leaves the group its grace after the leader is gone', async () => {
    const script = `sh -c 'trap "sleep 0.1; echo cleaned > proof; exit" TERM; echo $$ > child; while :; do sleep 0.05; done' & wait`
    const abort = new AbortController()
    const run = runner.run({ ...sh(script), cwd: folder }, abort.signal)
    await written(path.join(folder, 'child'))
    abort.abort()
    expect(await run).toMatchObject({ kind: 'killed' })
    expect(fs.readFileSync(path.join(folder, 'proof'), 'utf8')).toBe('cleaned\n')
  })

  it('does not wait for a grandchild that keeps the output open', async () => {
    const holding = `sleep 300 & echo $! > child; echo done`
    expect(await runner.run({ ...sh(holding), cwd: folder, timeoutMs: 200_000 })).toEqual(exited(0, 'done\n'))
    process.kill(Number(fs.readFileSync(path.join(folder, 'child'), 'utf8')))
  })

  it('cuts output at the limit and lets the program end', async () => {
    const result = await runner.run({ ...sh('head -c 3000000 /dev/zero | tr "\\0" x; exit 4'), maxOutputBytes: 1000 })
    expect(result).toEqual(exited(4, 'x'.repeat(1000)))
    expect(await runner.run({ ...sh('printf aäb'), maxOutputBytes: 2 })).toEqual(exited(0, 'a'))
  })

  it('gives no stdin and no terminal', async () => {
    expect(await runner.run(sh('cat; (echo x > /dev/tty) 2>/dev/null || echo no terminal'))).toEqual(
      exited(0, 'no terminal\n'),
    )
  })

  it('passes arguments as they are, and changes only the variables named', async () => {
    const tricky = ['a b', '$HOME', '"', "'", '*', '', '\n']
    const result = await runner.run({
      file: process.execPath,
      args: [
        '-e',
        'console.log(JSON.stringify([process.argv.slice(1), process.env.ADDED, process.env.HOME ?? null, process.env.PATH !== undefined]))',
        ...tricky,
      ],
      env: { ADDED: 'yes', HOME: undefined },
    })
    expect(result.kind === 'exited' && JSON.parse(result.stdout)).toEqual([tricky, 'yes', null, true])
  })

  it('says why a program was not started', async () => {
    fs.writeFileSync(path.join(folder, 'plain'), '')
    expect(await runner.run({ file: path.join(folder, 'plain'), args: [] })).toMatchObject({
      kind: 'not-started',
      detail: expect.stringContaining('EACCES'),
    })
    expect(await runner.run({ file: '/bin/true', args: ['a\0b'] })).toMatchObject({ kind: 'not-started' })
    expect(await runner.attach({ file: '/none/there', args: [] })).toEqual({
      kind: 'not-started',
      detail: 'spawn /none/there ENOENT',
    })
  })

  it('attach: exit codes and signals of the child', async () => {
    expect(await runner.attach(sh('exit 7'))).toEqual({ kind: 'exited', code: 7 })
    expect(await runner.attach(sh('kill -TERM $$'))).toEqual({ kind: 'killed', signal: 'SIGTERM' })
  })

  it('leaves no handler behind', async () => {
    const before = process.listenerCount('exit')
    await Promise.all([runner.run(sh('true')), runner.run(sh('true'))])
    expect(process.listenerCount('exit')).toBe(before)
  })
})
