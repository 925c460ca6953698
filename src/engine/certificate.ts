/** A client certificate and its private key out of a PEM or PKCS#12 file, or the reason why they cannot be used. */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { failure, type Result, success } from '../result.ts'
import { Secret } from '../secret.ts'
import type { ProblemFacts } from './problems.ts'

export interface ClientCertificate {
  /** PKCS#8, PEM, not encrypted. */
  readonly privateKeyPem: Secret
  readonly leafPem: string
  /** The leaf and what follows it in the file, in that order: what `x5c` carries. */
  readonly chainPem: readonly string[]
  /** Thumbprints of the leaf, 40 and 64 hex digits in upper case. */
  readonly sha1: string
  readonly sha256: string
  /** Milliseconds since the epoch. */
  readonly notAfter: number
}

/** Why it cannot be used; `detail` never holds a part of the file. */
export type BadCertificate = Omit<ProblemFacts['certificate-unusable'], 'source'>

/** Larger files are not parsed; a chain with its key is a few kilobytes. */
export const maxCertificateBytes = 1024 * 1024

type Trouble = Omit<BadCertificate, 'format'>
type Failure = { readonly ok: false; readonly error: Trouble }

/**
 * Reads what azure-identity reads: PEM (a certificate and its key in any order, text between them, an encrypted key) where
 * the content has `-----BEGIN`, PKCS#12 otherwise. In PEM the first certificate is the client's, as in the SDKs; in
 * PKCS#12 it is the one that belongs to the key. Never throws.
 */
export async function loadCertificate(
  content: Uint8Array,
  password?: Secret,
): Promise<Result<ClientCertificate, BadCertificate>> {
  if (content.length === 0) return as('other', bad('malformed', 'it is empty'))
  if (content.length > maxCertificateBytes) {
    return as('other', bad('malformed', `it is larger than ${maxCertificateBytes} bytes`))
  }
  const text = Buffer.from(content).toString('latin1')
  if (text.includes('-----BEGIN')) return as('pem', fromPem(text, password))
  const other = recogniseOther(content, text)
  return other === null ? as('pkcs12', await fromPkcs12(text, password)) : as('other', other)
}

function as(
  format: BadCertificate['format'],
  result: Result<ClientCertificate, Trouble>,
): Result<ClientCertificate, BadCertificate> {
  return result.ok ? result : failure({ ...result.error, format })
}

/** Is a private key encrypted at all? Python refuses a password that is not needed. */
export function hasEncryptedKey(content: Uint8Array): boolean {
  const text = Buffer.from(content).toString('latin1')
  return !text.includes('-----BEGIN') || /-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED/.test(text)
}

function bad(reason: BadCertificate['reason'], detail: string): Failure {
  return failure({ reason, detail })
}

interface PemBlock {
  readonly label: string
  readonly text: string
}

function fromPem(text: string, password: Secret | undefined): Result<ClientCertificate, Trouble> {
  const blocks = findBlocks(text)
  if (blocks === null) return bad('malformed', 'a -----BEGIN line has no -----END line')
  const keys = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'))
  const [keyBlock] = keys
  if (keyBlock === undefined) return bad('no-private-key', 'it has no private key')
  const key = parsePemKey(keyBlock, password)
  if (!key.ok) return key
  const certificates: X509Certificate[] = []
  for (const block of blocks.filter(({ label }) => /^(?:X509 |TRUSTED )?CERTIFICATE$/.test(label))) {
    const certificate = parseX509(block.text)
    if (certificate === null) return bad('malformed', `certificate ${certificates.length + 1} cannot be read`)
    certificates.push(certificate)
  }
  if (certificates.length === 0) return bad('no-certificate', 'it has a private key and no certificate')
  return combine(key.value, certificates)
}

/** Null when one is cut. Text outside the blocks (bag attributes, comments) is none of ours. */
function findBlocks(text: string): readonly PemBlock[] | null {
  const blocks: PemBlock[] = []
  const begin = /-----BEGIN ([A-Z0-9 ]+)-----/g
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const label = match[1] ?? ''
    const end = text.indexOf(`-----END ${label}-----`, begin.lastIndex)
    if (end === -1) return null
    const stop = end + `-----END ${label}-----`.length
    blocks.push({ label, text: unindent(text.slice(match.index, stop)) })
    begin.lastIndex = stop
  }
  return blocks
}

function unindent(block: string): string {
  return `${block
    .split(/\r\n|\r|\n/)
    .map((line) => line.trim())
    .join('\n')}\n`
}

function parsePemKey(block: PemBlock, password: Secret | undefined): Result<KeyObject, Trouble> {
  const isEncrypted = block.label.startsWith('ENCRYPTED') || block.text.includes('Proc-Type: 4,ENCRYPTED')
  if (isEncrypted && (password === undefined || password.isEmpty)) {
    return bad('password-needed', 'its private key is encrypted')
  }
  try {
    const passphrase = isEncrypted && password !== undefined ? { passphrase: password.reveal() } : {}
    return success(createPrivateKey({ key: block.text, ...passphrase }))
  } catch (error) {
    if (!isEncrypted) return bad('malformed', 'its private key cannot be read')
    return isUnsupported(error)
      ? bad('malformed', 'its private key is encrypted in a way that is not supported')
      : bad('wrong-password', 'the password does not open its private key')
  }
}

/** The cipher is one that OpenSSL does not know (any more); a wrong password ends in many ways, but never in this one. */
function isUnsupported(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_OSSL_EVP_UNSUPPORTED'
}

function parseX509(content: string | Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(
      typeof content === 'string' ? content.replaceAll(/(X509|TRUSTED) CERTIFICATE/g, 'CERTIFICATE') : content,
    )
  } catch {
    return null
  }
}

/** The first certificate is the client's. */
function combine(key: KeyObject, certificates: readonly X509Certificate[]): Result<ClientCertificate, Trouble> {
  if (key.asymmetricKeyType !== 'rsa') {
    return bad(
      'not-rsa',
      `its private key is ${(key.asymmetricKeyType ?? 'of an unknown kind').toUpperCase()}, not RSA`,
    )
  }
  const [leaf] = certificates
  if (leaf === undefined) return bad('no-certificate', 'it has a private key and no certificate')
  if (!leaf.checkPrivateKey(key)) {
    const owner = certificates.findIndex((certificate) => certificate.checkPrivateKey(key))
    const detail =
      owner === -1
        ? 'its private key belongs to none of its certificates'
        : `its private key belongs to certificate ${owner + 1} of ${certificates.length}; put that one first`
    return bad('key-mismatch', detail)
  }
  return success({
    privateKeyPem: new Secret(key.export({ type: 'pkcs8', format: 'pem' }).toString()),
    leafPem: leaf.toString(),
    chainPem: certificates.map((certificate) => certificate.toString()),
    sha1: thumbprint('sha1', leaf),
    sha256: thumbprint('sha256', leaf),
    notAfter: Date.parse(leaf.validTo),
  })
}

function thumbprint(algorithm: 'sha1' | 'sha256', certificate: X509Certificate): string {
  return createHash(algorithm).update(certificate.raw).digest('hex').toUpperCase()
}

/** Files that people take for PKCS#12: said by name, because "malformed" would send them the wrong way. */
function recogniseOther(content: Uint8Array, text: string): Failure | null {
  if (/^(?:\xff\xfe|\xfe\xff)/.test(text)) return bad('malformed', 'it is UTF-16 text; save it as UTF-8')
  if (/^[\s\w+/=-]+$/.test(text) && /^[\sA-Za-z0-9+/=]{64,}$/.test(text)) {
    return bad('malformed', 'it is base64 text (a Key Vault secret?); decode it first')
  }
  if (parseX509(content) !== null) return bad('no-private-key', 'it is a certificate alone (DER)')
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    try {
      createPrivateKey({ key: Buffer.from(content), format: 'der', type })
      return bad('no-certificate', 'it is a private key alone (DER)')
    } catch {
      // Not a key of this type.
    }
  }
  return content[0] === 0x30 ? null : bad('malformed', 'it is neither PEM nor PKCS#12')
}

type Forge = typeof import('node-forge')

interface Opening {
  readonly password: string | undefined
  readonly isMacChecked: boolean
}

async function fromPkcs12(bytes: string, password: Secret | undefined): Promise<Result<ClientCertificate, Trouble>> {
  const { default: forge } = await import('node-forge')
  const isGiven = password !== undefined && !password.isEmpty
  for (const opening of waysToOpen(forge, isGiven ? password.reveal() : null)) {
    try {
      const store = forge.asn1.fromDer(bytes)
      if (!opening.isMacChecked && Array.isArray(store.value)) store.value.splice(2)
      return fromBags(forge, forge.pkcs12.pkcs12FromAsn1(store, false, opening.password))
    } catch (error) {
      const detail = describeTrouble(error)
      // Forge stumbles over "no password at all" in more ways than it means; an empty one was tried before.
      if (detail !== null && opening.password !== undefined) return bad('malformed', detail)
    }
  }
  return isGiven
    ? bad('wrong-password', 'the password does not open it')
    : bad('password-needed', 'it is encrypted with a password')
}

/**
 * "No password" is written as an empty one or as none at all (RFC 7292 B.1). The checksum takes a password as UTF-16,
 * the encryption of today's files (PBES2) as UTF-8, so one beyond ASCII is tried both ways; forge has one for both.
 */
function waysToOpen(forge: Forge, password: string | null): readonly Opening[] {
  if (password === null) {
    return [
      { password: '', isMacChecked: true },
      { password: undefined, isMacChecked: true },
    ]
  }
  const asIs = { password, isMacChecked: true }
  const isAscii = /^[\x20-\x7e]*$/.test(password)
  return isAscii ? [asIs] : [asIs, { password: forge.util.encodeUtf8(password), isMacChecked: false }]
}

/** Null: another password may do. Forge's messages are its own words and hold nothing of the file. */
function describeTrouble(error: unknown): string | null {
  const message = error instanceof Error ? error.message : ''
  if (/MAC could not be verified|wrong password|Failed to decrypt/i.test(message)) return null
  if (/not an PKCS#12 PFX|ASN\.1|bits supported/i.test(message)) return 'it is neither PEM nor PKCS#12'
  if (/unsupported|not supported|cannot read encrypted/i.test(message))
    return 'it is protected in a way that is not supported'
  return 'it is damaged'
}

function fromBags(forge: Forge, store: import('node-forge').pkcs12.Pkcs12Pfx): Result<ClientCertificate, Trouble> {
  const bags = store.safeContents.flatMap(({ safeBags }) => safeBags)
  const { keyBag, pkcs8ShroudedKeyBag, certBag } = forge.pki.oids
  const keyBags = bags.filter(({ type }) => type === keyBag || type === pkcs8ShroudedKeyBag)
  const [first] = keyBags
  if (first === undefined) return bad('no-private-key', 'it has no private key')
  const key = keyOf(forge, first)
  if (key === null) return bad('malformed', 'its private key cannot be read')
  const certificates: X509Certificate[] = []
  for (const bag of bags.filter(({ type }) => type === certBag)) {
    const asn1 = bag.cert ? forge.pki.certificateToAsn1(bag.cert) : bag.asn1
    const certificate = parseX509(toBytes(forge, asn1))
    if (certificate === null) return bad('malformed', `certificate ${certificates.length + 1} cannot be read`)
    certificates.push(certificate)
  }
  if (certificates.length === 0) return bad('no-certificate', 'it has a private key and no certificate')
  const owner = certificates.findIndex((certificate) => certificate.checkPrivateKey(key))
  const leaf = certificates[owner]
  return combine(key, leaf === undefined ? certificates : [leaf, ...certificates.filter((_, index) => index !== owner)])
}

/** Forge reads RSA keys only; of others it leaves the PKCS#8 as it was. */
function keyOf(forge: Forge, bag: import('node-forge').pkcs12.Bag): KeyObject | null {
  const pkcs8 = bag.key ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key)) : bag.asn1
  try {
    return createPrivateKey({ key: toBytes(forge, pkcs8), format: 'der', type: 'pkcs8' })
  } catch {
    return null
  }
}

function toBytes(forge: Forge, asn1: import('node-forge').asn1.Asn1): Buffer {
  return Buffer.from(forge.asn1.toDer(asn1).getBytes(), 'latin1')
}
