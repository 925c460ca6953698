/** Which of a person's variables a child in the sandbox must not see: those that would sign it in elsewhere. */

/** Read by the SDKs, the CLIs or azid to find an identity. What an application configures for itself (`AZURE_OPENAI_ENDPOINT`) stays. */
const names: ReadonlySet<string> = new Set([
  'AZURE_ACCESS_TOKEN_FILE',
  'AZURE_ADDITIONALLY_ALLOWED_TENANTS',
  'AZURE_AUTHORITY_HOST',
  'AZURE_AUTH_LOCATION',
  'AZURE_CLIENT_CERTIFICATE_PASSWORD',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_SEND_CERTIFICATE_CHAIN',
  'AZURE_CREDENTIALS',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_KUBERNETES_CA_DATA',
  'AZURE_KUBERNETES_CA_FILE',
  'AZURE_KUBERNETES_SNI_NAME',
  'AZURE_KUBERNETES_TOKEN_PROXY',
  'AZURE_OIDC_REQUEST_TOKEN',
  'AZURE_OIDC_REQUEST_URL',
  'AZURE_OIDC_TOKEN',
  'AZURE_PASSWORD',
  'AZURE_POD_IDENTITY_AUTHORITY_HOST',
  'AZURE_REGIONAL_AUTHORITY_NAME',
  'AZURE_TENANT_ID',
  'AZURE_TOKEN_CREDENTIALS',
  'AZURE_USERNAME',
  'AZURESUBSCRIPTION_CLIENT_ID',
  'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID',
  'AZURESUBSCRIPTION_TENANT_ID',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
  'ACTIONS_ID_TOKEN_REQUEST_URL',
  'DEFAULT_IDENTITY_CLIENT_ID',
  'GITHUB_ACTIONS',
  'IMDS_ENDPOINT',
  'MSAL_MANAGED_IDENTITY_ENDPOINT',
  'SYSTEM_ACCESSTOKEN',
  'SYSTEM_OIDCREQUESTURI',
])
const prefixes = ['AZID_', 'IDENTITY_', 'MSI_', 'AZURE_IDENTITY_']

/**
 * The changes to the environment of a child: every variable that could give it another identity goes, those of the
 * persona come.
 *
 * @param inherited Names of the variables that the child would see.
 */
export function childEnvironment(
  inherited: readonly string[],
  persona: Readonly<Record<string, string>>,
): Readonly<Record<string, string | undefined>> {
  const removed = inherited.filter((name) => isCredentialVariable(name.toUpperCase()))
  return { ...Object.fromEntries(removed.map((name) => [name, undefined])), ...persona }
}

function isCredentialVariable(name: string): boolean {
  return names.has(name) || prefixes.some((prefix) => name.startsWith(prefix))
}
