import { describe, expect, test } from 'vitest'
import { type ChainWishes, selectDefaultChain, selectNamedChain } from '../../src/engine/default-chain.ts'
import { problem } from '../../src/engine/problems.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import { credentialDefinitions } from '../../src/engine/registry.ts'
import { fakeRuntime } from '../fakes/runtime.ts'
import { configure } from './world.ts'

const profile = findProfile('python')
const config = configure({ role: 'chained' })
const registered = new Set(credentialDefinitions.map(({ name }) => name))

function select(wishes: Partial<ChainWishes> = {}): ReturnType<typeof selectDefaultChain> {
  return selectDefaultChain(profile, config, {
    exclude: [],
    include: [],
    variable: undefined,
    isVariableRequired: false,
    ...wishes,
  })
}

function kept(wishes: Partial<ChainWishes> = {}): readonly string[] {
  const selection = select(wishes)
  if (!selection.ok) throw new Error(selection.error.message)
  const names = new Set([...selection.value.links.map(({ name }) => name), ...selection.value.absent])
  return profile.order.filter((name) => names.has(name))
}

const all = profile.order.filter((name) => name !== 'InteractiveBrowserCredential')
const prod = ['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential']

describe('the default chain', () => {
  test.each([
    [{}, all],
    [{ variable: '' }, all],
    [{ variable: '  ' }, all],
    [{ variable: 'prod' }, prod],
    [{ variable: ' PROD ' }, prod],
    [{ variable: 'EnvironmentCredential' }, ['EnvironmentCredential']],
    [{ variable: 'managedidentitycredential' }, ['ManagedIdentityCredential']],
    [{ exclude: ['environment'] }, all.filter((name) => name !== 'EnvironmentCredential')],
    [
      { exclude: ['AzureCLICredential', 'msi'] },
      all.filter((name) => name !== 'AzureCliCredential' && name !== 'ManagedIdentityCredential'),
    ],
    [{ include: ['interactive-browser'] }, profile.order],
    // An explicit keyword always overrides what the variable decided.
    [{ variable: 'prod', include: ['azure-cli'] }, [...prod, 'AzureCliCredential']],
    [{ variable: 'prod', exclude: ['managed-identity'] }, prod.slice(0, 2)],
  ])('%j', (wishes, names) => {
    expect(kept(wishes)).toEqual(names)
  })

  test('only links that exist are asked, in the order of the SDK, and the cache knows the same', () => {
    const selection = select()
    if (!selection.ok) throw new Error(selection.error.message)
    const { links, cacheLinks, absent, excluded } = selection.value
    expect(links.map(({ name }) => name)).toEqual(all.filter((name) => registered.has(name)))
    expect(cacheLinks.map(({ definition }) => definition.name)).toEqual(links.map(({ name }) => name))
    expect(absent).toEqual(all.filter((name) => !registered.has(name)))
    expect(excluded).toEqual([{ name: 'InteractiveBrowserCredential', by: 'default' }])
    for (const link of links) {
      expect(link.create(fakeRuntime()).name).toBe(link.name)
      const verdict = profile.developerLinks.includes(link.name) ? 'unavailable' : 'failed'
      expect(link.judge?.('failed', problem('unexpected', { message: '' }))).toBe(verdict)
    }
  })

  test('what switched a link off is said', () => {
    const selection = select({ variable: 'prod', exclude: ['environment'] })
    expect(selection.ok && selection.value.excluded.slice(0, 2)).toEqual([
      { name: 'EnvironmentCredential', by: '--exclude' },
      { name: 'SharedTokenCacheCredential', by: 'AZURE_TOKEN_CREDENTIALS' },
    ])
  })

  test.each([
    [
      { variable: 'Nope' },
      'Invalid value for AZURE_TOKEN_CREDENTIALS: nope. Valid values are: dev, prod, azureclicredential, azuredeveloperclicredential, azurepowershellcredential, environmentcredential, interactivebrowsercredential, managedidentitycredential, visualstudiocodecredential, workloadidentitycredential.',
    ],
    [
      { variable: 'SharedTokenCacheCredential' },
      expect.stringContaining('Invalid value for AZURE_TOKEN_CREDENTIALS: sharedtokencachecredential.'),
    ],
    [
      { isVariableRequired: true },
      "AZURE_TOKEN_CREDENTIALS environment variable is required but is not set or is empty. Set it to 'dev', 'prod', or a specific credential name.",
    ],
    [{ variable: 'environmentcredential', exclude: ['environment'] }, 'at least one credential is required'],
    [
      { exclude: ['client-secret'] },
      'ClientSecretCredential is no link of DefaultAzureCredential (Python azure-identity)',
    ],
    [{ include: ['nothing-like-it'] }, "'nothing-like-it' is not the name of a credential"],
    [
      { exclude: ['UsernamePasswordCredential'] },
      expect.stringContaining('UsernamePasswordCredential is not supported'),
    ],
  ])('%j is wrong usage', (wishes, message) => {
    expect(select(wishes)).toMatchObject({ ok: false, error: { message } })
  })
})

describe('a chain of one’s own', () => {
  test('in the order of the names', () => {
    const selection = selectNamedChain(profile, ['client-secret', 'EnvironmentCredential'], configure())
    if (!selection.ok) throw new Error(selection.error.message)
    expect(selection.value.links.map(({ name }) => name)).toEqual(['ClientSecretCredential', 'EnvironmentCredential'])
    expect(selection.value.links.map(({ judge }) => judge?.('failed', problem('unexpected', { message: '' })))).toEqual(
      ['failed', 'failed'],
    )
  })

  test.each([
    [[], 'no credential is named'],
    [['enviroment'], "'enviroment' is not the name of a credential"],
    [['environment', 'default'], '`default` is a whole chain and stands alone'],
    [['UsernamePasswordCredential'], expect.stringContaining('not supported')],
  ])('%j is wrong usage', (names, message) => {
    expect(selectNamedChain(profile, names, configure())).toMatchObject({ ok: false, error: { message } })
  })
})
