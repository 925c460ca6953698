/** What can go wrong on the way to a client assertion, as data. */
import type { FileError, NetworkError } from '../runtime.ts'

/** The services that give a job its token. */
export type JobService = 'azure-pipelines' | 'github-actions'

export interface FederationFacts {
  /** A file, a command or a value that should hold a client assertion holds something else. */
  'federated-token-unusable': {
    /** `--federated-token-file`, `AZURE_FEDERATED_TOKEN_FILE`: what to repair. */
    readonly source: string
    /** The file or the program; absent for a value. */
    readonly path?: string
    readonly reason: 'empty' | 'not-text' | 'not-jwt'
    /** Only for `not-text`: the first bytes, for the words of the SDK. */
    readonly start?: Uint8Array
  }
  /** The person's command for a client assertion did not end well. */
  'assertion-command': {
    readonly source: string
    readonly program: string
    readonly reason: 'not-started' | 'exit' | 'killed' | 'timed-out'
    /** The exit code, the signal, the time limit, or the system's own words. */
    readonly detail: string
    /** At most 2000 characters, arguments and tokens as stars. */
    readonly stderr: string
  }
  /** The settings of the token proxy of Azure Kubernetes Service (identity binding) are not to be used. */
  'token-proxy-unusable': {
    /** The variable to repair. */
    readonly source: string
    readonly reason:
      | 'not-set'
      | 'two-anchors'
      | 'not-url'
      | 'not-https'
      | 'user-info'
      | 'query'
      | 'fragment'
      | 'ca-unreadable'
      | 'ca-empty'
      | 'ca-invalid'
    /** The address, a user's name and password as stars; or the path of the file. */
    readonly value?: string
    /** Only for `ca-unreadable`. */
    readonly error?: FileError
  }
  /** No variable says where a job of Azure Pipelines gets its token. */
  'pipelines-no-endpoint': { readonly variable: string }
  /** No variables say where a job of GitHub Actions gets its token. */
  'github-no-endpoint': {
    /** GITHUB_ACTIONS says that this is one; then the workflow lacks a permission. */
    readonly isJob: boolean
    readonly missing: readonly string[]
  }
  /** The job's service answered, and not with a token. */
  'job-token-refused': {
    readonly service: JobService
    readonly host: string
    readonly status: number
    readonly contentType: string
    /** As it was, secrets as stars, at most 2048 characters. */
    readonly body: string
    readonly reason:
      | 'sign-in-page'
      | 'unauthorized'
      | 'forbidden'
      | 'redirect'
      | 'not-found'
      | 'status'
      | 'not-json'
      | 'no-token'
    /** By which the service's own people find the request. */
    readonly requestId?: string
  }
  /** The job's service could not be reached. */
  'job-token-unreachable': {
    readonly service: JobService
    /** Without query. */
    readonly endpoint: string
    readonly error: NetworkError
  }
}

export const federationClasses = {
  'federated-token-unusable': 'refused',
  'assertion-command': 'refused',
  'token-proxy-unusable': 'refused',
  'pipelines-no-endpoint': 'refused',
  'github-no-endpoint': 'refused',
  'job-token-refused': 'refused',
  'job-token-unreachable': 'network',
} as const satisfies Record<keyof FederationFacts, 'refused' | 'network'>
