/** The names that the sandbox answers as, and what its documents and tokens call themselves under each. */

/** Hosts of the public cloud that mean the same service. */
const publicCloud = {
  networkHost: 'login.microsoftonline.com',
  cacheHost: 'login.windows.net',
  aliases: ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
} as const

const loopbackNames = ['localhost', '127.0.0.1', '::1'] as const

export interface HostNames {
  /** For certificates: DNS names and addresses, without a port. */
  readonly names: readonly string[]
  readonly port: number
  /** The origin that documents name when nothing says otherwise: `https://localhost:1234`. */
  readonly origin: string
}

export interface InstanceAliases {
  readonly networkHost: string
  readonly cacheHost: string
  readonly aliases: readonly string[]
}

/** @param extraNames Served besides loopback; the first of them becomes the origin. */
export function createHostNames(extraNames: readonly string[], port: number): HostNames {
  const names = [...new Set([...loopbackNames, ...extraNames.map((name) => name.toLowerCase())])]
  return { names, port, origin: `https://${hostWithPort(extraNames[0]?.toLowerCase() ?? 'localhost', port)}` }
}

/** The origin as this client named it in `Host`; null for a host that is not served here. */
export function originOf(hosts: HostNames, hostHeader: string | undefined): string | null {
  const wanted = hostHeader?.toLowerCase()
  const name = hosts.names.find((each) => {
    const withPort = `${bracketed(each)}:${hosts.port}`
    return wanted === withPort || (hosts.port === 443 && wanted === bracketed(each))
  })
  return name === undefined ? null : `https://${hostWithPort(name, hosts.port)}`
}

/** The group of hosts that `host` (with its port) belongs to; null for a host that is none of ours. */
export function aliasesOf(hosts: HostNames, host: string): InstanceAliases | null {
  const wanted = host.toLowerCase()
  if (publicCloud.aliases.some((alias) => alias === wanted) && hosts.names.includes(wanted)) return publicCloud
  const own = hosts.names.filter((name) => !publicCloud.aliases.some((alias) => alias === name))
  const aliases = own.map((name) => hostWithPort(name, hosts.port))
  if (!aliases.includes(wanted)) return null
  const networkHost = hostWithPort('localhost', hosts.port)
  return { networkHost, cacheHost: networkHost, aliases }
}

/** The groups for the answer of instance discovery. */
export function allAliases(hosts: HostNames): readonly InstanceAliases[] {
  const groups = hosts.names.map((name) => aliasesOf(hosts, hostWithPort(name, hosts.port)))
  return [...new Map(groups.flatMap((group) => (group === null ? [] : [[group.networkHost, group] as const]))).values()]
}

/** `iss` of v1 tokens: the public cloud's STS where the sandbox answers as the public cloud, else its own origin. */
export function issuerV1(origin: string, tenantId: string): string {
  return isPublicCloud(origin) ? `https://sts.windows.net/${tenantId}/` : `${origin}/${tenantId}/`
}

export function issuerV2(origin: string, tenantId: string): string {
  return isPublicCloud(origin) ? `https://${publicCloud.networkHost}/${tenantId}/v2.0` : `${origin}/${tenantId}/v2.0`
}

function isPublicCloud(origin: string): boolean {
  return publicCloud.aliases.some((alias) => origin === `https://${alias}`)
}

function hostWithPort(name: string, port: number): string {
  return port === 443 ? bracketed(name) : `${bracketed(name)}:${port}`
}

function bracketed(name: string): string {
  return name.includes(':') ? `[${name}]` : name
}
