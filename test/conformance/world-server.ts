/** The servers of a world, in a process of their own inside its namespace. One JSON object a line on stdout: ready, then requests. */
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { clusterCredential, pipelinesCredential } from '../../src/sandbox/default-directory.ts'
import { parseFault } from '../../src/sandbox/faults.ts'
import type { PlayedHostName } from '../../src/sandbox/hosts/host.ts'
import { type StartedHost, startHost } from '../../src/sandbox/hosts/host-server.ts'
import type { LoggedRequest } from '../../src/sandbox/request-log.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type MadeAnswer, startImdsFront } from './imds-front.ts'
import { startProxy } from './proxy.ts'

/** What the harness says on the first line of stdin; later lines are a `ServerChange`. */
export interface ServerOrder {
  readonly names: readonly string[]
  /** Whether the real address of IMDS answers. */
  readonly hasImds: boolean
  readonly persona?: string
  readonly faults: readonly string[]
}

/** From now on. */
export interface ServerChange {
  readonly faults?: readonly string[]
  /** What IMDS answers, one after the other. */
  readonly imds?: readonly MadeAnswer[]
}

export type ServerLine =
  | {
      readonly kind: 'ready'
      readonly environment: Readonly<Record<string, string>>
      readonly hosts: Readonly<Record<string, Readonly<Record<string, string>>>>
      readonly tenantId: string
      /** Ids, secrets and tokens of the sandbox by a short name, and the address of a proxy. */
      readonly values: Readonly<Record<string, string>>
    }
  | { readonly kind: 'request'; readonly request: LoggedRequest }
  | { readonly kind: 'changed' }

const say = (line: ServerLine): void => {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

async function main(): Promise<void> {
  const ports = createNodeRuntime()
  const lines = readLines()
  const order = JSON.parse((await lines.next()).value ?? '{}') as ServerOrder
  const sandbox = await startSandbox({
    ports,
    address: '127.0.0.1',
    port: 443,
    names: order.names,
    faults: order.faults.map((text) => parseFault(text)),
    onRequest: (request) => say({ kind: 'request', request }),
  })
  const { state } = sandbox
  const started: StartedHost[] = []
  const imds = order.hasImds ? await startHost('imds', { state, ports }) : null
  if (imds !== null) started.push(imds)
  const front = imds === null ? null : await startImdsFront(imds.origin, (request) => say({ kind: 'request', request }))
  const proxy = await startProxy()
  const names: readonly PlayedHostName[] = ['app-service', 'service-fabric', 'azure-ml', 'cloud-shell', 'azure-arc']
  const hosts: Record<string, Readonly<Record<string, string>>> = {}
  for (const name of names) {
    const host = await startHost(name, { state, ports })
    started.push(host)
    hosts[name] = host.variables
  }
  const environment = await sandbox.environment(order.persona)
  const values = { ...(await sandboxValues(sandbox)), proxy: proxy.origin }
  say({ kind: 'ready', environment, hosts, tenantId: sandbox.tenantId, values })
  for await (const line of lines) {
    const change = JSON.parse(line) as ServerChange
    if (change.faults !== undefined) sandbox.setFault(...change.faults)
    if (change.imds !== undefined) front?.setAnswers(change.imds)
    say({ kind: 'changed' })
  }
  // The harness closed stdin, or is gone.
  await front?.close()
  await proxy.close()
  for (const host of started) await host.close()
  await sandbox.close()
}

async function sandboxValues(sandbox: Sandbox): Promise<Readonly<Record<string, string>>> {
  const { apps, tenants } = sandbox.directory
  const named = (name: string) => apps.find(({ displayName }) => displayName === name)
  const [shop, disabled, warehouse, partner] = ['shop', 'old-shop', 'warehouse', 'partner'].map(named)
  if (shop === undefined || partner === undefined) throw new Error('the directory is another than the scenarios know')
  const { certificatePem, privateKey } = await sandbox.state.madeCertificate(shop)
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const day = { lifetimeSeconds: 24 * 3600 }
  const token = (change: object) => sandbox.mintFederatedToken({ ...clusterCredential, ...day, ...change })
  return {
    tenant: sandbox.tenantId,
    otherTenant: tenants[1]?.id ?? '',
    app: shop.clientId,
    secret: sandbox.defaultApp.secret,
    expiredSecret: shop.secrets[1]?.value ?? '',
    disabledApp: disabled?.clientId ?? '',
    disabledSecret: disabled?.secrets[0]?.value ?? '',
    foreignApp: warehouse?.clientId ?? '',
    foreignSecret: warehouse?.secrets[0]?.value ?? '',
    partnerApp: partner.clientId,
    partnerSecret: partner.secrets[0]?.value ?? '',
    certificate: certificatePem + key,
    certificateOnly: certificatePem,
    keyOnly: key,
    token: await token({}),
    tokenOtherSubject: await token({ subject: 'system:serviceaccount:shop:frontend' }),
    tokenOtherAudience: await token({ audience: 'api://other' }),
    tokenOtherIssuer: await token({ issuer: pipelinesCredential.issuer }),
    tokenExpired: await token({ issuedAt: Date.now() - 3 * 24 * 3600_000 }),
  }
}

async function* readLines(): AsyncGenerator<string, undefined> {
  let rest = ''
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    const parts = (rest + String(chunk)).split('\n')
    rest = parts.pop() ?? ''
    yield* parts
  }
  return undefined
}

await main()
