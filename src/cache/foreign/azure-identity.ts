/** The persisted caches of the azure-identity SDKs (and of Azure PowerShell) in their `.IdentityService` folders. */
import type { CacheFolders } from '../folders.ts'
import {
  decodeText,
  type ForeignItem,
  type ForeignPorts,
  type ForeignStore,
  isOpen,
  largestForeignFile,
} from './foreign-store.ts'
import { readMsalSchema } from './msal-schema.ts'

const tool = 'azure-identity'

export async function readAzureIdentity(
  ports: ForeignPorts,
  join: CacheFolders['join'],
): Promise<readonly ForeignStore[]> {
  const stores: ForeignStore[] = []
  for (const folder of folders(ports, join)) {
    const names = await ports.files.list(folder)
    if (!names.ok) continue
    for (const name of names.value.filter(isCacheName).sort()) {
      const store = await readCache(join(folder, name), ports)
      if (store !== null) stores.push(store)
    }
  }
  return stores
}

/** By SDK: JS, Python and Go use the home folder, .NET and PowerShell the local application data. */
function folders({ env, host }: ForeignPorts, join: CacheFolders['join']): readonly string[] {
  const { homeFolder, platform } = host
  const home = join(homeFolder, '.IdentityService')
  if (platform === 'win32') {
    return [join(env.get('LOCALAPPDATA') || join(homeFolder, 'AppData', 'Local'), '.IdentityService')]
  }
  const data = join(env.get('XDG_DATA_HOME') || join(homeFolder, '.local', 'share'), '.IdentityService')
  return platform === 'darwin'
    ? [home, join(homeFolder, 'Library', 'Application Support', '.IdentityService'), data]
    : [home, data]
}

/** `msal.cache.cae`, `NAME.nocae`, and `msal.cache` of before 2023; not the lock files beside them. */
function isCacheName(name: string): boolean {
  return /\.(?:cae|nocae)$/.test(name) || name === 'msal.cache'
}

/** A shorter file only marks when the keyring entry was changed. */
const shortestCache = 16

async function readCache(place: string, { files, host }: ForeignPorts): Promise<ForeignStore | null> {
  const content = await files.read(place, { maxBytes: largestForeignFile })
  const facts = { tool, place, isOpenToOthers: false, items: [] as readonly ForeignItem[] } as const
  if (!content.ok) {
    const { code, detail } = content.error
    if (code === 'not-found') return null
    return { ...facts, protection: 'none', state: 'unreadable', reason: `${code} (${detail})` }
  }
  if (content.value.length < shortestCache) {
    return { ...facts, protection: 'keyring', state: 'closed', reason: null }
  }
  const text = decodeText(content.value)
  const items = readMsalSchema(text)
  if (items !== null) {
    return {
      ...facts,
      items,
      isOpenToOthers: await isOpen(place, files),
      protection: 'none',
      state: 'read',
      reason: null,
    }
  }
  return { ...facts, protection: 'encrypted', state: 'unreadable', reason: encryptionOf(text, host.platform) }
}

function encryptionOf(text: string, platform: string): string {
  if (/^eyJ[\w-]+\.[\w-]*\./.test(text)) return 'encrypted by the Go SDK with a key in the kernel: not readable'
  return platform === 'win32'
    ? 'encrypted with DPAPI: not readable on this platform'
    : 'not in a format that azid knows'
}
