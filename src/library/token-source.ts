/** From the engine's outcomes to what the SDKs' `getToken` promises: a token, or an error with a name they know. */
import { type Link, runChain, TimeLimit } from '../engine/chain.ts'
import type { Problem, StsRefusal } from '../engine/problems.ts'
import { judge, wordProblem } from '../engine/profiles/profile.ts'
import { findProfile } from '../engine/profiles/profiles.ts'
import type {
  Attempt,
  ChainResult,
  CredentialConfig,
  CredentialDefinition,
  EnginePorts,
  TokenRequest,
} from '../engine/types.ts'
import { parseClaims } from '../option-values.ts'
import {
  AbortError,
  AggregateAuthenticationError,
  AuthenticationError,
  AuthenticationRequiredError,
  CredentialUnavailableError,
  type ErrorResponse,
} from './errors.ts'
import type { AccessToken, GetTokenOptions } from './types.ts'

export interface TokenSource {
  getToken(scopes: string | readonly string[], options?: GetTokenOptions): Promise<AccessToken>
}

const profile = findProfile('python')

/** Credentials are made once and keep what they remember; the first that gives a token answers. */
export function createTokenSource(
  definitions: readonly CredentialDefinition[],
  config: CredentialConfig,
  ports: EnginePorts,
  { isFailureUnavailable = false }: { readonly isFailureUnavailable?: boolean } = {},
): TokenSource {
  const isJudged = isFailureUnavailable || config.role === 'chained'
  const links = definitions.map((definition): Link => {
    const credential = definition.create(config, ports)
    return {
      name: definition.name,
      create: () => credential,
      ...(isJudged
        ? { judge: (outcome, found) => judge(profile, 'DefaultAzureCredential', definition.name, outcome, found) }
        : {}),
    }
  })
  return {
    getToken: async (scopes, options = {}) => {
      const request = toRequest(scopes, options)
      const limit = limitRequest(options, ports)
      try {
        const result = await runChain(links, request, ports, limit.signal)
        return toAccessToken(result, request.scopes, options)
      } finally {
        limit.end()
      }
    },
  }
}

function toRequest(scopes: string | readonly string[], { claims, enableCae, tenantId }: GetTokenOptions): TokenRequest {
  const list = typeof scopes === 'string' ? [scopes] : scopes
  if (list.length === 0 || list.some((scope) => scope.trim() === '')) {
    throw new TypeError('getToken needs at least one scope, for example https://vault.azure.net/.default')
  }
  const parsed = claims === undefined || claims === '' ? null : parseClaims(claims)
  if (parsed !== null && !parsed.ok) throw new TypeError(`the claims of getToken: ${parsed.error.reason}`)
  return {
    scopes: list,
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(parsed === null ? {} : { claims: parsed.value }),
    ...(enableCae === undefined ? {} : { enableCae }),
  }
}

interface Limit {
  readonly signal: AbortSignal
  readonly end: () => void
}

/** The caller's signal, which need not be the platform's, and the caller's time. */
function limitRequest({ abortSignal, requestOptions }: GetTokenOptions, { clock }: Pick<EnginePorts, 'clock'>): Limit {
  const limit = new AbortController()
  const over = new AbortController()
  const abort = (): void => limit.abort('abortSignal')
  if (abortSignal?.aborted === true) abort()
  else abortSignal?.addEventListener('abort', abort)
  const timeoutMs = requestOptions?.timeout ?? 0
  if (timeoutMs > 0) {
    clock
      .sleep(timeoutMs, over.signal)
      .then(() => limit.abort(new TimeLimit('requestOptions.timeout', timeoutMs)))
      .catch(() => {})
  }
  return {
    signal: limit.signal,
    end: () => {
      over.abort()
      abortSignal?.removeEventListener('abort', abort)
    },
  }
}

function toAccessToken(result: ChainResult, scopes: readonly string[], options: GetTokenOptions): AccessToken {
  if (result.token === null)
    throw requiredSignIn(result, scopes, options) ?? toError(result, options.abortSignal?.aborted === true)
  const { token, tokenType, expiresOn, refreshOn } = result.token
  return {
    token: token.reveal(),
    expiresOnTimestamp: expiresOn,
    tokenType: tokenType.toLowerCase() === 'pop' ? 'pop' : 'Bearer',
    ...(refreshOn === null ? {} : { refreshAfterTimestamp: refreshOn }),
  }
}

/** Of the one credential that may not ask by itself; in a chain it is one of many that are unavailable. */
function requiredSignIn(
  { attempts }: ChainResult,
  scopes: readonly string[],
  getTokenOptions: GetTokenOptions,
): AuthenticationRequiredError | null {
  const [only, ...others] = attempts
  const problem = others.length === 0 ? only?.problem : undefined
  if (problem?.code !== 'sign-in-needed') return null
  const message = 'Automatic authentication has been disabled. You may call the authentication() method.'
  return new AuthenticationRequiredError({ scopes: [...scopes], getTokenOptions, message })
}

/** As `@azure/identity`: what failed is thrown as it is; where all were unavailable, a chain throws one error of many. */
function toError({ attempts }: ChainResult, isAborted: boolean): Error {
  if (isAborted) return new AbortError('the request for a token was aborted')
  const tried = attempts.filter(({ outcome }) => outcome === 'unavailable' || outcome === 'failed')
  const failed = tried.find(({ outcome }) => outcome === 'failed')
  if (failed !== undefined) return attemptError(failed)
  const [only] = tried
  if (only !== undefined && attempts.length === 1) return attemptError(only)
  return new AggregateAuthenticationError(tried.map(attemptError), 'DefaultAzureCredential authentication failed.')
}

function attemptError({ credential, outcome, problem }: Attempt): Error {
  const text = problem === undefined ? 'no token' : wordProblem(profile, credential, problem)
  const message = text.startsWith(credential) ? text : `${credential}: ${text}`
  if (outcome === 'unavailable') return new CredentialUnavailableError(message)
  return new AuthenticationError(message, responseOf(problem))
}

function responseOf(problem: Problem | undefined): { statusCode?: number; errorResponse?: ErrorResponse } {
  if (problem?.code === 'token-refused') {
    return { statusCode: problem.facts.status, errorResponse: toErrorResponse(problem.facts) }
  }
  return problem?.code === 'token-answer-unreadable' ? { statusCode: problem.facts.status } : {}
}

function toErrorResponse({ error, description, codes, timestamp, traceId, correlationId }: StsRefusal): ErrorResponse {
  return {
    error,
    errorDescription: description,
    errorCodes: codes.map((code) => Number(code.replace('AADSTS', ''))),
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(traceId === undefined ? {} : { traceId }),
    ...(correlationId === undefined ? {} : { correlationId }),
  }
}
