/** Points in time for people: in words against now, and on both clocks. */

const units: readonly (readonly [string, number])[] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
]

/** `43 minutes`, `1 hour 5 minutes`, `3 days`: at most two units, rounded down; up from three days only one. */
export function describeSpan(ms: number): string {
  const seconds = Math.floor(Math.abs(ms) / 1000)
  const at = units.findIndex(([, size]) => seconds >= size)
  const [unit, size] = units[at] ?? ['second', 1]
  const count = Math.floor(seconds / size)
  const [smaller, smallerSize] = units[at + 1] ?? ['', 0]
  const rest = smallerSize === 0 ? 0 : Math.floor((seconds - count * size) / smallerSize)
  const isLong = unit === 'minute' || (unit === 'day' && count >= 3)
  return rest === 0 || isLong ? counted(count, unit) : `${counted(count, unit)} ${counted(rest, smaller)}`
}

function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** `in 43 minutes`, `17 minutes ago`, `now` (within a second). */
export function describeMoment(ms: number, now: number): string {
  const distance = ms - now
  if (Math.abs(distance) < 1000) return 'now'
  return distance > 0 ? `in ${describeSpan(distance)}` : `${describeSpan(distance)} ago`
}

/** `2026-11-21 02:00:00 UTC` */
export function formatUtc(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} UTC`
}

/**
 * `2026-11-21 03:00:00 UTC+1`, on the clock of a time zone (IANA name; undefined: this machine's). Null where that clock
 * shows what UTC does.
 */
export function formatLocal(ms: number, timeZone: string | undefined): string | null {
  const parts = new Map(
    zoneFormat(timeZone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  )
  const offset = parts.get('timeZoneName') ?? ''
  if (/^(?:GMT|UTC)(?:[+-]0)?$/.test(offset)) return null
  const date = `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`
  return `${date} ${parts.get('hour')}:${parts.get('minute')}:${parts.get('second')} ${offset.replace('GMT', 'UTC')}`
}

function zoneFormat(timeZone: string | undefined): Intl.DateTimeFormat {
  const form: Intl.DateTimeFormatOptions = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'shortOffset',
  }
  try {
    return new Intl.DateTimeFormat('en-US', timeZone === undefined ? form : { ...form, timeZone })
  } catch {
    // TZ may hold a POSIX rule (`CET-1CEST`) or a path, which Intl does not know; the machine's own zone has read it.
    return new Intl.DateTimeFormat('en-US', form)
  }
}
