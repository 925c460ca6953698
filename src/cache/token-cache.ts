/**
 * The token cache: serves what it has, else asks once for many. One `TokenCache` a run; `withCache` is the whole of it for
 * a command.
 *
 *     const cache = createTokenCache(runtime, { place: settings.cache?.value })
 *     const answer = await withCache(
 *       { links, request, freshness: { minTtlMs, forceRefresh }, waitMs },
 *       cache,
 *       async () => {
 *         const result = await runChain(…)
 *         return { result, token: result.token, credential: result.credential }
 *       },
 *       signal,
 *     )
 *     // answer.kind 'cached': answer.token, answer.credential. 'acquired': answer.result is what the callback gave.
 *     // Either way: print `wordNote(note)` on stderr for each of answer.notes whose `noteLevel` is 'warning' ('info' with -v).
 *
 * Until the callback is called nothing is imported but this folder, nothing is sent and no process starts.
 */
import type { AccessToken, CredentialName } from '../engine/types.ts'
import type { Result } from '../result.ts'
import type { Runtime } from '../runtime.ts'
import { type CacheLink, type NamedRequest, nameEntry } from './entry-name.ts'
import { type CacheFolders, cacheFolders, ensureFolders } from './folders.ts'
import { type Freshness, judgeEntry } from './judge.ts'
import { acquireLease, type LeaseResult } from './lock.ts'
import type { CacheNote, CacheTrouble } from './notes.ts'
import { readRevocation } from './revocation.ts'
import { homeFolders } from './sealed-folder.ts'
import { type CacheKeys, deriveKeys, sealingKeyLength } from './sealing.ts'
import { type CachePlace, defaultPlace, openSealingKey, type SealingKey } from './sealing-key.ts'
import { type CacheEntry, createFileStore, createMemoryStore, type Store } from './store.ts'

export type { CacheLink } from './entry-name.ts'
export { type CacheNote, noteLevel, wordNote } from './notes.ts'
export type { CachePlace } from './sealing-key.ts'

export type CachePorts = Pick<Runtime, 'env' | 'clock' | 'files' | 'keyring' | 'host' | 'random'>

export interface TokenCacheOptions {
  /** What `AZID_CACHE` (or `--no-cache`: `off`) says; absent: the keyring, or memory where `CI` is set. */
  readonly place?: CachePlace | undefined
}

/** State of one run: the key is looked up once, and what may not be written to disk is kept here. */
export interface TokenCache {
  readonly ports: CachePorts
  readonly place: CachePlace
  readonly folders: CacheFolders
  /** The key on this machine, looked up (or made) once; null where the cache is off or in memory by choice. */
  key(): Promise<Result<SealingKey, CacheTrouble> | null>
  /** Never fails: trouble with the key means memory, and is told once. */
  open(): Promise<OpenCache>
  /** Tokens that must not outlive this process. */
  readonly memory: OpenStore
}

interface OpenStore {
  readonly store: Store
  readonly keys: CacheKeys
  /** The folder of leases; null where there is nobody to wait for. */
  readonly locks: { readonly folder: string; readonly parents: readonly string[] } | null
}

export interface OpenCache extends OpenStore {
  readonly trouble: CacheTrouble | null
}

export interface CachedRequest extends NamedRequest {
  readonly links: readonly CacheLink[]
  readonly freshness: Freshness
  /** How long to wait for another process that is getting the same token: at most what getting it may take. */
  readonly waitMs: number
}

/** What asking the credentials came to; `token` is null when there is none. */
export interface Acquired<T> {
  readonly result: T
  readonly token: AccessToken | null
  readonly credential: CredentialName | null
}

export type CacheAnswer<T> =
  | {
      readonly kind: 'cached'
      readonly token: AccessToken
      readonly credential: CredentialName
      readonly notes: readonly CacheNote[]
    }
  | { readonly kind: 'acquired'; readonly result: T; readonly notes: readonly CacheNote[] }

export function createTokenCache(ports: CachePorts, options: TokenCacheOptions = {}): TokenCache {
  const place = options.place ?? defaultPlace(ports.env)
  const folders = cacheFolders(ports.env, ports.host)
  const memory: OpenStore = {
    store: createMemoryStore(),
    keys: deriveKeys(ports.random.bytes(sealingKeyLength)),
    locks: null,
  }
  let key: Promise<Result<SealingKey, CacheTrouble> | null> | undefined
  let opened: Promise<OpenCache> | undefined
  const findKey = (): Promise<Result<SealingKey, CacheTrouble> | null> => {
    key ??= place === 'off' || place === 'memory' ? Promise.resolve(null) : openSealingKey(place, folders, ports)
    return key
  }
  const open = async (): Promise<OpenCache> => {
    const found = await findKey()
    if (found === null) return { ...memory, trouble: null }
    return found.ok ? { ...openStore(found.value, folders, ports), trouble: null } : { ...memory, trouble: found.error }
  }
  return {
    ports,
    place,
    folders,
    memory,
    key: findKey,
    open: () => {
      opened ??= open()
      return opened
    },
  }
}

function openStore(key: SealingKey, folders: CacheFolders, ports: CachePorts): OpenStore {
  const { locks, path } = homeFolders(key.home, folders)
  return {
    store: createFileStore(key, folders, ports),
    keys: key.keys,
    locks: { folder: locks, parents: path },
  }
}

/**
 * A token from the cache, or what `acquire` gives. Promise: `acquire` is called at most once; a cached token was got for a
 * request of the same meaning and lives at least `minTtlMs`; no trouble of the cache keeps a token from being returned.
 * Rejects only when `acquire` does.
 */
export async function withCache<T>(
  request: CachedRequest,
  cache: TokenCache,
  acquire: () => Promise<Acquired<T>>,
  signal?: AbortSignal,
): Promise<CacheAnswer<T>> {
  if (cache.place === 'off') return { kind: 'acquired', result: (await acquire()).result, notes: [] }
  const run = await prepareRun(request, cache, signal)
  return run === null ? { kind: 'acquired', result: (await acquire()).result, notes: [] } : answerRequest(run, acquire)
}

/** One request on its way through the cache. */
interface Run {
  readonly request: CachedRequest
  readonly cache: TokenCache
  readonly place: OpenStore
  readonly name: string
  readonly revocation: number | null
  readonly notes: CacheNote[]
  readonly signal: AbortSignal | undefined
}

async function prepareRun(
  request: CachedRequest,
  cache: TokenCache,
  signal: AbortSignal | undefined,
): Promise<Run | null> {
  const { claims } = request.request
  const notes: CacheNote[] = []
  const opened: OpenCache = isForMemoryOnly(request.links) ? { ...cache.memory, trouble: null } : await cache.open()
  if (opened.trouble !== null) notes.push({ code: 'uncached', trouble: opened.trouble })
  const revocation = claims === undefined ? null : readRevocation(claims)
  const shared = { request, cache, revocation, notes, signal }
  const name = await nameEntry(request, opened.keys, cache.ports)
  if (name.ok) return { ...shared, place: opened, name: name.value }
  notes.push({ code: 'uncached', trouble: name.error })
  return null
}

const loopbackHost = /^https?:\/\/(localhost|127(\.\d+){3}|\[::1\])(:\d+)?$/i

/** Tokens of a sandbox are worth nothing, and must never be taken for real ones: they stay in this process. */
function isForMemoryOnly(links: readonly CacheLink[]): boolean {
  return links.some(({ config }) => loopbackHost.test(config.authority.host))
}

async function answerRequest<T>(run: Run, acquire: () => Promise<Acquired<T>>): Promise<CacheAnswer<T>> {
  const found = await look(run)
  if (found?.judgement === 'fresh') return serve(found.entry, run)
  if (found?.judgement === 'due') return renew(found.entry, run, acquire)
  if (run.request.freshness.forceRefresh) return acquireAndKeep(run, acquire)

  const lease = await acquireEntryLease(run, run.request.waitMs, async () => (await lookForNew(run, found)) ?? null)
  switch (lease.kind) {
    case 'answered':
      return serve(lease.value, run)
    case 'held':
      try {
        // Another may have been faster between the first look and the lease.
        const now = await lookForNew(run, found)
        return now === null ? await acquireAndKeep(run, acquire) : serve(now, run)
      } finally {
        await lease.release()
      }
    case 'waited':
      run.notes.push({ code: 'waited', waitedMs: lease.waitedMs })
      return acquireAndKeep(run, acquire)
    case 'gone':
    case 'trouble':
      return acquireAndKeep(run, acquire)
    default:
      return lease satisfies never
  }
}

type Look = { readonly entry: CacheEntry; readonly judgement: 'fresh' | 'due' | 'useless' } | null

async function look({ place, name, request, revocation, cache, notes }: Run): Promise<Look> {
  const read = await place.store.read(name)
  if (!read.ok) {
    notes.push({ code: 'uncached', trouble: read.error })
    return null
  }
  if (read.value === null) return null
  return {
    entry: read.value,
    judgement: judgeEntry(read.value, request.freshness, revocation, cache.ports.clock.now()),
  }
}

/**
 * What another process has put there since the first look. A token that lives shorter than `minTtlMs` is taken, too, when
 * it is that new: asking again would give no better one.
 */
async function lookForNew(run: Run, before: Look): Promise<CacheEntry | null> {
  const found = await look({ ...run, notes: [] })
  if (found === null) return null
  if (found.judgement !== 'useless') return found.entry
  if (found.entry.token.token.reveal() === before?.entry.token.token.reveal()) return null
  const judgement = judgeEntry(
    found.entry,
    { minTtlMs: 0, forceRefresh: false },
    run.revocation,
    run.cache.ports.clock.now(),
  )
  return judgement === 'useless' ? null : found.entry
}

/** Ahead of expiry nobody waits: one process asks, the others go on with what they have. */
async function renew<T>(entry: CacheEntry, run: Run, acquire: () => Promise<Acquired<T>>): Promise<CacheAnswer<T>> {
  const lease = await acquireEntryLease(run, 0)
  if (lease.kind === 'waited') return serve(entry, run)
  try {
    const now = await look({ ...run, notes: [] })
    if (now?.judgement === 'fresh') return serve(now.entry, run)
    const acquired = await acquire()
    if (acquired.token !== null || entry.token.expiresOn <= run.cache.ports.clock.now())
      return await keep(acquired, run)
    await run.place.store.write(run.name, { ...entry, refreshFailedAt: run.cache.ports.clock.now() })
    run.notes.push({ code: 'refresh-failed', expiresOn: entry.token.expiresOn })
    return serve(entry, run)
  } finally {
    if (lease.kind === 'held') await lease.release()
  }
}

async function acquireEntryLease(
  { place, name, cache, signal }: Run,
  waitMs: number,
  answer?: () => Promise<CacheEntry | null>,
): Promise<LeaseResult<CacheEntry>> {
  if (place.locks === null) return { kind: 'trouble' }
  const { folder, parents } = place.locks
  const ready = await ensureFolders([...parents, folder], cache.ports.files, cache.ports.host)
  if (!ready.ok) return { kind: 'trouble' }
  return acquireLease(cache.folders.join(folder, name), cache.ports, {
    waitMs,
    ...(answer === undefined ? {} : { answer }),
    ...(signal === undefined ? {} : { signal }),
  })
}

async function acquireAndKeep<T>(run: Run, acquire: () => Promise<Acquired<T>>): Promise<CacheAnswer<T>> {
  const acquired = await acquire()
  return acquired.token === null ? { kind: 'acquired', result: acquired.result, notes: run.notes } : keep(acquired, run)
}

async function keep<T>({ result, token, credential }: Acquired<T>, run: Run): Promise<CacheAnswer<T>> {
  if (token !== null && credential !== null) {
    const now = run.cache.ports.clock.now()
    noteShortLife(token.expiresOn - now, run)
    const written = await run.place.store.write(run.name, makeEntry(token, credential, run, now))
    if (!written.ok && !run.notes.some(({ code }) => code === 'uncached')) {
      run.notes.push({ code: 'uncached', trouble: written.error })
    }
  }
  return { kind: 'acquired', result, notes: run.notes }
}

function makeEntry(token: AccessToken, credential: CredentialName, run: Run, now: number): CacheEntry {
  const { links, request } = run.request
  const config = links[0]?.config
  return {
    token,
    credential,
    links: links.map(({ definition }) => definition.name),
    sdk: config?.sdk ?? 'python',
    authority: config?.authority.host ?? '',
    requestedTenant: request.tenantId ?? config?.tenantId ?? null,
    scopes: request.scopes,
    isCae: request.enableCae === true,
    hasClaims: request.claims !== undefined && run.revocation === null,
    revocation: run.revocation,
    savedAt: now,
    refreshFailedAt: null,
  }
}

function serve<T>(entry: CacheEntry, run: Run): CacheAnswer<T> {
  noteShortLife(entry.token.expiresOn - run.cache.ports.clock.now(), run)
  return { kind: 'cached', token: entry.token, credential: entry.credential, notes: run.notes }
}

function noteShortLife(lifeMs: number, { request, notes }: Run): void {
  const { minTtlMs } = request.freshness
  if (lifeMs < minTtlMs) notes.push({ code: 'short-lived', lifeMs, minTtlMs })
}
