/** Several failures in one paste: where one ends and the next begins. Parts of one failure stay together. */
import { type UnderstoodFailure, understandFailure } from './failure.ts'
import { starSecrets } from './secrets.ts'

/** Longer texts are logs, of which one answer is wanted. */
const longest = 64 * 1024
const mostParts = 12

/** How a failure begins, at the start of a line that follows a blank one or a ruler. */
const begins =
  /^[\s>│|*]{0,6}(?:\[?(?:error|fatal|critical|panic)\b\]?|unhandled\b|uncaught\b|exception in thread|traceback\b|[\w.]{3,80}(?:Error|Exception)\b|\w{3,40}Credential\b|(?:az|azd|kubectl|terraform|pwsh|python3?|node|dotnet|mvn)\s|\$\s|PS [A-Z]:|[[(]?\d{1,2}[.)\]]\s|(?:Connect|Get|New|Set|Invoke|Login)-Az\w*|AADSTS\d|AADB2C\d|level=|time=|[EWF]\d{4} |\d{4}-\d\d-\d\d|(?!content|headers?|body|response|request|stack|inner|details?|output|exception|error|message|attempted|caused|info)[\w -]{2,40}:\s*$)/i

const ruler = /^\s{0,3}(?:[-=_*#~]{3,}|#{1,4}\s.{1,80})\s*$/

/** The list of a chain, which is written once for a failure. */
const chainHead =
  /failed to (?:retrieve|acquire) a token(?: from the included credentials)?\.|ChainedTokenCredential authentication failed|Multiple e(?:rrors|xceptions) were encountered/

/** A member of that list, which a blank line may part from it. */
const member = /^\s*(?:- )?(?:\w{3,40}Credential\b|CredentialUnavailableE\w+:|AuthenticationRe\w+:)/

/** Each as pasted, without secrets; one element for a single failure, and for what cannot be told apart. */
export function splitFailures(pasted: string): readonly string[] {
  if (pasted.length > longest) return [pasted]
  const parts = paragraphs(starSecrets(pasted))
  if (parts.length < 2 || parts.length > mostParts) return [pasted]
  const groups: { text: string; told: UnderstoodFailure }[] = []
  for (const text of parts) {
    const told = understandFailure(text)
    const last = groups.at(-1)
    if (last === undefined || (isNothing(told) && groups.length === 0)) groups.push({ text, told })
    else if (isNothing(last.told) || !areApart(last.told, told)) {
      last.text += `\n\n${text}`
      last.told = isNothing(told) ? last.told : understandFailure(last.text)
    } else groups.push({ text, told })
  }
  const failures = groups.filter(({ told }) => !isNothing(told))
  return failures.length < 2 ? [pasted] : failures.map(({ text }) => text)
}

function paragraphs(text: string): readonly string[] {
  const parts: string[][] = [[]]
  let isAfterGap = true
  for (const line of text.split(/\r?\n/)) {
    const isRuler = ruler.test(line) && !/-{20,}/.test(line)
    if (line.trim() === '' || isRuler) {
      isAfterGap = true
      parts.at(-1)?.push(line)
      continue
    }
    const current = parts.at(-1) ?? []
    const isNextChain = chainHead.test(line) && current.some((each) => chainHead.test(each)) && !/^\s/.test(line)
    const isMember = member.test(line) && current.some((each) => chainHead.test(each))
    if ((isAfterGap && begins.test(line) && !isMember) || isNextChain) parts.push([line])
    else current.push(line)
    isAfterGap = false
  }
  return parts.map((lines) => lines.join('\n').trim()).filter((part) => part !== '')
}

function isNothing({ causes, codes, credentials }: UnderstoodFailure): boolean {
  return causes.length === 0 && codes.length === 0 && credentials.length === 0
}

const vague: ReadonlySet<string> = new Set(['other', 'sts', 'imds', 'service', 'msal'])

/** What a tool says to do after its own failure is no second failure. */
const advice: ReadonlySet<string> = new Set([
  'cli-not-logged-in',
  'azd-not-logged-in',
  'powershell-not-logged-in',
  'mfa-required',
  'no-credential-available',
])

function areApart(one: UnderstoodFailure, other: UnderstoodFailure): boolean {
  const [first] = one.causes
  const [second] = other.causes
  if (first === undefined || second === undefined || first.id === second.id) return false
  if (other.codes.length === 0 && other.credentials.length === 0 && advice.has(second.id)) return false
  const sharesIds = one.facts.correlationId !== undefined && one.facts.correlationId === other.facts.correlationId
  if (sharesIds || one.codes.some((code) => other.codes.includes(code))) return false
  const areCodes = one.codes.length > 0 && other.codes.length > 0
  const areChains = one.credentials.length >= 2 && other.credentials.length >= 2
  const isOtherSdk = one.sdk !== other.sdk && !vague.has(one.sdk) && !vague.has(other.sdk)
  const areCertain = first.strength >= 80 && second.strength >= 80
  return areCodes || areChains || areCertain || (isOtherSdk && first.strength >= 48 && second.strength >= 48)
}
