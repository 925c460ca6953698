/** The tokens themselves: claims as Entra gives them, signatures that the published keys verify. */
import { createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import { expect, test } from 'vitest'
import { defaultIds } from '../../src/sandbox/default-directory.ts'
import { parseDirectory } from '../../src/sandbox/directory-file.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { askByMsal, type Decoded, decodeToken, getToken, msalApp, send, tokenUrl } from './client.ts'

async function hasPublishedSignature(token: Decoded, sandbox: Sandbox): Promise<boolean> {
  const reply = await send(sandbox, `${sandbox.origin}/${sandbox.tenantId}/discovery/v2.0/keys`)
  const keys: (JsonWebKey & { kid: string })[] = JSON.parse(reply.body).keys
  const jwk = keys.find((key) => key.kid === token.header['kid'])
  if (jwk === undefined) throw new Error('the key of the token is not published')
  const [header, claims, signature = ''] = token.text.split('.')
  const key = createPublicKey({ key: jwk, format: 'jwk' })
  return verify('sha256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url'))
}

test('a v1 token for an app has the claims of a v1 token, and a signature that the published key verifies', async () => {
  const sandbox = await startTestSandbox()
  const before = Math.floor(Date.now() / 1000)
  const token = await getToken(sandbox)
  expect(token.header).toEqual({ typ: 'JWT', alg: 'RS256', x5t: token.header['kid'], kid: token.header['kid'] })
  const issuer = `${sandbox.origin}/${defaultIds.contoso}/`
  const oid = 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb'
  expect(token.claims).toMatchObject({
    aud: 'https://management.azure.com',
    iss: issuer,
    appid: defaultIds.app,
    appidacr: '1',
    idp: issuer,
    idtyp: 'app',
    oid,
    sub: oid,
    tid: defaultIds.contoso,
    ver: '1.0',
  })
  for (const opaque of ['aio', 'rh', 'uti']) expect(token.claims[opaque]).toMatch(/^[\w.-]{20,}$/)
  for (const absent of ['scp', 'wids', 'upn', 'roles', 'xms_cc']) expect(token.claims).not.toHaveProperty(absent)
  const { iat, nbf, exp } = token.claims as Record<string, number>
  expect(iat).toBe(nbf)
  expect(Number(iat) + 300 - before).toBeLessThanOrEqual(250)
  expect(Number(exp) - Number(iat)).toBe(3900)
  expect(token.answer).toEqual({
    token_type: 'Bearer',
    expires_in: 3599,
    ext_expires_in: 3599,
    access_token: token.text,
  })
  expect(await hasPublishedSignature(token, sandbox)).toBe(true)
})

test('the resource chooses v2: its app id as audience, and the roles that were granted', async () => {
  const sandbox = await startTestSandbox()
  const token = await getToken(sandbox, { scope: 'api://contoso-orders/.default' })
  expect(token.header).toEqual({ typ: 'JWT', alg: 'RS256', kid: token.header['kid'] })
  expect(token.claims).toMatchObject({
    aud: '55556666-ffff-7777-aaaa-8888bbbb9999',
    iss: `${sandbox.origin}/${defaultIds.contoso}/v2.0`,
    azp: defaultIds.app,
    azpacr: '1',
    roles: ['Orders.Read.All'],
    ver: '2.0',
  })
  for (const absent of ['appid', 'idp', 'idtyp']) expect(token.claims).not.toHaveProperty(absent)
  expect(await hasPublishedSignature(token, sandbox)).toBe(true)
  const v1 = await getToken(
    sandbox,
    { scope: undefined, resource: 'api://contoso-orders' },
    { url: tokenUrl(sandbox, sandbox.tenantId, 1) },
  )
  expect(v1.claims['ver']).toBe('2.0')
})

test("Microsoft Graph's token has a nonce and cannot be verified by anybody else", async () => {
  const sandbox = await startTestSandbox()
  const token = await getToken(sandbox, { scope: 'https://graph.microsoft.com/.default' })
  expect(Object.keys(token.header)).toEqual(['typ', 'nonce', 'alg', 'x5t', 'kid'])
  expect(token.claims).toMatchObject({
    aud: 'https://graph.microsoft.com',
    app_displayname: 'shop',
    roles: ['User.Read.All'],
  })
  expect(await hasPublishedSignature(token, sandbox)).toBe(false)
})

test.for([
  ['https://management.core.windows.net//.default', 'https://management.core.windows.net/'],
  ['https://management.core.windows.net/.default', 'https://management.core.windows.net'],
  ['https://MANAGEMENT.azure.com/.default', 'https://MANAGEMENT.azure.com'],
  ['https://servicebus.azure.net//.default', 'https://servicebus.azure.net/'],
  ['6dae42f8-4368-4678-94ff-3960e28e3630/.default', '6dae42f8-4368-4678-94ff-3960e28e3630'],
  ['https://mydata.blob.core.windows.net/.default', 'https://mydata.blob.core.windows.net'],
])('the scope %s gives the audience %s', async ([scope = '', audience = '']) => {
  const sandbox = await startTestSandbox()
  expect((await getToken(sandbox, { scope })).claims['aud']).toBe(audience)
})

test('a wildcard stands for one label and nothing else', async () => {
  const sandbox = await startTestSandbox()
  for (const host of ['.blob.core.windows.net', 'a.b.blob.core.windows.net', 'a/x.blob.core.windows.net']) {
    await expect(getToken(sandbox, { scope: `https://${host}/.default` })).rejects.toThrow(/AADSTS(500011|70011)/)
  }
})

test('a client that can handle claims challenges gets a long token, by MSAL', async () => {
  const sandbox = await startTestSandbox()
  const claims = JSON.stringify({ access_token: { xms_cc: { values: ['CP1'] } } })
  const token = decodeToken(await askByMsal(sandbox, { claims }))
  expect(token.claims['xms_cc']).toEqual(['cp1'])
  expect(Number(token.claims['exp']) - Number(token.claims['iat'])).toBe(24 * 3600 + 300)
  const { answer } = await getToken(sandbox, { claims })
  expect(answer).toMatchObject({ expires_in: 86_399, ext_expires_in: 86_399, refresh_in: 43_200 })
  const result = await msalApp(sandbox, {}).acquireTokenByClientCredential({
    scopes: ['https://vault.azure.net/.default'],
    claims,
  })
  const refreshInMs = (result?.refreshOn?.getTime() ?? 0) - Date.now()
  expect(refreshInMs).toBeGreaterThan(11 * 3_600_000)
  expect(refreshInMs).toBeLessThan(13 * 3_600_000)
})

test('a claims parameter without the capability changes nothing', async () => {
  const sandbox = await startTestSandbox()
  const claims = JSON.stringify({ access_token: { nbf: { essential: true, value: '1' }, xms_cc: { values: 'cp1' } } })
  const token = await getToken(sandbox, { claims })
  expect(token.claims).not.toHaveProperty('xms_cc')
})

test('an app of two tenants has an object id in each, and the token is of the tenant that was asked', async () => {
  const partner = 'abababab-0000-4000-8000-000000000001'
  const parsed = parseDirectory({
    tenants: [
      { id: defaultIds.contoso, name: 'Contoso', domains: ['contoso.com'] },
      { id: defaultIds.fabrikam, name: 'Fabrikam', domains: ['fabrikam.com'] },
    ],
    apps: [
      {
        clientId: partner,
        displayName: 'partner',
        tenant: 'fabrikam.com',
        multiTenant: true,
        servicePrincipals: [{ tenant: 'contoso.com' }],
        secrets: [{ value: 'both' }],
        tokenLifetimeSeconds: 120,
      },
    ],
  })
  if (!parsed.ok) throw new Error(`${parsed.error.path} ${parsed.error.reason}`)
  const sandbox = await startTestSandbox({ directory: parsed.value })
  const tokens = await Promise.all(
    ['contoso.com', 'fabrikam.com'].map((tenant) => getToken(sandbox, {}, { url: tokenUrl(sandbox, tenant) })),
  )
  expect(tokens.map((token) => token.claims['tid'])).toEqual([defaultIds.contoso, defaultIds.fabrikam])
  expect(new Set(tokens.map((token) => token.claims['oid'])).size).toBe(2)
  expect(tokens[0]?.answer['expires_in']).toBe(119)
})

test('where the sandbox answers as the public cloud, its tokens are named after it', async () => {
  const sandbox = await startTestSandbox({ names: ['login.microsoftonline.com'] })
  const named = { ...sandbox.state.hosts, port: 443, origin: 'https://login.microsoftonline.com' }
  const { issuerV1, issuerV2, aliasesOf, originOf } = await import('../../src/sandbox/host-names.ts')
  expect(originOf(named, 'login.microsoftonline.com')).toBe('https://login.microsoftonline.com')
  expect(originOf(named, 'login.microsoftonline.us')).toBeNull()
  expect(issuerV1(named.origin, 't')).toBe('https://sts.windows.net/t/')
  expect(issuerV2(named.origin, 't')).toBe('https://login.microsoftonline.com/t/v2.0')
  expect(aliasesOf(named, 'login.microsoftonline.com')).toMatchObject({ cacheHost: 'login.windows.net' })
})
