/** The exports of the built command: files of jobs, several targets, names, and what Kubernetes clients ask for. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { main } from '../../src/main.ts'
import { fakeRuntime } from '../fakes/runtime.ts'
import { runCli } from '../support/run-cli.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { expectSchema } from '../support/schemas.ts'
import { audienceOf } from './support/tokens.ts'

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'azid-exports-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

describe('github-actions', () => {
  test('masks first, then the variable and the output, for later steps', async () => {
    const sandbox = await startTestSandbox()
    const folder = makeFolder()
    const files = { GITHUB_ENV: path.join(folder, 'env'), GITHUB_OUTPUT: path.join(folder, 'output') }
    for (const file of Object.values(files)) writeFileSync(file, 'BEFORE=1\n')
    const run = await runCli(['get-token', 'openai', 'vault', '-o', 'github-actions'], {
      env: { ...(await sandbox.environment()), ...files },
    })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const masked = run.stdout.split('\n').filter((line) => line !== '')
    const tokens = masked.map((line) => line.replace(/^::add-mask::/, ''))
    expect(tokens.map(audienceOf)).toEqual(['https://cognitiveservices.azure.com', 'https://vault.azure.net'])
    for (const file of Object.values(files)) {
      const [before, first, one, end, second, other, last, none] = readFileSync(file, 'utf8').split('\n')
      expect(before).toBe('BEFORE=1')
      expect(first).toBe(`AZURE_OPENAI_AD_TOKEN<<${end}`)
      expect(second).toBe(`AZURE_VAULT_TOKEN<<${last}`)
      expect(end).toMatch(/^azid_[0-9a-f-]{36}$/)
      expect(end).not.toBe(last)
      expect([one, other]).toEqual(tokens)
      expect(none).toBe('')
    }
  })

  test.each([
    ['is not set', {}, /GITHUB_ENV is not set/],
    ['names no file', { GITHUB_ENV: '/nowhere/env' }, /there is no such file/],
    ['names a folder', { GITHUB_ENV: '/' }, /cannot write '\/': /],
  ])('GITHUB_ENV %s: refused before anything is sent', async (_, env, words) => {
    const sandbox = await startTestSandbox()
    const run = await runCli(['get-token', '-o', 'github-actions'], {
      env: { ...(await sandbox.environment()), ...env },
    })
    expect(run.code).toBe(2)
    expect(run.stdout).toBe('')
    expect(run.stderr).toMatch(words)
    expect(sandbox.requests).toEqual([])
  })

  test('a file that may not be written: refused before anything is sent', async () => {
    const runtime = fakeRuntime({
      env: { GITHUB_ENV: '/job/env' },
      files: { '/job/env': '' },
      fileFault: (operation) => (operation === 'append' ? 'denied' : undefined),
    })
    expect(await main(['get-token', '-o', 'github-actions'], runtime)).toBe(2)
    expect(runtime.stderr).toContain("cannot write '/job/env': this user may not write it")
    expect(runtime.stdout).toBe('')
  })

  test('a name that the runner keeps for itself, and a file in place of stdout, are refused', async () => {
    const file = path.join(makeFolder(), 'env')
    writeFileSync(file, '')
    const env = { GITHUB_ENV: file }
    const named = await runCli(['get-token', '-o', 'github-actions', '--var', 'GITHUB_TOKEN'], { env })
    expect(named).toMatchObject({ code: 2, stdout: '' })
    expect(named.stderr).toContain('the variable GITHUB_TOKEN cannot be set by a step of GitHub Actions')
    const placed = await runCli(['get-token', '-o', 'github-actions', '--output-file', file], { env })
    expect(placed).toMatchObject({ code: 2, stdout: '' })
    expect(placed.stderr).toContain('is read from stdout')
    expect(readFileSync(file, 'utf8')).toBe('')
  })
})

describe('variables', () => {
  test('several targets: each in the variable that its programs read', async () => {
    const sandbox = await startTestSandbox()
    const run = await runCli(['get-token', 'openai', 'postgres', 'arm', '-o', 'dotenv'], {
      env: await sandbox.environment(),
    })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const variables = run.stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split('='))
    expect(variables.map(([name = '', token = '']) => [name, audienceOf(token)])).toEqual([
      ['AZURE_OPENAI_AD_TOKEN', 'https://cognitiveservices.azure.com'],
      ['PGPASSWORD', 'https://ossrdbms-aad.database.windows.net'],
      ['AZURE_ACCESS_TOKEN', 'https://management.azure.com'],
    ])
  })

  test('--var once for each target, in their order', async () => {
    const sandbox = await startTestSandbox()
    const run = await runCli(
      ['get-token', 'arm', 'vault', '-o', 'env', '--shell', 'fish', '--var', 'A', '--var', 'B'],
      {
        env: await sandbox.environment(),
      },
    )
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/^set -gx A 'eyJ[\w.-]+'\nset -gx B 'eyJ[\w.-]+'\n$/)
  })

  test.each([
    [['arm', 'vault', '--var', 'A'], '1 variable for 2 targets'],
    [['arm', 'https://a.example/.default'], 'two tokens would go into the one variable AZURE_ACCESS_TOKEN'],
    [['arm', '--var', '1a'], "'1a' is not a variable name"],
    [['arm', '--var', 'a-b'], "'a-b' is not a variable name"],
    [['arm', '--var', 'A=$(id)'], 'is not a variable name'],
  ])('%j is refused before anything is sent', async (args, words) => {
    const run = await runCli(['get-token', '-o', 'env', ...args])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr).toContain(words)
  })

  test('--unset takes them away again and asks for no token', async () => {
    const run = await runCli(['get-token', 'openai', 'postgres', '-o', 'env', '--unset'])
    expect(run).toEqual({ code: 0, stdout: 'unset AZURE_OPENAI_AD_TOKEN\nunset PGPASSWORD\n', stderr: '' })
  })

  test.each(['--unset', '--shell=bash'])('%s means nothing without --output env', async (option) => {
    const run = await runCli(['get-token', '-o', 'dotenv', option])
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('means nothing without `--output env`')
  })

  test('gitlab: the report goes to a file of mode 0600, with a warning that nothing masks it', async () => {
    const sandbox = await startTestSandbox()
    const file = path.join(makeFolder(), 'report.env')
    const run = await runCli(['get-token', 'devops', '-o', 'gitlab', '--output-file', file], {
      env: await sandbox.environment(),
    })
    expect(run).toMatchObject({ code: 0, stdout: '' })
    expect(run.stderr).toContain('GitLab keeps a dotenv report as an artifact')
    expect(readFileSync(file, 'utf8')).toMatch(/^AZURE_DEVOPS_EXT_PAT=eyJ[\w.-]+\n$/)
  })
})

describe('exec-credential', () => {
  const ask = (info: unknown) => ({
    KUBERNETES_EXEC_INFO: typeof info === 'string' ? info : JSON.stringify(info),
  })

  test.each([
    [
      'client.authentication.k8s.io/v1',
      ask({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1', spec: { interactive: false } }),
    ],
    [
      'client.authentication.k8s.io/v1beta1',
      ask({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1beta1', spec: {} }),
    ],
    ['client.authentication.k8s.io/v1beta1', {}],
  ])('answers in %s', async (version, env) => {
    const sandbox = await startTestSandbox()
    const run = await runCli(['get-token', 'aks', '-o', 'exec-credential'], {
      env: { ...(await sandbox.environment()), ...env },
    })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const answer = JSON.parse(run.stdout)
    expectSchema('exec-credential', answer)
    expect(answer.apiVersion).toBe(version)
    expect(audienceOf(answer.status.token)).toBe('6dae42f8-4368-4678-94ff-3960e28e3630')
    expect(Date.parse(answer.status.expirationTimestamp)).toBeGreaterThan(Date.now())
  })

  test.each([
    ['no JSON', ask('{"kind":'), 'is no ExecCredential object'],
    ['a list', ask([]), 'is no ExecCredential object'],
    ['another kind', ask({ kind: 'Pod', apiVersion: 'v1' }), 'is no ExecCredential object'],
    ['no version', ask({ kind: 'ExecCredential', apiVersion: 7 }), 'is no ExecCredential object'],
    ['v1alpha1', ask({ kind: 'ExecCredential', apiVersion: 'client.authentication.k8s.io/v1alpha1' }), 'which is not'],
    ['a hostile version', ask({ kind: 'ExecCredential', apiVersion: 'x\u001b[2J\n::error::y' }), 'which is not'],
  ])('KUBERNETES_EXEC_INFO with %s: refused before anything is sent', async (_, env, words) => {
    const sandbox = await startTestSandbox()
    const run = await runCli(['get-token', 'aks', '-o', 'exec-credential'], {
      env: { ...(await sandbox.environment()), ...env },
    })
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr.replace(/\s+/g, ' ')).toContain(words)
    expect(run.stderr).not.toContain('\u001b[2J')
    expect(sandbox.requests).toEqual([])
  })
})

test('managed-identity: what App Service answers', async () => {
  const sandbox = await startTestSandbox()
  const run = await runCli(['get-token', 'vault', '-o', 'managed-identity'], { env: await sandbox.environment() })
  expect(run.code).toBe(0)
  const answer = JSON.parse(run.stdout)
  expectSchema('managed-identity', answer)
  expect(answer.resource).toBe('https://vault.azure.net')
  expect(audienceOf(answer.access_token)).toBe('https://vault.azure.net')
})
