/** One way to write values down, so that two lists of values are written the same only if they are the same list. */

/** A value that can be part of a name. `undefined` (not there) differs from everything, also from the empty string. */
export type Value = undefined | null | boolean | number | string | Uint8Array | readonly Value[]

/**
 * Every value is a tag, the length of what follows (for lists: the number of members), a colon, and that. To be hashed as
 * UTF-16: in UTF-8 every lone surrogate becomes the same replacement character.
 */
export function canonicalText(value: Value): string {
  if (value === undefined) return 'u'
  if (value === null) return '0'
  if (typeof value === 'boolean') return value ? 't' : 'f'
  if (typeof value === 'string') return `s${value.length}:${value}`
  if (typeof value === 'number') return prefixed('n', String(value))
  if (value instanceof Uint8Array) return prefixed('b', Buffer.from(value).toString('base64'))
  let text = `l${value.length}:`
  for (const member of value) text += canonicalText(member)
  return text
}

function prefixed(tag: string, text: string): string {
  return `${tag}${text.length}:${text}`
}
