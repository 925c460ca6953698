/** What the sandbox answers as Azure Resource Manager: enough for a sign-in of az, and only to who may ask. */
import { describe, expect, test } from 'vitest'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { askToken, type Reply, send } from './client.ts'

async function tokenFor(sandbox: Sandbox, scope: string): Promise<string> {
  const reply = await askToken(sandbox, { scope })
  return (JSON.parse(reply.body) as { readonly access_token: string }).access_token
}

function ask(
  sandbox: Sandbox,
  path: string,
  { token, method = 'GET', version = '?api-version=2022-12-01' }: { token?: string; method?: string; version?: string },
): Promise<Reply> {
  const headers = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return send(sandbox, `${sandbox.origin}${path}${version}`, { method, headers })
}

describe('the management plane', () => {
  test('one subscription and one tenant, to a token for it', async () => {
    const sandbox = await startTestSandbox()
    const token = await tokenFor(sandbox, 'https://management.azure.com/.default')
    const subscriptions = await ask(sandbox, '/subscriptions', { token })
    expect(subscriptions.status).toBe(200)
    const { value } = JSON.parse(subscriptions.body) as { readonly value: readonly object[] }
    expect(value).toEqual([
      expect.objectContaining({
        tenantId: sandbox.tenantId,
        state: 'Enabled',
        subscriptionId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/),
      }),
    ])
    const tenants = await ask(sandbox, '/tenants', { token })
    expect(JSON.parse(tenants.body)).toMatchObject({ value: [{ tenantId: sandbox.tenantId, tenantCategory: 'Home' }] })
    expect(sandbox.requests.at(-1)).toMatchObject({ endpoint: 'management', status: 200 })
    expect(JSON.stringify(sandbox.requests)).not.toContain(token)
  })

  test.each([
    ['no token', undefined, 401, 'AuthenticationFailed'],
    ['no token at all', 'hello', 401, 'InvalidAuthenticationToken'],
    ['a forged one', 'forged', 401, 'InvalidAuthenticationToken'],
    ['one for something else', 'https://vault.azure.net/.default', 401, 'InvalidAuthenticationTokenAudience'],
  ])('%s is refused', async (_name, what, status, code) => {
    const sandbox = await startTestSandbox()
    const good = await tokenFor(sandbox, what?.startsWith('https') ? what : 'https://management.azure.com/.default')
    const [header, , signature] = good.split('.')
    const forged = [header, Buffer.from('{"aud":"https://management.azure.com"}').toString('base64url'), signature]
    const token = what === undefined || what === 'hello' ? what : what === 'forged' ? forged.join('.') : good
    const reply = await ask(sandbox, '/subscriptions', token === undefined ? {} : { token })
    expect(reply.status).toBe(status)
    expect(JSON.parse(reply.body)).toMatchObject({ error: { code } })
  })

  test('an ended token is refused', async () => {
    const sandbox = await startTestSandbox()
    const token = await tokenFor(sandbox, 'https://management.azure.com/.default')
    sandbox.setFault('clock=+2h:path=management')
    const reply = await ask(sandbox, '/subscriptions', { token })
    expect(JSON.parse(reply.body)).toMatchObject({ error: { code: 'ExpiredAuthenticationToken' } })
  })

  test('without api-version 400, by another method 404', async () => {
    const sandbox = await startTestSandbox()
    const token = await tokenFor(sandbox, 'https://management.azure.com/.default')
    const unversioned = await ask(sandbox, '/subscriptions', { token, version: '' })
    expect(unversioned.status).toBe(400)
    expect(unversioned.body).toContain('MissingApiVersionParameter')
    expect((await ask(sandbox, '/subscriptions', { token, method: 'POST' })).status).toBe(404)
  })
})
