/** What a person's form says to a flow, and the page or the answer that comes next. */
import { createHash, timingSafeEqual } from 'node:crypto'
import { findUser, type User } from '../directory.ts'
import type { Answer, Exchange } from '../exchange.ts'
import { answerErrorPage } from '../pages/error-page.ts'
import { html } from '../pages/html.ts'
import type { PageFacts } from '../pages/layout.ts'
import {
  accountPage,
  codePage,
  confirmPage,
  consentPage,
  endPage,
  type FlowPage,
  formAction,
  hiddenFields,
  passwordPage,
  secondFactorPage,
  targetsOf,
  usernamePage,
} from '../pages/sign-in-pages.ts'
import { formatTimestamp, type Refusal, type RefusalContext, refuse } from '../refusals.ts'
import type { SandboxState } from '../state.ts'
import { readForm } from '../token-request.ts'
import { findByUserCode } from './device-codes.ts'
import { type Flow, findFlow, nextStep, requestOf, type Step, startFlow } from './flows.ts'
import { countRevocations } from './people.ts'
import { recordConsent } from './policies.ts'
import { replyWith, replyWithError } from './reply.ts'
import { identifyBrowser, readAccounts, readBrowser, rememberAccount, type SessionAccount } from './sessions.ts'
import { keep, type SignIn } from './store.ts'

/** `POST /common/login`: every form of every page. */
export function answerLogin(exchange: Exchange, state: SandboxState): Answer | Refusal {
  if (exchange.method !== 'POST') return refuse('wrong-method', { allowed: 'POST', method: exchange.method })
  const form = readForm(exchange)
  if (!form.ok) return form.error
  const browser = readBrowser(exchange)
  if (browser === undefined) return refuse('tokens-do-not-match', { reason: 'Cookie was not provided' })
  const id = form.value.get('flow')
  const csrf = form.value.get('canary')
  if (id === undefined || csrf === undefined) {
    return refuse('tokens-do-not-match', { reason: 'Token was not provided' })
  }
  const flow = findFlow({ id, csrf, browser, now: exchange.now }, state)
  if (flow === undefined) return refuse('tokens-do-not-match', { reason: 'Token is invalid' })
  return answerForm(flow, form.value, exchange, state)
}

/** `GET /devicelogin`: the page that asks for the code of a device. */
export function answerDeviceLogin(exchange: Exchange, state: SandboxState): Answer | Refusal {
  if (exchange.method !== 'GET') return refuse('wrong-method', { allowed: 'GET', method: exchange.method })
  const { browser, headers } = identifyBrowser(exchange, state)
  const flow = startFlow({ kind: 'device', code: undefined }, { browser, now: exchange.now }, state)
  return showStep(flow, { kind: 'code' }, exchange, state, { headers })
}

/** What is shown again of what was typed. */
const longestTyped = 256

type Form = ReadonlyMap<string, string>

/** What came of a form: something was wrong with it, or somebody signed in. */
interface Taken {
  readonly refusal?: Refusal
  readonly account?: SessionAccount
}

function answerForm(flow: Flow, form: Form, exchange: Exchange, state: SandboxState): Answer {
  if (form.get('do') === 'other') {
    Object.assign(flow, { user: undefined, username: '', wantsOther: true })
    return showStep(flow, { kind: 'username' }, exchange, state)
  }
  if (form.get('do') === 'cancel') return endByPerson(flow, exchange, state)
  const before = readAccounts(exchange, state)
  const expected = nextStep(flow, before, state)
  // A form of an earlier page (the back button) is not taken; the page that is due is shown.
  const taken = form.get('step') === expected.kind ? takeForm(flow, expected, form, before, exchange, state) : {}
  const { account, refusal } = taken
  const accounts = account === undefined ? before : [account, ...before.filter(({ user }) => user !== account.user)]
  const headers = account === undefined ? {} : rememberAccount(account, exchange, state)
  const step = nextStep(flow, accounts, state)
  if (step.kind === 'done') return endFlow(flow, step.signIn, exchange, state, headers)
  return showStep(flow, step, exchange, state, {
    headers,
    typed: (form.get('otc') ?? '').slice(0, longestTyped),
    ...(refusal === undefined ? {} : { refusal }),
  })
}

function takeForm(
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

/** The person said no. */
function endByPerson(flow: Flow, exchange: Exchange, state: SandboxState): Answer {
  state.signIns.flows.delete(flow.id)
  const { purpose } = flow
  if (purpose.kind === 'authorize') {
    const refusal = refuse('consent-declined', {})
    return replyWithError(refusal, purpose.request.reply, factsOf(exchange), contextOf(exchange, state))
  }
  if (purpose.code?.outcome.kind === 'pending') purpose.code.outcome = { kind: 'declined' }
  return endPage(factsOf(exchange), {
    title: 'You did not sign in',
    text: 'The app was told that you declined. You can close this window.',
    isDone: false,
  })
}

const codeLifeMs = 600_000

/** The person is signed in, and may what was asked: the app gets its code, the device its approval. */
export function endFlow(
  flow: Flow,
  signIn: SignIn,
  exchange: Exchange,
  state: SandboxState,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  state.signIns.flows.delete(flow.id)
  const { purpose } = flow
  if (purpose.kind === 'authorize') {
    const code = `1.${Buffer.from(state.random.bytes(64)).toString('base64url')}`
    const { request } = purpose
    keep(state.signIns.codes, code, { signIn, request, expires: exchange.now + codeLifeMs, isRedeemed: false })
    const parameters = { code, session_state: state.random.uuid() }
    return replyWith(parameters, request.reply, factsOf(exchange), headers)
  }
  const { code } = purpose
  if (code?.outcome.kind === 'pending') code.outcome = { kind: 'approved', signIn }
  const name = code?.app.displayName ?? ''
  return endPage(
    factsOf(exchange),
    {
      title: name,
      text: `You have signed in to the ${name} application on your device. You may now close this window.`,
      isDone: true,
    },
    headers,
  )
}

interface Shown {
  readonly refusal?: Refusal
  readonly headers?: Readonly<Record<string, string>>
  /** The code that was typed. */
  readonly typed?: string
}

export function showStep(
  flow: Flow,
  step: Exclude<Step, { kind: 'done' }>,
  exchange: Exchange,
  state: SandboxState,
  { refusal, headers, typed = '' }: Shown = {},
): Answer {
  const page: FlowPage = {
    flow,
    facts: factsOf(exchange),
    ...(refusal === undefined ? {} : { refusal }),
    ...(headers === undefined ? {} : { headers }),
  }
  const app = requestOf(flow)?.app
  const { user } = flow
  if (step.kind === 'code' || app === undefined) return codePage(page, typed)
  if (step.kind === 'refused') return showRefusal(page, step.refusal)
  if (step.kind === 'account') return accountPage(page, app, step.accounts)
  if (step.kind === 'username' || user === undefined) return usernamePage(page, app)
  switch (step.kind) {
    case 'password':
      return passwordPage(page, user)
    case 'second-factor':
      return secondFactorPage(page, user)
    case 'confirm':
      return confirmPage(page, app, user)
    case 'consent': {
      const home = state.directory.tenants.find(({ id }) => id === app.tenantId)
      const publisher = home?.domains[0] ?? (app.isFamilyMember ? 'Microsoft' : (home?.name ?? ''))
      const keepsAccess = requestOf(flow)?.wanted.wantsRefreshToken === true
      return consentPage(page, { app, user, publisher, keepsAccess, ...step })
    }
    default:
      return step satisfies never
  }
}

function showRefusal({ flow, facts, headers }: FlowPage, refusal: Refusal): Answer {
  const actions = html`<form method="post" action="${formAction}"><div class="buttons">${hiddenFields(flow)}
<button class="primary" type="submit" name="do" value="other" autofocus>Sign in with another account</button></div></form>`
  const answer = answerErrorPage({ refusal, facts, actions, formTargets: targetsOf(flow) })
  return { ...answer, headers: { ...answer.headers, ...headers } }
}

export function factsOf({ traceId, correlationId, now }: Exchange): PageFacts {
  return { requestId: traceId, correlationId, timestamp: formatTimestamp(now) }
}

export function contextOf(exchange: Exchange, { directory }: SandboxState): RefusalContext {
  return { ...exchange, hasMultilineErrors: directory.hasMultilineErrors }
}
