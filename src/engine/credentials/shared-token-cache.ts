/**
 * SharedTokenCacheCredential: the account that Visual Studio and other Microsoft tools keep in one cache on this machine.
 * Only what lies there in clear is read; nothing in it is changed, and no refresh token of another program is used.
 */
import path from 'node:path'
import { Secret } from '../../secret.ts'
import { hostAliases } from '../authority.ts'
import { readPythonJson } from '../managed-identity/python-json.ts'
import { type Problem, problem } from '../problems.ts'
import type { SignInFacts } from '../sign-in-facts.ts'
import { failed, jsonType, parseJson, unavailable } from '../tool-token.ts'
import type {
  AccessToken,
  CredentialConfig,
  CredentialDefinition,
  EnginePorts,
  Outcome,
  TokenRequest,
} from '../types.ts'

/** No tool writes a larger one. */
const largestCache = 32 * 1024 * 1024

/** A token that ends sooner is not handed out. */
const leastLifeMs = 300_000

const userVariable = 'AZURE_USERNAME'
const tenantVariable = 'AZURE_TENANT_ID'

export const sharedTokenCacheCredential: CredentialDefinition = {
  name: 'SharedTokenCacheCredential',
  aliases: ['shared-token-cache', 'shared-cache'],
  create: (config, ports) => ({
    name: 'SharedTokenCacheCredential',
    getToken: (request) => getToken(request, config, ports),
  }),
  inputs: (config, ports) => ({
    variables: [
      ...(config.role === 'chained' ? [userVariable, tenantVariable] : []),
      ...(ports.host.platform === 'win32' ? ['LOCALAPPDATA'] : []),
    ],
    files: [cachePath(ports, false), cachePath(ports, true)],
    tokenFiles: [],
    values: [config.username, config.tenantId, config.authority.host],
    isOfThisMachine: false,
  }),
}

/** Where azure-identity keeps it; tokens of continuous access evaluation lie apart. */
function cachePath({ env, host }: Pick<EnginePorts, 'env' | 'host'>, isCae: boolean): string {
  const name = isCae ? 'msal.cache.cae' : 'msal.cache.nocae'
  if (host.platform !== 'win32') return path.posix.join(host.homeFolder, '.IdentityService', name)
  const local = env.get('LOCALAPPDATA') || path.win32.join(host.homeFolder, 'AppData', 'Local')
  return path.win32.join(local, '.IdentityService', name)
}

async function getToken(request: TokenRequest, config: CredentialConfig, ports: EnginePorts): Promise<Outcome> {
  if (config.authorityProblem !== undefined) return failed(problem('input-invalid', config.authorityProblem))
  if (ports.host.platform === 'other') {
    return unavailable(problem('not-supported', { reason: 'Shared token cache is not supported on this platform.' }))
  }
  const place = cachePath(ports, request.enableCae === true)
  const wish = wishOf(config, ports)
  const none = (): Outcome => unavailable(problem('shared-cache-accounts', { path: place, reason: 'none', found: [] }))
  if (ports.host.platform !== 'linux') {
    const stat = await ports.files.stat(place)
    const protection = ports.host.platform === 'win32' ? 'DPAPI' : 'the keychain'
    return stat.ok ? unavailable(problem('shared-cache-closed', { path: place, protection })) : none()
  }
  const read = await ports.files.read(place, { maxBytes: largestCache })
  if (!read.ok) {
    if (read.error.code === 'not-found') return none()
    return unavailable(problem('file-unreadable', { what: 'shared token cache', source: place, error: read.error }))
  }
  const text = new TextDecoder().decode(read.value)
  if (text === '') return none()
  const cache = parseJson(text)
  if (!isRecord(cache)) {
    const type = cache === undefined ? 'not-json' : jsonType(cache)
    return failed(problem('shared-cache-unreadable', { path: place, detail: whereItBreaks(text), type }))
  }
  const account = chooseAccount(cache, place, wish, config)
  if ('code' in account) return unavailable(account)
  const token = request.claims === undefined ? findToken(cache, account, request, ports.clock.now()) : null
  if (token !== null) return { kind: 'token', token }
  return unavailable(problem('shared-cache-ended', { path: place, username: account.username }))
}

/** A place in the text, and nothing of it. */
function whereItBreaks(text: string): string {
  const read = readPythonJson(text)
  return read.ok ? '' : read.error
}

interface Wish {
  readonly username: string | undefined
  readonly tenantId: string | undefined
}

/** In the default chain the SDK takes both from variables. */
function wishOf({ role, username, tenantId }: CredentialConfig, { env }: EnginePorts): Wish {
  if (role === 'named') return { username, tenantId }
  return {
    username: username ?? (env.get(userVariable) || undefined),
    tenantId: tenantId ?? (env.get(tenantVariable) || undefined),
  }
}

type JsonRecord = Readonly<Record<string, unknown>>

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function entriesOf(cache: JsonRecord, section: string): readonly JsonRecord[] {
  const entries = cache[section]
  return isRecord(entries) ? Object.values(entries).filter(isRecord) : []
}

interface Account {
  readonly home: string
  readonly username: string
}

/** The one account of this authority that has a refresh token of the family and fits; or why there is not one. */
function chooseAccount(cache: JsonRecord, place: string, wish: Wish, config: CredentialConfig): Account | Problem {
  const { host } = new URL(config.authority.host)
  const hosts = hostAliases(host)
  const isHere = ({ environment }: JsonRecord): boolean => hosts.includes(String(environment))
  const homes = new Set(
    entriesOf(cache, 'RefreshToken')
      .filter((entry) => isHere(entry) && Object.hasOwn(entry, 'family_id'))
      .map((entry) => entry['home_account_id']),
  )
  const accounts = new Map<string, Account>()
  for (const { home_account_id: home, username, ...entry } of entriesOf(cache, 'Account')) {
    if (typeof home !== 'string' || home === '' || !homes.has(home) || !isHere(entry)) continue
    accounts.set(home, { home, username: typeof username === 'string' ? username : '' })
  }
  const all = [...accounts.values()]
  const fitting = all.filter(({ home, username }) => {
    const [, tenant, ...rest] = home.split('.')
    const isTenant = wish.tenantId === undefined || (rest.length === 0 && tenant === wish.tenantId)
    return isTenant && (wish.username === undefined || username === wish.username)
  })
  const [only] = fitting
  if (only !== undefined && fitting.length === 1) return only
  const isWished = wish.username !== undefined || wish.tenantId !== undefined
  const reason: SignInFacts['shared-cache-accounts']['reason'] =
    all.length === 0 ? 'none' : !isWished ? 'several' : fitting.length === 0 ? 'none-matches' : 'several-match'
  return problem('shared-cache-accounts', {
    path: place,
    reason,
    found: all.map(({ username }) => username),
    ...(wish.username === undefined ? {} : { username: wish.username }),
    ...(wish.tenantId === undefined ? {} : { tenantId: wish.tenantId }),
  })
}

/** An access token of the account for all of the scopes that lives long enough; whose client it was does not matter. */
function findToken(cache: JsonRecord, { home }: Account, { scopes }: TokenRequest, now: number): AccessToken | null {
  for (const entry of entriesOf(cache, 'AccessToken')) {
    const { home_account_id, target, secret, expires_on, refresh_on, token_type, realm } = entry
    if (home_account_id !== home || typeof target !== 'string' || typeof secret !== 'string') continue
    const held = target.split(/\s+/)
    const expiresOn = Number(expires_on) * 1000
    if (!scopes.every((scope) => held.includes(scope)) || !(expiresOn - leastLifeMs > now)) continue
    return {
      token: new Secret(secret),
      tokenType: typeof token_type === 'string' ? token_type : 'Bearer',
      expiresOn,
      refreshOn: refresh_on === undefined || Number.isNaN(Number(refresh_on)) ? null : Number(refresh_on) * 1000,
      ...(typeof realm === 'string' ? { tenantId: realm } : {}),
    }
  }
  return null
}
