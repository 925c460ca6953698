import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AnswerRow } from '../../src/engine/managed-identity/profile.ts'
import { parseExpiresOn, parseWhole, readAnswer } from '../../src/engine/managed-identity/response.ts'
import type { HttpResponse } from '../../src/runtime.ts'

const now = Date.UTC(2026, 10, 21)
const seconds = now / 1000
const row: AnswerRow = { expiry: 'expires_on', contentType: 'ignored', required: [] }

function answer(body: unknown, contentType = 'application/json'): HttpResponse {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status: 200, statusText: 'OK', headers: { 'content-type': contentType }, body: text }
}

describe('expires_on', () => {
  test.each([
    [1_795_226_400, 1_795_226_400],
    ['1795226400', 1_795_226_400],
    [' 1795226400 ', 1_795_226_400],
    [1_795_226_400.9, 1_795_226_400],
    ['06/20/2019 02:57:58 +00:00', Date.UTC(2019, 5, 20, 2, 57, 58) / 1000],
    ['1/16/2020 5:24:12 AM +00:00', Date.UTC(2020, 0, 16, 5, 24, 12) / 1000],
    ['1/16/2020 12:24:12 AM +00:00', Date.UTC(2020, 0, 16, 0, 24, 12) / 1000],
    ['1/16/2020 12:24:12 PM +00:00', Date.UTC(2020, 0, 16, 12, 24, 12) / 1000],
    ['12/31/2020 11:59:59 PM +00:00', Date.UTC(2020, 11, 31, 23, 59, 59) / 1000],
    ['02/29/2024 00:00:00 +00:00', Date.UTC(2024, 1, 29) / 1000],
    ['2026-11-22T02:57:58.000Z', Date.UTC(2026, 10, 22, 2, 57, 58) / 1000],
    ['2026-11-22T03:57:58+01:00', Date.UTC(2026, 10, 22, 2, 57, 58) / 1000],
  ])('%j is read', (value, expected) => {
    expect(parseExpiresOn(value)).toBe(expected)
  })

  test.each([
    ['02/30/2024 00:00:00 +00:00'],
    ['13/01/2024 00:00:00 +00:00'],
    ['1/16/2020 13:24:12 PM +00:00'],
    ['1/16/2020 0:24:12 AM +00:00'],
    ['06/20/2019 24:57:58 +00:00'],
    ['06/20/2019 02:60:58 +00:00'],
    ['06/20/2019 02:57:58'],
    ['06/20/2019 02:57:58 +01:00'],
    ['2026-11-22'],
    ['soon'],
    ['3599.5'],
    ['0x10'],
    ['1e5'],
    [''],
    [null],
    [true],
    [[1]],
    [{}],
    [Number.POSITIVE_INFINITY],
    [Number.NaN],
  ])('%j is not', (value) => {
    expect(parseExpiresOn(value)).toBe(null)
  })

  test('whatever second it is, Linux’s and Windows’s forms of it mean that second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_799 }), (second) => {
        const [date = '', time = ''] = new Date(second * 1000).toISOString().slice(0, 19).split('T')
        const [year, month, day] = date.split('-').map(Number)
        const [hour = 0, minute = '', end = ''] = time
          .split(':')
          .map((part, index) => (index === 0 ? Number(part) : part))
        const windows = `${month}/${day}/${year} ${Number(hour) % 12 || 12}:${minute}:${end} ${Number(hour) < 12 ? 'AM' : 'PM'} +00:00`
        const linux = `${String(month).padStart(2, '0')}/${String(day).padStart(2, '0')}/${year} ${time} +00:00`
        expect(parseExpiresOn(windows)).toBe(second)
        expect(parseExpiresOn(linux)).toBe(second)
      }),
    )
  })

  test('digits of any length never make more than a number', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[-+]?[0-9]{1,400}$/), (text) => {
        expect(typeof parseWhole(text)).toBe('number')
      }),
    )
  })
})

describe('an answer', () => {
  test('whatever comes, it is a token that can be printed or a reason, and never throws', () => {
    const member = fc.constantFrom('access_token', 'expires_on', 'expires_in', 'refresh_in', 'token_type', 'resource')
    const value = fc.oneof(fc.jsonValue(), fc.double(), fc.constantFrom('1e400', '99999999999999999999', -1e300))
    const rows: readonly AnswerRow[] = [
      row,
      { expiry: 'expires_in', contentType: 'checked', required: [] },
      { expiry: 'either', contentType: 'ignored', required: ['resource'] },
    ]
    fc.assert(
      fc.property(fc.dictionary(member, value), fc.constantFrom(...rows), (payload, one) => {
        const read = readAnswer(answer(payload), one, 7200, now, now)
        if (!read.ok) return
        const { token } = read.value
        expect(new Date(token.expiresOn).toISOString()).toMatch(/^[-+\d]/)
        if (token.refreshOn !== null) expect(token.refreshOn).toBeLessThanOrEqual(token.expiresOn)
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    ['a line break', 'abc\ndef'],
    ['a carriage return at the end', 'abc\r'],
    ['a space', 'abc def'],
    ['a null character', 'abc\u0000'],
    ['a character outside ASCII', 'abcé'],
    ['a number', 5],
    ['an object', { a: 1 }],
  ])('a token with %s is refused: nothing could send it', (_, value) => {
    const read = readAnswer(answer({ access_token: value, expires_on: seconds + 3600 }), row, 7200, now, now)
    expect(read).toEqual({ ok: false, error: { fault: 'bad-token' } })
  })

  test.each([
    [7199, undefined, null],
    [7200, undefined, 3600],
    [7201, undefined, 3600],
    [86_399, undefined, 43_199],
    [86_399, 600, 600],
    [86_399, '600', 600],
    [86_399, 0, 43_199],
    [86_399, -5, 43_199],
    [86_399, 90_000, 43_199],
    [86_399, 'soon', 43_199],
    [3600, 600, 600],
  ])('a life of %d s and refresh_in %j: refreshed after %j', (life, refreshIn, expected) => {
    const payload = { access_token: 'abc', expires_on: seconds + life, refresh_in: refreshIn }
    const read = readAnswer(answer(payload), row, 7200, now, now)
    const refreshOn = read.ok ? read.value.token.refreshOn : undefined
    expect(refreshOn === null || refreshOn === undefined ? refreshOn : (refreshOn - now) / 1000).toBe(expected)
  })

  test.each([
    [
      'IMDS',
      { error: 'invalid_request', error_description: 'Identity not found' },
      'invalid_request',
      'Identity not found',
      undefined,
    ],
    ['App Service', { statusCode: 400, message: 'no', correlationId: 'c-1' }, undefined, 'no', 'c-1'],
    ['App Service of old', { ExceptionMessage: 'no', ErrorCode: 'BadRequest' }, 'BadRequest', 'no', undefined],
    [
      'Service Fabric',
      { error: { correlationId: 'c-2', code: 'ManagedIdentityNotFound', message: 'no' } },
      'ManagedIdentityNotFound',
      'no',
      'c-2',
    ],
    [
      'Cloud Shell',
      { error: { code: 'AudienceNotSupported', message: 'no' } },
      'AudienceNotSupported',
      'no',
      undefined,
    ],
    ['nobody', {}, undefined, undefined, undefined],
  ])('the error of %s is understood', (_, body, error, description, correlationId) => {
    const read = readAnswer(answer(body), row, 7200, now, now)
    expect(read.ok ? null : read.error).toEqual({
      fault: 'refused',
      ...(error === undefined ? {} : { error }),
      ...(description === undefined ? {} : { description }),
      ...(correlationId === undefined ? {} : { correlationId }),
    })
  })

  test('reading hostile text takes time in proportion to it', () => {
    const checked: AnswerRow = { expiry: 'expires_in', contentType: 'checked', required: [] }
    for (const part of ['<', '<a', '<!', '<a ', '{"a":', '[', '"\\', '</a>']) {
      const began = performance.now()
      readAnswer(answer(part.repeat(1_000_000 / part.length), 'application/xml'), checked, 7200, now, now)
      expect(performance.now() - began).toBeLessThan(20_000)
    }
  })
})
