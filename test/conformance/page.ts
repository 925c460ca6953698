/** docs/conformance.md, made from the table of scenarios, the recordings and the rows of what differs. */
import type { Aspect } from './compare.ts'
import { type AllowedDifference, allowedDifferences } from './differences.ts'
import { requestRules, textRules } from './normalise.ts'
import { type Recorded, readRecordings } from './recordings.ts'
import { coreScenarios, isCompared, type Judge, judges, judgesOf, type Scenario, scenarios } from './scenarios.ts'

const titles: Readonly<Record<Judge, string>> = {
  python: 'Python `azure-identity`',
  js: 'JavaScript `@azure/identity`',
  go: 'Go `azidentity`',
}

const aspectTitles: Readonly<Record<Aspect, string>> = {
  tried: 'who is tried, in which order',
  outcomes: 'what comes of each',
  winner: 'who wins',
  message: 'the final message',
  links: 'what each link says',
  requests: 'the requests',
}

export interface Standing {
  readonly judge: Judge
  /** Of which what azid does is compared. */
  readonly scenarios: number
  /** In which the SDK asks a proxy for the identity of the machine, and azid does not. */
  readonly parted: number
  /** Scenarios that have a row. */
  readonly excused: number
  readonly byAspect: Readonly<Record<Aspect, number>>
}

/** What the suite proves: whatever no row names is equal. */
export function standingOf(judge: Judge): Standing {
  const all = scenarios.filter((scenario) => judgesOf(scenario).includes(judge))
  const own = all.filter((scenario) => isCompared(judge, scenario))
  const rows = allowedDifferences.filter((row) => row.judges.includes(judge))
  const without = (aspect: Aspect): number =>
    own.length - new Set(rows.filter((row) => isAbout(row, aspect)).map((row) => row.scenario)).size
  return {
    judge,
    scenarios: own.length,
    parted: all.length - own.length,
    excused: new Set(rows.map((row) => row.scenario)).size,
    byAspect: {
      tried: without('tried'),
      outcomes: without('outcomes'),
      winner: without('winner'),
      message: without('message'),
      links: without('links'),
      requests: without('requests'),
    },
  }
}

function isAbout({ aspects }: AllowedDifference, aspect: Aspect): boolean {
  return (aspects as readonly Aspect[]).includes(aspect)
}

export function drawPage(): string {
  const recorded = new Map(judges.map((judge) => [judge, readRecordings(judge)]))
  const standings = judges.map(standingOf)
  return `${[
    '# Conformance: azid against the SDKs',
    '',
    '<!-- Made by `npm run test:conformance -- --record`; a test proves it fresh. -->',
    '',
    'The real SDKs are the judges. In a network namespace in which the sandbox answers as Entra ID and IMDS, unmodified',
    'DefaultAzureCredentials and `azid chain --sdk` are asked the same under the same variables, files, tools and faults. What the SDKs',
    'did is in `test/conformance/recordings/`; every run proves that they still do it (all of Python and JavaScript but what waits',
    `for time limits, of Go the core of ${coreScenarios.length}) and that azid does the same in every scenario, the slow ones too.`,
    '',
    '| SDK | versions |',
    '| --- | --- |',
    ...judges.map((judge) => `| ${titles[judge]} | ${drawVersions(recorded.get(judge))} |`),
    '',
    '## Agreement',
    '',
    `| | ${standings.map(({ judge }) => titles[judge]).join(' | ')} |`,
    `| --- | ${standings.map(() => '---').join(' | ')} |`,
    `| scenarios compared | ${standings.map((each) => each.scenarios).join(' | ')} |`,
    ...Object.entries(aspectTitles).map(
      ([aspect, title]) =>
        `| ${title} | ${standings.map((each) => percent(each.byAspect[aspect as Aspect], each.scenarios)).join(' | ')} |`,
    ),
    `| in everything | ${standings.map((each) => percent(each.scenarios - each.excused, each.scenarios)).join(' | ')} |`,
    '',
    '## What differs, and why',
    '',
    'Only in words and requests. A row that is no longer needed fails the suite, and rows cover at most 5 % of the scenarios of an SDK.',
    '',
    '| scenario | SDK | differs | why |',
    '| --- | --- | --- | --- |',
    ...allowedDifferences.map(
      (row) => `| \`${row.scenario}\` | ${row.judges.join(', ')} | ${row.aspects.join(', ')} | ${row.reason} |`,
    ),
    '',
    'Not asked of JavaScript and Go: an answer of az that has no token in it (`az-no-token`). Both take it for a token, one that is',
    '`undefined` (4.14.1, `credentials/azureCliCredential.js`) and one that is empty (1.15.0, `azure_cli_credential.go`); azid has none to give, and goes on.',
    '',
    'Where a constructor refuses (Python, for a value of EnvironmentCredential that cannot be used), azid says the same and names the link.',
    '',
    '## Where azid parts from the SDKs on purpose',
    '',
    'It never asks a proxy for a metadata address or another host of an identity, and says that the SDK would. These scenarios are',
    'not among those above: what comes of them is not compared. The suite proves for each that the SDK asked the proxy named here,',
    'that azid asked the host itself and got its token, and that the advice `proxy-covers-imds` names the variable; and for every',
    'other scenario that the SDK asked no proxy for an identity and azid says nothing of one.',
    '',
    `| | ${standings.map(({ judge }) => titles[judge]).join(' | ')} |`,
    `| --- | ${standings.map(() => '---').join(' | ')} |`,
    `| scenarios in which they part | ${standings.map((each) => each.parted).join(' | ')} |`,
    '',
    `| scenario | azid | ${judges.join(' | ')} |`,
    `| --- | --- | ${judges.map(() => '---').join(' | ')} |`,
    ...scenarios.filter(({ detours }) => detours !== undefined).map((scenario) => drawParting(scenario, recorded)),
    '',
    '## What is made equal before it is compared',
    '',
    'In texts, values of the run:',
    '',
    ...textRules.map(({ name, why }) => `- \`${name}\`: ${why}`),
    '- `source`: azid says behind a refused value of a variable where it was set, `(from AZURE_TOKEN_CREDENTIALS)`',
    '',
    'In requests, besides telemetry and ids of the request:',
    '',
    ...requestRules.map(({ name, why }) => `- \`${name}\`: ${why}`),
    '',
    '## The scenarios',
    '',
    'Who wins in each SDK, or how it ends: `unavailable`, by whom it was stopped, or `refused`, if none could be made. The same in azid,',
    'but where they part on purpose.',
    '',
    `| scenario | ${judges.join(' | ')} |`,
    `| --- | ${judges.map(() => '---').join(' | ')} |`,
    ...scenarios.map((scenario) => drawScenario(scenario, recorded)),
  ].join('\n')}\n`
}

function drawVersions(recorded: Recorded | undefined): string {
  return Object.entries(recorded?.versions ?? {})
    .map(([name, version]) => `${name} ${version}`)
    .join(', ')
}

/** Never rounded up to what it is not. */
function percent(part: number, whole: number): string {
  return `${part} (${(Math.floor((part / whole) * 1000) / 10).toFixed(1)} %)`
}

function drawScenario(scenario: Scenario, recorded: ReadonlyMap<Judge, Recorded>): string {
  const cells = judges.map((judge) => (judgesOf(scenario).includes(judge) ? endOf(scenario, judge, recorded) : '-'))
  return `| \`${scenario.id}\` | ${cells.join(' | ')} |`
}

/** `HTTP_PROXY: unavailable`, or what is compared above. */
function drawParting(scenario: Scenario, recorded: ReadonlyMap<Judge, Recorded>): string {
  const cells = judges.map((judge) => {
    const variable = scenario.detours?.[judge]
    return variable === undefined ? 'the same, no proxy' : `${variable}: ${endOf(scenario, judge, recorded)}`
  })
  return `| \`${scenario.id}\` | ManagedIdentity | ${cells.join(' | ')} |`
}

function endOf(scenario: Scenario, judge: Judge, recorded: ReadonlyMap<Judge, Recorded>): string {
  const told = recorded.get(judge)?.byId.get(scenario.id)
  if (told === undefined) return 'not recorded'
  const short = (name: string): string => name.replace(/Credential$/, '')
  if (told.winner !== null) return short(told.winner)
  if (told.outcome === 'not-made') return 'refused'
  const stopped = told.tried.find(({ outcome }) => outcome === 'failed')
  return stopped === undefined ? 'unavailable' : `stopped by ${short(stopped.credential)}`
}
