import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { drawGithubFile, refuseName } from '../../src/output/exports.ts'
import {
  type FormatOptions,
  type PrintableToken,
  type TokenFormat,
  type TokenFormatName,
  tokenFormats,
} from '../../src/output/token-formats.ts'
import { expectSchema } from '../support/schemas.ts'

const token: PrintableToken = {
  accessToken: 'aaa.bbb.ccc',
  tokenType: 'Bearer',
  expiresOn: Date.UTC(2026, 10, 21, 2, 0, 0) + 987,
  refreshOn: null,
  tenant: '11111111-1111-1111-1111-111111111111',
  scopes: ['https://management.azure.com/.default'],
  resource: 'https://management.azure.com',
  credential: 'ClientSecretCredential',
  fromCache: false,
  variable: 'AZURE_ACCESS_TOKEN',
}

const options: FormatOptions = { shell: 'bash', execApiVersion: 'client.authentication.k8s.io/v1' }

function print(name: TokenFormatName, ...tokens: PrintableToken[]): string {
  const format: TokenFormat = tokenFormats[name]
  return format.print(tokens, options) ?? 'refused'
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

  test('env: a value with a NUL, which no environment holds, is refused', () => {
    expect(print('env', { ...token, accessToken: 'a\0b' })).toBe('refused')
  })

  test.each(['a\r\nX-Evil: 1', 'a b', 'é'])('header: %j, which would not be one header, is refused', (accessToken) => {
    expect(print('header', { ...token, accessToken })).toBe('refused')
  })

  test.each(['dotenv', 'gitlab'] as const)('%s: NAME=value lines without quotes', (format) => {
    expect(print(format, token, { ...token, variable: 'B', accessToken: 'ddd' })).toBe(
      'AZURE_ACCESS_TOKEN=aaa.bbb.ccc\nB=ddd\n',
    )
  })

  test.each(['$(id)', 'a\nB=c', "it's", 'a#b', 'a b', ''])(
    'dotenv: %j, which readers take differently, is refused',
    (value) => {
      expect(print('dotenv', { ...token, accessToken: value })).toBe('refused')
    },
  )

  test('github-actions: stdout carries the mask and nothing else', () => {
    expect(print('github-actions', token)).toBe('::add-mask::aaa.bbb.ccc\n')
  })

  test('github-actions: of several lines the whole and each line are masked, and none starts a command', () => {
    const text = print('github-actions', { ...token, accessToken: '50%\n::stop-commands::x\r\nc' })
    expect(text).toBe(
      '::add-mask::50%25%0A::stop-commands::x%0D%0Ac\n::add-mask::50%25\n::add-mask::::stop-commands::x\n::add-mask::c\n',
    )
  })

  test('azure-pipelines: a secret of this job, and an output for others', () => {
    expect(print('azure-pipelines', { ...token, accessToken: 'a%b;c]d' })).toBe(
      '##vso[task.setvariable variable=AZURE_ACCESS_TOKEN;issecret=true]a%AZP25b;c]d\n' +
        '##vso[task.setvariable variable=AZURE_ACCESS_TOKEN;issecret=true;isoutput=true]a%AZP25b;c]d\n',
    )
  })

  test('azure-pipelines: several lines, which the agent takes for no secret, are refused', () => {
    expect(print('azure-pipelines', { ...token, accessToken: 'a\n##vso[task.complete]' })).toBe('refused')
  })

  test('exec-credential: the version that was asked for, and whole seconds', () => {
    const content = JSON.parse(print('exec-credential', token))
    expectSchema('exec-credential', content)
    expect(content).toEqual({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
      status: { expirationTimestamp: '2026-11-21T02:00:00Z', token: 'aaa.bbb.ccc' },
    })
  })

  test('managed-identity: what App Service answers', () => {
    const content = JSON.parse(print('managed-identity', token))
    expectSchema('managed-identity', content)
    expect(content).toEqual({
      access_token: 'aaa.bbb.ccc',
      expires_on: String(Date.UTC(2026, 10, 21, 2, 0, 0) / 1000),
      resource: 'https://management.azure.com',
      token_type: 'Bearer',
    })
  })
})

describe('the files of a job of GitHub Actions', () => {
  /** As the runner reads them: NAME<<DELIMITER, lines up to one that is the delimiter. */
  function read(text: string): Record<string, string> {
    const found: Record<string, string> = {}
    const lines = text.split('\n')
    for (let at = 0; at < lines.length - 1; at++) {
      const [name = '', delimiter = ''] = (lines[at] ?? '').split('<<')
      const end = lines.indexOf(delimiter, at + 1)
      expect(end).toBeGreaterThan(at)
      found[name] = lines.slice(at + 1, end).join('\n')
      at = end
    }
    return found
  }

  test('are read back as they were, whatever the value', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 3 }), (values) => {
        let drawn = 0
        const text = drawGithubFile(
          values.map((value, index) => ({ name: `V${index}`, value })),
          () => String(drawn++),
        )
        expect(Object.values(read(text))).toEqual(values)
      }),
    )
  })

  test('a value that knows the delimiter does not end early', () => {
    const ids = ['1', '2']
    const text = drawGithubFile([{ name: 'A', value: 'x\nazid_1\nEVIL<<azid_1\ny' }], () => ids.shift() ?? '3')
    expect(read(text)).toEqual({ A: 'x\nazid_1\nEVIL<<azid_1\ny' })
  })

  test.each([
    ['github-actions', 'GITHUB_TOKEN', true],
    ['github-actions', 'runner_temp', true],
    ['github-actions', 'NODE_OPTIONS', true],
    ['github-actions', 'MY_TOKEN', false],
    ['azure-pipelines', 'secretToken', true],
    ['azure-pipelines', 'MY_SECRET', false],
    ['env', 'GITHUB_TOKEN', false],
  ])('%s: the name %s is refused: %s', (format, name, isRefused) => {
    expect(refuseName(name, format) !== null).toBe(isRefused)
  })
})
