/** The device code grant: a client asks whether the person has approved yet. */
import { failure, type Result } from '../../result.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { redeemDeviceCode } from '../sign-in/device-codes.ts'
import { identifyAppForUsers } from '../sign-in/policies.ts'
import { answerUserGrant } from '../sign-in/user-tokens.ts'
import type { SandboxState } from '../state.ts'
import type { TokenRequest } from '../token-request.ts'

/** The client comes first, then its code, then what the person may. */
export async function grantDeviceCode(
  request: TokenRequest,
  state: SandboxState,
): Promise<Result<Readonly<Record<string, unknown>>, Refusal>> {
  const { parameters, target, exchange } = request
  const given = parameters.get('device_code') ?? parameters.get('code')
  if (given === undefined) return failure(refuse('parameter-missing', { name: 'device_code' }))
  const app = identifyAppForUsers(request.clientId, target, state.directory)
  if (!app.ok) return app
  if (!app.value.isPublicClient) return failure(refuse('credential-missing', {}))
  if (request.clientSecret !== undefined) return failure(refuse('app-public', {}))
  const code = state.signIns.deviceCodes.get(given)
  if (code === undefined) return failure(refuse('device-code-unknown', {}))
  if (code.app !== app.value) return failure(refuse('grant-of-other-client', { app: app.value.clientId }))
  const signIn = redeemDeviceCode(code, exchange.now)
  if (!signIn.ok) return signIn
  if (target.kind === 'one' && target.tenant !== signIn.value.tenant) {
    return failure(refuse('grant-of-other-tenant', {}))
  }
  const { wanted, claims } = code
  return answerUserGrant({ signIn: signIn.value, app: app.value, wanted, claims, proof: 'none' }, request, state)
}
