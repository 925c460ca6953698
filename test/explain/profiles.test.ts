/** What the profiles say that each SDK raises for a problem, explained: whose text it is, of which credential, and why. */
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import { understandFailure } from '../../src/diagnosis/explain/failure.ts'
import { type Problem, problem } from '../../src/engine/problems.ts'
import { classNameOf, wordProblem } from '../../src/engine/profiles/profile.ts'
import { findProfile, profileNames } from '../../src/engine/profiles/profiles.ts'
import type { CredentialName } from '../../src/engine/types.ts'

const tenantId = '4d1c7f5e-8a3b-4c2d-9e0f-1a2b3c4d5e6f'
const clientId = '9b7e2a10-5c4d-4e3f-8a1b-0c9d8e7f6a5b'
const tokenUrl = `https://login.microsoftonline.com/${tenantId}/oauth2/v2.0/token`

function refusal(code: string, words: string, error = 'invalid_client'): Problem {
  const description = `${code}: ${words} Trace ID: ${clientId} Correlation ID: ${tenantId} Timestamp: 2026-11-21 06:42:08Z`
  return problem('token-refused', {
    error,
    description,
    codes: [code],
    status: 401,
    statusText: 'Unauthorized',
    timestamp: '2026-11-21 06:42:08Z',
    traceId: clientId,
    correlationId: tenantId,
    authority: 'login.microsoftonline.com',
    tenantId,
    clientId,
    request: { method: 'POST', url: tokenUrl },
    body: JSON.stringify({ error, error_description: description, error_codes: [Number(code.replace('AADSTS', ''))] }),
  })
}

const imds = {
  host: 'imds',
  sender: 'imds',
  endpoint: 'http://169.254.169.254/metadata/identity/oauth2/token',
  requests: 1,
} as const
const appService = {
  ...imds,
  host: 'app-service',
  sender: 'app-service',
  endpoint: 'http://127.0.0.1:8081/msi/token',
} as const

function answer(
  status: number,
  error: string,
  description: string,
  place: typeof imds | typeof appService = imds,
): Problem {
  return problem('managed-identity-answer', {
    ...place,
    phase: 'token',
    status,
    statusText: status === 400 ? 'Bad Request' : 'Internal Server Error',
    contentType: 'application/json',
    body: JSON.stringify({ error, error_description: description }),
    headers: { 'content-type': 'application/json' },
    fault: 'refused',
    error,
    description,
  })
}

function tool(name: 'az' | 'azd' | 'pwsh', reason: 'not-logged-in' | 'other', message: string): Problem {
  return problem('tool-failed', {
    tool: name,
    file: `/usr/bin/${name}`,
    ending: 'exit 1',
    reason,
    message,
    stdout: '',
    stderr: message,
    scopes: ['https://vault.azure.net/.default'],
    codes: message.match(/AADSTS\d+/g) ?? [],
  })
}

const tools = {
  az: 'AzureCliCredential',
  azd: 'AzureDeveloperCliCredential',
  pwsh: 'AzurePowerShellCredential',
} as const

const samples: readonly (readonly [string, CredentialName, Problem])[] = [
  ['secret wrong', 'ClientSecretCredential', refusal('AADSTS7000215', 'Invalid client secret provided.')],
  [
    'secret expired',
    'ClientSecretCredential',
    refusal('AADSTS7000222', 'The provided client secret keys are expired.'),
  ],
  [
    'application unknown',
    'ClientCertificateCredential',
    refusal(
      'AADSTS700016',
      `Application with identifier '${clientId}' was not found in the directory 'Contoso'.`,
      'unauthorized_client',
    ),
  ],
  [
    'subject unknown',
    'WorkloadIdentityCredential',
    refusal('AADSTS700213', "No matching federated identity record found for presented assertion subject 'a:b'."),
  ],
  [
    'environment half set',
    'EnvironmentCredential',
    problem('environment-incomplete', {
      set: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'],
      missing: ['AZURE_CLIENT_SECRET'],
    }),
  ],
  [
    'token file missing',
    'WorkloadIdentityCredential',
    problem('file-unreadable', {
      what: 'federated token',
      source: 'AZURE_FEDERATED_TOKEN_FILE',
      error: { code: 'not-found', path: '/var/run/secrets/azure/tokens/azure-identity-token', detail: 'ENOENT' },
    }),
  ],
  [
    'certificate malformed',
    'ClientCertificateCredential',
    problem('certificate-unusable', {
      source: '/srv/app/app.pem',
      reason: 'malformed',
      detail: '',
      format: 'pem',
      head: [45, 45],
    }),
  ],
  [
    'tenant not allowed',
    'ClientSecretCredential',
    problem('tenant-not-allowed', { tenantId: clientId, configuredTenantId: tenantId }),
  ],
  [
    'name not resolved',
    'ClientSecretCredential',
    problem('network', {
      code: 'dns',
      host: 'login.microsoftonline.com',
      detail: 'getaddrinfo ENOTFOUND login.microsoftonline.com',
      request: { method: 'POST', url: tokenUrl },
    }),
  ],
  [
    'connection refused',
    'ClientSecretCredential',
    problem('network', {
      code: 'refused',
      host: 'login.microsoftonline.com',
      detail: 'connect ECONNREFUSED 20.190.160.1:443',
      request: { method: 'POST', url: tokenUrl },
    }),
  ],
  ['identity missing', 'ManagedIdentityCredential', answer(400, 'invalid_request', 'Identity not found')],
  [
    'identities ambiguous',
    'ManagedIdentityCredential',
    answer(
      400,
      'invalid_request',
      'Multiple user assigned identities exist, please specify the clientId / resourceId of the identity in the token request',
    ),
  ],
  [
    'endpoint broken',
    'ManagedIdentityCredential',
    answer(500, 'server_error', 'An unexpected error occured while fetching the AAD Token.', appService),
  ],
  [
    'nobody at IMDS',
    'ManagedIdentityCredential',
    problem('managed-identity-unreachable', {
      ...imds,
      phase: 'probe',
      isChained: true,
      error: { code: 'timeout', host: '169.254.169.254', detail: 'no connection within 1000 ms' },
      connectTimeoutMs: 1000,
      answerTimeoutMs: 1000,
    }),
  ],
  [
    'id not taken',
    'ManagedIdentityCredential',
    problem('managed-identity-id-refused', { host: 'service-fabric', id: 'clientId', source: '--client-id' }),
  ],
  ...(['az', 'azd', 'pwsh'] as const).flatMap((name): (readonly [string, CredentialName, Problem])[] => [
    [`${name} missing`, tools[name], problem('tool-not-found', { tool: name, passedOver: [] })],
    [
      `${name} too slow`,
      tools[name],
      problem('tool-timed-out', { tool: name, file: `/usr/bin/${name}`, timeoutMs: 10_000 }),
    ],
  ]),
  ['az signed out', tools.az, tool('az', 'not-logged-in', "ERROR: Please run 'az login' to setup account.")],
  ['azd signed out', tools.azd, tool('azd', 'not-logged-in', 'ERROR: not logged in, run `azd auth login` to login')],
  ['PowerShell signed out', tools.pwsh, tool('pwsh', 'not-logged-in', 'Run Connect-AzAccount to login.')],
  ['PowerShell without its module', tools.pwsh, problem('powershell-module-missing', { file: '/usr/bin/pwsh' })],
  [
    'shared cache empty',
    'SharedTokenCacheCredential',
    problem('shared-cache-accounts', { path: '/home/u/.IdentityService/msal.cache', reason: 'none', found: [] }),
  ],
  ['VS Code', 'VisualStudioCodeCredential', problem('vscode-unavailable', { record: { state: 'missing' } })],
  ['broker', 'BrokerCredential', problem('broker-unavailable', { hasBroker: false })],
]

interface Worded {
  readonly title: string
  readonly sdk: (typeof profileNames)[number]
  readonly name: string
  readonly text: string
  readonly causes: readonly string[]
  /** Other SDKs that say exactly this. */
  readonly others: readonly string[]
}

const worded: readonly Worded[] = samples.flatMap(([title, credential, what]) => {
  const texts = profileNames.map((sdk) => ({ sdk, text: wordProblem(findProfile(sdk), credential, what).trim() }))
  return texts.map(({ sdk, text }) => ({
    title,
    sdk,
    name: classNameOf(findProfile(sdk), credential),
    text,
    causes: diagnose(what).causes,
    others: texts.filter((each) => each.text === text && each.sdk !== sdk).map((each) => each.sdk),
  }))
})

/** Texts that hold no word of an SDK: Entra's, a tool's, or the language's own. */
function isBare({ text }: Worded): boolean {
  return /^(?:AADSTS|ERROR: |not logged in|The current credential is not configured|Unexpected end of JSON|process hasn't exited|Please run 'azd auth login' from)/.test(
    text,
  )
}

/** What a text can at most tell where the SDK does not hand on what it was told. */
const alsoRight: Readonly<Record<string, readonly string[]>> = {
  'dns-failure': ['network-blocked'],
  'cli-timeout': ['cli-invocation-failed'],
  'mi-none-assigned': ['mi-endpoint-error', 'mi-not-assigned'],
  'mi-ambiguous': ['mi-endpoint-error'],
}

describe.each(worded)('$sdk: $title', (each) => {
  const told = understandFailure(each.text)

  test('whose text it is', () => {
    const isShared = each.others.length > 0 || isBare(each)
    expect(isShared ? [each.sdk, ...each.others, 'other', 'az', 'azd', 'sts', 'msal'] : [each.sdk]).toContain(told.sdk)
  })

  test('of which credential, where it says so at all', () => {
    for (const { name } of told.credentials) {
      const inner = /^(?:InteractiveBrowserBroker|ClientAssertion|ClientSecret|ClientCertificate)Credential$/
      if (!inner.test(name)) expect(name.replace('CLI', 'Cli')).toBe(each.name.replace('CLI', 'Cli'))
    }
    if (new RegExp(`\\b${each.name}\\b`).test(each.text))
      expect(told.credentials.map(({ name }) => name)).toContain(each.name)
  })

  test('why, as azid says it of its own runs', () => {
    if (isBare(each) && told.causes.length === 0) return
    expect(told.causes.length).toBeGreaterThan(0)
    const ids: readonly string[] = told.causes.slice(0, 3).map(({ id }) => id)
    if (each.causes.length > 0) expect(each.causes.flatMap((id) => [id, ...(alsoRight[id] ?? [])])).toContain(ids[0])
  })
})
