/** `azid whoami --token` as a process: streams, closed pipes, and no secret in sight. */
import { spawn } from 'node:child_process'
import { expect, test } from 'vitest'
import { makeToken, userClaims } from '../jwt/tokens.ts'
import { cliFile, runCli } from '../support/run-cli.ts'
import { expectSchema } from '../support/schemas.ts'

const token = makeToken(userClaims)

test('whoami: a token from a pipe', async () => {
  const run = await runCli(['whoami', '--token', '-'], { input: `${token}\n` })
  expect([run.code, run.stderr]).toEqual([0, ''])
  expect(run.stdout).toMatch(/^who {10}ada@contoso\.example, Ada Lovelace\n/)
  expect(run.stdout).toContain('signature    not checked (--verify checks it)')
})

test('whoami: a token as JSON', async () => {
  const run = await runCli(['whoami', '--token', '-', '--json'], { input: token })
  expect(run.code).toBe(0)
  expectSchema('whoami', JSON.parse(run.stdout))
})

test('whoami: a token on the command line is answered with a warning', async () => {
  const run = await runCli(['whoami', '--token', token])
  expect(run.code).toBe(0)
  expect(run.stderr).toMatch(/^warning: .*history/)
  expect(run.stderr).not.toContain(token.slice(0, 20))
})

test.each([
  ['a closed stdin', undefined, 'there is no token'],
  ['two parts', token.split('.').slice(0, 2).join('.'), 'the token has 2 parts'],
  ['parts that are no JSON', 'aGVsbG8.aGVsbG8.aGVsbG8', 'the header of the token is not JSON'],
  ['ten megabytes', 'a'.repeat(10 * 1024 * 1024), 'larger than 1 MiB'],
])('whoami: %s is wrong usage', async (_, input, message) => {
  const run = await runCli(['whoami', '--token', '-'], input === undefined ? {} : { input })
  expect([run.code, run.stdout]).toEqual([2, ''])
  expect(run.stderr).toContain(message)
})

test('whoami: a reader that goes away is no error', async () => {
  const child = spawn(process.execPath, [cliFile, 'whoami', '--token', '-', '--all-claims'], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { PATH: process.env['PATH'], NO_COLOR: '1' },
  })
  let stderr = ''
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  child.stdout.destroy()
  child.stdin.end(token)
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect([code, stderr]).toEqual([0, ''])
})
