/**
 * Managed identity as azure-identity for Java 1.19.0 (msal4j 1.26.0) does it: the rows, the exact text of each problem and
 * whether a chain goes on. Every text here was recorded from the library; test/engine/java-recorded.jsonl is the record.
 */
import type { NetworkError } from '../../runtime.ts'
import type { Problem, ProblemFacts } from '../problems.ts'
import type { HostName, ManagedIdentityFacts } from './facts.ts'
import { everyHost } from './hosts.ts'
import { findJavaProxy } from './java-proxy.ts'
import type { ManagedIdentityProfile, RetryRow } from './profile.ts'
import { isConnectTimeout } from './retry.ts'

const unavailablePrefix = 'ManagedIdentityCredential authentication unavailable.'
const notAvailable = 'Managed Identity authentication is not available.'
const seeInner = 'Managed Identity authentication failed, see inner exception for more information.'

type Answered = ManagedIdentityFacts['managed-identity-answer']

/**
 * The library keeps the host's own words for the inner exception; the text that a program prints has none of them. Of what
 * a named credential meets nothing is unavailable: only DefaultAzureCredential makes it so.
 */
function wordAnswer(facts: Answered): string {
  return facts.isChained === true && saysUnavailable(facts) ? notAvailable : seeInner
}

/** Answers of which msal4j's own message says `Authentication unavailable`; of what is no JSON it says something else. */
function saysUnavailable({ sender, status, body, fault }: Answered): boolean {
  if (body === '' && fault !== 'too-large') return status !== 200
  return sender === 'imds' && [400, 502, 504].includes(status) && fault === 'refused'
}

function wordUnreachable({ phase, error }: ManagedIdentityFacts['managed-identity-unreachable']): string {
  return phase === 'probe'
    ? `${unavailablePrefix} No response received from the IMDS endpoint, ${wordSocket(error)}.`
    : seeInner
}

/** The words of the JDK's HttpURLConnection, with which the probe is sent. */
function wordSocket(error: NetworkError): string {
  switch (error.code) {
    case 'refused':
      return 'Connection refused'
    case 'unreachable':
      return error.detail.includes('EHOSTUNREACH') ? 'No route to host' : 'Network is unreachable'
    case 'dns':
      return error.host
    case 'timeout':
      return isConnectTimeout(error) ? 'Connect timed out' : 'Read timed out'
    case 'reset':
      return error.detail.includes('socket hang up') ? 'Unexpected end of file from server' : 'Connection reset'
    default:
      return error.detail
  }
}

const names: Readonly<Partial<Record<HostName, string>>> = { 'cloud-shell': 'CLOUD_SHELL' }

type Words = { readonly [Code in keyof ManagedIdentityFacts]: (facts: ProblemFacts[Code]) => string }

export const javaManagedIdentityWording: Words = {
  // Variables that name no host leave IMDS in this library, so it never says this.
  'managed-identity-no-host': () =>
    `${unavailablePrefix} The Target Azure platform could not be determined from environment variables.To mitigate this issue, please refer to the troubleshooting guidelines here at https://aka.ms/azsdk/java/identity/managedidentitycredential/troubleshoot`,
  'managed-identity-ids': () => 'Only one of clientId, resourceId, or objectId can be specified.',
  'managed-identity-id-refused': ({ host, source }) =>
    host === 'service-fabric'
      ? 'Specifying a clientId or resourceId is not supported by the Service Fabric managed identity environment. The managed identity configuration is determined by the Service Fabric cluster resource configuration. See https://aka.ms/servicefabricmi for more information.'
      : `${unavailablePrefix} User-assigned managed identity is not supported in ${names[host] ?? host}. To use system-assigned managed identity, remove the configured client ID on the ${source === 'AZURE_CLIENT_ID' ? 'DefaultAzureCredentialBuilder.' : 'ManagedIdentityCredentialBuilder.'}`,
  'managed-identity-scopes': () => 'To convert to a resource string the specified array must be exactly length 1',
  'managed-identity-endpoint': () => seeInner,
  'managed-identity-header': () => seeInner,
  'managed-identity-unreachable': wordUnreachable,
  'managed-identity-answer': wordAnswer,
  // Only azid has `--fast`; to the library it would be an IMDS that is not there.
  'managed-identity-no-sign': () =>
    `${unavailablePrefix} No response received from the IMDS endpoint, Connect timed out.`,
  'arc-challenge-refused': () => seeInner,
  'service-fabric-thumbprint': () => seeInner,
  'token-exchange-client-id': () =>
    "The client id is not configured via 'AZURE_CLIENT_ID' environment variable or through the credential builder. Please ensure client id is provided to authenticate via token exchange in AKS environment.",
}

function isUnavailable(problem: Problem): boolean {
  switch (problem.code) {
    case 'managed-identity-no-host':
    case 'managed-identity-id-refused':
    case 'managed-identity-no-sign':
      return true
    case 'managed-identity-unreachable':
      return problem.facts.phase === 'probe'
    case 'managed-identity-answer':
      return problem.facts.isChained === true && saysUnavailable(problem.facts)
    default:
      return false
  }
}

/** azure-core's RetryPolicy for Java: 3 times after 0.8, 1.6 and 3.2 seconds; measured, as are those of IMDS. */
const coreRetries: RetryRow = {
  statuses: [408, 429, 500, [502, 504], [506, 599]],
  limits: { total: 3, connect: 3, read: 3, status: 3 },
  factorMs: 800,
  factorMsAfter410: 800,
  longestMs: 120_000,
  waitsMs: [800, 1600, 3200],
}

const ids = { clientId: 'client_id', objectId: 'object_id', resourceId: 'mi_res_id' }
export const javaManagedIdentity: ManagedIdentityProfile = {
  detection: [
    { host: 'token-exchange', variables: ['AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE'] },
    { host: 'service-fabric', variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT'] },
    { host: 'app-service', variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'] },
    // The library knows no Azure ML: its address is taken for that of Cloud Shell, and the secret is not sent.
    { host: 'cloud-shell', variables: ['MSI_ENDPOINT'] },
    { host: 'azure-arc', variables: ['IDENTITY_ENDPOINT', 'IMDS_ENDPOINT'] },
    { host: 'imds', variables: [] },
  ],
  // It looks once, and never for the agent of Azure Arc.
  senders: [],
  keepsExchange: true,
  apiVersions: {
    imds: '2018-02-01',
    'app-service': '2019-08-01',
    'service-fabric': '2019-07-01-preview',
    'azure-ml': '2017-09-01',
    'cloud-shell': null,
    'azure-arc': '2020-06-01',
  },
  // msal4j asks itself whether the host is IMDS before it has become that, so a resource id has the other name there.
  idParameters: { ...everyHost(ids), 'azure-arc': { ...ids, resourceId: 'msi_res_id' } },
  refusesIds: { 'service-fabric': 'always', 'cloud-shell': 'always' },
  probe: { answerFactor: 1, gatewayBody: 'none', isOfAnyAddress: true },
  retries: {
    ...everyHost(coreRetries),
    imds: {
      ...coreRetries,
      statuses: [404, 410, 429, [500, 599]],
      limits: { total: 5, connect: 5, read: 5, status: 5 },
      waitsMs: [800, 1600, 3200, 6400, 12_800],
    },
    'service-fabric': { ...coreRetries, statuses: [404, 408, 429, 500, 503, 504], waitsMs: [1000, 1000, 1000] },
  },
  connectTimeoutMs: everyHost(10_000),
  answers: everyHost({ expiry: 'expires_on', contentType: 'ignored', required: [] }),
  halfLifeFrom: 7200,
  findProxy: findJavaProxy,
  isUnavailable,
}
