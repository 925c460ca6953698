/** `whoami` against the sandbox: real TLS, the real HTTP port, tokens with the claims and signatures of the service. */
import { describe, expect, test } from 'vitest'
import { main } from '../../src/main.ts'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { fakeRuntime } from '../fakes/runtime.ts'
import { type Json, makeKey, signToken } from '../jwt/tokens.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { expectSchema } from '../support/schemas.ts'

const { http } = createNodeRuntime()

async function issueToken(sandbox: Sandbox, scope: string, tenant = sandbox.tenantId): Promise<string> {
  const { clientId, secret } = sandbox.defaultApp
  const form = { client_id: clientId, client_secret: secret, grant_type: 'client_credentials', scope }
  const answer = await http.send({
    method: 'POST',
    url: `${sandbox.origin}/${tenant}/oauth2/v2.0/token`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(form).toString(),
    extraRoots: sandbox.caPem,
  })
  if (!answer.ok) throw new Error(answer.error.detail)
  const { access_token: token } = JSON.parse(answer.response.body) as Json
  if (typeof token !== 'string') throw new Error(answer.response.body)
  return token
}

interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function verify(
  sandbox: Sandbox,
  token: string,
  args: readonly string[] = ['--ca-file', '/work/ca.pem'],
): Promise<Run> {
  const runtime = fakeRuntime({ stdin: token, now: Date.now(), http, files: { '/work/ca.pem': sandbox.caPem } })
  const code = await main(
    ['whoami', '--token', '-', '--verify', '--json', '--authority-host', sandbox.origin, ...args],
    runtime,
  )
  return { code, stdout: runtime.stdout, stderr: runtime.stderr }
}

describe('whoami --verify against the sandbox', () => {
  test('a v1 token of Azure Resource Manager is valid', async () => {
    const sandbox = await startTestSandbox()
    const run = await verify(sandbox, await issueToken(sandbox, 'https://management.azure.com/.default'))
    expect([run.code, run.stderr]).toEqual([0, ''])
    const answer = JSON.parse(run.stdout) as Json
    expectSchema('whoami', answer)
    expect(answer).toMatchObject({
      identity: { type: 'service-principal', tenantId: sandbox.tenantId, appId: sandbox.defaultApp.clientId },
      audience: { name: 'Azure Resource Manager' },
      signature: 'valid',
      claims: { ver: '1.0' },
    })
    expect(run.stdout).not.toContain('unknown-issuer')
  })

  test('a v2 token of an API of one’s own is valid', async () => {
    const sandbox = await startTestSandbox()
    const run = await verify(sandbox, await issueToken(sandbox, 'api://contoso-orders/.default'))
    expect(run.code).toBe(0)
    expect(JSON.parse(run.stdout)).toMatchObject({
      signature: 'valid',
      claims: { ver: '2.0', roles: ['Orders.Read.All'] },
    })
  })

  test('a token of Microsoft Graph cannot be verified, and nothing is asked', async () => {
    const sandbox = await startTestSandbox()
    const token = await issueToken(sandbox, 'https://graph.microsoft.com/.default')
    const before = sandbox.requests.length
    const run = await verify(sandbox, token)
    expect(run.code).toBe(7)
    expect(JSON.parse(run.stdout)).toMatchObject({ signature: 'unverifiable' })
    expect(sandbox.requests.length).toBe(before)
  })

  test('one changed claim, and one key of somebody else’s', async () => {
    const sandbox = await startTestSandbox()
    const token = await issueToken(sandbox, 'https://management.azure.com/.default')
    const [header = '', payload = '', signature = ''] = token.split('.')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Json
    const changed = Buffer.from(JSON.stringify({ ...claims, roles: ['Everything'] })).toString('base64url')
    const altered = await verify(sandbox, `${header}.${changed}.${signature}`)
    expect([altered.code, JSON.parse(altered.stdout).signature]).toEqual([7, 'invalid'])

    const { kid } = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }
    const forged = await verify(sandbox, signToken(claims, makeKey(kid)))
    expect([forged.code, JSON.parse(forged.stdout).signature]).toEqual([7, 'invalid'])
  })

  test('a tenant that the authority does not have', async () => {
    const sandbox = await startTestSandbox()
    const tid = '99999999-9999-4999-8999-999999999999'
    const run = await verify(
      sandbox,
      signToken({ tid, iss: `${sandbox.origin}/${tid}/v2.0`, ver: '2.0' }, makeKey('k')),
    )
    expect([run.code, JSON.parse(run.stdout).signature]).toEqual([7, 'unverifiable'])
  })

  test('without its CA: exit 5, and the certificate is named', async () => {
    const sandbox = await startTestSandbox()
    const run = await verify(sandbox, await issueToken(sandbox, 'https://management.azure.com/.default'), [])
    expect(run.code).toBe(5)
    const answer = JSON.parse(run.stdout) as Json
    expectSchema('error', answer)
    expect(JSON.stringify(answer)).toContain('certificate')
  })

  test.each(['503', 'html', 'cut'])('while the authority answers %s: exit 5', async (fault) => {
    const sandbox = await startTestSandbox()
    const token = await issueToken(sandbox, 'https://management.azure.com/.default')
    sandbox.setFault(fault)
    const run = await verify(sandbox, token)
    expect(run.code).toBe(5)
    expectSchema('error', JSON.parse(run.stdout))
  })

  test('a domain that is expected is looked up', async () => {
    const sandbox = await startTestSandbox()
    const token = await issueToken(sandbox, 'https://management.azure.com/.default')
    const ca = ['--ca-file', '/work/ca.pem']
    expect((await verify(sandbox, token, [...ca, '--expect-tenant', 'contoso.com'])).code).toBe(0)
    expect((await verify(sandbox, token, [...ca, '--expect-tenant', 'fabrikam.onmicrosoft.com'])).code).toBe(7)
  })
})

describe('whoami: a token that is acquired', () => {
  async function acquire(sandbox: Sandbox, persona: string, args: readonly string[]): Promise<Run> {
    const env = await sandbox.environment(persona)
    const runtime = fakeRuntime({
      now: Date.now(),
      http,
      env: { ...env, TZ: 'UTC' },
      files: { '/work/ca.pem': sandbox.caPem },
    })
    const code = await main(
      [
        'whoami',
        '--credential',
        'environment',
        '--authority-host',
        sandbox.origin,
        '--ca-file',
        '/work/ca.pem',
        ...args,
      ],
      runtime,
    )
    return { code, stdout: runtime.stdout, stderr: runtime.stderr }
  }

  test('whose it is, who gave it, and whether it is genuine', async () => {
    const sandbox = await startTestSandbox()
    const run = await acquire(sandbox, 'service-principal', ['vault', '--verify', '--expect-type', 'service-principal'])
    expect([run.code, run.stderr]).toEqual([0, ''])
    expect(run.stdout).toContain(`who          service principal`)
    expect(run.stdout).toContain(`tenant       ${sandbox.tenantId}`)
    expect(run.stdout).toContain('audience     Azure Key Vault (https://vault.azure.net)')
    expect(run.stdout).toContain('given by EnvironmentCredential')
    expect(run.stdout).toContain('signature    valid')
    expect(run.stdout).toContain(`from ${sandbox.origin}/`)
  })

  test('as JSON, with --all-claims, and not as expected', async () => {
    const sandbox = await startTestSandbox()
    const json = await acquire(sandbox, 'service-principal', ['--json'])
    expect([json.code, json.stderr]).toEqual([0, ''])
    expectSchema('whoami', JSON.parse(json.stdout))
    expect(json.stdout).not.toMatch(/eyJ[\w-]+\./)
    const unmet = await acquire(sandbox, 'service-principal', ['--expect-type', 'user'])
    expect([unmet.code, unmet.stderr]).toEqual([
      7,
      "error: expected a user, but the token's subject is a service-principal\n",
    ])
  })

  test('no token: the failure of get-token, and nothing on stdout', async () => {
    const sandbox = await startTestSandbox()
    const run = await acquire(sandbox, 'wrong-secret', [])
    expect([run.code, run.stdout]).toEqual([1, ''])
    expect(run.stderr).toContain('AADSTS7000215')
    const json = await acquire(sandbox, 'wrong-secret', ['--json'])
    expect(json.code).toBe(1)
    expectSchema('error', JSON.parse(json.stdout))
  })
})
