/** Certificates made on the spot: the sandbox's own authority, its server certificate, and self-signed ones for apps and signing keys. */
import { createHash, createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto'
import { isIP } from 'node:net'
import { rootCertificates } from 'node:tls'
import { promisify } from 'node:util'
import forge from 'node-forge'
import type { Clock, Random } from '../runtime.ts'

const { asn1 } = forge
type Node = forge.asn1.Asn1

const hourMs = 3_600_000
/** Clients whose clock runs a little behind accept the certificates too. */
const skewMs = 5 * 60_000

const oids = {
  commonName: '2.5.4.3',
  organization: '2.5.4.10',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAlternativeName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  authorityKeyIdentifier: '2.5.29.35',
  extendedKeyUsage: '2.5.29.37',
  serverAuthentication: '1.3.6.1.5.5.7.3.1',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  rsaWithSha256: '1.2.840.113549.1.1.11',
} as const

/** A key and the certificate that names it, both PEM. */
export interface KeyAndCertificate {
  readonly privateKey: KeyObject
  readonly certificatePem: string
}

export interface AuthorityCertificates {
  /** The authority's certificate, PEM. Its private key is dropped once the server certificate is signed. */
  readonly caPem: string
  readonly server: KeyAndCertificate
}

export interface RsaCertificateOptions {
  /** Validity in milliseconds since the epoch; a year from now by default. */
  readonly life?: { readonly from: number; readonly to: number }
  readonly issuer?: { readonly commonName: string; readonly privateKey: KeyObject }
}

type CertificatePorts = { readonly clock: Pick<Clock, 'now'>; readonly random: Pick<Random, 'bytes'> }

const makeKeyPair = promisify(generateKeyPair)

/**
 * Makes an authority and one server certificate under it.
 *
 * Promise: both last 24 hours; the authority may sign leaves only (pathlen 0) and, by a critical name constraint
 * (RFC 5280 section 4.2.1.10), only for `names`; its key exists in memory only and only while this runs. The keys are EC
 * P-256, which takes a millisecond where RSA takes a hundred.
 *
 * @param names DNS names and IP addresses that the authority may sign for.
 * @param serverNames Those that the server answers as; others than `names` give a certificate that nobody accepts.
 */
export async function createAuthorityCertificates(
  names: readonly string[],
  ports: CertificatePorts,
  serverNames: readonly string[] = names,
): Promise<AuthorityCertificates> {
  const authority = await makeKeyPair('ec', { namedCurve: 'P-256' })
  const server = await makeKeyPair('ec', { namedCurve: 'P-256' })
  const authorityName = [
    { oid: oids.organization, value: 'azid sandbox' },
    { oid: oids.commonName, value: `azid sandbox CA ${Buffer.from(ports.random.bytes(4)).toString('hex')}` },
  ]
  const life = { from: ports.clock.now() - skewMs, to: ports.clock.now() + 24 * hourMs }
  const caPem = createCertificate(
    {
      subject: authorityName,
      issuer: authorityName,
      publicKey: authority.publicKey,
      signingKey: authority.privateKey,
      life,
      extensions: [
        extension(oids.basicConstraints, true, sequence(booleanTrue(), integer('\x00'))),
        extension(oids.keyUsage, true, bitString(0x06, 1)),
        extension(oids.nameConstraints, true, sequence(tagged(0, true, names.map(permittedSubtree)))),
        extension(oids.subjectKeyIdentifier, false, octets(keyIdentifier(authority.publicKey))),
      ],
    },
    ports.random,
  )
  const certificatePem = createCertificate(
    {
      subject: [{ oid: oids.commonName, value: serverNames[0] ?? 'localhost' }],
      issuer: authorityName,
      publicKey: server.publicKey,
      signingKey: authority.privateKey,
      life,
      extensions: [
        extension(oids.basicConstraints, true, sequence()),
        extension(oids.keyUsage, true, bitString(0x80, 7)),
        extension(oids.extendedKeyUsage, false, sequence(oid(oids.serverAuthentication))),
        extension(oids.subjectAlternativeName, false, sequence(...serverNames.map(generalName))),
        extension(oids.subjectKeyIdentifier, false, octets(keyIdentifier(server.publicKey))),
        extension(oids.authorityKeyIdentifier, false, sequence(tagged(0, false, keyIdentifier(authority.publicKey)))),
      ],
    },
    ports.random,
  )
  return { caPem, server: { privateKey: server.privateKey, certificatePem } }
}

/**
 * A certificate over a fresh 2048-bit RSA key (about 150 ms), as apps register with Entra and as the keys of its JWKS
 * carry in `x5c`. Self-signed unless an issuer is given.
 */
export async function createRsaCertificate(
  commonName: string,
  ports: CertificatePorts,
  options: RsaCertificateOptions = {},
): Promise<KeyAndCertificate> {
  const { publicKey, privateKey } = await makeKeyPair('rsa', { modulusLength: 2048 })
  const now = ports.clock.now()
  const certificatePem = createCertificate(
    {
      subject: [{ oid: oids.commonName, value: commonName }],
      issuer: [{ oid: oids.commonName, value: options.issuer?.commonName ?? commonName }],
      publicKey,
      signingKey: options.issuer?.privateKey ?? privateKey,
      life: options.life ?? { from: now - skewMs, to: now + 365 * 24 * hourMs },
      extensions: [extension(oids.subjectKeyIdentifier, false, octets(keyIdentifier(publicKey)))],
    },
    ports.random,
  )
  return { privateKey, certificatePem }
}

/**
 * The roots a child needs: those of the system and this authority, as PEM.
 *
 * @param systemRoots PEM of the roots in use here; without it the ones that Node ships.
 */
export function trustBundle(caPem: string, systemRoots?: string): string {
  const roots = systemRoots === undefined ? `${rootCertificates.join('\n')}\n` : withFinalNewline(systemRoots)
  return roots + caPem
}

function withFinalNewline(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`
}

interface CertificateFields {
  readonly subject: readonly NamePart[]
  readonly issuer: readonly NamePart[]
  readonly publicKey: KeyObject
  readonly signingKey: KeyObject
  readonly life: { readonly from: number; readonly to: number }
  readonly extensions: readonly Node[]
}

interface NamePart {
  readonly oid: string
  readonly value: string
}

/** An X.509 v3 certificate (RFC 5280 section 4.1), signed with SHA-256 by node:crypto, which knows EC keys where forge does not. */
function createCertificate(fields: CertificateFields, random: Pick<Random, 'bytes'>): string {
  const algorithm = signatureAlgorithm(fields.signingKey)
  const body = sequence(
    tagged(0, true, [integer('\x02')]),
    integer(serialNumber(random)),
    algorithm(),
    distinguishedName(fields.issuer),
    sequence(utcTime(fields.life.from), utcTime(fields.life.to)),
    distinguishedName(fields.subject),
    asn1.fromDer(fields.publicKey.export({ type: 'spki', format: 'der' }).toString('latin1')),
    tagged(3, true, [sequence(...fields.extensions)]),
  )
  const signature = sign('sha256', derOf(body), fields.signingKey)
  const certificate = sequence(body, algorithm(), primitive(asn1.Type.BITSTRING, `\x00${signature.toString('latin1')}`))
  return forge.pem.encode({ type: 'CERTIFICATE', body: asn1.toDer(certificate).getBytes() }).replaceAll('\r\n', '\n')
}

function signatureAlgorithm(key: KeyObject): () => Node {
  return key.asymmetricKeyType === 'ec'
    ? () => sequence(oid(oids.ecdsaWithSha256))
    : () => sequence(oid(oids.rsaWithSha256), primitive(asn1.Type.NULL, ''))
}

/** 127 random bits: positive, and not zero. */
function serialNumber(random: Pick<Random, 'bytes'>): string {
  const bytes = Buffer.from(random.bytes(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return bytes.toString('latin1')
}

/** RFC 7093 section 2, method 1: the leftmost 160 bits of the SHA-256 of the key. */
function keyIdentifier(publicKey: KeyObject): string {
  const der = createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({ type: 'spki', format: 'der' })
  return createHash('sha256').update(der).digest().subarray(0, 20).toString('latin1')
}

function permittedSubtree(name: string): Node {
  return sequence(isIP(name) === 0 ? tagged(2, false, name) : tagged(7, false, ipBytes(name) + ipMask(name)))
}

function generalName(name: string): Node {
  return isIP(name) === 0 ? tagged(2, false, name) : tagged(7, false, ipBytes(name))
}

function ipBytes(address: string): string {
  if (isIP(address) === 4) return String.fromCharCode(...address.split('.').map(Number))
  const [head = '', tail] = address.split('::')
  const left = hexGroups(head)
  const right = tail === undefined ? [] : hexGroups(tail)
  const groups = [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right]
  return String.fromCharCode(...groups.flatMap((group) => [group >> 8, group & 0xff]))
}

function hexGroups(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}

function ipMask(address: string): string {
  return '\xff'.repeat(isIP(address) === 4 ? 4 : 16)
}

function distinguishedName(parts: readonly NamePart[]): Node {
  return sequence(
    ...parts.map((part) =>
      asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SET, true, [
        sequence(oid(part.oid), primitive(asn1.Type.UTF8, forge.util.encodeUtf8(part.value))),
      ]),
    ),
  )
}

function extension(id: string, critical: boolean, value: Node): Node {
  return sequence(oid(id), ...(critical ? [booleanTrue()] : []), octets(asn1.toDer(value).getBytes()))
}

function sequence(...values: readonly Node[]): Node {
  return asn1.create(asn1.Class.UNIVERSAL, asn1.Type.SEQUENCE, true, [...values])
}

function tagged(tag: number, constructed: boolean, value: string | Node[]): Node {
  return asn1.create(asn1.Class.CONTEXT_SPECIFIC, tag, constructed, value)
}

function primitive(type: forge.asn1.Type, value: string): Node {
  return asn1.create(asn1.Class.UNIVERSAL, type, false, value)
}

function integer(bytes: string): Node {
  return primitive(asn1.Type.INTEGER, bytes)
}

function oid(id: string): Node {
  return primitive(asn1.Type.OID, asn1.oidToDer(id).getBytes())
}

function octets(bytes: string): Node {
  return primitive(asn1.Type.OCTETSTRING, bytes)
}

function booleanTrue(): Node {
  return primitive(asn1.Type.BOOLEAN, '\xff')
}

/** One byte of named bits (RFC 5280 section 4.2.1.3), the last `unused` of which do not count. */
function bitString(bits: number, unused: number): Node {
  return primitive(asn1.Type.BITSTRING, String.fromCharCode(unused, bits))
}

function utcTime(time: number): Node {
  return primitive(asn1.Type.UTCTIME, asn1.dateToUtcTime(new Date(time)))
}

function derOf(node: Node): Buffer {
  return Buffer.from(asn1.toDer(node).getBytes(), 'latin1')
}
