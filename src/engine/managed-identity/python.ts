/**
 * What azure-identity for Python 1.27.0 makes of a managed identity's problem: its exact text, and whether a chain goes
 * on. Every text here was recorded from the library; test/managed-identity/python-recorded.json is the record.
 */
import type { NetworkError } from '../../runtime.ts'
import { bareHost, portOf } from '../../url-parts.ts'
import type { Problem, ProblemFacts } from '../problems.ts'
import type { HostName, IdKind, ManagedIdentityFacts } from './facts.ts'
import {
  type PythonValue,
  pythonDictRepr,
  pythonRepr,
  pythonStr,
  pythonTextRepr,
  pythonType,
  readPythonJson,
} from './python-json.ts'
import { kindOfType } from './response.ts'
import { isConnectTimeout } from './retry.ts'

export interface Verdict {
  readonly isUnavailable: boolean
  readonly text: string
}

type Answered = ManagedIdentityFacts['managed-identity-answer']
type Unreachable = ManagedIdentityFacts['managed-identity-unreachable']

const noResponse = 'ManagedIdentityCredential authentication unavailable, no response from the IMDS endpoint.'
const keys = 'object_id, resource_id, client_id'
const longestText = 2048

const titles: Readonly<Record<Exclude<HostName, 'imds' | 'token-exchange'>, string>> = {
  'app-service': 'App Service',
  'service-fabric': 'Service Fabric',
  'azure-ml': 'Azure ML',
  'cloud-shell': 'Cloud Shell',
  'azure-arc': 'Azure Arc',
}

const serviceFabricIds =
  'Specifying a client_id or identity_config is not supported by the Service Fabric managed identity environment. ' +
  'The managed identity configuration is determined by the Service Fabric cluster resource configuration. ' +
  'See https://aka.ms/servicefabricmi for more information.'

const notConfirmed =
  'Azure Arc did not confirm the requested user-assigned managed identity in the token response. ' +
  'The agent likely does not support user-assigned managed identities and returned the system-assigned identity.'

const unavailable = (text: string): Verdict => ({ isUnavailable: true, text })
const failed = (text: string): Verdict => ({ isUnavailable: false, text })

/** Null for a problem that is not managed identity's own. */
export function pythonManagedIdentity(problem: Problem): Verdict | null {
  switch (problem.code) {
    case 'managed-identity-no-host':
      return unavailable(
        'No managed identity endpoint found. \nThe Target Azure platform could not be determined from environment variables. \n' +
          'Visit https://aka.ms/azsdk/python/identity/managedidentitycredential/troubleshoot to troubleshoot this issue.',
      )
    case 'managed-identity-ids':
      return failed(wordIds(problem.facts.ids))
    case 'managed-identity-id-refused':
      return failed(wordRefusedId(problem.facts.host, problem.facts.id))
    case 'managed-identity-scopes':
      return failed('This credential requires exactly one scope per token request.')
    case 'managed-identity-endpoint':
      return wordEndpoint(problem.facts)
    case 'managed-identity-header':
      return atHost(problem.facts.host, headerComplaint('***'))
    case 'managed-identity-unreachable':
      return atHost(problem.facts.host, wordNetwork(problem.facts))
    case 'managed-identity-answer':
      return wordAnswer(problem.facts)
    case 'managed-identity-no-sign':
      return unavailable(noResponse)
    case 'arc-challenge-refused':
      return wordChallenge(problem.facts)
    case 'service-fabric-thumbprint':
      return failed(
        problem.facts.reason === 'malformed'
          ? `${notFound('service-fabric')} IDENTITY_SERVER_THUMBPRINT must be a SHA-1 certificate thumbprint.`
          : "('Service Fabric endpoint certificate thumbprint does not match IDENTITY_SERVER_THUMBPRINT.',)",
      )
    case 'token-exchange-client-id':
      return failed(
        'Workload identity was selected but no client ID was provided. ' +
          'Configure the environment with a client ID or pass a value for "client_id" argument',
      )
    default:
      return null
  }
}

/** The rows of the Python profile's wording for these codes. */
export const pythonManagedIdentityWording: ManagedIdentityWording = {
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

type ManagedIdentityWording = {
  readonly [Code in keyof ManagedIdentityFacts]: (facts: ManagedIdentityFacts[Code]) => string
}

function word<Code extends keyof ManagedIdentityFacts>(code: Code): (facts: ProblemFacts[Code]) => string {
  return (facts) => pythonManagedIdentity({ code, facts } as Problem)?.text ?? ''
}

/** IMDS swallows what happens; at every other host the exception comes through and stops a chain. */
function atHost(host: HostName, text: string): Verdict {
  return host === 'imds' ? unavailable(noResponse) : failed(text)
}

function notFound(host: HostName): string {
  return host === 'imds' || host === 'token-exchange'
    ? noResponse
    : `${titles[host]} managed identity configuration not found in environment.`
}

function wordIds(ids: readonly IdKind[]): string {
  return ids.includes('clientId')
    ? `When 'client_id' is provided as a keyword argument, 'identity_config' must not contain any of the following keys: ${keys}`
    : `identity_config must not contain more than one of the following keys: ${keys}`
}

const mlIds = 'Azure ML managed identity takes no id but a client id, and would give the token of another identity.'

function wordRefusedId(host: HostName, id: IdKind): string {
  if (host === 'service-fabric') return serviceFabricIds
  // The library sends it all the same, and is given the token of another identity.
  if (host === 'azure-ml') return mlIds
  return id === 'clientId'
    ? 'client_id should not be set for cloud shell managed identity.'
    : `identity_config must not contain the following keys: ${keys}`
}

function wordEndpoint({ host, sender, reason, url }: ManagedIdentityFacts['managed-identity-endpoint']): Verdict {
  if (sender === 'service-fabric' && reason === 'not-https') {
    return atHost(host, `${notFound(host)} Service Fabric managed identity endpoint must use HTTPS.`)
  }
  return atHost(host, wordBadUrl(reason, url))
}

function wordBadUrl(reason: 'no-scheme' | 'no-host' | 'malformed' | 'not-https', url: string): string {
  if (reason === 'no-host') return `Invalid URL '${url}': No host supplied`
  if (reason !== 'no-scheme') return `Failed to parse: ${url}`
  if (url.includes(':')) return `No connection adapters were found for '${url}'`
  if (url.includes(' ')) return `Failed to parse: Host '${url}' contains invalid character ' '`
  return `Invalid URL '${url}': No scheme supplied. Perhaps you meant https://${url}?`
}

function headerComplaint(value: string): string {
  return `Invalid leading whitespace, reserved character(s), or return character(s) in header value: ${pythonTextRepr(value)}`
}

/** The words of urllib3 and of the operating system, which the library passes on. */
/** What `requests` and urllib3 say of a connection that gave no answer. */
export function wordNetwork(
  facts: Pick<Unreachable, 'sender' | 'endpoint' | 'error' | 'connectTimeoutMs' | 'answerTimeoutMs'>,
): string {
  const { error, endpoint, sender } = facts
  const url = new URL(endpoint)
  const isTls = url.protocol === 'https:'
  const host = bareHost(url)
  const port = portOf(url)
  const kind =
    sender === 'service-fabric' ? '_PinnedServiceFabricHTTPSConnection' : isTls ? 'HTTPSConnection' : 'HTTPConnection'
  const connection = `${kind}(host='${host}', port=${port})`
  const establish = (reason: string): string => `${connection}: Failed to establish a new connection: ${reason}`
  switch (error.code) {
    case 'refused':
      return establish('[Errno 111] Connection refused')
    case 'unreachable':
      return establish(
        error.detail.includes('EHOSTUNREACH') ? '[Errno 113] No route to host' : '[Errno 101] Network is unreachable',
      )
    case 'dns':
      return `${connection}: Failed to resolve '${host}' (${nameError(error)})`
    case 'timeout':
      return isConnectTimeout(error)
        ? `(<${connection}>, 'Connection to ${host} timed out. (connect timeout=${facts.connectTimeoutMs / 1000})')`
        : `${isTls ? 'HTTPSConnectionPool' : 'HTTPConnectionPool'}(host='${host}', port=${port}): Read timed out. (read timeout=${facts.answerTimeoutMs / 1000})`
    case 'reset':
      return `('Connection aborted.', ${isReset(error) ? "ConnectionResetError(104, 'Connection reset by peer')" : "RemoteDisconnected('Remote end closed connection without response')"})`
    case 'tls':
      return wordTls(error, host)
    case 'proxy':
      return wordProxy(error.detail)
    default:
      return wordCut(error.detail) ?? `('Connection aborted.', ${pythonTextRepr(error.detail)})`
  }
}

function wordProxy(detail: string): string {
  const [, host, port] = /ECONNREFUSED (.+):(\d+)$/.exec(detail) ?? []
  return host === undefined
    ? `('Connection aborted.', ${pythonTextRepr(detail)})`
    : `('Unable to connect to proxy', NewConnectionError("HTTPSConnection(host='${host}', port=${port}): Failed to establish a new connection: [Errno 111] Connection refused"))`
}

function wordCut(detail: string): string | null {
  const [, read, missing] = /cut off after (\d+) bytes, (\d+) more/.exec(detail) ?? []
  if (read === undefined) return null
  const words = `IncompleteRead(${read} bytes read, ${missing} more expected)`
  return `('Connection broken: ${words}', ${words})`
}

/** A reset while the answer was awaited, unlike an orderly end, which Node calls `socket hang up`. */
function isReset(error: NetworkError): boolean {
  return error.detail.includes('ECONNRESET') && !error.detail.includes('socket hang up')
}

function nameError(error: NetworkError): string {
  return error.detail.includes('EAI_AGAIN')
    ? '[Errno -3] Temporary failure in name resolution'
    : '[Errno -2] Name or service not known'
}

/** OpenSSL's own words for the codes that Node gives; the line is that of the library's C file. */
const certificateTroubles: readonly (readonly [RegExp, string])[] = [
  [/DEPTH_ZERO_SELF_SIGNED_CERT/, 'self-signed certificate'],
  [/SELF_SIGNED_CERT_IN_CHAIN/, 'self-signed certificate in certificate chain'],
  [/UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF_SIGNATURE/, 'unable to get local issuer certificate'],
  [/CERT_HAS_EXPIRED/, 'certificate has expired'],
  [/CERT_NOT_YET_VALID/, 'certificate is not yet valid'],
]

function wordTls(error: NetworkError, host: string): string {
  const line = '(_ssl.c:1006)'
  const reason = error.certificate?.reason
  if (reason === undefined) {
    return /wrong version number/i.test(error.detail)
      ? `[SSL: WRONG_VERSION_NUMBER] wrong version number ${line}`
      : `[SSL] ${error.detail} ${line}`
  }
  const isMismatch = reason.includes('ERR_TLS_CERT_ALTNAME_INVALID')
  const kind = /^[\d.]+$|:/.test(host) ? 'IP address' : 'Hostname'
  const words = isMismatch
    ? `${kind} mismatch, certificate is not valid for '${host}'.`
    : (certificateTroubles.find(([code]) => code.test(reason))?.[1] ?? reason)
  return `[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: ${words} ${line}`
}

function wordChallenge(facts: ManagedIdentityFacts['arc-challenge-refused']): Verdict {
  const prefix = notFound('azure-arc')
  const name =
    (facts.path ?? '')
      .split(/[/\\]/)
      .at(-1)
      ?.replace(/\.[^.]*$/, '') ?? ''
  const separator = facts.folder?.includes('\\') === true ? '\\' : '/'
  const opened = pythonTextRepr(`${facts.folder ?? ''}${separator}${name}.key`)
  switch (facts.reason) {
    case 'header': {
      const headers = Object.entries(facts.headers ?? {}).map(([key, value]) => [key, pythonTextRepr(value)] as const)
      return failed(`${prefix} Unrecognizable WWW-Authenticate header: ${pythonDictRepr(headers)}`)
    }
    case 'platform':
      return failed(`${prefix} Platform ${facts.platform ?? ''} was undefined and unsupported`)
    case 'size':
      return failed(`${prefix} Local key file shall not be larger than 4KB`)
    case 'not-confirmed':
      return failed(`${prefix} ${notConfirmed}`)
    // The library looks for the name it was given in the folder that it knows, and does not find it there.
    case 'folder':
    case 'extension':
    case 'missing':
      return failed(`[Errno 2] No such file or directory: ${opened}`)
    case 'unreadable':
      return failed(`[Errno 13] Permission denied: ${opened}`)
    case 'link':
      return failed(`[Errno 40] Too many levels of symbolic links: ${opened}`)
    case 'not-a-file':
      return failed(`[Errno 21] Is a directory: ${opened}`)
    case 'key':
      return failed(headerComplaint('***'))
    default:
      return facts.reason satisfies never
  }
}

function wordAnswer(facts: Answered): Verdict {
  if (facts.sender === 'cloud-shell') return wordCloudShell(facts)
  if (facts.fault === 'gateway') return wordGateway(facts)
  if (facts.fault === 'content-type') return wordUndecodable(facts)
  if (facts.fault === 'too-large') return wordNotJson(facts, 'Expecting value: line 1 column 1 (char 0)')
  const parsed = readPythonJson(facts.body)
  if (facts.sender === 'azure-arc' && (facts.fault === 'refused' || facts.fault === 'not-json')) {
    return requestError(facts.host, 'invalid_request', facts.body)
  }
  if (!parsed.ok) return wordNotJson(facts, parsed.error)
  if (parsed.value.kind !== 'dict') {
    return atHost(facts.host, `'${pythonType(parsed.value)}' object has no attribute 'get'`)
  }
  return wordPayload(facts, parsed.value.entries)
}

/** A type that azure-core's pipeline does not decode, or a body that it cannot decode as its type says. */
function wordUndecodable(facts: Answered): Verdict {
  const kind = kindOfType(facts.contentType)
  if (kind === 'other') return failed(`Cannot deserialize content-type: ${mimeOf(facts.contentType)}`)
  const parsed = readPythonJson(facts.body)
  const message = kind === 'xml' ? 'XML is invalid' : `JSON is invalid: ${parsed.ok ? '' : parsed.error}`
  if (facts.host === 'imds' && facts.status === 400) {
    return unavailable(
      `ManagedIdentityCredential authentication unavailable. No identity has been assigned to this resource. Error: ${message}`,
    )
  }
  return failed(withContent(message, facts.body))
}

function mimeOf(contentType: string | undefined): string {
  return (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
}

function withContent(message: string, body: string): string {
  return body === '' ? message : [...`${message}\nContent: ${body}`].slice(0, longestText).join('')
}

function wordGateway(facts: Answered): Verdict {
  const parsed = readPythonJson(facts.body)
  const message = parsed.ok ? unexpectedResponse(parsed.value, facts.body).message : ''
  return unavailable(`ManagedIdentityCredential authentication unavailable. Error: ${message}`)
}

function wordNotJson({ host }: Answered, complaint: string): Verdict {
  return host === 'imds' ? unavailable('ManagedIdentityCredential authentication unavailable.') : failed(complaint)
}

function wordPayload(facts: Answered, entries: ReadonlyMap<string, PythonValue>): Verdict {
  switch (facts.fault) {
    case 'bad-expiry':
      return atHost(
        facts.host,
        wordNotWhole(
          entries.get(facts.sender === 'imds' || facts.sender === 'azure-arc' ? 'expires_in' : 'expires_on'),
        ),
      )
    case 'no-token-type':
      return atHost(facts.host, "'token_type'")
    case 'bad-token':
      return atHost(facts.host, 'the access token in the answer holds characters that no token has')
    default:
      return wordRefusal(facts, entries)
  }
}

/** `int(value)` for what is no whole number. */
function wordNotWhole(value: PythonValue | undefined): string {
  if (value === undefined || value.kind === 'text' || value.kind === 'number') {
    return `invalid literal for int() with base 10: ${value === undefined ? "''" : pythonRepr(value)}`
  }
  return `int() argument must be a string, a bytes-like object or a real number, not '${pythonType(value)}'`
}

const serviceFabricErrors: Readonly<Record<string, string>> = {
  SecretHeaderNotFound: 'unauthorized_client',
  ManagedIdentityNotFound: 'invalid_client',
  ArgumentNullOrEmpty: 'invalid_scope',
}

/** How each host's error is told; the words come from msal, one function a host. */
function wordRefusal(facts: Answered, entries: ReadonlyMap<string, PythonValue>): Verdict {
  const { host, sender, body } = facts
  const shown = (name: string): string => pythonStr(entries.get(name) ?? { kind: 'constant', name: 'None' })
  switch (sender) {
    case 'app-service':
      return requestError(host, 'invalid_scope', `${shown('statusCode')}, ${shown('message')}`)
    case 'azure-ml':
      return requestError(host, 'invalid_scope', pythonRepr({ kind: 'dict', entries }))
    case 'service-fabric': {
      const error = entries.get('error')
      if (error !== undefined && error.kind !== 'dict') {
        return atHost(host, `'${pythonType(error)}' object has no attribute 'get'`)
      }
      const code = error?.entries.get('code')
      const mapped = code?.kind === 'text' ? serviceFabricErrors[code.value] : undefined
      return requestError(host, mapped ?? 'invalid_request', body)
    }
    default: {
      const error = entries.get('error')
      // With both members there, msal goes on to reckon with them and stumbles.
      if (entries.has('access_token') && entries.has('expires_in')) return atHost(host, noResponse)
      if (error === undefined) return unavailable(`${notFound(host)} `)
      const description = entries.get('error_description')
      return requestError(host, pythonStr(error), description === undefined ? '' : pythonStr(description))
    }
  }
}

function requestError(host: HostName, error: string, description: string): Verdict {
  return unavailable(`${notFound(host)} Token request error: (${error}) ${description}`)
}

/** Cloud Shell has the library's own older client, with words of its own. */
function wordCloudShell(facts: Answered): Verdict {
  const { body, fault, contentType } = facts
  if (fault === 'too-large') return failed('No token received.')
  if (body === '') return failed('No token received.')
  const parsed = readPythonJson(body)
  if (!parsed.ok) {
    if (contentType === undefined) return failed("'NoneType' object has no attribute 'startswith'")
    return contentType.startsWith('application/json')
      ? failed(withContent('Failed to deserialize JSON from response', body))
      : unavailable(`Unexpected content type "${contentType}"`)
  }
  const { value } = parsed
  if (isEmpty(value)) return failed(withContent('No token received.', body))
  if (value.kind === 'number' || value.kind === 'constant') {
    return failed(`argument of type '${pythonType(value)}' is not iterable`)
  }
  switch (fault) {
    case 'no-resource':
      return failed("'resource'")
    case 'bad-expiry': {
      const entries = value.kind === 'dict' ? value.entries : new Map<string, PythonValue>()
      return failed(wordNotWhole(entries.get('expires_on') ?? entries.get('expires_in')))
    }
    case 'bad-token':
      return failed('the access token in the answer holds characters that no token has')
    default: {
      const { message, isOData } = unexpectedResponse(value, body)
      return failed(isOData ? message : withContent(message, body))
    }
  }
}

function isEmpty(value: PythonValue): boolean {
  switch (value.kind) {
    case 'text':
      return value.value === ''
    case 'number':
      return Number(value.written) === 0
    case 'constant':
      return value.name !== 'True'
    case 'list':
      return value.items.length === 0
    case 'dict':
      return value.entries.size === 0
    default:
      return value satisfies never
  }
}

/** azure-core prefers an OData error in the body over the message it was given. */
function unexpectedResponse(value: PythonValue, body: string): { message: string; isOData: boolean } {
  const odata = readOData(value)
  if (odata !== null) return { message: odata, isOData: true }
  const shown = readPythonJson(body.replace(/("access_token"\s*:\s*")\*\*\*/, '$1****'))
  return { message: `Unexpected response "${pythonRepr(shown.ok ? shown.value : value)}"`, isOData: false }
}

/** `ODataV4Format.__str__`: code and message twice, then target and details. */
function readOData(value: PythonValue): string | null {
  if (value.kind !== 'dict') return null
  const inner = value.entries.get('error') ?? value
  if (inner.kind !== 'dict') return null
  const none: PythonValue = { kind: 'constant', name: 'None' }
  const code = inner.entries.get('code') ?? none
  const message = inner.entries.get('message') ?? none
  if (isEmpty(code) && isEmpty(message)) return null
  const target = inner.entries.get('target')
  const lines = [
    `(${pythonStr(code)}) ${pythonStr(message)}`,
    `Code: ${pythonStr(code)}`,
    `Message: ${pythonStr(message)}`,
    ...(target === undefined || isEmpty(target) ? [] : [`Target: ${pythonStr(target)}`]),
  ]
  return lines.join('\n')
}
