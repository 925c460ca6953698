/** What a user's client would bring to an app: an access token of this authority with the app as its audience. */
import { issueUserToken } from './access-tokens.ts'
import { type App, findTenant, type Resource, type User } from './directory.ts'
import type { SandboxState } from './state.ts'

export interface UserTokenOrder {
  readonly app: App
  readonly user: User
  /** An hour by default; negative: ended so long ago. */
  readonly lifetimeSeconds?: number
  /** The app by default. */
  readonly audience?: string
}

/** Promise: the on-behalf-of grant takes it, unless `audience` or `lifetimeSeconds` make it one that it refuses. */
export async function mintUserToken(
  { app, user, lifetimeSeconds, audience }: UserTokenOrder,
  state: SandboxState,
): Promise<string> {
  const tenant = findTenant(state.directory, user.tenantId)
  if (tenant === undefined) throw new Error(`the user ${user.objectId} has no tenant`)
  const resource: Resource = {
    name: app.displayName,
    appId: audience ?? app.clientId,
    identifierUris: [],
    tokenVersion: 2,
    isEnabled: true,
    requiresAssignment: false,
    wantsIdtyp: false,
    signsNonce: false,
    tenantIds: undefined,
  }
  const issued = await issueUserToken(
    {
      tenant,
      app,
      user,
      resource,
      audience: resource.appId,
      scopes: ['access_as_user'],
      proof: 'secret',
      isCaeCapable: false,
      origin: state.hosts.origin,
      now: state.clock.now(),
      ...(lifetimeSeconds === undefined ? {} : { lifetimeSeconds }),
    },
    state,
  )
  return issued.token
}
