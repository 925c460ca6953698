/** Federated credentials against the sandbox: real TLS, real MSAL, services that check what they get. */
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import { runChain } from '../../src/engine/chain.ts'
import { selectDefaultChain } from '../../src/engine/default-chain.ts'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import { findCredential } from '../../src/engine/registry.ts'
import type { CredentialConfig, Outcome, TokenRequest } from '../../src/engine/types.ts'
import { decodeToken } from '../../src/jwt/decode.ts'
import {
  clusterCredential,
  defaultIds,
  githubCredential,
  pipelinesCredential,
} from '../../src/sandbox/default-directory.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { Secret } from '../../src/secret.ts'
import { configure, noLimit, type SandboxWorld, startWorld } from './world.ts'

const arm = 'https://management.azure.com/.default'
const graph = 'https://graph.microsoft.com/.default'

interface Ask {
  readonly env?: Readonly<Record<string, string>>
  readonly config?: Partial<CredentialConfig>
  readonly request?: Partial<TokenRequest>
}

function portsOf(world: SandboxWorld, env: Readonly<Record<string, string>>) {
  return { ...world.ports, env: { get: (name: string) => env[name], names: () => Object.keys(env) } }
}

async function ask(name: string, world: SandboxWorld, { env = {}, config = {}, request = {} }: Ask): Promise<Outcome> {
  const match = findCredential(name)
  if (match.kind !== 'found') throw new Error(match.kind)
  const credential = match.definition.create(configure({ authority: world.authority, ...config }), portsOf(world, env))
  return credential.getToken({ scopes: [arm], ...request }, noLimit())
}

function claimsOf(outcome: Outcome): Readonly<Record<string, unknown>> {
  if (outcome.kind !== 'token') throw new Error(JSON.stringify(outcome.problem))
  const decoded = decodeToken(outcome.token.token.reveal())
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error))
  return decoded.value.claims
}

const pod = {
  AZURE_TENANT_ID: defaultIds.contoso,
  AZURE_CLIENT_ID: defaultIds.app,
  AZURE_FEDERATED_TOKEN_FILE: '/token',
}

async function inPod(change: Partial<Parameters<Sandbox['mintFederatedToken']>[0]> = {}): Promise<SandboxWorld> {
  const world = await startWorld()
  world.ports.files.put('/token', await world.sandbox.mintFederatedToken({ ...clusterCredential, ...change }))
  return world
}

describe('workload identity', () => {
  test('a token of the app', async () => {
    const world = await inPod()
    expect(claimsOf(await ask('workload-identity', world, { env: pod }))).toMatchObject({
      appid: defaultIds.app,
      appidacr: '2',
      tid: defaultIds.contoso,
    })
    expect(world.sandbox.requests.at(-1)).toMatchObject({
      proof: 'assertion',
      assertion: { claims: { iss: clusterCredential.issuer, sub: clusterCredential.subject } },
    })
  })

  const changes: readonly (readonly [Partial<Parameters<Sandbox['mintFederatedToken']>[0]>, string, string])[] = [
    [{ issuer: 'https://other.example' }, 'AADSTS700211', 'fic-issuer-mismatch'],
    [{ audience: 'api://other' }, 'AADSTS700212', 'fic-subject-mismatch'],
    [{ subject: 'system:serviceaccount:shop:frontend' }, 'AADSTS700213', 'fic-subject-mismatch'],
    [{ subject: 'SYSTEM:serviceaccount:shop:backend' }, 'AADSTS7002138', 'fic-subject-mismatch'],
    [{ lifetimeSeconds: -3600 }, 'AADSTS700024', 'assertion-expired'],
  ]

  test.each(changes)('%j is refused with %s, and its cause is %s', async (change, code, cause) => {
    const outcome = await ask('workload-identity', await inPod(change), { env: pod })
    expect(outcome).toMatchObject({ kind: 'failed', problem: { code: 'token-refused', facts: { codes: [code] } } })
    if (outcome.kind === 'token' || outcome.problem.code !== 'token-refused') throw new Error('a refusal')
    expect(outcome.problem.facts.assertion).toMatchObject({ subject: change.subject ?? clusterCredential.subject })
    const { causes, hints } = diagnose(outcome.problem)
    expect(causes).toContain(cause)
    if (code.startsWith('AADSTS70021')) {
      expect(hints[0]?.command).toContain(`az ad app federated-credential create --id ${defaultIds.app}`)
      expect(hints[0]?.command).toContain(`"issuer":"${change.issuer ?? clusterCredential.issuer}"`)
    } else expect(hints[0]?.text).toContain('renew it')
    expect(wordProblem(findProfile('python'), 'WorkloadIdentityCredential', outcome.problem)).toMatch(
      new RegExp(`^Microsoft Entra ID error '\\(invalid_client\\) ${code}: `),
    )
  })

  test('a link of the default chain; managed identity takes it over where only it is asked for', async () => {
    const world = await inPod()
    const select = (variable: string | undefined) => {
      const chain = selectDefaultChain(
        findProfile('python'),
        configure({ role: 'chained', authority: world.authority }),
        { exclude: [], include: [], variable, isVariableRequired: false },
      )
      if (!chain.ok) throw new Error(chain.error.message)
      return chain.value
    }
    const env = { ...pod, AZURE_AUTHORITY_HOST: world.sandbox.origin }
    const result = await runChain(select(undefined).links, { scopes: [arm] }, portsOf(world, env), noLimit())
    expect(result).toMatchObject({ outcome: 'succeeded', credential: 'WorkloadIdentityCredential' })
    const named = await ask('managed-identity', world, { env })
    expect(claimsOf(named)).toMatchObject({ appid: defaultIds.app })
    expect(named.choice?.what).toBe('managed identity host: token exchange (workload identity)')
    // DefaultAzureCredential without workload identity: managed identity is no detour to it.
    const [link] = select('managedidentitycredential').cacheLinks
    expect(link?.config.excludesWorkloadIdentity).toBe(true)
    expect(link?.definition.inputs(link.config, portsOf(world, env)).tokenFiles).toEqual([])
  })

  test('CAE, claims, and another tenant: as the other credentials of an app', async () => {
    const world = await inPod()
    expect(
      claimsOf(await ask('workload-identity', world, { env: pod, request: { enableCae: true } }))['xms_cc'],
    ).toEqual(['cp1'])
    const claims = '{"access_token":{"nbf":{"essential":true,"value":"1"}}}'
    await ask('workload-identity', world, { env: pod, request: { claims } })
    expect(JSON.parse(new URLSearchParams(world.sent.at(-1)?.body ?? '').get('claims') ?? '')).toMatchObject(
      JSON.parse(claims) as object,
    )
    const before = world.sent.length
    expect(
      await ask('workload-identity', world, { env: pod, request: { tenantId: defaultIds.fabrikam } }),
    ).toMatchObject({
      kind: 'failed',
      problem: { code: 'tenant-not-allowed' },
    })
    expect(world.sent).toHaveLength(before)
    expect(
      await ask('workload-identity', world, {
        env: pod,
        config: { additionallyAllowedTenants: ['*'] },
        request: { tenantId: defaultIds.fabrikam },
      }),
    ).toMatchObject({
      problem: { code: 'token-refused', facts: { codes: ['AADSTS700016'], tenantId: defaultIds.fabrikam } },
    })
  })
})

describe.each([
  ['azure-pipelines', 'AzurePipelinesCredential', pipelinesCredential],
  ['github-actions', 'GitHubActionsCredential', githubCredential],
] as const)('%s', (name, _, credential) => {
  test('a token of the app, and the job’s token asked anew for each', async () => {
    const world = await startWorld()
    const env = await world.sandbox.environment(name)
    const match = findCredential(name)
    if (match.kind !== 'found') throw new Error(match.kind)
    const asked = match.definition.create(configure({ authority: world.authority }), portsOf(world, env))
    for (const scope of [arm, graph]) {
      expect(claimsOf(await asked.getToken({ scopes: [scope] }, noLimit()))).toMatchObject({ appid: defaultIds.app })
    }
    await asked.getToken({ scopes: [arm] }, noLimit())
    expect(world.sandbox.requests.filter(({ endpoint }) => endpoint === 'job-token')).toHaveLength(2)
    expect(world.sandbox.requests.at(-1)?.assertion?.claims).toMatchObject({ sub: credential.subject })
  })

  test('an app that does not trust the job is refused, with the command that would', async () => {
    const world = await startWorld()
    const env = {
      ...(await world.sandbox.environment(name)),
      AZURE_CLIENT_ID: defaultIds.fabrikamApp,
      AZURE_TENANT_ID: defaultIds.fabrikam,
    }
    const outcome = await ask(name, world, { env })
    if (outcome.kind === 'token') throw new Error('a refusal')
    const { causes, hints } = diagnose(outcome.problem)
    expect(causes).toEqual(['fic-issuer-mismatch'])
    expect(hints[0]?.command).toContain(`"issuer":"${credential.issuer}","subject":"${credential.subject}"`)
  })

  test('a bearer token that the service does not know', async () => {
    const world = await startWorld()
    const env = {
      ...(await world.sandbox.environment(name)),
      SYSTEM_ACCESSTOKEN: 'canary-of-the-job',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'canary-of-the-job',
    }
    const outcome = await ask(name, world, { env })
    expect(outcome).toMatchObject({
      kind: 'failed',
      problem: { code: 'job-token-refused', facts: { reason: 'unauthorized' } },
    })
    expect(JSON.stringify([outcome, world.sandbox.requests])).not.toContain('canary')
    expect(world.sandbox.requests.some(({ endpoint }) => endpoint === 'token')).toBe(false)
  })

  test.each([
    ['429:path=job-token,times=1', 'token', undefined],
    ['503:path=job-token', 'failed', 'job-token-refused'],
    ['html:path=job-token', 'failed', 'job-token-refused'],
    ['cut:path=job-token', 'failed', 'job-token-unreachable'],
    ['hang:path=job-token', 'failed', 'timed-out'],
  ])('%s ends in %s', async (fault, kind, code) => {
    const world = await startWorld()
    const env = await world.sandbox.environment(name)
    world.sandbox.setFault(fault)
    const match = findCredential(name)
    if (match.kind !== 'found') throw new Error(match.kind)
    const abort = new AbortController()
    const { TimeLimit } = await import('../../src/engine/chain.ts')
    if (fault.startsWith('hang')) setTimeout(() => abort.abort(new TimeLimit('--timeout', 300)), 300)
    const asked = match.definition.create(configure({ authority: world.authority }), portsOf(world, env))
    const outcome = await asked.getToken({ scopes: [arm] }, abort.signal)
    expect(outcome.kind).toBe(kind)
    if (code !== undefined) expect(outcome).toMatchObject({ problem: { code } })
  })
})

describe('on behalf of', () => {
  async function asUser(
    world: SandboxWorld,
    order: { lifetimeSeconds?: number; audience?: string } = {},
  ): Promise<Partial<CredentialConfig>> {
    const app = world.sandbox.directory.apps[0]
    const user = world.sandbox.directory.users[0]
    if (app === undefined || user === undefined) throw new Error('an app and a user')
    const userAssertion = new Secret(await world.sandbox.mintUserToken({ app, user, ...order }))
    const { clientId, secret } = world.sandbox.defaultApp
    return { tenantId: world.sandbox.tenantId, clientId, clientSecret: new Secret(secret), userAssertion }
  }

  test('by secret, certificate and assertion: a token of the user', async () => {
    const world = await startWorld()
    const { clientSecret, ...config } = await asUser(world)
    const app = world.sandbox.directory.apps[0]
    if (app === undefined) throw new Error('an app')
    const made = await world.sandbox.state.madeCertificate(app)
    const pem = made.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() + made.certificatePem
    const token = new Secret(await world.sandbox.mintFederatedToken(clusterCredential))
    const proofs: readonly Partial<CredentialConfig>[] = [
      clientSecret === undefined ? {} : { clientSecret },
      { certificate: { path: 'app.pem', content: Buffer.from(pem), sendChain: false } },
      { clientAssertion: { kind: 'value', token, source: 'x' } },
    ]
    for (const proof of proofs) {
      const outcome = await ask('on-behalf-of', world, {
        config: { ...config, ...proof },
        request: { scopes: [graph] },
      })
      expect(claimsOf(outcome)).toMatchObject({ upn: 'adele@contoso.onmicrosoft.com', scp: 'User.Read Mail.Read' })
    }
    expect(world.sandbox.requests.filter(({ endpoint }) => endpoint === 'token').map(({ proof }) => proof)).toEqual([
      'secret',
      'assertion',
      'assertion',
    ])
  })

  test.each([
    [{ audience: 'https://graph.microsoft.com' }, graph, 'AADSTS500131', 'obo-assertion-invalid'],
    [{ lifetimeSeconds: -60 }, graph, 'AADSTS500133', 'assertion-expired'],
    [{}, 'https://storage.azure.com/.default', 'AADSTS65001', 'consent-missing'],
    [{}, 'https://vault.azure.net/.default', 'AADSTS50079', 'mfa-required'],
  ])('%j for %s is refused with %s: %s', async (order, scope, code, cause) => {
    const world = await startWorld()
    const outcome = await ask('on-behalf-of', world, {
      config: await asUser(world, order),
      request: { scopes: [scope] },
    })
    expect(outcome).toMatchObject({ kind: 'failed', problem: { code: 'token-refused', facts: { codes: [code] } } })
    if (outcome.kind === 'token') throw new Error('a refusal')
    expect(diagnose(outcome.problem).causes).toContain(cause)
    if (code === 'AADSTS50079') expect(outcome.problem.facts).toHaveProperty('claims')
  })

  test('one user’s token is never given to another', async () => {
    const world = await startWorld()
    const config = await asUser(world)
    const match = findCredential('obo')
    if (match.kind !== 'found') throw new Error(match.kind)
    const first = match.definition.inputs(configure(config), portsOf(world, {}))
    const second = match.definition.inputs(configure(await asUser(world)), portsOf(world, {}))
    const reveal = (values: typeof first.values) =>
      values.map((each) => (each instanceof Secret ? each.reveal() : each))
    expect(reveal(first.values)).not.toEqual(reveal(second.values))
  })

  test('neither token is in any outcome, text, event or record', async () => {
    const world = await startWorld()
    world.sandbox.setFault('html:path=token')
    const config = configure({ authority: world.authority, ...(await asUser(world)) })
    const match = findCredential('obo')
    if (match.kind !== 'found') throw new Error(match.kind)
    const seen: unknown[] = []
    const link = {
      name: match.definition.name,
      create: (ports: Parameters<typeof match.definition.create>[1]) => match.definition.create(config, ports),
    }
    seen.push(await runChain([link], { scopes: [graph] }, world.ports, noLimit(), (event) => seen.push(event)))
    const printed = JSON.stringify([seen, world.sandbox.requests])
    const assertion = config.userAssertion?.reveal() ?? ''
    for (const hidden of [assertion, assertion.split('.')[1] ?? '', world.sandbox.defaultApp.secret]) {
      expect(printed).not.toContain(hidden)
    }
  })
})
