/** Turns between processes that share a cache: a tool that signs in is run by one of them at a time. */
import { ensureFolders } from './folders.ts'
import { acquireLease } from './lock.ts'
import type { TokenCache } from './token-cache.ts'

/**
 * Resolves when it is this process's turn, to what gives the turn up. Never fails: where processes share no folder, after
 * `waitMs`, and when the signal aborts, it is as if it were one's turn.
 */
export async function takeTurn(
  name: string,
  cache: TokenCache,
  { waitMs, signal }: { readonly waitMs: number; readonly signal: AbortSignal },
): Promise<() => Promise<void>> {
  const { locks } = await cache.open()
  const none = async (): Promise<void> => {}
  if (locks === null) return none
  const { files, host } = cache.ports
  const ready = await ensureFolders([...locks.parents, locks.folder], files, host)
  if (!ready.ok) return none
  const path = cache.folders.join(locks.folder, name)
  const lease = await acquireLease<never>(path, cache.ports, { waitMs, signal })
  return lease.kind === 'held' ? lease.release : none
}
