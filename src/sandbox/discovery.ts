/** Documents by which clients find the sandbox's endpoints and keys: instance discovery, OpenID configuration, JWKS. */
import { failure, type Result, success } from '../result.ts'
import { type Answer, answerJson, type Exchange } from './exchange.ts'
import { aliasesOf, allAliases, issuerV1, issuerV2 } from './host-names.ts'
import { type Refusal, refuse } from './refusals.ts'
import type { SandboxState } from './state.ts'
import { type EndpointVersion, resolveTenant, type TenantTarget } from './token-request.ts'

/** Documents change so rarely that Entra lets clients keep them for a day. */
const documentHeaders = { 'cache-control': 'max-age=86400, private', 'access-control-allow-origin': '*' }

/** `GET /common/discovery/instance?api-version=1.1&authorization_endpoint=…`: is that authority one of ours, and what else is it called? */
export function answerInstance(exchange: Exchange, state: SandboxState): Answer | Refusal {
  if (exchange.method !== 'GET') return refuse('wrong-method', { allowed: 'GET', method: exchange.method })
  const names = [...exchange.query.keys()]
  const isRepeated = new Set(names).size !== names.length
  const version = exchange.query.get('api-version')
  const endpoint = readAuthorizeEndpoint(exchange.query.get('authorization_endpoint'))
  if (isRepeated || endpoint === null || (version !== '1.0' && version !== '1.1')) {
    return refuse('instance-request-malformed', {})
  }
  if (aliasesOf(state.hosts, endpoint.host) === null) return refuse('instance-unknown', {})
  const configuration = `https://${endpoint.host}/${endpoint.tenant}${endpoint.version === 2 ? '/v2.0' : ''}`
  const body = {
    tenant_discovery_endpoint: `${configuration}/.well-known/openid-configuration`,
    ...(version === '1.0'
      ? {}
      : {
          'api-version': '1.1',
          metadata: allAliases(state.hosts).map((group) => ({
            preferred_network: group.networkHost,
            preferred_cache: group.cacheHost,
            aliases: group.aliases,
          })),
        }),
  }
  return answerJson(200, JSON.stringify(body), documentHeaders)
}

interface AuthorizeEndpoint {
  readonly host: string
  readonly tenant: string
  readonly version: EndpointVersion
}

/** `https://{host}/{tenant}/oauth2[/v2.0]/authorize` and nothing more. */
function readAuthorizeEndpoint(text: string | null): AuthorizeEndpoint | null {
  const match = /^https:\/\/([^/?#@]+)\/([^/?#]+)\/oauth2(\/v2\.0)?\/authorize$/i.exec(text ?? '')
  if (match === null) return null
  const [, host = '', tenant = '', v2] = match
  return { host: host.toLowerCase(), tenant, version: v2 === undefined ? 1 : 2 }
}

/** `…/.well-known/openid-configuration`, of one tenant by id or domain, or of `common` and its like. */
export function answerConfiguration(
  exchange: Exchange,
  segment: string,
  version: EndpointVersion,
  state: SandboxState,
): Answer | Refusal {
  const target = readTarget(exchange, segment, state)
  if (!target.ok) return target.error
  const document =
    version === 2 ? configurationV2(exchange.origin, target.value) : configurationV1(exchange.origin, target.value)
  return answerJson(200, JSON.stringify(document), documentHeaders)
}

function readTarget(exchange: Exchange, segment: string, state: SandboxState): Result<TenantTarget, Refusal> {
  if (exchange.method !== 'GET') {
    return failure(refuse('wrong-method', { allowed: 'GET', method: exchange.method }))
  }
  const target = resolveTenant(state.directory, segment, 'discovery-tenant-unknown')
  return target.ok ? success(target.value) : target
}

/** What stands in a document's addresses, and in the issuer, where several tenants share it. */
function pathAndIssuer(target: TenantTarget): { readonly path: string; readonly issuerTenant: string } {
  return target.kind === 'one'
    ? { path: target.tenant.id, issuerTenant: target.tenant.id }
    : { path: target.word, issuerTenant: '{tenantid}' }
}

function configurationV2(origin: string, target: TenantTarget): Readonly<Record<string, unknown>> {
  const { path, issuerTenant } = pathAndIssuer(target)
  const base = `${origin}/${path}`
  return {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'id_token token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: issuerV2(origin, issuerTenant),
    request_uri_parameter_supported: false,
    userinfo_endpoint: 'https://graph.microsoft.com/oidc/userinfo',
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    device_authorization_endpoint: `${base}/oauth2/v2.0/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    claims_supported: claimsSupported,
    tenant_region_scope: target.kind === 'one' ? 'EU' : null,
    ...cloud,
  }
}

function configurationV1(origin: string, target: TenantTarget): Readonly<Record<string, unknown>> {
  const { path, issuerTenant } = pathAndIssuer(target)
  const base = `${origin}/${path}`
  return {
    token_endpoint: `${base}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt', 'client_secret_basic'],
    jwks_uri: `${origin}/common/discovery/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'token id_token', 'token'],
    scopes_supported: ['openid'],
    issuer: issuerV1(origin, issuerTenant),
    microsoft_multi_refresh_token: true,
    authorization_endpoint: `${base}/oauth2/authorize`,
    device_authorization_endpoint: `${base}/oauth2/devicecode`,
    http_logout_supported: true,
    frontchannel_logout_supported: true,
    end_session_endpoint: `${base}/oauth2/logout`,
    claims_supported: claimsSupported,
    check_session_iframe: `${base}/oauth2/checksession`,
    userinfo_endpoint: `${base}/openid/userinfo`,
    tenant_region_scope: target.kind === 'one' ? 'EU' : null,
    ...cloud,
  }
}

const claimsSupported = [
  'sub',
  'iss',
  'cloud_instance_name',
  'cloud_instance_host_name',
  'cloud_graph_host_name',
  'msgraph_host',
  'aud',
  'exp',
  'iat',
  'auth_time',
  'acr',
  'nonce',
  'preferred_username',
  'name',
  'tid',
  'ver',
  'at_hash',
  'c_hash',
  'email',
]

const cloud = {
  cloud_instance_name: 'microsoftonline.com',
  cloud_graph_host_name: 'graph.windows.net',
  msgraph_host: 'graph.microsoft.com',
  rbac_url: 'https://pas.windows.net',
}

/** The public keys; the v2 document says which issuer each is for. */
export async function answerKeys(
  exchange: Exchange,
  segment: string,
  version: EndpointVersion,
  state: SandboxState,
): Promise<Answer | Refusal> {
  const target = readTarget(exchange, segment, state)
  if (!target.ok) return target.error
  const { jwk } = await state.signingKey()
  const { issuerTenant } = pathAndIssuer(target.value)
  const extra = version === 2 ? { issuer: issuerV2(exchange.origin, issuerTenant) } : {}
  const keys = [{ ...jwk, cloud_instance_name: 'microsoftonline.com', ...extra }]
  return answerJson(200, JSON.stringify({ keys }), documentHeaders)
}
