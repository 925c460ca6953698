/** A folder of sealed files, in 256 folders by the first byte of their names: finding and sweeping cost the same however many there are. */
import { failure, type Result, success } from '../result.ts'
import type { Clock, FileError, FileSystem, Host, Random } from '../runtime.ts'
import { type CacheFolders, checkFolders, ensureFolders, isMissing } from './folders.ts'
import type { CacheTrouble } from './notes.ts'
import { largestEntry, seal, unseal } from './sealing.ts'
import type { KeyHome, SealingKey } from './sealing-key.ts'
import { sweep } from './sweep.ts'

export interface SealedFolder {
  /** Null for a miss of any kind; trouble where the folder may not be used. */
  read(name: string): Promise<Result<Uint8Array | null, CacheTrouble>>
  /** What is too large is not kept, which is no trouble. */
  write(name: string, content: Uint8Array, expiresOn: number): Promise<Result<void, CacheTrouble>>
  /** True: there was one and it is gone. */
  remove(name: string): Promise<boolean>
}

export interface SealedFolderPorts {
  readonly files: FileSystem
  readonly clock: Clock
  readonly host: Host
  readonly random: Random
}

/** `entries` are tokens; `shortcuts` are what command lines came to. */
export type FolderKind = 'entries' | 'shortcuts'

/** The folders of one key. */
export function homeFolders(
  keyHome: KeyHome,
  folders: CacheFolders,
): Readonly<Record<FolderKind | 'locks', string>> & { readonly path: readonly string[] } {
  const home = folders.join(folders.cache, keyHome)
  return {
    path: [folders.cache, home],
    entries: folders.join(home, 'entries'),
    shortcuts: folders.join(home, 'shortcuts'),
    locks: folders.join(home, 'locks'),
  }
}

/** Names are 64 hex digits. */
export function createSealedFolder(
  kind: FolderKind,
  key: SealingKey,
  folders: CacheFolders,
  { files, host, random, clock }: SealedFolderPorts,
): SealedFolder {
  const { path: parents, [kind]: top } = homeFolders(key.home, folders)
  const shardOf = (name: string): string => folders.join(top, name.slice(0, 2))
  const fileOf = (name: string): string => folders.join(shardOf(name), name)

  return {
    read: async (name) => {
      // What is read is sealed: its own folder is looked at when it is written to.
      const checked = await checkFolders([...parents, top], files, host)
      if (!checked.ok) return isMissing(checked.error) ? success(null) : checked
      return success(await readSealed(kind, name, key, folders, files))
    },
    write: async (name, content, expiresOn) => {
      const shard = shardOf(name)
      const ready = await ensureFolders([...parents, top, shard], files, host)
      if (!ready.ok) return ready
      const sealed = seal(key.keys, purposeOf(kind, name), expiresOn, content, random)
      if (sealed.length > largestEntry) return success(undefined)
      const written = await writeOver(fileOf(name), sealed, files)
      if (!written.ok) return failure({ code: 'file', error: written.error })
      await sweep(shard, { files, clock, join: folders.join })
      return success(undefined)
    },
    remove: async (name) => (await files.remove(fileOf(name))).ok,
  }
}

/** As `SealedFolder.read`, where the folders are checked already: null for a miss of any kind. */
export async function readSealed(
  kind: FolderKind,
  name: string,
  key: SealingKey,
  folders: CacheFolders,
  files: Pick<FileSystem, 'read'>,
): Promise<Uint8Array | null> {
  const { [kind]: top } = homeFolders(key.home, folders)
  const file = folders.join(top, name.slice(0, 2), name)
  const sealed = await files.read(file, { maxBytes: largestEntry, noFollow: true })
  return sealed.ok ? unsealFile(kind, key, name, sealed.value) : null
}

/** Null where the file was not sealed by this key, in this folder, under this name. */
export function unsealFile(kind: FolderKind, key: SealingKey, name: string, sealed: Uint8Array): Uint8Array | null {
  return unseal(key.keys, purposeOf(kind, name), sealed)
}

function purposeOf(kind: FolderKind, name: string): string {
  return `${kind} ${name}`
}

/** What stands in the way of a file and is none (a pipe, an empty folder) is removed, never written through. */
async function writeOver(path: string, content: Uint8Array, files: FileSystem): Promise<Result<void, FileError>> {
  const written = await files.writeAtomic(path, content, { mode: 0o600 })
  if (written.ok) return success(undefined)
  const { code } = written.error
  if (code !== 'not-a-file' && code !== 'is-folder') return written
  const removed = await files.remove(path)
  if (!removed.ok) return removed
  const again = await files.writeAtomic(path, content, { mode: 0o600 })
  return again.ok ? success(undefined) : again
}
