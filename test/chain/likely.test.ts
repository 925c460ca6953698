import { describe, expect, test } from 'vitest'
import { isNothingMeant, rankAttempts } from '../../src/diagnosis/likely.ts'
import type { AttemptOutcome } from '../../src/engine/types.ts'
import type { CauseId } from '../../src/knowledge/causes.ts'

const tried = (
  name: string,
  causes: readonly CauseId[],
  outcome: AttemptOutcome = 'unavailable',
  codes: readonly string[] = [],
) => ({
  name,
  causes,
  outcome,
  codes,
})
const imds = tried('imds', ['imds-unreachable'])
const noAz = tried('no az', ['cli-not-installed'])
const signedOut = tried('signed out', ['cli-not-logged-in'])
const halfSet = tried('half set', ['env-incomplete'])
const silent = tried('nothing', [])

describe('the most telling attempt comes first', () => {
  const order = (...attempts: readonly ReturnType<typeof tried>[]) => rankAttempts(attempts).map(({ name }) => name)

  test('what every machine says comes last', () => {
    expect(order(silent, imds, noAz, signedOut)).toEqual(['signed out', 'no az', 'imds', 'nothing'])
  })

  test('what failed beats everything, a code beats a state of the machine', () => {
    const failed = tried('failed', [], 'failed')
    const refused = tried('refused', ['mfa-required'], 'unavailable', ['AADSTS50076'])
    expect(order(signedOut, halfSet, refused, failed)).toEqual(['failed', 'refused', 'half set', 'signed out'])
  })

  test('what gave a token, was never reached or is switched off is no attempt', () => {
    expect(
      order(tried('won', [], 'succeeded'), tried('later', [], 'not-attempted'), tried('off', [], 'excluded')),
    ).toEqual([])
  })

  test('equals stay in the order of the chain', () => {
    expect(order(tried('one', ['mi-ambiguous']), tried('two', ['mi-not-assigned']))).toEqual(['one', 'two'])
  })
})

test('nothing is meant where only the usual absences are told', () => {
  expect(isNothingMeant([silent, imds, noAz])).toBe(true)
  expect(isNothingMeant([imds, signedOut])).toBe(false)
})
