/** Certificates made on the spot: an authority, and leaves for given names and times. */
import { generateKeyPairSync } from 'node:crypto'
import forge from 'node-forge'

export interface MadeCertificate {
  readonly certificate: string
  readonly key: string
  /** SHA-1 of the certificate, 40 hex digits. */
  readonly sha1: string
}

export interface LeafOptions {
  /** DNS names; an IPv4 address becomes an address entry. */
  readonly names: readonly string[]
  readonly notBefore?: Date
  readonly notAfter?: Date
}

export interface MadeAuthority extends MadeCertificate {
  issue(options: LeafOptions): MadeCertificate
}

const DAY_MS = 86_400_000
let serial = 1

export function makeAuthority(name = 'azid test root'): MadeAuthority {
  const keys = makeKeys()
  const root = sign({
    subject: name,
    issuer: name,
    publicKey: keys.public,
    signer: keys.private,
    extensions: authorityExtensions,
  })
  return {
    ...root,
    key: keys.pem,
    issue: ({ names, notBefore, notAfter }) => {
      const leafKeys = makeKeys()
      const leaf = sign({
        subject: names[0] ?? 'nobody',
        issuer: name,
        publicKey: leafKeys.public,
        signer: keys.private,
        extensions: leafExtensions(names),
        ...(notBefore === undefined ? {} : { notBefore }),
        ...(notAfter === undefined ? {} : { notAfter }),
      })
      return { ...leaf, key: leafKeys.pem }
    },
  }
}

/** A certificate that vouches for itself. */
export function makeSelfSigned(name: string): MadeCertificate {
  const keys = makeKeys()
  const extensions = leafExtensions([name])
  const made = sign({ subject: name, issuer: name, publicKey: keys.public, signer: keys.private, extensions })
  return { ...made, key: keys.pem }
}

const authorityExtensions = [
  { name: 'basicConstraints', cA: true, critical: true },
  { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  { name: 'subjectKeyIdentifier' },
]

function leafExtensions(names: readonly string[]): object[] {
  const altNames = names.map((name) => (/^[\d.]+$/.test(name) ? { type: 7, ip: name } : { type: 2, value: name }))
  return [
    { name: 'basicConstraints', cA: false },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames },
  ]
}

/** Node makes RSA keys many times faster than forge, which alone writes certificates. */
function makeKeys(): {
  readonly pem: string
  readonly private: forge.pki.rsa.PrivateKey
  readonly public: forge.pki.rsa.PublicKey
} {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return {
    pem: privateKey,
    private: forge.pki.privateKeyFromPem(privateKey),
    public: forge.pki.publicKeyFromPem(publicKey),
  }
}

function sign(options: {
  subject: string
  issuer: string
  publicKey: forge.pki.rsa.PublicKey
  signer: forge.pki.rsa.PrivateKey
  extensions: object[]
  notBefore?: Date
  notAfter?: Date
}): { readonly certificate: string; readonly sha1: string } {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = options.publicKey
  certificate.serialNumber = (serial++).toString(16).padStart(4, '0')
  certificate.validity.notBefore = options.notBefore ?? new Date(Date.now() - DAY_MS)
  certificate.validity.notAfter = options.notAfter ?? new Date(Date.now() + DAY_MS)
  certificate.setSubject([
    { name: 'organizationName', value: 'Example' },
    { name: 'commonName', value: options.subject },
  ])
  certificate.setIssuer([
    { name: 'organizationName', value: 'Example' },
    { name: 'commonName', value: options.issuer },
  ])
  certificate.setExtensions(options.extensions)
  certificate.sign(options.signer, forge.md.sha256.create())
  const der = forge.asn1.toDer(forge.pki.certificateToAsn1(certificate)).getBytes()
  const sha1 = forge.md.sha1.create().update(der).digest().toHex()
  return { certificate: forge.pki.certificateToPem(certificate), sha1 }
}
