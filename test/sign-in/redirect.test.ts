/** The listener on loopback, over real sockets: the one answer it waits for, and all that it turns away. */
import http from 'node:http'
import net from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { listenForRedirect, type RedirectWait, readRedirectPlace } from '../../src/engine/sign-in/redirect.ts'
import { createNodeClock } from '../../src/runtime-node/clock.ts'
import { createNodeLoopback } from '../../src/runtime-node/loopback.ts'

const ports = { loopback: createNodeLoopback(), clock: createNodeClock() }
const state = 'the-state-of-this-sign-in'

async function listen(port = 0): Promise<RedirectWait & { readonly port: number }> {
  const wait = await listenForRedirect({ hostname: 'localhost', port, path: '/' }, state, ports)
  if (!wait.ok) throw new Error(JSON.stringify(wait.error))
  onTestFinished(() => wait.value.close())
  return { ...wait.value, port: Number(new URL(wait.value.redirectUri).port) }
}

interface Answer {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

function send(port: number, path: string, options: http.RequestOptions = {}, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.request({ host: '127.0.0.1', port, path, agent: false, ...options }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

test('takes the code with the right state, and lets the page wait for how it ends', async () => {
  const wait = await listen()
  const answer = send(wait.port, `/?code=the-code&state=${state}`)
  const redirect = await wait.arrived
  expect(redirect.kind === 'code' && redirect.code.reveal()).toBe('the-code')
  wait.conclude({ kind: 'signed-in', username: 'ada@contoso.com', tenantId: 't' })
  expect(await answer).toMatchObject({ status: 200, body: expect.stringContaining('ada@contoso.com') })
})

test('answers on both addresses of localhost, and on no other', async () => {
  const wait = await listen()
  expect((await send(wait.port, '/favicon.ico')).status).toBe(404)
  const hasIpv6 = await new Promise<boolean>((resolve) => {
    const probe = net.createServer().on('error', () => resolve(false))
    probe.listen(0, '::1', () => probe.close(() => resolve(true)))
  })
  if (hasIpv6) expect((await send(wait.port, '/favicon.ico', { host: '::1' })).status).toBe(404)
})

test.each([
  ['a stray favicon', '/favicon.ico', {}, 404],
  ['the bare address', '/', {}, 404],
  ['another path', '/elsewhere?code=x&state=the-state-of-this-sign-in', {}, 404],
  ['no state', '/?code=x', {}, 400],
  ['an empty state', '/?code=x&state=', {}, 400],
  ['another state', '/?code=x&state=the-state-of-that-sign-in', {}, 400],
  ['two states', '/?code=x&state=the-state-of-this-sign-in&state=y', {}, 400],
  ['a form posted by a page', '/?code=x&state=the-state-of-this-sign-in', { method: 'POST' }, 405],
  ['a method of its own', '/?code=x&state=the-state-of-this-sign-in', { method: 'PURGE' }, 405],
  ['a preflight', '/', { method: 'OPTIONS' }, 405],
  ['HEAD', '/?code=x&state=the-state-of-this-sign-in', { method: 'HEAD' }, 404],
  ['a rebound name', '/?code=x&state=the-state-of-this-sign-in', { headers: { host: 'evil.example' } }, 421],
  [
    'a rebound name with the port',
    '/?code=x&state=the-state-of-this-sign-in',
    { headers: { host: 'evil.example:80' } },
    421,
  ],
  ['an address in place of a path', 'http://evil.example/?code=x', {}, 404],
  ['two slashes', '//evil.example/?code=x&state=the-state-of-this-sign-in', {}, 404],
] as const)('%s is turned away, and the wait goes on', async (_, path, options, status) => {
  const wait = await listen()
  const answer = await send(
    wait.port,
    path,
    options,
    'method' in options && options.method === 'POST' ? 'a=b' : undefined,
  )
  expect(answer.status).toBe(status)
  expect(answer.headers['access-control-allow-origin']).toBeUndefined()
  expect(await Promise.race([wait.arrived, 'nothing yet'])).toBe('nothing yet')
  const last = send(wait.port, `/?code=good&state=${state}`)
  expect((await wait.arrived).kind).toBe('code')
  wait.conclude({ kind: 'already-over' })
  await last
})

test('a second redirect is told that all is over, and changes nothing', async () => {
  const wait = await listen()
  const first = send(wait.port, `/?code=one&state=${state}`)
  const redirect = await wait.arrived
  const second = await send(wait.port, `/?code=two&state=${state}`)
  expect(second).toMatchObject({ status: 200, body: expect.stringContaining('already over') })
  wait.conclude({ kind: 'signed-in', username: 'a', tenantId: 't' })
  await first
  expect(redirect.kind === 'code' && redirect.code.reveal()).toBe('one')
})

test.each([
  ['no code and no error', '', 'nothing'],
  ['two codes', '&code=a&code=b', 'nothing'],
  ['an empty code', '&code=', 'nothing'],
  ['a code and an error', '&code=a&error=access_denied', 'error'],
])('%s is no code', async (_, more, kind) => {
  const wait = await listen()
  const answer = send(wait.port, `/?state=${state}${more}`)
  expect((await wait.arrived).kind).toBe(kind)
  wait.conclude({ kind: 'no-code' })
  expect((await answer).status).toBe(400)
})

test('a megabyte is cut off, as a query and as a body, and the listener lives on', async () => {
  const wait = await listen()
  const huge = 'x'.repeat(1024 * 1024)
  const query = await send(wait.port, `/?state=${state}&code=${huge}`).catch((error: NodeJS.ErrnoException) => error)
  expect(query instanceof Error ? query.code : query.status).toSatisfy(
    (told) => told === 431 || told === 'ECONNRESET' || told === 'EPIPE',
  )
  const body = await send(wait.port, '/', { method: 'POST' }, huge).catch((error: NodeJS.ErrnoException) => error)
  expect(body instanceof Error ? body.code : body.status).toSatisfy(
    (told) => told === 405 || told === 'ECONNRESET' || told === 'EPIPE',
  )
  expect((await send(wait.port, '/favicon.ico')).status).toBe(404)
})

test('garbage on the socket does no harm, and closing does not wait for one who says nothing', async () => {
  const wait = await listen()
  const garbage = net.connect(wait.port, '127.0.0.1', () => garbage.write('\x16\x03\x01\x02\x00 no http\r\n\r\n'))
  garbage.on('error', () => {})
  const silent = net.connect(wait.port, '127.0.0.1')
  silent.on('error', () => {})
  await new Promise((resolve) => silent.once('connect', resolve))
  expect((await send(wait.port, '/favicon.ico')).status).toBe(404)
  // Nobody else ends this connection: were it waited for, this would not come back.
  onTestFinished(() => void silent.destroy())
  await wait.close()
  garbage.destroy()
})

test('a port in use is a problem with its number', async () => {
  const first = await listen()
  const second = await listenForRedirect({ hostname: 'localhost', port: first.port, path: '/' }, state, ports)
  expect(second).toMatchObject({
    ok: false,
    error: { code: 'loopback-unavailable', facts: { port: first.port, code: 'in-use' } },
  })
})

test('a port that is free on one address only is in use', async () => {
  const other = net.createServer()
  const isThere = await new Promise<boolean>((resolve) => {
    other.on('error', () => resolve(false))
    other.listen(0, '::1', () => resolve(true))
  })
  if (!isThere) return
  onTestFinished(() => void other.close())
  const { port } = other.address() as net.AddressInfo
  const wait = await listenForRedirect({ hostname: 'localhost', port, path: '/' }, state, ports)
  expect(wait).toMatchObject({ ok: false, error: { facts: { code: 'in-use' } } })
})

test.each([
  ['http://localhost', { hostname: 'localhost', port: 0, path: '/' }],
  ['http://localhost:8400', { hostname: 'localhost', port: 8400, path: '/' }],
  ['http://127.0.0.1:1234/done', { hostname: '127.0.0.1', port: 1234, path: '/done' }],
  ['http://[::1]:1234', { hostname: '[::1]', port: 1234, path: '/' }],
  ['https://localhost:8400', null],
  ['http://example.com:8400', null],
  ['http://localhost.example.com', null],
  ['http://localhost:8400/?x=1', null],
  ['http://user@localhost:8400', null],
  ['urn:ietf:wg:oauth:2.0:oob', null],
  ['nonsense', null],
])('%s as the place to come back to', (uri, place) => {
  expect(readRedirectPlace(uri)).toEqual(place)
})
