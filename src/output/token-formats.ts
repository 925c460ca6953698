/** The shapes in which `get-token` hands a token over. One row a format; text in, promised bytes out. */
import { printJson } from './json.ts'
import { quoteForShell, type ShellName } from './shell.ts'

export interface PrintableToken {
  readonly accessToken: string
  readonly tokenType: string
  /** Milliseconds since the epoch. */
  readonly expiresOn: number
  readonly refreshOn: number | null
  readonly tenant: string | null
  readonly scopes: readonly string[]
  /** The credential that gave it. */
  readonly credential: string
  readonly fromCache: boolean
  /** The variable for formats that set one. */
  readonly variable: string
}

export interface FormatOptions {
  readonly shell: ShellName
}

export interface TokenFormat {
  /** More than one token fits. */
  readonly holdsSeveral: boolean
  readonly print: (tokens: readonly PrintableToken[], options: FormatOptions) => string
}

export const tokenFormats = {
  token: { holdsSeveral: false, print: ([token]) => `${token?.accessToken}\n` },
  json: { holdsSeveral: true, print: printTokens },
  az: { holdsSeveral: false, print: ([token]) => (token === undefined ? '' : printAz(token)) },
  azd: { holdsSeveral: false, print: ([token]) => (token === undefined ? '' : printAzd(token)) },
  header: { holdsSeveral: false, print: ([token]) => `Authorization: ${token?.tokenType} ${token?.accessToken}\n` },
  env: {
    holdsSeveral: true,
    print: (tokens, { shell }) =>
      tokens.map((token) => `export ${token.variable}=${quoteForShell(token.accessToken, shell)}\n`).join(''),
  },
} as const satisfies Record<string, TokenFormat>

export type TokenFormatName = keyof typeof tokenFormats

/** The `get-token` contract, docs/schemas/get-token.schema.json. */
export function tokenToJson(token: PrintableToken): Record<string, unknown> {
  return {
    accessToken: token.accessToken,
    tokenType: token.tokenType,
    expiresOn: isoSeconds(token.expiresOn),
    expires_on: Math.floor(token.expiresOn / 1000),
    refreshOn: token.refreshOn === null ? null : isoSeconds(token.refreshOn),
    tenant: token.tenant,
    scopes: token.scopes,
    credential: token.credential,
    fromCache: token.fromCache,
  }
}

function printTokens(tokens: readonly PrintableToken[]): string {
  const [only] = tokens
  const content =
    tokens.length === 1 && only !== undefined
      ? { schemaVersion: 1, ...tokenToJson(only) }
      : { schemaVersion: 1, tokens: tokens.map(tokenToJson) }
  return printJson(content)
}

/** `az account get-access-token --output json` of az >= 2.54: keys sorted, `expiresOn` in local time. */
function printAz(token: PrintableToken): string {
  const content = {
    accessToken: token.accessToken,
    expiresOn: localTime(token.expiresOn),
    expires_on: Math.floor(token.expiresOn / 1000),
    tenant: token.tenant ?? '',
    tokenType: token.tokenType,
  }
  return `${JSON.stringify(content, null, 2)}\n`
}

/** `azd auth token --output json`: UTC, whole seconds. */
function printAzd(token: PrintableToken): string {
  return `${JSON.stringify({ token: token.accessToken, expiresOn: isoSeconds(token.expiresOn) }, null, 2)}\n`
}

/** `2026-11-21T02:00:00Z` */
export function isoSeconds(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}

/** `2026-11-21 02:00:00.000000` on this machine's clock, as Python's strftime prints it. */
function localTime(ms: number): string {
  const time = new Date(Math.floor(ms / 1000) * 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.000000`
}
