import { describe, expect, test } from 'vitest'
import { understandFailure } from '../../src/diagnosis/explain/failure.ts'

/** What tools and hosts say around a failure, each in a text made for this test: its first cause, its tool, its credentials. */
interface Row {
  readonly name: string
  readonly text: string
  readonly cause: string
  readonly sdk?: string
  readonly credentials?: readonly string[]
}

const rows: readonly Row[] = [
  {
    name: 'an early release of azure-identity for Python lists its chain',
    text: [
      'azure.core.exceptions.ClientAuthenticationError: No credential in this chain provided a token.',
      'Attempted credentials:',
      '        EnvironmentCredential: Incomplete environment configuration',
      '        ImdsCredential: IMDS endpoint unavailable',
      '        SharedTokenCacheCredential: No cached token found',
    ].join('\n'),
    cause: 'no-credential-available',
    sdk: 'python',
    credentials: [
      'EnvironmentCredential unavailable',
      'ManagedIdentityCredential unavailable',
      'SharedTokenCacheCredential unavailable',
    ],
  },
  {
    name: 'a function app that asked IMDS, whose folder alone tells the host',
    text: [
      'Microsoft.Azure.WebJobs.Script.ExternalStartupException : Error building configuration in an external startup class. --->',
      'Azure.Identity.CredentialUnavailableException : DefaultAzureCredential failed to retrieve a token from the included credentials.',
      '- EnvironmentCredential authentication unavailable. Environment variables are not fully configured.',
      '- ManagedIdentityCredential authentication unavailable. Multiple attempts failed to obtain a token from the managed identity endpoint.',
      "- Visual Studio Token provider can't be accessed at D:\\DWASFiles\\Sites\\shop\\LocalAppData\\.IdentityService\\AzureServiceAuth\\tokenprovider.json",
    ].join('\n'),
    cause: 'mi-endpoint-env-missing',
    sdk: 'dotnet',
  },
  {
    name: 'the identity endpoint of a container app refuses an identity by its id',
    text: 'java.io.IOException: Server returned HTTP response code: 400 for URL: http://localhost:42356/msi/token?resource=https%3A%2F%2Fvault.azure.net&api-version=2017-09-01&clientid=0a0a0a0a-1111-4222-8333-444444444444',
    cause: 'mi-not-assigned',
    sdk: 'java',
  },
  {
    name: 'the identity endpoint refuses a request that names none',
    text: 'urllib.error.HTTPError: HTTP Error 400: Bad Request for http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://vault.azure.net',
    cause: 'mi-none-assigned',
  },
  {
    name: 'the example of workload identity without its file',
    text: 'E0102 03:04:05.060708       1 token_credential.go:43] "failed to read the service account token from the filesystem" err="open : no such file or directory"',
    cause: 'wi-not-injected',
    sdk: 'go',
  },
  {
    name: 'a provider of Terraform that may not read the directory',
    text: 'Error: Error getting authenticated object ID: Error listing Service Principals: autorest.DetailedError{Original:(*azure.RequestError)(0xc000aa0000), PackageType:"graphrbac.ServicePrincipalsClient", Method:"List", StatusCode:400, Message:"Failure responding to request"}',
    cause: 'rbac-missing',
    sdk: 'terraform',
  },
  {
    name: 'a registry that gives no token',
    text: "Unable to get AAD authorization tokens with message: An error occurred: CONNECTIVITY_REFRESH_TOKEN_ERROR\nAccess to registry 'shop.azurecr.io' was denied. Response code: 403. Please try running 'az login' again to refresh permissions.",
    cause: 'rbac-missing',
    sdk: 'az',
    credentials: [],
  },
  {
    name: 'a registry that cannot be reached',
    text: "Unable to get AAD authorization tokens with message: An error occurred: CONNECTIVITY_CHALLENGE_ERROR\nRegistry 'shop.azurecr.io' did not issue a challenge.",
    cause: 'network-blocked',
    sdk: 'az',
  },
  {
    name: 'a user name and password that a federated service checked',
    text: 'Get Token request returned http error: 400 and server response: {"error":"invalid_grant","error_description":"AADSTS70002: Error validating credentials. : SAML token is invalid. : The element with ID \'a1\' was either unsigned or the signature was invalid.',
    cause: 'password-wrong',
    sdk: 'az',
  },
  {
    name: 'az asks IMDS where there is none: its words are no credential of an SDK',
    text: "ERROR: Failed to connect to MSI. Please make sure MSI is configured correctly and check the network connection.\nError detail: HTTPConnectionPool(host='169.254.169.254', port=80): Max retries exceeded with url: /metadata/identity/oauth2/token (Caused by NewConnectionError('Failed to establish a new connection: [WinError 10051] A socket operation was attempted to an unreachable network'))",
    cause: 'imds-unreachable',
    sdk: 'az',
    credentials: [],
  },
  {
    name: 'Windows PowerShell wraps what az writes to stderr',
    text: "az.cmd : ERROR: AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '797f4846-ba00-4fd7-ba43-dac1f8f63013'.\nAt C:\\jobs\\deploy.ps1:12 char:1\n    + CategoryInfo          : NotSpecified: (ERROR: AADSTS50...:String) [], RemoteException\n    + FullyQualifiedErrorId : NativeCommandError",
    cause: 'mfa-required',
    sdk: 'az',
  },
  {
    name: 'Azure PowerShell asks for a sign-in to one tenant',
    text: 'Get-AzVM: Your Azure credentials have not been set up or have expired, please run Connect-AzAccount to set up your Azure credentials.\nAuthentication failed against tenant 0a0a0a0a-1111-4222-8333-444444444444. User interaction is required. This may be due to the conditional access policy settings such as multi-factor authentication (MFA).',
    cause: 'mfa-required',
    sdk: 'powershell',
  },
  {
    name: 'Azure PowerShell passes on what the SDK for .NET says',
    text: "Unable to acquire token for tenant 'organizations' with error 'ManagedIdentityCredential authentication failed: User assigned identity is currently not supported clientID must not be passed in request.",
    cause: 'mi-request-unsupported',
    sdk: 'powershell',
    credentials: ['ManagedIdentityCredential failed'],
  },
]

describe('what tools and hosts say', () => {
  test.each(rows)('$name', ({ text, cause, sdk, credentials }) => {
    const told = understandFailure(text)
    expect(told.causes[0]?.id).toBe(cause)
    if (sdk !== undefined) expect(told.sdk).toBe(sdk)
    if (credentials !== undefined) {
      expect(told.credentials.map(({ name, outcome }) => `${name} ${outcome}`)).toEqual(credentials)
    }
  })
})
