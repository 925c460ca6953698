/** Whose token a credential gave, in the few members of the contract and in one line. The token itself goes no further. */
import type { AccessToken, CredentialName } from '../engine/types.ts'
import { findApplication } from '../jwt/claims.ts'
import { decodeToken } from '../jwt/decode.ts'
import { describeIdentity } from '../jwt/identity.ts'

export interface ReportedIdentity {
  readonly type: 'user' | 'service-principal' | 'managed-identity'
  readonly name: string | null
  readonly objectId: string | null
  readonly tenantId: string | null
}

/** What a token is taken for that does not say it of itself. */
const kinds: Readonly<Partial<Record<CredentialName, ReportedIdentity['type']>>> = {
  ManagedIdentityCredential: 'managed-identity',
  EnvironmentCredential: 'service-principal',
  WorkloadIdentityCredential: 'service-principal',
  ClientSecretCredential: 'service-principal',
  ClientCertificateCredential: 'service-principal',
  ClientAssertionCredential: 'service-principal',
  AzurePipelinesCredential: 'service-principal',
  GitHubActionsCredential: 'service-principal',
}

/** Null where neither the token nor the credential tells whose it is. */
export function identifyToken(token: AccessToken, credential: CredentialName): ReportedIdentity | null {
  const decoded = decodeToken(token.token.reveal())
  const identity = decoded.ok ? describeIdentity(decoded.value.claims, findApplication) : null
  const told = identity === null || identity.type === 'unknown' ? null : identity.type
  // To a token an app is an app; only the credential knows that it is an identity of Azure's. Cloud Shell's is a person's.
  const isManaged = credential === 'ManagedIdentityCredential' && told !== 'user'
  const type = isManaged ? 'managed-identity' : (told ?? kinds[credential] ?? null)
  if (type === null) return null
  return {
    type,
    name: identity?.name ?? identity?.appId ?? null,
    objectId: identity?.objectId ?? null,
    tenantId: identity?.tenantId ?? token.tenantId ?? null,
  }
}
