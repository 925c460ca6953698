import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../src/engine/redaction.ts'

const secret = 'q8Q~/+&= "canary"\\ü$&'

describe('a secret in a text from outside', () => {
  test.each([
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['form-encoded', new URLSearchParams({ a: secret }).toString().slice(2)],
    ['in JSON', JSON.stringify(secret)],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64url', Buffer.from(secret).toString('base64url')],
    ['in hex', Buffer.from(secret).toString('hex')],
  ])('%s', (_, form) => {
    const clean = createRedactor([secret])(`<p>Bad request: x=${form}; and again ${form}</p>`)
    expect(clean).toContain('***')
    expect(clean).not.toContain('canary')
    expect(clean).not.toContain(Buffer.from('canary').toString('base64').slice(2, 7))
  })

  test('a whole form that a proxy echoes', () => {
    const body =
      'client_id=me&client_secret=abc%20def&client_assertion=eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJtZSJ9.c2ln&scope=x'
    expect(createRedactor([])(body)).toBe('client_id=me&client_secret=***&client_assertion=***&scope=x')
  })

  test('tokens, keys and JSON members, known or not', () => {
    const redact = createRedactor([])
    expect(redact('Bearer eyJhbGciOiJSUzI1NiJ9.eyJhdWQiOiJ4In0.AAAA_-9 end')).toBe('Bearer *** end')
    expect(redact('{"access_token": "opaque", "expires_in": 1}')).toBe('{"access_token": "***", "expires_in": 1}')
    expect(redact('{"access_token":"cut off her')).toBe('{"access_token":"***')
    expect(redact('a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nb')).toBe('a\n***\nb')
    expect(redact('-----BEGIN PRIVATE KEY-----\nMIIEcut')).toBe('***')
  })

  test('ordinary text stays', () => {
    const text =
      'AADSTS7000215: Invalid client secret provided. See https://login.microsoftonline.com/error?code=7000215'
    expect(createRedactor(['secret', ''])(text)).toBe(text)
  })

  test('no secret of eight characters or more is left, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (canary, before, after) => {
        fc.pre(!'***'.includes(canary))
        const clean = createRedactor([canary])(`${before}${canary}${after}`)
        expect(clean.includes(canary) && !`${before}***${after}`.includes(canary)).toBe(false)
      }),
    )
  })
})
