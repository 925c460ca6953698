/**
 * OnBehalfOfCredential: an app that a user called asks for a token to call the next service for that user. The app proves
 * itself by secret, certificate or client assertion.
 */
import { failure, type Result, success } from '../../result.ts'
import { Secret } from '../../secret.ts'
import { describeAssertion, wordAssertion } from '../assertion.ts'
import { createAssertionSource, createTokenFileReader } from '../federated-token.ts'
import type { ClientProof } from '../msal.ts'
import { type Problem, problem } from '../problems.ts'
import { ownCommandTimeoutMs } from '../tool-profile.ts'
import type { CredentialConfig, CredentialDefinition, EnginePorts, Outcome } from '../types.ts'
import { assertionValues } from './client-assertion.ts'
import {
  assertionProof,
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

const secretVariable = 'AZURE_CLIENT_SECRET'
const certificateVariable = 'AZURE_CLIENT_CERTIFICATE_PATH'
const passwordVariable = 'AZURE_CLIENT_CERTIFICATE_PASSWORD'
const tokenFileVariable = 'AZURE_FEDERATED_TOKEN_FILE'

const proofSources = [
  '--client-secret-file',
  '--certificate',
  '--client-assertion-file',
  '--federated-token-file',
  secretVariable,
  certificateVariable,
  tokenFileVariable,
]

export const onBehalfOfCredential: CredentialDefinition = {
  name: 'OnBehalfOfCredential',
  aliases: ['on-behalf-of', 'obo'],
  create: (config, ports) => ({
    name: 'OnBehalfOfCredential',
    getToken: onFirstUse(() => prepare(config, ports)),
  }),
  inputs: (config, { env }) => {
    const certificatePath = config.certificate === undefined ? (env.get(certificateVariable) ?? '') : ''
    const { clientAssertion } = config
    const tokenFile =
      clientAssertion?.kind === 'file'
        ? clientAssertion.path
        : (config.federatedTokenFile ?? env.get(tokenFileVariable) ?? '')
    return {
      variables: [
        'AZURE_TENANT_ID',
        'AZURE_CLIENT_ID',
        secretVariable,
        certificateVariable,
        passwordVariable,
        'AZURE_CLIENT_SEND_CERTIFICATE_CHAIN',
        tokenFileVariable,
        ...servicePrincipalVariables,
      ],
      files: certificatePath === '' ? [] : [certificatePath],
      tokenFiles: tokenFile === '' ? [] : [tokenFile],
      values: [
        config.tenantId,
        config.clientId,
        config.userAssertion,
        config.clientSecret,
        ...certificateValues(config),
        ...assertionValues(clientAssertion),
        config.federatedTokenFile,
        config.additionallyAllowedTenants.join(';'),
      ],
      isOfThisMachine: false,
    }
  },
}

async function prepare(config: CredentialConfig, ports: EnginePorts): Promise<Result<PrincipalClient, Outcome>> {
  const { clientId, tenantId } = readIdentity(config, ports)
  const { userAssertion } = config
  const proof = await readProof(config, ports)
  if (proof !== null && !proof.ok) return failure(failed(proof.error))
  const hasUser = userAssertion !== undefined && !userAssertion.isEmpty
  if (clientId === null || tenantId === null || !hasUser || proof === null) {
    const inputs = [
      ...(hasUser ? [] : [{ name: 'user assertion', sources: ['--user-assertion-file'] }]),
      ...(proof === null ? [{ name: 'client proof', sources: proofSources }] : []),
      ...(tenantId === null ? [{ name: 'tenant', sources: ['--tenant', 'AZURE_TENANT_ID'] }] : []),
      ...(clientId === null ? [{ name: 'client id', sources: ['--client-id', 'AZURE_CLIENT_ID'] }] : []),
    ]
    return failure(unavailable(problem('inputs-missing', { inputs })))
  }
  const bad = checkReady(tenantId, config)
  if (bad !== null) return failure(failed(bad))
  noteUser(userAssertion, ports)
  const principal = { tenantId, clientId, proof: proof.value, userAssertion }
  return success(createPrincipalClient(principal, config, config.additionallyAllowedTenants, ports))
}

/** Whose token it is for whom: the audience is what goes wrong most. */
function noteUser(userAssertion: Secret, { note, clock }: EnginePorts): void {
  const facts = describeAssertion(userAssertion.reveal())
  const result = facts === null ? 'not a JWT' : wordAssertion(facts, clock.now())
  note?.({ kind: 'file', what: 'user assertion', result })
}

/** Options first, of which there is one; then variables, in the order of EnvironmentCredential. Null: there is no proof. */
async function readProof(config: CredentialConfig, ports: EnginePorts): Promise<Result<ClientProof, Problem> | null> {
  const { clientSecret, certificate, clientAssertion, federatedTokenFile, sdk } = config
  const read = (name: string): string => ports.env.get(name) ?? ''
  if (clientSecret !== undefined) return success({ kind: 'secret', secret: clientSecret })
  if (certificate !== undefined) {
    const password =
      certificate.password === undefined ? null : { value: certificate.password, source: '--certificate-password-file' }
    const opened = await openCertificate({ value: certificate.content, source: certificate.path }, password, sdk)
    return opened.ok ? success(certificateProof(opened.value, certificate.sendChain, sdk)) : opened
  }
  if (clientAssertion !== undefined) {
    return success(
      assertionProof(createAssertionSource(clientAssertion, ports, config.processTimeoutMs ?? ownCommandTimeoutMs)),
    )
  }
  if (federatedTokenFile !== undefined) {
    return success(assertionProof(createTokenFileReader(federatedTokenFile, '--federated-token-file', sdk, ports)))
  }
  const secret = read(secretVariable)
  if (secret !== '') return success({ kind: 'secret', secret: new Secret(secret) })
  const path = read(certificateVariable)
  if (path !== '') return readVariableCertificate(path, config, ports)
  const tokenFile = read(tokenFileVariable)
  return tokenFile === ''
    ? null
    : success(assertionProof(createTokenFileReader(tokenFile, tokenFileVariable, sdk, ports)))
}

async function readVariableCertificate(
  path: string,
  config: CredentialConfig,
  ports: EnginePorts,
): Promise<Result<ClientProof, Problem>> {
  const variable = ports.env.get(passwordVariable) ?? ''
  const password = variable === '' ? null : { value: new Secret(variable), source: passwordVariable }
  const opened = await readCertificate({ value: path, source: certificateVariable }, password, config.sdk, ports.files)
  return opened.ok ? success(certificateProof(opened.value, sendsChain(config, ports), config.sdk)) : opened
}
