/** What Entra puts into tokens, in words: claims, header members, and the ids that everybody meets. Data. */

/** How a claim's value is to be read; it decides how the value is shown. */
type ClaimFormat = 'text' | 'guid' | 'url' | 'seconds' | 'list' | 'words' | 'code' | 'flag' | 'object' | 'opaque'

export type ClaimGroup =
  | 'token'
  | 'audience'
  | 'identity'
  | 'application'
  | 'permissions'
  | 'sign-in'
  | 'platform'
  | 'id-token'

export interface ClaimEntry {
  readonly meaning: string
  readonly group: ClaimGroup
  readonly format: ClaimFormat
  /** For `code` and `list`: what single values mean. */
  readonly values?: Readonly<Record<string, string>>
}

/** How the client application proved itself (`appidacr`, `azpacr`). */
const clientProof = {
  '0': 'public client: no proof of its own',
  '1': 'a client secret',
  '2': 'a certificate or a signed assertion',
}

/** Ways to sign in (`amr`; RFC 8176 and Entra's own). */
export const signInMethods: Readonly<Record<string, string>> = {
  pwd: 'password',
  mfa: 'multi-factor',
  ngcmfa: 'Windows Hello or another key that counts as multi-factor',
  rsa: 'a private key, such as a certificate or Authenticator',
  fed: 'another identity provider (federation)',
  wia: 'Windows integrated sign-in',
  otp: 'one-time code',
  fido: 'FIDO2 security key or passkey',
  hwk: 'hardware key',
  swk: 'software key',
  sms: 'text message',
  tel: 'telephone call',
  face: 'face recognition',
  fpt: 'fingerprint',
  pin: 'PIN',
  x509: 'certificate',
  bio: 'biometrics',
  mca: 'several channels',
}

const internal = (meaning: string): ClaimEntry => ({ meaning, group: 'platform', format: 'opaque' })

/** Claims of access and ID tokens. Most are in Microsoft's access-token-claims-reference and optional-claims-reference. */
export const claimGlossary = {
  ver: {
    meaning: 'version of the token format; the resource chooses it, not the client',
    group: 'token',
    format: 'code',
    values: { '1.0': 'v1.0', '2.0': 'v2.0' },
  },
  aud: {
    meaning: 'the resource that this token is for, as a URI or an application id',
    group: 'audience',
    format: 'text',
  },
  iss: { meaning: 'the token service and the tenant that issued it', group: 'token', format: 'url' },
  iat: { meaning: 'when it was issued', group: 'token', format: 'seconds' },
  nbf: { meaning: 'not valid before', group: 'token', format: 'seconds' },
  exp: { meaning: 'expires; at this time and later it is refused', group: 'token', format: 'seconds' },
  uti: { meaning: "the token's id; sign-in logs list it as unique token identifier", group: 'token', format: 'opaque' },
  jti: { meaning: "the token's id", group: 'token', format: 'opaque' },
  rh: { meaning: "for the token service's own use", group: 'token', format: 'opaque' },
  aio: { meaning: "for the token service's own use", group: 'token', format: 'opaque' },
  cnf: { meaning: 'the key that the sender has to prove possession of (RFC 7800)', group: 'token', format: 'object' },

  tid: {
    meaning: 'tenant that the token belongs to; 9188040d-… is that of personal accounts',
    group: 'identity',
    format: 'guid',
  },
  oid: {
    meaning: 'object id of the user or service principal in the tenant: what role assignments are made to',
    group: 'identity',
    format: 'guid',
  },
  sub: {
    meaning: 'the subject; for a user a different id for each application, for an application its object id',
    group: 'identity',
    format: 'opaque',
  },
  idtyp: {
    meaning: 'kind of subject, if the resource asks for it',
    group: 'identity',
    format: 'code',
    values: { app: 'an application', user: 'a user', device: 'a device' },
  },
  upn: { meaning: "the user's login name; can change", group: 'identity', format: 'text' },
  unique_name: {
    meaning: 'a name for display; `live.com#` before it means a personal account',
    group: 'identity',
    format: 'text',
  },
  preferred_username: {
    meaning: 'login name for display; can change, so not a key',
    group: 'identity',
    format: 'text',
  },
  name: { meaning: 'display name', group: 'identity', format: 'text' },
  given_name: { meaning: 'first name', group: 'identity', format: 'text' },
  family_name: { meaning: 'last name', group: 'identity', format: 'text' },
  email: { meaning: 'mail address; not always verified, so never a key', group: 'identity', format: 'text' },
  emails: { meaning: 'mail addresses (Azure AD B2C)', group: 'identity', format: 'list' },
  idp: {
    meaning: 'where the user signed in, if not with this tenant: a home tenant, `live.com`, `mail`',
    group: 'identity',
    format: 'text',
  },
  altsecid: {
    meaning: 'the key of an outside account: a guest or a personal account',
    group: 'identity',
    format: 'opaque',
  },
  acct: {
    meaning: 'member or guest of the tenant',
    group: 'identity',
    format: 'code',
    values: { '0': 'member', '1': 'guest' },
  },
  puid: { meaning: 'an older id of the user', group: 'identity', format: 'opaque' },
  onprem_sid: { meaning: 'security identifier in the on-premises directory', group: 'identity', format: 'text' },
  sid: { meaning: 'session, for signing out everywhere at once', group: 'identity', format: 'opaque' },
  login_hint: {
    meaning: 'hint that lets a later sign-in skip the account choice',
    group: 'identity',
    format: 'opaque',
  },
  tenant_region_scope: { meaning: "the tenant's region", group: 'identity', format: 'text' },
  tenant_ctry: { meaning: "the tenant's country", group: 'identity', format: 'text' },
  ctry: { meaning: "the user's country", group: 'identity', format: 'text' },
  verified_primary_email: { meaning: "the user's verified primary mail addresses", group: 'identity', format: 'list' },
  verified_secondary_email: { meaning: "the user's other verified mail addresses", group: 'identity', format: 'list' },
  xms_edov: {
    meaning: "whether the owner of the mail address's domain is verified",
    group: 'identity',
    format: 'flag',
  },
  xms_pl: { meaning: "the user's preferred language", group: 'identity', format: 'text' },
  xms_tpl: { meaning: "the tenant's preferred language", group: 'identity', format: 'text' },

  appid: { meaning: 'client application that asked for the token (v1)', group: 'application', format: 'guid' },
  azp: { meaning: 'client application that asked for the token (v2)', group: 'application', format: 'guid' },
  appidacr: {
    meaning: 'how the client application proved itself (v1)',
    group: 'application',
    format: 'code',
    values: clientProof,
  },
  azpacr: {
    meaning: 'how the client application proved itself (v2)',
    group: 'application',
    format: 'code',
    values: clientProof,
  },
  app_displayname: { meaning: "the client application's name", group: 'application', format: 'text' },
  apptype: { meaning: 'kind of client (AD FS): Public or Confidential', group: 'application', format: 'text' },
  xms_cc: {
    meaning: 'what the client can do; `cp1`: it handles claims challenges, so access is evaluated continuously',
    group: 'application',
    format: 'list',
    values: { cp1: 'handles claims challenges' },
  },
  xms_mirid: {
    meaning: 'resource id of the user-assigned identity, or of the resource that a system-assigned one belongs to',
    group: 'application',
    format: 'text',
  },
  xms_az_rid: {
    meaning: 'resource where the managed identity asked for the token',
    group: 'application',
    format: 'text',
  },

  scp: {
    meaning: 'delegated permissions: what the application may do for the user',
    group: 'permissions',
    format: 'words',
  },
  roles: {
    meaning: 'application roles: of the application itself, or given to the user',
    group: 'permissions',
    format: 'list',
  },
  wids: {
    meaning: "directory roles of the user, by template id; b79fbf4d-… is every member's default",
    group: 'permissions',
    format: 'list',
  },
  groups: { meaning: 'groups of the user, by object id; at most 200', group: 'permissions', format: 'list' },
  hasgroups: {
    meaning: 'the user is in too many groups to list (implicit flow)',
    group: 'permissions',
    format: 'flag',
  },
  _claim_names: {
    meaning: 'claims that did not fit, and which source has them',
    group: 'permissions',
    format: 'object',
  },
  _claim_sources: {
    meaning:
      'where to ask for claims that did not fit; ask Microsoft Graph (getMemberObjects) instead of the old address in it',
    group: 'permissions',
    format: 'object',
  },

  amr: { meaning: 'how the user signed in', group: 'sign-in', format: 'list', values: signInMethods },
  acr: {
    meaning: 'strength of the sign-in (v1), or the policy that ran (Azure AD B2C)',
    group: 'sign-in',
    format: 'code',
    values: { '0': 'below the demands of ISO/IEC 29115', '1': 'meets the demands of ISO/IEC 29115' },
  },
  acrs: {
    meaning: 'authentication contexts of Conditional Access that the sign-in met',
    group: 'sign-in',
    format: 'list',
  },
  auth_time: { meaning: 'when the user last signed in', group: 'sign-in', format: 'seconds' },
  ipaddr: { meaning: 'address that the user signed in from', group: 'sign-in', format: 'text' },
  deviceid: { meaning: 'device that the user signed in on, if the tenant knows it', group: 'sign-in', format: 'guid' },
  in_corp: { meaning: 'the sign-in came from the corporate network', group: 'sign-in', format: 'flag' },
  fwd: { meaning: 'original address of the client behind a gateway', group: 'sign-in', format: 'text' },
  vnet: { meaning: 'virtual network that the request came from', group: 'sign-in', format: 'text' },
  ztdid: { meaning: 'zero-touch deployment id of the device', group: 'sign-in', format: 'guid' },
  pwd_exp: { meaning: "seconds until the user's password expires", group: 'sign-in', format: 'text' },
  pwd_url: { meaning: 'where to change the password', group: 'sign-in', format: 'url' },
  tfp: { meaning: 'the user flow or policy that ran (Azure AD B2C)', group: 'sign-in', format: 'text' },

  xms_az_nwperimid: internal('network perimeters of the resource'),
  xms_tcdt: internal("when the tenant was created; for the platform's use"),
  xms_idrel: internal("relation of the identity to the tenant; for the platform's use"),
  xms_ftd: internal("for the platform's use"),
  xms_rd: internal("for the platform's use"),
  xms_ssm: internal("for the platform's use"),
  xms_tdbr: internal("region of the tenant's data; for the platform's use"),
  xms_spcu: internal("for the platform's use"),
  xms_st: internal("for the platform's use; holds the subject of a first-party client"),
  xms_act_fct: internal("kind of the acting client; for the platform's use"),
  xms_sub_fct: internal("kind of the subject; for the platform's use"),
  xms_tnt_fct: internal("kind of the tenant; for the platform's use"),

  nonce: { meaning: 'ties an ID token to the sign-in that asked for it', group: 'id-token', format: 'opaque' },
  at_hash: { meaning: 'ties an ID token to the access token that came with it', group: 'id-token', format: 'opaque' },
  c_hash: {
    meaning: 'ties an ID token to the authorization code that came with it',
    group: 'id-token',
    format: 'opaque',
  },
} as const satisfies Record<string, ClaimEntry>

/** Members of the JOSE header (RFC 7515 section 4.1; `nonce` is Microsoft Graph's own). */
export const headerGlossary = {
  typ: { meaning: 'type of the token', group: 'token', format: 'text' },
  alg: { meaning: 'algorithm of the signature; Entra uses RS256', group: 'token', format: 'text' },
  kid: { meaning: 'which of the published keys signed it', group: 'token', format: 'opaque' },
  x5t: { meaning: "thumbprint of the signing key's certificate", group: 'token', format: 'opaque' },
  nonce: {
    meaning: 'the service exchanges it before checking the signature, so nobody else can check it',
    group: 'token',
    format: 'opaque',
  },
  jku: { meaning: 'an address of keys; azid never asks it', group: 'token', format: 'url' },
  jwk: { meaning: 'a key; azid never trusts it', group: 'token', format: 'object' },
  x5u: { meaning: 'an address of a certificate; azid never asks it', group: 'token', format: 'url' },
  x5c: { meaning: 'a certificate; azid never trusts it', group: 'token', format: 'list' },
  crit: { meaning: 'extensions that a reader has to understand', group: 'token', format: 'list' },
} as const satisfies Record<string, ClaimEntry>

/** The row of a claim, for any name from outside; undefined when nobody described it. */
export function findClaim(name: string): ClaimEntry | undefined {
  return lookUp<ClaimEntry>(claimGlossary, name)
}

export function findHeaderMember(name: string): ClaimEntry | undefined {
  return lookUp<ClaimEntry>(headerGlossary, name)
}

/** Tenant id of personal Microsoft accounts. */
export const personalTenantId = '9188040d-6c67-4c5b-b112-36a304b66dad'

/** Microsoft's own clients, by application id in lower case; those of resources are the engine's to know. */
const applications: Readonly<Record<string, string>> = {
  '04b07795-8ddb-461a-bbee-02f9e1bf7b46': 'Microsoft Azure CLI',
  '1950a258-227b-4e31-a9cf-717495945fc2': 'Microsoft Azure PowerShell',
  'aebc6443-996d-45c2-90f0-388ff96faa56': 'Visual Studio Code',
  '04f0c124-f2bc-4f59-8241-bf6df9866bbd': 'Visual Studio',
  '872cd9fa-d31f-45e0-9eab-6e460a02d1f1': 'Visual Studio (legacy)',
  '80faf920-1908-4b52-b5ef-a8e7bedfc67a': 'AKS kubelogin client',
  '14d82eec-204b-4c2f-b7e8-296a70dab67e': 'Microsoft Graph Command Line Tools',
  'c44b4083-3bb0-49c1-b47d-974e53cbdf3c': 'Azure Portal',
}

export function findApplication(id: string): string | null {
  return lookUp(applications, id.toLowerCase()) ?? null
}

/** Built-in directory roles by template id (Microsoft's permissions-reference). Lower case. */
const directoryRoles: Readonly<Record<string, string>> = {
  'b79fbf4d-3ef9-4689-8143-76b194e85509': 'default user',
  '10dae51f-b6af-4016-8d66-8c2a99b929b3': 'guest user',
  '62e90394-69f5-4237-9190-012177145e10': 'Global Administrator',
  'f2ef992c-3afb-46b9-b7cf-a126ee74c451': 'Global Reader',
  'e8611ab8-c189-46e8-94e1-60213ab1f814': 'Privileged Role Administrator',
  '7be44c8a-adaf-4e2a-84d6-ab2649e08a13': 'Privileged Authentication Administrator',
  'c4e39bd9-1100-46d3-8c65-fb160da0071f': 'Authentication Administrator',
  '9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3': 'Application Administrator',
  '158c047a-c907-4556-b7ef-446551a6b5f7': 'Cloud Application Administrator',
  'cf1c38e5-3621-4004-a7cb-879624dced7c': 'Application Developer',
  'fe930be7-5e62-47db-91af-98c3a49a38b1': 'User Administrator',
  '729827e3-9c14-49f7-bb1b-9608f156bbb8': 'Helpdesk Administrator',
  '194ae4cb-b126-40b2-bd5b-6091b380977d': 'Security Administrator',
  '5d6b6bb7-de71-4623-b4af-96380a352509': 'Security Reader',
  'b1be1c3e-b65d-4f19-8427-f6fa0d97feb9': 'Conditional Access Administrator',
  '88d8e3e3-8f55-4a1e-953a-9b9898b8876b': 'Directory Readers',
  '9360feb5-f418-4baa-8175-e2a00bac4301': 'Directory Writers',
  '29232cdf-9323-42fd-ade2-1d097af3e4de': 'Exchange Administrator',
}

export function findDirectoryRole(templateId: string): string | null {
  return lookUp(directoryRoles, templateId.toLowerCase()) ?? null
}

function lookUp<Row>(table: Readonly<Record<string, Row>>, name: string): Row | undefined {
  return Object.hasOwn(table, name) ? table[name] : undefined
}
