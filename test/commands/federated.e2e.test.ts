/** Options about assertions as a person types them: what works, what is wrong usage (exit 2) before anything is sent, what fails. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts'
import { startTokenProxy } from '../support/aks-token-proxy.ts'
import { type CliRun, runCli } from '../support/run-cli.ts'
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
    ['--client-assertion-file', () => ['--client-assertion-file', at('empty')], 'it is empty'],
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
