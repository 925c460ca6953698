/** What the real SDKs did, kept: one file an SDK, its versions on the first line, then a line a scenario. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import type { Asked } from './normalise.ts'
import type { Judge } from './scenarios.ts'

export interface TriedLink {
  /** As the SDK calls its class. */
  readonly credential: string
  readonly outcome: 'succeeded' | 'unavailable' | 'failed'
  /** What it raised; null where it gave a token, or nothing without a word. */
  readonly message: string | null
  /** JS: it was passed over without a word, and why. */
  readonly silent?: string
}

export interface Told {
  /** `not-made`: the constructor refused. */
  readonly outcome: 'succeeded' | 'unavailable' | 'failed' | 'not-made'
  readonly winner: string | null
  /** In order. */
  readonly tried: readonly TriedLink[]
  /** What was raised at the end, run-time values as names in braces. */
  readonly message: string | null
  /** The class of what was raised. */
  readonly type: string | null
  /** What the sandbox saw, in order. */
  readonly requests: readonly Asked[]
}

export type Recording = { readonly id: string } & Told

export interface Recorded {
  readonly versions: Readonly<Record<string, string>>
  readonly byId: ReadonlyMap<string, Recording>
}

const fileOf = (judge: Judge): URL => new URL(`./recordings/${judge}.jsonl`, import.meta.url)

export function readRecordings(judge: Judge): Recorded {
  if (!existsSync(fileOf(judge))) return { versions: {}, byId: new Map() }
  const [first = '{}', ...lines] = readFileSync(fileOf(judge), 'utf8').trim().split('\n')
  const recordings = lines.map((line) => JSON.parse(line) as Recording)
  return {
    versions: JSON.parse(first) as Recorded['versions'],
    byId: new Map(recordings.map((each) => [each.id, each])),
  }
}

/** @param ids Of the table, in its order; what is recorded for others goes. */
export function writeRecordings(
  judge: Judge,
  versions: Recorded['versions'],
  recordings: ReadonlyMap<string, Recording>,
  ids: readonly string[],
): void {
  const lines = ids.flatMap((id) => recordings.get(id) ?? [])
  writeFileSync(fileOf(judge), `${[versions, ...lines].map((line) => JSON.stringify(line)).join('\n')}\n`)
}
