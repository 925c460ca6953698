/** What every credential of a person shares: the account that is remembered first, then the person. */
import { createPublicClient, type PublicClient, type SignInOutcome } from '../msal-public.ts'
import { type Problem, problem } from '../problems.ts'
import { resolveTenant } from '../tenant.ts'
import { encodeClaims } from '../tool-token.ts'
import type {
  AuthenticationRecord,
  Credential,
  CredentialConfig,
  CredentialName,
  DeclaredInputs,
  EnginePorts,
  NotAsked,
  Outcome,
  SignInConfig,
  SignInWay,
  TokenRequest,
} from '../types.ts'
import {
  type AccountChoice,
  chooseAccount,
  developerClientId,
  isRecord,
  parseRecord,
  readAccounts,
} from './accounts.ts'

/** One request to a person. */
export interface Asking {
  readonly client: PublicClient
  readonly request: TokenRequest & { readonly tenantId: string }
  readonly loginHint: string | undefined
  readonly config: CredentialConfig
  readonly signIn: SignInConfig
}

export interface PersonWay {
  readonly way: SignInWay
  ask(asking: Asking, ports: EnginePorts, signal: AbortSignal): Promise<SignInOutcome>
}

const multiTenantVariable = 'AZURE_IDENTITY_DISABLE_MULTITENANTAUTH'

/** Of DefaultAzureCredential's own interactive link in Python alone (reference 1.3). */
function tenantVariableOf({ role, sdk }: CredentialConfig): string | null {
  return role === 'chained' && sdk === 'python' ? 'AZURE_TENANT_ID' : null
}

export function personInputs(config: CredentialConfig): DeclaredInputs {
  const variable = tenantVariableOf(config)
  const generation = config.signIn?.accounts.generationFile ?? null
  return {
    variables: [...(variable === null ? [] : [variable]), multiTenantVariable],
    files: generation === null ? [] : [generation],
    tokenFiles: [],
    values: [
      config.tenantId,
      config.clientId,
      config.username,
      config.account?.homeAccountId,
      config.additionallyAllowedTenants.join(';'),
    ],
    isOfThisMachine: false,
  }
}

/** `way` null: the account that is remembered, and nobody is asked. */
export function createPersonCredential(
  name: CredentialName,
  given: CredentialConfig,
  ports: EnginePorts,
  way: PersonWay | null,
): Credential {
  const { authority, signIn: kept } = given
  /** Who signed in here, for whom the next request is as well. */
  let own: AuthenticationRecord | null = null
  const clients = new Map<string, PublicClient>()
  const openClient = (clientId: string): PublicClient => {
    const openCache = kept === undefined ? forgetful : () => kept.accounts.open()
    const client = clients.get(clientId) ?? createPublicClient({ authority, clientId, openCache }, ports)
    clients.set(clientId, client)
    return client
  }
  return {
    name,
    getToken: async (request, signal) => {
      // As it is when the request begins: a program may ask for a sign-in between two requests.
      const config = given.signIn === undefined ? given : { ...given, signIn: { ...given.signIn } }
      const tenant = chooseTenant(request, config, way === null ? null : tenantVariableOf(config), ports)
      if (typeof tenant !== 'string' && tenant !== null) return { kind: 'failed', problem: tenant }
      if (config.authorityProblem !== undefined) {
        return { kind: 'failed', problem: problem('input-invalid', config.authorityProblem) }
      }
      const remember = (account: AuthenticationRecord): void => {
        own = account
      }
      const turn: Turn = { request, tenant, config, ports, way, openClient, remember, signal }
      const remembered = config.signIn?.isForced === true ? { kind: 'none' as const } : await findAccount(turn, own)
      if (remembered.kind === 'several') return { kind: 'unavailable', problem: ambiguous(remembered) }
      return remembered.kind === 'none' ? askPerson(turn, null) : useAccount(turn, remembered.account.record)
    },
  }
}

/** Nothing is remembered where nobody says where. */
function forgetful(): { read(): Promise<null>; write(): Promise<void> } {
  return { read: async () => null, write: async () => {} }
}

interface Turn {
  readonly request: TokenRequest
  /** Null: the account's own. */
  readonly tenant: string | null
  readonly config: CredentialConfig
  readonly ports: EnginePorts
  readonly way: PersonWay | null
  readonly openClient: (clientId: string) => PublicClient
  readonly remember: (account: AuthenticationRecord) => void
  readonly signal: AbortSignal
}

function chooseTenant(
  request: TokenRequest,
  config: CredentialConfig,
  variable: string | null,
  { env }: EnginePorts,
): string | null | Problem {
  const fromVariable = variable === null ? '' : (env.get(variable) ?? '')
  const configured = config.tenantId ?? (fromVariable === '' ? undefined : fromVariable) ?? config.account?.tenantId
  const resolved = resolveTenant(
    {
      ...(configured === undefined ? {} : { configured }),
      additionallyAllowed: config.additionallyAllowedTenants,
      ...(request.tenantId === undefined ? {} : { requested: request.tenantId }),
    },
    env,
  )
  return resolved.ok ? (resolved.value ?? null) : problem('tenant-not-allowed', resolved.error)
}

async function findAccount({ tenant, config }: Turn, own: AuthenticationRecord | null): Promise<AccountChoice> {
  const { signIn, username } = config
  const account = own ?? config.account
  if (account !== undefined) {
    return { kind: 'one', account: { record: account, name: null, tenants: [account.tenantId] } }
  }
  if (signIn === undefined) return { kind: 'none' }
  const clientId = clientOf(config)
  return chooseAccount(readAccounts(await signIn.accounts.open().read()), {
    host: new URL(config.authority.host).host,
    ...(clientId === undefined ? {} : { clientId }),
    ...(username === undefined ? {} : { username }),
    ...(tenant === null || isManyTenants(tenant) ? {} : { tenantId: tenant }),
  })
}

function isManyTenants(tenant: string): boolean {
  return ['organizations', 'common', 'consumers'].includes(tenant.toLowerCase())
}

/** In the default chain a client id means a managed or workload identity, and any app's account will do. */
function clientOf({ role, clientId, account }: CredentialConfig): string | undefined {
  return role === 'chained' ? undefined : (clientId ?? account?.clientId ?? developerClientId)
}

async function useAccount(turn: Turn, account: AuthenticationRecord): Promise<Outcome> {
  const { request, tenant, openClient, signal } = turn
  const { scopes, claims, enableCae } = request
  const outcome = await openClient(account.clientId).acquireSilently(
    {
      account,
      tenantId: tenant === null || isManyTenants(tenant) ? account.tenantId : tenant,
      scopes,
      ...(claims === undefined ? {} : { claims }),
      ...(enableCae === undefined ? {} : { enableCae }),
    },
    signal,
  )
  if (outcome.kind === 'signed-in') {
    const choice = { what: `account: ${account.username}`, because: [] }
    return { kind: 'token', token: outcome.token, choice }
  }
  return isForPerson(outcome.problem)
    ? askPerson(turn, { problem: outcome.problem, account })
    : { kind: 'failed', problem: outcome.problem }
}

/** What a new sign-in can repair (OpenID Connect Core 3.1.2.6); any other refusal would come again. */
function isForPerson(found: Problem): boolean {
  if (found.code === 'sign-in-needed') return true
  return (
    found.code === 'token-refused' &&
    ['invalid_grant', 'interaction_required', 'login_required', 'consent_required'].includes(found.facts.error)
  )
}

async function askPerson(
  turn: Turn,
  silent: { readonly problem: Problem; readonly account: AuthenticationRecord } | null,
): Promise<Outcome> {
  const { request, tenant, config, ports, way, openClient, signal } = turn
  const { signIn } = config
  const refused = whyNotAsked(way, signIn)
  if (way === null || signIn === undefined || refused !== null) {
    if (silent !== null && silent.problem.code === 'token-refused') {
      return { kind: 'failed', problem: withWantedSignIn(silent.problem, silent.account, request) }
    }
    return { kind: 'unavailable', problem: neededSignIn(refused ?? 'no-prompt', turn, silent?.account) }
  }
  const wanted = config.account ?? silent?.account
  const loginHint = config.username ?? config.loginHint ?? wanted?.username
  const clientId = silent?.account.clientId ?? clientOf(config) ?? developerClientId
  await signIn.accounts.changed()
  const outcome = await way.ask(
    {
      client: openClient(clientId),
      request: { ...request, tenantId: tenant ?? 'organizations' },
      loginHint,
      config,
      signIn,
    },
    ports,
    signal,
  )
  await signIn.accounts.changed()
  if (outcome.kind === 'failed') {
    const found = withWay(outcome.problem, way.way)
    return { kind: !signal.aborted && isUnavailable(found, config) ? 'unavailable' : 'failed', problem: found }
  }
  signIn.tell({ kind: 'signed-in', account: outcome.account })
  const other = otherAccount(outcome.account, wanted, config.username)
  if (other === null) turn.remember(outcome.account)
  return other === null
    ? { kind: 'token', token: outcome.token, choice: { what: `account: ${outcome.account.username}`, because: [] } }
    : { kind: 'failed', problem: other }
}

/** A limit of the whole run ends while a person is at work: what helps is what helps against a limit of the sign-in. */
function withWay(found: Problem, way: SignInWay): Problem {
  if (found.code !== 'timed-out') return found
  return problem('sign-in-timed-out', { timeoutMs: found.facts.timeoutMs, way })
}

/** Nobody was asked, so a chain goes on; as in Python, DefaultAzureCredential does so too where nobody answered in time. */
function isUnavailable({ code }: Problem, { role }: CredentialConfig): boolean {
  if (code === 'sign-in-timed-out') return role === 'chained'
  return code === 'browser-unavailable' || code === 'loopback-unavailable'
}

function whyNotAsked(way: PersonWay | null, signIn: SignInConfig | undefined): NotAsked | null {
  if (way === null) return 'account-only'
  return signIn === undefined ? 'no-prompt' : (signIn.notAsked[way.way] ?? null)
}

function withWantedSignIn(
  { facts }: Extract<Problem, { code: 'token-refused' }>,
  { username, clientId }: AuthenticationRecord,
  { scopes, claims }: TokenRequest,
): Problem {
  const wanted = mergeClaims(claims, facts.claims)
  const account = {
    username,
    scopes,
    ...(clientId.toLowerCase() === developerClientId ? {} : { clientId }),
    ...(wanted === undefined ? {} : { claims: encodeClaims(wanted) }),
  }
  return problem('token-refused', { ...facts, account })
}

/** What the service wants, and what the authority wants for it (`capolids` of a policy). */
function mergeClaims(requested: string | undefined, answered: string | undefined): string | undefined {
  if (requested === undefined || answered === undefined) return requested ?? answered
  const [wish, answer] = [parseRecord(requested), parseRecord(answered)]
  const [ofToken, ofAnswer] = [wish['access_token'], answer['access_token']]
  const both = isRecord(ofToken) && isRecord(ofAnswer) ? { access_token: { ...ofAnswer, ...ofToken } } : {}
  return JSON.stringify({ ...answer, ...wish, ...both })
}

function neededSignIn(why: NotAsked, { tenant, config }: Turn, account: AuthenticationRecord | undefined): Problem {
  const username = config.username ?? account?.username
  const clientId = config.role === 'chained' ? undefined : config.clientId
  return problem('sign-in-needed', {
    why,
    ...(username === undefined ? {} : { username }),
    ...(tenant === null || isManyTenants(tenant) ? {} : { tenantId: tenant }),
    ...(clientId === undefined ? {} : { clientId }),
  })
}

/** A token of somebody else must not pass for the one that was asked for. */
export function otherAccount(
  got: AuthenticationRecord,
  wanted: AuthenticationRecord | undefined,
  username: string | undefined,
): Problem | null {
  const isOther =
    wanted !== undefined
      ? got.homeAccountId !== wanted.homeAccountId
      : username !== undefined && got.username.toLowerCase() !== username.toLowerCase()
  if (!isOther) return null
  return problem('sign-in-other-account', { wanted: wanted?.username ?? username ?? '', got: got.username })
}

function ambiguous({ accounts }: Extract<AccountChoice, { kind: 'several' }>): Problem {
  return problem('accounts-ambiguous', {
    found: accounts.map(({ record: { username, tenantId, clientId } }) => ({ username, tenantId, clientId })),
  })
}
