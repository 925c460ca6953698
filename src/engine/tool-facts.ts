/** What can go wrong when a developer's tool is asked for a token, as data. */

/** The programs that are asked. */
export type ToolName = 'az' | 'azd' | 'pwsh'

/** Why an answer that is JSON, or has the right mark, holds no token all the same. */
export type TokenFlaw =
  /** The whole answer is something else than an object. */
  | { readonly kind: 'answer'; readonly type: JsonType }
  /** The time is neither a number nor a text. */
  | { readonly kind: 'time'; readonly member: 'expires_on' | 'expiresOn'; readonly type: JsonType }
  /** PowerShell's line has not three parts. */
  | { readonly kind: 'parts'; readonly count: number }
  /** PowerShell's time is no number. */
  | { readonly kind: 'number'; readonly text: string }

export type JsonType = 'object' | 'array' | 'text' | 'integer' | 'fraction' | 'boolean' | 'null'

export interface ToolFacts {
  /** It is in none of the folders of PATH. */
  'tool-not-found': {
    readonly tool: ToolName
    /** A file of that name that may not be executed. */
    readonly refused?: string
    /** Entries of PATH that are not looked into: relative ones mean another folder each time. */
    readonly passedOver: readonly string[]
  }
  /** Windows: no variable says where the system is, so there is no safe folder to start in. */
  'tool-no-system-folder': { readonly tool: ToolName }
  'tool-not-started': { readonly tool: ToolName; readonly file: string; readonly detail: string }
  'tool-timed-out': { readonly tool: ToolName; readonly file: string; readonly timeoutMs: number }
  /** What it printed is not UTF-8. */
  'tool-not-text': { readonly tool: ToolName; readonly file: string }
  /** It ended with an error of its own. */
  'tool-failed': {
    readonly tool: ToolName
    readonly file: string
    /** `exit 1`, `killed by SIGKILL`. */
    readonly ending: string
    readonly reason: 'not-logged-in' | 'claims-needed' | 'claims-flag-unknown' | 'execution-policy' | 'other'
    /** What it said, tokens as stars; empty when it said nothing. */
    readonly message: string
    /** All that it printed, tokens as stars. */
    readonly stdout?: string
    readonly stderr?: string
    /** What was asked for. */
    readonly scopes?: readonly string[]
    readonly tenantId?: string
    readonly hasClaims?: boolean
    /** `AADSTS…` in anything it printed, in order of appearance, without repeats. */
    readonly codes: readonly string[]
  }
  /** It ended well, and what it printed is no token. */
  'tool-output': {
    readonly tool: ToolName
    readonly file: string
    /** What it printed, tokens as stars. */
    readonly output: string
    /** What it said beside, tokens as stars. */
    readonly stderr?: string
    /** The output where it is no JSON, tokens as just as many stars: what a parser says of it stays true. */
    readonly shape?: string
    /** The answer is there, with other text around it. */
    readonly isSurrounded: boolean
    /** A message that it printed in place of a token, in its own form for errors. */
    readonly message?: string
    readonly codes: readonly string[]
  }
  'tool-token-malformed': {
    readonly tool: ToolName
    readonly file: string
    readonly flaw: TokenFlaw
    /** What it printed, tokens as stars. */
    readonly output?: string
    readonly stderr?: string
  }
  /** It cannot answer a claims challenge: a person has to, with this command. */
  'tool-claims': {
    readonly tool: 'az' | 'pwsh'
    /** As its option takes them: base64. */
    readonly claims: string
    readonly tenantId?: string
    readonly scope?: string
  }
  'tool-scopes': { readonly tool: ToolName; readonly count: number }
  /** PowerShell is there, its Az.Accounts module is not, or is older than 2.2.0. */
  'powershell-module-missing': { readonly file: string }
}

export const toolClasses = {
  'tool-not-found': 'refused',
  'tool-no-system-folder': 'refused',
  'tool-not-started': 'refused',
  'tool-timed-out': 'network',
  'tool-not-text': 'refused',
  'tool-failed': 'refused',
  'tool-output': 'refused',
  'tool-token-malformed': 'refused',
  'tool-claims': 'person',
  'tool-scopes': 'refused',
  'powershell-module-missing': 'refused',
} as const satisfies Record<keyof ToolFacts, 'refused' | 'network' | 'person'>
