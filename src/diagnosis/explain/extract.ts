/** What a failure says in fixed forms: Entra's codes, ids for support, ids of tenant, application and resource, statuses. */
import { findAadsts } from '../../knowledge/aadsts.ts'
import type { NormalText } from './normalise.ts'

export interface Facts {
  readonly tenantId?: string
  readonly clientId?: string
  readonly objectId?: string
  readonly resource?: string
  /** Who signed in, or was to. */
  readonly user?: string
  /** What the federated assertion said of itself. */
  readonly subject?: string
  readonly issuer?: string
  readonly audience?: string
  /** An Azure role action that was refused, and where. */
  readonly action?: string
  readonly scope?: string
  readonly redirectUri?: string
  readonly correlationId?: string
  readonly traceId?: string
  readonly timestamp?: string
}

export interface Extract {
  /** `AADSTS…` and `AADB2C…`, whole, in order of appearance. */
  readonly codes: readonly string[]
  /** OAuth errors and suberrors, in order of appearance. */
  readonly errors: readonly string[]
  readonly statuses: readonly number[]
  readonly facts: Facts
}

const guid = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}'

export function extract({ flat }: NormalText): Extract {
  return { codes: findCodes(flat), errors: findErrors(flat), statuses: findStatuses(flat), facts: findFacts(flat) }
}

/** A code that a console cut (`AADSTS70001...`, or the last thing in the text and unknown) is not one. */
function findCodes(flat: string): readonly string[] {
  const found = new Set<string>()
  for (const match of flat.matchAll(/(AADSTS|AADB2C)([1-9]\d{3,7})(?!\d)/gi)) {
    const code = `${match[1]?.toUpperCase()}${match[2]}`
    const end = match.index + match[0].length
    if (flat.startsWith('...', end) || flat.startsWith('…', end)) continue
    if (end === flat.length && findAadsts(code) === undefined) continue
    found.add(code)
  }
  for (const match of flat.matchAll(/\berror_codes["']?\s?[:=]>?\s?\[([\d\s,"]{1,200})\]/gi)) {
    for (const digits of match[1]?.match(/\d{4,8}/g) ?? []) found.add(`AADSTS${digits}`)
  }
  for (const match of flat.matchAll(/\bError Code: (\d{5,8})\b(?=.{0,200}\bCorrelation Id\b)/gi))
    found.add(`AADSTS${match[1]}`)
  for (const match of flat.matchAll(/\/error\?code=(\d{4,8})\b/gi)) found.add(`AADSTS${match[1]}`)
  return [...found].slice(0, 50)
}

function findErrors(flat: string): readonly string[] {
  const found = new Set<string>()
  const forms = [
    /["'](?:error|suberror)["']\s?[:=]>?\s?["']([a-z_]{4,60})["']/g,
    /\berror=["']?([a-z_]{4,60})\b/g,
    /(?:^|[\s(])(invalid_(?:client|grant|request|scope|resource|tenant|token|instance)|unauthorized_client|interaction_required|consent_required|login_required|access_denied|temporarily_unavailable|server_error|authorization_pending|expired_token)\b/g,
  ]
  for (const form of forms) for (const match of flat.matchAll(form)) if (match[1] !== undefined) found.add(match[1])
  return [...found].slice(0, 20)
}

function findStatuses(flat: string): readonly number[] {
  const found = new Set<number>()
  const form =
    /(?:\bstatus(?:[ _]?code)?["']?\s?(?:is|was|of|=|:)?\s?["']?|RESPONSE |HTTP\/\d(?:\.\d)? |http error: |\bHTTP (?:Error )?|answered |Error code: )(\d{3})\b/gi
  for (const match of flat.matchAll(form)) found.add(Number(match[1]))
  return [...found].slice(0, 20)
}

/** The first form that is there wins; each quotes what the services write. */
const forms: Readonly<Record<keyof Facts, readonly RegExp[]>> = {
  tenantId: [
    // Of two tenants the one that is expected, not the one that made the token.
    new RegExp(
      `(?:must match the tenant|Expected one of|expected issuer|ValidIssuer:).{0,40}?sts\\.windows\\.net/(${guid})`,
      'i',
    ),
    new RegExp(`login\\.[a-z.]{1,60}/(${guid})`, 'i'),
    new RegExp(`\\bTenant '(${guid})'`, 'i'),
    new RegExp(`sts\\.windows\\.net/(${guid})`, 'i'),
    new RegExp(`(?<!\\bToken )\\btenant(?:[ _]?id)?["':= ]{1,4}(${guid})`, 'i'),
    /\blogin\.[a-z.]{1,60}\/([a-z0-9-]{1,60}\.[a-z0-9.-]{2,80})\/(?:oauth2|v2\.0)/i,
  ],
  clientId: [
    new RegExp(
      `(?:Application|app(?:lication)? with (?:ID|identifier)|added to app|keys for app|Client app ID:?|client_id[=:"' ]{1,4}|client[ _]?id[:=]?) ?['"]?(${guid})`,
      'i',
    ),
    new RegExp(`\\bapp(?:id|lication id)[=:"' ]{1,4}(${guid})`, 'i'),
    new RegExp(`application '(${guid})'`, 'i'),
  ],
  objectId: [new RegExp(`\\b(?:object id|oid|principal)[=:"'\`\\[ ]{1,4}(${guid})`, 'i')],
  resource: [
    /resource principal named (\S{1,200}) was not found/i,
    /Resource value from request: (\S{1,200}?)\.?(?:\s|$)/i,
    /\bresource=["']?(https?[^\s"'&<>]{1,200})/i,
    /access to the resource '([^']{1,200})'/i,
    new RegExp(`authentication to access '(${guid})'`, 'i'),
  ],
  user: [/\b([\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4})\b/],
  subject: [
    /assertion subject '([^']{1,300})'/i,
    /Assertion Subject: '([^']{1,300})'/i,
    /subject claim - (\S{1,300})/i,
  ],
  issuer: [/assertion issuer '([^']{1,300})'/i, /Assertion Issuer: '([^']{1,300})'/i, /\bissuer - (https:\S{1,300})/i],
  audience: [/assertion audience '([^']{1,300})'/i, /Assertion Audience: '([^']{1,300})'/i],
  action: [
    /perform action[s]? ['[]([\w./*-]{3,200})/i,
    /data action `([\w./*-]{3,200})`/i,
    /\bAction: '([\w./*-]{3,200})'/i,
  ],
  scope: [/over scope '([^']{1,400})'/i, /\bResource: '(\/subscriptions\/[^']{1,400})'/i],
  redirectUri: [/redirect URI '([^']{1,300})'/i],
  correlationId: [new RegExp(`correlation[ _-]?id["']?\\s?[:=]?\\s?["']?(${guid})`, 'i')],
  traceId: [
    new RegExp(`trace[ _-]?id["']?\\s?[:=]?\\s?["']?(${guid})`, 'i'),
    new RegExp(`\\brequest-?id["']?\\s?[:=]\\s?["']?(${guid})`, 'i'),
  ],
  timestamp: [/timestamp["']?\s?[:=]?\s?["']?(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\dZ?)/i],
}

function findFacts(flat: string): Facts {
  const facts: Partial<Record<keyof Facts, string>> = {}
  for (const [name, expressions] of Object.entries(forms) as [keyof Facts, readonly RegExp[]][]) {
    for (const expression of expressions) {
      const value = expression.exec(flat)?.[1]
      if (value === undefined || /^0{8}-/.test(value) || value.includes('***')) continue
      facts[name] = value
      break
    }
  }
  return facts
}
