import { describe, expect, test } from 'vitest'
import { explainFailure } from '../../src/diagnosis/explain/explain-failure.ts'
import { understandFailure } from '../../src/diagnosis/explain/failure.ts'
import { causesOfMsal } from '../../src/diagnosis/msal-causes.ts'
import { findOauthErrors } from '../../src/knowledge/oauth-errors.ts'

const firstCause = (text: string): string | undefined => understandFailure(text).causes[0]?.id

describe('what services say', () => {
  test.each([
    [
      'keys switched off',
      'wrong-audience',
      `Error code: 403 - {'error': {'code': 'AuthenticationTypeDisabled', 'message': 'Key based authentication is disabled for this resource.'}}`,
    ],
    [
      'keys of storage switched off',
      'wrong-audience',
      '<Error><Code>KeyBasedAuthenticationNotPermitted</Code><Message>Key based authentication is not permitted on this storage account.</Message></Error>',
    ],
    [
      'a key that is none',
      'wrong-audience',
      '{"error":{"code":"401","message":"Access denied due to invalid subscription key or wrong API endpoint."}}',
    ],
    [
      'an address of a region',
      'request-malformed',
      '(BadRequest) Please provide a custom subdomain for token authentication, otherwise API key is required.',
    ],
    ['no token for the bus', 'wrong-audience', 'ServiceBus.UnauthorizedException: claim is empty. TrackingId:1'],
    [
      'a closed door of Azure OpenAI',
      'network-blocked',
      '(403) Public access is disabled. Please configure private endpoint. https://shop.openai.azure.com',
    ],
    [
      'a registry that refuses',
      'rbac-missing',
      'push to shop.azurecr.io/app failed: denied: requested access to the resource is denied',
    ],
    [
      'a project that is not shown',
      'rbac-missing',
      'VS800075: The project with id vstfs:///Classification/TeamProject/1 does not exist, or you do not have permission to access it.',
    ],
    [
      'a clock that is behind, in a text that was cut',
      'clock-skew',
      'AADSTS700024: Client assertion is not within its valid time range. Current time: 2024-01-01T10:00:00.0000000Z, assertion valid from 2024-01-01T10:20:00.0000000Z',
    ],
    [
      'a token file for another user',
      'wi-not-injected',
      'WorkloadIdentityCredential: open /var/run/secrets/azure/tokens/azure-identity-token: permission denied',
    ],
    [
      'PostgreSQL without a token',
      'wrong-audience',
      'PSQLException: FATAL: Azure AD access token not found in request, please pass token in the password field',
    ],
    [
      'PostgreSQL and another audience',
      'wrong-audience',
      'FATAL:  The access token does not have a valid audience claim. Please acquire a new token for the resource "https://ossrdbms-aad.database.windows.net".',
    ],
    [
      'PostgreSQL and a quoted token',
      'wrong-audience',
      'psql: error: FATAL:  The access token has invalid format. Please ensure the token is passed exactly as returned',
    ],
    [
      'PostgreSQL without such a user',
      'rbac-missing',
      'connection to server at "db1.postgres.database.azure.com" failed: FATAL: password authentication failed for user "app-identity"',
    ],
    ['SQL without a token', 'wrong-audience', "SqlException: Login failed for user 'NT AUTHORITY\\ANONYMOUS LOGON'."],
    [
      'SQL without such a user',
      'rbac-missing',
      "mssql: login error: Login failed for user '<token-identified principal>'.",
    ],
    [
      'SQL of another tenant',
      'wrong-tenant-token',
      "Login failed for user '<token-identified principal>'. The server is not currently configured to accept this token.",
    ],
    [
      'a key that signed and is unknown',
      'wrong-tenant-token',
      'Status=401 Code="Unauthorized" Message="AKV10046: Unable to resolve the key used for signature validation."',
    ],
    [
      'a closed storage account',
      'network-blocked',
      'ErrorCode: AuthorizationFailure This request is not authorized to perform this operation. Time:2026-01-02T03:04:05Z',
    ],
    [
      'a missing permission of storage',
      'rbac-missing',
      'AuthorizationPermissionMismatch: This request is not authorized to perform this operation using this permission.',
    ],
    [
      'a deployment that is not there',
      'resource-not-found',
      '{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}',
    ],
    [
      'PostgreSQL through Terraform',
      'wrong-audience',
      'error PostgreSQL version: pq: An error occurred while validating the access token. Please acquire a new token and retry',
    ],
    [
      'something that is no token',
      'wrong-audience',
      "JWT validation failed: IDX10708: 'JwtSecurityTokenHandler' cannot read this string.",
    ],
    [
      'a token that begins later',
      'clock-skew',
      'IDX10222: Lifetime validation failed. The token is not yet valid. ValidFrom (UTC): x',
    ],
    [
      'keys of Entra that cannot be fetched',
      'network-blocked',
      "IDX20803: Unable to obtain configuration from: 'https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration'.",
    ],
    [
      'ODBC and a password',
      'password-wrong',
      "[FA004][Microsoft][ODBC Driver 18 for SQL Server][SQL Server]Failed to authenticate the user 'app@contoso.com' in Active Directory (Authentication option is 'ActiveDirectoryPassword').",
    ],
    [
      'a database that takes only Entra',
      'wrong-audience',
      "Login failed for user 'sqladmin'. Reason: Azure Active Directory only authentication is enabled. Please contact your system administrator.",
    ],
    [
      'a database without this user',
      'rbac-missing',
      'Cannot open database "orders" requested by the login. The login failed. (.database.windows.net)',
    ],
    [
      'Log Analytics',
      'rbac-missing',
      '{"error":{"message":"The provided credentials have insufficient access to perform the requested operation","code":"InsufficientAccessError"}}',
    ],
    [
      'a linked scope',
      'rbac-missing',
      `{"error":{"code":"LinkedAuthorizationFailed","message":"The client has permission to perform action 'a/write' on scope '/s'; however, it does not have permission to perform action(s) 'b/join/action' on the linked scope(s)"}}`,
    ],
    [
      'an application that the tenant does not have',
      'app-not-found',
      "InvalidAuthenticationToken: The received access token is not valid: at least one of the claims 'puid' or 'altsecid' or 'oid' should be present.",
    ],
    [
      'Graph and an unknown application',
      'app-not-found',
      '{"error":{"code":"Authorization_IdentityNotFound","message":"The identity of the calling application could not be established."}}',
    ],
    [
      'Graph and something that is no token',
      'wrong-audience',
      '{"error":{"code":"InvalidAuthenticationToken","message":"CompactToken parsing failed with error code: 80049217"}}',
    ],
    [
      'Graph and a token that is over',
      'refresh-token-expired',
      '{"error":{"code":"InvalidAuthenticationToken","message":"Access token has expired or is not yet valid."}}',
    ],
    [
      'storage of another tenant',
      'wrong-tenant-token',
      '<Code>InvalidAuthenticationInfo</Code><AuthenticationErrorDetail>Issuer validation failed. Issuer did not match.</AuthenticationErrorDetail>',
    ],
    [
      'Service Bus of another tenant',
      'wrong-tenant-token',
      'CBS Token authentication failed. Status code: 401 Description: InvalidIssuer: Token issuer is invalid. azure.servicebus',
    ],
    [
      'a search service behind a firewall',
      'network-blocked',
      'Azure AI: Access denied due to Virtual Network/Firewall rules.',
    ],
    [
      'Cosmos DB behind a firewall',
      'network-blocked',
      'Forbidden (403); Substatus: 0; Request originated from IP 203.0.113.7 through public internet. This is blocked by your Cosmos DB account firewall settings.',
    ],
    [
      'a registry behind a firewall',
      'network-blocked',
      "contoso.azurecr.io: denied: client with IP '203.0.113.7' is not allowed access",
    ],
    [
      'Redis without this identity',
      'rbac-missing',
      'contoso.redis.cache.windows.net:6380 (Microsoft.Azure.StackExchangeRedis) WRONGPASS invalid username-password pair',
    ],
    [
      'Azure that wants MFA',
      'mfa-required',
      '{"code":"RequestDisallowedByAzure","message":"Resource \'vm1\' was disallowed by Azure: Users must use MFA for Create operation."}',
    ],
    [
      'an identity endpoint without a word',
      'mi-endpoint-error',
      'ManagedIdentityCredential authentication failed: Managed Identity response was not in the expected format. Status: 403 (Forbidden) Headers: Server: Kestrel X-CORRELATION-ID: REDACTED',
    ],
  ])('%s: %s', (_, cause, text) => {
    expect(firstCause(text)).toBe(cause)
  })

  test('a database that got nothing does not hide why the chain had nothing', () => {
    expect(
      firstCause(`DefaultAzureCredential failed to retrieve a token from the included credentials.
Attempted credentials:
	EnvironmentCredential: EnvironmentCredential authentication unavailable. Environment variables are not fully configured.
	AzureCliCredential: Please run 'az login' to set up an account
[ODBC Driver 18 for SQL Server]Login failed for user ''.`),
    ).toBe('cli-not-logged-in')
  })

  test('the scope of the service that was asked is in the command', () => {
    const told = explainFailure(`The access token has invalid format at "db1.postgres.database.azure.com"`)
    expect(told?.causes[0]?.steps.map(({ command }) => command)).toContain(
      'azid get-token --scope https://ossrdbms-aad.database.windows.net/.default',
    )
  })

  test('an address that a firewall keeps out is in the command', () => {
    const told = explainFailure(
      '(Forbidden) Client address is not authorized and caller is not a trusted service. Client address: 203.0.113.7 Caller: appid=x Vault: kv1;location=westeurope Inner error: { "code": "ForbiddenByFirewall" }',
    )
    expect(told?.causes[0]?.id).toBe('network-blocked')
    expect(told?.causes[0]?.steps[0]?.command).toContain('--ip-address 203.0.113.7')
  })
})

describe("codes of Entra's that stand for no cause", () => {
  test.each(['AADSTS90033', 'AADSTS90055', 'AADSTS50196'])('%s blames no credential', (code) => {
    const text = `ClientSecretCredential authentication failed: ${code}: A transient error has occurred. Please try again.`
    const told = explainFailure(text)
    expect(told?.causes).toEqual([])
    expect(told?.codes).toEqual([code])
    expect(told?.sections.flatMap(({ rows }) => rows.map(({ label }) => label))).toContain(code)
  })

  test('a fault of Entra says to try again, a limit to ask less', () => {
    const notesOf = (text: string) => explainFailure(text)?.notes.map(({ id }) => id)
    expect(notesOf('AADSTS90033: A transient error has occurred. Please try again.')).toEqual(['passing-fault'])
    expect(notesOf('AADSTS90036: An unexpected, non-retryable error has occurred.')).toEqual([])
    expect(
      notesOf('AADSTS50196: The server terminated an operation because it encountered a client request loop.'),
    ).toEqual(['asked-too-often'])
    expect(
      notesOf(
        'Microsoft.Identity.Client.MsalThrottledServiceException: Your app has been throttled by AAD due to too many requests. ErrorCode: request_throttled',
      ),
    ).toEqual(['asked-too-often'])
  })

  test('within a chain as well', () => {
    const text = `DefaultAzureCredential failed to retrieve a token from the included credentials.
Attempted credentials:
	EnvironmentCredential: Authentication failed: AADSTS90033: A transient error has occurred. Please try again.`
    expect(explainFailure(text)?.causes).toEqual([])
    expect(explainFailure(text)?.notes.map(({ id }) => id)).toContain('passing-fault')
  })
})

describe("codes of MSAL's", () => {
  test.each([
    [
      'MSAL.NET',
      'request-malformed',
      'Microsoft.Identity.Client.MsalClientException: ErrorCode: no_client_id No ClientId was specified.',
    ],
    [
      'MSAL for JavaScript',
      'request-malformed',
      'ClientConfigurationError: authority_uri_insecure: Authority URIs must use https.',
    ],
    [
      'MSAL for JavaScript, as an object',
      'imds-unreachable',
      `{ errorCode: 'network_unavailable', errorMessage: 'x' }`,
    ],
    [
      'Microsoft.Identity.Web',
      'request-malformed',
      "System.ArgumentNullException: IDW10106: The 'ClientId' option must be provided.",
    ],
    [
      'Microsoft.Identity.Web and its certificates',
      'cert-unreadable',
      'IDW10109: All client certificates passed to the configuration have expired or can not be loaded.',
    ],
    [
      'Microsoft.Identity.Web and a token without roles',
      'assignment-required',
      'IDW10201: Neither scope or roles claim was found in the bearer token.',
    ],
    [
      'MSAL for Java without a name server',
      'dns-failure',
      'com.microsoft.aad.msal4j.MsalClientException: java.lang.RuntimeException: Max retries 3 times exceeded. Error Details: login.microsoftonline.com at x',
    ],
  ])('%s', (_, cause, text) => {
    expect(firstCause(text)).toBe(cause)
  })

  test('each is known as a code, or is one of Microsoft.Identity.Web', () => {
    const unknown = [...causesOfMsal.keys()].filter(
      (code) => !code.startsWith('idw') && findOauthErrors(code).length === 0,
    )
    expect(unknown).toEqual([])
  })
})

test('the frame that threw tells where the message was left out', () => {
  expect(
    firstCause(`Azure.Identity.AuthenticationFailedException:
   at Azure.Identity.TenantIdResolver.Resolve (Azure.Identity, Version=1.10.4.0, Culture=neutral)
   at Azure.Identity.ClientSecretCredential+<GetTokenAsync>d__19.MoveNext (Azure.Identity, Version=1.10.4.0)`),
  ).toBe('tenant-not-allowed')
})

test('what Java logs of a success is one', () => {
  const { credentials } = understandFailure(
    '2026-10-20 16:23:19.901  INFO 1 --- [     parallel-1] c.a.identity.ManagedIdentityCredential   : Azure Identity => getToken() result for scopes [https://storage.azure.com/.default]: SUCCESS',
  )
  expect(credentials.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['ManagedIdentityCredential succeeded'])
})

describe('the words behind a code, and logs', () => {
  test.each([
    [
      'an assertion for another audience',
      'assertion-wrong-token',
      'AADSTS70002: Error validating credentials. AADSTS50012: Client assertion audience claim does not match Realm issuer.',
    ],
    ['an assertion that is over', 'assertion-expired', 'AADSTS50013: Assertion is not within its valid time range.'],
    [
      'a chain of certificates',
      'cert-not-registered',
      'Original exception: AADSTS7000213: Invalid certificate chain. Timestamp: 2026-01-20 06:53:09Z',
    ],
    [
      'variables that a program wants',
      'env-incomplete',
      'unable to get all required environment variables: the following keys do not have values: AZURE_TENANT_ID, AZURE_CLIENT_ID',
    ],
    [
      'an answer that is no JSON',
      'network-blocked',
      "OAuthProblemException{error='unsupported_response_type', description='Invalid response! Response body is not application/json encoded'}",
    ],
  ])('%s', (_, cause, text) => {
    expect(firstCause(text)).toBe(cause)
  })

  test('a refusal that MSAL hides is not called a network that is blocked', () => {
    expect(
      firstCause(
        '{"errorCode":"network_error","errorMessage":"Network request failed. | Fetch client threw: Error: HTTP status code 400 | Attempted to reach: https://login.microsoftonline.com/common/oauth2/v2.0/token","name":"ClientAuthError"}',
      ),
    ).toBe('request-malformed')
  })

  test('an issuer inside of a cluster is the issuer that does not fit', () => {
    expect(
      firstCause(
        "AADSTS70021: No matching federated identity record found for presented assertion. Assertion Issuer: 'https://kubernetes.default.svc.cluster.local'. Assertion Subject: 'system:serviceaccount:jobs:runner'.",
      ),
    ).toBe('fic-issuer-mismatch')
  })

  test('a chain of Java that ends with a missing PowerShell had nothing to try with', () => {
    const text = String.raw`ERROR c.azure.core.http.policy.RetryPolicy - {"az.sdk.message":"Retry attempts have been exhausted.","exception":"EnvironmentCredential authentication unavailable. Environment variables are not fully configured.\r\nManaged Identity authentication is not available.\r\nSharedTokenCacheCredential authentication unavailable. No accounts were found in the cache.\r\nAzure PowerShell authentication failed using default powershell(pwsh) with following error: Unable to execute PowerShell. Please make sure that it is installed in your system.\r\nAzure PowerShell authentication failed using powershell-core(powershell) with following error: Az.Account module with version >= 2.2.0 is not installed."}`
    expect(firstCause(text)).toBe('no-credential-available')
  })

  test('a logger whose name was cut still names the credential', () => {
    const { credentials, causes } = understandFailure(
      'ERROR - .identity.DeviceCodeCredential - Azure Identity => ERROR in getToken() call for scopes [https://management.core.windows.net//.default]: Shared token cache is unavailable in this environment.',
    )
    expect(credentials.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['DeviceCodeCredential failed'])
    expect(causes[0]?.id).toBe('token-cache-persistence')
  })
})

describe('words of libraries and of those in between', () => {
  test.each([
    [
      'a federation server',
      'password-wrong',
      'com.microsoft.aad.msal4j.MsalServiceException: Server returned error in RSTR - ErrorCode: FailedAuthentication : FaultMessage: ID3242: The security token could not be authenticated or authorized.',
    ],
    ['an empty cache', 'mfa-required', 'com.microsoft.aad.msal4j.MsalClientException: Token not found in the cache'],
    [
      'an API of the reader and the issuer',
      'wrong-tenant-token',
      `WWW-Authenticate: Bearer error="invalid_token", error_description="The issuer 'https://sts.windows.net/0f1e2d3c/' is invalid"`,
    ],
    [
      'an API of the reader and the audience',
      'wrong-audience',
      `WWW-Authenticate: Bearer error="invalid_token", error_description="The audience 'api://orders' is invalid"`,
    ],
    [
      'a variable of the host',
      'mi-endpoint-env-missing',
      'ManagedIdentityCredential authentication failed: IDENTITY_SERVER_THUMBPRINT environment variable is missing',
    ],
    [
      'a bundle of another form',
      'cert-unreadable',
      'azidentity: pkcs12: unknown digest algorithm: 2.16.840.1.101.3.4.2.1',
    ],
    [
      'a proxy in front of Entra',
      'network-blocked',
      'azidentity: Post "https://login.microsoftonline.com/contoso/oauth2/v2.0/token": Forbidden',
    ],
    [
      'a name that Java does not resolve',
      'dns-failure',
      'java.nio.channels.UnresolvedAddressException: login.microsoftonline.com (com.azure.identity)',
    ],
    [
      'a success in a log',
      'not-an-error',
      '[Informational] Azure-Identity: ManagedIdentityCredential.GetToken succeeded. Scopes: [ https://vault.azure.net/.default ]',
    ],
  ])('%s', (_, cause, text) => {
    expect(firstCause(text)).toBe(cause)
  })
})

describe('hosts and codes that are not known', () => {
  test("a refused connection to the host's own identity endpoint", () => {
    expect(
      firstCause(
        'ManagedIdentityCredential authentication unavailable. ---> System.AggregateException: Retry failed after 4 tries. (Connection refused (localhost:42356)) (Connection refused (localhost:42356))',
      ),
    ).toBe('mi-endpoint-error')
  })

  test('the first words for several accounts', () => {
    expect(
      firstCause(`The DefaultAzureCredential failed to retrieve a token from the included credentials.
  EnvironmentCredential is unavailable Environment variables not fully configured.
  ManagedIdentityCredential is unavailable No managed identity endpoint found..
  SharedTokenCacheCredential is unavailable Multiple accounts were discovered in the shared token cache.`),
    ).toBe('account-ambiguous')
  })

  test('what stands behind an unknown code outweighs the class of the exception', () => {
    expect(
      firstCause(
        'MsalInteractionRequiredException: AADSTS5300599: access has been blocked by conditional access policies.',
      ),
    ).toBe('ca-blocked')
  })

  test('a suberror tells where the code does not', () => {
    expect(
      firstCause(
        '{"error":"invalid_grant","error_description":"AADSTS7999999: something new.","suberror":"consent_required"}',
      ),
    ).toBe('consent-missing')
  })
})

describe('the commands hold what the text says, and nothing that would mislead', () => {
  const commandsOf = (text: string): string =>
    (explainFailure(text)?.causes ?? [])
      .slice(0, 1)
      .flatMap(({ steps }) => steps.map(({ command }) => command))
      .join('\n')

  test('the tenant of a token that is refused is not the one to sign in to', () => {
    const commands = commandsOf('Token tenant 0f1e2d3c-4b5a-4697-8877-665544332211 does not match resource tenant.')
    expect(commands).not.toContain('0f1e2d3c')
  })

  test('an issuer inside of a cluster is not written into a federated credential', () => {
    const commands = commandsOf(
      "AADSTS70021: No matching federated identity record found for presented assertion. Assertion Issuer: 'https://kubernetes.default.svc.cluster.local'. Assertion Subject: 'system:serviceaccount:jobs:runner'.",
    )
    expect(commands).toContain('--enable-oidc-issuer')
    expect(commands).not.toContain('"issuer":"https://kubernetes.default')
  })

  test('who came through az is a person, and the resource of the message is the scope', () => {
    const commands = commandsOf(
      "Caller is not authorized to perform action on resource. Caller: appid=04b07795-8ddb-461a-bbee-02f9e1bf7b46;oid=5b6c7d8e-1111-4222-8333-944455566677;iss=x Action: 'Microsoft.KeyVault/vaults/secrets/getSecret/action' Resource: '/subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/kv1' Assignment: (not found)",
    )
    expect(commands).toContain(
      '--assignee-object-id 5b6c7d8e-1111-4222-8333-944455566677 --assignee-principal-type User',
    )
    expect(commands).toContain('--scope /subscriptions/s/resourcegroups/g/providers/microsoft.keyvault/vaults/kv1')
  })

  test.each([
    [
      'Redis',
      "NOPERM User 5b6c7d8e-1111-4222-8333-944455566677 has no permissions to run the 'get' command on shop.redis.cache.windows.net",
      'az redis access-policy-assignment create',
    ],
    [
      'PostgreSQL',
      'connection to server at "shop.postgres.database.azure.com" failed: FATAL: password authentication failed for user "app-identity"',
      'pgaadauth_create_principal',
    ],
    [
      'MySQL',
      "ERROR 1045 (28000): Access denied for user 'app-identity'@'10.0.0.4' (using password: YES) at shop.mysql.database.azure.com with a token of Entra",
      'CREATE AADUSER',
    ],
    [
      'Kusto',
      "Forbidden (403-Forbidden): Caller is not authorized to perform this action: Principal 'aadapp=5b6c7d8e-1111-4222-8333-944455566677;0f1e2d3c-4b5a-4697-8877-665544332211' on https://shop.westeurope.kusto.windows.net",
      '.add database',
    ],
  ])('the rights of %s are its own', (_, text, command) => {
    expect(commandsOf(text)).toContain(command)
  })

  test('a web app sends the person back to the sign-in', () => {
    const steps = explainFailure(
      'IDW10502: An MsalUiRequiredException was thrown due to a challenge for the user. See https://aka.ms/ms-id-web/ca_incremental-consent.',
    )?.causes[0]?.steps.map(({ text }) => text)
    expect(steps?.[0]).toContain('AuthorizeForScopes')
  })

  test('an old version of storage knows no tokens', () => {
    const cause = explainFailure(
      "403 AuthenticationFailed, AuthenticationErrorDetail: 'Authentication scheme Bearer is not supported in this version.'",
    )?.causes[0]
    expect(cause?.id).toBe('request-malformed')
    expect(cause?.steps[0]?.text).toContain('x-ms-version')
  })

  test.each([
    [
      'the clause of its words',
      'Status 401. Token issuer validation: the issuer was refused. Issuer validation failed.',
    ],
    ['no comma of what stood before', '{"error":"x","error_description":"Identity not found","more":1}'],
  ])('a quote begins with %s', (_, text) => {
    const quote = /: "(.*)"$/.exec(understandFailure(text).causes[0]?.because ?? '')?.[1]
    expect(quote).toMatch(/^["'<\w]/)
  })

  test('claims that Entra itself asks for are in the commands', () => {
    const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
    const text = JSON.stringify({
      error: 'interaction_required',
      error_description:
        "AADSTS50076: you must use multi-factor authentication to access '797f4846-ba00-4fd7-ba43-dac1f8f63013'.",
      claims,
    })
    const told = explainFailure(text)
    expect(JSON.stringify(told?.sections)).toContain(`--claims ${Buffer.from(claims).toString('base64')}`)
    expect(JSON.stringify(told?.sections)).toContain('--scope 797f4846-ba00-4fd7-ba43-dac1f8f63013/.default')
  })

  test('two failures under headings of their own are told apart', () => {
    const told = explainFailure(`staging:
ClientSecretCredential authentication failed: AADSTS7000222: The provided client secret keys for app '5b6c7d8e-1111-4222-8333-944455566677' are expired.

production:
Azure.Identity.AuthenticationFailedException: ManagedIdentityCredential authentication failed: [Managed Identity] Error Message: No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.`)
    expect(told?.failures.map(({ causes }) => causes[0]?.id)).toEqual(['secret-expired', 'mi-not-assigned'])
  })
})

test.each([
  [
    'go',
    'autorest/azure: Service returned an error. Status=403 Code="AuthorizationFailed" Message="The client \'c\' does not have authorization to perform action \'Microsoft.Compute/virtualMachines/read\'"',
  ],
  [
    'terraform',
    'Error: reading the machine: compute.VirtualMachinesClient#Get: Failure responding to request: StatusCode=403 -- Original Error: autorest/azure: Service returned an error. Status=403 Code="AuthorizationFailed"',
  ],
  [
    'java',
    'org.postgresql.util.PSQLException: FATAL: password authentication failed for user "app" on shop.postgres.database.azure.com',
  ],
  [
    'rust',
    'Error: Custom { kind: Credential, error: "AzureCliCredential authentication failed. Please run \'az login\' to set up account." }',
  ],
  [
    'dotnet',
    "IDX10214: Audience validation failed. Audiences: 'a'. Did not match: validationParameters.ValidAudience: 'b'",
  ],
])('who speaks is known: %s', (sdk, text) => {
  expect(understandFailure(text).sdk).toBe(sdk)
})
