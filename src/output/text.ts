/** Text from outside made safe to print, and text of ours made to fit. */

// C0 and C1 controls, DEL, and the marks that reorder or hide text (bidi controls, zero width, line separators).
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const unsafe = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g

/**
 * Shows control characters instead of obeying them: `ESC` becomes `\x1b`, a bidi mark `\u202e`. Newlines and tabs stay.
 * For claims, STS descriptions and whatever else comes from outside.
 */
export function escapeControls(text: string): string {
  return text.replace(/\r\n/g, '\n').replace(unsafe, (mark) => {
    const code = mark.charCodeAt(0)
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

/** As `escapeControls`, on one line: newlines and tabs become single spaces. */
export function escapeToLine(text: string): string {
  return escapeControls(text.replace(/[\s]*[\r\n]+[\s]*/g, ' ').replace(/\t/g, ' ')).trim()
}

/** Every line of the result starts with `indent`, at least one space; empty lines stay empty. */
export function indentLines(text: string, indent: string): string {
  const margin = indent === '' ? ' ' : indent
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : margin + line))
    .join('\n')
}

/**
 * Takes the force of workflow commands out of a whole text that is to be printed. GitHub Actions obeys `::name` at the
 * start of a line, also behind blanks, and `##[` anywhere in it; Azure Pipelines obeys `##vso[` anywhere.
 */
export function disarmCommands(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour may stand before the command
  return text.replace(/^((?:[^\S\n]|\u001b\[[0-9;]*m)*):(?=:)/gm, '$1\\x3a').replace(/##(?=\[|vso\[)/gi, '#\\x23')
}

/** Breaks at spaces so that no line passes `columns`; a word longer than that stays whole, so links and codes can be copied. */
export function wrap(text: string, columns: number, indent = ''): string {
  const width = Math.max(20, columns - indent.length)
  return text
    .split('\n')
    .map((line) => wrapLine(line, width, indent))
    .join('\n')
}

function wrapLine(line: string, width: number, indent: string): string {
  const lines: string[] = []
  let current = ''
  for (const word of line.split(' ')) {
    if (current === '') current = word
    else if (displayWidth(current) + 1 + displayWidth(word) <= width) current += ` ${word}`
    else {
      lines.push(current)
      current = word
    }
  }
  lines.push(current)
  return lines.map((part) => (part === '' ? '' : indent + part)).join('\n')
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is the escape sequences of colours that are measured as nothing
const colourSequence = /\u001b\[[0-9;]*m/g

/** Nearly every text; help alone measures thousands. */
const plainAscii = /^[ -~]*$/

/** Columns that a text takes on a terminal: colours take none, wide East Asian characters and emoji two. */
export function displayWidth(text: string): number {
  if (plainAscii.test(text)) return text.length
  let width = 0
  for (const mark of text.replace(colourSequence, '')) width += isWide(mark.codePointAt(0) ?? 0) ? 2 : 1
  return width
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff)
  )
}

/** Pads to `columns` as a terminal counts them. */
export function padTo(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - displayWidth(text)))
}

/** `1.2 s`, `340 ms`, `2 min 5 s`: short enough for a column. */
export function describeDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  return `${minutes} min ${Math.round((ms - minutes * 60_000) / 1000)} s`
}
