/** What a `scope` (or, of the v1 endpoint, a `resource`) asks for on a user's behalf: one resource, permissions, and tokens beside. */
import { failure, type Result, success } from '../../result.ts'
import { isIdentifier } from '../grants/client-credentials.ts'
import { type Refusal, refuse } from '../refusals.ts'
import type { EndpointVersion } from '../token-request.ts'

const identityScopes = new Set(['openid', 'profile', 'email', 'offline_access'])
const graph = 'https://graph.microsoft.com'

export interface WantedScopes {
  readonly identifier: string
  /** Empty: `/.default`, all that was consented to. */
  readonly permissions: readonly string[]
  /** Nothing but who the user is: no permission of any resource. */
  readonly isIdentityOnly: boolean
  /** The scopes as they were written, without `offline_access`. */
  readonly asked: readonly string[]
  readonly wantsIdToken: boolean
  readonly wantsRefreshToken: boolean
}

/** Of the v2 endpoint without any scope, what is missing is `scope`. */
export function readWantedScopes(request: {
  readonly version: EndpointVersion
  readonly parameters: ReadonlyMap<string, string>
}): Result<WantedScopes, Refusal> {
  const { version, parameters } = request
  if (version === 1) {
    const identifier = parameters.get('resource') ?? graph
    const rest = { permissions: [], isIdentityOnly: false, asked: [], wantsIdToken: false, wantsRefreshToken: true }
    return success({ identifier, ...rest })
  }
  if (parameters.has('resource')) return failure(refuse('resource-parameter', {}))
  const scope = parameters.get('scope') ?? ''
  const all = scope.split(/\s+/).filter((each) => each !== '')
  if (all.length === 0) return failure(refuse('parameter-missing', { name: 'scope' }))
  const delegated = all.filter((each) => !identityScopes.has(each)).map(splitScope)
  const { identifier } = delegated[0] ?? { identifier: graph }
  if (delegated.some((each) => each.identifier !== identifier)) {
    return failure(refuse('scope-several-resources', { scope }))
  }
  const permissions = delegated.map(({ permission }) => permission)
  const isMixed = permissions.includes('.default') && permissions.length > 1
  if (isMixed || !isIdentifier(identifier)) return failure(refuse('scope-malformed', { scope }))
  return success({
    identifier,
    permissions: permissions.includes('.default') ? [] : permissions,
    isIdentityOnly: delegated.length === 0,
    asked: all.filter((each) => each !== 'offline_access'),
    wantsIdToken: all.includes('openid'),
    wantsRefreshToken: all.includes('offline_access'),
  })
}

/** A permission that names no resource is one of Microsoft Graph. */
function splitScope(scope: string): { readonly identifier: string; readonly permission: string } {
  const slash = scope.lastIndexOf('/')
  return slash < 0
    ? { identifier: graph, permission: scope }
    : { identifier: scope.slice(0, slash), permission: scope.slice(slash + 1) }
}
