/** The nearest right spelling of a wrong word. */
import { nearestName } from '../engine/nearest.ts'

/** The candidate with the fewest slips, when they are few enough; else the first that begins with the word. */
export function suggest(word: string, candidates: readonly string[]): string | undefined {
  const start = word.toLowerCase()
  const near = nearestName(word, candidates)
  if (near !== null) return near
  return start.length < 3 ? undefined : candidates.find((candidate) => candidate.toLowerCase().startsWith(start))
}
