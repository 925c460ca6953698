/** How @azure/identity 4.14.1 over MSAL for Node 7.2.1 asks for a managed identity. */
import { everyHost } from './hosts.ts'
import type { ManagedIdentityProfile, RetryRow } from './profile.ts'
import { findJsProxy } from './proxy-in-the-way.ts'

/** What DefaultAzureCredential sets for all its links: five times, after 0.8 s, 1.6 s, 3.2 s and so on. */
const retries: RetryRow = {
  // 429 is not among them: only with a Retry-After.
  statuses: [404, 408, 410, 500, [502, 504]],
  limits: { total: 5, connect: 5, read: 5, status: 5 },
  factorMs: 800,
  factorMsAfter410: 3000,
  longestMs: 64_000,
  waitsMs: [800, 1600, 3200, 6400, 12_800],
  waitsMsAfter410: [3000, 6000, 12_000, 24_000, 48_000],
  isCutFinal: true,
}

const ids = { clientId: 'client_id', objectId: 'object_id', resourceId: 'mi_res_id' }
const imdsIds = { ...ids, resourceId: 'msi_res_id' }

export const jsManagedIdentity: ManagedIdentityProfile = {
  detection: [
    { host: 'token-exchange', variables: ['AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE'], needsClientId: true },
    { host: 'service-fabric', variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT'] },
    { host: 'app-service', variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'] },
    { host: 'azure-ml', variables: ['MSI_ENDPOINT', 'MSI_SECRET'] },
    { host: 'cloud-shell', variables: ['MSI_ENDPOINT'] },
    { host: 'azure-arc', variables: ['IDENTITY_ENDPOINT', 'IMDS_ENDPOINT'] },
    { host: 'imds', variables: [] },
  ],
  senders: [{ sender: 'azure-arc', variables: [], hasArcAgent: true, onlyFor: 'imds' }],
  keepsExchange: true,
  checksAuthority: true,
  pinsNothing: true,
  apiVersions: {
    imds: '2018-02-01',
    'app-service': '2019-08-01',
    'service-fabric': '2019-07-01-preview',
    'azure-ml': '2017-09-01',
    'cloud-shell': null,
    'azure-arc': '2020-06-01',
  },
  idParameters: {
    ...everyHost(ids),
    imds: imdsIds,
    'azure-arc': imdsIds,
    'azure-ml': { ...ids, clientId: 'clientid' },
  },
  defaultId: { host: 'azure-ml', parameter: 'clientid', variable: 'DEFAULT_IDENTITY_CLIENT_ID' },
  refusesIds: { 'service-fabric': 'always', 'azure-ml': 'but-client-id', 'cloud-shell': 'always' },
  probe: { answerFactor: 1, gatewayBody: 'any', isBare: true },
  retries: everyHost(retries),
  connectTimeoutMs: everyHost(10_000),
  answers: everyHost({ expiry: 'expires_on', contentType: 'ignored', required: [] }),
  halfLifeFrom: 7201,
  findProxy: findJsProxy,
  // Whatever happens, the library makes it unavailable.
  isUnavailable: () => true,
}
