/** What is said on stderr besides the answer: warnings, `-v`, `--debug`. Never a secret: observations are redacted when made. */
import type { CredentialName, Observation } from '../engine/types.ts'
import type { Settings } from '../options.ts'
import type { Runtime } from '../runtime.ts'
import { createStyle, plainStyle, type Style } from './style.ts'
import { describeDuration, escapeToLine } from './text.ts'

export interface Log {
  warn(message: string): void
  /** With `-v`. */
  info(message: string): void
  /** With `--debug`; AZURE_LOG_LEVEL gives that setting too. */
  debug(credential: CredentialName, observation: Observation): void
  /** All that was said has been written. */
  flush(): Promise<void>
}

export async function createLog(runtime: Pick<Runtime, 'terminal' | 'env'>, settings: Settings): Promise<Log> {
  const { stderr } = runtime.terminal
  const isDebug = settings.debug?.value === true
  const isVerbose = settings.verbose?.value === true || isDebug
  const isQuiet = settings.quiet?.value === true
  const style: Style = isQuiet ? plainStyle : await createStyle(stderr, runtime.env, settings.noColor?.value === true)
  let written: Promise<void> = Promise.resolve()
  const say = (line: string): void => {
    written = written.then(() => stderr.write(`${line}\n`))
  }
  return {
    warn: (message) => {
      if (!isQuiet) say(`${style.warn('warning:')} ${escapeToLine(message)}`)
    },
    info: (message) => {
      if (isVerbose && !isQuiet) say(style.dim(` ${escapeToLine(message)}`))
    },
    debug: (credential, { kind, what, result, ms }) => {
      if (!isDebug) return
      const time = ms > 0 ? ` (${describeDuration(ms)})` : ''
      say(style.dim(` ${credential} ${kind} ${escapeToLine(what)}: ${escapeToLine(result)}${time}`))
    },
    flush: () => written,
  }
}
