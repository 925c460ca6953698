/** What differs between the SDKs about a developer's tools, as rows. The credentials read rows and know no SDK. */
import type { ToolName } from './tool-facts.ts'
import type { SdkName } from './types.ts'

export interface ToolProfile {
  /** Milliseconds that the SDK waits for the tool; null: for ever. */
  readonly timeoutMs: Readonly<Record<ToolName, number | null>>
  /** A link of DefaultAzureCredential asks the tool for the tenant that is in this variable. */
  readonly chainTenantVariable?: 'AZURE_TENANT_ID'
  /** As the option for JSON is written. */
  readonly outputOption: '--output' | '-o'
  /** The tool gets the environment as it is; else one that keeps colours out of what it prints. */
  readonly keepsEnvironment?: true
  /** Where a tool is started on Windows while SYSTEMROOT is not set; absent: nowhere, and that is said. */
  readonly windowsFolder?: string
  /** Several scopes: the first is asked for; else they are refused where the tool takes one. */
  readonly takesFirstScope?: true
  /**
   * `well-ended`: an answer is read where the tool ended without an error. `any`: what it said is looked at first, then the
   * answer, however it ended.
   */
  readonly reads: 'well-ended' | 'any'
  /** A time that is seconds is a number; else also a text of digits. */
  readonly needsNumber?: true
  /** The exit code of a shell that finds no such program counts as that. */
  readonly knowsExit127: boolean
  /** In what the tool said: there is no such program; nobody is signed in; more is asked of whoever is. */
  readonly words: Readonly<Record<ToolName, ToolWords>>
  /** How the script hands over the token: a line with a mark, or JSON with the time as text or as seconds. */
  readonly powershellAnswer: 'line' | 'json-text' | 'json-seconds'
  /** PowerShell is run with `/?` first, to see whether it is there. */
  readonly triesPowershell?: true
}

export interface ToolWords {
  readonly notFound?: RegExp
  readonly signedOut: RegExp
  /** Words that make it something else. */
  readonly butNot?: RegExp
  readonly claimsNeeded?: RegExp
  readonly noModule?: RegExp
}

const words: ToolProfile['words'] = {
  az: { notFound: /^'az' is not recognized/, signedOut: /az login|az account set/, butNot: /AADSTS/ },
  azd: {
    notFound: /^'azd' is not recognized/,
    signedOut: /not logged in, run `azd auth login` to login/,
    butNot: /AADSTS/,
  },
  pwsh: { notFound: /' is not recognized/, signedOut: /Run Connect-AzAccount to login/ },
}

const rows = {
  outputOption: '--output',
  reads: 'well-ended',
  knowsExit127: true,
  words,
  powershellAnswer: 'line',
} as const

const tenSeconds = { az: 10_000, azd: 10_000, pwsh: 10_000 } as const

const profiles: Readonly<Record<SdkName, ToolProfile>> = {
  python: { ...rows, timeoutMs: tenSeconds },
  js: {
    ...rows,
    timeoutMs: { az: null, azd: null, pwsh: null },
    keepsEnvironment: true,
    windowsFolder: 'C:\\Windows',
    takesFirstScope: true,
    reads: 'any',
    knowsExit127: false,
    words: {
      az: { notFound: /az:(.*)not found|^'az' is not recognized/, signedOut: /az login/, butNot: /az login --scope/ },
      azd: {
        notFound: /azd:(.*)not found|^'azd' is not recognized/,
        signedOut: /not logged in, run `azd (?:auth )?login` to login/,
        claimsNeeded: /must use multi-factor authentication|reauthentication required/,
      },
      pwsh: {
        signedOut: /Run Connect-AzAccount to login/,
        noModule:
          /The specified module 'Az.Accounts' with version '2.2.0' was not loaded because no valid module file was found in any module directory/,
      },
    },
    powershellAnswer: 'json-text',
    triesPowershell: true,
  },
  dotnet: {
    ...rows,
    timeoutMs: { ...tenSeconds, az: 13_000, azd: 13_000 },
    chainTenantVariable: 'AZURE_TENANT_ID',
    // It asks the system for its folder, not a variable.
    windowsFolder: 'C:\\Windows',
  },
  // It has a limit of ten seconds, which begins when the tool has closed its output.
  java: { ...rows, timeoutMs: { az: null, azd: null, pwsh: null }, chainTenantVariable: 'AZURE_TENANT_ID' },
  go: {
    ...rows,
    timeoutMs: tenSeconds,
    keepsEnvironment: true,
    outputOption: '-o',
    needsNumber: true,
    words: {
      ...words,
      pwsh: { ...words.pwsh, signedOut: /Connect-AzAccount/, noModule: /Az.Accounts module not found/ },
    },
    powershellAnswer: 'json-seconds',
  },
}

export function toolProfile(sdk: SdkName): ToolProfile {
  return profiles[sdk]
}

/** Milliseconds for a program that is no SDK's: the person's own command for a client assertion. */
export const ownCommandTimeoutMs = 10_000

/** The longest that a timer can run, some 25 days: what "for ever" comes to. */
export const noTimeoutMs = 2 ** 31 - 1
