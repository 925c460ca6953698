/** What every command that asks an authority decides first: which one, and for how long. */
import { type AuthorityQuestion, type BadAuthority, configureAuthority, resolveAuthority } from '../engine/authority.ts'
import { TimeLimit } from '../engine/chain.ts'
import type { ProfileName } from '../engine/profiles/profiles.ts'
import type { Authority, CredentialConfig } from '../engine/types.ts'
import type { Settings } from '../options.ts'
import type { Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'

/** From the options, else AZURE_AUTHORITY_HOST, else the public cloud; throws `UsageError`. */
export function chooseAuthority(settings: Settings, runtime: Runtime): Authority {
  const resolved = resolveAuthority(authorityQuestion(settings, runtime))
  if (resolved.ok) return resolved.value
  throw badAuthority(resolved.error)
}

/** The same for credentials: to them a bad AZURE_AUTHORITY_HOST is a problem of their own. */
export function chooseAuthorityOfCredentials(
  settings: Settings,
  runtime: Runtime,
): Pick<CredentialConfig, 'authority' | 'authorityProblem'> {
  const configured = configureAuthority(authorityQuestion(settings, runtime))
  if (configured.ok) return configured.value
  throw badAuthority(configured.error)
}

/** Whose order, policy and wording to follow; throws `UsageError` for `all`, which `chain` takes apart before. */
export function chosenSdk({ sdk }: Settings): ProfileName {
  if (sdk.value !== 'all') return sdk.value
  throw new UsageError({
    message: '`all` compares the SDKs, and a token comes from one',
    source: sdk.source.name,
    fix: 'name one, or compare them with `azid chain --sdk all`',
  })
}

function authorityQuestion(settings: Settings, runtime: Runtime): AuthorityQuestion {
  const variable = runtime.env.get('AZURE_AUTHORITY_HOST')
  return {
    ...(settings.authorityHost === undefined
      ? {}
      : { host: { value: settings.authorityHost.value, source: settings.authorityHost.source.name } }),
    ...(settings.cloud === undefined
      ? {}
      : { cloud: { value: settings.cloud.value, source: settings.cloud.source.name } }),
    ...(variable === undefined ? {} : { variable }),
    disableInstanceDiscovery: settings.disableInstanceDiscovery?.value === true,
    sdk: chosenSdk(settings),
  }
}

function badAuthority({ value, source, reason, fix }: BadAuthority): UsageError {
  return new UsageError({
    message: `the authority host '${value}' ${reason}`,
    source,
    ...(fix === undefined ? {} : { fix }),
  })
}

/** Aborts on SIGINT, SIGTERM and after `--timeout`. */
export function limitRun(settings: Settings, runtime: Runtime): AbortSignal {
  const { timeout } = settings
  if (timeout === undefined) return runtime.interrupted
  const limit = new AbortController()
  runtime.clock
    // What is waited for keeps the process; a run that is done must not wait for its limit.
    .sleep(timeout.value, runtime.interrupted, { isBackground: true })
    .then(() => limit.abort(new TimeLimit(timeout.source.name, timeout.value)))
    .catch(() => {})
  return AbortSignal.any([runtime.interrupted, limit.signal])
}
