/** Asks again as a profile's row says: which answers, how often, after how long. All waiting is on the clock port. */
import type { HttpRequest, HttpResponse, HttpResult, NetworkError } from '../../runtime.ts'
import type { EnginePorts } from '../types.ts'
import type { RetryRow } from './profile.ts'

export interface Sent {
  readonly result: HttpResult
  readonly requests: number
}

type Ports = Pick<EnginePorts, 'http' | 'clock'>

/**
 * Sends until an answer is final or the row's limits are used up; the last result is what comes back. Rejects with the
 * signal's reason when it is aborted while waiting. `isFinal` names errors that waiting cannot mend.
 */
export async function sendWithRetries(
  request: HttpRequest,
  row: RetryRow,
  ports: Ports,
  signal: AbortSignal,
  isFinal: (error: NetworkError) => boolean = () => false,
): Promise<Sent> {
  const left = { ...row.limits }
  let factorMs = row.factorMs
  for (let requests = 1; ; requests++) {
    const result = await ports.http.send(request, signal)
    const sent: Sent = { result, requests }
    if (signal.aborted) throw signal.reason
    left.total--
    let wishMs = 0
    if (result.ok) {
      const { status } = result.response
      factorMs = status === 410 ? row.factorMsAfter410 : row.factorMs
      wishMs = readRetryAfter(result.response, ports.clock.now())
      const isAsked = (result.response.headers['retry-after'] ?? '') !== ''
      if (status < 400 || !(isAsked || isListed(status, row))) return sent
      left.status--
    } else {
      const kind = kindOfError(result.error)
      if (kind === 'final' || isFinal(result.error)) return sent
      if (row.isCutFinal === true && isCut(result.error)) return sent
      left[kind]--
    }
    if (Math.min(left.total, left.connect, left.read, left.status) < 0) return sent
    // Whoever is told to wait longer than any wait of its own has its answer: not now.
    if (wishMs > row.longestMs) return sent
    const isGone = result.ok && result.response.status === 410
    const waits = (isGone ? row.waitsMsAfter410 : undefined) ?? row.waitsMs
    const planned = waits === undefined ? delayAfter(requests, factorMs, row.longestMs) : (waits[requests - 1] ?? 0)
    const delayMs = wishMs > 0 ? wishMs : planned
    if (delayMs > 0) await ports.clock.sleep(delayMs, signal)
  }
}

function isListed(status: number, row: RetryRow): boolean {
  return row.statuses.some((one) => (typeof one === 'number' ? one === status : status >= one[0] && status <= one[1]))
}

/** The first time at once; most faults have passed by then. */
function delayAfter(failures: number, factorMs: number, longestMs: number): number {
  return failures <= 1 ? 0 : Math.min(longestMs, factorMs * 2 ** (failures - 1))
}

/** Whether the connection failed or what came over it; `final` for what is the same every time. */
function kindOfError(error: NetworkError): 'connect' | 'read' | 'final' {
  switch (error.code) {
    case 'dns':
    case 'refused':
    case 'unreachable':
    case 'proxy':
      return 'connect'
    case 'reset':
    case 'protocol':
      return 'read'
    case 'timeout':
      return isConnectTimeout(error) ? 'connect' : 'read'
    case 'tls':
    case 'too-large':
    case 'aborted':
      return 'final'
    default:
      return error.code satisfies never
  }
}

/** The runtime says in words that an answer began and did not end. */
export function isCut(error: NetworkError): boolean {
  return error.code === 'protocol' && /cut off/.test(error.detail)
}

/** The runtime says in words which of its two limits it was. */
export function isConnectTimeout(error: NetworkError): boolean {
  return error.code === 'timeout' && /connect/i.test(error.detail)
}

/** Milliseconds from `Retry-After` (seconds or a date) or Azure's own headers in milliseconds; 0 without or with nonsense. */
export function readRetryAfter(response: HttpResponse, now: number): number {
  const { headers } = response
  const seconds = headers['retry-after'] ?? ''
  if (seconds !== '') return Math.max(0, readSecondsOrDate(seconds, now))
  const milliseconds = Number(headers['retry-after-ms'] ?? headers['x-ms-retry-after-ms'] ?? 0)
  return Number.isFinite(milliseconds) ? Math.max(0, milliseconds) : 0
}

function readSecondsOrDate(text: string, now: number): number {
  const seconds = Number(text)
  if (Number.isFinite(seconds)) return seconds * 1000
  const date = Date.parse(text)
  return Number.isNaN(date) ? 0 : date - now
}
