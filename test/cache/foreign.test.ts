/** What other tools keep: stand-ins made from their documented formats, with canaries where their secrets are. */
import { spawnSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { readForeignStores } from '../../src/cache/foreign/foreign.ts'
import type { ForeignStore } from '../../src/cache/foreign/foreign-store.ts'
import { main } from '../../src/main.ts'
import { drawCacheList } from '../../src/output/cache.ts'
import { plainStyle } from '../../src/output/style.ts'
import type { Keyring, KeyringItem } from '../../src/runtime.ts'
import { createSecretService } from '../../src/runtime-node/secret-service.ts'
import { Secret } from '../../src/secret.ts'
import { createFakeClock } from '../fakes/clock.ts'
import { createFakeKeyring } from '../fakes/keyring.ts'
import { type FakeRuntimeOptions, fakeRuntime } from '../fakes/runtime.ts'
import { expectSchema } from '../support/schemas.ts'
import { hasCommand, lockGnomeKeyring, startGnomeKeyring } from './support/processes.ts'
import { temporaryHome } from './support/real-ports.ts'
import { hour, start } from './support/requests.ts'

const tenant = '11111111-1111-4111-8111-111111111111'
const home = 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa.11111111-1111-4111-8111-111111111111'
const azClient = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

const msalCache = JSON.stringify({
  AccessToken: {
    one: {
      home_account_id: home,
      environment: 'login.microsoftonline.com',
      credential_type: 'AccessToken',
      client_id: azClient,
      secret: 'canary-access',
      realm: tenant,
      target: 'https://management.core.windows.net//.default',
      expires_on: String((start + hour) / 1000),
      cached_at: String(start / 1000),
    },
    app: {
      home_account_id: '',
      client_id: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc',
      secret: 'canary-app',
      realm: tenant,
      target: 'https://vault.azure.net/.default',
      expires_on: (start - hour) / 1000,
    },
  },
  RefreshToken: { one: { home_account_id: home.toUpperCase(), client_id: azClient, secret: 'canary-refresh' } },
  IdToken: { one: { home_account_id: home, client_id: azClient, realm: tenant, secret: 'canary-id' } },
  Account: { one: { home_account_id: home, realm: tenant, username: 'ada@contoso.com' } },
  AppMetadata: { one: { client_id: azClient } },
})

const azureProfile = `\ufeff${JSON.stringify({
  installationId: 'i',
  subscriptions: [
    { id: 's1', name: 'one', tenantId: tenant, isDefault: true, user: { name: 'ada@contoso.com', type: 'user' } },
    { id: 's2', name: 'two', tenantId: tenant, isDefault: false, user: { name: 'ada@contoso.com', type: 'user' } },
    { id: 's3', tenantId: tenant, user: { name: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', type: 'servicePrincipal' } },
    {
      id: 's4',
      tenantId: tenant,
      user: { name: 'systemAssignedIdentity', type: 'servicePrincipal', assignedIdentityInfo: 'MSI' },
    },
  ],
})}`

const files: FakeRuntimeOptions['files'] = {
  '/home/ada/.azure/azureProfile.json': azureProfile,
  '/home/ada/.azure/msal_token_cache.json': { content: msalCache, mode: 0o600 },
  '/home/ada/.azure/service_principal_entries.json': {
    content: JSON.stringify([
      { tenant, client_id: 'sp-id', client_secret: 'canary-secret', certificate: 'canary-cert' },
    ]),
    mode: 0o644,
  },
  '/home/ada/.azure/accessTokens.json': '[{"refreshToken":"canary-adal"}]',
  '/home/ada/.azure/ms-azuretools.vscode-azureresourcegroups/authRecord.json': JSON.stringify({
    authority: 'login.microsoftonline.com',
    clientId: 'vscode-client',
    homeAccountId: home,
    tenantId: tenant,
    username: 'ada@contoso.com',
    version: '1.0',
  }),
  '/home/ada/.azd/auth.json': JSON.stringify({ auth: { account: { currentUser: { homeAccountId: home } } } }),
  '/home/ada/.azd/auth/msal/cache.json': { content: msalCache, mode: 0o600 },
  '/home/ada/.azd/auth/credabc.json': { content: '{"clientSecret":"canary-azd"}', mode: 0o600 },
  '/home/ada/.Azure/AzureRmContext.json': JSON.stringify({
    DefaultContextKey: 'one',
    Contexts: {
      one: {
        Account: { Id: 'ada@contoso.com', Type: 'User', ExtendedProperties: { Secret: 'canary-ps' } },
        Tenant: { Id: tenant },
      },
      two: { Account: { Id: 'sp-id', Type: 'ServicePrincipal' }, Tenant: { Id: tenant } },
    },
  }),
  '/home/ada/.IdentityService/msal.cache.nocae': '',
  '/home/ada/.IdentityService/msal.cache.cae': { content: msalCache, mode: 0o600 },
  '/home/ada/.IdentityService/msal.cache.cae.lockfile': '',
  '/home/ada/.IdentityService/go.nocae': `eyJhbGciOiJkaXIifQ..canary-jwe`,
  '/home/ada/.local/share/.IdentityService/msal.cache': 'nonsense of sixteen bytes',
}

/** Everything said about a store but its items. */
function headsOf(stores: readonly ForeignStore[]): string[] {
  return stores.map(
    ({ tool, place, protection, state, items }) =>
      `${tool} ${place.replace('/home/ada/', '~/')} ${protection} ${state} ${items.length}`,
  )
}

describe('what other tools keep', () => {
  test('is found, with how it is protected', async () => {
    const stores = await readForeignStores(fakeRuntime({ files }), false)
    expect(headsOf(stores)).toEqual([
      'az ~/.azure/azureProfile.json no-secret read 3',
      'az ~/.azure/msal_token_cache.json none read 5',
      'az ~/.azure/service_principal_entries.json none read 1',
      'az ~/.azure/accessTokens.json none unreadable 0',
      'azd ~/.azd/auth.json no-secret read 1',
      'azd ~/.azd/auth/msal/cache.json none read 5',
      'azd ~/.azd/auth/credabc.json none read 1',
      'azure-powershell ~/.Azure/AzureRmContext.json no-secret read 2',
      'azure-identity ~/.IdentityService/go.nocae encrypted unreadable 0',
      'azure-identity ~/.IdentityService/msal.cache.cae none read 5',
      'azure-identity ~/.IdentityService/msal.cache.nocae keyring closed 0',
      'azure-identity ~/.local/share/.IdentityService/msal.cache encrypted unreadable 0',
      'vscode ~/.azure/ms-azuretools.vscode-azureresourcegroups/authRecord.json no-secret read 1',
    ])
    expect(stores.filter(({ isOpenToOthers }) => isOpenToOthers).map(({ place }) => place)).toEqual([
      '/home/ada/.azure/service_principal_entries.json',
    ])
    expect(JSON.stringify(stores)).not.toContain('canary')
  })

  test('account, tenant, audience and expiry of each', async () => {
    const stores = await readForeignStores(fakeRuntime({ files }), false)
    const items = (ending: string): ForeignStore['items'] =>
      stores.find(({ place }) => place.endsWith(ending))?.items ?? []
    expect(items('msal_token_cache.json')).toMatchObject([
      { kind: 'account', account: 'ada@contoso.com', tenantId: tenant },
      {
        kind: 'access-token',
        account: 'ada@contoso.com',
        tenantId: tenant,
        audience: 'https://management.core.windows.net//.default',
        clientId: azClient,
        expiresOn: start + hour,
      },
      { kind: 'access-token', account: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc', expiresOn: start - hour },
      { kind: 'refresh-token', account: 'ada@contoso.com', expiresOn: null },
      { kind: 'id-token', account: 'ada@contoso.com' },
    ])
    expect(items('azureProfile.json')).toMatchObject([
      { kind: 'account', account: 'ada@contoso.com', tenantId: tenant, isCurrent: true },
      { kind: 'service-principal', isCurrent: false },
      { kind: 'managed-identity', account: 'MSI' },
    ])
    expect(items('auth.json')).toMatchObject([{ kind: 'account', account: 'ada@contoso.com', isCurrent: true }])
    expect(items('AzureRmContext.json')).toMatchObject([
      { kind: 'account', account: 'ada@contoso.com', isCurrent: true },
      { kind: 'service-principal', account: 'sp-id', isCurrent: false },
    ])
    expect(items('service_principal_entries.json')).toMatchObject([{ account: 'sp-id', tenantId: tenant }])
    expect(items('authRecord.json')).toMatchObject([{ kind: 'authentication-record', account: 'ada@contoso.com' }])
  })

  test('is only read: no file is written and no keyring entry opened', async () => {
    const touched: string[] = []
    const runtime = fakeRuntime({
      files,
      fileFault: (operation) => {
        if (!['read', 'stat', 'list'].includes(operation)) touched.push(operation)
        return undefined
      },
      keyring: {
        ...createFakeKeyring({}, createFakeClock(start)),
        find: async () => {
          touched.push('find')
          return { ok: true, value: [] }
        },
      },
    })
    await readForeignStores(runtime, false)
    expect(touched).toEqual([])
  })

  test('is looked for where the variables say', async () => {
    const env = { AZURE_CONFIG_DIR: '/az', AZD_CONFIG_DIR: '/azd', XDG_DATA_HOME: '/data' }
    const runtime = fakeRuntime({
      env,
      files: {
        '/az/msal_token_cache.json': '{}',
        '/azd/auth.json': '{}',
        '/data/.IdentityService/msal.cache.cae': msalCache,
        '/az/ms-azuretools.vscode-azureresourcegroups/authRecord.json': '{"username":"ada"}',
      },
    })
    expect((await readForeignStores(runtime, false)).map(({ place }) => place)).toHaveLength(4)
  })

  test('on Windows: sealed by DPAPI, and said so', async () => {
    const runtime = fakeRuntime({
      platform: 'win32',
      files: {
        'C:\\Users\\ada\\.azure\\msal_token_cache.bin': 'sealed by DPAPI',
        'C:\\Users\\ada\\.azd\\auth\\msal\\cache.bin': '{"type":"CryptProtectData","data":"canary"}',
        'C:\\Users\\ada\\AppData\\Local\\.IdentityService\\msal.cache.cae': 'sealed by DPAPI as well',
      },
    })
    const stores = await readForeignStores(runtime, false)
    expect(stores.map(({ protection, reason }) => [protection, reason])).toEqual(
      Array.from({ length: 3 }, () => ['encrypted', 'encrypted with DPAPI: not readable on this platform']),
    )
  })

  test.each([
    ['not JSON', 'nonsense of some length'],
    ['a list', '[1,2,3,4,5,6,7,8]'],
    ['another object', '{"hello":"world, is anybody there"}'],
    ['sections that are no objects', '{"AccessToken":[1],"Account":{"a":1,"b":null,"c":"d"}}'],
    [
      'members of wrong types',
      '{"AccessToken":{"a":{"target":1,"expires_on":"soon","realm":{},"home_account_id":[]}}}',
    ],
    ['names that every object has', '{"AccessToken":{"__proto__":{"target":"x"},"constructor":{}}}'],
    ['numbers beyond time', '{"AccessToken":{"a":{"expires_on":99999999999}}}'],
    ['a huge depth', `{"AccessToken":${'['.repeat(5000)}${']'.repeat(5000)}}`],
  ])('in files with %s: no crash, whatever the file', async (_, content) => {
    const places = Object.keys(files ?? {})
    const runtime = fakeRuntime({ files: Object.fromEntries(places.map((place) => [place, content])) })
    const stores = await readForeignStores(runtime, false)
    expect(stores.length).toBeGreaterThan(5)
    const view = { entries: [], accounts: [], unreadable: [], foreign: stores }
    expect(drawCacheList(view, { style: plainStyle, columns: 80, now: start })).toContain('azure-identity')
  })

  test.each(['folder', 'pipe', 'other'] as const)(
    'where a %s is in place of each file: no crash, no hang',
    async (kind) => {
      const places = Object.keys(files ?? {})
      const runtime = fakeRuntime({ files: Object.fromEntries(places.map((place) => [place, { kind }])) })
      for (const { items } of await readForeignStores(runtime, false)) expect(items).toEqual([])
    },
  )
})

describe('--read-foreign', () => {
  const item = (secret: string | null, label = 'MSALCache'): KeyringItem => ({
    label,
    attributes: {},
    secret: secret === null ? null : new Secret(secret),
  })
  const keyring = (find: NonNullable<Keyring['find']>): Keyring => ({
    ...createFakeKeyring({}, createFakeClock(start)),
    find,
  })

  test('opens what each tool keeps in the Secret Service', async () => {
    const asked: string[] = []
    const runtime = fakeRuntime({
      files: { '/home/ada/.IdentityService/msal.cache.nocae': '' },
      keyring: keyring(async (backend, attributes) => {
        asked.push(`${backend} ${Object.keys(attributes)}`)
        if ('MsalClientID' in attributes) return { ok: true, value: [item(msalCache, 'msal.cache.cae'), item(null)] }
        return { ok: true, value: 'service' in attributes ? [item('nonsense')] : [] }
      }),
    })
    const stores = await readForeignStores(runtime, true)
    expect(asked).toEqual([
      'secret-service MsalClientID',
      'secret-service service,account',
      'secret-service my_attr1,my_attr2',
    ])
    expect(headsOf(stores)).toEqual([
      'azure-identity ~/.IdentityService/msal.cache.nocae keyring closed 0',
      'azure-identity Secret Service: msal.cache.cae keyring read 5',
      'azure-identity Secret Service: MSALCache keyring unreadable 0',
      'azure-identity Secret Service: MSALCache keyring unreadable 0',
    ])
    expect(stores.map(({ reason }) => reason)).toEqual([
      'in the keyring: what was found there is listed apart',
      null,
      'the keyring is locked',
      'not in a format that azid knows',
    ])
    expect(JSON.stringify(stores)).not.toContain('canary')
  })

  test('says so where no keyring can be searched', async () => {
    const { find: _, ...without } = keyring(async () => ({ ok: true, value: [] }))
    const runtime = fakeRuntime({ files: { '/home/ada/.IdentityService/msal.cache.nocae': '' }, keyring: without })
    expect(await readForeignStores(runtime, true)).toMatchObject([
      { state: 'unreadable', reason: 'in the keyring: not readable on this platform' },
    ])
  })

  test.skipIf(!hasCommand('dbus-daemon', 'gnome-keyring-daemon', 'secret-tool'))(
    'with the real GNOME keyring, as Python and the Azure CLI write to it',
    async () => {
      const { env } = await startGnomeKeyring(await temporaryHome())
      const store = (label: string, ...attributes: string[]): void => {
        const done = spawnSync('secret-tool', ['store', `--label=${label}`, ...attributes], { env, input: msalCache })
        expect(done.status).toBe(0)
      }
      store('MSALCache', 'MsalClientID', 'Microsoft.Developer.IdentityService')
      store('my_label', 'my_attr1', 'foo', 'my_attr2', 'bar')
      const service = createSecretService(env['DBUS_SESSION_BUS_ADDRESS'], process.getuid?.() ?? 0)
      const runtime = fakeRuntime({
        keyring: keyring(async (_, attributes, timeoutMs) => {
          const found = await service.find(attributes, 60 * timeoutMs)
          if (!found.ok) return found
          return { ok: true, value: found.value.map(({ secret, label }) => item(secret, label)) }
        }),
      })
      expect(headsOf(await readForeignStores(runtime, true))).toEqual([
        'azure-identity Secret Service: MSALCache keyring read 5',
        'az Secret Service: my_label keyring read 5',
      ])
      lockGnomeKeyring(env)
      expect((await readForeignStores(runtime, true)).map(({ reason }) => reason)).toEqual([
        'the keyring is locked',
        'the keyring is locked',
      ])
    },
  )
})

describe('azid cache list', () => {
  test('shows it, without a token', async () => {
    const runtime = fakeRuntime({ files: files ?? {} })
    expect(await main(['cache', 'list'], runtime)).toBe(0)
    expect(runtime.stdout).not.toContain('canary')
    expect(
      runtime.stdout,
    ).toContain(`az /home/ada/.azure/msal_token_cache.json (plain text: whoever reads it has the tokens)
  account        ada@contoso.com, tenant ${tenant}
  access token   ada@contoso.com, tenant ${tenant}, for https://management.core.windows.net//.default, expires in 1 hour
  access token   cccccccc-cccc-4ccc-8ccc-cccccccccccc, tenant ${tenant}, for https://vault.azure.net/.default, expired 1 hour ago
  refresh token  ada@contoso.com
`)
    expect(runtime.stdout).toContain('  other users of this machine can read it\n')
    expect(runtime.stdout).toContain('  in the keyring: --read-foreign opens its entry\n')
  })

  test('as JSON', async () => {
    const runtime = fakeRuntime({ files: files ?? {} })
    expect(await main(['cache', 'list', '--json'], runtime)).toBe(0)
    expect(runtime.stdout).not.toContain('canary')
    expectSchema('cache-list', JSON.parse(runtime.stdout))
  })

  test('a tool cannot write to the terminal with what it keeps', async () => {
    const nasty = JSON.stringify({ username: '\u001b]0;owned\u0007\n::error::x\n##vso[x]', tenantId: '\u202e' })
    const runtime = fakeRuntime({
      files: { '/home/ada/.azure/ms-azuretools.vscode-azureresourcegroups/authRecord.json': nasty },
    })
    await main(['cache', 'list'], runtime)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is control characters that must not be there
    expect(runtime.stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]|^(?:::|##)/m)
  })
})
