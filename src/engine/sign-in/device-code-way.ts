/** A sign-in on any device: a code to enter there (RFC 8628), while this run asks whether that is done. */

import type { Poll } from '../msal.ts'
import type { DeviceCode, SignInOutcome } from '../msal-public.ts'
import { type Problem, problem } from '../problems.ts'
import type { ServiceAnswer } from '../token-answer.ts'
import type { EnginePorts } from '../types.ts'
import type { Asking, PersonWay } from './person-credential.ts'

export const deviceCodeWay: PersonWay = { way: 'device-code', ask: askOnDevice }

/** RFC 8628 section 3.5: by so much the interval grows each time that the authority says `slow_down`. */
const slowDownMs = 5000
/** A network that is gone for so many questions is gone. */
const mostNetworkFailures = 3

function askOnDevice(
  { client, request, signIn }: Asking,
  { clock }: EnginePorts,
  signal: AbortSignal,
): Promise<SignInOutcome> {
  return client.signInByDeviceCode(
    request,
    (code) => {
      const { userCode, verificationUri, message, lifetimeMs, intervalMs } = code
      const expiresOn = clock.now() + lifetimeMs
      signIn.tell({ kind: 'device-code', userCode, verificationUri, message, expiresOn, lifetimeMs, intervalMs })
      return createPoll(code, clock)
    },
    signal,
  )
}

function createPoll({ intervalMs, lifetimeMs }: DeviceCode, clock: EnginePorts['clock']): Poll {
  return async (ask, signal) => {
    const ends = clock.monotonic() + lifetimeMs
    let waitMs = intervalMs
    let networkFailures = 0
    for (;;) {
      const leftMs = ends - clock.monotonic()
      if (leftMs <= 0) return problem('device-code-expired', { lifetimeMs })
      await clock.sleep(Math.min(waitMs, leftMs), signal)
      const answer = await ask()
      if (answer === null) {
        networkFailures += 1
        if (networkFailures > mostNetworkFailures) return null
        continue
      }
      networkFailures = 0
      const next = readPoll(answer, lifetimeMs)
      if (next.kind === 'over') return next.answer
      if (next.kind === 'slower') waitMs += slowDownMs
    }
  }
}

type PollStep =
  | { readonly kind: 'again' | 'slower' }
  | { readonly kind: 'over'; readonly answer: ServiceAnswer | Problem }

function readPoll(answer: ServiceAnswer, lifetimeMs: number): PollStep {
  switch (answer.kind === 'refused' ? answer.body['error'] : '') {
    case 'authorization_pending':
      return { kind: 'again' }
    case 'slow_down':
      return { kind: 'slower' }
    // Entra says the latter of codes that it does not know any more.
    case 'expired_token':
    case 'code_expired':
      return { kind: 'over', answer: problem('device-code-expired', { lifetimeMs }) }
    default:
      return { kind: 'over', answer }
  }
}
