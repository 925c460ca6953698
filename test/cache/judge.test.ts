import { expect, test } from 'vitest'
import { judgeEntry } from '../../src/cache/judge.ts'
import { readRevocation } from '../../src/cache/revocation.ts'
import { accessToken, entry, hour, start } from './support/requests.ts'

const minute = 60_000
const due = { token: accessToken({ refreshOn: start + 30 * minute }) }

test.each([
  ['a token that was just saved', entry(), 0, 'fresh'],
  ['one with exactly --min-ttl left', entry(), 55 * minute, 'fresh'],
  ['one with less left', entry(), 55 * minute + 1, 'useless'],
  ['an expired one', entry(), hour, 'useless'],
  ['one before its refreshOn', entry(due), 29 * minute, 'fresh'],
  ['one at its refreshOn', entry(due), 30 * minute, 'due'],
  ['one past both', entry(due), 56 * minute, 'useless'],
  ['one whose renewal just failed', entry({ ...due, refreshFailedAt: start + 31 * minute }), 31 * minute + 1, 'fresh'],
  ['one whose renewal failed a while ago', entry({ ...due, refreshFailedAt: start + 31 * minute }), 32 * minute, 'due'],
  ['one of a later clock', entry({ savedAt: start + 10 * minute }), 0, 'useless'],
  ['one of a clock that is a little ahead', entry({ savedAt: start + 4 * minute }), 0, 'fresh'],
])('judge: %s at +%#', (_, given, after, expected) => {
  const freshness = { minTtlMs: 5 * minute, forceRefresh: false }
  expect(judgeEntry(given, freshness, null, start + after)).toBe(expected)
})

test('judge: with --min-ttl 0 an expired token is still not served', () => {
  const freshness = { minTtlMs: 0, forceRefresh: false }
  expect(judgeEntry(entry(), freshness, null, start + hour - 1)).toBe('fresh')
  expect(judgeEntry(entry(), freshness, null, start + hour)).toBe('useless')
})

test('judge: --force-refresh serves nothing', () => {
  expect(judgeEntry(entry(), { minTtlMs: 0, forceRefresh: true }, null, start)).toBe('useless')
})

test('judge: after a revocation only what was got in answer to it, or to a later one', () => {
  const freshness = { minTtlMs: 0, forceRefresh: false }
  expect(judgeEntry(entry(), freshness, 100, start)).toBe('useless')
  expect(judgeEntry(entry({ revocation: 99 }), freshness, 100, start)).toBe('useless')
  expect(judgeEntry(entry({ revocation: 100 }), freshness, 100, start)).toBe('fresh')
  expect(judgeEntry(entry({ revocation: 100 }), freshness, null, start)).toBe('fresh')
})

test.each([
  ['{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}', 1604106651],
  ['{"access_token":{"nbf":{"value":"5"}}}', 5],
  ['{"access_token":{"nbf":{"essential":true,"value":1604106651}}}', 1604106651],
  ['{"access_token":{"nbf":{"essential":true,"value":"soon"}}}', null],
  ['{"access_token":{"nbf":{"essential":true}}}', null],
  ['{"access_token":{"nbf":{"value":"5","values":["6"]}}}', null],
  ['{"access_token":{"nbf":{"value":"5"},"acrs":{"value":"c1"}}}', null],
  ['{"access_token":{"nbf":{"value":"5"}},"id_token":{}}', null],
  ['{"access_token":null}', null],
  ['[]', null],
  ['no JSON', null],
])('revocation: %s → %s', (claims, expected) => {
  expect(readRevocation(claims)).toBe(expected)
})
