/** The classes that bring somebody else's token: from the build, in a process of its own, against the sandbox. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, inject, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { startTokenProxy } from '../support/aks-token-proxy.ts'
import { startTestSandbox } from '../support/sandbox.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

async function run(sandbox: Sandbox, persona: string, script: string): Promise<unknown[]> {
  expect(inject('buildFailure')).toBe('')
  const env = { PATH: process.env['PATH'], HOME: '/dev/null/nobody', ...(await sandbox.environment(persona)) }
  const start = `const scope = 'https://graph.microsoft.com/.default'
    const options = { disableInstanceDiscovery: true }
    const { AZURE_TENANT_ID: tenantId, AZURE_CLIENT_ID: clientId } = process.env
    const print = (value) => console.log(JSON.stringify(value))
    const claims = ({ token }) => JSON.parse(Buffer.from(token.split('.')[1], 'base64url'))`
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', `${start}\n${script}`],
    { cwd: root, env, timeout: 50_000 },
  )
  expect(stderr).toBe('')
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as unknown)
}

test('workload identity by variables, options and a function; what is remembered is not asked for again', async () => {
  const sandbox = await startTestSandbox()
  const printed = await run(
    sandbox,
    'workload-identity',
    `
    import { readFile } from 'node:fs/promises'
    import { ClientAssertionCredential, DefaultAzureCredential, WorkloadIdentityCredential } from 'azid'
    const tokenFilePath = process.env.AZURE_FEDERATED_TOKEN_FILE
    let calls = 0
    const getAssertion = async () => { calls++; return readFile(tokenFilePath, 'utf8') }
    for (const credential of [
      new WorkloadIdentityCredential(options),
      new WorkloadIdentityCredential({ ...options, tenantId, clientId, tokenFilePath }),
      new DefaultAzureCredential(options),
      new ClientAssertionCredential(tenantId, clientId, getAssertion, options),
    ]) {
      print([claims(await credential.getToken(scope)).appid === clientId, claims(await credential.getToken(scope)).appidacr])
    }
    print(calls)
    const broken = new ClientAssertionCredential(tenantId, clientId, async () => { throw new Error('no assertion today') }, options)
    print(await broken.getToken(scope).then(() => null, ({ name, message }) => [name, message]))
    const absent = new WorkloadIdentityCredential({ ...options, tokenFilePath: '/nope' })
    print(await absent.getToken(scope).then(() => null, ({ name, message }) => [name, message]))
    `,
  )
  expect(printed).toEqual([
    ...Array.from({ length: 4 }, () => [true, '2']),
    1,
    ['AuthenticationError', 'ClientAssertionCredential: Authentication failed: no assertion today'],
    ['AuthenticationError', "WorkloadIdentityCredential: [Errno 2] No such file or directory: '/nope'"],
  ])
})

test('the token proxy of AKS, where the option asks for it', async () => {
  const sandbox = await startTestSandbox()
  const proxy = await startTokenProxy(sandbox)
  const printed = await run(
    sandbox,
    'workload-identity',
    `
    import { WorkloadIdentityCredential } from 'azid'
    const ask = (more) => new WorkloadIdentityCredential({ ...options, ...more }).getToken(scope).then(
      (token) => claims(token).appid === clientId,
      ({ name, message }) => [name, message],
    )
    process.env.AZURE_KUBERNETES_SNI_NAME = '${proxy.serverName}'
    print(await ask({ enableAzureProxy: true }))
    process.env.AZURE_KUBERNETES_TOKEN_PROXY = '${proxy.url}'
    process.env.AZURE_KUBERNETES_CA_DATA = ${JSON.stringify(proxy.caPem)}
    print(await ask({ enableAzureProxy: true }))
    print(await ask({}))
    `,
  )
  expect(printed).toEqual([
    [
      'CredentialUnavailableError',
      'WorkloadIdentityCredential: AZURE_KUBERNETES_TOKEN_PROXY is not set but other custom endpoint-related environment variables are present.',
    ],
    true,
    true,
  ])
  expect(proxy.requests).toHaveLength(1)
})

test('the jobs of Azure Pipelines and GitHub Actions', async () => {
  const sandbox = await startTestSandbox()
  const pipelines = await run(
    sandbox,
    'azure-pipelines',
    `
    import { AzurePipelinesCredential } from 'azid'
    const { AZURESUBSCRIPTION_SERVICE_CONNECTION_ID: connection, SYSTEM_ACCESSTOKEN: token } = process.env
    delete process.env.SYSTEM_ACCESSTOKEN
    const credential = new AzurePipelinesCredential(tenantId, clientId, connection, token, options)
    print(claims(await credential.getToken(scope)).appid === clientId)
    try { new AzurePipelinesCredential(tenantId, clientId, '', token) } catch ({ name, message }) { print([name, message]) }
    `,
  )
  expect(pipelines).toEqual([
    true,
    [
      'CredentialUnavailableError',
      'AzurePipelinesCredential: is unavailable. serviceConnectionId is a required parameter.',
    ],
  ])
  const github = await run(
    sandbox,
    'github-actions',
    `
    import { GitHubActionsCredential } from 'azid'
    print(claims(await new GitHubActionsCredential(options).getToken(scope)).appid === clientId)
    `,
  )
  expect(github).toEqual([true])
})

test('on behalf of a user: by secret and by a function; a refusal keeps its code, and no token', async () => {
  const sandbox = await startTestSandbox()
  const printed = await run(
    sandbox,
    'on-behalf-of',
    `
    import { readFileSync } from 'node:fs'
    import { inspect } from 'node:util'
    import { OnBehalfOfCredential } from 'azid'
    const userAssertionToken = readFileSync(process.env.AZID_USER_ASSERTION_FILE, 'utf8')
    const clientSecret = process.env.AZURE_CLIENT_SECRET
    const credential = new OnBehalfOfCredential({ ...options, tenantId, clientId, clientSecret, userAssertionToken })
    const { upn, scp } = claims(await credential.getToken('https://graph.microsoft.com/User.Read'))
    print([upn, scp])
    const error = await credential.getToken('https://vault.azure.net/.default').then(() => null, (error) => error)
    const shown = inspect(error, { depth: null, showHidden: true })
    print([error.name, error.errorResponse.errorCodes, shown.includes(userAssertionToken), shown.includes(clientSecret)])
    try { new OnBehalfOfCredential({ tenantId, clientId, userAssertionToken }) } catch ({ message }) { print(message.slice(0, 60)) }
    `,
  )
  expect(printed).toEqual([
    ['adele@contoso.onmicrosoft.com', 'User.Read'],
    ['AuthenticationError', [50079], false, false],
    'OnBehalfOfCredential: You must provide one of clientSecret, ',
  ])
})
