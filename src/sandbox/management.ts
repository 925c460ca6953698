/** The few questions of Azure Resource Manager that a sign-in of az asks: which subscriptions, which tenants. One of each. */
import { createHash } from 'node:crypto'
import type { Tenant } from './directory.ts'
import { type Answer, answerJson, type Exchange, notFound } from './exchange.ts'
import { issuerV1, issuerV2 } from './host-names.ts'
import { countRevocations } from './sign-in/people.ts'
import { hasValidSignature, parseToken } from './signed-token.ts'
import type { SandboxState } from './state.ts'

/** What its tokens are for, with and without a slash behind it. */
const audiences: ReadonlySet<string> = new Set(
  ['https://management.azure.com', 'https://management.core.windows.net'].flatMap((uri) => [uri, `${uri}/`]),
)

export async function answerSubscriptions(exchange: Exchange, state: SandboxState): Promise<Answer> {
  const caller = await admit(exchange, state)
  if ('status' in caller) return caller
  const id = subscriptionId(caller)
  const subscription = {
    id: `/subscriptions/${id}`,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: id,
    tenantId: caller.id,
    displayName: `${caller.name} sandbox`,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'PayAsYouGo_2014-09-01',
      spendingLimit: 'Off',
    },
  }
  return answerList([subscription])
}

export async function answerTenants(exchange: Exchange, state: SandboxState): Promise<Answer> {
  const caller = await admit(exchange, state)
  if ('status' in caller) return caller
  return answerList([
    {
      id: `/tenants/${caller.id}`,
      tenantId: caller.id,
      displayName: caller.name,
      defaultDomain: caller.domains[0] ?? '',
      domains: caller.domains,
      tenantCategory: 'Home',
      tenantType: 'AAD',
    },
  ])
}

function answerList(value: readonly unknown[]): Answer {
  return answerJson(200, JSON.stringify({ value, count: { type: 'Total', value: value.length } }))
}

/** The same at every start. */
function subscriptionId({ id }: Tenant): string {
  const hex = createHash('sha256').update(`subscription of ${id}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

/** The tenant of a token that this authority signed for the management plane, or the refusal. */
async function admit(exchange: Exchange, state: SandboxState): Promise<Tenant | Answer> {
  if (exchange.method !== 'GET') return notFound
  if (exchange.query.get('api-version') === null) {
    return refuse(
      400,
      'MissingApiVersionParameter',
      'The api-version query parameter (?api-version=) is required for all requests.',
    )
  }
  const [, text] = /^Bearer (\S+)$/i.exec(exchange.headers['authorization'] ?? '') ?? []
  if (text === undefined) {
    return refuse(401, 'AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.")
  }
  const token = parseToken(text)
  const key = await state.signingKey()
  if (token === null || token.header['kid'] !== key.kid || !hasValidSignature(token, 'RS256', key.publicKey)) {
    return refuse(401, 'InvalidAuthenticationToken', 'The access token is invalid.')
  }
  const { aud, exp, tid, iss } = token.claims
  if (!(exchange.now < Number(exp) * 1000)) {
    return refuse(401, 'ExpiredAuthenticationToken', 'The access token expiry is earlier than current time.')
  }
  if (!audiences.has(String(aud))) {
    return refuse(
      401,
      'InvalidAuthenticationTokenAudience',
      `The access token has been obtained for wrong audience or resource '${aud}'.`,
    )
  }
  const signIn = state.signIns.accessTokens.get(String(token.claims['uti']))
  const isRevoked = signIn !== undefined && signIn.revocations < countRevocations(signIn.user, state)
  if (isRevoked && token.claims['xms_cc'] !== undefined)
    return challenge(exchange, state.signIns.revocations.get(signIn.user.objectId)?.at ?? exchange.now)
  const tenant = state.directory.tenants.find(({ id }) => id === tid)
  // Whoever asked the authority did so under another name than this one.
  const origins = state.hosts.names.map(
    (name) => `https://${name}${state.hosts.port === 443 ? '' : `:${state.hosts.port}`}`,
  )
  const issuers = origins.flatMap((origin) => [issuerV1(origin, String(tid)), issuerV2(origin, String(tid))])
  if (tenant === undefined || !issuers.includes(String(iss))) {
    return refuse(401, 'InvalidAuthenticationTokenTenant', 'The access token is from the wrong issuer.')
  }
  return tenant
}

/** Continuous access evaluation: only a token of a sign-in since then will do. */
function challenge(exchange: Exchange, since: number): Answer {
  const wanted = { access_token: { nbf: { essential: true, value: String(Math.floor(since / 1000)) } } }
  const claims = Buffer.from(JSON.stringify(wanted)).toString('base64')
  const answer = refuse(401, 'AuthenticationFailed', 'The access token was revoked: a new sign-in is needed.')
  const header = [
    `Bearer realm="", authorization_uri="${exchange.origin}/common/oauth2/authorize"`,
    `error="insufficient_claims", claims="${claims}"`,
  ]
  return { ...answer, headers: { ...answer.headers, 'www-authenticate': header.join(', ') } }
}

function refuse(status: number, code: string, message: string): Answer {
  const headers =
    status === 401 ? { 'www-authenticate': `Bearer error="invalid_token", error_description="${message}"` } : {}
  return answerJson(status, JSON.stringify({ error: { code, message } }), headers)
}
