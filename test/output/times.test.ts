import { expect, test } from 'vitest'
import { describeMoment, describeSpan, formatLocal, formatUtc } from '../../src/output/times.ts'

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

test.each([
  [0, '0 seconds'],
  [999, '0 seconds'],
  [second, '1 second'],
  [59.9 * second, '59 seconds'],
  [minute, '1 minute'],
  [43 * minute + 20 * second, '43 minutes'],
  [hour, '1 hour'],
  [hour + 5 * minute, '1 hour 5 minutes'],
  [23 * hour + 59 * minute, '23 hours 59 minutes'],
  [day, '1 day'],
  [day + 3 * hour, '1 day 3 hours'],
  [3 * day + 3 * hour, '3 days'],
  [8000 * 365 * day, '2920000 days'],
  [-hour, '1 hour'],
])('times: %d ms are %s', (ms, words) => {
  expect(describeSpan(ms)).toBe(words)
})

test.each([
  [minute, 'in 1 minute'],
  [-minute, '1 minute ago'],
  [999, 'now'],
  [-999, 'now'],
])('times: %d ms from now is %s', (ms, words) => {
  expect(describeMoment(1e12 + ms, 1e12)).toBe(words)
})

test('times: both clocks, over a change of the clocks and at the end of time', () => {
  expect(formatUtc(0)).toBe('1970-01-01 00:00:00 UTC')
  expect(formatLocal(Date.UTC(2026, 9, 25, 0, 30), 'Europe/Berlin')).toBe('2026-10-25 02:30:00 UTC+2')
  expect(formatLocal(Date.UTC(2026, 9, 25, 1, 30), 'Europe/Berlin')).toBe('2026-10-25 02:30:00 UTC+1')
  expect(formatLocal(Date.UTC(2026, 0, 1, 5), 'America/New_York')).toBe('2026-01-01 00:00:00 UTC-5')
  expect(formatUtc(Date.UTC(9999, 11, 31, 23, 59, 59))).toBe('9999-12-31 23:59:59 UTC')
  expect(formatLocal(0, 'UTC')).toBeNull()
  expect(formatLocal(0, 'Etc/UTC')).toBeNull()
})
