/**
 * Surroundings in which the real DefaultAzureCredentials of JavaScript and Go were run, and in which azid's are played over
 * fakes. What the real ones did is in `js-recorded.jsonl` and `go-recorded.jsonl`, by the same names.
 */
import { readFileSync } from 'node:fs'

export interface StandInTool {
  readonly tool: 'az' | 'azd' | 'pwsh'
  readonly stdout?: string
  readonly stderr?: string
  /** Default 0; null: it was killed. */
  readonly code?: number | null
}

export interface SdkScenario {
  readonly name: string
  readonly env?: Readonly<Record<string, string>>
  readonly files?: Readonly<Record<string, string>>
  readonly tool?: StandInTool
  /** What IMDS answers, the last one for ever; absent: nobody is there. */
  readonly imds?: { readonly status: number; readonly body: string }
  readonly request?: { readonly tenantId?: string; readonly claims?: string }
  readonly scope?: string
  readonly isVariableRequired?: boolean
}

export interface SdkRecord {
  readonly name: string
  /** `not-made`: the constructor threw. */
  readonly outcome: 'succeeded' | 'unavailable' | 'failed' | 'not-made'
  readonly winner: string | null
  readonly tried: readonly (readonly [credential: string, outcome: string])[]
  readonly message: string | null
}

const tenant = 'aaaabbbb-0000-cccc-1111-dddd2222eeee'
const app = '00001111-aaaa-2222-bbbb-3333cccc4444'
const nobody = '99999999-9999-4999-8999-999999999999'
const principal = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: app, AZURE_CLIENT_SECRET: 'made-for-tests' }
const withCertificate = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: app, AZURE_CLIENT_CERTIFICATE_PATH: '/world/c.pem' }
const withFile = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: app, AZURE_FEDERATED_TOKEN_FILE: '/world/token' }
const cloudShell = { MSI_ENDPOINT: 'http://127.0.0.1:50342/oauth2/token' }
const serviceFabric = {
  IDENTITY_ENDPOINT: 'https://127.0.0.1:2377/metadata/identity/oauth2/token',
  IDENTITY_HEADER: 'made-for-tests',
  IDENTITY_SERVER_THUMBPRINT: '00112233445566778899aabbccddeeff00112233',
}

function without(
  variables: Readonly<Record<string, string>>,
  ...names: readonly string[]
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)))
}

const variableNames = { tenant: 'AZURE_TENANT_ID', client: 'AZURE_CLIENT_ID', secret: 'AZURE_CLIENT_SECRET' } as const

const principals: readonly SdkScenario[] = [
  { name: 'nothing' },
  ...Object.entries(variableNames).flatMap(([name, variable]): SdkScenario[] => [
    { name: `sp missing ${name}`, env: without(principal, variable) },
    { name: `sp empty ${name}`, env: { ...principal, [variable]: '' } },
  ]),
  { name: 'sp bad tenant', env: { ...principal, AZURE_TENANT_ID: 'not a tenant!' } },
  {
    name: 'sp other tenant not allowed',
    env: principal,
    request: { tenantId: '11111111-1111-4111-8111-111111111111' },
  },
  { name: 'sp authority http', env: { ...principal, AZURE_AUTHORITY_HOST: 'http://login.microsoftonline.com' } },
  { name: 'sp authority bare', env: { ...principal, AZURE_AUTHORITY_HOST: 'login.microsoftonline.com' } },
  { name: 'cert missing file', env: { ...withCertificate, AZURE_CLIENT_CERTIFICATE_PATH: '/world/nope.pem' } },
  { name: 'cert rubbish', env: withCertificate, files: { '/world/c.pem': 'rubbish' } },
  { name: 'cert empty', env: withCertificate, files: { '/world/c.pem': '' } },
  { name: 'user no password', env: { ...without(principal, 'AZURE_CLIENT_SECRET'), AZURE_USERNAME: 'a@b.c' } },
  {
    name: 'user no tenant',
    env: { AZURE_CLIENT_ID: app, AZURE_USERNAME: 'a@b.c', AZURE_PASSWORD: 'made-for-tests' },
  },
  { name: 'wi missing file', env: { ...withFile, AZURE_FEDERATED_TOKEN_FILE: '/world/nope' } },
  { name: 'wi no client', env: without(withFile, 'AZURE_CLIENT_ID') },
  { name: 'wi no tenant', env: without(withFile, 'AZURE_TENANT_ID') },
  { name: 'wi empty tenant', env: { ...withFile, AZURE_TENANT_ID: '' } },
  { name: 'wi empty file var', env: { ...withFile, AZURE_FEDERATED_TOKEN_FILE: '' } },
  { name: 'wi bad tenant', env: { ...withFile, AZURE_TENANT_ID: 'no tenant!' }, files: { '/world/token': 'unread' } },
]

const selected: readonly SdkScenario[] = [
  ...['dev', 'prod', ' Dev ', 'PROD', '', ' ', 'nope', 'EnvironmentCredential', 'workloadidentitycredential'],
  ...['VisualStudioCodeCredential', 'AzureCliCredential', 'azureclicredential', 'AzurePowerShellCredential'],
  ...['AzureDeveloperCliCredential', 'InteractiveBrowserCredential', 'BrokerCredential', 'SharedTokenCacheCredential'],
  ...['VisualStudioCredential', 'IntelliJCredential', ' EnvironmentCredential '],
].map((value) => ({ name: `atc [${value}]`, env: { AZURE_TOKEN_CREDENTIALS: value } }))

const managed: readonly SdkScenario[] = [
  { name: 'require js', isVariableRequired: true },
  { name: 'require empty', env: { AZURE_TOKEN_CREDENTIALS: '' }, isVariableRequired: true },
  {
    name: 'imds 400',
    imds: { status: 400, body: '{"error":"invalid_request","error_description":"Identity not found"}' },
  },
  { name: 'imds 403', imds: { status: 403, body: '{"error":"forbidden","error_description":"no"}' } },
  {
    name: 'imds 403 unreachable',
    imds: {
      status: 403,
      body: 'connecting to 169.254.169.254:80: connectex: A socket operation was attempted to an unreachable network.',
    },
  },
  { name: 'imds no token', imds: { status: 200, body: '{"hello":1}' } },
  { name: 'host id cloud-shell', env: { ...cloudShell, AZURE_CLIENT_ID: nobody } },
  { name: 'host id service-fabric', env: { ...serviceFabric, AZURE_CLIENT_ID: nobody } },
  { name: 'app-service bad url', env: { IDENTITY_ENDPOINT: 'nonsense', IDENTITY_HEADER: 'x' } },
  { name: 'identity endpoint alone', env: { IDENTITY_ENDPOINT: 'http://127.0.0.1:1/msi/token' } },
]

const only = {
  az: 'AzureCliCredential',
  azd: 'AzureDeveloperCliCredential',
  pwsh: 'AzurePowerShellCredential',
} as const

function toolScenario(
  name: string,
  tool: StandInTool['tool'],
  said: Omit<StandInTool, 'tool'>,
  more: Pick<SdkScenario, 'request' | 'scope'> = {},
): SdkScenario {
  return { name, env: { AZURE_TOKEN_CREDENTIALS: only[tool] }, tool: { tool, ...said }, ...more }
}

const failedWith = (stderr: string): Omit<StandInTool, 'tool'> => ({ stderr: `${stderr}\n`, code: 1 })
const printed = (stdout: string): Omit<StandInTool, 'tool'> => ({ stdout: `${stdout}\n` })
const claims = { claims: '{"a":1}' }
const claimsOfTenant = { ...claims, tenantId: 'contoso.com' }

const tools: readonly SdkScenario[] = [
  toolScenario('az ok', 'az', printed('{"accessToken":"a.b.c","expires_on":1999999999,"tenant":"t"}')),
  toolScenario('az old ok', 'az', printed('{"accessToken":"a.b.c","expiresOn":"2033-05-18 03:33:19.000000"}')),
  toolScenario('az logged out', 'az', failedWith("ERROR: Please run 'az login' to setup account.")),
  toolScenario(
    'az aadsts',
    'az',
    failedWith(
      'ERROR: AADSTS50173: The provided grant has expired.\nTrace ID: x\nRun the command below to authenticate interactively; additional arguments may be added as needed:\naz logout\naz login --tenant "t" --scope "s"',
    ),
  ),
  toolScenario('az login --scope', 'az', failedWith('ERROR: AADSTS50076 az login --scope https://x/.default')),
  toolScenario('az other', 'az', failedWith('ERROR: Something odd')),
  toolScenario('az silent 1', 'az', { code: 1 }),
  toolScenario('az silent 3', 'az', { code: 3 }),
  toolScenario('az 127', 'az', { code: 127 }),
  toolScenario('az not recognized', 'az', failedWith("'az' is not recognized as an internal or external command")),
  toolScenario('az not json', 'az', printed('hello')),
  toolScenario('az not json stderr', 'az', { stdout: 'hello\n', stderr: 'WARNING: upgrade\n' }),
  toolScenario('az warning ok', 'az', {
    stdout: '{"accessToken":"a.b.c","expires_on":1999999999}\n',
    stderr: 'WARNING: upgrade\n',
  }),
  toolScenario('az no token', 'az', printed('{"hello":1}')),
  toolScenario('az empty', 'az', {}),
  toolScenario('az array', 'az', printed('[1]')),
  toolScenario('az null', 'az', printed('null')),
  toolScenario('az bad date', 'az', printed('{"accessToken":"a.b.c","expiresOn":"never"}')),
  toolScenario('az expires text', 'az', printed('{"accessToken":"a.b.c","expires_on":"1999999999"}')),
  toolScenario('az multi line', 'az', failedWith('line one\nline two')),
  toolScenario('az claims', 'az', {}, { request: claims }),
  toolScenario('az claims tenant', 'az', {}, { request: claimsOfTenant }),
  toolScenario('az bad tenant', 'az', {}, { request: { tenantId: 'contoso com' } }),
  toolScenario('az bad scope', 'az', {}, { scope: 'https://x/$(id)/.default' }),
  toolScenario('azd ok', 'azd', printed('{"token":"a.b.c","expiresOn":"2033-05-18T03:33:19Z"}')),
  toolScenario(
    'azd new error',
    'azd',
    failedWith('{"error":"AADSTS90002: Tenant not found","message":"m","suggestion":"s"}'),
  ),
  toolScenario('azd plain error', 'azd', failedWith('ERROR: odd')),
  toolScenario('azd mfa', 'azd', failedWith('reauthentication required')),
  toolScenario('azd silent', 'azd', { code: 1 }),
  toolScenario('azd not json', 'azd', printed('hello')),
  toolScenario('azd claims unknown', 'azd', failedWith('unknown flag: --claims'), { request: claims }),
  toolScenario('pwsh no module', 'pwsh', {
    stderr:
      "Import-Module : The specified module 'Az.Accounts' with version '2.2.0' was not loaded because no valid module file was found in any module directory.\nAz.Accounts module not found\n",
    code: 1,
  }),
  toolScenario('pwsh logged out', 'pwsh', failedWith('Run Connect-AzAccount to login.')),
  toolScenario('pwsh other', 'pwsh', failedWith('odd thing')),
  toolScenario('pwsh silent', 'pwsh', { code: 1 }),
  toolScenario('pwsh not json', 'pwsh', printed('hello')),
  toolScenario('pwsh claims', 'pwsh', {}, { request: claims }),
  toolScenario('pwsh claims tenant', 'pwsh', {}, { request: claimsOfTenant }),
]

export const sdkScenarios: readonly SdkScenario[] = [...principals, ...selected, ...managed, ...tools]

export interface SdkRecording {
  readonly versions: Readonly<Record<string, string>>
  readonly byName: ReadonlyMap<string, SdkRecord>
}

/** The first line names the versions, every other is one scenario. */
export function readSdkRecording(sdk: 'js' | 'go'): SdkRecording {
  const lines = readFileSync(new URL(`./${sdk}-recorded.jsonl`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')
  const [versions = {}, ...records] = lines.map((line) => JSON.parse(line) as SdkRecord)
  return {
    versions: versions as unknown as Readonly<Record<string, string>>,
    byName: new Map(records.map((record) => [record.name, record])),
  }
}
