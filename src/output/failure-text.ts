/** A failing run drawn for a person, short: which credentials, why, the likely cause, the one most useful command. */
import { type DrawChainOptions, drawLine, labelled, nameWidthOf } from './chain-text.ts'
import type { FailureReport, ReportedAttempt } from './report.ts'
import { escapeControls, escapeToLine, wrap } from './text.ts'

/**
 * Ends in a newline. What failed is told in all of the SDK's words; of what was unavailable in a chain the first line of
 * them is enough: `azid chain` says it all. Text from outside is escaped and never starts a line.
 */
export function drawFailure(report: FailureReport, options: DrawChainOptions): string {
  const { style, columns } = options
  const tried = report.attempts.filter(({ outcome }) => outcome !== 'excluded' && outcome !== 'not-attempted')
  const isAlone = report.attempts.length === 1
  const width = nameWidthOf(tried.map(({ credential }) => credential))
  const lines = [`${style.bad('error:')} no token for ${report.scopes.map(escapeToLine).join(' ')}`, '']
  for (const attempt of tried) lines.push(...drawAttempt(attempt, width, isAlone, options))
  const unreached = report.attempts.filter(({ outcome }) => outcome === 'not-attempted')
  if (unreached.length > 0) {
    const names = unreached.map(({ credential }) => credential).join(', ')
    lines.push(style.dim(wrap(`not attempted: ${names}`, columns, '  ')))
  }
  lines.push('', ...drawRemedy(report, options))
  const isShortened = !isAlone && tried.some(({ outcome }) => outcome === 'unavailable')
  if (isShortened) lines.push(...labelled('more', 'azid chain says what each of them saw and said', undefined, options))
  return `${lines.join('\n').trimEnd()}\n`
}

function drawAttempt(
  attempt: ReportedAttempt,
  width: number,
  isAlone: boolean,
  options: DrawChainOptions,
): readonly string[] {
  const line = drawLine(attempt, width, options).trimEnd()
  if (attempt.message === '') return [line]
  const isTold = isAlone || attempt.outcome === 'failed'
  const message = isTold ? attempt.message : (attempt.message.split('\n', 1)[0] ?? '')
  const text = wrap(escapeControls(message), options.columns, '    ')
  return [line, isTold ? text : options.style.dim(text)]
}

function drawRemedy({ causes, hints, codes, attempts, guide }: FailureReport, options: DrawChainOptions): string[] {
  const [cause] = causes
  const [hint] = hints
  // The SDKs' texts leave out some codes that the service sent.
  const unsaid = codes.filter((code) => !attempts.some(({ message }) => message.includes(code)))
  return [
    ...(unsaid.length > 0 ? labelled('code', unsaid.join(', '), undefined, options) : []),
    ...(cause !== undefined ? labelled('cause', `${cause.meaning} (${cause.id})`, undefined, options) : []),
    ...(hint !== undefined ? labelled('do', hint.text, hint.command, options) : []),
    ...(guide !== null ? labelled('guide', guide, undefined, options) : []),
  ]
}
