import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { version } from '../../src/version.ts'
import { cliFile, isolatedEnvironment, runCli } from '../support/run-cli.ts'

describe('the built command', () => {
  test('version, alone on stdout', async () => {
    expect(await runCli(['--version'])).toEqual({ code: 0, stdout: `azid ${version}\n`, stderr: '' })
  })

  test('help, on stdout', async () => {
    const { code, stdout, stderr } = await runCli([])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('azid get-token arm')
  })

  test('a wrong option: exit 2 before anything is sent, the message on stderr alone', async () => {
    const { code, stdout, stderr } = await runCli(['get-token', '--tenat', 'x'])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain('did you mean `--tenant`?')
  })

  test('a variable with a bad value: exit 2 and the name of the variable', async () => {
    const { code, stderr } = await runCli(['get-token'], { env: { AZID_MIN_TTL: 'soon' } })
    expect(code).toBe(2)
    expect(stderr).toContain('from   AZID_MIN_TTL')
  })

  test('a reader that goes away is no error', async () => {
    const home = await mkdtemp(path.join(tmpdir(), 'azid-home-'))
    try {
      const env = await isolatedEnvironment(home)
      const child = spawn(process.execPath, [cliFile, 'completion', 'zsh'], { env, stdio: ['ignore', 'pipe', 'pipe'] })
      const stderr: Buffer[] = []
      child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
      child.stdout.destroy()
      const code = await new Promise((resolve) => child.on('close', resolve))
      expect({ code, stderr: Buffer.concat(stderr).toString() }).toEqual({ code: 0, stderr: '' })
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  })
})
