/** Accounts in MSAL's serialised cache (reference 5.3): who is there, which one is meant, and what is left without them. */
import { hostAliases } from '../authority.ts'
import type { AuthenticationRecord } from '../types.ts'

export interface RememberedAccount {
  readonly record: AuthenticationRecord
  /** The name that people are called by; null where it is not known. */
  readonly name: string | null
  /** Ids of the tenants that were signed in to. */
  readonly tenants: readonly string[]
}

export interface AccountWish {
  /** The authority's host, without a scheme. */
  readonly host: string
  /** Absent: any app's, Microsoft's developer sign-on first. */
  readonly clientId?: string
  readonly username?: string
  /** An id, or a domain; a stand-in for many tenants is no wish. */
  readonly tenantId?: string
  readonly homeAccountId?: string
}

export type AccountChoice =
  | { readonly kind: 'one'; readonly account: RememberedAccount }
  | { readonly kind: 'none' }
  | { readonly kind: 'several'; readonly accounts: readonly RememberedAccount[] }

/** "Developer sign-on", the app of Azure CLI: default of every credential for people (reference 8). */
export const developerClientId = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

type Entry = Readonly<Record<string, unknown>>

/** One for each account and app that has a refresh token. What cannot be read counts as empty. */
export function readAccounts(serialised: string | null): readonly RememberedAccount[] {
  const cache = parseRecord(serialised)
  const found: RememberedAccount[] = []
  for (const account of entriesOf(cache, 'Account')) {
    const { home_account_id: homeAccountId, environment, realm, username, name } = account
    if (!isText(homeAccountId) || !isText(environment) || typeof username !== 'string') continue
    const clients = entriesOf(cache, 'RefreshToken').filter(
      (token) => token['home_account_id'] === homeAccountId && token['environment'] === environment,
    )
    const home = homeAccountId.split('.')[1] ?? ''
    const tenants = [...new Set([...(isText(realm) ? [realm] : []), ...profilesOf(account)])]
    for (const clientId of new Set(clients.map((token) => token['client_id']).filter(isText))) {
      const tenantId = tenants.find((tenant) => tenant === home) ?? tenants[0] ?? home
      found.push({
        record: { authority: environment, clientId, homeAccountId, tenantId, username },
        name: isText(name) ? name : null,
        tenants,
      })
    }
  }
  return found
}

/**
 * The account that is meant. A tenant chooses among several, and shuts none out that is alone: a guest asks in tenants
 * that the account has never been signed in to.
 */
export function chooseAccount(accounts: readonly RememberedAccount[], wish: AccountWish): AccountChoice {
  const hosts = hostAliases(wish.host)
  const fitting = accounts.filter(
    ({ record }) =>
      hosts.includes(record.authority) &&
      (wish.clientId === undefined || isSame(record.clientId, wish.clientId)) &&
      (wish.homeAccountId === undefined || isSame(record.homeAccountId, wish.homeAccountId)) &&
      (wish.username === undefined || isSame(record.username, wish.username)),
  )
  const { tenantId } = wish
  const ofTenant = tenantId === undefined ? [] : fitting.filter((account) => isOfTenant(account, tenantId))
  const ofDeveloperApp = fitting.filter(({ record }) => isSame(record.clientId, developerClientId))
  const people = new Set(fitting.map(({ record }) => record.homeAccountId))
  // One person who signed in to several apps is one person.
  const candidates = [fitting, ofTenant, ...(people.size === 1 ? [ofDeveloperApp] : [])]
  const account = candidates.find(({ length }) => length === 1)?.[0]
  if (account !== undefined) return { kind: 'one', account }
  return fitting.length === 0 ? { kind: 'none' } : { kind: 'several', accounts: fitting }
}

/** By an id, or a domain of the name. */
export function isOfTenant({ record, tenants }: RememberedAccount, tenant: string): boolean {
  return (
    tenants.some((each) => isSame(each, tenant)) ||
    isSame(record.homeAccountId.split('.')[1] ?? '', tenant) ||
    record.username.toLowerCase().endsWith(`@${tenant.toLowerCase()}`)
  )
}

/** The cache without these accounts: their tokens go with them; an account stays while another app has a token of it. */
export function withoutAccounts(serialised: string, accounts: readonly AuthenticationRecord[]): string {
  const cache = parseRecord(serialised)
  const isTheirs = (entry: Entry): boolean =>
    accounts.some(
      ({ homeAccountId, authority, clientId }) =>
        entry['home_account_id'] === homeAccountId &&
        entry['environment'] === authority &&
        entry['client_id'] === clientId,
    )
  const kept: Record<string, unknown> = { ...cache }
  for (const section of ['RefreshToken', 'AccessToken', 'IdToken'])
    kept[section] = filterSection(cache, section, isTheirs)
  const rest = Object.values((kept['RefreshToken'] ?? {}) as Record<string, Entry>)
  const hasNoToken = (account: Entry): boolean =>
    accounts.some(
      ({ homeAccountId, authority }) =>
        account['home_account_id'] === homeAccountId && account['environment'] === authority,
    ) &&
    rest.every(
      (token) =>
        token['home_account_id'] !== account['home_account_id'] || token['environment'] !== account['environment'],
    )
  kept['Account'] = filterSection(cache, 'Account', hasNoToken)
  return JSON.stringify(kept)
}

function filterSection(cache: Entry, section: string, isGone: (entry: Entry) => boolean): Record<string, unknown> {
  const entries = cache[section]
  if (!isRecord(entries)) return {}
  return Object.fromEntries(Object.entries(entries).filter(([, entry]) => !isRecord(entry) || !isGone(entry)))
}

/** msal-node keeps each profile as JSON within the JSON. */
function profilesOf({ tenantProfiles }: Entry): readonly string[] {
  if (!Array.isArray(tenantProfiles)) return []
  return tenantProfiles.flatMap((profile: unknown) => {
    const tenantId = typeof profile === 'string' ? parseRecord(profile)['tenantId'] : undefined
    return isText(tenantId) ? [tenantId] : []
  })
}

function entriesOf(cache: Entry, section: string): readonly Entry[] {
  const entries = cache[section]
  return isRecord(entries) ? Object.values(entries).filter(isRecord) : []
}

/** An empty one for what is no JSON object. */
export function parseRecord(text: string | null): Entry {
  try {
    const value: unknown = JSON.parse(text ?? '{}')
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

export function isRecord(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
