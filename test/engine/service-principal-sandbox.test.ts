/** The credentials of a service principal against the sandbox: real TLS, real MSAL, a service that checks what it gets. */
import forge from 'node-forge'
import { describe, expect, test } from 'vitest'
import { runChain, TimeLimit } from '../../src/engine/chain.ts'
import { selectDefaultChain } from '../../src/engine/default-chain.ts'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import { findCredential } from '../../src/engine/registry.ts'
import type { CredentialConfig, Outcome, TokenRequest } from '../../src/engine/types.ts'
import { decodeToken } from '../../src/jwt/decode.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { Secret } from '../../src/secret.ts'
import { configure, noLimit, type SandboxWorld, startWorld } from './world.ts'

const arm = 'https://management.azure.com/.default'
const otherTenant = 'bbbbcccc-1111-dddd-2222-eeee3333ffff'

async function ask(
  name: string,
  world: SandboxWorld,
  changes: Partial<CredentialConfig> = {},
  request: Partial<TokenRequest> = {},
  signal = noLimit(),
): Promise<Outcome> {
  const match = findCredential(name)
  if (match.kind !== 'found') throw new Error(match.kind)
  const config = configure({ authority: world.authority, ...changes })
  return match.definition.create(config, world.ports).getToken({ scopes: [arm], ...request }, signal)
}

function claimsOf(outcome: Outcome): Readonly<Record<string, unknown>> {
  if (outcome.kind !== 'token') throw new Error(JSON.stringify(outcome.problem))
  const decoded = decodeToken(outcome.token.token.reveal())
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error))
  return decoded.value.claims
}

function withSecret(sandbox: Sandbox): Partial<CredentialConfig> {
  const { clientId, secret } = sandbox.defaultApp
  return { tenantId: sandbox.tenantId, clientId, clientSecret: new Secret(secret) }
}

interface Made {
  readonly clientId: string
  readonly certificatePem: string
  readonly keyPem: string
}

async function madeCertificate(sandbox: Sandbox): Promise<Made> {
  const app = sandbox.directory.apps.find(({ certificates }) => certificates.some(({ kind }) => kind === 'made'))
  if (app === undefined) throw new Error('no app has a certificate')
  const { privateKey, certificatePem } = await sandbox.state.madeCertificate(app)
  return {
    clientId: app.clientId,
    certificatePem,
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

function toPkcs12({ certificatePem, keyPem }: Made, password: string, algorithm: 'aes256' | '3des'): Buffer {
  const certificate = forge.pki.certificateFromPem(certificatePem)
  const store = forge.pkcs12.toPkcs12Asn1(forge.pki.privateKeyFromPem(keyPem), [certificate], password, { algorithm })
  return Buffer.from(forge.asn1.toDer(store).getBytes(), 'latin1')
}

describe('by secret', () => {
  test('a token of the app, for the resource, from the tenant', async () => {
    const world = await startWorld()
    const outcome = await ask('client-secret', world, withSecret(world.sandbox))
    expect(claimsOf(outcome)).toMatchObject({ tid: world.sandbox.tenantId, appid: world.sandbox.defaultApp.clientId })
    expect(world.sandbox.requests.at(-1)).toMatchObject({ proof: 'secret', status: 200 })
  })

  test('the double slash reaches the audience', async () => {
    const world = await startWorld()
    const scopes = ['https://management.core.windows.net//.default']
    const outcome = await ask('client-secret', world, withSecret(world.sandbox), { scopes })
    expect(claimsOf(outcome)['aud']).toBe('https://management.core.windows.net/')
  })

  test('from variables, as a link of the chain of the SDK', async () => {
    const { sandbox } = await startWorld()
    const world = await startWorld()
    const env = await world.sandbox.environment()
    const config = configure({ role: 'chained', authority: world.authority })
    const chain = selectDefaultChain(findProfile('python'), config, {
      exclude: [],
      include: [],
      variable: undefined,
      isVariableRequired: false,
    })
    if (!chain.ok) throw new Error(chain.error.message)
    const ports = { ...world.ports, env: { get: (name: string) => env[name], names: () => Object.keys(env) } }
    const result = await runChain(chain.value.links, { scopes: [arm] }, ports, noLimit())
    expect(result).toMatchObject({ outcome: 'succeeded', credential: 'EnvironmentCredential' })
    expect(result.attempts[0]?.evidence).toContainEqual(
      expect.objectContaining({ kind: 'env', what: 'AZURE_CLIENT_SECRET', result: 'set' }),
    )
    expect(result.attempts.slice(1).every(({ outcome }) => outcome === 'not-attempted')).toBe(true)
    expect(sandbox.requests).toEqual([])
  })

  test.each([
    ['wrong-secret', 'AADSTS7000215', 'invalid_client', 401],
    ['expired-secret', 'AADSTS7000222', 'invalid_client', 401],
    ['unknown-app', 'AADSTS700016', 'unauthorized_client', 400],
    ['disabled-app', 'AADSTS7000112', 'unauthorized_client', 400],
    ['unknown-tenant', 'AADSTS90002', 'invalid_tenant', 400],
  ])('%s is refused with %s', async (persona, code, error, status) => {
    const world = await startWorld()
    const env = await world.sandbox.environment(persona)
    const outcome = await ask('client-secret', world, {
      tenantId: env['AZURE_TENANT_ID'] ?? '',
      clientId: env['AZURE_CLIENT_ID'] ?? '',
      clientSecret: new Secret(env['AZURE_CLIENT_SECRET'] ?? ''),
    })
    expect(outcome).toMatchObject({
      kind: 'failed',
      problem: { code: 'token-refused', facts: { codes: [code], error, status } },
    })
  })

  test('an unknown resource and a delegated scope are refused by the service', async () => {
    const world = await startWorld()
    const refusals = await Promise.all(
      ['https://nothing.example/.default', 'User.Read'].map((scope) =>
        ask('client-secret', world, withSecret(world.sandbox), { scopes: [scope] }),
      ),
    )
    expect(refusals).toMatchObject([
      { problem: { code: 'token-refused', facts: { codes: ['AADSTS500011'] } } },
      { problem: { code: 'token-refused' } },
    ])
  })
})

describe('by certificate', () => {
  test('PEM', async () => {
    const world = await startWorld()
    const made = await madeCertificate(world.sandbox)
    const content = Buffer.from(made.keyPem + made.certificatePem)
    const outcome = await ask('certificate', world, {
      tenantId: world.sandbox.tenantId,
      clientId: made.clientId,
      certificate: { path: 'client.pem', content, sendChain: false },
    })
    expect(claimsOf(outcome)).toMatchObject({ appid: made.clientId, appidacr: '2' })
    const logged = world.sandbox.requests.at(-1)
    expect(logged).toMatchObject({
      proof: 'assertion',
      assertion: { header: { alg: 'RS256' }, claims: { iss: made.clientId } },
    })
    expect(logged?.assertion?.header).not.toHaveProperty('x5c')
  })

  test('with its chain', async () => {
    const world = await startWorld()
    const made = await madeCertificate(world.sandbox)
    const content = Buffer.from(made.certificatePem + made.keyPem)
    const outcome = await ask('certificate', world, {
      tenantId: world.sandbox.tenantId,
      clientId: made.clientId,
      certificate: { path: 'client.pem', content, sendChain: true },
    })
    expect(outcome.kind).toBe('token')
    expect(world.sandbox.requests.at(-1)?.assertion?.header).toMatchObject({ x5c: 1 })
  })

  test.each(['aes256', '3des'] as const)('PKCS#12 (%s), named by a variable', async (algorithm) => {
    const maker = await startWorld()
    const made = await madeCertificate(maker.sandbox)
    const content = toPkcs12(made, 'correct-horse', algorithm)
    const env = {
      AZURE_TENANT_ID: maker.sandbox.tenantId,
      AZURE_CLIENT_ID: made.clientId,
      AZURE_CLIENT_CERTIFICATE_PATH: '/work/client.pfx',
      AZURE_CLIENT_CERTIFICATE_PASSWORD: 'correct-horse',
    }
    maker.ports.files.put('/work/client.pfx', content)
    const ports = {
      ...maker.ports,
      env: { get: (name: string) => (env as Record<string, string>)[name], names: () => Object.keys(env) },
    }
    expect(claimsOf(await ask('environment', { ...maker, ports }))).toMatchObject({ appid: made.clientId })
  })

  test('one that is not registered is refused with AADSTS700027', async () => {
    const world = await startWorld()
    const stranger = await madeCertificate((await startWorld()).sandbox)
    const outcome = await ask('certificate', world, {
      tenantId: world.sandbox.tenantId,
      clientId: stranger.clientId,
      certificate: { path: 'x', content: Buffer.from(stranger.certificatePem + stranger.keyPem), sendChain: false },
    })
    expect(outcome).toMatchObject({ problem: { code: 'token-refused', facts: { codes: ['AADSTS700027'] } } })
  })
})

describe('what a request may ask', () => {
  test('CAE gives a long token with its time to refresh', async () => {
    const world = await startWorld()
    const outcome = await ask('client-secret', world, withSecret(world.sandbox), { enableCae: true })
    expect(claimsOf(outcome)['xms_cc']).toEqual(['cp1'])
    if (outcome.kind !== 'token') throw new Error('no token')
    expect(outcome.token.refreshOn).toBeLessThan(outcome.token.expiresOn)
  })

  test('claims reach the service', async () => {
    const world = await startWorld()
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}'
    expect((await ask('client-secret', world, withSecret(world.sandbox), { claims })).kind).toBe('token')
    const sent = new URLSearchParams(world.sent.at(-1)?.body ?? '').get('claims')
    expect(JSON.parse(sent ?? '')).toMatchObject(JSON.parse(claims) as object)
  })

  test('another tenant: allowed, not allowed, and not there for the app', async () => {
    const world = await startWorld()
    const config = withSecret(world.sandbox)
    const refused = await ask('client-secret', world, config, { tenantId: otherTenant })
    expect(refused).toMatchObject({ kind: 'failed', problem: { code: 'tenant-not-allowed' } })
    expect(world.sent).toEqual([])
    const absent = await ask(
      'client-secret',
      world,
      { ...config, additionallyAllowedTenants: ['*'] },
      { tenantId: otherTenant },
    )
    expect(absent).toMatchObject({
      problem: { code: 'token-refused', facts: { codes: ['AADSTS700016'], tenantId: otherTenant } },
    })

    const partner = world.sandbox.directory.apps.find(
      ({ clientId }) => clientId === '33334444-dddd-5555-eeee-6666ffff7777',
    )
    const guest = await ask(
      'client-secret',
      world,
      {
        tenantId: otherTenant,
        clientId: partner?.clientId ?? '',
        clientSecret: new Secret(partner?.secrets[0]?.value ?? ''),
        additionallyAllowedTenants: [world.sandbox.tenantId],
      },
      { tenantId: world.sandbox.tenantId },
    )
    expect(guest).toMatchObject({ problem: { facts: { tenantId: world.sandbox.tenantId } } })
  })

  test('an authority that only a variable names is not given the secret', async () => {
    const world = await startWorld()
    const authority = { ...world.authority, isTrusted: false }
    // Instance discovery would go to Microsoft: here it is answered in its name, as it does for hosts it does not know.
    const http = {
      send: async (request: Parameters<typeof world.ports.http.send>[0], signal?: AbortSignal) =>
        request.url.startsWith('https://login.microsoftonline.com/')
          ? ({
              ok: true,
              response: { status: 400, statusText: '', headers: {}, body: '{"error":"invalid_instance"}' },
            } as const)
          : world.ports.http.send(request, signal),
    }
    const outcome = await ask(
      'client-secret',
      { ...world, authority, ports: { ...world.ports, http: { ...world.ports.http, ...http } } },
      withSecret(world.sandbox),
    )
    expect(outcome).toMatchObject({
      kind: 'failed',
      problem: { code: 'authority-untrusted', facts: { authority: world.sandbox.origin } },
    })
    expect(world.sent).toEqual([])
  })
})

describe('trouble', () => {
  test.each([
    ['429:retry-after=2,times=2,path=token', 'token', 3],
    ['503:times=1,path=token', 'token', 2],
    ['cut:times=1,path=token', 'token', 2],
    ['500:times=1,path=configuration', 'token', 1],
  ])('%s is waited out', async (fault, kind, posts) => {
    const world = await startWorld()
    world.sandbox.setFault(fault)
    const outcome = await ask('client-secret', world, withSecret(world.sandbox))
    expect(outcome.kind).toBe(kind)
    expect(world.sent.filter(({ method }) => method === 'POST')).toHaveLength(posts)
  })

  test.each([
    ['429:path=token', { code: 'token-refused', facts: { status: 429 } }, 4],
    ['503:path=token', { code: expect.stringMatching(/^token-/), facts: { status: 503 } }, 4],
    ['429:retry-after=300,path=token', { facts: { status: 429 } }, 1],
    ['html:path=token', { code: 'token-answer-unreadable' }, 1],
    ['cut:path=token', { code: 'network', facts: { code: 'protocol' } }, 4],
    ['html:path=configuration', { code: 'authority-discovery' }, 0],
  ])('%s for ever ends in its problem', async (fault, expected, posts) => {
    const world = await startWorld()
    world.sandbox.setFault(fault)
    const outcome = await ask('client-secret', world, withSecret(world.sandbox))
    expect(outcome).toMatchObject({ kind: 'failed', problem: expected })
    expect(world.sent.filter(({ method }) => method === 'POST')).toHaveLength(posts)
  })

  test('a service that does not answer: the time limit and an interrupt end it at once', async () => {
    const world = await startWorld()
    world.sandbox.setFault('hang:path=token')
    for (const [reason, code] of [
      [new TimeLimit('--timeout', 300), 'timed-out'],
      ['SIGINT', 'interrupted'],
    ] as const) {
      const abort = new AbortController()
      setTimeout(() => abort.abort(reason), 300)
      const outcome = await ask('client-secret', world, withSecret(world.sandbox), {}, abort.signal)
      expect(outcome).toMatchObject({ kind: 'failed', problem: { code } })
    }
  })

  test('a service whose certificate nobody vouches for', async () => {
    const world = await startWorld()
    const { createNodeRuntime } = await import('../../src/runtime-node/runtime-node.ts')
    const { http } = createNodeRuntime()
    const outcome = await ask(
      'client-secret',
      { ...world, ports: { ...world.ports, http: { ...world.ports.http, send: http.send } } },
      withSecret(world.sandbox),
    )
    expect(outcome).toMatchObject({
      kind: 'failed',
      problem: { code: 'network', facts: { code: 'tls', certificate: { issuer: expect.any(String) } } },
    })
  })
})

describe('canaries', () => {
  const canary = 'canary-Q8~secret/+value&='
  const forms = [
    canary,
    encodeURIComponent(canary),
    Buffer.from(canary).toString('base64'),
    Buffer.from(canary).toString('base64url'),
  ]

  test.each(['', '429:path=token', 'html:path=token', 'cut:path=token', '500', 'html:path=configuration'])(
    'neither secret, assertion nor key is in any outcome, text, event or record (fault %j)',
    async (fault) => {
      const world = await startWorld()
      if (fault !== '') world.sandbox.setFault(fault)
      const made = await madeCertificate(world.sandbox)
      const content = Buffer.from(made.certificatePem + made.keyPem)
      const shared = { tenantId: world.sandbox.tenantId, clientId: made.clientId, authority: world.authority }
      const configs: readonly (readonly [string, CredentialConfig])[] = [
        ['client-secret', configure({ ...shared, clientSecret: new Secret(canary) })],
        [
          'certificate',
          configure({
            ...shared,
            certificate: { path: 'c', content, sendChain: true, password: new Secret(canary) },
            sdk: 'js',
          }),
        ],
      ]
      const seen: unknown[] = []
      for (const [name, config] of configs) {
        const match = findCredential(name)
        if (match.kind !== 'found') throw new Error(name)
        const link = {
          name: match.definition.name,
          create: (ports: Parameters<typeof match.definition.create>[1]) => match.definition.create(config, ports),
        }
        const result = await runChain(
          [link],
          { scopes: [arm], claims: '{"access_token":{"a":null}}' },
          world.ports,
          noLimit(),
          (event) => seen.push(event),
        )
        seen.push(result)
        for (const { problem, credential } of result.attempts) {
          if (problem !== undefined) seen.push(problem.cause, wordProblem(findProfile('python'), credential, problem))
        }
      }
      const printed = JSON.stringify(seen, (_, value: unknown) =>
        value instanceof Error ? `${value.message} ${value.stack}` : value,
      )
      const assertions = world.sent.flatMap(({ body }) => new URLSearchParams(body ?? '').get('client_assertion') ?? [])
      for (const hidden of [...forms, ...assertions, made.keyPem.split('\n')[1] ?? '', 'PRIVATE KEY']) {
        expect(printed).not.toContain(hidden)
      }
      expect(JSON.stringify(world.sandbox.requests)).not.toContain('canary')
      if (fault === '') expect(assertions).toHaveLength(1)
    },
  )
})
