/** One managed identity host on a port of its own: sockets in, exchanges to the host, answers and trouble on demand out. */
import { createHash, X509Certificate } from 'node:crypto'
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createHttpsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Runtime } from '../../runtime.ts'
import { createRsaCertificate } from '../ca.ts'
import { type Answer, answerJson } from '../exchange.ts'
import type { StruckBy } from '../faults.ts'
import { redactParameters } from '../request-log.ts'
import type { SandboxState } from '../state.ts'
import { appService } from './app-service.ts'
import { azureArc } from './azure-arc.ts'
import { azureMl } from './azure-ml.ts'
import { cloudShell } from './cloud-shell.ts'
import type { HostContext, HostExchange, PlayedHost, PlayedHostName } from './host.ts'
import { imds } from './imds.ts'
import { createKeyFolder } from './key-folder.ts'
import { serviceFabric } from './service-fabric.ts'

const playedHosts: Readonly<Record<PlayedHostName, PlayedHost>> = {
  imds,
  'app-service': appService,
  'service-fabric': serviceFabric,
  'azure-ml': azureMl,
  'cloud-shell': cloudShell,
  'azure-arc': azureArc,
}

export interface StartedHost {
  readonly origin: string
  /** What makes a client in a child process ask this host. */
  readonly variables: Readonly<Record<string, string>>
  /** Ends every connection, also those that hang, and removes what was written. */
  close(): Promise<void>
}

export interface HostOptions {
  readonly state: SandboxState
  readonly ports: Pick<Runtime, 'clock' | 'env' | 'files' | 'host' | 'random'>
  /** 127.0.0.1 by default. */
  readonly address?: string
  /** Any free one by default. */
  readonly port?: number
}

const largestBody = 64 * 1024

/** Promise: what comes back is listening. Throws UsageError where this machine cannot have the host. */
export async function startHost(name: PlayedHostName, options: HostOptions): Promise<StartedHost> {
  const { state, ports } = options
  const host = playedHosts[name]
  const keys = createKeyFolder(ports)
  const secret = Buffer.from(ports.random.bytes(24)).toString('base64url')
  const context: HostContext = { state, secret, keys }
  await host.prepare(context)
  const closing = new AbortController()
  const { server, thumbprint } = await createServer(host, options, (request, response) => {
    void handle(request, response, host, context, options, closing.signal)
  })
  const address = options.address ?? '127.0.0.1'
  await listen(server, address, options.port ?? 0)
  const { port } = server.address() as AddressInfo
  const origin = `${host.isTls ? 'https' : 'http'}://${address}:${port}`
  return {
    origin,
    variables: host.variables({ origin, secret, thumbprint }),
    close: async () => {
      closing.abort()
      await new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      })
      await keys.remove()
    },
  }
}

type Listener = (request: IncomingMessage, response: ServerResponse) => void

async function createServer(
  host: PlayedHost,
  { ports }: HostOptions,
  listener: Listener,
): Promise<{ readonly server: Server; readonly thumbprint: string }> {
  if (!host.isTls) return { server: createHttpServer(listener), thumbprint: '' }
  const { privateKey, certificatePem } = await createRsaCertificate(`azid sandbox ${host.name}`, ports)
  const server = createHttpsServer(
    { key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: certificatePem },
    listener,
  )
  // A client with another pin in mind goes away before it has said anything.
  server.on('tlsClientError', () => {})
  const thumbprint = createHash('sha1').update(new X509Certificate(certificatePem).raw).digest('hex').toUpperCase()
  return { server, thumbprint }
}

function listen(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: address, port, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  host: PlayedHost,
  context: HostContext,
  { ports }: HostOptions,
  closing: AbortSignal,
): Promise<void> {
  const { state } = context
  const since = ports.clock.monotonic()
  response.sendDate = false
  const body = await readBody(request)
  const struck = state.faults.strike('managed-identity')
  const exchange = toExchange(request, body, state.clock.now() + struck.shiftMs, ports.random.uuid())
  if (struck.delayMs > 0) await ports.clock.sleep(struck.delayMs, closing).catch(() => undefined)
  const answer = await answerOrFault(exchange, host, context, struck)
  const isHanging = struck.ending?.kind === 'hang'
  if (!isHanging) send(response, answer, struck)
  state.log.add({
    ...describe(exchange, request),
    status: isHanging ? null : answer.status,
    faults: struck.texts,
    elapsedMs: Math.round(ports.clock.monotonic() - since),
  })
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request) {
      size += chunk.length
      if (size > largestBody) break
      chunks.push(chunk)
    }
  } catch {
    // The client went away; what follows is written to nobody.
  }
  return Buffer.concat(chunks).toString('utf8')
}

function toExchange(request: IncomingMessage, body: string, now: number, correlationId: string): HostExchange {
  const [path = '/', ...query] = (request.url ?? '/').split('?')
  const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)])
  const isForm = request.headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  return {
    method: request.method ?? 'GET',
    path,
    query: new URLSearchParams(query.join('?')),
    form: new URLSearchParams(isForm ? body : ''),
    headers: Object.fromEntries(headers),
    now,
    correlationId,
  }
}

async function answerOrFault(
  exchange: HostExchange,
  host: PlayedHost,
  context: HostContext,
  { ending }: StruckBy,
): Promise<Answer> {
  if (ending?.kind === 'status') return answerTrouble(ending.status, host, exchange.correlationId)
  if (ending?.kind === 'html') return portal
  try {
    return await host.answer(exchange, context)
  } catch (error) {
    // A bug of the sandbox, or a folder that went away: said as such, so that nobody looks for it in the client.
    const detail = error instanceof Error ? error.message : String(error)
    return answerJson(500, JSON.stringify({ error: 'sandbox_bug', error_description: detail }))
  }
}

/** What a network that wants a sign-in first answers for every address. */
const portal: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<html><head><title>Welcome to the guest network</title></head><body>Please sign in.</body></html>\r\n',
}

function answerTrouble(status: number, host: PlayedHost, correlationId: string): Answer {
  switch (status) {
    case 429:
      return host.refuse(429, 'too_many_requests', 'Too many requests', correlationId)
    case 502:
    case 504: {
      const title = status === 502 ? '502 Bad Gateway' : '504 Gateway Time-out'
      return {
        status,
        headers: { 'content-type': 'text/html' },
        body: `<html><body><h1>${title}</h1></body></html>\r\n`,
      }
    }
    default:
      return host.refuse(status, 'unknown', 'Failed to retrieve token from the Active directory.', correlationId)
  }
}

function send(response: ServerResponse, answer: Answer, { ending }: StruckBy): void {
  const retryAfter = ending?.kind === 'status' ? ending.retryAfterSeconds : undefined
  const body = Buffer.from(answer.body)
  response.writeHead(answer.status, {
    ...answer.headers,
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    'content-length': body.length,
  })
  if (ending?.kind !== 'cut') {
    response.end(body)
    return
  }
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy())
}

/** Headers that a host looks at. Of the secret ones only that they were there. */
const shownHeaders = ['metadata', 'x-forwarded-for', 'content-type']
const secretHeaders = ['x-identity-header', 'secret', 'authorization']

function describe(exchange: HostExchange, request: IncomingMessage) {
  const { method, path, query, form, headers, now, correlationId } = exchange
  const seen = [...shownHeaders, ...secretHeaders].flatMap((name) => {
    const value = headers[name]
    return value === undefined ? [] : [[name, secretHeaders.includes(name) ? '***' : value] as const]
  })
  return {
    time: new Date(now).toISOString(),
    method,
    host: request.headers.host ?? '',
    path,
    parameters: redactParameters([...query, ...form]),
    headers: Object.fromEntries(seen),
    endpoint: 'managed-identity' as const,
    grantType: null,
    clientId: query.get('client_id') ?? query.get('clientid') ?? null,
    proof: 'none' as const,
    assertion: null,
    userAgent: headers['user-agent'] ?? null,
    correlationId,
    traceId: correlationId,
    refusal: null,
  }
}
