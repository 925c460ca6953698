/** One look at a tenant's OpenID configuration, for SDKs that fail there where MSAL for Node knows the answer by heart. */
import { sendPatiently } from './patient-http.ts'
import { type Problem, problem } from './problems.ts'
import { type AskedOf, readServiceAnswer, toSentRequest } from './token-answer.ts'
import type { Authority, EnginePorts } from './types.ts'

const connectTimeoutMs = 30_000
const answerTimeoutMs = 120_000

/** Promise: null where the authority answers for the tenant, else what it said. Holds no secret, and never rejects. */
export async function checkMetadata(
  authority: Authority,
  asked: AskedOf,
  ports: Pick<EnginePorts, 'http' | 'clock'>,
  signal: AbortSignal,
): Promise<Problem | null> {
  const url = `${authority.host}/${asked.tenantId}/v2.0/.well-known/openid-configuration`
  const request = { method: 'GET', url, connectTimeoutMs, timeoutMs: answerTimeoutMs } as const
  const result = await sendPatiently(request, ports, signal)
  if (!result.ok) return problem('network', { ...result.error, request: toSentRequest(url) })
  const answer = readServiceAnswer(url, result.response, asked, (text) => text)
  return answer.kind === 'accepted' ? null : answer.problem
}
