/** `--report`: writes the report, unless a secret is found in it. */

import { starSecrets } from '../diagnosis/explain/secrets.ts'
import { createRedactor } from '../engine/redaction.ts'
import type { Setting } from '../options.ts'
import { drawIssueReport } from '../output/chain-markdown.ts'
import { createMask, type KnownValue } from '../output/masks.ts'
import type { Runtime } from '../runtime.ts'
import type { ChainRun } from './chain-run.ts'
import type { ChainSession } from './chain-session.ts'
import { checkOutputFile, outputError } from './hand-over.ts'
import { describeFileError } from './inputs.ts'
import { knownSecrets } from './known-secrets.ts'

/** Throws `UsageError` where the report could not be written; before anything is asked. */
export async function checkReportPlace(report: Setting<string>, runtime: Runtime): Promise<void> {
  await checkOutputFile(report, runtime)
}

export interface RunOfSession extends ChainRun {
  readonly session: ChainSession
}

/** Null: written, with mode 0600, whole or not at all. Else what kept it from being written. Throws for a place that cannot be written. */
export async function writeIssueReport(
  place: Setting<string>,
  runs: readonly RunOfSession[],
  runtime: Runtime,
): Promise<string | null> {
  const { host, files } = runtime
  const secrets = [
    ...new Set(runs.flatMap(({ session, result }) => knownSecrets(session.preparation, result.attempts))),
  ]
  const redact = createRedactor(secrets)
  const [first] = runs
  if (first === undefined) throw new Error('a report is of a run')
  const mask = createMask(runs.flatMap(valuesOf), first.session.preparation.runtime.host.homeFolder)
  const { nodeVersion, platform, architecture, release } = host
  const facts = { nodeVersion, platform, architecture, release }
  const text = drawIssueReport(
    runs.map(({ report }) => report),
    facts,
    (each) => mask(starSecrets(redact(each))),
  )
  const found = scan(text, secrets)
  if (found !== null) return found
  const written = await files.writeAtomic(place.value, new TextEncoder().encode(text), { mode: 0o600 })
  if (!written.ok) throw outputError(place, describeFileError(written.error))
  return null
}

/** What in the text must not be there, without saying it; null where nothing is found. */
export function scan(text: string, secrets: readonly string[]): string | null {
  if (createRedactor(secrets)(text) !== text) return 'a secret of this run is in it'
  if (starSecrets(text) !== text) return 'something in it looks like a token or a secret'
  const word = text.match(/[A-Za-z0-9+/_=~.-]{32,}/g)?.find(isRandomLooking)
  return word === undefined ? null : 'a word in it looks like a random secret'
}

/** Letters of both cases and digits, well mixed, and no address, path, class or file name. */
function isRandomLooking(word: string): boolean {
  if (/^[\w.-]*(?:\/[\w.~-]*)+$/.test(word) && word.split('/').every((part) => part.length < 32)) return false
  const kinds = [...word].map((mark) =>
    /[A-Z]/.test(mark) ? 'A' : /[a-z]/.test(mark) ? 'a' : /\d/.test(mark) ? '0' : '-',
  )
  const changes = kinds.filter((kind, at) => at > 0 && kind !== kinds[at - 1]).length
  return (['A', 'a', '0'] as const).every((kind) => kinds.includes(kind)) && changes / word.length > 0.4
}

/** Accounts of images and runners, which name nobody. */
const commonUsers: ReadonlySet<string> = new Set([
  'root',
  'runner',
  'vscode',
  'node',
  'admin',
  'app',
  'user',
  'azureuser',
])

/** What names people and organisations, as far as this run knows it. */
function valuesOf({ report, session }: RunOfSession): readonly KnownValue[] {
  const { settings, runtime, chain } = session.preparation
  const variable = (name: string, what: string): KnownValue => ({ value: runtime.env.get(name) ?? '', what })
  return [
    ...report.attempts.flatMap(({ identity }) =>
      identity?.name == null ? [] : [{ value: identity.name, what: 'name' }],
    ),
    ...chain.cacheLinks.flatMap(({ config }) => [
      { value: config.tenantId ?? '', what: 'tenant' },
      { value: config.username ?? '', what: 'user' },
      { value: config.subscription ?? '', what: 'subscription' },
    ]),
    { value: settings.tenant?.value ?? '', what: 'tenant' },
    variable('AZURE_TENANT_ID', 'tenant'),
    variable('AZURE_USERNAME', 'user'),
    ...['USER', 'LOGNAME'].map((name) => variable(name, 'user')).filter(({ value }) => !commonUsers.has(value)),
    variable('HOSTNAME', 'host'),
    variable('COMPUTERNAME', 'host'),
  ]
}
