/** The endpoint that local programs ask for tokens: sockets in, bounded in every way, and answers as App Service words them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { ResolvedTarget } from '../engine/scope.ts'
import type { AccessToken, CredentialName } from '../engine/types.ts'
import type { Runtime } from '../runtime.ts'
import { readTrail, type Trail, trailHeader } from './loop-guard.ts'
import { type EndpointPolicy, judgeRequest, tokenPath } from './protocol.ts'

/** What came of asking for a token. */
export type Grant =
  | {
      readonly kind: 'token'
      readonly token: AccessToken
      readonly credential: CredentialName
      readonly fromCache: boolean
    }
  /** `isPassing`: the client may try again soon. */
  | { readonly kind: 'failed'; readonly message: string; readonly isPassing: boolean }

/** One line of the access log; nothing in it is a secret, but text in it comes from outside. */
export interface AccessRecord {
  readonly method: string
  readonly path: string
  readonly resource: string | null
  readonly status: number
  /** Why not, or who gave the token. */
  readonly outcome: string
  readonly elapsedMs: number
}

export interface EndpointOptions {
  readonly ports: Pick<Runtime, 'clock' | 'random'>
  readonly policy: Omit<EndpointPolicy, 'ownName'>
  readonly trail: Trail
  /** An IP address. */
  readonly address: string
  /** 0: any free one. */
  readonly port: number
  /** `trail`: the endpoints that the request came through. Never rejects. */
  readonly getToken: (target: ResolvedTarget, trail: readonly string[]) => Promise<Grant>
  readonly onRequest: (record: AccessRecord) => void
  readonly limits?: Partial<EndpointLimits>
}

export interface EndpointLimits {
  /** From a connection to the end of its request's head. */
  readonly headMs: number
  readonly requestMs: number
  /** Between two requests of a connection. */
  readonly idleMs: number
  readonly headBytes: number
  readonly connections: number
}

const defaultLimits: EndpointLimits = {
  headMs: 5_000,
  requestMs: 10_000,
  idleMs: 5_000,
  headBytes: 8 * 1024,
  connections: 512,
}

export interface Endpoint {
  readonly port: number
  /** `http://127.0.0.1:1234/msi/token`, by a name or address that leads here. */
  urlAt(host: string): string
  /** Ends every connection. */
  close(): Promise<void>
}

/** Promise: what comes back is listening. Rejects with the system's error where the address or port cannot be had. */
export async function startEndpoint(options: EndpointOptions): Promise<Endpoint> {
  const limits = { ...defaultLimits, ...options.limits }
  const server = createServer({
    maxHeaderSize: limits.headBytes,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: Math.min(1000, limits.headMs),
    // A request without one is refused with the others that name no host of ours.
    requireHostHeader: false,
  })
  server.maxConnections = limits.connections
  server.on('request', (request, response) => void handle(request, response, options))
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Socket) => dismiss(error, socket, options))
  await listen(server, options.address, options.port)
  const { port } = server.address() as AddressInfo
  return {
    port,
    urlAt: (host) => `http://${host.includes(':') ? `[${host}]` : host}:${port}${tokenPath}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function handle(request: IncomingMessage, response: ServerResponse, options: EndpointOptions): Promise<void> {
  const { clock, random } = options.ports
  const since = clock.monotonic()
  // A client that goes away while it is answered is no trouble of ours.
  request.on('error', () => {})
  response.on('error', () => {})
  const { answer, outcome, resource } = await answerRequest(request, options)
  const body = Buffer.from(
    JSON.stringify(
      answer.status === 200
        ? answer.content
        : { statusCode: answer.status, message: answer.content['message'], correlationId: random.uuid() },
    ),
  )
  response.writeHead(answer.status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
    'cache-control': 'no-store',
    ...(answer.status === 200 ? {} : { connection: 'close' }),
  })
  // Of a body nobody asked for no more is read.
  response.end(body, () => {
    if (answer.status === 413) request.socket.destroy()
  })
  options.onRequest({
    method: request.method ?? '',
    path: (request.url ?? '').split('?')[0] ?? '',
    resource,
    status: answer.status,
    outcome,
    elapsedMs: Math.round(clock.monotonic() - since),
  })
}

interface Answer {
  readonly status: number
  readonly content: Readonly<Record<string, string>>
}

interface Answered {
  readonly answer: Answer
  readonly outcome: string
  readonly resource: string | null
}

async function answerRequest(
  request: IncomingMessage,
  { policy, trail, getToken }: EndpointOptions,
): Promise<Answered> {
  const { headers } = request
  const others = readTrail(headers[trailHeader]?.toString())
  const verdict = judgeRequest(
    {
      method: request.method ?? '',
      httpVersion: request.httpVersion,
      url: request.url ?? '',
      host: headers.host,
      identityHeader: headers['x-identity-header']?.toString(),
      trail: others,
      hasBody: headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0,
    },
    { ...policy, ownName: trail.name },
  )
  if (verdict.kind === 'refused') {
    const { status, message, resource } = verdict
    return { answer: { status, content: { message } }, outcome: message.replace(/\.$/, ''), resource }
  }
  const { resource, target } = verdict
  const grant = await trail.carry(others, () => getToken(target, others))
  if (grant.kind === 'failed') {
    // 503 is tried again by the SDKs, 400 is not.
    const status = grant.isPassing ? 503 : 400
    return { answer: { status, content: { message: grant.message } }, outcome: 'no token', resource }
  }
  const { token, credential, fromCache } = grant
  const { clientId } = policy.identity
  const content = {
    access_token: token.token.reveal(),
    expires_on: String(Math.floor(token.expiresOn / 1000)),
    resource,
    token_type: token.tokenType,
    ...(clientId === undefined ? {} : { client_id: clientId }),
  }
  return {
    answer: { status: 200, content },
    outcome: `${credential}${fromCache ? ', from the cache' : ''}`,
    resource,
  }
}

/** What came is no HTTP, too large a head, or came too slowly. */
function dismiss(error: NodeJS.ErrnoException, socket: Socket, { onRequest }: EndpointOptions): void {
  const [status, reason] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? ([431, 'Request Header Fields Too Large'] as const)
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? ([408, 'Request Timeout'] as const)
        : ([400, 'Bad Request'] as const)
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
  onRequest({ method: '?', path: '?', resource: null, status, outcome: reason, elapsedMs: 0 })
}
