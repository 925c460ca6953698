/** The library's types against those of `@azure/core-auth`: that this file compiles is half of the test. */
import * as core from '@azure/core-auth'
import { expect, test } from 'vitest'
import {
  type AccessToken,
  ChainedTokenCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  DefaultAzureCredential,
  EnvironmentCredential,
  type GetTokenOptions,
  getBearerTokenProvider,
  type TokenCredential,
} from '../../src/index.ts'

test('every credential goes where the SDKs want one', () => {
  const credentials: core.TokenCredential[] = [
    new ClientSecretCredential('t', 'c', 's'),
    new ClientCertificateCredential('t', 'c', 'client.pem'),
    new EnvironmentCredential(),
    new DefaultAzureCredential(),
    new ChainedTokenCredential(new EnvironmentCredential()),
  ]
  expect(credentials.map(core.isTokenCredential)).toEqual([true, true, true, true, true])
})

test('an SDK’s credential, options and tokens are ours, and the other way round', async () => {
  const token: core.AccessToken = { token: 'foreign', expiresOnTimestamp: Date.now() + 3_600_000, tokenType: 'Bearer' }
  const foreign: core.TokenCredential = { getToken: async () => token }
  const link: TokenCredential = foreign
  const options: core.GetTokenOptions = { abortSignal: new AbortController().signal, enableCae: true }
  const ourOptions: GetTokenOptions = options
  const answer: AccessToken = await new ChainedTokenCredential(link).getToken(['s'], ourOptions)
  const theirs: core.AccessToken = answer
  expect(theirs).toEqual(token)
  expect(await getBearerTokenProvider(foreign, 's', options)()).toBe('foreign')
})
