/** `azid chain` as a person meets it: the built command, a sandbox for Entra, stand-ins for tools. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { parseFault } from '../../src/sandbox/faults.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'
import { expectSchema } from '../support/schemas.ts'
import { makeStandIns, type StandInFolder } from '../tools/stand-in.ts'

let sandbox: Sandbox
let tools: StandInFolder
let folder: string

beforeAll(async () => {
  sandbox = await startSandbox({ ports: createNodeRuntime() })
  tools = makeStandIns()
  folder = mkdtempSync(path.join(tmpdir(), 'azid-chain-'))
})
afterAll(async () => {
  await sandbox.close()
  tools.remove()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  for (const tool of ['az', 'azd', 'pwsh']) tools.put(tool, 'exit 127')
  tools.put('az', 'echo "Please run \'az login\' to setup account." >&2; exit 1')
})

type Env = Readonly<Record<string, string | undefined>>

/** Without a persona: nothing but the tools. */
async function azid(
  args: readonly string[],
  persona: string | null = null,
  env: Env = {},
  input?: string,
): Promise<CliRun> {
  const own = persona === null ? {} : await sandbox.environment(persona)
  return runCli(args, {
    env: { ...own, PATH: tools.folder, ...env },
    ...(input === undefined ? {} : { input }),
  })
}

interface Attempt {
  readonly credential: string
  readonly outcome: string
  readonly message: string
  readonly codes: readonly string[]
  readonly causes: readonly string[]
  readonly hints: readonly { readonly text: string; readonly command?: string }[]
  readonly guide: string | null
  readonly evidence: readonly { readonly kind: string; readonly what: string; readonly result: string }[]
  readonly identity: {
    readonly type: string
    readonly name: string
    readonly objectId: string
    readonly tenantId: string
  } | null
}
interface Run {
  readonly sdk: string
  readonly outcome: string
  readonly credential: string | null
  readonly stoppedBy: string | null
  readonly message: string | null
  readonly attempts: readonly Attempt[]
  readonly advice: readonly { readonly id: string; readonly text: string; readonly command?: string }[]
}

function runOf(run: CliRun): Run {
  const value: unknown = JSON.parse(run.stdout)
  expectSchema('chain', value)
  return value as Run
}

function find(run: Run, credential: string): Attempt {
  const attempt = run.attempts.find((each) => each.credential === credential)
  if (attempt === undefined) throw new Error(`no attempt of ${credential}`)
  return attempt
}

function outcomes(run: Run): Readonly<Record<string, string>> {
  return Object.fromEntries(run.attempts.map(({ credential, outcome }) => [credential, outcome]))
}

/** Without the line breaks of an 80-column screen. */
function flat(text: string): string {
  return text.replace(/\s+/g, ' ')
}

const lineOf = (run: CliRun, credential: string): string =>
  run.stdout.split('\n').find((line) => line.includes(`${credential} `)) ?? ''

describe('chain --json', () => {
  test('the contract: every key, nothing else, whatever comes of it', async () => {
    const run = await azid(['chain', '--json'], 'service-principal')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(Object.keys(JSON.parse(run.stdout))).toEqual([
      ...['schemaVersion', 'sdk', 'sdkVersion', 'scopes', 'outcome', 'credential', 'stoppedBy', 'elapsedMs', 'message'],
      ...['attempts', 'advice'],
    ])
    const content = runOf(run)
    expect(content).toMatchObject({
      sdk: 'python',
      outcome: 'succeeded',
      credential: 'EnvironmentCredential',
      stoppedBy: null,
      message: null,
    })
    expect(find(content, 'EnvironmentCredential').identity).toEqual({
      type: 'service-principal',
      name: expect.any(String),
      objectId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      tenantId: sandbox.tenantId,
    })
    expect(find(content, 'AzureCliCredential')).toMatchObject({ outcome: 'not-attempted', message: '', identity: null })
    expect(find(content, 'InteractiveBrowserCredential').outcome).toBe('excluded')
    expect(tools.starts('az')).toEqual([])
  })

  test('nothing configured: unavailable, exit 3, the text of the SDK, and az login first', async () => {
    const run = await azid(['chain', '--json'])
    expect(run.code).toBe(3)
    const content = runOf(run)
    expect(content).toMatchObject({ outcome: 'unavailable', credential: null, stoppedBy: null })
    expect(content.message).toMatch(
      /^DefaultAzureCredential failed to retrieve a token from the included credentials\.\nAttempted credentials:\n\tEnvironmentCredential: /,
    )
    expect(find(content, 'AzureCliCredential')).toMatchObject({
      outcome: 'unavailable',
      causes: ['cli-not-logged-in'],
      guide: 'https://aka.ms/azsdk/python/identity/azclicredential/troubleshoot',
    })
    expect(find(content, 'AzureCliCredential').hints[0]).toMatchObject({ command: 'az login' })
  })

  test('a refused secret: failed and stopped, code, cause, command and guide', async () => {
    const run = await azid(['chain', '--json'], 'wrong-secret')
    expect(run.code).toBe(1)
    const content = runOf(run)
    expect(content).toMatchObject({ outcome: 'failed', credential: null, stoppedBy: 'EnvironmentCredential' })
    const attempt = find(content, 'EnvironmentCredential')
    expect(attempt).toMatchObject({ outcome: 'failed', codes: ['AADSTS7000215'], causes: ['secret-invalid'] })
    expect(attempt.hints[0]?.command).toMatch(/^az ad app credential reset --id [0-9a-f-]{36} --append$/)
    expect(attempt.guide).toMatch(/troubleshoot/i)
    expect(content.message).toContain('AADSTS7000215: Invalid client secret provided.')
    expect(attempt.evidence.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['env', 'http']))
    expect(find(content, 'ManagedIdentityCredential').outcome).toBe('not-attempted')
  })

  test('one named credential raises its own message; a chain of one goes by the SDK', async () => {
    const run = await azid(['chain', '-c', 'azure-cli', '--json'])
    expect(run.code).toBe(3)
    const content = runOf(run)
    expect(content.message).toBe(find(content, 'AzureCliCredential').message)
    expect(content.attempts).toHaveLength(1)
  })

  test('a chain of one’s own, in its order', async () => {
    const content = runOf(await azid(['chain', '-c', 'azd,environment', '--json'], 'service-principal'))
    expect(outcomes(content)).toEqual({
      AzureDeveloperCliCredential: 'unavailable',
      EnvironmentCredential: 'succeeded',
    })
  })

  test('a wrong AZURE_TOKEN_CREDENTIALS is wrong usage, with the text of the SDK', async () => {
    const run = await azid(['chain', '--json'], null, { AZURE_TOKEN_CREDENTIALS: 'nonsense' })
    expect(run.code).toBe(2)
    const content = JSON.parse(run.stdout)
    expectSchema('error', content)
    expect(content.error.message).toContain('Invalid value for AZURE_TOKEN_CREDENTIALS: nonsense.')
  })

  test('what is switched off is an attempt that was excluded, in its place', async () => {
    const content = runOf(
      await azid(['chain', '--json', '--exclude', 'environment'], null, { AZURE_TOKEN_CREDENTIALS: 'dev' }),
    )
    expect(
      content.attempts.slice(0, 3).map(({ credential, outcome, message }) => [credential, outcome, message]),
    ).toEqual([
      ['EnvironmentCredential', 'excluded', 'left out by --exclude'],
      ['WorkloadIdentityCredential', 'excluded', 'left out by AZURE_TOKEN_CREDENTIALS'],
      ['ManagedIdentityCredential', 'excluded', 'left out by AZURE_TOKEN_CREDENTIALS'],
    ])
    expect(content.advice.map(({ id }) => id)).toContain('token-credentials-excludes')
  })
})

describe('chain on a screen', () => {
  test('whom it imitates, a line a credential, the winner and whose token', async () => {
    const run = await azid(['chain', 'vault'], 'service-principal')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(run.stdout.split('\n')[0]).toMatch(
      /^as Python azure-identity \d+\.\d+\.\d+, for https:\/\/vault\.azure\.net\/\.default$/,
    )
    expect(lineOf(run, 'EnvironmentCredential')).toMatch(/^ {2}✓ EnvironmentCredential +[\d.]+ m?s {2}succeeded$/)
    expect(lineOf(run, 'AzureCliCredential')).toMatch(/· AzureCliCredential +not attempted$/)
    expect(run.stdout).toMatch(/\nEnvironmentCredential gives the token: service principal\nname +[0-9a-f-]{36}\n/)
    expect(run.stdout).toMatch(/\nobject +[0-9a-f-]{36}\ntenant +[0-9a-f-]{36}\ngood for +(?:\d+ minutes|1 hour)\n$/)
  })

  test('no token: who ended it, what each says, the code, the cause, what to do and where to read', async () => {
    const run = await azid(['chain'], 'wrong-secret')
    expect(run.code).toBe(1)
    expect(lineOf(run, 'EnvironmentCredential')).toMatch(
      /✗ EnvironmentCredential +[\d.]+ m?s {2}failed: AADSTS7000215 \(secret-invalid\)$/,
    )
    const said = flat(run.stdout)
    expect(said).toContain('no token: EnvironmentCredential failed and ended the chain')
    expect(said).toContain('what each of them says EnvironmentCredential Authentication failed: AADSTS7000215')
    expect(said).toContain('code AADSTS7000215 cause the client secret is not right')
    expect(said).toMatch(/do .* az ad app credential reset --id \S+ --append/)
    expect(said).toMatch(/guide https:\/\/\S+/)
  })

  test.each([
    ['nobody', ['-v'], 3, null],
    ['a winner', [], 0, 'service-principal'],
    ['a winner with all that was seen', ['-v'], 0, 'service-principal'],
    ['all, with a long PATH', ['--all', '-v'], 0, 'service-principal'],
    ['a refusal', [], 1, 'wrong-secret'],
    ['a dry run', ['--dry-run'], 0, 'service-principal'],
    ['a pod', ['--dry-run', '-v'], 0, 'workload-identity'],
    ['every SDK', ['--sdk', 'all'], 0, 'service-principal'],
    ['every SDK, dry', ['--sdk', 'all', '--dry-run'], 0, 'service-principal'],
  ])('fits 80 columns but for words that are longer, and commands to paste: %s', async (_, args, code, persona) => {
    const folders = Array.from({ length: 12 }, (__, at) => `/opt/some/where/or/other/${at}/bin`)
    const run = await azid(['chain', ...args], persona, { PATH: [tools.folder, ...folders].join(':') })
    expect(run.code).toBe(code)
    for (const line of run.stdout.split('\n')) {
      const isOneWord = line
        .trim()
        .split(' ')
        .some((word) => word.length > 60)
      expect(line.length <= 80 || isOneWord || /^ {10}az /.test(line), line).toBe(true)
      expect(line, 'a PATH').not.toMatch(/(?:\/bin:.*){3}/)
    }
  })

  test('-v --all lays whole ids below each other where there is no room beside', async () => {
    const run = await azid(['chain', '--all', '-v'], 'service-principal')
    expect(run.stdout).toMatch(
      /\nwhose token\nEnvironmentCredential \* +service principal\nname +[0-9a-f-]{36}\ntenant +[0-9a-f-]{36}\nobject +[0-9a-f-]{36}\n\* the one/,
    )
  })

  test('--sdk all --dry-run: who would be asked first', async () => {
    const run = await azid(['chain', '--sdk', 'all', '--dry-run'], 'service-principal')
    expect(run.stdout).toMatch(/EnvironmentCredential +(?:✓ ready +){4}✓ ready\n/)
    expect(run.stdout).toContain('first     EnvironmentCredential would be asked first, in all of them\n')
    expect(run.stdout).not.toContain('nobody')
  })

  test('a variable that is set to nothing is not said to be unset', async () => {
    const run = await azid(['chain', '--sdk', 'go', '-c', 'environment'], 'service-principal', {
      AZURE_CLIENT_SECRET: '',
    })
    expect(flat(run.stdout)).toContain('unavailable: AZURE_CLIENT_SECRET has no value')
  })

  test('-v shows what each one looked at; an unset variable once, a process with its end', async () => {
    const run = await azid(['chain', '-v'])
    const said = flat(run.stdout)
    expect(said).toMatch(
      /EnvironmentCredential [\d.]+ m?s unavailable: no variables are set not set AZURE_CLIENT_SECRET, /,
    )
    expect(said).toContain('chose managed identity host: IMDS')
    expect(said).toMatch(/process \S+\/az account get-access-token .*: exit 1, [\d.]+ m?s/)
    expect(said).toMatch(/http GET http:\/\/127\.0\.0\.1:1\/metadata\S+: refused/)
  })

  test('without Unicode the marks are ASCII, without a terminal there is no colour', async () => {
    const run = await azid(['chain'], 'service-principal', { LANG: 'C', LC_ALL: 'C' })
    expect(run.stdout).toMatch(/^ {2}\+ EnvironmentCredential/m)
    expect(run.stdout).not.toMatch(/[^\x20-\x7e\n]/)
    const forced = await azid(['chain'], 'service-principal', { FORCE_COLOR: '1' })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
    expect(forced.stdout).toMatch(/\u001b\[32m/)
    const refused = await azid(['chain', '--no-color'], 'service-principal', { FORCE_COLOR: '1' })
    expect(refused.stdout).not.toContain('\u001b')
  })

  test('says what restricts the chain', async () => {
    const run = await azid(['chain', '--exclude', 'managed-identity'], null, { AZURE_TOKEN_CREDENTIALS: 'prod' })
    expect(run.code).toBe(3)
    const said = flat(run.stdout)
    expect(said).toContain('--exclude leaves out ManagedIdentityCredential')
    expect(said).toMatch(/AZURE_TOKEN_CREDENTIALS=prod leaves out .*AzureCliCredential/)
    expect(said).not.toMatch(/AzureCliCredential +unavailable/)
  })
})

describe('--all', () => {
  test('asks every credential, and the winner stays the one of the chain', async () => {
    tools.put(
      'az',
      `echo '{"accessToken": "opaque0token", "expires_on": 4795226400, "tenant": "72f988bf-86f1-41af-91ab-2d7cd011db47"}'`,
    )
    const run = await azid(['chain', '--all', '--json'], 'service-principal')
    expect(run.code).toBe(0)
    const content = runOf(run)
    expect(content).toMatchObject({ outcome: 'succeeded', credential: 'EnvironmentCredential' })
    expect(outcomes(content)).toMatchObject({
      EnvironmentCredential: 'succeeded',
      ManagedIdentityCredential: 'unavailable',
      AzureCliCredential: 'succeeded',
      AzureDeveloperCliCredential: 'unavailable',
    })
    expect(tools.starts('az')).toHaveLength(1)
    expect(run.stdout).not.toContain('opaque0token')
  })

  test('a failure in front of a token still ends the chain', async () => {
    tools.put('az', `echo '{"accessToken": "opaque0token", "expires_on": 4795226400}'`)
    const run = await azid(['chain', '--all', '--json'], 'wrong-secret')
    expect(run.code).toBe(1)
    expect(runOf(run)).toMatchObject({ outcome: 'failed', stoppedBy: 'EnvironmentCredential', credential: null })
  })

  test('lays the identities side by side', async () => {
    const run = await azid(['chain', '--all', '-c', 'client-secret,environment'], 'service-principal')
    expect(run.stdout).toMatch(/^whose token +kind +name +tenant$/m)
    expect(run.stdout).toMatch(/^ClientSecretCredential \* +service principal +/m)
    expect(run.stdout).toMatch(/^EnvironmentCredential +service principal +/m)
  })
})

describe('--dry-run', () => {
  test('sends nothing and starts nothing, and says what would be asked first', async () => {
    const before = sandbox.requests.length
    const run = await azid(['chain', '--dry-run'], 'service-principal')
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(sandbox.requests.length).toBe(before)
    expect(tools.starts('az')).toEqual([])
    const said = flat(run.stdout)
    expect(said).toContain('nothing is sent or started')
    expect(said).toMatch(/✓ EnvironmentCredential ready: would send (GET|POST) https:\/\//)
    expect(said).toMatch(/✓ AzureCliCredential ready: would run \S+\/az account get-access-token/)
    expect(said).toContain('EnvironmentCredential would be asked first')
  })

  test('--json: nothing but variables and files in the evidence, and no message where nothing would be raised', async () => {
    const run = await azid(['chain', '--dry-run', '--json'], 'service-principal')
    expect(run.code).toBe(0)
    const content = runOf(run)
    expect(content).toMatchObject({ dryRun: true, outcome: 'unavailable', credential: null, message: null })
    const kinds = new Set(content.attempts.flatMap(({ evidence }) => evidence.map(({ kind }) => kind)))
    expect([...kinds].sort()).toEqual(['env', 'file'])
    expect(find(content, 'EnvironmentCredential')).toMatchObject({ outcome: 'not-attempted' })
    expect(find(content, 'AzureDeveloperCliCredential').outcome).toBe('not-attempted')
  })

  test('nothing to try with: the exit code of a run', async () => {
    const run = await azid(['chain', '--dry-run', '-c', 'client-secret', '--json'])
    expect(run.code).toBe(3)
    expect(runOf(run).message).not.toBeNull()
  })

  test('a pod: issuer, subject and audience of its token, and the command that lets an app trust them', async () => {
    const run = await azid(['chain', '--dry-run', '--json'], 'workload-identity')
    expect(run.code).toBe(0)
    const [, presented] = find(runOf(run), 'WorkloadIdentityCredential').hints
    expect(presented?.text).toMatch(
      /^presents issuer https:\/\/\S+, subject system:serviceaccount:\S+, audience api:\/\/AzureADTokenExchange/,
    )
    expect(presented?.command).toMatch(
      /^az ad app federated-credential create --id [0-9a-f-]{36} --parameters '\{"name":/,
    )
    const shown = await azid(['chain', '--dry-run'], 'workload-identity')
    expect(shown.stdout).toContain('az ad app federated-credential create')
    expect(sandbox.requests.length).toBe(sandbox.requests.length)
  })

  test.each([
    ['good', 4_795_226_400, 'it is good until 2121-12-15T07:20:00Z'],
    ['stale', 1_600_000_000, 'it ended 2020-09-13T12:26:40Z, and Entra refuses it'],
  ])('a pod with a %s token', async (state, exp, says) => {
    const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url')
    const file = path.join(folder, `${state}.token`)
    writeFileSync(file, `${part({ alg: 'RS256' })}.${part({ iss: 'https://i', sub: 's', aud: 'a', exp })}.c2ln`)
    const run = await azid(['chain', '--dry-run'], 'workload-identity', { AZURE_FEDERATED_TOKEN_FILE: file })
    expect(flat(run.stdout)).toContain(says)
  })

  test('a pod whose token is not there, where another step comes first', async () => {
    const run = await azid(['chain', '--dry-run'], 'workload-identity', {
      AZURE_FEDERATED_TOKEN_FILE: path.join(folder, 'no.token'),
      AZID_DISABLE_INSTANCE_DISCOVERY: undefined,
    })
    expect(flat(run.stdout)).toMatch(/job has nothing to present: \S+no\.token: there is no such file/)
  })

  test('a job of GitHub Actions: the subject by its variables', async () => {
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'contoso/shop',
      GITHUB_REF: 'refs/heads/main',
      GITHUB_EVENT_NAME: 'push',
      ACTIONS_ID_TOKEN_REQUEST_URL: 'https://pipelines.invalid/x?api-version=2.0',
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'canary-request-token',
      AZURE_CLIENT_ID: '11111111-aaaa-4bbb-8ccc-222222222222',
      AZURE_TENANT_ID: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    }
    const run = await azid(['chain', '--dry-run', '-c', 'github-actions', '--json'], null, env)
    const hint = find(runOf(run), 'GitHubActionsCredential').hints.find(({ command }) => command !== undefined)
    expect(hint?.text).toContain('subject repo:contoso/shop:ref:refs/heads/main')
    expect(hint?.command).toContain('"subject":"repo:contoso/shop:ref:refs/heads/main"')
    expect(run.stdout + run.stderr).not.toContain('canary')
  })

  test('a job that may not ask for a token: said, and who it would be; and what no variable tells', async () => {
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'contoso/shop',
      GITHUB_REPOSITORY_OWNER_ID: '65',
      GITHUB_REPOSITORY_ID: '74',
      GITHUB_REF: 'refs/tags/v1',
    }
    const run = await azid(['chain', '--dry-run', '-c', 'github-actions'], null, env)
    expect(run.code).toBe(3)
    const said = flat(run.stdout)
    expect(said).toContain('unavailable: the job may not ask for tokens')
    expect(said).toContain('permissions: id-token: write')
    expect(said).toContain('job presents issuer https://token.actions.githubusercontent.com, subject')
    expect(said).toContain('or subject repo:contoso@65/shop@74:ref:refs/tags/v1, if its subjects have ids')
    expect(said).toContain('or subject repo:contoso/shop:environment:NAME, if the job names an environment')
    expect(said).toContain('not known no variable tells an environment')
    const json = runOf(await azid(['chain', '--dry-run', '-c', 'github-actions', '--json'], null, env))
    expect(find(json, 'GitHubActionsCredential').causes).toEqual(['oidc-permission-missing'])
    const commands = find(json, 'GitHubActionsCredential').hints.flatMap(({ command }) => command ?? [])
    expect(commands.filter((each) => each.includes('--id CLIENT-ID'))).toHaveLength(2)
  })
})

describe('--env-file', () => {
  test("its variables, and not the shell's, with where they are from; azid's own stay", async () => {
    const own = await sandbox.environment('service-principal')
    const file = path.join(folder, 'app.env')
    writeFileSync(
      file,
      [...Object.entries(own), ['AZURE_POD_IDENTITY_AUTHORITY_HOST', 'http://127.0.0.1:1'], ['PATH', '/nowhere']]
        .map(([name, value]) => `${name}="${value}"`)
        .join('\n'),
    )
    const shell = {
      AZURE_TOKEN_CREDENTIALS: 'dev',
      NODE_EXTRA_CA_CERTS: own['NODE_EXTRA_CA_CERTS'],
      AZID_DISABLE_INSTANCE_DISCOVERY: own['AZID_DISABLE_INSTANCE_DISCOVERY'],
    }
    const run = await azid(['chain', '--env-file', file, '--json'], null, shell)
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const content = runOf(run)
    expect(content).toMatchObject({ credential: 'EnvironmentCredential', environment: { kind: 'file', name: file } })
    const { evidence } = find(content, 'EnvironmentCredential')
    expect(evidence.find(({ what }) => what === 'AZURE_TENANT_ID')?.result).toBe(`${sandbox.tenantId} (from ${file})`)
    const shown = await azid(['chain', '--env-file', file], null, shell)
    expect(flat(shown.stdout)).toContain(`with the variables of ${file} in place of this shell's`)
  })

  test('- reads stdin; a wrong value names where it stands', async () => {
    const text = 'AZURE_TOKEN_CREDENTIALS=nonsense\n'
    const run = await azid(['chain', '--environment-file', '-'], null, {}, text)
    expect(run.code).toBe(2)
    expect(flat(run.stderr)).toContain('AZURE_TOKEN_CREDENTIALS of stdin')
  })

  test.each([
    ['a file that is not there', 'nowhere.env', null, 'there is no such file'],
    ['a file without variables', 'empty.env', '# nothing\n', 'holds no variables'],
  ])('%s: exit 2 and what to do', async (_, name, content, says) => {
    const file = path.join(folder, name)
    if (content !== null) writeFileSync(file, content)
    const run = await azid(['chain', '--environment-file', file])
    expect(run.code).toBe(2)
    expect(run.stdout).toBe('')
    expect(flat(run.stderr)).toContain(says)
  })
})

describe.skipIf(process.platform !== 'linux')('--env-pid', () => {
  let service: ChildProcess
  let home: string

  beforeAll(async () => {
    home = mkdtempSync(path.join(folder, 'service-'))
    const own = await sandbox.environment('workload-identity')
    const token = readFileSync(own['AZURE_FEDERATED_TOKEN_FILE'] ?? '', 'utf8')
    writeFileSync(path.join(home, 'token'), token)
    service = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 600000)'], {
      // The path of the token is relative: it is the working folder of the service that counts.
      env: {
        ...own,
        AZURE_FEDERATED_TOKEN_FILE: 'token',
        HOME: home,
        PATH: '',
        AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1',
      },
      cwd: home,
      stdio: 'ignore',
    })
    await new Promise((resolve) => service.on('spawn', resolve))
  })
  afterAll(() => {
    service.kill()
  })

  test('a running service: its variables and its working folder', async () => {
    const own = await sandbox.environment('workload-identity')
    const run = await azid(['chain', '--env-pid', String(service.pid), '--json'], null, {
      NODE_EXTRA_CA_CERTS: own['NODE_EXTRA_CA_CERTS'],
      AZID_DISABLE_INSTANCE_DISCOVERY: own['AZID_DISABLE_INSTANCE_DISCOVERY'],
    })
    expect(run.stderr).toBe('')
    const content = runOf(run)
    expect(content).toMatchObject({
      credential: 'WorkloadIdentityCredential',
      environment: { kind: 'process', name: `process ${service.pid} (node)` },
    })
    expect(outcomes(content)['EnvironmentCredential']).toBe('unavailable')
    expect(run.code).toBe(0)
  })

  test('a process that is not there', async () => {
    const run = await azid(['chain', '--env-pid', '4194303'])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('there is no process 4194303')
  })
})

describe('--sdk all', () => {
  test('a run for each SDK, and who would win', async () => {
    const run = await azid(['chain', '--sdk', 'all', '--json'], 'service-principal')
    expect(run.code).toBe(0)
    const content = JSON.parse(run.stdout)
    expectSchema('chain', content)
    const runs: readonly Run[] = content.runs
    expect(runs.length).toBeGreaterThan(1)
    expect(new Set(runs.map(({ sdk }) => sdk)).size).toBe(runs.length)
    for (const each of runs) expect(each.credential).toBe('EnvironmentCredential')
    const shown = await azid(['chain', '--sdk', 'all'], 'service-principal')
    expect(flat(shown.stdout)).toContain('winner EnvironmentCredential, in all of them')
  })

  test('an SDK that refuses what the others take is a run that says so', async () => {
    // Go compares the groups as they are written, the others in any case.
    const run = await azid(['chain', '--sdk', 'all', '--json'], 'service-principal', {
      AZURE_TOKEN_CREDENTIALS: 'PROD',
    })
    expect(run.code).toBe(2)
    const content = JSON.parse(run.stdout)
    expectSchema('chain', content)
    const runs: readonly Run[] = content.runs
    expect(runs.find(({ sdk }) => sdk === 'python')?.credential).toBe('EnvironmentCredential')
    expect(runs.find(({ sdk }) => sdk === 'go')).toMatchObject({
      outcome: 'failed',
      attempts: [],
      message: expect.stringContaining('invalid AZURE_TOKEN_CREDENTIALS value "PROD"'),
    })
  })

  test('what every SDK refuses is wrong usage', async () => {
    const run = await azid(['chain', '--sdk', 'all', '--json'], null, { AZURE_TOKEN_CREDENTIALS: 'nonsense' })
    expect(run.code).toBe(2)
    expectSchema('error', JSON.parse(run.stdout))
  })

  test('get-token takes one SDK', async () => {
    const run = await azid(['get-token', '--sdk', 'all'], 'service-principal')
    expect(run.code).toBe(2)
    expect(flat(run.stderr)).toContain('azid chain --sdk all')
  })
})

describe('advice', () => {
  test('a clock that is off against the Date header of the authority', async () => {
    const wrong = await startSandbox({ ports: createNodeRuntime(), faults: [parseFault('clock=+10m')] })
    try {
      const run = await runCli(['chain', '--json'], {
        env: { ...(await wrong.environment('service-principal')), PATH: tools.folder },
      })
      const advice = runOf(run).advice.find(({ id }) => id === 'clock-off')
      expect(advice?.text).toMatch(/10 min behind the authority/)
    } finally {
      await wrong.close()
    }
  })

  test('what get-token would answer from its cache, and that chain itself does not', async () => {
    const home = mkdtempSync(path.join(folder, 'home-'))
    const env = {
      HOME: home,
      XDG_CACHE_HOME: path.join(home, 'cache'),
      XDG_STATE_HOME: path.join(home, 'state'),
      AZID_CACHE: 'file',
    }
    tools.put(
      'az',
      `echo '{"accessToken": "opaque0token0of0az", "expires_on": ${Math.floor(Date.now() / 1000) + 3000}}'`,
    )
    expect((await azid(['get-token'], null, env)).code).toBe(0)
    const content = runOf(await azid(['chain', '--json'], null, env))
    expect(content.credential).toBe('AzureCliCredential')
    expect(tools.starts('az')).toHaveLength(2)
    expect(content.advice.map(({ id }) => id)).toEqual(expect.arrayContaining(['cached-answer', 'file-cache']))
    expect(content.advice.find(({ id }) => id === 'cached-answer')?.text).toMatch(/AzureCliCredential .* \d+ more min/)
  })

  test('looking into the cache makes no key and no folder', async () => {
    const home = mkdtempSync(path.join(folder, 'home-'))
    const env = {
      HOME: home,
      XDG_CACHE_HOME: path.join(home, 'c'),
      XDG_STATE_HOME: path.join(home, 's'),
      AZID_CACHE: 'file',
    }
    await azid(['chain', '--json'], null, env)
    // What V8 compiled is kept there too.
    expect(existsSync(path.join(env.XDG_CACHE_HOME, 'azid', 'file'))).toBe(false)
    expect(existsSync(env.XDG_STATE_HOME)).toBe(false)
  })
})

describe('--report', () => {
  test('of a dry run: who would be asked first, and no failure that has not been', async () => {
    const file = path.join(folder, 'dry.md')
    const run = await azid(['chain', '--dry-run', '--report', file], 'service-principal')
    expect(run.code).toBe(0)
    const report = readFileSync(file, 'utf8')
    expect(report).toContain('| outcome | nothing was asked; EnvironmentCredential would be asked first |')
    expect(report).not.toContain('Likely causes')
    expect(report).not.toContain('unavailable, ')
  })

  test('a file that only its owner reads, without ids, accounts or secrets', async () => {
    const file = path.join(folder, 'report.md')
    const run = await azid(['chain', '--report', file], 'wrong-secret', { AZURE_CONFIG_DIR: '/home/ada/x' })
    expect(run.code).toBe(1)
    expect(run.stderr).toBe(`report written: ${file}\n`)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^## azid chain: no token: EnvironmentCredential failed$/m)
    expect(text).toMatch(/^\| EnvironmentCredential \| failed \| [\d.]+ m?s \| AADSTS7000215/m)
    expect(text).toContain('- secret-invalid: ')
    expect(text).toContain('### What the SDK says')
    expect(text).not.toContain(sandbox.tenantId)
    expect(text).not.toContain(sandbox.defaultApp.clientId)
    expect(text).toContain('<id 1>')
    expect(text).toMatch(/- env AZURE_CLIENT_SECRET: set$/m)
  })

  test('a place that cannot be written is found before anything is asked', async () => {
    const before = sandbox.requests.length
    const run = await azid(['chain', '--report', path.join(folder, 'nowhere', 'x.md')], 'service-principal')
    expect(run.code).toBe(2)
    expect(sandbox.requests.length).toBe(before)
  })
})

describe('secrets', () => {
  const canary = 'canaryQ8Q~secretvaluesecretvaluesecret01'
  const forms = [
    canary,
    encodeURIComponent(canary),
    Buffer.from(canary).toString('base64').replace(/=+$/, ''),
    Buffer.from(canary).toString('hex'),
  ]

  test.each([
    ['a run', []],
    ['with evidence', ['-v']],
    ['with all that is looked at', ['--debug']],
    ['all at once', ['--all']],
    ['dry', ['--dry-run', '-v']],
    ['as JSON', ['--json']],
    ['every SDK', ['--sdk', 'all', '--json']],
  ])('%s: in no stream and no report', async (_, args) => {
    const file = path.join(folder, 'canary.md')
    tools.put('az', `echo "ERROR: could not use ${canary}" >&2; exit 1`)
    const env = { AZURE_CLIENT_SECRET: canary, IDENTITY_HEADER: canary, MSI_SECRET: canary, SYSTEM_ACCESSTOKEN: canary }
    const run = await azid(['chain', ...args, '--report', file], 'service-principal', env)
    const report = existsSync(file) ? readFileSync(file, 'utf8') : ''
    expect(report, run.stderr).not.toBe('')
    for (const form of forms) {
      expect(run.stdout).not.toContain(form)
      expect(run.stderr).not.toContain(form)
      expect(report).not.toContain(form)
    }
    rmSync(file, { force: true })
  })

  test('the token itself is nowhere', async () => {
    const file = path.join(folder, 'token.md')
    const run = await azid(['chain', '--all', '-v', '--debug', '--report', file], 'service-principal')
    expect(run.code).toBe(0)
    expect(run.stdout + run.stderr + readFileSync(file, 'utf8')).not.toMatch(/eyJ[\w-]+\.[\w-]+/)
  })
})
