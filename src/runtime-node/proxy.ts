/** Which proxy a URL is reached through, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say: the rules of curl and Go. */
import { BlockList, isIP } from 'node:net'
import type { Env } from '../runtime.ts'

export type ProxyChoice =
  | { readonly kind: 'direct' }
  | { readonly kind: 'proxy'; readonly url: URL }
  /** The variable holds something that is no proxy; `detail` names the variable, not its value. */
  | { readonly kind: 'invalid'; readonly detail: string }

/** Addresses that only this machine or its link can answer: a proxy would reach its own. */
const near = new BlockList()
near.addSubnet('127.0.0.0', 8, 'ipv4')
near.addSubnet('169.254.0.0', 16, 'ipv4')
near.addAddress('::1', 'ipv6')
near.addSubnet('fe80::', 10, 'ipv6')

/**
 * Lower-case names win over upper-case ones. NO_PROXY is a list, by commas or spaces, of host names (which cover their
 * subdomains, with or without a leading dot), IP addresses, CIDR ranges, each with an optional port, or `*` for all.
 */
export function chooseProxy(url: URL, env: Env): ProxyChoice {
  const host = url.hostname.replace(/^\[|\]$/g, '').toLowerCase()
  if (isNear(host)) return { kind: 'direct' }
  const [name, value] = proxyVariable(url.protocol, env)
  if (value === '' || isExempt(host, portOf(url), env.get('no_proxy') ?? env.get('NO_PROXY') ?? '')) {
    return { kind: 'direct' }
  }
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`
  if (!URL.canParse(text)) return { kind: 'invalid', detail: `${name} is not the address of a proxy` }
  const proxy = new URL(text)
  if (proxy.protocol === 'http:' || proxy.protocol === 'https:') return { kind: 'proxy', url: proxy }
  return {
    kind: 'invalid',
    detail: `${name} names a ${proxy.protocol.slice(0, -1)} proxy; http and https are supported`,
  }
}

/** A proxy as it may be shown. */
export function withoutCredentials(proxy: URL): string {
  return `${proxy.protocol}//${proxy.host}`
}

function isNear(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  return isIn(near, host)
}

function isIn(list: BlockList, host: string): boolean {
  const version = isIP(host)
  return version !== 0 && list.check(host, version === 6 ? 'ipv6' : 'ipv4')
}

/** The name and value of the variable for this scheme; the value is empty where none is set. */
function proxyVariable(protocol: string, env: Env): readonly [name: string, value: string] {
  const upper = protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const lower = upper.toLowerCase()
  const value = env.get(lower)
  if (value !== undefined) return [lower, value.trim()]
  // In a CGI program HTTP_PROXY is a header of the request (httpoxy, CVE-2016-5385).
  if (upper === 'HTTP_PROXY' && env.get('REQUEST_METHOD') !== undefined) return [upper, '']
  return [upper, env.get(upper)?.trim() ?? '']
}

function portOf(url: URL): string {
  return url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
}

function isExempt(host: string, port: string, list: string): boolean {
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => covers(entry.toLowerCase(), host, port))
}

function covers(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true
  const range = /^\[?([0-9a-f.:]+)\]?\/(\d{1,3})$/.exec(entry)
  if (range !== null) return isInRange(host, range[1] ?? '', Number(range[2]))
  // `host:port`, `[v6]:port`, `[v6]`, or a name or address alone; a bare v6 address has more than one colon.
  const parts = /^\[([^\]]+)\](?::(\d+))?$/.exec(entry) ?? /^([^:]+)(?::(\d+))?$/.exec(entry)
  const name = (parts?.[1] ?? entry).replace(/^\*?\./, '').replace(/\.$/, '')
  if (parts?.[2] !== undefined && parts[2] !== port) return false
  if (isIP(name) !== 0) return isInRange(host, name, isIP(name) === 6 ? 128 : 32)
  return name !== '' && isIP(host) === 0 && (host === name || host.endsWith(`.${name}`))
}

function isInRange(host: string, address: string, prefix: number): boolean {
  const version = isIP(address)
  if (version === 0 || prefix > (version === 6 ? 128 : 32)) return false
  const range = new BlockList()
  range.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4')
  return isIn(range, host)
}
