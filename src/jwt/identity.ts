/** Whose a token is: a user, a service principal or a managed identity, by the signs that each has. */
import { codeOf, guidIn, isSameId, listOf, textOf, wordsOf } from './claim-values.ts'
import { personalTenantId } from './claims.ts'
import type { JsonObject } from './decode.ts'

export type IdentityType = 'user' | 'service-principal' | 'managed-identity' | 'unknown'

export interface Identity {
  readonly type: IdentityType
  /** Login name of a user, name of an application or managed identity. For display, not a key. */
  readonly name: string | null
  /** A user's full name, if it is another than `name`. */
  readonly displayName: string | null
  readonly objectId: string | null
  readonly tenantId: string | null
  readonly appId: string | null
  readonly guest: boolean
  readonly personal: boolean
  /** Where a guest's account lives: a tenant id, `live.com`, … */
  readonly home: string | null
  /** Of a managed identity, where the token tells. */
  readonly assignment: 'system' | 'user' | null
  /** ARM ids: of the managed identity (user-assigned) or its resource, and of where the token was asked. */
  readonly resourceId: string | null
  readonly askedAt: string | null
}

/** How the client application proved itself: `none` is a public client. */
export type ClientProof = 'none' | 'secret' | 'certificate-or-assertion'

export const nobody: Identity = {
  type: 'unknown',
  name: null,
  displayName: null,
  objectId: null,
  tenantId: null,
  appId: null,
  guest: false,
  personal: false,
  home: null,
  assignment: null,
  resourceId: null,
  askedAt: null,
}

export function describeIdentity(claims: JsonObject, applicationName: (appId: string) => string | null): Identity {
  const type = findType(claims)
  const common = {
    ...nobody,
    type,
    objectId: textOf(claims, 'oid'),
    tenantId: textOf(claims, 'tid'),
    appId: textOf(claims, 'appid') ?? textOf(claims, 'azp'),
  }
  switch (type) {
    case 'user':
      return { ...common, ...describeUser(claims) }
    case 'managed-identity':
      return { ...common, ...describeManagedIdentity(claims) }
    case 'service-principal':
      return {
        ...common,
        name: textOf(claims, 'app_displayname') ?? (common.appId === null ? null : applicationName(common.appId)),
      }
    case 'unknown':
      return { ...common, name: textOf(claims, 'name') }
    default:
      return type satisfies never
  }
}

/** `idtyp` decides where the resource asked for it; else the signs that every token has. */
function findType(claims: JsonObject): IdentityType {
  const declared = textOf(claims, 'idtyp')
  if (declared === 'user') return 'user'
  if (declared === 'device') return 'unknown'
  const isDelegated = wordsOf(claims, 'scp').length > 0
  const isApplication = declared === 'app' || (!isDelegated && isOwnSubject(claims))
  if (textOf(claims, 'xms_mirid') !== null && (isApplication || !isDelegated)) return 'managed-identity'
  if (isApplication) return 'service-principal'
  if (isDelegated) return 'user'
  return [...userNames, 'emails', 'tfp'].some((name) => listOf(claims, name).length > 0) ? 'user' : 'unknown'
}

/** App-only: the subject is the application's own object. An ID token's subject never is. */
function isOwnSubject(claims: JsonObject): boolean {
  const appId = textOf(claims, 'appid') ?? textOf(claims, 'azp')
  return appId !== null && isSameId(textOf(claims, 'sub'), textOf(claims, 'oid'))
}

/** Claims that name a login, best first. `email` is not one: it may be unverified. */
const userNames = ['upn', 'preferred_username', 'unique_name'] as const

function describeUser(claims: JsonObject): Partial<Identity> {
  const name = loginNames(claims)[0] ?? listOf(claims, 'emails')[0] ?? textOf(claims, 'email') ?? textOf(claims, 'name')
  const displayName = textOf(claims, 'name')
  const home = findHome(claims)
  return {
    name,
    displayName: displayName === name ? null : displayName,
    guest: isGuest(claims, home),
    personal: isPersonal(claims),
    home,
  }
}

/** Login names that the token gives for a user, best first, without the `live.com#` of personal accounts. */
export function loginNames(claims: JsonObject): readonly string[] {
  return userNames.flatMap((claim) => textOf(claims, claim)?.replace(/^live\.com#/i, '') ?? [])
}

/** `idp`, if it is another than the tenant that issued the token: a home tenant's id where it names one. */
function findHome(claims: JsonObject): string | null {
  const idp = textOf(claims, 'idp')
  if (idp === null || idp === textOf(claims, 'iss')) return null
  const tenant = guidIn(idp)
  if (tenant === null) return idp
  return isSameId(tenant, textOf(claims, 'tid')) ? null : tenant
}

/** `acct` decides where it is there: an invited account can have been made a member. */
function isGuest(claims: JsonObject, home: string | null): boolean {
  const account = codeOf(claims, 'acct')
  if (account === '0' || account === '1') return account === '1'
  const hasOutsideName = ['upn', 'unique_name', 'preferred_username'].some((name) =>
    /#EXT#/i.test(textOf(claims, name) ?? ''),
  )
  return home !== null || hasOutsideName || textOf(claims, 'altsecid') !== null
}

function isPersonal(claims: JsonObject): boolean {
  const idp = textOf(claims, 'idp')?.toLowerCase() ?? ''
  return (
    idp === 'live.com' ||
    idp.includes(personalTenantId) ||
    isSameId(textOf(claims, 'tid'), personalTenantId) ||
    /^1:live\.com:/i.test(textOf(claims, 'altsecid') ?? '') ||
    /^live\.com#/i.test(textOf(claims, 'unique_name') ?? '')
  )
}

const userAssignedPath = /\/providers\/microsoft\.managedidentity\/userassignedidentities\//i

function describeManagedIdentity(claims: JsonObject): Partial<Identity> {
  const resourceId = textOf(claims, 'xms_mirid')
  const askedAt = textOf(claims, 'xms_az_rid')
  return {
    name: resourceId?.split('/').findLast((segment) => segment !== '') ?? null,
    assignment: findAssignment(resourceId ?? '', askedAt),
    resourceId,
    askedAt: isSameId(askedAt, resourceId) ? null : askedAt,
  }
}

function findAssignment(resourceId: string, askedAt: string | null): Identity['assignment'] {
  if (userAssignedPath.test(resourceId)) return 'user'
  if (!resourceId.includes('/providers/')) return null
  // A scale set's instance asks on behalf of the set: its id goes on where that of the set ends.
  const isSameResource = askedAt === null || `${askedAt.toLowerCase()}/`.startsWith(`${resourceId.toLowerCase()}/`)
  return isSameResource ? 'system' : null
}

export function describeProof(claims: JsonObject): ClientProof | null {
  switch (codeOf(claims, 'appidacr') ?? codeOf(claims, 'azpacr')) {
    case '0':
      return 'none'
    case '1':
      return 'secret'
    case '2':
      return 'certificate-or-assertion'
    default:
      return null
  }
}
