/** Takes secrets out of text that came from elsewhere: a proxy's error page may echo the request that it refused. */

const STARS = '***'

/** Shorter ones would turn ordinary words into stars; no secret that Entra issues is this short. */
const shortestSecret = 8

const tellTales: readonly (readonly [RegExp, string])[] = [
  // Any JWS or JWE in compact form (RFC 7515 section 7.1): its first part begins with `{"`.
  [/\beyJ[\w-]{8,}\.[\w-]*(?:\.[\w-]*)*/g, STARS],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, STARS],
  [/\b(client_secret|client_assertion|assertion|password|refresh_token|access_token)=[^&\s"'<>]+/g, `$1=${STARS}`],
  [/("(?:access_token|refresh_token|id_token|client_secret|client_assertion)"\s*:\s*")[^"]*/g, `$1${STARS}`],
]

/**
 * Promise: in the returned function's answer none of `secrets` is left, neither as it is nor as it travels (form- and
 * percent-encoded, JSON-escaped, base64), and no JWT, private key or token parameter at all.
 */
export function createRedactor(secrets: readonly string[]): (text: string) => string {
  const forms = [...new Set(secrets.filter(({ length }) => length >= shortestSecret).flatMap(formsOf))]
  forms.sort((one, other) => other.length - one.length)
  return (text) => {
    let clean = text
    for (const form of forms) clean = clean.replaceAll(form, STARS)
    for (const [pattern, stars] of tellTales) clean = clean.replace(pattern, stars)
    return clean
  }
}

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, 'utf8')
  const escaped = JSON.stringify(secret).slice(1, -1)
  return [
    secret,
    encodeURIComponent(secret),
    new URLSearchParams([['', secret]]).toString().slice(1),
    escaped,
    escaped.replaceAll('/', '\\/'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
}
