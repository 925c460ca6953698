import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pythonRepr, pythonStr, pythonType, readPythonJson } from '../../src/engine/managed-identity/python-json.ts'

interface Line {
  readonly text: string
  readonly error?: string
  readonly repr?: string
  readonly str?: string
  readonly type?: string
}

/** What CPython 3.11 says and prints; made by `json.loads`, `repr`, `str` and `type`. */
const lines = readFileSync(new URL('./python-json.recorded.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line)

describe('JSON as Python reads and prints it', () => {
  test.each(lines)('$text', ({ text, error, repr, str, type }) => {
    const read = readPythonJson(text)
    if (error !== undefined) {
      expect(read).toEqual({ ok: false, error })
      return
    }
    if (!read.ok) throw new Error(read.error)
    expect({ repr: pythonRepr(read.value), str: pythonStr(read.value), type: pythonType(read.value) }).toEqual({
      repr,
      str,
      type,
    })
  })

  test('it accepts every JSON, and refuses what JavaScript refuses but for NaN and Infinity', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(readPythonJson(text).ok).toBe(true)
      }),
    )
    fc.assert(
      fc.property(fc.string(), (text) => {
        if (!isJson(text) && !/NaN|Infinity/.test(text)) expect(readPythonJson(text).ok).toBe(false)
      }),
    )
  })

  test('deep nesting ends in a complaint, not in a crash', () => {
    expect(readPythonJson('['.repeat(100_000)).ok).toBe(false)
  })
})

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
