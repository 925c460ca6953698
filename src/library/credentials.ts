/** The credentials as classes, with the constructors of `@azure/identity`. */

import { maxCertificateBytes } from '../engine/certificate.ts'
import { clientCertificateCredential } from '../engine/credentials/client-certificate.ts'
import { clientSecretCredential } from '../engine/credentials/client-secret.ts'
import { environmentCredential } from '../engine/credentials/environment.ts'
import { selectDefaultChain } from '../engine/default-chain.ts'
import { findProfile } from '../engine/profiles/profiles.ts'
import type { Env } from '../runtime.ts'
import { Secret } from '../secret.ts'
import { configure, nodePorts } from './configuration.ts'
import { AggregateAuthenticationError, AuthenticationError, CredentialUnavailableError } from './errors.ts'
import { createTokenSource, type TokenSource } from './token-source.ts'
import type { AccessToken, CredentialOptions, GetTokenOptions, TokenCredential } from './types.ts'

const servicePrincipalGuide = 'https://aka.ms/azsdk/js/identity/serviceprincipalauthentication/troubleshoot'

/** An app that proves itself by a secret. */
export class ClientSecretCredential implements TokenCredential {
  readonly #source: TokenSource

  constructor(tenantId: string, clientId: string, clientSecret: string, options: CredentialOptions = {}) {
    for (const [name, value] of Object.entries({ tenantId, clientId, clientSecret })) {
      if (!value) {
        throw new CredentialUnavailableError(
          `ClientSecretCredential: ${name} is a required parameter. To troubleshoot, visit ${servicePrincipalGuide}.`,
        )
      }
    }
    const ports = nodePorts()
    const config = configure('named', options, { tenantId, clientId, clientSecret: new Secret(clientSecret) }, ports)
    this.#source = createTokenSource([clientSecretCredential], config, ports)
  }

  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken> {
    return this.#source.getToken(scopes, options)
  }
}

/** A certificate with its private key, in PEM or PKCS#12. */
export type ClientCertificateInput =
  | { certificatePath: string; certificatePassword?: string }
  /** The content itself: PEM as text, or either form as bytes. */
  | { certificate: string | Uint8Array; certificatePassword?: string }

export interface ClientCertificateCredentialOptions extends CredentialOptions {
  /** Sends the whole chain with each request (subject name and issuer authentication). */
  sendCertificateChain?: boolean
}

/** An app that proves itself by a certificate. A file is read when the first token is asked for. */
export class ClientCertificateCredential implements TokenCredential {
  readonly #open: () => Promise<TokenSource>
  #source: TokenSource | undefined

  constructor(
    tenantId: string,
    clientId: string,
    certificate: string | ClientCertificateInput,
    options: ClientCertificateCredentialOptions = {},
  ) {
    if (!tenantId || !clientId) {
      throw new Error('ClientCertificateCredential: tenantId and clientId are required parameters.')
    }
    const input = typeof certificate === 'string' ? { certificatePath: certificate } : certificate
    const ports = nodePorts()
    const config = configure('named', options, { tenantId, clientId }, ports)
    const password = input.certificatePassword === undefined ? {} : { password: new Secret(input.certificatePassword) }
    const sendChain = options.sendCertificateChain === true
    this.#open = async () => {
      const { path, content } = await readCertificate(input, ports)
      const given = { path, content, sendChain, ...password }
      return createTokenSource([clientCertificateCredential], { ...config, certificate: given }, ports)
    }
  }

  async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken> {
    this.#source ??= await this.#open()
    return this.#source.getToken(scopes, options)
  }
}

/** Throws `AuthenticationError`, in the name of `credential`, for a file that cannot be read. */
export async function readCertificate(
  input: ClientCertificateInput,
  { files }: Pick<ReturnType<typeof nodePorts>, 'files'>,
  credential = 'ClientCertificateCredential',
): Promise<{ readonly path: string; readonly content: Uint8Array }> {
  if ('certificate' in input) {
    const { certificate } = input
    const content = typeof certificate === 'string' ? new TextEncoder().encode(certificate) : certificate
    return { path: 'certificate', content }
  }
  const path = input.certificatePath
  const read = await files.read(path, { maxBytes: maxCertificateBytes })
  if (read.ok) return { path, content: read.value }
  throw new AuthenticationError(`${credential}: cannot read '${path}': ${read.error.detail}`)
}

/** An app out of variables: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET or AZURE_CLIENT_CERTIFICATE_PATH. */
export class EnvironmentCredential implements TokenCredential {
  readonly #source: TokenSource

  constructor(options: CredentialOptions = {}) {
    const ports = nodePorts()
    this.#source = createTokenSource([environmentCredential], configure('named', options, {}, ports), ports)
  }

  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken> {
    return this.#source.getToken(scopes, options)
  }
}

export interface DefaultAzureCredentialOptions extends CredentialOptions {
  /** Client id of a user-assigned managed identity; default: AZURE_CLIENT_ID. */
  managedIdentityClientId?: string
  /** Resource id of a user-assigned managed identity. */
  managedIdentityResourceId?: string
  /** Variables without which the program should not run, such as AZURE_TOKEN_CREDENTIALS. */
  requiredEnvVars?: string | string[]
}

/**
 * The credentials that work on a developer's machine and in Azure, in the order and by the rules of DefaultAzureCredential;
 * AZURE_TOKEN_CREDENTIALS selects among them.
 */
export class DefaultAzureCredential implements TokenCredential {
  readonly #source: TokenSource

  constructor(options: DefaultAzureCredentialOptions = {}) {
    const ports = nodePorts()
    requireVariables(options.requiredEnvVars ?? [], ports.env)
    const { managedIdentityClientId: clientId, managedIdentityResourceId: resourceId } = options
    const identity = {
      ...(clientId === undefined ? {} : { clientId }),
      ...(resourceId === undefined ? {} : { resourceId }),
    }
    const config = configure('chained', options, identity, ports)
    const chain = selectDefaultChain(findProfile('python'), config, {
      exclude: [],
      include: [],
      variable: ports.env.get('AZURE_TOKEN_CREDENTIALS'),
      isVariableRequired: false,
    })
    if (!chain.ok) throw new Error(chain.error.message)
    this.#source = createTokenSource(
      chain.value.cacheLinks.map(({ definition }) => definition),
      chain.value.cacheLinks[0]?.config ?? config,
      ports,
    )
  }

  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken> {
    return this.#source.getToken(scopes, options)
  }
}

function requireVariables(names: string | readonly string[], env: Pick<Env, 'get'>): void {
  const missing = (typeof names === 'string' ? [names] : names).filter((name) => (env.get(name) ?? '') === '')
  if (missing.length === 0) return
  const [subject, verb] = missing.length === 1 ? ['variable', 'is'] : ['variables', 'are']
  throw new Error(
    `Required environment ${subject} '${missing.join(', ')}' for DefaultAzureCredential ${verb} not set or empty.`,
  )
}

/** Asks one credential after the other; the next has its turn when one is unavailable, and only then. */
export class ChainedTokenCredential implements TokenCredential {
  readonly #sources: readonly TokenCredential[]

  constructor(...sources: TokenCredential[]) {
    if (sources.length === 0) throw new Error('ChainedTokenCredential needs at least one credential')
    this.#sources = sources
  }

  async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken> {
    const errors: unknown[] = []
    for (const source of this.#sources) {
      try {
        const token = await source.getToken(scopes, options)
        if (token !== null) return token
      } catch (error) {
        if (!isUnavailable(error)) throw error
        errors.push(error)
      }
    }
    if (errors.length === 0) throw new CredentialUnavailableError('Failed to retrieve a valid token')
    throw new AggregateAuthenticationError(errors, 'ChainedTokenCredential authentication failed.')
  }
}

/** By name, as in the SDKs, so that their own credentials can be links as well. */
function isUnavailable(error: unknown): boolean {
  const name = error instanceof Error ? error.name : ''
  return name === 'CredentialUnavailableError' || name === 'AuthenticationRequiredError'
}
