/** Where the cache lives, and whether a folder may be trusted with it. */
import { posix, win32 } from 'node:path'
import type { Result } from '../result.ts'
import { failure, success } from '../result.ts'
import type { Env, FileSystem, Host } from '../runtime.ts'
import type { CacheTrouble } from './notes.ts'

export interface CacheFolders {
  /** Entries and locks; may be lost at any time. */
  readonly cache: string
  /** The key file of `AZID_CACHE=file` and the signed-in accounts. */
  readonly state: string
  join(...parts: readonly string[]): string
}

/** XDG base directories on Linux and its kin (relative values are ignored, as the specification says). */
export function cacheFolders(env: Env, host: Pick<Host, 'platform' | 'homeFolder'>): CacheFolders {
  const flavour = host.platform === 'win32' ? win32 : posix
  const join = (...parts: readonly string[]): string => flavour.join(...parts)
  const absolute = (name: string): string | undefined => {
    const value = env.get(name)
    return value !== undefined && flavour.isAbsolute(value) ? value : undefined
  }
  const home = host.homeFolder
  if (host.platform === 'win32') {
    const local = absolute('LOCALAPPDATA') ?? join(home, 'AppData', 'Local')
    return { cache: join(local, 'azid', 'cache'), state: join(local, 'azid', 'state'), join }
  }
  const isMac = host.platform === 'darwin'
  const cache = absolute('XDG_CACHE_HOME') ?? (isMac ? join(home, 'Library', 'Caches') : join(home, '.cache'))
  const state =
    absolute('XDG_STATE_HOME') ?? (isMac ? join(home, 'Library', 'Application Support') : join(home, '.local', 'state'))
  return { cache: join(cache, 'azid'), state: join(state, 'azid'), join }
}

/**
 * A folder of ours is a real folder (no link), belongs to this user and can be written by nobody else; on Windows only
 * the first can be asked. A folder that is not there is `not-found`.
 */
async function checkFolder(
  folder: string,
  files: Pick<FileSystem, 'stat'>,
  host: Pick<Host, 'userId'>,
): Promise<Result<void, CacheTrouble>> {
  const stat = await files.stat(folder, { noFollow: true })
  if (!stat.ok) return failure({ code: 'file', error: stat.error })
  const { kind, mode, userId } = stat.value
  if (kind === 'link') return failure({ code: 'folder-link', path: folder })
  if (kind !== 'folder') return failure({ code: 'not-a-folder', path: folder })
  if (host.userId < 0) return success(undefined)
  if (userId !== host.userId) return failure({ code: 'folder-foreign', path: folder, userId })
  if ((mode & 0o022) !== 0) return failure({ code: 'folder-open', path: folder })
  return success(undefined)
}

/** As `checkFolder` for each of `folders`, outermost first; missing ones are made, for this user alone. */
export async function ensureFolders(
  folders: readonly string[],
  files: FileSystem,
  host: Pick<Host, 'userId'>,
): Promise<Result<void, CacheTrouble>> {
  for (const folder of folders) {
    const checked = await checkFolder(folder, files, host)
    if (checked.ok) continue
    if (!isMissing(checked.error)) return checked
    const made = await makeFolder(folder, files)
    if (!made.ok) return made
    const again = await checkFolder(folder, files, host)
    if (!again.ok) return again
  }
  return success(undefined)
}

/** One after the other from the outermost that is missing, so that the error is the one of the place that is in the way. */
async function makeFolder(folder: string, files: FileSystem): Promise<Result<void, CacheTrouble>> {
  const flavour = folder.includes('\\') ? win32 : posix
  const missing = [folder]
  for (let parent = flavour.dirname(folder); parent !== flavour.dirname(parent); parent = flavour.dirname(parent)) {
    if ((await files.stat(parent)).ok) break
    missing.unshift(parent)
  }
  for (const one of missing) {
    const made = await files.makeFolder(one, { mode: 0o700 })
    if (!made.ok) return failure({ code: 'file', error: made.error })
  }
  return success(undefined)
}

/** As `checkFolder` for each of `folders`, outermost first. */
export async function checkFolders(
  folders: readonly string[],
  files: Pick<FileSystem, 'stat'>,
  host: Pick<Host, 'userId'>,
): Promise<Result<void, CacheTrouble>> {
  for (const folder of folders) {
    const checked = await checkFolder(folder, files, host)
    if (!checked.ok) return checked
  }
  return success(undefined)
}

export function isMissing(trouble: CacheTrouble): boolean {
  return trouble.code === 'file' && trouble.error.code === 'not-found'
}
