/** People's credentials as classes: from the build, in a process of its own, against the sandbox. */
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, inject, onTestFinished, test } from 'vitest'
import {
  AuthenticationRequiredError,
  AuthorizationCodeCredential,
  DeviceCodeCredential,
  deserializeAuthenticationRecord,
  InteractiveBrowserCredential,
  serializeAuthenticationRecord,
} from '../../src/index.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { directoryWith } from '../sign-in/support/world.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { formBrowser } from '../support/sign-in-forms.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const megan = 'megan@contoso.onmicrosoft.com'

interface Program {
  readonly sandbox: Sandbox
  readonly home?: string
  /** Called with each line that begins with `ask `: what a person would be told. */
  readonly onAsk?: (text: string) => void
}

/** Runs a module and gives what it printed, line by line. */
async function run({ sandbox, home, onAsk }: Program, script: string): Promise<unknown[]> {
  expect(inject('buildFailure')).toBe('')
  const folder = home ?? (await temporaryHome())
  const trust = await sandbox.environment('service-principal')
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    DISPLAY: ':0',
    AZURE_AUTHORITY_HOST: sandbox.origin,
    NODE_EXTRA_CA_CERTS: trust['NODE_EXTRA_CA_CERTS'] ?? '',
    BROWSER: `${process.execPath} -e console.error`,
  }
  const start = `const arm = 'https://management.azure.com/.default'
    const vault = 'https://vault.azure.net/.default'
    const options = { disableInstanceDiscovery: true }
    const print = (value) => console.log(JSON.stringify(value))
    const ask = (text) => console.log('ask ' + text)
    const claims = ({ token }) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', `${start}\n${script}`], { cwd: root, env })
  onTestFinished(() => void child.kill('SIGKILL'))
  let [stdout, stderr] = ['', '']
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
    for (const line of text.split('\n')) if (line.startsWith('ask ')) onAsk?.(line.slice(4))
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('ask '))
    .map((line) => JSON.parse(line) as unknown)
}

async function temporaryHome(): Promise<string> {
  const home = await mkdtemp(path.join(tmpdir(), 'azid-library-'))
  onTestFinished(() => rm(home, { recursive: true, force: true }))
  return home
}

test('a device code is told to the callback; afterwards tokens come silently, also with CAE', async () => {
  const sandbox = await startTestSandbox({ directory: directoryWith() })
  const printed = await run(
    { sandbox, onAsk: (code) => sandbox.approveDeviceCode(code, { userPrincipalName: megan }) },
    `
    import { DeviceCodeCredential } from 'azid'
    let prompts = 0
    const credential = new DeviceCodeCredential({
      ...options,
      userPromptCallback: ({ userCode, verificationUri, message }) => {
        prompts += 1
        if (!message.includes(userCode) || !message.includes(verificationUri)) throw new Error(message)
        ask(userCode)
      },
    })
    const first = await credential.getToken(arm)
    const second = await credential.getToken(arm)
    const other = await credential.getToken(vault, { enableCae: true })
    print([claims(first).upn, first.token === second.token, claims(other).aud, claims(other).xms_cc, prompts])`,
  )
  expect(printed).toEqual([[megan, true, 'https://vault.azure.net', ['cp1'], 1]])
  expect(sandbox.requests.filter(({ path: asked }) => asked.endsWith('/token')).length).toBeLessThan(6)
})

test('with automatic authentication off, getToken throws and authenticate asks; the record finds the account in a kept cache', async () => {
  const sandbox = await startTestSandbox({ directory: directoryWith() })
  const home = await temporaryHome()
  const kept = '{ enabled: true, unsafeAllowUnencryptedStorage: true }'
  const approve = (code: string): void => sandbox.approveDeviceCode(code, { userPrincipalName: megan })
  const [first] = await run(
    { sandbox, home, onAsk: approve },
    `
    import { DeviceCodeCredential, serializeAuthenticationRecord } from 'azid'
    const credential = new DeviceCodeCredential({
      ...options, disableAutomaticAuthentication: true, tokenCachePersistenceOptions: ${kept},
      userPromptCallback: ({ userCode }) => ask(userCode),
    })
    const error = await credential.getToken(arm).catch((thrown) => thrown)
    const record = await credential.authenticate(arm)
    const token = await credential.getToken(vault)
    print({ error: error.name, message: error.message, scopes: error.scopes, aud: claims(token).aud,
      record: serializeAuthenticationRecord(record) })`,
  )
  const { record, ...told } = first as { record: string }
  expect(told).toEqual({
    error: 'AuthenticationRequiredError',
    message: 'Automatic authentication has been disabled. You may call the authentication() method.',
    scopes: ['https://management.azure.com/.default'],
    aud: 'https://vault.azure.net',
  })
  expect(JSON.parse(record)).toMatchObject({ username: megan, tenantId: sandbox.tenantId, version: '1.0' })
  const [second] = await run(
    { sandbox, home },
    `
    import { InteractiveBrowserCredential, deserializeAuthenticationRecord } from 'azid'
    const credential = new InteractiveBrowserCredential({
      ...options, disableAutomaticAuthentication: true, tokenCachePersistenceOptions: ${kept},
      authenticationRecord: deserializeAuthenticationRecord(${JSON.stringify(record)}),
    })
    print(claims(await credential.getToken(arm)).upn)`,
  )
  expect(second).toBe(megan)
})

test('an authorization code is redeemed once, and its refresh token used from then on', async () => {
  const sandbox = await startTestSandbox({ directory: directoryWith() })
  const redirectUri = 'http://localhost:4321'
  const clientId = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'
  const verifier = 'v'.repeat(43)
  const { createHash } = await import('node:crypto')
  const url = `${sandbox.origin}/${sandbox.tenantId}/oauth2/v2.0/authorize?${new URLSearchParams({
    client_id: clientId,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'https://management.azure.com/.default openid offline_access',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  })}`
  const { landing } = await formBrowser(sandbox).signIn(url, { username: megan })
  const code = landing?.parameters['code'] ?? ''
  const printed = await run(
    { sandbox },
    `
    import { AuthorizationCodeCredential } from 'azid'
    const make = () => new AuthorizationCodeCredential('${sandbox.tenantId}', '${clientId}', '${code}', '${redirectUri}',
      { ...options, codeVerifier: '${verifier}' })
    const credential = make()
    const [one, same] = await Promise.all([credential.getToken(arm), credential.getToken(arm)])
    const other = await credential.getToken('https://graph.microsoft.com/.default')
    const late = await make().getToken(arm).catch((thrown) => thrown)
    print([claims(one).upn, claims(same).upn, claims(other).aud, late.name, late.message.includes('AADSTS54005')])`,
  )
  expect(printed).toEqual([[megan, megan, 'https://graph.microsoft.com', 'AuthenticationError', true]])
})

test('a record is read as the SDKs write it, and refused in another version', () => {
  const record = { authority: 'login.windows.net', homeAccountId: 'o.t', clientId: 'c', tenantId: 't', username: 'u' }
  expect(deserializeAuthenticationRecord(serializeAuthenticationRecord(record))).toEqual(record)
  expect(deserializeAuthenticationRecord(JSON.stringify(record))).toEqual(record)
  expect(() => deserializeAuthenticationRecord(JSON.stringify({ ...record, version: '2.0' }))).toThrow(
    'Unsupported AuthenticationRecord version',
  )
  for (const text of ['null', '[]', '"x"', '{}', '{"authority":1}']) {
    expect(() => deserializeAuthenticationRecord(text)).toThrow()
  }
})

test('constructors refuse what cannot work', () => {
  expect(() => new AuthorizationCodeCredential('t', 'c', '', 'http://localhost')).toThrow('required parameters')
  expect(() => new InteractiveBrowserCredential({ tenantId: 'a b' })).toThrow('Invalid tenant id')
  expect(() => new DeviceCodeCredential({ authorityHost: 'http://x.example' })).toThrow('https')
  expect(new AuthenticationRequiredError({ scopes: ['s'], message: 'm' })).toMatchObject({
    name: 'AuthenticationRequiredError',
    scopes: ['s'],
  })
})
