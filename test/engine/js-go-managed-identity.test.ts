/** How JavaScript and Go ask for a managed identity where they part from Python: which host, what is sent, how often. */
import { describe, expect, test } from 'vitest'
import { runChain } from '../../src/engine/chain.ts'
import { managedIdentity } from '../../src/engine/credentials/managed-identity.ts'
import { detectHost } from '../../src/engine/managed-identity/detect.ts'
import { managedIdentityProfile } from '../../src/engine/managed-identity/profile.ts'
import type { CredentialConfig } from '../../src/engine/types.ts'
import type { HttpRequest, HttpResult } from '../../src/runtime.ts'
import { type FakeRuntime, fakeRuntime, networkError, respond } from '../fakes/runtime.ts'
import { configure, noLimit } from './world.ts'

const token = respond(200, { access_token: 'made-for-tests', expires_on: '1795300000', token_type: 'Bearer' })
const imds = 'http://169.254.169.254/metadata/identity/oauth2/token'
const scope = 'https://vault.azure.net/.default'

interface Asked {
  readonly runtime: FakeRuntime
  readonly outcome: string
  readonly urls: readonly string[]
}

async function ask(
  sdk: 'js' | 'go',
  env: Readonly<Record<string, string>>,
  http: (request: HttpRequest, count: number) => HttpResult,
  changes: Partial<CredentialConfig> = {},
): Promise<Asked> {
  let count = 0
  const runtime = fakeRuntime({ env, http: (request) => http(request, ++count) })
  const config = configure({ sdk, role: 'chained', ...changes })
  const result = await runChain(
    [{ name: managedIdentity.name, create: (ports) => managedIdentity.create(config, ports) }],
    { scopes: [scope] },
    runtime,
    noLimit(),
  )
  return { runtime, outcome: result.outcome, urls: runtime.http.requests.map(({ url }) => url) }
}

describe('which host', () => {
  const exchange = { AZURE_CLIENT_ID: 'app', AZURE_TENANT_ID: 'tenant', AZURE_FEDERATED_TOKEN_FILE: '/token' }
  const appService = { IDENTITY_ENDPOINT: 'http://127.0.0.1:1/', IDENTITY_HEADER: 'x' }
  const ml = { MSI_ENDPOINT: 'http://127.0.0.1:1/', MSI_SECRET: 'x' }

  test.each([
    ['js', exchange, 'token-exchange'],
    ['go', exchange, 'imds'],
    // Before all hosts, and only with a client id.
    ['js', { ...appService, ...exchange }, 'token-exchange'],
    ['js', { ...exchange, AZURE_CLIENT_ID: '' }, 'imds'],
    ['js', { ...appService, IDENTITY_SERVER_THUMBPRINT: 'x' }, 'service-fabric'],
    ['go', { ...appService, IDENTITY_SERVER_THUMBPRINT: 'x' }, 'service-fabric'],
    ['js', { ...appService, ...ml }, 'app-service'],
    ['go', { ...appService, ...ml }, 'app-service'],
    ['js', ml, 'azure-ml'],
    ['go', { MSI_ENDPOINT: ml.MSI_ENDPOINT }, 'cloud-shell'],
    ['js', { IDENTITY_ENDPOINT: 'x', IMDS_ENDPOINT: 'y' }, 'azure-arc'],
    ['go', { IDENTITY_ENDPOINT: 'x', IMDS_ENDPOINT: 'y' }, 'azure-arc'],
    // An endpoint without its partner is passed over; Python gives up there.
    ['js', { IDENTITY_ENDPOINT: 'x' }, 'imds'],
    ['go', { IDENTITY_ENDPOINT: 'x' }, 'imds'],
  ] as const)('%s, %j: %s', (sdk, env, host) => {
    expect(detectHost(managedIdentityProfile(sdk), new Map(Object.entries(env))).host).toBe(host)
  })

  test('a client id by option is enough for JavaScript’s token exchange', () => {
    const variables = new Map(Object.entries({ ...exchange, AZURE_CLIENT_ID: '' }))
    expect(detectHost(managedIdentityProfile('js'), variables, true).host).toBe('token-exchange')
  })
})

describe('what is sent', () => {
  test.each(['js', 'go'] as const)('%s probes the path alone, then asks', async (sdk) => {
    const { urls, outcome } = await ask(sdk, {}, (_, count) => (count === 1 ? respond(400, {}) : token))
    expect(outcome).toBe('succeeded')
    expect(urls).toEqual([imds, `${imds}?api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net`])
  })

  test('Azure ML without an id: JavaScript sends what the variable names, Go sends it also when it is empty', async () => {
    const ml = { MSI_ENDPOINT: 'http://127.0.0.1:46808/MSI/auth', MSI_SECRET: 'x' }
    const named = { ...ml, DEFAULT_IDENTITY_CLIENT_ID: 'the-default' }
    const lastUrl = async (sdk: 'js' | 'go', env: Readonly<Record<string, string>>) =>
      new URL((await ask(sdk, env, () => token)).urls.at(-1) ?? '').searchParams.get('clientid')
    expect(await lastUrl('js', ml)).toBeNull()
    expect(await lastUrl('js', named)).toBe('the-default')
    expect(await lastUrl('go', ml)).toBe('')
    expect(await lastUrl('go', named)).toBe('the-default')
    expect(await lastUrl('go', { ...named, AZURE_CLIENT_ID: 'mine' })).toBe('mine')
  })

  test('JavaScript does not pin Service Fabric’s certificate, Go does', async () => {
    const fabric = {
      IDENTITY_ENDPOINT: 'https://127.0.0.1:2377/token',
      IDENTITY_HEADER: 'x',
      IDENTITY_SERVER_THUMBPRINT: '00112233445566778899aabbccddeeff00112233',
    }
    const pin = async (sdk: 'js' | 'go') => (await ask(sdk, fabric, () => token)).runtime.http.requests[0]?.pinnedSha1
    expect(await pin('js')).toBeUndefined()
    expect(await pin('go')).toBe(fabric.IDENTITY_SERVER_THUMBPRINT)
  })

  test('Go does not know AZURE_POD_IDENTITY_AUTHORITY_HOST; an address of this machine is asked all the same', async () => {
    const closed = () => networkError('refused', 'connect ECONNREFUSED 127.0.0.1:9', '127.0.0.1:9')
    const first = async (sdk: 'js' | 'go', host: string) =>
      new URL((await ask(sdk, { AZURE_POD_IDENTITY_AUTHORITY_HOST: host }, closed)).urls[0] ?? '').host
    expect(await first('go', 'http://10.0.0.1:8080')).toBe('169.254.169.254')
    expect(await first('go', 'http://127.0.0.1:9')).toBe('127.0.0.1:9')
    expect(await first('js', 'http://10.0.0.1:8080')).toBe('10.0.0.1:8080')
  })
})

describe('how often, and after how long', () => {
  test.each([
    // 0.8 + 1.6 + 3.2 + 6.4 + 12.8 s
    ['js', 503, 6, 24_800],
    // 3 + 6 + 12 + 24 + 48 s
    ['js', 410, 6, 93_000],
    // 2 + 6 + 14 + 25 + 25 + 25 s
    ['go', 503, 7, 97_000],
    ['go', 410, 7, 97_000],
    ['js', 400, 1, 0],
    ['go', 400, 1, 0],
  ] as const)('%s after %i: %i requests in %i ms', async (sdk, status, requests, waitedMs) => {
    const config = { isOnlyCredential: true }
    const { runtime } = await ask(sdk, {}, () => respond(status, { error: 'x' }), config)
    expect(runtime.http.requests).toHaveLength(requests)
    expect(runtime.clock.now() - Date.UTC(2026, 10, 21)).toBe(waitedMs)
  })

  test('an empty AZURE_CLIENT_ID is none to JavaScript, and one that cannot be asked for to Go', async () => {
    expect((await ask('js', { AZURE_CLIENT_ID: '' }, () => token)).outcome).toBe('succeeded')
    const go = await ask('go', { AZURE_CLIENT_ID: '' }, () => token)
    expect(go).toMatchObject({ outcome: 'failed', urls: [] })
  })
})
