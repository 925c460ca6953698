/** What stands between a person who has signed in and a token: the state of the account, Conditional Access, consent. */
import { failure, type Result, success } from '../../result.ts'
import {
  type App,
  findApp,
  isCovered,
  listedAt,
  objectIdIn,
  permissionsAt,
  type Resource,
  type SandboxDirectory,
  type Tenant,
  type User,
} from '../directory.ts'
import { type Refusal, refuse } from '../refusals.ts'
import type { SandboxState } from '../state.ts'
import type { TenantTarget } from '../token-request.ts'
import type { ClaimsRequest } from './claims-request.ts'
import { keep, type SignIn } from './store.ts'
import type { WantedScopes } from './wanted-scopes.ts'

/** The app, if people may sign in to it there. A multi-tenant app that the tenant has not added yet comes with the first consent. */
export function identifyAppForUsers(
  clientId: string,
  target: TenantTarget,
  directory: SandboxDirectory,
): Result<App, Refusal> {
  const app = findApp(directory, clientId)
  const name = target.kind === 'one' ? target.tenant.name : target.word
  if (app === undefined) return failure(refuse('app-unknown', { app: clientId, directory: name }))
  const facts = { app: app.clientId, name: app.displayName }
  if (target.kind === 'several') {
    if (target.word === 'consumers') return failure(refuse('app-not-for-consumers', facts))
    return app.isMultiTenant ? success(app) : failure(refuse('app-single-tenant', { ...facts, word: target.word }))
  }
  if (app.tenantId !== target.tenant.id && !app.isMultiTenant) {
    return failure(refuse('app-unknown', { app: app.clientId, directory: name }))
  }
  const principal = app.servicePrincipals.find((each) => each.tenantId === target.tenant.id)
  return principal?.isEnabled === false ? failure(refuse('app-disabled', facts)) : success(app)
}

/** The tenant that a user's sign-in is for: the one named, or the user's own. */
export function tenantOf(user: User, target: TenantTarget, app: App, state: SandboxState): Result<Tenant, Refusal> {
  const home = state.directory.tenants.find(({ id }) => id === user.tenantId)
  const tenant = target.kind === 'one' ? target.tenant : home
  if (tenant === undefined || home === undefined) throw new Error(`the user ${user.objectId} has no tenant`)
  if (objectIdIn(user, tenant.id) !== undefined) return success(tenant)
  const facts = { user: user.userPrincipalName, issuer: `https://sts.windows.net/${home.id}/` }
  const place = { tenant: tenant.name, app: app.clientId, name: app.displayName }
  return failure(refuse('user-of-other-tenant', { ...facts, ...place }))
}

/** Null: nothing but consent is missing. */
export function checkPolicies(
  { user, methods }: Pick<SignIn, 'user' | 'methods'>,
  resource: Resource,
  claims: ClaimsRequest,
): Refusal | null {
  if (!user.isEnabled) return refuse('user-disabled', {})
  if (isCovered(resource, user.blockedFor)) return refuse('access-blocked', {})
  if (methods.includes('mfa') || !needsSecondFactor(user, resource, claims)) return null
  return refuse(user.mfaCode === undefined ? 'mfa-enrollment' : 'mfa-needed', { resource: resource.appId })
}

function needsSecondFactor(user: User, resource: Resource, claims: ClaimsRequest): boolean {
  return isCovered(resource, user.mfaFor) || claims.contexts.length > 0 || claims.namesPolicy
}

/** The permissions that a token may have: those wanted, of which an administrator or the user consented to each. */
export function readConsent(
  wanted: WantedScopes,
  { app, user, resource }: ConsentPlace,
  state: SandboxState,
): Result<readonly string[], Refusal> {
  if (wanted.isIdentityOnly) return success(['email', 'openid', 'profile'])
  const granted = listGranted({ app, user, resource }, state)
  if (granted.length === 0 || wanted.permissions.some((permission) => !granted.includes(permission))) {
    return failure(refuse('consent-missing', { app: app.clientId, name: app.displayName }))
  }
  return success(wanted.permissions.length === 0 ? granted : wanted.permissions)
}

export interface ConsentPlace {
  readonly app: App
  readonly user: User
  readonly resource: Resource
}

/** What an administrator or the user consented to. */
export function listGranted({ app, user, resource }: ConsentPlace, state: SandboxState): readonly string[] {
  const own = state.signIns.consents.get(consentKey(user, app, resource)) ?? []
  return [...new Set([...permissionsAt(app, resource), ...own])]
}

/** What the page of consent must ask about; null where the app asks for "all it has listed" and has listed nothing. */
export function listMissingConsent(
  wanted: WantedScopes,
  place: ConsentPlace,
  state: SandboxState,
): readonly string[] | null {
  if (wanted.isIdentityOnly) return []
  const granted = listGranted(place, state)
  const listed = listedAt(place.app, place.resource)
  if (wanted.permissions.length === 0 && granted.length === 0 && listed.length === 0) return null
  const asked = wanted.permissions.length === 0 ? listed : wanted.permissions
  return asked.filter((permission) => !granted.includes(permission))
}

export function recordConsent(permissions: readonly string[], place: ConsentPlace, state: SandboxState): void {
  const key = consentKey(place.user, place.app, place.resource)
  const before = state.signIns.consents.get(key) ?? []
  keep(state.signIns.consents, key, new Set([...before, ...permissions]))
}

function consentKey(user: User, app: App, resource: Resource): string {
  return [user.objectId, app.clientId, resource.appId].join(' ')
}
