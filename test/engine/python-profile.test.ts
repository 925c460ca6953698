/** Python's words. The texts were recorded from azure-identity 1.27.0 over a scripted transport. */
import { describe, expect, test } from 'vitest'
import { type Problem, problem, type StsRefusal } from '../../src/engine/problems.ts'
import { wordProblem } from '../../src/engine/profiles/profile.ts'
import { findProfile } from '../../src/engine/profiles/profiles.ts'
import type { Attempt, AttemptOutcome, CredentialName } from '../../src/engine/types.ts'

const profile = findProfile('python')
const noConfiguration =
  'Authentication failed: Unable to get authority configuration for https://login.microsoftonline.com/tenant. Authority would typically be in a format of https://login.microsoftonline.com/your_tenant or https://tenant_name.ciamlogin.com or https://tenant_name.b2clogin.com/tenant.onmicrosoft.com/policy.  Also please double check your tenant name or GUID is correct.'

function refusal(changes: Partial<StsRefusal>): Problem {
  return problem('token-refused', {
    error: 'invalid_client',
    description: 'AADSTS7000215: Invalid client secret.\r\nTrace ID: x',
    codes: ['AADSTS7000215'],
    status: 401,
    authority: 'login.microsoftonline.com',
    tenantId: 'tenant',
    ...changes,
  })
}

function unreadable(status: number, excerpt: string): Problem {
  return problem('token-answer-unreadable', {
    authority: 'login.microsoftonline.com',
    status,
    contentType: '',
    excerpt,
  })
}

describe('one credential', () => {
  test.each([
    [refusal({}), 'Authentication failed: AADSTS7000215: Invalid client secret.\r\nTrace ID: x'],
    [refusal({ description: '', codes: [] }), 'Authentication failed: invalid_client'],
    [
      refusal({ description: 'AADSTS50196: loop', codes: ['AADSTS50196'], status: 429 }),
      'Authentication failed: AADSTS50196: loop',
    ],
    [
      refusal({ description: 'AADSTS90033: transient', codes: ['AADSTS90033'], status: 503 }),
      'Authentication failed: HTTP Error: 503',
    ],
    [
      refusal({ error: 'invalid_tenant', description: 'AADSTS90002: not found', codes: ['AADSTS90002'], status: 400 }),
      noConfiguration,
    ],
    [
      refusal({ error: 'invalid_tenant', description: 'AADSTS900023: invalid', codes: ['AADSTS900023'], status: 400 }),
      noConfiguration,
    ],
    [unreadable(200, '<html>hi</html>'), 'Authentication failed: Expecting value: line 1 column 1 (char 0)'],
    [unreadable(403, '<html>hi</html>'), 'Authentication failed: Expecting value: line 1 column 1 (char 0)'],
    [unreadable(200, ''), 'Authentication failed: Expecting value: line 1 column 1 (char 0)'],
    [unreadable(200, '{"x":1}'), 'Authentication failed: None'],
    [unreadable(503, '<html>hi</html>'), 'Authentication failed: HTTP Error: 503'],
    [
      problem('authority-untrusted', { authority: 'https://private.example' }),
      "Authentication failed: The authority provided, https://private.example, is not well-known. If this authority is valid and trustworthy, you can disable this check by passing in 'disable_instance_discovery=True' when constructing the credential.",
    ],
    [
      problem('input-invalid', {
        what: 'region',
        source: 'AZURE_REGIONAL_AUTHORITY_NAME',
        reason: '',
        value: 'West Europe',
      }),
      "Authentication failed: Invalid azure_region='West Europe'. It must be a lowercase DNS label that starts with a letter, contains only letters, digits, and internal hyphens, and is at most 63 characters.",
    ],
    [
      problem('input-invalid', { what: 'region', source: 'MSAL_FORCE_REGION', reason: '', value: 'Foo Bar' }),
      "Authentication failed: Invalid MSAL_FORCE_REGION='Foo Bar'. It must be a lowercase DNS label that starts with a letter, contains only letters, digits, and internal hyphens, and is at most 63 characters.",
    ],
    [
      problem('network', { code: 'refused', host: '127.0.0.1:1', detail: 'connect ECONNREFUSED 127.0.0.1:1' }),
      "Authentication failed: HTTPSConnection(host='127.0.0.1', port=1): Failed to establish a new connection: [Errno 111] Connection refused",
    ],
    [problem('network', { code: 'protocol', host: '', detail: 'not a URL' }), 'Authentication failed: not a URL'],
    [problem('unexpected', { message: 'conn refused' }), 'Authentication failed: conn refused'],
  ])('%#: %j', (found, text) => {
    expect(wordProblem(profile, 'EnvironmentCredential', found)).toBe(text)
  })

  test.each([
    [
      'ClientSecretCredential',
      ['client id', 'client secret', 'tenant'],
      'client_id should be the id of a Microsoft Entra application',
    ],
    [
      'ClientSecretCredential',
      ['client secret', 'tenant'],
      "secret should be a Microsoft Entra application's client secret",
    ],
    [
      'ClientSecretCredential',
      ['tenant'],
      "tenant_id should be a Microsoft Entra tenant's id (also called its 'directory id')",
    ],
    [
      'ClientCertificateCredential',
      ['certificate'],
      'CertificateCredential requires a value for either "certificate_path" or "certificate_data"',
    ],
  ] as const)('%s without %j', (credential, names, text) => {
    const missing = problem('inputs-missing', { inputs: names.map((name) => ({ name, sources: [] })) })
    expect(wordProblem(profile, credential, missing)).toBe(text)
  })
})

function attempt(credential: CredentialName, outcome: AttemptOutcome, found?: Problem): Attempt {
  return { credential, outcome, elapsedMs: 0, evidence: [], ...(found === undefined ? {} : { problem: found }) }
}

const incomplete = problem('environment-incomplete', { set: [], missing: [] })
const help =
  'To mitigate this issue, please refer to the troubleshooting guidelines here at https://aka.ms/azsdk/python/identity/defaultazurecredential/troubleshoot.'

describe('a whole chain', () => {
  test('byte for byte, tabs and all', () => {
    const text = profile.aggregate('DefaultAzureCredential', [
      attempt('EnvironmentCredential', 'unavailable', incomplete),
    ])
    expect(text).toBe(
      `DefaultAzureCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n\tEnvironmentCredential: EnvironmentCredential authentication unavailable. Environment variables are not fully configured.\nVisit https://aka.ms/azsdk/python/identity/environmentcredential/troubleshoot to troubleshoot this issue.\n${help}`,
    )
  })

  test('the refusal that stopped it is its last line; what was not reached or left out is in none', () => {
    const text = profile.aggregate('DefaultAzureCredential', [
      attempt('EnvironmentCredential', 'failed', refusal({})),
      attempt('ManagedIdentityCredential', 'not-attempted'),
      attempt('AzureCliCredential', 'excluded'),
    ])
    expect(text).toBe(
      `DefaultAzureCredential failed to retrieve a token from the included credentials.\nAttempted credentials:\n\tEnvironmentCredential: Authentication failed: AADSTS7000215: Invalid client secret.\r\nTrace ID: x\n${help}`,
    )
  })

  test('a hand-made chain has its own name, and Python’s name for the certificate', () => {
    const text = profile.aggregate('ChainedTokenCredential', [
      attempt('EnvironmentCredential', 'unavailable', incomplete),
      attempt('ClientCertificateCredential', 'failed', refusal({})),
    ])
    expect(text).toMatch(/^ChainedTokenCredential failed to retrieve/)
    expect(text).toContain('\n\tCertificateCredential: Authentication failed: AADSTS7000215')
  })

  test('a credential that cannot even be made raises by itself', () => {
    const unmade = problem('input-invalid', {
      what: 'client secret',
      source: 'AZURE_CLIENT_SECRET',
      reason: 'is set, but empty',
    })
    expect(profile.aggregate('DefaultAzureCredential', [attempt('EnvironmentCredential', 'failed', unmade)])).toBe(
      "secret should be a Microsoft Entra application's client secret",
    )
    const region = problem('input-invalid', { what: 'region', source: 'MSAL_FORCE_REGION', reason: '', value: '' })
    expect(profile.aggregate('DefaultAzureCredential', [attempt('EnvironmentCredential', 'failed', region)])).toContain(
      '\n\tEnvironmentCredential: Authentication failed: Invalid MSAL_FORCE_REGION',
    )
  })
})

test('the order is the SDK’s, and every special link is one of it', () => {
  expect(new Set(profile.order).size).toBe(profile.order.length)
  const { dev, prod, names } = profile.tokenCredentials
  for (const name of [...profile.offByDefault, ...profile.developerLinks, ...dev, ...prod, ...names]) {
    expect(profile.order).toContain(name)
  }
  expect(names.map((name) => name.toLowerCase())).toEqual([...names].map((name) => name.toLowerCase()).sort())
})
