/** The one place where the outcome of a run becomes an exit code. First match wins. */
import { needsPerson } from '../diagnosis/diagnose.ts'
import { type Problem, problemClasses } from '../engine/problems.ts'
import type { ChainResult } from '../engine/types.ts'
import type { ExitName } from '../exit-codes.ts'

/**
 * A credential that failed and ended the run: network, TLS or time 5; a person has to act 4; else 1. All unavailable: 4
 * when a refusal of the token service among them needs a person, else 3.
 */
export function exitOf(result: ChainResult): ExitName {
  if (result.outcome === 'succeeded') return 'done'
  const stopper = result.attempts.find(({ outcome }) => outcome === 'failed')
  if (stopper?.problem !== undefined) return exitOfFailure(stopper.problem)
  const isForPerson = result.attempts.some(
    ({ problem }) => problem?.code === 'token-refused' && needsPerson(problem.facts),
  )
  return isForPerson ? 'person' : 'unavailable'
}

function exitOfFailure(problem: Problem): ExitName {
  if (problem.code === 'token-refused') return needsPerson(problem.facts) ? 'person' : 'refused'
  if (problem.code === 'interrupted') return problem.facts.signal === 'SIGTERM' ? 'terminated' : 'interrupted'
  return problemClasses[problem.code] === 'network' ? 'network' : 'refused'
}
