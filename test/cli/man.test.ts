import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { commands, commandTables } from '../../src/cli/commands.ts'
import { listOwnVariables } from '../../src/cli/environment.ts'
import { manPages } from '../../src/cli/man.ts'
import { sdkVariables, systemVariables } from '../../src/cli/sdk-variables.ts'
import { exitCodes } from '../../src/exit-codes.ts'
import { type OptionRow, options } from '../../src/options.ts'

const pages = manPages(commandTables())
const hasMandoc = spawnSync('mandoc', ['-V']).error === undefined

function render(file: string): string {
  const text = pages.find((page) => page.file === file)?.text ?? ''
  const run = spawnSync('mandoc', ['-Tutf8', '-O', 'width=500'], { input: text, encoding: 'utf8' })
  return linesOf(run.stdout).join('\n')
}

/** Bold and underlined letters are struck over each other. */
function linesOf(printed: string): readonly string[] {
  return printed
    .split('\b')
    .map((part, index, parts) => (index === parts.length - 1 ? part : part.slice(0, -1)))
    .join('')
    .split('\n')
}

describe('man pages', () => {
  test('one for azid, one for each command or group, two tables', () => {
    const names = new Set(Object.keys(commands).map((name) => `azid-${name.split(' ')[0]}.1`))
    expect(pages.map(({ file }) => file).sort()).toEqual(
      ['azid.1', 'azid-environment.7', 'azid-exit-codes.7', ...names].sort(),
    )
  })

  test('npm installs all of section 1', () => {
    const { man } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      man: string[]
    }
    expect([...man].sort()).toEqual(pages.map(({ file }) => `man/${file}`).sort())
  })

  const hasGroff = spawnSync('groff', ['-v']).error === undefined
  test.skipIf(!hasGroff).each(pages)(
    '$file by groff, as `man` shows it: fits, and no name is cut in two',
    ({ text }) => {
      const args = ['-t', '-man', '-Tascii', '-P-c', '-rLL=80n']
      const shown = spawnSync('groff', args, { input: text, encoding: 'utf8' })
      expect(shown.stderr).toBe('')
      const lines = linesOf(shown.stdout)
      expect(lines.filter((line) => line.length > 80)).toEqual([])
      // A line that ends in a dash is one of ours that was not cut there: --client-\nid.
      expect(lines.filter((line) => /[A-Za-z_]-$/.test(line))).toEqual([])
    },
  )

  describe.skipIf(!hasMandoc)('with mandoc', () => {
    test.each(pages)('$file: the linter has nothing to say', ({ text }) => {
      const { status, stdout, stderr } = spawnSync('mandoc', ['-Tlint'], { input: text, encoding: 'utf8' })
      expect(stdout + stderr).toBe('')
      expect(status).toBe(0)
    })

    test.each(pages.filter(({ file }) => /\.1$/.test(file)))(
      '$file: examples come before the description',
      ({ file }) => {
        const text = render(file)
        expect(text.indexOf('EXAMPLES')).toBeGreaterThan(0)
        expect(text.indexOf('EXAMPLES')).toBeLessThan(text.indexOf('DESCRIPTION'))
      },
    )

    test.each(Object.entries(commands))('azid %s: options and examples are there, to be copied', (name, row) => {
      const text = render(`azid-${name.split(' ')[0]}.1`)
      for (const option of row.options as readonly (keyof typeof options)[]) {
        const facts: OptionRow = options[option]
        if (facts.isVariableOnly !== true) expect(text).toMatch(new RegExp(`^ +(?:-\\w, )?--${option}\\b`, 'm'))
      }
      const unfolded = text.replace(/ \\\n +/g, ' ')
      for (const { command } of row.examples) expect(unfolded).toContain(command)
    })

    test.each(pages)('$file: fits 80 columns', ({ text }) => {
      const shown = spawnSync('mandoc', ['-Tascii', '-O', 'width=78'], { input: text, encoding: 'utf8' })
      const lines = linesOf(shown.stdout)
      expect(lines.length).toBeGreaterThan(20)
      expect(lines.filter((line) => line.length > 80)).toEqual([])
    })

    test('azid-environment(7) has every variable', () => {
      const text = render('azid-environment.7')
      for (const { name } of [...listOwnVariables(), ...sdkVariables, ...systemVariables]) {
        expect(text).toMatch(new RegExp(`^ +${name}\\b`, 'm'))
      }
    })

    test('azid-exit-codes(7) has every code', () => {
      const text = render('azid-exit-codes.7')
      for (const { code } of Object.values(exitCodes)) expect(text).toMatch(new RegExp(`^ +${code} `, 'm'))
    })
  })
})
