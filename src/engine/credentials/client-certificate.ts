/** ClientCertificateCredential (Python: CertificateCredential): an app with a certificate. Options first, then variables. */
import { failure, type Result, success } from '../../result.ts'
import { Secret } from '../../secret.ts'
import type { ClientCertificate } from '../certificate.ts'
import { type Problem, problem } from '../problems.ts'
import type { CredentialConfig, CredentialDefinition, EnginePorts, Outcome } from '../types.ts'
import {
  certificateProof,
  certificateValues,
  checkReady,
  createPrincipalClient,
  failed,
  onFirstUse,
  openCertificate,
  type PrincipalClient,
  readCertificate,
  readIdentity,
  sendsChain,
  servicePrincipalVariables,
  unavailable,
} from './service-principal.ts'

export const clientCertificateCredential: CredentialDefinition = {
  name: 'ClientCertificateCredential',
  aliases: ['client-certificate', 'certificate', 'certificatecredential'],
  create: (config, ports) => ({
    name: 'ClientCertificateCredential',
    getToken: onFirstUse(() => prepare(config, ports)),
  }),
  inputs: (config, { env }) => {
    const path = config.certificate === undefined ? (env.get('AZURE_CLIENT_CERTIFICATE_PATH') ?? '') : ''
    return {
      variables: [
        'AZURE_TENANT_ID',
        'AZURE_CLIENT_ID',
        'AZURE_CLIENT_CERTIFICATE_PATH',
        'AZURE_CLIENT_CERTIFICATE_PASSWORD',
        'AZURE_CLIENT_SEND_CERTIFICATE_CHAIN',
        ...servicePrincipalVariables,
      ],
      files: path === '' ? [] : [path],
      tokenFiles: [],
      values: [
        config.tenantId,
        config.clientId,
        ...certificateValues(config),
        config.additionallyAllowedTenants.join(';'),
      ],
      isOfThisMachine: false,
    }
  },
}

async function prepare(config: CredentialConfig, ports: EnginePorts): Promise<Result<PrincipalClient, Outcome>> {
  const { clientId, tenantId } = readIdentity(config, ports)
  const path = ports.env.get('AZURE_CLIENT_CERTIFICATE_PATH') ?? ''
  const hasCertificate = config.certificate !== undefined || path !== ''
  if (clientId === null || tenantId === null || !hasCertificate) {
    const inputs = [
      ...(tenantId === null ? [{ name: 'tenant', sources: ['--tenant', 'AZURE_TENANT_ID'] }] : []),
      ...(clientId === null ? [{ name: 'client id', sources: ['--client-id', 'AZURE_CLIENT_ID'] }] : []),
      ...(hasCertificate ? [] : [{ name: 'certificate', sources: ['--certificate', 'AZURE_CLIENT_CERTIFICATE_PATH'] }]),
    ]
    return failure(unavailable(problem('inputs-missing', { inputs })))
  }
  const bad = checkReady(tenantId, config)
  if (bad !== null) return failure(failed(bad))
  const opened = await openConfigured(path, config, ports)
  if (!opened.ok) return failure(failed(opened.error))
  const sendChain = config.certificate?.sendChain ?? sendsChain(config, ports)
  const principal = { tenantId, clientId, proof: certificateProof(opened.value, sendChain, config.sdk) }
  return success(createPrincipalClient(principal, config, config.additionallyAllowedTenants, ports))
}

function openConfigured(
  path: string,
  { certificate, sdk }: CredentialConfig,
  { env, files }: EnginePorts,
): Promise<Result<ClientCertificate, Problem>> {
  const variable = env.get('AZURE_CLIENT_CERTIFICATE_PASSWORD') ?? ''
  const password =
    certificate?.password !== undefined
      ? { value: certificate.password, source: '--certificate-password-file' }
      : variable === ''
        ? null
        : { value: new Secret(variable), source: 'AZURE_CLIENT_CERTIFICATE_PASSWORD' }
  if (certificate === undefined) {
    return readCertificate({ value: path, source: 'AZURE_CLIENT_CERTIFICATE_PATH' }, password, sdk, files)
  }
  return openCertificate({ value: certificate.content, source: certificate.path }, password, sdk)
}
