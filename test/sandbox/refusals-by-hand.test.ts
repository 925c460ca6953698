/** Refusals at the level of the protocol: what no SDK can be made to send, sent by curl where there is one, and the form of every refusal. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { defaultDirectoryFile, defaultIds } from '../../src/sandbox/default-directory.ts'
import { parseDirectory } from '../../src/sandbox/directory-file.ts'
import { type RefusalName, refusals, refuse } from '../../src/sandbox/refusals.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { type Ask, askToken, getToken, type Reply, send, tokenUrl } from './client.ts'

interface Row {
  readonly refusal: RefusalName
  readonly code: number
  readonly status: number
  readonly error: string
  readonly text: string
  readonly because: string
  readonly changes?: Readonly<Record<string, string | undefined>>
  readonly ask?: (sandbox: Sandbox) => Ask
}

const invalidRequest = { status: 400, error: 'invalid_request' } as const

const rows: readonly Row[] = [
  {
    refusal: 'wrong-method',
    because: 'GET',
    code: 900561,
    ...invalidRequest,
    text: 'The endpoint only accepts POST, OPTIONS requests. Received a GET request.',
    ask: () => ({ method: 'GET' }),
  },
  {
    refusal: 'wrong-method',
    because: 'PUT',
    code: 900561,
    ...invalidRequest,
    text: 'The endpoint only accepts POST, OPTIONS requests. Received a PUT request.',
    ask: () => ({ method: 'PUT' }),
  },
  ...['grant_type', 'client_id', 'scope'].map(
    (name): Row => ({
      refusal: 'parameter-missing',
      because: `no ${name}`,
      code: 900144,
      ...invalidRequest,
      text: `The request body must contain the following parameter: '${name}'.`,
      changes: { [name]: undefined },
    }),
  ),
  ...['grant_type', 'client_id', 'scope'].map(
    (name): Row => ({
      refusal: 'parameter-missing',
      because: `an empty ${name}`,
      code: 900144,
      ...invalidRequest,
      text: `The request body must contain the following parameter: '${name}'.`,
      changes: { [name]: '' },
    }),
  ),
  ...['application/json', 'text/plain', 'multipart/form-data; boundary=x'].map(
    (type): Row => ({
      refusal: 'parameter-missing',
      because: `a body of type ${type}`,
      code: 900144,
      ...invalidRequest,
      text: "The request body must contain the following parameter: 'grant_type'.",
      ask: () => ({ headers: { 'content-type': type } }),
    }),
  ),
  {
    refusal: 'parameter-missing',
    because: 'an assertion without its type',
    code: 900144,
    ...invalidRequest,
    text: "The request body must contain the following parameter: 'client_assertion_type'.",
    changes: { client_secret: undefined, client_assertion: 'a.b.c' },
  },
  {
    refusal: 'request-malformed',
    because: 'an assertion of another type',
    code: 9002313,
    ...invalidRequest,
    text: 'Invalid request. Request is malformed or invalid.',
    changes: {
      client_secret: undefined,
      client_assertion: 'a.b.c',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer',
    },
  },
  ...['{', '[]', '"cp1"'].map(
    (claims): Row => ({
      refusal: 'request-malformed',
      because: `claims of ${claims}`,
      code: 9002313,
      ...invalidRequest,
      text: 'Invalid request. Request is malformed or invalid.',
      changes: { claims },
    }),
  ),
  {
    refusal: 'request-malformed',
    because: 'two client ids',
    code: 9002313,
    ...invalidRequest,
    text: 'Invalid request. Request is malformed or invalid.',
    ask: () => ({ headers: { authorization: `Basic ${Buffer.from('other:secret').toString('base64')}` } }),
  },
  {
    refusal: 'request-malformed',
    because: 'a basic header that is not encoded',
    code: 9002313,
    ...invalidRequest,
    text: 'Invalid request. Request is malformed or invalid.',
    ask: () => ({ headers: { authorization: `Basic ${Buffer.from('app:100%').toString('base64')}` } }),
  },
  ...['implicit', 'urn:ietf:params:oauth:grant-type:token-exchange', 'toString', '__proto__'].map(
    (grant): Row => ({
      refusal: 'grant-unsupported',
      because: grant,
      code: 70003,
      status: 400,
      error: 'unsupported_grant_type',
      text: `The app requested an unsupported grant type '${grant}'.`,
      changes: { grant_type: grant },
    }),
  ),
  ...['common', 'consumers'].map(
    (tenant): Row => ({
      refusal: 'tenant-not-specific',
      because: tenant,
      code: 9001023,
      ...invalidRequest,
      text: 'The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.',
      ask: (sandbox) => ({ url: tokenUrl(sandbox, tenant) }),
    }),
  ),
  {
    refusal: 'tenant-not-given',
    because: 'organizations',
    code: 50059,
    ...invalidRequest,
    text: 'No tenant-identifying information found in either the request or implied by any provided credentials.',
    ask: (sandbox) => ({ url: tokenUrl(sandbox, 'organizations') }),
  },
  {
    refusal: 'tenant-unknown',
    because: 'a domain of nobody',
    code: 90002,
    ...invalidRequest,
    text: "Tenant 'nobody.onmicrosoft.com' not found.",
    ask: (sandbox) => ({ url: tokenUrl(sandbox, 'nobody.onmicrosoft.com') }),
  },
  ...['%24(tenantId)', `%22${defaultIds.contoso}%22`, 'contoso', '%ff'].map(
    (tenant): Row => ({
      refusal: 'tenant-malformed',
      because: tenant,
      code: 900023,
      ...invalidRequest,
      text: 'is neither a valid DNS name, nor a valid external domain.',
      ask: (sandbox) => ({ url: tokenUrl(sandbox, tenant) }),
    }),
  ),
  {
    refusal: 'resource-parameter',
    because: 'v1 style on v2',
    code: 901002,
    ...invalidRequest,
    text: "The 'resource' request parameter is not supported.",
    changes: { resource: 'https://vault.azure.net' },
  },
  {
    refusal: 'credential-missing',
    because: 'neither secret nor assertion',
    code: 7000218,
    status: 401,
    error: 'invalid_client',
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    changes: { client_secret: undefined },
  },
  {
    refusal: 'credential-missing',
    because: 'an empty secret',
    code: 7000218,
    status: 401,
    error: 'invalid_client',
    text: "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    changes: { client_secret: '' },
  },
  {
    refusal: 'scope-not-default',
    because: 'a permission beside /.default',
    code: 1002012,
    status: 400,
    error: 'invalid_scope',
    text: 'The provided value for scope https://vault.azure.net/.default https://vault.azure.net/user_impersonation is not valid.',
    changes: { scope: 'https://vault.azure.net/.default https://vault.azure.net/user_impersonation' },
  },
  {
    refusal: 'resource-unknown',
    because: 'a slash more than registered',
    code: 500011,
    status: 400,
    error: 'invalid_resource',
    text: 'The resource principal named api://contoso-orders/ was not found in the tenant named Contoso.',
    changes: { scope: 'api://contoso-orders//.default' },
  },
]

test.for(rows.map((row) => [`${row.refusal}, ${row.because}`, row] as const))('refused: %s', async ([, row]) => {
  const sandbox = await startTestSandbox()
  const reply = await askToken(sandbox, row.changes, row.ask?.(sandbox))
  expect(reply.status).toBe(row.status)
  const body = checkForm(reply, sandbox)
  expect(body).toMatchObject({ error: row.error, error_codes: [row.code] })
  expect(body['error_description']).toContain(row.text)
})

/** Members, order, types and headers of a refusal, as Entra sends them. */
function checkForm(reply: Reply, sandbox: Sandbox): Record<string, unknown> {
  const body: Record<string, unknown> = JSON.parse(reply.body)
  const [code] = body['error_codes'] as number[]
  expect(Object.keys(body)).toEqual([
    'error',
    'error_description',
    'error_codes',
    'timestamp',
    'trace_id',
    'correlation_id',
    'error_uri',
  ])
  const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
  expect(body['trace_id']).toMatch(guid)
  expect(body['correlation_id']).toMatch(guid)
  expect(body['timestamp']).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/)
  expect(body['error_uri']).toBe(`${sandbox.origin}/error?code=${code}`)
  expect(body['error_description']).toMatch(new RegExp(`^AADSTS${code}: `))
  const end = `Trace ID: ${body['trace_id']} Correlation ID: ${body['correlation_id']} Timestamp: ${body['timestamp']}`
  expect(String(body['error_description']).endsWith(` ${end}`)).toBe(true)
  expect(reply.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store, no-cache',
    pragma: 'no-cache',
    'x-ms-request-id': body['trace_id'],
    'x-ms-clitelem': `1,${code},0,,`,
  })
  expect(reply.headers['x-ms-ests-server']).toBeDefined()
  expect(reply.headers['strict-transport-security']).toBeUndefined()
  return body
}

test('refused: parameter-duplicated, even with the same value', async () => {
  const sandbox = await startTestSandbox()
  const { clientId, secret } = sandbox.defaultApp
  const reply = await send(sandbox, tokenUrl(sandbox), {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `grant_type=client_credentials&client_id=${clientId}&client_secret=${secret}&scope=a&scope=a`,
  })
  const body = checkForm(reply, sandbox)
  expect(body).toMatchObject({ error: 'invalid_request', error_codes: [9000411] })
  expect(body['error_description']).toContain("The parameter 'scope' is duplicated.")
})

test("the client's own request id comes back, from the header or the query, if it is a GUID", async () => {
  const sandbox = await startTestSandbox()
  const id = '5a9db0e5-1234-4000-8000-0123456789ab'
  const wrong = { client_secret: 'wrong' }
  const byHeader = await askToken(sandbox, wrong, { headers: { 'client-request-id': id } })
  expect(JSON.parse(byHeader.body)['correlation_id']).toBe(id)
  expect(byHeader.headers['client-request-id']).toBe(id)
  const byQuery = await askToken(sandbox, wrong, { url: `${tokenUrl(sandbox)}?client-request-id=${id}` })
  expect(JSON.parse(byQuery.body)['correlation_id']).toBe(id)
  expect(byQuery.headers['client-request-id']).toBeUndefined()
  const byNonsense = await askToken(sandbox, wrong, { headers: { 'client-request-id': 'x"\n'.trim() } })
  expect(JSON.parse(byNonsense.body)['correlation_id']).not.toContain('x')
})

test('descriptions have line breaks where the directory asks for the older form', async () => {
  const parsed = parseDirectory({ ...defaultDirectoryFile, multilineErrors: true })
  if (!parsed.ok) throw new Error(parsed.error.reason)
  const sandbox = await startTestSandbox({ directory: parsed.value })
  const body = JSON.parse((await askToken(sandbox, { client_secret: 'wrong' })).body)
  expect(body['error_description'].split('\r\n')).toEqual([
    expect.stringMatching(/^AADSTS7000215: /),
    `Trace ID: ${body['trace_id']}`,
    `Correlation ID: ${body['correlation_id']}`,
    `Timestamp: ${body['timestamp']}`,
  ])
})

describe('what is no mistake', () => {
  test('a secret in a basic header, form-encoded', async () => {
    const sandbox = await startTestSandbox()
    const { clientId, secret } = sandbox.defaultApp
    const authorization = `Basic ${Buffer.from(`${clientId}:${encodeURIComponent(secret)}`).toString('base64')}`
    const changes = { client_id: undefined, client_secret: undefined }
    const token = await getToken(sandbox, changes, { headers: { authorization } })
    expect(token.claims['appidacr']).toBe('1')
  })

  test('a content type with a charset, and a slash after the path', async () => {
    const sandbox = await startTestSandbox()
    const headers = { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' }
    await getToken(sandbox, {}, { headers, url: `${tokenUrl(sandbox)}/?client-request-id=x` })
  })

  test('a client id and a tenant in capitals, and the same scope twice', async () => {
    const sandbox = await startTestSandbox()
    const scope = 'https://vault.azure.net/.default  https://vault.azure.net/.default'
    const changes = { client_id: sandbox.defaultApp.clientId.toUpperCase(), scope }
    const token = await getToken(sandbox, changes, { url: tokenUrl(sandbox, sandbox.tenantId.toUpperCase()) })
    expect(token.claims['tid']).toBe(sandbox.tenantId)
  })

  test('the v1 endpoint answers with texts and names the resource', async () => {
    const sandbox = await startTestSandbox()
    const changes = { scope: undefined, resource: 'https://vault.azure.net' }
    const { answer, claims } = await getToken(sandbox, changes, { url: tokenUrl(sandbox, sandbox.tenantId, 1) })
    expect(answer).toMatchObject({
      token_type: 'Bearer',
      expires_in: '3599',
      ext_expires_in: '3599',
      resource: 'https://vault.azure.net',
    })
    expect(answer['expires_on']).toBe(String(claims['exp']))
    expect(answer['not_before']).toBe(String(claims['nbf']))
  })

  test('the v1 endpoint without a resource gives a token for Azure AD Graph', async () => {
    const sandbox = await startTestSandbox()
    const { claims } = await getToken(sandbox, { scope: undefined }, { url: tokenUrl(sandbox, sandbox.tenantId, 1) })
    expect(claims['aud']).toBe('00000002-0000-0000-c000-000000000000')
  })

  test('OPTIONS says what the endpoint takes', async () => {
    const sandbox = await startTestSandbox()
    const reply = await send(sandbox, tokenUrl(sandbox), { method: 'OPTIONS' })
    expect(reply).toMatchObject({ status: 200, body: '' })
    expect(reply.headers['allow']).toBe('POST, OPTIONS')
  })
})

test('other paths are not found, other hosts are refused, large bodies too', async () => {
  const sandbox = await startTestSandbox()
  expect(await send(sandbox, `${sandbox.origin}/`)).toMatchObject({ status: 404, body: '' })
  expect(await send(sandbox, `${sandbox.origin}//evil.example/oauth2/v2.0/token`)).toMatchObject({ status: 404 })
  const headers = { host: 'evil.example' }
  const foreign = await send(sandbox, tokenUrl(sandbox), { method: 'POST', headers })
  expect(foreign.status).toBe(400)
  expect(foreign.body).toContain('Invalid Hostname')
  const large = await askToken(sandbox, { scope: 'x'.repeat(2_000_000) }).catch((error: Error) => error)
  expect(large instanceof Error ? large.message : large.status).toSatisfy(
    (it) => it === 413 || /EPIPE|ECONNRESET|hang up/.test(String(it)),
  )
})

const runFile = promisify(execFile)
const hasCurl = await runFile('curl', ['--version']).then(
  () => true,
  () => false,
)

test.skipIf(!hasCurl)(
  'curl is refused as the documentation of Entra shows: no scope, no secret, the wrong content type',
  async () => {
    const sandbox = await startTestSandbox()
    const environment = await sandbox.environment()
    const env = { PATH: process.env['PATH'] ?? '', CURL_CA_BUNDLE: environment['CURL_CA_BUNDLE'] ?? '' }
    const ask = async (...args: readonly string[]): Promise<unknown> => {
      const { stdout } = await runFile('curl', ['-sS', '--max-time', '20', ...args, tokenUrl(sandbox)], { env })
      return JSON.parse(stdout)['error_codes'][0]
    }
    const { clientId } = sandbox.defaultApp
    const good = ['-d', 'grant_type=client_credentials', '-d', `client_id=${clientId}`]
    expect(await ask()).toBe(900561)
    expect(await ask(...good)).toBe(900144)
    expect(await ask(...good, '-d', 'scope=https://vault.azure.net/.default')).toBe(7000218)
    expect(await ask('-H', 'content-type: application/json', '-d', '{"grant_type":"client_credentials"}')).toBe(900144)
    expect(await ask(...good, ...good)).toBe(9000411)
  },
)

/** Where refusals are provoked. */
const files = [
  'refusals-by-msal',
  'refusals-by-hand',
  'discovery',
  'faults',
  'on-behalf-of',
  'device-code',
  'sign-in',
  'sign-in-refusals',
]

describe('the table of refusals', () => {
  test('every refusal is provoked by a test', () => {
    const texts = files.map((name) => readFileSync(new URL(`./${name}.test.ts`, import.meta.url), 'utf8'))
    const all = texts.join('\n')
    const missing = Object.keys(refusals).filter(
      (name) => !new RegExp(`refusal: '${name}'|refused: ${name}\\b`).test(all),
    )
    expect(missing).toEqual([])
  })

  test('placeholders are filled, and what the request said stays as it came', () => {
    expect(refuse('tenant-unknown', { tenant: '{tenant}$&' }).text).toContain("Tenant '{tenant}$&' not found.")
    expect(refuse('app-disabled', { app: 'a', name: 'b' })).toMatchObject({
      code: 7000112,
      status: 400,
      text: "AADSTS7000112: Application 'a'(b) is disabled.",
    })
  })

  test('the client that is wrong gets 401, a request that is wrong 400', () => {
    expect(refuse('credential-missing', {}).status).toBe(401)
    expect(refuse('scope-not-default', { scope: 'x' }).status).toBe(400)
    expect(refuse('throttled', {}).status).toBe(429)
  })
})
