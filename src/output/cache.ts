/** What `azid cache` answers, as data; drawn for a person and as its machine contracts. No token is in any of it. */
import type { Style } from './style.ts'
import { disarmCommands, escapeToLine, padTo, wrap } from './text.ts'
import { describeMoment, formatUtc } from './times.ts'

export interface CacheEntryView {
  /** 64 hex digits; people see and type the first eight. */
  readonly id: string
  /** Where its key is: `secret-service`, …, `file`. */
  readonly backend: string
  readonly credential: string
  /** Those that were asked, in order. */
  readonly chain: readonly string[]
  readonly sdk: string
  readonly authority: string
  /** The token's, else the one that was asked for. */
  readonly tenant: string | null
  readonly scopes: readonly string[]
  readonly audience: { readonly value: string | null; readonly name: string | null }
  readonly identity: {
    readonly type: 'user' | 'service-principal' | 'managed-identity' | 'unknown'
    readonly name: string | null
    readonly objectId: string | null
    readonly tenantId: string | null
    readonly appId: string | null
  }
  readonly cae: boolean
  /** It answers a claims challenge. */
  readonly hasClaims: boolean
  /** Milliseconds since the epoch, as all times here. */
  readonly savedAt: number
  readonly expiresOn: number
  readonly refreshOn: number | null
}

export interface ForeignItemView {
  readonly kind: string
  readonly account: string | null
  readonly tenantId: string | null
  readonly audience: string | null
  readonly clientId: string | null
  readonly expiresOn: number | null
  readonly isCurrent: boolean
}

export interface ForeignStoreView {
  readonly tool: string
  readonly place: string
  readonly protection: 'none' | 'keyring' | 'encrypted' | 'no-secret'
  readonly state: 'read' | 'closed' | 'unreadable'
  readonly reason: string | null
  readonly isOpenToOthers: boolean
  readonly items: readonly ForeignItemView[]
}

/** A person who signed in with `azid login`. */
export interface CacheAccountView {
  readonly username: string
  readonly name: string | null
  readonly tenantId: string
  readonly tenants: readonly string[]
  readonly clientId: string
  readonly homeAccountId: string
  readonly authority: string
  readonly backend: string
}

export interface CacheListView {
  readonly entries: readonly CacheEntryView[]
  readonly accounts: readonly CacheAccountView[]
  /** Files that cannot be opened, by backend, with the reason where there is one. */
  readonly unreadable: readonly { readonly backend: string; readonly files: number; readonly reason: string | null }[]
  readonly foreign: readonly ForeignStoreView[]
}

export interface CacheHomeView {
  readonly backend: string
  readonly key: 'found' | 'none' | 'unusable' | 'absent'
  readonly trouble: string | null
  readonly folder: string
  readonly entries: number
  readonly expired: number
  readonly unreadable: number
  /** Of all entries, in bytes. */
  readonly size: number
  readonly leases: { readonly held: number; readonly abandoned: number; readonly unknown: number }
  /** Files with signed-in accounts. */
  readonly accounts: number
}

export interface CacheStatusView {
  readonly place: 'off' | 'memory' | 'keyring' | 'file'
  /** What decided it: `AZID_CACHE`, `--no-cache`, `CI`, `default`. */
  readonly decidedBy: string
  /** The backend that a run would use now; null where it would not be cached. */
  readonly active: string | null
  readonly homes: readonly CacheHomeView[]
}

export interface DrawCacheOptions {
  readonly style: Style
  readonly columns: number
  readonly now: number
}

const backendWords: Readonly<Record<string, string>> = {
  'secret-service': 'key in the Secret Service keyring',
  keyutils: 'key in the kernel, until this machine restarts',
  keychain: 'key in the Keychain',
  'credential-manager': 'key in the Credential Manager',
  file: "key in a file: no stronger than az's own token file",
}

function wordBackend(backend: string): string {
  return backendWords[backend] ?? backend
}

// list

export function cacheListToJson(
  { entries, accounts, unreadable, foreign }: CacheListView,
  now: number,
): Record<string, unknown> {
  return {
    schemaVersion: 1,
    entries: entries.map((entry) => entryToJson(entry, now)),
    accounts,
    unreadable,
    foreign: foreign.map(({ items, isOpenToOthers, ...store }) => ({
      ...store,
      openToOthers: isOpenToOthers,
      items: items.map(({ expiresOn, isCurrent, ...item }) => ({
        ...item,
        expiresOn: isoOrNull(expiresOn),
        expired: expiresOn === null ? null : expiresOn <= now,
        current: isCurrent,
      })),
    })),
  }
}

export function drawCacheList(view: CacheListView, options: DrawCacheOptions): string {
  const { style } = options
  const lines: string[] = []
  const backends = [...new Set(view.entries.map(({ backend }) => backend))]
  for (const backend of backends) {
    lines.push(style.bold('azid') + style.dim(` (${wordBackend(backend)})`))
    for (const entry of view.entries.filter((one) => one.backend === backend))
      lines.push(...drawEntryLines(entry, options))
    lines.push('')
  }
  if (backends.length === 0) lines.push(`${style.bold('azid')}: nothing is cached`, '')
  if (view.accounts.length > 0) {
    lines.push(style.bold('signed in') + style.dim(' (azid login)'), ...view.accounts.map(drawAccount), '')
  }
  for (const { backend, files, reason } of view.unreadable) {
    const why = reason === null ? 'damaged, or sealed with another key' : shown(reason)
    lines.push(style.warn(`${files} ${files === 1 ? 'entry' : 'entries'} of ${backend} cannot be opened: ${why}`), '')
  }
  for (const store of view.foreign) lines.push(...drawForeignStore(store, options), '')
  return finish(lines.slice(0, -1))
}

function drawEntryLines(entry: CacheEntryView, { style, now }: DrawCacheOptions): string[] {
  const { id, identity, audience, scopes, tenant, credential } = entry
  const forWhat = audience.name ?? audience.value ?? scopes.join(' ')
  const details = [
    drawExpiry(entry.expiresOn, now, style),
    ...(tenant === null ? [] : [`tenant ${shown(tenant)}`]),
    credential,
    ...(entry.cae ? ['CAE'] : []),
  ]
  return [
    `  ${style.accent(id.slice(0, 8))}  ${shown(wordIdentity(identity))}  ${style.dim('for')} ${shown(forWhat)}`,
    `            ${details.join(', ')}`,
  ]
}

function drawAccount({ username, name, tenants, homeAccountId, clientId }: CacheAccountView): string {
  const whose = username === '' ? homeAccountId : username
  const called = name === null ? '' : ` (${name})`
  const where = `${tenants.length === 1 ? 'tenant' : 'tenants'} ${tenants.join(', ')}`
  return `  ${shown(`${whose}${called}`)}, ${shown(where)}, app ${shown(clientId)}`
}

function drawForeignStore(store: ForeignStoreView, { style, now }: DrawCacheOptions): string[] {
  const head = `${style.bold(store.tool)} ${shown(store.place)} ${style.dim(`(${protectionWords[store.protection]})`)}`
  const lines = [head]
  if (store.reason !== null) lines.push(`  ${shown(store.reason)}`)
  if (store.isOpenToOthers) lines.push(`  ${style.warn('other users of this machine can read it')}`)
  const items = store.items.filter(({ kind }) => kind !== 'id-token')
  if (store.state === 'read' && items.length === 0) lines.push('  empty')
  const width = Math.max(0, ...items.map(({ kind }) => kindWord(kind).length))
  return [...lines, ...items.map((item) => drawForeignItem(item, width, now, style))]
}

function drawForeignItem(item: ForeignItemView, width: number, now: number, style: Style): string {
  const facts = [
    shown(item.account ?? 'account not named'),
    ...(item.tenantId === null ? [] : [`tenant ${shown(item.tenantId)}`]),
    ...(item.audience === null ? [] : [`for ${shown(item.audience)}`]),
    ...(item.expiresOn === null ? [] : [drawExpiry(item.expiresOn, now, style)]),
    ...(item.isCurrent ? ['in use'] : []),
  ]
  return `  ${style.dim(padTo(kindWord(item.kind), width))}  ${facts.join(', ')}`
}

const protectionWords: Readonly<Record<ForeignStoreView['protection'], string>> = {
  none: 'plain text: whoever reads it has the tokens',
  keyring: 'protected by the keyring',
  encrypted: 'encrypted for this user',
  'no-secret': 'no secrets in it',
}

function kindWord(kind: string): string {
  return kind.replaceAll('-', ' ')
}

// show

export function cacheEntryToJson(entry: CacheEntryView, now: number): Record<string, unknown> {
  return { schemaVersion: 1, entry: entryToJson(entry, now) }
}

function entryToJson(entry: CacheEntryView, now: number): Record<string, unknown> {
  const { savedAt, expiresOn, refreshOn, ...rest } = entry
  return {
    ...rest,
    savedAt: isoOrNull(savedAt),
    expiresOn: isoOrNull(expiresOn),
    refreshOn: isoOrNull(refreshOn),
    expired: expiresOn <= now,
  }
}

export function drawCacheEntry(entry: CacheEntryView, options: DrawCacheOptions): string {
  const { identity, audience, now = options.now } = { ...entry, now: options.now }
  const both = (ms: number): string => `${describeMoment(ms, now)}, ${formatUtc(ms)}`
  return drawRows(
    [
      ['entry', entry.id],
      ['whose', wordIdentity(identity)],
      ['type', identity.type.replace('-', ' ')],
      ['object id', identity.objectId],
      ['app', identity.appId],
      ['tenant', entry.tenant],
      ['for', audience.name === null ? audience.value : `${audience.name} (${audience.value ?? ''})`],
      ['scopes', entry.scopes.join(' ')],
      ['expires', both(entry.expiresOn)],
      ['renewed from', entry.refreshOn === null ? null : both(entry.refreshOn)],
      ['saved', both(entry.savedAt)],
      ['credential', entry.credential],
      ['asked', entry.chain.join(', ')],
      ['as', entry.sdk],
      ['authority', entry.authority],
      ['CAE', entry.cae ? 'yes' : null],
      ['claims', entry.hasClaims ? 'answers a claims challenge' : null],
      ['sealed', wordBackend(entry.backend)],
    ],
    options,
  )
}

// status

export function cacheStatusToJson({ place, decidedBy, active, homes }: CacheStatusView): Record<string, unknown> {
  return { schemaVersion: 1, place, decidedBy, active, backends: homes }
}

export function drawCacheStatus(view: CacheStatusView, options: DrawCacheOptions): string {
  const { place, decidedBy, active, homes } = view
  const where = active === null ? 'no run is cached beyond itself' : wordBackend(active)
  const head = drawRows([['cache', `${place} (${decidedBy}): ${where}`]], options)
  const shownHomes = homes.filter((home) => home.backend === active || home.key === 'unusable' || isUsed(home))
  return head + shownHomes.map((home) => `\n${drawHome(home, options)}`).join('')
}

function isUsed({ key, entries, unreadable, accounts }: CacheHomeView): boolean {
  return key === 'found' || entries + unreadable + accounts > 0
}

function drawHome(home: CacheHomeView, options: DrawCacheOptions): string {
  const { entries, expired, unreadable, leases } = home
  const held = leases.held + leases.unknown
  const counts = [
    `${entries}`,
    ...(expired === 0 ? [] : [`${expired} expired`]),
    ...(unreadable === 0 ? [] : [`and ${unreadable} that cannot be opened`]),
    `${formatSize(home.size)} in ${home.folder}`,
  ]
  const key = { found: 'there', none: 'none yet', unusable: 'cannot be had', absent: 'cannot be had' }[home.key]
  return drawRows(
    [
      [home.backend, wordBackend(home.backend)],
      ['key', home.trouble === null ? key : `${key}: ${home.trouble}`],
      ['entries', counts.join(', ')],
      ['accounts', home.accounts === 0 ? 'nobody is signed in' : 'signed in with azid login'],
      ['leases', `${held} held${leases.abandoned === 0 ? '' : `, ${leases.abandoned} left behind by killed runs`}`],
    ],
    options,
  )
}

function formatSize(bytes: number): string {
  return bytes < 1024 ? `${bytes} bytes` : `${(bytes / 1024).toFixed(1)} KiB`
}

// remove, clear

export function cacheRemovedToJson(ids: readonly string[]): Record<string, unknown> {
  return { schemaVersion: 1, removed: ids.length, entries: ids }
}

export function cacheClearedToJson(removed: number): Record<string, unknown> {
  return { schemaVersion: 1, removed }
}

export function drawRemoved(removed: number): string {
  return removed === 0 ? 'nothing to remove\n' : `removed ${removed} ${removed === 1 ? 'entry' : 'entries'}\n`
}

// all

const labelWidth = 16

function drawRows(
  rows: readonly (readonly [label: string, value: string | null])[],
  { style, columns }: DrawCacheOptions,
): string {
  const lines = rows.flatMap(([label, value]) => {
    if (value === null || value === '') return []
    const wrapped = wrap(shown(value), columns - labelWidth).split('\n')
    return wrapped.map((line, index) => style.dim(padTo(index === 0 ? label : '', labelWidth)) + line)
  })
  return finish(lines)
}

/** An app is known by its client id, a user without a name by the object id. */
function wordIdentity({ type, name, objectId, appId }: CacheEntryView['identity']): string {
  const ids = type === 'user' ? [objectId] : [appId, objectId]
  return name ?? ids.find((id) => id !== null) ?? 'whose it is, the token does not say'
}

function drawExpiry(expiresOn: number, now: number, style: Style): string {
  const words = describeMoment(expiresOn, now)
  return expiresOn <= now ? style.bad(`expired ${words}`) : `expires ${words}`
}

/** Text from tokens and files of other tools: on one line, and shortened where nobody would read it to its end. */
function shown(text: string): string {
  return escapeToLine(text.length > 300 ? `${text.slice(0, 300)}…` : text)
}

function finish(lines: readonly string[]): string {
  return disarmCommands(lines.map((line) => `${line}\n`).join(''))
}

function isoOrNull(ms: number | null): string | null {
  return ms === null || Number.isNaN(new Date(ms).getTime()) ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`
}
