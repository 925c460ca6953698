/**
 * The Azure services that have a short name: what to ask for in each cloud, and whose audience a token carries.
 * Sources: the default scopes of the Azure SDK packages, az's cloud table, Microsoft's list of first-party app ids.
 */
import type { CloudName } from './types.ts'

interface ResourceRow {
  /** Short names; the first is shown. */
  readonly aliases: readonly string[]
  /** What people call the service. */
  readonly name: string
  readonly appId?: string
  /** The scope to ask for, exactly; a missing cloud means that no form of it is known there. `everywhere` stands for all. */
  readonly scopes: Partial<Record<CloudName | 'everywhere', string>>
  /** Other resource URIs of the same service, without `/.default`: what older guides and tools ask for. */
  readonly alsoKnownAs?: readonly string[]
  /** Hosts of instances of the service; such a URL is an address, not a resource. A leading dot stands for any name before it. */
  readonly instances?: readonly string[]
}

const rows: readonly ResourceRow[] = [
  {
    aliases: ['arm', 'management'],
    name: 'Azure Resource Manager',
    appId: '797f4846-ba00-4fd7-ba43-dac1f8f63013',
    scopes: {
      public: 'https://management.azure.com/.default',
      usgov: 'https://management.usgovcloudapi.net/.default',
      china: 'https://management.chinacloudapi.cn/.default',
    },
    alsoKnownAs: [
      'https://management.core.windows.net/',
      'https://management.core.usgovcloudapi.net/',
      'https://management.core.chinacloudapi.cn/',
    ],
    instances: ['portal.azure.com', 'portal.azure.us', 'portal.azure.cn'],
  },
  {
    aliases: ['graph'],
    name: 'Microsoft Graph',
    appId: '00000003-0000-0000-c000-000000000000',
    scopes: {
      public: 'https://graph.microsoft.com/.default',
      usgov: 'https://graph.microsoft.us/.default',
      china: 'https://microsoftgraph.chinacloudapi.cn/.default',
    },
    alsoKnownAs: ['https://dod-graph.microsoft.us'],
  },
  {
    aliases: ['aad-graph'],
    name: 'Azure AD Graph (retired)',
    appId: '00000002-0000-0000-c000-000000000000',
    scopes: {
      public: 'https://graph.windows.net/.default',
      usgov: 'https://graph.microsoftazure.us/.default',
      china: 'https://graph.chinacloudapi.cn/.default',
    },
  },
  {
    aliases: ['vault', 'keyvault'],
    name: 'Azure Key Vault',
    appId: 'cfa8b339-82a2-471a-a3c9-0fc0be7a4093',
    scopes: {
      public: 'https://vault.azure.net/.default',
      usgov: 'https://vault.usgovcloudapi.net/.default',
      china: 'https://vault.azure.cn/.default',
    },
    instances: ['.vault.azure.net', '.vault.usgovcloudapi.net', '.vault.azure.cn'],
  },
  {
    aliases: ['managedhsm'],
    name: 'Azure Key Vault Managed HSM',
    scopes: {
      public: 'https://managedhsm.azure.net/.default',
      usgov: 'https://managedhsm.usgovcloudapi.net/.default',
      china: 'https://managedhsm.azure.cn/.default',
    },
    instances: ['.managedhsm.azure.net', '.managedhsm.usgovcloudapi.net', '.managedhsm.azure.cn'],
  },
  {
    aliases: ['storage'],
    name: 'Azure Storage',
    appId: 'e406a681-f3d4-42a8-90b6-c2b029497af1',
    scopes: { everywhere: 'https://storage.azure.com/.default' },
  },
  { aliases: ['disk'], name: 'Azure Disks', scopes: { public: 'https://disk.azure.com/.default' } },
  {
    aliases: ['openai', 'cognitive', 'ai-services'],
    name: 'Azure AI services',
    appId: '7d312290-28c8-473c-a0ed-8e53749b6d6d',
    scopes: {
      public: 'https://cognitiveservices.azure.com/.default',
      usgov: 'https://cognitiveservices.azure.us/.default',
      china: 'https://cognitiveservices.azure.cn/.default',
    },
    instances: [
      '.openai.azure.com',
      '.openai.azure.us',
      '.openai.azure.cn',
      '.cognitiveservices.azure.com',
      '.cognitiveservices.azure.us',
      '.cognitiveservices.azure.cn',
    ],
  },
  {
    aliases: ['ai', 'foundry'],
    name: 'Azure AI Foundry',
    scopes: { public: 'https://ai.azure.com/.default' },
    instances: ['.services.ai.azure.com'],
  },
  { aliases: ['ml'], name: 'Azure Machine Learning', scopes: { public: 'https://ml.azure.com/.default' } },
  {
    aliases: ['search'],
    name: 'Azure AI Search',
    scopes: {
      public: 'https://search.azure.com/.default',
      usgov: 'https://search.azure.us/.default',
      china: 'https://search.azure.cn/.default',
    },
    instances: ['.search.windows.net', '.search.azure.us', '.search.azure.cn'],
  },
  {
    aliases: ['sql'],
    name: 'Azure SQL Database',
    appId: '022907d3-0f1b-48f7-badc-1ba6abab6d66',
    scopes: {
      public: 'https://database.windows.net/.default',
      usgov: 'https://database.usgovcloudapi.net/.default',
      china: 'https://database.chinacloudapi.cn/.default',
    },
    instances: ['.database.windows.net', '.database.usgovcloudapi.net', '.database.chinacloudapi.cn'],
  },
  {
    aliases: ['postgres', 'mysql', 'oss-rdbms'],
    name: 'Azure Database for PostgreSQL and MySQL',
    appId: '123cd850-d9df-40bd-94d5-c9f07b7fa203',
    scopes: {
      public: 'https://ossrdbms-aad.database.windows.net/.default',
      usgov: 'https://ossrdbms-aad.database.usgovcloudapi.net/.default',
      china: 'https://ossrdbms-aad.database.chinacloudapi.cn/.default',
    },
    instances: ['.postgres.database.azure.com', '.mysql.database.azure.com'],
  },
  {
    aliases: ['redis'],
    name: 'Azure Cache for Redis',
    appId: 'acca5fbb-b7e4-4009-81f1-37e38fd66d78',
    scopes: { public: 'https://redis.azure.com/.default' },
    instances: ['.redis.cache.windows.net', '.redis.azure.net'],
  },
  { aliases: ['cosmos'], name: 'Azure Cosmos DB', scopes: { public: 'https://cosmos.azure.com/.default' } },
  {
    aliases: ['cosmos-inference'],
    name: 'Azure Cosmos DB semantic reranker',
    scopes: { public: 'https://dbinference.azure.com/.default' },
  },
  {
    aliases: ['servicebus'],
    name: 'Azure Service Bus',
    appId: '80a10ef9-8168-493d-abf9-3297c4ef6e3c',
    scopes: { everywhere: 'https://servicebus.azure.net//.default' },
    alsoKnownAs: ['https://servicebus.azure.us'],
  },
  {
    aliases: ['eventhubs'],
    name: 'Azure Event Hubs',
    appId: '80369ed6-5f11-4dd9-bef3-692475845e77',
    scopes: { everywhere: 'https://eventhubs.azure.net//.default' },
  },
  {
    aliases: ['eventgrid'],
    name: 'Azure Event Grid',
    scopes: { public: 'https://eventgrid.azure.net/.default' },
    instances: ['.eventgrid.azure.net'],
  },
  { aliases: ['relay'], name: 'Azure Relay', scopes: { public: 'https://relay.azure.net/.default' } },
  {
    aliases: ['appconfig'],
    name: 'Azure App Configuration',
    appId: '35ffadb3-7fc1-497e-b61b-381d28e744cc',
    scopes: {
      public: 'https://appconfig.azure.com/.default',
      usgov: 'https://appconfig.azure.us/.default',
      china: 'https://appconfig.azure.cn/.default',
    },
    alsoKnownAs: ['https://azconfig.io'],
  },
  {
    aliases: ['acr'],
    name: 'Azure Container Registry',
    scopes: { public: 'https://containerregistry.azure.net/.default' },
    instances: ['.azurecr.io', '.azurecr.us', '.azurecr.cn'],
  },
  {
    aliases: ['aks'],
    name: 'Azure Kubernetes Service',
    appId: '6dae42f8-4368-4678-94ff-3960e28e3630',
    scopes: { everywhere: '6dae42f8-4368-4678-94ff-3960e28e3630/.default' },
    instances: ['.azmk8s.io', '.cx.prod.service.azk8s.cn', '.cx.aks.containerservice.azure.us'],
  },
  {
    aliases: ['devops'],
    name: 'Azure DevOps',
    appId: '499b84ac-1321-427f-aa17-267ca6975798',
    scopes: { everywhere: '499b84ac-1321-427f-aa17-267ca6975798/.default' },
    instances: ['dev.azure.com', '.dev.azure.com', '.visualstudio.com'],
  },
  {
    aliases: ['databricks'],
    name: 'Azure Databricks',
    appId: '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d',
    scopes: { everywhere: '2ff814a6-3304-4ab8-85cb-cd0e6f879c1d/.default' },
    instances: ['.azuredatabricks.net', '.databricks.azure.us', '.databricks.azure.cn'],
  },
  {
    aliases: ['kusto', 'adx'],
    name: 'Azure Data Explorer',
    appId: '2746ea77-4702-4b45-80ca-3c97e680e8b7',
    scopes: { public: 'https://kusto.kusto.windows.net/.default' },
  },
  {
    aliases: ['loganalytics'],
    name: 'Log Analytics',
    appId: 'ca7f3f0b-7d91-482c-8e09-c5d840d0eac5',
    scopes: {
      public: 'https://api.loganalytics.io/.default',
      usgov: 'https://api.loganalytics.us/.default',
      china: 'https://api.loganalytics.azure.cn/.default',
    },
  },
  {
    aliases: ['appinsights'],
    name: 'Application Insights',
    appId: 'f5c26e74-f226-4ae8-85f0-b4af0080ac9e',
    scopes: {
      public: 'https://api.applicationinsights.io/.default',
      usgov: 'https://api.applicationinsights.us/.default',
      china: 'https://api.applicationinsights.azure.cn/.default',
    },
  },
  {
    aliases: ['monitor', 'monitor-ingestion'],
    name: 'Azure Monitor',
    scopes: { public: 'https://monitor.azure.com/.default' },
    alsoKnownAs: ['https://monitor.azure.com/'],
    instances: ['.ingest.monitor.azure.com'],
  },
  {
    aliases: ['metrics'],
    name: 'Azure Monitor metrics',
    scopes: { public: 'https://metrics.monitor.azure.com/.default' },
    instances: ['.metrics.monitor.azure.com'],
  },
  {
    aliases: ['prometheus'],
    name: 'Azure Monitor managed Prometheus',
    scopes: { public: 'https://prometheus.monitor.azure.com/.default' },
    instances: ['.prometheus.monitor.azure.com'],
  },
  {
    aliases: ['synapse'],
    name: 'Azure Synapse',
    scopes: {
      public: 'https://dev.azuresynapse.net/.default',
      usgov: 'https://dev.azuresynapse.usgovcloudapi.net/.default',
      china: 'https://dev.azuresynapse.azure.cn/.default',
    },
    instances: ['.dev.azuresynapse.net', '.dev.azuresynapse.usgovcloudapi.net', '.dev.azuresynapse.azure.cn'],
  },
  {
    aliases: ['batch'],
    name: 'Azure Batch',
    appId: 'ddbf3205-c6bd-46ae-8127-60eb93363864',
    scopes: {
      public: 'https://batch.core.windows.net//.default',
      usgov: 'https://batch.core.usgovcloudapi.net//.default',
      china: 'https://batch.chinacloudapi.cn//.default',
    },
    instances: ['.batch.azure.com'],
  },
  {
    aliases: ['purview'],
    name: 'Microsoft Purview',
    scopes: { public: 'https://purview.azure.net/.default' },
    instances: ['.purview.azure.com'],
  },
  { aliases: ['maps'], name: 'Azure Maps', scopes: { public: 'https://atlas.microsoft.com/.default' } },
  {
    aliases: ['webpubsub'],
    name: 'Azure Web PubSub',
    scopes: { public: 'https://webpubsub.azure.com/.default' },
    instances: ['.webpubsub.azure.com'],
  },
  {
    aliases: ['signalr'],
    name: 'Azure SignalR',
    scopes: { public: 'https://signalr.azure.com/.default' },
    instances: ['.service.signalr.net'],
  },
  {
    aliases: ['communication'],
    name: 'Azure Communication Services',
    scopes: { public: 'https://communication.azure.com/.default' },
    alsoKnownAs: ['https://communication.azure.com/', 'https://communication.azure.com/clients'],
    instances: ['.communication.azure.com'],
  },
  {
    aliases: ['iot-dps'],
    name: 'Azure IoT Hub Device Provisioning',
    scopes: { public: 'https://azure-devices-provisioning.net/.default' },
    instances: ['.azure-devices-provisioning.net'],
  },
  {
    aliases: ['iothub'],
    name: 'Azure IoT Hub',
    scopes: { public: 'https://iothubs.azure.net/.default' },
    instances: ['.azure-devices.net'],
  },
  {
    aliases: ['digitaltwins'],
    name: 'Azure Digital Twins',
    scopes: { public: 'https://digitaltwins.azure.net/.default' },
    instances: ['.digitaltwins.azure.net'],
  },
  {
    aliases: ['deviceupdate'],
    name: 'Device Update for IoT Hub',
    scopes: { public: 'https://api.adu.microsoft.com/.default' },
    instances: ['.api.adu.microsoft.com'],
  },
  {
    aliases: ['devcenter'],
    name: 'Microsoft Dev Center',
    scopes: { public: 'https://devcenter.azure.com/.default' },
    instances: ['.devcenter.azure.com'],
  },
  {
    aliases: ['loadtesting'],
    name: 'Azure Load Testing',
    scopes: { public: 'https://cnt-prod.loadtesting.azure.com/.default' },
    instances: ['.cnt-prod.loadtesting.azure.com'],
  },
  {
    aliases: ['confidential-ledger'],
    name: 'Azure Confidential Ledger',
    scopes: { public: 'https://confidential-ledger.azure.com/.default' },
    instances: ['.confidential-ledger.azure.com'],
  },
  {
    aliases: ['attest'],
    name: 'Azure Attestation',
    scopes: { public: 'https://attest.azure.net/.default' },
    instances: ['.attest.azure.net'],
  },
  {
    aliases: ['deid'],
    name: 'Azure Health Data de-identification',
    scopes: { public: 'https://deid.azure.com/.default' },
    instances: ['.deid.azure.com'],
  },
  {
    aliases: ['easm'],
    name: 'Defender External Attack Surface Management',
    scopes: { public: 'https://easm.defender.microsoft.com/.default' },
    instances: ['.easm.defender.microsoft.com'],
  },
  {
    aliases: ['powerbi'],
    name: 'Power BI',
    appId: '00000009-0000-0000-c000-000000000000',
    scopes: { public: 'https://analysis.windows.net/powerbi/api/.default' },
    instances: ['api.powerbi.com', 'app.powerbi.com'],
  },
  {
    aliases: ['fabric'],
    name: 'Microsoft Fabric',
    scopes: { public: 'https://api.fabric.microsoft.com/.default' },
    instances: ['app.fabric.microsoft.com'],
  },
  {
    aliases: ['datalake'],
    name: 'Azure Data Lake Storage Gen1 (retired)',
    scopes: { public: 'https://datalake.azure.net//.default' },
    instances: ['.azuredatalakestore.net'],
  },
  {
    aliases: ['appservice-scm'],
    name: 'Azure App Service deployment',
    scopes: {
      public: 'https://appservice.azure.com/.default',
      usgov: 'https://management.core.usgovcloudapi.net//.default',
      china: 'https://management.core.chinacloudapi.cn//.default',
    },
    instances: ['.scm.azurewebsites.net', '.scm.azurewebsites.us', '.scm.chinacloudsites.cn'],
  },
  {
    aliases: ['vm-login'],
    name: 'sign-in to Linux virtual machines',
    scopes: { public: 'https://pas.windows.net/CheckMyAccess/Linux/.default' },
  },
]

const clouds: readonly CloudName[] = ['public', 'usgov', 'china']

/** One service, as others see it. */
export interface Resource {
  /** Its first short name. */
  readonly alias: string
  readonly aliases: readonly string[]
  readonly name: string
  readonly appId: string | null
}

/** Every short name that can stand for a TARGET, in the order of the table: for completions and suggestions. */
export const resourceAliases: readonly string[] = rows.flatMap(({ aliases }) => aliases)

const byAlias = new Map(rows.flatMap((row) => row.aliases.map((alias) => [alias, row] as const)))

/** The service that a short name stands for, in any case; null when there is none. */
export function findResource(alias: string): Resource | null {
  const row = byAlias.get(alias.toLowerCase())
  return row === undefined ? null : asResource(row)
}

/** The scope to ask for, exactly; null when no form of it is known in that cloud. */
export function scopeOfAlias(alias: string, cloud: CloudName): string | null {
  const row = byAlias.get(alias.toLowerCase())
  return row?.scopes[cloud] ?? row?.scopes.everywhere ?? null
}

/** Audiences without a trailing slash, in lower case, and app ids. The first row of the table wins. */
const byAudience = new Map<string, ResourceRow>()
for (const row of rows) {
  const scopes = Object.values(row.scopes).map((scope) => scope.slice(0, -'/.default'.length))
  for (const audience of [...scopes, ...(row.alsoKnownAs ?? []), ...(row.appId === undefined ? [] : [row.appId])]) {
    const key = withoutSlash(audience)
    if (!byAudience.has(key)) byAudience.set(key, row)
  }
}

/**
 * Whose audience an `aud` claim or a resource is: a URI of any cloud, with or without its last slash, an app id, or
 * `api://` before an app id. Null when it is none of the services here, such as an API of one's own.
 */
export function findAudience(audience: string): Resource | null {
  const key = withoutSlash(audience)
  const row = byAudience.get(key) ?? byAudience.get(key.replace(/^(?:api|spn):(?:\/\/)?/, ''))
  return row === undefined ? null : asResource(row)
}

/** The registered form of a resource that differs from it in the last slash; null when it is registered as it is, or unknown. */
export function otherFormOf(resource: string): string | null {
  const key = withoutSlash(resource)
  const row = byAudience.get(key)
  if (row === undefined) return null
  const scopes = Object.values(row.scopes).map((scope) => scope.slice(0, -'/.default'.length))
  const forms = [...scopes, ...(row.alsoKnownAs ?? [])].filter((form) => withoutSlash(form) === key)
  return forms.some((form) => form.endsWith('/') === resource.endsWith('/')) ? null : (forms[0] ?? null)
}

/** The service whose instance a host is: `myvault.vault.azure.net` is Key Vault's. Null when it is no known instance. */
export function findInstance(host: string): Resource | null {
  const name = host.toLowerCase()
  const row = rows.find(({ instances }) =>
    instances?.some((instance) => (instance.startsWith('.') ? name.endsWith(instance) : name === instance)),
  )
  return row === undefined ? null : asResource(row)
}

/** The clouds in which a form of this service is known. */
export function cloudsOfAlias(alias: string): readonly CloudName[] {
  return clouds.filter((cloud) => scopeOfAlias(alias, cloud) !== null)
}

function asResource(row: ResourceRow): Resource {
  return { alias: row.aliases[0] ?? '', aliases: row.aliases, name: row.name, appId: row.appId ?? null }
}

function withoutSlash(audience: string): string {
  return audience.toLowerCase().replace(/\/+$/, '')
}
