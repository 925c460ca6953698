/** OAuth errors, suberrors, error bodies of identity hosts and MSAL's own codes. Data in `oauth-errors.json`. */
import rows from './oauth-errors.json' with { type: 'json' }

export interface OauthErrorEntry {
  readonly id: string
  /** `oauth`, `suberror`, `imds`, `msal-node`, … */
  readonly kind: string
  readonly code: string
  readonly status: number | null
  readonly retryable: boolean
  readonly whoFixes: string
  readonly meaning: string
  readonly fix: string
  readonly source: string
}

export function allOauthErrors(): readonly OauthErrorEntry[] {
  return rows as unknown as readonly OauthErrorEntry[]
}

/** Every entry of that code, in any case: `invalid_scope` is OAuth's, IMDS's and MSAL Python's. */
export function findOauthErrors(code: string): readonly OauthErrorEntry[] {
  const wanted = code.toLowerCase()
  return allOauthErrors().filter((entry) => entry.code.toLowerCase() === wanted || entry.id.toLowerCase() === wanted)
}
