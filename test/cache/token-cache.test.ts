import { describe, expect, test } from 'vitest'
import {
  type CacheAnswer,
  type CachedRequest,
  type CachePlace,
  createTokenCache,
  noteLevel,
  withCache,
  wordNote,
} from '../../src/cache/token-cache.ts'
import type { AccessToken } from '../../src/engine/types.ts'
import { type FakeRuntime, fakeRuntime } from '../fakes/runtime.ts'
import { accessToken, config, countingAcquire, hour, link, request, start } from './support/requests.ts'

const minute = 60_000

/** One run of azid: a cache of its own over the same machine. */
function run(
  runtime: FakeRuntime,
  asked: CachedRequest,
  { acquire }: Pick<ReturnType<typeof countingAcquire>, 'acquire'>,
  place?: CachePlace,
): Promise<CacheAnswer<string>> {
  return withCache(asked, createTokenCache(runtime, { place }), acquire)
}

function tokenOf(answer: CacheAnswer<string>): string {
  return answer.kind === 'cached' ? answer.token.token.reveal() : answer.result
}

function codesOf({ notes }: CacheAnswer<string>): string[] {
  return notes.map(({ code }) => code)
}

/** Lives an hour from when it is given. */
function hourly(runtime: FakeRuntime, refreshAfter?: number): ReturnType<typeof countingAcquire> {
  return countingAcquire((count) => {
    const now = runtime.clock.now()
    return accessToken({
      token: `token-${count}`,
      expiresOn: now + hour,
      refreshOn: refreshAfter === undefined ? null : now + refreshAfter,
    })
  })
}

describe.each<CachePlace>(['keyring', 'file'])('token cache, key in the %s', (place) => {
  test('the first run asks, the next one does not, in a process of its own', async () => {
    const runtime = fakeRuntime({ isClockManual: true })
    const source = hourly(runtime)
    const first = await run(runtime, request(), source, place)
    const second = await run(runtime, request(), source, place)
    expect([first.kind, second.kind, tokenOf(second), source.count()]).toEqual(['acquired', 'cached', 'token-1', 1])
    expect(second).toMatchObject({ credential: 'AzureCliCredential', notes: [] })
  })

  test('no token, account, tenant or scope is on disk in the clear, and nobody else can read it', async () => {
    const runtime = fakeRuntime({ isClockManual: true })
    const source = countingAcquire(() => accessToken({ token: 'canary-token', tenantId: 'canary-tenant' }))
    await run(runtime, request({ request: { scopes: ['https://canary-scope/.default'] } }), source, place)
    const files = runtime.files.paths('/home/ada').filter((path) => !path.endsWith('/'))
    expect(files).toHaveLength(place === 'file' ? 2 : 1)
    for (const path of files) {
      expect(runtime.files.text(path)).not.toMatch(/canary/)
      expect(runtime.files.modeOf(path)).toBe(0o600)
    }
    for (const path of runtime.files.paths('/home/ada').filter((one) => one.includes('/azid/') && one.endsWith('/'))) {
      expect(runtime.files.modeOf(path)).toBe(0o700)
    }
  })
})

test('token cache: off asks every time and leaves nothing', async () => {
  const runtime = fakeRuntime()
  const source = hourly(runtime)
  await run(runtime, request(), source, 'off')
  await run(runtime, request(), source, 'off')
  expect(source.count()).toBe(2)
  expect(runtime.files.paths('/home/ada')).toEqual([])
})

test('token cache: memory lasts as long as the process, and is the default where CI is set', async () => {
  const runtime = fakeRuntime({ env: { CI: 'true' }, isClockManual: true })
  const source = hourly(runtime)
  const cache = createTokenCache(runtime)
  expect((await withCache(request(), cache, source.acquire)).kind).toBe('acquired')
  expect((await withCache(request(), cache, source.acquire)).kind).toBe('cached')
  expect((await withCache(request(), createTokenCache(runtime), source.acquire)).kind).toBe('acquired')
  expect(runtime.files.paths('/home/ada')).toEqual([])
})

test.each([
  ['', 'keyring'],
  ['false', 'keyring'],
  ['0', 'keyring'],
  ['1', 'memory'],
  ['true', 'memory'],
])('token cache: CI=%j means %s', (value, place) => {
  expect(createTokenCache(fakeRuntime({ env: { CI: value } })).place).toBe(place)
})

test.each(['https://localhost:8443', 'https://127.0.0.1:40123', 'https://[::1]:1'])(
  'token cache: tokens of a sandbox (%s) never outlive the process',
  async (host) => {
    const runtime = fakeRuntime()
    const source = hourly(runtime)
    const authority = { ...config().authority, host, isMicrosoft: false, isTrusted: true }
    await run(runtime, request({ links: [link({}, { authority })] }), source, 'file')
    expect(runtime.files.paths('/home/ada')).toEqual([])
  },
)

describe('token cache: freshness', () => {
  test('a token within --min-ttl of its expiry is replaced', async () => {
    const runtime = fakeRuntime({ isClockManual: true })
    const source = hourly(runtime)
    await run(runtime, request(), source)
    runtime.clock.setWallClock(start + 55 * minute)
    expect(tokenOf(await run(runtime, request(), source))).toBe('token-1')
    runtime.clock.setWallClock(start + 55 * minute + 1)
    expect(tokenOf(await run(runtime, request(), source))).toBe('token-2')
    expect(tokenOf(await run(runtime, request(), source))).toBe('token-2')
  })

  test('a new token that lives shorter than --min-ttl is given, with a warning', async () => {
    const runtime = fakeRuntime({ isClockManual: true })
    const source = hourly(runtime)
    const asked = request({ freshness: { minTtlMs: 2 * hour, forceRefresh: false } })
    const answer = await run(runtime, asked, source)
    expect(tokenOf(answer)).toBe('token-1')
    expect(answer.notes.map(wordNote)).toEqual(['the new token lives 3600 s, less than --min-ttl (7200 s)'])
    expect(answer.notes.map(noteLevel)).toEqual(['warning'])
    expect(tokenOf(await run(runtime, asked, source))).toBe('token-2')
  })

  test('--force-refresh asks, and replaces what was cached', async () => {
    const runtime = fakeRuntime({ isClockManual: true })
    const source = hourly(runtime)
    await run(runtime, request(), source)
    const forced = request({ freshness: { minTtlMs: 0, forceRefresh: true } })
    expect(tokenOf(await run(runtime, forced, source))).toBe('token-2')
    expect(tokenOf(await run(runtime, request(), source))).toBe('token-2')
  })

  test('past refreshOn a newer token is got ahead of expiry', async () => {
    const runtime = fakeRuntime({ isClockManual: true })
    const source = hourly(runtime, 30 * minute)
    await run(runtime, request(), source)
    runtime.clock.setWallClock(start + 31 * minute)
    expect(tokenOf(await run(runtime, request(), source))).toBe('token-2')
    expect(source.count()).toBe(2)
  })

  test('when that fails the valid token is given with a note, and not tried again for half a minute', async () => {
    const runtime = fakeRuntime({ isClockManual: true })
    const source = hourly(runtime, 30 * minute)
    const broken = countingAcquire(() => null)
    await run(runtime, request(), source)
    runtime.clock.setWallClock(start + 31 * minute)
    const answer = await run(runtime, request(), broken)
    expect([answer.kind, tokenOf(answer), codesOf(answer)]).toEqual(['cached', 'token-1', ['refresh-failed']])
    expect(codesOf(await run(runtime, request(), broken))).toEqual([])
    expect(broken.count()).toBe(1)
    runtime.clock.setWallClock(start + 32 * minute)
    await run(runtime, request(), broken)
    expect(broken.count()).toBe(2)
  })

  test('while another process renews, the valid token is given at once', async () => {
    const runtime = fakeRuntime({ isClockManual: true })
    const source = hourly(runtime, 30 * minute)
    await run(runtime, request(), source)
    runtime.clock.setWallClock(start + 31 * minute)
    let renewed: (token: AccessToken) => void = () => {}
    const slow = run(runtime, request(), {
      acquire: async () => {
        const token = await new Promise<AccessToken>((resolve) => {
          renewed = resolve
        })
        return { result: 'slow', token, credential: 'AzureCliCredential' }
      },
    })
    await runtime.clock.advance(100)
    const other = await run(runtime, request(), source)
    expect([other.kind, tokenOf(other), source.count()]).toEqual(['cached', 'token-1', 1])
    renewed(accessToken({ token: 'renewed', expiresOn: start + 2 * hour }))
    await slow
    expect(tokenOf(await run(runtime, request(), source))).toBe('renewed')
  })

  test('a clock that was set back far makes every entry a miss', async () => {
    const runtime = fakeRuntime({ isClockManual: true })
    const source = hourly(runtime)
    await run(runtime, request(), source)
    runtime.clock.setWallClock(start - 24 * hour)
    expect(tokenOf(await run(runtime, request(), source))).toBe('token-2')
  })
})

describe('token cache: claims', () => {
  const revocation = (value: number): string => `{"access_token":{"nbf":{"essential":true,"value":"${value}"}}}`
  const asking = (claims?: string): CachedRequest =>
    request({ request: { scopes: ['s/.default'], ...(claims === undefined ? {} : { claims }) } })

  test('a revocation bypasses the cache once, and what it gave replaces the revoked token', async () => {
    const runtime = fakeRuntime({ isClockManual: true })
    const source = hourly(runtime)
    const tokens: string[] = []
    for (const claims of [
      undefined,
      revocation(100),
      revocation(100),
      undefined,
      revocation(101),
      revocation(101),
      undefined,
    ]) {
      tokens.push(tokenOf(await run(runtime, asking(claims), source)))
    }
    expect(tokens).toEqual(['token-1', 'token-2', 'token-2', 'token-2', 'token-3', 'token-3', 'token-3'])
  })

  test('any other challenge has a token of its own', async () => {
    const runtime = fakeRuntime({ isClockManual: true })
    const source = hourly(runtime)
    const stepUp = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    const tokens: string[] = []
    for (const claims of [undefined, stepUp, undefined, stepUp])
      tokens.push(tokenOf(await run(runtime, asking(claims), source)))
    expect(tokens).toEqual(['token-1', 'token-2', 'token-1', 'token-2'])
  })
})

describe('token cache: signing in as another user', () => {
  test('is seen at once, and signing back in finds the first token', async () => {
    const profile = '/home/ada/.azure/azureProfile.json'
    const runtime = fakeRuntime({ isClockManual: true, files: { [profile]: '{"user":"ada"}' } })
    const source = hourly(runtime)
    const asked = request({ links: [link({ files: [profile] })] })
    const tokens: string[] = []
    for (const user of ['ada', 'bob', 'ada', 'bob']) {
      runtime.files.put(profile, JSON.stringify({ user }))
      tokens.push(tokenOf(await run(runtime, asked, source)))
    }
    expect(tokens).toEqual(['token-1', 'token-2', 'token-1', 'token-2'])
  })
})

describe('token cache: trouble is told once and keeps no token back', () => {
  test.each(['no-space', 'read-only', 'denied', 'other'] as const)('writing fails: %s', async (code) => {
    const runtime = fakeRuntime({
      fileFault: (operation) =>
        ['writeAtomic', 'createExclusive', 'makeFolder'].includes(operation) ? code : undefined,
    })
    const source = hourly(runtime)
    const answer = await run(runtime, request(), source)
    expect([tokenOf(answer), codesOf(answer)]).toEqual(['token-1', ['uncached']])
    expect(answer.notes.map(noteLevel)).toEqual(['warning'])
    expect(answer.notes.map(wordNote).join()).toMatch(/^this run is not cached: \/home\/ada\/\.\S+: [^']+$/)
  })

  test('the same with the key in a file', async () => {
    const runtime = fakeRuntime({ fileFault: (operation) => (operation === 'makeFolder' ? 'read-only' : undefined) })
    const answer = await run(runtime, request(), hourly(runtime), 'file')
    expect([tokenOf(answer), codesOf(answer)]).toEqual(['token-1', ['uncached']])
  })

  test('a result without a token is passed on as it is', async () => {
    const runtime = fakeRuntime()
    const answer = await run(
      runtime,
      request(),
      countingAcquire(() => null),
    )
    expect(answer).toEqual({ kind: 'acquired', result: 'nothing', notes: [] })
  })

  test('what rejects gives its lease up', async () => {
    const runtime = fakeRuntime({ isClockManual: true })
    const failing = {
      acquire: async () => {
        throw new Error('a bug')
      },
    }
    await expect(run(runtime, request(), failing)).rejects.toThrow('a bug')
    expect(
      runtime.files.paths('/home/ada/.cache/azid').filter((path) => path.includes('/locks/') && !path.endsWith('/')),
    ).toEqual([])
  })
})
