/** What Go's encoding/json says of a text that is no JSON: of the first thing in it that is wrong. */

const literals = ['true', 'false', 'null']

/** Empty: the text is JSON. */
export function goJsonError(text: string): string {
  try {
    JSON.parse(text)
    return ''
  } catch {
    return findError(text)
  }
}

function findError(text: string): string {
  const start = text.trimStart()
  const first = start[0]
  if (first === undefined) return 'unexpected end of JSON input'
  if (!/["{[\d-]/.test(first)) {
    const literal = literals.find((each) => each.startsWith(first))
    if (literal === undefined) return `invalid character ${quote(first)} looking for beginning of value`
    for (let at = 1; at < literal.length; at++) {
      const char = start[at]
      if (char === undefined) return 'unexpected end of JSON input'
      if (char !== literal[at]) {
        return `invalid character ${quote(char)} in literal ${literal} (expecting ${quote(literal[at] ?? '')})`
      }
    }
  }
  const control = findControl(start)
  if (control !== null) return `invalid character ${quote(control)} in string literal`
  const end = wholeValue(start)
  if (end === null) return 'unexpected end of JSON input'
  const rest = start.slice(end).trimStart()
  return `invalid character ${quote(rest[0] ?? '')} after top-level value`
}

/** A line that ends within a text; null: none does. */
function findControl(text: string): string | null {
  let isInside = false
  for (let at = 0; at < text.length; at++) {
    const char = text[at] ?? ''
    if (isInside && char < ' ') return char
    if (isInside && char === '\\') at++
    else if (char === '"') isInside = !isInside
  }
  return null
}

/** Where the first value ends; null: it does not. */
function wholeValue(text: string): number | null {
  for (let end = 1; end < text.length; end++) {
    try {
      JSON.parse(text.slice(0, end))
    } catch {
      continue
    }
    // A number goes on as long as it can.
    if (/[\d.eE+-]/.test(text[end] ?? '') && /\d$/.test(text.slice(0, end))) continue
    return end
  }
  return null
}

function quote(char: string): string {
  if (char === "'") return "'\\''"
  if (char === '\n') return "'\\n'"
  if (char === '\r') return "'\\r'"
  if (char === '\t') return "'\\t'"
  return `'${char}'`
}
