/** The fake world itself: what the other tests rely on. */
import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../fakes/clock.ts'
import { createFakeHttp } from '../fakes/http.ts'
import { createFakeProcesses } from '../fakes/processes.ts'
import { exited, fakeRuntime, networkError, respond } from '../fakes/runtime.ts'

describe('fake clock', () => {
  it('moves by sleeping, and wakes sleepers in the order of their time', async () => {
    const { clock } = fakeRuntime({ now: 1000 })
    const woken: number[] = []
    await Promise.all(
      [30, 10, 20].map(async (ms) => {
        await clock.sleep(ms)
        woken.push(clock.now())
      }),
    )
    expect(woken).toEqual([1010, 1020, 1030])
  })

  it('lets work that takes no time win against a time limit', async () => {
    const { clock } = fakeRuntime()
    const limit = new AbortController()
    const late = clock.sleep(5, limit.signal).then(() => 'late')
    const won = await Promise.race([Promise.resolve().then(() => 'work'), late])
    limit.abort('done')
    expect(won).toBe('work')
    await expect(late).rejects.toBe('done')
    expect(clock.monotonic()).toBe(0)
  })

  it('manual: only advance moves it, and a changed wall clock leaves monotonic time alone', async () => {
    const clock = createFakeClock(0, true)
    let isAwake = false
    const slept = clock.sleep(10).then(() => {
      isAwake = true
    })
    await clock.advance(9)
    expect(isAwake).toBe(false)
    clock.setWallClock(-5000)
    await clock.advance(1)
    await slept
    expect([isAwake, clock.monotonic(), clock.now()]).toEqual([true, 10, -4999])
  })
})

describe('fake http', () => {
  it('answers by route, each as often as scripted, and records requests', async () => {
    const { http } = fakeRuntime({
      http: [
        { url: 'https://a.test/token', method: 'POST', answer: respond(200, { access_token: 'x' }) },
        { url: /a\.test/, times: 2, answer: respond(404, 'nope') },
      ],
    })
    const first = await http.send({ method: 'POST', url: 'https://a.test/token?x=1' })
    const second = await http.send({ method: 'POST', url: 'https://a.test/token' })
    expect(first).toMatchObject({ response: { status: 200, body: '{"access_token":"x"}' } })
    expect(second).toMatchObject({ response: { status: 404, body: 'nope' } })
    expect(http.requests).toHaveLength(2)
  })

  it('fails loudly when nobody scripted the request, even if the error is swallowed', async () => {
    const http = createFakeHttp([{ url: 'https://b.test/', answer: respond(200) }], createFakeClock(0))
    await expect(http.send({ method: 'GET', url: 'https://a.test/' })).rejects.toThrow(
      'no script (left) for GET https://a.test/',
    )
    expect(http.troubles()).toEqual([
      'nobody scripted GET https://a.test/',
      'nobody used the script for * https://b.test/',
    ])
  })

  it('keeps the time limit of a request on the fake clock', async () => {
    const { http, clock } = fakeRuntime({ http: [{ url: 'https://a.test/', ms: 500, answer: respond(200) }] })
    const result = await http.send({ method: 'GET', url: 'https://a.test/', timeoutMs: 100 })
    expect(result).toMatchObject({ ok: false, error: { code: 'timeout', host: 'a.test' } })
    expect(clock.monotonic()).toBe(100)
  })

  it('ends when the signal aborts', async () => {
    const { http } = fakeRuntime({ http: () => new Promise(() => {}) })
    const abort = new AbortController()
    const sent = http.send({ method: 'GET', url: 'https://a.test/' }, abort.signal)
    abort.abort()
    expect(await sent).toEqual(networkError('aborted', 'the request was aborted', 'a.test'))
  })
})

describe('fake processes', () => {
  it('runs a scripted program by name and arguments', async () => {
    const { processes } = fakeRuntime({ processes: [{ file: 'az', args: ['version'], result: exited(0, 'ok') }] })
    expect(await processes.run({ file: '/usr/bin/az', args: ['version'] })).toEqual(exited(0, 'ok'))
  })

  it('fails loudly when a script is missing or unused, and keeps the time limit', async () => {
    const clock = createFakeClock(0)
    const processes = createFakeProcesses(
      [
        { file: 'az', ms: 50, result: exited(0) },
        { file: 'azd', result: exited(0) },
      ],
      clock,
      async () => {},
    )
    expect(await processes.run({ file: '/bin/az', args: [], timeoutMs: 10 })).toMatchObject({ kind: 'timed-out' })
    await expect(processes.run({ file: '/bin/pwsh', args: ['-c'] })).rejects.toThrow(
      'no script (left) for /bin/pwsh -c',
    )
    expect(processes.troubles()).toEqual(['nobody scripted /bin/pwsh -c', 'nobody used the script for azd'])
  })

  it('attach shows what the program prints', async () => {
    const runtime = fakeRuntime({ processes: [{ file: 'sh', result: exited(3, 'out', 'err') }] })
    expect(await runtime.processes.attach({ file: '/bin/sh', args: [] })).toEqual({ kind: 'exited', code: 3 })
    expect([runtime.stdout, runtime.stderr]).toEqual(['out', 'err'])
  })
})

describe('fake world', () => {
  it('draws the same numbers from the same seed', () => {
    const draw = (seed: number): string => fakeRuntime({ seed }).random.uuid()
    expect(draw(1)).toBe(draw(1))
    expect(draw(1)).not.toBe(draw(2))
    expect(draw(3)).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  })

  it('reads typed answers only where stdin is a terminal', async () => {
    expect(await fakeRuntime({ answers: ['yes'] }).terminal.stdin.question('sure? ')).toBeNull()
    const runtime = fakeRuntime({ answers: ['yes'], isTerminal: true })
    expect(await runtime.terminal.stdin.question('sure? ')).toBe('yes')
    expect(await runtime.terminal.stdin.question('sure? ')).toBeNull()
    expect(runtime.stderr).toBe('sure? sure? ')
  })

  it('keeps keyring entries a backend apart, and can hang or forget', async () => {
    const { keyring, clock } = fakeRuntime({
      keyring: {
        fault: (operation, backend) => (backend === 'keyutils' ? 'hang' : operation === 'set' ? 'forget' : undefined),
      },
    })
    expect(await keyring.get('keyutils', 'key', 500)).toMatchObject({ error: { code: 'timeout' } })
    expect(clock.monotonic()).toBe(500)
    expect(await keyring.set('secret-service', 'key', 'v', 500)).toEqual({ ok: true, value: undefined })
    expect(await keyring.get('secret-service', 'key', 500)).toEqual({ ok: true, value: null })
    expect(await keyring.get('keychain', 'key', 500)).toMatchObject({ error: { code: 'unavailable' } })
  })

  it('interrupt aborts with the name of the signal', () => {
    const runtime = fakeRuntime()
    runtime.interrupt('SIGTERM')
    expect(runtime.interrupted.reason).toBe('SIGTERM')
  })
})
