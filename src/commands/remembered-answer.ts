/** The answer of a command line that was remembered, as `get-token` prints it. All that a warm run loads besides the ports. */
import { takeShortcut } from '../cache/shortcut.ts'
import type { CachePorts } from '../cache/token-cache.ts'
import { type FormatOptions, type TokenFormat, type TokenFormatName, tokenFormats } from '../output/token-formats.ts'

/** What `get-token` knows of how to print, besides the token itself. */
export interface RememberedPrint {
  readonly format: TokenFormatName
  readonly options: FormatOptions
  readonly variable: string
  readonly scopes: readonly string[]
  readonly resource: string
}

/** The promised bytes, or null: go the long way. */
export async function answerRemembered(argv: readonly string[], ports: CachePorts): Promise<string | null> {
  const found = await takeShortcut<RememberedPrint>(argv, ports)
  if (found === null) return null
  const { token, credential, print } = found
  const { token: secret, tokenType, expiresOn, refreshOn, tenantId } = token
  const printable = {
    accessToken: secret.reveal(),
    tokenType,
    expiresOn,
    refreshOn,
    tenant: tenantId ?? null,
    scopes: print.scopes,
    resource: print.resource,
    credential,
    fromCache: true,
    variable: print.variable,
  }
  const format: TokenFormat = tokenFormats[print.format]
  return format.print([printable], print.options)
}
