/** Bad input and faults, one table for every host and every SDK: each ends in the right class, in words, and tells no secret. */
import { describe, expect, test } from 'vitest'
import { exitOf } from '../../src/commands/exit.ts'
import { runChain } from '../../src/engine/chain.ts'
import { managedIdentity } from '../../src/engine/credentials/managed-identity.ts'
import type { AskedHost } from '../../src/engine/managed-identity/profile.ts'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { findProfile, profileNames } from '../../src/engine/profiles/profiles.ts'
import type { SdkName } from '../../src/engine/types.ts'
import type { HttpRequest, HttpResult } from '../../src/runtime.ts'
import { configure } from '../engine/world.ts'
import { fakeRuntime, networkError, respond } from '../fakes/runtime.ts'

const secret = 'value-of-the-header'
const password = 'pass-word-in-the-url'
const scope = 'https://vault.azure.net/.default'

/** The variables of a host whose endpoint is at an address. */
const hosts: Readonly<Record<AskedHost, (address: string) => Readonly<Record<string, string>>>> = {
  imds: (address) => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: address }),
  'app-service': (address) => ({ IDENTITY_ENDPOINT: address, IDENTITY_HEADER: secret }),
  'service-fabric': (address) => ({
    IDENTITY_ENDPOINT: address,
    IDENTITY_HEADER: secret,
    IDENTITY_SERVER_THUMBPRINT: '00112233445566778899aabbccddeeff00112233',
  }),
  'azure-ml': (address) => ({ MSI_ENDPOINT: address, MSI_SECRET: secret, DEFAULT_IDENTITY_CLIENT_ID: 'the-default' }),
  'cloud-shell': (address) => ({ MSI_ENDPOINT: address }),
  'azure-arc': (address) => ({ IDENTITY_ENDPOINT: address, IMDS_ENDPOINT: 'http://127.0.0.1:40342' }),
}
const hostNames = Object.keys(hosts) as AskedHost[]
const addressOf = (host: AskedHost): string =>
  host === 'service-fabric' ? 'https://127.0.0.1:2377' : 'http://127.0.0.1:40342'

const good = {
  access_token: 'made.for.tests',
  expires_in: '3600',
  expires_on: '4102444800',
  token_type: 'Bearer',
  resource: 'r',
}

type Answer = HttpResult | ((request: HttpRequest) => HttpResult)

async function ask(sdk: SdkName, env: Readonly<Record<string, string>>, answer: Answer) {
  const runtime = fakeRuntime({ env, http: (request) => (typeof answer === 'function' ? answer(request) : answer) })
  const config = configure({ sdk, isOnlyCredential: true })
  const result = await runChain(
    [{ name: managedIdentity.name, create: (ports) => managedIdentity.create(config, ports) }],
    { scopes: [scope] },
    runtime,
    new AbortController().signal,
  )
  const [attempt] = result.attempts
  const words =
    attempt?.problem === undefined ? '' : wordProblem(findProfile(sdk), 'ManagedIdentityCredential', attempt.problem)
  expect(JSON.stringify(attempt?.problem ?? '') + JSON.stringify(attempt?.evidence) + words).not.toMatch(
    new RegExp(`${secret}|${password}`),
  )
  return { result, attempt, words, requests: runtime.http.requests, exit: exitOf(result) }
}

/** All headers, in the body and in one of its own. */
function echo({ headers }: HttpRequest): HttpResult {
  const sent = Object.values(headers ?? {}).join(' ')
  return respond(400, `no: ${sent}`, { 'x-echo': sent, 'content-type': 'text/plain' })
}

const answers: readonly [string, Answer, 'unreachable' | 'answer'][] = [
  ['refuses', networkError('refused', 'connect ECONNREFUSED 127.0.0.1:40342'), 'unreachable'],
  ['says nothing', networkError('timeout', 'no answer within 30000 ms'), 'unreachable'],
  ['breaks off', networkError('reset', 'read ECONNRESET'), 'unreachable'],
  ['redirects elsewhere', respond(307, '', { location: 'http://evil.test/', 'content-type': 'text/html' }), 'answer'],
  ['sends 100 MB', networkError('too-large', 'the answer is larger than 1048576 bytes'), 'answer'],
  ['sends a page', respond(200, '<html>sign in</html>', { 'content-type': 'text/html' }), 'answer'],
  ['sends nothing in an answer', respond(200, '', { 'content-type': 'application/json' }), 'answer'],
  ['sends a list', respond(200, [good]), 'answer'],
  ['sends a token with a line break', respond(200, { ...good, access_token: 'made\nfor.tests' }), 'answer'],
  ['sends a token that ends in one', respond(200, { ...good, access_token: 'made.for.tests\r\n' }), 'answer'],
  ['sends a token that is a number', respond(200, { ...good, access_token: 7 }), 'answer'],
  ['echoes what it was sent', echo, 'answer'],
]

const addresses: readonly (readonly [string])[] = [
  ['ftp://127.0.0.1/x'],
  ['file:///etc/passwd'],
  ['javascript:alert(1)'],
  ['127.0.0.1:80/x'],
  ['not a url'],
  ['http://'],
  ['http://[::1'],
  ['http://127.0.0.1:99999/x'],
  ['http://127.0.0.1/x\nHost: evil.test'],
  [`ftp://user:${password}@127.0.0.1/x`],
  [`http://user:${password}@/x`],
]

describe.each(profileNames)('%s', (sdk) => {
  describe.each(hostNames)('%s', (host) => {
    // Go does not know the variable; what is not plainly this machine is passed over.
    const isTakenAsItIs = sdk !== 'go' || host !== 'imds'

    test.each(answers)('that %s', async (_, answer, kind) => {
      const { attempt, words, requests, exit } = await ask(sdk, hosts[host](addressOf(host)), answer)
      expect(attempt?.outcome).toMatch(/^(?:unavailable|failed)$/)
      expect(attempt?.problem?.code).toBe(`managed-identity-${kind}`)
      expect(words).not.toBe('')
      expect(words).not.toContain('for.tests')
      expect(exit).toBe(
        attempt?.outcome === 'unavailable' ? 'unavailable' : kind === 'unreachable' ? 'network' : 'refused',
      )
      // Never anybody else, and never by way of anybody.
      const [first] = requests
      expect(new Set(requests.map(({ url }) => new URL(url).origin))).toEqual(
        new Set([new URL(first?.url ?? '').origin]),
      )
      expect(requests.every(({ proxy, maxBytes }) => proxy === 'never' && maxBytes === 1024 * 1024)).toBe(true)
    })

    test.each(isTakenAsItIs ? addresses : [])('at %j asks nobody', async (address) => {
      const { attempt, words, requests, exit } = await ask(sdk, hosts[host](address), respond(200, good))
      expect(requests).toEqual([])
      expect(attempt?.problem?.code).toBe('managed-identity-endpoint')
      expect(words).not.toBe('')
      expect(exit).toBe(attempt?.outcome === 'unavailable' ? 'unavailable' : 'refused')
    })

    const schemes = !isTakenAsItIs ? [] : [host === 'service-fabric' ? 'https' : 'http']
    test.each(schemes)(
      'with user and password in its %s address is asked with them in a header alone',
      async (scheme) => {
        const address = `${scheme}://user:${password}@127.0.0.1:40342/x`
        const { requests } = await ask(sdk, hosts[host](address), respond(400, { error: 'no' }))
        expect(requests.length).toBeGreaterThan(0)
        for (const { url, headers } of requests) {
          expect(url).not.toContain(password)
          expect(headers?.['Authorization']).toBe(`Basic ${Buffer.from(`user:${password}`).toString('base64')}`)
        }
      },
    )

    test('at an IPv6 address is asked there', async () => {
      const scheme = host === 'service-fabric' ? 'https' : 'http'
      const { requests } = await ask(sdk, hosts[host](`${scheme}://[::1]:40342`), respond(400, { error: 'no' }))
      expect(new URL(requests[0]?.url ?? '').host).toBe('[::1]:40342')
    })
  })

  test.each<[string, Readonly<Record<string, string>>]>([
    ['an endpoint without its header', { IDENTITY_ENDPOINT: 'http://127.0.0.1:40342/x' }],
    ['a header without its endpoint', { IDENTITY_HEADER: secret }],
    ['a thumbprint alone', { IDENTITY_SERVER_THUMBPRINT: 'x' }],
    ['a secret without its endpoint', { MSI_SECRET: secret }],
    ['Arc without its endpoint', { IMDS_ENDPOINT: 'http://127.0.0.1:40342' }],
    ['an empty endpoint', { IDENTITY_ENDPOINT: '', IDENTITY_HEADER: secret }],
    ['an empty header', { IDENTITY_ENDPOINT: 'http://127.0.0.1:40342/x', IDENTITY_HEADER: '' }],
    ['an empty secret', { MSI_ENDPOINT: 'http://127.0.0.1:40342/x', MSI_SECRET: '' }],
  ])('half set: %s says which host was left, and sends the half to nobody else', async (_, env) => {
    const pod = { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1' }
    const refused = networkError('refused', 'connect ECONNREFUSED 127.0.0.1:1', '127.0.0.1:1')
    const { attempt, words, requests } = await ask(sdk, { ...env, ...pod }, refused)
    expect(attempt?.outcome).toMatch(/^(?:unavailable|failed)$/)
    expect(attempt?.choice?.what).toMatch(/^managed identity host: /)
    expect(words).not.toBe('')
    for (const { headers } of requests) expect(JSON.stringify(headers)).not.toContain(secret)
  })
})
