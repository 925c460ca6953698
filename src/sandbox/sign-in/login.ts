/** Where forms arrive: the page's own browser is made sure of, the form taken, and what comes next shown. */
import type { Answer, Exchange } from '../exchange.ts'
import { type Refusal, refuse } from '../refusals.ts'
import type { SandboxState } from '../state.ts'
import { readForm } from '../token-request.ts'
import { endByPerson, endFlow } from './endings.ts'
import { type Flow, findFlow, nextStep, startFlow } from './flows.ts'
import { type Form, longestTyped, takeForm } from './forms.ts'
import { identifyBrowser, readAccounts, readBrowser, rememberAccount } from './sessions.ts'
import { showStep } from './show-step.ts'

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
