/**
 * The file system as a port. Calls are synchronous inside: for the few small files of a run that is faster than the
 * thread pool, which a short process would have to start first. Only reading a pipe and syncing to disk wait elsewhere.
 */
// By name: importing a whole built-in module makes the bundle copy it, which is felt at start.
import {
  accessSync,
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsync,
  lstatSync,
  mkdirSync,
  openSync,
  promises,
  readdirSync,
  readSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { FileErrorCode, FileResult, FileStat, FileSystem, Random, ReadOptions } from '../runtime.ts'

const errorCodes: Readonly<Record<string, FileErrorCode>> = {
  ENOENT: 'not-found',
  ENOTDIR: 'not-found',
  EACCES: 'denied',
  EPERM: 'denied',
  EEXIST: 'exists',
  ENOTEMPTY: 'exists',
  EISDIR: 'is-folder',
  ELOOP: 'not-a-file',
  ENXIO: 'not-a-file',
  EFBIG: 'too-large',
  ENOSPC: 'no-space',
  EDQUOT: 'no-space',
  EROFS: 'read-only',
}

/** A refusal of our own, worded like the system's. */
class Refusal extends Error {
  readonly code: FileErrorCode

  constructor(code: FileErrorCode, detail: string) {
    super(detail)
    this.code = code
  }
}

export function createNodeFileSystem(random: Random): FileSystem {
  return {
    read: async (name, options) => {
      // What is not there is the usual case, and an error is made in a hundred times the time of a look.
      const stat = look(name, options.noFollow)
      return stat === undefined ? notFound(name) : attempt(name, () => readFile(name, stat, options))
    },
    stat: (name, options) =>
      attempt(name, () => describeStat(options?.noFollow === true ? lstatSync(name) : statSync(name))),
    list: (name) => attempt(name, () => readdirSync(name)),
    isReadable: async (name) => {
      const result = await attempt(name, () => accessSync(name, constants.R_OK))
      return result.ok
    },
    writeAtomic: (name, content, { mode }) => attempt(name, () => writeAtomic(name, content, mode, random)),
    createExclusive: (name, content, { mode }) =>
      attempt(name, () => {
        const file = openSync(name, 'wx', mode)
        writeNew(name, file, () => fill(file, content, mode))
      }),
    append: (name, content) =>
      attempt(name, () => {
        const { O_APPEND, O_CREAT, O_WRONLY } = constants
        const file = openSync(name, O_APPEND | O_CREAT | O_WRONLY | nonBlocking, 0o600)
        try {
          if (!fstatSync(file).isFile()) throw new Refusal('not-a-file', 'not a file')
          writeAll(file, content)
        } finally {
          closeSync(file)
        }
      }),
    rename: (from, to) => attempt(from, () => renameSync(from, to)),
    remove: (name) => attempt(name, () => (lstatSync(name).isDirectory() ? rmdirSync(name) : unlinkSync(name))),
    makeFolder: (name, { mode }) =>
      attempt(name, () => {
        try {
          mkdirSync(name, { recursive: true, mode })
        } catch (error) {
          // On a read-only file system Node says ENOENT here; the plain call says why.
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') mkdirSync(name, { mode })
          else throw error
        }
      }),
    touch: (name) =>
      attempt(name, () => {
        const now = Date.now() / 1000
        utimesSync(name, now, now)
      }),
  }
}

/** Absent on Windows, which has neither FIFOs in its file system nor such a flag for links. */
const nonBlocking = constants.O_NONBLOCK ?? 0
const noFollowFlag = constants.O_NOFOLLOW ?? 0

async function attempt<T>(name: string, act: () => T | Promise<T>): Promise<FileResult<T>> {
  try {
    return { ok: true, value: await act() }
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, error: { code: error.code, path: name, detail: error.message } }
    const detail = (error as NodeJS.ErrnoException).code
    if (detail === undefined) throw error
    return { ok: false, error: { code: errorCodes[detail] ?? 'other', path: name, detail } }
  }
}

/** Undefined where there is nothing; what else is wrong with the name is for the caller to meet. */
function look(name: string, noFollow = false): Stats | undefined | null {
  try {
    return (noFollow ? lstatSync : statSync)(name, { throwIfNoEntry: false })
  } catch (error) {
    // Below a file there is nothing either; Node 22 and later say so, Node 20 throws.
    return (error as NodeJS.ErrnoException).code === 'ENOTDIR' ? undefined : null
  }
}

function notFound(name: string): FileResult<never> {
  return { ok: false, error: { code: 'not-found', path: name, detail: 'ENOENT' } }
}

function describeStat(stat: Stats): FileStat {
  const isWindows = process.platform === 'win32'
  return {
    kind: kindOf(stat),
    size: stat.size,
    modifiedMs: stat.mtimeMs,
    mode: isWindows ? 0 : stat.mode & 0o777,
    userId: isWindows ? -1 : stat.uid,
  }
}

function kindOf(stat: Stats): FileStat['kind'] {
  if (stat.isFile()) return 'file'
  if (stat.isDirectory()) return 'folder'
  if (stat.isSymbolicLink()) return 'link'
  return stat.isFIFO() ? 'pipe' : 'other'
}

/** Looked at before it is opened, because opening a FIFO disturbs its writer; and again when it is open. */
function readFile(name: string, seen: Stats | null, options: ReadOptions): Uint8Array | Promise<Uint8Array> {
  const { noFollow = false, allowPipe = false } = options
  const kind = kindOf(seen ?? (noFollow ? lstatSync(name) : statSync(name)))
  checkKind(kind, allowPipe)
  if (kind === 'pipe') return readPipe(name, options)
  const flags = constants.O_RDONLY | nonBlocking | (noFollow ? noFollowFlag : 0)
  const file = openSync(name, flags)
  try {
    const stat = fstatSync(file)
    checkKind(kindOf(stat), false)
    if (stat.size > options.maxBytes) throw tooLarge(options)
    return readOpen(file, stat.size, options)
  } finally {
    closeSync(file)
  }
}

function checkKind(kind: FileStat['kind'], allowPipe: boolean): void {
  if (kind === 'folder') throw new Refusal('is-folder', 'EISDIR')
  if (kind === 'link') throw new Refusal('not-a-file', 'ELOOP')
  if (kind === 'pipe' && !allowPipe) throw new Refusal('not-a-file', 'a pipe')
  if (kind === 'other') throw new Refusal('not-a-file', 'neither a file nor a folder')
}

function tooLarge({ maxBytes }: ReadOptions): Refusal {
  return new Refusal('too-large', `larger than ${maxBytes} bytes`)
}

/** The size is only a guess: files of /proc say 0, and a file may grow while it is read. */
function readOpen(file: number, size: number, options: ReadOptions): Uint8Array {
  let buffer = Buffer.allocUnsafe(Math.min(size, options.maxBytes) + 1)
  let length = 0
  for (;;) {
    const count = readSync(file, buffer, length, buffer.length - length, null)
    if (count === 0) return new Uint8Array(buffer.subarray(0, length))
    length += count
    if (length > options.maxBytes) throw tooLarge(options)
    if (length === buffer.length) buffer = Buffer.concat([buffer], Math.min(length * 2 + 4096, options.maxBytes + 1))
  }
}

/**
 * Waits for the writer on the thread pool, so that time limits and signals still work. Neither an open nor a read that waits
 * there can be called back: a writer of our own lets it go on, and what it reads is thrown away.
 */
async function readPipe(name: string, options: ReadOptions): Promise<Uint8Array> {
  const { signal } = options
  const giveUp = (): void => letGo(name)
  const refuseLate = (): void => {
    if (signal?.aborted === true) throw new Refusal('other', 'nobody wrote to this pipe in time')
  }
  refuseLate()
  signal?.addEventListener('abort', giveUp, { once: true })
  try {
    const file = await promises.open(name, constants.O_RDONLY)
    try {
      const chunks: Uint8Array[] = []
      let length = 0
      for (;;) {
        refuseLate()
        const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(65_536), 0, 65_536, null)
        refuseLate()
        if (bytesRead === 0) return new Uint8Array(Buffer.concat(chunks))
        length += bytesRead
        if (length > options.maxBytes) throw tooLarge(options)
        chunks.push(buffer.subarray(0, bytesRead))
      }
    } finally {
      await file.close()
    }
  } finally {
    signal?.removeEventListener('abort', giveUp)
  }
}

function letGo(name: string): void {
  try {
    const file = openSync(name, constants.O_WRONLY | nonBlocking)
    try {
      writeSync(file, '\n')
    } finally {
      closeSync(file)
    }
  } catch {
    // Nobody waits there any more, or the pipe is full: then there is something to read.
  }
}

function writeAll(file: number, content: Uint8Array): void {
  let written = 0
  while (written < content.length) written += writeSync(file, content, written, content.length - written)
}

/** The exact mode, whatever the umask takes from the one given at creation. */
function fill(file: number, content: Uint8Array, mode: number): void {
  if (process.platform !== 'win32') fchmodSync(file, mode)
  writeAll(file, content)
}

/** Runs `write` on a file that was just made; when it fails, no half-written file stays. */
function writeNew(name: string, file: number, write: () => void): void {
  try {
    write()
  } catch (error) {
    closeSync(file)
    rmSync(name, { force: true })
    throw error
  }
  closeSync(file)
}

async function writeAtomic(name: string, content: Uint8Array, mode: number, random: Random): Promise<void> {
  const there = lstatSync(name, { throwIfNoEntry: false })
  if (there?.isDirectory() === true) throw new Refusal('is-folder', 'EISDIR')
  // Renaming over a device such as /dev/null would replace it, for everybody.
  if (there !== undefined && !there.isFile() && !there.isSymbolicLink()) throw new Refusal('not-a-file', 'not a file')
  const temporary = join(dirname(name), `.azid-${Buffer.from(random.bytes(8)).toString('hex')}.tmp`)
  const file = openSync(temporary, 'wx', mode)
  try {
    try {
      fill(file, content, mode)
      await sync(file)
    } finally {
      closeSync(file)
    }
    renameSync(temporary, name)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

function sync(file: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fsync(file, (error) => (error === null ? resolve() : reject(error)))
  })
}
