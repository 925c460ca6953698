/** What a token's claims say, in one plain object: who, for what, how signed in, until when. Pure; nothing is checked. */
import { codeOf, guidIn, guidPattern, has, isSameId, listOf, textOf, timeOf, wordsOf } from './claim-values.ts'
import { findApplication, findDirectoryRole, personalTenantId, signInMethods } from './claims.ts'
import type { DecodedToken, JsonObject, TokenDefect } from './decode.ts'
import { type Note, type NoteId, note } from './notes.ts'

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

export interface NamedValue {
  readonly value: string
  readonly name: string | null
}

export interface TokenTimes {
  /** Milliseconds since the epoch; null where the token does not say, or says something that is no time. */
  readonly issuedAt: number | null
  readonly notBefore: number | null
  readonly expiresOn: number | null
  /** By this machine's clock, to the millisecond. */
  readonly expired: boolean
  readonly notYetValid: boolean
}

export interface TokenDescription {
  readonly kind: 'access-token' | 'id-token' | 'opaque'
  readonly version: string | null
  readonly issuer: string | null
  readonly identity: Identity
  readonly application: {
    readonly name: string | null
    /** How it proved itself: `none` is a public client. */
    readonly proof: 'none' | 'secret' | 'certificate-or-assertion' | null
  }
  readonly audience: { readonly value: string | null; readonly name: string | null }
  readonly permissions: {
    readonly scopes: readonly string[]
    readonly roles: readonly string[]
    readonly directoryRoles: readonly NamedValue[]
    /** Object ids. */
    readonly groups: readonly string[]
    readonly isGroupsOverage: boolean
  }
  readonly signIn: {
    readonly methods: readonly NamedValue[]
    readonly contexts: readonly string[]
    readonly address: string | null
    readonly deviceId: string | null
  }
  readonly times: TokenTimes
  readonly claims: JsonObject
  readonly header: JsonObject
  readonly notes: readonly Note[]
}

export interface DescribeOptions {
  /** The friendly name of a resource by its URI or application id, or null. */
  readonly audienceName: (audience: string) => string | null
  /** The authority in use, `https://host[:port]`: a private one is then no unknown issuer. */
  readonly authorityHost?: string
}

/** Services let a token start this much later than their clock says (reference: Entra's own validators). */
export const clockSkewMs = 5 * 60 * 1000

/**
 * Describes what the claims say; `now` is in milliseconds. Unexpected claims (wrong type, absurd time) are left out of
 * the description and named by a note. Promise: never throws.
 */
export function describeToken(decoded: DecodedToken, now: number, options: DescribeOptions): TokenDescription {
  const { header, claims } = decoded
  const { audienceName, authorityHost } = options
  const applicationName = (appId: string): string | null => findApplication(appId) ?? audienceName(appId)
  const identity = describeIdentity(claims, applicationName)
  const audience = listOf(claims, 'aud')[0] ?? null
  const times = describeTimes(claims, now)
  const isIdToken = isIdTokenLike(claims)
  return {
    kind: isIdToken ? 'id-token' : 'access-token',
    version: textOf(claims, 'ver'),
    issuer: textOf(claims, 'iss'),
    identity,
    application: {
      name: textOf(claims, 'app_displayname') ?? (identity.appId === null ? null : applicationName(identity.appId)),
      proof: describeProof(claims),
    },
    audience: {
      value: audience,
      name: audience === null ? null : (audienceName(audience) ?? findApplication(audience)),
    },
    permissions: {
      scopes: wordsOf(claims, 'scp'),
      roles: listOf(claims, 'roles'),
      directoryRoles: listOf(claims, 'wids').map((value) => ({ value, name: findDirectoryRole(value) })),
      groups: listOf(claims, 'groups'),
      isGroupsOverage: isGroupsOverage(claims),
    },
    signIn: {
      methods: listOf(claims, 'amr').map((value) => ({ value, name: methodName(value) })),
      contexts: listOf(claims, 'acrs'),
      address: textOf(claims, 'ipaddr'),
      deviceId: textOf(claims, 'deviceid'),
    },
    times,
    claims,
    header,
    notes: collectNotes(decoded, { identity, times, isIdToken, now, issuer: issuerKind(claims, authorityHost) }).map(
      note,
    ),
  }
}

/** Of a token that only its service can read. `expiresOn` is what its source said, in milliseconds. */
export function describeOpaqueToken(
  likeness: Extract<TokenDefect, { kind: 'opaque' }>['likeness'],
  now: number,
  expiresOn: number | null,
): TokenDescription {
  const expired = expiresOn !== null && now >= expiresOn
  const id: NoteId = likeness === 'unknown' ? 'opaque' : likeness
  return {
    kind: 'opaque',
    version: null,
    issuer: null,
    identity: { ...nobody },
    application: { name: null, proof: null },
    audience: { value: null, name: null },
    permissions: { scopes: [], roles: [], directoryRoles: [], groups: [], isGroupsOverage: false },
    signIn: { methods: [], contexts: [], address: null, deviceId: null },
    times: { issuedAt: null, notBefore: null, expiresOn, expired, notYetValid: false },
    claims: {},
    header: {},
    notes: [note(id), ...(expired ? [note('expired')] : [])],
  }
}

const nobody: Identity = {
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

function describeIdentity(claims: JsonObject, applicationName: (appId: string) => string | null): Identity {
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

function describeProof(claims: JsonObject): TokenDescription['application']['proof'] {
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

function methodName(value: string): string | null {
  return Object.hasOwn(signInMethods, value) ? (signInMethods[value] ?? null) : null
}

/** In `_claim_names` for access tokens, `hasgroups` in the implicit flow. */
function isGroupsOverage(claims: JsonObject): boolean {
  const names = claims['_claim_names']
  const isElsewhere = typeof names === 'object' && names !== null && Object.hasOwn(names, 'groups')
  return isElsewhere || claims['hasgroups'] === true || claims['hasgroups'] === 'true'
}

/** An access token always names its client (`appid`, `azp`); an ID token's audience is the client, and it has hashes or a nonce. */
function isIdTokenLike(claims: JsonObject): boolean {
  const hasHashes = ['at_hash', 'c_hash', 'nonce'].some((name) => has(claims, name))
  const namesClient = ['appid', 'azp', 'scp', 'idtyp'].some((name) => has(claims, name))
  if (hasHashes) return !has(claims, 'scp')
  return !namesClient && isEntraIssuer(textOf(claims, 'iss')) && guidPattern.test(textOf(claims, 'aud') ?? '')
}

export function describeTimes(claims: JsonObject, now: number): TokenTimes {
  const [issuedAt = null, notBefore = null, expiresOn = null] = timeClaims.map((name) => {
    const time = timeOf(claims, name)
    return time.kind === 'time' ? time.ms : null
  })
  return {
    issuedAt,
    notBefore,
    expiresOn,
    expired: expiresOn !== null && now >= expiresOn,
    notYetValid: notBefore !== null && now < notBefore,
  }
}

const timeClaims = ['iat', 'nbf', 'exp'] as const

/** Hosts in the `iss` of Entra's tokens: v1 tokens name an STS, v2 tokens the authority. */
const entraIssuerHosts = new Set([
  'sts.windows.net',
  'sts.chinacloudapi.cn',
  'sts.microsoftonline.de',
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
  'login.windows.net',
  'login.microsoft.com',
  'login.sovcloud-identity.fr',
  'login.sovcloud-identity.de',
  'login.sovcloud-identity.sg',
])

function isEntraIssuer(issuer: string | null): boolean {
  return issuer !== null && entraIssuerHosts.has(hostOf(issuer))
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : ''
}

export type IssuerKind = 'entra' | 'b2c' | 'adfs' | 'other'

/** Who issued a token, by the name in it alone; an issuer on the authority in use counts as Entra. */
export function issuerKind(claims: JsonObject, authorityHost?: string): IssuerKind {
  const issuer = textOf(claims, 'iss') ?? ''
  if (/^https?:\/\/[^/]+\/adfs(?:\/|$)/i.test(issuer)) return 'adfs'
  const host = hostOf(issuer)
  if (host.endsWith('.b2clogin.com') || (has(claims, 'tfp') && guidIn(issuer) !== null)) return 'b2c'
  const isOfAuthority = authorityHost !== undefined && host !== '' && issuer.startsWith(`${authorityHost}/`)
  return isOfAuthority || isEntraIssuer(issuer) ? 'entra' : 'other'
}

interface NoteInput {
  readonly identity: Identity
  readonly times: TokenTimes
  readonly isIdToken: boolean
  readonly issuer: IssuerKind
  readonly now: number
}

function collectNotes(decoded: DecodedToken, { identity, times, isIdToken, issuer, now }: NoteInput): NoteId[] {
  const { claims, header } = decoded
  const facts: readonly (readonly [NoteId, boolean])[] = [
    ['id-token', isIdToken],
    ...timeNotes(claims, times, now),
    ...identityNotes(claims, identity),
    ...issuerNotes(claims, issuer),
    ['several-audiences', listOf(claims, 'aud').length > 1],
    ['mfa', listOf(claims, 'amr').some((method) => method === 'mfa' || method === 'ngcmfa')],
    ['auth-context', listOf(claims, 'acrs').length > 0],
    ['groups-overage', isGroupsOverage(claims)],
    ['cae', listOf(claims, 'xms_cc').some((capability) => capability.toLowerCase() === 'cp1')],
    ['pop-bound', typeof claims['cnf'] === 'object' && claims['cnf'] !== null],
    ['graph-nonce', has(header, 'nonce')],
    ...signatureNotes(decoded),
    ['repeated-claim', decoded.repeatedClaims.length > 0],
    ['unexpected-type', unexpectedClaims(claims).length > 0],
  ]
  return facts.filter(([, isTrue]) => isTrue).map(([id]) => id)
}

type NoteFacts = readonly (readonly [NoteId, boolean])[]

function timeNotes(claims: JsonObject, times: TokenTimes, now: number): NoteFacts {
  const kinds = timeClaims.map((name) => timeOf(claims, name).kind)
  const isLittleEarly = times.notBefore !== null && times.notBefore - now <= clockSkewMs
  return [
    ['expired', times.expired],
    ['not-yet-valid', times.notYetValid && !isLittleEarly],
    ['clock-skew', times.notYetValid && isLittleEarly],
    ['no-expiry', timeOf(claims, 'exp').kind === 'absent'],
    ['times-in-milliseconds', kinds.includes('milliseconds')],
    ['unreadable-time', kinds.includes('unreadable')],
  ]
}

function identityNotes(claims: JsonObject, identity: Identity): NoteFacts {
  const proof = describeProof(claims)
  return [
    ['guest', identity.guest],
    ['personal-account', identity.personal],
    ['system-assigned', identity.assignment === 'system'],
    ['user-assigned', identity.assignment === 'user'],
    ['certificate-or-federation', identity.type === 'service-principal' && proof === 'certificate-or-assertion'],
    ['on-behalf-of', identity.type === 'user' && (proof === 'secret' || proof === 'certificate-or-assertion')],
    ['device-token', textOf(claims, 'idtyp') === 'device'],
  ]
}

function issuerNotes(claims: JsonObject, kind: IssuerKind): NoteFacts {
  const issuerTenant = guidIn(textOf(claims, 'iss'))
  const tenant = textOf(claims, 'tid')
  return [
    ['v1-token', kind === 'entra' && textOf(claims, 'ver') === '1.0'],
    ['b2c', kind === 'b2c'],
    ['adfs', kind === 'adfs'],
    ['unknown-issuer', kind === 'other'],
    ['issuer-tenant-mismatch', issuerTenant !== null && tenant !== null && !isSameId(issuerTenant, tenant)],
  ]
}

function signatureNotes({ header, raw }: DecodedToken): NoteFacts {
  const algorithm = textOf(header, 'alg')
  const isUnsigned = algorithm === null || algorithm.toLowerCase() === 'none'
  const signature = raw.reveal().split('.')[2] ?? ''
  return [
    ['unsigned', isUnsigned],
    ['unusual-algorithm', !isUnsigned && algorithm !== 'RS256'],
    ['no-signature', !isUnsigned && !/^[\w-]+$/.test(signature)],
  ]
}

const textClaims = [
  'iss',
  'tid',
  'oid',
  'sub',
  'upn',
  'unique_name',
  'preferred_username',
  'name',
  'appid',
  'azp',
  'scp',
  'idtyp',
  'ver',
]
const listClaims = ['roles', 'wids', 'groups', 'amr', 'acrs', 'xms_cc']

/** Claims that are there but not of Entra's type, in the order of the token. */
export function unexpectedClaims(claims: JsonObject): readonly string[] {
  return Object.keys(claims).filter((name) => {
    const value = claims[name]
    if (textClaims.includes(name)) return typeof value !== 'string'
    if (listClaims.includes(name)) return !Array.isArray(value) || value.some((member) => typeof member !== 'string')
    if (name === 'aud') return listOf(claims, 'aud').length === 0
    const time = (timeClaims as readonly string[]).includes(name) ? timeOf(claims, name) : undefined
    return time?.kind === 'time' && time.isText
  })
}
