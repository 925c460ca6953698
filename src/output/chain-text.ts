/** A run of a chain drawn for a person: whom it imitates, a line a credential as it happens, and what came of it. */
import type { Hint } from '../diagnosis/diagnose.ts'
import type { Choice, Observation } from '../engine/types.ts'
import type { ChainReport, ReportedEnvironment } from './chain-report.ts'
import { drawChoice } from './choice.ts'
import type { Glyphs } from './glyphs.ts'
import type { ReportedIdentity } from './identity.ts'
import type { AttemptLine, ChainKind, ReportedAttempt } from './report.ts'
import type { Style } from './style.ts'
import { describeDuration, displayWidth, escapeControls, escapeToLine, padTo, wrap } from './text.ts'
import { describeSpan } from './times.ts'

export interface DrawChainOptions {
  readonly style: Style
  readonly glyphs: Glyphs
  readonly columns: number
  /** Also what each credential looked at. */
  readonly withEvidence: boolean
  /** Milliseconds since the epoch. */
  readonly now: number
}

export interface ChainHead {
  /** `Python azure-identity` */
  readonly title: string
  readonly version: string
  readonly kind: ChainKind
  readonly scopes: readonly string[]
  /** Links that are switched off by somebody, and by what; not those that are off by default. */
  readonly excluded: readonly { readonly name: string; readonly by: string }[]
  readonly environment: ReportedEnvironment | null
  readonly mode: 'run' | 'all' | 'dry-run'
}

const kinds: Readonly<Record<ChainKind, string>> = {
  DefaultAzureCredential: '',
  ChainedTokenCredential: ', a chain of your own',
  single: ', one credential alone',
}

const modes = {
  run: '',
  all: 'every credential is asked at once; the tokens are not used',
  'dry-run': 'only variables and files are looked at; nothing is sent or started',
} as const

/** Ends in a newline, and in an empty line before the credentials. */
export function drawHead(head: ChainHead, options: DrawChainOptions): string {
  const { title, version, kind, scopes } = head
  const { style, columns } = options
  const first = `as ${style.bold(`${title} ${version}`)}${kinds[kind]}, for ${scopes.map(escapeToLine).join(' ')}`
  return `${[wrap(first, columns), ...restrictions(head, options)].join('\n')}\n\n`
}

/** The head of several runs: what they have in common. Ends in a newline. */
export function drawSharedHead(head: ChainHead, options: DrawChainOptions): string {
  const first = `each SDK's chain${kinds[head.kind]}, for ${head.scopes.map(escapeToLine).join(' ')}`
  return `${[wrap(first, options.columns), ...restrictions(head, options)].join('\n')}\n`
}

/** How it is run, with whose variables, and what is left out by whom. */
function restrictions({ mode, environment, excluded }: ChainHead, { style, columns }: DrawChainOptions): string[] {
  const notes: string[] = modes[mode] === '' ? [] : [modes[mode]]
  if (environment !== null)
    notes.push(`with the variables of ${escapeToLine(environment.name)} in place of this shell's`)
  for (const note of environment?.notes ?? []) notes.push(escapeToLine(note))
  for (const by of new Set(excluded.map((each) => each.by))) {
    const names = excluded.filter((each) => each.by === by).map(({ name }) => name)
    notes.push(`${escapeToLine(by)} leaves out ${names.join(', ')}`)
  }
  return notes.map((note) => style.dim(wrap(note, columns)))
}

/** Where reasons begin depends on the longest name, so that they stand below each other. */
export function nameWidthOf(names: readonly string[]): number {
  return Math.max(...names.map(displayWidth), 0)
}

const timeWidth = 7

/** Ends in a newline. `ready`: it was not asked, and could be. */
export function drawLine(attempt: AttemptLine, nameWidth: number, options: DrawChainOptions, ready?: 'ready'): string {
  const { style, glyphs, columns, withEvidence } = options
  const { outcome, credential, elapsedMs, reason } = attempt
  const paint = paintOf(ready === undefined ? outcome : 'succeeded', style)
  const time = outcome === 'not-attempted' || outcome === 'excluded' ? '' : describeDuration(elapsedMs)
  const indent = 4 + nameWidth + 1 + timeWidth + 2
  const room = Math.max(columns - indent, 20)
  const shown = ready === undefined || withEvidence ? reason : shortenAddresses(reason, room)
  const told = `${ready ?? words[outcome]}${shown === '' ? '' : `: ${escapeToLine(shown)}`}`
  const [first = '', ...others] = wrap(told, room).split('\n')
  const head = `  ${paint(glyphs[ready === undefined ? outcome : 'succeeded'])} ${style.bold(padTo(credential, nameWidth))} ${style.dim(time.padStart(timeWidth))}  `
  const lines = [head + paint(first), ...others.map((line) => ' '.repeat(indent) + paint(line))]
  if (withEvidence) lines.push(...drawEvidence(attempt, options))
  else if (attempt.choice !== undefined) lines.push(...drawRows([choiceRow(attempt.choice)], options))
  return `${lines.join('\n')}\n`
}

/** Whom a request would go to tells enough where its whole address has no room. */
function shortenAddresses(text: string, room: number): string {
  return text.replace(/(https?:\/\/[^/\s]+\/)\S+/g, (address, origin: string) =>
    address.length <= room ? address : `${origin}…`,
  )
}

const words: Readonly<Record<ReportedAttempt['outcome'], string>> = {
  succeeded: 'succeeded',
  unavailable: 'unavailable',
  failed: 'failed',
  'not-attempted': 'not attempted',
  excluded: 'excluded',
}

function paintOf(outcome: ReportedAttempt['outcome'], style: Style): (text: string) => string {
  switch (outcome) {
    case 'succeeded':
      return style.good
    case 'failed':
      return style.bad
    case 'unavailable':
      return style.warn
    case 'not-attempted':
    case 'excluded':
      return style.dim
    default:
      return outcome satisfies never
  }
}

/** What it looked at, each thing once; variables that are not set share a line. */
function drawEvidence(
  { evidence, choice }: Pick<ReportedAttempt, 'evidence' | 'choice'>,
  options: DrawChainOptions,
): string[] {
  const rows: EvidenceRow[] = choice === undefined ? [] : [choiceRow(choice)]
  const unset = evidence.filter(isUnset).map(({ what }) => what)
  if (unset.length > 0) rows.push({ label: 'not set', text: [...new Set(unset)].join(', ') })
  const absent = evidence.filter(isAbsent).map(({ what }) => what)
  if (absent.length > 0) rows.push({ label: 'no file', text: [...new Set(absent)].join(', ') })
  const seen = new Set<string>()
  for (const observation of evidence) {
    const { kind, what, result, ms } = observation
    const text = `${what}: ${result}`
    const isAgain = kind !== 'http' && kind !== 'process' && seen.has(`${kind} ${text}`)
    if (isUnset(observation) || isAbsent(observation) || isAgain) continue
    seen.add(`${kind} ${text}`)
    rows.push({ label: kind, text: `${text}${ms > 0 ? `, ${describeDuration(ms)}` : ''}` })
  }
  return drawRows(rows, options)
}

interface EvidenceRow {
  readonly label: string
  readonly text: string
}

/** Which of several ways was taken, which is worth knowing however it ended. */
function choiceRow(choice: Choice): EvidenceRow {
  return { label: 'chose', text: drawChoice(choice) }
}

function drawRows(rows: readonly EvidenceRow[], { style, columns }: DrawChainOptions): string[] {
  const indent = ' '.repeat(evidenceIndent + 9)
  return rows.map(({ label, text }) => {
    const width = columns - evidenceIndent - 9
    const [first = '', ...others] = wrap(escapeToLine(text), width)
      .split('\n')
      .flatMap((line) => breakFolders(line, width))
    return style.dim(
      [`${' '.repeat(evidenceIndent)}${label.padEnd(8)} ${first}`, ...others.map((line) => indent + line)].join('\n'),
    )
  })
}

const evidenceIndent = 6

/** A PATH is one long word, which goes on behind a colon. */
function breakFolders(line: string, width: number): readonly string[] {
  if (line.length <= width || !/^\/[^:]*(?::\/[^:]*){2}/.test(line)) return [line]
  const lines = ['']
  for (const folder of line.split(/(?<=:)(?=\/)/)) {
    const last = lines.at(-1) ?? ''
    if (last !== '' && last.length + folder.length > width) lines.push(folder)
    else lines[lines.length - 1] = last + folder
  }
  return lines
}

function isUnset({ kind, result }: Observation): boolean {
  return kind === 'env' && result === 'not set'
}

function isAbsent({ kind, result }: Observation): boolean {
  return kind === 'file' && (result === 'not found' || result === 'not there or not readable')
}

/** What came of it. Ends in a newline. */
export function drawConclusion(report: ChainReport, options: DrawChainOptions): string {
  const { failure } = report
  const lines = failure === null ? drawWinner(report, options) : drawFailedChain(report, options)
  for (const { text, command } of report.advice) lines.push(...labelled('advice', text, command, options))
  return `\n${lines.join('\n')}\n`
}

/** Whom the token is from. What azid got where the SDK would ask a proxy is not said as if a program got it, too. */
export function describeWinner({ credential, proxyOfSdk, profile }: ChainReport): string {
  if (proxyOfSdk === null) return `${credential} gives the token`
  const before = credential === 'ManagedIdentityCredential' ? '' : ' for a managed identity before'
  return `${credential} gives azid the token, but ${profile.title} would ask the proxy in ${proxyOfSdk}${before}`
}

/** In a line where it fits. */
function drawOwner(winner: string, identity: ReportedIdentity | null, options: DrawChainOptions): string[] {
  const { style, columns } = options
  if (identity === null) return [style.good(winner)]
  const owner = describeOwner(identity)
  if (identity.name === null || displayWidth(`${winner}: ${owner}`) <= columns)
    return [`${style.good(winner)}: ${owner}`]
  return [
    `${style.good(winner)}: ${identityWords[identity.type]}`,
    ...labelled('name', identity.name, undefined, options),
  ]
}

function drawWinner(report: ChainReport, options: DrawChainOptions): string[] {
  const { attempts, expiresOn, proxyOfSdk } = report
  const { style, now, columns } = options
  const identity = attempts.find(({ outcome }) => outcome === 'succeeded')?.identity ?? null
  const owner = identity === null ? '' : describeOwner(identity)
  const lines =
    proxyOfSdk === null
      ? drawOwner(describeWinner(report), identity, options)
      : [
          style.warn(wrap(describeWinner(report), columns)),
          ...(owner === '' ? [] : labelled('identity', owner, undefined, options)),
        ]
  if (identity?.objectId != null) lines.push(...labelled('object', identity.objectId, undefined, options))
  if (identity?.tenantId != null) lines.push(...labelled('tenant', identity.tenantId, undefined, options))
  if (expiresOn !== null)
    lines.push(...labelled('good for', describeSpan(Math.max(0, expiresOn - now)), undefined, options))
  return lines
}

const identityWords: Readonly<Record<ReportedIdentity['type'], string>> = {
  user: 'user',
  'service-principal': 'service principal',
  'managed-identity': 'managed identity',
}

function describeOwner({ type, name }: ReportedIdentity): string {
  return `${identityWords[type]}${name === null ? '' : ` ${escapeToLine(name)}`}`
}

function drawFailedChain(report: ChainReport, options: DrawChainOptions): string[] {
  const { style, columns } = options
  const { failure, attempts, kind } = report
  const lines = [style.bad(wrap(headline(report), columns)), '']
  const told = attempts.filter(({ outcome }) => outcome === 'failed' || outcome === 'unavailable')
  if (kind !== 'single') lines.push(style.bold('what each of them says'))
  for (const { credential, message } of told) {
    if (kind !== 'single') lines.push(`  ${style.bold(credential)}`)
    lines.push(wrap(escapeControls(message), columns, '    '))
  }
  lines.push('')
  const [cause] = failure?.causes ?? []
  const [hint] = failure?.hints ?? []
  const codes = failure?.codes ?? []
  if (codes.length > 0) lines.push(...labelled('code', codes.join(', '), undefined, options))
  if (cause !== undefined) lines.push(...labelled('cause', `${cause.meaning} (${cause.id})`, undefined, options))
  if (hint !== undefined) lines.push(...labelled('do', hint.text, hint.command, options))
  if (failure?.guide != null) lines.push(...labelled('guide', failure.guide, undefined, options))
  return lines
}

function headline({ stoppedBy, attempts, kind }: ChainReport): string {
  if (kind === 'single')
    return `no token: ${stoppedBy === null ? 'the credential is not available here' : 'the credential failed'}`
  if (stoppedBy !== null) return `no token: ${stoppedBy} failed and ended the chain`
  const count = attempts.filter(({ outcome }) => outcome === 'unavailable').length
  return `no token: none of the ${count} credentials is available here`
}

const labelWidth = 10

export function labelled(
  label: string,
  text: string,
  command: string | undefined,
  { style, columns }: DrawChainOptions,
): string[] {
  const [first = '', ...others] = wrap(escapeToLine(text), columns - labelWidth).split('\n')
  const margin = ' '.repeat(labelWidth)
  return [
    style.bold(padTo(label, labelWidth)) + first,
    ...others.map((line) => margin + line),
    ...(command === undefined ? [] : [margin + style.accent(escapeToLine(command))]),
  ]
}

/** Whose token each credential gives, below each other. Empty where none gave one. Begins with an empty line. */
export function drawIdentities({ attempts, credential }: ChainReport, options: DrawChainOptions): string {
  const { style, columns, withEvidence } = options
  const given = attempts.filter(({ outcome }) => outcome === 'succeeded')
  if (given.length === 0) return ''
  const whole = tabulateIdentities(given, credential, 'whole')
  const layouts = withEvidence ? [whole] : [whole, tabulateIdentities(given, credential, 'short')]
  const fitting = layouts.find((lines) => lines.every((line) => displayWidth(line) <= columns))
  const [first = '', ...others] = fitting ?? stackIdentities(given, credential, options)
  return `\n${[style.bold(first), ...others].join('\n')}\n${style.dim('* the one that the chain would use')}\n`
}

/** `short`: ids as far as they tell one from the other, and not all of them. */
function tabulateIdentities(
  given: readonly ReportedAttempt[],
  winner: string | null,
  ids: 'whole' | 'short',
): readonly string[] {
  const isWhole = ids === 'whole'
  const say = (id: string | null | undefined): string => (id == null ? '-' : isWhole ? id : `${id.slice(0, 8)}…`)
  const rows = given.map(({ credential, identity }) => [
    credential + (credential === winner ? ' *' : ''),
    identity === null ? 'unknown' : identityWords[identity.type],
    guid.test(identity?.name ?? '') ? say(identity?.name) : escapeToLine(identity?.name ?? '-'),
    say(identity?.tenantId),
    ...(isWhole ? [say(identity?.objectId)] : []),
  ])
  return drawTable([['whose token', 'kind', 'name', 'tenant', ...(isWhole ? ['object'] : [])], ...rows])
}

/** Where there is no room for columns. */
function stackIdentities(
  given: readonly ReportedAttempt[],
  winner: string | null,
  options: DrawChainOptions,
): readonly string[] {
  const width = nameWidthOf(given.map(({ credential }) => `${credential} *`))
  const rows = given.flatMap(({ credential, identity }) => {
    const name = padTo(credential + (credential === winner ? ' *' : ''), width)
    const facts = [
      ['name', identity?.name],
      ['tenant', identity?.tenantId],
      ['object', identity?.objectId],
    ] as const
    return [
      `${name}  ${identity === null ? 'unknown' : identityWords[identity.type]}`,
      ...facts.flatMap(([label, value]) => (value == null ? [] : labelled(label, value, undefined, options))),
    ]
  })
  return ['whose token', ...rows]
}

/** An app without a name of its own goes by its id. */
const guid = /^[0-9a-f]{8}-[0-9a-f-]{27}$/i

/** Columns as wide as their widest cell, two spaces between. */
export function drawTable(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))))
  return rows.map((row) =>
    row
      .map((cell, column) => padTo(cell, widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

/** What a job or a pod would present, what in place of that, and what cannot be known. */
export interface Presented {
  readonly credential: string
  readonly lines: readonly PresentedLine[]
}

export interface PresentedLine {
  readonly label: 'job' | 'or' | 'not known'
  readonly hint: Hint
}

/** What would happen, as far as variables and files tell. Begins with an empty line. */
export function drawDryConclusion(
  report: ChainReport,
  ready: readonly ReportedAttempt[],
  presented: readonly Presented[],
  options: DrawChainOptions,
): string {
  const { style } = options
  const [first] = ready
  const isDecided = report.outcome !== 'unavailable' || first === undefined
  const parts = isDecided
    ? [drawConclusion(report, options)]
    : [`\n${style.good(`${first.credential} would be asked first`)}\n`]
  for (const { credential, lines } of presented) {
    const told = lines.flatMap(({ label, hint: { text, command } }) => labelled(label, text, command, options))
    parts.push(`\n${style.bold(credential)}\n${told.join('\n')}\n`)
  }
  if (!isDecided) {
    const advice = report.advice.flatMap(({ text, command }) => labelled('advice', text, command, options))
    if (advice.length > 0) parts.push(`\n${advice.join('\n')}\n`)
  }
  return parts.join('')
}
