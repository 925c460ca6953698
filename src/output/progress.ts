/** Engine events drawn as a spinner on stderr, where a person watches. The one importer of ora, loaded when there is something to wait for. */
import type { ChainEvent } from '../engine/types.ts'
import type { Runtime } from '../runtime.ts'

export interface Progress {
  tell(event: ChainEvent): void
  /** Takes the spinner away; nothing of it stays on the screen. */
  stop(): Promise<void>
}

const silent: Progress = { tell: () => {}, stop: async () => {} }

/** Anything shorter is over before a person has looked. */
const patienceMs = 300

/** A spinner only where stderr is a terminal and not in CI; elsewhere nothing is drawn. */
export function createProgress(runtime: Pick<Runtime, 'terminal' | 'env' | 'clock'>, isQuiet: boolean): Progress {
  const ci = runtime.env.get('CI')
  if (isQuiet || !runtime.terminal.stderr.isTerminal || (ci !== undefined && ci !== '' && ci !== 'false')) return silent

  let text = ''
  let spinner: { text: string; stop(): unknown } | undefined
  const ended = new AbortController()
  const drawn = runtime.clock
    .sleep(patienceMs, ended.signal)
    .then(async () => {
      const { default: ora } = await import('ora')
      if (!ended.signal.aborted) spinner = ora({ text, discardStdin: false }).start()
    })
    .catch(() => {})

  return {
    tell: (event) => {
      if (event.kind !== 'started') return
      text = `asking ${event.credential}`
      if (spinner !== undefined) spinner.text = text
    },
    stop: async () => {
      ended.abort()
      await drawn
      spinner?.stop()
    },
  }
}
