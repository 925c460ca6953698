/** What can go wrong between a process and the host that gives its managed identity, as data. */
import type { FileErrorCode, NetworkError } from '../../runtime.ts'
import type { ProxyInTheWay } from './proxy-in-the-way.ts'

/** The hosts, named as in the sandbox's personas. `token-exchange` is workload identity inside managed identity. */
export type HostName =
  | 'imds'
  | 'app-service'
  | 'service-fabric'
  | 'azure-ml'
  | 'cloud-shell'
  | 'azure-arc'
  | 'token-exchange'

/** How a user-assigned identity is named. */
export type IdKind = 'clientId' | 'objectId' | 'resourceId'

/**
 * Why an answer is not a token. `refused` is an object without one: the host's own error, or nothing to use.
 * `content-type` is a type that is not read, or a body that is not what its type says; `gateway` is Docker Desktop and its
 * like, answering for an address that they cannot reach.
 */
export type AnswerFault =
  | 'refused'
  | 'content-type'
  | 'not-json'
  | 'not-object'
  | 'too-large'
  | 'bad-expiry'
  | 'bad-token'
  | 'no-token-type'
  | 'no-resource'
  | 'gateway'

/** Where a request went and which variables chose that. */
interface Place {
  readonly host: HostName
  /** Whose request was sent; an SDK can choose one host and ask as another (an empty variable is set to one, unset to the other). */
  readonly sender: HostName
  /** Without query, user and password. */
  readonly endpoint: string
  /** As a link of DefaultAzureCredential: some SDKs say something else there. */
  readonly isChained?: true
  /** IMDS was asked whether it is there before it was asked for a token. */
  readonly isProbed?: true
}

export interface ManagedIdentityFacts {
  /** The variables name no host: some are set, but not a set that belongs together. */
  'managed-identity-no-host': { readonly set: readonly string[]; readonly missing: readonly string[] }
  /** More than one id was given. */
  'managed-identity-ids': { readonly ids: readonly IdKind[] }
  /** The host gives one identity and takes no id, or knows ids of another kind alone. */
  'managed-identity-id-refused': { readonly host: HostName; readonly id: IdKind; readonly source: string }
  /** One request is for one scope. */
  'managed-identity-scopes': { readonly count: number }
  /** The address in a variable cannot be asked. */
  'managed-identity-endpoint': {
    readonly host: HostName
    readonly sender: HostName
    readonly variable: string
    readonly reason: 'no-scheme' | 'no-host' | 'malformed' | 'not-https'
    /** The whole URL that would have been asked, without user and password. */
    readonly url: string
  }
  /** A header's value from a variable cannot be sent; the value is secret. */
  'managed-identity-header': { readonly host: HostName; readonly sender: HostName; readonly variable: string }
  /** Nothing answered. */
  'managed-identity-unreachable': Place & {
    readonly phase: 'probe' | 'token'
    readonly error: NetworkError
    /** How many requests were sent. */
    readonly requests: number
    /** Milliseconds that were waited for the connection, and for the answer. */
    readonly connectTimeoutMs: number
    readonly answerTimeoutMs: number
    /** Of the query or the form. */
    readonly parameters?: readonly (readonly [string, string])[]
    /** Where the SDK would have sent this; azid never sends it to a proxy. */
    readonly proxy?: ProxyInTheWay
    /** Files and variables that say this is a machine of Azure; only for IMDS. */
    readonly azureSigns?: readonly string[]
  }
  /** Something answered, and it is no token. */
  'managed-identity-answer': Place & {
    readonly phase: 'probe' | 'token'
    readonly status: number
    readonly statusText: string
    /** As sent; absent when there was none. */
    readonly contentType?: string
    /** At most 16 KiB, tokens and keys as stars. */
    readonly body: string
    /** In their order, names in lower case, keys and cookies as stars. */
    readonly headers?: Readonly<Record<string, string>>
    readonly fault: AnswerFault
    /** The host's own code and words, where its error body has them. */
    readonly error?: string
    readonly description?: string
    readonly correlationId?: string
    readonly requests: number
    /** Azure Arc: the answer to the request without a key. */
    readonly isFirst?: true
    /** The id that was asked for. */
    readonly id?: IdKind
    readonly proxy?: ProxyInTheWay
  }
  /** Not asked, as `--fast` was given and nothing here looks like Azure. */
  'managed-identity-no-sign': { readonly looked: readonly string[] }
  /** Azure Arc's challenge, or the key file it names, cannot be used. */
  'arc-challenge-refused': {
    readonly reason:
      | 'header'
      | 'platform'
      | 'folder'
      | 'extension'
      | 'link'
      | 'size'
      | 'missing'
      | 'unreadable'
      | 'not-a-file'
      | 'not-confirmed'
      | 'key'
    /** The agent's answer, names in lower case; only for `header`. */
    readonly headers?: Readonly<Record<string, string>>
    readonly platform?: string
    /** The file that the agent named. */
    readonly path?: string
    /** The folder that the file has to be in. */
    readonly folder?: string
    readonly error?: { readonly code: FileErrorCode; readonly detail: string }
  }
  /** Service Fabric's certificate cannot be pinned, or is another one. Nothing was sent. */
  'service-fabric-thumbprint': {
    readonly reason: 'malformed' | 'mismatch'
    readonly endpoint: string
    /** Of the query. */
    readonly parameters?: readonly (readonly [string, string])[]
  }
  /** The variables of workload identity choose token exchange, which needs a client id. */
  'token-exchange-client-id': { readonly sources: readonly string[] }
}

export const managedIdentityClasses = {
  'managed-identity-no-host': 'refused',
  'managed-identity-ids': 'refused',
  'managed-identity-id-refused': 'refused',
  'managed-identity-scopes': 'refused',
  'managed-identity-endpoint': 'refused',
  'managed-identity-header': 'refused',
  'managed-identity-unreachable': 'network',
  'managed-identity-answer': 'refused',
  'managed-identity-no-sign': 'refused',
  'arc-challenge-refused': 'refused',
  'service-fabric-thumbprint': 'network',
  'token-exchange-client-id': 'refused',
} as const satisfies Record<keyof ManagedIdentityFacts, 'refused' | 'network'>
