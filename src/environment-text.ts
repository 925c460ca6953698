/** Text or bytes that hold a program's variables, in any of the usual forms, as names and values. Touches nothing. */

/**
 * Reads what `/proc/PID/environ` and `env -0` hold (entries that end in NUL), and lines: .env and Compose's env files,
 * systemd's EnvironmentFile and `Environment=`, the output of `env`, `export -p` and `set`. A later line wins.
 */
export function parseEnvironment(bytes: Uint8Array): ReadonlyMap<string, string> {
  const text = decode(bytes)
  return text.includes('\0') ? parseEntries(text) : parseLines(text)
}

/** By its name or what it begins with: no lines of variables, but a file of Compose perhaps. */
export function isYaml(name: string, bytes: Uint8Array): boolean {
  if (/\.ya?ml$/i.test(name)) return true
  const text = decode(bytes)
  return /^\s*\{/.test(text) || /^(["']?)services\1\s*:(?:\s|$)/m.test(text)
}

/** PowerShell's `>` writes UTF-16. */
function decode(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes)
}

function parseEntries(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>()
  for (const entry of text.split('\0')) {
    const at = entry.indexOf('=', 1)
    if (at > 0) variables.set(entry.slice(0, at), entry.slice(at + 1))
  }
  return variables
}

const assignment = /^\s*(?:export\s+|declare\s+-x\s+|set\s+)?([A-Za-z_][\w.()-]*)\s*=[^\S\n]*/
const comment = /^\s*(?:[#;].*)?$/

function parseLines(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>()
  let rest = text.replace(/\r\n?/g, '\n')
  let last: string | null = null
  while (rest !== '') {
    const line = rest.slice(0, endOfLine(rest))
    const head = assignment.exec(line)
    const name = head?.[1]
    if (head === null || name === undefined) {
      // `env` prints a value of several lines as it is.
      if (last !== null && !comment.test(line)) variables.set(last, `${variables.get(last)}\n${line}`)
      rest = rest.slice(line.length + 1)
      continue
    }
    const after = rest.slice(head[0].length)
    const isUnit = name === 'Environment'
    const { value, length } = isUnit ? readRaw(after) : readValue(after, variables)
    rest = after.slice(length)
    if (isUnit) for (const [each, text] of splitUnit(value)) variables.set(each, text)
    else if (name !== 'EnvironmentFile') variables.set(name, value)
    last = isUnit || name === 'EnvironmentFile' ? null : name
  }
  return variables
}

function endOfLine(text: string): number {
  const at = text.indexOf('\n')
  return at === -1 ? text.length : at
}

/** `length` counts what was read, the end of the line included. */
interface Value {
  readonly value: string
  readonly length: number
}

function readValue(text: string, known: ReadonlyMap<string, string>): Value {
  const [quote] = text
  const quoted = quote === '"' ? /^"((?:[^"\\]|\\[\s\S])*)"/.exec(text) : quote === "'" ? /^'([^']*)'/.exec(text) : null
  if (quoted !== null) {
    const inside = quoted[1] ?? ''
    const length = quoted[0].length + endOfLine(text.slice(quoted[0].length)) + 1
    return { value: quote === '"' ? expand(readEscapes(inside), known) : inside, length }
  }
  const { value, length } = readRaw(text)
  return { value: expand(value.replace(/(?:^|[^\S\n])#.*$/, '').trim(), known), length }
}

/** A backslash behind a space at the end of a line goes on with the next one (systemd); `C:\\` ends there. */
function readRaw(text: string): Value {
  const raw = /^(?:[^\n]*[^\S\n]\\\n)*[^\n]*/.exec(text)?.[0] ?? ''
  return { value: raw.replace(/[^\S\n]+\\\n\s*/g, ' ').trim(), length: raw.length + 1 }
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' }

function readEscapes(text: string): string {
  return text.replace(/\\([\s\S])/g, (whole, mark: string) => {
    if ('"\\$`'.includes(mark)) return mark
    return mark === '\n' ? '' : (escapes[mark] ?? whole)
  })
}

/** `${NAME}` and `${NAME:-default}`, of variables that stand above. */
function expand(text: string, known: ReadonlyMap<string, string>): string {
  return text.replace(/\$\{([A-Za-z_]\w*)(?::?-([^}]*))?\}/g, (whole, name: string, otherwise?: string) => {
    const value = known.get(name)
    return value !== undefined && value !== '' ? value : (otherwise ?? value ?? whole)
  })
}

/** `"A=b c" D=e` of a unit's `Environment=`. */
function splitUnit(text: string): readonly (readonly [string, string])[] {
  const words = text.match(/"(?:[^"\\]|\\.)*"|'[^']*'|\S+/g) ?? []
  return words.flatMap((word) => {
    const bare = word.replace(/^(["'])([\s\S]*)\1$/, '$2')
    const at = bare.indexOf('=')
    return at > 0 ? [[bare.slice(0, at), bare.slice(at + 1)] as const] : []
  })
}
