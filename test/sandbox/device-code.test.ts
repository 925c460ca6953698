/** Device codes as MSAL uses them: it asks for a code, a person approves it or not, MSAL hears of it. */
import { expect, test } from 'vitest'
import { defaultIds } from '../../src/sandbox/default-directory.ts'
import type { RefusalName } from '../../src/sandbox/refusals.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import type { Person } from '../../src/sandbox/sign-in/people.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { decodeToken, send, tokenUrl } from './client.ts'
import { arm, azureCli, type ClientOf, directoryWith, failureOf, publicClient, vault } from './people.ts'

type Decide = (userCode: string, sandbox: Sandbox) => void

const approveAs =
  (person: Person): Decide =>
  (userCode, sandbox) =>
    sandbox.approveDeviceCode(userCode, person)

function byDeviceCode(sandbox: Sandbox, decide: Decide, of: ClientOf & { scopes?: string[] } = {}) {
  return publicClient(sandbox, of).acquireTokenByDeviceCode({
    scopes: of.scopes ?? [arm],
    deviceCodeCallback: ({ userCode }) => decide(userCode, sandbox),
  })
}

test('msal gets tokens for the person who approved', async () => {
  const sandbox = await startTestSandbox({ directory: directoryWith() })
  const client = publicClient(sandbox, { tenant: 'organizations' })
  const told: unknown[] = []
  const result = await client.acquireTokenByDeviceCode({
    scopes: [arm],
    deviceCodeCallback: (answer) => {
      told.push(answer)
      sandbox.approveDeviceCode(answer.userCode.toLowerCase(), {
        userPrincipalName: 'Megan@contoso.onmicrosoft.com',
      })
    },
  })
  const page = `${sandbox.origin}/devicelogin`
  expect(told).toEqual([
    {
      userCode: expect.stringMatching(/^[B-Z2-9]{9}$/),
      deviceCode: expect.any(String),
      verificationUri: page,
      expiresIn: 900,
      interval: 1,
      message: expect.stringMatching(
        new RegExp(
          `^To sign in, use a web browser to open the page ${page} and enter the code \\w+ to authenticate\\.$`,
        ),
      ),
    },
  ])
  expect(result?.account).toMatchObject({
    username: 'megan@contoso.onmicrosoft.com',
    tenantId: defaultIds.contoso,
    homeAccountId: `aaaabbbb-0000-4000-8000-000000000002.${defaultIds.contoso}`,
  })
  expect(decodeToken(result?.accessToken ?? '').claims).toMatchObject({
    aud: 'https://management.azure.com',
    appid: azureCli,
    appidacr: '0',
    amr: ['pwd', 'mfa'],
    scp: 'user_impersonation',
    tid: defaultIds.contoso,
    upn: 'megan@contoso.onmicrosoft.com',
    idtyp: 'user',
  })
  const [account] = await client.getTokenCache().getAllAccounts()
  if (account === undefined) throw new Error('no account')
  const authority = `${sandbox.origin}/${defaultIds.contoso}`
  const before = sandbox.requests.length
  const again = await client.acquireTokenSilent({ account, scopes: [arm], authority })
  expect(again.fromCache).toBe(true)
  expect(sandbox.requests.length).toBe(before)
  const other = await client.acquireTokenSilent({ account, scopes: [vault], authority })
  expect(decodeToken(other.accessToken).claims['aud']).toBe('https://vault.azure.net')
})

test('a client waits while the person has not decided', async () => {
  const sandbox = await startTestSandbox({ directory: directoryWith() })
  let polls = 0
  const decided: Decide = (userCode) => {
    const timer = setInterval(() => {
      polls = sandbox.requests.filter(({ refusal }) => refusal === 'AADSTS70016').length
      if (polls < 1) return
      clearInterval(timer)
      sandbox.approveDeviceCode(userCode)
    }, 20)
  }
  const result = await byDeviceCode(sandbox, decided)
  expect(result?.account?.username).toBe('adele@contoso.onmicrosoft.com')
  expect(polls).toBeGreaterThan(0)
})

interface Row {
  readonly refusal: RefusalName
  readonly code: number
  readonly error: string
  readonly decide: Decide
  readonly scopes?: string[]
  readonly clientId?: string
  readonly tenant?: string
}

const rows: readonly Row[] = [
  {
    refusal: 'device-code-declined',
    code: 70017,
    error: 'authorization_declined',
    decide: (userCode, sandbox) => sandbox.declineDeviceCode(userCode),
  },
  {
    refusal: 'user-disabled',
    code: 50057,
    error: 'invalid_grant',
    decide: approveAs({ userPrincipalName: 'alex@contoso.onmicrosoft.com' }),
  },
  {
    refusal: 'access-blocked',
    code: 53003,
    error: 'invalid_grant',
    decide: approveAs({ userPrincipalName: 'nestor@contoso.onmicrosoft.com' }),
  },
  {
    refusal: 'mfa-needed',
    code: 50076,
    error: 'invalid_grant',
    scopes: [vault],
    decide: approveAs({ userPrincipalName: 'megan@contoso.onmicrosoft.com', passwordOnly: true }),
  },
  {
    refusal: 'mfa-enrollment',
    code: 50079,
    error: 'interaction_required',
    scopes: [vault],
    decide: approveAs({ userPrincipalName: 'adele@contoso.onmicrosoft.com' }),
  },
  {
    refusal: 'consent-missing',
    code: 65001,
    error: 'invalid_grant',
    clientId: defaultIds.publicApp,
    decide: approveAs({}),
  },
  {
    refusal: 'credential-missing',
    code: 7000218,
    error: 'invalid_client',
    clientId: defaultIds.app,
    decide: approveAs({}),
  },
]

test.each(rows)('msal is refused: $refusal ($code)', async ({ code, error, decide, scopes, clientId }) => {
  const sandbox = await startTestSandbox({ directory: directoryWith() })
  const of = { ...(scopes === undefined ? {} : { scopes }), ...(clientId === undefined ? {} : { clientId }) }
  const failure = await failureOf(byDeviceCode(sandbox, decide, of))
  // Of an answer to a poll MSAL keeps the name of the error alone.
  expect(failure).toMatchObject({ errorCode: 'post_request_failed', message: expect.stringContaining(error) })
  expect(sandbox.requests.at(-1)?.refusal).toBe(`AADSTS${code}`)
})

const atStart: readonly (Omit<Row, 'decide'> & { readonly tenant: string })[] = [
  {
    refusal: 'app-single-tenant',
    code: 50194,
    error: 'invalid_request',
    clientId: defaultIds.publicApp,
    tenant: 'organizations',
  },
  { refusal: 'app-not-for-consumers', code: 9002332, error: 'invalid_request', tenant: 'consumers' },
]

test.each(atStart)('msal gets no code: $refusal ($code)', async ({ code, error, clientId, tenant }) => {
  const sandbox = await startTestSandbox({ directory: directoryWith() })
  const of = { tenant, ...(clientId === undefined ? {} : { clientId }) }
  const failure = await failureOf(byDeviceCode(sandbox, () => {}, of))
  // MSAL leaves it at its own code where the start of the flow is refused.
  expect(sandbox.requests.at(-1)?.refusal).toBe(`AADSTS${code}`)
  expect([error, 'device_code_unknown_error', 'post_request_failed']).toContain(failure.errorCode)
})

/** The client's part, a request at a time, by a clock that the test sets. */
async function start(times = { lifetimeSeconds: 900, intervalSeconds: 5 }) {
  let now = Date.parse('2026-11-21T00:00:00Z')
  const clock = { now: () => now }
  const sandbox = await startTestSandbox({ clock, directory: directoryWith({ deviceCodes: times }) })
  const ask = async (url: string, parameters: Readonly<Record<string, string>>) => {
    const reply = await send(sandbox, url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(parameters).toString(),
    })
    return JSON.parse(reply.body) as Record<string, unknown> & { error_codes?: number[]; error?: string }
  }
  const codes = await ask(`${sandbox.origin}/organizations/oauth2/v2.0/devicecode`, {
    client_id: azureCli,
    scope: `${arm} openid profile offline_access`,
  })
  const poll = async (changes: Readonly<Record<string, string>> = {}, tenant = 'organizations') => {
    const answer = await ask(tokenUrl(sandbox, tenant), {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      client_id: azureCli,
      device_code: String(codes['device_code']),
      ...changes,
    })
    return answer.error === undefined ? 'tokens' : `${answer.error} ${answer.error_codes?.[0]}`
  }
  const pass = (seconds: number) => {
    now += seconds * 1000
  }
  return { sandbox, codes, poll, pass }
}

test('asking too often is told slow_down, and waiting longer is enough', async () => {
  // refused: device-code-pending, refused: device-code-too-often
  const { poll, pass } = await start()
  expect(await poll()).toBe('authorization_pending 70016')
  pass(1)
  expect(await poll()).toBe('slow_down 70016')
  pass(5)
  expect(await poll()).toBe('slow_down 70016')
  pass(15)
  expect(await poll()).toBe('authorization_pending 70016')
})

test('a code works once, and not after its time', async () => {
  // refused: device-code-redeemed, refused: device-code-expired, refused: device-code-unknown
  const first = await start()
  first.sandbox.approveDeviceCode(String(first.codes['user_code']))
  expect(await first.poll()).toBe('tokens')
  expect(await first.poll()).toBe('invalid_grant 7000014')
  expect(await first.poll({ device_code: 'made-up' })).toBe('bad_verification_code 70018')
  expect(() => first.sandbox.approveDeviceCode(String(first.codes['user_code']))).toThrow('redeemed already')
  expect(() => first.sandbox.approveDeviceCode('MADE-UP')).toThrow('no client waits for this code')

  const late = await start()
  late.pass(900)
  expect(await late.poll()).toBe('expired_token 70020')
})

test('a code is for the app and the tenant that asked for it', async () => {
  // refused: grant-of-other-client, refused: grant-of-other-tenant
  const { sandbox, codes, poll } = await start()
  const other = '1950a258-227b-4e31-a9cf-717495945fc2'
  expect(await poll({ client_id: other })).toBe('invalid_grant 70000')
  sandbox.approveDeviceCode(String(codes['user_code']))
  expect(await poll({}, defaultIds.fabrikam)).toBe('invalid_grant 700005')
})

test('a client may say with its poll that it handles claims challenges', async () => {
  const { sandbox, codes } = await start()
  sandbox.approveDeviceCode(String(codes['user_code']))
  const reply = await send(sandbox, tokenUrl(sandbox, 'organizations'), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'device_code',
      client_id: azureCli,
      device_code: String(codes['device_code']),
      claims: '{"access_token":{"xms_cc":{"values":["CP1"]}}}',
    }).toString(),
  })
  const answer = JSON.parse(reply.body)
  expect(answer).toMatchObject({ expires_in: 86_399, refresh_in: 43_200, foci: '1' })
  expect(decodeToken(answer['access_token']).claims['xms_cc']).toEqual(['cp1'])
})

test('faults strike the endpoint', async () => {
  const { sandbox } = await start()
  sandbox.setFault('503:path=device-code')
  const reply = await send(sandbox, `${sandbox.origin}/organizations/oauth2/v2.0/devicecode`, { method: 'POST' })
  expect(reply.status).toBe(503)
})

test('the log shows neither code', async () => {
  const { sandbox, codes, poll } = await start()
  sandbox.approveDeviceCode(String(codes['user_code']))
  await poll()
  const log = JSON.stringify(sandbox.requests)
  expect(log).not.toContain(codes['device_code'])
  expect(log).not.toContain(codes['user_code'])
  expect(sandbox.requests.map(({ endpoint }) => endpoint)).toEqual(['device-code', 'token'])
})
