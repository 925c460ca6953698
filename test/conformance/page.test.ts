import { readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { tookDetour, wasForwarded } from './detours.ts'
import { allowedDifferences } from './differences.ts'
import { drawPage, standingOf } from './page.ts'
import { readRecordings } from './recordings.ts'
import { coreScenarios, isCompared, judges, judgesOf, scenarios } from './scenarios.ts'
import versions from './versions.json' with { type: 'json' }

const page = new URL('../../docs/conformance.md', import.meta.url)

test('the page is what the recordings and rows say', () => {
  const drawn = drawPage()
  if (process.env['AZID_RECORD'] === '1') writeFileSync(page, drawn)
  expect(readFileSync(page, 'utf8')).toBe(drawn)
})

test('the scenarios are enough, and each has a name of its own', () => {
  expect(scenarios.length).toBeGreaterThanOrEqual(120)
  expect(coreScenarios.length).toBeGreaterThanOrEqual(40)
  expect(new Set(scenarios.map(({ id }) => id)).size).toBe(scenarios.length)
})

test.each(judges)('%s: every scenario is recorded, and nothing else, of the pinned versions', (judge) => {
  const { versions: kept, byId } = readRecordings(judge)
  expect(kept).toEqual(versions[judge])
  const own = scenarios.filter((scenario) => judgesOf(scenario).includes(judge))
  expect([...byId.keys()]).toEqual(own.map(({ id }) => id))
})

test.each(judges)('%s: rows cover at most 5 %% of the scenarios', (judge) => {
  const standing = standingOf(judge)
  expect(standing.excused / standing.scenarios).toBeLessThanOrEqual(0.05)
})

test.each(judges)('%s: at least 120 scenarios are compared, among them proxies before the token service', (judge) => {
  expect(standingOf(judge).scenarios).toBeGreaterThanOrEqual(120)
  const compared = scenarios.filter((scenario) => isCompared(judge, scenario)).map(({ id }) => id)
  expect(compared).toEqual(expect.arrayContaining(['proxy-right', 'proxy-lower-case', 'proxy-closed', 'proxy-all']))
})

test.each(judges)(
  '%s: asks a proxy for the identity of the machine where the table says so, and nowhere else',
  (judge) => {
    const { byId } = readRecordings(judge)
    for (const scenario of scenarios.filter((each) => judgesOf(each).includes(judge))) {
      const told = byId.get(scenario.id)
      if (told === undefined) throw new Error(`${scenario.id} is not recorded`)
      const went = isCompared(judge, scenario) ? wasForwarded(told) : tookDetour(told)
      expect({ id: scenario.id, went }).toEqual({ id: scenario.id, went: !isCompared(judge, scenario) })
    }
  },
)

test('what azid does is compared wherever no proxy is asked: no row excuses one of the others', () => {
  const parted = new Set(scenarios.filter(({ detours }) => detours !== undefined).map(({ id }) => id))
  expect(allowedDifferences.filter(({ scenario }) => parted.has(scenario))).toEqual([])
})

test('rows are about scenarios that there are, and never about a winner or an outcome', () => {
  const ids = new Set(scenarios.map(({ id }) => id))
  for (const row of allowedDifferences) {
    expect(ids.has(row.scenario), row.scenario).toBe(true)
    for (const aspect of row.aspects) expect(['message', 'links', 'requests']).toContain(aspect)
    expect(row.reason.length).toBeGreaterThan(20)
  }
})

test('a recording holds no secret of the sandbox', () => {
  for (const judge of judges) {
    const text = readFileSync(new URL(`./recordings/${judge}.jsonl`, import.meta.url), 'utf8')
    // Secrets of the sandbox's making, tokens and keys; a claims challenge is none, and has no dot.
    expect(text.match(/8Q~|eyJ[A-Za-z0-9_-]{20,}\.|-----BEGIN/g)).toBe(null)
  }
})
