/** Test files run side by side, and two that install the same SDK at once would take it from each other. */
import { mkdirSync, rmdirSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const lock = path.join(tmpdir(), `azid-sdks-${process.getuid?.() ?? 0}.lock`)
/** Whoever made a lock this old is gone. */
const staleMs = 10 * 60 * 1000

/** Waits, blocking this process, until no other is in here; then runs `make`. */
export function oneAtATime<T>(make: () => T): T {
  while (!take()) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  try {
    return make()
  } finally {
    rmdirSync(lock)
  }
}

function take(): boolean {
  try {
    mkdirSync(lock)
    return true
  } catch {
    const made = statSync(lock, { throwIfNoEntry: false })?.mtimeMs
    if (made !== undefined && Date.now() - made > staleMs) rmdirSync(lock)
    return false
  }
}
