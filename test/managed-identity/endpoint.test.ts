import { describe, expect, test } from 'vitest'
import { makeEndpoint } from '../../src/engine/managed-identity/endpoint.ts'

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
