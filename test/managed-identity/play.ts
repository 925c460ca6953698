/** Plays a scenario to our credential over fakes: the same answers that the recorder's servers gave to azure-identity. */
import { managedIdentity } from '../../src/engine/credentials/managed-identity.ts'
import { pythonManagedIdentity } from '../../src/engine/managed-identity/python.ts'
import type { CredentialConfig, Observation, Outcome } from '../../src/engine/types.ts'
import { createRecorder } from '../../src/recorder.ts'
import type { HttpRequest, HttpResult } from '../../src/runtime.ts'
import { type FakeRuntime, fakeRuntime, networkError } from '../fakes/runtime.ts'
import { type RecordedRequest, toRecordedRequest } from './recorded.ts'
import { type Scenario, type Scripted, scenarioNow } from './scenarios.ts'

/** The thumbprint of the certificate that the fake Service Fabric shows. */
const thumbprint = '0123456789ABCDEF0123456789ABCDEF01234567'

export interface Played {
  readonly outcome: Outcome
  /** The text of the Python SDK for the problem; absent with a token. */
  readonly message?: string
  readonly requests: readonly RecordedRequest[]
  /** Seconds. */
  readonly sleeps: readonly number[]
  readonly sent: readonly HttpRequest[]
  readonly evidence: readonly Observation[]
}

export async function play(scenario: Scenario, overrides: Partial<CredentialConfig> = {}): Promise<Played> {
  const answers = createScript(scenario)
  const runtime = fakeRuntime({
    env: withThumbprint(scenario.env ?? {}),
    files: scenario.files ?? {},
    now: scenarioNow * 1000,
    http: answers,
  })
  const sleeps: number[] = []
  const ports = watchSleep(runtime, sleeps)
  const recorder = createRecorder(ports)
  const credential = managedIdentity.create(configOf(scenario, overrides), recorder.ports)
  const request = { scopes: scenario.scopes ?? ['https://vault.azure.net/.default'] }
  let outcome = await credential.getToken(request, new AbortController().signal)
  for (let turn = 1; turn < (scenario.times ?? 1); turn++) {
    outcome = await credential.getToken(request, new AbortController().signal)
  }
  const verdict = outcome.kind === 'token' ? null : pythonManagedIdentity(outcome.problem)
  return {
    outcome,
    ...(verdict === null ? {} : { message: verdict.text }),
    // What could not be sent was not received either: the recorder's servers saw none of it.
    requests: runtime.http.requests
      .filter((one) => isReached(one, scenario))
      .map(toRaw)
      .map(toRecordedRequest),
    sleeps,
    sent: runtime.http.requests,
    evidence: recorder.observations,
  }
}

function configOf(scenario: Scenario, overrides: Partial<CredentialConfig>): CredentialConfig {
  return {
    sdk: 'python',
    role: scenario.role === 'default' ? 'chained' : 'named',
    ...(scenario.role === 'chained' ? { isOnlyCredential: false } : {}),
    processTimeoutMs: 10_000,
    imdsTimeoutMs: 1000,
    authority: { host: 'https://login.microsoftonline.com', cloud: 'public', isMicrosoft: true, isTrusted: false },
    additionallyAllowedTenants: [],
    ...scenario.id,
    ...overrides,
  }
}

function withThumbprint(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [name, value.replace('{thumbprint}', thumbprint)]),
  )
}

function watchSleep(runtime: FakeRuntime, sleeps: number[]): FakeRuntime {
  const { clock } = runtime
  // The fake port's own time limits sleep on the inner clock and are not seen here.
  const watched = {
    ...clock,
    sleep: (ms: number, signal?: AbortSignal) => {
      sleeps.push(ms / 1000)
      return clock.sleep(ms, signal)
    },
  }
  return { ...runtime, clock: watched, http: runtime.http }
}

function isReached(request: HttpRequest, scenario: Scenario): boolean {
  const { hostname, port } = new URL(request.url)
  if (['1', '40342'].includes(port) || hostname.endsWith('.invalid') || hostname === '192.0.2.1') return false
  if (scenario.drops === true || request.url.startsWith('https://127.0.0.1:41000')) return false
  if (port !== '41443') return true
  return request.pinnedSha1 === thumbprint.toLowerCase()
}

function toRaw({ method, url, headers = {}, body = '' }: HttpRequest): Parameters<typeof toRecordedRequest>[0] {
  const { pathname, search } = new URL(url)
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  return { method, target: `${pathname}${search}`, headers: lower, body }
}

function createScript(scenario: Scenario): (request: HttpRequest) => HttpResult | Promise<HttpResult> {
  const answers = scenario.answers ?? []
  let count = 0
  return (request) => {
    const { hostname, port } = new URL(request.url)
    if (scenario.drops === true) return networkError('timeout', 'connect ETIMEDOUT', hostname)
    if (['1', '40342'].includes(port)) return networkError('refused', `connect ECONNREFUSED ${hostname}`, hostname)
    if (hostname.endsWith('.invalid')) return networkError('dns', `getaddrinfo EAI_AGAIN ${hostname}`, hostname)
    if (hostname === '192.0.2.1') return networkError('unreachable', 'connect ENETUNREACH 192.0.2.1:80', hostname)
    if (request.url.startsWith('https://127.0.0.1:41000')) return networkError('tls', 'wrong version number', hostname)
    if (port === '41443' && request.pinnedSha1 !== thumbprint.toLowerCase()) return refuseCertificate(request, hostname)
    if (request.headers?.['Metadata'] === undefined && scenario.probe !== undefined)
      return perform(scenario.probe, hostname)
    const answer = answers[Math.min(count++, answers.length - 1)]
    return answer === undefined ? networkError('reset', 'socket hang up', hostname) : perform(answer, hostname)
  }
}

function refuseCertificate(request: HttpRequest, host: string): HttpResult {
  const reason =
    request.pinnedSha1 === undefined
      ? 'it is self-signed and not trusted here (DEPTH_ZERO_SELF_SIGNED_CERT)'
      : 'its SHA-1 thumbprint is another one'
  const certificate = { issuer: 'CN=service-fabric', subject: 'CN=service-fabric', reason }
  return { ok: false, error: { code: 'tls', host, detail: reason, certificate } }
}

function perform(scripted: Scripted, host: string): HttpResult | Promise<HttpResult> {
  if ('fault' in scripted) {
    switch (scripted.fault) {
      case 'close':
        return networkError('reset', 'socket hang up', host)
      case 'reset':
        return networkError('reset', 'read ECONNRESET', host)
      case 'garbage':
        return networkError('protocol', 'Parse Error: Expected HTTP/', host)
      case 'hang':
        return new Promise(() => {})
      default:
        return scripted.fault satisfies never
    }
  }
  const body = scripted.body ?? ''
  const text = typeof body === 'string' ? body : pythonJsonText(body)
  const given = Object.entries(scripted.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const)
  const headers: Record<string, string> = given.some(([name]) => name === 'content-type')
    ? {}
    : { 'content-type': 'application/json' }
  for (const [name, value] of given) if (value !== null) headers[name] = value
  // The recorder's server adds these, and a message can hold them.
  headers['content-length'] = String(Buffer.byteLength(text))
  headers['connection'] = 'close'
  return { ok: true, response: { status: scripted.status, statusText: '', headers, body: text } }
}

/** `json.dumps`, which puts a space after separators: messages show the body as it came. */
function pythonJsonText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJsonText).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}: ${pythonJsonText(item)}`).join(', ')}}`
  }
  return JSON.stringify(value)
}
