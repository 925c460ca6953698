import { writeFileSync } from 'node:fs'
import { test } from 'vitest'
import { askAzid } from './asking.ts'
import { compare } from './compare.ts'
import { runInLanes } from './lanes.ts'
import { readRecordings } from './recordings.ts'
import { coreScenarios, type Judge, judgesOf, scenarios } from './scenarios.ts'

const judges = (process.env['AZID_JUDGES'] ?? 'python').split(',') as Judge[]
const wanted = process.env['AZID_SCENARIOS']?.split(',')
const core = new Set(coreScenarios.map(({ id }) => id))
test('dev', async () => {
  const out: string[] = []
  const results: Record<string, unknown> = {}
  const jobs = judges.flatMap((judge) => {
    const kept = readRecordings(judge).byId
    return scenarios
      .filter((s) => judgesOf(s).includes(judge))
      .filter(({ id, slow }) =>
        wanted === undefined
          ? !slow || process.env['AZID_SLOW']
          : wanted.includes(id) || (wanted[0] === 'core' && core.has(id)),
      )
      .map((scenario) => ({
        imds: scenario.imds ?? (scenario.imdsAnswers === undefined ? ('refused' as const) : ('sandbox' as const)),
        run: async (world: never) => {
          const theirs = kept.get(scenario.id)
          if (theirs === undefined) return
          const ours = await askAzid(world, judge, scenario).catch((e: Error) => e)
          if (ours instanceof Error) {
            out.push(`##### ${judge} ${scenario.id}: ERROR ${ours.message}`)
            return
          }
          const differences = compare(theirs, ours)
          results[`${judge} ${scenario.id}`] = differences
          for (const d of differences) {
            out.push(
              `##### ${judge} ${scenario.id} [${d.aspect}]\n--- theirs: ${typeof d.theirs === 'string' ? d.theirs : JSON.stringify(d.theirs)}\n+++ ours:   ${typeof d.ours === 'string' ? d.ours : JSON.stringify(d.ours)}`,
            )
          }
        },
      }))
  })
  await runInLanes(jobs, Number(process.env['AZID_LANES'] ?? 2))
  writeFileSync(`/tmp/azid-conformance/diff-${judges.join('-')}.txt`, `${out.join('\n')}\n`)
  writeFileSync(`/tmp/azid-conformance/diff-${judges.join('-')}.json`, JSON.stringify(results))
}, 3_000_000)
