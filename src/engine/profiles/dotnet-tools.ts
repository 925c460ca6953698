/**
 * What Azure.Identity for .NET 1.18 says of developer tools and of sign-ins that other programs keep, without its broker
 * package. Read from the sources, not recorded: test/engine/dotnet-profile.test.ts names them.
 */
import type { Problem, ProblemFacts } from '../problems.ts'
import type { SignInFacts } from '../sign-in-facts.ts'
import type { TokenFlaw, ToolFacts, ToolName } from '../tool-facts.ts'

const see = 'See the troubleshooting guide for more information.'
const cliGuide = `${see} https://aka.ms/azsdk/net/identity/azclicredential/troubleshoot`
const pwshGuide = `${see} https://aka.ms/azsdk/net/identity/powershellcredential/troubleshoot`
const azdGuide =
  "Please visit https://aka.ms/azure-dev for installation instructions and then, once installed, authenticate to your Azure account using 'azd auth login'."

const titles: Readonly<Record<ToolName, string>> = {
  az: 'Azure CLI',
  azd: 'Azure Developer CLI',
  pwsh: 'Azure PowerShell',
}

const classes: Readonly<Record<ToolName, string>> = {
  az: 'AzureCliCredential',
  azd: 'AzureDeveloperCliCredential',
  pwsh: 'AzurePowerShellCredential',
}

const notFound: Readonly<Record<ToolName, string>> = {
  az: 'Azure CLI not installed',
  azd: 'Azure Developer CLI could not be found.',
  pwsh: 'PowerShell is not installed.',
}

const notLoggedIn: Readonly<Record<ToolName, string>> = {
  az: "Please run 'az login' to set up account",
  azd: "Please run 'azd auth login' from a command prompt to authenticate before using this credential.",
  pwsh: "Please run 'Connect-AzAccount' to set up account.",
}

const guides: Readonly<Record<ToolName, string>> = { az: cliGuide, azd: azdGuide, pwsh: pwshGuide }

const pwshInvalid = 'PowerShell did not return a valid response.'

type ToolWording = { readonly [Code in keyof ToolFacts]: (facts: ProblemFacts[Code]) => string }

export const dotnetToolWording: ToolWording = {
  'tool-not-found': ({ tool }) => notFound[tool],
  'tool-no-system-folder': ({ tool }) => notFound[tool],
  'tool-not-started': ({ tool, detail }) => wordUnknown(tool, detail),
  'tool-timed-out': ({ tool }) => `${titles[tool]} authentication timed out.`,
  'tool-not-text': ({ tool }) => (tool === 'pwsh' ? pwshInvalid : wrap(tool, wordJson('\ufffd'))),
  'tool-failed': wordFailure,
  'tool-output': ({ tool, output }) => (tool === 'pwsh' ? pwshInvalid : wrap(tool, wordOutput(output))),
  'tool-token-malformed': ({ tool, flaw }) => (tool === 'pwsh' ? pwshInvalid : wrap(tool, wordFlaw(flaw))),
  'tool-claims': ({ tool, claims, tenantId }) => {
    const asked = Buffer.from(claims, 'base64').toString('utf8')
    const command =
      tool === 'pwsh'
        ? `Connect-AzAccount${tenantId === undefined ? '' : ` -Tenant ${tenantId}`} -ClaimsChallenge '${asked}'`
        : `az login --claims-challenge ${asked}${tenantId === undefined ? '' : ` --tenant ${tenantId}`}`
    return wordClaims(tool, command)
  },
  'tool-scopes': ({ tool }) =>
    wrap(tool, "To convert to a resource string the specified array must be exactly length 1 (Parameter 'scopes')"),
  'powershell-module-missing': () => 'Az.Accounts module >= 2.2.0 is not installed.',
}

/** Words of the tools that the library takes for a sign-in that only a person can renew. */
function needsLogin({ tool, message }: ToolFacts['tool-failed']): boolean {
  return tool !== 'pwsh' && /CLIInternalError/i.test(message)
}

export function isUnavailableToDotnet(problem: Problem): boolean {
  return problem.code === 'tool-failed' && (problem.facts.reason === 'not-logged-in' || needsLogin(problem.facts))
}

function wordFailure(facts: ToolFacts['tool-failed']): string {
  const { tool, reason, message } = facts
  switch (reason) {
    case 'not-logged-in':
      return notLoggedIn[tool]
    case 'claims-flag-unknown':
      return 'Azure Developer CLI authentication requires multi-factor authentication or additional claims. However, claims challenges are not supported by the installed Azure Developer CLI version. Please update to version 1.18.1 or later.'
    default:
      if (tool === 'pwsh' && /No accounts were found in the cache|cannot retrieve access token/i.test(message)) {
        return notLoggedIn.pwsh
      }
      return needsLogin(facts)
        ? `${titles[tool]} could not login. Interactive login is required.`
        : wordUnknown(tool, message)
  }
}

function wordUnknown(tool: ToolName, message: string): string {
  return `${titles[tool]} authentication failed due to an unknown error. ${guides[tool]} ${message}`
}

function wordClaims(tool: ToolName, command: string): string {
  return `${titles[tool]} authentication requires multi-factor authentication or additional claims. Please run '${command}' to re-authenticate with the required claims. After completing login, retry the operation.`
}

/** What the library did not foresee is wrapped in an AuthenticationFailedException. */
function wrap(tool: ToolName, words: string): string {
  return `${classes[tool]} authentication failed: ${words}`
}

function wordOutput(output: string): string {
  return isJson(output) ? 'The given key was not present in the dictionary.' : wordJson(output)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text.replaceAll('****', '"": ""'))
    return true
  } catch {
    return false
  }
}

/** System.Text.Json on the first thing that is no JSON. */
export function wordJson(text: string): string {
  const at = text.search(/\S/)
  if (at === -1) {
    return 'The input does not contain any JSON tokens. Expected the input to start with a valid JSON token, when isFinalBlock is true. LineNumber: 0 | BytePositionInLine: 0.'
  }
  const lines = text.slice(0, at).split('\n')
  return `'${[...text.slice(at)][0]}' is an invalid start of a value. LineNumber: ${lines.length - 1} | BytePositionInLine: ${lines.at(-1)?.length ?? 0}.`
}

const kinds = {
  object: 'Object',
  array: 'Array',
  text: 'String',
  integer: 'Number',
  fraction: 'Number',
  boolean: 'True',
  null: 'Null',
} as const

function wordFlaw(flaw: TokenFlaw): string {
  switch (flaw.kind) {
    case 'answer':
      return `The requested operation requires an element of type 'Object', but the target element has type '${kinds[flaw.type]}'.`
    case 'time':
      return `The requested operation requires an element of type '${flaw.member === 'expires_on' ? 'Number' : 'String'}', but the target element has type '${kinds[flaw.type]}'.`
    case 'parts':
    case 'number':
      return 'The given key was not present in the dictionary.'
    default:
      return flaw satisfies never
  }
}

type SignInWording = { readonly [Code in keyof SignInFacts]: (facts: ProblemFacts[Code]) => string }

const sharedCache = 'SharedTokenCacheCredential authentication unavailable.'

export const dotnetSignInWording: SignInWording = {
  'shared-cache-accounts': ({ reason, username, tenantId }) => {
    if (reason === 'none') return `${sharedCache} No accounts were found in the cache.`
    if (reason === 'several') {
      return `${sharedCache} Multiple accounts were found in the cache. Use username and tenant id to disambiguate.`
    }
    const user = username === undefined ? '' : ` username: ${username}`
    const wish = tenantId === undefined ? user : `${user} tenantId: ${tenantId}`
    return reason === 'none-matches'
      ? `${sharedCache} No account matching the specified${wish} was found in the cache.`
      : `${sharedCache} Multiple accounts matching the specified${wish} were found in the cache.`
  },
  'shared-cache-closed': () => `${sharedCache} No accounts were found in the cache.`,
  'shared-cache-unreadable': () => `${sharedCache} No accounts were found in the cache.`,
  'shared-cache-ended': ({ username }) =>
    `SharedTokenCacheCredential: the cache has no access token of '${username}' for this that is still good, and azid does not use the refresh tokens of other programs`,
  'vscode-unavailable': () =>
    `VisualStudioCodeCredential requires the Azure.Identity.Broker package to be referenced from the project. ${vscodeSection} ${see} https://aka.ms/azsdk/net/identity/vscodecredential/troubleshoot`,
  'broker-unavailable': () =>
    `The BrokerCredential requires the Azure.Identity.Broker package to be referenced. ${see} https://aka.ms/azsdk/net/identity/brokercredential/troubleshoot`,
}

/** The library puts the name of VS Code's old section of credentials into its sentence. */
const vscodeSection = 'VS Code Azure'
