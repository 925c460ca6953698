/** The tables as man pages, in the macros of man(7): examples first, then what it does, then the options. */
import { exitCodes } from '../exit-codes.ts'
import { type OptionGroup, type OptionName, type OptionRow, optionGroups, options } from '../options.ts'
import { wrap } from '../output/text.ts'
import { releasedOn, version } from '../version.ts'
import type { CommandRow, CommandTables, Example } from './command-row.ts'
import { listOwnVariables } from './environment.ts'
import { sdkVariables, systemVariables } from './sdk-variables.ts'

export interface ManPage {
  /** `azid-get-token.1` */
  readonly file: string
  readonly text: string
}

type NamedRow = readonly [name: string, row: CommandRow]

/** The overview, one page a command or group of commands, and the two tables of section 7. */
export function manPages(tables: CommandTables): readonly ManPage[] {
  const rows: readonly NamedRow[] = Object.entries(tables.commands)
  const single = rows.filter(([name]) => !name.includes(' '))
  const groups = Object.entries(tables.groups).map(([name, { summary }]) => ({
    name,
    summary,
    members: rows.filter(([full]) => full.startsWith(`${name} `)),
  }))
  const pages = [
    ...single.map(([name, row]) => page(`azid-${name}`, 1, row.summary, commandSections([[name, row]]))),
    ...groups.map(({ name, summary, members }) => page(`azid-${name}`, 1, summary, commandSections(members))),
    page('azid-environment', 7, 'variables that azid reads', environmentSections()),
    page('azid-exit-codes', 7, 'what the exit codes of azid mean', exitCodeSections()),
  ]
  // Of a group, its first member.
  const firsts = rows.filter(([name]) => {
    const [group] = name.split(' ')
    return rows.find(([full]) => full.split(' ')[0] === group)?.[0] === name
  })
  const summary = 'get a Microsoft Entra ID token the way DefaultAzureCredential does'
  const names = pages.map(({ file }) => file.replace(/\.(\d)$/, ' ($1)'))
  const overview = page('azid', 1, summary, [
    section('SYNOPSIS', synopsisLine('azid \\fICOMMAND\\fR [\\fIOPTION\\fR...]')),
    section('EXAMPLES', examples(firsts.map(([, row]) => row.examples[0]))),
    section(
      'DESCRIPTION',
      paragraph('azid gets access tokens exactly the way DefaultAzureCredential of the Azure SDKs would.'),
      paragraph('Where it cannot, it says of every credential why, and what to do about it.'),
      paragraph(
        'Only what was asked for goes to standard output; all else goes to standard error, and no secret ever does.',
      ),
    ),
    section(
      'COMMANDS',
      ...rows.map(([name, row]) => item(bold(`azid ${name}`), row.summary)),
      item(bold('azid help'), 'show help for a command, or for one of: environment, exit-codes'),
    ),
    section('OPTIONS', ...optionItems(['json', 'quiet', 'verbose', 'debug', 'no-color', 'help', 'version'])),
    section('EXIT STATUS', ...exitCodeItems()),
    section('ENVIRONMENT', 'See', '.BR azid\\-environment (7).'),
    section('SEE ALSO', references(names)),
  ])
  return [overview, ...pages]
}

function page(name: string, part: 1 | 7, summary: string, sections: readonly string[]): ManPage {
  const volume = part === 1 ? 'User Commands' : 'Miscellaneous'
  const head = [
    `.\\" Made from the tables of azid by scripts/docs.mjs.`,
    `.TH ${name.toUpperCase()} ${part} "${releasedOn}" "azid ${version}" "${volume}"`,
    // Names of variables and options are copied: they are neither hyphenated nor torn apart by spaces.
    '.nh',
    '.ad l',
    section('NAME', `${roff(name)} \\- ${roff(summary)}`),
  ]
  return { file: `${name}.${part}`, text: `${[...head, ...sections].join('\n')}\n` }
}

function commandSections(rows: readonly NamedRow[]): readonly string[] {
  const isGroup = rows.length > 1
  const lines = rows.flatMap(([name, row]) => [name, ...(row.aliases ?? [])].map((spelling) => synopsis(spelling, row)))
  const describe = ([name, row]: NamedRow): string[] => [
    ...(isGroup ? [`.SS azid ${name}`, roff(`${capital(row.summary)}.`)] : []),
    ...row.details.map(paragraph),
    ...row.operands.map((operand) => item(`\\fI${operand.name}\\fR`, `${capital(operand.summary)}.`)),
    ...(row.rest === undefined ? [] : [item(`\\-\\- \\fI${row.rest.name}\\fR`, `${capital(row.rest.summary)}.`)]),
  ]
  const taken = (Object.keys(options) as OptionName[]).filter((name) =>
    rows.some(([, row]) => row.options.includes(name)),
  )
  const groups = (Object.keys(optionGroups) as OptionGroup[]).flatMap((group) => {
    const items = optionItems(
      taken.filter((name) => options[name].group === group),
      isGroup ? rows : [],
    )
    return items.length === 0 ? [] : [`.SS ${optionGroups[group]}`, ...items]
  })
  return [
    section('SYNOPSIS', lines.map(synopsisLine).join('\n.br\n')),
    section('EXAMPLES', examples(rows.flatMap(([, row]) => row.examples))),
    section('DESCRIPTION', ...rows.flatMap(describe)),
    section('OPTIONS', ...groups),
    section('EXIT STATUS', ...exitStatus(rows)),
    section('ENVIRONMENT', ...environmentOf(taken)),
    section('SEE ALSO', references(['azid (1)', 'azid-environment (7)', 'azid-exit-codes (7)'])),
  ]
}

/** Every code where tokens are acquired; elsewhere those that any command may end with. */
function exitStatus(rows: readonly NamedRow[]): readonly string[] {
  const acquires = rows.some(([, { options: taken }]) => taken.includes('timeout') || taken.includes('process-timeout'))
  const items = acquires
    ? exitCodeItems()
    : exitCodeItems().filter((_, index) => [0, 2, 70].includes(codes[index] ?? -1))
  const rest = rows.some(([, row]) => row.rest !== undefined)
    ? [paragraph('Otherwise the exit code of the command that was run.')]
    : []
  return [...items, ...rest, '.PP', 'See also', '.BR azid\\-exit\\-codes (7).']
}

const codes = Object.values(exitCodes).map(({ code }) => code)

function exitCodeItems(): readonly string[] {
  return Object.values(exitCodes).map(({ code, meaning }) => item(bold(String(code)), meaning))
}

/** Each option names its own variables; of the others, only what stands in no option's place is said here. */
function environmentOf(names: readonly OptionName[]): readonly string[] {
  const rows = names.map((name): OptionRow => options[name])
  const lone = rows.flatMap((row) =>
    row.isVariableOnly === true
      ? (row.variables ?? []).map((variable) => item(bold(variable), describeVariable(row)))
      : [],
  )
  return [
    ...lone,
    paragraph('What stands in the place of an option is named with it above.'),
    'All that is read, also by the credentials, is in',
    '.BR azid\\-environment (7).',
  ]
}

function describeVariable(row: OptionRow): string {
  return [
    `${capital(row.summary)}.`,
    row.kind === 'choice' ? `One of ${row.choices.join(', ')}.` : '',
    row.details ?? '',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

function synopsis(name: string, row: CommandRow): string {
  const words = row.operands.map((operand) => {
    const word = `\\fI${operand.name}\\fR${operand.isRepeatable ? '...' : ''}`
    return operand.isRequired ? word : `[${word}]`
  })
  const rest = row.rest === undefined ? [] : [`\\-\\- \\fI${row.rest.name}\\fR`]
  return [`azid ${roff(name)}`, '[\\fIOPTION\\fR...]', ...words, ...rest].join(' ')
}

/** The name of the command in bold, up to the first bracket or argument. */
function synopsisLine(line: string): string {
  const end = line.search(/ (?:\[|\\f)/)
  return `\\fB${line.slice(0, end)}\\fR${line.slice(end)}`
}

function environmentSections(): readonly string[] {
  const own = listOwnVariables().map(({ name, takes, option, summary, default: byDefault }) => {
    const meaning = option === undefined ? summary : `${summary} (${option})`
    return item(
      `${bold(name)}=\\fI${roff(takes)}\\fR`,
      byDefault === undefined ? meaning : `${meaning}; default ${byDefault}`,
    )
  })
  const outside = (list: typeof sdkVariables): string[] => list.map(({ name, meaning }) => item(bold(name), meaning))
  return [
    section(
      'DESCRIPTION',
      paragraph('An option beats an AZID_ variable, which beats a variable of the SDKs, which beats the default.'),
      paragraph(
        'A variable that is set but empty counts as not set. A bad value in an AZID_ variable is wrong usage (exit code 2); one in a variable of the SDKs is the failure of the credential that reads it.',
      ),
    ),
    section('IN PLACE OF OPTIONS', ...own),
    section('READ BY THE CREDENTIALS', ...outside(sdkVariables)),
    section('OTHERS', ...outside(systemVariables)),
    section('SEE ALSO', references(['azid (1)', 'azid-exit-codes (7)'])),
  ]
}

function exitCodeSections(): readonly string[] {
  return [
    section('DESCRIPTION', ...exitCodeItems()),
    section(
      'NOTES',
      paragraph(
        'azid exec and azid sandbox run end with the exit code of the command they ran: 126 where that could not be started, 127 where it was not found.',
      ),
    ),
    section('SEE ALSO', references(['azid (1)', 'azid-environment (7)'])),
  ]
}

function optionItems(names: readonly OptionName[], rows: readonly NamedRow[] = []): string[] {
  return names.flatMap((name) => {
    const row: OptionRow = options[name]
    if (row.isVariableOnly === true) return []
    const spelled = [
      ...(row.short === undefined ? [] : [`-${row.short}`]),
      `--${name}`,
      ...(row.aliases ?? []).map((alias) => `--${alias}`),
    ]
    const value = row.kind === 'switch' ? '' : ` \\fI${roff(row.valueName)}\\fR`
    return [item(`${spelled.map(bold).join(', ')}${value}`, describeOption(name, row, rows))]
  })
}

function describeOption(name: OptionName, row: OptionRow, rows: readonly NamedRow[]): string {
  const owners = rows
    .filter(([, command]) => command.options.includes(name))
    .map(([full]) => full.split(' ')[1] ?? full)
  const others = [
    ...(row.variables ?? []),
    ...(row.sdkVariables ?? []).map((variable) => `${variable} (read by the credentials)`),
  ]
  return [
    `${capital(row.summary)}.`,
    row.kind === 'choice' ? `One of ${row.choices.join(', ')}.` : '',
    row.details ?? '',
    row.kind === 'switch' || row.default === undefined ? '' : `Default: ${row.default}.`,
    owners.length === 0 || owners.length === rows.length ? '' : `Only for ${owners.join(', ')}.`,
    name === 'debug' || others.length === 0 ? '' : `Variables: ${others.join(', ')}.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}

/** What is left of 80 columns for a command. */
const commandWidth = 69

/** A long command on two lines that a shell takes for one: cut before an option or what the output goes to. */
function foldCommand(command: string): readonly string[] {
  if (command.length <= commandWidth) return [command]
  const cuts = [...command.matchAll(/ (?=-\w|--|[>|] )/g)].map(({ index }) => index)
  const cut = cuts.findLast((index) => index <= commandWidth - 2)
  return cut === undefined ? [command] : [`${command.slice(0, cut)} \\`, `    ${command.slice(cut + 1)}`]
}

function examples(list: readonly Example[]): string {
  return list
    .map(
      ({ text, command }) =>
        `${paragraph(`${capital(text)}:`)}\n.PP\n.nf\n.RS 4\n${foldCommand(command).map(roff).join('\n')}\n.RE\n.fi`,
    )
    .join('\n')
    .replace(/^\.PP\n/, '')
}

function section(heading: string, ...body: readonly string[]): string {
  const text = body.join('\n')
  return `.SH ${heading.includes(' ') ? `"${heading}"` : heading}\n${text.replace(/^\.PP\n/, '')}`
}

function paragraph(text: string): string {
  return `.PP\n${lines(text)}`
}

function item(term: string, text: string): string {
  return `.TP\n${term}\n${lines(text)}`
}

/** `.BR azid (1),` one line a page. */
function references(names: readonly string[]): string {
  return names
    .map((name, index) => `.BR ${roff(name)}${index === names.length - 1 ? '' : ' ,'}`.replace(') ,', '),'))
    .join('\n')
}

/** One sentence a line, none longer than 78 columns, as roff sources are written. */
function lines(text: string): string {
  return text
    .split(/(?<=[.:;!?]) (?=[A-Z])/)
    .map((sentence) => wrap(prose(sentence), 78).split('\n').map(protect).join('\n'))
    .join('\n')
}

/** A line of text must not begin with the control characters of roff. */
function protect(line: string): string {
  return /^[.']/.test(line) ? `\\&${line}` : line
}

function bold(text: string): string {
  return `\\fB${roff(text)}\\fR`
}

/** What stands between backticks is bold here. */
function prose(text: string): string {
  return roff(text).replaceAll(/`([^`]+)`/g, '\\fB$1\\fR')
}

function roff(text: string): string {
  return text.replaceAll('\\', '\\e').replaceAll('-', '\\-')
}

function capital(text: string): string {
  return /^[a-z]+\b(?![-_.])/.test(text) ? text[0]?.toUpperCase() + text.slice(1) : text
}
