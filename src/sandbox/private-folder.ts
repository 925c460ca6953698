/** A folder for what a child process must read from files: certificates and keys. Only this user can open it; it goes with the sandbox. */
import path from 'node:path'
import type { FileResult, Runtime } from '../runtime.ts'

export interface PrivateFolder {
  /** Writes a file only this user can read, and returns its path. */
  write(name: string, content: string): Promise<string>
  /** Removes what was written, and the folder. */
  remove(): Promise<void>
}

/** Nothing is created before the first `write`. */
export function createPrivateFolder(ports: Pick<Runtime, 'files' | 'host' | 'random'>): PrivateFolder {
  const { files, host, random } = ports
  const folder = path.join(host.temporaryFolder, `azid-sandbox-${Buffer.from(random.bytes(16)).toString('hex')}`)
  const written = new Set<string>()
  return {
    write: async (name, content) => {
      const file = path.join(folder, name)
      if (written.has(file)) return file
      if (written.size === 0) expectDone(await files.makeFolder(folder, { mode: 0o700 }))
      written.add(file)
      expectDone(await files.createExclusive(file, new TextEncoder().encode(content), { mode: 0o600 }))
      return file
    },
    remove: async () => {
      for (const file of written) await files.remove(file)
      if (written.size > 0) await files.remove(folder)
      written.clear()
    },
  }
}

function expectDone(result: FileResult<void>): void {
  if (!result.ok) throw new PrivateFolderError(result.error.path, result.error.detail)
}

/** The temporary folder cannot be written. */
export class PrivateFolderError extends Error {
  constructor(file: string, detail: string) {
    super(`cannot write '${file}': ${detail}`)
    this.name = 'PrivateFolderError'
  }
}
