/** What a token's claims say, in one plain object: who, for what, how signed in, until when. Pure; nothing is checked. */
import { listOf, textOf, wordsOf } from './claim-values.ts'
import { findApplication, findDirectoryRole, signInMethods } from './claims.ts'
import type { DecodedToken, JsonObject, TokenDefect } from './decode.ts'
import { type ClientProof, describeIdentity, describeProof, type Identity, nobody } from './identity.ts'
import { issuerKind } from './issuer.ts'
import { type Note, type NoteId, note } from './notes.ts'
import { collectNotes, isGroupsOverage, isIdTokenLike } from './remarks.ts'
import { describeTimes, type TokenTimes } from './token-times.ts'

export interface NamedValue {
  readonly value: string
  readonly name: string | null
}

export interface TokenDescription {
  readonly kind: 'access-token' | 'id-token' | 'opaque'
  readonly version: string | null
  readonly issuer: string | null
  readonly identity: Identity
  readonly application: {
    readonly name: string | null
    readonly proof: ClientProof | null
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

function methodName(value: string): string | null {
  return Object.hasOwn(signInMethods, value) ? (signInMethods[value] ?? null) : null
}
