/** Causes and hints of managed identity's problems: what the host said, or that there is no host. */
import type { Problem, ProblemFacts } from '../engine/problems.ts'
import type { CauseId } from '../knowledge/causes.ts'
import type { Hint } from './diagnose.ts'
import { isTold } from './explain/rules.ts'

export type ManagedIdentityProblem = Extract<
  Problem,
  {
    code:
      | `managed-identity-${string}`
      | 'arc-challenge-refused'
      | 'service-fabric-thumbprint'
      | 'token-exchange-client-id'
  }
>

interface Finding {
  readonly cause: CauseId | null
  readonly hints: readonly Hint[]
}

const idOptions = { clientId: '--client-id', objectId: '--object-id', resourceId: '--resource-id' } as const

export function diagnoseManagedIdentity(problem: ManagedIdentityProblem): Finding {
  switch (problem.code) {
    case 'managed-identity-no-host':
      return noHost(problem.facts)
    case 'managed-identity-ids':
      return hinted(null, `give one of ${problem.facts.ids.map((id) => idOptions[id]).join(', ')}`)
    case 'managed-identity-id-refused':
      return hinted(
        'mi-request-unsupported',
        problem.facts.host === 'azure-ml'
          ? `name the identity by its client id in place of ${problem.facts.source}: this host knows no other id`
          : `leave out the id (${problem.facts.source}): this host gives one identity and takes no id`,
      )
    case 'managed-identity-endpoint':
      return hinted(
        'mi-endpoint-env-missing',
        `repair ${problem.facts.variable}: the host sets it, so restart the process`,
      )
    case 'managed-identity-header':
      return hinted('mi-endpoint-env-missing', `repair ${problem.facts.variable}: it holds what no header can carry`)
    case 'managed-identity-unreachable':
      return unreachable(problem.facts)
    case 'managed-identity-answer':
      return answered(problem.facts)
    case 'managed-identity-no-sign':
      return hinted('imds-unreachable', 'leave --fast out if this is a machine of Azure all the same')
    case 'arc-challenge-refused':
      return arcRefused(problem.facts)
    case 'managed-identity-scopes':
      return hinted('scope-invalid', 'ask for one scope: managed identity gives a token for one resource')
    case 'service-fabric-thumbprint':
      return hinted(
        'tls-trust',
        'another server answers than the one whose certificate IDENTITY_SERVER_THUMBPRINT names',
      )
    case 'token-exchange-client-id':
      return hinted('env-incomplete', `give a client id: ${problem.facts.sources.join(' or ')}`)
    default:
      return problem satisfies never
  }
}

function hinted(cause: CauseId | null, ...texts: readonly string[]): Finding {
  return { cause, hints: texts.map((text) => ({ text })) }
}

function noHost({ set, missing }: ProblemFacts['managed-identity-no-host']): Finding {
  return hinted(
    'mi-endpoint-env-missing',
    `${set.join(' and ')} ${set.length === 1 ? 'is' : 'are'} set without ${missing.join(' or ')}: restart the process in its host, or unset ${set.length === 1 ? 'it' : 'them'}`,
  )
}

function unreachable(facts: ProblemFacts['managed-identity-unreachable']): Finding {
  if (facts.host !== 'imds') {
    const found = hinted('mi-endpoint-error', `see that the host's own service listens at ${facts.endpoint}`)
    return withProxyHint(found, facts.proxy)
  }
  return withProxyHint(hinted('imds-unreachable', whyNobody(facts)), facts.proxy)
}

function whyNobody({ endpoint, azureSigns = [] }: ProblemFacts['managed-identity-unreachable']): string {
  const [first, ...others] = azureSigns
  if (first === undefined) {
    return 'outside Azure there is no managed identity: sign in with a tool, or leave it out with --exclude managed-identity'
  }
  // Set by people who test, too: alone it says where to ask, not what this machine is.
  if (first === 'AZURE_POD_IDENTITY_AUTHORITY_HOST' && others.length === 0) {
    return `nothing answers at ${endpoint}, where ${first} says: start what it is meant for, or unset it`
  }
  return `this looks like a machine of Azure (${azureSigns.join(', ')}): let ${endpoint} be reached from here`
}

/** azid asks no proxy for the identity of this machine; a program on an SDK may. */
function withProxyHint({ cause, hints }: Finding, proxy: ProblemFacts['managed-identity-answer']['proxy']): Finding {
  if (proxy === undefined) return { cause, hints }
  const text = `${proxy.variable} sends a program's request to a proxy, where azid asks the host itself: exempt the address`
  return { cause, hints: [...hints, { text, command: proxy.command }] }
}

function answered(facts: ProblemFacts['managed-identity-answer']): Finding {
  const { fault, status, id, host, error, description } = facts
  const text = `${error ?? ''} ${description ?? ''} ${facts.body}`
  if (fault === 'gateway') {
    return hinted(
      'imds-unreachable',
      'a container gateway answered for an address that it cannot reach: no managed identity here',
    )
  }
  const cloud = host === 'imds' ? findOtherCloud(facts.headers ?? {}) : null
  if (cloud !== null) {
    return hinted(
      'imds-unreachable',
      `the metadata service of ${cloud} answers at this address: this is no machine of Azure, so let ${cloud} vouch for the app (workload identity federation), or leave managed identity out`,
    )
  }
  if (isTold('several-identities', text)) {
    return hinted('mi-ambiguous', 'name the identity: --client-id ID, or AZURE_CLIENT_ID for the default chain')
  }
  if (isNotAssigned(status, text)) {
    return id === undefined
      ? hinted('mi-none-assigned', 'assign an identity to this resource, or leave managed identity out')
      : hinted(
          'mi-not-assigned',
          `attach the identity to this resource, or correct ${idOptions[id]} (in the default chain: AZURE_CLIENT_ID)`,
        )
  }
  if (/audience|resource/i.test(error ?? '') && status === 400) {
    return hinted(
      'mi-request-unsupported',
      'this host has no token for that resource: ask for another, or use another credential',
    )
  }
  if (fault === 'content-type' || fault === 'not-json' || fault === 'not-object') {
    return host === 'imds'
      ? hinted(
          'imds-proxied',
          'something else answers in its place: a portal, a proxy or a security agent; exempt 169.254.169.254 from it',
        )
      : hinted('mi-endpoint-error', `what answers at ${facts.endpoint} is not an identity endpoint`)
  }
  const found = hinted('mi-endpoint-error', "try again later; if it goes on, look at the host's own service")
  return withProxyHint(found, facts.proxy)
}

/** Other clouds have a service of their own at the address of IMDS, and put its name into headers. */
function findOtherCloud(headers: Readonly<Record<string, string>>): string | null {
  const { server = '' } = headers
  if (/^EC2ws\b/i.test(server)) return 'AWS'
  const flavour = headers['metadata-flavor'] ?? ''
  return /^google$/i.test(flavour) || /^Metadata Server for VM/i.test(server) ? 'Google Cloud' : null
}

/** The same words that `explain` knows them by; a host that only has one identity answers 404 without any. */
function isNotAssigned(status: number, text: string): boolean {
  if (status !== 400 && status !== 404) return false
  return (
    ['requested-identity-missing', 'no-identity-at-all', 'az-identity-refused'].some((id) => isTold(id, text)) ||
    /identity not found|no managed identity|not (been )?assigned/i.test(text)
  )
}

function arcRefused({ reason, path }: ProblemFacts['arc-challenge-refused']): Finding {
  switch (reason) {
    case 'unreadable':
      return {
        cause: 'arc-key-unreadable',
        hints: [
          {
            text: `let this user read ${path ?? 'the key file'}: make it a member of the agent's group`,
            command: 'sudo usermod -aG himds "$USER"',
          },
        ],
      }
    case 'not-confirmed':
      return hinted('mi-request-unsupported', 'leave out the id: this agent gives its own identity only')
    default:
      return hinted(
        'mi-endpoint-error',
        'see that the Azure Connected Machine agent is what answers',
        'azcmagent show tells its state',
      )
  }
}
