/** From a problem's facts to its causes and to what a person can do. The one function that joins knowledge to a problem. */
import type { Problem, ProblemFacts, StsRefusal } from '../engine/problems.ts'
import { findAadsts } from '../knowledge/aadsts.ts'
import { type CauseId, causes } from '../knowledge/causes.ts'
import { certain, rankCauses } from './explain/rank.ts'
import { byItself } from './explain/rules.ts'
import { diagnoseFederation, federatedHints } from './federation.ts'
import { diagnoseManagedIdentity } from './managed-identity.ts'
import { diagnosePerson, signInAgain } from './person.ts'
import { diagnoseSignIn } from './sign-ins.ts'
import { diagnoseTool } from './tools.ts'

export interface Hint {
  readonly text: string
  /** One command, ready to paste, with the real ids filled in. */
  readonly command?: string
}

export interface Diagnosis {
  /** `AADSTS…` codes, in order of appearance. */
  readonly codes: readonly string[]
  /** Best first. */
  readonly causes: readonly CauseId[]
  readonly hints: readonly Hint[]
}

const nothing: Diagnosis = { codes: [], causes: [], hints: [] }

/** Promise: never throws; an unknown problem has no causes rather than a wrong one. */
export function diagnose(problem: Problem): Diagnosis {
  switch (problem.code) {
    case 'token-refused':
      return diagnoseRefusal(problem.facts)
    case 'environment-incomplete':
      return problem.facts.set.length === 0 ? nothing : known('env-incomplete', missingVariables(problem.facts.missing))
    case 'inputs-missing':
      if (problem.facts.isUnmeant === true) return nothing
      return {
        ...nothing,
        causes: missingInputs(problem.facts),
        hints: [inputsHint(problem.facts)],
      }
    case 'certificate-unusable':
      return known('cert-unreadable', certificateHint(problem.facts))
    case 'tenant-not-allowed':
      return known('tenant-not-allowed', {
        text: `allow it: --additionally-allowed-tenants ${problem.facts.tenantId}`,
      })
    case 'authority-untrusted':
      return {
        ...nothing,
        hints: [
          {
            text: `if this authority is yours, say so: --authority-host ${problem.facts.authority} or --disable-instance-discovery`,
          },
        ],
      }
    case 'network':
      return diagnoseNetwork(problem.facts.code)
    case 'token-answer-unreadable':
      return diagnoseUnreadable(problem.facts)
    case 'authority-discovery':
      return { ...nothing, hints: [{ text: `${problem.facts.authority}: ${problem.facts.reason}` }] }
    case 'input-invalid':
      return {
        ...nothing,
        hints: [{ text: `correct ${problem.facts.source}: the ${problem.facts.what} ${problem.facts.reason}` }],
      }
    case 'file-unreadable':
      return {
        ...nothing,
        causes: isMissingPodToken(problem.facts) ? ['wi-not-injected'] : [],
        hints: [fileHint(problem.facts)],
      }
    case 'username-password-unsupported':
    case 'timed-out':
    case 'interrupted':
    case 'unexpected':
    case 'not-supported':
      return nothing
    case 'federated-token-unusable':
    case 'assertion-command':
    case 'token-proxy-unusable':
    case 'pipelines-no-endpoint':
    case 'github-no-endpoint':
    case 'job-token-refused':
    case 'job-token-unreachable': {
      const { cause, hints } = diagnoseFederation(problem)
      return { codes: [], causes: cause === null ? [] : [cause], hints }
    }
    case 'tool-not-found':
    case 'tool-no-system-folder':
    case 'tool-not-started':
    case 'tool-timed-out':
    case 'tool-not-text':
    case 'tool-failed':
    case 'tool-output':
    case 'tool-token-malformed':
    case 'tool-claims':
    case 'tool-scopes':
    case 'powershell-module-missing':
      return diagnoseTool(problem)
    case 'shared-cache-accounts':
    case 'shared-cache-closed':
    case 'shared-cache-unreadable':
    case 'shared-cache-ended':
    case 'vscode-unavailable':
    case 'broker-unavailable':
      return diagnoseSignIn(problem)
    case 'sign-in-needed':
    case 'accounts-ambiguous':
    case 'sign-in-other-account':
    case 'browser-unavailable':
    case 'loopback-unavailable':
    case 'sign-in-timed-out':
    case 'device-code-expired':
    case 'sign-in-answer-unusable':
      return diagnosePerson(problem)
    default: {
      const { cause, hints } = diagnoseManagedIdentity(problem)
      return { codes: [], causes: cause === null ? [] : [cause], hints }
    }
  }
}

/** All that is missing at once, so that nobody has to come back for the next. */
function inputsHint({ inputs }: ProblemFacts['inputs-missing']): Hint {
  const [first, ...others] = inputs
  if (first !== undefined && others.length === 0)
    return { text: `give the ${first.name}: ${first.sources.join(' or ')}` }
  const listed = inputs.map(({ name, sources }) => `the ${name} (${sources.join(' or ')})`)
  const last = listed.pop()
  return { text: `give ${listed.join(', ')} and ${last}` }
}

function certificateHint({ reason, source }: ProblemFacts['certificate-unusable']): Hint {
  switch (reason) {
    case 'wrong-password':
    case 'password-needed':
      return { text: `give the password of this file${passwordPlace(source)}` }
    case 'no-private-key':
      return { text: `put the private key into the same file (${source})` }
    case 'no-certificate':
      return { text: `put the certificate into the same file (${source})` }
    case 'key-mismatch':
      return { text: `see that the first certificate in the file is the one of its private key (${source})` }
    case 'not-rsa':
      return { text: 'make a certificate with an RSA key: Entra takes no other' }
    case 'malformed':
      return { text: causes['cert-unreadable'].fix }
    default:
      return reason satisfies never
  }
}

/** Beside the source of a certificate, where there is one that a person can name. */
function passwordPlace(source: string): string {
  if (source === '--certificate') return ': --certificate-password-file FILE'
  return source === 'AZURE_CLIENT_CERTIFICATE_PATH' ? ': AZURE_CLIENT_CERTIFICATE_PASSWORD' : ''
}

function fileHint({ source, error: { code, path } }: ProblemFacts['file-unreadable']): Hint {
  switch (code) {
    case 'not-found':
      return { text: `put the file there, or correct ${source}: there is no ${path}` }
    case 'denied':
      return { text: `let this user read ${path} (${source})` }
    default:
      return { text: `name a file in ${source} that can be read: ${path} cannot` }
  }
}

/** The webhook of AKS sets the variable and mounts the file; a variable alone was copied from somewhere. */
function isMissingPodToken({ source, error }: ProblemFacts['file-unreadable']): boolean {
  return source === 'AZURE_FEDERATED_TOKEN_FILE' && error.code === 'not-found'
}

/** A pod that was made before its service account was annotated has none of the three. */
function missingInputs({ inputs }: ProblemFacts['inputs-missing']): readonly CauseId[] {
  return inputs.some(({ name }) => name === 'token file') ? ['wi-not-injected'] : []
}

function known(id: CauseId, ...hints: readonly Hint[]): Diagnosis {
  return { codes: [], causes: [id], hints: hints.length > 0 ? hints : [{ text: causes[id].fix }] }
}

/** Entra answers in JSON: anything else was said by somebody in between. */
function diagnoseUnreadable({ authority, status, contentType }: ProblemFacts['token-answer-unreadable']): Diagnosis {
  const type = contentType === '' ? 'something without a type' : contentType
  return known('network-blocked', {
    text: `${authority} answered ${status} with ${type} and no token: see what stands in between (a proxy, a sign-in page)`,
  })
}

function missingVariables(names: readonly string[]): Hint {
  return { text: `set ${names.join(' and ')} as well, or unset the others` }
}

function diagnoseRefusal(refusal: StsRefusal): Diagnosis {
  return {
    codes: refusal.codes,
    causes: causesOfRefusal(refusal),
    hints: [
      ...signInHints(refusal),
      ...federatedHints(refusal),
      ...refusal.codes.flatMap((code) => hintFor(code, refusal)),
    ],
  }
}

/** An account of azid's own is signed in again by azid, with all that was asked for. */
function signInHints(refusal: StsRefusal): readonly Hint[] {
  return refusal.account === undefined || !needsPerson(refusal) ? [] : [signInAgain(refusal, refusal.account)]
}

/** By the rules of `explain`: a code alone often misleads, and the description decides. Only what is told for certain. */
function causesOfRefusal({ description, codes }: StsRefusal): readonly CauseId[] {
  const flat = description.replace(/\s+/g, ' ')
  return rankCauses(flat, codes, byItself)
    .filter(({ strength }) => strength >= certain)
    .map(({ id }) => id)
}

/** The fix of the code's row; its commands' placeholders become the ids of this request. */
function hintFor(code: string, refusal: StsRefusal): readonly Hint[] {
  const entry = findAadsts(code)
  if (entry === undefined) return []
  const command = commands[code]?.(refusal)
  if (command === undefined) return [{ text: fillIn(entry.fix, refusal) }]
  return [{ text: fillIn(withoutCommand(entry.fix), refusal), command }]
}

/** A row may end in its command, which is then given apart. */
function withoutCommand(fix: string): string {
  return fix.replace(/: az .*$/, '')
}

function fillIn(text: string, refusal: StsRefusal): string {
  return text
    .replaceAll('<client-id>', refusal.clientId ?? '<client-id>')
    .replaceAll('<tenant>', refusal.tenantId === '' ? '<tenant>' : refusal.tenantId)
}

const commands: Readonly<Record<string, (refusal: StsRefusal) => string | undefined>> = {
  AADSTS7000215: resetSecret,
  AADSTS7000222: resetSecret,
  AADSTS700016: ({ clientId }) => (clientId === undefined ? undefined : `az ad app show --id ${clientId}`),
  AADSTS65001: ({ clientId }) =>
    clientId === undefined ? undefined : `az ad app permission admin-consent --id ${clientId}`,
}

function resetSecret({ clientId }: StsRefusal): string | undefined {
  return clientId === undefined ? undefined : `az ad app credential reset --id ${clientId} --append`
}

function diagnoseNetwork(code: string): Diagnosis {
  switch (code) {
    case 'dns':
      return known('dns-failure')
    case 'tls':
      return known('tls-trust', { text: 'give the root that signed it, in PEM: --ca-file FILE or NODE_EXTRA_CA_CERTS' })
    default:
      return known('network-blocked')
  }
}

/**
 * Whether a refusal asks for a person (MFA, consent, a new sign-in): OpenID Connect Core 3.1.2.6 errors, or a code of
 * those kinds.
 */
export function needsPerson(refusal: StsRefusal): boolean {
  if (['interaction_required', 'consent_required', 'login_required'].includes(refusal.error)) return true
  return refusal.codes.some((code) => ['mfa', 'consent', 'session-expired'].includes(findAadsts(code)?.category ?? ''))
}
