/** The adapter alone, over a scripted network: every way in which a request for an app's token can end. */
import { describe, expect, test } from 'vitest'
import { TimeLimit } from '../../src/engine/chain.ts'
import { type AppRequest, type AppSettings, createConfidentialClient, ProblemError } from '../../src/engine/msal.ts'
import { problem } from '../../src/engine/problems.ts'
import type { Authority, Outcome } from '../../src/engine/types.ts'
import type { HttpRequest, HttpResult } from '../../src/runtime.ts'
import { Secret } from '../../src/secret.ts'
import { type FakeRuntime, fakeRuntime, networkError, respond } from '../fakes/runtime.ts'
import { noLimit, publicAuthority } from './world.ts'

const canary = 'canary-Q8~secret/+value'
const tenantId = 'aaaabbbb-0000-cccc-1111-dddd2222eeee'
const clientId = '00001111-aaaa-2222-bbbb-3333cccc4444'
const tokenEndpoint = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`
const privateAuthority: Authority = {
  host: 'https://login.example',
  cloud: 'public',
  isMicrosoft: false,
  isTrusted: true,
}

type Answer = (request: HttpRequest) => HttpResult | Promise<HttpResult>

function token(expiresIn: number | string = 3599, more: Readonly<Record<string, unknown>> = {}): HttpResult {
  return respond(200, { token_type: 'Bearer', expires_in: expiresIn, access_token: 'the-token', ...more })
}

function refusal(status: number, error: string, description: string): HttpResult {
  return respond(status, { error, error_description: description, correlation_id: 'c', trace_id: 't' })
}

interface Run {
  readonly outcome: Outcome
  readonly runtime: FakeRuntime
}

async function ask(
  answer: Answer,
  request: Partial<AppRequest> = {},
  settings: Partial<AppSettings> = {},
  env: Readonly<Record<string, string>> = {},
  signal = noLimit(),
): Promise<Run> {
  const runtime = fakeRuntime({ http: answer, env })
  const client = createConfidentialClient(
    { authority: publicAuthority, clientId, proof: { kind: 'secret', secret: new Secret(canary) }, ...settings },
    runtime,
  )
  const outcome = await client.acquireForApp(
    { tenantId, tenantSource: '--tenant', scopes: ['https://vault.azure.net/.default'], ...request },
    signal,
  )
  return { outcome, runtime }
}

function bodyOf(request: HttpRequest | undefined): URLSearchParams {
  return new URLSearchParams(request?.body ?? '')
}

function claimsOf(runtime: FakeRuntime): unknown {
  const claims = bodyOf(runtime.http.requests.at(-1)).get('claims')
  return claims === null ? null : JSON.parse(claims)
}

describe('a token', () => {
  test('is asked from the token endpoint that is built in, with nothing before', async () => {
    const { outcome, runtime } = await ask(() => token())
    expect(runtime.http.requests.map(({ method, url }) => `${method} ${url.split('?')[0]}`)).toEqual([
      `POST ${tokenEndpoint}`,
    ])
    const body = bodyOf(runtime.http.requests[0])
    expect(Object.fromEntries(body)).toMatchObject({
      client_id: clientId,
      client_secret: canary,
      grant_type: 'client_credentials',
      scope: 'https://vault.azure.net/.default',
    })
    expect(body.has('claims')).toBe(false)
    if (outcome.kind !== 'token') throw new Error(JSON.stringify(outcome))
    expect(outcome.token.token.reveal()).toBe('the-token')
    expect(outcome.token).toMatchObject({
      tokenType: 'Bearer',
      expiresOn: Date.UTC(2026, 10, 21) + 3_599_000,
      refreshOn: null,
      tenantId,
    })
  })

  test('its times count from our clock, also as text, and refresh_in becomes a time', async () => {
    const { outcome } = await ask(() => token('86399', { refresh_in: '43199' }))
    const began = Date.UTC(2026, 10, 21)
    expect(outcome).toMatchObject({ token: { expiresOn: began + 86_399_000, refreshOn: began + 43_199_000 } })
  })

  test('the scope is sent as it is, with both its slashes', async () => {
    const scope = 'https://management.core.windows.net//.default'
    const { runtime } = await ask(() => token(), { scopes: [scope] })
    expect(bodyOf(runtime.http.requests[0]).get('scope')).toBe(scope)
  })

  test('for CAE the capability is said, and only then', async () => {
    const { runtime } = await ask(() => token(), { enableCae: true })
    expect(claimsOf(runtime)).toMatchObject({ access_token: { xms_cc: { values: ['CP1'] } } })
  })

  test('claims go along, together with the capability', async () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    const plain = await ask(() => token(), { claims })
    expect(claimsOf(plain.runtime)).toMatchObject({ access_token: { acrs: { essential: true, value: 'c1' } } })
    const both = await ask(() => token(), { claims, enableCae: true })
    expect(claimsOf(both.runtime)).toMatchObject({
      access_token: { acrs: { essential: true, value: 'c1' }, xms_cc: { values: ['CP1'] } },
    })
  })

  test.each([true, false])('of the Chinese cloud is asked at its present host, trusted %s', async (isTrusted) => {
    const authority: Authority = {
      host: 'https://login.chinacloudapi.cn',
      cloud: 'china',
      isMicrosoft: true,
      isTrusted,
    }
    const { runtime } = await ask(() => token(), {}, { authority })
    expect(runtime.http.requests.map(({ url }) => new URL(url).host)).toEqual(['login.partner.microsoftonline.cn'])
  })

  test('of a region is asked there, and msal’s own variables play no part', async () => {
    const { runtime } = await ask(() => token(), {}, {}, { AZURE_REGIONAL_AUTHORITY_NAME: 'westeurope' })
    expect(new URL(runtime.http.requests[0]?.url ?? '').host).toBe('westeurope.login.microsoft.com')
  })

  test('is remembered, that with CAE apart', async () => {
    const runtime = fakeRuntime({ now: Date.now(), http: () => token() })
    const client = createConfidentialClient(
      { authority: publicAuthority, clientId, proof: { kind: 'secret', secret: new Secret(canary) } },
      runtime,
    )
    const request: AppRequest = { tenantId, tenantSource: '--tenant', scopes: ['https://vault.azure.net/.default'] }
    const kinds: string[] = []
    for (const more of [
      {},
      {},
      { enableCae: true },
      { enableCae: true },
      { tenantId: 'contoso.com' },
      { claims: '{"access_token":{"a":null}}' },
    ]) {
      kinds.push(
        `${(await client.acquireForApp({ ...request, ...more }, noLimit())).kind} ${runtime.http.requests.length}`,
      )
    }
    expect(kinds).toEqual(['token 1', 'token 1', 'token 2', 'token 2', 'token 3', 'token 4'])
  })

  test('is refreshed ahead of its end; a refresh that fails leaves the valid one, one that works gives the new one', async () => {
    const answers: HttpResult[] = [
      token(7200, { access_token: 'first', refresh_in: 1 }),
      refusal(401, 'invalid_client', 'AADSTS7000222: expired'),
      respond(503, '<html>busy</html>'),
      respond(503, '<html>busy</html>'),
      respond(503, '<html>busy</html>'),
      respond(503, '<html>busy</html>'),
      networkError('dns', 'ENOTFOUND'),
      token(7200, { access_token: 'second', refresh_in: 3600 }),
    ]
    const runtime = fakeRuntime({ now: Date.now(), http: () => answers.shift() ?? respond(500) })
    const client = createConfidentialClient(
      { authority: publicAuthority, clientId, proof: { kind: 'secret', secret: new Secret(canary) } },
      runtime,
    )
    const request: AppRequest = { tenantId, tenantSource: '--tenant', scopes: ['https://vault.azure.net/.default'] }
    const seen: string[] = []
    for (let turn = 0; turn < 6; turn++) {
      // MSAL compares whole seconds of the real clock.
      await new Promise((resolve) => setTimeout(resolve, turn === 1 ? 2100 : 0))
      const outcome = await client.acquireForApp(request, noLimit())
      seen.push(outcome.kind === 'token' ? outcome.token.token.reveal() : JSON.stringify(outcome.problem))
    }
    expect(seen).toEqual(['first', 'first', 'first', 'first', 'second', 'second'])
    expect(answers).toEqual([])
  })
})

describe('what can go wrong', () => {
  test.each([
    [
      'a refusal',
      () => refusal(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.\r\nTrace ID: t'),
      {
        code: 'token-refused',
        facts: {
          error: 'invalid_client',
          codes: ['AADSTS7000215'],
          status: 401,
          authority: 'login.microsoftonline.com',
          tenantId,
          clientId,
        },
      },
    ],
    [
      'a refusal that wants a person keeps its claims',
      () =>
        respond(400, {
          error: 'interaction_required',
          error_description: 'AADSTS50076: mfa',
          suberror: 'basic_action',
          claims: '{"a":1}',
        }),
      { code: 'token-refused', facts: { error: 'interaction_required', suberror: 'basic_action', claims: '{"a":1}' } },
    ],
    [
      'HTML',
      () => respond(200, '<html>hello</html>', { 'content-type': 'text/html' }),
      { code: 'token-answer-unreadable', facts: { status: 200, contentType: 'text/html' } },
    ],
    [
      'a gateway’s page',
      () => respond(502, '<html>bad gateway</html>'),
      { code: 'token-answer-unreadable', facts: { status: 502 } },
    ],
    [
      'a cut body',
      () => respond(200, '{"access_tok'),
      { code: 'token-answer-unreadable', facts: { excerpt: '{"access_tok' } },
    ],
    ['an object without a token', () => respond(200, {}), { code: 'token-answer-unreadable', facts: { status: 200 } }],
    [
      'too many requests, for ever',
      () => refusal(429, 'temporarily_unavailable', 'AADSTS50196: loop'),
      { code: 'token-refused', facts: { status: 429 } },
    ],
    ['no such host', () => networkError('dns', 'getaddrinfo ENOTFOUND'), { code: 'network', facts: { code: 'dns' } }],
    [
      'a certificate that nobody trusts',
      () => networkError('tls', 'self-signed'),
      { code: 'network', facts: { code: 'tls' } },
    ],
    [
      'a broken connection, for ever',
      () => networkError('reset', 'ECONNRESET'),
      { code: 'network', facts: { code: 'reset' } },
    ],
  ] as const)('%s', async (_, answer, expected) => {
    const { outcome } = await ask(answer)
    expect(outcome).toMatchObject({ kind: 'failed', problem: expected })
  })

  test.each(['common', 'organizations', 'Consumers'])(
    '%s is no tenant of an app, and nothing is sent',
    async (many) => {
      const { outcome, runtime } = await ask(() => token(), { tenantId: many })
      expect(outcome).toMatchObject({
        kind: 'failed',
        problem: { code: 'input-invalid', facts: { source: '--tenant', value: many } },
      })
      expect(runtime.http.requests).toEqual([])
    },
  )

  test('a region that is none, and nothing is sent', async () => {
    const { outcome, runtime } = await ask(() => token(), {}, {}, { MSAL_FORCE_REGION: 'evil.example' })
    expect(outcome).toMatchObject({
      problem: { code: 'input-invalid', facts: { what: 'region', source: 'MSAL_FORCE_REGION' } },
    })
    expect(runtime.http.requests).toEqual([])
  })

  test('the answer to one request is not the answer to the next: no throttling by memory', async () => {
    let isBusy = true
    const runtime = fakeRuntime({
      now: Date.now(),
      http: () => (isBusy ? respond(429, { error: 'temporarily_unavailable' }, { 'retry-after': '600' }) : token()),
    })
    const client = createConfidentialClient(
      { authority: publicAuthority, clientId, proof: { kind: 'secret', secret: new Secret(canary) } },
      runtime,
    )
    const request: AppRequest = { tenantId, tenantSource: '--tenant', scopes: ['https://vault.azure.net/.default'] }
    expect(await client.acquireForApp(request, noLimit())).toMatchObject({
      kind: 'failed',
      problem: { facts: { status: 429 } },
    })
    expect(runtime.http.requests).toHaveLength(1)
    isBusy = false
    expect(await client.acquireForApp(request, noLimit())).toMatchObject({ kind: 'token' })
  })

  test('an assertion that cannot be had names its own problem', async () => {
    const missing = problem('file-unreadable', {
      what: 'federated token',
      source: 'AZURE_FEDERATED_TOKEN_FILE',
      error: { code: 'not-found', path: '/t', detail: 'ENOENT' },
    })
    const { outcome, runtime } = await ask(
      () => token(),
      {},
      {
        proof: { kind: 'assertion', getAssertion: async () => Promise.reject(new ProblemError(missing)) },
      },
    )
    expect(outcome).toEqual({ kind: 'failed', problem: missing })
    expect(runtime.http.requests).toEqual([])
  })

  test('an assertion is asked anew for each request', async () => {
    let asked = 0
    const runtime = fakeRuntime({ now: Date.now(), http: () => token() })
    const client = createConfidentialClient(
      {
        authority: publicAuthority,
        clientId,
        proof: { kind: 'assertion', getAssertion: async () => new Secret(`assertion-${++asked}`) },
      },
      runtime,
    )
    for (const scope of ['https://vault.azure.net/.default', 'https://graph.microsoft.com/.default']) {
      await client.acquireForApp({ tenantId, tenantSource: '--tenant', scopes: [scope] }, noLimit())
    }
    expect(runtime.http.requests.map((request) => bodyOf(request).get('client_assertion'))).toEqual([
      'assertion-1',
      'assertion-2',
    ])
  })

  test('an abort before, during, and while waiting to try again', async () => {
    const before = new AbortController()
    before.abort('SIGINT')
    const early = await ask(() => token(), {}, {}, {}, before.signal)
    expect(early.outcome).toEqual({ kind: 'failed', problem: { code: 'interrupted', facts: { signal: 'SIGINT' } } })
    expect(early.runtime.http.requests).toEqual([])

    const during = new AbortController()
    const late = await ask(
      () => {
        during.abort(new TimeLimit('--timeout', 5))
        return new Promise<HttpResult>(() => {})
      },
      {},
      {},
      {},
      during.signal,
    )
    expect(late.outcome).toEqual({
      kind: 'failed',
      problem: { code: 'timed-out', facts: { what: '--timeout', timeoutMs: 5 } },
    })

    const waiting = new AbortController()
    const busy = await ask(
      () => {
        queueMicrotask(() => waiting.abort('SIGTERM'))
        return respond(503)
      },
      {},
      {},
      {},
      waiting.signal,
    )
    expect(busy.outcome).toEqual({ kind: 'failed', problem: { code: 'interrupted', facts: { signal: 'SIGTERM' } } })
  })
})

describe('an authority that is not Microsoft’s', () => {
  const configuration = (host: string, tenant = tenantId): HttpResult =>
    respond(200, {
      issuer: `https://${host}/${tenant}/v2.0`,
      authorization_endpoint: `https://login.example/${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: `https://login.example/${tenant}/oauth2/v2.0/token`,
      jwks_uri: `https://login.example/${tenant}/discovery/v2.0/keys`,
    })

  function network(discovery: HttpResult, metadata: HttpResult): Answer {
    return ({ method, url }) =>
      method === 'POST' ? token() : url.includes('/discovery/instance') ? discovery : metadata
  }

  const known = respond(200, {
    tenant_discovery_endpoint: 'https://login.example/x',
    metadata: [],
    'api-version': '1.1',
  })
  const unknown = respond(400, {
    error: 'invalid_instance',
    error_description: 'AADSTS50049: Unknown or invalid instance.',
  })

  test('and trusted: its OpenID configuration is read once, nobody else is asked', async () => {
    const { outcome, runtime } = await ask(
      network(unknown, configuration('login.example')),
      {},
      { authority: privateAuthority },
    )
    expect(outcome.kind).toBe('token')
    expect(runtime.http.requests.map(({ url }) => url.split('?')[0])).toEqual([
      `https://login.example/${tenantId}/v2.0/.well-known/openid-configuration`,
      `https://login.example/${tenantId}/oauth2/v2.0/token`,
    ])
  })

  test('and not trusted: Microsoft is asked about it first', async () => {
    const authority = { ...privateAuthority, isTrusted: false }
    const { outcome, runtime } = await ask(network(known, configuration('login.example')), {}, { authority })
    expect(outcome.kind).toBe('token')
    expect(runtime.http.requests[0]?.url).toMatch(
      /^https:\/\/login\.microsoftonline\.com\/common\/discovery\/instance\?/,
    )
  })

  test.each([
    ['does not know it', unknown, { code: 'authority-untrusted', facts: { authority: 'https://login.example' } }],
    // MSAL by itself takes these for a yes.
    [
      'refuses to say',
      respond(400, { error: 'invalid_request', error_description: 'AADSTS90001: no' }),
      { code: 'authority-discovery' },
    ],
    ['is busy', respond(200, { error: 'temporarily_unavailable' }), { code: 'authority-discovery' }],
    [
      'answers with a page',
      respond(200, '<html>'),
      {
        code: 'authority-discovery',
        facts: { reason: expect.stringContaining('login.microsoftonline.com answered 200') },
      },
    ],
    ['answers with something else', respond(200, { metadata: [] }), { code: 'authority-discovery' }],
    [
      'cannot be reached',
      networkError('dns', 'ENOTFOUND', 'login.microsoftonline.com'),
      { code: 'network', facts: { host: 'login.microsoftonline.com' } },
    ],
  ] as const)('and Microsoft %s: the secret is not sent', async (_, discovery, expected) => {
    const authority = { ...privateAuthority, isTrusted: false }
    const { outcome, runtime } = await ask(network(discovery, configuration('login.example')), {}, { authority })
    expect(outcome).toMatchObject({ kind: 'failed', problem: expected })
    expect(runtime.http.requests.filter(({ body }) => body !== undefined)).toEqual([])
  })

  test('AD FS answers no instance discovery, so only a person can vouch for it', async () => {
    const authority = { ...privateAuthority, isTrusted: false }
    const { outcome, runtime } = await ask(
      network(known, configuration('login.example')),
      { tenantId: 'adfs' },
      { authority },
    )
    expect(outcome).toMatchObject({ problem: { code: 'authority-untrusted' } })
    expect(runtime.http.requests).toEqual([])
    const named = await ask(
      network(unknown, configuration('login.example', 'adfs')),
      { tenantId: 'adfs' },
      { authority: privateAuthority },
    )
    expect(named.outcome.kind).toBe('token')
    expect(named.runtime.http.requests[0]?.url).toBe('https://login.example/adfs/.well-known/openid-configuration')
  })

  test.each([
    [
      'names another issuer',
      configuration('evil.example'),
      {
        code: 'authority-discovery',
        facts: {
          authority: 'https://login.example',
          reason: expect.stringContaining("another issuer, 'https://evil.example/"),
        },
      },
    ],
    [
      'does not know the tenant',
      refusal(400, 'invalid_tenant', 'AADSTS90002: Tenant not found.'),
      { code: 'token-refused', facts: { codes: ['AADSTS90002'] } },
    ],
    [
      'has no metadata',
      respond(404, 'not found'),
      {
        code: 'authority-discovery',
        facts: { reason: 'login.example answered 404 without the metadata of an authority' },
      },
    ],
    ['has half of it', respond(200, { issuer: 'https://login.example' }), { code: 'authority-discovery' }],
    [
      'cannot be reached',
      networkError('refused', 'ECONNREFUSED', 'login.example'),
      { code: 'network', facts: { code: 'refused' } },
    ],
  ] as const)('and trusted, but %s', async (_, metadata, expected) => {
    const { outcome, runtime } = await ask(network(unknown, metadata), {}, { authority: privateAuthority })
    expect(outcome).toMatchObject({ kind: 'failed', problem: expected })
    expect(runtime.http.requests.filter(({ body }) => body !== undefined)).toEqual([])
  })
})

describe('secrets', () => {
  test.each([
    ['a page that echoes the request', ({ body }: HttpRequest) => respond(403, `<html>blocked: ${body}</html>`)],
    [
      'a refusal that echoes the request',
      ({ body }: HttpRequest) => refusal(400, 'invalid_request', `bad: ${body} ${canary}`),
    ],
    ['a refusal whose name is the secret', () => refusal(400, canary, canary)],
    ['a body that is no object', ({ body }: HttpRequest) => respond(200, JSON.stringify([body, canary]))],
  ])('%s: the secret is in no problem', async (_, answer) => {
    const { outcome } = await ask(answer)
    const printed = JSON.stringify(outcome)
    expect(outcome.kind).toBe('failed')
    for (const form of [canary, encodeURIComponent(canary), Buffer.from(canary).toString('base64')]) {
      expect(printed).not.toContain(form)
    }
    expect(printed).not.toContain('canary')
  })
})
