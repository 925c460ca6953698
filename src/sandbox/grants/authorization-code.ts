/** The authorization code grant: the app brings the code that the sign-in page gave it, once, and proves that it is the same app. */
import { createHash } from 'node:crypto'
import { failure, type Result, success } from '../../result.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { readClaimsRequest } from '../sign-in/claims-request.ts'
import type { AuthorizeRequest } from '../sign-in/flows.ts'
import { identifyAppForUsers } from '../sign-in/policies.ts'
import { answerUserGrant } from '../sign-in/user-tokens.ts'
import type { SandboxState } from '../state.ts'
import type { TokenRequest } from '../token-request.ts'
import { checkOrigin, checkRevocation, proveClient, spaLifeMs } from './refresh-token.ts'

/** The client comes first, then its code and what belongs to it, then what the person may. */
export async function grantAuthorizationCode(
  request: TokenRequest,
  state: SandboxState,
): Promise<Result<Readonly<Record<string, unknown>>, Refusal>> {
  const { parameters, target, exchange } = request
  const given = parameters.get('code')
  if (given === undefined) return failure(refuse('parameter-missing', { name: 'code' }))
  const claims = readClaimsRequest(parameters.get('claims'))
  if (!claims.ok) return claims
  const found = state.signIns.codes.get(given)
  const known = identifyAppForUsers(request.clientId, target, state.directory)
  if (!known.ok) return known
  const app = known.value
  const tenant = target.kind === 'one' ? target.tenant : found?.signIn.tenant
  const isSpa = found?.request.reply.isSpa === true
  const wrongOrigin = found === undefined ? null : checkOrigin(request, isSpa)
  if (wrongOrigin !== null) return failure(wrongOrigin)
  const proof = isSpa ? success('none' as const) : await proveClient(request, app, tenant, state)
  if (!proof.ok) return proof
  if (found === undefined) return failure(refuse('grant-invalid', {}))
  const { signIn, request: asked } = found
  if (asked.app !== app) return failure(refuse('grant-of-other-client', { app: app.clientId }))
  if (tenant !== signIn.tenant) return failure(refuse('grant-of-other-tenant', {}))
  if (found.isRedeemed) return failure(refuse('code-redeemed', {}))
  if (exchange.now >= found.expires) return failure(refuse('code-expired', {}))
  const wrong = checkRedirectUri(parameters.get('redirect_uri'), asked) ?? checkVerifier(parameters, asked)
  if (wrong !== null) return failure(wrong)
  const revoked = checkRevocation(signIn, state)
  if (revoked !== null) return failure(revoked)
  found.isRedeemed = true
  return answerUserGrant(
    {
      signIn,
      app,
      wanted: asked.wanted,
      claims: { ...asked.claims, isCaeCapable: asked.claims.isCaeCapable || claims.value.isCaeCapable },
      proof: proof.value,
      ...(asked.nonce === undefined ? {} : { nonce: asked.nonce }),
      ...(isSpa ? { ends: exchange.now + spaLifeMs } : {}),
    },
    request,
    state,
  )
}

/** RFC 6749 section 4.1.3. */
function checkRedirectUri(given: string | undefined, { reply }: AuthorizeRequest): Refusal | null {
  if (given === undefined) return refuse('parameter-missing', { name: 'redirect_uri' })
  return given === reply.redirectUri ? null : refuse('code-redirect-uri', { given, expected: reply.redirectUri })
}

/** RFC 7636 section 4.6. */
function checkVerifier(parameters: ReadonlyMap<string, string>, { challenge }: AuthorizeRequest): Refusal | null {
  if (challenge === undefined) return null
  const verifier = parameters.get('code_verifier')
  if (verifier === undefined) return refuse('verifier-missing', {})
  const made = challenge.method === 'plain' ? verifier : createHash('sha256').update(verifier).digest('base64url')
  return made === challenge.value ? null : refuse('verifier-wrong', {})
}
