/** A pasted failure as an explanation: what happened, who said it, the likely causes with what to do, ids for support. */

import { findAadsts } from '../../knowledge/aadsts.ts'
import { type CauseId, causes } from '../../knowledge/causes.ts'
import { allTroubleshooting, type TroubleshootingEntry } from '../../knowledge/troubleshooting.ts'
import { challengeSections } from './challenge.ts'
import { type ExplainedCause, type Explanation, emptyExplanation, type Note, type Section } from './explanation.ts'
import { type UnderstoodFailure, understandFailure } from './failure.ts'
import { rankCauses } from './rank.ts'
import { misleadingAdvice, stepsFor } from './remedies.ts'
import { byItself } from './rules.ts'
import { splitFailures } from './several.ts'

const errorPage = 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes'

/** Null where nothing in the text was recognised. */
export function explainFailure(pasted: string): Explanation | null {
  const whole = explainOne(pasted)
  const parts = splitFailures(pasted)
  if (whole === null || parts.length < 2) return whole
  const failures = parts.flatMap((part) => explainOne(part) ?? [])
  if (failures.length < 2) return whole
  return {
    ...whole,
    title: `${failures.length} failures: ${failures.map(({ title }) => title).join('; ')}`,
    causes: mergeCauses(whole, failures),
    failures,
  }
}

/** What each of the failures comes down to stands before what is only likely. */
function mergeCauses(whole: Explanation, failures: readonly Explanation[]): readonly ExplainedCause[] {
  const bests = failures.flatMap(({ causes: [best] }) => best ?? [])
  const place = ({ id }: ExplainedCause): number => {
    const at = whole.causes.findIndex((cause) => cause.id === id)
    return at === -1 ? whole.causes.length : at
  }
  const ordered = [...bests].sort((one, other) => place(one) - place(other))
  const merged = new Map([...ordered, ...whole.causes].map((cause) => [cause.id, cause] as const))
  for (const cause of whole.causes) merged.set(cause.id, cause)
  return [...merged.values()]
}

function explainOne(pasted: string): Explanation | null {
  const failure = understandFailure(pasted)
  const passing = passingNote(failure)
  const isKnown = failure.causes.length > 0 || failure.codes.length > 0 || failure.credentials.length > 0
  if (!isKnown && passing === null) return null
  const { flat, facts } = failure
  const matched = matchTroubleshooting(flat, failure)
  const explained: ExplainedCause[] = failure.causes.map(({ id, because }) => ({
    id,
    meaning: causes[id].meaning,
    because,
    steps: stepsFor(id, { facts, flat, sdk: failure.sdk }),
    guide: guideOf(id, failure, matched),
  }))
  return {
    ...emptyExplanation,
    kind: 'failure',
    title: titleOf(failure, explained[0]),
    summary: summaryOf(failure),
    sdk: failure.sdk,
    credentials: failure.credentials.map((credential) => ({
      ...credential,
      causes: rankCauses(credential.message, [], byItself)
        .slice(0, 2)
        .map(({ id }) => id),
    })),
    codes: failure.codes,
    causes: explained,
    facts,
    notes: [...(passing === null ? [] : [passing]), ...notesOf(failure)],
    sections: [...codeSections(failure), ...challengeSections(pasted)],
    source: null,
  }
}

function titleOf(failure: UnderstoodFailure, best: ExplainedCause | undefined): string {
  const { credentials, codes } = failure
  if (best !== undefined) return best.meaning
  const [code] = codes
  if (code !== undefined) return findAadsts(code)?.meaning ?? `Entra answered ${code}, which is not known here`
  const [first] = credentials
  if (first === undefined && passingNote(failure) !== null) return 'Entra was asked too often, or cannot serve now'
  return first === undefined ? 'nothing failed that is known here' : `${first.name}: ${first.outcome}`
}

/** Faults and limits of Entra's own stand for none of the causes: only time, or fewer requests, help. */
function passingNote({ causes: found, codes, flat }: UnderstoodFailure): Note | null {
  if (found.length > 0) return null
  const entries = codes.flatMap((code) => findAadsts(code) ?? [])
  if (
    entries.some(({ category }) => category === 'throttling') ||
    /\bMsalThrottled\w+|\brequest_throttled\b|login\.microsoftonline.{0,300}\b429\b|\b429\b.{0,300}login\.microsoftonline/i.test(
      flat,
    )
  ) {
    return {
      id: 'asked-too-often',
      text: 'Entra limits how often the same is asked: keep one credential object and its cache for the whole program, stop retrying what is refused for good, then wait a few minutes; nothing has to be changed in the registration',
    }
  }
  if (
    entries.some(({ category, retryable }) => category === 'service-fault' && retryable) ||
    /\btemporarily_unavailable\b|\bservice_not_available\b/.test(flat)
  ) {
    return {
      id: 'passing-fault',
      text: 'this is a fault of Entra and not of the registration, the secret or the account: try again, each time later; if it lasts, look at https://azure.status.microsoft and give the ids to support',
    }
  }
  return null
}

function summaryOf({ credentials }: UnderstoodFailure): string {
  if (credentials.length === 0) return ''
  const count = (outcome: string) => credentials.filter((credential) => credential.outcome === outcome).length
  const parts = (['succeeded', 'failed', 'unavailable', 'not-attempted'] as const)
    .map((outcome) => ({ outcome, times: count(outcome) }))
    .filter(({ times }) => times > 0)
    .map(({ outcome, times }) => `${times} ${outcome}`)
  return `${credentials.length === 1 ? 'one credential' : `${credentials.length} credentials`}: ${parts.join(', ')}`
}

/** Codes without a cause of their own are still said. */
function codeSections({ codes, causes: found }: UnderstoodFailure): readonly Section[] {
  const told = found.map(({ because }) => because).join(' ')
  const rows = codes
    .filter((code) => !told.includes(code))
    .map((code) => {
      const entry = findAadsts(code)
      return { label: code, text: entry === undefined ? 'not known here' : `${entry.meaning} ${entry.fix}` }
    })
  return rows.length === 0 ? [] : [{ title: 'codes', rows }]
}

function notesOf(failure: UnderstoodFailure): readonly Note[] {
  const notes: Note[] = [...misleadingAdvice(failure.causes[0]?.id, failure.flat)]
  if (failure.codes.some((code) => code.startsWith('AADB2C'))) {
    notes.push({
      id: 'b2c-unsupported',
      text: 'this is Azure AD B2C, which the azure-identity SDKs do not support: use MSAL with the authority of the policy',
    })
  }
  if (failure.causes[0]?.id === 'no-credential-available' && failure.credentials.length <= 1) {
    notes.push({
      id: 'reasons-are-in-the-log',
      text: 'this message leaves out the reasons: run again with AZURE_LOG_LEVEL=verbose and paste that',
    })
  }
  return notes
}

/** The row whose match is longest is the closest. */
function matchTroubleshooting(flat: string, { credentials }: UnderstoodFailure): readonly TroubleshootingEntry[] {
  const names = new Set(credentials.map(({ name }) => name.replace('CLI', 'Cli')))
  const hits: { readonly entry: TroubleshootingEntry; readonly length: number }[] = []
  for (const entry of allTroubleshooting()) {
    if (entry.credential !== 'any' && names.size > 0 && !names.has(entry.credential)) continue
    const length = Math.max(0, ...entry.match.map((pattern) => new RegExp(pattern, 'i').exec(flat)?.[0].length ?? 0))
    if (length > 0) hits.push({ entry, length })
  }
  return hits.sort((one, other) => other.length - one.length).map(({ entry }) => entry)
}

/** The credential whose section of a guide is about a cause. */
const classes: readonly (readonly [RegExp, string])[] = [
  [/^(?:mi|imds|arc)-/, 'ManagedIdentityCredential'],
  [/^(?:wi|fic)-/, 'WorkloadIdentityCredential'],
  [/^cli-/, 'AzureCliCredential'],
  [/^azd-/, 'AzureDeveloperCliCredential'],
  [/^powershell-/, 'AzurePowerShellCredential'],
  [/^cert-/, 'ClientCertificateCredential'],
  [/^secret-/, 'ClientSecretCredential'],
  [/^env-/, 'EnvironmentCredential'],
  [/^pipelines-/, 'AzurePipelinesCredential'],
  [/^no-credential/, 'DefaultAzureCredential'],
]

/** The section that fits both the text and the cause; else the guide's section on the cause; codes have Entra's page. */
function guideOf(
  id: CauseId,
  { sdk, codes, credentials }: UnderstoodFailure,
  matched: readonly TroubleshootingEntry[],
): string | null {
  const names = new Set(['any', ...credentials.map(({ name }) => name.replace('CLI', 'Cli'))])
  const ofCause = classes.find(([causesOf]) => causesOf.test(id))?.[1]
  const fits = (entry: TroubleshootingEntry) => entry.cause === id && entry.guide[sdk] !== undefined
  const ofClass = ({ credential, guide }: TroubleshootingEntry) => guide[sdk] !== undefined && credential === ofCause
  // A section on another credential's failure is no guide, though the cause be the same.
  const isNear = (entry: TroubleshootingEntry) =>
    fits(entry) && (names.has(entry.credential) || entry.credential === ofCause)
  const entry =
    matched.find(fits) ??
    allTroubleshooting().find(isNear) ??
    matched.find(ofClass) ??
    allTroubleshooting().find(ofClass)
  const link = entry?.guide[sdk]
  if (link !== undefined) return link
  return codes.length > 0 ? errorPage : null
}
