/** What a credential is asked, what it answers, and what is remembered of it. */
import type { Runtime } from '../runtime.ts'
import type { Secret } from '../secret.ts'
import type { BadInput, Problem } from './problems.ts'

/** Names as in the azure-identity SDKs, so that users can search for them. */
export const credentialNames = [
  'EnvironmentCredential',
  'WorkloadIdentityCredential',
  'ManagedIdentityCredential',
  'SharedTokenCacheCredential',
  'VisualStudioCredential',
  'IntelliJCredential',
  'VisualStudioCodeCredential',
  'AzureCliCredential',
  'AzurePowerShellCredential',
  'AzureDeveloperCliCredential',
  'InteractiveBrowserCredential',
  'BrokerCredential',
  'DeviceCodeCredential',
  'AuthorizationCodeCredential',
  'ClientSecretCredential',
  'ClientCertificateCredential',
  'ClientAssertionCredential',
  'AzurePipelinesCredential',
  'OnBehalfOfCredential',
  'GitHubActionsCredential',
] as const

export type CredentialName = (typeof credentialNames)[number]

export interface TokenRequest {
  /** Checked scopes, all of one resource, for example `https://vault.azure.net/.default`. */
  readonly scopes: readonly string[]
  /** The tenant asked for by this request; multi-tenant rules apply where the credential has its own. */
  readonly tenantId?: string
  /** A claims challenge as JSON text, already decoded and checked. */
  readonly claims?: string
  /** Ask for a token that takes part in continuous access evaluation. */
  readonly enableCae?: boolean
}

export interface AccessToken {
  readonly token: Secret
  readonly tokenType: string
  /** Milliseconds since the epoch. */
  readonly expiresOn: number
  /** When to ask for a newer one ahead of expiry, in milliseconds; null when the source said nothing. */
  readonly refreshOn: number | null
  /** The tenant that the token was asked from, where the credential knows it. */
  readonly tenantId?: string
}

/** A choice that a credential made from what it saw, such as which host to ask, and what it would have chosen otherwise. */
export interface Choice {
  /** What was chosen, in words: `managed identity host: App Service`. */
  readonly what: string
  /** Variables and files that decided it; empty when it is what is left. */
  readonly because: readonly string[]
  /** What would have been chosen had `because` not been there. */
  readonly otherwise?: string
}

export type Outcome =
  | { readonly kind: 'token'; readonly token: AccessToken; readonly choice?: Choice }
  /** Nothing to try with: a chain goes on. */
  | { readonly kind: 'unavailable'; readonly problem: Problem; readonly choice?: Choice }
  /** Tried and refused: the profile's policy decides. */
  | { readonly kind: 'failed'; readonly problem: Problem; readonly choice?: Choice }

export interface Credential {
  readonly name: CredentialName
  getToken(request: TokenRequest, signal: AbortSignal): Promise<Outcome>
}

/** The ports a credential may use. */
export type EnginePorts = Pick<
  Runtime,
  'env' | 'clock' | 'files' | 'processes' | 'http' | 'keyring' | 'host' | 'random' | 'browser' | 'loopback'
> & {
  /** Tells what was found in something that was looked at, without secrets: whose token a file holds. */
  readonly note?: (found: Omit<Observation, 'ms'>) => void
  /**
   * Resolves when no other process that shares the cache runs this tool, to what lets the next one run it. Never rejects.
   * Absent: nobody waits for anybody.
   */
  readonly takeTurn?: (tool: 'az', signal: AbortSignal) => Promise<() => Promise<void>>
}

/** One thing that a credential looked at, and what came back; redacted when it is written down. */
export interface Observation {
  readonly kind: 'env' | 'file' | 'process' | 'http' | 'keyring'
  readonly what: string
  readonly result: string
  /** How long it took, in milliseconds. */
  readonly ms: number
}

export type AttemptOutcome = 'succeeded' | 'unavailable' | 'failed' | 'not-attempted' | 'excluded'

/** One try of one credential in a chain. */
export interface Attempt {
  readonly credential: CredentialName
  readonly outcome: AttemptOutcome
  readonly elapsedMs: number
  readonly problem?: Problem
  readonly token?: AccessToken
  readonly choice?: Choice
  /** The chosen SDK passes over this link without a word: it is in no message of its own. */
  readonly isSilent?: true
  readonly evidence: readonly Observation[]
  /** Addresses that were asked past every proxy, or in a dry run would be; without query, user and password. */
  readonly direct?: readonly string[]
}

/** What a chain tells while it runs. */
export type ChainEvent =
  | { readonly kind: 'started'; readonly credential: CredentialName }
  | { readonly kind: 'observed'; readonly credential: CredentialName; readonly observation: Observation }
  | { readonly kind: 'ended'; readonly attempt: Attempt }

export interface ChainResult {
  readonly outcome: 'succeeded' | 'unavailable' | 'failed'
  /** The credential that gave the token, or null. */
  readonly credential: CredentialName | null
  /** The failed credential that ended the chain, or null. */
  readonly stoppedBy: CredentialName | null
  readonly token: AccessToken | null
  readonly attempts: readonly Attempt[]
  readonly elapsedMs: number
}

export type SdkName = 'python' | 'js' | 'dotnet' | 'java' | 'go'

/** A checked authority: where tokens are asked. */
export interface Authority {
  /** `https://login.microsoftonline.com`, without a path or a trailing slash. */
  readonly host: string
  readonly cloud: CloudName
  /** True: one of Microsoft's own hosts. False: a private one. */
  readonly isMicrosoft: boolean
  /** True: no instance discovery; the person named this authority and vouches for it. */
  readonly isTrusted: boolean
}

export type CloudName = 'public' | 'usgov' | 'china'

export interface CertificateInput {
  /** Where it came from, for messages: a path, or the name of a variable. */
  readonly path: string
  readonly content: Uint8Array
  readonly password?: Secret
  readonly sendChain: boolean
}

/**
 * What the person configured, checked; a credential takes from it what it knows.
 * Absent members are read from the SDKs' variables by the credential itself, through its ports.
 */
export interface CredentialConfig {
  readonly sdk: SdkName
  /** `named`: this credential was asked for by name and options configure it. `chained`: a link of the default chain. */
  readonly role: 'named' | 'chained'
  /** Milliseconds for a child process; absent: as long as the SDK waits for the tool. */
  readonly processTimeoutMs?: number
  /** Milliseconds for the probe of IMDS. */
  readonly imdsTimeoutMs: number
  /** No other credential is asked in this run: managed identity then asks without a probe. Default: `role` is `named`. */
  readonly isOnlyCredential?: boolean
  /** Nothing that the SDK asks is left out, also where azid knows the answer: `azid chain`, which shows what a program meets. */
  readonly asksAll?: boolean
  /** `--fast`: a credential without a sign that it can work here is not tried. */
  readonly fast?: boolean
  /** From an option or an AZID_ variable; otherwise AZURE_AUTHORITY_HOST, otherwise the public cloud. */
  readonly authority: Authority
  /** AZURE_AUTHORITY_HOST cannot be used: each credential that would ask the authority fails with this. */
  readonly authorityProblem?: BadInput
  readonly additionallyAllowedTenants: readonly string[]
  readonly tenantId?: string
  readonly clientId?: string
  readonly objectId?: string
  readonly resourceId?: string
  /** Of az: id or name of the subscription whose account is meant. */
  readonly subscription?: string
  /** Of the shared token cache: which of several accounts. */
  readonly username?: string
  readonly clientSecret?: Secret
  readonly certificate?: CertificateInput
  /** The file of a workload identity's token; otherwise AZURE_FEDERATED_TOKEN_FILE. */
  readonly federatedTokenFile?: string
  /** A workload identity asks through the token proxy that AZURE_KUBERNETES_TOKEN_PROXY names, where it does. */
  readonly enableAzureProxy?: boolean
  readonly clientAssertion?: AssertionInput
  /** The token of the user on whose behalf is asked. */
  readonly userAssertion?: Secret
  /** DefaultAzureCredential leaves WorkloadIdentityCredential out, and so is managed identity's token exchange. */
  readonly excludesWorkloadIdentity?: boolean
  /** Azure Pipelines: the id of the service connection. */
  readonly serviceConnectionId?: string
  /** The MSAL seams that outlive one credential, such as a token cache. */
  readonly msalCache?: MsalCache
  /** The account that is meant, where a record of an earlier sign-in says so. */
  readonly account?: AuthenticationRecord
  /** Who is expected to sign in, where that is no condition; `username` is one. */
  readonly loginHint?: string
  /** Where the authority sends the browser at the end; default: a free port of this machine. */
  readonly redirectUri?: string
  readonly authorizationCode?: Secret
  /** PKCE (RFC 7636): what the code was asked with. */
  readonly codeVerifier?: Secret
  /** How a person is asked to sign in, and where that is kept. Absent: nobody is asked, and nothing is remembered. */
  readonly signIn?: SignInConfig
}

/** Who signed in, without any secret: the SDKs' record, which selects the account in a cache (reference 5.6). */
export interface AuthenticationRecord {
  /** The host by which MSAL knows the cloud: `login.windows.net`. */
  readonly authority: string
  readonly clientId: string
  /** `{object id}.{tenant id}` of the home tenant. */
  readonly homeAccountId: string
  /** The tenant that was signed in to. */
  readonly tenantId: string
  readonly username: string
}

export type SignInWay = 'browser' | 'device-code'

/** Why nobody may be asked. */
export type NotAsked = 'no-prompt' | 'ci' | 'no-terminal' | 'automatic-off' | 'account-only'

export interface SignInConfig {
  /** The ways in which nobody may be asked, and why; a way that is not here is open. */
  readonly notAsked: { readonly [Way in SignInWay]?: NotAsked }
  /** A person wants to sign in anew: accounts that are remembered are passed by. */
  readonly isForced: boolean
  /** How long a person has in the browser, in milliseconds. */
  readonly browserTimeoutMs: number
  /** Told what a person has to do or know. */
  readonly tell: (event: SignInEvent) => void
  readonly accounts: AccountStore
}

/** Where accounts and their refresh tokens are kept. */
export interface AccountStore {
  /** A view of its own for each MSAL application; two that share one would undo each other's changes. */
  open(): MsalCache
  /** A file that changes whenever accounts come or go, and only then: part of the name of what is cached. Null: there is none. */
  readonly generationFile: string | null
  /** To be called before and after accounts come or go. Never rejects. */
  changed(): Promise<void>
  /** Why what is signed in to is forgotten when this run ends; null where it is kept. */
  whyForgotten(): string | null
}

/** What is told to a person, or to a program in a person's place, on the way through a sign-in. */
export type SignInEvent =
  | { readonly kind: 'browser'; readonly url: string; readonly redirectUri: string; readonly timeoutMs: number }
  /** The browser has not come back for a while. */
  | { readonly kind: 'still-waiting'; readonly leftMs: number }
  | { readonly kind: 'code-received' }
  | {
      readonly kind: 'device-code'
      readonly userCode: string
      readonly verificationUri: string
      /** The authority's own words for a person. */
      readonly message: string
      /** Milliseconds since the epoch. */
      readonly expiresOn: number
      readonly lifetimeMs: number
      readonly intervalMs: number
    }
  | { readonly kind: 'signed-in'; readonly account: AuthenticationRecord }
  /** The one way was not possible, and the other is taken. */
  | { readonly kind: 'fallback'; readonly reason: string }
  /** Told before anybody signs in: this sign-in lasts for this run only. */
  | { readonly kind: 'not-remembered'; readonly reason: string; readonly fix: string }

/** Where a client assertion comes from; `source` is what to repair. */
export type AssertionInput =
  | { readonly kind: 'file'; readonly path: string; readonly source: string }
  /** The absolute path of a program and its arguments, run without a shell. */
  | { readonly kind: 'command'; readonly command: readonly string[]; readonly source: string }
  | { readonly kind: 'value'; readonly token: Secret; readonly source: string }
  /** A program's own function; only in the library, whose tokens are never kept on disk. */
  | { readonly kind: 'callback'; readonly getAssertion: () => Promise<string>; readonly source: string }

/** MSAL's serialised cache, kept elsewhere (in memory, or sealed on disk). */
export interface MsalCache {
  read(): Promise<string | null>
  write(serialised: string): Promise<void>
}

/**
 * Everything outside a request that decides which token a credential would give. It names cache entries: a changed
 * input is another entry. A contract test compares it with what the recorder saw the credential look at.
 */
export interface DeclaredInputs {
  /** Variables, by name; their values (or absence) are the input. */
  readonly variables: readonly string[]
  /** Files whose content is the input, such as a certificate or azureProfile.json; a missing file is an input too. */
  readonly files: readonly string[]
  /** A federated token file: the input is its path and the `iss`, `sub` and `aud` of the JWT in it. */
  readonly tokenFiles: readonly string[]
  /** Configured values (tenant, client id, secret…), in a fixed order; secrets are only ever hashed. */
  readonly values: readonly (string | Secret | undefined)[]
  /** The token belongs to this machine and this boot (managed identity). */
  readonly isOfThisMachine: boolean
}

/** One credential as the engine knows it: how to make it, and what decides its answer. */
export interface CredentialDefinition {
  readonly name: CredentialName
  /** Other names users type: `azure-cli`, `certificate`… lower case. */
  readonly aliases: readonly string[]
  /** Never throws: a credential that cannot be set up still has its turn and says why. */
  create(config: CredentialConfig, ports: EnginePorts): Credential
  inputs(config: CredentialConfig, ports: Pick<EnginePorts, 'env' | 'host'>): DeclaredInputs
}
