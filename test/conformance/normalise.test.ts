import { describe, expect, test } from 'vitest'
import { compare } from './compare.ts'
import { type Asked, comparableRequests, normaliseText, requestRules, textRules, withoutSource } from './normalise.ts'
import type { Told } from './recordings.ts'

const known = 'aaaabbbb-0000-cccc-1111-dddd2222eeee'
const values = { folder: '/tmp/world/scenario-1', knownGuids: new Set([known]) }

/** Each rule with what it changes, and what stays. */
const texts: Readonly<Record<string, readonly (readonly [before: string, after: string])[]>> = {
  folder: [['no /tmp/world/scenario-1/token', 'no {folder}/token']],
  port: [
    ['http://127.0.0.1:43817/msi', 'http://127.0.0.1:{port}/msi'],
    ['127.0.0.1:9 refused', '127.0.0.1:9 refused'],
    ['169.254.169.254:80', '169.254.169.254:80'],
  ],
  guid: [
    ['Trace ID: 0b0b0b0b-1111-4222-8333-444444444444', 'Trace ID: {guid}'],
    [`tenant ${known}`, `tenant ${known}`],
    [known.toUpperCase(), known.toUpperCase()],
  ],
  time: [
    ['Timestamp: 2026-11-21 06:47:00Z', 'Timestamp: {time}'],
    ['"2026-11-21T06:47:00.123Z"', '"{time}"'],
    ['Sat, 21 Nov 2026 06:47:00 GMT', '{time}'],
    ['AADSTS7000215', 'AADSTS7000215'],
  ],
  thumbprint: [
    ["client: 'AA27CD3E550F2CD4F562AF1ACCC26167E0646143'", "client: '{thumbprint}'"],
    ['deadbeef', 'deadbeef'],
  ],
  connection: [
    ['{"a":"b","connection":"keep-alive","keep-alive":"timeout=5"}', '{"a":"b"}'],
    ['{"connection":"close","a":"b"}', '{"a":"b"}'],
    ['the connection is closed', 'the connection is closed'],
  ],
  address: [['<X object at 0x7f00aa>', '<X object at {address}>']],
  'json-place': [
    ['token in JSON at position 3 (line 1 column 4)', 'token in JSON at position 3'],
    ['(line 1 column 4)', '(line 1 column 4)'],
  ],
  'ssl-line': [['(_ssl.c:1006)', '(_ssl.c:{line})']],
}

describe('texts', () => {
  test('the list is closed: each rule has its examples here', () => {
    expect(textRules.map(({ name }) => name).sort()).toEqual(Object.keys(texts).sort())
  })

  for (const rule of textRules) {
    test.each(texts[rule.name] ?? [])(`${rule.name}: %s`, (before, after) => {
      expect(rule.apply(before, values)).toBe(after)
      // What is normal stays, whichever other rules there are.
      expect(normaliseText(normaliseText(before, values), values)).toBe(normaliseText(before, values))
    })
  }

  test('the place that azid names behind a refused value', () => {
    expect(withoutSource('no such value (from AZURE_TOKEN_CREDENTIALS)')).toBe('no such value')
    expect(withoutSource('no such value (from here)')).toBe('no such value (from here)')
  })
})

const asked: Asked = {
  endpoint: 'token',
  method: 'POST',
  host: 'login.microsoftonline.com',
  path: `/${known}/oauth2/v2.0/token`,
  parameters: { client_id: 'c', scope: 'https://vault.azure.net/.default' },
  status: 200,
  refusal: null,
}

const requests: Readonly<Record<string, readonly (readonly [Asked, Asked | null])[]>> = {
  discovery: [
    [{ ...asked, endpoint: 'instance' }, null],
    [{ ...asked, endpoint: 'configuration' }, null],
    [asked, asked],
    [
      { ...asked, endpoint: null },
      { ...asked, endpoint: null },
    ],
  ],
  'tenant-name': [
    [{ ...asked, path: '/contoso.com/oauth2/v2.0/token' }, asked],
    [
      { ...asked, path: '/nobody.example/oauth2/v2.0/token' },
      { ...asked, path: '/nobody.example/oauth2/v2.0/token' },
    ],
  ],
  'host-alias': [
    [{ ...asked, host: 'login.microsoft.com' }, asked],
    [
      { ...asked, host: 'login.microsoftonline.us' },
      { ...asked, host: 'login.microsoftonline.us' },
    ],
  ],
  'oidc-scopes': [
    [
      { ...asked, parameters: { client_id: 'c', scope: `${asked.parameters['scope']} openid offline_access profile` } },
      asked,
    ],
    [
      { ...asked, parameters: { resource: 'openid' } },
      { ...asked, parameters: { resource: 'openid' } },
    ],
  ],
  'idle-headers': [
    [
      { ...asked, method: 'GET', headers: { metadata: 'true', 'content-type': 'x' } },
      { ...asked, method: 'GET', headers: { metadata: 'true' } },
    ],
    [
      { ...asked, method: 'GET', headers: { metadata: 'true', secret: '***' } },
      { ...asked, method: 'GET', headers: { secret: '***' } },
    ],
    [
      { ...asked, headers: { 'content-type': 'application/x-www-form-urlencoded;charset=utf-8' } },
      { ...asked, headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    ],
  ],
}

describe('requests', () => {
  test('the list is closed: each rule has its examples here', () => {
    expect(requestRules.map(({ name }) => name).sort()).toEqual(Object.keys(requests).sort())
  })

  for (const rule of requestRules) {
    test(rule.name, () => {
      for (const [before, after] of requests[rule.name] ?? []) expect(rule.apply(before)).toEqual(after)
    })
  }

  test('a status, a method and how often are compared', () => {
    expect(comparableRequests([asked, asked])).toHaveLength(2)
    expect(comparableRequests([{ ...asked, status: 400 }])).not.toEqual(comparableRequests([asked]))
  })
})

const told: Told = {
  outcome: 'unavailable',
  winner: null,
  tried: [{ credential: 'AzureCLICredential', outcome: 'unavailable', message: 'm' }],
  message: 'all of it',
  type: 'E',
  requests: [],
}
const differing = (ours: Partial<Told>, theirs: Partial<Told> = {}): readonly string[] =>
  compare({ ...told, ...theirs }, { ...told, ...ours }).map(({ aspect }) => aspect)

describe('comparing', () => {
  test('equal is equal, also where Go writes CLI', () => {
    expect(differing({ tried: [{ credential: 'AzureCliCredential', outcome: 'unavailable', message: 'm' }] })).toEqual(
      [],
    )
  })

  test('every aspect is seen', () => {
    expect(differing({ tried: [] })).toEqual(['tried', 'outcomes', 'links'])
    expect(differing({ outcome: 'failed' })).toEqual(['outcomes'])
    expect(differing({ winner: 'AzureCliCredential' })).toEqual(['winner'])
    expect(differing({ message: 'all of  it' })).toEqual(['message'])
    expect(differing({ tried: [{ credential: 'AzureCLICredential', outcome: 'unavailable', message: 'n' }] })).toEqual([
      'links',
    ])
    expect(differing({ requests: [asked] })).toEqual(['requests'])
  })

  test('what an SDK passes over without a word may be said', () => {
    const [link] = told.tried
    if (link === undefined) throw new Error('there is one')
    const silent = { tried: [{ ...link, message: null, silent: 'why' }] }
    expect(differing({}, silent)).toEqual([])
    expect(differing({ tried: [{ ...link, outcome: 'failed' }] }, silent)).toEqual(['outcomes'])
  })

  test('a constructor’s refusal is a link’s failure in the same words, if nothing was asked', () => {
    const refused = { outcome: 'not-made', tried: [], message: 'bad value' } as const
    const failed = {
      outcome: 'failed',
      message: 'bad value',
      tried: [{ credential: 'EnvironmentCredential', outcome: 'failed', message: 'bad value' }],
    } as const
    expect(differing(failed, refused)).toEqual([])
    expect(differing({ ...failed, message: 'bad' }, refused)).not.toEqual([])
    expect(differing({ ...failed, requests: [asked] }, refused)).not.toEqual([])
    expect(differing({ ...failed, outcome: 'unavailable' }, refused)).not.toEqual([])
  })
})
