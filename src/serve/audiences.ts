/** Which resources an endpoint gives tokens for. */
import { findAudience } from '../engine/resources.ts'
import { type ResolvedTarget, resolveTarget } from '../engine/scope.ts'
import type { CloudName } from '../engine/types.ts'

/** What to ask for when a client names this resource; null when it may not have it. */
export type FindTarget = (resource: string) => ResolvedTarget | null

/**
 * A client may name an allowed resource in any form by which the service is known: with or without its last slash, or by
 * another of its URIs. What is asked for is what the client wrote, because the token's `aud` follows it. `allowed` null:
 * every resource that can be asked for.
 */
export function createAudienceList(allowed: readonly ResolvedTarget[] | null, cloud: CloudName): FindTarget {
  const resources = new Set(allowed?.map(({ resource }) => withoutSlash(resource)))
  const services = new Set(allowed?.flatMap(({ resource }) => findAudience(resource)?.alias ?? []))
  const isAllowed = (resource: string): boolean =>
    allowed === null ||
    resources.has(withoutSlash(resource)) ||
    services.has(findAudience(resource)?.alias ?? 'no service')
  return (resource) => {
    if (!isAllowed(resource)) return null
    const resolved = resolveTarget(resource, cloud, 'resource')
    return resolved.ok ? resolved.value : null
  }
}

function withoutSlash(resource: string): string {
  return resource.toLowerCase().replace(/\/+$/, '')
}
