/** `/authorize`: reads strictly what an app asks, then begins the sign-in of a person, or answers without one. */
import { failure, type Result, success } from '../../result.ts'
import type { Answer, Exchange } from '../exchange.ts'
import { type Refusal, refuse } from '../refusals.ts'
import type { SandboxState } from '../state.ts'
import { readForm, resolveTenant } from '../token-request.ts'
import { readClaimsRequest } from './claims-request.ts'
import { endFlow } from './endings.ts'
import { contextOf, factsOf } from './facts.ts'
import { type AuthorizeRequest, nextStep, type ReplyAddress, type ResponseMode, type Step, startFlow } from './flows.ts'
import { identifyAppForUsers } from './policies.ts'
import { resolveRedirectUri } from './redirect-uris.ts'
import { replyWithError } from './reply.ts'
import { identifyBrowser, readAccounts } from './sessions.ts'
import { showStep } from './show-step.ts'
import { readWantedScopes } from './wanted-scopes.ts'

type Parameters = ReadonlyMap<string, string>

/** What is wrong before the app and its redirect URI are known is said to the person, what is wrong after that to the app. */
export function answerAuthorize(exchange: Exchange, segment: string, state: SandboxState): Answer | Refusal {
  const parameters = readParameters(exchange)
  if (!parameters.ok) return parameters.error
  const target = resolveTenant(state.directory, segment, 'tenant-unknown')
  if (!target.ok) return target.error
  const clientId = parameters.value.get('client_id')
  if (clientId === undefined) return refuse('parameter-missing', { name: 'client_id' })
  const app = identifyAppForUsers(clientId, target.value, state.directory)
  if (!app.ok) return app.error
  const redirectUri = resolveRedirectUri(parameters.value.get('redirect_uri'), app.value)
  if (!redirectUri.ok) return redirectUri.error
  const mode = readMode(parameters.value)
  const reply: ReplyAddress = {
    redirectUri: redirectUri.value.uri,
    isSpa: redirectUri.value.isSpa,
    mode: mode.ok ? mode.value : 'query',
    state: parameters.value.get('state'),
  }
  const answerError = (refusal: Refusal): Answer =>
    replyWithError(refusal, reply, factsOf(exchange), contextOf(exchange, state))
  if (!mode.ok) return answerError(mode.error)
  const prompt = readPrompt(parameters.value)
  if (!prompt.ok) return answerError(prompt.error)
  const read = readRequest(parameters.value)
  if (!read.ok) return answerError(read.error)
  if (reply.isSpa && read.value.challenge?.method !== 'S256') return answerError(refuse('challenge-needed', {}))
  const request: AuthorizeRequest = { app: app.value, target: target.value, reply, ...read.value }
  const { browser, headers } = identifyBrowser(exchange, state)
  const flow = startFlow(
    { kind: 'authorize', request },
    {
      browser,
      now: exchange.now,
      prompt: prompt.value,
      domainHint: parameters.value.get('domain_hint'),
      username: parameters.value.get('login_hint') ?? '',
    },
    state,
  )
  const accounts = readAccounts(exchange, state)
  const step = nextStep(flow, accounts, state)
  if (step.kind !== 'done' && prompt.value.has('none')) return answerError(explainSilence(step, request))
  return step.kind === 'done'
    ? endFlow(flow, step.signIn, exchange, state, headers)
    : showStep(flow, step, exchange, state, { headers })
}

function readParameters(exchange: Exchange): Result<Parameters, Refusal> {
  if (exchange.method === 'POST') return readForm(exchange)
  if (exchange.method !== 'GET') {
    return failure(refuse('wrong-method', { allowed: 'GET, POST', method: exchange.method }))
  }
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return readForm({ headers, body: exchange.query.toString() })
}

const modes: readonly ResponseMode[] = ['query', 'fragment', 'form_post']

function readMode(parameters: Parameters): Result<ResponseMode, Refusal> {
  const given = parameters.get('response_mode') ?? 'query'
  const mode = modes.find((each) => each === given)
  return mode === undefined ? failure(refuse('response-mode-unsupported', { mode: given })) : success(mode)
}

const prompts = ['none', 'login', 'select_account', 'consent']

function readPrompt(parameters: Parameters): Result<ReadonlySet<string>, Refusal> {
  const given = parameters.get('prompt')?.split(' ') ?? []
  const isKnown = given.every((each) => prompts.includes(each))
  const isAlone = !given.includes('none') || given.length === 1
  return isKnown && isAlone ? success(new Set(given)) : failure(refuse('prompt-unsupported', {}))
}

function readRequest(parameters: Parameters): Result<Omit<AuthorizeRequest, 'app' | 'target' | 'reply'>, Refusal> {
  const type = parameters.get('response_type')
  if (type === undefined) return failure(refuse('parameter-missing', { name: 'response_type' }))
  if (type !== 'code') return failure(refuse('response-type-unsupported', { type }))
  const wanted = readWantedScopes({ version: 2, parameters })
  if (!wanted.ok) return wanted
  const claims = readClaimsRequest(parameters.get('claims'))
  if (!claims.ok) return claims
  const challenge = readChallenge(parameters)
  if (!challenge.ok) return challenge
  return success({
    wanted: wanted.value,
    claims: claims.value,
    nonce: parameters.get('nonce'),
    challenge: challenge.value,
  })
}

/** RFC 7636 section 4.3. A challenge without a method is plain. */
function readChallenge(parameters: Parameters): Result<AuthorizeRequest['challenge'], Refusal> {
  const value = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method') ?? 'plain'
  if (value === undefined) {
    return parameters.has('code_challenge_method') ? failure(refuse('challenge-missing', {})) : success(undefined)
  }
  if (method !== 'S256' && method !== 'plain') return failure(refuse('request-malformed', {}))
  const form = method === 'S256' ? /^[A-Za-z0-9_-]{43}$/ : /^[A-Za-z0-9._~-]{43,128}$/
  return form.test(value) ? success({ method, value }) : failure(refuse('challenge-size', {}))
}

/** Why `prompt=none` cannot be answered with a code. */
function explainSilence(step: Exclude<Step, { kind: 'done' }>, { app, wanted }: AuthorizeRequest): Refusal {
  switch (step.kind) {
    case 'account':
      return refuse('several-accounts', {})
    case 'consent':
      return { ...refuse('consent-missing', { app: app.clientId, name: app.displayName }), error: 'consent_required' }
    case 'second-factor':
      return { ...refuse('mfa-needed', { resource: wanted.identifier }), error: 'interaction_required' }
    case 'refused':
      return { ...step.refusal, error: 'interaction_required' }
    case 'code':
    case 'username':
    case 'password':
    case 'confirm':
      return refuse('not-signed-in', {})
    default:
      return step satisfies never
  }
}
