/** Credentials of the azure-identity SDKs: what each needs, where it stands in each default chain, where it fits. Data. */

export interface CredentialEntry {
  readonly name: string
  /** Other spellings of the SDKs and short names. */
  readonly aliases: readonly string[]
  readonly meaning: string
  readonly inputs: readonly string[]
  readonly variables: readonly string[]
  /** Place in the default chain, from 1; SDKs that leave it out are absent. */
  readonly order: Readonly<Partial<Record<'python' | 'js' | 'dotnet' | 'java' | 'go', number>>>
  readonly fits: string
  readonly pitfalls: readonly string[]
  readonly source: string
}

const source = 'sources of azure-identity for Python, JavaScript, .NET, Java and Go'

export const credentialEntries: readonly CredentialEntry[] = [
  {
    name: 'DefaultAzureCredential',
    aliases: ['default', 'dac'],
    meaning:
      'the chain that every SDK brings: what is deployed first, then the tools of developers; the first token wins',
    inputs: ['nothing; exclude flags, managed_identity_client_id, AZURE_TOKEN_CREDENTIALS'],
    variables: ['AZURE_TOKEN_CREDENTIALS', 'AZURE_CLIENT_ID', 'AZURE_TENANT_ID', 'AZURE_AUTHORITY_HOST'],
    order: {},
    fits: 'code that runs on a desk and in Azure alike',
    pitfalls: [
      'AZURE_CLIENT_ID means two things: the application of EnvironmentCredential, and the user-assigned managed identity',
      'Python and .NET remember the credential that worked; JavaScript walks the chain every time',
    ],
    source,
  },
  {
    name: 'ChainedTokenCredential',
    aliases: ['chained'],
    meaning: 'a chain of your own, in your order',
    inputs: ['the credentials'],
    variables: [],
    order: {},
    fits: 'programs that know which two or three credentials they want',
    pitfalls: [
      'it goes on after "unavailable" and stops at "failed"',
      'JavaScript prints this name for DefaultAzureCredential, too',
    ],
    source,
  },
  {
    name: 'EnvironmentCredential',
    aliases: ['environment', 'env'],
    meaning: 'a service principal whose id and proof are in variables',
    inputs: ['tenant id, client id, and a secret or certificate'],
    variables: [
      'AZURE_TENANT_ID',
      'AZURE_CLIENT_ID',
      'AZURE_CLIENT_SECRET',
      'AZURE_CLIENT_CERTIFICATE_PATH',
      'AZURE_CLIENT_CERTIFICATE_PASSWORD',
      'AZURE_CLIENT_SEND_CERTIFICATE_CHAIN',
      'AZURE_AUTHORITY_HOST',
    ],
    order: { python: 1, js: 1, dotnet: 1, java: 1, go: 1 },
    fits: 'pipelines and servers without an identity of their own',
    pitfalls: [
      'a wrong value is no reason to go on: a refusal ends the chain',
      'an empty variable counts as set in Python and as unset in JavaScript',
    ],
    source,
  },
  {
    name: 'WorkloadIdentityCredential',
    aliases: ['workload-identity', 'workload', 'wi'],
    meaning: 'a token that Kubernetes projects into the pod, exchanged for one of Entra',
    inputs: ['tenant id, client id, path of the federated token file'],
    variables: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE', 'AZURE_AUTHORITY_HOST'],
    order: { python: 2, js: 2, dotnet: 2, java: 2, go: 2 },
    fits: 'AKS and other clusters with the workload identity webhook',
    pitfalls: [
      'the webhook only changes pods as they are made',
      "JavaScript's chain leaves it out without a word when a variable is missing",
    ],
    source,
  },
  {
    name: 'ManagedIdentityCredential',
    aliases: ['managed-identity', 'mi', 'msi'],
    meaning: 'the identity that Azure gives to the machine or app itself',
    inputs: ['nothing for the system-assigned one; client id, object id or resource id for a user-assigned one'],
    variables: [
      'IDENTITY_ENDPOINT',
      'IDENTITY_HEADER',
      'IDENTITY_SERVER_THUMBPRINT',
      'IMDS_ENDPOINT',
      'MSI_ENDPOINT',
      'MSI_SECRET',
      'AZURE_POD_IDENTITY_AUTHORITY_HOST',
      'AZURE_CLIENT_ID',
    ],
    order: { python: 3, js: 3, dotnet: 3, java: 3, go: 3 },
    fits: 'virtual machines, App Service, Functions, Container Apps, Arc, Service Fabric, Cloud Shell',
    pitfalls: [
      'Arc and Cloud Shell take no id',
      'outside Azure it costs a second or more until IMDS is given up',
      'roles that were changed may take hours to show in its tokens',
    ],
    source,
  },
  {
    name: 'SharedTokenCacheCredential',
    aliases: ['shared-token-cache', 'shared-cache'],
    meaning: 'an account that other developer tools keep in the shared cache of MSAL',
    inputs: ['user name and tenant where several fit'],
    variables: ['AZURE_USERNAME', 'AZURE_TENANT_ID'],
    order: { python: 4, dotnet: 4, java: 4 },
    fits: 'Windows machines with Visual Studio',
    pitfalls: ['it mostly has nothing: its line is noise in a failing chain'],
    source,
  },
  {
    name: 'VisualStudioCredential',
    aliases: ['visual-studio', 'vs'],
    meaning: "Visual Studio's account",
    inputs: [],
    variables: [],
    order: { dotnet: 5 },
    fits: 'a Windows desk with Visual Studio',
    pitfalls: ['Windows only, and not inside containers'],
    source,
  },
  {
    name: 'VisualStudioCodeCredential',
    aliases: ['visual-studio-code', 'vscode', 'vs-code'],
    meaning: 'the account of the Azure Resources extension, through the broker of the operating system',
    inputs: ['the identity plug-in or broker package'],
    variables: ['AZURE_TENANT_ID'],
    order: { python: 5, js: 4, dotnet: 6, java: 5 },
    fits: 'a desk with VS Code and its Azure Resources extension',
    pitfalls: ['without the broker package it is always unavailable'],
    source,
  },
  {
    name: 'IntelliJCredential',
    aliases: ['intellij'],
    meaning: 'the account of the Azure Toolkit for IntelliJ',
    inputs: [],
    variables: [],
    order: { java: 4 },
    fits: 'a desk with IntelliJ',
    pitfalls: [],
    source,
  },
  {
    name: 'AzureCliCredential',
    aliases: ['azure-cli', 'az', 'cli', 'AzureCLICredential'],
    meaning: 'the account of `az login`, by running az',
    inputs: ['tenant or subscription'],
    variables: ['AZURE_CONFIG_DIR'],
    order: { python: 6, js: 5, dotnet: 7, java: 6, go: 4 },
    fits: 'a desk, and jobs that ran az login before',
    pitfalls: [
      'az is slow to start: 10 s in Python and Go, 13 s in .NET, then it is given up',
      '"run az login" is also what an SDK prints when the sign-in is there and refused',
    ],
    source,
  },
  {
    name: 'AzurePowerShellCredential',
    aliases: ['azure-powershell', 'powershell', 'pwsh'],
    meaning: 'the account of `Connect-AzAccount`, by running PowerShell with Az.Accounts',
    inputs: ['tenant'],
    variables: [],
    order: { python: 7, js: 6, dotnet: 8, java: 7 },
    fits: 'a desk with Azure PowerShell',
    pitfalls: ['Az.Accounts 2.2.0 or newer has to be installed for this user'],
    source,
  },
  {
    name: 'AzureDeveloperCliCredential',
    aliases: ['azure-developer-cli', 'azd', 'AzureDeveloperCLICredential'],
    meaning: 'the account of `azd auth login`, by running azd',
    inputs: ['tenant'],
    variables: ['AZURE_SUBSCRIPTION_ID'],
    order: { python: 8, js: 7, dotnet: 9, java: 8, go: 5 },
    fits: 'a desk with the Azure Developer CLI',
    pitfalls: ['az login does not count for it'],
    source,
  },
  {
    name: 'InteractiveBrowserCredential',
    aliases: ['interactive-browser', 'browser', 'interactive'],
    meaning: 'a person signs in with the browser of this machine',
    inputs: ['client id and tenant of your own application, if any'],
    variables: [],
    order: { python: 9, dotnet: 10 },
    fits: 'desktop programs',
    pitfalls: [
      'off in the default chain unless it is asked for',
      'http://localhost has to be registered under "Mobile and desktop applications"',
    ],
    source,
  },
  {
    name: 'BrokerCredential',
    aliases: ['broker', 'InteractiveBrowserBrokerCredential'],
    meaning: 'the account of the operating system, through its broker (WAM)',
    inputs: ['the broker package of the SDK'],
    variables: [],
    order: { python: 10, js: 8, dotnet: 11, java: 9 },
    fits: 'Windows desks with device policies',
    pitfalls: ['the broker wants a redirect URI of its own on the registration'],
    source,
  },
  {
    name: 'DeviceCodeCredential',
    aliases: ['device-code'],
    meaning: 'a person signs in on another device with a code',
    inputs: ['client id and tenant of your own application, if any'],
    variables: [],
    order: {},
    fits: 'terminals without a browser',
    pitfalls: [
      'it proves no device, so device policies refuse it',
      'public client flows have to be allowed on the registration',
    ],
    source,
  },
  {
    name: 'AuthorizationCodeCredential',
    aliases: ['authorization-code', 'code'],
    meaning: 'a code that your own web page got, exchanged once',
    inputs: ['tenant id, client id, code, redirect URI, and a secret for web applications'],
    variables: [],
    order: {},
    fits: 'web applications that do the sign-in themselves',
    pitfalls: ['a code works once and for ten minutes'],
    source,
  },
  {
    name: 'ClientSecretCredential',
    aliases: ['client-secret', 'secret'],
    meaning: 'a service principal with a secret',
    inputs: ['tenant id, client id, client secret (its value, not its id)'],
    variables: [],
    order: {},
    fits: 'servers without an identity of their own',
    pitfalls: ['it reads no variables by itself', 'secrets run out'],
    source,
  },
  {
    name: 'ClientCertificateCredential',
    aliases: ['client-certificate', 'certificate', 'CertificateCredential'],
    meaning: 'a service principal with a certificate',
    inputs: ['tenant id, client id, a file with the certificate and its private key, a password where it has one'],
    variables: [],
    order: {},
    fits: 'servers that can keep a key',
    pitfalls: ['Python calls it CertificateCredential', 'JavaScript and C++ take PEM only'],
    source,
  },
  {
    name: 'ClientAssertionCredential',
    aliases: ['client-assertion', 'assertion'],
    meaning: 'a service principal whose proof a callback of yours makes or fetches',
    inputs: ['tenant id, client id, the callback'],
    variables: [],
    order: {},
    fits: 'federation with any issuer of OpenID Connect',
    pitfalls: ['the callback has to give a fresh assertion each time'],
    source,
  },
  {
    name: 'AzurePipelinesCredential',
    aliases: ['azure-pipelines', 'pipelines'],
    meaning: "a service connection's federation in Azure Pipelines, with a new OIDC token for each request",
    inputs: ['tenant id, client id, service connection id, $(System.AccessToken)'],
    variables: ['SYSTEM_OIDCREQUESTURI', 'SYSTEM_ACCESSTOKEN'],
    order: {},
    fits: 'jobs of Azure Pipelines',
    pitfalls: ['the access token has to be mapped into the step by hand', 'no member of the default chain'],
    source,
  },
  {
    name: 'OnBehalfOfCredential',
    aliases: ['on-behalf-of', 'obo'],
    meaning: "a web API calls another one in its caller's name",
    inputs: ["tenant id, client id, the API's own secret or certificate, the caller's token"],
    variables: [],
    order: {},
    fits: 'services in the middle',
    pitfalls: ["the caller's token has to be made for this API: a Graph token is refused"],
    source,
  },
  {
    name: 'UsernamePasswordCredential',
    aliases: ['username-password', 'ropc'],
    meaning: 'user name and password, handed over; deprecated in every SDK',
    inputs: ['client id, user name, password'],
    variables: ['AZURE_USERNAME', 'AZURE_PASSWORD'],
    order: {},
    fits: 'nothing any more: it cannot do MFA, and azid refuses it',
    pitfalls: ['https://aka.ms/azsdk/identity/mfa'],
    source,
  },
  {
    name: 'GitHubActionsCredential',
    aliases: ['github-actions', 'github'],
    meaning: "azid's own: the OIDC token of a GitHub job, asked anew for each request",
    inputs: ['tenant id, client id'],
    variables: ['ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'AZURE_TENANT_ID', 'AZURE_CLIENT_ID'],
    order: {},
    fits: 'jobs of GitHub Actions',
    pitfalls: ['the job needs permissions: id-token: write'],
    source: 'azid',
  },
]

/** `AzureCLICredential`, `azure-cli` and `az` are one name, in any case. */
export function findCredentialEntry(text: string): CredentialEntry | undefined {
  const wanted = canonical(text)
  return credentialEntries.find(({ name, aliases }) => [name, ...aliases].some((each) => canonical(each) === wanted))
}

function canonical(name: string): string {
  return name
    .toLowerCase()
    .replace(/[-_\s]/g, '')
    .replace(/credential$/, '')
}
