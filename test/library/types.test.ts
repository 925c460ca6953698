/** Compiled, not run: what the library promises of its types. */
import type * as core from '@azure/core-auth'
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

/** Fails to compile unless `From` is assignable to `To`. */
type Assignable<From extends To, To> = [From, To]

export type Checks = [
  Assignable<ClientSecretCredential, core.TokenCredential>,
  Assignable<ClientCertificateCredential, core.TokenCredential>,
  Assignable<EnvironmentCredential, core.TokenCredential>,
  Assignable<DefaultAzureCredential, core.TokenCredential>,
  Assignable<ChainedTokenCredential, core.TokenCredential>,
  Assignable<TokenCredential, core.TokenCredential>,
  // An SDK's own credential is a link for ours, and its options are ours.
  Assignable<core.TokenCredential, TokenCredential>,
  Assignable<core.GetTokenOptions, GetTokenOptions>,
  Assignable<AccessToken, core.AccessToken>,
  Assignable<AbortSignal, NonNullable<GetTokenOptions['abortSignal']>>,
]

test('an SDK’s credential is a link of our chain, and ours goes where one is due', () => {
  const foreign: core.TokenCredential = { getToken: async () => null }
  const ours: core.TokenCredential = new ChainedTokenCredential(foreign, new ClientSecretCredential('t', 'c', 's'))
  expect(typeof getBearerTokenProvider(ours, 's')).toBe('function')
  expect(
    [ClientCertificateCredential, EnvironmentCredential, DefaultAzureCredential].every(
      (each) => typeof each === 'function',
    ),
  ).toBe(true)
})
