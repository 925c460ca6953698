/** `azid cache`: what is cached, ours and what other tools keep; and taking it away. No token value is ever shown. */
import { readForeignStores } from '../cache/foreign/foreign.ts'
import {
  clearEntries,
  type HomeInventory,
  type InventoryEntry,
  removeEntry,
  takeInventory,
} from '../cache/inventory.ts'
import { readMsalCache } from '../cache/msal-cache.ts'
import { wordTrouble } from '../cache/notes.ts'
import { createTokenCache, type TokenCache } from '../cache/token-cache.ts'
import type { Invocation } from '../cli/invocation.ts'
import { findCredential } from '../engine/registry.ts'
import { resolveTarget } from '../engine/scope.ts'
import { readAccounts } from '../engine/sign-in/accounts.ts'
import type { ExitName } from '../exit-codes.ts'
import type { Settings } from '../options.ts'
import {
  type CacheAccountView,
  type CacheHomeView,
  type CacheStatusView,
  cacheClearedToJson,
  cacheEntryToJson,
  cacheListToJson,
  cacheRemovedToJson,
  cacheStatusToJson,
  type DrawCacheOptions,
  drawCacheEntry,
  drawCacheList,
  drawCacheStatus,
  drawRemoved,
} from '../output/cache.ts'
import { printJson } from '../output/json.ts'
import { createLog } from '../output/log.ts'
import { createStyle } from '../output/style.ts'
import type { Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { type EntrySelection, isSelected, viewEntry } from './cache-entries.ts'

interface Job {
  readonly args: readonly string[]
  readonly settings: Settings
  readonly runtime: Runtime
  readonly cache: TokenCache
}

export async function run(invocation: Invocation, runtime: Runtime): Promise<ExitName> {
  const { settings, args } = invocation
  const job: Job = { args, settings, runtime, cache: createTokenCache(runtime, { place: settings.cache?.value }) }
  switch (invocation.command) {
    case 'cache list':
      return list(job)
    case 'cache show':
      return show(job)
    case 'cache status':
      return status(job)
    case 'cache remove':
      return remove(job)
    case 'cache clear':
      return clear(job)
    default:
      throw new Error(`no such command of the cache: ${invocation.command}`)
  }
}

async function list(job: Job): Promise<ExitName> {
  const { runtime, cache, settings } = job
  const homes = await takeInventory(cache)
  const foreign = await readForeignStores(runtime, settings.readForeign?.value === true)
  const now = runtime.clock.now()
  const view = {
    entries: homes
      .flatMap(({ entries }) => entries)
      .map((one) => viewEntry(one, now))
      .sort((left, right) => right.expiresOn - left.expiresOn),
    unreadable: homes
      .filter(({ unreadable }) => unreadable > 0)
      .map(({ home, unreadable, trouble }) => ({
        backend: home,
        files: unreadable,
        reason: trouble === null ? null : wordTrouble(trouble),
      })),
    accounts: (await Promise.all(homes.map((home) => viewAccounts(home, cache)))).flat(),
    foreign,
  }
  return answer(job, cacheListToJson(view, now), (options) => drawCacheList(view, options))
}

/** Who is signed in with `azid login`, under the key of this home. */
async function viewAccounts(
  { home, accounts }: HomeInventory,
  cache: TokenCache,
): Promise<readonly CacheAccountView[]> {
  const files = await Promise.all(accounts.map(({ name }) => readMsalCache(name, home, cache)))
  return files.flatMap(readAccounts).map(({ record, name, tenants }) => ({ ...record, name, tenants, backend: home }))
}

async function show(job: Job): Promise<ExitName> {
  const now = job.runtime.clock.now()
  const [wanted = ''] = job.args
  const view = viewEntry(findEntry(wanted, await allEntries(job)), now)
  return answer(job, cacheEntryToJson(view, now), (options) => drawCacheEntry(view, options))
}

async function allEntries({ cache }: Job): Promise<readonly InventoryEntry[]> {
  return (await takeInventory(cache)).flatMap(({ entries }) => entries)
}

const shortestId = 4

/** By the beginning of its id, as `cache list` shows it. */
function findEntry(wanted: string, entries: readonly InventoryEntry[]): InventoryEntry {
  const source = 'ENTRY'
  const fix = 'give the beginning of an id from `azid cache list`'
  if (!/^[0-9a-f]{4,64}$/i.test(wanted)) {
    throw new UsageError({ message: `'${wanted}' is not an id (at least ${shortestId} hex digits)`, source, fix })
  }
  const found = entries.filter(({ id }) => id.startsWith(wanted.toLowerCase()))
  const [entry] = found
  if (entry === undefined) throw new UsageError({ message: `no entry begins with '${wanted}'`, source, fix })
  if (found.length > 1) {
    throw new UsageError({
      message: `${found.length} entries begin with '${wanted}'`,
      source,
      fix: 'give more of the id',
    })
  }
  return entry
}

async function status(job: Job): Promise<ExitName> {
  const homes = await takeInventory(job.cache)
  const now = job.runtime.clock.now()
  const view: CacheStatusView = {
    place: job.cache.place,
    decidedBy: decidedBy(job),
    active: activeHome(job.cache, homes),
    homes: homes.map((home) => viewHome(home, now)),
  }
  return answer(job, cacheStatusToJson(view), (options) => drawCacheStatus(view, options))
}

function decidedBy({ settings, cache, runtime }: Job): string {
  if (settings.cache !== undefined) return settings.cache.source.name
  return cache.place === 'memory' && runtime.env.get('CI') !== undefined ? 'CI' : 'default'
}

/** As a run would choose: the first backend that is there, unless it is locked or slow. */
function activeHome({ place }: TokenCache, homes: readonly HomeInventory[]): string | null {
  if (place === 'off' || place === 'memory') return null
  if (place === 'file') return homes.find(({ home, trouble }) => home === 'file' && trouble === null)?.home ?? null
  const chosen = homes.find(
    ({ home, trouble }) => home !== 'file' && trouble?.code !== 'keyring-absent' && trouble?.code !== 'keyring-failed',
  )
  return chosen === undefined || chosen.key === 'unusable' ? null : chosen.home
}

function viewHome(inventory: HomeInventory, now: number): CacheHomeView {
  const { home, key, trouble, folder, entries, unreadable, size, leases, accounts } = inventory
  return {
    backend: home,
    key: trouble?.code === 'keyring-absent' ? 'absent' : key,
    trouble: trouble === null ? null : wordTrouble(trouble),
    folder,
    entries: entries.length,
    expired: entries.filter(({ entry }) => entry.token.expiresOn <= now).length,
    unreadable,
    size,
    leases,
    accounts: accounts.length,
  }
}

async function remove(job: Job): Promise<ExitName> {
  const selection = chooseSelection(job.settings)
  const isSelecting = Object.keys(selection).length > 0
  if (!isSelecting && job.args.length === 0) {
    throw new UsageError({
      message: 'nothing says what to remove',
      fix: 'name entries, or use --account, --tenant, --resource or --credential; `azid cache clear` removes everything',
    })
  }
  const entries = await allEntries(job)
  const named = job.args.map((wanted) => findEntry(wanted, entries))
  const now = job.runtime.clock.now()
  const selected = isSelecting
    ? entries.filter((one) => isSelected(viewEntry(one, now), one.entry.requestedTenant, selection))
    : []
  const removed: string[] = []
  for (const one of new Set([...named, ...selected])) if (await removeEntry(one, job.cache)) removed.push(one.id)
  return answer(job, cacheRemovedToJson(removed), () => drawRemoved(removed.length))
}

/** Only what was typed: a variable that is set for other commands must not choose what is removed. */
function chooseSelection({ account, tenant, resource, credential }: Settings): EntrySelection {
  const isTyped = (setting: { source: { kind: string } } | undefined): boolean => setting?.source.kind === 'option'
  return {
    ...(account !== undefined && isTyped(account) ? { account: account.value } : {}),
    ...(tenant !== undefined && isTyped(tenant) ? { tenant: tenant.value } : {}),
    ...(resource !== undefined && isTyped(resource) ? { resource: resourceOf(resource.value) } : {}),
    ...(isTyped(credential) ? { credential: credentialOf(credential.value) } : {}),
  }
}

function resourceOf(text: string): string {
  const resolved = resolveTarget(text, 'public', 'resource')
  if (resolved.ok) return resolved.value.resource
  const { reason, fix, suggestion } = resolved.error
  throw new UsageError({
    message: `the resource '${text}' ${reason}`,
    source: '--resource',
    ...(fix === undefined ? {} : { fix }),
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}

function credentialOf(names: readonly string[]): string {
  const [name = ''] = names
  const found = findCredential(name)
  if (names.length > 1) {
    throw new UsageError({ message: 'one credential at a time', source: '--credential', fix: 'name one credential' })
  }
  if (found.kind === 'found') return found.definition.name
  if (found.kind === 'absent') return found.name
  const suggestion = found.kind === 'unknown' ? found.suggestion : null
  throw new UsageError({
    message: `'${name}' is not the name of a credential`,
    source: '--credential',
    ...(suggestion === null ? {} : { suggestion }),
  })
}

async function clear(job: Job): Promise<ExitName> {
  const { settings, runtime, cache } = job
  if (settings.yes?.value !== true && !(await confirm(job))) return 'done'
  const { removed, troubles } = await clearEntries(cache)
  const log = await createLog(runtime, settings)
  for (const trouble of troubles) log.warn(`not removed: ${wordTrouble(trouble)}`)
  await log.flush()
  return answer(job, cacheClearedToJson(removed), () => drawRemoved(removed))
}

async function confirm({ runtime: { terminal } }: Job): Promise<boolean> {
  const words = terminal.stdin.isTerminal
    ? await terminal.stdin.question('Remove every token that azid has cached? Signed-in accounts stay. [y/N] ')
    : null
  if (words === null) {
    throw new UsageError({
      message: 'there is no terminal to ask on whether to remove everything',
      source: 'stdin',
      fix: 'add --yes',
    })
  }
  return /^y(?:es)?$/i.test(words.trim())
}

async function answer(
  { settings, runtime }: Job,
  json: Record<string, unknown>,
  draw: (options: DrawCacheOptions) => string,
): Promise<ExitName> {
  const { stdout } = runtime.terminal
  if (settings.json?.value === true) {
    await stdout.write(printJson(json))
    return 'done'
  }
  const style = await createStyle(stdout, runtime.env, settings.noColor?.value === true)
  await stdout.write(draw({ style, columns: stdout.columns, now: runtime.clock.now() }))
  return 'done'
}
