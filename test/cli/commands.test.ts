import { describe, expect, test } from 'vitest'
import type { CommandRow } from '../../src/cli/command-row.ts'
import { commandGroups, commands, findCommand } from '../../src/cli/commands.ts'
import { commandHabits, optionHabits, outputHabits } from '../../src/cli/habits.ts'
import { parseCommandLine } from '../../src/cli/parse.ts'
import { findCredential } from '../../src/engine/registry.ts'
import { type OptionRow, options } from '../../src/options.ts'

const rows: readonly (readonly [string, CommandRow])[] = Object.entries(commands)

/** The words of an example's azid call, as a shell would hand them over. */
function wordsOf(command: string): string[] {
  const call = /(?:^|[(| ])azid (.*)$/.exec(command)?.[1] ?? ''
  const own = call.split(/ (?:[|>]|< )| --(?= )/)[0] ?? ''
  const rest = / -- (.*)$/.exec(call)?.[1]
  const clean = (text: string): string[] =>
    text
      .replace(/[)"]+$/, '')
      .split(' ')
      .filter(Boolean)
  return rest === undefined ? clean(own) : [...clean(own), '--', ...clean(rest)]
}

describe('the table of commands', () => {
  test('no name and no alias stands twice', () => {
    const names = rows.flatMap(([name, row]) => [name, ...(row.aliases ?? [])])
    expect(new Set(names).size).toBe(names.length)
    for (const group of Object.keys(commandGroups)) expect(names).not.toContain(group)
  })

  test('the first word of a two-word name is a group, and every group has commands', () => {
    const groups = new Set(rows.flatMap(([name]) => (name.includes(' ') ? [name.split(' ')[0]] : [])))
    expect([...groups].sort()).toEqual(Object.keys(commandGroups).sort())
  })

  test.each(rows)('%s: no option twice, every short name unique, help and quiet are taken', (_, row) => {
    expect(new Set(row.options).size).toBe(row.options.length)
    const shorts = row.options.flatMap((name) => {
      const option: OptionRow = options[name]
      return option.short === undefined ? [] : [option.short]
    })
    expect(new Set(shorts).size).toBe(shorts.length)
    expect(row.options).toEqual(expect.arrayContaining(['help', 'quiet', 'verbose', 'debug', 'no-color']))
  })

  test.each(rows)('%s: texts are of the agreed form', (_, row) => {
    expect(row.summary).toMatch(/^[a-z]/)
    expect(row.summary).not.toMatch(/\.$/)
    expect(row.summary.length).toBeLessThanOrEqual(72)
    for (const paragraph of row.details) expect(paragraph).toMatch(/\.$/)
    for (const { text, command } of row.examples) {
      expect(text).toMatch(/^[a-zA-Z]/)
      expect(text).not.toMatch(/\.$/)
      expect(command.length, command).toBeLessThanOrEqual(80)
    }
  })

  test.each(rows)('%s: required words come first, and only the last may be repeated', (_, row) => {
    const required = row.operands.map((operand) => operand.isRequired)
    expect(required).toEqual([...required].sort((a, b) => Number(b) - Number(a)))
    expect(row.operands.slice(0, -1).some((operand) => operand.isRepeatable)).toBe(false)
  })

  const examples = rows.flatMap(([name, row]) => row.examples.map(({ command }) => [command, name] as const))
  test.each(examples)('the example `%s` is a right command line of %s', async (command, name) => {
    const placeholders: Record<string, string> = { TENANT: 'contoso.com', ID: '11111111-1111-1111-1111-111111111111' }
    const words = wordsOf(command).map((word) => placeholders[word] ?? word)
    const line = await parseCommandLine(words, { get: () => undefined })
    expect(line).toMatchObject({ kind: 'run', invocation: { command: name } })
  })

  test('every credential in an example is one that there is', () => {
    const named = examples.flatMap(([command]) =>
      [...command.matchAll(/ (?:-c|--credential) (\S+)/g)].flatMap((match) => (match[1] ?? '').split(',')),
    )
    expect(named.length).toBeGreaterThan(0)
    for (const name of named) expect(findCredential(name).kind, name).toBe('found')
  })

  test.each(rows)('%s: its module has a run function', async (_, row) => {
    expect((await row.load()).run).toBeTypeOf('function')
  })

  test('names of Object.prototype are no commands', () => {
    expect(findCommand('constructor')).toBeUndefined()
    expect(findCommand('toString')).toBeUndefined()
  })
})

describe('habits', () => {
  test('no habit is one of our own spellings, and each says what to write', () => {
    const own = Object.entries<OptionRow>(options).flatMap(([name, row]) => [
      `--${name}`,
      ...(row.short === undefined ? [] : [`-${row.short}`]),
      ...(row.aliases ?? []).map((alias) => `--${alias}`),
    ])
    for (const [flag, { reason, fix }] of Object.entries(optionHabits)) {
      expect(own).not.toContain(flag)
      expect(reason).toMatch(/^(is|would|belongs)/)
      expect(fix.length).toBeGreaterThan(5)
      for (const [, named] of fix.matchAll(/--([a-z-]+)/g))
        expect(Object.keys(options), `${flag}: ${fix}`).toContain(named)
    }
  })

  test('no habitual format or command is one of ours', () => {
    for (const format of Object.keys(outputHabits)) expect(options.output.choices).not.toContain(format)
    for (const word of Object.keys(commandHabits)) expect(findCommand(word)).toBeUndefined()
  })
})
