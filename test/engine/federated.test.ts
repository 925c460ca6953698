/** Credentials that bring an assertion: every way in which there is none, and the texts that azure-identity 1.27.0 was seen to raise. */
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import { runChain } from '../../src/engine/chain.ts'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { pythonProfile } from '../../src/engine/profiles/python.ts'
import { findCredential } from '../../src/engine/registry.ts'
import type { AssertionInput, ChainResult, CredentialConfig } from '../../src/engine/types.ts'
import { Secret } from '../../src/secret.ts'
import type { FakeFile } from '../fakes/files.ts'
import type { FakeHttpOption } from '../fakes/http.ts'
import type { FakeProgram } from '../fakes/processes.ts'
import { exited, type FakeRuntime, fakeRuntime, networkError, respond } from '../fakes/runtime.ts'
import { configure, noLimit } from './world.ts'

const now = Date.UTC(2026, 10, 21)

function jwt(claims: Readonly<Record<string, unknown>> = {}): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const whole = {
    iss: 'https://issuer.example',
    sub: 'system:serviceaccount:shop:backend',
    aud: 'api://AzureADTokenExchange',
    exp: now / 1000 + 600,
    ...claims,
  }
  return `${encode({ alg: 'RS256' })}.${encode(whole)}.c2lnbmF0dXJl`
}

const token = respond(200, { token_type: 'Bearer', expires_in: 3599, access_token: 'the-token' })
const identity = { AZURE_TENANT_ID: 'contoso.com', AZURE_CLIENT_ID: 'app' }
const pod = { ...identity, AZURE_FEDERATED_TOKEN_FILE: '/token' }
const pipeline = {
  ...identity,
  AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: 's',
  SYSTEM_ACCESSTOKEN: 'the-system-access-token',
  SYSTEM_OIDCREQUESTURI: 'https://dev.example/oidctoken/',
}
const github = {
  ...identity,
  GITHUB_ACTIONS: 'true',
  ACTIONS_ID_TOKEN_REQUEST_URL: 'https://github.example/idtoken?api-version=2.0',
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'the-request-token',
}

const files: Readonly<Record<string, string | Uint8Array | FakeFile>> = {
  '/token': `${jwt()}\n`,
  '/empty': '',
  '/blank': ' \n',
  '/key': '-----BEGIN PRIVATE KEY-----\nMIIcanarycanarycanary\n-----END PRIVATE KEY-----\n',
  '/binary': Uint8Array.of(0xff, 0xfe, 0),
  '/half': Uint8Array.of(0x61, 0xe2, 0x82),
  '/cut': Uint8Array.of(0x61, 0xe2, 0x28, 0xa1),
  '/huge': 'x'.repeat(300 * 1024),
  '/folder': { kind: 'folder', mode: 0o755 },
  '/closed': { content: jwt(), mode: 0, userId: 0 } as FakeFile,
}

interface Given {
  readonly env?: Readonly<Record<string, string>>
  readonly config?: Partial<CredentialConfig>
  readonly http?: FakeHttpOption
  readonly processes?: readonly FakeProgram[]
}

interface Ran {
  readonly result: ChainResult
  readonly runtime: FakeRuntime
  readonly kind: string
  readonly code: string | undefined
  readonly text: string
  readonly causes: readonly string[]
}

async function run(name: string, { env = {}, config = {}, http, processes }: Given = {}): Promise<Ran> {
  const runtime = fakeRuntime({
    now,
    env,
    files,
    http: http ?? (() => token),
    ...(processes === undefined ? {} : { processes }),
  })
  const match = findCredential(name)
  if (match.kind !== 'found') throw new Error(match.kind)
  const { definition } = match
  const link = {
    name: definition.name,
    create: (ports: Parameters<typeof definition.create>[1]) => definition.create(configure(config), ports),
  }
  const result = await runChain([link], { scopes: ['https://vault.azure.net/.default'] }, runtime, noLimit())
  const attempt = result.attempts[0]
  const problem = attempt?.problem
  return {
    result,
    runtime,
    kind: attempt?.outcome ?? '',
    code: problem?.code,
    text: problem === undefined ? '' : wordProblem(pythonProfile, definition.name, problem),
    causes: problem === undefined ? [] : diagnose(problem).causes,
  }
}

const workloadUnavailable =
  'WorkloadIdentityCredential authentication unavailable. The workload options are not fully configured. See the troubleshooting guide for more information: https://aka.ms/azsdk/python/identity/workloadidentitycredential/troubleshoot. Missing required arguments:'

describe('WorkloadIdentityCredential', () => {
  test.each([
    [{}, `${workloadUnavailable} 'tenant_id', 'client_id', 'token_file_path'.`],
    [{ AZURE_TENANT_ID: 't' }, `${workloadUnavailable} 'client_id', 'token_file_path'.`],
    [{ ...pod, AZURE_CLIENT_ID: '' }, `${workloadUnavailable} 'client_id'.`],
    [{ ...pod, AZURE_FEDERATED_TOKEN_FILE: '' }, `${workloadUnavailable} 'token_file_path'.`],
  ])('%j is unavailable', async (env, text) => {
    expect(await run('workload-identity', { env })).toMatchObject({ kind: 'unavailable', code: 'inputs-missing', text })
  })

  test.each([
    ['/nope', 'file-unreadable', "[Errno 2] No such file or directory: '/nope'", ['wi-not-injected']],
    ["/no'pe", 'file-unreadable', '[Errno 2] No such file or directory: "/no\'pe"', ['wi-not-injected']],
    ['/folder', 'file-unreadable', "[Errno 21] Is a directory: '/folder'", []],
    [
      '/binary',
      'federated-token-unusable',
      "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte",
      ['assertion-wrong-token'],
    ],
    [
      '/half',
      'federated-token-unusable',
      "'utf-8' codec can't decode bytes in position 1-2: unexpected end of data",
      ['assertion-wrong-token'],
    ],
    [
      '/cut',
      'federated-token-unusable',
      "'utf-8' codec can't decode byte 0xe2 in position 1: invalid continuation byte",
      ['assertion-wrong-token'],
    ],
    ['/empty', 'federated-token-unusable', "'/empty' holds no client assertion: it is empty", []],
    ['/blank', 'federated-token-unusable', "'/blank' holds no client assertion: it is empty", []],
    [
      '/key',
      'federated-token-unusable',
      "'/key' holds no client assertion: its content is not a JWT",
      ['assertion-wrong-token'],
    ],
    ['/huge', 'file-unreadable', undefined, []],
  ])('a file that cannot be used, %s, fails, and nothing of it is sent', async (path, code, text, causes) => {
    const ran = await run('workload-identity', { env: { ...pod, AZURE_FEDERATED_TOKEN_FILE: path } })
    expect(ran).toMatchObject({ kind: 'failed', code, causes })
    if (text !== undefined) expect(ran.text).toBe(text)
    expect(ran.runtime.http.requests.filter(({ method }) => method === 'POST')).toEqual([])
    expect(JSON.stringify(ran.result)).not.toContain('canary')
  })

  test('the token goes out as it is, with its newline; the record names whose it is and never shows it', async () => {
    const { result, runtime, kind } = await run('workload-identity', { env: pod })
    expect(kind).toBe('succeeded')
    const form = new URLSearchParams(runtime.http.requests.at(-1)?.body)
    expect(form.get('client_assertion')).toBe(`${jwt()}\n`)
    expect(form.get('client_assertion_type')).toBe('urn:ietf:params:oauth:client-assertion-type:jwt-bearer')
    const evidence = result.attempts[0]?.evidence ?? []
    expect(evidence).toContainEqual({
      kind: 'file',
      what: '/token',
      result:
        'client assertion: issuer https://issuer.example, subject system:serviceaccount:shop:backend, audience api://AzureADTokenExchange, expires 2026-11-21T00:10:00Z, in 10 min',
      ms: 0,
    })
    expect(JSON.stringify(evidence)).not.toContain(jwt().split('.')[2])
    expect(JSON.stringify(evidence)).not.toContain(jwt().split('.')[1])
  })

  test.each([
    ['python', '\n'],
    ['js', ''],
    ['dotnet', ''],
    ['java', ''],
    ['go', '\n'],
  ] as const)('%s: what stands behind the token is %j', async (sdk, rest) => {
    const { runtime } = await run('workload-identity', { env: pod, config: { sdk } })
    expect(new URLSearchParams(runtime.http.requests.at(-1)?.body).get('client_assertion')).toBe(`${jwt()}${rest}`)
  })

  test('an old token is sent, for Entra to judge, and the record says that it is old', async () => {
    const http = () =>
      respond(401, { error: 'invalid_client', error_description: 'AADSTS700024: late', timestamp: 'T' })
    const old = { ...pod, AZURE_FEDERATED_TOKEN_FILE: '/old' }
    const runtime = fakeRuntime({ now, env: old, files: { '/old': jwt({ exp: now / 1000 - 7200 }) }, http })
    const match = findCredential('workload-identity')
    if (match.kind !== 'found') throw new Error(match.kind)
    const result = await runChain(
      [{ name: 'WorkloadIdentityCredential', create: (ports) => match.definition.create(configure(), ports) }],
      { scopes: ['s/.default'] },
      runtime,
      noLimit(),
    )
    const [attempt] = result.attempts
    expect(attempt?.problem).toMatchObject({
      code: 'token-refused',
      facts: { assertion: { expiresOn: now - 7_200_000 } },
    })
    expect(attempt?.evidence.map((each) => each.result).join()).toContain('expired 2026-11-20T22:00:00Z, 120 min ago')
    if (attempt?.problem === undefined) throw new Error('no problem')
    expect(diagnose(attempt.problem)).toMatchObject({ causes: ['assertion-expired'] })
    expect(diagnose(attempt.problem).hints[0]?.text).toContain('good until 2026-11-20T22:00:00Z')
  })

  test('the file is read again after ten minutes, not before', async () => {
    const runtime = fakeRuntime({ now, env: pod, files, http: () => token, isClockManual: true })
    const match = findCredential('workload-identity')
    if (match.kind !== 'found') throw new Error(match.kind)
    const credential = match.definition.create(configure(), runtime)
    const ask = async (scope: string) => {
      await credential.getToken({ scopes: [`${scope}/.default`] }, noLimit())
      return new URLSearchParams(runtime.http.requests.at(-1)?.body).get('client_assertion')
    }
    expect(await ask('a')).toBe(`${jwt()}\n`)
    runtime.files.put('/token', jwt({ sub: 'renewed' }))
    await runtime.clock.advance(600_000)
    expect(await ask('b')).toBe(`${jwt()}\n`)
    await runtime.clock.advance(1000)
    expect(await ask('c')).toBe(jwt({ sub: 'renewed' }))
  })

  test('in the default chain, outside a pod, its absence is no fault to repair; inside one it is', async () => {
    const plain = await run('workload-identity', { config: { role: 'chained' } })
    expect(plain).toMatchObject({ kind: 'unavailable', causes: [] })
    const inPod = await run('workload-identity', {
      config: { role: 'chained' },
      env: { KUBERNETES_SERVICE_HOST: '10.0.0.1' },
    })
    expect(inPod).toMatchObject({ kind: 'unavailable', causes: ['wi-not-injected'] })
  })
})

describe('answers, met without MSAL', () => {
  const refusal = {
    error: 'invalid_client',
    error_description: 'AADSTS700211: No match.\r\nTrace ID: x',
    error_codes: [700211],
  }

  test.each([
    [
      respond(401, refusal),
      `Microsoft Entra ID error '(invalid_client) AADSTS700211: No match.\r\nTrace ID: x'\nContent: ${JSON.stringify(refusal)}`,
    ],
    [
      respond(401, { error: 'invalid_client' }),
      `Microsoft Entra ID error '{'error': 'invalid_client'}'\nContent: {"error":"invalid_client"}`,
    ],
    [respond(200, { x: 1 }), "Unexpected response from Microsoft Entra ID: {'x': 1}"],
    [
      respond(200, '<html>hi</html>', { 'content-type': 'text/html' }),
      'Unexpected response from Microsoft Entra ID: <html>hi</html>',
    ],
    [
      respond(403, '<html>hi</html>', { 'content-type': 'text/html' }),
      'Unexpected response from Microsoft Entra ID: <html>hi</html>',
    ],
    [respond(200, ''), 'No response content from Microsoft Entra ID'],
    [
      respond(200, '[]', { 'content-type': 'application/json' }),
      'No response content from Microsoft Entra ID\nContent: []',
    ],
    [
      respond(200, '{"cut', { 'content-type': 'application/json' }),
      'JSON is invalid: Unterminated string starting at: line 1 column 2 (char 1)\nContent: {"cut',
    ],
    [
      networkError('refused', 'connect ECONNREFUSED 127.0.0.1:443', 'login.microsoftonline.com'),
      "HTTPSConnection(host='login.microsoftonline.com', port=443): Failed to establish a new connection: [Errno 111] Connection refused",
    ],
    [
      networkError('dns', 'getaddrinfo ENOTFOUND login.microsoftonline.com', 'login.microsoftonline.com'),
      "HTTPSConnection(host='login.microsoftonline.com', port=443): Failed to resolve 'login.microsoftonline.com' ([Errno -2] Name or service not known)",
    ],
  ])('%#', async (answer, text) => {
    const ran = await run('workload-identity', { env: pod, http: () => answer })
    expect(ran).toMatchObject({ kind: 'failed', text })
  })

  test('a mismatch brings the command that registers what was presented, for a shell to take as it is', async () => {
    const subject = "repo:o'hara/shop:ref:refs/heads/\u001b[31mmain\u202e"
    const input: AssertionInput = {
      kind: 'value',
      token: new Secret(jwt({ sub: subject })),
      source: '--client-assertion-file',
    }
    const ran = await run('client-assertion', {
      env: identity,
      config: { clientAssertion: input },
      http: () => respond(401, { error: 'invalid_client', error_description: 'AADSTS700213: No match.' }),
    })
    const problem = ran.result.attempts[0]?.problem
    if (problem === undefined) throw new Error('no problem')
    const { causes, hints } = diagnose(problem)
    expect(causes).toEqual(['fic-subject-mismatch'])
    const command = hints[0]?.command ?? ''
    expect(command).toMatch(/^az ad app federated-credential create --id app --parameters '/)
    expect(command).toMatch(/^[\x20-\x7e]+$/)
    const { execFileSync } = await import('node:child_process')
    const words = execFileSync('sh', ['-c', `set -- ${command}; for word; do :; done; printf '%s' "$word"`], {
      encoding: 'utf8',
    })
    expect(JSON.parse(words)).toMatchObject({
      issuer: 'https://issuer.example',
      subject,
      audiences: ['api://AzureADTokenExchange'],
    })
  })
})

describe('ClientAssertionCredential', () => {
  const command = { kind: 'command', command: ['/bin/mint', '--key', 'canary-in-arguments'], source: 'x' } as const

  test('nothing to bring is unavailable', async () => {
    expect(await run('client-assertion', { env: identity })).toMatchObject({
      kind: 'unavailable',
      text: 'ClientAssertionCredential lacks client assertion',
    })
  })

  test('a file is read for every token that is asked for', async () => {
    const runtime = fakeRuntime({ now, env: identity, files, http: () => token })
    const match = findCredential('client-assertion')
    if (match.kind !== 'found') throw new Error(match.kind)
    const config = configure({ clientAssertion: { kind: 'file', path: '/token', source: 'x' } })
    const credential = match.definition.create(config, runtime)
    for (const [scope, sub] of [
      ['a', 'one'],
      ['b', 'two'],
    ] as const) {
      runtime.files.put('/token', jwt({ sub }))
      await credential.getToken({ scopes: [`${scope}/.default`] }, noLimit())
      expect(new URLSearchParams(runtime.http.requests.at(-1)?.body).get('client_assertion')).toBe(jwt({ sub }))
    }
  })

  test('a command’s output is the assertion; its arguments are in no record', async () => {
    const ran = await run('client-assertion', {
      env: identity,
      config: { clientAssertion: command },
      processes: [{ file: '/bin/mint', result: exited(0, `${jwt()}\r\n`, 'a warning') }],
    })
    expect(ran.kind).toBe('succeeded')
    expect(ran.runtime.processes.started[0]).toMatchObject({ args: command.command.slice(1), timeoutMs: 10_000 })
    expect(JSON.stringify(ran.result.attempts)).not.toContain('canary')
  })

  test.each([
    [exited(1, '', ''), 'assertion-command', "the command for the client assertion, '/bin/mint', ended with 1"],
    [
      exited(3, jwt(), 'no key canary-in-arguments here'),
      'assertion-command',
      "the command for the client assertion, '/bin/mint', ended with 3: no key *** here",
    ],
    [exited(0, ''), 'federated-token-unusable', "'/bin/mint' holds no client assertion: it is empty"],
    [
      exited(0, 'rubbish'),
      'federated-token-unusable',
      "'/bin/mint' holds no client assertion: its content is not a JWT",
    ],
    [
      exited(0, `${jwt()}\n${jwt()}`),
      'federated-token-unusable',
      "'/bin/mint' holds no client assertion: its content is not a JWT",
    ],
    [
      { kind: 'killed', signal: 'SIGSEGV', stdout: '', stderr: '' } as const,
      'assertion-command',
      "the command for the client assertion, '/bin/mint', was ended by SIGSEGV",
    ],
    [
      { kind: 'not-started', detail: 'spawn EACCES' } as const,
      'assertion-command',
      "the command for the client assertion, '/bin/mint', could not be started: spawn EACCES",
    ],
    [
      { kind: 'timed-out', timeoutMs: 10_000, stdout: '', stderr: 'waiting' } as const,
      'assertion-command',
      "the command for the client assertion, '/bin/mint', did not end within 10000 ms: waiting",
    ],
  ])('a command that does not help fails: %#', async (result, code, text) => {
    const ran = await run('client-assertion', {
      env: identity,
      config: { clientAssertion: command },
      processes: [{ file: '/bin/mint', result }],
    })
    expect(ran).toMatchObject({ kind: 'failed', code, text })
  })
})

const pipelinesGuide = 'https://aka.ms/azsdk/python/identity/azurepipelinescredential/troubleshoot'

describe('AzurePipelinesCredential', () => {
  test.each(Object.keys(pipeline).filter((name) => name !== 'SYSTEM_OIDCREQUESTURI'))(
    'without %s: unavailable',
    async (name) => {
      const env = { ...pipeline, [name]: '' }
      expect(await run('azure-pipelines', { env })).toMatchObject({
        kind: 'unavailable',
        code: 'inputs-missing',
        text: `'tenant_id', 'client_id', 'service_connection_id', and 'system_access_token' must be passed in as keyword arguments. Please refer to the troubleshooting guide at ${pipelinesGuide}.`,
      })
    },
  )

  test('outside a pipeline: unavailable, in the words of the SDK', async () => {
    const { SYSTEM_OIDCREQUESTURI: _, ...env } = pipeline
    expect(await run('azure-pipelines', { env })).toMatchObject({
      kind: 'unavailable',
      causes: ['pipelines-oidc-unavailable'],
      text: `Missing value for the SYSTEM_OIDCREQUESTURI environment variable. AzurePipelinesCredential is intended for use in Azure Pipelines where the SYSTEM_OIDCREQUESTURI environment variable is set. Please refer to the troubleshooting guide at ${pipelinesGuide}.`,
    })
  })

  test.each([
    [
      '',
      "Invalid URL '?api-version=7.1&serviceConnectionId=s': No scheme supplied. Perhaps you meant https://?api-version=7.1&serviceConnectionId=s?",
    ],
    [
      'nonsense',
      "Invalid URL 'nonsense?api-version=7.1&serviceConnectionId=s': No scheme supplied. Perhaps you meant https://nonsense?api-version=7.1&serviceConnectionId=s?",
    ],
    [
      'http://dev.example/x',
      "SYSTEM_OIDCREQUESTURI is no https URL: 'http://dev.example/x?api-version=7.1&serviceConnectionId=s'",
    ],
    [
      'https://user:canary@dev.example/x',
      "SYSTEM_OIDCREQUESTURI is no https URL: 'https://***@dev.example/x?api-version=7.1&serviceConnectionId=s'",
    ],
  ])('the address %j fails, and the bearer token goes nowhere', async (SYSTEM_OIDCREQUESTURI, text) => {
    const ran = await run('azure-pipelines', { env: { ...pipeline, SYSTEM_OIDCREQUESTURI } })
    expect(ran).toMatchObject({ kind: 'failed', code: 'input-invalid', text })
    expect(ran.runtime.http.requests).toEqual([])
  })

  test('the request is as the service wants it', async () => {
    const http: FakeHttpOption = (request) =>
      request.url.startsWith('https://dev.example/') ? respond(200, { oidcToken: jwt() }) : token
    const { runtime, kind, result } = await run('azure-pipelines', { env: pipeline, http })
    expect(kind).toBe('succeeded')
    expect(runtime.http.requests.find(({ url }) => url.startsWith('https://dev.example/'))).toMatchObject({
      method: 'POST',
      url: 'https://dev.example/oidctoken?api-version=7.1&serviceConnectionId=s',
      body: '',
      headers: {
        authorization: 'Bearer the-system-access-token',
        'content-type': 'application/json',
        'x-tfs-fedauthredirect': 'Suppress',
      },
    })
    expect(JSON.stringify(result.attempts)).not.toContain('the-system-access-token')
  })

  const page = { 'content-type': 'text/html' }
  const unexpected = 'Unexpected response from OIDC token endpoint.'

  test.each([
    [respond(401, '<html>sign in</html>', page), 'unauthorized', `${unexpected}\nContent: <html>sign in</html>`],
    [respond(401, '', page), 'unauthorized', unexpected],
    [respond(203, '<html>sign in</html>', page), 'sign-in-page', `${unexpected}\nContent: <html>sign in</html>`],
    [respond(302, '', { location: 'https://elsewhere.example' }), 'redirect', unexpected],
    [respond(403, { message: 'no' }), 'forbidden', '(None) no\nCode: None\nMessage: no'],
    [
      respond(404, { $id: '1', message: 'No service connection found with identifier s' }),
      'not-found',
      '(None) No service connection found with identifier s\nCode: None\nMessage: No service connection found with identifier s',
    ],
    [respond(400, { error: 'x' }), 'status', `${unexpected}\nContent: {"error":"x"}`],
    [respond(200, '<html/>', page), 'sign-in-page', 'Expecting value: line 1 column 1 (char 0)'],
    [respond(200, ''), 'not-json', 'Expecting value: line 1 column 1 (char 0)'],
    [respond(200, { x: 1 }), 'no-token', 'OIDC token not found in response.'],
    [respond(200, '[]'), 'not-json', 'OIDC token not found in response.'],
    [respond(200, 'null'), 'not-json', "argument of type 'NoneType' is not iterable"],
    [respond(503, ''), 'status', unexpected],
  ])('an answer that is no token fails: %#', async (answer, reason, text) => {
    const ran = await run('azure-pipelines', { env: pipeline, http: () => answer })
    expect(ran).toMatchObject({
      kind: 'failed',
      code: 'job-token-refused',
      text,
      causes: ['pipelines-oidc-unavailable'],
    })
    expect(ran.result.attempts[0]?.problem?.facts).toMatchObject({ reason })
    expect(ran.runtime.http.requests.some(({ url }) => url.includes('elsewhere'))).toBe(false)
  })

  test('an answer that echoes the bearer token does not get it shown', async () => {
    const ran = await run('azure-pipelines', {
      env: pipeline,
      http: () => respond(400, 'unknown token the-system-access-token'),
    })
    expect(JSON.stringify(ran.result)).not.toContain('the-system-access-token')
    expect(ran.text).toBe(`${unexpected}\nContent: unknown token ***`)
  })

  test('a service that cannot be reached is a network failure', async () => {
    const ran = await run('azure-pipelines', {
      env: pipeline,
      http: () => networkError('refused', 'connect ECONNREFUSED', 'dev.example'),
    })
    expect(ran).toMatchObject({
      kind: 'failed',
      code: 'job-token-unreachable',
      text: "HTTPSConnection(host='dev.example', port=443): Failed to establish a new connection: [Errno 111] Connection refused",
    })
  })
})

describe('GitHubActionsCredential', () => {
  test.each([
    [{}, 'GitHubActionsCredential authentication unavailable. This is no job of GitHub Actions.', []],
    [
      { ...github, ACTIONS_ID_TOKEN_REQUEST_URL: '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' },
      'GitHubActionsCredential authentication unavailable. The workflow may not ask for an id token: ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN are not set. It needs `permissions: id-token: write`.',
      ['oidc-permission-missing'],
    ],
    [{ ...github, AZURE_TENANT_ID: '' }, 'GitHubActionsCredential lacks tenant', []],
  ])('%#: unavailable', async (env, text, causes) => {
    expect(await run('github-actions', { env })).toMatchObject({ kind: 'unavailable', text, causes })
  })

  test('a token for the audience of the cloud, asked anew for every token', async () => {
    for (const [cloud, audience] of [
      ['public', 'api://AzureADTokenExchange'],
      ['usgov', 'api://AzureADTokenExchangeUSGov'],
      ['china', 'api://AzureADTokenExchangeChina'],
    ] as const) {
      const http: FakeHttpOption = ({ url }) =>
        url.startsWith('https://github.example/') ? respond(200, { count: 1, value: jwt() }) : token
      const runtime = fakeRuntime({ now, env: github, http })
      const match = findCredential('github-actions')
      if (match.kind !== 'found') throw new Error(match.kind)
      const authority = { host: 'https://login.microsoftonline.com', cloud, isMicrosoft: true, isTrusted: false }
      const credential = match.definition.create(configure({ authority }), runtime)
      for (const scope of ['a', 'b']) {
        expect((await credential.getToken({ scopes: [`${scope}/.default`] }, noLimit())).kind).toBe('token')
      }
      const asked = runtime.http.requests.filter(({ url }) => url.startsWith('https://github.example/'))
      expect(asked).toHaveLength(2)
      expect(Object.fromEntries(new URL(asked[0]?.url ?? '').searchParams)).toEqual({ 'api-version': '2.0', audience })
      expect(asked[0]).toMatchObject({ method: 'GET', headers: { authorization: 'Bearer the-request-token' } })
    }
  })

  test.each([
    [respond(401, ''), 'GitHubActionsCredential: github.example answered 401', ['oidc-permission-missing']],
    [respond(200, {}), 'GitHubActionsCredential: github.example answered without a token', []],
    [respond(200, '<html>'), 'GitHubActionsCredential: github.example answered without a token', []],
    [respond(500, 'oops'), 'GitHubActionsCredential: github.example answered 500\nContent: oops', []],
    [
      networkError('timeout', 'no answer within 30000 ms', 'github.example'),
      'GitHubActionsCredential: no answer from github.example: no answer within 30000 ms',
      ['network-blocked'],
    ],
  ])('an answer that is no token fails: %#', async (answer, text, causes) => {
    expect(await run('github-actions', { env: github, http: () => answer })).toMatchObject({
      kind: 'failed',
      text,
      causes,
    })
  })
})

describe('OnBehalfOfCredential', () => {
  const user = { userAssertion: new Secret(jwt({ aud: 'app' })) }

  test.each([
    [{}, {}, '"user_assertion" must not be empty.'],
    [{}, { userAssertion: new Secret('') }, '"user_assertion" must not be empty.'],
    [identity, user, 'Either "client_certificate", "client_secret", or "client_assertion_func" must be provided'],
    [{ AZURE_CLIENT_SECRET: 's' }, user, 'OnBehalfOfCredential lacks tenant and client id'],
  ])('%#: unavailable', async (env, config, text) => {
    expect(await run('on-behalf-of', { env, config })).toMatchObject({ kind: 'unavailable', text })
  })

  test('a certificate that is none, in the SDK’s words', async () => {
    const env = { ...identity, AZURE_CLIENT_CERTIFICATE_PATH: '/key' }
    expect(await run('on-behalf-of', { env, config: user })).toMatchObject({
      kind: 'failed',
      text: '"client_certificate" is not a valid certificate in PEM or PKCS12 format',
    })
  })

  test('a refusal carries the claims for the client, and the answer as the SDK shows it', async () => {
    const body = {
      error: 'interaction_required',
      error_description: 'AADSTS50079: enroll.\r\nTrace ID: x',
      error_codes: [50079],
      suberror: 'basic_action',
      claims: '{"access_token":{}}',
    }
    const ran = await run('on-behalf-of', {
      env: { ...identity, AZURE_CLIENT_SECRET: 'secret-of-the-app' },
      config: user,
      http: ({ method }) => respond(method === 'POST' ? 400 : 200, body),
    })
    expect(ran).toMatchObject({
      kind: 'failed',
      text: `Authentication failed: AADSTS50079: enroll.\r\nTrace ID: x\nContent: ${JSON.stringify(body)}`,
    })
    expect(ran.result.attempts[0]?.problem?.facts).toMatchObject({
      claims: body.claims,
      userAssertion: { audience: 'app' },
    })
  })

  test('a user’s token for another app is named with its audience', async () => {
    const ran = await run('on-behalf-of', {
      env: { ...identity, AZURE_CLIENT_SECRET: 'secret-of-the-app' },
      config: { userAssertion: new Secret(jwt({ aud: 'https://graph.microsoft.com' })) },
      http: () => respond(400, { error: 'invalid_grant', error_description: 'AADSTS500131: audience' }),
    })
    const problem = ran.result.attempts[0]?.problem
    if (problem === undefined) throw new Error('no problem')
    expect(diagnose(problem)).toMatchObject({ causes: ['obo-assertion-invalid'] })
    expect(diagnose(problem).hints[0]?.text).toContain("the user's token is for https://graph.microsoft.com")
    expect(JSON.stringify(ran.result)).not.toContain(jwt().split('.')[2])
  })
})
