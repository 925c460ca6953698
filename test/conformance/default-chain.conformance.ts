/**
 * Whole DefaultAzureCredentials: the real SDKs do what is recorded of them, and azid does the same; but for the proxy that
 * some ask for the identity of the machine, which azid never does and says of them.
 */
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askAzid, askJudge, type ToldByAzid } from './asking.ts'
import { type Aspect, compare, type Difference } from './compare.ts'
import { askedDirectly, tookDetour, wasForwarded } from './detours.ts'
import { allowedDifferences } from './differences.ts'
import { type Job, runInLanes } from './lanes.ts'
import { type Recording, readRecordings, type Told, writeRecordings } from './recordings.ts'
import { coreScenarios, isCompared, type Judge, judges, judgesOf, type Scenario, scenarios } from './scenarios.ts'
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

/** What waits for time limits is asked of the real SDKs only to be recorded, and of Go only the core. */
function isAsked(judge: Judge, scenario: Scenario): boolean {
  if (isRecording) return true
  return scenario.slow?.includes(judge) !== true && (judge !== 'go' || core.has(scenario.id))
}

type Answer<T extends Told = Told> = T | Error

/**
 * Asks them all. Those that mostly wait are many at a time, beside two of the others. What is not as expected is asked up to
 * twice more: on a busy machine a probe of a second is late now and then.
 */
async function askAll<T extends Told>(
  list: readonly Scenario[],
  judge: Judge,
  ask: (world: Parameters<Job['run']>[0], scenario: Scenario) => Promise<T>,
  isExpected: (answer: T, scenario: Scenario) => boolean,
): Promise<ReadonlyMap<string, Answer<T>>> {
  const answers = new Map<string, Answer<T>>()
  const jobs = (isSlow: boolean): readonly Job[] =>
    list
      .filter((scenario) => (scenario.slow?.includes(judge) === true) === isSlow)
      .map((scenario) => ({
        imds: scenario.imds ?? (scenario.imdsAnswers === undefined ? 'refused' : 'sandbox'),
        run: async (world) => {
          for (let left = 3; left > 0; left--) {
            const answer = await ask(world, scenario).catch((error: Error) => error)
            answers.set(scenario.id, answer)
            if (!(answer instanceof Error) && isExpected(answer, scenario)) break
          }
        },
      }))
  const slow = jobs(true)
  await Promise.all([runInLanes(slow, Math.min(slow.length, 6)), runInLanes(jobs(false), 2)])
  return answers
}

function take<T extends Told>(answers: ReadonlyMap<string, Answer<T>>, id: string): T {
  const answer = answers.get(id)
  if (answer === undefined || answer instanceof Error) throw answer ?? new Error('it was not asked')
  return answer
}

function excusedAspects(judge: Judge, id: string): ReadonlySet<Aspect> {
  const rows = allowedDifferences.filter((row) => row.scenario === id && row.judges.includes(judge))
  return new Set(rows.flatMap((row) => row.aspects))
}

function unexcused(judge: Judge, id: string, differences: readonly Difference[]): readonly Difference[] {
  const excused = excusedAspects(judge, id)
  return differences.filter(({ aspect }) => !excused.has(aspect))
}

const isOwn = (judge: Judge) => (scenario: Scenario) => judgesOf(scenario).includes(judge)

describe.each(judges)('the SDK: %s', (judge) => {
  const sdk = sdks[judge]
  const kept = readRecordings(judge)
  const asked = chosen.filter(isOwn(judge)).filter((scenario) => isAsked(judge, scenario))
  let answers: ReadonlyMap<string, Answer> = new Map()

  describe.skipIf('missing' in sdk)('missing' in sdk ? `(skipped: ${sdk.missing})` : 'does what is recorded', () => {
    beforeAll(async () => {
      answers = await askAll(
        asked,
        judge,
        (world, scenario) => askJudge(world, judge, sdk, scenario),
        (told, { id }) => isRecording || isDeepStrictEqual({ id, ...told }, kept.byId.get(id)),
      )
    }, 2_400_000)

    afterAll(() => {
      if (!isRecording) return
      const fresh = new Map(kept.byId)
      for (const [id, answer] of answers) if (!(answer instanceof Error)) fresh.set(id, { id, ...answer } as Recording)
      const ids = scenarios.filter(isOwn(judge)).map(({ id }) => id)
      writeRecordings(judge, versions[judge], fresh, ids)
    })

    test('is of the version that is recorded', () => {
      if (!isRecording) expect(kept.versions).toEqual(versions[judge])
    })

    test.each(asked.map(({ id }) => id))('%s', (id) => {
      const told = take(answers, id)
      if (!isRecording) expect({ id, ...told }).toEqual(kept.byId.get(id))
    })
  })
})

/** Of one scenario with one SDK; empty where azid does what it should. */
function partings(judge: Judge, scenario: Scenario, theirs: Told, ours: ToldByAzid): readonly string[] {
  const variable = scenario.detours?.[judge]
  const said = ours.proxyAdvice
  if (variable === undefined) {
    const left = unexcused(judge, scenario.id, compare(theirs, ours))
    return [
      ...left.map(({ aspect }) => aspect),
      ...(wasForwarded(theirs) ? ['the SDK asked a proxy'] : []),
      ...(said === null ? [] : ['azid says that the SDK asks a proxy']),
    ]
  }
  const isNamed = said?.text.startsWith(`${variable} sends the requests of `) === true && said.command !== undefined
  return [
    ...(tookDetour(theirs) ? [] : ['the SDK asked the host itself']),
    ...(askedDirectly(ours) ? [] : ['azid did not ask the host itself']),
    ...(ours.winner === 'ManagedIdentityCredential' ? [] : ['azid has no token of the host']),
    ...(isNamed ? [] : [`azid does not say that ${variable} leads the SDK to a proxy`]),
  ]
}

describe.each(judges)('azid as the SDK: %s', (judge) => {
  const kept = readRecordings(judge)
  const own = chosen.filter(isOwn(judge))
  const compared = own.filter((scenario) => isCompared(judge, scenario))
  const parted = own.filter((scenario) => !isCompared(judge, scenario))
  let answers: ReadonlyMap<string, Answer<ToldByAzid>> = new Map()

  const theirsOf = (id: string): Told => {
    const theirs = kept.byId.get(id)
    if (theirs === undefined) throw new Error('it is not recorded: `npm run test:conformance -- --record`')
    return theirs
  }

  describe.skipIf(trouble !== null || isRecording)(trouble === null ? 'does the same' : `(skipped: ${trouble})`, () => {
    beforeAll(async () => {
      answers = await askAll(
        own,
        judge,
        (world, scenario) => askAzid(world, judge, scenario),
        (ours, scenario) => {
          const theirs = kept.byId.get(scenario.id)
          return theirs === undefined || partings(judge, scenario, theirs, ours).length === 0
        },
      )
    }, 1_200_000)

    test.each(compared.map((scenario) => [scenario.id, scenario] as const))('%s', (id, scenario) => {
      const theirs = theirsOf(id)
      const ours = take(answers, id)
      const differences = compare(theirs, ours)
      const left = unexcused(judge, id, differences)
      expect(Object.fromEntries(left.map(({ aspect, ours: value }) => [aspect, value]))).toEqual(
        Object.fromEntries(left.map((difference) => [difference.aspect, difference.theirs])),
      )
      expect(partings(judge, scenario, theirs, ours)).toEqual([])
      // A row that excuses nothing has to go.
      const needed = new Set(differences.map(({ aspect }) => aspect))
      expect([...excusedAspects(judge, id)].filter((aspect) => !needed.has(aspect))).toEqual([])
    })

    test.each(parted.map((scenario) => [scenario.id, scenario] as const))(
      '%s: asks the host itself where the SDK asks a proxy, and says so',
      (id, scenario) => {
        expect(partings(judge, scenario, theirsOf(id), take(answers, id))).toEqual([])
      },
    )
  })
})
