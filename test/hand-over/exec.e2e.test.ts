/** `azid exec` as a whole: where the tokens are, and where they are not. */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cliFile, isolatedEnvironment, runCli } from '../support/run-cli.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { audienceOf } from './support/tokens.ts'

const node = process.execPath

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'azid-exec-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Prints its environment as JSON. */
const printEnvironment = ['--', node, '-e', 'console.log(JSON.stringify(process.env))']

describe('--set', () => {
  test('each token is in its variable of the child, and in no stream of azid', async () => {
    const sandbox = await startTestSandbox()
    const run = await runCli(['exec', '-v', '--set', 'A=vault', '--set', 'postgres', ...printEnvironment], {
      env: await sandbox.environment(),
    })
    expect(run.code).toBe(0)
    const seen = JSON.parse(run.stdout)
    expect([seen.A, seen.PGPASSWORD].map(audienceOf)).toEqual([
      'https://vault.azure.net',
      'https://ossrdbms-aad.database.windows.net',
    ])
    for (const token of [seen.A, seen.PGPASSWORD]) expect(run.stderr).not.toContain(token.split('.')[2])
  })

  test('no token is among the arguments of any process, nor in the environment of azid', async () => {
    const sandbox = await startTestSandbox()
    const script = `
      const { readdirSync, readFileSync } = require('node:fs')
      const lines = readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).map((id) => {
        try { return readFileSync('/proc/' + id + '/cmdline', 'utf8') } catch { return '' }
      })
      let parent = ''
      try { parent = readFileSync('/proc/' + process.ppid + '/environ', 'utf8') } catch {}
      const signature = process.env.TOKEN.split('.')[2]
      console.log(JSON.stringify({ seen: lines.some((line) => line.includes(signature)), parent: parent.includes(signature), known: parent.includes('HOME=') }))`
    const run = await runCli(['exec', '--set', 'TOKEN=vault', '--', node, '-e', script], {
      env: await sandbox.environment(),
    })
    expect(run.code).toBe(0)
    expect(JSON.parse(run.stdout)).toEqual({ seen: false, parent: false, known: true })
  })

  test('the streams of the child are those of azid, byte for byte', async () => {
    const sandbox = await startTestSandbox()
    const script = "process.stdin.pipe(process.stdout); process.stderr.write('from the child')"
    const run = await runCli(['exec', '--set', 'arm', '--', node, '-e', script], {
      env: await sandbox.environment(),
      input: 'a\0b\r\n\u00e9',
    })
    expect(run).toEqual({ code: 0, stdout: 'a\0b\r\n\u00e9', stderr: 'from the child' })
  })

  test('no shell reads the command', async () => {
    const sandbox = await startTestSandbox()
    const words = ['$(id)', '`id`', '; id', '*', '', 'a b', '"', "'", '\\', '-q', '--', '--set']
    const script = 'console.log(JSON.stringify(process.argv.slice(1)))'
    const run = await runCli(['exec', '--set', 'arm', '--', node, '-e', script, '--', ...words], {
      env: await sandbox.environment(),
    })
    expect(JSON.parse(run.stdout)).toEqual(words)
  })
})

describe('how it ends', () => {
  test.each([0, 1, 7, 42, 255])('with the exit code of the command: %i', async (code) => {
    const sandbox = await startTestSandbox()
    const run = await runCli(['exec', '--set', 'arm', '--', 'sh', '-c', `exit ${code}`], {
      env: await sandbox.environment(),
    })
    expect(run).toEqual({ code, stdout: '', stderr: '' })
  })

  test('with 128 and the signal that ended the command', async () => {
    const sandbox = await startTestSandbox()
    const run = await runCli(['exec', '--set', 'arm', '--', 'sh', '-c', 'kill -9 $$'], {
      env: await sandbox.environment(),
    })
    expect(run.code).toBe(137)
  })

  test('with 127 for no such command, before any token is asked for', async () => {
    const sandbox = await startTestSandbox()
    const run = await runCli(['exec', '--set', 'arm', '--', 'no-such-command'], { env: await sandbox.environment() })
    expect(run).toEqual({ code: 127, stdout: '', stderr: 'azid: no-such-command: command not found\n' })
    expect(sandbox.requests).toEqual([])
  })

  test('with 126 for a file that cannot be executed', async () => {
    const file = path.join(makeFolder(), 'data')
    writeFileSync(file, 'x')
    chmodSync(file, 0o644)
    const run = await runCli(['exec', '--set', 'arm', '--', file])
    expect(run).toEqual({ code: 126, stdout: '', stderr: `azid: ${file}: permission denied\n` })
  })

  test('with the exit code of get-token where there is no token; the command is not started', async () => {
    const folder = makeFolder()
    const sandbox = await startTestSandbox()
    const run = await runCli(['exec', '--set', 'arm', '--', 'touch', path.join(folder, 'started')], {
      env: await sandbox.environment('wrong-secret'),
    })
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('AADSTS7000215')
    expect(readdirSync(folder)).toEqual([])
  })

  test('with 7 where the token is not of the tenant that is expected; the command is not started', async () => {
    const folder = makeFolder()
    const sandbox = await startTestSandbox()
    const run = await runCli(
      ['exec', '--set', 'arm', '--expect-tenant', 'other.example', '--', 'touch', path.join(folder, 'started')],
      { env: await sandbox.environment() },
    )
    expect(run.code).toBe(7)
    expect(readdirSync(folder)).toEqual([])
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const)(
    '%s goes on to the command, whose answer counts',
    async (signal) => {
      const sandbox = await startTestSandbox()
      const folder = makeFolder()
      const script = `
      const end = (code) => { console.log('ended by ' + code); process.exit(33) }
      process.on('${signal}', () => end('${signal}'))
      require('node:fs').writeFileSync('${path.join(folder, 'ready')}', '')
      setTimeout(() => process.exit(1), 50000)`
      const child = spawn(node, [cliFile, 'exec', '--set', 'arm', '--', node, '-e', script], {
        env: await isolatedEnvironment(folder, await sandbox.environment()),
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const text: Buffer[] = []
      child.stdout.on('data', (chunk: Buffer) => text.push(chunk))
      const ended = new Promise((resolve) => child.on('close', resolve))
      while (!readdirSync(folder).includes('ready')) await new Promise((resolve) => setTimeout(resolve, 20))
      child.kill(signal)
      expect(await ended).toBe(33)
      expect(Buffer.concat(text).toString()).toBe(`ended by ${signal}\n`)
    },
  )
})

describe('wrong usage', () => {
  test.each([
    [['--', 'true'], 'nothing to give'],
    [['--set', 'arm'], 'needs COMMAND after --'],
    [['--set', 'arm', 'true'], 'stands before --'],
    [['--set', '1A=arm', '--', 'true'], 'does not begin with a variable name'],
    [['--set', 'A-B=arm', '--', 'true'], 'does not begin with a variable name'],
    [['--set', 'A=', '--', 'true'], 'names no target'],
    [['--set', 'https://vault.azure.net', '--', 'true'], 'names no variable'],
    [['--set', 'A=valt', '--', 'true'], 'did you mean `vault`'],
    [['--set', 'A=arm', '--set', 'A=vault', '--', 'true'], 'two tokens would go into the one variable A'],
    [['--set', 'arm', '--allow', 'arm', '--', 'true'], '`--allow` means nothing without `--identity-endpoint`'],
  ])('%j is refused before anything is sent or started', async (args, words) => {
    const run = await runCli(['exec', ...args])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr.replace(/\s+/g, ' ')).toContain(words)
  })
})

test.each(['exec', 'serve'])('%s has no JSON of its own: --json is refused', async (command) => {
  const run = await runCli([command, '--json'])
  expect(run.code).toBe(2)
  expect(JSON.parse(run.stdout).error.message).toContain(`\`--json\` is not an option of \`azid ${command}\``)
})

describe('--identity-endpoint', () => {
  test('the command gets an endpoint, and nothing else that could sign it in', async () => {
    const sandbox = await startTestSandbox()
    const run = await runCli(['exec', '--identity-endpoint', ...printEnvironment], {
      env: {
        ...(await sandbox.environment()),
        MSI_ENDPOINT: '',
        AZURE_CREDENTIALS: '{"clientSecret":"x"}',
        AZURE_OIDC_TOKEN: 'x',
        AZURE_OIDC_REQUEST_TOKEN: 'x',
        AZURE_OIDC_REQUEST_URL: 'https://token.example',
        AZURE_AUTH_LOCATION: '/nowhere',
        MSAL_MANAGED_IDENTITY_ENDPOINT: 'http://127.0.0.1:1',
        AZURE_OPENAI_ENDPOINT: 'https://stays.example',
        GITHUB_ACTIONS: 'true',
        NO_PROXY: 'corp.example',
        no_proxy: undefined,
      },
    })
    const seen: Record<string, string> = JSON.parse(run.stdout)
    const about = Object.keys(seen)
      .filter((name) => /^(?:AZURE_|AZID_|MSI_|MSAL_|IDENTITY_|ACTIONS_)/.test(name))
      .sort()
    expect(about).toEqual([
      'AZURE_CORE_COLLECT_TELEMETRY',
      'AZURE_OPENAI_ENDPOINT',
      'IDENTITY_ENDPOINT',
      'IDENTITY_HEADER',
    ])
    expect(seen['GITHUB_ACTIONS']).toBe('true')
    expect(seen['IDENTITY_ENDPOINT']).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/msi\/token$/)
    expect(seen['NO_PROXY']).toBe('corp.example,127.0.0.1,localhost')
    expect(seen['no_proxy']).toBe('corp.example,127.0.0.1,localhost')
    expect(sandbox.requests).toEqual([])
  })

  test('azid in the command gets its tokens there, in azid in azid too', async () => {
    const sandbox = await startTestSandbox()
    const inner = [node, cliFile, 'get-token', 'vault', '-c', 'managed-identity']
    const run = await runCli(
      ['exec', '--identity-endpoint', '--', node, cliFile, 'exec', '--identity-endpoint', '--', ...inner],
      {
        env: await sandbox.environment(),
      },
    )
    expect(run.stderr).toBe('')
    expect(audienceOf(run.stdout.trim())).toBe('https://vault.azure.net')
    expect(sandbox.requests.filter(({ endpoint }) => endpoint === 'token')).toHaveLength(1)
  })

  test('--allow bounds what the command can ask for', async () => {
    const sandbox = await startTestSandbox()
    const script = `
      const ask = async (resource) => {
        const url = process.env.IDENTITY_ENDPOINT + '?api-version=2019-08-01&resource=' + encodeURIComponent(resource)
        return (await fetch(url, { headers: { 'x-identity-header': process.env.IDENTITY_HEADER } })).status
      }
      Promise.all([ask('https://vault.azure.net'), ask('https://graph.microsoft.com')]).then((all) => console.log(all.join(' ')))`
    const run = await runCli(['exec', '--identity-endpoint', '--allow', 'vault', '--', node, '-e', script], {
      env: await sandbox.environment(),
    })
    expect(run).toEqual({ code: 0, stdout: '200 403\n', stderr: '' })
  })

  test('it is gone when the command ends', async () => {
    const sandbox = await startTestSandbox()
    const file = path.join(makeFolder(), 'place')
    const script = `require('node:fs').writeFileSync('${file}', process.env.IDENTITY_ENDPOINT)`
    await runCli(['exec', '--identity-endpoint', '--', node, '-e', script], { env: await sandbox.environment() })
    // Another program may have the port by now; it does not answer as this one did.
    const answer = await fetch(readFileSync(file, 'utf8')).catch(() => null)
    expect(answer?.headers.get('content-type') ?? 'nobody').not.toBe('application/json; charset=utf-8')
  })

  test('a failure is told to the command as App Service would, and to the person in full', async () => {
    const sandbox = await startTestSandbox()
    const script = `fetch(process.env.IDENTITY_ENDPOINT + '?api-version=2019-08-01&resource=https://vault.azure.net', { headers: { 'x-identity-header': process.env.IDENTITY_HEADER } })
      .then(async (response) => console.log(response.status, JSON.stringify(await response.json())))`
    const run = await runCli(['exec', '--identity-endpoint', '--', node, '-e', script], {
      env: await sandbox.environment('wrong-secret'),
    })
    expect(run.code).toBe(0)
    expect(run.stdout).toMatch(/^400 \{"statusCode":400,"message":"An unexpected error occured.*AADSTS7000215/)
    expect(run.stderr).toContain('AADSTS7000215')
  })
})
