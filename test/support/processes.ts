/** Questions about processes that a test started. */
import { readFileSync } from 'node:fs'

/** Resolves when the system has buried it: killed is not yet gone. */
export async function untilGone(processId: number): Promise<void> {
  while (isAlive(processId)) await new Promise((resolve) => setTimeout(resolve, 20))
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0)
    // A zombie that nobody has looked after is gone too.
    return !readFileSync(`/proc/${processId}/stat`, 'utf8').includes(') Z ')
  } catch {
    return false
  }
}
