/**
 * HTTP as a port, on Node's own client. The connection is made first, through a proxy where the variables say so, and its
 * certificate is judged; only then is a byte of the request written.
 */
import fs from 'node:fs'
import http from 'node:http'
import net from 'node:net'
import tls from 'node:tls'
import { withoutCredentials } from '../proxy-variables.ts'
import type { Env, Http, HttpRequest, HttpResponse, HttpResult, NetworkError, NetworkErrorCode } from '../runtime.ts'
import { bareHost, portOf } from '../url-parts.ts'
import { findCertificateTrouble, type ShownCertificate } from './certificate-check.ts'
import { chooseProxy } from './proxy.ts'

const DEFAULT_BODY_BYTES = 4 * 1024 * 1024
/** Node gives up an address after 250 ms when there are others, which a slow link takes by itself. */
const ADDRESS_ATTEMPT_MS = 1000

export function createNodeHttp(env: Env): Http {
  return { send: (request, signal) => send(request, signal, env) }
}

/** What ends an exchange, with the code that it is reported under. */
class ExchangeError extends Error {
  readonly code: NetworkErrorCode
  readonly certificate: ShownCertificate | undefined

  constructor(code: NetworkErrorCode, detail: string, certificate?: ShownCertificate) {
    super(detail)
    this.code = code
    this.certificate = certificate
  }
}

async function send(request: HttpRequest, signal: AbortSignal | undefined, env: Env): Promise<HttpResult> {
  if (!URL.canParse(request.url)) return fail('', undefined, new ExchangeError('protocol', 'not a URL'))
  const url = new URL(request.url)
  const isDirect = request.proxy === 'never' || request.pinnedSha1 !== undefined
  const choice = isDirect ? ({ kind: 'direct' } as const) : chooseProxy(url, env)
  const proxy = choice.kind === 'proxy' ? choice.url : undefined
  if (signal?.aborted === true) return fail(url.host, proxy, aborted())

  const exchange = createExchange(signal)
  try {
    if (url.protocol !== 'http:' && url.protocol !== 'https:')
      throw new ExchangeError('protocol', `${url.protocol} is not supported`)
    if (choice.kind === 'invalid') throw new ExchangeError('proxy', choice.detail)
    if (request.timeoutMs !== undefined) exchange.limit(request.timeoutMs, `no answer within ${request.timeoutMs} ms`)
    const endLimit = exchange.limit(request.connectTimeoutMs, `no connection within ${request.connectTimeoutMs} ms`)
    const socket = await exchange.during(connect(url, proxy, request, exchange))
    endLimit()
    return { ok: true, response: await exchange.during(talk(url, proxy, request, socket)) }
  } catch (error) {
    return fail(url.host, proxy, toExchangeError(error))
  } finally {
    exchange.end()
  }
}

function aborted(): ExchangeError {
  return new ExchangeError('aborted', 'the request was aborted')
}

function fail(host: string, proxy: URL | undefined, error: ExchangeError): HttpResult {
  const facts: NetworkError = {
    code: error.code,
    host,
    detail: error.message,
    ...(error.certificate === undefined ? {} : { certificate: error.certificate }),
    ...(proxy === undefined ? {} : { proxy: withoutCredentials(proxy) }),
  }
  return { ok: false, error: facts }
}

/** The sockets, timers and signal of one exchange: whatever ends it, ends all of them. */
interface Exchange {
  /** Fails the exchange after `ms`, unless the returned function is called first. */
  limit(ms: number | undefined, detail: string): () => void
  /** The socket goes with the exchange. */
  own<S extends net.Socket>(socket: S): S
  /** The outcome of `work`, or the reason why the exchange failed before. */
  during<T>(work: Promise<T>): Promise<T>
  end(): void
}

function createExchange(signal: AbortSignal | undefined): Exchange {
  const sockets: net.Socket[] = []
  const timers: NodeJS.Timeout[] = []
  let stop: (error: ExchangeError) => void = () => {}
  const stopped = new Promise<never>((_, reject) => {
    stop = reject
  })
  stopped.catch(() => {})
  const abort = (): void => stop(aborted())
  signal?.addEventListener('abort', abort, { once: true })
  return {
    limit: (ms, detail) => {
      if (ms === undefined) return () => {}
      const timer = setTimeout(() => stop(new ExchangeError('timeout', detail)), ms)
      timers.push(timer)
      return () => clearTimeout(timer)
    },
    own: (socket) => {
      sockets.push(socket)
      return socket
    },
    during: (work) => {
      work.catch(() => {})
      return Promise.race([work, stopped])
    },
    end: () => {
      signal?.removeEventListener('abort', abort)
      for (const timer of timers) clearTimeout(timer)
      // Node dies (SIGSEGV, 20 to 24) when a socket is destroyed beneath TLS within an event of that TLS: outermost first.
      const [outermost, ...beneath] = sockets.reverse()
      outermost?.on('error', () => {}).destroy()
      setImmediate(() => {
        for (const socket of beneath) socket.on('error', () => {}).destroy()
      })
    },
  }
}

/** A connection over which the request can be written as it is: to the host, or for plain HTTP to its proxy. */
async function connect(
  url: URL,
  proxy: URL | undefined,
  request: HttpRequest,
  exchange: Exchange,
): Promise<net.Socket> {
  if (proxy === undefined) {
    const socket = await connectTcp(url, exchange)
    return url.protocol === 'https:' ? secure(socket, url, request, exchange) : socket
  }
  const toProxy = await connectToProxy(proxy, request, exchange)
  if (url.protocol === 'http:') return toProxy
  return secure(await openTunnel(url, proxy, toProxy, exchange), url, request, exchange)
}

function connectTcp(url: URL, exchange: Exchange): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = exchange.own(
      net.connect({
        host: bareHost(url),
        port: portOf(url),
        autoSelectFamily: true,
        autoSelectFamilyAttemptTimeout: ADDRESS_ATTEMPT_MS,
      }),
    )
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      socket.setNoDelay(true)
      resolve(socket)
    })
  })
}

async function connectToProxy(proxy: URL, { extraRoots }: HttpRequest, exchange: Exchange): Promise<net.Socket> {
  try {
    const socket = await connectTcp(proxy, exchange)
    return proxy.protocol === 'https:'
      ? await secure(socket, proxy, extraRoots === undefined ? {} : { extraRoots }, exchange)
      : socket
  } catch (error) {
    const { code, message, certificate } = toExchangeError(error)
    throw new ExchangeError(code === 'timeout' ? 'timeout' : 'proxy', message, certificate)
  }
}

/** Asks the proxy for a tunnel (RFC 9110 section 9.3.6). */
function openTunnel(url: URL, proxy: URL, socket: net.Socket, exchange: Exchange): Promise<net.Socket> {
  const target = `${url.hostname}:${portOf(url)}`
  return new Promise((resolve, reject) => {
    const asked = http.request({
      createConnection: () => socket,
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...proxyAuthorization(proxy) },
    })
    const refuse = (detail: string): void => reject(new ExchangeError('proxy', detail))
    asked.once('connect', (response, tunnel: net.Socket) => {
      if (response.statusCode === 200) resolve(exchange.own(tunnel))
      else refuse(`the proxy refused a tunnel to ${target}: ${statusOf(response)}`)
    })
    asked.on('error', (error) => refuse(`the proxy gave no tunnel to ${target}: ${describe(error)}`))
    asked.end()
  })
}

function statusOf({ statusCode, statusMessage }: http.IncomingMessage): string {
  return `${statusCode ?? 0} ${statusMessage ?? ''}`.trim()
}

function proxyAuthorization({ username, password }: URL): Record<string, string> {
  if (username === '' && password === '') return {}
  const pair = `${decodePart(username)}:${decodePart(password)}`
  return { 'proxy-authorization': `Basic ${Buffer.from(pair).toString('base64')}` }
}

/** A stray percent sign is meant as it stands. */
function decodePart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

type Trust = Pick<HttpRequest, 'pinnedSha1' | 'serverName' | 'extraRoots' | 'onlyRoots'>

/** TLS over a connection. The certificate is judged here, whatever NODE_TLS_REJECT_UNAUTHORIZED says. */
function secure(socket: net.Socket, url: URL, trust: Trust, exchange: Exchange): Promise<tls.TLSSocket> {
  const name = trust.serverName ?? bareHost(url)
  return new Promise((resolve, reject) => {
    const secured = exchange.own(
      tls.connect({
        socket,
        // A server name is no address (RFC 6066 section 3).
        ...(net.isIP(name) === 0 ? { servername: name } : {}),
        checkServerIdentity: (_, certificate) => tls.checkServerIdentity(name, certificate),
        rejectUnauthorized: false,
        ALPNProtocols: ['http/1.1'],
        ...rootsOf(trust),
      }),
    )
    secured.once('error', reject)
    secured.once('secureConnect', () => {
      secured.off('error', reject)
      const trouble = findCertificateTrouble(secured, trust.pinnedSha1, new Date())
      if (trouble === null) resolve(secured)
      else reject(new ExchangeError('tls', `the certificate of ${name} is not accepted: ${trouble.reason}`, trouble))
    })
  })
}

function rootsOf({ extraRoots, onlyRoots }: Trust): { readonly ca?: string[] } {
  if (onlyRoots !== undefined) return { ca: [onlyRoots] }
  return extraRoots === undefined ? {} : { ca: [...defaultRoots(), extraRoots] }
}

/** What Node trusts when it is told nothing; naming roots replaces all of it. */
function defaultRoots(): readonly string[] {
  const { getCACertificates } = tls as { getCACertificates?: (type: 'default') => string[] }
  if (getCACertificates !== undefined) return getCACertificates('default')
  const file = process.env['NODE_EXTRA_CA_CERTS']
  if (file === undefined || file === '') return tls.rootCertificates
  try {
    return [...tls.rootCertificates, fs.readFileSync(file, 'utf8')]
  } catch {
    // Node warned about it when it started.
    return tls.rootCertificates
  }
}

function talk(url: URL, proxy: URL | undefined, request: HttpRequest, socket: net.Socket): Promise<HttpResponse> {
  const isAbsolute = proxy !== undefined && url.protocol === 'http:'
  const body = request.body ?? ''
  return new Promise((resolve, reject) => {
    const sent = http.request({
      createConnection: () => socket,
      method: request.method,
      path: isAbsolute ? `${url.origin}${url.pathname}${url.search}` : `${url.pathname}${url.search}`,
      headers: {
        ...request.headers,
        ...(isAbsolute ? proxyAuthorization(proxy) : {}),
        host: url.host,
        connection: 'close',
        'accept-encoding': 'identity',
        ...(request.method === 'POST' ? { 'content-length': Buffer.byteLength(body) } : {}),
      },
    })
    sent.on('error', reject)
    sent.once('response', (response) => {
      receive(response, request.maxBytes ?? DEFAULT_BODY_BYTES).then(resolve, reject)
    })
    sent.end(request.method === 'POST' ? body : undefined)
  })
}

function wordCut(length: number, announced: string | undefined): string {
  const missing = Number(announced) - length
  return `the answer was cut off after ${length} bytes${missing > 0 ? `, ${missing} more were announced` : ''}`
}

function receive(response: http.IncomingMessage, maxBytes: number): Promise<HttpResponse> {
  const tooLarge = new ExchangeError('too-large', `the answer is larger than ${maxBytes} bytes`)
  return new Promise((resolve, reject) => {
    if (Number(response.headers['content-length'] ?? 0) > maxBytes) {
      reject(tooLarge)
      return
    }
    const chunks: Buffer[] = []
    let length = 0
    response.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > maxBytes) reject(tooLarge)
      else chunks.push(chunk)
    })
    response.on('error', (error) => {
      const isCut = describe(error) === 'aborted'
      reject(isCut ? new ExchangeError('protocol', wordCut(length, response.headers['content-length'])) : error)
    })
    response.once('end', () => {
      resolve({
        status: response.statusCode ?? 0,
        statusText: response.statusMessage ?? '',
        headers: joinHeaders(response.headersDistinct),
        body: new TextDecoder().decode(Buffer.concat(chunks)),
      })
    })
  })
}

function joinHeaders(headers: NodeJS.Dict<string[]>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, (values ?? []).join(', ')]))
}

const codes: Readonly<Record<string, NetworkErrorCode>> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_NODATA: 'dns',
  EAI_NONAME: 'dns',
  EAI_FAIL: 'dns',
  ECONNREFUSED: 'refused',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  ENETDOWN: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  EPERM: 'unreachable',
  EINVAL: 'unreachable',
  ETIMEDOUT: 'timeout',
  ECONNRESET: 'reset',
  ECONNABORTED: 'reset',
  EPIPE: 'reset',
  EPROTO: 'tls',
}

function toExchangeError(error: unknown): ExchangeError {
  if (error instanceof ExchangeError) return error
  const { code = '' } = error as NodeJS.ErrnoException
  return new ExchangeError(codes[code] ?? (/^ERR_(?:SSL|TLS|OSSL)/.test(code) ? 'tls' : 'protocol'), describe(error))
}

/** Several addresses tried and failed are one error without words of its own. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return [...new Set(error.errors.map(describe))].join('; ')
  if (!(error instanceof Error)) return String(error)
  return error.message.trim().replace(/\s+/g, ' ') || ((error as NodeJS.ErrnoException).code ?? error.name)
}
