/** `--expect-tenant`, `--expect-user`, `--expect-type`: the token is looked into before it is handed over. */
import { findAudience } from '../engine/resources.ts'
import type { ExitName } from '../exit-codes.ts'
import { decodeToken } from '../jwt/decode.ts'
import { describeToken, type TokenDescription } from '../jwt/describe.ts'
import { type Expectations, findUnmetExpectations, wordUnmetExpectation } from '../jwt/expect.ts'
import { resolveTenantId } from '../jwt/verify.ts'
import { type Result, success } from '../result.ts'
import type { NetworkError } from '../runtime.ts'
import type { Secret } from '../secret.ts'
import type { Preparation } from './acquire.ts'
import { sayError, sayNetworkFailure } from './say-error.ts'

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** `done`, or `expectation` after each unmet one was said; a token that nobody can read meets none. */
export async function meetsExpectations(token: Secret, preparation: Preparation): Promise<ExitName> {
  const decoded = decodeToken(token.reveal())
  if (!decoded.ok)
    return sayError(
      'expectation',
      ['the token is opaque, so it cannot be compared with what was expected'],
      preparation,
    )
  const description = describeToken(decoded.value, preparation.runtime.clock.now(), {
    audienceName: (audience) => findAudience(audience)?.name ?? null,
    authorityHost: preparation.authority.host,
  })
  return compareWithExpectations(description, preparation)
}

export async function compareWithExpectations(
  description: TokenDescription,
  preparation: Pick<Preparation, 'settings' | 'runtime' | 'authority' | 'signal'>,
): Promise<ExitName> {
  const { expectTenant, expectUser, expectType } = preparation.settings
  const tenantId = expectTenant === undefined ? success(null) : await findTenantId(expectTenant.value, preparation)
  if (!tenantId.ok) {
    return sayNetworkFailure('the tenant to expect could not be looked up', tenantId.error, preparation)
  }
  const expectations: Expectations = {
    ...(tenantId.value === null ? {} : { tenantId: tenantId.value }),
    ...(expectUser === undefined ? {} : { user: expectUser.value }),
    ...(expectType === undefined ? {} : { type: expectType.value }),
  }
  const unmet = findUnmetExpectations(description, expectations)
  return unmet.length === 0 ? 'done' : sayError('expectation', unmet.map(wordUnmetExpectation), preparation)
}

/** Tokens name their tenant by id: a domain is looked up at the authority. An unknown one is no tenant's. */
async function findTenantId(
  tenant: string,
  { runtime, authority, signal }: Pick<Preparation, 'runtime' | 'authority' | 'signal'>,
): Promise<Result<string, NetworkError>> {
  if (guid.test(tenant)) return success(tenant)
  const resolved = await resolveTenantId(tenant, { authority, http: runtime.http, now: runtime.clock.now(), signal })
  return resolved.ok ? success(resolved.value ?? tenant) : resolved
}
