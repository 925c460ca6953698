/** ClientSecretCredential: an app with a secret. Options first, then the variables of EnvironmentCredential. */
import { failure, type Result, success } from '../../result.ts'
import { Secret } from '../../secret.ts'
import { problem } from '../problems.ts'
import type { CredentialConfig, CredentialDefinition, EnginePorts, Outcome } from '../types.ts'
import {
  checkReady,
  createPrincipalClient,
  failed,
  onFirstUse,
  type PrincipalClient,
  readIdentity,
  servicePrincipalVariables,
  unavailable,
} from './service-principal.ts'

export const clientSecretCredential: CredentialDefinition = {
  name: 'ClientSecretCredential',
  aliases: ['client-secret', 'secret'],
  create: (config, ports) => ({
    name: 'ClientSecretCredential',
    getToken: onFirstUse(async () => prepare(config, ports)),
  }),
  inputs: ({ tenantId, clientId, clientSecret, additionallyAllowedTenants }) => ({
    variables: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET', ...servicePrincipalVariables],
    files: [],
    tokenFiles: [],
    values: [tenantId, clientId, clientSecret, additionallyAllowedTenants.join(';')],
    isOfThisMachine: false,
  }),
}

function prepare(config: CredentialConfig, ports: EnginePorts): Result<PrincipalClient, Outcome> {
  const { clientId, tenantId } = readIdentity(config, ports)
  const variable = ports.env.get('AZURE_CLIENT_SECRET') ?? ''
  const secret = config.clientSecret ?? (variable === '' ? null : new Secret(variable))
  if (clientId === null || secret === null || secret.isEmpty || tenantId === null) {
    const inputs = [
      ...(clientId === null ? [{ name: 'client id', sources: ['--client-id', 'AZURE_CLIENT_ID'] }] : []),
      ...(secret === null || secret.isEmpty
        ? [{ name: 'client secret', sources: ['--client-secret-file', 'AZURE_CLIENT_SECRET'] }]
        : []),
      ...(tenantId === null ? [{ name: 'tenant', sources: ['--tenant', 'AZURE_TENANT_ID'] }] : []),
    ]
    return failure(unavailable(problem('inputs-missing', { inputs })))
  }
  const bad = checkReady(tenantId, config)
  if (bad !== null) return failure(failed(bad))
  const principal = { tenantId, clientId, proof: { kind: 'secret', secret } as const }
  return success(createPrincipalClient(principal, config, config.additionallyAllowedTenants, ports))
}
