/** The log of requests: who asked for what and what came of it, and never a secret. */
import { expect, test } from 'vitest'
import { clusterCredential } from '../../src/sandbox/default-directory.ts'
import { describeAssertion, type LoggedRequest, redactParameters } from '../../src/sandbox/request-log.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { expectSchema } from '../support/schemas.ts'
import { askToken, getToken, send, tokenUrl } from './client.ts'

test('a request is written down with its grant, app, outcome and ids', async () => {
  const told: LoggedRequest[] = []
  const sandbox = await startTestSandbox({ onRequest: (request) => told.push(request) })
  const reply = await askToken(sandbox, { client_secret: 'wrong' }, { headers: { 'user-agent': 'test/1' } })
  const body = JSON.parse(reply.body)
  expect(sandbox.requests).toEqual([
    {
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      method: 'POST',
      host: new URL(sandbox.origin).host,
      path: `/${sandbox.tenantId}/oauth2/v2.0/token`,
      parameters: {
        grant_type: 'client_credentials',
        client_id: sandbox.defaultApp.clientId,
        client_secret: '***',
        scope: 'https://management.azure.com/.default',
      },
      endpoint: 'token',
      grantType: 'client_credentials',
      clientId: sandbox.defaultApp.clientId,
      proof: 'secret',
      assertion: null,
      userAgent: 'test/1',
      correlationId: body['correlation_id'],
      traceId: body['trace_id'],
      status: 401,
      refusal: 'AADSTS7000215',
      faults: [],
      elapsedMs: expect.any(Number),
    },
  ])
  expect(told).toEqual(sandbox.requests)
  for (const request of sandbox.requests) expectSchema('sandbox-request', JSON.parse(JSON.stringify(request)))
})

test('no secret, assertion or token is in it, in whatever form it was sent', async () => {
  const sandbox = await startTestSandbox()
  const canary = `canary~${crypto.randomUUID()}`
  const { clientId, secret } = sandbox.defaultApp
  const assertion = await sandbox.mintFederatedToken({ ...clusterCredential, extraClaims: { canary } })
  const tokens = [await getToken(sandbox)]
  const basic = Buffer.from(`${clientId}:${encodeURIComponent(canary)}`).toString('base64')
  await askToken(sandbox, { client_secret: canary })
  await askToken(sandbox, { client_secret: undefined }, { headers: { authorization: `Basic ${basic}` } })
  await askToken(sandbox, { client_secret: undefined }, { headers: { authorization: `Bearer ${canary}` } })
  for (const name of [
    'password',
    'refresh_token',
    'code',
    'assertion',
    'code_verifier',
    'device_code',
    'something_else',
  ]) {
    await askToken(sandbox, { [name]: canary })
  }
  const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
  tokens.push(
    await getToken(sandbox, {
      client_secret: undefined,
      client_assertion: assertion,
      client_assertion_type: jwtBearer,
    }),
  )
  await askToken(sandbox, {
    client_secret: undefined,
    client_assertion: `${canary}.x.y`,
    client_assertion_type: jwtBearer,
  })
  await send(sandbox, `${tokenUrl(sandbox)}?client_secret=${canary}&${canary}=1`)
  await send(sandbox, tokenUrl(sandbox), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: canary,
  })
  await send(sandbox, tokenUrl(sandbox), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ client_secret: canary }),
  })

  const log = JSON.stringify(sandbox.requests)
  const parts = tokens.flatMap((token) => token.text.split('.').slice(1))
  const spellings = [canary, secret].flatMap((text) => [
    text,
    Buffer.from(text).toString('base64'),
    Buffer.from(text).toString('base64url'),
    encodeURIComponent(text),
    basic,
  ])
  for (const text of [...spellings, ...parts, ...assertion.split('.').slice(1)]) expect(log).not.toContain(text)
  expect(sandbox.requests.length).toBeGreaterThan(14)
})

test('of an assertion the log shows who signed it for whom', async () => {
  const sandbox = await startTestSandbox()
  const assertion = await sandbox.mintFederatedToken({ ...clusterCredential, extraClaims: { email: 'a@b.c' } })
  const { kid } = await sandbox.state.federationKey()
  expect(describeAssertion(assertion)).toEqual({
    header: { alg: 'RS256', kid, typ: 'JWT' },
    claims: { iss: clusterCredential.issuer, sub: clusterCredential.subject, aud: clusterCredential.audience },
  })
  expect(describeAssertion('not.a.jwt')).toEqual({ header: null, claims: null })
})

test('parameters that nobody knows do not even show their names', () => {
  expect(redactParameters([['my-secret-in-the-wrong-place', '']])).toEqual({ '(other)': '***' })
  expect(
    redactParameters([
      ['x-client-SKU', 'msal.js.node'],
      ['client_info', '1'],
    ]),
  ).toEqual({ 'x-client-SKU': 'msal.js.node', client_info: '1' })
})
