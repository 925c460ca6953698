/** What may be said to whom: the decision, without sockets. */
import { describe, expect, test } from 'vitest'
import { resolveTarget } from '../../src/engine/scope.ts'
import { Secret } from '../../src/secret.ts'
import { createAudienceList } from '../../src/serve/audiences.ts'
import { type EndpointPolicy, type IdentityRequest, judgeRequest } from '../../src/serve/protocol.ts'

const clientId = '11111111-2222-4333-8444-555555555555'

function allow(...targets: string[]) {
  return createAudienceList(
    targets.map((text) => {
      const resolved = resolveTarget(text, 'public')
      if (!resolved.ok) throw new Error(text)
      return resolved.value
    }),
    'public',
  )
}

const policy: EndpointPolicy = {
  identityHeader: new Secret('right-header'),
  ownName: 'the-name-of-this',
  hostNames: new Set(['host.docker.internal', 'fe80::1']),
  identity: { clientId },
  findTarget: allow('vault', 'arm', 'api://contoso'),
}

function ask(
  changes: Partial<IdentityRequest> & { readonly query?: string } = {},
  changed: Partial<EndpointPolicy> = {},
) {
  const { query = 'resource=https://vault.azure.net&api-version=2019-08-01', ...others } = changes
  return judgeRequest(
    {
      method: 'GET',
      httpVersion: '1.1',
      url: `/msi/token?${query}`,
      host: '127.0.0.1:4141',
      identityHeader: 'right-header',
      trail: [],
      hasBody: false,
      ...others,
    },
    { ...policy, ...changed },
  )
}

const version = 'api-version=2019-08-01'

describe('granted', () => {
  test.each([
    ['the resource', `${version}&resource=https://vault.azure.net`, 'https://vault.azure.net/.default'],
    ['percent-encoded', `${version}&resource=https%3A%2F%2Fvault.azure.net`, 'https://vault.azure.net/.default'],
    [
      'with a slash, which is kept',
      `${version}&resource=https://vault.azure.net/`,
      'https://vault.azure.net//.default',
    ],
    [
      'another URI of the service',
      `${version}&resource=https://management.core.windows.net/`,
      'https://management.core.windows.net//.default',
    ],
    ['an API of one’s own', `${version}&resource=api://contoso`, 'api://contoso/.default'],
    [
      'the configured client id, in any case',
      `${version}&resource=https://vault.azure.net&client_id=${clientId.toUpperCase()}`,
      'https://vault.azure.net/.default',
    ],
  ])('%s', (_, query, scope) => {
    expect(ask({ query })).toMatchObject({ kind: 'granted', target: { scope } })
  })

  test.each([
    'localhost',
    'LOCALHOST:80',
    '127.0.0.1',
    '127.1.2.3:9',
    '[::1]:4141',
    'host.docker.internal:1',
    '[fe80::1]:2',
  ])('asked at %s', (host) => {
    expect(ask({ host }).kind).toBe('granted')
  })
})

describe('refused', () => {
  test.each([
    ['no header', { identityHeader: undefined }, 401],
    ['an empty header', { identityHeader: '' }, 401],
    ['a wrong header', { identityHeader: 'wrong' }, 401],
    ['the header with more behind it', { identityHeader: 'right-header ' }, 401],
    ['HTTP/1.0', { httpVersion: '1.0' }, 505],
    ['no Host', { host: undefined }, 400],
    ['the name of a web page', { host: 'evil.example' }, 400],
    ['a name that begins like ours', { host: 'localhost.evil.example' }, 400],
    ['an address that only looks like loopback', { host: '127.0.0.1.evil.example:80' }, 400],
    ['a Host of nonsense', { host: '127.0.0.1@evil.example' }, 400],
    ['another method', { method: 'POST' }, 405],
    ['a request of its own', { trail: ['the-name-of-that', 'the-name-of-this'], identityHeader: undefined }, 400],
    ['a body', { hasBody: true }, 413],
    ['another path', { url: '/metadata/identity/oauth2/token?resource=https://vault.azure.net' }, 404],
    ['no api-version', { query: 'resource=https://vault.azure.net' }, 400],
    ['an old api-version', { query: 'resource=https://vault.azure.net&api-version=2017-09-01' }, 400],
    ['no resource', { query: version }, 400],
    [
      'another client id',
      { query: `${version}&resource=https://vault.azure.net&client_id=99999999-2222-4333-8444-555555555555` },
      400,
    ],
    [
      'two client ids, one of them another',
      { query: `${version}&resource=https://vault.azure.net&client_id=${clientId}&client_id=x` },
      400,
    ],
    [
      'an id of a kind that is not configured',
      { query: `${version}&resource=https://vault.azure.net&object_id=${clientId}` },
      400,
    ],
    ['a resource id', { query: `${version}&resource=https://vault.azure.net&mi_res_id=/subscriptions/x` }, 400],
    ['an audience that is not allowed', { query: `${version}&resource=https://graph.microsoft.com` }, 403],
    [
      'an audience that begins like an allowed one',
      { query: `${version}&resource=https://vault.azure.net.evil.example` },
      403,
    ],
    [
      'a hostile audience',
      { query: `${version}&resource=${encodeURIComponent('https://vault.azure.net\r\nX: y')}` },
      403,
    ],
  ])('%s', (_, changes, status) => {
    expect(ask(changes)).toMatchObject({ kind: 'refused', status })
  })

  test('who does not know the header learns nothing of paths, audiences or ids', () => {
    const messages = [
      ask({ identityHeader: 'x', url: '/' }),
      ask({ identityHeader: 'x', method: 'POST' }),
      ask({ identityHeader: 'x', query: `${version}&resource=https://graph.microsoft.com` }),
      ask({ identityHeader: 'x', query: `${version}&resource=https://vault.azure.net&client_id=x` }),
    ]
    expect(new Set(messages.map((verdict) => JSON.stringify({ ...verdict, resource: null }))).size).toBe(1)
  })

  test('an identity in the request when none is configured', () => {
    const query = `${version}&resource=https://vault.azure.net&client_id=${clientId}`
    expect(ask({ query }, { identity: {} })).toMatchObject({
      status: 400,
      message: 'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
    })
  })

  test('everybody, should the header ever be empty', () => {
    expect(ask({ identityHeader: '' }, { identityHeader: new Secret('') })).toMatchObject({ status: 401 })
  })
})

test('without an allow-list every audience that can be asked for is given', () => {
  const findTarget = createAudienceList(null, 'public')
  expect(findTarget('https://graph.microsoft.com')?.scope).toBe('https://graph.microsoft.com/.default')
  expect(findTarget('https://a b')).toBeNull()
})
