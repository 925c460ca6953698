/** Questions about processes that a test started. */
import { readFileSync } from 'node:fs'

export function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    // A zombie that nobody has looked after is gone too.
    return !readFileSync(`/proc/${processId}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
