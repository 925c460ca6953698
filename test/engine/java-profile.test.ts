/**
 * Java's words and ways, as azure-identity 1.19.0 said them: each case is a run of the library that was recorded in
 * java-recorded.jsonl, played again by azid.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import type { HttpRequest, HttpResult } from '../../src/runtime.ts'
import { Secret } from '../../src/secret.ts'
import { exited, networkError, respond } from '../fakes/runtime.ts'
import { refusal, refuse, runSdk, type SdkRun } from './sdk-run.ts'

interface Recorded {
  readonly name: string
  readonly type: string
  readonly message: string
}

const [versionLine = '', ...lines] = readFileSync(new URL('./java-recorded.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n')
const recorded = new Map(lines.map((line) => JSON.parse(line) as Recorded).map((row) => [row.name, row]))

function said(name: string): Recorded {
  const row = recorded.get(name)
  if (row === undefined) throw new Error(`nothing was recorded as ${name}`)
  return row
}

const tenant = 'aaaabbbb-0000-cccc-1111-dddd2222eeee'
const app = '00001111-aaaa-2222-bbbb-3333cccc4444'
const principal = { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: app }
const withSecret = { ...principal, AZURE_CLIENT_SECRET: 'wrong~secret' }
const only = (name: string): Record<string, string> => ({ AZURE_TOKEN_CREDENTIALS: name })
const java = (run: Omit<SdkRun, 'sdk'>): SdkRun => ({ sdk: 'java', ...run })

/** What Entra ID said in the run that was recorded, again. */
function entra(name: string, status: number, error: string): (request: HttpRequest) => HttpResult {
  const description = /AADSTS.*$/s.exec(said(name).message)?.[0] ?? ''
  return (request) =>
    request.url.includes('/oauth2/v2.0/token') ? refusal(status, error, description) : refuse(request)
}

test('the recording is of the version that the profile names', () => {
  expect(JSON.parse(versionLine)).toMatchObject({ 'azure-identity': findProfile('java').version })
})

const chains: Readonly<Record<string, Omit<SdkRun, 'sdk'>>> = {
  nothing: {},
  'nothing-dropped': {
    http: ({ url }) => networkError('timeout', 'no connection within 1000 ms', new URL(url).hostname),
  },
  'atc-bogus': { env: only(' Bogus ') },
  'atc-empty': { env: only('') },
  'atc-space': { env: only(' ') },
  'atc-prod': { env: only('Prod') },
  'atc-dev': { env: only('dev ') },
  'atc-EnvironmentCredential': { env: only('EnvironmentCredential') },
  'atc-WorkloadIdentityCredential': { env: only('WorkloadIdentityCredential') },
  'atc-ManagedIdentityCredential': { env: only('ManagedIdentityCredential') },
  'atc-IntelliJCredential': { env: only('IntelliJCredential') },
  'atc-VisualStudioCodeCredential': { env: only('VisualStudioCodeCredential') },
  'atc-AzureCliCredential': { env: only('AzureCliCredential') },
  'atc-AzurePowerShellCredential': { env: only('AzurePowerShellCredential') },
  'atc-AzureDeveloperCliCredential': { env: only('AzureDeveloperCliCredential') },
  'atc-BrokerCredential': { env: only('BrokerCredential') },
  require: { isVariableRequired: true },
  'half-secret': { env: principal },
  'half-no-tenant': { env: { AZURE_CLIENT_ID: app, AZURE_CLIENT_SECRET: 'x' } },
  'empty-secret': { env: { ...principal, AZURE_CLIENT_SECRET: '' } },
  'empty-client': { env: { ...withSecret, AZURE_CLIENT_ID: '' } },
  'empty-tenant': { env: { ...withSecret, AZURE_TENANT_ID: '' } },
  'bad-tenant': { env: { ...withSecret, AZURE_TENANT_ID: 'bad tenant!' } },
  'wrong-secret-plain': { env: withSecret, http: entra('wrong-secret-plain', 401, 'invalid_client') },
  'p-unknown-tenant': { env: withSecret, http: entra('p-unknown-tenant', 400, 'invalid_request') },
  'p-unknown-app': { env: withSecret, http: entra('p-unknown-app', 400, 'unauthorized_client') },
  'f-500:endpoint=token': { env: withSecret, http: entra('f-500:endpoint=token', 500, 'server_error') },
  'wrong-secret-chained': {
    names: ['client-secret', 'az'],
    config: { tenantId: tenant, clientId: app, clientSecret: new Secret('wrong~secret') },
    http: entra('wrong-secret-chained', 401, 'invalid_client'),
  },
  'chained-nothing': { names: ['environment', 'az'] },
  'authority-http': { env: { ...withSecret, AZURE_AUTHORITY_HOST: 'http://login.microsoftonline.com' } },
  'authority-http-nothing': { env: { AZURE_AUTHORITY_HOST: 'http://login.microsoftonline.com' } },
  'authority-noscheme': { env: { ...withSecret, AZURE_AUTHORITY_HOST: 'login.microsoftonline.com' } },
  'authority-dns': {
    env: withSecret,
    http: () => networkError('dns', 'getaddrinfo EAI_AGAIN login.microsoftonline.us', 'login.microsoftonline.us'),
  },
  'authority-tls': {
    env: withSecret,
    http: () => networkError('tls', 'self-signed certificate in certificate chain', 'login.microsoftonline.com'),
  },
  'f-cut:endpoint=token': {
    env: withSecret,
    http: () => networkError('protocol', 'the answer was cut off after 12 bytes', 'login.microsoftonline.com'),
  },
  'cert-missing': { env: { ...principal, AZURE_CLIENT_CERTIFICATE_PATH: '/no/such/file.pem' } },
  'cert-garbage': {
    env: { ...principal, AZURE_CLIENT_CERTIFICATE_PATH: '/c.pem' },
    files: { '/c.pem': 'not a certificate\n' },
  },
  'cert-folder': { env: { ...principal, AZURE_CLIENT_CERTIFICATE_PATH: '/tmp' } },
  'workload-nofile': { env: { ...principal, AZURE_FEDERATED_TOKEN_FILE: '/no/such/token' } },
  'workload-empty': { env: { ...principal, AZURE_FEDERATED_TOKEN_FILE: '/token' }, files: { '/token': '' } },
  'h-endpoint-only': { env: { IDENTITY_ENDPOINT: 'http://127.0.0.1:9/msi' } },
  'h-dead-name': { env: { IDENTITY_ENDPOINT: 'http://localhost:9/msi', IDENTITY_HEADER: 'x' } },
  'h-bad': { env: { IDENTITY_ENDPOINT: 'not a url', IDENTITY_HEADER: 'x' } },
  'h-arc-dead': { env: { IDENTITY_ENDPOINT: 'http://127.0.0.1:9/msi', IMDS_ENDPOINT: 'http://127.0.0.1:9' } },
  'h-service-fabric-client': {
    env: {
      AZURE_CLIENT_ID: app,
      IDENTITY_ENDPOINT: 'https://127.0.0.1:9/msi',
      IDENTITY_HEADER: 'x',
      IDENTITY_SERVER_THUMBPRINT: 'a'.repeat(40),
    },
  },
  'h-cloud-shell-client': { env: { AZURE_CLIENT_ID: app, MSI_ENDPOINT: 'http://127.0.0.1:9/msi' } },
  'h-app-service-client': {
    env: { AZURE_CLIENT_ID: app, IDENTITY_ENDPOINT: 'http://127.0.0.1:9/msi', IDENTITY_HEADER: 'x' },
    http: () => respond(400, { statusCode: 400, message: 'No User Assigned or Delegated Managed Identity found' }),
  },
  'd-imds-client': { env: { AZURE_CLIENT_ID: app }, http: imds(400, { error: 'invalid_request' }) },
  'd-imds-f-500': { http: imds(500, { error: 'unknown' }) },
  'd-imds-f-502': { http: imds(502, '<html><body><h1>502 Bad Gateway</h1></body></html>') },
  'd-imds-f-html': { http: imds(200, '<html>Please sign in.</html>') },
  'd-pod-host': { env: { AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:9' } },
}

/** IMDS answers so; nothing else answers. */
function imds(status: number, body: unknown): (request: HttpRequest) => HttpResult {
  return (request) => (request.url.startsWith('http://169.254.169.254/') ? respond(status, body) : refuse(request))
}

describe('a whole chain reads as the library has it', () => {
  test.each(Object.entries(chains))('%s', async (name, run) => {
    const { message, result } = await runSdk(java(run))
    const { type, message: expected } = said(name)
    // A hand-made chain names the credential that was put into it.
    const wanted = name === 'wrong-secret-chained' ? expected.replace('> Environment', '> ClientSecret') : expected
    expect(message).toBe(wanted)
    if (result !== null && type === 'CredentialUnavailableException') expect(result.outcome).toBe('unavailable')
    if (result !== null && type === 'ClientAuthenticationException') expect(result.outcome).toBe('failed')
  })
})

const nothingToStdout = (stderr: string, code = 1): ReturnType<typeof exited> => exited(code, '', `${stderr}\n`)
const az = (result: ReturnType<typeof exited>): Omit<SdkRun, 'sdk'> => ({ names: ['az'], tools: { az: result } })
const azd = (result: ReturnType<typeof exited>): Omit<SdkRun, 'sdk'> => ({ names: ['azd'], tools: { azd: result } })
const pwsh = (result: ReturnType<typeof exited>): Omit<SdkRun, 'sdk'> => ({ names: ['pwsh'], tools: { pwsh: result } })

const mfa = 'AADSTS50076: Due to a configuration change'
const azMfa = `ERROR: ${mfa} made by your administrator, you must use multi-factor authentication.\nInteractive authentication is needed.`
const azLogin = 'ERROR: AADSTS700082: The refresh token has expired due to inactivity.\nPlease run: az login --tenant x'
const azdMfa = `ERROR: fetching token: failed to authenticate:\n(invalid_grant) ${mfa}`
const azdLogin = 'ERROR: not logged in, run `azd auth login` to login'

const tools: Readonly<Record<string, Omit<SdkRun, 'sdk'>>> = {
  'cli-none': { names: ['az'] },
  'cli-loggedout': az(nothingToStdout("ERROR: Please run 'az login' to setup account.")),
  'cli-aadsts': az(nothingToStdout(azMfa)),
  'cli-aadsts-login': az(nothingToStdout(azLogin)),
  'cli-silent': az(exited(1)),
  'cli-killed': { names: ['az'], tools: { az: { kind: 'killed', signal: 'SIGKILL', stdout: '', stderr: '' } } },
  'cli-junk': az(exited(0, 'hello\n')),
  'cli-empty': az(exited(0)),
  'cli-nothing-in': az(exited(0, '{}\n')),
  'cli-array': az(exited(0, '[]\n')),
  'cli-<': az(exited(0, '<html>\n')),
  'cli-brace': az(exited(0, '{\n')),
  'cli-num': az(exited(0, '12\n')),
  'cli-str': az(exited(0, '"x"\n')),
  'cli-null': az(exited(0, 'null\n')),
  'cli-bom': az(exited(0, 'Ünicode\n')),
  'az-noexec': { names: ['az'], tools: { az: 'not-executable' } },
  'scope-cli': { names: ['az'], request: { scopes: ['bad scope!'] } },
  'ctenant-cli': {
    names: ['az'],
    config: { tenantId: tenant },
    request: { tenantId: 'bbbbcccc-1111-dddd-2222-eeee3333ffff' },
  },
  'subscription-cli': { names: ['az'], config: { subscription: 'bad!' } },
  'claims-cli': { names: ['az'], request: { tenantId: tenant, claims: claims() } },
  'azd-none': { names: ['azd'] },
  'azd-loggedout': azd(nothingToStdout(azdLogin)),
  'azd-aadsts': azd(nothingToStdout(azdMfa)),
  'azd-silent': azd(exited(1)),
  'azd-junk': azd(exited(0, 'hello\n')),
  'azd-empty': azd(exited(0)),
  'azd-nothing-in': azd(exited(0, '{}\n')),
  'azd-array': azd(exited(0, '[]\n')),
  'azd-noflag': azd(nothingToStdout('ERROR: unknown flag: --claims')),
  'scope-azd': { names: ['azd'], request: { scopes: ['bad scope!'] } },
  'pwsh-none': { names: ['pwsh'] },
  'pwsh-loggedout': pwsh(nothingToStdout('Get-AzAccessToken: Run Connect-AzAccount to login.')),
  'pwsh-fail': pwsh(nothingToStdout(`Get-AzAccessToken: ${mfa}`)),
  'pwsh-silent': pwsh(exited(1)),
  'pwsh-empty': pwsh(exited(0)),
  'pwsh-junk': pwsh(exited(0, 'hello\n')),
  'pwsh-policy': pwsh(nothingToStdout('pwsh: AuthorizationManager check failed.')),
  'pwsh-nomodule': pwsh(exited(0, 'azsdk-no-module\n')),
  'claims-pwsh': { names: ['pwsh'], request: { tenantId: tenant, claims: claims() } },
}

function claims(): string {
  return '{"access_token":{"nbf":{"essential":true,"value":"1"}}}'
}

describe('a tool that is asked by name', () => {
  test.each(Object.entries(tools))('%s', async (name, run) => {
    const { message } = await runSdk(java(run))
    expect(message).toBe(said(name).message)
  })

  test.each([
    ['dcli-aadsts', 'AzureCliCredential', { az: nothingToStdout(azMfa) }],
    ['dcli-silent', 'AzureCliCredential', { az: exited(1) }],
    ['dcli-junk', 'AzureCliCredential', { az: exited(0, 'hello\n') }],
    ['dazd-aadsts', 'AzureDeveloperCliCredential', { azd: nothingToStdout(azdMfa) }],
    ['dpwsh-fail', 'AzurePowerShellCredential', { pwsh: nothingToStdout(`Get-AzAccessToken: ${mfa}`) }],
  ])('%s: in DefaultAzureCredential it is unavailable, whatever it is', async (name, link, standIns) => {
    const { message, result } = await runSdk(java({ env: only(link), tools: standIns }))
    expect(message).toBe(said(name).message)
    expect(result?.outcome).toBe('unavailable')
  })

  test.each([
    ['a tool that has failed ends it', nothingToStdout(azMfa), 'failed'],
    ['one that is signed out passes the turn on', nothingToStdout("Please run 'az login'"), 'unavailable'],
    ['also where Entra’s code stands beside it', nothingToStdout(azLogin), 'unavailable'],
  ])('in a chain of one’s own %s', async (_, answer, outcome) => {
    const { result } = await runSdk(java({ names: ['az', 'environment'], tools: { az: answer } }))
    expect(result?.attempts[0]?.outcome).toBe(outcome)
  })

  test('DefaultAzureCredential asks it for AZURE_TENANT_ID', async () => {
    const { runtime } = await runSdk(
      java({ env: { ...only('AzureCliCredential'), AZURE_TENANT_ID: tenant }, tools: { az: exited(1) } }),
    )
    expect(runtime.processes.started[0]?.args).toEqual(
      'account get-access-token --output json --resource https://management.azure.com --tenant'
        .split(' ')
        .concat(tenant),
    )
    expect(said('d-az-tenant').message).toBe(runtime.processes.started[0]?.args.join(' '))
  })

  test('a tool that takes long is waited for', async () => {
    const { message } = await runSdk(java({ names: ['az'], tools: { az: 'hangs' } }))
    // It took 12 seconds when it was recorded, and here a minute.
    expect(message).toBe(said('cli-slow').message)
  })
})

describe('managed identity on its own', () => {
  test.each([
    ['mi-refused', {}],
    ['hn-service-fabric-client', { env: fabric(), config: { clientId: app } }],
    ['hn-cloud-shell-client', { env: { MSI_ENDPOINT: 'http://127.0.0.1:9' }, config: { clientId: app } }],
    ['mi-imds-client', { http: imds(400, { error: 'invalid_request' }), config: { clientId: app } }],
    ['mi-exchange-nofile', { env: { ...principal, AZURE_FEDERATED_TOKEN_FILE: '/no/such/token' } }],
    ['mi-exchange-noclient', { env: { AZURE_TENANT_ID: tenant, AZURE_FEDERATED_TOKEN_FILE: '/no/such/token' } }],
  ])('%s', async (name, run) => {
    const { message } = await runSdk(java({ names: ['managed-identity'], ...run }))
    expect(message).toBe(said(name).message)
  })

  function fabric(): Readonly<Record<string, string>> {
    return {
      IDENTITY_ENDPOINT: 'https://127.0.0.1:9/msi',
      IDENTITY_HEADER: 'x',
      IDENTITY_SERVER_THUMBPRINT: 'a'.repeat(40),
    }
  }

  test('IMDS is probed once within a second, then asked six times in all', async () => {
    const { runtime } = await runSdk(java({ http: imds(500, { error: 'unknown' }) }))
    expect(runtime.http.requests.map(({ headers }) => headers?.['Metadata'])).toEqual([
      undefined,
      ...Array.from({ length: 6 }, () => 'true'),
    ])
    expect(runtime.http.requests[0]).toMatchObject({ connectTimeoutMs: 1000, timeoutMs: 1000 })
  })
})
