/** What a chain is made of, and what ends it, for every SDK: the tables of reference against the rows of the profiles. */
import { describe, expect, test } from 'vitest'
import { runChain } from '../../src/engine/chain.ts'
import { selectDefaultChain, selectNamedChain } from '../../src/engine/default-chain.ts'
import { type Problem, problem } from '../../src/engine/problems.ts'
import { type ChainName, judge, type Verdict } from '../../src/engine/profiles/profile.ts'
import { findProfile, profileNames } from '../../src/engine/profiles/profiles.ts'
import type { CredentialName, Outcome, SdkName } from '../../src/engine/types.ts'
import { fakeRuntime } from '../fakes/runtime.ts'
import { configure, noLimit } from './world.ts'

const sdks = ['python', 'js', 'dotnet', 'java', 'go'] as const

test('every SDK has a profile, named and of one version', () => {
  expect([...profileNames].sort()).toEqual([...sdks].sort())
  for (const sdk of sdks) {
    const { title, version, order, offByDefault, developerLinks, tokenCredentials } = findProfile(sdk)
    expect(title).not.toBe('')
    expect(version).toMatch(/^\d+\.\d+/)
    expect(new Set(order).size, sdk).toBe(order.length)
    const { dev, prod, names } = tokenCredentials
    for (const name of [...offByDefault, ...developerLinks, ...dev, ...prod, ...names])
      expect(order, sdk).toContain(name)
    expect(prod).toEqual(['EnvironmentCredential', 'WorkloadIdentityCredential', 'ManagedIdentityCredential'])
  }
})

function select(sdk: SdkName, variable: string | undefined): readonly string[] | string {
  const chain = selectDefaultChain(findProfile(sdk), configure({ sdk, role: 'chained' }), {
    exclude: [],
    include: [],
    variable,
    isVariableRequired: false,
  })
  if (!chain.ok) return chain.error.message
  const kept = new Set([...chain.value.links.map(({ name }) => name), ...chain.value.absent])
  return findProfile(sdk).order.filter((name) => kept.has(name))
}

describe('AZURE_TOKEN_CREDENTIALS', () => {
  /** Every class that any of them has; `python js dotnet java go` where it is taken. */
  const accepted: Readonly<Record<string, string>> = {
    EnvironmentCredential: 'python js dotnet java go',
    WorkloadIdentityCredential: 'python js dotnet java go',
    ManagedIdentityCredential: 'python js dotnet java go',
    VisualStudioCredential: 'dotnet',
    VisualStudioCodeCredential: 'python js dotnet java',
    AzureCliCredential: 'python js dotnet java go',
    AzurePowerShellCredential: 'python js dotnet java go',
    AzureDeveloperCliCredential: 'python js dotnet java go',
    InteractiveBrowserCredential: 'python dotnet',
    BrokerCredential: 'dotnet',
    IntelliJCredential: 'java',
    SharedTokenCacheCredential: '',
    ClientSecretCredential: '',
  }
  const cells = Object.entries(accepted).flatMap(([name, takers]) =>
    sdks.map((sdk) => [sdk, name, takers.split(' ').includes(sdk)] as const),
  )

  test.each(cells)('%s, %s: %s', (sdk, name, isTaken) => {
    for (const value of [name, name.toLowerCase(), name.toUpperCase()]) {
      const selected = select(sdk, value)
      if (isTaken) expect(selected, value).toEqual([name])
      else
        expect(selected, value).toBe(
          findProfile(sdk).tokenCredentials.wordInvalid(value, findProfile(sdk).tokenCredentials.names),
        )
    }
    const isWrongWithSpace = typeof select(sdk, ` ${name} `) === 'string'
    expect(isWrongWithSpace).toBe(!isTaken || sdk === 'go')
  })

  test.each(sdks)('%s: the groups, in which case, and what is empty', (sdk) => {
    const { order, offByDefault, tokenCredentials } = findProfile(sdk)
    const inOrder = (names: readonly CredentialName[]) => order.filter((name) => names.includes(name))
    expect(select(sdk, 'dev')).toEqual(inOrder(tokenCredentials.dev))
    expect(select(sdk, 'prod')).toEqual(inOrder(tokenCredentials.prod))
    const whole = order.filter((name) => !offByDefault.includes(name))
    expect(select(sdk, undefined)).toEqual(whole)
    const isExact = sdk === 'go'
    expect(select(sdk, 'DEV')).toEqual(
      isExact ? tokenCredentials.wordInvalid('DEV', []) : inOrder(tokenCredentials.dev),
    )
    expect(select(sdk, ' prod ')).toEqual(
      isExact ? tokenCredentials.wordInvalid(' prod ', []) : inOrder(tokenCredentials.prod),
    )
    expect(select(sdk, '')).toEqual(isExact ? tokenCredentials.wordInvalid('', []) : whole)
  })

  test('the texts of the SDKs that can be run, recorded', () => {
    const invalid = (sdk: SdkName) => select(sdk, ' Nope ')
    expect(invalid('js')).toBe(
      "Invalid value for AZURE_TOKEN_CREDENTIALS =  Nope . Valid values are 'prod' or 'dev' or any of these credentials - EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential, VisualStudioCodeCredential, AzureCliCredential, AzurePowerShellCredential, AzureDeveloperCliCredential.",
    )
    expect(invalid('go')).toBe(
      'invalid AZURE_TOKEN_CREDENTIALS value " Nope ". Valid values are "dev", "prod", or the name of any credential type in the default chain. See https://aka.ms/azsdk/go/identity/docs#DefaultAzureCredential for more information',
    )
    expect(invalid('python')).toContain(
      'Invalid value for AZURE_TOKEN_CREDENTIALS: nope. Valid values are: dev, prod, ',
    )
  })

  test.each(sdks)('%s: where it has to be set and is not, the chain is not made', (sdk) => {
    const profile = findProfile(sdk)
    const wishes = { exclude: [], include: [], variable: undefined, isVariableRequired: true }
    const chain = selectDefaultChain(profile, configure({ sdk, role: 'chained' }), wishes)
    expect(chain).toEqual({ ok: false, error: { message: profile.tokenCredentials.required } })
  })
})

const refused = problem('token-refused', {
  error: 'invalid_client',
  description: 'AADSTS7000215: no',
  codes: ['AADSTS7000215'],
  status: 401,
  authority: 'login.microsoftonline.com',
  tenantId: 'tenant',
})
const az = { tool: 'az', file: '/usr/bin/az', ending: 'exit 1', codes: ['AADSTS50173'] } as const
const azFailed = problem('tool-failed', { ...az, reason: 'other', message: 'AADSTS50173: ended' })
const notFound = problem('tool-not-found', { tool: 'az', passedOver: [] })
const incomplete = problem('environment-incomplete', { set: [], missing: ['AZURE_CLIENT_ID'] })
const unconfigured = problem('inputs-missing', { inputs: [{ name: 'client id', sources: [] }], isUnmeant: true })
const badTenant = problem('input-invalid', { what: 'tenant id', source: 'AZURE_TENANT_ID', reason: 'x', value: 'a b' })
const noBroker = problem('broker-unavailable', { hasBroker: false })
const noFile = problem('file-unreadable', {
  what: 'federated token',
  source: 'AZURE_FEDERATED_TOKEN_FILE',
  error: { code: 'not-found', path: '/token', detail: 'no such file' },
})

const [inDefault, own] = ['DefaultAzureCredential', 'ChainedTokenCredential'] as const
type Case = readonly [
  what: string,
  chain: ChainName,
  credential: CredentialName,
  outcome: 'unavailable' | 'failed',
  found: Problem,
  verdicts: Readonly<Partial<Record<SdkName, Verdict>>>,
]

const [goesOn, stops, silent] = ['unavailable', 'failed', 'silent'] as const
const everywhere = (verdict: Verdict) => ({ python: verdict, js: verdict, dotnet: verdict, java: verdict, go: verdict })

/** Reference 1.7, and the runs of the real ones. */
const cases: readonly Case[] = [
  ['nothing configured', inDefault, 'EnvironmentCredential', 'unavailable', incomplete, everywhere(goesOn)],
  ['Entra refuses', inDefault, 'EnvironmentCredential', 'failed', refused, everywhere(stops)],
  [
    'a tenant that is none',
    inDefault,
    'EnvironmentCredential',
    'failed',
    badTenant,
    { python: stops, js: silent, go: goesOn },
  ],
  [
    'not configured',
    inDefault,
    'WorkloadIdentityCredential',
    'unavailable',
    unconfigured,
    { ...everywhere(goesOn), js: silent },
  ],
  [
    'Entra refuses',
    inDefault,
    'WorkloadIdentityCredential',
    'failed',
    refused,
    { python: stops, js: goesOn, dotnet: stops, go: stops },
  ],
  [
    'no token file',
    inDefault,
    'WorkloadIdentityCredential',
    'failed',
    noFile,
    { python: stops, js: goesOn, go: stops },
  ],
  ['az is not there', inDefault, 'AzureCliCredential', 'unavailable', notFound, everywhere(goesOn)],
  [
    'az fails',
    inDefault,
    'AzureCliCredential',
    'failed',
    azFailed,
    { python: goesOn, js: goesOn, dotnet: goesOn, go: goesOn },
  ],
  ['az fails', own, 'AzureCliCredential', 'failed', azFailed, { python: stops, js: goesOn, go: stops }],
  ['az is not there', own, 'AzureCliCredential', 'unavailable', notFound, { python: goesOn, js: goesOn, go: goesOn }],
  ['Entra refuses', own, 'ClientSecretCredential', 'failed', refused, { python: stops, js: goesOn, go: stops }],
  ['no broker', inDefault, 'BrokerCredential', 'unavailable', noBroker, { python: goesOn, js: silent }],
]

describe('what ends a chain', () => {
  const cells = cases.flatMap(([what, chain, credential, outcome, found, verdicts]) =>
    Object.entries(verdicts).map(
      ([sdk, verdict]) => [sdk as SdkName, chain, credential, what, verdict, outcome, found] as const,
    ),
  )

  test.each(cells)('%s, %s, %s, %s: %s', (sdk, chain, credential, _, verdict, outcome, found) => {
    expect(judge(findProfile(sdk), chain, credential, outcome, found)).toBe(verdict)
  })

  test.each(sdks)('%s: nothing goes on once the run is interrupted', async (sdk) => {
    const profile = findProfile(sdk)
    const ended: Outcome = { kind: 'failed', problem: problem('interrupted', { signal: 'SIGINT' }) }
    const links = (['AzureCliCredential', 'AzurePowerShellCredential'] as const).map((name) => ({
      name,
      create: () => ({ name, getToken: async () => ended }),
      judge: (outcome: 'unavailable' | 'failed', found: Problem) =>
        judge(profile, 'DefaultAzureCredential', name, outcome, found),
    }))
    const result = await runChain(links, { scopes: ['s/.default'] }, fakeRuntime(), noLimit())
    expect(result.stoppedBy).toBe('AzureCliCredential')
    expect(result.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'not-attempted'])
  })

  test.each(sdks)('%s: one named credential keeps its own outcome', (sdk) => {
    const selected = selectNamedChain(findProfile(sdk), ['client-secret'], configure({ sdk }))
    expect(selected.ok && selected.value.links[0]?.judge).toBeUndefined()
  })
})

test('who remembers what worked', () => {
  const remembers = Object.fromEntries(sdks.map((sdk) => [sdk, findProfile(sdk).remembers]))
  expect(remembers).toMatchObject({ python: [inDefault], js: [], go: [inDefault, own] })
})

test('switches that leave a link out: Python has one for each link, .NET for nearly each, the others none', () => {
  const { order, exclusion } = findProfile('python')
  expect(Object.keys(exclusion.switches).sort()).toEqual([...order].sort())
  expect(Object.keys(findProfile('dotnet').exclusion.switches).length).toBeGreaterThan(8)
  for (const sdk of ['js', 'java', 'go'] as const) expect(findProfile(sdk).exclusion.switches).toEqual({})
})
