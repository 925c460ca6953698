/**
 * The shapes of `@azure/core-auth`, written again so that using this library needs no other package: what is assignable
 * there is assignable here, and the other way round.
 */

/** What can stop a request; the platform's `AbortSignal` is one. */
export interface AbortSignalLike {
  readonly aborted: boolean
  addEventListener(type: 'abort', listener: (this: AbortSignalLike, event: unknown) => unknown, options?: unknown): void
  removeEventListener(
    type: 'abort',
    listener: (this: AbortSignalLike, event: unknown) => unknown,
    options?: unknown,
  ): void
}

export interface GetTokenOptions {
  abortSignal?: AbortSignalLike
  requestOptions?: {
    /** Milliseconds for the whole of `getToken`. */
    timeout?: number
  }
  /** A claims challenge: JSON, or the base64 of it. */
  claims?: string
  /** Ask for a token that takes part in continuous access evaluation. */
  enableCae?: boolean
  /** Another tenant than the credential's; it must be allowed by `additionallyAllowedTenants`. */
  tenantId?: string
}

export interface AccessToken {
  token: string
  /** Milliseconds since the epoch. */
  expiresOnTimestamp: number
  /** When to ask for a newer one ahead of its end, in milliseconds. */
  refreshAfterTimestamp?: number
  tokenType?: 'Bearer' | 'pop'
}

export interface TokenCredential {
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null>
}

/** What every credential of a service principal takes. */
export interface CredentialOptions {
  /** `https://login.microsoftonline.us`; default: AZURE_AUTHORITY_HOST, else the public cloud. See `AzureAuthorityHosts`. */
  authorityHost?: string
  /** Tenants besides the credential's own for which a request may ask; `*` for any. */
  additionallyAllowedTenants?: string[]
  /** Vouches for an authority that is not one of Microsoft's. */
  disableInstanceDiscovery?: boolean
}
