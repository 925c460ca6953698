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
  'env' | 'clock' | 'files' | 'processes' | 'http' | 'keyring' | 'host' | 'random' | 'browser'
> & {
  /** Tells what was found in something that was looked at, without secrets: whose token a file holds. */
  readonly note?: (found: Omit<Observation, 'ms'>) => void
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
  readonly clientAssertion?: AssertionInput
  /** The token of the user on whose behalf is asked. */
  readonly userAssertion?: Secret
  /** DefaultAzureCredential leaves WorkloadIdentityCredential out, and so is managed identity's token exchange. */
  readonly excludesWorkloadIdentity?: boolean
  /** Azure Pipelines: the id of the service connection. */
  readonly serviceConnectionId?: string
  /** The MSAL seams that outlive one credential, such as a token cache. */
  readonly msalCache?: MsalCache
}

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
