/** Compose's files of variables: `.env` beside it, and what `env_file` names. Its rules are its own. Touches nothing. */
import { InterpolationError, type InterpolationFault, interpolate, type Lookup } from './interpolate.ts'

export interface FileVariable {
  readonly value: string
  /** 1 for the first. */
  readonly line: number
}

/** `raw`: as `docker run --env-file` reads it, without quotes and references. */
export type VariableFileFormat = 'dotenv' | 'raw'

export class VariableFileError extends Error {
  readonly line: number
  readonly fault: InterpolationFault | null

  /** `message`: the rest of a sentence about the line; holds nothing of what stands there. */
  constructor(line: number, message: string, fault: InterpolationFault | null = null) {
    super(message)
    this.line = line
    this.fault = fault
  }
}

/**
 * The variables by name, the last of a name. `lookup` knows those from outside, which beat those that stand above in the
 * file where one is referred to; a name alone takes its value from there, and is none where there is none. Throws
 * `VariableFileError`.
 */
export function readVariableFile(
  text: string,
  format: VariableFileFormat,
  lookup: Lookup,
): ReadonlyMap<string, FileVariable> {
  const plain = text.replace(/^\ufeff/, '')
  return format === 'raw' ? readRaw(plain, lookup) : readDotenv(plain, lookup)
}

const space = '[\\t\\v\\f\\r \\u0085\\u00a0]'
/** A name, the space around it, and what ends it: a sign, or the end of the line. */
const head = new RegExp(`(?:export${space}+)?([\\p{L}\\p{N}_.[\\]-]+)${space}*(?:([=:])${space}*|(?=\\n|$))`, 'uy')
const skipped = /(?:\s+|#[^\n]*)*/y

function readDotenv(text: string, lookup: Lookup): ReadonlyMap<string, FileVariable> {
  const variables = new Map<string, FileVariable>()
  const known: Lookup = (name) => lookup(name) ?? variables.get(name)?.value
  const lineAt = createLineCount(text)
  for (let at = skip(text, 0); at < text.length; at = skip(text, at)) {
    const line = lineAt(at)
    head.lastIndex = at
    const [found, name, sign] = head.exec(text) ?? []
    if (found === undefined || name === undefined) throw new VariableFileError(line, 'is no `NAME=value`')
    at += found.length
    if (sign === undefined) {
      const value = lookup(name)
      if (value !== undefined) variables.set(name, { value, line })
      continue
    }
    const quote = text[at]
    const isQuoted = quote === '"' || quote === "'"
    const read = isQuoted ? readQuoted(text, at, quote, line) : readBare(text, at)
    variables.set(name, { value: read.isLiteral ? read.value : fill(read.value, known, line), line })
    at = read.end
  }
  return variables
}

function skip(text: string, from: number): number {
  skipped.lastIndex = from
  return from + (skipped.exec(text)?.[0].length ?? 0)
}

/** Of places that only grow. */
function createLineCount(text: string): (at: number) => number {
  let line = 1
  let from = 0
  return (at) => {
    for (let end = text.indexOf('\n', from); end !== -1 && end < at; end = text.indexOf('\n', from)) {
      line += 1
      from = end + 1
    }
    return line
  }
}

interface Value {
  readonly value: string
  readonly end: number
  readonly isLiteral: boolean
}

function readBare(text: string, from: number): Value {
  const newline = text.indexOf('\n', from)
  const end = newline === -1 ? text.length : newline
  const row = text.slice(from, end)
  const comment = row.indexOf(' #')
  return { value: (comment === -1 ? row : row.slice(0, comment)).trimEnd(), end, isLiteral: false }
}

function readQuoted(text: string, from: number, quote: string, line: number): Value {
  let value = ''
  for (let at = from + 1; at < text.length; at += 1) {
    const mark = text[at]
    if (mark === quote) {
      const isLiteral = quote === "'"
      return { value: isLiteral ? value : readEscapes(value), end: at + 1, isLiteral }
    }
    if (mark === '\\' && at + 1 < text.length) {
      at += 1
      value += text[at] === quote ? quote : `\\${text[at]}`
    } else value += mark
  }
  throw new VariableFileError(line, 'begins a quoted value that never ends')
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  // What follows looks at dollars again.
  $: '$$',
}

function readEscapes(text: string): string {
  return text.replace(/\\(?:0(\d{0,3})|([abcfnrtv$"\\]))/g, (whole, octal?: string, letter = '') => {
    if (octal === undefined) return escapes[letter] ?? whole
    const code = Number.parseInt(octal, 8)
    return /^[0-7]{3}$/.test(octal) && code <= 255 ? String.fromCharCode(code) : `\\${octal}`
  })
}

function readRaw(text: string, lookup: Lookup): ReadonlyMap<string, FileVariable> {
  const variables = new Map<string, FileVariable>()
  for (const [at, row] of text.split(/\r?\n/).entries()) {
    const line = at + 1
    const entry = row.trimStart()
    if (entry === '' || entry.startsWith('#')) continue
    const sign = entry.indexOf('=')
    const name = sign === -1 ? entry : entry.slice(0, sign)
    if (name === '' || /\s/.test(name)) throw new VariableFileError(line, 'is no `NAME=value`')
    const value = sign === -1 ? lookup(name) : entry.slice(sign + 1)
    if (value !== undefined) variables.set(name, { value, line })
  }
  return variables
}

function fill(text: string, known: Lookup, line: number): string {
  try {
    return interpolate(text, known).text
  } catch (error) {
    if (error instanceof InterpolationError)
      throw new VariableFileError(line, 'has a reference that cannot be filled', error.fault)
    throw error
  }
}
