/** The token proxy of AKS: off unless asked for, its own words for every wrong setting, and a token through a strict one. */
import { describe, expect, test } from 'vitest'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import { findCredential } from '../../src/engine/registry.ts'
import type { CredentialConfig, Outcome, SdkName } from '../../src/engine/types.ts'
import { clusterCredential, defaultIds } from '../../src/sandbox/default-directory.ts'
import type { FakeFile } from '../fakes/files.ts'
import { fakeRuntime, respond } from '../fakes/runtime.ts'
import { startTokenProxy, type TestTokenProxy } from '../support/aks-token-proxy.ts'
import { makeSelfSigned } from '../support/certificates.ts'
import { configure, noLimit, type SandboxWorld, startWorld } from './world.ts'

const arm = 'https://management.azure.com/.default'
const graph = 'https://graph.microsoft.com/.default'
const pod = {
  AZURE_TENANT_ID: defaultIds.contoso,
  AZURE_CLIENT_ID: defaultIds.app,
  AZURE_FEDERATED_TOKEN_FILE: '/token',
}

const proxyName = 'AZURE_KUBERNETES_TOKEN_PROXY'
const sniName = 'AZURE_KUBERNETES_SNI_NAME'
const fileName = 'AZURE_KUBERNETES_CA_FILE'
const dataName = 'AZURE_KUBERNETES_CA_DATA'

function workload() {
  const match = findCredential('workload-identity')
  if (match.kind !== 'found') throw new Error(match.kind)
  return match.definition
}

interface Proxied extends SandboxWorld {
  readonly proxy: TestTokenProxy
  readonly env: Readonly<Record<string, string>>
  ask(config?: Partial<CredentialConfig>, env?: Readonly<Record<string, string>>): Promise<Outcome>
}

async function startProxied(lets: 'tokens' | 'all' = 'tokens'): Promise<Proxied> {
  const world = await startWorld()
  const proxy = await startTokenProxy(world.sandbox, lets)
  world.ports.files.put('/token', await world.sandbox.mintFederatedToken(clusterCredential))
  world.ports.files.put('/ca', proxy.caPem)
  const bound = { ...pod, [proxyName]: proxy.url, [sniName]: proxy.serverName, [fileName]: '/ca' }
  return {
    ...world,
    proxy,
    env: bound,
    ask: (config = {}, env = bound) => open(world, env, config).getToken({ scopes: [arm] }, noLimit()),
  }
}

function open(world: SandboxWorld, env: Readonly<Record<string, string>>, config: Partial<CredentialConfig> = {}) {
  const ports = { ...world.ports, env: { get: (name: string) => env[name], names: () => Object.keys(env) } }
  return workload().create(configure({ authority: world.authority, enableAzureProxy: true, ...config }), ports)
}

describe('through a strict proxy', () => {
  const forToken = expect.stringMatching(
    `^POST /cluster/a/${defaultIds.contoso}/oauth2/v2\\.0/token\\?client-request-id=[\\w-]+$`,
  )
  const forMetadata = `GET /cluster/a/${defaultIds.contoso}/v2.0/.well-known/openid-configuration`

  test('python: a token; nothing but the request for it', async () => {
    const { ask, proxy } = await startProxied()
    expect(await ask()).toMatchObject({ kind: 'token' })
    expect(proxy.requests).toEqual([forToken])
    expect(proxy.serverNames).toEqual([proxy.serverName])
  })

  // The authority of the sandbox is one that none of them knows by itself.
  describe.each([
    ['js', 1, 'authority-discovery'],
    // It looks at the metadata of the tenant before anything else.
    ['go', 2, 'token-answer-unreadable'],
    ['dotnet', 1, 'authority-discovery'],
    ['java', 1, 'authority-discovery'],
  ] as const)('%s: all that it asks', (sdk, looks, code) => {
    test('a token, where the proxy lets the metadata of the authority through', async () => {
      const { ask, proxy, sandbox } = await startProxied('all')
      expect(await ask({ sdk })).toMatchObject({ kind: 'token' })
      expect(proxy.requests).toEqual([...Array.from({ length: looks }, () => forMetadata), forToken])
      expect(new Set(proxy.serverNames)).toEqual(new Set([proxy.serverName]))
      expect(sandbox.requests).toHaveLength(proxy.requests.length)
    })

    test('none, where it does not', async () => {
      const { ask, proxy } = await startProxied()
      expect(await ask({ sdk })).toMatchObject({ kind: 'failed', problem: { code } })
      expect(proxy.requests).toEqual([forMetadata])
    })
  })

  test('the authority’s certificates as text', async () => {
    const { ask, proxy, env } = await startProxied()
    const { [fileName]: _, ...others } = env
    expect(await ask({}, { ...others, [dataName]: proxy.caPem })).toMatchObject({ kind: 'token' })
  })

  test('off unless asked for, and in the default chain even then', async () => {
    const { ask, proxy } = await startProxied()
    expect(await ask({ enableAzureProxy: false })).toMatchObject({ kind: 'token' })
    expect(await ask({ role: 'chained' })).toMatchObject({ kind: 'token' })
    expect(proxy.requests).toEqual([])
  })

  test('without the variable the authority is asked itself', async () => {
    const { ask, proxy } = await startProxied()
    expect(await ask({}, pod)).toMatchObject({ kind: 'token' })
    expect(proxy.requests).toEqual([])
  })

  test('only the given authorities count: not the ones that are trusted otherwise', async () => {
    const { ask, proxy, ports, sandbox } = await startProxied()
    ports.files.put('/ca', sandbox.caPem)
    expect(await ask()).toMatchObject({ kind: 'failed', problem: { code: 'network', facts: { code: 'tls' } } })
    expect(proxy.requests).toEqual([])
  })

  test('no anchors are given: the ones of the machine, which do not know it', async () => {
    const { ask, env } = await startProxied()
    const { [fileName]: _, ...others } = env
    expect(await ask({}, others)).toMatchObject({
      kind: 'failed',
      problem: { code: 'network', facts: { code: 'tls' } },
    })
  })

  test.each([
    ['none', {}],
    ['another', { [sniName]: 'other.aks.example' }],
  ])('a server name, %s, is refused by the proxy', async (_, change) => {
    const { ask, env, proxy } = await startProxied()
    const { [sniName]: __, ...others } = env
    expect(await ask({}, { ...others, ...change })).toMatchObject({ kind: 'failed', problem: { code: 'network' } })
    expect(proxy.requests).toEqual([])
  })

  test('a refusal comes through as it is', async () => {
    const { ask, ports, sandbox } = await startProxied()
    ports.files.put('/token', await sandbox.mintFederatedToken({ ...clusterCredential, subject: 'another' }))
    expect(await ask()).toMatchObject({ problem: { code: 'token-refused', facts: { codes: ['AADSTS700213'] } } })
  })

  test('the authority is exchanged while the credential lives: an empty file keeps the one before', async () => {
    const world = await startProxied()
    const credential = open(world, world.env)
    const ask = (scope: string): Promise<Outcome> => credential.getToken({ scopes: [scope] }, noLimit())
    expect(await ask(arm)).toMatchObject({ kind: 'token' })
    world.ports.files.put('/ca', '')
    expect(await ask(graph)).toMatchObject({ kind: 'token' })
    world.ports.files.put('/ca', await world.proxy.exchangeCertificate())
    expect(await ask('https://vault.azure.net/.default')).toMatchObject({ kind: 'token' })
    expect(world.proxy.requests).toHaveLength(3)
  })

  test.each([
    ['python', 'token'],
    ['js', 'failed'],
    ['go', 'failed'],
  ] as const)('a file that is gone later: to %s %s', async (sdk, kind) => {
    const world = await startProxied('all')
    const credential = open(world, world.env, { sdk })
    await credential.getToken({ scopes: [arm] }, noLimit())
    await world.ports.files.remove('/ca')
    const outcome = await credential.getToken({ scopes: [graph] }, noLimit())
    expect(outcome.kind).toBe(kind)
    if (outcome.kind !== 'token') {
      expect(outcome.problem).toMatchObject({ code: 'token-proxy-unusable', facts: { reason: 'ca-unreadable' } })
    }
  })
})

const { certificate } = makeSelfSigned('a cluster')
const files: Readonly<Record<string, string | FakeFile>> = {
  '/token': 'unread',
  '/ca': certificate,
  '/empty': '',
  '/rubbish': 'no certificate\n',
  '/broken': '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  '/folder': { kind: 'folder', mode: 0o755 },
  '/closed': { content: certificate, mode: 0, userId: 0 } as FakeFile,
}

type Words = Readonly<Partial<Record<SdkName, string>>>
const notSet =
  'AZURE_KUBERNETES_TOKEN_PROXY is not set but other custom endpoint-related environment variables are present'
const js = (text: string): string => `WorkloadIdentityCredential: is unavailable. ${text}`

/** Python's were recorded from azure-identity 1.27.0; those of JavaScript and Go are in their sources. */
const wrong: readonly (readonly [string, Readonly<Record<string, string>>, Words])[] = [
  ...[sniName, fileName, dataName].map(
    (name) =>
      [`${name} alone`, { [name]: 'x' }, { python: `${notSet}.`, js: js(notSet), go: notSet, java: notSet }] as const,
  ),
  [
    'two kinds of anchors',
    { [proxyName]: 'https://proxy.example', [fileName]: '/ca', [dataName]: certificate },
    {
      python: 'Both AZURE_KUBERNETES_CA_FILE and AZURE_KUBERNETES_CA_DATA are set. Only one should be set.',
      js: js('AZURE_KUBERNETES_CA_FILE and AZURE_KUBERNETES_CA_DATA are mutually exclusive. Specify only one.'),
      go: 'only one of AZURE_KUBERNETES_CA_FILE and AZURE_KUBERNETES_CA_DATA can be specified',
      java: 'Only one of AZURE_KUBERNETES_CA_FILE or AZURE_KUBERNETES_CA_DATA can be set.',
    },
  ],
  [
    'no URL',
    { [proxyName]: 'x y' },
    {
      python: "Endpoint URL (x y) must use the 'https' scheme. Got '' instead.",
      js: js('Failed to parse custom token proxy URL "x y": TypeError: Invalid URL'),
      go: 'custom token endpoint must use https scheme, got ""',
      dotnet: "AZURE_KUBERNETES_TOKEN_PROXY value 'x y' is not a valid URL.",
    },
  ],
  [
    'half a host',
    { [proxyName]: 'https://[x' },
    {
      python: 'Invalid IPv6 URL',
      js: js('Failed to parse custom token proxy URL "https://[x": TypeError: Invalid URL'),
      go: `failed to parse custom token proxy URL "https://[x": parse "https://[x": missing ']' in host`,
    },
  ],
  [
    'plain http',
    { [proxyName]: 'http://proxy.example' },
    {
      python: "Endpoint URL (http://proxy.example) must use the 'https' scheme. Got 'http' instead.",
      js: js('Custom token endpoint must use https scheme, got "http:"'),
      go: 'custom token endpoint must use https scheme, got "http"',
      dotnet: 'AZURE_KUBERNETES_TOKEN_PROXY must use HTTPS scheme. Got: http',
    },
  ],
  [
    'a user, whose password is shown to nobody',
    { [proxyName]: 'https://me:canary@proxy.example/' },
    {
      python: 'Endpoint URL (https://***@proxy.example/) must not contain username or password.',
      js: js('Custom token endpoint URL "https://***@proxy.example/" must not contain user info'),
      go: 'custom token endpoint URL "https://***@proxy.example/" must not contain user info',
    },
  ],
  [
    'a query',
    { [proxyName]: 'https://proxy.example?q=1' },
    {
      python: 'Endpoint URL (https://proxy.example?q=1) must not contain query parameters.',
      js: js('Custom token endpoint URL "https://proxy.example/?q=1" must not contain a query'),
      go: 'custom token endpoint URL "https://proxy.example?q=1" must not contain a query',
    },
  ],
  [
    'a query and a fragment',
    { [proxyName]: 'https://proxy.example/?q#f' },
    {
      python: 'Endpoint URL (https://proxy.example/?q#f) must not contain a fragment.',
      js: js('Custom token endpoint URL "https://proxy.example/?q#f" must not contain a query'),
    },
  ],
  [
    'a fragment',
    { [proxyName]: 'https://proxy.example/#f' },
    {
      python: 'Endpoint URL (https://proxy.example/#f) must not contain a fragment.',
      js: js('Custom token endpoint URL "https://proxy.example/#f" must not contain a fragment'),
      go: 'custom token endpoint URL "https://proxy.example/#f" must not contain a fragment',
    },
  ],
  [
    'two things wrong: the first that is looked at',
    { [proxyName]: 'http://proxy.example', [fileName]: '/ca', [dataName]: certificate },
    {
      python: 'Both AZURE_KUBERNETES_CA_FILE and AZURE_KUBERNETES_CA_DATA are set. Only one should be set.',
      js: js('Custom token endpoint must use https scheme, got "http:"'),
      go: 'custom token endpoint must use https scheme, got "http"',
    },
  ],
  [
    'a file that is not there',
    { [proxyName]: 'https://proxy.example', [fileName]: '/nope' },
    {
      python: "Failed to read CA file (/nope): [Errno 2] No such file or directory: '/nope'",
      js: js("Failed to read CA certificate file: /nope. Error: ENOENT: no such file or directory, open '/nope'"),
      go: 'read CA file "/nope": open /nope: no such file or directory',
      dotnet: "AZURE_KUBERNETES_CA_FILE path '/nope' does not exist.",
    },
  ],
  [
    'a folder',
    { [proxyName]: 'https://proxy.example', [fileName]: '/folder' },
    {
      python: "Failed to read CA file (/folder): [Errno 21] Is a directory: '/folder'",
      js: js('Failed to read CA certificate file: /folder. Error: EISDIR: illegal operation on a directory, read'),
      go: 'read CA file "/folder": read /folder: is a directory',
    },
  ],
  [
    'a file that may not be read',
    { [proxyName]: 'https://proxy.example', [fileName]: '/closed' },
    { python: "Failed to read CA file (/closed): [Errno 13] Permission denied: '/closed'" },
  ],
  [
    'an empty file',
    { [proxyName]: 'https://proxy.example', [fileName]: '/empty' },
    {
      python: 'CA file (/empty) is empty. Cannot establish secure connection.',
      js: js('CA certificate file is empty: /empty'),
      go: 'CA file "/empty" is empty',
    },
  ],
  ...['/rubbish', '/broken'].map(
    (file) =>
      [
        `a file without a certificate, ${file}`,
        { [proxyName]: 'https://proxy.example', [fileName]: file },
        {
          python: 'no start line: cadata does not contain a certificate (_ssl.c:4020)',
          js: js('Invalid CA certificate data: no valid PEM certificates found'),
          go: `parse CA file "${file}": no valid certificates found`,
        },
      ] as const,
  ),
  [
    'text without a certificate',
    { [proxyName]: 'https://proxy.example', [dataName]: 'rubbish' },
    {
      js: js('Invalid CA certificate data: no valid PEM certificates found'),
      go: 'parse CA data: no valid certificates found',
    },
  ],
]

describe('settings that are not to be used: unavailable, in the words of the SDK, and nothing is sent', () => {
  test.each(wrong)('%s', async (_, env, words) => {
    for (const sdk of ['python', 'js', 'go', 'dotnet', 'java'] as const) {
      const runtime = fakeRuntime({ env: { ...pod, ...env }, files, http: () => respond(200, {}) })
      const credential = workload().create(configure({ sdk, enableAzureProxy: true }), runtime)
      const outcome = await credential.getToken({ scopes: [arm] }, noLimit())
      if (outcome.kind !== 'unavailable') throw new Error(outcome.kind)
      expect(outcome.problem.code).toBe('token-proxy-unusable')
      const text = wordProblem(findProfile(sdk), 'WorkloadIdentityCredential', outcome.problem)
      expect(text, sdk).not.toBe('')
      expect(text, sdk).not.toMatch(/undefined|\[object|canary/)
      if (words[sdk] !== undefined) expect(text, sdk).toBe(words[sdk])
      expect(runtime.http.requests).toEqual([])
    }
  })
})

describe('what names a cache entry', () => {
  const ports = fakeRuntime({ env: { [fileName]: '/ca' } })

  test('the opt-in, its variables and its file', () => {
    const on = workload().inputs(configure({ enableAzureProxy: true }), ports)
    expect(on.variables).toEqual(expect.arrayContaining([proxyName, sniName, fileName, dataName]))
    expect(on.files).toEqual(['/ca'])
    const off = workload().inputs(configure(), ports)
    expect(off.variables).not.toContain(proxyName)
    expect(off.files).toEqual([])
    expect(on.values).not.toEqual(off.values)
  })
})
