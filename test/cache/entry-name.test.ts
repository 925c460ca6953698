import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type NamedRequest, nameEntry } from '../../src/cache/entry-name.ts'
import { deriveKeys } from '../../src/cache/sealing.ts'
import type { CredentialConfig, CredentialName, TokenRequest } from '../../src/engine/types.ts'
import { Secret } from '../../src/secret.ts'
import { type FakeRuntimeOptions, fakeRuntime } from '../fakes/runtime.ts'
import { config, keys, link, noInputs } from './support/requests.ts'

async function nameOf(named: NamedRequest, world: FakeRuntimeOptions = {}, under = keys): Promise<string> {
  const name = await nameEntry(named, under, fakeRuntime(world))
  if (!name.ok) throw new Error(name.error.code)
  return name.value
}

const arm: TokenRequest = { scopes: ['https://management.azure.com/.default'] }
const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`

test('entry name: 64 hex digits that tell nothing, other ones under another key', async () => {
  const named = { links: [link({ values: [new Secret('hunter2')] })], request: arm }
  expect(await nameOf(named)).toMatch(/^[0-9a-f]{64}$/)
  expect(await nameOf(named)).toBe(await nameOf(named))
  expect(await nameOf(named)).not.toBe(await nameOf(named, {}, deriveKeys(new Uint8Array(32))))
})

/** What a test world may hold, small enough that equal ones meet often. */
interface Facts {
  readonly scopes: readonly string[]
  readonly tenantId: string | undefined
  readonly claims: string | undefined
  readonly enableCae: boolean
  readonly sdk: CredentialConfig['sdk']
  readonly host: string
  readonly allowed: readonly string[]
  readonly clientId: string | undefined
  readonly secret: string | undefined
  readonly certificate: string | undefined
  readonly names: readonly CredentialName[]
  readonly variable: string | undefined
  readonly file: string | undefined
  readonly tokenClaims: { iss?: string; sub?: string; aud?: string } | undefined
  readonly machineId: string | undefined
}

const word = fc.constantFrom('a', 'b', 'ab')
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined })

const facts: fc.Arbitrary<Facts> = fc.record({
  scopes: fc.constantFrom(['x/.default'], ['y/.default'], ['x/a', 'x/b'], ['x/b', 'x/a']),
  tenantId: optional(word),
  claims: optional(fc.constantFrom('{"id_token":{}}', '{"access_token":{"acrs":{"value":"c1"}}}')),
  enableCae: fc.boolean(),
  sdk: fc.constantFrom('python', 'js'),
  host: fc.constantFrom('https://login.microsoftonline.com', 'https://login.microsoftonline.us'),
  allowed: fc.constantFrom([], ['*'], ['a', 'b'], ['ab']),
  clientId: optional(word),
  secret: optional(fc.constantFrom('', 'a', 'b')),
  certificate: optional(word),
  names: fc.constantFrom<CredentialName[]>(
    ['AzureCliCredential'],
    ['EnvironmentCredential', 'AzureCliCredential'],
    ['AzureCliCredential', 'EnvironmentCredential'],
  ),
  variable: optional(fc.constantFrom('', 'a', 'b')),
  file: optional(fc.constantFrom('', 'a', 'b')),
  tokenClaims: optional(fc.record({ iss: word, sub: word, aud: word }, { requiredKeys: [] })),
  machineId: optional(word),
})

function build(given: Facts): { named: NamedRequest; world: FakeRuntimeOptions } {
  const changes: Partial<CredentialConfig> = {
    sdk: given.sdk,
    authority: { ...config().authority, host: given.host },
    additionallyAllowedTenants: given.allowed,
    ...(given.clientId === undefined ? {} : { clientId: given.clientId }),
    ...(given.secret === undefined ? {} : { clientSecret: new Secret(given.secret) }),
    ...(given.certificate === undefined
      ? {}
      : { certificate: { path: 'c.pem', content: Buffer.from(given.certificate), sendChain: false } }),
  }
  const inputs = {
    variables: ['AZURE_CONFIG_DIR'],
    files: ['/azure/azureProfile.json'],
    tokenFiles: ['/token'],
    isOfThisMachine: given.machineId !== undefined,
  }
  return {
    named: {
      links: given.names.map((name) => link(inputs, changes, name)),
      request: {
        scopes: given.scopes,
        enableCae: given.enableCae,
        ...(given.tenantId === undefined ? {} : { tenantId: given.tenantId }),
        ...(given.claims === undefined ? {} : { claims: given.claims }),
      },
    },
    world: {
      env: given.variable === undefined ? {} : { AZURE_CONFIG_DIR: given.variable },
      files: {
        ...(given.file === undefined ? {} : { '/azure/azureProfile.json': given.file }),
        ...(given.tokenClaims === undefined ? {} : { '/token': jwt(given.tokenClaims) }),
        ...(given.machineId === undefined
          ? {}
          : { '/etc/machine-id': given.machineId, '/proc/sys/kernel/random/boot_id': 'boot' }),
      },
    },
  }
}

/** Two settings mean the same token when nothing differs but the order of the scopes. */
function meaning(given: Facts): string {
  return JSON.stringify({ ...given, scopes: [...given.scopes].sort() }, (_, value) =>
    value === undefined ? '∅' : value,
  )
}

test('entry name: two requests share an entry only if they mean the same token', async () => {
  await fc.assert(
    fc.asyncProperty(facts, facts, async (left, right) => {
      const [one, other] = [build(left), build(right)]
      const isShared = (await nameOf(one.named, one.world)) === (await nameOf(other.named, other.world))
      expect(isShared).toBe(meaning(left) === meaning(right))
    }),
    { numRuns: 1500 },
  )
})

test('entry name: settings that differ in one fact never share, whichever it is', async () => {
  await fc.assert(
    fc.asyncProperty(facts, facts, async (base, donor) => {
      const first = build(base)
      const name = await nameOf(first.named, first.world)
      for (const fact of Object.keys(base) as (keyof Facts)[]) {
        const changed = { ...base, [fact]: donor[fact] }
        const other = build(changed)
        expect((await nameOf(other.named, other.world)) === name).toBe(meaning(changed) === meaning(base))
      }
    }),
    { numRuns: 200 },
  )
})

describe('entry name: a change of', () => {
  const certificate = (changes: object): Partial<CredentialConfig> => ({
    certificate: { path: '/c.pem', content: Buffer.from('one'), sendChain: false, ...changes },
  })
  test.each<[string, Partial<CredentialConfig>, Partial<CredentialConfig>]>([
    ['the content of a certificate', certificate({}), certificate({ content: Buffer.from('two') })],
    ['its password', certificate({ password: new Secret('a') }), certificate({ password: new Secret('b') })],
    ['whether its chain is sent', certificate({}), certificate({ sendChain: true })],
    ['the role', { role: 'named' }, { role: 'chained' }],
    ['the object id', { objectId: 'a' }, { objectId: 'b' }],
    ['which kind of id it is', { objectId: 'a' }, { resourceId: 'a' }],
    ['whether a private authority is vouched for', trusted(true), trusted(false)],
    ['a member that this test does not know', {}, { somethingNew: 'x' } as Partial<CredentialConfig>],
  ])('%s is another name', async (_, one, other) => {
    expect(await nameOf({ links: [link({}, one)], request: arm })).not.toBe(
      await nameOf({ links: [link({}, other)], request: arm }),
    )
  })

  test.each<[string, Partial<CredentialConfig>]>([
    ['the limit of child processes', { processTimeoutMs: 1 }],
    ['the limit of the IMDS probe', { imdsTimeoutMs: 1 }],
    ['where MSAL keeps its cache', { msalCache: { read: async () => null, write: async () => {} } }],
  ])('%s is the same name', async (_, changes) => {
    expect(await nameOf({ links: [link({}, changes)], request: arm })).toBe(
      await nameOf({ links: [link()], request: arm }),
    )
  })

  test.each<[string, FakeRuntimeOptions, FakeRuntimeOptions]>([
    ['a file, from missing to empty', {}, { files: { '/f': '' } }],
    [
      'a file, from readable to not',
      { files: { '/f': 'x' } },
      { files: { '/f': { content: 'x', mode: 0, userId: 1 } } },
    ],
    ['a file, to a folder', { files: { '/f': 'x' } }, { files: { '/f': { kind: 'folder' } } }],
    ['a variable, from not set to empty', {}, { env: { V: '' } }],
    ['PATH', { env: { PATH: '/bin' } }, { env: { PATH: '/home/ada/bin:/bin' } }],
    ['whose the federated token is', { files: { '/t': jwt({ sub: 'a' }) } }, { files: { '/t': jwt({ sub: 'b' }) } }],
    ['a federated token that is no JWT', { files: { '/t': 'opaque-1' } }, { files: { '/t': 'opaque-2' } }],
  ])('%s is another name', async (_, one, other) => {
    const links = [link({ variables: ['V', 'PATH'], files: ['/f'], tokenFiles: ['/t'] })]
    expect(await nameOf({ links, request: arm }, one)).not.toBe(await nameOf({ links, request: arm }, other))
  })

  test('a federated token that was renewed is the same name', async () => {
    const links = [link({ tokenFiles: ['/t'] })]
    const same = { iss: 'i', sub: 's', aud: ['x', 'y'] }
    expect(await nameOf({ links, request: arm }, { files: { '/t': jwt({ ...same, exp: 1 }) } })).toBe(
      await nameOf({ links, request: arm }, { files: { '/t': jwt({ ...same, exp: 2, jti: 'new' }) } }),
    )
  })

  test('the path of a federated token is another name', async () => {
    const world = { files: { '/t': jwt({ sub: 's' }), '/u': jwt({ sub: 's' }) } }
    expect(await nameOf({ links: [link({ tokenFiles: ['/t'] })], request: arm }, world)).not.toBe(
      await nameOf({ links: [link({ tokenFiles: ['/u'] })], request: arm }, world),
    )
  })
})

function trusted(isTrusted: boolean): Partial<CredentialConfig> {
  return { authority: { host: 'https://sts.contoso.com', cloud: 'public', isMicrosoft: false, isTrusted } }
}

test('entry name: a chain has the inputs of all its links', async () => {
  const links = [link({ variables: ['A'] }, {}, 'EnvironmentCredential'), link({ variables: ['B'] })]
  const name = await nameOf({ links, request: arm })
  expect(await nameOf({ links, request: arm }, { env: { A: '1' } })).not.toBe(name)
  expect(await nameOf({ links, request: arm }, { env: { B: '1' } })).not.toBe(name)
  expect(await nameOf({ links, request: arm }, { env: { C: '1' } })).toBe(name)
})

test('entry name: the tokens of this machine have none where it cannot be told from another', async () => {
  const named = { links: [link({ isOfThisMachine: true })], request: arm }
  const files = { '/etc/machine-id': 'm', '/proc/sys/kernel/random/boot_id': 'b' }
  expect(await nameEntry(named, keys, fakeRuntime())).toMatchObject({ ok: false, error: { code: 'not-nameable' } })
  expect(await nameEntry(named, keys, fakeRuntime({ files: { '/etc/machine-id': 'm' } }))).toMatchObject({ ok: false })
  const name = await nameOf(named, { files })
  expect(await nameOf(named, { files: { ...files, '/proc/sys/kernel/random/boot_id': 'c' } })).not.toBe(name)
  expect(await nameOf(named, { files: { ...files, '/etc/machine-id': 'n' } })).not.toBe(name)
})

test('entry name: what has no value, such as a callback, has no name', async () => {
  const changes = { assertion: () => 'x' } as Partial<CredentialConfig>
  const name = await nameEntry({ links: [link({}, changes)], request: arm }, keys, fakeRuntime())
  expect(name).toMatchObject({ ok: false, error: { code: 'not-nameable' } })
})

test('entry name: a revocation challenge asks for a newer token of the same name, any other challenge for another', async () => {
  const links = [link(noInputs)]
  const plain = await nameOf({ links, request: arm })
  const claims = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}'
  expect(await nameOf({ links, request: { ...arm, claims } })).toBe(plain)
  const more = '{"access_token":{"nbf":{"essential":true,"value":"1604106651"},"acrs":{"value":"c1"}}}'
  expect(await nameOf({ links, request: { ...arm, claims: more } })).not.toBe(plain)
})
