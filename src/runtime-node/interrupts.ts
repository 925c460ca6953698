/** SIGINT and SIGTERM: the first asks the run to end, the second ends it. */

export type InterruptSignal = 'SIGINT' | 'SIGTERM'

export interface Interrupts {
  /** Aborts with the signal's name. */
  readonly signal: AbortSignal
  /** Until the returned function is called, signals go to `take` alone: a child that has the terminal decides what they mean. */
  redirect(take: (signal: InterruptSignal) => void): () => void
}

const exitCodes = { SIGINT: 130, SIGTERM: 143 } as const

/** Installs the handlers: from here on a signal no longer ends this process by itself. */
export function createInterrupts(): Interrupts {
  const controller = new AbortController()
  const takers: ((signal: InterruptSignal) => void)[] = []

  const handle = (signal: InterruptSignal): void => {
    const take = takers.at(-1)
    if (take !== undefined) take(signal)
    else if (controller.signal.aborted) process.exit(exitCodes[signal])
    else controller.abort(signal)
  }
  process.on('SIGINT', handle)
  process.on('SIGTERM', handle)

  return {
    signal: controller.signal,
    redirect: (take) => {
      takers.push(take)
      return () => {
        takers.splice(takers.indexOf(take), 1)
      }
    },
  }
}
