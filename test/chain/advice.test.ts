import { describe, expect, test } from 'vitest'
import { type AdviceFacts, adviceRows, advise } from '../../src/diagnosis/advice.ts'
import { problem } from '../../src/engine/problems.ts'
import type { Attempt, CredentialName } from '../../src/engine/types.ts'

const env = (variables: Readonly<Record<string, string>>): AdviceFacts['env'] => ({
  get: (name) => variables[name],
  names: () => Object.keys(variables),
})

/** A laptop where nothing is configured and nothing is to be said. */
const plain: AdviceFacts = {
  sdk: 'python',
  isDefaultChain: true,
  outcome: 'unavailable',
  credential: null,
  attempts: [],
  excluded: [],
  tenantIds: [],
  env: env({}),
  host: { platform: 'linux', release: '6.1.0' },
  isContainer: false,
  isDeveloperMachine: true,
  title: 'Python azure-identity',
  detour: null,
  clockAheadMs: null,
  cached: null,
  account: null,
  isFileCache: false,
}

function attempt(credential: CredentialName, changes: Partial<Attempt> = {}): Attempt {
  return { credential, outcome: 'unavailable', elapsedMs: 1, evidence: [], ...changes }
}

const noAz = attempt('AzureCliCredential', { problem: problem('tool-not-found', { tool: 'az', passedOver: [] }) })
const notAssigned = attempt('ManagedIdentityCredential', {
  outcome: 'failed',
  problem: problem('managed-identity-answer', {
    host: 'imds',
    sender: 'imds',
    endpoint: 'http://169.254.169.254/metadata/identity/oauth2/token',
    phase: 'token',
    status: 400,
    statusText: 'Bad Request',
    body: '{"error":"invalid_request","error_description":"Identity not found"}',
    fault: 'refused',
    requests: 1,
    id: 'clientId',
  }),
})
const slowAz = attempt('AzureCliCredential', {
  outcome: 'succeeded',
  evidence: [{ kind: 'process', what: '/usr/bin/az account get-access-token', result: 'exit 0', ms: 6400 }],
})

const detour: NonNullable<AdviceFacts['detour']> = {
  host: '169.254.169.254',
  variable: 'HTTP_PROXY',
  proxy: 'http://p:1',
  command: 'export NO_PROXY=169.254.169.254',
  outcome: 'succeeded',
}

/** Each row: where it speaks, with what in its words, and where it keeps quiet. */
const cases: readonly {
  readonly id: string
  readonly speaks: Partial<AdviceFacts>
  readonly says: RegExp
  readonly command?: RegExp
  readonly quiet: readonly Partial<AdviceFacts>[]
}[] = [
  {
    id: 'clock-off',
    speaks: { clockAheadMs: -720_000 },
    says: /12 min behind the authority/,
    command: /timedatectl/,
    quiet: [{ clockAheadMs: 60_000 }, { clockAheadMs: -149_000 }],
  },
  {
    id: 'half-set-variables',
    speaks: { env: env({ AZURE_CLIENT_SECRET: 'x', AZURE_TENANT_ID: 't' }) },
    says: /service principal are half set: AZURE_TENANT_ID, AZURE_CLIENT_SECRET are there, AZURE_CLIENT_ID is missing/,
    quiet: [
      { env: env({ AZURE_CLIENT_ID: 'x' }) },
      { env: env({ AZURE_CLIENT_ID: 'x', AZURE_TENANT_ID: 't' }) },
      { env: env({ AZURE_CLIENT_SECRET: 'x', AZURE_TENANT_ID: 't', AZURE_CLIENT_ID: 'c' }) },
      { env: env({ AZURE_CLIENT_SECRET: 'x' }), outcome: 'succeeded' },
      { env: env({ IDENTITY_ENDPOINT: 'x', IMDS_ENDPOINT: 'y' }) },
    ],
  },
  {
    id: 'empty-variables',
    speaks: {
      env: env({ AZURE_TENANT_ID: '' }),
      attempts: [
        attempt('EnvironmentCredential', {
          evidence: [{ kind: 'env', what: 'AZURE_TENANT_ID', result: 'set, but empty', ms: 0 }],
        }),
      ],
    },
    says: /AZURE_TENANT_ID is set but empty/,
    command: /^unset AZURE_TENANT_ID$/,
    quiet: [{ env: env({ SOMETHING: '' }) }, { env: env({ AZURE_TOKEN_CREDENTIALS: '' }), outcome: 'succeeded' }],
  },
  {
    id: 'client-id-two-meanings',
    speaks: { env: env({ AZURE_CLIENT_ID: '1111' }), attempts: [notAssigned] },
    says: /AZURE_CLIENT_ID \(1111\) is read twice/,
    quiet: [
      { attempts: [notAssigned] },
      { env: env({ AZURE_CLIENT_ID: '1111' }) },
      { env: env({ AZURE_CLIENT_ID: '1111' }), attempts: [notAssigned], isDefaultChain: false },
    ],
  },
  {
    id: 'proxy-covers-imds',
    speaks: { detour },
    says: /^HTTP_PROXY sends the requests of Python azure-identity to 169\.254\.169\.254 through the proxy http:\/\/p:1; azid never does, and got its token from the host itself:/,
    command: /^export NO_PROXY=169\.254\.169\.254$/,
    quiet: [{ attempts: [attempt('ManagedIdentityCredential')] }],
  },
  {
    id: 'token-credentials-excludes',
    speaks: {
      env: env({ AZURE_TOKEN_CREDENTIALS: 'prod' }),
      excluded: [
        { name: 'AzureCliCredential', by: 'AZURE_TOKEN_CREDENTIALS' },
        { name: 'InteractiveBrowserCredential', by: 'default' },
      ],
    },
    says: /AZURE_TOKEN_CREDENTIALS=prod leaves out AzureCliCredential;/,
    command: /^unset AZURE_TOKEN_CREDENTIALS$/,
    quiet: [
      { excluded: [{ name: 'AzureCliCredential', by: '--exclude' }] },
      { excluded: [{ name: 'AzureCliCredential', by: 'AZURE_TOKEN_CREDENTIALS' }], outcome: 'succeeded' },
    ],
  },
  {
    id: 'github-actions-job',
    speaks: { env: env({ GITHUB_ACTIONS: 'true' }) },
    says: /azure\/login/,
    command: /-c github-actions/,
    quiet: [
      { env: env({ GITHUB_ACTIONS: 'true' }), outcome: 'succeeded' },
      { env: env({ GITHUB_ACTIONS: 'true' }), isDefaultChain: false },
    ],
  },
  {
    id: 'azure-pipelines-job',
    speaks: { env: env({ SYSTEM_OIDCREQUESTURI: 'https://dev.azure.com/x' }) },
    says: /AzurePipelinesCredential is no link/,
    command: /-c azure-pipelines/,
    quiet: [{ env: env({ TF_BUILD: 'True' }) }],
  },
  {
    id: 'az-slow',
    speaks: { attempts: [slowAz], outcome: 'succeeded' },
    says: /az took 6\.4 s/,
    quiet: [
      {
        attempts: [
          attempt('AzureCliCredential', {
            evidence: [{ kind: 'process', what: '/usr/bin/az x', result: 'exit 0', ms: 900 }],
          }),
        ],
      },
      {
        attempts: [
          attempt('AzureDeveloperCliCredential', {
            evidence: [{ kind: 'process', what: '/usr/bin/azd x', result: 'exit 0', ms: 9000 }],
          }),
        ],
      },
    ],
  },
  {
    id: 'container-without-az',
    speaks: { isContainer: true, attempts: [noAz] },
    says: /container without az/,
    quiet: [{ isContainer: true }, { attempts: [noAz] }, { isContainer: true, attempts: [noAz], outcome: 'succeeded' }],
  },
  {
    id: 'wsl',
    speaks: { host: { platform: 'linux', release: '5.15.1-microsoft-standard-WSL2' }, attempts: [noAz] },
    says: /this is WSL: the sign-in of az on Windows/,
    command: /InstallAzureCLIDeb/,
    quiet: [{ attempts: [noAz] }, { host: { platform: 'linux', release: '5.15.1-microsoft-standard-WSL2' } }],
  },
  {
    id: 'production-credential-here',
    speaks: { outcome: 'succeeded', credential: 'EnvironmentCredential' },
    says: /EnvironmentCredential wins on what looks like a developer's machine/,
    command: /AZURE_TOKEN_CREDENTIALS=dev/,
    quiet: [
      { outcome: 'succeeded', credential: 'AzureCliCredential' },
      { outcome: 'succeeded', credential: 'EnvironmentCredential', isDeveloperMachine: false },
      { outcome: 'succeeded', credential: 'EnvironmentCredential', isDefaultChain: false },
    ],
  },
  {
    id: 'identities-differ',
    speaks: { tenantIds: ['aaaa', 'bbbb'], outcome: 'succeeded' },
    says: /different tenants/,
    quiet: [{ tenantIds: ['aaaa', 'AAAA'] }, { tenantIds: ['aaaa'] }],
  },
  {
    id: 'cached-answer',
    speaks: { cached: { credential: 'AzureCliCredential', livesMs: 1_200_000 } },
    says: /token of AzureCliCredential that is good for 20 more min/,
    command: /--force-refresh/,
    quiet: [{}],
  },
  {
    id: 'azid-account',
    speaks: { account: 'ada@contoso.com' },
    says: /go on to ada@contoso\.com/,
    quiet: [{ account: 'ada@contoso.com', outcome: 'succeeded' }],
  },
  {
    id: 'file-cache',
    speaks: { isFileCache: true, cached: { credential: 'AzureCliCredential', livesMs: 60_000 } },
    says: /AZID_CACHE=file/,
    quiet: [{ isFileCache: true }],
  },
]

describe('advice', () => {
  test('nothing is said where there is nothing to say', () => {
    expect(advise(plain)).toEqual([])
  })

  test.each(cases)('$id: speaks where it should, and nowhere else', ({ id, speaks, says, command, quiet }) => {
    const found = advise({ ...plain, ...speaks }).find((each) => each.id === id)
    expect(found?.text).toMatch(says)
    if (command === undefined) expect(found?.command).toBeUndefined()
    else expect(found?.command).toMatch(command)
    for (const facts of quiet) {
      expect(
        advise({ ...plain, ...facts }).map((each) => each.id),
        JSON.stringify(facts),
      ).not.toContain(id)
    }
  })

  test('the table: every row has a case here, an id of its own and a reason', () => {
    expect(cases.map(({ id }) => id).sort()).toEqual(adviceRows.map(({ id }) => id).sort())
    expect(new Set(adviceRows.map(({ id }) => id)).size).toBe(adviceRows.length)
    for (const { id, reason } of adviceRows) {
      expect(id).toMatch(/^[a-z0-9-]+$/)
      expect(reason.length).toBeGreaterThan(20)
      expect(reason).not.toMatch(/\.$/)
    }
  })

  test('wsl: the az of Windows on the PATH of Linux is another trouble', () => {
    const az = attempt('AzureCliCredential', {
      evidence: [
        {
          kind: 'process',
          what: '/mnt/c/Program Files/Microsoft SDKs/Azure/CLI2/wbin/az account',
          result: 'exit 127',
          ms: 3,
        },
      ],
    })
    const [advice] = advise({ ...plain, host: { platform: 'linux', release: 'x-microsoft-WSL2' }, attempts: [az] })
    expect(advice?.text).toMatch(/that of Windows/)
  })
})
