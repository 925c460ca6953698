/** The page of each step. */
import type { Answer, Exchange } from '../exchange.ts'
import { answerErrorPage } from '../pages/error-page.ts'
import { html } from '../pages/html.ts'
import {
  accountPage,
  codePage,
  confirmPage,
  consentPage,
  type FlowPage,
  formAction,
  hiddenFields,
  passwordPage,
  secondFactorPage,
  targetsOf,
  usernamePage,
} from '../pages/sign-in-pages.ts'
import type { Refusal } from '../refusals.ts'
import type { SandboxState } from '../state.ts'
import { factsOf } from './facts.ts'
import { type Flow, requestOf, type Step } from './flows.ts'

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
