/** The servers of a world, in a process of their own inside its namespace. One JSON object a line on stdout: ready, then requests. */
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { parseFault } from '../../src/sandbox/faults.ts'
import type { PlayedHostName } from '../../src/sandbox/hosts/host.ts'
import { type StartedHost, startHost } from '../../src/sandbox/hosts/host-server.ts'
import type { LoggedRequest } from '../../src/sandbox/request-log.ts'
import { startSandbox } from '../../src/sandbox/sandbox.ts'

/** What the harness says on the first line of stdin; later lines are `{"faults": [...]}`. */
export interface ServerOrder {
  readonly names: readonly string[]
  /** Whether the real address of IMDS answers. */
  readonly hasImds: boolean
  readonly persona?: string
  readonly faults: readonly string[]
}

export type ServerLine =
  | {
      readonly kind: 'ready'
      readonly environment: Readonly<Record<string, string>>
      readonly hosts: Readonly<Record<string, Readonly<Record<string, string>>>>
      readonly tenantId: string
    }
  | { readonly kind: 'request'; readonly request: LoggedRequest }
  | { readonly kind: 'faults-set' }

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
  if (order.hasImds) started.push(await startHost('imds', { state, ports, address: '169.254.169.254', port: 80 }))
  const names: readonly PlayedHostName[] = ['app-service', 'service-fabric', 'azure-ml', 'cloud-shell', 'azure-arc']
  const hosts: Record<string, Readonly<Record<string, string>>> = {}
  for (const name of names) {
    const host = await startHost(name, { state, ports })
    started.push(host)
    hosts[name] = host.variables
  }
  const environment = await sandbox.environment(order.persona)
  say({ kind: 'ready', environment, hosts, tenantId: sandbox.tenantId })
  for await (const line of lines) {
    sandbox.setFault(...(JSON.parse(line) as { readonly faults: readonly string[] }).faults)
    say({ kind: 'faults-set' })
  }
  // The harness closed stdin, or is gone.
  for (const host of started) await host.close()
  await sandbox.close()
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
