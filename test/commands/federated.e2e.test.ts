/** Options about assertions as a person types them: what works, what is wrong usage (exit 2) before anything is sent, what fails. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { startTokenProxy } from '../support/aks-token-proxy.ts'
import { untilGone } from '../support/processes.ts'
import { type CliRun, cliFile, runCli } from '../support/run-cli.ts'
import { expectSchema } from '../support/schemas.ts'

let sandbox: Sandbox
let folder: string
let token: string

beforeAll(async () => {
  sandbox = await startSandbox({ ports: createNodeRuntime() })
  folder = mkdtempSync(path.join(tmpdir(), 'azid-federated-'))
  token = readFileSync((await sandbox.environment('workload-identity'))['AZURE_FEDERATED_TOKEN_FILE'] ?? '', 'utf8')
  // As Kubernetes writes it; the SDK for Python would send a newline, too.
  writeFileSync(at('token'), token)
  writeFileSync(at('empty'), '')
  writeFileSync(at('rubbish'), 'canary-rubbish')
  writeFileSync(at('mint'), `#!/bin/sh\ncat '${at('token')}'\n`)
  writeFileSync(at('fail'), '#!/bin/sh\necho "no key for $1" >&2\nexit 3\n')
  writeFileSync(at('plain'), '')
  if (process.platform !== 'win32') execFileSync('mkfifo', [at('pipe')])
  for (const name of ['mint', 'fail']) chmodSync(at(name), 0o755)
})

afterAll(async () => {
  await sandbox.close()
  rmSync(folder, { recursive: true, force: true })
})

function at(name: string): string {
  return path.join(folder, name)
}

/** The variables of a workload identity, without its file: options give the proof. */
async function azid(
  args: readonly string[],
  {
    persona = 'workload-identity',
    env = {},
    input,
  }: { persona?: string; env?: Record<string, string>; input?: string } = {},
): Promise<CliRun> {
  const { AZURE_FEDERATED_TOKEN_FILE: _, ...variables } = await sandbox.environment(persona)
  const run = await runCli(args, { env: { ...variables, ...env }, ...(input === undefined ? {} : { input }) })
  for (const hidden of [token, token.split('.')[1] ?? '', sandbox.state.jobToken, 'canary']) {
    expect(run.stderr).not.toContain(hidden)
  }
  return run
}

const jwt = /^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/

describe('it works', () => {
  test.each([
    ['a federated token file', () => ['-c', 'workload-identity', '--federated-token-file', at('token')]],
    ['an assertion file', () => ['-c', 'client-assertion', '--client-assertion-file', at('token')]],
    ['a command without arguments', () => ['-c', 'client-assertion', '--client-assertion-command', at('mint')]],
    [
      'a command with arguments',
      () => ['-c', 'client-assertion', '--client-assertion-command', JSON.stringify(['cat', at('token')])],
    ],
  ])('%s', async (_, args) => {
    const run = await azid(['get-token', ...args(), '--debug'])
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(jwt)
    expect(run.stderr).toContain('subject system:serviceaccount:shop:backend')
  })

  test('through the token proxy of AKS, where that is asked for; a wrong setting is said', async () => {
    const proxy = await startTokenProxy(sandbox)
    const file = at('proxy-ca')
    writeFileSync(file, proxy.caPem)
    const bound = {
      AZURE_KUBERNETES_TOKEN_PROXY: proxy.url,
      AZURE_KUBERNETES_SNI_NAME: proxy.serverName,
      AZURE_KUBERNETES_CA_FILE: file,
    }
    const args = ['get-token', '-c', 'workload-identity', '--federated-token-file', at('token')]
    expect((await azid(args, { env: bound })).code).toBe(0)
    expect(proxy.requests).toEqual([])
    const run = await azid([...args, '--enable-azure-proxy', '--debug'], { env: bound })
    expect(run).toMatchObject({ code: 0, stdout: expect.stringMatching(jwt) })
    expect(run.stderr).toContain(proxy.url)
    expect(proxy.requests).toHaveLength(1)
    const unset = { ...bound, AZURE_KUBERNETES_TOKEN_PROXY: '', AZID_ENABLE_AZURE_PROXY: '1' }
    const wrong = await azid([...args, '--json'], { env: unset })
    expect(wrong.code).toBe(3)
    expect(wrong.stdout).toContain('AZURE_KUBERNETES_TOKEN_PROXY is not set but other custom endpoint-related')
  })

  test.skipIf(process.platform === 'win32')('an assertion from a pipe that somebody writes to later', async () => {
    const args = ['get-token', '-c', 'client-assertion', '--client-assertion-file', at('pipe')]
    const writer = spawn('/bin/sh', ['-c', `sleep 0.5; cat '${at('token')}' > '${at('pipe')}'`])
    expect((await azid(args)).stdout).toMatch(jwt)
    writer.kill()
  })

  test('an assertion from stdin, and one from a variable that names the file', async () => {
    const args = ['get-token', '-c', 'client-assertion', '--client-assertion-file', '-']
    expect((await azid(args, { input: token })).stdout).toMatch(jwt)
    const env = { AZID_CLIENT_ASSERTION_FILE: at('token') }
    expect((await azid(['get-token', '-c', 'client-assertion'], { env })).stdout).toMatch(jwt)
  })

  test.each(['azure-pipelines', 'github-actions', 'on-behalf-of'])(
    'the persona %s, by its own credential',
    async (persona) => {
      const run = await azid(['get-token', 'graph', '--json'], { persona })
      expect(run.code).toBe(0)
      const content = JSON.parse(run.stdout)
      expectSchema('get-token', content)
      expect(content.credential.toLowerCase()).toBe(`${persona.replaceAll('-', '')}credential`)
    },
  )
})

describe('wrong usage: exit 2, and nothing is sent', () => {
  test.each([
    ['--federated-token-file', () => ['--federated-token-file', at('nope')], 'there is no such file'],
    ['--federated-token-file', () => ['--federated-token-file', folder], 'it is a folder'],
    ['--federated-token-file', () => ['--federated-token-file', at('empty')], 'it is empty'],
    ['--federated-token-file', () => ['--federated-token-file', at('pipe')], 'it is not a regular file'],
    ['--client-assertion-file', () => ['--client-assertion-file', at('empty')], 'it is empty'],
    ['--client-assertion-file', () => ['--client-assertion-file', at('nope')], 'there is no such file'],
    ['--client-assertion-file', () => ['--client-assertion-file', folder], 'it is a folder'],
    [
      '--client-assertion-file',
      () => ['--client-assertion-file', at('pipe'), '--timeout', '1s'],
      'nobody wrote to this pipe in time',
    ],
    ['--user-assertion-file', () => ['--user-assertion-file', at('nope')], 'there is no such file'],
    ['--user-assertion-file', () => ['--user-assertion-file', folder], 'it is a folder'],
    [
      '--user-assertion-file',
      () => ['--user-assertion-file', at('pipe'), '--timeout', '1s'],
      'nobody wrote to this pipe in time',
    ],
    [
      '--client-assertion-command',
      () => ['--client-assertion-command', 'cat token'],
      'neither the path of one program',
    ],
    ['--client-assertion-command', () => ['--client-assertion-command', '[]'], 'names no program'],
    ['--client-assertion-command', () => ['--client-assertion-command', '["a", 1]'], 'not a JSON array of texts'],
    ['--client-assertion-command', () => ['--client-assertion-command', 'no-such-program-here'], 'there is no program'],
    ['--client-assertion-command', () => ['--client-assertion-command', at('plain')], 'cannot be executed'],
    ['--user-assertion-file', () => ['--user-assertion-file', at('empty')], 'is empty'],
    ['--service-connection-id', () => ['--service-connection-id', 'production'], 'is not a GUID'],
    [
      'contradict',
      () => ['--client-assertion-file', at('token'), '--client-assertion-command', at('mint')],
      'contradict each other',
    ],
    [
      'contradict',
      () => ['--federated-token-file', at('token'), '--certificate', at('token')],
      'contradict each other',
    ],
  ])('%s: %#', async (name, args, reason) => {
    const before = sandbox.requests.length
    const run = await azid(['get-token', '-c', 'client-assertion', ...args()])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    const said = run.stderr.replace(/\s+/g, ' ')
    expect(said).toContain(reason)
    expect(said).toContain(name)
    expect(sandbox.requests).toHaveLength(before)
  })

  test.skipIf(process.getuid?.() !== 0)('a file that this user may not read', async () => {
    const open = mkdtempSync(path.join(tmpdir(), 'azid-nobody-'))
    try {
      chmodSync(open, 0o755)
      const closed = path.join(open, 'closed')
      writeFileSync(closed, token, { mode: 0o600 })
      for (const option of ['--federated-token-file', '--client-assertion-file', '--user-assertion-file']) {
        const args = [cliFile, 'get-token', '-c', 'client-assertion', option, closed]
        const run = spawnSync(process.execPath, args, {
          ...{ uid: 65534, gid: 65534, cwd: open, encoding: 'utf8', timeout: 120_000 },
          env: { HOME: open, AZID_CACHE: 'off', AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1' },
        })
        expect(run, option).toMatchObject({ status: 2, stdout: '' })
        expect(run.stderr.replace(/\s+/g, ' ')).toContain('this user may not read it')
        expect(run.stderr).toContain(option)
      }
    } finally {
      rmSync(open, { recursive: true, force: true })
    }
  })
})

describe.skipIf(process.platform === 'win32')('what a command for an assertion may do', () => {
  async function mint(body: string, more: readonly string[] = []): Promise<CliRun> {
    writeFileSync(at('tool'), `#!/bin/sh\n${body}\n`, { mode: 0o755 })
    return azid(['get-token', '-c', 'client-assertion', '--client-assertion-command', at('tool'), '--json', ...more])
  }

  test('hang, and not heed SIGTERM: --process-timeout ends it with all that it started', async () => {
    const script = `trap '' TERM; /bin/sleep 300 & echo $! > '${at('child')}'; echo $$ > '${at('self')}'; while :; do /bin/sleep 1; done`
    const hasBegun = (): boolean =>
      ['child', 'self'].every((name) => existsSync(at(name)) && readFileSync(at(name), 'utf8').endsWith('\n'))
    // A busy machine may let it do nothing within a short limit; whoever waited for it would wait for ever.
    for (const ms of [300, 3000, 30_000]) {
      const run = await mint(script, ['--process-timeout', `${ms}ms`])
      expect(run.code).toBe(5)
      expect(JSON.parse(run.stdout).error.attempts[0].message).toContain(`did not end within ${ms} ms`)
      if (hasBegun()) break
    }
    for (const name of ['self', 'child']) await untilGone(Number(readFileSync(at(name), 'utf8')))
  })

  test('leave a child that keeps the pipe open', async () => {
    expect(await mint(`/bin/sleep 300 & echo $! > '${at('child')}'; cat '${at('token')}'`)).toMatchObject({ code: 0 })
    process.kill(Number(readFileSync(at('child'), 'utf8')))
  })

  test('print 100 MB', async () => {
    const run = await mint('/usr/bin/head -c 100000000 /dev/zero | /usr/bin/tr "\\0" x', ['--process-timeout', '100s'])
    expect(run.code).toBe(1)
    expect(JSON.parse(run.stdout).error.causes).toEqual(['assertion-wrong-token'])
    expect(run.stdout.length).toBeLessThan(40_000)
  })

  test('print what is no UTF-8', async () => {
    const run = await mint("printf '\\377\\376\\000'")
    expect(run.code).toBe(1)
    expect(JSON.parse(run.stdout).error.causes).toEqual(['assertion-wrong-token'])
  })

  test('print nothing, and be killed', async () => {
    expect((await mint(':')).stdout).toContain('it is empty')
    expect((await mint('kill -9 $$')).stdout).toContain('was ended by SIGKILL')
  })
})

describe('failures', () => {
  test('what is no token is not sent: exit 1', async () => {
    const before = sandbox.requests.filter(({ endpoint }) => endpoint === 'token').length
    const run = await azid(['get-token', '-c', 'workload-identity', '--federated-token-file', at('rubbish')])
    expect(run).toMatchObject({ code: 1, stdout: '' })
    expect(run.stderr).toContain('assertion-wrong-token')
    expect(sandbox.requests.filter(({ endpoint }) => endpoint === 'token')).toHaveLength(before)
  })

  test('a command that fails: its own words, its arguments as stars: exit 1', async () => {
    const command = JSON.stringify([at('fail'), 'canary-argument'])
    const run = await azid(['get-token', '-c', 'client-assertion', '--client-assertion-command', command, '--debug'])
    expect(run.code).toBe(1)
    expect(run.stderr.replace(/\s+/g, ' ')).toContain('ended with 3: no key for ***')
  })

  test('a job without id-token: write is told so: exit 3', async () => {
    const env = { ACTIONS_ID_TOKEN_REQUEST_URL: '', ACTIONS_ID_TOKEN_REQUEST_TOKEN: '' }
    const run = await azid(['get-token'], { persona: 'github-actions', env })
    expect(run.code).toBe(3)
    expect(run.stderr.replace(/\s+/g, ' ')).toContain('`permissions: id-token: write`')
  })

  test('a user who has to act: exit 4, with the cause in --json', async () => {
    const run = await azid(['get-token', 'vault', '--json'], { persona: 'on-behalf-of' })
    expect(run.code).toBe(4)
    const content = JSON.parse(run.stdout)
    expectSchema('error', content)
    expect(content.error).toMatchObject({ codes: ['AADSTS50079'], causes: ['mfa-required'] })
    expect((await azid(['get-token', 'storage'], { persona: 'on-behalf-of' })).code).toBe(4)
  })

  test('a mismatch: the command that would register the job is said', async () => {
    const run = await azid(['get-token'], {
      persona: 'github-actions',
      env: { AZURE_TENANT_ID: sandbox.tenantId, AZURE_CLIENT_ID: '11112222-bbbb-3333-cccc-4444dddd5555' },
    })
    expect(run.code).toBe(1)
    const enabled = await azid(['get-token'], {
      persona: 'github-actions',
      env: {
        AZURE_TENANT_ID: 'bbbbcccc-1111-dddd-2222-eeee3333ffff',
        AZURE_CLIENT_ID: '22223333-cccc-4444-dddd-5555eeee6666',
      },
    })
    expect(enabled.code).toBe(1)
    expect(enabled.stderr).toContain(
      'az ad app federated-credential create --id 22223333-cccc-4444-dddd-5555eeee6666 --parameters',
    )
  })
})
