/** Azure roles that callers of a service usually need. Data: learn.microsoft.com/azure/role-based-access-control/built-in-roles. */

export interface RoleEntry {
  readonly name: string
  readonly id: string
  readonly gives: string
}

/** By the first short name of a resource. */
export const roles: Readonly<Record<string, readonly RoleEntry[]>> = {
  arm: [
    { name: 'Reader', id: 'acdd72a7-3385-48ef-bd42-f606fba81ae7', gives: 'see everything, change nothing' },
    {
      name: 'Contributor',
      id: 'b24988ac-6180-42a0-ab88-20f7382dd24c',
      gives: 'change everything but role assignments',
    },
  ],
  openai: [
    { name: 'Cognitive Services OpenAI User', id: '5e0bd9bd-7b93-4f28-af87-19fc36ad61bd', gives: 'call the models' },
    {
      name: 'Cognitive Services OpenAI Contributor',
      id: 'a001fd3d-188f-4b5d-821b-7da978bf7442',
      gives: 'call, deploy and fine-tune models',
    },
    {
      name: 'Cognitive Services User',
      id: 'a97b65f3-24c7-4388-baec-2e87135dc908',
      gives: 'call the other AI services',
    },
  ],
  vault: [
    { name: 'Key Vault Secrets User', id: '4633458b-17de-408a-b874-0445c86b69e6', gives: 'read secrets' },
    { name: 'Key Vault Secrets Officer', id: 'b86a8fe4-44ce-4948-aee5-eccb2c155cd7', gives: 'read and write secrets' },
    { name: 'Key Vault Crypto User', id: '12338af0-0e69-4776-bea7-57ae8d297424', gives: 'use keys' },
    {
      name: 'Key Vault Certificates Officer',
      id: 'a4417e6f-fecd-4de8-b567-7b0420556985',
      gives: 'manage certificates',
    },
  ],
  storage: [
    { name: 'Storage Blob Data Reader', id: '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1', gives: 'read blobs' },
    {
      name: 'Storage Blob Data Contributor',
      id: 'ba92f5b4-2d11-453d-a403-e96b0029c9fe',
      gives: 'read and write blobs',
    },
    {
      name: 'Storage Queue Data Contributor',
      id: '974c5e8b-45b9-4653-ba55-5f855dd0fb88',
      gives: 'read and write queues',
    },
    {
      name: 'Storage Table Data Contributor',
      id: '0a9a7e1f-b9d0-4cc4-a60d-0319b160aaa3',
      gives: 'read and write tables',
    },
  ],
  servicebus: [
    { name: 'Azure Service Bus Data Sender', id: '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39', gives: 'send' },
    { name: 'Azure Service Bus Data Receiver', id: '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0', gives: 'receive' },
  ],
  eventhubs: [
    { name: 'Azure Event Hubs Data Sender', id: '2b629674-e913-4c01-ae53-ef4638d8f975', gives: 'send' },
    { name: 'Azure Event Hubs Data Receiver', id: 'a638d3c7-ab3a-418d-83e6-5f17a39d4fde', gives: 'receive' },
  ],
  appconfig: [
    { name: 'App Configuration Data Reader', id: '516239f1-63e1-4d78-a4de-a74fb236a071', gives: 'read values' },
    {
      name: 'App Configuration Data Owner',
      id: '5ae67dd6-50cb-40e7-96ff-dc2bfa4b606b',
      gives: 'read and write values',
    },
  ],
  acr: [
    { name: 'AcrPull', id: '7f951dda-4ed3-4680-a7ca-43fe172d538d', gives: 'pull images' },
    { name: 'AcrPush', id: '8311e382-0749-4cb8-b61a-304f252e45ec', gives: 'pull and push images' },
  ],
  aks: [
    {
      name: 'Azure Kubernetes Service Cluster User Role',
      id: '4abbcc35-e782-43d8-92c5-2d3f1bd2253f',
      gives: 'fetch the kubeconfig',
    },
    {
      name: 'Azure Kubernetes Service RBAC Reader',
      id: '7f6c6a51-bcf8-42ba-9220-52d62157d7db',
      gives: 'see most objects of a namespace',
    },
  ],
  search: [
    { name: 'Search Index Data Reader', id: '1407120a-92aa-4202-b7e9-c0e197c71c8f', gives: 'query indexes' },
    {
      name: 'Search Index Data Contributor',
      id: '8ebe5a00-799e-43f5-93ac-243d3dce84a7',
      gives: 'query and load indexes',
    },
  ],
  ai: [
    { name: 'Azure AI User', id: '53ca6127-db72-4b80-b1b0-d745d6d5456d', gives: 'use models and agents of a project' },
    { name: 'Azure AI Developer', id: '64702f94-c441-49e6-a78b-ef80e0188fee', gives: 'build with the project' },
  ],
  ml: [
    {
      name: 'AzureML Data Scientist',
      id: 'f6c7c914-8db3-469d-8ca1-694a8f32e121',
      gives: 'do everything in a workspace but create and delete compute',
    },
  ],
  loganalytics: [{ name: 'Log Analytics Reader', id: '73c42c96-874c-492b-b04d-ab87d138a893', gives: 'query logs' }],
  monitor: [
    {
      name: 'Monitoring Metrics Publisher',
      id: '3913510d-42f4-4e42-8a64-420c390055eb',
      gives: 'send metrics and logs',
    },
  ],
  metrics: [{ name: 'Monitoring Reader', id: '43d0d8ad-25c7-4714-9337-8ba259a9fe05', gives: 'read metrics' }],
  eventgrid: [{ name: 'EventGrid Data Sender', id: 'd5a91429-5739-47e2-a06b-3470a27159e7', gives: 'send events' }],
}

export interface GrantEntry {
  readonly text: string
  readonly command?: string
}

/** Services whose rights are no Azure roles, or not only: what gives an identity its right there. */
export const grants: Readonly<Record<string, readonly GrantEntry[]>> = {
  sql: [
    { text: 'no Azure role lets anybody in: an Entra administrator of the server makes a user in the database' },
    { text: 'in that database', command: 'CREATE USER [<name>] FROM EXTERNAL PROVIDER' },
    { text: 'and gives it rights', command: 'ALTER ROLE db_datareader ADD MEMBER [<name>]' },
  ],
  postgres: [
    { text: 'no Azure role lets anybody in: an Entra administrator of the server makes a role in it' },
    {
      text: 'PostgreSQL, in the database postgres',
      command: "SELECT * FROM pgaadauth_create_principal('<name>', false, false)",
    },
    { text: 'MySQL', command: "CREATE AADUSER '<name>' IDENTIFIED BY '<client-id>'" },
    { text: 'the token is the password, the name of the identity the user' },
  ],
  cosmos: [
    {
      text: 'data roles of Cosmos DB are no Azure roles; 00000000-0000-0000-0000-000000000002 reads and writes, …0001 only reads',
      command:
        'az cosmosdb sql role assignment create --account-name <account> --resource-group <group> --role-definition-id 00000000-0000-0000-0000-000000000002 --principal-id <object-id> --scope /',
    },
  ],
  graph: [
    { text: 'Azure roles do not count: Microsoft Graph has permissions of its own, delegated and of applications' },
    {
      text: 'an application permission for an application',
      command:
        'az ad app permission add --id <client-id> --api 00000003-0000-0000-c000-000000000000 --api-permissions <permission-id>=Role && az ad app permission admin-consent --id <client-id>',
    },
    {
      text: 'for a managed identity',
      command:
        'New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId <object-id> -PrincipalId <object-id> -ResourceId <object-id-of-graph> -AppRoleId <permission-id>',
    },
  ],
  devops: [{ text: 'add the identity as a user of the organisation, with a licence, then to a project or group' }],
  databricks: [
    { text: 'add the service principal to the workspace; Contributor on the workspace lets it in as administrator' },
  ],
  kusto: [{ text: 'in the database', command: ".add database <database> viewers ('aadapp=<client-id>;<tenant-id>')" }],
}
