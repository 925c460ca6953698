/**
 * Managed identity as Azure.Identity for .NET 1.18 (over MSAL.NET of July 2026) does it: the rows, the text of each problem
 * and whether a chain goes on. Read from the sources, not recorded: test/engine/dotnet-profile.test.ts names them.
 */
import type { NetworkError } from '../../runtime.ts'
import type { Problem, ProblemFacts } from '../problems.ts'
import type { HostName, ManagedIdentityFacts } from './facts.ts'
import { everyHost } from './hosts.ts'
import type { ManagedIdentityProfile, RetryRow } from './profile.ts'
import { findDotnetProxy } from './proxy-in-the-way.ts'
import { isConnectTimeout } from './retry.ts'

interface Verdict {
  readonly isUnavailable: boolean
  readonly text: string
}

type Answered = ManagedIdentityFacts['managed-identity-answer']

const prefix = 'ManagedIdentityCredential authentication unavailable.'
const notAssigned = `${prefix} The requested identity has not been assigned to this resource.`
const noResponse = `${prefix} No response received from the managed identity endpoint.`
const gatewayError = `${prefix} The request failed due to a gateway error.`
const manyAttempts = `${prefix} Multiple attempts failed to obtain a token from the managed identity endpoint.`
const unknownError = `${prefix} An unexpected error has occurred.`
const unexpectedFormat =
  'Managed Identity response was not in the expected format. See the inner exception for details.'
const noEndpoint = 'No managed identity endpoint found.'
const guide =
  'See the troubleshooting guide for more information. https://aka.ms/azsdk/net/identity/managedidentitycredential/troubleshoot'

const unavailable = (text: string): Verdict => ({ isUnavailable: true, text })
/** What is no AuthenticationFailedException of its own is wrapped in one. */
const failed = (text: string): Verdict => ({
  isUnavailable: false,
  text: `ManagedIdentityCredential authentication failed: ${text}\n${guide}`,
})

const titles: Readonly<Record<Exclude<HostName, 'token-exchange'>, string>> = {
  imds: 'IMDS',
  'app-service': 'App Service',
  'service-fabric': 'Service Fabric',
  'azure-ml': 'Machine learning',
  'cloud-shell': 'Cloud Shell',
  'azure-arc': 'Azure Arc',
}

function titleOf(host: HostName): string {
  return host === 'token-exchange' ? host : titles[host]
}

function judgeDotnet(problem: Problem): Verdict | null {
  switch (problem.code) {
    // Variables that name no host leave IMDS; of these two the library says only the first.
    case 'managed-identity-no-host':
      return problem.facts.missing.includes(defaultClientId)
        ? failed(`The ${defaultClientId} environment variable is null.`)
        : unavailable(`${prefix} No Managed Identity endpoint found.`)
    case 'managed-identity-ids':
      return {
        isUnavailable: false,
        text: 'DefaultAzureCredentialOptions cannot specify both ManagedIdentityResourceId and ManagedIdentityClientId.',
      }
    case 'managed-identity-id-refused':
      return judgeId(problem.facts.host)
    case 'managed-identity-scopes':
      return failed('[Managed Identity] To acquire token for managed identity, exactly one scope must be passed.')
    case 'managed-identity-endpoint':
      return failed(
        problem.facts.host === 'imds'
          ? 'Invalid URI: The format of the URI could not be determined.'
          : `[Managed Identity] The environment variable ${problem.facts.variable} contains an invalid Uri ${problem.facts.url.split('?')[0]} in ${titleOf(problem.facts.sender)} managed identity source.`,
      )
    case 'managed-identity-header':
      return failed('New-line characters are not allowed in header values.')
    case 'managed-identity-unreachable':
      return judgeUnreachable(problem.facts)
    case 'managed-identity-answer':
      return judgeAnswer(problem.facts)
    case 'managed-identity-no-sign':
      return unavailable(noResponse)
    case 'arc-challenge-refused':
      return failed(wordChallenge(problem.facts))
    case 'service-fabric-thumbprint':
      return unavailable(manyAttempts)
    // Without a client id the library passes token exchange over, so it never says this.
    case 'token-exchange-client-id':
      return failed('The client id is not configured.')
    default:
      return null
  }
}

function judgeId(host: HostName): Verdict {
  if (host === 'service-fabric') {
    return {
      isUnavailable: false,
      text: 'Specifying a clientId or resourceId is not supported by the Service Fabric managed identity environment. The managed identity configuration is determined by the Service Fabric cluster resource configuration. See https://aka.ms/servicefabricmi for more information.',
    }
  }
  if (host === 'azure-ml') {
    return failed('Only client id is supported for user-assigned managed identity in Machine Learning.')
  }
  return failed(
    `[Managed Identity] User assigned identity is not supported by the ${titleOf(host)} Managed Identity. To authenticate with the system assigned identity omit the client id in ManagedIdentityApplicationBuilder.Create().`,
  )
}

/** The first request of a chain is the probe; after it the retries' exceptions come as one, which MSAL's hides. */
function judgeUnreachable({ phase, isProbed }: ManagedIdentityFacts['managed-identity-unreachable']): Verdict {
  if (phase === 'probe') return unavailable(noResponse)
  return unavailable(isProbed === true ? unknownError : manyAttempts)
}

function judgeAnswer(facts: Answered): Verdict {
  if (facts.host === 'imds' && facts.isProbed === true) return judgeProbed(facts)
  const { fault, status } = facts
  if (status === 200 && (fault === 'not-json' || fault === 'not-object' || fault === 'content-type')) {
    return unavailable(noEndpoint)
  }
  return failed(wordMsal(facts))
}

/** DefaultAzureCredential itself reads what comes back at the probe; what MSAL says of the request after it is dropped. */
function judgeProbed(facts: Answered): Verdict {
  const { status, fault, body } = facts
  const isJson = isJsonText(body)
  if (status === 400) return unavailable(notAssigned)
  if (status === 502 || status === 504) return unavailable(withResponse(gatewayError, facts))
  if (!isJson) return unavailable(unexpectedFormat)
  return fault === 'refused' && status >= 400
    ? failed(withResponse('Service request failed.', facts))
    : unavailable(unknownError)
}

/** RequestFailedException's own form: what was said, the status, the body, the headers. */
function withResponse(message: string, { status, statusText, body, headers }: Answered): string {
  const listed = Object.entries(headers ?? {}).map(([name, value]) => `${titleCase(name)}: ${value}`)
  const reason = statusText === '' ? '' : ` (${statusText})`
  return `${message}\nStatus: ${status}${reason}\n\nContent:\n${body}\n\nHeaders:\n${listed.join('\n')}\n`
}

function titleCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_, dash: string, letter: string) => `${dash}${letter.toUpperCase()}`)
}

const msal = '[Managed Identity] '
const identityUnavailable = `${msal}Authentication unavailable. Either the requested identity has not been assigned to this resource, or other errors could be present. Ensure the identity is correctly assigned and check the inner exception for more details. For more information, visit https://aka.ms/msal-managed-identity.`
const unparsed = `${msal}The error response was either empty or could not be parsed.`

/** MSAL's own message for an answer that is no token. */
function wordMsal(facts: Answered): string {
  const { fault, status, sender } = facts
  if (status === 200) {
    return fault === 'refused' || fault === 'bad-expiry'
      ? `${msal}Invalid response, the authentication response received did not contain the expected fields.`
      : `${msal}MSI returned 200 OK, but the response could not be parsed.`
  }
  const said = wordErrorBody(facts)
  if (sender !== 'imds' || ![400, 502, 504].includes(status)) return said
  const head =
    status === 400
      ? identityUnavailable
      : `${msal}Authentication unavailable. The request failed due to a gateway error.`
  const names: Readonly<Record<number, string>> = { 400: 'BadRequest', 502: 'BadGateway', 504: 'GatewayTimeout' }
  const listed = Object.entries(facts.headers ?? {}).map(([name, value]) => `${titleCase(name)}: ${value}\n`)
  return `${head}\nStatus: ${names[status] ?? status}\nContent:\n${facts.body}\n\nHeaders:\n${listed.join('')}\n${said}`
}

function wordErrorBody({ body, error, description, correlationId, sender }: Answered): string {
  if (body === '') return `${msal}Authentication unavailable. No response received from the managed identity endpoint.`
  if (!isJsonText(body)) return `${unparsed}. Error response received from the server: ${body}.`
  const value: unknown = JSON.parse(body)
  const inner = typeof value === 'object' && value !== null ? (value as { error?: unknown }).error : undefined
  // Service Fabric and Cloud Shell put an object where the others have a text.
  if (typeof inner === 'object' && inner !== null) {
    return `${msal}${error === undefined ? '' : `Error Code: ${error} `}${description === undefined ? '' : `Error Message: ${description}`}`
  }
  const { message } = (typeof value === 'object' && value !== null ? value : {}) as { message?: unknown }
  const isMessage = typeof message === 'string' && message !== ''
  const parts = [
    typeof inner === 'string' && inner !== '' ? `Error Code: ${inner} ` : '',
    isMessage ? `Error Message: ${message} ` : '',
    !isMessage && description !== undefined ? `Error Description: ${description} ` : '',
    correlationId === undefined
      ? ''
      : `Managed Identity Correlation ID: ${correlationId} (issued by the '${sources[sender]}' managed identity source; search that source's telemetry with this correlation ID). Use this Correlation ID for further investigation.`,
  ].join('')
  return parts === '' ? `${unparsed}.` : `${msal}${parts}`
}

/** MSAL's names of the hosts, as in its enumeration. */
const sources: Readonly<Record<HostName, string>> = {
  imds: 'Imds',
  'app-service': 'AppService',
  'service-fabric': 'ServiceFabric',
  'azure-ml': 'MachineLearning',
  'cloud-shell': 'CloudShell',
  'azure-arc': 'AzureArc',
  'token-exchange': 'None',
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function wordChallenge({ reason, path, headers }: ManagedIdentityFacts['arc-challenge-refused']): string {
  switch (reason) {
    case 'header':
      return headers?.['www-authenticate'] === undefined
        ? `${msal}Did not receive expected WWW-Authenticate header in the response from Azure Arc Managed Identity Endpoint.`
        : `${msal}The WWW-Authenticate header in the response from Azure Arc Managed Identity Endpoint did not match the expected format.`
    case 'platform':
      return `${msal}The platform is not supported by Azure Arc. Azure Arc only supports Windows and Linux.`
    case 'missing':
      return `Could not find file '${path ?? ''}'.`
    case 'unreadable':
    case 'not-a-file':
      return `Access to the path '${path ?? ''}' is denied.`
    // MSAL takes whatever comes back for the identity that was asked for; azid does not.
    case 'not-confirmed':
    case 'folder':
    case 'extension':
    case 'link':
    case 'size':
    case 'key':
      return `${msal}The file on the file path in the WWW-Authenticate header is not secure.`
    default:
      return reason satisfies never
  }
}

type Words = { readonly [Code in keyof ManagedIdentityFacts]: (facts: ProblemFacts[Code]) => string }

function word<Code extends keyof ManagedIdentityFacts>(code: Code): (facts: ProblemFacts[Code]) => string {
  return (facts) => judgeDotnet({ code, facts } as Problem)?.text ?? ''
}

export const dotnetManagedIdentityWording: Words = {
  'managed-identity-no-host': word('managed-identity-no-host'),
  'managed-identity-ids': word('managed-identity-ids'),
  'managed-identity-id-refused': word('managed-identity-id-refused'),
  'managed-identity-scopes': word('managed-identity-scopes'),
  'managed-identity-endpoint': word('managed-identity-endpoint'),
  'managed-identity-header': word('managed-identity-header'),
  'managed-identity-unreachable': word('managed-identity-unreachable'),
  'managed-identity-answer': word('managed-identity-answer'),
  'managed-identity-no-sign': word('managed-identity-no-sign'),
  'arc-challenge-refused': word('arc-challenge-refused'),
  'service-fabric-thumbprint': word('service-fabric-thumbprint'),
  'token-exchange-client-id': word('token-exchange-client-id'),
}

/** What .NET's sockets and HTTP client say, with the address that was meant. */
export function wordDotnetSocket(error: NetworkError, port: number): string {
  const place = `(${error.host.replace(/:\d+$/, '')}:${port})`
  switch (error.code) {
    case 'refused':
      return `Connection refused ${place}`
    case 'unreachable':
      return `${error.detail.includes('EHOSTUNREACH') ? 'No route to host' : 'Network is unreachable'} ${place}`
    case 'dns':
      return `${error.detail.includes('EAI_AGAIN') ? 'Resource temporarily unavailable' : 'Name or service not known'} ${place}`
    case 'tls':
      return 'The SSL connection could not be established, see inner exception.'
    case 'timeout':
      return isConnectTimeout(error)
        ? `Connection timed out ${place}`
        : 'The operation was cancelled because it exceeded the configured timeout of 0:01:40. Network timeout can be adjusted in ClientOptions.Retry.NetworkTimeout.'
    case 'reset':
      return 'An error occurred while sending the request.'
    default:
      return error.detail
  }
}

const retries: RetryRow = {
  statuses: [404, 408, 410, 429, [500, 599]],
  limits: { total: 5, connect: 5, read: 5, status: 5 },
  factorMs: 800,
  factorMsAfter410: 2300,
  longestMs: 60_000,
  waitsMs: [800, 1600, 3200, 6400, 12_800],
  // Together more than the 70 seconds of an IMDS that is being updated.
  waitsMsAfter410: [2300, 4600, 9200, 18_400, 36_800],
}

const ids = { clientId: 'client_id', objectId: 'object_id', resourceId: 'mi_res_id' }

const fabric = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER', 'IDENTITY_SERVER_THUMBPRINT']
const appService = ['IDENTITY_ENDPOINT', 'IDENTITY_HEADER']
const machineLearning = ['MSI_ENDPOINT', 'MSI_SECRET']
const arc = ['IDENTITY_ENDPOINT', 'IMDS_ENDPOINT']
const defaultClientId = 'DEFAULT_IDENTITY_CLIENT_ID'

export const dotnetManagedIdentity: ManagedIdentityProfile = {
  detection: [
    // Before every host; without a client id it is passed over.
    { host: 'token-exchange', variables: ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE'] },
    { host: 'service-fabric', variables: fabric },
    { host: 'app-service', variables: appService },
    { host: 'azure-ml', variables: machineLearning },
    { host: 'cloud-shell', variables: ['MSI_ENDPOINT'] },
    { host: 'azure-arc', variables: arc },
    { host: 'imds', variables: [] },
  ],
  senders: [
    { sender: 'service-fabric', variables: fabric },
    { sender: 'app-service', variables: appService },
    { sender: 'azure-ml', variables: machineLearning },
    { sender: 'azure-arc', variables: arc },
    { sender: 'azure-arc', variables: [], hasArcAgent: true },
    { sender: 'imds', variables: [] },
  ],
  apiVersions: {
    imds: '2018-02-01',
    'app-service': '2019-08-01',
    'service-fabric': '2020-05-01',
    'azure-ml': '2017-09-01',
    'cloud-shell': null,
    'azure-arc': '2020-06-01',
  },
  idParameters: {
    ...everyHost(ids),
    imds: { ...ids, resourceId: 'msi_res_id' },
    'azure-ml': { ...ids, clientId: 'clientid' },
    'service-fabric': { ...ids, objectId: 'principalId' },
  },
  defaultId: { host: 'azure-ml', parameter: 'clientid', variable: defaultClientId, isRequired: true },
  refusesIds: {
    'service-fabric': 'always',
    'azure-ml': 'but-client-id',
    'cloud-shell': 'always',
    'azure-arc': 'always',
  },
  probe: { answerFactor: 1, gatewayBody: 'any', isOfAnyAddress: true },
  retries: everyHost(retries),
  connectTimeoutMs: everyHost(10_000),
  answers: everyHost({ expiry: 'expires_on', contentType: 'ignored', required: [] }),
  halfLifeFrom: 7200,
  findProxy: findDotnetProxy,
  isUnavailable: (problem) => judgeDotnet(problem)?.isUnavailable ?? false,
}
