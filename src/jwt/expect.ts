/** Compares a token with what the person expects of it (`--expect-tenant`, `--expect-user`, `--expect-type`). Pure. */
import { guidPattern, isSameId } from './claim-values.ts'
import { type IdentityType, loginNames, type TokenDescription } from './describe.ts'

export interface Expectations {
  /** A tenant's id; a domain has to be resolved before. */
  readonly tenantId?: string
  /** A login name or an object id. */
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
export function findUnmetExpectations(description: TokenDescription, expectations: Expectations): readonly UnmetExpectation[] {
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

/** Case does not count. `email` is not looked at: anybody can have any mail address written into it. */
function isUser({ identity, claims }: TokenDescription, user: string): boolean {
  if (identity.type !== 'user') return false
  return [identity.objectId, ...loginNames(claims)].some((name) => isSameId(name, user))
}

function describeActualUser({ identity }: TokenDescription, user: string): string {
  if (identity.type !== 'user') return identity.type === 'unknown' ? 'unknown' : `a ${identity.type.replace('-', ' ')}`
  return (guidPattern.test(user) ? identity.objectId : identity.name) ?? 'a user without a name'
}

/** One line: `expected the tenant A, but the token is of B`. Holds text from the token: escape it before printing. */
export function wordUnmetExpectation({ option, expected, actual }: UnmetExpectation): string {
  switch (option) {
    case '--expect-tenant':
      return `expected the tenant ${expected}, but the token ${actual === null ? 'names none' : `is of ${actual}`}`
    case '--expect-type':
      return `expected a ${expected}, but the token's subject is ${actual === 'unknown' ? 'of unknown type' : `a ${actual}`}`
    case '--expect-user':
      return `expected the user ${expected}, but the token's subject is ${actual}`
    default:
      return option satisfies never
  }
}
