/** Causes and hints of sign-ins that other programs keep; silent where there simply is none. */
import type { Problem, ProblemFacts } from '../engine/problems.ts'
import type { CauseId } from '../knowledge/causes.ts'
import type { Diagnosis, Hint } from './diagnose.ts'

export type SignInProblem = Extract<
  Problem,
  { code: `shared-cache-${string}` | 'vscode-unavailable' | 'broker-unavailable' }
>

export function diagnoseSignIn(problem: SignInProblem): Diagnosis {
  switch (problem.code) {
    case 'shared-cache-accounts':
      return accounts(problem.facts)
    case 'shared-cache-closed':
      return found(['token-cache-persistence'], {
        text: `${problem.facts.path} is sealed with ${problem.facts.protection}, and azid does not open it; sign in with a tool: az login`,
      })
    case 'shared-cache-unreadable':
      return found(['token-cache-persistence'], {
        text: `${problem.facts.path} holds no cache: move it away; the tool that wrote it makes a new one`,
      })
    case 'shared-cache-ended':
      return found(['ide-signin-unavailable'], {
        text: 'let the tool that keeps the cache get a new token, or sign in with az',
        command: 'az login',
      })
    case 'vscode-unavailable':
      return vscode(problem.facts.record)
    case 'broker-unavailable':
      return problem.facts.hasBroker
        ? found([], { text: 'azid does not ask the broker of the system; sign in with a tool: az login' })
        : found([])
    default:
      return problem satisfies never
  }
}

function found(causes: readonly CauseId[], ...hints: readonly Hint[]): Diagnosis {
  return { codes: [], causes, hints }
}

function accounts({ reason, found: names, path }: ProblemFacts['shared-cache-accounts']): Diagnosis {
  if (reason === 'none') return found([])
  const text = `choose one of ${path} with --username and --tenant (AZURE_USERNAME and AZURE_TENANT_ID in the default chain): ${names.join(', ')}`
  return found(reason === 'none-matches' ? [] : ['account-ambiguous'], { text })
}

function vscode(record: ProblemFacts['vscode-unavailable']['record']): Diagnosis {
  switch (record.state) {
    case 'missing':
      return found([])
    case 'found':
      return found(['ide-signin-unavailable'], {
        text: `VS Code is signed in as ${record.username}, and the broker keeps its tokens, which azid cannot ask; sign in with az as well`,
        command: `az login --tenant ${record.tenantId}`,
      })
    case 'unusable':
      return found(['ide-signin-unavailable'], {
        text: `${record.path} is no record of a sign-in: ${record.reason}; sign in again in VS Code, or with az`,
      })
    default:
      return record satisfies never
  }
}
