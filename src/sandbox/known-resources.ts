/** Microsoft's own APIs, as every tenant has them: their identifiers with and without the last slash, as registered. */
import type { Resource } from './directory.ts'

interface Row {
  readonly name: string
  /** Where Microsoft's app id is not public, one of the sandbox's own (`5a9db0e5-…`): it only shows in v2 tokens. */
  readonly appId: string
  readonly uris: readonly string[]
  readonly nonce?: true
}

const rows: readonly Row[] = [
  {
    name: 'Azure Resource Manager',
    appId: '797f4846-ba00-4fd7-ba43-dac1f8f63013',
    uris: both('https://management.azure.com', 'https://management.core.windows.net'),
  },
  {
    name: 'Microsoft Graph',
    appId: '00000003-0000-0000-c000-000000000000',
    uris: both('https://graph.microsoft.com'),
    nonce: true,
  },
  { name: 'Azure AD Graph', appId: '00000002-0000-0000-c000-000000000000', uris: both('https://graph.windows.net') },
  { name: 'Azure Key Vault', appId: 'cfa8b339-82a2-471a-a3c9-0fc0be7a4093', uris: both('https://vault.azure.net') },
  {
    name: 'Azure Managed HSM',
    appId: '589d5083-6f11-4d30-a62a-a4b316a14abf',
    uris: both('https://managedhsm.azure.net'),
  },
  {
    name: 'Azure Storage',
    appId: 'e406a681-f3d4-42a8-90b6-c2b029497af1',
    uris: [
      ...both('https://storage.azure.com'),
      ...['blob', 'queue', 'table', 'file', 'dfs'].flatMap((kind) => both(`https://*.${kind}.core.windows.net`)),
    ],
  },
  { name: 'Azure Disks', appId: '5a9db0e5-0000-4000-8000-000000000001', uris: both('https://disk.azure.com') },
  {
    name: 'Azure Cognitive Services',
    appId: '7d312290-28c8-473c-a0ed-8e53749b6d6d',
    uris: both('https://cognitiveservices.azure.com'),
  },
  {
    name: 'Azure Machine Learning',
    appId: '18a66f5f-dbdf-4c17-9dd7-1634712a9cbe',
    uris: both('https://ai.azure.com', 'https://ml.azure.com'),
  },
  { name: 'Azure AI Search', appId: '880da380-985e-4198-81b9-e05b1cc53158', uris: both('https://search.azure.com') },
  {
    name: 'Azure SQL Database',
    appId: '022907d3-0f1b-48f7-badc-1ba6abab6d66',
    uris: both('https://database.windows.net'),
  },
  {
    name: 'Azure OSSRDBMS Database',
    appId: '123cd850-d9df-40bd-94d5-c9f07b7fa203',
    uris: both('https://ossrdbms-aad.database.windows.net'),
  },
  {
    name: 'Azure Cache for Redis',
    appId: 'acca5fbb-b7e4-4009-81f1-37e38fd66d78',
    uris: both('https://redis.azure.com'),
  },
  {
    name: 'Azure Cosmos DB',
    appId: 'a232010e-820c-4083-83bb-3ace5fc29d0b',
    uris: [
      ...both('https://cosmos.azure.com', 'https://dbinference.azure.com'),
      ...both('https://*.documents.azure.com'),
    ],
  },
  {
    name: 'Azure Service Bus',
    appId: '80a10ef9-8168-493d-abf9-3297c4ef6e3c',
    uris: both('https://servicebus.azure.net'),
  },
  {
    name: 'Azure Event Hubs',
    appId: '80369ed6-5f11-4dd9-bef3-692475845e77',
    uris: both('https://eventhubs.azure.net'),
  },
  {
    name: 'Azure Event Grid',
    appId: '4962773b-9cdb-44cf-a8bf-237846a00ab7',
    uris: both('https://eventgrid.azure.net'),
  },
  { name: 'Azure Relay', appId: '91bb937c-29c2-4275-982f-9465f0caf03d', uris: both('https://relay.azure.net') },
  {
    name: 'Azure App Configuration',
    appId: '35ffadb3-7fc1-497e-b61b-381d28e744cc',
    uris: [...both('https://appconfig.azure.com', 'https://azconfig.io'), 'https://*.azconfig.io'],
  },
  {
    name: 'Azure Container Registry',
    appId: '6a0ec4d3-30cb-4a83-91c0-ae56bc0e3d26',
    uris: both('https://containerregistry.azure.net'),
  },
  { name: 'Azure Kubernetes Service AAD Server', appId: '6dae42f8-4368-4678-94ff-3960e28e3630', uris: [] },
  {
    name: 'Azure DevOps',
    appId: '499b84ac-1321-427f-aa17-267ca6975798',
    uris: both('https://app.vssps.visualstudio.com'),
  },
  { name: 'Azure Databricks', appId: '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d', uris: [] },
  {
    name: 'Azure Data Explorer',
    appId: '2746ea77-4702-4b45-80ca-3c97e680e8b7',
    uris: ['https://*.kusto.windows.net', 'https://*.kusto.windows.net/'],
  },
  {
    name: 'Log Analytics API',
    appId: 'ca7f3f0b-7d91-482c-8e09-c5d840d0eac5',
    uris: both('https://api.loganalytics.io'),
  },
  {
    name: 'Application Insights API',
    appId: 'f5c26e74-f226-4ae8-85f0-b4af0080ac9e',
    uris: both('https://api.applicationinsights.io'),
  },
  {
    name: 'Azure Monitor',
    appId: '5a9db0e5-0000-4000-8000-000000000002',
    uris: both(
      'https://monitor.azure.com',
      'https://metrics.monitor.azure.com',
      'https://prometheus.monitor.azure.com',
    ),
  },
  {
    name: 'Azure Synapse Gateway',
    appId: '1ac05c7e-12d2-4605-bf9d-549d7041c6b3',
    uris: both('https://dev.azuresynapse.net'),
  },
  {
    name: 'Microsoft Azure Batch',
    appId: 'ddbf3205-c6bd-46ae-8127-60eb93363864',
    uris: both('https://batch.core.windows.net'),
  },
  { name: 'Azure Purview', appId: '73c2949e-da2d-457a-9607-fcc665198967', uris: both('https://purview.azure.net') },
  { name: 'Azure Maps', appId: 'ba1ea022-5807-41d5-bbeb-292c7e1cf5f6', uris: both('https://atlas.microsoft.com') },
  {
    name: 'Azure SignalR Service',
    appId: 'cdad765d-f191-43ba-b9f5-7aef392f811d',
    uris: both('https://signalr.azure.com', 'https://webpubsub.azure.com'),
  },
  {
    name: 'Azure Communication Services',
    appId: '1fd5118e-2576-4263-8130-9503064c837a',
    uris: [...both('https://communication.azure.com'), 'https://communication.azure.com/clients'],
  },
  {
    name: 'Azure IoT Hub Device Provisioning Service',
    appId: '0cd79364-7a90-4354-9984-6e36c841418d',
    uris: both('https://azure-devices-provisioning.net'),
  },
  { name: 'Azure IoT Hub', appId: '89d10474-74af-4874-99a7-c23c2f643083', uris: both('https://iothubs.azure.net') },
  {
    name: 'Azure Digital Twins',
    appId: '0b07f429-9f4b-4714-9392-cc5e8e80c8b0',
    uris: both('https://digitaltwins.azure.net'),
  },
  {
    name: 'Azure Device Update',
    appId: '6ee392c4-d339-4083-b04d-6b7947c6cf78',
    uris: both('https://api.adu.microsoft.com'),
  },
  { name: 'Azure DevCenter', appId: 'e5408ad0-c4e2-43aa-b6f2-3b4951286d99', uris: both('https://devcenter.azure.com') },
  {
    name: 'Azure Load Testing',
    appId: '5a9db0e5-0000-4000-8000-000000000003',
    uris: both('https://cnt-prod.loadtesting.azure.com'),
  },
  {
    name: 'Azure Confidential Ledger',
    appId: '4353526e-1c33-4fcf-9e82-9683edf52848',
    uris: both('https://confidential-ledger.azure.com'),
  },
  { name: 'Azure Attestation', appId: 'c61423b7-1d1f-430d-b444-0eee53298103', uris: both('https://attest.azure.net') },
  {
    name: 'Azure Health Data de-identification',
    appId: '5a9db0e5-0000-4000-8000-000000000004',
    uris: both('https://deid.azure.com'),
  },
  {
    name: 'Defender External Attack Surface Management',
    appId: '5a9db0e5-0000-4000-8000-000000000005',
    uris: both('https://easm.defender.microsoft.com'),
  },
  {
    name: 'Power BI Service',
    appId: '00000009-0000-0000-c000-000000000000',
    uris: [...both('https://analysis.windows.net/powerbi/api'), ...both('https://api.fabric.microsoft.com')],
  },
  { name: 'Azure Data Lake', appId: 'e9f49c6b-5ce5-44c8-925d-015017e9f7ad', uris: both('https://datalake.azure.net') },
  {
    name: 'Dataverse',
    appId: '00000007-0000-0000-c000-000000000000',
    uris: both('https://*.crm.dynamics.com', 'https://*.crm4.dynamics.com'),
  },
  {
    name: 'Microsoft Azure App Service',
    appId: 'abfa0a7c-a6b6-4736-8310-5855508787cd',
    uris: both('https://appservice.azure.com'),
  },
  {
    name: 'Azure Linux VM Sign-In',
    appId: 'ce6ff14a-7fdc-4685-bbe0-f6afdfcfa8e0',
    uris: ['https://pas.windows.net/CheckMyAccess/Linux'],
  },
  {
    name: 'Microsoft Entra token exchange',
    appId: 'fb60f99c-7a34-4190-8149-302f77469936',
    uris: ['api://AzureADTokenExchange'],
  },
]

export const knownResources: readonly Resource[] = rows.map((row) => ({
  name: row.name,
  appId: row.appId,
  identifierUris: row.uris,
  tokenVersion: 1,
  isEnabled: true,
  requiresAssignment: false,
  wantsIdtyp: true,
  signsNonce: row.nonce === true,
  tenantIds: undefined,
}))

function both(...uris: readonly string[]): readonly string[] {
  return uris.flatMap((uri) => [uri, `${uri}/`])
}
