/**
 * The rules of `explain`, as data: what a text must say, which cause that tells, how strongly, and why. None is made for
 * one text; each quotes what a library or a service writes, or weighs two of these against each other.
 *
 * Strengths: 90 and more overrule what a code says; 80 what a service or library says for certain; 60 a tool that is there
 * and broken; 50 a tool that is there and signed out; 40 and less what is simply not there, which a chain always also says.
 */
import type { CauseId } from '../../knowledge/causes.ts'
import { serviceRules } from './service-rules.ts'

/** Where the failure was met, as far as the text shows it. */
export interface Circumstances {
  /** The text lists the members of a chain, which always name several things that are not there. */
  readonly inChain: boolean
  /** The program runs on a host of Azure, in a container or in a job, not on somebody's desk. */
  readonly isHosted: boolean
  /** The chain has members of developers' tools and editors; one without them was made for a host. */
  readonly hasTools: boolean
  /** The chain has members other than those. */
  readonly hasHosts: boolean
}

/** A message by itself, of which nothing else is known. */
export const byItself: Circumstances = { inChain: false, isHosted: false, hasTools: false, hasHosts: false }

export interface Rule {
  readonly id: string
  readonly cause: CauseId
  readonly strength: number | ((circumstances: Circumstances) => number)
  /** Run over the text with single spaces. A function can weigh more than one sentence; it gives the words that told. */
  readonly when: RegExp | ((flat: string) => string | null)
  readonly unless?: RegExp
  /** Why these words mean that cause: the `because`, before the quote. */
  readonly reason: string
}

function quoteOf(flat: string, pattern: RegExp): string | null {
  return pattern.exec(flat)?.[0] ?? null
}

const imds = '(?:169\\.254\\.169\\.254|IMDS|ManagedIdentityCredential)'
const noise =
  (single: number, inAChain: number) =>
  ({ inChain }: Circumstances): number =>
    inChain ? inAChain : single

/** Client ids of Microsoft's own developer tools, which every tenant's Resource Manager, Graph, Key Vault and Storage know. */
const developerClients =
  '(?:04b07795-8ddb-461a-bbee-02f9e1bf7b46|1950a258-227b-4e31-a9cf-717495945fc2|04f0c124-f2bc-4f59-8241-bf6df9866bbd|aebc6443-996d-45c2-90f0-388ff96faa56|872cd9fa-d31f-45e0-9eab-6e460a02d1f1)'
const openResources =
  '(?:797f4846-ba00-4fd7-ba43-dac1f8f63013|00000003-0000-0000-c000-000000000000|cfa8b339-82a2-471a-a3c9-0fc0be7a4093|e406a681-f3d4-42a8-90b6-c2b029497af1)'

export const rules: readonly Rule[] = [
  ...serviceRules,
  // Nothing failed
  {
    id: 'chain-succeeded',
    cause: 'not-an-error',
    strength: 95,
    when: /acquired a token from \w+Credential|returns a token\b|=> getToken\(\) => SUCCESS|authenticated with \w+Credential|GetToken\(\) acquired a token|Credential\.GetToken succeeded|Returning token from cached credential/,
    unless:
      /Traceback|Unhandled exception|Exception in thread|\bfatal\b|AuthorizationFailed|does not have authorization|Login failed for user|\b40[13]\b/i,
    reason: 'one credential of the chain gave its token, and what the others say is information',
  },
  {
    id: 'device-code-pending',
    cause: 'not-an-error',
    strength: 93,
    when: /authorization_pending|"slow_down"|Authorization is pending\. Continue polling/,
    reason: 'the person has not finished signing in with the device code yet; the client asks again',
  },
  {
    id: 'sign-in-going-on',
    cause: 'not-an-error',
    strength: 60,
    when: /(?:A|The default) web browser has been opened at \S{8,300} Please continue the login in the web browser|To sign in, use a web browser to open the page \S{8,80} and enter the code \w{6,12} to authenticate/,
    unless: /\berror\b|exception|\bfail(?:ed|ure)|AADSTS|timed out|expired|Traceback/i,
    reason: 'the tool waits for a person to sign in in a browser; nothing has failed yet',
  },
  // What the words behind a code change
  {
    id: 'account-of-another-directory',
    cause: 'account-not-in-tenant',
    strength: 91,
    when: /[Uu]ser account .{0,200}? does not exist in tenant .{0,160}? cannot access the application/,
    reason: 'the account is of another directory and no guest of this one',
  },
  {
    id: 'client-assertion-not-verified',
    cause: 'assertion-wrong-token',
    strength: 91,
    when: (flat) =>
      /\b(?:ClientAssertion|WorkloadIdentity)Credential\b|\bFromAssertion\(\)/.test(flat)
        ? quoteOf(flat, /AADSTS50013: .{0,120}/)
        : null,
    unless: /OnBehalfOf/,
    reason: 'the token that stands for the client is not one that Entra can verify',
  },
  {
    id: 'device-to-be-managed',
    cause: 'ca-device-required',
    strength: 91,
    when: /[Dd]evice (?:is|must be|has to be) (?:required to be )?(?:managed|compliant|registered|enrolled|domain[ -]joined) to (?:access|sign|use)/,
    reason: 'a policy wants a device that is known to the organisation',
  },
  {
    id: 'grant-revoked',
    cause: 'session-revoked',
    strength: 92,
    when: /due to it being revoked|StsRefreshTokensValidFrom|TokensValidFrom date|Session is invalid due to expiration or recent password change/i,
    reason: 'the sign-in was revoked, which a new password does',
  },
  {
    id: 'sign-in-frequency',
    cause: 'signin-frequency',
    strength: 92,
    when: /sign-in frequency checks?/i,
    reason: 'a policy limits how long a sign-in holds',
  },
  {
    id: 'refresh-token-inactive',
    cause: 'refresh-token-expired',
    strength: 91,
    when: /(?:refresh token|[Cc]redentials) ha(?:s|ve) expired due to inactivity|was inactive for \d+/i,
    reason: 'the saved sign-in was not used for too long',
  },
  {
    id: 'assertion-from-the-future',
    cause: 'clock-skew',
    strength: 92,
    when: wrongClock,
    reason:
      'the times in the assertion do not fit the time at Entra by an amount that only a wrong clock or time zone gives',
  },
  {
    id: 'token-ended-on-arrival',
    cause: 'clock-skew',
    strength: 84,
    when: /The ID token (?:already expires|is not yet valid|already expired)|0\. The (?:current time|ID token) .{0,60}(?:epoch|iat|exp)/i,
    reason: 'a token that was issued just now counts as ended, or as not begun, by the clock of this machine',
  },
  {
    id: 'preauthorized-client-refused',
    cause: 'scope-invalid',
    strength: 92,
    when: new RegExp(
      `first party application '${developerClients}' and first party resource '${openResources}' must be configured`,
    ),
    reason: 'this client is approved for this resource everywhere, so it is the scope that does not exist',
  },
  {
    id: 'common-directory',
    cause: 'app-not-found',
    strength: 91,
    when: /not found in the directory 'Microsoft Services'/,
    reason: 'the request went to a common authority, not to the tenant that has the application',
  },
  {
    id: 'resource-switched-off',
    cause: 'resource-disabled',
    strength: 91,
    when: /\b[Rr]esource '[^']{1,200}' is disabled/,
    reason: 'the service that the token is for is switched off in this tenant',
  },
  {
    id: 'application-switched-off',
    cause: 'app-disabled',
    strength: 91,
    when: /Application '[^']{1,200}'(?: ?\([^()]{1,200}\))? is disabled/,
    reason: 'the application that asks is switched off in this tenant',
  },
  {
    id: 'secret-refused',
    cause: 'secret-invalid',
    strength: 90,
    when: /Invalid client secret (?:is )?provided/i,
    reason: 'the token service compared the secret and it is not the one it knows',
  },
  {
    id: 'broker-redirect',
    cause: 'redirect-uri-mismatch',
    strength: 84,
    when: /redirectUri is not matching unsigned format|0xffffffffffff5bf0|redirect_uri is not (?:registered|valid) for the broker/i,
    reason: 'the broker wants a redirect URI of its own on the registration',
  },
  {
    id: 'redirect-without-code',
    cause: 'request-malformed',
    strength: 86,
    when: /must contain the following parameter: '(?!client_assertion|client_secret)\w{1,40}|must contain the following parameter\(s\)/i,
    reason: 'a field that the request needs is not in it',
  },

  {
    id: 'redirect-not-loopback',
    cause: 'redirect-uri-mismatch',
    strength: 84,
    when: /Only loopback redirect uri is supported/i,
    reason: 'a sign-in through the system browser comes back to http://localhost, and another address was configured',
  },
  {
    id: 'tenant-placeholder',
    cause: 'tenant-not-found',
    strength: 84,
    when: /login\.(?:microsoftonline|windows|chinacloudapi|partner)[\w.]{1,40}\/(?:undefined|null|none|nil|nan|<[\w -]{1,40}>|\{+[\w -]{1,40}\}+|\$\{?\(?\w{1,60}\)?\}?|(?:your|my)[_-]?tenant[\w-]{0,12}|%7B\w{1,40}%7D|\[object%20Object\])\//i,
    unless: /AADSTS\d/,
    reason: 'where the tenant belongs in the address stands the name of a variable that was never filled in',
  },
  {
    id: 'token-protection-page',
    cause: 'token-protection',
    strength: 90,
    when: /(?:policy|policies) requiring token protection|conditional access token protection/i,
    reason: 'a policy takes only tokens that are bound to a device, and this program has none',
  },
  {
    id: 'pipeline-gives-no-assertion',
    cause: 'pipelines-oidc-unavailable',
    strength: 87,
    when: /\b(?:ADOPipeline|AzurePipelines?|azureDevOps)\w{0,12}Assertion: .{0,120}|getAssertion: received HTTP status \d{3}.{0,80}|VssInvalidPreviewVersionException/i,
    unless: /AADSTS\d/,
    reason: 'Azure Pipelines was asked for the token that is exchanged, and gave none',
  },
  {
    id: 'pipeline-refused',
    cause: 'pipelines-oidc-unavailable',
    strength: 70,
    when: /AzurePipelinesCredential\b.{0,160}\b(?:302|401|403|404)\b.{0,40}/,
    unless: /AADSTS\d/,
    reason: 'the service of Azure Pipelines that gives the token to exchange refused the request',
  },
  {
    id: 'application-not-mobile',
    cause: 'public-client-disabled',
    strength: 90,
    when: /client application must be marked as 'mobile/i,
    reason: 'the flow is one for public clients, and the registration does not allow these',
  },
  {
    id: 'client-without-proof',
    cause: 'request-malformed',
    strength: 80,
    when: /One client credential type required either:|A client secret, client certificate,? or (?:client )?assertion (?:is|must be) (?:required|provided)/i,
    reason: 'the application was built without anything to prove itself with, or with two such things',
  },
  {
    id: 'scopes-of-several-resources',
    cause: 'scope-invalid',
    strength: 80,
    when: /To convert to a resource string the specified array must be exactly length 1/i,
    reason: 'this credential asks for one resource, and takes exactly one scope',
  },
  {
    id: 'flow-not-at-common',
    cause: 'tenant-not-named',
    strength: 90,
    when: /flow is not supported under \/?(?:common|consumers)\b/i,
    reason: 'this flow goes only to one tenant, or to that of organizations',
  },
  {
    id: 'tenant-not-resolved',
    cause: 'tenant-not-found',
    strength: 76,
    when: /Failed to resolve tenant '[^']{1,120}'/i,
    unless: /Max retries|SSLError|ProxyError|NameResolution|AADSTS\d/,
    reason: 'az asked Entra for this tenant, and Entra knows none by that name',
  },
  {
    id: 'peer-certificate-refused',
    cause: 'tls-trust',
    strength: 80,
    when: /invalid peer certificate: ?\(?\w{1,40}/i,
    reason: 'the program does not trust the certificate that it was shown',
  },
  {
    id: 'token-cache-unreadable',
    cause: 'token-cache-persistence',
    strength: 70,
    when: (flat) =>
      /msal[/\\]token_cache\.py|msal_token_cache/.test(flat)
        ? quoteOf(flat, /JSONDecodeError: .{0,60}|UnicodeDecodeError: .{0,60}|Expecting value: line 1 column 1.{0,20}/)
        : null,
    reason: 'the file with the saved tokens is empty, cut or encrypted for somebody else',
  },
  {
    id: 'socket-not-allowed',
    cause: 'network-blocked',
    strength: 84,
    when: /access a socket in a way forbidden by its access permissions|SocketException \(10013\)|\bWSAEACCES\b/i,
    reason: 'this machine does not let the program out: its own firewall or an agent on it',
  },

  // Managed identity, answered
  {
    id: 'several-identities',
    cause: 'mi-ambiguous',
    strength: 90,
    when: /Multiple user[- ]assigned identities exist|please specify the clientId ?\/ ?resourceId of the identity/i,
    reason: 'the machine has several identities and the request names none',
  },
  {
    id: 'requested-identity-missing',
    cause: 'mi-not-assigned',
    strength: 85,
    when: /the requested identity (?:has not been|hasn't been|isn't|is not) assigned to this resource(?!.{0,400}AADSTS\d)|Managed Identity found for specified ClientId|no azure identity found for request clientID|Unable to load requested managed identity|No MSI found for specified ClientId|Couldn't acquire access token from IMDS, verify|Unable to load the proper Managed Identity/i,
    reason: 'the host answered, so it has managed identity, but not the one asked for',
  },
  {
    id: 'no-identity-at-all',
    cause: 'mi-none-assigned',
    strength: 85,
    when: /No identity has been assigned to this resource|failed to authenticate a system assigned identity(?!.{0,120}(?:AADSTS|X-Forwarded-For|"invalid_resource"))|no default identity is assigned|indicating there's no available identity|ManagedIdentityNotFound|identity-responder-not-enabled|does not have a managed identity|There is no system-assigned user identity|No managed identity (?:was )?found(?! for specified)|\bMSINotEnabled\b|Managed Identity (?:is )?not enabled/i,
    reason: 'the host answered and has no identity to give',
  },
  {
    id: 'pod-without-binding',
    cause: 'mi-none-assigned',
    strength: 85,
    when: /getting assigned identities for pod [^ ]{1,200} in (?:CREATED|ASSIGNED) state failed/i,
    unless: /identity found for request clientID|[?&]client_id=/i,
    reason: 'the cluster knows of no identity that is bound to this pod',
  },
  {
    id: 'identity-to-be-chosen',
    cause: 'mi-ambiguous',
    strength: 76,
    when: /(?:several|multiple|more than one) (?:(?:user|system)[- ]assigned )?(?:managed )?identit(?:y|ies) (?:are|is|were|was|exist|have been)\b(?! not)/i,
    reason: 'the machine has several identities and the request names none',
  },
  {
    id: 'identity-not-found-by-id',
    cause: 'mi-not-assigned',
    strength: 84,
    when: (flat) =>
      /Identity not found/i.test(flat) &&
      /(?:client_id|msi_res_id|mi_res_id|object_id|principal_id)=|AZURE_CLIENT_ID (?:and|are|is) |AZURE_CLIENT_ID=\w/i.test(
        flat,
      )
        ? quoteOf(flat, /Identity not found/i)
        : null,
    reason: 'IMDS answered, and the request names an identity by its id',
  },
  {
    id: 'identity-not-found',
    cause: 'mi-none-assigned',
    strength: 82,
    when: /["']?error_description["']?: ?["']Identity not found|invalid_request\W{1,4}Identity not found|Description: Identity not found/i,
    reason: 'IMDS answered, so this is an Azure VM, and it has no identity to give',
  },
  {
    id: 'identity-request-unsupported',
    cause: 'mi-request-unsupported',
    strength: 85,
    when: /user[- ]assigned (?:managed )?identit(?:y|ies) (?:is|are)(?: currently)?(?: not|n't) supported|clientI[dD] must not be passed in (?:the )?request|not supported by the Service Fabric managed identity|can only be system assigned|supports only (?:a )?system-assigned|did not confirm the requested user-assigned|AudienceNotSupported|is(?: not|n't) a supported MSI token audience|Only client id is supported for user-assigned|Service Fabric (?:only supports object ID|API doesn't support)|user-assigned managed identity is not supported for CloudShell|doesn't support user-assigned managed identit(?:y|ies)|not configurable at runtime|not supported by Azure Arc|Arc supports only Linux|client_id should not be set for cloud shell|identity_config must not contain the following keys|getting access token for non-current tenants is not supported|user_assigned_not_available/i,
    reason: 'the endpoint of this host cannot give what the request asks for',
  },
  {
    id: 'identity-endpoint-variable',
    cause: 'mi-endpoint-env-missing',
    strength: 84,
    when: /Managed Identity's '[A-Z_]{4,40}' environment variable is malformed|environment variable '?\w{3,60}'? contains an invalid U|IDENTITY_ENDPOINT environment variable must be a valid|Unable to create a Managed Identity source based on environment|X-IDENTITY-HEADER value is not valid|Invalid secret token header|Environment is not set up for the credential to be created(?! with)/i,
    reason: 'the variables that the host sets for its identity endpoint are missing or not as it set them',
  },
  {
    id: 'arc-key-denied',
    cause: 'arc-key-unreadable',
    strength: 88,
    when: (flat) =>
      quoteOf(
        flat,
        /(?:Could not read file|failed to read "?|Access to the path '?).{0,10}[^ ]{0,200}(?:azcmagent|AzureConnectedMachineAgent)[^ ]{0,200}.{0,120}?(?:denied|EACCES|contents)/i,
      ) ??
      quoteOf(
        flat,
        /(?:Permission denied|EACCES|Cannot find path)[^ ]{0,40}.{0,40}(?:azcmagent|AzureConnectedMachineAgent)[\w./\\-]{0,120}/i,
      ) ??
      quoteOf(
        flat,
        /\bopen [^ ]{0,160}(?:azcmagent|AzureConnectedMachineAgent)[^ ]{0,160}: (?:permission denied|access is denied)|AccessDeniedException: [^ ]{0,160}(?:azcmagent|AzureConnectedMachineAgent)[^ ]{0,160}/i,
      ) ??
      quoteOf(flat, /unable_to_read_secret_file|Unable to read the secret file/i) ??
      quoteOf(flat, /No such file or directory: '[^']{0,120}(?:azcmagent|AzureConnectedMachineAgent)[^']{0,80}'/i),
    reason: "the Arc agent's challenge file is there and this process may not read it",
  },
  {
    id: 'identity-endpoint-failed',
    cause: 'mi-endpoint-error',
    strength: 83,
    when: /Response from Managed Identity was successful, but|An unexpected (?:error|failure) occured while fetching|Expected a 401 Unauthorized response from Azure Arc|Failed to retrieve token from the Active directory|SSO failure: unable to retrieve a token|ManagedIdentityCredential: (?:Unexpected content type|No token received)|MSI: Failed to retrieve a token from 'http:\/\/(?:127|localhost)|WWW-Authenticate'? header (?:in the response|is missing|is in an unsupported|in the)|www_authenticate_header_|Did not receive (?:a|expected) .{0,20}WWW-Authenticate|Unrecognizable WWW-Authenticate|has an unexpected file path|larger than 4(?:096 bytes| ?KB)|greater than 4096 bytes|file path in the WWW-Authenticate header|Failed to retrieve IMDS token after \d|adal: Refresh request failed.{0,400}?(?:169\.254\.169\.254|metadata\/identity|\bnmi\b|pod)|localhost(?: port |:)40342.{0,40}refused|refused.{0,80}localhost:40342|Could not find Azure Arc token directory/i,
    reason: "the host's identity endpoint is there and went wrong itself",
  },
  {
    id: 'az-identity-endpoint-error',
    cause: 'mi-endpoint-error',
    strength: 82,
    when: /MSI: Failed to retrieve a token from '[^']{1,160}' with an error of '(?:404|410|429|5\d\d)\b[^']{0,60}/i,
    reason: 'what hands out identities here answered az with an error of its own',
  },
  {
    id: 'az-identity-endpoint-status',
    cause: 'mi-endpoint-error',
    strength: 66,
    when: /Failed to connect to MSI\..{0,80}Response \[(?:40[45]|408|410|429|5\d\d)\]/i,
    reason: 'az asked the identity endpoint of this machine and it answered with an error of its own',
  },
  {
    id: 'az-identity-refused',
    cause: 'mi-none-assigned',
    strength: 57,
    when: /Failed to connect to MSI\. Please make sure MSI is configured correctly/i,
    reason: 'az asked the identity endpoint of this machine and was refused, as where there is no identity',
  },
  {
    id: 'identity-endpoint-refused-request',
    cause: 'mi-none-assigned',
    strength: 56,
    when: /failed to get token from msi, status code: 400/i,
    reason:
      'the identity endpoint answered 400, mostly because there is no such identity, and the tool does not hand on what it said',
  },
  {
    id: 'identity-endpoint-400-by-id',
    cause: 'mi-not-assigned',
    strength: 55,
    when: (flat) =>
      quoteOf(
        flat,
        /(?:\b400\b|Bad Request).{0,120}(?:\/msi\/token|metadata\/identity)\S{0,200}(?:client_?id|mi_res_id|msi_res_id|object_id|principal_id)=[^ "']{1,80}/i,
      ) ??
      quoteOf(
        flat,
        /(?:\/msi\/token|metadata\/identity)\S{0,200}(?:client_?id|mi_res_id|msi_res_id|object_id|principal_id)=\S{1,200}.{0,80}?\b400\b/i,
      ),
    unless: /AADSTS|<html|"error_description": ?"/i,
    reason: 'the identity endpoint refused a request that names an identity, as it does for one that is not attached',
  },
  {
    id: 'identity-endpoint-400',
    cause: 'mi-none-assigned',
    strength: 54,
    when: /(?:\b400\b|Bad Request).{0,120}(?:\/msi\/token|metadata\/identity\/oauth2)(?!\S{0,240}(?:_id|clientid)=)/i,
    unless: /AADSTS|<html|"error_description": ?"/i,
    reason: 'the identity endpoint refused the request, as it does where there is no identity to give',
  },
  {
    id: 'identity-header-refused',
    cause: 'mi-endpoint-env-missing',
    strength: 70,
    when: (flat) =>
      /\bGET \/(?:msi|MSI)\/token\?/.test(flat)
        ? quoteOf(flat, /HTTP\/1\.[01] (?:401 Unauthorized|403 Forbidden)/)
        : null,
    reason: 'the identity endpoint of this host takes only requests with the header that is in its variable',
  },
  {
    id: 'identity-endpoint-busy',
    cause: 'mi-endpoint-error',
    strength: 81,
    when: new RegExp(
      `${imds}.{0,400}?\\b(?:410 Gone|429|Too Many Requests|500 \\(?Internal|503 \\(?Service|"?error"?: ?"unknown")`,
      'i',
    ),
    unless: /<html|text\/html|squid|via:/i,
    reason: 'the endpoint answered that it cannot serve now',
  },
  {
    id: 'identity-endpoint-status',
    cause: 'mi-endpoint-error',
    strength: 80,
    when: /(?:metadata|managed identity|identity|MSI|nmi|IMDS)[\w -]{0,20}(?:endpoint|service|response|request|server)?[^.{}]{0,80}?(?:HTTP )?\b(?:status(?: ?code)?:? ?|HTTP (?:error )?|returned )(?:404|408|410|429|5\d\d)\b|getting assigned identities for pod|nmi response failed/i,
    unless: /<html|text\/html|squid|via:|AADSTS|Status: 40[013]/i,
    reason: 'what hands out identities here answered with an error of its own',
  },
  {
    id: 'identity-endpoint-said',
    cause: 'mi-endpoint-error',
    strength: 66,
    when: /ServerError: bad request: undefined - \[undefined\]|managed identity configuration not found in environment\. Token request error: .{0,80}|Unexpected response "\{'(?:access_token|client_id|error)'.{0,60}|Response had no "(?:accessToken|expiresOn)" property|Unexpected content type "(?:text|application)\/[\w+.-]{1,40}|error parsing the json error: (?!invalid character '<').{0,80}|azcmagent.{0,10}not connected|the agent is not connected/i,
    unless: /<html|ImdsCredential|169\.254\.169\.254\/metadata\/identity.{0,200}text\/html/i,
    reason: 'the identity endpoint of this host answered, and not with a token',
  },
  {
    id: 'identity-endpoint-address',
    cause: 'mi-endpoint-env-missing',
    strength: 68,
    when: /No connection adapters were found for '[^']{0,80}(?:MSI|token|api-version=20\d\d-\d\d-\d\d&resource=)|IDENTITY_SERVER_THUMBPRINT must be|ManagedIdentityCredential: no Host in request URL|managed identity endpoint must use HTTPS/i,
    reason: 'the address that the host set for its identity endpoint is none, or not as it set it',
  },
  {
    id: 'identity-endpoint-half-known',
    cause: 'mi-endpoint-env-missing',
    strength: noise(64, 21),
    when: /Target Azure platform could not be determined/,
    unless: /AADSTS/,
    reason: 'one of the variables of an identity endpoint is set, and not the others that make it one',
  },
  {
    id: 'identity-endpoint-refuses',
    cause: 'mi-endpoint-error',
    strength: 62,
    when: /https?:\/\/(?:localhost|127\.0\.0\.1):\d{2,5}\/[^ "']{0,120}\btoken\b.{0,160}?(?:connection refused|ECONNREFUSED|actively refused)/i,
    reason: 'nothing listens where this host has its identity endpoint',
  },
  {
    id: 'refresh-refused-unexplained',
    cause: 'secret-invalid',
    strength: 45,
    when: /adal: Refresh request failed\. Status Code = '401'/,
    unless: /169\.254\.169\.254|metadata\/identity|AADSTS\d/,
    reason: 'Entra refused what the application proves itself with, and the text was cut before the code that says why',
  },
  {
    id: 'service-fabric-internal',
    cause: 'mi-endpoint-error',
    strength: 78,
    when: /"correlationId": ?"[^"]{0,60}", ?"code": ?"(?:InternalServerError|InvalidApiVersion)"/,
    reason: "Service Fabric's identity service failed",
  },
  {
    id: 'identity-host-not-set-up',
    cause: 'mi-endpoint-env-missing',
    strength: noise(50, 4),
    when: /Environment is not set up for the credential to be created with/,
    reason: 'the variables that this host sets for its identity endpoint are not there',
  },
  {
    id: 'client-proof-missing',
    cause: 'public-client-disabled',
    strength: 78,
    when: /must contain the following parameter: '(?:client_assertion|client_secret)/i,
    reason: 'Entra takes the registration for one that proves itself, and the flow sends no proof',
  },
  {
    id: 'identity-request-incomplete',
    cause: 'request-malformed',
    strength: 80,
    when: /Required metadata header not specified|bad_request_102|SecretHeaderNotFound|Secret header is required|ArgumentNullOrEmpty/,
    reason: 'the identity endpoint misses a header or parameter in the request',
  },
  // Managed identity, answered by somebody else
  {
    id: 'proxy-in-place-of-imds',
    cause: 'imds-proxied',
    strength: 86,
    when: (flat) =>
      quoteOf(
        flat,
        new RegExp(
          `${imds}.{0,500}?(?:<html|<!doctype|text/html|\\bsquid\\b|zscaler|bluecoat|forcepoint|blue coat|X-Squid|\\bVia: |web filter)`,
          'i',
        ),
      ) ??
      quoteOf(
        flat,
        /The request failed due to a gateway error|Managed Identity response was not in the expected format|header X-Forwarded-For (?:are|is) not accepted|ManagedIdentityCredential: error parsing the json error: invalid character '<'.{0,40}|Azure Arc .{0,80}Token request error: \(\w{1,40}\) <html.{0,40}/,
      ),
    unless: /unreachable (?:network|host)|Server: Kestrel/i,
    reason: 'what answered for the metadata address is a proxy or filter, not IMDS',
  },
  {
    id: 'imds-asked-by-way-of-a-proxy',
    cause: 'imds-proxied',
    strength: 86,
    when: /url: http:\/\/169\.254\.169\.254\S{0,200} .{0,40}(?:ProxyError|Tunnel connection failed)|proxyconnect tcp.{0,120}169\.254\.169\.254|169\.254\.169\.254\S{0,200} proxyconnect tcp/,
    reason: 'the request for IMDS was handed to a proxy',
  },
  {
    id: 'python-imds-unreadable',
    cause: 'imds-proxied',
    strength: 72,
    when: /ImdsCredential\.get_token(?:_info)? failed: ManagedIdentityCredential authentication unavailable\.(?= (?:WARNING|DEBUG|INFO|azure)|$)/,
    reason: 'the SDK for Python says this and no more when the answer is not JSON, so something else answered',
  },
  // Managed identity, no answer
  {
    id: 'imds-silent',
    cause: 'imds-unreachable',
    strength: ({ inChain, isHosted, hasTools }) => (inChain ? (isHosted || !hasTools ? 45 : 35) : 60),
    when: /no response from the IMDS endpoint|No response received from the managed identity endpoint|Connection to IMDS endpoint cannot be established|Attempted to use the IMDS endpoint, but it is not available|managed identity timed out|IMDS endpoint unavailable|IMDS token request timed out|getting managed identity credential timed out|request to the managed identity endpoint timed out|no managed identity endpoint found|Failed to get token from ManagedIdentityCredential: .{0,40}connect|All Managed Identity sources are unavailable|No Managed Identity endpoint found|ManagedIdentityCredential: Network unreachable/i,
    reason: 'nothing answers where IMDS would be: this is no Azure VM, or it is cut off from it',
  },
  {
    id: 'identity-not-here',
    cause: 'imds-unreachable',
    strength: ({ inChain, isHosted, hasTools }) => (inChain ? (isHosted || !hasTools ? 45 : 33) : 60),
    when: /Managed Identity authentication is not available/i,
    reason: 'the library found no host of Azure here: no variables of an identity endpoint and no IMDS',
  },
  {
    id: 'imds-no-connection',
    cause: 'imds-unreachable',
    strength: ({ inChain, isHosted, hasTools }) => (inChain ? (isHosted || !hasTools ? 46 : 35) : 80),
    when: /(?:https?:\/\/)?169\.254\.169\.254.{0,300}?(?:i\/o timeout|context deadline exceeded|timed? ?out(?!["']? ?[:=])|Timeout was reached|unreachable|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|Host is down|No route to host|ECONNREFUSED|connection refused|actively refused)|169\.254\.169\.254.{0,400}HTTP status -1|(?:Connection timed out|Connection refused|timed out|[Uu]nable to connect|[Ff]ailed to connect|Error \d{4,5} opening URL).{0,60}169\.254\.169\.254|unreachable (?:network|host)/i,
    unless: /<html|text\/html/i,
    reason: 'the address of IMDS cannot be reached from here',
  },
  {
    id: 'imds-retries-spent',
    cause: 'imds-unreachable',
    strength: ({ inChain, isHosted, hasTools }) => (inChain ? (hasTools && !isHosted ? 36 : 45) : 55),
    when: /Multiple attempts failed to obtain a token from the managed identity endpoint/i,
    unless: /Status: (?:4\d\d|5\d\d)/,
    reason: 'every attempt at IMDS came to nothing',
  },
  {
    id: 'hosted-but-imds',
    cause: 'mi-endpoint-env-missing',
    strength: noise(82, 58),
    when: (flat) =>
      /\/home\/site\/wwwroot|azure-functions-host|WEBSITE_(?:SITE_NAME|INSTANCE_ID)|CONTAINER_APP_NAME|[\\/]DWASFiles[\\/]|WebJobs\.Script\b/.test(
        flat,
      )
        ? quoteOf(
            flat,
            /no response from the IMDS endpoint|No response received from the managed identity endpoint|IMDS endpoint, but it is not available|Connection to IMDS endpoint cannot be established|managed identity (?:credential )?timed out|Multiple attempts failed to obtain a token from the managed identity endpoint|169\.254\.169\.254.{0,120}time/i,
          )
        : null,
    reason:
      'this host has an identity endpoint of its own, and the library asked IMDS instead, as it does without the variables of that endpoint',
  },
  {
    id: 'early-rust-imds-only',
    cause: 'mi-endpoint-env-missing',
    strength: 47,
    when: /getting managed identity credential timed out/i,
    reason: 'releases of the Rust library with these words only know IMDS, and no other host',
  },
  {
    id: 'managed-identity-configuration',
    cause: 'mi-endpoint-env-missing',
    strength: noise(50, 20),
    when: /managed identity configuration not found in environment|Target Azure platform could not be determined/,
    unless: /Token request error|thumbprint/i,
    reason: 'the host was known by some of its variables and lacks others',
  },

  // Workload identity and federation
  {
    id: 'federated-token-missing',
    cause: 'wi-not-injected',
    strength: 82,
    when: /(?:No such file or directory|ENOENT|Invalid file path|cannot find the (?:file|path)|Could not find file|No content on the file|failed to read federated token).{0,120}?(?:azure-identity-token|\/var\/run\/secrets\/azure|federated)|failed to read federated token (?:from )?file|failed to read the service account token|No content on the file|(?:azure-identity-token|secrets\/azure\/tokens)\S{0,80}:? {0,3}(?:no such file|cannot find|does not exist)|WorkloadIdentityCredential: (?:\[Errno \d+\] \w|open \S{1,200} no such file|read \S{1,200} is a directory|open : no such file|No content on the file)|WorkloadIdentityCredential: is unavailable\. No content|Failed to read federated token from file|AuthenticationRequiredError: (?:ENOENT|EISDIR|EACCES): .{0,40}|WorkloadIdentityCredential authentication failed\..{0,40}NullPointerException: assertion/i,
    reason: 'the file with the federated token is not there, or cannot be read',
  },
  {
    id: 'workload-identity-webhook',
    cause: 'wi-not-injected',
    strength: 84,
    when: /failed (?:calling|to call) webhook "?[\w.-]*azure-w|azure-wi-webhook\S{0,120}.{0,120}(?:no endpoints|refused|timeout|unknown authority)/i,
    reason: 'the webhook that puts the federated token and the variables into pods does not run',
  },
  {
    id: 'workload-identity-incomplete',
    cause: 'wi-not-injected',
    strength: noise(75, 5),
    when: /no (?:client ID|tenant ID|token file)(?:\/\w+ (?:ID|file))* specified\b|'(?:tenant_id|client_id|token_file_path)' is required\. Please pass it in or set the AZURE_|The workload options are not fully configured|missing environment variables?\b.{0,160}AZURE_FEDERATED_TOKEN_FILE|AZURE_FEDERATED_TOKEN_FILE (?:must be|is not|was not|isn't) set|WorkloadIdentityCredential: is unavailable\. (?:\w+ is a|tenantId, clientId)|Azure Kubernetes environment is not set up|ambient-credentials`? (?:are|is) set\b|Workload identity was selected but no client ID|client id is provided to authenticate via token exchange in AKS|non-null values for .{1,60} in WorkloadIdentityCredentialBuilder|AZURE_FEDERATED_TOKEN_FILE['"]? (?:is not set|environment variable)/i,
    reason: 'the variables of workload identity, which the webhook puts into a pod, are not there',
  },
  {
    id: 'github-id-token',
    cause: 'oidc-permission-missing',
    strength: 88,
    when: /ACTIONS_ID_TOKEN_REQUEST_(?:URL|TOKEN)|githubAssertion: (?:cannot request token|received HTTP status 4)|OIDC authentication was requested .{0,80}?but no token|give write permissions to id-token|id-token: ?write/,
    reason: 'GitHub gives a job this variable only where it may ask for an id token',
  },
  {
    id: 'pipelines-oidc-status',
    cause: 'pipelines-oidc-unavailable',
    strength: 58,
    when: /\/oidctoken\b.{0,300}?\b(?:203|302|40[0134]|405)\b/i,
    unless: /AADSTS\d/,
    reason: 'the address that gives a job its OIDC token refused the request',
  },
  {
    id: 'service-connection-missing',
    cause: 'pipelines-oidc-unavailable',
    strength: 70,
    when: /service connection \S{1,120} which could not be found|service connection does not exist,? (?:or )?has been disabled|has(?:n't| not) been authorized for use|no service connection .{0,60}(?:found|exists)/i,
    unless: /AADSTS\d/,
    reason: 'the pipeline may not use the service connection that it names',
  },
  {
    id: 'service-connection-expired',
    cause: 'secret-expired',
    strength: 60,
    when: /Verify if the Service Principal used is valid and not expired|ExpiredServicePrincipal\b(?! ?['"]?\.)/i,
    unless: /AADSTS\d/,
    reason: 'the task says this where the secret of the service connection is not taken, mostly because it ran out',
  },
  {
    id: 'service-connection-no-token',
    cause: 'network-blocked',
    strength: 58,
    when: /Could not fetch access token for Azure\. Status code: undefined/i,
    reason: 'the task got no answer at all from the token service',
  },
  {
    id: 'service-connection-refused',
    cause: 'secret-invalid',
    strength: 45,
    when: /Failed to obtain the Json Web Token ?\(JWT\)/i,
    unless: /AADSTS\d/,
    reason: 'Entra did not take what the service connection holds, and the text does not say why',
  },
  {
    id: 'login-action-inputs',
    cause: 'request-malformed',
    strength: 66,
    when: /Not all (?:values|parameters) are (?:present|provided)|Content is not a valid JSON object|Ensure (?:'?client-?id'?)[^.]{0,60}(?:are|is) supplied|Double-check if all keys are defined/i,
    reason: 'what the workflow hands to the action is not whole: a secret that is empty here, or JSON with other names',
  },
  {
    id: 'login-action-broke',
    cause: 'tool-version-bug',
    strength: 60,
    when: /Login failed with (?:Syntax|Type|Reference)Error: .{0,80}/i,
    reason: 'the action could not read what the tool printed: releases that do not fit together',
  },
  {
    id: 'tool-ended-badly',
    cause: 'cli-invocation-failed',
    strength: 29,
    when: /Az CLI Login failed\. Please check the credentials|getting credentials: exec: executable [\w-]{3,40} failed with exit code \d|The process '[^']{1,120}[\\/](?:az|azd|pwsh|az\.cmd)' failed with (?:exit code|error)|Azure PowerShell Login failed/i,
    unless: /AADSTS\d|No subscriptions? found/,
    reason: 'the tool was started and failed, and its own words are not in the text',
  },
  {
    id: 'pipelines-oidc',
    cause: 'pipelines-oidc-unavailable',
    strength: 86,
    when: /OIDC token not found in response|oidcToken field not detected|Received null token from OIDC|response from (?:the )?OIDC endpoint|No service connection found with identifier|SYSTEM_OIDCREQUESTURI|VssInvalidPreviewVersionException|Unexpected response from OIDC token endpoint|AzurePipelinesCredential : Cannot parse|Failed to get OIDC token/i,
    reason: 'Azure Pipelines did not hand over an OIDC token',
  },

  // Certificates and assertions
  {
    id: 'certificate-unreadable',
    cause: 'cert-unreadable',
    strength: 84,
    when: /Failed to deserialize certificate|must include its private key|PKCS ?#?12 data|no BEGIN CERTIFICATE|(?:does not|doesn't) contain a PEM-encoded|no private key found|found no (?:private key|certificate)|no certificates? found|PEM file does not contain|Expected Start of Certificate|network password is not correct|Keyset does not exist|Password protection for PEM|Certificate format \(|Could not deserialize key data|bad decrypt|mac verify failure|PEM_read_bio|PEM routines.{0,30}no start line|The certificate \S* ?does not have a private key|digital envelope routines|Error outputting keys and certificates|error:0909006C|is not a valid certificate in PEM|Malformed certificate|must have an RSA private key|Unable to load PEM file|BEGIN.{0,12}END.{0,14} delimiters|Password was not given but private key is encrypted|Incorrect password, could not decrypt|Failed to parse the certificate for the credential|not a valid PEM file|does not contain -----BEGIN CERTIFICATE|failed to parse "[^"]{1,300}" due to error|secretOrPrivateKey must be|"alg" parameter for "ec" key|Could not load certificate file|Only \.pfx and \.pem files are supported|keystore password was incorrect/i,
    reason: 'the file was read and is not a certificate with its key in the form that is wanted',
  },
  {
    id: 'certificate-file-missing',
    cause: 'cert-unreadable',
    strength: 83,
    when: (flat) =>
      quoteOf(
        flat,
        /(?:No such file or directory|ENOENT|EISDIR|Is a directory|Could not find file|FileNotFound\w*)[^ ]{0,20}.{0,160}?\.(?:pem|pfx|p12|cer|crt)\b/i,
      ) ??
      quoteOf(flat, /failed to read certificate file "[^"]{1,300}"/) ??
      quoteOf(
        flat,
        /EnvironmentCredential(?: authentication failed\. .{0,160}More details:|: Authentication failed:) (?:EISDIR: |\[Errno 21?\] |ENOENT: )[^:]{1,80}/,
      ),
    unless: /CA certificate bundle|REQUESTS_CA_BUNDLE|azcmagent/i,
    reason: 'the certificate file is not where it was looked for',
  },

  // Developer tools
  {
    id: 'old-token-file',
    cause: 'tool-version-bug',
    strength: 88,
    when: /No Authorization Tokens were found|accessTokens\.json/,
    reason: 'this tool reads a file that az has not written since 2.30',
  },
  {
    id: 'tool-cannot',
    cause: 'tool-version-bug',
    strength: 80,
    when: /No certificate thumbprint or secret provided for the given service principal|only supported as a User \(not a Service Principal\)|ServicePrincipalToken does not contain secret material|\bInvalid \w{0,12}Version: \d|Error parsing (?:token )?expiration date|\bMSI auth(?:entication)? (?:is )?not (?:yet )?supported|msal4j\.[^ ]{1,80} com\.fasterxml\.jackson/i,
    reason: 'this release cannot do what is asked of it',
  },
  {
    id: 'library-tripped',
    cause: 'tool-version-bug',
    strength: 78,
    when: /(?:[Aa]uthentication failed|failed|Credential): (?:'\w{1,60}' object (?:has no attribute|is not (?:callable|subscriptable|iterable))|(?:[\w.]{1,60}\.)?\w{1,60}\(\) (?:got an unexpected keyword argument|takes \d|missing \d)|module '[\w.]{1,80}' has no attribute|unsupported operand type|string indices must be|\w[\w.]{1,60} is not a function\b).{0,60}/,
    reason:
      'the library stumbled over itself before it asked anybody: two packages of releases that do not fit together',
  },
  {
    id: 'tool-too-old',
    cause: 'tool-version-bug',
    strength: 82,
    when: /Please use Azure CLI 2\.54\.0 or newer|update to (?:azd CLI )?version \d+\.\d+\.\d+ or (?:later|higher)|unknown flag: --claims|Claims challenges are not supported by the (?:currently installed )?Azure Developer CLI/i,
    reason: 'the message asks for a newer release of the tool',
  },
  {
    id: 'kubelogin',
    cause: 'kubelogin-missing',
    strength: 90,
    when: /executable kubelogin not found|"?kubelogin"?: (?:command not found|executable file not found|not found)|unknown shorthand flag: 'l' in -l|Error running kubelogin|unknown flag: --(?:environment|server-id|tenant-id|login|client-id)|azure auth plugin has been removed|no Auth Provider found for name "azure"/i,
    reason: "kubectl found no kubelogin, or one that does not know Azure's flags",
  },
  {
    id: 'tool-timed-out',
    cause: 'cli-timeout',
    strength: 64,
    when: /(?:Azure CLI|Azure PowerShell|Azure Developer CLI) authentication timed out|Azure CLI process took too long|Failed to invoke (?:the Azure (?:Developer )?CLI|PowerShell(?!\. Enable debug))|Azure(?:CLI|DeveloperCLI|PowerShell)Credential: signal: killed|process hasn't exited|has failed to get access token in \d+ seconds|TimeoutExpired: Command .{0,160}?timed out/i,
    reason: 'the tool was started and had not answered when the credential stopped waiting',
  },
  {
    id: 'tool-out-of-time',
    cause: 'cli-timeout',
    strength: 63,
    when: /\bAzure(?:Cli|CLI|PowerShell|DeveloperCli|DeveloperCLI)Credential\b(?:(?!Credential).){0,160}?(?:context deadline exceeded|\btimed? ?out\b|Timeout of \d{1,6} ?ms)|Timeout of \d{1,6} ?ms exceeded while running \S{1,20}/,
    unless: /AADSTS\d|169\.254\.169\.254|HTTPS?ConnectionPool|login\.microsoftonline/,
    reason: 'the tool was started and had not answered when the credential stopped waiting',
  },
  {
    id: 'tool-not-started-by-powershell',
    cause: 'cli-not-installed',
    strength: 66,
    when: /Program '(?:az|azd|pwsh)(?:\.cmd|\.exe|\.bat)?' failed to run: .{0,80}(?:cannot find|No such file|not recognized)/i,
    reason: 'the program that the script starts is not on this machine, or not on PATH',
  },
  {
    id: 'toolkit-signed-out',
    cause: 'ide-signin-unavailable',
    strength: 60,
    when: /AzureToolkitAuthenticationException: .{0,60}not signed[- ]in/i,
    reason: 'the toolkit in the editor has nobody signed in',
  },
  {
    id: 'tool-without-its-modules',
    cause: 'cli-invocation-failed',
    strength: 66,
    when: /No module named '?azure\.cli\b/,
    reason: 'az was started and its own installation is broken',
  },
  {
    id: 'tool-crashed',
    cause: 'cli-invocation-failed',
    strength: 62,
    when: /(?:Azure CLI|Azure Developer CLI|Azure PowerShell) authentication failed due to an unknown error|Failed to invoke (?:Azure (?:Developer )?CLI|PowerShell\. Enable debug)|Azure(?:CLI|DeveloperCLI|PowerShell)Credential: (?:exit status \d|Killed\b|error parsing token expiration)|CredentialUnavailableError: (?:Unexpected (?:token|end of JSON|non-whitespace)|Cannot read properties of null \(reading 'accessToken'\)|(?:Error: )?ProcessError)|Attempted credentials: (?:invalid character '|unexpected end of JSON|json: cannot unmarshal)|deserializing ExpiresOn time from PowerShell|AzureCliToken\.getAccessToken|The process exited with code \d|Azure Power[Ss]hell authentication failed(?!.{0,130}(?:Unable to execute PowerShell|is not installed|Run Connect-AzAccount))|PowerShell did not return a valid response|(?:\/|\b)(?:az|azd|pwsh): (?:Permission denied|cannot execute)|Unexpected (?:output|response) from (?:the )?(?:Azure|Get-Az)|expects a 'SystemRoot' environment|Unable to parse the output of PowerShell|No access token found in the output|Execution policy prevented|AuthorizationManager check failed|ParameterBindingException|is not recognized as (?:the|a) name of a cmdlet|specify only one of subscription and tenant|'?SYSTEMROOT'?.{0,40}(?:has no value|not set)|Safe Working directory could not be found|Failed to execute '|Unknown error while trying to retrieve the access token|Permission denied: '[^']{0,200}\.azure/i,
    reason: 'the tool is installed, was started, and failed',
  },
  {
    id: 'tool-arguments',
    cause: 'cli-invocation-failed',
    strength: 68,
    when: /\b(?:az|azd|pwsh)\b.{0,20}error: (?:unrecognized arguments|the following arguments are required|argument )|(?:running|invoking|executing) (?:the )?(?:Azure (?:Developer )?CLI|az|azd): exit status [2-9]|'\w[\w-]{1,40}' is misspelled or not recognized by the system|usage: az .{0,900}?az [\w -]{1,40}: error: .{1,60}/i,
    reason: 'the tool was started with words that this release of it does not know',
  },
  {
    id: 'powershell-unreadable',
    cause: 'cli-invocation-failed',
    strength: noise(52, 4),
    when: /Encountered error when deserializing response from Azure Power ?Shell/i,
    reason:
      'the SDK for Java says this of whatever PowerShell prints instead of a token, also where it is not there at all',
  },
  {
    id: 'az-signed-out',
    cause: 'cli-not-logged-in',
    strength: 50,
    when: /Please run ['"]az login['"]|(?:does not exist in MSAL token cache|from local cache for service principal).{0,60}Run `az login`|Can't find token from MSAL cache|Azure CLI could not login\. Interactive login is required/i,
    reason: 'az is installed and nobody is signed in',
  },
  {
    id: 'azcopy-signed-out',
    cause: 'cli-not-logged-in',
    strength: 50,
    when: /no SAS token or OAuth token is present|no cached token found.{0,40}log ?in with azcopy|OAuth token or shared key should be provided/i,
    reason: 'azcopy found neither a sign-in of its own nor a signature in the address',
  },
  {
    id: 'azd-signed-out',
    cause: 'azd-not-logged-in',
    strength: ({ inChain }) => (inChain ? 48 : 52),
    when: /Please run ['"`]azd (?:auth )?login['"`]|not logged in, run `azd (?:auth )?login`|reauthentication required(?:[,:] ?run ['`]azd|\.)|not logged in, run azd auth login|login expired, run `azd|Azure Developer CLI could not login/i,
    reason: 'azd is installed and nobody is signed in to it',
  },
  {
    id: 'powershell-signed-out',
    cause: 'powershell-not-logged-in',
    strength: ({ inChain }) => (inChain ? 47 : 55),
    when: /(?:Please run|please run|\bRun) ['"]?Connect-AzAccount['"]? (?:to|from)|PSContextCredential|No subscription found in the context|Your Azure credentials have not been set up or have expired/i,
    reason: 'Azure PowerShell is installed and has no signed-in context',
  },
  {
    id: 'powershell-account-stale',
    cause: 'powershell-not-logged-in',
    strength: 68,
    when: /Your Azure credentials have not been set up or have expired, please run Connect-AzAccount.{0,120}SharedTokenCacheCredential/i,
    unless: /AADSTS\d|conditional access/i,
    reason: 'the account that Azure PowerShell keeps gives no tokens any more',
  },
  {
    id: 'powershell-signed-out-elsewhere',
    cause: 'powershell-not-logged-in',
    strength: 51,
    when: /(?:Connect|Login)-Az(?:ureRm)?Account\b.{0,240}?\[\w+-Az\w+\], PSInvalidOperationException/i,
    unless: /AADSTS\d/,
    reason: 'the cmdlet stops with this error, in whatever language, where Azure PowerShell has no signed-in context',
  },
  {
    id: 'broker-without-network',
    cause: 'network-blocked',
    strength: 82,
    when: /Status_NoNetwork|Status(?:_|: )(?:Network|Server)TemporarilyUnavailable|The server or proxy was not found/,
    reason: "the operating system's account broker could not reach the token service",
  },
  {
    id: 'broker-asks-for-person',
    cause: 'mfa-required',
    strength: 80,
    when: /Response_Status\.Status_InteractionRequired|Status: InteractionRequired|User interaction is required\. This may be due to the conditional access/i,
    reason: 'the saved sign-in needs a person again, mostly for MFA',
  },
  {
    id: 'tool-asks-for-claims',
    cause: 'mfa-required',
    strength: 70,
    when: /requires multi-?factor authentication or additional claims|must use multi-factor authentication|Two-factor authentication required/i,
    reason: 'the tool is signed in without the proof that is asked for now',
  },
  {
    id: 'tool-missing',
    cause: 'cli-not-installed',
    strength: ({ inChain, hasHosts }) => (inChain ? (hasHosts ? 25 : 44) : 60),
    when: /Azure CLI (?:not installed|not found on path|could not be found)|AzureC(?:li|LI)Credential: (?:executable not found on path|fork\/exec \S{1,80}: no such file)|\baz not found on PATH|'az' is not recognized|["']az["'].{0,40}?(?:falsch geschrieben|nicht gefunden|pas reconnu|no se reconoce|riconosciuto|reconhecido|不是内部|内部コマンド|не является)|\baz: No such file or directory|\baz: (?:command )?not found|exec: "az": executable file not found|Unable to locate executable file: '?az'?/i,
    reason: 'the program az is not on the PATH of this process',
  },
  {
    id: 'other-tool-missing',
    cause: 'cli-not-installed',
    strength: noise(45, 4),
    when: /Azure Developer CLI (?:could(?: not|n't) be found|not installed|not found)|\bazd not found on PATH|PowerShell is(?: not|n't) installed|Unable to execute PowerShell|Az\.Accounts?'? module (?:with version )?>= 2\.2\.0 is(?: not|n't) installed|Az\.Accounts (?:PowerShell )?module not found|module 'Az\.Accounts' with version|NO_AZ_ACCOUNT_MODULE|executable not found on path|'azd' is not recognized|azd: (?:command )?not found/i,
    reason: 'the tool that this credential starts is not installed here',
  },
  {
    id: 'visual-studio-account',
    cause: 'ide-signin-unavailable',
    strength: 63,
    when: /TS003: Error, TS00\d|needs? re-authentication\. Please (?:go to|open)|TS00[0-9]: (?:No accounts found|This account)/,
    reason: 'Visual Studio is there, and the account in it has to sign in again',
  },
  {
    id: 'editor-sign-in',
    cause: 'ide-signin-unavailable',
    strength: noise(55, 10),
    when: /Visual Studio Token provider can't be accessed|Visual Studio Code Authentication (?:is not|failed)|VisualStudio(?:Code)?Credential (?:authentication unavailable|requires|does not support)|Failed To Read (?:VS ?Code )?Credentials|IntelliJ Authentication not available|requires the 'azure-identity-broker' package|Authenticate via Azure (?:Service Authentication|Tools)|Failed to get Azure user details from Visual Studio Code|Cannot load authentication record in Visual|ADFS tenant not supported|MSAL Interaction Required|Stored credentials not found/i,
    reason: "the editor's sign-in is not to be had from here",
  },
  {
    id: 'debugged-in-editor',
    cause: 'ide-signin-unavailable',
    strength: 54,
    when: (flat) =>
      /was not handled in user code|but was not handled|Exception has occurred: CLR/i.test(flat)
        ? quoteOf(
            flat,
            /Visual Studio Token provider can't be accessed at \S{1,120}|Visual Studio Code Authentication is not available/,
          )
        : null,
    reason: "the program runs under an editor's debugger and cannot reach that editor's sign-in",
  },
  {
    id: 'broker',
    cause: 'broker-failure',
    strength: noise(78, 9),
    when: /WAM Error|Could not find a WAM account|wam_no_account|RuntimeBroker\.\w|using broker authentication|Status: Response_Status\.|(?<!\w)BrokerCredential requires the|Unable to load DLL 'msalruntime|broker is unavailable|silently authenticate via the broker|default broker account|InteractiveBrowserBrokerCredential (?:unavailable|initialization failed)|azure-identity-broker dependency is not available|ApiContractViolation|A window handle must be configured|\[WamBroker\]|Error: 0xffffffff8007[0-9a-f]{4}|waiting for accounts control to finish|broker_error|\bWAM\b.{0,60}fail/i,
    reason: "the operating system's account broker could not do its part",
  },
  {
    id: 'token-cache',
    cause: 'token-cache-persistence',
    strength: 79,
    when: /Persistence check failed|[Ss]hared token cache is unavailable|libsecret-1\.so|LibSecretError|keychainCache\.|\(-25308\)|-25293|persistent storage isn't available|Unable to read from the (?:system keyring|macOS Keychain)|no persistence providers are available|Persistent token caching was requested|PersistenceDecryptionError|PersistenceEncryptionError|WinError -2146893813|\b2148073483\b|Error decrypting data of size|Failed to load token files|0x8009000b|msal_extensions[/\\\\.]\w+[^ ]{0,20}.{0,60}(?:un)?protect|Key not valid for use in specified state|ProtectedData\.(?:Unp|P)rotect|undefined: accessor\.|Cache encryption is impossible|allow_unencrypted_storage|Cannot autolaunch D-Bus|ERR_DLOPEN_FAILED|org\.freedesktop\.(?:secrets|Secret)|MsalCachePersistenceException|\btoken_cache\.py\b.{0,900}JSONDecodeError|The name org\.freedesktop/i,
    unless: /Failed to read Vs Code credentials/i,
    reason: 'the encrypted store for tokens cannot be opened here',
  },
  {
    id: 'several-accounts',
    cause: 'account-ambiguous',
    strength: noise(78, 49),
    when: /Found multiple accounts with the same username|Multiple accounts were (?:found|discovered) in the (?:shared token )?cache|Multiple accounts matching the specified|(?:multiple|several|more than one) (?:\w+ ){0,2}(?:accounts?|tokens|cache entries) (?:match|fit|satisfy)|multiple_matching_(?:accounts|tokens)/i,
    reason: 'more than one saved account fits',
  },

  // Network
  {
    id: 'certificate-not-trusted',
    cause: 'tls-trust',
    strength: 83,
    when: /CERTIFICATE_VERIFY_FAILED|certificate verify failed|PKIX path (?:building|validation) failed|unable to find valid certification path|self[- ]signed certificate|SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER_CERT|VERIFY_LEAF)|x509: certificate|unable to get local issuer|remote certificate is invalid|SSL connection could not be established|TLS CA certificate bundle|Problem with the SSL CA cert|SSL peer certificate|(?:certificate|cert) (?:is )?(?:not trusted|has expired)|signed by unknown authority|thumbprint (?:from Service Fabric )?(?:does not|did not) match|SSLHandshakeException|General OpenSslEngine problem|unable to verify the first certificate|Could not establish trust relationship/i,
    reason: 'the certificate that was shown does not lead to a root that this program trusts',
  },
  {
    id: 'name-not-resolved',
    cause: 'dns-failure',
    strength: 81,
    when: /getaddrinfo (?:failed|ENOTFOUND|EAI_AGAIN)|no such host|dial tcp: lookup \S+|Name or service not known|Temporary failure in name resolution|UnknownHostException|NameResolutionError|nodename nor servname|No such host is known|UnresolvedAddressException|Could(?: not|n't) resolve host|remote name could not be resolved|server misbehaving|Max retries \d{1,3} times exceeded\. Error Details: [\w-]{1,63}(?:\.[\w-]{1,63}){1,5}(?=\s|$)/i,
    reason: 'the name of the host cannot be resolved here',
  },
  {
    id: 'authority-not-reached',
    cause: 'network-blocked',
    strength: 74,
    when: /endpoints_resolution_error|openid_config_error|ProxyError|Cannot connect to proxy|407 Proxy|Tunnel connection failed|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|Connection to the authority host cannot be established|connected party did not properly respond|Max retries exceeded|ConnectTimeout|forcibly closed by the remote host|ConnectionResetError|Connection reset by peer|'Connection aborted\.'|Network is unreachable|no_network_connectivity|dial tcp [\d.]{7,15}:443: (?:i\/o timeout|connect)|network_error|unable to resolve an endpoint|ConnectTimeoutException|actively refused|Couldn't start an HTTP server|\bEADDRINUSE\b|Loopback server|auth code listener|Failed to open a browser|Unable to open a web page|could not (?:open|locate|find) (?:a )?(?:runnable )?browser|Unable to connect to proxy|IncompleteRead\(|body download policy: unexpected EOF|PrematureCloseException|network_error: See https/i,
    unless: /169\.254\.169\.254|ManagedIdentityCredential: Network unreachable|IMDS endpoint cannot be established/,
    reason: 'the token service, or the proxy before it, cannot be reached',
  },

  {
    id: 'database-not-reached',
    cause: 'network-blocked',
    strength: 40,
    when: /Login timeout expired|\bHYT00\b/,
    unless: /AADSTS\d/,
    reason: 'nothing answered in time: the database, or what was asked for a token for it',
  },
  {
    id: 'answered-without-json',
    cause: 'network-blocked',
    strength: 61,
    when: /Credential: Authentication failed: Expecting value: line 1 column 1.{0,10}|(?:Credential: |unable to resolve an endpoint: )json decode error: invalid character '<'.{0,40}|Could not parse JSON from HttpResponse body|JSONDecodeError: Expecting value: line 1 column 1.{0,10}(?=.{0,2000}login)|requests[\\/.](?:models|exceptions).{0,400}JSONDecodeError: Expecting value|Unexpected response from Microsoft Entra ID: <.{0,40}|An unknown error occured\. Http status code: 200 Http status message: <.{0,40}|could not be parsed\. Please inspect the exception properties|Response body is not application\/json/i,
    unless: /169\.254\.169\.254|ManagedIdentityCredential: (?:Authentication failed|Unexpected)/i,
    reason:
      'Entra answers in JSON, so somebody in between answered: a proxy, a filter, a page to sign in to the network',
  },
  {
    id: 'metadata-unreadable',
    cause: 'network-blocked',
    strength: 52,
    when: /Unable to get authority configuration for https?:\/\/login\.[\w.]{1,60}/i,
    reason: 'MSAL says the same where the document of the tenant cannot be read',
  },
  {
    id: 'authority-unknown-to-msal',
    cause: 'request-malformed',
    strength: 72,
    when: /authority provided, https?:\/\/.{1,120}?,? is not well-known|is not a trusted authority|cannot use an authority host without https|authority Uri should have at least one segment|should consist of an https url with|Authority host must use https scheme|Must provide a valid URI for authority host|is an invalid authority\. The value must be/i,
    reason: 'the authority host is not one of Entra, or not written as an address',
  },
  {
    id: 'answered-by-a-page',
    cause: 'network-blocked',
    strength: 60,
    when: /\b50[234]\b.{0,300}?(?:<html|<!doctype|Bad Gateway|Service Unavailable|Gateway Time-?out)|(?:<html|<!doctype).{0,300}?\b50[234]\b/i,
    unless: /169\.254\.169\.254|ManagedIdentityCredential|msi\/token/i,
    reason: 'a page of an error came back where the token service would have answered',
  },
  {
    id: 'connection-refused',
    cause: 'network-blocked',
    strength: 61,
    when: /Failed to establish a new connection|Fail(?:ed)? to get a new connection for: https?:\/\/login\.|Could not connect to server.{0,40}login\.|(?<!IMDS endpoint, )Connection refused|connection was refused|No connection could be made/i,
    unless: /169\.254\.169\.254|127\.0\.0\.1|localhost:40342|msi\/token/i,
    reason: 'nobody answers at the address of the token service, or of the proxy before it',
  },
  {
    id: 'discovery-without-tenant',
    cause: 'tenant-not-found',
    strength: 60,
    when: /endpoints_resolution_error|openid_config_error/,
    reason: 'MSAL for JavaScript says the same of a tenant that does not exist, whose documents it cannot read',
  },
  {
    id: 'platform-not-known',
    cause: 'ca-device-required',
    strength: 60,
    when: /log in to a device from a platform \(Unknown\)|Supported device platforms are/i,
    reason: 'the policy asks for a device that it knows, and a device code or a container shows none',
  },
  {
    id: 'closed-to-this-address',
    cause: 'network-blocked',
    strength: 86,
    when: /ForbiddenByFirewall|Client address is not authorized and caller is not a trusted service|\bnot allowed (?:to access|by) (?:the |its )?(?:firewall|network rules?)|Public network access is disabled|AuthorizationFailure.{0,200}network rule/i,
    reason: 'the service knew who asked and takes requests only from other networks',
  },
  {
    id: 'address-without-host',
    cause: 'request-malformed',
    strength: 52,
    when: /\bno Host in request URL|unsupported protocol scheme ""|Invalid URI: The hostname could not be parsed|Only absolute URLs are supported/i,
    reason: 'a setting that should hold an address holds none: a variable of the program is empty or misspelt',
  },
  {
    id: 'principal-unknown',
    cause: 'app-not-found',
    strength: 72,
    when: /PrincipalNotFound|Application not registered with AAD|Principal [0-9a-f-]{32,36} does not exist in the directory/i,
    reason: 'the identity that is named does not exist in this directory, or has not reached every copy of it yet',
  },
  // What services answer to a token
  {
    id: 'role-missing',
    cause: 'rbac-missing',
    strength: 85,
    when: /does not have authorization to perform action|AuthorizationFailed|AccessToKeyVaultDenied|was denied access to Key Vault|AuthorizationPermissionMismatch|lacks the required data action|does not have \w+ \w+ permission on|Caller is not authorized to perform action|Insufficient privileges to complete|does not have required RBAC|HttpResponseError: \(\) Authorization failed|Message: Authorization failed\.|Request blocked by Auth|cannot be authorized by AAD token in data plane|claim\(s\) are required to perform|not authorized to perform this operation using this permission|Authorization_RequestDenied|ForbiddenByRbac|Login failed for user '<token-identified principal>'|failed to (?:authorize|fetch (?:oauth|anonymous) token).{0,160}azurecr|azurecr\.(?:io|us|cn)\b.{0,200}unauthorized: authentication required|TF400813|Access denied to resource|does not have (?:the )?required permissions?|RBAC(?:AccessDenied| access denied)/i,
    reason: 'the service knew who asked, and that identity may not do this',
  },
  {
    id: 'directory-read-missing',
    cause: 'rbac-missing',
    strength: 55,
    when: /listing (?:Service Principals|Applications|Users|Groups): .{0,80}graphrbac.{0,120}StatusCode:40[03]|graphrbac\.\w{1,40}Client\W{1,4}Method\W{1,4}\w{1,20}\W{1,4}StatusCode:40[03]/,
    reason: 'the directory does not let this application read itself: it lacks the permission to read the directory',
  },
  {
    id: 'storage-refused-by-az',
    cause: 'rbac-missing',
    strength: 44,
    when: /may be caused by either invalid account key, connection string or sas token/i,
    reason: 'az says the same of every refusal of storage; with --auth-mode login it is a missing data role',
  },
  {
    id: 'storage-without-proof',
    cause: 'request-malformed',
    strength: 60,
    when: /Missing credentials to access storage service/i,
    reason: 'az was told neither a key nor to use the sign-in',
  },
  {
    id: 'registry-refused',
    cause: 'rbac-missing',
    strength: 52,
    when: /CONNECTIVITY_(?:REFRESH|ACCESS)_TOKEN_ERROR.{0,200}Response code: 40[13]/i,
    reason: 'the registry knows the sign-in and gives it no token: it has no role such as AcrPull here',
  },
  {
    id: 'registry-not-reached',
    cause: 'network-blocked',
    strength: 51,
    when: /CONNECTIVITY_(?:DNS|SSL|CHALLENGE|REFRESH_TOKEN|ACCESS_TOKEN|TOOMANYREQUESTS|WEBSOCKET|FORBIDDEN)_ERROR/,
    unless: /CONNECTIVITY_\w{1,20}_ERROR.{0,200}Response code: 429/,
    reason: 'az could not speak with the registry itself: the name, the proxy or the firewall before it',
  },
  {
    id: 'permission-missing',
    cause: 'rbac-missing',
    strength: 79,
    when: /Principal does not have access to|(?:identity|principal|user|caller|client|account|application)\b.{0,120}? (?:does not|doesn't|do not) have (?:(?:the|any|sufficient|required|necessary|enough) ){0,2}(?:\w+ )?(?:permissions?|authorization|access|rights?|privileges?) (?:for|to|on|over)\b|\bpermissions? (?:is|are) (?:missing|required|insufficient)|insufficient (?:privileges|permissions?)|\bnot authorized to (?:perform|access)/i,
    unless: /access to subscription|AADSTS|169\.254\.169\.254|Access to the path|challenge file|\.key\b|id-token/i,
    reason: 'the service says that this identity lacks a permission',
  },
  {
    id: 'kubernetes-unauthorized',
    cause: 'wrong-audience',
    strength: 40,
    when: /You must be logged in to the server|the server has asked for the client to provide credentials/i,
    reason: 'the API server of the cluster does not take the token, or got none',
  },
  {
    id: 'forbidden',
    cause: 'rbac-missing',
    strength: 48,
    when: /\b403 \(?Forbidden|StatusCode"?[=:] ?403|Error code: 403|Status: 403|PermissionDenied/i,
    unless: /169\.254\.169\.254|ManagedIdentityCredential|proxy|\/msi\/token|AuthenticationTypeDisabled|KeyBasedAuth/i,
    reason: 'a service answered 403: the token was accepted, the action was not',
  },
  {
    id: 'audience-refused',
    cause: 'wrong-audience',
    strength: 86,
    when: /'Authorization' header is provided in an invalid format|InvalidAuthenticationTokenAudience|obtained (?:for|from) wrong audience|invalid audience|audience is (?:incorrect|invalid)|audience validation failed|Audience did not match|IDX10214|AKV10022|Access token is missing, invalid, audience|Access Token missing or malformed|Authentication_MissingOrMalformed|token audience .{0,60}(?:invalid|expected)/i,
    reason: 'the service got a token that was made for another one',
  },
  {
    id: 'issuer-refused',
    cause: 'wrong-tenant-token',
    strength: 86,
    when: /InvalidAuthenticationTokenTenant|from the wrong issuer|AKV10032|not currently configured to accept this token|Invalid issuer|IDX10205|IDX40001|Tenant provided in token does not match/i,
    reason: 'the service belongs to another tenant than the one that issued the token',
  },
  {
    id: 'claims-challenge',
    cause: 'cae-challenge',
    strength: 87,
    when: /Continuous access evaluation resulted in challenge|insufficient_claims|TokenCreatedWithOutdatedPolicies|LocationConditionEvaluationSatisfied|TokenIssuedBeforeRevocationTimestamp/i,
    reason: 'the service refused a token that is still valid and asks for a new one with more claims',
  },
  {
    id: 'claims-not-supported',
    cause: 'cae-challenge',
    strength: 68,
    when: /doesn't support claims challenges|Claims challenges are not supported by (?:AzureCli|AzurePowerShell)|--claims-challenge/i,
    reason: 'a service asked for more claims, which this tool can only get by a new sign-in',
  },
  {
    id: 'subscription',
    cause: 'subscription-not-visible',
    strength: 82,
    when: /doesn't exist in cloud|subscription ID \S{1,80} is not known by Azure CLI|No subscriptions? found(?! in the context)|Subscription '[^']{1,100}' not found|subscription ID could not be determined|SubscriptionNotFound|Please provide a valid tenant or a valid subscription|The subscription '[^']{1,100}' could not be found|(?:does not|doesn't|don't|do not) have access to (?:any |the |this )?subscriptions?\b|failed to resolve user(?: '[^']{0,100}')? access to subscription|(?:not|never) (?:found|visible).{0,40}\bsubscription\b.{0,40}az account|No subscription (?:is )?(?:found(?! in the context)|available)/i,
    reason: 'whoever is signed in does not see that subscription',
  },

  // How the request was made
  {
    id: 'tenant-not-allowed',
    cause: 'tenant-not-allowed',
    strength: 86,
    when: /(?:not|isn't) configured to acquire tokens for tenant|\bTenantIdResolver(?:Base)?\.Resolve\b/i,
    reason: 'the credential was built for another tenant than the one this request asks for',
  },
  {
    id: 'tenant-unknown',
    cause: 'tenant-not-found',
    strength: 76,
    when: /Invalid tenant id provided|invalid tenantID\. You|invalid tenant ID \S{1,120}\. You|Unable to get authority configuration|"?invalid_tenant"?|is neither a valid DNS name|OIDC Discovery failed/i,
    reason: 'what was given as tenant is none that the authority knows',
  },
  {
    id: 'tenant-too-general',
    cause: 'tenant-not-named',
    strength: 80,
    when: /missing_tenant_id_error|tenant ID must be a specific tenant|not configured as a multi-tenant application/i,
    reason: 'a common authority was asked where one tenant has to be named',
  },
  {
    id: 'scope',
    cause: 'scope-invalid',
    strength: 76,
    when: /Invalid scope was specified|does not accept client id as a user-provided scope|An invalid scope was provided|invalid scope ["\S]|Multiple scopes are not supported|requires exactly one scope|exactly one scope must be passed|requires at least one scope|scope format is invalid|scope is not in expected format|input parameter '?scope'? is not valid/i,
    reason: 'the scope is not of the form that this takes',
  },
  {
    id: 'credential-chosen-wrongly',
    cause: 'request-malformed',
    strength: 80,
    when: /(?:Invalid value.{0,160}AZURE_TOKEN_CREDENTIALS|AZURE_TOKEN_CREDENTIALS(?:'| environment variable)? (?:for DefaultAzureCredential )?(?:must be set|is required|is not set or)|environment variable is missing: AZURE_TOKEN_CREDENTIALS|invalid AZURE_TOKEN_CREDENTIALS value|Invalid environment variable name|configurationEnvironmentVariableName)/i,
    reason: 'the variable that chooses the credential holds something that is none',
  },
  {
    id: 'parameter-missing',
    cause: 'request-malformed',
    strength: noise(66, 12),
    when: /(?:is a required parameter|are required parameters|Must provide non-null values for|Value cannot be null\. \(Parameter|Only one of clientId, resourceId|identity_config(?:' must| must) not contain (?:any|more)|Invalid subscription: \S|at least one credential (?:is required|type must)|must be passed in as keyword|no service connection ID specified|No system access token specified|must not be empty|must be a URL with port|parameter 'identity\w{1,20}' cannot be empty|requires a value for either|Provide either a PEM certificate|providing both the contents|not both|(?:secret|client ?id|tenant ?id|scope|resource|token) (?:can't|cannot|may not) be (?:empty|null|blank)|only one of 'clientId'|More than one ManagedIdentityIdType|should be the id of|should be a Microsoft Entra|Certificate file path is empty|No (?:client ?id|tenant ?id|authority|scopes?) (?:was|were) specified|'?\b(?:client ?id|tenant ?id|client ?secret|instance|authority|domain)'?(?: option)? must be (?:provided|specified|set)|contains invalid characters|invalid subscription )/i,
    unless: /WorkloadIdentityCredential: is unavailable|subscription and tenant, not both/i,
    reason: 'what the credential was built with is incomplete or contradicts itself',
  },
  {
    id: 'authority-not-https',
    cause: 'request-malformed',
    strength: 74,
    when: /authorityHost address must use the 'https'|must be a TLS protected \(https\)|authority host doesn't use HTTPS/i,
    reason: 'the authority host is given without https',
  },
  {
    id: 'interaction-needed',
    cause: 'mfa-required',
    strength: 66,
    when: /Token acquisition failed for user \S{3,120}\. Ensure that you have authenticated|Interactive authentication is required|Automatic authentication has been disabled|\b(?:user_)?interaction_required\b|Timed out (?:waiting for user|after waiting \d+ seconds for the user)|Device code is expired|timeout for device code polling/i,
    reason: 'a person has to act, and the flow could not ask or nobody answered',
  },
  {
    id: 'sign-in-cancelled',
    cause: 'mfa-required',
    strength: 63,
    when: /error_subcode\W{1,5}cancel|\buser_?cancell?ed\b|authentication_canceled|User cancell?ed (?:the )?(?:authentication|sign|login|flow)|the user cancell?ed/i,
    unless: /AADSTS\d/,
    reason: 'a person has to act, and left the page of the sign-in or was sent away from it',
  },
  {
    id: 'tenant-gave-no-token',
    cause: 'mfa-required',
    strength: 44,
    when: /Unable to acquire token for tenant '[^']{1,80}'(?! with error)/,
    unless: /AADSTS\d|Credential (?:authentication|is)/,
    reason: 'one tenant of the account gave no token without a person, mostly because it wants MFA',
  },
  {
    id: 'az-asks-for-person',
    cause: 'mfa-required',
    strength: 30,
    when: /Interactive authentication is needed\. Please run: ?az log|Run the command below to authenticate interactively/,
    reason: 'az found that its saved sign-in does not do, and says so after every refusal',
  },
  {
    id: 'msal-needs-a-person',
    cause: 'mfa-required',
    strength: 40,
    when: /MsalUiRequiredException|MsalInteractionRequiredException|InteractionRequiredAuthError|\bno_(?:tokens_found|account_error|account_in_silent_request)\b|\buser_null\b|No account or login hint was passed/,
    reason: 'MSAL found nothing in its cache that would do without a person',
  },
  {
    id: 'access-token-expired',
    cause: 'refresh-token-expired',
    strength: 58,
    when: /ExpiredAuthenticationToken|access token expiry UTC time|access token (?:has |is )?expired|Lifetime validation failed|IDX10223|token is expired|jwt expired/i,
    unless: /AADSTS/,
    reason: 'the token that was sent had ended: a new one was not fetched in time',
  },
  {
    id: 'consent-required',
    cause: 'consent-missing',
    strength: 70,
    when: /\bconsent_required\b|has not consented to use the application|not listed in the requested permissions/i,
    reason: 'the application has no consent for what it asks',
  },

  // Variables
  {
    id: 'variable-not-found',
    cause: 'env-incomplete',
    strength: ({ inChain }) => (inChain ? 7 : 72),
    when: /environment variable ['"`]?(?:AZURE|ARM)_(?:TENANT|CLIENT|USERNAME|PASSWORD)\w{0,40}['"`]? (?:is )?(?:not (?:found|set|defined|present)|missing|empty|unset)|\b(?:AZURE|ARM|AAD)_\w{3,50}['"`]? environment variables? (?:is |was |are )?(?:not (?:found|set|defined|present)|missing|empty|unset)/i,
    unless: /FEDERATED|workload.?identity/i,
    reason: 'one of the variables of a service principal is not set',
  },
  {
    id: 'provider-settings-missing',
    cause: 'env-incomplete',
    strength: 70,
    when: /\b(?:Client|Tenant|Subscription|Object) ?(?:ID|Id|Secret)\b(?: \w+){0,3} must be (?:configured|set|specified|provided) (?:when|if|for|in order)/,
    unless: /AADSTS\d/,
    reason: 'the settings of a service principal are not all set',
  },
  {
    id: 'variable-empty',
    cause: 'env-incomplete',
    strength: 70,
    when: /\b(?:client(?:Id|Secret)|tenantId) is null or empty/,
    reason: 'a variable of the service principal is set to nothing',
  },
  {
    id: 'password-grant-failed',
    cause: 'password-wrong',
    strength: 50,
    when: /Failed to acquire token with username and password|UsernamePasswordCredential authentication failed/i,
    unless: /AADSTS/,
    reason: 'user name and password got no token, and the text does not say why',
  },
  {
    id: 'federated-sign-in-refused',
    cause: 'password-wrong',
    strength: 58,
    when: /\bSAML (?:token|assertion) is invalid|unsigned or the signature was invalid|ADFS.{0,60}(?:password|credential)|wstrust|ws-trust/i,
    unless: /on[- ]behalf|\bobo\b/i,
    reason: 'the password was checked by a federated sign-in service, whose answer Entra does not take',
  },
  {
    id: 'on-behalf-of-failed',
    cause: 'obo-assertion-invalid',
    strength: 50,
    when: /Failed to acquire token with On Behalf Of Authentication/i,
    unless: /AADSTS/,
    reason: "the exchange of the user's token failed, and the text does not say why",
  },
  {
    id: 'variables-half-set',
    cause: 'env-incomplete',
    strength: ({ inChain }) => (inChain ? 43 : 80),
    when: /incomplete environment variable configuration\. Only \S{1,120}|These variables are set: AZURE_\w+|Missing or incomplete environment variable/i,
    reason: 'some variables of one flow are set and others are not',
  },
  {
    id: 'variables-missing',
    cause: 'env-incomplete',
    strength: noise(58, 6),
    when: /EnvironmentCredential authentication unavailable|Environment variables are(?: not|n't) fully configured|EnvironmentCredential is unavailable|missing environment variable AZURE_|cannot return a token because one or more of the following environment variables|Required environment variables? '|Environment variable '[^']{1,120}' is not set or is empty|nodePublishSecretRef secret is not set|(?:required|missing|unset) environment variables?.{0,80}(?:AZURE|ARM)_(?:TENANT|CLIENT)_|keys? do(?:es)? not have values?: (?:AZURE|ARM)_/i,
    reason: 'the variables of a service principal are not all set',
  },
  {
    id: 'authorization-header-missing',
    cause: 'request-malformed',
    strength: 60,
    when: /(?:'?Authorization'? header (?:is|was) (?:missing(?! access)|not (?:found|present))|does not contain an Authorization header|(?:missing|no) '?Authorization'? header)/i,
    reason: 'the request went out without a token',
  },
  {
    id: 'setting-empty',
    cause: 'env-incomplete',
    strength: 55,
    when: /\bparameter '(?!identity)\w{1,40}' cannot be empty/i,
    reason: 'one of the settings of the service principal was handed over empty',
  },

  // Nothing at all
  {
    id: 'chain-exhausted',
    cause: 'no-credential-available',
    strength: 40,
    when: /DefaultAzureCredential:? failed to (?:retrieve a token|acquire a token)|Tried the following \d+ methods to get an access token|No credential in this chain provided a token|No valid token received|ChainedTokenCredential authentication failed|Failed to get token from (?:Default|Chained)|no Authorizer could be configured|Failed to retrieve a valid token|must contain at least one TokenCredential|Failed to get credentials\. Either pass as parameters|Authentication failed to complete due to the following errors|refer to the troubleshooting guidelines here at https:\/\/aka\.ms\/azure-identity-java-default|Multiple e(?:rrors|xceptions) were encountered while attempting to authenticate/i,
    reason: 'every credential of the chain says that it has nothing to try with',
  },
  {
    id: 'own-chain-exhausted',
    cause: 'no-credential-available',
    strength: 28,
    when: /ChainedTokenCredential failed to retrieve a token/i,
    reason: 'no member of the chain had anything to try with',
  },
  {
    id: 'mistake-in-program',
    cause: 'tool-version-bug',
    strength: 27,
    when: (flat) =>
      /azure|microsoft\.identity|-Az[A-Z]\w|\badlfs\b|msal|msrest|\badal\b|knack/i.test(flat)
        ? quoteOf(
            flat,
            /UnboundLocalError: .{0,80}|AttributeError: '?\w{1,60}'? object has no attribute '\w{1,40}'|AttributeError: module '[\w.]{1,80}' has no attribute '\w{1,40}'|ImportError: cannot import name .{0,80}|ModuleNotFoundError: No module named .{0,60}|TypeError: object \w{1,40} can't be used in 'await' expression|'coroutine' object has no attribute|Unsupported credential(?: type)?: .{1,80}|does not have an implementation|KeyError: '\w{1,40}'(?=.{0,40}$)|TypeError: \S{1,60} got an unexpected keyword argument '\w{1,40}'|NoSuchMethodError: .{0,80}|NoClassDefFoundError: .{0,80}|MissingMethodException: .{0,80}|\bMethod not found: {0,3}'.{0,80}|TypeLoadException: .{0,80}|Could not load file or assembly '[^']{1,120}'|\bname '\w{0,40}Credentials?' is not(?: \w{1,12})? defined|ERR_REQUIRE_ESM|TypeError: [\w.$[\]()]{1,80} is not a (?:function|constructor)/,
          )
        : null,
    unless: /AADSTS\d/,
    reason:
      'the program broke inside its own parts: a fault of this release, or parts of releases that do not fit together',
  },
  {
    id: 'shared-cache-empty',
    cause: 'no-credential-available',
    strength: noise(40, 3),
    when: /SharedTokenCacheCredential authentication unavailable\. No accounts?|Shared token cache (?:unavailable|is not supported)/i,
    reason: 'nobody signed in with a tool that keeps its sign-in where this credential looks',
  },
]

/**
 * What is left where no sentence is known: which kind of proof an unknown code's description speaks of, what an OAuth error
 * mostly is, what a service's bare status mostly is.
 */
export function lastResorts(): readonly Rule[] {
  return [
    ...fallbacks,
    ...wordings.map(([cause, when, reason], index) => ({
      id: `wording-${cause}-${index}`,
      cause,
      strength: 12.9 - index / 10,
      when,
      reason,
    })),
  ]
}

const fallbacks: readonly Rule[] = [
  ...described(
    'fic-subject-mismatch',
    /federated|workload identity/i,
    'the description is about a federated credential',
  ),
  ...described('cert-not-registered', /certificate|thumbprint|x5[ct]/i, 'the description is about a certificate'),
  ...described('secret-expired', /secret.{0,60}expired/i, 'the description is about a secret that ran out'),
  ...described('secret-invalid', /client secret/i, 'the description is about the client secret'),
  ...described('mfa-required', /multi-?factor|strong authentication/i, 'the description is about MFA'),
  ...described('consent-missing', /consent/i, 'the description is about consent'),
  ...described('ca-device-required', /\bdevice\b(?!.code)|\bcompliant\b/i, 'the description is about the device'),
  ...described(
    'ca-blocked',
    /conditional access|access policy|blocked by/i,
    'the description is about an access policy',
  ),
  ...described(
    'redirect-uri-mismatch',
    /redirect ?uri|reply (?:url|address)/i,
    'the description is about the redirect URI',
  ),
  ...described('scope-invalid', /\bscope\b/i, 'the description is about the scope'),
  ...described('password-wrong', /password/i, 'the description is about the password'),
  ...described(
    'tenant-not-found',
    /tenant.{0,60}(?:not found|does not exist|invalid)/i,
    'the description is about the tenant',
  ),
  ...described(
    'app-not-found',
    /application.{0,80}(?:not found|does not exist)|service principal/i,
    'the description is about the application',
  ),
  ...described(
    'account-not-in-tenant',
    /(?:user|account).{0,80}(?:not (?:found|exist)|does not exist)/i,
    'the description is about the account',
  ),
  ...described('refresh-token-expired', /expired|revoked/i, 'the description is about a sign-in that ended'),
  {
    id: 'oauth-invalid-resource',
    cause: 'resource-not-found',
    strength: 30,
    when: /\binvalid_(?:resource|target)\b/,
    reason: 'the token service does not know the resource',
  },
  {
    id: 'oauth-invalid-scope',
    cause: 'scope-invalid',
    strength: 30,
    when: /\binvalid_scope\b/,
    reason: 'the token service does not take the scope',
  },
  {
    id: 'oauth-unauthorized-client',
    cause: 'app-not-found',
    strength: 22,
    when: /\bunauthorized_client\b/,
    reason: 'the token service does not take this client here',
  },
  {
    id: 'oauth-invalid-client',
    cause: 'secret-invalid',
    strength: 20,
    when: /\binvalid_client\b/,
    reason: 'the client could not prove itself',
  },
  {
    id: 'oauth-invalid-grant',
    cause: 'refresh-token-expired',
    strength: 18,
    when: /\binvalid_grant\b/,
    reason: 'what was to be exchanged for a token is not good any more',
  },
  {
    id: 'oauth-access-denied',
    cause: 'consent-missing',
    strength: 16,
    when: /\baccess_denied\b/,
    reason: 'the sign-in was refused or cancelled',
  },
  {
    id: 'oauth-unsupported',
    cause: 'request-malformed',
    strength: 20,
    when: /\bunsupported_(?:grant|response)_type\b/,
    reason: 'the token service does not know the flow that was asked for',
  },
  {
    id: 'oauth-invalid-request',
    cause: 'request-malformed',
    strength: 14,
    when: /\binvalid_request\b/,
    reason: 'the request is not as it has to be',
  },
  {
    id: 'service-401',
    cause: 'wrong-audience',
    strength: 15,
    when: /\b401\b.{0,30}Unauthorized|Status(?:Code)?[=: ]{1,3}401/,
    reason: 'a service does not take the token, mostly because it was made for another one',
    unless: /login\.microsoftonline|oauth2|AADSTS/i,
  },
]

/**
 * Words that nearly always belong to one cause, whoever writes them: said where no sentence is known, and never against one
 * that is. The order is from what is rarely said by chance to what often is.
 */
const wordings: readonly (readonly [CauseId, RegExp, string])[] = [
  ['oidc-permission-missing', /id-token|ACTIONS_ID_TOKEN/i, 'the text is about the id token of a GitHub job'],
  [
    'pipelines-oidc-unavailable',
    /\boidctoken\b|SYSTEM_(?:OIDCREQUESTURI|ACCESSTOKEN)|service connection.{0,80}(?:fail|error|not)/i,
    'the text is about the OIDC token of Azure Pipelines',
  ],
  [
    'kubelogin-missing',
    /kubelogin.{0,80}(?:not found|not installed|missing|unknown)|(?:install|missing).{0,40}kubelogin/i,
    'the text misses kubelogin',
  ],
  [
    'wi-not-injected',
    /workload.?identity.{0,80}(?:webhook|inject|annotation|label|not (?:set|found|configured)|missing)|azure-identity-token|AZURE_FEDERATED_TOKEN_FILE/i,
    'the text is about what the webhook of workload identity puts into a pod',
  ],
  [
    'token-cache-persistence',
    /\b(?:keyring|keychain|libsecret|dpapi|credential manager)\b|token cache.{0,60}(?:fail|error|corrupt|decrypt|encrypt|lock)|(?:encrypt|decrypt|persist).{0,40}token cache/i,
    'the text is about the encrypted store for tokens',
  ],
  [
    'broker-failure',
    /\bWAM\b|\bbroker\b.{0,80}(?:fail|error|unavailable|not)|msalruntime/i,
    "the text is about the operating system's broker",
  ],
  [
    'mfa-required',
    /multi-?factor|\bMFA\b|two-factor|(?:user )?interaction (?:is )?required|strong authentication|step-?up/i,
    'the text asks for a person, mostly for MFA',
  ],
  [
    'ca-blocked',
    /conditional access|access policy|access policies|security defaults|risk(?:y)? sign/i,
    'the text is about an access policy',
  ],
  [
    'consent-missing',
    /\bconsent|admin(?:istrator)? approval|grant(?:ed)? (?:admin|permission) consent/i,
    'the text is about consent',
  ],
  ['cae-challenge', /claims challenge|continuous access|insufficient_claims/i, 'the text is about a claims challenge'],
  [
    'clock-skew',
    /clock skew|not (?:yet valid|within its valid time)|system (?:clock|time)|nbf\b/i,
    'the text is about the time',
  ],
  [
    'cert-unreadable',
    /(?:invalid|malformed|bad|corrupt(?:ed)?|wrong) (?:certificate|private key|\bpem\b|\bpfx\b)|(?:certificate|\bpem\b|\bpfx\b|pkcs ?#?12|private key).{0,80}(?:load|pars|read|decod|decrypt|format|password|passphrase|corrupt|unable|invalid)|(?:load|pars|read|decod|decrypt).{0,60}(?:certificate|\bpem\b|\bpfx\b|private key)/i,
    'the text is about reading a certificate',
  ],
  [
    'tls-trust',
    /\bssl\b.{0,80}(?:cert|handshake|trust|verif)|\btls\b.{0,40}(?:handshake|cert|alert|verif)|issuer certificate|untrusted root|unknown (?:ca|authority)/i,
    'the text is about trust in a certificate',
  ],
  [
    'imds-proxied',
    /169\.254\.169\.254.{0,300}(?:proxy|gateway|html)|proxy.{0,200}169\.254\.169\.254/i,
    'a proxy and the address of IMDS are in the same text',
  ],
  [
    'imds-unreachable',
    /169\.254\.169\.254.{0,400}(?:error|fail|unable|time|unreach|refus|abort|reset|no route)|(?:error|fail|unable|time).{0,80}169\.254\.169\.254|\bIMDS\b.{0,80}(?:not|fail|unable|time|unreach)/i,
    'the text is about reaching IMDS',
  ],
  [
    'mi-not-assigned',
    /identit(?:y|ies)\b.{0,60}(?:not assigned|not attached|not found|does not exist|unknown)/i,
    'the text misses an identity',
  ],
  [
    'mi-endpoint-error',
    /(?:managed.?identity|\bmsi\b|identity endpoint).{0,120}(?:fail|error|5\d\d|time|unavailable|refus)/i,
    'the text is about the managed identity endpoint',
  ],
  ['secret-expired', /secret.{0,40}expired|expired.{0,40}secret/i, 'the text is about a secret that ran out'],
  [
    'secret-invalid',
    /client.?secret.{0,60}(?:invalid|wrong|incorrect|mismatch|rejected)|invalid.{0,20}client.?secret/i,
    'the text is about the client secret',
  ],
  [
    'env-incomplete',
    /(?:AZURE|ARM)_(?:TENANT|CLIENT|SUBSCRIPTION)\w*.{0,60}(?:not set|missing|required|empty|undefined|must be|not (?:found|defined|provided|specified|configured))|(?:missing|required|set|undefined|provide|configure).{0,60}(?:AZURE|ARM)_(?:TENANT|CLIENT)\w*|environment variables?.{0,40}(?:missing|not set|incomplete)/i,
    'the text misses variables of a service principal',
  ],
  [
    'subscription-not-visible',
    /subscription.{0,60}(?:not found|not visible|no access|does not exist|could not be found|disabled)|no subscriptions?\b/i,
    'the text misses a subscription',
  ],
  [
    'tenant-not-found',
    /(?:tenant|directory|authority).{0,60}(?:not found|does not exist|invalid|unknown|not valid)|(?:invalid|unknown|wrong) (?:tenant|directory|authority)/i,
    'the text is about the tenant',
  ],
  ['fic-subject-mismatch', /federated|subject claim|assertion subject/i, 'the text is about a federated credential'],
  [
    'wrong-tenant-token',
    /(?:invalid|wrong|unexpected|mismatch).{0,20}\bissuer\b|\bissuer\b.{0,40}(?:invalid|wrong|mismatch|not (?:valid|match|trusted))/i,
    "the text is about the token's issuer",
  ],
  [
    'wrong-audience',
    /(?:invalid|wrong|unexpected|mismatch).{0,20}\baudience\b|\baudience\b.{0,40}(?:invalid|wrong|mismatch|not (?:valid|match|supported))|\baud\b claim/i,
    "the text is about the token's audience",
  ],
  [
    'scope-invalid',
    /\bscopes?\b.{0,60}(?:invalid|not valid|malformed|unknown|not supported)|(?:invalid|malformed|unknown) scopes?\b/i,
    'the text is about the scope',
  ],
  ['redirect-uri-mismatch', /(?:redirect|reply).?(?:uri|url)/i, 'the text is about the redirect URI'],
  [
    'ide-signin-unavailable',
    /(?:visual studio|vs ?code|intellij).{0,120}(?:sign|account|credential|authenticat)/i,
    "the text is about an editor's sign-in",
  ],
  [
    'rbac-missing',
    /\bforbidden\b|access (?:is |was )?denied(?!:? ?['"]?(?:[A-Z]:\\|\/(?:home|usr|var|tmp|opt|root|app)\b))|not (?:be )?authorized|unauthorized to|(?:lacks?|missing|insufficient|no|required) (?:the )?(?:\w+ )?(?:permission|privilege|role|rights)|\b403\b|permission denied(?!:? ?['"]?(?:[A-Z]:\\|\/(?:home|usr|var|tmp|opt|root|app)\b))/i,
    'a service refuses the action',
  ],
  [
    'cli-not-installed',
    /(?:command|executable|program|binary).{0,20}not found|not recognized as|No such file or directory: '(?:az|azd|pwsh)'|spawn (?:az|azd|pwsh)\S* ENOENT|install (?:the )?Azure (?:CLI|PowerShell)/i,
    'the text misses a program',
  ],
  ['azd-not-logged-in', /azd (?:auth )?login/i, 'the text asks for a sign-in to azd'],
  [
    'powershell-not-logged-in',
    /\b(?:(?:re-?)?run|use|using|please|try|execute|call)\b[^.]{0,40}(?:Connect|Login)-Az(?:ureRm)?Account/i,
    'the text asks for a sign-in to Azure PowerShell',
  ],
  [
    'cli-not-logged-in',
    /\b(?:(?:re-?)?run|use|using|please|try|execute|call|with|in)\b[^.]{0,60}\baz(?:ure)? login\b(?!['"]? again to refresh permissions)|not logged in|\b(?:installed and )?logged in and try again|sign in and try again|no (?:active )?(?:account|login|session)\b.{0,30}found/i,
    'the text asks for a sign-in to az',
  ],
  [
    'dns-failure',
    /\blookup \S{3,120}:|(?:resolve|resolution).{0,40}(?:host|name|dns)|\bdns\b/i,
    'the text is about resolving a name',
  ],
  [
    'refresh-token-expired',
    /(?:token|session|grant|sign-?in|login|credentials?).{0,30}(?:has |have |is |are )?expired|refresh token/i,
    'the text is about a sign-in that ended',
  ],
  [
    'network-blocked',
    /\bproxy\b|connection.{0,20}(?:reset|refused|closed|aborted|timed? ?out)|timed? ?out|unreachable|network (?:is |has )?(?:error|failure|timeout|connection|down|unavailable|issue)|(?:no|lost|check|your) network|firewall/i,
    'the text is about a connection',
  ],
  [
    'tenant-not-found',
    /login\.[\w.]{1,60}\/[^\s"']{1,200}.{0,80}\b404\b|\b404\b.{0,80}login\.[\w.]{1,60}\/[^\s"']{1,200}/i,
    'the token service has no such address, mostly because there is no such tenant in it',
  ],
  [
    'request-malformed',
    /(?:\b400\b|Bad ?Request).{0,120}(?:oauth2|\/token\b|login\.microsoftonline)|(?:oauth2|\/token\b|login\.microsoftonline).{0,120}(?:\b400\b|Bad ?Request)/i,
    'the token service refused the request, and the text does not say why',
  ],
  [
    'mi-endpoint-error',
    /(?:169\.254\.169\.254|metadata\/identity|\/msi\/token).{0,200}\b(?:4(?:04|08|10|29)|5\d\d)\b/i,
    'the identity endpoint answered with an error of its own',
  ],
  [
    'network-blocked',
    /(?:could not|cannot|can't|unable to|failed to) (?:reach|connect|contact).{0,60}login\.|(?:\bEOF\b|broken pipe|socket hang up).{0,80}login\.|login\.[\w.]{1,60}.{0,80}(?:\bEOF\b|broken pipe|socket hang up)/i,
    'the token service could not be reached',
  ],
  [
    'mfa-required',
    /(?:silent(?:ly)?|without (?:user )?interaction).{0,60}(?:fail|not|token)|(?:could not|cannot|failed to).{0,40}(?:token )?silently/i,
    'there is no saved sign-in that would do without a person',
  ],
  [
    'secret-invalid',
    /InternalOAuthError|failed to (?:obtain|exchange \w+ (?:to|for)) (?:an? )?(?:access )?token/i,
    'the exchange for a token failed; mostly what the client proves itself with is not right',
  ],
  ['account-disabled', /(?:account|user) (?:has been |is |was )?disabled/i, 'the account is switched off'],
  [
    'password-wrong',
    /(?:account|user) (?:has been |is |was )?locked|(?:wrong|incorrect|invalid) (?:user ?name or )?password/i,
    'the account or its password is refused',
  ],
  [
    'tool-version-bug',
    /invalid apiVersion .{0,10}client\.authentication\.k8s\.io/i,
    'kubectl and its plug-in are of different generations',
  ],
  ['kubelogin-missing', /\bkubelogin\b/i, "the text is about Azure's plug-in for kubectl"],
  [
    'tool-version-bug',
    /\bupgrade to\b|please (?:update|upgrade)|unsupported version|incom\w{0,3}p\w{1,3}tible (?:module|version)|get the latest version of|(?:is |are )?not supported (?:in|by) (?:this|your) version/i,
    'the text is about a release',
  ],
  [
    'wrong-audience',
    /\b401\b|\bunauthorized\b/i,
    'a service does not take the token, mostly because it was made for another one',
  ],
]

function described(cause: CauseId, words: RegExp, reason: string): readonly Rule[] {
  const pattern = new RegExp(`AADSTS\\d{4,8}[^A-Za-z].{0,240}?(?:${words.source})`, 'i')
  return [{ id: `described-${cause}`, cause, strength: 24, when: pattern, reason }]
}

/** What a credential mostly is in want of, where its words are not known. */
export const classCauses: Readonly<Record<string, { readonly unavailable: CauseId; readonly failed: CauseId }>> = {
  EnvironmentCredential: { unavailable: 'env-incomplete', failed: 'secret-invalid' },
  WorkloadIdentityCredential: { unavailable: 'wi-not-injected', failed: 'fic-subject-mismatch' },
  ManagedIdentityCredential: { unavailable: 'imds-unreachable', failed: 'mi-endpoint-error' },
  SharedTokenCacheCredential: { unavailable: 'no-credential-available', failed: 'mfa-required' },
  VisualStudioCredential: { unavailable: 'ide-signin-unavailable', failed: 'ide-signin-unavailable' },
  VisualStudioCodeCredential: { unavailable: 'ide-signin-unavailable', failed: 'ide-signin-unavailable' },
  IntelliJCredential: { unavailable: 'ide-signin-unavailable', failed: 'ide-signin-unavailable' },
  AzureCliCredential: { unavailable: 'cli-not-logged-in', failed: 'cli-invocation-failed' },
  AzurePowerShellCredential: { unavailable: 'powershell-not-logged-in', failed: 'cli-invocation-failed' },
  AzureDeveloperCliCredential: { unavailable: 'azd-not-logged-in', failed: 'cli-invocation-failed' },
  InteractiveBrowserCredential: { unavailable: 'mfa-required', failed: 'mfa-required' },
  InteractiveBrowserBrokerCredential: { unavailable: 'broker-failure', failed: 'broker-failure' },
  BrokerCredential: { unavailable: 'broker-failure', failed: 'broker-failure' },
  DeviceCodeCredential: { unavailable: 'mfa-required', failed: 'mfa-required' },
  ClientSecretCredential: { unavailable: 'request-malformed', failed: 'secret-invalid' },
  ClientCertificateCredential: { unavailable: 'cert-unreadable', failed: 'cert-unreadable' },
  CertificateCredential: { unavailable: 'cert-unreadable', failed: 'cert-unreadable' },
  ClientAssertionCredential: { unavailable: 'request-malformed', failed: 'assertion-wrong-token' },
  AzurePipelinesCredential: { unavailable: 'pipelines-oidc-unavailable', failed: 'pipelines-oidc-unavailable' },
  OnBehalfOfCredential: { unavailable: 'request-malformed', failed: 'obo-assertion-invalid' },
  UsernamePasswordCredential: { unavailable: 'request-malformed', failed: 'password-wrong' },
  DefaultAzureCredential: { unavailable: 'no-credential-available', failed: 'no-credential-available' },
  ChainedTokenCredential: { unavailable: 'no-credential-available', failed: 'no-credential-available' },
}

/** Whether a rule finds its words in a text; for those who have the failure as data and judge it with the same rules. */
export function isTold(id: string, text: string): boolean {
  const rule = rules.find((each) => each.id === id)
  if (rule === undefined) throw new Error(`no such rule: ${id}`)
  if (rule.unless?.test(text) === true) return false
  return typeof rule.when === 'function' ? rule.when(text) !== null : rule.when.test(text)
}

/**
 * `Current time`, `valid from` and `expiry` as Entra prints them. A token from the future, or one without a beginning that
 * was already over when it was made, or one that is off by whole hours, is a clock; one that simply ran out is not.
 */
function wrongClock(flat: string): string | null {
  const match =
    /Current time: ([\dT:.-]{19,30}Z?),? (?:assertion valid from|valid from) ([\dT:.-]{19,30}Z?)(?:, expiry time of assertion ([\dT:.-]{19,30}Z?))?/i.exec(
      flat,
    )
  if (match === null) return null
  const [now, from, until] = match
    .slice(1)
    .map((text?: string) => Date.parse((text ?? '').replace(/(\.\d{3})\d*/, '$1').replace(/\.+$/, '')))
  if (now === undefined || from === undefined || until === undefined || [now, from].some(Number.isNaN)) return null
  const hour = 3_600_000
  const late = now - from
  const isFuture = from - now > 60_000
  const isWithoutBeginning = from < Date.parse('2000-01-01T00:00:00Z') && now > until
  const toWholeHour = Math.abs(late - Math.round(late / hour) * hour)
  const isWholeHours = now > until && until - from <= 15 * 60_000 && late >= hour - 90_000 && toWholeHour <= 60_000
  return isFuture || isWithoutBeginning || isWholeHours ? match[0] : null
}
