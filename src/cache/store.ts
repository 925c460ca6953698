/** Cache entries, kept: sealed, one file each, or in memory. Whatever is wrong with an entry makes it a miss. */
import { type AccessToken, type CredentialName, credentialNames, type SdkName } from '../engine/types.ts'
import { failure, type Result, success } from '../result.ts'
import type { Clock, FileError, FileSystem, Host, Random } from '../runtime.ts'
import { Secret } from '../secret.ts'
import { type CacheFolders, checkFolders, ensureFolders, isMissing } from './folders.ts'
import type { CacheTrouble } from './notes.ts'
import { largestEntry, seal, unseal } from './sealing.ts'
import type { KeyHome, SealingKey } from './sealing-key.ts'
import { sweep } from './sweep.ts'

export interface CacheEntry {
  readonly token: AccessToken
  /** Which credential gave it. */
  readonly credential: CredentialName
  /** The credentials that were asked, in order. */
  readonly links: readonly CredentialName[]
  readonly sdk: SdkName
  /** The host of the authority, for example `https://login.microsoftonline.com`. */
  readonly authority: string
  /** The tenant that the request named, if it did. */
  readonly requestedTenant: string | null
  readonly scopes: readonly string[]
  readonly isCae: boolean
  readonly hasClaims: boolean
  /** The newest revocation that this token answers, in seconds since the epoch. */
  readonly revocation: number | null
  /** Milliseconds since the epoch. */
  readonly savedAt: number
  /** When renewing it ahead of its expiry was last tried in vain; null: never. */
  readonly refreshFailedAt: number | null
}

export interface Store {
  /** What is kept under this name; null for a miss of any kind, trouble where the place itself may not be used. */
  read(name: string): Promise<Result<CacheEntry | null, CacheTrouble>>
  write(name: string, entry: CacheEntry): Promise<Result<void, CacheTrouble>>
  /** True: there was one and it is gone. */
  remove(name: string): Promise<boolean>
}

export interface StorePorts {
  readonly files: FileSystem
  readonly clock: Clock
  readonly host: Host
  readonly random: Random
}

export function createMemoryStore(): Store {
  const entries = new Map<string, CacheEntry>()
  return {
    read: async (name) => success(entries.get(name) ?? null),
    write: async (name, entry) => {
      entries.set(name, entry)
      return success(undefined)
    },
    remove: async (name) => entries.delete(name),
  }
}

/** The folder of one key, and what is in it. */
export function storeFolders(
  keyHome: KeyHome,
  folders: CacheFolders,
): { readonly entries: string; readonly locks: string; readonly path: readonly string[] } {
  const home = folders.join(folders.cache, keyHome)
  return { entries: folders.join(home, 'entries'), locks: folders.join(home, 'locks'), path: [folders.cache, home] }
}

/**
 * 256 folders by the first byte of the name: looking one up, and sweeping in passing, costs the same however many there
 * are.
 */
export function createFileStore(key: SealingKey, folders: CacheFolders, ports: StorePorts): Store {
  const { files, host, random, clock } = ports
  const { entries, path: parents } = storeFolders(key.home, folders)
  const shardOf = (name: string): string => folders.join(entries, name.slice(0, 2))
  const fileOf = (name: string): string => folders.join(shardOf(name), name)

  return {
    read: async (name) => {
      const checked = await checkFolders([...parents, entries, shardOf(name)], files, host)
      if (!checked.ok) return isMissing(checked.error) ? success(null) : checked
      const sealed = await files.read(fileOf(name), { maxBytes: largestEntry, noFollow: true })
      return success(sealed.ok ? openEntry(key, name, sealed.value) : null)
    },
    write: async (name, entry) => {
      const shard = shardOf(name)
      const ready = await ensureFolders([...parents, entries, shard], files, host)
      if (!ready.ok) return ready
      const content = new TextEncoder().encode(serialise(entry))
      const sealed = seal(key.keys, entryPurpose + name, entry.token.expiresOn, content, random)
      if (sealed.length > largestEntry) return success(undefined)
      const written = await writeOver(fileOf(name), sealed, files)
      if (!written.ok) return failure({ code: 'file', error: written.error })
      await sweep(shard, { files, clock, join: folders.join })
      return success(undefined)
    },
    remove: async (name) => (await files.remove(fileOf(name))).ok,
  }
}

const entryPurpose = 'entry '

/** Null where the file was not sealed by this key under this name, or does not hold an entry. */
export function openEntry(key: SealingKey, name: string, sealed: Uint8Array): CacheEntry | null {
  const content = unseal(key.keys, entryPurpose + name, sealed)
  return content === null ? null : parseEntry(Buffer.from(content).toString('utf8'))
}

/** What stands in the way of a file and is none (a pipe, an empty folder) is removed, never written through. */
async function writeOver(
  path: string,
  content: Uint8Array,
  files: FileSystem,
): Promise<{ ok: true; value: undefined } | { ok: false; error: FileError }> {
  const written = await files.writeAtomic(path, content, { mode: 0o600 })
  if (written.ok) return success(undefined)
  const { code } = written.error
  if (code !== 'not-a-file' && code !== 'is-folder') return written
  const removed = await files.remove(path)
  if (!removed.ok) return removed
  const again = await files.writeAtomic(path, content, { mode: 0o600 })
  return again.ok ? success(undefined) : again
}

function serialise(entry: CacheEntry): string {
  return JSON.stringify({ ...entry, token: { ...entry.token, token: entry.token.token.reveal() } })
}

/** What was sealed by this version of the code; a shape of another one is a miss. */
function parseEntry(text: string): CacheEntry | null {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return null
  }
  if (!isRecord(value) || !isRecord(value['token'])) return null
  const { token, credential, links, sdk, authority, requestedTenant, scopes, isCae, hasClaims } = value
  const { revocation, savedAt, refreshFailedAt } = value
  const parsed = parseToken(token as Record<string, unknown>)
  if (parsed === null || !isCredentialName(credential)) return null
  if (!isList(links, isCredentialName) || !isList(scopes, isString)) return null
  if (!isString(sdk) || !isString(authority) || typeof savedAt !== 'number') return null
  return {
    token: parsed,
    credential,
    links,
    sdk: sdk as SdkName,
    authority,
    requestedTenant: isString(requestedTenant) ? requestedTenant : null,
    scopes,
    isCae: isCae === true,
    hasClaims: hasClaims === true,
    revocation: typeof revocation === 'number' ? revocation : null,
    savedAt,
    refreshFailedAt: typeof refreshFailedAt === 'number' ? refreshFailedAt : null,
  }
}

function parseToken({ token, tokenType, expiresOn, refreshOn, tenantId }: Record<string, unknown>): AccessToken | null {
  if (!isString(token) || token === '' || !isString(tokenType) || typeof expiresOn !== 'number') return null
  return {
    token: new Secret(token),
    tokenType,
    expiresOn,
    refreshOn: typeof refreshOn === 'number' ? refreshOn : null,
    ...(isString(tenantId) ? { tenantId } : {}),
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isString(value: unknown): value is string {
  return typeof value === 'string'
}

function isList<T>(value: unknown, isMember: (member: unknown) => member is T): value is readonly T[] {
  return Array.isArray(value) && value.every(isMember)
}

const knownNames: ReadonlySet<unknown> = new Set(credentialNames)

function isCredentialName(value: unknown): value is CredentialName {
  return knownNames.has(value)
}
