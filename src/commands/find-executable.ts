/** Finds the program that a shell would start for a word, because the process port starts absolute paths only. */
import path from 'node:path'
import type { Runtime } from '../runtime.ts'

export type FoundExecutable =
  | { readonly kind: 'found'; readonly file: string }
  | { readonly kind: 'not-found' }
  /** There is such a file, but it cannot be executed. */
  | { readonly kind: 'not-executable'; readonly file: string }

/** A word with a separator is a path; any other is looked up along PATH (on Windows with PATHEXT). */
export async function findExecutable(
  word: string,
  runtime: Pick<Runtime, 'env' | 'files' | 'host'>,
): Promise<FoundExecutable> {
  const { env, files, host } = runtime
  const isWindows = host.platform === 'win32'
  const { delimiter, resolve } = isWindows ? path.win32 : path.posix
  const isPath = word.includes('/') || (isWindows && word.includes('\\'))
  const folders = isPath ? [''] : (env.get('PATH') ?? '').split(delimiter)
  const endings = isWindows ? ['', ...(env.get('PATHEXT') ?? '.COM;.EXE;.BAT;.CMD').split(';')] : ['']
  let refused: string | undefined
  for (const folder of folders) {
    for (const ending of endings) {
      const file = resolve(host.currentFolder, folder, word + ending)
      const stat = await files.stat(file)
      if (!stat.ok || stat.value.kind !== 'file') continue
      if (isWindows || (stat.value.mode & 0o111) !== 0) return { kind: 'found', file }
      refused ??= file
    }
  }
  return refused === undefined ? { kind: 'not-found' } : { kind: 'not-executable', file: refused }
}
