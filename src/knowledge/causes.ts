/** The vocabulary of causes: what a failure comes down to. Ids are a machine contract: never renamed, never removed. */
export const causes = {
  'account-ambiguous': {
    meaning: 'several cached accounts fit the same user name',
    fix: 'clear the cache, sign in naming the tenant',
  },
  'account-disabled': {
    meaning: 'the user is disabled in the tenant asked',
    fix: 'sign in to the right tenant, or have the account enabled',
  },
  'account-not-in-tenant': {
    meaning: 'the user has no account or guest entry in the tenant asked',
    fix: 'name the tenant that holds the resource, or invite the user',
  },
  'app-disabled': {
    meaning: 'the service principal is switched off in the tenant',
    fix: 'an administrator enables it',
  },
  'app-not-found': {
    meaning: 'the client id is unknown in the tenant asked',
    fix: 'correct client id or tenant; install the application; wait for replication',
  },
  'arc-key-unreadable': {
    meaning: "the process may not read the Arc agent's challenge file",
    fix: "add the user to the agent's group, or run as administrator",
  },
  'assertion-expired': {
    meaning: 'a signed or federated assertion was reused after it ran out',
    fix: 'make or fetch a fresh one before each request',
  },
  'assertion-wrong-token': {
    meaning: 'the assertion sent is not of the expected form (other token, header missing)',
    fix: 'send the projected federated token, or let the library sign',
  },
  'assignment-required': {
    meaning: 'the application demands assignment and the user or app has none',
    fix: 'assign the user, group or app role',
  },
  'azd-not-logged-in': {
    meaning: 'the Azure Developer CLI has no signed-in account for this',
    fix: 'azd auth login (az login does not count)',
  },
  'broker-failure': {
    meaning: "the operating system's broker failed",
    fix: 'repair the account there, or turn the broker off for the tool',
  },
  'ca-blocked': {
    meaning: 'a Conditional Access rule refused the token',
    fix: 'the administrator reads the sign-in log; use an allowed place, flow or identity',
  },
  'ca-device-required': {
    meaning: 'policy wants a registered or managed device',
    fix: 'sign in from such a device through broker or browser, or use an app identity',
  },
  'cae-challenge': {
    meaning: 'the service refused a still-valid token and asks for new claims',
    fix: 'sign out and in; make both paths leave from one address',
  },
  'cert-not-registered': {
    meaning: 'the certificate that signed is not on the application',
    fix: 'upload it, or send the chain where trust is by subject name',
  },
  'cert-unreadable': {
    meaning: 'the certificate file cannot be used (form, missing or wrong key, order of blocks)',
    fix: 'one file with the leaf and its private key, in PEM or PFX',
  },
  'cli-invocation-failed': {
    meaning: 'az is there but its process fails',
    fix: 'run the same az command by hand and repair what it says',
  },
  'cli-not-installed': {
    meaning: 'a step needs az and it is not on PATH',
    fix: 'install it, or configure another credential for this place',
  },
  'cli-not-logged-in': {
    meaning: 'az is there with nobody signed in',
    fix: 'az login in this very environment',
  },
  'cli-timeout': {
    meaning: "the developer tool's process took longer than the credential waits",
    fix: 'raise the process timeout',
  },
  'clock-skew': {
    meaning: 'the local clock or time zone makes a signed time wrong',
    fix: 'set the clock; use UTC',
  },
  'consent-missing': {
    meaning: 'the client has no consent for the resource',
    fix: 'grant consent, or pre-authorize the client on the API',
  },
  'device-removed': {
    meaning: 'the token is bound to a device record that is gone',
    fix: 'sign in again, register the device again',
  },
  'dns-failure': {
    meaning: "the sign-in host's name does not resolve",
    fix: 'repair DNS or set the proxy',
  },
  'env-incomplete': {
    meaning: 'the AZURE_ variables of one flow are only partly set',
    fix: 'set them all, or none',
  },
  'fic-issuer-mismatch': {
    meaning: 'no federated credential has the presented issuer',
    fix: 'copy the issuer exactly',
  },
  'fic-subject-mismatch': {
    meaning: 'the issuer fits, the subject does not',
    fix: 'make subject and credential equal, letter case included',
  },
  'ide-signin-unavailable': {
    meaning: "the editor's sign-in cannot be read by this library",
    fix: 'sign in with az, or upgrade',
  },
  'imds-proxied': {
    meaning: 'a proxy answered in place of IMDS',
    fix: 'exempt 169.254.169.254 from the proxy',
  },
  'imds-unreachable': {
    meaning: 'no IMDS here (not an Azure VM, or cut off)',
    fix: 'leave managed identity out here, name another credential',
  },
  'kubelogin-missing': {
    meaning: "Azure's kubelogin is not on PATH, or another program of that name is",
    fix: 'install Azure/kubelogin and put it first',
  },
  'mfa-required': {
    meaning: 'MFA is wanted, or its proof is too old, and the flow cannot ask',
    fix: 'sign in interactively to that tenant or scope; app identity for automation',
  },
  'mi-ambiguous': {
    meaning: 'several, or only user-assigned, identities and the request names none',
    fix: 'pass the client id',
  },
  'mi-endpoint-env-missing': {
    meaning: 'the host has an identity endpoint but its variables are missing, so IMDS was tried',
    fix: 'restart the process or host; use a release that knows the endpoint',
  },
  'mi-endpoint-error': {
    meaning: 'the identity endpoint was reached and failed or was too late',
    fix: "retry with patience; look at the host's own component",
  },
  'mi-none-assigned': {
    meaning: 'the host has no identity at all',
    fix: 'turn one on, or leave managed identity out',
  },
  'mi-not-assigned': {
    meaning: 'the identity asked for is not attached to this host',
    fix: 'attach it or correct the client id',
  },
  'mi-request-unsupported': {
    meaning: "this host's endpoint cannot serve what was asked (user-assigned id, audience)",
    fix: 'drop the client id, or use another credential',
  },
  'network-blocked': {
    meaning: 'the machine cannot reach the token service',
    fix: 'open the way or name the proxy',
  },
  'no-credential-available': {
    meaning: 'nothing in the chain was configured',
    fix: 'configure one on purpose for this place',
  },
  'not-an-error': {
    meaning: 'log lines that look like failures; nothing failed, or it is still going on',
    fix: 'nothing; lower the log level',
  },
  'obo-assertion-invalid': {
    meaning: 'the user token given on behalf of a user was meant for another audience',
    fix: 'pass a token issued to this API',
  },
  'oidc-permission-missing': {
    meaning: 'the workflow may not ask for an id token',
    fix: 'permissions: id-token: write',
  },
  'password-wrong': {
    meaning: 'user name or password refused (or not checkable: federated, locked)',
    fix: 'correct it; do not use the password grant',
  },
  'pipelines-oidc-unavailable': {
    meaning: 'Azure Pipelines would not give an OIDC token',
    fix: 'map System.AccessToken, reference the service connection in the stage',
  },
  'powershell-not-logged-in': {
    meaning: 'Azure PowerShell has no usable context',
    fix: 'Connect-AzAccount',
  },
  'preauthorization-missing': {
    meaning: 'a Microsoft client is not approved for a Microsoft API',
    fix: 'use another client or an app identity',
  },
  'public-client-disabled': {
    meaning: 'a public flow on a registration that is confidential',
    fix: 'allow public flows, register the redirect as mobile and desktop',
  },
  'rbac-missing': {
    meaning: 'the token is good, the identity has no role for this action',
    fix: 'give the data or management role named by the action, then wait',
  },
  'redirect-uri-mismatch': {
    meaning: 'the redirect URI is not registered',
    fix: 'register exactly what the error shows',
  },
  'refresh-token-expired': {
    meaning: 'the saved sign-in was unused for too long',
    fix: 'sign in again',
  },
  'request-malformed': {
    meaning: 'a required field was absent',
    fix: 'repair the request; load the configuration first',
  },
  'resource-disabled': {
    meaning: "the target service's principal is disabled in the tenant",
    fix: 'licence or enable it',
  },
  'resource-not-found': {
    meaning: 'the audience asked for does not exist in the tenant, or not for such a client',
    fix: 'correct the audience; install the API',
  },
  'scope-invalid': {
    meaning: 'the scope is not of the form this flow takes',
    fix: 'resource plus /.default for apps; full https scope for users',
  },
  'secret-expired': {
    meaning: 'the client secret ran out',
    fix: 'new secret, then update where it is used',
  },
  'secret-invalid': {
    meaning: 'the client secret is not right (its id, cut, stale, masked)',
    fix: "use the secret's value",
  },
  'session-revoked': {
    meaning: 'sign-ins were revoked, mostly by a password change',
    fix: 'sign in again',
  },
  'signin-frequency': {
    meaning: 'policy ends the session after a set time',
    fix: 'sign in again; workload identity for automation',
  },
  'subscription-not-visible': {
    meaning: 'the signed-in account cannot see the subscription',
    fix: 'sign in to its tenant, refresh the list',
  },
  'tenant-not-allowed': {
    meaning: 'the credential may not follow a request to another tenant',
    fix: 'set the right tenant, or allow it',
  },
  'tenant-not-found': {
    meaning: 'the tenant does not exist in the cloud asked',
    fix: 'correct tenant or cloud',
  },
  'tenant-not-named': {
    meaning: 'a common authority where the application needs one tenant',
    fix: 'name the tenant, or make the application multi-tenant',
  },
  'tls-trust': {
    meaning: 'the client does not trust the certificate it was shown, or its CA file is unusable',
    fix: 'give this runtime the company root in PEM',
  },
  'token-cache-persistence': {
    meaning: 'the encrypted token cache cannot be opened or checked',
    fix: 'install keyring parts, skip the cache, or allow plain storage',
  },
  'token-protection': {
    meaning: 'policy takes only device-bound tokens',
    fix: 'a tool that uses the broker; otherwise ask for an exemption',
  },
  'tool-version-bug': {
    meaning: 'a fault or gap of that release',
    fix: 'upgrade, or work around as noted',
  },
  'wi-not-injected': {
    meaning: 'the pod lacks the federated token file and variables',
    fix: 'webhook, pod label, service account annotation; make the pod anew',
  },
  'wrong-audience': {
    meaning: 'the service got no Entra token, or one for another audience',
    fix: 'ask a token for the audience in the message',
  },
  'wrong-tenant-token': {
    meaning: 'the token was issued by another tenant than the service expects',
    fix: "get it from the resource's tenant",
  },
} as const satisfies Record<string, { readonly meaning: string; readonly fix: string }>

export type CauseId = keyof typeof causes
