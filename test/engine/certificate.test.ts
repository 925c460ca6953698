import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto'
import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hasEncryptedKey, loadCertificate, maxCertificateBytes } from '../../src/engine/certificate.ts'
import { Secret } from '../../src/secret.ts'

const password = new Secret('correct-horse')
// What `openssl x509 -fingerprint` says of cert.pem.
const sha1 = 'C7AEE01F7ECD41E85B2BB17F23E536A8C0B6A2A7'
const sha256 = 'AA27CD3E550F2CD4F562AF1ACCC26167E06461436EE41F4F91FD08EDBCEF5F4F'

function read(name: string): Buffer {
  return readFileSync(new URL(`certificates/${name}`, import.meta.url))
}

function text(...names: readonly string[]): string {
  return names.map((name) => read(name).toString('latin1')).join('')
}

const crlf = (pem: string): string => pem.replaceAll('\n', '\r\n')

describe('certificates that can be used', () => {
  test.each([
    ['certificate before key', text('cert.pem', 'key.pem'), undefined, 1],
    ['key before certificate', text('key.pem', 'cert.pem'), undefined, 1],
    ['with its chain', text('cert.pem', 'ca.pem', 'key.pem'), undefined, 2],
    ['the key between the certificates', text('cert.pem', 'key.pem', 'ca.pem'), undefined, 2],
    ['CRLF', crlf(text('cert.pem', 'key.pem')), undefined, 1],
    [
      'a byte order mark and indented lines',
      `\u00ef\u00bb\u00bf${text('cert.pem', 'key.pem').replaceAll('\n', '\n  ')}`,
      undefined,
      1,
    ],
    ['no newline at the end', text('cert.pem', 'key.pem').trimEnd(), undefined, 1],
    ['bag attributes', text('bag-attributes.pem'), undefined, 2],
    ['a PKCS#1 key', text('pkcs1-key.pem', 'cert.pem'), undefined, 1],
    ['an encrypted key', text('bag-attributes-encrypted.pem'), password, 2],
    ['a key encrypted in the traditional way', text('cert.pem', 'traditional-encrypted-key.pem'), password, 1],
    ['a password that is not needed', text('cert.pem', 'key.pem'), password, 1],
    ['an empty password', text('cert.pem', 'key.pem'), new Secret(''), 1],
  ])('PEM: %s', async (_, pem, secret, certificates) => {
    const loaded = await loadCertificate(Buffer.from(pem, 'latin1'), secret)
    if (!loaded.ok) throw new Error(loaded.error.detail)
    expect(loaded.value).toMatchObject({ sha1, sha256 })
    expect(loaded.value.chainPem).toHaveLength(certificates)
    expect(loaded.value.chainPem[0]).toBe(loaded.value.leafPem)
    expect(loaded.value.notAfter).toBe(Date.parse(new X509Certificate(read('cert.pem')).validTo))
  })

  test.each([
    ['aes.pfx', password, 2],
    ['legacy.pfx', password, 2],
    ['3des.pfx', password, 1],
    ['no-mac.pfx', password, 1],
    ['no-password.pfx', undefined, 1],
    ['no-password.pfx', new Secret(''), 1],
    ['unicode.pfx', new Secret('pässwörd-ünïcode'), 1],
  ])('PKCS#12: %s', async (name, secret, certificates) => {
    const loaded = await loadCertificate(read(name), secret)
    if (!loaded.ok) throw new Error(loaded.error.detail)
    expect(loaded.value).toMatchObject({ sha1, sha256 })
    expect(loaded.value.chainPem).toHaveLength(certificates)
    const { privateKeyPem, leafPem } = loaded.value
    const derived = createPublicKey(createPrivateKey(privateKeyPem.reveal())).export({ type: 'spki', format: 'pem' })
    expect(derived).toBe(new X509Certificate(leafPem).publicKey.export({ type: 'spki', format: 'pem' }))
  })

  test('the private key prints as stars', async () => {
    const loaded = await loadCertificate(read('no-password.pfx'))
    expect(JSON.stringify(loaded)).not.toContain('PRIVATE KEY')
    expect(JSON.stringify(loaded)).toContain('"privateKeyPem":"***"')
  })
})

describe('certificates that cannot be used', () => {
  const pem = text('cert.pem', 'key.pem')
  test.each([
    ['empty', Buffer.alloc(0), undefined, 'malformed', 'it is empty', 'other'],
    ['huge', Buffer.alloc(maxCertificateBytes + 1, 'A'), undefined, 'malformed', 'larger than', 'other'],
    ['zeros', Buffer.alloc(4096), undefined, 'malformed', 'neither PEM nor PKCS#12', 'other'],
    ['a text', Buffer.from('hello'), undefined, 'malformed', 'neither PEM nor PKCS#12', 'other'],
    ['UTF-16', Buffer.from(`\ufeff${pem}`, 'utf16le'), undefined, 'malformed', 'UTF-16', 'other'],
    ['base64 of PKCS#12', Buffer.from(read('aes.pfx').toString('base64')), password, 'malformed', 'base64', 'other'],
    ['a certificate alone', text('cert.pem'), undefined, 'no-private-key', 'no private key', 'pem'],
    [
      'a certificate alone, DER',
      new X509Certificate(read('cert.pem')).raw,
      undefined,
      'no-private-key',
      'DER',
      'other',
    ],
    ['a key alone', text('key.pem'), undefined, 'no-certificate', 'no certificate', 'pem'],
    [
      'a key alone, DER',
      createPrivateKey(read('key.pem')).export({ type: 'pkcs8', format: 'der' }),
      undefined,
      'no-certificate',
      'DER',
      'other',
    ],
    ['a cut file', pem.slice(0, 900), undefined, 'malformed', 'no -----END', 'pem'],
    [
      'a spoilt key',
      pem.replace('PRIVATE KEY-----\nMII', 'PRIVATE KEY-----\n@@@'),
      undefined,
      'malformed',
      'private key cannot be read',
      'pem',
    ],
    [
      'a spoilt certificate',
      pem.replace('CERTIFICATE-----\nMII', 'CERTIFICATE-----\nQQQ'),
      undefined,
      'malformed',
      'certificate 1 cannot be read',
      'pem',
    ],
    [
      'an encrypted key without password',
      text('bag-attributes-encrypted.pem'),
      undefined,
      'password-needed',
      'encrypted',
      'pem',
    ],
    [
      'an encrypted key, wrong password',
      text('bag-attributes-encrypted.pem'),
      new Secret('wrong-horse'),
      'wrong-password',
      'does not open',
      'pem',
    ],
    [
      'traditional, without password',
      text('cert.pem', 'traditional-encrypted-key.pem'),
      undefined,
      'password-needed',
      'encrypted',
      'pem',
    ],
    [
      'traditional, wrong password',
      text('cert.pem', 'traditional-encrypted-key.pem'),
      new Secret('wrong-horse'),
      'wrong-password',
      'does not open',
      'pem',
    ],
    ['an EC key', text('ec-certificate.pem', 'ec-key.pem'), undefined, 'not-rsa', 'EC, not RSA', 'pem'],
    [
      'a key of another certificate',
      text('ca.pem', 'key.pem'),
      undefined,
      'key-mismatch',
      'none of its certificates',
      'pem',
    ],
    [
      'the chain before the client’s',
      text('ca.pem', 'cert.pem', 'key.pem'),
      undefined,
      'key-mismatch',
      'certificate 2 of 2',
      'pem',
    ],
    ['PKCS#12 without password', read('aes.pfx'), undefined, 'password-needed', 'encrypted', 'pkcs12'],
    [
      'PKCS#12, wrong password',
      read('aes.pfx'),
      new Secret('wrong-horse'),
      'wrong-password',
      'does not open',
      'pkcs12',
    ],
    [
      'PKCS#12 without a checksum, wrong password',
      read('no-mac.pfx'),
      new Secret('wrong-horse'),
      'wrong-password',
      'does not open',
      'pkcs12',
    ],
    [
      'PKCS#12 without a checksum, no password',
      read('no-mac.pfx'),
      undefined,
      'password-needed',
      'encrypted',
      'pkcs12',
    ],
    [
      'PKCS#12, wrong password beyond ASCII',
      read('unicode.pfx'),
      new Secret('pässwörd'),
      'wrong-password',
      'does not open',
      'pkcs12',
    ],
    [
      'PKCS#12 without a password, one given',
      read('no-password.pfx'),
      password,
      'wrong-password',
      'does not open',
      'pkcs12',
    ],
    ['PKCS#12 without a key', read('no-key.pfx'), password, 'no-private-key', 'no private key', 'pkcs12'],
    [
      'PKCS#12 without a certificate',
      read('no-certificate.pfx'),
      password,
      'no-certificate',
      'no certificate',
      'pkcs12',
    ],
    ['PKCS#12 with an EC key', read('ec.pfx'), password, 'not-rsa', 'EC, not RSA', 'pkcs12'],
    ['PKCS#12, cut', read('aes.pfx').subarray(0, 1500), password, 'malformed', 'neither PEM nor PKCS#12', 'pkcs12'],
  ])('%s', async (_, content, secret, reason, detail, format) => {
    const bytes = typeof content === 'string' ? Buffer.from(content, 'latin1') : content
    const loaded = await loadCertificate(bytes, secret)
    expect(loaded).toEqual({ ok: false, error: { reason, detail: expect.stringContaining(detail), format } })
  })

  test('whatever is in the file: never a throw, never a part of it in the answer', async () => {
    const whole = read('aes.pfx')
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(255), async (at, byte) => {
        const spoilt = Buffer.from(whole)
        spoilt[at] = byte
        const loaded = await loadCertificate(spoilt, password)
        if (!loaded.ok) expect(loaded.error.detail.length).toBeLessThan(80)
      }),
      { numRuns: 60 },
    )
    await fc.assert(
      fc.asyncProperty(fc.string(), async (junk) => {
        const loaded = await loadCertificate(Buffer.from(`-----BEGIN ${junk}-----\n${junk}\n-----END ${junk}-----`))
        expect(loaded.ok).toBe(false)
      }),
    )
  })
})

test('a key is encrypted or not', () => {
  expect(hasEncryptedKey(read('key.pem'))).toBe(false)
  expect(hasEncryptedKey(read('bag-attributes-encrypted.pem'))).toBe(true)
  expect(hasEncryptedKey(read('traditional-encrypted-key.pem'))).toBe(true)
  expect(hasEncryptedKey(read('aes.pfx'))).toBe(true)
})
