/** Reads what a token service answered (RFC 6749 section 5, with Entra's own members). Sends nothing. */
import type { HttpResponse } from '../runtime.ts'
import { type Problem, problem, type SentRequest, type StsRefusal } from './problems.ts'

/** Whom the request was for, for the facts of a refusal. */
export interface AskedOf {
  readonly tenantId: string
  readonly clientId: string
}

export type ServiceAnswer =
  | { readonly kind: 'accepted'; readonly body: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly body: Readonly<Record<string, unknown>>; readonly problem: Problem }
  | { readonly kind: 'unreadable'; readonly problem: Problem }

/** Of an answer that is none, this much is kept. */
const excerptLength = 300
/** What an answer has to have, by the last part of the address. */
const neededMembers: Readonly<Record<string, readonly string[] | undefined>> = {
  token: ['access_token'],
  devicecode: ['device_code', 'user_code', 'verification_uri'],
}
/** As much as azure-core for Python shows of a refusal. */
const longestBody = 2048
/** No page that stands where an answer should be says anything past this, in characters. */
const longestPage = 16 * 1024

/**
 * A JSON object with `error` is a refusal, whatever its status; one without, under a 2xx status, is accepted if it has
 * what was asked for; anything else (HTML, a cut body, an empty one) is unreadable.
 */
export function readServiceAnswer(
  url: string,
  response: HttpResponse,
  asked: AskedOf,
  redact: (text: string) => string,
): ServiceAnswer {
  const host = new URL(url).host
  const body = parseObject(response.body)
  if (body !== null && typeof body['error'] === 'string') {
    return {
      kind: 'refused',
      body,
      problem: problem('token-refused', toRefusal(url, response, body, asked, redact)),
    }
  }
  const isSuccess = response.status >= 200 && response.status < 300
  const needed = neededMembers[new URL(url).pathname.replace(/\/$/, '').split('/').at(-1) ?? ''] ?? []
  const isWhole = needed.every((name) => typeof body?.[name] === 'string')
  if (body !== null && isSuccess && isWhole) return { kind: 'accepted', body }
  return {
    kind: 'unreadable',
    problem: problem('token-answer-unreadable', {
      authority: host,
      status: response.status,
      contentType: response.headers['content-type'] ?? '',
      excerpt: redact(response.body).slice(0, excerptLength),
      statusText: response.statusText,
      request: toSentRequest(url),
      body: redact(response.body.slice(0, 4 * longestPage)).slice(0, longestPage),
      headers: Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, name === 'set-cookie' ? '***' : redact(value)]),
      ),
    }),
  }
}

/** Metadata are got, everything else is posted. */
export function toSentRequest(url: string): SentRequest {
  const { origin, pathname } = new URL(url)
  const isMetadata = /\/\.well-known\/|\/discovery\/instance$/.test(pathname)
  return { method: isMetadata ? 'GET' : 'POST', url: `${origin}${pathname}` }
}

function toRefusal(
  url: string,
  { status, statusText, body: text }: HttpResponse,
  body: Readonly<Record<string, unknown>>,
  asked: AskedOf,
  redact: (text: string) => string,
): StsRefusal {
  const description = redact(textOf(body, 'error_description') ?? '')
  const numbers = Array.isArray(body['error_codes']) ? body['error_codes'] : []
  const codes = [
    ...(description.match(/\bAADSTS\d+/g) ?? []),
    ...numbers.filter((code) => Number.isInteger(code)).map((code) => `AADSTS${code}`),
  ]
  return {
    error: redact(textOf(body, 'error') ?? ''),
    description,
    codes: [...new Set(codes)],
    status,
    statusText,
    request: toSentRequest(url),
    ...optional('suberror', textOf(body, 'suberror')),
    ...optional('traceId', textOf(body, 'trace_id')),
    ...optional('correlationId', textOf(body, 'correlation_id')),
    ...optional('timestamp', textOf(body, 'timestamp')),
    ...optional('claims', textOf(body, 'claims')),
    body: redact(text).slice(0, longestBody),
    authority: new URL(url).host,
    tenantId: asked.tenantId,
    clientId: asked.clientId,
  }
}

export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null
  } catch {
    return null
  }
}

function textOf(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}

function optional<Name extends string>(name: Name, value: string | undefined): { readonly [Key in Name]?: string } {
  return value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: string })
}
