/** `azid cache` as a user meets it, on fake ports; every JSON against its schema; never a token. */
import { afterEach, describe, expect, test } from 'vitest'
import { cacheFolders } from '../../src/cache/folders.ts'
import { openSealingKey } from '../../src/cache/sealing-key.ts'
import { type CacheEntry, createFileStore } from '../../src/cache/store.ts'
import { main } from '../../src/main.ts'
import { type FakeRuntime, type FakeRuntimeOptions, fakeRuntime } from '../fakes/runtime.ts'
import { expectSchema } from '../support/schemas.ts'
import { accessToken, entry, hour, start } from './support/requests.ts'

const tenant = '11111111-1111-4111-8111-111111111111'
const otherTenant = '22222222-2222-4222-8222-222222222222'
const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token made for these tests; its signature is the canary that must never be seen. */
function jwt(claims: object): string {
  return `${base64({ alg: 'RS256', typ: 'JWT' })}.${base64(claims)}.canary`
}

const ada = {
  aud: 'https://management.azure.com',
  iss: `https://sts.windows.net/${tenant}/`,
  exp: (start + hour) / 1000,
  oid: 'aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa',
  tid: tenant,
  upn: 'ada@contoso.com',
  idtyp: 'user',
}
const app = {
  aud: 'cfa8b339-82a2-471a-a3c9-0fc0be7a4093',
  iss: `https://sts.windows.net/${otherTenant}/`,
  exp: (start + 2 * hour) / 1000,
  oid: 'bbbbbbbb-bbbb-4bbb-8bbb-bbbbbbbbbbbb',
  appid: 'cccccccc-cccc-4ccc-8ccc-cccccccccccc',
  tid: otherTenant,
  idtyp: 'app',
}

const names = { ada: `ad${'0'.repeat(62)}`, app: `a9${'0'.repeat(62)}`, opaque: `0b${'0'.repeat(62)}` }

const entries: Record<keyof typeof names, CacheEntry> = {
  ada: entry({ token: accessToken({ token: jwt(ada) }) }),
  app: entry({
    token: accessToken({ token: jwt(app), expiresOn: start + 2 * hour, refreshOn: start + hour }),
    credential: 'ClientSecretCredential',
    links: ['EnvironmentCredential', 'ClientSecretCredential'],
    scopes: ['https://vault.azure.net/.default'],
    requestedTenant: 'fabrikam.com',
    isCae: true,
  }),
  opaque: entry({
    token: accessToken({ token: 'canary-opaque', expiresOn: start - 1000 }),
    credential: 'ManagedIdentityCredential',
    scopes: ['https://database.windows.net/.default'],
  }),
}

let seen = ''
afterEach(() => {
  expect(seen).not.toContain('canary')
  seen = ''
})

/** A machine with the three entries, sealed under a key in `place`. */
async function machine(options: FakeRuntimeOptions = {}, place: 'keyring' | 'file' = 'keyring'): Promise<FakeRuntime> {
  const runtime = fakeRuntime({
    ...options,
    env: { ...options.env, ...(place === 'file' ? { AZID_CACHE: 'file' } : {}) },
  })
  const folders = cacheFolders(runtime.env, runtime.host)
  const key = await openSealingKey(place, folders, runtime)
  if (!key.ok) throw new Error(key.error.code)
  const store = createFileStore(key.value, folders, runtime)
  runtime.clock.setWallClock(start - hour)
  for (const name of Object.keys(names) as (keyof typeof names)[]) await store.write(names[name], entries[name])
  runtime.clock.setWallClock(start)
  return runtime
}

/** The same machine, seen by the next command. */
function next(runtime: FakeRuntime, options: FakeRuntimeOptions = {}): FakeRuntime {
  const { terminal, interrupted } = fakeRuntime(options)
  const again = { ...runtime, terminal, interrupted } as FakeRuntime
  return Object.defineProperties(again, {
    stdout: { get: () => terminal.stdout.text },
    stderr: { get: () => terminal.stderr.text },
  })
}

async function azid(
  runtime: FakeRuntime,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const code = await main(['cache', ...args], runtime)
  const { stdout, stderr } = runtime
  seen += stdout + stderr
  return { code, stdout, stderr }
}

async function json(runtime: FakeRuntime, ...args: string[]): Promise<Record<string, never>> {
  const { code, stdout } = await azid(next(runtime), ...args, '--json')
  expect(code).toBe(0)
  const value = JSON.parse(stdout)
  expectSchema(`cache-${args[0]}`, value)
  return value
}

function entryFiles(runtime: FakeRuntime): string[] {
  return runtime.files.paths('/home/ada/.cache/azid').filter((path) => /entries\/..\/[^/]+$/.test(path))
}

describe('cache list', () => {
  test('whose token, for what, until when, by which credential', async () => {
    const { code, stdout, stderr } = await azid(await machine(), 'list')
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toBe(`azid (key in the Secret Service keyring)
  a9000000  cccccccc-cccc-4ccc-8ccc-cccccccccccc  for Azure Key Vault
            expires in 2 hours, tenant ${otherTenant}, ClientSecretCredential, CAE
  ad000000  ada@contoso.com  for Azure Resource Manager
            expires in 1 hour, tenant ${tenant}, AzureCliCredential
  0b000000  whose it is, the token does not say  for Azure SQL Database
            expired 1 second ago, ManagedIdentityCredential
`)
  })

  test('as JSON', async () => {
    const value = await json(await machine(), 'list')
    expect(value).toMatchObject({
      entries: [
        {
          id: names.app,
          backend: 'secret-service',
          chain: ['EnvironmentCredential', 'ClientSecretCredential'],
          tenant: otherTenant,
          identity: { type: 'service-principal', appId: app.appid },
          expiresOn: '2026-11-21T02:00:00Z',
          refreshOn: '2026-11-21T01:00:00Z',
          expired: false,
          cae: true,
        },
        { id: names.ada, identity: { type: 'user', name: 'ada@contoso.com', objectId: ada.oid } },
        { id: names.opaque, expired: true },
      ],
      unreadable: [],
      foreign: [],
    })
  })

  test('where nothing is cached', async () => {
    expect(await azid(fakeRuntime(), 'list')).toEqual({ code: 0, stdout: 'azid: nothing is cached\n', stderr: '' })
    expect(await json(fakeRuntime(), 'list')).toEqual({
      schemaVersion: 1,
      entries: [],
      accounts: [],
      unreadable: [],
      foreign: [],
    })
  })

  test('entries of a locked keyring are counted, with the reason', async () => {
    const runtime = await machine()
    const locked = { ...runtime, keyring: fakeRuntime({ keyring: { fault: () => 'locked' } }).keyring } as FakeRuntime
    const { stdout } = await azid(next(locked), 'list')
    expect(stdout).toContain('2 entries of secret-service cannot be opened: the keyring (secret-service) is locked')
    expect(await json(locked, 'list')).toMatchObject({ unreadable: [{ backend: 'secret-service', files: 2 }] })
  })

  test('damaged entries, and things that are no entries, are counted or passed over', async () => {
    const runtime = await machine({}, 'file')
    const folder = '/home/ada/.cache/azid/file/entries/ff'
    runtime.files.put(folder, { kind: 'folder', mode: 0o700 })
    runtime.files.put(`${folder}/${'f'.repeat(64)}`, 'damaged')
    runtime.files.put(`${folder}/${'e'.repeat(64)}`, { kind: 'pipe' })
    runtime.files.put(`${folder}/README`, 'not an entry')
    const value = await json(runtime, 'list')
    expect(value).toMatchObject({ unreadable: [{ backend: 'file', files: 2, reason: null }] })
  })
})

describe('cache show', () => {
  test('everything but the token', async () => {
    const { code, stdout } = await azid(await machine(), 'show', 'a900')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^entry {11}a9000/)
    for (const fact of ['service principal', 'Azure Key Vault', '2026-11-21 02:00:00 UTC', 'EnvironmentCredential']) {
      expect(stdout).toContain(fact)
    }
    expect(await json(await machine(), 'show', names.app.toUpperCase())).toMatchObject({ entry: { id: names.app } })
  })

  test.each([
    [['show', 'a'], "'a' is not an id (at least 4 hex digits)"],
    [['show', '../../etc/passwd'], "'../../etc/passwd' is not an id"],
    [['show', 'ffff'], "no entry begins with 'ffff'"],
    [['remove', 'ffff'], "no entry begins with 'ffff'"],
    [['remove'], 'nothing says what to remove'],
    [['remove', '--credential', 'nonsense'], "'nonsense' is not the name of a credential"],
    [['remove', '--resource', 'armm'], "the resource 'armm'"],
    [['show'], 'ENTRY'],
  ])('%j is wrong usage', async (args, message) => {
    const runtime = await machine()
    const { code, stdout, stderr } = await azid(runtime, ...args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr.replace(/\s+/g, ' ')).toContain(message)
    expect(entryFiles(runtime)).toHaveLength(3)
  })
})

describe('cache status', () => {
  test('where, how protected, how much', async () => {
    const runtime = await machine()
    runtime.files.put(
      '/home/ada/.cache/azid/secret-service/locks/x',
      JSON.stringify({ id: 'i', processId: 7, started: '1', place: null }),
    )
    const { stdout } = await azid(runtime, 'status')
    expect(stdout).toBe(`cache           keyring (default): key in the Secret Service keyring

secret-service  key in the Secret Service keyring
key             there
entries         3, 1 expired, 2.1 KiB in /home/ada/.cache/azid/secret-service
accounts        nobody is signed in
leases          1 held
`)
  })

  test.each<[string, FakeRuntimeOptions, object]>([
    ['a working keyring', {}, { place: 'keyring', decidedBy: 'default', active: 'secret-service' }],
    ['a locked one', { keyring: { fault: () => 'locked' } }, { active: null }],
    ['none', { keyring: { fault: () => 'unavailable' } }, { active: null }],
    [
      'only that of the kernel',
      { keyring: { fault: (_, backend) => (backend === 'keyutils' ? undefined : 'unavailable') } },
      { active: 'keyutils' },
    ],
    [
      'the choice of a file',
      { env: { AZID_CACHE: 'file' } },
      { place: 'file', decidedBy: 'AZID_CACHE', active: 'file' },
    ],
    ['CI', { env: { CI: '1' } }, { place: 'memory', decidedBy: 'CI', active: null }],
    ['off', { env: { AZID_CACHE: 'off' } }, { place: 'off', decidedBy: 'AZID_CACHE', active: null }],
  ])('with %s: looks, and makes nothing', async (_, options, expected) => {
    const runtime = fakeRuntime(options)
    expect(await json(runtime, 'status')).toMatchObject(expected)
    expect(runtime.files.paths('/home/ada')).toEqual([])
    expect(runtime.keyring.peek('secret-service', 'sealing-key')).toBeUndefined()
  })
})

describe('cache remove', () => {
  test.each([
    [['ad00'], ['ada']],
    [
      ['ad00', 'a900'],
      ['ada', 'app'],
    ],
    [['--account', 'ADA@contoso.com'], ['ada']],
    [['--account', ada.oid], ['ada']],
    [['--account', app.appid], ['app']],
    [['--tenant', otherTenant], ['app']],
    [['--tenant', 'fabrikam.com'], ['app']],
    [['--resource', 'vault'], ['app']],
    [['--resource', 'arm'], ['ada']],
    [['--resource', 'https://management.core.windows.net/'], ['ada']],
    [['--credential', 'azure-cli'], ['ada']],
    [['--credential', 'ManagedIdentityCredential'], ['opaque']],
    [['--resource', 'arm', '--tenant', otherTenant], []],
    [['--account', 'nobody'], []],
  ] as [string[], (keyof typeof names)[]][])('%j', async (args, gone) => {
    const runtime = await machine()
    const value = await json(runtime, 'remove', ...args)
    expect([...(value as unknown as { entries: string[] }).entries].sort()).toEqual(
      gone.map((name) => names[name]).sort(),
    )
    expect(entryFiles(runtime)).toHaveLength(3 - gone.length)
  })

  test('says how many', async () => {
    const runtime = await machine()
    expect((await azid(next(runtime), 'remove', '--account', 'ada@contoso.com')).stdout).toBe('removed 1 entry\n')
    expect((await azid(next(runtime), 'remove', '--account', 'ada@contoso.com')).stdout).toBe('nothing to remove\n')
  })

  test('a variable does not choose what is removed', async () => {
    const runtime = await machine({ env: { AZID_TENANT: tenant, AZID_CREDENTIAL: 'azure-cli' } })
    expect((await azid(runtime, 'remove')).code).toBe(2)
    expect(entryFiles(runtime)).toHaveLength(3)
  })
})

describe('cache clear', () => {
  test('asks on a terminal', async () => {
    const runtime = await machine()
    for (const answers of [['n'], [''], []]) {
      const no = next(runtime, { isTerminal: true, answers })
      expect((await azid(no, 'clear')).stdout).toBe('')
      expect(entryFiles(runtime)).toHaveLength(3)
    }
    const yes = next(runtime, { isTerminal: true, answers: ['yes'] })
    expect((await azid(yes, 'clear')).stdout).toBe('removed 3 entries\n')
    expect(entryFiles(runtime)).toEqual([])
  })

  test('elsewhere needs --yes', async () => {
    const runtime = await machine()
    const { code, stderr } = await azid(next(runtime), 'clear')
    expect([code, stderr]).toEqual([2, expect.stringMatching(/no terminal to ask on.*\nfrom {3}stdin\n.*add --yes/)])
    expect(entryFiles(runtime)).toHaveLength(3)
    expect(await json(runtime, 'clear', '--yes')).toEqual({ schemaVersion: 1, removed: 3 })
    expect(entryFiles(runtime)).toEqual([])
  })

  test('also what no key opens; but nothing through links, and no keys or accounts', async () => {
    const runtime = await machine({}, 'file')
    const folder = '/home/ada/.cache/azid'
    runtime.files.put('/home/ada/precious', { kind: 'folder', mode: 0o700 })
    runtime.files.put(`/home/ada/precious/ff/${'f'.repeat(64)}`, 'precious')
    runtime.files.put(`${folder}/keyutils`, { kind: 'folder', mode: 0o700 })
    runtime.files.put(`${folder}/keyutils/entries`, { target: '/home/ada/precious' })
    runtime.files.put(`${folder}/file/entries/a9/${'a9'.padEnd(64, 'f')}`, 'damaged')
    runtime.files.put('/home/ada/.local/state/azid/file/accounts', 'sealed')
    const { stdout, stderr } = await azid(next(runtime), 'clear', '--yes')
    expect(stdout).toBe('removed 4 entries\n')
    expect(stderr).toMatch(/not removed: .*keyutils\/entries is a\s+symbolic link/)
    expect(runtime.files.text(`/home/ada/precious/ff/${'f'.repeat(64)}`)).toBe('precious')
    expect(runtime.files.text('/home/ada/.local/state/azid/file/key')).toMatch(/^azid1:/)
    expect(runtime.files.text('/home/ada/.local/state/azid/file/accounts')).toBe('sealed')
  })
})
