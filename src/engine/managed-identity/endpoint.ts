/** Checks the address of a host that came from a variable, and takes user and password out of it before anything is noted. */
import { failure, type Result, success } from '../../result.ts'
import { type Problem, problem } from '../problems.ts'
import type { HostName } from './facts.ts'

export interface Endpoint {
  /** The whole URL with the query, without user and password. */
  readonly url: string
  /** The same without the query: what is shown. */
  readonly shown: string
  /** For user and password in the URL, as every HTTP client sends them. */
  readonly authorization?: string
}

export interface Address {
  readonly host: HostName
  readonly sender: HostName
  /** The variable that holds it. */
  readonly variable: string
  readonly text: string
  /** Appended to the path of the text. */
  readonly path?: string
  readonly query: readonly (readonly [string, string])[]
  readonly needsHttps?: boolean
}

/**
 * The URL to ask, or why this is none. A URL parser mends much (it drops newlines and turns backslashes); here what has
 * to be mended is refused, so that what is asked is what was written.
 */
export function makeEndpoint(address: Address): Result<Endpoint, Problem> {
  const { host, sender, variable, text } = address
  const whole = `${text}${address.path ?? ''}`
  const full = withQuery(whole, address.query, encodeURIComponent)
  const refuse = (reason: 'no-scheme' | 'no-host' | 'malformed' | 'not-https'): Result<Endpoint, Problem> =>
    failure(
      problem('managed-identity-endpoint', {
        host,
        sender,
        variable,
        reason,
        url: withoutUserInfo(withQuery(whole, address.query, String)),
      }),
    )

  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(whole)?.[1]?.toLowerCase()
  if (address.needsHttps === true && scheme !== 'https') return refuse('not-https')
  if (scheme !== 'http' && scheme !== 'https') return refuse('no-scheme')
  const authority = whole.slice(scheme.length + 3).split(/[/?#]/)[0] ?? ''
  if (authority.replace(/^.*@/, '').replace(/:\d*$/, '') === '') return refuse('no-host')
  if (/[\s\\\p{Cc}]/u.test(whole) || !URL.canParse(full)) return refuse('malformed')

  const url = new URL(full)
  const { username, password } = url
  url.username = ''
  url.password = ''
  url.hash = ''
  const named = username !== '' || password !== ''
  return success({
    url: url.href,
    shown: `${url.origin}${url.pathname}`,
    ...(named ? { authorization: basic(username, password) } : {}),
  })
}

function withQuery(url: string, query: Address['query'], encode: (value: string) => string): string {
  const text = query.map(([name, value]) => `${name}=${encode(value)}`).join('&')
  return text === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${text}`
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function withoutUserInfo(url: string): string {
  return url.replace(/(\/\/)[^/@\s]*@/, '$1').replace(/^[^/@\s]*:[^/@\s]*@/, '')
}
