/** Which tenant a request goes to: the SDKs' checks of a tenant's text and their multi-tenant rules. */

import { failure, type Result, success } from '../result.ts'
import type { Env } from '../runtime.ts'

/** The SDKs' own rule: letters, digits, hyphens and dots. */
export function isTenantText(text: string): boolean {
  return /^[0-9a-zA-Z.-]+$/.test(text)
}

/** Stand-ins for "any tenant": an app has no token there (AADSTS9001023, AADSTS50194). */
export function isManyTenants(tenantId: string): boolean {
  return ['common', 'organizations', 'consumers'].includes(tenantId.toLowerCase())
}

export interface TenantQuestion {
  /** The tenant that the credential is configured with; absent for tools that have their own. */
  readonly configured?: string
  /** The tenant that this request asks for. */
  readonly requested?: string
  readonly additionallyAllowed: readonly string[]
}

export interface TenantNotAllowed {
  readonly tenantId: string
  readonly configuredTenantId: string
}

/**
 * The tenant to ask. Another tenant than the configured one needs to be allowed, by name or by `*`; with AD FS, or where
 * AZURE_IDENTITY_DISABLE_MULTITENANTAUTH is set to anything, the configured one is used whatever is asked. As in Python,
 * a configured `organizations` with an empty list allows any. Undefined: neither is known.
 */
export function resolveTenant(question: TenantQuestion, env: Env): Result<string | undefined, TenantNotAllowed> {
  const { configured, requested, additionallyAllowed } = question
  if (requested === undefined || requested === configured) return success(configured)
  if (configured === undefined || configured === '') return success(requested)
  if (configured === 'adfs') return success(configured)
  if ((env.get('AZURE_IDENTITY_DISABLE_MULTITENANTAUTH') ?? '') !== '') return success(configured)
  if (additionallyAllowed.includes('*') || additionallyAllowed.includes(requested)) return success(requested)
  if (configured === 'organizations' && additionallyAllowed.length === 0) return success(requested)
  return failure({ tenantId: requested, configuredTenantId: configured })
}

/** What is wrong with an empty tenant of a credential that has a check of its own for it. */
export const noTenantReason = 'is set, but empty'
