/** Where azid parts from the SDKs on purpose: it never asks a proxy for the identity of a machine, and says that the SDK does. */
import type { Told } from './recordings.ts'

const identity = 'ManagedIdentityCredential'

/** What was asked for the identity of the machine, and whether by way of the world's proxy, which adds a header. */
function identityRequests({ requests }: Told): readonly { readonly isForwarded: boolean }[] {
  return requests
    .filter(({ endpoint }) => endpoint === 'managed-identity')
    .map(({ headers }) => ({ isForwarded: headers?.['x-forwarded-for'] !== undefined }))
}

/** What came to the host came from the proxy; or, where the proxy is closed, nothing came and there was no token. */
export function tookDetour(told: Told): boolean {
  const asked = identityRequests(told)
  const link = told.tried.find(({ credential }) => credential === identity)
  if (asked.length === 0) return link !== undefined && link.outcome !== 'succeeded'
  return asked.every(({ isForwarded }) => isForwarded)
}

/** Something came to the host, and nothing by way of a proxy. */
export function askedDirectly(told: Told): boolean {
  const asked = identityRequests(told)
  return asked.length > 0 && !asked.some(({ isForwarded }) => isForwarded)
}

export function wasForwarded(told: Told): boolean {
  return identityRequests(told).some(({ isForwarded }) => isForwarded)
}
