/** The token that a user's client brought to an app, as the app presents it to act for the user: checked the way Entra does. */
import { failure, type Result, success } from '../result.ts'
import { type App, findResource, objectIdIn, type Tenant } from './directory.ts'
import { issuerV1, issuerV2 } from './host-names.ts'
import { formatPreciseTime, type Refusal, refuse } from './refusals.ts'
import { countRevocations } from './sign-in/people.ts'
import type { SignIn } from './sign-in/store.ts'
import { hasValidSignature, type ParsedToken, parseToken } from './signed-token.ts'
import type { SandboxState } from './state.ts'

export interface UserAssertionContext {
  readonly app: App
  readonly tenant: Tenant
  readonly origin: string
  readonly now: number
}

/** The sign-in that the token came of, if it is one of this tenant's, for this app, of now, and of a user at all. */
export async function checkUserAssertion(
  assertion: string,
  context: UserAssertionContext,
  state: SandboxState,
): Promise<Result<SignIn, Refusal>> {
  const token = parseToken(assertion)
  if (token === null) return failure(refuse('assertion-malformed', {}))
  const { app, tenant, now } = context
  const forged = await checkSignature(token, context, state)
  if (forged !== null) return failure(forged)
  const { aud, exp, scp, oid } = token.claims
  if (!audiencesOf(app, state).includes(String(aud).toLowerCase())) {
    const facts = { audience: String(aud ?? ''), app: app.clientId, name: app.displayName }
    return failure(refuse('user-assertion-audience', facts))
  }
  const end = Number(exp) * 1000
  if (!(now <= end)) {
    return failure(refuse('user-assertion-time', { now: formatPreciseTime(now), to: formatPreciseTime(end) }))
  }
  if (typeof scp !== 'string') return failure(refuse('user-assertion-app-only', { app: app.clientId }))
  const user = state.directory.users.find((each) => objectIdIn(each, tenant.id) === oid)
  if (user === undefined) return failure(refuse('user-deleted', { user: String(oid), tenant: tenant.name }))
  const known = state.signIns.accessTokens.get(String(token.claims['uti']))
  const revocations = countRevocations(user, state)
  return success(known ?? { user, tenant, at: now, methods: ['pwd'], revocations })
}

/** Null: signed by this authority for this tenant. */
async function checkSignature(
  token: ParsedToken,
  { tenant, origin }: UserAssertionContext,
  state: SandboxState,
): Promise<Refusal | null> {
  const key = await state.signingKey()
  const kid = String(token.header['kid'] ?? '')
  const issuers = [issuerV1(origin, tenant.id), issuerV2(origin, tenant.id)]
  if (kid !== key.kid || !issuers.includes(String(token.claims['iss'])))
    return refuse('user-assertion-key', { key: kid })
  const isSigned = token.header['alg'] === 'RS256' && hasValidSignature(token, 'RS256', key.publicKey)
  return isSigned ? null : refuse('user-assertion-signature', { key: kid })
}

/** Its id, that id as a URI, and the URIs of a resource with that id. */
function audiencesOf({ clientId }: App, { directory }: Pick<SandboxState, 'directory'>): readonly string[] {
  const uris = findResource(directory, clientId)?.identifierUris ?? []
  return [clientId, `api://${clientId}`, ...uris.map((uri) => uri.toLowerCase())]
}
