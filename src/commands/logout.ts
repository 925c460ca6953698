/** `azid logout`: forgets accounts that are signed in, and the tokens that they gave. */
import { forgetAccounts, removeEntry, takeInventory } from '../cache/inventory.ts'
import { readMsalCache, removeMsalCaches, statMsalCaches } from '../cache/msal-cache.ts'
import { createTokenCache, type TokenCache } from '../cache/token-cache.ts'
import type { Invocation } from '../cli/invocation.ts'
import { hostAliases } from '../engine/authority.ts'
import { accountsFileOf, openAccountStore, type SealedAccountStore } from '../engine/sign-in/account-store.ts'
import { chooseAccount, isOfTenant, type RememberedAccount, readAccounts } from '../engine/sign-in/accounts.ts'
import type { Authority } from '../engine/types.ts'
import type { ExitName } from '../exit-codes.ts'
import type { Setting, Settings } from '../options.ts'
import { printJson } from '../output/json.ts'
import { disarmCommands, escapeToLine } from '../output/text.ts'
import type { Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { viewEntry } from './cache-entries.ts'
import { personCredentials } from './sign-in-setup.ts'
import { chooseAuthority } from './surroundings.ts'

export async function run({ settings }: Invocation, runtime: Runtime): Promise<ExitName> {
  const cache = createTokenCache(runtime, { place: settings.cache?.value })
  const authority = chooseAuthority(settings, runtime)
  const store = await openAccountStore(cache, accountsFileOf(authority))
  const isAll = settings.all?.value === true
  const accounts = isAll ? await allAccounts(cache) : await store.list()
  const leaving = isAll ? accounts : chooseLeaving(accounts, settings, authority)
  await forget(leaving, store, cache, authority)
  if (isAll) await forgetAccounts(cache)
  await answer(leaving, wordNobody(accounts, authority), settings, runtime)
  return 'done'
}

/** Under every key of this machine, those of a sandbox too. */
async function allAccounts(cache: TokenCache): Promise<readonly RememberedAccount[]> {
  const found: RememberedAccount[] = []
  for (const home of [...cache.ports.keyring.backends, 'file' as const]) {
    for (const { name } of await statMsalCaches(home, cache)) {
      found.push(...readAccounts(await readMsalCache(name, home, cache)))
    }
  }
  return found
}

/** The one that is meant; throws `UsageError` where several could be. */
function chooseLeaving(
  accounts: readonly RememberedAccount[],
  settings: Settings,
  authority: Authority,
): readonly RememberedAccount[] {
  const typed = (setting: Setting<string> | undefined): string | undefined =>
    // Only what was typed: a variable that is set for other commands must not choose who is forgotten.
    setting?.source.kind === 'option' ? setting.value : undefined
  const [username, clientId, tenantId] = [typed(settings.username), typed(settings.clientId), typed(settings.tenant)]
  const { host } = new URL(authority.host)
  const chosen = chooseAccount(accounts, {
    host,
    ...(username === undefined ? {} : { username }),
    ...(clientId === undefined ? {} : { clientId }),
    ...(tenantId === undefined ? {} : { tenantId }),
  })
  if (chosen.kind === 'one') {
    if (tenantId === undefined || isOfTenant(chosen.account, tenantId)) return [chosen.account]
    const { username: name, tenantId: ofTenant } = chosen.account.record
    throw new UsageError({
      message: `no account of that tenant is signed in; there is ${name} (tenant ${ofTenant})`,
      source: '--tenant',
    })
  }
  if (chosen.kind === 'several') {
    const names = chosen.accounts.map(({ record }) => `${record.username} (tenant ${record.tenantId})`)
    throw new UsageError({
      message: `several accounts are signed in: ${names.join(', ')}`,
      fix: 'say which one with --username, or take --all',
    })
  }
  if (username === undefined && clientId === undefined) return []
  const here = accounts.filter(({ record }) => hostAliases(host).includes(record.authority))
  throw new UsageError({
    message: `no such account is signed in${here.length === 0 ? '' : `; there is ${here.map(({ record }) => record.username).join(', ')}`}`,
    source: username === undefined ? '--client-id' : '--username',
  })
}

async function forget(
  leaving: readonly RememberedAccount[],
  store: SealedAccountStore,
  cache: TokenCache,
  authority: Authority,
): Promise<void> {
  if (leaving.length === 0) return
  await store.forget(leaving)
  const key = await cache.key()
  if (key?.ok !== true) return
  if ((await store.list()).length === 0) await removeMsalCaches(key.value.home, cache, accountsFileOf(authority))
  const ids = new Set(leaving.map(({ record }) => record.homeAccountId.split('.')[0]?.toLowerCase()))
  const names = new Set(leaving.map(({ record }) => record.username.toLowerCase()))
  for (const { entries } of await takeInventory(cache)) {
    for (const found of entries) {
      const { identity } = viewEntry(found, cache.ports.clock.now())
      const isTheirs = ids.has(identity.objectId?.toLowerCase()) || names.has(identity.name?.toLowerCase() ?? '')
      if (isTheirs && personCredentials.includes(found.entry.credential)) await removeEntry(found, cache)
    }
  }
}

/** Those of another cloud stay, and are worth a word. */
function wordNobody(accounts: readonly RememberedAccount[], authority: Authority): string {
  const { host } = new URL(authority.host)
  const others = accounts.map(
    ({ record }) => `${escapeToLine(record.username)} is at ${escapeToLine(record.authority)}`,
  )
  return others.length === 0 ? 'nobody is signed in' : `nobody is signed in at ${host}; ${others.join(', ')}`
}

async function answer(
  leaving: readonly RememberedAccount[],
  nobody: string,
  settings: Settings,
  runtime: Runtime,
): Promise<void> {
  const { stdout } = runtime.terminal
  if (settings.json?.value === true) {
    const accounts = leaving.map(({ record: { username, tenantId, clientId } }) => ({ username, tenantId, clientId }))
    await stdout.write(printJson({ schemaVersion: 1, removed: accounts.length, accounts }))
    return
  }
  const lines =
    leaving.length === 0
      ? [nobody]
      : leaving.map(({ record }) => `forgot ${escapeToLine(record.username)} (tenant ${escapeToLine(record.tenantId)})`)
  await stdout.write(disarmCommands(lines.map((line) => `${line}\n`).join('')))
}
