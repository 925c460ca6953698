/** What `explain` answers, whatever was asked: data that the output draws or prints as JSON. Types, and what all answers share. */
import type { CauseId } from '../../knowledge/causes.ts'
import type { SeenCredential } from './credentials.ts'
import type { Facts } from './extract.ts'
import type { Step } from './remedies.ts'

export const explanationKinds = [
  'failure',
  'code',
  'credential',
  'variable',
  'claim',
  'resource',
  'challenge',
  'environment',
  'unknown',
] as const

export type ExplanationKind = (typeof explanationKinds)[number]

export interface ExplainedCause {
  readonly id: CauseId
  readonly meaning: string
  readonly because: string
  readonly steps: readonly Step[]
  /** Of the SDK that wrote the failure; null where its guide has no section. */
  readonly guide: string | null
}

export interface ExplainedCredential extends SeenCredential {
  readonly causes: readonly CauseId[]
}

/** A heading with lines below it; a label stands before its text. */
export interface Section {
  readonly title: string
  readonly rows: readonly { readonly label?: string; readonly text: string; readonly command?: string }[]
}

export interface Note {
  readonly id: string
  readonly text: string
}

export interface Explanation {
  readonly kind: ExplanationKind
  /** What it is about, as it is called: `AADSTS700016`, `AzureCliCredential`; for a failure what happened, in one sentence. */
  readonly title: string
  /** One or two sentences. */
  readonly summary: string
  readonly sdk: string | null
  readonly credentials: readonly ExplainedCredential[]
  readonly codes: readonly string[]
  readonly causes: readonly ExplainedCause[]
  readonly facts: Facts
  readonly notes: readonly Note[]
  readonly sections: readonly Section[]
  /** Where it comes from: a document, a library's source. */
  readonly source: string | null
  /** Near names, where nothing was recognised. */
  readonly suggestions: readonly string[]
  /** Where one paste holds several failures: each by itself, in order of appearance; what stands beside them is all of them together. */
  readonly failures: readonly Explanation[]
}

export const emptyExplanation: Explanation = {
  kind: 'unknown',
  title: '',
  summary: '',
  sdk: null,
  credentials: [],
  codes: [],
  causes: [],
  facts: {},
  notes: [],
  sections: [],
  source: null,
  suggestions: [],
  failures: [],
}
