/** What a person typed or pressed on a page, and what it changes. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { findUser, type User } from '../directory.ts'
import type { Exchange } from '../exchange.ts'
import { type Refusal, refuse } from '../refusals.ts'
import type { SandboxState } from '../state.ts'
import { findByUserCode } from './device-codes.ts'
import { type Flow, requestOf, type Step } from './flows.ts'
import { countRevocations } from './people.ts'
import { recordConsent } from './policies.ts'
import type { SessionAccount } from './sessions.ts'

/** What is shown again of what was typed. */
export const longestTyped = 256

export type Form = ReadonlyMap<string, string>

/** What came of a form: something was wrong with it, or somebody signed in. */
export interface Taken {
  readonly refusal?: Refusal
  readonly account?: SessionAccount
}

/** Takes what the person typed or pressed on the page of `step`. */
export function takeForm(
  flow: Flow,
  step: Step,
  form: Form,
  accounts: readonly SessionAccount[],
  exchange: Exchange,
  state: SandboxState,
): Taken {
  switch (step.kind) {
    case 'code':
      return takeUserCode(flow, form.get('otc') ?? '', exchange, state)
    case 'account':
      flow.user = accounts.find(({ user }) => user.objectId === form.get('account'))?.user
      return {}
    case 'username':
      return takeUsername(flow, form.get('loginfmt') ?? '', state)
    case 'password':
      return takePassword(flow, form.get('passwd') ?? '', exchange, state)
    case 'second-factor':
      return takeSecondFactor(flow, form.get('otc') ?? '', accounts)
    case 'consent':
      if (form.get('do') === 'accept') takeConsent(flow, step, state)
      return {}
    case 'confirm':
      flow.hasConfirmed = form.get('do') === 'continue'
      return {}
    case 'refused':
    case 'done':
      return {}
    default:
      return step satisfies never
  }
}

function takeUserCode({ purpose }: Flow, typed: string, { now }: Exchange, state: SandboxState): Taken {
  const code = findByUserCode(typed, state)
  if (purpose.kind !== 'device' || code === undefined) return { refusal: refuse('user-code-unknown', {}) }
  if (now >= code.expires) return { refusal: refuse('user-code-expired', {}) }
  if (code.outcome.kind !== 'pending') return { refusal: refuse('user-code-used', {}) }
  purpose.code = code
  return {}
}

function takeUsername(flow: Flow, typed: string, state: SandboxState): Taken {
  flow.username = typed.trim().slice(0, longestTyped)
  flow.user = findUser(state.directory, typed)
  if (flow.user === undefined) {
    const target = requestOf(flow)?.target
    const tenant = target?.kind === 'one' ? target.tenant.name : (target?.word ?? '')
    return { refusal: refuse('user-unknown', { user: flow.username, tenant }) }
  }
  flow.wantsOther = false
  return {}
}

function takePassword({ user }: Flow, typed: string, { now }: Exchange, state: SandboxState): Taken {
  if (user === undefined || !hasPassword(user, typed)) return { refusal: refuse('password-wrong', {}) }
  if (!user.isEnabled) return { refusal: refuse('user-disabled', {}) }
  return { account: { user, at: now, methods: ['pwd'], revocations: countRevocations(user, state) } }
}

export function hasPassword({ password }: User, given: string): boolean {
  return password !== undefined && isSame(password, given)
}

function takeSecondFactor({ user }: Flow, typed: string, accounts: readonly SessionAccount[]): Taken {
  const account = accounts.find((each) => each.user === user)
  if (account === undefined || user?.mfaCode === undefined) return {}
  if (!isSame(user.mfaCode, typed.replace(/\s/g, ''))) return { refusal: refuse('second-factor-wrong', {}) }
  return { account: { ...account, methods: ['pwd', 'mfa'] } }
}

/** In the same time whatever was given. */
function isSame(expected: string, given: string): boolean {
  const [left, right] = [expected, given].map((text) => createHash('sha256').update(text).digest())
  return left !== undefined && right !== undefined && timingSafeEqual(left, right)
}

function takeConsent(flow: Flow, step: Extract<Step, { kind: 'consent' }>, state: SandboxState): void {
  const app = requestOf(flow)?.app
  if (app === undefined || flow.user === undefined) return
  recordConsent(step.permissions, { app, user: flow.user, resource: step.resource }, state)
  flow.hasConsented = true
}
