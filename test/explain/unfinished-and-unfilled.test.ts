/** Words of libraries and tools that stumble, wait for a person, or were given a place that nobody filled in. */
import { describe, expect, test } from 'vitest'
import { understandFailure } from '../../src/diagnosis/explain/failure.ts'
import { runCli } from '../support/run-cli.ts'

interface Row {
  readonly name: string
  readonly text: string
  readonly cause: string
  readonly sdk?: string
}

const tenant = '0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0'

const rows: readonly Row[] = [
  {
    name: 'a function app that asked IMDS has lost the variables of its host',
    text: 'ManagedIdentityCredential authentication unavailable. No response received from the managed identity endpoint.\n   at Shop.Jobs.Nightly.Run() in /home/site/wwwroot/Nightly.cs:line 12',
    cause: 'mi-endpoint-env-missing',
  },
  {
    name: 'an Automation account without identity',
    text: "Connect-AzAccount: ManagedIdentityCredential authentication failed: No managed identity was found for Automation account 'shop'.",
    cause: 'mi-none-assigned',
    sdk: 'powershell',
  },
  {
    name: 'az in Cloud Shell',
    text: "az login --identity --client-id 0f1e\nCloud Shell doesn't support user-assigned managed identity.",
    cause: 'mi-request-unsupported',
    sdk: 'az',
  },
  {
    name: 'an identity endpoint that answers az with a gateway error',
    text: "MSI: Failed to retrieve a token from 'http://169.254.169.254/metadata/identity/oauth2/token' with an error of '502 Server Error: Bad Gateway'",
    cause: 'mi-endpoint-error',
    sdk: 'az',
  },
  {
    name: 'a socket that the machine itself forbids',
    text: 'System.Net.Http.HttpRequestException: An attempt was made to access a socket in a way forbidden by its access permissions. (login.microsoftonline.com:443)',
    cause: 'network-blocked',
    sdk: 'dotnet',
  },
  {
    name: 'az shows a device code',
    text: 'To sign in, use a web browser to open the page https://microsoft.com/devicelogin and enter the code ABCD12345 to authenticate.',
    cause: 'not-an-error',
  },
  {
    name: 'az opened a browser',
    text: 'A web browser has been opened at https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize. Please continue the login in the web browser. If no web browser is available, use `az login --use-device-code`.',
    cause: 'not-an-error',
  },
  {
    name: "Terraform's exchange of a pipeline's token",
    text: 'ChainedTokenCredential: failed to acquire a token.\nAttempted credentials:\n\tClientAssertionCredential: getAssertion: received HTTP status 405 with response: {"Message":"The requested resource does not support http method \'GET\'."}',
    cause: 'pipelines-oidc-unavailable',
  },
  {
    name: 'the endpoint of Azure Pipelines refuses',
    text: 'com.azure.core.exception.ClientAuthenticationException: AzurePipelinesCredential: no assertion, 401 Unauthorized',
    cause: 'pipelines-oidc-unavailable',
    sdk: 'java',
  },
  {
    name: 'PowerShell without a subscription in its context',
    text: 'Get-AzKeyVaultKey: No subscription found in the context. Please ensure that the credentials you provided are authorized to access an Azure subscription, then run Connect-AzAccount to login.',
    cause: 'powershell-not-logged-in',
    sdk: 'powershell',
  },
  {
    name: 'a redirect that is not localhost',
    text: 'InteractiveBrowserCredential authentication failed: Only loopback redirect uri is supported, but http://shop.internal:8400/ was found.',
    cause: 'redirect-uri-mismatch',
  },
  ...['undefined', 'null', 'None', '<tenant-id>', `\${TENANT_ID}`, 'YOUR_TENANT_ID', '%7BtenantId%7D'].map((word) => ({
    name: `an authority with ${word} for tenant`,
    text: `ClientAuthError: openid_config_error: Could not retrieve endpoints from https://login.microsoftonline.com/${word}/v2.0/.well-known/openid-configuration`,
    cause: 'tenant-not-found',
    sdk: 'msal',
  })),
  {
    name: 'an authority with a tenant that cannot be reached is a matter of the network',
    text: `ClientAuthError: openid_config_error: Could not retrieve endpoints from https://login.microsoftonline.com/${tenant}/v2.0/.well-known/openid-configuration`,
    cause: 'network-blocked',
    sdk: 'msal',
  },
  {
    name: 'a tenant that az cannot resolve',
    text: "ERROR: Failed to resolve tenant 'shop.local'.",
    cause: 'tenant-not-found',
    sdk: 'az',
  },
  {
    name: 'device code at a common authority',
    text: 'AADSTS90133: Device Code flow is not supported under /common or /consumers endpoint.',
    cause: 'tenant-not-named',
  },
  {
    name: 'the page of a browser about token protection',
    text: 'Connect-MgGraph: An organization security policy requiring token protection is preventing this application from accessing the resource.',
    cause: 'token-protection',
  },
  {
    name: "two of Python's packages that do not fit",
    text: "azure.core.exceptions.ClientAuthenticationError: Authentication failed: 'MsalAnswer' object has no attribute 'status'",
    cause: 'tool-version-bug',
    sdk: 'python',
  },
  {
    name: 'the variables of workload identity are not in the pod',
    text: '{"level":"error","msg":"Reconciler error","error":"missing environment variables. AZURE_CLIENT_ID, AZURE_TENANT_ID and AZURE_FEDERATED_TOKEN_FILE must be set"}',
    cause: 'wi-not-injected',
  },
  {
    name: 'kubelogin finds no token file',
    text: 'kubelogin get-token --login workloadidentity: failed to read federated token file: open : no such file or directory',
    cause: 'wi-not-injected',
    sdk: 'kubelogin',
  },
  {
    name: "Rust's own reader of certificates",
    text: `error sending request for url (https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token): invalid peer certificate: UnknownIssuer`,
    cause: 'tls-trust',
  },
  {
    name: "Go's client and a certificate",
    text: `ClientSecretCredential authentication failed: Post "https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token": tls: failed to verify certificate: x509: certificate signed by unknown authority`,
    cause: 'tls-trust',
    sdk: 'go',
  },
  {
    name: 'a cache of az that is empty',
    text: 'File "/opt/az/lib/python3.12/site-packages/msal/token_cache.py", line 300, in deserialize\njson.decoder.JSONDecodeError: Expecting value: line 1 column 1 (char 0)',
    cause: 'token-cache-persistence',
  },
  {
    name: 'a registration that is not one for devices',
    text: '{"error":"invalid_client","error_description":"AADSTS70002: The provided client is not supported for this feature. The client application must be marked as \'mobile.\'"}',
    cause: 'public-client-disabled',
  },
  {
    name: 'a confidential client without proof',
    text: 'MsalClientException: One client credential type required either: ClientSecret, Certificate, ClientAssertion or AppTokenProvider must be defined when creating a Confidential Client.',
    cause: 'request-malformed',
    sdk: 'msal',
  },
  {
    name: 'scopes of two resources',
    text: "System.ArgumentException: To convert to a resource string the specified array must be exactly length 1 (Parameter 'scopes') at Azure.Identity.ScopeUtilities",
    cause: 'scope-invalid',
    sdk: 'dotnet',
  },
  {
    name: 'a node that may not pull',
    text: 'Failed to pull image "shop.azurecr.io/web:3": failed to authorize: failed to fetch oauth token: unexpected status: 401 Unauthorized',
    cause: 'rbac-missing',
  },
]

describe('what was never filled in, and what stumbles', () => {
  test.each(rows)('$name', ({ text, cause, sdk }) => {
    const told = understandFailure(text)
    expect(told.causes[0]?.id).toBe(cause)
    if (sdk !== undefined) expect(told.sdk).toBe(sdk)
  })

  test.each([
    [
      'To sign in, use a web browser to open the page https://microsoft.com/devicelogin and enter the code ABCD12345 to authenticate.\nERROR: AADSTS70020: the device code has expired',
    ],
    [
      'A web browser has been opened at https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize. Please continue the login in the web browser.\nERROR: Failed to open a browser',
    ],
  ])('a prompt with an error after it is no mere prompt', (text) => {
    expect(understandFailure(text).causes[0]?.id).not.toBe('not-an-error')
  })

  test.each([
    [
      'WARN : Identity: ClientSecretCredential: GetToken() failed: Fail to get a new connection for: https://login.microsoftonline.com. Timeout was reached',
    ],
    [
      `ClientSecretCredential: Post "https://login.microsoftonline.com/${tenant}/oauth2/v2.0/token": dial tcp 20.190.159.4:443: i/o timeout`,
    ],
  ])('who got as far as Entra was tried', (text) => {
    const { causes, credentials } = understandFailure(text)
    expect(causes[0]?.id).toBe('network-blocked')
    expect(credentials.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(['ClientSecretCredential failed'])
  })

  test('a header that says what is wrong with the token is read as a failure', async () => {
    const header = `WWW-Authenticate: Bearer error="invalid_token", error_description="The issuer 'https://sts.windows.net/${tenant}/' is invalid"`
    const { stdout } = await runCli(['explain', '--json', '-'], { input: header })
    const { kind, causes } = JSON.parse(stdout) as { kind: string; causes: { id: string; fix: string[] }[] }
    expect(kind).toBe('failure')
    expect(causes[0]?.id).toBe('wrong-tenant-token')
    // The tenant in it is the one whose token was refused.
    expect(causes[0]?.fix.join('\n')).not.toContain(tenant)
  })
})
