/** Where jobs get their tokens: right and wrong requests to the sandbox's Azure Pipelines and GitHub Actions. */
import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { askByMsal, decodeToken, type Reply, send } from './client.ts'

describe('Azure Pipelines', () => {
  async function ask(
    sandbox: Sandbox,
    {
      version = '7.1',
      connection,
      bearer,
      suppress = true,
      method = 'POST',
    }: {
      version?: string | null
      connection?: string
      bearer?: string | null
      suppress?: boolean
      method?: string
    } = {},
  ): Promise<Reply> {
    const env = await sandbox.environment('azure-pipelines')
    const id = connection ?? env['AZURESUBSCRIPTION_SERVICE_CONNECTION_ID'] ?? ''
    const query = new URLSearchParams({
      ...(version === null ? {} : { 'api-version': version }),
      serviceConnectionId: id,
    })
    const token = bearer === undefined ? env['SYSTEM_ACCESSTOKEN'] : bearer
    return send(sandbox, `${env['SYSTEM_OIDCREQUESTURI']}?${query}`, {
      method,
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(suppress ? { 'x-tfs-fedauthredirect': 'Suppress' } : {}),
      },
    })
  }

  test('a token that Entra takes', async () => {
    const sandbox = await startTestSandbox()
    const reply = await ask(sandbox)
    const { oidcToken } = JSON.parse(reply.body) as { oidcToken: string }
    expect(decodeToken(oidcToken).claims).toMatchObject({
      sub: 'sc://contoso/shop/azure-production',
      aud: 'api://AzureADTokenExchange',
    })
    expect(await askByMsal(sandbox, { assertion: oidcToken })).toMatch(/^eyJ/)
    expect(sandbox.requests[0]).toMatchObject({ endpoint: 'job-token', status: 200 })
    expect(JSON.stringify(sandbox.requests)).not.toContain(sandbox.state.jobToken)
  })

  test.each([
    [{ bearer: 'other' }, 401, ''],
    [{ bearer: null }, 401, ''],
    [{ bearer: 'other', suppress: false }, 203, '<title>Azure DevOps Services | Sign In</title>'],
    [{ bearer: null, suppress: false }, 302, ''],
    [{ version: null }, 400, 'VssVersionNotSpecifiedException'],
    [{ version: '5.0' }, 400, 'VssVersionOutOfRangeException'],
    [{ connection: 'nothing' }, 404, 'No service connection found with identifier nothing'],
    [{ method: 'GET' }, 405, 'does not support http method'],
  ])('%j is answered %i', async (changes, status, text) => {
    const sandbox = await startTestSandbox()
    const reply = await ask(sandbox, changes)
    expect(reply.status).toBe(status)
    expect(reply.body).toContain(text)
  })
})

describe('GitHub Actions', () => {
  test('a token for the audience that is asked for; without one, for the owner of the repository', async () => {
    const sandbox = await startTestSandbox()
    const env = await sandbox.environment('github-actions')
    const headers = { authorization: `Bearer ${env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}` }
    const url = env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? ''
    const values = await Promise.all(
      [`${url}&audience=api://AzureADTokenExchange`, url].map(
        async (each) => (JSON.parse((await send(sandbox, each, { headers })).body) as { value: string }).value,
      ),
    )
    expect(values.map((value) => decodeToken(value).claims['aud'])).toEqual([
      'api://AzureADTokenExchange',
      'https://github.com/contoso',
    ])
    expect(await askByMsal(sandbox, { assertion: values[0] ?? '' })).toMatch(/^eyJ/)
  })

  test('another bearer is told 401, another method 405', async () => {
    const sandbox = await startTestSandbox()
    const env = await sandbox.environment('github-actions')
    const url = env['ACTIONS_ID_TOKEN_REQUEST_URL'] ?? ''
    expect((await send(sandbox, url)).status).toBe(401)
    expect((await send(sandbox, url, { headers: { authorization: 'Bearer x' } })).status).toBe(401)
    expect((await send(sandbox, url, { method: 'POST' })).status).toBe(405)
  })
})
