/** Variables that are not ours but that azid reads, as data for the help topic and the man page. */

export interface OutsideVariable {
  readonly name: string
  /** One line, lower case, no full stop. */
  readonly meaning: string
}

/** Read by the credentials, as the azure-identity SDKs do. A bad value is that credential's outcome, not a usage error. */
export const sdkVariables: readonly OutsideVariable[] = [
  { name: 'AZURE_TENANT_ID', meaning: 'tenant in which EnvironmentCredential asks: its id or one of its domains' },
  {
    name: 'AZURE_CLIENT_ID',
    meaning: 'app of EnvironmentCredential; in the default chain also the user-assigned managed identity',
  },
  { name: 'AZURE_CLIENT_SECRET', meaning: 'client secret of the app (its value, not its id)' },
  {
    name: 'AZURE_CLIENT_CERTIFICATE_PATH',
    meaning: 'PEM or PKCS#12 file with certificate and key; not used when there is a secret',
  },
  { name: 'AZURE_CLIENT_CERTIFICATE_PASSWORD', meaning: 'password of the certificate file' },
  {
    name: 'AZURE_CLIENT_SEND_CERTIFICATE_CHAIN',
    meaning: 'send the chain too, for subject name and issuer authentication',
  },
  {
    name: 'AZURE_USERNAME',
    meaning: 'account of the shared token cache; refused as a login with AZURE_PASSWORD',
  },
  { name: 'AZURE_PASSWORD', meaning: 'recognised and refused: passwords fail wherever MFA is on' },
  { name: 'AZURE_AUTHORITY_HOST', meaning: 'host to ask for tokens; login.microsoftonline.com without it' },
  {
    name: 'AZURE_ADDITIONALLY_ALLOWED_TENANTS',
    meaning: 'other tenants a credential may ask in, separated by ; (the SDK for Python ignores it)',
  },
  {
    name: 'AZURE_IDENTITY_DISABLE_MULTITENANTAUTH',
    meaning: 'set to anything: always the configured tenant, whatever a request asks for',
  },
  { name: 'AZURE_FEDERATED_TOKEN_FILE', meaning: 'file with the federated token of a workload identity' },
  { name: 'KUBERNETES_SERVICE_HOST', meaning: 'set in every pod: there, a missing federated token is worth a word' },
  { name: 'AZURE_KUBERNETES_TOKEN_PROXY', meaning: 'token proxy of AKS, asked where --enable-azure-proxy is given' },
  { name: 'AZURE_KUBERNETES_SNI_NAME', meaning: 'TLS server name of that proxy' },
  { name: 'AZURE_KUBERNETES_CA_FILE', meaning: 'PEM file of the only authorities trusted for that proxy' },
  { name: 'AZURE_KUBERNETES_CA_DATA', meaning: 'the same as text; one of the two' },
  { name: 'SYSTEM_OIDCREQUESTURI', meaning: 'where a job of Azure Pipelines gets its token' },
  {
    name: 'SYSTEM_ACCESSTOKEN',
    meaning: 'what allows a job of Azure Pipelines to get it; map it in the step: $(System.AccessToken)',
  },
  {
    name: 'AZURESUBSCRIPTION_CLIENT_ID',
    meaning: 'app behind the service connection, as tasks of Azure Pipelines set it',
  },
  { name: 'AZURESUBSCRIPTION_TENANT_ID', meaning: 'its tenant' },
  { name: 'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID', meaning: 'id of the service connection' },
  { name: 'GITHUB_ACTIONS', meaning: 'true in a job of GitHub Actions' },
  {
    name: 'ACTIONS_ID_TOKEN_REQUEST_URL',
    meaning: 'where a job of GitHub Actions gets its token; needs permissions: id-token: write',
  },
  { name: 'ACTIONS_ID_TOKEN_REQUEST_TOKEN', meaning: 'what allows the job to get it' },
  { name: 'AZURE_REGIONAL_AUTHORITY_NAME', meaning: 'region whose token service is asked; true looks for it' },
  { name: 'MSAL_FORCE_REGION', meaning: 'the same, where AZURE_REGIONAL_AUTHORITY_NAME is not set' },
  { name: 'REGION_NAME', meaning: 'the region, where it is to be looked for' },
  { name: 'AZURE_TOKEN_CREDENTIALS', meaning: 'dev, prod or one credential: which part of the default chain runs' },
  {
    name: 'AZURE_POD_IDENTITY_AUTHORITY_HOST',
    meaning: 'address of the instance metadata service, when not 169.254.169.254',
  },
  { name: 'IDENTITY_ENDPOINT', meaning: 'managed identity endpoint of App Service, Arc or Service Fabric' },
  { name: 'IDENTITY_HEADER', meaning: 'secret of that endpoint' },
  { name: 'IDENTITY_SERVER_THUMBPRINT', meaning: 'certificate of the Service Fabric endpoint' },
  { name: 'IMDS_ENDPOINT', meaning: 'with IDENTITY_ENDPOINT: this is an Azure Arc machine' },
  { name: 'MSI_ENDPOINT', meaning: 'managed identity endpoint of Azure ML or Cloud Shell' },
  { name: 'MSI_SECRET', meaning: 'secret of that endpoint' },
  { name: 'AZURE_CLOUD_NAME', meaning: 'cloud that az uses, in place of the one it was told to use' },
  { name: 'AZURE_SUBSCRIPTION_ID', meaning: 'whose tenant azd takes where none is asked for' },
  { name: 'AZURE_LOG_LEVEL', meaning: 'verbose or debug: as --debug' },
]

/** Not Azure's at all. */
export const systemVariables: readonly OutsideVariable[] = [
  { name: 'HTTPS_PROXY', meaning: 'proxy for https; never used for loopback and link-local addresses' },
  { name: 'HTTP_PROXY', meaning: 'proxy for http, where that is asked at all' },
  { name: 'NO_PROXY', meaning: 'hosts that are reached without the proxy' },
  { name: 'NODE_EXTRA_CA_CERTS', meaning: 'PEM file of certificate authorities to trust as well' },
  { name: 'NO_COLOR', meaning: 'set and not empty: no colours' },
  { name: 'FORCE_COLOR', meaning: 'colours even where stdout is no terminal' },
  { name: 'CI', meaning: 'set: no spinner, and tokens are cached in memory only' },
  { name: 'XDG_CACHE_HOME', meaning: 'where the token cache lies, in azid; default ~/.cache' },
  { name: 'XDG_STATE_HOME', meaning: 'where the key of AZID_CACHE=file lies, in azid; default ~/.local/state' },
  { name: 'TZ', meaning: 'zone of the local times that whoami shows' },
]
