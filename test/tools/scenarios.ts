/** What stand-in tools do, for azid and for the SDK for Python alike: one table, played to both. */

export type StandIn =
  | 'missing'
  | 'not-executable'
  /** A script for an interpreter that is not there. */
  | 'not-startable'
  | 'hanging'
  | {
      readonly exit?: number
      /** It ends itself by SIGKILL. */
      readonly isKilled?: boolean
      readonly stdout?: string
      readonly stderr?: string
      /** The output is bytes, in base64. */
      readonly isBase64?: boolean
    }

export interface ToolScenario {
  readonly name: string
  readonly tool: 'az' | 'azd' | 'pwsh'
  /** A link of DefaultAzureCredential. */
  readonly isChained?: boolean
  readonly scopes?: readonly string[]
  readonly tenantId?: string
  readonly subscription?: string
  readonly requestTenant?: string
  readonly claims?: string
  readonly allowedTenants?: readonly string[]
  readonly standIn: StandIn
}

const token = 'a.made.token'
const soon = '{"accessToken": "a.made.token", "expires_on": 1795226400, "tenant": "t", "tokenType": "Bearer"}\n'
const tenant = '11111111-1111-4111-8111-111111111111'
const signedOut = "ERROR: Please run 'az login' to setup account.\n"
const refused =
  'ERROR: AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication.\nTo re-authenticate, please run:\naz login --tenant "t" --scope "s"\n'

const az: readonly Omit<ToolScenario, 'tool'>[] = [
  { name: 'a token with expires_on', standIn: { stdout: soon } },
  {
    name: 'expires_on is a text',
    standIn: { stdout: '{"accessToken": "a.made.token", "expires_on": "1795226400"}' },
  },
  {
    name: 'expires_on wins over expiresOn',
    standIn: {
      stdout: '{"accessToken": "a.made.token", "expires_on": 1795226400, "expiresOn": "2001-01-01 00:00:00.000000"}',
    },
  },
  {
    name: 'the old local expiresOn',
    standIn: { stdout: '{"accessToken": "a.made.token", "expiresOn": "2026-11-21 03:04:05.678901"}' },
  },
  {
    name: 'an expiresOn without fraction',
    standIn: { stdout: '{"accessToken": "a.made.token", "expiresOn": "2026-11-21 03:04:05"}' },
  },
  { name: 'warnings on stderr beside a token', standIn: { stdout: soon, stderr: 'WARNING: az is old\n' } },
  { name: 'a warning on stdout before the token', standIn: { stdout: `WARNING: az is old\n${soon}` } },
  { name: 'lines that end as on Windows', standIn: { stdout: 'no json\r\nat all\r\n' } },
  { name: 'tenant', tenantId: tenant, standIn: { stdout: soon } },
  { name: 'subscription', subscription: 'My dev_1.sub', standIn: { stdout: soon } },
  { name: 'tenant and subscription', tenantId: tenant, subscription: 's', standIn: { stdout: soon } },
  { name: 'tenant of the request', requestTenant: 'contoso.com', standIn: { stdout: soon } },
  { name: 'another tenant than configured', tenantId: tenant, requestTenant: 'contoso.com', standIn: 'missing' },
  {
    name: 'another tenant that is allowed',
    tenantId: tenant,
    requestTenant: 'contoso.com',
    allowedTenants: ['*'],
    standIn: { stdout: soon },
  },
  { name: 'a tenant that reaches for the shell', tenantId: 'a;b', standIn: 'missing' },
  { name: 'a tenant of the request that does', requestTenant: '$(b)', standIn: 'missing' },
  { name: 'a subscription that does', subscription: 'a&b', standIn: 'missing' },
  { name: 'a scope that does', scopes: ['https://x/`b`'], standIn: 'missing' },
  { name: 'a scope with a question mark, chained', isChained: true, scopes: ['https://x/?a'], standIn: 'missing' },
  { name: 'two scopes', scopes: ['https://a/.default', 'https://a/b'], standIn: 'missing' },
  { name: 'two scopes, chained', isChained: true, scopes: ['https://a/.default', 'https://a/b'], standIn: 'missing' },
  { name: 'a scope without .default', scopes: ['https://a/user_impersonation'], standIn: { stdout: soon } },
  { name: 'claims', claims: '{"access_token":{"nbf":{"essential":true}}}', standIn: 'missing' },
  { name: 'claims and a tenant', claims: '{"a":"ü"}', requestTenant: tenant, standIn: 'missing' },
  { name: 'not there', standIn: 'missing' },
  { name: 'not executable', standIn: 'not-executable' },
  { name: 'not startable', standIn: 'not-startable' },
  { name: 'hanging', standIn: 'hanging' },
  { name: 'hanging, chained', isChained: true, standIn: 'hanging' },
  { name: 'exit 127', standIn: { exit: 127, stderr: 'whatever' } },
  { name: 'Windows does not know it', standIn: { exit: 1, stderr: "'az' is not recognized as a command" } },
  { name: 'not logged in', standIn: { exit: 1, stderr: signedOut } },
  { name: 'not logged in, chained', isChained: true, standIn: { exit: 1, stderr: signedOut } },
  {
    name: 'no subscription is chosen',
    standIn: { exit: 1, stderr: "ERROR: No subscription found. Run 'az account set' to select a subscription.\n" },
  },
  { name: 'not logged in, said on stdout', standIn: { exit: 1, stdout: signedOut } },
  { name: 'Entra refused', standIn: { exit: 1, stderr: refused } },
  { name: 'Entra refused, chained', isChained: true, standIn: { exit: 1, stderr: refused } },
  { name: 'silent failure', standIn: { exit: 1 } },
  { name: 'silent failure, chained', isChained: true, standIn: { exit: 3 } },
  { name: 'failure on stdout alone', standIn: { exit: 1, stdout: 'what' } },
  { name: 'killed', standIn: { isKilled: true } },
  { name: 'killed while it spoke', standIn: { isKilled: true, stderr: 'half a wor' } },
  { name: 'an unknown command of another program', standIn: { exit: 2, stderr: 'az: unknown argument account\n' } },
  { name: 'another program that greets', standIn: { stdout: 'hello\n' } },
  { name: 'another program that greets, chained', isChained: true, standIn: { stdout: 'hello\n' } },
  { name: 'nothing', standIn: {} },
  { name: 'cut JSON', standIn: { stdout: '{"accessToken": "a.made.token", "exp' } },
  { name: 'JSON cut within the token', standIn: { stdout: '{"accessToken": "a.made.tok' } },
  { name: 'a token in the failure', standIn: { exit: 1, stderr: 'bad: {"accessToken": "a.made.token"}\n' } },
  { name: 'no accessToken', standIn: { stdout: '{"expires_on": 1795226400}' } },
  { name: 'no time', standIn: { stdout: '{"accessToken": "a.made.token"}' } },
  { name: 'a time that is none', standIn: { stdout: '{"accessToken": "a.made.token", "expires_on": "soon"}' } },
  { name: 'a month that is none', standIn: { stdout: '{"accessToken": "a", "expiresOn": "2026-13-01 00:00:00.0"}' } },
  { name: 'expires_on is null', standIn: { stdout: '{"accessToken": "a.made.token", "expires_on": null}' } },
  { name: 'expires_on is a list', isChained: true, standIn: { stdout: '{"accessToken": "a", "expires_on": []}' } },
  { name: 'expiresOn is a number', standIn: { stdout: '{"accessToken": "a.made.token", "expiresOn": 5}' } },
  { name: 'expiresOn is null', standIn: { stdout: '{"accessToken": "a.made.token", "expiresOn": null}' } },
  ...['null', '[]', '5', '1.5', 'true', '"text"', '[{"accessToken": "a.made.token"}]'].map((stdout) => ({
    name: `the JSON ${stdout}`,
    standIn: { stdout },
  })),
  { name: 'the JSON null, chained', isChained: true, standIn: { stdout: 'null' } },
  { name: 'no UTF-8', standIn: { stdout: '/w==', isBase64: true } },
  { name: 'no UTF-8 in the failure', standIn: { exit: 1, stderr: '/w==', isBase64: true } },
]

const loggedOut =
  '{"type":"consoleMessage","timestamp":"2026-11-21T00:00:00Z","data":{"message":"\\nERROR: not logged in, run `azd auth login` to login\\n"}}\n'
const azdToken = '{"token": "a.made.token", "expiresOn": "2026-11-21T03:04:05Z"}\n'

const azd: readonly Omit<ToolScenario, 'tool'>[] = [
  { name: 'a token', standIn: { stdout: azdToken } },
  { name: 'two scopes', scopes: ['https://a/.default', 'https://a/b'], standIn: { stdout: azdToken } },
  { name: 'tenant', tenantId: tenant, standIn: { stdout: azdToken } },
  { name: 'claims', claims: '{"access_token":{}}', standIn: { stdout: azdToken } },
  {
    name: 'claims that it does not know',
    claims: '{"a":1}',
    standIn: { exit: 1, stderr: 'ERROR: unknown flag: --claims\n' },
  },
  { name: 'a scope that reaches for the shell', scopes: ['a;b'], standIn: 'missing' },
  { name: 'not there', standIn: 'missing' },
  { name: 'not startable', standIn: 'not-startable' },
  { name: 'hanging', standIn: 'hanging' },
  { name: 'exit 127', standIn: { exit: 127 } },
  { name: 'not logged in, before 1.23.7', standIn: { exit: 1, stderr: loggedOut } },
  { name: 'not logged in, on stdout', standIn: { exit: 1, stdout: loggedOut } },
  {
    name: 'not logged in, since 1.24',
    standIn: {
      exit: 1,
      stderr: '{"error":"not logged in, run `azd auth login` to login","message":"m","suggestion":"s"}\n',
    },
  },
  {
    name: 'Entra refused, before 1.23.7',
    standIn: {
      exit: 1,
      stderr:
        '{"type":"consoleMessage","data":{"message":"\\nERROR: fetching token: failed to authenticate:\\n(invalid_grant) AADSTS70043: The refresh token has expired\\n"}}\n',
    },
  },
  {
    name: 'Entra refused, since 1.23.7',
    standIn: {
      exit: 1,
      stderr:
        '{"type":"consoleMessage","data":{"message":""}}\n{"error":"fetching token: AADSTS50076: MFA","suggestion":"s"}\n',
    },
  },
  {
    name: 'Entra refused, chained',
    isChained: true,
    standIn: { exit: 1, stderr: '{"error":"fetching token: AADSTS50076: MFA","suggestion":"s"}\n' },
  },
  { name: 'plain words', standIn: { exit: 1, stderr: 'ERROR: no project exists\n' } },
  { name: 'silent failure', standIn: { exit: 1 } },
  { name: 'killed', standIn: { isKilled: true } },
  { name: 'another program', standIn: { stdout: 'hello\n' } },
  { name: 'an error at exit 0', standIn: { stdout: '{"error":"something"}\n' } },
  { name: 'an error at exit 0, chained', isChained: true, standIn: { stdout: '{"error":"something"}\n' } },
  { name: 'no time', standIn: { stdout: '{"token": "a.made.token"}' } },
  { name: 'a local time', standIn: { stdout: '{"token": "a.made.token", "expiresOn": "2026-11-21 03:04:05"}' } },
  { name: 'a time that is a number', standIn: { stdout: '{"token": "a.made.token", "expiresOn": 1795226400}' } },
  ...['null', '[]', '5', '"text"'].map((stdout) => ({ name: `the JSON ${stdout}`, standIn: { stdout } })),
  { name: 'a token in the failure', standIn: { exit: 1, stderr: '{"error":"got \\"token\\": \\"a.made.token\\""}\n' } },
  { name: 'no UTF-8', standIn: { stdout: '/w==', isBase64: true } },
]

const pwsh: readonly Omit<ToolScenario, 'tool'>[] = [
  { name: 'a token', standIn: { stdout: `\nazsdk%${token}%1795226400\n\n` } },
  { name: 'a token among other text', standIn: { stdout: `WARNING: x\n\nazsdk%${token}%1795226400\n` } },
  { name: 'claims', claims: '{"a":1}', requestTenant: tenant, standIn: 'missing' },
  { name: 'two scopes', scopes: ['https://a/.default', 'https://a/b'], standIn: 'missing' },
  { name: 'a scope that reaches for the script', scopes: ["a'b"], standIn: 'missing' },
  { name: 'not there', standIn: 'missing' },
  { name: 'hanging', standIn: 'hanging' },
  { name: 'no module', standIn: { stdout: 'NO_AZ_ACCOUNT_MODULE\n' } },
  {
    name: 'not logged in',
    standIn: { exit: 1, stderr: 'Get-AzAccessToken: Run Connect-AzAccount to login.\n' },
  },
  { name: 'not allowed', standIn: { exit: 1, stderr: 'AuthorizationManager check failed.\n' } },
  { name: 'another failure', standIn: { exit: 1, stderr: 'AADSTS50076: MFA\n' } },
  { name: 'another failure, chained', isChained: true, standIn: { exit: 1, stderr: 'AADSTS50076: MFA\n' } },
  { name: 'silent failure', standIn: { exit: 1 } },
  { name: 'no token', standIn: { stdout: 'hello\n' } },
  { name: 'no token, chained', isChained: true, standIn: { stdout: 'hello\n' } },
  { name: 'two parts', standIn: { stdout: 'azsdk%abc\n' } },
  { name: 'four parts, chained', isChained: true, standIn: { stdout: 'azsdk%a%b%5\n' } },
  { name: 'a time that is none', standIn: { stdout: 'azsdk%a%soon\n' } },
  { name: 'no UTF-8', standIn: { stdout: '/w==', isBase64: true } },
]

export const toolScenarios: readonly ToolScenario[] = [
  ...az.map((each) => ({ ...each, tool: 'az' as const })),
  ...azd.map((each) => ({ ...each, tool: 'azd' as const })),
  ...pwsh.map((each) => ({ ...each, tool: 'pwsh' as const })),
].map((each) => ({ ...each, name: `${each.tool}: ${each.name}` }))
