/** Unmodified SDKs get their tokens from `azid serve`, by the variables it prints. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { jsSdk, pythonSdk, type Sdk } from '../conformance/sdks.ts'
import { oneAtATime } from '../hand-over/support/one-at-a-time.ts'
import { runProgram } from '../hand-over/support/run.ts'
import { audienceOf } from '../hand-over/support/tokens.ts'
import { cliFile, isolatedEnvironment } from '../support/run-cli.ts'
import { startTestSandbox } from '../support/sandbox.ts'

interface Serving {
  readonly variables: Readonly<Record<string, string>>
  /** What it has said on stderr so far. */
  said(): string
  /** The exit code, once it has ended. */
  readonly ended: Promise<number | null>
  /** Resolves to the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>
}

/** Promise: serves, with the variables that it printed; ended when the test is. */
async function startServe(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<Serving> {
  const home = mkdtempSync(path.join(tmpdir(), 'azid-serve-'))
  const child = spawn(process.execPath, [cliFile, 'serve', '--print', 'env', ...args], {
    env: await isolatedEnvironment(home, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(home, { recursive: true, force: true })
  })
  let stderr = ''
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk)
  })
  const text = await new Promise<string>((resolve, reject) => {
    let printed = ''
    child.stdout.on('data', (chunk) => {
      printed += String(chunk)
      if (/^export IDENTITY_HEADER=.*\n/m.test(printed)) resolve(printed)
    })
    child.on('close', (code) => reject(new Error(`serve ended with ${code}: ${stderr}`)))
  })
  const variables = Object.fromEntries(
    [...text.matchAll(/^export (\w+)='(.*)'$/gm)].map(([, name, value]) => [name, value]),
  )
  return {
    variables,
    said: () => stderr,
    ended,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal)
      return ended
    },
  }
}

const version = 'api-version=2019-08-01'

function ask(serving: Serving, query: string, headers: Record<string, string> = {}): Promise<Response> {
  const { IDENTITY_ENDPOINT = '', IDENTITY_HEADER = '' } = serving.variables
  return fetch(`${IDENTITY_ENDPOINT}?${version}&${query}`, {
    headers: { 'x-identity-header': IDENTITY_HEADER, ...headers },
  })
}

const python = `
import sys
from azure.identity import ManagedIdentityCredential
options = {"client_id": sys.argv[2]} if len(sys.argv) > 2 else {}
token = ManagedIdentityCredential(**options).get_token(sys.argv[1])
print(token.token, token.expires_on)
`
const javascript = `
const { ManagedIdentityCredential } = require('@azure/identity')
const [scope, clientId] = process.argv.slice(1)
const credential = clientId === undefined ? new ManagedIdentityCredential() : new ManagedIdentityCredential({ clientId })
credential.getToken(scope).then(
  ({ token, expiresOnTimestamp }) => console.log(token, expiresOnTimestamp / 1000),
  (error) => { console.error(error.name + ': ' + error.message); process.exit(1) },
)
`

// Installing takes its time, once.
const sdks: readonly (readonly [string, Sdk, string])[] = [
  ['Python', oneAtATime(pythonSdk), python],
  ['JavaScript', oneAtATime(jsSdk), javascript],
]

describe.each(sdks)("%s's ManagedIdentityCredential", { timeout: 300_000 }, (name, sdk, script) => {
  const isMissing = 'missing' in sdk

  function runSdk(args: readonly string[], variables: Readonly<Record<string, string>>) {
    if (isMissing) throw new Error(sdk.missing)
    const flag = name === 'Python' ? '-c' : '-e'
    return runProgram(sdk.program, [flag, script, ...args], {
      cwd: sdk.cwd,
      env: { PATH: process.env['PATH'], HOME: '/dev/null/nobody', ...variables },
    })
  }

  test.skipIf(isMissing)(`gets a token${isMissing ? ` (skipped: ${sdk.missing})` : ''}`, async () => {
    const sandbox = await startTestSandbox()
    const serving = await startServe(['--allow', 'vault'], await sandbox.environment())
    const run = await runSdk(['https://vault.azure.net/.default'], serving.variables)
    expect(run.stderr).toBe('')
    const [token = '', expiresOn] = run.stdout.trim().split(' ')
    expect(audienceOf(token)).toBe('https://vault.azure.net')
    expect(Number(expiresOn)).toBeGreaterThan(Date.now() / 1000)
    await expect
      .poll(serving.said, { timeout: 30_000 })
      .toContain('GET /msi/token https://vault.azure.net: 200 EnvironmentCredential')
    expect(serving.said()).not.toContain(token.split('.')[2])
    expect(serving.said()).not.toContain(serving.variables['IDENTITY_HEADER'])
  })

  test.skipIf(isMissing)('gets one for the client id that is configured, and none for another', async () => {
    const sandbox = await startTestSandbox()
    const id = '11111111-2222-4333-8444-555555555555'
    const serving = await startServe(['--allow', 'vault', '--client-id', id], await sandbox.environment())
    const right = await runSdk(['https://vault.azure.net/.default', id], serving.variables)
    expect(audienceOf(right.stdout.split(' ')[0] ?? '')).toBe('https://vault.azure.net')
    const wrong = await runSdk(['https://vault.azure.net/.default', id.replaceAll('1', '9')], serving.variables)
    expect(wrong.code).not.toBe(0)
    expect(wrong.stdout).toBe('')
    expect(wrong.stderr).toContain('No User Assigned or Delegated Managed Identity found')
  })

  test.skipIf(isMissing)('is told why it gets none for an audience that is not allowed', async () => {
    const sandbox = await startTestSandbox()
    const serving = await startServe(['--allow', 'vault'], await sandbox.environment())
    const run = await runSdk(['https://graph.microsoft.com/.default'], serving.variables)
    expect(run.code).not.toBe(0)
    expect(run.stderr).toContain('This endpoint gives no tokens for this resource.')
    expect(sandbox.requests).toEqual([])
  })
})

describe('azid serve', { timeout: 300_000 }, () => {
  test('renews: one request upstream while the token is good, and a new header each start', async () => {
    const sandbox = await startTestSandbox()
    const env = await sandbox.environment()
    const [one, other] = [await startServe(['--allow', 'vault'], env), await startServe(['--allow', 'vault'], env)]
    expect(one.variables['IDENTITY_HEADER']).not.toBe(other.variables['IDENTITY_HEADER'])
    const answers = await Promise.all(Array.from({ length: 30 }, () => ask(one, 'resource=https://vault.azure.net')))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200))
    expect(sandbox.requests.filter(({ endpoint }) => endpoint === 'token')).toHaveLength(1)
    const stranger = await ask(one, 'resource=https://vault.azure.net', {
      'x-identity-header': other.variables['IDENTITY_HEADER'] ?? '',
    })
    expect(stranger.status).toBe(401)
  })

  test('a failure is said in full here and in the words of App Service there, and the next request may succeed', async () => {
    const sandbox = await startTestSandbox()
    const serving = await startServe(['--allow', 'vault'], await sandbox.environment('wrong-secret'))
    const answer = await ask(serving, 'resource=https://vault.azure.net')
    expect(answer.status).toBe(400)
    expect(await answer.json()).toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('AADSTS7000215'),
      correlationId: expect.any(String),
    })
    await expect.poll(serving.said, { timeout: 30_000 }).toContain('AADSTS7000215')
    expect((await ask(serving, 'resource=https://graph.microsoft.com')).status).toBe(403)
  })

  test.each(['SIGINT', 'SIGTERM'] as const)('%s ends it, also with connections open', async (signal) => {
    const sandbox = await startTestSandbox()
    const serving = await startServe(['--allow', 'vault'], await sandbox.environment())
    await ask(serving, 'resource=https://vault.azure.net')
    expect(await serving.stop(signal)).toBe(0)
  })

  /** A port that is known before what it leads to has begun. */
  async function openForward(): Promise<{ readonly url: string; lead(port: number): void }> {
    let target = 0
    const server = createServer((from) => {
      const to = connect(target, '127.0.0.1')
      for (const socket of [from, to]) socket.on('error', () => {})
      from.pipe(to).pipe(from)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    return {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/msi/token`,
      lead: (port) => {
        target = port
      },
    }
  }

  test.each([2, 3])('%i that lead to each other know it: the one that was asked is told, at once', async (count) => {
    const args = ['--allow', 'vault', '-c', 'managed-identity']
    const forward = await openForward()
    // The first one asks the last; what it shows there is not what the last one wants to see.
    let variables: Readonly<Record<string, string>> = { IDENTITY_ENDPOINT: forward.url, IDENTITY_HEADER: 'guessed' }
    const all: Serving[] = []
    for (let index = 0; index < count; index++) {
      const serving = await startServe(args, variables)
      all.push(serving)
      variables = serving.variables
    }
    const last = all.at(-1)
    if (last === undefined) throw new Error('there is one')
    forward.lead(Number(new URL(last.variables['IDENTITY_ENDPOINT'] ?? '').port))
    const answer = await ask(last, 'resource=https://vault.azure.net')
    expect(answer.status).toBe(400)
    expect(JSON.stringify(await answer.json())).toContain('two endpoints ask each other')
    await expect.poll(last.said, { timeout: 30_000 }).toMatch(/: 400 The request came back [\s\S]*: 400 no token/)
    expect(last.said().match(/GET \/msi\/token/g)).toHaveLength(2)
  })

  test('--ttl ends it', async () => {
    const serving = await startServe(['--allow', 'vault', '--ttl', '300ms'], {})
    // No signal has a part in it.
    expect(await serving.ended).toBe(0)
  })

  test('--verbose and --debug tell no secret', async () => {
    const sandbox = await startTestSandbox()
    const env = await sandbox.environment()
    const serving = await startServe(['--allow', 'vault', '--debug'], env)
    const token: { access_token: string } = JSON.parse(
      await (await ask(serving, 'resource=https://vault.azure.net')).text(),
    )
    await expect.poll(serving.said, { timeout: 30_000 }).toContain(': 200 ')
    for (const secret of [
      token.access_token,
      serving.variables['IDENTITY_HEADER'] ?? '',
      env['AZURE_CLIENT_SECRET'] ?? '',
    ]) {
      expect(secret.length).toBeGreaterThan(8)
      for (const form of [secret, Buffer.from(secret).toString('base64'), encodeURIComponent(secret)]) {
        expect(serving.said()).not.toContain(form)
      }
    }
  })
})
