/** Which proxy a URL gets: tables of cases. */
import { describe, expect, it } from 'vitest'
import { withoutCredentials } from '../../src/proxy-variables.ts'
import { chooseProxy } from '../../src/runtime-node/proxy.ts'
import { fakeRuntime } from '../fakes/runtime.ts'

function choose(url: string, env: Record<string, string>): string {
  const choice = chooseProxy(new URL(url), fakeRuntime({ env }).env)
  return choice.kind === 'proxy' ? choice.url.href : choice.kind === 'invalid' ? choice.detail : 'direct'
}

const proxy = 'http://proxy.test:3128/'

describe('chooseProxy', () => {
  it.each<[string, Record<string, string>, string]>([
    ['https://a.test', {}, 'direct'],
    ['https://a.test', { HTTPS_PROXY: proxy }, proxy],
    ['https://a.test', { https_proxy: proxy, HTTPS_PROXY: 'http://other.test' }, proxy],
    ['https://a.test', { https_proxy: '', HTTPS_PROXY: proxy }, 'direct'],
    ['https://a.test', { HTTP_PROXY: proxy }, 'direct'],
    ['http://a.test', { HTTP_PROXY: proxy }, proxy],
    ['http://a.test', { HTTP_PROXY: proxy, REQUEST_METHOD: 'GET' }, 'direct'],
    ['http://a.test', { http_proxy: proxy, REQUEST_METHOD: 'GET' }, proxy],
    ['https://a.test', { HTTPS_PROXY: 'proxy.test:3128' }, proxy],
    [
      'https://a.test',
      { HTTPS_PROXY: 'socks5://proxy.test:1080' },
      'HTTPS_PROXY names a socks5 proxy; http and https are supported',
    ],
    ['https://a.test', { HTTPS_PROXY: 'http://user:pa ss@:::' }, 'HTTPS_PROXY is not the address of a proxy'],
  ])('%s with %j: %s', (url, env, expected) => {
    expect(choose(url, env)).toBe(expected)
  })

  it.each([
    'http://localhost:80',
    'http://app.localhost',
    'http://127.0.0.1',
    'http://127.255.1.2:4000',
    'https://[::1]:443',
    'http://169.254.169.254/metadata',
    'http://169.254.130.3',
    'http://[fe80::1]',
    'http://2130706433/',
    'http://[::ffff:127.0.0.1]',
  ])('%s never goes through a proxy', (url) => {
    expect(choose(url, { HTTP_PROXY: proxy, HTTPS_PROXY: proxy })).toBe('direct')
  })

  it.each(['https://localhost.evil.test', 'https://128.0.0.1', 'https://169.253.1.1', 'https://127.0.0.1.evil.test'])(
    '%s only looks near',
    (url) => {
      expect(choose(url, { HTTPS_PROXY: proxy })).toBe(proxy)
    },
  )

  it.each<[string, string, boolean]>([
    ['*', 'https://a.test', true],
    ['a.test', 'https://a.test', true],
    ['a.test', 'https://sub.a.test', true],
    ['a.test', 'https://ba.test', false],
    ['.a.test', 'https://sub.a.test', true],
    ['.a.test', 'https://a.test', true],
    ['*.a.test', 'https://sub.a.test', true],
    ['A.TEST', 'https://a.test', true],
    ['x.test, a.test', 'https://a.test', true],
    ['x.test a.test', 'https://a.test', true],
    [' , ,', 'https://a.test', false],
    ['a.test:8443', 'https://a.test:8443', true],
    ['a.test:8443', 'https://a.test', false],
    ['a.test:443', 'https://a.test', true],
    ['10.0.0.0/8', 'https://10.20.30.40', true],
    ['10.0.0.0/8', 'https://11.0.0.1', false],
    ['10.0.0.0/8', 'https://10.a.test', false],
    ['10.1.2.3', 'https://10.1.2.3', true],
    ['10.1.2.3:444', 'https://10.1.2.3', false],
    ['0.1.2.3', 'https://10.1.2.3', false],
    ['fd00::/8', 'https://[fd12::1]', true],
    ['fd12::1', 'https://[fd12:0::1]', true],
    ['[fd12::1]:443', 'https://[fd12::1]', true],
    ['[fd12::1]:444', 'https://[fd12::1]', false],
    ['10.0.0.0/99', 'https://10.0.0.1', false],
  ])('NO_PROXY=%s covers %s: %s', (list, url, isCovered) => {
    expect(choose(url, { HTTPS_PROXY: proxy, NO_PROXY: list })).toBe(isCovered ? 'direct' : proxy)
    expect(choose(url, { HTTPS_PROXY: proxy, no_proxy: list })).toBe(isCovered ? 'direct' : proxy)
  })

  it('shows a proxy without its credentials', () => {
    expect(withoutCredentials(new URL('http://user:secret@proxy.test:3128/path'))).toBe('http://proxy.test:3128')
  })
})
