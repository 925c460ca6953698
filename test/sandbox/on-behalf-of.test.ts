/** The on-behalf-of grant: what an unmodified MSAL gets from it, and every refusal that it can be made to meet. */
import { InteractionRequiredAuthError, type ServerError } from '@azure/msal-node'
import { describe, expect, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { createDefaultDirectory, defaultIds } from '../../src/sandbox/default-directory.ts'
import type { App, User } from '../../src/sandbox/directory.ts'
import type { RefusalName } from '../../src/sandbox/refusals.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { askToken, decodeToken, getToken, msalApp } from './client.ts'

const graph = 'https://graph.microsoft.com/.default'

function parties(sandbox: Sandbox): { readonly app: App; readonly user: User } {
  const app = sandbox.directory.apps.find(({ clientId }) => clientId === defaultIds.app)
  const user = sandbox.directory.users[0]
  if (app === undefined || user === undefined) throw new Error('the built-in directory has an app and a user')
  return { app, user }
}

async function askByMsal(sandbox: Sandbox, assertion: string, scopes = [graph], claims?: string) {
  return msalApp(sandbox, {}).acquireTokenOnBehalfOf({
    oboAssertion: assertion,
    scopes,
    ...(claims === undefined ? {} : { claims }),
  })
}

describe('a token for the user', () => {
  test.each([
    [[graph], 'User.Read Mail.Read'],
    [['https://graph.microsoft.com/User.Read'], 'User.Read'],
    [['User.Read', 'Mail.Read'], 'User.Read Mail.Read'],
    [['https://management.azure.com/user_impersonation'], 'user_impersonation'],
  ])('%j gives %s', async (scopes, permissions) => {
    const sandbox = await startTestSandbox()
    const { app, user } = parties(sandbox)
    const result = await askByMsal(sandbox, await sandbox.mintUserToken({ app, user }), scopes)
    const { claims } = decodeToken(result?.accessToken ?? '')
    expect(claims).toMatchObject({
      oid: user.objectId,
      upn: user.userPrincipalName,
      appid: app.clientId,
      tid: sandbox.tenantId,
      scp: permissions,
    })
    expect(claims['sub']).not.toBe(claims['oid'])
    expect(result?.account).toMatchObject({
      homeAccountId: `${user.objectId}.${sandbox.tenantId}`,
      username: user.userPrincipalName,
    })
    expect(sandbox.requests.at(-1)).toMatchObject({
      parameters: { assertion: '***', requested_token_use: 'on_behalf_of' },
      status: 200,
    })
  })

  test('for continuous access evaluation, and for the URI of the app as audience', async () => {
    const sandbox = await startTestSandbox()
    const { app, user } = parties(sandbox)
    const assertion = await sandbox.mintUserToken({ app, user, audience: `api://${app.clientId}` })
    const result = await askByMsal(sandbox, assertion, [graph], '{"access_token":{"xms_cc":{"values":["cp1"]}}}')
    expect(decodeToken(result?.accessToken ?? '').claims['xms_cc']).toEqual(['cp1'])
  })
})

interface Row {
  readonly refusal: RefusalName
  readonly code: string
  readonly text: string
  readonly scopes?: string[]
  readonly assertion: (sandbox: Sandbox) => Promise<string>
}

const good: Row['assertion'] = (sandbox) => sandbox.mintUserToken(parties(sandbox))

const rows: readonly Row[] = [
  {
    refusal: 'user-assertion-key',
    code: 'AADSTS50013',
    text: 'Assertion failed signature validation. [Reason - The key was not found.',
    assertion: async () => {
      const stranger = await startSandbox({ ports: createNodeRuntime() })
      const assertion = await stranger.mintUserToken(parties(stranger))
      await stranger.close()
      return assertion
    },
  },
  {
    refusal: 'user-assertion-key',
    code: 'AADSTS50013',
    text: "Thumbprint of key used by client: ''",
    assertion: async (sandbox) => {
      const [, claims, signature] = (await good(sandbox)).split('.')
      return `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${claims}.${signature}`
    },
  },
  {
    refusal: 'user-assertion-signature',
    code: 'AADSTS50013',
    text: 'Key was found, but use of the key to verify the signature failed.',
    assertion: async (sandbox) => {
      const [header, , signature] = (await good(sandbox)).split('.')
      const [, other] = (await sandbox.mintUserToken({ ...parties(sandbox), lifetimeSeconds: 7000 })).split('.')
      return `${header}.${other}.${signature}`
    },
  },
  {
    refusal: 'assertion-malformed',
    code: 'AADSTS50027',
    text: 'JWT token is invalid or malformed.',
    assertion: async () => 'not-a-token',
  },
  {
    refusal: 'user-assertion-audience',
    code: 'AADSTS500131',
    text: `The audience in the assertion was 'https://graph.microsoft.com' and the expected audience is '${defaultIds.app}'`,
    assertion: (sandbox) => sandbox.mintUserToken({ ...parties(sandbox), audience: 'https://graph.microsoft.com' }),
  },
  {
    refusal: 'user-assertion-time',
    code: 'AADSTS500133',
    text: 'Assertion is not within its valid time range.',
    assertion: (sandbox) => sandbox.mintUserToken({ ...parties(sandbox), lifetimeSeconds: -60 }),
  },
  {
    refusal: 'user-deleted',
    code: 'AADSTS500341',
    text: 'has been deleted from the Contoso directory.',
    assertion: (sandbox) => {
      const { app, user } = parties(sandbox)
      return sandbox.mintUserToken({ app, user: { ...user, objectId: '12345678-1234-4234-8234-123456789012' } })
    },
  },
  {
    refusal: 'consent-missing',
    code: 'AADSTS65001',
    text: `has not consented to use the application with ID '${defaultIds.app}' named 'shop'.`,
    scopes: ['https://graph.microsoft.com/Files.Read'],
    assertion: good,
  },
  {
    refusal: 'consent-missing',
    code: 'AADSTS65001',
    text: 'Send an interactive authorization request for this user and resource.',
    scopes: ['https://storage.azure.com/.default'],
    assertion: good,
  },
  {
    refusal: 'scope-several-resources',
    code: 'AADSTS28000',
    text: 'contains more than one resource',
    scopes: [graph, 'https://vault.azure.net/.default'],
    assertion: good,
  },
  {
    refusal: 'scope-malformed',
    code: 'AADSTS70011',
    text: 'is not valid',
    scopes: [graph, 'https://graph.microsoft.com/User.Read'],
    assertion: good,
  },
  {
    refusal: 'resource-unknown',
    code: 'AADSTS500011',
    text: 'The resource principal named https://nothing.example was not found',
    scopes: ['https://nothing.example/.default'],
    assertion: good,
  },
]

test.each(rows)('msal is refused: $refusal ($code)', async ({ code, text, scopes, assertion }) => {
  const sandbox = await startTestSandbox()
  const thrown = await askByMsal(sandbox, await assertion(sandbox), scopes).then(
    () => null,
    (error: ServerError) => error,
  )
  expect(thrown?.message).toContain(code)
  expect(thrown?.message).toContain(text)
  expect(sandbox.requests.at(-1)?.refusal).toBe(code)
})

test('msal is refused: mfa-enrollment, with the claims that a new sign-in must bring', async () => {
  const sandbox = await startTestSandbox()
  const thrown: unknown = await askByMsal(sandbox, await good(sandbox), ['https://vault.azure.net/.default']).catch(
    (error: unknown) => error,
  )
  expect(thrown).toBeInstanceOf(InteractionRequiredAuthError)
  expect(thrown).toMatchObject({ errorCode: 'interaction_required', subError: 'basic_action' })
  expect((thrown as InteractionRequiredAuthError).message).toContain('AADSTS50079')
  expect(JSON.parse((thrown as InteractionRequiredAuthError).claims)).toHaveProperty('access_token.capolids')
})

test('an app-only token is refused: user-assertion-app-only', async () => {
  const sandbox = await startTestSandbox({ directory: withShopAsResource() })
  const { text } = await getToken(sandbox, { scope: 'api://shop/.default' })
  const thrown = await askByMsal(sandbox, text).catch((error: Error) => error)
  expect((thrown as Error).message).toContain('AADSTS7000114')
})

/** The app is an API as well, with a URI of its own. */
function withShopAsResource() {
  const directory = createDefaultDirectory()
  const shop = {
    name: 'shop',
    appId: defaultIds.app,
    identifierUris: ['api://shop'],
    tokenVersion: 2 as const,
    isEnabled: true,
    requiresAssignment: false,
    wantsIdtyp: false,
    signsNonce: false,
    tenantIds: undefined,
  }
  return { ...directory, resources: [...directory.resources, shop] }
}

test('the form: what is missing or means something else', async () => {
  const sandbox = await startTestSandbox()
  const assertion = await good(sandbox)
  const form = {
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    requested_token_use: 'on_behalf_of',
    assertion,
    scope: graph,
  }
  const codeOf = async (changes: Record<string, string | undefined>): Promise<number> => {
    const reply = await askToken(sandbox, { ...form, ...changes })
    return (JSON.parse(reply.body) as { error_codes?: number[] }).error_codes?.[0] ?? reply.status
  }
  expect(await codeOf({})).toBe(200)
  expect(await codeOf({ requested_token_use: undefined })).toBe(900144)
  expect(await codeOf({ requested_token_use: 'other' })).toBe(9002313)
  expect(await codeOf({ assertion: undefined })).toBe(900144)
  expect(await codeOf({ scope: 'openid offline_access' })).toBe(900144)
  expect(await codeOf({ client_secret: 'wrong' })).toBe(7000215)
  expect(await codeOf({ client_secret: undefined })).toBe(7000218)
  expect(await codeOf({ resource: graph })).toBe(901002)
  expect(await codeOf({ claims: '[' })).toBe(9002313)
})
