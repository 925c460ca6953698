/** The key that seals the cache: a random 256-bit key in the keyring of the operating system, in a file, or in memory. */

import { failure, type Result, success } from '../result.ts'
import type { Clock, Env, FileSystem, Host, Keyring, KeyringBackend, KeyringResult, Random } from '../runtime.ts'
import { type CacheFolders, checkFolders, ensureFolders, isMissing } from './folders.ts'
import { acquireLease } from './lock.ts'
import type { CacheTrouble } from './notes.ts'
import { type CacheKeys, deriveKeys, sealingKeyLength } from './sealing.ts'

/** What `AZID_CACHE` can say. */
export type CachePlace = 'off' | 'memory' | 'keyring' | 'file'

/** Where a key was found; each has a folder of its own, so that two keys never meet in one. */
export type KeyHome = KeyringBackend | 'file'

export interface SealingKey {
  readonly home: KeyHome
  readonly keys: CacheKeys
}

export interface KeyPorts {
  readonly keyring: Keyring
  readonly files: FileSystem
  readonly clock: Clock
  readonly host: Host
  readonly random: Random
}

/** What finding a key takes that is there already. */
export interface FindingPorts {
  readonly keyring: Pick<Keyring, 'backends' | 'get'>
  readonly files: Pick<FileSystem, 'read' | 'stat'>
  readonly host: Pick<Host, 'userId'>
}

/** A keyring that asks a person, or hangs, must not hold the run up for longer: limit of each call. */
const keyringTimeoutMs = 500

const account = 'sealing-key'
const keyPrefix = 'azid1:'

/** The default where `AZID_CACHE` says nothing: build agents have no keyring, and their home is shared or thrown away. */
export function defaultPlace(env: Env): CachePlace {
  const ci = env.get('CI')?.toLowerCase()
  return ci === undefined || ci === '' || ci === '0' || ci === 'false' ? 'keyring' : 'memory'
}

/** The key of this user, made when there is none. */
export function openSealingKey(
  place: 'keyring' | 'file',
  folders: CacheFolders,
  ports: KeyPorts,
): Promise<Result<SealingKey, CacheTrouble>> {
  return place === 'file' ? openKeyFile(folders, ports) : openKeyring(folders, ports)
}

/** The key that is kept in one home; null where there is none. Makes and changes nothing. */
export async function findSealingKey(
  home: KeyHome,
  folders: CacheFolders,
  ports: FindingPorts,
): Promise<Result<SealingKey | null, CacheTrouble>> {
  if (home === 'file') {
    const file = await findKeyFile(folders, ports)
    return file.ok || !isMissing(file.error) ? file : success(null)
  }
  const found = await ports.keyring.get(home, account, keyringTimeoutMs)
  if (!found.ok) return failure(toTrouble(home, found))
  const key = decodeKey(found.value)
  return success(key === null ? null : { home, keys: deriveKeys(key) })
}

/** The key that a run would use, where there is one already; null otherwise, whatever the reason. */
export async function findExistingKey(
  place: 'keyring' | 'file',
  folders: CacheFolders,
  ports: FindingPorts,
): Promise<SealingKey | null> {
  const homes = place === 'file' ? (['file'] as const) : ports.keyring.backends
  for (const home of homes) {
    const found = await findSealingKey(home, folders, ports)
    if (found.ok) return found.value
    if (found.error.code !== 'keyring-failed' && found.error.code !== 'keyring-absent') return null
  }
  return null
}

/**
 * The first backend that is there, always: the key is looked for, and made, in no other. One that is locked or slow ends the
 * search: to fall back to another would open another cache, without the accounts of this one. Only one that cannot keep
 * what it is given is passed over.
 */
async function openKeyring(folders: CacheFolders, ports: KeyPorts): Promise<Result<SealingKey, CacheTrouble>> {
  const unusable: string[] = []
  for (const backend of ports.keyring.backends) {
    const found = await findSealingKey(backend, folders, ports)
    if (found.ok && found.value !== null) return success(found.value)
    const made = found.ok ? await makeKeyInKeyring(backend, folders, ports) : found
    if (made.ok) return success({ home: backend, keys: deriveKeys(made.value) })
    if (made.error.code !== 'keyring-failed' && made.error.code !== 'keyring-absent') return made
    unusable.push(`${backend}: ${made.error.detail}`)
  }
  return failure({ code: 'no-keyring', details: unusable })
}

function endsTheSearch(
  backend: KeyringBackend,
  result: Extract<KeyringResult<unknown>, { ok: false }>,
): CacheTrouble | null {
  switch (result.error.code) {
    case 'timeout':
      return { code: 'keyring-slow', backend, timeoutMs: keyringTimeoutMs }
    case 'locked':
      return { code: 'keyring-locked', backend }
    case 'denied':
    case 'other':
    case 'unavailable':
      return null
    default:
      return result.error.code satisfies never
  }
}

/**
 * Under a lease, so that a hundred first runs make one key; without the lease they make several, and the last one stays.
 * A keyring that cannot give back what it took (and forget what it was told to) is not used.
 */
async function makeKeyInKeyring(
  backend: KeyringBackend,
  folders: CacheFolders,
  ports: KeyPorts,
): Promise<Result<Uint8Array, CacheTrouble>> {
  const { keyring, random } = ports
  const read = async (): Promise<Uint8Array | null> => {
    const found = await keyring.get(backend, account, keyringTimeoutMs)
    return found.ok ? decodeKey(found.value) : null
  }
  const lease = await acquireKeyLease(backend, folders, ports, read)
  try {
    const already = lease.answer ?? (await read())
    if (already !== null) return success(already)
    const trial = await tryKeyring(backend, ports)
    if (trial !== null) return failure(trial)
    const key = random.bytes(sealingKeyLength)
    const set = await keyring.set(backend, account, encodeKey(key), keyringTimeoutMs)
    if (!set.ok) return failure(toTrouble(backend, set))
    const kept = await read()
    return kept === null
      ? failure({ code: 'keyring-failed', backend, detail: 'it did not keep the key' })
      : success(kept)
  } finally {
    await lease.release()
  }
}

async function acquireKeyLease(
  home: KeyHome,
  folders: CacheFolders,
  ports: KeyPorts,
  read: () => Promise<Uint8Array | null>,
): Promise<{ answer: Uint8Array | null; release: () => Promise<void> }> {
  const folder = folders.join(folders.state, home)
  const ready = await ensureFolders([folders.state, folder], ports.files, ports.host)
  if (!ready.ok) return { answer: null, release: async () => {} }
  const lease = await acquireLease(folders.join(folder, 'key.lock'), ports, { waitMs: 5000, answer: read })
  switch (lease.kind) {
    case 'held':
      return { answer: null, release: lease.release }
    case 'answered':
      return { answer: lease.value, release: async () => {} }
    case 'gone':
    case 'waited':
    case 'trouble':
      return { answer: null, release: async () => {} }
    default:
      return lease satisfies never
  }
}

/** Writes, reads and deletes a value of no meaning. Null: it works. */
async function tryKeyring(backend: KeyringBackend, { keyring, random }: KeyPorts): Promise<CacheTrouble | null> {
  const name = `trial-${random.uuid()}`
  const value = random.uuid()
  const set = await keyring.set(backend, name, value, keyringTimeoutMs)
  if (!set.ok) return toTrouble(backend, set)
  const kept = await keyring.get(backend, name, keyringTimeoutMs)
  const removed = await keyring.remove(backend, name, keyringTimeoutMs)
  if (!kept.ok) return toTrouble(backend, kept)
  if (kept.value !== value) return { code: 'keyring-failed', backend, detail: 'it did not give back what it was given' }
  if (!removed.ok) return toTrouble(backend, removed)
  const after = await keyring.get(backend, name, keyringTimeoutMs)
  if (!after.ok) return toTrouble(backend, after)
  if (after.value !== null) return { code: 'keyring-failed', backend, detail: 'it did not delete what it was told to' }
  return null
}

function toTrouble(backend: KeyringBackend, result: Extract<KeyringResult<unknown>, { ok: false }>): CacheTrouble {
  const { code, detail } = result.error
  const otherwise = { code: code === 'unavailable' ? 'keyring-absent' : 'keyring-failed', backend, detail } as const
  return endsTheSearch(backend, result) ?? otherwise
}

function encodeKey(key: Uint8Array): string {
  return keyPrefix + Buffer.from(key).toString('base64url')
}

function decodeKey(text: string | null): Uint8Array | null {
  if (text === null || !text.startsWith(keyPrefix)) return null
  const key = Buffer.from(text.slice(keyPrefix.length).trim(), 'base64url')
  return key.length === sealingKeyLength ? key : null
}

const largestKeyFile = 1024

async function openKeyFile(folders: CacheFolders, ports: KeyPorts): Promise<Result<SealingKey, CacheTrouble>> {
  const found = await findKeyFile(folders, ports)
  if (found.ok || !(isMissing(found.error) || found.error.code === 'key-file-damaged')) return found
  const { path, parents } = keyFile(folders)
  const ready = await ensureFolders(parents, ports.files, ports.host)
  if (!ready.ok) return ready
  const made = await makeKeyFile(path, folders, ports)
  return made.ok ? success({ home: 'file', keys: deriveKeys(made.value) }) : made
}

async function findKeyFile(folders: CacheFolders, ports: FindingPorts): Promise<Result<SealingKey, CacheTrouble>> {
  const { path, parents } = keyFile(folders)
  const checked = await checkFolders(parents, ports.files, ports.host)
  if (!checked.ok) return checked
  const key = await readKeyFile(path, ports)
  return key.ok ? success({ home: 'file', keys: deriveKeys(key.value) }) : key
}

function keyFile(folders: CacheFolders): { readonly path: string; readonly parents: readonly string[] } {
  const folder = folders.join(folders.state, 'file')
  return { path: folders.join(folder, 'key'), parents: [folders.state, folder] }
}

async function readKeyFile(
  path: string,
  { files, host }: Pick<FindingPorts, 'files' | 'host'>,
): Promise<Result<Uint8Array, CacheTrouble>> {
  const stat = await files.stat(path, { noFollow: true })
  if (!stat.ok) return failure({ code: 'file', error: stat.error })
  const { kind, mode, userId } = stat.value
  const refuse = (reason: string): Result<never, CacheTrouble> => failure({ code: 'key-file-unsafe', path, reason })
  if (kind !== 'file') return refuse(kind === 'link' ? 'is a symbolic link' : 'is not a file')
  if (host.userId >= 0 && userId !== host.userId) return refuse(`belongs to another user (${userId})`)
  if (host.userId >= 0 && (mode & 0o077) !== 0) return refuse('can be read or written by other users (chmod 600 it)')
  const content = await files.read(path, { maxBytes: largestKeyFile, noFollow: true })
  if (!content.ok) return failure({ code: 'file', error: content.error })
  const key = decodeKey(Buffer.from(content.value).toString('utf8'))
  return key === null ? failure({ code: 'key-file-damaged', path }) : success(key)
}

/**
 * `createExclusive` lets one of many first runs make the file; the others read it. They may come between its creation
 * and its content, so a damaged file is read again for a second; then it is replaced: what it sealed is lost either way.
 */
async function makeKeyFile(
  path: string,
  folders: CacheFolders,
  ports: KeyPorts,
): Promise<Result<Uint8Array, CacheTrouble>> {
  const read = async (): Promise<Uint8Array | null> => {
    const key = await readKeyFile(path, ports)
    return key.ok ? key.value : null
  }
  const lease = await acquireKeyLease('file', folders, ports, read)
  try {
    if (lease.answer !== null) return success(lease.answer)
    const key = ports.random.bytes(sealingKeyLength)
    const content = new TextEncoder().encode(`${encodeKey(key)}\n`)
    const made = await ports.files.createExclusive(path, content, { mode: 0o600 })
    if (made.ok) return success(key)
    if (made.error.code !== 'exists') return failure({ code: 'file', error: made.error })
    for (let attempt = 0; attempt < 20; attempt++) {
      const there = await readKeyFile(path, ports)
      if (there.ok || there.error.code !== 'key-file-damaged') return there
      await ports.clock.sleep(50)
    }
    const replaced = await ports.files.writeAtomic(path, content, { mode: 0o600 })
    return replaced.ok ? readKeyFile(path, ports) : failure({ code: 'file', error: replaced.error })
  } finally {
    await lease.release()
  }
}
