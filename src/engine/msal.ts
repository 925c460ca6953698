/**
 * The one door to MSAL: our HTTP port as its network, our words for its errors. It is loaded on first use (a tenth of a
 * second), writes no log, and reads no variable in the paths used here.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import type { AuthenticationResult, Configuration, INetworkModule, NodeAuthOptions } from '@azure/msal-node'
import type { HttpRequest, HttpResponse } from '../runtime.ts'
import { Secret } from '../secret.ts'
import { type AssertionFacts, describeAssertion } from './assertion.ts'
import type { ClientCertificate } from './certificate.ts'
import { abortProblem } from './chain.ts'
import { sendPatiently } from './patient-http.ts'
import { type Problem, problem } from './problems.ts'
import { createRedactor } from './redaction.ts'
import { resolveRegion } from './region.ts'
import { isManyTenants } from './tenant.ts'
import { type AskedOf, parseObject, readServiceAnswer, type ServiceAnswer, toSentRequest } from './token-answer.ts'
import type { AccessToken, Authority, EnginePorts, Outcome } from './types.ts'

export type {
  AccountInfo,
  AuthenticationResult,
  ConfidentialClientApplication,
  PublicClientApplication,
} from '@azure/msal-node'

/** How an app proves who it is. */
export type ClientProof =
  | { readonly kind: 'secret'; readonly secret: Secret }
  | {
      readonly kind: 'certificate'
      readonly certificate: ClientCertificate
      readonly sendChain: boolean
      /** What names the key: `x5t` with RS256, or `x5t#S256` with PS256. */
      readonly thumbprint: 'sha1' | 'sha256'
    }
  /** Asked anew for every request; a rejection with a `ProblemError` becomes the outcome's problem. */
  | { readonly kind: 'assertion'; readonly getAssertion: (signal: AbortSignal) => Promise<Secret> }

export interface AppSettings {
  readonly authority: Authority
  readonly clientId: string
  /** Absent: a public app, which can keep no secret. */
  readonly proof?: ClientProof
  /** An answer that was cut off is not asked for again. */
  readonly isCutFinal?: boolean
}

/** A token for the app itself (client credentials, RFC 6749 section 4.4). */
export interface AppRequest {
  readonly tenantId: string
  /** Where the tenant came from, for messages: `--tenant`, `AZURE_TENANT_ID`. */
  readonly tenantSource: string
  readonly scopes: readonly string[]
  /** JSON text. A request with claims passes MSAL's memory by. */
  readonly claims?: string
  readonly enableCae?: boolean
}

/** A token for a user, by the app that was called with the user's token (on behalf of, RFC 7523 section 2.1). */
export interface UserRequest extends AppRequest {
  readonly userAssertion: Secret
}

export interface ConfidentialClient {
  /** Never rejects. Tokens are remembered in memory, those with CAE apart, and refreshed ahead of their end. */
  acquireForApp(request: AppRequest, signal: AbortSignal): Promise<Outcome>
  /** The same; remembered by the user's token, so that one user's answer is never another's. */
  acquireOnBehalfOf(request: UserRequest, signal: AbortSignal): Promise<Outcome>
}

/** Thrown through MSAL by a callback of ours to name its own problem. */
export class ProblemError extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.code)
    this.name = 'ProblemError'
    this.problem = problem
  }
}

export type Msal = typeof import('@azure/msal-node')
export type MsalPorts = Pick<EnginePorts, 'env' | 'http' | 'clock' | 'random'>

/** Asks again and again: `ask` sends the request once; null when the network failed, and the exchange says how. */
export type Poll = (
  ask: () => Promise<ServiceAnswer | null>,
  signal: AbortSignal,
) => Promise<ServiceAnswer | Problem | null>

/** What one request saw; MSAL's errors say too little, and some of them something else. */
export interface Exchange {
  readonly asked: AskedOf
  readonly signal: AbortSignal
  readonly redact: (text: string) => string
  /** What the client assertion and the user's token said of themselves, once they were presented. */
  presented: { readonly assertion?: AssertionFacts; readonly userAssertion?: AssertionFacts }
  /** Why the last look at the network gave nothing. */
  problem: Problem | null
  /** How a request is repeated that a person has yet to allow. */
  readonly poll?: Poll
  /** The last token that the service gave, and when it was asked, in milliseconds. */
  answer: { readonly body: Readonly<Record<string, unknown>>; readonly askedAt: number } | null
  /** Who signs there, according to the authority's own metadata. */
  issuer: string | null
}

/** Loaded on first use. */
export function loadMsal(): Promise<Msal> {
  return import('@azure/msal-node')
}

/** Whole exchanges; the run's own limit is the caller's signal. */
const connectTimeoutMs = 30_000
const exchangeTimeoutMs = 120_000

export function createConfidentialClient(
  settings: AppSettings & { readonly proof: ClientProof },
  ports: MsalPorts,
): ConfidentialClient {
  const exchanges = new AsyncLocalStorage<Exchange>()
  const network = createNetwork(exchanges, ports, settings)
  const applications = new Map<string, InstanceType<Msal['ConfidentialClientApplication']>>()

  const openApplication = async (tenantId: string, isCae: boolean) => {
    const key = `${isCae ? 'cae' : 'nocae'} ${tenantId}`
    const known = applications.get(key)
    if (known !== undefined) return known
    const msal = await loadMsal()
    const opened = new msal.ConfidentialClientApplication({
      auth: {
        ...authOptions(settings.authority, settings.clientId, tenantId, isCae),
        ...proofOptions(settings.proof, tenantId),
      },
      system: systemOptions(msal, network),
    })
    applications.set(key, opened)
    return opened
  }

  return {
    acquireForApp: async (request, signal) => {
      const refused = refuseEarly(settings.authority, request)
      if (refused !== null) return { kind: 'failed', problem: refused }
      const region = await resolveRegion(ports, signal)
      if (!region.ok) return { kind: 'failed', problem: problem('input-invalid', region.error) }
      const exchange = startExchange(
        { tenantId: request.tenantId, clientId: settings.clientId },
        settings.proof,
        signal,
      )
      return exchanges.run(exchange, () =>
        finishExchange(exchange, settings.authority, async () => {
          const application = await openApplication(request.tenantId, request.enableCae === true)
          return application.acquireTokenByClientCredential({
            scopes: [...request.scopes],
            correlationId: ports.random.uuid(),
            // Said even when there is none, because MSAL would otherwise read MSAL_FORCE_REGION by itself.
            azureRegion: region.value ?? 'DisableMsalForceRegion',
            ...(request.claims === undefined ? {} : { claims: request.claims }),
          })
        }),
      )
    },
    acquireOnBehalfOf: async (request, signal) => {
      const refused = refuseEarly(settings.authority, request)
      if (refused !== null) return { kind: 'failed', problem: refused }
      const { userAssertion } = request
      const exchange = startExchange(
        { tenantId: request.tenantId, clientId: settings.clientId },
        settings.proof,
        signal,
        userAssertion,
      )
      return exchanges.run(exchange, () =>
        finishExchange(exchange, settings.authority, async () => {
          const application = await openApplication(request.tenantId, request.enableCae === true)
          return application.acquireTokenOnBehalfOf({
            oboAssertion: userAssertion.reveal(),
            scopes: [...request.scopes],
            correlationId: ports.random.uuid(),
            ...(request.claims === undefined ? {} : { claims: request.claims, skipCache: true }),
          })
        }),
      )
    },
  }
}

/** What MSAL or the rules of trust would refuse anyway, said in words of our own and before anything is sent. */
function refuseEarly(authority: Authority, { tenantId, tenantSource }: AppRequest): Problem | null {
  if (isManyTenants(tenantId)) {
    return problem('input-invalid', {
      what: 'tenant id',
      source: tenantSource,
      value: tenantId,
      reason: `stands for many tenants; an app needs the one it is registered in`,
    })
  }
  return refuseUnknownAdfs(authority, tenantId)
}

/** AD FS answers no instance discovery, so nobody but the person can vouch for it. */
export function refuseUnknownAdfs(authority: Authority, tenantId: string): Problem | null {
  const isUnknownAdfs = tenantId.toLowerCase() === 'adfs' && !authority.isMicrosoft && !authority.isTrusted
  return isUnknownAdfs ? problem('authority-untrusted', { authority: authority.host }) : null
}

export function authOptions(authority: Authority, clientId: string, tenantId: string, isCae: boolean): NodeAuthOptions {
  return {
    clientId,
    authority: `${authority.host}/${tenantId}`,
    // Microsoft's own are known with their aliases; naming one here would make MSAL forget those.
    ...(authority.isTrusted && !authority.isMicrosoft ? { knownAuthorities: [new URL(authority.host).host] } : {}),
    ...(isCae ? { clientCapabilities: ['CP1'] } : {}),
  }
}

/**
 * What MSAL is given for an assertion. It asks for one whenever it is called, also where it answers from memory; so the real
 * one is asked for, and put in, when a request goes out.
 */
const placeholder = 'the-assertion-of-this-request'

export function proofOptions(proof: ClientProof, tenantId: string): Partial<NodeAuthOptions> {
  switch (proof.kind) {
    case 'secret':
      return { clientSecret: proof.secret.reveal() }
    case 'certificate': {
      const { certificate, sendChain } = proof
      return {
        clientCertificate: {
          // AD FS knows only the older form: RS256 and x5t.
          ...(proof.thumbprint === 'sha1' || tenantId.toLowerCase() === 'adfs'
            ? { thumbprint: certificate.sha1 }
            : { thumbprintSha256: certificate.sha256 }),
          privateKey: certificate.privateKeyPem.reveal(),
          ...(sendChain ? { x5c: certificate.chainPem.join('') } : {}),
        },
      }
    }
    case 'assertion':
      return { clientAssertion: placeholder }
    default:
      return proof satisfies never
  }
}

export function systemOptions(msal: Msal, network: INetworkModule): NonNullable<Configuration['system']> {
  const loggerOptions = { loggerCallback: () => {}, piiLoggingEnabled: false, logLevel: msal.LogLevel.Error }
  return { networkClient: network, loggerOptions, disableInternalRetries: true }
}

/** The request with the assertion in it; null when there is none, and `exchange` says why. */
async function present(body: string, proof: ClientProof | undefined, exchange: Exchange): Promise<string | null> {
  if (proof?.kind !== 'assertion') return body
  const form = new URLSearchParams(body)
  if (form.get('client_assertion') !== placeholder) return body
  try {
    const token = (await proof.getAssertion(exchange.signal)).reveal()
    const facts = describeAssertion(token)
    if (facts !== null) exchange.presented = { ...exchange.presented, assertion: facts }
    form.set('client_assertion', token)
    return form.toString()
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error
    exchange.problem = error.problem
    return null
  }
}

export function startExchange(
  asked: AskedOf,
  proof: ClientProof | undefined,
  signal: AbortSignal,
  userAssertion?: Secret,
): Exchange {
  const secret = proof?.kind === 'secret' ? [proof.secret.reveal()] : []
  const user = userAssertion === undefined ? [] : [userAssertion.reveal()]
  const facts = user[0] === undefined ? null : describeAssertion(user[0])
  return {
    asked,
    signal,
    redact: createRedactor([...secret, ...user]),
    presented: facts === null ? {} : { userAssertion: facts },
    problem: null,
    answer: null,
    issuer: null,
  }
}

/** Runs one of MSAL's flows and turns what came of it into an outcome. */
async function finishExchange(
  exchange: Exchange,
  authority: Authority,
  flow: () => Promise<AuthenticationResult | null>,
): Promise<Outcome> {
  if (exchange.signal.aborted) return { kind: 'failed', problem: abortProblem(exchange.signal) }
  try {
    const result = await flow()
    const token = result === null ? null : toAccessToken(result, exchange)
    if (token !== null) return { kind: 'token', token }
    return { kind: 'failed', problem: problem('unexpected', { message: 'MSAL gave no token and no error' }) }
  } catch (error) {
    return { kind: 'failed', problem: toProblem(error, exchange, authority) }
  }
}

/**
 * What the service itself said wins over MSAL's reading of it: its times count from our clock, and when MSAL has just
 * refreshed a token ahead of time it still hands out the old one.
 */
export function toAccessToken(result: AuthenticationResult, { answer, asked }: Exchange): AccessToken | null {
  const lifetime = answer === null ? Number.NaN : Number(answer.body['expires_in'])
  if (answer !== null && Number.isFinite(lifetime)) {
    const since = Math.floor(answer.askedAt / 1000)
    const refreshIn = Number(answer.body['refresh_in'] ?? Number.NaN)
    return {
      token: new Secret(String(answer.body['access_token'])),
      tokenType: result.tokenType,
      expiresOn: (since + lifetime) * 1000,
      refreshOn: Number.isFinite(refreshIn) ? (since + refreshIn) * 1000 : null,
      tenantId: asked.tenantId,
    }
  }
  if (result.expiresOn === null) return null
  return {
    token: new Secret(result.accessToken),
    tokenType: result.tokenType,
    expiresOn: result.expiresOn.getTime(),
    refreshOn: result.refreshOn?.getTime() ?? null,
    tenantId: asked.tenantId,
  }
}

/** MSAL's own words are the last resort: they name the symptom at best, and may quote what was sent. */
export function toProblem(error: unknown, exchange: Exchange, authority: Authority): Problem {
  if (exchange.signal.aborted) return abortProblem(exchange.signal)
  if (error instanceof ProblemError) return error.problem
  if (exchange.problem !== null) return exchange.problem
  const code = error instanceof Error && 'errorCode' in error ? String(error.errorCode) : ''
  if (code === 'untrusted_authority') return problem('authority-untrusted', { authority: authority.host })
  if (code === 'endpoints_resolution_error' || code === 'openid_config_error') {
    const reason =
      exchange.issuer === null
        ? 'its metadata could not be resolved'
        : `its OpenID configuration names another issuer, '${exchange.issuer}'`
    return problem('authority-discovery', { authority: authority.host, reason })
  }
  const message = error instanceof Error ? error.message : String(error)
  return problem('unexpected', { message: exchange.redact(message) })
}

/**
 * MSAL's network seam over the HTTP port. MSAL gets the service's body as it is, but never a 429, a 5xx or a Retry-After:
 * it would remember them and refuse the next request by itself, with an old error. What really happened is kept in the
 * exchange. A failed POST is handed on as an OAuth error rather than thrown, so that a failed refresh ahead of time leaves
 * the token that is still valid.
 */
export function createNetwork(
  exchanges: AsyncLocalStorage<Exchange>,
  ports: MsalPorts,
  { authority, proof, isCutFinal = false }: AppSettings,
): INetworkModule {
  const send = async (request: HttpRequest, exchange: Exchange): Promise<HttpResponse | null> => {
    const result = await sendPatiently(
      { ...request, connectTimeoutMs, timeoutMs: exchangeTimeoutMs },
      ports,
      exchange.signal,
      { isCutFinal },
    )
    if (exchange.signal.aborted) throw new Error('aborted')
    if (result.ok) return result.response
    exchange.problem = problem('network', { ...result.error, request: toSentRequest(request.url) })
    return null
  }

  return {
    sendGetRequestAsync: async (url, options) => {
      const exchange = requireExchange(exchanges)
      exchange.problem = null
      const response = await send({ method: 'GET', url, ...headersOf(options?.headers) }, exchange)
      if (response === null) throw new Error('network')
      const body = readMetadata(url, response, exchange, authority)
      if (body === null) throw new Error('metadata')
      return { status: response.status, headers: {}, body: body as never }
    },
    sendPostRequestAsync: async (url, options) => {
      const exchange = requireExchange(exchanges)
      exchange.problem = null
      const body = await present(options?.body ?? '', proof, exchange)
      let askedAt = ports.clock.now()
      const ask = async (): Promise<ServiceAnswer | null> => {
        if (body === null) return null
        askedAt = ports.clock.now()
        const response = await send({ method: 'POST', url, body, ...headersOf(options?.headers) }, exchange)
        if (response === null) return null
        return readServiceAnswer(url, response, exchange.asked, redactorOf(body, exchange))
      }
      const isPolled = exchange.poll !== undefined && body !== null && new URLSearchParams(body).has('device_code')
      const answer = isPolled && exchange.poll !== undefined ? await exchange.poll(ask, exchange.signal) : await ask()
      if (answer === null) return { status: 400, headers: {}, body: { error: 'network_error' } as never }
      if ('code' in answer) {
        exchange.problem = answer
        return { status: 400, headers: {}, body: { error: answer.code } as never }
      }
      if (answer.kind === 'accepted') exchange.answer = { body: answer.body, askedAt }
      else exchange.problem = withPresented(answer.problem, exchange)
      return { status: answer.kind === 'accepted' ? 200 : 400, headers: {}, body: bodyForMsal(answer) as never }
    },
  }
}

/** What a person's sign-in sends is as secret as an app's proof. */
const secretParameters = ['code', 'code_verifier', 'refresh_token', 'device_code']

function redactorOf(body: string, { redact }: Exchange): (text: string) => string {
  const form = new URLSearchParams(body)
  const secrets = secretParameters.flatMap((name) => form.getAll(name))
  if (secrets.length === 0) return redact
  const more = createRedactor(secrets)
  return (text) => redact(more(text))
}

function withPresented(found: Problem, { presented }: Exchange): Problem {
  return found.code === 'token-refused' ? { ...found, facts: { ...found.facts, ...presented } } : found
}

function bodyForMsal(answer: ServiceAnswer): Readonly<Record<string, unknown>> {
  return answer.kind === 'unreadable' ? { error: 'server_error' } : answer.body
}

function requireExchange(exchanges: AsyncLocalStorage<Exchange>): Exchange {
  const exchange = exchanges.getStore()
  if (exchange === undefined) throw new Error('MSAL used the network outside a request')
  return exchange
}

function headersOf(headers: Record<string, string> | undefined): { readonly headers?: Record<string, string> } {
  return headers === undefined ? {} : { headers }
}

/**
 * Instance discovery and OpenID configuration. Only an answer that vouches for the authority passes: MSAL itself would
 * take any error of instance discovery but `invalid_instance` for a yes.
 */
function readMetadata(
  url: string,
  response: HttpResponse,
  exchange: Exchange,
  authority: Authority,
): Readonly<Record<string, unknown>> | null {
  const body = parseObject(response.body)
  if (body?.['error'] === 'invalid_instance') {
    const answer = readServiceAnswer(url, response, exchange.asked, exchange.redact)
    const refusal = answer.kind === 'refused' && answer.problem.code === 'token-refused' ? answer.problem.facts : null
    exchange.problem = problem('authority-untrusted', {
      authority: authority.host,
      ...(refusal === null ? {} : { answer: refusal }),
    })
    return null
  }
  const isInstanceDiscovery = new URL(url).pathname.endsWith('/common/discovery/instance')
  const isWhole = typeof body?.[isInstanceDiscovery ? 'tenant_discovery_endpoint' : 'token_endpoint'] === 'string'
  if (body !== null && response.status === 200 && isWhole) {
    exchange.issuer = typeof body['issuer'] === 'string' ? body['issuer'] : exchange.issuer
    return body
  }
  const answer = readServiceAnswer(url, response, exchange.asked, exchange.redact)
  exchange.problem =
    answer.kind === 'refused' && !isInstanceDiscovery
      ? answer.problem
      : problem('authority-discovery', {
          authority: authority.host,
          reason: `${new URL(url).host} answered ${response.status} without the metadata of an authority`,
        })
  return null
}
