/** Which id each SDK sends to each host under which name, and which it refuses: nothing goes out that the host would ignore. */
import { expect, test } from 'vitest'
import { managedIdentity } from '../../src/engine/credentials/managed-identity.ts'
import type { IdKind } from '../../src/engine/managed-identity/facts.ts'
import type { AskedHost } from '../../src/engine/managed-identity/profile.ts'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import type { SdkName } from '../../src/engine/types.ts'
import { configure } from '../engine/world.ts'
import { fakeRuntime, respond } from '../fakes/runtime.ts'

const thumbprint = '00112233445566778899aabbccddeeff00112233'
const variables: Readonly<Record<AskedHost, Readonly<Record<string, string>>>> = {
  imds: {},
  'app-service': { IDENTITY_ENDPOINT: 'http://127.0.0.1:1/x', IDENTITY_HEADER: 'h' },
  'service-fabric': {
    IDENTITY_ENDPOINT: 'https://127.0.0.1:1/x',
    IDENTITY_HEADER: 'h',
    IDENTITY_SERVER_THUMBPRINT: thumbprint,
  },
  'azure-ml': { MSI_ENDPOINT: 'http://127.0.0.1:1/x', MSI_SECRET: 's', DEFAULT_IDENTITY_CLIENT_ID: 'the-default' },
  'cloud-shell': { MSI_ENDPOINT: 'http://127.0.0.1:1/x' },
  'azure-arc': { IDENTITY_ENDPOINT: 'http://127.0.0.1:1/x', IMDS_ENDPOINT: 'http://127.0.0.1:1' },
}
const ids: Readonly<Record<IdKind, string>> = {
  clientId: '11112222-3333-4444-5555-666677778888',
  objectId: '99990000-3333-4444-5555-666677778888',
  resourceId: '/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/i',
}

async function ask(sdk: SdkName, env: Readonly<Record<string, string>>, id: Partial<typeof ids>) {
  const runtime = fakeRuntime({ env, http: () => respond(400, { error: 'invalid_request' }) })
  const config = configure({ sdk, isOnlyCredential: true, ...id })
  const credential = managedIdentity.create(config, runtime)
  const outcome = await credential.getToken(
    { scopes: ['https://vault.azure.net/.default'] },
    new AbortController().signal,
  )
  return { outcome, requests: runtime.http.requests }
}

const prefix = 'ManagedIdentityCredential authentication unavailable.'
const fabricCluster =
  'not supported by the Service Fabric managed identity environment. The managed identity configuration is determined by the Service Fabric cluster resource configuration. See https://aka.ms/servicefabricmi for more information'
const arcOfDotnet = '[Managed Identity] User assigned identity is not supported by the Azure Arc Managed Identity.'

/** The parameter's name for client, object and resource id; or what is said of every id in its place. */
const rows: readonly [SdkName, AskedHost, readonly [string, string, string] | string][] = [
  ['python', 'imds', ['client_id', 'object_id', 'msi_res_id']],
  ['python', 'app-service', ['client_id', 'object_id', 'mi_res_id']],
  ['python', 'service-fabric', `Specifying a client_id or identity_config is ${fabricCluster}.`],
  ['python', 'azure-ml', ['clientid', 'refused', 'refused']],
  ['python', 'azure-arc', ['client_id', 'object_id', 'msi_res_id']],
  ['js', 'imds', ['client_id', 'object_id', 'msi_res_id']],
  ['js', 'app-service', ['client_id', 'object_id', 'mi_res_id']],
  [
    'js',
    'service-fabric',
    `ManagedIdentityCredential: Specifying a \`clientId\` or \`resourceId\` is ${fabricCluster}`,
  ],
  ['js', 'azure-ml', ['clientid', 'refused', 'refused']],
  [
    'js',
    'cloud-shell',
    'ManagedIdentityCredential: Specifying a user-assigned managed identity is not supported for CloudShell at runtime. When using Managed Identity in CloudShell, omit the clientId, resourceId, and objectId parameters.',
  ],
  ['js', 'azure-arc', ['client_id', 'object_id', 'msi_res_id']],
  ['go', 'imds', ['client_id', 'object_id', 'msi_res_id']],
  ['go', 'app-service', ['client_id', 'object_id', 'mi_res_id']],
  ['go', 'service-fabric', "Service Fabric API doesn't support specifying a user-assigned identity."],
  ['go', 'azure-ml', ['clientid', 'refused', 'refused']],
  ['go', 'cloud-shell', "Cloud Shell doesn't support user-assigned managed identities"],
  ['go', 'azure-arc', ['client_id', 'object_id', 'msi_res_id']],
  ['dotnet', 'imds', ['client_id', 'object_id', 'msi_res_id']],
  ['dotnet', 'app-service', ['client_id', 'object_id', 'mi_res_id']],
  ['dotnet', 'service-fabric', `Specifying a clientId or resourceId is ${fabricCluster}.`],
  ['dotnet', 'azure-ml', ['clientid', 'refused', 'refused']],
  [
    'dotnet',
    'cloud-shell',
    '[Managed Identity] User assigned identity is not supported by the Cloud Shell Managed Identity.',
  ],
  ['dotnet', 'azure-arc', arcOfDotnet],
  ['java', 'imds', ['client_id', 'object_id', 'mi_res_id']],
  ['java', 'app-service', ['client_id', 'object_id', 'mi_res_id']],
  ['java', 'service-fabric', `Specifying a clientId or resourceId is ${fabricCluster}.`],
  // The library knows no Azure ML: to it this is Cloud Shell.
  ['java', 'azure-ml', `${prefix} User-assigned managed identity is not supported in CLOUD_SHELL.`],
  ['java', 'cloud-shell', `${prefix} User-assigned managed identity is not supported in CLOUD_SHELL.`],
  ['java', 'azure-arc', ['client_id', 'object_id', 'msi_res_id']],
]

/** What each SDK says of an id that Azure ML does not know; Python would send it, and be given another identity's token. */
const mlWords: Readonly<Partial<Record<SdkName, string>>> = {
  python: 'Azure ML managed identity takes no id but a client id, and would give the token of another identity.',
  js: 'ManagedIdentityCredential: Authentication failed. Message Only client id is supported for user-assigned managed identity in MachineLearning.',
  go: 'Azure ML supports specifying a user-assigned managed identity by client ID only',
  dotnet: 'Only client id is supported for user-assigned managed identity in Machine Learning.',
}

const cases = rows.flatMap(([sdk, host, told]) =>
  (['clientId', 'objectId', 'resourceId'] as const).map((kind, at) => {
    const name = typeof told === 'string' ? 'refused' : told[at]
    const words = typeof told === 'string' ? told : mlWords[sdk]
    return { sdk, host, kind, name: name ?? '', words: words ?? '' }
  }),
)

test.each(cases)('$sdk, $host: $kind is $name', async ({ sdk, host, kind, name, words }) => {
  const { outcome, requests } = await ask(sdk, variables[host], { [kind]: ids[kind] })
  if (name !== 'refused') {
    const asked = new URL(requests[0]?.url ?? '').searchParams
    expect(asked.get(name)).toBe(ids[kind])
    expect([...asked.values()].filter((value) => value === ids[kind] || value === 'the-default')).toEqual([ids[kind]])
    return
  }
  expect(requests).toEqual([])
  const problem = outcome.kind === 'token' ? null : outcome.problem
  expect(problem).toMatchObject({ code: 'managed-identity-id-refused', facts: { host: expect.any(String), id: kind } })
  const text = problem === null ? '' : wordProblem(findProfile(sdk), 'ManagedIdentityCredential', problem)
  expect(text).toContain(words)
})

test('.NET asks Azure ML for no identity of its own without DEFAULT_IDENTITY_CLIENT_ID, and names what it is without', async () => {
  const { DEFAULT_IDENTITY_CLIENT_ID: _, ...without } = variables['azure-ml']
  const { outcome, requests } = await ask('dotnet', without, {})
  expect(requests).toEqual([])
  const problem = outcome.kind === 'failed' ? outcome.problem : null
  expect(problem).toMatchObject({ facts: { missing: ['DEFAULT_IDENTITY_CLIENT_ID'] } })
  expect(problem === null ? '' : wordProblem(findProfile('dotnet'), 'ManagedIdentityCredential', problem)).toContain(
    'The DEFAULT_IDENTITY_CLIENT_ID environment variable is null.',
  )
  const named = await ask('dotnet', variables['azure-ml'], {})
  expect(new URL(named.requests[0]?.url ?? '').searchParams.get('clientid')).toBe('the-default')
})
