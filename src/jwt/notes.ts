/** Everything that `whoami` remarks about a token: stable ids and their texts. Data; an id is never renamed. */

type NoteWeight = 'info' | 'warning'

export interface NoteEntry {
  readonly weight: NoteWeight
  readonly text: string
}

export const noteEntries = {
  opaque: {
    weight: 'info',
    text: 'the token is opaque: only the service it is for can read it, so nothing is known of its owner',
  },
  encrypted: { weight: 'info', text: 'the token is encrypted (JWE): only the service it is for can read it' },
  'refresh-token': {
    weight: 'warning',
    text: 'this looks like a refresh token or an authorization code, not an access token; it is worth more than one: keep it out of logs and tickets',
  },

  expired: { weight: 'warning', text: 'the token has expired' },
  'not-yet-valid': {
    weight: 'warning',
    text: 'the token is not valid yet; if it is new, the clock of this machine is slow',
  },
  'clock-skew': {
    weight: 'info',
    text: 'the token starts a little after the time of this machine; services allow about five minutes of difference',
  },
  'no-expiry': { weight: 'warning', text: 'the token has no `exp` claim: when it expires is unknown' },
  'times-in-milliseconds': {
    weight: 'warning',
    text: 'times in this token look like milliseconds; a JWT counts seconds (RFC 7519), so its reader sees dates far in the future',
  },
  'unreadable-time': {
    weight: 'warning',
    text: 'a time in this token is not a number of seconds in years 1970 to 9999',
  },

  guest: { weight: 'info', text: 'the account is a guest: it lives elsewhere and was invited into this tenant' },
  'personal-account': { weight: 'info', text: 'the account is a personal Microsoft account' },
  'system-assigned': {
    weight: 'info',
    text: 'a system-assigned managed identity: it lives and dies with its resource',
  },
  'user-assigned': { weight: 'info', text: 'a user-assigned managed identity' },
  'certificate-or-federation': {
    weight: 'info',
    text: 'the application proved itself with a certificate or a federated credential; the token does not say which',
  },
  'on-behalf-of': {
    weight: 'info',
    text: 'a confidential application acts for the user: web sign-in or on-behalf-of',
  },
  'device-token': { weight: 'info', text: 'the subject is a device' },

  'id-token': {
    weight: 'warning',
    text: 'this is an ID token: it tells an application who signed in, and no API accepts it as an access token',
  },
  'v1-token': {
    weight: 'info',
    text: 'the format is v1.0, as the resource chose; that says nothing of the endpoint it came from',
  },
  b2c: { weight: 'info', text: 'issued by Azure AD B2C' },
  adfs: { weight: 'info', text: 'issued by AD FS, not by Entra ID' },
  'unknown-issuer': { weight: 'warning', text: 'the issuer is not Entra ID, as far as its name tells' },
  'issuer-tenant-mismatch': {
    weight: 'warning',
    text: '`iss` names another tenant than `tid`: Entra ID does not issue such a token',
  },
  'several-audiences': { weight: 'warning', text: '`aud` holds several audiences; Entra ID gives one' },

  mfa: { weight: 'info', text: 'the sign-in was multi-factor' },
  'auth-context': { weight: 'info', text: 'the sign-in met an authentication context of Conditional Access (`acrs`)' },
  'groups-overage': {
    weight: 'warning',
    text: 'the user is in too many groups for a token: `groups` is missing or cut, ask Microsoft Graph (getMemberObjects)',
  },
  cae: {
    weight: 'info',
    text: 'continuous access evaluation (`xms_cc` holds cp1): it may live for a day, and a claims challenge can end it at any moment',
  },
  'pop-bound': {
    weight: 'info',
    text: 'bound to a key (`cnf`): it is no bearer token, and works only with proof of that key',
  },
  'graph-nonce': {
    weight: 'info',
    text: 'the header has a `nonce`, as tokens for Microsoft Graph do: only the service itself can check the signature',
  },

  unsigned: { weight: 'warning', text: 'the token is not signed (`alg` is none): anyone could have written it' },
  'unusual-algorithm': {
    weight: 'warning',
    text: 'the signature is not RS256, the only algorithm that Entra ID signs with',
  },
  'no-signature': {
    weight: 'warning',
    text: 'the signature is empty, cut or replaced: no service would accept the token like this',
  },
  'repeated-claim': {
    weight: 'warning',
    text: 'a claim occurs more than once: readers may disagree on which one counts',
  },
  'unexpected-type': { weight: 'warning', text: 'a claim is not of the type that Entra ID gives it' },
} as const satisfies Record<string, NoteEntry>

export type NoteId = keyof typeof noteEntries

export interface Note {
  readonly id: NoteId
  readonly text: string
}

export function note(id: NoteId): Note {
  return { id, text: noteEntries[id].text }
}
