/** The refresh token grant: an earlier sign-in, for another token; also for another resource, and for an app of the same family. */
import { failure, type Result, success } from '../../result.ts'
import { authenticateClient } from '../client-authentication.ts'
import type { App, Tenant } from '../directory.ts'
import { formatPreciseTime, type Refusal, refuse } from '../refusals.ts'
import { readClaimsRequest } from '../sign-in/claims-request.ts'
import { countRevocations } from '../sign-in/people.ts'
import { identifyAppForUsers, tenantOf } from '../sign-in/policies.ts'
import type { RefreshToken, SignIn } from '../sign-in/store.ts'
import { answerUserGrant, type UserGrant } from '../sign-in/user-tokens.ts'
import { readWantedScopes } from '../sign-in/wanted-scopes.ts'
import type { SandboxState } from '../state.ts'
import type { TokenRequest } from '../token-request.ts'

/** Without use for so long, a refresh token ends. */
const inactivityDays = 90
const dayMs = 24 * 3_600_000
/** Those of a page, used or not. */
export const spaLifeMs = dayMs

/** The client comes first, then its token, then what the person may. Every use gives a new token; the one used stays good, as Entra's does. */
export async function grantRefreshToken(
  request: TokenRequest,
  state: SandboxState,
): Promise<Result<Readonly<Record<string, unknown>>, Refusal>> {
  const { parameters, target } = request
  const given = parameters.get('refresh_token')
  if (given === undefined) return failure(refuse('parameter-missing', { name: 'refresh_token' }))
  const claims = readClaimsRequest(parameters.get('claims'))
  if (!claims.ok) return claims
  const found = state.signIns.refreshTokens.get(given)
  const asked = parameters.has('scope') || request.version === 1 ? readWantedScopes(request) : undefined
  if (asked?.ok === false) return asked
  const known = identifyAppForUsers(request.clientId, target, state.directory)
  if (!known.ok) return known
  const app = known.value
  const tenant = target.kind === 'one' ? target.tenant : found?.signIn.tenant
  const isSpa = found?.ends !== undefined
  const wrongOrigin = found === undefined ? null : checkOrigin(request, isSpa)
  if (wrongOrigin !== null) return failure(wrongOrigin)
  const proof = isSpa ? success('none' as const) : await proveClient(request, app, tenant, state)
  if (!proof.ok) return proof
  if (found === undefined) return failure(refuse('grant-invalid', {}))
  const isOfFamily = app.isFamilyMember && found.app.isFamilyMember
  if (found.app !== app && !isOfFamily) return failure(refuse('grant-of-other-client', { app: app.clientId }))
  const refusal = checkAge(found, request.exchange.now, state)
  if (refusal !== null) return failure(refusal)
  const { signIn } = found
  // A refresh token is the user's, not a tenant's: it serves every tenant that knows them.
  const place = tenantOf(signIn.user, tenant === undefined ? target : { kind: 'one', tenant }, app, state)
  if (!place.ok) return place
  const wanted = asked?.value ?? found.wanted
  return answerUserGrant(
    {
      signIn: { ...signIn, tenant: place.value },
      app,
      wanted: { ...wanted, wantsRefreshToken: true },
      claims: claims.value,
      proof: proof.value,
      ...(found.ends === undefined ? {} : { ends: found.ends }),
    },
    request,
    state,
  )
}

/** A confidential app needs its proof at every grant, a public one has none. */
export async function proveClient(
  request: TokenRequest,
  app: App,
  tenant: Tenant | undefined,
  state: SandboxState,
): Promise<Result<UserGrant['proof'], Refusal>> {
  if (app.isPublicClient) {
    const hasProof = request.clientSecret !== undefined || request.parameters.has('client_assertion')
    return hasProof ? failure(refuse('app-public', {})) : success('none')
  }
  const home = tenant ?? state.directory.tenants.find(({ id }) => id === app.tenantId)
  if (home === undefined) return failure(refuse('credential-missing', {}))
  const proof = await authenticateClient(request, app, home, state)
  if (!proof.ok) return proof
  return success(proof.value === 'secret' ? 'secret' : 'assertion')
}

/** What was given to a page is redeemed by a script of another origin, and nothing else is. */
export function checkOrigin({ exchange }: TokenRequest, isSpa: boolean): Refusal | null {
  const origin = exchange.headers['origin']
  if (isSpa) return origin === undefined ? refuse('origin-missing', {}) : null
  return origin === undefined ? null : refuse('origin-unexpected', { origin })
}

function checkAge({ signIn, issuedAt, ends }: RefreshToken, now: number, state: SandboxState): Refusal | null {
  const revoked = checkRevocation(signIn, state)
  if (revoked !== null) return revoked
  if (ends !== undefined && now >= ends) {
    return refuse('refresh-token-of-page', { duration: '1.00:00:00', issued: formatPreciseTime(ends - spaLifeMs) })
  }
  if (now - issuedAt > inactivityDays * dayMs) {
    const duration = `${inactivityDays}.00:00:00`
    return refuse('refresh-token-inactive', { issued: formatPreciseTime(issuedAt), duration })
  }
  const seconds = signIn.user.signInFrequencySeconds
  if (seconds === undefined || now - signIn.at <= seconds * 1000) return null
  return refuse('refresh-token-too-old', { issued: formatPreciseTime(issuedAt), seconds: String(seconds) })
}

/** Null: nobody ended the user's sign-ins since. */
export function checkRevocation(signIn: SignIn, state: SandboxState): Refusal | null {
  if (signIn.revocations === countRevocations(signIn.user, state)) return null
  const at = state.signIns.revocations.get(signIn.user.objectId)?.at ?? 0
  return refuse('grant-revoked', { issued: formatPreciseTime(signIn.at), validFrom: formatPreciseTime(at) })
}
