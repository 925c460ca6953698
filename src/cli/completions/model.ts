/** What every shell needs to know to complete a command line, made from the tables and free of any shell's syntax. */
import { type Completion, type OptionName, type OptionRow, options } from '../../options.ts'
import type { CommandTables } from '../command-row.ts'

export interface Word {
  readonly word: string
  /** What it is for, where the shell shows that. */
  readonly summary?: string
}

/** A list of words that many options share; a script has it once. */
export type ListName = 'targets' | 'credentials' | 'links'

interface Words {
  readonly words: readonly Word[]
  /** Absent: words of this option or operand alone. */
  readonly list?: ListName
}

/** What may stand where a value is due. */
export type Candidates =
  | ({ readonly kind: 'words' } & Words)
  /** Words joined by commas. */
  | ({ readonly kind: 'word-list' } & Words)
  /** One of the words, alone or behind a variable: `PGPASSWORD=postgres`. */
  | ({ readonly kind: 'assignment'; readonly variables: readonly string[] } & Words)
  | { readonly kind: 'words-or-files'; readonly words: readonly Word[] }
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
  readonly lists: Readonly<Record<ListName, readonly Word[]>>
}

export interface CompletionTables extends CommandTables {
  readonly credentials: readonly Word[]
  /** Of the default chain. */
  readonly links: readonly Word[]
  readonly targets: readonly Word[]
  /** Names of variables that programs read tokens from. */
  readonly variables: readonly string[]
  /** What `--fault` takes. */
  readonly faults: readonly Word[]
  /** What `explain` knows by name, the most useful of it. */
  readonly subjects: readonly Word[]
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
  const candidatesOf = (complete: Completion, choices: readonly string[] = []): Candidates => {
    switch (complete) {
      case 'choices':
        return { kind: 'words', words: plainWords(choices) }
      case 'target':
        return { kind: 'words', words: tables.targets, list: 'targets' }
      case 'assignment':
        return { kind: 'assignment', variables: tables.variables, words: tables.targets, list: 'targets' }
      case 'variable':
        return { kind: 'words', words: plainWords(tables.variables) }
      case 'credential':
        return { kind: 'word-list', words: tables.credentials, list: 'credentials' }
      case 'link':
        return { kind: 'word-list', words: tables.links, list: 'links' }
      case 'fault':
        return { kind: 'words', words: tables.faults }
      case 'subject':
        return { kind: 'words-or-files', words: tables.subjects }
      case 'file':
        return { kind: 'files' }
      case 'folder':
        return { kind: 'folders' }
      case 'none':
        return { kind: 'anything' }
      default:
        return complete satisfies never
    }
  }

  const describe = (name: OptionName, command: string): CompletedOption => {
    const row: OptionRow = options[name]
    const facts = {
      name,
      long: [name, ...(row.aliases ?? [])],
      summary: row.summary,
      isRepeatable: row.kind === 'list',
      ...(row.short === undefined ? {} : { short: row.short }),
    }
    if (row.kind === 'switch') return facts
    const candidates =
      row.kind === 'choice'
        ? candidatesOf(
            'choices',
            row.choices.filter((choice) => (row.choicesOf?.[choice] ?? command) === command),
          )
        : candidatesOf(row.complete)
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
      options: row.options.filter(isOnLine).map((option) => describe(option, name)),
      operands: row.operands.map((operand) => ({
        name: operand.name,
        isRepeatable: operand.isRepeatable,
        candidates: candidatesOf(operand.complete, operand.choices),
      })),
      hasRest: row.rest !== undefined,
    })),
    groups: Object.entries(tables.groups).map(([name, group]) => ({ name, summary: group.summary })),
    rootOptions: rootOptions.map((option) => describe(option, '')),
    helpTopics: tables.helpTopics,
    lists: { targets: tables.targets, credentials: tables.credentials, links: tables.links },
  }
}

function plainWords(words: readonly string[]): readonly Word[] {
  return words.map((word) => ({ word }))
}

/** `arm graph vault`: for shells that show no summaries. */
export function joinWords(words: readonly Word[]): string {
  return words.map(({ word }) => word).join(' ')
}

/** The first words that a command line may begin with, and what each is for. */
export function firstWords(model: CompletionModel): readonly Word[] {
  return [
    ...model.commands.flatMap(({ name, aliases, summary }) =>
      name.includes(' ') ? [] : [name, ...aliases].map((word) => ({ word, summary })),
    ),
    ...model.groups.map(({ name, summary }) => ({ word: name, summary })),
    { word: 'help', summary: 'show help for a command or a topic' },
  ]
}

/** The commands of a group, with the word that follows the group's name. */
export function groupMembers(model: CompletionModel, group: string): readonly Word[] {
  return model.commands.flatMap(({ name, summary }) =>
    name.startsWith(`${group} `) ? [{ word: name.slice(group.length + 1), summary }] : [],
  )
}

/** What `azid help` takes; behind a group, also one of its members. */
export function helpWords(model: CompletionModel): readonly Word[] {
  const first = model.commands.flatMap(({ name, summary }) => (name.includes(' ') ? [] : [{ word: name, summary }]))
  const groups = model.groups.map(({ name, summary }) => ({ word: name, summary }))
  return [...first, ...groups, ...plainWords(model.helpTopics)]
}

/** Every option of every command once, in the order of the table and as the first command has it. */
export function allOptions(model: CompletionModel): readonly CompletedOption[] {
  const seen = new Map<string, CompletedOption>()
  for (const option of [...model.commands.flatMap((command) => command.options), ...model.rootOptions]) {
    if (!seen.has(option.name)) seen.set(option.name, option)
  }
  return [...seen.values()]
}

/** Options to which a command gives other values than most: with the command, and its own form of the option. */
export function ownOptions(model: CompletionModel): readonly (readonly [command: string, option: CompletedOption])[] {
  const common = new Map(allOptions(model).map((option) => [option.name, JSON.stringify(option.value)]))
  return model.commands.flatMap(({ name, options: own }) =>
    own.flatMap((option) =>
      common.get(option.name) === JSON.stringify(option.value) ? [] : [[name, option] as const],
    ),
  )
}

/** `-t --tenant --tenant-id`, as typed. */
export function spellings({ short, long }: CompletedOption): readonly string[] {
  return [...(short === undefined ? [] : [`-${short}`]), ...long.map((name) => `--${name}`)]
}
