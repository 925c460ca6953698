/** Every host at a real socket that misbehaves: what no fake can prove, because the real port has to end it. */

import { createHash, X509Certificate } from 'node:crypto'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net'
import { createServer as createTlsServer, type TLSSocket, type Server as TlsServer } from 'node:tls'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TimeLimit } from '../../src/engine/chain.ts'
import { managedIdentity } from '../../src/engine/credentials/managed-identity.ts'
import { pythonManagedIdentity } from '../../src/engine/managed-identity/python.ts'
import type { CredentialConfig, Outcome } from '../../src/engine/types.ts'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { createRsaCertificate } from '../../src/sandbox/ca.ts'

const config: CredentialConfig = {
  sdk: 'python',
  role: 'named',
  processTimeoutMs: 10_000,
  imdsTimeoutMs: 1000,
  authority: { host: 'https://login.microsoftonline.com', cloud: 'public', isMicrosoft: true, isTrusted: false },
  additionallyAllowedTenants: [],
}

/** The variables of a host whose endpoint is at `origin`. */
const hosts: Readonly<Record<string, (origin: string) => Record<string, string>>> = {
  imds: (origin) => ({ AZURE_POD_IDENTITY_AUTHORITY_HOST: origin }),
  'app-service': (origin) => ({ IDENTITY_ENDPOINT: `${origin}/x`, IDENTITY_HEADER: 'header-value' }),
  'azure-ml': (origin) => ({ MSI_ENDPOINT: `${origin}/x`, MSI_SECRET: 'secret-value' }),
  'cloud-shell': (origin) => ({ MSI_ENDPOINT: `${origin}/x` }),
  'azure-arc': (origin) => ({ IDENTITY_ENDPOINT: `${origin}/x`, IMDS_ENDPOINT: origin }),
}
const hostNames = Object.keys(hosts)

const real = createNodeRuntime()
/** Time does not pass while waiting to ask again; the sockets' own limits are real. */
const quick = { ...real.clock, sleep: async () => {} }

async function ask(variables: Record<string, string>, signal = new AbortController().signal): Promise<Outcome> {
  const env = { get: (name: string) => variables[name], names: () => Object.keys(variables) }
  const credential = managedIdentity.create(config, { ...real, env, clock: quick })
  return credential.getToken({ scopes: ['https://vault.azure.net/.default'] }, signal)
}

function describeOutcome(outcome: Outcome): string {
  return outcome.kind === 'token' ? 'token' : `${outcome.kind}: ${pythonManagedIdentity(outcome.problem)?.text}`
}

const noResponse = 'ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.'

interface Place {
  readonly origin: string
  readonly port: number
  requests: number
}

async function serve(listener: RequestListener, act: (place: Place) => Promise<void>): Promise<void> {
  const place = { origin: '', port: 0, requests: 0 }
  const server = createServer((request, response) => {
    place.requests++
    listener(request, response)
  })
  await listen(server)
  place.port = (server.address() as AddressInfo).port
  place.origin = `http://127.0.0.1:${place.port}`
  try {
    await act(place)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** Sends 100 MB, as long as somebody takes them; returns how many bytes have gone out so far. */
function pourInto(response: ServerResponse): () => number {
  const piece = Buffer.alloc(64 * 1024, 'x')
  let written = 0
  const write = (): void => {
    while (written < 100 * 1024 * 1024 && !response.destroyed) {
      written += piece.length
      if (!response.write(piece)) {
        response.once('drain', write)
        return
      }
    }
    response.end()
  }
  write()
  return () => written
}

function listen(server: Server | TlsServer | ReturnType<typeof createTcpServer>): Promise<void> {
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
}

describe('a redirect is never followed', () => {
  test.each(hostNames)('%s', async (host) => {
    await serve(
      (_, response) => response.end('{"access_token":"stolen","expires_in":"1","expires_on":"1"}'),
      async (elsewhere) => {
        await serve(
          (_, response) =>
            response.writeHead(307, { location: `${elsewhere.origin}/x`, 'content-type': 'text/html' }).end(),
          async (place) => {
            const outcome = await ask(hosts[host]?.(place.origin) ?? {})
            expect(outcome.kind).not.toBe('token')
            expect(place.requests).toBe(1)
            expect(elsewhere.requests).toBe(0)
          },
        )
      },
    )
  })
})

describe('a body of 100 MB is not taken in', () => {
  test.each<[string, string, string]>([
    ['imds', 'with its length', 'unavailable: ManagedIdentityCredential authentication unavailable.'],
    ['app-service', 'with its length', 'failed: Expecting value: line 1 column 1 (char 0)'],
    ['azure-ml', 'in pieces', 'failed: Expecting value: line 1 column 1 (char 0)'],
    ['cloud-shell', 'in pieces', 'failed: No token received.'],
    ['azure-arc', 'in pieces', 'failed: Expecting value: line 1 column 1 (char 0)'],
  ])('%s, %s', async (host, form, expected) => {
    let written = (): number => Number.NaN
    await serve(
      (_, response) => {
        response.writeHead(200, {
          'content-type': 'text/html',
          ...(form === 'with its length' ? { 'content-length': 100 * 1024 * 1024 } : {}),
        })
        written = pourInto(response)
      },
      async (place) => {
        const before = process.memoryUsage().rss
        expect(describeOutcome(await ask(hosts[host]?.(place.origin) ?? {}))).toBe(expected)
        expect(written()).toBeLessThan(20 * 1024 * 1024)
        expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
      },
    )
  })
})

describe('an endpoint that accepts and says nothing', () => {
  test.each(hostNames)('%s is ended by the run’s own limit', async (host) => {
    const server = createTcpServer(() => {})
    const sockets: Socket[] = []
    server.on('connection', (socket) => sockets.push(socket))
    await listen(server)
    try {
      const { port } = server.address() as AddressInfo
      const stop = new AbortController()
      const timer = setTimeout(() => stop.abort(new TimeLimit('the run', 300)), 300)
      const outcome = await ask(hosts[host]?.(`http://127.0.0.1:${port}`) ?? {}, stop.signal)
      clearTimeout(timer)
      expect(outcome.kind === 'failed' && outcome.problem).toMatchObject({
        code: 'timed-out',
        facts: { timeoutMs: 300 },
      })
    } finally {
      for (const socket of sockets) socket.destroy()
      server.close()
    }
  })
})

describe('an endpoint where nobody listens', () => {
  test.each(hostNames)('%s', async (host) => {
    // No program listens on a port that only root may open and that is nobody's; one that was just closed may be another's.
    const port = 1
    const outcome = describeOutcome(await ask(hosts[host]?.(`http://127.0.0.1:${port}`) ?? {}))
    expect(outcome).toBe(
      host === 'imds'
        ? `unavailable: ${noResponse}`
        : `failed: HTTPConnection(host='127.0.0.1', port=${port}): Failed to establish a new connection: [Errno 111] Connection refused`,
    )
  })
})

describe('an endpoint that breaks off', () => {
  test.each<[string, (socket: Socket) => void, string]>([
    [
      'at once',
      (socket) => socket.end(),
      "('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
    ],
    [
      'with a reset',
      (socket) => socket.resetAndDestroy(),
      "('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
    ],
  ])('%s', async (_, breakOff, expected) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => breakOff(socket))
    })
    await listen(server)
    try {
      const { port } = server.address() as AddressInfo
      const outcome = await ask(hosts['app-service']?.(`http://127.0.0.1:${port}`) ?? {})
      expect(describeOutcome(outcome)).toBe(`failed: ${expected}`)
      expect(describeOutcome(await ask(hosts['imds']?.(`http://127.0.0.1:${port}`) ?? {}))).toBe(
        `unavailable: ${noResponse}`,
      )
    } finally {
      server.close()
    }
  })

  test('in the middle of a body', async () => {
    await serve(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': 1000 })
        response.write('{"access_token":', () => response.destroy())
      },
      async (place) => {
        const outcome = await ask(hosts['app-service']?.(place.origin) ?? {})
        expect(outcome.kind === 'failed' && outcome.problem.code).toBe('managed-identity-unreachable')
      },
    )
  })
})

describe('Service Fabric', () => {
  let server: TlsServer
  let pair = { key: '', cert: '' }
  let thumbprint = ''
  let port = 0
  const received: Buffer[] = []
  const shaken: string[] = []

  beforeAll(async () => {
    const { privateKey, certificatePem } = await createRsaCertificate('service-fabric', real)
    thumbprint = createHash('sha1').update(new X509Certificate(certificatePem).raw).digest('hex')
    const key = privateKey.export({ type: 'pkcs8', format: 'pem' })
    pair = { key: String(key), cert: certificatePem }
    server = createTlsServer({ key, cert: certificatePem }, (socket: TLSSocket) => {
      shaken.push(socket.getProtocol() ?? '')
      socket.on('error', () => {})
      socket.on('data', (chunk) => {
        received.push(chunk)
        const body = '{"token_type":"Bearer","access_token":"made.for.tests","expires_on":4102444800}'
        socket.end(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`)
      })
    })
    server.on('tlsClientError', () => {})
    await listen(server)
    port = (server.address() as AddressInfo).port
  })
  afterAll(() => {
    server.close()
  })

  const variables = (pin: string) => ({
    IDENTITY_ENDPOINT: `https://127.0.0.1:${port}/x`,
    IDENTITY_HEADER: 'header-value',
    IDENTITY_SERVER_THUMBPRINT: pin,
  })

  test('the pinned certificate is trusted, whoever signed it, in any spelling of its thumbprint', async () => {
    const pairs = thumbprint.toUpperCase().match(/../g) ?? []
    for (const pin of [thumbprint, thumbprint.toUpperCase(), pairs.join(':'), ` ${pairs.join(' ')}\n`]) {
      expect((await ask(variables(pin))).kind).toBe('token')
    }
  })

  test('with another thumbprint not one byte of the request is sent', async () => {
    received.length = 0
    const other = thumbprint.replace(/^./, (digit) => (digit === '0' ? '1' : '0'))
    expect(describeOutcome(await ask(variables(other)))).toBe(
      "failed: ('Service Fabric endpoint certificate thumbprint does not match IDENTITY_SERVER_THUMBPRINT.',)",
    )
    // The handshake took place; what would have followed it did not.
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(shaken.length).toBeGreaterThan(0)
    expect(received).toEqual([])
  })

  /** Over TLS, with the pinned certificate; `act` is told its port. */
  async function misbehave(listener: RequestListener, act: (pinned: Record<string, string>) => Promise<void>) {
    const { key, cert } = pair
    const misbehaving = createHttpsServer({ key, cert }, listener)
    await listen(misbehaving)
    const { port: own } = misbehaving.address() as AddressInfo
    try {
      await act({ ...variables(thumbprint), IDENTITY_ENDPOINT: `https://127.0.0.1:${own}/x` })
    } finally {
      misbehaving.closeAllConnections()
      misbehaving.close()
    }
  }

  test('a redirect is never followed', async () => {
    await serve(
      (_, response) => response.end('{"access_token":"stolen","expires_on":"1","token_type":"Bearer"}'),
      async (elsewhere) => {
        let requests = 0
        await misbehave(
          (_, response) => {
            requests++
            response.writeHead(307, { location: `${elsewhere.origin}/x` }).end()
          },
          async (pinned) => {
            expect((await ask(pinned)).kind).toBe('failed')
            expect([requests, elsewhere.requests]).toEqual([1, 0])
          },
        )
      },
    )
  })

  test('a body of 100 MB is not taken in', async () => {
    let written = (): number => Number.NaN
    await misbehave(
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        written = pourInto(response)
      },
      async (pinned) => {
        const outcome = await ask(pinned)
        expect(outcome.kind === 'failed' && outcome.problem).toMatchObject({
          code: 'managed-identity-answer',
          facts: { fault: 'too-large' },
        })
        expect(written()).toBeLessThan(20 * 1024 * 1024)
      },
    )
  })

  test('one that says nothing is ended by the run’s own limit', async () => {
    await misbehave(
      () => {},
      async (pinned) => {
        const stop = new AbortController()
        const timer = setTimeout(() => stop.abort(new TimeLimit('the run', 300)), 300)
        const outcome = await ask(pinned, stop.signal)
        clearTimeout(timer)
        expect(outcome.kind === 'failed' && outcome.problem.code).toBe('timed-out')
      },
    )
  })

  test('where nobody listens', async () => {
    const closed = createTcpServer()
    await listen(closed)
    const { port: own } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    const outcome = await ask({ ...variables(thumbprint), IDENTITY_ENDPOINT: `https://127.0.0.1:${own}/x` })
    expect(outcome.kind === 'failed' && outcome.problem).toMatchObject({
      code: 'managed-identity-unreachable',
      facts: { error: { code: 'refused' }, requests: 1 },
    })
  })

  test.each([
    [''],
    ['xyz'],
    [`${'0'.repeat(39)}`],
    [`${'0'.repeat(41)}`],
    [`${'0'.repeat(64)}`],
    [`${'g'.repeat(40)}`],
  ])('the thumbprint %j pins nothing, and nobody is asked', async (pin) => {
    const before = shaken.length
    const outcome = await ask({ ...variables(pin), IDENTITY_SERVER_THUMBPRINT: pin })
    expect(outcome.kind).toBe('failed')
    expect(shaken.length).toBe(before)
  })
})
