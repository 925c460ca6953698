import { describe, expect, test } from 'vitest'
import { credentialDefinitions, findCredential, shortNameOf } from '../../src/engine/registry.ts'
import { credentialNames } from '../../src/engine/types.ts'

function nameOf(text: string): string {
  const match = findCredential(text)
  return match.kind === 'found' ? match.definition.name : match.kind === 'absent' ? match.name : match.kind
}

describe('names of credentials', () => {
  test.each([
    ['EnvironmentCredential', 'EnvironmentCredential'],
    ['environment', 'EnvironmentCredential'],
    ['ENV', 'EnvironmentCredential'],
    ['environmentcredential', 'EnvironmentCredential'],
    ['client-secret', 'ClientSecretCredential'],
    ['client_secret', 'ClientSecretCredential'],
    ['ClientSecretCredential', 'ClientSecretCredential'],
    ['certificate', 'ClientCertificateCredential'],
    ['CertificateCredential', 'ClientCertificateCredential'],
    ['client-certificate', 'ClientCertificateCredential'],
    ['managed-identity', 'ManagedIdentityCredential'],
    ['msi', 'ManagedIdentityCredential'],
    ['AzureCLICredential', 'AzureCliCredential'],
    ['azure-cli', 'AzureCliCredential'],
    ['az', 'AzureCliCredential'],
    ['AzureDeveloperCLICredential', 'AzureDeveloperCliCredential'],
    ['azd', 'AzureDeveloperCliCredential'],
    ['pwsh', 'AzurePowerShellCredential'],
    ['obo', 'OnBehalfOfCredential'],
    ['github-actions', 'GitHubActionsCredential'],
    ['UsernamePasswordCredential', 'refused'],
    ['username-password', 'refused'],
    ['default', 'unknown'],
    ['', 'unknown'],
    ['constructor', 'unknown'],
    ['-', 'unknown'],
  ])('%j is %s', (text, name) => {
    expect(nameOf(text)).toBe(name)
  })

  test('every name and every alias finds its own, and no alias stands for two', () => {
    for (const name of credentialNames) expect(nameOf(name)).toBe(name)
    const aliases = credentialDefinitions.flatMap((definition) => definition.aliases)
    expect(new Set(aliases).size).toBe(aliases.length)
    for (const definition of credentialDefinitions) {
      for (const alias of definition.aliases) expect(nameOf(alias)).toBe(definition.name)
      expect(nameOf(shortNameOf(definition))).toBe(definition.name)
    }
  })

  test.each([
    ['enviroment', 'environment'],
    ['clientsecert', 'client-secret'],
    ['EnvironmntCredential', 'EnvironmentCredential'],
    ['zzz', null],
  ])('%s: did you mean %s', (text, suggestion) => {
    expect(findCredential(text)).toEqual({ kind: 'unknown', suggestion })
  })

  test('username and password are refused with the reason', () => {
    expect(findCredential('UsernamePassword')).toMatchObject({ reason: expect.stringContaining('MFA') })
  })
})
