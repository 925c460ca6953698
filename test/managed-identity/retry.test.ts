import { describe, expect, test } from 'vitest'
import { managedIdentityProfile, type RetryRow } from '../../src/engine/managed-identity/profile.ts'
import { readRetryAfter, sendWithRetries } from '../../src/engine/managed-identity/retry.ts'
import type { SdkName } from '../../src/engine/types.ts'
import type { HttpResult } from '../../src/runtime.ts'
import { fakeRuntime, networkError, respond } from '../fakes/runtime.ts'

const row: RetryRow = {
  statuses: [404, [500, 599]],
  limits: { total: 5, connect: 3, read: 3, status: 5 },
  factorMs: 800,
  factorMsAfter410: 2500,
  longestMs: 60_000,
}

async function send(answers: readonly HttpResult[], signal = new AbortController().signal) {
  let count = 0
  const runtime = fakeRuntime({
    http: () => answers[Math.min(count++, answers.length - 1)] ?? networkError('reset', 'socket hang up'),
  })
  const sent = await sendWithRetries({ method: 'GET', url: 'http://127.0.0.1/' }, row, runtime, signal)
  return { ...sent, waitedMs: runtime.clock.monotonic() }
}

describe('asking again', () => {
  test.each<[string, readonly HttpResult[], number, number]>([
    ['a token at once', [respond(200)], 1, 0],
    ['a redirect is an answer', [respond(302, '', { location: 'http://elsewhere/' })], 1, 0],
    ['a listed status, to the end', [respond(500)], 6, 24_000],
    ['an unlisted one', [respond(400)], 1, 0],
    ['an unlisted one with Retry-After', [respond(400, '', { 'retry-after': '1' }), respond(200)], 2, 1000],
    ['Retry-After beyond every wait', [respond(429, '', { 'retry-after': '61' })], 1, 0],
    ['Retry-After of a day', [respond(503, '', { 'retry-after': '86400' })], 1, 0],
    ['no connection', [networkError('refused', 'connect ECONNREFUSED')], 4, 4800],
    ['no name', [networkError('dns', 'getaddrinfo ENOTFOUND')], 4, 4800],
    ['a connection that takes too long', [networkError('timeout', 'no connection within 2000 ms')], 4, 4800],
    ['an answer that takes too long', [networkError('timeout', 'no answer within 30000 ms')], 4, 4800],
    ['a connection that breaks', [networkError('reset', 'socket hang up')], 4, 4800],
    ['a certificate is the same every time', [networkError('tls', 'self-signed')], 1, 0],
    ['so is an answer that is too large', [networkError('too-large', 'the answer is larger')], 1, 0],
    [
      'breaks and statuses have limits of their own',
      [networkError('reset', 'x'), respond(500), networkError('refused', 'x'), respond(500), respond(200)],
      5,
      1600 + 3200 + 6400,
    ],
  ])('%s', async (_, answers, requests, waitedMs) => {
    const sent = await send(answers)
    expect(sent.requests).toBe(requests)
    expect(sent.waitedMs).toBe(waitedMs)
  })

  test('a wait ends with the signal, and its reason comes out', async () => {
    const stop = new AbortController()
    const runtime = fakeRuntime({ http: () => respond(500), isClockManual: true })
    const sending = sendWithRetries({ method: 'GET', url: 'http://127.0.0.1/' }, row, runtime, stop.signal)
    sending.catch(() => {})
    await runtime.clock.advance(100)
    stop.abort('SIGINT')
    await expect(sending).rejects.toBe('SIGINT')
  })
})

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 21)
  test.each<[Record<string, string>, number]>([
    [{}, 0],
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': '-3' }, 0],
    [{ 'retry-after': 'Sat, 21 Nov 2026 00:00:09 GMT' }, 9000],
    [{ 'retry-after': 'Fri, 20 Nov 2026 00:00:09 GMT' }, 0],
    [{ 'retry-after': 'soon' }, 0],
    [{ 'retry-after-ms': '250' }, 250],
    [{ 'x-ms-retry-after-ms': '1500' }, 1500],
    [{ 'x-ms-retry-after-ms': 'soon' }, 0],
    [{ 'retry-after': '7', 'retry-after-ms': '250' }, 7000],
  ])('%j is %d ms', (headers, expected) => {
    expect(readRetryAfter({ status: 429, statusText: '', headers, body: '' }, now)).toBe(expected)
  })
})

describe('how long each SDK asks IMDS that does not get well', () => {
  const imds = async (sdk: SdkName, status: number): Promise<number> => {
    const runtime = fakeRuntime({ http: () => respond(status, { error: 'x' }) })
    const url = 'http://169.254.169.254/metadata/identity/oauth2/token'
    const { retries } = managedIdentityProfile(sdk)
    await sendWithRetries({ method: 'GET', url }, retries.imds, runtime, new AbortController().signal)
    return runtime.clock.monotonic()
  }
  // Reference: Azure.Core's and azure-core's delays begin at 0.8 s; Python's first is none.
  test.each<[SdkName, number, number]>([
    ['python', 24_000, 75_000],
    ['js', 24_800, 93_000],
    ['dotnet', 24_800, 71_300],
    ['java', 24_800, 24_800],
    ['go', 97_000, 97_000],
  ])('%s: %i ms after 500, %i ms after 410', async (sdk, broken, gone) => {
    expect([await imds(sdk, 500), await imds(sdk, 410)]).toEqual([broken, gone])
  })

  test('Java asks other hosts three times more, Service Fabric once a second', async () => {
    const { retries } = managedIdentityProfile('java')
    const waited = async (host: 'app-service' | 'service-fabric'): Promise<number> => {
      const runtime = fakeRuntime({ http: () => respond(500, { error: 'x' }) })
      const request = { method: 'GET', url: 'http://127.0.0.1/' } as const
      await sendWithRetries(request, retries[host], runtime, new AbortController().signal)
      return runtime.clock.monotonic()
    }
    expect([await waited('app-service'), await waited('service-fabric')]).toEqual([5600, 3000])
  })
})
