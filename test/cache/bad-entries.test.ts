/** Damaged entries on the real file system: a miss and a fresh token each time, never a crash, a hang or a wrong token. */
import { spawnSync } from 'node:child_process'
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cacheFolders } from '../../src/cache/folders.ts'
import { deriveKeys, seal, unseal } from '../../src/cache/sealing.ts'
import { openSealingKey } from '../../src/cache/sealing-key.ts'
import { createFileStore } from '../../src/cache/store.ts'
import {
  type CacheAnswer,
  type CachedRequest,
  type CachePorts,
  createTokenCache,
  withCache,
  wordNote,
} from '../../src/cache/token-cache.ts'
import { createNodeRandom } from '../../src/runtime-node/random.ts'
import { realPorts, temporaryHome } from './support/real-ports.ts'
import { accessToken, countingAcquire, entry, keys, request } from './support/requests.ts'

interface World {
  readonly home: string
  readonly ports: CachePorts
  readonly count: () => number
  run(asked?: CachedRequest): Promise<CacheAnswer<string>>
  entryFile(): Promise<string>
}

async function world(): Promise<World> {
  const home = await temporaryHome()
  const ports = realPorts(home)
  const source = countingAcquire((count) =>
    accessToken({ token: `token-${count}`, expiresOn: Date.now() + 60 * 60_000 }),
  )
  return {
    home,
    ports,
    count: source.count,
    run: (asked = request()) => withCache(asked, createTokenCache(ports, { place: 'file' }), source.acquire),
    entryFile: async () => {
      const [file] = await entryFiles(home)
      if (file === undefined) throw new Error('there is no entry')
      return file
    },
  }
}

async function entryFiles(home: string): Promise<string[]> {
  const folder = path.join(home, '.cache/azid/file/entries')
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((one) => !one.isDirectory()).map((one) => path.join(one.parentPath, one.name))
}

function tokenOf(answer: CacheAnswer<string>): string {
  return answer.kind === 'cached' ? answer.token.token.reveal() : answer.result
}

const other = request({ request: { scopes: ['https://vault.azure.net/.default'] } })

test('sealed content: every byte flipped, every length cut, and every other name or key is refused', () => {
  const content = Buffer.from('the content of an entry')
  const sealed = seal(keys, 'name', 1_800_000_000_000, content, createNodeRandom())
  expect(Buffer.from(unseal(keys, 'name', sealed) ?? '').toString()).toBe('the content of an entry')
  for (let at = 0; at < sealed.length; at++) {
    for (const bit of [1, 128]) {
      const flipped = Uint8Array.from(sealed)
      flipped[at] = (flipped[at] ?? 0) ^ bit
      expect(unseal(keys, 'name', flipped)).toBeNull()
    }
  }
  for (let length = 0; length < sealed.length; length++)
    expect(unseal(keys, 'name', sealed.subarray(0, length))).toBeNull()
  expect(unseal(keys, 'name', Buffer.concat([sealed, Buffer.from([0])]))).toBeNull()
  expect(unseal(keys, 'nam', sealed)).toBeNull()
  expect(unseal(deriveKeys(new Uint8Array(32)), 'name', sealed)).toBeNull()
})

test('sealed content: anything at all is refused or was sealed by us', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => unseal(keys, 'name', bytes) === null),
    {
      numRuns: 2000,
    },
  )
})

test('every byte of an entry flipped is a miss and a fresh token', async () => {
  const { ports } = await world()
  const folders = cacheFolders(ports.env, ports.host)
  const key = await openSealingKey('file', folders, ports)
  if (!key.ok) throw new Error(key.error.code)
  const store = createFileStore(key.value, folders, ports)
  const name = 'ab'.padEnd(64, '0')
  await store.write(name, entry({ token: accessToken({ expiresOn: Date.now() + 60 * 60_000 }) }))
  const file = path.join(folders.cache, 'file/entries/ab', name)
  const good = await readFile(file)
  for (let at = 0; at < good.length; at++) {
    const bad = Buffer.from(good)
    bad[at] = (bad[at] ?? 0) ^ 0x20
    await writeFile(file, bad)
    expect(await store.read(name)).toEqual({ ok: true, value: null })
  }
  await writeFile(file, good)
  expect((await store.read(name)).ok && 'value').toBe('value')
})

describe('in place of an entry', () => {
  test.each<[string, (file: string) => Promise<unknown>]>([
    ['a flipped byte', (file) => flip(file)],
    ['nothing', (file) => rm(file)],
    ['an empty file', (file) => truncate(file, 0)],
    ['half of it', async (file) => truncate(file, Math.floor((await stat(file)).size / 2))],
    ['a gigabyte', (file) => truncate(file, 1024 ** 3)],
    ['an empty folder', (file) => replace(file, () => mkdir(file))],
    ['a pipe', (file) => replace(file, async () => spawnSync('mkfifo', [file]))],
    ['a link to /etc/passwd', (file) => replace(file, () => symlink('/etc/passwd', file))],
    ['a link to itself', (file) => replace(file, () => symlink(file, file))],
    ['a link to nowhere', (file) => replace(file, () => symlink('/nowhere/at/all', file))],
    ['a file that nobody may read', (file) => chmod(file, 0)],
  ])('%s is a miss, and then the new entry is there', async (what, damage) => {
    const { run, entryFile } = await world()
    await run()
    const file = await entryFile()
    await damage(file)
    const answer = await run()
    // root reads what nobody may read.
    const isRootReading = what === 'a file that nobody may read' && process.getuid?.() === 0
    expect([tokenOf(answer), answer.notes]).toEqual([isRootReading ? 'token-1' : 'token-2', []])
    const again = await run()
    expect([again.kind, tokenOf(again)]).toEqual(['cached', isRootReading ? 'token-1' : 'token-2'])
    expect((await stat(file)).isFile()).toBe(true)
  })

  test('a link to a file outside: that file is untouched', async () => {
    const { run, entryFile, home } = await world()
    await run()
    const file = await entryFile()
    const outside = path.join(home, 'precious')
    await writeFile(outside, 'precious', { mode: 0o644 })
    await replace(file, () => symlink(outside, file))
    await run()
    expect(await readFile(outside, 'utf8')).toBe('precious')
    expect((await stat(outside)).mode & 0o777).toBe(0o644)
  })

  test('a folder with something in it: fresh tokens, and it is said', async () => {
    const { run, entryFile } = await world()
    await run()
    const file = await entryFile()
    await replace(file, () => mkdir(path.join(file, 'sub'), { recursive: true }))
    for (const token of ['token-2', 'token-3']) {
      const answer = await run()
      expect(tokenOf(answer)).toBe(token)
      expect(answer.notes.map(wordNote)).toEqual([expect.stringMatching(/^this run is not cached: /)])
    }
    expect((await stat(path.join(file, 'sub'))).isDirectory()).toBe(true)
  })

  test('another entry, valid under its own name, is not served', async () => {
    const { run, home } = await world()
    await run()
    await run(other)
    const [one = '', two = ''] = await entryFiles(home)
    await rename(one, `${one}.x`)
    await rename(two, one)
    await rename(`${one}.x`, two)
    expect([tokenOf(await run()), tokenOf(await run(other))].sort()).toEqual(['token-3', 'token-4'])
  })

  test('an older valid entry of the same name is served until it expires: that is no forgery', async () => {
    const { run, entryFile } = await world()
    await run()
    const file = await entryFile()
    const old = await readFile(file)
    await run(request({ freshness: { minTtlMs: 0, forceRefresh: true } }))
    await writeFile(file, old)
    expect(tokenOf(await run())).toBe('token-1')
  })
})

test('a key that changed: a miss and a fresh token, once', async () => {
  const { run, home } = await world()
  await run()
  await writeFile(path.join(home, '.local/state/azid/file/key'), `azid1:${Buffer.alloc(32, 9).toString('base64url')}\n`)
  expect(tokenOf(await run())).toBe('token-2')
  expect(tokenOf(await run())).toBe('token-2')
})

describe('the cache folder', () => {
  const cases: [string, RegExp, (folder: string, home: string) => Promise<unknown>][] = [
    ['a link', /is a symbolic link$/, (folder, home) => moveAndLink(folder, home)],
    ['open to its group', /can be written by other users/, (folder) => chmod(folder, 0o770)],
    ['open to the world', /can be written by other users/, (folder) => chmod(folder, 0o777)],
    ['a file', /is not a folder$/, (folder) => replace(folder, () => writeFile(folder, 'x'))],
    ['a pipe', /is not a folder$/, (folder) => replace(folder, async () => spawnSync('mkfifo', [folder]))],
  ]
  if (process.getuid?.() === 0) {
    cases.push(["another user's", /belongs to another user \(1234\)$/, (folder) => chown(folder, 1234, 1234)])
  }
  for (const below of ['', 'file', 'file/entries']) {
    test.each(cases)(
      `at azid/${below} %#: when it is %s, tokens are got and it is said once`,
      async (_, words, damage) => {
        const { run, home } = await world()
        await run()
        const folder = path.join(home, '.cache/azid', below)
        await damage(folder, home)
        for (const token of ['token-2', 'token-3']) {
          const answer = await run()
          expect(tokenOf(answer)).toBe(token)
          expect(answer.notes.map(wordNote)).toEqual([expect.stringMatching(words)])
        }
      },
    )
  }

  test('a link to a folder outside is not written to', async () => {
    const { run, home } = await world()
    const outside = path.join(home, 'outside')
    await mkdir(outside)
    await mkdir(path.join(home, '.cache'))
    await symlink(outside, path.join(home, '.cache/azid'))
    expect(tokenOf(await run())).toBe('token-1')
    expect(await readdir(outside)).toEqual([])
  })

  test('that vanishes while a token is got comes back', async () => {
    const { home, ports, run } = await world()
    const folder = path.join(home, '.cache/azid')
    const vanishing = async (): ReturnType<ReturnType<typeof countingAcquire>['acquire']> => {
      await rm(folder, { recursive: true, force: true })
      const token = accessToken({ token: 'kept', expiresOn: Date.now() + 60 * 60_000 })
      return { result: 'kept', token, credential: 'AzureCliCredential' }
    }
    const answer = await withCache(request(), createTokenCache(ports, { place: 'file' }), vanishing)
    expect([tokenOf(answer), answer.notes]).toEqual(['kept', []])
    expect(tokenOf(await run())).toBe('kept')
  })

  test('whose parent the person has linked elsewhere is fine', async () => {
    const { run, home } = await world()
    await mkdir(path.join(home, 'big-disk'))
    await symlink(path.join(home, 'big-disk'), path.join(home, '.cache'))
    await run()
    expect((await run()).kind).toBe('cached')
  })
})

describe('sweeping', () => {
  test('what has expired goes when something new is kept in its folder; what is valid or not ours to judge stays', async () => {
    const { ports } = await world()
    const folders = cacheFolders(ports.env, ports.host)
    const key = await openSealingKey('file', folders, ports)
    if (!key.ok) throw new Error(key.error.code)
    const store = createFileStore(key.value, folders, ports)
    const folder = path.join(folders.cache, 'file/entries/ab')
    const named = (digit: string): string => 'ab'.padEnd(64, digit)
    const living = (ms: number): Parameters<typeof store.write>[1] =>
      entry({ token: accessToken({ expiresOn: Date.now() + ms }) })
    await store.write(named('0'), living(60 * 60_000))
    await store.write(named('1'), living(60 * 60_000))
    const sealedLongAgo = seal(
      key.value.keys,
      `entries ${named('2')}`,
      Date.now() - 1000,
      Buffer.from('{}'),
      ports.random,
    )
    await writeFile(path.join(folder, named('2')), sealedLongAgo)
    await writeFile(path.join(folder, '.azid-0123.tmp'), 'half a file of a killed run')
    await writeFile(path.join(folder, 'fresh'), 'half a file of a run that goes on')
    await mkdir(path.join(folder, 'folder'))
    await symlink('/etc/passwd', path.join(folder, 'link'))
    const twoDaysAgo = new Date(Date.now() - 48 * 60 * 60_000)
    await utimes(path.join(folder, '.azid-0123.tmp'), twoDaysAgo, twoDaysAgo)
    await store.write(named('3'), living(60 * 60_000))
    expect((await readdir(folder)).sort()).toEqual(
      [named('0'), named('1'), named('3'), 'folder', 'fresh', 'link'].sort(),
    )
  })

  test('looks at a bounded number of files, other ones as time goes by, until all expired ones are gone', async () => {
    const { ports } = await world()
    const folders = cacheFolders(ports.env, ports.host)
    const key = await openSealingKey('file', folders, ports)
    if (!key.ok) throw new Error(key.error.code)
    let looks = 0
    let now = Date.now()
    const counting = {
      ...ports,
      clock: { ...ports.clock, now: () => now },
      files: {
        ...ports.files,
        read: (...args: Parameters<typeof ports.files.read>) => {
          looks += 1
          return ports.files.read(...args)
        },
      },
    }
    const store = createFileStore(key.value, folders, counting)
    const folder = path.join(folders.cache, 'file/entries/ab')
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const expired = seal(key.value.keys, 'x', now - 1000, Buffer.from('{}'), ports.random)
    await Promise.all(Array.from({ length: 400 }, (_, index) => writeFile(path.join(folder, `old-${index}`), expired)))
    const name = 'ab'.padEnd(64, '0')
    for (let writes = 0; writes < 60; writes++) {
      looks = 0
      await store.write(name, entry({ token: accessToken({ expiresOn: now + 60_000 }) }))
      expect(looks).toBeLessThanOrEqual(16)
      now += 1000
    }
    expect(await readdir(folder)).toEqual([name])
  })
})

async function flip(file: string): Promise<void> {
  const content = await readFile(file)
  content[content.length - 1] = (content.at(-1) ?? 0) ^ 1
  await writeFile(file, content)
}

async function replace(file: string, put: () => Promise<unknown>): Promise<void> {
  await rm(file, { recursive: true })
  await put()
}

async function moveAndLink(folder: string, home: string): Promise<void> {
  const moved = path.join(home, 'moved')
  await rename(folder, moved)
  await symlink(moved, folder)
}
