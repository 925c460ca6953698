/**
 * Every problem a credential can meet, with its facts. One table: the text for a problem is made by a profile
 * (`profiles/`), its exit code by `exit-codes.ts`, its causes and hints by `diagnosis/`.
 */
import type { FileError, NetworkError } from '../runtime.ts'
import type { AssertionFacts } from './assertion.ts'
import { type FederationFacts, federationClasses } from './federation-facts.ts'
import { type ManagedIdentityFacts, managedIdentityClasses } from './managed-identity/facts.ts'
import { type PersonFacts, personClasses } from './sign-in/facts.ts'
import { type SignInFacts, signInClasses } from './sign-in-facts.ts'
import { type ToolFacts, toolClasses } from './tool-facts.ts'
import type { CredentialName } from './types.ts'

/** A request that was sent. */
export interface SentRequest {
  readonly method: 'GET' | 'POST'
  /** Without query. */
  readonly url: string
}

/** An answer of the token service that is not a token (RFC 6749 section 5.2, with Entra's own members). */
export interface StsRefusal {
  /** `invalid_client`, … */
  readonly error: string
  /** As sent, with newlines. */
  readonly description: string
  /** `AADSTS7000215`, … in order of appearance, without repeats. */
  readonly codes: readonly string[]
  readonly suberror?: string
  readonly status: number
  /** As sent: `Bad Request`. */
  readonly statusText?: string
  /** What it answers: metadata are got, tokens are asked for. */
  readonly request?: SentRequest
  readonly traceId?: string
  readonly correlationId?: string
  readonly timestamp?: string
  /** The claims that a new request must carry, as JSON text. */
  readonly claims?: string
  /** Host that answered. */
  readonly authority: string
  readonly tenantId: string
  readonly clientId?: string
  /** The whole answer as it was, secrets as stars, at most 2048 characters. */
  readonly body?: string
  /** Of the client assertion that was presented, where one was. */
  readonly assertion?: AssertionFacts
  /** A user's token was exchanged; what it says of itself. */
  readonly userAssertion?: AssertionFacts
  /** The account of `azid login` was not enough for this, and nobody was asked. */
  readonly account?: WantedSignIn
}

/** The sign-in that would do. */
export interface WantedSignIn {
  readonly username: string
  /** Of an app that is not the developers' own. */
  readonly clientId?: string
  readonly scopes: readonly string[]
  /** Base64, as options for a claims challenge take it. */
  readonly claims?: string
}

/** A value that cannot be used, and where it came from. */
export interface BadInput {
  /** What it is: `tenant id`, `certificate`, … */
  readonly what: string
  /** `--certificate`, `AZURE_TENANT_ID`, a path: what to repair. */
  readonly source: string
  /** What is wrong with it, without its value when it is secret. */
  readonly reason: string
  /** The value itself, only where it is no secret. */
  readonly value?: string
  /** Of an authority: the tenant that was to be asked there. */
  readonly tenantId?: string
}

export interface ProblemFacts extends ManagedIdentityFacts, FederationFacts, ToolFacts, SignInFacts, PersonFacts {
  /** EnvironmentCredential: none of the three sets of variables is complete. */
  'environment-incomplete': { readonly set: readonly string[]; readonly missing: readonly string[] }
  /** A named credential lacks inputs; `sources` says what would give each (`--tenant`, `AZURE_TENANT_ID`). */
  'inputs-missing': {
    readonly inputs: readonly { readonly name: string; readonly sources: readonly string[] }[]
    /** A link of the default chain, and nothing here says that it was meant: no fault to repair. */
    readonly isUnmeant?: boolean
  }
  /** A value of a variable or a file that a credential cannot use. */
  'input-invalid': BadInput
  'file-unreadable': { readonly what: string; readonly source: string; readonly error: FileError }
  'certificate-unusable': {
    readonly source: string
    readonly reason:
      | 'malformed'
      | 'no-private-key'
      | 'no-certificate'
      | 'wrong-password'
      | 'password-needed'
      | 'not-rsa'
      | 'key-mismatch'
    readonly detail: string
    /** What the file was taken for. */
    readonly format: 'pem' | 'pkcs12' | 'other'
    /** The first two bytes. */
    readonly head?: readonly number[]
  }
  'username-password-unsupported': { readonly variables: readonly string[] }
  'tenant-not-allowed': { readonly tenantId: string; readonly configuredTenantId: string }
  /** The token service refused. */
  'token-refused': StsRefusal
  /** The token service answered with something that is no OAuth answer (HTML, a cut body). */
  'token-answer-unreadable': {
    readonly authority: string
    readonly status: number
    readonly contentType: string
    readonly excerpt: string
    readonly statusText?: string
    readonly request?: SentRequest
    /** At most 16 KiB of it, secrets as stars. */
    readonly body?: string
    /** In their order, names in lower case; cookies as stars. */
    readonly headers?: Readonly<Record<string, string>>
  }
  /** The authority is not one of Microsoft's and nobody vouched for it. */
  'authority-untrusted': { readonly authority: string; readonly answer?: StsRefusal }
  /** Discovery failed: the authority's metadata could not be read or contradict it. */
  'authority-discovery': { readonly authority: string; readonly reason: string }
  network: NetworkError & {
    /** What was sent, where the credential knows it. */
    readonly request?: SentRequest
  }
  /** The run's own time limit. */
  'timed-out': { readonly what: string; readonly timeoutMs: number }
  interrupted: { readonly signal: string }
  /** MSAL or a library failed in a way we have no name for; the words are its own. */
  unexpected: { readonly message: string }
  /** This credential cannot be used here or does not exist in the chosen SDK. */
  'not-supported': { readonly reason: string }
}

export type ProblemCode = keyof ProblemFacts

/** A failure as data. */
export type Problem = {
  [Code in ProblemCode]: {
    readonly code: Code
    readonly facts: ProblemFacts[Code]
    readonly cause?: unknown
    /** The credential within that met it, where one asks through another: EnvironmentCredential does. */
    readonly by?: CredentialName
  }
}[ProblemCode]

/** What a problem means for the exit code when it is what ended the run; `sts` is judged by the refusal itself. */
export type ProblemClass = 'refused' | 'sts' | 'network' | 'person' | 'interrupted'

export const problemClasses = {
  'environment-incomplete': 'refused',
  'inputs-missing': 'refused',
  'input-invalid': 'refused',
  'file-unreadable': 'refused',
  'certificate-unusable': 'refused',
  'username-password-unsupported': 'refused',
  'tenant-not-allowed': 'refused',
  'token-refused': 'sts',
  'token-answer-unreadable': 'refused',
  'authority-untrusted': 'refused',
  'authority-discovery': 'refused',
  network: 'network',
  'timed-out': 'network',
  interrupted: 'interrupted',
  unexpected: 'refused',
  'not-supported': 'refused',
  ...managedIdentityClasses,
  ...federationClasses,
  ...toolClasses,
  ...signInClasses,
  ...personClasses,
} as const satisfies Record<ProblemCode, ProblemClass>

export function problem<Code extends ProblemCode>(code: Code, facts: ProblemFacts[Code], cause?: unknown): Problem {
  return { code, facts, ...(cause === undefined ? {} : { cause }) } as Problem
}
