/** Causes and hints of client assertions: where one should have come from, and why Entra did not take the one it got. */
import type { Problem, ProblemFacts, StsRefusal } from '../engine/problems.ts'
import type { CauseId } from '../knowledge/causes.ts'
import type { Hint } from './diagnose.ts'

export type FederationProblem = Extract<
  Problem,
  {
    code:
      | 'federated-token-unusable'
      | 'assertion-command'
      | 'token-proxy-unusable'
      | 'pipelines-no-endpoint'
      | 'github-no-endpoint'
      | `job-token-${string}`
  }
>

interface Finding {
  readonly cause: CauseId | null
  readonly hints: readonly Hint[]
}

export function diagnoseFederation(problem: FederationProblem): Finding {
  switch (problem.code) {
    case 'federated-token-unusable':
      return unusable(problem.facts)
    case 'assertion-command':
      return command(problem.facts)
    case 'token-proxy-unusable':
      return hinted(null, proxyHint(problem.facts))
    case 'pipelines-no-endpoint':
      return hinted(
        'pipelines-oidc-unavailable',
        `${problem.facts.variable} is there in a job of Azure Pipelines only; in one, pass it on to the container or script`,
      )
    case 'github-no-endpoint':
      return problem.facts.isJob
        ? hinted(
            'oidc-permission-missing',
            'let the job ask for an id token: `permissions: id-token: write` in the workflow (a pull request from a fork never may)',
          )
        : hinted(
            null,
            'use it in a job of GitHub Actions; in a container, pass the two ACTIONS_ID_TOKEN_REQUEST variables on',
          )
    case 'job-token-refused':
      return problem.facts.service === 'azure-pipelines'
        ? pipelinesRefused(problem.facts)
        : githubRefused(problem.facts)
    case 'job-token-unreachable':
      return hinted('network-blocked', `let ${problem.facts.error.host} be reached from this job`)
    default:
      return problem satisfies never
  }
}

function hinted(cause: CauseId | null, ...texts: readonly string[]): Finding {
  return { cause, hints: texts.map((text) => ({ text })) }
}

function unusable({ source, path, reason }: ProblemFacts['federated-token-unusable']): Finding {
  const place = path ?? source
  if (reason === 'empty') return hinted(null, `${place} is empty: see who should write the token into it`)
  return hinted(
    'assertion-wrong-token',
    `${place} (${source}) holds no JWT, so nothing was sent: name the file or command that gives the token itself`,
  )
}

function command({ program, reason, source }: ProblemFacts['assertion-command']): Finding {
  switch (reason) {
    case 'not-started':
      return hinted(null, `see that ${program} can be run (${source})`)
    case 'timed-out':
      return hinted(null, `run ${program} by hand and see what it waits for; it gets no terminal and no input`)
    default:
      return hinted(null, `run ${program} by hand: it has to print the assertion and end with 0`)
  }
}

function proxyHint({ source, reason, value }: ProblemFacts['token-proxy-unusable']): string {
  switch (reason) {
    case 'not-set':
      return `set ${source}, or leave the other AZURE_KUBERNETES variables out: the webhook of AKS sets all of them in a pod`
    case 'two-anchors':
      return `set AZURE_KUBERNETES_CA_FILE or AZURE_KUBERNETES_CA_DATA, not both`
    case 'not-url':
    case 'not-https':
    case 'user-info':
    case 'query':
    case 'fragment':
      return `correct ${source}: an https address without user, query and fragment`
    case 'ca-unreadable':
      return `let this user read ${value ?? source} (${source})`
    case 'ca-empty':
    case 'ca-invalid':
      return `see that ${value ?? source} holds the certificates of the proxy's authority, as PEM`
    default:
      return reason satisfies never
  }
}

function pipelinesRefused({ reason, status, host }: ProblemFacts['job-token-refused']): Finding {
  switch (reason) {
    case 'sign-in-page':
    case 'redirect':
    case 'unauthorized':
      return hinted(
        'pipelines-oidc-unavailable',
        `${host} does not know the job's token: map it in the step, \`env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)\`; it ends with the job`,
      )
    case 'forbidden':
      return hinted(
        'pipelines-oidc-unavailable',
        'let this pipeline use the service connection (its Security page), and reference it in the stage',
      )
    case 'not-found':
      return hinted(
        'pipelines-oidc-unavailable',
        "correct the service connection's id: it is `resourceId` in the address of its page, not its name",
      )
    default:
      return hinted(
        'pipelines-oidc-unavailable',
        `${host} answered ${status} and no token: try again, or look at its status page`,
      )
  }
}

function githubRefused({ reason, status, host }: ProblemFacts['job-token-refused']): Finding {
  return reason === 'unauthorized' || reason === 'forbidden'
    ? hinted(
        'oidc-permission-missing',
        'ask from within the running job: its request token ends with it, and needs `permissions: id-token: write`',
      )
    : hinted(null, `${host} answered ${status} and no token: try again, or see githubstatus.com`)
}

const mismatches: ReadonlySet<string> = new Set([
  'AADSTS70021',
  'AADSTS700211',
  'AADSTS700212',
  'AADSTS700213',
  'AADSTS7002138',
])

/** What the presented assertions themselves say about a refusal; more to the point than the row of the code. */
export function federatedHints({ codes, assertion, userAssertion, clientId, timestamp }: StsRefusal): readonly Hint[] {
  if (assertion !== undefined && codes.some((code) => mismatches.has(code))) return mismatchHints(assertion, clientId)
  if (assertion?.expiresOn !== undefined && codes.includes('AADSTS700024')) {
    return [
      {
        text: `the assertion that was sent is good until ${iso(assertion.expiresOn)}, and Entra's clock said ${timestamp ?? 'later'}: renew it, or set this clock right`,
      },
    ]
  }
  if (userAssertion?.audience !== undefined && codes.includes('AADSTS500131')) {
    return [
      {
        text: `the user's token is for ${userAssertion.audience}: let the client ask for one for this app, ${clientId ?? 'by its client id'}`,
      },
    ]
  }
  if (userAssertion?.expiresOn !== undefined && codes.includes('AADSTS500133')) {
    return [{ text: `the user's token ended ${iso(userAssertion.expiresOn)}: exchange it as soon as it comes in` }]
  }
  return []
}

function iso(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z')
}

/** The command that registers what was presented. */
function mismatchHints(
  { issuer, subject, audience }: NonNullable<StsRefusal['assertion']>,
  clientId: string | undefined,
): readonly Hint[] {
  if (issuer === undefined || subject === undefined || audience === undefined || clientId === undefined) return []
  const text = `presented: issuer ${issuer}, subject ${subject}, audience ${audience}; register exactly these on the app if this job may be it`
  return [{ text, command: registrationCommand({ issuer, subject, audience }, clientId) }]
}

/** What lets an app trust exactly this issuer, subject and audience; ready to paste. */
export function registrationCommand(
  { issuer, subject, audience }: { readonly issuer: string; readonly subject: string; readonly audience: string },
  clientId: string,
): string {
  const name = subject
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 100)
  const parameters = { name: name.length < 3 ? `azid-${name}` : name, issuer, subject, audiences: [audience] }
  return `az ad app federated-credential create --id ${quote(clientId)} --parameters ${quote(toAscii(parameters))}`
}

/** Pure ASCII: nothing in it can steer a terminal. */
function toAscii(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^\x20-\x7e]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** One word for a POSIX shell, whatever an issuer put into its claims. */
function quote(text: string): string {
  return /^[A-Za-z0-9-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
