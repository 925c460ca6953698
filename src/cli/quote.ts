/** Words of the command line in messages: short, harmless, and never a secret that was pasted into the wrong place. */
import { escapeToLine } from '../output/text.ts'

const longest = 80

/** A JWT, an opaque refresh or access token, or an Entra client secret (their form: three characters, a digit, `Q~`). */
const secretForms = [/eyJ[\w-]{10,}/, /^[01]\.A[\w.-]{20,}/, /[\w.~-]{3}\dQ~[\w.~-]{20,}/]

/** `'…'`; what looks like a secret becomes stars, user info in a URL too, controls are shown, long text is cut. */
export function quoteWord(word: string): string {
  if (secretForms.some((form) => form.test(word))) return "'***'"
  const shown = escapeToLine(word.replace(/\/\/[^/@\s]*@/g, '//***@'))
  return `'${shown.length > longest ? `${shown.slice(0, longest)}…` : shown}'`
}

/** Does this look like a token or a client secret? */
export function looksSecret(word: string): boolean {
  return secretForms.some((form) => form.test(word))
}
