/** A claims challenge: what a service wants in the next token, and the commands that get one. */
import { type Explanation, emptyExplanation, type Section } from './explanation.ts'

export interface Challenge {
  readonly error: string | null
  readonly resource: string | null
  readonly tenant: string | null
  /** As JSON text; null where the header carries none or it cannot be read. */
  readonly claims: string | null
  readonly encoded: string | null
}

/** A header as it is on the wire, or its value alone. Null for anything else. */
export function readChallenge(text: string): Challenge | null {
  const header = /^(?:[<>*]\s)?(?:www-authenticate\s*:\s*)?(bearer|pop)\s+(\w+=[\s\S]{1,20000})$/i.exec(text.trim())
  return header === null ? null : parameters(header[2] ?? '')
}

/** The first challenge with claims within a longer text, else the first challenge; a command that hands claims over counts too. */
export function findChallenge(text: string): Challenge | null {
  const plain = text.slice(0, longestText).replaceAll('\\"', '"')
  let first: Challenge | null = null
  for (const match of plain.matchAll(
    /www-authenticate["']?\s{0,3}[:=]\s{0,3}\[?["']?(?:bearer|pop)\s+([^\n]{4,8000})/gi,
  )) {
    const challenge = parameters(match[1] ?? '')
    if (challenge.claims !== null) return challenge
    first ??= challenge
  }
  // What Entra itself answers where a policy wants more: the claims are not encoded.
  const asked = /"claims"\s?:\s?"(\{"(?:access_token|id_token)"[^\n]{4,4000}?\}\})"/.exec(plain)?.[1]
  if (asked !== undefined && decodeClaims(asked) !== null)
    return {
      error: 'interaction_required',
      resource: /to access '([\da-f-]{36})'/i.exec(plain)?.[1] ?? null,
      tenant: null,
      claims: decodeClaims(asked),
      encoded: Buffer.from(asked).toString('base64'),
    }
  const handed = /--claims(?:-challenge)?[= ]["']?(eyJ[\w+/=-]{10,4000})(?![\w.])/.exec(plain)?.[1]
  if (handed === undefined) return first
  const claims = decodeClaims(handed)
  return claims === null ? first : { error: null, resource: null, tenant: null, claims, encoded: handed }
}

const longestText = 256 * 1024

/** What a challenge inside a failure wants, and how to answer it. */
export function challengeSections(text: string): readonly Section[] {
  const challenge = findChallenge(text)
  if (challenge === null || (challenge.claims === null && challenge.resource === null)) return []
  const [header, ...commands] = explainChallenge(challenge).sections
  return header === undefined ? [] : [{ ...header, title: "the service's challenge in it" }, ...commands]
}

function parameters(value: string): Challenge {
  const found = new Map<string, string>()
  for (const match of value.matchAll(/\b(\w{2,40})\s?=\s?(?:"([^"]{0,8000})"|([^\s,"]{1,8000}))/g)) {
    found.set((match[1] ?? '').toLowerCase(), match[2] ?? match[3] ?? '')
  }
  const encoded = found.get('claims') ?? null
  const authority = found.get('authorization_uri') ?? found.get('authorization') ?? ''
  return {
    error: found.get('error') ?? null,
    resource: found.get('resource') ?? found.get('resource_id') ?? null,
    tenant: /login\.[\w.]{1,60}\/([\w.-]{1,100})/.exec(authority)?.[1] ?? null,
    claims: encoded === null ? null : decodeClaims(encoded),
    encoded,
  }
}

function decodeClaims(encoded: string): string | null {
  const text = encoded.trim().startsWith('{') ? encoded : Buffer.from(encoded, 'base64').toString('utf8')
  try {
    const parsed: unknown = JSON.parse(text)
    return typeof parsed === 'object' && parsed !== null ? JSON.stringify(parsed) : null
  } catch {
    return null
  }
}

const wanted: Readonly<Record<string, string>> = {
  nbf: 'a token that is newer than a moment: something about the account changed',
  xms_rp_ipaddr: 'a token for the address that the service sees: sign-in and service see different ones',
  acrs: 'an authentication context: a step-up such as MFA for this action',
  capolids: 'a token that satisfies a Conditional Access policy',
  xms_caeerror: 'a token that says why the last one was refused',
  deviceid: 'a token that is bound to a registered device',
}

export function explainChallenge(challenge: Challenge): Explanation {
  const { claims, encoded, error, resource, tenant } = challenge
  const names = claims === null ? [] : Object.keys(wanted).filter((name) => claims.includes(`"${name}"`))
  const scope = resource === null ? '<resource>/.default' : `${resource.replace(/\/$/, '')}/.default`
  const safeTenant = tenant === null || tenant === 'common' ? null : tenant
  const commands: Section[] = []
  if (encoded !== null && claims !== null && /^[\w+/=-]{1,8000}$/.test(encoded)) {
    const atTenant = safeTenant === null ? '' : ` --tenant ${safeTenant}`
    const forResource = resource === null ? '' : ` --scope ${scope}`
    commands.push({
      title: 'what to do',
      rows: [
        {
          text: 'a person signs in again for them; an application goes on to the next step',
          command: `azid login${atTenant}${forResource} --claims ${encoded}`,
        },
        {
          text: 'get a token that carries them',
          command: `azid get-token --scope ${scope}${atTenant} --claims ${encoded}`,
        },
        {
          text: 'or sign in again with az (2.76 or newer)',
          command: `az login --claims-challenge ${encoded}${atTenant} --scope ${scope}`,
        },
      ],
    })
  } else if (encoded === null) {
    commands.push({
      title: 'what to do',
      rows: [
        {
          text: 'this challenge wants no claims: it only says whose token is taken',
          command: `azid get-token --scope ${scope}`,
        },
      ],
    })
  } else {
    commands.push({ title: 'what to do', rows: [{ text: 'the claims cannot be read: copy the whole header' }] })
  }
  return {
    ...emptyExplanation,
    kind: 'challenge',
    title: encoded === null ? 'the challenge of a service' : 'a claims challenge',
    summary:
      encoded === null
        ? 'the service got no token, or not one that it takes'
        : 'the service refused a token that may still be valid, and says what the next one has to carry',
    sections: [
      {
        title: 'in the header',
        rows: [
          ...(error === null ? [] : [{ label: 'error', text: error }]),
          ...(resource === null ? [] : [{ label: 'resource', text: resource }]),
          ...(tenant === null ? [] : [{ label: 'tenant', text: tenant }]),
          ...(claims === null ? [] : [{ label: 'claims', text: claims }]),
          ...names.map((name) => ({ label: name, text: wanted[name] ?? '' })),
        ],
      },
      ...commands,
    ],
    facts: { ...(safeTenant === null ? {} : { tenantId: safeTenant }), ...(resource === null ? {} : { resource }) },
    source: 'RFC 6750, OpenID Connect Core 5.5, Entra documents on continuous access evaluation',
  }
}
