/** Which remembered account is meant, as a table; and what is left of MSAL's cache without some. */
import { expect, test } from 'vitest'
import {
  type AccountWish,
  chooseAccount,
  developerClientId,
  type RememberedAccount,
  readAccounts,
  withoutAccounts,
} from '../../src/engine/sign-in/accounts.ts'

const host = 'login.microsoftonline.com'
const own = '22222222-2222-4222-8222-222222222222'

function account(name: string, changes: Partial<RememberedAccount['record']> = {}): RememberedAccount {
  const [user = '', tenant = ''] = name.split('@')
  const record = {
    authority: 'login.windows.net',
    clientId: developerClientId,
    homeAccountId: `${user}-id.${tenant}-id`,
    tenantId: `${tenant}-id`,
    username: name,
    ...changes,
  }
  return { record, name: null, tenants: [record.tenantId] }
}

const ada = account('ada@one.example')
const bob = account('bob@one.example')
const eve = account('eve@two.example')
const adaOwn = account('ada@one.example', { clientId: own })
const gov = account('ada@one.example', { authority: 'login.microsoftonline.us' })

test.each<[string, readonly RememberedAccount[], Partial<AccountWish>, RememberedAccount | 'none' | 'several']>([
  ['nobody is there', [], {}, 'none'],
  ['one is there', [ada], {}, ada],
  ['one, and any tenant', [ada], { tenantId: 'three-id' }, ada],
  ['several', [ada, eve], {}, 'several'],
  ['several, and a name', [ada, eve], { username: 'EVE@two.example' }, eve],
  ['several, and another name', [ada, eve], { username: 'zoe@two.example' }, 'none'],
  ['several, and a tenant of one', [ada, eve], { tenantId: 'two.example-ID' }, eve],
  ['several, and a domain of one', [ada, eve], { tenantId: 'two.example' }, eve],
  ['several, and a tenant of none', [ada, eve], { tenantId: 'three-id' }, 'several'],
  ['several of one tenant', [ada, bob], { tenantId: 'one.example-id' }, 'several'],
  ['another cloud', [gov], {}, 'none'],
  ['the cloud by its other name', [ada], { host: 'login.windows.net' }, ada],
  ['its own app', [ada, adaOwn], { clientId: own }, adaOwn],
  ['one person with two apps', [adaOwn, ada], {}, ada],
  ['two people with apps of their own', [adaOwn, eve], {}, 'several'],
  ['by the home account', [ada, bob], { homeAccountId: bob.record.homeAccountId.toUpperCase() }, bob],
])('%s', (_, accounts, wish, expected) => {
  const chosen = chooseAccount(accounts, { host, ...wish })
  expect(chosen.kind === 'one' ? chosen.account : chosen.kind).toEqual(expected)
})

const entry = (home: string, client: string, more: object = {}) => ({
  home_account_id: home,
  environment: 'login.windows.net',
  client_id: client,
  ...more,
})

const cache = {
  Account: {
    a: { home_account_id: 'a.t', environment: 'login.windows.net', realm: 't', username: 'ada', name: 'Ada' },
    b: { home_account_id: 'b.t', environment: 'login.windows.net', realm: 't', username: 'bob' },
  },
  RefreshToken: { a1: entry('a.t', 'one'), a2: entry('a.t', 'two'), b1: entry('b.t', 'one') },
  AccessToken: { a: entry('a.t', 'one') },
  IdToken: { a: entry('a.t', 'one'), b: entry('b.t', 'one') },
  AppMetadata: { m: { client_id: 'one' } },
  Unknown: { kept: true },
}

test('an account stays while another app has a token of it', () => {
  const [first] = readAccounts(JSON.stringify(cache))
  if (first === undefined) throw new Error('nobody')
  const left = JSON.parse(withoutAccounts(JSON.stringify(cache), [first.record]))
  expect(Object.keys(left.RefreshToken)).toEqual(['a2', 'b1'])
  expect(Object.keys(left.Account)).toEqual(['a', 'b'])
  expect(left).toMatchObject({
    AccessToken: {},
    IdToken: { b: {} },
    AppMetadata: cache.AppMetadata,
    Unknown: cache.Unknown,
  })
  const all = readAccounts(JSON.stringify(cache)).filter(({ record }) => record.homeAccountId === 'a.t')
  const gone = JSON.parse(
    withoutAccounts(
      JSON.stringify(cache),
      all.map(({ record }) => record),
    ),
  )
  expect(Object.keys(gone.Account)).toEqual(['b'])
})

test('tenants are those of the account and of its profiles; the home tenant is the one that is used', () => {
  const profile = (tenantId: string) => JSON.stringify({ tenantId, isHomeTenant: false })
  const guest = { ...cache.Account.a, realm: 'guest', tenantProfiles: [profile('t'), profile('guest'), 'nonsense', 7] }
  const [found] = readAccounts(JSON.stringify({ ...cache, Account: { a: guest } }))
  expect(found).toMatchObject({ tenants: ['guest', 't'], record: { tenantId: 't' } })
})

test.each([
  null,
  '',
  'nonsense',
  'null',
  '[]',
  '{"Account":[]}',
  '{"Account":{"a":7,"b":{"home_account_id":1}},"RefreshToken":"x"}',
  '{"Account":{"__proto__":{"home_account_id":"a.t"}}}',
])('%s holds nobody', (text) => {
  expect(readAccounts(text)).toEqual([])
})
