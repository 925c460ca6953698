/** What was typed and what the variables say → settings with their sources: option, then variable, then default. */

import { type BadValue, parseBoolean } from '../option-values.ts'
import {
  type ChoiceOption,
  type ListOption,
  type OptionName,
  type OptionRow,
  options,
  type Setting,
  type SettingSource,
  type Settings,
  settingName,
  type ValueOption,
} from '../options.ts'
import type { Result } from '../result.ts'
import type { Env } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import type { CommandRow } from './command-row.ts'
import { outputHabits } from './habits.ts'
import { quoteWord } from './quote.ts'
import { suggest } from './suggest.ts'

/** One use of an option on the command line. */
export interface OptionUse {
  readonly name: OptionName
  /** Empty for a switch. */
  readonly text: string
}

/** Throws `UsageError` for a value that does not pass its check. Options that contradict each other are not noticed here. */
export function resolveSettings(row: CommandRow, uses: readonly OptionUse[], env: Pick<Env, 'get'>): Settings {
  const settings: Record<string, Setting<unknown>> = {}
  for (const name of Object.keys(options) as OptionName[]) {
    const option: OptionRow = options[name]
    const setting = row.options.includes(name) ? resolveSetting(name, option, uses, env) : defaultSetting(name, option)
    if (setting !== undefined) settings[settingName(name)] = setting
  }
  return settings as unknown as Settings
}

/** Option, then variable, then default. A variable that is set but empty counts as not set. */
function resolveSetting(
  name: OptionName,
  option: OptionRow,
  uses: readonly OptionUse[],
  env: Pick<Env, 'get'>,
): Setting<unknown> | undefined {
  const texts = uses.flatMap((use) => (use.name === name ? [use.text] : []))
  if (texts.length > 0) {
    const source: SettingSource = { kind: 'option', name: `--${name}` }
    return { value: readOption(name, option, texts, source), source }
  }
  for (const variable of option.variables ?? []) {
    const text = env.get(variable)
    if (text === undefined || text === '') continue
    const source: SettingSource = { kind: 'variable', name: variable }
    const value =
      option.kind === 'switch' ? checked(parseBoolean(text), text, source) : readValue(option, [text], source)
    return { value, source }
  }
  if (name === 'debug' && ['verbose', 'debug'].includes(env.get('AZURE_LOG_LEVEL')?.toLowerCase() ?? '')) {
    return { value: true, source: { kind: 'variable', name: 'AZURE_LOG_LEVEL' } }
  }
  return defaultSetting(name, option)
}

function defaultSetting(name: OptionName, option: OptionRow): Setting<unknown> | undefined {
  if (option.kind === 'switch' || option.default === undefined) return undefined
  const source: SettingSource = { kind: 'default', name: `--${name}` }
  return { value: readValue(option, [option.default], source), source }
}

function readOption(name: OptionName, option: OptionRow, texts: readonly string[], source: SettingSource): unknown {
  if (option.kind === 'switch') return true
  if (texts.includes('')) {
    throw new UsageError({
      message: `the value of \`--${name}\` is empty`,
      source: source.name,
      fix: 'give a value, or leave the option out',
    })
  }
  const distinct = [...new Set(texts)]
  if (option.kind !== 'list' && distinct.length > 1) {
    throw new UsageError({
      message: `\`--${name}\` is given more than once: ${distinct.map(quoteWord).join(' and ')}`,
      source: source.name,
      fix: 'give it once',
    })
  }
  return readValue(option, option.kind === 'list' ? texts : distinct, source)
}

function readValue(
  option: ValueOption | ListOption | ChoiceOption,
  texts: readonly string[],
  source: SettingSource,
): unknown {
  if (option.kind === 'choice') return readChoice(option, texts[0] ?? '', source)
  if (option.kind === 'value') return checked(option.parse(texts[0] ?? ''), texts[0] ?? '', source)
  const parts = texts.flatMap((text) => (option.separator === undefined ? [text] : text.split(option.separator)))
  return parts.map((part) => {
    const text = part.trim()
    if (text === '')
      throw new UsageError({
        message: 'one of the values is empty',
        source: source.name,
        fix: 'remove the separator too much',
      })
    return checked(option.parse(text), text, source)
  })
}

function readChoice(option: ChoiceOption, text: string, source: SettingSource): string {
  if (option.choices.includes(text)) return text
  const habit = source.name === '--output' && Object.hasOwn(outputHabits, text) ? outputHabits[text] : undefined
  const suggestion = habit === undefined ? suggest(text, option.choices) : undefined
  throw new UsageError({
    message: `${quoteWord(text)} is not one of ${option.choices.join(', ')}`,
    source: source.name,
    ...(habit === undefined ? {} : { fix: habit }),
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}

function checked<Value>(parsed: Result<Value, BadValue>, text: string, source: SettingSource): Value {
  if (parsed.ok) return parsed.value
  const { reason, fix } = parsed.error
  throw new UsageError({
    message: `${quoteWord(text)} ${reason}`,
    source: source.name,
    ...(fix === undefined ? {} : { fix }),
  })
}
