/** `--timeout` limits a run and does not lengthen it. */
import { expect, test } from 'vitest'
import { runCli } from '../support/run-cli.ts'
import { startTestSandbox } from '../support/sandbox.ts'

test('a run that is done ends long before its limit', async () => {
  const sandbox = await startTestSandbox()
  const env = await sandbox.environment('service-principal')
  const began = performance.now()
  const run = await runCli(['get-token', '--timeout', '10m'], { env, timeoutMs: 60_000 })
  expect(run).toMatchObject({ code: 0, stderr: '' })
  expect(performance.now() - began).toBeLessThan(60_000)
})

test('a run that hangs ends at its limit, with 5', async () => {
  const sandbox = await startTestSandbox()
  sandbox.setFault('hang')
  const env = await sandbox.environment('service-principal')
  const run = await runCli(['get-token', '--timeout', '1s'], { env, timeoutMs: 60_000 })
  expect(run.code).toBe(5)
})
