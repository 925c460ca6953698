import { describe, expect, test } from 'vitest'
import {
  claimGlossary,
  findApplication,
  findClaim,
  findDirectoryRole,
  findHeaderMember,
  headerGlossary,
  signInMethods,
} from '../../src/jwt/claims.ts'

/** What Entra is known to put into tokens (Microsoft's claim references, and what tokens show). */
const known =
  `ver aud iss tid iat nbf exp appid azp appidacr azpacr idtyp oid sub upn unique_name preferred_username name email
  idp altsecid scp roles wids groups hasgroups _claim_names _claim_sources acr amr acrs xms_cc xms_mirid xms_az_rid
  xms_az_nwperimid xms_tcdt xms_idrel xms_ftd xms_rd xms_ssm xms_tdbr xms_spcu cnf ipaddr deviceid puid family_name given_name
  onprem_sid in_corp pwd_exp pwd_url tenant_region_scope ctry acct uti jti rh aio xms_edov xms_pl xms_tpl ztdid fwd vnet sid
  login_hint auth_time nonce at_hash c_hash tfp emails apptype`.split(/\s+/)

describe('claims: the glossary', () => {
  test.each(known)('knows %s', (name) => {
    expect(findClaim(name)?.meaning).toBeTruthy()
  })

  test.each(['typ', 'alg', 'kid', 'x5t', 'nonce', 'jku', 'jwk', 'x5u', 'x5c', 'crit'])(
    'knows %s of the header',
    (name) => {
      expect(findHeaderMember(name)?.meaning).toBeTruthy()
    },
  )

  test('meanings are one lower-case line without a full stop', () => {
    const rows = [...Object.entries(claimGlossary), ...Object.entries(headerGlossary)]
    for (const [name, { meaning }] of rows)
      expect([name, meaning]).toEqual([name, expect.stringMatching(/^[a-z`].*[^.]$/)])
  })

  test('nothing is found under names that every object has', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty']) {
      expect([findClaim(name), findHeaderMember(name), findApplication(name), findDirectoryRole(name)]).toEqual([
        undefined,
        undefined,
        null,
        null,
      ])
    }
  })

  test('every way to sign in that Entra documents has words', () => {
    for (const method of ['pwd', 'mfa', 'rsa', 'fed', 'wia', 'ngcmfa', 'otp'])
      expect(signInMethods[method]).toBeTruthy()
  })

  test('ids are found in any case', () => {
    expect(findApplication('04B07795-8DDB-461A-BBEE-02F9E1BF7B46')).toBe('Microsoft Azure CLI')
    expect(findDirectoryRole('B79FBF4D-3EF9-4689-8143-76B194E85509')).toBe('default user')
  })
})
