/** Where tokens are asked: from an option, a cloud or AZURE_AUTHORITY_HOST to a checked authority. */
import { type BadValue, parseHttpsOrigin } from '../option-values.ts'
import { failure, type Result, success } from '../result.ts'
import type { Authority, CloudName, CredentialConfig, SdkName } from './types.ts'

/** The authority of each cloud, as the SDKs' `AzureAuthorityHosts` name them. */
export const authorityHosts = {
  public: 'https://login.microsoftonline.com',
  usgov: 'https://login.microsoftonline.us',
  china: 'https://login.chinacloudapi.cn',
} as const satisfies Record<CloudName, string>

/**
 * Microsoft's own authorities (MSAL's built-in instance metadata). Clouds without a name of their own here count as
 * public: of them only the host is known.
 */
const microsoftHosts: Readonly<Record<string, CloudName>> = {
  'login.microsoftonline.com': 'public',
  'login.windows.net': 'public',
  'login.microsoft.com': 'public',
  'sts.windows.net': 'public',
  'login-us.microsoftonline.com': 'public',
  'login.microsoftonline.us': 'usgov',
  'login.usgovcloudapi.net': 'usgov',
  'login.chinacloudapi.cn': 'china',
  'login.partner.microsoftonline.cn': 'china',
  'login.microsoftonline.de': 'public',
  'login.sovcloud-identity.fr': 'public',
  'login.sovcloud-identity.de': 'public',
  'login.sovcloud-identity.sg': 'public',
}

/** Hosts that are one authority, as MSAL knows them. */
const aliases: readonly (readonly string[])[] = [
  ['login.microsoftonline.com', 'login.windows.net', 'login.microsoft.com', 'sts.windows.net'],
  ['login.microsoftonline.us', 'login.usgovcloudapi.net'],
  ['login.chinacloudapi.cn', 'login.partner.microsoftonline.cn'],
]

/** All names of the authority of this host, which caches may use for it. */
export function hostAliases(host: string): readonly string[] {
  return aliases.find((group) => group.includes(host)) ?? [host]
}

export interface AuthorityQuestion {
  /** From `--authority-host` or its AZID_ variable, which `source` names. */
  readonly host?: { readonly value: string; readonly source: string }
  /** From `--cloud` or its AZID_ variable. */
  readonly cloud?: { readonly value: CloudName; readonly source: string }
  /** The value of AZURE_AUTHORITY_HOST, where set. */
  readonly variable?: string
  readonly disableInstanceDiscovery?: boolean
  /** Python takes an empty variable for a value, the others for none. */
  readonly sdk: SdkName
}

export interface BadAuthority extends BadValue {
  /** The value, without user name and password. */
  readonly value: string
  readonly source: string
  /** `option`: wrong usage. `variable`: the SDKs' own variable, so it is the outcome of each credential that reads it. */
  readonly kind: 'option' | 'variable'
}

/**
 * The option's host, else the cloud's, else the variable's, else the public cloud's. A host that is not Microsoft's is
 * trusted when an option (or AZID_ variable) named it or instance discovery is switched off; one that only
 * AZURE_AUTHORITY_HOST names is not, and instance discovery decides.
 */
export function resolveAuthority(question: AuthorityQuestion): Result<Authority, BadAuthority> {
  const { host, cloud, variable, sdk } = question
  const isTrustedAnyway = question.disableInstanceDiscovery === true
  if (host !== undefined) return fromHost(host.value, host.source, 'option', true, cloud?.value, sdk)
  if (cloud !== undefined) return success(toAuthority(authorityHosts[cloud.value], true, cloud.value))
  if (variable === undefined || (variable === '' && sdk !== 'python')) {
    return success(toAuthority(authorityHosts.public, isTrustedAnyway, 'public'))
  }
  return fromHost(variable, 'AZURE_AUTHORITY_HOST', 'variable', isTrustedAnyway, undefined, sdk)
}

/**
 * As `resolveAuthority`, for credentials: a variable that cannot be used becomes their problem, because a bad value of an
 * SDK's own variable is the outcome of those who read it.
 */
export function configureAuthority(
  question: AuthorityQuestion,
): Result<Pick<CredentialConfig, 'authority' | 'authorityProblem'>, BadAuthority> {
  const resolved = resolveAuthority(question)
  if (resolved.ok) return success({ authority: resolved.value })
  const { value, source, reason, kind } = resolved.error
  if (kind === 'option') return resolved
  const authority = toAuthority(authorityHosts.public, false, 'public')
  return success({ authority, authorityProblem: { what: 'authority', source, reason, value } })
}

/** SDKs that take no host without `https://` before it. */
const needsScheme: ReadonlySet<SdkName> = new Set(['js', 'dotnet', 'java', 'go'])

function fromHost(
  value: string,
  source: string,
  kind: BadAuthority['kind'],
  isTrusted: boolean,
  cloud: CloudName | undefined,
  sdk: SdkName,
): Result<Authority, BadAuthority> {
  // Trailing spaces and slashes are taken off as azure-identity for Python does (`normalize_authority`).
  const parsed = parseHttpsOrigin(value.replace(/(?<=[^:/ ])[ /]+$/, ''))
  if (parsed.ok && kind === 'variable' && sdk === 'python' && hasOtherScheme(value)) {
    return failure({ reason: 'is not an https URL', fix: 'begin it with https://', value, source, kind })
  }
  if (parsed.ok && kind === 'variable' && needsScheme.has(sdk) && !/^https:/i.test(value)) {
    return failure({ reason: 'does not begin with https://', fix: 'begin it with https://', value, source, kind })
  }
  // MSAL for Go passes over a path: the tenant is put in its place.
  if (!parsed.ok && kind === 'variable' && sdk === 'go' && /^https:\/\/[^/?#@]+\/[^?#]*$/i.test(value)) {
    return fromHost(new URL(value).origin, source, kind, isTrusted, cloud, sdk)
  }
  if (!parsed.ok) return failure({ ...parsed.error, value: withoutUserInfo(value), source, kind })
  const authority = toAuthority(parsed.value, isTrusted, cloud)
  if (cloud !== undefined && authority.isMicrosoft && authority.cloud !== cloud) {
    return failure({
      reason: `is an authority of the ${authority.cloud} cloud, not of ${cloud}`,
      fix: 'leave out --cloud or the host',
      value,
      source,
      kind,
    })
  }
  return success(authority)
}

/** Python's reading of a URL: what stands before the first colon is its scheme, so `localhost:8443` has one too. */
export function hasOtherScheme(value: string): boolean {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(value)?.[1]
  return scheme !== undefined && scheme.toLowerCase() !== 'https'
}

function toAuthority(origin: string, isTrusted: boolean, cloud: CloudName | undefined): Authority {
  const host = origin.slice('https://'.length)
  const known = Object.hasOwn(microsoftHosts, host) ? microsoftHosts[host] : undefined
  return {
    host: origin,
    cloud: known ?? cloud ?? 'public',
    isMicrosoft: known !== undefined || /^[a-z0-9-]+\.ciamlogin\.com$/.test(host),
    isTrusted,
  }
}

function withoutUserInfo(value: string): string {
  return value.replace(/^([a-z]+:\/\/)?[^/@]*@/i, '$1***@')
}
