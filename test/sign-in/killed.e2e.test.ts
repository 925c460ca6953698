/** The built command, killed between the token and the file of accounts: a real `kill -9`, after which nothing of others is lost. */
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { acquireLease } from '../../src/cache/lock.ts'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { cliFile, isolatedEnvironment, runCli } from '../support/run-cli.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { adele, claimsOf, directoryWith, megan } from './support/world.ts'

test('killed between token and cache: that sign-in is lost, and nothing else', async () => {
  let tokenGiven = (): void => {}
  const sandbox = await startTestSandbox({
    directory: directoryWith(),
    onRequest: ({ endpoint, status }) => {
      if (endpoint === 'token' && status === 200) tokenGiven()
    },
  })
  const home = await mkdtemp(path.join(tmpdir(), 'azid-killed-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const trust = await sandbox.environment('service-principal')
  const env = await isolatedEnvironment(home, {
    AZID_CACHE: 'file',
    AZID_AUTHORITY_HOST: sandbox.origin,
    NODE_EXTRA_CA_CERTS: trust['NODE_EXTRA_CA_CERTS'],
  })

  /** Signs in by a code that the person enters as soon as it is shown. */
  function login(person: typeof megan) {
    const child = spawn(process.execPath, [cliFile, 'login', '--device-code', '--json'], {
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    child.stderr.on('data', (chunk: Buffer) => {
      const code = /"userCode":"([^"]+)"/.exec(`${chunk}`)?.[1]
      if (code !== undefined) sandbox.approveDeviceCode(code, person)
    })
    const ended = new Promise<string | number | null>((resolve) =>
      child.on('close', (code, signal) => resolve(signal ?? code)),
    )
    return { child, ended }
  }

  async function accounts(): Promise<readonly string[]> {
    const { stdout } = await runCli(['cache', 'list', '--json'], { env })
    return JSON.parse(stdout)
      .accounts.map(({ username }: { username: string }) => username)
      .sort()
  }

  expect(await login(megan).ended).toBe(0)
  const folder = path.join(home, 'state', 'azid', 'file')
  const kept = (await readdir(folder)).sort()
  expect(kept).toContain('accounts.sandbox')

  // The write of the next one waits for this, so that it can be killed just before.
  const lease = await acquireLease(path.join(folder, 'accounts.sandbox.lock'), createNodeRuntime(), { waitMs: 0 })
  if (lease.kind !== 'held') throw new Error('nobody else may hold the lease')
  const given = new Promise<void>((resolve) => {
    tokenGiven = resolve
  })
  const doomed = login(adele)
  await given
  doomed.child.kill('SIGKILL')
  expect(await doomed.ended).toBe('SIGKILL')
  await lease.release()

  expect((await readdir(folder)).sort()).toEqual(kept)
  expect(await accounts()).toEqual([megan.userPrincipalName])
  const token = await runCli(['get-token', '-c', 'device-code', '--no-prompt'], { env })
  expect(token).toMatchObject({ code: 0, stderr: '' })
  expect(claimsOf(token.stdout)['upn']).toBe(megan.userPrincipalName)
  expect(await login(adele).ended).toBe(0)
  expect(await accounts()).toEqual([adele.userPrincipalName, megan.userPrincipalName])
})
