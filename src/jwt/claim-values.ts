/** Reads claims that may be anything: each function gives the expected type or says that there is none. */
import type { JsonObject } from './decode.ts'

export const guidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i
const guidInside = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i

export function has(claims: JsonObject, name: string): boolean {
  return Object.hasOwn(claims, name)
}

/** Null where the claim is absent, empty or no string. */
export function textOf(claims: JsonObject, name: string): string | null {
  const value = has(claims, name) ? claims[name] : undefined
  return typeof value === 'string' && value !== '' ? value : null
}

/** As `textOf`; codes such as `acct` and `appidacr` come as strings or as numbers. */
export function codeOf(claims: JsonObject, name: string): string | null {
  const value = has(claims, name) ? claims[name] : undefined
  return typeof value === 'number' ? String(value) : textOf(claims, name)
}

/** The strings of a list; one string is a list of one. What is no string is left out. */
export function listOf(claims: JsonObject, name: string): readonly string[] {
  const value = has(claims, name) ? claims[name] : undefined
  if (typeof value === 'string') return value === '' ? [] : [value]
  return Array.isArray(value)
    ? value.filter((member): member is string => typeof member === 'string' && member !== '')
    : []
}

/** Space-separated words (RFC 8693 section 4.2 for `scp`); some issuers send a list. */
export function wordsOf(claims: JsonObject, name: string): readonly string[] {
  return listOf(claims, name).flatMap((text) => text.split(' ').filter((word) => word !== ''))
}

export function guidIn(text: string | null): string | null {
  return (text === null ? null : guidInside.exec(text)?.[0]?.toLowerCase()) ?? null
}

export function isSameId(left: string | null, right: string | null): boolean {
  return left !== null && right !== null && left.toLowerCase() === right.toLowerCase()
}

export type ClaimTime =
  | { readonly kind: 'absent' }
  /** Milliseconds since the epoch, within years 1970 to 9999. */
  | { readonly kind: 'time'; readonly ms: number; readonly isText: boolean }
  | { readonly kind: 'milliseconds' }
  | { readonly kind: 'unreadable' }

const lastSecond = Date.UTC(9999, 11, 31, 23, 59, 59) / 1000

/** A NumericDate (RFC 7519 section 2): seconds, fractions allowed. Numbers in a string are read too, and reported. */
export function timeOf(claims: JsonObject, name: string): ClaimTime {
  const value = has(claims, name) ? claims[name] : undefined
  if (value === undefined || value === null) return { kind: 'absent' }
  const isText = typeof value === 'string' && /^\d{1,16}(?:\.\d{1,9})?$/.test(value)
  const seconds = isText ? Number(value) : value
  if (typeof seconds !== 'number' || !Number.isFinite(seconds) || seconds < 0) return { kind: 'unreadable' }
  if (seconds <= lastSecond) return { kind: 'time', ms: Math.floor(seconds * 1000), isText }
  return seconds >= 1e12 && seconds <= lastSecond * 1000 ? { kind: 'milliseconds' } : { kind: 'unreadable' }
}
