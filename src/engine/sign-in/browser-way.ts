/** A sign-in in the person's browser: authorization code with PKCE (RFC 7636), back to a port of this machine (RFC 8252). */
import { createHash } from 'node:crypto'
import { Secret } from '../../secret.ts'
import { abortProblem } from '../chain.ts'
import type { SignInOutcome } from '../msal-public.ts'
import { type Problem, problem, type StsRefusal } from '../problems.ts'
import type { EnginePorts } from '../types.ts'
import { developerClientId } from './accounts.ts'
import { findNoBrowser } from './browser-presence.ts'
import type { Landing } from './landing-page.ts'
import { type Asking, otherAccount, type PersonWay } from './person-credential.ts'
import { anyPlace, listenForRedirect, type Redirect, type RedirectWait, readRedirectPlace } from './redirect.ts'

export const browserWay: PersonWay = { way: 'browser', ask: askInBrowser }

async function askInBrowser(asking: Asking, ports: EnginePorts, signal: AbortSignal): Promise<SignInOutcome> {
  const { config } = asking
  const place = config.redirectUri === undefined ? anyPlace : readRedirectPlace(config.redirectUri)
  if (place === null) {
    const reason = 'is no http address of this machine, such as http://localhost:8400'
    return failed(problem('input-invalid', { what: 'redirect URI', source: '--redirect-uri', reason }))
  }
  const absent = await findNoBrowser(ports)
  if (absent !== null) return failed(problem('browser-unavailable', absent))
  const state = randomText(ports)
  const wait = await listenForRedirect(place, state, ports)
  if (!wait.ok) return failed(wait.error)
  try {
    return await goThrough({ ...asking, state, wait: wait.value }, ports, signal)
  } finally {
    await wait.value.close()
  }
}

interface Visit extends Asking {
  readonly state: string
  readonly wait: RedirectWait
}

async function goThrough(visit: Visit, ports: EnginePorts, signal: AbortSignal): Promise<SignInOutcome> {
  const { client, request, loginHint, signIn, state, wait, config } = visit
  const { redirectUri } = wait
  const nonce = randomText(ports)
  const codeVerifier = randomText(ports)
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url')
  const hint = loginHint === undefined ? {} : { loginHint }
  const url = await client.authorizeUrl({ ...request, redirectUri, state, nonce, codeChallenge, ...hint }, signal)
  if (!url.ok) return failed(url.error)
  signIn.tell({ kind: 'browser', url: url.value, redirectUri, timeoutMs: signIn.browserTimeoutMs })
  const redirect = await waitForRedirect(url.value, visit, ports, signal)
  if ('facts' in redirect) return failed(redirect)
  if (redirect.kind !== 'code') {
    wait.conclude(landingOfError(redirect))
    return failed(problemOfError(redirect, visit))
  }
  signIn.tell({ kind: 'code-received' })
  const outcome = await client.redeemCode(
    { ...request, redirectUri, code: redirect.code, codeVerifier: new Secret(codeVerifier), nonce },
    signal,
  )
  wait.conclude(landingOf(outcome, config.account?.username ?? config.username, visit))
  return outcome
}

/** Longer than a sign-in takes that goes well: by then the page may show an error, of which nothing comes back here. */
const reminderMs = 30_000

/** 256 bits: more than RFC 7636 section 4.1 asks of a verifier. */
function randomText({ random }: Pick<EnginePorts, 'random'>): string {
  return Buffer.from(random.bytes(32)).toString('base64url')
}

/** The answer, or why there is none: the browser did not open, the person took too long, the run is over. */
async function waitForRedirect(
  url: string,
  { wait, signIn }: Visit,
  { browser, clock }: EnginePorts,
  signal: AbortSignal,
): Promise<Redirect | Problem> {
  const over = new AbortController()
  const stop = AbortSignal.any([signal, over.signal])
  const timeoutMs = signIn.browserTimeoutMs
  const never = new Promise<never>(() => {})
  const limit = clock.sleep(timeoutMs, stop).then(
    () => problem('sign-in-timed-out', { timeoutMs, way: 'browser' }),
    () => (signal.aborted ? abortProblem(signal) : never),
  )
  // Without an end: to say so decides nothing.
  void clock.sleep(reminderMs, stop).then(
    () => (timeoutMs > reminderMs ? signIn.tell({ kind: 'still-waiting', leftMs: timeoutMs - reminderMs }) : undefined),
    () => undefined,
  )
  const opening = browser.open(url).then((reason): Promise<never> | Problem => {
    if (reason === null) return never
    return problem('browser-unavailable', { where: 'not-opened', reason: `no browser opened: ${reason}` })
  })
  try {
    return await Promise.race([wait.arrived, limit, opening])
  } finally {
    over.abort()
  }
}

function landingOfError(redirect: Exclude<Redirect, { kind: 'code' }>): Landing {
  return redirect.kind === 'nothing'
    ? { kind: 'no-code' }
    : { kind: 'refused', error: redirect.error, description: redirect.description }
}

function landingOf(outcome: SignInOutcome, username: string | undefined, { config }: Visit): Landing {
  if (outcome.kind === 'failed') return { kind: 'not-redeemed', reason: wordReason(outcome.problem) }
  const { account } = outcome
  const other = otherAccount(account, config.account, username)
  return other?.code === 'sign-in-other-account'
    ? { kind: 'other-account', wanted: other.facts.wanted, got: other.facts.got }
    : { kind: 'signed-in', username: account.username, tenantId: account.tenantId }
}

/** For the page alone, where the authority's own words say most; the terminal says it in full. */
function wordReason(found: Problem): string {
  switch (found.code) {
    case 'token-refused':
      return found.facts.description === '' ? found.facts.error : found.facts.description
    case 'network':
      return `${found.facts.host} could not be reached.`
    case 'sign-in-answer-unusable':
      return found.facts.reason
    default:
      return ''
  }
}

function problemOfError(redirect: Exclude<Redirect, { kind: 'code' }>, { config, request }: Visit): Problem {
  if (redirect.kind === 'nothing') {
    return problem('sign-in-answer-unusable', { reason: 'it holds neither a code nor an error' })
  }
  const { error, description, suberror } = redirect
  const facts: StsRefusal = {
    error,
    description,
    codes: [...new Set(description.match(/\bAADSTS\d+/g) ?? [])],
    ...(suberror === null ? {} : { suberror }),
    // The answer came as a redirect of the browser.
    status: 302,
    ...idsOf(description),
    authority: new URL(config.authority.host).host,
    tenantId: request.tenantId,
    clientId: config.clientId ?? developerClientId,
  }
  return problem('token-refused', facts)
}

/** `Trace ID: …`, as Entra ends its descriptions. */
function idsOf(description: string): Partial<Pick<StsRefusal, 'traceId' | 'correlationId' | 'timestamp'>> {
  const find = (label: string): string | undefined =>
    new RegExp(`${label}: ([0-9A-Za-z:. -]{8,40})`).exec(description)?.[1]?.trim()
  const [traceId, correlationId, timestamp] = ['Trace ID', 'Correlation ID', 'Timestamp'].map(find)
  return {
    ...(traceId === undefined ? {} : { traceId }),
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(timestamp === undefined ? {} : { timestamp }),
  }
}

function failed(found: Problem): SignInOutcome {
  return { kind: 'failed', problem: found }
}
