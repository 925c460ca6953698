/** Which SDK or tool wrote a failure: each sign is a form that only it prints. */
import type { NormalText } from './normalise.ts'
import { ownSentencesOfSdks } from './sdk-sentences.ts'

export const sdks = [
  'python',
  'js',
  'dotnet',
  'java',
  'go',
  'cpp',
  'rust',
  'az',
  'azd',
  'powershell',
  'msal',
  'kubelogin',
  'terraform',
  'sts',
  'imds',
  'service',
  'other',
] as const

export type Sdk = (typeof sdks)[number]

/** What each one alone prints; a text has points of every row that it shows. */
const signs: readonly (readonly [Sdk, number, RegExp])[] = [
  ['kubelogin', 9, /executable kubelogin|\bkubelogin (?:get-token|convert)|Azure\/kubelogin/i],
  [
    'terraform',
    8,
    /\bprovider\["?registry\.terraform|azurerm|azapi_resource|\bon [\w./-]{1,80}\.tf line \d|AzureRM Client|unable to configure ResourceManagerAccount|could not configure AzureCli Authorizer|building account:|clientCredentialsToken: received HTTP|autorest\/(?:Client|azure)|for Storage Account "/i,
  ],
  [
    'azd',
    7,
    /\bazd version|ReAuthRequiredError|run `azd (?:auth )?login`|\bazd (?:up|provision|deploy)\b|"type":\s?"consoleMessage"/i,
  ],
  [
    'python',
    6,
    /aka\.ms\/azsdk\/python|azure[./]identity[./]_|(?<!\bc(?:om)?\.)azure\.identity[.:]|azure\.core\.exceptions|azure\/identity\/_|site-packages\/azure\/identity|\.get_token(?:_info)? failed:|additionally_allowed_tenants|"?certificate_path"?|DefaultAzureCredential acquired a token|'az login' to set up an account|from the included credentials\.\s{1,9}Attempted credentials:|msal_extensions/,
  ],
  [
    'dotnet',
    6,
    /aka\.ms\/azsdk\/net\/|Azure\.Identity[.:]|CredentialUnavailableException.{0,40}HResult|Microsoft\.Identity\.Client|MSAL\.Net|System\.(?:AggregateException|Security|Net|InvalidOperation|Argument)|Azure\.RequestFailedException|\[Managed Identity\]|Azure-Identity:|DefaultAzureCredential authentication failed due to an unhandled/,
  ],
  [
    'java',
    6,
    /aka\.ms\/azsdk\/java|aka\.ms\/azure-identity-java|com\.azure\.|com\.microsoft\.(?:azure|aad)|Azure Identity =>|\bat (?:reactor|java|io\.netty)\.|IntelliJ Authentication|sun\.security|java\.net\./,
  ],
  [
    'js',
    6,
    /aka\.ms\/azsdk\/js\/|@azure\/(?:identity|msal)|AggregateAuthenticationError|AuthenticationRequiredError|CredentialUnavailableError: (?!.{0,5}azure\.identity)|azure:identity:|msal\.js\.errors|node_modules|ERR_DLOPEN|RestError|SELF_SIGNED_CERT/,
  ],
  [
    'go',
    6,
    /aka\.ms\/azsdk\/go\/|azidentity|AzureCLICredential|AzureDeveloperCLICredential|FromAssertion\(\)|http call\(|dial tcp|DefaultAzureCredential: failed to acquire|Check pod configuration or set [A-Z]\w+ in the options|RESPONSE \d{3}|GetToken\(\)|x509:/,
  ],
  [
    'cpp',
    7,
    /Azure::Core|aka\.ms\/azsdk\/cpp|terminate called after|Identity: \w+Credential:|Failed to get token from (?:Default|Chained)|what\(\):|AzureCliCredential didn't get the token/,
  ],
  [
    'rust',
    7,
    /aka\.ms\/azsdk\/rust|azure_identity|Multiple errors were encountered while attempting|Result::unwrap|ErrorKind::|error getting environment credential|\(os error \d+\)|Could not find Azure Arc token directory/i,
  ],
  [
    'powershell',
    9,
    /(?:^|\s)(?:Connect|Get|New|Set|Invoke)-Az\w+ ?:|\+ CategoryInfo|FullyQualifiedErrorId|Microsoft\.Azure\.(?:Commands|PowerShell)\b|rerun 'Connect-AzAccount'|please run Connect-AzAccount|System\.Management\.Automation|HistoryId/,
  ],
  [
    'az',
    5,
    /\baz (?:login|logout|account|vm|group|ad|acr|aks|keyvault)\b|azure[/\\]cli|azure\.cli|Please run 'az login' to setup account|To open an issue, please run: 'az|github\.com\/Azure\/azure-cli\/issues|Get Token request returned http error|Microsoft Azure CLI|az feedback|--allow-no-subscriptions|in MSAL token cache|exist in cloud 'AzureCloud'|An error occurred: (?:DOCKER|CONNECTIVITY)_\w{4,30}_ERROR|PersistenceDecryptionError|Continuous access evaluation .{0,300}azure.cli/i,
  ],
  ['msal', 4, /\bmsal\b|MSAL|Adal|ClientAuthError|ServerError|IDW\d|OpenIdConnectProtocol|MsalServiceException/],
  [
    'service',
    4,
    /AuthorizationFailed|AuthorizationPermissionMismatch|InvalidAuthenticationToken|does not have (?:authorization|secrets)|AKV\d{5}|PermissionDenied|WWW-Authenticate: Bearer|\(Forbidden\)|StorageException|Authorization_RequestDenied/i,
  ],
  ['imds', 3, /169\.254\.169\.254|Identity not found|Multiple user assigned identities exist|metadata\/identity/],
  ['sts', 2, /AADSTS\s{0,3}\d|AADB2C\d|"error_description"/i],

  // Names of classes, and how a language prints a stack
  ['python', 5, /Traceback \(most recent call last\)|File "[^"]{1,200}\.py", line \d|\.py:\d+\b|\bImdsCredential\b/],
  ['python', 7, /(?:Microsoft Entra ID|Azure Active Directory) error '\(/],
  [
    'dotnet',
    5,
    /Response status code does not indicate success: \w+ \(\d{3}\)|Received a non-retryable error\. Identity Response/,
  ],
  ['js', 7, /\bAuthenticationError: (?:\w+Credential: |invalid_\w+)/],
  [
    'python',
    7,
    /(?<![\w.@/])azure\.(?:eventhub|servicebus|storage|keyvault|cosmos|kusto|mgmt|ai|data|search|monitor|batch)\.[a-z_.]{2,60}/,
  ],
  ['python', 6, /authlib\.|\bfastapi\b|\bmsrestazure\b|\bOAuthError: /],
  ['python', 6, /\bdoes not support claims challenges|'azure-identity-broker' package|credential\.get_token\(/],
  [
    'dotnet',
    5,
    /\.MoveNext\(\)|--- End of (?:stack trace|inner exception)|, CancellationToken |\.cs:line \d|\bat Microsoft\.\w|HResult|PublicKeyToken=/,
  ],
  [
    'dotnet',
    4,
    /Microsoft\.(?:SemanticKernel|Extensions|Data|AspNetCore|Graph)\.|Azure\.(?:RequestFailed|Core\.Pipeline)|System\.ClientModel|\bMsalUiRequiredException\b/,
  ],
  [
    'dotnet',
    5,
    /Visual Studio Token provider|VisualStudioCredential|Az\.Account(?:s)? module >= 2|Operating system \w+ isn't supported/,
  ],
  [
    'java',
    6,
    /\(\w+\.java:\d+\)|Exception in thread "|\bc\.(?:a|m)\.[a-z]{1,3}\.|AADToken: HTTP connection|azurebfs|\bcom\.azure\b|springframework/,
  ],
  [
    'java',
    5,
    /\bjava\.lang\.|\bjavax\.net|\bIntelliJ|Connection to IMDS endpoint cannot be established|Managed Identity authentication is not available\.|Caused by: (?:com|java|org)\./,
  ],
  [
    'js',
    5,
    /\bat (?:async )?[\w.<>]{1,80} \(?(?:file:\/\/|node:|\/|[A-Z]:\\)[^ )]{1,200}\.[cm]?[jt]s:\d|\bat process\.processTicksAndRejections|\[Symbol\(|errorResponse: \{/,
  ],
  [
    'js',
    5,
    /CredentialUnavailableError: (?:Error: |\w+Credential: |EnvironmentCredential is unavailable)|In DefaultAzureCredential and ManagedIdentityCredential, these can be|authentication failed\. (?:Status|Message|More details)/,
  ],
  [
    'go',
    5,
    /\.go:\d+\b|\bgoroutine \d|\blevel=(?:error|fatal|warning|info) |rpc error: code =|BearerAuthorizer|\badal: |\bdial tcp\b|\berr="|kubelet|panic: /,
  ],
  [
    'go',
    6,
    /missing environment variable AZURE_|no (?:client ID|tenant ID|token file) specified|getting assigned identities for pod|nmi response failed|executable not found on path\b|exit status \d/,
  ],
  [
    'rust',
    6,
    /Credential authentication failed\. AADSTS|\bpanicked at\b|\.rs:\d+|azure_core|Error \{ (?:context|kind|repr)|Repr::|reqwest::|RUST_BACKTRACE|multiple errors were encountered/i,
  ],
  [
    'cpp',
    8,
    /Azure::(?:Core|Identity)|\.(?:cpp|hpp):\d+|std::(?:exception|runtime_error)|GetToken\(\): \w+Credential|didn't succeed to get a token/,
  ],
  [
    'powershell',
    6,
    /(?:^|\s)(?:At line:\d|\+ ~~~|WARNING: Unable to acquire token for tenant|Get-AzAccessToken|Login-AzAccount|InvocationInfo)|\.ps1:\d+ char/,
  ],
  [
    'terraform',
    7,
    /terraform-provider|tf_provider_addr|building AzureRM Client: |registry\.terraform\.io|Terraform (?:v\d|planned|apply)|building account: |unable to build authorizer|Error building ARM Config|ManagedIdentityAuthorizer|authorizers?\[/,
  ],
  [
    'az',
    5,
    /\bcli\.(?:azure|knack)\.|knack\.|azure-cli \d|\bThe process '[^']{1,80}\/az'|Please explicitly log in with: az login|Interactive authentication is needed\. Please run: az login|(?:^|[$>] )az login/,
  ],
  [
    'azd',
    6,
    /(?:^|\n)ERROR: (?:fetching|initializing|getting|deployment failed|error executing step)|\bazure\.yaml\b|Microsoft\.azd|azd-\w+-\w+|fetching token: /,
  ],
  [
    'service',
    5,
    /x-ms-error-code|<Code>Auth|"code": ?"(?:Forbidden|Unauthorized|AuthenticationFailed|AuthorizationFailure|InvalidAuthenticationToken|PermissionDenied)|lacks the required data action|does not have permissions for Microsoft\.|Server failed to authenticate/i,
  ],
  ['python', 9, /azsdk-python-/],
  [
    'dotnet',
    9,
    /azsdk-net-|Services\.AppAuthentication|IdentityModel\.Clients|Microsoft\.Azure\.(?:Cosmos|Documents|KeyVault|Storage)\b|wslview tools|Persistence check failed\. (?:Data|Inspect)/,
  ],
  ['java', 9, /azsdk-java-|Py4JJavaError|\.scala:\d+\)/],
  ['java', 2, /\borg\.postgresql\.|\bPSQLException\b/],
  // The reader of tokens is Microsoft's for .NET, and services hand on what it says: it tells where nothing else does.
  ['dotnet', 2, /\bIDX\d{5}\b/],
  ['js', 6, /\bat (?:async )?\w{3,40}Credential\.getToken(?!\w)|\bFetchError: request to /],
  [
    'python',
    4,
    /\bAttributeError: (?:'|module )|TypeError: [\w.]{1,60}\(\) (?:got an unexpected|missing \d|takes)|\bValueError: /,
  ],
  ['rust', 6, /Full\(Custom \{ kind: /],
  ['msal', 5, /\b(?:InteractionRequiredAuth|ClientConfiguration|BrowserAuth)Error: /],
  ['az', 5, /\bNo subscriptions found for \S{1,80}|Failed to resolve tenant '/],
  ['js', 9, /azsdk-js-|\(node:\d+\) |UnhandledPromiseRejection/],
  [
    'go',
    9,
    /azsdk-go-|(?:Get|Post) "https?:\/\/[^" ]{1,300}": (?:tls|x509|EOF|context|net\/http|proxyconnect|read|remote error)|executable not found on path|no value for environment variable|pkcs12: error reading|\bfound no private key|failed to authenticate a system assigned identity|Credential(?:: [a-z]|\.GetToken\(\) requires| isn't configured to acquire)|doesn't support user-assigned managed identities/,
  ],
  ['go', 6, /\bAzure(?:CLI|DeveloperCLI)Credential: /],
  ['go', 4, /exec: "[\w./-]{1,60}": executable file not found/],
  ['js', 7, /\bAuthenticationError: \w+Credential authentication failed\./],
  ['js', 9, /\bAuthenticationError: \w+Credential: [a-z]{3,20}_\w{3,30}: /],
  ['kubelogin', 9, /exec: "kubelogin(?:\.exe)?": executable file not found/],
  ['powershell', 9, /(?:^|\s)(?:Connect|Get|New|Set|Invoke|Update|Remove)-Mg\w+ ?:/],
  ['az', 14, /(?:^|\s)request failed: Error occurred in request\., /],
  ['az', 9, /azure-cli[/\\](?:\d|libexec)/],
  ['kubelogin', 9, /unknown (?:command|flag).{0,60} for "kubelogin"/],
  ['dotnet', 5, /Microsoft\.Asal\.TokenService|\bTS00[34]: Error/],
  ['msal', 3, /\bMsal(?:Client|Service)Exception\b/],
  ['cpp', 9, /azsdk-cpp-|\bT: [0-9a-f]{6,20}\] (?:DEBUG|WARN|INFO|ERROR) ?:|\] (?:DEBUG|WARN|INFO) +: Identity: /],
  ['rust', 9, /azsdk-rust-|\bkind: Credential\b|\bDeveloperToolsCredential authentication failed\b/],
  ['azd', 7, /run [`']azd (?:auth )?login/],
  [
    'msal',
    6,
    /errorCode: '[a-z_]{4,40}'|"errorCode": ?"[a-z_]{4,40}"|errorMessage: |@azure\/msal|MSAL token cache|Get Token request returned http error/,
  ],
  ['service', 6, /BadRequestWithReason|ODBC Driver \d\d|SQLDriverConnect|token-identified principal/],
  [
    'az',
    9,
    /knack[/.]cli|azure[/\\]cli[/\\]core|\bMSI: Failed to retrieve a token from|The command failed with an unexpected error/,
  ],
  ['msal', 7, /'error_codes': \[\d|'suberror': '/],
  ['azd', 9, /ERROR: (?:deployment failed|error executing step|fetching token|initializing provisioning)/],
  ['az', 5, /(?:^|\s)ERROR: (?:AADSTS|The subscription of|No subscriptions|For Cloud Shell)/],
  ['powershell', 9, /WARNING: Unable to acquire token for tenant|DEBUG: (?:AzureQoSEvent|\w+Credential\.GetToken)/],
  [
    'terraform',
    8,
    /\bazuread_\w+\.|(?:github|ADOPipeline)Assertion: |unexpected status \d{3} \(\d{3} [\w ]{2,30}\) with error: |BaseClient\.(?:Get|Post)\(\)|OIDCAuthorizer/,
  ],
  ['az', 5, /Failed to connect to MSI\. |HTTPSConnectionPool\(host='login/],
  ['kubelogin', 5, /client-go credential plugin|getting credentials: exec: executable kubelogin|memcache\.go/],
]

const libraries: readonly Sdk[] = ['python', 'js', 'dotnet', 'java', 'go', 'cpp', 'rust']

/** Programs that are built on an SDK and print its words: who shows itself as well is the one that was run. */
const outerPrograms: readonly (readonly [Sdk, Sdk])[] = [
  ['powershell', 'dotnet'],
  ['terraform', 'go'],
  ['terraform', 'az'],
  ['kubelogin', 'go'],
  ['kubelogin', 'az'],
  ['azd', 'go'],
  ['az', 'python'],
]

/** What a sentence that is one SDK's alone counts. */
const ownSentence = 9

export function recogniseSdk({ flat }: NormalText): Sdk {
  const scores = new Map<Sdk, number>()
  for (const [sdk, weight, sign] of signs) if (sign.test(flat)) scores.set(sdk, (scores.get(sdk) ?? 0) + weight)
  for (const [sdk, sentence] of ownSentencesOfSdks)
    if (sentence.test(flat)) scores.set(sdk, (scores.get(sdk) ?? 0) + ownSentence)
  // The shell prints what a program writes to stderr as an error of its own: `az.cmd : ERROR: … NativeCommandError`.
  if (/NativeCommandError/.test(flat)) scores.delete('powershell')
  if (isOlderGo(flat)) {
    if (scores.has('terraform')) scores.set('go', (scores.get('go') ?? 0) + (scores.get('terraform') ?? 0))
    scores.delete('terraform')
  }
  // A credential that runs az or azd hands on what they say: then they are what was run inside, not what was run.
  if (
    /\bAzure(?:Cli|CLI|DeveloperCli|DeveloperCLI)Credential\b|CredentialUnavailable|ClientAuthenticationError|\bazure\.identity\b|aka\.ms\/azsdk\//.test(
      flat,
    )
  ) {
    const isLibrary = libraries.some((sdk) => scores.has(sdk))
    if (isLibrary) for (const tool of ['az', 'azd'] as const) scores.delete(tool)
  }
  let best: Sdk = 'other'
  for (const [sdk, score] of scores) if (score > (scores.get(best) ?? 0)) best = sdk
  const outer = outerPrograms.find(
    ([sdk, inner]) => (scores.get(sdk) ?? 0) >= ownSentence && (inner === best || best === 'sts' || best === 'msal'),
  )
  if (outer !== undefined) return outer[0]
  if (best !== 'go' && libraries.includes(best) && isRefusedByService(flat)) return 'service'
  return (best === 'dotnet' || best === 'js') && isMsalAlone(flat) ? 'msal' : best
}

/** The older SDK for Go is in Terraform, which says `Error:` first, and in many a controller of Kubernetes. */
function isOlderGo(flat: string): boolean {
  if (/azurerm|\.tf line|terraform|tf_provider|existing workspaces|error loading state/i.test(flat)) return false
  return (
    /Reconciler error|\bcontroller(?:Kind|\.go|-runtime)?\b|external-?(?:secrets?|dns)\b|cert-manager|Velero/i.test(
      flat,
    ) ||
    (/autorest|BearerAuthorizer|adal: /.test(flat) && !/(?<!Original )\bError ?: /.test(flat))
  )
}

/** A library of a service hands on what the service answered: the words are the service's own, where no sign-in is in the text. */
function isRefusedByService(flat: string): boolean {
  return (
    /does not have authorization to perform action|AuthorizationPermissionMismatch|not authorized to perform this operation|Caller is not authorized to perform action|lacks the required data action|[Pp]rincipal does not have access to/.test(
      flat,
    ) && !/AADSTS|(?<!SharedKey)Credential(?!s)\b|[aA]zure[./][iI]dentity/.test(flat)
  )
}

/** MSAL and its forerunner are inside of the SDKs for .NET and JavaScript, which then name themselves as well. */
function isMsalAlone(flat: string): boolean {
  return (
    /MSAL\.NetCore|Microsoft\.Identity\.(?:Client|Web)|\bMsal(?:UiRequired|Service|Client)Exception\b|IdentityModel\.Clients\.ActiveDirectory|@azure\/msal-(?:node|common|browser)\b/.test(
      flat,
    ) &&
    !/Azure\.Identity|azsdk\/|@azure\/identity|Azure\.Core|@azure\/core|RestError|Credential\b|AppAuthentication/.test(
      flat,
    )
  )
}
