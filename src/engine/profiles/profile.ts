/** What differs between the SDKs, as data: order, policy, wording. One file a profile; this one says what a profile is. */
import type { Problem, ProblemCode, ProblemFacts } from '../problems.ts'
import type { Attempt, CredentialName, SdkName } from '../types.ts'

/** The text that this SDK raises for a problem of one credential; run-time values filled in. */
export type Wording = {
  readonly [Code in ProblemCode]: (facts: ProblemFacts[Code], credential: CredentialName) => string
}

export interface Profile {
  readonly sdk: SdkName
  /** `Python azure-identity` */
  readonly title: string
  /** The version whose behaviour and wording this is. */
  readonly version: string
  /** DefaultAzureCredential's links, in order. */
  readonly order: readonly CredentialName[]
  /** Links that are off unless asked for. */
  readonly offByDefault: readonly CredentialName[]
  /** In DefaultAzureCredential, every failure of these is `unavailable`: the chain goes on. */
  readonly developerLinks: readonly CredentialName[]
  /** AZURE_TOKEN_CREDENTIALS: its two groups, the single names it takes, and what the SDK raises otherwise. */
  readonly tokenCredentials: {
    readonly dev: readonly CredentialName[]
    readonly prod: readonly CredentialName[]
    /** In the order in which the SDK lists them. */
    readonly names: readonly CredentialName[]
    readonly wordInvalid: (value: string, names: readonly CredentialName[]) => string
    /** It has to be set (`require_envvar`), and is not. */
    readonly required: string
    /** Nothing is left of the chain. */
    readonly empty: string
  }
  readonly wording: Wording
  /** The text of a chain in which nothing gave a token. `chain` is the class name at its head. */
  readonly aggregate: (
    chain: 'DefaultAzureCredential' | 'ChainedTokenCredential',
    attempts: readonly Attempt[],
  ) => string
}

/** The chosen SDK's own text for a problem. */
export function wordProblem(profile: Profile, credential: CredentialName, problem: Problem): string {
  const word = profile.wording[problem.code] as (facts: Problem['facts'], credential: CredentialName) => string
  return word(problem.facts, credential)
}
