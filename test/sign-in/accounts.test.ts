/** Accounts that are remembered: used silently by later runs, chosen among, shown, and forgotten. */
import { describe, expect, test } from 'vitest'
import { expectSchema } from '../support/schemas.ts'
import { adele, approveAs, claimsOf, type Machine, megan, type Run, startMachine } from './support/world.ts'

async function login(machine: Machine, person = megan, args: readonly string[] = []): Promise<Run> {
  const run = await machine.run(['login', '--device-code', ...args], { withDeviceCode: approveAs(machine, person) })
  expect(run.code).toBe(0)
  return run
}

/** What names the grants of a run's token requests. */
function grantsOf({ sent }: Run): readonly (string | null)[] {
  return sent.filter(({ url }) => url.includes('/token')).map(({ body }) => new URLSearchParams(body).get('grant_type'))
}

test.each(['device-code', 'interactive-browser'])(
  '-c %s uses the account of azid login, and asks nobody',
  async (name) => {
    const machine = await startMachine()
    await login(machine)
    const run = await machine.run(['get-token', 'vault', '-c', name, '--cae'])
    expect(run).toMatchObject({ code: 0, stderr: '' })
    expect(claimsOf(run.stdout)).toMatchObject({
      upn: megan.userPrincipalName,
      aud: 'https://vault.azure.net',
      xms_cc: ['cp1'],
    })
    expect(grantsOf(run)).toEqual(['refresh_token'])
  },
)

test('a sign-in by -c device-code is remembered as well', async () => {
  const machine = await startMachine()
  await machine.run(['get-token', '-c', 'device-code'], { withDeviceCode: approveAs(machine, megan) })
  const run = await machine.run(['get-token', '-c', 'device-code', '--no-prompt'])
  expect(claimsOf(run.stdout)['upn']).toBe(megan.userPrincipalName)
})

test('get-token ends the chain with that account, and says so', async () => {
  const machine = await startMachine()
  await login(machine)
  const run = await machine.run(['get-token', '--json'])
  expect(run.code).toBe(0)
  expect(JSON.parse(run.stdout)).toMatchObject({ credential: 'InteractiveBrowserCredential', fromCache: false })
  expect(run.stderr).toContain('the token is of the account of `azid login`')
  const whoami = await machine.run(['whoami', '--json'])
  expect(JSON.parse(whoami.stdout).identity.name).toContain('megan')
})

test.each([
  ['--sdk python', ['get-token', '--sdk', 'python'], {}],
  ['-c default', ['get-token', '-c', 'default'], {}],
  ['--exclude interactive-browser', ['get-token', '--exclude', 'interactive-browser'], {}],
  ['AZURE_TOKEN_CREDENTIALS', ['get-token'], { AZURE_TOKEN_CREDENTIALS: 'dev' }],
  ['AZID_SDK', ['get-token'], { AZID_SDK: 'python' }],
  ['chain', ['chain', 'arm'], {}],
] as const)('%s: the chain is the SDK’s own, without it', async (_, args, env) => {
  const machine = await startMachine()
  await login(machine)
  const run = await machine.run(args, { env })
  expect(run.code).toBe(3)
})

test('nobody is signed in: the chain is as it always was, and no key is made', async () => {
  const machine = await startMachine()
  const run = await machine.run(['get-token', '--no-cache'])
  expect(run.code).toBe(3)
  expect(run.stderr).not.toContain('InteractiveBrowserCredential')
})

test('--no-cache is about tokens: the account is used', async () => {
  const machine = await startMachine()
  await login(machine)
  expect((await machine.run(['get-token', '--no-cache'])).code).toBe(0)
})

test('several accounts: --username and --tenant choose, and ambiguity lists them', async () => {
  const machine = await startMachine()
  await login(machine, megan)
  await login(machine, adele)
  await login(machine, { userPrincipalName: 'lynne@fabrikam.onmicrosoft.com' })
  const unclear = await machine.run(['get-token', '-c', 'device-code'])
  expect(unclear.code).toBe(4)
  for (const name of ['megan@contoso', 'adele@contoso', 'lynne@fabrikam']) expect(unclear.stderr).toContain(name)
  expect(unclear.stderr).toContain('--username')
  const chained = await machine.run(['get-token'])
  expect(chained.code).toBe(4)
  const chosen = await machine.run([
    'get-token',
    '-c',
    'device-code',
    '--username',
    adele.userPrincipalName.toUpperCase(),
  ])
  expect(claimsOf(chosen.stdout)['upn']).toBe(adele.userPrincipalName)
  const ofTenant = await machine.run(['get-token', '-c', 'browser', '--tenant', 'fabrikam.onmicrosoft.com'])
  expect(claimsOf(ofTenant.stdout)['upn']).toBe('lynne@fabrikam.onmicrosoft.com')
  const wholeChain = await machine.run(['get-token', '--username', megan.userPrincipalName])
  expect(claimsOf(wholeChain.stdout)['upn']).toBe(megan.userPrincipalName)
})

test('a guest asks in another tenant with the one account', async () => {
  const machine = await startMachine()
  await login(machine, adele)
  const run = await machine.run(['get-token', '-c', 'device-code', '--tenant', 'fabrikam.onmicrosoft.com'])
  expect(run.code).toBe(0)
  expect(claimsOf(run.stdout)['tid']).toBe('bbbbcccc-1111-dddd-2222-eeee3333ffff')
})

test.each([
  ['--no-prompt', ['--no-prompt'], {}, '--no-prompt says to ask nobody'],
  ['AZID_NO_PROMPT', [], { env: { AZID_NO_PROMPT: 'true' } }, 'ask nobody'],
  ['CI', [], { env: { CI: 'true' } }, 'CI is set'],
  ['no terminal', [], { isTerminal: false }, 'stdin is no terminal'],
] as const)('%s: nobody is asked, exit 4, and what would be needed', async (_, args, options, reason) => {
  const machine = await startMachine()
  const wish = ['-t', 'contoso.com', '--username', 'ada@contoso.com']
  const run = await machine.run(['get-token', '-c', 'interactive-browser', ...wish, ...args], {
    ...options,
    inBrowser: () => {
      throw new Error('nobody may be asked')
    },
  })
  expect(run.code).toBe(4)
  expect(run.sent).toEqual([])
  const said = run.stderr.replace(/\s+/g, ' ')
  expect(said).toContain("Interactive authentication is required to get a token. Call 'authenticate' to begin.")
  expect(said).toContain(reason)
  expect(said).toContain('azid login --username ada@contoso.com --tenant contoso.com')
})

test('azid login itself asks nobody in CI', async () => {
  const machine = await startMachine()
  const run = await machine.run(['login'], { env: { CI: '1' } })
  expect(run.code).toBe(4)
  expect(run.sent).toEqual([])
})

test('a sign-in that has ended: the refusal is told with 4 where nobody may be asked, else the person is asked again', async () => {
  const machine = await startMachine()
  await login(machine)
  machine.sandbox.revokeSignIns(megan.userPrincipalName)
  const refused = await machine.run(['get-token', '-c', 'device-code', '--no-prompt'])
  expect(refused.code).toBe(4)
  expect(refused.stderr).toContain('AADSTS50173')
  const again = await machine.run(['get-token', '-c', 'device-code'], { withDeviceCode: approveAs(machine, megan) })
  expect(again.code).toBe(0)
  expect((await machine.run(['get-token', 'graph', '-c', 'device-code', '--no-prompt'])).code).toBe(0)
})

test('a network that fails is no reason to ask a person', async () => {
  const machine = await startMachine()
  await login(machine)
  const run = await machine.run(['get-token', '-c', 'device-code'], {
    answer: ({ url }) => (url.includes('/token') ? 'unreachable' : undefined),
  })
  expect(run.code).toBe(5)
  expect(run.stderr).not.toContain('devicelogin')
})

test('a claims challenge is satisfied: silently where the account can, by the person where not', async () => {
  const machine = await startMachine()
  await login(machine)
  const claims = Buffer.from('{"access_token":{"nbf":{"essential":true,"value":"1763683200"}}}').toString('base64')
  const run = await machine.run(['get-token', '-c', 'device-code', '--claims', claims, '--no-prompt'])
  expect(run.code).toBe(0)
  const sent = run.sent.find(({ body }) => body?.includes('grant_type=refresh_token') === true)
  expect(JSON.parse(new URLSearchParams(sent?.body).get('claims') ?? '')).toMatchObject({
    access_token: { nbf: { essential: true, value: '1763683200' } },
  })
  const asked = await login(machine, megan, ['--claims', claims])
  const form = asked.sent.find(({ url }) => url.includes('/devicecode'))?.body
  expect(JSON.parse(new URLSearchParams(form).get('claims') ?? '')).toMatchObject({
    access_token: { nbf: { value: '1763683200' } },
  })
})

test('where nothing can be kept, that is said before anybody signs in, with what to do', async () => {
  const machine = await startMachine({ keyring: { fault: () => 'unavailable' } })
  const run = await login(machine)
  expect(run.stderr).toMatch(/^warning: this sign-in lasts for this run only/)
  expect(run.stderr).toContain('AZID_CACHE=file')
  expect(run.stdout).toContain('for this run only')
  const json = await login(machine, megan, ['--json'])
  expect(JSON.parse(json.stdout).remembered).toBe(false)
  const events = json.stderr.trim().split('\n')
  for (const line of events) expectSchema('sign-in-event', JSON.parse(line))
  expect(JSON.parse(events[0] ?? '')).toMatchObject({
    event: 'not-remembered',
    fix: expect.stringContaining('AZID_CACHE'),
  })
  const quiet = await login(machine, megan, ['-q'])
  expect(quiet.stderr).not.toContain('this run only')
  expect((await machine.run(['get-token'])).code).toBe(3)
})

test('AZID_CACHE=file keeps it without a keyring', async () => {
  const machine = await startMachine({ keyring: { fault: () => 'unavailable' } })
  const env = { AZID_CACHE: 'file' }
  await machine.run(['login', '--device-code'], { env, withDeviceCode: approveAs(machine, megan) })
  expect((await machine.run(['get-token'], { env })).code).toBe(0)
})

test('logout forgets the account, its tokens and the cached ones; cache list shows who is there', async () => {
  const machine = await startMachine()
  await login(machine)
  const list = await machine.run(['cache', 'list', '--json'])
  expectSchema('cache-list', JSON.parse(list.stdout))
  expect(JSON.parse(list.stdout).accounts).toMatchObject([
    { username: megan.userPrincipalName, name: 'Megan Bowen', tenants: [machine.sandbox.tenantId] },
  ])
  expect((await machine.run(['cache', 'list'])).stdout).toContain('megan@contoso.onmicrosoft.com (Megan Bowen), tenant')
  const out = await machine.run(['logout'])
  expect(out).toMatchObject({
    code: 0,
    stdout: `forgot megan@contoso.onmicrosoft.com (tenant ${machine.sandbox.tenantId})\n`,
  })
  expect((await machine.run(['get-token'])).code).toBe(3)
  expect((await machine.run(['get-token', '-c', 'device-code', '--no-prompt'])).code).toBe(4)
  expect(JSON.parse((await machine.run(['cache', 'list', '--json'])).stdout).accounts).toEqual([])
  expect((await machine.run(['logout'])).stdout).toBe('nobody is signed in\n')
})

test('logout among several wants a name; --all takes everyone', async () => {
  const machine = await startMachine()
  await login(machine, megan)
  await login(machine, adele)
  const unclear = await machine.run(['logout'])
  expect(unclear.code).toBe(2)
  expect(unclear.stderr).toContain('adele@contoso')
  const wrong = await machine.run(['logout', '--username', 'nobody@contoso.com'])
  expect(wrong.code).toBe(2)
  const one = await machine.run(['logout', '--username', megan.userPrincipalName, '--json'])
  expectSchema('logout', JSON.parse(one.stdout))
  expect(JSON.parse(one.stdout)).toMatchObject({ removed: 1, accounts: [{ username: megan.userPrincipalName }] })
  const left = await machine.run(['get-token'])
  expect(claimsOf(left.stdout)['upn']).toBe(adele.userPrincipalName)
  await login(machine, megan)
  expect(JSON.parse((await machine.run(['logout', '--all', '--json'])).stdout).removed).toBe(2)
})

test('logout --tenant forgets no account of another tenant', async () => {
  const machine = await startMachine()
  await login(machine, megan)
  const run = await machine.run(['logout', '--tenant', 'fabrikam.onmicrosoft.com'])
  expect(run).toMatchObject({ code: 2, stdout: '' })
  expect(run.stderr).toContain('--tenant')
  expect(run.stderr).toContain('megan@contoso.onmicrosoft.com')
  expect((await machine.run(['logout', '--tenant', machine.sandbox.tenantId])).stdout).toContain('forgot megan')
})

test('logout names the accounts of another cloud where this one has none', async () => {
  const machine = await startMachine({}, {}, true)
  await login(machine, megan)
  const run = await machine.run(['logout', '--cloud', 'usgov'])
  expect(run).toMatchObject({ code: 0 })
  expect(run.stdout.replace(/\s+/g, ' ')).toBe(
    'nobody is signed in at login.microsoftonline.us; megan@contoso.onmicrosoft.com is at login.windows.net ',
  )
  expect((await machine.run(['get-token'])).code).toBe(0)
})

test('logout --all takes everyone from every place, readable or not', async () => {
  const machine = await startMachine()
  await login(machine, megan)
  const env = { AZID_CACHE: 'file' }
  await machine.run(['login', '--device-code'], { env, withDeviceCode: approveAs(machine, adele) })
  expect(JSON.parse((await machine.run(['logout', '--all', '--json'])).stdout).removed).toBe(2)
  expect((await machine.run(['get-token'], { env })).code).toBe(3)
  expect((await machine.run(['get-token'])).code).toBe(3)
  expect(machine.runtime.files.paths().filter((path) => /accounts(\.sandbox)?$/.test(path))).toEqual([])
})

test('a variable that names a user for other commands does not choose who is forgotten', async () => {
  const machine = await startMachine()
  await login(machine, megan)
  const run = await machine.run(['logout'], { env: { AZID_USERNAME: 'somebody@else.com' } })
  expect(run.stdout).toContain('forgot megan')
})

test('two logins at once: both are remembered', async () => {
  const machine = await startMachine()
  await Promise.all([login(machine, megan), login(machine, adele)])
  const { accounts } = JSON.parse((await machine.run(['cache', 'list', '--json'])).stdout)
  expect(accounts.map(({ username }: { username: string }) => username).sort()).toEqual([
    adele.userPrincipalName,
    megan.userPrincipalName,
  ])
})

test('a token of another account is never served after a change of accounts', async () => {
  const machine = await startMachine()
  await login(machine, megan)
  await machine.run(['get-token', '-c', 'device-code'])
  await machine.run(['logout'])
  await login(machine, adele)
  expect(claimsOf((await machine.run(['get-token', '-c', 'device-code'])).stdout)['upn']).toBe(adele.userPrincipalName)
})

test('neither code nor token is in any stream, log or file', async () => {
  const machine = await startMachine()
  const run = await login(machine, megan, ['--debug', '--json'])
  const next = await machine.run(['get-token', '-c', 'device-code', '--debug', '-o', 'json'])
  const secrets: string[] = []
  for (const { body } of [...run.sent, ...next.sent]) {
    const form = new URLSearchParams(body)
    for (const name of ['device_code', 'refresh_token', 'code_verifier', 'code']) secrets.push(...form.getAll(name))
  }
  expect(secrets.length).toBeGreaterThan(1)
  const paths = machine.runtime.files.paths().filter((path) => !path.endsWith('/'))
  expect(paths.some((path) => path.endsWith('/accounts.sandbox'))).toBe(true)
  const files = paths.map((path) => machine.runtime.files.text(path))
  const seen = [run.stdout, run.stderr, next.stderr, ...files].join('\n')
  for (const secret of secrets) {
    expect(seen).not.toContain(secret)
    expect(seen).not.toContain(Buffer.from(secret).toString('base64').slice(0, 40))
  }
})

describe('tokens of an account in the cache', () => {
  test('are served without a request, by the same words, until the accounts change', async () => {
    // What names a machine is part of a chain with a managed identity.
    const files = { '/etc/machine-id': 'm\n', '/proc/sys/kernel/random/boot_id': 'b\n' }
    const machine = await startMachine({ files }, {}, true)
    await login(machine, megan)
    for (const args of [['get-token'], ['get-token', '-c', 'device-code'], ['get-token', '-c', 'browser', '--cae']]) {
      const first = await machine.run(args)
      expect(claimsOf(first.stdout)['upn']).toBe(megan.userPrincipalName)
      const second = await machine.run(args)
      expect(second).toMatchObject({ code: 0, stdout: first.stdout, stderr: '', sent: [] })
      // By now the command line itself is remembered.
      expect((await machine.run(args)).stdout).toBe(first.stdout)
    }
    const { accounts } = JSON.parse((await machine.run(['cache', 'list', '--json'])).stdout)
    expect(accounts).toMatchObject([{ authority: 'login.windows.net' }])
    await machine.run(['logout'])
    expect((await machine.run(['get-token'])).code).toBe(3)
    expect((await machine.run(['get-token', '-c', 'device-code', '--no-prompt'])).code).toBe(4)
    expect(JSON.parse((await machine.run(['cache', 'list', '--json'])).stdout)).toMatchObject({
      entries: [],
      accounts: [],
    })
    await login(machine, adele)
    const other = await machine.run(['get-token', '-c', 'device-code'])
    expect(claimsOf(other.stdout)['upn']).toBe(adele.userPrincipalName)
  })

  test('of another cloud are not of this one', async () => {
    const machine = await startMachine({}, {}, true)
    await login(machine, megan)
    const run = await machine.run(['get-token', '-c', 'device-code', '--cloud', 'usgov', '--no-prompt'])
    expect(run.code).toBe(4)
    expect(run.sent).toEqual([])
  })
})

test('a run that dies between the token and the cache loses that sign-in and nothing else', async () => {
  let isBroken = false
  const fault = (operation: string, path: string) =>
    isBroken && operation === 'writeAtomic' && path.includes('accounts') ? ('no-space' as const) : undefined
  const machine = await startMachine({ fileFault: fault })
  await login(machine, megan)
  isBroken = true
  const run = await machine.run(['login', '--device-code'], { withDeviceCode: approveAs(machine, adele) })
  expect(run.code).toBe(0)
  expect(run.stdout).toContain('for this run only')
  isBroken = false
  const after = await machine.run(['get-token', '-c', 'device-code', '--no-prompt'])
  expect(claimsOf(after.stdout)['upn']).toBe(megan.userPrincipalName)
})

test('a damaged file of accounts is nobody, and is written anew', async () => {
  const machine = await startMachine()
  await login(machine, megan)
  const path = machine.runtime.files.paths().find((each) => each.endsWith('/accounts.sandbox')) ?? ''
  machine.runtime.files.put(path, 'nonsense')
  expect((await machine.run(['get-token', '-c', 'device-code', '--no-prompt'])).code).toBe(4)
  expect((await machine.run(['get-token'])).code).toBe(3)
  await login(machine, adele)
  expect(claimsOf((await machine.run(['get-token'])).stdout)['upn']).toBe(adele.userPrincipalName)
})
