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
    name: 'the challenge file of Arc, closed to a program in Java',
    text: 'java.nio.file.AccessDeniedException: /var/opt/azcmagent/tokens/0a0a0a0a.key\n\tat com.azure.identity.ManagedIdentityCredential.getToken(ManagedIdentityCredential.java:1)',
    cause: 'arc-key-unreadable',
    sdk: 'java',
  },
  {
    name: 'a federated token that Entra cannot verify',
    text: 'ClientAssertionCredential authentication failed. {"error":"invalid_grant","error_description":"AADSTS50013: Assertion failed signature validation."}',
    cause: 'assertion-wrong-token',
    credentials: ['ClientAssertionCredential failed'],
  },
  {
    name: 'kubelogin without its variables',
    text: 'AZURE_CLIENT_ID environment variable is not set\ngetting credentials: exec: executable kubelogin failed with exit code 1',
    cause: 'env-incomplete',
    sdk: 'kubelogin',
  },
  {
    name: 'a federated subject that does not fit, as Node words it',
    text: "AuthenticationError: WorkloadIdentityCredential: invalid_client: 700213 - [2026-01-02 03:04:05Z]: AADSTS700213: No matching federated identity record found for presented assertion subject 'system:serviceaccount:shop:web'.",
    cause: 'fic-subject-mismatch',
    sdk: 'js',
    credentials: ['WorkloadIdentityCredential failed'],
  },
  {
    name: 'a service that refuses, in the exception of its library for Java',
    text: 'com.azure.resourcemanager.exception.ManagementException: Status code 403, "{"error":{"code":"AuthorizationFailed","message":"The client \'shop\' does not have authorization to perform action \'Microsoft.Web/sites/read\' over scope \'/subscriptions/0a0a0a0a\'"}}"\n\tat com.azure.core.http.rest.RestProxy.instantiateUnexpectedException(RestProxy.java:12)',
    cause: 'rbac-missing',
    sdk: 'service',
  },
  {
    name: 'MSAL for JavaScript by itself',
    text: 'ClientAuthError: endpoints_resolution_error: Endpoints cannot be resolved\n    at createClientAuthError (/srv/web/node_modules/@azure/msal-common/dist/index.cjs:1:2)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)',
    cause: 'network-blocked',
    sdk: 'msal',
  },
  {
    name: 'a script of PowerShell that starts an az that is not there',
    text: "Program 'az.cmd' failed to run: The system cannot find the file specifiedAt C:\\shop\\deploy.ps1:12 char:5\n    + CategoryInfo          : ResourceUnavailable: (:) [], ApplicationFailedException",
    cause: 'cli-not-installed',
    sdk: 'powershell',
  },
  {
    name: 'the toolkit of an editor with nobody signed in',
    text: 'com.microsoft.azure.toolkit.lib.auth.exception.AzureToolkitAuthenticationException: you are not signed-in.\n\tat com.microsoft.azure.toolkit.lib.auth.AzureAccount.account(AzureAccount.java:12)',
    cause: 'ide-signin-unavailable',
    sdk: 'java',
  },
  {
    name: 'a variable that is not there, in the words of another library',
    text: 'error: environment variable `AZURE_CLIENT_SECRET` not set',
    cause: 'env-incomplete',
  },
  {
    name: 'a signature that Entra itself does not know',
    text: "AADSTS5002738: Invalid JWT token. 'RS256' signature validation failed: key was not found.",
    cause: 'assertion-wrong-token',
  },
  {
    name: 'an API that finds no roles in the token',
    text: '403 Forbidden: the access token contains no app roles',
    cause: 'assignment-required',
  },
  {
    name: 'IMDS on a desk, as Node says it of a network that is down',
    text: 'AuthenticationError: ManagedIdentityCredential authentication failed. EHOSTDOWN_null_{"message":"request to http://169.254.169.254/metadata/identity/oauth2/token failed, reason: connect EHOSTDOWN 169.254.169.254:80","errno":"EHOSTDOWN"}_(status code 400).',
    cause: 'imds-unreachable',
    sdk: 'js',
    credentials: ['ManagedIdentityCredential failed'],
  },
  {
    name: 'Graph PowerShell and a claims challenge',
    text: 'Get-MgUser : Continuous access evaluation resulted in challenge with result: InteractionRequired and code: TokenCreatedWithOutdatedPolicies',
    cause: 'cae-challenge',
    sdk: 'powershell',
  },
  {
    name: 'kubelogin of another maker',
    text: 'Error: unknown command "convert-kubeconfig" for "kubelogin"',
    cause: 'kubelogin-missing',
    sdk: 'kubelogin',
  },
  {
    name: 'an account of another directory, in the words of a library that wants a person',
    text: "InteractionRequiredAuthError: interaction_required: AADSTS50177: User account 'lee@partner.example' from identity provider 'https://sts.windows.net/9a8b7c6d-1111-4222-9333-abcdefabcdef/' does not exist in tenant 'Shop' and cannot access the application '2b3c4d5e-aaaa-4bbb-8ccc-0123456789ab'(web) in that tenant.",
    cause: 'account-not-in-tenant',
  },
  {
    name: 'the challenge file of Arc, closed to a program in Go',
    text: 'level=error msg="sync failed" err="ManagedIdentityCredential: open /var/opt/azcmagent/tokens/0a0a0a0a-1111-4222-8333-444444444444.key: permission denied"',
    cause: 'arc-key-unreadable',
    sdk: 'go',
    credentials: ['ManagedIdentityCredential failed'],
  },
  {
    name: 'az that waits longer than the program that started it',
    text: 'panic: AzureCLICredential: context deadline exceeded: az account get-access-token did not end',
    cause: 'cli-timeout',
    sdk: 'go',
  },
  {
    name: 'az whose own modules are gone',
    text: "AzureCliCredential: /opt/az/bin/python3: No module named 'azure.cli'",
    cause: 'cli-invocation-failed',
  },
  {
    name: 'az whose words a program in Go hands on',
    text: "AzureCLICredential: ERROR: [Errno 30] Read-only file system: '/srv/shop/.azure/az.sess'",
    cause: 'cli-invocation-failed',
    sdk: 'go',
  },
  {
    name: 'a provider of Terraform that was given half a service principal',
    text: 'Error: Error building ARM Config: 1 error occurred:\n\t* Tenant ID must be configured when authenticating as a Service Principal using a Client Certificate.',
    cause: 'env-incomplete',
    sdk: 'terraform',
  },
  {
    name: 'az that asks IMDS by way of a proxy',
    text: "Failed to connect to MSI. Please make sure MSI is configured correctly and check the network connection.\nError detail: HTTPConnectionPool(host='10.0.0.9', port=3128): Max retries exceeded with url: http://169.254.169.254/metadata/identity/oauth2/token?resource=https%3A%2F%2Fmanagement.core.windows.net%2F (Caused by ProxyError('Cannot connect to proxy.', OSError('Tunnel connection failed: 403 Forbidden')))",
    cause: 'imds-proxied',
    sdk: 'az',
  },
  {
    name: 'a machine with several identities, in words of its own',
    text: 'Connect-AzAccount: several user-assigned managed identities are attached to this machine and none is named',
    cause: 'mi-ambiguous',
    sdk: 'powershell',
  },
  {
    name: 'a device that has to be managed',
    text: 'AADSTS530033: Your device is required to be managed to access this resource. Trace ID: 0a0a0a0a-1111-4222-8333-444444444444',
    cause: 'ca-device-required',
  },
  {
    name: 'a stack of Java in which only a lambda names the credential',
    text: "com.microsoft.aad.msal4j.MsalServiceException: AADSTS700016: Application with identifier 'shop' was not found in the directory 'Shop'.\n\tat com.azure.identity.ClientSecretCredential.lambda$getToken$2(ClientSecretCredential.java:74)",
    cause: 'app-not-found',
    sdk: 'java',
    credentials: ['ClientSecretCredential failed'],
  },
  {
    name: 'the provider of Key Vault for secret volumes, in a pod that nothing is bound to',
    text: "MountVolume.SetUp failed for volume 'shop' : rpc error: code = Unknown desc = failed to get keyvault client: failed to get key vault token: nmi response failed with status code: 404, err: nil",
    cause: 'mi-endpoint-error',
    sdk: 'go',
  },
  {
    name: 'a header that holds no token',
    text: "Authentication failed. The 'Authorization' header is provided in an invalid format.",
    cause: 'wrong-audience',
  },
  {
    name: 'Azure PowerShell that lost the secret of a service principal on the way to another tenant',
    text: "Unable to acquire token for tenant '0a0a0a0a-1111-4222-8333-444444444444' with error 'No certificate thumbprint or secret provided for the given service principal 'shop'.'",
    cause: 'tool-version-bug',
    sdk: 'powershell',
  },
  {
    name: 'a runbook without an identity',
    text: 'Ensures you do not inherit an AzContext in your runbook\nThere is no system-assigned user identity. Aborting.',
    cause: 'mi-none-assigned',
  },
  {
    name: 'a line that a console of 120 columns broke between two words',
    text: `[WARNING]:  * Failed to parse /srv/shop1_azure_rm.yml with auto plugin: global name 'ServicePrincipalCredentials' is not\ndefined`,
    cause: 'tool-version-bug',
  },
  {
    name: 'a token that has ended when it arrives',
    text: 'The command failed with an unexpected error. Here is the traceback:\n0. The ID token already expires. Current epoch = 1700000000. The id_token was: {"aud": "04b07795"}\nFile "azure/cli/core/auth/identity.py", line 161, in login',
    cause: 'clock-skew',
    sdk: 'az',
  },
  {
    name: 'Ansible without the library it calls',
    text: "[WARNING]:  * Failed to parse /srv/shop_azure_rm.yml with ansible_collections.azure.azcollection.plugins.inventory.azure_rm plugin: name 'AzureCliCredential' is not defined",
    cause: 'tool-version-bug',
  },
  {
    name: 'msal-node and an identity endpoint that answered with nothing it knows',
    text: 'ServerError: bad request: undefined - [undefined]: undefined - Correlation ID: undefined - Trace ID: undefined',
    cause: 'mi-endpoint-error',
  },
  {
    name: 'an account of Azure PowerShell that gives no tokens any more',
    text: 'Your Azure credentials have not been set up or have expired, please run Connect-AzAccount to set up your Azure credentials.\nSharedTokenCacheCredential authentication unavailable. Token acquisition failed for user shop@example.com. Ensure that you have authenticated with a developer tool that supports Azure single sign on.',
    cause: 'powershell-not-logged-in',
    sdk: 'powershell',
    credentials: ['SharedTokenCacheCredential unavailable'],
  },
  {
    name: 'a pod that aad-pod-identity binds nothing to, in the log of a controller',
    text: '{"level":"error","msg":"Reconciler error","controllerKind":"ExternalSecret","error":"azure.BearerAuthorizer#WithAuthorization: Failed to refresh the Token: StatusCode=404 -- Original Error: adal: Refresh request failed. Status Code = \'404\'. Response body: getting assigned identities for pod default/web in CREATED state failed after 16 attempts"}',
    cause: 'mi-none-assigned',
    sdk: 'go',
  },
  {
    name: 'azcopy with nobody signed in',
    text: "failed to perform sync command due to error: no cached token found, please log in with azcopy's login command, required key not available",
    cause: 'cli-not-logged-in',
  },
  {
    name: 'azcopy without a sign-in and without a signature',
    text: 'failed to perform copy command due to error: Cannot perform local to blob auth: no SAS token or OAuth token is present and the resource is not public',
    cause: 'cli-not-logged-in',
  },
  {
    name: 'az is given a file without a certificate, in its later words',
    text: "CLIInternalError: The command failed with an unexpected error. Here is the traceback:\n[('PEM routines', 'get_name', 'no start line')]",
    cause: 'cert-unreadable',
  },
  {
    name: 'modules of PowerShell that do not fit together',
    text: "Connect-AzAccount: ClientCertificateCredential authentication failed: Method not found:\n'Microsoft.Identity.Client.ConfidentialClientApplicationBuilder Shop.With(System.String)'.",
    cause: 'tool-version-bug',
    sdk: 'powershell',
  },
  {
    name: 'a certificate without its key, in a stack of Azure PowerShell',
    text: 'Message    : ClientCertificateCredential authentication failed: The certificate certificate does not have a private key.\nStackTrace :    at Azure.Identity.CredentialDiagnosticScope.FailWrapAndThrow(Exception ex)\n   at Microsoft.Azure.PowerShell.Authenticators.MsalAccessToken.GetAccessTokenAsync()',
    cause: 'cert-unreadable',
    sdk: 'powershell',
    credentials: ['ClientCertificateCredential failed'],
  },
  {
    name: 'a search service refuses without a word of its own',
    text: 'File "/app/.venv/lib/python3.12/site-packages/azure/search/documents/_search_client.py", line 12, in search\nazure.core.exceptions.HttpResponseError: () Authorization failed.\nCode: \nMessage: Authorization failed.',
    cause: 'rbac-missing',
    sdk: 'python',
  },
  {
    name: 'cert-manager is not to use the identity of its pod',
    text: 'E0102 03:04:05.060708 1 controller.go:167] cert-manager/challenges "error"="ClientID is not set but neither `--cluster-issuer-ambient-credentials` nor `--issuer-ambient-credentials` are set."',
    cause: 'wi-not-injected',
  },
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
  {
    name: 'az broke inside its own parts',
    text: "The command failed with an unexpected error. Here is the traceback:\nTraceback (most recent call last):\n  File \"/opt/az/lib/python3.11/site-packages/azure/cli/core/_profile.py\", line 12, in login\nAttributeError: 'NoneType' object has no attribute 'subscriptions'",
    cause: 'tool-version-bug',
    sdk: 'az',
  },
  {
    name: 'a person closed the page of the sign-in',
    text: "msal.oauth2cli.authcode: Got auth response: {'error': 'access_denied', 'error_subcode': 'cancel', 'state': 'abcdefgh'}\ncli.azure.cli.core.azclierror: Traceback (most recent call last):",
    cause: 'mfa-required',
    sdk: 'az',
  },
  {
    name: 'az says only that a person is needed',
    text: 'Operation not supported\nNone\nInteractive authentication is needed. Please run:\naz login',
    cause: 'mfa-required',
    sdk: 'az',
  },
  {
    name: 'the settings of a request are no time that ran out',
    text: [
      'azure:core-http:info Request: { "url": "http://169.254.169.254/metadata/identity/oauth2/token?resource=REDACTED", "timeout": 0 }',
      'azure:core-http:info Response status code: 400',
      'azure:identity:info ManagedIdentityCredential => getToken() => ERROR: AuthenticationError: ManagedIdentityCredential authentication failed.(status code 400). More details: invalid_request(Identity not found)',
    ].join('\n'),
    cause: 'mi-none-assigned',
    sdk: 'js',
    credentials: ['ManagedIdentityCredential failed'],
  },
  {
    name: 'the browser could not be opened: its own words are no missing tool',
    text: 'Azure.Identity: InteractiveBrowserCredential authentication failed. Microsoft.Identity.Client: Unable to open a web page using xdg-open. Possible causes for this error are: xdg-open is not installed or it cannot find a way to open an url',
    cause: 'network-blocked',
    sdk: 'dotnet',
    credentials: ['InteractiveBrowserCredential failed'],
  },
  {
    name: 'the first release for JavaScript misses variables',
    text: 'AggregateAuthenticationError: Authentication failed to complete due to the following errors:\n\nAuthenticationError: An error was returned while authenticating to Azure Active Directory (status code 400).\n\nMore details:\n{\n  "error": "missing_environment_variables",\n  "errorDescription": "EnvironmentCredential cannot return a token because one or more of the following environment variables is missing:\\n\\nAZURE_CLIENT_ID"\n}',
    cause: 'env-incomplete',
    sdk: 'js',
    credentials: ['EnvironmentCredential unavailable'],
  },
  {
    name: 'a pipeline names a service connection that it may not use',
    text: "##[error]The pipeline is not valid. Job Deploy: Step AzureCLI input connectedServiceNameARM references service connection shop-prod which could not be found. The service connection does not exist, has been disabled or hasn't been authorized for use.",
    cause: 'pipelines-oidc-unavailable',
  },
  {
    name: 'a task of Azure DevOps blames the service principal',
    text: '##[error]Failed to check the resource group status. Error: Could not fetch access token for Azure. Verify if the Service Principal used is valid and not expired.',
    cause: 'secret-expired',
    sdk: 'other',
  },
  {
    name: 'a task of Azure DevOps got no answer',
    text: '##[debug]MSAL - ServicePrincipal - certificate private key reading is successful.\n##[error]Error: Could not fetch access token for Azure. Status code: undefined, status message: undefined',
    cause: 'network-blocked',
  },
  {
    name: 'the secret of a workflow is no JSON',
    text: "Error: Login failed with Error: Content is not a valid JSON object. Double check if the 'auth-type' is correct. Refer to https://github.com/Azure/login#readme for more information.",
    cause: 'request-malformed',
    sdk: 'other',
  },
  {
    name: 'the secret of a workflow lacks names',
    text: 'Error: Not all values are present in the creds object. Ensure clientId, clientSecret, tenantId and subscriptionId are supplied',
    cause: 'request-malformed',
    sdk: 'other',
  },
  {
    name: 'the action cannot read what the tool prints',
    text: "Error: Login failed with SyntaxError: Unexpected token 'W', \"WARNING: Th\"... is not valid JSON. Double check if the 'auth-type' is correct.",
    cause: 'tool-version-bug',
    sdk: 'other',
  },
  {
    name: 'the action hides what az said',
    text: "Error: Az CLI Login failed. Please check the credentials and make sure az is installed on the runner.\nError: The process '/usr/bin/az' failed with exit code 1",
    cause: 'cli-invocation-failed',
    sdk: 'other',
  },
  {
    name: 'az was answered by something that speaks no JSON',
    text: [
      'The command failed with an unexpected error. Here is the traceback:',
      '  File "/opt/az/lib/python3.11/site-packages/azure/cli/core/_profile.py", line 10, in login',
      '  File "/opt/az/lib/python3.11/site-packages/requests/models.py", line 20, in json',
      'requests.exceptions.JSONDecodeError: Expecting value: line 1 column 1 (char 0)',
    ].join('\n'),
    cause: 'network-blocked',
    sdk: 'az',
  },
  {
    name: 'a node that may not pull from the registry',
    text: 'Failed to pull image "shop.azurecr.io/identity-user:v1": rpc error: code = Unknown desc = Error response from daemon: Head "https://shop.azurecr.io/v2/identity-user/manifests/v1": unauthorized: authentication required, visit https://aka.ms/acr/authorization for more information.',
    cause: 'rbac-missing',
  },
  {
    name: 'a provider on the SDK for Go: whoever was passed over is unavailable',
    text: [
      '│ Error: DefaultAzureCredential: failed to acquire a token.',
      '│ Attempted credentials:',
      '│       EnvironmentCredential: incomplete environment variable configuration. Only AZURE_TENANT_ID is set',
      '│       ManagedIdentityCredential: IMDS token request timed out',
      "│       AzureCLICredential: ERROR: Please run 'az login' to setup account.",
      '│   with azapi_resource.shop,',
      '│   on ../../main.tf line 3, in resource "azapi_resource" "shop":',
    ].join('\n'),
    cause: 'cli-not-logged-in',
    sdk: 'terraform',
    credentials: [
      'EnvironmentCredential unavailable',
      'ManagedIdentityCredential unavailable',
      'AzureCLICredential unavailable',
    ],
  },
  {
    name: 'the broker had no network',
    text: 'The server or proxy was not found.. Status: Response_Status.Status_NoNetwork, Error code: 3399942148, Tag: 557973641',
    cause: 'network-blocked',
    sdk: 'az',
  },
  {
    name: 'what somebody typed is no advice',
    text: "$ az login --use-device-code\ncli.azure.cli.core.azclierror: ('Connection aborted.', ConnectionResetError(104, 'Connection reset by peer'))",
    cause: 'network-blocked',
    sdk: 'az',
  },
  {
    name: 'one tenant of several gave no token',
    text: "PS C:\\> Connect-AzAccount\nWARNING: Unable to acquire token for tenant '0a0a0a0a-1111-4222-8333-444444444444'",
    cause: 'mfa-required',
    sdk: 'powershell',
  },
  {
    name: 'old token files of az are broken',
    text: "ERROR: Failed to load token files. If you have a repro, please log an issue at https://github.com/Azure/azure-cli/issues. At the same time, you can clean up by running 'az account clear' and then 'az login'.",
    cause: 'token-cache-persistence',
    sdk: 'az',
  },
  {
    name: 'Terraform that runs az is what was run',
    text: '│ Error: building account: could not acquire access token to parse claims: running Azure CLI: exit status 1: ERROR: (pii). Status: Response_Status.Status_InteractionRequired, Error code: 3399614476, Tag: 557973645',
    cause: 'mfa-required',
    sdk: 'terraform',
    credentials: [],
  },
  {
    name: 'az misses a key of its own saved state',
    text: "'home'\nTraceback (most recent call last):\n  File \"/opt/az/lib/python3.11/site-packages/azure/cli/core/_profile.py\", line 8, in login\nKeyError: 'home'",
    cause: 'tool-version-bug',
    sdk: 'az',
  },
  {
    name: 'a chain of Python goes on only past what is unavailable',
    text: [
      'DefaultAzureCredential failed to retrieve a token from the included credentials.',
      'Attempted credentials:',
      '\tEnvironmentCredential: EnvironmentCredential authentication unavailable. Environment variables are not fully configured.',
      '\tManagedIdentityCredential: Unexpected content type "text/plain; charset=utf-8"',
      '\tAzureCliCredential: Azure CLI not found on path',
    ].join('\n'),
    cause: 'mi-endpoint-error',
    sdk: 'python',
    credentials: [
      'EnvironmentCredential unavailable',
      'ManagedIdentityCredential unavailable',
      'AzureCliCredential unavailable',
    ],
  },
  {
    name: 'a log of Python says first which host it knows, and fails at it',
    text: [
      'INFO azure.identity.aio._credentials.managed_identity ManagedIdentityCredential will use App Service managed identity',
      'WARNING azure.identity.aio._credentials.chained DefaultAzureCredential failed to retrieve a token from the included credentials.',
      'Attempted credentials:',
      '\tEnvironmentCredential: EnvironmentCredential authentication unavailable. Environment variables are not fully configured.',
      '\tManagedIdentityCredential: (None) Unable to load the proper Managed Identity.',
    ].join('\n'),
    cause: 'mi-not-assigned',
    sdk: 'python',
    credentials: ['ManagedIdentityCredential failed', 'EnvironmentCredential unavailable'],
  },
  {
    name: 'a chain that ended with the one that failed is not an empty one',
    text: 'DefaultAzureCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n\tEnvironmentCredential: Authentication failed: 1\n',
    cause: 'secret-invalid',
    sdk: 'python',
    credentials: ['EnvironmentCredential failed'],
  },
  {
    name: 'the identity endpoint hands on what Entra said',
    text: 'ManagedIdentityCredential authentication unavailable, the requested identity has not been assigned to this resource.\nStatus: 400 (Bad Request)\nContent:\n{"error":"invalid_resource","error_description":"AADSTS500011: The resource principal named https://shop.test was not found in the tenant named Contoso.',
    cause: 'resource-not-found',
    credentials: ['ManagedIdentityCredential unavailable'],
  },
  {
    name: 'a pipeline asks by hand for its OIDC token',
    text: "+ curl -s -X POST 'https://dev.azure.com/contoso/1/_apis/distributedtask/hubs/build/plans/2/jobs/3/oidctoken?api-version=7.1&serviceConnectionId=4'\nHTTP/1.1 401 Unauthorized",
    cause: 'pipelines-oidc-unavailable',
  },
  {
    name: 'az was told no way to sign in to storage',
    text: 'Missing credentials to access storage service. The following variations are accepted:\n    (1) account name and key (--account-name and --account-key options)',
    cause: 'request-malformed',
    sdk: 'az',
  },
  {
    name: 'az words every refusal of storage alike',
    text: 'Authentication failure. This may be caused by either invalid account key, connection string or sas token value provided for your storage account.',
    cause: 'rbac-missing',
    sdk: 'az',
  },
  ...[
    'Der Befehl "az" ist entweder falsch geschrieben oder konnte nicht gefunden werden.',
    "'az' n'est pas reconnu en tant que commande interne ou externe, un programme exécutable ou un fichier de commandes.",
    '"az" no se reconoce como un comando interno o externo, programa o archivo por lotes ejecutable.',
    "'az' 不是内部或外部命令，也不是可运行的程序",
  ].map((text) => ({ name: `a Windows of another language: ${text}`, text, cause: 'cli-not-installed' })),
  {
    name: 'Azure PowerShell in another language',
    text: 'Get-AzVM : Führen Sie Connect-AzAccount aus, um sich anzumelden.\nIn Zeile:1 Zeichen:1\n    + CategoryInfo          : InvalidOperation: (:) [Get-AzVM], PSInvalidOperationException',
    cause: 'powershell-not-logged-in',
    sdk: 'powershell',
  },
  {
    name: 'azd asks Resource Manager with a token of another tenant',
    text: 'ERROR: loading environment: initializing environment: listing locations: GET https://management.azure.com/subscriptions/1/locations\nRESPONSE 401: 401 Unauthorized\nERROR CODE: InvalidAuthenticationTokenTenant\n{ "error": { "message": "The access token is from the wrong issuer \'https://sts.windows.net/1/\'." } }',
    cause: 'wrong-tenant-token',
    sdk: 'azd',
  },
  {
    name: 'an extension of an editor',
    text: "Action: AzureTreeDataProvider.getChildren\nError type: InvalidAuthenticationTokenTenant\nError Message: The access token is from the wrong issuer 'https://sts.windows.net/1/'.\n\nnew RestError extension.bundle.js:2:1",
    cause: 'wrong-tenant-token',
    sdk: 'other',
  },
  {
    name: 'a plug-in of kubectl failed, without its words',
    text: 'failed to get server version: Get "https://shop.hcp.westeurope.azmk8s.io:443/version?timeout=32s": getting credentials: exec: executable argocd-k8s-auth failed with exit code 20',
    cause: 'cli-invocation-failed',
  },
  {
    name: 'kubelogin asked for an identity by an empty id',
    text: "Error: failed to get token: failed to create service principal from managed identity  for token refresh: parameter 'identityResourceID' cannot be empty",
    cause: 'request-malformed',
    sdk: 'kubelogin',
  },
  {
    name: 'a library that knows no credentials of this kind',
    text: '  File "/srv/lib/python3.10/site-packages/azure/storage/filedatalake/_shared/base_client.py", line 2, in _create_pipeline\nTypeError: Unsupported credential type: <class \'shop.Adapter\'>',
    cause: 'tool-version-bug',
    sdk: 'python',
  },
  {
    name: 'a log of the SDK for C++',
    text: [
      '[2026-01-02T03:04:05.0000000Z T: 7f9d48be4b80] WARN  : Identity: EnvironmentCredential was not initialized with underlying credential.',
      '[2026-01-02T03:04:05.0000000Z T: 7f9d48be4b80] WARN  : Identity: Azure Kubernetes environment is not set up for the WorkloadIdentityCredential credential to work.',
      '[2026-01-02T03:04:05.0000000Z T: 7f9d48be4b80] WARN  : Identity: AzureCliCredential didn\'t get the token: "sh: 1: az: not found"',
    ].join('\n'),
    cause: 'no-credential-available',
    sdk: 'cpp',
    credentials: [
      'EnvironmentCredential unavailable',
      'WorkloadIdentityCredential unavailable',
      'AzureCliCredential unavailable',
    ],
  },
]

/** Failures of other systems, in words that those of Azure have as well. */
const others: readonly (readonly [string, string])[] = [
  [
    'a file that az may not touch',
    "PermissionError: [WinError 5] Access is denied: 'C:\\Users\\shop\\.azure\\cliextensions\\shop\\shop-1.0.0.dist-info'",
  ],
  [
    'a registry that is asked too often',
    "Unable to get AAD authorization tokens with message: An error occurred: CONNECTIVITY_REFRESH_TOKEN_ERROR\nAccess to registry 'shop.azurecr.io' was denied. Response code: 429. Please try running 'az login' again to refresh permissions.",
  ],
  [
    'Amazon',
    'botocore.exceptions.ClientError: An error occurred (AccessDenied) when calling the GetObject operation: User: arn:aws:iam::000000000000:user/shop is not authorized to perform: s3:GetObject',
  ],
  ['Google', "google.auth.exceptions.RefreshError: ('invalid_grant: Bad Request', {'error': 'invalid_grant'})"],
  [
    'npm',
    'npm ERR! code E401\nnpm ERR! 401 Unauthorized - GET https://registry.npmjs.org/@shop%2fweb - Not authenticated',
  ],
  [
    'git',
    "remote: Permission to shop/web.git denied to builder.\nfatal: unable to access 'https://example.com/shop/web/': The requested URL returned error: 403",
  ],
  [
    'pip',
    "WARNING: Retrying after connection broken by 'ReadTimeoutError(\"HTTPSConnectionPool(host='pypi.org', port=443): Read timed out.\")': /simple/shop/",
  ],
  [
    'PostgreSQL',
    'psycopg2.OperationalError: connection to server at "localhost" (127.0.0.1), port 5432 failed: FATAL:  password authentication failed for user "shop"',
  ],
  [
    'ssh',
    'fatal: [10.0.0.4]: UNREACHABLE! => {"msg": "Failed to connect to the host via ssh: ssh: connect to host 10.0.0.4 port 22: Connection timed out"}',
  ],
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

  test.each(others)('what is of %s is not recognised', (_, text) => {
    const { causes, credentials, codes } = understandFailure(text)
    expect({ causes, credentials, codes }).toEqual({ causes: [], credentials: [], codes: [] })
  })
})
