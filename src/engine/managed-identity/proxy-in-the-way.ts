/**
 * Which variable would make an SDK send a request for this machine's identity to a proxy. azid never does, whatever it is
 * run for, and says what the SDK would do. How each SDK's HTTP client reads the variables is a row.
 */
import { covers, isInNetwork, isNetwork, readProxy, withoutCredentials } from '../../proxy-variables.ts'
import type { Env } from '../../runtime.ts'
import { bareHost, portOf } from '../../url-parts.ts'

export interface ProxyInTheWay {
  /** The variable that names the proxy, or for Java carries its properties. */
  readonly variable: string
  /** The address without credentials; null where what the variable holds is none, on which the request then fails. */
  readonly proxy: string | null
  /** Keeps the host from it, in the form that this SDK reads. */
  readonly command: string
}

/** Null: this SDK asks the host itself. Reads variables only. */
export type FindProxy = (url: string, env: Env) => ProxyInTheWay | null

interface AskedUrl {
  readonly scheme: string
  /** In lower case, an IPv6 address without brackets. */
  readonly host: string
  readonly port: string
  /** Empty where the URL leaves it to the scheme. */
  readonly explicitPort: string
}

interface ProxyRules {
  /** Without `_PROXY`, in the order in which they are looked at. */
  readonly kinds: (scheme: string) => readonly string[]
  /** Which of `http_proxy` and `HTTP_PROXY` is looked at first; NO_PROXY is read in the same order. */
  readonly first: 'lower' | 'upper'
  /** A variable that is looked at first and is empty hides the other one of its kind. */
  readonly hidesWhenEmpty?: true
  /** Where this variable is set HTTP_PROXY is a header of somebody's request, and passed over. */
  readonly cgiVariable?: string
  /** Hosts that go to no proxy whatever is listed. */
  readonly isNear?: (host: string) => boolean
  readonly isListed: (list: string, asked: AskedUrl) => boolean
  /** An IPv6 address is listed with its brackets. */
  readonly bracketsAddresses?: true
}

/** requests over urllib: an IPv4 address or network as it is, and names by their end; a port only where the URL has one. */
const pythonRules: ProxyRules = {
  kinds: (scheme) => [scheme, 'all'],
  first: 'lower',
  hidesWhenEmpty: true,
  cgiVariable: 'REQUEST_METHOD',
  isListed: (list, { host, explicitPort }) => {
    const isAddress = /^\d+(?:\.\d+){3}$/.test(host)
    const forms = isAddress || explicitPort === '' ? [host] : [host, `${host}:${explicitPort}`]
    return (
      list === '*' ||
      entriesOf(list).some((entry) => {
        if (isAddress && isNetwork(entry)) return isInNetwork(host, entry)
        const name = entry.replace(/^\.+/, '').toLowerCase()
        return forms.some((form) => form === name || form.endsWith(`.${name}`))
      })
    )
  },
}

/** core-rest-pipeline: the first variable that is set, whatever the scheme; a host as it is, or all below `.name`. */
const jsRules: ProxyRules = {
  kinds: () => ['https', 'all', 'http'],
  first: 'upper',
  isListed: (list, asked) => entriesOf(list).some((entry) => isHostOrBelow(entry, asked)),
  bracketsAddresses: true,
}

/** Azure.Core and .NET: as in JavaScript, which was made after it, but each scheme has its variable, and case does not count. */
const dotnetRules: ProxyRules = {
  kinds: (scheme) => [scheme, 'all'],
  first: 'lower',
  cgiVariable: 'GATEWAY_INTERFACE',
  isListed: (list, asked) => entriesOf(list).some((entry) => isHostOrBelow(entry.toLowerCase(), asked)),
  bracketsAddresses: true,
}

/** net/http of Go 1.26: never what is for this machine; `.name` covers only what is below it, and brackets need a port. */
const goRules: ProxyRules = {
  kinds: (scheme) => [scheme],
  first: 'upper',
  isNear: (host) => host === 'localhost' || host === '::1' || isInNetwork(host, '127.0.0.0/8'),
  isListed: (list, { host, port }) =>
    entriesOf(list).some((entry) => {
      const isBelowOnly = /^\*?\./.test(entry) && host === entry.replace(/^\*?\./, '').toLowerCase()
      const isNothing = /^\[.*\]$/.test(entry)
      return covers(entry, host, port) && !isBelowOnly && !isNothing
    }),
}

export const findPythonProxy = findBy(pythonRules)
export const findJsProxy = findBy(jsRules)
export const findDotnetProxy = findBy(dotnetRules)
export const findGoProxy = findBy(goRules)

function findBy(rules: ProxyRules): FindProxy {
  return (url, env) => {
    const asked = readAsked(url)
    const found = findVariable(rules, asked.scheme, env)
    if (found === null || rules.isNear?.(asked.host) === true) return null
    const [list, name] = findSet(inOrder('NO_PROXY', rules), env) ?? ['', 'NO_PROXY']
    if (rules.isListed(list.trim(), asked)) return null
    const [value, variable] = found
    const entry = rules.bracketsAddresses === true ? inBrackets(asked.host) : asked.host
    return { variable, proxy: showProxy(value), command: exempt(name, list, ',', entry) }
  }
}

/** `url` is one that was checked. */
export function readAsked(url: string): AskedUrl {
  const parsed = new URL(url)
  return {
    scheme: parsed.protocol.slice(0, -1),
    host: bareHost(parsed),
    port: String(portOf(parsed)),
    explicitPort: parsed.port,
  }
}

export function showProxy(value: string): string | null {
  const proxy = readProxy(value)
  return proxy === null ? null : withoutCredentials(proxy)
}

/** Adds to what a variable holds. */
export function exempt(name: string, list: string, separator: string, entry: string): string {
  return `export ${name}=${list === '' ? entry : `"$${name}${separator}${entry}"`}`
}

type Setting = readonly [value: string, name: string]

function findVariable(rules: ProxyRules, scheme: string, env: Env): Setting | null {
  const isHeader = (name: string): boolean =>
    name === 'HTTP_PROXY' && rules.cgiVariable !== undefined && env.get(rules.cgiVariable) !== undefined
  for (const kind of rules.kinds(scheme)) {
    const names = inOrder(`${kind.toUpperCase()}_PROXY`, rules)
    if (rules.hidesWhenEmpty === true && env.get(names[0] ?? '') === '') continue
    const found = findSet(names, env)
    if (found !== null && !isHeader(found[1])) return found
  }
  return null
}

function inOrder(upper: string, { first }: ProxyRules): readonly string[] {
  return first === 'upper' ? [upper, upper.toLowerCase()] : [upper.toLowerCase(), upper]
}

function findSet(names: readonly string[], env: Env): Setting | null {
  const settings = names.map((name): Setting => [env.get(name) ?? '', name])
  return settings.find(([value]) => value !== '') ?? null
}

function entriesOf(list: string): readonly string[] {
  return list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
}

/** An IPv6 address only as it stands in the URL, in brackets. */
function isHostOrBelow(entry: string, asked: AskedUrl): boolean {
  const host = inBrackets(asked.host)
  return host === entry || (entry.startsWith('.') && (host === entry.slice(1) || host.endsWith(entry)))
}

function inBrackets(host: string): string {
  return host.includes(':') ? `[${host}]` : host
}
