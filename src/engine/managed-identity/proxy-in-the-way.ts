/**
 * Which variable would make an SDK send a request for this machine's identity to a proxy. azid does not when it is to get
 * a token, and says so; where it is to find out what an SDK meets, `azid chain` goes the SDK's way.
 */
import type { Env } from '../../runtime.ts'
import type { SdkName } from '../types.ts'

/**
 * The name of the variable that sends `url` to a proxy under the usual rules (lower case first, `NO_PROXY` spares hosts,
 * suffixes and `*`), or null. Reads variables only.
 */
export function findProxyInTheWay(url: string, env: Env): string | null {
  const { protocol, hostname, port } = new URL(url)
  const scheme = protocol.slice(0, -1)
  const names = [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`, 'all_proxy', 'ALL_PROXY']
  const name = names.find((candidate) => (env.get(candidate) ?? '') !== '')
  if (name === undefined) return null
  const spared = env.get('no_proxy') ?? env.get('NO_PROXY') ?? ''
  return spared.split(/[\s,]+/).some((entry) => spares(entry, hostname, port)) ? null : name
}

function spares(entry: string, hostname: string, port: string): boolean {
  if (entry === '*') return true
  const [name = '', wanted] = entry
    .toLowerCase()
    .replace(/^\*?\./, '')
    .split(':')
  if (name === '' || (wanted !== undefined && wanted !== port)) return false
  if (name.includes('/')) return isInNetwork(hostname, name)
  return hostname === name || hostname.endsWith(`.${name}`)
}

/** `169.254.0.0/16`, as Python's and Go's clients understand it. */
function isInNetwork(hostname: string, network: string): boolean {
  const [base = '', bits = ''] = network.split('/')
  const address = toNumber(hostname)
  const start = toNumber(base)
  const size = Number(bits)
  if (address === null || start === null || !/^\d{1,2}$/.test(bits) || size > 32) return false
  const span = 2 ** (32 - size)
  return Math.floor(address / span) === Math.floor(start / span)
}

function toNumber(address: string): number | null {
  const parts = address.split('.').map(Number)
  if (parts.length !== 4 || parts.some((part) => !Number.isInteger(part) || part < 0 || part > 255)) return null
  return parts.reduce((sum, part) => sum * 256 + part, 0)
}

/** The address of the proxy that `sdk` would send a request for this machine's identity to; null: straight to the host. */
export function proxyOfSdk(url: string, env: Env, sdk: SdkName): string | null {
  const { protocol, hostname, port } = new URL(url)
  const scheme = protocol.slice(0, -1)
  const value = proxyVariables(sdk, scheme)
    .map((name) => env.get(name) ?? '')
    .find((text) => text !== '')
  // Go never sends what is for this machine to a proxy; a link-local address is not that.
  if (value === undefined || (sdk === 'go' && /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname))) return null
  const spared = env.get('no_proxy') ?? env.get('NO_PROXY') ?? ''
  if (spared.split(/[\s,]+/).some((entry) => spares(entry, hostname, port))) return null
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`
  return URL.canParse(address) ? address : null
}

/** In the order in which they are looked at. JavaScript's pipeline takes the first that is set, whatever the scheme. */
function proxyVariables(sdk: SdkName, scheme: string): readonly string[] {
  const upper = `${scheme.toUpperCase()}_PROXY`
  switch (sdk) {
    case 'js':
      return ['HTTPS_PROXY', 'https_proxy', 'ALL_PROXY', 'all_proxy', 'HTTP_PROXY', 'http_proxy']
    case 'go':
      return [upper, upper.toLowerCase()]
    default:
      return [upper.toLowerCase(), upper, 'all_proxy', 'ALL_PROXY']
  }
}
