/** What a line of a trace says of an answer that is no token, and of an address that cannot be asked. */
import { expect, test } from 'vitest'
import type { AnswerFault, ManagedIdentityFacts } from '../../src/engine/managed-identity/facts.ts'
import { problem } from '../../src/engine/problems.ts'
import { wordReason } from '../../src/output/reasons.ts'

const place = { host: 'app-service', sender: 'app-service' } as const

test.each<[AnswerFault, number, Partial<ManagedIdentityFacts['managed-identity-answer']>, string]>([
  ['refused', 400, { error: 'invalid_request' }, 'h:1 answered 400 invalid_request'],
  ['refused', 500, {}, 'h:1 answered 500'],
  ['refused', 200, {}, 'h:1 answered 200 without a token'],
  ['not-json', 307, { contentType: 'text/html' }, 'h:1 answered 307, a redirect, which is not followed'],
  ['content-type', 200, { contentType: 'image/png' }, 'h:1 answered 200 with image/png'],
  ['not-json', 200, { contentType: 'text/html; charset=utf-8' }, 'h:1 answered 200 with text/html'],
  ['not-json', 200, {}, 'h:1 answered 200 with no JSON'],
  ['not-json', 200, { contentType: 'application/json' }, 'h:1 answered 200 with no JSON'],
  ['not-object', 200, { contentType: 'application/json' }, 'h:1 answered 200 with no JSON object'],
  ['too-large', 0, {}, 'h:1 answered with more than a token can be'],
  ['bad-token', 200, {}, 'h:1 answered 200 with a token that cannot be sent on'],
  ['bad-expiry', 200, {}, 'h:1 answered 200 with a token of unknown life'],
  ['no-token-type', 200, {}, 'h:1 answered 200 without token_type'],
  ['no-resource', 200, {}, 'h:1 answered 200 without resource'],
  ['gateway', 403, {}, 'a gateway answered for h:1'],
])('%s, %i, %j: %s', (fault, status, facts, expected) => {
  const answered = problem('managed-identity-answer', {
    ...place,
    endpoint: 'http://h:1/x',
    phase: 'token',
    status,
    statusText: '',
    body: '',
    requests: 1,
    fault,
    ...facts,
  })
  expect(wordReason(answered, () => '')).toBe(expected)
})

test.each([
  ['no-scheme', 'IDENTITY_ENDPOINT has neither http:// nor https://'],
  ['no-host', 'IDENTITY_ENDPOINT names no host'],
  ['malformed', 'IDENTITY_ENDPOINT is no address that can be asked'],
  ['not-https', 'IDENTITY_ENDPOINT is not https'],
] as const)('%s: %s', (reason, expected) => {
  const refused = problem('managed-identity-endpoint', { ...place, variable: 'IDENTITY_ENDPOINT', reason, url: 'x' })
  expect(wordReason(refused, () => '')).toBe(expected)
})
