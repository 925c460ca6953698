/** What is said when azid itself is at fault. */

import type { Style } from '../output/style.ts'
import { escapeControls, indentLines } from '../output/text.ts'
import type { Host } from '../runtime.ts'
import { version } from '../version.ts'

/** Name, message and stack through `redact`, and what a report needs beside them. Ends in a newline. */
export function drawBug(
  error: unknown,
  command: string,
  host: Host,
  redact: (text: string) => string,
  style: Style,
): string {
  const stack = error instanceof Error ? (error.stack ?? '').split('\n').slice(1, 12).join('\n') : ''
  return [
    `${style.bad('error:')} ${escapeControls(redact(describeBug(error)))}`,
    'This is a bug in azid, not a mistake of yours. Please report it to the maintainers with these lines:',
    `  azid ${version}, Node ${host.nodeVersion}, ${host.platform} ${host.architecture}, ${command === '' ? 'no command' : command}`,
    ...(stack === '' ? [] : [indentLines(escapeControls(redact(stack)), '')]),
    '',
  ].join('\n')
}

/** One sentence, not yet redacted. */
export function describeBug(error: unknown): string {
  return `azid ended unexpectedly: ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`
}
