/**
 * Is IMDS there? One request without the `Metadata` header: the real one refuses it at once, and where nothing is, the
 * answer does not keep a laptop waiting. Any answer counts, but for a gateway's that says the address is unreachable.
 */
import type { HttpRequest, HttpResponse, HttpResult } from '../../runtime.ts'
import type { EnginePorts } from '../types.ts'
import type { ManagedIdentityProfile } from './profile.ts'

export type Probe =
  | { readonly kind: 'there' }
  | { readonly kind: 'gateway'; readonly response: HttpResponse }
  | { readonly kind: 'nothing'; readonly result: Extract<HttpResult, { ok: false }> }

/** Promise: one request, never repeated; no connection within `timeoutMs` and no answer within the row's multiple of it is nothing. */
export async function probeImds(
  request: HttpRequest,
  profile: ManagedIdentityProfile,
  timeoutMs: number,
  ports: Pick<EnginePorts, 'http'>,
  signal: AbortSignal,
): Promise<Probe> {
  const { Metadata: _, ...headers } = request.headers ?? {}
  const limits = { connectTimeoutMs: timeoutMs, timeoutMs: timeoutMs * profile.probe.answerFactor }
  const url = profile.probe.isBare === true ? (request.url.split('?')[0] ?? request.url) : request.url
  const result = await ports.http.send({ ...request, url, headers, ...limits }, signal)
  if (signal.aborted) throw signal.reason
  if (!result.ok) {
    // Too much of an answer is an answer.
    return result.error.code === 'too-large' ? { kind: 'there' } : { kind: 'nothing', result }
  }
  return isGateway(result.response, profile.probe.gatewayBody)
    ? { kind: 'gateway', response: result.response }
    : { kind: 'there' }
}

/** Docker Desktop answers for every address: 403 with the words of the error it met. */
function isGateway(response: HttpResponse, bodies: 'any' | 'json' | 'none'): boolean {
  if (bodies === 'none' || response.status !== 403 || !response.body.includes('unreachable')) return false
  return bodies === 'any' || isJson(response.body)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
