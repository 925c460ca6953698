import { describe, expect, test } from 'vitest'
import { runChain, TimeLimit } from '../../src/engine/chain.ts'
import { managedIdentity } from '../../src/engine/credentials/managed-identity.ts'
import { pythonManagedIdentity } from '../../src/engine/managed-identity/python.ts'
import type { CredentialConfig } from '../../src/engine/types.ts'
import type { HttpRequest } from '../../src/runtime.ts'
import { type FakeRuntimeOptions, fakeRuntime, networkError, respond } from '../fakes/runtime.ts'
import { play } from './play.ts'
import { scenarios } from './scenarios.ts'

const config: CredentialConfig = {
  sdk: 'python',
  role: 'chained',
  processTimeoutMs: 10_000,
  imdsTimeoutMs: 1000,
  authority: { host: 'https://login.microsoftonline.com', cloud: 'public', isMicrosoft: true, isTrusted: false },
  additionallyAllowedTenants: [],
}
const request = { scopes: ['https://vault.azure.net/.default'] }
const token = { access_token: 'made.for.tests', expires_in: '3599', token_type: 'Bearer' }
const isProbe = ({ headers }: HttpRequest): boolean => headers?.['Metadata'] === undefined

function makeWorld(options: FakeRuntimeOptions, changes: Partial<CredentialConfig> = {}) {
  const runtime = fakeRuntime(options)
  const credential = managedIdentity.create({ ...config, ...changes }, runtime)
  return { runtime, ask: (signal = new AbortController().signal) => credential.getToken(request, signal) }
}

describe('the probe', () => {
  test('is one request with the limits of --imds-timeout, and the token request comes after it', async () => {
    const { runtime, ask } = makeWorld(
      { http: (one) => (isProbe(one) ? respond(400) : respond(200, token)) },
      { imdsTimeoutMs: 300 },
    )
    expect((await ask()).kind).toBe('token')
    const limits = runtime.http.requests.map(({ connectTimeoutMs, timeoutMs }) => ({ connectTimeoutMs, timeoutMs }))
    expect(limits).toEqual([
      { connectTimeoutMs: 300, timeoutMs: 1500 },
      { connectTimeoutMs: 2000, timeoutMs: 30_000 },
    ])
  })

  test('is not repeated by an instance that found IMDS once', async () => {
    const { runtime, ask } = makeWorld({ http: (one) => (isProbe(one) ? respond(400) : respond(200, token)) })
    await ask()
    await ask()
    expect(runtime.http.requests.map(isProbe)).toEqual([true, false, false])
  })

  test('is repeated where nothing was found', async () => {
    const { runtime, ask } = makeWorld({ http: () => networkError('timeout', 'no connection within 1000 ms') })
    await ask()
    await ask()
    expect(runtime.http.requests.map(isProbe)).toEqual([true, true])
  })

  test.each<[string, Partial<CredentialConfig>, Record<string, string>, boolean]>([
    ['in the default chain', {}, {}, true],
    ['alone', { role: 'named' }, {}, false],
    ['in a chain of one’s own', { role: 'named', isOnlyCredential: false }, {}, true],
    ['the only link of the default chain', {}, { AZURE_TOKEN_CREDENTIALS: ' ManagedIdentityCredential ' }, false],
    ['one of several links', {}, { AZURE_TOKEN_CREDENTIALS: 'prod' }, true],
    ['with an address of somebody’s', {}, { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9' }, false],
  ])('%s', async (_, changes, env, expected) => {
    const { runtime, ask } = makeWorld(
      { env, http: (one) => (isProbe(one) ? respond(400) : respond(200, token)) },
      changes,
    )
    expect((await ask()).kind).toBe('token')
    expect(runtime.http.requests.some(isProbe)).toBe(expected)
  })

  test('where nothing answers it waits for one limit, and says which signs of Azure there are', async () => {
    const { runtime, ask } = makeWorld({
      http: [{ url: /169\.254/, ms: 10_000, answer: respond(200) }],
      files: { '/sys/class/dmi/id/chassis_asset_tag': '7783-7084-3265-9085-8269-3286-77\n' },
      env: { HTTP_PROXY: 'http://user:secret@proxy:8080' },
    })
    const outcome = await ask()
    expect(runtime.clock.monotonic()).toBe(5000)
    expect(
      outcome.kind === 'unavailable' &&
        outcome.problem.code === 'managed-identity-unreachable' &&
        outcome.problem.facts,
    ).toMatchObject({
      host: 'imds',
      sender: 'imds',
      endpoint: 'http://169.254.169.254/metadata/identity/oauth2/token',
      isChained: true,
      isProbed: true,
      phase: 'probe',
      error: { code: 'timeout', host: '169.254.169.254', detail: 'no answer within 5000 ms' },
      requests: 1,
      connectTimeoutMs: 1000,
      answerTimeoutMs: 5000,
      proxy: { variable: 'HTTP_PROXY', proxy: 'http://proxy:8080', command: 'export NO_PROXY=169.254.169.254' },
      azureSigns: ['/sys/class/dmi/id/chassis_asset_tag'],
    })
  })

  test('no request ever goes to a proxy', async () => {
    for (const scenario of scenarios) {
      const { sent } = await play(scenario)
      expect(sent.filter(({ proxy }) => proxy !== 'never')).toEqual([])
    }
  })
})

describe('--fast', () => {
  const nowhere: FakeRuntimeOptions = { http: [], files: { '/sys/class/dmi/id/chassis_asset_tag': 'No Asset Tag\n' } }

  test('with no sign of Azure sends nothing, in the words of the SDK', async () => {
    const { runtime, ask } = makeWorld(nowhere, { fast: true })
    const outcome = await ask()
    expect(outcome.kind).toBe('unavailable')
    expect(outcome.kind === 'unavailable' && pythonManagedIdentity(outcome.problem)?.text).toBe(
      'ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.',
    )
    expect(runtime.http.requests).toEqual([])
    expect(runtime.clock.monotonic()).toBe(0)
  })

  test.each<[string, FakeRuntimeOptions]>([
    ['the asset tag', { files: { '/sys/class/dmi/id/chassis_asset_tag': '7783-7084-3265-9085-8269-3286-77\n' } }],
    ['the agent of Azure’s images', { files: { '/var/lib/waagent/x': '' } }],
    ['a variable', { env: { WEBSITE_INSTANCE_ID: 'x' } }],
  ])('with a sign (%s) asks as ever', async (_, options) => {
    const { ask } = makeWorld(
      { ...options, http: (one) => (isProbe(one) ? respond(400) : respond(200, token)) },
      { fast: true },
    )
    expect((await ask()).kind).toBe('token')
  })

  test('changes nothing where a host is named, nor where managed identity stands alone', async () => {
    const env = { IDENTITY_ENDPOINT: 'http://127.0.0.1:9/x', IDENTITY_HEADER: 'x' }
    const named = makeWorld({ env, http: () => respond(200, { ...token, expires_on: '1795230000' }) }, { fast: true })
    expect((await named.ask()).kind).toBe('token')
    const alone = makeWorld({ ...nowhere, http: () => respond(200, token) }, { fast: true, role: 'named' })
    expect((await alone.ask()).kind).toBe('token')
  })
})

describe('the signal', () => {
  test.each<[string, unknown, string]>([
    ['a time limit', new TimeLimit('the run', 500), 'timed-out'],
    ['Ctrl-C', 'SIGINT', 'interrupted'],
  ])('%s ends a request that hangs', async (_, reason, code) => {
    const stop = new AbortController()
    const { runtime, ask } = makeWorld({
      env: { MSI_ENDPOINT: 'http://127.0.0.1:9/x' },
      http: () => new Promise(() => {}),
      isClockManual: true,
    })
    const asking = ask(stop.signal)
    await runtime.clock.advance(100)
    // The fake port listens to the signal only where a time limit is set; so does this one.
    stop.abort(reason)
    const outcome = await asking
    expect(outcome.kind === 'failed' && outcome.problem.code).toBe(code)
  })
})

describe('what it is made of', () => {
  test('every variable it reads before a token is an input of the cache', async () => {
    for (const scenario of scenarios) {
      const played = await play(scenario)
      if (played.outcome.kind !== 'token') continue
      const role = scenario.role === 'default' ? 'chained' : 'named'
      const declared = new Set(managedIdentity.inputs({ ...config, role, ...scenario.id }, fakeRuntime()).variables)
      const read = played.evidence.filter(({ kind }) => kind === 'env').map(({ what }) => what)
      expect(
        read.filter((name) => !declared.has(name)),
        scenario.name,
      ).toEqual([])
    }
  })

  test('ids are inputs, and the machine is one', () => {
    const inputs = managedIdentity.inputs({ ...config, clientId: 'a', objectId: 'b', resourceId: 'c' }, fakeRuntime())
    expect(inputs.values).toEqual(['a', 'b', 'c'])
    expect(inputs.isOfThisMachine).toBe(true)
  })

  test('the choice is remembered with the attempt, whatever came of it', async () => {
    const runtime = fakeRuntime({ env: { IDENTITY_ENDPOINT: 'nonsense', IDENTITY_HEADER: 'x' }, http: [] })
    const link = {
      name: managedIdentity.name,
      create: (ports: typeof runtime) => managedIdentity.create(config, ports),
    }
    const result = await runChain([link as never], request, runtime, new AbortController().signal)
    expect(result.attempts[0]?.choice).toEqual({
      what: 'managed identity host: App Service',
      because: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'],
      otherwise: 'IMDS',
    })
  })
})

describe('secrets', () => {
  const canaries = [
    'header-value',
    'secret-value',
    'key-content',
    'made.for.tests',
    'user:pass',
    btoa('user:pass'),
    'pass@',
  ]

  test('no problem, evidence or text of any scenario holds one', async () => {
    for (const scenario of scenarios) {
      const { outcome, message, evidence } = await play(scenario)
      const told = JSON.stringify({
        problem: outcome.kind === 'token' ? null : outcome.problem,
        choice: outcome.choice,
        message,
        evidence,
      })
      for (const canary of canaries) expect(told, `${scenario.name}: ${canary}`).not.toContain(canary)
    }
  })

  test('a host that sends its secret back does not get it shown', async () => {
    const echo = 'c4n4ry-0f-th3-h34d3r'
    const env = { IDENTITY_ENDPOINT: 'http://127.0.0.1:9/x', IDENTITY_HEADER: echo }
    for (const body of [
      { statusCode: 400, message: `wrong ${echo}` },
      `<html>${echo}</html>`,
      { error: { code: echo, message: btoa(echo) } },
    ]) {
      const { ask } = makeWorld({ env, http: () => respond(400, body) })
      const outcome = await ask()
      if (outcome.kind === 'token') throw new Error('a token')
      const told = JSON.stringify(outcome.problem) + pythonManagedIdentity(outcome.problem)?.text
      expect(told).not.toContain(echo)
      expect(told).not.toContain(btoa(echo))
    }
  })
})
