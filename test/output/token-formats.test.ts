import { execFileSync } from 'node:child_process'
import { describe, expect, test } from 'vitest'
import { isVariableName, quoteForShell } from '../../src/output/shell.ts'
import { type PrintableToken, type TokenFormatName, tokenFormats } from '../../src/output/token-formats.ts'

const token: PrintableToken = {
  accessToken: 'aaa.bbb.ccc',
  tokenType: 'Bearer',
  expiresOn: Date.UTC(2026, 10, 21, 2, 0, 0) + 987,
  refreshOn: null,
  tenant: '11111111-1111-1111-1111-111111111111',
  scopes: ['https://management.azure.com/.default'],
  credential: 'ClientSecretCredential',
  fromCache: false,
  variable: 'AZURE_ACCESS_TOKEN',
}

function print(format: TokenFormatName, ...tokens: PrintableToken[]): string {
  return tokenFormats[format].print(tokens, { shell: 'bash' })
}

describe('token formats', () => {
  test('token: the bare token and one newline', () => {
    expect(print('token', token)).toBe('aaa.bbb.ccc\n')
  })

  test('header: a line that `curl -H @-` takes', () => {
    expect(print('header', token)).toBe('Authorization: Bearer aaa.bbb.ccc\n')
  })

  test('json: the contract, in whole seconds', () => {
    expect(JSON.parse(print('json', token))).toEqual({
      schemaVersion: 1,
      accessToken: 'aaa.bbb.ccc',
      tokenType: 'Bearer',
      expiresOn: '2026-11-21T02:00:00Z',
      expires_on: Date.UTC(2026, 10, 21, 2, 0, 0) / 1000,
      refreshOn: null,
      tenant: '11111111-1111-1111-1111-111111111111',
      scopes: ['https://management.azure.com/.default'],
      credential: 'ClientSecretCredential',
      fromCache: false,
    })
  })

  test('json: several tokens are an array', () => {
    const content = JSON.parse(print('json', token, { ...token, accessToken: 'ddd' }))
    expect(content.schemaVersion).toBe(1)
    expect(content.tokens.map((each: { accessToken: string }) => each.accessToken)).toEqual(['aaa.bbb.ccc', 'ddd'])
  })

  test('az: its keys in its order, its local time in its form', () => {
    const text = print('az', token)
    const content = JSON.parse(text)
    expect(Object.keys(content)).toEqual(['accessToken', 'expiresOn', 'expires_on', 'tenant', 'tokenType'])
    expect(content.expiresOn).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.000000$/)
    expect(new Date(content.expiresOn.replace(' ', 'T')).getTime() / 1000).toBe(content.expires_on)
    expect(text.startsWith('{\n  "accessToken": "aaa.bbb.ccc",\n')).toBe(true)
  })

  test('azd: token and UTC expiry', () => {
    expect(print('azd', token)).toBe('{\n  "token": "aaa.bbb.ccc",\n  "expiresOn": "2026-11-21T02:00:00Z"\n}\n')
  })

  test('env: one export a token', () => {
    expect(print('env', token, { ...token, variable: 'B', accessToken: "it's" })).toBe(
      "export AZURE_ACCESS_TOKEN='aaa.bbb.ccc'\nexport B='it'\\''s'\n",
    )
  })
})

describe('quoteForShell', () => {
  test.each(["it's", '$(touch x)', '`id`', 'a\nb', '"', '\\', '!x', '* ? [a]', ''])('bash reads back %j', (value) => {
    const script = `export V=${quoteForShell(value, 'bash')}; printf %s "$V"`
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toBe(value)
  })
})

test.each([
  ['AZURE_TOKEN', true],
  ['_a1', true],
  ['1a', false],
  ['a-b', false],
  ['a=b', false],
  ['', false],
  ['a b', false],
  ['é', false],
])('isVariableName: %j is %s', (name, isName) => {
  expect(isVariableName(name)).toBe(isName)
})
