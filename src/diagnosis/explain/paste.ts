/** From bytes that somebody pasted to text: encodings, what is no text at all, and the parts of a huge paste that count. */

const headBytes = 1024 * 1024
const tailBytes = 7 * 1024 * 1024

export type Paste =
  | { readonly kind: 'text'; readonly text: string; readonly omittedBytes: number }
  /** `what` is for people: `a PNG image`. */
  | { readonly kind: 'binary'; readonly what: string }
  | { readonly kind: 'empty' }

const signatures: readonly (readonly [string, string])[] = [
  ['89504e47', 'a PNG image'],
  ['ffd8ff', 'a JPEG image'],
  ['47494638', 'a GIF image'],
  ['25504446', 'a PDF'],
  ['504b0304', 'a zip archive'],
  ['1f8b', 'a gzip archive'],
  ['7f454c46', 'a program'],
  ['4d5a', 'a program'],
]

/**
 * Of more than 8 MB the first 1 MB and the last 7 MB count: a head says what ran, and failures come last. UTF-16 (as
 * PowerShell redirects it) is known by its mark or by its zero bytes.
 */
export function readPaste(bytes: Uint8Array): Paste {
  if (bytes.length === 0) return { kind: 'empty' }
  const encoding = encodingOf(bytes)
  if (encoding === 'utf-8') {
    const start = Buffer.from(bytes.subarray(0, 4)).toString('hex')
    const known = signatures.find(([signature]) => start.startsWith(signature))
    if (known !== undefined && isMostlyBinary(bytes)) return { kind: 'binary', what: known[1] }
    if (isMostlyBinary(bytes)) return { kind: 'binary', what: 'binary data' }
  }
  const { kept, omittedBytes } = limit(bytes)
  const text = kept.map((part) => new TextDecoder(encoding).decode(part)).join('\n')
  return text.trim() === '' ? { kind: 'empty' } : { kind: 'text', text, omittedBytes }
}

function limit(bytes: Uint8Array): { readonly kept: readonly Uint8Array[]; readonly omittedBytes: number } {
  if (bytes.length <= headBytes + tailBytes) return { kept: [bytes], omittedBytes: 0 }
  // An even offset keeps the halves of UTF-16 units together.
  const from = bytes.length - tailBytes - ((bytes.length - tailBytes) % 2)
  return { kept: [bytes.subarray(0, headBytes), bytes.subarray(from)], omittedBytes: from - headBytes }
}

function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const sample = bytes.subarray(0, 512)
  const odd = sample.filter((byte, index) => index % 2 === 1 && byte === 0).length
  const even = sample.filter((byte, index) => index % 2 === 0 && byte === 0).length
  if (sample.length >= 8 && odd > sample.length * 0.4 && even === 0) return 'utf-16le'
  if (sample.length >= 8 && even > sample.length * 0.4 && odd === 0) return 'utf-16be'
  return 'utf-8'
}

function isMostlyBinary(bytes: Uint8Array): boolean {
  const sample = bytes.subarray(0, 4096)
  const controls = sample.filter((byte) => byte < 9 || (byte > 13 && byte < 27) || (byte > 27 && byte < 32)).length
  return sample.includes(0) || controls > sample.length * 0.1
}
