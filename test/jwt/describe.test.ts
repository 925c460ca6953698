import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeToken } from '../../src/jwt/decode.ts'
import { describeOpaqueToken, describeToken, type TokenDescription } from '../../src/jwt/describe.ts'
import type { Identity } from '../../src/jwt/identity.ts'
import { issuerKind } from '../../src/jwt/issuer.ts'
import { type NoteId, noteEntries } from '../../src/jwt/notes.ts'
import {
  appClaims,
  appId,
  azureCli,
  guestClaims,
  type Json,
  makeToken,
  now,
  nowSeconds,
  otherTenantId,
  personalClaims,
  personalTenant,
  systemAssignedClaims,
  tenantId,
  userAssignedClaims,
  userClaims,
  userId,
  v1Issuer,
  v2Issuer,
  v2UserClaims,
} from './tokens.ts'

const audienceName = (audience: string): string | null =>
  audience === 'https://management.azure.com/' ? 'Azure Resource Manager' : null

function describeClaims(claims: Json | string, header?: Json): TokenDescription {
  const decoded = decodeToken(makeToken(claims, header))
  if (!decoded.ok) throw new Error(`not decoded: ${decoded.error.kind}`)
  return describeToken(decoded.value, now, { audienceName })
}

function noteIds(description: TokenDescription): readonly NoteId[] {
  return description.notes.map(({ id }) => id)
}

const b2cIssuer = `https://contoso.b2clogin.com/${tenantId}/v2.0/`

/** Whose token, the signs of each kind of subject, and the notes it gets. */
const subjects: readonly (readonly [string, Json, Partial<Identity>, readonly NoteId[]])[] = [
  [
    'a user of a work account, v1',
    userClaims,
    {
      type: 'user',
      name: 'ada@contoso.example',
      displayName: 'Ada Lovelace',
      objectId: userId,
      tenantId,
      appId: azureCli,
      guest: false,
    },
    ['v1-token', 'mfa'],
  ],
  [
    'a user of a work account, v2',
    v2UserClaims,
    { type: 'user', name: 'ada@contoso.example', appId: azureCli, guest: false, personal: false },
    [],
  ],
  [
    'a user without names',
    { ...v2UserClaims, name: undefined, preferred_username: undefined },
    { type: 'user', name: null },
    [],
  ],
  [
    'a guest of another tenant',
    guestClaims,
    { type: 'user', guest: true, personal: false, home: otherTenantId, displayName: 'Grace Hopper' },
    ['v1-token', 'guest', 'mfa'].sort() as NoteId[],
  ],
  [
    'a guest by `idp` alone',
    { ...v2UserClaims, idp: v1Issuer(otherTenantId) },
    { guest: true, home: otherTenantId },
    ['guest'],
  ],
  ['a guest by `acct` alone', { ...v2UserClaims, acct: 1 }, { guest: true, home: null }, ['guest']],
  ['a guest by `acct` as text', { ...v2UserClaims, acct: '1' }, { guest: true }, ['guest']],
  [
    'a guest by `#EXT#` alone',
    { ...userClaims, upn: 'g_f.example#EXT#@contoso.example' },
    { guest: true },
    ['guest', 'v1-token', 'mfa'],
  ],
  ['a guest by `altsecid` alone', { ...v2UserClaims, altsecid: '5::1003' }, { guest: true }, ['guest']],
  [
    'a guest who signs in with a code by mail',
    { ...v2UserClaims, idp: 'mail' },
    { guest: true, home: 'mail' },
    ['guest'],
  ],
  [
    'a guest who was made a member',
    { ...guestClaims, acct: 0 },
    { guest: false, home: otherTenantId },
    ['v1-token', 'mfa'],
  ],
  [
    'a user whose `idp` is the own tenant in the other form',
    { ...v2UserClaims, idp: v1Issuer() },
    { guest: false, home: null },
    [],
  ],
  [
    'a personal account in a work tenant',
    personalClaims,
    { type: 'user', name: 'ada@outlook.example', personal: true, guest: true, home: 'live.com' },
    ['guest', 'personal-account', 'v1-token', 'mfa'],
  ],
  [
    'a personal account by its STS',
    { ...v2UserClaims, idp: v1Issuer(personalTenant) },
    { personal: true, guest: true },
    ['guest', 'personal-account'],
  ],
  [
    'a personal account at home',
    { ...v2UserClaims, tid: personalTenant, iss: v2Issuer(personalTenant) },
    { personal: true, guest: false },
    ['personal-account'],
  ],
  [
    'a service principal by secret',
    appClaims,
    { type: 'service-principal', name: null, objectId: userId, tenantId, appId, guest: false, assignment: null },
    ['v1-token'],
  ],
  [
    'a service principal by its subject alone',
    { ...appClaims, idtyp: undefined },
    { type: 'service-principal' },
    ['v1-token'],
  ],
  [
    'a service principal with a name',
    { ...appClaims, app_displayname: 'nightly build' },
    { type: 'service-principal', name: 'nightly build' },
    ['v1-token'],
  ],
  [
    'a service principal, v2, by certificate or workload identity federation',
    { ...appClaims, ver: '2.0', iss: v2Issuer(), appid: undefined, appidacr: undefined, azp: appId, azpacr: '2' },
    { type: 'service-principal', appId },
    ['certificate-or-federation'],
  ],
  [
    'a system-assigned managed identity',
    systemAssignedClaims,
    { type: 'managed-identity', name: 'vm-1', assignment: 'system', askedAt: null },
    ['system-assigned', 'v1-token'],
  ],
  [
    'a system-assigned managed identity that names its resource twice, in another case',
    { ...systemAssignedClaims, xms_az_rid: String(systemAssignedClaims['xms_mirid']).toUpperCase() },
    { assignment: 'system', askedAt: null },
    ['system-assigned', 'v1-token'],
  ],
  [
    'a system-assigned managed identity of a web app, without `idtyp`',
    {
      ...systemAssignedClaims,
      idtyp: undefined,
      xms_mirid: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/shop',
    },
    { type: 'managed-identity', name: 'shop', assignment: 'system' },
    ['system-assigned', 'v1-token'],
  ],
  [
    'a scale set, asked from an instance of it',
    {
      ...systemAssignedClaims,
      xms_mirid: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/set',
      xms_az_rid:
        '/subscriptions/s/resourceGroups/g/providers/Microsoft.Compute/virtualMachineScaleSets/set/virtualMachines/3',
    },
    { name: 'set', assignment: 'system' },
    ['system-assigned', 'v1-token'],
  ],
  [
    'a managed identity of one resource, asked at another',
    { ...systemAssignedClaims, xms_az_rid: '/subscriptions/s/resourceGroups/g/providers/Microsoft.Web/sites/other' },
    { type: 'managed-identity', assignment: null },
    ['v1-token'],
  ],
  [
    'a user-assigned managed identity',
    userAssignedClaims,
    { type: 'managed-identity', name: 'web-id', assignment: 'user', askedAt: String(userAssignedClaims['xms_az_rid']) },
    ['user-assigned', 'v1-token'],
  ],
  [
    'an application on behalf of a user',
    { ...userClaims, appid: appId, appidacr: '1' },
    { type: 'user', appId },
    ['on-behalf-of', 'v1-token', 'mfa'],
  ],
  ['a device', { ...appClaims, idtyp: 'device' }, { type: 'unknown' }, ['device-token', 'v1-token']],
  [
    'a user of Azure AD B2C',
    {
      ...v2UserClaims,
      iss: b2cIssuer,
      tid: undefined,
      preferred_username: undefined,
      tfp: 'B2C_1_signin',
      emails: ['ada@mail.example'],
    },
    { type: 'user', name: 'ada@mail.example', tenantId: null },
    ['b2c'],
  ],
  [
    'a user of AD FS',
    {
      aud: 'urn:microsoft:userinfo',
      iss: 'http://adfs.contoso.example/adfs/services/trust',
      iat: nowSeconds,
      exp: nowSeconds + 60,
      apptype: 'Public',
      appid: appId,
      upn: 'ada@contoso.example',
      ver: '1.0',
    },
    { type: 'user', name: 'ada@contoso.example', tenantId: null },
    ['adfs'],
  ],
  [
    'nobody that is known',
    { iss: 'https://issuer.example', exp: nowSeconds + 60 },
    { type: 'unknown', name: null },
    ['unknown-issuer'],
  ],
  ['nothing at all', {}, { type: 'unknown', objectId: null }, ['no-expiry', 'unknown-issuer']],
]

describe('describe: whose token it is', () => {
  test.each(subjects)('%s', (_, claims, identity, notes) => {
    const description = describeClaims(claims)
    expect(description.identity).toMatchObject(identity)
    expect([...noteIds(description)].sort()).toEqual([...notes].sort())
  })
})

const remarks: readonly (readonly [string, Json, Json | undefined, NoteId])[] = [
  [
    'groups elsewhere',
    { ...userClaims, _claim_names: { groups: 'src1' }, _claim_sources: { src1: {} } },
    undefined,
    'groups-overage',
  ],
  ['groups elsewhere, implicit flow', { ...userClaims, hasgroups: true }, undefined, 'groups-overage'],
  ['a client that handles challenges', { ...userClaims, xms_cc: ['CP1'] }, undefined, 'cae'],
  ['a bound key', { ...userClaims, cnf: { kid: 'k' } }, undefined, 'pop-bound'],
  ['a bound certificate', { ...userClaims, cnf: { 'x5t#S256': 'x' } }, undefined, 'pop-bound'],
  ['Microsoft Graph', userClaims, { alg: 'RS256', kid: 'k', nonce: 'n' }, 'graph-nonce'],
  ['an authentication context', { ...userClaims, acrs: ['c1'] }, undefined, 'auth-context'],
  [
    'an ID token, v2',
    { ...v2UserClaims, azp: undefined, azpacr: undefined, scp: undefined, nonce: 'n' },
    undefined,
    'id-token',
  ],
  ['an ID token with a hash', { ...v2UserClaims, azp: undefined, scp: undefined, at_hash: 'h' }, undefined, 'id-token'],
  [
    'an ID token without either',
    { ...v2UserClaims, azp: undefined, azpacr: undefined, scp: undefined },
    undefined,
    'id-token',
  ],
  ['another tenant in `iss`', { ...userClaims, iss: v1Issuer(otherTenantId) }, undefined, 'issuer-tenant-mismatch'],
  ['two audiences', { ...userClaims, aud: ['a', 'b'] }, undefined, 'several-audiences'],
  ['`alg` none', userClaims, { alg: 'none' }, 'unsigned'],
  ['`alg` None, spelled to slip through', userClaims, { alg: 'nOnE' }, 'unsigned'],
  ['no `alg`', userClaims, {}, 'unsigned'],
  ['HS256', userClaims, { alg: 'HS256' }, 'unusual-algorithm'],
  [
    'a user of an unknown issuer',
    { ...userClaims, iss: 'https://sts.windows.net.evil.example/x/' },
    undefined,
    'unknown-issuer',
  ],
  ['expired to the millisecond', { ...userClaims, exp: nowSeconds }, undefined, 'expired'],
  ['not valid for ten minutes', { ...userClaims, nbf: nowSeconds + 600 }, undefined, 'not-yet-valid'],
  ['valid in a minute', { ...userClaims, nbf: nowSeconds + 60 }, undefined, 'clock-skew'],
  ['no `exp`', { ...userClaims, exp: undefined }, undefined, 'no-expiry'],
  ['milliseconds', { ...userClaims, exp: nowSeconds * 1000 }, undefined, 'times-in-milliseconds'],
  ['the year 30000', { ...userClaims, exp: 884_541_340_800 }, undefined, 'unreadable-time'],
  ['a negative time', { ...userClaims, nbf: -1 }, undefined, 'unreadable-time'],
  ['a time in words', { ...userClaims, exp: 'tomorrow' }, undefined, 'unreadable-time'],
  ['a list for a time', { ...userClaims, exp: [nowSeconds] }, undefined, 'unreadable-time'],
  ['a time as text', { ...userClaims, exp: String(nowSeconds + 60) }, undefined, 'unexpected-type'],
  ['an object for a name', { ...userClaims, name: { first: 'Ada' } }, undefined, 'unexpected-type'],
  ['text for a list', { ...userClaims, roles: 'Admin' }, undefined, 'unexpected-type'],
]

describe('describe: what is remarked', () => {
  test.each(remarks)('%s', (_, claims, header, id) => {
    expect(noteIds(describeClaims(claims, header))).toContain(id)
  })

  test('a plain token of a user gives none of these remarks', () => {
    const usual = new Set(noteIds(describeClaims(userClaims)))
    expect(remarks.filter(([, , , id]) => usual.has(id))).toEqual([])
  })

  test('an empty signature, and repeated claims', () => {
    const [header, payload] = makeToken('{"aud":"a","aud":"b"}').split('.')
    const decoded = decodeToken(`${header}.${payload}.`)
    const description = decoded.ok ? describeToken(decoded.value, now, { audienceName }) : null
    expect(description?.notes.map(({ id }) => id)).toEqual(expect.arrayContaining(['no-signature', 'repeated-claim']))
  })

  test('every note has its own text, lower case, without a full stop', () => {
    const texts = Object.values(noteEntries).map(({ text }) => text)
    expect(new Set(texts).size).toBe(texts.length)
    for (const text of texts) expect(text).toMatch(/^[a-z`].*[^.]$/)
  })
})

test('describe: audience, permissions, sign-in and times of a user', () => {
  const description = describeClaims(userClaims)
  expect(description.audience).toEqual({ value: 'https://management.azure.com/', name: 'Azure Resource Manager' })
  expect(description.application).toEqual({ name: 'Microsoft Azure CLI', proof: 'none' })
  expect(description.permissions).toEqual({
    scopes: ['user_impersonation'],
    roles: [],
    directoryRoles: [
      { value: '62e90394-69f5-4237-9190-012177145e10', name: 'Global Administrator' },
      { value: 'b79fbf4d-3ef9-4689-8143-76b194e85509', name: 'default user' },
    ],
    groups: userClaims['groups'],
    isGroupsOverage: false,
  })
  expect(description.signIn.methods.map(({ name }) => name)).toEqual(['password', 'multi-factor'])
  expect(description.times).toEqual({
    issuedAt: now - 1_000_000,
    notBefore: now - 1_000_000,
    expiresOn: now + 2_600_000,
    expired: false,
    notYetValid: false,
  })
})

test('describe: fractions of a second are times, and milliseconds are not', () => {
  expect(describeClaims({ exp: nowSeconds + 0.5 }).times).toMatchObject({ expiresOn: now + 500, expired: false })
  expect(describeClaims({ exp: nowSeconds - 0.5 }).times).toMatchObject({ expiresOn: now - 500, expired: true })
  expect(describeClaims({ exp: now }).times).toMatchObject({ expiresOn: null, expired: false })
})

test('describe: numbers beyond what JSON readers hold are no times', () => {
  expect(describeClaims('{"exp":1e999,"iat":9007199254740993}').times).toMatchObject({
    expiresOn: null,
    notBefore: null,
    issuedAt: null,
  })
})

test('describe: claims named like members of every object are looked up as claims only', () => {
  const description = describeClaims(
    '{"__proto__":{"upn":"mallory@contoso.example","xms_mirid":"/x"},"aud":"constructor"}',
  )
  expect(description.identity).toMatchObject({ type: 'unknown', name: null })
  expect(description.audience).toEqual({ value: 'constructor', name: null })
})

test('describe: names of well-known things are found whatever the case, and nothing is found by accident', () => {
  expect(describeClaims({ ...userClaims, appid: azureCli.toUpperCase() }).application.name).toBe('Microsoft Azure CLI')
  expect(describeClaims({ ...userClaims, appid: 'toString', wids: ['constructor'], amr: ['valueOf'] })).toMatchObject({
    application: { name: null },
    permissions: { directoryRoles: [{ value: 'constructor', name: null }] },
    signIn: { methods: [{ value: 'valueOf', name: null }] },
  })
})

test('describe: an issuer on the authority in use is no unknown issuer', () => {
  const claims = { iss: `https://127.0.0.1:8443/${tenantId}/v2.0` }
  expect(issuerKind(claims)).toBe('other')
  expect(issuerKind(claims, 'https://127.0.0.1:8443')).toBe('entra')
  expect(issuerKind(claims, 'https://127.0.0.1:844')).toBe('other')
  expect(issuerKind({ iss: `https://${tenantId}.ciamlogin.com/${tenantId}/v2.0` })).toBe('entra')
  expect(issuerKind({ iss: `https://ciamlogin.com.evil.example/${tenantId}/v2.0` })).toBe('other')
})

test('describe: an opaque token has a time only if its source gave one', () => {
  expect(describeOpaqueToken('unknown', now, null)).toMatchObject({
    kind: 'opaque',
    identity: { type: 'unknown' },
    times: { expiresOn: null, expired: false },
    notes: [{ id: 'opaque' }],
  })
  expect(describeOpaqueToken('encrypted', now, now - 1)).toMatchObject({
    times: { expiresOn: now - 1, expired: true },
    notes: [{ id: 'encrypted' }, { id: 'expired' }],
  })
  expect(describeOpaqueToken('refresh-token', now, null).notes[0]?.id).toBe('refresh-token')
})

test('describe: any value in any claim is described without an exception', () => {
  const names = [
    ...Object.keys(userClaims),
    ...Object.keys(userAssignedClaims),
    'idp',
    'acct',
    'altsecid',
    'cnf',
    '_claim_names',
    'azpacr',
  ]
  const claims = fc.dictionary(fc.constantFrom(...names), fc.jsonValue({ maxDepth: 3 }))
  fc.assert(
    fc.property(claims, claims, (payload, header) => {
      const description = describeClaims(JSON.stringify(payload), header as Json)
      for (const time of [description.times.issuedAt, description.times.notBefore, description.times.expiresOn]) {
        if (time !== null) expect(new Date(time).toISOString()).toMatch(/^\d{4}-/)
      }
    }),
  )
})
