/** What the credentials of a service principal share: where an input comes from, the checks of the SDKs, one client to ask. */

import { failure, type Result, success } from '../../result.ts'
import type { FileError } from '../../runtime.ts'
import { Secret } from '../../secret.ts'
import { checkMetadata } from '../authority-metadata.ts'
import { type ClientCertificate, hasEncryptedKey, loadCertificate, maxCertificateBytes } from '../certificate.ts'
import { abortProblem } from '../chain.ts'
import type { AskAssertion } from '../federated-token.ts'
import { type ClientProof, type ConfidentialClient, createConfidentialClient, ProblemError } from '../msal.ts'
import { type BadInput, type Problem, type ProblemFacts, problem } from '../problems.ts'
import { regionVariables } from '../region.ts'
import { isTenantText, resolveTenant } from '../tenant.ts'
import type { CredentialConfig, EnginePorts, Outcome, SdkName, TokenRequest } from '../types.ts'

/** A value and what to repair if it is wrong. */
export interface Input<Value> {
  readonly value: Value
  readonly source: string
}

export interface ServicePrincipal {
  readonly tenantId: Input<string>
  readonly clientId: Input<string>
  readonly proof: ClientProof
  /** Present: not for the app itself, but on behalf of the user whose token this is. */
  readonly userAssertion?: Secret
}

/** Variables that every credential of a service principal looks at, besides its own. */
export const servicePrincipalVariables = [...regionVariables, 'AZURE_IDENTITY_DISABLE_MULTITENANTAUTH'] as const

/** Python and Java take an empty variable for a value (and then refuse it), the others for none. */
export function isSet(value: string | undefined, sdk: SdkName): value is string {
  return value !== undefined && (value !== '' || sdk === 'python' || sdk === 'java')
}

export function unavailable(problem: Problem): Outcome {
  return { kind: 'unavailable', problem }
}

export function failed(problem: Problem): Outcome {
  return { kind: 'failed', problem }
}

export function invalid(what: string, source: string, reason: string, value?: string): Problem {
  const facts: BadInput = { what, source, reason, ...(value === undefined ? {} : { value }) }
  return problem('input-invalid', facts)
}

/** The SDKs' check of a tenant, before anything is sent (reference of `az`: letters, digits, `-` and `.`). */
export function checkTenant({ value, source }: Input<string>): Problem | null {
  return isTenantText(value)
    ? null
    : invalid('tenant id', source, 'is neither a tenant id (a GUID) nor a domain name', value)
}

/** What stops a credential before anything is sent: its tenant, or an authority that cannot be used. */
export function checkReady(tenantId: Input<string>, { authorityProblem }: CredentialConfig): Problem | null {
  const bad = checkTenant(tenantId)
  if (bad !== null || authorityProblem === undefined) return bad
  return problem('input-invalid', { ...authorityProblem, tenantId: tenantId.value })
}

export function checkClientId({ value, source }: Input<string>): Problem | null {
  return value === '' ? invalid('client id', source, 'is set, but empty', value) : null
}

/** A certificate that is configured by its path, read and opened. */
export async function readCertificate(
  path: Input<string>,
  password: Input<Secret> | null,
  sdk: SdkName,
  files: EnginePorts['files'],
): Promise<Result<ClientCertificate, Problem>> {
  const read = await files.read(path.value, { maxBytes: maxCertificateBytes, allowPipe: true })
  if (!read.ok) return failure(unreadable(path.source, read.error))
  return openCertificate({ value: read.value, source: path.value }, password, sdk)
}

/** A certificate whose bytes are at hand. */
export async function openCertificate(
  content: Input<Uint8Array>,
  password: Input<Secret> | null,
  sdk: SdkName,
): Promise<Result<ClientCertificate, Problem>> {
  const unread = refuseFormat(content.value, password?.value, sdk)
  if (unread !== null) return failure(problem('certificate-unusable', { source: content.source, ...unread }))
  const loaded = await loadCertificate(content.value, password?.value)
  const isKeyless = !loaded.ok && ['malformed', 'no-private-key'].includes(loaded.error.reason)
  const isNeedless = password !== null && !password.value.isEmpty && !hasEncryptedKey(content.value)
  // azure-identity for Python leaves this to `cryptography`, which refuses a password that opens nothing.
  if (isNeedless && !isKeyless && sdk === 'python') {
    return failure(invalid('certificate password', password.source, 'is given, but the private key is not encrypted'))
  }
  if (loaded.ok) return success(loaded.value)
  return failure(
    problem('certificate-unusable', { source: content.source, ...loaded.error, head: [...content.value.slice(0, 2)] }),
  )
}

/**
 * What azid reads and the SDK does not: for JavaScript all but PEM; for Go PEM that comes with a password, and PKCS#12 that
 * is sealed with SHA-256.
 */
function refuseFormat(
  content: Uint8Array,
  password: Secret | undefined,
  sdk: SdkName,
): Omit<ProblemFacts['certificate-unusable'], 'source'> | null {
  const isPem = /-----BEGIN [^\n-]+-----/.test(Buffer.from(content.slice(0, 65_536)).toString('latin1'))
  const head = [...content.slice(0, 2)]
  if (sdk === 'js' && !isPem) {
    return { reason: 'malformed', detail: '@azure/identity reads PEM only', format: 'other', head }
  }
  if (sdk === 'go' && isPem && password !== undefined && !password.isEmpty) {
    return {
      reason: 'malformed',
      detail: 'azidentity takes what comes with a password for PKCS#12',
      format: 'pkcs12',
      head,
    }
  }
  if (sdk === 'go' && !isPem && Buffer.from(content).includes(sha256Mac)) {
    const detail = 'pkcs12: unknown digest algorithm: 2.16.840.1.101.3.4.2.1'
    return { reason: 'malformed', detail, format: 'pkcs12', head }
  }
  return null
}

/** The seal of a PKCS#12 file with SHA-256, in DER: its algorithm and the head of its digest. OpenSSL 3 makes such files. */
const sha256Mac = Buffer.from('060960864801650304020105000420', 'hex')

function unreadable(source: string, error: FileError): Problem {
  return problem('file-unreadable', { what: 'certificate', source, error })
}

/** How the certificate signs: azure-identity for Python gives MSAL the SHA-1 thumbprint, the others SHA-256. */
export function certificateProof(certificate: ClientCertificate, sendChain: boolean, sdk: SdkName): ClientProof {
  return { kind: 'certificate', certificate, sendChain, thumbprint: sdk === 'python' ? 'sha1' : 'sha256' }
}

/** A proof that is asked anew for every request of a token; its problem becomes the outcome's. */
export function assertionProof(ask: AskAssertion): ClientProof {
  return {
    kind: 'assertion',
    getAssertion: async (signal) => {
      const assertion = await ask(signal)
      if (assertion.ok) return assertion.value
      throw new ProblemError(assertion.error)
    },
  }
}

/** Asks for a token as the service principal; one for each credential, because it remembers tokens. */
export interface PrincipalClient {
  ask(request: TokenRequest, signal: AbortSignal): Promise<Outcome>
}

export function createPrincipalClient(
  principal: ServicePrincipal,
  config: CredentialConfig,
  allowedTenants: readonly string[],
  ports: EnginePorts,
): PrincipalClient {
  const client: ConfidentialClient = createConfidentialClient(
    {
      authority: config.authority,
      clientId: principal.clientId.value,
      proof: principal.proof,
      // Their pipelines try again only what has no answer at all.
      isCutFinal: config.sdk === 'js' || config.sdk === 'go',
    },
    ports,
  )
  // MSAL for Python and for Go reads the tenant's metadata before it asks, and fails there if it fails.
  let isVouchedFor = false
  return {
    ask: async (request, signal) => {
      const tenant = resolveTenant(
        {
          configured: principal.tenantId.value,
          additionallyAllowed: allowedTenants,
          ...(request.tenantId === undefined ? {} : { requested: request.tenantId }),
        },
        ports.env,
      )
      if (!tenant.ok) return failed(problem('tenant-not-allowed', tenant.error))
      const { scopes, claims, enableCae } = request
      const asked = {
        tenantId: tenant.value ?? principal.tenantId.value,
        tenantSource: principal.tenantId.source,
        scopes,
        ...(claims === undefined ? {} : { claims }),
        ...(enableCae === undefined ? {} : { enableCae }),
      }
      const { userAssertion } = principal
      if (readsMetadata(principal.proof, config) && !isVouchedFor) {
        const { isMicrosoft, isTrusted } = config.authority
        const whom = { tenantId: asked.tenantId, clientId: principal.clientId.value }
        // Whoever nobody vouches for is asked nothing before MSAL has looked into it.
        const trouble = isMicrosoft || isTrusted ? await checkMetadata(config.authority, whom, ports, signal) : null
        if (signal.aborted) return failed(abortProblem(signal))
        if (trouble !== null) return failed(trouble)
        isVouchedFor = true
      }
      return userAssertion === undefined
        ? client.acquireForApp(asked, signal)
        : client.acquireOnBehalfOf({ ...asked, userAssertion }, signal)
    },
  }
}

/** In Python, client assertions are no matter of MSAL, and are sent without a look. */
function readsMetadata({ kind }: ClientProof, { sdk, asksAll }: CredentialConfig): boolean {
  return sdk === 'go' || (sdk === 'python' && asksAll === true && kind !== 'assertion')
}

/**
 * A credential that is set up on first use and stays so: `prepare` looks at variables and files once, as the SDKs'
 * constructors do, and the client it makes keeps its tokens.
 */
export function onFirstUse(
  prepare: () => Promise<Result<PrincipalClient, Outcome>>,
): (request: TokenRequest, signal: AbortSignal) => Promise<Outcome> {
  let prepared: Promise<Result<PrincipalClient, Outcome>> | null = null
  return async (request, signal) => {
    prepared ??= prepare()
    const client = await prepared
    return client.ok ? client.value.ask(request, signal) : client.error
  }
}

/** A configured certificate as a declared input: by content, whatever its path. */
export function certificateValues({
  certificate,
}: Partial<CredentialConfig>): readonly (string | Secret | undefined)[] {
  if (certificate === undefined) return [undefined, undefined, undefined]
  const content = new Secret(Buffer.from(certificate.content).toString('base64'))
  return [content, certificate.password, String(certificate.sendChain)]
}

/** To Python every text but the empty one is true, also `false`. */
export function sendsChain({ sdk }: CredentialConfig, { env }: EnginePorts): boolean {
  const value = env.get('AZURE_CLIENT_SEND_CERTIFICATE_CHAIN') ?? ''
  return sdk === 'python' ? value !== '' : ['true', '1'].includes(value.toLowerCase())
}

/** Tenant and app of a credential that was asked for by name: options first, then variables; an empty variable is none, unless `takesEmpty`. */
export function readIdentity(
  config: CredentialConfig,
  { env }: EnginePorts,
  takesEmpty = false,
): { readonly tenantId: Input<string> | null; readonly clientId: Input<string> | null } {
  const read = (option: string | undefined, optionName: string, name: string): Input<string> | null => {
    const value = env.get(name)
    if (option !== undefined) return { value: option, source: optionName }
    return value === undefined || (value === '' && !takesEmpty) ? null : { value, source: name }
  }
  return {
    tenantId: read(config.tenantId, '--tenant', 'AZURE_TENANT_ID'),
    clientId: read(config.clientId, '--client-id', 'AZURE_CLIENT_ID'),
  }
}
