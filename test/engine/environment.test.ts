/** EnvironmentCredential: which variables make which attempt, and the text that azure-identity 1.27.0 was seen to raise. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { environmentCredential } from '../../src/engine/credentials/environment.ts'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { pythonProfile } from '../../src/engine/profiles/python.ts'
import type { CredentialConfig, Outcome, TokenRequest } from '../../src/engine/types.ts'
import { createRecorder } from '../../src/recorder.ts'
import { Secret } from '../../src/secret.ts'
import type { FakeFile } from '../fakes/files.ts'
import { type FakeRuntime, fakeRuntime, respond } from '../fakes/runtime.ts'
import { configure, noLimit } from './world.ts'

function read(name: string): Buffer {
  return readFileSync(new URL(`certificates/${name}`, import.meta.url))
}

const identity = { AZURE_TENANT_ID: 'contoso.com', AZURE_CLIENT_ID: 'app' }
const secret = { ...identity, AZURE_CLIENT_SECRET: 'the-secret-of-the-app' }
const certificate = { ...identity, AZURE_CLIENT_CERTIFICATE_PATH: '/work/client.pem' }
const invalidTenant =
  'Invalid tenant ID provided. You can locate your tenant ID by following the instructions here: https://learn.microsoft.com/partner-center/find-ids-and-domain-names'
const incomplete =
  'EnvironmentCredential authentication unavailable. Environment variables are not fully configured.\nVisit https://aka.ms/azsdk/python/identity/environmentcredential/troubleshoot to troubleshoot this issue.'
const needsSecret = "secret should be a Microsoft Entra application's client secret"
const notDeserialized = 'Failed to deserialize certificate in PEM or PKCS12 format'

const files: Readonly<Record<string, string | Uint8Array | FakeFile>> = {
  '/work/client.pem': Buffer.concat([read('cert.pem'), read('key.pem')]),
  '/work/encrypted.pem': read('bag-attributes-encrypted.pem'),
  '/work/client.pfx': read('aes.pfx'),
  '/work/alone.pem': read('cert.pem'),
  '/work/key.pem': read('key.pem'),
  '/work/ec.pem': Buffer.concat([read('ec-certificate.pem'), read('ec-key.pem')]),
  '/work/empty.pem': '',
  '/work/no-key.pfx': read('no-key.pfx'),
  '/work/folder': { kind: 'folder', mode: 0o755 },
}

const token = respond(200, { token_type: 'Bearer', expires_in: 3599, access_token: 'the-token' })

interface Run {
  readonly outcome: Outcome
  readonly runtime: FakeRuntime
}

async function run(
  env: Readonly<Record<string, string>>,
  changes: Partial<CredentialConfig> = {},
  request: Partial<TokenRequest> = {},
): Promise<Run> {
  const runtime = fakeRuntime({ env, files, http: () => token })
  const credential = environmentCredential.create(configure({ role: 'chained', ...changes }), runtime)
  const scopes = ['https://vault.azure.net/.default']
  return { outcome: await credential.getToken({ scopes, ...request }, noLimit()), runtime }
}

function sentForm({ http }: FakeRuntime): URLSearchParams {
  return new URLSearchParams(http.requests[0]?.body ?? '')
}

function assertionHeader(runtime: FakeRuntime): Record<string, unknown> {
  const assertion = sentForm(runtime).get('client_assertion') ?? ''
  return JSON.parse(Buffer.from(assertion.split('.')[0] ?? '', 'base64url').toString()) as Record<string, unknown>
}

describe('what cannot work, in the words of the SDK', () => {
  test.each([
    [{}, 'unavailable', 'environment-incomplete', incomplete],
    [identity, 'unavailable', 'environment-incomplete', incomplete],
    [{ AZURE_CLIENT_SECRET: 'x', AZURE_CLIENT_ID: 'app' }, 'unavailable', 'environment-incomplete', incomplete],
    [{ ...secret, AZURE_CLIENT_SECRET: '' }, 'failed', 'input-invalid', needsSecret],
    [
      { ...secret, AZURE_CLIENT_ID: '' },
      'failed',
      'input-invalid',
      'client_id should be the id of a Microsoft Entra application',
    ],
    [
      { AZURE_TENANT_ID: '', AZURE_CLIENT_ID: '', AZURE_CLIENT_SECRET: '' },
      'failed',
      'input-invalid',
      'client_id should be the id of a Microsoft Entra application',
    ],
    [
      { ...secret, AZURE_TENANT_ID: '' },
      'failed',
      'input-invalid',
      "tenant_id should be a Microsoft Entra tenant's id (also called its 'directory id')",
    ],
    [{ ...secret, AZURE_TENANT_ID: 'a b' }, 'failed', 'input-invalid', invalidTenant],
    [{ ...certificate, AZURE_TENANT_ID: '' }, 'failed', 'input-invalid', invalidTenant],
    [
      { ...certificate, AZURE_CLIENT_CERTIFICATE_PATH: '' },
      'failed',
      'input-invalid',
      'CertificateCredential requires a value for either "certificate_path" or "certificate_data"',
    ],
    [
      { ...certificate, AZURE_CLIENT_CERTIFICATE_PATH: "/no'such" },
      'failed',
      'file-unreadable',
      '[Errno 2] No such file or directory: "/no\'such"',
    ],
    [
      { ...certificate, AZURE_CLIENT_CERTIFICATE_PATH: '/work/folder' },
      'failed',
      'file-unreadable',
      "[Errno 21] Is a directory: '/work/folder'",
    ],
    [
      { ...certificate, AZURE_CLIENT_CERTIFICATE_PATH: '/work/empty.pem' },
      'failed',
      'certificate-unusable',
      notDeserialized,
    ],
    [
      { ...certificate, AZURE_CLIENT_CERTIFICATE_PATH: '/work/alone.pem' },
      'failed',
      'certificate-unusable',
      'Valid PEM but no BEGIN/END delimiters for a private key found. Are you sure this is a private key?',
    ],
    [
      { ...certificate, AZURE_CLIENT_CERTIFICATE_PATH: '/work/key.pem' },
      'failed',
      'certificate-unusable',
      'Valid PEM but no BEGIN CERTIFICATE/END CERTIFICATE delimiters. Are you sure this is a certificate?',
    ],
    [
      { ...certificate, AZURE_CLIENT_CERTIFICATE_PATH: '/work/ec.pem' },
      'failed',
      'certificate-unusable',
      'The certificate must have an RSA private key because RS256 is used for signing',
    ],
    [
      { ...certificate, AZURE_CLIENT_CERTIFICATE_PATH: '/work/encrypted.pem' },
      'failed',
      'certificate-unusable',
      'Password was not given but private key is encrypted',
    ],
    [
      {
        ...certificate,
        AZURE_CLIENT_CERTIFICATE_PATH: '/work/encrypted.pem',
        AZURE_CLIENT_CERTIFICATE_PASSWORD: 'wrong-horse',
      },
      'failed',
      'certificate-unusable',
      'Incorrect password, could not decrypt key',
    ],
    [
      { ...certificate, AZURE_CLIENT_CERTIFICATE_PASSWORD: 'needless-horse' },
      'failed',
      'input-invalid',
      'Password was given but private key is not encrypted.',
    ],
    [
      { ...certificate, AZURE_CLIENT_CERTIFICATE_PATH: '/work/client.pfx' },
      'failed',
      'certificate-unusable',
      notDeserialized,
    ],
    [
      {
        ...certificate,
        AZURE_CLIENT_CERTIFICATE_PATH: '/work/no-key.pfx',
        AZURE_CLIENT_CERTIFICATE_PASSWORD: 'correct-horse',
      },
      'failed',
      'certificate-unusable',
      'The certificate must include its private key',
    ],
    [
      { AZURE_CLIENT_ID: 'app', AZURE_USERNAME: 'u', AZURE_PASSWORD: 'password-canary' },
      'failed',
      'username-password-unsupported',
      expect.stringMatching(/^Environment is configured to use username and password authentication\. /),
    ],
  ] as const)('%j', async (env, kind, code, text) => {
    const { outcome, runtime } = await run(env)
    if (outcome.kind === 'token') throw new Error('a token')
    expect([outcome.kind, outcome.problem.code]).toEqual([kind, code])
    expect(wordProblem(pythonProfile, 'EnvironmentCredential', outcome.problem)).toEqual(text)
    expect(runtime.http.requests).toEqual([])
    expect(JSON.stringify(outcome)).not.toMatch(/horse|canary/)
  })

  test.each([
    [{}, [], ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']],
    [{ AZURE_CLIENT_SECRET: 'x' }, ['AZURE_CLIENT_SECRET'], ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID']],
    [
      { AZURE_CLIENT_ID: 'x', AZURE_CLIENT_CERTIFICATE_PATH: 'x' },
      ['AZURE_CLIENT_ID', 'AZURE_CLIENT_CERTIFICATE_PATH'],
      ['AZURE_TENANT_ID'],
    ],
    [{ AZURE_CLIENT_ID: 'x', AZURE_USERNAME: 'x' }, ['AZURE_CLIENT_ID', 'AZURE_USERNAME'], ['AZURE_PASSWORD']],
  ])('%j: what is set and what is missing for the nearest form', async (env, set, missing) => {
    const { outcome } = await run(env)
    expect(outcome).toMatchObject({ problem: { facts: { set, missing } } })
  })

  test('to the other SDKs an empty variable is none', async () => {
    const { outcome } = await run({ ...secret, AZURE_CLIENT_SECRET: '' }, { sdk: 'js' })
    expect(outcome).toMatchObject({ kind: 'unavailable', problem: { facts: { missing: ['AZURE_CLIENT_SECRET'] } } })
  })
})

describe('what is sent', () => {
  test('the secret first, whatever else is set', async () => {
    const { outcome, runtime } = await run({ ...secret, ...certificate, AZURE_USERNAME: 'u', AZURE_PASSWORD: 'p' })
    expect(outcome.kind).toBe('token')
    expect(runtime.http.requests[0]?.url).toMatch(
      /^https:\/\/login\.microsoftonline\.com\/contoso\.com\/oauth2\/v2\.0\/token\?/,
    )
    expect(sentForm(runtime).get('client_secret')).toBe('the-secret-of-the-app')
    expect(sentForm(runtime).has('client_assertion')).toBe(false)
  })

  test.each([
    ['python', 'RS256', 'x5t', 'C7AEE01F7ECD41E85B2BB17F23E536A8C0B6A2A7'],
    ['js', 'PS256', 'x5t#S256', 'AA27CD3E550F2CD4F562AF1ACCC26167E06461436EE41F4F91FD08EDBCEF5F4F'],
  ] as const)('then the certificate, signed as %s does', async (sdk, alg, name, thumbprint) => {
    const { runtime } = await run({ ...certificate, AZURE_USERNAME: 'u', AZURE_PASSWORD: 'p' }, { sdk })
    const value = Buffer.from(thumbprint, 'hex').toString('base64url')
    expect(assertionHeader(runtime)).toEqual({ alg, typ: 'JWT', [name]: value })
  })

  test.each([
    ['python', 'true', true],
    ['python', 'false', true],
    ['python', '', false],
    ['js', 'true', true],
    ['js', '1', true],
    ['js', 'TRUE', true],
    ['js', 'false', false],
  ] as const)('the chain: to %s AZURE_CLIENT_SEND_CERTIFICATE_CHAIN=%s is %s', async (sdk, value, isSent) => {
    const { runtime } = await run({ ...certificate, AZURE_CLIENT_SEND_CERTIFICATE_CHAIN: value }, { sdk })
    expect(Array.isArray(assertionHeader(runtime)['x5c'])).toBe(isSent)
  })

  test('PKCS#12 with its password', async () => {
    const { outcome } = await run({
      ...certificate,
      AZURE_CLIENT_CERTIFICATE_PATH: '/work/client.pfx',
      AZURE_CLIENT_CERTIFICATE_PASSWORD: 'correct-horse',
    })
    expect(outcome.kind).toBe('token')
  })
})

describe('tenants', () => {
  test('another one than the configured is not allowed by itself', async () => {
    const { outcome } = await run(secret, {}, { tenantId: 'other.com' })
    expect(outcome).toMatchObject({
      kind: 'failed',
      problem: { code: 'tenant-not-allowed', facts: { tenantId: 'other.com', configuredTenantId: 'contoso.com' } },
    })
    if (outcome.kind === 'token') throw new Error('a token')
    expect(wordProblem(pythonProfile, 'EnvironmentCredential', outcome.problem)).toBe(
      'The current credential is not configured to acquire tokens for tenant other.com. To enable acquiring tokens for this tenant add it to the additionally_allowed_tenants when creating the credential, or add "*" to additionally_allowed_tenants to allow acquiring tokens for any tenant.',
    )
  })

  test.each([
    ['python', false],
    ['js', true],
  ] as const)('AZURE_ADDITIONALLY_ALLOWED_TENANTS to %s: read %s', async (sdk, isRead) => {
    const env = { ...secret, AZURE_ADDITIONALLY_ALLOWED_TENANTS: ' a.com ; other.com' }
    const { outcome } = await run(env, { sdk }, { tenantId: 'other.com' })
    expect(outcome.kind).toBe(isRead ? 'token' : 'failed')
  })

  test('an allowed one is asked, and AZURE_IDENTITY_DISABLE_MULTITENANTAUTH asks the configured one', async () => {
    const allowed = await run(secret, { additionallyAllowedTenants: ['*'] }, { tenantId: 'other.com' })
    expect(allowed.runtime.http.requests[0]?.url).toContain('/other.com/')
    const locked = await run({ ...secret, AZURE_IDENTITY_DISABLE_MULTITENANTAUTH: 'x' }, {}, { tenantId: 'other.com' })
    expect(locked.runtime.http.requests[0]?.url).toContain('/contoso.com/')
  })
})

describe('options', () => {
  const options = { tenantId: 'option.com', clientId: 'option-app', clientSecret: new Secret('option-secret-value') }

  test('configure it when it is named', async () => {
    const { runtime } = await run(secret, { role: 'named', ...options })
    expect(runtime.http.requests[0]?.url).toContain('/option.com/')
    expect(Object.fromEntries(sentForm(runtime))).toMatchObject({
      client_id: 'option-app',
      client_secret: 'option-secret-value',
    })
  })

  test('are none of its business as a link of the default chain', async () => {
    const { runtime } = await run(secret, options)
    expect(runtime.http.requests[0]?.url).toContain('/contoso.com/')
    expect((await run({}, options)).outcome).toMatchObject({ kind: 'unavailable' })
  })

  test('a certificate that is handed over', async () => {
    const content = Buffer.concat([read('cert.pem'), read('key.pem')])
    const { runtime } = await run(identity, {
      role: 'named',
      certificate: { path: 'client.pem', content, sendChain: true },
    })
    expect(assertionHeader(runtime)['x5c']).toHaveLength(1)
  })
})

describe('a bad AZURE_AUTHORITY_HOST', () => {
  const authorityProblem = {
    what: 'authority',
    source: 'AZURE_AUTHORITY_HOST',
    reason: 'is not an https URL',
    value: 'http://x',
  }

  test('stops Python’s chain even without any other variable', async () => {
    const { outcome } = await run({}, { authorityProblem })
    if (outcome.kind !== 'failed') throw new Error(outcome.kind)
    expect(wordProblem(pythonProfile, 'EnvironmentCredential', outcome.problem)).toBe(
      "'http://x' is an invalid authority. The value must be a TLS protected (https) URL.",
    )
  })

  test('of another kind matters only to who would ask it', async () => {
    const empty = { ...authorityProblem, reason: 'is not a URL', value: '' }
    expect((await run({}, { authorityProblem: empty })).outcome.kind).toBe('unavailable')
    expect((await run(secret, { authorityProblem: empty })).outcome).toMatchObject({
      kind: 'failed',
      problem: { code: 'input-invalid', facts: { source: 'AZURE_AUTHORITY_HOST' } },
    })
  })
})

describe('declared inputs', () => {
  test.each([
    [{}],
    [identity],
    [secret],
    [certificate],
    [{ ...secret, AZURE_REGIONAL_AUTHORITY_NAME: 'true', REGION_NAME: 'westeurope' }],
  ])('hold all that is looked at: %j', async (env) => {
    for (const sdk of ['python', 'js'] as const) {
      const runtime = fakeRuntime({ env, files, http: () => token })
      const config = configure({ role: 'chained', sdk })
      const declared = environmentCredential.inputs(config, runtime)
      const recorder = createRecorder(runtime)
      await environmentCredential
        .create(config, recorder.ports)
        .getToken({ scopes: ['https://x/.default'], tenantId: 'other.com' }, noLimit())
      const looked = (kind: string): string[] =>
        recorder.observations.filter((each) => each.kind === kind).map(({ what }) => what)
      expect(declared.variables).toEqual(expect.arrayContaining(looked('env')))
      expect(declared.files).toEqual(expect.arrayContaining(looked('file')))
      expect(JSON.stringify(recorder.observations)).not.toContain('the-secret')
    }
  })

  test('another certificate, password or way of sending is another input', () => {
    const content = read('aes.pfx')
    const base = { path: 'a.pfx', content, sendChain: false, password: new Secret('correct-horse') }
    const values = (certificateInput: typeof base): string =>
      JSON.stringify(
        environmentCredential
          .inputs(configure({ certificate: certificateInput }), fakeRuntime())
          .values.map((value) => (value instanceof Secret ? value.reveal() : value)),
      )
    const all = [
      base,
      { ...base, content: read('legacy.pfx') },
      { ...base, sendChain: true },
      { ...base, password: new Secret('other-horse') },
    ].map(values)
    expect(new Set(all).size).toBe(all.length)
    expect(values({ ...base, path: 'moved.pfx' })).toBe(all[0])
  })
})
