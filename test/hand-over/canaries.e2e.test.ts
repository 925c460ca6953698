/** Nothing that is handed over is seen anywhere else: streams, files, and the arguments of every process. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { tokenFormats } from '../../src/output/token-formats.ts'
import { cliFile, runCli } from '../support/run-cli.ts'
import { startTestSandbox } from '../support/sandbox.ts'

/** As it is, as it travels, and in pieces: a secret that was cut in two is still one. */
function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  const wide = Buffer.from(secret, 'utf16le')
  const whole = [
    secret,
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    wide.toString('latin1'),
    wide.toString('base64').replace(/=+$/, ''),
  ]
  return whole.flatMap((form) => (form.length < 48 ? [form] : (form.match(/.{24}/gs) ?? [])))
}

function expectUnseen(text: string, secrets: readonly string[]): void {
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(8)
    for (const form of formsOf(secret)) expect(text.includes(form), `a form of a secret is in: ${text}`).toBe(false)
  }
}

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'azid-canary-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function readAll(folder: string): string {
  return readdirSync(folder, { recursive: true })
    .map((name) => path.join(folder, String(name)))
    .filter((file) => statSync(file).isFile())
    .map((file) => readFileSync(file, 'latin1'))
    .join('\n')
}

const anyToken = /eyJ[\w-]+\.[\w-]+\.[\w-]+/g

test('the search finds what it looks for, in every form', () => {
  const secret = 'a-secret+that/is=long enough to be cut in two, or in three'
  for (const form of formsOf(secret)) expect(() => expectUnseen(`x${form}y`, [secret])).toThrow()
})

describe('get-token', () => {
  test.each(Object.keys(tokenFormats))(
    '-o %s --debug: on stdout or in the files of the job, nowhere else',
    async (format) => {
      const sandbox = await startTestSandbox()
      const env = await sandbox.environment()
      const [home, job] = [makeFolder(), makeFolder()]
      const files = { GITHUB_ENV: path.join(job, 'env'), GITHUB_OUTPUT: path.join(job, 'output') }
      for (const file of Object.values(files)) writeFileSync(file, '')
      const run = await runCli(['get-token', 'vault', '-o', format, '--debug'], {
        env: { ...env, ...files, HOME: home, XDG_STATE_HOME: home, XDG_CACHE_HOME: home, AZID_CACHE: 'file' },
      })
      expect(run.code).toBe(0)
      const tokens = run.stdout.match(anyToken) ?? []
      expect(tokens.length).toBeGreaterThan(0)
      expectUnseen(run.stderr + readAll(home), [...tokens, env['AZURE_CLIENT_SECRET'] ?? ''])
      if (format !== 'github-actions') expect(readAll(job)).toBe('\n')
    },
  )

  test('a refused secret is in no stream either', async () => {
    const sandbox = await startTestSandbox()
    const env = await sandbox.environment('wrong-secret')
    const run = await runCli(['exec', '--debug', '--set', 'vault', '--', 'true'], { env })
    expect(run.code).toBe(1)
    expectUnseen(run.stdout + run.stderr, [env['AZURE_CLIENT_SECRET'] ?? ''])
  })
})

describe('exec', () => {
  /** What every process here was started with, and what azid itself has in its environment. */
  const look = `
    const { readdirSync, readFileSync } = require('node:fs')
    const lines = readdirSync('/proc').filter((name) => /^\\d+$/.test(name)).map((id) => {
      try { return readFileSync('/proc/' + id + '/cmdline', 'latin1') } catch { return '' }
    })
    const parent = readFileSync('/proc/' + process.ppid + '/environ', 'latin1')
    console.log(JSON.stringify({ lines: lines.join(' '), parent, secrets: [process.env.TOKEN, process.env.IDENTITY_HEADER].filter(Boolean) }))`

  test
    .skipIf(process.platform !== 'linux')
    .each([[['--set', 'TOKEN=vault']], [['--set', 'TOKEN=vault', '--identity-endpoint']]])(
    '%j --debug: in the environment of the command, nowhere else',
    async (options) => {
      const sandbox = await startTestSandbox()
      const home = makeFolder()
      const run = await runCli(['exec', '--debug', ...options, '--', process.execPath, '-e', look], {
        env: { ...(await sandbox.environment()), HOME: home, XDG_STATE_HOME: home, AZID_CACHE: 'file' },
      })
      expect(run.code).toBe(0)
      const seen: { lines: string; parent: string; secrets: string[] } = JSON.parse(run.stdout)
      expect(seen.lines).toContain(cliFile)
      expect(seen.parent).toContain('HOME=')
      expect(seen.secrets).toHaveLength(options.length === 2 ? 1 : 2)
      expectUnseen(seen.lines + seen.parent + run.stderr + readAll(home), seen.secrets)
    },
  )
})
