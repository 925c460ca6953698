/** What people and their apps are refused, as MSAL meets it: at the pages, at the redirect, at the token endpoint. */
import { createHash } from 'node:crypto'
import { type AuthorizationCodeRequest, CryptoProvider } from '@azure/msal-node'
import { expect, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { defaultDirectoryFile, defaultIds } from '../../src/sandbox/default-directory.ts'
import { type RefusalName, refusals } from '../../src/sandbox/refusals.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { formBrowser, type PersonAtPages, type SeenPage } from '../support/sign-in-forms.ts'
import { send, tokenUrl } from './client.ts'
import {
  arm,
  authorizeUrl,
  azureCli,
  type ClientOf,
  confidentialClient,
  directoryWith,
  failureOf,
  publicClient,
  redirectUri,
  signInByCode,
  vault,
} from './people.ts'

const ports = createNodeRuntime()
const adele = 'adele@contoso.onmicrosoft.com'
const megan = 'megan@contoso.onmicrosoft.com'
const lynne = 'lynne@fabrikam.onmicrosoft.com'
const powershell = '1950a258-227b-4e31-a9cf-717495945fc2'

// --- by user name and password, without a page

interface PasswordRow {
  readonly refusal: RefusalName
  readonly code: number
  readonly username: string
  readonly password?: string
  readonly scopes?: string[]
  readonly of?: ClientOf
}

const passwordRows: readonly PasswordRow[] = [
  { refusal: 'password-wrong', code: 50126, username: megan, password: 'wrong' },
  { refusal: 'user-disabled', code: 50057, username: 'alex@contoso.onmicrosoft.com' },
  { refusal: 'user-unknown', code: 50034, username: 'nobody@contoso.onmicrosoft.com' },
  { refusal: 'user-of-other-tenant', code: 50020, username: lynne },
  { refusal: 'access-blocked', code: 53003, username: 'nestor@contoso.onmicrosoft.com' },
  { refusal: 'mfa-needed', code: 50076, username: megan, scopes: [vault] },
  { refusal: 'mfa-enrollment', code: 50079, username: adele, scopes: [vault] },
  { refusal: 'consent-missing', code: 65001, username: megan, of: { clientId: defaultIds.publicApp } },
  {
    refusal: 'app-single-tenant',
    code: 50194,
    username: megan,
    of: { clientId: defaultIds.publicApp, tenant: 'common' },
  },
  { refusal: 'app-not-for-consumers', code: 9002332, username: megan, of: { tenant: 'consumers' } },
]

test.each(passwordRows)(
  'msal is refused: $refusal ($code)',
  async ({ refusal, code, username, password, scopes, of }) => {
    const sandbox = await startTestSandbox()
    const failure = await failureOf(
      publicClient(sandbox, of).acquireTokenByUsernamePassword({
        scopes: scopes ?? [arm],
        username,
        password: password ?? 'sandbox-password',
      }),
    )
    const row: { error: string; suberror?: string; claims?: string } = refusals[refusal]
    expect(failure).toMatchObject({ code, errorCode: row.error })
    expect(failure.subError).toBe(row.suberror ?? '')
    if (row.claims !== undefined && failure.claims !== '') expect(failure.claims).toBe(row.claims)
  },
)

// --- at the pages, where nothing goes back to the app

interface PageRow {
  readonly refusal: RefusalName
  readonly code: number
  readonly title: string
  readonly changes?: Readonly<Record<string, string>>
  readonly tenant?: string
  readonly person?: PersonAtPages
  readonly apps?: readonly unknown[]
}

const admins = {
  clientId: '12121212-0000-4000-8000-000000000002',
  displayName: 'for admins',
  publicClient: true,
  userConsent: false,
  redirectUris: ['http://localhost'],
}
const pageRows: readonly PageRow[] = [
  {
    refusal: 'redirect-uri-unregistered',
    code: 50011,
    title: 'Sign in',
    changes: { redirect_uri: 'https://localhost:4321' },
  },
  {
    refusal: 'redirect-uri-missing',
    code: 500113,
    title: 'Sign in',
    changes: { client_id: admins.clientId, redirect_uri: '' },
    tenant: defaultIds.contoso,
    apps: [{ ...admins, redirectUris: [] }],
  },
  { refusal: 'tenant-unknown', code: 90002, title: 'Sign in', tenant: 'nowhere.example' },
  { refusal: 'app-unknown', code: 700016, title: 'Sign in', changes: { client_id: admins.clientId } },
  { refusal: 'parameter-missing', code: 900144, title: 'Sign in', changes: { client_id: '' } },
  { refusal: 'user-unknown', code: 50034, title: 'Sign in', person: { username: 'nobody@contoso.com' } },
  { refusal: 'password-wrong', code: 50126, title: 'Enter password', person: { password: 'wrong' } },
  {
    refusal: 'user-disabled',
    code: 50057,
    title: 'Enter password',
    person: { username: 'alex@contoso.onmicrosoft.com' },
  },
  {
    refusal: 'second-factor-wrong',
    code: 500121,
    title: 'Enter code',
    changes: { scope: vault },
    person: { username: megan, code: '654321' },
  },
  {
    refusal: 'user-of-other-tenant',
    code: 50020,
    title: 'Sign in',
    tenant: defaultIds.contoso,
    person: { username: lynne },
  },
  {
    refusal: 'access-blocked',
    code: 53003,
    title: 'You cannot access this right now',
    person: { username: 'nestor@contoso.onmicrosoft.com' },
  },
  { refusal: 'mfa-enrollment', code: 50079, title: 'More information required', changes: { scope: vault } },
  {
    refusal: 'resource-unknown',
    code: 500011,
    title: 'Sign in',
    changes: { scope: 'https://nothing.example/.default' },
  },
  {
    refusal: 'resource-not-listed',
    code: 650057,
    title: 'Sign in',
    changes: { scope: 'api://contoso-orders/.default' },
  },
  {
    refusal: 'consent-admin-only',
    code: 90094,
    title: 'Need admin approval',
    changes: { client_id: admins.clientId, scope: 'User.Read' },
    tenant: defaultIds.contoso,
    apps: [admins],
  },
]

test.each(pageRows)(
  'a page says: $refusal ($code)',
  async ({ refusal, code, title, changes, tenant, person, apps }) => {
    const directory = directoryWith(apps === undefined ? {} : { apps })
    const sandbox = await startTestSandbox({ directory })
    const { page } = await formBrowser(sandbox).signIn(authorizeUrl(sandbox, changes, tenant), person)
    const logged = sandbox.requests.at(-1)
    expect(logged).toMatchObject({ endpoint: 'sign-in', status: 200, refusal: `AADSTS${code}` })
    expect(page).toMatchObject({ status: 200, title })
    expect(page?.html).toContain(`<dd>${code}</dd>`)
    expect(page?.html).toContain(`<dd>${logged?.traceId}</dd>`)
    expect(page?.html).toContain(`<dd>${logged?.correlationId}</dd>`)
    expect(refusals[refusal].code).toBe(code)
  },
)

// --- at the redirect URI

interface RedirectRow {
  readonly refusal: RefusalName
  readonly code: number
  readonly error: string
  readonly changes: Readonly<Record<string, string>>
  /** Who is signed in already. */
  readonly signedIn?: readonly string[]
  readonly person?: PersonAtPages
}

const challenge = createHash('sha256').update('x'.repeat(43)).digest('base64url')
const redirectRows: readonly RedirectRow[] = [
  { refusal: 'not-signed-in', code: 50058, error: 'login_required', changes: { prompt: 'none' } },
  {
    refusal: 'several-accounts',
    code: 16000,
    error: 'interaction_required',
    changes: { prompt: 'none' },
    signedIn: [megan, lynne],
  },
  {
    refusal: 'consent-missing',
    code: 65001,
    error: 'consent_required',
    changes: { prompt: 'none', scope: 'api://contoso-orders/Orders.Read' },
    signedIn: [megan],
  },
  {
    refusal: 'mfa-needed',
    code: 50076,
    error: 'interaction_required',
    changes: { prompt: 'none', scope: vault },
    signedIn: [megan],
  },
  {
    refusal: 'consent-declined',
    code: 65004,
    error: 'access_denied',
    changes: { scope: 'api://contoso-orders/Orders.Read' },
    person: { username: megan, declines: true },
  },
  { refusal: 'prompt-unsupported', code: 90023, error: 'invalid_request', changes: { prompt: 'create' } },
  { refusal: 'prompt-unsupported', code: 90023, error: 'invalid_request', changes: { prompt: 'none login' } },
  {
    refusal: 'response-type-unsupported',
    code: 700054,
    error: 'unsupported_response_type',
    changes: { response_type: 'id_token' },
  },
  { refusal: 'parameter-missing', code: 900144, error: 'invalid_request', changes: { response_type: '' } },
  {
    refusal: 'response-mode-unsupported',
    code: 70007,
    error: 'unsupported_response_mode',
    changes: { response_mode: 'web_message' },
  },
  { refusal: 'challenge-missing', code: 50147, error: 'invalid_request', changes: { code_challenge_method: 'S256' } },
  {
    refusal: 'challenge-size',
    code: 501491,
    error: 'invalid_request',
    changes: { code_challenge: challenge.slice(1), code_challenge_method: 'S256' },
  },
  {
    refusal: 'request-malformed',
    code: 9002313,
    error: 'invalid_request',
    changes: { code_challenge: challenge, code_challenge_method: 'S512' },
  },
  { refusal: 'request-malformed', code: 9002313, error: 'invalid_request', changes: { claims: '{' } },
  { refusal: 'scope-malformed', code: 70011, error: 'invalid_scope', changes: { scope: 'notauri/.default' } },
]

test.each(redirectRows)('the app hears: $refusal ($code)', async ({ code, error, changes, signedIn, person }) => {
  const sandbox = await startTestSandbox()
  const browser = formBrowser(sandbox)
  for (const username of signedIn ?? []) {
    await browser.signIn(authorizeUrl(sandbox, { prompt: 'login' }), { username })
  }
  const { landing } = await browser.signIn(authorizeUrl(sandbox, { state: 'a state', ...changes }), person)
  expect(landing?.redirectUri).toBe(redirectUri)
  expect(landing?.parameters).toMatchObject({
    error,
    state: 'a state',
    error_description: expect.stringMatching(
      new RegExp(`^AADSTS${code}: .+ Trace ID: .+ Correlation ID: .+ Timestamp: .+Z$`),
    ),
    error_uri: `${sandbox.origin}/error?code=${code}`,
  })
  expect(sandbox.requests.at(-1)?.refusal).toBe(`AADSTS${code}`)
})

test('msal’s own listener reports what the app heard', async () => {
  const sandbox = await startTestSandbox()
  const client = publicClient(sandbox)
  const { verifier: _, challenge: codeChallenge } = await new CryptoProvider().generatePkceCodes()
  const url = await client.getAuthCodeUrl({
    scopes: ['api://contoso-orders/Orders.Read'],
    redirectUri,
    codeChallenge,
    codeChallengeMethod: 'S256',
  })
  const { landing } = await formBrowser(sandbox).signIn(url, { username: megan, declines: true })
  expect(landing?.parameters).toMatchObject({ error: 'access_denied', error_subcode: 'cancel' })
})

// --- forms that are not from the page that was shown

test('a form without its cookie, its token or its flow is not taken', async () => {
  // refused: tokens-do-not-match
  const sandbox = await startTestSandbox()
  const browser = formBrowser(sandbox)
  const page = (await browser.open(authorizeUrl(sandbox))) as SeenPage
  const typed = { loginfmt: megan }
  for (const attempt of [
    browser.submit(page, { ...typed, canary: 'made-up' }),
    browser.submit(page, { ...typed, flow: 'made-up' }),
    browser.submit({ ...page, fields: {} }, typed),
    formBrowser(sandbox).submit(page, typed),
  ]) {
    expect(await attempt).toMatchObject({ title: 'This page is out of date' })
    expect(sandbox.requests.at(-1)?.refusal).toBe('AADSTS165000')
  }
  const other = formBrowser(sandbox)
  await other.open(authorizeUrl(sandbox))
  expect(await other.submit(page, typed)).toMatchObject({ title: 'This page is out of date' })
  expect(await browser.submit(page, typed)).toMatchObject({ title: 'Enter password' })
})

test('a page that is gone back to cannot skip a step', async () => {
  const sandbox = await startTestSandbox()
  const browser = formBrowser(sandbox)
  const first = (await browser.open(authorizeUrl(sandbox, { scope: 'api://contoso-orders/Orders.Read' }))) as SeenPage
  const password = (await browser.submit(first, { loginfmt: megan })) as SeenPage
  expect(await browser.submit(password, { step: 'consent', do: 'accept' })).toMatchObject({ title: 'Enter password' })
  expect(await browser.submit(password, { step: 'confirm', do: 'continue' })).toMatchObject({ title: 'Enter password' })
})

// --- codes of devices, as people type them

test('the page for devices knows codes that are wrong, late or used', async () => {
  // refused: user-code-unknown, refused: user-code-expired, refused: user-code-used
  let now = ports.clock.now()
  const sandbox = await startTestSandbox({ clock: { now: () => now } })
  const askForCode = async (): Promise<string> => {
    const reply = await send(sandbox, `${sandbox.origin}/organizations/oauth2/v2.0/devicecode`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ client_id: azureCli, scope: arm }).toString(),
    })
    return JSON.parse(reply.body)['user_code']
  }
  const type = async (userCode: string) => {
    await formBrowser(sandbox).signIn(`${sandbox.origin}/devicelogin`, { userCode })
    return sandbox.requests.at(-1)?.refusal
  }
  expect(await type('MADE-UP')).toBe('AADSTS70018')
  const used = await askForCode()
  sandbox.declineDeviceCode(used)
  expect(await type(used)).toBe('AADSTS90120')
  const late = await askForCode()
  now += 901_000
  expect(await type(late)).toBe('AADSTS70019')
})

// --- authorization codes

interface CodeRow {
  readonly refusal: RefusalName
  readonly code: number
  readonly changes?: Partial<AuthorizationCodeRequest>
  readonly passedMs?: number
  readonly isSecond?: true
  readonly isRevoked?: true
}

const codeRows: readonly CodeRow[] = [
  { refusal: 'verifier-wrong', code: 501481, changes: { codeVerifier: 'x'.repeat(43) } },
  { refusal: 'verifier-missing', code: 50148, changes: { codeVerifier: '' } },
  { refusal: 'code-redirect-uri', code: 500112, changes: { redirectUri: 'http://localhost:9999' } },
  { refusal: 'code-redeemed', code: 54005, isSecond: true },
  { refusal: 'code-expired', code: 70008, passedMs: 600_000 },
  { refusal: 'grant-invalid', code: 70000, changes: { code: 'made-up' } },
  { refusal: 'grant-revoked', code: 50173, isRevoked: true },
]

test.each(codeRows)('msal is refused a code: $refusal ($code)', async ({ refusal, code, ...row }) => {
  let passed = 0
  const sandbox = await startTestSandbox({ clock: { now: () => ports.clock.now() + passed } })
  const client = publicClient(sandbox)
  const { verifier, challenge: codeChallenge } = await new CryptoProvider().generatePkceCodes()
  const asked = { scopes: [arm], redirectUri }
  const url = await client.getAuthCodeUrl({
    ...asked,
    codeChallenge,
    codeChallengeMethod: 'S256',
    responseMode: 'query',
  })
  const { landing } = await formBrowser(sandbox).signIn(url, { username: megan })
  const right = { ...asked, code: landing?.parameters['code'] ?? '', codeVerifier: verifier }
  if (row.isSecond === true) await client.acquireTokenByCode(right)
  if (row.isRevoked === true) sandbox.revokeSignIns(megan)
  passed = row.passedMs ?? 0
  const failure = await failureOf(publicClient(sandbox).acquireTokenByCode({ ...right, ...row.changes }))
  expect(failure).toMatchObject({ code, errorCode: refusals[refusal].error })
})

test('a code is for the app and the tenant it was given to', async () => {
  const sandbox = await startTestSandbox()
  const redeemWith = async (of: ClientOf, through: ReturnType<typeof publicClient> | undefined = undefined) => {
    const url = authorizeUrl(sandbox)
    const { landing } = await formBrowser(sandbox).signIn(url, { username: megan })
    const client = through ?? publicClient(sandbox, of)
    return failureOf(client.acquireTokenByCode({ scopes: [arm], redirectUri, code: landing?.parameters['code'] ?? '' }))
  }
  expect(await redeemWith({ clientId: powershell })).toMatchObject({ code: 70000, subError: 'client_mismatch' })
  expect(await redeemWith({ tenant: defaultIds.fabrikam })).toMatchObject({ code: 700005 })
})

test('a confidential app redeems nothing without its secret', async () => {
  const sandbox = await startTestSandbox()
  const url = authorizeUrl(
    sandbox,
    { client_id: defaultIds.app, redirect_uri: 'https://shop.contoso.com/signin-oidc', scope: 'User.Read' },
    defaultIds.contoso,
  )
  const { landing } = await formBrowser(sandbox).signIn(url, { username: megan })
  const ask = {
    scopes: ['User.Read'],
    redirectUri: 'https://shop.contoso.com/signin-oidc',
    code: landing?.parameters['code'] ?? '',
  }
  const without = await failureOf(publicClient(sandbox, { clientId: defaultIds.app }).acquireTokenByCode(ask))
  expect(without).toMatchObject({ code: 7000218, errorCode: 'invalid_client' })
  expect((await confidentialClient(sandbox).acquireTokenByCode(ask)).accessToken).not.toBe('')
})

// --- refresh tokens

interface RefreshRow {
  readonly refusal: RefusalName
  readonly code: number
  readonly suberror: string
  readonly passedMs?: number
  readonly isRevoked?: true
  readonly scopes?: string[]
  readonly frequencySeconds?: number
  readonly tenant?: string
  readonly clientId?: string
  readonly token?: string
}

const hour = 3_600_000
const refreshRows: readonly RefreshRow[] = [
  { refusal: 'grant-revoked', code: 50173, suberror: 'bad_token', isRevoked: true },
  { refusal: 'refresh-token-inactive', code: 700082, suberror: 'bad_token', passedMs: 91 * 24 * hour },
  {
    refusal: 'refresh-token-too-old',
    code: 70043,
    suberror: 'token_expired',
    passedMs: 2 * hour,
    frequencySeconds: 3600,
  },
  { refusal: 'mfa-needed', code: 50076, suberror: 'basic_action', scopes: [vault] },
  { refusal: 'consent-missing', code: 65001, suberror: 'consent_required', scopes: ['api://contoso-orders/.default'] },
  { refusal: 'user-of-other-tenant', code: 50020, suberror: 'basic_action', tenant: defaultIds.fabrikam },
  { refusal: 'grant-of-other-client', code: 70000, suberror: 'client_mismatch', clientId: defaultIds.publicApp },
  { refusal: 'grant-invalid', code: 70000, suberror: '', token: '1.made-up' },
]

test.each(refreshRows)('msal is refused a refresh: $refusal ($code)', async ({ refusal, code, suberror, ...row }) => {
  let passed = 0
  const users = defaultDirectoryFile.users.map((user) =>
    user.userPrincipalName === megan && row.frequencySeconds !== undefined
      ? { ...user, signInFrequencySeconds: row.frequencySeconds }
      : user,
  )
  const clock = { now: () => ports.clock.now() + passed }
  const sandbox = await startTestSandbox({ clock, directory: directoryWith({ users }) })
  const { client } = await signInByCode(sandbox, { scopes: [arm] }, { username: megan })
  const [kept] = Object.values(JSON.parse(client.getTokenCache().serialize())['RefreshToken'])
  const refreshToken = row.token ?? (kept as { secret: string }).secret
  if (row.isRevoked === true) sandbox.revokeSignIns(megan)
  passed = row.passedMs ?? 0
  const of = {
    ...(row.tenant === undefined ? {} : { tenant: row.tenant }),
    ...(row.clientId === undefined ? {} : { clientId: row.clientId }),
  }
  const failure = await failureOf(
    publicClient(sandbox, of).acquireTokenByRefreshToken({ scopes: row.scopes ?? [arm], refreshToken }),
  )
  expect(failure).toMatchObject({ code, subError: suberror, errorCode: refusals[refusal].error })
})

test('what is given to a page is redeemed across origins only, and ends after a day', async () => {
  // refused: challenge-needed, refused: origin-missing, refused: origin-unexpected, refused: refresh-token-of-page
  let passed = 0
  const clientId = '12121212-0000-4000-8000-000000000003'
  const spa = {
    clientId,
    displayName: 'spa',
    redirectUris: ['http://localhost/app'],
    spaRedirectUris: ['http://localhost'],
  }
  const sandbox = await startTestSandbox({
    clock: { now: () => ports.clock.now() + passed },
    directory: directoryWith({ apps: [spa] }),
  })
  const tenant = defaultIds.contoso
  const ask = { client_id: clientId, scope: 'User.Read offline_access' }
  for (const changes of [ask, { ...ask, code_challenge: 'x'.repeat(43), code_challenge_method: 'plain' }]) {
    const { landing } = await formBrowser(sandbox).signIn(authorizeUrl(sandbox, changes, tenant))
    expect(landing?.parameters['error_description']).toContain('AADSTS9002325: ')
  }
  const origin = 'http://localhost:4321'
  const redeem = async (of: ClientOf) => signInByCode(sandbox, { scopes: ['User.Read'] }, { username: megan }, of)
  expect(await failureOf(redeem({ clientId }))).toMatchObject({ code: 9002327, errorCode: 'invalid_request' })
  expect(await failureOf(redeem({ origin }))).toMatchObject({ code: 9002326, errorCode: 'invalid_request' })
  const { client } = await redeem({ clientId, origin })
  const [account] = await client.getTokenCache().getAllAccounts()
  if (account === undefined) throw new Error('nobody signed in')
  const silent = { account, scopes: ['User.Read'], forceRefresh: true }
  passed = 23 * hour
  expect((await client.acquireTokenSilent(silent)).fromCache).toBe(false)
  passed = 24 * hour
  expect(await failureOf(client.acquireTokenSilent(silent))).toMatchObject({ code: 700084, subError: 'bad_token' })
})

test('revoking ends browsers too', async () => {
  const sandbox = await startTestSandbox()
  const browser = formBrowser(sandbox)
  await browser.signIn(authorizeUrl(sandbox), { username: megan })
  sandbox.revokeSignIns(megan)
  const { titles } = await browser.signIn(authorizeUrl(sandbox), { username: megan })
  expect(titles).toEqual(['Sign in', 'Enter password'])
})

// --- trouble

test('faults strike pages as pages, and the log says so', async () => {
  const sandbox = await startTestSandbox()
  sandbox.setFault('503:path=sign-in,times=1')
  const page = (await formBrowser(sandbox).open(authorizeUrl(sandbox))) as SeenPage
  expect(page).toMatchObject({ status: 503, title: 'Sign in' })
  expect(page.html).toContain('AADSTS90033')
  sandbox.setFault('429:retry-after=3,path=token')
  const visit = async (sandboxNow: Sandbox) => signInByCode(sandboxNow, { scopes: [arm] }, { username: megan })
  expect(await failureOf(visit(sandbox))).toMatchObject({ code: 90055 })
  const reply = await send(sandbox, tokenUrl(sandbox), { method: 'POST' })
  expect(reply.headers['retry-after']).toBe('3')
})
