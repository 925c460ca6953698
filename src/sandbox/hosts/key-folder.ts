/** The folder in which Azure Arc's agent leaves its keys: a real path, for clients accept no other. */
import path from 'node:path'
import type { FileError, Runtime } from '../../runtime.ts'
import { UsageError } from '../../usage-error.ts'

export interface KeyFolder {
  /** Throws UsageError when keys cannot be written here. */
  prepare(): Promise<void>
  /** Writes a fresh key, and returns the file's path. */
  create(): Promise<string>
  /** True once for each key that was created. */
  redeem(key: string): Promise<boolean>
  /** Removes the keys that are left, and the folders that were made for them. */
  remove(): Promise<void>
}

type Ports = Pick<Runtime, 'env' | 'files' | 'host' | 'random'>

export function createKeyFolder(ports: Ports): KeyFolder {
  const { files, random } = ports
  const isWindows = ports.host.platform === 'win32'
  const flavour = isWindows ? path.win32 : path.posix
  const folder = isWindows
    ? flavour.join(ports.env.get('ProgramData') ?? 'C:\\ProgramData', 'AzureConnectedMachineAgent', 'Tokens')
    : '/var/opt/azcmagent/tokens'
  const made: string[] = []
  const keys = new Map<string, string>()

  const makeFolder = async (name: string): Promise<void> => {
    const there = await files.stat(name)
    if (there.ok) return
    const parent = flavour.dirname(name)
    if (parent !== name) await makeFolder(parent)
    const result = await files.makeFolder(name, { mode: 0o755 })
    if (!result.ok) throw cannotWrite(folder, result.error)
    made.unshift(name)
  }
  const create = async (): Promise<{ readonly key: string; readonly file: string }> => {
    const file = flavour.join(folder, `${random.uuid()}.key`)
    const key = Buffer.from(random.bytes(32)).toString('base64url')
    const result = await files.createExclusive(file, new TextEncoder().encode(key), { mode: 0o600 })
    if (!result.ok) throw cannotWrite(folder, result.error)
    keys.set(key, file)
    return { key, file }
  }
  const redeem = async (key: string): Promise<boolean> => {
    const file = keys.get(key)
    if (file === undefined) return false
    keys.delete(key)
    await files.remove(file)
    return true
  }
  return {
    prepare: async () => {
      await makeFolder(folder)
      // A folder that is there may still not be ours to write.
      const { key } = await create()
      await redeem(key)
    },
    create: async () => (await create()).file,
    redeem,
    remove: async () => {
      for (const file of keys.values()) await files.remove(file)
      keys.clear()
      // A folder that somebody else uses by now is not empty, and stays.
      for (const name of made) await files.remove(name)
      made.length = 0
    },
  }
}

function cannotWrite(folder: string, { detail }: FileError): UsageError {
  return new UsageError({
    message: `the host 'azure-arc' needs to write keys to ${folder}, which clients insist on: ${detail}`,
    source: '--as',
    fix: 'run it as root in a container or a mount namespace (`sudo unshare -m`), or play another host',
  })
}
