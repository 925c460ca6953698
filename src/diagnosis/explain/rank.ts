/** From what a failure says to its causes, best first, each with the words that told. */
import { findAadsts } from '../../knowledge/aadsts.ts'
import type { CauseId } from '../../knowledge/causes.ts'
import { causeOfCode } from '../code-causes.ts'
import { findMsalCodes } from '../msal-causes.ts'
import type { SeenCredential } from './credentials.ts'
import { type Circumstances, classCauses, lastResorts, type Rule, rules } from './rules.ts'
import { isAboutAzure, isAboutSignIn } from './subject.ts'

export interface RankedCause {
  readonly id: CauseId
  /** Why, with the words of the text. */
  readonly because: string
  readonly strength: number
}

interface Finding {
  readonly id: CauseId
  readonly reason: string
  readonly quote: string
  readonly strength: number
  readonly at: number
}

/** From here on a rule or a code says it, and does not only make it likely. */
export const certain = 80

/** Codes of causes that hold for certain; a code without a row only says its family. */
const strengthOfCode = 85
const strengthOfFamily = 62

/** Promise: each cause once, best first, at most six; never throws. */
export function rankCauses(
  flat: string,
  codes: readonly string[],
  circumstances: Circumstances,
  credentials: readonly SeenCredential[] = [],
): readonly RankedCause[] {
  if (codes.length === 0 && !isAboutAzure(flat)) return []
  const findings = [
    ...fromCodes(flat, codes),
    ...fromMsalCodes(flat, circumstances),
    ...fromRules(rules, flat, circumstances),
  ]
  const isToldByCode = codes.some(isWithoutCause)
  if (codes.some(isUnknown)) findings.push(...fromDescriptions(flat, circumstances))
  if (!findings.some(({ strength }) => strength >= weakest) && !isToldByCode) {
    if (isAboutSignIn(flat)) findings.push(...fromRules(lastResorts(), flat, circumstances))
    findings.push(...fromClasses(credentials))
  }
  findings.push(
    ...(isToldByCode ? [] : fromTheOneThatFailed(findings, credentials)),
    ...fromToolsThatSpoke(findings, credentials),
    ...fromChainThatRanOut(findings, credentials),
  )
  // Such a code is why it ended: what a chain says of its other members does not stand in its place.
  if (isToldByCode && !findings.some(({ strength }) => strength > strengthOfChain)) return []
  findings.sort((one, other) => other.strength - one.strength || one.at - other.at)
  const ranked = new Map<CauseId, RankedCause>()
  for (const { id, reason, quote, strength } of findings) {
    if (ranked.has(id)) continue
    ranked.set(id, { id, because: quote === '' ? reason : `${reason}: "${quote}"`, strength })
  }
  return dropNoise([...ranked.values()]).slice(0, 6)
}

function fromCodes(flat: string, codes: readonly string[]): Finding[] {
  return codes.flatMap((code) => {
    const cause = causeOfCode(code)
    if (cause === undefined) return []
    const at = Math.max(0, flat.toUpperCase().indexOf(code))
    const meaning = findAadsts(code)?.meaning ?? 'what this code stands for'
    return [
      {
        id: cause.id,
        reason: `${code}: ${lowerFirst(meaning).replace(/\.$/, '')}`,
        quote: sentenceAt(flat, at),
        strength: cause.isSure ? strengthOfCode : strengthOfFamily,
        at,
      },
    ]
  })
}

/** A known code that stands for none of the causes, as a fault of Entra's own: what is mostly meant would only mislead. */
function isWithoutCause(code: string): boolean {
  return code !== 'AADSTS70002' && findAadsts(code) !== undefined && causeOfCode(code) === undefined
}

function isUnknown(code: string): boolean {
  return findAadsts(code) === undefined && causeOfCode(code) === undefined
}

/** Of a code that is not known its description tells, and more than the class of the exception around it. */
function fromDescriptions(flat: string, circumstances: Circumstances): Finding[] {
  const described = lastResorts().filter(({ id }) => id.startsWith('described-'))
  return fromRules(described, flat, circumstances).map((finding) => ({ ...finding, strength: finding.strength + 20 }))
}

/** As much as a chain's own words count at most, and what mostly stands behind the one that failed. */
const strengthOfChain = 47
const strengthOfMsalCode = 59
/** Every chain has somebody whose cache is empty. */
const strengthInChain = 21

function fromMsalCodes(flat: string, { inChain }: Circumstances): Finding[] {
  return findMsalCodes(flat).map(({ code, by, cause, at }) => ({
    id: cause,
    reason: `\`${code}\` is what ${by} calls this`,
    quote: sentenceAt(flat, at),
    strength: cause === 'mfa-required' ? (inChain ? strengthInChain : 39) : strengthOfMsalCode,
    at,
  }))
}

function fromRules(table: readonly Rule[], flat: string, circumstances: Circumstances): Finding[] {
  return table.flatMap((rule) => {
    const words = quoteFor(rule, flat)
    if (words === null) return []
    const at = wordStart(flat, Math.max(0, flat.indexOf(words)))
    const sentence = sentenceAt(flat, clauseStart(flat, at))
    const quote = sentence.length > words.length ? sentence : shorten(words)
    const strength = typeof rule.strength === 'number' ? rule.strength : rule.strength(circumstances)
    return [{ id: rule.cause, reason: rule.reason, quote, strength, at }]
  })
}

/** A quote begins with a whole word. */
function wordStart(flat: string, at: number): number {
  let start = at
  while (start > 0 && at - start < 60 && /[^\s"'`{[(,;]/.test(flat[start - 1] ?? ' ')) start -= 1
  return at - start < 60 ? start : at
}

/** Where the clause of these words begins, if that is near: a quote without its subject says little. */
function clauseStart(flat: string, at: number): number {
  const before = flat.slice(Math.max(0, at - 72), at)
  const boundary = /^[\s\S]*(?:[.:;!?>|)\]}"'`,=-] |["'`{[(]|\b[1-5]\d\d )/.exec(before)
  if (boundary !== null) return at - before.length + boundary[0].length
  return before.length < 72 ? 0 : at
}

/** Below this a rule only says what a chain always says; then what is mostly meant is said as well. */
const weakest = 26

/** A chain is told by its members, where it has any. */
function fromClasses(all: readonly SeenCredential[]): Finding[] {
  const members = all.filter(({ name }) => !chainNames.test(name))
  return (members.length === 0 ? all : members).flatMap(({ name, outcome, message }, at) => {
    const causes = classCauses[name.replace('CLI', 'Cli')]
    if (causes === undefined || (outcome !== 'failed' && outcome !== 'unavailable')) return []
    const reason = `${name} is ${outcome}, in words that are not known here; this is what it mostly is`
    return [{ id: causes[outcome], reason, quote: shorten(message), strength: outcome === 'failed' ? 13 : 7, at }]
  })
}

/** A chain ends with the member that failed: where nothing certain is told, what it mostly is counts more than who was not there. */
function fromTheOneThatFailed(findings: readonly Finding[], credentials: readonly SeenCredential[]): Finding[] {
  const isChain =
    credentials.length >= 2 || findings.some(({ id, strength }) => id === 'no-credential-available' && strength >= 40)
  const failed = credentials.filter(({ name, outcome }) => outcome === 'failed' && !chainNames.test(name))
  if (failed.length !== 1 || !isChain) return []
  if (findings.some(({ strength }) => strength >= 48)) return []
  return fromClasses(failed).map((finding) => ({ ...finding, strength: 47 }))
}

/** A list of members that all have nothing to try with is an empty chain, also where the line that says so was not pasted. */
function fromChainThatRanOut(findings: readonly Finding[], credentials: readonly SeenCredential[]): Finding[] {
  if (credentials.length < 3 || credentials.some(({ outcome }) => outcome !== 'unavailable')) return []
  if (findings.some(({ id, strength }) => (id === 'no-credential-available' && strength >= 28) || strength > 40))
    return []
  const reason = 'every credential of the chain says that it has nothing to try with'
  return [{ id: 'no-credential-available', reason, quote: '', strength: 34, at: 0 }]
}

const chainNames = /^(?:DefaultAzure|ChainedToken)Credential$/

const tools = /^Azure(?:Cli|CLI|PowerShell|DeveloperCli|DeveloperCLI)Credential$/

/** A tool that is not there, or where nobody is signed in, is told in known words: with others it is there and failed. */
function fromToolsThatSpoke(findings: readonly Finding[], credentials: readonly SeenCredential[]): Finding[] {
  if (findings.some(({ strength }) => strength >= 47)) return []
  return credentials.flatMap(({ name, outcome, message }, at) => {
    if (!tools.test(name) || outcome === 'succeeded' || outcome === 'not-attempted') return []
    const words = message.replace(/^\w+Credential\b[:. ]*/, '')
    if (words.length < 4 || rules.some((rule) => quoteFor(rule, `${name}: ${words}`) !== null)) return []
    const reason = `${name} started its tool, which failed in words of its own`
    return [{ id: 'cli-invocation-failed' as const, reason, quote: shorten(words), strength: 46, at }]
  })
}

function quoteFor(rule: Rule, flat: string): string | null {
  if (rule.unless?.test(flat)) return null
  if (typeof rule.when === 'function') return rule.when(flat)
  return rule.when.exec(flat)?.[0] ?? null
}

/** What a chain says of the members that nobody wanted does not stand beside what ended it. */
function dropNoise(ranked: readonly RankedCause[]): readonly RankedCause[] {
  const best = ranked[0]
  if (best === undefined) return ranked
  const floor = best.strength >= 80 ? 45 : best.strength >= 60 ? 20 : 3
  return ranked.filter(({ strength }, index) => index === 0 || strength >= floor)
}

function sentenceAt(flat: string, at: number): string {
  const from = flat.slice(at, at + 260)
  const end =
    /(?<!\b(?:e|i))[.!](?=\s)|\s(?:Trace ID|Correlation ID|To (?:mitigate this|troubleshoot,)|See the troubleshooting|Visit https|Traceback \(most recent call last\)|File "[^"]{1,200}", line \d|(?:- )?\w{2,30}Credential(?:Error)?: |Code: \w{1,40} Message: )/.exec(
      from,
    )
  return shorten(end === null ? from : from.slice(0, end.index))
}

function shorten(text: string): string {
  const line = text.replace(/^["'`]?[\s,;)}\]]+/, '').trim()
  return line.length > 160 ? `${line.slice(0, 159)}…` : line
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text
}
