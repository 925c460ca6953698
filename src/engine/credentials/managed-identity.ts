/** ManagedIdentityCredential: the identity that Azure gives the machine, app or container this process runs in. */
import type { Env } from '../../runtime.ts'
import { abortProblem } from '../chain.ts'
import { arcAgentPath } from '../managed-identity/azure-arc.ts'
import { askHost, type IdentityId } from '../managed-identity/client.ts'
import { type Detection, describeDetection, detectHost, findSender, variablesOf } from '../managed-identity/detect.ts'
import type { IdKind } from '../managed-identity/facts.ts'
import type { Variables } from '../managed-identity/hosts.ts'
import { podIdentityVariable } from '../managed-identity/imds.ts'
import { findMachineSigns, signVariables } from '../managed-identity/machine-signs.ts'
import { type AskedHost, type ManagedIdentityProfile, managedIdentityProfile } from '../managed-identity/profile.ts'
import { type Problem, problem } from '../problems.ts'
import type {
  Choice,
  Credential,
  CredentialConfig,
  CredentialDefinition,
  DeclaredInputs,
  EnginePorts,
  Outcome,
  TokenRequest,
} from '../types.ts'
import { workloadIdentityCredential } from './workload-identity.ts'

const clientIdVariable = 'AZURE_CLIENT_ID'
const chainVariable = 'AZURE_TOKEN_CREDENTIALS'

const optionNames: Readonly<Record<IdKind, string>> = {
  clientId: '--client-id',
  objectId: '--object-id',
  resourceId: '--resource-id',
}

/**
 * One identity: the system-assigned one, or the one named by client id, object id or resource id. Which host is asked
 * comes from variables; IMDS, the host of last resort, is probed before it is asked when other credentials wait their turn.
 */
export const managedIdentity: CredentialDefinition = {
  name: 'ManagedIdentityCredential',
  aliases: ['managed-identity', 'managedidentity', 'msi'],
  create: createManagedIdentity,
  inputs: (config, ports) => ({
    variables: [
      ...variablesOf(profileFor(config)),
      ...chainVariables(config),
      ...(exchangeInputs(config, ports)?.variables ?? []),
      // Where Azure Arc's agent and its keys are.
      ...(ports.host.platform === 'win32' ? ['ProgramFiles', 'ProgramData'] : []),
      ...(config.fast === true ? signVariables : []),
    ],
    files: [],
    tokenFiles: exchangeInputs(config, ports)?.tokenFiles ?? [],
    values: [config.clientId, config.objectId, config.resourceId],
    isOfThisMachine: true,
  }),
}

/** Null: the variables do not choose token exchange. */
function exchangeInputs(config: CredentialConfig, ports: Pick<EnginePorts, 'env' | 'host'>): DeclaredInputs | null {
  const profile = profileFor(config)
  const { host } = detectHost(profile, readVariables(profile, ports), (config.clientId ?? '') !== '')
  return host === 'token-exchange' ? workloadIdentityCredential.inputs(config, ports) : null
}

/** In the default chain these decide as well; a named credential does not look at them. */
function chainVariables(config: CredentialConfig): readonly string[] {
  return config.role === 'chained' ? [clientIdVariable, chainVariable] : []
}

function createManagedIdentity(config: CredentialConfig, ports: EnginePorts): Credential {
  const profile = profileFor(config)
  let exchange: { readonly clientId: string; readonly credential: Credential } | null = null
  // IMDS that answered once is there: only the first request of an instance is preceded by a probe.
  let isProbed = false
  return {
    name: managedIdentity.name,
    getToken: async (request, signal) => {
      const variables = readVariables(profile, ports)
      const detection = detectHost(profile, variables, (config.clientId ?? '') !== '')
      const turn: Turn = { config, profile, ports, variables, detection }
      const plan = await makePlan(turn, request)
      if (plan.kind === 'refused') return conclude(turn, plan.problem, plan.choice)
      if (plan.kind === 'exchange') {
        const { clientId, choice } = plan
        if (exchange?.clientId !== clientId) exchange = { clientId, credential: exchangeToken(turn, clientId) }
        return { ...(await exchange.credential.getToken(request, signal)), choice }
      }
      const { asking, choice } = plan
      const isProbeMeant = asking.host === 'imds' && isProbeWanted(turn)
      const isProbing = isProbeMeant && !isProbed
      if (isProbing && config.fast === true) {
        const signs = await findMachineSigns(ports)
        if (signs.found.length === 0) {
          return conclude(turn, problem('managed-identity-no-sign', { looked: signs.looked }), choice)
        }
      }
      try {
        const answer = await askHost(
          {
            ...asking,
            probeMs: isProbing ? config.imdsTimeoutMs : null,
            isChained: config.role === 'chained',
            isProbed: isProbeMeant,
          },
          ports,
          signal,
          () => {
            isProbed = true
          },
        )
        return answer.ok ? { kind: 'token', token: answer.value, choice } : conclude(turn, answer.error, choice)
      } catch (error) {
        if (signal.aborted) return { kind: 'failed', problem: abortProblem(signal), choice }
        throw error
      }
    },
  }
}

interface Turn {
  readonly config: CredentialConfig
  readonly profile: ManagedIdentityProfile
  readonly ports: EnginePorts
  readonly variables: Variables
  readonly detection: Detection
}

/** Without token exchange where DefaultAzureCredential leaves workload identity out: it is no detour to it. */
function profileFor(config: CredentialConfig): ManagedIdentityProfile {
  const profile = managedIdentityProfile(config.sdk)
  if (config.excludesWorkloadIdentity !== true || profile.keepsExchange === true) return profile
  return { ...profile, detection: profile.detection.filter(({ host }) => host !== 'token-exchange') }
}

/** The variables that chose this are those of a workload identity. */
function exchangeToken({ config, ports, variables }: Turn, clientId: string): Credential {
  const tenantId = variables.get('AZURE_TENANT_ID') ?? ''
  return workloadIdentityCredential.create({ ...config, role: 'named', tenantId, clientId }, ports)
}

type Plan =
  | { readonly kind: 'refused'; readonly problem: Problem; readonly choice: Choice }
  | { readonly kind: 'exchange'; readonly clientId: string; readonly choice: Choice }
  | { readonly kind: 'ask'; readonly asking: Omit<Parameters<typeof askHost>[0], 'probeMs'>; readonly choice: Choice }

/** Whom to ask for what, or why nobody is asked; sends nothing. */
async function makePlan(turn: Turn, request: TokenRequest): Promise<Plan> {
  const { config, profile, ports, variables, detection } = turn
  const { host } = detection
  const refuse = (refused: Problem): Plan => ({
    kind: 'refused',
    problem: refused,
    choice: describeDetection(detection, null, null),
  })
  if (profile.checksAuthority === true && config.authorityProblem !== undefined) {
    return refuse(problem('input-invalid', config.authorityProblem))
  }
  const ids = readIds(config, ports)
  if (profile.refusesEmptyClientId === true && isEmptyId(config, ports)) {
    const reason = 'is set, but empty'
    return refuse(problem('input-invalid', { what: 'client id', source: clientIdVariable, reason, value: '' }))
  }
  if (ids.length > 1) return refuse(problem('managed-identity-ids', { ids: ids.map((id) => id.kind) }))
  const id = ids[0] ?? null
  if (host === null) return refuse(noHost(profile, variables, detection))
  if (host === 'token-exchange') {
    const clientId = id?.kind === 'clientId' ? id.value : (ports.env.get(clientIdVariable) ?? '')
    if (clientId !== '') return { kind: 'exchange', clientId, choice: describeDetection(detection, null, null) }
    return refuse(problem('token-exchange-client-id', { sources: ['--client-id', clientIdVariable] }))
  }
  if (id !== null && refusesId(profile, host, id.kind, config)) {
    return refuse(problem('managed-identity-id-refused', { host, id: id.kind, source: id.source }))
  }
  if (id === null && lacksDefaultId(profile, host, variables)) {
    const missing = [profile.defaultId?.variable ?? '']
    return refuse(problem('managed-identity-no-host', { set: detection.because, missing }))
  }
  const [scope] = request.scopes
  if (scope === undefined || request.scopes.length > 1) {
    return refuse(problem('managed-identity-scopes', { count: request.scopes.length }))
  }
  const { sender, agentPath } = await chooseSender(profile, host, variables, ports)
  const resource = scope.replace(/\/\.default$/, '')
  return {
    kind: 'ask',
    asking: { profile, host, sender, variables, resource, id },
    choice: describeDetection(detection, sender, agentPath),
  }
}

function readVariables(profile: ManagedIdentityProfile, { env }: Pick<EnginePorts, 'env'>): Variables {
  const read = variablesOf(profile).map((name) => [name, readVariable(name, profile, env)] as const)
  return new Map(read.filter((entry): entry is readonly [string, string] => entry[1] !== undefined))
}

function readVariable(name: string, { ignoresPodHost }: ManagedIdentityProfile, env: Env): string | undefined {
  const value = env.get(name)
  const isIgnored = name === podIdentityVariable && ignoresPodHost === true
  return isIgnored && !/^https?:\/\/(?:localhost|127\.|\[::1\])/i.test(value ?? '') ? undefined : value
}

/** Options first. AZURE_CLIENT_ID names the identity only in the default chain: on its own it belongs to other credentials. */
function readIds(config: CredentialConfig, { env }: EnginePorts): readonly IdentityId[] {
  const kinds: readonly IdKind[] = ['clientId', 'objectId', 'resourceId']
  const given = kinds.flatMap((kind) => {
    const value = config[kind]
    return value === undefined || value === '' ? [] : [{ kind, value, source: optionNames[kind] }]
  })
  if (given.length > 0 || config.role === 'named') return given
  const fromVariable = env.get(clientIdVariable) ?? ''
  return fromVariable === '' ? [] : [{ kind: 'clientId', value: fromVariable, source: clientIdVariable }]
}

/** The variable is there, and nothing in it. */
function isEmptyId({ clientId, role }: CredentialConfig, { env }: EnginePorts): boolean {
  return role === 'chained' && clientId === undefined && env.get(clientIdVariable) === ''
}

function noHost(profile: ManagedIdentityProfile, variables: Variables, detection: Detection): Problem {
  const partners = profile.detection.filter(
    (row) => row.host !== null && detection.because.every((name) => row.variables.includes(name)),
  )
  const missing = partners.flatMap((row) => row.variables).filter((name) => (variables.get(name) ?? '') === '')
  return problem('managed-identity-no-host', { set: detection.because, missing: [...new Set(missing)] })
}

function refusesId(
  profile: ManagedIdentityProfile,
  host: AskedHost,
  kind: IdKind,
  { role }: CredentialConfig,
): boolean {
  switch (profile.refusesIds[host]) {
    case 'always':
      return true
    case 'outside-default':
      return role === 'named'
    case 'but-client-id':
      return kind !== 'clientId'
    default:
      return false
  }
}

function lacksDefaultId({ defaultId }: ManagedIdentityProfile, host: AskedHost, variables: Variables): boolean {
  return defaultId?.isRequired === true && defaultId.host === host && !variables.has(defaultId.variable)
}

async function chooseSender(
  profile: ManagedIdentityProfile,
  host: AskedHost,
  variables: Variables,
  ports: EnginePorts,
): Promise<{ sender: AskedHost; agentPath: string | null }> {
  const sender = findSender(profile, host, variables, null)
  if (sender !== null) return { sender, agentPath: null }
  const agentPath = arcAgentPath(ports)
  const isInstalled = agentPath !== null && (await ports.files.stat(agentPath)).ok
  return {
    sender: findSender(profile, host, variables, isInstalled) ?? host,
    agentPath: isInstalled ? agentPath : null,
  }
}

/** Not for the only credential, for nothing waits its turn; nor, with most SDKs, for an address that somebody set. */
function isProbeWanted({ config, profile, ports, variables }: Turn): boolean {
  if (variables.has(podIdentityVariable) && profile.probe.isOfAnyAddress !== true) return false
  if (config.isOnlyCredential !== undefined) return !config.isOnlyCredential
  if (config.role === 'named') return false
  return (ports.env.get(chainVariable) ?? '').trim().toLowerCase() !== 'managedidentitycredential'
}

function conclude({ profile }: Turn, found: Problem, choice: Choice): Outcome {
  return { kind: profile.isUnavailable(found) ? 'unavailable' : 'failed', problem: found, choice }
}
