/** From a host's answer to a token, or to why it is none. Pure: the second half of every request, tested by hand-made answers. */
import { failure, type Result, success } from '../../result.ts'
import type { HttpResponse } from '../../runtime.ts'
import { Secret } from '../../secret.ts'
import type { AccessToken } from '../types.ts'
import type { AnswerFault } from './facts.ts'
import type { AnswerRow } from './profile.ts'

/** What a refusal says, where the body has a form that a host uses. */
export interface Refusal {
  readonly fault: AnswerFault
  readonly isFirst?: true
  readonly error?: string
  readonly description?: string
  readonly correlationId?: string
}

export type Answer = Result<{ readonly token: AccessToken; readonly payload: Payload }, Refusal>

export type Payload = Readonly<Record<string, unknown>>

/** Seconds since the epoch at the end of the year 9999, the last that a date can be printed for. */
const lastSecond = 253_402_300_799

/**
 * Reads an answer as the row says. The status is not looked at, as the SDKs do not: a body with a token is a token.
 * `askedAt` and `now` are the times before the request and after the answer, in milliseconds.
 */
export function readAnswer(
  response: HttpResponse,
  row: AnswerRow,
  halfLifeFrom: number,
  askedAt: number,
  now: number,
): Answer {
  const text = response.body.replace(/^\ufeff/, '')
  if (row.contentType === 'checked' && !isReadableType(response.headers['content-type'], text)) {
    return failure({ fault: 'content-type' })
  }
  const parsed = parseJson(text)
  if (parsed === undefined) return failure({ fault: 'not-json' })
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return failure({ fault: 'not-object' })
  return readPayload(parsed as Payload, row, halfLifeFrom, askedAt, now)
}

function readPayload(payload: Payload, row: AnswerRow, halfLifeFrom: number, askedAt: number, now: number): Answer {
  const value = payload['access_token']
  const expiry = chooseExpiry(payload, row)
  if (!isPresent(value) || expiry === null) return failure(describeRefusal(payload))
  if (typeof value !== 'string' || !/^[\x21-\x7e]+$/.test(value)) return failure({ fault: 'bad-token' })
  const asked = Math.floor(askedAt / 1000)
  // The client with either member is the older one, and counts from before the request.
  const seconds = row.expiry === 'either' ? asked : Math.floor(now / 1000)
  const expiresOn =
    expiry.name === 'expires_on' ? parseExpiresOn(expiry.value) : addTo(seconds, parseWhole(expiry.value))
  if (expiresOn === null) return failure({ fault: 'bad-expiry' })
  for (const name of row.required) {
    if (payload[name] === undefined) return failure({ fault: name === 'resource' ? 'no-resource' : 'no-token-type' })
  }
  const life = expiresOn - seconds
  const tokenType = payload['token_type']
  const refreshIn = chooseRefreshIn(payload['refresh_in'], life, halfLifeFrom)
  return success({
    payload,
    token: {
      token: new Secret(value),
      tokenType: typeof tokenType === 'string' && tokenType !== '' ? tokenType : 'Bearer',
      expiresOn: clamp(expiresOn) * 1000,
      refreshOn: refreshIn === null ? null : clamp(asked + refreshIn) * 1000,
    },
  })
}

function chooseExpiry(payload: Payload, row: AnswerRow): { name: 'expires_in' | 'expires_on'; value: unknown } | null {
  const names = row.expiry === 'either' ? (['expires_on', 'expires_in'] as const) : [row.expiry]
  for (const name of names) {
    const value = payload[name]
    if (isPresent(value)) return { name, value }
  }
  return null
}

/** Zero counts as absent, as it does for the SDKs that test whether a member is true. */
function isPresent(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '' && value !== 0 && value !== false
}

/** The host's own wish where it makes sense, else half of a long life. */
function chooseRefreshIn(wish: unknown, life: number, halfLifeFrom: number): number | null {
  const wished = parseWhole(wish)
  if (wished !== null && wished > 0 && wished < life) return wished
  return life >= halfLifeFrom ? Math.floor(life / 2) : null
}

/** Seconds as a number or as digits with an optional sign; a fraction is dropped. Null for anything else. */
export function parseWhole(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.trunc(value) : null
  if (typeof value !== 'string' || !/^\s*[-+]?[0-9]+(?:_[0-9]+)*\s*$/.test(value)) return null
  return Number(value.replaceAll('_', ''))
}

/**
 * Seconds since the epoch: as a number, as digits, or as the dates that hosts with api-version 2017-09-01 send:
 * `06/20/2019 02:57:58 +00:00` on Linux, `1/16/2020 5:24:12 AM +00:00` on Windows, or in ISO 8601 with its zone.
 */
export function parseExpiresOn(value: unknown): number | null {
  const whole = parseWhole(value)
  if (whole !== null || typeof value !== 'string') return whole
  const american = /^(\d{1,2})\/(\d{1,2})\/(\d{4}) (\d{1,2}):(\d{2}):(\d{2})(?: (AM|PM))? \+00:00$/.exec(value.trim())
  if (american !== null) return parseAmericanDate(american)
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[-+]\d{2}:\d{2})$/.test(value.trim())) return null
  const time = Date.parse(value.trim())
  return Number.isNaN(time) ? null : Math.floor(time / 1000)
}

function parseAmericanDate(match: RegExpExecArray): number | null {
  const [month, day, year, hour, minute, second] = match.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const half = match[7]
  if (half !== undefined && (hour < 1 || hour > 12)) return null
  const hour24 = half === undefined ? hour : (hour % 12) + (half === 'PM' ? 12 : 0)
  const date = new Date(Date.UTC(year, month - 1, day, hour24, minute, second))
  // A 31 February rolls over into March: then it was no date.
  const isReal = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && date.getUTCHours() === hour24
  return isReal && minute < 60 && second < 60 ? date.getTime() / 1000 : null
}

function addTo(seconds: number, life: number | null): number | null {
  return life === null ? null : seconds + life
}

function clamp(seconds: number): number {
  return Math.min(Math.max(seconds, 0), lastSecond)
}

/**
 * Whether a pipeline that decodes by content type gets through: JSON has to be JSON, XML to be XML, text may be anything,
 * other types are refused. Without a type it is taken for JSON; an empty body always passes.
 */
function isReadableType(contentType: string | undefined, text: string): boolean {
  if (text === '') return true
  const kind = kindOfType(contentType)
  switch (kind) {
    case 'json':
      return parseJson(text) !== undefined
    case 'xml':
      return parseJson(text) !== undefined || looksLikeXml(text)
    case 'text':
      return true
    case 'other':
      return false
    default:
      return kind satisfies never
  }
}

export function kindOfType(contentType: string | undefined): 'json' | 'xml' | 'text' | 'other' {
  const type = (contentType ?? 'application/json').split(';')[0]?.trim().toLowerCase() ?? ''
  if (/^(?:application|text)\/(?:[0-9a-z+.-]+\+)?json$/.test(type)) return 'json'
  if (type.includes('xml')) return 'xml'
  return type.startsWith('text/') ? 'text' : 'other'
}

/** Every tag that is opened is closed; enough to tell a document from a cut one. */
function looksLikeXml(text: string): boolean {
  const trimmed = text.trim()
  const open: string[] = []
  let tags = 0
  for (const [, tag = ''] of trimmed.matchAll(/<([^<>]*)>/g)) {
    if (tag.startsWith('!') || tag.startsWith('?')) continue
    const name = /^\/?([A-Za-z_][\w.:-]*)/.exec(tag)?.[1]
    if (name === undefined) return false
    tags++
    if (tag.startsWith('/')) {
      if (open.pop() !== name) return false
    } else if (!tag.endsWith('/')) open.push(name)
  }
  return tags > 0 && open.length === 0 && trimmed.startsWith('<') && trimmed.endsWith('>')
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The error bodies of the hosts: `{error, error_description}` (IMDS, Arc), `{statusCode, message, correlationId}` and the
 * older `{ErrorCode, ExceptionMessage}` (App Service), `{error: {code, message, correlationId}}` (Service Fabric, Cloud Shell).
 */
function describeRefusal(payload: Payload): Refusal {
  const inner = payload['error']
  const nested = typeof inner === 'object' && inner !== null ? (inner as Payload) : payload
  const error = firstText(typeof inner === 'string' ? inner : undefined, nested['code'], payload['ErrorCode'])
  const description = firstText(payload['error_description'], nested['message'], payload['ExceptionMessage'])
  const correlationId = firstText(nested['correlationId'], payload['correlation_id'], payload['correlationId'])
  return {
    fault: 'refused',
    ...(error === undefined ? {} : { error }),
    ...(description === undefined ? {} : { description }),
    ...(correlationId === undefined ? {} : { correlationId }),
  }
}

function firstText(...candidates: readonly unknown[]): string | undefined {
  return candidates.find((candidate): candidate is string => typeof candidate === 'string' && candidate !== '')
}
