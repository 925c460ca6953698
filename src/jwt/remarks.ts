/** What is worth remarking about a token: its notes, in the order in which they are shown. */
import { guidIn, guidPattern, has, isSameId, listOf, textOf, timeOf } from './claim-values.ts'
import type { DecodedToken, JsonObject } from './decode.ts'
import { describeProof, type Identity } from './identity.ts'
import { type IssuerKind, isEntraIssuer } from './issuer.ts'
import type { NoteId } from './notes.ts'
import { clockSkewMs, type TokenTimes, timeClaims } from './token-times.ts'

/** In `_claim_names` for access tokens, `hasgroups` in the implicit flow. */
export function isGroupsOverage(claims: JsonObject): boolean {
  const names = claims['_claim_names']
  const isElsewhere = typeof names === 'object' && names !== null && Object.hasOwn(names, 'groups')
  return isElsewhere || claims['hasgroups'] === true || claims['hasgroups'] === 'true'
}

/** An access token always names its client (`appid`, `azp`); an ID token's audience is the client, and it has hashes or a nonce. */
export function isIdTokenLike(claims: JsonObject): boolean {
  const hasHashes = ['at_hash', 'c_hash', 'nonce'].some((name) => has(claims, name))
  const namesClient = ['appid', 'azp', 'scp', 'idtyp'].some((name) => has(claims, name))
  if (hasHashes) return !has(claims, 'scp')
  return !namesClient && isEntraIssuer(textOf(claims, 'iss')) && guidPattern.test(textOf(claims, 'aud') ?? '')
}

interface NoteInput {
  readonly identity: Identity
  readonly times: TokenTimes
  readonly isIdToken: boolean
  readonly issuer: IssuerKind
  readonly now: number
}

export function collectNotes(decoded: DecodedToken, { identity, times, isIdToken, issuer, now }: NoteInput): NoteId[] {
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
function unexpectedClaims(claims: JsonObject): readonly string[] {
  return Object.keys(claims).filter((name) => {
    const value = claims[name]
    if (textClaims.includes(name)) return typeof value !== 'string'
    if (listClaims.includes(name)) return !Array.isArray(value) || value.some((member) => typeof member !== 'string')
    if (name === 'aud') return listOf(claims, 'aud').length === 0
    const time = (timeClaims as readonly string[]).includes(name) ? timeOf(claims, name) : undefined
    return time?.kind === 'time' && time.isText
  })
}
