/** A run as a report that can be pasted into an issue: only what is on the list below, ids and names replaced. */
import { version } from '../version.ts'
import type { ChainReport, ReportedEnvironment } from './chain-report.ts'
import { describeWinner } from './chain-text.ts'
import type { Mask } from './masks.ts'
import type { ReportedAttempt } from './report.ts'
import { describeDuration, escapeControls, escapeToLine } from './text.ts'

export interface IssueFacts {
  readonly nodeVersion: string
  readonly platform: string
  readonly architecture: string
  readonly release: string
}

/** Variables whose value says nothing about anybody; of all others only whether they are set. */
const shownVariables: ReadonlySet<string> = new Set([
  'AZURE_TOKEN_CREDENTIALS',
  'AZURE_AUTHORITY_HOST',
  'AZURE_REGIONAL_AUTHORITY_NAME',
  'AZURE_CLIENT_SEND_CERTIFICATE_CHAIN',
  'AZURE_POD_IDENTITY_AUTHORITY_HOST',
  'IDENTITY_ENDPOINT',
  'IMDS_ENDPOINT',
  'MSI_ENDPOINT',
  'GITHUB_ACTIONS',
])

/** Ends in a newline. Several runs follow each other. */
export function drawIssueReport(reports: readonly ChainReport[], facts: IssueFacts, mask: Mask): string {
  return `${[
    '<!-- made by `azid chain --report`; ids, accounts and the home folder are replaced, the same name for the same value -->',
    ...reports.flatMap((report) => drawRun(report, facts, mask)),
  ].join('\n')}\n`
}

function drawRun(report: ChainReport, facts: IssueFacts, mask: Mask): string[] {
  const { profile, outcome, credential, stoppedBy, elapsedMs, scopes, message, attempts, advice, failure } = report
  const cell = (text: string): string => escapeToLine(mask(escapeControls(text))).replaceAll('|', '\\|')
  const end =
    credential !== null
      ? describeWinner(report)
      : stoppedBy !== null
        ? `no token: ${stoppedBy} failed`
        : 'no token: no credential is available'
  const told = attempts.filter(({ outcome: came }) => came !== 'excluded')
  return [
    '',
    `## azid chain: ${report.isDryRun ? 'dry run' : end}`,
    '',
    '| | |',
    '| --- | --- |',
    `| as | ${profile.title} ${profile.version} |`,
    `| azid | ${version}, Node ${facts.nodeVersion}, ${facts.platform} ${facts.architecture}, ${cell(facts.release)} |`,
    `| scope | ${cell(scopes.join(' '))} |`,
    `| outcome | ${report.isDryRun && message === null ? `nothing was asked; ${nextOf(attempts)}` : `${outcome}, ${describeDuration(elapsedMs)}`} |`,
    ...(report.environment === null ? [] : [`| variables | of ${describeEnvironment(report.environment)} |`]),
    '',
    '| credential | outcome | time | why |',
    '| --- | --- | --- | --- |',
    ...attempts.map((each) => `| ${each.credential} | ${each.outcome} | ${timeOf(each)} | ${cell(whyOf(each))} |`),
    ...(message === null ? [] : ['', '### What the SDK says', '', ...fenced(mask(escapeControls(message)))]),
    ...causesOf(failure, cell),
    ...(advice.length === 0 ? [] : ['', '### Advice', '', ...advice.map(({ id, text }) => `- ${id}: ${cell(text)}`)]),
    '',
    '### What was looked at',
    ...told.flatMap((attempt) => evidenceOf(attempt, cell)),
  ]
}

/** Of a dry run that nothing has ended. */
function nextOf(attempts: readonly ReportedAttempt[]): string {
  const first = attempts.find(({ outcome, hints }) => outcome === 'not-attempted' && hints.length > 0)
  return first === undefined ? 'nobody would be' : `${first.credential} would be asked first`
}

/** Its name is nobody's business. */
function describeEnvironment({ kind, service }: ReportedEnvironment): string {
  return service === undefined ? `another ${kind}` : 'a service in a Compose file'
}

function timeOf({ outcome, elapsedMs }: ReportedAttempt): string {
  return outcome === 'succeeded' || outcome === 'unavailable' || outcome === 'failed' ? describeDuration(elapsedMs) : ''
}

function whyOf({ reason, identity, codes }: ReportedAttempt): string {
  if (identity !== null) return `a ${identity.type} token`
  const unsaid = codes.filter((code) => !reason.includes(code))
  return [reason, ...unsaid].filter((part) => part !== '').join(', ')
}

function causesOf(failure: ChainReport['failure'], cell: (text: string) => string): string[] {
  if (failure === null || failure.causes.length === 0) return []
  return ['', '### Likely causes', '', ...failure.causes.map(({ id, meaning }) => `- ${id}: ${cell(meaning)}`)]
}

/** A fence longer than any in the text (CommonMark 4.5). */
function fenced(text: string): string[] {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return [`${fence}text`, text, fence]
}

function evidenceOf({ credential, evidence }: ReportedAttempt, cell: (text: string) => string): string[] {
  if (evidence.length === 0) return []
  const lines = evidence.map(({ kind, what, result, ms }) => {
    const shown = kind === 'env' ? describeVariable(what, result) : result
    const place = kind === 'http' ? what.replace(/\?.*$/, '') : what
    return `- ${kind} ${cell(place)}: ${cell(shown)}${ms > 0 ? `, ${describeDuration(ms)}` : ''}`
  })
  return ['', `<details><summary>${credential}</summary>`, '', ...new Set(lines), '', '</details>']
}

function describeVariable(name: string, result: string): string {
  if (shownVariables.has(name) || result.startsWith('not set') || result.startsWith('set, but empty')) return result
  return 'set'
}
