/** What every command that asks an authority decides first: which one, and for how long. */
import { resolveAuthority } from '../engine/authority.ts'
import { TimeLimit } from '../engine/chain.ts'
import type { Authority } from '../engine/types.ts'
import type { Settings } from '../options.ts'
import type { Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'

/** From the options, else AZURE_AUTHORITY_HOST, else the public cloud; throws `UsageError`. */
export function chooseAuthority(settings: Settings, runtime: Runtime): Authority {
  const variable = runtime.env.get('AZURE_AUTHORITY_HOST')
  const resolved = resolveAuthority({
    ...(settings.authorityHost === undefined
      ? {}
      : { host: { value: settings.authorityHost.value, source: settings.authorityHost.source.name } }),
    ...(settings.cloud === undefined
      ? {}
      : { cloud: { value: settings.cloud.value, source: settings.cloud.source.name } }),
    ...(variable === undefined ? {} : { variable }),
    disableInstanceDiscovery: settings.disableInstanceDiscovery?.value === true,
    sdk: settings.sdk.value,
  })
  if (resolved.ok) return resolved.value
  const { value, source, reason, fix } = resolved.error
  throw new UsageError({
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
    .sleep(timeout.value, runtime.interrupted)
    .then(() => limit.abort(new TimeLimit(timeout.source.name, timeout.value)))
    .catch(() => {})
  return AbortSignal.any([runtime.interrupted, limit.signal])
}
