/** WorkloadIdentityCredential: an app by the token that a platform such as Kubernetes puts into a file and renews there. */
import { failure, type Result, success } from '../../result.ts'
import { openTokenProxy, proxyAnchorsFileVariable, tokenProxyVariables } from '../aks-token-proxy.ts'
import { createTokenFileReader } from '../federated-token.ts'
import { problem } from '../problems.ts'
import type { CredentialConfig, CredentialDefinition, EnginePorts, Outcome } from '../types.ts'
import {
  assertionProof,
  checkReady,
  createPrincipalClient,
  failed,
  type Input,
  onFirstUse,
  type PrincipalClient,
  readIdentity,
  servicePrincipalVariables,
  unavailable,
} from './service-principal.ts'

const fileVariable = 'AZURE_FEDERATED_TOKEN_FILE'
/** Set in every pod: there, a missing file is a pod that was not set up. */
const podVariable = 'KUBERNETES_SERVICE_HOST'

export const workloadIdentityCredential: CredentialDefinition = {
  name: 'WorkloadIdentityCredential',
  aliases: ['workload-identity', 'workload'],
  create: (config, ports) => ({
    name: 'WorkloadIdentityCredential',
    getToken: onFirstUse(async () => prepare(config, ports)),
  }),
  inputs: (config, { env }) => {
    const path = config.federatedTokenFile ?? env.get(fileVariable) ?? ''
    const anchors = takesProxy(config) ? (env.get(proxyAnchorsFileVariable) ?? '') : ''
    return {
      variables: [
        'AZURE_TENANT_ID',
        'AZURE_CLIENT_ID',
        fileVariable,
        podVariable,
        ...servicePrincipalVariables,
        ...(takesProxy(config) ? tokenProxyVariables : []),
      ],
      files: anchors === '' ? [] : [anchors],
      tokenFiles: path === '' ? [] : [path],
      values: [
        config.tenantId,
        config.clientId,
        config.federatedTokenFile,
        config.additionallyAllowedTenants.join(';'),
        String(takesProxy(config)),
      ],
      isOfThisMachine: false,
    }
  },
}

async function prepare(config: CredentialConfig, ports: EnginePorts): Promise<Result<PrincipalClient, Outcome>> {
  const { clientId, tenantId } = readIdentity(config, ports, takesEmpty(config))
  const file = readFile(config, ports)
  if (clientId === null || tenantId === null || file === null) {
    const inputs = [
      ...(tenantId === null ? [{ name: 'tenant', sources: ['--tenant', 'AZURE_TENANT_ID'] }] : []),
      ...(clientId === null ? [{ name: 'client id', sources: ['--client-id', 'AZURE_CLIENT_ID'] }] : []),
      ...(file === null ? [{ name: 'token file', sources: ['--federated-token-file', fileVariable] }] : []),
    ]
    // In the default chain it has its turn on every machine.
    const isUnmeant = config.role === 'chained' && file === null && (ports.env.get(podVariable) ?? '') === ''
    return failure(unavailable(problem('inputs-missing', isUnmeant ? { inputs, isUnmeant } : { inputs })))
  }
  const bad = checkReady(tenantId, config)
  if (bad !== null) return failure(failed(bad))
  const readToken = createTokenFileReader(file.value, file.source, config.sdk, ports)
  const proxy = takesProxy(config) ? await openTokenProxy(config.sdk, ports) : success(null)
  if (!proxy.ok) return failure(unavailable(proxy.error))
  const { value: tokenProxy } = proxy
  const proof = assertionProof(async (signal) => {
    const anchors = (await tokenProxy?.refresh()) ?? success(null)
    return anchors.ok ? readToken(signal) : anchors
  })
  const asking = tokenProxy === null ? ports : { ...ports, http: tokenProxy.http }
  return success(
    createPrincipalClient({ tenantId, clientId, proof }, config, config.additionallyAllowedTenants, asking),
  )
}

/** In the default chain no SDK asks through the proxy. */
function takesProxy({ role, enableAzureProxy }: CredentialConfig): boolean {
  return enableAzureProxy === true && role === 'named'
}

/** To Go an empty variable is one that is set, and is then refused. */
function takesEmpty({ sdk }: CredentialConfig): boolean {
  return sdk === 'go'
}

function readFile(config: CredentialConfig, { env }: EnginePorts): Input<string> | null {
  const { federatedTokenFile } = config
  const variable = env.get(fileVariable)
  if (federatedTokenFile !== undefined) return { value: federatedTokenFile, source: '--federated-token-file' }
  if (variable === undefined || (variable === '' && !takesEmpty(config))) return null
  return { value: variable, source: fileVariable }
}
