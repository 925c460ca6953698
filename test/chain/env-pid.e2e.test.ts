/** `--env-pid` where it cannot be done simply: another user's process, a container's, one that ends, another system. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readOtherEnvironment } from '../../src/commands/chain-environment.ts'
import type { Settings } from '../../src/options.ts'
import { UsageError } from '../../src/usage-error.ts'
import { fakeRuntime } from '../fakes/runtime.ts'
import { cliFile, isolatedEnvironment, runCli } from '../support/run-cli.ts'

const settings = { envPid: { value: 42, source: { kind: 'option', name: '--env-pid' } } } as Settings

async function refusal(options: Parameters<typeof fakeRuntime>[0]): Promise<UsageError['facts']> {
  const error: unknown = await readOtherEnvironment(settings, fakeRuntime(options)).catch((reason: unknown) => reason)
  if (!(error instanceof UsageError)) throw new Error('it was not refused')
  return error.facts
}

describe('what cannot be had says what to do', () => {
  test.each(['darwin', 'win32'] as const)('%s shows no variables of others', async (platform) => {
    expect(await refusal({ platform })).toMatchObject({
      message: 'only Linux shows the variables of another process',
      fix: expect.stringContaining('--env-file FILE'),
    })
  })

  test('a process that has ended meanwhile', async () => {
    const files = { '/proc/42/comm': 'app\n' }
    expect(await refusal({ files })).toMatchObject({
      message: expect.stringContaining('cannot read the variables of process 42 (app)'),
      fix: 'see whether it still runs',
    })
  })

  test('a process that has ended and is not yet waited for, or a thread of the kernel', async () => {
    const files = { '/proc/42/comm': 'app\n', '/proc/42/environ': '' }
    expect(await refusal({ files })).toMatchObject({ message: 'process 42 (app) has no variables' })
  })
})

const isRoot = process.platform === 'linux' && process.getuid?.() === 0

describe.skipIf(!isRoot)('with real processes', () => {
  test("another user's", async () => {
    const home = mkdtempSync(path.join(tmpdir(), 'azid-nobody-'))
    onTestFinished(() => rmSync(home, { recursive: true, force: true }))
    const env = await isolatedEnvironment(home)
    chmodSync(home, 0o777)
    const run = spawnSync(process.execPath, [cliFile, 'chain', '--env-pid', String(process.pid)], {
      env,
      uid: 65534,
      gid: 65534,
      cwd: '/',
      encoding: 'utf8',
    })
    expect(run.stderr.replace(/\s+/g, ' ')).toMatch(
      /is another user's, or protected .*run azid as that user, or as root/,
    )
    expect(run.status).toBe(2)
  })

  const canUnshare = spawnSync('unshare', ['--mount', 'true']).status === 0

  test.skipIf(!canUnshare)("a container's: its own files are read, and nothing is started in it", async () => {
    const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url')
    const claims = {
      iss: 'https://issuer.invalid',
      sub: 'system:serviceaccount:shop:web',
      aud: 'x',
      exp: 4_795_226_400,
    }
    const script = 'mount -t tmpfs none /mnt && echo "$TOKEN" > /mnt/token && echo ready && exec sleep 600'
    const child = spawn('unshare', ['--mount', 'sh', '-c', script], {
      env: {
        PATH: process.env['PATH'],
        HOME: '/root',
        TOKEN: `${part({ alg: 'RS256' })}.${part(claims)}.c2lnbmF0dXJl`,
        AZURE_TENANT_ID: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
        AZURE_CLIENT_ID: '11111111-aaaa-4bbb-8ccc-222222222222',
        AZURE_FEDERATED_TOKEN_FILE: '/mnt/token',
        AZURE_POD_IDENTITY_AUTHORITY_HOST: 'http://127.0.0.1:1',
        AZURE_AUTHORITY_HOST: 'https://127.0.0.1:1',
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    await new Promise((resolve) => child.stdout.once('data', resolve))
    while (readFileSync(`/proc/${child.pid}/comm`, 'utf8') !== 'sleep\n') await new Promise((go) => setTimeout(go, 20))
    const run = await runCli(['chain', '--env-pid', String(child.pid), '--dry-run', '-v'])
    const said = run.stdout.replace(/\s+/g, ' ')
    expect(said).toMatch(new RegExp(`with the variables of process ${child.pid} \\(sleep\\)`))
    expect(said).toContain('presents issuer https://issuer.invalid, subject system:serviceaccount:shop:web')
    const tool = await runCli(['chain', '--env-pid', String(child.pid), '-c', 'azure-cli'])
    expect(tool.code).not.toBe(0)
    expect(tool.stdout.replace(/\s+/g, ' ')).toMatch(/in a container|not installed/)
  })
})
