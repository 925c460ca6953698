/** Compares a token with what the person expects of it (`--expect-tenant`, `--expect-user`, `--expect-type`). Pure. */
import { guidPattern, isSameId } from './claim-values.ts'
import type { TokenDescription } from './describe.ts'
import { type IdentityType, loginNames } from './identity.ts'

export interface Expectations {
  /** A tenant's id; a domain has to be resolved before. */
  readonly tenantId?: string
  /** A user's login name, or the object id of any identity, or the client id of an application. */
  readonly user?: string
  readonly type?: Exclude<IdentityType, 'unknown'>
}

export interface UnmetExpectation {
  readonly option: '--expect-tenant' | '--expect-user' | '--expect-type'
  readonly expected: string
  /** What the token has; null where it does not say. */
  readonly actual: string | null
}

/** In the order tenant, type, user; empty when the token is as expected. What a token does not say is not as expected. */
export function findUnmetExpectations(
  description: TokenDescription,
  expectations: Expectations,
): readonly UnmetExpectation[] {
  const { identity } = description
  const unmet: UnmetExpectation[] = []
  const { tenantId, user, type } = expectations
  if (tenantId !== undefined && !isSameId(tenantId, identity.tenantId)) {
    unmet.push({ option: '--expect-tenant', expected: tenantId, actual: identity.tenantId })
  }
  if (type !== undefined && type !== identity.type) {
    unmet.push({ option: '--expect-type', expected: type, actual: identity.type })
  }
  if (user !== undefined && !isUser(description, user)) {
    unmet.push({ option: '--expect-user', expected: user, actual: describeActualUser(description, user) })
  }
  return unmet
}

/**
 * Case does not count. `email` is not looked at: anybody can have any mail address written into it. A user's `appid` is
 * not the user's: it is that of the tool which signed in.
 */
function isUser({ identity, claims }: TokenDescription, user: string): boolean {
  const { type, objectId, appId } = identity
  const names = type === 'user' ? loginNames(claims) : [appId]
  return [objectId, ...names].some((name) => isSameId(name, user))
}

function describeActualUser({ identity }: TokenDescription, user: string): string | null {
  const { type, objectId, appId, name } = identity
  if (type === 'user') return guidPattern.test(user) ? objectId : (name ?? objectId)
  const ids = [appId === null ? '' : `app ${appId}`, objectId === null ? '' : `object ${objectId}`].filter(
    (id) => id !== '',
  )
  return ids.length === 0 ? null : ids.join(', ')
}

/** One line: `expected the tenant A, but the token is of B`. Holds text from the token: escape it before printing. */
export function wordUnmetExpectation({ option, expected, actual }: UnmetExpectation): string {
  switch (option) {
    case '--expect-tenant':
      return `expected the tenant ${expected}, but the token ${actual === null ? 'names none' : `is of ${actual}`}`
    case '--expect-type':
      return `expected a ${expected}, but the token's subject is ${actual === 'unknown' ? 'of unknown type' : `a ${actual}`}`
    case '--expect-user':
      return `expected the identity ${expected}, but the token ${actual === null ? 'names nobody' : `is of ${actual}`}`
    default:
      return option satisfies never
  }
}
