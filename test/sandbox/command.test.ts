/** `azid sandbox` as a person runs it: the built command, spawned. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { findExecutable } from '../../src/commands/find-executable.ts'
import { personaNames } from '../../src/sandbox/personas.ts'
import { fakeRuntime } from '../fakes/runtime.ts'
import { cliFile, isolatedEnvironment, runCli } from '../support/run-cli.ts'
import { expectSchema } from '../support/schemas.ts'
import { send } from './client.ts'

const azid = [process.execPath, cliFile]

async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'azid-command-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

describe('sandbox run', () => {
  test('azid gets a token in it by secret and by certificate; stdout is the command’s alone', async () => {
    for (const persona of ['service-principal', 'service-principal-certificate']) {
      const run = await runCli(['sandbox', 'run', '--as', persona, '--', ...azid, 'get-token', 'vault'])
      expect(run.stderr).toBe('azid sandbox: 2 requests, 1 token\n')
      expect(run.code).toBe(0)
      expect(run.stdout).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/)
    }
  })

  test('a refusal is the command’s to tell, with its exit code; the summary names the code', async () => {
    const run = await runCli([
      'sandbox',
      'run',
      '--as',
      'wrong-secret',
      '--',
      ...azid,
      'get-token',
      '-c',
      'environment',
    ])
    expect(run.code).toBe(1)
    expect(run.stdout).toBe('')
    expect(run.stderr).toContain('AADSTS7000215: Invalid client secret provided.')
    expect(run.stderr).toMatch(/azid sandbox: 2 requests, 0 tokens, 1 refused \(AADSTS7000215\)\n$/)
  })

  test.for([
    [['sh', '-c', 'exit 7'], 7, 'azid sandbox: 0 requests, 0 tokens\n'],
    [['sh', '-c', 'kill -TERM $$'], 143, 'azid sandbox: 0 requests, 0 tokens\n'],
    [['no-such-program'], 127, 'azid: no-such-program: command not found\n'],
    [['/etc/passwd'], 126, 'azid: /etc/passwd: permission denied\n'],
  ] as const)('%j ends with %i', async ([command, code, stderr]) => {
    expect(await runCli(['sandbox', 'run', '--', ...command])).toEqual({ code, stdout: '', stderr })
  })

  test('-q says nothing of its own, options after -- are the command’s', async () => {
    const run = await runCli(['sandbox', 'run', '-q', '--', 'sh', '-c', 'echo "$0 $1"', '-q', '--as'])
    expect(run).toEqual({ code: 0, stdout: '-q --as\n', stderr: '' })
  })

  test('the command sees the persona, and no variable that would sign it in elsewhere', async () => {
    const env = {
      AZURE_CLIENT_SECRET: 'mine',
      AZURE_USERNAME: 'me',
      IDENTITY_HEADER: 'h',
      AZID_TENANT: 't.example',
      AZURE_SUBSCRIPTION_ID: 'kept',
      HTTPS_PROXY: 'http://127.0.0.1:1',
    }
    const run = await runCli(['sandbox', 'run', '--', 'env'], { env })
    const seen = Object.fromEntries(
      run.stdout
        .trim()
        .split('\n')
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )
    expect(seen).toMatchObject({
      AZURE_CLIENT_ID: '00001111-aaaa-2222-bbbb-3333cccc4444',
      AZURE_SUBSCRIPTION_ID: 'kept',
      AZID_CACHE: 'memory',
    })
    expect(seen['AZURE_CLIENT_SECRET']).not.toBe('mine')
    for (const name of ['AZURE_USERNAME', 'IDENTITY_HEADER', 'AZID_TENANT', 'AZURE_POD_IDENTITY_AUTHORITY_HOST'])
      expect(seen).not.toHaveProperty(name)
    expect(existsSync(seen['SSL_CERT_FILE'] ?? '')).toBe(false)
  })

  test('a proxy that would swallow everything is no obstacle', async () => {
    const env = { HTTPS_PROXY: 'http://127.0.0.1:1', HTTP_PROXY: 'http://127.0.0.1:1' }
    const run = await runCli(['sandbox', 'run', '--', ...azid, 'get-token'], { env })
    expect(run.code).toBe(0)
  })

  test('requests can be followed, as lines or as JSON, without a secret', async () => {
    const lines = await runCli([
      'sandbox',
      'run',
      '--log-requests',
      '--fault',
      '503:times=1,path=keys',
      '--',
      ...azid,
      'get-token',
    ])
    expect(lines.stderr).toMatch(
      /^azid sandbox: POST \/.*\/oauth2\/v2\.0\/token client_credentials by secret: 200, [\d.]+ m?s$/m,
    )
    const json = await runCli(['sandbox', 'run', '--log-json', '-q', '--', ...azid, 'get-token'])
    const requests = json.stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(requests.map((request) => request.endpoint)).toEqual(['configuration', 'token'])
    for (const request of requests) expectSchema('sandbox-request', request)
    expect(requests[1].parameters.client_secret).toBe('***')
    for (const part of json.stdout.trim().split('.').slice(1)) expect(json.stderr).not.toContain(part)
  })

  test('a directory of one’s own', async () => {
    const file = path.join(await makeFolder(), 'directory.json')
    const tenant = '12345678-1234-4234-8234-123456789012'
    const directory = {
      tenants: [{ id: tenant, name: 'Own', domains: ['own.example'] }],
      apps: [{ clientId: tenant, displayName: 'own', secrets: [{ value: 'own-secret' }] }],
    }
    await writeFile(file, JSON.stringify(directory))
    const run = await runCli([
      'sandbox',
      'run',
      '--directory',
      file,
      '--',
      'sh',
      '-c',
      'echo $AZURE_TENANT_ID $AZURE_CLIENT_SECRET',
    ])
    expect(run.stdout).toBe(`${tenant} own-secret\n`)
  })

  test.for([
    [['run'], 'needs COMMAND after --'],
    [['run', '--as', 'root', '--', 'true'], "'root' is not one of service-principal,"],
    [['run', '--fault', '418', '--', 'true'], "the fault '418' is not known"],
    [['run', '--fault', '429', '--fault', 'slow=x', '--', 'true'], "the fault 'slow=x' gives no time to `slow`"],
    [
      ['run', '--directory', '/nonexistent.json', '--', 'true'],
      "the directory file '/nonexistent.json' cannot be read",
    ],
    [['run', '--log-jsonl', '--', 'true'], '--log-jsonl'],
    [['start', '--port', '70000'], 'is not a port'],
  ] as const)('%j is a usage error', async ([args, message]) => {
    const run = await runCli(['sandbox', ...args])
    expect(run.code).toBe(2)
    expect(run.stdout).toBe('')
    expect(run.stderr.replace(/\s+/g, ' ')).toContain(message)
  })

  test('a temporary folder that cannot be written is a usage error that names TMPDIR', async () => {
    const run = await runCli(['sandbox', 'run', '--', 'true'], { env: { TMPDIR: '/etc/passwd' } })
    expect(run.code).toBe(2)
    expect(run.stderr).toContain('TMPDIR')
  })

  test.for(['SIGINT', 'SIGTERM'] as const)('%s ends the command and leaves no file', async (signal) => {
    const folder = await makeFolder()
    const run = await runCli(
      ['sandbox', 'run', '--as', 'service-principal-certificate', '--', 'sh', '-c', 'echo $$ > started; exec sleep 60'],
      {
        cwd: folder,
        env: { TMPDIR: folder },
        started: (processId) =>
          void whenThere(path.join(folder, 'started')).then(() => process.kill(processId, signal)),
      },
    )
    expect(run.code).toBe(signal === 'SIGINT' ? 130 : 143)
    const { readdir } = await import('node:fs/promises')
    expect(await readdir(folder)).toEqual(['started'])
  })
})

async function whenThere(file: string): Promise<void> {
  while (!existsSync(file)) await new Promise((resolve) => setTimeout(resolve, 20))
}

describe('sandbox start', () => {
  /** Starts it, waits for its first output, and gives what it printed when it is interrupted. */
  async function start(args: readonly string[], use: (stdout: string) => Promise<void>) {
    const home = await makeFolder()
    const child = spawn(process.execPath, [cliFile, 'sandbox', 'start', ...args], {
      env: await isolatedEnvironment(home, { TMPDIR: home }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    let stdout = ''
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk
    })
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (chunk: Buffer) => {
        stdout += chunk
        resolve()
      })
      void ended.then(() => reject(new Error(`it ended: ${stderr}`)))
    })
    await use(stdout)
    child.kill('SIGINT')
    return { code: await ended, stdout, stderr, home }
  }

  test('prints lines for a shell, works until it is interrupted, and ends well', async () => {
    const run = await start([], async (stdout) => {
      const folder = await makeFolder()
      await writeFile(path.join(folder, 'env'), stdout)
      const token = await runCli(['sandbox', 'run', '-q', '--', 'true']).then(async () => {
        const { execFile } = await import('node:child_process')
        const { promisify } = await import('node:util')
        const script = `. ./env && exec ${azid.map((word) => `'${word}'`).join(' ')} get-token vault`
        const env = await isolatedEnvironment(folder)
        return (await promisify(execFile)('sh', ['-c', script], { cwd: folder, env })).stdout
      })
      expect(token).toMatch(/^eyJ/)
    })
    expect(run.code).toBe(0)
    expect(run.stdout.split('\n').every((line) => line === '' || /^export [A-Z_a-z]+='[^']*'$/.test(line))).toBe(true)
    expect(run.stderr).toMatch(/^azid sandbox: a local Entra ID at https:\/\/localhost:\d+ until Ctrl-C\n/)
  })

  test('prints one JSON object, listens on the port that was asked for, and that is taken then', async () => {
    const use = async (port: number, stdout: string): Promise<void> => {
      const printed = JSON.parse(stdout)
      expectSchema('sandbox-start', printed)
      expect(printed).toMatchObject({ port, origin: `https://localhost:${port}`, persona: 'workload-identity' })
      const { readFile } = await import('node:fs/promises')
      const caPem = await readFile(printed.environment.NODE_EXTRA_CA_CERTS, 'utf8')
      expect(await send({ caPem, port }, `${printed.origin}/common/discovery/keys`)).toMatchObject({ status: 200 })
      const second = await runCli(['sandbox', 'start', '--port', String(port)])
      expect(second.code).toBe(2)
      expect(second.stderr).toContain(`cannot listen on port ${port}: another program has it`)
    }
    // Whoever else runs here may take a port that was free a moment ago.
    for (let isDone = false; !isDone; ) {
      const port = await freePort()
      const started = start(['--json', '--port', String(port), '--as', 'workload-identity'], (text) => use(port, text))
      isDone = await started.then(
        () => true,
        (error: unknown) => {
          if (/it ended: .*another program has it/s.test(String(error))) return false
          throw error
        },
      )
    }
  })
})

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = net.createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as net.AddressInfo
      server.close(() => resolve(port))
    })
  })
}

describe('findExecutable', () => {
  test('goes along PATH as a shell does', async () => {
    const [first, second] = [await makeFolder(), await makeFolder()]
    for (const folder of [first, second]) await writeFile(path.join(folder, 'tool'), '#!/bin/sh\n')
    const { createNodeRuntime } = await import('../../src/runtime-node/runtime-node.ts')
    const runtime = createNodeRuntime()
    const env = {
      get: (name: string) => (name === 'PATH' ? `/nonexistent:${first}:${second}` : undefined),
      names: () => ['PATH'],
    }
    const find = (word: string) => findExecutable(word, { ...runtime, env })
    expect(await find('tool')).toEqual({ kind: 'not-executable', file: path.join(first, 'tool') })
    await chmod(path.join(second, 'tool'), 0o755)
    expect(await find('tool')).toEqual({ kind: 'found', file: path.join(second, 'tool') })
    expect(await find('other')).toEqual({ kind: 'not-found' })
    expect(await find(path.join(second, 'tool'))).toEqual({ kind: 'found', file: path.join(second, 'tool') })
    expect(await find(first)).toEqual({ kind: 'not-found' })
  })

  test('tries the endings of PATHEXT on Windows', async () => {
    const runtime = fakeRuntime({
      platform: 'win32',
      env: { PATH: 'C:\\tools;C:\\other', PATHEXT: '.EXE;.CMD' },
      files: { 'C:\\other\\app.CMD': 'x' },
    })
    expect(await findExecutable('app', runtime)).toEqual({ kind: 'found', file: 'C:\\other\\app.CMD' })
  })
})

test('--as takes every persona there is, and no other', async () => {
  const { options } = await import('../../src/options.ts')
  expect([...options.as.choices].sort()).toEqual([...personaNames].sort())
})
