/** `azid get-token`: a token, in the shape you need. */
import path from 'node:path'
import type { Invocation } from '../cli/invocation.ts'
import type { ExitName } from '../exit-codes.ts'
import type { Setting } from '../options.ts'
import { createLog } from '../output/log.ts'
import { type PrintableToken, type TokenFormat, tokenFormats } from '../output/token-formats.ts'
import { defaultVariable } from '../output/variables.ts'
import type { Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { type Acquisition, acquire, type Preparation, prepare } from './acquire.ts'

export async function run(invocation: Invocation, runtime: Runtime): Promise<ExitName> {
  const { settings } = invocation
  const format: TokenFormat = tokenFormats[settings.output.value]
  const log = await createLog(runtime, settings)
  const preparation = await prepare(invocation, runtime, log)
  checkFormat(preparation, format)
  await checkOutputFile(preparation)

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
  const printable = acquired.map((each) => toPrintable(each, preparation))
  const exit = await handOver(format.print(printable, { shell: settings.shell?.value ?? 'sh' }), preparation)
  const [only] = printable
  if (printable.length === 1 && only?.fromCache === true) {
    const { rememberCommandLine } = await import('./remember.ts')
    await rememberCommandLine(invocation, acquired, preparation, only.variable)
  }
  return exit
}

function checkFormat({ settings, targets }: Preparation, format: TokenFormat): void {
  const { output, shell, var: variable } = settings
  if (targets.length > 1 && !format.holdsSeveral) {
    throw new UsageError({
      message: `--output ${output.value} holds one token, and ${targets.length} targets are given`,
      source: output.source.name,
      fix: 'ask for one after the other, or use --output json or env',
    })
  }
  for (const setting of [shell, variable]) {
    if (setting !== undefined && setting.source.kind === 'option' && output.value !== 'env') {
      throw new UsageError({
        message: `${setting.source.name} goes with --output env`,
        source: setting.source.name,
        fix: 'add --output env, or leave it out',
      })
    }
  }
  if (output.value !== 'env') return
  const names = targets.map((target) => variableFor(target.text, { settings, targets }))
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) {
    throw new UsageError({
      message: `two tokens would go into the one variable ${twice}`,
      fix: 'ask for one after the other, each with its own --var',
    })
  }
}

/** A place that cannot be written is found before a token is asked for. */
async function checkOutputFile({ settings, runtime }: Preparation): Promise<void> {
  const { outputFile } = settings
  if (outputFile === undefined) return
  const existing = await runtime.files.stat(outputFile.value)
  if (existing.ok && existing.value.kind !== 'folder') return
  const folder = existing.ok ? existing : await runtime.files.stat(path.dirname(outputFile.value))
  if (!existing.ok && folder.ok && folder.value.kind === 'folder') return
  const reason = existing.ok ? 'it is a folder' : `there is no folder '${path.dirname(outputFile.value)}'`
  throw outputError(outputFile, reason)
}

function outputError(outputFile: Setting<string>, reason: string): UsageError {
  return new UsageError({
    message: `cannot write '${outputFile.value}': ${reason}`,
    source: outputFile.source.name,
    fix: 'name a file in a folder that this user can write',
  })
}

function variableFor(text: string, { settings }: Pick<Preparation, 'settings' | 'targets'>): string {
  return settings.var?.value ?? defaultVariable(text)
}

function toPrintable(acquisition: Extract<Acquisition, { kind: 'token' }>, preparation: Preparation): PrintableToken {
  const { token, target, credential, fromCache } = acquisition
  return {
    accessToken: token.token.reveal(),
    tokenType: token.tokenType,
    expiresOn: token.expiresOn,
    refreshOn: token.refreshOn,
    tenant: token.tenantId ?? null,
    scopes: target.scopes,
    credential,
    fromCache,
    variable: variableFor(target.text, preparation),
  }
}

function sayHow(
  { target, token, credential, fromCache }: Extract<Acquisition, { kind: 'token' }>,
  { log, runtime, authority }: Preparation,
): void {
  const { resolved, scopes, text } = target
  if (text !== scopes.join(' '))
    log.info(`${text} is ${scopes.join(' ')}${resolved.name === null ? '' : ` (${resolved.name})`}`)
  if (resolved.note !== null) log.info(resolved.note)
  const where = fromCache ? 'from the cache' : `from ${authority.host}`
  const minutes = Math.floor((token.expiresOn - runtime.clock.now()) / 60_000)
  log.info(`${credential} gave the token, ${where}; it lives ${minutes} more minutes`)
}

/** The promised bytes, to stdout or to a file of mode 0600. */
async function handOver(content: string, { settings, runtime }: Preparation): Promise<ExitName> {
  const { outputFile } = settings
  if (outputFile === undefined) {
    await runtime.terminal.stdout.write(content)
    return 'done'
  }
  const written = await runtime.files.writeAtomic(outputFile.value, new TextEncoder().encode(content), { mode: 0o600 })
  if (written.ok) return 'done'
  const { describeFileError } = await import('./inputs.ts')
  throw outputError(outputFile, describeFileError(written.error))
}
