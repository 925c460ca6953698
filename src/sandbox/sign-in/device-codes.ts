/** Device codes (RFC 8628): a client without a browser gets two codes, a person approves one elsewhere, the client asks with the other. */
import { failure, type Result, success } from '../../result.ts'
import { type Answer, answerJson, type Exchange } from '../exchange.ts'
import { type Refusal, refuse } from '../refusals.ts'
import type { SandboxState } from '../state.ts'
import { readForm, resolveTenant } from '../token-request.ts'
import { readClaimsRequest } from './claims-request.ts'
import { identifyAppForUsers } from './policies.ts'
import { type DeviceCode, keep, type SignIn } from './store.ts'
import { readWantedScopes } from './wanted-scopes.ts'

/** No vowels, and nothing that is read as something else. */
const letters = 'BCDFGHJKLMNPQRSTVWXZ23456789'
const userCodeLength = 9

/** `POST /{tenant}/oauth2/v2.0/devicecode` */
export function answerDeviceCode(exchange: Exchange, segment: string, state: SandboxState): Answer | Refusal {
  if (exchange.method !== 'POST') return refuse('wrong-method', { allowed: 'POST, OPTIONS', method: exchange.method })
  const target = resolveTenant(state.directory, segment, 'tenant-unknown')
  if (!target.ok) return target.error
  const parameters = readForm(exchange)
  if (!parameters.ok) return parameters.error
  const clientId = parameters.value.get('client_id')
  if (clientId === undefined) return refuse('parameter-missing', { name: 'client_id' })
  const wanted = readWantedScopes({ version: 2, parameters: parameters.value })
  if (!wanted.ok) return wanted.error
  const claims = readClaimsRequest(parameters.value.get('claims'))
  if (!claims.ok) return claims.error
  const app = identifyAppForUsers(clientId, target.value, state.directory)
  if (!app.ok) return app.error
  const { lifetimeSeconds, intervalSeconds } = state.directory.deviceCodes
  const code: DeviceCode = {
    app: app.value,
    target: target.value,
    wanted: wanted.value,
    claims: claims.value,
    deviceCode: Buffer.from(state.random.bytes(96)).toString('base64url'),
    userCode: makeUserCode(state),
    expires: exchange.now + lifetimeSeconds * 1000,
    interval: intervalSeconds,
    lastPoll: Number.NEGATIVE_INFINITY,
    outcome: { kind: 'pending' },
  }
  keep(state.signIns.deviceCodes, code.deviceCode, code)
  const page = `${exchange.origin}/devicelogin`
  return answerJson(
    200,
    JSON.stringify({
      user_code: code.userCode,
      device_code: code.deviceCode,
      verification_uri: page,
      expires_in: lifetimeSeconds,
      interval: intervalSeconds,
      message: `To sign in, use a web browser to open the page ${page} and enter the code ${code.userCode} to authenticate.`,
    }),
  )
}

function makeUserCode(state: SandboxState): string {
  const bytes = [...state.random.bytes(userCodeLength)]
  const code = bytes.map((byte) => letters[byte % letters.length]).join('')
  return findByUserCode(code, state) === undefined ? code : makeUserCode(state)
}

/** In whatever case and with whatever spaces or hyphens it was typed. */
export function findByUserCode(typed: string, { signIns }: Pick<SandboxState, 'signIns'>): DeviceCode | undefined {
  const wanted = typed.replace(/[\s-]/g, '').toUpperCase()
  return [...signIns.deviceCodes.values()].find((code) => code.userCode === wanted)
}

/** How much sooner than told a client may come: its clock and the network are not exact. */
const tolerance = 0.8
/** RFC 8628 section 3.5. */
const slowDownSeconds = 5

/** One request of the client: the sign-in, once; else why there is none. */
export function redeemDeviceCode(code: DeviceCode, now: number): Result<SignIn, Refusal> {
  const { outcome } = code
  if (outcome.kind === 'redeemed') return failure(refuse('device-code-redeemed', {}))
  if (now >= code.expires) return failure(refuse('device-code-expired', {}))
  if (outcome.kind === 'declined') return failure(refuse('device-code-declined', {}))
  if (outcome.kind === 'approved') {
    code.outcome = { kind: 'redeemed' }
    return success(outcome.signIn)
  }
  const isTooSoon = now - code.lastPoll < code.interval * 1000 * tolerance
  code.lastPoll = now
  if (!isTooSoon) return failure(refuse('device-code-pending', {}))
  code.interval += slowDownSeconds
  return failure(refuse('device-code-too-often', {}))
}
