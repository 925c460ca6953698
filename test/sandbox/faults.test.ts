/** Trouble on demand: each kind as a client meets it, and the words by which it is asked for. */
import { describe, expect, test } from 'vitest'
import { createFaultBoard, parseFault } from '../../src/sandbox/faults.ts'
import { UsageError } from '../../src/usage-error.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { askToken, decodeToken, getToken, msalApp, refusalByMsal, send } from './client.ts'

describe('as clients meet it', () => {
  test.for([
    {
      refusal: 'throttled',
      fault: '429:retry-after=2',
      status: 429,
      code: 90055,
      error: 'temporarily_unavailable',
      retry: '2',
    },
    { refusal: 'server-error', fault: '500', status: 500, code: 90006, error: 'server_error', retry: undefined },
    {
      refusal: 'server-unavailable',
      fault: '503:retry-after=7',
      status: 503,
      code: 90033,
      error: 'temporarily_unavailable',
      retry: '7',
    },
  ])('$fault', async ({ fault, status, code, error, retry }) => {
    const sandbox = await startTestSandbox({ faults: [parseFault(fault)] })
    const reply = await askToken(sandbox)
    expect(reply.status).toBe(status)
    expect(reply.headers['retry-after']).toBe(retry)
    expect(JSON.parse(reply.body)).toMatchObject({ error, error_codes: [code] })
    expect(sandbox.requests[0]).toMatchObject({ status, refusal: `AADSTS${code}`, faults: [fault] })
  })

  test.for([
    ['502', '502 Bad Gateway'],
    ['504', '504 Gateway Time-out'],
  ])('%s is the answer of a gateway', async ([fault = '', title = '']) => {
    const sandbox = await startTestSandbox({ faults: [parseFault(fault)] })
    const reply = await askToken(sandbox)
    expect(reply.status).toBe(Number(fault))
    expect(reply.headers['content-type']).toBe('text/html')
    expect(reply.body).toContain(title)
  })

  test('html is a sign-in page with status 200', async () => {
    const sandbox = await startTestSandbox({ faults: [parseFault('html')] })
    const reply = await askToken(sandbox)
    expect(reply.status).toBe(200)
    expect(reply.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(reply.body).toContain('Sign in to your account')
  })

  test('cut ends the connection in the middle of the body', async () => {
    const sandbox = await startTestSandbox({ faults: [parseFault('cut')] })
    await expect(askToken(sandbox)).rejects.toThrow(/aborted|ECONNRESET|hang up/)
  })

  test('hang never answers, and closing the sandbox ends it', async () => {
    const sandbox = await startTestSandbox({ faults: [parseFault('hang:path=token')] })
    await expect(send(sandbox, `${sandbox.origin}/common/discovery/keys`)).resolves.toMatchObject({ status: 200 })
    const asked = askToken(sandbox).then(
      () => 'answered',
      () => 'ended',
    )
    while (sandbox.requests.length < 2) await new Promise((resolve) => setTimeout(resolve, 10))
    expect(sandbox.requests[1]).toMatchObject({ status: null, refusal: null, faults: ['hang:path=token'] })
    await sandbox.close()
    expect(await asked).toBe('ended')
  })

  test('slow answers late', async () => {
    const sandbox = await startTestSandbox({ faults: [parseFault('slow=150ms')] })
    const since = performance.now()
    await getToken(sandbox)
    expect(performance.now() - since).toBeGreaterThanOrEqual(149)
  })

  test('clock shifts the date, the times of tokens and what has expired', async () => {
    const sandbox = await startTestSandbox({ faults: [parseFault('clock=+2h')] })
    const reply = await askToken(sandbox)
    expect(Date.parse(reply.headers['date'] ?? '') - Date.now()).toBeGreaterThan(7_100_000)
    const { claims } = decodeToken(JSON.parse(reply.body)['access_token'])
    expect(Number(claims['iat']) * 1000 - Date.now()).toBeGreaterThan(6_800_000)
    sandbox.setFault('clock=-2h')
    const early = await askToken(sandbox)
    expect(Date.parse(early.headers['date'] ?? '') - Date.now()).toBeLessThan(-7_100_000)
  })

  test('times and path limit a fault; setFault replaces and ends them', async () => {
    const sandbox = await startTestSandbox()
    sandbox.setFault('503:times=2,path=token')
    expect((await send(sandbox, `${sandbox.origin}/common/discovery/keys`)).status).toBe(200)
    expect((await askToken(sandbox)).status).toBe(503)
    expect((await askToken(sandbox)).status).toBe(503)
    expect((await askToken(sandbox)).status).toBe(200)
    sandbox.setFault('html')
    expect((await askToken(sandbox)).headers['content-type']).toContain('text/html')
    sandbox.setFault()
    expect((await askToken(sandbox)).status).toBe(200)
  })

  test('msal reports the throttling, and refuses by itself until the time has passed', async () => {
    const sandbox = await startTestSandbox()
    sandbox.setFault('429:retry-after=60,path=token')
    const app = msalApp(sandbox, {})
    const ask = () => app.acquireTokenByClientCredential({ scopes: ['https://vault.azure.net/.default'] })
    await expect(ask()).rejects.toThrow(/AADSTS90055/)
    sandbox.setFault()
    await expect(ask()).rejects.toThrow()
    expect(sandbox.requests.filter((request) => request.endpoint === 'token')).toHaveLength(1)
  })

  test('msal gets no token from a sign-in page', async () => {
    const sandbox = await startTestSandbox()
    sandbox.setFault('html:path=token')
    const refusal = await refusalByMsal(sandbox, {})
    expect(refusal.code).toBe('')
    expect(sandbox.requests.at(-1)).toMatchObject({ endpoint: 'token', status: 200, faults: ['html:path=token'] })
  })
})

describe('the words', () => {
  test.for([
    ['429', { kind: 'status', status: 429, retryAfterSeconds: undefined }],
    [' 503:retry-after=0 ', { kind: 'status', status: 503, retryAfterSeconds: 0 }],
    ['hang', { kind: 'hang' }],
    ['slow=500ms', { kind: 'slow', delayMs: 500 }],
    ['slow=2', { kind: 'slow', delayMs: 2000 }],
    ['clock=+10m', { kind: 'clock', shiftMs: 600_000 }],
    ['clock=-1h', { kind: 'clock', shiftMs: -3_600_000 }],
    ['clock=90s', { kind: 'clock', shiftMs: 90_000 }],
  ] as const)('%s', ([text, trouble]) => {
    expect(parseFault(text)).toEqual({ text: text.trim(), trouble, endpoint: undefined, times: undefined })
  })

  test('limits in any order', () => {
    expect(parseFault('500:times=3,path=keys')).toMatchObject({ endpoint: 'keys', times: 3 })
    expect(parseFault('cut:path=token,times=1')).toMatchObject({ endpoint: 'token', times: 1 })
  })

  test.for([
    ['', 'is not known'],
    ['418', 'is not known'],
    ['429=1', 'is not known'],
    ['Hang', 'is not known'],
    ['hang=1', 'is not known'],
    ['429:retry=2', "has the unknown part 'retry=2'"],
    ['429:retry-after', 'gives no value to `retry-after`'],
    ['429:retry-after=-1', 'needs a whole number of at least 0 for `retry-after`'],
    ['429:retry-after=soon', 'needs a whole number of at least 0 for `retry-after`'],
    ['html:retry-after=1', 'cannot have `retry-after`: it is no status'],
    ['500:times=0', 'needs a whole number of at least 1 for `times`'],
    ['500:times=1,times=2', 'gives `times` twice'],
    ['500:path=tokens', "names the unknown path 'tokens'"],
    ['slow', 'gives no time to `slow`'],
    ['slow=-1s', 'gives no time to `slow`'],
    ['clock=tomorrow', 'gives no time to `clock`'],
    ['clock=99999999h', 'gives no time to `clock`'],
  ])('%s is refused', ([text = '', reason = '']) => {
    expect(() => parseFault(text, '--fault')).toThrow(UsageError)
    expect(() => parseFault(text)).toThrow(`the fault '${text}' ${reason}`)
  })

  test('only one fault ends a request; the others count when they strike', () => {
    const board = createFaultBoard(
      ['503:times=1', '429', 'slow=10ms', 'clock=+1s', 'clock=+1s'].map((text) => parseFault(text)),
    )
    expect(board.strike('token')).toMatchObject({
      delayMs: 10,
      shiftMs: 2000,
      ending: { status: 503 },
      texts: ['503:times=1', 'slow=10ms', 'clock=+1s', 'clock=+1s'],
    })
    expect(board.strike(null)).toMatchObject({ ending: { status: 429 } })
  })
})
