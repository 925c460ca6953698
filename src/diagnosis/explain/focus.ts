/** Of a long log, the lines that could be about a sign-in, with a few around each; lines that say the same are kept twice at most. */

const smallEnough = 64 * 1024

const telling =
  /AADSTS|AADB2C|credential|\btoken|identity|azure|entra|msal|\blogin\b|oauth|169\.254|certificate|x509|PKIX|forbidden|unauthorized|denied|authoriz|authenticat|challenge|"error"|error_desc|principal|subscription|tenant|correlation|trace id|keychain|keyring|libsecret|proxy|getaddrinfo|resolve|timed out|\baz\b|\bazd\b|Az\.Accounts|kubelogin|RESPONSE \d|Exception|SSL|TLS/i

const before = 2
const after = 4

/** Linear; the text itself when it is short. */
export function focus(text: string): string {
  if (text.length <= smallEnough) return text
  const lines = text.split('\n')
  const kept: string[] = []
  const seen = new Map<string, number>()
  let keptTo = -1
  for (let index = 0; index < lines.length; index += 1) {
    const line = lines[index] ?? ''
    if (!telling.test(line)) continue
    const shape = line.length > 2000 ? line.slice(0, 2000) : line.replace(/[0-9a-f]{4,}|\d+/gi, '#')
    const times = (seen.get(shape) ?? 0) + 1
    seen.set(shape, times)
    if (times > 2) continue
    for (
      let near = Math.max(keptTo + 1, index - before);
      near <= Math.min(lines.length - 1, index + after);
      near += 1
    ) {
      kept.push(lines[near] ?? '')
      keptTo = near
    }
  }
  return kept.join('\n')
}
