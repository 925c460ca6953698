/** All that this user's cache holds, under every key that can be had: for `azid cache`, which is in no hurry. */
import { failure, type Result, success } from '../result.ts'
import { checkFolders, isMissing } from './folders.ts'
import { type LeaseState, readLeaseState } from './lock.ts'
import { type MsalCacheName, removeMsalCaches, statMsalCaches } from './msal-cache.ts'
import type { CacheTrouble } from './notes.ts'
import { type FolderKind, homeFolders } from './sealed-folder.ts'
import { claimedExpiry, largestEntry } from './sealing.ts'
import { findSealingKey, type KeyHome, type SealingKey } from './sealing-key.ts'
import { type CacheEntry, openEntry } from './store.ts'
import type { TokenCache } from './token-cache.ts'

export interface InventoryEntry {
  /** The name of the entry: 64 hex digits. */
  readonly id: string
  readonly home: KeyHome
  readonly entry: CacheEntry
}

export interface HomeInventory {
  readonly home: KeyHome
  readonly folder: string
  /** Where the account files are (and the key file). */
  readonly stateFolder: string
  readonly key: 'found' | 'none' | 'unusable'
  /** Why the key cannot be had, or the folder may not be used. */
  readonly trouble: CacheTrouble | null
  readonly entries: readonly InventoryEntry[]
  /** Files that this key does not open: damaged, or sealed by a key that is gone. */
  readonly unreadable: number
  /** Of all files, in bytes. */
  readonly size: number
  readonly leases: Readonly<Record<LeaseState, number>>
  /** Files with signed-in accounts. */
  readonly accounts: readonly { readonly name: MsalCacheName; readonly size: number }[]
}

/** One for each key home that this platform has; of `file` only where it has been used. */
export async function takeInventory(cache: TokenCache): Promise<readonly HomeInventory[]> {
  const homes: HomeInventory[] = []
  for (const home of [...cache.ports.keyring.backends, 'file' as const]) homes.push(await inventoryOf(home, cache))
  return homes
}

async function inventoryOf(home: KeyHome, cache: TokenCache): Promise<HomeInventory> {
  const { folders, ports } = cache
  const key = await findSealingKey(home, folders, ports)
  const folder = folders.join(folders.cache, home)
  const stateFolder = folders.join(folders.state, home)
  const found = await readEntries(home, key.ok ? key.value : null, cache)
  return {
    home,
    folder,
    stateFolder,
    key: !key.ok ? 'unusable' : key.value === null ? 'none' : 'found',
    trouble: key.ok ? (found.ok ? null : found.error) : key.error,
    entries: found.ok ? found.value.entries : [],
    unreadable: found.ok ? found.value.unreadable : 0,
    size: found.ok ? found.value.size : 0,
    leases: await countLeases(home, cache),
    accounts: await statMsalCaches(home, cache),
  }
}

interface FoundEntries {
  readonly entries: readonly InventoryEntry[]
  readonly unreadable: number
  readonly size: number
}

const entryName = /^[0-9a-f]{64}$/

async function readEntries(
  home: KeyHome,
  key: SealingKey | null,
  cache: TokenCache,
): Promise<Result<FoundEntries, CacheTrouble>> {
  const entries: InventoryEntry[] = []
  let [unreadable, size] = [0, 0]
  const files = await listFiles('entries', home, cache)
  if (!files.ok) return files
  for (const { path, name } of files.value) {
    const sealed = await cache.ports.files.read(path, { maxBytes: largestEntry, noFollow: true })
    if (!sealed.ok) {
      if (sealed.error.code !== 'not-found') unreadable += 1
      continue
    }
    size += sealed.value.length
    const entry = key === null ? null : openEntry(key, name, sealed.value)
    if (entry !== null) entries.push({ id: name, home, entry })
    else if (claimedExpiry(sealed.value) === null || (claimedExpiry(sealed.value) ?? 0) > cache.ports.clock.now()) {
      unreadable += 1
    }
  }
  return success({ entries, unreadable, size })
}

/** Only what is named like an entry, in folders that are safe to look into. */
async function listFiles(
  kind: FolderKind,
  home: KeyHome,
  cache: TokenCache,
): Promise<Result<readonly { readonly path: string; readonly name: string }[], CacheTrouble>> {
  const { folders, ports } = cache
  const { path: parents, [kind]: top } = homeFolders(home, folders)
  const checked = await checkFolders([...parents, top], ports.files, ports.host)
  if (!checked.ok) return isMissing(checked.error) ? success([]) : failure(checked.error)
  const shards = await ports.files.list(top)
  if (!shards.ok) return failure({ code: 'file', error: shards.error })
  const found: { path: string; name: string }[] = []
  for (const shard of shards.value.filter((name) => /^[0-9a-f]{2}$/.test(name)).sort()) {
    const folder = folders.join(top, shard)
    if (!(await checkFolders([folder], ports.files, ports.host)).ok) continue
    const names = await ports.files.list(folder)
    if (!names.ok) continue
    found.push(
      ...names.value
        .filter((name) => entryName.test(name))
        .sort()
        .map((name) => ({ path: folders.join(folder, name), name })),
    )
  }
  return success(found)
}

async function countLeases(home: KeyHome, { folders, ports }: TokenCache): Promise<Record<LeaseState, number>> {
  const counts: Record<LeaseState, number> = { held: 0, abandoned: 0, unknown: 0 }
  const { locks } = homeFolders(home, folders)
  const names = await ports.files.list(locks)
  for (const name of names.ok ? names.value : []) {
    const state = await readLeaseState(folders.join(locks, name), ports)
    if (state !== null) counts[state] += 1
  }
  return counts
}

/** True: it is gone. */
export async function removeEntry(
  { id, home }: Pick<InventoryEntry, 'id' | 'home'>,
  cache: TokenCache,
): Promise<boolean> {
  const { folders, ports } = cache
  const { entries } = homeFolders(home, folders)
  return (await ports.files.remove(folders.join(entries, id.slice(0, 2), id))).ok
}

/**
 * Removes every entry of every key, also those that no key opens, with shortcuts and abandoned leases. Keys and signed-in accounts stay.
 * Gives the number of entries removed, and what could not be.
 */
export async function clearEntries(
  cache: TokenCache,
): Promise<{ readonly removed: number; readonly troubles: readonly CacheTrouble[] }> {
  let removed = 0
  const troubles: CacheTrouble[] = []
  for (const home of [...cache.ports.keyring.backends, 'file' as const]) {
    const files = await listFiles('entries', home, cache)
    if (!files.ok) {
      troubles.push(files.error)
      continue
    }
    for (const { path } of files.value) {
      const result = await cache.ports.files.remove(path)
      if (result.ok) removed += 1
      else if (result.error.code !== 'not-found') troubles.push({ code: 'file', error: result.error })
    }
    const shortcuts = await listFiles('shortcuts', home, cache)
    for (const { path } of shortcuts.ok ? shortcuts.value : []) await cache.ports.files.remove(path)
    await removeAbandonedLeases(home, cache)
  }
  return { removed, troubles }
}

async function removeAbandonedLeases(home: KeyHome, { folders, ports }: TokenCache): Promise<void> {
  const { locks } = homeFolders(home, folders)
  const names = await ports.files.list(locks)
  for (const name of names.ok ? names.value : []) {
    const path = folders.join(locks, name)
    if ((await readLeaseState(path, ports)) === 'abandoned') await ports.files.remove(path)
  }
}

/** Forgets the signed-in accounts of every key. True: there were some. For `azid logout`. */
export async function forgetAccounts(cache: TokenCache): Promise<boolean> {
  let found = false
  for (const home of [...cache.ports.keyring.backends, 'file' as const]) {
    found = (await removeMsalCaches(home, cache)) || found
  }
  return found
}
