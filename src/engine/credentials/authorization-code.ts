/** AuthorizationCodeCredential: a code that a web app was sent for a person who signed in. It is redeemed once. */

import { Secret } from '../../secret.ts'
import { createPublicClient, type PublicClient } from '../msal-public.ts'
import { type Problem, problem } from '../problems.ts'
import { resolveTenant } from '../tenant.ts'
import type {
  AuthenticationRecord,
  Credential,
  CredentialConfig,
  CredentialDefinition,
  EnginePorts,
  MsalCache,
  Outcome,
} from '../types.ts'
import { checkReady, readIdentity } from './service-principal.ts'

const secretVariable = 'AZURE_CLIENT_SECRET'

export const authorizationCodeCredential: CredentialDefinition = {
  name: 'AuthorizationCodeCredential',
  aliases: ['authorization-code', 'auth-code', 'code'],
  create: createCredential,
  inputs: (config) => ({
    variables: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', secretVariable, 'AZURE_IDENTITY_DISABLE_MULTITENANTAUTH'],
    files: [],
    tokenFiles: [],
    values: [
      config.tenantId,
      config.clientId,
      config.clientSecret,
      config.authorizationCode,
      config.codeVerifier,
      config.redirectUri,
      config.additionallyAllowedTenants.join(';'),
    ],
    isOfThisMachine: false,
  }),
}

interface Prepared {
  readonly client: PublicClient
  readonly tenantId: string
  readonly code: Secret
  readonly redirectUri: string
}

function createCredential(config: CredentialConfig, ports: EnginePorts): Credential {
  let prepared: Prepared | Problem | null = null
  /** The one redemption, which later calls build on: a code is good for one (RFC 6749 section 4.1.2). */
  let redeemed: Promise<AuthenticationRecord | null> | null = null

  return {
    name: 'AuthorizationCodeCredential',
    getToken: async (request, signal) => {
      prepared ??= prepare(config, ports)
      if ('facts' in prepared) return outcomeOf(prepared)
      const { client, code, redirectUri } = prepared
      const tenant = resolveTenant(
        {
          configured: prepared.tenantId,
          additionallyAllowed: config.additionallyAllowedTenants,
          ...(request.tenantId === undefined ? {} : { requested: request.tenantId }),
        },
        ports.env,
      )
      if (!tenant.ok) return { kind: 'failed', problem: problem('tenant-not-allowed', tenant.error) }
      const asked = { ...request, tenantId: tenant.value ?? prepared.tenantId }
      const account = redeemed === null ? null : await redeemed
      if (account !== null) {
        const outcome = await client.acquireSilently({ ...asked, account }, signal)
        return outcome.kind === 'signed-in' ? { kind: 'token', token: outcome.token } : outcome
      }
      const { codeVerifier } = config
      const verifier = codeVerifier === undefined ? {} : { codeVerifier }
      const redeeming = client.redeemCode({ ...asked, code, redirectUri, ...verifier }, signal)
      redeemed = redeeming.then((outcome) => (outcome.kind === 'signed-in' ? outcome.account : null))
      const outcome = await redeeming
      return outcome.kind === 'signed-in' ? { kind: 'token', token: outcome.token } : outcome
    },
  }
}

function outcomeOf(found: Problem): Outcome {
  return { kind: found.code === 'inputs-missing' ? 'unavailable' : 'failed', problem: found }
}

function prepare(config: CredentialConfig, ports: EnginePorts): Prepared | Problem {
  const { clientId, tenantId } = readIdentity(config, ports)
  const { authorizationCode: code, redirectUri } = config
  if (clientId === null || tenantId === null || code === undefined || redirectUri === undefined) {
    const inputs = [
      ...(tenantId === null ? [{ name: 'tenant', sources: ['--tenant', 'AZURE_TENANT_ID'] }] : []),
      ...(clientId === null ? [{ name: 'client id', sources: ['--client-id', 'AZURE_CLIENT_ID'] }] : []),
      ...(code === undefined ? [{ name: 'authorization code', sources: ['--authorization-code-file'] }] : []),
      ...(redirectUri === undefined ? [{ name: 'redirect URI', sources: ['--redirect-uri'] }] : []),
    ]
    return problem('inputs-missing', { inputs })
  }
  const bad = checkReady(tenantId, config)
  if (bad !== null) return bad
  const secret = config.clientSecret ?? variableSecret(config, ports)
  const client = createPublicClient(
    {
      authority: config.authority,
      clientId: clientId.value,
      ...(secret === null ? {} : { proof: { kind: 'secret', secret } as const }),
      openCache: createMemory,
    },
    ports,
  )
  return { client, tenantId: tenantId.value, code, redirectUri }
}

/** With a verifier and no secret of its own it is a public app, whatever the variable holds for another one. */
function variableSecret({ codeVerifier }: CredentialConfig, { env }: EnginePorts): Secret | null {
  const value = codeVerifier === undefined ? (env.get(secretVariable) ?? '') : ''
  return value === '' ? null : new Secret(value)
}

/** What the code gave is this run's own: it belongs to the web app and not to the person at this machine. */
function createMemory(): MsalCache {
  let state: string | null = null
  return {
    read: async () => state,
    write: async (serialised) => {
      state = serialised
    },
  }
}
