/** What one row of the table of commands says. Types only. */
import type { Completion, OptionName } from '../options.ts'
import type { RunCommand } from './invocation.ts'

/** A word of the command line that is no option. */
export interface Operand {
  /** As in the synopsis: `TARGET`. */
  readonly name: string
  readonly isRequired: boolean
  readonly isRepeatable: boolean
  readonly complete: Completion
  readonly choices?: readonly string[]
  /** What looks like a token may stand here: the command never repeats it. */
  readonly takesSecrets?: boolean
  /** One line, lower case, no full stop. */
  readonly summary: string
}

export interface Example {
  /** What it is for, one line, lower case, no full stop. */
  readonly text: string
  readonly command: string
}

export interface CommandRow {
  readonly aliases?: readonly string[]
  /** One line, lower case, no full stop. */
  readonly summary: string
  /** Paragraphs in sentences. */
  readonly details: readonly string[]
  readonly operands: readonly Operand[]
  /** The command takes another program's command line after `--`. */
  readonly rest?: { readonly name: string; readonly summary: string }
  readonly options: readonly OptionName[]
  /** Best first; the first one is shown in the overview. */
  readonly examples: readonly [Example, ...Example[]]
  readonly load: () => Promise<{ readonly run: RunCommand }>
}

/** A word that only comes before others: `cache` in `cache list`. */
export interface CommandGroup {
  readonly summary: string
}

export interface CommandTables {
  readonly commands: Readonly<Record<string, CommandRow>>
  readonly groups: Readonly<Record<string, CommandGroup>>
  readonly helpTopics: readonly string[]
}
