/** A developer's own sign-in as classes, with the constructors of `@azure/identity`: az, azd, Azure PowerShell, VS Code. */
import { azureCliCredential } from '../engine/credentials/azure-cli.ts'
import { azureDeveloperCliCredential } from '../engine/credentials/azure-developer-cli.ts'
import { azurePowerShellCredential } from '../engine/credentials/azure-powershell.ts'
import { visualStudioCodeCredential } from '../engine/credentials/visual-studio-code.ts'
import type { CredentialConfig, CredentialDefinition } from '../engine/types.ts'
import { configure, nodePorts } from './configuration.ts'
import { createTokenSource, type TokenSource } from './token-source.ts'
import type { AccessToken, CredentialOptions, GetTokenOptions, TokenCredential } from './types.ts'

export interface ToolCredentialOptions extends Pick<CredentialOptions, 'additionallyAllowedTenants'> {
  /** Default: the tool's own choice. */
  tenantId?: string
  /** How long one run of the tool may take. Default 10 s; `@azure/identity` waits for ever. */
  processTimeoutInMs?: number
}

export interface AzureCliCredentialOptions extends ToolCredentialOptions {
  /** Id or name of a subscription: asks the account that sees it. az takes this or a tenant, not both. */
  subscription?: string
}

/** What these share: one tool behind `getToken`. As in `@azure/identity`, a tool that fails is unavailable: a chain goes on. */
class ToolCredential implements TokenCredential {
  readonly #source: TokenSource

  constructor(definition: CredentialDefinition, options: AzureCliCredentialOptions) {
    const { tenantId, subscription, processTimeoutInMs, ...shared } = options
    if (subscription !== undefined && !/^[0-9a-zA-Z\-._ ]+$/.test(subscription)) {
      throw new Error(
        `Subscription '${subscription}' contains invalid characters. If this is the name of a subscription, use its ID instead. You can locate your subscription by following the instructions listed here: https://learn.microsoft.com/azure/azure-portal/get-subscription-tenant-id`,
      )
    }
    const ports = nodePorts()
    const config: CredentialConfig = {
      ...configure('named', shared, tenantId === undefined ? {} : { tenantId }, ports),
      ...(subscription === undefined ? {} : { subscription }),
      ...(processTimeoutInMs === undefined ? {} : { processTimeoutMs: processTimeoutInMs }),
    }
    this.#source = createTokenSource([definition], config, ports, { isFailureUnavailable: true })
  }

  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken> {
    return this.#source.getToken(scopes, options)
  }
}

/** The account of `az login`. */
export class AzureCliCredential extends ToolCredential {
  constructor(options: AzureCliCredentialOptions = {}) {
    super(azureCliCredential, options)
  }
}

/** The account of `azd auth login`. */
export class AzureDeveloperCliCredential extends ToolCredential {
  constructor(options: ToolCredentialOptions = {}) {
    super(azureDeveloperCliCredential, options)
  }
}

/** The account of `Connect-AzAccount`. */
export class AzurePowerShellCredential extends ToolCredential {
  constructor(options: ToolCredentialOptions = {}) {
    super(azurePowerShellCredential, options)
  }
}

/** The account of VS Code. Its tokens are the system's broker's, so it is unavailable, and says who is signed in. */
export class VisualStudioCodeCredential extends ToolCredential {
  constructor(options: Pick<ToolCredentialOptions, 'tenantId' | 'additionallyAllowedTenants'> = {}) {
    super(visualStudioCodeCredential, options)
  }
}
