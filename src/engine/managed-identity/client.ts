/** Asks one host for one token: address, headers, parameters, challenge, retries, answer. Knows hosts and rows, but no SDK. */
import { failure, type Result, success } from '../../result.ts'
import type { HttpRequest, HttpResponse, NetworkError } from '../../runtime.ts'
import { type Problem, problem } from '../problems.ts'
import { createRedactor } from '../redaction.ts'
import type { AccessToken, EnginePorts } from '../types.ts'
import { answerChallenge } from './arc-challenge.ts'
import { hosts } from './detect.ts'
import { type Endpoint, makeEndpoint } from './endpoint.ts'
import type { IdKind, ManagedIdentityFacts } from './facts.ts'
import type { Variables } from './hosts.ts'
import { findMachineSigns } from './machine-signs.ts'
import { probeImds } from './probe.ts'
import type { AskedHost, ManagedIdentityProfile } from './profile.ts'
import { type Answer, type Payload, type Refusal, readAnswer } from './response.ts'
import { type Sent, sendWithRetries } from './retry.ts'
import { readThumbprint, serviceFabric, thumbprintVariable } from './service-fabric.ts'

/** A larger answer is no token answer; the largest real ones have a few kilobytes. */
const longestAnswer = 1024 * 1024
/** The SDKs wait five minutes; a host that has not spoken after half a one will not. */
const answerTimeoutMs = 30_000

export interface IdentityId {
  readonly kind: IdKind
  readonly value: string
  /** What gave it: `--client-id`, `AZURE_CLIENT_ID`. */
  readonly source: string
}

export interface Asking {
  readonly profile: ManagedIdentityProfile
  /** The host whose rules and words hold, and the one whose request is sent. */
  readonly host: AskedHost
  readonly sender: AskedHost
  readonly variables: Variables
  readonly resource: string
  readonly id: IdentityId | null
  /** Milliseconds for the probe's connection; null: no probe. */
  readonly probeMs: number | null
  /** For the words alone: a link of DefaultAzureCredential, and one that probes IMDS (this time or an earlier one). */
  readonly isChained?: boolean
  readonly isProbed?: boolean
}

type Ports = Pick<EnginePorts, 'http' | 'clock' | 'env' | 'files' | 'host' | 'random'>

/** Everything that is known of one exchange when it is judged. */
interface Exchange {
  readonly asking: Asking
  readonly endpoint: Endpoint
  readonly phase: 'probe' | 'token'
  readonly requests: number
  /** When it began, in milliseconds. */
  readonly askedAt: number
  /** What must not be seen in what is told of the answer. */
  readonly secrets: readonly string[]
}

/** A token, or the problem; rejects only with the signal's reason. `onProbed` is called once IMDS has answered the probe. */
export async function askHost(
  asking: Asking,
  ports: Ports,
  signal: AbortSignal,
  onProbed: () => void,
): Promise<Result<AccessToken, Problem>> {
  const prepared = prepareRequest(asking, ports)
  if (!prepared.ok) return prepared
  const { request, endpoint, secrets } = prepared.value
  const askedAt = ports.clock.now()
  if (asking.probeMs !== null) {
    const exchange: Exchange = { asking, endpoint, phase: 'probe', requests: 1, askedAt, secrets }
    const probe = await probeImds(request, asking.profile, asking.probeMs, ports, signal)
    if (probe.kind === 'nothing') return failure(await unreachable(exchange, probe.result.error, asking.probeMs, ports))
    if (probe.kind === 'gateway') return failure(notAToken(exchange, probe.response, { fault: 'gateway' }, ports))
    onProbed()
  }
  const row = asking.profile.retries[asking.host]
  const send = (one: HttpRequest): Promise<Sent> =>
    sendWithRetries(one, row, ports, signal, (error) => isNothingThere(asking, endpoint, error))
  const first = await send(request)
  const exchange: Exchange = { asking, endpoint, phase: 'token', requests: first.requests, askedAt, secrets }
  return asking.sender === 'azure-arc' ? askArc(exchange, request, first, send, ports) : judge(exchange, first, ports)
}

/** At an address of this machine no answer to a connection means that nobody listens; IMDS is never started on demand. */
function isNothingThere(asking: Asking, endpoint: Endpoint, error: NetworkError): boolean {
  if (asking.host !== 'imds' || error.code !== 'refused') return false
  return /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(new URL(endpoint.url).hostname)
}

interface Prepared {
  readonly request: HttpRequest
  readonly endpoint: Endpoint
  readonly secrets: readonly string[]
}

function prepareRequest(asking: Asking, ports: Ports): Result<Prepared, Problem> {
  const { profile, host, sender, variables } = asking
  const identity = hosts[sender]
  const { variable, text, path } = identity.address(variables)
  const parameters = listParameters(asking)
  const isPinned = sender === 'service-fabric' && profile.pinsNothing !== true
  const thumbprint = isPinned ? readThumbprint(variables.get(thumbprintVariable) ?? '') : null
  const endpoint = makeEndpoint({
    host,
    sender,
    variable,
    text,
    ...(path === undefined ? {} : { path }),
    query: identity.method === 'POST' ? [] : parameters,
    ...(identity.needsHttps === undefined ? {} : { needsHttps: true }),
  })
  // The scheme is checked first, then the thumbprint, as the SDKs do: that decides which of two faults is told.
  if (!endpoint.ok) return endpoint
  if (thumbprint !== null && !thumbprint.ok) {
    return failure(problem('service-fabric-thumbprint', { reason: 'malformed', endpoint: endpoint.value.shown }))
  }
  const headers: Record<string, string> = {}
  const secrets: string[] = []
  for (const header of identity.headers(variables)) {
    if (!/^(?:\S[\t\x20-\x7e\xa0-\xff]*)?$/.test(header.value)) {
      return failure(problem('managed-identity-header', { host, sender, variable: header.variable ?? header.name }))
    }
    headers[header.name] = header.value
    if (header.variable !== undefined) secrets.push(header.value)
  }
  headers['x-ms-client-request-id'] = ports.random.uuid()
  if (endpoint.value.authorization !== undefined) {
    headers['Authorization'] = endpoint.value.authorization
    secrets.push(endpoint.value.authorization)
  }
  const form = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString()
  if (identity.method === 'POST') headers['Content-Type'] = 'application/x-www-form-urlencoded'
  return success({
    endpoint: endpoint.value,
    secrets,
    request: {
      method: identity.method,
      url: endpoint.value.url,
      headers,
      ...(identity.method === 'POST' ? { body: form } : {}),
      timeoutMs: answerTimeoutMs,
      connectTimeoutMs: profile.connectTimeoutMs[host],
      maxBytes: longestAnswer,
      proxy: 'never',
      ...(thumbprint === null ? {} : { pinnedSha1: thumbprint.value }),
    },
  })
}

function listParameters({ profile, sender, variables, resource, id }: Asking): readonly (readonly [string, string])[] {
  const { defaultId } = profile
  const standIn = id !== null || defaultId?.host !== sender ? undefined : (variables.get(defaultId.variable) ?? '')
  const version = profile.apiVersions[sender]
  return [
    ...(version === null ? [] : [['api-version', version] as const]),
    ['resource', resource],
    ...(id === null ? [] : [[idParameter(profile, sender, id.kind), id.value] as const]),
    ...(defaultId === undefined || standIn === undefined || (standIn === '' && defaultId.isAlwaysSent !== true)
      ? []
      : [[defaultId.parameter, standIn] as const]),
  ]
}

function idParameter(profile: ManagedIdentityProfile, sender: AskedHost, kind: IdKind): string {
  return profile.idParameters[sender][kind]
}

/** Azure Arc: 401 with a challenge first, then the same with the key; a token for another identity than asked for is refused. */
async function askArc(
  before: Exchange,
  request: HttpRequest,
  first: Sent,
  send: (request: HttpRequest) => Promise<Sent>,
  ports: Ports,
): Promise<Result<AccessToken, Problem>> {
  if (!first.result.ok) return judge(before, first, ports)
  const { response } = first.result
  const read = readExchange(before, response, ports)
  // A body that is not what its type says ends the exchange wherever it comes; one without JSON alone does not.
  if (!read.ok && read.error.fault === 'content-type') return failure(notAToken(before, response, read.error, ports))
  if (response.status !== 401) {
    // A token that was not asked for with a key is not from the agent.
    const refusal = { ...(read.ok ? {} : read.error), fault: 'refused', isFirst: true } as const
    return failure(notAToken(before, response, refusal, ports))
  }
  const key = await answerChallenge(response, ports)
  if (!key.ok) return key
  const authorization = `Basic ${key.value.reveal()}`
  const second = await send({ ...request, headers: { ...request.headers, Authorization: authorization } })
  const after: Exchange = {
    ...before,
    requests: before.requests + second.requests,
    secrets: [...before.secrets, key.value.reveal()],
  }
  return judge(after, second, ports, (payload) => isConfirmed(before.asking, payload))
}

/** An old agent ignores the id and answers with the machine's own identity: the answer has to name the one that was asked for. */
function isConfirmed({ profile, id }: Asking, payload: Payload): boolean {
  if (id === null) return true
  const name = idParameter(profile, 'azure-arc', id.kind)
  const echoed = payload[name] ?? (id.kind === 'resourceId' ? payload['mi_res_id'] : undefined)
  return typeof echoed === 'string' && echoed.toLowerCase() === id.value.toLowerCase()
}

async function judge(
  exchange: Exchange,
  { result }: Sent,
  ports: Ports,
  isAccepted: (payload: Payload) => boolean = () => true,
): Promise<Result<AccessToken, Problem>> {
  const { profile, host } = exchange.asking
  if (!result.ok) {
    if (result.error.code === 'too-large') return failure(tooLarge(exchange, ports))
    return failure(await unreachable(exchange, result.error, profile.connectTimeoutMs[host], ports))
  }
  const answer = readExchange(exchange, result.response, ports)
  if (!answer.ok) return failure(notAToken(exchange, result.response, answer.error, ports))
  if (!isAccepted(answer.value.payload)) return failure(problem('arc-challenge-refused', { reason: 'not-confirmed' }))
  return success(answer.value.token)
}

function readExchange({ asking, askedAt }: Exchange, response: HttpResponse, ports: Ports): Answer {
  const { profile, sender } = asking
  return readAnswer(response, profile.answers[sender], profile.halfLifeFrom, askedAt, ports.clock.now())
}

async function unreachable(
  exchange: Exchange,
  error: NetworkError,
  connectTimeoutMs: number,
  ports: Ports,
): Promise<Problem> {
  const { asking, endpoint, phase, requests } = exchange
  if (asking.sender === serviceFabric.name && isPinMismatch(error)) {
    const parameters = listParameters(asking)
    return problem('service-fabric-thumbprint', { reason: 'mismatch', endpoint: endpoint.shown, parameters })
  }
  const proxy = asking.profile.findProxy(endpoint.url, ports.env)
  const signs = asking.host === 'imds' ? await findMachineSigns(ports) : null
  return problem('managed-identity-unreachable', {
    host: asking.host,
    sender: asking.sender,
    endpoint: endpoint.shown,
    ...situationOf(asking),
    phase,
    error,
    requests,
    connectTimeoutMs,
    answerTimeoutMs: phase === 'probe' ? connectTimeoutMs * asking.profile.probe.answerFactor : answerTimeoutMs,
    parameters: listParameters(asking),
    ...(proxy === null ? {} : { proxy }),
    ...(signs === null ? {} : { azureSigns: signs.found }),
  })
}

function isPinMismatch(error: NetworkError): boolean {
  return error.code === 'tls' && /thumbprint|pin/i.test(`${error.detail} ${error.certificate?.reason ?? ''}`)
}

function notAToken(exchange: Exchange, response: HttpResponse, refusal: Refusal, ports: Ports): Problem {
  const contentType = response.headers['content-type']
  return problem('managed-identity-answer', {
    ...placeOf(exchange, ports),
    status: response.status,
    statusText: response.statusText,
    ...(contentType === undefined ? {} : { contentType }),
    body: showBody(response.body.replace(/^\ufeff/, ''), exchange.secrets),
    headers: showHeaders(response.headers, exchange.secrets),
    ...redactRefusal(refusal, exchange.secrets),
  })
}

/** No refusal says anything past this, in characters. */
const longestShown = 16 * 1024

function showBody(text: string, secrets: readonly string[]): string {
  // Stars are shorter than what they hide: more is redacted than is kept, and the rest of a huge body never looked at.
  return createRedactor(secrets)(text.slice(0, 4 * longestShown)).slice(0, longestShown)
}

function showHeaders(headers: HttpResponse['headers'], secrets: readonly string[]): Readonly<Record<string, string>> {
  const redact = createRedactor(secrets)
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, name === 'set-cookie' ? '***' : redact(value)]),
  )
}

function redactRefusal(refusal: Refusal, secrets: readonly string[]): Refusal {
  const texts = Object.entries(refusal).map(([name, text]) => [
    name,
    typeof text !== 'string' || name === 'fault' ? text : showBody(text, secrets),
  ])
  return Object.fromEntries(texts) as Refusal
}

function tooLarge(exchange: Exchange, ports: Ports): Problem {
  return problem('managed-identity-answer', {
    ...placeOf(exchange, ports),
    status: 0,
    statusText: '',
    body: '',
    fault: 'too-large',
  })
}

type AnswerPlace = Omit<ManagedIdentityFacts['managed-identity-answer'], 'status' | 'statusText' | 'body' | 'fault'>

function placeOf({ asking, endpoint, phase, requests }: Exchange, ports: Ports): AnswerPlace {
  const proxy = asking.profile.findProxy(endpoint.url, ports.env)
  return {
    host: asking.host,
    sender: asking.sender,
    endpoint: endpoint.shown,
    ...situationOf(asking),
    phase,
    requests,
    ...(asking.id === null ? {} : { id: asking.id.kind }),
    ...(proxy === null ? {} : { proxy }),
  }
}

function situationOf({ isChained, isProbed }: Asking): { readonly isChained?: true; readonly isProbed?: true } {
  return { ...(isChained === true ? { isChained } : {}), ...(isProbed === true ? { isProbed } : {}) }
}
