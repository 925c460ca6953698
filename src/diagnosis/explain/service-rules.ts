/** What services answer to whom they do not let in, and what databases and registries say in words of their own: rules like the others. */
import type { Rule } from './rules.ts'

export const serviceRules: readonly Rule[] = [
  {
    id: 'keys-switched-off',
    cause: 'wrong-audience',
    strength: 88,
    when: /AuthenticationTypeDisabled|KeyBasedAuthenticationNotPermitted|LocalAuthDisabled|key[- ]based authentication is (?:disabled|not (?:permitted|allowed))|local auth(?:entication|orization)? (?:is|has been|being) disabled|(?:SAS|shared access|connection string)[\w -]{0,40} (?:is|has been|being) disabled|use (?:an? )?(?:AAD|Microsoft Entra(?: ID)?|Azure AD|Azure Active Directory) token to authorize/i,
    reason: 'this service takes no keys, only a token of Entra, and got a key or nothing',
  },
  {
    id: 'key-refused',
    cause: 'wrong-audience',
    strength: 66,
    when: /invalid subscription key or wrong API endpoint|missing subscription key|Access denied due to (?:missing|invalid) subscription key/i,
    reason: 'the service was given a key that is not its own, and no token of Entra',
  },
  {
    id: 'endpoint-without-tokens',
    cause: 'request-malformed',
    strength: 82,
    when: /provide a custom subdomain for token authentication|Please provide an authentication key/i,
    reason: 'the address of a region takes keys only: tokens of Entra need the custom subdomain of the resource',
  },
  {
    id: 'database-without-token',
    cause: 'wrong-audience',
    // Where a chain is told as well, the database only says that nothing came of it.
    strength: ({ inChain }) => (inChain ? 22 : 82),
    when: /Login failed for user '(?:NT AUTHORITY\\{1,2}ANONYMOUS LOGON)?'/i,
    reason: 'the database was asked without a token of Entra',
  },
  {
    id: 'database-token-refused',
    cause: 'wrong-audience',
    strength: 82,
    when: /access token (?:has (?:an )?invalid format|does(?: not|n't) have a valid audience)|error occurred while validating the access token|aad_auth(?:_validate)?.{0,40}(?:invalid|fail)|acquire a new token for the resource/i,
    reason: 'the database got no token of Entra as password, or one for another service',
  },
  {
    id: 'database-role-missing',
    cause: 'rbac-missing',
    strength: 70,
    when: (flat) =>
      /\.(?:postgres|mysql|mariadb)\.database\.|ossrdbms-aad|azure[_-]?ad\b|azure\.identity/i.test(flat)
        ? (/password authentication failed for user ["'][^"']{1,80}["']|role "[^"]{1,80}" does not exist|Access denied for user '[^']{1,120}'/i.exec(
            flat,
          )?.[0] ?? null)
        : null,
    unless: /access token/i,
    reason: 'the database knows no user of Entra by this name, or the name is written otherwise there',
  },
  {
    id: 'signing-key-unknown',
    cause: 'wrong-tenant-token',
    strength: 72,
    when: /AKV10046|Unable to resolve the key used for signature validation|IDX10500|IDX10501|IDX10503|signature (?:key|validation).{0,40}(?:not found|unable to match)|SecurityTokenSignatureKeyNotFound/i,
    reason: 'the service does not know the key that signed the token, as with a token of another cloud or tenant',
  },
  {
    id: 'storage-closed',
    cause: 'network-blocked',
    strength: 82,
    when: /AuthorizationFailure.{0,200}This request is not authorized to perform this operation\.|This request is not authorized to perform this operation\..{0,200}AuthorizationFailure/i,
    unless: /using this permission/i,
    reason:
      'a storage account says this, and not that a permission is missing, where its network rules do not let the caller in',
  },
  {
    id: 'deployment-unknown',
    cause: 'resource-not-found',
    strength: 81,
    when: /DeploymentNotFound|API deployment for this resource does not exist/i,
    reason: 'the token was taken; it is the deployment in the address that does not exist there, or not yet',
  },
  {
    id: 'claims-of-a-caller-missing',
    cause: 'assignment-required',
    strength: 70,
    when: /Neither scope or roles claim was found|'roles' or 'role' claim does not contain roles|(?:missing|no|does not (?:have|contain)) (?:the )?(?:required )?(?:app(?:lication)? )?roles? (?:claim|in (?:the )?token)/i,
    reason: 'the API wants a role or scope in the token, and nobody assigned one to this caller',
  },
  {
    id: 'no-token-at-all',
    cause: 'wrong-audience',
    strength: 71,
    when: /IDX1270[69]|IDX12741|IDX10708|IDX14100|needs to be in compact JSON format|JWT must have three segments|\bjwt malformed\b|Not enough segments|JWT strings must contain exactly 2 period/i,
    unless: /AADSTS/,
    reason: 'what was sent where a token belongs is none: empty, cut, quoted or of another kind',
  },
  {
    id: 'token-from-the-future',
    cause: 'clock-skew',
    strength: 71,
    when: /IDX10222|token is not yet valid|not valid yet|ImmatureSignatureError|"nbf" claim timestamp check failed|jwt not active/i,
    unless: /AADSTS/,
    reason: 'the token begins later than the clock that checks it says, so one of the clocks is wrong',
  },
  {
    id: 'metadata-not-reached',
    cause: 'network-blocked',
    strength: 56,
    when: /IDX2080[347]|Unable to obtain configuration from: '[^']{1,200}'/i,
    reason: "the program could not fetch Entra's keys and addresses",
  },
  {
    id: 'assertion-aimed-elsewhere',
    cause: 'assertion-wrong-token',
    strength: 91,
    when: /audience claim does(?: not|n't) match (?:the )?Realm issuer/i,
    reason: 'the assertion names another audience than the token address of this tenant',
  },
  {
    id: 'assertion-over',
    cause: 'assertion-expired',
    strength: 90,
    when: /Assertion is not within its valid time range/i,
    reason: 'the token that was to be exchanged had ended',
  },
  {
    id: 'certificate-chain-refused',
    cause: 'cert-not-registered',
    strength: 86,
    when: /AADSTS\d{5,8}: Invalid certificate chain/i,
    reason:
      'Entra cannot follow the chain that was sent with the signature to an authority that it trusts for this application',
  },
  {
    id: 'sql-password-refused',
    cause: 'password-wrong',
    strength: 53,
    when: /Failed to authenticate the user '?[^']{0,120}'? in (?:Active Directory|Microsoft Entra).{0,60}(?:Active ?Directory ?(?:Password|Integrated))/i,
    unless: /AADSTS/,
    reason: 'the driver could not get a token for user name and password, and hands on no code of Entra',
  },
  {
    id: 'sql-principal-refused',
    cause: 'secret-invalid',
    strength: 53,
    when: /Failed to authenticate the user '?[^']{0,120}'? in (?:Active Directory|Microsoft Entra).{0,60}Active ?Directory ?ServicePrincipal/i,
    unless: /AADSTS/,
    reason: 'the driver could not get a token for the service principal, and hands on no code of Entra',
  },
  {
    id: 'sql-identity-refused',
    cause: 'mi-endpoint-error',
    strength: 53,
    when: /Failed to authenticate the user '?[^']{0,120}'? in (?:Active Directory|Microsoft Entra).{0,60}Active ?Directory ?(?:MSI|ManagedIdentity)/i,
    unless: /AADSTS|169\.254/,
    reason: 'the driver got no token from the identity endpoint, and does not hand on what that said',
  },
]
