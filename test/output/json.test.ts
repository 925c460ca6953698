import fc from 'fast-check'
import { expect, test } from 'vitest'
import { printJson } from '../../src/output/json.ts'
import { disarmCommands } from '../../src/output/text.ts'

test('json: the value stays the same, whatever is escaped', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(printJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('json: no character that a terminal obeys, no command that a pipeline obeys', () => {
  const text = printJson({ '##vso[a]': '\u009b31m\u202e\u2028##[error]###vso[x]\u007f' })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]|##/)
})

test.each([
  ['::error::x', '\\x3a:error::x'],
  ['a\n  ::set-output name=a::b', 'a\n  \\x3a:set-output name=a::b'],
  ['\u001b[2m ::x', '\u001b[2m \\x3a:x'],
  ['a ##[error]x ##vso[y]', 'a #\\x23[error]x #\\x23vso[y]'],
  ['::1 and a::b', '\\x3a:1 and a::b'],
  ['a::b ## c', 'a::b ## c'],
])('text: %j loses its force', (text, expected) => {
  expect(disarmCommands(text)).toBe(expected)
})

test('text: many empty lines are no burden', () => {
  const text = '\n'.repeat(200_000)
  expect(disarmCommands(text)).toBe(text)
})
