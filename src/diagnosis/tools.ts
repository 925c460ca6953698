/** Causes and hints of developer tools: not there, nobody signed in, or what they themselves said. */
import type { Problem, ProblemFacts } from '../engine/problems.ts'
import { findAadsts } from '../knowledge/aadsts.ts'
import type { CauseId } from '../knowledge/causes.ts'
import { codeCauses } from './code-causes.ts'
import type { Diagnosis, Hint } from './diagnose.ts'

export type ToolProblem = Extract<Problem, { code: `tool-${string}` | 'powershell-module-missing' }>

type ToolName = ProblemFacts['tool-failed']['tool']

const signIn: Readonly<Record<ToolName, string>> = {
  az: 'az login',
  azd: 'azd auth login',
  pwsh: 'Connect-AzAccount',
}

const notSignedIn: Readonly<Record<ToolName, CauseId>> = {
  az: 'cli-not-logged-in',
  azd: 'azd-not-logged-in',
  pwsh: 'powershell-not-logged-in',
}

const titles: Readonly<Record<ToolName, string>> = {
  az: 'the Azure CLI',
  azd: 'the Azure Developer CLI',
  pwsh: 'PowerShell with its Az module',
}

export function diagnoseTool(problem: ToolProblem): Diagnosis {
  switch (problem.code) {
    case 'tool-not-found':
      return notFound(problem.facts)
    case 'tool-no-system-folder':
      return found([], { text: 'set SystemRoot, as Windows does for every process: a tool is started there' })
    case 'tool-not-started':
      return found(['cli-invocation-failed'], {
        text: `see why ${problem.facts.file} cannot be started: ${problem.facts.detail}`,
      })
    case 'tool-timed-out':
      return found(['cli-timeout'], {
        text: `${problem.facts.file} took longer than ${problem.facts.timeoutMs} ms: give it more with --process-timeout 30s, and run it by hand to see what it waits for`,
      })
    case 'tool-not-text':
      return found(['cli-invocation-failed'], {
        text: `${problem.facts.file} prints what is not UTF-8: see whether it is ${titles[problem.facts.tool]}`,
      })
    case 'tool-failed':
      return failed(problem.facts)
    case 'tool-output':
      return output(problem.facts)
    case 'tool-token-malformed':
      return found(['cli-invocation-failed'], anotherProgram(problem.facts))
    case 'tool-claims':
      return found(['cae-challenge'], claimsHint(problem.facts))
    case 'tool-scopes':
      return found(['scope-invalid'], { text: 'ask for one scope: this tool gives a token for one resource' })
    case 'powershell-module-missing':
      return found([], {
        text: 'install the Az.Accounts module, 2.2.0 or newer, for this user',
        command: 'Install-Module Az.Accounts -Scope CurrentUser',
      })
    default:
      return problem satisfies never
  }
}

function found(causes: readonly CauseId[], ...hints: readonly Hint[]): Diagnosis {
  return { codes: [], causes, hints }
}

function notFound({ tool, refused, passedOver }: ProblemFacts['tool-not-found']): Diagnosis {
  const causes: readonly CauseId[] = tool === 'az' ? ['cli-not-installed'] : []
  if (refused !== undefined)
    return found(causes, { text: `let ${refused} be executed`, command: `chmod +x ${refused}` })
  const relative =
    passedOver.length === 0
      ? []
      : [{ text: `only absolute folders of PATH are looked into; passed over: ${passedOver.join(', ')}` }]
  return found(causes, ...relative, {
    text: `install ${titles[tool]} and sign in with \`${signIn[tool]}\`, or use another credential`,
  })
}

function failed({ tool, file, ending, reason, message, codes }: ProblemFacts['tool-failed']): Diagnosis {
  switch (reason) {
    case 'not-logged-in':
      // The SDK looked at the command that the tool proposes, and not at Entra's reason before it.
      if (codes.length > 0) return refusedThrough(tool, codes)
      return found([notSignedIn[tool]], { text: 'sign in where this runs, as the same user', command: signIn[tool] })
    case 'claims-needed':
      return found([notSignedIn[tool]], { text: 'sign in again: more is asked of the account', command: signIn[tool] })
    case 'claims-flag-unknown':
      return found(['tool-version-bug'], {
        text: 'update azd to 1.18.1 or newer: older ones answer no claims challenge',
      })
    case 'execution-policy':
      return found([], {
        text: 'let this user run signed modules',
        command: 'Set-ExecutionPolicy -Scope CurrentUser RemoteSigned',
      })
    case 'other':
      break
    default:
      return reason satisfies never
  }
  if (codes.length > 0) return refusedThrough(tool, codes)
  if (tool === 'az' && /Subscription '.*' not found|No subscription found/.test(message)) {
    return found(['subscription-not-visible'], {
      text: 'name a subscription that this account sees, or sign in to its tenant',
      command: 'az account list --all --output table',
    })
  }
  if (tool === 'az' && message.includes('only one of subscription and tenant')) {
    return found(['cli-invocation-failed'], { text: 'give --subscription or --tenant: az takes one of them' })
  }
  const said = message.trim() === '' ? 'said nothing' : 'says why itself'
  return found(['cli-invocation-failed'], { text: `${file} ended with ${ending} and ${said}: run it by hand` })
}

/** Entra said no, and the tool passed it on; what the code means counts, whatever the SDK makes of the text. */
function refusedThrough(tool: ToolName, codes: readonly string[]): Diagnosis {
  const causes = [...new Set(codes.flatMap((code) => codeCauses[code] ?? []))]
  const fixes = codes.flatMap((code) => {
    const entry = findAadsts(code)
    return entry === undefined ? [] : [{ text: `${code}: ${entry.fix}` }]
  })
  const again = codes.some(isForPerson) ? [{ text: `sign in to ${titles[tool]} again`, command: signIn[tool] }] : []
  return { codes, causes, hints: [...fixes, ...again] }
}

/** MFA, consent, a new sign-in. */
function isForPerson(code: string): boolean {
  return ['mfa', 'consent', 'session-expired'].includes(findAadsts(code)?.category ?? '')
}

/** Whether what a tool passed on asks for a person. */
export function toolNeedsPerson({ codes }: ProblemFacts['tool-failed']): boolean {
  return codes.some(isForPerson)
}

function output(facts: ProblemFacts['tool-output']): Diagnosis {
  if (facts.codes.length > 0) return refusedThrough(facts.tool, facts.codes)
  if (facts.isSurrounded) {
    const quiet = facts.tool === 'az' ? { command: 'az config set core.only_show_errors=true' } : {}
    return found(['cli-invocation-failed'], {
      text: `${facts.file} prints more than its answer: silence its warnings, or what wraps it`,
      ...quiet,
    })
  }
  return found(['cli-invocation-failed'], anotherProgram(facts))
}

function anotherProgram({ tool, file }: { readonly tool: ToolName; readonly file: string }): Hint {
  return {
    text: `${file} answered and not as ${titles[tool]} does: see whether it is another program of that name`,
    command: tool === 'pwsh' ? `${file} -Version` : `${file} version`,
  }
}

function claimsHint({ tool, claims, tenantId, scope }: ProblemFacts['tool-claims']): Hint {
  const text = 'a person has to satisfy the challenge; then ask again without --claims'
  if (tool === 'pwsh') {
    const tenant = tenantId === undefined ? '' : ` -Tenant ${tenantId}`
    return { text, command: `Connect-AzAccount -ClaimsChallenge ${claims}${tenant}` }
  }
  const options = [
    ...(tenantId === undefined ? [] : ['--tenant', tenantId]),
    ...(scope === undefined ? [] : ['--scope', scope]),
  ]
  return { text, command: ['az login --claims-challenge', claims, ...options].join(' ') }
}
