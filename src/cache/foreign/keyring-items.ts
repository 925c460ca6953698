/** Entries that other tools keep in the Secret Service: opened only when a person asks for it. */
import type { KeyringItem } from '../../runtime.ts'
import type { ForeignPorts, ForeignStore, ForeignTool } from './foreign-store.ts'
import { readMsalSchema } from './msal-schema.ts'

/** How each marks its entry; az really ships the placeholders of an example. */
const searches: readonly { readonly tool: ForeignTool; readonly attributes: Readonly<Record<string, string>> }[] = [
  { tool: 'azure-identity', attributes: { MsalClientID: 'Microsoft.Developer.IdentityService' } },
  { tool: 'azure-identity', attributes: { service: 'Microsoft.Developer.IdentityService', account: 'MSALCache' } },
  { tool: 'az', attributes: { my_attr1: 'foo', my_attr2: 'bar' } },
]

/** A keyring that a person asked for may take its time. */
const timeoutMs = 5000

/** Null: no keyring of this platform can be searched. A locked entry is not unlocked. */
export async function readKeyringItems({
  keyring,
}: Pick<ForeignPorts, 'keyring'>): Promise<readonly ForeignStore[] | null> {
  const { find } = keyring
  if (find === undefined || !keyring.backends.includes('secret-service')) return null
  const stores: ForeignStore[] = []
  for (const { tool, attributes } of searches) {
    const found = await find('secret-service', attributes, timeoutMs)
    if (found.ok) stores.push(...found.value.map((item) => readItem(tool, item)))
    else if (found.error.code !== 'unavailable') {
      stores.push({
        tool,
        place: 'Secret Service',
        protection: 'keyring',
        state: 'unreadable',
        reason: `${found.error.code}: ${found.error.detail}`,
        isOpenToOthers: false,
        items: [],
      })
    }
  }
  return stores
}

function readItem(tool: ForeignTool, { label, secret }: KeyringItem): ForeignStore {
  const facts = { tool, place: `Secret Service: ${label}`, protection: 'keyring', isOpenToOthers: false } as const
  if (secret === null) return { ...facts, state: 'unreadable', reason: 'the keyring is locked', items: [] }
  const items = readMsalSchema(secret.reveal())
  return items === null
    ? { ...facts, state: 'unreadable', reason: 'not in a format that azid knows', items: [] }
    : { ...facts, state: 'read', reason: null, items }
}
