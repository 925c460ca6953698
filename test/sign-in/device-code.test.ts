/** Signing in with a code on another device, through the whole command, against the sandbox. */
import { expect, test } from 'vitest'
import { expectSchema } from '../support/schemas.ts'
import { approveAs, claimsOf, directoryWith, megan, startMachine } from './support/world.ts'

test('login --device-code shows where to go and what to enter, and says who signed in', async () => {
  const machine = await startMachine()
  const codes: string[] = []
  const run = await machine.run(['login', '--device-code'], {
    withDeviceCode: (code) => {
      codes.push(code)
      machine.sandbox.approveDeviceCode(code, megan)
    },
  })
  expect(run).toMatchObject({
    code: 0,
    stdout: `signed in as ${megan.userPrincipalName} in tenant ${machine.sandbox.tenantId}; azid logout forgets it\n`,
    stderr: [
      'To sign in, open this address in a browser on any device:',
      '',
      `    ${machine.sandbox.origin}/devicelogin`,
      '',
      'and enter this code:',
      '',
      `    ${codes[0]}`,
      '',
      'It is good for 15 minutes. Enter it only if you started this sign-in yourself.',
      '',
      '',
    ].join('\n'),
  })
})

test('under --json the prompt is lines of JSON on stderr, and the answer the record of the SDKs on stdout', async () => {
  const machine = await startMachine()
  const run = await machine.run(['login', '--use-device-code', '--json'], { withDeviceCode: approveAs(machine, megan) })
  const events = run.stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  for (const event of events) expectSchema('sign-in-event', event)
  expect(events).toMatchObject([
    {
      event: 'device-code',
      verificationUri: `${machine.sandbox.origin}/devicelogin`,
      expiresInMs: 900_000,
      intervalMs: 1000,
    },
    { event: 'signed-in', username: megan.userPrincipalName, tenantId: machine.sandbox.tenantId },
  ])
  const answer = JSON.parse(run.stdout)
  expectSchema('login', answer)
  expect(answer).toMatchObject({
    remembered: true,
    authenticationRecord: {
      authority: new URL(machine.sandbox.origin).host,
      clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
      homeAccountId: `aaaabbbb-0000-4000-8000-000000000002.${machine.sandbox.tenantId}`,
      version: '1.0',
    },
  })
})

test('works without any terminal, and quietly: the prompt is what is asked for', async () => {
  const machine = await startMachine()
  const options = { isTerminal: false, env: { DISPLAY: '' }, withDeviceCode: approveAs(machine, megan) }
  const run = await machine.run(['get-token', '-c', 'device-code', '-q'], options)
  expect(run.code).toBe(0)
  expect(run.stderr).toContain('/devicelogin')
  expect(claimsOf(run.stdout)).toMatchObject({ upn: megan.userPrincipalName })
})

test('polls as it is told: waits for the interval first, goes on while it is pending, and longer after slow_down', async () => {
  const machine = await startMachine()
  const times: number[] = []
  let polls = 0
  let shown = ''
  const run = await machine.run(['get-token', '-c', 'device-code'], {
    withDeviceCode: (code) => {
      times.push(machine.runtime.clock.now())
      shown = code
    },
    answer: ({ url, body }) => {
      if (!url.includes('/token') || body?.includes('device_code=') !== true) return undefined
      times.push(machine.runtime.clock.now())
      polls += 1
      if (polls === 2) return { status: 400, body: { error: 'slow_down', error_description: 'slow down' } }
      if (polls === 3) machine.sandbox.approveDeviceCode(shown, megan)
      return undefined
    },
  })
  expect(run.code).toBe(0)
  const waits = times.slice(1).map((time, index) => Math.round((time - (times[index] ?? 0)) / 1000))
  expect(waits).toEqual([1, 1, 6])
})

test('declined: exit 1, with what the authority said', async () => {
  const machine = await startMachine()
  const run = await machine.run(['get-token', '-c', 'device-code'], {
    withDeviceCode: (code) => machine.sandbox.declineDeviceCode(code),
  })
  expect(run.code).toBe(1)
  expect(run.stdout).toBe('')
  expect(run.stderr).toContain('AADSTS70017')
})

test('never entered: it ends when the code does, with 5 and what to do', async () => {
  const machine = await startMachine({}, { directory: directoryWith({ deviceCodes: { intervalSeconds: 300 } }) })
  const run = await machine.run(['get-token', '-c', 'device-code'], { timeFlies: true })
  expect(run.code).toBe(5)
  expect(run.stderr).toContain('Timed out waiting for user to authenticate')
  expect(run.stderr).toContain('start again')
})

test('the network may fail a few times while it waits', async () => {
  const machine = await startMachine()
  let polls = 0
  const run = await machine.run(['get-token', '-c', 'device-code'], {
    withDeviceCode: approveAs(machine, megan),
    answer: ({ body }) => {
      if (body?.includes('device_code=') !== true) return undefined
      polls += 1
      return polls <= 2 ? 'unreachable' : undefined
    },
  })
  expect(run.code).toBe(0)
})

test('Ctrl-C while it waits: 130, and nothing is printed', async () => {
  const machine = await startMachine()
  const run = await machine.run(['login', '--device-code'], { withDeviceCode: () => machine.runtime.interrupt() })
  expect(run.code).toBe(130)
  expect(run.stdout).toBe('')
})

test('--timeout ends the wait with 5', async () => {
  const machine = await startMachine()
  const run = await machine.run(['get-token', '-c', 'device-code', '--timeout', '20s'])
  expect(run.code).toBe(5)
  expect(run.stderr).toContain('Timed out waiting for user to authenticate')
  expect(run.stderr.replace(/\s+/g, ' ')).toContain('enter the code in time; --timeout 15m gives more of it')
  expect(run.stderr).not.toContain('--device-code')
})

test.each([
  {},
  { device_code: 'd', verification_uri: 'https://login.example/device', expires_in: 900 },
  { device_code: 'd', user_code: 7, verification_uri: 'https://login.example/device', expires_in: 900 },
  { device_code: 'd', user_code: 'ABC', expires_in: 900 },
])('an answer that nobody could go on with, %j, asks nobody', async (body) => {
  const machine = await startMachine()
  const run = await machine.run(['login', '--device-code', '--json'], {
    answer: ({ url }) => (url.includes('/devicecode') ? { status: 200, body } : undefined),
  })
  expect(run.code).toBe(1)
  expect(run.stderr).toBe('')
  const { error } = JSON.parse(run.stdout)
  expect(error.message).not.toContain('undefined')
})

test('an authority without device codes says why', async () => {
  const machine = await startMachine()
  const run = await machine.run([
    'get-token',
    '-c',
    'device-code',
    '--client-id',
    '99999999-9999-4999-8999-999999999999',
  ])
  expect(run.code).toBe(1)
  expect(run.stderr).toContain('AADSTS700016')
  expect(run.stderr).not.toContain('enter this code')
})
