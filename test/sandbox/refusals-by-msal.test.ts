/** Every refusal that an unmodified MSAL can be made to meet: it sends the request, the sandbox says no, MSAL reports the code. */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import { expect, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { createRsaCertificate, type KeyAndCertificate } from '../../src/sandbox/ca.ts'
import {
  clusterCredential,
  defaultDirectoryFile,
  defaultIds,
  githubCredential,
} from '../../src/sandbox/default-directory.ts'
import type { SandboxDirectory } from '../../src/sandbox/directory.ts'
import { parseDirectory } from '../../src/sandbox/directory-file.ts'
import type { RefusalName } from '../../src/sandbox/refusals.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { signToken } from '../../src/sandbox/signed-token.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { askByMsal, decodeToken, type MsalAsk, refusalByMsal } from './client.ts'

const ports = createNodeRuntime()
const day = 24 * 3_600_000
const now = Math.floor(ports.clock.now() / 1000)

/** Keys take a while, so all tests share them. */
const registered = await createRsaCertificate('registered', ports)
const unregistered = await createRsaCertificate('unregistered', ports)
const expired = await createRsaCertificate('expired', ports, {
  life: { from: ports.clock.now() - 30 * day, to: ports.clock.now() - day },
})
const authority = await createRsaCertificate('Contoso Issuing CA', ports)
const issued = await createRsaCertificate('shop.contoso.com', ports, {
  issuer: { commonName: 'Contoso Issuing CA', privateKey: authority.privateKey },
})
const issuedElsewhere = await createRsaCertificate('shop.contoso.com', ports, {
  issuer: { commonName: 'Contoso Issuing CA', privateKey: unregistered.privateKey },
})

const subjectNameApp = '88889999-cccc-0000-dddd-1111eeee2222'
const onceApp = '99990000-dddd-1111-eeee-2222ffff3333'

function directory(): SandboxDirectory {
  const [shop, ...others] = defaultDirectoryFile.apps
  const parsed = parseDirectory({
    ...defaultDirectoryFile,
    apps: [
      {
        ...shop,
        certificates: [{ generate: true }, { pem: registered.certificatePem }, { pem: expired.certificatePem }],
        federatedCredentials: [
          ...shop.federatedCredentials,
          { issuer: 'https://issuer.example', subject: 'anybody', audience: 'api://AzureADTokenExchange' },
        ],
      },
      ...others,
      {
        clientId: subjectNameApp,
        displayName: 'by subject name',
        trustedSubjects: [{ subjectName: 'shop.contoso.com', authorities: [authority.certificatePem] }],
      },
      {
        clientId: onceApp,
        displayName: 'once',
        certificates: [{ pem: registered.certificatePem }],
        singleUseAssertions: true,
      },
    ],
  })
  if (!parsed.ok) throw new Error(`${parsed.error.path} ${parsed.error.reason}`)
  return parsed.value
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }).toString()
}

function sha256Of(certificate: KeyAndCertificate): string {
  return new X509Certificate(certificate.certificatePem).fingerprint256.replaceAll(':', '')
}

function sha1Of(certificate: KeyAndCertificate): string {
  return new X509Certificate(certificate.certificatePem).fingerprint.replaceAll(':', '')
}

function byCertificate(certificate: KeyAndCertificate, key = certificate): NonNullable<MsalAsk['certificate']> {
  return { privateKey: pemOf(key.privateKey), thumbprintSha256: sha256Of(certificate) }
}

/** An assertion as a client would make it, with some of it changed (undefined: left out). */
function assertionWith(
  sandbox: Sandbox,
  claims: Readonly<Record<string, unknown>>,
  header: Readonly<Record<string, unknown>> = {},
  key = registered.privateKey,
): string {
  const clientId = sandbox.defaultApp.clientId
  const whole = {
    aud: `${sandbox.origin}/${sandbox.tenantId}/oauth2/v2.0/token`,
    iss: clientId,
    sub: clientId,
    jti: ports.random.uuid(),
    nbf: now,
    exp: now + 600,
    ...claims,
  }
  const x5t = Buffer.from(sha1Of(registered), 'hex').toString('base64url')
  return signToken(dropUndefined({ alg: 'RS256', typ: 'JWT', x5t, ...header }), dropUndefined(whole), key)
}

function dropUndefined(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined))
}

interface Row {
  readonly refusal: RefusalName
  readonly code: string
  readonly error: string
  readonly text: string
  /** Why this one, where several rows have the same refusal. */
  readonly because?: string
  readonly ask: (sandbox: Sandbox) => MsalAsk | Promise<MsalAsk>
}

const invalidClient = 'invalid_client'
const other = '12345678-1234-4234-8234-123456789012'

const rows: readonly Row[] = [
  // tenants
  {
    refusal: 'tenant-unknown',
    code: 'AADSTS90002',
    error: 'invalid_request',
    text: `Tenant '${other}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.`,
    ask: () => ({ tenant: other, withoutDiscovery: true }),
  },
  {
    refusal: 'tenant-malformed',
    code: 'AADSTS900023',
    error: 'invalid_request',
    text: "Specified tenant identifier 'undefined' is neither a valid DNS name, nor a valid external domain.",
    ask: () => ({ tenant: 'undefined', withoutDiscovery: true }),
  },
  // apps
  {
    refusal: 'app-unknown',
    code: 'AADSTS700016',
    error: 'unauthorized_client',
    text: `Application with identifier '${other}' was not found in the directory 'Contoso'.`,
    ask: () => ({ clientId: other }),
  },
  {
    refusal: 'app-unknown',
    because: 'a single-tenant app of another tenant',
    code: 'AADSTS700016',
    error: 'unauthorized_client',
    text: `Application with identifier '${defaultIds.fabrikamApp}' was not found in the directory 'Contoso'.`,
    ask: () => ({ clientId: defaultIds.fabrikamApp }),
  },
  {
    refusal: 'app-not-in-tenant',
    code: 'AADSTS7000229',
    error: invalidClient,
    text: `The client application ${defaultIds.partnerApp} is missing service principal in the tenant ${defaultIds.contoso}.`,
    ask: () => ({ clientId: defaultIds.partnerApp }),
  },
  {
    refusal: 'app-disabled',
    code: 'AADSTS7000112',
    error: 'unauthorized_client',
    text: `Application '${defaultIds.disabledApp}'(old-shop) is disabled.`,
    ask: () => ({ clientId: defaultIds.disabledApp }),
  },
  {
    refusal: 'app-public',
    code: 'AADSTS700025',
    error: invalidClient,
    text: "Client is public so neither 'client_assertion' nor 'client_secret' should be presented.",
    ask: () => ({ clientId: defaultIds.publicApp }),
  },
  // secrets
  {
    refusal: 'secret-wrong',
    code: 'AADSTS7000215',
    error: invalidClient,
    text: `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${defaultIds.app}'.`,
    ask: () => ({ secret: 'cccccccc-0000-1111-2222-dddddddddddd' }),
  },
  {
    refusal: 'secret-expired',
    code: 'AADSTS7000222',
    error: invalidClient,
    text: `The provided client secret keys for app '${defaultIds.app}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret`,
    ask: (sandbox) => ({ secret: sandbox.directory.apps[0]?.secrets[1]?.value ?? '' }),
  },
  // certificates
  {
    refusal: 'certificate-unregistered',
    code: 'AADSTS700027',
    error: invalidClient,
    text: `The certificate with identifier used to sign the client assertion is not registered on application. [Reason - The key was not found., Thumbprint of key used by client: '${sha256Of(unregistered)}'`,
    ask: () => ({ certificate: byCertificate(unregistered) }),
  },
  {
    refusal: 'certificate-unregistered-subject-name',
    code: 'AADSTS700027',
    error: invalidClient,
    text: "Alternatively, SNI may be configured on the app. Please ensure that client assertion is being sent with the x5c claim in the JWT header using MSAL's WithSendX5C()",
    ask: () => ({ clientId: subjectNameApp, certificate: byCertificate(issued) }),
  },
  {
    refusal: 'certificate-signature',
    code: 'AADSTS700027',
    error: invalidClient,
    text: 'Client assertion contains an invalid signature. [Reason - Key was found, but use of the key to verify the signature failed.',
    because: 'signed with another key, PS256',
    ask: () => ({ certificate: byCertificate(registered, unregistered) }),
  },
  {
    refusal: 'certificate-signature',
    because: 'signed with another key, RS256 and a SHA-1 thumbprint',
    code: 'AADSTS700027',
    error: invalidClient,
    text: `Thumbprint of key used by client: '${sha1Of(registered)}', Found key 'Start=`,
    ask: () => ({ certificate: { privateKey: pemOf(unregistered.privateKey), thumbprint: sha1Of(registered) } }),
  },
  {
    refusal: 'certificate-expired',
    code: 'AADSTS700027',
    error: invalidClient,
    text: 'Client assertion contains an invalid signature. [Reason - The key used is expired.',
    ask: () => ({ certificate: byCertificate(expired) }),
  },
  {
    refusal: 'certificate-subject-name',
    code: 'AADSTS700030',
    error: invalidClient,
    text: 'Invalid certificate - subject name in certificate is not authorized. SubjectNames/SubjectAlternativeNames (up to 10) in token certificate are: CN=registered.',
    ask: () => ({
      clientId: subjectNameApp,
      certificate: { ...byCertificate(registered), x5c: registered.certificatePem },
    }),
  },
  {
    refusal: 'certificate-chain',
    code: 'AADSTS50012',
    error: invalidClient,
    text: "The certificate chain isn't valid.",
    ask: () => ({
      clientId: subjectNameApp,
      certificate: { ...byCertificate(issuedElsewhere), x5c: issuedElsewhere.certificatePem },
    }),
  },
  {
    refusal: 'certificate-signature',
    because: 'the right name and chain, but not its key',
    code: 'AADSTS700027',
    error: invalidClient,
    text: 'Client assertion contains an invalid signature.',
    ask: () => ({
      clientId: subjectNameApp,
      certificate: { ...byCertificate(issued, registered), x5c: issued.certificatePem },
    }),
  },
  // assertions
  ...['garbage', 'a.b', 'a.b.c', 'e30.e30.', 'e30.e30.c2ln.more', `${'a'.repeat(200_000)}.e30.e30`].map(
    (assertion): Row => ({
      refusal: 'assertion-malformed',
      because: assertion.slice(0, 20),
      code: 'AADSTS50027',
      error: 'invalid_request',
      text: 'JWT token is invalid or malformed.',
      ask: () => ({ assertion }),
    }),
  ),
  ...(
    [
      ['the audience is a list', { aud: ['https://a.example'] }],
      ['the times are texts', { exp: 'soon' }],
      ['the issued-at is a text', { iat: 'today' }],
      ['the id is a number', { jti: 1 }],
    ] as const
  ).map(
    ([because, claims]): Row => ({
      refusal: 'assertion-malformed',
      because,
      code: 'AADSTS50027',
      error: 'invalid_request',
      text: 'JWT token is invalid or malformed.',
      ask: (sandbox) => ({ assertion: assertionWith(sandbox, claims) }),
    }),
  ),
  ...['iss', 'sub', 'aud', 'exp'].map(
    (claim): Row => ({
      refusal: 'assertion-claim-missing',
      because: claim,
      code: 'AADSTS90014',
      error: 'invalid_request',
      text: `The required field '${claim}' is missing from the credential.`,
      ask: (sandbox) => ({ assertion: assertionWith(sandbox, { [claim]: undefined }) }),
    }),
  ),
  {
    refusal: 'assertion-type',
    code: 'AADSTS5002727',
    error: 'invalid_request',
    text: "Invalid JWT header type specified. Allowed types: 'JWT','http://openid.net/specs/jwt/1.0'.",
    ask: (sandbox) => ({ assertion: assertionWith(sandbox, {}, { typ: 'at+jwt' }) }),
  },
  ...['none', 'HS256', 'RS512', 'ES256'].map(
    (alg): Row => ({
      refusal: 'assertion-algorithm',
      because: alg,
      code: 'AADSTS5002738',
      error: invalidClient,
      text: `Invalid JWT token. '${alg}' is not a supported signature algorithm.`,
      ask: (sandbox) => ({ assertion: assertionWith(sandbox, {}, { alg }) }),
    }),
  ),
  {
    refusal: 'assertion-key-unnamed',
    code: 'AADSTS5002723',
    error: invalidClient,
    text: 'Invalid JWT token. No certificate SHA-1 thumbprint, certificate SHA-256 thumbprint, nor keyId specified in token header.',
    ask: (sandbox) => ({ assertion: assertionWith(sandbox, {}, { x5t: undefined }) }),
  },
  {
    refusal: 'assertion-subject',
    code: 'AADSTS50048',
    error: invalidClient,
    text: 'Subject must match the issuer claim in the client assertion.',
    ask: (sandbox) => ({ assertion: assertionWith(sandbox, { sub: other }) }),
  },
  {
    refusal: 'assertion-client',
    code: 'AADSTS700021',
    error: invalidClient,
    text: "Client assertion application identifier doesn't match 'client_id' parameter.",
    ask: (sandbox) => ({ assertion: assertionWith(sandbox, { iss: other, sub: other }) }),
  },
  {
    refusal: 'assertion-audience',
    because: 'another tenant',
    code: 'AADSTS700023',
    error: invalidClient,
    text: 'Client assertion audience claim does not match Realm issuer.',
    ask: (sandbox) => ({
      assertion: assertionWith(sandbox, { aud: `${sandbox.origin}/${defaultIds.fabrikam}/oauth2/v2.0/token` }),
    }),
  },
  {
    refusal: 'assertion-audience',
    because: 'another host',
    code: 'AADSTS700023',
    error: invalidClient,
    text: 'Client assertion audience claim does not match Realm issuer.',
    ask: (sandbox) => ({
      assertion: assertionWith(sandbox, { aud: `https://login.example/${sandbox.tenantId}/oauth2/v2.0/token` }),
    }),
  },
  {
    refusal: 'assertion-time',
    because: 'expired six minutes ago',
    code: 'AADSTS700024',
    error: invalidClient,
    text: 'Client assertion is not within its valid time range. Current time: ',
    ask: (sandbox) => ({ assertion: assertionWith(sandbox, { nbf: now - 1000, exp: now - 360 }) }),
  },
  {
    refusal: 'assertion-time',
    because: 'valid in an hour',
    code: 'AADSTS700024',
    error: invalidClient,
    text: ', expiry time of assertion ',
    ask: (sandbox) => ({ assertion: assertionWith(sandbox, { nbf: now + 3600, exp: now + 4200 }) }),
  },
  {
    refusal: 'assertion-time',
    because: 'a date that no calendar holds',
    code: 'AADSTS700024',
    error: invalidClient,
    text: 'Client assertion is not within its valid time range.',
    ask: (sandbox) => ({ assertion: assertionWith(sandbox, { nbf: 1e18, exp: 2e18 }) }),
  },
  // federated assertions
  {
    refusal: 'federated-issuer',
    code: 'AADSTS700211',
    error: invalidClient,
    text: "No matching federated identity record found for presented assertion issuer 'https://token.actions.githubusercontent.com/'.",
    because: 'one slash more',
    ask: async (sandbox) => ({
      assertion: await sandbox.mintFederatedToken({ ...githubCredential, issuer: `${githubCredential.issuer}/` }),
    }),
  },
  {
    refusal: 'federated-audience',
    code: 'AADSTS700212',
    error: invalidClient,
    text: "No matching federated identity record found for presented assertion audience 'https://github.com/contoso'.",
    ask: async (sandbox) => ({
      assertion: await sandbox.mintFederatedToken({ ...githubCredential, audience: 'https://github.com/contoso' }),
    }),
  },
  {
    refusal: 'federated-subject',
    code: 'AADSTS700213',
    error: invalidClient,
    text: "No matching federated identity record found for presented assertion subject 'repo:contoso/shop:pull_request'. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.",
    ask: async (sandbox) => ({
      assertion: await sandbox.mintFederatedToken({ ...githubCredential, subject: 'repo:contoso/shop:pull_request' }),
    }),
  },
  {
    refusal: 'federated-subject-case',
    code: 'AADSTS7002138',
    error: invalidClient,
    text: 'The subject matches with case-insensitive comparison, but not with case-sensitive comparison.',
    ask: async (sandbox) => ({
      assertion: await sandbox.mintFederatedToken({
        ...githubCredential,
        subject: 'repo:Contoso/shop:ref:refs/heads/main',
      }),
    }),
  },
  {
    refusal: 'assertion-time',
    because: 'a federated token of an hour ago',
    code: 'AADSTS700024',
    error: invalidClient,
    text: 'Client assertion is not within its valid time range.',
    ask: async (sandbox) => ({
      assertion: await sandbox.mintFederatedToken({ ...clusterCredential, issuedAt: ports.clock.now() - 3_600_000 }),
    }),
  },
  {
    refusal: 'assertion-algorithm',
    because: 'a federated token with PS256',
    code: 'AADSTS5002738',
    error: invalidClient,
    text: "'PS256' is not a supported signature algorithm. Supported signing algorithms are: 'RS256'",
    ask: (sandbox) => ({
      assertion: assertionWith(
        sandbox,
        { iss: githubCredential.issuer, sub: githubCredential.subject, aud: githubCredential.audience },
        { alg: 'PS256' },
      ),
    }),
  },
  {
    refusal: 'federated-key',
    code: 'AADSTS7000272',
    error: invalidClient,
    text: "The certificate with identifier 'yesterday' used to sign the federated credential could not be found in the metadata of identity provider.",
    ask: (sandbox) => ({
      assertion: assertionWith(
        sandbox,
        { iss: githubCredential.issuer, sub: githubCredential.subject, aud: githubCredential.audience },
        { kid: 'yesterday', x5t: undefined },
      ),
    }),
  },
  {
    refusal: 'federated-signature',
    code: 'AADSTS7000274',
    error: invalidClient,
    text: 'Client assertion contains an invalid signature.',
    ask: async (sandbox) => ({
      assertion: assertionWith(
        sandbox,
        { iss: githubCredential.issuer, sub: githubCredential.subject, aud: githubCredential.audience },
        { kid: (await sandbox.state.federationKey()).kid, x5t: undefined },
      ),
    }),
  },
  {
    refusal: 'federated-issuer-unreachable',
    code: 'AADSTS501661',
    error: 'invalid_request',
    text: 'Request to External OIDC endpoint failed.',
    ask: (sandbox) => ({
      assertion: assertionWith(
        sandbox,
        { iss: 'https://issuer.example', sub: 'anybody', aud: 'api://AzureADTokenExchange' },
        { x5t: undefined },
      ),
    }),
  },
  // scopes and resources
  {
    refusal: 'scope-malformed',
    code: 'AADSTS70011',
    error: 'invalid_scope',
    text: 'The scope /.default is not valid. The scope format is invalid. Scope must be in a valid URI form <https://example/scope> or a valid Guid <guid/scope>.',
    ask: () => ({ scopes: ['/.default'] }),
  },
  {
    refusal: 'scope-not-default',
    code: 'AADSTS1002012',
    error: 'invalid_scope',
    text: 'The provided value for scope https://graph.microsoft.com/User.Read is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).',
    ask: () => ({ scopes: ['https://graph.microsoft.com/User.Read'] }),
  },
  {
    refusal: 'scope-several-resources',
    code: 'AADSTS28000',
    error: 'invalid_request',
    text: 'Provided value for the input parameter scope is not valid because it contains more than one resource.',
    ask: () => ({ scopes: ['https://vault.azure.net/.default', 'https://storage.azure.com/.default'] }),
  },
  {
    refusal: 'resource-unknown',
    code: 'AADSTS500011',
    error: 'invalid_resource',
    text: 'The resource principal named https://nobody.example was not found in the tenant named Contoso.',
    ask: () => ({ scopes: ['https://nobody.example/.default'] }),
  },
  {
    refusal: 'resource-disabled',
    code: 'AADSTS500014',
    error: 'invalid_resource',
    text: "The service principal for resource 'api://contoso-archive' is disabled.",
    ask: () => ({ scopes: ['api://contoso-archive/.default'] }),
  },
  {
    refusal: 'role-missing',
    code: 'AADSTS501051',
    error: 'invalid_grant',
    text: `Application '${defaultIds.app}'(shop) is not assigned to a role for the application`,
    ask: () => ({ scopes: ['api://contoso-ledger/.default'] }),
  },
]

test.for(rows.map((row) => [`${row.refusal}${row.because === undefined ? '' : `, ${row.because}`}`, row] as const))(
  'msal is refused: %s',
  async ([, row]) => {
    const sandbox = await startTestSandbox({ directory: directory() })
    const refusal = await refusalByMsal(sandbox, await row.ask(sandbox))
    expect(refusal.code).toBe(row.code)
    expect(refusal.error).toBe(row.error)
    expect(refusal.message).toContain(row.text)
    expect(sandbox.requests.at(-1)).toMatchObject({ endpoint: 'token', refusal: row.code })
  },
)

const accepted: readonly (readonly [string, (sandbox: Sandbox) => MsalAsk | Promise<MsalAsk>])[] = [
  ['a secret', () => ({})],
  ['a secret, the tenant by domain', () => ({ tenant: 'contoso.onmicrosoft.com' })],
  ['a certificate with PS256', () => ({ certificate: byCertificate(registered) })],
  [
    'a certificate with RS256 and a SHA-1 thumbprint',
    () => ({ certificate: { privateKey: pemOf(registered.privateKey), thumbprint: sha1Of(registered) } }),
  ],
  [
    'a certificate by subject name and issuer',
    () => ({ clientId: subjectNameApp, certificate: { ...byCertificate(issued), x5c: issued.certificatePem } }),
  ],
  [
    'a certificate by subject name, with its whole chain',
    () => ({
      clientId: subjectNameApp,
      certificate: { ...byCertificate(issued), x5c: issued.certificatePem + authority.certificatePem },
    }),
  ],
  ['an assertion that is five minutes late', (sandbox) => ({ assertion: assertionWith(sandbox, { exp: now - 240 }) })],
  [
    'an assertion for the v1 endpoint',
    (sandbox) => ({
      assertion: assertionWith(sandbox, { aud: `${sandbox.origin}/contoso.onmicrosoft.com/oauth2/token` }),
    }),
  ],
  [
    'an assertion for the v2 issuer',
    (sandbox) => ({
      assertion: assertionWith(sandbox, { aud: `${sandbox.origin}/${sandbox.tenantId}/v2.0` }),
    }),
  ],
  [
    'an assertion whose key is named by kid',
    (sandbox) => ({
      assertion: assertionWith(
        sandbox,
        {},
        {
          x5t: undefined,
          kid: createHash('sha1').update(new X509Certificate(registered.certificatePem).raw).digest('base64url'),
        },
      ),
    }),
  ],
  ["GitHub's token", async (sandbox) => ({ assertion: await sandbox.mintFederatedToken(githubCredential) })],
  ["a cluster's token", async (sandbox) => ({ assertion: await sandbox.mintFederatedToken(clusterCredential) })],
]

test.for(accepted)('msal gets a token with %s', async ([, ask]) => {
  const sandbox = await startTestSandbox({ directory: directory() })
  const token = decodeToken(await askByMsal(sandbox, await ask(sandbox)))
  expect(token.claims['aud']).toBe('https://management.azure.com')
  expect(token.claims['tid']).toBe(sandbox.tenantId)
})

test('msal may send one assertion again, as it does for ten minutes', async () => {
  const sandbox = await startTestSandbox({ directory: directory() })
  const assertion = assertionWith(sandbox, {})
  await askByMsal(sandbox, { assertion })
  await askByMsal(sandbox, { assertion, scopes: ['https://vault.azure.net/.default'] })
  expect(sandbox.requests.filter((request) => request.status === 200 && request.endpoint === 'token')).toHaveLength(2)
})

test('msal is refused: assertion-replayed, the id of one assertion on another', async () => {
  const sandbox = await startTestSandbox({ directory: directory() })
  await askByMsal(sandbox, { assertion: assertionWith(sandbox, { jti: 'one' }) })
  const refusal = await refusalByMsal(sandbox, { assertion: assertionWith(sandbox, { jti: 'one', exp: now + 700 }) })
  expect(refusal).toMatchObject({ code: 'AADSTS50027', error: 'invalid_request' })
  expect(refusal.message).toContain("The 'jti' claim of the client assertion was used before.")
})

test('msal is refused: assertion-replayed, a second use where the app wants single use', async () => {
  const sandbox = await startTestSandbox({ directory: directory() })
  const assertion = assertionWith(sandbox, { iss: onceApp, sub: onceApp })
  await askByMsal(sandbox, { clientId: onceApp, assertion })
  const refusal = await refusalByMsal(sandbox, { clientId: onceApp, assertion })
  expect(refusal.code).toBe('AADSTS50027')
})

test('msal says what discovery said of an unknown tenant', async () => {
  const sandbox = await startTestSandbox()
  const refusal = await refusalByMsal(sandbox, { tenant: other })
  expect(refusal.error).toBe('endpoints_resolution_error')
  expect(sandbox.requests).toHaveLength(1)
  expect(sandbox.requests[0]).toMatchObject({ endpoint: 'configuration', status: 400, refusal: 'AADSTS90002' })
})
