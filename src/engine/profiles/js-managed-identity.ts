/** What @azure/identity 4.14.1 says of managed identity, most of it in MSAL's words. */
import type { HostName, ManagedIdentityFacts } from '../managed-identity/facts.ts'
import type { ProblemFacts } from '../problems.ts'
import { isBrokenJson, type ServerError, wordClientAuth, wordPage, wordServerError } from './js-msal.ts'

type Answered = ManagedIdentityFacts['managed-identity-answer']

type ManagedIdentityWording = {
  readonly [Code in keyof ManagedIdentityFacts]: (facts: ProblemFacts[Code]) => string
}

const notThere = failure('Attempted to use the IMDS endpoint, but it is not available.')

const malformedVariables: Readonly<Record<string, string>> = {
  IDENTITY_ENDPOINT: 'identity_endpoint_url_malformed',
  IMDS_ENDPOINT: 'imds_endpoint_url_malformed',
  MSI_ENDPOINT: 'msi_endpoint_url_malformed',
  AZURE_POD_IDENTITY_AUTHORITY_HOST: 'azure_pod_identity_authority_host_url_malformed',
}

export const jsManagedIdentityWording: ManagedIdentityWording = {
  // There is always a host: what is left is IMDS.
  'managed-identity-no-host': () => notThere,
  'managed-identity-ids': ({ ids }) =>
    `ManagedIdentityCredential: only one of 'clientId', 'resourceId', or 'objectId' can be provided. Received values: ${JSON.stringify(ids)}`,
  'managed-identity-id-refused': ({ host }) => wordRefusedId(host),
  'managed-identity-scopes': ({ count }) =>
    `ManagedIdentityCredential: Multiple scopes are not supported. Scopes: ${count}`,
  'managed-identity-endpoint': ({ variable, reason }) =>
    reason === 'malformed' && malformedVariables[variable] !== undefined
      ? failure(
          `${malformedVariables[variable]}: The Managed Identity's '${variable}' environment variable is malformed.`,
        )
      : unreachable(),
  'managed-identity-header': () => unreachable(),
  'managed-identity-unreachable': ({ phase }) => (phase === 'probe' ? notThere : unreachable()),
  'managed-identity-answer': wordAnswer,
  'managed-identity-no-sign': () => notThere,
  'arc-challenge-refused': (facts) => failure(wordChallenge(facts)),
  // The library does not pin: the certificate is one that nobody vouches for.
  'service-fabric-thumbprint': () => unreachable(),
  'token-exchange-client-id': () => notThere,
}

function failure(text: string): string {
  return `ManagedIdentityCredential: Authentication failed. Message ${text}`
}

function unreachable(): string {
  return `ManagedIdentityCredential: Network unreachable. Message: ${wordClientAuth('network_error')}`
}

function wordRefusedId(host: HostName): string {
  switch (host) {
    case 'cloud-shell':
      return 'ManagedIdentityCredential: Specifying a user-assigned managed identity is not supported for CloudShell at runtime. When using Managed Identity in CloudShell, omit the clientId, resourceId, and objectId parameters.'
    case 'service-fabric':
      return 'ManagedIdentityCredential: Specifying a `clientId` or `resourceId` is not supported by the Service Fabric managed identity environment. The managed identity configuration is determined by the Service Fabric cluster resource configuration. See https://aka.ms/servicefabricmi for more information'
    default:
      return failure('Only client id is supported for user-assigned managed identity in MachineLearning.')
  }
}

/** A whole object that is neither a token nor an error: the library misses the first member it looks at. */
export function isWithoutExpiry(facts: Answered): boolean {
  return facts.phase === 'token' && facts.fault === 'refused' && !isError(readSaid(facts.body))
}

function wordAnswer(facts: Answered): string {
  const { phase, fault, status, body, headers } = facts
  if (phase === 'probe' || fault === 'too-large') return phase === 'probe' ? notThere : unreachable()
  const said = readSaid(body)
  if (said === null) {
    return isBrokenJson(body, headers) ? unreachable() : failure(wordPage(status, body, headers ?? {}))
  }
  if (isError(said)) return failure(wordServerError(said))
  switch (fault) {
    case 'bad-token':
      return 'Response had no "accessToken" property.'
    default:
      return 'Response had no "expiresOn" property.'
  }
}

function isError(said: ServerError | null): boolean {
  return said !== null && ((said.error ?? '') !== '' || (said.description ?? '') !== '')
}

/** The members that MSAL takes an error from, whatever the host's own form; null: no JSON. */
function readSaid(body: string): ServerError | null {
  let value: unknown
  try {
    value = JSON.parse(body)
  } catch {
    return null
  }
  const members = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>
  const { error, message, error_description, error_codes, timestamp, trace_id, correlation_id, correlationId } = members
  const inner = (typeof error === 'object' && error !== null ? error : {}) as Readonly<Record<string, unknown>>
  return {
    error: textOf(typeof error === 'string' ? error : inner['code']),
    description: textOf(message) ?? textOf(typeof error === 'string' ? error_description : inner['message']),
    codes: Array.isArray(error_codes) ? error_codes : undefined,
    timestamp: textOf(timestamp),
    traceId: textOf(trace_id),
    correlationId: textOf(correlation_id) ?? textOf(correlationId),
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function wordChallenge({ reason, headers }: ProblemFacts['arc-challenge-refused']): string {
  switch (reason) {
    case 'header':
      return headers?.['www-authenticate'] === undefined
        ? 'www_authenticate_header_missing: A 401 response was received from the Azure Arc Managed Identity, but the www-authenticate header is missing.'
        : 'www_authenticate_header_unsupported_format: A 401 response was received from the Azure Arc Managed Identity, but the www-authenticate header is in an unsupported format.'
    case 'platform':
      return 'platform_not_supported: The platform is not supported by Azure Arc. Azure Arc only supports Windows and Linux.'
    case 'extension':
      return 'invalid_file_extension: The file path in the WWW-Authenticate header does not contain a .key file.'
    case 'folder':
    case 'link':
      return 'invalid_file_path: The file path in the WWW-Authenticate header is not in a valid Windows or Linux Format.'
    case 'size':
      return 'invalid_secret: The secret in the file on the file path in the WWW-Authenticate header is greater than 4096 bytes.'
    case 'missing':
    case 'unreadable':
    case 'not-a-file':
    case 'key':
      return 'unable_to_read_secret_file: Unable to read the secret file.'
    case 'not-confirmed':
      return 'user_assigned_managed_identity_not_confirmed: Azure Arc did not confirm the requested user-assigned managed identity in the token response. The agent likely does not support user-assigned managed identity and returned the system-assigned identity.'
    default:
      return reason satisfies never
  }
}
