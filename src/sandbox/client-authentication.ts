/** Who the client is, and its proof: secret, certificate or the token of an outside issuer. For every grant of a confidential client. */
import { timingSafeEqual } from 'node:crypto'
import { failure, type Result, success } from '../result.ts'
import { checkClientAssertion } from './client-assertions.ts'
import { type App, findApp, type SandboxDirectory, type ServicePrincipal, type Tenant } from './directory.ts'
import { type Refusal, refuse } from './refusals.ts'
import type { SandboxState } from './state.ts'
import type { TokenRequest } from './token-request.ts'

const jwtBearer = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

export type ClientProof = 'secret' | 'certificate' | 'federated'

export interface KnownApp {
  readonly app: App
  readonly servicePrincipal: ServicePrincipal
}

/** The app as this tenant knows it. An app of another tenant is there only if it is multi-tenant and was added. */
export function identifyApp(clientId: string, tenant: Tenant, directory: SandboxDirectory): Result<KnownApp, Refusal> {
  const app = findApp(directory, clientId)
  const isForeign = app !== undefined && app.tenantId !== tenant.id
  if (app === undefined || (isForeign && !app.isMultiTenant)) {
    return failure(refuse('app-unknown', { app: clientId, directory: tenant.name }))
  }
  const servicePrincipal = app.servicePrincipals.find((principal) => principal.tenantId === tenant.id)
  if (servicePrincipal === undefined) {
    return failure(refuse('app-not-in-tenant', { app: app.clientId, tenant: tenant.id }))
  }
  if (!servicePrincipal.isEnabled) {
    return failure(refuse('app-disabled', { app: app.clientId, name: app.displayName }))
  }
  return success({ app, servicePrincipal })
}

/** Promise: `ok` only with a proof that holds now. An assertion counts before a secret. */
export async function authenticateClient(
  request: TokenRequest,
  app: App,
  tenant: Tenant,
  state: SandboxState,
): Promise<Result<ClientProof, Refusal>> {
  const assertion = request.parameters.get('client_assertion')
  const type = request.parameters.get('client_assertion_type')
  if (assertion === undefined && request.clientSecret === undefined) return failure(refuse('credential-missing', {}))
  if (app.isPublicClient) return failure(refuse('app-public', {}))
  if (assertion !== undefined) {
    if (type === undefined) return failure(refuse('parameter-missing', { name: 'client_assertion_type' }))
    if (type !== jwtBearer) return failure(refuse('request-malformed', {}))
    const { now, origin } = request.exchange
    return checkClientAssertion(assertion, { app, tenant, origin, now }, state)
  }
  return checkSecret(request.clientSecret ?? '', app, request.exchange.now)
}

function checkSecret(given: string, app: App, now: number): Result<ClientProof, Refusal> {
  const found = app.secrets.find((secret) => secret.value !== undefined && isSameText(secret.value, given))
  if (found === undefined) return failure(refuse('secret-wrong', { app: app.clientId }))
  if (found.expires !== undefined && now >= found.expires) {
    return failure(refuse('secret-expired', { app: app.clientId }))
  }
  return success('secret')
}

function isSameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
