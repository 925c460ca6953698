/** `--expect-tenant`, `--expect-user`, `--expect-type`: the token is looked into before it is handed over. */
import { findAudience } from '../engine/resources.ts'
import { type ExitName, exitCodes } from '../exit-codes.ts'
import { decodeToken } from '../jwt/decode.ts'
import { describeToken, type TokenDescription } from '../jwt/describe.ts'
import { type Expectations, findUnmetExpectations, wordUnmetExpectation } from '../jwt/expect.ts'
import { resolveTenantId } from '../jwt/verify.ts'
import { printJson } from '../output/json.ts'
import { createStyle } from '../output/style.ts'
import { escapeToLine } from '../output/text.ts'
import type { Secret } from '../secret.ts'
import type { Preparation } from './acquire.ts'

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** `done`, or `expectation` after each unmet one was said; a token that nobody can read meets none. */
export async function meetsExpectations(token: Secret, preparation: Preparation): Promise<ExitName> {
  const decoded = decodeToken(token.reveal())
  if (!decoded.ok) return refuse(['the token is opaque, so it cannot be compared with what was expected'], preparation)
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
  const tenantId = expectTenant === undefined ? undefined : await tenantIdOf(expectTenant.value, preparation)
  const expectations: Expectations = {
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(expectUser === undefined ? {} : { user: expectUser.value }),
    ...(expectType === undefined ? {} : { type: expectType.value }),
  }
  const unmet = findUnmetExpectations(description, expectations)
  return unmet.length === 0 ? 'done' : refuse(unmet.map(wordUnmetExpectation), preparation)
}

/** Tokens name their tenant by id: a domain is looked up at the authority. An unknown one is no tenant's. */
async function tenantIdOf(
  tenant: string,
  { runtime, authority, signal }: Pick<Preparation, 'runtime' | 'authority' | 'signal'>,
): Promise<string> {
  if (guid.test(tenant)) return tenant
  const resolved = await resolveTenantId(tenant, { authority, http: runtime.http, now: runtime.clock.now(), signal })
  return resolved.ok && resolved.value !== null ? resolved.value : tenant
}

async function refuse(
  messages: readonly string[],
  { settings, runtime }: Pick<Preparation, 'settings' | 'runtime'>,
): Promise<ExitName> {
  const exit: ExitName = 'expectation'
  if (settings.json?.value === true) {
    const error = { exitCode: exitCodes[exit].code, message: messages.join('; '), codes: [], causes: [], attempts: [] }
    await runtime.terminal.stdout.write(printJson({ schemaVersion: 1, error }))
    return exit
  }
  const style = await createStyle(runtime.terminal.stderr, runtime.env, settings.noColor?.value === true)
  for (const message of messages) {
    await runtime.terminal.stderr.write(`${style.bad('error:')} ${escapeToLine(message)}\n`)
  }
  return exit
}
