import { describe, expect, test } from 'vitest'
import { readServiceAnswer, type ServiceAnswer } from '../../src/engine/token-answer.ts'
import type { HttpResponse } from '../../src/runtime.ts'

const url = 'https://login.microsoftonline.com/contoso/oauth2/v2.0/token?client-request-id=1'
const asked = { tenantId: 'contoso', clientId: 'app' }

function answer(status: number, body: unknown, contentType = 'application/json'): ServiceAnswer {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const response: HttpResponse = { status, statusText: '', headers: { 'content-type': contentType }, body: text }
  return readServiceAnswer(url, response, asked, (part) => part.replaceAll('canary', '***'))
}

test('a token is accepted', () => {
  const body = { token_type: 'Bearer', expires_in: 3599, access_token: 't' }
  expect(answer(200, body)).toEqual({ kind: 'accepted', body })
  expect(answer(200, `\ufeff${JSON.stringify(body)}`)).toEqual({ kind: 'accepted', body })
})

test('a refusal keeps all that Entra said', () => {
  const refused = answer(401, {
    error: 'invalid_client',
    error_description:
      'AADSTS7000215: Invalid client secret provided canary. AADSTS50000: more.\r\nTrace ID: t\r\nCorrelation ID: c',
    error_codes: [7000215, 90009, 'x'],
    timestamp: '2026-11-21 00:00:00Z',
    trace_id: 't',
    correlation_id: 'c',
    suberror: 'basic_action',
    claims: '{"access_token":{}}',
    error_uri: 'https://login.microsoftonline.com/error?code=7000215',
  })
  expect(refused).toMatchObject({
    kind: 'refused',
    problem: {
      code: 'token-refused',
      facts: {
        error: 'invalid_client',
        description:
          'AADSTS7000215: Invalid client secret provided ***. AADSTS50000: more.\r\nTrace ID: t\r\nCorrelation ID: c',
        codes: ['AADSTS7000215', 'AADSTS50000', 'AADSTS90009'],
        status: 401,
        timestamp: '2026-11-21 00:00:00Z',
        traceId: 't',
        correlationId: 'c',
        suberror: 'basic_action',
        claims: '{"access_token":{}}',
        authority: 'login.microsoftonline.com',
        tenantId: 'contoso',
        clientId: 'app',
      },
    },
  })
})

test('a refusal without anything but its name, under any status', () => {
  for (const status of [200, 400, 503]) {
    const refused = answer(status, { error: 'temporarily_unavailable' })
    expect(refused).toMatchObject({
      kind: 'refused',
      problem: { facts: { error: 'temporarily_unavailable', description: '', codes: [], status } },
    })
  }
})

describe('what is no answer', () => {
  test.each([
    ['HTML', 200, '<html>sign in, canary</html>', 'text/html', '<html>sign in, ***</html>'],
    ['a cut body', 200, '{"access_tok', 'application/json', '{"access_tok'],
    ['nothing', 204, '', '', ''],
    ['a list', 200, '[1]', 'application/json', '[1]'],
    ['null', 200, 'null', 'application/json', 'null'],
    ['an object without a token', 200, '{"expires_in":1}', 'application/json', '{"expires_in":1}'],
    ['a token that is none', 200, '{"access_token":1}', 'application/json', '{"access_token":1}'],
    ['an error that is none', 400, '{"error":{"code":1}}', 'application/json', '{"error":{"code":1}}'],
    ['a token under a wrong status', 500, '{"access_token":"t"}', 'application/json', '{"access_token":"t"}'],
    ['much', 502, 'x'.repeat(5000), 'text/plain', 'x'.repeat(300)],
  ])('%s', (_, status, body, contentType, excerpt) => {
    expect(answer(status, body, contentType)).toMatchObject({
      kind: 'unreadable',
      problem: {
        code: 'token-answer-unreadable',
        facts: { authority: 'login.microsoftonline.com', status, contentType, excerpt },
      },
    })
  })
})
