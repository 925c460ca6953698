/** Says in words why a server's certificate is not accepted. */
import type { PeerCertificate, TLSSocket } from 'node:tls'

/** What a `tls` error tells about the certificate that was shown. */
export interface ShownCertificate {
  readonly issuer: string
  readonly subject: string
  readonly reason: string
}

const reasons: Readonly<Record<string, string>> = {
  SELF_SIGNED_CERT_IN_CHAIN: 'its chain ends in a root that is not trusted here',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed and not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its issuer is not known here, or the server left out the certificates between',
  UNABLE_TO_GET_ISSUER_CERT: 'the issuer of a certificate in its chain is not known here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its issuer is not known here',
  CERT_UNTRUSTED: 'it is not trusted for this use',
  CERT_REJECTED: 'it is rejected for this use',
  CERT_REVOKED: 'it is revoked',
  CERT_CHAIN_TOO_LONG: 'its chain is too long',
  INVALID_CA: 'a certificate in its chain may not issue others',
  INVALID_PURPOSE: 'it is not meant for servers',
}

/** null when the socket's certificate is accepted. */
export function findCertificateTrouble(
  socket: TLSSocket,
  pinnedSha1: string | undefined,
  now: Date,
): ShownCertificate | null {
  const certificate = socket.getPeerCertificate()
  const reason = pinnedSha1 === undefined ? chainTrouble(socket, certificate, now) : pinTrouble(certificate, pinnedSha1)
  if (reason === null) return null
  return { issuer: nameOf(certificate.issuer), subject: nameOf(certificate.subject), reason }
}

function pinTrouble(certificate: PeerCertificate, pinnedSha1: string): string | null {
  const shown = certificate.fingerprint?.replaceAll(':', '').toUpperCase() ?? 'none'
  const wanted = pinnedSha1.replaceAll(':', '').toUpperCase()
  return shown === wanted ? null : `its SHA-1 thumbprint is ${shown}, not ${wanted}`
}

function chainTrouble(socket: TLSSocket, certificate: PeerCertificate, now: Date): string | null {
  if (socket.authorized) return null
  // Node gives the code of the failure here, whatever its types say.
  const code = String(socket.authorizationError)
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `it is for another host: ${certificate.subjectaltname ?? certificate.subject?.CN ?? 'it names none'} (${code})`
  }
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return `${validity(certificate, code, now)} (${code})`
  const words = reasons[code]
  return words === undefined ? code : `${words} (${code})`
}

/** The code may be about a certificate further up, whose dates are not the ones shown. */
function validity({ valid_from, valid_to }: PeerCertificate, code: string, now: Date): string {
  if (code === 'CERT_NOT_YET_VALID') {
    return new Date(valid_from) > now ? `it is valid only from ${valid_from}` : 'its issuer is not valid yet'
  }
  return new Date(valid_to) < now ? `it expired on ${valid_to}` : 'its issuer has expired'
}

/** `CN=login.example, O=Example`; a name may hold several values of one kind. */
function nameOf(name: PeerCertificate['subject'] | undefined): string {
  return Object.entries(name ?? {})
    .map(([kind, value]) => `${kind}=${([] as unknown[]).concat(value).join('+')}`)
    .reverse()
    .join(', ')
}
