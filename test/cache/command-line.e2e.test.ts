/** The built command with the cache on: cold, warm, a hundred at once, and after signing in as another user. */
import { spawn } from 'node:child_process'
import { chmod, mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cliFile, isolatedEnvironment } from '../support/run-cli.ts'
import { hasCommand, startGnomeKeyring } from './support/processes.ts'
import { temporaryHome } from './support/real-ports.ts'

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function azid(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  nodeArgs: readonly string[] = [],
): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...nodeArgs, cliFile, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text
    })
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** An App Service endpoint: `token-1`, `token-2`, … each after `delayMs`. */
async function startEndpoint(delayMs = 0): Promise<{ env: Readonly<Record<string, string>>; requests: () => number }> {
  let count = 0
  const server = http.createServer((_, answer) => {
    count += 1
    const body = {
      access_token: `token-${count}`,
      expires_on: String(Math.floor(Date.now() / 1000) + 86_400),
      resource: 'https://management.azure.com',
      token_type: 'Bearer',
    }
    setTimeout(() => {
      answer.setHeader('content-type', 'application/json')
      answer.end(JSON.stringify(body))
    }, delayMs)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return {
    env: { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER: 'header' },
    requests: () => count,
  }
}

async function world(delayMs = 0): Promise<{ home: string; env: Record<string, string>; requests: () => number }> {
  const home = await temporaryHome()
  const endpoint = await startEndpoint(delayMs)
  const env = await isolatedEnvironment(home, { ...endpoint.env, AZID_CACHE: 'file' })
  return { home, env, requests: endpoint.requests }
}

const getToken = ['get-token', 'arm', '-c', 'managed-identity']
const done = (stdout: string): Run => ({ code: 0, stdout: `${stdout}\n`, stderr: '' })

describe('azid get-token', () => {
  test('cold, warm and from the short way: one request, one token', async () => {
    const { env, requests } = await world()
    for (let run = 0; run < 4; run++) expect(await azid(getToken, env)).toEqual(done('token-1'))
    expect(requests()).toBe(1)
  })

  test('a hundred at once, cold, with the key in a file: one request, a hundred tokens, no error', async () => {
    const { env, requests } = await world(300)
    const runs = await Promise.all(Array.from({ length: 100 }, () => azid(getToken, env)))
    expect(new Set(runs.map((run) => JSON.stringify(run)))).toEqual(new Set([JSON.stringify(done('token-1'))]))
    expect(requests()).toBe(1)
  }, 300_000)

  test.skipIf(!hasCommand('dbus-daemon', 'gnome-keyring-daemon', 'dbus-send'))(
    'a hundred at once, cold, with the key in the GNOME keyring: one request for all that it answers, a hundred tokens',
    async () => {
      const { home, env, requests } = await world(300)
      const keyring = await startGnomeKeyring(home)
      const all = { ...env, ...keyring.env, AZID_CACHE: 'keyring' }
      const runs = await Promise.all(Array.from({ length: 100 }, () => azid(getToken, all)))
      // On a machine that is busier than the keyring's half second allows, a run says so and asks for itself.
      const late = 'warning: this run is not cached: the keyring (secret-service) did not answer within 500 ms\n'
      const alone = runs.filter(({ stderr }) => stderr === late)
      const together = runs.filter(({ stderr }) => stderr === '')
      expect(alone.length + together.length).toBe(100)
      for (const { code, stdout } of runs) expect([code, stdout]).toEqual([0, expect.stringMatching(/^token-\d+\n$/)])
      expect(new Set(together.map(({ stdout }) => stdout)).size).toBeLessThanOrEqual(1)
      expect(requests()).toBeLessThanOrEqual(1 + alone.length)
    },
    300_000,
  )

  test('the short way loads neither the command nor MSAL, chalk or ora, and starts no process', async () => {
    const { home, env } = await world()
    for (let run = 0; run < 3; run++) await azid(getToken, env)
    const list = path.join(home, 'list.cjs')
    const report = path.join(home, 'report.json')
    await writeFile(
      list,
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(report)}, JSON.stringify([Object.keys(require.cache), process.moduleLoadList])))`,
    )
    expect(await azid(getToken, env, ['--require', list])).toEqual(done('token-1'))
    const [files, builtins]: [string[], string[]] = JSON.parse(await readFile(report, 'utf8'))
    const expected = ['azid.js', 'warm-file.cjs', 'list.cjs']
    expect(files.map((file) => path.basename(file)).filter((name) => !expected.includes(name))).toEqual([])
    for (const name of ['child_process', 'http', 'https', 'net', 'tls', 'worker_threads']) {
      expect(builtins).not.toContain(`NativeModule ${name}`)
    }
  })

  test('with --force-refresh, --no-cache and AZID_CACHE=off the endpoint is asked', async () => {
    const { env, requests } = await world()
    await azid(getToken, env)
    expect(await azid([...getToken, '--force-refresh'], env)).toEqual(done('token-2'))
    expect(await azid(getToken, env)).toEqual(done('token-2'))
    expect(await azid([...getToken, '--no-cache'], env)).toEqual(done('token-3'))
    expect(await azid(getToken, { ...env, AZID_CACHE: 'off' })).toEqual(done('token-4'))
    expect(await azid(getToken, { ...env, CI: 'true' })).toEqual(done('token-2'))
    expect(requests()).toBe(4)
  })

  test('a read-only or linked cache folder: the token, and one warning', async () => {
    const { home, env } = await world()
    await mkdir(path.join(home, 'elsewhere'))
    await mkdir(path.join(home, 'cache'))
    await symlink(path.join(home, 'elsewhere'), path.join(home, 'cache/azid'))
    const { code, stdout, stderr } = await azid(getToken, env)
    expect([code, stdout]).toEqual([0, 'token-1\n'])
    expect(stderr).toMatch(/^warning: this run is not cached: \S+\/cache\/azid is a symbolic link\n$/)
  })

  test('a wrong AZID_CACHE is wrong usage', async () => {
    const { env } = await world()
    const { code, stdout, stderr } = await azid(getToken, { ...env, AZID_CACHE: 'cloud' })
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('AZID_CACHE')
  })
})

async function flip(file: string, at: number): Promise<void> {
  const content = await readFile(file)
  content[at] = (content[at] ?? 0) ^ 0xff
  await writeFile(file, content)
}

const hasOwnCompileCache = 'enableCompileCache' in process.getBuiltinModule('node:module')

describe.skipIf(hasOwnCompileCache)('compiled code, on a Node without a compile cache', () => {
  const kept = (home: string): string => path.join(home, `cache/azid/compiled/warm-file-${process.arch}.bin`)

  async function warmed(): Promise<Awaited<ReturnType<typeof world>> & { file: string }> {
    const given = await world()
    for (let run = 0; run < 3; run++) await azid(getToken, given.env)
    return { ...given, file: kept(given.home) }
  }

  test('is kept for this user alone', async () => {
    const { file } = await warmed()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(path.dirname(file))).mode & 0o777).toBe(0o700)
  })

  test.each<[string, (file: string) => Promise<unknown>]>([
    ['is gone', (file) => rm(file)],
    ['is empty', (file) => writeFile(file, '')],
    ['is of another build', (file) => writeFile(file, '1 1'.padEnd(40))],
    ['is cut', async (file) => writeFile(file, (await readFile(file)).subarray(0, 200))],
    ['is damaged', async (file) => flip(file, 5000)],
    ['has another hash', async (file) => flip(file, 3)],
    ['is a folder', async (file) => rm(file).then(() => mkdir(file))],
    ['is in a folder that others may write', (file) => chmod(path.dirname(file), 0o777)],
  ])('that %s: the same token', async (_, damage) => {
    const { env, file, requests } = await warmed()
    await damage(file)
    for (let run = 0; run < 2; run++) expect(await azid(getToken, env)).toEqual(done('token-1'))
    expect(requests()).toBe(1)
  })

  test('is kept of every file that a command needs, under names that outlive a version', async () => {
    const { file } = await warmed()
    const names = await readdir(path.dirname(file))
    expect(names).toContain(`bin-${process.arch}.bin`)
    expect(names).toContain(`token-${process.arch}.bin`)
    expect(names.filter((name) => !name.endsWith(`-${process.arch}.bin`))).toEqual([])
  })

  test('is not kept where Node is told not to', async () => {
    const given = await world()
    for (let run = 0; run < 3; run++) await azid(getToken, { ...given.env, NODE_DISABLE_COMPILE_CACHE: '1' })
    await expect(stat(kept(given.home))).rejects.toThrow('ENOENT')
  })
})

describe.skipIf(process.platform === 'win32')('a token of the Azure CLI', () => {
  /** An az that gives a token of whoever azureProfile.json names, and counts its starts. */
  async function signedIn(): Promise<{
    env: Record<string, string>
    starts: () => Promise<number>
    signIn: (user: string) => Promise<void>
  }> {
    const home = await temporaryHome()
    const env = await isolatedEnvironment(home, { AZID_CACHE: 'file' })
    const bin = path.join(home, 'bin')
    const log = path.join(home, 'starts')
    await mkdir(bin)
    await mkdir(path.join(home, '.azure'))
    const script = `#!/bin/sh
echo start >> ${log}
user=$(cat ${home}/.azure/azureProfile.json | tr -cd 'a-z')
printf '{"accessToken":"token-of-%s","expiresOn":"2099-01-01 00:00:00.000000","expires_on":4070908800,"tenant":"t","tokenType":"Bearer"}' "$user"
`
    await writeFile(path.join(bin, 'az'), script)
    await chmod(path.join(bin, 'az'), 0o755)
    return {
      env: { ...env, PATH: `${bin}:${env['PATH']}` },
      starts: async () => (await readFile(log, 'utf8')).split('start').length - 1,
      signIn: (user) => writeFile(path.join(home, '.azure/azureProfile.json'), `"${user}"`),
    }
  }

  const fromAz = ['get-token', 'arm', '-c', 'azure-cli']

  test('is of another user as soon as somebody else signs in', async () => {
    const { env, starts, signIn } = await signedIn()
    for (const user of ['ada', 'ada', 'ada', 'ada', 'bob', 'bob', 'bob', 'ada']) {
      await signIn(user)
      expect(await azid(fromAz, env)).toEqual(done(`token-of-${user}`))
    }
    expect(await starts()).toBe(2)
  })

  test('of another folder, tenant, resource or az is another token', async () => {
    const { env, starts, signIn } = await signedIn()
    await signIn('ada')
    await azid(fromAz, env)
    await azid(fromAz, { ...env, AZURE_CONFIG_DIR: '/nowhere' })
    await azid([...fromAz, '-t', '11111111-1111-4111-8111-111111111111'], env)
    await azid(['get-token', 'vault', '-c', 'azure-cli'], env)
    await azid(fromAz, { ...env, PATH: `${env['PATH']}:/somewhere/else` })
    expect(await starts()).toBe(5)
  })

  test('for fifty processes at once, cold: az starts once', async () => {
    const { env, starts, signIn } = await signedIn()
    await signIn('ada')
    const runs = await Promise.all(Array.from({ length: 50 }, () => azid(fromAz, env)))
    expect(new Set(runs.map((run) => JSON.stringify(run)))).toEqual(new Set([JSON.stringify(done('token-of-ada'))]))
    expect(await starts()).toBe(1)
  }, 300_000)
})
