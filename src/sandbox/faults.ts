/** Trouble on demand: what may go wrong between a client and Entra, asked for in a few words (`429:retry-after=2`). */
import { UsageError } from '../usage-error.ts'
import type { EndpointName } from './authority.ts'

type Trouble =
  | { readonly kind: 'status'; readonly status: FaultStatus; readonly retryAfterSeconds: number | undefined }
  /** No answer at all; the connection stays open. */
  | { readonly kind: 'hang' }
  /** The connection ends in the middle of the body. */
  | { readonly kind: 'cut' }
  /** A sign-in page where JSON was expected. */
  | { readonly kind: 'html' }
  /** The service's clock is wrong by so much. */
  | { readonly kind: 'clock'; readonly shiftMs: number }
  | { readonly kind: 'slow'; readonly delayMs: number }

const faultStatuses = [429, 500, 502, 503, 504] as const

type FaultStatus = (typeof faultStatuses)[number]

export interface Fault {
  readonly text: string
  readonly trouble: Trouble
  /** Undefined: every endpoint. */
  readonly endpoint: EndpointName | undefined
  /** How often it strikes; undefined: always. */
  readonly times: number | undefined
}

/** What happens to one request. */
export interface StruckBy {
  /** The faults' own words, for the log. */
  readonly texts: readonly string[]
  readonly delayMs: number
  readonly shiftMs: number
  /** The one that replaces or spoils the answer. */
  readonly ending: Extract<Trouble, { kind: 'status' | 'hang' | 'cut' | 'html' }> | null
}

export interface FaultBoard {
  /** Takes the place of all faults so far. */
  set(faults: readonly Fault[]): void
  /** Counts as one strike for each fault that applies. */
  strike(endpoint: EndpointName | null): StruckBy
}

export function createFaultBoard(faults: readonly Fault[]): FaultBoard {
  let active = faults.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }))
  return {
    set: (next) => {
      active = next.map((fault) => ({ fault, left: fault.times ?? Number.POSITIVE_INFINITY }))
    },
    strike: (endpoint) => {
      const struck: StruckBy = { texts: [], delayMs: 0, shiftMs: 0, ending: null }
      return active.reduce((sum, entry) => {
        const applies = entry.left > 0 && (entry.fault.endpoint === undefined || entry.fault.endpoint === endpoint)
        if (!applies || (sum.ending !== null && isEnding(entry.fault.trouble))) return sum
        entry.left -= 1
        return addTrouble(sum, entry.fault)
      }, struck)
    },
  }
}

function addTrouble(sum: StruckBy, fault: Fault): StruckBy {
  const texts = [...sum.texts, fault.text]
  const { trouble } = fault
  if (trouble.kind === 'slow') return { ...sum, texts, delayMs: sum.delayMs + trouble.delayMs }
  if (trouble.kind === 'clock') return { ...sum, texts, shiftMs: sum.shiftMs + trouble.shiftMs }
  return { ...sum, texts, ending: trouble }
}

function isEnding(trouble: Trouble): boolean {
  return trouble.kind !== 'slow' && trouble.kind !== 'clock'
}

const endpoints: readonly EndpointName[] = [
  'token',
  'instance',
  'configuration',
  'keys',
  'managed-identity',
  'job-token',
  'management',
  'device-code',
  'sign-in',
  'sign-out',
]

/**
 * Reads `TROUBLE[:key=value[,key=value]…]`: a status (429, 500, 502, 503, 504), `hang`, `cut`, `html`, `slow=500ms` or
 * `clock=+10m`, and of it `path=token`, `times=2`, `retry-after=2`.
 *
 * @throws UsageError that names the part that is wrong.
 */
export function parseFault(text: string, source = '--fault'): Fault {
  const wrong = (reason: string, fix?: string): UsageError =>
    new UsageError({ message: `the fault '${text}' ${reason}`, source, ...(fix === undefined ? {} : { fix }) })
  const [head = '', ...rest] = text.trim().split(':')
  const options = readOptions(rest.join(':'), wrong)
  const retryAfter = options.get('retry-after')
  const trouble = readTrouble(
    head,
    retryAfter === undefined ? undefined : readCount('retry-after', retryAfter, 0, wrong),
    wrong,
  )
  if (retryAfter !== undefined && trouble.kind !== 'status') throw wrong('cannot have `retry-after`: it is no status')
  const path = options.get('path')
  const endpoint = endpoints.find((each) => each === path)
  if (path !== undefined && endpoint === undefined) {
    throw wrong(`names the unknown path '${path}'`, `use one of ${endpoints.join(', ')}`)
  }
  const times = options.get('times')
  return {
    text: text.trim(),
    trouble,
    endpoint,
    times: times === undefined ? undefined : readCount('times', times, 1, wrong),
  }
}

type Wrong = (reason: string, fix?: string) => UsageError

const optionNames = ['path', 'times', 'retry-after']

function readOptions(text: string, wrong: Wrong): ReadonlyMap<string, string> {
  const options = new Map<string, string>()
  if (text === '') return options
  for (const part of text.split(',')) {
    const [name = '', value] = part.trim().split('=')
    if (!optionNames.includes(name))
      throw wrong(`has the unknown part '${part.trim()}'`, `use ${optionNames.join('=, ')}=`)
    if (value === undefined || value === '') throw wrong(`gives no value to \`${name}\``)
    if (options.has(name)) throw wrong(`gives \`${name}\` twice`)
    options.set(name, value)
  }
  return options
}

function readTrouble(head: string, retryAfterSeconds: number | undefined, wrong: Wrong): Trouble {
  const [name = '', value] = head.split('=')
  const status = faultStatuses.find((each) => String(each) === name)
  if (status !== undefined && value === undefined) return { kind: 'status', status, retryAfterSeconds }
  if ((name === 'hang' || name === 'cut' || name === 'html') && value === undefined) return { kind: name }
  if (name === 'slow') return { kind: 'slow', delayMs: readDuration('slow', value, /^(\d+)(ms|s|m|h)?$/, wrong) }
  if (name === 'clock')
    return { kind: 'clock', shiftMs: readDuration('clock', value, /^([+-]?\d+)(ms|s|m|h)?$/, wrong) }
  throw wrong('is not known', `use ${faultStatuses.join(', ')}, hang, cut, html, slow=500ms or clock=+10m`)
}

const unitMs: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }
const longestMs = 10 * 365 * 24 * 3_600_000

function readDuration(name: string, value: string | undefined, form: RegExp, wrong: Wrong): number {
  const match = form.exec(value ?? '')
  const ms = Number(match?.[1]) * (unitMs[match?.[2] ?? 's'] ?? Number.NaN)
  if (!Number.isFinite(ms) || Math.abs(ms) > longestMs) {
    throw wrong(
      `gives no time to \`${name}\``,
      `write a number and ms, s, m or h: ${name}=${name === 'slow' ? '500ms' : '+10m'}`,
    )
  }
  return ms
}

function readCount(name: string, value: string, least: number, wrong: Wrong): number {
  const count = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN
  if (!(count >= least)) throw wrong(`needs a whole number of at least ${least} for \`${name}\``)
  return count
}
