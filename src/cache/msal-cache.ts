/**
 * MSAL's serialised cache of signed-in accounts (refresh tokens), sealed; those of a sandbox have a file of their own.
 * Unlike entries these are merged: what another process has added meanwhile stays.
 */
import type { MsalCache } from '../engine/types.ts'
import { checkFolders, ensureFolders } from './folders.ts'
import { acquireLease } from './lock.ts'
import { mergeSerialised } from './merge-msal.ts'
import type { CacheTrouble } from './notes.ts'
import { seal, unseal } from './sealing.ts'
import { findSealingKey, type KeyHome, type SealingKey } from './sealing-key.ts'
import type { TokenCache } from './token-cache.ts'

const names = ['accounts', 'accounts.sandbox'] as const

/** Those of `azid login`, of a sandbox, and of a program that keeps its own. */
export type MsalCacheName = (typeof names)[number] | `accounts.of.${string}`

export interface SealedMsalCache extends MsalCache {
  /** Why what is written is only kept until this process ends; null when it is kept. Known after the first call. */
  trouble(): CacheTrouble | null
}

const largestMsalCache = 8 * 1024 * 1024
/** Held for one read and one write. */
const leaseWaitMs = 5000
/** Accounts stay until they are removed. */
const neverExpires = 0

/**
 * Promise: `read` gives the newest whole state, or null; a damaged file, or one of another key, is null. `write` keeps what
 * others have written since `read`. Neither rejects.
 */
export function createMsalCache(cache: TokenCache, name: MsalCacheName): SealedMsalCache {
  let base: string | null = null
  let inMemory: string | null = null
  let trouble: CacheTrouble | null = null

  const open = async (): Promise<SealedFile | null> => {
    const key = await cache.key()
    if (key === null) return null
    if (key.ok) return createSealedFile(name, key.value, cache)
    trouble = key.error
    return null
  }

  return {
    trouble: () => trouble,
    read: async () => {
      const file = await open()
      base = file === null ? inMemory : await file.read()
      return base
    },
    write: async (serialised) => {
      const file = await open()
      if (file === null) {
        inMemory = serialised
        return
      }
      const mine = serialised
      trouble = await file.update((theirs) => mergeSerialised(base, mine, theirs))
      base = mine
    },
  }
}

/** Removes the accounts and their refresh tokens, of one file or of all. True: there were some. */
export async function removeMsalCaches(home: KeyHome, cache: TokenCache, only?: MsalCacheName): Promise<boolean> {
  const chosen = only === undefined ? names : [only]
  const results = await Promise.all(chosen.map((name) => cache.ports.files.remove(msalFile(name, home, cache))))
  return results.some(({ ok }) => ok)
}

/** The account files that are there, without opening them. */
export async function statMsalCaches(
  home: KeyHome,
  cache: TokenCache,
): Promise<readonly { readonly name: MsalCacheName; readonly size: number }[]> {
  const found: { name: MsalCacheName; size: number }[] = []
  for (const name of names) {
    const stat = await cache.ports.files.stat(msalFile(name, home, cache), { noFollow: true })
    if (stat.ok && stat.value.kind === 'file') found.push({ name, size: stat.value.size })
  }
  return found
}

/** The name that this file has beside its state: it is written whenever accounts come or go. */
export function generationFile(name: MsalCacheName, home: KeyHome, cache: TokenCache): string {
  return `${msalFile(name, home, cache)}.generation`
}

function msalFile(name: string, home: KeyHome, { folders }: TokenCache): string {
  return folders.join(folders.state, home, name)
}

/** What one file holds, under whichever key is there; null where it cannot be opened. Makes no key. */
export async function readMsalCache(name: MsalCacheName, home: KeyHome, cache: TokenCache): Promise<string | null> {
  const key = await findSealingKey(home, cache.folders, cache.ports)
  return key.ok && key.value !== null ? createSealedFile(name, key.value, cache).read() : null
}

interface SealedFile {
  read(): Promise<string | null>
  /** Null when it is kept. */
  update(change: (theirs: string | null) => string): Promise<CacheTrouble | null>
}

function createSealedFile(name: string, key: SealingKey, cache: TokenCache): SealedFile {
  const { folders, ports } = cache
  const { files, host, random } = ports
  const path = msalFile(name, key.home, cache)
  const parents = [folders.state, folders.join(folders.state, key.home)]
  const purpose = `accounts ${name}`

  const read = async (): Promise<string | null> => {
    const sealed = await files.read(path, { maxBytes: largestMsalCache, noFollow: true })
    if (!sealed.ok) return null
    const content = unseal(key.keys, purpose, sealed.value)
    return content === null ? null : Buffer.from(content).toString('utf8')
  }

  return {
    read: async () => {
      const checked = await checkFolders(parents, files, host)
      return checked.ok ? read() : null
    },
    update: async (change) => {
      const ready = await ensureFolders(parents, files, host)
      if (!ready.ok) return ready.error
      const lease = await acquireLease(`${path}.lock`, ports, { waitMs: leaseWaitMs })
      try {
        const content = new TextEncoder().encode(change(await read()))
        const written = await files.writeAtomic(path, seal(key.keys, purpose, neverExpires, content, random), {
          mode: 0o600,
        })
        return written.ok ? null : { code: 'file', error: written.error }
      } finally {
        if (lease.kind === 'held') await lease.release()
      }
    },
  }
}
