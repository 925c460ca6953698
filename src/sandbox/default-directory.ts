/** The directory without a file: two tenants, and an app for each story that is worth telling. In the form of the file. */
import type { SandboxDirectory } from './directory.ts'
import { parseDirectory } from './directory-file.ts'

/** Ids of the built-in directory. Microsoft's documentation uses ids of this look for made-up tenants and apps. */
export const defaultIds = {
  contoso: 'aaaabbbb-0000-cccc-1111-dddd2222eeee',
  fabrikam: 'bbbbcccc-1111-dddd-2222-eeee3333ffff',
  app: '00001111-aaaa-2222-bbbb-3333cccc4444',
  disabledApp: '11112222-bbbb-3333-cccc-4444dddd5555',
  fabrikamApp: '22223333-cccc-4444-dddd-5555eeee6666',
  partnerApp: '33334444-dddd-5555-eeee-6666ffff7777',
  publicApp: '44445555-eeee-6666-ffff-7777aaaa8888',
} as const

/** What a GitHub job on the main branch presents. */
export const githubCredential = {
  name: 'github-main',
  issuer: 'https://token.actions.githubusercontent.com',
  subject: 'repo:contoso/shop:ref:refs/heads/main',
  audience: 'api://AzureADTokenExchange',
} as const

/** What a pod of AKS presents. */
export const clusterCredential = {
  name: 'aks-shop',
  issuer: `https://westeurope.oic.prod-aks.azure.com/${defaultIds.contoso}/5a9db0e5-0000-4000-8000-0000000000aa/`,
  subject: 'system:serviceaccount:shop:backend',
  audience: 'api://AzureADTokenExchange',
} as const

/** What a stage of Azure Pipelines with a service connection presents. */
export const pipelinesCredential = {
  name: 'pipelines-production',
  issuer: 'https://vstoken.dev.azure.com/7f2b5f4a-0000-4000-8000-0000000000dd',
  subject: 'sc://contoso/shop/azure-production',
  audience: 'api://AzureADTokenExchange',
} as const

/** Of everybody in the built-in directory. Worth nothing anywhere else. */
export const defaultPassword = 'sandbox-password'

/** The JSON that a person would write for it. */
export const defaultDirectoryFile = {
  tenants: [
    { id: defaultIds.contoso, name: 'Contoso', domains: ['contoso.onmicrosoft.com', 'contoso.com'] },
    { id: defaultIds.fabrikam, name: 'Fabrikam', domains: ['fabrikam.onmicrosoft.com'] },
  ],
  apps: [
    {
      clientId: defaultIds.app,
      displayName: 'shop',
      redirectUris: ['https://shop.contoso.com/signin-oidc', 'http://localhost/signin-oidc'],
      objectId: 'aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb',
      secrets: [
        { id: 'cccccccc-0000-1111-2222-dddddddddddd' },
        { id: 'eeeeeeee-0000-1111-2222-ffffffffffff', expires: '2025-01-01T00:00:00Z' },
      ],
      certificates: [{ generate: true }],
      federatedCredentials: [githubCredential, clusterCredential, pipelinesCredential],
      delegatedPermissions: {
        'https://graph.microsoft.com': ['User.Read', 'Mail.Read'],
        'https://management.azure.com': ['user_impersonation'],
        'https://vault.azure.net': ['user_impersonation'],
      },
      roles: { 'https://graph.microsoft.com': ['User.Read.All'], 'api://contoso-orders': ['Orders.Read.All'] },
    },
    { clientId: defaultIds.disabledApp, displayName: 'old-shop', enabled: false, secrets: [{}] },
    { clientId: defaultIds.fabrikamApp, displayName: 'warehouse', tenant: defaultIds.fabrikam, secrets: [{}] },
    {
      clientId: defaultIds.partnerApp,
      displayName: 'partner',
      tenant: defaultIds.fabrikam,
      multiTenant: true,
      secrets: [{}],
    },
    { clientId: defaultIds.publicApp, displayName: 'desktop', publicClient: true, redirectUris: ['http://localhost'] },
  ],
  resources: [
    {
      name: 'orders',
      appId: '55556666-ffff-7777-aaaa-8888bbbb9999',
      identifierUris: ['api://contoso-orders', 'api://55556666-ffff-7777-aaaa-8888bbbb9999'],
      tokenVersion: 2,
    },
    {
      name: 'ledger',
      appId: '66667777-aaaa-8888-bbbb-9999cccc0000',
      identifierUris: ['api://contoso-ledger'],
      tokenVersion: 2,
      assignmentRequired: true,
    },
    {
      name: 'archive',
      appId: '77778888-bbbb-9999-cccc-0000dddd1111',
      identifierUris: ['api://contoso-archive'],
      tokenVersion: 1,
      enabled: false,
    },
  ],
  issuers: [
    { issuer: githubCredential.issuer, generate: true },
    { issuer: clusterCredential.issuer, generate: true },
    { issuer: pipelinesCredential.issuer, generate: true },
  ],
  users: [
    {
      objectId: 'aaaabbbb-0000-4000-8000-000000000001',
      userPrincipalName: 'adele@contoso.onmicrosoft.com',
      displayName: 'Adele Vance',
      password: defaultPassword,
      mfaFor: ['https://vault.azure.net'],
      guestIn: [{ tenant: defaultIds.fabrikam }],
    },
    {
      objectId: 'aaaabbbb-0000-4000-8000-000000000002',
      userPrincipalName: 'megan@contoso.onmicrosoft.com',
      displayName: 'Megan Bowen',
      password: defaultPassword,
      mfaCode: '123456',
      mfaFor: ['https://vault.azure.net'],
    },
    {
      objectId: 'aaaabbbb-0000-4000-8000-000000000003',
      userPrincipalName: 'alex@contoso.onmicrosoft.com',
      displayName: 'Alex Wilber',
      password: defaultPassword,
      enabled: false,
    },
    {
      objectId: 'aaaabbbb-0000-4000-8000-000000000004',
      userPrincipalName: 'nestor@contoso.onmicrosoft.com',
      displayName: 'Nestor Wilke',
      password: defaultPassword,
      blockedFor: ['*'],
    },
    {
      objectId: 'aaaabbbb-0000-4000-8000-000000000005',
      userPrincipalName: 'lynne@fabrikam.onmicrosoft.com',
      displayName: 'Lynne Robbins',
      tenant: defaultIds.fabrikam,
      password: defaultPassword,
    },
  ],
} as const

export function createDefaultDirectory(): SandboxDirectory {
  const parsed = parseDirectory(defaultDirectoryFile)
  if (!parsed.ok) throw new Error(`the built-in directory is wrong: ${parsed.error.path} ${parsed.error.reason}`)
  return parsed.value
}
