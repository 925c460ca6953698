/** Microsoft's own public clients, as every tenant has them: what people sign in with when they name no app of their own. */

interface Row {
  readonly clientId: string
  readonly name: string
}

export const knownClients: readonly Row[] = [
  { clientId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46', name: 'Microsoft Azure CLI' },
  { clientId: '1950a258-227b-4e31-a9cf-717495945fc2', name: 'Microsoft Azure PowerShell' },
  { clientId: 'aebc6443-996d-45c2-90f0-388ff96faa56', name: 'Visual Studio Code' },
  { clientId: '04f0c124-f2bc-4f59-8241-bf6df9866bbd', name: 'Visual Studio' },
]

/** Where they are registered: Microsoft's own tenant. */
export const microsoftTenant = 'f8cdef31-a31e-4b4a-93e4-5f571e91255a'

/** What they may do at Microsoft Graph; at every other API of Microsoft it is `user_impersonation`. */
export const graphPermissions = ['Directory.AccessAsUser.All', 'User.Read'] as const
