/** The token proxy of a cluster with identity bindings: TLS under a name and an authority of its own, and what it lets through, passed on to the sandbox. */
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import tls from 'node:tls'
import { onTestFinished } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { createAuthorityCertificates } from '../../src/sandbox/ca.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'

export interface TestTokenProxy {
  /** `https://127.0.0.1:PORT/cluster/a` */
  readonly url: string
  readonly serverName: string
  /** The only authority that vouches for it. */
  readonly caPem: string
  /** The server names that were asked for, also where the connection was refused. */
  readonly serverNames: readonly string[]
  /** Method and path as they came. */
  readonly requests: readonly string[]
  /** From now on it shows a certificate of another authority; gives that authority's certificate. */
  exchangeCertificate(): Promise<string>
}

const serverName = 'token-proxy.aks.example'
const prefix = '/cluster/a'

/** Promise: listens, and is closed when the test ends. Lets requests for tokens through, as a cluster's does, or `all`. */
export async function startTokenProxy(sandbox: Sandbox, lets: 'tokens' | 'all' = 'tokens'): Promise<TestTokenProxy> {
  const ports = createNodeRuntime()
  const issue = async () => {
    const { caPem, server } = await createAuthorityCertificates([serverName], ports)
    const key = server.privateKey.export({ type: 'pkcs8', format: 'pem' })
    return { caPem, context: tls.createSecureContext({ key, cert: server.certificatePem }) }
  }
  let shown = await issue()
  const serverNames: string[] = []
  const requests: string[] = []
  const server = https.createServer(
    {
      SNICallback: (name, done) => {
        serverNames.push(name)
        if (name === serverName) done(null, shown.context)
        else done(new Error('another name'))
      },
    },
    (request, response) => {
      const target = request.url ?? ''
      requests.push(`${request.method} ${target}`)
      const isForToken =
        request.method === 'POST' && /^\/cluster\/a\/[\w.-]+\/oauth2\/v2\.0\/token(?:\?.*)?$/.test(target)
      if (!isForToken && lets === 'tokens') {
        response.writeHead(404).end()
        return
      }
      const { host: _, ...headers } = request.headers
      const onward = https.request(
        `${sandbox.origin}${target.slice(prefix.length)}`,
        { method: request.method, headers, ca: sandbox.caPem, agent: false },
        (answer) => {
          response.writeHead(answer.statusCode ?? 502, answer.headers)
          answer.pipe(response)
        },
      )
      onward.on('error', () => response.destroy())
      request.pipe(onward)
    },
  )
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.close()
    server.closeAllConnections()
  })
  return {
    url: `https://127.0.0.1:${(server.address() as AddressInfo).port}${prefix}`,
    serverName,
    caPem: shown.caPem,
    serverNames,
    requests,
    exchangeCertificate: async () => {
      shown = await issue()
      return shown.caPem
    },
  }
}
