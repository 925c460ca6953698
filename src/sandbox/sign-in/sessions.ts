/** What a browser brings with it: one cookie that ties its forms to it, and one that says who is signed in there. */
import type { SignInMethod } from '../access-tokens.ts'
import type { User } from '../directory.ts'
import type { Exchange } from '../exchange.ts'
import type { SandboxState } from '../state.ts'
import { countRevocations } from './people.ts'
import { keep } from './store.ts'

/** A person signed in to a browser, for all apps and tenants. */
export interface SessionAccount {
  readonly user: User
  readonly at: number
  readonly methods: readonly SignInMethod[]
  readonly revocations: number
}

const browserCookie = 'esctx'
const sessionCookie = 'ESTSAUTH'

function makeId(state: SandboxState): string {
  return Buffer.from(state.random.bytes(32)).toString('base64url')
}

/** The browser's id; a new one with the header that sets it. */
export function identifyBrowser(
  exchange: Exchange,
  state: SandboxState,
): { readonly browser: string; readonly headers: Readonly<Record<string, string>> } {
  const known = readCookie(exchange, browserCookie)
  if (known !== undefined) return { browser: known, headers: {} }
  const browser = makeId(state)
  return { browser, headers: setCookie(browserCookie, browser) }
}

export function readBrowser(exchange: Exchange): string | undefined {
  return readCookie(exchange, browserCookie)
}

/** Those whose sign-in was not ended since. */
export function readAccounts(exchange: Exchange, state: SandboxState): readonly SessionAccount[] {
  const id = readCookie(exchange, sessionCookie)
  const accounts = id === undefined ? undefined : state.signIns.sessions.get(id)
  return (accounts ?? []).filter((each) => each.revocations === countRevocations(each.user, state))
}

/** Adds or renews an account. The session gets a new name each time, so that nobody can prepare one for somebody else. */
export function rememberAccount(
  account: SessionAccount,
  exchange: Exchange,
  state: SandboxState,
): Readonly<Record<string, string>> {
  const others = readAccounts(exchange, state).filter((each) => each.user !== account.user)
  endSession(exchange, state)
  const id = makeId(state)
  keep(state.signIns.sessions, id, [account, ...others])
  return setCookie(sessionCookie, id)
}

export function endSession(exchange: Exchange, state: SandboxState): Readonly<Record<string, string>> {
  const id = readCookie(exchange, sessionCookie)
  if (id !== undefined) state.signIns.sessions.delete(id)
  return { 'set-cookie': `${sessionCookie}=; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=0` }
}

function setCookie(name: string, value: string): Readonly<Record<string, string>> {
  return { 'set-cookie': `${name}=${value}; Path=/; Secure; HttpOnly; SameSite=Lax` }
}

function readCookie({ headers }: Exchange, name: string): string | undefined {
  const pairs = (headers['cookie'] ?? '').split(/;\s*/)
  const found = pairs.find((pair) => pair.startsWith(`${name}=`))
  return found?.slice(name.length + 1) || undefined
}
