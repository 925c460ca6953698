/** Advice as a run of `azid chain` comes to it: from what the machine, the tools and the authority are, and not where they are not. */
import { describe, expect, test } from 'vitest'
import { main } from '../../src/main.ts'
import type { HttpRequest, HttpResult } from '../../src/runtime.ts'
import { exited, type FakeRuntimeOptions, fakeRuntime, networkError, respond } from '../fakes/runtime.ts'

const tenant = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'
const otherTenant = '7a1b2c3d-0000-4000-8000-0123456789ab'
const client = '11111111-aaaa-4bbb-8ccc-222222222222'
const now = Date.UTC(2026, 10, 21)
const minute = 60_000

function tokenOf(tid: string): string {
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url')
  return `${part({ alg: 'RS256' })}.${part({ tid, oid: client, appid: client, idtyp: 'app' })}.c2ln`
}

interface World {
  /** How far the authority's clock is behind this one. */
  readonly behindMs?: number
  /** What IMDS answers; without it nothing does. */
  readonly imds?: HttpResult
}

/** Entra that gives a token to everybody, and perhaps IMDS. */
function answer({ behindMs = 0, imds }: World): (request: HttpRequest) => HttpResult {
  return ({ url }) => {
    const { origin, hostname, pathname } = new URL(url)
    if (hostname === '169.254.169.254') return imds ?? networkError('timeout', 'no answer', hostname)
    const date = { date: new Date(now - behindMs).toUTCString() }
    if (pathname.endsWith('/openid-configuration')) {
      const base = `${origin}/${tenant}`
      return respond(
        200,
        {
          issuer: `${base}/v2.0`,
          authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
          token_endpoint: `${base}/oauth2/v2.0/token`,
          jwks_uri: `${base}/discovery/v2.0/keys`,
        },
        date,
      )
    }
    return respond(200, { access_token: tokenOf(tenant), expires_in: 3600, token_type: 'Bearer' }, date)
  }
}

const principal = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: 's3cret' }
const az = { file: '/usr/bin/az', mode: 0o755 }
const azHere = { [az.file]: { content: '', mode: az.mode } }

async function adviceOf(
  options: FakeRuntimeOptions,
  world: World = {},
  args: readonly string[] = [],
): Promise<readonly string[]> {
  const runtime = fakeRuntime({
    now,
    http: answer(world),
    ...options,
    env: { AZID_CACHE: 'off', AZID_DISABLE_INSTANCE_DISCOVERY: '1', PATH: '/usr/bin', ...options.env },
  })
  await main(['chain', '--json', ...args], runtime)
  const run: { readonly advice: readonly { readonly id: string }[] } = JSON.parse(runtime.stdout)
  return run.advice.map(({ id }) => id)
}

describe('a production credential on a machine where somebody works', () => {
  const id = 'production-credential-here'

  test.each([
    ['a desktop of Linux', { env: { DISPLAY: ':0' } }],
    ['an editor', { env: { VSCODE_PID: '7' } }],
    ['a session from elsewhere', { env: { SSH_AUTH_SOCK: '/tmp/agent' } }],
    ['somebody is signed in to az', { files: { '/home/ada/.azure/azureProfile.json': '{}' } }],
    ['a Mac', { platform: 'darwin' as const }],
  ])('%s', async (_, options: FakeRuntimeOptions) => {
    expect(await adviceOf({ ...options, env: { ...principal, ...options.env } })).toContain(id)
  })

  test.each([
    ['a server', {}],
    ['CI', { env: { DISPLAY: ':0', CI: 'true' } }],
    ['a container', { env: { DISPLAY: ':0' }, files: { '/.dockerenv': '' } }],
    ['a container of Podman', { env: { DISPLAY: ':0' }, files: { '/run/.containerenv': '' } }],
    ['a pod', { env: { DISPLAY: ':0', KUBERNETES_SERVICE_HOST: '10.0.0.1' } }],
    ['a virtual machine of Azure', { env: { DISPLAY: ':0' }, files: { '/var/lib/waagent': '' } }],
  ])('not on %s', async (_, options: FakeRuntimeOptions) => {
    expect(await adviceOf({ ...options, env: { ...principal, ...options.env } })).not.toContain(id)
  })

  test('not where it was asked for by name', async () => {
    const options = { env: { ...principal, DISPLAY: ':0' } }
    expect(await adviceOf(options, {}, ['-c', 'environment'])).not.toContain(id)
  })
})

describe('az', () => {
  const token = JSON.stringify({ accessToken: tokenOf(tenant), expires_on: now / 1000 + 3600 })
  const slowly = (ms: number): FakeRuntimeOptions => ({
    files: azHere,
    processes: [{ file: '/usr/bin/az', ms, result: exited(0, token) }],
  })

  test('that takes half of what the SDKs give it is told, also where it worked; a quick one is not', async () => {
    expect(await adviceOf(slowly(6000), {}, ['-c', 'azure-cli'])).toContain('az-slow')
    expect(await adviceOf(slowly(1000), {}, ['-c', 'azure-cli'])).not.toContain('az-slow')
  })

  test('that is missing in a container, in WSL, or just missing', async () => {
    expect(await adviceOf({ files: { '/.dockerenv': '' } })).toContain('container-without-az')
    expect(await adviceOf({ host: { release: '5.15.153.1-microsoft-standard-WSL2' } })).toContain('wsl')
    expect(await adviceOf({})).toEqual([])
  })
})

describe('variables', () => {
  test.each([
    ['set to nothing', { AZURE_CLIENT_SECRET: '', AZURE_TENANT_ID: tenant }, ['--sdk', 'go'], 'empty-variables'],
    ['half a service principal', { AZURE_CLIENT_SECRET: 's3cret' }, [], 'half-set-variables'],
    ['half a workload identity', { AZURE_FEDERATED_TOKEN_FILE: '/token' }, [], 'half-set-variables'],
    ['half of Azure ML', { MSI_SECRET: 's3cret' }, [], 'half-set-variables'],
    ['links left out', { AZURE_TOKEN_CREDENTIALS: 'dev' }, [], 'token-credentials-excludes'],
    ['a job of GitHub', { GITHUB_ACTIONS: 'true' }, [], 'github-actions-job'],
    ['a job of Azure Pipelines', { SYSTEM_OIDCREQUESTURI: 'https://dev.azure.com/x' }, [], 'azure-pipelines-job'],
  ])('%s', async (_, env, args, id) => {
    expect(await adviceOf({ env }, {}, args)).toContain(id)
  })

  const notFound = respond(400, { error: 'invalid_request', error_description: 'Identity not found' })

  test('AZURE_CLIENT_ID names an identity that this machine does not have', async () => {
    expect(await adviceOf({ env: { AZURE_CLIENT_ID: client } }, { imds: notFound })).toContain('client-id-two-meanings')
    expect(await adviceOf({}, { imds: notFound })).not.toContain('client-id-two-meanings')
  })
})

describe('the authority', () => {
  test.each([
    ['ahead', 10 * minute, true],
    ['behind', -10 * minute, true],
    ['a little ahead', minute, false],
  ])('this clock is %s', async (_, behindMs, isTold) => {
    const told = await adviceOf({ env: principal }, { behindMs })
    expect(told.includes('clock-off')).toBe(isTold)
  })

  test('tokens of two tenants under --all', async () => {
    const result = exited(0, JSON.stringify({ accessToken: tokenOf(otherTenant), expires_on: now / 1000 + 3600 }))
    const options = { env: principal, files: azHere, processes: [{ file: '/usr/bin/az', result }] }
    expect(await adviceOf(options, {}, ['--all', '-c', 'environment,azure-cli'])).toContain('identities-differ')
  })
})
