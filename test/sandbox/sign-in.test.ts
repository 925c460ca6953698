/** People sign in at the pages for MSAL: with a browser's part played by plain form posts, so every page works without scripts. */
import http from 'node:http'
import type { AuthenticationResult } from '@azure/msal-node'
import { expect, test } from 'vitest'
import { defaultDirectoryFile, defaultIds } from '../../src/sandbox/default-directory.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { type FormBrowser, formBrowser, type PersonAtPages, type SeenPage } from '../support/sign-in-forms.ts'
import { decodeToken, send } from './client.ts'
import {
  arm,
  authorizeUrl,
  azureCli,
  confidentialClient,
  directoryWith,
  failureOf,
  publicClient,
  signInByCode,
  vault,
} from './people.ts'

const megan = 'megan@contoso.onmicrosoft.com'
const lynne = 'lynne@fabrikam.onmicrosoft.com'

/** Sends the answer to the app's loopback listener, as the browser would. */
function postTo(url: string, parameters: Readonly<Record<string, string>>): Promise<number> {
  const body = new URLSearchParams(parameters).toString()
  const headers = { 'content-type': 'application/x-www-form-urlencoded', 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', headers, agent: false }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    request.on('error', reject)
    request.end(body)
  })
}

function interactively(sandbox: Sandbox, person: PersonAtPages, browser = formBrowser(sandbox)) {
  return publicClient(sandbox, { tenant: 'organizations' }).acquireTokenInteractive({
    scopes: [arm],
    openBrowser: async (url) => {
      const { landing } = await browser.signIn(url, person)
      if (landing !== undefined) await postTo(landing.redirectUri, landing.parameters)
    },
  })
}

function claimsOf(result: AuthenticationResult | null): Record<string, unknown> {
  return decodeToken(result?.accessToken ?? '').claims
}

test('msal signs a person in through its own loopback listener', async () => {
  const sandbox = await startTestSandbox()
  const result = await interactively(sandbox, { username: megan })
  expect(result.account).toMatchObject({ username: megan, tenantId: defaultIds.contoso })
  expect(claimsOf(result)).toMatchObject({
    acr: '1',
    amr: ['pwd'],
    appid: azureCli,
    appidacr: '0',
    aud: 'https://management.azure.com',
    idtyp: 'user',
    name: 'Megan Bowen',
    oid: 'aaaabbbb-0000-4000-8000-000000000002',
    scp: 'user_impersonation',
    tid: defaultIds.contoso,
    unique_name: megan,
    upn: megan,
  })
})

test('a resource that wants it asks for the second factor', async () => {
  const sandbox = await startTestSandbox()
  const { result, visit } = await signInByCode(sandbox, { scopes: [vault] }, { username: megan })
  expect(visit.titles).toEqual(['Sign in', 'Enter password', 'Enter code'])
  expect(claimsOf(result)['amr']).toEqual(['pwd', 'mfa'])
})

test('an id token has the nonce, and its reader learns who and when', async () => {
  const sandbox = await startTestSandbox()
  const { result } = await signInByCode(sandbox, { scopes: [arm], nonce: 'a nonce' }, { username: megan })
  expect(decodeToken(result?.idToken ?? '').claims).toMatchObject({
    aud: azureCli,
    iss: `${sandbox.origin}/${defaultIds.contoso}/v2.0`,
    nonce: 'a nonce',
    preferred_username: megan,
    name: 'Megan Bowen',
    ver: '2.0',
    auth_time: expect.any(Number),
    login_hint: megan,
  })
})

test('a guest signs in to another tenant, with a name and an object id of that tenant', async () => {
  const sandbox = await startTestSandbox()
  const person = { username: 'adele@contoso.onmicrosoft.com' }
  const { result } = await signInByCode(sandbox, { scopes: [arm] }, person, { tenant: defaultIds.fabrikam })
  const home = `${sandbox.origin}/${defaultIds.contoso}/`
  expect(claimsOf(result)).toMatchObject({
    tid: defaultIds.fabrikam,
    upn: 'adele_contoso.onmicrosoft.com#EXT#@fabrikam.onmicrosoft.com',
    unique_name: 'adele@contoso.onmicrosoft.com',
    idp: home,
  })
  expect(claimsOf(result)['oid']).not.toBe('aaaabbbb-0000-4000-8000-000000000001')
  expect(result?.account?.homeAccountId).toBe(`aaaabbbb-0000-4000-8000-000000000001.${defaultIds.contoso}`)
})

test('a confidential app redeems a code with its secret', async () => {
  const sandbox = await startTestSandbox()
  const redirectUri = 'https://shop.contoso.com/signin-oidc'
  const client = confidentialClient(sandbox)
  const scopes = ['https://graph.microsoft.com/User.Read']
  const url = await client.getAuthCodeUrl({ scopes, redirectUri, responseMode: 'query' })
  const { landing } = await formBrowser(sandbox).signIn(url, { username: megan })
  expect(landing).toMatchObject({ redirectUri, mode: 'query' })
  const result = await client.acquireTokenByCode({ scopes, redirectUri, code: landing?.parameters['code'] ?? '' })
  expect(claimsOf(result)).toMatchObject({ appid: defaultIds.app, appidacr: '1', scp: 'User.Read' })
})

test('consent is asked once, and remembered', async () => {
  const sandbox = await startTestSandbox()
  const browser = formBrowser(sandbox)
  const ask = { scopes: ['User.Read', 'Mail.Read'] }
  const of = { clientId: defaultIds.publicApp }
  const first = await signInByCode(sandbox, ask, { username: megan }, of, browser)
  expect(first.visit.titles.at(-1)).toBe('Permissions requested')
  expect(first.result?.scopes).toEqual(expect.arrayContaining(['User.Read', 'Mail.Read']))
  const second = await signInByCode(sandbox, ask, {}, of, browser)
  expect(second.visit.titles).toEqual([])
  const more = await signInByCode(sandbox, { scopes: ['Files.Read'] }, {}, of, browser)
  expect(more.visit.titles).toEqual(['Permissions requested'])
  const forced = await signInByCode(sandbox, { ...ask, prompt: 'consent' }, {}, of, browser)
  expect(forced.visit.titles).toEqual(['Permissions requested'])
})

test('/.default asks for what the registration lists', async () => {
  const clientId = '12121212-0000-4000-8000-000000000001'
  const resource = 'https://graph.microsoft.com'
  const app = {
    clientId,
    displayName: 'lister',
    publicClient: true,
    redirectUris: ['http://localhost'],
    listedPermissions: { [resource]: ['User.Read', 'Calendars.Read'] },
  }
  const sandbox = await startTestSandbox({ directory: directoryWith({ apps: [app] }) })
  const { result } = await signInByCode(
    sandbox,
    { scopes: [`${resource}/.default`] },
    { username: megan },
    { clientId },
  )
  expect(claimsOf(result)['scp']).toBe('User.Read Calendars.Read')
})

function silently({ result, client }: Awaited<ReturnType<typeof signInByCode>>) {
  if (result?.account === undefined || result.account === null) throw new Error('nobody signed in')
  return { account: result.account, client }
}

test('refresh tokens serve other resources, tenants and apps of the family, and are renewed', async () => {
  const sandbox = await startTestSandbox()
  const person = { username: 'adele@contoso.onmicrosoft.com' }
  const { account, client } = silently(await signInByCode(sandbox, { scopes: [arm] }, person))
  const refreshTokens = () => Object.values(JSON.parse(client.getTokenCache().serialize())['RefreshToken']) as object[]
  const [before] = refreshTokens().map((entry) => JSON.stringify(entry))
  const graph = await client.acquireTokenSilent({ account, scopes: ['https://graph.microsoft.com/.default'] })
  expect(claimsOf(graph)['aud']).toBe('https://graph.microsoft.com')
  const after = refreshTokens().map((entry) => JSON.stringify(entry))
  expect(after.every((entry) => entry.includes('"family_id":"1"'))).toBe(true)
  expect(after).not.toContain(before)
  const elsewhere = await client.acquireTokenSilent({
    account,
    scopes: [arm],
    authority: `${sandbox.origin}/${defaultIds.fabrikam}`,
    forceRefresh: true,
  })
  expect(claimsOf(elsewhere)['tid']).toBe(defaultIds.fabrikam)
  const powershell = publicClient(sandbox, { clientId: '1950a258-227b-4e31-a9cf-717495945fc2' })
  const [kept] = Object.values(JSON.parse(client.getTokenCache().serialize())['RefreshToken'])
  const { secret: refreshToken } = kept as { secret: string }
  const shared = await powershell.acquireTokenByRefreshToken({ scopes: [arm], refreshToken })
  expect(claimsOf(shared)['appid']).toBe('1950a258-227b-4e31-a9cf-717495945fc2')
})

test('a claims challenge is demanded and then satisfied', async () => {
  const sandbox = await startTestSandbox()
  const { account, client } = silently(await signInByCode(sandbox, { scopes: [arm] }, { username: megan }))
  const thrown = await client.acquireTokenSilent({ account, scopes: [vault] }).catch((error: unknown) => error)
  expect(thrown).toMatchObject({ name: 'InteractionRequiredAuthError', claims: expect.stringContaining('capolids') })
  const { claims } = thrown as { claims: string }
  const again = await signInByCode(sandbox, { scopes: [vault], claims }, { username: megan })
  expect(again.visit.titles.at(-1)).toBe('Enter code')
  expect(claimsOf(again.result)['amr']).toEqual(['pwd', 'mfa'])
})

test('what an API is challenged with on behalf of a person, its client can satisfy', async () => {
  const api = { name: 'shop api', appId: defaultIds.app, identifierUris: ['api://shop'] }
  const apps = defaultDirectoryFile.apps.map((app) =>
    app.clientId === defaultIds.publicApp ? { ...app, delegatedPermissions: { 'api://shop': ['access'] } } : app,
  )
  const sandbox = await startTestSandbox({
    directory: directoryWith({ apps, resources: [...defaultDirectoryFile.resources, api] }),
  })
  const callApi = async (claims?: string) => {
    const ask = { scopes: ['api://shop/access'], ...(claims === undefined ? {} : { claims }) }
    const { result } = await signInByCode(sandbox, ask, { username: megan }, { clientId: defaultIds.publicApp })
    const oboAssertion = result?.accessToken ?? ''
    return confidentialClient(sandbox).acquireTokenOnBehalfOf({ oboAssertion, scopes: [vault] })
  }
  const failure = await failureOf(callApi())
  expect(failure).toMatchObject({ code: 50076, subError: 'basic_action', claims: expect.stringContaining('capolids') })
  expect(claimsOf(await callApi(failure.claims))).toMatchObject({ aud: 'https://vault.azure.net', amr: ['pwd', 'mfa'] })
})

test('an authentication context is stepped up to, and a capable client gets a long token', async () => {
  const sandbox = await startTestSandbox()
  const claims = '{"access_token":{"acrs":{"essential":true,"value":"c1"}}}'
  const of = { capabilities: ['CP1'] }
  const { result, visit } = await signInByCode(sandbox, { scopes: [arm], claims }, { username: megan }, of)
  expect(visit.titles.at(-1)).toBe('Enter code')
  const token = claimsOf(result)
  expect(token).toMatchObject({ acrs: ['c1'], xms_cc: ['cp1'], amr: ['pwd', 'mfa'] })
  expect(Number(token['exp']) - Number(token['nbf'])).toBeGreaterThan(20 * 3600)
})

test('a revoked sign-in is challenged by the management plane, and a new one will do', async () => {
  const sandbox = await startTestSandbox()
  const of = { capabilities: ['CP1'] }
  const list = (token: string | undefined) =>
    send(sandbox, `${sandbox.origin}/subscriptions?api-version=2022-12-01`, {
      headers: { authorization: `Bearer ${token}` },
    })
  const first = await signInByCode(sandbox, { scopes: [arm] }, { username: megan }, of)
  expect((await list(first.result?.accessToken)).status).toBe(200)
  sandbox.revokeSignIns(megan)
  const challenged = await list(first.result?.accessToken)
  expect(challenged.status).toBe(401)
  const [, encoded = ''] =
    /error="insufficient_claims", claims="([^"]+)"/.exec(challenged.headers['www-authenticate'] ?? '') ?? []
  const claims = Buffer.from(encoded, 'base64').toString('utf8')
  expect(JSON.parse(claims)).toMatchObject({ access_token: { nbf: { essential: true } } })
  const { account, client } = silently(first)
  const silent = client.acquireTokenSilent({ account, scopes: [arm], claims })
  await expect(silent).rejects.toMatchObject({ name: 'InteractionRequiredAuthError', subError: 'bad_token' })
  const again = await signInByCode(sandbox, { scopes: [arm], claims }, { username: megan }, of)
  expect((await list(again.result?.accessToken)).status).toBe(200)
})

async function titlesOf(
  browser: FormBrowser,
  sandbox: Sandbox,
  changes: Readonly<Record<string, string>>,
  person = {},
) {
  const visit = await browser.signIn(authorizeUrl(sandbox, changes), person)
  return [...visit.titles, visit.landing === undefined ? 'page' : (visit.landing.parameters['error'] ?? 'code')]
}

test('a browser stays signed in, until the app or the person wants it otherwise', async () => {
  const sandbox = await startTestSandbox()
  const browser = formBrowser(sandbox)
  const all = (changes: Readonly<Record<string, string>>, person: PersonAtPages = {}) =>
    titlesOf(browser, sandbox, changes, person)
  expect(await all({ prompt: 'none' })).toEqual(['login_required'])
  expect(await all({}, { username: megan })).toEqual(['Sign in', 'Enter password', 'code'])
  expect(await all({})).toEqual(['code'])
  expect(await all({ prompt: 'none' })).toEqual(['code'])
  expect(await all({ prompt: 'login' }, { username: megan })).toEqual(['Sign in', 'Enter password', 'code'])
  expect(await all({ prompt: 'login', login_hint: megan })).toEqual(['Enter password', 'code'])
  expect(await all({ prompt: 'select_account' }, { username: megan })).toEqual(['Pick an account', 'code'])
  expect(await all({ prompt: 'select_account' }, { username: lynne })).toEqual([
    'Pick an account',
    'Sign in',
    'Enter password',
    'code',
  ])
  expect(await all({}, { username: megan })).toEqual(['Pick an account', 'code'])
  expect(await all({ domain_hint: 'fabrikam.onmicrosoft.com' })).toEqual(['code'])
  expect(await all({ login_hint: lynne })).toEqual(['code'])
  expect(await all({ login_hint: 'nobody@contoso.com' })).toEqual(['Sign in', 'Enter password', 'code'])
  expect(await all({ prompt: 'none' })).toEqual(['interaction_required'])
  const out = await browser.open(`${sandbox.origin}/organizations/oauth2/v2.0/logout`)
  expect(out).toMatchObject({ title: 'You signed out of your account' })
  expect(await all({ prompt: 'none' })).toEqual(['login_required'])
})

test('signing out leads back only where an app of the directory is', async () => {
  const sandbox = await startTestSandbox()
  const logout = `${sandbox.origin}/organizations/oauth2/v2.0/logout`
  const open = (uri: string) =>
    formBrowser(sandbox).open(`${logout}?${new URLSearchParams({ post_logout_redirect_uri: uri, state: 'x' })}`)
  expect(await open('http://localhost:1234')).toMatchObject({
    redirectUri: 'http://localhost:1234/',
    parameters: { state: 'x' },
  })
  expect(await open('https://evil.example/')).toMatchObject({ title: 'You signed out of your account' })
})

test('the answer comes in the mode asked for, with the state as it was', async () => {
  const sandbox = await startTestSandbox()
  const state = `a "state" <of> & everything?`
  for (const mode of ['query', 'fragment', 'form_post']) {
    const browser = formBrowser(sandbox)
    const { landing } = await browser.signIn(authorizeUrl(sandbox, { response_mode: mode, state }), { username: megan })
    expect(landing).toMatchObject({ redirectUri: 'http://localhost:4321', mode, parameters: { state } })
  }
})

test('a person approves a device on its page, or declines', async () => {
  const sandbox = await startTestSandbox({ directory: directoryWith() })
  const decide = (person: PersonAtPages) =>
    publicClient(sandbox).acquireTokenByDeviceCode({
      scopes: [arm],
      deviceCodeCallback: ({ userCode, verificationUri }) => {
        const typed = `${userCode.slice(0, 4).toLowerCase()} ${userCode.slice(4)}`
        void formBrowser(sandbox).signIn(verificationUri, { ...person, userCode: typed })
      },
    })
  const result = await decide({ username: megan })
  expect(result?.account?.username).toBe(megan)
  await expect(decide({ username: megan, declines: true })).rejects.toThrow('authorization_declined')
})

test('pages keep scripts, frames and other origins out, and name nobody else’s text as markup', async () => {
  const sandbox = await startTestSandbox()
  const browser = formBrowser(sandbox)
  const evil = `"><script>alert('x')</script>`
  const open = async (changes: Readonly<Record<string, string>>, tenant?: string) =>
    (await browser.open(authorizeUrl(sandbox, changes, tenant))) as SeenPage
  const username = await open({ login_hint: evil, domain_hint: `x.${evil}`, state: evil })
  const pages = [
    username,
    (await browser.submit(username, { loginfmt: evil })) as SeenPage,
    await open({ redirect_uri: `https://evil.example/${evil}` }),
    await open({ client_id: evil }),
    await open({}, encodeURIComponent(evil)),
    (await browser.open(`${sandbox.origin}/devicelogin?otc=${encodeURIComponent(evil)}`)) as SeenPage,
  ]
  for (const page of pages) {
    expect(page.status).toBe(200)
    expect(page.html).not.toContain('<script')
    const policy = String(page.headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(page.headers['x-frame-options']).toBe('DENY')
    expect(page.html).not.toMatch(/\son\w+=/)
    for (const [, id] of page.html.matchAll(/<input id="([^"]+)"/g)) expect(page.html).toContain(`<label for="${id}"`)
  }
  const posting = (await browser.open(
    authorizeUrl(sandbox, { prompt: 'none', response_mode: 'form_post', state: evil }),
  )) as SeenPage
  expect(posting.html.match(/<script/g)).toHaveLength(1)
  expect(posting.html).toContain('<script src="/shared/submit.js"></script>')
  expect(posting.headers['content-security-policy']).toContain("form-action 'self' http://localhost:4321;")
  expect(posting.fields['state']).toBe(evil)
})

test('cookies are for the sandbox alone, and a session changes its name at every sign-in', async () => {
  const sandbox = await startTestSandbox()
  const browser = formBrowser(sandbox)
  const names: string[] = []
  for (const username of [megan, lynne]) {
    const first = (await browser.open(authorizeUrl(sandbox, { prompt: 'login', login_hint: username }))) as SeenPage
    const second = (await browser.submit(first, { passwd: 'sandbox-password' })) as SeenPage
    const cookies = [
      ...(first.headers['set-cookie'] ?? []),
      ...('headers' in second ? (second.headers['set-cookie'] ?? []) : []),
    ]
    for (const cookie of cookies) expect(cookie).toMatch(/; Path=\/; Secure; HttpOnly; SameSite=Lax$/)
    names.push(...cookies)
  }
  expect(new Set(names).size).toBe(names.length)
})

test('the log shows no password, code, token, state or name of a person', async () => {
  const sandbox = await startTestSandbox()
  const signedIn = await signInByCode(
    sandbox,
    { scopes: [vault], state: 'canary-state', nonce: 'canary-nonce', loginHint: megan },
    {},
  )
  const { result, visit } = signedIn
  const { account, client } = silently(signedIn)
  await client.acquireTokenSilent({ account, scopes: [arm], forceRefresh: true })
  const log = JSON.stringify(sandbox.requests)
  const cache = JSON.parse(client.getTokenCache().serialize())
  const refreshTokens = Object.values(cache['RefreshToken']).map((entry) => (entry as { secret: string }).secret)
  const secrets = [
    'sandbox-password',
    '123456"',
    'canary-state',
    'canary-nonce',
    megan,
    visit.landing?.parameters['code'],
  ]
  for (const secret of [...secrets, ...refreshTokens, result?.accessToken, result?.idToken]) {
    expect(secret).toBeTypeOf('string')
    expect(log).not.toContain(secret)
  }
})
