/** What the Azure Developer CLI keeps in `$AZD_CONFIG_DIR` or `~/.azd`. */
import type { CacheFolders } from '../folders.ts'
import {
  type ForeignItem,
  type ForeignPorts,
  type ForeignStore,
  isRecord,
  largestForeignFile,
  memberOf,
  noItem,
  parseJson,
  readStore,
  seeStore,
  textOf,
} from './foreign-store.ts'
import { accountNames, readMsalSchema } from './msal-schema.ts'

const tool = 'azd'

export async function readAzd(ports: ForeignPorts, join: CacheFolders['join']): Promise<readonly ForeignStore[]> {
  const folder = ports.env.get('AZD_CONFIG_DIR') || join(ports.host.homeFolder, '.azd')
  const cache = join(folder, 'auth', 'msal', 'cache.json')
  const names = await readNames(cache, ports)
  const stores = await Promise.all([
    readStore(
      { tool, place: join(folder, 'auth.json'), protection: 'no-secret' },
      (text) => readCurrentUser(text, names),
      ports,
    ),
    readStore({ tool, place: cache, protection: 'none' }, readMsalSchema, ports),
    seeStore({ tool, place: join(folder, 'auth', 'msal', 'cache.bin'), protection: 'encrypted' }, dpapi, ports),
    ...(await credentialFiles(join(folder, 'auth'), ports)).map((name) =>
      readCredential(join(folder, 'auth', name), ports),
    ),
  ])
  return stores.filter((store) => store !== null)
}

const dpapi = {
  state: 'unreadable',
  reason: 'encrypted with DPAPI: not readable on this platform',
} as const

async function readNames(cache: string, { files }: ForeignPorts): Promise<ReadonlyMap<string, string>> {
  const content = await files.read(cache, { maxBytes: largestForeignFile })
  return accountNames(content.ok ? parseJson(new TextDecoder().decode(content.value)) : undefined)
}

async function credentialFiles(folder: string, { files }: ForeignPorts): Promise<readonly string[]> {
  const names = await files.list(folder)
  return names.ok ? names.value.filter((name) => /^cred.*\.(?:json|bin)$/.test(name)).sort() : []
}

function readCurrentUser(text: string, names: ReadonlyMap<string, string>): readonly ForeignItem[] | null {
  const settings = parseJson(text)
  if (!isRecord(settings)) return null
  const user = memberOf(settings, 'auth', 'account', 'currentUser')
  if (!isRecord(user)) return []
  const [home, clientId] = [textOf(user, 'homeAccountId'), textOf(user, 'clientId')]
  return [
    {
      ...noItem,
      kind: user['managedIdentity'] === true ? 'managed-identity' : home === null ? 'service-principal' : 'account',
      account: home === null ? clientId : (names.get(home.toLowerCase()) ?? home),
      clientId,
      tenantId: textOf(user, 'tenantId'),
      isCurrent: true,
    },
  ]
}

/** The proof of a service principal; whose it is, only `auth.json` says. */
function readCredential(place: string, ports: ForeignPorts): Promise<ForeignStore | null> {
  if (place.endsWith('.bin')) return seeStore({ tool, place, protection: 'encrypted' }, dpapi, ports)
  return readStore(
    { tool, place, protection: 'none' },
    (text) => (isRecord(parseJson(text)) ? [{ ...noItem, kind: 'service-principal' }] : null),
    ports,
  )
}
