/** Removes what has expired, a little with every write, so that nobody ever pays for all of it at once. */
import type { Clock, FileSystem } from '../runtime.ts'
import { claimedExpiry, largestEntry } from './sealing.ts'

export interface SweepPorts {
  readonly files: FileSystem
  readonly clock: Clock
  join(...parts: readonly string[]): string
}

/** Files looked at in one sweep. */
const mostLookedAt = 16
/** What is no entry of ours (a temporary file of a killed run, a cut file) stays for a day, in case somebody still writes it. */
const foreignLifeMs = 24 * 60 * 60 * 1000

/**
 * Looks at some files of one folder, other ones each time, and removes those that are past their expiry. Folders, links
 * and pipes are left alone. Never fails.
 */
export async function sweep(folder: string, { files, clock, join }: SweepPorts): Promise<void> {
  const names = await files.list(folder)
  if (!names.ok) return
  const now = clock.now()
  const sorted = [...names.value].sort()
  const start = sorted.length <= mostLookedAt ? 0 : Math.floor(now / 1000) % sorted.length
  const chosen = [...sorted.slice(start), ...sorted.slice(0, start)].slice(0, mostLookedAt)
  for (const name of chosen) {
    const path = join(folder, name)
    if (await isExpired(path, now, files)) await files.remove(path)
  }
}

async function isExpired(path: string, now: number, files: FileSystem): Promise<boolean> {
  const stat = await files.stat(path, { noFollow: true })
  if (!stat.ok || stat.value.kind !== 'file') return false
  const isOld = now - stat.value.modifiedMs > foreignLifeMs
  if (stat.value.size > largestEntry) return isOld
  const content = await files.read(path, { maxBytes: largestEntry, noFollow: true })
  if (!content.ok) return false
  const expiry = claimedExpiry(content.value)
  return expiry === null ? isOld : expiry <= now
}
