/** A file system in a Map: files, folders, links and pipes with modes and owners, and faults on demand. */
import path from 'node:path'
import type { FileErrorCode, FileResult, FileStat, FileSystem } from '../../src/runtime.ts'

export interface FakeFile {
  readonly kind?: 'file' | 'folder' | 'pipe' | 'link' | 'other'
  /** What a file or pipe holds. */
  readonly content?: string | Uint8Array
  /** Where a link leads; relative to its own folder, or absolute. */
  readonly target?: string
  readonly mode?: number
  readonly userId?: number
  readonly modifiedMs?: number
}

export type FakeFileOperation = Exclude<keyof FakeFileSystem, 'text' | 'paths' | 'put' | 'modeOf'>

export interface FakeFileSystem extends FileSystem {
  /** The content of a file as text; throws when there is none. */
  text(path: string): string
  /** Every path below `folder` (default: all), sorted; folders end in the separator. */
  paths(folder?: string): readonly string[]
  /** Puts a file there, past all rules; its parent folders come with it. */
  put(path: string, file: string | Uint8Array | FakeFile): void
  modeOf(path: string): number
}

export interface FakeFileSystemOptions {
  readonly files: Readonly<Record<string, string | Uint8Array | FakeFile>>
  readonly now: () => number
  readonly userId: number
  readonly isWindows: boolean
  readonly currentFolder: string
  /** Asked before every operation: a code makes it fail with that. */
  readonly fault?: (operation: FakeFileOperation, path: string) => FileErrorCode | undefined
}

interface Entry {
  kind: FileStat['kind']
  content: Uint8Array
  target: string
  mode: number
  userId: number
  modifiedMs: number
  /** As written, where the key is folded. */
  path: string
}

const details: Record<FileErrorCode, string> = {
  'not-found': 'ENOENT',
  denied: 'EACCES',
  exists: 'EEXIST',
  'is-folder': 'EISDIR',
  'not-a-file': 'ENXIO',
  'too-large': 'EFBIG',
  'no-space': 'ENOSPC',
  'read-only': 'EROFS',
  other: 'EIO',
}

class FakeFailure extends Error {
  readonly code: FileErrorCode
  readonly detail: string

  constructor(code: FileErrorCode, detail = details[code]) {
    super(`${code} (${detail})`)
    this.code = code
    this.detail = detail
  }
}

/** Promise: answers as the real file system does; test/runtime/files.contract.test.ts runs the same cases over both. */
export function createFakeFileSystem(options: FakeFileSystemOptions): FakeFileSystem {
  const flavour = options.isWindows ? path.win32 : path.posix
  const entries = new Map<string, Entry>()
  const key = (name: string): string => (options.isWindows ? name.toLowerCase() : name)
  // No file has an empty name; a resolved one would be the current folder.
  const absolute = (name: string): string => (name === '' ? name : flavour.resolve(options.currentFolder, name))

  const newEntry = (
    name: string,
    kind: Entry['kind'],
    mode: number,
    content: Uint8Array = new Uint8Array(),
  ): Entry => ({
    kind,
    content,
    target: '',
    mode: options.isWindows ? 0 : mode,
    userId: options.userId,
    modifiedMs: options.now(),
    path: name,
  })
  const set = (entry: Entry): void => {
    entries.set(key(entry.path), entry)
  }

  const makeParents = (name: string): void => {
    const parent = flavour.dirname(name)
    if (parent !== name && !entries.has(key(parent))) {
      makeParents(parent)
      set(newEntry(parent, 'folder', 0o755))
    }
  }

  /** The real path of `name` with every link on the way followed; the last one only when `follow`. It need not exist. */
  const resolve = (name: string, follow: boolean, depth = 0): string => {
    if (depth > 40) throw new FakeFailure('not-a-file', 'ELOOP')
    const whole = absolute(name)
    const root = flavour.parse(whole).root
    const parts = whole.slice(root.length).split(flavour.sep).filter(Boolean)
    let at = root
    for (const [index, part] of parts.entries()) {
      const isLast = index === parts.length - 1
      at = flavour.join(at, part)
      const entry = entries.get(key(at))
      if (entry?.kind === 'link' && (follow || !isLast)) {
        const rest = parts.slice(index + 1)
        return resolve(flavour.join(flavour.resolve(flavour.dirname(at), entry.target), ...rest), follow, depth + 1)
      }
      if (isLast) break
      if (entry === undefined) throw new FakeFailure('not-found')
      if (entry.kind !== 'folder') throw new FakeFailure('not-found', 'ENOTDIR')
      if (!may(entry, 1)) throw new FakeFailure('denied')
    }
    return at
  }

  const may = (entry: Entry, bit: 1 | 2 | 4): boolean => {
    if (options.isWindows || options.userId === 0) return true
    const bits = entry.userId === options.userId ? entry.mode >> 6 : entry.mode
    return (bits & bit) !== 0
  }

  const lookUp = (name: string, follow = true): Entry => {
    const entry = entries.get(key(resolve(name, follow)))
    if (entry === undefined) throw new FakeFailure('not-found')
    return entry
  }

  /** Below a file there is nothing, as where there is nothing. */
  const find = (name: string, follow: boolean): Entry | undefined => {
    try {
      return lookUp(name, follow)
    } catch (error) {
      if (error instanceof FakeFailure && error.code === 'not-found') return undefined
      throw error
    }
  }

  /** The resolved path of something to be made or replaced in a folder that must exist and be writable. */
  const place = (name: string, follow = false): string => {
    const whole = resolve(name, follow)
    const parent = entries.get(key(flavour.dirname(whole)))
    if (parent === undefined) throw new FakeFailure('not-found')
    if (!may(parent, 2)) throw new FakeFailure('denied')
    return whole
  }

  const children = (folder: string): Entry[] => {
    const prefix = key(folder.endsWith(flavour.sep) ? folder : folder + flavour.sep)
    return [...entries].filter(([name]) => name.startsWith(prefix) && name !== prefix).map(([, entry]) => entry)
  }

  const attempt = async <T>(operation: FakeFileOperation, name: string, act: () => T): Promise<FileResult<T>> => {
    try {
      const fault = options.fault?.(operation, name)
      if (fault !== undefined) throw new FakeFailure(fault)
      return { ok: true, value: act() }
    } catch (error) {
      if (!(error instanceof FakeFailure)) throw error
      return { ok: false, error: { code: error.code, path: name, detail: error.detail } }
    }
  }

  const put = (name: string, file: string | Uint8Array | FakeFile): void => {
    const whole = absolute(name)
    const given: FakeFile = typeof file === 'string' || file instanceof Uint8Array ? { content: file } : file
    const kind = given.kind ?? (given.target === undefined ? 'file' : 'link')
    const content = typeof given.content === 'string' ? new TextEncoder().encode(given.content) : given.content
    makeParents(whole)
    const entry = newEntry(whole, kind, given.mode ?? (kind === 'folder' ? 0o755 : 0o644), content)
    entry.target = given.target ?? ''
    entry.userId = given.userId ?? options.userId
    entry.modifiedMs = given.modifiedMs ?? options.now()
    set(entry)
  }

  set(newEntry(flavour.parse(options.currentFolder).root, 'folder', 0o755))
  put(options.currentFolder, { kind: 'folder' })
  for (const [name, file] of Object.entries(options.files)) put(name, file)

  return {
    read: (name, { maxBytes, allowPipe = false, noFollow = false }) =>
      attempt('read', name, () => {
        const entry = find(name, !noFollow)
        if (entry === undefined) throw new FakeFailure('not-found', 'ENOENT')
        if (entry.kind === 'link') throw new FakeFailure('not-a-file', 'ELOOP')
        if (entry.kind === 'folder') throw new FakeFailure('is-folder')
        if (entry.kind === 'other' || (entry.kind === 'pipe' && !allowPipe)) {
          throw new FakeFailure('not-a-file', entry.kind === 'pipe' ? 'a pipe' : 'neither a file nor a folder')
        }
        if (!may(entry, 4)) throw new FakeFailure('denied')
        if (entry.content.length > maxBytes) throw new FakeFailure('too-large', `larger than ${maxBytes} bytes`)
        return Uint8Array.from(entry.content)
      }),
    stat: (name, { noFollow = false } = {}) =>
      attempt('stat', name, () => {
        const { kind, content, modifiedMs, mode, userId } = lookUp(name, !noFollow)
        return { kind, size: content.length, modifiedMs, mode, userId }
      }),
    list: (name) =>
      attempt('list', name, () => {
        const entry = lookUp(name)
        if (entry.kind !== 'folder') throw new FakeFailure('not-found', 'ENOTDIR')
        if (!may(entry, 4)) throw new FakeFailure('denied')
        return children(entry.path)
          .filter((child) => flavour.dirname(child.path) === entry.path)
          .map((child) => flavour.basename(child.path))
      }),
    isReadable: async (name) => {
      const result = await attempt('isReadable', name, () => may(lookUp(name), 4))
      return result.ok && result.value
    },
    writeAtomic: (name, content, { mode }) =>
      attempt('writeAtomic', name, () => {
        const whole = place(name)
        const there = entries.get(key(whole))
        if (there?.kind === 'folder') throw new FakeFailure('is-folder')
        if (there !== undefined && there.kind !== 'file' && there.kind !== 'link') throw new FakeFailure('not-a-file')
        set(newEntry(whole, 'file', mode, Uint8Array.from(content)))
      }),
    createExclusive: (name, content, { mode }) =>
      attempt('createExclusive', name, () => {
        const whole = place(name)
        if (entries.has(key(whole))) throw new FakeFailure('exists')
        set(newEntry(whole, 'file', mode, Uint8Array.from(content)))
      }),
    append: (name, content) =>
      attempt('append', name, () => {
        const whole = resolve(name, true)
        const there = entries.get(key(whole))
        if (there === undefined) {
          set(newEntry(place(name, true), 'file', 0o600, Uint8Array.from(content)))
          return
        }
        if (there.kind === 'folder') throw new FakeFailure('is-folder')
        if (there.kind !== 'file') throw new FakeFailure('not-a-file')
        if (!may(there, 2)) throw new FakeFailure('denied')
        there.content = Uint8Array.from([...there.content, ...content])
        there.modifiedMs = options.now()
      }),
    rename: (from, to) =>
      attempt('rename', from, () => {
        const source = lookUp(from, false)
        place(from)
        const whole = place(to)
        const there = entries.get(key(whole))
        if (there === source) return
        if (there?.kind === 'folder' && source.kind !== 'folder') throw new FakeFailure('is-folder')
        if (there?.kind === 'folder' && children(there.path).length > 0) throw new FakeFailure('exists', 'ENOTEMPTY')
        if (there !== undefined && there.kind !== 'folder' && source.kind === 'folder') {
          throw new FakeFailure('not-found', 'ENOTDIR')
        }
        const moved = source.kind === 'folder' ? [source, ...children(source.path)] : [source]
        const base = source.path
        for (const entry of moved) entries.delete(key(entry.path))
        for (const entry of moved) set({ ...entry, path: whole + entry.path.slice(base.length) })
      }),
    remove: (name) =>
      attempt('remove', name, () => {
        const entry = lookUp(name, false)
        place(name)
        if (entry.kind === 'folder' && children(entry.path).length > 0) throw new FakeFailure('exists', 'ENOTEMPTY')
        entries.delete(key(entry.path))
      }),
    makeFolder: (name, { mode }) =>
      attempt('makeFolder', name, () => {
        const make = (folder: string): void => {
          const there = entries.get(key(folder))
          if (there?.kind === 'link') {
            make(resolve(folder, true))
            return
          }
          if (there?.kind === 'folder') return
          if (there !== undefined) throw new FakeFailure('exists')
          const parent = flavour.dirname(folder)
          const above = entries.get(key(parent))
          if (above !== undefined && above.kind !== 'folder' && above.kind !== 'link') {
            throw new FakeFailure('not-found', 'ENOTDIR')
          }
          make(parent)
          set(newEntry(place(folder), 'folder', mode))
        }
        make(absolute(name))
      }),
    touch: (name) =>
      attempt('touch', name, () => {
        const entry = lookUp(name)
        if (!may(entry, 2)) throw new FakeFailure('denied')
        entry.modifiedMs = options.now()
      }),
    text: (name) => new TextDecoder().decode(lookUp(name).content),
    modeOf: (name) => lookUp(name, false).mode,
    paths: (folder) => {
      const chosen = folder === undefined ? [...entries.values()] : children(absolute(folder))
      return chosen.map(({ path: name, kind }) => (kind === 'folder' ? name + flavour.sep : name)).sort()
    },
    put,
  }
}
