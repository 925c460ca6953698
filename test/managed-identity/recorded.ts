/** What the real azure-identity did in every scenario, and how a fresh recording becomes comparable with the kept one. */
import { readFileSync } from 'node:fs'

export interface RecordedRequest {
  readonly method: string
  readonly path: string
  /** Decoded, and sorted: no host looks at the order. */
  readonly query: readonly (readonly [string, string])[]
  /** Only those that a host looks at, names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly form: readonly (readonly [string, string])[]
}

export interface Recorded {
  readonly name: string
  readonly kind: 'token' | 'unavailable' | 'failed'
  /** The exception's class. */
  readonly type?: string
  readonly message?: string
  readonly token?: string
  readonly tokenType?: string
  /** Seconds since the epoch. */
  readonly expiresOn?: number
  readonly refreshOn?: number | null
  readonly requests: readonly RecordedRequest[]
  /** Seconds. */
  readonly sleeps: readonly number[]
}

export interface RawRequest {
  readonly method: string
  readonly target: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

const meaningful = ['metadata', 'x-identity-header', 'secret', 'authorization', 'content-type']

/** Path, query, form and the headers that matter; no host, versions, request ids or lengths. */
export function toRecordedRequest({ method, target, headers, body }: RawRequest): RecordedRequest {
  const url = new URL(target, 'http://host.invalid')
  const isForm = headers['content-type']?.startsWith('application/x-www-form-urlencoded') === true
  return {
    method,
    path: url.pathname,
    query: sortPairs([...url.searchParams]),
    headers: Object.fromEntries(
      meaningful.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
    ),
    form: isForm ? sortPairs([...new URLSearchParams(body)]) : [],
  }
}

function sortPairs(pairs: [string, string][]): readonly (readonly [string, string])[] {
  return pairs.sort(([one], [other]) => (one < other ? -1 : 1))
}

/**
 * Without what differs from run to run: addresses of objects, the line of OpenSSL's wrapper in this Python, and the order
 * of a set's members.
 */
export function normaliseMessage(message: string): string {
  return message
    .replace(/ at 0x[0-9a-f]+>/g, '>')
    .replace(/\(_ssl\.c:\d+\)/g, '(_ssl.c:1006)')
    .replace(/(following keys: )([a-z_]+, [a-z_]+, [a-z_]+)$/, (_, before: string, names: string) => {
      return before + names.split(', ').sort().join(', ')
    })
}

/** One JSON object a line: the versions first, then a line for every scenario. */
export const recordedFile = new URL('./python-recorded.jsonl', import.meta.url)

const [first = '{}', ...lines] = readFileSync(recordedFile, 'utf8').trim().split('\n')

export const recordedVersions = JSON.parse(first) as Readonly<Record<string, string>>

/** By the name of the scenario. */
export const recorded: ReadonlyMap<string, Recorded> = new Map(
  lines.map((line) => JSON.parse(line) as Recorded).map((result) => [result.name, result]),
)
