/** The token endpoint, v1 and v2: reads the request, finds the grant, says yes or no. A new grant is a row here and a file in `grants/`. */
import type { Result } from '../result.ts'
import { type Answer, answerJson, type Exchange } from './exchange.ts'
import { grantAuthorizationCode } from './grants/authorization-code.ts'
import { grantClientCredentials } from './grants/client-credentials.ts'
import { grantDeviceCode } from './grants/device-code.ts'
import { grantOnBehalfOf } from './grants/on-behalf-of.ts'
import { grantPassword } from './grants/password.ts'
import { grantRefreshToken } from './grants/refresh-token.ts'
import { type Refusal, refuse } from './refusals.ts'
import type { SandboxState } from './state.ts'
import { type EndpointVersion, readTokenRequest, type TokenRequest } from './token-request.ts'

/** Scripts of any page may ask; whether they get something depends on what they bring. */
const crossOrigin = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, OPTIONS',
  'access-control-allow-headers': '*',
}

type Grant = (request: TokenRequest, state: SandboxState) => Promise<Result<Readonly<Record<string, unknown>>, Refusal>>

const grants: Readonly<Record<string, Grant>> = {
  client_credentials: grantClientCredentials,
  authorization_code: grantAuthorizationCode,
  device_code: grantDeviceCode,
  'urn:ietf:params:oauth:grant-type:device_code': grantDeviceCode,
  password: grantPassword,
  refresh_token: grantRefreshToken,
  'urn:ietf:params:oauth:grant-type:jwt-bearer': grantOnBehalfOf,
}

/** @param segment The tenant as it stands in the path. */
export async function answerToken(
  exchange: Exchange,
  segment: string,
  version: EndpointVersion,
  state: SandboxState,
): Promise<Answer | Refusal> {
  if (exchange.method === 'OPTIONS')
    return { status: 200, headers: { allow: 'POST, OPTIONS', ...crossOrigin }, body: '' }
  const request = readTokenRequest(exchange, segment, version, state.directory)
  if (!request.ok) return request.error
  const { grantType } = request.value
  const grant = Object.hasOwn(grants, grantType) ? grants[grantType] : undefined
  if (grant === undefined) return refuse('grant-unsupported', { grant: grantType })
  const granted = await grant(request.value, state)
  return granted.ok ? answerJson(200, JSON.stringify(granted.value), crossOrigin) : granted.error
}
