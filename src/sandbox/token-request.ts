/** A request to the token endpoint, read strictly: method, tenant, form and the parameters every grant needs. */
import { failure, type Result, success } from '../result.ts'
import { findTenant, type SandboxDirectory, type Tenant } from './directory.ts'
import type { Exchange } from './exchange.ts'
import { type Refusal, refuse } from './refusals.ts'

export type EndpointVersion = 1 | 2

/** The tenant segment of the path: one directory, or one of the words that stand for several. */
export type TenantTarget =
  | { readonly kind: 'one'; readonly tenant: Tenant }
  | { readonly kind: 'several'; readonly word: 'common' | 'organizations' | 'consumers' }

export interface TokenRequest {
  readonly version: EndpointVersion
  readonly target: TenantTarget
  readonly grantType: string
  readonly clientId: string
  /** From the body, or from `Authorization: Basic`. */
  readonly clientSecret: string | undefined
  readonly parameters: ReadonlyMap<string, string>
  readonly exchange: Exchange
}

const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i
const domain = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i
const severalWords = ['common', 'organizations', 'consumers'] as const

export function isGuid(text: string): boolean {
  return guid.test(text)
}

export function isDomain(text: string): boolean {
  return domain.test(text)
}

/** Which tenant a path means; `unknown` names the refusal for one that is well formed but not here. */
export function resolveTenant(
  directory: SandboxDirectory,
  segment: string,
  unknown: 'tenant-unknown' | 'discovery-tenant-unknown',
): Result<TenantTarget, Refusal> {
  const word = severalWords.find((each) => each === segment.toLowerCase())
  if (word !== undefined) return success({ kind: 'several', word })
  if (!isGuid(segment) && !isDomain(segment)) return failure(refuse('tenant-malformed', { tenant: segment }))
  const tenant = findTenant(directory, segment)
  return tenant === undefined ? failure(refuse(unknown, { tenant: segment })) : success({ kind: 'one', tenant })
}

export function readTokenRequest(
  exchange: Exchange,
  segment: string,
  version: EndpointVersion,
  directory: SandboxDirectory,
): Result<TokenRequest, Refusal> {
  if (exchange.method !== 'POST') {
    return failure(refuse('wrong-method', { allowed: 'POST, OPTIONS', method: exchange.method }))
  }
  const target = resolveTenant(directory, segment, 'tenant-unknown')
  if (!target.ok) return target
  const parameters = readForm(exchange)
  if (!parameters.ok) return parameters
  const basic = readBasic(exchange.headers['authorization'])
  if (!basic.ok) return basic
  const grantType = parameters.value.get('grant_type')
  if (grantType === undefined) return failure(refuse('parameter-missing', { name: 'grant_type' }))
  const clientId = parameters.value.get('client_id') ?? basic.value?.clientId
  if (clientId === undefined) return failure(refuse('parameter-missing', { name: 'client_id' }))
  if (basic.value !== null && basic.value.clientId !== clientId) return failure(refuse('request-malformed', {}))
  const clientSecret = parameters.value.get('client_secret') ?? basic.value?.clientSecret
  return success({
    version,
    target: target.value,
    grantType,
    clientId,
    clientSecret: clientSecret === '' ? undefined : clientSecret,
    parameters: parameters.value,
    exchange,
  })
}

/** The form of the body. A body of another type is not looked at, so its first parameter is what Entra misses. Empty values count as absent. */
export function readForm(exchange: Pick<Exchange, 'headers' | 'body'>): Result<ReadonlyMap<string, string>, Refusal> {
  const type = exchange.headers['content-type']?.split(';')[0]?.trim().toLowerCase()
  const parameters = new Map<string, string>()
  if (type !== 'application/x-www-form-urlencoded') return success(parameters)
  for (const [name, value] of new URLSearchParams(exchange.body)) {
    if (parameters.has(name)) return failure(refuse('parameter-duplicated', { name }))
    parameters.set(name, value)
  }
  for (const [name, value] of parameters) if (value === '') parameters.delete(name)
  return success(parameters)
}

interface BasicCredentials {
  readonly clientId: string
  readonly clientSecret: string
}

/** RFC 6749 section 2.3.1: both halves are form-encoded before base64. Null: no such header. */
function readBasic(header: string | undefined): Result<BasicCredentials | null, Refusal> {
  const encoded = /^Basic\s+(\S+)$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return success(null)
  const [clientId = '', ...secret] = Buffer.from(encoded, 'base64').toString('utf8').split(':')
  try {
    return success({ clientId: formDecode(clientId), clientSecret: formDecode(secret.join(':')) })
  } catch {
    return failure(refuse('request-malformed', {}))
  }
}

function formDecode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
