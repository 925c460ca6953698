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
  {
    id: 'host-endpoint-without-json',
    cause: 'mi-endpoint-error',
    strength: 87,
    when: (flat) =>
      /Server: Kestrel|X-CORRELATION-ID/i.test(flat)
        ? (/Managed Identity response was not in the expected format[^.]{0,10}/i.exec(flat)?.[0] ?? null)
        : null,
    reason: "the host's own identity endpoint answered, without a token and without a word",
  },
  {
    id: 'refusal-hidden-by-msal',
    cause: 'request-malformed',
    strength: 76,
    when: /(?:Fetch client threw|Network request failed).{0,80}HTTP status code 4\d\d.{0,40}/i,
    unless: /AADSTS/,
    reason: 'Entra answered and refused; this release of MSAL hides what it said and speaks of the network',
  },
  {
    id: 'issuer-inside-the-cluster',
    cause: 'fic-issuer-mismatch',
    strength: 91,
    when: /(?:assertion )?issuer:? '?https?:\/\/(?:kubernetes\.default|localhost|[\w.-]{1,60}\.svc\b)[^' ]{0,80}/i,
    unless: /IDX\d{5}/,
    reason: 'the issuer of the presented token is an address inside the cluster, which Entra cannot reach or trust',
  },
  {
    id: 'access-insufficient',
    cause: 'rbac-missing',
    strength: 79,
    when: /InsufficientAccess(?:Error)?\b|insufficient access\b|InsufficientAccountPermissions|Linked(?:AuthorizationFailed|AccessCheckFailed)|ErrorAccessDenied|Access is denied\. Check credentials and try again|is not (?:authorized|able) to (?:read|write|access|use) (?:the )?(?:database|table|cluster|workspace|index|topic|container)|Cannot open database "[^"]{1,120}" requested by the login|does not have Azure Active Directory Readers|not a member of (?:the )?(?:workspace|project|organization)/i,
    unless: /Public network access|firewall/i,
    reason: 'the service knew who asked, and that identity lacks a permission there',
  },
  {
    id: 'caller-unknown-in-tenant',
    cause: 'app-not-found',
    strength: 84,
    when: /claims 'puid' or 'altsecid' or 'oid' should be present|identity of the calling application could not be established|Authorization_IdentityNotFound|Principal '[^']{1,120}' could not be (?:found|resolved)/i,
    reason: 'the application that asked has no service principal in this tenant',
  },
  {
    id: 'permission-not-in-token',
    cause: 'consent-missing',
    strength: 80,
    when: /Either scp or roles claim need to be present|Required scopes are missing in the token|token (?:does not|doesn't) contain (?:the )?(?:required )?(?:permissions?|scopes?)/i,
    reason:
      'the token carries no permission for this API: none was granted to the client, or no administrator consented',
  },
  {
    id: 'cache-refuses-identity',
    cause: 'rbac-missing',
    strength: 66,
    when: /\b(?:WRONGPASS|NOPERM|NOAUTH)\b/,
    reason: 'the cache knows no access policy for this identity, or got another user name than its object id',
  },
  {
    id: 'graph-token-unreadable',
    cause: 'wrong-audience',
    strength: 71,
    when: /CompactToken (?:parsing|validation) failed|Access token (?:validation failure|is empty)|(?:NoAuthenticationInformation|PublicAccessNotPermitted)\b|MalformedToken|InvalidAudience\b/i,
    reason: 'the service got no token of Entra, or one that was made for another service',
  },
  {
    id: 'token-not-taken',
    cause: 'wrong-audience',
    strength: 51,
    when: /"?code"?: ?"?InvalidAuthenticationToken\b|InvalidAuthenticationInfo\b|error="?invalid_token/i,
    unless: /expired|AADSTS/i,
    reason: 'the service does not take this token, mostly because it was made for another one',
  },
  {
    id: 'token-of-another-tenant',
    cause: 'wrong-tenant-token',
    strength: 87,
    when: /Token tenant \S{1,60} does not match (?:the )?resource tenant|InvalidIssuer: Token issuer|Issuer (?:validation failed|did not match)|issuer of the token is not (?:trusted|valid)/i,
    reason: 'the service belongs to another tenant than the one that issued the token',
  },
  {
    id: 'closed-by-network-rules',
    cause: 'network-blocked',
    strength: 86,
    when: /Virtual Network\/Firewall rules|not from an approved private endpoint|Traffic is not from an approved|ForbiddenByConnection|blocked by your Cosmos DB account firewall|[Cc]lient with IP (?:address )?'[^']{1,60}' is not allowed|AuthorizationSourceIPMismatch|not (?:via|through) an approved private link|IP address \S{1,60} is blocked/i,
    reason: 'the service takes requests only from other networks',
  },
  {
    id: 'password-where-entra-only',
    cause: 'wrong-audience',
    strength: 86,
    when: /(?:Azure Active Directory|Microsoft Entra)[\w -]{0,12} only authentication is enabled/i,
    reason: 'the database takes only tokens of Entra, and was given a user and password of its own',
  },
  {
    id: 'azure-wants-mfa',
    cause: 'mfa-required',
    strength: 84,
    when: /RequestDisallowedByAzure|Users must (?:use|authenticate with) (?:MFA|multi-?factor)/i,
    reason: 'Azure takes changes only from people who signed in with MFA, and from identities that are no people',
  },
  {
    id: 'identity-endpoint-of-the-host-refuses',
    cause: 'mi-endpoint-error',
    strength: 64,
    when: (flat) =>
      /managed.?identity|\bMSI\b|IDENTITY_ENDPOINT/i.test(flat)
        ? (/(?:connection refused|actively refused it\.?) ?[[(](?:localhost|127\.0\.0\.1):\d{2,5}/i.exec(flat)?.[0] ??
          null)
        : null,
    unless: /proxy/i,
    reason: 'nothing listens where this host has its identity endpoint, or not yet',
  },
]
