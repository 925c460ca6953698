/** Entries of the cache as people know them: whose token, for what; and which of them a person means. */
import type { InventoryEntry } from '../cache/inventory.ts'
import { findAudience } from '../engine/resources.ts'
import { decodeToken } from '../jwt/decode.ts'
import { describeOpaqueToken, describeToken } from '../jwt/describe.ts'
import type { CacheEntryView } from '../output/cache.ts'

export function viewEntry({ id, home, entry }: InventoryEntry, now: number): CacheEntryView {
  const { token, credential, links, sdk, authority, requestedTenant, scopes, isCae, hasClaims, savedAt } = entry
  const decoded = decodeToken(token.token.reveal())
  const { identity, audience } = decoded.ok
    ? describeToken(decoded.value, now, {
        audienceName: (value) => findAudience(value)?.name ?? null,
        authorityHost: authority,
      })
    : describeOpaqueToken('unknown', now, token.expiresOn)
  return {
    id,
    backend: home,
    credential,
    chain: links,
    sdk,
    authority,
    tenant: identity.tenantId ?? token.tenantId ?? requestedTenant,
    scopes,
    audience: { value: audience.value, name: audience.name ?? nameOfScope(scopes[0]) },
    identity: {
      type: identity.type,
      name: identity.name,
      objectId: identity.objectId,
      tenantId: identity.tenantId,
      appId: identity.appId,
    },
    cae: isCae,
    hasClaims,
    savedAt,
    expiresOn: token.expiresOn,
    refreshOn: token.refreshOn,
  }
}

function nameOfScope(scope: string | undefined): string | null {
  return scope === undefined ? null : (findAudience(scope.replace(/\/\.default$/, ''))?.name ?? null)
}

/** What a person named; every one that is given must fit. */
export interface EntrySelection {
  /** A user name, an object id or an app id. */
  readonly account?: string
  /** A tenant's id or the name it was asked by. */
  readonly tenant?: string
  /** A resource as it is in scopes and audiences, or the name of its service. */
  readonly resource?: string
  /** A class name. */
  readonly credential?: string
}

export function isSelected(
  view: CacheEntryView,
  requestedTenant: string | null,
  { account, tenant, resource, credential }: EntrySelection,
): boolean {
  const { identity } = view
  const fits = (wanted: string | undefined, values: readonly (string | null)[]): boolean =>
    wanted === undefined || values.some((value) => value !== null && value.toLowerCase() === wanted.toLowerCase())
  return (
    fits(account, [identity.name, identity.objectId, identity.appId]) &&
    fits(tenant, [view.tenant, identity.tenantId, requestedTenant]) &&
    fits(credential, [view.credential]) &&
    (resource === undefined || isOfResource(view, resource))
  )
}

/** The same resource, or two addresses of one service. */
function isOfResource({ scopes, audience }: CacheEntryView, resource: string): boolean {
  const wanted = [plainResource(resource), findAudience(plainResource(resource))?.name ?? null]
  const has = [
    ...scopes.map(plainResource),
    ...(audience.value === null ? [] : [plainResource(audience.value)]),
    audience.name,
  ]
  return wanted.some((one) => one !== null && has.includes(one))
}

function plainResource(text: string): string {
  return text
    .replace(/\/\.default$/, '')
    .replace(/\/$/, '')
    .toLowerCase()
}
