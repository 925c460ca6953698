/** Which host gives this process its managed identity: decided from variables and one file, and never by asking. Pure. */
import type { Choice } from '../types.ts'
import { appService } from './app-service.ts'
import { azureArc } from './azure-arc.ts'
import { azureMl } from './azure-ml.ts'
import { cloudShell } from './cloud-shell.ts'
import type { HostName } from './facts.ts'
import type { IdentityHost, Variables } from './hosts.ts'
import { imds } from './imds.ts'
import type { AskedHost, ManagedIdentityProfile } from './profile.ts'
import { serviceFabric } from './service-fabric.ts'

export const hosts: Readonly<Record<AskedHost, IdentityHost>> = {
  imds,
  'app-service': appService,
  'service-fabric': serviceFabric,
  'azure-ml': azureMl,
  'cloud-shell': cloudShell,
  'azure-arc': azureArc,
}

export interface Detection {
  /** Null when the SDK knows no host for what is set. */
  readonly host: HostName | null
  /** The variables that decided it; empty for the host that is left when nothing is set. */
  readonly because: readonly string[]
  /** What would have been chosen had they not been set. */
  readonly otherwise: { readonly host: HostName | null; readonly because: readonly string[] } | null
}

/** Every variable that a profile looks at to find the host or to ask it, each once, in the order of the rows. */
export function variablesOf(profile: ManagedIdentityProfile): readonly string[] {
  const named = [...profile.detection, ...profile.senders].flatMap((row) => row.variables)
  const used = Object.values(hosts).flatMap((host) => host.variables)
  const wanted = profile.detection.some((row) => row.needsClientId === true) ? ['AZURE_CLIENT_ID'] : []
  const standIn = profile.defaultId === undefined ? [] : [profile.defaultId.variable]
  return [...new Set([...named, ...wanted, ...used, ...standIn])]
}

/** Promise: looks at `variables` only; an empty variable is not set. `hasClientId`: one is given by other means. */
export function detectHost(profile: ManagedIdentityProfile, variables: Variables, hasClientId = false): Detection {
  const chosen = firstRow(profile, variables, hasClientId)
  if (chosen === undefined) return { host: null, because: [], otherwise: null }
  if (chosen.variables.length === 0) return { host: chosen.host, because: [], otherwise: null }
  const rest = new Map([...variables].filter(([name]) => !chosen.variables.includes(name)))
  const next = firstRow(profile, rest, hasClientId)
  return {
    host: chosen.host,
    because: chosen.variables,
    otherwise: next === undefined ? null : { host: next.host, because: next.variables },
  }
}

function firstRow(
  profile: ManagedIdentityProfile,
  variables: Variables,
  hasClientId: boolean,
): ManagedIdentityProfile['detection'][number] | undefined {
  const isSet = (name: string): boolean => (variables.get(name) ?? '') !== ''
  return profile.detection.find(
    (row) => row.variables.every(isSet) && (row.needsClientId !== true || hasClientId || isSet('AZURE_CLIENT_ID')),
  )
}

/**
 * Whose request is sent to the detected host. `agent` tells whether Azure Arc's agent is installed; null: not looked yet.
 * Null comes back when that has to be looked at first.
 */
export function findSender(
  profile: ManagedIdentityProfile,
  host: AskedHost,
  variables: Variables,
  agent: boolean | null,
): AskedHost | null {
  // Cloud Shell has a client of its own in every SDK: there is no second look.
  if (host === 'cloud-shell') return host
  for (const row of profile.senders) {
    if (row.onlyFor !== undefined && row.onlyFor !== host) continue
    if (!row.variables.every((name) => variables.has(name))) continue
    if (row.hasArcAgent === true) {
      if (agent === null) return null
      if (!agent) continue
    }
    return row.sender as AskedHost
  }
  return host
}

/** The choice in words, for `-v` and `chain`. `agentPath` is the file that turned IMDS into Azure Arc. */
export function describeDetection(detection: Detection, sender: AskedHost | null, agentPath: string | null): Choice {
  const { host, because, otherwise } = detection
  const isTurned = host !== null && sender !== null && sender !== host
  const what = `managed identity host: ${titleOf(host)}${isTurned ? `, asked as ${titleOf(sender)}` : ''}`
  const files = isTurned && agentPath !== null ? [agentPath] : []
  return {
    what,
    because: [...because, ...files],
    ...(otherwise === null ? {} : { otherwise: describeOther(otherwise.host, otherwise.because) }),
  }
}

function describeOther(host: HostName | null, because: readonly string[]): string {
  return because.length === 0 ? titleOf(host) : `${titleOf(host)} (${because.join(', ')})`
}

function titleOf(host: HostName | null): string {
  if (host === null) return 'none'
  return host === 'token-exchange' ? 'token exchange (workload identity)' : hosts[host].title
}
