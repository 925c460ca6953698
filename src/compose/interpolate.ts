/** `$NAME`, `${NAME:-default}` and their like, as Compose puts values in their place. Touches nothing. */

/** Undefined: it is not set. */
export type Lookup = (name: string) => string | undefined

export interface Interpolated {
  readonly text: string
  /** Names that nothing is known of and that have no default: each is empty in the text. */
  readonly unset: readonly string[]
}

export type InterpolationFault =
  | { readonly kind: 'malformed' }
  /** `${NAME:?message}` */
  | { readonly kind: 'required'; readonly name: string; readonly message: string }

/** Defaults may hold references of their own: so many levels of them. */
const maxDepth = 20

/** Throws `InterpolationError`. */
export function interpolate(text: string, lookup: Lookup): Interpolated {
  const unset: string[] = []
  return { text: text.includes('$') ? fill(text, lookup, unset, 0) : text, unset }
}

export class InterpolationError extends Error {
  readonly fault: InterpolationFault

  constructor(fault: InterpolationFault) {
    super(fault.kind)
    this.fault = fault
  }
}

const mark = /\$(?:\$|[A-Za-z_][A-Za-z0-9_]*|\{)/g
const inside = /^([A-Za-z_][A-Za-z0-9_]*)(?:(:?[-+?])(.*))?$/

function fill(text: string, lookup: Lookup, unset: string[], depth: number): string {
  if (depth > maxDepth) throw new InterpolationError({ kind: 'malformed' })
  const parts: string[] = []
  let from = 0
  for (let at = next(text, from); at !== null; at = next(text, from)) {
    parts.push(text.slice(from, at.index))
    const [found] = at
    from = at.index + found.length
    if (found === '$$') parts.push('$')
    else if (found !== '${') parts.push(valueOrEmpty(found.slice(1), lookup, unset))
    else {
      const end = closingBrace(text, from)
      const [, name, operator, word = ''] = inside.exec(end === -1 ? '' : text.slice(from, end)) ?? []
      if (name === undefined) throw new InterpolationError({ kind: 'malformed' })
      parts.push(
        operator === undefined
          ? valueOrEmpty(name, lookup, unset)
          : choose(name, operator, lookup(name), () => fill(word, lookup, unset, depth + 1)),
      )
      from = end + 1
    }
  }
  return parts.join('') + text.slice(from)
}

function next(text: string, from: number): RegExpExecArray | null {
  mark.lastIndex = from
  return mark.exec(text)
}

function valueOrEmpty(name: string, lookup: Lookup, unset: string[]): string {
  const value = lookup(name)
  if (value === undefined) unset.push(name)
  return value ?? ''
}

function choose(name: string, operator: string, value: string | undefined, word: () => string): string {
  const isThere = value !== undefined && (value !== '' || !operator.startsWith(':'))
  if (operator.endsWith('+')) return isThere ? word() : ''
  if (isThere) return value
  if (operator.endsWith('?')) throw new InterpolationError({ kind: 'required', name, message: word() })
  return word()
}

/** That of the reference which begins before `from`: every brace counts, also those of JSON in a default; else the last. */
function closingBrace(text: string, from: number): number {
  let open = 1
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === '{') open += 1
    else if (text[at] === '}') {
      open -= 1
      if (open === 0) return at
    }
  }
  return text.indexOf('}', from) === -1 ? -1 : text.lastIndexOf('}')
}
