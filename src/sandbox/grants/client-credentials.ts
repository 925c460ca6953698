/** The client credentials grant: an app asks for a token in its own name. */
import { failure, type Result, success } from '../../result.ts'
import { issueAppToken } from '../access-tokens.ts'
import { authenticateClient, identifyApp } from '../client-authentication.ts'
import { findResource, type Resource, rolesAt, type Tenant } from '../directory.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { isObject } from '../signed-token.ts'
import type { SandboxState } from '../state.ts'
import { isGuid, type TokenRequest } from '../token-request.ts'

const suffix = '/.default'
/** MSAL for Go sends these along; beside a resource Entra passes over them. */
const identityScopes = new Set(['openid', 'profile', 'email', 'offline_access'])
/** What the v1 endpoint gives a token for when nothing is named: Azure AD Graph. */
const defaultResource = '00000002-0000-0000-c000-000000000000'

/** @returns The members of the answer, or a refusal. The form is checked before the credential, the resource after it. */
export async function grantClientCredentials(
  request: TokenRequest,
  state: SandboxState,
): Promise<Result<Readonly<Record<string, unknown>>, Refusal>> {
  const identifier = request.version === 2 ? readScope(request) : readResource(request)
  if (!identifier.ok) return identifier
  const isCaeCapable = readCapability(request.parameters.get('claims'))
  if (!isCaeCapable.ok) return isCaeCapable
  if (request.target.kind === 'several') {
    const name = request.target.word === 'organizations' ? 'tenant-not-given' : 'tenant-not-specific'
    return failure(refuse(name, {}))
  }
  const { tenant } = request.target
  const known = identifyApp(request.clientId, tenant, state.directory)
  if (!known.ok) return known
  const { app, servicePrincipal } = known.value
  const proof = await authenticateClient(request, app, tenant, state)
  if (!proof.ok) return proof
  const resource = findGrantedResource(identifier.value, tenant, state)
  if (!resource.ok) return resource
  const roles = rolesAt(app, resource.value)
  if (resource.value.requiresAssignment && roles.length === 0) {
    return failure(
      refuse('role-missing', {
        app: app.clientId,
        name: app.displayName,
        resource: resource.value.appId,
        resourceName: resource.value.name,
      }),
    )
  }
  const { now, origin } = request.exchange
  const issued = await issueAppToken(
    {
      tenant,
      app,
      objectId: servicePrincipal.objectId,
      resource: resource.value,
      audience: identifier.value,
      roles,
      proof: proof.value === 'secret' ? 'secret' : 'assertion',
      isCaeCapable: isCaeCapable.value,
      origin,
      now,
    },
    state,
  )
  const refresh = issued.refreshIn === undefined ? {} : { refresh_in: issued.refreshIn }
  if (request.version === 2) {
    const life = { expires_in: issued.expiresIn, ext_expires_in: issued.expiresIn, ...refresh }
    return success({ token_type: 'Bearer', ...life, access_token: issued.token })
  }
  return success({
    token_type: 'Bearer',
    expires_in: String(issued.expiresIn),
    ext_expires_in: String(issued.expiresIn),
    ...(issued.refreshIn === undefined ? {} : { refresh_in: String(issued.refreshIn) }),
    expires_on: String(issued.expiresOn),
    not_before: String(issued.notBefore),
    resource: identifier.value,
    access_token: issued.token,
  })
}

/** The identifier before `/.default` of the one scope. */
function readScope(request: TokenRequest): Result<string, Refusal> {
  if (request.parameters.has('resource')) return failure(refuse('resource-parameter', {}))
  const scope = request.parameters.get('scope')
  const named = scope?.split(/\s+/).filter((each) => each !== '') ?? []
  const resources = named.filter((each) => !identityScopes.has(each))
  const scopes = resources.length === 0 ? named : resources
  if (scope === undefined || scopes.length === 0) return failure(refuse('parameter-missing', { name: 'scope' }))
  const wrong = scopes.find((each) => !each.endsWith(suffix))
  if (wrong !== undefined) return failure(refuse('scope-not-default', { scope }))
  const identifiers = [...new Set(scopes.map((each) => each.slice(0, -suffix.length)))]
  const [identifier = ''] = identifiers
  if (identifiers.length > 1) return failure(refuse('scope-several-resources', { scope }))
  if (!isIdentifier(identifier)) return failure(refuse('scope-malformed', { scope }))
  return success(identifier)
}

function readResource(request: TokenRequest): Result<string, Refusal> {
  return success(request.parameters.get('resource') ?? defaultResource)
}

export function isIdentifier(text: string): boolean {
  return isGuid(text) || (/^[a-z][a-z0-9+.-]*:\/\/[^\s/]/i.test(text) && URL.canParse(text))
}

/** Whether `claims` declares that the client handles claims challenges; a `claims` that is no JSON object is malformed. */
export function readCapability(claims: string | undefined): Result<boolean, Refusal> {
  if (claims === undefined) return success(false)
  try {
    const parsed: unknown = JSON.parse(claims)
    if (!isObject(parsed)) return failure(refuse('request-malformed', {}))
    const capabilities = memberOf(memberOf(parsed['access_token'], 'xms_cc'), 'values')
    const values = Array.isArray(capabilities) ? capabilities : []
    return success(values.some((value: unknown) => typeof value === 'string' && value.toLowerCase() === 'cp1'))
  } catch {
    return failure(refuse('request-malformed', {}))
  }
}

function memberOf(value: unknown, name: string): unknown {
  return isObject(value) ? value[name] : undefined
}

export function findGrantedResource(
  identifier: string,
  tenant: Tenant,
  state: SandboxState,
): Result<Resource, Refusal> {
  const resource = findResource(state.directory, identifier)
  const isHere = resource !== undefined && (resource.tenantIds?.includes(tenant.id) ?? true)
  if (!isHere) return failure(refuse('resource-unknown', { resource: identifier, directory: tenant.name }))
  if (!resource.isEnabled) return failure(refuse('resource-disabled', { resource: identifier }))
  return success(resource)
}
