/** What every shell needs to know to complete a command line, made from the tables and free of any shell's syntax. */
import { type OptionName, type OptionRow, options } from '../../options.ts'
import type { CommandTables } from '../command-row.ts'

/** What may stand where a value is due. */
export type Candidates =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  /** Words joined by commas. */
  | { readonly kind: 'word-list'; readonly words: readonly string[] }
  | { readonly kind: 'files' }
  | { readonly kind: 'folders' }
  | { readonly kind: 'anything' }

export interface CompletedOption {
  readonly name: string
  /** `t` without its dash. */
  readonly short?: string
  /** Long names without dashes: the option's own first, then its aliases. */
  readonly long: readonly string[]
  readonly summary: string
  readonly isRepeatable: boolean
  /** Absent for a switch. */
  readonly value?: { readonly name: string; readonly candidates: Candidates }
}

interface CompletedOperand {
  readonly name: string
  readonly isRepeatable: boolean
  readonly candidates: Candidates
}

export interface CompletedCommand {
  /** Full name: `cache list`. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly summary: string
  readonly options: readonly CompletedOption[]
  readonly operands: readonly CompletedOperand[]
  /** Another program's command line follows after `--`. */
  readonly hasRest: boolean
}

interface CompletedGroup {
  readonly name: string
  readonly summary: string
}

export interface CompletionModel {
  readonly commands: readonly CompletedCommand[]
  readonly groups: readonly CompletedGroup[]
  /** Options that may be given without a command. */
  readonly rootOptions: readonly CompletedOption[]
  readonly helpTopics: readonly string[]
}

export interface CompletionTables extends CommandTables {
  readonly credentials: readonly string[]
  /** Of the default chain. */
  readonly links: readonly string[]
  readonly targets: readonly string[]
}

const rootOptions = [
  'help',
  'version',
  'json',
  'quiet',
  'verbose',
  'debug',
  'no-color',
] as const satisfies readonly OptionName[]

export function createCompletionModel(tables: CompletionTables): CompletionModel {
  const candidatesOf = (complete: string, choices: readonly string[] = []): Candidates => {
    switch (complete) {
      case 'choices':
        return { kind: 'words', words: choices }
      case 'target':
        return { kind: 'words', words: tables.targets }
      case 'credential':
        return { kind: 'word-list', words: tables.credentials }
      case 'link':
        return { kind: 'word-list', words: tables.links }
      case 'file':
        return { kind: 'files' }
      case 'folder':
        return { kind: 'folders' }
      default:
        return { kind: 'anything' }
    }
  }

  const describe = (name: OptionName): CompletedOption => {
    const row: OptionRow = options[name]
    const facts = {
      name,
      long: [name, ...(row.aliases ?? [])],
      summary: row.summary,
      isRepeatable: row.kind === 'list',
      ...(row.short === undefined ? {} : { short: row.short }),
    }
    if (row.kind === 'switch') return facts
    const candidates = row.kind === 'choice' ? candidatesOf('choices', row.choices) : candidatesOf(row.complete)
    return { ...facts, value: { name: row.valueName, candidates } }
  }
  const isOnLine = (name: OptionName): boolean => {
    const row: OptionRow = options[name]
    return row.isVariableOnly !== true
  }

  return {
    commands: Object.entries(tables.commands).map(([name, row]) => ({
      name,
      aliases: row.aliases ?? [],
      summary: row.summary,
      options: row.options.filter(isOnLine).map(describe),
      operands: row.operands.map((operand) => ({
        name: operand.name,
        isRepeatable: operand.isRepeatable,
        candidates: candidatesOf(operand.complete, operand.choices),
      })),
      hasRest: row.rest !== undefined,
    })),
    groups: Object.entries(tables.groups).map(([name, group]) => ({ name, summary: group.summary })),
    rootOptions: rootOptions.map(describe),
    helpTopics: tables.helpTopics,
  }
}

/** The first words that a command line may begin with, and what each is for. */
export function firstWords(model: CompletionModel): readonly { readonly word: string; readonly summary: string }[] {
  return [
    ...model.commands.flatMap(({ name, aliases, summary }) =>
      name.includes(' ') ? [] : [name, ...aliases].map((word) => ({ word, summary })),
    ),
    ...model.groups.map(({ name, summary }) => ({ word: name, summary })),
    { word: 'help', summary: 'show help for a command or a topic' },
  ]
}

/** The commands of a group, with the word that follows the group's name. */
export function groupMembers(
  model: CompletionModel,
  group: string,
): readonly { readonly word: string; readonly summary: string }[] {
  return model.commands.flatMap(({ name, summary }) =>
    name.startsWith(`${group} `) ? [{ word: name.slice(group.length + 1), summary }] : [],
  )
}

/** What `azid help` takes. */
export function helpWords(model: CompletionModel): readonly string[] {
  const first = model.commands.flatMap(({ name }) => (name.includes(' ') ? [] : [name]))
  return [...first, ...model.groups.map(({ name }) => name), ...model.helpTopics]
}

/** Every option of every command once, in the order of the table. */
export function allOptions(model: CompletionModel): readonly CompletedOption[] {
  const seen = new Map<string, CompletedOption>()
  for (const option of [...model.commands.flatMap((command) => command.options), ...model.rootOptions]) {
    if (!seen.has(option.name)) seen.set(option.name, option)
  }
  return [...seen.values()]
}

/** `-t --tenant --tenant-id`, as typed. */
export function spellings({ short, long }: CompletedOption): readonly string[] {
  return [...(short === undefined ? [] : [`-${short}`]), ...long.map((name) => `--${name}`)]
}
