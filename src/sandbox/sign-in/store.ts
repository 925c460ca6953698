/** What the sandbox remembers of people: who signed in, what they consented to, and the codes and tokens that stand for it. */
import type { SignInMethod } from '../access-tokens.ts'
import type { App, Tenant, User } from '../directory.ts'
import type { TenantTarget } from '../token-request.ts'
import type { ClaimsRequest } from './claims-request.ts'
import type { AuthorizeRequest, Flow } from './flows.ts'
import type { SessionAccount } from './sessions.ts'
import type { WantedScopes } from './wanted-scopes.ts'

/** That a person signed in, once. */
export interface SignIn {
  readonly user: User
  /** The tenant signed in to: at home, or as a guest. */
  readonly tenant: Tenant
  /** Milliseconds since the epoch. */
  readonly at: number
  readonly methods: readonly SignInMethod[]
  /** How many times the user's sign-ins had been revoked by then. */
  readonly revocations: number
}

/** What an app asked for on behalf of a person. */
export interface SignInRequest {
  readonly app: App
  readonly target: TenantTarget
  readonly wanted: WantedScopes
  readonly claims: ClaimsRequest
}

export interface DeviceCode extends SignInRequest {
  readonly deviceCode: string
  readonly userCode: string
  readonly expires: number
  /** Times change with every request of the client, the outcome when a person decides. */
  interval: number
  lastPoll: number
  outcome:
    | { readonly kind: 'pending' | 'declined' | 'redeemed' }
    | { readonly kind: 'approved'; readonly signIn: SignIn }
}

export interface RefreshToken {
  readonly signIn: SignIn
  readonly app: App
  readonly wanted: WantedScopes
  readonly issuedAt: number
  /** Of a page: when it ends, used or not. */
  readonly ends: number | undefined
}

/** What stands for a sign-in until the app fetches its tokens. */
export interface AuthorizationCode {
  readonly signIn: SignIn
  readonly request: AuthorizeRequest
  readonly expires: number
  isRedeemed: boolean
}

export interface SignInStore {
  /** By device code. */
  readonly deviceCodes: Map<string, DeviceCode>
  /** By the code. */
  readonly codes: Map<string, AuthorizationCode>
  /** Sign-ins on their way, by id. */
  readonly flows: Map<string, Flow>
  /** Who is signed in to a browser, the latest first, by the cookie. */
  readonly sessions: Map<string, readonly SessionAccount[]>
  /** By the token. */
  readonly refreshTokens: Map<string, RefreshToken>
  /** Whose sign-in an access token came of, by its `uti`. */
  readonly accessTokens: Map<string, SignIn>
  /** Permissions that people consented to, by user, app and resource. */
  readonly consents: Map<string, ReadonlySet<string>>
  /** By object id: how often, and when last. */
  readonly revocations: Map<string, { readonly count: number; readonly at: number }>
}

export function createSignInStore(): SignInStore {
  return {
    deviceCodes: new Map(),
    codes: new Map(),
    flows: new Map(),
    sessions: new Map(),
    refreshTokens: new Map(),
    accessTokens: new Map(),
    consents: new Map(),
    revocations: new Map(),
  }
}

/** So that a sandbox that runs for weeks does not fill the memory. */
const mostKept = 10_000

/** Sets an entry; of too many the oldest goes. */
export function keep<Value>(map: Map<string, Value>, key: string, value: Value): void {
  map.set(key, value)
  if (map.size <= mostKept) return
  for (const oldest of map.keys()) {
    map.delete(oldest)
    return
  }
}
