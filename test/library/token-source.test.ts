/** From outcomes to tokens and errors, over scripted ports. */
import { describe, expect, test } from 'vitest'
import { clientSecretCredential } from '../../src/engine/credentials/client-secret.ts'
import { environmentCredential } from '../../src/engine/credentials/environment.ts'
import type { CredentialConfig, CredentialDefinition } from '../../src/engine/types.ts'
import {
  AggregateAuthenticationError,
  AuthenticationError,
  CredentialUnavailableError,
} from '../../src/library/errors.ts'
import { createTokenSource, type TokenSource } from '../../src/library/token-source.ts'
import type { HttpRequest, HttpResult } from '../../src/runtime.ts'
import { Secret } from '../../src/secret.ts'
import { configure } from '../engine/world.ts'
import { type FakeRuntime, fakeRuntime, respond } from '../fakes/runtime.ts'

const canary = 'canary-Q8~secret-value'
const scope = 'https://vault.azure.net/.default'

function open(
  http: (request: HttpRequest) => HttpResult | Promise<HttpResult>,
  changes: Partial<CredentialConfig> = {},
  definitions: readonly CredentialDefinition[] = [clientSecretCredential],
): { readonly source: TokenSource; readonly runtime: FakeRuntime } {
  const runtime = fakeRuntime({ now: Date.now(), http })
  const identity = { tenantId: 'contoso.com', clientId: 'app', clientSecret: new Secret(canary) }
  return { source: createTokenSource(definitions, configure({ ...identity, ...changes }), runtime), runtime }
}

const token = (): HttpResult =>
  respond(200, { token_type: 'Bearer', expires_in: 86_399, refresh_in: 43_199, access_token: 'the-token' })

async function errorOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => {
      throw new Error('there was no error')
    },
    (error: unknown) => error as Error,
  )
}

describe('getToken', () => {
  test('gives what the SDKs give', async () => {
    const { source, runtime } = open(token)
    const began = Math.floor(runtime.clock.now() / 1000) * 1000
    expect(await source.getToken(scope)).toEqual({
      token: 'the-token',
      tokenType: 'Bearer',
      expiresOnTimestamp: began + 86_399_000,
      refreshAfterTimestamp: began + 43_199_000,
    })
  })

  test('asks once for the same token, also as a list, and anew for claims', async () => {
    const { source, runtime } = open(token)
    await source.getToken(scope)
    await source.getToken([scope])
    expect(runtime.http.requests).toHaveLength(1)
    await source.getToken(scope, { claims: Buffer.from('{"access_token":{"a":null}}').toString('base64') })
    expect(runtime.http.requests).toHaveLength(2)
    expect(new URLSearchParams(runtime.http.requests[1]?.body).get('claims')).toContain('"a":null')
  })

  test('asks another tenant only where that is allowed', async () => {
    const allowed = open(token, { additionallyAllowedTenants: ['other.com'] })
    await allowed.source.getToken(scope, { tenantId: 'other.com' })
    expect(allowed.runtime.http.requests[0]?.url).toContain('/other.com/')
    const error = await errorOf(open(token).source.getToken(scope, { tenantId: 'other.com' }))
    expect(error).toBeInstanceOf(AuthenticationError)
    expect(error.message).toContain('is not configured to acquire tokens for tenant other.com')
  })

  test.each([[[]], [''], [['', scope]]])('refuses %j', async (scopes) => {
    await expect(open(token).source.getToken(scopes)).rejects.toThrow(TypeError)
  })

  test('refuses claims that are none', async () => {
    await expect(open(token).source.getToken(scope, { claims: '{' })).rejects.toThrow('the claims of getToken')
  })
})

describe('errors', () => {
  test('a refusal is an AuthenticationError with what Entra said', async () => {
    const { source } = open(() =>
      respond(401, {
        error: 'invalid_client',
        error_description: 'AADSTS7000215: Invalid client secret provided.',
        error_codes: [7000215],
        timestamp: '2026-11-21 00:00:00Z',
        trace_id: 't',
        correlation_id: 'c',
      }),
    )
    const error = await errorOf(source.getToken(scope))
    expect(error).toMatchObject({
      name: 'AuthenticationError',
      statusCode: 401,
      message: 'ClientSecretCredential: Authentication failed: AADSTS7000215: Invalid client secret provided.',
      errorResponse: {
        error: 'invalid_client',
        errorDescription: 'AADSTS7000215: Invalid client secret provided.',
        errorCodes: [7000215],
        timestamp: '2026-11-21 00:00:00Z',
        traceId: 't',
        correlationId: 'c',
      },
    })
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain('canary')
  })

  test('what is missing is a CredentialUnavailableError', async () => {
    const runtime = fakeRuntime()
    const error = await errorOf(createTokenSource([environmentCredential], configure(), runtime).getToken(scope))
    expect(error).toBeInstanceOf(CredentialUnavailableError)
    expect(error.message).toMatch(/^EnvironmentCredential authentication unavailable\./)
  })

  test('several that are unavailable are one error of many', async () => {
    const runtime = fakeRuntime()
    const links = [environmentCredential, clientSecretCredential]
    const error = await errorOf(createTokenSource(links, configure(), runtime).getToken(scope))
    expect(error).toBeInstanceOf(AggregateAuthenticationError)
    expect((error as AggregateAuthenticationError).errors.map((each) => (each as Error).name)).toEqual([
      'CredentialUnavailableError',
      'CredentialUnavailableError',
    ])
  })

  test('an abort is an AbortError, before and during the request', async () => {
    const before = new AbortController()
    before.abort()
    const early = open(token)
    expect((await errorOf(early.source.getToken(scope, { abortSignal: before.signal }))).name).toBe('AbortError')
    expect(early.runtime.http.requests).toEqual([])

    const during = new AbortController()
    const late = open(() => {
      during.abort()
      return new Promise<HttpResult>(() => {})
    })
    expect((await errorOf(late.source.getToken(scope, { abortSignal: during.signal }))).name).toBe('AbortError')
  })

  test('a signal that is not the platform’s will do, and is let go', async () => {
    const listeners = new Set<unknown>()
    const abortSignal = {
      aborted: false,
      addEventListener: (_: 'abort', listener: unknown) => void listeners.add(listener),
      removeEventListener: (_: 'abort', listener: unknown) => void listeners.delete(listener),
    }
    await open(token).source.getToken(scope, { abortSignal })
    expect(listeners.size).toBe(0)
  })

  test('the time that the caller allows', async () => {
    const { source } = open(() => new Promise<HttpResult>(() => {}))
    const error = await errorOf(source.getToken(scope, { requestOptions: { timeout: 50 } }))
    expect(error).toMatchObject({ name: 'AuthenticationError', message: expect.stringContaining('50 ms') })
  })
})
