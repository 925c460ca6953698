/** The errors of the SDKs, by their names, with texts that hold no secret. */

import type { GetTokenOptions } from './types.ts'

/** Nothing to try with: a chain goes on. */
export class CredentialUnavailableError extends Error {
  constructor(message?: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'CredentialUnavailableError'
  }
}

/** What the token service said, in the names of `@azure/identity`. */
export interface ErrorResponse {
  error: string
  errorDescription: string
  errorCodes?: number[]
  timestamp?: string
  traceId?: string
  correlationId?: string
}

/** Tried, and refused or broken off. */
export class AuthenticationError extends Error {
  /** The HTTP status of the refusal; 0 where none was received. */
  readonly statusCode: number
  readonly errorResponse: ErrorResponse

  constructor(message: string, details: { statusCode?: number; errorResponse?: ErrorResponse; cause?: unknown } = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined)
    this.name = 'AuthenticationError'
    this.statusCode = details.statusCode ?? 0
    this.errorResponse = details.errorResponse ?? { error: 'unknown', errorDescription: message }
  }
}

/** No credential of a chain gave a token; one error for each, in their order. */
export class AggregateAuthenticationError extends Error {
  readonly errors: unknown[]

  constructor(errors: unknown[], message?: string) {
    const lines = errors.map((error) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)))
    super(`${message ?? 'no credential gave a token'}\n${lines.join('\n')}`)
    this.name = 'AggregateAuthenticationError'
    this.errors = errors
  }
}

export interface AuthenticationRequiredErrorOptions {
  scopes: string[]
  getTokenOptions?: GetTokenOptions
  message?: string
  cause?: unknown
}

/** A person has to sign in, and automatic authentication is switched off: call `authenticate`. A chain goes on. */
export class AuthenticationRequiredError extends Error {
  readonly scopes: string[]
  readonly getTokenOptions?: GetTokenOptions

  constructor({ scopes, getTokenOptions, message, cause }: AuthenticationRequiredErrorOptions) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'AuthenticationRequiredError'
    this.scopes = scopes
    if (getTokenOptions !== undefined) this.getTokenOptions = getTokenOptions
  }
}

/** The caller's `abortSignal` ended the request. Known by its name, as everywhere in the Azure SDKs. */
export class AbortError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'AbortError'
  }
}
