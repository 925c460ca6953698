/** Runs credentials in order and remembers every attempt. Each link gets ports of its own, so that its evidence is its own. */
import { createRecorder } from '../recorder.ts'
import { type Problem, problem } from './problems.ts'
import type { Verdict } from './profiles/profile.ts'
import type {
  Attempt,
  ChainEvent,
  ChainResult,
  Credential,
  CredentialName,
  EnginePorts,
  Outcome,
  TokenRequest,
} from './types.ts'

export interface Link {
  readonly name: CredentialName
  /** Makes the credential over recorded ports. */
  readonly create: (ports: EnginePorts) => Credential
  /** What a failure of this link is to the chain; absent: what the credential says. */
  readonly judge?: (outcome: 'unavailable' | 'failed', problem: Problem) => Verdict
}

/**
 * Asks each link in turn until one gives a token. An unavailable link passes the turn on; a failed one ends the chain.
 * The attempts of links after the end are `not-attempted`. Never rejects: what goes wrong is in the attempts.
 */
export async function runChain(
  links: readonly Link[],
  request: TokenRequest,
  ports: EnginePorts,
  signal: AbortSignal,
  tell: (event: ChainEvent) => void = () => {},
): Promise<ChainResult> {
  const began = ports.clock.monotonic()
  const attempts: Attempt[] = []
  let isOver = false

  for (const link of links) {
    if (isOver) {
      attempts.push({ credential: link.name, outcome: 'not-attempted', elapsedMs: 0, evidence: [] })
      continue
    }
    tell({ kind: 'started', credential: link.name })
    const attempt = await attemptLink(link, request, ports, signal, tell)
    attempts.push(attempt)
    tell({ kind: 'ended', attempt })
    isOver = attempt.outcome === 'succeeded' || attempt.outcome === 'failed'
  }

  return concludeChain(attempts, Math.round(ports.clock.monotonic() - began))
}

/** The first token wins, unless a failure comes before it and ends the chain. */
export function concludeChain(attempts: readonly Attempt[], elapsedMs: number): ChainResult {
  const end = attempts.find(({ outcome }) => outcome === 'succeeded' || outcome === 'failed')
  const winner = end?.outcome === 'succeeded' ? end : undefined
  const stopper = end?.outcome === 'failed' ? end : undefined
  return {
    outcome: winner !== undefined ? 'succeeded' : stopper !== undefined ? 'failed' : 'unavailable',
    credential: winner?.credential ?? null,
    stoppedBy: stopper?.credential ?? null,
    token: winner?.token ?? null,
    attempts,
    elapsedMs,
  }
}

async function attemptLink(
  link: Link,
  request: TokenRequest,
  ports: EnginePorts,
  signal: AbortSignal,
  tell: (event: ChainEvent) => void,
): Promise<Attempt> {
  const recorder = createRecorder(ports, (observation) =>
    tell({ kind: 'observed', credential: link.name, observation }),
  )
  const began = ports.clock.monotonic()
  const outcome = await askCredential(link, recorder.ports, request, signal)
  const seen = {
    credential: link.name,
    elapsedMs: Math.round(ports.clock.monotonic() - began),
    evidence: recorder.observations,
    ...(recorder.direct.size === 0 ? {} : { direct: [...recorder.direct] }),
    ...(outcome.choice === undefined ? {} : { choice: outcome.choice }),
  }
  if (outcome.kind === 'token') return { ...seen, outcome: 'succeeded', token: outcome.token }
  const verdict = isInterrupted(outcome.problem)
    ? 'failed'
    : (link.judge?.(outcome.kind, outcome.problem) ?? outcome.kind)
  return {
    ...seen,
    outcome: verdict === 'failed' ? 'failed' : 'unavailable',
    problem: outcome.problem,
    ...(verdict === 'silent' ? { isSilent: true } : {}),
  }
}

/** The run is over, whatever the policy of its chain. */
function isInterrupted({ code }: Problem): boolean {
  return code === 'interrupted'
}

/** A credential returns its outcome; if it throws nevertheless, that is a failure with the words of the error. */
async function askCredential(
  link: Link,
  ports: EnginePorts,
  request: TokenRequest,
  signal: AbortSignal,
): Promise<Outcome> {
  if (signal.aborted) return { kind: 'failed', problem: abortProblem(signal) }
  try {
    return checkToken(await link.create(ports).getToken(request, signal))
  } catch (error) {
    if (signal.aborted) return { kind: 'failed', problem: abortProblem(signal) }
    const message = error instanceof Error ? error.message : String(error)
    return { kind: 'failed', problem: problem('unexpected', { message }, error) }
  }
}

/** RFC 6749, appendix A.12: printable ASCII. What comes back goes into shells and headers, so nothing else passes here. */
function checkToken(outcome: Outcome): Outcome {
  if (outcome.kind !== 'token' || /^[\x21-\x7e]+$/.test(outcome.token.token.reveal())) return outcome
  const message = 'the access token that came back is empty or holds characters that no token has'
  return { kind: 'failed', problem: problem('unexpected', { message }) }
}

/** The caller's signal ended the run: `reason` is a `TimeLimit`, or the name of a signal. */
export function abortProblem(signal: AbortSignal): ReturnType<typeof problem> {
  const reason: unknown = signal.reason
  if (reason instanceof TimeLimit) return problem('timed-out', { what: reason.what, timeoutMs: reason.timeoutMs })
  return problem('interrupted', { signal: typeof reason === 'string' ? reason : 'SIGINT' })
}

/** The reason of an AbortSignal that a time limit aborted. */
export class TimeLimit extends Error {
  readonly what: string
  readonly timeoutMs: number

  constructor(what: string, timeoutMs: number) {
    super(`${what} took longer than ${timeoutMs} ms`)
    this.name = 'TimeoutError'
    this.what = what
    this.timeoutMs = timeoutMs
  }
}
