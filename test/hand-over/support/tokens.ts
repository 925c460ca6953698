/** What a receiver of a token looks at. */

/** The `aud` claim; `no token` for what is no JWT, so that a comparison with an audience fails. */
export function audienceOf(token: string): unknown {
  const parts = token.split('.')
  if (parts.length !== 3 || !/^[\w.-]+$/.test(token)) return 'no token'
  const claims: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'))
  return typeof claims === 'object' && claims !== null && 'aud' in claims ? claims.aud : 'no audience'
}
