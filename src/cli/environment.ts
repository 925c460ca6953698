/** The variables that azid reads, made from the table of options. */
import { type OptionName, type OptionRow, options } from '../options.ts'

export interface OwnVariable {
  readonly name: string
  /** The option that it stands for; undefined when there is only the variable. */
  readonly option?: string
  readonly summary: string
  /** What it takes: `1 or 0`, the choices, or the name of the value. */
  readonly takes: string
  readonly default?: string
}

/** Every AZID_ variable, in the order of the table. */
export function listOwnVariables(): readonly OwnVariable[] {
  return (Object.keys(options) as OptionName[]).flatMap((name) => {
    const row: OptionRow = options[name]
    return (row.variables ?? []).map((variable) => ({
      name: variable,
      summary: row.summary,
      takes: describeValue(row),
      ...(row.isVariableOnly === true ? {} : { option: `--${name}` }),
      ...(row.kind === 'switch' || row.default === undefined ? {} : { default: row.default }),
    }))
  })
}

function describeValue(row: OptionRow): string {
  if (row.kind === 'switch') return '1 or 0'
  return row.kind === 'choice' ? row.choices.join('|') : row.valueName
}
