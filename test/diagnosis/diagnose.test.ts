import { describe, expect, test } from 'vitest'
import { codeCauses } from '../../src/diagnosis/code-causes.ts'
import { diagnose, needsPerson } from '../../src/diagnosis/diagnose.ts'
import { problem, type StsRefusal } from '../../src/engine/problems.ts'
import { allAadsts, findAadsts } from '../../src/knowledge/aadsts.ts'
import { causes } from '../../src/knowledge/causes.ts'

function refusal(facts: Partial<StsRefusal>): StsRefusal {
  return {
    error: 'invalid_client',
    description: '',
    codes: [],
    status: 401,
    authority: 'https://login.microsoftonline.com',
    tenantId: 'contoso.com',
    clientId: '11111111-2222-3333-4444-555555555555',
    ...facts,
  }
}

describe('the tables', () => {
  test('every code is there once and says what it means, what to do and who told', () => {
    const entries = allAadsts()
    expect(entries.length).toBeGreaterThanOrEqual(513)
    expect(new Set(entries.map(({ code }) => code)).size).toBe(entries.length)
    for (const { code, meaning, fix, source } of entries) {
      expect(code).toMatch(/^AAD(STS|B2C)\d+$/)
      expect(meaning, code).not.toBe('')
      expect(fix, code).not.toBe('')
      expect(source, code).not.toBe('')
    }
  })

  test('a code that points to a cause is a known code', () => {
    for (const code of Object.keys(codeCauses)) expect(findAadsts(code), code).toBeDefined()
  })

  test('every cause has a meaning and a fix', () => {
    for (const [id, { meaning, fix }] of Object.entries(causes)) {
      expect(id).toMatch(/^[a-z][a-z0-9-]+$/)
      expect(meaning, id).not.toBe('')
      expect(fix, id).not.toBe('')
    }
  })
})

describe('diagnose', () => {
  test('a wrong secret: its cause, and a command with the real client id', () => {
    const found = diagnose(problem('token-refused', refusal({ codes: ['AADSTS7000215'] })))
    expect(found.codes).toEqual(['AADSTS7000215'])
    expect(found.causes).toEqual(['secret-invalid'])
    expect(found.hints).toHaveLength(1)
    expect(found.hints[0]?.command).toBe(
      'az ad app credential reset --id 11111111-2222-3333-4444-555555555555 --append',
    )
    expect(found.hints[0]?.text).not.toContain('az ad')
  })

  test.each([
    [
      'wrong-password',
      'AZURE_CLIENT_CERTIFICATE_PATH',
      'give the password of this file: AZURE_CLIENT_CERTIFICATE_PASSWORD',
    ],
    ['password-needed', '--certificate', 'give the password of this file: --certificate-password-file FILE'],
    ['password-needed', 'certificate', 'give the password of this file'],
    ['no-private-key', '--certificate', 'put the private key into the same file (--certificate)'],
    ['no-certificate', '--certificate', 'put the certificate into the same file (--certificate)'],
    ['key-mismatch', 'x', 'see that the first certificate in the file is the one of its private key (x)'],
    ['not-rsa', 'x', 'make a certificate with an RSA key: Entra takes no other'],
    ['malformed', 'x', 'one file with the leaf and its private key, in PEM or PFX'],
  ] as const)('a certificate that cannot be used, %s: what mends that', (reason, source, text) => {
    const found = diagnose(problem('certificate-unusable', { reason, source, detail: '', format: 'pem' }))
    expect(found).toEqual({ codes: [], causes: ['cert-unreadable'], hints: [{ text }] })
  })

  test('of several missing inputs each is named, with what would give it', () => {
    const inputs = [
      { name: 'tenant', sources: ['--tenant', 'AZURE_TENANT_ID'] },
      { name: 'client id', sources: ['--client-id'] },
      { name: 'token file', sources: ['--federated-token-file'] },
    ]
    const hintsOf = (count: number) => diagnose(problem('inputs-missing', { inputs: inputs.slice(0, count) })).hints
    expect(hintsOf(1)).toEqual([{ text: 'give the tenant: --tenant or AZURE_TENANT_ID' }])
    expect(hintsOf(3)).toEqual([
      {
        text: 'give the tenant (--tenant or AZURE_TENANT_ID), the client id (--client-id) and the token file (--federated-token-file)',
      },
    ])
  })

  test.each([
    ['not-found', 'put the file there, or correct --certificate: there is no /x'],
    ['denied', 'let this user read /x (--certificate)'],
    ['is-folder', 'name a file in --certificate that can be read: /x cannot'],
  ] as const)('a file that cannot be read, %s: what mends that', (code, text) => {
    const error = { code, path: '/x', detail: '' }
    expect(diagnose(problem('file-unreadable', { what: 'x', source: '--certificate', error })).hints).toEqual([
      { text },
    ])
  })

  test('an unknown code has no cause rather than a wrong one', () => {
    const found = diagnose(problem('token-refused', refusal({ codes: ['AADSTS1234567'] })))
    expect(found).toEqual({ codes: ['AADSTS1234567'], causes: [], hints: [] })
  })

  test('half-set variables: which to set', () => {
    const found = diagnose(
      problem('environment-incomplete', {
        set: ['AZURE_TENANT_ID'],
        missing: ['AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET'],
      }),
    )
    expect(found.causes).toEqual(['env-incomplete'])
    expect(found.hints[0]?.text).toBe('set AZURE_CLIENT_ID and AZURE_CLIENT_SECRET as well, or unset the others')
  })

  test('no variables at all is no mistake', () => {
    expect(diagnose(problem('environment-incomplete', { set: [], missing: ['AZURE_TENANT_ID'] })).causes).toEqual([])
  })

  test.each([
    ['dns', 'dns-failure'],
    ['tls', 'tls-trust'],
    ['refused', 'network-blocked'],
    ['timeout', 'network-blocked'],
  ] as const)('network %s is %s', (code, cause) => {
    expect(diagnose(problem('network', { code, host: 'login.microsoftonline.com', detail: '' })).causes).toEqual([
      cause,
    ])
  })
})

test.each<[Partial<StsRefusal>, boolean]>([
  [{ error: 'interaction_required' }, true],
  [{ error: 'invalid_grant', codes: ['AADSTS50079'] }, true],
  [{ error: 'invalid_grant', codes: ['AADSTS65001'] }, true],
  [{ error: 'invalid_client', codes: ['AADSTS7000222'] }, false],
  [{ error: 'invalid_grant', codes: ['AADSTS53003'] }, false],
  [{ error: 'invalid_grant', codes: [] }, false],
])('needsPerson: %j is %s', (facts, answer) => {
  expect(needsPerson(refusal(facts))).toBe(answer)
})
