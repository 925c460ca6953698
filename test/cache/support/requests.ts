/** Requests, credentials and tokens for the tests of the cache. */
import type { CacheLink } from '../../../src/cache/entry-name.ts'
import { type CacheKeys, deriveKeys } from '../../../src/cache/sealing.ts'
import type { CacheEntry } from '../../../src/cache/store.ts'
import type { Acquired, CachedRequest } from '../../../src/cache/token-cache.ts'
import type { AccessToken, CredentialConfig, CredentialName, DeclaredInputs } from '../../../src/engine/types.ts'
import { Secret } from '../../../src/secret.ts'

export const start = Date.UTC(2026, 10, 21)
export const hour = 60 * 60 * 1000

export const keys: CacheKeys = deriveKeys(new Uint8Array(32).fill(7))

export const noInputs: DeclaredInputs = {
  variables: [],
  files: [],
  tokenFiles: [],
  values: [],
  isOfThisMachine: false,
}

export function config(changes: Partial<CredentialConfig> = {}): CredentialConfig {
  return {
    sdk: 'python',
    role: 'chained',
    processTimeoutMs: 10_000,
    imdsTimeoutMs: 1000,
    authority: { host: 'https://login.microsoftonline.com', cloud: 'public', isMicrosoft: true, isTrusted: false },
    additionallyAllowedTenants: [],
    ...changes,
  } as CredentialConfig
}

export function link(
  inputs: Partial<DeclaredInputs> = {},
  changes: Partial<CredentialConfig> = {},
  name: CredentialName = 'AzureCliCredential',
): CacheLink {
  return { definition: { name, inputs: () => ({ ...noInputs, ...inputs }) }, config: config(changes) }
}

export function request(changes: Partial<CachedRequest> = {}): CachedRequest {
  return {
    links: [link()],
    request: { scopes: ['https://management.azure.com/.default'] },
    freshness: { minTtlMs: 5 * 60_000, forceRefresh: false },
    waitMs: 10_000,
    ...changes,
  }
}

export function accessToken(changes: Partial<Omit<AccessToken, 'token'>> & { token?: string } = {}): AccessToken {
  const { token = 'a-token', ...rest } = changes
  return { token: new Secret(token), tokenType: 'Bearer', expiresOn: start + hour, refreshOn: null, ...rest }
}

export function entry(changes: Partial<CacheEntry> = {}): CacheEntry {
  return {
    token: accessToken(),
    credential: 'AzureCliCredential',
    links: ['AzureCliCredential'],
    sdk: 'python',
    authority: 'https://login.microsoftonline.com',
    requestedTenant: null,
    scopes: ['https://management.azure.com/.default'],
    isCae: false,
    hasClaims: false,
    revocation: null,
    savedAt: start,
    refreshFailedAt: null,
    ...changes,
  }
}

/** A credential that gives `token-1`, `token-2`, … and counts. */
export function countingAcquire(
  give: (count: number) => AccessToken | null = (count) => accessToken({ token: `token-${count}` }),
): {
  readonly acquire: () => Promise<Acquired<string>>
  readonly count: () => number
} {
  let count = 0
  return {
    count: () => count,
    acquire: async () => {
      count += 1
      const token = give(count)
      return {
        result: token === null ? 'nothing' : token.token.reveal(),
        token,
        credential: token === null ? null : 'AzureCliCredential',
      }
    },
  }
}
