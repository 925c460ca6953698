/** Every credential that this version has, and every name by which people call one. */
import { authorizationCodeCredential } from './credentials/authorization-code.ts'
import { azureCliCredential } from './credentials/azure-cli.ts'
import { azureDeveloperCliCredential } from './credentials/azure-developer-cli.ts'
import { azurePipelinesCredential } from './credentials/azure-pipelines.ts'
import { azurePowerShellCredential } from './credentials/azure-powershell.ts'
import { brokerCredential } from './credentials/broker.ts'
import { clientAssertionCredential } from './credentials/client-assertion.ts'
import { clientCertificateCredential } from './credentials/client-certificate.ts'
import { clientSecretCredential } from './credentials/client-secret.ts'
import { deviceCodeCredential } from './credentials/device-code.ts'
import { environmentCredential } from './credentials/environment.ts'
import { githubActionsCredential } from './credentials/github-actions.ts'
import { intelliJCredential } from './credentials/intellij.ts'
import { interactiveBrowserCredential } from './credentials/interactive-browser.ts'
import { managedIdentity } from './credentials/managed-identity.ts'
import { onBehalfOfCredential } from './credentials/on-behalf-of.ts'
import { sharedTokenCacheCredential } from './credentials/shared-token-cache.ts'
import { visualStudioCredential } from './credentials/visual-studio.ts'
import { visualStudioCodeCredential } from './credentials/visual-studio-code.ts'
import { workloadIdentityCredential } from './credentials/workload-identity.ts'
import { nearestName } from './nearest.ts'
import { type CredentialDefinition, type CredentialName, credentialNames } from './types.ts'

export const credentialDefinitions: readonly CredentialDefinition[] = [
  environmentCredential,
  workloadIdentityCredential,
  managedIdentity,
  sharedTokenCacheCredential,
  visualStudioCredential,
  intelliJCredential,
  visualStudioCodeCredential,
  azureCliCredential,
  azurePowerShellCredential,
  azureDeveloperCliCredential,
  interactiveBrowserCredential,
  brokerCredential,
  deviceCodeCredential,
  authorizationCodeCredential,
  clientSecretCredential,
  clientCertificateCredential,
  clientAssertionCredential,
  azurePipelinesCredential,
  githubActionsCredential,
  onBehalfOfCredential,
]

/** What a name that a person typed stands for. */
export type CredentialMatch =
  | { readonly kind: 'found'; readonly definition: CredentialDefinition }
  /** One of the SDKs' that is not to be used. */
  | { readonly kind: 'refused'; readonly name: string; readonly reason: string }
  /** One of the SDKs' that this version does not have. */
  | { readonly kind: 'absent'; readonly name: CredentialName }
  | { readonly kind: 'unknown'; readonly suggestion: string | null }

const known = new Map<string, CredentialName>()
for (const name of credentialNames) {
  const definition = credentialDefinitions.find((each) => each.name === name)
  for (const spelling of [name, ...(definition?.aliases ?? [])]) known.set(canonical(spelling), name)
}

/** `AzureCliCredential`, `AzureCLICredential`, `azure-cli` and `azurecli` are one name. */
function canonical(name: string): string {
  return name
    .toLowerCase()
    .replace(/[-_]/g, '')
    .replace(/credential$/, '')
}

/** The credential that a class name, a short name or another SDK's spelling of either stands for, in any case. */
export function findCredential(text: string): CredentialMatch {
  const wanted = canonical(text)
  const name = known.get(wanted)
  if (name !== undefined) {
    const definition = credentialDefinitions.find((each) => each.name === name)
    return definition === undefined ? { kind: 'absent', name } : { kind: 'found', definition }
  }
  if (wanted === 'usernamepassword') {
    return {
      kind: 'refused',
      name: 'UsernamePasswordCredential',
      reason:
        'it hands a password over, cannot do MFA, and is deprecated in every SDK (https://aka.ms/azsdk/identity/mfa)',
    }
  }
  const shortNames = credentialDefinitions.map(shortNameOf)
  return {
    kind: 'unknown',
    suggestion: nearestName(text, [...shortNames, ...credentialDefinitions.map((each) => each.name)]),
  }
}

/** `azure-cli`: what help and completions show. */
export function shortNameOf({ name, aliases }: Pick<CredentialDefinition, 'name' | 'aliases'>): string {
  return aliases[0] ?? name
}
