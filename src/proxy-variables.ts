/** What variables for proxies hold, as curl and Go read them: the address of a proxy, and a list of hosts that are spared. */

/** A name or an address without a scheme is that of an HTTP proxy. Null: no address. */
export function readProxy(value: string): URL | null {
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`
  return URL.canParse(text) ? new URL(text) : null
}

/** A proxy as it may be shown. */
export function withoutCredentials(proxy: URL): string {
  return `${proxy.protocol}//${proxy.host}`
}

/**
 * One entry of a list: a host name (which covers its subdomains, with or without a leading dot), an IP address, a network,
 * each but the last with an optional port, or `*` for all.
 */
export function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  if (isNetwork(entry)) return isInNetwork(host, entry)
  // `host:port`, `[v6]:port`, `[v6]`, or a name or address alone; a bare v6 address has more than one colon.
  const parts = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry) ?? /^([^:]+)(?::(\d+))?$/.exec(entry)
  const name = (parts?.[1] ?? entry)
    .toLowerCase()
    .replace(/^\*?\./, '')
    .replace(/\.$/, '')
  if (parts?.[2] !== undefined && parts[2] !== port) return false
  if (readAddress(name) !== null) return isInNetwork(host, name)
  return name !== '' && readAddress(host) === null && (host === name || host.endsWith(`.${name}`))
}

const network = /^\[?([0-9a-f.:]+)\]?\/(\d{1,3})$/i

/** `169.254.0.0/16`, `fd00::/8`; not whether it is one that can be. */
export function isNetwork(entry: string): boolean {
  return network.test(entry)
}

/** Whether an address is in a network, or is the address that stands in its place; a name never is. */
export function isInNetwork(host: string, entry: string): boolean {
  const [, start = entry, length] = network.exec(entry) ?? []
  const address = readAddress(host)
  const base = readAddress(start)
  if (address === null || base === null || address.bits !== base.bits) return false
  const shared = length === undefined ? base.bits : Number(length)
  if (shared > base.bits) return false
  const rest = BigInt(base.bits - shared)
  return address.value >> rest === base.value >> rest
}

interface Address {
  readonly bits: 32 | 128
  readonly value: bigint
}

/** Null: a name. An IPv4 address that IPv6 wraps (`::ffff:127.0.0.1`) is the IPv4 address. */
function readAddress(host: string): Address | null {
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(host)) return readParts(host.split('.'), 10, 8, 32)
  if (!host.includes(':') || !URL.canParse(`http://[${host}]/`)) return null
  const [head = '', tail] = new URL(`http://[${host}]/`).hostname.slice(1, -1).split('::')
  const before = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  const whole = readParts([...before, ...zeros, ...after], 16, 16, 128)
  if (whole === null || whole.value >> 32n !== 0xffffn) return whole
  return { bits: 32, value: whole.value & 0xffffffffn }
}

function readParts(parts: readonly string[], radix: number, size: number, bits: 32 | 128): Address | null {
  const numbers = parts.map((part) => Number.parseInt(part, radix))
  if (numbers.some((part) => part >= 2 ** size)) return null
  return { bits, value: numbers.reduce((sum, part) => (sum << BigInt(size)) | BigInt(part), 0n) }
}
