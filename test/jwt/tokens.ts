/** Tokens for tests, made on the spot; none was ever issued. */
import { createHmac, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

/** 2026-11-21T00:00:00Z in seconds: the fake clock's own now. */
export const nowSeconds = Date.UTC(2026, 10, 21) / 1000
export const now = nowSeconds * 1000

export const tenantId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301'
export const otherTenantId = '7d444840-9dc0-11d1-b245-5ffdce74fad2'
export const personalTenant = '9188040d-6c67-4c5b-b112-36a304b66dad'
export const userId = '0b1f6471-1bf0-4dda-aec3-111122223333'
export const appId = '11111111-aaaa-4bbb-8ccc-222222222222'
export const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

export type Json = Record<string, unknown>

export const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** A JWT with a signature that fits nothing; `claims` may be JSON text, for what no object can hold. */
export function makeToken(
  claims: Json | string,
  header: Json | string = { typ: 'JWT', alg: 'RS256', kid: 'key-1' },
): string {
  return `${encode(header)}.${encode(claims)}.${encode('no signature at all')}`
}

export const v1Issuer = (tenant = tenantId): string => `https://sts.windows.net/${tenant}/`
export const v2Issuer = (tenant = tenantId): string => `https://login.microsoftonline.com/${tenant}/v2.0`

const times = { iat: nowSeconds - 1000, nbf: nowSeconds - 1000, exp: nowSeconds + 2600 }

/** Delegated, v1, of Azure Resource Manager, by the Azure CLI. */
export const userClaims: Json = {
  aud: 'https://management.azure.com/',
  iss: v1Issuer(),
  ...times,
  acr: '1',
  aio: 'AXQAi/8TAAAA',
  amr: ['pwd', 'mfa'],
  appid: azureCli,
  appidacr: '0',
  family_name: 'Lovelace',
  given_name: 'Ada',
  groups: ['8a0f1a3b-0000-4000-8000-000000000001', '8a0f1a3b-0000-4000-8000-000000000002'],
  idtyp: 'user',
  ipaddr: '203.0.113.7',
  name: 'Ada Lovelace',
  oid: userId,
  puid: '10032000ABCDEF01',
  rh: '0.AAAA4AQlP4lP00GaDAMF6CwzAUZIf3kAutdPukPawfj2MBMBAAA.',
  scp: 'user_impersonation',
  sub: 'pairwise-subject',
  tid: tenantId,
  unique_name: 'ada@contoso.example',
  upn: 'ada@contoso.example',
  uti: 'Ab1',
  ver: '1.0',
  wids: ['62e90394-69f5-4237-9190-012177145e10', 'b79fbf4d-3ef9-4689-8143-76b194e85509'],
}

/** Delegated, v2, of an API of one's own. */
export const v2UserClaims: Json = {
  aud: appId,
  iss: v2Issuer(),
  ...times,
  azp: azureCli,
  azpacr: '0',
  name: 'Ada Lovelace',
  oid: userId,
  preferred_username: 'ada@contoso.example',
  scp: 'Files.Read Files.Write',
  sub: 'pairwise-subject',
  tid: tenantId,
  ver: '2.0',
}

/** App-only, v1, by secret. */
export const appClaims: Json = {
  aud: 'https://vault.azure.net',
  iss: v1Issuer(),
  ...times,
  appid: appId,
  appidacr: '1',
  idp: v1Issuer(),
  idtyp: 'app',
  oid: userId,
  sub: userId,
  tid: tenantId,
  uti: 'Ab2',
  ver: '1.0',
}

const machine =
  '/subscriptions/aaaaaaaa-0000-0000-0000-000000000001/resourcegroups/web/providers/Microsoft.Compute/virtualMachines/vm-1'
const identity =
  '/subscriptions/aaaaaaaa-0000-0000-0000-000000000001/resourcegroups/web/providers/Microsoft.ManagedIdentity/userAssignedIdentities/web-id'

export const systemAssignedClaims: Json = { ...appClaims, appidacr: '2', xms_mirid: machine }
export const userAssignedClaims: Json = { ...appClaims, appidacr: '2', xms_mirid: identity, xms_az_rid: machine }

export const guestClaims: Json = {
  ...userClaims,
  acct: 1,
  altsecid: '5::10030000AAAA',
  idp: v1Issuer(otherTenantId),
  unique_name: 'grace@fabrikam.example',
  upn: 'grace_fabrikam.example#EXT#@contoso.example',
  name: 'Grace Hopper',
}

export const personalClaims: Json = {
  ...userClaims,
  altsecid: '1:live.com:00034001AAAAAAAA',
  idp: 'live.com',
  unique_name: 'live.com#ada@outlook.example',
  upn: undefined,
}

export interface SigningKey {
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  readonly jwk: Json
}

export function makeKey(kid: string, modulusLength = 2048): SigningKey {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength })
  return { kid, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, use: 'sig' } }
}

export function signToken(claims: Json, key: SigningKey, header: Json = {}): string {
  const content = `${encode({ typ: 'JWT', alg: 'RS256', kid: key.kid, ...header })}.${encode(claims)}`
  return `${content}.${sign('RSA-SHA256', Buffer.from(content), key.privateKey).toString('base64url')}`
}

/** The classic attack: the public key, taken as an HMAC secret. */
export function signWithHmac(claims: Json, key: SigningKey): string {
  const content = `${encode({ typ: 'JWT', alg: 'HS256', kid: key.kid })}.${encode(claims)}`
  const secret = key.publicKey.export({ type: 'spki', format: 'pem' })
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`
}
