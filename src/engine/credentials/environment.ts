/**
 * EnvironmentCredential: a service principal out of variables, by secret first, then by certificate. The third form of the
 * SDKs, username and password, is recognised and refused.
 */
import { failure, type Result, success } from '../../result.ts'
import { Secret } from '../../secret.ts'
import { hasOtherScheme } from '../authority.ts'
import { type Problem, problem } from '../problems.ts'
import { noTenantReason } from '../tenant.ts'
import type { CredentialConfig, CredentialDefinition, DeclaredInputs, EnginePorts, Outcome } from '../types.ts'
import {
  certificateProof,
  certificateValues,
  checkClientId,
  checkTenant,
  createPrincipalClient,
  failed,
  type Input,
  invalid,
  isSet,
  onFirstUse,
  openCertificate,
  type PrincipalClient,
  readCertificate,
  type ServicePrincipal,
  sendsChain,
  servicePrincipalVariables,
  unavailable,
} from './service-principal.ts'

const secretVariables = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'] as const
const certificateVariables = ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_CERTIFICATE_PATH'] as const
const passwordVariables = ['AZURE_CLIENT_ID', 'AZURE_USERNAME', 'AZURE_PASSWORD'] as const
const formVariables = [...new Set([...secretVariables, ...certificateVariables, ...passwordVariables])]

const variables = [
  ...formVariables,
  'AZURE_CLIENT_CERTIFICATE_PASSWORD',
  'AZURE_CLIENT_SEND_CERTIFICATE_CHAIN',
  'AZURE_ADDITIONALLY_ALLOWED_TENANTS',
  ...servicePrincipalVariables,
]

export const environmentCredential: CredentialDefinition = {
  name: 'EnvironmentCredential',
  aliases: ['environment', 'env'],
  create: (config, ports) => ({
    name: 'EnvironmentCredential',
    getToken: onFirstUse(() => prepare(config, ports)),
  }),
  inputs: declareInputs,
}

/** What was found for each of the three forms; an option of a named credential wins over its variable. */
interface Found {
  readonly tenantId: Input<string> | null
  readonly clientId: Input<string> | null
  readonly secret: Input<Secret> | null
  readonly certificatePath: Input<string> | null
  readonly username: Input<string> | null
  readonly password: Input<Secret> | null
}

async function prepare(config: CredentialConfig, ports: EnginePorts): Promise<Result<PrincipalClient, Outcome>> {
  if (config.role === 'chained' && isRaisedByChain(config)) return failure(badAuthority(config))
  const found = lookAround(config, ports)
  // @azure/identity looks at the tenant's text before it looks for anything else.
  if (config.sdk === 'js' && found.tenantId !== null) {
    const bad = checkTenant(found.tenantId)
    if (bad !== null) return failure(failed(bad))
  }
  const hasCertificate = found.certificatePath !== null || optionsOf(config).certificate !== undefined
  if (found.tenantId !== null && found.clientId !== null) {
    const { tenantId, clientId } = found
    if (found.secret !== null) return withSecret({ tenantId, clientId, secret: found.secret }, config, ports)
    if (hasCertificate) return withCertificate({ tenantId, clientId, path: found.certificatePath }, config, ports)
  }
  const hasTenant = found.tenantId !== null || config.sdk === 'python'
  if (hasTenant && found.clientId !== null && found.username !== null && found.password !== null) {
    return failure(failed(problem('username-password-unsupported', { variables: passwordVariables })))
  }
  return failure(unavailable(incomplete(found)))
}

/** Every variable is looked at, also where the first form is complete: the record then shows what was passed over. */
function lookAround(config: CredentialConfig, { env }: EnginePorts): Found {
  const options = optionsOf(config)
  const read = (
    name: string,
    option?: { readonly value: string | undefined; readonly name: string },
  ): Input<string> | null => {
    const value = env.get(name)
    if (option?.value !== undefined) return { value: option.value, source: option.name }
    return isSet(value, config.sdk) ? { value, source: name } : null
  }
  const secret = read('AZURE_CLIENT_SECRET')
  const password = read('AZURE_PASSWORD')
  return {
    tenantId: read('AZURE_TENANT_ID', { value: options.tenantId, name: '--tenant' }),
    clientId: read('AZURE_CLIENT_ID', { value: options.clientId, name: '--client-id' }),
    secret:
      options.clientSecret !== undefined
        ? { value: options.clientSecret, source: '--client-secret-file' }
        : hide(secret),
    certificatePath: read('AZURE_CLIENT_CERTIFICATE_PATH'),
    username: read('AZURE_USERNAME'),
    password: hide(password),
  }
}

function hide(input: Input<string> | null): Input<Secret> | null {
  return input === null ? null : { value: new Secret(input.value), source: input.source }
}

/** As a link of the default chain it reads only variables. */
function optionsOf(config: CredentialConfig): Partial<CredentialConfig> {
  return config.role === 'named' ? config : {}
}

async function withSecret(
  found: { readonly tenantId: Input<string>; readonly clientId: Input<string>; readonly secret: Input<Secret> },
  config: CredentialConfig,
  ports: EnginePorts,
): Promise<Result<PrincipalClient, Outcome>> {
  const { tenantId, clientId, secret } = found
  // In the order of ClientSecretCredential's constructor.
  const bad =
    checkClientId(clientId) ??
    (secret.value.isEmpty ? invalid('client secret', secret.source, 'is set, but empty') : null) ??
    (tenantId.value === '' ? invalid('tenant id', tenantId.source, noTenantReason, '') : null) ??
    checkTenant(tenantId)
  if (bad !== null) return failure(failed(bad))
  return open({ tenantId, clientId, proof: { kind: 'secret', secret: secret.value } }, config, ports)
}

async function withCertificate(
  found: { readonly tenantId: Input<string>; readonly clientId: Input<string>; readonly path: Input<string> | null },
  config: CredentialConfig,
  ports: EnginePorts,
): Promise<Result<PrincipalClient, Outcome>> {
  const { tenantId, clientId, path } = found
  const bad = checkTenant(tenantId) ?? checkClientId(clientId)
  if (bad !== null) return failure(failed(bad))
  const given = optionsOf(config).certificate
  const password = hide(readNonEmpty('AZURE_CLIENT_CERTIFICATE_PASSWORD', ports))
  if (given !== undefined) {
    const own =
      given.password === undefined ? password : { value: given.password, source: '--certificate-password-file' }
    const opened = await openCertificate({ value: given.content, source: given.path }, own, config.sdk)
    if (!opened.ok) return failure(failed(opened.error))
    const proof = certificateProof(opened.value, given.sendChain, config.sdk)
    return open({ tenantId, clientId, proof }, config, ports)
  }
  if (path === null || path.value === '') {
    return failure(failed(invalid('certificate path', 'AZURE_CLIENT_CERTIFICATE_PATH', 'is set, but empty', '')))
  }
  const opened = await readCertificate(path, password, config.sdk, ports.files)
  if (!opened.ok) return failure(failed(opened.error))
  const proof = certificateProof(opened.value, sendsChain(config, ports), config.sdk)
  return open({ tenantId, clientId, proof }, config, ports)
}

function readNonEmpty(name: string, { env }: EnginePorts): Input<string> | null {
  const value = env.get(name) ?? ''
  return value === '' ? null : { value, source: name }
}

function open(
  principal: ServicePrincipal,
  config: CredentialConfig,
  ports: EnginePorts,
): Result<PrincipalClient, Outcome> {
  if (config.authorityProblem !== undefined) return failure(badAuthority(config, principal.tenantId.value))
  // azure-identity for Python does not read this variable.
  const more = config.sdk === 'python' ? '' : (ports.env.get('AZURE_ADDITIONALLY_ALLOWED_TENANTS') ?? '')
  const allowed = [...config.additionallyAllowedTenants, ...more.split(';').map((tenant) => tenant.trim())].filter(
    Boolean,
  )
  const client = createPrincipalClient(principal, config, allowed, ports)
  const by = principal.proof.kind === 'certificate' ? 'ClientCertificateCredential' : 'ClientSecretCredential'
  return success({
    ask: async (request, signal) => {
      const outcome = await client.ask(request, signal)
      return outcome.kind === 'token' ? outcome : { ...outcome, problem: { ...outcome.problem, by } }
    },
  })
}

/** DefaultAzureCredential looks at the authority before it makes its first credential; Python's at its scheme alone. */
function isRaisedByChain({ sdk, authorityProblem }: CredentialConfig): boolean {
  if (authorityProblem === undefined) return false
  return sdk === 'python' ? hasOtherScheme(authorityProblem.value ?? '') : sdk === 'java' || sdk === 'dotnet'
}

function badAuthority({ authorityProblem }: CredentialConfig, tenantId?: string): Outcome {
  const facts = authorityProblem ?? { what: 'authority', source: 'AZURE_AUTHORITY_HOST', reason: 'cannot be used' }
  return failed(problem('input-invalid', { ...facts, ...(tenantId === undefined ? {} : { tenantId }) }))
}

/** The form that lacks least is taken for the one that was meant. */
function incomplete(found: Found): Problem {
  const present: Readonly<Record<string, boolean>> = {
    AZURE_TENANT_ID: found.tenantId !== null,
    AZURE_CLIENT_ID: found.clientId !== null,
    AZURE_CLIENT_SECRET: found.secret !== null,
    AZURE_CLIENT_CERTIFICATE_PATH: found.certificatePath !== null,
    AZURE_USERNAME: found.username !== null,
    AZURE_PASSWORD: found.password !== null,
  }
  const forms = [secretVariables, certificateVariables, passwordVariables]
  const gaps = forms.map((form) => form.filter((name) => present[name] !== true))
  const missing = gaps.reduce((least, gap) => (gap.length < least.length ? gap : least))
  return problem('environment-incomplete', { set: formVariables.filter((name) => present[name] === true), missing })
}

function declareInputs(config: CredentialConfig, { env }: Pick<EnginePorts, 'env' | 'host'>): DeclaredInputs {
  const options = optionsOf(config)
  const path = env.get('AZURE_CLIENT_CERTIFICATE_PATH') ?? ''
  return {
    variables,
    files: path === '' ? [] : [path],
    tokenFiles: [],
    values: [
      options.tenantId,
      options.clientId,
      options.clientSecret,
      ...certificateValues(options),
      config.additionallyAllowedTenants.join(';'),
    ],
    isOfThisMachine: false,
  }
}
