/** A home on this machine's own disk, in which people sign in to a sandbox with the built command. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import type { Sandbox } from '../../../src/sandbox/sandbox.ts'
import { cliFile, isolatedEnvironment } from '../../support/run-cli.ts'

export interface SignedInHome {
  readonly home: string
  readonly env: Record<string, string>
  /** Signs in by a code that the person enters as soon as it is shown; `ended` is the exit code or the signal. */
  login(person: { readonly userPrincipalName: string }): {
    readonly child: ChildProcess
    readonly ended: Promise<string | number | null>
  }
}

/** Promise: gone when the test ends, with every command that still runs. */
export async function signedInHome(sandbox: Sandbox): Promise<SignedInHome> {
  const home = await mkdtemp(path.join(tmpdir(), 'azid-signed-in-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  const trust = await sandbox.environment('service-principal')
  const env = await isolatedEnvironment(home, {
    AZID_CACHE: 'file',
    AZID_AUTHORITY_HOST: sandbox.origin,
    NODE_EXTRA_CA_CERTS: trust['NODE_EXTRA_CA_CERTS'],
  })
  return {
    home,
    env,
    login: (person) => {
      const args = [cliFile, 'login', '--device-code', '--json']
      const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'ignore', 'pipe'] })
      onTestFinished(() => void child.kill('SIGKILL'))
      // The line with the code may come in pieces, and is answered once.
      let said = ''
      let isAnswered = false
      child.stderr.on('data', (chunk: Buffer) => {
        said += chunk
        const code = /"userCode":"([^"]+)"/.exec(said)?.[1]
        if (code === undefined || isAnswered) return
        isAnswered = true
        sandbox.approveDeviceCode(code, person)
      })
      const ended = new Promise<string | number | null>((resolve) =>
        child.on('close', (code, signal) => resolve(signal ?? code)),
      )
      return { child, ended }
    },
  }
}
