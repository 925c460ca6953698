import { describe, expect, test } from 'vitest'
import { type AuthorityQuestion, hasOtherScheme, resolveAuthority } from '../../src/engine/authority.ts'

function resolve(question: Partial<AuthorityQuestion>): ReturnType<typeof resolveAuthority> {
  return resolveAuthority({ sdk: 'python', ...question })
}

const option = (value: string): Pick<AuthorityQuestion, 'host'> => ({ host: { value, source: '--authority-host' } })
const cloud = (value: 'public' | 'usgov' | 'china'): Pick<AuthorityQuestion, 'cloud'> => ({
  cloud: { value, source: '--cloud' },
})

describe('which authority', () => {
  test.each([
    [{}, 'https://login.microsoftonline.com', 'public', true, false],
    [{ variable: 'login.microsoftonline.us' }, 'https://login.microsoftonline.us', 'usgov', true, false],
    [{ variable: 'https://login.chinacloudapi.cn/' }, 'https://login.chinacloudapi.cn', 'china', true, false],
    [
      { variable: 'https://login.partner.microsoftonline.cn // ' },
      'https://login.partner.microsoftonline.cn',
      'china',
      true,
      false,
    ],
    [{ variable: 'https://login.windows.net' }, 'https://login.windows.net', 'public', true, false],
    [{ variable: 'https://login.sovcloud-identity.fr' }, 'https://login.sovcloud-identity.fr', 'public', true, false],
    [{ variable: 'https://contoso.ciamlogin.com' }, 'https://contoso.ciamlogin.com', 'public', true, false],
    // Only a variable of the SDKs names it: instance discovery decides.
    [{ variable: 'https://login.example' }, 'https://login.example', 'public', false, false],
    [
      { variable: 'https://login.example', disableInstanceDiscovery: true },
      'https://login.example',
      'public',
      false,
      true,
    ],
    // The person named it.
    [option('https://login.example'), 'https://login.example', 'public', false, true],
    [option('login.example'), 'https://login.example', 'public', false, true],
    [option('https://localhost:8443'), 'https://localhost:8443', 'public', false, true],
    [option('https://LOGIN.Microsoftonline.COM:443/'), 'https://login.microsoftonline.com', 'public', true, true],
    [{ ...option('https://login.example'), ...cloud('usgov') }, 'https://login.example', 'usgov', false, true],
    [cloud('china'), 'https://login.chinacloudapi.cn', 'china', true, true],
    // Precedence: option, cloud, variable.
    [
      { ...option('https://login.example'), variable: 'https://other.example' },
      'https://login.example',
      'public',
      false,
      true,
    ],
    [{ ...cloud('usgov'), variable: 'https://other.example' }, 'https://login.microsoftonline.us', 'usgov', true, true],
    [{ variable: '', sdk: 'js' }, 'https://login.microsoftonline.com', 'public', true, false],
  ] as const)('%j', (question, host, cloudName, isMicrosoft, isTrusted) => {
    expect(resolve(question)).toEqual({ ok: true, value: { host, cloud: cloudName, isMicrosoft, isTrusted } })
  })

  test.each([
    'https://login.microsoftonline.com.evil.example',
    'https://xlogin.microsoftonline.com',
    'https://login.microsoftonline.com:8443',
    'https://a.b.ciamlogin.com',
    'https://constructor',
  ])('%s is not Microsoft’s', (value) => {
    expect(resolve({ variable: value })).toMatchObject({ ok: true, value: { isMicrosoft: false, isTrusted: false } })
  })
})

describe('an authority that cannot be used', () => {
  test.each([
    ['http://login.example', 'is not an https URL'],
    ['https://login.example/tenant', 'holds a path'],
    ['https://login.example?x=1', 'holds a query'],
    ['https://user:word@login.example', 'holds a user name'],
    ['https://', 'is not a URL'],
    ['a b', 'is not a URL'],
    ['', 'is not a URL'],
  ])('%j %s', (value, reason) => {
    expect(resolve(option(value))).toMatchObject({
      ok: false,
      error: { kind: 'option', source: '--authority-host', reason: expect.stringContaining(reason) },
    })
    expect(resolve({ variable: value })).toMatchObject({
      ok: false,
      error: { kind: 'variable', source: 'AZURE_AUTHORITY_HOST' },
    })
  })

  test('the password of a URL is not repeated', () => {
    for (const value of ['https://user:hunter2hunter2@login.example', 'user:hunter2hunter2@login.example']) {
      expect(JSON.stringify(resolve(option(value)))).not.toContain('hunter2')
    }
  })

  test('a host of another cloud than the one that is named', () => {
    expect(resolve({ ...option('https://login.microsoftonline.us'), ...cloud('china') })).toMatchObject({
      ok: false,
      error: { reason: 'is an authority of the usgov cloud, not of china' },
    })
  })

  test('a port without a scheme is one to Python, and so is refused where only the variable says it', () => {
    expect(resolve({ variable: 'localhost:8443' })).toMatchObject({
      ok: false,
      error: { reason: 'is not an https URL' },
    })
    for (const sdk of ['js', 'dotnet', 'java', 'go'] as const) {
      const error = { reason: 'does not begin with https://' }
      expect(resolve({ variable: 'localhost:8443', sdk }), sdk).toMatchObject({ ok: false, error })
    }
    expect(resolve(option('localhost:8443'))).toMatchObject({ ok: true, value: { host: 'https://localhost:8443' } })
    expect(['http://x', 'localhost:8443', 'https://x', 'x', 'HTTPS://x', 'ftp:x'].map(hasOtherScheme)).toEqual([
      true,
      true,
      false,
      false,
      false,
      true,
    ])
  })
})
