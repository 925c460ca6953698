import { describe, expect, test } from 'vitest'
import { makeEndpoint } from '../../src/engine/managed-identity/endpoint.ts'
import { findProxyInTheWay, proxyOfSdk } from '../../src/engine/managed-identity/proxy-in-the-way.ts'
import type { SdkName } from '../../src/engine/types.ts'

const make = (text: string, needsHttps = false) =>
  makeEndpoint({
    host: 'app-service',
    sender: 'app-service',
    variable: 'IDENTITY_ENDPOINT',
    text,
    query: [['resource', 'https://vault.azure.net']],
    ...(needsHttps ? { needsHttps } : {}),
  })

const query = 'resource=https%3A%2F%2Fvault.azure.net'

describe('an address from a variable', () => {
  test.each([
    ['http://127.0.0.1:1/x', `http://127.0.0.1:1/x?${query}`],
    ['HTTP://LOCALHOST:1/x', `http://localhost:1/x?${query}`],
    ['http://[::1]:8080/x', `http://[::1]:8080/x?${query}`],
    ['http://[fe80::1]/x', `http://[fe80::1]/x?${query}`],
    ['https://host/x?a=1', `https://host/x?a=1&${query}`],
    ['http://host', `http://host/?${query}`],
    ['http://user:pa%20ss@host/x', `http://host/x?${query}`],
  ])('%s is asked as %s', (text, expected) => {
    const made = make(text)
    expect(made.ok ? made.value.url : made).toBe(expected)
  })

  test('user and password become a header, and are nowhere else', () => {
    const made = make('http://user:pa%20ss@host/x')
    expect(made.ok ? made.value.authorization : made).toBe(`Basic ${Buffer.from('user:pa ss').toString('base64')}`)
    expect(made.ok ? made.value.shown : made).toBe('http://host/x')
  })

  test.each([
    ['', 'no-scheme'],
    ['127.0.0.1:1/x', 'no-scheme'],
    ['localhost:1/x', 'no-scheme'],
    ['ftp://host/x', 'no-scheme'],
    ['file:///etc/passwd', 'no-scheme'],
    ['javascript:alert(1)', 'no-scheme'],
    ['data:text/plain,x', 'no-scheme'],
    ['//host/x', 'no-scheme'],
    ['http:/host/x', 'no-scheme'],
    ['http://', 'no-host'],
    ['http:///x', 'no-host'],
    ['http://:80/x', 'no-host'],
    ['http://user:pass@/x', 'no-host'],
    ['http://host:99999/x', 'malformed'],
    ['http://host:port/x', 'malformed'],
    ['http://ho st/x', 'malformed'],
    ['http://host/x y', 'malformed'],
    ['http://host\\@evil/x', 'malformed'],
    ['http://host/\nx', 'malformed'],
    ['http://ho\tst/x', 'malformed'],
    ['http://[::1/x', 'malformed'],
  ])('%j is refused: %s', (text, reason) => {
    const made = make(text)
    expect(made.ok ? made.value : made.error.code === 'managed-identity-endpoint' && made.error.facts.reason).toBe(
      reason,
    )
  })

  test('http is refused where TLS is needed', () => {
    const made = make('http://host/x', true)
    expect(made.ok ? made.value : made.error.code === 'managed-identity-endpoint' && made.error.facts.reason).toBe(
      'not-https',
    )
  })

  test.each([['ftp://user:pass@host/x'], ['user:pass@host/x'], ['http://user:pass@/x'], ['http://user:pass@ho st/x']])(
    '%s is told without its password',
    (text) => {
      expect(JSON.stringify(make(text))).not.toContain('pass@')
    },
  )
})

describe('the proxy that an SDK would ask', () => {
  const imds = 'http://169.254.169.254/x'
  test.each<[string, Record<string, string>, string | null]>([
    ['nothing set', {}, null],
    ['http_proxy', { http_proxy: 'http://p' }, 'http_proxy'],
    ['HTTP_PROXY', { HTTP_PROXY: 'http://p' }, 'HTTP_PROXY'],
    ['lower case first', { HTTP_PROXY: 'http://p', http_proxy: 'http://q' }, 'http_proxy'],
    ['ALL_PROXY', { ALL_PROXY: 'http://p' }, 'ALL_PROXY'],
    ['HTTPS_PROXY is for https', { HTTPS_PROXY: 'http://p' }, null],
    ['an empty one', { HTTP_PROXY: '' }, null],
    ['spared by address', { HTTP_PROXY: 'http://p', NO_PROXY: 'localhost,169.254.169.254' }, null],
    ['spared by all', { HTTP_PROXY: 'http://p', NO_PROXY: '*' }, null],
    ['spared by network', { HTTP_PROXY: 'http://p', NO_PROXY: '169.254.0.0/16' }, null],
    ['not spared by another network', { HTTP_PROXY: 'http://p', NO_PROXY: '10.0.0.0/8' }, 'HTTP_PROXY'],
    ['not spared by nonsense', { HTTP_PROXY: 'http://p', NO_PROXY: '169.254.0.0/99,/8,.,:' }, 'HTTP_PROXY'],
    ['not spared by another port', { HTTP_PROXY: 'http://p', NO_PROXY: '169.254.169.254:81' }, 'HTTP_PROXY'],
    ['no_proxy beats NO_PROXY', { HTTP_PROXY: 'http://p', NO_PROXY: '*', no_proxy: 'x' }, 'HTTP_PROXY'],
  ])('%s', (_, variables, expected) => {
    const env = { get: (name: string) => variables[name], names: () => Object.keys(variables) }
    expect(findProxyInTheWay(imds, env)).toBe(expected)
  })

  // What each SDK does was seen in the conformance world: `proxy-over-imds` and `proxy-https-over-imds`.
  test.each<[string, Record<string, string>, SdkName, string | null]>([
    ['Python, lower case first', { HTTP_PROXY: 'http://p', http_proxy: 'http://q' }, 'python', 'http://q'],
    ['Python, one for all', { ALL_PROXY: 'http://p' }, 'python', 'http://p'],
    ['Python, not the one for https', { HTTPS_PROXY: 'http://p' }, 'python', null],
    ['JavaScript, whichever is set', { HTTPS_PROXY: 'http://p', HTTP_PROXY: 'http://q' }, 'js', 'http://p'],
    ['Go, upper case first', { HTTP_PROXY: 'http://p', http_proxy: 'http://q' }, 'go', 'http://p'],
    ['Go, none for all', { ALL_PROXY: 'http://p' }, 'go', null],
    ['a name without a scheme', { HTTP_PROXY: 'p:8080' }, 'python', 'http://p:8080'],
    ['no address at all', { HTTP_PROXY: 'http://:' }, 'python', null],
    ['spared', { HTTP_PROXY: 'http://p', NO_PROXY: '169.254.169.254' }, 'js', null],
  ])('%s', (_, variables, sdk, expected) => {
    const env = { get: (name: string) => variables[name], names: () => Object.keys(variables) }
    expect(proxyOfSdk(imds, env, sdk)).toBe(expected)
  })

  test('Go sends what is for this machine to no proxy, Python does', () => {
    const env = { get: (name: string) => ({ HTTP_PROXY: 'http://p' })[name], names: () => [] }
    expect(proxyOfSdk('http://127.0.0.1:1234/msi/token', env, 'go')).toBe(null)
    expect(proxyOfSdk('http://127.0.0.1:1234/msi/token', env, 'python')).toBe('http://p')
  })

  test('names are spared with what is below them', () => {
    const env = (noProxy: string) => ({
      get: (name: string) => ({ HTTP_PROXY: 'http://p', NO_PROXY: noProxy })[name],
      names: () => [],
    })
    expect(findProxyInTheWay('http://a.example.com/', env('example.com'))).toBe(null)
    expect(findProxyInTheWay('http://a.example.com/', env('.example.com'))).toBe(null)
    expect(findProxyInTheWay('http://a.example.com/', env('*.example.com'))).toBe(null)
    expect(findProxyInTheWay('http://badexample.com/', env('example.com'))).toBe('HTTP_PROXY')
  })
})
