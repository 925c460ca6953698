/**
 * The file system as a port. Calls are synchronous inside, as in `file-reader.ts`; only reading a pipe and syncing to disk
 * wait elsewhere.
 */
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
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { FileSystem, Random } from '../runtime.ts'
import { attempt, createNodeFileReader, nonBlocking, Refusal } from './file-reader.ts'

export function createNodeFileSystem(random: Random): FileSystem {
  return {
    ...createNodeFileReader(),
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
