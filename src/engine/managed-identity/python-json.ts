/**
 * JSON as Python reads and prints it. The SDK for Python puts whole answers and its parser's complaints into its
 * messages, so a message that can be searched for needs Python's own form: `{'error': None}`, and
 * `Expecting value: line 1 column 1 (char 0)`. Only text that is shown passes through here.
 */
import { failure, type Result, success } from '../../result.ts'

export type PythonValue =
  | { readonly kind: 'text'; readonly value: string }
  /** As written, for integers have no limit. */
  | { readonly kind: 'number'; readonly written: string }
  | { readonly kind: 'constant'; readonly name: 'None' | 'True' | 'False' }
  | { readonly kind: 'list'; readonly items: readonly PythonValue[] }
  | { readonly kind: 'dict'; readonly entries: ReadonlyMap<string, PythonValue> }

const whitespace = new Set([' ', '\t', '\n', '\r'])
const constants = { null: 'None', true: 'True', false: 'False' } as const
const floats = ['NaN', 'Infinity', '-Infinity']
const escapes: Readonly<Record<string, string>> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

class Complaint extends Error {}

/** The value, or what `json.loads` (CPython 3.8 to 3.12) says about the text. Positions are in characters, not UTF-16. */
export function readPythonJson(text: string): Result<PythonValue, string> {
  const characters = [...text]
  try {
    if (text.startsWith('\ufeff')) complain('Unexpected UTF-8 BOM (decode using utf-8-sig)', characters, 0)
    const start = skipSpace(characters, 0)
    const [value, end] = readValue(characters, start, 0)
    const rest = skipSpace(characters, end)
    if (rest < characters.length) complain('Extra data', characters, rest)
    return success(value)
  } catch (error) {
    if (error instanceof Complaint) return failure(error.message)
    throw error
  }
}

function complain(message: string, characters: readonly string[], at: number): never {
  const before = characters.slice(0, at)
  const line = before.filter((character) => character === '\n').length + 1
  const column = at - before.lastIndexOf('\n')
  throw new Complaint(`${message}: line ${line} column ${column} (char ${at})`)
}

function skipSpace(characters: readonly string[], at: number): number {
  let end = at
  while (whitespace.has(characters[end] ?? '')) end++
  return end
}

function readValue(characters: readonly string[], at: number, depth: number): [PythonValue, number] {
  // Deeper than this nothing is a token answer, and Python itself gives up with another error.
  if (depth > 500) complain('Expecting value', characters, at)
  const first = characters[at]
  if (first === '"') {
    const [value, end] = readText(characters, at + 1)
    return [{ kind: 'text', value }, end]
  }
  if (first === '{') return readDict(characters, at + 1, depth)
  if (first === '[') return readList(characters, at + 1, depth)
  for (const [word, name] of Object.entries(constants)) {
    if (startsWith(characters, at, word)) return [{ kind: 'constant', name }, at + word.length]
  }
  for (const word of floats) {
    if (startsWith(characters, at, word)) return [{ kind: 'number', written: word }, at + word.length]
  }
  const number = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?/.exec(characters.slice(at, at + 400).join(''))
  if (number === null) return complain('Expecting value', characters, at)
  return [{ kind: 'number', written: number[0] }, at + number[0].length]
}

function startsWith(characters: readonly string[], at: number, word: string): boolean {
  return [...word].every((character, index) => characters[at + index] === character)
}

function readDict(characters: readonly string[], at: number, depth: number): [PythonValue, number] {
  const entries = new Map<string, PythonValue>()
  let next = skipSpace(characters, at)
  if (characters[next] === '}') return [{ kind: 'dict', entries }, next + 1]
  for (;;) {
    if (characters[next] !== '"') complain('Expecting property name enclosed in double quotes', characters, next)
    const [key, afterKey] = readText(characters, next + 1)
    const colon = skipSpace(characters, afterKey)
    if (characters[colon] !== ':') complain("Expecting ':' delimiter", characters, colon)
    const [value, afterValue] = readValue(characters, skipSpace(characters, colon + 1), depth + 1)
    entries.set(key, value)
    next = skipSpace(characters, afterValue)
    if (characters[next] === '}') return [{ kind: 'dict', entries }, next + 1]
    if (characters[next] !== ',') complain("Expecting ',' delimiter", characters, next)
    next = skipSpace(characters, next + 1)
  }
}

function readList(characters: readonly string[], at: number, depth: number): [PythonValue, number] {
  const items: PythonValue[] = []
  let next = skipSpace(characters, at)
  if (characters[next] === ']') return [{ kind: 'list', items }, next + 1]
  for (;;) {
    const [value, afterValue] = readValue(characters, next, depth + 1)
    items.push(value)
    next = skipSpace(characters, afterValue)
    if (characters[next] === ']') return [{ kind: 'list', items }, next + 1]
    if (characters[next] !== ',') complain("Expecting ',' delimiter", characters, next)
    next = skipSpace(characters, next + 1)
  }
}

/** From after the opening quote. */
function readText(characters: readonly string[], at: number): [string, number] {
  let value = ''
  let next = at
  for (;;) {
    const character = characters[next]
    if (character === undefined) return complain('Unterminated string starting at', characters, at - 1)
    if (character === '"') return [value, next + 1]
    if (character.charCodeAt(0) < 0x20) return complain('Invalid control character at', characters, next)
    if (character !== '\\') {
      value += character
      next++
      continue
    }
    const kind = characters[next + 1]
    if (kind === undefined) return complain('Unterminated string starting at', characters, at - 1)
    if (kind === 'u') {
      const digits = characters.slice(next + 2, next + 6).join('')
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) return complain('Invalid \\uXXXX escape', characters, next + 1)
      value += String.fromCharCode(Number.parseInt(digits, 16))
      next += 6
      continue
    }
    const meant = escapes[kind]
    if (meant === undefined) return complain('Invalid \\escape', characters, next)
    value += meant
    next += 2
  }
}

/** `repr(value)`. */
export function pythonRepr(value: PythonValue): string {
  switch (value.kind) {
    case 'text':
      return pythonTextRepr(value.value)
    case 'number':
      return pythonNumber(value.written)
    case 'constant':
      return value.name
    case 'list':
      return `[${value.items.map(pythonRepr).join(', ')}]`
    case 'dict':
      return pythonDictRepr([...value.entries].map(([key, item]) => [key, pythonRepr(item)]))
    default:
      return value satisfies never
  }
}

/** `str(value)`: text as it is, anything else as `repr` has it. */
export function pythonStr(value: PythonValue): string {
  return value.kind === 'text' ? value.value : pythonRepr(value)
}

/** `type(value).__name__`. */
export function pythonType(value: PythonValue): string {
  switch (value.kind) {
    case 'text':
      return 'str'
    case 'number':
      return /^-?[0-9]+$/.test(value.written) ? 'int' : 'float'
    case 'constant':
      return value.name === 'None' ? 'NoneType' : 'bool'
    case 'list':
    case 'dict':
      return value.kind
    default:
      return value satisfies never
  }
}

/** A dict whose values are already printed. */
export function pythonDictRepr(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([key, item]) => `${pythonTextRepr(key)}: ${item}`).join(', ')}}`
}

/** `repr` of text: single quotes unless only those are inside; what cannot be printed is escaped. */
export function pythonTextRepr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  let shown = ''
  for (const character of text) shown += pythonCharacter(character, quote)
  return `${quote}${shown}${quote}`
}

const named: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }

function pythonCharacter(character: string, quote: string): string {
  const known = named[character]
  if (known !== undefined) return known
  if (character === quote) return `\\${quote}`
  if (character === ' ' || !/[\p{C}\p{Z}]/u.test(character)) return character
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`
}

function pythonNumber(written: string): string {
  if (written === 'NaN') return 'nan'
  if (written.endsWith('Infinity')) return written.replace('Infinity', 'inf')
  if (/^-?[0-9]+$/.test(written)) return written === '-0' ? '0' : written
  const value = Number(written)
  if (!Number.isFinite(value)) return value < 0 ? '-inf' : 'inf'
  const size = Math.abs(value)
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    return value.toExponential().replace(/e([-+])([0-9])$/, 'e$10$2')
  }
  if (!Number.isInteger(value)) return String(value)
  return Object.is(value, -0) ? '-0.0' : `${value}.0`
}
