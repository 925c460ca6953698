/** Failures that the SDKs' guides know, as the engine meets them: each carries its row's meaning, mitigations and link. */
import { describe, expect, test } from 'vitest'
import { type Problem, type ProblemCode, type ProblemFacts, problem } from '../../src/engine/problems.ts'
import { findProfile, profileNames } from '../../src/engine/profiles/profiles.ts'
import type { Attempt, CredentialName } from '../../src/engine/types.ts'
import { allTroubleshooting } from '../../src/knowledge/troubleshooting.ts'
import { type ReportedAttempt, reportAttempt, reportFailure } from '../../src/output/report.ts'

const tenantId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'
const clientId = '11111111-aaaa-4bbb-8ccc-222222222222'

interface Met {
  readonly credential: CredentialName
  readonly problem: Problem
}

function met<Code extends ProblemCode>(credential: CredentialName, code: Code, facts: ProblemFacts[Code]): Met {
  return { credential, problem: problem(code, facts) }
}

function refused(credential: CredentialName, code: string, words: string, error = 'invalid_client', status = 401): Met {
  const description = `${code}: ${words} Trace ID: t Correlation ID: c Timestamp: 2026-11-21 00:00:00Z`
  return met(credential, 'token-refused', {
    error,
    description,
    codes: [code],
    status,
    authority: 'login.microsoftonline.com',
    tenantId,
    clientId,
    body: JSON.stringify({ error, error_description: description }),
  })
}

const imds = {
  host: 'imds',
  sender: 'imds',
  endpoint: 'http://169.254.169.254/metadata/identity/oauth2/token',
} as const
const appService = { host: 'app-service', sender: 'app-service', endpoint: 'http://127.0.0.1:41741/msi/token' } as const

function answered(
  place: typeof imds | typeof appService,
  status: number,
  body: string,
  more: Partial<ProblemFacts['managed-identity-answer']> = {},
): Met {
  return met('ManagedIdentityCredential', 'managed-identity-answer', {
    ...place,
    phase: 'token',
    status,
    statusText: '',
    contentType: 'application/json',
    body,
    fault: 'refused',
    requests: 1,
    ...more,
  })
}

const tool = (name: 'az' | 'azd' | 'pwsh') => ({ tool: name, file: `/usr/bin/${name}` })
const toolCredentials = {
  az: 'AzureCliCredential',
  azd: 'AzureDeveloperCliCredential',
  pwsh: 'AzurePowerShellCredential',
} as const
const tools = Object.keys(toolCredentials) as readonly (keyof typeof toolCredentials)[]

const situations: readonly Met[] = [
  met('EnvironmentCredential', 'environment-incomplete', { set: [], missing: ['AZURE_TENANT_ID'] }),
  refused('EnvironmentCredential', 'AADSTS7000215', 'Invalid client secret provided.'),
  refused('ClientSecretCredential', 'AADSTS7000215', 'Invalid client secret provided.'),
  refused('ClientSecretCredential', 'AADSTS7000222', 'The provided client secret keys are expired.'),
  refused(
    'ClientSecretCredential',
    'AADSTS700016',
    'Application with identifier was not found.',
    'unauthorized_client',
    400,
  ),
  refused('ClientCertificateCredential', 'AADSTS700027', 'The certificate used is not registered.'),
  refused('ClientCertificateCredential', 'AADSTS700016', 'Application was not found.', 'unauthorized_client', 400),
  refused('ClientAssertionCredential', 'AADSTS700021', 'Client assertion application identifier does not match.'),
  refused('ClientAssertionCredential', 'AADSTS700023', 'Client assertion audience claim does not match.'),
  refused('ClientAssertionCredential', 'AADSTS50027', 'JWT token is invalid or malformed.', 'invalid_request', 400),
  refused(
    'AzurePipelinesCredential',
    'AADSTS900023',
    'Specified tenant identifier is neither a valid DNS name.',
    'invalid_request',
    400,
  ),
  refused('AzurePipelinesCredential', 'AADSTS700016', 'Application was not found.', 'unauthorized_client', 400),
  refused(
    'AzurePipelinesCredential',
    'AADSTS700213',
    'No matching federated identity record found.',
    'invalid_request',
    400,
  ),
  refused(
    'ClientSecretCredential',
    'AADSTS9002331',
    'Application is configured for use by Microsoft Account users only.',
    'invalid_request',
    400,
  ),
  met('ClientSecretCredential', 'tenant-not-allowed', { tenantId, configuredTenantId: 'contoso.com' }),
  met('ClientSecretCredential', 'input-invalid', {
    what: 'tenant id',
    source: '--tenant',
    reason: 'is none',
    value: 'a b',
  }),
  met('ClientSecretCredential', 'input-invalid', {
    what: 'authority',
    source: 'AZURE_AUTHORITY_HOST',
    reason: 'is not https',
    value: 'http://x',
  }),
  ...(['tenant', 'client id', 'client secret'] as const).map((name) =>
    met('ClientSecretCredential', 'inputs-missing', { inputs: [{ name, sources: ['--x'] }] }),
  ),
  met('ClientCertificateCredential', 'inputs-missing', {
    inputs: [{ name: 'certificate', sources: ['--certificate'] }],
  }),
  met('ClientCertificateCredential', 'certificate-unusable', {
    source: 'x.pem',
    reason: 'no-certificate',
    detail: 'no certificate',
    format: 'other',
  }),
  met('ClientCertificateCredential', 'certificate-unusable', {
    source: 'x.pem',
    reason: 'no-certificate',
    detail: 'no certificate',
    format: 'pem',
  }),
  met('ClientSecretCredential', 'network', {
    code: 'dns',
    host: 'login.microsoftonline.com',
    detail: 'getaddrinfo ENOTFOUND login.microsoftonline.com',
  }),
  answered(imds, 400, '{"error":"invalid_request","error_description":"Identity not found"}', {
    error: 'invalid_request',
    description: 'Identity not found',
    id: 'clientId',
  }),
  answered(
    imds,
    400,
    '{"error":"invalid_request","error_description":"The requested identity has not been assigned to this resource."}',
    { error: 'invalid_request', description: 'The requested identity has not been assigned to this resource.' },
  ),
  answered(imds, 502, ''),
  answered(imds, 504, ''),
  answered(imds, 500, '{"error":"internal"}', { requests: 6 }),
  answered(imds, 403, 'A socket operation was attempted to an unreachable network.', {
    phase: 'probe',
    fault: 'gateway',
    contentType: 'text/plain',
  }),
  answered(
    imds,
    403,
    'connecting to 169.254.169.254:80: connecting to 169.254.169.254:80: dial tcp 169.254.169.254:80: connectex: A socket operation was attempted to an unreachable network.',
    { phase: 'token', fault: 'gateway', contentType: 'text/plain' },
  ),
  answered(
    imds,
    400,
    '{"error":"invalid_request","error_description":"Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request"}',
    {
      error: 'invalid_request',
      description:
        'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
    },
  ),
  answered(
    appService,
    400,
    '{"statusCode":400,"message":"No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId."}',
    {
      description:
        'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
      id: 'clientId',
    },
  ),
  answered(
    appService,
    500,
    '{"statusCode":500,"message":"An unexpected error occured while fetching the AAD Token. Please contact support with this provided Correlation Id"}',
    {
      description:
        'An unexpected error occured while fetching the AAD Token. Please contact support with this provided Correlation Id',
    },
  ),
  answered(appService, 404, ''),
  ...(['probe', 'token'] as const).map((phase) =>
    met('ManagedIdentityCredential', 'managed-identity-unreachable', {
      ...imds,
      phase,
      error: { code: 'timeout', host: '169.254.169.254', detail: 'no connection within 1000 ms' },
      requests: 1,
      connectTimeoutMs: 1000,
      answerTimeoutMs: 1000,
    }),
  ),
  met('ManagedIdentityCredential', 'managed-identity-answer', {
    host: 'cloud-shell',
    sender: 'cloud-shell',
    endpoint: 'http://localhost:50342/oauth2/token',
    phase: 'token',
    status: 400,
    statusText: 'Bad Request',
    contentType: 'application/json',
    body: '{"error":{"code":"AudienceNotSupported","message":"Audience https://vault.azure.net is not a supported MSI token audience."}}',
    fault: 'refused',
    error: 'AudienceNotSupported',
    description: 'Audience https://vault.azure.net is not a supported MSI token audience.',
    requests: 1,
  }),
  met('ManagedIdentityCredential', 'managed-identity-scopes', { count: 2 }),
  met('ManagedIdentityCredential', 'managed-identity-ids', { ids: ['clientId', 'objectId'] }),
  ...(['service-fabric', 'azure-arc', 'cloud-shell'] as const).map((host) =>
    met('ManagedIdentityCredential', 'managed-identity-id-refused', { host, id: 'clientId', source: '--client-id' }),
  ),
  met('ManagedIdentityCredential', 'managed-identity-no-host', {
    set: ['IDENTITY_ENDPOINT'],
    missing: ['IDENTITY_HEADER'],
  }),
  ...(['app-service', 'azure-arc', 'cloud-shell', 'azure-ml'] as const).map((host) =>
    met('ManagedIdentityCredential', 'managed-identity-endpoint', {
      host,
      sender: host,
      variable: 'IDENTITY_ENDPOINT',
      reason: 'malformed',
      url: 'nonsense',
    }),
  ),
  met('ManagedIdentityCredential', 'arc-challenge-refused', { reason: 'header', headers: {} }),
  ...(['folder', 'extension', 'missing', 'unreadable', 'size'] as const).map((reason) =>
    met('ManagedIdentityCredential', 'arc-challenge-refused', {
      reason,
      path: '/tmp/x.key',
      folder: '/var/opt/azcmagent/tokens',
    }),
  ),
  met('ManagedIdentityCredential', 'arc-challenge-refused', { reason: 'not-confirmed' }),
  met('ManagedIdentityCredential', 'arc-challenge-refused', { reason: 'platform', platform: 'darwin' }),
  met('WorkloadIdentityCredential', 'inputs-missing', {
    inputs: [
      { name: 'token file', sources: ['AZURE_FEDERATED_TOKEN_FILE'] },
      { name: 'client id', sources: ['AZURE_CLIENT_ID'] },
      { name: 'tenant', sources: ['AZURE_TENANT_ID'] },
    ],
  }),
  met('WorkloadIdentityCredential', 'federated-token-unusable', {
    source: 'AZURE_FEDERATED_TOKEN_FILE',
    path: '/x',
    reason: 'empty',
  }),
  refused(
    'WorkloadIdentityCredential',
    'AADSTS700212',
    'No matching federated identity record found for presented assertion audience api://AKSIdentityBinding.',
    'invalid_request',
    400,
  ),
  refused('WorkloadIdentityCredential', 'AADSTS90002', 'Tenant was not found.', 'invalid_request', 400),
  met('WorkloadIdentityCredential', 'network', {
    code: 'refused',
    host: 'login.microsoftonline.com',
    detail: 'connect ECONNREFUSED',
  }),
  ...tools.flatMap((name) => {
    const credential = toolCredentials[name]
    return [
      met(credential, 'tool-not-found', { tool: name, passedOver: [] }),
      met(credential, 'tool-failed', {
        ...tool(name),
        ending: 'exit 1',
        reason: 'not-logged-in',
        message: name === 'az' ? "Please run 'az login'" : 'not logged in',
        codes: [],
      }),
      met(credential, 'tool-timed-out', { ...tool(name), timeoutMs: 10_000 }),
      met(credential, 'tool-output', { ...tool(name), output: 'what?', isSurrounded: false, codes: [] }),
      met(credential, 'tool-failed', {
        ...tool(name),
        ending: 'exit 1',
        reason: 'other',
        message: 'something else',
        codes: [],
      }),
      met(credential, 'tool-no-system-folder', { tool: name }),
      met(credential, 'tool-scopes', { tool: name, count: 2 }),
    ]
  }),
  met('AzureCliCredential', 'tool-failed', {
    ...tool('az'),
    ending: 'exit 1',
    reason: 'other',
    message:
      'ERROR: AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication. Interactive authentication is needed.',
    codes: ['AADSTS50076'],
  }),
  met('AzureDeveloperCliCredential', 'tool-failed', {
    ...tool('azd'),
    ending: 'exit 1',
    reason: 'other',
    message:
      'ERROR: fetching token: reauthentication required, run `azd auth login --scope x`: AADSTS50076: you must use multi-factor authentication',
    codes: ['AADSTS50076'],
  }),
  met('AzureCliCredential', 'input-invalid', {
    what: 'subscription',
    source: '--subscription',
    reason: 'has characters that none has',
    value: 'a;b',
  }),
  met('AzureCliCredential', 'input-invalid', {
    what: 'scope',
    source: '--scope',
    reason: 'has characters that none has',
    value: 'a;b',
  }),
  met('AzureCliCredential', 'tool-claims', { tool: 'az', claims: 'e30=', tenantId }),
  met('AzurePowerShellCredential', 'tool-claims', { tool: 'pwsh', claims: 'e30=', tenantId }),
  met('AzureDeveloperCliCredential', 'tool-failed', {
    ...tool('azd'),
    ending: 'exit 1',
    reason: 'claims-flag-unknown',
    message: 'unknown flag: --claims',
    codes: [],
  }),
  met('AzurePowerShellCredential', 'tool-failed', {
    ...tool('pwsh'),
    ending: 'exit 1',
    reason: 'execution-policy',
    message: 'blocked',
    codes: [],
  }),
  met('AzurePowerShellCredential', 'powershell-module-missing', { file: '/usr/bin/pwsh' }),
  met('VisualStudioCodeCredential', 'vscode-unavailable', { record: { state: 'missing' } }),
  met('BrokerCredential', 'broker-unavailable', { hasBroker: false }),
  met('AzurePipelinesCredential', 'pipelines-no-endpoint', { variable: 'SYSTEM_OIDCREQUESTURI' }),
  met('AzurePipelinesCredential', 'inputs-missing', { inputs: [{ name: 'client id', sources: ['--client-id'] }] }),
  ...(
    [
      ['not-found', 404, '{"message":"No service connection found with identifier 1111"}'],
      ['unauthorized', 401, ''],
      ['no-token', 200, '{}'],
      ['sign-in-page', 203, '<html>'],
    ] as const
  ).map(([reason, status, body]) =>
    met('AzurePipelinesCredential', 'job-token-refused', {
      service: 'azure-pipelines',
      host: 'dev.azure.com',
      status,
      contentType: 'application/json',
      body,
      reason,
    }),
  ),
  ...(['none', 'several'] as const).map((reason) =>
    met('SharedTokenCacheCredential', 'shared-cache-accounts', {
      path: '/x',
      reason,
      found: reason === 'none' ? [] : ['a', 'b'],
    }),
  ),
  met('InteractiveBrowserCredential', 'sign-in-needed', { why: 'no-prompt' }),
  met('InteractiveBrowserCredential', 'loopback-unavailable', { port: 0, code: 'denied', detail: 'EACCES' }),
  met('DeviceCodeCredential', 'device-code-expired', { lifetimeMs: 900_000 }),
  met('DeviceCodeCredential', 'sign-in-timed-out', { timeoutMs: 900_000, way: 'device-code' }),
]

interface Reached {
  readonly sdk: (typeof profileNames)[number]
  readonly attempt: ReportedAttempt
}

/** Every situation, in the words of every SDK that has its credential. */
function reachRows(): ReadonlyMap<string, readonly Reached[]> {
  const rows = new Map<string, Reached[]>()
  const byMeaning = new Map(allTroubleshooting().map((row) => [row.meaning, row.id]))
  for (const sdk of profileNames) {
    const profile = findProfile(sdk)
    for (const { credential, problem: each } of situations) {
      const attempt = reportAttempt(
        { credential, outcome: 'unavailable', elapsedMs: 0, problem: each, evidence: [] },
        profile,
        (text) => text,
      )
      const id = attempt.meaning === null ? undefined : byMeaning.get(attempt.meaning)
      if (id !== undefined) rows.set(id, [...(rows.get(id) ?? []), { sdk, attempt }])
    }
  }
  return rows
}

/** Rows that no attempt of azid carries, and why. */
const notMet: Readonly<Record<string, string>> = {
  'default-azure-credential-chain-exhausted': 'of a whole chain: below',
  'chained-token-credential-exhausted': 'of a whole chain: below',
  'developer-tools-credential-exhausted': 'a chain of Rust',
  'service-call-401-403': 'met by a service, after the token came',
  'default-azure-credential-invalid-azure-token-credentials': 'wrong usage: no credential has its turn',
  'default-azure-credential-required-env-vars-missing': 'wrong usage: no credential has its turn',
  'default-azure-credential-config-variable-name-empty': 'an argument of a constructor of .NET',
  'default-azure-credential-config-variable-name-invalid': 'an argument of a constructor of .NET',
  'default-azure-credential-config-variable-unset': 'wrong usage: no credential has its turn',
  'environment-credential-pem-password-unsupported': '.NET 1.x refuses what azid can open',
  'client-certificate-text-and-path': 'azid takes a path alone',
  'service-principal-endpoints-resolution': 'older MSAL for JavaScript; this one words the network itself',
  'username-password-invalid': 'no password is ever sent',
  'username-password-mfa-required': 'no password is ever sent',
  'username-password-confidential-app': 'no password is ever sent',
  'managed-identity-app-service-unavailable':
    'the same words are said of every failure of Python; the cause is known here',
  'managed-identity-host-configuration-missing':
    'the same words are said of every failure of a host; the cause is known here',
  'workload-identity-request-invalid': 'older Java',
  'workload-identity-authority-unreachable': 'older Java',
  'azure-cli-interactive-required': 'az says what Entra said, and that row fits better',
  'visual-studio-failed-to-read': 'Visual Studio itself',
  'visual-studio-adfs': 'Visual Studio itself',
  'visual-studio-not-consented': 'Visual Studio itself',
  'visual-studio-preauthorization': 'Visual Studio itself',
  'vscode-failed-to-read': 'a plug-in, which profiles do not assume',
  'vscode-interaction-required': 'a plug-in, which profiles do not assume',
  'vscode-adfs': 'a plug-in, which profiles do not assume',
  'native-module-load-failed': 'a plug-in, which profiles do not assume',
  'intellij-not-available': 'IntelliJ itself',
  'broker-redirect-uri-missing': 'a broker, which azid does not ask',
  'broker-acquire-failed': 'a broker, which azid does not ask',
  'broker-native-module': 'a broker, which azid does not ask',
  'broker-macos-redirect': 'a broker, which azid does not ask',
  'broker-msa-not-listed': 'a broker, which azid does not ask',
  'java-thread-pool-deadlock': 'the JVM of the program',
  'go-cache-cgo-disabled': 'a build of Go',
  'persistent-cache-unavailable': "the SDK's own cache",
  'persistent-cache-plugin-missing': "the SDK's own cache",
  'device-code-start-failed': 'the refusal of the authority is told in its own words',
}

describe('rows of the guides', () => {
  const rows = reachRows()
  const all = allTroubleshooting()

  test('every row is reached by an attempt, or there is a reason why not', () => {
    const missed = all.filter(({ id }) => !rows.has(id)).map(({ id }) => id)
    expect(missed.sort()).toEqual(Object.keys(notMet).sort())
  })

  test.each(all.filter(({ id }) => rows.has(id)).map((row) => [row.id, row] as const))(
    '%s: meaning, mitigations and guide',
    (id, row) => {
      for (const { sdk, attempt } of rows.get(id) ?? []) {
        expect(attempt.meaning).toBe(row.meaning)
        expect(attempt.hints.map(({ text }) => text)).toEqual(expect.arrayContaining([...row.mitigations]))
        if (row.guide[sdk] !== undefined) expect(attempt.guide).toBe(row.guide[sdk])
        else expect(attempt.guide).toMatch(/^https:\/\//)
      }
    },
  )

  test.each(profileNames)('%s: what the guide says of a whole chain stands beside its message', (sdk) => {
    const attempts = [
      met('EnvironmentCredential', 'environment-incomplete', { set: [], missing: ['AZURE_TENANT_ID'] }),
      met('AzureCliCredential', 'tool-not-found', { tool: 'az', passedOver: [] }),
    ].map(
      ({ credential, problem: each }): Attempt => ({
        credential,
        outcome: 'unavailable',
        elapsedMs: 0,
        problem: each,
        evidence: [],
      }),
    )
    const result = {
      outcome: 'unavailable',
      credential: null,
      stoppedBy: null,
      token: null,
      attempts,
      elapsedMs: 0,
    } as const
    const report = reportFailure(result, 'DefaultAzureCredential', ['https://x/.default'], findProfile(sdk))
    expect(report.causes[0]?.id).toBe('no-credential-available')
    expect(report.hints[0]?.command).toBe('az login')
    expect(report.guide).toMatch(/^https:\/\/.*(?:defaultazurecredential|default-azure-credential|troubleshoot)/i)
  })

  test('words that are said of many failures do not beat what is known', () => {
    const gateway = situations.find(
      ({ problem: each }) => each.code === 'managed-identity-answer' && each.facts.status === 502,
    )
    if (gateway === undefined) throw new Error('there is such a situation')
    const attempt = reportAttempt(
      { credential: gateway.credential, outcome: 'unavailable', elapsedMs: 0, problem: gateway.problem, evidence: [] },
      findProfile('python'),
      (text) => text,
    )
    expect(attempt.message).toBe('ManagedIdentityCredential authentication unavailable.')
    expect(attempt.causes).toEqual(['mi-endpoint-error'])
    expect(attempt.meaning).toBeNull()
  })
})
