/** How azidentity 1.15.0 over MSAL for Go 1.10.1 asks for a managed identity. */
import type { Problem } from '../problems.ts'
import { everyHost } from './hosts.ts'
import type { ManagedIdentityProfile, RetryRow } from './profile.ts'
import { findGoProxy } from './proxy-in-the-way.ts'

/** azcore's: three times, after 0.8 s, 2.4 s and 5.6 s. */
const retries: RetryRow = {
  statuses: [408, 429, 500, [502, 504]],
  limits: { total: 3, connect: 3, read: 3, status: 3 },
  factorMs: 800,
  factorMsAfter410: 800,
  longestMs: 60_000,
  waitsMs: [800, 2400, 5600],
}

const ids = { clientId: 'client_id', objectId: 'object_id', resourceId: 'mi_res_id' }
const imdsIds = { ...ids, resourceId: 'msi_res_id' }

export const goManagedIdentity: ManagedIdentityProfile = {
  detection: [
    { host: 'service-fabric', variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT'] },
    { host: 'app-service', variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'] },
    { host: 'azure-ml', variables: ['MSI_ENDPOINT', 'MSI_SECRET'] },
    { host: 'cloud-shell', variables: ['MSI_ENDPOINT'] },
    { host: 'azure-arc', variables: ['IDENTITY_ENDPOINT', 'IMDS_ENDPOINT'] },
    { host: 'imds', variables: [] },
  ],
  senders: [{ sender: 'azure-arc', variables: [], hasArcAgent: true, onlyFor: 'imds' }],
  refusesEmptyClientId: true,
  ignoresPodHost: true,
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
  defaultId: { host: 'azure-ml', parameter: 'clientid', variable: 'DEFAULT_IDENTITY_CLIENT_ID', isAlwaysSent: true },
  refusesIds: { 'service-fabric': 'always', 'azure-ml': 'but-client-id', 'cloud-shell': 'always' },
  probe: { answerFactor: 1, gatewayBody: 'none', isBare: true, isOfAnyAddress: true },
  retries: {
    ...everyHost(retries),
    imds: {
      ...retries,
      statuses: [404, 410, 429, [500, 508], 510, 511],
      limits: { total: 6, connect: 6, read: 6, status: 6 },
      waitsMs: [2000, 6000, 14_000, 25_000, 25_000, 25_000],
    },
  },
  connectTimeoutMs: everyHost(30_000),
  answers: everyHost({ expiry: 'either', contentType: 'ignored', required: [] }),
  halfLifeFrom: 7201,
  findProxy: findGoProxy,
  isUnavailable,
}

/** Nobody answered the probe, or something other than IMDS did; and IMDS that has no identity for the machine itself. */
function isUnavailable(problem: Problem): boolean {
  switch (problem.code) {
    case 'managed-identity-unreachable':
      return problem.facts.phase === 'probe'
    case 'managed-identity-no-sign':
      return true
    case 'managed-identity-answer': {
      const { host, status, id, body } = problem.facts
      if (host !== 'imds') return false
      if (status === 400) return id === undefined
      return status === 200 || status === 202 || (status === 403 && body.includes('unreachable'))
    }
    default:
      return false
  }
}
