/** What stands at the address of IMDS in a world: answers that a scenario made up, in their order, or IMDS itself behind it. */
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import type { LoggedRequest } from '../../src/sandbox/request-log.ts'

/** One answer; `imds` is the played host's own. The last of a list answers every later request as well. */
export type MadeAnswer =
  | 'imds'
  | {
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string
      readonly delayMs?: number
    }

interface ImdsFront {
  setAnswers(answers: readonly MadeAnswer[]): void
  close(): Promise<void>
}

/** @param origin Where the played host listens; it logs what reaches it itself. */
export async function startImdsFront(origin: string, onRequest: (request: LoggedRequest) => void): Promise<ImdsFront> {
  let left: readonly MadeAnswer[] = ['imds']
  const server = createServer((request, response) => {
    const [answer = 'imds', ...rest] = left
    if (rest.length > 0) left = rest
    if (answer === 'imds') {
      pass(request, response, origin)
      return
    }
    request.resume()
    onRequest(describe(request, answer.status))
    setTimeout(() => {
      response.sendDate = false
      response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers })
      response.end(answer.body ?? '')
    }, answer.delayMs ?? 0)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(80, '169.254.169.254', resolve)
  })
  return {
    setAnswers: (answers) => {
      left = answers.length === 0 ? ['imds'] : answers
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function pass(request: IncomingMessage, response: ServerResponse, origin: string): void {
  const onward = forward(
    new URL(request.url ?? '/', origin),
    { method: request.method ?? 'GET', headers: request.headers },
    (answer) => {
      response.sendDate = false
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    },
  )
  onward.on('error', () => response.destroy())
  response.on('close', () => onward.destroy())
  request.pipe(onward)
}

/** As the played host writes it down. */
function describe(request: IncomingMessage, status: number): LoggedRequest {
  const url = new URL(request.url ?? '/', 'http://169.254.169.254')
  const seen = ['metadata', 'x-forwarded-for', 'content-type'].flatMap((name) => {
    const value = request.headers[name]
    return value === undefined ? [] : [[name, String(value)] as const]
  })
  return {
    time: new Date().toISOString(),
    method: request.method ?? 'GET',
    host: request.headers.host ?? '',
    path: url.pathname,
    parameters: Object.fromEntries(url.searchParams),
    headers: Object.fromEntries(seen),
    endpoint: 'managed-identity',
    grantType: null,
    clientId: url.searchParams.get('client_id'),
    proof: 'none',
    assertion: null,
    userAgent: request.headers['user-agent'] ?? null,
    correlationId: '',
    traceId: '',
    status,
    refusal: null,
    faults: [],
    elapsedMs: 0,
  }
}
