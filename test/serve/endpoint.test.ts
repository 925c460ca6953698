/** The endpoint over real sockets: what it says, and that it lives through clients who mean no good. */
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect, type Socket } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { Secret } from '../../src/secret.ts'
import { createAudienceList } from '../../src/serve/audiences.ts'
import { type AccessRecord, type EndpointOptions, type Grant, startEndpoint } from '../../src/serve/endpoint.ts'
import { createTrail, findOwnVariable, guardLoop, readTrail, trailHeader } from '../../src/serve/loop-guard.ts'
import { expectSchema } from '../support/schemas.ts'

const header = 'the-right-header'
const token: Grant = {
  kind: 'token',
  token: { token: new Secret('eyJ.the.token'), tokenType: 'Bearer', expiresOn: 1_800_000_000_987, refreshOn: null },
  credential: 'AzureCliCredential',
  fromCache: true,
}

async function open(options: Partial<EndpointOptions> = {}) {
  const records: AccessRecord[] = []
  const asked: string[] = []
  const ports = createNodeRuntime()
  const endpoint = await startEndpoint({
    ports,
    trail: createTrail(ports.random),
    address: '127.0.0.1',
    port: 0,
    policy: {
      identityHeader: new Secret(header),
      hostNames: new Set(),
      identity: {},
      findTarget: createAudienceList(null, 'public'),
    },
    getToken: async ({ scope }) => {
      asked.push(scope)
      return token
    },
    onRequest: (record) => records.push(record),
    ...options,
  })
  onTestFinished(() => endpoint.close())
  return { endpoint, records, asked }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

function ask(
  port: number,
  query = 'resource=https://vault.azure.net',
  headers: Record<string, string> = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(
      {
        host: '127.0.0.1',
        port,
        path: `/msi/token?api-version=2019-08-01&${query}`,
        headers: { 'x-identity-header': header, ...headers },
        agent: false,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          })
        })
      },
    )
    request.on('error', reject)
    request.end()
  })
}

/** Sends these bytes and gives all that comes back until the other side ends. */
function talk(port: number, text: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const chunks: Buffer[] = []
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(chunks).toString()))
    socket.write(text)
  })
}

function openSocket(port: number): Promise<Socket> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => resolve(socket))
    socket.on('error', () => resolve(socket))
    onTestFinished(() => void socket.destroy())
  })
}

describe('answers', () => {
  test('a token, as App Service gives it, for nobody to keep', async () => {
    const { endpoint, records, asked } = await open()
    const answer = await ask(endpoint.port)
    expect(answer.status).toBe(200)
    expect(answer.headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
    })
    const content = JSON.parse(answer.body)
    expectSchema('managed-identity', content)
    expect(content).toEqual({
      access_token: 'eyJ.the.token',
      expires_on: '1800000000',
      resource: 'https://vault.azure.net',
      token_type: 'Bearer',
    })
    expect(asked).toEqual(['https://vault.azure.net/.default'])
    expect(records).toMatchObject([
      { method: 'GET', path: '/msi/token', status: 200, outcome: 'AzureCliCredential, from the cache' },
    ])
  })

  test('a refusal in the words and the form of App Service', async () => {
    const { endpoint, records, asked } = await open()
    const answer = await ask(endpoint.port, 'resource=https://vault.azure.net&client_id=x')
    expect(answer.status).toBe(400)
    expect(JSON.parse(answer.body)).toEqual({
      statusCode: 400,
      message: 'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
      correlationId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    })
    expect(asked).toEqual([])
    expect(records[0]?.status).toBe(400)
  })

  test.each([
    [true, 503],
    [false, 400],
  ])('no token, passing %s: %i, which SDKs try again or not', async (isPassing, status) => {
    const { endpoint } = await open({
      getToken: async () => ({ kind: 'failed', message: 'no token today', isPassing }),
    })
    const answer = await ask(endpoint.port)
    expect(answer.status).toBe(status)
    expect(JSON.parse(answer.body)).toMatchObject({ statusCode: status, message: 'no token today' })
  })

  test('neither the header nor the token is in the access log', async () => {
    const { endpoint, records } = await open()
    await ask(endpoint.port)
    await ask(endpoint.port, 'resource=x', { 'x-identity-header': 'another-secret' })
    const text = JSON.stringify(records)
    expect(records).toHaveLength(2)
    for (const secret of [header, 'eyJ.the.token', 'another-secret']) expect(text).not.toContain(secret)
  })
})

describe('clients who mean no good', () => {
  const head = `GET /msi/token?api-version=2019-08-01&resource=https://vault.azure.net HTTP/1.1\r\nHost: 127.0.0.1\r\nX-IDENTITY-HEADER: ${header}\r\n`

  async function isAlive(port: number): Promise<void> {
    expect((await ask(port)).status).toBe(200)
  }

  test.each([
    ['HTTP/1.0', `${head.replace('HTTP/1.1', 'HTTP/1.0')}\r\n`, /^HTTP\/1\.1 505 /],
    ['no Host', `${head.replace('Host: 127.0.0.1\r\n', '')}\r\n`, /^HTTP\/1\.1 400 [\s\S]*Host header/],
    ['a name of its own', `${head.replace('127.0.0.1', 'evil.example')}\r\n`, /^HTTP\/1\.1 400 /],
    ['nonsense', 'what is this\r\n\r\n', /^HTTP\/1\.1 400 /],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000', /^HTTP\/1\.1 400 /],
    ['a head without end', `${head}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`, /^HTTP\/1\.1 431 /],
    ['a body', `${head}Content-Length: 5\r\nConnection: close\r\n\r\nhello`, /^HTTP\/1\.1 413 /],
    ['a body without end', `${head}Content-Length: 99999999999\r\n\r\nhello`, /^HTTP\/1\.1 413 /],
    ['two lengths', `${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, /^HTTP\/1\.1 4\d\d /],
  ])('%s: refused, and the next one is served', async (_, text, answer) => {
    const { endpoint, asked } = await open()
    expect(await talk(endpoint.port, text)).toMatch(answer)
    expect(asked).toEqual([])
    await isAlive(endpoint.port)
  })

  test('a client that sends its head byte by byte is let go, others are served meanwhile', async () => {
    const { endpoint, records } = await open({ limits: { headMs: 2000 } })
    const slow = talk(endpoint.port, 'GET /msi/to')
    await isAlive(endpoint.port)
    expect(await slow).toMatch(/^HTTP\/1\.1 408 /)
    expect(records.map(({ status }) => status)).toContain(408)
  })

  test('more connections than are taken: the surplus is let go, and room comes back', async () => {
    const { endpoint } = await open({ limits: { connections: 20, headMs: 500 } })
    const sockets = await Promise.all(Array.from({ length: 100 }, () => openSocket(endpoint.port)))
    // The silent ones are let go one after the other; until then a newcomer may find no room.
    const statusNow = () =>
      ask(endpoint.port).then(
        ({ status }) => status,
        () => 0,
      )
    await expect.poll(statusNow, { timeout: 50_000 }).toBe(200)
    for (const socket of sockets) socket.destroy()
  })

  test('a client that goes away before its answer harms nobody', async () => {
    let answerNow = (): void => {}
    const waiting = new Promise<void>((resolve) => {
      answerNow = resolve
    })
    let asking = 0
    const getToken = (): Promise<Grant> => {
      asking += 1
      return waiting.then(() => token)
    }
    const { endpoint, records } = await open({ getToken })
    const socket = await openSocket(endpoint.port)
    socket.write(`${head}\r\n`)
    await expect.poll(() => asking, { timeout: 30_000 }).toBe(1)
    socket.destroy()
    answerNow()
    await isAlive(endpoint.port)
    await expect.poll(() => records.length, { timeout: 30_000 }).toBe(2)
  })

  test('a hundred at once get their tokens, each', async () => {
    const { endpoint } = await open()
    const answers = await Promise.all(Array.from({ length: 100 }, () => ask(endpoint.port)))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(100)
  })
})

describe('an endpoint that would ask itself', () => {
  const own = { address: '127.0.0.1', port: 4141 }
  const env = (variables: Record<string, string>) => ({ get: (name: string) => variables[name] })

  test.each([
    ['IDENTITY_ENDPOINT', 'http://127.0.0.1:4141/msi/token', true],
    ['IDENTITY_ENDPOINT', 'http://localhost:4141/', true],
    ['MSI_ENDPOINT', 'http://[::1]:4141/', true],
    ['AZURE_POD_IDENTITY_AUTHORITY_HOST', 'http://0.0.0.0:4141', true],
    ['IDENTITY_ENDPOINT', 'http://127.0.0.1:4142/msi/token', false],
    ['IDENTITY_ENDPOINT', 'http://169.254.1.1:4141/', false],
    ['IDENTITY_ENDPOINT', 'no url', false],
    ['HTTP_PROXY', 'http://127.0.0.1:4141', false],
  ])('%s=%s: %s', (name, value, isLoop) => {
    expect(findOwnVariable(env({ [name]: value }), own)).toBe(isLoop ? name : null)
  })

  test('a request on its way back is refused as by a closed port; others go on', async () => {
    const sent: string[] = []
    const http = guardLoop(
      {
        send: async ({ url }) => {
          sent.push(url)
          return { ok: true, response: { status: 200, statusText: '', headers: {}, body: '' } }
        },
      },
      () => own,
      { draw: () => 'a,b' },
    )
    const back = await http.send({ method: 'GET', url: 'http://localhost:4141/msi/token' })
    expect(back).toMatchObject({ ok: false, error: { code: 'refused' } })
    expect((await http.send({ method: 'GET', url: 'http://127.0.0.1:80/' })).ok).toBe(true)
    expect(sent).toEqual(['http://127.0.0.1:80/'])
  })

  test.each([
    ['http://127.0.0.1:80/', 'a,b'],
    ['http://host.docker.internal:5000/msi/token', 'a,b'],
    ['http://169.254.169.254/metadata/identity/oauth2/token', undefined],
    ['https://login.microsoftonline.com/t/oauth2/v2.0/token', undefined],
  ])('%s is told where a request comes from: %s', async (url, told) => {
    const seen: unknown[] = []
    const http = guardLoop(
      {
        send: async ({ headers }) => {
          seen.push(headers?.[trailHeader], headers?.['x-other'])
          return { ok: true, response: { status: 200, statusText: '', headers: {}, body: '' } }
        },
      },
      () => own,
      { draw: () => 'a,b' },
    )
    await http.send({ method: 'GET', url, headers: { 'x-other': 'kept' } })
    expect(seen).toEqual([told, 'kept'])
  })

  test('who comes back by way of others is told so, without the header too; a trail of others is carried on', async () => {
    const { random } = createNodeRuntime()
    const [trail, other] = [createTrail(random), createTrail(random)]
    const drawn: string[] = []
    const { endpoint, records } = await open({
      trail,
      getToken: async (_, others) => {
        drawn.push(trail.draw(), others.join())
        return token
      },
    })
    const back = await ask(endpoint.port, undefined, {
      [trailHeader]: `${other.name},${trail.name}`,
      'x-identity-header': 'guessed',
    })
    expect(back.status).toBe(400)
    expect(records[0]).toMatchObject({ status: 400, outcome: expect.stringContaining('came back to the endpoint') })
    expect((await ask(endpoint.port, undefined, { [trailHeader]: other.name })).status).toBe(200)
    expect(drawn).toEqual([`${trail.name},${other.name}`, other.name])
    expect(trail.draw()).toBe(trail.name)
  })

  test.each([
    [undefined, []],
    ['', []],
    ['sixteen-letters_', ['sixteen-letters_']],
    [' sixteen-letters_ , x, sixteen-letters_,a b', ['sixteen-letters_']],
    [Array.from({ length: 50 }, (_, index) => `sixteen-letter${index + 10}`).join(), { length: 16 }],
  ])('the trail %j is read as %j', (header, names) => {
    expect(readTrail(header)).toEqual(Array.isArray(names) ? names : expect.objectContaining(names))
  })
})
