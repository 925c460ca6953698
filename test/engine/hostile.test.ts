/**
 * Every credential against everything that can be wrong with what it reads, starts and asks. Each cell of the product
 * ends in one outcome; `golden/hostile.txt` says which, and the rules below hold for all of them.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import { runChain } from '../../src/engine/chain.ts'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import { findCredential } from '../../src/engine/registry.ts'
import type { CredentialConfig, SdkName } from '../../src/engine/types.ts'
import type { HttpRequest, HttpResult, ProcessResult } from '../../src/runtime.ts'
import { Secret } from '../../src/secret.ts'
import type { FakeFile } from '../fakes/files.ts'
import { exited, fakeRuntime, networkError, respond } from '../fakes/runtime.ts'
import { makeSelfSigned } from '../support/certificates.ts'
import { configure, noLimit } from './world.ts'

const now = Date.UTC(2026, 10, 21)
const canary = 'canary-Zq7'
const guid = '00001111-aaaa-2222-bbbb-3333cccc4444'

function jwt(): string {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const claims = { iss: 'https://issuer.example', sub: 'me', aud: 'api://AzureADTokenExchange', exp: now / 1000 + 600 }
  return `${encode({ alg: 'RS256' })}.${encode(claims)}.${canary}`
}

const { certificate, key } = makeSelfSigned('an app')
const pem = `${certificate}\n${key}`
const identity = { AZURE_TENANT_ID: 'contoso.com', AZURE_CLIENT_ID: guid }
const authority = {
  host: 'https://login.example',
  cloud: 'public',
  isMicrosoft: false,
  isTrusted: true,
} as const

/** One credential with all it needs, and which of that is a variable, a file, a program or an endpoint. */
interface Subject {
  readonly name: string
  readonly env: Readonly<Record<string, string>>
  readonly config?: Partial<CredentialConfig>
  /** Variables without which it cannot work. */
  readonly required?: readonly string[]
  /** Of those, the ones that are checked before anything is sent, and a value that must not pass. */
  readonly malformed?: Readonly<Record<string, string>>
  readonly file?: string
  readonly program?: string
  /** Prints this when all is well. */
  readonly prints?: string
  readonly isAskingByHttp: boolean
}

const subjects: readonly Subject[] = [
  {
    name: 'EnvironmentCredential',
    env: { ...identity, AZURE_CLIENT_SECRET: canary },
    required: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'],
    malformed: { AZURE_TENANT_ID: 'no tenant' },
    isAskingByHttp: true,
  },
  {
    name: 'EnvironmentCredential',
    env: { ...identity, AZURE_CLIENT_CERTIFICATE_PATH: '/input' },
    required: ['AZURE_CLIENT_CERTIFICATE_PATH'],
    file: pem,
    isAskingByHttp: false,
  },
  {
    name: 'ClientSecretCredential',
    env: identity,
    config: { clientSecret: new Secret(canary) },
    required: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'],
    malformed: { AZURE_TENANT_ID: 'no tenant' },
    isAskingByHttp: true,
  },
  {
    name: 'ClientCertificateCredential',
    env: identity,
    config: { certificate: { path: '/cert', content: new TextEncoder().encode(pem), sendChain: false } },
    required: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'],
    isAskingByHttp: true,
  },
  {
    name: 'WorkloadIdentityCredential',
    env: { ...identity, AZURE_FEDERATED_TOKEN_FILE: '/input' },
    required: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE'],
    malformed: { AZURE_TENANT_ID: 'no tenant' },
    file: jwt(),
    isAskingByHttp: true,
  },
  {
    name: 'ClientAssertionCredential',
    env: identity,
    config: { clientAssertion: { kind: 'file', path: '/input', source: '--client-assertion-file' } },
    required: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'],
    file: jwt(),
    isAskingByHttp: true,
  },
  {
    name: 'ClientAssertionCredential',
    env: identity,
    config: {
      clientAssertion: { kind: 'command', command: ['/tools/vault'], source: '--client-assertion-command' },
    },
    program: '/tools/vault',
    prints: jwt(),
    isAskingByHttp: false,
  },
  {
    name: 'AzurePipelinesCredential',
    env: {
      ...identity,
      AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: guid,
      SYSTEM_ACCESSTOKEN: canary,
      SYSTEM_OIDCREQUESTURI: 'https://dev.example/oidctoken',
    },
    required: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'SYSTEM_ACCESSTOKEN', 'SYSTEM_OIDCREQUESTURI'],
    malformed: { SYSTEM_OIDCREQUESTURI: 'not a url', AZURE_TENANT_ID: 'no tenant' },
    isAskingByHttp: true,
  },
  {
    name: 'GitHubActionsCredential',
    env: {
      ...identity,
      GITHUB_ACTIONS: 'true',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://github.example/idtoken?api-version=2.0',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: canary,
    },
    required: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'ACTIONS_ID_TOKEN_REQUEST_URL', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'],
    malformed: { ACTIONS_ID_TOKEN_REQUEST_URL: 'http://me:you@github.example', AZURE_TENANT_ID: 'no tenant' },
    isAskingByHttp: true,
  },
  {
    name: 'OnBehalfOfCredential',
    env: identity,
    config: { clientSecret: new Secret(canary), userAssertion: new Secret(jwt()) },
    required: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'],
    isAskingByHttp: true,
  },
  {
    name: 'AzureCliCredential',
    env: { PATH: '/tools' },
    program: '/tools/az',
    prints: tool('accessToken'),
    isAskingByHttp: false,
  },
  {
    name: 'AzureDeveloperCliCredential',
    env: { PATH: '/tools' },
    program: '/tools/azd',
    prints: JSON.stringify({ token: 'the-token', expiresOn: '2126-11-21T03:04:05Z' }),
    isAskingByHttp: false,
  },
  {
    name: 'AzurePowerShellCredential',
    env: { PATH: '/tools' },
    program: '/tools/pwsh',
    prints: 'azsdk%the-token%4795226400\n',
    isAskingByHttp: false,
  },
  {
    name: 'ManagedIdentityCredential',
    env: { IDENTITY_ENDPOINT: 'http://127.0.0.1:4141/msi/token', IDENTITY_HEADER: canary },
    malformed: { IDENTITY_ENDPOINT: 'http://me:you@127.0.0.1/msi' },
    isAskingByHttp: true,
  },
  { name: 'ManagedIdentityCredential', env: {}, isAskingByHttp: true },
]

function tool(member: string): string {
  return JSON.stringify({ [member]: 'the-token', expires_on: 4795226400, tenant: 't' })
}

interface Cell {
  readonly subject: Subject
  readonly state: string
  readonly env: Readonly<Record<string, string>>
  readonly file?: FakeFile | string | Uint8Array | null
  readonly process?: ProcessResult | 'hangs' | 'not there'
  readonly answer?: HttpResult | 'hangs'
}

const files: Readonly<Record<string, FakeFile | string | Uint8Array | null>> = {
  missing: null,
  unreadable: { content: jwt(), mode: 0, userId: 0 } as FakeFile,
  'a folder': { kind: 'folder', mode: 0o755 },
  'a pipe that nobody writes to': { kind: 'pipe', content: '', mode: 0o600 } as FakeFile,
  empty: '',
  blank: ' \n\n',
  binary: Uint8Array.from({ length: 4096 }, (_, at) => (at * 37) % 256),
  'text that is something else': `${canary} is not what is wanted here\n`,
  huge: 'x'.repeat(20 * 1024 * 1024),
}

const processes: Readonly<Record<string, ProcessResult | 'hangs' | 'not there'>> = {
  'not there': 'not there',
  'not startable': { kind: 'not-started', detail: 'spawn EACCES' },
  'exits 0 with nothing': exited(0),
  'exits 0 with rubbish': exited(0, 'hello\n'),
  'exits 0 with JSON of something else': exited(0, '{"hello": 1}'),
  'exits 0 with bytes that are no text': exited(0, '\ufffd\ufffd\u0000\ufffd'),
  'exits 0 with the start of an endless text': exited(0, `{"accessToken": "${'x'.repeat(1024 * 1024)}`),
  'exits 1 silently': exited(1),
  'exits 1 with words': exited(1, '', 'ERROR: it did not work\n'),
  'exits 1 with a refusal': exited(1, '', "ERROR: AADSTS700082: The refresh token has expired. Run 'az login'.\n"),
  'is killed': { kind: 'killed', signal: 'SIGKILL', stdout: '', stderr: '' },
  hangs: 'hangs',
}

const answers: Readonly<Record<string, HttpResult | 'hangs'>> = {
  refuses: networkError('refused', 'connect ECONNREFUSED 127.0.0.1:443', 'login.example'),
  'has no such name': networkError('dns', 'getaddrinfo ENOTFOUND login.example', 'login.example'),
  'has a wrong certificate': networkError('tls', 'unable to verify the first certificate', 'login.example'),
  hangs: 'hangs',
  'cuts the answer': networkError('reset', 'aborted', 'login.example'),
  'answers endlessly': networkError('too-large', 'larger than 4194304 bytes', 'login.example'),
  redirects: respond(302, '', { location: 'https://elsewhere.example/' }),
  'answers HTML': respond(200, '<html><title>Sign in</title></html>', { 'content-type': 'text/html' }),
  'answers HTML with 403': respond(403, '<html>denied</html>', { 'content-type': 'text/html' }),
  'answers nothing': respond(200, ''),
  'answers cut JSON': respond(200, '{"access_token": "ey', { 'content-type': 'application/json' }),
  'answers JSON of something else': respond(200, { hello: 1 }),
  'answers 401': respond(401, { error: 'invalid_client', error_description: 'AADSTS7000215: Invalid client secret.' }),
  'answers 404': respond(404, ''),
  'answers 429': respond(429, { error: 'too_many_requests' }, { 'retry-after': '1' }),
  'answers 500': respond(500, 'Internal Server Error'),
  'answers 503': respond(503, ''),
}

function cellsOf(subject: Subject): readonly Cell[] {
  const cells: Cell[] = [{ subject, state: 'all is well', env: subject.env }]
  for (const name of subject.required ?? []) {
    const { [name]: _, ...rest } = subject.env
    cells.push({ subject, state: `${name} missing`, env: rest })
    cells.push({ subject, state: `${name} empty`, env: { ...subject.env, [name]: '' } })
  }
  for (const [name, value] of Object.entries(subject.malformed ?? {})) {
    cells.push({ subject, state: `${name} malformed`, env: { ...subject.env, [name]: value } })
  }
  if (subject.file !== undefined) {
    for (const [state, file] of Object.entries(files)) {
      cells.push({ subject, state: `its file: ${state}`, env: subject.env, file })
    }
  }
  if (subject.program !== undefined) {
    for (const [state, process] of Object.entries(processes)) {
      cells.push({ subject, state: `its program ${state}`, env: subject.env, process })
    }
  }
  if (subject.isAskingByHttp) {
    for (const [state, answer] of Object.entries(answers)) {
      cells.push({ subject, state: `its endpoint ${state}`, env: subject.env, answer })
    }
  }
  return cells
}

async function play({ subject, env, file, process, answer }: Cell, sdk: SdkName) {
  const withFile = file === undefined ? subject.file : file
  const isProgramThere = subject.program !== undefined && process !== 'not there'
  const runtime = fakeRuntime({
    now,
    env,
    files: {
      ...(withFile === undefined || withFile === null ? {} : { '/input': withFile }),
      ...(isProgramThere
        ? { [subject.program as string]: { kind: 'file', content: '', mode: 0o755 } as FakeFile }
        : {}),
    },
    http: async (request) => {
      if (answer === 'hangs') {
        await runtime.clock.sleep(request.timeoutMs ?? 300_000)
        return networkError('timeout', 'no answer', new URL(request.url).host)
      }
      return answer ?? good(request)
    },
  })
  const ports = {
    ...runtime,
    processes: {
      ...runtime.processes,
      run: async ({ timeoutMs = 10_000 }: { readonly timeoutMs?: number }): Promise<ProcessResult> => {
        if (process === 'not there') return { kind: 'not-started', detail: 'spawn ENOENT' }
        if (process === 'hangs') {
          await runtime.clock.sleep(timeoutMs)
          return { kind: 'timed-out', timeoutMs, stdout: '', stderr: '' }
        }
        return process ?? exited(0, subject.prints ?? '')
      },
    },
  }
  const match = findCredential(subject.name)
  if (match.kind !== 'found') throw new Error(match.kind)
  const { definition } = match
  const config = configure({ sdk, authority, isOnlyCredential: true, ...subject.config })
  const began = runtime.clock.now()
  const result = await runChain(
    [{ name: definition.name, create: (each) => definition.create(config, each) }],
    { scopes: ['https://vault.azure.net/.default'] },
    ports,
    noLimit(),
  )
  return { result, tookMs: runtime.clock.now() - began }
}

/** What a sound endpoint says to whoever asks it: Entra, an agent's token service, a managed identity host. */
function good({ url }: HttpRequest): HttpResult {
  if (url.includes('oidctoken')) return respond(200, { oidcToken: jwt() })
  if (url.includes('idtoken')) return respond(200, { value: jwt() })
  if (url.includes('openid-configuration')) {
    return respond(200, {
      issuer: 'https://login.example/contoso.com/v2.0',
      authorization_endpoint: 'https://login.example/contoso.com/oauth2/v2.0/authorize',
      token_endpoint: 'https://login.example/contoso.com/oauth2/v2.0/token',
      jwks_uri: 'https://login.example/contoso.com/discovery/v2.0/keys',
    })
  }
  return respond(200, { token_type: 'Bearer', expires_in: 3599, expires_on: '4795226400', access_token: 'the-token' })
}

const cells = subjects.flatMap(cellsOf)
const golden = new URL('golden/hostile.txt', import.meta.url)

describe('every credential, whatever is wrong', () => {
  const lines: string[] = []

  test.each(subjects.map((subject, index) => ({ subject, label: `${subject.name} ${index + 1}` })))(
    '$label',
    async ({ subject, label }) => {
      for (const cell of cellsOf(subject)) {
        const where = `${label}, ${cell.state}`
        const { result, tookMs } = await play(cell, 'python')
        const [attempt, ...others] = result.attempts
        expect(others, where).toEqual([])
        expect(JSON.stringify(result), where).not.toContain(canary)
        const { problem } = attempt ?? {}
        const causes = problem === undefined ? [] : diagnose(problem).causes
        lines.push(
          `${label} | ${cell.state} | ${[attempt?.outcome, problem?.code, ...causes].filter(Boolean).join(' ')}`,
        )
        if (problem === undefined) continue
        // A retry after 429 and the patience with IMDS are the longest; nothing waits for ever.
        expect(tookMs, where).toBeLessThanOrEqual(1_300_000)
        for (const sdk of ['python', 'js', 'dotnet', 'java', 'go'] as const) {
          const text = wordProblem(
            findProfile(sdk),
            (attempt ?? { credential: 'EnvironmentCredential' as const }).credential,
            problem,
          )
          expect(text.trim(), `${where}, ${sdk}`).not.toBe('')
          // JavaScript's own text of an answer without a time ends in that word.
          const own = text.replace('RFC3339 date string. Got: "undefined"', '')
          expect(own, `${where}, ${sdk}`).not.toMatch(/undefined|\[object/)
          expect(text, `${where}, ${sdk}`).not.toContain(canary)
        }
      }
    },
  )

  test('each cell ends as the table says', () => {
    const found = `${[...lines].sort().join('\n')}\n`
    if (process.env['UPDATE_HOSTILE'] === '1') writeFileSync(golden, found)
    expect(found).toBe(readFileSync(golden, 'utf8'))
    expect(lines).toHaveLength(cells.length)
  })
})

describe('the same under another SDK: an outcome and its own words, never a throw', () => {
  test.each(['js', 'dotnet', 'java', 'go'] as const)('%s', async (sdk) => {
    for (const cell of cells) {
      const { result } = await play(cell, sdk)
      const [attempt] = result.attempts
      expect(attempt?.problem?.code, `${cell.subject.name}, ${cell.state}`).not.toBe('unexpected')
      expect(JSON.stringify(result)).not.toContain(canary)
    }
  })
})
