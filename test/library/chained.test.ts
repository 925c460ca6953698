import { describe, expect, test } from 'vitest'
import {
  type AccessToken,
  AggregateAuthenticationError,
  AzureAuthorityHosts,
  ChainedTokenCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  CredentialUnavailableError,
  DefaultAzureCredential,
  getBearerTokenProvider,
  type TokenCredential,
} from '../../src/index.ts'

const token = (text: string, expiresInMs = 3_600_000): AccessToken => ({
  token: text,
  expiresOnTimestamp: Date.now() + expiresInMs,
})

function credential(...answers: readonly (AccessToken | Error | null)[]): TokenCredential & { readonly asked: number } {
  let asked = 0
  return {
    get asked() {
      return asked
    },
    getToken: async () => {
      const answer = answers[Math.min(asked++, answers.length - 1)] ?? null
      if (answer instanceof Error) throw answer
      return answer
    },
  }
}

function named(name: string): Error {
  return Object.assign(new Error(`the ${name}`), { name })
}

describe('ChainedTokenCredential', () => {
  test('goes on after what is unavailable, and stops at a token', async () => {
    const last = credential(token('third'))
    const chain = new ChainedTokenCredential(
      credential(new CredentialUnavailableError('nothing here')),
      credential(named('AuthenticationRequiredError')),
      credential(token('second')),
      last,
    )
    expect((await chain.getToken('s')).token).toBe('second')
    expect(last.asked).toBe(0)
  })

  test('any other error ends it as it is', async () => {
    const failure = named('AuthenticationError')
    const last = credential(token('never'))
    await expect(new ChainedTokenCredential(credential(failure), last).getToken('s')).rejects.toBe(failure)
    expect(last.asked).toBe(0)
  })

  test('when all are unavailable there is one error of many', async () => {
    const chain = new ChainedTokenCredential(
      credential(new CredentialUnavailableError('a')),
      credential(new CredentialUnavailableError('b')),
    )
    await expect(chain.getToken('s')).rejects.toThrow(AggregateAuthenticationError)
    await expect(chain.getToken('s')).rejects.toThrow(
      'ChainedTokenCredential authentication failed.\nCredentialUnavailableError: a\nCredentialUnavailableError: b',
    )
    await expect(new ChainedTokenCredential(credential(null)).getToken('s')).rejects.toThrow(
      'Failed to retrieve a valid token',
    )
    expect(() => new ChainedTokenCredential()).toThrow('at least one')
  })
})

describe('getBearerTokenProvider', () => {
  test('asks when there is no token, when it is about to end, and not otherwise', async () => {
    const source = credential(token('first'), token('second', 60_000), token('third'))
    const provide = getBearerTokenProvider(source, 's')
    expect(await Promise.all([provide(), provide()])).toEqual(['first', 'first'])
    expect(source.asked).toBe(1)
    const ending = credential(token('ending', 60_000), token('fresh'))
    const provideAgain = getBearerTokenProvider(ending, 's')
    expect([await provideAgain(), await provideAgain(), await provideAgain()]).toEqual(['ending', 'fresh', 'fresh'])
  })

  test('heeds the time to refresh, and keeps a valid token when that fails', async () => {
    const early: AccessToken = { ...token('early'), refreshAfterTimestamp: Date.now() - 1 }
    const source = credential(early, named('AuthenticationError'), token('late'))
    const provide = getBearerTokenProvider(source, 's')
    expect([await provide(), await provide(), await provide()]).toEqual(['early', 'early', 'late'])
  })

  test('passes on the error when there is no token to fall back on', async () => {
    const failure = named('AuthenticationError')
    await expect(getBearerTokenProvider(credential(failure), 's')()).rejects.toBe(failure)
    await expect(getBearerTokenProvider(credential(null), 's')()).rejects.toThrow(CredentialUnavailableError)
  })
})

describe('constructors', () => {
  test('refuse what cannot work, in the SDK’s words', () => {
    expect(() => new ClientSecretCredential('', 'c', 's')).toThrow(
      'ClientSecretCredential: tenantId is a required parameter. To troubleshoot, visit https://aka.ms/azsdk/js/identity/serviceprincipalauthentication/troubleshoot.',
    )
    expect(() => new ClientSecretCredential('t', 'c', '')).toThrow('clientSecret is a required parameter')
    expect(() => new ClientCertificateCredential('t', '', 'x')).toThrow(
      'tenantId and clientId are required parameters.',
    )
    expect(() => new ClientSecretCredential('a b', 'c', 's')).toThrow('Invalid tenant id provided.')
    expect(() => new ClientSecretCredential('t', 'c', 's', { additionallyAllowedTenants: ['a/b'] })).toThrow(
      'Invalid tenant id provided.',
    )
    expect(() => new ClientSecretCredential('t', 'c', 's', { authorityHost: 'http://login.example' })).toThrow(
      "the authorityHost 'http://login.example' is not an https URL",
    )
    expect(() => new DefaultAzureCredential({ requiredEnvVars: 'AZID_TEST_NEVER_SET' })).toThrow(
      "Required environment variable 'AZID_TEST_NEVER_SET' for DefaultAzureCredential is not set or empty.",
    )
    expect(() => new DefaultAzureCredential({ requiredEnvVars: ['AZID_TEST_A', 'AZID_TEST_B'] })).toThrow(
      "Required environment variables 'AZID_TEST_A, AZID_TEST_B' for DefaultAzureCredential are not set or empty.",
    )
  })

  test('keep the secret to themselves', async () => {
    const { inspect } = await import('node:util')
    const made = new ClientSecretCredential('t', 'c', 'canary-secret-value', {
      authorityHost: AzureAuthorityHosts.AzureGovernment,
    })
    expect(`${inspect(made, { depth: null, showHidden: true })} ${JSON.stringify(made)}`).not.toContain('canary')
  })

  test('a certificate that is not there', async () => {
    const missing = new ClientCertificateCredential('t', 'c', '/nowhere/client.pem')
    await expect(missing.getToken('s')).rejects.toMatchObject({
      name: 'AuthenticationError',
      message: expect.stringContaining("cannot read '/nowhere/client.pem'"),
    })
  })
})
