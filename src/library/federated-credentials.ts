/** Credentials of an app that proves itself by somebody else's token, as classes with the constructors of `@azure/identity`. */
import { azurePipelinesCredential } from '../engine/credentials/azure-pipelines.ts'
import { clientAssertionCredential } from '../engine/credentials/client-assertion.ts'
import { githubActionsCredential } from '../engine/credentials/github-actions.ts'
import { onBehalfOfCredential } from '../engine/credentials/on-behalf-of.ts'
import { workloadIdentityCredential } from '../engine/credentials/workload-identity.ts'
import type { AssertionInput, CredentialConfig, CredentialDefinition } from '../engine/types.ts'
import { Secret } from '../secret.ts'
import { configure, nodePorts } from './configuration.ts'
import { readCertificate } from './credentials.ts'
import { CredentialUnavailableError } from './errors.ts'
import { createTokenSource, type TokenSource } from './token-source.ts'
import type { AccessToken, CredentialOptions, GetTokenOptions, TokenCredential } from './types.ts'

/** What all of these share: one credential behind `getToken`, made when the first token is asked for. */
class FederatedCredential implements TokenCredential {
  readonly #open: () => Promise<TokenSource>
  #source: Promise<TokenSource> | undefined

  constructor(
    definition: CredentialDefinition,
    options: CredentialOptions,
    identity: Partial<CredentialConfig>,
    later: () => Promise<Partial<CredentialConfig>> = async () => ({}),
    env: Readonly<Record<string, string>> = {},
  ) {
    const ports = withVariables(env)
    const config = configure('named', options, identity, ports)
    this.#open = async () => createTokenSource([definition], { ...config, ...(await later()) }, ports)
  }

  async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken> {
    this.#source ??= this.#open()
    return (await this.#source).getToken(scopes, options)
  }
}

/** The real ports, with variables that a constructor's argument stands for. */
function withVariables(given: Readonly<Record<string, string>>): ReturnType<typeof nodePorts> {
  const ports = nodePorts()
  return { ...ports, env: { names: () => ports.env.names(), get: (name) => given[name] ?? ports.env.get(name) } }
}

function requireAll(credential: string, values: Readonly<Record<string, unknown>>, prefix = '', suffix = ''): void {
  for (const [name, value] of Object.entries(values)) {
    if (!value) {
      throw new CredentialUnavailableError(`${credential}: ${prefix}${name} is a required parameter.${suffix}`)
    }
  }
}

function callback(getAssertion: () => Promise<string>): AssertionInput {
  return { kind: 'callback', getAssertion, source: 'getAssertion' }
}

export interface WorkloadIdentityCredentialOptions extends CredentialOptions {
  /** Default: AZURE_TENANT_ID. */
  tenantId?: string
  /** Default: AZURE_CLIENT_ID. */
  clientId?: string
  /** Default: AZURE_FEDERATED_TOKEN_FILE. It is read again as its platform renews it. */
  tokenFilePath?: string
  /**
   * Asks through the token proxy of Azure Kubernetes Service (identity binding) where AZURE_KUBERNETES_TOKEN_PROXY names
   * one. Default: false.
   */
  enableAzureProxy?: boolean
}

/** An app by the token that a platform such as Kubernetes keeps in a file. What is missing is said by `getToken`. */
export class WorkloadIdentityCredential extends FederatedCredential {
  constructor(options: WorkloadIdentityCredentialOptions = {}) {
    const { tenantId, clientId, tokenFilePath, enableAzureProxy } = options
    super(workloadIdentityCredential, options, {
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(clientId === undefined ? {} : { clientId }),
      ...(tokenFilePath === undefined ? {} : { federatedTokenFile: tokenFilePath }),
      ...(enableAzureProxy === true ? { enableAzureProxy } : {}),
    })
  }
}

/** An app by an assertion that a function of the caller gives, called for every token that is asked for. */
export class ClientAssertionCredential extends FederatedCredential {
  constructor(
    tenantId: string,
    clientId: string,
    getAssertion: () => Promise<string>,
    options: CredentialOptions = {},
  ) {
    requireAll('ClientAssertionCredential', { tenantId, clientId, clientAssertion: getAssertion })
    super(clientAssertionCredential, options, { tenantId, clientId, clientAssertion: callback(getAssertion) })
  }
}

/** The app of a service connection, in a job of Azure Pipelines. */
export class AzurePipelinesCredential extends FederatedCredential {
  constructor(
    tenantId: string,
    clientId: string,
    serviceConnectionId: string,
    systemAccessToken: string,
    options: CredentialOptions = {},
  ) {
    const required = { clientId, tenantId, serviceConnectionId, systemAccessToken }
    requireAll('AzurePipelinesCredential', required, 'is unavailable. ')
    const identity = { tenantId, clientId, serviceConnectionId }
    super(azurePipelinesCredential, options, identity, undefined, { SYSTEM_ACCESSTOKEN: systemAccessToken })
  }
}

export interface GitHubActionsCredentialOptions extends CredentialOptions {
  /** Default: AZURE_TENANT_ID. */
  tenantId?: string
  /** Default: AZURE_CLIENT_ID. */
  clientId?: string
}

/** An app that trusts a workflow, in a job of GitHub Actions with `permissions: id-token: write`. The SDKs have no such class. */
export class GitHubActionsCredential extends FederatedCredential {
  constructor(options: GitHubActionsCredentialOptions = {}) {
    const { tenantId, clientId } = options
    super(githubActionsCredential, options, {
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(clientId === undefined ? {} : { clientId }),
    })
  }
}

export interface OnBehalfOfCredentialOptions extends CredentialOptions {
  tenantId: string
  clientId: string
  /** The access token with which the user called this app. */
  userAssertionToken: string
  /** One of these three proves the app. */
  clientSecret?: string
  /** PEM or PKCS#12, read when the first token is asked for. */
  certificatePath?: string
  getAssertion?: () => Promise<string>
  /** Sends the whole chain with each request (subject name and issuer authentication). */
  sendCertificateChain?: boolean
}

/** An app that a user called, asking for a token to call the next service for that user. */
export class OnBehalfOfCredential extends FederatedCredential {
  constructor(options: OnBehalfOfCredentialOptions) {
    const { tenantId, clientId, userAssertionToken, clientSecret, certificatePath, getAssertion } = options
    const guide = 'To troubleshoot, visit https://aka.ms/azsdk/js/identity/serviceprincipalauthentication/troubleshoot.'
    requireAll('OnBehalfOfCredential', { tenantId, clientId, userAssertionToken }, '', ` ${guide}`)
    if (!clientSecret && !certificatePath && !getAssertion) {
      throw new CredentialUnavailableError(
        `OnBehalfOfCredential: You must provide one of clientSecret, certificatePath, or a getAssertion callback but none were provided. ${guide}`,
      )
    }
    const identity = {
      tenantId,
      clientId,
      userAssertion: new Secret(userAssertionToken),
      ...(clientSecret ? { clientSecret: new Secret(clientSecret) } : {}),
      ...(getAssertion && !clientSecret && !certificatePath ? { clientAssertion: callback(getAssertion) } : {}),
    }
    super(onBehalfOfCredential, options, identity, async () => {
      if (!certificatePath || clientSecret) return {}
      const read = await readCertificate({ certificatePath }, nodePorts(), 'OnBehalfOfCredential')
      return { certificate: { ...read, sendChain: options.sendCertificateChain === true } }
    })
  }
}
