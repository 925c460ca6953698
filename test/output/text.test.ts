import { describe, expect, test } from 'vitest'
import {
  describeDuration,
  displayWidth,
  escapeControls,
  escapeToLine,
  indentLines,
  wrap,
} from '../../src/output/text.ts'

describe('escapeControls', () => {
  test.each([
    ['an escape sequence is shown, not obeyed', '\u001b[31mred', '\\x1b[31mred'],
    ['an 8-bit control too', '\u009b31m', '\\x9b31m'],
    ['a carriage return cannot overwrite the line', 'good\rbad', 'good\\x0dbad'],
    ['a bidi override cannot reorder it', 'a\u202eb', 'a\\u202eb'],
    ['newlines and tabs stay', 'a\n\tb', 'a\n\tb'],
    ['CRLF is a newline', 'a\r\nb', 'a\nb'],
    ['letters of every script stay', 'naïve 漢字 ✓', 'naïve 漢字 ✓'],
  ])('%s', (_name, text, safe) => {
    expect(escapeControls(text)).toBe(safe)
  })

  test('on one line, newlines are spaces', () => {
    expect(escapeToLine('AADSTS1: a\r\nTrace ID: b\n\n  c\t d')).toBe('AADSTS1: a Trace ID: b c  d')
  })
})

describe('indentLines', () => {
  test('every line is behind the margin', () => {
    const text = '::set-output name=a::b\n##vso[task.setvariable]c\n\nplain'
    for (const line of indentLines(text, '').split('\n')) expect(line).toMatch(/^( |$)/)
  })
})

describe('wrap', () => {
  test('breaks at spaces and keeps long words whole', () => {
    expect(wrap('see https://example.com/a-very-long-link-that-cannot-break now', 30, '  ')).toBe(
      '  see\n  https://example.com/a-very-long-link-that-cannot-break\n  now',
    )
  })

  test('keeps the line breaks of the text', () => {
    expect(wrap('one\n\ntwo', 40, ' ')).toBe(' one\n\n two')
  })

  test('counts wide characters as two columns', () => {
    expect(displayWidth('漢字')).toBe(4)
    expect(displayWidth('\u001b[1mab\u001b[22m')).toBe(2)
  })
})

test.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1234, '1.2 s'],
  [75_000, '1 min 15 s'],
])('describeDuration: %d ms is %s', (ms, text) => {
  expect(describeDuration(ms)).toBe(text)
})
