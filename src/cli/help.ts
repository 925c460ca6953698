/** Tables → help as a document. What it looks like is `draw-help.ts`'s business. */
import { exitCodes } from '../exit-codes.ts'
import { type OptionGroup, type OptionName, type OptionRow, optionGroups, options } from '../options.ts'
import { version } from '../version.ts'
import type { CommandRow, Example } from './command-row.ts'
import { commandGroups, commands, findCommand } from './commands.ts'
import { listOwnVariables } from './environment.ts'
import { sdkVariables, systemVariables } from './sdk-variables.ts'

export type HelpBlock =
  | { readonly kind: 'text'; readonly text: string }
  /** `term` is shown as it is; `text` is wrapped beside or below it. */
  | { readonly kind: 'list'; readonly items: readonly { readonly term: string; readonly text: string }[] }
  | { readonly kind: 'examples'; readonly items: readonly Example[] }

interface HelpSection {
  /** Absent: the opening. */
  readonly heading?: string
  readonly blocks: readonly HelpBlock[]
}

export type HelpDocument = readonly HelpSection[]

/** Help for the overview (empty topic), a command, a group, `environment` or `exit-codes`. */
export function helpFor(topic: string): HelpDocument {
  if (topic === 'environment') return environmentHelp()
  if (topic === 'exit-codes') return exitCodesHelp()
  if (Object.hasOwn(commandGroups, topic)) return groupHelp(topic)
  const row = findCommand(topic)
  return row === undefined ? overview() : commandHelp(topic, row)
}

const text = (line: string): HelpBlock => ({ kind: 'text', text: line })

function overview(): HelpDocument {
  const single = commandEntries().filter(([name]) => !name.includes(' '))
  const items = [
    ...commandEntries().flatMap(([name, row]) => {
      const [group = '', member] = name.split(' ')
      if (member === undefined) return [{ term: `${name}${synopsisOfOperands(row)}`, text: row.summary }]
      const members = membersOf(group).map(([full]) => full.slice(group.length + 1))
      // A group stands where its first member does.
      if (members[0] !== member) return []
      return [{ term: `${group} ${members.join('|')}`, text: commandGroups[group]?.summary ?? '' }]
    }),
    { term: 'help TOPIC', text: 'help for a command, or: environment, exit-codes' },
  ]
  return [
    {
      blocks: [
        text(
          `azid ${version}: get a Microsoft Entra ID token the way DefaultAzureCredential does, and see exactly why when it can't`,
        ),
      ],
    },
    { heading: 'Usage', blocks: [text('azid COMMAND [OPTION...]')] },
    {
      heading: 'Examples',
      blocks: [{ kind: 'examples', items: single.slice(0, 3).map(([, row]) => row.examples[0]) }],
    },
    { heading: 'Commands', blocks: [{ kind: 'list', items }] },
    {
      heading: 'Options',
      blocks: [
        { kind: 'list', items: optionItems(['json', 'quiet', 'verbose', 'debug', 'no-color', 'help', 'version']) },
      ],
    },
  ]
}

function groupHelp(group: string): HelpDocument {
  const members = membersOf(group)
  return [
    { blocks: [text(`azid ${group}: ${commandGroups[group]?.summary ?? ''}`)] },
    { heading: 'Usage', blocks: members.map(([name, row]) => text(synopsis(name, row))) },
    {
      heading: 'Commands',
      blocks: [{ kind: 'list', items: members.map(([name, row]) => ({ term: name, text: row.summary })) }],
    },
    { heading: 'Examples', blocks: [{ kind: 'examples', items: members.map(([, row]) => row.examples[0]) }] },
  ]
}

function commandHelp(name: string, row: CommandRow): HelpDocument {
  const groups = (Object.keys(optionGroups) as OptionGroup[]).flatMap((group): HelpSection[] => {
    const members = row.options.filter((option) => options[option].group === group)
    const items = optionItems(members)
    return items.length === 0 ? [] : [{ heading: optionGroups[group], blocks: [{ kind: 'list', items }] }]
  })
  const operands = row.operands.map((operand) => ({ term: operand.name, text: operand.summary }))
  if (row.rest !== undefined) operands.push({ term: row.rest.name, text: row.rest.summary })
  return [
    { blocks: [text(`azid ${name}: ${row.summary}`)] },
    { heading: 'Usage', blocks: [name, ...(row.aliases ?? [])].map((spelling) => text(synopsis(spelling, row))) },
    { heading: 'Examples', blocks: [{ kind: 'examples', items: row.examples }] },
    { heading: 'What it does', blocks: row.details.map(text) },
    ...(operands.length === 0
      ? []
      : [{ heading: 'Arguments', blocks: [{ kind: 'list', items: operands }] } satisfies HelpSection]),
    ...groups,
    {
      heading: 'See also',
      blocks: [text(`azid help environment, azid help exit-codes, man azid-${name.split(' ')[0]}`)],
    },
  ]
}

function environmentHelp(): HelpDocument {
  const own = listOwnVariables().map((variable) => ({
    term: `${variable.name}=${variable.takes}`,
    text: `${variable.option ?? variable.summary}${variable.default === undefined ? '' : ` [default: ${variable.default}]`}`,
  }))
  const outside = (list: typeof sdkVariables): HelpBlock => ({
    kind: 'list',
    items: list.map(({ name, meaning }) => ({ term: name, text: meaning })),
  })
  return [
    {
      blocks: [
        text(
          'An option beats an AZID_ variable, which beats a variable of the SDKs, which beats the default. A variable that is set but empty counts as not set.',
        ),
      ],
    },
    { heading: 'In place of options', blocks: [{ kind: 'list', items: own }] },
    { heading: 'Read by the credentials, as the SDKs do', blocks: [outside(sdkVariables)] },
    { heading: 'Others', blocks: [outside(systemVariables)] },
  ]
}

function exitCodesHelp(): HelpDocument {
  const items = Object.values(exitCodes).map(({ code, meaning }) => ({ term: String(code), text: meaning }))
  return [
    {
      heading: 'Exit codes',
      blocks: [{ kind: 'list', items }, text('exec and sandbox run end with the exit code of the command they ran.')],
    },
  ]
}

/** Every command with its full name, in the order of the table. */
function commandEntries(): readonly (readonly [string, CommandRow])[] {
  return Object.entries<CommandRow>(commands)
}

function membersOf(group: string): readonly (readonly [string, CommandRow])[] {
  return commandEntries().filter(([name]) => name.startsWith(`${group} `))
}

/** `azid get-token [OPTION...] [TARGET...]` */
function synopsis(name: string, row: CommandRow): string {
  return `azid ${name} [OPTION...]${synopsisOfOperands(row)}`
}

function synopsisOfOperands(row: CommandRow): string {
  const words = row.operands.map(({ name, isRequired, isRepeatable }) => {
    const word = `${name}${isRepeatable ? '...' : ''}`
    return isRequired ? ` ${word}` : ` [${word}]`
  })
  return [...words, row.rest === undefined ? '' : ` -- ${row.rest.name}`].join('')
}

function optionItems(names: readonly OptionName[]): { term: string; text: string }[] {
  return names.flatMap((name) => {
    const row: OptionRow = options[name]
    return row.isVariableOnly === true ? [] : [{ term: spellOption(name, row), text: describeOption(row) }]
  })
}

/** `-t, --tenant TENANT`; without a short name, as much space in its place. */
function spellOption(name: string, row: OptionRow): string {
  const value = row.kind === 'switch' ? '' : ` ${row.valueName}`
  return `${row.short === undefined ? '    ' : `-${row.short}, `}--${name}${value}`
}

function describeOption(row: OptionRow): string {
  const choices = row.kind === 'choice' ? `: ${row.choices.join(', ')}` : ''
  const aliases =
    (row.aliases ?? []).length === 0 ? '' : ` [also ${(row.aliases ?? []).map((alias) => `--${alias}`).join(', ')}]`
  const byDefault = row.kind === 'switch' || row.default === undefined ? '' : ` [default: ${row.default}]`
  return `${row.summary}${choices}${aliases}${byDefault}`
}
