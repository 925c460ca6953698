/** The built command, killed between the token and the file of accounts: a real `kill -9`, after which nothing of others is lost. */
import { readdir } from 'node:fs/promises'
import path from 'node:path'
import { expect, test } from 'vitest'
import { acquireLease } from '../../src/cache/lock.ts'
import { createNodeRuntime } from '../../src/runtime-node/runtime-node.ts'
import { runCli } from '../support/run-cli.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { signedInHome } from './support/signed-in-home.ts'
import { adele, claimsOf, directoryWith, megan } from './support/world.ts'

test('killed between token and cache: that sign-in is lost, and nothing else', async () => {
  let tokenGiven = (): void => {}
  const sandbox = await startTestSandbox({
    directory: directoryWith(),
    onRequest: ({ endpoint, status }) => {
      if (endpoint === 'token' && status === 200) tokenGiven()
    },
  })
  const { home, env, login } = await signedInHome(sandbox)

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
}, 300_000)
