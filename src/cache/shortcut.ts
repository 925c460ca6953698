/**
 * The shortest way to a cached token: what a command line came to is kept, so that the same one, in the same environment,
 * goes straight to its entry. Nothing is decided here: the entry is named by the state of all declared inputs as on the
 * long way, and whatever is not as it was leads back there.
 */
import { createHmac } from 'node:crypto'
import type { AccessToken, CredentialName } from '../engine/types.ts'
import type { Clock, Env, Host } from '../runtime.ts'
import { version } from '../version.ts'
import { type NamingPlan, nameByPlan, planName } from './entry-name.ts'
import { cacheFolders, checkFolders } from './folders.ts'
import { judgeEntry } from './judge.ts'
import { createSealedFolder, homeFolders, readSealed } from './sealed-folder.ts'
import type { CacheKeys } from './sealing.ts'
import { type CachePlace, defaultPlace, type FindingPorts, findExistingKey } from './sealing-key.ts'
import { readEntry } from './store.ts'
import type { CachedRequest, TokenCache } from './token-cache.ts'

/** Nothing here writes, draws or waits: a run that is answered this way loads no port that could. */
export interface ShortcutPorts extends FindingPorts {
  readonly env: Env
  readonly host: Pick<Host, 'platform' | 'homeFolder' | 'userId'>
  readonly clock: Pick<Clock, 'now'>
}

/** What a command line came to; `Print` is the command's own, as JSON. */
interface Shortcut<Print> {
  readonly plan: NamingPlan
  readonly minTtlMs: number
  readonly print: Print
}

export interface ShortcutAnswer<Print> {
  readonly token: AccessToken
  readonly credential: CredentialName
  /** What the command asked to remember. */
  readonly print: Print
}

/** A command line that is not used for this long is forgotten. */
const lifeMs = 30 * 24 * 60 * 60 * 1000

/** Different in every terminal, and read by nothing of ours. Every other variable is part of the question. */
const ofTheTerminal =
  /^(?:_|SHLVL|PWD|OLDPWD|TERM|TERM_.*|COLORTERM|COLUMNS|LINES|WINDOWID|LS_COLORS|SSH_.*|TMUX.*|STY|WINDOW|XDG_SESSION_ID|GPG_TTY|VTE_VERSION|ITERM_.*|WT_SESSION)$/

/**
 * The token for this command line, or null: go the long way. Promise: if the long way were gone now, it would come to the
 * same, as long as the command remembered only command lines whose meaning depends on nothing but the words, the
 * variables and the version.
 */
export async function takeShortcut<Print>(
  argv: readonly string[],
  ports: ShortcutPorts,
): Promise<ShortcutAnswer<Print> | null> {
  const place = readPlace(ports.env)
  if (place !== 'keyring' && place !== 'file') return null
  const folders = cacheFolders(ports.env, ports.host)
  const key = await findExistingKey(place, folders, ports)
  if (key === null) return null
  const { path, shortcuts, entries } = homeFolders(key.home, folders)
  const checked = await checkFolders([...path, shortcuts, entries], ports.files, ports.host)
  if (!checked.ok) return null
  const question = nameQuestion(argv, ports.env, key.keys)
  const content = await readSealed('shortcuts', question, key, folders, ports.files)
  if (content === null) return null
  const shortcut = parseShortcut<Print>(content)
  const name = await nameByPlan(shortcut.plan, key.keys, ports)
  if (!name.ok) return null
  const entry = await readEntry(name.value, key, folders, ports.files)
  if (entry === null) return null
  const { minTtlMs, print } = shortcut
  const { token, credential } = entry
  const judgement = judgeEntry(entry, { minTtlMs, forceRefresh: false }, null, ports.clock.now())
  return judgement === 'fresh' ? { token, credential, print } : null
}

/**
 * Keeps what a command line came to, after it was answered from the cache. Only for command lines without a claims
 * challenge, and whose request follows from words and variables alone: no file named by an option, nothing from stdin.
 * Trouble is silence: the long way tells it.
 */
export async function rememberShortcut<Print>(
  argv: readonly string[],
  { links, request, freshness }: CachedRequest,
  print: Print,
  cache: TokenCache,
): Promise<void> {
  if (request.claims !== undefined || freshness.forceRefresh) return
  const key = await cache.key()
  if (key === null || !key.ok) return
  const { folders, ports } = cache
  const plan = planName({ links, request }, key.value.keys, ports)
  if (!plan.ok) return
  const { variables, ...kept } = plan.value
  if (variables.some((name) => ofTheTerminal.test(name))) return
  const content = serialise({ plan: kept, minTtlMs: freshness.minTtlMs, print })
  const folder = createSealedFolder('shortcuts', key.value, folders, ports)
  await folder.write(nameQuestion(argv, ports.env, key.value.keys), content, ports.clock.now() + lifeMs)
}

function readPlace(env: Env): CachePlace {
  const chosen = env.get('AZID_CACHE')
  if (chosen === undefined || chosen === '') return defaultPlace(env)
  return chosen === 'keyring' || chosen === 'file' ? chosen : 'off'
}

function nameQuestion(argv: readonly string[], env: Env, keys: CacheKeys): string {
  const variables = env
    .names()
    .filter((name) => !ofTheTerminal.test(name))
    .sort()
    .map((name) => [name, env.get(name)])
  // JSON of strings in lists is unambiguous, and quicker than our own bytes.
  return createHmac('sha256', keys.naming)
    .update(JSON.stringify(['shortcut', version, argv, variables]))
    .digest('hex')
}

function serialise<Print>(shortcut: Shortcut<Print>): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(shortcut))
}

/** It was sealed by this version of azid (its name says so): what it holds is what `serialise` wrote. */
function parseShortcut<Print>(content: Uint8Array): Shortcut<Print> {
  return JSON.parse(Buffer.from(content).toString('utf8')) as Shortcut<Print>
}
