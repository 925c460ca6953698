/** The keys that the sandbox signs with, made when they are first needed: RSA takes a while, and a start should not. */
import { createHash, createPublicKey, type KeyObject, X509Certificate } from 'node:crypto'
import type { Clock, Random } from '../runtime.ts'
import { createRsaCertificate } from './ca.ts'

export interface SigningKey {
  /** The certificate's SHA-1 in base64url, as Entra names its keys. */
  readonly kid: string
  readonly privateKey: KeyObject
  readonly publicKey: KeyObject
  /** A JWK (RFC 7517) with `x5t` and `x5c`. */
  readonly jwk: Readonly<Record<string, unknown>>
}

/** Calls `make` once, on first use; everybody waits for the same result. */
export function onFirstUse<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined
  return () => {
    made ??= make()
    return made
  }
}

export async function createSigningKey(
  commonName: string,
  ports: { readonly clock: Pick<Clock, 'now'>; readonly random: Pick<Random, 'bytes'> },
): Promise<SigningKey> {
  const { privateKey, certificatePem } = await createRsaCertificate(commonName, ports)
  const certificate = new X509Certificate(certificatePem)
  const kid = createHash('sha1').update(certificate.raw).digest('base64url')
  const publicKey = createPublicKey(privateKey)
  const { n, e } = publicKey.export({ format: 'jwk' })
  return {
    kid,
    privateKey,
    publicKey,
    jwk: { kty: 'RSA', use: 'sig', kid, x5t: kid, n, e, x5c: [certificate.raw.toString('base64')] },
  }
}
