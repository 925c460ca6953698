/** How a flow ends: the app gets its code or its error, a device its approval or its refusal. */
import type { Answer, Exchange } from '../exchange.ts'
import { endPage } from '../pages/sign-in-pages.ts'
import { refuse } from '../refusals.ts'
import type { SandboxState } from '../state.ts'
import { contextOf, factsOf } from './facts.ts'
import type { Flow } from './flows.ts'
import { replyWith, replyWithError } from './reply.ts'
import { keep, type SignIn } from './store.ts'

/** The person said no. */
export function endByPerson(flow: Flow, exchange: Exchange, state: SandboxState): Answer {
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
