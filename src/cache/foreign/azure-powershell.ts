/** What Azure PowerShell keeps in `~/.Azure`; its tokens are in the caches of azure-identity. */
import type { CacheFolders } from '../folders.ts'
import {
  type ForeignItem,
  type ForeignItemKind,
  type ForeignPorts,
  type ForeignStore,
  isRecord,
  memberOf,
  noItem,
  parseJson,
  readStore,
  textOf,
} from './foreign-store.ts'

export async function readAzurePowerShell(
  ports: ForeignPorts,
  join: CacheFolders['join'],
): Promise<readonly ForeignStore[]> {
  const place = join(ports.host.homeFolder, '.Azure', 'AzureRmContext.json')
  const store = await readStore({ tool: 'azure-powershell', place, protection: 'no-secret' }, readContexts, ports)
  return store === null ? [] : [store]
}

const kinds: Readonly<Record<string, ForeignItemKind>> = {
  ServicePrincipal: 'service-principal',
  ManagedService: 'managed-identity',
}

/** One item for each account and tenant; many contexts are subscriptions of the same. */
function readContexts(text: string): readonly ForeignItem[] | null {
  const saved = parseJson(text)
  if (!isRecord(saved)) return null
  const contexts = memberOf(saved, 'Contexts')
  if (!isRecord(contexts)) return Object.hasOwn(saved, 'DefaultContextKey') ? [] : null
  const items = new Map<string, ForeignItem>()
  for (const [name, context] of Object.entries(contexts)) {
    const account = memberOf(context, 'Account')
    const item: ForeignItem = {
      ...noItem,
      kind: kinds[textOf(account, 'Type') ?? ''] ?? 'account',
      account: textOf(account, 'Id'),
      tenantId: textOf(memberOf(context, 'Tenant'), 'Id'),
      isCurrent: saved['DefaultContextKey'] === name,
    }
    const key = JSON.stringify([item.kind, item.account, item.tenantId])
    items.set(key, { ...item, isCurrent: item.isCurrent || items.get(key)?.isCurrent === true })
  }
  return [...items.values()]
}
