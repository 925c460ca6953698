/** The HTTPS server: sockets in, exchanges to the routes, answers (and trouble on demand) out, everything logged. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import type { Runtime } from '../runtime.ts'
import { answerExchange, endpointOf } from './authority.ts'
import type { KeyAndCertificate } from './ca.ts'
import { type Answer, answerJson, type Exchange } from './exchange.ts'
import type { StruckBy } from './faults.ts'
import { originOf } from './host-names.ts'
import { answerErrorPage } from './pages/error-page.ts'
import { type Refusal, refusalBody, refuse } from './refusals.ts'
import { describeAssertion, redactParameters } from './request-log.ts'
import { factsOf } from './sign-in/facts.ts'
import type { SandboxState } from './state.ts'
import { isGuid, readForm } from './token-request.ts'

const largestBody = 1024 * 1024

export interface TlsServer {
  readonly port: number
  /** Ends every connection, also those that hang. */
  close(): Promise<void>
}

type ServerPorts = Pick<Runtime, 'clock' | 'random'>

/** Listens; the state may come later, when the port is known. */
export async function listen(
  identity: KeyAndCertificate,
  addresses: readonly string[],
  port: number,
): Promise<{ readonly servers: readonly Server[]; readonly port: number }> {
  const options = {
    key: identity.privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: identity.certificatePem,
  }
  const [first = '127.0.0.1', ...others] = addresses
  const main = createServer(options)
  await startListening(main, first, port)
  const taken = (main.address() as AddressInfo).port
  const servers = [main]
  for (const address of others) {
    const server = createServer(options)
    // A machine without IPv6, or a port that is taken there: clients of `localhost` use the first address then.
    const isListening = await startListening(server, address, taken).then(
      () => true,
      () => false,
    )
    if (isListening) servers.push(server)
  }
  return { servers, port: taken }
}

function startListening(server: Server, address: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: address, port, exclusive: true }, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

/** Answers the requests of these servers from `state` until closed. */
export function serve(servers: readonly Server[], port: number, state: SandboxState, ports: ServerPorts): TlsServer {
  const closing = new AbortController()
  const sockets = new Set<Socket>()
  for (const server of servers) {
    // A connection that never came to TLS is unknown to closeAllConnections.
    server.on('connection', (socket: Socket) => {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    })
    server.on('request', (request, response) => {
      void handle(request, response, state, ports, closing.signal)
    })
    // Scanners and clients that do not trust the CA: nothing to answer.
    server.on('tlsClientError', () => {})
  }
  return {
    port,
    close: async () => {
      closing.abort()
      const ended = servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve())))
      for (const socket of sockets) socket.destroy()
      await Promise.all(ended)
    },
  }
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  state: SandboxState,
  ports: ServerPorts,
  closing: AbortSignal,
): Promise<void> {
  const since = ports.clock.monotonic()
  response.sendDate = false
  const body = await readBody(request)
  if (body === null) {
    response.writeHead(413, { connection: 'close' }).end()
    return
  }
  const [path = '/', ...query] = (request.url ?? '/').split('?')
  const struck = state.faults.strike(endpointOf(path))
  const origin = originOf(state.hosts, request.headers.host)
  const headers = joinHeaders(request)
  const exchange: Exchange = {
    method: request.method ?? 'GET',
    origin: origin ?? state.hosts.origin,
    path,
    query: new URLSearchParams(query.join('?')),
    headers,
    body,
    now: state.clock.now() + struck.shiftMs,
    correlationId: findCorrelationId(headers, query.join('?')) ?? ports.random.uuid(),
    traceId: ports.random.uuid(),
  }
  if (struck.delayMs > 0) await ports.clock.sleep(struck.delayMs, closing).catch(() => undefined)
  const result = origin === null ? invalidHost : await answerOrFault(exchange, struck, state)
  const answer = 'code' in result ? renderRefusal(result, exchange, state) : result
  const said = 'code' in result ? result : result.refusal
  const refusal = said === undefined ? null : `AADSTS${said.code}`
  const isHanging = struck.ending?.kind === 'hang' && origin !== null
  if (!isHanging) send(response, answer, exchange, refusal, struck)
  state.log.add({
    ...describe(exchange, request),
    status: isHanging ? null : answer.status,
    refusal: isHanging ? null : refusal,
    faults: struck.texts,
    elapsedMs: Math.round(ports.clock.monotonic() - since),
  })
}

/** Null: too large. */
async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of request) {
      size += chunk.length
      if (size > largestBody) return null
      chunks.push(chunk)
    }
  } catch {
    // The client went away; what follows is written to nobody.
  }
  return Buffer.concat(chunks).toString('utf8')
}

function joinHeaders(request: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}

/** The client's own id for the request, from the header or the query, if it is a GUID. */
function findCorrelationId(headers: Readonly<Record<string, string>>, query: string): string | undefined {
  const candidates = [headers['client-request-id'], new URLSearchParams(query).get('client-request-id') ?? undefined]
  return candidates.find((id) => id !== undefined && isGuid(id))
}

/** What the front door says to a name that is none of the service's. */
const invalidHost: Answer = {
  status: 400,
  headers: { 'content-type': 'text/html; charset=us-ascii' },
  body: '<html><head><title>Bad Request</title></head><body><h2>Bad Request - Invalid Hostname</h2></body></html>\r\n',
}

async function answerOrFault(exchange: Exchange, struck: StruckBy, state: SandboxState): Promise<Answer | Refusal> {
  if (struck.ending?.kind === 'status') return answerFault(struck.ending)
  if (struck.ending?.kind === 'html') return signInPage
  try {
    return await answerExchange(exchange, state)
  } catch (error) {
    // A bug of the sandbox: said as such, so that nobody looks for it in the client.
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return answerJson(500, JSON.stringify({ error: 'sandbox_bug', error_description: detail }))
  }
}

const signInPage: Answer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!DOCTYPE html>\r\n<html dir="ltr" lang="en">\r\n<head><title>Sign in to your account</title></head>\r\n<body>We couldn\'t sign you in. Please try again.</body>\r\n</html>\r\n',
}

function answerFault(trouble: Extract<StruckBy['ending'], { kind: 'status' }>): Answer | Refusal {
  switch (trouble.status) {
    case 429:
      return refuse('throttled', {})
    case 500:
      return refuse('server-error', {})
    case 503:
      return refuse('server-unavailable', {})
    case 502:
    case 504: {
      const title = trouble.status === 502 ? '502 Bad Gateway' : '504 Gateway Time-out'
      const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body><center><h1>${title}</h1></center></body>\r\n</html>\r\n`
      return { status: trouble.status, headers: { 'content-type': 'text/html' }, body }
    }
    default:
      return trouble.status satisfies never
  }
}

/** To a person as a page, to a program as JSON. */
function renderRefusal(refusal: Refusal, exchange: Exchange, state: SandboxState): Answer {
  const endpoint = endpointOf(exchange.path)
  if (endpoint === 'sign-in' || endpoint === 'sign-out') return answerErrorPage({ refusal, facts: factsOf(exchange) })
  const body = refusalBody(refusal, { ...exchange, hasMultilineErrors: state.directory.hasMultilineErrors })
  return answerJson(refusal.status, body)
}

function send(
  response: ServerResponse,
  answer: Answer,
  exchange: Exchange,
  refusal: string | null,
  struck: StruckBy,
): void {
  const retryAfter = struck.ending?.kind === 'status' ? struck.ending.retryAfterSeconds : undefined
  const body = Buffer.from(answer.body)
  response.writeHead(answer.status, {
    ...serviceHeaders(exchange, refusal),
    ...answer.headers,
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    'content-length': body.length,
  })
  if (struck.ending?.kind !== 'cut') {
    response.end(body)
    return
  }
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy())
}

/**
 * The headers of every answer of the service. No Strict-Transport-Security: a browser would remember it for all of
 * localhost, and the person's other local servers speak plain HTTP.
 */
function serviceHeaders(exchange: Exchange, refusal: string | null): Readonly<Record<string, string>> {
  const { headers } = exchange
  return {
    date: new Date(exchange.now).toUTCString(),
    'cache-control': 'no-store, no-cache',
    pragma: 'no-cache',
    expires: '-1',
    'x-content-type-options': 'nosniff',
    p3p: 'CP="DSP CUR OTPi IND OTRi ONL FIN"',
    ...(headers['client-request-id'] === undefined ? {} : { 'client-request-id': exchange.correlationId }),
    'x-ms-request-id': exchange.traceId,
    'x-ms-ests-server': '2.1.99999.0 - SANDBOX ProdSlices',
    'x-ms-clitelem': `1,${refusal?.replace('AADSTS', '') ?? '0'},0,,`,
    'x-xss-protection': '0',
  }
}

function describe(exchange: Exchange, request: IncomingMessage) {
  const form = readForm(exchange)
  const parameters = form.ok ? form.value : new Map<string, string>()
  const assertion = parameters.get('client_assertion')
  const authorization = exchange.headers['authorization']
  const hasSecret = parameters.has('client_secret') || /^basic /i.test(authorization ?? '')
  return {
    time: new Date(exchange.now).toISOString(),
    method: exchange.method,
    host: request.headers.host ?? '',
    path: exchange.path,
    parameters: redactParameters([...exchange.query, ...parameters]),
    endpoint: endpointOf(exchange.path),
    grantType: parameters.get('grant_type') ?? null,
    clientId: parameters.get('client_id') ?? null,
    proof: assertion === undefined ? (hasSecret ? ('secret' as const) : ('none' as const)) : ('assertion' as const),
    assertion: assertion === undefined ? null : describeAssertion(assertion),
    userAgent: exchange.headers['user-agent'] ?? null,
    correlationId: exchange.correlationId,
    traceId: exchange.traceId,
  }
}
