/** One request and its answer, as values: the routes know nothing of sockets. */
import type { Refusal } from './refusals.ts'

export interface Exchange {
  readonly method: string
  /** The origin as the client named it, one of those served. */
  readonly origin: string
  /** Without the query; not decoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** Names in lower case; repeated headers joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** Milliseconds since the epoch, by the clock this request is answered with. */
  readonly now: number
  readonly correlationId: string
  readonly traceId: string
}

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** What the answer refuses in another form than JSON, for the log. */
  readonly refusal?: Refusal
}

const jsonType = 'application/json; charset=utf-8'

export function answerJson(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, headers: { 'content-type': jsonType, ...headers }, body }
}

/** Nothing here: the service's own answer to a path it does not know has no body. */
export const notFound: Answer = { status: 404, headers: {}, body: '' }
