/** The managed identities of the sandbox: one of the machine itself and two that could be on others as well. */
import { type IssuedToken, issueAppToken } from '../access-tokens.ts'
import { type App, findResource } from '../directory.ts'
import type { SandboxState } from '../state.ts'
import type { PlayedHostName } from './host.ts'

export interface Identity {
  readonly clientId: string
  readonly objectId: string
  /** Of a user-assigned identity; the machine's own has none that one could ask for. */
  readonly resourceId: string | undefined
}

const subscription = '/subscriptions/5a9db0e5-0000-4000-8000-0000000000bb/resourceGroups/sandbox/providers'

/** The resource whose system-assigned identity it is. */
const carriers: Readonly<Record<PlayedHostName, string>> = {
  imds: `${subscription}/Microsoft.Compute/virtualMachines/sandbox`,
  'app-service': `${subscription}/Microsoft.Web/sites/sandbox`,
  'service-fabric': `${subscription}/Microsoft.ServiceFabric/managedClusters/sandbox/applications/sandbox`,
  'azure-ml': `${subscription}/Microsoft.MachineLearningServices/workspaces/sandbox/computes/sandbox`,
  'cloud-shell': `${subscription}/Microsoft.Portal/consoles/default`,
  'azure-arc': `${subscription}/Microsoft.HybridCompute/machines/sandbox`,
}

export const systemAssigned: Identity = {
  clientId: '77778888-0000-4000-8000-000000000001',
  objectId: '77778888-0000-4000-8000-000000000002',
  resourceId: undefined,
}

/** The first is the one that examples name. */
export const userAssigned: readonly Identity[] = ['sandbox', 'other'].map((name, index) => ({
  clientId: `88889999-0000-4000-8000-00000000000${index * 2 + 1}`,
  objectId: `88889999-0000-4000-8000-00000000000${index * 2 + 2}`,
  resourceId: `${subscription}/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`,
}))

/** The parameters of a request that name an identity, each with what it names. */
export type IdParameters = Readonly<Record<string, keyof Identity>>

/** The identity that a request asks for: the machine's own without an id; null when none has it, or two are given. */
export function findIdentity(parameters: URLSearchParams, names: IdParameters): Identity | null {
  const given = Object.entries(names).filter(([name]) => parameters.has(name))
  const [first, ...others] = given
  if (first === undefined) return systemAssigned
  if (others.length > 0) return null
  const [name, member] = first
  const wanted = parameters.get(name)?.toLowerCase()
  // The machine's own identity can be asked for by id as well, if it is known.
  return [systemAssigned, ...userAssigned].find((identity) => identity[member]?.toLowerCase() === wanted) ?? null
}

/** Tokens of managed identities live a day. */
const lifetimeSeconds = 24 * 3600

/** A token of the identity for a resource, by the host's clock; null when the tenant does not know the resource. */
export async function mintToken(
  identity: Identity,
  audience: string,
  host: PlayedHostName,
  now: number,
  state: SandboxState,
  extraClaims: Readonly<Record<string, unknown>> = {},
): Promise<IssuedToken | null> {
  const [tenant] = state.directory.tenants
  const resource = findResource(state.directory, audience)
  if (tenant === undefined || resource === undefined || !resource.isEnabled) return null
  const carrier = carriers[host]
  return issueAppToken(
    {
      tenant,
      app: appOf(identity, tenant.id),
      objectId: identity.objectId,
      resource,
      audience,
      roles: [],
      proof: 'assertion',
      isCaeCapable: false,
      origin: state.hosts.origin,
      now,
      lifetimeSeconds,
      extraClaims: {
        xms_mirid: identity.resourceId ?? carrier,
        ...(identity.resourceId === undefined ? {} : { xms_az_rid: carrier }),
        ...extraClaims,
      },
    },
    state,
  )
}

function appOf({ clientId, objectId }: Identity, tenantId: string): App {
  return {
    clientId,
    displayName: 'sandbox',
    tenantId,
    isMultiTenant: false,
    isPublicClient: false,
    isFamilyMember: false,
    redirectUris: [],
    spaRedirectUris: [],
    servicePrincipals: [{ tenantId, objectId, isEnabled: true }],
    secrets: [],
    certificates: [],
    trustedSubjects: [],
    federatedCredentials: [],
    roles: {},
    delegatedPermissions: {},
    listedPermissions: {},
    hasUserConsent: false,
    tokenLifetimeSeconds: undefined,
    hasSingleUseAssertions: false,
  }
}

/** What Entra says of a resource that the tenant does not have. */
export function unknownResource(audience: string, { directory }: SandboxState): string {
  const name = directory.tenants[0]?.name ?? ''
  return (
    `AADSTS500011: The resource principal named ${audience} was not found in the tenant named ${name}. ` +
    'This can happen if the application has not been installed by the administrator of the tenant or consented to ' +
    'by any user in the tenant. You might have sent your authentication request to the wrong tenant.'
  )
}
