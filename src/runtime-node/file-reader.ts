/**
 * Reading files and looking at them, apart from what writes: a run that is answered from the cache loads no more than this.
 * Calls are synchronous inside: for the few small files of a run that is faster than the thread pool, which a short process
 * would have to start first. Only reading a pipe waits elsewhere.
 */
// By name: importing a whole built-in module makes the bundle copy it, which is felt at start.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  promises,
  readSync,
  type Stats,
  statSync,
  writeSync,
} from 'node:fs'
import type { FileErrorCode, FileResult, FileStat, FileSystem, ReadOptions } from '../runtime.ts'

export type FileReader = Pick<FileSystem, 'read' | 'stat'>

export function createNodeFileReader(): FileReader {
  return {
    read: async (name, options) => {
      // What is not there is the usual case, and an error is made in a hundred times the time of a look.
      const stat = look(name, options.noFollow)
      return stat === undefined ? notFound(name) : attempt(name, () => readFile(name, stat, options))
    },
    stat: (name, options) =>
      attempt(name, () => describeStat(options?.noFollow === true ? lstatSync(name) : statSync(name))),
  }
}

/** Absent on Windows, which has neither FIFOs in its file system nor such a flag for links. */
export const nonBlocking = constants.O_NONBLOCK ?? 0
const noFollowFlag = constants.O_NOFOLLOW ?? 0

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
export class Refusal extends Error {
  readonly code: FileErrorCode

  constructor(code: FileErrorCode, detail: string) {
    super(detail)
    this.code = code
  }
}

export async function attempt<T>(name: string, act: () => T | Promise<T>): Promise<FileResult<T>> {
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
