/** Which command lines of `get-token` may go straight to their cached token the next time. */
import type { Surround } from '../cache/shortcut.ts'
import { rememberShortcut } from '../cache/shortcut.ts'
import type { Invocation } from '../cli/invocation.ts'
import type { Setting, Settings } from '../options.ts'
import { type Acquisition, cachedRequest, type Preparation } from './acquire.ts'

/**
 * Settings that are wholly in the words and the variables. A setting that is not here (a file, stdin, an expectation, an
 * output that says more than the token) makes a command line take the long way each time.
 */
const wholeSettings: ReadonlySet<string> = new Set<keyof Settings>([
  'scope',
  'resource',
  'credential',
  'exclude',
  'include',
  'requireEnvvar',
  'sdk',
  'tenant',
  'clientId',
  'objectId',
  'resourceId',
  'subscription',
  'username',
  'serviceConnectionId',
  'additionallyAllowedTenants',
  'authorityHost',
  'cloud',
  'disableInstanceDiscovery',
  'cae',
  'cache',
  'minTtl',
  'timeout',
  'processTimeout',
  'imdsTimeout',
  'fast',
  'output',
  'quiet',
  'noColor',
])

/** After a token was handed over from the cache. Never fails; what cannot be kept is not. */
export async function rememberCommandLine(
  { argv, settings }: Invocation,
  acquired: readonly Extract<Acquisition, { kind: 'token' }>[],
  preparation: Preparation,
): Promise<void> {
  const [acquisition] = acquired
  if (argv === undefined || acquisition === undefined || acquired.length > 1 || !acquisition.fromCache) return
  if (!isWhole(settings) || preparation.runtime.env.get('AZURE_LOG_LEVEL') !== undefined) return
  const print = surroundOf(settings.output.value, acquisition.token.tokenType)
  if (print === null) return
  await rememberShortcut(argv, cachedRequest(acquisition.target, preparation), print, preparation.cache)
}

function isWhole(settings: Settings): boolean {
  return Object.entries(settings as Record<string, Setting<unknown> | undefined>).every(
    ([name, setting]) => setting === undefined || setting.source.kind === 'default' || wholeSettings.has(name),
  )
}

/** Null for formats in which there is more of the token than its value. */
function surroundOf(format: string, tokenType: string): Surround | null {
  if (format === 'token') return { before: '', after: '\n', tokenType }
  if (format === 'header') return { before: `Authorization: ${tokenType} `, after: '\n', tokenType }
  return null
}
