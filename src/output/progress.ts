/** Engine events drawn as a spinner on stderr, where a person watches. The one importer of ora, loaded when there is something to wait for. */
import type { ChainEvent } from '../engine/types.ts'
import type { Runtime } from '../runtime.ts'
import { wantsColour } from './style.ts'

export interface Progress {
  tell(event: ChainEvent): void
  /** Takes the spinner away; nothing of it stays on the screen. */
  stop(): Promise<void>
}

const silent: Progress = { tell: () => {}, stop: async () => {} }

/** Anything shorter is over before a person has looked. */
const patienceMs = 300

type Ports = Pick<Runtime, 'terminal' | 'env' | 'clock'>

function isWatched({ terminal, env }: Ports): boolean {
  const ci = env.get('CI')
  return terminal.stderr.isTerminal && (ci === undefined || ci === '' || ci === 'false')
}

/**
 * While a person is busy elsewhere: what is waited for, with the time that is left. Ends by itself with the time; where
 * nobody watches, nothing is drawn.
 */
export function createCountdown(
  text: string,
  lifetimeMs: number,
  runtime: Ports,
  noColor: boolean,
): Pick<Progress, 'stop'> {
  if (!isWatched(runtime)) return silent
  const { clock } = runtime
  const ends = clock.monotonic() + lifetimeMs
  const ended = new AbortController()
  const draw = async (): Promise<void> => {
    const { default: ora } = await import('ora')
    // Whether somebody watches is decided here; ora would also take an empty CI for a pipeline.
    const spinner = ora({ discardStdin: false, isEnabled: true, color: colourOf(runtime, noColor) })
    try {
      for (let left = lifetimeMs; left > 0 && !ended.signal.aborted; left = ends - clock.monotonic()) {
        spinner.text = `${text} (${describeRest(left)} left)`
        if (!spinner.isSpinning) spinner.start()
        await clock.sleep(Math.min(1000, left), ended.signal)
      }
    } finally {
      spinner.stop()
    }
  }
  const drawn = draw().catch(() => {})
  return {
    stop: async () => {
      ended.abort()
      await drawn
    },
  }
}

/** ora itself does not know NO_COLOR. */
function colourOf({ terminal, env }: Ports, noColor: boolean): 'cyan' | false {
  return wantsColour(terminal.stderr, env, noColor) ? 'cyan' : false
}

/** `14:32` */
function describeRest(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

/** A spinner only where stderr is a terminal and not in CI; elsewhere nothing is drawn. */
export function createProgress(runtime: Ports, isQuiet: boolean, noColor = false): Progress {
  if (isQuiet || !isWatched(runtime)) return silent

  let text = ''
  let spinner: { text: string; stop(): unknown } | undefined
  const ended = new AbortController()
  const drawn = runtime.clock
    .sleep(patienceMs, ended.signal)
    .then(async () => {
      const { default: ora } = await import('ora')
      if (!ended.signal.aborted)
        spinner = ora({ text, discardStdin: false, isEnabled: true, color: colourOf(runtime, noColor) }).start()
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
