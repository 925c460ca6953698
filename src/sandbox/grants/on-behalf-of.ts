/** The on-behalf-of grant: an app that a user called asks for a token to call the next one for that user. */
import { failure, type Result } from '../../result.ts'
import { authenticateClient, identifyApp } from '../client-authentication.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { readClaimsRequest } from '../sign-in/claims-request.ts'
import { answerUserGrant } from '../sign-in/user-tokens.ts'
import { readWantedScopes } from '../sign-in/wanted-scopes.ts'
import type { SandboxState } from '../state.ts'
import type { TokenRequest } from '../token-request.ts'
import { checkUserAssertion } from '../user-assertions.ts'
import { checkRevocation } from './refresh-token.ts'

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
  const claims = readClaimsRequest(parameters.get('claims'))
  if (!claims.ok) return claims
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
  const signIn = await checkUserAssertion(assertion, { app, tenant, origin, now }, state)
  if (!signIn.ok) return signIn
  const revoked = checkRevocation(signIn.value, state)
  if (revoked !== null) return failure(revoked)
  return answerUserGrant(
    {
      signIn: signIn.value,
      app,
      wanted: { ...wanted.value, wantsRefreshToken: false },
      claims: claims.value,
      proof: proof.value === 'secret' ? 'secret' : 'assertion',
    },
    request,
    state,
  )
}
