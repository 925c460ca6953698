/** What azid says of a command that should print a client assertion. No SDK has one, so every profile says it alike. */
import type { FederationFacts } from '../federation-facts.ts'

export function wordAssertionCommand({
  program,
  reason,
  detail,
  stderr,
}: FederationFacts['assertion-command']): string {
  const said = stderr === '' ? '' : `: ${stderr}`
  switch (reason) {
    case 'not-started':
      return `the command for the client assertion, '${program}', could not be started: ${detail}`
    case 'exit':
      return `the command for the client assertion, '${program}', ended with ${detail}${said}`
    case 'killed':
      return `the command for the client assertion, '${program}', was ended by ${detail}${said}`
    case 'timed-out':
      return `the command for the client assertion, '${program}', did not end within ${detail}${said}`
    default:
      return reason satisfies never
  }
}
