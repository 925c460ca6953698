/** Checks of option values: text in, a checked value or the reason why not out. Pure; used by the table of options only. */
import { failure, type Result, success } from './result.ts'

/** Why a value cannot be used. `reason` follows the quoted value in a sentence: `'x' is not a GUID`. Never repeats the value. */
export interface BadValue {
  readonly reason: string
  /** What to do, imperative. */
  readonly fix?: string
}

export type ParsedValue<Value> = Result<Value, BadValue>

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The SDKs' own rule for a tenant: letters, digits, dots and hyphens. */
const tenantCharacters = /^[0-9a-zA-Z.-]+$/

/** Timers of the platform hold no more than a signed 32-bit count of milliseconds. */
const longestDurationMs = 2_147_483_647

const unitMs = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 } as const

export function parseText(text: string): ParsedValue<string> {
  return success(text)
}

/** A path, or `-` for stdin where the option says so. Nothing is opened here. */
export function parsePath(text: string): ParsedValue<string> {
  if (text.includes('\0')) return failure({ reason: 'is not a path: it holds a NUL character' })
  return success(text)
}

/** A program and its arguments. Nothing is split at spaces: what would a shell have done is a question that stays closed. */
export function parseCommand(text: string): ParsedValue<readonly string[]> {
  const fix = 'give the path of a program, or a JSON array of program and arguments: ["get-jwt", "--audience", "x"]'
  if (text.includes('\0')) return failure({ reason: 'is not a command: it holds a NUL character', fix })
  if (!text.trimStart().startsWith('[')) {
    return /\s/.test(text) || text === ''
      ? failure({ reason: 'is neither the path of one program nor a JSON array', fix })
      : success([text])
  }
  const words = parseWords(text)
  if (words === null) return failure({ reason: 'is not a JSON array of texts', fix })
  const [program = ''] = words
  if (program === '' || words.some((word) => word.includes('\0'))) {
    return failure({ reason: 'names no program, or holds a NUL character', fix })
  }
  return success(words)
}

function parseWords(text: string): readonly string[] | null {
  try {
    const value: unknown = JSON.parse(text)
    return Array.isArray(value) && value.every((word) => typeof word === 'string') ? value : null
  } catch {
    return null
  }
}

/** A tenant's id or one of its domains. `common`, `organizations` and `consumers` pass: whether they can work is the credential's to say. */
export function parseTenant(text: string): ParsedValue<string> {
  if (tenantCharacters.test(text)) return success(text)
  return failure({
    reason: 'is neither a tenant id (a GUID) nor a domain name',
    fix: 'give the id of the directory or one of its domains, for example contoso.onmicrosoft.com, without quotes or spaces',
  })
}

/** As `parseTenant`, or `*` for every tenant. */
export function parseAllowedTenant(text: string): ParsedValue<string> {
  return text === '*' ? success(text) : parseTenant(text)
}

/** A subscription's id or name, in the characters that the SDKs hand to az. */
export function parseSubscription(text: string): ParsedValue<string> {
  if (/^[0-9a-zA-Z\-._ ]+$/.test(text)) return success(text)
  return failure({
    reason: 'contains characters that the SDKs do not pass to az',
    fix: 'give the id of the subscription in place of its name',
  })
}

/** A GUID with hyphens, as written; compared without case elsewhere. */
export function parseGuid(text: string): ParsedValue<string> {
  if (guid.test(text)) return success(text)
  return failure({ reason: 'is not a GUID', fix: 'give the id in the form xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx' })
}

/** The Azure resource id of a user-assigned managed identity. */
export function parseIdentityResourceId(text: string): ParsedValue<string> {
  const form =
    /^\/subscriptions\/[^/\s]+\/resourcegroups\/[^/\s]+\/providers\/microsoft\.managedidentity\/userassignedidentities\/[^/\s]+$/i
  if (form.test(text)) return success(text)
  return failure({
    reason: 'is not the resource id of a user-assigned identity',
    fix: 'give /subscriptions/ID/resourceGroups/GROUP/providers/Microsoft.ManagedIdentity/userAssignedIdentities/NAME',
  })
}

/** The root of an https URL: `https://host[:port]`. A bare host name gets its `https://`, as in the SDKs. */
export function parseHttpsOrigin(text: string): ParsedValue<string> {
  const fix = 'give the host alone, for example https://login.microsoftonline.us; the tenant goes to --tenant'
  const hasScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(text)
  const url = parseUrl(hasScheme ? text : `https://${text}`)
  if (url === null || /\s/.test(text)) return failure({ reason: 'is not a URL', fix })
  if (url.username !== '' || url.password !== '') return failure({ reason: 'holds a user name or password', fix })
  if (url.protocol !== 'https:') return failure({ reason: 'is not an https URL', fix })
  if (url.search !== '' || url.hash !== '') return failure({ reason: 'holds a query or a fragment', fix })
  if (url.pathname !== '/') return failure({ reason: 'holds a path', fix })
  return success(url.origin)
}

/** A redirect URI (RFC 6749 section 3.1.2): absolute, without a fragment. Kept as written, because it is compared so. */
export function parseRedirectUri(text: string): ParsedValue<string> {
  const fix = 'give it as it is registered, for example http://localhost:8400'
  const url = parseUrl(text)
  if (url === null || /\s/.test(text)) return failure({ reason: 'is not a URI', fix })
  if (text.includes('#')) return failure({ reason: 'holds a fragment', fix })
  if (url.username !== '' || url.password !== '') return failure({ reason: 'holds a user name or password', fix })
  return success(text)
}

function parseUrl(text: string): URL | null {
  try {
    return new URL(text)
  } catch {
    return null
  }
}

/** Milliseconds. `500ms`, `10s`, `5m`, `1h`; a bare number is seconds. */
export function parseDuration(text: string): ParsedValue<number> {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)?$/.exec(text)
  if (match === null) {
    return failure({ reason: 'is not a length of time', fix: 'write a number and ms, s, m or h, for example 30s' })
  }
  const ms = Math.round(Number(match[1]) * unitMs[(match[2] ?? 's') as keyof typeof unitMs])
  if (ms > longestDurationMs) return failure({ reason: 'is too long', fix: 'give at most 24 days (576h)' })
  return success(ms)
}

/** As `parseDuration`, but not zero: a limit that nothing could meet. */
export function parseLimit(text: string): ParsedValue<number> {
  const parsed = parseDuration(text)
  if (parsed.ok && parsed.value === 0) {
    return failure({ reason: 'leaves no time at all', fix: 'give at least 1ms, or leave the option out' })
  }
  return parsed
}

/** A name that every supported shell takes as a variable. */
export function parseVariableName(text: string): ParsedValue<string> {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(text)) return success(text)
  return failure({
    reason: 'is not a variable name',
    fix: 'use letters, digits and underscores, and do not begin with a digit',
  })
}

/** A variable and the target whose token goes into it; without a name, the one that programs of the target read. */
export function parseAssignment(text: string): ParsedValue<{ readonly name: string | null; readonly target: string }> {
  const cut = text.indexOf('=')
  if (cut === -1) {
    if (/^[a-z][a-z0-9-]*$/i.test(text)) return success({ name: null, target: text })
    return failure({ reason: 'names no variable', fix: 'write VAR=TARGET, for example PGPASSWORD=postgres' })
  }
  const name = parseVariableName(text.slice(0, cut))
  const target = text.slice(cut + 1)
  if (!name.ok) return failure({ ...name.error, reason: 'does not begin with a variable name' })
  if (target === '')
    return failure({ reason: 'names no target', fix: 'write VAR=TARGET, for example PGPASSWORD=postgres' })
  return success({ name: name.value, target })
}

/** An IP address to listen on, without a port. `localhost` is loopback. */
export function parseAddress(text: string): ParsedValue<string> {
  const address = text.toLowerCase() === 'localhost' ? '127.0.0.1' : text.replace(/^\[(.*)\]$/, '$1')
  if (isAddress(address)) return success(address)
  return failure({ reason: 'is not an IP address', fix: 'give the address alone, for example 127.0.0.1 or 172.17.0.1' })
}

function isAddress(text: string): boolean {
  // Only the full dotted form is four numbers to everybody: URLs also take `127.1`.
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(text)) return text.split('.').every((part) => Number(part) < 256)
  return text.includes(':') && /^[0-9a-f:.]+$/i.test(text) && parseUrl(`http://[${text}]/`) !== null
}

/** A host name or address as it stands in the Host header, without a port. */
export function parseHostName(text: string): ParsedValue<string> {
  const name = text.replace(/^\[(.*)\]$/, '$1')
  if (isAddress(name) || /^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$/i.test(name)) return success(name.toLowerCase())
  return failure({ reason: 'is not a host name', fix: 'give the name alone, for example host.docker.internal' })
}

/** The name of a credential as typed; which one it means is the registry's to say. */
export function parseCredentialName(text: string): ParsedValue<string> {
  if (/^[A-Za-z][A-Za-z0-9-]*$/.test(text)) return success(text)
  return failure({
    reason: 'is not the name of a credential',
    fix: 'give names such as client-secret or ClientSecretCredential',
  })
}

/**
 * A claims challenge: a JSON object, or the base64 or base64url of one (as `WWW-Authenticate` carries it).
 * Gives JSON text (RFC 7519 names, OpenID Connect Core section 5.5).
 */
export function parseClaims(text: string): ParsedValue<string> {
  const fix = 'give the `claims` value of the challenge as it came, as JSON or base64'
  const trimmed = text.trim()
  if (trimmed.startsWith('{')) {
    return isJsonObject(trimmed) ? success(trimmed) : failure({ reason: 'is not JSON', fix })
  }
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed)) return failure({ reason: 'is neither JSON nor base64', fix })
  const decoded = Buffer.from(trimmed, 'base64').toString('utf8').trim()
  return isJsonObject(decoded) ? success(decoded) : failure({ reason: 'is not the base64 of a JSON object', fix })
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

/** 1/true/yes/on and 0/false/no/off, in any case. */
export function parseBoolean(text: string): ParsedValue<boolean> {
  const word = text.trim().toLowerCase()
  if (['1', 'true', 'yes', 'on'].includes(word)) return success(true)
  if (['0', 'false', 'no', 'off'].includes(word)) return success(false)
  return failure({ reason: 'is neither true nor false', fix: 'set it to 1 or 0, or unset it' })
}

/** A TCP port of one's own choice, 1 to 65535. */
export function parsePort(text: string): ParsedValue<number> {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return success(port)
  return failure({ reason: 'is not a port', fix: 'give a number from 1 to 65535' })
}

export function parseProcessId(text: string): ParsedValue<number> {
  const id = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (id >= 1) return success(id)
  return failure({ reason: 'is not the id of a process', fix: 'give the number that ps shows' })
}
