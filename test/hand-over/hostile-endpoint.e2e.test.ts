/** A managed identity endpoint that means no good, or that is asked again and again: what comes out at the other end. */

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { cliFile, isolatedEnvironment } from '../support/run-cli.ts'
import { expectSchema } from '../support/schemas.ts'
import { runProgram } from './support/run.ts'

async function startEndpoint(token: string) {
  let count = 0
  const server = http.createServer((_, answer) => {
    count += 1
    const expires_on = String(Math.floor(Date.now() / 1000) + 86_400)
    answer.setHeader('content-type', 'application/json')
    answer.end(
      JSON.stringify({
        access_token: token,
        expires_on,
        resource: 'https://management.azure.com',
        token_type: 'Bearer',
      }),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const folder = mkdtempSync(path.join(tmpdir(), 'azid-hostile-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const variables = { IDENTITY_ENDPOINT: `http://127.0.0.1:${port}/msi/token`, IDENTITY_HEADER: 'header' }
  const env = await isolatedEnvironment(path.join(folder, 'home'), { ...variables, AZID_CACHE: 'file' })
  return { folder, env, requests: () => count }
}

const azid = `'${process.execPath}' '${cliFile}' get-token arm -c managed-identity`

describe('a token with something else in it', () => {
  test.each([
    'x$(touch hacked)',
    'x`touch hacked`',
    "x'; touch hacked; '",
    'x"; touch hacked; "',
    'x\ntouch hacked',
    'x\r\n::set-env name=PATH::/evil',
    'x\n##vso[task.complete result=Succeeded]',
    'x %PATH% !PATH!',
    'x\u0000touch hacked',
    'x\u001b]0;title\u0007',
  ])('%j is refused or quoted, never executed', async (token) => {
    const { folder, env } = await startEndpoint(token)
    const job = path.join(folder, 'job')
    writeFileSync(job, '')
    const script = `
      eval "$(${azid} -o env --var A)"
      eval "$(${azid} -o env --shell zsh --var B)"
      ${azid} -o dotenv > dotenv && { set -a; . ./dotenv; }
      ${azid} -o github-actions
      ${azid} -o azure-pipelines
      ${azid} -o header
      exit 0`
    const run = await runProgram('bash', ['-c', script], { env: { ...env, GITHUB_ENV: job }, cwd: folder })
    expect(run.code).toBe(0)
    expect(readdirSync(folder).sort()).toEqual(['dotenv', 'home', 'job'])
    expect(run.stdout + run.stderr).not.toMatch(/^(?:::set-env|##vso\[task\.complete)/m)
    expect(run.stdout + run.stderr).not.toContain('\u001b]')
    expect(readFileSync(job, 'utf8')).not.toMatch(/^touch|^::/m)
  })
})

test('exec-credential again and again, as kubectl asks: one request, and each time the version that is asked for', async () => {
  const { folder, env, requests } = await startEndpoint('token-1')
  const ask = async (version?: string): Promise<{ apiVersion: string; status: { token: string } }> => {
    const info =
      version === undefined
        ? {}
        : { KUBERNETES_EXEC_INFO: JSON.stringify({ kind: 'ExecCredential', apiVersion: version, spec: {} }) }
    const run = await runProgram('sh', ['-c', `${azid} -o exec-credential`], { env: { ...env, ...info }, cwd: folder })
    expect(run).toMatchObject({ code: 0, stderr: '' })
    const answer = JSON.parse(run.stdout)
    expectSchema('exec-credential', answer)
    return answer
  }
  const [v1, v1beta1] = ['client.authentication.k8s.io/v1', 'client.authentication.k8s.io/v1beta1']
  for (const version of [v1, v1, v1, v1beta1, v1beta1, undefined, v1]) {
    const { apiVersion, status } = await ask(version)
    expect(apiVersion).toBe(version ?? v1beta1)
    expect(status.token).toBe('token-1')
  }
  expect(requests()).toBe(1)
})

test('github-actions again and again: every run masks and writes, also from the cache', async () => {
  const { folder, env, requests } = await startEndpoint('token-1')
  const job = path.join(folder, 'job')
  writeFileSync(job, '')
  for (const _ of [1, 2, 3]) {
    const run = await runProgram('sh', ['-c', `${azid} -o github-actions`], {
      env: { ...env, GITHUB_ENV: job },
      cwd: folder,
    })
    expect(run).toEqual({ code: 0, stdout: '::add-mask::token-1\n', stderr: '' })
  }
  expect(readFileSync(job, 'utf8').match(/^AZURE_ACCESS_TOKEN<<azid_/gm)).toHaveLength(3)
  expect(requests()).toBe(1)
})

test('dotenv is read back by Node itself', async () => {
  const { folder, env } = await startEndpoint('a.b-c_d~e+f/g==')
  const made = await runProgram('sh', ['-c', `${azid} -o dotenv --var TOKEN --output-file token.env`], {
    env,
    cwd: folder,
  })
  expect(made).toEqual({ code: 0, stdout: '', stderr: '' })
  const read = await runProgram(process.execPath, ['--env-file=token.env', '-p', 'process.env.TOKEN'], {
    env: { PATH: process.env['PATH'] },
    cwd: folder,
  })
  expect(read.stdout).toBe('a.b-c_d~e+f/g==\n')
})
