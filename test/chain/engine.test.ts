/** All links at once, and the run that does nothing, on ports that fail the test when anything is asked. */
import { describe, expect, test } from 'vitest'
import { runAllLinks } from '../../src/engine/all-links.ts'
import type { Link } from '../../src/engine/chain.ts'
import { concludeChain } from '../../src/engine/chain.ts'
import { selectDefaultChain, selectNamedChain } from '../../src/engine/default-chain.ts'
import { dryRunLinks } from '../../src/engine/dry-run.ts'
import { problem } from '../../src/engine/problems.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import type { Attempt, CredentialName, EnginePorts, Outcome } from '../../src/engine/types.ts'
import { Secret } from '../../src/secret.ts'
import { configure } from '../engine/world.ts'
import { fakeRuntime } from '../fakes/runtime.ts'

const request = { scopes: ['https://management.azure.com/.default'] }
const signal = new AbortController().signal

function link(name: CredentialName, ask: (ports: EnginePorts) => Promise<Outcome>): Link {
  return { name, create: (ports) => ({ name, getToken: () => ask(ports) }) }
}

function token(value = 'token'): Outcome {
  return { kind: 'token', token: { token: new Secret(value), tokenType: 'Bearer', expiresOn: 1, refreshOn: null } }
}
const nothing: Outcome = { kind: 'unavailable', problem: problem('tool-not-found', { tool: 'az', passedOver: [] }) }
const broken: Outcome = { kind: 'failed', problem: problem('unexpected', { message: 'broken' }) }

describe('all links', () => {
  test('each has its attempt, in the order of the chain, whoever ends first', async () => {
    const ports = fakeRuntime({ isClockManual: true })
    const ended: string[] = []
    const running = runAllLinks(
      [
        link('EnvironmentCredential', async ({ clock }) => {
          await clock.sleep(3000)
          return nothing
        }),
        link('ManagedIdentityCredential', async ({ clock }) => {
          await clock.sleep(2000)
          return token('second')
        }),
        link('AzureCliCredential', async () => token('third')),
      ],
      request,
      ports,
      signal,
      (event) => {
        if (event.kind === 'ended') ended.push(event.attempt.credential)
      },
    )
    await ports.clock.advance(3000)
    const result = await running
    expect(ended).toEqual(['AzureCliCredential', 'ManagedIdentityCredential', 'EnvironmentCredential'])
    expect(result.attempts.map(({ credential, outcome }) => [credential, outcome])).toEqual([
      ['EnvironmentCredential', 'unavailable'],
      ['ManagedIdentityCredential', 'succeeded'],
      ['AzureCliCredential', 'succeeded'],
    ])
    expect(result).toMatchObject({ outcome: 'succeeded', credential: 'ManagedIdentityCredential', stoppedBy: null })
    expect(result.token?.token.reveal()).toBe('second')
    expect(result.elapsedMs).toBe(3000)
  })

  test('a failure before the first token ends the chain all the same', async () => {
    const links = [link('EnvironmentCredential', async () => broken), link('AzureCliCredential', async () => token())]
    const result = await runAllLinks(links, request, fakeRuntime(), signal)
    expect(result).toMatchObject({
      outcome: 'failed',
      credential: null,
      stoppedBy: 'EnvironmentCredential',
      token: null,
    })
    expect(result.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'succeeded'])
  })

  test('a failure behind the winner changes nothing', () => {
    const attempts: readonly Attempt[] = [
      { credential: 'EnvironmentCredential', outcome: 'succeeded', elapsedMs: 1, evidence: [] },
      { credential: 'AzureCliCredential', outcome: 'failed', elapsedMs: 1, evidence: [] },
    ]
    expect(concludeChain(attempts, 1)).toMatchObject({
      outcome: 'succeeded',
      credential: 'EnvironmentCredential',
      stoppedBy: null,
    })
    expect(concludeChain([], 1)).toMatchObject({ outcome: 'unavailable', credential: null, stoppedBy: null })
  })

  test('a credential that throws is a failure of its own, and the others go on', async () => {
    const links = [
      link('EnvironmentCredential', async () => {
        throw new Error('boom')
      }),
      link('AzureCliCredential', async () => nothing),
    ]
    const result = await runAllLinks(links, request, fakeRuntime(), signal)
    expect(result.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'unavailable'])
  })
})

describe('dry run', () => {
  const profile = findProfile('python')
  const dryRun = async (options: Parameters<typeof fakeRuntime>[0], names?: readonly string[], config = {}) => {
    // No route, no program, no keyring entry is scripted: whatever is asked fails the test.
    const ports = fakeRuntime(options)
    const wishes = { exclude: [], include: [], variable: undefined, isVariableRequired: false }
    const chosen =
      names === undefined
        ? selectDefaultChain(profile, configure({ role: 'chained', ...config }), wishes)
        : selectNamedChain(profile, names, configure(config))
    if (!chosen.ok) throw new Error(chosen.error.message)
    const before = ports.files.paths()
    const dry = await dryRunLinks(chosen.value.links, request, ports, signal)
    expect(ports.files.paths()).toEqual(before)
    return Object.fromEntries(dry.map(({ attempt, step }) => [attempt.credential, { attempt, step }]))
  }

  test('nothing configured: managed identity would be asked, the rest has nothing', async () => {
    const seen = await dryRun({})
    const ready = Object.entries(seen).filter(([, { step }]) => step !== null)
    expect(ready.map(([name, { step }]) => [name, step?.kind, step?.what])).toEqual([
      ['ManagedIdentityCredential', 'http', 'GET http://169.254.169.254/metadata/identity/oauth2/token'],
    ])
    expect(seen['EnvironmentCredential']?.attempt).toMatchObject({ outcome: 'unavailable' })
  })

  test('a service principal would ask its authority; its secret is in no record', async () => {
    const seen = await dryRun({
      env: {
        AZURE_TENANT_ID: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
        AZURE_CLIENT_ID: '11111111-aaaa-4bbb-8ccc-222222222222',
        AZURE_CLIENT_SECRET: 'canary-secret-value',
      },
    })
    const { attempt, step } = seen['EnvironmentCredential'] ?? {}
    expect(attempt).toMatchObject({ outcome: 'not-attempted' })
    expect(step).toMatchObject({ kind: 'http' })
    expect(step?.what).toMatch(/^(?:GET|POST) https:\/\/login\.microsoftonline\.com\//)
    expect(attempt?.evidence.map(({ what, result }) => `${what}: ${result}`)).toContain('AZURE_CLIENT_SECRET: set')
    expect(JSON.stringify(seen)).not.toContain('canary')
  })

  test('az on PATH would be run, with the arguments that are seen', async () => {
    const seen = await dryRun({
      env: { PATH: '/usr/bin' },
      files: { '/usr/bin/az': { kind: 'file', content: '#!', mode: 0o755 } },
    })
    expect(seen['AzureCliCredential']?.step).toEqual({
      kind: 'process',
      what: '/usr/bin/az account get-access-token --output json --resource https://management.azure.com',
    })
  })

  test('what is wrong already here needs no packet: a tenant that is none', async () => {
    const seen = await dryRun({
      env: {
        AZURE_TENANT_ID: 'a b',
        AZURE_CLIENT_ID: '11111111-aaaa-4bbb-8ccc-222222222222',
        AZURE_CLIENT_SECRET: 'x'.repeat(40),
      },
    })
    expect(seen['EnvironmentCredential']).toMatchObject({ step: null, attempt: { outcome: 'failed' } })
  })

  test('a command for an assertion would be run, and its arguments stay private', async () => {
    const seen = await dryRun({}, ['client-assertion'], {
      tenantId: 'contoso.com',
      clientId: '11111111-aaaa-4bbb-8ccc-222222222222',
      clientAssertion: { kind: 'command', command: ['/bin/get-jwt', 'canary'], source: '--client-assertion-command' },
    })
    const step = seen['ClientAssertionCredential']?.step
    expect(['http', 'process']).toContain(step?.kind)
    expect(JSON.stringify(seen)).not.toContain('canary')
  })
})
