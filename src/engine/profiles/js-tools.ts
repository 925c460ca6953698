/** What @azure/identity 4.14.1 says of developer tools; recorded from the library over stand-in tools. */
import type { ProblemFacts } from '../problems.ts'
import type { ToolFacts, ToolName } from '../tool-facts.ts'

type ToolWording = { readonly [Code in keyof ToolFacts]: (facts: ProblemFacts[Code]) => string }

const developerGuide = 'https://aka.ms/azsdk/js/identity/azdevclicredential/troubleshoot'
const powershellGuide = 'To troubleshoot, visit https://aka.ms/azsdk/js/identity/powershellcredential/troubleshoot.'
const claimsNeeded =
  "This credential doesn't support claims challenges. To authenticate with the required claims, please run the following command:"

const notFound: Readonly<Record<ToolName, string>> = {
  az: "Azure CLI could not be found. Please visit https://aka.ms/azure-cli for installation instructions and then, once installed, authenticate to your Azure account using 'az login'.",
  azd: `Azure Developer CLI couldn't be found. To mitigate this issue, see the troubleshooting guidelines at ${developerGuide}.`,
  pwsh: wordPowerShell('Error: Unable to execute PowerShell. Ensure that it is installed in your system'),
}

const notLoggedIn: Readonly<Record<ToolName, string>> = {
  az: "Please run 'az login' from a command prompt to authenticate before using this credential.",
  azd: `Please run 'azd auth login' from a command prompt to authenticate before using this credential. For more information, see the troubleshooting guidelines at ${developerGuide}.`,
  pwsh: "Please run 'Connect-AzAccount' from PowerShell to authenticate before using this credential.",
}

const noModule =
  'The \'Az.Account\' module >= 2.2.0 is not installed. Install the Azure Az PowerShell module with: "Install-Module -Name Az -Scope CurrentUser -Repository PSGallery -Force".'

export const jsToolWording: ToolWording = {
  'tool-not-found': ({ tool }) => notFound[tool],
  // It then starts in C:\Windows, with a warning.
  'tool-no-system-folder': ({ tool }) => notFound[tool],
  'tool-not-started': ({ tool, detail }) =>
    tool === 'pwsh' ? notFound.pwsh : `The process could not be completed (${detail}).`,
  'tool-timed-out': ({ tool }) =>
    tool === 'pwsh' ? wordPowerShell('ProcessError: The process could not be completed.') : wordJson(''),
  'tool-not-text': ({ tool }) =>
    tool === 'pwsh' ? wordPowerShell('Error: No access token found in the output. Received output: ') : wordJson(''),
  'tool-failed': wordFailure,
  'tool-output': ({ tool, output, shape = output, stderr = '', message }) => {
    if (tool === 'pwsh') {
      return wordPowerShell(
        stderr === '' ? `Error: No access token found in the output. Received output: ${output}` : `Error: ${stderr}`,
      )
    }
    if (stderr !== '') return message ?? stderr
    return tool === 'az' ? wordNoDate(shape) : wordJson(shape)
  },
  'tool-token-malformed': ({ tool, output = '', stderr = '' }) =>
    stderr !== '' ? stderr : tool === 'az' ? wordNoDate(output) : wordJson(output),
  'tool-claims': ({ tool, claims, tenantId, scope }) => {
    if (tool === 'pwsh') {
      const tenant = tenantId === undefined ? '' : ` -Tenant ${tenantId}`
      return `${claimsNeeded} Connect-AzAccount -ClaimsChallenge ${claims}${tenant}`
    }
    const tenant = tenantId === undefined ? '' : ` --tenant ${tenantId}`
    return `${claimsNeeded} az login --claims-challenge ${claims} --scope ${scope}${tenant}`
  },
  'tool-scopes': ({ count }) => `${count} scopes were asked for`,
  'powershell-module-missing': () => noModule,
}

function wordPowerShell(text: string): string {
  return `${text}. ${powershellGuide}`
}

function wordFailure({
  tool,
  reason,
  message,
  ending,
  stdout = '',
  stderr = '',
  scopes = [],
}: ToolFacts['tool-failed']): string {
  if (reason === 'not-logged-in') return notLoggedIn[tool]
  if (reason === 'claims-needed') {
    return `${claimsNeeded} azd auth login ${scopes.map((scope) => `--scope ${scope}`).join(' ')}`
  }
  if (tool === 'pwsh') {
    return wordPowerShell(stderr === '' ? `ProcessError: ${wordEnding(ending)}` : `Error: ${stderr}`)
  }
  if (stderr === '') return tool === 'az' ? wordNoDate(stdout) : wordJson(stdout)
  return tool === 'azd' ? message : stderr
}

/** In the words of the library that runs it. */
function wordEnding(ending: string): string {
  const code = /^exit (\d+)$/.exec(ending)?.[1]
  return code === undefined ? 'The process could not be completed.' : `The process exited with code ${code}.`
}

/** The words of JavaScript's own parser for what is no JSON. */
function wordJson(text: string): string {
  try {
    JSON.parse(text)
    return 'Unknown error while trying to retrieve the access token'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** az answered, and what is there has no time in it that is one. */
function wordNoDate(text: string): string {
  let answer: unknown
  try {
    answer = JSON.parse(text)
  } catch {
    return wordJson(text)
  }
  if (answer === null) return "Cannot read properties of null (reading 'accessToken')"
  const { expiresOn } = answer as Readonly<Record<string, unknown>>
  return `Unexpected response from Azure CLI when getting token. Expected "expiresOn" to be a RFC3339 date string. Got: "${String(expiresOn)}"`
}
