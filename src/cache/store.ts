/** Cache entries, kept: sealed, one file each, or in memory. Whatever is wrong with an entry makes it a miss. */
import { type AccessToken, type CredentialName, credentialNames, type SdkName } from '../engine/types.ts'
import { type Result, success } from '../result.ts'
import type { FileSystem } from '../runtime.ts'
import { Secret } from '../secret.ts'
import type { CacheFolders } from './folders.ts'
import type { CacheTrouble } from './notes.ts'
import { createSealedFolder, readSealed, type SealedFolderPorts, unsealFile } from './sealed-folder.ts'
import type { SealingKey } from './sealing-key.ts'

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

export function createFileStore(key: SealingKey, folders: CacheFolders, ports: SealedFolderPorts): Store {
  const folder = createSealedFolder('entries', key, folders, ports)
  return {
    read: async (name) => {
      const content = await folder.read(name)
      return content.ok ? success(content.value === null ? null : parseEntry(content.value)) : content
    },
    write: (name, entry) => folder.write(name, serialise(entry), entry.token.expiresOn),
    remove: folder.remove,
  }
}

/** As `Store.read`, where the folders are checked already. */
export async function readEntry(
  name: string,
  key: SealingKey,
  folders: CacheFolders,
  files: Pick<FileSystem, 'read'>,
): Promise<CacheEntry | null> {
  const content = await readSealed('entries', name, key, folders, files)
  return content === null ? null : parseEntry(content)
}

/** Null where the file was not sealed by this key under this name, or does not hold an entry. */
export function openEntry(key: SealingKey, name: string, sealed: Uint8Array): CacheEntry | null {
  const content = unsealFile('entries', key, name, sealed)
  return content === null ? null : parseEntry(content)
}

function serialise(entry: CacheEntry): Uint8Array {
  const text = JSON.stringify({ ...entry, token: { ...entry.token, token: entry.token.token.reveal() } })
  return new TextEncoder().encode(text)
}

/** What was sealed by this version of the code; a shape of another one is a miss. */
function parseEntry(content: Uint8Array): CacheEntry | null {
  let value: unknown
  try {
    value = JSON.parse(Buffer.from(content).toString('utf8'))
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
