/** Asks the service that runs a job for the token that says which job it is. */
import { failure, type Result } from '../result.ts'
import type { HttpRequest, HttpResponse } from '../runtime.ts'
import type { Secret } from '../secret.ts'
import { abortProblem } from './chain.ts'
import { acceptAssertion } from './federated-token.ts'
import type { FederationFacts, JobService } from './federation-facts.ts'
import { sendPatiently } from './patient-http.ts'
import { type BadInput, type Problem, problem } from './problems.ts'
import { createRedactor } from './redaction.ts'
import { parseObject } from './token-answer.ts'
import type { EnginePorts } from './types.ts'

export interface JobTokenQuestion {
  readonly service: JobService
  readonly method: 'GET' | 'POST'
  readonly url: URL
  /** What the job shows, as a bearer token. */
  readonly jobToken: Secret
  readonly headers: Readonly<Record<string, string>>
  /** The member of the answer that holds the token. */
  readonly member: 'oidcToken' | 'value'
}

const exchangeTimeoutMs = 30_000
const largestAnswer = 256 * 1024
const longestBody = 2048
const requestIds = ['x-vss-e2eid', 'x-msedge-ref', 'activityid', 'x-github-request-id']

/** A fresh token each time it is called. */
export async function askJobToken(
  question: JobTokenQuestion,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<Result<Secret, Problem>> {
  const { service, method, url, jobToken, headers } = question
  const request: HttpRequest = {
    method,
    url: url.href,
    headers: { ...headers, authorization: `Bearer ${jobToken.reveal()}` },
    ...(method === 'POST' ? { body: '' } : {}),
    timeoutMs: exchangeTimeoutMs,
    maxBytes: largestAnswer,
  }
  const result = await sendPatiently(request, ports, signal)
  if (signal.aborted) return failure(abortProblem(signal))
  if (!result.ok) {
    const endpoint = `${url.origin}${url.pathname}`
    return failure(problem('job-token-unreachable', { service, endpoint, error: result.error }))
  }
  const { response } = result
  const token = response.status === 200 ? parseObject(response.body)?.[question.member] : undefined
  if (typeof token === 'string' && token !== '') {
    return acceptAssertion(token, { source: url.host }, 'http', ports)
  }
  return failure(problem('job-token-refused', describeRefusal(question, response)))
}

function describeRefusal(
  { service, url, jobToken }: JobTokenQuestion,
  response: HttpResponse,
): FederationFacts['job-token-refused'] {
  const { status, headers, body } = response
  const redact = createRedactor([jobToken.reveal()])
  const id = requestIds.map((name) => headers[name]).find((value) => value !== undefined)
  return {
    service,
    host: url.host,
    status,
    contentType: headers['content-type'] ?? '',
    body: redact(body).slice(0, longestBody),
    reason: classify(response),
    ...(id === undefined ? {} : { requestId: redact(id).slice(0, 200) }),
  }
}

/** Azure DevOps answers 203 with a sign-in page, or sends there, where it does not know who asks. */
function classify({ status, headers, body }: HttpResponse): FederationFacts['job-token-refused']['reason'] {
  const isPage = /^text\/html/i.test(headers['content-type'] ?? '') || /^\s*<(!doctype|html)/i.test(body)
  if (status === 203 || (status === 200 && isPage)) return 'sign-in-page'
  if (status >= 300 && status < 400) return 'redirect'
  if (status === 401) return 'unauthorized'
  if (status === 403) return 'forbidden'
  if (status === 404) return 'not-found'
  if (status !== 200) return 'status'
  return parseObject(body) === null ? 'not-json' : 'no-token'
}

/**
 * The address that a variable gives. A bearer token goes there, so it is https, or this machine; a URL with a password in it
 * belongs to nobody's job.
 *
 * @param asked The whole address that would have been asked, for messages.
 */
export function readJobUrl(value: string, source: string, asked = value): Result<URL, Problem> {
  const bad = (reason: string): Result<URL, Problem> => {
    const facts: BadInput = { what: 'OIDC request URL', source, reason, value: asked.replace(/\/\/[^/@]*@/, '//***@') }
    return failure(problem('input-invalid', facts))
  }
  if (!URL.canParse(value)) return bad('is not a URL')
  const url = new URL(value)
  const isLoopback = /^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) return bad('is not an https URL')
  if (url.username !== '' || url.password !== '') return bad('holds a user name or password')
  return { ok: true, value: url }
}
