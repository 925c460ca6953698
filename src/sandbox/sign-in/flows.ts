/** One sign-in on its way: what an app asked for, what the person did so far, and what comes next. */
import { findUser, type Resource, type User } from '../directory.ts'
import { findGrantedResource } from '../grants/client-credentials.ts'
import { type Refusal, refuse } from '../refusals.ts'
import type { SandboxState } from '../state.ts'
import { type ConsentPlace, checkPolicies, listGranted, listMissingConsent, tenantOf } from './policies.ts'
import type { SessionAccount } from './sessions.ts'
import type { DeviceCode, SignIn, SignInRequest } from './store.ts'
import { keep } from './store.ts'

export type ResponseMode = 'query' | 'fragment' | 'form_post'

/** Where and how an app wants its answer. */
export interface ReplyAddress {
  readonly redirectUri: string
  /** Of a page whose script fetches the tokens. */
  readonly isSpa: boolean
  readonly mode: ResponseMode
  readonly state: string | undefined
}

/** What an app asked of the authorize endpoint. */
export interface AuthorizeRequest extends SignInRequest {
  readonly reply: ReplyAddress
  readonly nonce: string | undefined
  readonly challenge: { readonly method: 'S256' | 'plain'; readonly value: string } | undefined
}

export type FlowPurpose =
  | { readonly kind: 'authorize'; readonly request: AuthorizeRequest }
  /** The code is unknown until the person has typed it. */
  | { readonly kind: 'device'; code: DeviceCode | undefined }

export interface Flow {
  readonly id: string
  /** Whose browser it is in. */
  readonly browser: string
  /** Must come back with every form. */
  readonly csrf: string
  readonly started: number
  readonly purpose: FlowPurpose
  readonly prompt: ReadonlySet<string>
  readonly domainHint: string | undefined
  /** What the person typed, or the app hinted at. */
  username: string
  user: User | undefined
  wantsOther: boolean
  hasConsented: boolean
  hasConfirmed: boolean
}

/** What a page has to ask, or how the flow ends. */
export type Step =
  | { readonly kind: 'code' }
  | { readonly kind: 'username' }
  | { readonly kind: 'password' }
  | { readonly kind: 'second-factor' }
  | { readonly kind: 'confirm' }
  | { readonly kind: 'account'; readonly accounts: readonly SessionAccount[] }
  | { readonly kind: 'consent'; readonly resource: Resource; readonly permissions: readonly string[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'done'; readonly signIn: SignIn }

const lifeMs = 3_600_000

export function startFlow(
  purpose: FlowPurpose,
  hints: { readonly browser: string; readonly now: number } & Partial<Pick<Flow, 'prompt' | 'domainHint' | 'username'>>,
  state: SandboxState,
): Flow {
  const makeId = (): string => Buffer.from(state.random.bytes(24)).toString('base64url')
  const flow: Flow = {
    id: makeId(),
    csrf: makeId(),
    browser: hints.browser,
    started: hints.now,
    purpose,
    prompt: hints.prompt ?? new Set(),
    domainHint: hints.domainHint,
    username: hints.username ?? '',
    user: undefined,
    wantsOther: false,
    hasConsented: false,
    hasConfirmed: false,
  }
  keep(state.signIns.flows, flow.id, flow)
  return flow
}

/** Undefined: none, one of another browser, or too old. */
export function findFlow(
  given: { readonly id: string; readonly csrf: string; readonly browser: string | undefined; readonly now: number },
  { signIns }: Pick<SandboxState, 'signIns'>,
): Flow | undefined {
  const flow = signIns.flows.get(given.id)
  const isOwn = flow !== undefined && flow.browser === given.browser && flow.csrf === given.csrf
  return isOwn && given.now - flow.started < lifeMs ? flow : undefined
}

export function requestOf({ purpose }: Flow): SignInRequest | undefined {
  return purpose.kind === 'authorize' ? purpose.request : purpose.code
}

/** What comes next, given who is signed in to the browser. */
export function nextStep(flow: Flow, accounts: readonly SessionAccount[], state: SandboxState): Step {
  const request = requestOf(flow)
  if (request === undefined) return { kind: 'code' }
  flow.user ??= chooseUser(flow, accounts, state)
  const { user } = flow
  if (user === undefined) {
    const isAsked = !flow.wantsOther && !flow.prompt.has('login') && flow.username === '' && accounts.length > 0
    return isAsked ? { kind: 'account', accounts } : { kind: 'username' }
  }
  const account = accounts.find((each) => each.user === user)
  const isFresh = account !== undefined && (!flow.prompt.has('login') || account.at >= flow.started)
  if (!isFresh) return { kind: 'password' }
  return authorizePerson(flow, request, account, state)
}

/** The person whom nobody needs to be asked about: the one hinted at, or the only one there. */
function chooseUser(flow: Flow, accounts: readonly SessionAccount[], state: SandboxState): User | undefined {
  if (flow.wantsOther) return undefined
  if (flow.username !== '') return findUser(state.directory, flow.username)
  if (flow.prompt.has('login') || flow.prompt.has('select_account')) return undefined
  const inDomain = accounts.filter(({ user }) => flow.domainHint !== undefined && isInDomain(user, flow.domainHint))
  const [only, ...others] = inDomain.length > 0 ? inDomain : accounts
  return others.length === 0 ? only?.user : undefined
}

function isInDomain(user: User, domain: string): boolean {
  return user.userPrincipalName.toLowerCase().endsWith(`@${domain.toLowerCase()}`)
}

function authorizePerson(flow: Flow, request: SignInRequest, account: SessionAccount, state: SandboxState): Step {
  const { app, wanted, claims } = request
  const { user, methods } = account
  const tenant = tenantOf(user, request.target, app, state)
  if (!tenant.ok) return { kind: 'refused', refusal: tenant.error }
  const resource = findGrantedResource(wanted.identifier, tenant.value, state)
  if (!resource.ok) return { kind: 'refused', refusal: resource.error }
  const refusal = checkPolicies(account, resource.value, claims)
  if (refusal?.name === 'mfa-needed') return { kind: 'second-factor' }
  if (refusal !== null) return { kind: 'refused', refusal }
  const consent = askConsent(flow, request, { app, user, resource: resource.value }, state)
  if (consent !== null) return consent
  if (flow.purpose.kind === 'device' && !flow.hasConfirmed) return { kind: 'confirm' }
  const { at, revocations } = account
  return { kind: 'done', signIn: { user, tenant: tenant.value, at, methods, revocations } }
}

/** Null: nothing to consent to. */
function askConsent(flow: Flow, { wanted }: SignInRequest, place: ConsentPlace, state: SandboxState): Step | null {
  const { app, resource } = place
  const isForced = flow.prompt.has('consent') && !flow.hasConsented
  const missing = listMissingConsent(wanted, place, state)
  if (!isForced && missing !== null && missing.length === 0) return null
  if (missing === null) {
    const facts = { app: app.clientId, name: app.displayName, resource: wanted.identifier, resourceId: resource.appId }
    const listed = Object.keys(app.listedPermissions).join(', ')
    return { kind: 'refused', refusal: refuse('resource-not-listed', { ...facts, listed }) }
  }
  if (missing.length > 0 && !app.hasUserConsent) {
    const tenant = state.directory.tenants.find(({ id }) => id === place.user.tenantId)?.name ?? ''
    return { kind: 'refused', refusal: refuse('consent-admin-only', { tenant, name: app.displayName }) }
  }
  const all = wanted.permissions.length === 0 ? listGranted(place, state) : wanted.permissions
  return { kind: 'consent', resource, permissions: missing.length > 0 ? missing : all }
}
