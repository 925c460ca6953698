/** Access tokens with the claims that Entra puts in, v1 or v2 as the resource wants them, signed with RS256. */
import { createHash } from 'node:crypto'
import { type App, objectIdIn, type Resource, type Tenant, type User } from './directory.ts'
import { issuerV1, issuerV2 } from './host-names.ts'
import { signToken } from './signed-token.ts'
import type { SandboxState } from './state.ts'

const defaultLifeSeconds = 3600
/** Tokens that take part in continuous access evaluation can be revoked, so they live a day. */
const caeLifeSeconds = 24 * 3600
/** Entra dates its tokens back, for resources whose clock is behind. */
const datedBackSeconds = 300

/** As `amr` names them. */
export type SignInMethod = 'pwd' | 'mfa'

export interface AppTokenRequest {
  readonly tenant: Tenant
  readonly app: App
  /** Of the service principal in this tenant. */
  readonly objectId: string
  readonly resource: Resource
  /** The identifier as it was asked for. */
  readonly audience: string
  readonly roles: readonly string[]
  /** How the client proved itself: `appidacr`. */
  readonly proof: 'secret' | 'assertion'
  readonly isCaeCapable: boolean
  readonly origin: string
  /** Milliseconds since the epoch. */
  readonly now: number
  /** More claims, for example those of a managed identity. */
  readonly extraClaims?: Readonly<Record<string, unknown>>
  /** Instead of the usual life. */
  readonly lifetimeSeconds?: number
}

export interface IssuedToken {
  readonly token: string
  /** Seconds. */
  readonly expiresIn: number
  /** Seconds; only for tokens that live long: half their life. */
  readonly refreshIn: number | undefined
  /** Seconds since the epoch. */
  readonly notBefore: number
  readonly expiresOn: number
}

/** A token for an app of its own accord (no user): `sub` equals `oid`. */
export async function issueAppToken(request: AppTokenRequest, state: SandboxState): Promise<IssuedToken> {
  const life =
    request.lifetimeSeconds ??
    request.app.tokenLifetimeSeconds ??
    (request.isCaeCapable ? caeLifeSeconds : defaultLifeSeconds)
  const now = Math.floor(request.now / 1000)
  const times = { iat: now - datedBackSeconds, nbf: now - datedBackSeconds, exp: now + life }
  const claims = {
    ...(request.resource.tokenVersion === 1 ? claimsV1(request, times, state) : claimsV2(request, times, state)),
    ...request.extraClaims,
  }
  const key = await state.signingKey()
  return {
    token: seal(request.resource, claims, key, state),
    expiresIn: life - 1,
    refreshIn: life > 2 * 3600 ? Math.floor(life / 2) : undefined,
    notBefore: times.nbf,
    expiresOn: times.exp,
  }
}

export interface UserTokenRequest
  extends Pick<
    AppTokenRequest,
    'tenant' | 'app' | 'resource' | 'audience' | 'isCaeCapable' | 'origin' | 'now' | 'lifetimeSeconds'
  > {
  readonly user: User
  /** `none`: a public client. */
  readonly proof: AppTokenRequest['proof'] | 'none'
  /** How the user signed in: `amr`; by password if nothing is said. */
  readonly methods?: readonly SignInMethod[]
  /** `uti`; made if it is not given. */
  readonly tokenId?: string
  /** Authentication contexts that the sign-in satisfies: `acrs`. */
  readonly contexts?: readonly string[]
  /** Permissions: `scp`. */
  readonly scopes: readonly string[]
}

/** A token for an app that acts for a user. */
export async function issueUserToken(request: UserTokenRequest, state: SandboxState): Promise<IssuedToken> {
  const life =
    request.lifetimeSeconds ??
    request.app.tokenLifetimeSeconds ??
    (request.isCaeCapable ? caeLifeSeconds : defaultLifeSeconds)
  const now = Math.floor(request.now / 1000)
  const times = { iat: now - datedBackSeconds, nbf: now - datedBackSeconds, exp: now + life }
  return {
    token: seal(request.resource, userClaims(request, times, state), await state.signingKey(), state),
    expiresIn: life - 1,
    refreshIn: life > 2 * 3600 ? Math.floor(life / 2) : undefined,
    notBefore: times.nbf,
    expiresOn: times.exp,
  }
}

function userClaims(request: UserTokenRequest, times: Times, state: SandboxState): Claims {
  const { tenant, app, user, resource, origin } = request
  const isV1 = resource.tokenVersion === 1
  const proof = { none: '0', secret: '1', assertion: '2' }[request.proof]
  const isGuest = user.tenantId !== tenant.id
  const name = nameIn(user, tenant)
  const issuer = isV1 ? issuerV1(origin, tenant.id) : issuerV2(origin, tenant.id)
  return {
    aud: isV1 ? request.audience : resource.appId,
    iss: issuer,
    ...times,
    ...(isV1 ? { acr: '1' } : {}),
    ...(request.contexts === undefined || request.contexts.length === 0 ? {} : { acrs: request.contexts }),
    aio: opaque(state, 33),
    ...(isV1
      ? { amr: request.methods ?? ['pwd'], appid: app.clientId, appidacr: proof, ipaddr: '127.0.0.1' }
      : { azp: app.clientId, azpacr: proof }),
    ...(isGuest ? { email: user.userPrincipalName, idp: issuerV1(origin, user.tenantId) } : {}),
    ...(resource.wantsIdtyp ? { idtyp: 'user' } : {}),
    name: user.displayName,
    oid: objectIdIn(user, tenant.id) ?? user.objectId,
    ...(isV1 ? {} : { preferred_username: user.userPrincipalName }),
    rh: `1.${opaque(state, 42)}.`,
    scp: request.scopes.join(' '),
    sub: pairwise(user, resource.appId),
    tid: tenant.id,
    ...(isV1 ? { unique_name: user.userPrincipalName, upn: name } : {}),
    uti: request.tokenId ?? opaque(state, 16),
    ver: isV1 ? '1.0' : '2.0',
    ...(request.isCaeCapable ? { xms_cc: ['cp1'] } : {}),
  }
}

/** A guest's name in the host tenant: `adele_contoso.com#EXT#@fabrikam.onmicrosoft.com`. */
function nameIn(user: User, tenant: Tenant): string {
  if (user.tenantId === tenant.id) return user.userPrincipalName
  return `${user.userPrincipalName.replace('@', '_')}#EXT#@${tenant.domains[0] ?? tenant.id}`
}

/** What only an app that asked for it itself finds in its ID token. */
export interface IdTokenExtras {
  readonly nonce?: string
  /** Milliseconds since the epoch. */
  readonly authTime?: number
}

/** What the app itself may know of the user. */
export async function issueIdToken(
  { tenant, app, user, origin, now }: Pick<UserTokenRequest, 'tenant' | 'app' | 'user' | 'origin' | 'now'>,
  state: SandboxState,
  { nonce, authTime }: IdTokenExtras = {},
): Promise<string> {
  const issuedAt = Math.floor(now / 1000) - datedBackSeconds
  const claims = {
    aud: app.clientId,
    iss: issuerV2(origin, tenant.id),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + datedBackSeconds + defaultLifeSeconds,
    ...(authTime === undefined ? {} : { auth_time: Math.floor(authTime / 1000) }),
    ...(user.tenantId === tenant.id ? {} : { idp: issuerV1(origin, user.tenantId) }),
    login_hint: user.userPrincipalName,
    name: user.displayName,
    ...(nonce === undefined ? {} : { nonce }),
    oid: objectIdIn(user, tenant.id) ?? user.objectId,
    preferred_username: user.userPrincipalName,
    rh: `1.${opaque(state, 42)}.`,
    sub: pairwise(user, app.clientId),
    tid: tenant.id,
    uti: opaque(state, 16),
    ver: '2.0',
  }
  const { kid, privateKey } = await state.signingKey()
  return signToken({ typ: 'JWT', alg: 'RS256', kid }, claims, privateKey)
}

/** The user's name at one app: another app sees another. */
function pairwise({ objectId }: User, appId: string): string {
  return createHash('sha256').update(`${objectId}\n${appId}`).digest('base64url')
}

interface Times {
  readonly iat: number
  readonly nbf: number
  readonly exp: number
}

type Claims = Readonly<Record<string, unknown>>

function claimsV1(request: AppTokenRequest, times: Times, state: SandboxState): Claims {
  const { tenant, app, objectId, resource } = request
  const issuer = issuerV1(request.origin, tenant.id)
  return {
    aud: request.audience,
    iss: issuer,
    ...times,
    aio: opaque(state, 33),
    ...(resource.signsNonce ? { app_displayname: app.displayName } : {}),
    appid: app.clientId,
    appidacr: request.proof === 'secret' ? '1' : '2',
    idp: issuer,
    ...(resource.wantsIdtyp ? { idtyp: 'app' } : {}),
    oid: objectId,
    rh: `1.${opaque(state, 42)}.`,
    ...(request.roles.length === 0 ? {} : { roles: request.roles }),
    sub: objectId,
    ...(resource.signsNonce ? { tenant_region_scope: 'EU' } : {}),
    tid: tenant.id,
    uti: opaque(state, 16),
    ver: '1.0',
    ...(request.isCaeCapable ? { xms_cc: ['cp1'] } : {}),
    xms_tcdt: tenantCreated,
  }
}

function claimsV2(request: AppTokenRequest, times: Times, state: SandboxState): Claims {
  const { tenant, app, objectId, resource } = request
  return {
    aud: resource.appId,
    iss: issuerV2(request.origin, tenant.id),
    ...times,
    aio: opaque(state, 33),
    azp: app.clientId,
    azpacr: request.proof === 'secret' ? '1' : '2',
    ...(resource.wantsIdtyp ? { idtyp: 'app' } : {}),
    oid: objectId,
    rh: `1.${opaque(state, 42)}.`,
    ...(request.roles.length === 0 ? {} : { roles: request.roles }),
    sub: objectId,
    tid: tenant.id,
    uti: opaque(state, 16),
    ver: '2.0',
    ...(request.isCaeCapable ? { xms_cc: ['cp1'] } : {}),
  }
}

/** When the tenant was made: 2020-01-01. */
const tenantCreated = 1_577_836_800

/** A value that means nothing to anybody but Entra. */
function opaque(state: SandboxState, bytes: number): string {
  return Buffer.from(state.random.bytes(bytes)).toString('base64url')
}

type Key = Awaited<ReturnType<SandboxState['signingKey']>>

/** Microsoft Graph's tokens are signed over a header with the nonce's SHA-256 in its place, so nobody else can verify them. */
function seal(resource: Resource, claims: Claims, key: Key, state: SandboxState): string {
  if (resource.tokenVersion === 2) return signToken({ typ: 'JWT', alg: 'RS256', kid: key.kid }, claims, key.privateKey)
  const header = { typ: 'JWT', alg: 'RS256', x5t: key.kid, kid: key.kid }
  if (!resource.signsNonce) return signToken(header, claims, key.privateKey)
  const nonce = opaque(state, 32)
  const hashed = createHash('sha256').update(nonce).digest('base64url')
  const { typ, ...rest } = header
  return signToken({ typ, nonce, ...rest }, claims, key.privateKey, { typ, nonce: hashed, ...rest })
}
