/** Takes away what terminals, log viewers, browsers, mail and JSON put around a failure. Every step is linear in the text. */

export interface NormalText {
  /** With lines, for what is said line by line. */
  readonly lines: string
  /** All white space is one space: what sentences are looked for in. */
  readonly flat: string
}

export function normalise(pasted: string): NormalText {
  let text = dropControls(pasted)
  text = undouble(text)
  text = unescapeAll(text)
  text = decodeForm(text)
  text = dropMarkup(text)
  text = text.split('\n').map(dropPrefix).join('\n')
  text = joinWrapped(text)
  text = mendCodes(text)
  return { lines: text, flat: text.replace(/\s+/g, ' ').trim() }
}

/** Colours, cursor movements, bells, marks that hide or reorder text; all line ends become `\n`. */
function dropControls(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      .replace(/\u001b(?:\[[0-9;?]{0,20}[A-Za-z]|\][^\u0007\u001b]{0,200}(?:\u0007|\u001b\\)|[@-_])/g, '')
      .replace(/\r\n?/g, '\n')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffd]/g, '')
      .replace(/[\u00a0\u2007\u202f]/g, ' ')
      .replace(/[‘’]/g, "'")
      .replace(/[“”]/g, '"')
  )
}

/** A cell of an exported table has its quotes twice. */
function undouble(text: string): string {
  return /""\w[\w ]{0,40}""\s?[:=]/.test(text) ? text.replaceAll('""', '"') : text
}

// A Windows path stays: in C:\repos\new the letters after the strokes are no escapes.
const escapes =
  /(?<![A-Za-z])[A-Za-z]:(?:\\{1,4}[^\s\\"'<>|:*?]{1,100})+|\\{1,8}(?:r\\{1,8}n|[nr]|t|u[0-9a-fA-F]{4}|["'/])/g

/** JSON in a string in a string: three rounds undo what people paste. */
function unescapeAll(text: string): string {
  let current = text
  for (let round = 0; round < 3 && current.includes('\\'); round += 1) {
    const next = current.replace(escapes, (found) => {
      if (/^[A-Za-z]:/.test(found)) return found
      const last = found.replace(/^\\+/, '')
      if (last.startsWith('u')) {
        const code = Number.parseInt(last.slice(1), 16)
        return code < 32 ? ' ' : String.fromCharCode(code)
      }
      if (last === '"' || last === "'" || last === '/') return last
      return last === 't' ? '\t' : '\n'
    })
    if (next === current) break
    current = next
  }
  return current
}

/** `error_description=AADSTS900144%3a+The+request…`: the form encoding of a redirect. Also what mail makes of links. */
function decodeForm(text: string): string {
  return text
    .replace(
      /https?:\/\/[\w.-]{1,80}safelinks\.protection\.outlook\.com\/\?url=([^&\s]{1,2000})[^\s]*/gi,
      (whole, url) => percentDecode(url) ?? whole,
    )
    .replace(/(?:AADSTS|AADB2C)\d{1,8}%3a[^\s"'<>]*/gi, (run) => percentDecode(run.replaceAll('+', ' ')) ?? run)
    .replace(/\r\n?/g, '\n')
}

function percentDecode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const entities: Readonly<Record<string, string>> = {
  quot: '"',
  apos: "'",
  amp: '&',
  lt: '<',
  gt: '>',
  nbsp: ' ',
  '#39': "'",
  '#x27': "'",
  '#34': '"',
  '#x22': '"',
}

// Only names of HTML: `<GUID>` and `<MoveNext>` belong to the failure. `<html` and `<!doctype` stay: they are evidence.
const blockTags =
  /<\/?(?:br|p|div|li|ul|ol|tr|table|tbody|h[1-6]|hr|pre|section|article|blockquote)(?:\s[^<>]{0,300})?\/?>/gi
const inlineTags =
  /<\/?(?:span|b|i|em|strong|code|a|font|small|mark|u|td|th|center|img|sup|sub|kbd)(?:\s[^<>]{0,300})?\/?>/gi

function dropMarkup(text: string): string {
  return text
    .replace(
      /&(quot|apos|amp|lt|gt|nbsp|#39|#x27|#34|#x22);/gi,
      (whole, name: string) => entities[name.toLowerCase()] ?? whole,
    )
    .replace(blockTags, '\n')
    .replace(inlineTags, '')
}

/** A log line's time and level, as containers, syslog and loggers write them; a quote's `>`, the frame that Terraform draws. */
const prefix =
  /^(?:(?:[>│╷╵|]\s?){1,6}|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?\]?\s|##\[[a-z]{1,12}\]|\[(?:error|info|warn|warning|debug)\]\s|(?:stdout|stderr) [FP] |[a-z][\w.-]{1,40}-\d{1,3}\s{1,12}\|\s|\[\d\d:\d\d:\d\d(?:\.\d{1,7})? [A-Z]{3,5}\]\s|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]{1,60} [\w.@-]{1,40}(?:\[\d{1,8}\])?:\s){1,4}/i

function dropPrefix(line: string): string {
  return line.replace(prefix, '')
}

/** One line of such a length was broken as well. */
const usualWidths: ReadonlySet<number> = new Set([60, 80, 100, 120, 132, 160])

/** Words that are seldom the beginning of a longer one: a line that ends in them was broken between words. */
const closedWords =
  /(?:^|\s)(?:not|the|and|from|with|was|were|have|this|that|your|are|been|does|could|cannot|failed|please)$/i

/**
 * A console that breaks at its width leaves several lines of exactly that length: those go on in the next line, without
 * a space unless there was one at the break.
 */
function joinWrapped(text: string): string {
  const lines = text.split('\n')
  const counts = new Map<number, number>()
  for (const line of lines) {
    if (line.length >= 40 && line.length <= 240 && /[a-z]/i.test(line))
      counts.set(line.length, (counts.get(line.length) ?? 0) + 1)
  }
  let longest = 0
  for (const line of lines) if (line.length <= 240 && line.length > longest) longest = line.length
  const isWidth = (counts.get(longest) ?? 0) >= 2 || (usualWidths.has(longest) && (counts.get(longest) ?? 0) === 1)
  const width = isWidth ? longest : 0
  if (width === 0) return text
  const joined: string[] = []
  let isOpen = false
  for (const line of lines) {
    const isNextSentence = /[.:!?]$/.test(joined.at(-1) ?? '') && /^[A-Z]/.test(line)
    if (isOpen && !isNextSentence && !/^(?:\s{2,}|\t|- |at |[A-Z]\w+Credential\b)/.test(line))
      joined[joined.length - 1] += closedWords.test(joined.at(-1) ?? '') && /^[a-z]/i.test(line) ? ` ${line}` : line
    else joined.push(line)
    isOpen = line.length === width && /[a-z]/i.test(line)
  }
  return joined.join('\n')
}

/** `AADSTS700[21](link)1`, `AADSTS 700021`, `AADSTS7000⏎215: Invalid`: viewers make links of digits and break lines. */
function mendCodes(text: string): string {
  return text
    .replace(
      /(AADSTS|AADB2C)([\s\d[-]{0,3}(?:[\d[\]-]|\([^()\s]{0,300}\)){1,20})/gi,
      (whole, family: string, rest: string) => {
        if (!/[[\s-]/.test(rest)) return whole
        const bare = rest.replace(/\[(\d{1,8})\]\([^()\s]{0,300}\)/g, '$1').replace(/^[\s-]+/, '')
        return /^\d/.test(bare) ? family + bare : whole
      },
    )
    .replace(/(AADSTS|AADB2C)(\d{1,7})[ \t]*\n[ \t]*(\d{1,6})(?=\s{0,2}:)/gi, '$1$2$3')
}
