/** Services that take a token only if it is one for them, and say so as the real ones do. */
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import { type AddressInfo, createServer as createNetServer, type Server, type Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { onTestFinished } from 'vitest'
import { type MadeAuthority, makeAuthority } from '../../support/certificates.ts'
import { audienceOf } from './tokens.ts'

export interface Stub {
  readonly port: number
  /** PEM of the root that vouches for it; empty without TLS. */
  readonly root: string
  /** Audiences of the tokens that came, in order. */
  readonly audiences: readonly unknown[]
}

let authority: MadeAuthority | undefined

function identity() {
  authority ??= makeAuthority('azid recipes root')
  const { certificate, key } = authority.issue({ names: ['localhost', '127.0.0.1'] })
  return { cert: certificate, key, root: authority.certificate }
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => resolve())
  })
  onTestFinished(() => {
    if ('closeAllConnections' in server) (server.closeAllConnections as () => void)()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

interface Exchange {
  readonly request: IncomingMessage
  readonly path: string
  readonly token: string
}

type Answer = readonly [status: number, body: unknown]

function listener(audiences: unknown[], answer: (exchange: Exchange) => Answer): RequestListener {
  return (request, response) => {
    const authorization = request.headers.authorization ?? ''
    const basic = /^Basic (.+)$/.exec(authorization)?.[1]
    const token =
      basic === undefined
        ? authorization.replace(/^Bearer /, '')
        : Buffer.from(basic, 'base64')
            .toString()
            .replace(/^[^:]*:/, '')
    if (token !== '' && token !== openAiKey) audiences.push(audienceOf(token))
    const [status, body] = answer({ request, path: (request.url ?? '/').split('?')[0] ?? '/', token })
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    // A body that nobody read would keep the connection from its next request.
    request.resume()
    response.writeHead(status, {
      'content-type': typeof body === 'string' ? 'text/plain' : 'application/json',
      ...(status === 401 ? { 'www-authenticate': 'Basic realm="stub", Bearer' } : {}),
    })
    response.end(text)
  }
}

/** A Kubernetes API server with one pod, for tokens of AKS. */
export async function startKubernetes(): Promise<Stub> {
  const audiences: unknown[] = []
  const { root, ...tls } = identity()
  const pod = { kind: 'Pod', apiVersion: 'v1', metadata: { name: 'pod-behind-entra', namespace: 'default' } }
  const answers: Readonly<Record<string, unknown>> = {
    '/api': { kind: 'APIVersions', versions: ['v1'] },
    '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
    '/api/v1': {
      kind: 'APIResourceList',
      groupVersion: 'v1',
      resources: [{ name: 'pods', singularName: 'pod', namespaced: true, kind: 'Pod', verbs: ['get', 'list'] }],
    },
    '/api/v1/namespaces/default/pods': { kind: 'PodList', apiVersion: 'v1', metadata: {}, items: [pod] },
  }
  const refusal = { kind: 'Status', apiVersion: 'v1', status: 'Failure', reason: 'Unauthorized', code: 401 }
  const server = createHttpsServer(
    tls,
    listener(audiences, ({ path, token }) => {
      if (audienceOf(token) !== '6dae42f8-4368-4678-94ff-3960e28e3630') return [401, refusal]
      return Object.hasOwn(answers, path) ? [200, answers[path]] : [404, { ...refusal, reason: 'NotFound', code: 404 }]
    }),
  )
  return { port: await listen(server), root, audiences }
}

/** What opens the OpenAI of these tests, where tokens of Entra open nothing. */
export const openAiKey = 'sk-a-key-of-the-tests'

/** Azure OpenAI: chat completions of one deployment, by both of its kinds of URL; and, by `/v1`, OpenAI itself. */
export async function startOpenAi(): Promise<Stub> {
  const audiences: unknown[] = []
  const completion = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    created: 1,
    model: 'gpt-stub',
    choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'hello without a key' } }],
  }
  const [only] = completion.choices
  const withKey = { ...completion, choices: [{ ...only, message: { role: 'assistant', content: 'hello with a key' } }] }
  const server = createHttpServer(
    listener(audiences, ({ request, path, token }) => {
      if (path === '/v1/chat/completions') {
        return token === openAiKey ? [200, withKey] : [401, { error: { code: 'invalid_api_key' } }]
      }
      if (request.headers['api-key'] !== undefined)
        return [401, { error: { code: '401', message: 'keys are disabled' } }]
      if (audienceOf(token) !== 'https://cognitiveservices.azure.com') {
        return [
          401,
          {
            error: {
              code: '401',
              message: 'Access token is missing, invalid, audience is incorrect, or have expired.',
            },
          },
        ]
      }
      return path === '/openai/deployments/gpt-stub/chat/completions' || path === '/openai/v1/chat/completions'
        ? [200, completion]
        : [404, { error: { code: '404', message: 'Resource not found' } }]
    }),
  )
  return { port: await listen(server), root: '', audiences }
}

/** Azure Resource Manager, or any API, for tokens of this audience. */
export async function startApi(audience: string): Promise<Stub> {
  const audiences: unknown[] = []
  const server = createHttpServer(
    listener(audiences, ({ token }) =>
      audienceOf(token) === audience
        ? [200, { value: ['reached'] }]
        : [401, { error: { code: 'InvalidAuthenticationToken' } }],
    ),
  )
  return { port: await listen(server), root: '', audiences }
}

/** A git repository over the dumb protocol, whose password is a token of Azure DevOps. */
export async function startGit(): Promise<Stub> {
  const audiences: unknown[] = []
  const server = createHttpServer(
    listener(audiences, ({ path, token }) => {
      if (audienceOf(token) !== '499b84ac-1321-427f-aa17-267ca6975798') return [401, 'sign in']
      return path.endsWith('/info/refs') ? [200, `${'1'.repeat(40)}\trefs/heads/main\n`] : [404, 'none']
    }),
  )
  return { port: await listen(server), root: '', audiences }
}

/** PostgreSQL 3.0 over TLS: the password, asked for in clear, has to be a token of Azure Database for PostgreSQL. */
export async function startPostgres(): Promise<Stub> {
  const audiences: unknown[] = []
  const { root, ...tls } = identity()
  const server = createNetServer((socket) => {
    socket.on('error', () => {})
    void (async (): Promise<void> => {
      let first = await readBytes(socket)
      // SSLRequest is 80877103, GSSENCRequest 80877104: the latter is not had.
      while (first.length >= 8 && first.readInt32BE(4) === 80_877_104) {
        socket.write('N')
        first = await readBytes(socket)
      }
      if (first.length < 8 || first.readInt32BE(4) !== 80_877_103) throw new Error('no request for TLS')
      socket.write('S')
      const secure = new TLSSocket(socket, { isServer: true, ...tls })
      secure.on('error', () => {})
      await readBytes(secure)
      secure.write(message('R', int32(3)))
      const password = await readBytes(secure)
      const token = password.subarray(5, -1).toString()
      audiences.push(audienceOf(token))
      if (audienceOf(token) !== 'https://ossrdbms-aad.database.windows.net') {
        const fields = 'SFATAL\0C28P01\0MThe access token is not valid for this server.\0\0'
        secure.end(message('E', Buffer.from(fields)))
        return
      }
      secure.write(Buffer.concat([message('R', int32(0)), ready]))
      await readBytes(secure)
      const column = Buffer.concat([
        int16(1),
        Buffer.from('answer\0'),
        int32(0),
        int16(0),
        int32(25),
        int16(-1),
        int32(-1),
        int16(0),
      ])
      const value = Buffer.from('signed in without a password')
      const row = Buffer.concat([int16(1), int32(value.length), value])
      secure.write(
        Buffer.concat([message('T', column), message('D', row), message('C', Buffer.from('SELECT 1\0')), ready]),
      )
    })().catch(() => socket.destroy())
  })
  return { port: await listen(server), root, audiences }
}

function readBytes(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    socket.once('data', resolve)
    socket.once('close', () => reject(new Error('closed')))
  })
}

const ready = message('Z', Buffer.from('I'))

function message(type: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2)
  bytes.writeInt16BE(value)
  return bytes
}
