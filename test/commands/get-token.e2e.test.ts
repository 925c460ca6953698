import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'
import { expectSchema } from '../support/schemas.ts'

let sandbox: Sandbox
let folder: string

beforeAll(async () => {
  sandbox = await startSandbox({ ports: createNodeRuntime() })
  folder = mkdtempSync(path.join(tmpdir(), 'azid-get-token-'))
})

afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

async function azid(
  args: readonly string[],
  persona = 'service-principal',
  env: Record<string, string | undefined> = {},
  input?: string,
): Promise<CliRun> {
  return runCli(args, {
    env: { ...(await sandbox.environment(persona)), ...env },
    ...(input === undefined ? {} : { input }),
  })
}

function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.trim().split('.')[1] ?? '', 'base64url').toString('utf8'))
}

/** Without the line breaks of an 80-column screen. */
function flat(text: string): string {
  return text.replace(/\s+/g, ' ')
}

const jwt = /^eyJ[\w-]+\.[\w-]+\.[\w-]+$/

describe('get-token: what it prints', () => {
  test('the bare token and one newline; nothing on stderr', async () => {
    const run = await azid(['get-token'])
    expect(run.stderr).toBe('')
    expect(run.code).toBe(0)
    expect(run.stdout.endsWith('\n')).toBe(true)
    expect(run.stdout.trimEnd()).toMatch(jwt)
    expect(claimsOf(run.stdout)).toMatchObject({ tid: sandbox.tenantId, appid: sandbox.defaultApp.clientId })
  })

  test('`token` is another name for it', async () => {
    const run = await azid(['token', 'vault'])
    expect(run.code).toBe(0)
    expect(claimsOf(run.stdout)['aud']).toMatch(/vault\.azure\.net|cfa8b339/)
  })

  test('by certificate', async () => {
    const run = await azid(['get-token', 'arm'], 'service-principal-certificate')
    expect(run.stderr).toBe('')
    expect(run.code).toBe(0)
    expect(claimsOf(run.stdout)['appidacr']).toBe('2')
  })

  test('--json: the contract', async () => {
    const run = await azid(['get-token', 'arm', '--json'])
    const content = JSON.parse(run.stdout)
    expectSchema('get-token', content)
    expect(content).toMatchObject({
      schemaVersion: 1,
      tokenType: 'Bearer',
      tenant: sandbox.tenantId,
      scopes: ['https://management.azure.com/.default'],
      credential: 'EnvironmentCredential',
      fromCache: false,
      refreshOn: null,
    })
    expect(content.accessToken).toMatch(jwt)
    expect(Date.parse(content.expiresOn) / 1000).toBe(content.expires_on)
    expect(claimsOf(content.accessToken)['exp'] as number).toBeGreaterThanOrEqual(content.expires_on - 5)
  })

  test('several targets: an array in --json, exports in env, refused where one fits', async () => {
    const json = await azid(['get-token', 'arm', 'graph', '--json'])
    const content = JSON.parse(json.stdout)
    expectSchema('get-token', content)
    expect(content.tokens.map((token: { scopes: string[] }) => token.scopes[0])).toEqual([
      'https://management.azure.com/.default',
      'https://graph.microsoft.com/.default',
    ])
    const env = await azid(['get-token', 'openai', 'postgres', '-o', 'env'])
    expect(env.stdout).toMatch(/^export AZURE_OPENAI_AD_TOKEN='eyJ.*'\nexport PGPASSWORD='eyJ.*'\n$/)
    const before = sandbox.requests.length
    const refused = await azid(['get-token', 'arm', 'graph'])
    expect(refused.code).toBe(2)
    expect(refused.stdout).toBe('')
    expect(refused.stderr).toContain('one token')
    expect(sandbox.requests.length).toBe(before)
  })

  test('two tokens never go into one variable', async () => {
    const run = await azid(['get-token', 'arm', 'https://api.example/.default', '-o', 'env'])
    expect(run.code).toBe(2)
    expect(flat(run.stderr)).toContain('AZURE_ACCESS_TOKEN')
  })

  test('az: the shape of `az account get-access-token`', async () => {
    const content = JSON.parse((await azid(['get-token', '-o', 'az'])).stdout)
    expect(Object.keys(content)).toEqual(['accessToken', 'expiresOn', 'expires_on', 'tenant', 'tokenType'])
    expect(content.tenant).toBe(sandbox.tenantId)
  })

  test('azd: the shape of `azd auth token`', async () => {
    expect(Object.keys(JSON.parse((await azid(['get-token', '-o', 'azd'])).stdout))).toEqual(['token', 'expiresOn'])
  })

  test('header: one that curl sends', async () => {
    expect((await azid(['get-token', '-o', 'header'])).stdout).toMatch(/^Authorization: Bearer eyJ[\w.-]+\n$/)
  })

  test('env: bash reads it back', async () => {
    const { stdout } = await azid(['get-token', '-o', 'env', '--var', 'MY_TOKEN'])
    const seen = execFileSync('bash', ['-c', `${stdout}printf %s "$MY_TOKEN"`], { encoding: 'utf8' })
    expect(seen).toMatch(jwt)
  })

  test('--output-file: mode 0600, stdout empty', async () => {
    const file = path.join(folder, 'token.txt')
    writeFileSync(file, 'old', { mode: 0o644 })
    const run = await azid(['get-token', '--output-file', file])
    expect(run).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(readFileSync(file, 'utf8').trimEnd()).toMatch(jwt)
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  test('--output-file in a folder that is not there: exit 2 and nothing is sent', async () => {
    const before = sandbox.requests.length
    const run = await azid(['get-token', '--output-file', path.join(folder, 'nowhere', 'token.txt')])
    expect(run.code).toBe(2)
    expect(flat(run.stderr)).toContain('--output-file')
    expect(sandbox.requests.length).toBe(before)
  })

  test('-v says on stderr what was resolved, and the token is not there', async () => {
    const run = await azid(['get-token', 'vault', '-v'])
    expect(flat(run.stderr)).toContain('vault is https://vault.azure.net/.default')
    expect(flat(run.stderr)).toContain('EnvironmentCredential')
    expect(run.stderr).not.toContain(run.stdout.trim())
    expect(run.stderr).not.toContain(sandbox.defaultApp.secret)
  })

  test('--debug says what was looked at, without a secret', async () => {
    const run = await azid(['get-token', '--debug'])
    expect(flat(run.stderr)).toContain('AZURE_CLIENT_SECRET: set')
    expect(flat(run.stderr)).toContain('/oauth2/v2.0/token')
    expect(run.stderr).not.toContain(sandbox.defaultApp.secret)
    expect(run.stderr).not.toContain(run.stdout.trim())
  })
})

describe('get-token: named credentials', () => {
  const noSecret = { AZURE_CLIENT_SECRET: undefined }

  test('client-secret, the secret from a file, the rest from variables', async () => {
    const file = path.join(folder, 'secret')
    writeFileSync(file, `${sandbox.defaultApp.secret}\n`)
    const run = await azid(
      ['get-token', '-c', 'client-secret', '--client-secret-file', file, '--json'],
      undefined,
      noSecret,
    )
    expect(run.stderr).toBe('')
    expect(JSON.parse(run.stdout).credential).toBe('ClientSecretCredential')
  })

  test('client-secret, the secret from stdin', async () => {
    const args = ['get-token', '-c', 'ClientSecretCredential', '--client-secret-file', '-']
    const run = await azid(args, undefined, noSecret, sandbox.defaultApp.secret)
    expect(run.code).toBe(0)
  })

  test('client-secret without a secret: unavailable, exit 3, and what to give', async () => {
    const run = await azid(['get-token', '-c', 'client-secret'], undefined, noSecret)
    expect(run.code).toBe(3)
    expect(run.stdout).toBe('')
    expect(flat(run.stderr)).toContain('--client-secret-file')
    expect(flat(run.stderr)).toContain('AZURE_CLIENT_SECRET')
  })

  test("a chain of one's own goes on past what is unavailable", async () => {
    const run = await azid(['get-token', '-c', 'client-certificate,environment', '--json'])
    expect(JSON.parse(run.stdout).credential).toBe('EnvironmentCredential')
  })

  test('an unknown name: exit 2 with the nearest one', async () => {
    const run = await azid(['get-token', '-c', 'enviroment'])
    expect(run.code).toBe(2)
    expect(flat(run.stderr)).toMatch(/environment/i)
  })

  test('UsernamePasswordCredential is refused with the reason', async () => {
    const run = await azid(['get-token', '-c', 'UsernamePasswordCredential'])
    expect(run.code).toBe(2)
    expect(flat(run.stderr)).toMatch(/MFA|multifactor/)
  })
})

describe('get-token: what fails', () => {
  test.each([
    ['wrong-secret', 'AADSTS7000215', 'secret-invalid', 1],
    ['expired-secret', 'AADSTS7000222', 'secret-expired', 1],
    ['unknown-app', 'AADSTS700016', 'app-not-found', 1],
    ['disabled-app', 'AADSTS7000112', 'app-disabled', 1],
    ['unknown-tenant', 'AADSTS90002', 'tenant-not-found', 1],
  ])('%s: %s, cause %s, exit %d', async (persona, code, cause, exit) => {
    const run = await azid(['get-token'], persona)
    expect(run.stdout).toBe('')
    expect(run.code).toBe(exit)
    expect(flat(run.stderr)).toContain(code)
    expect(flat(run.stderr)).toContain(cause)
    expect(run.stderr).not.toContain((await sandbox.environment(persona))['AZURE_CLIENT_SECRET'] ?? 'no secret')

    const json = await azid(['get-token', '--json'], persona)
    expect(json.code).toBe(exit)
    expect(json.stderr).toBe('')
    const content = JSON.parse(json.stdout)
    expectSchema('error', content)
    expect(content.error).toMatchObject({ exitCode: exit, codes: [code], causes: [cause] })
    expect(content.error.attempts[0]).toMatchObject({ credential: 'EnvironmentCredential', outcome: 'failed' })
    expect(content.error.message).toContain(
      'DefaultAzureCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n\tEnvironmentCredential: Authentication failed: ',
    )
  })

  test('nothing configured: exit 3', async () => {
    const run = await runCli(['get-token', '--exclude', 'managed-identity'])
    expect(run.code).toBe(3)
    expect(run.stdout).toBe('')
    expect(flat(run.stderr)).toContain('EnvironmentCredential')
    expect(flat(run.stderr)).toContain('Environment variables are not fully configured')
  })

  test('a secret that an option would carry is refused and not repeated', async () => {
    const run = await runCli(['get-token', '--client-secret', 'canary-5Pq8'])
    expect(run.code).toBe(2)
    expect(flat(run.stderr)).toContain('--client-secret-file')
    expect(run.stdout + run.stderr).not.toContain('canary-5Pq8')
  })

  test('an authority that refuses connections: exit 5', async () => {
    const run = await azid(['get-token', '--authority-host', 'https://127.0.0.1:1'])
    expect(run.code).toBe(5)
    expect(flat(run.stderr)).toContain("host='127.0.0.1', port=1")
  })

  test('an authority whose certificate is not trusted: exit 5, with the issuer, and how to trust it', async () => {
    const run = await azid(['get-token'], undefined, { NODE_EXTRA_CA_CERTS: undefined, SSL_CERT_FILE: undefined })
    expect(run.code).toBe(5)
    expect(flat(run.stderr)).toContain('tls-trust')
    expect(flat(run.stderr)).toContain('--ca-file')
  })

  test('--ca-file trusts it', async () => {
    const file = path.join(folder, 'ca.pem')
    writeFileSync(file, sandbox.caPem)
    const run = await azid(['get-token', '--ca-file', file], undefined, { NODE_EXTRA_CA_CERTS: undefined })
    expect(run).toMatchObject({ code: 0, stderr: '' })
  })

  test('--timeout ends a hanging exchange: exit 5', async () => {
    sandbox.setFault('hang')
    try {
      const run = await azid(['get-token', '--timeout', '1s'])
      expect(run.code).toBe(5)
      expect(flat(run.stderr)).toContain('--timeout')
    } finally {
      sandbox.setFault()
    }
  })

  test('429 with Retry-After is waited for', async () => {
    sandbox.setFault('429:retry-after=1,times=1')
    try {
      const run = await azid(['get-token'])
      expect(run.code).toBe(0)
    } finally {
      sandbox.setFault()
    }
  })

  test('HTML in place of JSON: exit 1, and what came is named', async () => {
    sandbox.setFault('html:path=token')
    try {
      const run = await azid(['get-token'])
      expect(run.code).toBe(1)
      expect(flat(run.stderr)).toMatch(/html/i)
    } finally {
      sandbox.setFault()
    }
  })

  test('SIGINT while waiting: exit 130, nothing printed', async () => {
    sandbox.setFault('hang')
    const before = sandbox.requests.length
    const interrupt = async (processId: number): Promise<void> => {
      while (sandbox.requests.length === before) await new Promise((resolve) => setTimeout(resolve, 20))
      process.kill(processId, 'SIGINT')
    }
    try {
      const run = await runCli(['get-token'], {
        env: await sandbox.environment('service-principal'),
        started: (processId) => void interrupt(processId),
      })
      expect(run.code).toBe(130)
      expect(run.stdout).toBe('')
    } finally {
      sandbox.setFault()
    }
  })
})

describe('get-token: bad input, before anything is sent', () => {
  test.each<[string, string[], RegExp]>([
    ['an unknown short name', ['get-token', 'vualt'], /vault/],
    ['a scope with spaces', ['get-token', 'https://a b/.default'], /space/],
    ['a host without a scheme', ['get-token', 'vault.azure.net'], /https:\/\/vault\.azure\.net/],
    ['a tenant with a slash', ['get-token', '--tenant', 'a/b'], /--tenant/],
    ['a client id that is no GUID', ['get-token', '--client-id', '123'], /--client-id/],
    ['an http authority', ['get-token', '--authority-host', 'http://login.example'], /https/],
    ['claims that are no JSON', ['get-token', '--claims', '{"a":'], /--claims/],
    ['an unknown option', ['get-token', '--tennant', 'x'], /--tenant/],
    ['an unknown command', ['get-tokne'], /get-token/],
    ['a missing value', ['get-token', '--tenant'], /--tenant/],
    ['an unknown format', ['get-token', '-o', 'yaml'], /json/],
    ["az's tsv", ['get-token', '--query', 'accessToken', '-o', 'tsv'], /token/],
    [
      'a secret file that is not there',
      ['get-token', '-c', 'client-secret', '--client-secret-file', '/nowhere'],
      /\/nowhere/,
    ],
    ['--shell without env', ['get-token', '--shell', 'bash'], /--output env/],
    ['quiet and verbose', ['get-token', '-q', '-v'], /contradict/],
    ['scope and resource', ['get-token', '--scope', 'https://a/.default', '-r', 'https://a'], /contradict/],
  ])('%s', async (_name, args, hint) => {
    const before = sandbox.requests.length
    const run = await azid(args)
    expect(run.code).toBe(2)
    expect(run.stdout).toBe('')
    expect(flat(run.stderr)).toMatch(hint)
    expect(sandbox.requests.length).toBe(before)
    const json = await azid([...args, '--json'])
    if (json.stdout !== '') {
      const content = JSON.parse(json.stdout)
      expectSchema('error', content)
      expect(content.error.exitCode).toBe(2)
    }
  })

  test.each<[string, Uint8Array | string, RegExp]>([
    ['empty', '', /empty/],
    ['binary', Uint8Array.from([0xff, 0xfe, 0, 1]), /not text/],
    ['two lines', 'a\nb\n', /more than one line/],
    ['huge', 'x'.repeat(200_000), /too large/],
  ])('a secret file that is %s', async (_name, content, hint) => {
    const file = path.join(folder, 'bad-secret')
    writeFileSync(file, content)
    const run = await azid(['get-token', '-c', 'client-secret', '--client-secret-file', file])
    expect(run.code).toBe(2)
    expect(flat(run.stderr)).toMatch(hint)
    expect(flat(run.stderr)).toContain('--client-secret-file')
  })

  test.each<[string, string, RegExp]>([
    ['empty', '', /empty/],
    ['rubbish', 'not a certificate', /cannot be used/],
    ['a certificate without a key', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', /cannot be used/],
  ])('a certificate file that is %s', async (_name, content, hint) => {
    const file = path.join(folder, 'bad-certificate.pem')
    writeFileSync(file, content)
    const run = await azid(['get-token', '-c', 'certificate', '--certificate', file])
    expect(run.code).toBe(2)
    expect(flat(run.stderr)).toMatch(hint)
    expect(flat(run.stderr)).toContain('--certificate')
  })
})

describe('get-token: expectations', () => {
  test.each<[string, () => string[]]>([
    ['the tenant', () => ['--expect-tenant', sandbox.tenantId]],
    ['the type', () => ['--expect-type', 'service-principal']],
    ['the app', () => ['--expect-user', sandbox.defaultApp.clientId]],
  ])('%s fits: exit 0 and the token', async (_name, args) => {
    const run = await azid(['get-token', ...args()])
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout.trim()).toMatch(jwt)
  })

  test.each<[string, string[]]>([
    ['another tenant', ['--expect-tenant', '22222222-2222-2222-2222-222222222222']],
    ['another type', ['--expect-type', 'user']],
    ['another user', ['--expect-user', 'someone@contoso.com']],
  ])('%s: exit 7 and no token', async (_name, args) => {
    const run = await azid(['get-token', ...args])
    expect(run.code).toBe(7)
    expect(run.stdout).toBe('')
    expect(flat(run.stderr)).toMatch(/^error: expected/)
    const json = await azid(['get-token', '--json', ...args])
    expectSchema('error', JSON.parse(json.stdout))
    expect(json.stdout).not.toMatch(/eyJ/)
  })

  test('a tenant by its domain is looked up', async () => {
    const run = await azid(['get-token', '--expect-tenant', 'contoso.onmicrosoft.com'])
    expect(run.code).toBe(0)
  })
})
