/** The answer of a command line that was remembered, as `get-token` prints it. All that a warm run loads besides the ports. */
import { type ShortcutPorts, takeShortcut } from '../cache/shortcut.ts'
import type { FormatOptions, TokenFormat, TokenFormatName } from '../output/token-formats.ts'

/** What `get-token` knows of how to print, besides the token itself. */
export interface RememberedPrint {
  readonly format: TokenFormatName
  readonly options: FormatOptions
  readonly variable: string
  readonly scopes: readonly string[]
  readonly resource: string
}

/** The promised bytes, or null: go the long way. */
export async function answerRemembered(argv: readonly string[], ports: ShortcutPorts): Promise<string | null> {
  const found = await takeShortcut<RememberedPrint>(argv, ports)
  if (found === null) return null
  const { token, credential, print } = found
  // What nearly every script asks for; the other shapes are a file of their own.
  if (print.format === 'token') return `${token.token.reveal()}\n`
  const { tokenFormats } = await import('../output/token-formats.ts')
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
