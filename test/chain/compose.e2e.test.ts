/** `azid chain --env-file compose.yaml` as a person meets it: the built command, a project on disk, a sandbox for Entra. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: files hold such references
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'
import { expectSchema } from '../support/schemas.ts'
import { makeStandIns, type StandInFolder } from '../tools/stand-in.ts'

let sandbox: Sandbox
let tools: StandInFolder
let project: string
/** What azid itself needs to meet the sandbox. */
let trust: Readonly<Record<string, string | undefined>>
let principal: Readonly<Record<string, string | undefined>>
let workload: Readonly<Record<string, string | undefined>>

beforeAll(async () => {
  sandbox = await startSandbox({ ports: createNodeRuntime() })
  tools = makeStandIns()
  principal = await sandbox.environment('service-principal')
  workload = await sandbox.environment('workload-identity')
  trust = {
    NODE_EXTRA_CA_CERTS: principal['NODE_EXTRA_CA_CERTS'],
    AZID_DISABLE_INSTANCE_DISCOVERY: principal['AZID_DISABLE_INSTANCE_DISCOVERY'],
  }
})
afterAll(async () => {
  await sandbox.close()
  tools.remove()
})
beforeEach(() => {
  project = mkdtempSync(path.join(tmpdir(), 'azid-compose-'))
  return () => rmSync(project, { recursive: true, force: true })
})

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(project, name)), { recursive: true })
    writeFileSync(path.join(project, name), content)
  }
}

function chain(args: readonly string[], shell: Readonly<Record<string, string | undefined>> = {}): Promise<CliRun> {
  return runCli(['chain', ...args], { cwd: project, env: { PATH: tools.folder, ...trust, ...shell } })
}

interface Run {
  readonly outcome: string
  readonly credential: string | null
  readonly environment: {
    readonly kind: string
    readonly name: string
    readonly service: string
    readonly notes: readonly string[]
  }
  readonly attempts: readonly {
    readonly credential: string
    readonly outcome: string
    readonly message: string
    readonly evidence: readonly { readonly what: string; readonly result: string }[]
  }[]
  readonly advice: readonly { readonly id: string; readonly text: string }[]
}

function runOf(run: CliRun): Run {
  const value: unknown = JSON.parse(run.stdout)
  expectSchema('chain', value)
  return value as Run
}

const seen = (run: Run, credential: string, what: string): string | undefined =>
  run.attempts.find((each) => each.credential === credential)?.evidence.find((each) => each.what === what)?.result

const flat = (text: string): string => text.replace(/\s+/g, ' ')

/** No request for a machine's identity leaves this one. */
const nowhere = 'AZURE_POD_IDENTITY_AUTHORITY_HOST: http://127.0.0.1:1'

describe('its variables are those of the container', () => {
  test('map, merge key, env_file, .env and shell, each with its line; the shell itself is not seen', async () => {
    write({
      'compose.yaml': [
        'x-azure: &azure',
        '  AZURE_TENANT_ID: ${TENANT:?which one}',
        '  AZURE_AUTHORITY_HOST: ${HOST_OF_ENTRA}',
        'services:',
        '  web:',
        '    image: shop/web',
        '    env_file:',
        '      - web.env',
        '      - path: local.env',
        '        required: false',
        '    environment:',
        '      <<: *azure',
        '      AZURE_CLIENT_SECRET:',
        `      ${nowhere}`,
        '  db:',
        '    image: postgres',
        '    environment: [POSTGRES_PASSWORD=x]',
        '',
      ].join('\n'),
      'web.env': `# the app\nAZURE_CLIENT_ID="${principal['AZURE_CLIENT_ID']}"\nAZURE_TENANT_ID=wrong\n`,
      '.env': `TENANT=${sandbox.tenantId}\nHOST_OF_ENTRA=http://of.the.file.invalid\n`,
    })
    const shell = {
      HOST_OF_ENTRA: principal['AZURE_AUTHORITY_HOST'],
      AZURE_CLIENT_SECRET: principal['AZURE_CLIENT_SECRET'],
      AZURE_TOKEN_CREDENTIALS: 'dev',
    }
    const run = await chain(['--env-file', 'compose.yaml', '--json'], shell)
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const content = runOf(run)
    expect(content).toMatchObject({
      credential: 'EnvironmentCredential',
      environment: { kind: 'file', name: 'compose.yaml, service web', service: 'web' },
    })
    expect(seen(content, 'EnvironmentCredential', 'AZURE_TENANT_ID')).toBe(`${sandbox.tenantId} (from compose.yaml:2)`)
    expect(seen(content, 'EnvironmentCredential', 'AZURE_CLIENT_ID')).toContain('(from web.env:2)')
    expect(seen(content, 'EnvironmentCredential', 'AZURE_CLIENT_SECRET')).toBe(
      'set (from this shell or .env, by compose.yaml:13)',
    )
    expect(run.stdout).not.toContain(principal['AZURE_CLIENT_SECRET'])
  })

  test('what the shell was to give and does not, what stays empty, and what is not known is said', async () => {
    write({
      'compose.yaml': `services:\n  web:\n    environment:\n      - AZURE_CLIENT_SECRET\n      - AZURE_TENANT_ID=\${TENANT}\n      - AZURE_CLIENT_ID=x\n      - ${nowhere.replace(': ', '=')}\n`,
    })
    const run = await chain(['--env-file', 'compose.yaml', '--dry-run'])
    const said = flat(run.stdout)
    expect(said).toContain('with the variables of compose.yaml, service web in place of this shell')
    expect(said).toContain(
      'AZURE_CLIENT_SECRET (compose.yaml:4) is taken from this shell or .env, and is not set there',
    )
    expect(said).toContain('AZURE_TENANT_ID (compose.yaml:5) is filled from TENANT, not set in this shell or .env')
    expect(said).toContain("its image's own variables, files and programs (az) are not known")
    const notes = runOf(await chain(['--env-file', 'compose.yaml', '--dry-run', '--json'])).environment.notes
    expect(notes).toHaveLength(4)
  })

  test('an override beside it is laid over it, as docker compose up does; not one beside another name', async () => {
    const text = (tenant: string): string =>
      `services:\n  web:\n    environment:\n      AZURE_TENANT_ID: ${tenant}\n      ${nowhere}\n`
    write({ 'compose.yml': text('one'), 'compose.override.yml': text('two'), 'other.yaml': text('one') })
    const both = runOf(await chain(['--env-file', 'compose.yml', '--dry-run', '--json']))
    expect(both.environment.name).toBe('compose.yml and compose.override.yml, service web')
    expect(seen(both, 'EnvironmentCredential', 'AZURE_TENANT_ID')).toBe('two (from compose.override.yml:4)')
    const alone = runOf(await chain(['--env-file', 'other.yaml', '--dry-run', '--json']))
    expect(seen(alone, 'EnvironmentCredential', 'AZURE_TENANT_ID')).toBe('one (from other.yaml:4)')
  })

  test('a wrong value names the line it stands in', async () => {
    write({ 'compose.yaml': 'services:\n  web:\n    environment:\n      AZURE_TOKEN_CREDENTIALS: nonsense\n' })
    const run = await chain(['--env-file', 'compose.yaml'])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(flat(run.stderr)).toContain('AZURE_TOKEN_CREDENTIALS of compose.yaml:4')
  })
})

describe('its files are those of the container', () => {
  const text = (volumes: string): string =>
    [
      'services:',
      '  web:',
      '    environment:',
      ...['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_AUTHORITY_HOST'].map(
        (name) => `      ${name}: "${workload[name]}"`,
      ),
      '      AZURE_FEDERATED_TOKEN_FILE: /var/run/azure/token',
      `      ${nowhere}`,
      volumes,
      '',
    ].join('\n')

  test.each([
    ['a folder', '    volumes: ["./identity:/var/run/azure:ro"]'],
    [
      'a file, the long way',
      '    volumes:\n      - {type: bind, source: ./identity/token, target: /var/run/azure/token}',
    ],
    [
      'a secret',
      '    secrets:\n      - {source: token, target: /var/run/azure/token}\nsecrets:\n  token: {file: ./identity/token}',
    ],
  ])('what is mounted is read here: %s', async (_, volumes) => {
    write({
      'compose.yaml': text(volumes),
      'identity/token': readFileSync(workload['AZURE_FEDERATED_TOKEN_FILE'] ?? '', 'utf8'),
    })
    const run = await chain(['--env-file', 'compose.yaml', '--json'])
    expect(run.stderr).toBe('')
    const content = runOf(run)
    expect(content).toMatchObject({ credential: 'WorkloadIdentityCredential' })
    expect(content.environment.notes).toContainEqual(
      expect.stringContaining('/var/run/azure/token of the container is identity/token here'),
    )
  })

  test('what is not mounted counts as not there, also where this machine has a file of that name, and it is said', async () => {
    const here = path.join(project, 'token')
    write({
      'compose.yaml': text('    volumes: ["data:/data"]').replace('/var/run/azure/token', here),
      token: readFileSync(workload['AZURE_FEDERATED_TOKEN_FILE'] ?? '', 'utf8'),
    })
    const run = await chain(['--env-file', 'compose.yaml', '--json'])
    expect(run.code).not.toBe(0)
    expect(runOf(run).environment.notes).toContainEqual(
      expect.stringContaining(`${here} is a path in the container that is not mounted from here`),
    )
  })

  test('its tools are not started on this machine', async () => {
    const mark = path.join(project, 'started')
    for (const tool of ['az', 'azd', 'pwsh']) tools.put(tool, `echo x > '${mark}'; exit 1`)
    write({
      'compose.yaml': `services:\n  web:\n    environment:\n      PATH: ${tools.folder}\n      ${nowhere}\n    volumes: ["${tools.folder}:${tools.folder}"]\n`,
    })
    const run = await chain(['--env-file', 'compose.yaml', '--all', '--json'])
    const { attempts, advice } = runOf(run)
    expect(attempts.find(({ credential }) => credential === 'AzureCliCredential')?.outcome).not.toBe('succeeded')
    expect(existsSync(mark)).toBe(false)
    expect(advice.map(({ id }) => id)).not.toContain('production-credential-here')
  })
})

test('a report tells that it was a service, and neither its names and paths nor its secrets', async () => {
  write({
    'compose.yaml': `services:\n  private-name:\n    env_file: private.env\n    environment:\n      AZURE_TENANT_ID: ${sandbox.tenantId}\n      AZURE_CLIENT_SECRET: canary-8Q~secret-of-a-service\n      ${nowhere}\n`,
    'private.env': `AZURE_CLIENT_ID=${principal['AZURE_CLIENT_ID']}\n`,
  })
  const run = await chain(['--env-file', 'compose.yaml', '--dry-run', '--report', 'report.md'])
  expect(run.stderr).toContain('report written')
  const report = readFileSync(path.join(project, 'report.md'), 'utf8')
  expect(report).toContain('| variables | of a service in a Compose file |')
  for (const secret of ['canary', 'private', String(sandbox.tenantId)]) expect(report).not.toContain(secret)
})

describe('which service', () => {
  const services = (names: readonly string[]): string =>
    `services:\n${names.map((name) => `  ${name}:\n    environment: {AZURE_TENANT_ID: "of ${name}", ${nowhere.replace(': ', ': "')}"}\n`).join('')}  db:\n    image: postgres\n`

  test('several with variables for a credential: they are listed, and nothing is done', async () => {
    write({ 'compose.yaml': services(['web', 'worker']) })
    const run = await chain(['--env-file', 'compose.yaml'])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(flat(run.stderr)).toContain(
      'compose.yaml has several services with variables for a credential from --env-file do name one: --service web or worker',
    )
  })

  test('the one that is named', async () => {
    write({ 'compose.yaml': services(['web', 'worker']) })
    const run = runOf(await chain(['--env-file', 'compose.yaml', '--service', 'worker', '--dry-run', '--json']))
    expect(run.environment.service).toBe('worker')
    expect(seen(run, 'EnvironmentCredential', 'AZURE_TENANT_ID')).toBe('of worker (from compose.yaml:5)')
  })

  test('the only one with variables for a credential', async () => {
    write({ 'compose.yaml': services(['web']) })
    expect(runOf(await chain(['--env-file', 'compose.yaml', '--dry-run', '--json'])).environment.service).toBe('web')
  })

  test.each([
    [
      'one that is not there',
      ['--env-file', 'compose.yaml', '--service', 'nope'],
      'has no service `nope` from --service do name one of web, worker or db',
    ],
    ['one of a file of lines', ['--env-file', 'lines.env', '--service', 'web'], '`lines.env` is no Compose file'],
    ['one of nothing', ['--service', 'web'], '`--service` means nothing without `--env-file`'],
    [
      'none with such variables',
      ['--env-file', 'plain.yaml'],
      'none sets a variable for a credential from --env-file do name one: --service a or b',
    ],
    [
      "a pod's file",
      ['--env-file', 'pod.yaml'],
      'has no services from --env-file do give a Compose file, or lines like NAME=value; a pod',
    ],
    ['two environments at once', ['--env-file', 'compose.yaml', '--env-pid', '1'], 'contradict each other'],
  ])('%s: exit 2 and what to do', async (_, args, says) => {
    write({
      'compose.yaml': services(['web', 'worker']),
      'lines.env': 'A=1\n',
      'plain.yaml': 'services:\n  a: {image: x}\n  b: {image: x}\n',
      'pod.yaml': 'apiVersion: v1\nkind: Pod\nspec:\n  containers: []\n',
    })
    const run = await chain(args)
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(flat(run.stderr)).toContain(says)
  })

  test('from stdin, paths begin here', async () => {
    write({ 'web.env': 'AZURE_TENANT_ID=of stdin\n' })
    const run = await runCli(['chain', '--environment-file', '-', '--dry-run', '--json'], {
      cwd: project,
      env: { PATH: tools.folder },
      input: `services:\n  web:\n    env_file: web.env\n    environment: ["${nowhere.replace(': ', '=')}"]\n`,
    })
    const content = runOf(run)
    expect(content.environment.name).toBe('stdin, service web')
    expect(seen(content, 'EnvironmentCredential', 'AZURE_TENANT_ID')).toBe('of stdin (from web.env:1)')
  })
})

describe('a file that Compose would refuse: exit 2 with its line, and nothing is sent', () => {
  test.each([
    ['a tab', 'services:\n\tweb:\n', 'compose.yaml:2 is indented with a tab'],
    [
      'an env file that is not there',
      'services:\n  web:\n    env_file: no.env\n',
      'compose.yaml:3 names the env file `no.env`, which is not there',
    ],
    [
      'a required variable',
      'services:\n  web:\n    environment: ["A=${B:?set B}"]\n',
      'compose.yaml:3 requires B, which is not set here: set B',
    ],
    ['a word that moves the cursor', 'services:\n  web:\n    environment: ["A=${B:?\\e[2J}"]\n', 'requires B'],
    [
      'a bomb',
      `a: &a [x]\n${Array.from({ length: 30 }, (_, at) => `b${at}: &b${at} [*${at === 0 ? 'a' : `b${at - 1}`}, *a]`).join('\n')}\nservices:\n  web:\n    environment: *b29\n`,
      'has to be a single value',
    ],
  ])('%s', async (_, text, says) => {
    write({ 'compose.yaml': text })
    const run = await chain(['--env-file', 'compose.yaml'], { AZURE_TENANT_ID: 'x' })
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(flat(run.stderr)).toContain(says)
    expect(run.stderr).not.toContain('\u001b')
    const json = await chain(['--env-file', 'compose.yaml', '--json'])
    expect(json.code).toBe(2)
    expect(JSON.parse(json.stdout)).toMatchObject({ error: { exitCode: 2 } })
  })
})
