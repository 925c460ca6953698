/** Entra's error codes: meaning, who repairs it, what to do. Data in `aadsts.json`, one row a code, each with its source. */
import rows from './aadsts.json' with { type: 'json' }

export interface AadstsEntry {
  readonly code: string
  readonly name: string | null
  readonly oauthError: string | null
  readonly category: string
  /** For B2C codes (`category` is `b2c`), in the same words as `category`. */
  readonly b2cCategory?: string
  readonly whoFixes: string
  /** The same request can succeed later. */
  readonly retryable: boolean
  readonly meaning: string
  readonly fix: string
  readonly appliesTo: readonly string[]
  readonly source: string
}

const entries: ReadonlyMap<string, AadstsEntry> = new Map(rows.map((row) => [row.code, row]))

/** `AADSTS7000215` → its row; undefined for a code we have not met. */
export function findAadsts(code: string): AadstsEntry | undefined {
  return entries.get(code)
}

export function allAadsts(): readonly AadstsEntry[] {
  return [...entries.values()]
}
