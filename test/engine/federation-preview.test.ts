/** What jobs and pods would present, foretold from their variables and files. */
import { describe, expect, test } from 'vitest'
import { previewFederation } from '../../src/engine/federation-preview.ts'
import type { CloudName, CredentialConfig, CredentialName } from '../../src/engine/types.ts'
import { type FakeRuntimeOptions, fakeRuntime } from '../fakes/runtime.ts'

async function preview(credential: CredentialName, options: FakeRuntimeOptions, cloud: CloudName = 'public') {
  const config = { authority: { cloud } } as unknown as CredentialConfig
  const found = await previewFederation(credential, config, fakeRuntime(options))
  if (found === null || 'error' in found) throw new Error('nothing is foretold', { cause: found })
  return found
}

const job = {
  GITHUB_ACTIONS: 'true',
  GITHUB_REPOSITORY: 'contoso/shop',
  GITHUB_REPOSITORY_OWNER_ID: '65',
  GITHUB_REPOSITORY_ID: '74',
  GITHUB_SERVER_URL: 'https://github.com',
}

describe('a job of GitHub Actions', () => {
  test.each([
    ['a push to a branch', { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main' }, 'ref:refs/heads/main'],
    ['a branch with slashes', { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/a/b' }, 'ref:refs/heads/a/b'],
    ['a tag', { GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/tags/v1.2' }, 'ref:refs/tags/v1.2'],
    ['by hand', { GITHUB_EVENT_NAME: 'workflow_dispatch', GITHUB_REF: 'refs/heads/dev' }, 'ref:refs/heads/dev'],
    ['a schedule', { GITHUB_EVENT_NAME: 'schedule', GITHUB_REF: 'refs/heads/main' }, 'ref:refs/heads/main'],
    ['a pull request', { GITHUB_EVENT_NAME: 'pull_request', GITHUB_REF: 'refs/pull/7/merge' }, 'pull_request'],
    [
      "a pull request, in its target's name",
      { GITHUB_EVENT_NAME: 'pull_request_target', GITHUB_REF: 'refs/heads/main' },
      'ref:refs/heads/main',
    ],
  ])('%s: the subject, and the one with ids', async (_, variables, place) => {
    const { claims, others } = await preview('GitHubActionsCredential', { env: { ...job, ...variables } })
    expect(claims).toEqual({
      issuer: 'https://token.actions.githubusercontent.com',
      subject: `repo:contoso/shop:${place}`,
      audience: 'api://AzureADTokenExchange',
    })
    expect(others).toMatchObject([
      { subject: `repo:contoso@65/shop@74:${place}`, isWhole: true },
      { subject: 'repo:contoso/shop:environment:NAME', isWhole: false },
    ])
  })

  const push = { ...job, GITHUB_EVENT_NAME: 'push', GITHUB_REF: 'refs/heads/main', GITHUB_EVENT_PATH: '/event.json' }

  test.each([
    ['in seconds', 1_784_073_600],
    ['as a date', '2026-07-15T00:00:00Z'],
  ])('a repository that was made since subjects have ids, %s', async (_, created) => {
    const files = { '/event.json': JSON.stringify({ repository: { created_at: created } }) }
    const { claims, others } = await preview('GitHubActionsCredential', { env: push, files })
    expect(claims.subject).toBe('repo:contoso@65/shop@74:ref:refs/heads/main')
    expect(others.map(({ subject }) => subject)).toEqual([
      'repo:contoso/shop:ref:refs/heads/main',
      'repo:contoso@65/shop@74:environment:NAME',
    ])
  })

  test.each([
    ['an older repository', JSON.stringify({ repository: { created_at: '2026-07-14T23:59:59Z' } })],
    ['an event without it', '{}'],
    ['an event of something else', '[1]'],
    ['an event that is no JSON', 'x'],
    ['an event of nothing', JSON.stringify({ repository: null, pull_request: 'x' })],
  ])('%s: names come first', async (_, event) => {
    const { claims } = await preview('GitHubActionsCredential', { env: push, files: { '/event.json': event } })
    expect(claims.subject).toBe('repo:contoso/shop:ref:refs/heads/main')
  })

  test('without ids in the variables, the place for them', async () => {
    const env = { GITHUB_REPOSITORY: 'contoso/shop', GITHUB_REF: 'refs/heads/main' }
    const { others } = await preview('GitHubActionsCredential', { env })
    expect(others[0]).toMatchObject({
      subject: 'repo:contoso@OWNER-ID/shop@REPOSITORY-ID:ref:refs/heads/main',
      isWhole: false,
    })
  })

  test('without a ref the subject is not known', async () => {
    const { claims } = await preview('GitHubActionsCredential', { env: job })
    expect(claims.subject).toBeUndefined()
  })

  test('a pull request from a fork gets no token', async () => {
    const files = { '/event.json': JSON.stringify({ pull_request: { head: { repo: { fork: true } } } }) }
    const env = { ...push, GITHUB_EVENT_NAME: 'pull_request' }
    expect((await preview('GitHubActionsCredential', { env, files })).unknown).toContain('is from a fork')
    expect((await preview('GitHubActionsCredential', { env })).unknown).not.toContain('fork')
  })

  test('what no variable tells is said', async () => {
    const { unknown } = await preview('GitHubActionsCredential', { env: push })
    expect(unknown).toContain('gh api repos/contoso/shop/actions/oidc/customization/sub')
    expect(unknown).toContain("a reusable workflow presents its caller's subject")
  })

  test.each([
    ['https://contoso.ghe.com', 'https://token.actions.contoso.ghe.com', 2],
    ['https://git.contoso.com', 'https://git.contoso.com/_services/token', 1],
    ['', 'https://token.actions.githubusercontent.com', 2],
  ])('%s: its own issuer', async (server, issuer, alternatives) => {
    const { claims, others } = await preview('GitHubActionsCredential', { env: { ...push, GITHUB_SERVER_URL: server } })
    expect(claims.issuer).toBe(issuer)
    expect(others).toHaveLength(alternatives)
  })

  test.each([
    ['usgov', 'api://AzureADTokenExchangeUSGov'],
    ['china', 'api://AzureADTokenExchangeChina'],
  ] as const)('in the cloud %s: the audience that the credential asks for there', async (cloud, audience) => {
    expect((await preview('GitHubActionsCredential', { env: push }, cloud)).claims.audience).toBe(audience)
  })
})

describe('a job of Azure Pipelines', () => {
  const pipeline = { SYSTEM_COLLECTIONURI: 'https://dev.azure.com/contoso/', SYSTEM_TEAMPROJECT: 'My Shop' }

  test('the subject but for the name of the service connection, which no variable tells', async () => {
    const { claims, unknown } = await preview('AzurePipelinesCredential', {
      env: { ...pipeline, SYSTEM_COLLECTIONID: 'c0ffee' },
    })
    expect(claims).toEqual({
      issuer: 'https://vstoken.dev.azure.com/c0ffee',
      subject: 'sc://contoso/My Shop/SERVICE-CONNECTION-NAME',
      audience: 'api://AzureADTokenExchange',
    })
    expect(unknown).toContain('no variable tells the name of the service connection')
  })

  test('by the older address, and without an id of the organization no issuer', async () => {
    const env = { ...pipeline, SYSTEM_COLLECTIONURI: 'https://contoso.visualstudio.com/' }
    const { claims } = await preview('AzurePipelinesCredential', { env })
    expect(claims).toMatchObject({ subject: 'sc://contoso/My Shop/SERVICE-CONNECTION-NAME' })
    expect(claims.issuer).toBeUndefined()
  })
})

describe('a pod', () => {
  const part = (content: object): string => Buffer.from(JSON.stringify(content)).toString('base64url')
  const token = `${part({ alg: 'RS256' })}.${part({ iss: 'https://oidc.aks', sub: 'system:serviceaccount:shop:web', aud: ['api://AzureADTokenExchange'] })}.c2ln`

  test('the claims of its token', async () => {
    const { claims, others, unknown } = await preview('WorkloadIdentityCredential', {
      env: { AZURE_FEDERATED_TOKEN_FILE: '/token' },
      files: { '/token': `${token}\n` },
    })
    expect(claims).toEqual({
      issuer: 'https://oidc.aks',
      subject: 'system:serviceaccount:shop:web',
      audience: 'api://AzureADTokenExchange',
    })
    expect([others, unknown]).toEqual([[], undefined])
  })

  test('a token file that is not there is told', async () => {
    const runtime = fakeRuntime({ env: { AZURE_FEDERATED_TOKEN_FILE: '/token' } })
    const config = { authority: { cloud: 'public' } } as unknown as CredentialConfig
    expect(await previewFederation('WorkloadIdentityCredential', config, runtime)).toMatchObject({
      path: '/token',
      error: { code: 'not-found' },
    })
  })
})

test.each(['GitHubActionsCredential', 'AzurePipelinesCredential', 'WorkloadIdentityCredential'] as const)(
  'elsewhere nothing is foretold: %s',
  async (credential) => {
    const config = { authority: { cloud: 'public' } } as unknown as CredentialConfig
    expect(await previewFederation(credential, config, fakeRuntime({}))).toBeNull()
  },
)
