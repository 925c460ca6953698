/**
 * Every situation in which a managed identity is asked for, as data: what is set, what the host answers. One table for
 * three readers: the recorder, which asks the real azure-identity; the component tests, which ask our credential over
 * fakes and compare; and the conformance test, which proves the recording against the library again.
 */

/** Seconds since the epoch at which every scenario happens. */
export const scenarioNow = 1_795_226_400

interface ScriptedAnswer {
  readonly status: number
  readonly reason?: string
  /** `content-type` is `application/json` unless given; null leaves a header out. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Text as it is, anything else as JSON. */
  readonly body?: unknown
}

interface ScriptedFault {
  readonly fault: 'close' | 'hang' | 'reset' | 'garbage'
}

export type Scripted = ScriptedAnswer | ScriptedFault

export interface Scenario {
  readonly name: string
  /** `named`: alone. `chained`: a link of a hand-made chain. `default`: the link of the default chain. */
  readonly role?: 'named' | 'chained' | 'default'
  readonly env?: Readonly<Record<string, string>>
  readonly id?: { readonly clientId?: string; readonly objectId?: string; readonly resourceId?: string }
  readonly files?: Readonly<Record<string, string>>
  readonly scopes?: readonly string[]
  /** The endpoint is an address that swallows every packet. */
  readonly drops?: boolean
  /** How often the same credential is asked. */
  readonly times?: number
  /** The answer to a request without the `Metadata` header at the address of IMDS. */
  readonly probe?: Scripted
  /** In order; the last one repeats. */
  readonly answers?: readonly Scripted[]
}

const clientId = '6f4a2a7e-1f0c-4ab1-9e5b-0d5a4c3b2a19'
const objectId = '9c6d1f62-40d5-4b1e-8a57-0f1f7c9a3d11'
const resourceId =
  '/subscriptions/5d0f5b0e-7a53-4f1c-8f1a-0d9f1c2b3a4d/resourceGroups/rg/providers/Microsoft.ManagedIdentity/userAssignedIdentities/app'

const token = {
  access_token: 'made.for.tests',
  client_id: clientId,
  expires_in: '86399',
  expires_on: String(scenarioNow + 86_399),
  ext_expires_in: '86399',
  not_before: String(scenarioNow - 300),
  resource: 'https://vault.azure.net',
  token_type: 'Bearer',
}
const tokenWith = (changes: Readonly<Record<string, unknown>>): Record<string, unknown> => {
  const changed: Record<string, unknown> = { ...token, ...changes }
  for (const [name, value] of Object.entries(changes)) if (value === undefined) delete changed[name]
  return changed
}
const ok = (changes: Readonly<Record<string, unknown>> = {}): ScriptedAnswer => ({
  status: 200,
  body: tokenWith(changes),
})

const headerless: ScriptedAnswer = {
  status: 400,
  body: { error: 'invalid_request', error_description: 'Required metadata header not specified' },
}
const notFound: ScriptedAnswer = {
  status: 400,
  body: { error: 'invalid_request', error_description: 'Identity not found' },
}
const manyIdentities: ScriptedAnswer = {
  status: 400,
  body: {
    error: 'invalid_request',
    error_description:
      'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
  },
}
const dockerDesktop: ScriptedAnswer = {
  status: 403,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body: 'connecting to 169.254.169.254:80: connecting to 169.254.169.254:80: dial tcp 169.254.169.254:80: connectex: A socket operation was attempted to an unreachable network.',
}
const captivePortal: ScriptedAnswer = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<html><head><title>Welcome to the guest network</title></head><body>Please sign in</body></html>',
}
const error = (
  status: number,
  body: unknown = { error: 'unknown', error_description: `fault ${status}` },
): ScriptedAnswer => ({
  status,
  body,
})

const pod = { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:41000' }
const appService = { IDENTITY_ENDPOINT: 'http://127.0.0.1:41000/MSI/token', IDENTITY_HEADER: 'header-value' }
const serviceFabric = {
  IDENTITY_ENDPOINT: 'https://127.0.0.1:41443/metadata/identity/oauth2/token',
  IDENTITY_HEADER: 'header-value',
  IDENTITY_SERVER_THUMBPRINT: '{thumbprint}',
}
const azureMl = { MSI_ENDPOINT: 'http://127.0.0.1:41000/MSI/auth', MSI_SECRET: 'secret-value' }
const cloudShell = { MSI_ENDPOINT: 'http://127.0.0.1:41000/oauth2/token' }
const arc = {
  IDENTITY_ENDPOINT: 'http://127.0.0.1:41000/metadata/identity/oauth2/token',
  IMDS_ENDPOINT: 'http://127.0.0.1:41000',
}
const keyFolder = '/var/opt/azcmagent/tokens'
const keyFile = { [`${keyFolder}/challenge.key`]: 'key-content' }
const challenge = (realm: string, header = `Basic realm=${realm}`): ScriptedAnswer => ({
  status: 401,
  headers: { 'www-authenticate': header, 'content-type': 'text/plain' },
  body: '',
})
const arcChallenge = challenge(`${keyFolder}/challenge.key`)
const workloadIdentity = {
  AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com',
  AZURE_TENANT_ID: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  AZURE_FEDERATED_TOKEN_FILE: '/var/opt/azcmagent/federated-token',
}

const detection: readonly Scenario[] = [
  { name: 'detect: nothing set is IMDS', answers: [ok()] },
  { name: 'detect: IDENTITY_ENDPOINT and IDENTITY_HEADER are App Service', env: appService, answers: [ok()] },
  { name: 'detect: with a thumbprint it is Service Fabric', env: serviceFabric, answers: [ok()] },
  {
    name: 'detect: IDENTITY_ENDPOINT and IMDS_ENDPOINT are Arc',
    env: arc,
    files: keyFile,
    answers: [arcChallenge, ok()],
  },
  { name: 'detect: the header wins over IMDS_ENDPOINT', env: { ...arc, ...appService }, answers: [ok()] },
  { name: 'detect: MSI_ENDPOINT and MSI_SECRET are Azure ML', env: azureMl, answers: [ok()] },
  { name: 'detect: MSI_ENDPOINT alone is Cloud Shell', env: cloudShell, answers: [ok()] },
  {
    name: 'detect: IDENTITY_ENDPOINT alone is no host',
    env: { IDENTITY_ENDPOINT: 'http://127.0.0.1:41000/x' },
    answers: [ok()],
  },
  {
    name: 'detect: IDENTITY_ENDPOINT alone hides MSI_ENDPOINT',
    env: { IDENTITY_ENDPOINT: 'http://127.0.0.1:41000/x', ...azureMl },
    answers: [ok()],
  },
  {
    name: 'detect: IDENTITY_ENDPOINT with only a thumbprint',
    env: { ...serviceFabric, IDENTITY_HEADER: '' },
    answers: [ok()],
  },
  { name: 'detect: IDENTITY_HEADER alone is IMDS', env: { IDENTITY_HEADER: 'x' }, answers: [ok()] },
  { name: 'detect: MSI_SECRET alone is IMDS', env: { MSI_SECRET: 'x' }, answers: [ok()] },
  { name: 'detect: IMDS_ENDPOINT alone is IMDS', env: { IMDS_ENDPOINT: 'http://127.0.0.1:41000' }, answers: [ok()] },
  {
    name: 'detect: an empty IDENTITY_ENDPOINT is not set',
    env: { IDENTITY_ENDPOINT: '', IDENTITY_HEADER: 'x' },
    answers: [ok()],
  },
  {
    name: 'detect: an empty IDENTITY_HEADER with IMDS_ENDPOINT',
    env: { ...arc, IDENTITY_HEADER: '' },
    files: keyFile,
    answers: [arcChallenge, ok()],
  },
  { name: 'detect: an empty MSI_SECRET is Cloud Shell', env: { ...cloudShell, MSI_SECRET: '' }, answers: [ok()] },
  { name: 'detect: an empty thumbprint', env: { ...appService, IDENTITY_SERVER_THUMBPRINT: '' }, answers: [ok()] },
  {
    name: 'detect: the agent of Arc is installed, nothing set',
    files: { '/opt/azcmagent/bin/himds': '', ...keyFile },
    answers: [ok()],
  },
  { name: 'detect: App Service wins over MSI_ENDPOINT', env: { ...appService, ...azureMl }, answers: [ok()] },
  {
    name: 'detect: workload identity without a client id',
    env: workloadIdentity,
    answers: [ok()],
  },
  {
    name: 'detect: workload identity variables behind App Service',
    env: { ...workloadIdentity, ...appService },
    answers: [ok()],
  },
]

const ids: readonly Scenario[] = [
  { name: 'ids: IMDS client id', id: { clientId }, answers: [ok()] },
  { name: 'ids: IMDS object id', id: { objectId }, answers: [ok()] },
  { name: 'ids: IMDS resource id', id: { resourceId }, answers: [ok()] },
  { name: 'ids: IMDS two ids', id: { objectId, resourceId }, answers: [ok()] },
  { name: 'ids: IMDS client id and object id', id: { clientId, objectId }, answers: [ok()] },
  {
    name: 'ids: AZURE_CLIENT_ID does nothing to a named credential',
    env: { AZURE_CLIENT_ID: clientId },
    answers: [ok()],
  },
  {
    name: 'ids: AZURE_CLIENT_ID in the default chain',
    role: 'default',
    env: { AZURE_CLIENT_ID: clientId },
    probe: headerless,
    answers: [ok()],
  },
  { name: 'ids: App Service client id', env: appService, id: { clientId }, answers: [ok()] },
  { name: 'ids: App Service object id', env: appService, id: { objectId }, answers: [ok()] },
  { name: 'ids: App Service resource id', env: appService, id: { resourceId }, answers: [ok()] },
  {
    name: 'ids: AZURE_CLIENT_ID in the default chain at App Service',
    role: 'default',
    env: { ...appService, AZURE_CLIENT_ID: clientId },
    answers: [ok()],
  },
  { name: 'ids: Service Fabric client id', env: serviceFabric, id: { clientId }, answers: [ok()] },
  { name: 'ids: Service Fabric object id', env: serviceFabric, id: { objectId }, answers: [ok()] },
  {
    name: 'ids: AZURE_CLIENT_ID in the default chain at Service Fabric',
    role: 'default',
    env: { ...serviceFabric, AZURE_CLIENT_ID: clientId },
    answers: [ok()],
  },
  { name: 'ids: Azure ML client id', env: azureMl, id: { clientId }, answers: [ok()] },
  { name: 'ids: Azure ML object id', env: azureMl, id: { objectId }, answers: [ok()] },
  { name: 'ids: Azure ML resource id', env: azureMl, id: { resourceId }, answers: [ok()] },
  {
    name: 'ids: Azure ML system-assigned does not look at DEFAULT_IDENTITY_CLIENT_ID',
    env: { ...azureMl, DEFAULT_IDENTITY_CLIENT_ID: clientId },
    answers: [ok()],
  },
  { name: 'ids: Cloud Shell client id', env: cloudShell, id: { clientId }, answers: [ok()] },
  { name: 'ids: Cloud Shell object id', env: cloudShell, id: { objectId }, answers: [ok()] },
  { name: 'ids: Cloud Shell resource id', env: cloudShell, id: { resourceId }, answers: [ok()] },
  {
    name: 'ids: AZURE_CLIENT_ID in the default chain in Cloud Shell',
    role: 'default',
    env: { ...cloudShell, AZURE_CLIENT_ID: clientId },
    answers: [ok()],
  },
  { name: 'ids: Arc client id echoed', env: arc, id: { clientId }, files: keyFile, answers: [arcChallenge, ok()] },
  {
    name: 'ids: Arc client id echoed in upper case',
    env: arc,
    id: { clientId },
    files: keyFile,
    answers: [arcChallenge, ok({ client_id: clientId.toUpperCase() })],
  },
  {
    name: 'ids: Arc client id not echoed',
    env: arc,
    id: { clientId },
    files: keyFile,
    answers: [arcChallenge, ok({ client_id: undefined })],
  },
  {
    name: 'ids: Arc object id, another one echoed',
    env: arc,
    id: { objectId },
    files: keyFile,
    answers: [arcChallenge, ok({ object_id: clientId })],
  },
  {
    name: 'ids: Arc object id echoed',
    env: arc,
    id: { objectId },
    files: keyFile,
    answers: [arcChallenge, ok({ object_id: objectId })],
  },
  {
    name: 'ids: Arc resource id echoed',
    env: arc,
    id: { resourceId },
    files: keyFile,
    answers: [arcChallenge, ok({ msi_res_id: resourceId })],
  },
  {
    name: 'ids: Arc resource id echoed as mi_res_id',
    env: arc,
    id: { resourceId },
    files: keyFile,
    answers: [arcChallenge, ok({ mi_res_id: resourceId })],
  },
  { name: 'ids: several scopes', scopes: ['https://vault.azure.net/a', 'https://vault.azure.net/b'], answers: [ok()] },
  {
    name: 'ids: a scope that is no default scope',
    scopes: ['https://vault.azure.net/user_impersonation'],
    answers: [ok()],
  },
  { name: 'ids: a resource with a slash at the end', scopes: ['https://vault.azure.net//.default'], answers: [ok()] },
  {
    name: 'ids: a resource that is an app id',
    scopes: ['00000003-0000-0000-c000-000000000000/.default'],
    answers: [ok()],
  },
]

const responses: readonly Scenario[] = [
  { name: 'response: IMDS expires_in as a number', answers: [ok({ expires_in: 3600 })] },
  { name: 'response: IMDS two hours, refreshed at half-life', answers: [ok({ expires_in: '7200' })] },
  { name: 'response: IMDS a second less than two hours', answers: [ok({ expires_in: '7199' })] },
  { name: 'response: IMDS an odd lifetime', answers: [ok({ expires_in: '7201' })] },
  { name: 'response: IMDS refresh_in is not read', answers: [ok({ refresh_in: '600' })] },
  { name: 'response: IMDS without expires_in', answers: [ok({ expires_in: undefined })] },
  { name: 'response: IMDS expires_in of no number', answers: [ok({ expires_in: 'soon' })] },
  { name: 'response: IMDS expires_in with a fraction', answers: [ok({ expires_in: '3599.5' })] },
  { name: 'response: IMDS expires_in a number with a fraction', answers: [ok({ expires_in: 3599.5 })] },
  { name: 'response: IMDS expires_in zero', answers: [ok({ expires_in: '0' })] },
  { name: 'response: IMDS expires_in number zero', answers: [ok({ expires_in: 0 })] },
  { name: 'response: IMDS expires_in negative', answers: [ok({ expires_in: '-10' })] },
  { name: 'response: IMDS expires_in with spaces and a sign', answers: [ok({ expires_in: ' +3600 ' })] },
  { name: 'response: IMDS expires_in absurdly large', answers: [ok({ expires_in: '99999999999999' })] },
  { name: 'response: IMDS without access_token', answers: [ok({ access_token: undefined })] },
  { name: 'response: IMDS an empty access_token', answers: [ok({ access_token: '' })] },
  { name: 'response: IMDS a token type of its own', answers: [ok({ token_type: 'pop' })] },
  { name: 'response: IMDS an empty object', answers: [{ status: 200, body: {} }] },
  { name: 'response: IMDS an array', answers: [{ status: 200, body: [] }] },
  { name: 'response: IMDS null', answers: [{ status: 200, body: 'null' }] },
  { name: 'response: IMDS a string', answers: [{ status: 200, body: '"hello"' }] },
  { name: 'response: IMDS an empty body', answers: [{ status: 200, body: '' }] },
  {
    name: 'response: IMDS an empty body without content type',
    answers: [{ status: 200, headers: { 'content-type': null }, body: '' }],
  },
  { name: 'response: IMDS cut JSON', answers: [{ status: 200, body: '{"access_token":"abc' }] },
  {
    name: 'response: IMDS JSON as text/html',
    answers: [{ status: 200, headers: { 'content-type': 'text/html' }, body: token }],
  },
  {
    name: 'response: IMDS JSON as text/plain',
    answers: [{ status: 200, headers: { 'content-type': 'text/plain' }, body: token }],
  },
  {
    name: 'response: IMDS JSON as octets',
    answers: [{ status: 200, headers: { 'content-type': 'application/octet-stream' }, body: token }],
  },
  {
    name: 'response: IMDS JSON without content type',
    answers: [{ status: 200, headers: { 'content-type': null }, body: token }],
  },
  { name: 'response: IMDS HTML named JSON', answers: [{ status: 200, body: '<html></html>' }] },
  {
    name: 'response: IMDS XML',
    answers: [{ status: 200, headers: { 'content-type': 'application/xml' }, body: '<a><b/></a>' }],
  },
  {
    name: 'response: IMDS broken XML',
    answers: [{ status: 200, headers: { 'content-type': 'application/xml' }, body: '<a><b' }],
  },
  {
    name: 'response: IMDS JSON with a byte order mark',
    answers: [{ status: 200, body: `\ufeff${JSON.stringify(token)}` }],
  },
  {
    name: 'response: App Service expires_on as a number',
    env: appService,
    answers: [ok({ expires_on: scenarioNow + 3600 })],
  },
  {
    name: 'response: App Service expires_on in ten minutes',
    env: appService,
    answers: [ok({ expires_on: String(scenarioNow + 600) })],
  },
  {
    name: 'response: App Service expires_on in two hours',
    env: appService,
    answers: [ok({ expires_on: String(scenarioNow + 7200) })],
  },
  {
    name: 'response: App Service expires_on in the past',
    env: appService,
    answers: [ok({ expires_on: String(scenarioNow - 10) })],
  },
  {
    name: 'response: App Service expires_on as a date',
    env: appService,
    answers: [ok({ expires_on: '11/21/2026 03:00:00 +00:00' })],
  },
  { name: 'response: App Service without expires_on', env: appService, answers: [ok({ expires_on: undefined })] },
  { name: 'response: App Service expires_on zero', env: appService, answers: [ok({ expires_on: 0 })] },
  { name: 'response: App Service HTML', env: appService, answers: [captivePortal] },
  { name: 'response: App Service an empty body', env: appService, answers: [{ status: 200, body: '' }] },
  { name: 'response: App Service cut JSON', env: appService, answers: [{ status: 200, body: '{"access_token":"abc' }] },
  {
    name: 'response: App Service octets',
    env: appService,
    answers: [{ status: 200, headers: { 'content-type': 'application/octet-stream' }, body: token }],
  },
  { name: 'response: App Service an array', env: appService, answers: [{ status: 200, body: [] }] },
  {
    name: 'response: Azure ML expires_on as a date of Linux',
    env: azureMl,
    answers: [ok({ expires_on: '11/22/2026 02:57:58 +00:00' })],
  },
  {
    name: 'response: Azure ML expires_on as a date of Windows',
    env: azureMl,
    answers: [ok({ expires_on: '11/22/2026 5:24:12 AM +00:00' })],
  },
  {
    name: 'response: Azure ML expires_on in ISO form',
    env: azureMl,
    answers: [ok({ expires_on: '2026-11-22T02:57:58.000Z' })],
  },
  {
    name: 'response: Azure ML without expires_on',
    env: azureMl,
    answers: [ok({ access_token: undefined, expires_on: undefined })],
  },
  { name: 'response: Azure ML HTML', env: azureMl, answers: [captivePortal] },
  {
    name: 'response: Cloud Shell with expires_on and expires_in',
    env: cloudShell,
    answers: [ok({ expires_in: '3599', expires_on: String(scenarioNow + 3599) })],
  },
  {
    name: 'response: Cloud Shell with expires_in only',
    env: cloudShell,
    answers: [ok({ expires_in: 3599, expires_on: undefined })],
  },
  {
    name: 'response: Cloud Shell with expires_on only',
    env: cloudShell,
    answers: [ok({ expires_in: undefined, expires_on: scenarioNow + 7200 })],
  },
  { name: 'response: Cloud Shell refresh_in is read', env: cloudShell, answers: [ok({ refresh_in: '600' })] },
  {
    name: 'response: Cloud Shell without expiry',
    env: cloudShell,
    answers: [ok({ expires_in: undefined, expires_on: undefined, token_type: undefined })],
  },
  { name: 'response: Cloud Shell without resource', env: cloudShell, answers: [ok({ resource: undefined })] },
  {
    name: 'response: Cloud Shell expires_on as a date',
    env: cloudShell,
    answers: [ok({ expires_on: '11/22/2026 02:57:58 +00:00' })],
  },
  { name: 'response: Cloud Shell without access_token', env: cloudShell, answers: [ok({ access_token: undefined })] },
  { name: 'response: Cloud Shell an empty body', env: cloudShell, answers: [{ status: 200, body: '' }] },
  { name: 'response: Cloud Shell an empty object', env: cloudShell, answers: [{ status: 200, body: {} }] },
  { name: 'response: Cloud Shell HTML', env: cloudShell, answers: [captivePortal] },
  {
    name: 'response: Cloud Shell octets',
    env: cloudShell,
    answers: [{ status: 200, headers: { 'content-type': 'application/octet-stream' }, body: token }],
  },
  { name: 'response: Cloud Shell cut JSON', env: cloudShell, answers: [{ status: 200, body: '{"access_token":"abc' }] },
  { name: 'response: Arc with expires_in', env: arc, files: keyFile, answers: [arcChallenge, ok()] },
  {
    name: 'response: Arc without expires_in',
    env: arc,
    files: keyFile,
    answers: [arcChallenge, { status: 200, body: { access_token: undefined, token_type: 'Bearer' } }],
  },
  { name: 'response: Arc HTML at once', env: arc, answers: [captivePortal] },
  { name: 'response: Arc a token at once', env: arc, answers: [{ status: 200, body: { hello: 'world' } }] },
  {
    name: 'response: Service Fabric expires_on as a number',
    env: serviceFabric,
    answers: [ok({ expires_on: scenarioNow + 3600 })],
  },
  { name: 'response: Service Fabric without token_type', env: serviceFabric, answers: [ok({ token_type: undefined })] },
  { name: 'response: Service Fabric HTML', env: serviceFabric, answers: [captivePortal] },
]

const refusals: readonly Scenario[] = [
  { name: 'refused: IMDS identity not found', answers: [notFound] },
  { name: 'refused: IMDS identity not found, in a chain', role: 'chained', probe: headerless, answers: [notFound] },
  {
    name: 'refused: IMDS identity not found, in the default chain',
    role: 'default',
    probe: headerless,
    answers: [notFound],
  },
  { name: 'refused: IMDS several identities', id: {}, answers: [manyIdentities] },
  {
    name: 'refused: IMDS unknown resource',
    answers: [
      error(400, {
        error: 'invalid_resource',
        error_description:
          'AADSTS500011: The resource principal named https://vault.azure.net was not found in the tenant.\r\nTrace ID: 1',
      }),
    ],
  },
  {
    name: 'refused: IMDS 400 with an error object',
    answers: [error(400, { error: { code: 'BadRequest', message: 'no' } })],
  },
  { name: 'refused: IMDS 400 without a description', answers: [error(400, { error: 'invalid_request' })] },
  {
    name: 'refused: IMDS 400 as plain text',
    answers: [{ status: 400, headers: { 'content-type': 'text/plain' }, body: 'Bad Request' }],
  },
  { name: 'refused: IMDS 400 with an empty body', answers: [{ status: 400, body: '' }] },
  { name: 'refused: IMDS 400 cut JSON', answers: [{ status: 400, body: '{"error":' }] },
  { name: 'refused: IMDS 401', answers: [error(401, { error: 'unknown_source' })] },
  {
    name: 'refused: IMDS 403',
    answers: [error(403, { error: 'access_denied', error_description: 'The request was refused' })],
  },
  { name: 'refused: Docker Desktop', answers: [dockerDesktop] },
  {
    name: 'refused: Docker Desktop answers the probe',
    role: 'chained',
    probe: dockerDesktop,
    answers: [dockerDesktop],
  },
  {
    name: 'refused: Docker Desktop answers the probe in JSON',
    role: 'chained',
    probe: error(403, { error: 'x', error_description: 'an unreachable network' }),
    answers: [dockerDesktop],
  },
  {
    name: 'refused: a security agent answers the probe with 403',
    role: 'chained',
    probe: { status: 403, headers: { 'content-type': 'text/html' }, body: '<html>Access denied by policy</html>' },
    answers: [{ status: 403, headers: { 'content-type': 'text/html' }, body: '<html>Access denied by policy</html>' }],
  },
  { name: 'refused: a captive portal', answers: [captivePortal] },
  {
    name: 'refused: a captive portal answers the probe',
    role: 'chained',
    probe: captivePortal,
    answers: [captivePortal],
  },
  {
    name: 'refused: the metadata service of another cloud',
    role: 'chained',
    probe: { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>404 - Not Found</html>' },
    answers: [{ status: 404, headers: { 'content-type': 'text/html' }, body: '<html>404 - Not Found</html>' }],
  },
  {
    name: 'refused: IMDS redirects',
    answers: [
      { status: 302, headers: { location: 'http://127.0.0.1:41000/elsewhere', 'content-type': 'text/html' }, body: '' },
    ],
  },
  {
    name: 'refused: IMDS redirects with a JSON body',
    answers: [{ status: 307, headers: { location: 'http://127.0.0.1:41000/elsewhere' }, body: { a: 1 } }],
  },
  { name: 'refused: IMDS 404 every time', answers: [error(404)] },
  { name: 'refused: IMDS 410 every time', answers: [error(410)] },
  { name: 'refused: IMDS 410 then a token', answers: [error(410), error(410), ok()] },
  { name: 'refused: IMDS 410 then 404', answers: [error(410), error(404), error(404), error(410)] },
  { name: 'refused: IMDS 429 every time', answers: [error(429)] },
  { name: 'refused: IMDS 429 with Retry-After', answers: [{ ...error(429), headers: { 'retry-after': '7' } }, ok()] },
  {
    name: 'refused: IMDS 429 with Retry-After in milliseconds',
    answers: [{ ...error(429), headers: { 'x-ms-retry-after-ms': '1500' } }, ok()],
  },
  { name: 'refused: IMDS 400 with Retry-After', answers: [{ ...notFound, headers: { 'retry-after': '3' } }, ok()] },
  {
    name: 'refused: IMDS 429 with Retry-After every time',
    answers: [{ ...error(429), headers: { 'retry-after': '7' } }],
  },
  {
    name: 'refused: IMDS 429 with Retry-After zero',
    answers: [{ ...error(429), headers: { 'retry-after': '0' } }, ok()],
  },
  { name: 'refused: IMDS 408', answers: [error(408)] },
  {
    name: 'refused: IMDS 500 every time',
    answers: [
      error(500, {
        error: 'unknown',
        error_description: 'Failed to retrieve token from the Active directory. For details see logs',
      }),
    ],
  },
  { name: 'refused: IMDS 500 then a token', answers: [error(500), ok()] },
  {
    name: 'refused: IMDS 500 as plain text',
    answers: [{ status: 500, headers: { 'content-type': 'text/plain' }, body: 'oops' }],
  },
  {
    name: 'refused: IMDS 502 by a gateway',
    answers: [{ status: 502, headers: { 'content-type': 'text/html' }, body: '<html>502 Bad Gateway</html>' }],
  },
  {
    name: 'refused: IMDS 502 by a gateway, in a chain',
    role: 'chained',
    probe: { status: 502, headers: { 'content-type': 'text/html' }, body: '<html>502 Bad Gateway</html>' },
    answers: [{ status: 502, headers: { 'content-type': 'text/html' }, body: '<html>502 Bad Gateway</html>' }],
  },
  {
    name: 'refused: IMDS 504 by a gateway',
    answers: [{ status: 504, headers: { 'content-type': 'text/html' }, body: '' }],
  },
  { name: 'refused: IMDS 501', answers: [error(501)] },
  { name: 'refused: IMDS 405', answers: [error(405)] },
  { name: 'refused: IMDS closes the connection', answers: [{ fault: 'close' }] },
  {
    name: 'refused: IMDS closes the connection of the probe',
    role: 'chained',
    probe: { fault: 'close' },
    answers: [ok()],
  },
  { name: 'refused: IMDS hangs', answers: [{ fault: 'hang' }] },
  { name: 'refused: the probe hangs', role: 'chained', probe: { fault: 'hang' }, answers: [ok()] },
  { name: 'probe: answered, then a token', role: 'chained', probe: headerless, answers: [ok()] },
  { name: 'probe: in the default chain', role: 'default', probe: headerless, answers: [ok()] },
  { name: 'probe: a token without the header', role: 'chained', probe: ok(), answers: [ok()] },
  {
    name: 'probe: octets',
    role: 'chained',
    probe: { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: 'x' },
    answers: [ok()],
  },
  { name: 'probe: an empty 200', role: 'chained', probe: { status: 200, body: '' }, answers: [ok()] },
  { name: 'probe: 500', role: 'chained', probe: error(500), answers: [ok()] },
  {
    name: 'probe: 429 with Retry-After is not retried',
    role: 'chained',
    probe: { ...error(429), headers: { 'retry-after': '7' } },
    answers: [ok()],
  },
  { name: 'probe: JSON without a token', role: 'chained', probe: { status: 200, body: { a: 1 } }, answers: [ok()] },
  { name: 'probe: a JSON array', role: 'chained', probe: { status: 200, body: [1] }, answers: [ok()] },
  { name: 'probe: cut JSON', role: 'chained', probe: { status: 200, body: '{"a' }, answers: [ok()] },
  {
    name: 'probe: not when it is the only credential of the default chain',
    role: 'default',
    env: { AZURE_TOKEN_CREDENTIALS: 'ManagedIdentityCredential' },
    probe: notFound,
    answers: [ok()],
  },
  { name: 'probe: not with another authority host', role: 'chained', env: pod, probe: dockerDesktop, answers: [ok()] },
  { name: 'probe: with a client id', role: 'chained', id: { clientId }, probe: headerless, answers: [ok()] },
  { name: 'probe: once an instance', role: 'chained', times: 2, probe: headerless, answers: [notFound] },
  {
    name: 'pod: a slash at the end',
    env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:41000//' },
    answers: [ok()],
  },
  { name: 'pod: a path', env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:41000/nmi' }, answers: [ok()] },
  { name: 'pod: refused', env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1' }, answers: [] },
  {
    name: 'pod: refused, in a chain',
    role: 'chained',
    env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1' },
    answers: [],
  },
  { name: 'pod: no scheme', env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: '127.0.0.1:41000' }, answers: [ok()] },
  { name: 'pod: another scheme', env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'ftp://127.0.0.1:41000' }, answers: [ok()] },
  {
    name: 'pod: user and password',
    env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://user:pass@127.0.0.1:41000' },
    answers: [ok()],
  },
  { name: 'pod: empty', env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: '' }, answers: [ok()] },
  { name: 'pod: IPv6', env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://[::1]:1' }, answers: [] },
  {
    name: 'App Service refuses the id',
    env: appService,
    id: { clientId },
    answers: [
      error(400, {
        statusCode: 400,
        message: 'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
        correlationId: 'b4c8d7e2-0000-4000-8000-000000000001',
      }),
    ],
  },
  {
    name: 'App Service refuses the header',
    env: appService,
    answers: [error(401, { statusCode: 401, message: 'Unauthorized' })],
  },
  {
    name: 'App Service of an older kind refuses',
    env: appService,
    answers: [error(400, { ExceptionMessage: 'no', ErrorCode: 'BadRequest' })],
  },
  {
    name: 'App Service 500',
    env: appService,
    answers: [error(500, { statusCode: 500, message: 'An unexpected error occured while fetching the AAD Token.' })],
  },
  { name: 'App Service 404', env: appService, answers: [error(404, { statusCode: 404, message: 'no' })] },
  { name: 'App Service 410', env: appService, answers: [error(410, { statusCode: 410, message: 'gone' })] },
  {
    name: 'App Service 429 with Retry-After',
    env: appService,
    answers: [{ ...error(429, { statusCode: 429, message: 'slow' }), headers: { 'retry-after': '2' } }, ok()],
  },
  {
    name: 'App Service 502 HTML',
    env: appService,
    answers: [{ status: 502, headers: { 'content-type': 'text/html' }, body: '<html>502</html>' }],
  },
  {
    name: 'App Service 403 plain text',
    env: appService,
    answers: [{ status: 403, headers: { 'content-type': 'text/plain' }, body: 'unreachable' }],
  },
  {
    name: 'App Service refuses the connection',
    env: { ...appService, IDENTITY_ENDPOINT: 'http://127.0.0.1:1/MSI/token' },
    answers: [],
  },
  { name: 'App Service closes the connection', env: appService, answers: [{ fault: 'close' }] },
  { name: 'App Service resets the connection', env: appService, answers: [{ fault: 'reset' }] },
  { name: 'App Service speaks no HTTP', env: appService, answers: [{ fault: 'garbage' }] },
  {
    name: 'App Service at a name that is not known',
    env: { ...appService, IDENTITY_ENDPOINT: 'http://nowhere.invalid/MSI/token' },
    answers: [],
  },
  {
    name: 'App Service at an address without a route',
    env: { ...appService, IDENTITY_ENDPOINT: 'http://192.0.2.1/MSI/token' },
    answers: [],
  },
  {
    name: 'App Service at an address that drops packets',
    env: { ...appService, IDENTITY_ENDPOINT: 'http://10.99.0.2/MSI/token' },
    drops: true,
    answers: [],
  },
  {
    name: 'App Service with a certificate that nobody signed',
    env: { ...appService, IDENTITY_ENDPOINT: 'https://127.0.0.1:41443/MSI/token' },
    answers: [],
  },
  {
    name: 'App Service over TLS where none is spoken',
    env: { ...appService, IDENTITY_ENDPOINT: 'https://127.0.0.1:41000/MSI/token' },
    answers: [],
  },
  { name: 'Cloud Shell resets the connection', env: cloudShell, answers: [{ fault: 'reset' }] },
  {
    name: 'Service Fabric at a name that is not known',
    env: { ...serviceFabric, IDENTITY_ENDPOINT: 'https://nowhere.invalid/x' },
    answers: [],
  },
  { name: 'App Service hangs', env: appService, answers: [{ fault: 'hang' }] },
  {
    name: 'App Service redirects',
    env: appService,
    answers: [{ status: 302, headers: { location: 'http://127.0.0.1:41000/elsewhere' }, body: '' }],
  },
  {
    name: 'App Service endpoint without a scheme',
    env: { ...appService, IDENTITY_ENDPOINT: '127.0.0.1:41000/MSI/token' },
    answers: [ok()],
  },
  { name: 'App Service endpoint of words', env: { ...appService, IDENTITY_ENDPOINT: 'not a url' }, answers: [ok()] },
  {
    name: 'App Service endpoint of another scheme',
    env: { ...appService, IDENTITY_ENDPOINT: 'file:///etc/passwd' },
    answers: [ok()],
  },
  {
    name: 'App Service endpoint with a user and a password',
    env: { ...appService, IDENTITY_ENDPOINT: 'http://user:pass@127.0.0.1:41000/MSI/token' },
    answers: [ok()],
  },
  {
    name: 'App Service endpoint with a query',
    env: { ...appService, IDENTITY_ENDPOINT: 'http://127.0.0.1:41000/MSI/token?x=1' },
    answers: [ok()],
  },
  {
    name: 'App Service endpoint with a bad port',
    env: { ...appService, IDENTITY_ENDPOINT: 'http://127.0.0.1:99999/MSI/token' },
    answers: [ok()],
  },
  {
    name: 'App Service endpoint without a host',
    env: { ...appService, IDENTITY_ENDPOINT: 'http://' },
    answers: [ok()],
  },
  {
    name: 'App Service endpoint on IPv6',
    env: { ...appService, IDENTITY_ENDPOINT: 'http://[::1]:1/MSI/token' },
    answers: [],
  },
  { name: 'App Service header with a newline', env: { ...appService, IDENTITY_HEADER: 'a\nb' }, answers: [ok()] },
  {
    name: 'Azure ML refuses',
    env: azureMl,
    answers: [error(400, { error: { code: 'x', message: 'it\'s "no"', n: null, t: true, f: 1.5, l: [1, 'a'] } })],
  },
  { name: 'Azure ML 500', env: azureMl, answers: [error(500, { statusCode: 500, message: 'no' })] },
  { name: 'Azure ML refuses the connection', env: { ...azureMl, MSI_ENDPOINT: 'http://127.0.0.1:1/x' }, answers: [] },
  {
    name: 'Cloud Shell refuses the audience',
    env: cloudShell,
    answers: [
      error(400, {
        error: {
          code: 'AudienceNotSupported',
          message: 'Audience https://vault.azure.net is not a supported MSI token audience.',
        },
      }),
    ],
  },
  {
    name: 'Cloud Shell 400 as plain text',
    env: cloudShell,
    answers: [{ status: 400, headers: { 'content-type': 'text/plain' }, body: 'Bad Request' }],
  },
  { name: 'Cloud Shell 500', env: cloudShell, answers: [error(500)] },
  {
    name: 'Cloud Shell 429 with Retry-After',
    env: cloudShell,
    answers: [{ ...error(429), headers: { 'retry-after': '2' } }, ok()],
  },
  { name: 'Cloud Shell refuses the connection', env: { MSI_ENDPOINT: 'http://127.0.0.1:1/x' }, answers: [] },
  { name: 'Cloud Shell closes the connection', env: cloudShell, answers: [{ fault: 'close' }] },
  { name: 'Cloud Shell 403 text', env: cloudShell, answers: [dockerDesktop] },
  { name: 'Cloud Shell endpoint of words', env: { MSI_ENDPOINT: 'not a url' }, answers: [ok()] },
  {
    name: 'Service Fabric refuses the header',
    env: serviceFabric,
    answers: [
      error(401, {
        error: {
          correlationId: '1',
          code: 'SecretHeaderNotFound',
          message: 'Secret is not found in the request headers.',
        },
      }),
    ],
  },
  {
    name: 'Service Fabric has no identity',
    env: serviceFabric,
    answers: [
      error(404, {
        error: {
          correlationId: '1',
          code: 'ManagedIdentityNotFound',
          message: 'Managed identity not found for application host.',
        },
      }),
    ],
  },
  {
    name: 'Service Fabric misses the resource',
    env: serviceFabric,
    answers: [
      error(400, {
        error: {
          correlationId: '1',
          code: 'ArgumentNullOrEmpty',
          message: "The parameter 'resource' should not be null or empty string.",
        },
      }),
    ],
  },
  {
    name: 'Service Fabric refuses the api version',
    env: serviceFabric,
    answers: [error(400, { error: { correlationId: '1', code: 'InvalidApiVersion', message: 'no' } })],
  },
  {
    name: 'Service Fabric 500',
    env: serviceFabric,
    answers: [error(500, { error: { correlationId: '1', code: 'InternalServerError', message: 'no' } })],
  },
  {
    name: 'Service Fabric another thumbprint',
    env: { ...serviceFabric, IDENTITY_SERVER_THUMBPRINT: '0000000000000000000000000000000000000000' },
    answers: [ok()],
  },
  {
    name: 'Service Fabric a malformed thumbprint',
    env: { ...serviceFabric, IDENTITY_SERVER_THUMBPRINT: 'not-a-thumbprint' },
    answers: [ok()],
  },
  {
    name: 'Service Fabric a thumbprint with colons and spaces',
    env: { ...serviceFabric, IDENTITY_SERVER_THUMBPRINT: ' {thumbprint} ' },
    answers: [ok()],
  },
  {
    name: 'Service Fabric over http',
    env: { ...serviceFabric, IDENTITY_ENDPOINT: 'http://127.0.0.1:41000/x' },
    answers: [ok()],
  },
  {
    name: 'Service Fabric refuses the connection',
    env: { ...serviceFabric, IDENTITY_ENDPOINT: 'https://127.0.0.1:1/x' },
    answers: [],
  },
  { name: 'Service Fabric endpoint of words', env: { ...serviceFabric, IDENTITY_ENDPOINT: 'not a url' }, answers: [] },
  { name: 'Service Fabric closes the connection', env: serviceFabric, answers: [{ fault: 'close' }] },
  { name: 'Arc without a challenge header', env: arc, answers: [{ status: 401, body: '' }] },
  { name: 'Arc with another scheme', env: arc, answers: [challenge('', 'Bearer realm=/x')] },
  { name: 'Arc with a second equals sign', env: arc, answers: [challenge('', `Basic realm=${keyFolder}/a=b.key`)] },
  {
    name: 'Arc with a quoted realm',
    env: arc,
    files: keyFile,
    answers: [challenge('', `Basic realm="${keyFolder}/challenge.key"`), ok()],
  },
  {
    name: 'Arc in other letters',
    env: arc,
    files: keyFile,
    answers: [challenge('', `BASIC Realm=${keyFolder}/challenge.key`), ok()],
  },
  { name: 'Arc 403 at first', env: arc, answers: [error(403, { error: 'forbidden' })] },
  { name: 'Arc 500 at first', env: arc, answers: [error(500, 'the agent is not connected')] },
  { name: 'Arc 401 after the key', env: arc, files: keyFile, answers: [arcChallenge, error(401, 'no')] },
  {
    name: 'Arc 500 after the key',
    env: arc,
    files: keyFile,
    answers: [arcChallenge, error(500, { error: 'x', error_description: 'expired' })],
  },
  { name: 'Arc HTML after the key', env: arc, files: keyFile, answers: [arcChallenge, captivePortal] },
  {
    name: 'Arc octets after the key',
    env: arc,
    files: keyFile,
    answers: [arcChallenge, { status: 200, headers: { 'content-type': 'application/octet-stream' }, body: 'x' }],
  },
  { name: 'Arc the key file is missing', env: arc, answers: [arcChallenge] },
  {
    name: 'Arc a key in another folder',
    env: arc,
    files: { '/var/opt/azcmagent/other/challenge.key': 'x' },
    answers: [challenge('/var/opt/azcmagent/other/challenge.key'), ok()],
  },
  {
    name: 'Arc a key above the folder',
    env: arc,
    files: { '/var/opt/azcmagent/challenge.key': 'x' },
    answers: [challenge(`${keyFolder}/../challenge.key`), ok()],
  },
  {
    name: 'Arc a key of another extension',
    env: arc,
    files: { [`${keyFolder}/challenge.txt`]: 'x' },
    answers: [challenge(`${keyFolder}/challenge.txt`), ok()],
  },
  {
    name: 'Arc a key of 4096 bytes',
    env: arc,
    files: { [`${keyFolder}/challenge.key`]: 'k'.repeat(4096) },
    answers: [arcChallenge, ok()],
  },
  {
    name: 'Arc a key of 4097 bytes',
    env: arc,
    files: { [`${keyFolder}/challenge.key`]: 'k'.repeat(4097) },
    answers: [arcChallenge, ok()],
  },
  { name: 'Arc an empty realm', env: arc, answers: [challenge('', 'Basic realm=')] },
  { name: 'Arc refuses the connection', env: { ...arc, IDENTITY_ENDPOINT: 'http://127.0.0.1:1/x' }, answers: [] },
]

export const scenarios: readonly Scenario[] = [...detection, ...ids, ...responses, ...refusals]
