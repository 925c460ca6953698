/** Which credentials a failure speaks of, and what came of each: by name where they are named, else by sentences that only one of them says. */
import { findByPlace } from './chain-order.ts'
import type { NormalText } from './normalise.ts'
import type { Sdk } from './sdk.ts'

export type SeenOutcome = 'unavailable' | 'failed' | 'succeeded' | 'not-attempted'

export interface SeenCredential {
  /** As the text spells it: Go's `AzureCLICredential` stays. */
  readonly name: string
  readonly outcome: SeenOutcome
  /** The words about it, on one line, shortened. */
  readonly message: string
}

interface Mention {
  readonly name: string
  readonly at: number
  readonly outcome: SeenOutcome | null
  /** By name and with a verdict; sentences without a name only count where nothing names that class. */
  readonly isNamed: boolean
}

const chains = new Set(['DefaultAzureCredential', 'ChainedTokenCredential', 'DeveloperToolsCredential'])

/** Classes of the SDKs' insides, and the one that people know. */
const otherNames: Readonly<Record<string, string>> = {
  ImdsCredential: 'ManagedIdentityCredential',
  AppServiceCredential: 'ManagedIdentityCredential',
  AzureArcCredential: 'ManagedIdentityCredential',
  CloudShellCredential: 'ManagedIdentityCredential',
  ServiceFabricCredential: 'ManagedIdentityCredential',
  AzureMLCredential: 'ManagedIdentityCredential',
  VirtualMachineManagedIdentityCredential: 'ManagedIdentityCredential',
}

const known =
  'DefaultAzure|ChainedToken|DeveloperTools|Environment|WorkloadIdentity|ManagedIdentity|Imds|AppService|AzureArc|CloudShell|ServiceFabric|AzureML|VirtualMachineManagedIdentity|SharedTokenCache|VisualStudioCode|VisualStudio|IntelliJ|AzureCli|AzureCLI|AzurePowerShell|AzureDeveloperCli|AzureDeveloperCLI|InteractiveBrowserBroker|InteractiveBrowser|Broker|DeviceCode|AuthorizationCode|ClientSecret|ClientCertificate|Certificate|ClientAssertion|AzurePipelines|OnBehalfOf|UsernamePassword|GitHubActions'
const name = `((?:${known})Credential)`

type Verdict = readonly [RegExp, SeenOutcome | null]

/** What is said behind, or before, a name. The first that fits a place counts. */
const namedForms: readonly Verdict[] = [
  [new RegExp(`acquired a token from ${name}`, 'g'), 'succeeded'],
  [new RegExp(`credential selected: (?:Azure\\.Identity\\.)?${name}`, 'g'), 'succeeded'],
  [new RegExp(`Attempted credential ${name} returns a token`, 'g'), 'succeeded'],
  [new RegExp(`Returning token from cached credential ${name}`, 'g'), 'succeeded'],
  [new RegExp(`${name} => getToken\\(\\) => SUCCESS`, 'g'), 'succeeded'],
  [
    new RegExp(`${name} ?[-:] Azure Identity => getToken\\(\\) result for scopes \\[[^\\]]{0,200}\\]: SUCCESS`, 'g'),
    'succeeded',
  ],
  [new RegExp(`${name}\\.GetToken succeeded`, 'gi'), 'succeeded'],
  [new RegExp(`authenticated with ${name}`, 'g'), 'succeeded'],
  [new RegExp(`${name}\\.GetToken\\(\\) acquired a token`, 'g'), 'succeeded'],
  [new RegExp(`${name} authenticated with\\b`, 'g'), 'succeeded'],
  [new RegExp(`(?:Attempted|Cached) credential ${name} is unavailable`, 'g'), 'unavailable'],
  [new RegExp(`${name}:? (?:authentication )?(?:is )?(?:not available|unavailable)`, 'g'), 'unavailable'],
  [new RegExp(`(?:Incomplete|No) environment configuration(?: found)? for ${name}`, 'g'), 'unavailable'],
  [new RegExp(`${name} will use\\b`, 'g'), null],
  [new RegExp(`${name} was not initialized`, 'g'), 'unavailable'],
  [new RegExp(`${name} cannot return a token`, 'g'), 'unavailable'],
  [new RegExp(`not set up for the ${name}`, 'g'), 'unavailable'],
  [new RegExp(`${name} (?:requires the|initialization failed|could not)`, 'g'), 'unavailable'],
  [new RegExp(`${name} does(?: not|n't) support`, 'g'), 'unavailable'],
  [new RegExp(`Failed to get token from ${name}`, 'g'), 'failed'],
  [new RegExp(`${name} failed due to an unhandled exception`, 'g'), 'failed'],
  [new RegExp(`${name} authentication failed`, 'g'), 'failed'],
  [new RegExp(`${name} failed to silently`, 'g'), 'unavailable'],
  [new RegExp(`${name} ?: Authentication Failed`, 'gi'), 'failed'],
  [new RegExp(`${name} => (?:getToken\\(\\) => )?ERROR`, 'g'), null],
  [new RegExp(`${name} - Azure Identity => ERROR`, 'g'), null],
  [
    new RegExp(`${name}\\.(?:get_token|get_token_info|getToken|GetToken|Authenticate)\\w* (?:failed|was unable)`, 'g'),
    null,
  ],
  [new RegExp(`${name}\\.GetToken\\(\\): `, 'g'), 'failed'],
  [new RegExp(`${name} isn't configured to acquire`, 'g'), 'failed'],
  [new RegExp(`${name}: The current credential is not configured to acquire`, 'g'), 'failed'],
  [new RegExp(`${name} didn't get the token`, 'g'), 'failed'],
  [new RegExp(`Claims challenges are not supported by ${name}`, 'g'), 'unavailable'],
  [new RegExp(`(?:specified|required|missing|needed) for ${name}`, 'g'), 'failed'],
  [new RegExp(`${name}(?:\\.GetToken\\(\\))? requires (?:exactly|at least) one scope`, 'g'), 'failed'],
  [new RegExp(`${name}:? failed to (?:acquire|retrieve|get|obtain) (?:a |an )?(?:access )?tokens?`, 'gi'), 'failed'],
  [new RegExp(`${name} (?:failed|error(?:ed)?)[ :]`, 'gi'), null],
  [new RegExp(`(?:for|that) ${name} (?:is|are) not set`, 'g'), 'failed'],
  [new RegExp(`${name} ?: `, 'g'), null],
  [new RegExp(`\\bGetToken\\(\\): ${name}`, 'g'), null],
]

interface Phrase {
  readonly name: string
  readonly outcome: SeenOutcome
  readonly pattern: RegExp
}

function phrases(name: string, outcome: SeenOutcome, ...patterns: readonly RegExp[]): readonly Phrase[] {
  return patterns.map((pattern) => ({ name, outcome, pattern }))
}

/** Sentences of the SDKs that name no class: the class whose they are. What tools say themselves is not among them. */
const ownSentences: readonly Phrase[] = [
  ...phrases(
    'EnvironmentCredential',
    'unavailable',
    /error getting environment credential/gi,
    /missing environment variable AZURE_[A-Z_]{2,40}/g,
    /Missing or incomplete environment variable configuration/g,
  ),
  ...phrases('WorkloadIdentityCredential', 'unavailable', /(?:The )?workload options are not fully configured/gi),
  ...phrases(
    'WorkloadIdentityCredential',
    'failed',
    /failed to read federated token from file/g,
    /'(?:tenant_id|client_id|token_file_path)' is required\. Please pass it in or set the AZURE_/g,
    /Workload identity was selected but no client ID/g,
  ),
  ...phrases(
    'ManagedIdentityCredential',
    'unavailable',
    /getting managed identity credential/gi,
    /Managed Identity authentication is not available/g,
    /Managed Identity response was not in the expected format/g,
    /Tried to get token using Managed (?:Service )?Identity/g,
    /No response received from the managed identity endpoint/g,
    /Attempted to use the IMDS endpoint, but it is not available/g,
    /Multiple attempts failed to obtain a token from the managed identity endpoint/g,
    /managed identity timed out\. See https:\/\/aka\.ms\/azsdk\/go/g,
    /(?:App Service|Azure Arc|Cloud Shell|Service Fabric|Azure ML) managed identity configuration not found in environment/g,
    /Connection to IMDS endpoint cannot be established/g,
    /The request failed due to a gateway error/g,
    /\bNo managed identity endpoint found\b/gi,
    /(?:the )?requested identity (?:has not been|hasn't been|isn't|is not) assigned to this resource/gi,
    /no default identity is assigned to this resource/gi,
    /A socket operation was attempted to an unreachable (?:network|host)/g,
  ),
  ...phrases(
    'ManagedIdentityCredential',
    'failed',
    /\[Managed Identity\] /g,
    /User[- ]assigned (?:managed )?identit(?:y|ies) (?:is|are|aren't)(?: not)? supported/gi,
    /Azure Arc Managed Identities can only be system assigned/g,
    /Cloud Shell Managed Identities can only be system assigned/g,
    /The Managed Identity's '[A-Z_]{4,40}' environment variable is malformed/g,
    /Unable to create a Managed Identity source based on environment variables/g,
    /Azure Arc did not confirm the requested user-assigned/g,
    /Azure Arc Managed Identity Endpoint/g,
    /response was received from the Azure Arc Managed Identity/g,
    /The platform is not supported by Azure Arc/g,
    /unable_to_read_secret_file|Unable to read the secret file/g,
    /Local key file shall not be larger than 4KB/g,
    /(?:secret in the file on the|The) file path in the WWW-Authenticate header/g,
    /Only client id is supported for user-assigned managed identity in MachineLearning/g,
    /Managed Identity authentication failed, see inner exception/g,
    /Couldn't acquire access token from IMDS/g,
    /client_id should not be set for cloud shell managed identity/g,
    /Cloud Shell doesn't support user-assigned managed identities/g,
    /Could not find Azure Arc token directory/g,
    /More than one ManagedIdentityIdType was provided/g,
    /Service Fabric user assigned managed identity ClientId or ResourceId/g,
    /Azure Arc supports only system-assigned managed identity/g,
    /Did not receive a value from WWW-Authenticate header|Unrecognizable WWW-Authenticate header/g,
    /app service credential IDENTITY_ENDPOINT environment variable/g,
    /Either the requested identity has not been assigned to this resource, or other errors/g,
  ),
  ...phrases(
    'SharedTokenCacheCredential',
    'unavailable',
    /Shared token cache (?:unavailable|is not supported on this platform)/g,
  ),
  ...phrases(
    'VisualStudioCredential',
    'unavailable',
    /Visual Studio Token provider can't be accessed/g,
    /Process "[^"]{1,300}TokenService\.exe" has failed/g,
    /Tried to get token using Visual Studio/g,
    /Operating system \S{1,30} isn't supported/g,
    /Authenticate via Azure Service Authentication/g,
  ),
  ...phrases(
    'VisualStudioCodeCredential',
    'unavailable',
    /Visual Studio Code Authentication (?:is not available|failed to initialize)/g,
    /Cannot load authentication record in Visual Studio Code/g,
    /Visual Studio Code Credential was requested/g,
    /Failed To Read VS ?Code Credentials/gi,
    /Failed to get Azure user details from Visual Studio Code/g,
    /Failed to load authentication record from Visual Studio Code/g,
    /Stored credentials not found\. Need to authenticate user in VSCode/g,
  ),
  ...phrases('IntelliJCredential', 'unavailable', /IntelliJ Authentication not available/gi),
  ...phrases(
    'AzureCliCredential',
    'unavailable',
    /error getting token credential from Azure CLI/gi,
    /Tried to get token using Azure CLI/g,
    // Only az begins its errors so; the SDK for JavaScript passes them on as they are.
    /CredentialUnavailableError: ERROR: (?!.{0,60}azd)/g,
    /Azure CLI (?:not installed|not found on path|could not be found)/gi,
    /\baz not found on PATH/g,
    /Azure CLI authentication (?:timed out|failed due to an unknown error)/g,
    /Azure CLI could not login\. Interactive login is required/g,
    /Azure CLI process took too long to complete/g,
    /Failed to invoke the Azure CLI/g,
    /Azure CLI credential expects a/g,
    /Please run 'az login' (?:to set up (?:an )?account|from a command prompt)/g,
    /(?:Unexpected (?:output|response) from|Unknown error invoking) Azure CLI/g,
    /required claims, please run the following command[^:]{0,80}: az login/g,
  ),
  ...phrases(
    'AzureCliCredential',
    'failed',
    /subscription "?'?\S{1,120} contains invalid characters\. If this is the name of a subscription/gi,
    /expires_on field not found\. Please use Azure CLI/g,
  ),
  ...phrases(
    'AzurePowerShellCredential',
    'unavailable',
    /PowerShell is(?: not|n't) installed/g,
    /Encountered error when deserializing (?:response|ExpiresOn time) from (?:Azure )?Power ?Shell/gi,
    /Azure Power[Ss]hell authentication failed/g,
    /Az\.Account module with version >= /g,
    /Run Connect-AzAccount to login to Azure account/g,
    /Unable to execute PowerShell/g,
    /Az\.Accounts?'? module >= 2\.2\.0 is(?: not|n't) installed/g,
    /Az\.Accounts PowerShell module not found|Az\.Accounts module not found/g,
    /Please run ['"]Connect-AzAccount['"] (?:to set up|from PowerShell)/g,
    /Execution policy prevented invoking Azure PowerShell/g,
    /Azure PowerShell authentication (?:timed out|failed due|requires multi)/g,
    /Failed to invoke PowerShell/g,
    /Unable to parse the output of PowerShell|No access token found in the output/g,
    /Unexpected output from Get-AzAccessToken/g,
    /The specified module 'Az\.Accounts' with version/g,
    /required claims, please run the following command[^:]{0,80}: Connect-AzAccount/g,
  ),
  ...phrases(
    'AzureDeveloperCliCredential',
    'unavailable',
    /Azure Developer CLI (?:could(?: not|n't) be found|not installed|not found on path)/gi,
    /\bazd not found on PATH/g,
    /Azure Developer CLI authentication (?:timed out|failed due)/g,
    /Please run ['"`]azd (?:auth )?login['"`] (?:to set up|from a command prompt)/g,
    /Azure Developer CLI could not login/g,
    /Failed to invoke the Azure Developer CLI/g,
    /Azure Developer CLI credential expects a/g,
    /required claims, please run the following command[^:]{0,80}: azd auth login/g,
  ),
  ...phrases('AzureDeveloperCliCredential', 'failed', /Azure Developer CLI authentication requires multi-factor/g),
  ...phrases(
    'InteractiveBrowserCredential',
    'unavailable',
    /Couldn't start an HTTP server/g,
    /Failed to open a browser/g,
    /Timed out waiting for auth code listener to be registered/g,
  ),
  ...phrases('InteractiveBrowserCredential', 'failed', /Loopback server already exists/g),
  ...phrases(
    'BrokerCredential',
    'unavailable',
    /Failed to acquire token using broker authentication/g,
    /azure-identity-broker dependency is not available/g,
    /Broker for WAM was requested/g,
    /Cannot silently authenticate with default broker account/g,
  ),
  ...phrases(
    'DeviceCodeCredential',
    'failed',
    /Couldn't begin authentication/g,
    /Timed out waiting for user to authenticate/g,
    /\bDevice code is expired\./g,
    /User defined timeout for device code polling/g,
  ),
  ...phrases(
    'ClientCertificateCredential',
    'failed',
    /The file at the specified path does(?: not|n't) contain a PEM-encoded certificate/g,
  ),
  ...phrases(
    'AzurePipelinesCredential',
    'unavailable',
    /Missing value for the SYSTEM_OIDCREQUESTURI environment variable/g,
    /no value for environment variable [`']?SYSTEM_OIDCREQUESTURI/gi,
    /'tenant_id', 'client_id', 'service_connection_id', and 'system_access_token' must be passed/g,
  ),
  ...phrases(
    'AzurePipelinesCredential',
    'failed',
    /Unexpected response from OIDC token endpoint/g,
    /OIDC token not found in response/g,
    /response from (?:the )?OIDC endpoint/g,
    /no service connection ID specified/gi,
  ),
  ...phrases('OnBehalfOfCredential', 'failed', /"user_assertion" must not be empty/g),
  ...phrases(
    'DeveloperToolsCredential',
    'failed',
    /Multiple errors were encountered while attempting to authenticate/g,
  ),
]

/** Says that a credential had nothing to try with, whatever word the SDK puts before it. */
const neverTried =
  /^.{0,320}?(?:(?<!xdg-open is )not installed|isn't installed|could(?: not|n't) be found|not found on path|not recognized|\b(?:az|azd|pwsh): (?:(?:command )?not found|No such file)|authentication unavailable|(?<!token cache )is unavailable|Credential unavailable|not fully configured|no response from the IMDS|please run ['"`]?(?:az|azd|Connect-Az)|run `?azd auth login|not logged in|No accounts? (?:were|matching)|missing environment variable|incomplete environment|no (?:client ID|tenant ID|token file) specified|not found in environment|managed identity timed out|failed to authenticate a system assigned|is a required parameter|are required parameters|requires the user to be signed in|package to be installed|unreachable (?:network|host)|Could not connect to server|no managed identity endpoint found|Managed Identity authentication is not available|IMDS endpoint cannot be established|i\/o timeout|IMDS endpoint unavailable|No cached token found|Network unreachable|Multiple scopes are not supported|IMDS endpoint, but it is not available|timed out waiting for the endpoint|Fail(?:ed)? to get a new connection|fork\/exec \S{1,80}: no such file)/i

/** Of these words, those that are said of IMDS and of the token service alike. */
const notReached =
  /(?:unreachable (?:network|host)|Could not connect to server|i\/o timeout|Network unreachable|Fail(?:ed)? to get a new connection)$/i

/** In chains whatever fails in a tool of developers is only unavailable. */
export const developerTools =
  /^(?:AzureCli|AzureCLI|AzureDeveloperCli|AzureDeveloperCLI|AzurePowerShell|VisualStudio|VisualStudioCode|SharedTokenCache|IntelliJ|Broker)Credential$/

/** Promise: each class once, in the order in which the text shows them. */
export function findCredentials(text: NormalText, sdk: Sdk): readonly SeenCredential[] {
  const { flat } = text
  const named = findNamed(flat)
  // az has no classes: what it says in the words of one is its own.
  const unnamed = sdk === 'az' && named.length === 0 ? [] : findUnnamed(flat)
  const namedClasses = new Set(named.map((mention) => canonical(mention.name)))
  const open = new Set(
    [...groupByClass(named)]
      .filter(([, ofClass]) => ofClass.every(({ outcome }) => outcome === null))
      .map(([key]) => key),
  )
  const told = unnamed.filter(({ name: of }) => !namedClasses.has(canonical(of)) || open.has(canonical(of)))
  const byWords = [...named, ...told, ...findByGuides(flat, [...named, ...unnamed])]
  const byPlace = findByPlace(flat, libraryOf(sdk), byWords).map((each) => ({ ...each, isNamed: false }))
  const mentions = [...byWords, ...byPlace].sort((one, other) => one.at - other.at)
  const isUnavailableChain =
    libraryOf(sdk) === 'dotnet' &&
    /failed to retrieve a token from the included credentials|Multiple exceptions were encountered while attempting to authenticate/.test(
      flat,
    )
  const seen = new Map<string, SeenCredential>()
  for (const [key, ofClass] of groupByClass(mentions)) {
    const [first] = ofClass
    if (first === undefined) continue
    const telling = wordsOf(ofClass.find(({ outcome }) => outcome !== null) ?? first, mentions, flat)
    const outcome = judge(ofClass, telling, flat, isUnavailableChain)
    seen.set(key, { name: first.name, outcome, message: shorten(wordsOf(first, mentions, flat)) })
  }
  if (byPlace.length === 0) addFederatedOfJs(text, seen)
  if (seen.size === 0) addFromStack(text, seen)
  addImdsExchange(text, seen)
  return dropChains(flat, goOnlyPastUnavailable(flat, sdk, listedByPython(flat, sdk, [...seen.values()])))
}

/** A chain of the SDK for Python goes on only past what is unavailable: whoever is not the last of its list was. */
function listedByPython(flat: string, sdk: Sdk, seen: readonly SeenCredential[]): readonly SeenCredential[] {
  const head = 'Attempted credentials:'
  const from = flat.lastIndexOf(head)
  if (sdk !== 'python' || from === -1) return seen
  const list = flat.slice(from + head.length)
  const members = [...list.matchAll(new RegExp(`(?<=^|\\s)${name}: `, 'g'))]
  const last = members.at(-1)
  if (last === undefined) return seen
  const words = list.slice(last.index + last[0].length)
  const isFailed = !developerTools.test(last[1] ?? '') && !isNeverTried(words)
  const listed = new Set(members.map((match) => canonical(otherNames[match[1] ?? ''] ?? match[1] ?? '')))
  const ended = canonical(otherNames[last[1] ?? ''] ?? last[1] ?? '')
  return seen.map((credential) => {
    const key = canonical(credential.name)
    if (!listed.has(key) || credential.outcome === 'succeeded') return credential
    if (key !== ended) return { ...credential, outcome: 'unavailable' }
    return isFailed ? { ...credential, outcome: 'failed' } : credential
  })
}

/** A chain of the SDK for Go goes on only past what is unavailable: all but the last of its list are. */
function goOnlyPastUnavailable(flat: string, sdk: Sdk, seen: readonly SeenCredential[]): readonly SeenCredential[] {
  if (libraryOf(sdk) !== 'go' || !/Attempted credentials:/.test(flat)) return seen
  const members = seen.filter(({ name: of }) => !chains.has(of))
  // What was tried and failed ends with a link; without one its last member was passed over as well.
  const isPassedOver =
    /DefaultAzureCredential: failed/.test(flat) &&
    /ManagedIdentityCredential: Get "(?!.{0,600}To troubleshoot)/.test(flat)
  return seen.map((credential) =>
    chains.has(credential.name) ||
    (credential === members.at(-1) && !(isPassedOver && credential.name === 'ManagedIdentityCredential')) ||
    credential.outcome === 'succeeded'
      ? credential
      : { ...credential, outcome: 'unavailable' },
  )
}

/** Whose words a program that is built on an SDK prints. */
const libraries: Readonly<Partial<Record<Sdk, Sdk>>> = {
  terraform: 'go',
  kubelogin: 'go',
  azd: 'go',
  powershell: 'dotnet',
}

function libraryOf(sdk: Sdk): Sdk {
  return libraries[sdk] ?? sdk
}

function groupByClass(mentions: readonly Mention[]): ReadonlyMap<string, readonly Mention[]> {
  const groups = new Map<string, Mention[]>()
  for (const mention of mentions) {
    const key = canonical(mention.name)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [mention])
    else group.push(mention)
  }
  return groups
}

/** Up to where the text speaks of another class. */
function wordsOf(mention: Mention, mentions: readonly Mention[], flat: string): string {
  const next = mentions.find(({ at, name: other }) => at > mention.at && canonical(other) !== canonical(mention.name))
  return flat.slice(mention.at, Math.min(next?.at ?? flat.length, mention.at + 1200))
}

function findNamed(flat: string): readonly Mention[] {
  const byPlace = new Map<number, Mention>()
  for (const [form, outcome] of namedForms) {
    for (const match of flat.matchAll(form)) {
      const found = match[1]
      if (found === undefined) continue
      const at = match.index + match[0].indexOf(found)
      if (
        /[\w.]/.test(flat[at - 1] ?? ' ') &&
        !/(?:azure\.identity\.|Azure\.Identity\.|com\.azure\.identity\.|c\.a\.i\.|c\.a\.identity\.|\s\.identity\.)$/.test(
          flat.slice(Math.max(0, at - 24), at),
        )
      )
        continue
      if (
        /(?<![\w.])(?!Chained|Default)\w+Credential: $/.test(flat.slice(Math.max(0, at - 48), at)) &&
        !new RegExp(`${found}: $`).test(flat.slice(Math.max(0, at - 48), at))
      )
        continue
      const isJustLogger =
        outcome === null &&
        /^\w+Credential ?: $/.test(match[0]) &&
        /(?:azure:identity:\w{1,10} )$/.test(flat.slice(Math.max(0, at - 24), at))
      if (isJustLogger || byPlace.has(at)) continue
      byPlace.set(at, { name: otherNames[found] ?? found, at, outcome, isNamed: true })
    }
  }
  return [...byPlace.values()]
}

/** The last part of a link to a guide is the class whose failure it is about. */
const guideNames: Readonly<Record<string, string>> = {
  environment: 'EnvironmentCredential',
  workloadidentity: 'WorkloadIdentityCredential',
  managedidentity: 'ManagedIdentityCredential',
  azcli: 'AzureCliCredential',
  azdevcli: 'AzureDeveloperCliCredential',
  powershell: 'AzurePowerShellCredential',
  azurepowershell: 'AzurePowerShellCredential',
  azurepipelines: 'AzurePipelinesCredential',
  clientcertificate: 'ClientCertificateCredential',
  interactivebrowser: 'InteractiveBrowserCredential',
  visualstudio: 'VisualStudioCredential',
  vscode: 'VisualStudioCodeCredential',
}

/** What nothing else says whose it is: `CredentialUnavailableError: … visit https://aka.ms/azsdk/js/identity/powershellcredential/…`. */
function findByGuides(flat: string, known: readonly Mention[]): readonly Mention[] {
  const mentions: Mention[] = []
  for (const match of flat.matchAll(/aka\.ms\/azsdk\/\w{2,6}\/identity\/([a-z]{4,24})credential\/troubleshoot/g)) {
    const of = guideNames[match[1] ?? '']
    if (of === undefined || known.some((mention) => canonical(mention.name) === of)) continue
    const error = flat.lastIndexOf('CredentialUnavailableError: ', match.index)
    mentions.push({ name: of, at: error === -1 ? match.index : error, outcome: 'unavailable', isNamed: false })
  }
  return mentions
}

function findUnnamed(flat: string): readonly Mention[] {
  const mentions: Mention[] = []
  for (const { name: found, outcome, pattern } of ownSentences) {
    for (const match of flat.matchAll(pattern)) mentions.push({ name: found, at: match.index, outcome, isNamed: false })
  }
  return mentions
}

/** A success wins; then the first verdict that the text gives itself; then what the words mean. */
function judge(mentions: readonly Mention[], words: string, flat: string, isUnavailableChain: boolean): SeenOutcome {
  const [first] = mentions
  if (first === undefined) return 'failed'
  if (mentions.some(({ outcome }) => outcome === 'succeeded')) return 'succeeded'
  const verdict =
    firstVerdictBefore(mentions, flat) ?? mentions.find(({ outcome }) => outcome !== null)?.outcome ?? null
  if (verdict === 'unavailable') return 'unavailable'
  if (chains.has(first.name)) return 'failed'
  if (isUnavailableChain) return 'unavailable'
  if (verdict === null && isUnavailableAlone(flat)) return 'unavailable'
  if (verdict === 'failed' && isFailedOfDotnet(first.name, flat)) return 'failed'
  const message = words.replace(/^\w+Credential\b/, '')
  if (isAnsweredByEntra(first.name, message)) return 'failed'
  if (isNeverTried(message)) return 'unavailable'
  if (verdict === 'failed' || isRaisedAlone(flat) || isFailedOfGo(words, flat)) return 'failed'
  return developerTools.test(first.name) || /^ will use/.test(message) ? 'unavailable' : 'failed'
}

/** Python's class for what was tried and refused, outside of a chain: it is raised as it is. */
function isRaisedAlone(flat: string): boolean {
  return (
    /\bClientAuthenticationError: /.test(flat) &&
    !/CredentialUnavailableError|Attempted credentials:|from the included credentials/.test(flat)
  )
}

/** Who was answered by Entra did try; only a tool hands on what it was told earlier. */
function isAnsweredByEntra(of: string, message: string): boolean {
  return (
    !/^Azure(?:Cli|CLI|PowerShell|DeveloperCli|DeveloperCLI)Credential$/.test(of) &&
    /^.{0,80}(?:Microsoft Entra ID|Azure Active Directory) error '\(/.test(message)
  )
}

/** The class of the error says it of all that the text is about. */
function isUnavailableAlone(flat: string): boolean {
  return (
    /CredentialUnavailable(?:Error|Exception)\b/.test(flat) &&
    !/AuthenticationFailedException|ClientAuthenticationError|AuthenticationRequiredError/.test(flat)
  )
}

/** `X authentication failed: ` is how the SDK for .NET words what was tried; what is only unavailable it words otherwise. */
function isFailedOfDotnet(of: string, flat: string): boolean {
  return (
    flat.includes(`${of} authentication failed: `) && /AuthenticationFailedException|aka\.ms\/azsdk\/net/.test(flat)
  )
}

/** The SDK for Go ends what was tried with a link; in its default chain a tool that was tried counts as unavailable all the same. */
function isFailedOfGo(words: string, flat: string): boolean {
  return !/Attempted credentials:/.test(flat) && /To troubleshoot, visit https:\/\/aka\.ms\/azsdk\/go\//.test(words)
}

function firstVerdictBefore(mentions: readonly Mention[], flat: string): SeenOutcome | null {
  for (const mention of mentions) {
    const verdict = verdictBefore(mention, flat)
    if (verdict !== null) return verdict
  }
  return null
}

/** The error's own class right before the name says more than what follows. */
function verdictBefore({ at }: Mention, flat: string): SeenOutcome | null {
  const before = flat.slice(Math.max(0, at - 48), at)
  if (/CredentialUnavailable(?:Error|Exception)?(?: message=|: )(?:Error: )?$/.test(before)) return 'unavailable'
  return /(?:^|[\s.])(?:Error|AuthenticationError|AuthenticationRequiredError|ClientAuthenticationError|AuthenticationFailedException|ValueError)(?: \(0x[0-9a-fA-F]{8}\))? ?: $/.test(
    before,
  )
    ? 'failed'
    : null
}

function isNeverTried(message: string): boolean {
  const start = message.slice(0, 400)
  const words = neverTried.exec(start)?.[0]
  if (words === undefined) return false
  // Who got as far as the token service had something to try with.
  return !(notReached.test(words) && /\blogin\.(?:microsoftonline|windows|chinacloudapi)\b/.test(start))
}

function canonical(found: string): string {
  return found.replace('CLI', 'Cli')
}

/** Links to guides stand behind every message and tell nothing of this one. */
const boilerplate =
  / ?(?:To mitigate this issue, (?:please refer to|see)|To troubleshoot, visit|See the troubleshooting guide|Visit https:\/\/aka\.ms\/azsdk).{0,200}$/

/** `X.GetToken was unable to retrieve … Exception: Azure.Identity.Y (0x…): `, which a listener writes before the message. */
const logged =
  /^\w+\.\w+ was unable to retrieve an access token\..{0,300}?(?:CredentialUnavailable|AuthenticationFailed)Exception(?: \(0x[0-9a-f]{8}\))?: /i

/** What a paste has behind a message: the stack, or the next line of a listener's log. */
const behind =
  / ?(?:"\}\} ?)?Traceback \(most recent call last\).*$| at (?:(?:async |new )?[\w.$<>]{1,80} \((?:file:|node:|\/|[A-Z]:\\|\w+\.java)|com\.azure\.|Azure\.(?:Identity|Core)\.).*$| (?:\[\w{4,13}\] )?Azure-(?:Core|Identity): .*$| \[(?:Informational|Warning|Verbose|Error)\] ?$/s

/** azd prints its errors as events. */
const consoleMessage = /\{"type": ?"consoleMessage".{0,120}?"message": ?" ?/g

/** Of a logged exchange what was answered; of a logged exception its message; the class only where it belongs to the sentence. */
function shorten(words: string): string {
  const answered = /RESPONSE (\d{3}).{0,400}?"?(?:error_description|message)"?: ?"([^"]{1,400})/.exec(words)
  const said = answered === null ? words.slice(0, 1200).replace(logged, '') : `${answered[1]}: ${answered[2]}`
  const trimmed = said
    .replace(consoleMessage, '')
    .replace(behind, '')
    .replace(/^\w+Credential(?:\.get_token(?:_info)? failed)? ?[:-] (?!is unavailable)/, '')
    .replace(boilerplate, '')
    .replace(/(?: -| \(|(?: ---> ?)?\b[\w.]{0,80}(?:Error|Exception)\b:?(?: message=)?(?: Error:)?)+ ?$/, '')
    .trim()
  return trimmed.length > 300 ? `${trimmed.slice(0, 299)}…` : trimmed
}

/** In JavaScript's default chain only workload identity presents a federated token, and its refusal names no class. */
function addFederatedOfJs({ flat }: NormalText, seen: Map<string, SeenCredential>): void {
  if (
    seen.has('WorkloadIdentityCredential') ||
    seen.size === 0 ||
    [...seen.keys()].some((key) => key === 'AzurePipelinesCredential')
  )
    return
  const refusal = /AuthenticationRequiredError: \w{4,40}: .{0,160}?AADSTS7002[0-9]{1,3}[^\d].{0,300}/.exec(flat)
  if (refusal === null || !/ChainedTokenCredential authentication failed/.test(flat)) return
  const outcome = 'failed'
  const entries = [...seen.entries()]
  seen.clear()
  const place = entries.findIndex(([, { message }]) => flat.indexOf(message.slice(0, 40)) > refusal.index)
  entries.splice(place === -1 ? entries.length : place, 0, [
    'WorkloadIdentityCredential',
    { name: 'WorkloadIdentityCredential', outcome, message: shorten(refusal[0]) },
  ])
  for (const [key, credential] of entries) seen.set(key, credential)
}

/** `at AzureCliCredential.getToken (`: where nothing else says whose failure it is. */
function addFromStack({ flat }: NormalText, seen: Map<string, SeenCredential>): void {
  const form = new RegExp(
    `(?:\\bat (?:async )?(?:[\\w./]{1,40}\\.)?|Azure\\.Identity\\.|com\\.azure\\.identity\\.)${name}[.+](?:<?[gG]et[tT]oken|<?[aA]uthenticate|lambda\\$getToken)`,
    'g',
  )
  for (const match of flat.matchAll(form)) {
    const found = match[1]
    if (found === undefined || seen.has(canonical(found))) continue
    const outcome = /CredentialUnavailable/.test(flat) ? 'unavailable' : 'failed'
    seen.set(canonical(found), { name: found, outcome, message: shorten(flat.slice(0, 300)) })
  }
}

/** Go prints the exchange that ended a chain, but not whose it was: only managed identity asks IMDS. */
function addImdsExchange({ flat }: NormalText, seen: Map<string, SeenCredential>): void {
  if (seen.has('ManagedIdentityCredential')) return
  const exchange =
    /Credential authentication failed\.? GET https?:\/\/169\.254\.169\.254\/metadata\/identity\S* .{0,120}RESPONSE \d{3}.{0,600}/.exec(
      flat,
    )
  if (exchange === null) return
  seen.set('ManagedIdentityCredential', {
    name: 'ManagedIdentityCredential',
    outcome: 'failed',
    message: shorten(exchange[0].slice(exchange[0].indexOf('GET '))),
  })
}

/** A chain is told by its members; by itself it counts where it names none, or where it did not end by running out of them. */
function dropChains(flat: string, seen: readonly SeenCredential[]): readonly SeenCredential[] {
  const members = seen.filter((credential) => !chains.has(credential.name))
  if (members.length === 0) return seen.slice(0, 1)
  return seen.filter((credential) => {
    if (!chains.has(credential.name)) return true
    return (
      (credential.name === 'DefaultAzureCredential' && /DefaultAzureCredential authentication failed/.test(flat)) ||
      new RegExp(`${credential.name} failed due to an unhandled exception`).test(flat) ||
      new RegExp(`${credential.name} authentication failed\\. --->`).test(flat) ||
      new RegExp(`${credential.name} authentication failed\\.? (?:GET|POST) https?://`).test(flat)
    )
  })
}
