/** A failing run drawn for a person: which credentials, why, the likely cause, the one most useful command. */
import { drawChoice } from './choice.ts'
import type { Glyphs } from './glyphs.ts'
import type { FailureReport, ReportedAttempt } from './report.ts'
import type { Style } from './style.ts'
import { describeDuration, escapeControls, indentLines, wrap } from './text.ts'

export interface DrawOptions {
  readonly style: Style
  readonly glyphs: Glyphs
  readonly columns: number
  /** Also what each credential looked at. */
  readonly withEvidence: boolean
}

/** Ends in a newline. Text from outside is escaped and never starts a line. */
export function drawFailure(report: FailureReport, options: DrawOptions): string {
  const { style } = options
  const lines = [`${style.bad('error:')} no token for ${report.scopes.map(escapeControls).join(' ')}`, '']
  for (const attempt of report.attempts) {
    if (attempt.outcome === 'excluded' || attempt.outcome === 'not-attempted') continue
    lines.push(...drawAttempt(attempt, options))
  }
  const unreached = report.attempts.filter(({ outcome }) => outcome === 'not-attempted')
  if (unreached.length > 0) {
    lines.push(
      style.dim(
        wrap(`not attempted: ${unreached.map(({ credential }) => credential).join(', ')}`, options.columns, '  '),
      ),
    )
  }
  const [cause] = report.causes
  const [hint] = report.hints
  // The SDKs' texts leave out some codes that the service sent.
  const unsaid = report.codes.filter((code) => !report.attempts.some(({ message }) => message.includes(code)))
  if (cause !== undefined || hint !== undefined || unsaid.length > 0) lines.push('')
  if (unsaid.length > 0) lines.push(labelled('code', unsaid.join(', '), options))
  if (cause !== undefined) lines.push(labelled('cause', `${cause.meaning} (${cause.id})`, options))
  if (hint !== undefined) {
    lines.push(labelled('do', hint.text, options))
    if (hint.command !== undefined) lines.push(`       ${style.accent(hint.command)}`)
  }
  return `${lines.join('\n')}\n`
}

function drawAttempt(attempt: ReportedAttempt, { style, glyphs, columns, withEvidence }: DrawOptions): string[] {
  const paint = attempt.outcome === 'failed' ? style.bad : attempt.outcome === 'succeeded' ? style.good : style.warn
  const head = `${paint(glyphs[attempt.outcome])} ${style.bold(attempt.credential)} ${attempt.outcome} ${style.dim(describeDuration(attempt.elapsedMs))}`
  const lines = [`  ${head}`]
  if (attempt.message !== '') lines.push(wrap(escapeControls(attempt.message), columns, '    '))
  if (withEvidence) {
    if (attempt.choice !== undefined)
      lines.push(style.dim(wrap(escapeControls(drawChoice(attempt.choice)), columns, '      ')))
    for (const { kind, what, result, ms } of attempt.evidence) {
      const time = ms > 0 ? `, ${describeDuration(ms)}` : ''
      lines.push(
        style.dim(indentLines(`${kind.padEnd(7)} ${escapeControls(what)}: ${escapeControls(result)}${time}`, '      ')),
      )
    }
  }
  return lines
}

function labelled(label: string, text: string, { style, columns }: DrawOptions): string {
  const [first = '', ...others] = wrap(escapeControls(text), columns - 7).split('\n')
  return [`${style.bold(label.padEnd(5))}  ${first}`, ...others.map((line) => `       ${line}`)].join('\n')
}
