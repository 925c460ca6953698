/** ClientAssertionCredential: an app by an assertion that the person brings, from a file or by a command, asked anew each time. */
import { failure, type Result, success } from '../../result.ts'
import { createAssertionSource } from '../federated-token.ts'
import { problem } from '../problems.ts'
import { ownCommandTimeoutMs } from '../tool-profile.ts'
import type { AssertionInput, CredentialConfig, CredentialDefinition, EnginePorts, Outcome } from '../types.ts'
import {
  assertionProof,
  checkReady,
  createPrincipalClient,
  failed,
  onFirstUse,
  type PrincipalClient,
  readIdentity,
  servicePrincipalVariables,
  unavailable,
} from './service-principal.ts'

export const clientAssertionCredential: CredentialDefinition = {
  name: 'ClientAssertionCredential',
  aliases: ['client-assertion', 'assertion'],
  create: (config, ports) => ({
    name: 'ClientAssertionCredential',
    getToken: onFirstUse(async () => prepare(config, ports)),
  }),
  inputs: ({ tenantId, clientId, clientAssertion, additionallyAllowedTenants }) => ({
    variables: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', ...servicePrincipalVariables],
    files: [],
    tokenFiles: clientAssertion?.kind === 'file' ? [clientAssertion.path] : [],
    values: [tenantId, clientId, ...assertionValues(clientAssertion), additionallyAllowedTenants.join(';')],
    isOfThisMachine: false,
  }),
}

/** What a configured assertion adds to the name of a cache entry; a file's claims come with `tokenFiles`. */
export function assertionValues(input: AssertionInput | undefined): CredentialValues {
  switch (input?.kind) {
    case undefined:
      return [undefined]
    case 'file':
      return [input.path]
    case 'command':
      return [JSON.stringify(input.command)]
    case 'callback':
      return [input.source]
    case 'value':
      return [input.token]
    default:
      return input satisfies never
  }
}

type CredentialValues = ReturnType<CredentialDefinition['inputs']>['values']

function prepare(config: CredentialConfig, ports: EnginePorts): Result<PrincipalClient, Outcome> {
  const { clientId, tenantId } = readIdentity(config, ports)
  const { clientAssertion } = config
  if (clientId === null || tenantId === null || clientAssertion === undefined) {
    const inputs = [
      ...(tenantId === null ? [{ name: 'tenant', sources: ['--tenant', 'AZURE_TENANT_ID'] }] : []),
      ...(clientId === null ? [{ name: 'client id', sources: ['--client-id', 'AZURE_CLIENT_ID'] }] : []),
      ...(clientAssertion === undefined
        ? [{ name: 'client assertion', sources: ['--client-assertion-file', '--client-assertion-command'] }]
        : []),
    ]
    return failure(unavailable(problem('inputs-missing', { inputs })))
  }
  const bad = checkReady(tenantId, config)
  if (bad !== null) return failure(failed(bad))
  const proof = assertionProof(
    createAssertionSource(clientAssertion, ports, config.processTimeoutMs ?? ownCommandTimeoutMs),
  )
  return success(createPrincipalClient({ tenantId, clientId, proof }, config, config.additionallyAllowedTenants, ports))
}
