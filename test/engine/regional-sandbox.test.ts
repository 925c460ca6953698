/** Regional token services, played by the sandbox under the names that Entra's have. */
import { describe, expect, test } from 'vitest'
import { findCredential } from '../../src/engine/registry.ts'
import type { Outcome } from '../../src/engine/types.ts'
import { withExtraRoots } from '../../src/extra-roots.ts'
import type { HttpRequest } from '../../src/runtime.ts'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { Secret } from '../../src/secret.ts'
import { fakeRuntime, respond } from '../fakes/runtime.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { configure, noLimit } from './world.ts'

const metadata = 'http://169.254.169.254/metadata/instance/compute?api-version=2021-02-01'
const names = ['login.microsoftonline.com', 'westeurope.login.microsoft.com', 'northeurope.login.microsoft.com']

interface Asked {
  readonly outcome: Outcome
  readonly urls: readonly URL[]
}

/** Asks as an app; every name of Entra leads to the sandbox, which has to prove that it bears that name. */
async function ask(env: Readonly<Record<string, string>>): Promise<Asked> {
  const sandbox = await startTestSandbox({ names })
  const real = withExtraRoots(createNodeRuntime(), sandbox.caPem).http
  const urls: URL[] = []
  const send = (request: HttpRequest, signal?: AbortSignal) => {
    const url = new URL(request.url)
    urls.push(url)
    if (request.url === metadata) return Promise.resolve(respond(200, { location: 'northeurope' }))
    if (!names.includes(url.hostname)) throw new Error(`nobody is at ${url.hostname}`)
    const there = `https://127.0.0.1:${sandbox.port}${url.pathname}${url.search}`
    return real.send({ ...request, url: there, serverName: url.hostname }, signal)
  }
  const runtime = { ...fakeRuntime({ now: Date.now(), env }), http: { send } }
  const match = findCredential('client-secret')
  if (match.kind !== 'found') throw new Error(match.kind)
  const { clientId, secret } = sandbox.defaultApp
  const config = configure({ tenantId: sandbox.tenantId, clientId, clientSecret: new Secret(secret) })
  const credential = match.definition.create(config, runtime)
  return { outcome: await credential.getToken({ scopes: ['https://vault.azure.net/.default'] }, noLimit()), urls }
}

describe('the token service of a region', () => {
  test.each([
    ['AZURE_REGIONAL_AUTHORITY_NAME', 'westeurope', 'westeurope.login.microsoft.com'],
    ['MSAL_FORCE_REGION', 'westeurope', 'westeurope.login.microsoft.com'],
    ['AZURE_REGIONAL_AUTHORITY_NAME', 'TryAutoDetect', 'northeurope.login.microsoft.com'],
  ])('%s=%s: a token from %s', async (variable, value, host) => {
    const { outcome, urls } = await ask({ [variable]: value })
    expect(outcome).toMatchObject({ kind: 'token' })
    const posted = urls.filter(({ pathname }) => /\/oauth2\/v2\.0\/token\/?$/.test(pathname))
    expect(posted.map(({ hostname }) => hostname)).toEqual([host])
  })

  test('without one, the global service', async () => {
    const { outcome, urls } = await ask({})
    expect(outcome).toMatchObject({ kind: 'token' })
    expect(urls.map(({ hostname }) => hostname)).toEqual(['login.microsoftonline.com'])
  })

  test('a name that is no region is refused, and nobody is asked', async () => {
    const { outcome, urls } = await ask({ AZURE_REGIONAL_AUTHORITY_NAME: 'evil.example/' })
    expect(outcome).toMatchObject({ kind: 'failed', problem: { code: 'input-invalid', facts: { what: 'region' } } })
    expect(urls).toEqual([])
  })
})
