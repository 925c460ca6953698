/** The package as a program uses it: `import 'azid'` from the build, in a process of its own, against the sandbox. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, inject, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { startTestSandbox } from '../support/sandbox.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const scope = 'https://management.azure.com/.default'

/** Runs a module whose `print(value)` writes JSON; only PATH and the sandbox's variables are passed on. */
async function run(sandbox: Sandbox, script: string, persona?: string): Promise<unknown[]> {
  expect(inject('buildFailure')).toBe('')
  const env = {
    PATH: process.env['PATH'],
    HOME: '/dev/null/nobody',
    AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1',
    ...(await sandbox.environment(persona)),
  }
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', `const print = (value) => console.log(JSON.stringify(value))\n${script}`],
    { cwd: root, env, timeout: 50_000 },
  )
  expect(stderr).toBe('')
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown)
}

describe('import "azid"', () => {
  test('@azure/core-rest-pipeline’s bearer policy gets its token, once, from every credential', async () => {
    const sandbox = await startTestSandbox()
    const printed = await run(
      sandbox,
      `
      import * as azid from 'azid'
      import { bearerTokenAuthenticationPolicy, createEmptyPipeline, createPipelineRequest } from '@azure/core-rest-pipeline'
      const options = { disableInstanceDiscovery: true }
      const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_SECRET: secret } = process.env
      const secretCredential = new azid.ClientSecretCredential(tenant, client, secret, options)
      const credentials = [
        secretCredential,
        new azid.EnvironmentCredential(options),
        new azid.DefaultAzureCredential(options),
        new azid.ChainedTokenCredential(secretCredential),
      ]
      for (const credential of credentials) {
        const pipeline = createEmptyPipeline()
        pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: '${scope}' }))
        const seen = []
        const service = {
          sendRequest: async (request) => {
            seen.push(request.headers.get('authorization'))
            return { request, status: 200, headers: request.headers }
          },
        }
        for (let turn = 0; turn < 3; turn++) await pipeline.sendRequest(service, createPipelineRequest({ url: 'https://management.azure.com/x' }))
        const claims = JSON.parse(Buffer.from(seen[0].split('.')[1], 'base64url'))
        print({ credential: credential.constructor.name, same: new Set(seen).size === 1, bearer: seen[0].startsWith('Bearer eyJ'), appid: claims.appid })
      }
      `,
    )
    const { clientId } = sandbox.defaultApp
    expect(printed).toEqual(
      ['ClientSecretCredential', 'EnvironmentCredential', 'DefaultAzureCredential', 'ChainedTokenCredential'].map(
        (credential) => ({
          credential,
          same: true,
          bearer: true,
          appid: clientId,
        }),
      ),
    )
    // Three credentials with a memory of their own; the chain shares the first one's.
    expect(sandbox.requests.filter(({ endpoint }) => endpoint === 'token')).toHaveLength(3)
  })

  test('a claims challenge (CAE) is answered with a new token', async () => {
    const sandbox = await startTestSandbox()
    const printed = await run(
      sandbox,
      `
      import { EnvironmentCredential } from 'azid'
      import { bearerTokenAuthenticationPolicy, createEmptyPipeline, createHttpHeaders, createPipelineRequest } from '@azure/core-rest-pipeline'
      const credential = new EnvironmentCredential({ disableInstanceDiscovery: true })
      const pipeline = createEmptyPipeline()
      pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential, scopes: '${scope}' }))
      const challenge = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1"}}}').toString('base64')
      const tokens = []
      const service = {
        sendRequest: async (request) => {
          tokens.push(request.headers.get('authorization'))
          const headers = createHttpHeaders(tokens.length > 1 ? {} : { 'WWW-Authenticate': \`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="\${challenge}"\` })
          return { request, status: tokens.length > 1 ? 200 : 401, headers }
        },
      }
      const answer = await pipeline.sendRequest(service, createPipelineRequest({ url: 'https://management.azure.com/x' }))
      print({ status: answer.status, asked: tokens.length, changed: tokens[0] !== tokens[1] })
      `,
    )
    expect(printed).toEqual([{ status: 200, asked: 2, changed: true }])
  })

  test('by certificate, as file and as content, and getBearerTokenProvider', async () => {
    const sandbox = await startTestSandbox()
    const printed = await run(
      sandbox,
      `
      import { readFileSync } from 'node:fs'
      import { ClientCertificateCredential, getBearerTokenProvider } from 'azid'
      const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_CLIENT_CERTIFICATE_PATH: file } = process.env
      const options = { disableInstanceDiscovery: true, sendCertificateChain: true }
      for (const certificate of [file, { certificatePath: file }, { certificate: readFileSync(file, 'utf8') }, { certificate: readFileSync(file) }]) {
        const { token, expiresOnTimestamp, tokenType } = await new ClientCertificateCredential(tenant, client, certificate, options).getToken('${scope}')
        print([token.startsWith('eyJ'), expiresOnTimestamp > Date.now(), tokenType])
      }
      const provide = getBearerTokenProvider(new ClientCertificateCredential(tenant, client, file, options), '${scope}')
      print((await provide()) === (await provide()))
      `,
      'service-principal-certificate',
    )
    expect(printed).toEqual([...Array.from({ length: 4 }, () => [true, true, 'Bearer']), true])
  })

  test('errors have the names of the SDKs and hold no secret; the process ends by itself', async () => {
    const sandbox = await startTestSandbox()
    const printed = await run(
      sandbox,
      `
      import { inspect } from 'node:util'
      import { ClientSecretCredential, DefaultAzureCredential, EnvironmentCredential } from 'azid'
      const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client } = process.env
      const options = { disableInstanceDiscovery: true }
      const abort = new AbortController()
      abort.abort()
      const attempts = [
        () => new ClientSecretCredential(tenant, client, 'canary-secret-value', options).getToken('${scope}'),
        () => new EnvironmentCredential(options).getToken('${scope}'),
        () => new DefaultAzureCredential(options).getToken('${scope}'),
        () => new EnvironmentCredential(options).getToken('${scope}', { abortSignal: abort.signal }),
        () => new EnvironmentCredential(options).getToken('${scope}', { tenantId: 'other.example' }),
      ]
      for (const attempt of attempts) {
        const error = await attempt().then(() => null, (error) => error)
        print([error.name, error.statusCode ?? null, inspect(error, { depth: null, showHidden: true }).includes('canary')])
      }
      `,
      'wrong-secret',
    )
    expect(printed).toEqual([
      ['AuthenticationError', 401, false],
      ['AuthenticationError', 401, false],
      ['AuthenticationError', 401, false],
      ['AbortError', null, false],
      ['AuthenticationError', 0, false],
    ])
  })
})
