/** Where programs run, how that shows, and which credential fits there. Data; first row that shows wins. */

export interface EnvironmentEntry {
  readonly id: string
  readonly name: string
  /** All of these variables are set. */
  readonly all: readonly string[]
  /** And at least one of these, where there are any. */
  readonly any?: readonly string[]
  /** And none of these. */
  readonly none?: readonly string[]
  readonly credential: string
  readonly why: string
  readonly advice?: string
}

export const environments: readonly EnvironmentEntry[] = [
  {
    id: 'github-actions',
    name: 'a job of GitHub Actions',
    all: ['GITHUB_ACTIONS', 'ACTIONS_ID_TOKEN_REQUEST_URL'],
    credential: 'GitHubActionsCredential',
    why: 'the job may ask for id tokens, so no secret is needed; in an SDK, azure/login and then AzureCliCredential',
  },
  {
    id: 'github-actions-no-token',
    name: 'a job of GitHub Actions without id tokens',
    all: ['GITHUB_ACTIONS'],
    credential: 'EnvironmentCredential',
    why: 'the job may not ask for id tokens',
    advice: 'with `permissions: id-token: write` and a federated credential no secret is needed',
  },
  {
    id: 'azure-pipelines',
    name: 'a job of Azure Pipelines',
    all: ['TF_BUILD'],
    credential: 'AzurePipelinesCredential',
    why: 'a service connection with federation needs no secret, and the credential fetches a new token each time',
    advice: 'map it into the step: env: SYSTEM_ACCESSTOKEN: $(System.AccessToken)',
  },
  {
    id: 'kubernetes-workload-identity',
    name: 'a pod with workload identity',
    all: ['AZURE_FEDERATED_TOKEN_FILE'],
    credential: 'WorkloadIdentityCredential',
    why: 'the webhook has put token file and variables into the pod',
  },
  {
    id: 'service-fabric',
    name: 'Service Fabric',
    all: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT'],
    credential: 'ManagedIdentityCredential',
    why: 'the cluster gives the application its identity; name no id',
  },
  {
    id: 'container-apps',
    name: 'Container Apps',
    all: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'CONTAINER_APP_NAME'],
    credential: 'ManagedIdentityCredential',
    why: 'the app has an identity endpoint of its own',
  },
  {
    id: 'app-service',
    name: 'App Service or Functions',
    all: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'],
    credential: 'ManagedIdentityCredential',
    why: 'the app has an identity endpoint of its own; DefaultAzureCredential finds it, too',
  },
  {
    id: 'azure-arc',
    name: 'a server with Azure Arc',
    all: ['IDENTITY_ENDPOINT', 'IMDS_ENDPOINT'],
    credential: 'ManagedIdentityCredential',
    why: 'the agent gives the identity of the machine; name no id, and be in its group',
  },
  {
    id: 'azure-ml',
    name: 'Azure Machine Learning',
    all: ['MSI_ENDPOINT', 'MSI_SECRET'],
    credential: 'ManagedIdentityCredential',
    why: 'the compute has an identity endpoint of its own',
  },
  {
    id: 'cloud-shell',
    name: 'Cloud Shell',
    all: ['MSI_ENDPOINT'],
    credential: 'ManagedIdentityCredential',
    why: 'it gives tokens of the person who is signed in; name no id',
  },
  {
    id: 'app-service-no-identity',
    name: 'App Service or Functions without an identity',
    all: ['WEBSITE_SITE_NAME'],
    credential: 'ManagedIdentityCredential',
    why: 'once the app has an identity: its endpoint is not there yet',
    advice: 'az webapp identity assign --name <app> --resource-group <group>',
  },
  {
    id: 'kubernetes',
    name: 'a pod without workload identity',
    all: ['KUBERNETES_SERVICE_HOST'],
    credential: 'WorkloadIdentityCredential',
    why: 'it is the way for pods, and this one lacks its token file and variables',
    advice: 'label the pod azure.workload.identity/use: "true", annotate its service account, and make the pod anew',
  },
  {
    id: 'service-principal',
    name: 'a machine with the variables of a service principal',
    all: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID'],
    any: ['AZURE_CLIENT_SECRET', 'AZURE_CLIENT_CERTIFICATE_PATH'],
    credential: 'EnvironmentCredential',
    why: 'all its variables are set',
  },
  {
    id: 'other-ci',
    name: 'a job of some other pipeline',
    all: ['CI'],
    credential: 'EnvironmentCredential',
    why: 'a service principal by variables works everywhere',
    advice: 'where the pipeline has OIDC tokens, ClientAssertionCredential and a federated credential need no secret',
  },
  {
    id: 'remote-terminal',
    name: 'a terminal on another machine',
    all: ['SSH_CONNECTION'],
    none: ['DISPLAY'],
    credential: 'DeviceCodeCredential',
    why: 'there is no browser here; az login --use-device-code and AzureCliCredential do as well',
  },
]

/** Where nothing shows. */
export const desk = {
  name: 'a desk',
  credential: 'AzureCliCredential',
  why: 'nothing shows a host of Azure or a pipeline, and DefaultAzureCredential takes the account of az login',
} as const

/** The whole choice, for reading. */
export const choices: readonly { readonly where: string; readonly credential: string }[] = [
  { where: 'your own machine', credential: 'DefaultAzureCredential (the account of az login)' },
  {
    where: 'virtual machines, App Service, Functions, Container Apps',
    credential: 'DefaultAzureCredential (managed identity)',
  },
  { where: 'Kubernetes', credential: 'WorkloadIdentityCredential' },
  { where: 'Azure Pipelines', credential: 'AzurePipelinesCredential' },
  { where: 'GitHub Actions', credential: 'federation: azure/login, or GitHubActionsCredential of azid' },
  { where: 'other pipelines', credential: 'EnvironmentCredential' },
  { where: 'desktop programs', credential: 'InteractiveBrowserCredential' },
  { where: 'terminals without a browser', credential: 'DeviceCodeCredential' },
  { where: 'services in the middle', credential: 'OnBehalfOfCredential' },
]
