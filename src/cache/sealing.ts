/** Sealed files: AES-256-GCM, bound to the name under which they are kept and to the time they expire. */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import type { Random } from '../runtime.ts'

/** What is derived from the sealing key: one key to name entries, one to seal them. */
export interface CacheKeys {
  readonly naming: Uint8Array
  readonly sealing: Uint8Array
}

export const sealingKeyLength = 32

/** Of a sealed entry, in bytes. An access token has a few kilobytes; with two hundred groups, ten. */
export const largestEntry = 256 * 1024

const version = 1
const headerLength = 9
const nonceLength = 12
const tagLength = 16
const overhead = headerLength + nonceLength + tagLength

export function deriveKeys(sealingKey: Uint8Array): CacheKeys {
  const both = createHmac('sha512', sealingKey).update('azid: naming, sealing; 1').digest()
  return { naming: both.subarray(0, 32), sealing: both.subarray(32) }
}

/**
 * Layout: version (1 byte), expiry in milliseconds (8 bytes, big endian), nonce, ciphertext, tag. The expiry is in the
 * clear so that old files can be swept without being opened; it is authenticated, as is the name.
 */
export function seal(
  keys: CacheKeys,
  name: string,
  expiresOn: number,
  content: Uint8Array,
  random: Random,
): Uint8Array {
  const header = Buffer.alloc(headerLength)
  header.writeUInt8(version)
  header.writeBigUInt64BE(BigInt(Math.max(0, Math.trunc(expiresOn))), 1)
  const nonce = random.bytes(nonceLength)
  const cipher = createCipheriv('aes-256-gcm', keys.sealing, nonce)
  cipher.setAAD(associatedData(name, header))
  return Buffer.concat([header, nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()])
}

/** Null for anything that this key did not seal under this name: another key, version or name, a changed or cut file. */
export function unseal(keys: CacheKeys, name: string, sealed: Uint8Array): Uint8Array | null {
  if (sealed.length < overhead || sealed[0] !== version) return null
  const header = sealed.subarray(0, headerLength)
  const nonce = sealed.subarray(headerLength, headerLength + nonceLength)
  const decipher = createDecipheriv('aes-256-gcm', keys.sealing, nonce, { authTagLength: tagLength })
  decipher.setAAD(associatedData(name, header))
  decipher.setAuthTag(sealed.subarray(sealed.length - tagLength))
  const content = decipher.update(sealed.subarray(headerLength + nonceLength, sealed.length - tagLength))
  try {
    return Buffer.concat([content, decipher.final()])
  } catch {
    return null
  }
}

/** The expiry that a sealed file claims, in milliseconds; null when it is no such file. Not proof of anything: only for sweeping. */
export function claimedExpiry(sealed: Uint8Array): number | null {
  if (sealed.length < overhead || sealed[0] !== version) return null
  return Number(Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength).readBigUInt64BE(1))
}

function associatedData(name: string, header: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(name, 'utf8'), Buffer.from([0]), header])
}
