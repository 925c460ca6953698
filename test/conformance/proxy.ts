/** A proxy inside a world: tunnels for CONNECT, and forwards what names a whole address, with the header that says so. */
import { createServer, request as forward } from 'node:http'
import { connect } from 'node:net'
import type { Duplex } from 'node:stream'

interface Proxy {
  /** `http://127.0.0.1:1234` */
  readonly origin: string
  close(): Promise<void>
}

export async function startProxy(): Promise<Proxy> {
  // A tunnel is no longer the server's to end.
  const tunnels = new Set<Duplex>()
  const server = createServer((request, response) => {
    if (!/^http:/.test(request.url ?? '')) {
      response.writeHead(400).end('a proxy is asked with a whole address\n')
      return
    }
    const headers = { ...request.headers, 'x-forwarded-for': '127.0.0.1' }
    const onward = forward(new URL(request.url ?? ''), { method: request.method ?? 'GET', headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.writeHead(502, { 'content-type': 'text/plain' }).end('Bad Gateway\n'))
    request.pipe(onward)
  })
  server.on('connect', (request, socket, head) => {
    const [host = '', port = '443'] = (request.url ?? '').split(':')
    tunnels.add(socket)
    socket.on('close', () => tunnels.delete(socket))
    const onward = connect(Number(port), host, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
      onward.write(head)
      onward.pipe(socket).pipe(onward)
    })
    onward.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n'))
    socket.on('error', () => onward.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
        for (const socket of tunnels) socket.destroy()
      }),
  }
}
