/** Proxy variables over the identity of a machine: azid asks the host itself, always, and says what each SDK would do. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { type StartedHost, startHost } from '../../src/sandbox/hosts/host-server.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { runCli } from '../support/run-cli.ts'
import { expectSchema } from '../support/schemas.ts'

let sandbox: Sandbox
let imds: StartedHost
let appService: StartedHost
let folder: string
/** Counts whoever connects, and answers nobody. */
let proxy: Server
let connections = 0
let proxyPort = 0

beforeAll(async () => {
  const ports = createNodeRuntime()
  sandbox = await startSandbox({ ports })
  imds = await startHost('imds', { state: sandbox.state, ports })
  appService = await startHost('app-service', { state: sandbox.state, ports })
  folder = mkdtempSync(path.join(tmpdir(), 'azid-proxies-'))
  proxy = createServer((socket) => {
    connections += 1
    socket.destroy()
  })
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  proxyPort = (proxy.address() as AddressInfo).port
})
afterAll(async () => {
  await new Promise((resolve) => proxy.close(resolve))
  await imds.close()
  await appService.close()
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  connections = 0
})

const password = 'pass-word-of-the-proxy'
const proxyUrl = (): string => `http://proxy-user:${password}@127.0.0.1:${proxyPort}/`
const managed = ['-c', 'managed-identity']

interface Run {
  readonly sdk: string
  readonly outcome: string
  readonly credential: string | null
  readonly advice: readonly { readonly id: string; readonly text: string; readonly command?: string }[]
}

async function chain(args: readonly string[], env: Readonly<Record<string, string>>) {
  const run = await runCli(['chain', ...args], { env: { ...imds.variables, PATH: folder, ...env } })
  expect(run.stdout + run.stderr).not.toContain(password)
  expect(connections).toBe(0)
  return run
}

async function runOf(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Run> {
  const { stdout } = await chain([...args, '--json'], env)
  const value: unknown = JSON.parse(stdout)
  expectSchema('chain', value)
  return value as Run
}

function adviceOf({ advice }: Run) {
  return advice.filter(({ id }) => id === 'proxy-covers-imds')
}

/** Without the line breaks of a screen. */
const flat = (text: string): string => text.replace(/\s+/g, ' ')

describe('chain', () => {
  test.each([
    ['the whole chain', []],
    ['the credential alone', managed],
    ['every credential', ['--all']],
  ])('%s: the token comes from the host, and what the SDK would do is said', async (_, args) => {
    const run = await runOf(args, { HTTP_PROXY: proxyUrl() })
    expect(run).toMatchObject({ outcome: 'succeeded', credential: 'ManagedIdentityCredential' })
    const [advice, ...others] = adviceOf(run)
    expect(others).toEqual([])
    expect(advice?.text).toBe(
      `HTTP_PROXY sends the requests of Python azure-identity to 127.0.0.1 through the proxy http://127.0.0.1:${proxyPort}; azid never does, and got its token from the host itself: a program may fail here, or get the proxy's answer; exempt the address`,
    )
    expect(advice?.command).toBe('export NO_PROXY=127.0.0.1')
  })

  test('a closed proxy changes nothing', async () => {
    const run = await runOf([], { HTTP_PROXY: 'http://127.0.0.1:9' })
    expect(run).toMatchObject({ outcome: 'succeeded', credential: 'ManagedIdentityCredential' })
    expect(adviceOf(run)[0]?.text).toContain('through the proxy http://127.0.0.1:9;')
  })

  test.each<[string, Readonly<Record<string, string>>]>([
    ['no proxy', {}],
    ['an exempted address', { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: 'x,127.0.0.1' }],
    ['all addresses exempted', { HTTP_PROXY: 'http://127.0.0.1:9', NO_PROXY: '*' }],
    ['a proxy for https alone', { HTTPS_PROXY: 'http://127.0.0.1:9' }],
  ])('%s: nothing is said', async (_, env) => {
    const run = await runOf([], env)
    expect(run.credential).toBe('ManagedIdentityCredential')
    expect(adviceOf(run)).toEqual([])
  })

  test('the command as it is printed takes the proxy out of the way', async () => {
    const env = { HTTP_PROXY: proxyUrl(), no_proxy: 'example.com', NO_PROXY: '127.0.0.1' }
    const command = adviceOf(await runOf([], env))[0]?.command
    expect(command).toBe('export no_proxy="$no_proxy,127.0.0.1"')
    expect(adviceOf(await runOf([], { ...env, no_proxy: 'example.com,127.0.0.1' }))).toEqual([])
  })

  test.each<[string, string, Readonly<Record<string, string>>, string | null]>([
    ['python', 'Python azure-identity', { ALL_PROXY: 'http://p:1' }, 'ALL_PROXY'],
    ['js', 'JavaScript @azure/identity', { HTTPS_PROXY: 'http://p:1' }, 'HTTPS_PROXY'],
    ['js', 'JavaScript @azure/identity', { HTTP_PROXY: 'http://p:1', NO_PROXY: '127.0.0.0/8' }, 'HTTP_PROXY'],
    ['dotnet', '.NET', { HTTP_PROXY: 'http://p:1', NO_PROXY: '*' }, 'HTTP_PROXY'],
    ['java', 'Java', { HTTP_PROXY: 'http://p:1' }, null],
    ['java', 'Java', { HTTP_PROXY: 'http://p:1', JAVA_TOOL_OPTIONS: '-Djava.net.useSystemProxies=true' }, 'HTTP_PROXY'],
    ['go', 'Go', { HTTP_PROXY: 'http://p:1' }, null],
  ])('as %s (%s) with %j: %s', async (sdk, title, env, variable) => {
    const run = await runOf(['--sdk', sdk, ...managed], env)
    expect(run).toMatchObject({ outcome: 'succeeded', credential: 'ManagedIdentityCredential' })
    const [advice] = adviceOf(run)
    if (variable === null) expect(advice).toBe(undefined)
    else
      expect(advice?.text).toMatch(
        new RegExp(`^${variable} sends the requests of ${title}.* through the proxy http://p:1;`),
      )
  })

  test('every other host of an identity is asked itself as well', async () => {
    const run = await runOf([], { ...appService.variables, http_proxy: 'http://127.0.0.1:9' })
    expect(run.credential).toBe('ManagedIdentityCredential')
    expect(adviceOf(run)[0]?.text).toMatch(/^http_proxy sends the requests of Python azure-identity to 127\.0\.0\.1 /)
  })

  test('a token that comes here and not in the program is not announced as if all were well', async () => {
    const { code, stdout } = await chain([], { HTTP_PROXY: 'http://127.0.0.1:9' })
    expect(code).toBe(0)
    const conclusion = flat(stdout.slice(stdout.lastIndexOf('\n\n')))
    expect(conclusion).toContain(
      'ManagedIdentityCredential gives azid the token, but Python azure-identity would ask the proxy in HTTP_PROXY',
    )
    expect(conclusion).not.toContain('gives the token')
    expect(conclusion).toContain('export NO_PROXY=127.0.0.1')
  })

  test('and is where no proxy is in the way', async () => {
    const { stdout } = await chain([], {})
    expect(stdout).toContain('ManagedIdentityCredential gives the token')
  })

  test('where nothing answers, the program may meet something else', async () => {
    const run = await runOf(managed, {
      AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1',
      HTTP_PROXY: 'http://127.0.0.1:9',
    })
    expect(run.outcome).toBe('unavailable')
    expect(adviceOf(run)[0]?.text).toMatch(
      /azid never does, and got no token from the host itself: a program meets what the proxy answers; exempt the address$/,
    )
  })

  test('a dry run says it as well', async () => {
    const run = await runOf(['--dry-run'], { HTTP_PROXY: 'http://127.0.0.1:9' })
    expect(adviceOf(run)[0]?.text).toMatch(/^HTTP_PROXY sends the requests of Python azure-identity to 127\.0\.0\.1 /)
    expect(adviceOf(run)[0]?.text).toMatch(/azid never does; exempt the address$/)
  })

  test('an SDK that never comes to managed identity is told nothing of', async () => {
    const run = await runOf([], {
      ...(await sandbox.environment('service-principal')),
      HTTP_PROXY: 'http://127.0.0.1:9',
    })
    expect(run.credential).toBe('EnvironmentCredential')
    expect(adviceOf(run)).toEqual([])
  })
})

describe('chain --sdk all', () => {
  test('each SDK is told of by itself, on screen and in JSON', async () => {
    const env = { HTTP_PROXY: 'http://127.0.0.1:9' }
    const { stdout } = await chain(['--sdk', 'all', ...managed], env)
    const text = flat(stdout)
    expect(text).toContain('if direct')
    expect(text).toContain('HTTP_PROXY sends the requests of Python azure-identity to 127.0.0.1')
    expect(text).toContain('HTTP_PROXY sends the requests of JavaScript @azure/identity to 127.0.0.1')
    expect(text).not.toMatch(/requests of Go/)
    const { stdout: json } = await chain(['--sdk', 'all', '--json', ...managed], env)
    const { runs } = JSON.parse(json) as { runs: readonly Run[] }
    expect(runs.filter((run) => adviceOf(run).length > 0).map(({ sdk }) => sdk)).toEqual(['python', 'js', 'dotnet'])
    expect(runs.map(({ outcome }) => outcome)).toEqual(runs.map(() => 'succeeded'))
  })
})

describe('chain --report', () => {
  test('says the same, without the credentials of the proxy', async () => {
    const file = path.join(folder, 'report.md')
    await chain(['--report', file], { HTTP_PROXY: proxyUrl() })
    const report = readFileSync(file, 'utf8')
    expect(report).toContain(`- proxy-covers-imds: HTTP_PROXY sends the requests of Python azure-identity to 127.0.0.1`)
    expect(report).toContain(`http://127.0.0.1:${proxyPort};`)
    expect(report).toContain('## azid chain: ManagedIdentityCredential gives azid the token, but')
    expect(report).not.toContain(password)
    expect(report).not.toContain('proxy-user')
  })
})

describe('every other command', () => {
  test.each([
    ['get-token', ['get-token', ...managed]],
    ['whoami', ['whoami', ...managed]],
    ['exec', ['exec', '--set', 'T=arm', ...managed, '--', process.execPath, '-e', '0']],
  ])('%s asks the host itself', async (_, args) => {
    const { code } = await runCli(args, {
      env: { ...imds.variables, HTTP_PROXY: proxyUrl(), HTTPS_PROXY: proxyUrl(), ALL_PROXY: proxyUrl() },
    })
    expect(code).toBe(0)
    expect(connections).toBe(0)
  })
})
