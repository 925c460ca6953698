/** What the cache would answer, without making a key, taking a lease, unlocking or writing anything. */
import type { MsalCache } from '../engine/types.ts'
import { nameEntry } from './entry-name.ts'
import { judgeEntry } from './judge.ts'
import { createMsalCache, type MsalCacheName } from './msal-cache.ts'
import { findSealingKey, type SealingKey } from './sealing-key.ts'
import { type CacheEntry, createFileStore } from './store.ts'
import type { CachedRequest, TokenCache } from './token-cache.ts'

export interface CachePeek {
  /** A token that is good for the request; null where the credentials would be asked. */
  readonly entry: CacheEntry | null
  /** The signed-in accounts as MSAL serialises them; null where there are none. */
  readonly accounts: string | null
}

const nothing: CachePeek = { entry: null, accounts: null }

/** Never rejects for trouble with the cache: what cannot be read is not there. */
export async function peekIntoCache(
  request: CachedRequest,
  accounts: MsalCacheName,
  cache: TokenCache,
): Promise<CachePeek> {
  const key = await findKey(cache)
  if (key === null) return nothing
  const name = await nameEntry(request, key.keys, cache.ports)
  const found = name.ok ? await createFileStore(key, cache.folders, cache.ports).read(name.value) : name
  const entry = found.ok ? found.value : null
  const isGood = entry !== null && judgeEntry(entry, request.freshness, null, cache.ports.clock.now()) !== 'useless'
  const reader: Pick<MsalCache, 'read'> = createMsalCache(
    { ...cache, key: async () => ({ ok: true, value: key }) },
    accounts,
  )
  return { entry: isGood ? entry : null, accounts: await reader.read() }
}

async function findKey({ place, folders, ports }: TokenCache): Promise<SealingKey | null> {
  if (place === 'off' || place === 'memory') return null
  for (const home of place === 'file' ? (['file'] as const) : ports.keyring.backends) {
    const found = await findSealingKey(home, folders, ports)
    if (!found.ok) return null
    if (found.value !== null) return found.value
  }
  return null
}
