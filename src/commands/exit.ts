/** The one place where the outcome of a run becomes an exit code. First match wins. */
import { needsPerson } from '../diagnosis/diagnose.ts'
import { toolNeedsPerson } from '../diagnosis/tools.ts'
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
  // Alone and out of time; in a chain the turn went on.
  const [only, ...others] = result.attempts
  if (others.length === 0 && only?.problem?.code === 'tool-timed-out') return 'network'
  const isForPerson = result.attempts.some(({ problem }) => problem !== undefined && isPersonToAct(problem))
  return isForPerson ? 'person' : 'unavailable'
}

function exitOfFailure(problem: Problem): ExitName {
  if (isPersonToAct(problem)) return 'person'
  if (problem.code === 'interrupted') return problem.facts.signal === 'SIGTERM' ? 'terminated' : 'interrupted'
  const isOutOfTime = problem.code === 'assertion-command' && problem.facts.reason === 'timed-out'
  return isOutOfTime || problemClasses[problem.code] === 'network' ? 'network' : 'refused'
}

/** Entra asks for a person, here or through a tool that passed it on; or a tool has no other answer to a claims challenge. */
function isPersonToAct(problem: Problem): boolean {
  switch (problem.code) {
    case 'token-refused':
      return needsPerson(problem.facts)
    case 'tool-failed':
      return toolNeedsPerson(problem.facts)
    case 'tool-claims':
    case 'sign-in-needed':
    case 'accounts-ambiguous':
    case 'sign-in-other-account':
    case 'browser-unavailable':
      return true
    default:
      return false
  }
}
