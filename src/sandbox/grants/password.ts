/** The password grant, which OAuth 2.1 leaves out and the SDKs deprecate: a user name and a password, without a page. */
import { failure, type Result } from '../../result.ts'
import { findUser } from '../directory.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { readClaimsRequest } from '../sign-in/claims-request.ts'
import { hasPassword } from '../sign-in/forms.ts'
import { countRevocations } from '../sign-in/people.ts'
import { identifyAppForUsers, tenantOf } from '../sign-in/policies.ts'
import { answerUserGrant } from '../sign-in/user-tokens.ts'
import { readWantedScopes } from '../sign-in/wanted-scopes.ts'
import type { SandboxState } from '../state.ts'
import type { TokenRequest } from '../token-request.ts'
import { proveClient } from './refresh-token.ts'

/** The client comes first, then the person, then what the person may. A second factor cannot be shown this way. */
export async function grantPassword(
  request: TokenRequest,
  state: SandboxState,
): Promise<Result<Readonly<Record<string, unknown>>, Refusal>> {
  const { parameters, target, exchange } = request
  const username = parameters.get('username')
  if (username === undefined) return failure(refuse('parameter-missing', { name: 'username' }))
  const password = parameters.get('password')
  if (password === undefined) return failure(refuse('parameter-missing', { name: 'password' }))
  const wanted = readWantedScopes(request)
  if (!wanted.ok) return wanted
  const claims = readClaimsRequest(parameters.get('claims'))
  if (!claims.ok) return claims
  const known = identifyAppForUsers(request.clientId, target, state.directory)
  if (!known.ok) return known
  const app = known.value
  const proof = await proveClient(request, app, target.kind === 'one' ? target.tenant : undefined, state)
  if (!proof.ok) return proof
  const user = findUser(state.directory, username)
  if (user === undefined) {
    const tenant = target.kind === 'one' ? target.tenant.name : target.word
    return failure(refuse('user-unknown', { user: username, tenant }))
  }
  const tenant = tenantOf(user, target, app, state)
  if (!tenant.ok) return tenant
  if (!hasPassword(user, password)) return failure(refuse('password-wrong', {}))
  const revocations = countRevocations(user, state)
  const signIn = { user, tenant: tenant.value, at: exchange.now, methods: ['pwd'] as const, revocations }
  return answerUserGrant(
    { signIn, app, wanted: wanted.value, claims: claims.value, proof: proof.value },
    request,
    state,
  )
}
