import { describe, expect, test } from 'vitest'
import { explainName, suggestNames } from '../../src/commands/explain-name.ts'
import { explainCode } from '../../src/diagnosis/explain/reference.ts'
import { fakeRuntime } from '../fakes/runtime.ts'

async function textOf(subject: string): Promise<string> {
  const told = await explainName(subject, fakeRuntime())
  return [
    told?.title,
    told?.summary,
    ...(told?.sections ?? []).flatMap(({ rows }) => rows.flatMap(({ label, text, command }) => [label, text, command])),
  ].join('\n')
}

describe('scopes that are no resource of their own', () => {
  test('a permission of Microsoft Graph, with and without its host', async () => {
    expect(await textOf('https://graph.microsoft.com/User.Read')).toContain(
      '--scope https://graph.microsoft.com/User.Read',
    )
    expect(await textOf('Mail.Send')).toContain('--scope https://graph.microsoft.com/Mail.Send')
  })

  test('the one permission of Resource Manager', async () => {
    expect(await textOf('https://management.azure.com/user_impersonation')).toContain('azid explain arm')
  })

  test("an API that is not Microsoft's, in both forms", async () => {
    const told = await textOf('api://contoso-orders/.default')
    expect(told).toContain('resource=api://contoso-orders')
    expect(told).toContain('azid get-token --scope api://contoso-orders/.default')
  })

  test.each(['System.Exception', 'Azure.Identity', 'contoso'])('%s is none', async (word) => {
    expect(await explainName(word, fakeRuntime())).toBeNull()
  })
})

describe('rights that are no Azure roles', () => {
  test.each([
    ['sql', 'FROM EXTERNAL PROVIDER'],
    ['postgres', 'pgaadauth_create_principal'],
    ['cosmos', 'az cosmosdb sql role assignment create'],
    ['graph', 'az ad app permission add'],
  ])('%s', async (alias, words) => {
    expect(await textOf(alias)).toContain(words)
  })

  test('the project of AI Foundry starts with its least role', async () => {
    expect(await textOf('foundry')).toContain('--role 53ca6127-db72-4b80-b1b0-d745d6d5456d')
  })
})

test.each(['400', '401', '403', '404', '410', '429', 'HTTP 503'])(
  'a status says what it means here: %s',
  async (status) => {
    expect((await explainName(status, fakeRuntime()))?.sections[0]?.rows.length).toBeGreaterThan(0)
  },
)

test('a suberror and a code of MSAL have a cause and steps', async () => {
  expect((await explainName('bad_token', fakeRuntime()))?.causes[0]?.id).toBe('refresh-token-expired')
  expect((await explainName('no_client_id', fakeRuntime()))?.causes[0]?.id).toBe('request-malformed')
  expect((await explainName('invalid_grant', fakeRuntime()))?.causes).toEqual([])
})

test('the nearest of all names comes first, and a code whose letters slipped is known by its number', () => {
  expect(suggestNames('AzureCliCredentail')[0]).toBe('AzureCliCredential')
  expect(suggestNames('AADST700016')[0]).toBe('AADSTS700016')
  expect(suggestNames('AADSTS7OOO16')[0]).toBe('AADSTS700016')
  expect(suggestNames('AADST7999999')).not.toContain('AADSTS7999999')
})

test('where an unknown code is looked up has the whole number', () => {
  expect(JSON.stringify(explainCode('AADSTS7999999'))).toContain('error?code=7999999"')
  expect(JSON.stringify(explainCode('AADB2C99999'))).not.toContain('login.microsoftonline.com')
})
