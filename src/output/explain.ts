/** An explanation drawn for a person, and as the JSON of the contract. */
import type { ExplainedCause, Explanation } from '../diagnosis/explain/explanation.ts'
import type { Style } from './style.ts'
import { disarmCommands, escapeControls, escapeToLine, padTo, wrap } from './text.ts'

export interface DrawExplainOptions {
  readonly style: Style
  readonly columns: number
}

/** The keys of the contract first; `title`, `summary`, `notes`, `details`, `source` and `suggestions` beside them. */
export function explanationToJson(explanation: Explanation): Record<string, unknown> {
  const {
    kind,
    sdk,
    credentials,
    codes,
    causes,
    facts,
    title,
    summary,
    notes,
    sections,
    source,
    suggestions,
    failures,
  } = explanation
  return {
    schemaVersion: 1,
    kind,
    sdk,
    title,
    summary,
    credentials: credentials.map(({ name, outcome, message, causes: ids }) => ({
      name,
      outcome,
      message,
      causes: ids,
    })),
    codes,
    causes: causes.map(({ id, meaning, because, steps, guide }) => ({
      id,
      meaning,
      fix: steps.map(({ text, command }) => (command === undefined ? text : `${text}: ${command}`)),
      because,
      guide,
    })),
    facts,
    notes,
    details: sections.map((section) => ({
      title: section.title,
      rows: section.rows.map(({ label, text, command }) => ({ label: label ?? null, text, command: command ?? null })),
    })),
    source,
    suggestions,
    failures: failures.map((failure) => {
      const { schemaVersion: _, failures: __, suggestions: ___, ...rest } = explanationToJson(failure)
      return rest
    }),
  }
}

/** Ends in a newline. Everything from the text is escaped, and obeyed by no terminal or pipeline. */
export function drawExplanation(explanation: Explanation, options: DrawExplainOptions): string {
  if (explanation.failures.length > 1) return drawSeveral(explanation, options)
  const parts = [head(explanation, options), credentialLines(explanation, options), causeLines(explanation, options)]
  parts.push(noteLines(explanation, options), sectionLines(explanation, options), factLines(explanation, options))
  const text = parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')
  return disarmCommands(`${text}\n`)
}

/** One after the other; what was found on this machine holds for all and comes last. */
function drawSeveral({ failures, sections }: Explanation, options: DrawExplainOptions): string {
  const { style } = options
  const total = failures.length
  const drawn = failures.map(
    (failure, index) => `${style.bold(`failure ${index + 1} of ${total}`)}\n${drawExplanation(failure, options)}`,
  )
  const own = new Set(failures.flatMap((failure) => failure.sections.map(({ title }) => title)))
  const rest = sections.filter(({ title }) => !own.has(title))
  const lines = rest.length === 0 ? [] : [`${sectionLines({ sections: rest }, options).join('\n')}\n`]
  return disarmCommands(`${style.bold(`${total} failures in this text`)}\n\n${[...drawn, ...lines].join('\n')}`)
}

function head({ kind, title, summary, sdk }: Explanation, { style, columns }: DrawExplainOptions): string[] {
  const said = escapeToLine(title)
  const lines = [style.bold(wrap(kind === 'failure' ? `what happened: ${said}` : said, columns))]
  const isNamed = sdk !== null && !['other', 'sts', 'service', 'imds'].includes(sdk)
  if (kind === 'failure') {
    const by = isNamed ? `written by ${sdkNames[sdk] ?? sdk}` : ''
    const rest = [by, summary].filter((part) => part !== '').join('; ')
    if (rest !== '') lines.push(style.dim(wrap(escapeToLine(rest), columns)))
  } else if (summary !== '') lines.push(wrap(escapeToLine(summary), columns))
  return lines
}

const sdkNames: Readonly<Record<string, string>> = {
  python: 'azure-identity for Python',
  js: '@azure/identity',
  dotnet: 'Azure.Identity for .NET',
  java: 'azure-identity for Java',
  go: 'azidentity for Go',
  cpp: 'azure-identity for C++',
  rust: 'azure_identity for Rust',
  az: 'the Azure CLI',
  azd: 'the Azure Developer CLI',
  powershell: 'Azure PowerShell',
  msal: 'MSAL',
  kubelogin: 'kubectl and kubelogin',
  terraform: 'Terraform',
}

const marks = { succeeded: '+', failed: 'x', unavailable: '-', 'not-attempted': '.' } as const

function credentialLines({ credentials }: Explanation, { style, columns }: DrawExplainOptions): string[] {
  return credentials.flatMap(({ name, outcome, message }) => {
    const paint = outcome === 'succeeded' ? style.good : outcome === 'failed' ? style.bad : style.warn
    const first = `  ${paint(marks[outcome])} ${style.bold(escapeToLine(name))} ${outcome}`
    return message === '' || message === name
      ? [first]
      : [first, style.dim(wrap(escapeToLine(message), columns, '    '))]
  })
}

function causeLines({ kind, causes }: Explanation, options: DrawExplainOptions): string[] {
  const { style } = options
  const [best, ...others] = causes
  if (best === undefined) return []
  const lines = kind === 'failure' ? drawCause('most likely', best, options) : drawCause('cause', best, options)
  for (const cause of others.slice(0, 2)) {
    lines.push('', labelled('or', `${cause.meaning} (${cause.id})`, options), ...because(cause, options))
  }
  if (others.length > 2) {
    const rest = others.slice(2).map(({ id }) => id)
    lines.push('', style.dim(wrap(`less likely: ${rest.join(', ')}`, options.columns)))
  }
  return lines
}

function drawCause(label: string, cause: ExplainedCause, options: DrawExplainOptions): string[] {
  const lines = [labelled(label, `${cause.meaning} (${cause.id})`, options), ...because(cause, options)]
  for (const [index, { text, command }] of cause.steps.entries()) {
    lines.push(labelled(index === 0 ? 'do' : '', text, options))
    if (command !== undefined) lines.push(`${' '.repeat(labelWidth + 2)}${options.style.accent(escapeToLine(command))}`)
  }
  if (cause.guide !== null) lines.push(labelled('guide', cause.guide, options))
  return lines
}

function because(cause: ExplainedCause, options: DrawExplainOptions): string[] {
  return cause.because === '' ? [] : [labelled('because', cause.because, options)]
}

function noteLines({ notes }: Explanation, options: DrawExplainOptions): string[] {
  return notes.map(({ text }) => labelled('note', text, options))
}

function sectionLines({ sections }: Pick<Explanation, 'sections'>, options: DrawExplainOptions): string[] {
  return sections.flatMap(({ title, rows }, index) => [
    ...(index === 0 ? [] : ['']),
    options.style.bold(title),
    ...rows.flatMap(({ label, text, command }) => {
      const width = Math.min(26, Math.max(...rows.map((row) => (row.label ?? '').length)))
      const line = drawRow(label ?? '', text, width, options)
      if (command === undefined) return [line]
      // What is several lines long is ours, a template to be pasted as it is.
      return [line, ...command.split('\n').map((each) => drawCommandLine(each, options))]
    }),
  ])
}

function drawCommandLine(line: string, { style }: DrawExplainOptions): string {
  const indent = /^ */.exec(line)?.[0] ?? ''
  return `    ${indent}${style.accent(escapeToLine(line))}`
}

function drawRow(label: string, text: string, width: number, { style, columns }: DrawExplainOptions): string {
  const indent = width === 0 ? 2 : width + 4
  const [first = '', ...more] = wrap(escapeToLine(text), columns - indent).split('\n')
  const start = width === 0 ? '  ' : `  ${style.dim(padTo(escapeToLine(label), width))}  `
  // A long label stands on a line of its own.
  const head =
    label.length > width ? `  ${style.dim(escapeToLine(label))}\n${' '.repeat(indent)}${first}` : start + first
  return [head, ...more.map((line) => ' '.repeat(indent) + line)].join('\n')
}

const factNames: Readonly<Record<string, string>> = {
  correlationId: 'correlation id',
  traceId: 'trace id',
  timestamp: 'timestamp',
}

function factLines({ kind, facts }: Explanation, options: DrawExplainOptions): string[] {
  if (kind !== 'failure') return []
  const rows = Object.entries(factNames).flatMap(([key, label]) => {
    const value = (facts as Readonly<Record<string, string | undefined>>)[key]
    return value === undefined ? [] : [`${label} ${escapeToLine(value)}`]
  })
  return rows.length === 0 ? [] : [labelled('for support', rows.join(', '), options)]
}

const labelWidth = 11

function labelled(label: string, text: string, { style, columns }: DrawExplainOptions): string {
  const [first = '', ...more] = wrap(escapeControls(escapeToLine(text)), columns - labelWidth - 2).split('\n')
  const start = label.length > labelWidth ? `${style.bold(label)}  ` : style.bold(padTo(label, labelWidth + 2))
  return [start + first, ...more.map((line) => ' '.repeat(labelWidth + 2) + line)].join('\n')
}
