/**
 * The managed identity protocol of App Service (api-version 2019-08-01), from a request to what may be said to it. Pure.
 * https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { ResolvedTarget } from '../engine/scope.ts'
import type { Secret } from '../secret.ts'
import type { FindTarget } from './audiences.ts'

/** The path of App Service on Linux. */
export const tokenPath = '/msi/token'

const apiVersion = '2019-08-01'

export interface IdentityRequest {
  readonly method: string
  /** `1.1` */
  readonly httpVersion: string
  /** Path and query as they came. */
  readonly url: string
  /** The Host header. */
  readonly host: string | undefined
  /** The X-IDENTITY-HEADER header. */
  readonly identityHeader: string | undefined
  /** Names of the endpoints that it came through. */
  readonly trail: readonly string[]
  readonly hasBody: boolean
}

export interface EndpointPolicy {
  readonly identityHeader: Secret
  /** The name by which this endpoint is on a trail. */
  readonly ownName: string
  /** Names in lower case by which clients may ask, besides those of loopback; an IPv6 address without brackets. */
  readonly hostNames: ReadonlySet<string>
  /** Whose tokens are given: a client that names another identity is refused. Absent: no id may be named. */
  readonly identity: Partial<Readonly<Record<IdentityKind, string>>>
  readonly findTarget: FindTarget
}

export type IdentityKind = 'clientId' | 'objectId' | 'resourceId'

export type Verdict =
  | { readonly kind: 'granted'; readonly target: ResolvedTarget; readonly resource: string }
  | { readonly kind: 'refused'; readonly status: number; readonly message: string; readonly resource: string | null }

/** The names of ids on the wire, of this host and of those whose habits clients have. */
const idParameters: Readonly<Record<string, IdentityKind>> = {
  client_id: 'clientId',
  clientid: 'clientId',
  object_id: 'objectId',
  principal_id: 'objectId',
  mi_res_id: 'resourceId',
  msi_res_id: 'resourceId',
}

/** In an order that tells nothing to who does not know the header: whoever has no right to ask learns only that. */
export function judgeRequest(request: IdentityRequest, policy: EndpointPolicy): Verdict {
  const refuse = (status: number, message: string, resource: string | null = null): Verdict => ({
    kind: 'refused',
    status,
    message,
    resource,
  })
  if (request.httpVersion !== '1.1') return refuse(505, 'HTTP/1.1 is needed.')
  if (!isKnownHost(request.host, policy.hostNames)) {
    return refuse(400, 'The Host header names another host than this endpoint has.')
  }
  // Only who was asked by this endpoint knows its name, with or without the header. SDKs try 508, the word for it, again.
  if (request.trail.includes(policy.ownName)) {
    return refuse(400, 'The request came back to the endpoint that it was made for: two endpoints ask each other.')
  }
  if (!isSame(request.identityHeader, policy.identityHeader)) {
    return refuse(401, 'The X-IDENTITY-HEADER is missing or not that of this endpoint.')
  }
  const [path = '', ...rest] = request.url.split('?')
  if (path !== tokenPath) return refuse(404, 'Not Found')
  if (request.method !== 'GET') return refuse(405, 'GET is the only method here.')
  if (request.hasBody) return refuse(413, 'A request for a token has no body.')

  const query = new URLSearchParams(rest.join('?'))
  if (query.get('api-version') !== apiVersion) {
    return refuse(400, `The api-version is missing or not supported; supported: ${apiVersion}.`)
  }
  const resource = query.get('resource') ?? ''
  if (resource === '') return refuse(400, 'The resource is missing.')
  for (const [name, value] of query) {
    const kind = Object.hasOwn(idParameters, name) ? idParameters[name] : undefined
    if (kind === undefined || isSameId(value, policy.identity[kind])) continue
    return refuse(
      400,
      'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
      resource,
    )
  }
  const target = policy.findTarget(resource)
  if (target === null) return refuse(403, 'This endpoint gives no tokens for this resource.', resource)
  return { kind: 'granted', target, resource }
}

/** A page in a browser can make its own name lead here (DNS rebinding), but the name stays in the Host header. */
function isKnownHost(host: string | undefined, names: ReadonlySet<string>): boolean {
  const name = /^(?:\[([0-9a-f:.]+)\]|([^:@/\s]+))(?::\d+)?$/i.exec(host ?? '')
  const bare = (name?.[1] ?? name?.[2] ?? '').toLowerCase()
  return bare === 'localhost' || bare === '::1' || /^127(?:\.\d{1,3}){3}$/.test(bare) || names.has(bare)
}

/** Digests are of one length whatever came, so the time tells nothing of the secret. */
function isSame(given: string | undefined, expected: Secret): boolean {
  return timingSafeEqual(digest(given ?? ''), digest(expected.reveal())) && !expected.isEmpty
}

function digest(text: string): Uint8Array {
  return createHash('sha256').update(text).digest()
}

function isSameId(given: string, configured: string | undefined): boolean {
  return configured !== undefined && given.toLowerCase() === configured.toLowerCase()
}
