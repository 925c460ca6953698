/** Which command lines of `get-token` may go straight to their cached token the next time. */
import { rememberShortcut } from '../cache/shortcut.ts'
import type { Invocation } from '../cli/invocation.ts'
import type { Setting, Settings } from '../options.ts'
import type { TokenFormatName } from '../output/token-formats.ts'
import { type Acquisition, cachedRequest, type Preparation } from './acquire.ts'
import type { Delivery } from './hand-over.ts'
import type { RememberedPrint } from './remembered-answer.ts'

/**
 * Settings that are wholly in the words and the variables. A setting that is not here (a file, stdin, an expectation, more
 * talk) makes a command line take the long way each time.
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
  'enableAzureProxy',
  'noPrompt',
  'redirectUri',
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
  'json',
  'shell',
  'var',
  'quiet',
  'noColor',
])

/** Formats that write to files of a job, or warn. */
const doMoreThanPrint: ReadonlySet<string> = new Set<TokenFormatName>(['github-actions', 'gitlab'])

/**
 * After a token was handed over from the cache in this way. Never fails; what cannot be kept is not.
 */
export async function rememberCommandLine(
  { argv, settings }: Invocation,
  acquired: readonly Extract<Acquisition, { kind: 'token' }>[],
  preparation: Preparation,
  { options, variables }: Delivery,
): Promise<void> {
  const [acquisition] = acquired
  if (argv === undefined || acquisition === undefined || acquired.length > 1 || !acquisition.fromCache) return
  if (doMoreThanPrint.has(settings.output.value)) return
  // Whose syntax is usual there, a variable says that is no part of an answer's name.
  if (
    settings.output.value === 'env' &&
    settings.shell === undefined &&
    preparation.runtime.host.platform === 'win32'
  ) {
    return
  }
  if (!isWhole(settings) || preparation.runtime.env.get('AZURE_LOG_LEVEL') !== undefined) return
  const print: RememberedPrint = {
    format: settings.output.value,
    options,
    variable: variables[0] ?? '',
    scopes: acquisition.target.scopes,
    resource: acquisition.target.resolved.resource,
  }
  await rememberShortcut(argv, cachedRequest(acquisition.target, preparation), print, preparation.cache)
}

function isWhole(settings: Settings): boolean {
  return Object.entries(settings as Record<string, Setting<unknown> | undefined>).every(
    ([name, setting]) => setting === undefined || setting.source.kind === 'default' || wholeSettings.has(name),
  )
}
