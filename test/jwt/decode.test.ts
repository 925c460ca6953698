import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeToken, type TokenDefect, tokenLimit } from '../../src/jwt/decode.ts'
import { encode, makeToken, userClaims } from './tokens.ts'

const token = makeToken(userClaims)
const [header = '', payload = '', signature = ''] = token.split('.')

describe('decode: what people paste around a token', () => {
  test.each([
    ['alone', token],
    ['with blanks and newlines', `\n  ${token} \r\n`],
    ['with a byte order mark', `\ufeff${token}`],
    ['as a bearer value', `Bearer ${token}`],
    ['as a header', `Authorization: Bearer ${token}`],
    ['as a header in lower case, quoted', `"authorization: bearer ${token}"`],
    ['in single quotes', `'${token}'`],
    ['in backquotes', `\`${token}\``],
    ['wrapped at 80 columns', token.replace(/(.{80})/g, '$1\n')],
    ['wrapped with CRLF and an indent', token.replace(/(.{60})/g, '$1\r\n    ')],
    ['as az prints it', JSON.stringify({ accessToken: token, expiresOn: '2026-11-21 02:00:00.000000' })],
    ['as azd prints it', JSON.stringify({ token, expiresOn: '2026-11-21T02:00:00Z' })],
    ['as a token endpoint answers', JSON.stringify({ token_type: 'Bearer', access_token: token }, null, 2)],
  ])('%s', (_, text) => {
    const decoded = decodeToken(text)
    expect(decoded.ok && decoded.value.claims).toEqual(userClaims)
    expect(decoded.ok && decoded.value.raw.reveal()).toBe(token)
  })
})

const long = 'x'.repeat(60)
const defects: readonly (readonly [string, string, TokenDefect])[] = [
  ['nothing', '', { kind: 'empty' }],
  ['blanks', ' \n\t', { kind: 'empty' }],
  ['a prefix alone', 'Bearer ', { kind: 'not-a-token' }],
  ['empty quotes', '""', { kind: 'empty' }],
  ['a word', 'hello', { kind: 'not-a-token' }],
  ['a sentence', 'ERROR: please run az login to set up an account', { kind: 'not-a-token' }],
  ['HTML', '<html><body>sign in to the network to go on</body></html>', { kind: 'not-a-token' }],
  ['JSON without a token', '{"error":"invalid_client"}', { kind: 'not-a-token' }],
  ['an opaque word', 'EwBwA8l6BAAU7p9QDpi/D7xJLwsTgCg3TskyTaQAAXuoStFbEw+h', { kind: 'opaque', likeness: 'unknown' }],
  ['a refresh token', `0.AXoA4AQlP.${long}.${long}`, { kind: 'opaque', likeness: 'refresh-token' }],
  ['a newer refresh token', `1.AUEBAAAA${long}.AgABAwEAAA${long}`, { kind: 'opaque', likeness: 'refresh-token' }],
  ['a personal refresh token', `M.C525_BAY.0.U.-Cg${long}!!${long}$$`, { kind: 'opaque', likeness: 'refresh-token' }],
  [
    'a JWE',
    `${encode({ alg: 'RSA-OAEP', enc: 'A256GCM' })}.${long}.${long}.${long}.${long}`,
    { kind: 'opaque', likeness: 'encrypted' },
  ],
  ['one part of a JWT', header, { kind: 'wrong-parts', parts: 1 }],
  ['two parts', `${header}.${payload}`, { kind: 'wrong-parts', parts: 2 }],
  ['two parts of anything', 'a.b', { kind: 'wrong-parts', parts: 2 }],
  ['four parts', `${token}.x`, { kind: 'wrong-parts', parts: 4 }],
  ['five parts without encryption', `${token}.x.y`, { kind: 'wrong-parts', parts: 5 }],
  ['a million dots', `ey${'.'.repeat(1_000_000)}`, { kind: 'wrong-parts', parts: 8 }],
  [
    'a header with characters of plain base64',
    `${header}+/.${payload}.${signature}`,
    { kind: 'not-base64url', part: 'header' },
  ],
  ['a padded payload', `${header}.${payload}==.${signature}`, { kind: 'not-base64url', part: 'payload' }],
  ['a payload of impossible length', `${header}.aaaaa.${signature}`, { kind: 'not-base64url', part: 'payload' }],
  ['a redacted payload', `${header}.<removed>.${signature}`, { kind: 'not-base64url', part: 'payload' }],
  ['a header that is no JSON', makeToken({}, 'not json'), { kind: 'not-json', part: 'header' }],
  ['a payload that is no JSON', makeToken('{"aud":'), { kind: 'not-json', part: 'payload' }],
  ['an empty payload', `${header}..${signature}`, { kind: 'not-json', part: 'payload' }],
  ['three empty parts', '..', { kind: 'not-json', part: 'header' }],
  [
    'a payload that is not UTF-8',
    `${header}.${Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]).toString('base64url')}.`,
    { kind: 'not-json', part: 'payload' },
  ],
  ['a list for a payload', makeToken('[1,2]'), { kind: 'not-an-object', part: 'payload' }],
  ['null for a payload', makeToken('null'), { kind: 'not-an-object', part: 'payload' }],
  ['a number for a header', makeToken({}, '42'), { kind: 'not-an-object', part: 'header' }],
  [
    'deep nesting',
    makeToken(`{"a":${'['.repeat(300_000)}${']'.repeat(300_000)}}`),
    { kind: 'too-deep', part: 'payload' },
  ],
  ['ten megabytes', 'e'.repeat(10 * 1024 * 1024), { kind: 'too-large', limit: tokenLimit }],
]

describe('decode: why a text is no JWT', () => {
  test.each(defects)('%s', (_, text, defect) => {
    expect(decodeToken(text)).toEqual({ ok: false, error: defect })
  })
})

test('decode: a signature that was cut or replaced does not hide the claims', () => {
  for (const end of ['', '<signature>', 'x', '***']) {
    const decoded = decodeToken(`${header}.${payload}.${end}`)
    expect(decoded.ok && decoded.value.claims).toEqual(userClaims)
  }
})

test('decode: text beyond ASCII is read as UTF-8', () => {
  const decoded = decodeToken(makeToken({ name: 'Žofie Nováková 👩‍💻 نورا', note: '100%' }))
  expect(decoded.ok && decoded.value.claims).toEqual({ name: 'Žofie Nováková 👩‍💻 نورا', note: '100%' })
})

test('decode: repeated claims are named, however they are spelled, and only at the top', () => {
  const decoded = decodeToken(
    makeToken('{"aud":"a","x":{"aud":"b","aud":"c"},"\\u0061ud":"d","upn":"aud","oid":1,"oid":2}'),
  )
  expect(decoded.ok && decoded.value.repeatedClaims).toEqual(['aud', 'oid'])
  expect(decoded.ok && decoded.value.claims['aud']).toBe('d')
})

test('decode: `__proto__` is a claim like any other', () => {
  const decoded = decodeToken(makeToken('{"__proto__":{"idtyp":"app"},"constructor":1}'))
  expect(decoded.ok && Object.keys(decoded.value.claims)).toEqual(['__proto__', 'constructor'])
  expect(({} as Record<string, unknown>)['idtyp']).toBeUndefined()
})

test('decode: the token itself prints as stars', () => {
  const decoded = decodeToken(token)
  expect(JSON.stringify(decoded)).not.toContain(signature)
  expect(inspect(decoded, { depth: 9 })).not.toContain(signature)
})

test('decode: any text gets an answer', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => typeof decodeToken(text).ok === 'boolean'),
  )
})

test('decode: anything between dots gets an answer', () => {
  const part = fc.oneof(
    fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
    fc.json().map(encode),
    fc.string({ maxLength: 20 }),
  )
  fc.assert(
    fc.property(fc.array(part, { maxLength: 7 }), (parts) => typeof decodeToken(parts.join('.')).ok === 'boolean'),
  )
})

test('decode: every object survives the way there and back', () => {
  const claims = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue({ maxDepth: 5 }))
  fc.assert(
    fc.property(claims, (value) => {
      const decoded = decodeToken(makeToken(JSON.stringify(value)))
      expect(decoded.ok && decoded.value.claims).toEqual(JSON.parse(JSON.stringify(value)))
      expect(decoded.ok && decoded.value.repeatedClaims).toEqual([])
    }),
  )
})

test('decode: cutting a token anywhere never throws', () => {
  for (let end = 0; end <= token.length; end++) expect(typeof decodeToken(token.slice(0, end)).ok).toBe('boolean')
})
