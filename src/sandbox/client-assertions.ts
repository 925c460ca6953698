/** Checks a client assertion (RFC 7523) the way Entra does: signed with an app's certificate, or by an outside issuer it trusts. */
import { createHash, type KeyObject, X509Certificate } from 'node:crypto'
import { failure, type Result, success } from '../result.ts'
import type { App, Tenant } from './directory.ts'
import { aliasesOf, issuerV1, issuerV2 } from './host-names.ts'
import { type Refusal, refuse } from './refusals.ts'
import { hasValidSignature, type ParsedToken, parseToken, type SigningAlgorithm } from './signed-token.ts'
import type { SandboxState } from './state.ts'

export interface AssertionContext {
  readonly app: App
  readonly tenant: Tenant
  /** The origin under which the client reached the sandbox. */
  readonly origin: string
  readonly now: number
}

type Checked = Result<'certificate' | 'federated', Refusal>

/** How far a client's clock may be off, in both directions. */
const skewMs = 5 * 60_000

const certificateAlgorithms = ['RS256', 'PS256'] as const
const federatedAlgorithms = ['RS256'] as const
const allowedTypes = ['jwt', 'http://openid.net/specs/jwt/1.0']

/** Promise: `ok` only for an assertion that Entra would take. An issuer that is a URL is an outside one; any other is the app itself. */
export async function checkClientAssertion(
  assertion: string,
  context: AssertionContext,
  state: SandboxState,
): Promise<Checked> {
  const token = parseToken(assertion)
  if (token === null) return failure(refuse('assertion-malformed', {}))
  const { typ, alg } = token.header
  if (typeof alg !== 'string') return failure(refuse('assertion-malformed', {}))
  if (typ !== undefined && (typeof typ !== 'string' || !allowedTypes.includes(typ.toLowerCase()))) {
    return failure(refuse('assertion-type', {}))
  }
  const claims = readClaims(token)
  if (!claims.ok) return claims
  const check = isUrl(claims.value.iss) ? checkFederated : checkCertificate
  const checked = await check(token, alg, claims.value, context, state)
  if (!checked.ok) return checked
  const replay = checkReplay(assertion, claims.value, context, state)
  return replay === null ? checked : failure(replay)
}

interface Claims {
  readonly iss: string
  readonly sub: string
  readonly aud: string
  /** Seconds. */
  readonly exp: number
  readonly nbf: number | undefined
  readonly jti: string | undefined
}

/** The registered claims, of the right types; `aud` as a list is malformed to Entra. */
function readClaims(token: ParsedToken): Result<Claims, Refusal> {
  for (const claim of ['iss', 'sub', 'aud', 'exp']) {
    if (token.claims[claim] === undefined) return failure(refuse('assertion-claim-missing', { claim }))
  }
  const { iss, sub, aud, exp, nbf, iat, jti } = token.claims
  const areTexts = [iss, sub, aud].every((value) => typeof value === 'string')
  const areTimes = [exp, nbf ?? 0, iat ?? 0].every((value) => typeof value === 'number' && Number.isFinite(value))
  if (!areTexts || !areTimes || (jti !== undefined && typeof jti !== 'string')) {
    return failure(refuse('assertion-malformed', {}))
  }
  return success({ iss, sub, aud, exp, nbf, jti } as Claims)
}

function isUrl(text: string): boolean {
  return /^https?:\/\//i.test(text)
}

async function checkCertificate(
  token: ParsedToken,
  alg: string,
  claims: Claims,
  context: AssertionContext,
  state: SandboxState,
): Promise<Checked> {
  const algorithm = certificateAlgorithms.find((each) => each === alg)
  if (algorithm === undefined) return refuseAlgorithm(alg, certificateAlgorithms)
  const thumbprint = readThumbprint(token)
  if (thumbprint === null) return failure(refuse('assertion-key-unnamed', {}))
  if (claims.iss !== claims.sub) return failure(refuse('assertion-subject', {}))
  if (claims.iss.toLowerCase() !== context.app.clientId) return failure(refuse('assertion-client', {}))
  if (!acceptedAudiences(context, state).includes(claims.aud.toLowerCase())) {
    return failure(refuse('assertion-audience', {}))
  }
  const time = checkTime(claims, context.now)
  if (time !== null) return failure(time)
  const bySubject = await checkSubjectName(token, algorithm, context)
  if (bySubject !== null) return bySubject
  return checkRegistered(token, algorithm, thumbprint, context, state)
}

interface Thumbprint {
  readonly kind: 'sha1' | 'sha256'
  /** Lower case hex. */
  readonly hex: string
}

/** `x5t`, `x5t#S256`, or a `kid` in the form of an `x5t`. */
function readThumbprint(token: ParsedToken): Thumbprint | null {
  const { x5t, kid } = token.header
  const sha256 = token.header['x5t#S256']
  if (typeof sha256 === 'string') return { kind: 'sha256', hex: Buffer.from(sha256, 'base64url').toString('hex') }
  const sha1 = x5t ?? kid
  if (typeof sha1 === 'string') return { kind: 'sha1', hex: Buffer.from(sha1, 'base64url').toString('hex') }
  return null
}

/** The forms of the token endpoint and of the issuer that Entra takes as audience, under every alias of this host. */
function acceptedAudiences(context: AssertionContext, state: SandboxState): readonly string[] {
  const host = new URL(context.origin).host
  const origins = (aliasesOf(state.hosts, host)?.aliases ?? [host]).map((alias) => `https://${alias}`)
  const tenants = [context.tenant.id, ...context.tenant.domains]
  const forms = ['/oauth2/v2.0/token', '/oauth2/token', '/v2.0']
  return origins.flatMap((origin) => [
    ...tenants.flatMap((tenant) => forms.map((form) => `${origin}/${tenant}${form}`)),
    issuerV1(origin, context.tenant.id),
    issuerV2(origin, context.tenant.id),
  ])
}

function checkTime(claims: Claims, now: number): Refusal | null {
  const from = (claims.nbf ?? 0) * 1000
  const to = claims.exp * 1000
  if (now <= to + skewMs && now >= from - skewMs) return null
  return refuse('assertion-time', { now: formatTime(now), from: formatTime(from), to: formatTime(to) })
}

/** `2026-11-21T01:02:03.0000000Z`: ticks of 100 ns, as .NET prints them. */
function formatTime(time: number): string {
  const largest = 8.64e15
  return new Date(Math.min(Math.max(time, -largest), largest)).toISOString().replace('Z', '0000Z')
}

async function checkRegistered(
  token: ParsedToken,
  algorithm: SigningAlgorithm,
  thumbprint: Thumbprint,
  context: AssertionContext,
  state: SandboxState,
): Promise<Checked> {
  const { app } = context
  const certificates = await Promise.all(
    app.certificates.map(async (entry) =>
      entry.kind === 'given' ? entry.certificate : (await state.madeCertificate(app)).registered,
    ),
  )
  const found = certificates.find((certificate) => certificate[thumbprint.kind] === thumbprint.hex)
  const facts = { app: app.clientId, thumbprint: thumbprint.hex.toUpperCase() }
  if (found === undefined) {
    const isByName = app.trustedSubjects.length > 0
    return failure(refuse(isByName ? 'certificate-unregistered-subject-name' : 'certificate-unregistered', facts))
  }
  const validity = { start: formatUsTime(found.validFrom), end: formatUsTime(found.validTo) }
  if (context.now > found.validTo) return failure(refuse('certificate-expired', { ...facts, ...validity }))
  if (!hasValidSignature(token, algorithm, found.publicKey)) {
    return failure(refuse('certificate-signature', { ...facts, ...validity }))
  }
  return success('certificate')
}

/** `08/18/2024 19:33:23` */
function formatUsTime(time: number): string {
  const [date = '', clock = ''] = new Date(time).toISOString().split('T')
  const [year, month, day] = date.split('-')
  return `${month}/${day}/${year} ${clock.slice(0, 8)}`
}

/** Subject name and issuer: only where the app trusts subjects and the chain is sent. Null: this way does not apply. */
async function checkSubjectName(
  token: ParsedToken,
  algorithm: SigningAlgorithm,
  context: AssertionContext,
): Promise<Checked | null> {
  const { trustedSubjects } = context.app
  const { x5c } = token.header
  if (trustedSubjects.length === 0 || x5c === undefined) return null
  const chain = readChain(x5c)
  const leaf = chain?.[0]
  if (chain === null || leaf === undefined) return failure(refuse('assertion-malformed', {}))
  const named = trustedSubjects.filter((trusted) => hasSubjectName(leaf, trusted.subjectName))
  if (named.length === 0) {
    return failure(refuse('certificate-subject-name', { subject: leaf.subject.replaceAll('\n', ', ') }))
  }
  const authorities = named.flatMap((trusted) => trusted.authorities).map((pem) => new X509Certificate(pem))
  if (!isChainValid(chain, authorities, context.now)) return failure(refuse('certificate-chain', {}))
  if (!hasValidSignature(token, algorithm, leaf.publicKey)) {
    const thumbprint = createHash('sha1').update(leaf.raw).digest('hex').toUpperCase()
    const { start, end } = {
      start: formatUsTime(Date.parse(leaf.validFrom)),
      end: formatUsTime(Date.parse(leaf.validTo)),
    }
    return failure(refuse('certificate-signature', { app: context.app.clientId, thumbprint, start, end }))
  }
  return success('certificate')
}

function readChain(x5c: unknown): X509Certificate[] | null {
  if (!Array.isArray(x5c) || x5c.length === 0 || x5c.length > 10) return null
  try {
    return x5c.map((entry: unknown) => new X509Certificate(Buffer.from(String(entry), 'base64')))
  } catch {
    return null
  }
}

function hasSubjectName(certificate: X509Certificate, name: string): boolean {
  const commonName = /(?:^|\n)CN=([^\n]*)/.exec(certificate.subject)?.[1]
  return commonName?.toLowerCase() === name.toLowerCase() || certificate.checkHost(name) !== undefined
}

function isChainValid(
  chain: readonly X509Certificate[],
  authorities: readonly X509Certificate[],
  now: number,
): boolean {
  const inTime = (certificate: X509Certificate): boolean =>
    now >= Date.parse(certificate.validFrom) && now <= Date.parse(certificate.validTo)
  const isLinked = chain.every((certificate, index) => {
    const next = chain[index + 1]
    return next === undefined || isIssuedBy(certificate, next)
  })
  const last = chain.at(-1)
  const isAnchored =
    last !== undefined &&
    authorities.some((root) => root.fingerprint256 === last.fingerprint256 || isIssuedBy(last, root))
  return chain.every(inTime) && isLinked && isAnchored
}

function isIssuedBy(certificate: X509Certificate, issuer: X509Certificate): boolean {
  return certificate.issuer === issuer.subject && certificate.verify(issuer.publicKey)
}

async function checkFederated(
  token: ParsedToken,
  alg: string,
  claims: Claims,
  context: AssertionContext,
  state: SandboxState,
): Promise<Checked> {
  const mismatch = checkFederatedCredentials(claims, context.app)
  if (mismatch !== null) return failure(mismatch)
  const algorithm = federatedAlgorithms.find((each) => each === alg)
  if (algorithm === undefined) return refuseAlgorithm(alg, federatedAlgorithms)
  const time = checkTime(claims, context.now)
  if (time !== null) return failure(time)
  const keys = await findIssuerKeys(claims.iss, state)
  if (keys === null) return failure(refuse('federated-issuer-unreachable', {}))
  const { kid } = token.header
  const candidates = kid === undefined ? keys : keys.filter((key) => key.kid === kid)
  if (candidates.length === 0) return failure(refuse('federated-key', { key: String(kid) }))
  const isSigned = candidates.some((key) => hasValidSignature(token, algorithm, key.publicKey))
  return isSigned ? success('federated') : failure(refuse('federated-signature', {}))
}

/** Compared letter by letter, a last slash included; first the issuer, then the audience, then the subject. */
function checkFederatedCredentials(claims: Claims, app: App): Refusal | null {
  const byIssuer = app.federatedCredentials.filter((credential) => credential.issuer === claims.iss)
  if (byIssuer.length === 0) return refuse('federated-issuer', { issuer: claims.iss })
  const byAudience = byIssuer.filter((credential) => credential.audience === claims.aud)
  if (byAudience.length === 0) return refuse('federated-audience', { audience: claims.aud })
  if (byAudience.some((credential) => credential.subject === claims.sub)) return null
  const isCaseOnly = byAudience.some((credential) => credential.subject.toLowerCase() === claims.sub.toLowerCase())
  return refuse(isCaseOnly ? 'federated-subject-case' : 'federated-subject', { subject: claims.sub })
}

interface IssuerKey {
  readonly kid: string | undefined
  readonly publicKey: KeyObject
}

/** Null: nobody knows this issuer's keys here, which is what Entra says when it cannot reach the issuer's documents. */
async function findIssuerKeys(issuer: string, state: SandboxState): Promise<readonly IssuerKey[] | null> {
  const outside = state.directory.issuers.find((each) => each.issuer === issuer)
  if (outside?.kind === 'given') return outside.keys
  if (outside?.kind === 'made') return [await state.federationKey()]
  const isOwn = state.directory.tenants.some(({ id }) => issuer === issuerV2(state.hosts.origin, id))
  return isOwn ? [await state.signingKey()] : null
}

function refuseAlgorithm(algorithm: string, supported: readonly string[]): Checked {
  return failure(refuse('assertion-algorithm', { algorithm, supported: supported.join(',') }))
}

/**
 * A `jti` names one assertion. Entra itself does not look; the sandbox refuses the same `jti` on another assertion, and,
 * where the app says so, an assertion's second use. The same assertion again is fine otherwise: MSAL keeps one for ten minutes.
 */
function checkReplay(
  assertion: string,
  claims: Claims,
  context: AssertionContext,
  state: SandboxState,
): Refusal | null {
  if (claims.jti === undefined) return null
  const { seenAssertions } = state
  for (const [key, seen] of seenAssertions) if (seen.until < context.now) seenAssertions.delete(key)
  const key = `${context.app.clientId} ${claims.jti}`
  const seen = seenAssertions.get(key)
  if (seen === undefined) {
    const digest = createHash('sha256').update(assertion).digest('base64')
    seenAssertions.set(key, { assertion: digest, until: claims.exp * 1000 + skewMs })
    return null
  }
  const isSame = seen.assertion === createHash('sha256').update(assertion).digest('base64')
  return isSame && !context.app.hasSingleUseAssertions ? null : refuse('assertion-replayed', {})
}
