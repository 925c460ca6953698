/** Which SDK or tool wrote a failure: each sign is a form that only it prints. */
import type { NormalText } from './normalise.ts'

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
    /aka\.ms\/azsdk\/python|azure[./]identity[./]_|(?<!com\.)azure\.identity\.|azure\.core\.exceptions|azure\/identity\/_|site-packages\/azure\/identity|\.get_token(?:_info)? failed:|additionally_allowed_tenants|"?certificate_path"?|DefaultAzureCredential acquired a token|set up an account|msal_extensions/,
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
    /(?:^|\s)(?:Connect|Get|New|Set|Invoke)-Az\w+ ?:|\+ CategoryInfo|FullyQualifiedErrorId|Microsoft\.Azure\.Commands|System\.Management\.Automation|HistoryId/,
  ],
  [
    'az',
    5,
    /\baz (?:login|logout|account|vm|group|ad|acr|aks|keyvault)\b|azure[/\\]cli|azure\.cli|Please run 'az login' to setup account|To open an issue, please run: 'az|Get Token request returned http error|Microsoft Azure CLI|az feedback|(?:^|\s)ERROR: (?:AADSTS|The subscription of|No subscriptions|For Cloud Shell)|in MSAL token cache|exist in cloud 'AzureCloud'|PersistenceDecryptionError|Continuous access evaluation .{0,300}azure.cli/i,
  ],
  ['msal', 4, /\bmsal\b|MSAL|Adal|ClientAuthError|ServerError|IDW\d|OpenIdConnectProtocol|MsalServiceException/],
  [
    'service',
    4,
    /AuthorizationFailed|AuthorizationPermissionMismatch|InvalidAuthenticationToken|does not have (?:authorization|secrets)|AKV\d{5}|PermissionDenied|WWW-Authenticate: Bearer|\(Forbidden\)|StorageException|Authorization_RequestDenied/i,
  ],
  ['imds', 3, /169\.254\.169\.254|Identity not found|metadata\/identity/],
  ['sts', 2, /AADSTS\d|AADB2C\d|"error_description"/],
]

export function recogniseSdk({ flat }: NormalText): Sdk {
  const scores = new Map<Sdk, number>()
  for (const [sdk, weight, sign] of signs) if (sign.test(flat)) scores.set(sdk, (scores.get(sdk) ?? 0) + weight)
  let best: Sdk = 'other'
  for (const [sdk, score] of scores) if (score > (scores.get(best) ?? 0)) best = sdk
  return best
}
