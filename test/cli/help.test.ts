import { describe, expect, test } from 'vitest'
import { commandGroups, commands, helpTopics } from '../../src/cli/commands.ts'
import { drawHelp } from '../../src/cli/draw-help.ts'
import { helpFor } from '../../src/cli/help.ts'
import { type OptionRow, options } from '../../src/options.ts'
import { plainStyle } from '../../src/output/style.ts'
import { displayWidth } from '../../src/output/text.ts'

const topics = ['', ...Object.keys(commands), ...Object.keys(commandGroups), ...helpTopics]
const draw = (topic: string, columns = 80): string => drawHelp(helpFor(topic), plainStyle, columns)

describe('help', () => {
  test.each(topics)('azid help %s is as agreed', async (topic) => {
    const name = topic === '' ? 'overview' : topic.replaceAll(' ', '-')
    await expect(draw(topic)).toMatchFileSnapshot(`golden/help-${name}.txt`)
  })

  test.each(topics)('azid help %s fits the width of the terminal, except what is to be copied', (topic) => {
    for (const columns of [60, 80, 100, 200]) {
      for (const line of draw(topic, columns).split('\n')) {
        if (/^ {2}(?:azid|eval|source|.*\| )/.test(line)) continue
        const isOneWord = !line
          .trim()
          .replace(/^-\w, /, '')
          .includes(' ')
        const isTerm = /^ {2,}(?:-|[A-Z_]+=)/.test(line)
        if (!isOneWord && !isTerm) expect(displayWidth(line), line).toBeLessThanOrEqual(Math.min(columns, 120))
      }
    }
  })

  test.each(Object.entries(commands))('azid help %s names every option of the command', (name, row) => {
    const text = draw(name)
    for (const option of row.options as readonly (keyof typeof options)[]) {
      const facts: OptionRow = options[option]
      if (facts.isVariableOnly === true) expect(text).not.toContain(`--${option} `)
      else expect(text).toMatch(new RegExp(`^ +(?:-\\w, )?--${option}\\b`, 'm'))
    }
    for (const { command } of row.examples) expect(text).toContain(command)
  })

  test('no line ends in a space, and the text ends in one newline', () => {
    for (const topic of topics) {
      expect(draw(topic)).not.toMatch(/ $/m)
      expect(draw(topic)).toMatch(/[^\n]\n$/)
    }
  })
})
