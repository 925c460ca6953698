/** A described token drawn for a person, and its machine contract. */
import { type ClaimEntry, type ClaimGroup, findClaim, findHeaderMember } from '../jwt/claims.ts'
import type { JsonObject } from '../jwt/decode.ts'
import type { NamedValue, TokenDescription } from '../jwt/describe.ts'
import type { Identity } from '../jwt/identity.ts'
import { type NoteId, noteEntries } from '../jwt/notes.ts'
import { type SignatureState, type Verification, verificationReasons } from '../jwt/verify.ts'
import type { Style } from './style.ts'
import { disarmCommands, escapeToLine, padTo, wrap } from './text.ts'
import { describeMoment, describeSpan, formatLocal, formatUtc } from './times.ts'

/** What is known of the signature. */
export type SignatureFacts =
  | { readonly state: 'not-checked' }
  | ({ readonly state: SignatureState } & Pick<Verification, 'reason' | 'keyId' | 'keysFrom' | 'time'>)
  /** `--verify` was asked, but the network failed. */
  | { readonly state: 'not-reached'; readonly detail: string }

export interface DrawWhoamiOptions {
  readonly style: Style
  readonly columns: number
  /** Milliseconds since the epoch. */
  readonly now: number
  /** IANA name; undefined: this machine's. */
  readonly timeZone: string | undefined
  readonly isAllClaims: boolean
  /** The credential that gave the token; null when it was given. */
  readonly credential: string | null
}

/** The `whoami` contract, docs/schemas/whoami.schema.json. A reason for a bad signature is a note. */
export function whoamiToJson(description: TokenDescription, signature: SignatureFacts): Record<string, unknown> {
  const { identity, audience, times, claims, notes } = description
  const reason =
    signature.state === 'invalid' || signature.state === 'unverifiable'
      ? [{ id: `signature-${signature.reason}`, text: verificationReasons[signature.reason] }]
      : []
  return {
    schemaVersion: 1,
    identity: {
      type: identity.type,
      name: identity.name,
      objectId: identity.objectId,
      tenantId: identity.tenantId,
      appId: identity.appId,
      guest: identity.guest,
    },
    audience: { value: audience.value, name: audience.name },
    times: {
      issuedAt: isoOrNull(times.issuedAt),
      notBefore: isoOrNull(times.notBefore),
      expiresOn: isoOrNull(times.expiresOn),
      expired: times.expired,
    },
    signature: signature.state === 'not-reached' ? 'not-checked' : signature.state,
    claims,
    notes: [...notes.map(({ id, text }) => ({ id, text })), ...reason],
  }
}

/** `2026-11-21T02:00:00Z`; null stays null. */
function isoOrNull(ms: number | null): string | null {
  return ms === null ? null : `${new Date(ms).toISOString().slice(0, 19)}Z`
}

const labelWidth = 13

interface Row {
  readonly label: string
  /** Escaped and coloured; each is wrapped by itself. */
  readonly lines: readonly string[]
}

/**
 * Who first, then tenant, application, audience, permissions, sign-in, times, signature and what else is worth knowing.
 * Ends in a newline. Everything from the token is escaped, shortened where it is huge, and obeyed by no terminal or pipeline.
 */
export function drawWhoami(
  description: TokenDescription,
  signature: SignatureFacts,
  options: DrawWhoamiOptions,
): string {
  const rows = [
    whoRow(description, options.style),
    tenantRow(description),
    applicationRow(description),
    audienceRow(description),
    permissionsRow(description),
    signInRow(description),
    timesRow(description, options),
    tokenRow(description, options.credential),
    signatureRow(description, signature, options.style),
    notesRow(description, options.style),
  ]
  const lines = rows.flatMap((row) => (row.lines.length === 0 ? [] : drawRow(row, options)))
  if (options.isAllClaims) lines.push('', ...drawClaims(description, options))
  return disarmCommands(`${lines.join('\n')}\n`)
}

function drawRow({ label, lines }: Row, { style, columns }: DrawWhoamiOptions): string[] {
  const wrapped = lines.flatMap((line) => wrap(line, columns - labelWidth).split('\n'))
  return wrapped.map(
    (line, index) => (index === 0 ? style.dim(padTo(label, labelWidth)) : ' '.repeat(labelWidth)) + line,
  )
}

const longestShown = 160

/** Text from the token, on one line, shortened where nobody would read it to its end. */
function shown(text: string, longest = longestShown): string {
  const line = escapeToLine(text.length > longest ? text.slice(0, longest) : text)
  return text.length > longest ? `${line}… (${text.length} characters)` : line
}

function shownList(values: readonly string[], most = 12): string {
  const list = values.slice(0, most).map((value) => shown(value))
  if (values.length > most) list.push(`and ${values.length - most} more`)
  return list.join(', ')
}

function named({ value, name }: NamedValue): string {
  return name === null ? shown(value) : `${shown(name)} (${shown(value)})`
}

const typeNames: Readonly<Record<Identity['type'], string>> = {
  user: 'user',
  'service-principal': 'service principal',
  'managed-identity': 'managed identity',
  unknown: 'unknown: nothing in the token says whose it is',
}

function whoRow({ identity, kind }: TokenDescription, style: Style): Row {
  const { name, displayName, objectId, resourceId, askedAt } = identity
  const full = displayName === null ? '' : `, ${shown(displayName)}`
  const type = kind === 'opaque' ? 'unknown: the token is opaque' : describeType(identity)
  const lines = name === null ? [style.bold(type)] : [style.bold(shown(name)) + full, type]
  if (objectId !== null) lines.push(`object id ${shown(objectId)}`)
  if (resourceId !== null) lines.push(shown(resourceId))
  if (askedAt !== null) lines.push(`asked at ${shown(askedAt)}`)
  return { label: 'who', lines }
}

function describeType({ type, assignment, guest, personal, home }: Identity): string {
  const words = [typeNames[type]]
  if (assignment !== null) words[0] = `${assignment}-assigned managed identity`
  if (guest) words.push('guest')
  if (personal) words.push('personal Microsoft account')
  if (home !== null && !(personal && home === 'live.com')) words.push(`at home in ${shown(home)}`)
  return words.join(', ')
}

function tenantRow({ identity }: TokenDescription): Row {
  return { label: 'tenant', lines: identity.tenantId === null ? [] : [shown(identity.tenantId)] }
}

const proofs = {
  none: 'public client: no proof of its own',
  secret: 'proved by a client secret',
  'certificate-or-assertion': 'proved by a certificate or a signed assertion',
} as const

function applicationRow({ identity, application }: TokenDescription): Row {
  if (identity.appId === null) return { label: 'app', lines: [] }
  // A managed identity always proves itself with a certificate that the platform keeps: not worth a line.
  const isSaid = application.proof !== null && identity.type !== 'managed-identity'
  const proof = isSaid ? [proofs[application.proof]] : []
  return { label: 'app', lines: [named({ value: identity.appId, name: application.name }), ...proof] }
}

function audienceRow({ audience }: TokenDescription): Row {
  const { value, name } = audience
  return { label: 'audience', lines: value === null ? [] : [named({ value, name })] }
}

function permissionsRow({ kind, permissions, identity }: TokenDescription): Row {
  const { scopes, roles, directoryRoles, groups, isGroupsOverage } = permissions
  const lines: string[] = []
  if (scopes.length > 0) lines.push(`delegated: ${shownList(scopes, 40)}`)
  if (roles.length > 0)
    lines.push(`${identity.type === 'user' ? 'roles' : 'application roles'}: ${shownList(roles, 40)}`)
  if (lines.length === 0 && kind === 'access-token' && identity.objectId !== null) {
    lines.push('none named in the token: what is allowed depends on role assignments to the object id')
  }
  if (directoryRoles.length > 0) {
    const names = directoryRoles.map(({ value, name }) => name ?? value)
    lines.push(`directory roles: ${shownList(names)}`)
  }
  if (isGroupsOverage) lines.push('groups: too many for a token')
  else if (groups.length > 0) lines.push(`groups: ${groups.length}`)
  return { label: 'permissions', lines: kind === 'opaque' ? [] : lines }
}

function signInRow({ signIn }: TokenDescription): Row {
  const { methods, contexts, address, deviceId } = signIn
  const lines: string[] = []
  if (methods.length > 0) lines.push(shownList(methods.map(({ value, name }) => name ?? value)))
  if (contexts.length > 0) lines.push(`authentication contexts: ${shownList(contexts)}`)
  if (address !== null) lines.push(`from ${shown(address)}`)
  if (deviceId !== null) lines.push(`on the device ${shown(deviceId)}`)
  return { label: 'sign-in', lines }
}

function timesRow({ times }: TokenDescription, { now, timeZone, style }: DrawWhoamiOptions): Row {
  const { issuedAt, notBefore, expiresOn, expired, notYetValid } = times
  const lines: string[] = []
  const both = (ms: number): string => {
    const local = formatLocal(ms, timeZone)
    return local === null ? formatUtc(ms) : `${formatUtc(ms)} = ${local}`
  }
  if (expiresOn === null) lines.push(style.warn('the token does not say when it expires'))
  else {
    const moment = describeMoment(expiresOn, now)
    lines.push(expired ? style.bad(`expired ${moment}`) : style.good(`expires ${moment}`), both(expiresOn))
  }
  if (notYetValid && notBefore !== null)
    lines.push(style.warn(`not valid before ${describeMoment(notBefore, now)}`), both(notBefore))
  if (issuedAt !== null) {
    const life = expiresOn === null || expiresOn <= issuedAt ? '' : `, for ${describeSpan(expiresOn - issuedAt)}`
    lines.push(`issued ${describeMoment(issuedAt, now)}${life}`, both(issuedAt))
  }
  return { label: 'times', lines }
}

function tokenRow({ kind, version, issuer }: TokenDescription, credential: string | null): Row {
  const lines: string[] = []
  const names = { 'access-token': 'access token', 'id-token': 'ID token', opaque: 'opaque token' } as const
  lines.push(version === null ? names[kind] : `${names[kind]}, version ${shown(version)}`)
  if (issuer !== null) lines.push(`from ${shown(issuer)}`)
  if (credential !== null) lines.push(`given by ${credential}`)
  return { label: 'token', lines }
}

function signatureRow({ kind, times }: TokenDescription, signature: SignatureFacts, style: Style): Row {
  const lines = describeSignature(kind, signature, style)
  if ('time' in signature) lines.push(...describeValidity(signature.time, times.expired, style))
  return { label: 'signature', lines }
}

/** A good signature does not make an expired token good, nor a bad one the other way round. */
function describeValidity(time: Verification['time'], isExpired: boolean, style: Style): string[] {
  if (time === 'expired') return [style.bad('apart from that, the token has expired')]
  if (time === 'not-yet-valid') return [style.warn('apart from that, the token is not valid yet')]
  if (isExpired)
    return [style.warn('apart from that, it expired within the five minutes that services allow for clocks')]
  return []
}

function describeSignature(kind: TokenDescription['kind'], signature: SignatureFacts, style: Style): string[] {
  switch (signature.state) {
    case 'not-checked':
      return [kind === 'opaque' ? 'not checked: only its service can' : style.warn('not checked (--verify checks it)')]
    case 'not-reached':
      return [`${style.warn('not checked')}: the keys could not be had: ${shown(signature.detail)}`]
    case 'valid':
      return [`${style.good('valid')}: ${verificationReasons[signature.reason]}`, ...keyLines(signature)]
    case 'invalid':
      return [`${style.bad('invalid')}: ${verificationReasons[signature.reason]}`, ...keyLines(signature)]
    case 'unverifiable':
      return [`${style.warn('unverifiable')}: ${verificationReasons[signature.reason]}`, ...keyLines(signature)]
    default:
      return signature satisfies never
  }
}

function keyLines({ keyId, keysFrom }: Pick<Verification, 'keyId' | 'keysFrom'>): string[] {
  if (keyId === null) return []
  return [`key ${shown(keyId)}`, ...(keysFrom === null ? [] : [`from ${shown(keysFrom)}`])]
}

/** Notes that the rows above already say. */
const saidElsewhere: ReadonlySet<NoteId> = new Set<NoteId>([
  'guest',
  'personal-account',
  'system-assigned',
  'user-assigned',
  'mfa',
  'auth-context',
  'expired',
  'no-expiry',
  'v1-token',
])

function notesRow({ notes }: TokenDescription, style: Style): Row {
  const lines = notes
    .filter(({ id }) => !saidElsewhere.has(id))
    .map(({ id, text }) => (noteEntries[id].weight === 'warning' ? `${style.warn('!')} ${text}` : text))
  return { label: lines.length === 1 ? 'note' : 'notes', lines }
}

const groupTitles: Readonly<Record<ClaimGroup | 'other', string>> = {
  identity: 'whose it is',
  application: 'the application',
  audience: 'for whom',
  permissions: 'permissions',
  'sign-in': 'the sign-in',
  token: 'the token',
  'id-token': 'of ID tokens',
  platform: "the platform's own",
  other: 'not described anywhere public',
}

/** Every claim, then the header: value, then meaning. */
function drawClaims({ claims, header, kind }: TokenDescription, options: DrawWhoamiOptions): string[] {
  if (kind === 'opaque') return []
  const { style } = options
  const lines: string[] = []
  for (const [group, title] of Object.entries(groupTitles)) {
    const names = Object.keys(claims).filter((name) => (findClaim(name)?.group ?? 'other') === group)
    if (names.length === 0) continue
    lines.push(
      style.bold(title),
      ...names.flatMap((name) => drawClaim(name, claims[name], findClaim(name), options)),
      '',
    )
  }
  lines.push(style.bold('header'), ...drawHeader(header, options))
  return lines
}

function drawHeader(header: JsonObject, options: DrawWhoamiOptions): string[] {
  return Object.keys(header).flatMap((name) => drawClaim(name, header[name], findHeaderMember(name), options))
}

const longestClaim = 600

function drawClaim(
  name: string,
  value: unknown,
  entry: ClaimEntry | undefined,
  { style, columns }: DrawWhoamiOptions,
): string[] {
  const label = shown(name, 40)
  const text = showValue(value, entry)
  const column = Math.max(18, label.length + 2)
  const [first = '', ...more] = wrap(text, columns - column - 2).split('\n')
  const lines = [
    `  ${style.accent(padTo(label, column))}${first}`,
    ...more.map((line) => ' '.repeat(column + 2) + line),
  ]
  if (entry === undefined) return lines
  return [
    ...lines,
    ...wrap(entry.meaning, columns, ' '.repeat(20))
      .split('\n')
      .map((line) => style.dim(line)),
  ]
}

/** As in the token; what the value means behind it, where a row of the glossary says. */
function showValue(value: unknown, entry: ClaimEntry | undefined): string {
  const { format, values } = entry ?? {}
  if (format === 'seconds' && typeof value === 'number' && value >= 0 && value < 253_402_300_800) {
    return `${value} = ${formatUtc(value * 1000)}`
  }
  if (Array.isArray(value) && value.every((member) => typeof member === 'string')) {
    return value.length === 0
      ? '(empty)'
      : shown(value.map((member) => withMeaning(member, values)).join(', '), longestClaim)
  }
  if (typeof value === 'string' || typeof value === 'number')
    return shown(withMeaning(String(value), values), longestClaim) || '(empty)'
  return shown(JSON.stringify(value), longestClaim)
}

function withMeaning(value: string, values: ClaimEntry['values']): string {
  return values !== undefined && Object.hasOwn(values, value) ? `${value} (${values[value]})` : value
}
