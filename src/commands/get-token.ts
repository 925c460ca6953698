/** `azid get-token`: a token, in the shape you need. */
import type { Invocation } from '../cli/invocation.ts'
import type { CredentialName } from '../engine/types.ts'
import type { ExitName } from '../exit-codes.ts'
import { createLog } from '../output/log.ts'
import type { PrintableToken } from '../output/token-formats.ts'
import type { Runtime } from '../runtime.ts'
import { type Acquisition, acquire, type Preparation, prepare } from './acquire.ts'
import { deliver, deliverUnset, prepareDelivery } from './hand-over.ts'

export async function run(invocation: Invocation, runtime: Runtime): Promise<ExitName> {
  const { settings } = invocation
  const log = await createLog(runtime, settings)
  const preparation = await prepare(invocation, runtime, log)
  const delivery = await prepareDelivery(preparation)
  if (settings.unset?.value === true) return deliverUnset(delivery, preparation)

  const acquired: Extract<Acquisition, { kind: 'token' }>[] = []
  for (const target of preparation.targets) {
    const acquisition = await acquire(target, preparation)
    if (acquisition.kind === 'failed') {
      await log.flush()
      const { sayFailure } = await import('./say-failure.ts')
      return sayFailure(acquisition, preparation)
    }
    sayHow(acquisition, preparation)
    acquired.push(acquisition)
  }
  await log.flush()

  if (settings.expectTenant !== undefined || settings.expectUser !== undefined || settings.expectType !== undefined) {
    const { meetsExpectations } = await import('./expectations.ts')
    for (const { token } of acquired) {
      const exit = await meetsExpectations(token.token, preparation)
      if (exit !== 'done') return exit
    }
  }
  const printable = acquired.map((each, index) => toPrintable(each, delivery.variables[index] ?? ''))
  const exit = await deliver(printable, delivery, preparation)
  const [only] = printable
  if (exit === 'done' && printable.length === 1 && only?.fromCache === true) {
    const { rememberCommandLine } = await import('./remember.ts')
    await rememberCommandLine(invocation, acquired, preparation, delivery)
  }
  return exit
}

function toPrintable(acquisition: Extract<Acquisition, { kind: 'token' }>, variable: string): PrintableToken {
  const { token, target, credential, fromCache } = acquisition
  return {
    accessToken: token.token.reveal(),
    tokenType: token.tokenType,
    expiresOn: token.expiresOn,
    refreshOn: token.refreshOn,
    tenant: token.tenantId ?? null,
    scopes: target.scopes,
    resource: target.resolved.resource,
    credential,
    fromCache,
    variable,
  }
}

/** Their token does not come from the authority by a request of ours. */
const asksElsewhere: ReadonlySet<CredentialName> = new Set([
  'ManagedIdentityCredential',
  'AzureCliCredential',
  'AzurePowerShellCredential',
  'AzureDeveloperCliCredential',
])

function sayHow(
  { target, token, credential, fromCache }: Extract<Acquisition, { kind: 'token' }>,
  { log, runtime, authority }: Preparation,
): void {
  const { resolved, scopes, text } = target
  if (text !== scopes.join(' '))
    log.info(`${text} is ${scopes.join(' ')}${resolved.name === null ? '' : ` (${resolved.name})`}`)
  if (resolved.note !== null) log.info(resolved.note)
  const where = fromCache ? ', from the cache' : asksElsewhere.has(credential) ? '' : `, from ${authority.host}`
  const minutes = Math.floor((token.expiresOn - runtime.clock.now()) / 60_000)
  log.info(`${credential} gave the token${where}; it lives ${minutes} more minutes`)
}
