/**
 * Where a client assertion comes from: a file that somebody renews, a command that prints one, or a value handed over once.
 * What was found is told as evidence, the token itself never is.
 */
import { failure, type Result, success } from '../result.ts'
import { Secret } from '../secret.ts'
import { describeAssertion, wordAssertion } from './assertion.ts'
import { abortProblem } from './chain.ts'
import { type Problem, problem } from './problems.ts'
import { createRedactor } from './redaction.ts'
import type { AssertionInput, EnginePorts, SdkName } from './types.ts'

/** Kubernetes' tokens have some 1 KB, Entra takes no assertion of more than a few. */
const maxTokenBytes = 256 * 1024

/** For how long the SDKs go on with what they read from the file of a workload identity, in seconds. */
const rereadSeconds: Readonly<Record<SdkName, number>> = { python: 600, js: 300, dotnet: 300, java: 300, go: 600 }

export type AskAssertion = (signal: AbortSignal) => Promise<Result<Secret, Problem>>

/** A file whose content is kept as long as the SDK keeps it; a failure is not kept. */
export function createTokenFileReader(path: string, source: string, sdk: SdkName, ports: EnginePorts): AskAssertion {
  let last: { readonly token: Secret; readonly second: number } | null = null
  return async () => {
    const second = Math.floor(ports.clock.now() / 1000)
    if (last !== null && second - last.second <= rereadSeconds[sdk]) return success(last.token)
    const token = await readTokenFile(path, source, ports, keepsSpace.has(sdk))
    if (token.ok) last = { token: token.value, second }
    return token
  }
}

/** Asked anew each time, whatever it is. */
export function createAssertionSource(input: AssertionInput, ports: EnginePorts, timeoutMs: number): AskAssertion {
  switch (input.kind) {
    case 'file':
      return () => readTokenFile(input.path, input.source, ports)
    case 'command':
      return (signal) => runTokenCommand(input, ports, timeoutMs, signal)
    case 'callback':
      return () => callBack(input, ports)
    case 'value':
      return async () => acceptAssertion(input.token.reveal(), { source: input.source }, 'file', ports)
    default:
      return input satisfies never
  }
}

/** Missing, unreadable, empty, not text and not a token are problems of their own; an old token is the service's to refuse. */
async function readTokenFile(
  path: string,
  source: string,
  ports: EnginePorts,
  isSpaceKept = false,
): Promise<Result<Secret, Problem>> {
  const read = await ports.files.read(path, { maxBytes: maxTokenBytes })
  if (!read.ok) return failure(problem('file-unreadable', { what: 'federated token', source, error: read.error }))
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(read.value)
  } catch {
    const start = Uint8Array.from(read.value.slice(0, 4096))
    return failure(problem('federated-token-unusable', { source, path, reason: 'not-text', start }))
  }
  const token = acceptAssertion(text, { source, path }, 'file', ports)
  return token.ok && isSpaceKept ? success(new Secret(text)) : token
}

/** They send the whole file, and a newline at its end makes it a token that no service takes. */
const keepsSpace: ReadonlySet<SdkName> = new Set(['python', 'go'])

/**
 * Only what is a JWT goes on, and so to the service: a wrong path may name a private key. Space around it is no part of
 * it, as in the SDK for JavaScript.
 */
export function acceptAssertion(
  text: string,
  from: { readonly source: string; readonly path?: string },
  kind: 'file' | 'process' | 'http',
  ports: EnginePorts,
): Result<Secret, Problem> {
  const token = text.trim()
  if (token === '') return failure(problem('federated-token-unusable', { ...from, reason: 'empty' }))
  const facts = describeAssertion(token)
  if (facts === null) return failure(problem('federated-token-unusable', { ...from, reason: 'not-jwt' }))
  const result = `client assertion: ${wordAssertion(facts, ports.clock.now())}`
  ports.note?.({ kind, what: from.path ?? from.source, result })
  return success(new Secret(token))
}

/** What the caller's function throws is the failure, in its own words as in the SDKs. */
async function callBack(
  { getAssertion, source }: Extract<AssertionInput, { kind: 'callback' }>,
  ports: EnginePorts,
): Promise<Result<Secret, Problem>> {
  let text: unknown
  try {
    text = await getAssertion()
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    return failure(problem('unexpected', { message: createRedactor([])(message) }, error))
  }
  return acceptAssertion(typeof text === 'string' ? text : '', { source }, 'process', ports)
}

async function runTokenCommand(
  { command, source }: Extract<AssertionInput, { kind: 'command' }>,
  ports: EnginePorts,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Result<Secret, Problem>> {
  const [file = '', ...args] = command
  const result = await ports.processes.run(
    { file, args, timeoutMs, maxOutputBytes: maxTokenBytes, areArgsPrivate: true },
    signal,
  )
  if (signal.aborted) return failure(abortProblem(signal))
  const fail = (reason: 'not-started' | 'exit' | 'killed' | 'timed-out', detail: string, stderr = '') =>
    failure(problem('assertion-command', { source, program: file, reason, detail, stderr: redactOutput(stderr, args) }))
  switch (result.kind) {
    case 'not-started':
      return fail('not-started', result.detail)
    case 'killed':
      return fail('killed', result.signal, result.stderr)
    case 'timed-out':
      return fail('timed-out', `${result.timeoutMs} ms`, result.stderr)
    case 'exited':
      return result.code === 0
        ? acceptAssertion(result.stdout, { source, path: file }, 'process', ports)
        : fail('exit', String(result.code), result.stderr)
    default:
      return result satisfies never
  }
}

const longestStderr = 2000

/** A command that fails may say what it was given. */
function redactOutput(stderr: string, args: readonly string[]): string {
  return createRedactor(args)(stderr.trim()).slice(0, longestStderr)
}
