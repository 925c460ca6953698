/** Merges two changed copies of MSAL's unified cache: sections of entries, each under its key. */

type Sections = Record<string, unknown>

/**
 * What this process changed since `base` is put into `theirs`, the newest state: entries it added or changed, and the
 * removal of those it removed, unless another has renewed them since. Members that are unknown here are kept. A copy that
 * is no JSON object counts as empty.
 */
export function mergeSerialised(base: string | null, mine: string, theirs: string | null): string {
  if (theirs === null || theirs === base) return mine
  return JSON.stringify(mergeMembers(parse(base), parse(mine), parse(theirs), mergeSection))
}

type Merge = (base: unknown, mine: unknown, theirs: unknown) => unknown

function mergeMembers(base: Sections, mine: Sections, theirs: Sections, merge: Merge): Sections {
  const merged: Sections = {}
  for (const key of new Set([...Object.keys(theirs), ...Object.keys(mine)])) {
    const value = mergeMember(own(base, key), own(mine, key), own(theirs, key), merge)
    if (value !== undefined)
      Object.defineProperty(merged, key, { value, enumerable: true, configurable: true, writable: true })
  }
  return merged
}

/** `undefined` stands for "not there". */
function mergeMember(base: unknown, mine: unknown, theirs: unknown, merge: Merge): unknown {
  const isChangedByMe = !isSame(base, mine)
  const isChangedByThem = !isSame(base, theirs)
  if (!isChangedByMe) return theirs
  if (!isChangedByThem) return mine
  if (mine === undefined) return theirs
  if (theirs === undefined) return mine
  return merge(base, mine, theirs)
}

function mergeSection(base: unknown, mine: unknown, theirs: unknown): unknown {
  if (!isRecord(mine) || !isRecord(theirs)) return mine
  return mergeMembers(isRecord(base) ? base : {}, mine, theirs, newerEntry)
}

/** Both changed the same entry: an access token or account that was written later wins. */
function newerEntry(_base: unknown, mine: unknown, theirs: unknown): unknown {
  return writtenAt(theirs) > writtenAt(mine) ? theirs : mine
}

function writtenAt(entry: unknown): number {
  if (!isRecord(entry)) return 0
  const time = Number(entry['cached_at'] ?? entry['last_modification_time'] ?? 0)
  return Number.isFinite(time) ? time : 0
}

function own(record: Sections, key: string): unknown {
  return Object.hasOwn(record, key) ? record[key] : undefined
}

function isSame(left: unknown, right: unknown): boolean {
  return left === right || JSON.stringify(left) === JSON.stringify(right)
}

function parse(text: string | null): Sections {
  if (text === null) return {}
  try {
    const value: unknown = JSON.parse(text)
    return isRecord(value) ? value : {}
  } catch {
    return {}
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
