import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalText, type Value } from '../../src/cache/canonical.ts'

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(undefined, null, true, false, 0, 1, '', 'a', 'ab', '\ud800', '\udc00'),
    fc.string({ unit: 'binary' }),
    fc.uint8Array({ maxLength: 8 }),
    fc.array(tie('value'), { maxLength: 4 }),
  ),
})).value

/** Another way to tell two values apart, with no bytes in it. */
function isSame(left: Value, right: Value): boolean {
  if (left instanceof Uint8Array || right instanceof Uint8Array) {
    return left instanceof Uint8Array && right instanceof Uint8Array && Buffer.compare(left, right) === 0
  }
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((member, index) => isSame(member, right[index]))
  }
  return left === right
}

test('canonical text: two values have the same text only if they are the same', () => {
  fc.assert(
    fc.property(value, value, (left, right) => {
      expect(canonicalText(left) === canonicalText(right)).toBe(isSame(left, right))
    }),
    { numRuns: 3000 },
  )
})

test.each<[string, Value, Value]>([
  ['where one word ends and the next begins', ['ab', 'c'], ['a', 'bc']],
  ['what is not there and what is empty', [undefined], ['']],
  ['a number and its digits', 1, '1'],
  ['text and bytes', 'a', new Uint8Array([97, 0])],
  ['a list in a list', [['a'], 'b'], [['a', 'b']]],
  ['no member and no list', [], undefined],
  ['lone surrogates', '\ud800', '\ud801'],
  ['texts that look alike', '\u00e9', 'e\u0301'],
])('canonical text tells apart: %s', (_, left, right) => {
  expect(canonicalText(left)).not.toBe(canonicalText(right))
})
