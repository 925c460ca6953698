/** ClientSecretCredential and ClientCertificateCredential: where their inputs come from, and what they say when one is missing. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { clientCertificateCredential } from '../../src/engine/credentials/client-certificate.ts'
import { clientSecretCredential } from '../../src/engine/credentials/client-secret.ts'
import type { CredentialConfig, CredentialDefinition, Outcome } from '../../src/engine/types.ts'
import { createRecorder } from '../../src/recorder.ts'
import { Secret } from '../../src/secret.ts'
import { type FakeRuntime, fakeRuntime, respond } from '../fakes/runtime.ts'
import { configure, noLimit } from './world.ts'

const pem = Buffer.concat(
  ['cert.pem', 'key.pem'].map((name) => readFileSync(new URL(`certificates/${name}`, import.meta.url))),
)
const token = respond(200, { token_type: 'Bearer', expires_in: 3599, access_token: 'the-token' })
const variables = {
  AZURE_TENANT_ID: 'variable.com',
  AZURE_CLIENT_ID: 'variable-app',
  AZURE_CLIENT_SECRET: 'variable-secret',
  AZURE_CLIENT_CERTIFICATE_PATH: '/work/client.pem',
}
const options = { tenantId: 'option.com', clientId: 'option-app', clientSecret: new Secret('option-secret') }

async function run(
  definition: CredentialDefinition,
  env: Readonly<Record<string, string>>,
  changes: Partial<CredentialConfig> = {},
): Promise<{ readonly outcome: Outcome; readonly runtime: FakeRuntime }> {
  const runtime = fakeRuntime({ env, files: { '/work/client.pem': pem }, http: () => token })
  const config = configure(changes)
  const declared = definition.inputs(config, runtime)
  const recorder = createRecorder(runtime)
  const outcome = await definition
    .create(config, recorder.ports)
    .getToken({ scopes: ['https://vault.azure.net/.default'], tenantId: 'variable.com' }, noLimit())
  for (const { kind, what } of recorder.observations) {
    if (kind === 'env') expect(declared.variables).toContain(what)
    if (kind === 'file') expect(declared.files).toContain(what)
  }
  return { outcome, runtime }
}

function sent({ http }: FakeRuntime): { readonly path: string; readonly form: URLSearchParams } {
  const request = http.requests[0]
  return { path: new URL(request?.url ?? '').pathname, form: new URLSearchParams(request?.body ?? '') }
}

describe('ClientSecretCredential', () => {
  test('takes what no option gives from the variables', async () => {
    const { runtime } = await run(clientSecretCredential, variables)
    const { path, form } = sent(runtime)
    expect(path).toBe('/variable.com/oauth2/v2.0/token')
    expect([form.get('client_id'), form.get('client_secret')]).toEqual(['variable-app', 'variable-secret'])
  })

  test('an option wins over its variable', async () => {
    const { runtime } = await run(clientSecretCredential, variables, { ...options, additionallyAllowedTenants: ['*'] })
    const { form } = sent(runtime)
    expect([form.get('client_id'), form.get('client_secret')]).toEqual(['option-app', 'option-secret'])
  })

  test.each([
    [{}, ['client id', 'client secret', 'tenant']],
    [{ AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c' }, ['client secret']],
    [{ ...variables, AZURE_CLIENT_SECRET: '' }, ['client secret']],
    [{ ...variables, AZURE_TENANT_ID: '' }, ['tenant']],
  ])('%j: is unavailable and names what is missing, and what would give it', async (env, names) => {
    const { outcome } = await run(clientSecretCredential, env)
    if (outcome.kind !== 'unavailable' || outcome.problem.code !== 'inputs-missing') throw new Error(outcome.kind)
    expect(outcome.problem.facts.inputs.map(({ name }) => name)).toEqual(names)
    for (const { sources } of outcome.problem.facts.inputs) expect(sources).toHaveLength(2)
  })

  test('a tenant that is none is refused before anything is sent', async () => {
    const { outcome, runtime } = await run(clientSecretCredential, { ...variables, AZURE_TENANT_ID: 'a/b' })
    expect(outcome).toMatchObject({
      kind: 'failed',
      problem: { code: 'input-invalid', facts: { source: 'AZURE_TENANT_ID', value: 'a/b' } },
    })
    expect(runtime.http.requests).toEqual([])
  })

  test('another secret, app, tenant or list of tenants is another input', () => {
    const values = (changes: Partial<CredentialConfig>): string =>
      JSON.stringify(
        clientSecretCredential
          .inputs(configure({ ...options, ...changes }), fakeRuntime())
          .values.map((value) => (value instanceof Secret ? value.reveal() : value)),
      )
    const all = [
      {},
      { tenantId: 'x' },
      { clientId: 'x' },
      { clientSecret: new Secret('x') },
      { additionallyAllowedTenants: ['x'] },
    ].map(values)
    expect(new Set(all).size).toBe(all.length)
  })
})

describe('ClientCertificateCredential', () => {
  test('takes what no option gives from the variables', async () => {
    const { outcome, runtime } = await run(clientCertificateCredential, variables)
    expect(outcome.kind).toBe('token')
    expect(sent(runtime).form.get('client_assertion')).toMatch(/^eyJ/)
  })

  test('an option wins over its variable, also over its password', async () => {
    const certificate = { path: 'client.pem', content: pem, sendChain: true }
    const { outcome, runtime } = await run(
      clientCertificateCredential,
      { ...variables, AZURE_CLIENT_CERTIFICATE_PATH: '/nowhere' },
      { certificate },
    )
    expect(outcome.kind).toBe('token')
    const header = (sent(runtime).form.get('client_assertion') ?? '').split('.')[0] ?? ''
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toHaveProperty('x5c')
  })

  test.each([
    [{}, ['tenant', 'client id', 'certificate']],
    [{ AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c' }, ['certificate']],
  ])('%j: is unavailable and names what is missing', async (env, names) => {
    const { outcome } = await run(clientCertificateCredential, env)
    if (outcome.kind !== 'unavailable' || outcome.problem.code !== 'inputs-missing') throw new Error(outcome.kind)
    expect(outcome.problem.facts.inputs.map(({ name }) => name)).toEqual(names)
  })

  test('a file that cannot be read, or holds no certificate, is a failure that names the variable', async () => {
    const gone = await run(clientCertificateCredential, { ...variables, AZURE_CLIENT_CERTIFICATE_PATH: '/nowhere' })
    expect(gone.outcome).toMatchObject({
      kind: 'failed',
      problem: {
        code: 'file-unreadable',
        facts: { source: 'AZURE_CLIENT_CERTIFICATE_PATH', error: { code: 'not-found' } },
      },
    })
    const junk = await run(
      clientCertificateCredential,
      {},
      { ...options, certificate: { path: 'a.pem', content: Buffer.from('junk'), sendChain: false } },
    )
    expect(junk.outcome).toMatchObject({
      kind: 'failed',
      problem: { code: 'certificate-unusable', facts: { source: 'a.pem', reason: 'malformed' } },
    })
  })
})
