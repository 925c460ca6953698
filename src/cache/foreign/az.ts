/** What the Azure CLI keeps in `$AZURE_CONFIG_DIR` or `~/.azure`. */
import type { CacheFolders } from '../folders.ts'
import {
  type ForeignItem,
  type ForeignPorts,
  type ForeignStore,
  isRecord,
  noItem,
  parseJson,
  readStore,
  seeStore,
  textOf,
} from './foreign-store.ts'
import { readMsalSchema } from './msal-schema.ts'

const tool = 'az'

export async function readAz(ports: ForeignPorts, join: CacheFolders['join']): Promise<readonly ForeignStore[]> {
  const folder = azFolder(ports, join)
  const plain = { tool, protection: 'none' } as const
  const stores = await Promise.all([
    readStore({ tool, place: join(folder, 'azureProfile.json'), protection: 'no-secret' }, readProfile, ports),
    readStore({ ...plain, place: join(folder, 'msal_token_cache.json') }, readMsalSchema, ports),
    readStore({ ...plain, place: join(folder, 'service_principal_entries.json') }, readServicePrincipals, ports),
    seeEncrypted(join(folder, 'msal_token_cache.bin'), ports),
    seeEncrypted(join(folder, 'service_principal_entries.bin'), ports),
    seeStore(
      { ...plain, place: join(folder, 'accessTokens.json') },
      { state: 'unreadable', reason: 'left over from az before 2.30: nothing uses it, and it holds refresh tokens' },
      ports,
    ),
  ])
  return stores.filter((store) => store !== null)
}

export function azFolder({ env, host }: Pick<ForeignPorts, 'env' | 'host'>, join: CacheFolders['join']): string {
  return env.get('AZURE_CONFIG_DIR') || join(host.homeFolder, '.azure')
}

/** `core.encrypt_token_cache`: DPAPI on Windows; elsewhere a keyring entry, and the file is only its sign. */
function seeEncrypted(place: string, ports: ForeignPorts): Promise<ForeignStore | null> {
  return ports.host.platform === 'win32'
    ? seeStore(
        { tool, place, protection: 'encrypted' },
        { state: 'unreadable', reason: 'encrypted with DPAPI: not readable on this platform' },
        ports,
      )
    : seeStore({ tool, place, protection: 'keyring' }, { state: 'closed', reason: null }, ports)
}

/** Whose subscriptions these are: one item for each pair of account and tenant. */
function readProfile(text: string): readonly ForeignItem[] | null {
  const profile = parseJson(text)
  if (!isRecord(profile)) return null
  const { subscriptions } = profile
  if (!Array.isArray(subscriptions)) return Object.hasOwn(profile, 'installationId') ? [] : null
  const items = new Map<string, ForeignItem>()
  for (const subscription of subscriptions as readonly unknown[]) {
    const item = readSubscription(subscription)
    const key = JSON.stringify([item.kind, item.account, item.tenantId])
    items.set(key, { ...item, isCurrent: item.isCurrent || items.get(key)?.isCurrent === true })
  }
  return [...items.values()]
}

function readSubscription(subscription: unknown): ForeignItem {
  const { user, isDefault } = isRecord(subscription) ? subscription : {}
  const identity = textOf(user, 'assignedIdentityInfo')
  return {
    ...noItem,
    kind:
      identity !== null
        ? 'managed-identity'
        : textOf(user, 'type') === 'servicePrincipal'
          ? 'service-principal'
          : 'account',
    account: identity ?? textOf(user, 'name'),
    tenantId: textOf(subscription, 'tenantId'),
    isCurrent: isDefault === true,
  }
}

function readServicePrincipals(text: string): readonly ForeignItem[] | null {
  const entries = parseJson(text)
  if (!Array.isArray(entries)) return null
  return (entries as readonly unknown[]).filter(isRecord).map((entry) => ({
    ...noItem,
    kind: 'service-principal',
    account: textOf(entry, 'client_id'),
    clientId: textOf(entry, 'client_id'),
    tenantId: textOf(entry, 'tenant'),
  }))
}
