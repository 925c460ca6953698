/** A service asks for more than a sign-in had: its header is pasted into `explain`, and the commands printed are run as they are. */
import { expect, test } from 'vitest'
import { adele, approveAs, claimsOf, type Machine, megan, type Run, signInAs, startMachine } from './support/world.ts'

const inBrowser = signInAs({ username: megan.userPrincipalName })
const arm = 'https://management.azure.com'

function encode(claims: unknown): string {
  return Buffer.from(JSON.stringify(claims)).toString('base64')
}

const stepUp = encode({ access_token: { acrs: { essential: true, value: 'c1' } } })

/** The commands of azid that `explain` prints for the text, as a shell would part them. */
async function explained(machine: Machine, text: string): Promise<readonly (readonly string[])[]> {
  const run = await machine.run(['explain', '--json', text])
  const { details } = JSON.parse(run.stdout) as { details: { rows: { command: string | null }[] }[] }
  const commands = details.flatMap(({ rows }) => rows.flatMap(({ command }) => command ?? []))
  return commands.flatMap((command) => (command.startsWith('azid ') ? [command.split(' ').slice(1)] : []))
}

/** The command after `do` in a failure. */
function advised({ stderr }: Run): readonly string[] {
  return /^ +(azid .*)$/m.exec(stderr)?.[1]?.split(' ').slice(1) ?? []
}

test('MFA for one action: the commands that explain prints for the header satisfy it', async () => {
  const machine = await startMachine()
  await machine.run(['login'], { inBrowser })
  const plain = await machine.run(['get-token', 'arm', '--cae'])
  expect(claimsOf(plain.stdout)['amr']).toEqual(['pwd'])
  const header = `WWW-Authenticate: Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", resource="${arm}", error="insufficient_claims", claims="${stepUp}"`
  const [login = [], getToken = [], ...others] = await explained(machine, header)
  expect(others).toEqual([])
  expect(login.slice(0, 1)).toEqual(['login'])
  expect((await machine.run(getToken)).code).toBe(4)
  expect(await machine.run(login, { inBrowser })).toMatchObject({ code: 0 })
  const token = await machine.run(getToken)
  expect(token.code).toBe(0)
  expect(claimsOf(token.stdout)).toMatchObject({
    aud: arm,
    upn: megan.userPrincipalName,
    acrs: ['c1'],
    amr: ['pwd', 'mfa'],
  })
})

test('a session that was revoked: the header of the service itself', async () => {
  const machine = await startMachine()
  await machine.run(['login'], { inBrowser })
  machine.sandbox.revokeSignIns(megan.userPrincipalName)
  const claims = encode({ access_token: { nbf: { essential: true, value: '1795219200' } } })
  const header = `Bearer realm="", authorization_uri="${machine.sandbox.origin}/common/oauth2/authorize", error="insufficient_claims", claims="${claims}"`
  const [login = []] = await explained(machine, header)
  // No resource is named: then it is that of a plain sign-in.
  expect(login).toEqual(['login', '--claims', claims])
  expect((await machine.run(login, { inBrowser })).code).toBe(0)
  expect((await machine.run(['get-token', '--claims', claims])).code).toBe(0)
})

test.each([
  ['-c interactive-browser --no-prompt', ['-c', 'interactive-browser', '--no-prompt']],
  ['-c device-code --no-prompt', ['-c', 'device-code', '--no-prompt']],
  ['the end of the chain', []],
])('the account does not satisfy it (%s): the failure says the very sign-in that does', async (_, args) => {
  const machine = await startMachine()
  await machine.run(['login'], { inBrowser })
  const wish = ['get-token', 'arm', '--claims', stepUp, ...args]
  const refused = await machine.run(wish)
  expect(refused.code).toBe(4)
  expect(refused.stderr).toContain('AADSTS50076')
  const command = advised(refused)
  expect(command.slice(0, 5)).toEqual([
    'login',
    '--username',
    megan.userPrincipalName,
    '--tenant',
    machine.sandbox.tenantId,
  ])
  expect((await machine.run(command, { inBrowser })).code).toBe(0)
  expect(claimsOf((await machine.run(wish)).stdout)['acrs']).toEqual(['c1'])
})

test('a resource that wants MFA of its own accord is named in that command', async () => {
  const machine = await startMachine()
  await machine.run(['login'], { inBrowser })
  const refused = await machine.run(['get-token', 'vault'])
  expect(refused.code).toBe(4)
  const command = advised(refused)
  expect(command).toContain('https://vault.azure.net/.default')
  expect((await machine.run(command, { inBrowser })).code).toBe(0)
  expect(claimsOf((await machine.run(['get-token', 'vault'])).stdout)['amr']).toEqual(['pwd', 'mfa'])
})

test('without any sign-in, get-token --claims asks for one with them', async () => {
  const machine = await startMachine()
  const run = await machine.run(['get-token', 'arm', '-c', 'browser', '--claims', stepUp], { inBrowser })
  expect(claimsOf(run.stdout)['acrs']).toEqual(['c1'])
})

test('a person who never set a second factor up is told so, by code and browser', async () => {
  const machine = await startMachine()
  await machine.run(['login', '--device-code'], { withDeviceCode: approveAs(machine, adele) })
  const refused = await machine.run(['get-token', 'arm', '--claims', stepUp])
  expect(refused.code).toBe(4)
  expect(refused.stderr).toContain('AADSTS50079')
})
