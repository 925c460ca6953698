/** Hints for a person who has to sign in, or tried to. */
import type { Problem, ProblemFacts, StsRefusal, WantedSignIn } from '../engine/problems.ts'
import type { CauseId } from '../knowledge/causes.ts'
import type { Diagnosis, Hint } from './diagnose.ts'

export type PersonProblem = Extract<
  Problem,
  {
    code:
      | `sign-in-${string}`
      | 'accounts-ambiguous'
      | 'browser-unavailable'
      | 'loopback-unavailable'
      | 'device-code-expired'
  }
>

export function diagnosePerson(problem: PersonProblem): Diagnosis {
  switch (problem.code) {
    case 'sign-in-needed':
      return hints(needed(problem.facts))
    case 'accounts-ambiguous':
      return found(['account-ambiguous'], {
        text: `say which one: --username NAME; signed in are ${problem.facts.found.map(wordAccount).join(', ')}`,
      })
    case 'sign-in-other-account':
      return hints({
        text: `sign in again and choose ${problem.facts.wanted}; where the browser does not ask, use a private window`,
        command: wordLogin({ username: problem.facts.wanted, tenantId: undefined, clientId: undefined }),
      })
    case 'browser-unavailable':
      return hints({
        text: `${problem.facts.reason}; sign in with a code on any device`,
        command: 'azid login --device-code',
      })
    case 'loopback-unavailable':
      return hints({
        text:
          problem.facts.code === 'in-use'
            ? `port ${problem.facts.port} is taken by another program: end it, or choose another port with --redirect-uri`
            : `${problem.facts.detail}; sign in with a code on any device: azid login --device-code`,
      })
    case 'sign-in-timed-out':
      return hints(
        problem.facts.way === 'device-code'
          ? { text: 'start again, and enter the code in time; --timeout 15m gives more of it' }
          : {
              text: 'start again, and finish in the browser in time (--timeout 10m gives more of it); if its page showed an error, that is what to repair: azid explain says what its code means; where the browser cannot come back to this machine, sign in with a code',
              command: 'azid login --device-code',
            },
      )
    case 'device-code-expired':
      return hints({ text: 'start again: each code is good for one sign-in and a short time' })
    case 'sign-in-answer-unusable':
      return hints({ text: 'start again; finish in the window that was opened last' })
    default:
      return problem satisfies never
  }
}

function hints(...all: readonly Hint[]): Diagnosis {
  return { codes: [], causes: [], hints: all }
}

function found(causes: readonly CauseId[], ...all: readonly Hint[]): Diagnosis {
  return { codes: [], causes, hints: all }
}

function needed({ why, username, tenantId, clientId }: ProblemFacts['sign-in-needed']): Hint {
  return {
    text: `${reasons[why]}; sign in once, and the account is remembered`,
    command: wordLogin({ username, tenantId, clientId }),
  }
}

/** What the account that is remembered cannot give, a new sign-in can. */
export function signInAgain(
  { tenantId }: Pick<StsRefusal, 'tenantId'>,
  { username, clientId, scopes, claims }: WantedSignIn,
): Hint {
  return {
    text: 'a person has to sign in again for this; then ask once more',
    command: wordLogin({
      username: username === '' ? undefined : username,
      tenantId: tenantId === '' ? undefined : tenantId,
      clientId,
      scopes,
      claims,
    }),
  }
}

interface LoginWords {
  readonly username: string | undefined
  readonly tenantId: string | undefined
  readonly clientId: string | undefined
  readonly scopes?: readonly string[]
  readonly claims?: string | undefined
}

function wordLogin({ username, tenantId, clientId, scopes = [], claims }: LoginWords): string {
  const words = [
    ...(username === undefined ? [] : ['--username', username]),
    ...(tenantId === undefined ? [] : ['--tenant', tenantId]),
    ...(clientId === undefined ? [] : ['--client-id', clientId]),
    ...scopes.flatMap((scope) => ['--scope', scope]),
    ...(claims === undefined ? [] : ['--claims', claims]),
  ]
  return ['azid login', ...words.map(quoteWord)].join(' ')
}

/** A name such as `o'neil@contoso.com` is one word of a shell as well. */
function quoteWord(word: string): string {
  return /^[\w.:/@*~+=,%-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

const reasons: Readonly<Record<ProblemFacts['sign-in-needed']['why'], string>> = {
  'no-prompt': 'a person has to sign in, and --no-prompt says to ask nobody',
  ci: 'a person has to sign in, and CI is set: nobody is there to ask',
  'no-terminal': 'a person has to sign in, and stdin is no terminal to ask on',
  'automatic-off': 'a person has to sign in, and automatic authentication is switched off',
  'account-only': 'the account that was remembered is there no more',
  'no-refresh-token': 'the account that was remembered has no refresh token any more',
}

function wordAccount({ username, tenantId, clientId }: ProblemFacts['accounts-ambiguous']['found'][number]): string {
  return `${username} (tenant ${tenantId}, app ${clientId})`
}
