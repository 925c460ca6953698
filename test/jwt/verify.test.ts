import { describe, expect, test } from 'vitest'
import { decodeToken } from '../../src/jwt/decode.ts'
import {
  resolveTenantId,
  type Verification,
  type VerifyOptions,
  verificationReasons,
  verifyToken,
} from '../../src/jwt/verify.ts'
import type { HttpResult, NetworkError } from '../../src/runtime.ts'
import { fakeRuntime, networkError, respond } from '../fakes/runtime.ts'
import {
  appClaims,
  appId,
  encode,
  type Json,
  makeKey,
  makeToken,
  now,
  nowSeconds,
  otherTenantId,
  signToken,
  signWithHmac,
  tenantId,
  userClaims,
  v1Issuer,
  v2Issuer,
  v2UserClaims,
} from './tokens.ts'

const key = makeKey('key-1')
const otherKey = makeKey('key-2')
const publicCloud: VerifyOptions['authority'] = {
  host: 'https://login.microsoftonline.com',
  isMicrosoft: true,
  isTrusted: false,
}
const host = publicCloud.host

/** What an authority would answer, by URL; anything else is 404. */
type Answers = Readonly<Record<string, HttpResult>>

const v1Metadata = `${host}/${tenantId}/.well-known/openid-configuration`
const v2Metadata = `${host}/${tenantId}/v2.0/.well-known/openid-configuration`
const v1Keys = `${host}/${tenantId}/discovery/keys`
const v2Keys = `${host}/${tenantId}/discovery/v2.0/keys`

const genuine: Answers = {
  [v1Metadata]: respond(200, { issuer: v1Issuer(), jwks_uri: v1Keys }),
  [v2Metadata]: respond(200, { issuer: v2Issuer(), jwks_uri: v2Keys }),
  [v1Keys]: respond(200, { keys: [otherKey.jwk, key.jwk] }),
  [v2Keys]: respond(200, { keys: [{ ...key.jwk, issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' }] }),
}

interface Checked {
  readonly verification: Verification | null
  readonly error: NetworkError | null
  readonly asked: readonly string[]
}

async function check(token: string, answers: Answers = genuine, authority = publicCloud): Promise<Checked> {
  const runtime = fakeRuntime({ http: ({ url }) => answers[url] ?? respond(404, { error: 'invalid_tenant' }) })
  const decoded = decodeToken(token)
  if (!decoded.ok) throw new Error(`not decoded: ${decoded.error.kind}`)
  const result = await verifyToken(decoded.value, { authority, http: runtime.http, now })
  return {
    verification: result.ok ? result.value : null,
    error: result.ok ? null : result.error,
    asked: runtime.http.requests.map(({ url }) => url),
  }
}

describe('verify: a signature of the authority', () => {
  test('a v1 token: keys of the v1 metadata', async () => {
    const { verification, asked } = await check(signToken(userClaims, key))
    expect(verification).toEqual({
      signature: 'valid',
      reason: 'verified',
      keyId: 'key-1',
      keysFrom: v1Keys,
      time: 'current',
    })
    expect(asked).toEqual([v1Metadata, v1Keys])
  })

  test('a v2 token: keys of the v2 metadata', async () => {
    const { verification, asked } = await check(signToken(v2UserClaims, key))
    expect(verification).toMatchObject({ signature: 'valid', keysFrom: v2Keys })
    expect(asked).toEqual([v2Metadata, v2Keys])
  })

  test('a private authority on a port of its own', async () => {
    const authority = { host: 'https://127.0.0.1:8443', isMicrosoft: false, isTrusted: true }
    const issuer = `${authority.host}/${tenantId}/v2.0`
    const { verification } = await check(
      signToken({ ...v2UserClaims, iss: issuer }, key),
      {
        [`${authority.host}/${tenantId}/v2.0/.well-known/openid-configuration`]: respond(200, {
          issuer,
          jwks_uri: `${authority.host}/keys`,
        }),
        [`${authority.host}/keys`]: respond(200, { keys: [key.jwk] }),
      },
      authority,
    )
    expect(verification).toMatchObject({ signature: 'valid' })
  })

  test('keys on another host of the same cloud', async () => {
    const elsewhere = `https://login.windows.net/${tenantId}/discovery/keys`
    const { verification } = await check(signToken(userClaims, key), {
      [v1Metadata]: respond(200, { issuer: v1Issuer(), jwks_uri: elsewhere }),
      [elsewhere]: respond(200, { keys: [key.jwk] }),
    })
    expect(verification).toMatchObject({ signature: 'valid', keysFrom: elsewhere })
  })

  test("an application's own key, published under its id", async () => {
    const own = `${v2Keys}?appid=${appId}`
    const { verification, asked } = await check(signToken(v2UserClaims, otherKey), {
      ...genuine,
      [own]: respond(200, { keys: [otherKey.jwk] }),
    })
    expect(verification).toMatchObject({ signature: 'valid', keysFrom: own })
    expect(asked).toEqual([v2Metadata, v2Keys, own])
  })

  test('two keys of one name: either may fit', async () => {
    const { verification } = await check(signToken(userClaims, key), {
      ...genuine,
      [v1Keys]: respond(200, { keys: [{ ...otherKey.jwk, kid: 'key-1' }, key.jwk] }),
    })
    expect(verification?.signature).toBe('valid')
  })

  test.each([
    ['expired ten minutes ago', { exp: nowSeconds - 600 }, 'expired'],
    ['expired, but within five minutes', { exp: nowSeconds - 299 }, 'current'],
    ['expired for exactly five minutes', { exp: nowSeconds - 300 }, 'expired'],
    ['valid in ten minutes', { nbf: nowSeconds + 600 }, 'not-yet-valid'],
    ['valid in four minutes', { nbf: nowSeconds + 240 }, 'current'],
    ['without `exp`', { exp: undefined }, 'unknown'],
  ])('time is judged apart: %s', async (_, change, time) => {
    const { verification } = await check(signToken({ ...userClaims, ...change }, key))
    expect(verification).toMatchObject({ signature: 'valid', time })
  })
})

/** A name, the token, what the authority answers, the verdict, and how many requests it may take. */
const attacks: readonly (readonly [string, string, Answers, Partial<Verification>, number])[] = [
  [
    '`alg` none, without a signature',
    `${encode({ alg: 'none', kid: 'key-1' })}.${encode(userClaims)}.`,
    genuine,
    { signature: 'invalid', reason: 'not-signed' },
    0,
  ],
  [
    '`alg` NONE',
    makeToken(userClaims, { alg: 'NONE', kid: 'key-1' }),
    genuine,
    { signature: 'invalid', reason: 'not-signed' },
    0,
  ],
  ['no `alg`', makeToken(userClaims, { kid: 'key-1' }), genuine, { signature: 'invalid', reason: 'not-signed' }, 0],
  [
    'an `alg` that is a list',
    makeToken(userClaims, { alg: ['RS256'], kid: 'key-1' }),
    genuine,
    { signature: 'invalid', reason: 'not-signed' },
    0,
  ],
  [
    'HS256 with the public key as its secret',
    signWithHmac(userClaims, key),
    genuine,
    { signature: 'invalid', reason: 'algorithm-refused' },
    0,
  ],
  [
    'RS256 in another case',
    signToken(userClaims, key, { alg: 'rs256' }),
    genuine,
    { signature: 'invalid', reason: 'algorithm-refused' },
    0,
  ],
  [
    'RS512 over a good key',
    signToken(userClaims, key, { alg: 'RS512' }),
    genuine,
    { signature: 'invalid', reason: 'algorithm-refused' },
    0,
  ],
  [
    'a demanded extension',
    signToken(userClaims, key, { crit: ['b64'], b64: false }),
    genuine,
    { signature: 'invalid', reason: 'unknown-extension' },
    0,
  ],
  [
    'a nonce, as Microsoft Graph has',
    signToken(userClaims, key, { nonce: 'x' }),
    genuine,
    { signature: 'unverifiable', reason: 'nonce-header' },
    0,
  ],
  [
    'an empty nonce',
    signToken(userClaims, key, { nonce: '' }),
    genuine,
    { signature: 'unverifiable', reason: 'nonce-header' },
    0,
  ],
  [
    'no key named',
    makeToken(userClaims, { alg: 'RS256' }),
    genuine,
    { signature: 'invalid', reason: 'no-key-named' },
    0,
  ],
  [
    'its own key in `jwk`',
    signToken(userClaims, otherKey, { kid: 'key-1', jwk: otherKey.jwk }),
    genuine,
    { signature: 'invalid', reason: 'signature-wrong' },
    2,
  ],
  [
    'its own keys at `jku`',
    signToken(userClaims, otherKey, { kid: 'mine', jku: 'https://evil.example/keys' }),
    genuine,
    { signature: 'invalid', reason: 'key-not-published' },
    2,
  ],
  [
    'its own certificate at `x5u` and in `x5c`',
    signToken(userClaims, otherKey, { kid: 'key-1', x5u: 'https://evil.example/c', x5c: ['MIIB'] }),
    genuine,
    { signature: 'invalid', reason: 'signature-wrong' },
    2,
  ],
  [
    '`tid` common',
    signToken({ ...userClaims, tid: 'common' }, key),
    genuine,
    { signature: 'unverifiable', reason: 'tenant-unusable' },
    0,
  ],
  [
    '`tid` that leaves its place in the URL',
    signToken({ ...userClaims, tid: `../${otherTenantId}` }, key),
    genuine,
    { signature: 'unverifiable', reason: 'tenant-unusable' },
    0,
  ],
  [
    '`tid` with a newline behind it',
    signToken({ ...userClaims, tid: `${tenantId}\n` }, key),
    genuine,
    { signature: 'unverifiable', reason: 'tenant-unusable' },
    0,
  ],
  [
    'no `tid`',
    signToken({ ...userClaims, tid: undefined }, key),
    genuine,
    { signature: 'unverifiable', reason: 'tenant-unusable' },
    0,
  ],
  [
    '`ver` 3.0',
    signToken({ ...userClaims, ver: '3.0' }, key),
    genuine,
    { signature: 'unverifiable', reason: 'version-unknown' },
    0,
  ],
  [
    'no `ver`',
    signToken({ ...userClaims, ver: undefined }, key),
    genuine,
    { signature: 'unverifiable', reason: 'version-unknown' },
    0,
  ],
  [
    'the issuer of another tenant',
    signToken({ ...userClaims, iss: v1Issuer(otherTenantId) }, key),
    genuine,
    { signature: 'invalid', reason: 'issuer-mismatch' },
    1,
  ],
  [
    'the v2 issuer in a v1 token',
    signToken({ ...userClaims, iss: v2Issuer() }, key),
    genuine,
    { signature: 'invalid', reason: 'issuer-mismatch' },
    1,
  ],
  [
    'an issuer that only begins alike',
    signToken({ ...userClaims, iss: `${v1Issuer()}x` }, key),
    genuine,
    { signature: 'invalid', reason: 'issuer-mismatch' },
    1,
  ],
  [
    'no issuer on either side',
    signToken({ ...userClaims, iss: undefined }, key),
    { ...genuine, [v1Metadata]: respond(200, { jwks_uri: v1Keys }) },
    { signature: 'invalid', reason: 'issuer-mismatch' },
    1,
  ],
  [
    'metadata for any tenant',
    signToken(v2UserClaims, key),
    { ...genuine, [v2Metadata]: respond(200, { issuer: `${host}/{tenantid}/v2.0`, jwks_uri: v2Keys }) },
    { signature: 'invalid', reason: 'issuer-mismatch' },
    1,
  ],
  [
    'a tenant that the authority does not know',
    signToken({ ...userClaims, tid: otherTenantId, iss: v1Issuer(otherTenantId) }, key),
    genuine,
    { signature: 'unverifiable', reason: 'tenant-unknown' },
    1,
  ],
  [
    'an issuer of Azure AD B2C',
    signToken({ ...v2UserClaims, iss: `https://contoso.b2clogin.com/${tenantId}/v2.0/` }, key),
    genuine,
    { signature: 'unverifiable', reason: 'foreign-issuer' },
    0,
  ],
  [
    'an issuer of AD FS',
    signToken({ ...userClaims, iss: 'https://adfs.contoso.example/adfs/services/trust' }, key),
    genuine,
    { signature: 'unverifiable', reason: 'foreign-issuer' },
    0,
  ],
  [
    'a key that is not published',
    signToken(userClaims, { ...key, kid: 'key-9' }),
    genuine,
    { signature: 'invalid', reason: 'key-not-published', keyId: 'key-9' },
    2,
  ],
  [
    'an old token whose key is gone',
    signToken({ ...userClaims, exp: nowSeconds - 90_000 }, { ...key, kid: 'key-0' }),
    genuine,
    { signature: 'unverifiable', reason: 'key-retired' },
    2,
  ],
  [
    'a key that is published for another issuer',
    signToken(v2UserClaims, key),
    { ...genuine, [v2Keys]: respond(200, { keys: [{ ...key.jwk, issuer: v2Issuer(otherTenantId) }] }) },
    { signature: 'invalid', reason: 'key-not-published' },
    3,
  ],
  [
    'another key under the right name',
    signToken(userClaims, { ...otherKey, kid: 'key-1' }),
    genuine,
    { signature: 'invalid', reason: 'signature-wrong' },
    2,
  ],
  [
    'a signature cut short',
    signToken(userClaims, key).slice(0, -4),
    genuine,
    { signature: 'invalid', reason: 'signature-wrong' },
    2,
  ],
  [
    'a signature that was taken away',
    signToken(userClaims, key).replace(/[^.]*$/, ''),
    genuine,
    { signature: 'invalid', reason: 'signature-wrong' },
    2,
  ],
  [
    'a signature in plain base64',
    signToken(userClaims, key).replace(/[^.]*$/, (signature) => `${signature.slice(0, -2)}+/`),
    genuine,
    { signature: 'invalid', reason: 'signature-wrong' },
    2,
  ],
]

describe('verify: what must not pass', () => {
  test.each(attacks)('%s', async (_, token, answers, verdict, requests) => {
    const { verification, asked } = await check(token, answers)
    expect(verification).toMatchObject(verdict)
    expect(asked).toHaveLength(requests)
    for (const url of asked) expect(new URL(url).host).toBe('login.microsoftonline.com')
  })

  test('a claim changed after signing', async () => {
    const [header, , signature] = signToken(appClaims, key).split('.')
    const { verification } = await check(`${header}.${encode({ ...appClaims, oid: otherTenantId })}.${signature}`)
    expect(verification).toMatchObject({ signature: 'invalid', reason: 'signature-wrong' })
  })

  test('a header changed after signing', async () => {
    const [, payload, signature] = signToken(appClaims, key).split('.')
    const { verification } = await check(
      `${encode({ alg: 'RS256', kid: 'key-1', typ: 'at+jwt' })}.${payload}.${signature}`,
    )
    expect(verification?.signature).toBe('invalid')
  })

  test.each([
    ['another host', 'https://evil.example/keys'],
    ['a host that begins alike', 'https://login.microsoftonline.com.evil.example/keys'],
    ['the right name as a user name', 'https://login.microsoftonline.com@evil.example/keys'],
    ['another port', 'https://login.microsoftonline.com:8443/keys'],
    ['http', `http://login.microsoftonline.com/${tenantId}/discovery/keys`],
    ['the host of another cloud', `https://login.microsoftonline.us/${tenantId}/discovery/keys`],
    ['no URL', 'keys'],
    ['a number', 42],
    ['nothing', undefined],
  ])('metadata that points to %s', async (_, uri) => {
    const { verification, asked } = await check(signToken(userClaims, key), {
      [v1Metadata]: respond(200, { issuer: v1Issuer(), jwks_uri: uri }),
    })
    expect(verification).toMatchObject({ signature: 'unverifiable', reason: 'keys-elsewhere' })
    expect(asked).toEqual([v1Metadata])
  })

  test("a private authority may not send to Microsoft's hosts", async () => {
    const authority = { host: 'https://login.contoso.example', isMicrosoft: false, isTrusted: true }
    const { verification } = await check(
      signToken(userClaims, key),
      {
        [`${authority.host}/${tenantId}/.well-known/openid-configuration`]: respond(200, {
          issuer: v1Issuer(),
          jwks_uri: v1Keys,
        }),
      },
      authority,
    )
    expect(verification?.reason).toBe('keys-elsewhere')
  })

  test('a private authority that nobody vouched for is not asked', async () => {
    const authority = { host: 'https://login.contoso.example', isMicrosoft: false, isTrusted: false }
    const { verification, asked } = await check(signToken(userClaims, key), genuine, authority)
    expect(verification).toMatchObject({ signature: 'unverifiable', reason: 'authority-untrusted' })
    expect(asked).toEqual([])
    const runtime = fakeRuntime({ http: [] })
    const tenant = await resolveTenantId('contoso.example', { authority, http: runtime.http, now })
    expect(tenant).toEqual({ ok: true, value: null })
  })

  const badKeys: readonly (readonly [string, Json])[] = [
    ['a key of 1024 bits', makeKey('key-1', 1024).jwk],
    ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', kid: 'key-1' }],
    ['an elliptic key', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', kid: 'key-1' }],
    ['a key without a modulus', { kty: 'RSA', e: 'AQAB', kid: 'key-1' }],
    ['a modulus that is no number', { kty: 'RSA', e: 'AQAB', n: '!!!', kid: 'key-1' }],
    ['a key for encryption', { ...key.jwk, use: 'enc' }],
    ['a key for another algorithm', { ...key.jwk, alg: 'RSA-OAEP' }],
  ]
  test.each(badKeys)('%s', async (_, jwk) => {
    const { verification } = await check(signToken(userClaims, key), {
      ...genuine,
      [v1Keys]: respond(200, { keys: [jwk] }),
    })
    expect(verification).toMatchObject({ signature: 'unverifiable', reason: 'key-unusable' })
  })

  test.each([
    ['no list', { keys: { 'key-1': key.jwk } }],
    ['a list of nothing', { keys: [null, 1, 'key-1', []] }],
    ['key names that are lists', { keys: [{ ...key.jwk, kid: ['key-1'] }] }],
    ['no keys', {}],
  ])('a key set with %s', async (_, body) => {
    const { verification } = await check(signToken(userClaims, key), { ...genuine, [v1Keys]: respond(200, body) })
    expect(verification).toMatchObject({ signature: 'invalid', reason: 'key-not-published' })
  })
})

describe('verify: the network fails, and nothing is said of the token', () => {
  test.each([
    ['metadata', { [v1Metadata]: networkError('refused', 'connect ECONNREFUSED') }, 'refused'],
    ['keys', { ...genuine, [v1Keys]: networkError('tls', 'self-signed certificate') }, 'tls'],
    ['an answer that is too large', { [v1Metadata]: networkError('too-large', 'more than 1 MiB') }, 'too-large'],
    ['a server error', { [v1Metadata]: respond(503, 'busy') }, 'protocol'],
    ['too many requests', { ...genuine, [v1Keys]: respond(429, '') }, 'protocol'],
    ['a redirect', { [v1Metadata]: respond(302, '', { location: 'https://evil.example/' }) }, 'protocol'],
    ['HTML in place of JSON', { [v1Metadata]: respond(200, '<html>sign in to the hotel</html>') }, 'protocol'],
    ['JSON that is no object', { ...genuine, [v1Keys]: respond(200, '[]') }, 'protocol'],
  ] as const)('%s', async (_, answers, code) => {
    const { verification, error } = await check(signToken(userClaims, key), answers)
    expect(verification).toBeNull()
    expect(error?.code).toBe(code)
  })

  test('requests have limits and carry no token', async () => {
    const token = signToken(userClaims, key)
    const runtime = fakeRuntime({ http: ({ url }) => genuine[url] ?? respond(404) })
    const decoded = decodeToken(token)
    if (decoded.ok)
      await verifyToken(decoded.value, { authority: publicCloud, http: runtime.http, now, timeoutMs: 5000 })
    expect(runtime.http.requests).toHaveLength(2)
    for (const request of runtime.http.requests) {
      expect(request).toMatchObject({ method: 'GET', timeoutMs: 5000, maxBytes: 1024 * 1024 })
      expect(JSON.stringify(request)).not.toContain(token.split('.')[1])
      expect(request.body).toBeUndefined()
    }
  })

  test('an interruption ends it', async () => {
    const runtime = fakeRuntime({ http: ({ url }) => genuine[url] ?? respond(404) })
    runtime.interrupt()
    const decoded = decodeToken(signToken(userClaims, key))
    const result = decoded.ok
      ? await verifyToken(decoded.value, {
          authority: publicCloud,
          http: runtime.http,
          now,
          signal: runtime.interrupted,
        })
      : null
    expect(result).toMatchObject({ ok: false, error: { code: 'aborted' } })
  })
})

test('verify: every reason has a text', () => {
  for (const text of Object.values(verificationReasons)) expect(text).toMatch(/^[a-z`].*[^.]$/)
})

describe('verify: the id of a tenant by its domain', () => {
  const domain = `${host}/contoso.example/v2.0/.well-known/openid-configuration`
  test.each([
    ['known', respond(200, { issuer: v2Issuer(tenantId.toUpperCase()) }), tenantId],
    ['unknown', respond(400, { error: 'invalid_tenant' }), null],
    ['answered without an id', respond(200, { issuer: 'https://login.microsoftonline.com/{tenantid}/v2.0' }), null],
  ])('%s', async (_, answer, id) => {
    const runtime = fakeRuntime({ http: [{ url: domain, answer }] })
    expect(await resolveTenantId('contoso.example', { authority: publicCloud, http: runtime.http, now })).toEqual({
      ok: true,
      value: id,
    })
  })

  test('not reached', async () => {
    const runtime = fakeRuntime({ http: [{ url: domain, answer: networkError('dns', 'getaddrinfo ENOTFOUND') }] })
    const result = await resolveTenantId('contoso.example', { authority: publicCloud, http: runtime.http, now })
    expect(result).toMatchObject({ ok: false, error: { code: 'dns' } })
  })
})
