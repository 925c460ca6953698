/** The recipes in docs/recipes: each command runs as it is written there, against services that demand the right token. */
import { spawnSync } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { CoreV1Api, KubeConfig } from '@kubernetes/client-node'
import { describe, expect, inject, onTestFinished, test } from 'vitest'
import { cliFile, isolatedEnvironment, runCli } from '../support/run-cli.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { pythonOpenAi } from './support/python-openai.ts'
import { type Recipe, readRecipes } from './support/recipes.ts'
import { type ProgramRun, runProgram } from './support/run.ts'
import {
  openAiKey,
  type Stub,
  startApi,
  startGit,
  startKubernetes,
  startOpenAi,
  startPostgres,
} from './support/stubs.ts'
import { audienceOf } from './support/tokens.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const recipes = readRecipes()

/** Programs that blocks of a page need besides azid and the shell. */
const programs: Readonly<Record<string, readonly string[]>> = {
  'curl.md': ['curl'],
  'git.md': ['git'],
  'kubernetes.md': ['kubectl'],
  'keyless-azure-openai.md': ['curl'],
  'managed-identity-anywhere.md': ['curl'],
  'postgresql.md': ['psql'],
}

function isThere(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

const kubectlMinor = isThere('kubectl')
  ? Number(
      /Minor:"(\d+)|v1\.(\d+)/
        .exec(spawnSync('kubectl', ['version', '--client'], { encoding: 'utf8' }).stdout)
        ?.slice(1)
        .find(Boolean),
    )
  : 0

/** Python with the packages, only where a test needs it. */
const python = pythonOpenAi()

interface Place {
  readonly folder: string
  readonly env: Readonly<Record<string, string>>
  readonly sandbox: Awaited<ReturnType<typeof startTestSandbox>>
  run(script: string, changes?: Readonly<Record<string, string | undefined>>): Promise<ProgramRun>
}

/** A folder with the files of a recipe, `azid` and `python` on PATH, and somebody signed in to the sandbox. */
async function makePlace(
  recipe: Recipe,
  variables: Readonly<Record<string, string>>,
  persona?: string,
): Promise<Place> {
  expect(inject('buildFailure')).toBe('')
  const folder = mkdtempSync(path.join(tmpdir(), 'azid-recipe-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const bin = path.join(folder, 'bin')
  mkdirSync(bin)
  const script = (name: string, text: string): void => {
    writeFileSync(path.join(bin, name), `#!/bin/sh\n${text}\n`)
    chmodSync(path.join(bin, name), 0o755)
  }
  script('azid', `exec '${process.execPath}' '${cliFile}' "$@"`)
  symlinkSync(process.execPath, path.join(bin, 'node'))
  if (!('missing' in python)) script('python', `PYTHONPATH='${python.env['PYTHONPATH']}' exec '${python.program}' "$@"`)
  const modules = path.join(folder, 'node_modules')
  mkdirSync(modules)
  symlinkSync(path.join(root, 'node_modules', 'openai'), path.join(modules, 'openai'))
  symlinkSync(root, path.join(modules, 'azid'))
  for (const { name, text } of recipe.files) writeFileSync(path.join(folder, name), text)

  const sandbox = await startTestSandbox()
  const home = path.join(folder, 'home')
  const env = await isolatedEnvironment(home, {
    ...(await sandbox.environment(persona)),
    PATH: `${bin}:${process.env['PATH']}`,
    ...variables,
  })
  return {
    folder,
    env,
    sandbox,
    run: (text, changes = {}) => {
      const changed = Object.fromEntries(
        Object.entries({ ...env, ...changes }).filter(([, value]) => value !== undefined),
      )
      return runProgram('bash', ['-euo', 'pipefail', '-c', text], {
        cwd: folder,
        env: changed as Record<string, string>,
      })
    },
  }
}

/** As if nobody had signed in. */
const nobody = { AZURE_CLIENT_ID: undefined, AZURE_CLIENT_SECRET: undefined, AZURE_TENANT_ID: undefined }

/** Runs what a recipe says; gives the runs in order. Blocks that need what is not here are left out. */
async function follow(
  recipe: Recipe,
  place: Place,
  lacking: readonly string[] = [],
  key: Readonly<Record<string, string>> = {},
): Promise<ProgramRun[]> {
  const runs: ProgramRun[] = []
  for (const { script, needs, exitCode, says } of recipe.commands) {
    if (needs.includes('cloud') || needs.some((need) => lacking.includes(need))) continue
    const run = await place.run(script, needs.includes('nobody') ? nobody : needs.includes('key') ? key : {})
    const said = `${run.stdout}\n${run.stderr}`.replace(/\s+/g, ' ')
    if (run.code !== exitCode)
      throw new Error(`${recipe.name}: exit ${run.code} of\n${script}\n${run.stdout}\n${run.stderr}`)
    for (const line of says) expect(said).toContain(line.replace(/\s+/g, ' ').trim())
    runs.push(run)
  }
  return runs
}

function find(name: string): Recipe {
  const recipe = recipes.find((each) => each.name === name)
  if (recipe === undefined) throw new Error(`there is no docs/recipes/${name}`)
  return recipe
}

/** A page runs a dozen programs, each of which a busy machine may start in seconds. */
const limitMs = 300_000

/** A test of one page; skipped, with the reason in its name, where a program is not here. */
function testRecipe(name: string, what: string, body: (recipe: Recipe) => Promise<void>): void {
  const missing = (programs[name] ?? []).filter((program) => !isThere(program))
  const reason = missing.length === 0 ? '' : ` (skipped: ${missing.join(', ')} not installed)`
  test.skipIf(missing.length > 0)(`${name}: ${what}${reason}`, () => body(find(name)), limitMs)
}

const lackingPython = 'missing' in python ? ['python'] : []

testRecipe('curl.md', 'the API is reached, and the token is only in the pipe', async (recipe) => {
  const api = await startApi('https://management.azure.com')
  const place = await makePlace(recipe, { API_URL: `http://127.0.0.1:${api.port}/subscriptions` })
  const runs = await follow(recipe, place)
  expect(runs[0]?.stdout).toBe('{"value":["reached"]}')
  expect(readFileSync(path.join(place.folder, 'answer.json'), 'utf8')).toBe('{"value":["reached"]}')
  expect(api.audiences).toEqual(['https://management.azure.com', 'https://management.azure.com'])
  const failed = await place.run(recipe.commands[1]?.script ?? '', { AZURE_CLIENT_SECRET: 'wrong' })
  expect(failed.code).not.toBe(0)
  expect(failed.stderr).toContain('AADSTS7000215')
})

describe('kubernetes.md', () => {
  const pods = 'pod-behind-entra'

  async function makeCluster(): Promise<{ stub: Stub; place: Place }> {
    const stub = await startKubernetes()
    const place = await makePlace(find('kubernetes.md'), {})
    const config = path.join(place.env['HOME'] ?? '', '.kube', 'config')
    mkdirSync(path.dirname(config), { recursive: true })
    writeFileSync(
      config,
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Config',
        clusters: [
          {
            name: 'stub',
            cluster: {
              server: `https://127.0.0.1:${stub.port}`,
              'certificate-authority-data': Buffer.from(stub.root).toString('base64'),
            },
          },
        ],
        contexts: [{ name: 'stub', context: { cluster: 'stub', user: 'nobody' } }],
        users: [{ name: 'nobody', user: {} }],
        'current-context': 'stub',
      }),
    )
    return { stub, place }
  }

  testRecipe('kubernetes.md', 'the commands bring kubectl to the pods, by v1beta1', async (recipe) => {
    const { stub, place } = await makeCluster()
    const [run] = await follow(recipe, place)
    expect(run?.stdout).toContain(pods)
    expect(new Set(stub.audiences)).toEqual(new Set(['6dae42f8-4368-4678-94ff-3960e28e3630']))
  })

  const isOld = kubectlMinor < 22
  test.skipIf(isOld)(
    `kubernetes.md: so does the other file, by v1${isOld ? ` (skipped: kubectl is 1.${kubectlMinor})` : ''}`,
    async () => {
      const { place } = await makeCluster()
      const [command] = find('kubernetes.md').commands
      const run = await place.run(command?.script.replace('azid-user.yaml', 'azid-user-v1.yaml') ?? '')
      expect(run.stdout).toContain(pods)
    },
    limitMs,
  )

  testRecipe('kubernetes.md', 'where azid has no token, kubectl shows why', async (recipe) => {
    const { place } = await makeCluster()
    const run = await place.run(recipe.commands[0]?.script ?? '', { AZURE_CLIENT_SECRET: 'wrong' })
    expect(run.code).not.toBe(0)
    expect(run.stdout).not.toContain(pods)
    expect(run.stderr).toContain('AADSTS7000215')
    expect(run.stderr).toMatch(/exit code 1|exit status 1/)
  })

  test.each([
    {},
    {
      KUBERNETES_EXEC_INFO:
        '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","spec":{"interactive":false}}',
    },
  ])('@kubernetes/client-node reads the pods with the file; asked in %o', async (asked) => {
    const { stub, place } = await makeCluster()
    const client = new KubeConfig()
    client.loadFromString(readFileSync(path.join(place.folder, 'azid-user-v1.yaml'), 'utf8'))
    const [user] = client.users
    // This process has neither azid on its PATH nor the identity in its environment.
    Object.assign(user?.exec, {
      command: path.join(place.folder, 'bin', 'azid'),
      env: Object.entries({ ...place.env, ...asked }).map(([name, value]) => ({ name, value })),
    })
    const caData = Buffer.from(stub.root).toString('base64')
    client.addCluster({ name: 'stub', server: `https://127.0.0.1:${stub.port}`, caData, skipTLSVerify: false })
    client.addContext({ name: 'stub', cluster: 'stub', user: 'azid' })
    client.setCurrentContext('stub')
    const found = await client.makeApiClient(CoreV1Api).listNamespacedPod({ namespace: 'default' })
    expect(found.items.map(({ metadata }) => metadata?.name)).toEqual([pods])
    expect(new Set(stub.audiences)).toEqual(new Set(['6dae42f8-4368-4678-94ff-3960e28e3630']))
  })
})

testRecipe('postgresql.md', 'the real psql signs in with the token for its password', async (recipe) => {
  const stub = await startPostgres()
  const place = await makePlace(recipe, {
    PGHOST: '127.0.0.1',
    PGPORT: String(stub.port),
    PGUSER: 'app@contoso.com',
    PGDATABASE: 'postgres',
    PGSSLMODE: 'verify-full',
    PGSSLROOTCERT: 'root.pem',
  })
  writeFileSync(path.join(place.folder, 'root.pem'), stub.root)
  const runs = await follow(recipe, place)
  expect(runs[0]?.stdout).toContain('signed in without a password')
  expect(stub.audiences).toEqual(['https://ossrdbms-aad.database.windows.net'])
  const wrong = await place.run('azid exec --set PGPASSWORD=vault -- psql -c "select 1"')
  expect(wrong.code).toBe(2)
  expect(wrong.stderr).toContain('The access token is not valid for this server.')
})

testRecipe('git.md', 'git lists the branches, by helper and by header', async (recipe) => {
  const stub = await startGit()
  const place = await makePlace(recipe, { GIT_HOST: `http://127.0.0.1:${stub.port}`, GIT_TERMINAL_PROMPT: '0' })
  const runs = await follow(recipe, place)
  for (const { stdout } of runs) expect(stdout).toContain('refs/heads/main')
  expect(new Set(stub.audiences)).toEqual(new Set(['499b84ac-1321-427f-aa17-267ca6975798']))
})

testRecipe('token-commands.md', 'the commands print a token and nothing else', async (recipe) => {
  const place = await makePlace(recipe, {})
  const runs = await follow(recipe, place)
  expect(audienceOf(runs[0]?.stdout.trim() ?? '')).toBe('https://cognitiveservices.azure.com')
  expect(runs[0]?.stderr).toBe('')
  const toml = recipe.files.find(({ name }) => name === 'config.toml')?.text ?? ''
  const command = /^command = "(.*)"$/m.exec(toml)?.[1]
  const args: string[] = JSON.parse(/^args = (\[.*\])$/m.exec(toml)?.[1] ?? '[]')
  const asCodex = await runProgram(path.join(place.folder, 'bin', command ?? ''), args, {
    env: place.env,
    cwd: place.folder,
  })
  const settings: { apiKeyHelper: string } = JSON.parse(
    recipe.files.find(({ name }) => name === 'settings.json')?.text ?? '',
  )
  const asHelper = await place.run(settings.apiKeyHelper)
  for (const { code, stdout } of [asCodex, asHelper]) {
    expect(code).toBe(0)
    expect(audienceOf(stdout.trim())).toBe('https://cognitiveservices.azure.com')
  }
})

testRecipe('managed-identity-anywhere.md', 'a program of an SDK, and whoever asks, gets tokens', async (recipe) => {
  const place = await makePlace(recipe, {})
  const [first] = await follow(recipe, place, lackingPython)
  if (lackingPython.length === 0) expect(first?.stdout).toMatch(/^expires_on \d+\n$/)
  const answer: { access_token: string } = JSON.parse(readFileSync(path.join(place.folder, 'token.json'), 'utf8'))
  expect(audienceOf(answer.access_token)).toBe('https://management.azure.com')
})

testRecipe('ci.md', 'the steps hand their tokens on', async (recipe) => {
  const place = await makePlace(recipe, {})
  const files = { GITHUB_ENV: path.join(place.folder, 'env'), GITHUB_OUTPUT: path.join(place.folder, 'output') }
  for (const file of Object.values(files)) writeFileSync(file, '')
  const runs = await follow(recipe, { ...place, run: (script, changes) => place.run(script, { ...files, ...changes }) })
  expect(runs[0]?.stdout).toMatch(/^::add-mask::eyJ/)
  expect(readFileSync(files.GITHUB_ENV, 'utf8')).toMatch(/^STORAGE_TOKEN<<azid_/)
  expect(runs[1]?.stdout).toMatch(/^##vso\[task\.setvariable variable=VAULT_TOKEN;issecret=true\]eyJ/)
  expect(readFileSync(path.join(place.folder, 'token.env'), 'utf8')).toMatch(/^STORAGE_TOKEN=eyJ/)
  const job = recipe.files.find(({ name }) => name === 'job.yaml')?.text ?? ''
  expect(job).toContain(`- run: ${recipe.commands[0]?.script.trim()}\n`)
})

describe.each([
  // The library and the SDKs ask Microsoft whether a private authority is genuine, unless no secret is sent to one.
  ['openai.md', 'managed-identity'],
  ['keyless-azure-openai.md', 'service-principal'],
])('%s, signed in as %s', (name, persona) => {
  const reason = 'missing' in python ? ` (without Python: ${python.missing})` : ''
  testRecipe(name, `every client gets its answer, with a token for the right audience${reason}`, async (recipe) => {
    const stub = await startOpenAi()
    const variables = {
      AZURE_OPENAI_ENDPOINT: `http://127.0.0.1:${stub.port}`,
      AZURE_OPENAI_DEPLOYMENT: 'gpt-stub',
    }
    const key = {
      OPENAI_API_KEY: openAiKey,
      OPENAI_BASE_URL: `http://127.0.0.1:${stub.port}/v1`,
      OPENAI_MODEL: 'gpt-stub',
    }
    const place = await makePlace(recipe, variables, persona)
    const runs = await follow(recipe, place, lackingPython, key)
    const greeted = runs.filter(({ stdout }) => stdout.includes('hello without a key'))
    expect(greeted.length).toBe(stub.audiences.length)
    expect(greeted.length).toBeGreaterThanOrEqual(1)
    const others = runs.filter(({ stdout }) => stdout.includes('hello with a key'))
    expect(others).toHaveLength(name === 'openai.md' || lackingPython.length === 0 ? 1 : 0)
    expect(new Set(stub.audiences)).toEqual(new Set(['https://cognitiveservices.azure.com']))
  })
})

const failureTable =
  readFileSync(path.join(root, 'docs/recipes/keyless-azure-openai.md'), 'utf8').split('## What each failure')[1] ?? ''

/** An az whose account needs a second factor. */
const tired =
  "ERROR: AADSTS50076: Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d'."

/** What `azid chain openai` ends with, by who is signed in and what is in between. */
test.each([
  [1, 'Entra ID refused', 'wrong-secret', [], {}],
  [3, 'none of the credentials is available', 'service-principal', ['--exclude', 'azure-cli'], nobody],
  [4, 'a person has to act', 'service-principal', [], nobody],
  [5, 'a proxy, TLS or the network', 'service-principal', ['--authority-host', 'https://127.0.0.1:1'], {}],
] as const)(
  'keyless-azure-openai.md: chain ends with %i: %s',
  async (code, words, persona, args, changes) => {
    expect(failureTable).toContain(words)
    const sandbox = await startTestSandbox()
    const bin = mkdtempSync(path.join(tmpdir(), 'azid-recipe-bin-'))
    onTestFinished(() => rmSync(bin, { recursive: true, force: true }))
    writeFileSync(path.join(bin, 'az'), `#!/bin/sh\necho "${tired}" >&2\nexit 1\n`, { mode: 0o755 })
    const env = { ...(await sandbox.environment(persona)), ...changes, PATH: `${bin}:${process.env['PATH']}` }
    const run = await runCli(['chain', 'openai', ...args], { env, timeoutMs: 120_000 })
    expect(run.code, run.stdout + run.stderr).toBe(code)
  },
  limitMs,
)

/** What the service says, after the words of the table by which a person finds its row. */
test.each([
  [
    'lacks the required data action',
    'PermissionDenied',
    'rbac-missing',
    'The principal lacks the required data action Microsoft.CognitiveServices/accounts/OpenAI/deployments/chat/completions/action',
  ],
  [
    'audience is incorrect',
    '401',
    'wrong-audience',
    'Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.',
  ],
  [
    'invalid subscription key or wrong API endpoint',
    '401',
    'wrong-audience',
    'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription and use a correct regional API endpoint for your resource.',
  ],
  [
    'key based authentication is disabled',
    'AuthenticationTypeDisabled',
    'wrong-audience',
    'Key based authentication is disabled for this resource.',
  ],
  [
    'DeploymentNotFound',
    'DeploymentNotFound',
    'resource-not-found',
    'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
  ],
])('keyless-azure-openai.md: %s, as explain reads it', async (words, code, cause, message) => {
  expect(failureTable).toContain(words)
  const pasted = `openai.APIStatusError: Error code: 4xx - {'error': {'code': '${code}', 'message': '${message}'}}`
  const { stdout } = await runCli(['explain', '--json', pasted])
  expect(JSON.parse(stdout).causes[0].id).toBe(cause)
})

test('every page is followed by a test', () => {
  const source = readFileSync(fileURLToPath(import.meta.url), 'utf8')
  for (const { name } of recipes) expect(source).toContain(`'${name}'`)
  expect(existsSync(path.join(root, 'docs/recipes/README.md'))).toBe(true)
})
