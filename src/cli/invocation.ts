/** What a command is started with: the checked command line. Types only. */
import type { ExitName } from '../exit-codes.ts'
import type { Settings } from '../options.ts'
import type { Runtime } from '../runtime.ts'

export interface Invocation {
  /** Full name in the table of commands: `get-token`, `cache list`. */
  readonly command: string
  /** Words that are no options, as typed. */
  readonly args: readonly string[]
  /** Words after `--`, for commands that start another program. */
  readonly rest: readonly string[]
  readonly settings: Settings
  /** The whole command line as typed; absent where nobody typed one. */
  readonly argv?: readonly string[]
}

/**
 * What every module in `src/commands` exports as `run`. Returns the name of an exit code, or a child's own code.
 * Throws `UsageError` for a wrong command line; anything else it throws is a bug.
 */
export type RunCommand = (invocation: Invocation, runtime: Runtime) => Promise<ExitName | number>
