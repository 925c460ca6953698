import { readdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { mergeSerialised } from '../../src/cache/merge-msal.ts'
import { createMsalCache } from '../../src/cache/msal-cache.ts'
import { createTokenCache, type TokenCache } from '../../src/cache/token-cache.ts'
import { fakeRuntime } from '../fakes/runtime.ts'
import { realPorts, temporaryHome } from './support/real-ports.ts'

const state = (refreshTokens: Record<string, object>): string => JSON.stringify({ RefreshToken: refreshTokens })

async function realCache(): Promise<{ home: string; open: () => TokenCache }> {
  const home = await temporaryHome()
  const ports = realPorts(home)
  return { home, open: () => createTokenCache(ports, { place: 'file' }) }
}

describe('accounts', () => {
  test('are found by the next run, sealed, those of a sandbox apart', async () => {
    const { home, open } = await realCache()
    await createMsalCache(open(), 'accounts').write(state({ ada: { secret: 'canary-refresh-token' } }))
    await createMsalCache(open(), 'accounts.sandbox').write(state({ bob: { secret: 'canary-refresh-token' } }))
    expect(await createMsalCache(open(), 'accounts').read()).toContain('ada')
    expect(await createMsalCache(open(), 'accounts.sandbox').read()).toContain('bob')
    const folder = path.join(home, '.local/state/azid/file')
    expect((await readdir(folder)).sort()).toEqual(['accounts', 'accounts.sandbox', 'key'])
    expect((await readFile(path.join(folder, 'accounts'))).includes('canary')).toBe(false)
  })

  test('that two runs add at once are both kept', async () => {
    const { open } = await realCache()
    const [one, two] = [createMsalCache(open(), 'accounts'), createMsalCache(open(), 'accounts')]
    await Promise.all([one.read(), two.read()])
    await Promise.all([one.write(state({ ada: { secret: 'a' } })), two.write(state({ bob: { secret: 'b' } }))])
    expect(JSON.parse((await one.read()) ?? '')).toEqual({
      RefreshToken: { ada: { secret: 'a' }, bob: { secret: 'b' } },
    })
  })

  test('of twenty runs at once are all kept', async () => {
    const { open } = await realCache()
    await Promise.all(
      Array.from({ length: 20 }, async (_, index) => {
        const cache = createMsalCache(open(), 'accounts')
        const before: { RefreshToken: Record<string, object> } = JSON.parse((await cache.read()) ?? state({}))
        await cache.write(state({ ...before.RefreshToken, [`user-${index}`]: { secret: 's' } }))
      }),
    )
    const all = JSON.parse((await createMsalCache(open(), 'accounts').read()) ?? '')
    expect(Object.keys(all.RefreshToken)).toHaveLength(20)
  })

  test('in a damaged file are gone, and can be written anew', async () => {
    const { home, open } = await realCache()
    await createMsalCache(open(), 'accounts').write(state({ ada: {} }))
    await writeFile(path.join(home, '.local/state/azid/file/accounts'), 'nonsense')
    const cache = createMsalCache(open(), 'accounts')
    expect(await cache.read()).toBeNull()
    await cache.write(state({ bob: {} }))
    expect(await createMsalCache(open(), 'accounts').read()).toContain('bob')
  })

  test('the one file in place of the other is refused', async () => {
    const { home, open } = await realCache()
    await createMsalCache(open(), 'accounts.sandbox').write(state({ ada: {} }))
    const folder = path.join(home, '.local/state/azid/file')
    await writeFile(path.join(folder, 'accounts'), await readFile(path.join(folder, 'accounts.sandbox')))
    expect(await createMsalCache(open(), 'accounts').read()).toBeNull()
  })

  test('with a locked keyring are kept until the process ends, and why is known', async () => {
    const runtime = fakeRuntime({ keyring: { fault: () => 'locked' } })
    const cache = createMsalCache(createTokenCache(runtime), 'accounts')
    await cache.write(state({ ada: {} }))
    expect(await cache.read()).toContain('ada')
    expect(cache.trouble()).toMatchObject({ code: 'keyring-locked' })
    expect(runtime.files.paths('/home/ada')).toEqual([])
  })

  test('on a full disk: why they are not kept is known', async () => {
    const runtime = fakeRuntime({
      fileFault: (operation, name) =>
        operation === 'writeAtomic' && name.endsWith('accounts') ? 'no-space' : undefined,
    })
    const cache = createMsalCache(createTokenCache(runtime), 'accounts')
    await cache.write(state({ ada: {} }))
    expect(cache.trouble()).toMatchObject({ code: 'file', error: { code: 'no-space' } })
  })
})

describe('merging', () => {
  test.each<[string, object | null, object, object | null, object]>([
    ['nothing of others', null, { AccessToken: { a: 1 } }, null, { AccessToken: { a: 1 } }],
    ['what both added', {}, { AccessToken: { a: 1 } }, { AccessToken: { b: 2 } }, { AccessToken: { a: 1, b: 2 } }],
    [
      'what I removed',
      { Account: { a: 1, b: 1 } },
      { Account: { a: 1 } },
      { Account: { a: 1, b: 1, c: 1 } },
      { Account: { a: 1, c: 1 } },
    ],
    [
      'what they removed',
      { Account: { a: 1, b: 1 } },
      { Account: { a: 1, b: 1, c: 1 } },
      { Account: { a: 1 } },
      { Account: { a: 1, c: 1 } },
    ],
    [
      'what I removed and they renewed',
      { RefreshToken: { a: 1 } },
      { RefreshToken: {} },
      { RefreshToken: { a: 2 } },
      { RefreshToken: { a: 2 } },
    ],
    [
      'what both renewed: the later one',
      { AccessToken: { a: { cached_at: '1' } } },
      { AccessToken: { a: { cached_at: '2' } } },
      { AccessToken: { a: { cached_at: '3' } } },
      { AccessToken: { a: { cached_at: '3' } } },
    ],
    [
      'members that nobody knows',
      { Future: [1] },
      { Future: [1], Account: {} },
      { Future: [2] },
      { Future: [2], Account: {} },
    ],
    [
      'a name that every object has',
      {},
      { Account: { constructor: 1 } },
      { Account: { toString: 2 } },
      { Account: { toString: 2, constructor: 1 } },
    ],
  ])('%s', (_, base, mine, theirs, merged) => {
    const text = (value: object | null): string | null => (value === null ? null : JSON.stringify(value))
    expect(JSON.parse(mergeSerialised(text(base), JSON.stringify(mine), text(theirs)))).toEqual(merged)
  })

  test('`__proto__` is an entry like any other and harms nothing', () => {
    const merged = mergeSerialised('{}', '{"Account":{"__proto__":{"polluted":true}}}', '{"Account":{"b":1}}')
    expect(merged).toContain('__proto__')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })

  test('nonsense from others counts as empty', () => {
    expect(mergeSerialised(null, '{"Account":{}}', 'nonsense')).toBe('{"Account":{}}')
  })

  const section = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.integer({ min: 0, max: 3 }))
  test('what only one side changed is in the result, whatever the other did', () => {
    fc.assert(
      fc.property(section, section, section, (base, mine, theirs) => {
        const text = (value: object): string => JSON.stringify({ AccessToken: value })
        const merged = JSON.parse(mergeSerialised(text(base), text(mine), text(theirs))).AccessToken ?? {}
        for (const key of ['a', 'b', 'c', 'd']) {
          if (mine[key] === base[key]) expect(merged[key]).toBe(theirs[key])
          else if (theirs[key] === base[key]) expect(merged[key]).toBe(mine[key])
        }
      }),
    )
  })
})
