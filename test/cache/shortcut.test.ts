/** The shortest way to a token prints what the long way would, or gives way to it. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { answerRemembered } from '../../src/commands/remembered-answer.ts'
import { main } from '../../src/main.ts'
import { type FakeRuntime, type FakeRuntimeOptions, fakeRuntime, respond } from '../fakes/runtime.ts'
import { hour, start } from './support/requests.ts'

interface Machine {
  /** What a run prints on stdout, and whether it went the short way. */
  run(
    argv: readonly string[],
    env?: Readonly<Record<string, string>>,
  ): Promise<{ stdout: string; code: number; isShort: boolean }>
  readonly runtime: FakeRuntime
  readonly requests: () => number
}

const endpoint = { IDENTITY_ENDPOINT: 'http://127.0.0.1:1/msi/token', IDENTITY_HEADER: 'h', AZID_CACHE: 'file' }

/** A machine of App Service whose tokens say what was asked for. `hasShortcuts`: as the launcher does it. */
function machine(hasShortcuts = true, options: FakeRuntimeOptions = {}): Machine {
  let requests = 0
  const runtime = fakeRuntime({
    isClockManual: true,
    ...options,
    files: { '/etc/machine-id': 'm', '/proc/sys/kernel/random/boot_id': 'b', ...options.files },
    http: async ({ url }) => {
      requests += 1
      const { searchParams } = new URL(url)
      searchParams.delete('api-version')
      const expiresOn = String(Math.floor(runtime.clock.now() / 1000) + 86_400)
      const token = Buffer.from(`token ${searchParams}`).toString('base64url')
      return respond(200, { access_token: token, expires_on: expiresOn, token_type: 'Bearer' })
    },
  })
  return {
    runtime,
    requests: () => requests,
    run: async (argv, env = {}) => {
      const { terminal } = fakeRuntime({})
      const variables: Readonly<Record<string, string>> = { ...endpoint, ...env }
      const once: FakeRuntime = {
        ...runtime,
        terminal,
        env: { get: (name) => variables[name], names: () => Object.keys(variables) },
      }
      const text = hasShortcuts ? await answerRemembered(argv, once) : null
      if (text !== null) return { stdout: text, code: 0, isShort: true }
      const code = await main(argv, once)
      return { stdout: terminal.stdout.text, code, isShort: false }
    },
  }
}

const plain = ['get-token', 'arm', '-c', 'managed-identity']

test('shortcut: taken from the third run on, with the same bytes', async () => {
  const { run, requests } = machine()
  const runs = [await run(plain), await run(plain), await run(plain), await run(plain)]
  expect(runs.map(({ isShort }) => isShort)).toEqual([false, false, true, true])
  const token = Buffer.from('token resource=https%3A%2F%2Fmanagement.azure.com').toString('base64url')
  expect(new Set(runs.map(({ stdout }) => stdout))).toEqual(new Set([`${token}\n`]))
  expect([requests(), runs.map(({ code }) => code)]).toEqual([1, [0, 0, 0, 0]])
})

async function warm(machine: Machine, argv: readonly string[] = plain): Promise<void> {
  for (let count = 0; count < 3; count++) await machine.run(argv)
  expect((await machine.run(argv)).isShort).toBe(true)
}

describe('shortcut: not taken', () => {
  test.each<[string, (world: Machine) => unknown, Readonly<Record<string, string>>?]>([
    ['for another environment', () => {}, { AZURE_CLIENT_ID: 'other' }],
    ['for a variable that nobody knows', () => {}, { SOMETHING: 'new' }],
    ['where the cache is off', () => {}, { AZID_CACHE: 'off' }],
    ['where the cache is in memory', () => {}, { AZID_CACHE: 'memory' }],
    ['where the cache is misspelled', () => {}, { AZID_CACHE: 'nonsense' }],
    ['within --min-ttl of the expiry', ({ runtime }) => runtime.clock.setWallClock(start + 24 * hour - 60_000)],
    ['after the expiry', ({ runtime }) => runtime.clock.setWallClock(start + 25 * hour)],
    ['after the machine was started again', ({ runtime }) => runtime.files.put('/proc/sys/kernel/random/boot_id', 'c')],
    ['where the entry is gone', ({ runtime }) => removeAll(runtime, 'entries')],
    ['where the entry is damaged', ({ runtime }) => damageAll(runtime, 'entries')],
    ['where it is damaged itself', ({ runtime }) => damageAll(runtime, 'shortcuts')],
    ['after the key changed', ({ runtime }) => runtime.files.remove('/home/ada/.local/state/azid/file/key')],
    ['after `cache clear`', async ({ run }) => run(['cache', 'clear', '--yes'])],
  ])('%s', async (_, change, env = {}) => {
    const world = machine()
    await warm(world)
    await change(world)
    expect((await world.run(plain, env)).isShort).toBe(false)
  })

  test.each([
    [['get-token', 'arm', '-c', 'managed-identity', '--force-refresh']],
    [['get-token', 'arm', '-c', 'managed-identity', '--no-cache']],
    [['get-token', 'arm', '-c', 'managed-identity', '-v']],
    [['get-token', 'arm', '-c', 'managed-identity', '--output-file', '/home/ada/token']],
    [['get-token', 'arm', '-c', 'managed-identity', '--claims', '{"access_token":{"nbf":{"value":"1"}}}']],
    [['get-token', 'arm', 'graph', '-c', 'managed-identity', '-o', 'env']],
    [['whoami', '-c', 'managed-identity']],
  ])('for %j', async (argv) => {
    const { run } = machine()
    for (let count = 0; count < 3; count++) await run(argv)
    expect((await run(argv)).isShort).toBe(false)
  })

  test('for a word more or less', async () => {
    const world = machine()
    await warm(world)
    expect((await world.run([...plain, '-q'])).isShort).toBe(false)
    expect((await world.run(plain.slice(0, 2))).isShort).toBe(false)
  })
})

test('shortcut: what was refreshed by force is what is served next', async () => {
  const world = machine()
  await warm(world)
  const before = world.requests()
  await world.run([...plain, '--force-refresh'])
  expect(world.requests()).toBe(before + 1)
  expect((await world.run(plain)).isShort).toBe(true)
})

test('shortcut: a revoked token is not served once its successor is there', async () => {
  const world = machine()
  await warm(world)
  const [file = ''] = world.runtime.files.paths().filter((path) => /\/entries\/..\/./.test(path))
  const before = world.runtime.files.text(file)
  await world.run([...plain, '--claims', '{"access_token":{"nbf":{"value":"1"}}}'])
  expect(world.runtime.files.text(file)).not.toBe(before)
  expect((await world.run(plain)).isShort).toBe(true)
})

test('shortcut: nothing of the environment is in it in the clear, nor is a secret', async () => {
  const world = machine()
  for (let count = 0; count < 3; count++) await world.run(plain, { AZURE_CLIENT_SECRET: 'canary', CANARY: 'canary' })
  for (const path of world.runtime.files.paths('/home/ada').filter((one) => !one.endsWith('/'))) {
    expect(world.runtime.files.text(path)).not.toMatch(/canary|managed/i)
  }
})

const argv = fc.constantFrom(
  plain,
  ['token', 'arm', '-c', 'managed-identity'],
  ['get-token', 'vault', '-c', 'managed-identity'],
  ['get-token', 'arm', '-c', 'managed-identity', '--client-id', '22222222-2222-4222-8222-222222222222'],
  ['get-token', '-c', 'managed-identity', '--client-id', '33333333-3333-4333-8333-333333333333'],
  ['get-token', 'arm', '-c', 'managed-identity', '-o', 'header'],
  ['get-token', 'arm', '-c', 'managed-identity', '--json'],
  ['get-token', 'arm', '-c', 'managed-identity', '-o', 'az'],
  ['get-token', 'arm', '-c', 'managed-identity', '-o', 'azd'],
  ['get-token', 'vault', '-c', 'managed-identity', '-o', 'env', '--var', 'IT', '--shell', 'zsh'],
  ['get-token', 'vault', '-c', 'managed-identity', '-o', 'env'],
  ['get-token', 'arm', '-c', 'managed-identity', '--force-refresh'],
  ['get-token', 'arm', '-c', 'managed-identity', '--cae'],
  ['get-token', 'arm', '-c', 'environment,managed-identity'],
)
const env = fc.constantFrom<Readonly<Record<string, string>>>(
  {},
  { AZURE_CLIENT_ID: '22222222-2222-4222-8222-222222222222' },
  { AZURE_TENANT_ID: '11111111-1111-4111-8111-111111111111' },
  { IDENTITY_HEADER: 'other' },
  { AZID_CLOUD: 'usgov' },
  { AZID_SDK: 'python' },
  { TERM: 'xterm' },
)
const later = fc.constantFrom(0, 0, 0, hour, 23 * hour)

test('shortcut: whatever is run in whatever order, it prints what a machine without it prints', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(argv, env, later), { minLength: 6, maxLength: 14 }), async (steps) => {
      const [one, other] = [machine(), machine(false)]
      for (const [words, variables, ms] of steps) {
        await one.runtime.clock.advance(ms)
        await other.runtime.clock.advance(ms)
        const [short, long] = [await one.run(words, variables), await other.run(words, variables)]
        expect([short.code, short.stdout]).toEqual([long.code, long.stdout])
      }
      expect(one.requests()).toBe(other.requests())
    }),
    { numRuns: 40 },
  )
}, 180_000)

async function removeAll(runtime: FakeRuntime, folder: string): Promise<void> {
  for (const path of filesIn(runtime, folder)) await runtime.files.remove(path)
}

function damageAll(runtime: FakeRuntime, folder: string): void {
  for (const path of filesIn(runtime, folder)) runtime.files.put(path, { content: 'damaged', mode: 0o600 })
}

function filesIn(runtime: FakeRuntime, folder: string): string[] {
  return runtime.files.paths('/home/ada/.cache').filter((path) => path.includes(`/${folder}/`) && !path.endsWith('/'))
}
