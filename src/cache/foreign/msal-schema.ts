/** MSAL's unified cache, as any of its libraries writes it: who, for what, until when; the secrets are passed over. */
import {
  type ForeignItem,
  type ForeignItemKind,
  isRecord,
  memberOf,
  noItem,
  parseJson,
  textOf,
} from './foreign-store.ts'

const sections: readonly (readonly [string, ForeignItemKind])[] = [
  ['AccessToken', 'access-token'],
  ['RefreshToken', 'refresh-token'],
  ['IdToken', 'id-token'],
]

/** Null for what is no such cache. An empty cache has no items. */
export function readMsalSchema(text: string): readonly ForeignItem[] | null {
  const cache = parseJson(text)
  if (!isRecord(cache)) return null
  const isCache = ['Account', 'AppMetadata', ...sections.map(([name]) => name)].some((name) => isRecord(cache[name]))
  if (!isCache && Object.keys(cache).length > 0) return null
  const names = accountNames(cache)
  return [
    ...entriesOf(cache, 'Account').map((entry) => readAccount(entry)),
    ...sections.flatMap(([name, kind]) => entriesOf(cache, name).map((entry) => readToken(entry, kind, names))),
  ]
}

/** `home_account_id` in lower case → user name. */
export function accountNames(cache: unknown): ReadonlyMap<string, string> {
  return new Map(
    entriesOf(cache, 'Account').flatMap((entry) => {
      const [id, name] = [textOf(entry, 'home_account_id'), textOf(entry, 'username')]
      return id === null || name === null ? [] : [[id.toLowerCase(), name] as const]
    }),
  )
}

function entriesOf(cache: unknown, section: string): readonly Record<string, unknown>[] {
  const entries = memberOf(cache, section)
  return isRecord(entries) ? Object.values(entries).filter(isRecord) : []
}

function readAccount(entry: Record<string, unknown>): ForeignItem {
  return {
    ...noItem,
    kind: 'account',
    account: textOf(entry, 'username') ?? textOf(entry, 'home_account_id'),
    tenantId: textOf(entry, 'realm'),
  }
}

function readToken(
  entry: Record<string, unknown>,
  kind: ForeignItemKind,
  names: ReadonlyMap<string, string>,
): ForeignItem {
  const home = textOf(entry, 'home_account_id')
  const clientId = textOf(entry, 'client_id')
  return {
    ...noItem,
    kind,
    // A token without an account is the app's own.
    account: home === null ? clientId : (names.get(home.toLowerCase()) ?? home),
    tenantId: textOf(entry, 'realm'),
    audience: textOf(entry, 'target'),
    clientId,
    expiresOn: kind === 'access-token' ? readSeconds(entry['expires_on']) : null,
  }
}

/** Unix seconds, a number or its digits. */
function readSeconds(value: unknown): number | null {
  const seconds = typeof value === 'string' && /^\d{1,11}$/.test(value) ? Number(value) : value
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : null
}
