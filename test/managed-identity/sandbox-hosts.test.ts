/** The sandbox's hosts are strict: what a real host would refuse, they refuse, in its own form. */
import { existsSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { decodeToken } from '../../src/jwt/decode.ts'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import type { PlayedHostName } from '../../src/sandbox/hosts/host.ts'
import { type StartedHost, startHost } from '../../src/sandbox/hosts/host-server.ts'
import { systemAssigned, userAssigned } from '../../src/sandbox/hosts/identities.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { fakeRuntime } from '../fakes/runtime.ts'
import { cliFile, runCli } from '../support/run-cli.ts'

const ports = createNodeRuntime()
let sandbox: Sandbox
const started = new Map<string, StartedHost>()
const [user] = userAssigned
const vault = 'https://vault.azure.net'
const unassigned = '99999999-9999-4999-8999-999999999999'

/** Those that can be had on any machine. */
const names: readonly PlayedHostName[] = ['imds', 'app-service', 'service-fabric', 'azure-ml', 'cloud-shell']

beforeAll(async () => {
  sandbox = await startSandbox({ ports })
  for (const name of names) started.set(name, await startHost(name, { state: sandbox.state, ports }))
})
afterAll(async () => {
  for (const host of started.values()) await host.close()
  await sandbox.close()
})

interface Question {
  readonly method?: 'GET' | 'POST'
  readonly query?: Readonly<Record<string, string>>
  readonly form?: Readonly<Record<string, string>>
  /** A value of `secret` is the host's own. */
  readonly headers?: Readonly<Record<string, string>>
  readonly path?: string
}

async function ask(
  name: PlayedHostName,
  question: Question,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const host = started.get(name)
  if (host === undefined) throw new Error(name)
  const { variables } = host
  const endpoint =
    variables['IDENTITY_ENDPOINT'] ?? variables['MSI_ENDPOINT'] ?? `${host.origin}/metadata/identity/oauth2/token`
  const url = new URL(question.path ?? endpoint, endpoint)
  for (const [key, value] of Object.entries(question.query ?? {})) url.searchParams.set(key, value)
  const secret = variables['IDENTITY_HEADER'] ?? variables['MSI_SECRET'] ?? ''
  const headers = Object.entries(question.headers ?? {}).map(
    ([key, value]) => [key, value === 'secret' ? secret : value] as const,
  )
  const isForm = question.form !== undefined
  const sent = await ports.http.send({
    method: question.method ?? (isForm ? 'POST' : 'GET'),
    url: url.href,
    headers: {
      ...Object.fromEntries(headers),
      ...(isForm ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
    },
    ...(isForm ? { body: new URLSearchParams(question.form).toString() } : {}),
    ...(variables['IDENTITY_SERVER_THUMBPRINT'] === undefined
      ? {}
      : { pinnedSha1: variables['IDENTITY_SERVER_THUMBPRINT'] }),
  })
  if (!sent.ok) throw new Error(sent.error.detail)
  return { status: sent.response.status, body: JSON.parse(sent.response.body) as Record<string, unknown> }
}

const good: Readonly<Record<string, Question>> = {
  imds: { query: { 'api-version': '2018-02-01', resource: vault }, headers: { Metadata: 'true' } },
  'app-service': {
    query: { 'api-version': '2019-08-01', resource: vault },
    headers: { 'X-IDENTITY-HEADER': 'secret' },
  },
  'service-fabric': { query: { 'api-version': '2019-07-01-preview', resource: vault }, headers: { Secret: 'secret' } },
  'azure-ml': { query: { 'api-version': '2017-09-01', resource: vault }, headers: { secret: 'secret' } },
  'cloud-shell': { form: { resource: vault }, headers: { Metadata: 'true' } },
}

const change = (name: string, changes: Question): Question => ({
  ...good[name],
  ...changes,
  ...(changes.query === undefined ? {} : { query: { ...good[name]?.query, ...changes.query } }),
})
const without = (name: string, parameter: string): Question => ({
  ...good[name],
  query: Object.fromEntries(Object.entries(good[name]?.query ?? {}).filter(([key]) => key !== parameter)),
})

describe('a right request', () => {
  test.each(names)('%s gives a token of its identity that lives a day', async (name) => {
    const { status, body } = await ask(name, good[name] ?? {})
    expect(status).toBe(200)
    const decoded = decodeToken(String(body['access_token']))
    if (!decoded.ok) throw new Error('no JWT')
    const { claims } = decoded.value
    expect(claims).toMatchObject({
      aud: vault,
      tid: sandbox.tenantId,
      appidacr: '2',
      idtyp: name === 'cloud-shell' ? 'user' : 'app',
    })
    if (name !== 'cloud-shell')
      expect(claims).toMatchObject({ oid: systemAssigned.objectId, appid: systemAssigned.clientId })
    expect(Number(claims['exp']) - Number(claims['iat'])).toBeGreaterThanOrEqual(86_400)
    expect(body).toMatchObject({ resource: vault, token_type: 'Bearer' })
  })

  test('a user-assigned identity is in the token, with where it was asked', async () => {
    const { body } = await ask('imds', change('imds', { query: { client_id: user?.clientId ?? '' } }))
    const decoded = decodeToken(String(body['access_token']))
    expect(decoded.ok && decoded.value.claims).toMatchObject({
      appid: user?.clientId,
      oid: user?.objectId,
      xms_mirid: user?.resourceId,
      xms_az_rid: expect.stringContaining('/Microsoft.Compute/virtualMachines/'),
    })
  })

  test.each([
    ['imds', 'object_id', user?.objectId],
    ['imds', 'msi_res_id', user?.resourceId?.toUpperCase()],
    ['imds', 'mi_res_id', user?.resourceId],
    ['app-service', 'mi_res_id', user?.resourceId],
    ['app-service', 'principal_id', user?.objectId],
    ['azure-ml', 'clientid', user?.clientId],
  ] as const)('%s knows %s', async (name, parameter, value) => {
    expect((await ask(name, change(name, { query: { [parameter]: value ?? '' } }))).status).toBe(200)
  })
})

describe('a wrong request is refused as the host would', () => {
  const wrong: readonly [PlayedHostName, string, Question, number, unknown][] = [
    [
      'imds',
      'no header',
      { ...good['imds'], headers: {} },
      400,
      { error: 'invalid_request', error_description: 'Required metadata header not specified' },
    ],
    [
      'imds',
      'a forwarded request',
      { ...good['imds'], headers: { Metadata: 'true', 'X-Forwarded-For': '10.0.0.1' } },
      400,
      { error: 'invalid_request' },
    ],
    ['imds', 'no api-version', without('imds', 'api-version'), 400, { error: 'invalid_request' }],
    [
      'imds',
      'another host’s api-version',
      change('imds', { query: { 'api-version': '2019-08-01-preview' } }),
      400,
      { error: 'invalid_request' },
    ],
    [
      'imds',
      'no resource',
      without('imds', 'resource'),
      400,
      { error_description: "Required query variable 'resource' is missing" },
    ],
    [
      'imds',
      'an unknown resource',
      change('imds', { query: { resource: 'https://nowhere.example' } }),
      400,
      { error: 'invalid_resource', error_description: expect.stringContaining('AADSTS500011') },
    ],
    [
      'imds',
      'a scope for a resource',
      change('imds', { query: { resource: `${vault}/.default` } }),
      400,
      { error: 'invalid_resource' },
    ],
    [
      'imds',
      'an id that is not assigned',
      change('imds', { query: { client_id: unassigned } }),
      400,
      { error: 'invalid_request', error_description: 'Identity not found' },
    ],
    [
      'imds',
      'two ids',
      change('imds', { query: { client_id: user?.clientId ?? '', object_id: user?.objectId ?? '' } }),
      400,
      { error_description: 'Identity not found' },
    ],
    ['imds', 'a POST', { ...good['imds'], method: 'POST' }, 405, {}],
    ['imds', 'another path', { ...good['imds'], path: '/metadata/instance' }, 404, {}],
    ['app-service', 'no header', { ...good['app-service'], headers: {} }, 401, { statusCode: 401 }],
    [
      'app-service',
      'another header value',
      { ...good['app-service'], headers: { 'X-IDENTITY-HEADER': 'x' } },
      401,
      { statusCode: 401 },
    ],
    [
      'app-service',
      'another api-version',
      change('app-service', { query: { 'api-version': '2018-02-01' } }),
      400,
      { statusCode: 400 },
    ],
    [
      'app-service',
      'an id that is not assigned',
      change('app-service', { query: { client_id: 'x' } }),
      400,
      {
        message: 'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
      },
    ],
    [
      'app-service',
      'IMDS’s name of the resource id is not known',
      change('app-service', { query: { msi_res_id: user?.resourceId ?? '' } }),
      200,
      { client_id: systemAssigned.clientId },
    ],
    [
      'app-service',
      'an unknown resource',
      change('app-service', { query: { resource: 'https://nowhere.example' } }),
      500,
      { message: 'An unexpected error occured while fetching the AAD Token.' },
    ],
    [
      'service-fabric',
      'no header',
      { ...good['service-fabric'], headers: {} },
      400,
      { error: { code: 'SecretHeaderNotFound' } },
    ],
    [
      'service-fabric',
      'another header value',
      { ...good['service-fabric'], headers: { Secret: 'x' } },
      404,
      { error: { code: 'ManagedIdentityNotFound' } },
    ],
    [
      'service-fabric',
      'another api-version',
      change('service-fabric', { query: { 'api-version': '1' } }),
      400,
      { error: { code: 'InvalidApiVersion' } },
    ],
    [
      'service-fabric',
      'no resource',
      without('service-fabric', 'resource'),
      400,
      { error: { code: 'ArgumentNullOrEmpty' } },
    ],
    ['azure-ml', 'no secret', { ...good['azure-ml'], headers: {} }, 401, { error: {} }],
    [
      'azure-ml',
      'another api-version',
      change('azure-ml', { query: { 'api-version': '2019-08-01' } }),
      400,
      { error: {} },
    ],
    ['azure-ml', 'an id that is not assigned', change('azure-ml', { query: { clientid: 'x' } }), 400, { error: {} }],
    ['cloud-shell', 'no header', { ...good['cloud-shell'], headers: {} }, 400, { error: { code: 'bad_request' } }],
    [
      'cloud-shell',
      'a query for a form',
      { method: 'POST', query: { resource: vault }, headers: { Metadata: 'true' } },
      400,
      { error: { code: 'bad_request' } },
    ],
    [
      'cloud-shell',
      'another audience',
      { ...good['cloud-shell'], form: { resource: 'https://cognitiveservices.azure.com' } },
      400,
      {
        error: {
          code: 'AudienceNotSupported',
          message: expect.stringMatching(
            /^Audience https:\/\/cognitiveservices\.azure\.com is not a supported MSI token audience\./,
          ),
        },
      },
    ],
    ['cloud-shell', 'a GET', { headers: { Metadata: 'true' } }, 404, {}],
  ]
  test.each(wrong)('%s: %s', async (name, _, question, status, body) => {
    const answer = await ask(name, question)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject(body as object)
  })
})

describe('faults strike the hosts too', () => {
  test.each([
    ['429:retry-after=2', 429],
    ['500', 500],
    ['503:path=managed-identity', 503],
  ])('%s', async (fault, status) => {
    sandbox.setFault(fault)
    try {
      for (const name of names) expect((await ask(name, good[name] ?? {})).status, name).toBe(status)
    } finally {
      sandbox.setFault()
    }
  })
})

test('the log names parameters and headers, and holds no secret', async () => {
  await ask('app-service', change('app-service', { query: { mi_res_id: user?.resourceId ?? '' } }))
  const logged = sandbox.requests.at(-1)
  expect(logged).toMatchObject({
    endpoint: 'managed-identity',
    parameters: { 'api-version': '2019-08-01', resource: vault, mi_res_id: user?.resourceId },
    headers: { 'x-identity-header': '***' },
    status: 200,
  })
  for (const host of started.values()) {
    const secret = host.variables['IDENTITY_HEADER'] ?? host.variables['MSI_SECRET']
    if (secret !== undefined) expect(JSON.stringify(sandbox.requests)).not.toContain(secret)
  }
})

describe('Azure Arc', () => {
  test('where the key folder cannot be written, it says so and what to do', async () => {
    const runtime = fakeRuntime({ files: { '/var/opt': { kind: 'folder', mode: 0o755, userId: 0 } } })
    await expect(
      startHost('azure-arc', { state: sandbox.state, ports: { ...ports, files: runtime.files } }),
    ).rejects.toMatchObject({
      name: 'UsageError',
      facts: {
        message:
          "the host 'azure-arc' needs to write keys to /var/opt/azcmagent/tokens, which clients insist on: EACCES",
        fix: expect.stringContaining('unshare -m'),
      },
    })
  })

  test('a key works once, for the request that has it; what was written goes away with the host', async () => {
    const runtime = fakeRuntime({ host: { userId: 0 } })
    const host = await startHost('azure-arc', { state: sandbox.state, ports: { ...ports, files: runtime.files } })
    const url = `${host.variables['IDENTITY_ENDPOINT']}?api-version=2020-06-01&resource=${encodeURIComponent(vault)}`
    const send = async (headers: Record<string, string>) => {
      const sent = await ports.http.send({ method: 'GET', url, headers: { Metadata: 'true', ...headers } })
      if (!sent.ok) throw new Error(sent.error.detail)
      return sent.response
    }
    try {
      const challenge = await send({})
      expect(challenge.status).toBe(401)
      const file = /^Basic realm=(.*)$/.exec(challenge.headers['www-authenticate'] ?? '')?.[1] ?? ''
      expect(file).toMatch(/^\/var\/opt\/azcmagent\/tokens\/[0-9a-f-]{36}\.key$/)
      const key = runtime.files.text(file)
      expect((await send({ Authorization: 'Basic wrong' })).status).toBe(401)
      expect((await send({ Authorization: `Basic ${key}` })).status).toBe(200)
      expect((await send({ Authorization: `Basic ${key}` })).status).toBe(401)
      await send({})
    } finally {
      await host.close()
    }
    expect(runtime.files.paths('/var')).toEqual([])
    expect(existsSync('/var/opt/azcmagent')).toBe(false)
  })
})

describe('azid sandbox run --as managed-identity:HOST', () => {
  test.each(names)('%s: the command gets a token', async (name) => {
    const persona = `managed-identity:${name}`
    const run = await runCli([
      'sandbox',
      'run',
      '--as',
      persona,
      '--',
      process.execPath,
      cliFile,
      'get-token',
      'vault',
      '-v',
    ])
    expect(run.stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/)
    expect(run.stderr).toContain('ManagedIdentityCredential gave the token')
    expect(run.stderr).toMatch(/managed identity host: /)
    expect(run.code).toBe(0)
  })

  test('an id that the host refuses is told in the SDK’s words', async () => {
    const args = ['get-token', 'vault', '-c', 'managed-identity', '--client-id', unassigned]
    const run = await runCli([
      'sandbox',
      'run',
      '-q',
      '--as',
      'managed-identity',
      '--',
      process.execPath,
      cliFile,
      ...args,
      '--json',
    ])
    expect(run.code).toBe(3)
    expect(JSON.parse(run.stdout).error.attempts[0].message).toBe(
      'App Service managed identity configuration not found in environment. Token request error: (invalid_scope) 400, No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
    )
  })
})
