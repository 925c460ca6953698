/** The directory file: what it may say, and one clear error for what it may not. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { createRsaCertificate } from '../../src/sandbox/ca.ts'
import { createDefaultDirectory, defaultDirectoryFile } from '../../src/sandbox/default-directory.ts'
import { findResource, rolesAt } from '../../src/sandbox/directory.ts'
import { loadDirectory, parseDirectory } from '../../src/sandbox/directory-file.ts'
import { knownResources } from '../../src/sandbox/known-resources.ts'
import { UsageError } from '../../src/usage-error.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { expectSchema } from '../support/schemas.ts'
import { getToken } from './client.ts'

const ports = createNodeRuntime()
const id = '12345678-1234-4234-8234-123456789012'
const other = '87654321-1234-4234-8234-123456789012'
const tenants = [{ id, name: 'Own', domains: ['own.example'] }]
const app = { clientId: id, displayName: 'app' }
const user = { objectId: id, userPrincipalName: 'me@own.example', displayName: 'Me' }
const resource = { name: 'api', appId: id, identifierUris: ['api://own'] }

test('the built-in directory is what the schema allows', () => {
  expectSchema('sandbox-directory', JSON.parse(JSON.stringify(defaultDirectoryFile)))
  const own = createDefaultDirectory().apps.filter((app) => !app.isFamilyMember)
  expect(own.length).toBe(5)
})

test('a file with everything is read as it says', () => {
  const file = {
    tenants: [
      ...tenants,
      { id: other, name: 'Other' },
      { id: 'cccccccc-0000-4000-8000-000000000003', name: 'Third', domains: ['third.example'] },
    ],
    apps: [
      {
        ...app,
        tenant: 'own.example',
        objectId: other,
        multiTenant: true,
        servicePrincipals: [{ tenant: other, enabled: false }],
        secrets: [{ id, value: 'known', expires: '2030-01-01' }, {}],
        certificates: [{ generate: true }],
        trustedSubjects: [{ subjectName: 'app.own.example' }],
        federatedCredentials: [{ issuer: 'https://issuer.example', subject: 'me' }],
        redirectUris: ['http://localhost', 'https://app.own.example/back?x=1'],
        spaRedirectUris: ['https://app.own.example/page'],
        listedPermissions: { 'api://own': ['Read'] },
        userConsent: false,
        roles: { 'api://own': ['Read'], [id]: ['Write', 'Read'] },
        tokenLifetimeSeconds: 60,
        singleUseAssertions: true,
      },
    ],
    resources: [
      {
        ...resource,
        tokenVersion: 1,
        assignmentRequired: true,
        idtyp: true,
        signsNonce: true,
        tenants: ['own.example'],
      },
    ],
    wellKnownResources: false,
    issuers: [{ issuer: 'https://issuer.example', generate: true }],
    users: [
      {
        ...user,
        password: 'secret',
        enabled: false,
        mfaCode: '1234',
        mfaFor: ['api://own'],
        blockedFor: ['*'],
        signInFrequencySeconds: 60,
        guestIn: [{ tenant: other }, { tenant: 'third.example', objectId: other }],
      },
    ],
    wellKnownClients: false,
    deviceCodes: { lifetimeSeconds: 60 },
    multilineErrors: true,
  }
  expectSchema('sandbox-directory', file)
  const parsed = parseDirectory(file)
  if (!parsed.ok) throw new Error(`${parsed.error.path} ${parsed.error.reason}`)
  const [first] = parsed.value.apps
  const [own] = parsed.value.resources
  if (first === undefined || own === undefined) throw new Error('nothing was read')
  expect(parsed.value.resources).toHaveLength(1)
  expect(parsed.value.tenants[1]?.domains).toEqual([])
  expect(first.servicePrincipals).toMatchObject([
    { tenantId: id, objectId: other, isEnabled: true },
    { tenantId: other, isEnabled: false },
  ])
  expect(first.secrets[0]).toEqual({ id, value: 'known', expires: Date.UTC(2030, 0, 1) })
  expect(first.federatedCredentials[0]?.audience).toBe('api://AzureADTokenExchange')
  expect(rolesAt(first, own)).toEqual(['Read', 'Write'])
  expect(parsed.value.apps).toHaveLength(1)
  expect(first).toMatchObject({ hasUserConsent: false, redirectUris: ['http://localhost', expect.any(String)] })
  expect(parsed.value.deviceCodes).toEqual({ lifetimeSeconds: 60, intervalSeconds: 5 })
  expect(parsed.value.users).toMatchObject([
    {
      tenantId: id,
      isEnabled: false,
      mfaCode: '1234',
      signInFrequencySeconds: 60,
      guestIn: [{ tenantId: other }, { objectId: other }],
    },
  ])
})

test('ids that a file leaves out are the same at every start', () => {
  const read = () => parseDirectory({ tenants, apps: [{ ...app, secrets: [{}] }] })
  expect(read()).toEqual(read())
})

test('a resource of the file stands in for the well-known one with its app id', () => {
  const graph = '00000003-0000-0000-c000-000000000000'
  const parsed = parseDirectory({
    tenants,
    resources: [{ name: 'my graph', appId: graph, identifierUris: ['https://graph.microsoft.com'] }],
  })
  if (!parsed.ok) throw new Error(parsed.error.reason)
  expect(findResource(parsed.value, graph)?.name).toBe('my graph')
  expect(parsed.value.resources).toHaveLength(knownResources.length)
})

test('the table of well-known resources repeats no id and no name', () => {
  const names = knownResources.flatMap((known) => [
    known.appId,
    ...known.identifierUris.map((uri) => uri.toLowerCase()),
  ])
  expect(names.length).toBe(new Set(names).size)
})

const rows: readonly (readonly [unknown, string, string])[] = [
  [null, '$', 'is not an object'],
  [[], '$', 'is not an object'],
  [{}, '$.tenants', 'is empty: there must be a tenant'],
  [{ tenants: {} }, '$.tenants', 'is not a list'],
  [{ tenants, tenant: [] }, '$', "has the unknown member 'tenant'; it may have tenants, apps,"],
  [{ tenants: [{ name: 'x' }] }, '$.tenants[0].id', 'is missing'],
  [{ tenants: [{ id: 'contoso', name: 'x' }] }, '$.tenants[0].id', 'is not a GUID'],
  [{ tenants: [{ id, name: '' }] }, '$.tenants[0].name', 'is empty'],
  [{ tenants: [{ id, name: 'x', domains: ['contoso'] }] }, '$.tenants[0].domains[0]', 'is not a domain name'],
  [
    { tenants: [...tenants, { id: other, name: 'x', domains: ['OWN.example'] }] },
    '$.tenants[1].domains[0]',
    'repeats $.tenants[0].domains[0]',
  ],
  [{ tenants, apps: [{ ...app, clientId: 5 }] }, '$.apps[0].clientId', 'is not a text'],
  [
    { tenants, apps: [app, { ...app, clientId: id.toUpperCase() }] },
    '$.apps[1].clientId',
    'repeats $.apps[0].clientId',
  ],
  [
    { tenants, apps: [{ ...app, tenant: 'nobody.example' }] },
    '$.apps[0].tenant',
    "names the tenant 'nobody.example', which is not in $.tenants",
  ],
  [{ tenants, apps: [{ ...app, enabled: 'yes' }] }, '$.apps[0].enabled', 'is neither true nor false'],
  [
    { tenants, apps: [{ ...app, secrets: [{ expires: 'tomorrow' }] }] },
    '$.apps[0].secrets[0].expires',
    'is not a date such as 2026-11-21T00:00:00Z',
  ],
  [
    { tenants, apps: [{ ...app, secrets: [{ expires: '2026-13-01' }] }] },
    '$.apps[0].secrets[0].expires',
    'is not a date',
  ],
  [
    { tenants, apps: [{ ...app, certificates: [{}] }] },
    '$.apps[0].certificates[0]',
    'needs one of "pem", "file" or "generate": true',
  ],
  [
    { tenants, apps: [{ ...app, certificates: [{ generate: true, pem: 'x' }] }] },
    '$.apps[0].certificates[0]',
    'needs one of',
  ],
  [
    { tenants, apps: [{ ...app, certificates: [{ pem: 'x' }] }] },
    '$.apps[0].certificates[0].pem',
    'is not a certificate in PEM',
  ],
  [
    { tenants, apps: [{ ...app, certificates: [{ file: 'none.pem' }] }] },
    '$.apps[0].certificates[0].file',
    "names 'none.pem', which cannot be read",
  ],
  [
    { tenants, apps: [{ ...app, trustedSubjects: [{ subjectName: 'x', authorities: ['x'] }] }] },
    '$.apps[0].trustedSubjects[0].authorities[0]',
    'is not a certificate in PEM',
  ],
  [
    { tenants, apps: [{ ...app, federatedCredentials: [{ issuer: 'github', subject: 's' }] }] },
    '$.apps[0].federatedCredentials[0].issuer',
    'is not an http or https URL',
  ],
  [
    { tenants, apps: [{ ...app, roles: { 'api://nothing': ['x'] } }] },
    "$.apps[0].roles['api://nothing']",
    'names a resource that is not known',
  ],
  [
    { tenants, apps: [{ ...app, roles: { 'https://vault.azure.net': 'x' } }] },
    "$.apps[0].roles['https://vault.azure.net']",
    'is not a list',
  ],
  [
    { tenants, apps: [{ ...app, servicePrincipals: [{ tenant: id }] }] },
    '$.apps[0].servicePrincipals',
    'is only for apps with "multiTenant": true',
  ],
  [
    { tenants, apps: [{ ...app, tokenLifetimeSeconds: 0 }] },
    '$.apps[0].tokenLifetimeSeconds',
    'is not a whole number of seconds from 1 to 604800',
  ],
  [{ tenants, resources: [{ ...resource, tokenVersion: 3 }] }, '$.resources[0].tokenVersion', 'is neither 1 nor 2'],
  [
    { tenants, resources: [{ ...resource, identifierUris: ['own'] }] },
    '$.resources[0].identifierUris[0]',
    'is not a URI',
  ],
  [
    { tenants, resources: [resource, { ...resource, appId: other }] },
    '$.resources[1].identifierUris[0]',
    'repeats $.resources[0].identifierUris[0]',
  ],
  [
    { tenants, resources: [{ ...resource, tenants: ['x.example'] }] },
    '$.resources[0].tenants[0]',
    "names the tenant 'x.example'",
  ],
  [{ tenants, issuers: [{ issuer: 'https://a.example' }] }, '$.issuers[0]', 'needs either "keys" or "generate": true'],
  [
    { tenants, issuers: [{ issuer: 'https://a.example', keys: [{ kty: 'EC' }] }] },
    '$.issuers[0].keys[0].kty',
    'is not RSA',
  ],
  [
    { tenants, issuers: [{ issuer: 'https://a.example', keys: [{ kty: 'RSA', n: 'x', e: 'AQAB', d: 'x' }] }] },
    '$.issuers[0].keys[0]',
    'is a private key; leave only the public members',
  ],
  [
    { tenants, issuers: [{ issuer: 'https://a.example', keys: [{ kty: 'RSA' }] }] },
    '$.issuers[0].keys[0]',
    'is not an RSA key in JWK form',
  ],
  [{ tenants, users: [{ objectId: id, displayName: 'x' }] }, '$.users[0].userPrincipalName', 'is missing'],
  [{ tenants, users: [{ ...user, mfaCode: 'abc' }] }, '$.users[0].mfaCode', 'is not 4 to 8 digits'],
  [{ tenants, users: [{ ...user, guestIn: [{ tenant: id }] }] }, '$.users[0].guestIn[0].tenant', 'is the home tenant'],
  [
    { tenants, users: [{ ...user, guestIn: [{ tenant: 'x.example' }] }] },
    '$.users[0].guestIn[0].tenant',
    "names the tenant 'x.example', which is not in $.tenants",
  ],
  [
    { tenants, users: [user, { ...user, objectId: other, userPrincipalName: 'ME@own.example' }] },
    '$.users[1].userPrincipalName',
    'repeats $.users[0].userPrincipalName',
  ],
  [
    { tenants, apps: [{ ...app, redirectUris: ['http://localhost#x'] }] },
    '$.apps[0].redirectUris[0]',
    'is not a URI without a fragment',
  ],
  [
    { tenants, apps: [{ ...app, listedPermissions: { 'api://x': ['Read'] } }] },
    "$.apps[0].listedPermissions['api://x']",
    'names a resource that is not known',
  ],
  [
    { tenants, deviceCodes: { intervalSeconds: 0 } },
    '$.deviceCodes.intervalSeconds',
    'is not a whole number of seconds from 1 to 604800',
  ],
]

test.for(rows)('refused: %j', ([file, where, reason]) => {
  const parsed = parseDirectory(file)
  expect(parsed).toMatchObject({ ok: false, error: { path: where, reason: expect.stringContaining(reason) } })
})

test('a certificate that is no RSA certificate is refused', async () => {
  const { createAuthorityCertificates } = await import('../../src/sandbox/ca.ts')
  const { caPem } = await createAuthorityCertificates(['localhost'], ports)
  const parsed = parseDirectory({ tenants, apps: [{ ...app, certificates: [{ pem: caPem }] }] })
  expect(parsed).toMatchObject({
    ok: false,
    error: { path: '$.apps[0].certificates[0].pem', reason: 'has no RSA key' },
  })
})

describe('from disk', () => {
  async function makeFolder(): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'azid-directory-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    return folder
  }

  test('certificates are read beside the file, and it may begin with a byte order mark', async () => {
    const folder = await makeFolder()
    const { certificatePem } = await createRsaCertificate('app', ports)
    await writeFile(path.join(folder, 'app.pem'), certificatePem)
    const file = path.join(folder, 'directory.json')
    const content = {
      $schema: 'x',
      tenants,
      apps: [{ ...app, secrets: [{ value: 'known' }], certificates: [{ file: 'app.pem' }] }],
    }
    await writeFile(file, `\uFEFF${JSON.stringify(content)}`)
    const directory = await loadDirectory(file, ports.files)
    expect(directory.apps[0]?.certificates[0]).toMatchObject({ kind: 'given' })
    const sandbox = await startTestSandbox({ directory })
    expect(sandbox.defaultApp).toEqual({ clientId: id, secret: 'known' })
    expect((await getToken(sandbox)).claims['tid']).toBe(id)
  })

  test.for([
    ['{', /^the directory file '.*' is no JSON: /],
    ['', /is no JSON/],
    ['{"tenants": 1}', /^in the directory file '.*', \$\.tenants is not a list$/],
  ] as const)('%j is one usage error that names the file', async ([content, message]) => {
    const file = path.join(await makeFolder(), 'directory.json')
    await writeFile(file, content)
    const loaded = loadDirectory(file, ports.files)
    await expect(loaded).rejects.toThrow(UsageError)
    await expect(loaded).rejects.toThrow(message)
    await expect(loaded).rejects.toMatchObject({ facts: { source: '--directory' } })
  })

  test('a file that is not there is one usage error', async () => {
    await expect(loadDirectory('/nonexistent/directory.json', ports.files)).rejects.toThrow(
      /^the directory file '\/nonexistent\/directory.json' cannot be read: ENOENT/,
    )
  })
})
