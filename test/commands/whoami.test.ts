import { describe, expect, test } from 'vitest'
import { main } from '../../src/main.ts'
import type { HttpResult } from '../../src/runtime.ts'
import { type FakeRuntime, type FakeRuntimeOptions, fakeRuntime, networkError, respond } from '../fakes/runtime.ts'
import {
  appClaims,
  encode,
  guestClaims,
  type Json,
  makeKey,
  makeToken,
  now,
  nowSeconds,
  otherTenantId,
  personalClaims,
  signToken,
  systemAssignedClaims,
  tenantId,
  userAssignedClaims,
  userClaims,
  userId,
  v1Issuer,
  v2UserClaims,
} from '../jwt/tokens.ts'
import { expectSchema } from '../support/schemas.ts'

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  readonly runtime: FakeRuntime
}

async function whoami(args: readonly string[], options: FakeRuntimeOptions = {}): Promise<Run> {
  const runtime = fakeRuntime({ now, ...options, env: { TZ: 'UTC', ...options.env } })
  const code = await main(['whoami', ...args], runtime)
  return { code, stdout: runtime.stdout, stderr: runtime.stderr, runtime }
}

const decode = (claims: Json | string, args: readonly string[] = [], header?: Json): Promise<Run> =>
  whoami(['--token', '-', ...args], { stdin: makeToken(claims, header) })

async function decodeJson(claims: Json | string, args: readonly string[] = [], header?: Json): Promise<Json> {
  const run = await decode(claims, ['--json', ...args], header)
  expect(run.code).toBe(0)
  const answer = JSON.parse(run.stdout) as Json
  expectSchema('whoami', answer)
  return answer
}

const key = makeKey('key-1')
const metadata = `https://login.microsoftonline.com/${tenantId}/.well-known/openid-configuration`
const keysUrl = `https://login.microsoftonline.com/${tenantId}/discovery/keys`
const authority = ({ url }: { readonly url: string }): HttpResult => {
  if (url === metadata) return respond(200, { issuer: v1Issuer(), jwks_uri: keysUrl })
  return url === keysUrl ? respond(200, { keys: [key.jwk] }) : respond(404)
}

describe('whoami: where the token comes from', () => {
  const token = makeToken(userClaims)

  test('stdin', async () => {
    const { code, stdout, stderr } = await whoami(['--token', '-'], { stdin: `Bearer ${token}\n` })
    expect(code).toBe(0)
    expect(stdout).toContain('ada@contoso.example')
    expect(stderr).toBe('')
  })

  test('a file', async () => {
    const { code, stdout } = await whoami(['--token', '/work/token.txt'], { files: { '/work/token.txt': token } })
    expect(code).toBe(0)
    expect(stdout).toContain('ada@contoso.example')
  })

  test('a file in UTF-16, as PowerShell 5 writes it', async () => {
    const content = Buffer.from(`\ufeff${token}\r\n`, 'utf16le')
    const { code } = await whoami(['--token', '/work/token.txt'], { files: { '/work/token.txt': content } })
    expect(code).toBe(0)
  })

  test('the command line, with a warning', async () => {
    const { code, stdout, stderr } = await whoami(['--token', token])
    expect(code).toBe(0)
    expect(stdout).toContain('ada@contoso.example')
    expect(stderr).toBe(
      'warning: a token on the command line is kept in the history of the shell and shown to other users by `ps`; pipe it in: --token -\n',
    )
    expect((await whoami(['--token', token, '--quiet'])).stderr).toBe('')
  })

  test('nothing is sent, no file but the token is read', async () => {
    const { runtime } = await whoami(['--token', '-'], { stdin: token, http: () => networkError('refused', 'no') })
    expect(runtime.http.requests).toEqual([])
  })

  test('AZURE_AUTHORITY_HOST that is none keeps nobody from decoding', async () => {
    expect((await whoami(['--token', '-'], { stdin: token, env: { AZURE_AUTHORITY_HOST: 'http://x' } })).code).toBe(0)
    expect(
      (await whoami(['--token', '-', '--verify'], { stdin: token, env: { AZURE_AUTHORITY_HOST: 'http://x' } })).code,
    ).toBe(2)
  })
})

const [header = '', payload = ''] = makeToken(userClaims).split('.')

/** A name, what stdin holds, and what is said of it. */
const broken: readonly (readonly [string, string | Uint8Array | undefined, string])[] = [
  ['a closed stdin', undefined, 'there is no token: the input is empty'],
  ['blanks', ' \n', 'there is no token: the input is empty'],
  ['two parts', `${header}.${payload}`, 'the token has 2 parts, a JWT has three'],
  ['one part', header, 'the token has one part, a JWT has three'],
  ['four parts', `${header}.${payload}.x.y`, 'the token has 4 parts, a JWT has three'],
  ['a header that is no JSON', makeToken({}, 'x'), 'the header of the token is not JSON'],
  ['a payload that is no JSON', makeToken('x'), 'the payload of the token is not JSON'],
  ['a payload that is a list', makeToken('[]'), 'the payload of the token is JSON, but not an object'],
  ['a payload that is not base64url', `${header}.%%%.x`, 'the payload of the token is not base64url'],
  [
    'deep nesting',
    makeToken(`{"a":${'['.repeat(9999)}${']'.repeat(9999)}}`),
    'the payload of the token is nested too deeply to be one',
  ],
  ['an error message', 'ERROR: Please run az login', 'the input is not a token'],
  [
    'random bytes',
    new Uint8Array(500).map((_, index) => (index * 7919) % 256),
    'the header of the token is not base64url',
  ],
  ['ten megabytes', `${header}.${'a'.repeat(10 * 1024 * 1024)}.x`, 'the input is larger than 1 MiB: no token is'],
  [
    'one and a half megabytes',
    `${header}.${'a'.repeat(1.5 * 1024 * 1024)}.x`,
    'the input is larger than 1 MiB: no token is',
  ],
]

describe('whoami: a broken token is wrong usage, and never repeated', () => {
  test.each(broken)('%s', async (_, stdin, message) => {
    const run = await whoami(['--token', '-'], stdin === undefined ? {} : { stdin })
    expect(run.code).toBe(2)
    expect(run.stdout).toBe('')
    expect(run.stderr).toContain(`error: ${message}`)
    expect(run.stderr).toMatch(/\nfrom +(?:stdin|--token)\ndo +\S/)
    expect(run.stderr).not.toContain(payload)
    expect(run.stderr.length).toBeLessThan(300)
  })

  test('the same under --json', async () => {
    const { code, stdout } = await whoami(['--token', '-', '--json'], { stdin: `${header}.${payload}` })
    expect(code).toBe(2)
    expectSchema('error', JSON.parse(stdout))
  })

  test('a terminal on stdin', async () => {
    const { code, stderr } = await whoami(['--token', '-'], { isTerminal: { stdin: true } })
    expect(code).toBe(2)
    expect(stderr).toContain('stdin is a terminal')
  })

  test('a file that is not there, or not to be read', async () => {
    const missing = await whoami(['--token', '/work/none.txt'])
    expect([missing.code, missing.stderr]).toEqual([2, expect.stringContaining('there is no such file')])
    const folder = await whoami(['--token', '/tmp'])
    expect([folder.code, folder.stderr]).toEqual([2, expect.stringContaining('it is a folder')])
    const big = await whoami(['--token', '/work/big'], { files: { '/work/big': new Uint8Array(11 * 1024 * 1024) } })
    expect([big.code, big.stderr]).toEqual([2, expect.stringContaining('larger than 1 MiB')])
  })

  test('a value that could be a secret is not repeated', async () => {
    const { code, stderr } = await whoami(['--token', 'hunter2-hunter2'])
    expect(code).toBe(2)
    expect(stderr).not.toContain('hunter2')
  })
})

describe('whoami: an opaque token gets an answer', () => {
  const word = 'EwBwA8l6BAAU7p9QDpi/D7xJLwsTgCg3TskyTaQAAXuoStFbEw+hEwBwA8l6BAAU'
  test.each([
    ['opaque', word, 'opaque'],
    [
      'encrypted',
      [{ alg: 'dir', enc: 'A256GCM' }, '', 'x', 'y', 'z'].map((part) => encode(part)).join('.'),
      'encrypted',
    ],
    ['a refresh token', `0.AXoA${'x'.repeat(80)}`, 'refresh-token'],
  ])('%s', async (_, stdin, id) => {
    const run = await whoami(['--token', '-', '--json'], { stdin })
    expect(run.code).toBe(0)
    const answer = JSON.parse(run.stdout) as Json
    expectSchema('whoami', answer)
    expect(answer).toMatchObject({
      identity: { type: 'unknown', name: null, guest: false },
      times: { expiresOn: null, expired: false },
      signature: 'not-checked',
      claims: {},
      notes: [{ id }],
    })
    expect(run.stdout).not.toContain(stdin)
    const human = await whoami(['--token', '-'], { stdin })
    expect(human.code).toBe(0)
    expect(human.stdout).toContain('unknown: the token is opaque')
    expect(human.stdout).not.toContain(stdin)
  })

  test('on the command line too', async () => {
    expect((await whoami(['--token', word.replaceAll('/', 'x')])).code).toBe(0)
  })

  test('acquired: its expiry is what its source said, and so is who gave it', async () => {
    const expiresOn = nowSeconds + 7200
    const acquire = (args: readonly string[]): Promise<Run> =>
      whoami(['-c', 'managed-identity', ...args], {
        env: { IDENTITY_ENDPOINT: 'http://127.0.0.1:41741/msi/token', IDENTITY_HEADER: 'header-secret' },
        http: () =>
          respond(200, { access_token: word, expires_on: String(expiresOn), token_type: 'Bearer', resource: 'x' }),
      })
    const run = await acquire([])
    expect([run.code, run.stderr]).toEqual([0, ''])
    expect(run.stdout).toContain('expires in 2 hours')
    expect(run.stdout).toContain('given by ManagedIdentityCredential')
    expect(run.stdout).not.toContain(word)
    const json = await acquire(['--json'])
    expectSchema('whoami', JSON.parse(json.stdout))
    expect(JSON.parse(json.stdout)).toMatchObject({
      times: { expiresOn: '2026-11-21T02:00:00Z' },
      notes: [{ id: 'opaque' }],
    })
  })

  test('it cannot be verified, and is nobody that was expected', async () => {
    const run = await whoami(['--token', '-', '--verify'], { stdin: word })
    expect(run.code).toBe(7)
    expect(run.stderr).toBe(
      'error: the signature cannot be checked: the token is opaque: there is no signature that others could check\n',
    )
    expect((await whoami(['--token', '-', '--expect-type', 'user'], { stdin: word })).code).toBe(7)
  })
})

describe('whoami --json: the contract', () => {
  test('of a user', async () => {
    const answer = await decodeJson(userClaims)
    expect(answer).toEqual({
      schemaVersion: 1,
      identity: {
        type: 'user',
        name: 'ada@contoso.example',
        objectId: userId,
        tenantId,
        appId: userClaims['appid'],
        guest: false,
      },
      audience: { value: 'https://management.azure.com/', name: 'Azure Resource Manager' },
      times: {
        issuedAt: '2026-11-20T23:43:20Z',
        notBefore: '2026-11-20T23:43:20Z',
        expiresOn: '2026-11-21T00:43:20Z',
        expired: false,
      },
      signature: 'not-checked',
      claims: userClaims,
      notes: [
        { id: 'v1-token', text: expect.any(String) },
        { id: 'mfa', text: expect.any(String) },
      ],
    })
  })

  test.each([
    ['milliseconds', now],
    ['a float', nowSeconds + 0.75],
    ['text', String(nowSeconds)],
    ['the year 12000', 316_516_204_800],
    ['negative', -62_135_596_801],
    ['huge', 1e300],
    ['null', null],
    ['an object', { seconds: 1 }],
  ])('times that are %s keep the schema', async (_, exp) => {
    await decodeJson({ ...userClaims, exp, iat: exp, nbf: exp })
  })

  test('nothing but the JSON is printed, and it is one object', async () => {
    const run = await decode(userClaims, ['--json', '-v'])
    expect(() => JSON.parse(run.stdout)).not.toThrow()
    expect(run.stdout.endsWith('}\n')).toBe(true)
  })
})

/** What a hostile issuer might put into every claim that is shown. */
const hostile = [
  '\u001b[2J\u001b]0;owned\u0007',
  'a\n::set-output name=token::x\n  ::error::y',
  '##vso[task.setvariable variable=x]y',
  'x ##[error]y',
  '\u009b31mred',
  '\u202egnp.exe',
  'a\r\nexpires in 9 years',
  '\u2028line\u2029paragraph',
]

describe('whoami: hostile claims are shown, not obeyed', () => {
  const claims = Object.fromEntries(
    Object.keys({ ...userClaims, ...guestClaims, ...userAssignedClaims }).map((name, index) => [
      name,
      hostile[index % hostile.length],
    ]),
  )
  const more: Json = { ...claims, roles: hostile, groups: hostile, wids: hostile, amr: hostile, acrs: hostile }
  for (const text of hostile) more[text] = text

  test.each([
    ['for a person', ['--all-claims']],
    ['as JSON', ['--json']],
  ])('%s', async (_, args) => {
    const { code, stdout, stderr } = await decode(more, args, {
      alg: 'RS256',
      kid: hostile[0],
      [hostile[1] ?? '']: hostile[2],
    })
    expect(code).toBe(0)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
    expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069]/)
    expect(stdout).not.toMatch(/^\s*::/m)
    expect(stdout).not.toMatch(/##(?:\[|vso\[)/)
    expect(stdout).not.toMatch(/^expires in 9 years/m)
    expect(stderr).toBe('')
  })

  test('values are the same in JSON, however escaped', async () => {
    const run = await decode(more, ['--json'])
    expect((JSON.parse(run.stdout) as Json)['claims']).toEqual(more)
  })

  test('huge claims are shortened for a person', async () => {
    const { stdout } = await decode(
      { ...userClaims, name: 'n'.repeat(200_000), roles: Array(5000).fill('role'), x: 'x'.repeat(200_000) },
      ['--all-claims'],
    )
    expect(stdout.length).toBeLessThan(8000)
    expect(stdout).toContain('(200000 characters)')
    expect(stdout).toContain('and 4960 more')
  })

  test('expectations and signatures are said without obeying either', async () => {
    const { stderr } = await decode({ ...userClaims, tid: '\u001b[31m\n::error::x' }, ['--expect-tenant', tenantId])
    expect(stderr).toBe(`error: expected the tenant ${tenantId}, but the token is of \\x1b[31m ::error::x\n`)
  })
})

describe('whoami --expect-…', () => {
  test.each([
    [['--expect-tenant', tenantId]],
    [['--expect-tenant', tenantId.toUpperCase()]],
    [['--expect-user', 'Ada@Contoso.example']],
    [['--expect-user', userId]],
    [['--expect-type', 'user']],
    [['--expect-type', 'user', '--expect-tenant', tenantId, '--expect-user', userId]],
  ])('%s is met', async (args) => {
    expect((await decode(userClaims, args)).code).toBe(0)
  })

  test.each([
    [['--expect-tenant', otherTenantId], `expected the tenant ${otherTenantId}, but the token is of ${tenantId}`],
    [
      ['--expect-user', 'grace@contoso.example'],
      'expected the identity grace@contoso.example, but the token is of ada@contoso.example',
    ],
    [['--expect-user', otherTenantId], `expected the identity ${otherTenantId}, but the token is of ${userId}`],
    [
      ['--expect-user', String(userClaims['appid'])],
      `expected the identity ${userClaims['appid']}, but the token is of ${userId}`,
    ],
    [['--expect-type', 'managed-identity'], "expected a managed-identity, but the token's subject is a user"],
  ])('%s is not met: one line each, and exit 7', async (args, message) => {
    const run = await decode(userClaims, args)
    expect(run.code).toBe(7)
    expect(run.stdout).toContain('ada@contoso.example')
    expect(run.stderr).toBe(`error: ${message}\n`)
  })

  test('a mail address that anybody could have written is no login name', async () => {
    expect(
      (await decode({ ...v2UserClaims, email: 'ceo@contoso.example' }, ['--expect-user', 'ceo@contoso.example'])).code,
    ).toBe(7)
  })

  test('two that are not met are two lines, and one JSON object', async () => {
    const args = ['--expect-tenant', otherTenantId, '--expect-type', 'service-principal']
    expect((await decode(userClaims, args)).stderr.split('\n')).toHaveLength(3)
    const { code, stdout } = await decode(userClaims, [...args, '--json'])
    expect(code).toBe(7)
    expectSchema('error', JSON.parse(stdout))
  })

  test('an application by its client id or object id', async () => {
    expect((await decode(appClaims, ['--expect-user', String(appClaims['appid'])])).code).toBe(0)
    expect((await decode(appClaims, ['--expect-user', userId])).code).toBe(0)
    expect((await decode(appClaims, ['--expect-user', otherTenantId])).code).toBe(7)
  })

  test('a tenant by its domain is looked up at the authority', async () => {
    const url = 'https://login.microsoftonline.com/contoso.example/v2.0/.well-known/openid-configuration'
    const run = await whoami(['--token', '-', '--expect-tenant', 'contoso.example'], {
      stdin: makeToken(userClaims),
      http: [{ url, answer: respond(200, { issuer: `https://login.microsoftonline.com/${tenantId}/v2.0` }) }],
    })
    expect(run.code).toBe(0)
  })
})

describe('whoami --verify', () => {
  const verify = (token: string, args: readonly string[] = [], options: FakeRuntimeOptions = {}): Promise<Run> =>
    whoami(['--token', '-', '--verify', ...args], { stdin: token, http: authority, ...options })

  test('valid', async () => {
    const run = await verify(signToken(userClaims, key))
    expect([run.code, run.stderr]).toEqual([0, ''])
    expect(run.stdout).toContain('signature    valid: the signature is that of a key')
    const json = await verify(signToken(userClaims, key), ['--json'])
    expectSchema('whoami', JSON.parse(json.stdout))
    expect(JSON.parse(json.stdout)).toMatchObject({ signature: 'valid' })
  })

  test('expired, and still valid: two things, said apart', async () => {
    const token = signToken({ ...userClaims, exp: nowSeconds - 7200 }, key)
    const run = await verify(token)
    expect(run.code).toBe(0)
    expect(run.stdout).toContain('expired 2 hours ago')
    expect(run.stdout).toContain('apart from that, the token has expired')
    expect(run.stdout).toContain('signature    valid')
    const json = JSON.parse((await verify(token, ['--json'])).stdout)
    expect(json).toMatchObject({ signature: 'valid', times: { expired: true } })
  })

  test('expired a minute ago, and valid in ten', async () => {
    const late = await verify(signToken({ ...userClaims, exp: nowSeconds - 60 }, key))
    expect(late.stdout).toContain('expired 1 minute ago')
    expect(late.stdout).toContain('within the five minutes')
    const early = await verify(signToken({ ...userClaims, nbf: nowSeconds + 600 }, key))
    expect(early.stdout).toContain('apart from that, the token is not valid yet')
  })

  test('invalid', async () => {
    const token = makeToken(userClaims)
    const run = await verify(token)
    expect(run.code).toBe(7)
    expect(run.stdout).toContain('signature    invalid: ')
    expect(run.stderr).toBe(
      'error: the signature is invalid: the signature does not fit the content: it was changed, cut, or signed by somebody else\n',
    )
    const json = await verify(token, ['--json'])
    expect(json.code).toBe(7)
    expectSchema('whoami', JSON.parse(json.stdout))
    expect(JSON.parse(json.stdout)).toMatchObject({
      signature: 'invalid',
      notes: expect.arrayContaining([expect.objectContaining({ id: 'signature-signature-wrong' })]),
    })
  })

  test('unverifiable: Microsoft Graph', async () => {
    const run = await verify(signToken(userClaims, key, { nonce: 'x' }), ['--json'])
    expect(run.code).toBe(7)
    expect(JSON.parse(run.stdout)).toMatchObject({ signature: 'unverifiable' })
    expect(run.runtime.http.requests).toEqual([])
  })

  test('the network fails: the description is still there, and exit 5', async () => {
    const http = (): HttpResult => networkError('refused', 'connect ECONNREFUSED 127.0.0.1:1', '127.0.0.1:1')
    const run = await verify(signToken(userClaims, key), [], { http })
    expect(run.code).toBe(5)
    expect(run.stdout).toContain('ada@contoso.example')
    expect(run.stdout).toContain('signature    not checked: the keys could not be had')
    expect(run.stderr).toBe(
      'error: the keys of the authority could not be had: 127.0.0.1:1: connect ECONNREFUSED 127.0.0.1:1\n',
    )
    const json = await verify(signToken(userClaims, key), ['--json'], { http })
    expect(json.code).toBe(5)
    expectSchema('error', JSON.parse(json.stdout))
  })

  test('keys come from the authority in use', async () => {
    const host = 'https://login.contoso.example'
    const issuer = `${host}/${tenantId}/v2.0`
    const run = await verify(signToken({ ...v2UserClaims, iss: issuer }, key), ['--authority-host', host], {
      http: [
        {
          url: `${issuer}/.well-known/openid-configuration`,
          answer: respond(200, { issuer, jwks_uri: `${host}/keys` }),
        },
        { url: `${host}/keys`, answer: respond(200, { keys: [key.jwk] }) },
      ],
    })
    expect([run.code, run.stderr]).toEqual([0, ''])
    expect(run.stdout).not.toContain('not Entra ID')
  })

  test('a private authority that only AZURE_AUTHORITY_HOST names is not believed', async () => {
    const run = await verify(signToken(userClaims, key), [], {
      env: { AZURE_AUTHORITY_HOST: 'https://login.contoso.example' },
    })
    expect(run.code).toBe(7)
    expect(run.stderr).toContain('name it with `--authority-host`')
    expect(run.runtime.http.requests).toEqual([])
  })

  test('--ca-file is trusted for it', async () => {
    const roots = '-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n'
    const run = await verify(signToken(userClaims, key), ['--ca-file', '/work/ca.pem'], {
      files: { '/work/ca.pem': roots },
    })
    expect(run.code).toBe(0)
    for (const request of run.runtime.http.requests) expect(request.extraRoots).toBe(roots)
  })

  test('interrupted', async () => {
    const runtime = fakeRuntime({ now, stdin: signToken(userClaims, key), http: authority })
    runtime.interrupt('SIGTERM')
    expect(await main(['whoami', '--token', '-', '--verify'], runtime)).toBe(143)
  })
})

test('whoami: the token itself is in no output', async () => {
  const token = signToken(userClaims, key)
  const parts = token.split('.')
  for (const args of [[], ['--json'], ['--all-claims'], ['--verify'], ['--debug'], ['--verify', '--json', '-v']]) {
    const { stdout, stderr } = await whoami(['--token', '-', ...args], { stdin: token, http: authority })
    for (const part of parts) expect(stdout + stderr).not.toContain(part)
  }
})

/** Long text is golden: `vitest -u` writes it anew, and the diff is read before it is committed. */
describe('whoami: for a person', () => {
  const graph = { typ: 'JWT', alg: 'RS256', kid: 'key-1', nonce: 'AQABAAAA' }
  const cases: readonly (readonly [string, Json, readonly string[], Json | undefined])[] = [
    ['user', userClaims, [], undefined],
    ['user-all-claims', userClaims, ['--all-claims'], undefined],
    ['guest', guestClaims, [], undefined],
    ['personal-account', personalClaims, [], undefined],
    ['service-principal', appClaims, [], undefined],
    ['system-assigned', systemAssignedClaims, [], undefined],
    ['user-assigned', userAssignedClaims, [], undefined],
    ['v2-user', v2UserClaims, [], undefined],
    [
      'graph-overage-cae',
      {
        ...userClaims,
        aud: 'https://graph.microsoft.com',
        groups: undefined,
        _claim_names: { groups: 'src1' },
        _claim_sources: {
          src1: { endpoint: `https://graph.windows.net/${tenantId}/users/${userId}/getMemberObjects` },
        },
        scp: 'User.Read Mail.Read Files.ReadWrite.All Sites.Read.All Directory.Read.All AuditLog.Read.All',
        xms_cc: ['cp1'],
        exp: nowSeconds + 27 * 3600,
      },
      [],
      graph,
    ],
    ['expired', { ...userClaims, exp: nowSeconds - 3 * 86_400, iat: nowSeconds - 4 * 86_400 }, [], undefined],
    [
      'not-yet-valid',
      { ...appClaims, nbf: nowSeconds + 600, iat: nowSeconds + 600, exp: nowSeconds + 4200 },
      [],
      undefined,
    ],
    [
      'id-token',
      { ...v2UserClaims, azp: undefined, azpacr: undefined, scp: undefined, nonce: 'n', sub: 's' },
      [],
      undefined,
    ],
    ['stranger', { iss: 'https://issuer.example/', sub: 'x', exp: now }, [], { alg: 'none' }],
  ]
  test.each(cases)('%s', async (name, claims, args, head) => {
    const run = await whoami(['--token', '-', ...args], {
      stdin: makeToken(claims, head),
      env: { TZ: 'America/New_York' },
    })
    expect([run.code, run.stderr]).toEqual([0, ''])
    const long = run.stdout
      .split('\n')
      .filter((line) => line.length > 80 && line.trim().includes(' ') && !line.includes('/'))
    expect(long).toEqual([])
    await expect(run.stdout).toMatchFileSnapshot(`../jwt/golden/${name}.txt`)
  })

  test('colours only where they are wanted', async () => {
    const token = makeToken(userClaims)
    const plain = await whoami(['--token', '-'], { stdin: token })
    const coloured = await whoami(['--token', '-'], { stdin: token, env: { FORCE_COLOR: '1' } })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are what is looked for
    const withoutColours = coloured.stdout.replace(/\u001b\[\d+m/g, '')
    expect(plain.stdout).not.toContain('\u001b')
    expect(coloured.stdout).not.toBe(plain.stdout)
    expect(withoutColours).toBe(plain.stdout)
  })

  test('a narrow terminal', async () => {
    const { stdout } = await whoami(['--token', '-'], { stdin: makeToken(userClaims), columns: 40 })
    expect(stdout).toContain('who          ada@contoso.example')
  })

  test('clocks: a zone, its summer time, and a TZ that is no zone', async () => {
    const at = async (env: Record<string, string>, exp: number): Promise<string> =>
      (await whoami(['--token', '-'], { stdin: makeToken({ ...userClaims, exp }), env })).stdout
    expect(await at({ TZ: 'Europe/Berlin' }, nowSeconds + 60)).toContain(
      '2026-11-21 00:01:00 UTC = 2026-11-21 01:01:00 UTC+1',
    )
    expect(await at({ TZ: 'Asia/Kolkata' }, nowSeconds + 60)).toContain('= 2026-11-21 05:31:00 UTC+5:30')
    expect(await at({ TZ: 'Europe/Berlin' }, Date.UTC(2027, 6, 1) / 1000)).toContain('= 2027-07-01 02:00:00 UTC+2')
    expect(await at({ TZ: 'CET-1CEST' }, nowSeconds + 60)).toContain('2026-11-21 00:01:00 UTC')
    expect(await at({ TZ: 'UTC' }, nowSeconds + 60)).not.toContain(' = ')
  })
})
