/** Sentences that one SDK alone raises, whatever stands around them: what its library, or its language's own, says in these words. */
import type { Sdk } from './sdk.ts'

export const ownSentencesOfSdks: readonly (readonly [Sdk, RegExp])[] = [
  // azure-identity for Python, MSAL for Python, cryptography and requests beneath them
  [
    'python',
    /should be (?:a|the id of a) Microsoft Entra|following the instructions here: https:|is an invalid authority\. The value must be|Set it to 'dev', 'prod', or a specific|AZURE_TOKEN_CREDENTIALS: [\w-]{1,60}\. Valid values are: dev|identity_config|passed? (?:in )?as (?:a )?keyword argument|at least one credential is required/,
  ],
  [
    'python',
    /Unable to load PEM file\. See https:\/\/cryptography|(?:^|: )Authentication failed: (?:AADSTS|\('|Expecting value|HTTP Error: )|BEGIN[ /].{0,20}END.{0,14} delimiters|Failed to deserialize certificate in PEM or PKCS12|Password was not given but private key|Incorrect password, could not decrypt key|RSA private key because RS256|\[Errno -?\d{1,3}\]|_ssl\.c:\d|HTTPS?Connection(?:Pool)?\(|'Connection aborted\.'|No connection adapters were found|IncompleteRead\(/,
  ],
  [
    'python',
    /managed identity configuration not found in environment|no response from the IMDS endpoint|Token request error: |(?:JSON|XML) is invalid: |Cannot deserialize content-type|Unexpected content type "|Failed to deserialize JSON from response|No managed identity endpoint found\. The Target|Workload identity was selected but|Missing required arguments: '|is required\. Please pass it in or set the AZURE_|client_id should not be set for cloud shell|Service Fabric endpoint certificate thumbprint does not/,
  ],
  [
    'python',
    /\bAzure CLI not found on path|Failed to execute '|Failed to invoke (?:the Azure (?:Developer )?CLI|PowerShell)|Az\.Account module >= |Please run "Connect-AzAccount" to set up account|Execution policy prevented invoking|Unexpected output from (?:Azure|Get-Az)|Developer CLI version you are using|and then,once installed|PowerShell is not installed(?![.\w])|requires exactly one scope per token request|An invalid scope was provided\. Only|\(requires (?:Azure CLI|Az\.Accounts|Azure Developer CLI)/,
  ],
  [
    'python',
    /(?:Unexpected response|No response content) from Microsoft Entra ID|Either "client_certificate", "client_secret"|"user_assertion" must not|'service_connection_id', and 'system_access_token'|Unexpected response from OIDC token endpoint|argument of type '\w+' is not iterable|object is not subscriptable|invalid literal for int\(\)|Interactive authentication is required to get a token|is not well-known\. If this authority is valid/,
  ],
  // Azure.Identity, MSAL.NET and the base library
  [
    'dotnet',
    /Authority host must be a TLS protected|\(Parameter '\w{1,40}'\)|Value cannot be null\.|Could not load certificate file|Only \.pfx and \.pem files|for environment variable AZURE_TOKEN_CREDENTIALS|A task was canceled|The ChainedTokenCredential failed|(?<!GetToken\(\): \w{4,40})Credential authentication failed: |Password protection for PEM encoded certificates|Could not find file '|is an invalid start of a value|requested operation requires an element of type|given key was not present in the dictionary/,
  ],
  [
    'dotnet',
    /(?:Azure CLI|Azure PowerShell|Azure Developer CLI) authentication (?:timed out|failed due to an unknown error|requires multi-factor)|Az\.Accounts module >= |PowerShell is not installed\.|(?<!from Azure CLI - )Azure CLI not installed(?!\.? ?To)|Azure Developer CLI could not be found\.(?! Please visit.{0,90}then,once)|Please run 'Connect-AzAccount' to set up|Please run 'az login' to set up account(?!\. To further)|No response received from the managed identity endpoint|could not login\. Interactive login is required|Azure\.Identity\.Broker|Multiple attempts failed to obtain a token from the managed identity endpoint|aka\.ms\/msal-net|could not be parsed\. Please inspect the exception properties|Retry settings can be adjusted in ClientOptions|PowerShell did not return a valid response|Visual Studio Token provider|System\.Data\.(?:Entity|SqlClient)|EntityFramework|\bSqlException: /,
  ],
  // azure-identity for Java, MSAL4J, Jackson and Reactor
  [
    'java',
    /authentication failed\. ---> |Managed Identity authentication (?:failed, see inner|is not available)|CredentialBuilder\b|Must provide (?:non-null values|a valid URI) for|IntelliJ authentication not|azure-identity-broker dependency|Azure Power ?[Ss]hell (?:authentication failed\. Error Details)|deserializing (?:response|ExpiresOn time) from|Authority host must use https scheme|msal4j|Invalid tenant ID provided\..{0,80}instructions listed here/,
  ],
  [
    'java',
    /currently installed Azure Developer CLI\. Please update to azd|Failed to get token\. Claims challenges|Run Connect-AzAccount to login to Azure account|not installed\. ?To mitigate|not supported in CLOUD_SHELL|Specifying a clientId or resourceId is not|The client id is not configured via|Az\.Account module with version|Invalid subscription: .{1,60} provided|Safe Working directory could not|not logged in, run azd auth login|Failed to acquire token with (?:On Behalf|username)|Only one of clientId, resourceId/,
  ],
  [
    'java',
    /Cannot invoke "|PEM certificate provided does not|Certificate file provided is not|client(?:Id|Secret) is null or empty|authority Uri should have at least|Failed to parse the certificate for the credential|No response received from the IMDS endpoint|Unexpected token to begin \w+ deserialization|at \[Source: \(|Failed to read federated token from file\.|Valid values are: 'prod', 'dev', or one of|Required environment variable is missing: AZURE|Failed to get the client assertion token/,
  ],
  // @azure/identity, MSAL Node and Node
  [
    'js',
    /AZURE_TOKEN_CREDENTIALS = |Required environment variable 'AZURE_TOKEN|Failed to retrieve a valid token|ChainedTokenCredential authentication failed\.(?! ?--->)|The authorityHost address must use|is unavailable\. No underlying credential|is a required parameter\. In DefaultAzureCredential|Azure Developer CLI couldn't be found|Unable to execute PowerShell|'Az\.Account' module|from PowerShell to authenticate before|aka\.ms\/msal\.js|\b(?:ENOENT|EISDIR|EACCES|ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT)\b/,
  ],
  [
    'js',
    /\bError\(s\): (?:\d{4,8}|Not Available) - Timestamp: |Please run 'az login' from a command prompt to authenticate before using this|Azure CLI could not be found\. Please visit|secretOrPrivateKey must be|Response had no "|ManagedIdentityCredential: (?:Authentication failed\. Message|Network unreachable\.)|Cannot read properties of|is not valid JSON|Invalid scope was specified by the user|to be a RFC3339 date string|oidcToken field not detected|Received null token from OIDC|Automatic authentication has been disabled\. You may call|find-ids-and-domain-names\.(?:\s|$)|@azure\/identity-(?:vscode|broker)|You must provide one of clientSecret, certificatePath|following missing system variable\(s\) can be defined-/,
  ],
  // azidentity, MSAL Go and Go
  [
    'go',
    /invalid tenantID\. You can locate|RequireAzureTokenCredentials|invalid AZURE_TOKEN_CREDENTIALS value|must contain at least one TokenCredential|invalid character '.{1,4}' (?:looking for|in string)|json: cannot unmarshal|json decode error|cannot use an authority host without https|failed to read certificate file "|due to error "pkcs12|empty managedidentity|signal: killed|unexpected end of JSON input\b(?!.{0,3}[`'"])|response from the OIDC endpoint\. Check|This should be set by Azure Pipelines|aren't supported because|Service Fabric API doesn't support|oauth2: cannot fetch token|failed calling webhook "|Failed to perform (?:login command|Auto-login)|ERROR CODE: \w+ |Check pod configuration or set/,
  ],
  [
    'js',
    /ManagedIdentityError: |www_authenticate_header_(?:missing|unsupported)|unable_to_create_(?:source|azure_arc|cloud_shell)|unable_to_read_secret_file|platform_not_supported|in MachineLearning\.|identity_endpoint_url_malformed|PersistenceError: |Specifying a `clientId` or `resourceId`|'resourceId', or 'objectId' can be provided|does not contain a PEM-encoded certificate\./,
  ],
  [
    'rust',
    /error getting (?:managed identity|token|environment) credential|Credential authentication failed\. (?:AADSTS|Connection|The requested|\d{3} response)|doesn't use HTTPS scheme|app service credential IDENTITY_ENDPOINT|aren't supported for Azure Arc|error sending request for url/,
  ],
  [
    'cpp',
    /GetToken\(\): \w+Credential|Certificate format \('|in the response from Azure Arc Managed Identity Endpoint|Azure Kubernetes environment is not set up|Omit the clientId when constructing|the 'AZURE_TOKEN_CREDENTIALS' environment variable\. Allowed|AzurePipelinesCredential : |AzurePipelinesCredential: Authentication Failed\. AADSTS/,
  ],
  [
    'java',
    /Credential authentication (?:unavailable\. (?:The request to the|Connection to the)|failed\. Error Details)/,
  ],
  [
    'go',
    /Service Fabric TLS certificate thumbprint|not "common" or "organizations" for this flow|persistent storage isn't available due to error|failed to get SPT from|parameter '\w{1,40}' cannot be empty|can't be empty string\b/,
  ],
  // Services of Azure that took no token
  [
    'service',
    /ExpiredAuthenticationToken|azurecr\.io\/oauth2\/token|Key Vault reference (?:resolution|was not)|status-code: 401, status-description|TF\d{6}: |claim\(s\) are required to perform|Authentication_MissingOrMalformed/,
  ],
  ['powershell', /(?:Connect|Get|New|Set|Invoke)-Mg\w+ ?:|^\s{0,4}(?:Connect|Get)-Az\w+ ?:|DeploymentScriptError/],
  [
    'python',
    /\bInvalid(?:Client|ClientId|Grant)Error: \(|oauthlib\.|\bopenai\.\w+Error|InteractiveBrowserBrokerCredential (?:unavailable|initialization)/,
  ],
  ['az', /(?:^|\s)ERROR: \((?:Forbidden|Unauthorized|[A-Z]\w{5,40})\) /],
  // Programs that wrap what Entra says
  [
    'other',
    /Login failed with Error: |Azure PowerShell Login failed|azure\/login@|Running Azure CLI Login|Using OIDC authentication\.\.\.|Federated token details|Az CLI Login failed\. /i,
  ],
  ['other', /(?:^|\s)Error: (?:: AADSTS\d|AADSTS7002\d{1,3}: No matching federated)/],
  [
    'other',
    /Attempting Azure CLI login by using|Done setting cloud: "|Double check if the 'auth-type' is correct|make sure az is installed on the runner|Login failed with \w{0,12}Error: |aka\.ms\/create-secrets-for-GitHub-workflows/,
  ],
  [
    'other',
    /Could not fetch access token for Azure\.|Failed to check the resource group status|Json Web Token ?\(JWT\)|in the creds object/,
  ],
  ['azd', /ERROR: (?:loading|initializing) environment: |prompting for location: /],
  ['azd', /(?:^|[$>%#] )azd (?:up|provision|deploy|init|auth|pipeline|env|package|down|login)\b/],
  ['az', /Authentication Error: "\['|WsTrust server returned error in RSTR/],
  ['python', /\bazure\.core\.exceptions\./i],
  ['dotnet', /AzureServiceTokenProviderException|Tried to get token using (?:Managed|Visual Studio|Azure CLI)/],
  ['powershell', /\.ps1: line \d|at <ScriptBlock>/],
  ['service', /obtained (?:from|for) wrong audience/],
  ['python', /ValueError: (?:The certificate must include|Invalid password or PKCS12)|Cache encryption is impossible/],
  ['python', /"?redirect_uri"? must be a URL with port/],
  ['terraform', /\bgetting authenticated object ID: /],
  ['java', /\bjava\.(?:io|util|nio|lang|net|security)\.\w+(?:Exception|Error): /],
  [
    'kubelogin',
    /expected an empty error but received|failed to create service principal (?:token|from)|execCredentialPlugin\.go/,
  ],
  ['other', /\bAction: [\w-]{3,60}\.\w{3,60} Error type: /],
  ['other', /\bError type: [\w-]{3,60} Error Message: /],
  ['other', /\bAction: azure-account\.\w|\borg\.keycloak\.|\bazureauth \w/],
  ['powershell', /(?:^|\s)Exception : (?:Azure|Microsoft|System)\.\w/],
  ['dotnet', /You can return to the application\. Feel free to close this browser tab/],
  [
    'powershell',
    /Unable to acquire token for tenant '|Exception calling "\w{1,40}" with "\d" argument|Authentication failed against tenant [^ ]{1,60}\. User interaction/,
  ],
  [
    'terraform',
    /\bTerraform\/\d|\bwith (?:module\.[\w.[\]"]{1,80}\.)?(?:data\.)?az(?:api|uread|urerm)_\w+\.|\bon [\w./\\-]{1,120}\.tf line \d/,
  ],
  ['js', /\b(?:tenantId|clientId|clientSecret)\b.{0,40}\bare required parameters\b/],
  // MSAL for Python by itself tries once more and says so; azure-identity brings its own transport, which does not.
  [
    'az',
    /HTTPSConnectionPool\(host='login\.[^']{1,60}', port=443\): Max retries exceeded with url: \/(?:organizations|common)\//,
  ],
  [
    'az',
    /This typically happens when using Azure CLI|Failed to connect to MSI\. Please make sure|Check the spelling and casing and try again|to access storage service|invalid account key, connection string or sas token|you may need to be assigned one of the following roles|Found multiple accounts with the same username|does not exist in MSAL token cache|Could not find a suitable TLS CA certificate bundle|Response_Status\.Status_|You have logged in\. Now let us find|Please ensure you have network connection\. Error detail|Unable to get AAD authorization tokens with message|Please run: az login|Get Token request returned http error|build_scripts[\\/]windows[\\/]artifacts|opt\/az\/lib|azclitask/i,
  ],
]
