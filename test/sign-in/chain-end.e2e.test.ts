/** The built commands that end their chain with the account of `azid login`: each does, and each says so. */
import { spawn } from 'node:child_process'
import { expect, onTestFinished, test } from 'vitest'
import { cliFile, runCli } from '../support/run-cli.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { signedInHome } from './support/signed-in-home.ts'
import { claimsOf, directoryWith, megan } from './support/world.ts'

const said = 'the token is of the account of `azid login`'

test('get-token, whoami, exec and serve', async () => {
  const sandbox = await startTestSandbox({ directory: directoryWith() })
  const { env, login } = await signedInHome(sandbox)
  expect(await login(megan).ended).toBe(0)
  const show = 'console.log(process.env.SHOWN)'
  for (const args of [
    ['get-token'],
    ['whoami', '--json'],
    ['exec', '--set', 'SHOWN=arm', '--', process.execPath, '-e', show],
  ]) {
    const run = await runCli(args, { env })
    expect(run.code, run.stderr).toBe(0)
    expect(run.stderr).toContain(said)
    if (args[0] === 'whoami') expect(run.stdout).toContain('megan@contoso')
    else expect(claimsOf(run.stdout)['upn']).toBe(megan.userPrincipalName)
    // A credential that is named has no such end.
    const [command = '', ...rest] = args
    const other = await runCli([command, '-c', 'environment', ...rest], { env })
    expect(other.code).toBe(3)
    expect(other.stderr).not.toContain(said)
  }
}, 300_000)

test('serve, to a program that asks its endpoint', async () => {
  const sandbox = await startTestSandbox({ directory: directoryWith() })
  const { env, login } = await signedInHome(sandbox)
  expect(await login(megan).ended).toBe(0)
  const child = spawn(process.execPath, [cliFile, 'serve', '--allow', 'arm'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk
  })
  const [endpoint = '', header = ''] = await new Promise<readonly string[]>((resolve) => {
    let stdout = ''
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk
      const values = [...stdout.matchAll(/='([^']+)'\n/g)].map(([, value]) => value ?? '')
      if (values.length === 2) resolve(values)
    })
  })
  const url = `${endpoint}?api-version=2019-08-01&resource=https://management.azure.com`
  const answer = await fetch(url, { headers: { 'X-IDENTITY-HEADER': header } })
  const { access_token: token } = (await answer.json()) as { access_token: string }
  expect(claimsOf(token)['upn']).toBe(megan.userPrincipalName)
  const ended = new Promise((resolve) => child.on('close', resolve))
  child.kill('SIGTERM')
  await ended
  expect(stderr).toContain(said)
}, 300_000)
