/** The countdown beside a sign-in, on a real terminal: coloured, and plain for NO_COLOR and --no-color. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cliFile, isolatedEnvironment } from '../support/run-cli.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { hasTerminal, openTerminal } from '../support/terminal.ts'

test.runIf(hasTerminal).each([
  ['colour', {}, [], true],
  ['NO_COLOR', { NO_COLOR: '1' }, [], false],
  ['--no-color', {}, ['--no-color'], false],
] as const)('%s', async (_, variables, args, isColoured) => {
  const sandbox = await startTestSandbox()
  const trust = await sandbox.environment('service-principal')
  const home = await mkdtemp(path.join(tmpdir(), 'azid-countdown-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const env = await isolatedEnvironment(home, {
    AZID_AUTHORITY_HOST: sandbox.origin,
    NODE_EXTRA_CA_CERTS: trust['NODE_EXTRA_CA_CERTS'],
    ...variables,
  })
  const typescript = path.join(home, 'typescript')
  const words = [process.execPath, cliFile, 'login', '--device-code', ...args].join(' ')
  const terminal = openTerminal({ command: ['script', '-q', '-f', '-c', words, typescript], env, cwd: home })
  onTestFinished(() => terminal.close())
  await terminal.waitFor((screen) => screen.some((line) => line.includes('waiting for the sign-in (')), 'the countdown')
  // What stands on the screen may be in the file only later.
  const drawn = () => readFile(typescript, 'utf8')
  await expect.poll(drawn, { timeout: 30_000 }).toContain('waiting for the sign-in (')
  expect((await drawn()).includes('\u001b[36m')).toBe(isColoured)
})
