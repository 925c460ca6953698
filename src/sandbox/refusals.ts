/**
 * Every refusal of the sandbox: AADSTS code, OAuth error and text, as Entra words them. One table.
 *
 * The texts are the service's own, so that what people search for is what they see; where a wording is not public, it
 * follows Microsoft's list of codes.
 */

interface Row {
  readonly code: number
  readonly error: string
  readonly text: string
  /** HTTP status; 401 for `invalid_client`, else 400. */
  readonly status?: number
  readonly suberror?: string
  /** The claims that a new request must carry. */
  readonly claims?: string
}

const seeKeys =
  "Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{app}'. " +
  'Review the documentation at https://docs.microsoft.com/en-us/graph/deployments to determine the corresponding ' +
  'service endpoint and https://docs.microsoft.com/en-us/graph/api/application-get?view=graph-rest-1.0&tabs=http to ' +
  "build a query request URL, such as 'https://graph.microsoft.com/beta/applications/{app}']."
const seeCertificates =
  'Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .'
const seeFederation =
  'Check your federated identity credential Subject, Audience and Issuer against the presented assertion. ' +
  'https://learn.microsoft.com/entra/workload-id/workload-identity-federation'

export const refusals = {
  // the endpoint and the form of the request
  'wrong-method': {
    code: 900561,
    error: 'invalid_request',
    text: 'The endpoint only accepts {allowed} requests. Received a {method} request.',
  },
  'parameter-missing': {
    code: 900144,
    error: 'invalid_request',
    text: "The request body must contain the following parameter: '{name}'.",
  },
  'parameter-duplicated': {
    code: 9000411,
    error: 'invalid_request',
    text: "The request is not properly formatted. The parameter '{name}' is duplicated.",
  },
  'request-malformed': {
    code: 9002313,
    error: 'invalid_request',
    text: 'Invalid request. Request is malformed or invalid.',
  },
  'grant-unsupported': {
    code: 70003,
    error: 'unsupported_grant_type',
    text: "The app requested an unsupported grant type '{grant}'.",
  },
  // discovery
  'instance-unknown': { code: 50049, error: 'invalid_instance', text: 'Unknown or invalid instance.' },
  'instance-request-malformed': { code: 50050, error: 'invalid_request', text: 'The request is malformed.' },
  'discovery-tenant-unknown': {
    code: 90002,
    error: 'invalid_tenant',
    text: "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
  },
  // tenants
  'tenant-unknown': {
    code: 90002,
    error: 'invalid_request',
    text: "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.",
  },
  'tenant-malformed': {
    code: 900023,
    error: 'invalid_request',
    text: "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain.",
  },
  'tenant-not-specific': {
    code: 9001023,
    error: 'invalid_request',
    text: 'The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.',
  },
  'tenant-not-given': {
    code: 50059,
    error: 'invalid_request',
    text: 'No tenant-identifying information found in either the request or implied by any provided credentials.',
  },
  // apps
  'app-unknown': {
    code: 700016,
    error: 'unauthorized_client',
    text: "Application with identifier '{app}' was not found in the directory '{directory}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.",
  },
  'app-not-in-tenant': {
    code: 7000229,
    error: 'invalid_client',
    text: 'The client application {app} is missing service principal in the tenant {tenant}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119',
  },
  'app-disabled': { code: 7000112, error: 'unauthorized_client', text: "Application '{app}'({name}) is disabled." },
  'app-public': {
    code: 700025,
    error: 'invalid_client',
    text: "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
  },
  // secrets
  'credential-missing': {
    code: 7000218,
    error: 'invalid_client',
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  },
  'secret-wrong': {
    code: 7000215,
    error: 'invalid_client',
    text: "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{app}'.",
  },
  'secret-expired': {
    code: 7000222,
    error: 'invalid_client',
    text: "The provided client secret keys for app '{app}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.",
  },
  // client assertions
  'assertion-malformed': { code: 50027, error: 'invalid_request', text: 'JWT token is invalid or malformed.' },
  'assertion-type': {
    code: 5002727,
    error: 'invalid_request',
    text: "Invalid JWT header type specified. Allowed types: 'JWT','http://openid.net/specs/jwt/1.0'.",
  },
  'assertion-algorithm': {
    code: 5002738,
    error: 'invalid_client',
    text: "Invalid JWT token. '{algorithm}' is not a supported signature algorithm. Supported signing algorithms are: '{supported}'",
  },
  'assertion-key-unnamed': {
    code: 5002723,
    error: 'invalid_client',
    text: 'Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.',
  },
  'assertion-claim-missing': {
    code: 90014,
    error: 'invalid_request',
    text: "The required field '{claim}' is missing from the credential. Ensure that you have all the necessary parameters for the login request.",
  },
  'assertion-subject': {
    code: 50048,
    error: 'invalid_client',
    text: 'Subject must match the issuer claim in the client assertion.',
  },
  'assertion-client': {
    code: 700021,
    error: 'invalid_client',
    text: `Client assertion application identifier doesn't match 'client_id' parameter. ${seeCertificates}`,
  },
  'assertion-audience': {
    code: 700023,
    error: 'invalid_client',
    text: `Client assertion audience claim does not match Realm issuer. ${seeCertificates}`,
  },
  'assertion-time': {
    code: 700024,
    error: 'invalid_client',
    text: `Client assertion is not within its valid time range. Current time: {now}, assertion valid from {from}, expiry time of assertion {to}. ${seeCertificates}`,
  },
  'assertion-replayed': {
    code: 50027,
    error: 'invalid_request',
    text: "JWT token is invalid or malformed. The 'jti' claim of the client assertion was used before.",
  },
  'certificate-unregistered': {
    code: 700027,
    error: 'invalid_client',
    text: `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}', ${seeKeys}`,
  },
  'certificate-unregistered-subject-name': {
    code: 700027,
    error: 'invalid_client',
    text: `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '{thumbprint}', ${seeKeys} Alternatively, SNI may be configured on the app. Please ensure that client assertion is being sent with the x5c claim in the JWT header using MSAL's WithSendX5C() method so that Azure Active Directory can validate the certificate being used.`,
  },
  'certificate-expired': {
    code: 700027,
    error: 'invalid_client',
    text: `Client assertion contains an invalid signature. [Reason - The key used is expired., Thumbprint of key used by client: '{thumbprint}', Found key 'Start={start}, End={end}', ${seeKeys}`,
  },
  'certificate-signature': {
    code: 700027,
    error: 'invalid_client',
    text: `Client assertion contains an invalid signature. [Reason - Key was found, but use of the key to verify the signature failed., Thumbprint of key used by client: '{thumbprint}', Found key 'Start={start}, End={end}', ${seeKeys}`,
  },
  'certificate-subject-name': {
    code: 700030,
    error: 'invalid_client',
    text: 'Invalid certificate - subject name in certificate is not authorized. SubjectNames/SubjectAlternativeNames (up to 10) in token certificate are: {subject}.',
  },
  'certificate-chain': {
    code: 50012,
    error: 'invalid_client',
    text: "Authentication failed. The certificate chain isn't valid.",
  },
  // federated assertions
  'federated-issuer': {
    code: 700211,
    error: 'invalid_client',
    text: `No matching federated identity record found for presented assertion issuer '{issuer}'. ${seeFederation}`,
  },
  'federated-audience': {
    code: 700212,
    error: 'invalid_client',
    text: `No matching federated identity record found for presented assertion audience '{audience}'. ${seeFederation}`,
  },
  'federated-subject': {
    code: 700213,
    error: 'invalid_client',
    text: `No matching federated identity record found for presented assertion subject '{subject}'. ${seeFederation}`,
  },
  'federated-subject-case': {
    code: 7002138,
    error: 'invalid_client',
    text: `No matching federated identity record found for presented assertion subject '{subject}'. The subject matches with case-insensitive comparison, but not with case-sensitive comparison. ${seeFederation}`,
  },
  'federated-issuer-unreachable': {
    code: 501661,
    error: 'invalid_request',
    text: 'Request to External OIDC endpoint failed.',
  },
  'federated-key': {
    code: 7000272,
    error: 'invalid_client',
    text: "The certificate with identifier '{key}' used to sign the federated credential could not be found in the metadata of identity provider.",
  },
  'federated-signature': {
    code: 7000274,
    error: 'invalid_client',
    text: 'Client assertion contains an invalid signature.',
  },
  // users' tokens, exchanged on their behalf
  'user-assertion-key': {
    code: 50013,
    error: 'invalid_grant',
    text: "Assertion failed signature validation. [Reason - The key was not found., Thumbprint of key used by client: '{key}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '00000000-0000-0000-0000-000000000000'.]",
  },
  'user-assertion-signature': {
    code: 50013,
    error: 'invalid_grant',
    text: "Assertion failed signature validation. [Reason - Key was found, but use of the key to verify the signature failed., Thumbprint of key used by client: '{key}'.]",
  },
  'user-assertion-audience': {
    code: 500131,
    error: 'invalid_grant',
    text: "Assertion audience does not match the Client app presenting the assertion. The audience in the assertion was '{audience}' and the expected audience is '{app}' or one of the Application Uris of this application with App ID '{app}'({name}). The downstream client must request a token for the expected audience (the application that made the OBO request) and this application should use that token as the assertion.",
  },
  'user-assertion-time': {
    code: 500133,
    error: 'invalid_grant',
    text: 'Assertion is not within its valid time range. Ensure that the access token is not expired before using it for user assertion, or request a new token. Current time: {now}, expiry time of assertion {to}.',
  },
  'user-assertion-app-only': {
    code: 7000114,
    error: 'unauthorized_client',
    text: "Application '{app}' is not allowed to make application on-behalf-of calls.",
  },
  'user-deleted': {
    code: 500341,
    error: 'invalid_grant',
    text: 'The user account {user} has been deleted from the {tenant} directory. To sign into this application, the account must be added to the directory.',
  },
  'consent-missing': {
    code: 65001,
    error: 'invalid_grant',
    suberror: 'consent_required',
    text: "The user or administrator has not consented to use the application with ID '{app}' named '{name}'. Send an interactive authorization request for this user and resource.",
  },
  'mfa-enrollment': {
    code: 50079,
    error: 'interaction_required',
    suberror: 'basic_action',
    claims: '{"access_token":{"capolids":{"essential":true,"values":["0d9e1a6c-0000-4000-8000-0000000000cc"]}}}',
    text: "Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication to access '{resource}'.",
  },
  // device codes
  'device-code-pending': {
    code: 70016,
    error: 'authorization_pending',
    text: 'OAuth 2.0 device flow error. Authorization is pending. Continue polling.',
  },
  'device-code-too-often': {
    code: 70016,
    error: 'slow_down',
    text: 'OAuth 2.0 device flow error. Authorization is pending. Polling is too frequent, wait longer between requests.',
  },
  'device-code-declined': {
    code: 70017,
    error: 'authorization_declined',
    text: 'OAuth 2.0 device flow error. Authorization is declined.',
  },
  'device-code-unknown': {
    code: 70018,
    error: 'bad_verification_code',
    text: 'OAuth 2.0 device flow error. The verification code is not valid.',
  },
  'device-code-expired': {
    code: 70020,
    error: 'expired_token',
    text: "The provided value for the input parameter 'device_code' is not valid. This device code has expired.",
  },
  'device-code-redeemed': {
    code: 7000014,
    error: 'invalid_grant',
    text: "The provided value for the input parameter 'device_code' is not valid.",
  },
  // authorization codes and refresh tokens
  'grant-invalid': { code: 70000, error: 'invalid_grant', text: 'Provided grant is invalid or malformed.' },
  'grant-of-other-client': {
    code: 70000,
    error: 'invalid_grant',
    suberror: 'client_mismatch',
    text: "Provided grant is invalid or malformed. It was not issued to the application with ID '{app}'.",
  },
  'grant-of-other-tenant': {
    code: 700005,
    error: 'invalid_grant',
    text: 'Provided Authorization Code is intended to use against other tenant, thus rejected.',
  },
  'code-expired': {
    code: 70008,
    error: 'invalid_grant',
    text: 'The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.',
  },
  'code-redeemed': {
    code: 54005,
    error: 'invalid_grant',
    text: 'OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.',
  },
  'code-redirect-uri': {
    code: 500112,
    error: 'invalid_client',
    text: "The reply address '{given}' does not match the reply address '{expected}' provided when requesting Authorization code.",
  },
  'verifier-missing': {
    code: 50148,
    error: 'invalid_grant',
    text: 'The code_verifier does not match the code_challenge supplied in the authorization request for PKCE.',
  },
  'verifier-wrong': {
    code: 501481,
    error: 'invalid_grant',
    text: 'The Code_Verifier does not match the code_challenge supplied in the authorization request.',
  },
  'origin-missing': {
    code: 9002327,
    error: 'invalid_request',
    text: "Tokens issued for the 'Single-Page Application' client-type may only be redeemed via cross-origin requests.",
  },
  'origin-unexpected': {
    code: 9002326,
    error: 'invalid_request',
    text: "Cross-origin token redemption is permitted only for the 'Single-Page Application' client-type. Request origin: '{origin}'.",
  },
  'refresh-token-of-page': {
    code: 700084,
    error: 'invalid_grant',
    suberror: 'bad_token',
    text: "The refresh token was issued to a single page app (SPA), and therefore has a fixed, limited lifetime of {duration}, which can't be extended. It is now expired and a new sign in request must be sent by the SPA to the sign in page. The token was issued on {issued}.",
  },
  'refresh-token-inactive': {
    code: 700082,
    error: 'invalid_grant',
    suberror: 'bad_token',
    text: 'The refresh token has expired due to inactivity. The token was issued on {issued} and was inactive for {duration}.',
  },
  'refresh-token-too-old': {
    code: 70043,
    error: 'invalid_grant',
    suberror: 'token_expired',
    text: 'The refresh token has expired or is invalid due to sign-in frequency checks by conditional access. The token was issued on {issued} and the maximum allowed lifetime for this request is {seconds}.',
  },
  'grant-revoked': {
    code: 50173,
    error: 'invalid_grant',
    suberror: 'bad_token',
    text: "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password. The grant was issued on '{issued}' and the TokensValidFrom date (before which tokens are not valid) for this user is '{validFrom}'.",
  },
  // the sign-in page
  'redirect-uri-unregistered': {
    code: 50011,
    error: 'invalid_request',
    text: "The redirect URI '{uri}' specified in the request does not match the redirect URIs configured for the application '{app}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal. Navigate to https://aka.ms/redirectUriMismatchError to learn more about how to troubleshoot this error.",
  },
  'redirect-uri-missing': {
    code: 500113,
    error: 'invalid_request',
    text: 'No reply address is registered for the application.',
  },
  'response-type-unsupported': {
    code: 700054,
    error: 'unsupported_response_type',
    text: "response_type '{type}' is not enabled for the application.",
  },
  'response-mode-unsupported': {
    code: 70007,
    error: 'unsupported_response_mode',
    text: "'{mode}' is not a supported value of 'response_mode' when requesting a token.",
  },
  'prompt-unsupported': { code: 90023, error: 'invalid_request', text: "Unsupported 'prompt' value." },
  'challenge-missing': { code: 50147, error: 'invalid_request', text: 'Missing code_challenge parameter.' },
  'challenge-size': { code: 501491, error: 'invalid_request', text: 'Invalid size of Code_Challenge parameter.' },
  'challenge-needed': {
    code: 9002325,
    error: 'invalid_request',
    text: 'Proof Key for Code Exchange is required for cross-origin authorization code redemption.',
  },
  'not-signed-in': {
    code: 50058,
    error: 'login_required',
    text: 'A silent sign-in request was sent but no user is signed in.',
  },
  'several-accounts': {
    code: 16000,
    error: 'interaction_required',
    text: 'Either multiple user identities are available for the current request or selected account is not supported for the scenario.',
  },
  'consent-declined': {
    code: 65004,
    error: 'access_denied',
    text: 'User declined to consent to access the app.',
  },
  'consent-admin-only': {
    code: 90094,
    error: 'access_denied',
    text: 'An administrator of {tenant} has set a policy that prevents you from granting {name} the permissions it is requesting. Contact an administrator of {tenant} who can grant permissions to this application on your behalf.',
  },
  'resource-not-listed': {
    code: 650057,
    error: 'invalid_resource',
    text: "Invalid resource. The client has requested access to a resource which is not listed in the requested permissions in the client's application registration. Client app ID: {app}({name}). Resource value from request: {resource}. Resource app ID: {resourceId}. List of valid resources from app registration: {listed}.",
  },
  'tokens-do-not-match': {
    code: 165000,
    error: 'invalid_request',
    text: "Invalid Request: The request tokens do not match the user context. Please don't copy context values (cookies; form fields; headers) between requests or user sessions; always maintain the ALL of the supplied values across a complete single user flow. Failure Reasons:[{reason};]",
  },
  'second-factor-wrong': {
    code: 500121,
    error: 'invalid_grant',
    text: 'Authentication failed during strong authentication request.',
  },
  'user-code-unknown': { code: 70018, error: 'bad_verification_code', text: 'Bad verification code.' },
  'user-code-expired': { code: 70019, error: 'code_expired', text: 'Verification code expired.' },
  'user-code-used': {
    code: 90120,
    error: 'invalid_grant',
    text: 'The device code was already approved or declined.',
  },
  // people
  'user-unknown': {
    code: 50034,
    error: 'invalid_grant',
    text: 'The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory.',
  },
  'user-of-other-tenant': {
    code: 50020,
    error: 'invalid_grant',
    suberror: 'basic_action',
    text: "User account '{user}' from identity provider '{issuer}' does not exist in tenant '{tenant}' and cannot access the application '{app}'({name}) in that tenant. The account needs to be added as an external user in the tenant first. Sign out and sign in again with a different Azure Active Directory user account.",
  },
  'user-disabled': { code: 50057, error: 'invalid_grant', text: 'The user account is disabled.' },
  'password-wrong': {
    code: 50126,
    error: 'invalid_grant',
    text: 'Error validating credentials due to invalid username or password.',
  },
  'mfa-needed': {
    code: 50076,
    error: 'invalid_grant',
    suberror: 'basic_action',
    claims: '{"access_token":{"capolids":{"essential":true,"values":["0d9e1a6c-0000-4000-8000-0000000000cc"]}}}',
    text: "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '{resource}'.",
  },
  'access-blocked': {
    code: 53003,
    error: 'invalid_grant',
    suberror: 'message_only',
    claims: '{"access_token":{"capolids":{"essential":true,"values":["0d9e1a6c-0000-4000-8000-0000000000bb"]}}}',
    text: 'Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.',
  },
  'app-single-tenant': {
    code: 50194,
    error: 'invalid_request',
    text: "Application '{app}'({name}) is not configured as a multi-tenant application. Usage of the /{word} endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.",
  },
  'app-not-for-consumers': {
    code: 9002332,
    error: 'invalid_request',
    text: "Application '{app}'({name}) is configured for use by Azure Active Directory users only. Please do not use the /consumers endpoint to serve this request.",
  },
  // scopes and resources
  'scope-malformed': {
    code: 70011,
    error: 'invalid_scope',
    text: "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid. The scope format is invalid. Scope must be in a valid URI form <https://example/scope> or a valid Guid <guid/scope>.",
  },
  'scope-not-default': {
    code: 1002012,
    error: 'invalid_scope',
    text: 'The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
  },
  'scope-several-resources': {
    code: 28000,
    error: 'invalid_request',
    text: 'Provided value for the input parameter scope is not valid because it contains more than one resource. Scope {scope} is not valid.',
  },
  'resource-parameter': {
    code: 901002,
    error: 'invalid_request',
    text: "The 'resource' request parameter is not supported.",
  },
  'resource-unknown': {
    code: 500011,
    error: 'invalid_resource',
    text: 'The resource principal named {resource} was not found in the tenant named {directory}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.',
  },
  'resource-disabled': {
    code: 500014,
    error: 'invalid_resource',
    text: "The service principal for resource '{resource}' is disabled. This indicate that a subscription within the tenant has lapsed, or that the administrator for this tenant has disabled the application, preventing tokens from being issued for it.",
  },
  'role-missing': {
    code: 501051,
    error: 'invalid_grant',
    text: "Application '{app}'({name}) is not assigned to a role for the application '{resource}'({resourceName}).",
  },
  // trouble on demand
  throttled: {
    code: 90055,
    error: 'temporarily_unavailable',
    status: 429,
    text: 'The server has terminated the request because there are too many incoming requests.',
  },
  'server-error': {
    code: 90006,
    error: 'server_error',
    status: 500,
    text: 'The service is temporarily unavailable. Please retry later.',
  },
  'server-unavailable': {
    code: 90033,
    error: 'temporarily_unavailable',
    status: 503,
    text: 'A transient error has occurred. Please try again.',
  },
} as const satisfies Record<string, Row>

export type RefusalName = keyof typeof refusals

type Placeholder<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholder<Rest>
  : never

export type RefusalFacts<Name extends RefusalName> = Readonly<
  Record<Placeholder<(typeof refusals)[Name]['text']>, string>
>

/** A refusal as it will be said. */
export interface Refusal {
  readonly name: RefusalName
  readonly code: number
  readonly error: string
  readonly status: number
  /** `AADSTS…: …`, without the ids and the time that end a description. */
  readonly text: string
  readonly suberror: string | undefined
  readonly claims: string | undefined
}

/** A refusal with its placeholders filled; facts from the request are shown as they came, as Entra does. */
export function refuse<Name extends RefusalName>(name: Name, facts: RefusalFacts<Name>): Refusal {
  const row: Row = refusals[name]
  const values: Readonly<Record<string, string>> = facts
  const text = row.text.replace(/\{([a-zA-Z]+)\}/g, (_, key: string) => values[key] ?? '')
  return {
    name,
    code: row.code,
    error: row.error,
    status: row.status ?? (row.error === 'invalid_client' ? 401 : 400),
    text: `AADSTS${row.code}: ${text}`,
    suberror: row.suberror,
    claims: row.claims,
  }
}

export interface RefusalContext {
  /** Milliseconds since the epoch, by the sandbox's clock. */
  readonly now: number
  readonly traceId: string
  readonly correlationId: string
  /** `https://localhost:1234`. */
  readonly origin: string
  readonly hasMultilineErrors: boolean
}

/** `error_description`: the text, and the ids and the time that end it. */
export function describeRefusal(refusal: Refusal, context: RefusalContext): string {
  return [
    refusal.text,
    `Trace ID: ${context.traceId}`,
    `Correlation ID: ${context.correlationId}`,
    `Timestamp: ${formatTimestamp(context.now)}`,
  ].join(context.hasMultilineErrors ? '\r\n' : ' ')
}

/** The JSON body of a refusal, with the members and their order as on the wire. */
export function refusalBody(refusal: Refusal, context: RefusalContext): string {
  return JSON.stringify({
    error: refusal.error,
    error_description: describeRefusal(refusal, context),
    error_codes: [refusal.code],
    timestamp: formatTimestamp(context.now),
    trace_id: context.traceId,
    correlation_id: context.correlationId,
    error_uri: `${context.origin}/error?code=${refusal.code}`,
    ...(refusal.suberror === undefined ? {} : { suberror: refusal.suberror }),
    ...(refusal.claims === undefined ? {} : { claims: refusal.claims }),
  })
}

/** `2026-11-21T01:02:03.4560000Z` */
export function formatPreciseTime(time: number): string {
  const largest = 8.64e15
  const bounded = Number.isNaN(time) ? 0 : Math.min(Math.max(time, -largest), largest)
  return new Date(bounded).toISOString().replace('Z', '0000Z')
}

/** `2026-11-21 01:02:03Z` */
export function formatTimestamp(time: number): string {
  return new Date(time)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, 'Z')
}
