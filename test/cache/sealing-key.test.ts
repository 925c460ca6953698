import { describe, expect, test } from 'vitest'
import { cacheFolders } from '../../src/cache/folders.ts'
import { findSealingKey, openSealingKey } from '../../src/cache/sealing-key.ts'
import type { KeyringBackend } from '../../src/runtime.ts'
import { type FakeRuntime, fakeRuntime } from '../fakes/runtime.ts'

const stateFolder = '/home/ada/.local/state/azid'

function open(runtime: FakeRuntime, place: 'keyring' | 'file' = 'keyring'): ReturnType<typeof openSealingKey> {
  return openSealingKey(place, cacheFolders(runtime.env, runtime.host), runtime)
}

async function keyOf(runtime: FakeRuntime, place: 'keyring' | 'file' = 'keyring'): Promise<string> {
  const key = await open(runtime, place)
  if (!key.ok) throw new Error(key.error.code)
  return Buffer.from(key.value.keys.sealing).toString('hex')
}

describe('sealing key in a keyring', () => {
  test('is made once, after a trial that leaves nothing behind, and found again', async () => {
    const calls: string[] = []
    const runtime = fakeRuntime({
      keyring: {
        fault: (operation, backend, account) => {
          calls.push(`${operation} ${backend} ${account.replace(/-[0-9a-f-]{36}$/, '')}`)
          return undefined
        },
      },
    })
    const first = await keyOf(runtime)
    expect(calls).toEqual([
      'get secret-service sealing-key',
      'get secret-service sealing-key',
      'set secret-service trial',
      'get secret-service trial',
      'remove secret-service trial',
      'get secret-service trial',
      'set secret-service sealing-key',
      'get secret-service sealing-key',
    ])
    calls.length = 0
    expect(await keyOf(runtime)).toBe(first)
    expect(calls).toEqual(['get secret-service sealing-key'])
    expect(runtime.keyring.peek('secret-service', 'sealing-key')).toMatch(/^azid1:[\w-]{43}$/)
    expect(runtime.files.paths(stateFolder).filter((path) => !path.endsWith('/'))).toEqual([])
  })

  test('is made in keyutils where there is no Secret Service', async () => {
    const runtime = fakeRuntime({
      keyring: { fault: (_, backend) => (backend === 'secret-service' ? 'unavailable' : undefined) },
    })
    expect(await open(runtime)).toMatchObject({ ok: true, value: { home: 'keyutils' } })
  })

  test('is made in the Secret Service where there is one, although keyutils has one already', async () => {
    const key = `azid1:${Buffer.alloc(32, 1).toString('base64url')}`
    const runtime = fakeRuntime({ keyring: { entries: { keyutils: { 'sealing-key': key } } } })
    expect(await open(runtime)).toMatchObject({ ok: true, value: { home: 'secret-service' } })
    expect(await open(runtime)).toMatchObject({ ok: true, value: { home: 'secret-service' } })
  })

  test.each([
    ['unavailable', 'no-keyring'],
    ['denied', 'no-keyring'],
    ['other', 'no-keyring'],
    ['locked', 'keyring-locked'],
    ['hang', 'keyring-slow'],
  ] as const)('where the keyring is %s there is none: %s', async (fault, code) => {
    const runtime = fakeRuntime({ keyring: { fault: () => fault } })
    const before = runtime.clock.monotonic()
    expect(await open(runtime)).toMatchObject({ ok: false, error: { code } })
    expect(runtime.clock.monotonic() - before).toBe(fault === 'hang' ? 500 : 0)
  })

  test('a locked or slow Secret Service is not passed over: keyutils would be another cache', async () => {
    for (const fault of ['locked', 'hang'] as const) {
      const runtime = fakeRuntime({
        keyring: { fault: (_, backend) => (backend === 'secret-service' ? fault : undefined) },
      })
      expect((await open(runtime)).ok).toBe(false)
      expect(runtime.keyring.peek('keyutils', 'sealing-key')).toBeUndefined()
    }
  })

  test('a keyring that accepts and forgets is passed over', async () => {
    const runtime = fakeRuntime({
      keyring: {
        fault: (operation, backend) => (operation === 'set' && backend === 'secret-service' ? 'forget' : undefined),
      },
    })
    expect(await open(runtime)).toMatchObject({ ok: true, value: { home: 'keyutils' } })
  })

  test('one that forgets only the key is not trusted with it', async () => {
    const runtime = fakeRuntime({
      keyring: {
        backends: ['keychain'],
        fault: (operation, _, account) => (operation === 'set' && account === 'sealing-key' ? 'forget' : undefined),
      },
    })
    expect(await open(runtime)).toMatchObject({ ok: false, error: { code: 'no-keyring' } })
  })

  test('one that does not delete is passed over', async () => {
    const runtime = fakeRuntime({
      keyring: {
        fault: (operation, backend) => (operation === 'remove' && backend === 'secret-service' ? 'forget' : undefined),
      },
    })
    expect(await open(runtime)).toMatchObject({ ok: true, value: { home: 'keyutils' } })
  })

  test.each<[string, KeyringBackend]>([
    ['of another length', 'secret-service'],
    ['of another program', 'secret-service'],
  ])('a value %s is no key', async (what, backend) => {
    const value = what === 'of another length' ? 'azid1:AAAA' : 'hunter2'
    const runtime = fakeRuntime({ keyring: { entries: { [backend]: { 'sealing-key': value } } } })
    expect((await open(runtime)).ok).toBe(true)
    expect(runtime.keyring.peek(backend, 'sealing-key')).not.toBe(value)
  })

  test('only looking for it makes nothing', async () => {
    const runtime = fakeRuntime()
    for (const home of ['secret-service', 'keyutils', 'file'] as const) {
      const found = await findSealingKey(home, cacheFolders(runtime.env, runtime.host), runtime)
      expect(found).toEqual({ ok: true, value: null })
    }
    expect(runtime.keyring.peek('secret-service', 'sealing-key')).toBeUndefined()
    expect(runtime.files.paths('/home/ada')).toEqual([])
  })

  test('a platform without keyrings has none', async () => {
    expect(await open(fakeRuntime({ keyring: { backends: [] } }))).toMatchObject({
      ok: false,
      error: { code: 'no-keyring' },
    })
  })
})

describe('sealing key in a file', () => {
  test('is made for this user alone, and found again', async () => {
    const runtime = fakeRuntime()
    const first = await keyOf(runtime, 'file')
    expect(await keyOf(runtime, 'file')).toBe(first)
    expect(runtime.files.modeOf(`${stateFolder}/file/key`)).toBe(0o600)
    expect(runtime.files.modeOf(`${stateFolder}/file`)).toBe(0o700)
  })

  test('two runs at once have one key', async () => {
    const runtime = fakeRuntime()
    const keys = await Promise.all(Array.from({ length: 20 }, () => keyOf(runtime, 'file')))
    expect(new Set(keys).size).toBe(1)
  })

  test.each([
    ['cut', 'azid1:AAAA'],
    ['empty', ''],
  ])('a key file that is %s is replaced', async (_, content) => {
    const runtime = fakeRuntime({ files: { [`${stateFolder}/file/key`]: { content, mode: 0o600 } } })
    const first = await keyOf(runtime, 'file')
    expect(await keyOf(runtime, 'file')).toBe(first)
  })

  const good = `azid1:${Buffer.alloc(32, 1).toString('base64url')}\n`
  test.each([
    ['can be read by others', { content: good, mode: 0o640 }, 'key-file-unsafe'],
    ['belongs to another user', { content: good, mode: 0o600, userId: 1001 }, 'key-file-unsafe'],
    ['is a link', { target: '/home/ada/elsewhere' }, 'key-file-unsafe'],
    ['is a pipe', { kind: 'pipe' as const }, 'key-file-unsafe'],
    ['is a folder', { kind: 'folder' as const }, 'key-file-unsafe'],
  ])('a key file that %s is not used, and not replaced', async (_, file, code) => {
    const runtime = fakeRuntime({
      files: {
        [stateFolder]: { kind: 'folder', mode: 0o700 },
        '/home/ada/elsewhere': { content: good, mode: 0o600 },
        [`${stateFolder}/file/key`]: file,
      },
    })
    expect(await open(runtime, 'file')).toMatchObject({ ok: false, error: { code } })
    expect(runtime.files.text('/home/ada/elsewhere')).toBe(good)
  })

  test.each([
    ['a link', { target: '/home/ada/other' }, 'folder-link'],
    ["another user's", { kind: 'folder' as const, userId: 1001 }, 'folder-foreign'],
    ['open to the group', { kind: 'folder' as const, mode: 0o770 }, 'folder-open'],
    ['open to the world', { kind: 'folder' as const, mode: 0o702 }, 'folder-open'],
    ['a file', 'x', 'not-a-folder'],
  ])('a state folder that is %s is not used', async (_, folder, code) => {
    const runtime = fakeRuntime({ files: { '/home/ada/other': { kind: 'folder' }, [stateFolder]: folder } })
    expect(await open(runtime, 'file')).toMatchObject({ ok: false, error: { code } })
  })
})

test.each([
  ['linux', {}, '/home/ada/.cache/azid', '/home/ada/.local/state/azid'],
  ['linux', { XDG_CACHE_HOME: '/c', XDG_STATE_HOME: '/s' }, '/c/azid', '/s/azid'],
  ['linux', { XDG_CACHE_HOME: 'relative', XDG_STATE_HOME: '' }, '/home/ada/.cache/azid', '/home/ada/.local/state/azid'],
  ['darwin', {}, '/home/ada/Library/Caches/azid', '/home/ada/Library/Application Support/azid'],
  ['win32', { LOCALAPPDATA: 'D:\\Local' }, 'D:\\Local\\azid\\cache', 'D:\\Local\\azid\\state'],
  ['win32', {}, 'C:\\Users\\ada\\AppData\\Local\\azid\\cache', 'C:\\Users\\ada\\AppData\\Local\\azid\\state'],
] as const)('folders on %s with %j', (platform, env, cache, state) => {
  const runtime = fakeRuntime({ platform, env })
  expect(cacheFolders(runtime.env, runtime.host)).toMatchObject({ cache, state })
})
