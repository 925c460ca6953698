/** In what azid differs from an SDK in one scenario. */
import { isDeepStrictEqual } from 'node:util'
import { comparableRequests } from './normalise.ts'
import type { Told } from './recordings.ts'

export const aspects = ['tried', 'outcomes', 'winner', 'message', 'links', 'requests'] as const

/** `links`: what each link said, which the final message may leave out. */
export type Aspect = (typeof aspects)[number]

export interface Difference {
  readonly aspect: Aspect
  readonly theirs: unknown
  readonly ours: unknown
}

export function compare(judged: Told, ours: Told): readonly Difference[] {
  const theirs = refusedByLink(judged, ours)
  const pairs: Readonly<Record<Aspect, readonly [unknown, unknown]>> = {
    tried: [namesOf(theirs), namesOf(ours)],
    outcomes: [outcomesOf(theirs), outcomesOf(ours)],
    winner: [nameOf(theirs.winner), nameOf(ours.winner)],
    message: [theirs.message, ours.message],
    links: linkMessages(theirs, ours),
    requests: [comparableRequests(theirs.requests), comparableRequests(ours.requests)],
  }
  return aspects.flatMap((aspect) => {
    const [one, other] = pairs[aspect]
    return isDeepStrictEqual(one, other) ? [] : [{ aspect, theirs: one, ours: other }]
  })
}

/**
 * A constructor that refuses names no link; azid always tries, and says which one it was. The same refusal, if it is in
 * the same words and nothing was asked of anybody before.
 */
function refusedByLink(theirs: Told, ours: Told): Told {
  const last = ours.tried.at(-1)
  const isSame =
    theirs.outcome === 'not-made' &&
    ours.outcome === 'failed' &&
    last?.outcome === 'failed' &&
    last.message === theirs.message &&
    ours.requests.length === 0
  return isSame ? { ...theirs, outcome: 'failed', tried: ours.tried } : theirs
}

/** Go writes `AzureCLICredential` where the others write `AzureCliCredential`. */
function nameOf(credential: string | null): string | null {
  return credential === null ? null : credential.toLowerCase()
}

function namesOf({ tried }: Told): readonly (string | null)[] {
  return tried.map(({ credential }) => nameOf(credential))
}

function outcomesOf({ outcome, tried }: Told): readonly string[] {
  return [...tried.map((link) => link.outcome), outcome]
}

/** Where an SDK passes over a link without a word, azid may say what it likes. */
function linkMessages(theirs: Told, ours: Told): readonly [unknown, unknown] {
  const spoken = theirs.tried.map((link) => link.silent === undefined)
  const messages = ({ tried }: Told) =>
    tried.flatMap(({ message, outcome }, index) =>
      spoken[index] === false || outcome === 'succeeded' ? [] : [message],
    )
  return [messages(theirs), messages(ours)]
}
