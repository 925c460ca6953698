/** Names in place of what tells who somebody is: ids, accounts, the home folder. One name for one value, so that a text still reads. */

/** What a value is replaced by: `<id 1>`. */
export type Mask = (text: string) => string

export interface KnownValue {
  readonly value: string
  /** `tenant`, `user`: the name begins with it. */
  readonly what: string
}

const guid = /\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi
/** By these the service's own people find a request; they say nothing about anybody. */
const requestId = /((?:Trace|Correlation|Request) ID: |\((?:x-ms-request-id|x-vss-e2eid) )([0-9a-f-]{36})/gi
const address = /[\w.+%-]+(?:#EXT#)?@[\w-]+(?:\.[\w-]+)+/gi
/** What Entra quotes in its descriptions: names of apps, directories and accounts. */
const quoted = /'[^'\n]{1,200}'/g

/** Promise: the same value has the same name throughout; shorter known values than three characters stay. */
export function createMask(known: readonly KnownValue[], homeFolder: string): Mask {
  const names = new Map<string, string>()
  const counts = new Map<string, number>()
  const nameOf = (value: string, what: string): string => {
    const key = value.toLowerCase()
    const found = names.get(key)
    if (found !== undefined) return found
    const count = (counts.get(what) ?? 0) + 1
    counts.set(what, count)
    const name = `<${what} ${count}>`
    names.set(key, name)
    return name
  }
  const words = known
    .filter(({ value }) => value.length >= 3)
    .sort((one, other) => other.value.length - one.value.length)
    .map(({ value, what }) => ({ form: new RegExp(`(?<![\\w-])${escapeForm(value)}(?![\\w-])`, 'gi'), what }))
  const home = homeFolder.length > 1 ? new RegExp(`${escapeForm(homeFolder)}(?![\\w-])`, 'g') : null
  return (text) => {
    const kept: string[] = []
    let clean = text.replace(requestId, (_, head: string, id: string) => `${head}\u0001${kept.push(id) - 1}\u0001`)
    if (home !== null) clean = clean.replace(home, '~')
    for (const { form, what } of words) clean = clean.replace(form, (value) => nameOf(value, what))
    clean = clean.replace(address, (value) => nameOf(value, 'user')).replace(guid, (value) => nameOf(value, 'id'))
    clean = clean
      .split('\n')
      .map((line) => (/AADSTS\d/.test(line) ? line.replace(quoted, maskQuoted) : line))
      .join('\n')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: no text from outside holds the mark: controls are escaped
    return clean.replace(/\u0001(\d+)\u0001/g, (_, at: string) => kept[Number(at)] ?? '')
  }
}

function maskQuoted(text: string): string {
  return /^'(?:<[a-z]+ \d+>|https:\/\/[\w.]+\.(?:azure\.com|microsoft\.com)[\w./]*)'$/.test(text) ? text : "'…'"
}

function escapeForm(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
