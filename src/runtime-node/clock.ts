/** The system's clocks as a port. */
import type { Clock } from '../runtime.ts'

/** A timer that is set for longer fires at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1

export function createNodeClock(): Clock {
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    sleep: async (ms, signal, { isBackground = false } = {}) => {
      let left = ms
      do {
        const part = Math.min(left, LONGEST_TIMER_MS)
        await sleepOnce(part, signal, isBackground)
        left -= part
      } while (left > 0)
    },
  }
}

function sleepOnce(ms: number, signal: AbortSignal | undefined, isBackground: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) {
      reject(signal.reason)
      return
    }
    const giveUp = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', giveUp)
      resolve()
    }, ms)
    if (isBackground) timer.unref()
    signal?.addEventListener('abort', giveUp, { once: true })
  })
}
