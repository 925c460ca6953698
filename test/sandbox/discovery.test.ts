/** The documents by which clients find the sandbox, and MSAL reading them. */
import { ConfidentialClientApplication } from '@azure/msal-node'
import { expect, test } from 'vitest'
import { startTestSandbox } from '../support/sandbox.ts'
import { decodeToken, networkFor, send } from './client.ts'

const authorize = (origin: string, tenant: string): string => `${origin}/${tenant}/oauth2/v2.0/authorize`

function instanceUrl(origin: string, endpoint: string, version = '1.1'): string {
  const query = new URLSearchParams({ 'api-version': version, authorization_endpoint: endpoint })
  return `${origin}/common/discovery/instance?${query}`
}

test('the OpenID configuration of a tenant names its endpoints, by id and by domain alike', async () => {
  const sandbox = await startTestSandbox()
  const { origin, tenantId } = sandbox
  for (const tenant of [tenantId, 'contoso.onmicrosoft.com', 'CONTOSO.com']) {
    const reply = await send(sandbox, `${origin}/${tenant}/v2.0/.well-known/openid-configuration`)
    expect(reply.status).toBe(200)
    expect(reply.headers['cache-control']).toBe('max-age=86400, private')
    expect(JSON.parse(reply.body)).toMatchObject({
      issuer: `${origin}/${tenantId}/v2.0`,
      token_endpoint: `${origin}/${tenantId}/oauth2/v2.0/token`,
      authorization_endpoint: `${origin}/${tenantId}/oauth2/v2.0/authorize`,
      device_authorization_endpoint: `${origin}/${tenantId}/oauth2/v2.0/devicecode`,
      jwks_uri: `${origin}/${tenantId}/discovery/v2.0/keys`,
      tenant_region_scope: 'EU',
    })
  }
})

test('the v1 configuration has the v1 issuer and endpoints', async () => {
  const sandbox = await startTestSandbox()
  const { origin, tenantId } = sandbox
  const reply = await send(sandbox, `${origin}/${tenantId}/.well-known/openid-configuration`)
  expect(JSON.parse(reply.body)).toMatchObject({
    issuer: `${origin}/${tenantId}/`,
    token_endpoint: `${origin}/${tenantId}/oauth2/token`,
    jwks_uri: `${origin}/common/discovery/keys`,
  })
})

test.for(['common', 'organizations', 'consumers'])(
  'the configuration of %s has an issuer with a placeholder',
  async (word) => {
    const sandbox = await startTestSandbox()
    const { origin } = sandbox
    const reply = await send(sandbox, `${origin}/${word}/v2.0/.well-known/openid-configuration`)
    expect(JSON.parse(reply.body)).toMatchObject({
      issuer: `${origin}/{tenantid}/v2.0`,
      token_endpoint: `${origin}/${word}/oauth2/v2.0/token`,
      tenant_region_scope: null,
    })
  },
)

test('keys are named by the thumbprint of their certificate; the v2 document says whose they are', async () => {
  const sandbox = await startTestSandbox()
  const { origin, tenantId } = sandbox
  const v2 = JSON.parse((await send(sandbox, `${origin}/${tenantId}/discovery/v2.0/keys`)).body)
  const v1 = JSON.parse((await send(sandbox, `${origin}/common/discovery/keys`)).body)
  const [key] = v2.keys
  expect(key).toMatchObject({ kty: 'RSA', use: 'sig', e: 'AQAB', issuer: `${origin}/${tenantId}/v2.0` })
  expect(key.kid).toBe(key.x5t)
  expect(v1.keys[0].kid).toBe(key.kid)
  expect(v1.keys[0].issuer).toBeUndefined()
})

interface Row {
  readonly refusal: string
  readonly code: number
  readonly path: (origin: string, tenantId: string) => string
  readonly method?: string
}

const rows: readonly Row[] = [
  {
    refusal: 'discovery-tenant-unknown',
    code: 90002,
    path: (origin) => `${origin}/12345678-1234-4234-8234-123456789012/v2.0/.well-known/openid-configuration`,
  },
  { refusal: 'discovery-tenant-unknown', code: 90002, path: (origin) => `${origin}/nobody.com/discovery/v2.0/keys` },
  {
    refusal: 'tenant-malformed',
    code: 900023,
    path: (origin) => `${origin}/undefined/v2.0/.well-known/openid-configuration`,
  },
  {
    refusal: 'wrong-method',
    code: 900561,
    method: 'POST',
    path: (origin, id) => `${origin}/${id}/v2.0/.well-known/openid-configuration`,
  },
  {
    refusal: 'wrong-method',
    code: 900561,
    method: 'POST',
    path: (origin) => instanceUrl(origin, authorize(origin, 'common')),
  },
  {
    refusal: 'instance-unknown',
    code: 50049,
    path: (origin) => instanceUrl(origin, authorize('https://login.evil.example', 'common')),
  },
  {
    refusal: 'instance-unknown',
    code: 50049,
    path: (origin) => instanceUrl(origin, authorize('https://localhost', 'common')),
  },
  {
    refusal: 'instance-request-malformed',
    code: 50050,
    path: (origin) => `${origin}/common/discovery/instance?api-version=1.1`,
  },
  {
    refusal: 'instance-request-malformed',
    code: 50050,
    path: (origin) => instanceUrl(origin, authorize(origin, 'common'), '2.0'),
  },
  { refusal: 'instance-request-malformed', code: 50050, path: (origin) => instanceUrl(origin, origin) },
  {
    refusal: 'instance-request-malformed',
    code: 50050,
    path: (origin) => instanceUrl(origin, authorize(origin.replace('https', 'http'), 'common')),
  },
  {
    refusal: 'instance-request-malformed',
    code: 50050,
    path: (origin) => `${instanceUrl(origin, authorize(origin, 'common'))}&api-version=1.1`,
  },
]

test.for(rows.map((row, index) => [`${row.refusal} ${index + 1}`, row] as const))('refused: %s', async ([, row]) => {
  const sandbox = await startTestSandbox()
  const reply = await send(sandbox, row.path(sandbox.origin, sandbox.tenantId), { method: row.method ?? 'GET' })
  expect(reply.status).toBe(400)
  expect(JSON.parse(reply.body)['error_codes']).toEqual([row.code])
})

test('an unknown tenant is an invalid_tenant to discovery and an invalid instance an invalid_instance', async () => {
  const sandbox = await startTestSandbox()
  const tenant = await send(sandbox, `${sandbox.origin}/nobody.com/v2.0/.well-known/openid-configuration`)
  expect(JSON.parse(tenant.body)['error']).toBe('invalid_tenant')
  const instance = await send(sandbox, instanceUrl(sandbox.origin, authorize('https://a.example', 'common')))
  expect(JSON.parse(instance.body)).toMatchObject({
    error: 'invalid_instance',
    error_description: expect.stringContaining('AADSTS50049: Unknown or invalid instance.'),
  })
})

test('instance discovery knows its own names as one instance', async () => {
  const sandbox = await startTestSandbox()
  const { origin, port, tenantId } = sandbox
  const reply = await send(sandbox, instanceUrl(origin, authorize(`https://127.0.0.1:${port}`, tenantId)))
  expect(JSON.parse(reply.body)).toEqual({
    tenant_discovery_endpoint: `https://127.0.0.1:${port}/${tenantId}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [
      {
        preferred_network: `localhost:${port}`,
        preferred_cache: `localhost:${port}`,
        aliases: [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`],
      },
    ],
  })
  const old = await send(sandbox, instanceUrl(origin, `${origin}/common/oauth2/authorize`, '1.0'))
  expect(JSON.parse(old.body)).toEqual({
    tenant_discovery_endpoint: `${origin}/common/.well-known/openid-configuration`,
  })
})

test('documents name the host that the client asked', async () => {
  const sandbox = await startTestSandbox({ names: ['entra.example'] })
  expect(sandbox.origin).toBe(`https://entra.example:${sandbox.port}`)
  for (const origin of [sandbox.origin, `https://localhost:${sandbox.port}`]) {
    const reply = await send(sandbox, `${origin}/${sandbox.tenantId}/v2.0/.well-known/openid-configuration`)
    expect(JSON.parse(reply.body).issuer).toBe(`${origin}/${sandbox.tenantId}/v2.0`)
  }
})

test('msal finds the sandbox by instance discovery and keeps to what it says', async () => {
  const sandbox = await startTestSandbox({ names: ['login.microsoftonline.com'] })
  const network = networkFor(sandbox)
  const asked: string[] = []
  const { origin, port, tenantId, defaultApp } = sandbox
  // MSAL asks the public cloud which instances there are; the sandbox answers in its place.
  const here = (url: string): string => {
    asked.push(new URL(url).pathname)
    return url.replace('https://login.microsoftonline.com/', `https://login.microsoftonline.com:${port}/`)
  }
  const app = new ConfidentialClientApplication({
    auth: {
      clientId: defaultApp.clientId,
      clientSecret: defaultApp.secret,
      authority: `https://localhost:${port}/${tenantId}`,
    },
    system: {
      networkClient: {
        sendGetRequestAsync: (url, options) => network.sendGetRequestAsync(here(url), options),
        sendPostRequestAsync: (url, options) => network.sendPostRequestAsync(here(url), options),
      },
    },
  })
  const result = await app.acquireTokenByClientCredential({ scopes: ['https://vault.azure.net/.default'] })
  expect(decodeToken(result?.accessToken ?? '').claims['tid']).toBe(tenantId)
  expect(asked).toEqual([
    '/common/discovery/instance',
    `/${tenantId}/v2.0/.well-known/openid-configuration`,
    `/${tenantId}/oauth2/v2.0/token`,
  ])
  expect(origin).toContain('login.microsoftonline.com')
})

test('msal does not trust an authority that instance discovery does not know', async () => {
  const sandbox = await startTestSandbox({ names: ['login.microsoftonline.com'] })
  const network = networkFor(sandbox)
  const here = (url: string): string =>
    url.replace('https://login.microsoftonline.com/', `https://login.microsoftonline.com:${sandbox.port}/`)
  const app = new ConfidentialClientApplication({
    auth: {
      clientId: sandbox.defaultApp.clientId,
      clientSecret: 'x',
      authority: `https://login.evil.example/${sandbox.tenantId}`,
    },
    system: {
      networkClient: {
        sendGetRequestAsync: (url, options) => network.sendGetRequestAsync(here(url), options),
        sendPostRequestAsync: (url, options) => network.sendPostRequestAsync(here(url), options),
      },
    },
  })
  const asked = app.acquireTokenByClientCredential({ scopes: ['https://vault.azure.net/.default'] })
  await expect(asked).rejects.toMatchObject({ errorCode: 'endpoints_resolution_error' })
  expect(sandbox.requests.map((request) => request.refusal)).toEqual(['AADSTS50049'])
})
