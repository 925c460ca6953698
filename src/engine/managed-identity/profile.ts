/**
 * What differs between the SDKs about managed identity, as rows: the order of hosts, the names of parameters, the probe,
 * retries and limits. The client reads rows and knows no SDK.
 */
import type { Problem } from '../problems.ts'
import type { SdkName } from '../types.ts'
import { dotnetManagedIdentity } from './dotnet.ts'
import type { HostName, IdKind } from './facts.ts'
import { goManagedIdentity } from './go.ts'
import { javaManagedIdentity } from './java.ts'
import { jsManagedIdentity } from './js.ts'
import { type FindProxy, findPythonProxy } from './proxy-in-the-way.ts'
import { pythonManagedIdentity } from './python.ts'

/** The first row whose variables are all set (`detection`: and not empty) is taken; a row without any always is. */
interface DetectionRow {
  /** Null: this SDK then knows no host and gives up. */
  readonly host: HostName | null
  readonly variables: readonly string[]
  /** Only where a client id is given, or AZURE_CLIENT_ID is set. */
  readonly needsClientId?: true
}

interface SenderRow {
  readonly sender: HostName
  readonly variables: readonly string[]
  /** Taken when the agent of Azure Arc is installed. */
  readonly hasArcAgent?: true
  /** Only where this host was detected. */
  readonly onlyFor?: HostName
}

export interface RetryRow {
  /** Answers to ask again after; a pair is a range, both ends in it. An answer with `Retry-After` is one whatever its status. */
  readonly statuses: readonly (number | readonly [number, number])[]
  /** How often to ask again: in all, after no connection, after no answer, after an answer. */
  readonly limits: { readonly total: number; readonly connect: number; readonly read: number; readonly status: number }
  /** Milliseconds. The first time at once, then factor × 2, × 4, …; after 410 with a factor of its own. */
  readonly factorMs: number
  readonly factorMsAfter410: number
  readonly longestMs: number
  /** Milliseconds before each time, in place of the factor; after 410 others. */
  readonly waitsMs?: readonly number[]
  readonly waitsMsAfter410?: readonly number[]
  /** An answer that was cut off is the last one. */
  readonly isCutFinal?: true
}

/** How an answer is read. */
export interface AnswerRow {
  /** The member that gives the token's life; without it the answer is no token. */
  readonly expiry: 'expires_in' | 'expires_on' | 'either'
  /** `checked`: a type that is neither text, XML nor JSON is refused, and so is a body that is not what its type says. */
  readonly contentType: 'checked' | 'ignored'
  /** Members without which this SDK fails. */
  readonly required: readonly ('token_type' | 'resource')[]
}

export type AskedHost = Exclude<HostName, 'token-exchange'>

export interface ManagedIdentityProfile {
  readonly detection: readonly DetectionRow[]
  /** Whose request is sent, where the SDK looks a second time and counts an empty variable as set; else the detected host. */
  readonly senders: readonly SenderRow[]
  readonly apiVersions: Readonly<Record<AskedHost, string | null>>
  /** The parameter's name for each kind of id. */
  readonly idParameters: Readonly<Record<AskedHost, Readonly<Record<IdKind, string>>>>
  /**
   * Hosts that take no id: `always`, or only outside the default chain (inside it the id is sent); and those that know no
   * id but a client id, and would give the token of another identity.
   */
  readonly refusesIds: Readonly<Partial<Record<AskedHost, 'always' | 'outside-default' | 'but-client-id'>>>
  /**
   * What is sent at this host where no id is asked for: the id that the variable names; `isAlwaysSent`: also an empty one;
   * `isRequired`: without the variable nothing is asked.
   */
  readonly defaultId?: {
    readonly host: AskedHost
    readonly parameter: string
    readonly variable: string
    readonly isAlwaysSent?: true
    readonly isRequired?: true
  }
  /**
   * The SDK does not know AZURE_POD_IDENTITY_AUTHORITY_HOST. An address of this machine is asked all the same: it is a
   * test's, and the real one must then not be.
   */
  readonly ignoresPodHost?: true
  /** Service Fabric's certificate is checked like any other, and not against its thumbprint. */
  readonly pinsNothing?: true
  /** An empty AZURE_CLIENT_ID is an id that cannot be asked for; else it is none. */
  readonly refusesEmptyClientId?: true
  /** The credential cannot be made with an authority that is no https address, though it asks none. */
  readonly checksAuthority?: true
  readonly probe: {
    /** Path alone, without the query. */
    readonly isBare?: true
    /** The answer may take this many times the limit for the connection. */
    readonly answerFactor: number
    /** Also of an address that AZURE_POD_IDENTITY_AUTHORITY_HOST names. */
    readonly isOfAnyAddress?: true
    /** A 403 that speaks of an unreachable network means that a gateway answered: in any body, only in JSON, or never. */
    readonly gatewayBody: 'any' | 'json' | 'none'
  }
  readonly retries: Readonly<Record<AskedHost, RetryRow>>
  /** Milliseconds for a connection. */
  readonly connectTimeoutMs: Readonly<Record<AskedHost, number>>
  readonly answers: Readonly<Record<AskedHost, AnswerRow>>
  /** Token exchange stays where DefaultAzureCredential leaves workload identity out. */
  readonly keepsExchange?: true
  /** A token that lives this many seconds or longer is refreshed at half its life, where the host says nothing. */
  readonly halfLifeFrom: number
  /** Where this SDK would send a request for the host to a proxy; azid never does. */
  readonly findProxy: FindProxy
  /** True: a chain goes on. */
  isUnavailable(problem: Problem): boolean
}

const appServiceIds = { clientId: 'client_id', objectId: 'object_id', resourceId: 'mi_res_id' }
const imdsIds = { ...appServiceIds, resourceId: 'msi_res_id' }

/** azure-core's RetryPolicy: 10 in all, of these 3 of each kind; 408, 429, 5xx but for 501 and 505, and all above. */
const coreRetries: RetryRow = {
  statuses: [408, 429, 500, [502, 504], [506, 998]],
  limits: { total: 10, connect: 3, read: 3, status: 3 },
  factorMs: 800,
  factorMsAfter410: 800,
  longestMs: 120_000,
}

const pipeline: AnswerRow = { expiry: 'expires_on', contentType: 'checked', required: [] }

/** azure-identity 1.27.0 over msal 1.39.0, as recorded in test/managed-identity/python-recorded.json. */
const python: ManagedIdentityProfile = {
  detection: [
    { host: 'service-fabric', variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT'] },
    { host: 'app-service', variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'] },
    { host: 'azure-arc', variables: ['IDENTITY_ENDPOINT', 'IMDS_ENDPOINT'] },
    { host: null, variables: ['IDENTITY_ENDPOINT'] },
    { host: 'azure-ml', variables: ['MSI_ENDPOINT', 'MSI_SECRET'] },
    { host: 'cloud-shell', variables: ['MSI_ENDPOINT'] },
    { host: 'token-exchange', variables: ['AZURE_AUTHORITY_HOST', 'AZURE_TENANT_ID', 'AZURE_FEDERATED_TOKEN_FILE'] },
    { host: 'imds', variables: [] },
  ],
  senders: [
    { sender: 'service-fabric', variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT'] },
    { sender: 'app-service', variables: ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER'] },
    { sender: 'azure-ml', variables: ['MSI_ENDPOINT', 'MSI_SECRET'] },
    { sender: 'azure-arc', variables: ['IDENTITY_ENDPOINT', 'IMDS_ENDPOINT'] },
    { sender: 'azure-arc', variables: [], hasArcAgent: true },
    { sender: 'imds', variables: [] },
  ],
  apiVersions: {
    imds: '2018-02-01',
    'app-service': '2019-08-01',
    'service-fabric': '2019-07-01-preview',
    'azure-ml': '2017-09-01',
    'cloud-shell': null,
    'azure-arc': '2020-06-01',
  },
  idParameters: {
    imds: imdsIds,
    'app-service': appServiceIds,
    'service-fabric': appServiceIds,
    'azure-ml': { ...imdsIds, clientId: 'clientid' },
    'cloud-shell': imdsIds,
    'azure-arc': imdsIds,
  },
  refusesIds: { 'service-fabric': 'always', 'azure-ml': 'but-client-id', 'cloud-shell': 'outside-default' },
  // The library gives a connection one second and its answer 300 of them; a slow IMDS is still found within five.
  probe: { answerFactor: 5, gatewayBody: 'json' },
  retries: {
    imds: {
      statuses: [404, 408, 410, 429, [500, 998]],
      limits: { total: 5, connect: 3, read: 3, status: 5 },
      factorMs: 800,
      factorMsAfter410: 2500,
      longestMs: 60_000,
    },
    'app-service': coreRetries,
    'service-fabric': { ...coreRetries, statuses: [], limits: { total: 0, connect: 0, read: 0, status: 0 } },
    'azure-ml': coreRetries,
    'cloud-shell': coreRetries,
    'azure-arc': coreRetries,
  },
  // The library has 300 seconds everywhere but at IMDS; these hosts are the machine itself or its neighbour.
  connectTimeoutMs: {
    imds: 2000,
    'app-service': 10_000,
    'service-fabric': 10_000,
    'azure-ml': 10_000,
    'cloud-shell': 10_000,
    'azure-arc': 10_000,
  },
  answers: {
    imds: { ...pipeline, expiry: 'expires_in' },
    'app-service': pipeline,
    'service-fabric': { expiry: 'expires_on', contentType: 'ignored', required: ['token_type'] },
    'azure-ml': pipeline,
    'cloud-shell': { expiry: 'either', contentType: 'ignored', required: ['resource'] },
    'azure-arc': { ...pipeline, expiry: 'expires_in' },
  },
  halfLifeFrom: 7200,
  findProxy: findPythonProxy,
  isUnavailable: (problem) => pythonManagedIdentity(problem)?.isUnavailable ?? false,
}

const profiles: Readonly<Partial<Record<SdkName, ManagedIdentityProfile>>> = {
  python,
  js: jsManagedIdentity,
  go: goManagedIdentity,
  dotnet: dotnetManagedIdentity,
  java: javaManagedIdentity,
}

/** The rows of this SDK; Python's where an SDK has none yet. */
export function managedIdentityProfile(sdk: SdkName): ManagedIdentityProfile {
  return profiles[sdk] ?? python
}
