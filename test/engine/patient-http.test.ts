import { describe, expect, test } from 'vitest'
import { sendPatiently } from '../../src/engine/patient-http.ts'
import type { HttpRequest, HttpResult } from '../../src/runtime.ts'
import { fakeRuntime, networkError, respond } from '../fakes/runtime.ts'

const request: HttpRequest = { method: 'POST', url: 'https://login.example/t', body: 'b' }

/** Answers in turn; the last one again and again. */
async function send(
  answers: readonly HttpResult[],
  signal = new AbortController().signal,
): Promise<{ readonly result: HttpResult; readonly sent: number; readonly waitedMs: number }> {
  let sent = 0
  const now = Date.UTC(2026, 10, 21)
  const runtime = fakeRuntime({ now, http: () => answers[Math.min(sent++, answers.length - 1)] ?? respond(500) })
  const result = await sendPatiently(request, runtime, signal)
  return { result, sent, waitedMs: runtime.clock.now() - now }
}

describe('trying again', () => {
  test.each([
    ['what is well', [respond(200)], 1, 0],
    ['a refusal', [respond(400)], 1, 0],
    ['429 once', [respond(429), respond(200)], 2, 800],
    ['429 with Retry-After', [respond(429, '', { 'retry-after': '7' }), respond(200)], 2, 7000],
    ['429 with a date', [respond(429, '', { 'retry-after': 'Sat, 21 Nov 2026 00:00:05 GMT' }), respond(200)], 2, 5000],
    [
      '429 with a date that has passed',
      [respond(429, '', { 'retry-after': 'Fri, 20 Nov 2026 00:00:05 GMT' }), respond(200)],
      2,
      0,
    ],
    [
      '429 with milliseconds',
      [respond(429, '', { 'retry-after-ms': '120', 'retry-after': '9' }), respond(200)],
      2,
      120,
    ],
    ['Retry-After that says nothing', [respond(429, '', { 'retry-after': 'soon' }), respond(200)], 2, 800],
    ['408, 500, 503, then well', [respond(408), respond(500), respond(503), respond(200)], 4, 800 + 1600 + 3200],
    ['503 for ever', [respond(503)], 4, 800 + 1600 + 3200],
    ['a refusal with Retry-After', [respond(400, '', { 'retry-after': '1' }), respond(200)], 2, 1000],
    ['told to wait for minutes', [respond(429, '', { 'retry-after': '61' }), respond(200)], 1, 0],
    ['a broken connection', [networkError('reset', 'ECONNRESET'), respond(200)], 2, 800],
    ['a cut answer', [networkError('protocol', 'cut off'), respond(200)], 2, 800],
    ['no such host', [networkError('dns', 'ENOTFOUND')], 1, 0],
    ['refused', [networkError('refused', 'ECONNREFUSED')], 1, 0],
    ['a bad certificate', [networkError('tls', 'SELF_SIGNED')], 1, 0],
    ['no answer in time', [networkError('timeout', 'slow')], 1, 0],
  ] as const)('%s', async (_, answers, sent, waitedMs) => {
    const run = await send(answers)
    expect([run.sent, run.waitedMs]).toEqual([sent, waitedMs])
    expect(run.result).toBe(answers[Math.min(sent, answers.length) - 1])
  })

  test('an abort while waiting ends it', async () => {
    const abort = new AbortController()
    let sent = 0
    const runtime = fakeRuntime({
      isClockManual: true,
      http: () => {
        sent += 1
        return respond(503)
      },
    })
    const running = sendPatiently(request, runtime, abort.signal)
    await runtime.clock.advance(100)
    abort.abort('SIGINT')
    expect(await running).toMatchObject({ ok: false, error: { code: 'aborted', host: 'login.example' } })
    expect(sent).toBe(1)
  })
})
