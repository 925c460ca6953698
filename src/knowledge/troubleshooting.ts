/** Failures that the SDKs' troubleshooting guides and sources know, merged over the SDKs. Data in `troubleshooting.json`. */
import type { CauseId } from './causes.ts'
import rows from './troubleshooting.json' with { type: 'json' }

export interface TroubleshootingEntry {
  readonly id: string
  /** Class name; `any` for what holds for several. */
  readonly credential: string
  readonly host: string | null
  readonly kind: string
  readonly cause: CauseId | null
  /** JavaScript expressions, flags `im`. */
  readonly match: readonly string[]
  readonly codes: readonly string[]
  readonly meaning: string
  readonly mitigations: readonly string[]
  /** By SDK: what the library itself prints, or the section of its guide. */
  readonly guide: Readonly<Record<string, string>>
  readonly sdks: readonly string[]
  readonly source: string
}

export function allTroubleshooting(): readonly TroubleshootingEntry[] {
  // The compiler reads the file's own type; the test of the tables holds that it is this one.
  return rows as unknown as readonly TroubleshootingEntry[]
}

export function troubleshootingOf(credential: string): readonly TroubleshootingEntry[] {
  return allTroubleshooting().filter((entry) => entry.credential === credential)
}
