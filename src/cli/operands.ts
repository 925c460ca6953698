/** Checks the words that are no options against what a command takes. */
import { UsageError } from '../usage-error.ts'
import type { CommandRow } from './command-row.ts'
import { looksSecret, quoteWord } from './quote.ts'
import { suggest } from './suggest.ts'

/** Throws `UsageError` for a missing, excess or impossible word. A word that looks like a secret is never repeated. */
export function checkOperands(name: string, row: CommandRow, args: readonly string[], rest: readonly string[]): void {
  for (const arg of args) {
    if (arg === '') throw new UsageError({ message: 'one of the arguments is empty', fix: `see azid ${name} --help` })
    if (!looksSecret(arg) || row.operands.some(({ takesSecrets }) => takesSecrets === true)) continue
    const fix = row.options.includes('token')
      ? 'to decode a token, hand it to azid whoami --token - on stdin'
      : `see azid ${name} --help`
    throw new UsageError({ message: 'an argument looks like a token or a secret; it is not repeated here', fix })
  }
  const isEndless = row.operands.some(({ isRepeatable }) => isRepeatable)
  const excess = isEndless ? undefined : args[row.operands.length]
  if (excess !== undefined) throw excessOperand(name, row, excess)
  for (const [index, operand] of row.operands.entries()) {
    const arg = args[index]
    if (arg === undefined) {
      if (!operand.isRequired) continue
      throw new UsageError({ message: `\`azid ${name}\` needs ${operand.name}`, fix: `give ${operand.summary}` })
    }
    if (operand.choices !== undefined) checkOperandChoice(operand.name, operand.choices, arg)
  }
  if (row.rest !== undefined && rest.length === 0) {
    throw new UsageError({
      message: `\`azid ${name}\` needs ${row.rest.name} after --`,
      fix: `write azid ${name} -- ${row.rest.name}`,
    })
  }
}

function excessOperand(name: string, row: CommandRow, excess: string): UsageError {
  if (row.rest !== undefined) {
    return new UsageError({
      message: `${quoteWord(excess)} stands before --`,
      fix: `put -- before the command that is to run: azid ${name} -- ${row.rest.name}`,
    })
  }
  const takes = row.operands.length === 0 ? 'no arguments' : row.operands.map((operand) => operand.name).join(' ')
  return new UsageError({
    message: `${quoteWord(excess)} is one argument too many for \`azid ${name}\``,
    fix: `it takes ${takes}`,
  })
}

function checkOperandChoice(operand: string, choices: readonly string[], arg: string): void {
  if (choices.includes(arg)) return
  const suggestion = suggest(arg, choices)
  throw new UsageError({
    message: `${quoteWord(arg)} is not one of ${choices.join(', ')}`,
    source: operand,
    ...(suggestion === undefined ? {} : { suggestion }),
  })
}
