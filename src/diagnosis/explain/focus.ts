/** Of a long log, the lines that could be about a sign-in, with a few around each; lines that say the same are kept twice at most. */

const smallEnough = 64 * 1024

const telling =
  /AADSTS|AADB2C|credential|\btoken|identity|azure|entra|msal|\blogin\b|oauth|169\.254|certificate|x509|PKIX|forbidden|unauthorized|denied|authoriz|authenticat|challenge|"error"|error_desc|principal|subscription|tenant|correlation|trace id|keychain|keyring|libsecret|proxy|getaddrinfo|resolve|timed out|\baz\b|\bazd\b|Az\.Accounts|kubelogin|RESPONSE \d|Exception|SSL|TLS/i

const before = 2
const after = 4

/** A log without line ends, as JSON often is, is looked at in pieces of this length. */
const pieceLength = 2000

/** What is left of a log that speaks of nothing else: its beginning and, since failures come last, more of its end. */
const headLength = 48 * 1024
const tailLength = 144 * 1024

interface Piece {
  readonly text: string
  /** The same line goes on in it. */
  readonly goesOn: boolean
}

/** Linear; the text itself when it is short. */
export function focus(text: string): string {
  if (text.length <= smallEnough) return text
  const pieces = cut(text)
  const kept: string[] = []
  const seen = new Map<string, number>()
  let keptTo = -1
  for (let index = 0; index < pieces.length; index += 1) {
    const line = pieces[index]?.text ?? ''
    if (!telling.test(line)) continue
    const shape = line.replace(/[0-9a-f]{4,}|\d+/gi, '#')
    const times = (seen.get(shape) ?? 0) + 1
    seen.set(shape, times)
    if (times > 2) continue
    for (
      let near = Math.max(keptTo + 1, index - before);
      near <= Math.min(pieces.length - 1, index + after);
      near += 1
    ) {
      const piece = pieces[near]
      if (piece === undefined) continue
      kept.push(piece.goesOn && near === keptTo + 1 ? piece.text : `\n${piece.text}`)
      keptTo = near
    }
  }
  return limit(kept.join('').slice(1))
}

function cut(text: string): readonly Piece[] {
  return text.split('\n').flatMap((line) => {
    if (line.length <= 2 * pieceLength) return [{ text: line, goesOn: false }]
    const pieces: Piece[] = []
    for (let at = 0; at < line.length; at += pieceLength) {
      pieces.push({ text: line.slice(at, at + pieceLength), goesOn: at > 0 })
    }
    return pieces
  })
}

function limit(text: string): string {
  if (text.length <= headLength + tailLength) return text
  return `${text.slice(0, headLength)}\n${text.slice(-tailLength)}`
}
