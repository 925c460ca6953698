/** From the options of a constructor to the engine's configuration, and the real ports that all credentials share. */
import { authorityHosts, configureAuthority } from '../engine/authority.ts'
import { isTenantText } from '../engine/tenant.ts'
import type { CredentialConfig, EnginePorts } from '../engine/types.ts'
import type { OutputStream } from '../runtime.ts'
import { createNodeRuntime } from '../runtime-node/runtime-node.ts'
import type { CredentialOptions } from './types.ts'

let shared: EnginePorts | undefined

/** The real ports, without those of a command: taking `interrupted` would put a handler on the caller's SIGINT. */
export function nodePorts(): EnginePorts {
  if (shared === undefined) {
    const { env, clock, files, processes, http, keyring, host, random, browser, loopback } = createNodeRuntime()
    shared = { env, clock, files, processes, http, keyring, host, random, browser, loopback }
  }
  return shared
}

/** Where a default prompt goes. */
export function nodeErrorStream(): Pick<OutputStream, 'write'> {
  return createNodeRuntime().terminal.stderr
}

/** As in `@azure/identity`; the German cloud, closed since 2021, is left out. */
export const AzureAuthorityHosts = {
  AzurePublicCloud: authorityHosts.public,
  AzureGovernment: authorityHosts.usgov,
  AzureChina: authorityHosts.china,
} as const

/**
 * Throws where the options cannot be used; a bad AZURE_AUTHORITY_HOST waits for `getToken`. Unlike on the command line, a
 * private `authorityHost` is vouched for by `disableInstanceDiscovery` alone, as in the SDK.
 */
export function configure(
  role: CredentialConfig['role'],
  options: CredentialOptions,
  identity: Partial<CredentialConfig>,
  ports: Pick<EnginePorts, 'env'>,
): CredentialConfig {
  const tenants = options.additionallyAllowedTenants ?? []
  for (const tenant of [...tenants, ...(identity.tenantId === undefined ? [] : [identity.tenantId])]) {
    if (tenant !== '*' && !isTenantText(tenant)) {
      throw new Error(
        'Invalid tenant id provided. You can locate your tenant id by following the instructions listed here: https://learn.microsoft.com/partner-center/find-ids-and-domain-names.',
      )
    }
  }
  return {
    sdk: 'python',
    role,
    processTimeoutMs: 10_000,
    imdsTimeoutMs: 1000,
    additionallyAllowedTenants: tenants,
    ...chooseAuthority(options, ports),
    ...identity,
  }
}

function chooseAuthority(
  { authorityHost, disableInstanceDiscovery }: CredentialOptions,
  { env }: Pick<EnginePorts, 'env'>,
): Pick<CredentialConfig, 'authority' | 'authorityProblem'> {
  const isVouchedFor = disableInstanceDiscovery === true
  const variable = env.get('AZURE_AUTHORITY_HOST')
  const resolved = configureAuthority({
    sdk: 'js',
    disableInstanceDiscovery: isVouchedFor,
    ...(authorityHost === undefined ? {} : { host: { value: authorityHost, source: 'authorityHost' } }),
    ...(variable === undefined ? {} : { variable }),
  })
  if (!resolved.ok) throw new Error(`the authorityHost '${resolved.error.value}' ${resolved.error.reason}`)
  return { ...resolved.value, authority: { ...resolved.value.authority, isTrusted: isVouchedFor } }
}
