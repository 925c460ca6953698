import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { understandFailure } from '../../src/diagnosis/explain/failure.ts'
import { recordedFailures } from './recorded.ts'

interface Case {
  readonly id: string
  readonly text: string
  readonly expect: {
    readonly credentials: readonly { readonly name: string; readonly outcome: string }[]
    readonly codes: readonly string[]
    readonly cause: string
  }
}

function cases(name: string): readonly Case[] {
  const file = new URL(`./data/${name}.jsonl`, import.meta.url)
  return readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case)
}

function share(all: readonly Case[], holds: (each: Case) => boolean): number {
  return all.filter(holds).length / all.length
}

const ids = ({ text }: Case): readonly string[] => understandFailure(text).causes.map(({ id }) => id)
const sorted = (list: Case['expect']['credentials']): string =>
  JSON.stringify(list.map(({ name, outcome }) => `${name} ${outcome}`).sort())

describe.each([
  'corpus',
  'written',
  'harvested',
  'unseen-1',
  'unseen-2',
  'unseen-3',
  'unseen-4',
  'unseen-5',
  'unseen-6',
  'unseen-7',
  'unseen-8',
  'unseen-9',
  'unseen-10',
  'unseen-11',
])('%s', (name) => {
  const all = cases(name)

  test('every failure has an id of its own', () => {
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length)
  })

  test('the right cause comes first in at least 9 of 10, and among the first three in 97 of 100', () => {
    expect(share(all, (each) => ids(each)[0] === each.expect.cause)).toBeGreaterThanOrEqual(0.9)
    expect(share(all, (each) => ids(each).slice(0, 3).includes(each.expect.cause))).toBeGreaterThanOrEqual(0.97)
  })

  test('credentials and outcomes are right in at least 95 of 100', () => {
    const isRight = (each: Case): boolean =>
      sorted(understandFailure(each.text).credentials) === sorted(each.expect.credentials)
    expect(share(all, isRight)).toBeGreaterThanOrEqual(0.95)
  })

  test.each(all)('$id: its codes, all of them and no other', ({ text, expect: { codes } }) => {
    expect([...understandFailure(text).codes].sort()).toEqual([...codes].sort())
  })
})

describe('runs of the real SDKs, as other rooms recorded them', () => {
  const all = recordedFailures(new URL('../', import.meta.url)).map((failure) => ({
    failure,
    told: understandFailure(failure.text),
  }))
  const labelled = all.filter(({ failure }) => failure.causes !== null)

  test('there are some hundreds of them', () => {
    expect(all.length).toBeGreaterThanOrEqual(600)
    expect(labelled.length).toBeGreaterThanOrEqual(550)
  })

  test('a cause that the scenario allows comes first in at least 95 of 100, and among the first three in 97 of 100', () => {
    const isAllowed = ({ failure, told }: (typeof all)[number], count: number): boolean =>
      told.causes.slice(0, count).some(({ id }) => failure.causes?.includes(id))
    expect(labelled.filter((each) => isAllowed(each, 1)).length / labelled.length).toBeGreaterThanOrEqual(0.95)
    expect(labelled.filter((each) => isAllowed(each, 3)).length / labelled.length).toBeGreaterThanOrEqual(0.97)
  })

  test('credentials and outcomes are as recorded in at least 95 of 100', () => {
    const tried = all.filter(({ failure }) => failure.credentials !== null)
    const right = tried.filter(
      ({ failure, told }) =>
        JSON.stringify(told.credentials.map(({ name, outcome }) => `${name} ${outcome}`).sort()) ===
        JSON.stringify([...(failure.credentials ?? [])].sort()),
    )
    expect(tried.length).toBeGreaterThanOrEqual(350)
    expect(right.length / tried.length).toBeGreaterThanOrEqual(0.95)
  })

  test('every code is found', () => {
    for (const { failure, told } of all) expect([...told.codes].sort()).toEqual([...failure.codes].sort())
  })

  test('the SDK is known by its words in at least 95 of 100', () => {
    const right = labelled.filter(
      ({ failure, told }) => failure.sdks.includes(told.sdk) || (failure.sdks.length > 1 && told.sdk === 'other'),
    )
    expect(right.length / labelled.length).toBeGreaterThanOrEqual(0.95)
  })
})
