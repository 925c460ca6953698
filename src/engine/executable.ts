/** Finds a tool in the folders of PATH, and says how Windows starts it: never from the current folder, never through a guess. */
import path from 'node:path'
import { failure, type Result, success } from '../result.ts'
import type { Env, FileSystem, Host, ProcessRequest } from '../runtime.ts'

export type LocatedExecutable =
  | { readonly kind: 'found'; readonly file: string }
  | {
      readonly kind: 'missing'
      /** A file of that name that may not be executed. */
      readonly refused?: string
      /** Entries of PATH that are not absolute. */
      readonly passedOver: readonly string[]
    }

/** What a shell looks through where PATH is not set (confstr's CS_PATH). */
const systemPath = '/bin:/usr/bin'

/**
 * The first of `names` that is in a folder of PATH; a later name is looked for when an earlier one is nowhere. Entries that
 * are not absolute are passed over: they mean the current folder, where a stranger's `az` may lie.
 */
export async function locateExecutable(
  names: readonly string[],
  { env, files, host }: { readonly env: Env; readonly files: FileSystem; readonly host: Host },
): Promise<LocatedExecutable> {
  const isWindows = host.platform === 'win32'
  const flavour = isWindows ? path.win32 : path.posix
  const entries = (env.get('PATH') ?? (isWindows ? '' : systemPath))
    .split(flavour.delimiter)
    .filter((entry) => entry !== '')
  const isAbsolute = (entry: string): boolean => (isWindows ? /^(?:[a-z]:[\\/]|\\\\)/i : /^\//).test(entry)
  const folders = new Set(entries.filter(isAbsolute))
  let refused: string | undefined
  for (const name of names) {
    for (const folder of folders) {
      const file = flavour.join(folder, name)
      const stat = await files.stat(file)
      if (!stat.ok || stat.value.kind !== 'file') continue
      if (isWindows || (stat.value.mode & 0o111) !== 0) return { kind: 'found', file }
      refused ??= file
    }
  }
  const passedOver = entries.filter((entry) => !isAbsolute(entry))
  return { kind: 'missing', passedOver, ...(refused === undefined ? {} : { refused }) }
}

/** Characters that cmd.exe takes for its own wherever they stand. */
const unsafeInArgument = /[%!^&|<>()"\r\n]/
const unsafeInPath = /[%!"\r\n]/

/**
 * How a program is started on Windows: `.exe` and `.com` as they are; a batch file by the system's own cmd.exe, without
 * its AutoRun commands and without delayed expansion, and only when nothing in the command line could mean anything to it.
 */
export function windowsCommand(
  file: string,
  args: readonly string[],
  systemRoot: string,
): Result<Pick<ProcessRequest, 'file' | 'args' | 'areArgsVerbatim'>, string> {
  const extension = path.win32.extname(file).toLowerCase()
  if (extension === '.exe' || extension === '.com') return success({ file, args })
  if (extension !== '.cmd' && extension !== '.bat') return failure(`${file} is no program that Windows starts`)
  if (unsafeInPath.test(file)) return failure('its path has a character that cmd.exe would expand')
  const unsafe = args.findIndex((arg) => unsafeInArgument.test(arg))
  if (unsafe !== -1) return failure(`Windows batch argument ${unsafe + 1} is unsafe.`)
  const line = [`"${file}"`, ...args.map((arg) => (/[\s,;=]/.test(arg) || arg === '' ? `"${arg}"` : arg))].join(' ')
  return success({
    file: path.win32.join(systemRoot, 'System32', 'cmd.exe'),
    // With /s the outer quotes are taken off and nothing else is (`cmd /?`).
    args: ['/d', '/s', '/v:off', '/c', `"${line}"`],
    areArgsVerbatim: true,
  })
}
