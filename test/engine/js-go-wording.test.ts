/**
 * What JavaScript and Go say of single problems, and that the troubleshooting guide's rows know these texts again. Texts
 * marked `recorded` are from runs of @azure/identity 4.14.1 and azidentity 1.15.0.
 */
import { describe, expect, test } from 'vitest'
import { type Problem, type ProblemFacts, problem, type StsRefusal } from '../../src/engine/problems.ts'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import type { Attempt, CredentialName, SdkName } from '../../src/engine/types.ts'
import troubleshooting from '../../src/knowledge/troubleshooting.json' with { type: 'json' }

const js = findProfile('js')
const go = findProfile('go')

const tokenUrl = 'https://login.microsoftonline.com/tenant/oauth2/v2.0/token'
const body =
  '{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Trace ID: t Correlation ID: c Timestamp: 2026-11-21 06:42:08Z","error_codes":[7000215],"timestamp":"2026-11-21 06:42:08Z","trace_id":"t","correlation_id":"c"}'

function refusal(changes: Partial<StsRefusal> = {}): Problem {
  return problem('token-refused', {
    error: 'invalid_client',
    description:
      'AADSTS7000215: Invalid client secret provided. Trace ID: t Correlation ID: c Timestamp: 2026-11-21 06:42:08Z',
    codes: ['AADSTS7000215'],
    status: 401,
    statusText: 'Unauthorized',
    timestamp: '2026-11-21 06:42:08Z',
    traceId: 't',
    correlationId: 'c',
    authority: 'login.microsoftonline.com',
    tenantId: 'tenant',
    request: { method: 'POST', url: tokenUrl },
    body,
    ...changes,
  })
}

/** As a service says it of this code. */
function refusedFor(code: string, text = 'words'): Problem {
  const description = `${code}: ${text}`
  const number = Number(code.replace('AADSTS', ''))
  return refusal({
    codes: [code],
    description,
    body: JSON.stringify({ error: 'invalid_client', error_description: description, error_codes: [number] }),
  })
}

const imdsPlace = {
  host: 'imds',
  sender: 'imds',
  endpoint: 'http://169.254.169.254/metadata/identity/oauth2/token',
} as const
type Answered = ProblemFacts['managed-identity-answer']

function imdsAnswer(status: number, text: string, more: Partial<Answered> = {}): Problem {
  const facts = {
    ...imdsPlace,
    phase: 'token',
    status,
    statusText: 'Bad Request',
    body: text,
    fault: 'refused',
    requests: 1,
  } as const
  return problem('managed-identity-answer', { ...facts, ...more })
}

const nobody = problem('managed-identity-unreachable', {
  ...imdsPlace,
  phase: 'probe',
  error: { code: 'timeout', host: '169.254.169.254', detail: 'no connection within 1000 ms' },
  requests: 1,
  connectTimeoutMs: 1000,
  answerTimeoutMs: 1000,
})

const rule = '-'.repeat(80)

describe('recorded', () => {
  test('JavaScript: a refusal as MSAL passes it on, and within EnvironmentCredential', () => {
    const text =
      'invalid_client: Error(s): 7000215 - Timestamp: 2026-11-21 06:42:08Z - Description: AADSTS7000215: Invalid client secret provided. Trace ID: t Correlation ID: c Timestamp: 2026-11-21 06:42:08Z - Correlation ID: c - Trace ID: t'
    expect(wordProblem(js, 'ClientSecretCredential', refusal())).toBe(text)
    expect(wordProblem(js, 'EnvironmentCredential', refusal())).toBe(
      `EnvironmentCredential authentication failed. To troubleshoot, visit https://aka.ms/azsdk/js/identity/environmentcredential/troubleshoot. Status code: 400\nMore details:\n${text},`,
    )
  })

  test('Go: the whole answer, indented as it came, with the section of the guide', () => {
    expect(wordProblem(go, 'EnvironmentCredential', { ...refusal(), by: 'ClientSecretCredential' })).toBe(
      [
        'ClientSecretCredential authentication failed. ',
        `POST ${tokenUrl}`,
        rule,
        'RESPONSE 401: 401 Unauthorized',
        rule,
        '{',
        '  "error": "invalid_client",',
        '  "error_description": "AADSTS7000215: Invalid client secret provided. Trace ID: t Correlation ID: c Timestamp: 2026-11-21 06:42:08Z",',
        '  "error_codes": [',
        '    7000215',
        '  ],',
        '  "timestamp": "2026-11-21 06:42:08Z",',
        '  "trace_id": "t",',
        '  "correlation_id": "c"',
        '}',
        rule,
        'To troubleshoot, visit https://aka.ms/azsdk/go/identity/troubleshoot#client-secret',
      ].join('\n'),
    )
    const bare = wordProblem(go, 'WorkloadIdentityCredential', refusal({ body: '' }))
    expect(bare).toContain(`\n${rule}\nResponse contained no body\n${rule}\n`)
    expect(wordProblem(go, 'ClientSecretCredential', refusal({ body: '{"a":[],"b":{},"c":"x, {y}: z"}' }))).toContain(
      '{\n  "a": [],\n  "b": {},\n  "c": "x, {y}: z"\n}',
    )
  })

  test.each([
    [{ error: 'interaction_required', description: 'AADSTS50076: more' }, 'interaction_required: AADSTS50076: more'],
    [{ suberror: 'consent_required', description: 'AADSTS65001: no' }, 'invalid_client: AADSTS65001: no'],
    [
      { body: '{"error":"x"}', description: '', error: 'x', codes: [], timestamp: '', traceId: '', correlationId: '' },
      'x: Error(s): Not Available - Timestamp: Not Available - Description: Not Available - Correlation ID: Not Available - Trace ID: Not Available',
    ],
  ] as const)('JavaScript: %j', (changes, text) => {
    expect(wordProblem(js, 'ClientSecretCredential', refusal(changes))).toBe(text)
  })

  test('JavaScript: a page in place of an answer is quoted with its headers; what calls itself JSON and is none is a broken network', () => {
    const headers = { 'content-type': 'text/html' }
    expect(
      wordProblem(js, 'ManagedIdentityCredential', imdsAnswer(200, '<p>hi</p>', { headers, fault: 'not-json' })),
    ).toBe(
      'ManagedIdentityCredential: Authentication failed. Message unknown_error: Error(s): Not Available - Timestamp: Not Available - Description: An unknown error occured.\nHttp status code: 200\nHttp status message: <p>hi</p>\nHeaders: {"content-type":"text/html"} - Correlation ID: Not Available - Trace ID: Not Available',
    )
    const cut = imdsAnswer(200, '{"access', { headers: { 'content-type': 'application/json' }, fault: 'not-json' })
    expect(wordProblem(js, 'ManagedIdentityCredential', cut)).toBe(
      'ManagedIdentityCredential: Network unreachable. Message: network_error: See https://aka.ms/msal.js.errors#network_error for details',
    )
    const [server, client] = [503, 403].map((status) =>
      wordProblem(js, 'ManagedIdentityCredential', imdsAnswer(status, 'no', { fault: 'not-json' })),
    )
    expect(server).toContain('Message server_error: ')
    expect(server).toContain('A server error occured.')
    expect(client).toContain('Message client_error: ')
  })

  test.each([
    ['hello\n', "invalid character 'h' looking for beginning of value"],
    ['', 'unexpected end of JSON input'],
    ['{"accessToken": "eyJ\n', "invalid character '\\n' in string literal"],
    ['nope', "invalid character 'o' in literal null (expecting 'u')"],
    ['{"a":1} x', "invalid character 'x' after top-level value"],
    [
      '[1]',
      'json: cannot unmarshal array into Go value of type struct { AccessToken string "json:\\"accessToken\\""; Expires_On int64 "json:\\"expires_on\\""; ExpiresOn string "json:\\"expiresOn\\"" }',
    ],
    ['{"expires_on":"1"}', 'json: cannot unmarshal string into Go struct field .expires_on of type int64'],
  ])('Go: az printed %j', (output, text) => {
    const facts = { tool: 'az', file: '/usr/bin/az', output, isSurrounded: false, codes: [] } as const
    expect(wordProblem(go, 'AzureCliCredential', problem('tool-output', facts))).toBe(text)
  })

  test.each([
    ['refused', 'connect ECONNREFUSED 127.0.0.1:1', 'dial tcp 127.0.0.1:1: connect: connection refused'],
    ['unreachable', 'connect ENETUNREACH 10.0.0.1:443', 'dial tcp 10.0.0.1:443: connect: network is unreachable'],
    ['unreachable', 'connect EHOSTUNREACH 10.0.0.1:443', 'dial tcp 10.0.0.1:443: connect: no route to host'],
    [
      'dns',
      'getaddrinfo ENOTFOUND login.microsoftonline.com',
      'dial tcp: lookup login.microsoftonline.com: no such host',
    ],
    ['reset', 'socket hang up', 'EOF'],
    ['timeout', 'no answer', 'context deadline exceeded'],
  ] as const)('Go: %s', (code, detail, words) => {
    const error = {
      code,
      host: 'login.microsoftonline.com',
      detail,
      request: { method: 'POST', url: tokenUrl },
    } as const
    expect(wordProblem(go, 'ClientSecretCredential', problem('network', error))).toBe(
      `ClientSecretCredential: Post "${tokenUrl}": ${words}. To troubleshoot, visit https://aka.ms/azsdk/go/identity/troubleshoot#client-secret`,
    )
    const expected = 'network_error: See https://aka.ms/msal.js.errors#network_error for details'
    expect(wordProblem(js, 'ClientSecretCredential', problem('network', error))).toBe(expected)
    const discovery = problem('network', { ...error, request: { method: 'GET', url: tokenUrl } })
    expect(wordProblem(js, 'ClientSecretCredential', discovery)).toBe(
      'endpoints_resolution_error: See https://aka.ms/msal.js.errors#endpoints_resolution_error for details',
    )
  })
})

const missing = (...names: readonly string[]): Problem =>
  problem('inputs-missing', { inputs: names.map((name) => ({ name, sources: [] })) })
const tool = { file: '/usr/bin/tool', ending: 'exit 1', codes: [] } as const
const claims = { claims: 'eyJhIjoxfQ==', scope: 'https://vault.azure.net/.default' }
const arc = (reason: ProblemFacts['arc-challenge-refused']['reason']): Problem =>
  problem('arc-challenge-refused', { reason, path: '/tmp/x.txt', folder: '/var/opt/azcmagent/tokens/', headers: {} })
const wrong = (what: string, value: string): Problem =>
  problem('input-invalid', { what, source: 'a test', reason: 'is wrong', value })

/** Rows of the guide that the engine can meet, with a problem that leads to each. */
const rows: readonly (readonly [row: string, sdk: SdkName, credential: CredentialName, problem: Problem])[] = [
  ['default-azure-credential-managed-identity-timed-out', 'go', 'ManagedIdentityCredential', nobody],
  [
    'environment-credential-not-configured',
    'js',
    'EnvironmentCredential',
    problem('environment-incomplete', { set: [], missing: [] }),
  ],
  [
    'environment-credential-not-configured',
    'go',
    'EnvironmentCredential',
    problem('environment-incomplete', { set: [], missing: [] }),
  ],
  ['environment-credential-authentication-failed', 'js', 'EnvironmentCredential', refusal()],
  ['client-secret-invalid', 'js', 'ClientSecretCredential', refusal()],
  ['client-secret-invalid', 'go', 'ClientSecretCredential', refusal()],
  ['client-secret-expired', 'js', 'ClientSecretCredential', refusedFor('AADSTS7000222')],
  ['client-secret-expired', 'go', 'ClientSecretCredential', refusedFor('AADSTS7000222')],
  ['client-secret-app-not-found', 'js', 'ClientSecretCredential', refusedFor('AADSTS700016')],
  ['client-secret-app-not-found', 'go', 'ClientSecretCredential', refusedFor('AADSTS700016')],
  ['client-certificate-invalid-signature', 'go', 'ClientCertificateCredential', refusedFor('AADSTS700027')],
  ['client-certificate-app-not-found', 'js', 'ClientCertificateCredential', refusedFor('AADSTS700016')],
  ['client-certificate-none-given', 'js', 'ClientCertificateCredential', missing('certificate')],
  [
    'client-certificate-not-pem',
    'js',
    'ClientCertificateCredential',
    problem('certificate-unusable', { source: '/c.pem', reason: 'malformed', detail: 'x', format: 'other' }),
  ],
  [
    'service-principal-endpoints-resolution',
    'js',
    'ClientSecretCredential',
    problem('authority-discovery', { authority: 'https://x', reason: 'y' }),
  ],
  ['service-principal-client-id-missing', 'js', 'ClientSecretCredential', missing('client id')],
  ['service-principal-client-id-missing', 'js', 'ClientCertificateCredential', missing('client id')],
  ['service-principal-tenant-id-missing', 'js', 'ClientSecretCredential', missing('tenant')],
  ['service-principal-tenant-id-missing', 'js', 'OnBehalfOfCredential', missing('tenant')],
  ['tenant-id-malformed', 'js', 'ClientSecretCredential', wrong('tenant id', 'no tenant!')],
  ['client-assertion-client-id-mismatch', 'js', 'ClientAssertionCredential', refusedFor('AADSTS700021')],
  ['client-assertion-audience-mismatch', 'js', 'ClientAssertionCredential', refusedFor('AADSTS700023')],
  ['client-assertion-malformed', 'js', 'ClientAssertionCredential', refusedFor('AADSTS50027')],
  [
    'managed-identity-vm-not-assigned',
    'go',
    'ManagedIdentityCredential',
    imdsAnswer(400, '{"error":"invalid_request"}', { id: 'clientId' }),
  ],
  ['managed-identity-vm-no-response', 'js', 'ManagedIdentityCredential', nobody],
  [
    'managed-identity-vm-docker-desktop',
    'go',
    'ManagedIdentityCredential',
    imdsAnswer(403, 'A socket operation was attempted to an unreachable network.', { fault: 'gateway' }),
  ],
  [
    'managed-identity-multiple-scopes',
    'js',
    'ManagedIdentityCredential',
    problem('managed-identity-scopes', { count: 2 }),
  ],
  [
    'managed-identity-more-than-one-id',
    'js',
    'ManagedIdentityCredential',
    problem('managed-identity-ids', { ids: ['clientId', 'objectId'] }),
  ],
  [
    'managed-identity-app-service-fell-back-to-imds',
    'go',
    'ManagedIdentityCredential',
    problem('managed-identity-unreachable', {
      ...imdsPlace,
      phase: 'token',
      error: {
        code: 'timeout',
        host: '169.254.169.254',
        detail: 'no connection to 169.254.169.254:80 within 30000 ms: connect',
      },
      requests: 7,
      connectTimeoutMs: 30_000,
      answerTimeoutMs: 30_000,
      parameters: [
        ['api-version', '2018-02-01'],
        ['resource', 'https://vault.azure.net'],
      ],
    }),
  ],
  [
    'managed-identity-service-fabric-user-assigned',
    'js',
    'ManagedIdentityCredential',
    problem('managed-identity-id-refused', { host: 'service-fabric', id: 'clientId', source: 'AZURE_CLIENT_ID' }),
  ],
  [
    'managed-identity-cloud-shell-user-assigned',
    'js',
    'ManagedIdentityCredential',
    problem('managed-identity-id-refused', { host: 'cloud-shell', id: 'clientId', source: 'AZURE_CLIENT_ID' }),
  ],
  ['managed-identity-arc-challenge-missing', 'js', 'ManagedIdentityCredential', arc('header')],
  ['managed-identity-arc-secret-file', 'js', 'ManagedIdentityCredential', arc('extension')],
  ['managed-identity-arc-secret-file', 'js', 'ManagedIdentityCredential', arc('folder')],
  ['managed-identity-arc-secret-file', 'js', 'ManagedIdentityCredential', arc('size')],
  ['managed-identity-arc-platform', 'js', 'ManagedIdentityCredential', arc('platform')],
  [
    'managed-identity-endpoint-variable-malformed',
    'js',
    'ManagedIdentityCredential',
    problem('managed-identity-endpoint', {
      host: 'app-service',
      sender: 'app-service',
      variable: 'IDENTITY_ENDPOINT',
      reason: 'malformed',
      url: 'http://x y',
    }),
  ],
  [
    'managed-identity-app-service-id-not-found',
    'js',
    'ManagedIdentityCredential',
    imdsAnswer(
      400,
      '{"statusCode":400,"message":"No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId."}',
      { host: 'app-service', sender: 'app-service' },
    ),
  ],
  [
    'managed-identity-app-service-id-not-found',
    'go',
    'ManagedIdentityCredential',
    imdsAnswer(
      400,
      '{"statusCode":400,"message":"No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId."}',
      { host: 'app-service', sender: 'app-service' },
    ),
  ],
  [
    'managed-identity-cloud-shell-audience',
    'js',
    'ManagedIdentityCredential',
    imdsAnswer(
      400,
      '{"error":{"code":"AudienceNotSupported","message":"Audience x is not a supported MSI token audience."}}',
      { host: 'cloud-shell', sender: 'cloud-shell' },
    ),
  ],
  [
    'workload-identity-not-configured',
    'js',
    'WorkloadIdentityCredential',
    missing('tenant', 'client id', 'token file'),
  ],
  [
    'workload-identity-not-configured',
    'go',
    'WorkloadIdentityCredential',
    missing('tenant', 'client id', 'token file'),
  ],
  [
    'workload-identity-identity-binding',
    'go',
    'WorkloadIdentityCredential',
    refusedFor('AADSTS700211', 'No matching federated identity record found for presented assertion issuer'),
  ],
  [
    'workload-identity-token-file',
    'js',
    'WorkloadIdentityCredential',
    problem('federated-token-unusable', { source: 'AZURE_FEDERATED_TOKEN_FILE', path: '/token', reason: 'empty' }),
  ],
  ['azure-cli-not-installed', 'js', 'AzureCliCredential', problem('tool-not-found', { tool: 'az', passedOver: [] })],
  [
    'azure-cli-not-logged-in',
    'js',
    'AzureCliCredential',
    problem('tool-failed', { ...tool, tool: 'az', reason: 'not-logged-in', message: '' }),
  ],
  [
    'azure-cli-not-logged-in',
    'go',
    'AzureCliCredential',
    problem('tool-failed', {
      ...tool,
      tool: 'az',
      reason: 'not-logged-in',
      message: '',
      stderr: "ERROR: Please run 'az login' to setup account.\n",
    }),
  ],
  ['azure-cli-invalid-subscription', 'js', 'AzureCliCredential', wrong('subscription', 'a;b')],
  ['azure-cli-invalid-subscription', 'go', 'AzureCliCredential', wrong('subscription', 'a;b')],
  ['azure-cli-claims-challenge', 'js', 'AzureCliCredential', problem('tool-claims', { ...claims, tool: 'az' })],
  [
    'azure-cli-unexpected-output',
    'js',
    'AzureCliCredential',
    problem('tool-output', { tool: 'az', file: 'az', output: '{}', isSurrounded: false, codes: [] }),
  ],
  [
    'azd-not-installed',
    'js',
    'AzureDeveloperCliCredential',
    problem('tool-not-found', { tool: 'azd', passedOver: [] }),
  ],
  [
    'azd-not-logged-in',
    'js',
    'AzureDeveloperCliCredential',
    problem('tool-failed', { ...tool, tool: 'azd', reason: 'not-logged-in', message: '' }),
  ],
  [
    'azd-reauthentication-required',
    'js',
    'AzureDeveloperCliCredential',
    problem('tool-failed', { ...tool, tool: 'azd', reason: 'claims-needed', message: '', scopes: ['s/.default'] }),
  ],
  [
    'azure-powershell-not-installed',
    'js',
    'AzurePowerShellCredential',
    problem('tool-not-found', { tool: 'pwsh', passedOver: [] }),
  ],
  [
    'azure-powershell-not-installed',
    'go',
    'AzurePowerShellCredential',
    problem('tool-not-found', { tool: 'pwsh', passedOver: [] }),
  ],
  [
    'azure-powershell-module-missing',
    'js',
    'AzurePowerShellCredential',
    problem('powershell-module-missing', { file: 'pwsh' }),
  ],
  [
    'azure-powershell-module-missing',
    'go',
    'AzurePowerShellCredential',
    problem('powershell-module-missing', { file: 'pwsh' }),
  ],
  [
    'azure-powershell-not-logged-in',
    'js',
    'AzurePowerShellCredential',
    problem('tool-failed', { ...tool, tool: 'pwsh', reason: 'not-logged-in', message: '' }),
  ],
  [
    'azure-powershell-not-logged-in',
    'go',
    'AzurePowerShellCredential',
    problem('tool-failed', {
      ...tool,
      tool: 'pwsh',
      reason: 'not-logged-in',
      message: '',
      stderr: 'Run Connect-AzAccount to login.',
    }),
  ],
  [
    'azure-powershell-claims-challenge',
    'js',
    'AzurePowerShellCredential',
    problem('tool-claims', { ...claims, tool: 'pwsh' }),
  ],
  [
    'azure-powershell-claims-challenge',
    'go',
    'AzurePowerShellCredential',
    problem('tool-claims', { ...claims, tool: 'pwsh' }),
  ],
  [
    'azure-powershell-unexpected-output',
    'js',
    'AzurePowerShellCredential',
    problem('tool-output', { tool: 'pwsh', file: 'pwsh', output: 'hello', isSurrounded: false, codes: [] }),
  ],
  [
    'vscode-not-available',
    'js',
    'VisualStudioCodeCredential',
    problem('vscode-unavailable', { record: { state: 'missing' } }),
  ],
  ['azure-pipelines-tenant-invalid', 'go', 'AzurePipelinesCredential', refusedFor('AADSTS900023')],
  [
    'azure-pipelines-service-connection-not-found',
    'js',
    'AzurePipelinesCredential',
    problem('job-token-refused', {
      service: 'azure-pipelines',
      host: 'dev.azure.com',
      status: 404,
      contentType: 'application/json',
      body: '{"message":"No service connection found with identifier x"}',
      reason: 'not-found',
    }),
  ],
  [
    'azure-pipelines-system-access-token',
    'js',
    'AzurePipelinesCredential',
    problem('job-token-refused', {
      service: 'azure-pipelines',
      host: 'dev.azure.com',
      status: 401,
      contentType: '',
      body: 'no',
      reason: 'unauthorized',
    }),
  ],
  [
    'azure-pipelines-system-access-token',
    'go',
    'AzurePipelinesCredential',
    problem('job-token-refused', {
      service: 'azure-pipelines',
      host: 'dev.azure.com',
      status: 401,
      contentType: '',
      body: '',
      reason: 'unauthorized',
    }),
  ],
  [
    'azure-pipelines-not-in-pipeline',
    'js',
    'AzurePipelinesCredential',
    problem('pipelines-no-endpoint', { variable: 'SYSTEM_OIDCREQUESTURI' }),
  ],
  ['azure-pipelines-parameter-missing', 'js', 'AzurePipelinesCredential', missing('tenant', 'client id')],
  ['azure-pipelines-subject-mismatch', 'js', 'AzurePipelinesCredential', refusedFor('AADSTS700213')],
  [
    'multi-tenant-not-allowed',
    'js',
    'ClientSecretCredential',
    problem('tenant-not-allowed', { tenantId: 'a', configuredTenantId: 'b' }),
  ],
  [
    'multi-tenant-not-allowed',
    'go',
    'ClientSecretCredential',
    problem('tenant-not-allowed', { tenantId: 'a', configuredTenantId: 'b' }),
  ],
  ['scope-invalid-for-dev-tool', 'js', 'AzureCliCredential', wrong('scope', 'a$b')],
  ['scope-invalid-for-dev-tool', 'go', 'AzureCliCredential', wrong('scope', 'a$b')],
  ['authority-host-not-https', 'js', 'ClientSecretCredential', wrong('authority', 'http://x')],
]

describe('the troubleshooting guide', () => {
  test.each(rows)('%s: %s, %s', (id, sdk, credential, found) => {
    const row = troubleshooting.find((each) => each.id === id)
    const text = wordProblem(findProfile(sdk), credential, found)
    expect(
      row?.match.filter((pattern) => new RegExp(pattern, 'im').test(text)),
      text,
    ).not.toEqual([])
  })

  test('the rows of a whole chain and of its variable', () => {
    const chain = (sdk: 'js' | 'go') => findProfile(sdk).aggregate('DefaultAzureCredential', [])
    const matches = (id: string, text: string) =>
      troubleshooting.find((each) => each.id === id)?.match.some((pattern) => new RegExp(pattern).test(text))
    expect(matches('default-azure-credential-chain-exhausted', chain('go'))).toBe(true)
    for (const profile of [js, go]) {
      const { wordInvalid, names } = profile.tokenCredentials
      expect(matches('default-azure-credential-invalid-azure-token-credentials', wordInvalid('x', names))).toBe(true)
    }
    expect(matches('default-azure-credential-required-env-vars-missing', js.tokenCredentials.required)).toBe(true)
  })
})

describe('a chain of one’s own, recorded', () => {
  const attempt = (credential: CredentialName, outcome: 'unavailable' | 'failed', found: Problem): Attempt => ({
    credential,
    outcome,
    problem: found,
    elapsedMs: 0,
    evidence: [],
  })
  const absent = attempt(
    'AzureDeveloperCliCredential',
    'unavailable',
    problem('tool-not-found', { tool: 'azd', passedOver: [] }),
  )

  test.each([
    [
      attempt(
        'EnvironmentCredential',
        'failed',
        problem('environment-incomplete', { set: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'], missing: [] }),
      ),
      'incomplete environment variable configuration. Only AZURE_TENANT_ID and AZURE_CLIENT_ID are set',
    ],
    [
      attempt('WorkloadIdentityCredential', 'failed', missing('token file')),
      'no token file specified. Check pod configuration or set TokenFilePath in the options',
    ],
    [
      attempt('ClientSecretCredential', 'failed', missing('tenant')),
      'invalid tenantID. You can locate your tenantID by following the instructions listed here: https://learn.microsoft.com/partner-center/find-ids-and-domain-names',
    ],
  ])('Go: what cannot be made is said before the chain begins', (unmade, text) => {
    expect(go.aggregate('ChainedTokenCredential', [absent, unmade])).toBe(text)
  })

  test('JavaScript: the same, whatever was tried before', () => {
    const unmade = attempt('ClientSecretCredential', 'failed', missing('tenant'))
    expect(js.aggregate('ChainedTokenCredential', [absent, unmade])).toBe(
      'ClientSecretCredential: tenantId is a required parameter. To troubleshoot, visit https://aka.ms/azsdk/js/identity/serviceprincipalauthentication/troubleshoot.',
    )
  })

  test('a refusal ends it in Go, and not in JavaScript, where it is an AuthenticationRequiredError', () => {
    const refused = attempt('ClientSecretCredential', 'failed', refusal())
    expect(go.aggregate('ChainedTokenCredential', [refused])).toMatch(
      /^ChainedTokenCredential: failed to acquire a token\.\nAttempted credentials:\n\tClientSecretCredential authentication failed\. \n\t\tPOST /,
    )
    expect(js.aggregate('ChainedTokenCredential', [{ ...refused, outcome: 'unavailable' }, absent])).toMatch(
      /^ChainedTokenCredential authentication failed\.\nAuthenticationRequiredError: invalid_client: .*\nCredentialUnavailableError: Azure Developer CLI couldn't be found\./,
    )
  })
})

test('no text of either says undefined or shows an object, and none is empty', () => {
  for (const [, , credential, found] of rows) {
    for (const profile of [js, go]) {
      const text = wordProblem(profile, credential, found)
      expect(text.trim()).not.toBe('')
      // JavaScript's own text of an answer without a time ends in that word.
      expect(text.replace('Got: "undefined"', '')).not.toMatch(/undefined|\[object/)
    }
  }
})
