import { describe, expect, test } from 'vitest'
import { describeDetection, detectHost, findSender, variablesOf } from '../../src/engine/managed-identity/detect.ts'
import type { HostName } from '../../src/engine/managed-identity/facts.ts'
import { managedIdentityProfile } from '../../src/engine/managed-identity/profile.ts'

const python = managedIdentityProfile('python')

interface Case {
  /** Names that are set, to `x`; `NAME=` is set to nothing. */
  readonly set: string
  readonly host: HostName | null
  readonly because: string
  readonly otherwise: string | undefined
}

const cases: readonly Case[] = [
  { set: '', host: 'imds', because: '', otherwise: undefined },
  { set: 'IDENTITY_HEADER', host: 'imds', because: '', otherwise: undefined },
  { set: 'IMDS_ENDPOINT', host: 'imds', because: '', otherwise: undefined },
  { set: 'MSI_SECRET', host: 'imds', because: '', otherwise: undefined },
  { set: 'IDENTITY_ENDPOINT=', host: 'imds', because: '', otherwise: undefined },
  {
    set: 'IDENTITY_ENDPOINT IDENTITY_HEADER',
    host: 'app-service',
    because: 'IDENTITY_ENDPOINT IDENTITY_HEADER',
    otherwise: 'IMDS',
  },
  {
    set: 'IDENTITY_ENDPOINT IDENTITY_HEADER IDENTITY_SERVER_THUMBPRINT MSI_ENDPOINT',
    host: 'service-fabric',
    because: 'IDENTITY_ENDPOINT IDENTITY_HEADER IDENTITY_SERVER_THUMBPRINT',
    otherwise: 'Cloud Shell (MSI_ENDPOINT)',
  },
  {
    set: 'IDENTITY_ENDPOINT IMDS_ENDPOINT',
    host: 'azure-arc',
    because: 'IDENTITY_ENDPOINT IMDS_ENDPOINT',
    otherwise: 'IMDS',
  },
  { set: 'IDENTITY_ENDPOINT', host: null, because: 'IDENTITY_ENDPOINT', otherwise: 'IMDS' },
  {
    set: 'IDENTITY_ENDPOINT MSI_ENDPOINT MSI_SECRET',
    host: null,
    because: 'IDENTITY_ENDPOINT',
    otherwise: 'Azure ML (MSI_ENDPOINT, MSI_SECRET)',
  },
  { set: 'MSI_ENDPOINT MSI_SECRET', host: 'azure-ml', because: 'MSI_ENDPOINT MSI_SECRET', otherwise: 'IMDS' },
  { set: 'MSI_ENDPOINT MSI_SECRET=', host: 'cloud-shell', because: 'MSI_ENDPOINT', otherwise: 'IMDS' },
  { set: 'MSI_ENDPOINT', host: 'cloud-shell', because: 'MSI_ENDPOINT', otherwise: 'IMDS' },
  {
    set: 'AZURE_AUTHORITY_HOST AZURE_TENANT_ID AZURE_FEDERATED_TOKEN_FILE',
    host: 'token-exchange',
    because: 'AZURE_AUTHORITY_HOST AZURE_TENANT_ID AZURE_FEDERATED_TOKEN_FILE',
    otherwise: 'IMDS',
  },
  {
    set: 'MSI_ENDPOINT AZURE_AUTHORITY_HOST AZURE_TENANT_ID AZURE_FEDERATED_TOKEN_FILE',
    host: 'cloud-shell',
    because: 'MSI_ENDPOINT',
    otherwise: 'token exchange (workload identity) (AZURE_AUTHORITY_HOST, AZURE_TENANT_ID, AZURE_FEDERATED_TOKEN_FILE)',
  },
]

describe('which host, why, and what otherwise', () => {
  test.each(cases)('$set → $host', ({ set, host, because, otherwise }) => {
    const detection = detectHost(python, toVariables(set))
    expect(detection.host).toBe(host)
    expect(detection.because.join(' ')).toBe(because)
    expect(describeDetection(detection, null, null).otherwise).toBe(otherwise)
  })

  test('the second look counts an empty variable as set', () => {
    expect(findSender(python, 'app-service', toVariables('IDENTITY_ENDPOINT IDENTITY_HEADER'), null)).toBe(
      'app-service',
    )
    expect(
      findSender(
        python,
        'app-service',
        toVariables('IDENTITY_ENDPOINT IDENTITY_HEADER IDENTITY_SERVER_THUMBPRINT='),
        null,
      ),
    ).toBe('service-fabric')
    expect(
      findSender(python, 'azure-arc', toVariables('IDENTITY_ENDPOINT IMDS_ENDPOINT MSI_ENDPOINT MSI_SECRET'), null),
    ).toBe('azure-ml')
  })

  test('where only IMDS is left, the agent of Arc decides', () => {
    expect(findSender(python, 'imds', new Map(), null)).toBe(null)
    expect(findSender(python, 'imds', new Map(), true)).toBe('azure-arc')
    expect(findSender(python, 'imds', new Map(), false)).toBe('imds')
    const choice = describeDetection(detectHost(python, new Map()), 'azure-arc', '/opt/azcmagent/bin/himds')
    expect(choice).toEqual({
      what: 'managed identity host: IMDS, asked as Azure Arc',
      because: ['/opt/azcmagent/bin/himds'],
    })
  })

  test('every SDK has rows of its own', () => {
    const sdks = ['python', 'js', 'dotnet', 'java', 'go'] as const
    const rows = sdks.map((sdk) => managedIdentityProfile(sdk))
    // One that has none yet is given Python's.
    expect(new Set(rows).size).toBeGreaterThanOrEqual(4)
  })

  test('every host can be detected, asked and retried, and no variable is looked at twice', () => {
    const names = variablesOf(python)
    expect(new Set(names).size).toBe(names.length)
    const hosts = python.detection.map((row) => row.host).filter((host) => host !== null)
    expect([...hosts].sort()).toEqual(
      ['app-service', 'azure-arc', 'azure-ml', 'cloud-shell', 'imds', 'service-fabric', 'token-exchange'].sort(),
    )
    expect(Object.keys(python.retries).sort()).toEqual(Object.keys(python.apiVersions).sort())
  })
})

function toVariables(set: string): ReadonlyMap<string, string> {
  const words = set.split(' ').filter((word) => word !== '')
  return new Map(words.map((word) => (word.endsWith('=') ? [word.slice(0, -1), ''] : [word, 'x'])))
}
