/** The on-behalf-of grant: an app that a user called asks for a token to call the next one for that user. */
import { failure, type Result, success } from '../../result.ts'
import { issueIdToken, issueUserToken } from '../access-tokens.ts'
import { authenticateClient, identifyApp } from '../client-authentication.ts'
import { type App, isCovered, permissionsAt, type Resource } from '../directory.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { readWantedScopes } from '../sign-in/wanted-scopes.ts'
import type { SandboxState } from '../state.ts'
import type { TokenRequest } from '../token-request.ts'
import { checkUserAssertion } from '../user-assertions.ts'
import { findGrantedResource, readCapability } from './client-credentials.ts'

/** The form is checked before the credential, the credential before the user, and both before what is asked for. */
export async function grantOnBehalfOf(
  request: TokenRequest,
  state: SandboxState,
): Promise<Result<Readonly<Record<string, unknown>>, Refusal>> {
  const { parameters, exchange, target } = request
  const use = parameters.get('requested_token_use')
  if (use === undefined) return failure(refuse('parameter-missing', { name: 'requested_token_use' }))
  if (use !== 'on_behalf_of') return failure(refuse('request-malformed', {}))
  const assertion = parameters.get('assertion')
  if (assertion === undefined) return failure(refuse('parameter-missing', { name: 'assertion' }))
  const wanted = readWantedScopes(request)
  if (!wanted.ok) return wanted
  if (wanted.value.isIdentityOnly) return failure(refuse('parameter-missing', { name: 'scope' }))
  const isCaeCapable = readCapability(parameters.get('claims'))
  if (!isCaeCapable.ok) return isCaeCapable
  if (target.kind === 'several') {
    return failure(refuse(target.word === 'organizations' ? 'tenant-not-given' : 'tenant-not-specific', {}))
  }
  const { tenant } = target
  const known = identifyApp(request.clientId, tenant, state.directory)
  if (!known.ok) return known
  const { app } = known.value
  const proof = await authenticateClient(request, app, tenant, state)
  if (!proof.ok) return proof
  const { now, origin } = exchange
  const user = await checkUserAssertion(assertion, { app, tenant, origin, now }, state)
  if (!user.ok) return user
  const resource = findGrantedResource(wanted.value.identifier, tenant, state)
  if (!resource.ok) return resource
  const scopes = readConsent(wanted.value.permissions, app, resource.value)
  if (!scopes.ok) return scopes
  if (isCovered(resource.value, user.value.mfaFor)) {
    return failure(refuse('mfa-enrollment', { resource: resource.value.appId }))
  }
  const issuing = {
    tenant,
    app,
    user: user.value,
    resource: resource.value,
    audience: wanted.value.identifier,
    scopes: scopes.value,
    proof: proof.value === 'secret' ? ('secret' as const) : ('assertion' as const),
    isCaeCapable: isCaeCapable.value,
    origin,
    now,
  }
  const issued = await issueUserToken(issuing, state)
  const info = JSON.stringify({ uid: user.value.objectId, utid: tenant.id })
  return success({
    token_type: 'Bearer',
    scope: scopes.value.map((scope) => `${wanted.value.identifier}/${scope}`).join(' '),
    expires_in: issued.expiresIn,
    ext_expires_in: issued.expiresIn,
    ...(issued.refreshIn === undefined ? {} : { refresh_in: issued.refreshIn }),
    access_token: issued.token,
    ...(wanted.value.wantsIdToken ? { id_token: await issueIdToken(issuing, state) } : {}),
    ...(parameters.get('client_info') === '1' ? { client_info: Buffer.from(info).toString('base64url') } : {}),
  })
}

function readConsent(wanted: readonly string[], app: App, resource: Resource): Result<readonly string[], Refusal> {
  const granted = permissionsAt(app, resource)
  if (granted.length === 0 || wanted.some((permission) => !granted.includes(permission))) {
    return failure(refuse('consent-missing', { app: app.clientId, name: app.displayName }))
  }
  return success(wanted.length === 0 ? granted : wanted)
}
