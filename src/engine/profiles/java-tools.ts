/**
 * What azure-identity for Java 1.19.0 says of developer tools and of sign-ins that other programs keep, without its broker
 * package. Recorded from the library over stand-in tools; test/engine/java-recorded.jsonl is the record.
 */
import type { ProblemFacts } from '../problems.ts'
import type { SignInFacts } from '../sign-in-facts.ts'
import type { TokenFlaw, ToolFacts, ToolName } from '../tool-facts.ts'

const cliGuide = 'https://aka.ms/azsdk/java/identity/azclicredential/troubleshoot'
const azdGuide = 'https://aka.ms/azsdk/java/identity/azdevclicredential/troubleshoot'
const pwshGuide = 'https://aka.ms/azsdk/java/identity/powershellcredential/troubleshoot'
const mitigate = 'To mitigate this issue, please refer to the troubleshooting guidelines here at'

const pwshUnreadable = 'Encountered error when deserializing response from Azure Power Shell.'

const notFound: Readonly<Record<ToolName, string>> = {
  az: `AzureCliCredential authentication unavailable. Azure CLI not installed.${mitigate} ${cliGuide}`,
  azd: `AzureDeveloperCliCredential authentication unavailable. Azure Developer CLI not installed.${mitigate} ${azdGuide}`,
  // bash says that it is not there, and the library takes that for PowerShell's answer.
  pwsh: pwshUnreadable,
}

const azLoggedOut = `AzureCliCredential authentication unavailable. Please run 'az login' to set up account. To further mitigate this issue, please refer to the troubleshooting guidelines here at ${cliGuide}`

const azdLoggedOut = 'ERROR: not logged in, run `azd auth login` to login'

/** What the shell says of a tool that was killed. */
const endings: ReadonlyMap<string, string> = new Map([
  ['killed by SIGKILL', 'Killed'],
  ['killed by SIGTERM', 'Terminated'],
])

const failedQuietly: Readonly<Record<ToolName, string>> = {
  az: 'Failed to invoke Azure CLI ',
  azd: 'Failed to invoke Azure Developer CLI ',
  pwsh: wordPwshFailure('Cannot invoke "java.util.Map.get(Object)" because "objectMap" is null'),
}

type ToolWording = { readonly [Code in keyof ToolFacts]: (facts: ProblemFacts[Code]) => string }

export const javaToolWording: ToolWording = {
  // A file that may not be executed: the shell's words, which the library passes on.
  'tool-not-found': ({ tool, refused }) =>
    refused === undefined || tool === 'pwsh' ? notFound[tool] : `/bin/sh: 1: ${tool}: Permission denied`,
  'tool-no-system-folder': ({ tool }) =>
    tool === 'azd'
      ? 'A Safe Working directory could not be found to execute Azure Developer CLI command from.'
      : `A Safe Working directory could not be found to execute CLI command from. To mitigate this issue, please refer to the troubleshooting  guidelines here at ${cliGuide}`,
  'tool-not-started': ({ tool, file, detail }) => (tool === 'pwsh' ? pwshUnreadable : `${file}: ${detail}`),
  // A tool that has closed its output and runs on; one that keeps it open is waited for without end.
  'tool-timed-out': ({ tool }) =>
    tool === 'pwsh' ? wordPwshFailure("process hasn't exited") : "process hasn't exited",
  'tool-not-text': ({ tool }) => (tool === 'pwsh' ? pwshUnreadable : wordJackson('\ufffd')),
  'tool-failed': wordFailure,
  'tool-output': ({ tool, output }) => wordOutput(tool, output),
  'tool-token-malformed': ({ tool, flaw }) => wordFlaw(tool, flaw),
  'tool-claims': ({ tool, claims, tenantId, scope }) => {
    const tenant = (option: string): string => (tenantId === undefined ? '' : ` ${option} ${tenantId}`)
    const asked = scope === undefined ? '' : ` --scope ${scope}`
    return tool === 'pwsh'
      ? `Failed to get token. Claims challenges are not supported by AzurePowerShellCredential. Run Connect-AzAccount -ClaimsChallenge '${claims}'${tenant('-Tenant')} to handle the claims challenge.`
      : `Failed to get token. Claims challenges are not supported by AzureCliCredential. Run az login --claims-challenge "${claims}"${tenant('--tenant')}${asked} to handle the claims challenge.`
  },
  'tool-scopes': ({ tool }) =>
    tool === 'azd'
      ? 'Missing scope in request'
      : 'To convert to a resource string the specified array must be exactly length 1',
  'powershell-module-missing': () =>
    'Az.Account module with version >= 2.2.0 is not installed. It needs to be installed to use Azure PowerShell Credential.',
}

/** az's words about signing in count, also where they come with a code of Entra's. */
export function isSignedOutToJava({ tool, message, reason }: ToolFacts['tool-failed']): boolean {
  if (tool === 'az') return reason === 'not-logged-in' || /az login|az account set/.test(message)
  return tool === 'azd' && (reason === 'not-logged-in' || /azd auth login|not logged in/.test(message))
}

/** The library reads both streams as one and joins their lines without anything between. */
function wordFailure(facts: ToolFacts['tool-failed']): string {
  const { tool, reason, message } = facts
  const joined = message.split('\n').join('')
  if (reason === 'claims-flag-unknown') {
    return 'Claims challenges are not supported by the currently installed Azure Developer CLI. Please update to azd CLI version 1.18.1 or higher to support claims challenges.'
  }
  if (tool === 'pwsh') {
    if (reason === 'not-logged-in') return 'Run Connect-AzAccount to login to Azure account in PowerShell.'
    return message === '' ? failedQuietly.pwsh : pwshUnreadable
  }
  if (tool === 'az' && isSignedOutToJava(facts)) return azLoggedOut
  if (joined !== '') return joined
  if (reason === 'not-logged-in') return azdLoggedOut
  return endings.get(facts.ending) ?? failedQuietly[tool]
}

function wordPwshFailure(details: string): string {
  return `Azure Powershell authentication failed. Error Details: ${details}. ${mitigate} ${pwshGuide}`
}

/** The tool ended well, and what it printed is no token. */
function wordOutput(tool: ToolName, output: string): string {
  const text = output.split('\n').join('')
  if (tool === 'pwsh') return text === '' ? failedQuietly.pwsh : pwshUnreadable
  if (text === '') return wordNull(tool)
  return isObject(text) ? wordIncomplete(tool) : wordJackson(text)
}

function wordNull(tool: 'az' | 'azd'): string {
  return tool === 'az'
    ? 'Cannot invoke "com.azure.identity.implementation.models.AzureCliToken.getAccessToken()" because "tokenHolder" is null'
    : 'Cannot invoke "java.util.Map.get(Object)" because "objectMap" is null'
}

/** `{}` and its like: the time is looked at first. */
function wordIncomplete(tool: 'az' | 'azd'): string {
  return tool === 'az' ? 'text' : 'Cannot invoke "String.indexOf(String)" because "time" is null'
}

function isObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text.replaceAll('****', '"accessToken": ""'))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

const values =
  "(JSON String, Number (or 'NaN'/'Infinity'/'+Infinity'/'-Infinity'), Array, Object or token 'null', 'true' or 'false')"

/** Jackson's complaint about the first thing that is no JSON; its place is where the reader stopped. */
export function wordJackson(text: string): string {
  const word = /^\s*([\p{L}_$][\p{L}\p{N}_$]*)/u.exec(text)?.[1]
  const source = `at [Source: (String)"${text.slice(0, 500)}${text.length > 500 ? `"[truncated ${text.length - 500} chars]` : '"'}; line: 1, column:`
  if (word !== undefined) return `Unrecognized token '${word}': was expecting ${values}\n ${source} ${word.length + 1}]`
  const start = text.trimStart()
  const [first = ''] = start
  if (first === '{' || first === '[') {
    const reason =
      (text.split('"').length - 1) % 2 === 1
        ? 'was expecting closing quote for a string value'
        : `expected close marker for ${first === '{' ? 'Object' : 'Array'} (start marker at [Source: (String)"${text}"; line: 1, column: 1])`
    return `Unexpected end-of-input: ${reason}\n ${source} ${text.length + 1}]`
  }
  return `Unexpected character ('${first}' (code ${first.codePointAt(0) ?? 0})): expected a valid value ${values}\n ${source} ${text.length - start.length + 2}]`
}

function wordFlaw(tool: ToolName, flaw: TokenFlaw): string {
  if (tool === 'pwsh') {
    return flaw.kind === 'number'
      ? 'Encountered error when deserializing ExpiresOn time from PowerShell response.'
      : pwshUnreadable
  }
  switch (flaw.kind) {
    case 'answer': {
      if (flaw.type === 'null') return wordNull(tool)
      const kind = tool === 'az' ? 'object' : 'map'
      return `Unexpected token to begin ${kind} deserialization: ${tokenNames[flaw.type]}`
    }
    case 'time':
      return tool === 'az' ? 'text' : 'Cannot invoke "String.indexOf(String)" because "time" is null'
    case 'parts':
    case 'number':
      return wordIncomplete(tool)
    default:
      return flaw satisfies never
  }
}

const tokenNames = {
  object: 'START_OBJECT',
  array: 'START_ARRAY',
  text: 'STRING',
  integer: 'NUMBER',
  fraction: 'NUMBER',
  boolean: 'BOOLEAN',
  null: 'NULL',
} as const

type SignInWording = { readonly [Code in keyof SignInFacts]: (facts: ProblemFacts[Code]) => string }

const sharedCache = 'SharedTokenCacheCredential authentication unavailable.'

export const javaSignInWording: SignInWording = {
  'shared-cache-accounts': ({ reason, username }) => {
    if (reason === 'none') return `${sharedCache} No accounts were found in the cache.`
    if (reason === 'several')
      return `${sharedCache} Multiple accounts were found in the cache. Use username and tenant id to disambiguate.`
    const wish = ` matching the specified username: ${username ?? 'null'}`
    return reason === 'none-matches'
      ? `${sharedCache} No account${wish} was found in the cache.`
      : `${sharedCache} Multiple accounts${wish} were found in the cache.`
  },
  'shared-cache-closed': () => 'Shared token cache is unavailable in this environment.',
  'shared-cache-unreadable': () => 'Shared token cache is unavailable in this environment.',
  'shared-cache-ended': ({ username }) =>
    `SharedTokenCacheCredential: the cache has no access token of '${username}' for this that is still good, and azid does not use the refresh tokens of other programs`,
  'vscode-unavailable': () =>
    'Visual Studio Code Authentication is not available. Ensure you have azure-identity-broker dependency added to your application. Then ensure, you have signed into Azure via VS Code and have Azure Resources Extension installed in VS Code. For more details, refer to https://aka.ms/azsdk/java/identity/vscodecredential/troubleshoot',
  'broker-unavailable': () =>
    'azure-identity-broker dependency is not available. Ensure you have azure-identity-broker dependency added to your application. To mitigate this issue, refer to http://aka.ms/azsdk/java/identity/dacbrokerauth/troubleshoot',
}

export const intelliJUnavailable =
  'IntelliJ authentication not available. Please login with the Azure Toolkit for IntelliJ. You may also need to upgrade to a newer version of the Azure Toolkit for IntelliJ. This authentication is supported on version 3.53 and higher. Please see https://aka.ms/azsdk/java/identity/intellijcredential/troubleshoot for more information.'
