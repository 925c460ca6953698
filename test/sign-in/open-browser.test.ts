/** Opening the browser that BROWSER names: one command after the other, without a shell. */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createNodeBrowser } from '../../src/runtime-node/browser.ts'
import { cliFile, isolatedEnvironment } from '../support/run-cli.ts'
import { startTestSandbox } from '../support/sandbox.ts'

const url = 'https://login.example/authorize?a=1&b=$(touch /tmp/never)&c=%20"\'`;x'

async function place(): Promise<{ readonly folder: string; readonly told: () => Promise<string> }> {
  const folder = await mkdtemp(path.join(tmpdir(), 'azid browser '))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const script =
    '#!/bin/sh\nfor each; do printf "[%s]" "$each"; done > "$(dirname "$0")/told.new"\nmv "$(dirname "$0")/told.new" "$(dirname "$0")/told"\n'
  await writeFile(path.join(folder, 'show'), script, { mode: 0o755 })
  await writeFile(path.join(folder, 'fail'), '#!/bin/sh\nexit 3\n', { mode: 0o755 })
  return { folder, told: () => readFile(path.join(folder, 'told'), 'utf8').catch(() => '') }
}

function open(variable: string, target = url): Promise<string | null> {
  return createNodeBrowser({ get: () => variable, names: () => ['BROWSER'] }).open(target)
}

test('the address is one argument, whatever is in it', async () => {
  const { folder, told } = await place()
  expect(await open(`"${folder}/show"`)).toBeNull()
  await expect.poll(told, { timeout: 30_000 }).toBe(`[${url}]`)
})

test('%s is its place among the arguments', async () => {
  const { folder, told } = await place()
  expect(await open(`'${folder}/show' --new "a b" --url=%s --last`)).toBeNull()
  await expect.poll(told, { timeout: 30_000 }).toBe(`[--new][a b][--url=${url}][--last]`)
})

test('the first command that works is taken', async () => {
  const { folder, told } = await place()
  expect(await open(`azid-no-such-browser:"${folder}/fail":"${folder}/show"`)).toBeNull()
  await expect.poll(told, { timeout: 30_000 }).toBe(`[${url}]`)
})

test('none works: the reason names the last and the variable', async () => {
  const { folder } = await place()
  expect(await open('azid-no-such-browser')).toBe("'azid-no-such-browser' cannot be started: ENOENT (BROWSER)")
  expect(await open(`"${folder}/fail"`)).toBe(`'${folder}/fail' ended with 3 (BROWSER)`)
})

test('one that stays is a browser', async () => {
  const { folder } = await place()
  // It stays for as long as its folder does; what is waited for in vain would be waited for until the test is given up.
  const stay = `#!/bin/sh\nwhile test -e '${folder}/stay'; do sleep 1; done\nexit 3\n`
  await writeFile(path.join(folder, 'stay'), stay, { mode: 0o755 })
  expect(await open(`"${folder}/stay"`)).toBeNull()
})

test.each(['file:///etc/passwd', 'javascript:alert(1)', '--help', ''])('%s is not opened', async (target) => {
  expect(await open('true', target)).toBe('only http and https addresses are opened')
})

describe.runIf(process.platform === 'linux')('without BROWSER it is open that opens it, by xdg-open', () => {
  interface SignInEvent {
    readonly event: string
    readonly url?: string
    readonly reason?: string
  }

  /** The built command, with these programs alone on its PATH; nobody answers. Gives its events, once there are so many. */
  async function login(
    folder: string,
    program: 'stays' | 'fails' | 'none',
    count: number,
  ): Promise<readonly SignInEvent[]> {
    const sandbox = await startTestSandbox()
    const trust = await sandbox.environment('service-principal')
    const script = program === 'fails' ? '#!/bin/sh\nexit 3\n' : await readFile(path.join(folder, 'show'), 'utf8')
    const programs = path.join(folder, 'programs')
    await mkdir(programs)
    if (program !== 'none') await writeFile(path.join(programs, 'xdg-open'), script, { mode: 0o755 })
    for (const name of ['dirname', 'mv', 'sh']) await symlink(`/bin/${name}`, path.join(programs, name))
    const env = await isolatedEnvironment(path.join(folder, 'home'), {
      AZID_CACHE: 'file',
      AZID_AUTHORITY_HOST: sandbox.origin,
      NODE_EXTRA_CA_CERTS: trust['NODE_EXTRA_CA_CERTS'],
      DISPLAY: ':0',
      PATH: programs,
    })
    const child = spawn(process.execPath, [cliFile, 'login', '--json'], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    const ended = new Promise((resolve) => child.on('close', resolve))
    onTestFinished(async () => {
      child.kill('SIGKILL')
      await ended
    })
    let stderr = ''
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk
    })
    const events = (): SignInEvent[] =>
      stderr
        .split('\n')
        .slice(0, -1)
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line))
    await expect.poll(() => events().length, { timeout: 50_000 }).toBeGreaterThanOrEqual(count)
    return events()
  }

  test('the very address that is told', async () => {
    const { folder } = await place()
    const [browser, ...others] = await login(folder, 'stays', 1)
    expect(others).toEqual([])
    const told = () => readFile(path.join(folder, 'programs', 'told'), 'utf8').catch(() => '')
    await expect.poll(told, { timeout: 30_000 }).toBe(`[${browser?.url}]`)
  })

  test.each([
    ['none', "no browser opened: 'xdg-open' cannot be started: ENOENT"],
    ['fails', "no browser opened: 'xdg-open' ended with 3"],
  ] as const)('%s: a code instead, and the reason', async (program, reason) => {
    const { folder } = await place()
    const events = await login(folder, program, 3)
    expect(events.map(({ event }) => event)).toEqual(['browser', 'fallback', 'device-code'])
    expect(events[1]?.reason).toBe(reason)
  })
})
