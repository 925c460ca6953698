/** One way to write values as bytes, so that two lists of values have the same bytes only if they are the same list. */

/** A value that can be part of a name. `undefined` (not there) differs from everything, also from the empty string. */
export type Value = undefined | null | boolean | number | string | Uint8Array | readonly Value[]

const encoder = new TextEncoder()

/** Every value is a tag, the length of what follows (big endian, 32 bits; for lists: the number of members), and that. */
export function canonicalBytes(value: Value): Uint8Array {
  const parts: Uint8Array[] = []
  write(value, parts)
  return Buffer.concat(parts)
}

function write(value: Value, parts: Uint8Array[]): void {
  if (value === undefined) parts.push(header('u', 0))
  else if (value === null) parts.push(header('0', 0))
  else if (typeof value === 'boolean') parts.push(header(value ? 't' : 'f', 0))
  else if (typeof value === 'number') writeBytes('n', encoder.encode(String(value)), parts)
  else if (typeof value === 'string') writeBytes('s', stringBytes(value), parts)
  else if (value instanceof Uint8Array) writeBytes('b', value, parts)
  else {
    parts.push(header('l', value.length))
    for (const member of value) write(member, parts)
  }
}

/** UTF-16, because UTF-8 turns every lone surrogate into the same replacement character. */
function stringBytes(text: string): Uint8Array {
  return Buffer.from(text, 'utf16le')
}

function writeBytes(tag: string, bytes: Uint8Array, parts: Uint8Array[]): void {
  parts.push(header(tag, bytes.length), bytes)
}

function header(tag: string, length: number): Uint8Array {
  const bytes = Buffer.alloc(5)
  bytes.write(tag, 'latin1')
  bytes.writeUInt32BE(length, 1)
  return bytes
}
