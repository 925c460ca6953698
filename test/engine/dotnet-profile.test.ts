/**
 * .NET's words and ways. There is no .NET here, so every expectation names where it comes from: a file of the SDK's or of
 * MSAL's public repository, or what people pasted (the ids of the shared collection of failures).
 */
import { describe, expect, test } from 'vitest'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import type { HttpRequest, HttpResult } from '../../src/runtime.ts'
import { Secret } from '../../src/secret.ts'
import { exited, networkError, respond } from '../fakes/runtime.ts'
import { refusal, refuse, runSdk, type SdkRun } from './sdk-run.ts'

const tenant = 'aaaabbbb-0000-cccc-1111-dddd2222eeee'
const app = '00001111-aaaa-2222-bbbb-3333cccc4444'
const principal = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: app }
const withSecret = { ...principal, AZURE_CLIENT_SECRET: 'wrong' }
const only = (name: string): Record<string, string> => ({ AZURE_TOKEN_CREDENTIALS: name })
const dotnet = (run: Omit<SdkRun, 'sdk'>): SdkRun => ({ sdk: 'dotnet', ...run })

const see = 'See the troubleshooting guide for more information. https://aka.ms/azsdk/net/identity'

/** Each line of the text with its source; those of `net-container-vscode` are in what was pasted there, letter by letter. */
const environment = `EnvironmentCredential authentication unavailable. Environment variables are not fully configured. ${see}/environmentcredential/troubleshoot`
const workload = `WorkloadIdentityCredential authentication unavailable. The workload options are not fully configured. ${see}/workloadidentitycredential/troubleshoot`
const noImds =
  'ManagedIdentityCredential authentication unavailable. No response received from the managed identity endpoint.'
const visualStudio =
  "Visual Studio Token provider can't be accessed at /home/ada/.IdentityService/AzureServiceAuth/tokenprovider.json"
const nothing = [
  `DefaultAzureCredential failed to retrieve a token from the included credentials. ${see}/defaultazurecredential/troubleshoot`, // net-container-vscode
  environment, // net-container-vscode
  workload, // net-container-vscode
  noImds, // net-dac-parenthesised
  visualStudio, // net-container-vscode
  // VisualStudioCodeCredential.cs
  `VisualStudioCodeCredential requires the Azure.Identity.Broker package to be referenced from the project. VS Code Azure ${see}/vscodecredential/troubleshoot`,
  'Azure CLI not installed', // net-container-vscode
  'PowerShell is not installed.', // net-container-vscode
  'Azure Developer CLI could not be found.', // net-container-vscode
  // DefaultAzureCredentialTests.cs
  `The BrokerCredential requires the Azure.Identity.Broker package to be referenced. ${see}/brokercredential/troubleshoot`,
]

/** `{head}\n- {first}\n- …`: CredentialUnavailableException.cs */
function list(...[head, ...others]: readonly (string | undefined)[]): string {
  return [head, ...others.map((line) => `- ${line}`)].join('\n')
}

/** Entra ID refuses; nobody else listens. */
function entra(
  status: number,
  error: string,
  description: string,
  more: object = {},
): (request: HttpRequest) => HttpResult {
  return (request) =>
    request.url.includes('/oauth2/v2.0/token') ? refusal(status, error, description, more) : refuse(request)
}

const invalidClient =
  'A configuration issue is preventing authentication - check the error message from the server for details. You can modify the configuration in the application registration portal. See https://aka.ms/msal-net-invalid-client for details.  Original exception: '
const fourTries = (once: string): string =>
  `Retry failed after 4 tries. Retry settings can be adjusted in ClientOptions.Retry or by configuring a custom retry policy in ClientOptions.RetryPolicy.${` (${once})`.repeat(4)}`
const values =
  "'dev', 'prod', 'visualstudiocredential', 'visualstudiocodecredential', 'azureclicredential', 'azurepowershellcredential', 'azuredeveloperclicredential', 'environmentcredential', 'workloadidentitycredential', 'managedidentitycredential', 'interactivebrowsercredential', 'brokercredential'"
const invalidValue = (value: string): string =>
  `Invalid value for environment variable AZURE_TOKEN_CREDENTIALS: ${value}. Valid values are ${values}. ${see}/defaultazurecredential/troubleshoot`

type Row = readonly [name: string, run: Omit<SdkRun, 'sdk'>, message: string, source: string]

const chains: readonly Row[] = [
  ['nothing', {}, list(...nothing), 'net-container-vscode'],
  ['prod', { env: only('Prod') }, list(nothing[0], environment, workload, noImds), 'DefaultAzureCredentialFactory.cs'],
  ['dev', { env: only(' dev ') }, list(nothing[0], ...nothing.slice(4)), 'DefaultAzureCredentialFactory.cs'],
  ['one link', { env: only('AzureCliCredential') }, 'Azure CLI not installed', 'CredentialUnavailableException.cs'],
  ['a wrong value', { env: only(' Bogus ') }, invalidValue('bogus'), 'DefaultAzureCredentialFactory.cs'],
  ['space', { env: only(' ') }, invalidValue(''), 'DefaultAzureCredentialFactory.cs'],
  [
    'no name of its own',
    { env: only('SharedTokenCacheCredential') },
    invalidValue('sharedtokencachecredential'),
    'same',
  ],
  ['empty', { env: only('') }, list(...nothing), 'DefaultAzureCredentialFactory.cs'],
  [
    'the variable has to be set',
    { isVariableRequired: true },
    `Environment variable 'AZURE_TOKEN_CREDENTIALS' is not set or is empty. ${see}/defaultazurecredential/troubleshoot`,
    'DefaultAzureCredentialFactory.cs',
  ],
  ['half a principal', { env: principal }, list(...nothing), 'EnvironmentCredential.cs'],
  ['an empty secret', { env: { ...principal, AZURE_CLIENT_SECRET: '' } }, list(...nothing), 'EnvironmentCredential.cs'],
  [
    'a wrong secret',
    { env: withSecret, http: entra(401, 'invalid_client', 'AADSTS7000215: Invalid client secret provided.') },
    `ClientSecretCredential authentication failed: ${invalidClient}AADSTS7000215: Invalid client secret provided.`,
    'MsalErrorMessage.cs, MsalServiceExceptionFactory.cs, ClientSecretCredential.cs',
  ],
  [
    'an expired assertion',
    {
      names: ['client-assertion'],
      config: {
        tenantId: tenant,
        clientId: app,
        clientAssertion: { kind: 'value', token: new Secret(madeToken()), source: 'test' },
      },
      http: entra(401, 'invalid_client', 'AADSTS700024: Client assertion is not within its valid time range.'),
    },
    `ClientAssertionCredential authentication failed: ${invalidClient}AADSTS700024: Client assertion is not within its valid time range.`,
    'net-assertion-expired-pipeline',
  ],
  [
    'an unknown app',
    { env: withSecret, http: entra(400, 'unauthorized_client', 'AADSTS700016: Application was not found.') },
    'ClientSecretCredential authentication failed: AADSTS700016: Application was not found.',
    'Connect-MgGraph.Tests.ps1 of msgraph-sdk-powershell',
  ],
  [
    'an unknown tenant',
    { env: withSecret, http: entra(400, 'invalid_request', "AADSTS90002: Tenant 'x' not found.") },
    "ClientSecretCredential authentication failed: AADSTS90002: Tenant 'x' not found.",
    'azure-devops-docs, service-principal-agent-registration.md',
  ],
  [
    'a claims challenge',
    { env: withSecret, http: entra(400, 'invalid_grant', 'AADSTS53003: Blocked.', { claims: '{"x":1}' }) },
    'ClientSecretCredential authentication failed: AADSTS53003: Blocked. The returned error contains a claims challenge. For additional info on how to handle claims related to multifactor authentication, Conditional Access, and incremental consent, see https://aka.ms/msal-conditional-access-claims. If you are using the On-Behalf-Of flow, see https://aka.ms/msal-conditional-access-claims-obo for details.',
    'MsalServiceExceptionFactory.cs, MsalErrorMessage.cs',
  ],
  [
    'a broken authority',
    { env: withSecret, http: entra(503, 'server_error', 'AADSTS90033: A transient error has occurred.') },
    `ClientSecretCredential authentication failed: Service is unavailable to process the request. The request Uri is: https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token on port 443`,
    'HttpManager.cs',
  ],
  [
    'no connection',
    { env: withSecret },
    `ClientSecretCredential authentication failed: ${fourTries('Connection refused (login.microsoftonline.com:443)')}`,
    'pasted texts of Azure.Core’s RetryPolicy, such as proxy notes of 2022',
  ],
  [
    'no such name',
    { env: withSecret, http: () => networkError('dns', 'getaddrinfo ENOTFOUND', 'login.microsoftonline.com') },
    `ClientSecretCredential authentication failed: ${fourTries('Name or service not known (login.microsoftonline.com:443)')}`,
    'pasted texts of Azure.Core’s RetryPolicy',
  ],
  [
    'a tenant that is none',
    { env: { ...withSecret, AZURE_TENANT_ID: 'bad tenant!' } },
    "Invalid tenant id provided. You can locate your tenant id by following the instructions listed here: https://learn.microsoft.com/partner-center/find-ids-and-domain-names (Parameter 'tenantId')",
    'Validations.cs',
  ],
  [
    'an authority without TLS, with nothing else set',
    { env: { AZURE_AUTHORITY_HOST: 'http://login.microsoftonline.com' } },
    'Authority host must be a TLS protected (https) endpoint.',
    'Validations.cs',
  ],
  [
    'an authority without a scheme',
    { env: { AZURE_AUTHORITY_HOST: 'login.microsoftonline.com' } },
    'Invalid URI: The format of the URI could not be determined.',
    'AzureAuthorityHosts.cs, System.Uri',
  ],
  [
    'a certificate that is not there passes the turn on',
    { env: { ...principal, AZURE_CLIENT_CERTIFICATE_PATH: '/no/such/file.pem' } },
    list(nothing[0], 'Could not load certificate file', ...nothing.slice(2)),
    'X509Certificate2FromFileProvider.cs',
  ],
  [
    'a certificate with another ending',
    { env: { ...principal, AZURE_CLIENT_CERTIFICATE_PATH: '/c.crt' }, files: { '/c.crt': 'nothing' } },
    list(nothing[0], 'Only .pfx and .pem files are supported.', ...nothing.slice(2)),
    'X509Certificate2FromFileProvider.cs',
  ],
  [
    'a federated token that is not there',
    { env: { ...principal, AZURE_FEDERATED_TOKEN_FILE: '/no/such/token' } },
    "ClientAssertionCredential authentication failed: Could not find file '/no/such/token'.",
    'WorkloadIdentityCredential.cs, System.IO',
  ],
  [
    'a chain of one’s own',
    { names: ['environment', 'az'] },
    list(
      'The ChainedTokenCredential failed to retrieve a token from the included credentials.',
      environment,
      'Azure CLI not installed',
    ),
    'ChainedTokenCredential.cs',
  ],
  [
    'a chain of one’s own that a failure ends',
    { names: ['az', 'environment'], tools: { az: 'hangs' } },
    'The ChainedTokenCredential failed due to an unhandled exception: Azure CLI authentication timed out.',
    'ChainedTokenCredential.cs; a test of RetryingTokenCredential has the very text',
  ],
]

function madeToken(): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  return `${part({ alg: 'none' })}.${part({ iss: 'i', sub: 's', aud: 'a', exp: 4_000_000_000 })}.c2ln`
}

describe('a whole chain reads as the library has it', () => {
  test.each(chains)('%s', async (_, run, message) => {
    expect((await runSdk(dotnet(run))).message).toBe(message)
  })
})

const azUnknown = `Azure CLI authentication failed due to an unknown error. ${see}/azclicredential/troubleshoot `
const azdUnknown =
  "Azure Developer CLI authentication failed due to an unknown error. Please visit https://aka.ms/azure-dev for installation instructions and then, once installed, authenticate to your Azure account using 'azd auth login'. "
const pwshUnknown = `Azure PowerShell authentication failed due to an unknown error. ${see}/powershellcredential/troubleshoot `
const mfa = 'AADSTS50076: Due to a configuration change'

/** Of what the tool does: the text, and what it is in DefaultAzureCredential and in a chain of one's own. */
const tools: readonly (readonly [
  name: string,
  tool: 'az' | 'azd' | 'pwsh',
  does: NonNullable<SdkRun['tools']>[string],
  message: string,
  inDefault: 'unavailable' | 'failed',
  inOwn: 'unavailable' | 'failed',
  source: string,
])[] = [
  [
    'signed out',
    'az',
    exited(1, '', "ERROR: Please run 'az login'"),
    "Please run 'az login' to set up account",
    'unavailable',
    'unavailable',
    'AzureCliCredential.cs',
  ],
  [
    'refused',
    'az',
    exited(1, '', mfa),
    `${azUnknown}${mfa}`,
    'unavailable',
    'failed',
    'net-dac-parenthesised, AzureCliCredential.cs',
  ],
  [
    'broken',
    'az',
    exited(1, '', 'ERROR: The command failed. CLIInternalError'),
    'Azure CLI could not login. Interactive login is required.',
    'unavailable',
    'unavailable',
    'AzureCliCredential.cs',
  ],
  ['slow', 'az', 'hangs', 'Azure CLI authentication timed out.', 'unavailable', 'failed', 'AzureCliCredential.cs'],
  [
    'no JSON',
    'az',
    exited(0, 'hello'),
    "AzureCliCredential authentication failed: 'h' is an invalid start of a value. LineNumber: 0 | BytePositionInLine: 0.",
    'failed',
    'failed',
    'CredentialDiagnosticScope.cs, System.Text.Json',
  ],
  [
    'nothing',
    'az',
    exited(0, ''),
    'AzureCliCredential authentication failed: The input does not contain any JSON tokens. Expected the input to start with a valid JSON token, when isFinalBlock is true. LineNumber: 0 | BytePositionInLine: 0.',
    'failed',
    'failed',
    'System.Text.Json',
  ],
  [
    'signed out',
    'azd',
    exited(1, '', 'ERROR: not logged in, run `azd auth login` to login'),
    "Please run 'azd auth login' from a command prompt to authenticate before using this credential.",
    'unavailable',
    'unavailable',
    'AzureDeveloperCliCredential.cs',
  ],
  [
    'refused',
    'azd',
    exited(1, '', mfa),
    `${azdUnknown}${mfa}`,
    'unavailable',
    'failed',
    'AzureDeveloperCliCredential.cs',
  ],
  [
    'slow',
    'azd',
    'hangs',
    'Azure Developer CLI authentication timed out.',
    'unavailable',
    'failed',
    'AzureDeveloperCliCredential.cs',
  ],
  [
    'signed out',
    'pwsh',
    exited(1, '', 'Run Connect-AzAccount to login.'),
    "Please run 'Connect-AzAccount' to set up account.",
    'unavailable',
    'unavailable',
    'AzurePowerShellCredential.cs',
  ],
  [
    'no module',
    'pwsh',
    exited(0, 'azsdk-no-module'),
    'Az.Accounts module >= 2.2.0 is not installed.',
    'unavailable',
    'unavailable',
    'net-dac-parenthesised',
  ],
  [
    'refused',
    'pwsh',
    exited(1, '', mfa),
    `${pwshUnknown}${mfa}`,
    'unavailable',
    'failed',
    'AzurePowerShellCredential.cs',
  ],
  // Not a CredentialUnavailableException there, so it ends the chain.
  [
    'slow',
    'pwsh',
    'hangs',
    'Azure PowerShell authentication timed out.',
    'failed',
    'failed',
    'AzurePowerShellCredential.cs',
  ],
  [
    'no token',
    'pwsh',
    exited(0, 'hello'),
    'PowerShell did not return a valid response.',
    'unavailable',
    'unavailable',
    'AzurePowerShellCredential.cs',
  ],
]

const classes = {
  az: 'AzureCliCredential',
  azd: 'AzureDeveloperCliCredential',
  pwsh: 'AzurePowerShellCredential',
} as const

describe('a developer’s tool', () => {
  test.each(tools)('%s: %s', async (_, tool, does, message, inDefault, inOwn) => {
    const link = await runSdk(dotnet({ env: only(classes[tool]), tools: { [tool]: does } }))
    expect(link.message).toBe(message)
    expect(link.result?.outcome).toBe(inDefault)
    const own = await runSdk(dotnet({ names: [tool, 'environment'], tools: { [tool]: does } }))
    expect(own.result?.attempts[0]?.outcome).toBe(inOwn)
  })

  test('az and azd have 13 seconds, PowerShell ten', async () => {
    for (const [tool, timeoutMs] of [
      ['az', 13_000],
      ['azd', 13_000],
      ['pwsh', 10_000],
    ] as const) {
      const { runtime } = await runSdk(dotnet({ names: [tool], tools: { [tool]: 'hangs' } }))
      expect(runtime.processes.started[0]?.timeoutMs).toBe(timeoutMs)
    }
  })

  test('DefaultAzureCredential asks it for AZURE_TENANT_ID', async () => {
    const { runtime } = await runSdk(
      dotnet({ env: { ...only('AzureDeveloperCliCredential'), AZURE_TENANT_ID: tenant }, tools: { azd: exited(1) } }),
    )
    expect(runtime.processes.started[0]?.args.slice(-2)).toEqual(['--tenant-id', tenant])
  })
})

const host = { IDENTITY_ENDPOINT: 'http://127.0.0.1:9/msi', IDENTITY_HEADER: 'x' }
const fabric = {
  IDENTITY_ENDPOINT: 'https://127.0.0.1:9/msi',
  IDENTITY_HEADER: 'x',
  IDENTITY_SERVER_THUMBPRINT: 'a'.repeat(40),
}
const guide = `\n${see}/managedidentitycredential/troubleshoot`
const prefix = 'ManagedIdentityCredential authentication'

function imds(status: number, body: unknown): (request: HttpRequest) => HttpResult {
  return (request) => (request.url.startsWith('http://169.254.169.254/') ? respond(status, body) : refuse(request))
}

/** In DefaultAzureCredential; the other links are left out of the text. */
const identities: readonly (readonly [
  name: string,
  run: Omit<SdkRun, 'sdk'>,
  message: string,
  outcome: 'unavailable' | 'failed',
  source: string,
])[] = [
  [
    'IMDS refuses',
    { http: imds(400, { error: 'invalid_request', error_description: 'Identity not found' }) },
    `${prefix} unavailable. The requested identity has not been assigned to this resource.`,
    'unavailable',
    'ImdsManagedIdentityProbeSource.cs',
  ],
  [
    'a portal answers for IMDS',
    { http: imds(200, '<html>Welcome</html>') },
    'Managed Identity response was not in the expected format. See the inner exception for details.',
    'unavailable',
    'ManagedIdentitySource.cs',
  ],
  [
    'Docker Desktop answers for IMDS',
    { http: imds(403, 'A socket operation was attempted to an unreachable network') },
    'Managed Identity response was not in the expected format. See the inner exception for details.',
    'unavailable',
    'ManagedIdentitySource.cs',
  ],
  [
    'IMDS is broken',
    { http: imds(500, { error: 'unknown' }) },
    `${prefix} failed: Service request failed.\nStatus: 500\n\nContent:\n{"error":"unknown"}\n\nHeaders:\nContent-Type: application/json; charset=utf-8\n${guide}`,
    'failed',
    'ManagedIdentitySource.cs, RequestFailedException.cs',
  ],
  [
    'IMDS is behind a broken gateway',
    { http: imds(502, '<h1>Bad</h1>') },
    `${prefix} unavailable. The request failed due to a gateway error.\nStatus: 502\n\nContent:\n<h1>Bad</h1>\n\nHeaders:\n\n`,
    'unavailable',
    'ImdsManagedIdentityProbeSource.cs; the form of net-imds-400-headers',
  ],
  [
    'the only link does not probe',
    { env: only('ManagedIdentityCredential') },
    `${prefix} unavailable. Multiple attempts failed to obtain a token from the managed identity endpoint.`,
    'unavailable',
    'ManagedIdentityCredential.cs',
  ],
  [
    'App Service refuses',
    { env: host, http: () => respond(400, { statusCode: 400, message: 'No identity.', correlationId: 'c' }) },
    `${prefix} failed: [Managed Identity] Error Message: No identity. Managed Identity Correlation ID: c (issued by the 'AppService' managed identity source; search that source's telemetry with this correlation ID). Use this Correlation ID for further investigation.${guide}`,
    'failed',
    'AbstractManagedIdentity.cs',
  ],
  [
    'App Service answers with no token',
    { env: host, http: () => respond(200, '<html>') },
    'No managed identity endpoint found.',
    'unavailable',
    'ManagedIdentityCredential.cs',
  ],
  [
    'App Service says nothing',
    { env: host, http: () => respond(500, '') },
    `${prefix} failed: [Managed Identity] Authentication unavailable. No response received from the managed identity endpoint.${guide}`,
    'failed',
    'MsalErrorMessage.cs',
  ],
  [
    'nobody is at App Service’s address',
    { env: host },
    `${prefix} unavailable. Multiple attempts failed to obtain a token from the managed identity endpoint.`,
    'unavailable',
    'ManagedIdentityCredential.cs',
  ],
  [
    'an address that is none',
    { env: { ...host, IDENTITY_ENDPOINT: 'foo' } },
    `${prefix} failed: [Managed Identity] The environment variable IDENTITY_ENDPOINT contains an invalid Uri foo in App Service managed identity source.${guide}`,
    'failed',
    'AppServiceManagedIdentitySource.cs',
  ],
  [
    'Service Fabric takes no id',
    { env: { ...fabric, AZURE_CLIENT_ID: app } },
    'Specifying a clientId or resourceId is not supported by the Service Fabric managed identity environment. The managed identity configuration is determined by the Service Fabric cluster resource configuration. See https://aka.ms/servicefabricmi for more information.',
    'failed',
    'Constants.cs, ManagedIdentityClient.cs',
  ],
  [
    'Azure Arc takes no id',
    { env: { IDENTITY_ENDPOINT: 'http://127.0.0.1:9', IMDS_ENDPOINT: 'http://127.0.0.1:9', AZURE_CLIENT_ID: app } },
    `${prefix} failed: [Managed Identity] User assigned identity is not supported by the Azure Arc Managed Identity. To authenticate with the system assigned identity omit the client id in ManagedIdentityApplicationBuilder.Create().${guide}`,
    'failed',
    'MsalErrorMessage.cs; net-arc-uami-unsupported has the wrapping',
  ],
  [
    'Cloud Shell refuses',
    {
      env: { MSI_ENDPOINT: 'http://127.0.0.1:9/msi' },
      http: () => respond(400, { error: { code: 'AudienceNotSupported', message: 'Audience x is not supported.' } }),
    },
    `${prefix} failed: [Managed Identity] Error Code: AudienceNotSupported Error Message: Audience x is not supported.${guide}`,
    'failed',
    'AbstractManagedIdentity.cs',
  ],
]

describe('managed identity in DefaultAzureCredential', () => {
  test.each(identities)('%s', async (_, run, message, outcome) => {
    const { result, message: whole } = await runSdk(dotnet(run))
    const attempt = result?.attempts.find(({ credential }) => credential === 'ManagedIdentityCredential')
    expect(attempt?.outcome).toBe(outcome)
    if (outcome === 'failed' || result?.attempts.length === 1) expect(whole).toBe(message)
    else expect(whole?.split('\n- ')).toContain(message)
  })

  test('asked for by name MSAL’s own words come through', async () => {
    const { message } = await runSdk(
      dotnet({
        names: ['managed-identity'],
        http: imds(400, { error: 'invalid_request', error_description: 'Identity not found' }),
      }),
    )
    expect(message).toBe(
      `${prefix} failed: [Managed Identity] Authentication unavailable. Either the requested identity has not been assigned to this resource, or other errors could be present. Ensure the identity is correctly assigned and check the inner exception for more details. For more information, visit https://aka.ms/msal-managed-identity.\nStatus: BadRequest\nContent:\n{"error":"invalid_request","error_description":"Identity not found"}\n\nHeaders:\nContent-Type: application/json; charset=utf-8\n\n[Managed Identity] Error Code: invalid_request Error Description: Identity not found ${guide}`,
    )
  })

  test('token exchange goes before every host, and is passed over without a client id', async () => {
    const exchange = { AZURE_TENANT_ID: tenant, AZURE_FEDERATED_TOKEN_FILE: '/no/such/token' }
    const first = await runSdk(
      dotnet({ names: ['managed-identity'], env: { ...host, ...exchange, AZURE_CLIENT_ID: app } }),
    )
    expect(first.message).toContain(
      "ClientAssertionCredential authentication failed: Could not find file '/no/such/token'.",
    )
    const passed = await runSdk(dotnet({ names: ['managed-identity'], env: { ...host, ...exchange } }))
    expect(passed.runtime.http.requests[0]?.url).toMatch(/^http:\/\/127\.0\.0\.1:9\/msi/)
  })

  // DefaultAzureCredentialFactory.cs: only the option that leaves workload identity out takes it from managed identity.
  test('token exchange stays where AZURE_TOKEN_CREDENTIALS asks for managed identity alone', async () => {
    const exchange = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: app, AZURE_FEDERATED_TOKEN_FILE: '/no/such/token' }
    const { message } = await runSdk(dotnet({ env: { ...host, ...exchange, ...only('ManagedIdentityCredential') } }))
    expect(message).toContain("Could not find file '/no/such/token'.")
  })
})

test('Visual Studio and the shared cache are where .NET has them', () => {
  const { order, offByDefault, version } = findProfile('dotnet')
  expect(order.indexOf('VisualStudioCredential')).toBe(order.indexOf('SharedTokenCacheCredential') + 1)
  expect(offByDefault).toEqual(['SharedTokenCacheCredential', 'InteractiveBrowserCredential'])
  expect(version).toMatch(/^1\.18/)
})
