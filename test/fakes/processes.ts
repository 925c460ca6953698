/** Scripted programs: what they print, how they exit, how long they take. */
import type { AttachedResult, Clock, ProcessRequest, ProcessResult, ProcessRunner } from '../../src/runtime.ts'
import { createScriptBook, type Script } from './scripts.ts'

export interface FakeProgram {
  /** The absolute path, or its last component, or a pattern over the path. */
  readonly file: string | RegExp
  /** The exact arguments, or a condition on them; default any. */
  readonly args?: readonly string[] | ((args: readonly string[]) => boolean)
  /** How often it may run; it must at least once. Default 1. */
  readonly times?: number
  /** How long it runs on the fake clock, in milliseconds. */
  readonly ms?: number
  readonly result: ProcessResult | ((request: ProcessRequest) => ProcessResult | Promise<ProcessResult>)
}

export interface FakeProcesses extends ProcessRunner {
  /** Every program that was started, in order. */
  readonly started: readonly ProcessRequest[]
  troubles(): readonly string[]
}

export function exited(code: number, stdout = '', stderr = ''): ProcessResult {
  return { kind: 'exited', code, stdout, stderr }
}

/** Promise: a program that nobody scripted throws, now and again when the test ends. */
export function createFakeProcesses(
  programs: readonly FakeProgram[],
  clock: Clock,
  show: (stdout: string, stderr: string) => Promise<void>,
): FakeProcesses {
  const started: ProcessRequest[] = []
  const book = createScriptBook(
    programs.map((program) => toScript(program, clock)),
    ({ file, args }) => [file, ...args].join(' '),
  )

  const run = async (request: ProcessRequest, signal?: AbortSignal): Promise<ProcessResult> => {
    started.push(request)
    const killed: ProcessResult = { kind: 'killed', signal: 'SIGTERM', stdout: '', stderr: '' }
    if (signal?.aborted === true) return killed
    const done = new AbortController()
    const ends = [(async () => book.answer(request))()]
    if (request.timeoutMs !== undefined) {
      const { timeoutMs } = request
      const late = clock
        .sleep(timeoutMs, done.signal)
        .then((): ProcessResult => ({ kind: 'timed-out', timeoutMs, stdout: '', stderr: '' }))
      late.catch(() => {})
      ends.push(late)
    }
    if (signal !== undefined) {
      ends.push(
        new Promise((resolve) => {
          signal.addEventListener('abort', () => resolve(killed), { once: true, signal: done.signal })
        }),
      )
    }
    try {
      return await Promise.race(ends)
    } finally {
      done.abort()
    }
  }

  return {
    started,
    troubles: book.troubles,
    run,
    attach: async (request): Promise<AttachedResult> => {
      const result = await run(request)
      switch (result.kind) {
        case 'exited':
          await show(result.stdout, result.stderr)
          return { kind: 'exited', code: result.code }
        case 'killed':
          await show(result.stdout, result.stderr)
          return { kind: 'killed', signal: result.signal }
        case 'not-started':
          return result
        case 'timed-out':
          throw new Error('a program that is attached has no time limit')
        default:
          return result satisfies never
      }
    },
  }
}

function toScript(program: FakeProgram, clock: Clock): Script<ProcessRequest, Promise<ProcessResult>> {
  const { file, args } = program
  const isFile = (path: string): boolean =>
    typeof file === 'string' ? path === file || path.split(/[\\/]/).at(-1) === file : file.test(path)
  const areArgs = (given: readonly string[]): boolean => {
    if (args === undefined) return true
    if (typeof args === 'function') return args(given)
    return args.length === given.length && args.every((arg, at) => arg === given[at])
  }
  return {
    name: [file, ...(Array.isArray(args) ? args : [])].join(' '),
    ...(program.times === undefined ? {} : { times: program.times }),
    matches: (request) => isFile(request.file) && areArgs(request.args),
    answer: async (request) => {
      if (program.ms !== undefined) await clock.sleep(program.ms)
      return typeof program.result === 'function' ? program.result(request) : program.result
    },
  }
}
