/**
 * Every situation in which a whole DefaultAzureCredential is asked, as data. One table for the real SDKs, whose answers are
 * kept in `recordings/`, and for azid, which has to do the same. The first block is the core: it is run with every SDK each time.
 */
import type { MadeAnswer } from './imds-front.ts'

/** The SDKs that are run. */
export const judges = ['python', 'js', 'go'] as const
export type Judge = (typeof judges)[number]

export interface Scenario {
  readonly id: string
  /** Everything that is set, beside PATH, HOME and what makes the sandbox trusted. `{name}` is a value of the world's. */
  readonly env?: Readonly<Record<string, string>>
  /** Adds the variables of this managed identity host. */
  readonly host?: 'app-service' | 'service-fabric' | 'azure-ml' | 'cloud-shell' | 'azure-arc'
  /** By name under `{folder}`; a text that starts with `fixture:` is copied from test/engine/certificates. */
  readonly files?: Readonly<Record<string, string>>
  /** Shell scripts on PATH, where there is nothing else. */
  readonly tools?: Readonly<Partial<Record<'az' | 'azd' | 'pwsh', string>>>
  /** Whether the address of IMDS answers; `refused` unless said otherwise. */
  readonly imds?: 'sandbox' | 'refused' | 'dropped'
  /** What it answers instead, in order; the last one repeats. */
  readonly imdsAnswers?: readonly MadeAnswer[]
  /** As `azid sandbox --fault`. */
  readonly faults?: readonly string[]
  readonly request?: { readonly tenantId?: string; readonly claims?: string }
  /** Of the constructor. */
  readonly options?: {
    readonly clientId?: string
    readonly requireEnvvar?: boolean
    readonly exclude?: readonly string[]
  }
  /** Only where the others have no such thing. */
  readonly judges?: readonly Judge[]
  /** The SDKs that take more than some seconds: their recording is proved again only when it is renewed. */
  readonly slow?: readonly Judge[]
  /**
   * The SDKs that ask a proxy for the identity of the machine here, and the variable that leads them there. azid asks the
   * host itself, on purpose, and says so: what comes of it is not compared with these, only with the others.
   */
  readonly detours?: Readonly<Partial<Record<Judge, string>>>
}

const user = { AZURE_TENANT_ID: '{tenant}', AZURE_CLIENT_ID: '{app}' }
const right = { ...user, AZURE_CLIENT_SECRET: '{secret}' }
const unknownId = '99999999-9999-4999-8999-999999999999'
/** The user-assigned identity of the sandbox's hosts. */
const assigned = { AZURE_CLIENT_ID: '{assignedClientId}' }
const unassigned = { AZURE_CLIENT_ID: unknownId }

const say = (text: string, stream = ''): string => `/bin/cat ${stream} <<'EOF'\n${text}\nEOF`
const fail = (text: string, code = 1): string => `${say(text, '>&2')}\nexit ${code}`

const azToken =
  '{"accessToken": "made.for.tests", "expiresOn": "2099-01-01 00:00:00.000000", "expires_on": 4070908800, "subscription": "s", "tenant": "t", "tokenType": "Bearer"}'
const az = {
  signedIn: say(azToken),
  signedOut: fail("ERROR: Please run 'az login' to setup account."),
  refused: fail(
    'ERROR: AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication.\nTo re-authenticate, please run:\naz login --tenant "t" --scope "s"',
  ),
}
const azd = {
  signedIn: say('{"token": "made.for.tests", "expiresOn": "2099-01-01T00:00:00Z"}'),
  signedOut: fail('{"error":"not logged in, run `azd auth login` to login","message":"m","suggestion":"s"}'),
}
/** Each SDK, and azid, has a script of its own for PowerShell to run; what it would print is told by what is in it. */
const pwshToken = `case "$*" in
  *EncodedCommand*) for word; do encoded=$word; done
    script=$(printf '%s' "$encoded" | /usr/bin/base64 -d | /usr/bin/tr -d '\\000') ;;
  *) script="$*" ;;
esac
case "$script" in
  *azsdk%*) printf '\\nazsdk%%made.for.tests%%4070908800\\n' ;;
  *ToUnixTimeSeconds*) printf '{"Token": "made.for.tests", "ExpiresOn": 4070908800}\\n' ;;
  *) printf '{"ExpiresOn": "2099-01-01T00:00:00+00:00", "Token": "made.for.tests"}\\n' ;;
esac`
const pwsh = {
  signedIn: pwshToken,
  signedOut: `case "$*" in '/?') exit 0 ;; esac\n${fail('Get-AzAccessToken: Run Connect-AzAccount to login.')}`,
}

const federated = { ...user, AZURE_FEDERATED_TOKEN_FILE: '{folder}/token' }
const withToken = (token: string): Pick<Scenario, 'env' | 'files'> => ({ env: federated, files: { token } })
const certificate = { ...user, AZURE_CLIENT_CERTIFICATE_PATH: '{folder}/app.pem' }
const withCertificate = (
  text: string,
  env: Readonly<Record<string, string>> = {},
): Pick<Scenario, 'env' | 'files'> => ({
  env: { ...certificate, ...env },
  files: { 'app.pem': text },
})
const html: MadeAnswer = {
  status: 200,
  headers: { 'content-type': 'text/html' },
  body: '<html><body>Please sign in to the guest network.</body></html>',
}
const json = (status: number, body: unknown): MadeAnswer => ({ status, body: JSON.stringify(body) })
const imdsError = (status: number, error: string, description: string): MadeAnswer =>
  json(status, { error, error_description: description })
const only = (value: string): Readonly<Record<string, string>> => ({ AZURE_TOKEN_CREDENTIALS: value })

/** In every run with every SDK. */
export const coreScenarios: readonly Scenario[] = [
  { id: 'nothing' },
  { id: 'az-signed-in', tools: { az: az.signedIn } },
  { id: 'az-signed-out', tools: { az: az.signedOut } },
  { id: 'az-refused', tools: { az: az.refused } },
  { id: 'az-other-program', tools: { az: say('hello') } },
  { id: 'azd-signed-in', tools: { azd: azd.signedIn } },
  { id: 'azd-signed-out', tools: { azd: azd.signedOut } },
  { id: 'pwsh-signed-in', tools: { pwsh: pwsh.signedIn } },
  { id: 'pwsh-signed-out', tools: { pwsh: pwsh.signedOut } },
  { id: 'tools-all-signed-out', tools: { az: az.signedOut, azd: azd.signedOut, pwsh: pwsh.signedOut } },
  { id: 'tools-all-signed-in', tools: { az: az.signedIn, azd: azd.signedIn, pwsh: pwsh.signedIn } },
  { id: 'secret-right', env: right },
  { id: 'secret-wrong', env: { ...right, AZURE_CLIENT_SECRET: 'not-it' } },
  { id: 'secret-expired', env: { ...right, AZURE_CLIENT_SECRET: '{expiredSecret}' } },
  { id: 'secret-wrong-az-signed-in', env: { ...right, AZURE_CLIENT_SECRET: 'not-it' }, tools: { az: az.signedIn } },
  { id: 'variables-no-secret', env: user },
  { id: 'variables-only-client-id', env: { AZURE_CLIENT_ID: '{app}' } },
  { id: 'variables-only-tenant', env: { AZURE_TENANT_ID: '{tenant}' } },
  { id: 'variables-no-tenant', env: { AZURE_CLIENT_ID: '{app}', AZURE_CLIENT_SECRET: '{secret}' } },
  { id: 'variables-no-client-id', env: { AZURE_TENANT_ID: '{tenant}', AZURE_CLIENT_SECRET: '{secret}' } },
  { id: 'variables-empty', env: { AZURE_TENANT_ID: '', AZURE_CLIENT_ID: '', AZURE_CLIENT_SECRET: '' } },
  { id: 'secret-empty', env: { ...right, AZURE_CLIENT_SECRET: '' } },
  { id: 'app-unknown', env: { ...right, AZURE_CLIENT_ID: unknownId } },
  { id: 'tenant-unknown', env: { ...right, AZURE_TENANT_ID: unknownId } },
  { id: 'tenant-malformed', env: { ...right, AZURE_TENANT_ID: 'not a tenant' } },
  { id: 'certificate-right', ...withCertificate('{certificate}') },
  { id: 'certificate-no-file', env: certificate },
  { id: 'certificate-unregistered', ...withCertificate('fixture:cert.pem+key.pem') },
  { id: 'username-password', env: { ...user, AZURE_USERNAME: 'adele@contoso.com', AZURE_PASSWORD: 'p' } },
  { id: 'workload-right', ...withToken('{token}') },
  { id: 'workload-no-file', env: federated },
  { id: 'workload-subject', ...withToken('{tokenOtherSubject}') },
  {
    id: 'workload-no-tenant',
    env: { AZURE_CLIENT_ID: '{app}', AZURE_FEDERATED_TOKEN_FILE: '{folder}/token' },
    files: { token: '{token}' },
  },
  {
    id: 'workload-no-client-id',
    env: { AZURE_TENANT_ID: '{tenant}', AZURE_FEDERATED_TOKEN_FILE: '{folder}/token' },
    files: { token: '{token}' },
  },
  { id: 'imds-right', imds: 'sandbox' },
  { id: 'imds-assigned', imds: 'sandbox', env: assigned },
  { id: 'imds-unassigned', imds: 'sandbox', env: unassigned },
  { id: 'imds-no-identity', imdsAnswers: [imdsError(400, 'invalid_request', 'Identity not found')] },
  {
    id: 'imds-403',
    imdsAnswers: [{ status: 403, headers: { 'content-type': 'text/plain' }, body: 'Forbidden by policy' }],
  },
  {
    id: 'imds-docker-desktop',
    imdsAnswers: [
      {
        status: 403,
        headers: { 'content-type': 'text/plain' },
        body: 'connecting to 169.254.169.254:80: dial tcp 169.254.169.254:80: connectex: A socket operation was attempted to an unreachable network.',
      },
    ],
  },
  { id: 'imds-portal', imdsAnswers: [html] },
  { id: 'imds-portal-az-signed-in', imdsAnswers: [html], tools: { az: az.signedIn } },
  { id: 'host-app-service', host: 'app-service' },
  { id: 'host-app-service-assigned', host: 'app-service', env: assigned },
  { id: 'host-app-service-unassigned', host: 'app-service', env: unassigned },
  { id: 'host-service-fabric', host: 'service-fabric' },
  { id: 'host-azure-ml', host: 'azure-ml' },
  { id: 'host-cloud-shell', host: 'cloud-shell' },
  { id: 'host-azure-arc', host: 'azure-arc' },
  { id: 'select-dev', env: only('dev'), tools: { az: az.signedIn } },
  { id: 'select-prod', env: only('prod'), tools: { az: az.signedIn } },
  { id: 'select-case', env: only('Prod') },
  { id: 'select-space', env: only(' dev ') },
  { id: 'select-empty', env: only('') },
  { id: 'select-invalid', env: only('nonsense') },
  { id: 'select-azure-cli', env: only('AzureCliCredential'), tools: { az: az.signedOut } },
  { id: 'select-azure-cli-lower', env: only('azureclicredential'), tools: { az: az.signedIn } },
  { id: 'select-environment', env: only('EnvironmentCredential') },
  { id: 'select-workload', env: only('WorkloadIdentityCredential') },
  { id: 'select-managed-identity', env: only('ManagedIdentityCredential'), imds: 'sandbox' },
  { id: 'authority-slash', env: { ...right, AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com/' } },
  { id: 'authority-http', env: { ...right, AZURE_AUTHORITY_HOST: 'http://login.microsoftonline.com' } },
  { id: 'authority-no-scheme', env: { ...right, AZURE_AUTHORITY_HOST: 'login.microsoftonline.com' } },
  { id: 'authority-unknown', env: { ...right, AZURE_AUTHORITY_HOST: 'https://login.contoso.example' } },
]

const allSlow = judges

const everywhere = (variable: string): Readonly<Record<Judge, string>> => ({
  python: variable,
  js: variable,
  go: variable,
})
const forwarding = { HTTP_PROXY: '{proxy}' }

/** Proxies over the identity of the machine. */
const overIdentity: readonly Scenario[] = [
  { id: 'proxy-over-imds', imds: 'sandbox', env: forwarding, detours: everywhere('HTTP_PROXY') },
  {
    id: 'proxy-over-imds-az-signed-in',
    imds: 'sandbox',
    env: forwarding,
    tools: { az: az.signedIn },
    detours: everywhere('HTTP_PROXY'),
  },
  {
    id: 'proxy-closed-over-imds',
    imds: 'sandbox',
    env: { HTTP_PROXY: 'http://127.0.0.1:9' },
    detours: everywhere('HTTP_PROXY'),
  },
  { id: 'proxy-lower-over-imds', imds: 'sandbox', env: { http_proxy: '{proxy}' }, detours: everywhere('http_proxy') },
  {
    id: 'proxy-no-proxy-imds',
    imds: 'sandbox',
    env: { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '169.254.169.254' },
  },
  { id: 'proxy-https-over-imds', imds: 'sandbox', env: { HTTPS_PROXY: '{proxy}' }, detours: { js: 'HTTPS_PROXY' } },
  {
    id: 'proxy-all-over-imds',
    imds: 'sandbox',
    env: { ALL_PROXY: '{proxy}' },
    detours: { python: 'ALL_PROXY', js: 'ALL_PROXY' },
  },
  {
    id: 'proxy-network-over-imds',
    imds: 'sandbox',
    env: { ...forwarding, NO_PROXY: '169.254.0.0/16' },
    detours: { js: 'HTTP_PROXY' },
  },
  {
    id: 'proxy-star-over-imds',
    imds: 'sandbox',
    env: { ...forwarding, NO_PROXY: '*' },
    detours: { js: 'HTTP_PROXY' },
  },
  {
    id: 'proxy-port-over-imds',
    imds: 'sandbox',
    env: { ...forwarding, NO_PROXY: '169.254.169.254:80' },
    detours: { python: 'HTTP_PROXY', js: 'HTTP_PROXY' },
  },
  {
    id: 'proxy-over-app-service',
    host: 'app-service',
    env: forwarding,
    detours: { python: 'HTTP_PROXY', js: 'HTTP_PROXY' },
  },
  {
    id: 'proxy-over-azure-arc',
    host: 'azure-arc',
    env: forwarding,
    detours: { python: 'HTTP_PROXY', js: 'HTTP_PROXY' },
  },
]

const moreScenarios: readonly Scenario[] = [
  // Tools.
  { id: 'az-cut-json', tools: { az: say('{"accessToken": "made.for.tests", "exp') } },
  // JavaScript and Go take this for a token, `undefined` and empty: nothing that could be handed over.
  { id: 'az-no-token', tools: { az: say('{"expires_on": 4070908800}') }, judges: ['python'] },
  {
    id: 'az-old-time',
    tools: { az: say('{"accessToken": "made.for.tests", "expiresOn": "2099-01-01 00:00:00.000000"}') },
  },
  { id: 'az-warning-on-stdout', tools: { az: say(`WARNING: az is old\n${azToken}`) } },
  { id: 'az-warning-on-stderr', tools: { az: `${say('WARNING: az is old', '>&2')}\n${az.signedIn}` } },
  { id: 'az-silent-failure', tools: { az: 'exit 3' } },
  { id: 'az-exit-127', tools: { az: 'exit 127' } },
  { id: 'az-killed', tools: { az: 'kill -9 $$' } },
  {
    id: 'az-no-subscription',
    tools: { az: fail("ERROR: No subscription found. Run 'az account set' to select a subscription.") },
  },
  { id: 'az-slow', tools: { az: `/bin/sleep 14\n${az.signedIn}` }, slow: allSlow },
  {
    id: 'azd-signed-out-before-1.24',
    tools: {
      azd: fail(
        '{"type":"consoleMessage","timestamp":"2026-11-21T00:00:00Z","data":{"message":"\\nERROR: not logged in, run `azd auth login` to login\\n"}}',
      ),
    },
  },
  { id: 'azd-refused', tools: { azd: fail('{"error":"fetching token: AADSTS50076: MFA","suggestion":"s"}') } },
  { id: 'azd-other-program', tools: { azd: say('hello') } },
  { id: 'azd-silent-failure', tools: { azd: 'exit 1' } },
  { id: 'azd-slow', tools: { azd: `/bin/sleep 14\n${azd.signedIn}` }, slow: allSlow },
  {
    id: 'pwsh-no-module',
    tools: {
      pwsh: `case "$*" in '/?') exit 0 ;; *EncodedCommand*) for word; do encoded=$word; done\n script=$(printf '%s' "$encoded" | /usr/bin/base64 -d | /usr/bin/tr -d '\\000') ;; esac\ncase "$script" in *NO_AZ_ACCOUNT_MODULE*) printf 'NO_AZ_ACCOUNT_MODULE\\n' ;; *azsdk-no-module*) printf 'azsdk-no-module\\n' ;; *'Az.Accounts module not found'*) ${fail('Az.Accounts module not found')} ;; *) ${fail("The specified module 'Az.Accounts' with version '2.2.0' was not loaded because no valid module file was found in any module directory")} ;; esac`,
    },
  },
  { id: 'pwsh-other-program', tools: { pwsh: say('hello') } },
  { id: 'pwsh-refused', tools: { pwsh: `case "$*" in '/?') exit 0 ;; esac\n${fail('AADSTS50076: MFA')}` } },
  {
    id: 'pwsh-slow',
    tools: { pwsh: `case "$*" in '/?') exit 0 ;; esac\n/bin/sleep 14\n${pwsh.signedIn}` },
    slow: allSlow,
  },
  { id: 'az-signed-out-azd-signed-in', tools: { az: az.signedOut, azd: azd.signedIn } },
  { id: 'az-other-tenant', tools: { az: az.signedIn }, request: { tenantId: '{otherTenant}' } },
  { id: 'az-claims', tools: { az: az.signedIn }, request: { claims: '{"access_token":{"nbf":{"essential":true}}}' } },
  // Variables.
  { id: 'variables-only-secret', env: { AZURE_CLIENT_SECRET: '{secret}' } },
  { id: 'variables-no-secret-az-signed-in', env: user, tools: { az: az.signedIn } },
  { id: 'tenant-empty', env: { ...right, AZURE_TENANT_ID: '' } },
  { id: 'client-id-empty', env: { ...right, AZURE_CLIENT_ID: '' } },
  { id: 'tenant-domain', env: { ...right, AZURE_TENANT_ID: 'contoso.com' } },
  { id: 'tenant-domain-unknown', env: { ...right, AZURE_TENANT_ID: 'nobody.example' } },
  { id: 'tenant-common', env: { ...right, AZURE_TENANT_ID: 'common' } },
  { id: 'tenant-organizations', env: { ...right, AZURE_TENANT_ID: 'organizations' } },
  { id: 'tenant-space', env: { ...right, AZURE_TENANT_ID: '{tenant} ' } },
  { id: 'tenant-upper-case', env: { ...right, AZURE_TENANT_ID: 'AAAABBBB-0000-CCCC-1111-DDDD2222EEEE' } },
  { id: 'client-id-space', env: { ...right, AZURE_CLIENT_ID: ' {app}' } },
  { id: 'client-id-word', env: { ...right, AZURE_CLIENT_ID: 'my-app' } },
  { id: 'secret-space', env: { ...right, AZURE_CLIENT_SECRET: '{secret} ' } },
  { id: 'app-disabled', env: { ...user, AZURE_CLIENT_ID: '{disabledApp}', AZURE_CLIENT_SECRET: '{disabledSecret}' } },
  {
    id: 'app-of-another-tenant',
    env: { ...user, AZURE_CLIENT_ID: '{foreignApp}', AZURE_CLIENT_SECRET: '{foreignSecret}' },
  },
  {
    id: 'app-multi-tenant-not-added',
    env: { ...user, AZURE_CLIENT_ID: '{partnerApp}', AZURE_CLIENT_SECRET: '{partnerSecret}' },
  },
  { id: 'request-tenant-other', env: right, request: { tenantId: '{otherTenant}' } },
  { id: 'request-tenant-same', env: right, request: { tenantId: '{tenant}' } },
  {
    id: 'request-tenant-allowed',
    env: { ...right, AZURE_ADDITIONALLY_ALLOWED_TENANTS: '{otherTenant}' },
    request: { tenantId: '{otherTenant}' },
  },
  {
    id: 'request-tenant-any-allowed',
    env: {
      ...user,
      AZURE_TENANT_ID: '{otherTenant}',
      AZURE_CLIENT_ID: '{partnerApp}',
      AZURE_CLIENT_SECRET: '{partnerSecret}',
      AZURE_ADDITIONALLY_ALLOWED_TENANTS: '*',
    },
    request: { tenantId: '{tenant}' },
  },
  {
    id: 'secret-and-certificate',
    env: { ...certificate, AZURE_CLIENT_SECRET: '{secret}' },
    files: { 'app.pem': '{certificate}' },
  },
  {
    id: 'secret-wrong-and-certificate',
    env: { ...certificate, AZURE_CLIENT_SECRET: 'not-it' },
    files: { 'app.pem': '{certificate}' },
  },
  { id: 'secret-and-workload', env: { ...federated, AZURE_CLIENT_SECRET: '{secret}' }, files: { token: '{token}' } },
  {
    id: 'secret-wrong-and-workload',
    env: { ...federated, AZURE_CLIENT_SECRET: 'not-it' },
    files: { token: '{token}' },
  },
  { id: 'username-without-password', env: { ...user, AZURE_USERNAME: 'adele@contoso.com' } },
  { id: 'username-and-secret', env: { ...right, AZURE_USERNAME: 'adele@contoso.com', AZURE_PASSWORD: 'p' } },
  // Certificates.
  {
    id: 'certificate-send-chain',
    ...withCertificate('{certificate}', { AZURE_CLIENT_SEND_CERTIFICATE_CHAIN: 'true' }),
  },
  { id: 'certificate-no-key', ...withCertificate('{certificateOnly}') },
  { id: 'certificate-only-key', ...withCertificate('{keyOnly}') },
  { id: 'certificate-garbage', ...withCertificate('not a certificate\n') },
  { id: 'certificate-empty', ...withCertificate('') },
  { id: 'certificate-folder', env: { ...user, AZURE_CLIENT_CERTIFICATE_PATH: '{folder}' } },
  { id: 'certificate-empty-path', env: { ...user, AZURE_CLIENT_CERTIFICATE_PATH: '' } },
  { id: 'certificate-password-needed', ...withCertificate('fixture:cert.pem+traditional-encrypted-key.pem') },
  {
    id: 'certificate-password-wrong',
    ...withCertificate('fixture:cert.pem+traditional-encrypted-key.pem', { AZURE_CLIENT_CERTIFICATE_PASSWORD: 'no' }),
  },
  { id: 'certificate-ec', ...withCertificate('fixture:ec-certificate.pem+ec-key.pem') },
  { id: 'certificate-pkcs12', ...withCertificate('fixture:no-password.pfx') },
  { id: 'certificate-az-signed-in', ...withCertificate('not a certificate\n'), tools: { az: az.signedIn } },
  // Workload identity.
  { id: 'workload-empty', ...withToken('') },
  { id: 'workload-not-jwt', ...withToken('this is no token') },
  { id: 'workload-audience', ...withToken('{tokenOtherAudience}') },
  { id: 'workload-issuer', ...withToken('{tokenOtherIssuer}') },
  { id: 'workload-expired', ...withToken('{tokenExpired}') },
  { id: 'workload-newline', ...withToken('{token}\n') },
  { id: 'workload-folder', env: { ...user, AZURE_FEDERATED_TOKEN_FILE: '{folder}' } },
  { id: 'workload-file-variable-empty', env: { ...user, AZURE_FEDERATED_TOKEN_FILE: '' } },
  { id: 'workload-app-unknown', env: { ...federated, AZURE_CLIENT_ID: unknownId }, files: { token: '{token}' } },
  { id: 'workload-tenant-unknown', env: { ...federated, AZURE_TENANT_ID: unknownId }, files: { token: '{token}' } },
  {
    id: 'workload-tenant-malformed',
    env: { ...federated, AZURE_TENANT_ID: 'not a tenant' },
    files: { token: '{token}' },
  },
  { id: 'workload-subject-az-signed-in', ...withToken('{tokenOtherSubject}'), tools: { az: az.signedIn } },
  { id: 'workload-no-file-az-signed-in', env: federated, tools: { az: az.signedIn } },
  { id: 'workload-no-file-imds', env: federated, imds: 'sandbox' },
  {
    id: 'workload-authority-slash',
    env: { ...federated, AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com/' },
    files: { token: '{token}' },
  },
  {
    id: 'workload-no-tenant-az-signed-in',
    env: { AZURE_CLIENT_ID: '{app}', AZURE_FEDERATED_TOKEN_FILE: '{folder}/token' },
    files: { token: '{token}' },
    tools: { az: az.signedIn },
  },
  // Hosts of managed identities.
  { id: 'host-app-service-wrong-header', host: 'app-service', env: { IDENTITY_HEADER: 'not-it' } },
  {
    id: 'host-app-service-closed',
    env: { IDENTITY_ENDPOINT: 'http://127.0.0.1:9/msi/token', IDENTITY_HEADER: 'h' },
    slow: allSlow,
  },
  { id: 'host-app-service-no-header', env: { IDENTITY_ENDPOINT: 'http://127.0.0.1:9/msi/token' }, slow: allSlow },
  { id: 'host-app-service-only-header', env: { IDENTITY_HEADER: 'h' } },
  { id: 'host-app-service-bad-address', env: { IDENTITY_ENDPOINT: 'not a url', IDENTITY_HEADER: 'h' } },
  { id: 'host-app-service-html', host: 'app-service', faults: ['html:path=managed-identity'] },
  { id: 'host-app-service-500', host: 'app-service', faults: ['500:path=managed-identity'], slow: allSlow },
  { id: 'host-app-service-429-once', host: 'app-service', faults: ['429:retry-after=1,times=1,path=managed-identity'] },
  { id: 'host-app-service-cut', host: 'app-service', faults: ['cut:path=managed-identity'], slow: allSlow },
  {
    id: 'host-app-service-wrong-header-az-signed-in',
    host: 'app-service',
    env: { IDENTITY_HEADER: 'not-it' },
    tools: { az: az.signedIn },
  },
  { id: 'host-service-fabric-assigned', host: 'service-fabric', env: assigned },
  {
    id: 'host-service-fabric-wrong-thumbprint',
    host: 'service-fabric',
    env: { IDENTITY_SERVER_THUMBPRINT: '0123456789ABCDEF0123456789ABCDEF01234567' },
  },
  { id: 'host-azure-ml-assigned', host: 'azure-ml', env: assigned },
  { id: 'host-azure-ml-wrong-secret', host: 'azure-ml', env: { MSI_SECRET: 'not-it' } },
  { id: 'host-cloud-shell-assigned', host: 'cloud-shell', env: assigned },
  { id: 'host-cloud-shell-closed', env: { MSI_ENDPOINT: 'http://127.0.0.1:9/oauth2/token' }, slow: allSlow },
  { id: 'host-azure-arc-assigned', host: 'azure-arc', env: assigned },
  {
    id: 'host-azure-arc-closed',
    env: {
      IDENTITY_ENDPOINT: 'http://127.0.0.1:9/metadata/identity/oauth2/token',
      IMDS_ENDPOINT: 'http://127.0.0.1:9',
    },
    slow: allSlow,
  },
  { id: 'host-app-service-over-imds', host: 'app-service', imds: 'sandbox' },
  {
    id: 'client-id-option',
    imds: 'sandbox',
    env: unassigned,
    options: { clientId: '{assignedClientId}' },
    judges: ['python', 'js'],
  },
  // IMDS.
  { id: 'imds-dropped', imds: 'dropped', slow: allSlow },
  { id: 'imds-dropped-az-signed-in', imds: 'dropped', tools: { az: az.signedIn }, slow: allSlow },
  { id: 'imds-right-az-signed-in', imds: 'sandbox', tools: { az: az.signedIn } },
  {
    id: 'imds-no-identity-az-signed-in',
    imdsAnswers: [imdsError(400, 'invalid_request', 'Identity not found')],
    tools: { az: az.signedIn },
  },
  { id: 'imds-unassigned-az-signed-in', imds: 'sandbox', env: unassigned, tools: { az: az.signedIn } },
  {
    id: 'imds-docker-desktop-az-signed-in',
    imdsAnswers: [
      {
        status: 403,
        headers: { 'content-type': 'text/plain' },
        body: 'connecting to 169.254.169.254:80: dial tcp 169.254.169.254:80: connectex: A socket operation was attempted to an unreachable network.',
      },
    ],
    tools: { az: az.signedIn },
  },
  { id: 'imds-404', imdsAnswers: [imdsError(404, 'not_found', 'The requested resource was not found')], slow: allSlow },
  {
    id: 'imds-410-then-200',
    imdsAnswers: ['imds', imdsError(410, 'gone', 'The service is being updated'), 'imds'],
    slow: allSlow,
  },
  {
    id: 'imds-429-then-200',
    imdsAnswers: ['imds', imdsError(429, 'too_many_requests', 'Too many requests'), 'imds'],
    slow: allSlow,
  },
  {
    id: 'imds-500',
    imdsAnswers: [imdsError(500, 'unknown', 'Failed to retrieve token from the Active directory.')],
    slow: allSlow,
  },
  {
    id: 'imds-503-then-200',
    imdsAnswers: ['imds', imdsError(503, 'unavailable', 'The service is not available'), 'imds'],
    slow: allSlow,
  },
  {
    id: 'imds-slow',
    imdsAnswers: [
      {
        status: 400,
        delayMs: 3000,
        body: '{"error":"invalid_request","error_description":"Required metadata header not specified"}',
      },
      'imds',
    ],
  },
  { id: 'imds-no-token', imdsAnswers: ['imds', json(200, { token_type: 'Bearer' })] },
  { id: 'imds-empty', imdsAnswers: ['imds', { status: 200, body: '' }] },
  { id: 'imds-cut-json', imdsAnswers: ['imds', { status: 200, body: '{"access_token": "made.for' }] },
  { id: 'imds-401', imdsAnswers: [imdsError(401, 'unauthorized_client', 'not yours')] },
  {
    id: 'imds-400-other',
    imdsAnswers: ['imds', imdsError(400, 'invalid_resource', 'AADSTS500011: The resource principal was not found')],
  },
  { id: 'imds-other-address', env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9' }, slow: allSlow },
  // AZURE_TOKEN_CREDENTIALS.
  { id: 'select-dev-case', env: only('DEV'), tools: { az: az.signedIn } },
  { id: 'select-prod-nothing', env: only('prod') },
  { id: 'select-dev-nothing', env: only('dev') },
  { id: 'select-prod-secret', env: { ...right, ...only('prod') } },
  { id: 'select-dev-secret', env: { ...right, ...only('dev') }, tools: { az: az.signedOut } },
  { id: 'select-blank', env: only('  ') },
  { id: 'select-name-space', env: only('AzureCliCredential '), tools: { az: az.signedIn } },
  { id: 'select-environment-secret', env: { ...right, ...only('EnvironmentCredential') } },
  {
    id: 'select-workload-right',
    env: { ...federated, ...only('WorkloadIdentityCredential') },
    files: { token: '{token}' },
  },
  { id: 'select-managed-identity-refused', env: only('ManagedIdentityCredential'), slow: allSlow },
  {
    id: 'select-managed-identity-no-identity',
    env: only('ManagedIdentityCredential'),
    imdsAnswers: [imdsError(400, 'invalid_request', 'Identity not found')],
  },
  { id: 'select-azure-developer-cli', env: only('AzureDeveloperCliCredential'), tools: { azd: azd.signedIn } },
  { id: 'select-azure-powershell', env: only('AzurePowerShellCredential') },
  { id: 'select-visual-studio-code', env: only('VisualStudioCodeCredential') },
  { id: 'select-shared-token-cache', env: only('SharedTokenCacheCredential') },
  { id: 'select-broker', env: only('BrokerCredential') },
  { id: 'select-interactive-browser', env: only('InteractiveBrowserCredential'), judges: ['js', 'go'] },
  { id: 'select-required-missing', options: { requireEnvvar: true } },
  { id: 'select-required-empty', env: only(''), options: { requireEnvvar: true } },
  { id: 'select-required-set', env: only('dev'), options: { requireEnvvar: true }, tools: { az: az.signedIn } },
  { id: 'exclude-az', options: { exclude: ['azure-cli'] }, tools: { az: az.signedIn }, judges: ['python'] },
  { id: 'exclude-managed-identity', imds: 'sandbox', options: { exclude: ['managed-identity'] }, judges: ['python'] },
  {
    id: 'exclude-all-of-selected',
    env: only('AzureCliCredential'),
    options: { exclude: ['azure-cli'] },
    judges: ['python'],
  },
  // Authorities.
  { id: 'authority-empty', env: { ...right, AZURE_AUTHORITY_HOST: '' } },
  { id: 'authority-alias', env: { ...right, AZURE_AUTHORITY_HOST: 'https://login.microsoft.com' } },
  { id: 'authority-usgov', env: { ...right, AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.us' } },
  { id: 'authority-china', env: { ...right, AZURE_AUTHORITY_HOST: 'https://login.chinacloudapi.cn/' } },
  { id: 'authority-upper-case', env: { ...right, AZURE_AUTHORITY_HOST: 'https://LOGIN.microsoftonline.com' } },
  { id: 'authority-with-path', env: { ...right, AZURE_AUTHORITY_HOST: 'https://login.microsoftonline.com/common' } },
  { id: 'authority-garbage', env: { ...right, AZURE_AUTHORITY_HOST: 'not a url' } },
  {
    id: 'authority-http-az-signed-in',
    env: { AZURE_AUTHORITY_HOST: 'http://login.microsoftonline.com' },
    tools: { az: az.signedIn },
  },
  { id: 'authority-http-nothing', env: { AZURE_AUTHORITY_HOST: 'http://login.microsoftonline.com' } },
  // Trouble at the token service.
  { id: 'sts-500', env: right, faults: ['500:path=token'], slow: allSlow },
  { id: 'sts-503-once', env: right, faults: ['503:path=token,times=1'] },
  { id: 'sts-429-once', env: right, faults: ['429:path=token,times=1,retry-after=1'] },
  { id: 'sts-html', env: right, faults: ['html:path=token'] },
  { id: 'sts-cut', env: right, faults: ['cut:path=token'], slow: allSlow },
  { id: 'sts-late', env: right, faults: ['slow=1500ms:path=token'] },
  { id: 'discovery-html', env: right, faults: ['html:path=configuration'] },
  { id: 'discovery-503', env: right, faults: ['503:path=configuration'], slow: allSlow },
  { id: 'workload-sts-html', ...withToken('{token}'), faults: ['html:path=token'] },
  { id: 'workload-sts-503-once', ...withToken('{token}'), faults: ['503:path=token,times=1'] },
  // Proxies.
  { id: 'proxy-right', env: { ...right, HTTPS_PROXY: '{proxy}' } },
  { id: 'proxy-lower-case', env: { ...right, https_proxy: '{proxy}' } },
  { id: 'proxy-closed', env: { ...right, HTTPS_PROXY: 'http://127.0.0.1:9' }, slow: allSlow },
  {
    id: 'proxy-closed-no-proxy',
    env: { ...right, HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: 'login.microsoftonline.com' },
  },
  ...overIdentity,
  { id: 'proxy-all', env: { ...right, ALL_PROXY: '{proxy}' } },
]

export const scenarios: readonly Scenario[] = [...coreScenarios, ...moreScenarios]

export function judgesOf(scenario: Scenario): readonly Judge[] {
  return scenario.judges ?? judges
}

/** Whether what azid does is compared with what this SDK does. */
export function isCompared(judge: Judge, { detours }: Scenario): boolean {
  return detours?.[judge] === undefined
}
