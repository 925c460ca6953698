import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type ParsedValue,
  parseAddress,
  parseAllowedTenant,
  parseAssignment,
  parseBoolean,
  parseClaims,
  parseCredentialName,
  parseDuration,
  parseGuid,
  parseHostName,
  parseHttpsOrigin,
  parseIdentityResourceId,
  parseLimit,
  parsePath,
  parseTenant,
  parseVariableName,
} from '../../src/option-values.ts'

const read = <Value>(parsed: ParsedValue<Value>): Value | string =>
  parsed.ok ? parsed.value : `bad: ${parsed.error.reason}`

describe('durations', () => {
  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['7', 7000],
    ['1.5s', 1500],
    ['0', 0],
    ['576h', 2_073_600_000],
  ])('%s is %d ms', (text, ms) => expect(read(parseDuration(text))).toBe(ms))

  test.each(['', 's', '-1s', '1 s', '5M', '1e3', '1m30s', 'five', '٣s', '.5s', '1.s', 'Infinity', '0x10'])(
    '%j is no length of time',
    (text) => expect(read(parseDuration(text))).toBe('bad: is not a length of time'),
  )

  test('longer than a timer can hold is refused', () => {
    expect(read(parseDuration('2147483648ms'))).toBe('bad: is too long')
    expect(read(parseDuration('2147483647ms'))).toBe(2_147_483_647)
    expect(read(parseDuration('9'.repeat(400)))).toBe('bad: is too long')
  })

  test('a limit of nothing is refused, a least life of nothing is not', () => {
    expect(read(parseLimit('0s'))).toBe('bad: leaves no time at all')
    expect(read(parseLimit('0.1ms'))).toBe('bad: leaves no time at all')
    expect(read(parseLimit('1ms'))).toBe(1)
    expect(read(parseDuration('0s'))).toBe(0)
  })
})

describe('tenants', () => {
  test.each([
    'contoso.onmicrosoft.com',
    '72f988bf-86f1-41af-91ab-2d7cd011db47',
    'common',
    'organizations',
    'adfs',
    'a',
  ])('%s passes', (text) => expect(read(parseTenant(text))).toBe(text))
  test.each(['a b', 'contoso.com\n', '"contoso.com"', 'contoso/../x', 'tenant_1', 'ünï.de', '*', ' '])(
    '%j does not',
    (text) => expect(read(parseTenant(text))).toBe('bad: is neither a tenant id (a GUID) nor a domain name'),
  )
  test('a star allows every tenant', () => {
    expect(read(parseAllowedTenant('*'))).toBe('*')
    expect(read(parseAllowedTenant('**'))).toMatch(/^bad/)
  })
})

describe('ids', () => {
  test('a GUID is kept as it is written', () => {
    const id = 'ABCDEF01-2345-6789-abcd-ef0123456789'
    expect(read(parseGuid(id))).toBe(id)
  })
  test.each([
    '',
    'abc',
    '{ABCDEF01-2345-6789-abcd-ef0123456789}',
    'abcdef0123456789abcdef0123456789',
    'ABCDEF01-2345-6789-abcd-ef012345678g',
  ])('%j is no GUID', (text) => expect(read(parseGuid(text))).toBe('bad: is not a GUID'))
  test('the resource id of a user-assigned identity, in any case', () => {
    const id = '/subscriptions/S/resourcegroups/G/providers/Microsoft.ManagedIdentity/userAssignedIdentities/N'
    expect(read(parseIdentityResourceId(id))).toBe(id)
    expect(read(parseIdentityResourceId(id.replace('ManagedIdentity', 'Compute')))).toMatch(/^bad/)
    expect(read(parseIdentityResourceId(`${id}/more`))).toMatch(/^bad/)
  })
})

describe('authority hosts', () => {
  test.each([
    ['https://login.microsoftonline.us', 'https://login.microsoftonline.us'],
    ['https://login.microsoftonline.us/', 'https://login.microsoftonline.us'],
    ['login.microsoftonline.com', 'https://login.microsoftonline.com'],
    ['localhost:8443', 'https://localhost:8443'],
    ['https://127.0.0.1:8443/', 'https://127.0.0.1:8443'],
    ['https://LOGIN.example.com', 'https://login.example.com'],
    ['https://[::1]:8443', 'https://[::1]:8443'],
  ])('%s → %s', (text, origin) => expect(read(parseHttpsOrigin(text))).toBe(origin))

  test.each([
    ['http://login.example.com', 'is not an https URL'],
    ['ftp://login.example.com', 'is not an https URL'],
    ['https://user:pw@login.example.com', 'holds a user name or password'],
    ['https://login.example.com/?x=1', 'holds a query or a fragment'],
    ['https://login.example.com/#x', 'holds a query or a fragment'],
    ['https://login.example.com/common', 'holds a path'],
    ['https://', 'is not a URL'],
    ['a b', 'is not a URL'],
    ['https://a b', 'is not a URL'],
    ['https://x:99999', 'is not a URL'],
  ])('%s %s', (text, reason) => expect(read(parseHttpsOrigin(text))).toBe(`bad: ${reason}`))
})

describe('claims', () => {
  const json = '{"access_token":{"nbf":{"essential":true,"value":"1795226400"}}}'
  test('JSON is kept, base64 and base64url are decoded', () => {
    expect(read(parseClaims(json))).toBe(json)
    expect(read(parseClaims(` ${json}\n`))).toBe(json)
    expect(read(parseClaims(Buffer.from(json).toString('base64')))).toBe(json)
    expect(read(parseClaims(Buffer.from(json).toString('base64url')))).toBe(json)
  })
  test.each([
    ['{"a":', 'is not JSON'],
    ['[]', 'is neither JSON nor base64'],
    ['!!!', 'is neither JSON nor base64'],
    ['abcd', 'is not the base64 of a JSON object'],
    [Buffer.from('[1]').toString('base64'), 'is not the base64 of a JSON object'],
    [Buffer.from('null').toString('base64'), 'is not the base64 of a JSON object'],
    ['', 'is neither JSON nor base64'],
  ])('%s %s', (text, reason) => expect(read(parseClaims(text))).toBe(`bad: ${reason}`))
  test('any JSON object survives its base64', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (claims) => {
        const encoded = Buffer.from(JSON.stringify(claims)).toString('base64url')
        expect(JSON.parse(String(read(parseClaims(encoded))))).toEqual(JSON.parse(JSON.stringify(claims)))
      }),
    )
  })
})

describe('the rest', () => {
  test.each(['1', 'true', 'YES', 'on', ' On '])('%j is true', (text) => expect(read(parseBoolean(text))).toBe(true))
  test.each(['0', 'false', 'No', 'OFF'])('%j is false', (text) => expect(read(parseBoolean(text))).toBe(false))
  test.each(['2', 'ja', '', 'truee'])('%j is neither', (text) => expect(read(parseBoolean(text))).toMatch(/^bad/))

  test('names', () => {
    expect(read(parseVariableName('PGPASSWORD_1'))).toBe('PGPASSWORD_1')
    for (const name of ['1A', 'A-B', 'A B', 'a$(id)', '']) expect(read(parseVariableName(name))).toMatch(/^bad/)
    expect(read(parseCredentialName('AzureCliCredential'))).toBe('AzureCliCredential')
    for (const name of ['azure cli', '-c', '$x']) expect(read(parseCredentialName(name))).toMatch(/^bad/)
    expect(read(parsePath('a\0b'))).toMatch(/^bad/)
  })

  test.each([
    ['PGPASSWORD=postgres', { name: 'PGPASSWORD', target: 'postgres' }],
    ['A=https://x.example/.default?a=b', { name: 'A', target: 'https://x.example/.default?a=b' }],
    ['openai', { name: null, target: 'openai' }],
    ['https://vault.azure.net', 'bad: names no variable'],
    ['A=', 'bad: names no target'],
    ['=arm', 'bad: does not begin with a variable name'],
    ['A B=arm', 'bad: does not begin with a variable name'],
  ])('%j as an assignment', (text, expected) => {
    expect(read(parseAssignment(text))).toEqual(expected)
  })

  test.each([
    ['127.0.0.1', '127.0.0.1'],
    ['localhost', '127.0.0.1'],
    ['0.0.0.0', '0.0.0.0'],
    ['::1', '::1'],
    ['[fe80::1]', 'fe80::1'],
  ])('%j is an address', (text, address) => expect(read(parseAddress(text))).toBe(address))
  test.each(['127.1', '256.0.0.1', '127.0.0.1:80', 'example.com', '', ':', 'g::1', '0x7f000001'])(
    '%j is no address',
    (text) => expect(read(parseAddress(text))).toMatch(/^bad/),
  )
  test.each([
    ['Host.Docker.Internal', 'host.docker.internal'],
    ['[fe80::1]', 'fe80::1'],
    ['my_service', 'my_service'],
  ])('%j is a host name', (text, name) => expect(read(parseHostName(text))).toBe(name))
  test.each(['a b', 'http://a', 'a:80', '*', '', '.a', 'a/b'])('%j is no host name', (text) =>
    expect(read(parseHostName(text))).toMatch(/^bad/),
  )

  test('no check throws or repeats a value, whatever it is given', () => {
    const checks = [
      parseDuration,
      parseLimit,
      parseTenant,
      parseGuid,
      parseIdentityResourceId,
      parseHttpsOrigin,
      parseClaims,
      parseBoolean,
      parseVariableName,
      parseCredentialName,
      parseAssignment,
      parseAddress,
      parseHostName,
    ]
    fc.assert(
      fc.property(fc.string({ minLength: 12, unit: 'binary' }), (text) => {
        for (const check of checks) {
          const parsed = check(text)
          if (!parsed.ok) expect(`${parsed.error.reason} ${parsed.error.fix ?? ''}`).not.toContain(text)
        }
      }),
    )
  })
})
