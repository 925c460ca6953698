/**
 * Every credential declares all that decides its answer: what it looks at is compared with what it declares, in worlds
 * that lead it down many ways. An input that is not declared would let a token of another identity be served.
 */
import { describe, expect, test } from 'vitest'
import { cacheFolders } from '../../src/cache/folders.ts'
import { credentialDefinitions } from '../../src/engine/registry.ts'
import type { CredentialConfig, CredentialDefinition } from '../../src/engine/types.ts'
import { createRecorder } from '../../src/recorder.ts'
import { Secret } from '../../src/secret.ts'
import { type FakeRuntimeOptions, fakeRuntime } from '../fakes/runtime.ts'
import { config } from './support/requests.ts'

const tenant = '11111111-1111-4111-8111-111111111111'
const client = '22222222-2222-4222-8222-222222222222'
const jwt = `e30.${Buffer.from('{"iss":"i","sub":"s","aud":"a"}').toString('base64url')}.x`

const servicePrincipal = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client }

/** Variables of every way that a credential of the SDKs can take. */
const environments: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  nothing: {},
  secret: { ...servicePrincipal, AZURE_CLIENT_SECRET: 's' },
  certificate: {
    ...servicePrincipal,
    AZURE_CLIENT_CERTIFICATE_PATH: '/cert.pem',
    AZURE_CLIENT_CERTIFICATE_PASSWORD: 'p',
  },
  'a certificate that is not there': { ...servicePrincipal, AZURE_CLIENT_CERTIFICATE_PATH: '/missing.pem' },
  password: { ...servicePrincipal, AZURE_USERNAME: 'u', AZURE_PASSWORD: 'p' },
  'federated token': { ...servicePrincipal, AZURE_FEDERATED_TOKEN_FILE: '/token' },
  'a bad tenant': { ...servicePrincipal, AZURE_TENANT_ID: 'not a tenant', AZURE_CLIENT_SECRET: 's' },
  'app service': { IDENTITY_ENDPOINT: 'http://127.0.0.1:1/msi', IDENTITY_HEADER: 'h' },
  'old app service': { MSI_ENDPOINT: 'http://127.0.0.1:1/msi', MSI_SECRET: 's' },
  'cloud shell': { MSI_ENDPOINT: 'http://127.0.0.1:1/msi' },
  'service fabric': {
    IDENTITY_ENDPOINT: 'https://127.0.0.1:1/',
    IDENTITY_HEADER: 'h',
    IDENTITY_SERVER_THUMBPRINT: 'a'.repeat(40),
  },
  arc: { IDENTITY_ENDPOINT: 'http://127.0.0.1:1/', IMDS_ENDPOINT: 'http://127.0.0.1:1/' },
  imds: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1/' },
  'other folders': { AZURE_CONFIG_DIR: '/az', AZD_CONFIG_DIR: '/azd', PATH: '/tools', HOME: '/home/ada' },
  'azure pipelines': { SYSTEM_OIDCREQUESTURI: 'https://dev.azure.com/x', SYSTEM_ACCESSTOKEN: 't' },
  'github actions': { ACTIONS_ID_TOKEN_REQUEST_URL: 'https://x.example/', ACTIONS_ID_TOKEN_REQUEST_TOKEN: 't' },
}

const configurations: Readonly<Record<string, Partial<CredentialConfig>>> = {
  nothing: {},
  'an identity and a secret': { role: 'named', tenantId: tenant, clientId: client, clientSecret: new Secret('s') },
  'an identity and a certificate': {
    role: 'named',
    tenantId: tenant,
    clientId: client,
    certificate: { path: '/cert.pem', content: new TextEncoder().encode('x'), sendChain: true },
  },
  'an object id': { role: 'named', objectId: client },
}

/** Read where a look outside goes through, whatever the credential is: they decide how it is reached, not who it is. */
const ofTheRoad = /^(?:https?_proxy|no_proxy|all_proxy|NODE_EXTRA_CA_CERTS|NODE_DEBUG|SYSTEMROOT|COMSPEC|PATHEXT)$/i
/** Signs of an Azure machine, looked for after a failure to explain it; they decide nothing (`machine-signs.ts`). */
const toExplain =
  /^(?:WEBSITE_INSTANCE_ID|CONTAINER_APP_NAME|FUNCTIONS_WORKER_RUNTIME|ACC_CLOUD|AZUREML_RUN_ID|Fabric_NodeName)$/
/** This machine's and this boot's id are part of the name wherever `isOfThisMachine` is declared. */
const ofThisMachine =
  /^\/(?:etc\/machine-id|var\/lib\/dbus\/machine-id|proc\/|sys\/|var\/lib\/waagent|opt\/azcmagent|usr\/local\/bin|var\/opt\/azcmagent)/

async function undeclared(
  definition: CredentialDefinition,
  changes: Partial<CredentialConfig>,
  env: Readonly<Record<string, string>>,
): Promise<string[]> {
  const world: FakeRuntimeOptions = {
    env,
    files: { '/token': jwt, '/cert.pem': 'no certificate', '/tools/az': { content: '', mode: 0o755 } },
    http: async () => ({
      ok: false,
      error: { code: 'refused', host: '127.0.0.1', detail: 'connect ECONNREFUSED' },
    }),
  }
  const runtime = fakeRuntime(world)
  const given = config(changes)
  const recorder = createRecorder({
    ...runtime,
    processes: { ...runtime.processes, run: async () => ({ kind: 'not-started', detail: 'ENOENT' }) },
  })
  const controller = new AbortController()
  await definition
    .create(given, recorder.ports)
    .getToken({ scopes: ['https://management.azure.com/.default'] }, controller.signal)

  const inputs = definition.inputs(given, runtime)
  const variables = new Set(inputs.variables)
  const declaredFiles = new Set([...inputs.files, ...inputs.tokenFiles])
  const { state } = cacheFolders(runtime.env, runtime.host)
  return recorder.observations.flatMap(({ kind, what }) => {
    if (kind === 'env')
      return variables.has(what) || ofTheRoad.test(what) || toExplain.test(what) ? [] : [`variable ${what}`]
    if (kind !== 'file') return []
    const isDeclared =
      declaredFiles.has(what) ||
      what.startsWith(state) ||
      (inputs.isOfThisMachine && ofThisMachine.test(what)) ||
      // Tools are looked for in PATH, which is declared instead of each place.
      (variables.has('PATH') && (env['PATH'] ?? '').split(':').some((folder) => what.startsWith(`${folder}/`)))
    return isDeclared ? [] : [`file ${what}`]
  })
}

describe.each(credentialDefinitions.map((definition) => [definition.name, definition] as const))(
  '%s',
  (_, definition) => {
    test.each(Object.entries(environments))('declares what it looks at: %s', async (_name, env) => {
      for (const changes of Object.values(configurations))
        expect(await undeclared(definition, changes, env)).toEqual([])
    })

    test('declares without looking at anything but variables and facts of the machine', () => {
      const runtime = fakeRuntime({ env: environments['secret'] ?? {} })
      const inputs = definition.inputs(config(), { env: runtime.env, host: runtime.host })
      expect(inputs.variables.length + inputs.values.length).toBeGreaterThan(0)
    })
  },
)
