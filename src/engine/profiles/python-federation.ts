/**
 * What azure-identity for Python 1.27.0 says of client assertions. These credentials ask with a small client of the
 * library's own and not through MSAL, so refusals read differently. Recorded from the library over scripted answers.
 */
import type { FileError } from '../../runtime.ts'
import type { FederationFacts } from '../federation-facts.ts'
import { wordNetwork } from '../managed-identity/python.ts'
import {
  type PythonValue,
  pythonRepr,
  pythonStr,
  pythonTextRepr,
  readPythonJson,
} from '../managed-identity/python-json.ts'
import type { ProblemFacts } from '../problems.ts'
import type { CredentialName } from '../types.ts'
import { wordAssertionCommand } from './assertion-command-wording.ts'
import { wordPythonTokenProxy } from './token-proxy-wording.ts'

/** Credentials that do not go through MSAL in Python; managed identity where it is a workload identity in disguise. */
const ownClients: ReadonlySet<CredentialName> = new Set([
  'WorkloadIdentityCredential',
  'ClientAssertionCredential',
  'AzurePipelinesCredential',
  'GitHubActionsCredential',
  'ManagedIdentityCredential',
])

export function hasOwnClient(credential: CredentialName): boolean {
  return ownClients.has(credential)
}

const workloadGuide = 'https://aka.ms/azsdk/python/identity/workloadidentitycredential/troubleshoot'
const pipelinesGuide = 'https://aka.ms/azsdk/python/identity/azurepipelinescredential/troubleshoot'
const unexpectedOidc = 'Unexpected response from OIDC token endpoint.'

/** azure-core shows no more of a message and the answer behind it. */
const longestMessage = 2048

/** Null: not one of these credentials' inputs. */
export function wordMissingInputs(
  { inputs }: ProblemFacts['inputs-missing'],
  credential: CredentialName,
): string | null {
  const names = inputs.map(({ name }) => name)
  switch (credential) {
    case 'ManagedIdentityCredential':
    case 'WorkloadIdentityCredential': {
      const words = { tenant: "'tenant_id'", 'client id': "'client_id'", 'token file': "'token_file_path'" }
      const missing = Object.entries(words).flatMap(([name, word]) => (names.includes(name) ? [word] : []))
      return `WorkloadIdentityCredential authentication unavailable. The workload options are not fully configured. See the troubleshooting guide for more information: ${workloadGuide}. Missing required arguments: ${missing.join(', ')}.`
    }
    case 'AzurePipelinesCredential':
      return `'tenant_id', 'client_id', 'service_connection_id', and 'system_access_token' must be passed in as keyword arguments. Please refer to the troubleshooting guide at ${pipelinesGuide}.`
    case 'OnBehalfOfCredential':
      if (names.includes('user assertion')) return '"user_assertion" must not be empty.'
      return names.includes('client proof')
        ? 'Either "client_certificate", "client_secret", or "client_assertion_func" must be provided'
        : null
    default:
      return null
  }
}

/** A refusal of the token service, met without MSAL. */
export function wordOwnRefusal({ error, description, codes, body }: ProblemFacts['token-refused']): string {
  if (description === '') {
    const read = readPythonJson(body ?? '')
    return withContent(`Microsoft Entra ID error '${read.ok ? pythonRepr(read.value) : error}'`, body)
  }
  // The token endpoint's own word for an unknown tenant; MSAL, which asks here, is told by the tenant's configuration.
  const name = codes.includes('AADSTS90002') && error === 'invalid_tenant' ? 'invalid_request' : error
  return withContent(`Microsoft Entra ID error '(${name}) ${description}'`, body)
}

export function withContent(message: string, body: string | undefined): string {
  const text = body === undefined || body === '' ? message : `${message}\nContent: ${body}`
  return [...text].slice(0, longestMessage).join('')
}

/** An answer that is no OAuth answer, met without MSAL. */
export function wordOwnUnreadable({ contentType, excerpt }: ProblemFacts['token-answer-unreadable']): string {
  const nothing = 'No response content from Microsoft Entra ID'
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? ''
  if (excerpt === '') return nothing
  if (type !== '' && !/^(application|text)\/([^+]+\+)?json$/.test(type)) {
    return type.startsWith('text/')
      ? `Unexpected response from Microsoft Entra ID: ${excerpt}`
      : withContent(`Cannot deserialize content-type: ${type}`, excerpt)
  }
  const read = readPythonJson(excerpt.replace(/^\ufeff/, ''))
  if (!read.ok) return withContent(`JSON is invalid: ${read.error}`, excerpt)
  if (!isTruthy(read.value)) return withContent(nothing, excerpt)
  return `Unexpected response from Microsoft Entra ID: ${pythonRepr(read.value)}`
}

function isTruthy(value: PythonValue): boolean {
  switch (value.kind) {
    case 'text':
      return value.value !== ''
    case 'number':
      return Number(value.written) !== 0
    case 'constant':
      return value.name === 'True'
    case 'list':
      return value.items.length > 0
    case 'dict':
      return value.entries.size > 0
    default:
      return value satisfies never
  }
}

export function wordOwnNetwork(error: ProblemFacts['network'], endpoint = `https://${error.host}/`): string {
  // azure-core waits five minutes for either.
  return wordNetwork({ sender: 'imds', endpoint, error, connectTimeoutMs: 300_000, answerTimeoutMs: 300_000 })
}

/** `requests` on the address of Azure Pipelines; what it would have asked all the same has words of our own. */
export function wordRequestUrl(value: string, source: string): string {
  if (source !== 'SYSTEM_OIDCREQUESTURI') return `GitHubActionsCredential: ${source} is no https URL: '${value}'`
  if (/^[a-z][a-z0-9+.-]*:/i.test(value)) return `${source} is no https URL: '${value}'`
  return `Invalid URL '${value}': No scheme supplied. Perhaps you meant https://${value}?`
}

type Words = {
  readonly [Code in keyof FederationFacts]: (facts: FederationFacts[Code], credential: CredentialName) => string
}

export const pythonFederationWording: Words = {
  'federated-token-unusable': wordUnusable,
  'assertion-command': wordAssertionCommand,
  'token-proxy-unusable': (facts) => wordPythonTokenProxy(facts, wordOpen),
  'pipelines-no-endpoint': ({ variable }) =>
    `Missing value for the ${variable} environment variable. AzurePipelinesCredential is intended for use in Azure Pipelines where the ${variable} environment variable is set. Please refer to the troubleshooting guide at ${pipelinesGuide}.`,
  // The library has no such credential: these words are our own.
  'github-no-endpoint': ({ isJob, missing }) =>
    isJob
      ? `GitHubActionsCredential authentication unavailable. The workflow may not ask for an id token: ${missing.join(' and ')} ${missing.length === 1 ? 'is' : 'are'} not set. It needs \`permissions: id-token: write\`.`
      : 'GitHubActionsCredential authentication unavailable. This is no job of GitHub Actions.',
  'job-token-refused': wordJobRefusal,
  'job-token-unreachable': ({ service, endpoint, error }) =>
    service === 'azure-pipelines'
      ? wordOwnNetwork(error, endpoint)
      : `GitHubActionsCredential: no answer from ${error.host}: ${error.detail}`,
}

/** Python sends what it finds; what is not sent here has no words there, but for text that is no text. */
function wordUnusable({ source, path, reason, start }: FederationFacts['federated-token-unusable']): string {
  const place = path === undefined ? source : pythonTextRepr(path)
  switch (reason) {
    case 'not-text':
      return wordNotUtf8(start ?? new Uint8Array())
    case 'empty':
      return `${place} holds no client assertion: it is empty`
    case 'not-jwt':
      return `${place} holds no client assertion: its content is not a JWT`
    default:
      return reason satisfies never
  }
}

/** The words of CPython's decoder for the first bytes that are no UTF-8 (the Unicode Standard, table 3-7). */
function wordNotUtf8(bytes: Uint8Array): string {
  let at = 0
  while (at < bytes.length) {
    const first = bytes[at] ?? 0
    const ranges = followers(first)
    if (ranges === null) return complaint(bytes, at, at, 'invalid start byte')
    for (const [offset, [low, high]] of ranges.entries()) {
      const next = bytes[at + offset + 1]
      if (next === undefined) return complaint(bytes, at, at + offset, 'unexpected end of data')
      if (next < low || next > high) return complaint(bytes, at, at + offset, 'invalid continuation byte')
    }
    at += 1 + ranges.length
  }
  return "'utf-8' codec can't decode the file"
}

type Range = readonly [number, number]

function followers(first: number): readonly Range[] | null {
  const any: Range = [0x80, 0xbf]
  if (first < 0x80) return []
  if (first >= 0xc2 && first <= 0xdf) return [any]
  if (first === 0xe0) return [[0xa0, 0xbf], any]
  if (first === 0xed) return [[0x80, 0x9f], any]
  if (first >= 0xe1 && first <= 0xef) return [any, any]
  if (first === 0xf0) return [[0x90, 0xbf], any, any]
  if (first === 0xf4) return [[0x80, 0x8f], any, any]
  return first >= 0xf1 && first <= 0xf3 ? [any, any, any] : null
}

function complaint(bytes: Uint8Array, from: number, to: number, reason: string): string {
  const what =
    from === to
      ? `byte 0x${(bytes[from] ?? 0).toString(16).padStart(2, '0')} in position ${from}`
      : `bytes in position ${from}-${to}`
  return `'utf-8' codec can't decode ${what}: ${reason}`
}

/** Python's OSError of `open()`; errno differs between platforms in the rarer cases, which keep the system's own word. */
export function wordOpen(error: FileError): string {
  const path = pythonTextRepr(error.path)
  switch (error.code) {
    case 'not-found':
      return `[Errno 2] No such file or directory: ${path}`
    case 'denied':
      return `[Errno 13] Permission denied: ${path}`
    case 'is-folder':
      return `[Errno 21] Is a directory: ${path}`
    default:
      return `${error.detail}: ${path}`
  }
}

function wordJobRefusal(facts: FederationFacts['job-token-refused']): string {
  const { service, host, status, body } = facts
  if (service === 'github-actions') {
    return status === 200
      ? `GitHubActionsCredential: ${host} answered without a token`
      : withContent(`GitHubActionsCredential: ${host} answered ${status}`, body)
  }
  if (status !== 200) return wordODataError(body) ?? withContent(unexpectedOidc, body)
  const read = readPythonJson(body)
  if (!read.ok) return read.error
  if (read.value.kind === 'constant')
    return `argument of type '${read.value.name === 'None' ? 'NoneType' : 'bool'}' is not iterable`
  return 'OIDC token not found in response.'
}

/** azure-core takes an object with a `message` for an OData error, and shows that instead of anything else. */
function wordODataError(body: string): string | null {
  const read = readPythonJson(body)
  if (!read.ok || read.value.kind !== 'dict') return null
  const inner = read.value.entries.get('error') ?? read.value
  if (inner.kind !== 'dict') return null
  const [code, message] = ['code', 'message'].map((name) => inner.entries.get(name))
  const isThere = [code, message].some((value) => value !== undefined && isTruthy(value))
  if (!isThere) return null
  const say = (value: PythonValue | undefined): string => (value === undefined ? 'None' : pythonStr(value))
  return `(${say(code)}) ${say(message)}\nCode: ${say(code)}\nMessage: ${say(message)}`
}
