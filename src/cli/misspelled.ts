/** Words that are not ours: what was probably meant. */
import { type OptionName, type OptionRow, options } from '../options.ts'
import { UsageError, type UsageFacts } from '../usage-error.ts'
import type { CommandRow } from './command-row.ts'
import { commands } from './commands.ts'
import { commandHabits, optionHabits } from './habits.ts'
import { quoteWord } from './quote.ts'
import { suggest } from './suggest.ts'

export function unknownCommand(parent: string, word: string, known: readonly string[]): UsageError {
  const habit = parent === 'azid' && Object.hasOwn(commandHabits, word) ? commandHabits[word] : undefined
  const suggestion = habit === undefined ? suggest(word, known) : undefined
  return new UsageError({
    message: `${quoteWord(word)} is not a command of \`${parent}\``,
    fix: habit ?? `see ${parent} --help for the commands`,
    ...(suggestion === undefined ? {} : { suggestion: `${parent} ${suggestion}` }),
  })
}

export function misplacedOption(word: string): UsageError {
  const name = findOptionName(word)
  if (name !== undefined) {
    return new UsageError({
      message: `\`--${name}\` stands before the command`,
      fix: `write it behind: azid COMMAND --${name} ...`,
    })
  }
  return unknownOption(word, 'azid', [])
}

export function missingValue(name: OptionName, option: OptionRow, next?: string): UsageError {
  const valueName = option.kind === 'switch' ? '' : option.valueName
  const seen = next === undefined ? '' : `; ${quoteWord(next.split('=')[0] ?? next)} is the next option`
  return new UsageError({
    message: `\`--${name}\` needs a value${seen}`,
    fix: option.kind === 'choice' ? `give one of ${option.choices.join(', ')}` : `write --${name} ${valueName}`,
  })
}

/** `--tenant-id=x`, `--tenant-id`, `-t`, `-tx` → `tenant`. */
export function findOptionName(word: string): OptionName | undefined {
  const names = Object.keys(options) as OptionName[]
  if (word.startsWith('--')) {
    const long = word.slice(2).split('=')[0] ?? ''
    return names.find((name) => {
      const row: OptionRow = options[name]
      return row.isVariableOnly !== true && (name === long || row.aliases?.includes(long) === true)
    })
  }
  return names.find((name) => {
    const row: OptionRow = options[name]
    return row.short !== undefined && row.short === word[1]
  })
}

/** Only the name is repeated: a value may be a secret. */
export function unknownOption(word: string, command: string, taken: readonly OptionName[]): UsageError {
  const flag = word.startsWith('--') ? (word.split('=')[0] ?? word) : word.slice(0, 2)
  const known = findOptionName(flag)
  if (known !== undefined && taken.includes(known)) {
    return new UsageError({ message: `\`--${known}\` takes no value`, fix: `write --${known} alone` })
  }
  const facts = known === undefined ? undefined : otherCommandsOption(known, command)
  if (facts !== undefined) return new UsageError(facts)
  const habit = Object.hasOwn(optionHabits, flag) ? optionHabits[flag] : undefined
  if (habit !== undefined) return new UsageError({ message: `\`${flag}\` ${habit.reason}`, fix: habit.fix })
  const spellings = taken.flatMap((name) => {
    const row: OptionRow = options[name]
    return row.isVariableOnly === true ? [] : [`--${name}`, ...(row.aliases ?? []).map((alias) => `--${alias}`)]
  })
  const suggestion = flag.startsWith('--') ? suggest(flag, spellings) : undefined
  return new UsageError({
    message: `${quoteWord(flag)} is not an option of \`${command}\``,
    fix: `see ${command} --help for the options`,
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}

function otherCommandsOption(name: OptionName, command: string): UsageFacts | undefined {
  if (
    name === 'output' &&
    Object.entries<CommandRow>(commands).some(([key, row]) => `azid ${key}` === command && row.options.includes('json'))
  ) {
    return { message: `\`--output\` is not an option of \`${command}\``, fix: 'for JSON write --json' }
  }
  const owners = Object.entries<CommandRow>(commands).flatMap(([key, row]) =>
    row.options.includes(name) ? [`\`azid ${key}\``] : [],
  )
  if (owners.length === 0) return undefined
  return {
    message: `\`--${name}\` is not an option of \`${command}\``,
    fix: `it belongs to ${owners.join(', ')}; see ${command} --help for the options here`,
  }
}
