/** The answer to every grant by which a person's sign-in becomes tokens: access, ID and refresh token, and who it was. */
import { type Result, success } from '../../result.ts'
import { issueIdToken, issueUserToken, type UserTokenRequest } from '../access-tokens.ts'
import type { App, User } from '../directory.ts'
import { findGrantedResource } from '../grants/client-credentials.ts'
import type { Refusal } from '../refusals.ts'
import type { SandboxState } from '../state.ts'
import type { TokenRequest } from '../token-request.ts'
import type { ClaimsRequest } from './claims-request.ts'
import { checkPolicies, readConsent } from './policies.ts'
import { keep, type SignIn } from './store.ts'
import type { WantedScopes } from './wanted-scopes.ts'

export interface UserGrant {
  readonly signIn: SignIn
  readonly app: App
  readonly wanted: WantedScopes
  readonly claims: ClaimsRequest
  readonly proof: UserTokenRequest['proof']
  readonly nonce?: string
  /** When its refresh tokens end, however often they are used: those of a page do. */
  readonly ends?: number
}

/** Promise: the members of the answer, or what keeps this person from this resource. */
export async function answerUserGrant(
  grant: UserGrant,
  request: TokenRequest,
  state: SandboxState,
): Promise<Result<Readonly<Record<string, unknown>>, Refusal>> {
  const { signIn, app, wanted, claims } = grant
  const { user, tenant } = signIn
  const resource = findGrantedResource(wanted.identifier, tenant, state)
  if (!resource.ok) return resource
  const refusal = checkPolicies(signIn, resource.value, claims)
  if (refusal !== null) return { ok: false, error: refusal }
  const scopes = readConsent(wanted, { app, user, resource: resource.value }, state)
  if (!scopes.ok) return scopes
  const { now, origin } = request.exchange
  const tokenId = Buffer.from(state.random.bytes(16)).toString('base64url')
  keep(state.signIns.accessTokens, tokenId, signIn)
  const order: UserTokenRequest = {
    tenant,
    app,
    user,
    resource: resource.value,
    audience: wanted.identifier,
    scopes: scopes.value,
    proof: grant.proof,
    isCaeCapable: claims.isCaeCapable,
    methods: signIn.methods,
    contexts: claims.contexts,
    tokenId,
    origin,
    now,
  }
  const issued = await issueUserToken(order, state)
  const extras = { authTime: signIn.at, ...(grant.nonce === undefined ? {} : { nonce: grant.nonce }) }
  return success({
    token_type: 'Bearer',
    scope: request.version === 1 ? scopes.value.join(' ') : describeScopes(wanted, scopes.value),
    ...times(request, issued),
    ...(request.version === 1 ? { resource: wanted.identifier } : {}),
    access_token: issued.token,
    ...(wanted.wantsRefreshToken ? { refresh_token: keepRefreshToken(grant, now, state) } : {}),
    ...(wanted.wantsRefreshToken && app.isFamilyMember ? { foci: '1' } : {}),
    ...(wanted.wantsIdToken ? { id_token: await issueIdToken(order, state, extras) } : {}),
    ...describeUser(user, request),
  })
}

/** What was granted, and what was asked for as it was written: clients look their tokens up by it. */
function describeScopes(wanted: WantedScopes, granted: readonly string[]): string {
  if (wanted.isIdentityOnly) return wanted.asked.join(' ')
  const all = wanted.permissions.length === 0 ? granted.map((scope) => `${wanted.identifier}/${scope}`) : []
  return [...new Set([...all, ...wanted.asked])].join(' ')
}

/** `client_info`: the user at home, whichever tenant the token is for. */
function describeUser(user: User, { parameters }: TokenRequest): Readonly<Record<string, string>> {
  if (parameters.get('client_info') !== '1') return {}
  const info = JSON.stringify({ uid: user.objectId, utid: user.tenantId })
  return { client_info: Buffer.from(info).toString('base64url') }
}

function times(
  request: TokenRequest,
  issued: Awaited<ReturnType<typeof issueUserToken>>,
): Readonly<Record<string, unknown>> {
  const { expiresIn, refreshIn, expiresOn, notBefore } = issued
  const refresh = refreshIn === undefined ? {} : { refresh_in: refreshIn }
  const all = { expires_in: expiresIn, ext_expires_in: expiresIn, ...refresh }
  if (request.version === 2) return all
  const texts = Object.entries({ ...all, expires_on: expiresOn, not_before: notBefore })
  return Object.fromEntries(texts.map(([name, value]) => [name, String(value)]))
}

function keepRefreshToken({ signIn, app, wanted, ends }: UserGrant, now: number, state: SandboxState): string {
  const token = `1.${Buffer.from(state.random.bytes(96)).toString('base64url')}`
  keep(state.signIns.refreshTokens, token, { signIn, app, wanted, issuedAt: now, ends })
  return token
}
