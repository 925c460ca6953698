/** Whole DefaultAzureCredentials: the real SDKs do what is recorded of them, and azid does the same. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askJudge } from './asking.ts'
import { type Job, runInLanes } from './lanes.ts'
import { type Recording, readRecordings, type Told, writeRecordings } from './recordings.ts'
import { coreScenarios, type Judge, judges, judgesOf, type Scenario, scenarios } from './scenarios.ts'
import { goSdk, jsSdk, pythonSdk, type Sdk } from './sdks.ts'
import versions from './versions.json' with { type: 'json' }
import { worldTrouble } from './world.ts'

const trouble = worldTrouble()
const sdks: Readonly<Record<Judge, Sdk>> =
  trouble === null
    ? { python: pythonSdk(), js: jsSdk(), go: goSdk() }
    : { python: { missing: trouble }, js: { missing: trouble }, go: { missing: trouble } }
const isRecording = process.env['AZID_RECORD'] === '1'
/** A part, while working on it: `AZID_SCENARIOS=core`, or ids: `AZID_SCENARIOS=imds-right,nothing`. */
const wanted = process.env['AZID_SCENARIOS']?.split(',')

const core = new Set(coreScenarios.map(({ id }) => id))
const chosen = scenarios.filter(
  ({ id }) => wanted === undefined || wanted.includes(id) || (wanted[0] === 'core' && core.has(id)),
)

function isAsked(judge: Judge, scenario: Scenario): boolean {
  if (!judgesOf(scenario).includes(judge) || 'missing' in sdks[judge]) return false
  if (isRecording) return true
  return scenario.slow?.includes(judge) !== true && (judge !== 'go' || core.has(scenario.id))
}

function imdsOf(scenario: Scenario): Job['imds'] {
  return scenario.imds ?? (scenario.imdsAnswers === undefined ? 'refused' : 'sandbox')
}

describe.each(judges)('%s', (judge) => {
  const sdk = sdks[judge]
  const asked = chosen.filter((scenario) => isAsked(judge, scenario))
  const fresh = new Map<string, Told | Error>()

  describe.skipIf('missing' in sdk)('missing' in sdk ? `(skipped: ${sdk.missing})` : 'the recording', () => {
    beforeAll(async () => {
      const slowFirst = [...asked].sort(
        (one, other) => Number(other.slow !== undefined) - Number(one.slow !== undefined),
      )
      const jobs = slowFirst.map((scenario) => ({
        imds: imdsOf(scenario),
        run: async (world: Parameters<Job['run']>[0]) => {
          const told = await askJudge(world, judge, sdk, scenario).catch((error: Error) => error)
          fresh.set(scenario.id, told)
        },
      }))
      await runInLanes(jobs, isRecording ? 5 : 2)
    }, 1_800_000)

    afterAll(() => {
      if (!isRecording) return
      const kept = new Map(readRecordings(judge).byId)
      for (const [id, told] of fresh) if (!(told instanceof Error)) kept.set(id, { id, ...told } as Recording)
      writeRecordings(
        judge,
        versions[judge],
        kept,
        scenarios.map(({ id }) => id),
      )
    })

    const kept = readRecordings(judge)
    for (const { id } of asked) {
      test(`${id}: as recorded`, () => {
        const told = fresh.get(id)
        if (told === undefined || told instanceof Error) throw told ?? new Error('it was not asked')
        if (!isRecording) expect({ id, ...told }).toEqual(kept.byId.get(id))
      })
    }
  })
})
