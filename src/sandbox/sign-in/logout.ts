/** `/logout`: the browser's session ends, and the person is sent back where an app of this directory may receive them. */
import type { Answer, Exchange } from '../exchange.ts'
import { endPage } from '../pages/sign-in-pages.ts'
import { type Refusal, refuse } from '../refusals.ts'
import type { SandboxState } from '../state.ts'
import { factsOf } from './facts.ts'
import { resolveRedirectUri } from './redirect-uris.ts'
import { endSession } from './sessions.ts'

export function answerLogout(exchange: Exchange, state: SandboxState): Answer | Refusal {
  if (exchange.method !== 'GET') return refuse('wrong-method', { allowed: 'GET', method: exchange.method })
  const headers = endSession(exchange, state)
  const uri = exchange.query.get('post_logout_redirect_uri')
  const isKnown = uri !== null && state.directory.apps.some((app) => resolveRedirectUri(uri, app).ok)
  if (isKnown) {
    const back = new URL(uri)
    const given = exchange.query.get('state')
    if (given !== null) back.searchParams.set('state', given)
    return { status: 302, headers: { ...headers, location: back.href }, body: '' }
  }
  const page = {
    title: 'You signed out of your account',
    text: "It's a good idea to close all browser windows.",
    isDone: true,
  }
  return endPage(factsOf(exchange), page, headers)
}
