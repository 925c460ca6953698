/** Waits on loopback for the authority to send the browser back (RFC 8252 section 7.3); everything else is turned away. */
import { timingSafeEqual } from 'node:crypto'
import { failure, type Result, success } from '../../result.ts'
import type { Clock, Loopback, LoopbackAnswer, LoopbackRequest } from '../../runtime.ts'
import { Secret } from '../../secret.ts'
import { type Problem, problem } from '../problems.ts'
import { type Landing, landingPage } from './landing-page.ts'

export type Redirect =
  | { readonly kind: 'code'; readonly code: Secret }
  | {
      readonly kind: 'error'
      readonly error: string
      readonly description: string
      readonly suberror: string | null
    }
  /** It knew the state, and brought neither code nor error. */
  | { readonly kind: 'nothing' }

export interface RedirectWait {
  readonly redirectUri: string
  /** The first answer to this sign-in. Never rejects. */
  readonly arrived: Promise<Redirect>
  /** What the person's page says of it; until then the browser waits, for half a minute at most. */
  conclude(landing: Landing): void
  close(): Promise<void>
}

export interface RedirectPlace {
  /** As in the redirect URI: `localhost` or an address of loopback. */
  readonly hostname: string
  /** 0: any free one. */
  readonly port: number
  readonly path: string
}

const longestWaitMs = 30_000

/** As a person may write it: `http://localhost:8400/done`. Null: the browser could not come back there. */
export function readRedirectPlace(uri: string): RedirectPlace | null {
  if (!URL.canParse(uri)) return null
  const { protocol, hostname, port, pathname, search, hash, username } = new URL(uri)
  const isLoopback = hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]'
  if (protocol !== 'http:' || !isLoopback || search !== '' || hash !== '' || username !== '') return null
  // Without a port the URI stands for any: Entra leaves the port of `http://localhost` out of its comparison.
  return { hostname, port: port === '' ? 0 : Number(port), path: pathname }
}

export const anyPlace: RedirectPlace = { hostname: 'localhost', port: 0, path: '/' }

export async function listenForRedirect(
  { hostname, port, path }: RedirectPlace,
  state: string,
  { loopback, clock }: { readonly loopback: Loopback; readonly clock: Clock },
): Promise<Result<RedirectWait, Problem>> {
  let tell: (redirect: Redirect) => void = () => {}
  let conclude: (landing: Landing) => void = () => {}
  const arrived = new Promise<Redirect>((resolve) => {
    tell = resolve
  })
  const concluded = new Promise<Landing>((resolve) => {
    conclude = resolve
  })
  let isOver = false
  let bound = port

  const answer = async (request: LoopbackRequest): Promise<LoopbackAnswer> => {
    const read = readRequest(request, { path, port: bound, state })
    if (read.kind === 'landing') return landingPage(read.landing)
    if (read.kind === 'icon') return { status: 404, headers: { 'cache-control': 'no-store' }, body: '' }
    if (isOver) return landingPage({ kind: 'already-over' })
    isOver = true
    tell(read.redirect)
    const over = new AbortController()
    const late = clock
      .sleep(longestWaitMs, over.signal)
      .then((): Landing => ({ kind: 'under-way' }))
      .catch((): Landing => ({ kind: 'under-way' }))
    const landing = await Promise.race([concluded, late])
    over.abort()
    return landingPage(landing)
  }

  const listening = await loopback.listen(port, answer)
  if (!listening.ok) return failure(problem('loopback-unavailable', { port, ...listening.error }))
  bound = listening.value.port
  const suffix = path === '/' ? '' : path
  return success({
    redirectUri: `http://${hostname}:${bound}${suffix}`,
    arrived,
    conclude,
    close: async () => {
      conclude({ kind: 'under-way' })
      await listening.value.close()
    },
  })
}

type ReadRequest =
  | { readonly kind: 'redirect'; readonly redirect: Redirect }
  | { readonly kind: 'landing'; readonly landing: Landing }
  | { readonly kind: 'icon' }

interface Expected {
  readonly path: string
  readonly port: number
  readonly state: string
}

function readRequest({ method, target, host }: LoopbackRequest, { path, port, state }: Expected): ReadRequest {
  // DNS rebinding: a foreign name that was made to lead here is not ours.
  if (![`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`].includes(host)) return landing('host-refused')
  if (method !== 'GET' && method !== 'HEAD') return landing('method-refused')
  const base = `http://localhost:${port}`
  if (!target.startsWith('/') || !URL.canParse(base + target)) return landing('not-found')
  const { pathname, searchParams: query } = new URL(base + target)
  if (pathname === '/favicon.ico') return { kind: 'icon' }
  if (pathname !== path || method !== 'GET') return landing('not-found')
  if (query.size === 0) return landing('not-found')
  const [given, ...otherStates] = query.getAll('state')
  if (given === undefined || otherStates.length > 0 || !isEqual(given, state)) return landing('other-state')
  return { kind: 'redirect', redirect: readRedirect(query) }
}

function readRedirect(query: URLSearchParams): Redirect {
  const codes = query.getAll('code')
  const error = query.get('error')
  if (error !== null && error !== '') {
    return {
      kind: 'error',
      error,
      description: query.get('error_description') ?? '',
      suberror: query.get('error_subcode') ?? query.get('suberror'),
    }
  }
  const [code] = codes
  return codes.length === 1 && code !== undefined && code !== ''
    ? { kind: 'code', code: new Secret(code) }
    : { kind: 'nothing' }
}

function landing(kind: 'host-refused' | 'method-refused' | 'not-found' | 'other-state'): ReadRequest {
  return { kind: 'landing', landing: { kind } }
}

function isEqual(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)]
  return left.length === right.length && timingSafeEqual(left, right)
}
