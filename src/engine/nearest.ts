/** The nearest right spelling of a wrong name, among few candidates. */

/** The candidate with the fewest slips (a letter too many, too few or wrong, or two swapped), if at most one in three; null when none is near. */
export function nearestName(wrong: string, candidates: readonly string[]): string | null {
  const word = wrong.toLowerCase()
  const limit = Math.max(1, Math.floor(word.length / 3))
  let best: { readonly name: string; readonly slips: number } | null = null
  for (const name of candidates) {
    const slips = countSlips(word, name.toLowerCase())
    if (slips <= limit && (best === null || slips < best.slips)) best = { name, slips }
  }
  return best?.name ?? null
}

/** Optimal string alignment distance. */
function countSlips(from: string, to: string): number {
  let above = Array.from({ length: to.length + 1 }, (_, index) => index)
  let aboveThat: readonly number[] = []
  for (const [row, letter] of [...from].entries()) {
    const current = [row + 1]
    for (const [column, other] of [...to].entries()) {
      const change = (above[column] ?? 0) + (letter === other ? 0 : 1)
      const isSwapped = row > 0 && column > 0 && letter === to[column - 1] && from[row - 1] === other
      const swap = isSwapped ? (aboveThat[column - 1] ?? 0) + 1 : change
      current.push(Math.min(change, swap, (above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1))
    }
    aboveThat = above
    above = current
  }
  return above[to.length] ?? 0
}
