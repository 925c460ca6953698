/** Which proxy a URL is reached through, as HTTPS_PROXY, HTTP_PROXY and NO_PROXY say: the rules of curl and Go. */
import { covers, isInNetwork, readProxy } from '../proxy-variables.ts'
import type { Env } from '../runtime.ts'
import { bareHost, portOf } from '../url-parts.ts'

export type ProxyChoice =
  | { readonly kind: 'direct' }
  | { readonly kind: 'proxy'; readonly url: URL }
  /** The variable holds something that is no proxy; `detail` names the variable, not its value. */
  | { readonly kind: 'invalid'; readonly detail: string }

/** Addresses that only this machine or its link can answer: a proxy would reach its own. */
const near = ['127.0.0.0/8', '169.254.0.0/16', '::1/128', 'fe80::/10']

/**
 * Lower-case names win over upper-case ones. NO_PROXY is a list, by commas or spaces, of host names (which cover their
 * subdomains, with or without a leading dot), IP addresses, CIDR ranges, each with an optional port, or `*` for all.
 */
export function chooseProxy(url: URL, env: Env): ProxyChoice {
  const host = bareHost(url)
  if (isNear(host)) return { kind: 'direct' }
  const [name, value] = proxyVariable(url.protocol, env)
  if (value === '' || isExempt(host, String(portOf(url)), env.get('no_proxy') ?? env.get('NO_PROXY') ?? '')) {
    return { kind: 'direct' }
  }
  const proxy = readProxy(value)
  if (proxy === null) return { kind: 'invalid', detail: `${name} is not the address of a proxy` }
  if (proxy.protocol === 'http:' || proxy.protocol === 'https:') return { kind: 'proxy', url: proxy }
  return {
    kind: 'invalid',
    detail: `${name} names a ${proxy.protocol.slice(0, -1)} proxy; http and https are supported`,
  }
}

function isNear(host: string): boolean {
  if (host === 'localhost' || host.endsWith('.localhost')) return true
  return near.some((network) => isInNetwork(host, network))
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

function isExempt(host: string, port: string, list: string): boolean {
  return list
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => covers(entry, host, port))
}
