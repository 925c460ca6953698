/** Another program in place of this one: its streams, its signals, its exit code. Shared by `sandbox run` and `exec`. */
import { escapeToLine } from '../output/text.ts'
import type { Host, Runtime } from '../runtime.ts'
import { findExecutable } from './find-executable.ts'

/** Exit codes as shells give them (POSIX XCU 2.8.2). */
const notFoundCode = 127
const notExecutableCode = 126

export interface FoundProgram {
  /** As the person wrote it. */
  readonly word: string
  /** Absolute path. */
  readonly file: string
  readonly args: readonly string[]
}

export type ProgramSearch =
  | { readonly kind: 'found'; readonly program: FoundProgram }
  /** Said on stderr. */
  | { readonly kind: 'missing'; readonly code: number }

/** What a shell would start for these words. Nothing is started; what cannot be is said as a shell says it. */
export async function findProgram(
  [word = '', ...args]: readonly string[],
  runtime: Pick<Runtime, 'env' | 'files' | 'host' | 'terminal'>,
): Promise<ProgramSearch> {
  const found = await findExecutable(word, runtime)
  if (found.kind === 'found' && isBatchFile(found.file, runtime.host)) {
    const words = [word, ...args.slice(0, 1), ...(args.length > 1 ? ['…'] : [])].join(' ')
    await say(
      word,
      `${found.file} is a batch file, which only a shell can start: give it one, cmd.exe /d /c ${words}`,
      runtime,
    )
    return { kind: 'missing', code: notExecutableCode }
  }
  if (found.kind === 'found') return { kind: 'found', program: { word, file: found.file, args } }
  const isMissing = found.kind === 'not-found'
  await say(word, isMissing ? 'command not found' : 'permission denied', runtime)
  return { kind: 'missing', code: isMissing ? notFoundCode : notExecutableCode }
}

/** cmd.exe reads their arguments anew, so whoever starts one without meaning to may run what an argument says (CVE-2024-27980). */
function isBatchFile(file: string, { platform }: Pick<Host, 'platform'>): boolean {
  return platform === 'win32' && /\.(?:cmd|bat)$/i.test(file)
}

/**
 * Runs it to its end with this process's own streams and passes signals on. `env` is changes to the inherited
 * environment. Gives the program's own exit code, or 128 and the number of the signal that ended it.
 */
export async function runProgram(
  { word, file, args }: FoundProgram,
  env: Readonly<Record<string, string | undefined>>,
  runtime: Pick<Runtime, 'processes' | 'terminal'>,
): Promise<number> {
  const ended = await runtime.processes.attach({ file, args, env })
  switch (ended.kind) {
    case 'exited':
      return ended.code
    case 'killed':
      return 128 + (signalNumbers[ended.signal] ?? 0)
    case 'not-started':
      await say(word, ended.detail, runtime)
      return notExecutableCode
    default:
      return ended satisfies never
  }
}

const signalNumbers: Readonly<Record<string, number>> = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGILL: 4,
  SIGABRT: 6,
  SIGFPE: 8,
  SIGKILL: 9,
  SIGSEGV: 11,
  SIGPIPE: 13,
  SIGTERM: 15,
}

async function say(word: string, reason: string, { terminal }: Pick<Runtime, 'terminal'>): Promise<void> {
  await terminal.stderr.write(`azid: ${escapeToLine(word)}: ${escapeToLine(reason)}\n`)
}
