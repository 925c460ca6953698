/** One exchange with a token service, tried again as the SDKs do where it is busy or the connection broke. */
import type { Clock, Http, HttpRequest, HttpResponse, HttpResult } from '../runtime.ts'
import { isCut } from './managed-identity/retry.ts'

/** @azure/core-rest-pipeline and azure-core: three retries, exponential, a Retry-After beats the schedule. */
const maxRetries = 3
const firstDelayMs = 800
/** Whoever is told to wait longer is better served with the answer itself. */
const longestDelayMs = 60_000

/**
 * Sends and, on 408, 429, 5xx, an error with Retry-After, or a connection that broke, sends again, at most three times.
 * The last answer or error is returned as it is; with `isCutFinal` an answer that was cut off is the last one. Never rejects: an abort, also while waiting, is the error `aborted`.
 */
export async function sendPatiently(
  request: HttpRequest,
  ports: { readonly http: Http; readonly clock: Clock },
  signal: AbortSignal,
  { isCutFinal = false }: { readonly isCutFinal?: boolean } = {},
): Promise<HttpResult> {
  for (let retry = 0; ; retry++) {
    const result = await ports.http.send(request, signal)
    if (retry === maxRetries || !isWorthRetrying(result)) return result
    if (isCutFinal && !result.ok && isCut(result.error)) return result
    const delayMs = (result.ok ? askedDelay(result.response, ports.clock.now()) : null) ?? firstDelayMs * 2 ** retry
    if (delayMs > longestDelayMs) return result
    try {
      await ports.clock.sleep(delayMs, signal)
    } catch {
      return {
        ok: false,
        error: { code: 'aborted', host: hostOf(request.url), detail: 'aborted while waiting to retry' },
      }
    }
  }
}

function isWorthRetrying(result: HttpResult): boolean {
  // `protocol` is an answer that was cut off, or none that HTTP knows.
  if (!result.ok) return result.error.code === 'reset' || result.error.code === 'protocol'
  const { status, headers } = result.response
  return status === 408 || status === 429 || status >= 500 || (status >= 400 && headers['retry-after'] !== undefined)
}

/** Milliseconds, from `retry-after-ms`, `x-ms-retry-after-ms` or Retry-After (RFC 9110 section 10.2.3: seconds or a date). */
function askedDelay({ headers }: HttpResponse, now: number): number | null {
  const precise = headers['retry-after-ms'] ?? headers['x-ms-retry-after-ms']
  if (precise !== undefined && /^\d+$/.test(precise)) return Number(precise)
  const value = headers['retry-after']
  if (value === undefined) return null
  if (/^\d+$/.test(value)) return Number(value) * 1000
  const date = Date.parse(value)
  return Number.isNaN(date) ? null : Math.max(0, date - now)
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url
}
