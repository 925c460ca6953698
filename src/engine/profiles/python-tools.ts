/** What azure-identity for Python 1.27.0 says of developer tools; recorded from the library over stand-in tools. */
import type { ProblemFacts } from '../problems.ts'
import type { JsonType, TokenFlaw, ToolFacts, ToolName } from '../tool-facts.ts'

type ToolWording = { readonly [Code in keyof ToolFacts]: (facts: ProblemFacts[Code]) => string }

const guides = {
  az: 'https://aka.ms/azsdk/python/identity/azclicredential/troubleshoot',
  azd: 'https://aka.ms/azsdk/python/identity/azdevclicredential/troubleshoot',
  pwsh: 'https://aka.ms/azsdk/python/identity/powershellcredential/troubleshoot',
} as const satisfies Record<ToolName, string>

const titles = { az: 'Azure CLI', azd: 'Azure Developer CLI' } as const

const notFound: Readonly<Record<ToolName, string>> = {
  az: 'Azure CLI not found on path',
  azd: "Azure Developer CLI could not be found. Please visit https://aka.ms/azure-dev for installation instructions and then,once installed, authenticate to your Azure account using 'azd auth login'.",
  pwsh: 'PowerShell is not installed',
}

const notLoggedIn: Readonly<Record<ToolName, string>> = {
  az: "Please run 'az login' to set up an account",
  azd: "Please run 'azd auth login' from a command prompt to authenticate before using this credential.",
  pwsh: 'Please run "Connect-AzAccount" to set up account',
}

const notInvoked: Readonly<Record<ToolName, string>> = {
  az: 'Failed to invoke the Azure CLI',
  azd: 'Failed to invoke the Azure Developer CLI',
  pwsh: `Failed to invoke PowerShell.\nTo mitigate this issue, please refer to the troubleshooting guidelines here at ${guides.pwsh}.`,
}

export const pythonToolWording: ToolWording = {
  'tool-not-found': ({ tool }) => notFound[tool],
  'tool-no-system-folder': ({ tool }) => {
    if (tool === 'pwsh') return notInvoked.pwsh
    return tool === 'az'
      ? "Environment variable 'SYSTEMROOT' has no value"
      : "Azure Developer CLI credential expects a 'SystemRoot' environment variable"
  },
  'tool-not-started': ({ tool, file }) => (tool === 'pwsh' ? notInvoked.pwsh : `Failed to execute '${file}'`),
  'tool-timed-out': ({ tool }) => notInvoked[tool],
  'tool-not-text': ({ tool }) => notInvoked[tool],
  'tool-failed': wordFailure,
  'tool-output': ({ tool, output, message }) => {
    if (tool === 'pwsh') return `Unexpected output from Get-AzAccessToken: "${output}"`
    return (
      message ??
      `Unexpected output from ${titles[tool]}: '${output}'. \nTo mitigate this issue, please refer to the troubleshooting guidelines here at ${guides[tool]}.`
    )
  },
  'tool-token-malformed': ({ tool, flaw }) => wordFlaw(flaw, tool),
  'tool-claims': wordClaims,
  'tool-scopes': ({ tool }) =>
    tool === 'azd' ? 'Missing scope in request. \n' : 'This credential requires exactly one scope per token request.',
  'powershell-module-missing': () => 'Az.Account module >= 2.2.0 is not installed',
}

function wordFailure({ tool, reason, message }: ToolFacts['tool-failed']): string {
  switch (reason) {
    case 'not-logged-in':
      return notLoggedIn[tool]
    // Only other SDKs tell this apart.
    case 'claims-needed':
      return message
    case 'claims-flag-unknown':
      return 'Claims challenges are not supported by the Azure Developer CLI version you are using. Please update to version 1.18.1 or later.'
    case 'execution-policy':
      return 'Execution policy prevented invoking Azure PowerShell'
    case 'other':
      // PowerShell's own words are taken for too noisy.
      if (tool === 'pwsh') return 'Failed to invoke PowerShell. Enable debug logging for additional information.'
      return message === '' ? `Failed to invoke ${titles[tool]}` : message
    default:
      return reason satisfies never
  }
}

function wordClaims({ tool, claims, tenantId, scope }: ToolFacts['tool-claims']): string {
  const unsupported =
    "This credential doesn't support claims challenges. To authenticate with the required claims, please run the following command"
  if (tool === 'pwsh') {
    const tenant = tenantId === undefined ? '' : ` -Tenant ${tenantId}`
    return `${unsupported} (requires Az.Accounts module version 5.2.0 or later): Connect-AzAccount -ClaimsChallenge ${claims}${tenant}`
  }
  const [tenant, asked] = [
    tenantId === undefined ? '' : ` --tenant ${tenantId}`,
    scope === undefined ? '' : ` --scope ${scope}`,
  ]
  return `${unsupported} (requires Azure CLI version 2.76.0 or later): az login --claims-challenge ${claims}${tenant}${asked}`
}

export const pythonTypes: Readonly<Record<JsonType, string>> = {
  object: 'dict',
  array: 'list',
  text: 'str',
  integer: 'int',
  fraction: 'float',
  boolean: 'bool',
  null: 'NoneType',
}

/** Errors of Python itself, which the library lets through. */
function wordFlaw(flaw: TokenFlaw, tool: ToolName): string {
  switch (flaw.kind) {
    case 'answer': {
      if (flaw.type === 'array') return 'list indices must be integers or slices, not str'
      if (flaw.type === 'text') return "string indices must be integers, not 'str'"
      const type = pythonTypes[flaw.type]
      return tool === 'azd' ? `'${type}' object is not subscriptable` : `argument of type '${type}' is not iterable`
    }
    case 'time':
      return flaw.member === 'expires_on'
        ? `int() argument must be a string, a bytes-like object or a real number, not '${pythonTypes[flaw.type]}'`
        : `strptime() argument 1 must be str, not ${flaw.type === 'null' ? 'None' : pythonTypes[flaw.type]}`
    case 'parts':
      return flaw.count < 3
        ? `not enough values to unpack (expected 3, got ${flaw.count})`
        : 'too many values to unpack (expected 3)'
    case 'number':
      return `invalid literal for int() with base 10: '${flaw.text}'`
    default:
      return flaw satisfies never
  }
}
