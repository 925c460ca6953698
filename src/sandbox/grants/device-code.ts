/** The device code grant: a client asks whether the person has approved yet. */
import { failure, type Result } from '../../result.ts'
import { type Refusal, refuse } from '../refusals.ts'
import { readClaimsRequest } from '../sign-in/claims-request.ts'
import { redeemDeviceCode } from '../sign-in/device-codes.ts'
import { identifyAppForUsers } from '../sign-in/policies.ts'
import { answerUserGrant } from '../sign-in/user-tokens.ts'
import type { SandboxState } from '../state.ts'
import type { TokenRequest } from '../token-request.ts'
import { proveClient } from './refresh-token.ts'

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
  const asked = readClaimsRequest(parameters.get('claims'))
  if (!asked.ok) return asked
  const proof = await proveClient(request, app.value, target.kind === 'one' ? target.tenant : undefined, state)
  if (!proof.ok) return proof
  const code = state.signIns.deviceCodes.get(given)
  if (code === undefined) return failure(refuse('device-code-unknown', {}))
  if (code.app !== app.value) return failure(refuse('grant-of-other-client', { app: app.value.clientId }))
  const signIn = redeemDeviceCode(code, exchange.now)
  if (!signIn.ok) return signIn
  if (target.kind === 'one' && target.tenant !== signIn.value.tenant) {
    return failure(refuse('grant-of-other-tenant', {}))
  }
  // MSAL for Python says only now what it can handle.
  const claims = { ...code.claims, isCaeCapable: code.claims.isCaeCapable || asked.value.isCaeCapable }
  const { wanted } = code
  return answerUserGrant({ signIn: signIn.value, app: app.value, wanted, claims, proof: proof.value }, request, state)
}
