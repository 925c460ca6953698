/** Takes tokens, keys and header values out of what a host sent, before it becomes a fact that is shown. */

/** Longer bodies are cut: no refusal says anything further on. */
const longest = 16 * 1024

/**
 * The body with stars for every token member, everything that looks like a JWT, and each of `secrets` wherever it stands.
 * Cut JSON is redacted too: the value of a token member ends at its quote or at the end.
 */
export function redactBody(body: string, secrets: readonly string[]): string {
  // Enough is redacted to fill what is kept, even where stars shorten it; the rest of a huge body is never looked at.
  let text = body.slice(0, 4 * longest)
  for (const secret of secrets) {
    if (secret.length >= 4) text = text.replaceAll(secret, '***')
  }
  return text
    .replace(/("(?:access_token|refresh_token|id_token|secret)"\s*:\s*")(?:[^"\\]|\\.)*/gis, '$1***')
    .replace(/\beyJ[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*){1,2}/g, '***')
    .slice(0, longest)
}
