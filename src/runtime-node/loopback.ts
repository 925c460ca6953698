/** A small HTTP server on loopback as a port, for the redirect at the end of a sign-in. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Loopback, LoopbackAnswer, LoopbackRequest, LoopbackResult } from '../runtime.ts'

type Handle = (request: LoopbackRequest) => Promise<LoopbackAnswer>

const maxHeaderSize = 16 * 1024
/** A connection that says nothing, or says it a byte at a time, must not hold the port. */
const requestTimeoutMs = 10_000
const closeTimeoutMs = 1000

export function createNodeLoopback(): Loopback {
  return {
    listen: async (port, handle) => {
      const first = await start('127.0.0.1', port, handle)
      if (!first.ok) return first
      const bound = first.value.port
      // Browsers may take `localhost` for ::1 first. Where another program has that one, the answer must not go to it.
      const second = await start('::1', bound, handle)
      if (!second.ok && second.error.code === 'in-use') {
        await first.value.close()
        return port === 0 ? createNodeLoopback().listen(port, handle) : second
      }
      const listeners = [first.value, ...(second.ok ? [second.value] : [])]
      return {
        ok: true,
        value: { port: bound, close: async () => void (await Promise.all(listeners.map((each) => each.close()))) },
      }
    },
  }
}

function start(address: string, port: number, handle: Handle): Promise<LoopbackResult> {
  const server = createServer({ maxHeaderSize, requestTimeout: requestTimeoutMs, headersTimeout: requestTimeoutMs })
  server.keepAliveTimeout = 1
  server.on('request', (request, response) => void respond(request, response, handle))
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const code = error.code === 'EADDRINUSE' ? 'in-use' : error.code === 'EACCES' ? 'denied' : 'other'
      resolve({ ok: false, error: { code, detail: error.message } })
    })
    server.listen({ host: address, port, exclusive: true }, () => {
      resolve({ ok: true, value: { port: (server.address() as AddressInfo).port, close: () => close(server) } })
    })
  })
}

async function respond(request: IncomingMessage, response: ServerResponse, handle: Handle): Promise<void> {
  const answer = await handle({
    method: request.method ?? '',
    target: request.url ?? '',
    host: (request.headers.host ?? '').toLowerCase(),
  })
  response.on('error', () => {})
  const body = Buffer.from(answer.body)
  response.writeHead(answer.status, {
    ...answer.headers,
    'content-length': String(body.length),
    connection: 'close',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
  // Whatever was posted is not waited for.
  request.resume()
}

/** Lets answers go out; what still hangs after a second is cut. */
function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const cut = setTimeout(() => server.closeAllConnections(), closeTimeoutMs)
    server.close(() => {
      clearTimeout(cut)
      resolve()
    })
    server.closeIdleConnections()
  })
}
