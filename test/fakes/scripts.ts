/** Scripted answers of the outside world, each for a set number of uses; what nobody scripted, and what nobody used, is a failure. */

export interface Script<Request, Answer> {
  /** How it is named in a failure. */
  readonly name: string
  /** How often it may answer; it must at least once. Default 1. */
  readonly times?: number
  matches(request: Request): boolean
  answer(request: Request): Answer
}

export interface ScriptBook<Request, Answer> {
  /** The first script that matches and is not used up; throws when there is none. */
  answer(request: Request): Answer
  /** What went wrong so far: requests without a script, scripts without a request. */
  troubles(): readonly string[]
}

export function createScriptBook<Request, Answer>(
  scripts: readonly Script<Request, Answer>[],
  describe: (request: Request) => string,
): ScriptBook<Request, Answer> {
  const uses = scripts.map(() => 0)
  const unmatched: string[] = []
  return {
    answer: (request) => {
      const index = scripts.findIndex((script, at) => (uses[at] ?? 0) < (script.times ?? 1) && script.matches(request))
      const script = scripts[index]
      if (script === undefined) {
        unmatched.push(describe(request))
        throw new Error(
          `no script (left) for ${describe(request)}; there are: ${scripts.map((one) => one.name).join('; ') || 'none'}`,
        )
      }
      uses[index] = (uses[index] ?? 0) + 1
      return script.answer(request)
    },
    troubles: () => [
      ...unmatched.map((request) => `nobody scripted ${request}`),
      ...scripts.filter((_, at) => uses[at] === 0).map((script) => `nobody used the script for ${script.name}`),
    ],
  }
}
