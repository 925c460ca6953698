/** The sandbox as an outside OpenID issuer: tokens as GitHub, AKS and their like give them, for federated credentials. */
import { signToken } from './signed-token.ts'
import type { SandboxState } from './state.ts'

export interface FederatedTokenRequest {
  readonly issuer: string
  readonly subject: string
  readonly audience: string
  /** Ten minutes by default, as GitHub's. */
  readonly lifetimeSeconds?: number
  /** When it was made, in milliseconds since the epoch; now by default. */
  readonly issuedAt?: number
  readonly extraClaims?: Readonly<Record<string, unknown>>
}

/**
 * A signed token of the given issuer. The token endpoint takes it if the directory lists the issuer with
 * `"generate": true` and the app has a federated credential for all three values.
 */
export async function mintFederatedToken(
  request: FederatedTokenRequest,
  state: Pick<SandboxState, 'federationKey' | 'clock' | 'random'>,
): Promise<string> {
  const { kid, privateKey } = await state.federationKey()
  const issuedAt = Math.floor((request.issuedAt ?? state.clock.now()) / 1000)
  const claims = {
    iss: request.issuer,
    sub: request.subject,
    aud: request.audience,
    jti: state.random.uuid(),
    iat: issuedAt,
    nbf: issuedAt,
    exp: issuedAt + (request.lifetimeSeconds ?? 600),
    ...request.extraClaims,
  }
  return signToken({ alg: 'RS256', kid, typ: 'JWT' }, claims, privateKey)
}
