/** Who issued a token, by the name in it alone. */
import { guidIn, has, textOf } from './claim-values.ts'
import type { JsonObject } from './decode.ts'

/** Hosts in the `iss` of Entra's tokens: v1 tokens name an STS, v2 tokens the authority. */
const entraIssuerHosts = new Set([
  'sts.windows.net',
  'sts.chinacloudapi.cn',
  'sts.microsoftonline.de',
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
  'login.windows.net',
  'login.microsoft.com',
  'login.sovcloud-identity.fr',
  'login.sovcloud-identity.de',
  'login.sovcloud-identity.sg',
])

export function isEntraIssuer(issuer: string | null): boolean {
  const host = issuer === null ? '' : hostOf(issuer)
  // External ID: a host a tenant.
  return entraIssuerHosts.has(host) || host.endsWith('.ciamlogin.com')
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : ''
}

export type IssuerKind = 'entra' | 'b2c' | 'adfs' | 'other'

/** Who issued a token, by the name in it alone; an issuer on the authority in use counts as Entra. */
export function issuerKind(claims: JsonObject, authorityHost?: string): IssuerKind {
  const issuer = textOf(claims, 'iss') ?? ''
  if (/^https?:\/\/[^/]+\/adfs(?:\/|$)/i.test(issuer)) return 'adfs'
  const host = hostOf(issuer)
  if (host.endsWith('.b2clogin.com') || (has(claims, 'tfp') && guidIn(issuer) !== null)) return 'b2c'
  const isOfAuthority = authorityHost !== undefined && host !== '' && issuer.startsWith(`${authorityHost}/`)
  return isOfAuthority || isEntraIssuer(issuer) ? 'entra' : 'other'
}
