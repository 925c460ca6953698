/**
 * What differs between the SDKs, as data: order, policy, wording. One file a profile; this one says what a profile is and
 * reads its tables. How an SDK talks to a managed identity's host is in `managed-identity/profile.ts`, how it runs a
 * developer's tool in `tool-profile.ts`.
 */
import type { Problem, ProblemCode, ProblemFacts } from '../problems.ts'
import type { Attempt, CredentialName, SdkName } from '../types.ts'

/**
 * The text that this SDK raises for a problem of one credential; run-time values filled in. `by` is the credential that the
 * one in the chain asked through, if it did.
 */
export type Wording = {
  readonly [Code in ProblemCode]: (facts: ProblemFacts[Code], credential: CredentialName, by?: CredentialName) => string
}

/** The two chains there are: the SDK's own, and one of a person's own. */
export type ChainName = 'DefaultAzureCredential' | 'ChainedTokenCredential'

/**
 * What a link's failure is to its chain. `unavailable`: it goes on. `silent`: it goes on, and the text at the end does not
 * mention the link. `failed`: it ends.
 */
export type Verdict = 'unavailable' | 'silent' | 'failed'

/** One rule of a chain; a member that is absent fits everything. */
export interface PolicyRow {
  readonly chain?: ChainName
  readonly credentials?: readonly CredentialName[]
  readonly codes?: readonly ProblemCode[]
  /** What the credential itself made of it. */
  readonly outcome?: 'unavailable' | 'failed'
  /** For what the code alone does not tell. */
  readonly when?: (problem: Problem) => boolean
  readonly verdict: Verdict
}

export interface TokenCredentialsRule {
  readonly dev: readonly CredentialName[]
  readonly prod: readonly CredentialName[]
  /** Single names that it takes, in any case, in the order in which the SDK lists them. */
  readonly names: readonly CredentialName[]
  /** False: space around the value is part of it. */
  readonly isTrimmed: boolean
  /** `dev` and `prod` in any case, or in lower case alone. */
  readonly groupCase: 'any' | 'lower'
  /** An empty variable is none, or a wrong value. */
  readonly empty: 'unset' | 'value'
  /** Space alone is a wrong value, also where an empty variable is none. */
  readonly isBlankWrong?: true
  /** A value that leaves out workload identity leaves managed identity its token exchange. */
  readonly keepsExchange?: true
  /** What the SDK raises for a wrong value when the chain is made; `value` as it is in the variable. */
  readonly wordInvalid: (value: string, names: readonly CredentialName[]) => string
  /** What it raises where the variable has to be set and is not. */
  readonly required: string
}

export interface ExclusionRule {
  /** The SDK's own switch for each link, as it is written there; absent: the SDK cannot leave that one out. */
  readonly switches: Readonly<Partial<Record<CredentialName, string>>>
  /** Whether a switch is looked at where the variable names one credential: .NET does not. */
  readonly appliesToOneName: boolean
  /** What the SDK raises when no link is left. */
  readonly nothingLeft: string
}

export interface Profile {
  readonly sdk: SdkName
  /** `Python azure-identity` */
  readonly title: string
  /** The version whose behaviour and wording this is. */
  readonly version: string
  /** Classes that have another name in this SDK. */
  readonly classNames: Readonly<Partial<Record<CredentialName, string>>>
  /** DefaultAzureCredential's links, in order. */
  readonly order: readonly CredentialName[]
  /** Links that are off unless asked for. */
  readonly offByDefault: readonly CredentialName[]
  /** Links for a developer's own machine; what a chain makes of their failures is in `policy`. */
  readonly developerLinks: readonly CredentialName[]
  /** AZURE_TOKEN_CREDENTIALS. */
  readonly tokenCredentials: TokenCredentialsRule
  readonly exclusion: ExclusionRule
  /** The first row that fits decides; where none does, the credential's own outcome stands. */
  readonly policy: readonly PolicyRow[]
  /** Chains that ask only the credential that worked, once one has. */
  readonly remembers: readonly ChainName[]
  readonly wording: Wording
  /**
   * The text that the whole run raises when nothing gave a token. `chain` is how the credentials were asked for; where the
   * chain could not even be made, the text is the constructor's.
   */
  readonly aggregate: (chain: ChainName, attempts: readonly Attempt[]) => string
}

/** The chosen SDK's own text for a problem. */
export function wordProblem(profile: Profile, credential: CredentialName, problem: Problem): string {
  const word = profile.wording[problem.code] as (
    facts: Problem['facts'],
    credential: CredentialName,
    by?: CredentialName,
  ) => string
  return word(problem.facts, credential, problem.by)
}

/** The name of the class in this SDK: `AzureCLICredential` in Go. */
export function classNameOf({ classNames }: Pick<Profile, 'classNames'>, credential: CredentialName): string {
  return classNames[credential] ?? credential
}

/** Whether the chain goes on after this link, and whether the text at its end tells of it. */
export function judge(
  { policy }: Pick<Profile, 'policy'>,
  chain: ChainName,
  credential: CredentialName,
  outcome: 'unavailable' | 'failed',
  problem: Problem,
): Verdict {
  const row = policy.find(
    (each) =>
      (each.chain === undefined || each.chain === chain) &&
      (each.credentials === undefined || each.credentials.includes(credential)) &&
      (each.codes === undefined || each.codes.includes(problem.code)) &&
      (each.outcome === undefined || each.outcome === outcome) &&
      (each.when === undefined || each.when(problem)),
  )
  return row?.verdict ?? outcome
}

/** An attempt that the text at the end of a chain tells of. */
export type ToldAttempt = Attempt & { readonly problem: Problem; readonly outcome: 'unavailable' | 'failed' }

/** Those that had their turn and gave no token, without the silent ones. */
export function toldAttempts(attempts: readonly Attempt[]): readonly ToldAttempt[] {
  return attempts.filter(
    (attempt): attempt is ToldAttempt =>
      attempt.problem !== undefined &&
      attempt.isSilent !== true &&
      (attempt.outcome === 'unavailable' || attempt.outcome === 'failed'),
  )
}
