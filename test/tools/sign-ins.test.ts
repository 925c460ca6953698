/** Sign-ins that other programs keep. The texts were recorded from azure-identity for Python 1.27.0 over the same files. */
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import { type Link, runChain } from '../../src/engine/chain.ts'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import { findCredential } from '../../src/engine/registry.ts'
import type { ChainResult, CredentialConfig, TokenRequest } from '../../src/engine/types.ts'
import { configure, judgeInDefaultChain, noLimit } from '../engine/world.ts'
import { type FakeRuntimeOptions, fakeRuntime } from '../fakes/runtime.ts'

const scope = 'https://vault.azure.net/.default'
const file = '/home/ada/.IdentityService/msal.cache.nocae'
const now = Date.UTC(2026, 10, 21)

async function ask(
  name: string,
  world: FakeRuntimeOptions,
  changes: Partial<CredentialConfig> = {},
  request: Partial<TokenRequest> = {},
): Promise<{ result: ChainResult; message: string | undefined; causes: readonly string[]; hints: string }> {
  const match = findCredential(name)
  if (match.kind !== 'found') throw new Error(name)
  const { definition } = match
  const config = configure(changes)
  const link: Link = {
    name: definition.name,
    create: (ports) => definition.create(config, ports),
    ...(config.role === 'chained' ? { judge: judgeInDefaultChain(definition.name) } : {}),
  }
  const result = await runChain([link], { scopes: [scope], ...request }, fakeRuntime({ now, ...world }), noLimit())
  const problem = result.attempts[0]?.problem
  const { causes, hints } = problem === undefined ? { causes: [], hints: [] } : diagnose(problem)
  return {
    result,
    message: problem === undefined ? undefined : wordProblem(findProfile('python'), definition.name, problem),
    causes,
    hints: JSON.stringify(hints),
  }
}

const account = (user: string, tenant: string, username: string, environment = 'login.microsoftonline.com') => ({
  home_account_id: `${user}.${tenant}`,
  environment,
  realm: tenant,
  username,
})
const refresh = (
  user: string,
  tenant: string,
  environment = 'login.microsoftonline.com',
  family: object = { family_id: '1' },
) => ({
  home_account_id: `${user}.${tenant}`,
  environment,
  secret: 'canary-refresh-token',
  ...family,
})
const access = (user: string, tenant: string, seconds: number, target = scope) => ({
  home_account_id: `${user}.${tenant}`,
  realm: tenant,
  secret: `access-token-of-${user}`,
  target,
  expires_on: String(now / 1000 + seconds),
})

function cacheOf(
  accounts: readonly object[],
  refreshTokens: readonly object[],
  accessTokens: readonly object[],
): string {
  return JSON.stringify({
    Account: { ...accounts },
    RefreshToken: { ...refreshTokens },
    AccessToken: { ...accessTokens },
  })
}

const one = cacheOf([account('u', 't', 'a@b')], [refresh('u', 't')], [access('u', 't', 3600)])
const two = cacheOf(
  [account('u', 't', 'a@b'), account('v', 's', 'c@d')],
  [refresh('u', 't'), refresh('v', 's')],
  [access('u', 't', 3600), access('v', 's', 3600)],
)
const none = 'SharedTokenCacheCredential authentication unavailable. No accounts were found in the cache.'

describe('SharedTokenCacheCredential', () => {
  test.each<[string, string | undefined, Partial<CredentialConfig>, string, string]>([
    ['no file', undefined, {}, 'unavailable', none],
    ['an empty file', '', {}, 'unavailable', none],
    ['an empty object', '{}', {}, 'unavailable', none],
    ['no JSON', 'hello', {}, 'failed', 'Authentication failed: Expecting value: line 1 column 1 (char 0)'],
    ['a number', '1', {}, 'failed', "Authentication failed: 'int' object has no attribute 'get'"],
    ['a list', '[]', {}, 'failed', "Authentication failed: 'list' object has no attribute 'get'"],
    ['null', 'null', {}, 'failed', "Authentication failed: 'NoneType' object has no attribute 'get'"],
    [
      'null, in the default chain',
      'null',
      { role: 'chained' },
      'failed',
      "Authentication failed: 'NoneType' object has no attribute 'get'",
    ],
    [
      'no family',
      cacheOf([account('u', 't', 'a@b')], [refresh('u', 't', 'login.microsoftonline.com', {})], []),
      {},
      'unavailable',
      none,
    ],
    ['no refresh token', cacheOf([account('u', 't', 'a@b')], [], [access('u', 't', 3600)]), {}, 'unavailable', none],
    [
      'another cloud',
      cacheOf(
        [account('u', 't', 'a@b', 'login.microsoftonline.us')],
        [refresh('u', 't', 'login.microsoftonline.us')],
        [],
      ),
      {},
      'unavailable',
      none,
    ],
    [
      'two accounts',
      two,
      {},
      'unavailable',
      'SharedTokenCacheCredential authentication unavailable. Multiple accounts\nwere found in the cache. Use username and tenant id to disambiguate.',
    ],
    [
      'none of that name',
      two,
      { username: 'x@y' },
      'unavailable',
      'SharedTokenCacheCredential authentication unavailable. No account\nmatching the specified username: x@y was found in the cache.',
    ],
    [
      'none of that name and tenant',
      two,
      { username: 'x@y', tenantId: 's' },
      'unavailable',
      'SharedTokenCacheCredential authentication unavailable. No account\nmatching the specified username: x@y tenant: s was found in the cache.',
    ],
    [
      'two of one name',
      cacheOf([account('u', 't', 'a@b'), account('v', 's', 'a@b')], [refresh('u', 't'), refresh('v', 's')], []),
      { username: 'a@b' },
      'unavailable',
      'SharedTokenCacheCredential authentication unavailable. Multiple accounts\nmatching the specified username: a@b were found in the cache.',
    ],
  ])('%s', async (_name, content, changes, outcome, message) => {
    const asked = await ask('shared-cache', content === undefined ? {} : { files: { [file]: content } }, changes)
    expect({ outcome: asked.result.outcome, message: asked.message }).toEqual({ outcome, message })
    expect(JSON.stringify(asked)).not.toContain('canary')
  })

  test.each<[string, string, Partial<CredentialConfig>, string]>([
    ['the only account', one, {}, 'u'],
    [
      'an account under another name of the authority',
      cacheOf(
        [account('u', 't', 'a@b', 'login.windows.net')],
        [refresh('u', 't', 'login.windows.net')],
        [access('u', 't', 3600)],
      ),
      {},
      'u',
    ],
    ['chosen by name', two, { username: 'c@d' }, 'v'],
    ['chosen by tenant', two, { tenantId: 's' }, 'v'],
    [
      'more scopes than asked',
      cacheOf([account('u', 't', 'a@b')], [refresh('u', 't')], [access('u', 't', 3600, `x ${scope}`)]),
      {},
      'u',
    ],
  ])('a token: %s', async (_name, content, changes, user) => {
    const { result } = await ask('shared-cache', { files: { [file]: content } }, changes)
    expect(result.token?.token.reveal()).toBe(`access-token-of-${user}`)
    expect(result.token?.expiresOn).toBe(now + 3_600_000)
  })

  test('the default chain chooses by AZURE_USERNAME and AZURE_TENANT_ID, a named credential does not', async () => {
    const world = { files: { [file]: two }, env: { AZURE_USERNAME: 'c@d', AZURE_TENANT_ID: 's' } }
    expect((await ask('shared-cache', world, { role: 'chained' })).result.token?.token.reveal()).toBe(
      'access-token-of-v',
    )
    expect((await ask('shared-cache', world)).causes).toEqual(['account-ambiguous'])
  })

  test.each([
    ['ends within five minutes', access('u', 't', 300), {}],
    ['is for something else', access('u', 't', 3600, 'https://graph.microsoft.com/.default'), {}],
    ['is asked anew by claims', access('u', 't', 3600), { claims: '{}' }],
  ])(
    'an access token that %s is not handed out, and the refresh token is left alone',
    async (_name, token, request) => {
      const content = cacheOf([account('u', 't', 'a@b')], [refresh('u', 't')], [token])
      const asked = await ask('shared-cache', { files: { [file]: content } }, {}, request)
      expect(asked.result.outcome).toBe('unavailable')
      expect(asked.message).toContain("no access token of 'a@b'")
      expect(asked.causes).toEqual(['ide-signin-unavailable'])
      expect(JSON.stringify(asked)).not.toContain('canary')
    },
  )

  test('continuous access evaluation has a cache of its own', async () => {
    const asked = await ask('shared-cache', { files: { [file.replace('nocae', 'cae')]: one } }, {}, { enableCae: true })
    expect(asked.result.token?.token.reveal()).toBe('access-token-of-u')
  })

  test.each([
    ['win32', 'C:\\Users\\ada\\AppData\\Local\\.IdentityService\\msal.cache.nocae', 'DPAPI'],
    ['darwin', file, 'keychain'],
  ] as const)('%s: sealed, which is said; and without a file there are no accounts', async (platform, path, by) => {
    const sealed = await ask('shared-cache', { platform, files: { [path]: 'sealed' } })
    expect(sealed.message).toBe('Shared token cache unavailable')
    expect(sealed.hints).toContain(by)
    expect((await ask('shared-cache', { platform })).message).toBe(none)
  })

  test('a file that cannot be read is unavailable', async () => {
    const asked = await ask('shared-cache', {
      files: { [file]: one },
      fileFault: (_, path) => (path === file ? 'denied' : undefined),
    })
    expect(asked.result.outcome).toBe('unavailable')
    expect(asked.message).toBe(`[Errno 13] Permission denied: '${file}'`)
  })
})

const vscode =
  "VisualStudioCodeCredential requires the 'azure-identity-broker' package to be installed. You must also ensure you have the Azure Resources extension installed and have signed in to Azure via Visual Studio Code."
const recordFile = '/home/ada/.azure/ms-azuretools.vscode-azureresourcegroups/authRecord.json'
const record = {
  authority: 'login.microsoftonline.com',
  clientId: 'aebc6443-996d-45c2-90f0-388ff96faa56',
  homeAccountId: 'u.t',
  tenantId: 'contoso.com',
  username: 'ada@contoso.com',
}

describe('VisualStudioCodeCredential', () => {
  test.each<[string, string | undefined, readonly string[], string]>([
    ['nobody signed in', undefined, [], '[]'],
    ['somebody signed in', JSON.stringify(record), ['ide-signin-unavailable'], 'signed in as ada@contoso.com'],
    ['no JSON', 'hello', ['ide-signin-unavailable'], 'it has no tenantId'],
    [
      'a member is missing',
      JSON.stringify({ ...record, username: '' }),
      ['ide-signin-unavailable'],
      'it has no username',
    ],
    [
      'another client',
      JSON.stringify({ ...record, clientId: 'x' }),
      ['ide-signin-unavailable'],
      'its client is not VS Code',
    ],
    [
      'a wrong tenant',
      JSON.stringify({ ...record, tenantId: 'a b' }),
      ['ide-signin-unavailable'],
      'its tenant is none',
    ],
    ['a large file', 'x'.repeat(11_000), ['ide-signin-unavailable'], 'too-large'],
  ])("%s: unavailable in the SDK's words, with what was found", async (_name, content, causes, hint) => {
    const asked = await ask('vscode', content === undefined ? {} : { files: { [recordFile]: content } })
    expect(asked.result.outcome).toBe('unavailable')
    expect(asked.message).toBe(vscode)
    expect(asked.causes).toEqual(causes)
    expect(asked.hints).toContain(hint)
  })

  test('the account is evidence', async () => {
    const { result } = await ask('vscode', {
      files: { [recordFile.replace('.azure/', '.Azure/')]: JSON.stringify(record) },
    })
    expect(result.attempts[0]?.evidence.at(-1)?.result).toBe('ada@contoso.com, tenant contoso.com')
  })
})

describe('BrokerCredential', () => {
  test.each([
    [{}, '[]'],
    [{ platform: 'win32' as const }, 'az login'],
    [{ host: { release: '5.15.0-microsoft-standard-WSL2' } }, 'az login'],
  ])('%j: unavailable, for the plug-in is missing', async (world, hint) => {
    const asked = await ask('broker', world)
    expect(asked.result.outcome).toBe('unavailable')
    expect(asked.message).toBe(
      "InteractiveBrowserBrokerCredential unavailable. The 'azure-identity-broker' package is required to use brokered authentication.",
    )
    expect(asked.hints).toContain(hint)
  })
})
