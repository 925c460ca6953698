/** The runs of several SDKs side by side: who would win in each, and where they part. */
import type { ChainReport } from './chain-report.ts'
import { type DrawChainOptions, drawTable, labelled } from './chain-text.ts'
import type { ReportedAttempt } from './report.ts'
import { escapeToLine, wrap } from './text.ts'

/** Ends in a newline. */
export function drawComparison(reports: readonly ChainReport[], options: DrawChainOptions): string {
  const { style, glyphs } = options
  const names = orderOf(reports)
  const cellOf = (report: ChainReport, name: string): string => {
    const attempt = report.attempts.find(({ credential }) => credential === name)
    if (attempt === undefined) return ''
    return `${glyphs[isReady(attempt, report) ? 'succeeded' : attempt.outcome]} ${cellWords(attempt, report)}`
  }
  const rows = [
    ['', ...reports.map(({ profile }) => shortTitles[profile.sdk])],
    ...names.map((name) => [name, ...reports.map((report) => cellOf(report, name))]),
    ['', ...reports.map(conclusionOf)],
  ]
  const [head = '', ...lines] = drawTable(rows)
  const versions = reports.map(({ profile }) => `${profile.title} ${profile.version}`).join(', ')
  const more: NoteLine = { label: 'more', text: 'azid chain --sdk NAME says what each credential saw and what to do' }
  const notes = [...partings(reports, names), ...refusals(reports), ...detours(reports), more].flatMap(
    ({ label, text, command }) => labelled(label, text, command, options),
  )
  return `${style.dim(wrap(`as ${versions}`, options.columns))}\n\n${style.bold(head)}\n${lines.join('\n')}\n\n${notes.join('\n')}\n`
}

const shortTitles = { python: 'Python', js: 'JS', dotnet: '.NET', java: 'Java', go: 'Go' } as const

/** Every credential that has its turn in one of them; the longest chain gives the order. */
function orderOf(reports: readonly ChainReport[]): readonly string[] {
  const chains = reports.map(({ attempts }) =>
    attempts.filter(({ outcome }) => outcome !== 'excluded').map(({ credential }) => credential),
  )
  const order = [...(chains.toSorted((one, other) => other.length - one.length)[0] ?? [])]
  for (const chain of chains) {
    for (const [at, name] of chain.entries()) {
      if (order.includes(name)) continue
      const before = chain.slice(0, at).findLast((each) => order.includes(each))
      order.splice(before === undefined ? 0 : order.indexOf(before) + 1, 0, name)
    }
  }
  return order
}

/** In a dry run: it has what it needs. */
function isReady({ outcome, hints }: ReportedAttempt, { isDryRun }: ChainReport): boolean {
  return isDryRun && outcome === 'not-attempted' && hints.length > 0
}

function cellWords(attempt: ReportedAttempt, report: ChainReport): string {
  const { outcome, credential } = attempt
  switch (outcome) {
    case 'succeeded':
      return report.credential === credential ? ifDirect('wins', report) : 'could'
    case 'failed':
      return report.stoppedBy === credential ? 'stops' : 'fails'
    case 'unavailable':
      return 'no'
    case 'not-attempted':
      return isReady(attempt, report) ? 'ready' : '-'
    case 'excluded':
      return 'off'
    default:
      return outcome satisfies never
  }
}

/** azid asked the host of an identity itself, where this SDK would ask a proxy. */
function ifDirect(word: string, { proxyOfSdk }: ChainReport): string {
  return proxyOfSdk === null ? word : `${word}, if direct`
}

function conclusionOf(report: ChainReport): string {
  const { credential, stoppedBy, attempts } = report
  if (credential !== null) return ifDirect('token', report)
  if (attempts.length === 0) return 'refuses'
  if (stoppedBy !== null) return 'fails'
  return isOpen(report) ? 'open' : 'none'
}

/** A dry run that nothing has ended: somebody could be asked. */
function isOpen({ isDryRun, message, stoppedBy }: ChainReport): boolean {
  return isDryRun && message === null && stoppedBy === null
}

interface NoteLine {
  readonly label: string
  readonly text: string
  readonly command?: string
}

/** Who wins in each, then the credentials of which they make different things. */
function partings(reports: readonly ChainReport[], names: readonly string[]): readonly NoteLine[] {
  const ends = new Map<string, string[]>()
  for (const report of reports) {
    const end = endOf(report)
    ends.set(end, [...(ends.get(end) ?? []), shortTitles[report.profile.sdk]])
  }
  const label = reports.some(isOpen) ? 'first' : 'winner'
  if (ends.size === 1) return [{ label, text: `${[...ends.keys()][0]}, in all of them` }]
  const parting = names.map((name) => describeParting(name, reports)).find((text) => text !== null)
  return [
    ...[...ends].map(([end, sdks]) => ({ label, text: `${end} (${sdks.join(', ')})` })),
    ...(parting == null ? [] : [{ label: 'parting', text: parting }]),
  ]
}

function endOf(report: ChainReport): string {
  const { credential, stoppedBy, attempts } = report
  if (credential !== null) return ifDirect(credential, report)
  if (isOpen(report)) {
    const first = attempts.find((attempt) => isReady(attempt, report))
    return first === undefined ? 'nobody' : `${first.credential} would be asked first`
  }
  return `nobody${stoppedBy === null ? '' : `: ${stoppedBy} stops it`}`
}

/** Null where the SDKs that have this credential make the same of it. */
function describeParting(name: string, reports: readonly ChainReport[]): string | null {
  const outcomes = new Map<string, string[]>()
  for (const { attempts, profile } of reports) {
    const outcome = attempts.find(({ credential }) => credential === name)?.outcome
    if (outcome === undefined || outcome === 'excluded') continue
    outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), shortTitles[profile.sdk]])
  }
  if (outcomes.size < 2) return null
  return `at ${name}: ${[...outcomes].map(([outcome, sdks]) => `${outcome} in ${sdks.join(', ')}`).join('; ')}`
}

/** An SDK that would ask a proxy for the identity of this machine, where azid does not. */
function detours(reports: readonly ChainReport[]): readonly NoteLine[] {
  return reports.flatMap(({ advice }) =>
    advice.flatMap(({ id, ...note }) => (id === 'proxy-covers-imds' ? [{ label: 'proxy', ...note }] : [])),
  )
}

/** An SDK that would not even make the chain. */
function refusals(reports: readonly ChainReport[]): readonly NoteLine[] {
  return reports.flatMap(({ attempts, message, profile }) =>
    attempts.length === 0 && message !== null
      ? [{ label: shortTitles[profile.sdk], text: `refuses to start: ${escapeToLine(message)}` }]
      : [],
  )
}
