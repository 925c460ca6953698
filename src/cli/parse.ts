/** Command line and variables → a checked invocation. The one importer of commander, which only splits words here. */
import { type OptionName, type OptionRow, options } from '../options.ts'
import type { Env } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import type { CommandRow } from './command-row.ts'
import { commandGroups, commands, findCommand, helpTopics } from './commands.ts'
import type { Invocation } from './invocation.ts'
import { findOptionName, misplacedOption, missingValue, unknownCommand, unknownOption } from './misspelled.ts'
import { checkOperands } from './operands.ts'
import { applyRules } from './rules.ts'
import { type OptionUse, resolveSettings } from './settings.ts'

export type ParsedLine =
  | { readonly kind: 'run'; readonly row: CommandRow; readonly invocation: Invocation }
  /** Help for a command, a group or a topic; empty for the overview. */
  | { readonly kind: 'help'; readonly topic: string }
  | { readonly kind: 'version' }

/** Switches that may also stand before the command. */
const leadingSwitches: readonly OptionName[] = ['json', 'quiet', 'verbose', 'debug', 'no-color']

/**
 * Promise: reads nothing but its arguments and the variables of the table. Throws `UsageError` for whatever is wrong;
 * a request for help wins over everything wrong beside it, and is answered without loading commander.
 */
export async function parseCommandLine(argv: readonly string[], env: Pick<Env, 'get'>): Promise<ParsedLine> {
  const { leading, words } = splitLeading(argv)
  const [first] = words
  if (first === undefined) return { kind: 'help', topic: '' }
  if (first === '-h' || first === '--help') return { kind: 'help', topic: '' }
  if (first === '-V' || first === '--version') return { kind: 'version' }
  if (first.startsWith('-')) throw misplacedOption(first)
  if (first === 'help') return { kind: 'help', topic: findTopic(words.slice(1)) }
  const found = findNamed(words)
  if (found.row === undefined) return { kind: 'help', topic: found.name }
  return parseCommand(found.name, found.row, [...leading, ...words.slice(found.length)], env)
}

/** The switches before the command, and the words from the command on. */
function splitLeading(argv: readonly string[]): { leading: readonly string[]; words: readonly string[] } {
  const isLeading = (word: string): boolean =>
    leadingSwitches.some(
      (name) => word === `--${name}` || ('short' in options[name] && word === `-${options[name].short}`),
    )
  const length = argv.findIndex((word) => !isLeading(word))
  if (length === -1) return { leading: argv, words: [] }
  return { leading: argv.slice(0, length), words: argv.slice(length) }
}

interface NamedCommand {
  readonly name: string
  readonly row?: CommandRow
  /** How many words the name took. */
  readonly length: number
}

/** The command that the first words name; without a row when they name a group alone. */
function findNamed(words: readonly string[]): NamedCommand {
  const [first = '', second] = words
  if (Object.hasOwn(commandGroups, first)) {
    if (second === undefined || second === '-h' || second === '--help' || second === 'help')
      return { name: first, length: 1 }
    const name = `${first} ${second}`
    const row = findCommand(name)
    if (row !== undefined) return { name, row, length: 2 }
    const members = Object.keys(commands).flatMap((full) =>
      full.startsWith(`${first} `) ? [full.slice(first.length + 1)] : [],
    )
    throw second.startsWith('-')
      ? new UsageError({
          message: `\`azid ${first}\` needs a command before its options`,
          fix: `write azid ${first} ${members.join('|')}`,
        })
      : unknownCommand(`azid ${first}`, second, members)
  }
  for (const [name, row] of Object.entries<CommandRow>(commands)) {
    if (name === first || row.aliases?.includes(first) === true) return { name, row, length: 1 }
  }
  const known = Object.entries<CommandRow>(commands).flatMap(([name, row]) => [
    name.split(' ')[0] ?? name,
    ...(row.aliases ?? []),
  ])
  throw unknownCommand('azid', first, [...new Set(known)])
}

function findTopic(words: readonly string[]): string {
  const [first] = words
  if (first === undefined) return ''
  if (first.startsWith('-') || first === 'help') return ''
  if (helpTopics.some((topic) => topic === first)) return first
  return findNamed(words).name
}

async function parseCommand(
  name: string,
  row: CommandRow,
  words: readonly string[],
  env: Pick<Env, 'get'>,
): Promise<ParsedLine> {
  const cut = words.indexOf('--')
  const before = cut === -1 ? words : words.slice(0, cut)
  if (before.includes('--help') || before.includes('-h')) return { kind: 'help', topic: name }
  const rest = cut === -1 || row.rest === undefined ? [] : words.slice(cut + 1)
  const { uses, args, unknown, missing } = await splitWords(name, row, row.rest === undefined ? words : before)
  if (uses.some((use) => use.name === 'help')) return { kind: 'help', topic: name }
  if (unknown !== undefined) throw unknownOption(unknown, `azid ${name}`, row.options)
  if (missing !== undefined) throw missing
  const settings = applyRules(resolveSettings(row, uses, env), args, row)
  checkOperands(name, row, args, rest)
  return { kind: 'run', row, invocation: { command: name, args, rest, settings } }
}

interface SplitWords {
  readonly uses: readonly OptionUse[]
  readonly args: readonly string[]
  readonly unknown?: string
  readonly missing?: UsageError
}

/** commander is given the flags alone: it neither prints nor ends the process, and our own table words every error. */
async function splitWords(commandName: string, row: CommandRow, words: readonly string[]): Promise<SplitWords> {
  const { Command, CommanderError, Option } = await import('commander')
  const uses: OptionUse[] = []
  let missing: UsageError | undefined
  const command = new Command(commandName)
    .exitOverride()
    .helpOption(false)
    .configureOutput({ writeErr: () => {}, writeOut: () => {} })
  for (const name of row.options) {
    const option: OptionRow = options[name]
    if (option.isVariableOnly === true) continue
    for (const flags of spellFlags(name, option)) {
      const flag = new Option(flags)
      command.addOption(flag)
      command.on(`option:${flag.name()}`, (text: string | null | undefined) => {
        // commander takes whatever follows as the value; a word of its own that is an option was not meant as one.
        if (text?.startsWith('-') === true && words.includes(text) && isOptionOf(row, text)) {
          missing ??= missingValue(name, option, text)
        }
        uses.push({ name, text: text ?? '' })
      })
    }
  }
  try {
    const { operands, unknown } = command.parseOptions([...words])
    const [first] = unknown
    return {
      uses,
      args: operands,
      ...(first === undefined ? {} : { unknown: first }),
      ...(missing === undefined ? {} : { missing }),
    }
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return { uses, args: [], missing: missing ?? missingLast(words, error.message) }
  }
}

/** `-t, --tenant <value>` and one more for each alias. */
function spellFlags(name: OptionName, option: OptionRow): readonly string[] {
  const value = option.kind === 'switch' ? '' : ' <value>'
  const main = option.short === undefined ? `--${name}` : `-${option.short}, --${name}`
  return [main, ...(option.aliases ?? []).map((alias) => `--${alias}`)].map((flags) => flags + value)
}

function isOptionOf(row: CommandRow, word: string): boolean {
  const name = findOptionName(word)
  return name !== undefined && row.options.includes(name) && word !== '-'
}

/** The only error that commander raises while it splits: the last word is an option whose value would have to follow. */
function missingLast(words: readonly string[], message: string): UsageError {
  const last = words.at(-1) ?? ''
  const name = findOptionName(last.startsWith('--') ? last : `-${last.at(-1)}`)
  return name === undefined ? new UsageError({ message }) : missingValue(name, options[name])
}
