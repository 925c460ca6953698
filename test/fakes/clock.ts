/** A clock that moves only when something sleeps on it or a test advances it. */
import type { Clock } from '../../src/runtime.ts'

interface Sleeper {
  readonly wakeAt: number
  readonly wake: () => void
}

export interface FakeClock extends Clock {
  /** Moves the time on by `ms`; what falls due on the way wakes in order, and its work is done before this resolves. */
  advance(ms: number): Promise<void>
  /** Sets the wall clock alone, as a person or NTP does: `monotonic()` and sleepers do not notice. */
  setWallClock(now: number): void
}

/**
 * Promise: a sleep ends as soon as nothing else is left to do before it, with the clock moved to its end; sleepers wake in
 * the order of their time. So work that takes no time always wins against a time limit, and work that never ends loses.
 * With `isManual` only `advance` moves the time.
 */
export function createFakeClock(now: number, isManual = false): FakeClock {
  let elapsed = 0
  let offset = now
  let isTicking = false
  const sleepers = new Set<Sleeper>()

  const wakeNext = (limit: number): boolean => {
    let next: Sleeper | undefined
    for (const sleeper of sleepers) if (next === undefined || sleeper.wakeAt < next.wakeAt) next = sleeper
    if (next === undefined || next.wakeAt > limit) return false
    elapsed = Math.max(elapsed, next.wakeAt)
    sleepers.delete(next)
    next.wake()
    return true
  }

  const tick = (): void => {
    if (isManual || isTicking) return
    isTicking = true
    void idle().then(() => {
      isTicking = false
      if (wakeNext(Number.POSITIVE_INFINITY) && sleepers.size > 0) tick()
    })
  }

  return {
    now: () => offset + elapsed,
    monotonic: () => elapsed,
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        if (signal?.aborted === true) {
          reject(signal.reason)
          return
        }
        const sleeper: Sleeper = {
          wakeAt: elapsed + Math.max(0, ms),
          wake: () => {
            signal?.removeEventListener('abort', giveUp)
            resolve()
          },
        }
        const giveUp = (): void => {
          sleepers.delete(sleeper)
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', giveUp, { once: true })
        sleepers.add(sleeper)
        tick()
      }),
    advance: async (ms) => {
      const end = elapsed + ms
      await idle()
      while (wakeNext(end)) await idle()
      elapsed = Math.max(elapsed, end)
    },
    setWallClock: (wanted) => {
      offset = wanted - elapsed
    },
  }
}

/** Lets everything that is ready run; several turns, because a promise chain may pass through the event loop. */
async function idle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
}
