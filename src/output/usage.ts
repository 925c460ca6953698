/** What is said of a wrong command line. */
import type { UsageFacts } from '../usage-error.ts'
import type { Style } from './style.ts'
import { escapeControls, wrap } from './text.ts'

/** `error: …`, where the value came from and what to do. Ends in a newline. */
export function drawUsageError(facts: UsageFacts, style: Style, columns: number): string {
  const lines = labelled('error:', style.bad('error:'), describeUsage(facts), columns)
  if (facts.source !== undefined) lines.push(...labelled('from  ', style.bold('from  '), facts.source, columns))
  if (facts.fix !== undefined) lines.push(...labelled('do    ', style.bold('do    '), facts.fix, columns))
  return `${lines.join('\n')}\n`
}

/** One sentence: what is wrong and what was probably meant. */
function describeUsage({ message, suggestion }: UsageFacts): string {
  return suggestion === undefined ? message : `${message}; did you mean \`${suggestion}\`?`
}

function labelled(label: string, drawn: string, text: string, columns: number): string[] {
  const [first = '', ...others] = wrap(escapeControls(text), columns - label.length - 1).split('\n')
  return [`${drawn} ${first}`, ...others.map((line) => `${' '.repeat(label.length + 1)}${line}`)]
}

/** The `error` object of a failing command; usage errors have no codes, causes or attempts. */
export function usageErrorToJson(facts: UsageFacts, exitCode: number): Record<string, unknown> {
  const source = facts.source === undefined ? '' : ` (from ${facts.source})`
  const message = describeUsage(facts) + source
  const fix = facts.fix === undefined ? {} : { fix: facts.fix }
  return { schemaVersion: 1, error: { exitCode, message, ...fix, codes: [], causes: [], attempts: [] } }
}
