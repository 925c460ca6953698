import { describe, expect, test } from 'vitest'
import { understandFailure } from '../../src/diagnosis/explain/failure.ts'

const chain = `Unhandled exception. Azure.Identity.CredentialUnavailableException: DefaultAzureCredential failed to retrieve a token from the included credentials. See the troubleshooting guide for more information. https://aka.ms/azsdk/net/identity/defaultazurecredential/troubleshoot
- EnvironmentCredential authentication unavailable. Environment variables are not fully configured. See the troubleshooting guide for more information. https://aka.ms/azsdk/net/identity/environmentcredential/troubleshoot
- ManagedIdentityCredential authentication unavailable. The requested identity has not been assigned to this resource. See the troubleshooting guide for more information. https://aka.ms/azsdk/net/identity/managedidentitycredential/troubleshoot
- Azure CLI not installed
   at Azure.Identity.DefaultAzureCredential.GetTokenFromSourcesAsync(TokenCredential[] sources, TokenRequestContext requestContext)`
const code = `ClientSecretCredential authentication failed: AADSTS7000222: The provided client secret keys for app '8743e235-e833-4ee3-8a21-76ed38acc71d' are expired. Visit the Azure portal to create new keys for your app. Trace ID: e0825b7b-77f6-4018-b3fa-d949e18b2200`
const refused =
  "mssql: login error while connecting to the orders database of the team: Login failed for user '<token-identified principal>'."

const everyLine = (change: (line: string, index: number) => string) => (text: string) =>
  text.split('\n').map(change).join('\n')
const at = (index: number): string => String(10 + (index % 50))

const wrappings: readonly (readonly [string, (text: string) => string])[] = [
  ['a log of containers', everyLine((line, index) => `2026-11-02T09:${at(index)}:41.123456789Z stderr F ${line}`)],
  ['compose', everyLine((line) => `orders-api-1  | ${line}`)],
  ['Serilog', everyLine((line, index) => `[09:11:${at(index)} ERR] ${line}`)],
  ['syslog', everyLine((line, index) => `Nov 21 09:11:${at(index)} web01 orders[4711]: ${line}`)],
  ['times in brackets', everyLine((line, index) => `[2026-11-02T09:${at(index)}:41.123Z] ${line}`)],
  ['a quote', everyLine((line) => `> ${line}`)],
  ['JSON in JSON', (text) => JSON.stringify({ log: JSON.stringify({ message: text }) })],
  ['a cell of an exported table', (text) => `1,"${JSON.stringify({ message: text }).replaceAll('"', '""')}",x`],
  ['a console of 100 columns', everyLine((line) => line.replace(/(.{100})(?=.)/g, '$1\n'))],
]

const essence = (text: string) => {
  const { causes, codes, credentials } = understandFailure(text)
  return {
    cause: causes[0]?.id,
    codes,
    credentials: credentials.map(({ name, outcome }) => `${name} ${outcome}`).sort(),
  }
}

describe.each([
  ['a chain', chain],
  ['a code', code],
  ['one line', refused],
])('%s', (_, text) => {
  test.each(wrappings)('reads the same through %s', (_name, wrap) => {
    expect(essence(wrap(text))).toEqual(essence(text))
  })
})

test('each of them is understood at all', () => {
  expect(essence(chain).cause).toBe('mi-not-assigned')
  expect(essence(chain).credentials).toHaveLength(3)
  expect(essence(code).cause).toBe('secret-expired')
  expect(essence(refused).cause).toBe('rbac-missing')
})
