/** A code that a web app was sent, redeemed from the command line: as a public app with PKCE, and as one with a secret. */
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { defaultDirectoryFile } from '../../src/sandbox/default-directory.ts'
import { formBrowser } from '../support/sign-in-forms.ts'
import { claimsOf, directoryWith, type Machine, megan, startMachine } from './support/world.ts'

const verifier = 'canary-verifier-'.padEnd(43, 'v')
const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

async function askCode({ sandbox }: Machine, changes: Readonly<Record<string, string>> = {}): Promise<string> {
  const url = `${sandbox.origin}/${sandbox.tenantId}/oauth2/v2.0/authorize?${new URLSearchParams({
    client_id: azureCli,
    response_type: 'code',
    redirect_uri: 'http://localhost:4321',
    scope: 'https://management.azure.com/.default openid offline_access',
    ...changes,
  })}`
  const { landing } = await formBrowser(sandbox).signIn(url, { username: megan.userPrincipalName })
  return landing?.parameters['code'] ?? ''
}

const challenge = {
  code_challenge: createHash('sha256').update(verifier).digest('base64url'),
  code_challenge_method: 'S256',
}

test('a public app redeems it with the PKCE verifier, once', async () => {
  const machine = await startMachine()
  const code = await askCode(machine, challenge)
  machine.runtime.files.put('/work/code', `${code}\n`)
  machine.runtime.files.put('/work/verifier', verifier)
  const args = ['get-token', '-c', 'authorization-code', '-t', machine.sandbox.tenantId, '--client-id', azureCli]
  const given = ['--authorization-code-file', '/work/code', '--code-verifier-file', '/work/verifier']
  const line = [...args, ...given, '--redirect-uri', 'http://localhost:4321']
  const run = await machine.run([...line, '--debug'])
  expect(run.code).toBe(0)
  expect(claimsOf(run.stdout)['upn']).toBe(megan.userPrincipalName)
  const again = await machine.run(line)
  expect(again.code).toBe(4)
  expect(again.stderr).toContain('AADSTS54005')
  for (const secret of [code, verifier]) expect(run.stderr + again.stderr + again.stdout).not.toContain(secret)
})

test('a wrong verifier, and another redirect URI, are refused in the words of the authority', async () => {
  const machine = await startMachine()
  const line = ['get-token', '-c', 'code', '-t', machine.sandbox.tenantId, '--client-id', azureCli]
  const given = ['--authorization-code-file', '-', '--code-verifier-file', '/work/verifier']
  machine.runtime.files.put('/work/verifier', 'w'.repeat(43))
  const wrong = await machine.run([...line, ...given, '--redirect-uri', 'http://localhost:4321'], {
    stdin: await askCode(machine, challenge),
    isTerminal: false,
  })
  expect(wrong.code).not.toBe(0)
  expect(wrong.stderr).toMatch(/AADSTS\d+/)
  machine.runtime.files.put('/work/verifier', verifier)
  const elsewhere = await machine.run([...line, ...given, '--redirect-uri', 'http://localhost:9999/other'], {
    stdin: await askCode(machine, challenge),
    isTerminal: false,
  })
  expect(elsewhere.stderr).toMatch(/AADSTS\d+/)
})

test('a web app redeems it with its secret', async () => {
  const web = '99990000-cccc-4000-8000-dddd1111eeee'
  const redirectUri = 'https://app.contoso.com/signed-in'
  const own = {
    clientId: web,
    displayName: 'web',
    redirectUris: [redirectUri],
    secrets: [{ value: 'canary-secret-of-the-web-app' }],
    listedPermissions: { 'https://management.azure.com': ['user_impersonation'] },
  }
  const machine = await startMachine({}, { directory: directoryWith({ apps: [...defaultDirectoryFile.apps, own] }) })
  machine.runtime.files.put('/work/code', await askCode(machine, { client_id: web, redirect_uri: redirectUri }))
  machine.runtime.files.put('/work/secret', 'canary-secret-of-the-web-app')
  const identity = ['-t', machine.sandbox.tenantId, '--client-id', web, '--client-secret-file', '/work/secret']
  const given = ['--authorization-code-file', '/work/code', '--redirect-uri', redirectUri]
  const run = await machine.run(['get-token', '-c', 'AuthorizationCodeCredential', ...identity, ...given])
  expect(run.stderr).toBe('')
  expect(claimsOf(run.stdout)).toMatchObject({ upn: megan.userPrincipalName, appid: web, appidacr: '1' })
})

test('what is missing is named, and nothing is sent', async () => {
  const machine = await startMachine()
  const run = await machine.run(['get-token', '-c', 'authorization-code', '--json'])
  expect(run.code).toBe(3)
  expect(run.sent).toEqual([])
  for (const name of ['--tenant', '--client-id', '--authorization-code-file', '--redirect-uri']) {
    expect(JSON.stringify(JSON.parse(run.stdout).error.attempts[0].hints)).toContain(name)
  }
})
