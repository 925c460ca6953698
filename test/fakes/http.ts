/** A scripted HTTP port: routes with answers, delays on the fake clock, and the limits of the real one. */
import type { Clock, Http, HttpRequest, HttpResult, NetworkErrorCode } from '../../src/runtime.ts'
import { createScriptBook, type Script, type ScriptBook } from './scripts.ts'

export interface FakeRoute {
  readonly method?: 'GET' | 'POST'
  /** The whole URL, or its beginning up to `?`, or a pattern. */
  readonly url: string | RegExp
  /** A further condition. */
  readonly when?: (request: HttpRequest) => boolean
  /** How often it may answer; it must at least once. Default 1. */
  readonly times?: number
  /** How long the answer takes on the fake clock, in milliseconds. */
  readonly ms?: number
  readonly answer: HttpResult | ((request: HttpRequest) => HttpResult | Promise<HttpResult>)
}

export type FakeHttpOption = readonly FakeRoute[] | ((request: HttpRequest) => HttpResult | Promise<HttpResult>) | Http

export interface FakeHttp extends Http {
  readonly requests: readonly HttpRequest[]
  troubles(): readonly string[]
}

/** An answer; an object as body is sent as JSON. */
export function respond(
  status: number,
  body: unknown = '',
  headers: Readonly<Record<string, string>> = {},
): HttpResult {
  const isText = typeof body === 'string'
  const type: Record<string, string> = isText ? {} : { 'content-type': 'application/json; charset=utf-8' }
  return {
    ok: true,
    response: { status, statusText: '', headers: { ...type, ...headers }, body: isText ? body : JSON.stringify(body) },
  }
}

export function networkError(code: NetworkErrorCode, detail: string, host = 'host.invalid'): HttpResult {
  return { ok: false, error: { code, host, detail } }
}

/** Promise: every request is recorded; one that no route answers throws, now and again when the test ends. */
export function createFakeHttp(option: FakeHttpOption, clock: Clock): FakeHttp {
  const requests: HttpRequest[] = []
  if ('send' in option) {
    return {
      requests,
      send: (request, signal) => {
        requests.push(request)
        return option.send(request, signal)
      },
      troubles: () => [],
    }
  }
  const book: ScriptBook<HttpRequest, HttpResult | Promise<HttpResult>> =
    typeof option === 'function'
      ? { answer: option, troubles: () => [] }
      : createScriptBook(
          option.map((route) => toScript(route, clock)),
          ({ method, url }) => `${method} ${url}`,
        )
  return {
    requests,
    troubles: book.troubles,
    send: async (request, signal) => {
      requests.push(request)
      const host = new URL(request.url).host
      if (signal?.aborted === true) return networkError('aborted', 'the request was aborted', host)
      return limit(async () => book.answer(request), request, clock, host, signal)
    },
  }
}

async function limit(
  act: () => Promise<HttpResult>,
  request: HttpRequest,
  clock: Clock,
  host: string,
  signal: AbortSignal | undefined,
): Promise<HttpResult> {
  const done = new AbortController()
  const ends = [act()]
  if (request.timeoutMs !== undefined) {
    const { timeoutMs } = request
    const late = clock
      .sleep(timeoutMs, done.signal)
      .then(() => networkError('timeout', `no answer within ${timeoutMs} ms`, host))
    late.catch(() => {})
    ends.push(late)
  }
  if (signal !== undefined) {
    ends.push(
      new Promise((resolve) => {
        const abort = (): void => resolve(networkError('aborted', 'the request was aborted', host))
        signal.addEventListener('abort', abort, { once: true, signal: done.signal })
      }),
    )
  }
  try {
    return await Promise.race(ends)
  } finally {
    done.abort()
  }
}

function toScript(route: FakeRoute, clock: Clock): Script<HttpRequest, Promise<HttpResult>> {
  const matchesUrl = (url: string): boolean =>
    typeof route.url === 'string' ? url === route.url || url.split('?')[0] === route.url : route.url.test(url)
  return {
    name: `${route.method ?? '*'} ${route.url}`,
    ...(route.times === undefined ? {} : { times: route.times }),
    matches: (request) =>
      (route.method === undefined || route.method === request.method) &&
      matchesUrl(request.url) &&
      (route.when === undefined || route.when(request)),
    answer: async (request) => {
      if (route.ms !== undefined) await clock.sleep(route.ms)
      return typeof route.answer === 'function' ? route.answer(request) : route.answer
    },
  }
}
