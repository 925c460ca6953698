/** The shapes in which `get-token` hands a token over. One row a format; text in, promised bytes out. */
import { drawDotenv, drawMasks, drawPipelineVariables } from './exports.ts'
import { printJson } from './json.ts'
import { type ShellName, shells } from './shells.ts'

export interface PrintableToken {
  readonly accessToken: string
  readonly tokenType: string
  /** Milliseconds since the epoch. */
  readonly expiresOn: number
  readonly refreshOn: number | null
  readonly tenant: string | null
  readonly scopes: readonly string[]
  /** The v1 resource that the scopes stand for. */
  readonly resource: string
  /** The credential that gave it. */
  readonly credential: string
  readonly fromCache: boolean
  /** The variable for formats that set one. */
  readonly variable: string
}

export interface FormatOptions {
  readonly shell: ShellName
  /** The version of the answer that a Kubernetes client asked for. */
  readonly execApiVersion: ExecApiVersion
}

export const execApiVersions = [
  'client.authentication.k8s.io/v1',
  'client.authentication.k8s.io/v1beta1',
] as const satisfies readonly string[]

export type ExecApiVersion = (typeof execApiVersions)[number]

export interface TokenFormat {
  /** More than one token fits. */
  readonly holdsSeveral: boolean
  /** What goes to stdout; null when the format cannot hold one of these values without harm to who reads it. */
  readonly print: (tokens: readonly PrintableToken[], options: FormatOptions) => string | null
  /** The program that reads this obeys it on stdout only. */
  readonly isForStdout?: boolean
  /** Each token goes into a variable, for which a name is needed. */
  readonly setsVariables?: boolean
}

export const tokenFormats = {
  token: { holdsSeveral: false, print: ([token]) => `${token?.accessToken}\n` },
  json: { holdsSeveral: true, print: printTokens },
  az: { holdsSeveral: false, print: ([token]) => (token === undefined ? null : printAz(token)) },
  azd: { holdsSeveral: false, print: ([token]) => (token === undefined ? null : printAzd(token)) },
  header: { holdsSeveral: false, print: ([token]) => (token === undefined ? null : printHeader(token)) },
  env: {
    holdsSeveral: true,
    setsVariables: true,
    print: (tokens, { shell }) => shells[shell].set(tokens.map(toAssignment)),
  },
  dotenv: { holdsSeveral: true, setsVariables: true, print: (tokens) => drawDotenv(tokens.map(toAssignment)) },
  gitlab: { holdsSeveral: true, setsVariables: true, print: (tokens) => drawDotenv(tokens.map(toAssignment)) },
  'github-actions': {
    holdsSeveral: true,
    setsVariables: true,
    isForStdout: true,
    print: (tokens) => drawMasks(tokens.map(({ accessToken }) => accessToken)),
  },
  'azure-pipelines': {
    holdsSeveral: true,
    setsVariables: true,
    isForStdout: true,
    print: (tokens) => drawPipelineVariables(tokens.map(toAssignment)),
  },
  'exec-credential': {
    holdsSeveral: false,
    print: ([token], options) => (token === undefined ? null : printExecCredential(token, options)),
  },
  'managed-identity': {
    holdsSeveral: false,
    print: ([token]) => (token === undefined ? null : `${JSON.stringify(managedIdentityAnswer(token))}\n`),
  },
} as const satisfies Record<string, TokenFormat>

export type TokenFormatName = keyof typeof tokenFormats

/** The `get-token` contract, docs/schemas/get-token.schema.json. */
function tokenToJson(token: PrintableToken): Record<string, unknown> {
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

function toAssignment({ variable, accessToken }: PrintableToken): { readonly name: string; readonly value: string } {
  return { name: variable, value: accessToken }
}

/** One line; what could begin a second header is refused. */
function printHeader({ tokenType, accessToken }: PrintableToken): string | null {
  return /^[\x21-\x7e]+$/.test(accessToken) ? `Authorization: ${tokenType} ${accessToken}\n` : null
}

/** What kubectl reads from its plug-in (Kubernetes, "client-go credential plugins"). */
function printExecCredential({ accessToken, expiresOn }: PrintableToken, { execApiVersion }: FormatOptions): string {
  return printJson({
    kind: 'ExecCredential',
    apiVersion: execApiVersion,
    status: { expirationTimestamp: isoSeconds(expiresOn), token: accessToken },
  })
}

/** What App Service answers its apps (2019-08-01): whole seconds, as text. */
function managedIdentityAnswer(
  token: Pick<PrintableToken, 'accessToken' | 'expiresOn' | 'resource' | 'tokenType'>,
): Record<string, string> {
  return {
    access_token: token.accessToken,
    expires_on: String(Math.floor(token.expiresOn / 1000)),
    resource: token.resource,
    token_type: token.tokenType,
  }
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
function isoSeconds(ms: number): string {
  return new Date(Math.floor(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}

/** `2026-11-21 02:00:00.000000` on this machine's clock, as Python's strftime prints it. */
function localTime(ms: number): string {
  const time = new Date(Math.floor(ms / 1000) * 1000)
  const two = (value: number): string => String(value).padStart(2, '0')
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}.000000`
}
