/** The real HTTP port against servers of this process: every way in which an exchange can end. */
import http from 'node:http'
import https from 'node:https'
import net, { type AddressInfo } from 'node:net'
import tls from 'node:tls'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { HttpRequest, HttpResult } from '../../src/runtime.ts'
import { createNodeHttp } from '../../src/runtime-node/http.ts'
import { fakeRuntime } from '../fakes/runtime.ts'
import { type MadeAuthority, type MadeCertificate, makeAuthority, makeSelfSigned } from '../support/certificates.ts'

const opened: net.Server[] = []
const sockets = new Set<net.Socket>()

afterEach(() => {
  for (const server of opened.splice(0)) server.close()
  for (const socket of sockets) socket.destroy()
})

async function listen(server: net.Server): Promise<number> {
  opened.push(server)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const serve = (handler: http.RequestListener): Promise<number> => listen(http.createServer(handler))
/** Answers every connection with these bytes. */
const serveBytes = (act: (socket: net.Socket) => void): Promise<number> =>
  listen(net.createServer((socket) => socket.once('data', () => act(socket))))

const send = (
  request: Partial<HttpRequest> & { url: string },
  env: Record<string, string> = {},
  signal?: AbortSignal,
) => createNodeHttp(fakeRuntime({ env }).env).send({ method: 'GET', timeoutMs: 20_000, ...request }, signal)

function errorOf(result: HttpResult) {
  if (result.ok) throw new Error(`an answer: ${JSON.stringify(result.response)}`)
  return result.error
}

describe('plain exchanges', () => {
  it('sends method, path, headers and body, and gives the answer as it is', async () => {
    const port = await serve((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk) => chunks.push(chunk))
      request.on('end', () => {
        response.writeHead(
          200,
          [
            ['X-Twice', 'a'],
            ['X-Twice', 'b'],
            ['Content-Type', 'application/json'],
          ].flat(),
        )
        response.end(
          JSON.stringify({
            url: request.url,
            method: request.method,
            headers: request.headers,
            body: `${Buffer.concat(chunks)}`,
          }),
        )
      })
    })
    const result = await send({
      method: 'POST',
      url: `http://127.0.0.1:${port}/a%20b?q=ü#no`,
      headers: { 'X-One': '1' },
      body: 'grüß',
    })
    if (!result.ok) throw new Error(result.error.detail)
    expect(result.response).toMatchObject({ status: 200, statusText: 'OK', headers: { 'x-twice': 'a, b' } })
    expect(JSON.parse(result.response.body)).toEqual({
      url: '/a%20b?q=%C3%BC',
      method: 'POST',
      headers: {
        'x-one': '1',
        host: `127.0.0.1:${port}`,
        connection: 'close',
        'accept-encoding': 'identity',
        'content-length': '6',
      },
      body: 'grüß',
    })
  })

  it('follows no redirect', async () => {
    let requests = 0
    const port = await serve((_, response) => {
      requests++
      response.writeHead(302, { location: '/else' }).end('there')
    })
    const result = await send({ url: `http://127.0.0.1:${port}/` })
    expect(result).toMatchObject({ ok: true, response: { status: 302, headers: { location: '/else' }, body: 'there' } })
    expect(requests).toBe(1)
  })

  it('takes answers without a length, in chunks, empty, and with a byte order mark', async () => {
    const untilClose = await serveBytes((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\n\uFEFF{"a":1}'))
    expect(await send({ url: `http://127.0.0.1:${untilClose}/` })).toMatchObject({ response: { body: '{"a":1}' } })
    const empty = await serve((_, response) => response.writeHead(204).end())
    expect(await send({ url: `http://127.0.0.1:${empty}/` })).toMatchObject({ response: { status: 204, body: '' } })
    const split = await serve((_, response) => {
      response.write(Buffer.from([0xc3]))
      setTimeout(() => response.end(Buffer.from([0xbc])), 20)
    })
    expect(await send({ url: `http://127.0.0.1:${split}/` })).toMatchObject({ response: { body: 'ü' } })
  })
})

describe('errors', () => {
  it('refused', async () => {
    expect(errorOf(await send({ url: 'http://127.0.0.1:1/' }))).toEqual({
      code: 'refused',
      host: '127.0.0.1:1',
      detail: 'connect ECONNREFUSED 127.0.0.1:1',
    })
    const localhost = errorOf(await send({ url: 'http://localhost:1/' }))
    expect(localhost).toMatchObject({ code: 'refused', detail: expect.stringContaining('connect ECONNREFUSED') })
  })

  it('dns', async () => {
    // A label longer than 63 bytes is refused by the resolver itself: nothing is sent.
    const host = `${'a'.repeat(64)}.invalid`
    expect(errorOf(await send({ url: `http://${host}/` }))).toMatchObject({ code: 'dns', host })
  })

  it('unreachable', async () => {
    expect(errorOf(await send({ url: 'http://255.255.255.255/' }))).toMatchObject({ code: 'unreachable' })
    expect(errorOf(await send({ url: 'http://[::ffff:255.255.255.255]/' }))).toMatchObject({ code: 'unreachable' })
  })

  it('reset', async () => {
    const resetting = await serveBytes((socket) => socket.resetAndDestroy())
    expect(errorOf(await send({ url: `http://127.0.0.1:${resetting}/` }))).toMatchObject({ code: 'reset' })
    const closing = await serveBytes((socket) => socket.end())
    expect(errorOf(await send({ url: `http://127.0.0.1:${closing}/` }))).toMatchObject({
      code: 'reset',
      detail: 'socket hang up',
    })
  })

  it('timeout: no answer, half an answer, no handshake', async () => {
    const silent = await listen(net.createServer(() => {}))
    expect(errorOf(await send({ url: `http://127.0.0.1:${silent}/`, timeoutMs: 100 }))).toEqual({
      code: 'timeout',
      host: `127.0.0.1:${silent}`,
      detail: 'no answer within 100 ms',
    })
    const slow = await serve((_, response) => void response.writeHead(200, { 'content-length': '5' }).write('ab'))
    expect(errorOf(await send({ url: `http://127.0.0.1:${slow}/`, timeoutMs: 200 }))).toMatchObject({ code: 'timeout' })
    expect(errorOf(await send({ url: `https://127.0.0.1:${silent}/`, connectTimeoutMs: 100 }))).toMatchObject({
      code: 'timeout',
      detail: 'no connection within 100 ms',
    })
    const late = await serve((_, response) => void setTimeout(() => response.end('late'), 300))
    expect(await send({ url: `http://127.0.0.1:${late}/`, connectTimeoutMs: 100 })).toMatchObject({
      response: { body: 'late' },
    })
  })

  it('too-large: by its length, and by what comes', async () => {
    const told = await serve((_, response) => response.writeHead(200, { 'content-length': '101' }).end('x'.repeat(101)))
    expect(errorOf(await send({ url: `http://127.0.0.1:${told}/`, maxBytes: 100 }))).toMatchObject({
      code: 'too-large',
      detail: 'the answer is larger than 100 bytes',
    })
    expect(await send({ url: `http://127.0.0.1:${told}/`, maxBytes: 101 })).toMatchObject({ ok: true })
    const endless = await serve((_, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
      }
      response.on('drain', pour)
      pour()
    })
    expect(errorOf(await send({ url: `http://127.0.0.1:${endless}/` }))).toMatchObject({
      code: 'too-large',
      detail: 'the answer is larger than 4194304 bytes',
    })
  })

  it('protocol: an answer cut short is no answer', async () => {
    const cut = await serveBytes((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"a":'))
    expect(errorOf(await send({ url: `http://127.0.0.1:${cut}/` }))).toMatchObject({
      code: 'protocol',
      detail: 'the answer was cut off after 5 bytes, 5 more were announced',
    })
    const chunked = await serveBytes((socket) =>
      socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"a":\r\n'),
    )
    expect(errorOf(await send({ url: `http://127.0.0.1:${chunked}/` }))).toMatchObject({ code: 'protocol' })
    const torn = await serveBytes((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n{"a":')
      setTimeout(() => socket.resetAndDestroy(), 50)
    })
    expect(['protocol', 'reset']).toContain(errorOf(await send({ url: `http://127.0.0.1:${torn}/` })).code)
  })

  it('protocol: what is not HTTP, and what cannot be sent', async () => {
    const garbage = await serveBytes((socket) => socket.end('220 mail.test ESMTP\r\n'))
    expect(errorOf(await send({ url: `http://127.0.0.1:${garbage}/` }))).toMatchObject({ code: 'protocol' })
    expect(errorOf(await send({ url: 'not a url' }))).toEqual({ code: 'protocol', host: '', detail: 'not a URL' })
    expect(errorOf(await send({ url: 'file:///etc/passwd' }))).toMatchObject({
      code: 'protocol',
      detail: 'file: is not supported',
    })
    const port = await serve((_, response) => response.end())
    const secret = errorOf(
      await send({ url: `http://127.0.0.1:${port}/`, headers: { authorization: 'Bearer hush\nhush' } }),
    )
    expect(secret).toMatchObject({ code: 'protocol' })
    expect(JSON.stringify(secret)).not.toContain('hush')
  })

  it('aborted: before, while connecting, and while the answer comes', async () => {
    const abort = new AbortController()
    const port = await serve((_, response) => {
      response.write('a')
      setTimeout(() => abort.abort(), 20)
    })
    const expected = { code: 'aborted', host: `127.0.0.1:${port}`, detail: 'the request was aborted' }
    expect(errorOf(await send({ url: `http://127.0.0.1:${port}/` }, {}, abort.signal))).toEqual(expected)
    expect(errorOf(await send({ url: `http://127.0.0.1:${port}/` }, {}, abort.signal))).toEqual(expected)
  })
})

describe('TLS', () => {
  let authority: MadeAuthority
  let leaf: MadeCertificate
  beforeAll(() => {
    authority = makeAuthority()
    leaf = authority.issue({ names: ['login.test', '127.0.0.1'] })
  })

  const secureServe = (made: MadeCertificate): Promise<number> =>
    listen(https.createServer({ cert: made.certificate, key: made.key }, (_, response) => response.end('secure')))

  it('trusts a root that it is given, by address and by server name', async () => {
    const port = await secureServe(leaf)
    const extraRoots = authority.certificate
    expect(await send({ url: `https://127.0.0.1:${port}/`, extraRoots })).toMatchObject({
      response: { body: 'secure' },
    })
    expect(await send({ url: `https://127.0.0.1:${port}/`, extraRoots, serverName: 'login.test' })).toMatchObject({
      ok: true,
    })
  })

  it('names issuer, subject and reason of a certificate that fails', async () => {
    const extraRoots = authority.certificate
    const trouble = async (made: MadeCertificate, request: Partial<HttpRequest> = { extraRoots }) => {
      const port = await secureServe(made)
      const error = errorOf(await send({ url: `https://127.0.0.1:${port}/`, ...request }))
      expect(error.code).toBe('tls')
      expect(error.detail).toContain(error.certificate?.reason)
      return error.certificate
    }
    const issuer = 'CN=azid test root, O=Example'
    expect(await trouble(leaf, {})).toEqual({
      issuer,
      subject: 'CN=login.test, O=Example',
      reason:
        'its issuer is not known here, or the server left out the certificates between (UNABLE_TO_VERIFY_LEAF_SIGNATURE)',
    })
    const expired = authority.issue({
      names: ['127.0.0.1'],
      notBefore: new Date('2020-01-01'),
      notAfter: new Date('2020-02-01'),
    })
    expect(await trouble(expired)).toEqual({
      issuer,
      subject: 'CN=127.0.0.1, O=Example',
      reason: 'it expired on Feb  1 00:00:00 2020 GMT (CERT_HAS_EXPIRED)',
    })
    const early = authority.issue({
      names: ['127.0.0.1'],
      notBefore: new Date('2090-01-01'),
      notAfter: new Date('2090-02-01'),
    })
    expect(await trouble(early)).toMatchObject({
      reason: 'it is valid only from Jan  1 00:00:00 2090 GMT (CERT_NOT_YET_VALID)',
    })
    const other = authority.issue({ names: ['other.test'] })
    expect(await trouble(other)).toMatchObject({
      reason: 'it is for another host: DNS:other.test (ERR_TLS_CERT_ALTNAME_INVALID)',
    })
    expect(await trouble(makeSelfSigned('login.test'), {})).toMatchObject({
      reason: 'it is self-signed and not trusted here (DEPTH_ZERO_SELF_SIGNED_CERT)',
    })
    const chained = { ...leaf, certificate: leaf.certificate + authority.certificate }
    expect(await trouble(chained, {})).toMatchObject({
      reason: 'its chain ends in a root that is not trusted here (SELF_SIGNED_CERT_IN_CHAIN)',
    })
  })

  it('a server that speaks no TLS is a tls error', async () => {
    const port = await serve((_, response) => response.end())
    const error = errorOf(await send({ url: `https://127.0.0.1:${port}/` }))
    expect(error.code).toBe('tls')
    expect(error).not.toHaveProperty('certificate')
    const closing = await listen(net.createServer((socket) => socket.end()))
    expect(errorOf(await send({ url: `https://127.0.0.1:${closing}/` }))).toMatchObject({ code: 'reset' })
  })

  it('roots that are no certificates trust nothing more', async () => {
    const port = await secureServe(leaf)
    expect(errorOf(await send({ url: `https://127.0.0.1:${port}/`, extraRoots: 'garbage' })).code).toBe('tls')
  })

  describe('with a pin', () => {
    /** A TLS server that counts what it was sent. */
    async function countingServer(): Promise<{ port: number; received: () => string; connections: () => number }> {
      let received = ''
      let connections = 0
      const server = tls.createServer({ cert: leaf.certificate, key: leaf.key }, (socket) => {
        socket.on('error', () => {})
        socket.on('data', (chunk) => {
          received += chunk
          socket.end('HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npinned')
        })
      })
      server.on('connection', () => connections++)
      return { port: await listen(server), received: () => received, connections: () => connections }
    }

    it('a match needs no root and no name', async () => {
      const server = await countingServer()
      for (const pinnedSha1 of [leaf.sha1, leaf.sha1.toUpperCase()]) {
        const result = await send({
          url: `https://localhost:${server.port}/`,
          pinnedSha1,
          headers: { secret: 'canary' },
        })
        expect(result).toMatchObject({ response: { body: 'pinned' } })
      }
      expect(server.received()).toContain('canary')
    })

    it('a mismatch ends the exchange before a byte of the request is written', async () => {
      const server = await countingServer()
      const error = errorOf(
        await send({
          url: `https://localhost:${server.port}/`,
          pinnedSha1: '0'.repeat(40),
          headers: { secret: 'canary' },
        }),
      )
      expect(error).toMatchObject({
        code: 'tls',
        certificate: { reason: `its SHA-1 thumbprint is ${leaf.sha1.toUpperCase()}, not ${'0'.repeat(40)}` },
      })
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect([server.connections(), server.received()]).toEqual([1, ''])
    })

    it('a trusted certificate without a match is still refused, and no proxy is asked', async () => {
      const server = await countingServer()
      const error = errorOf(
        await send(
          { url: `https://127.0.0.1:${server.port}/`, pinnedSha1: '1'.repeat(40), extraRoots: authority.certificate },
          { HTTPS_PROXY: 'http://127.0.0.1:1' },
        ),
      )
      expect([error.code, error.proxy]).toEqual(['tls', undefined])
      expect(server.received()).toBe('')
    })
  })

  it('an unaccepted certificate also gets no byte of the request', async () => {
    let received = ''
    const port = await listen(
      tls.createServer({ cert: leaf.certificate, key: leaf.key }, (socket) => {
        socket.on('error', () => {})
        socket.on('data', (chunk) => {
          received += chunk
        })
      }),
    )
    expect(errorOf(await send({ url: `https://127.0.0.1:${port}/`, headers: { secret: 'canary' } })).code).toBe('tls')
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(received).toBe('')
  })

  describe('through a proxy', () => {
    interface TestProxy {
      readonly port: number
      readonly asked: string[]
      readonly authorizations: (string | undefined)[]
    }

    /** A proxy that leads every tunnel and every request to the given local ports. */
    async function startProxy(tunnelTo: number, refusal?: string): Promise<TestProxy> {
      const asked: string[] = []
      const authorizations: (string | undefined)[] = []
      const server = http.createServer((request, response) => {
        asked.push(`${request.method} ${request.url}`)
        authorizations.push(request.headers['proxy-authorization'])
        response.end(`by proxy, for ${request.headers.host}`)
      })
      server.on('connect', (request, client) => {
        asked.push(`CONNECT ${request.url}`)
        authorizations.push(request.headers['proxy-authorization'])
        client.on('error', () => {})
        if (refusal !== undefined) {
          client.end(`HTTP/1.1 ${refusal}\r\ncontent-length: 6\r\n\r\nrefuse`)
          return
        }
        const target = net.connect(tunnelTo, '127.0.0.1', () => {
          client.write('HTTP/1.1 200 Connection established\r\n\r\n')
          target.pipe(client)
          client.pipe(target)
        })
        target.on('error', () => {})
      })
      return { port: await listen(server), asked, authorizations }
    }

    it('https goes through a tunnel, with the credentials of the proxy', async () => {
      const proxy = await startProxy(await secureServe(leaf))
      const env = { HTTPS_PROXY: `http://user:p%40ss@127.0.0.1:${proxy.port}` }
      const result = await send({ url: 'https://login.test/x', extraRoots: authority.certificate }, env)
      expect(result).toMatchObject({ ok: true, response: { body: 'secure' } })
      expect(proxy.asked).toEqual(['CONNECT login.test:443'])
      expect(proxy.authorizations).toEqual([`Basic ${Buffer.from('user:p@ss').toString('base64')}`])
    })

    it('plain http is handed to the proxy as a whole URL', async () => {
      const proxy = await startProxy(1)
      const result = await send({ url: 'http://login.test:81/x?y' }, { HTTP_PROXY: `http://127.0.0.1:${proxy.port}` })
      expect(result).toMatchObject({ response: { body: 'by proxy, for login.test:81' } })
      expect(proxy.asked).toEqual(['GET http://login.test:81/x?y'])
    })

    it('a proxy of its own TLS, trusted like any server', async () => {
      const target = await secureServe(leaf)
      const proxy = https.createServer({ cert: leaf.certificate, key: leaf.key })
      proxy.on('connect', (_, client) => {
        const tunnel = net.connect(target, '127.0.0.1', () => {
          client.write('HTTP/1.1 200 OK\r\n\r\n')
          tunnel.pipe(client)
          client.pipe(tunnel)
        })
      })
      const port = await listen(proxy)
      const env = { HTTPS_PROXY: `https://127.0.0.1:${port}` }
      const error = errorOf(await send({ url: 'https://login.test/' }, env))
      expect(error).toMatchObject({ code: 'proxy', certificate: { issuer: 'CN=azid test root, O=Example' } })
      expect(await send({ url: 'https://login.test/', extraRoots: authority.certificate }, env)).toMatchObject({
        ok: true,
      })
    })

    it('a refused tunnel is a proxy error with its status, and never shows credentials', async () => {
      const proxy = await startProxy(1, '407 Proxy Authentication Required')
      const env = { HTTPS_PROXY: `http://user:hush@127.0.0.1:${proxy.port}` }
      const error = errorOf(await send({ url: 'https://login.test/' }, env))
      expect(error).toEqual({
        code: 'proxy',
        host: 'login.test',
        detail: 'the proxy refused a tunnel to login.test:443: 407 Proxy Authentication Required',
        proxy: `http://127.0.0.1:${proxy.port}`,
      })
      const down = errorOf(await send({ url: 'https://login.test/' }, { HTTPS_PROXY: 'http://user:hush@127.0.0.1:1' }))
      expect(down).toEqual({
        code: 'proxy',
        host: 'login.test',
        detail: 'connect ECONNREFUSED 127.0.0.1:1',
        proxy: 'http://127.0.0.1:1',
      })
      expect(
        errorOf(await send({ url: 'https://login.test/' }, { HTTPS_PROXY: 'socks5://user:hush@127.0.0.1:1' })),
      ).toEqual({
        code: 'proxy',
        host: 'login.test',
        detail: 'HTTPS_PROXY names a socks5 proxy; http and https are supported',
      })
    })

    it('a proxy that says nothing runs into the time limit', async () => {
      const port = await listen(net.createServer(() => {}))
      const error = errorOf(
        await send({ url: 'https://login.test/', connectTimeoutMs: 100 }, { HTTPS_PROXY: `http://127.0.0.1:${port}` }),
      )
      expect(error).toMatchObject({ code: 'timeout', proxy: `http://127.0.0.1:${port}` })
    })

    it('never: straight to the host', async () => {
      const port = await secureServe(leaf)
      const env = { HTTPS_PROXY: 'http://127.0.0.1:1', https_proxy: 'http://127.0.0.1:1' }
      const extraRoots = authority.certificate
      expect(await send({ url: `https://127.0.0.1:${port}/`, extraRoots }, env)).toMatchObject({ ok: true })
      const host = `${'a'.repeat(64)}.invalid`
      expect(errorOf(await send({ url: `https://${host}/`, proxy: 'never' }, env))).toMatchObject({ code: 'dns' })
    })
  })
})
