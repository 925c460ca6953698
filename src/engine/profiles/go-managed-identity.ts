/** What azidentity 1.15.0 and MSAL for Go 1.10.1 say of managed identity. */
import type { HostName, ManagedIdentityFacts } from '../managed-identity/facts.ts'
import type { ProblemFacts } from '../problems.ts'
import { goJsonError } from './go-json.ts'
import { goQuote, wordFailed, wordGoNetwork, wordRejected, wordUnavailable } from './go-text.ts'

type ManagedIdentityWording = {
  readonly [Code in keyof ManagedIdentityFacts]: (facts: ProblemFacts[Code]) => string
}

const name = 'ManagedIdentityCredential'
const timedOut =
  'managed identity timed out. See https://aka.ms/azsdk/go/identity/troubleshoot#dac for more information'

export const goManagedIdentityWording: ManagedIdentityWording = {
  // There is always a host: what is left is IMDS.
  'managed-identity-no-host': () => wordUnavailable(name, timedOut),
  'managed-identity-ids': () => wordUnavailable(name, 'one ID can be given'),
  'managed-identity-id-refused': ({ host }) => wordUnavailable(name, wordRefusedId(host)),
  'managed-identity-scopes': () => `${name}.GetToken() requires exactly one scope`,
  'managed-identity-endpoint': ({ reason, url }) =>
    reason === 'not-https'
      ? wordUnavailable(name, 'managed identity endpoint for Service Fabric must use HTTPS')
      : wordFailed(name, reason === 'malformed' ? `parse ${goQuote(url)}: invalid URL` : 'no Host in request URL'),
  'managed-identity-header': ({ variable }) =>
    wordFailed(name, `net/http: invalid header field value for ${goQuote(variable)}`),
  'managed-identity-unreachable': wordUnreachable,
  'managed-identity-answer': wordAnswer,
  'managed-identity-no-sign': () => wordUnavailable(name, timedOut),
  'arc-challenge-refused': (facts) => wordFailed(name, wordChallenge(facts)),
  'service-fabric-thumbprint': ({ reason, endpoint, parameters = [] }) =>
    reason === 'malformed'
      ? wordUnavailable(name, 'IDENTITY_SERVER_THUMBPRINT must be a SHA-1 certificate thumbprint')
      : wordFailed(
          name,
          `Get "${withQuery(endpoint, parameters)}": TLS certificate thumbprint from Service Fabric did not match IDENTITY_SERVER_THUMBPRINT`,
        ),
  'token-exchange-client-id': () => wordUnavailable(name, timedOut),
}

function wordRefusedId(host: HostName): string {
  switch (host) {
    case 'cloud-shell':
      return "Cloud Shell doesn't support user-assigned managed identities"
    case 'service-fabric':
      return "Service Fabric API doesn't support specifying a user-assigned identity. The identity is determined by cluster resource configuration. See https://aka.ms/servicefabricmi"
    default:
      return 'Azure ML supports specifying a user-assigned managed identity by client ID only'
  }
}

function wordUnreachable(facts: ManagedIdentityFacts['managed-identity-unreachable']): string {
  const { phase, error, endpoint, sender, parameters = [] } = facts
  const method = sender === 'cloud-shell' ? 'POST' : 'GET'
  if (phase === 'probe') {
    return wordUnavailable(name, error.code === 'timeout' ? timedOut : wordGoNetwork(error, { method, url: endpoint }))
  }
  const url = method === 'POST' ? endpoint : withQuery(endpoint, parameters)
  return wordFailed(name, wordGoNetwork(error, { method, url }))
}

/** Go writes the parameters by their names. */
function withQuery(endpoint: string, parameters: readonly (readonly [string, string])[]): string {
  const query = [...parameters]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([key, value]) => `${key}=${encodeURIComponent(value).replaceAll('%20', '+')}`)
    .join('&')
  return query === '' ? endpoint : `${endpoint}?${query}`
}

function wordAnswer(facts: ManagedIdentityFacts['managed-identity-answer']): string {
  const { host, sender, endpoint, status, statusText, body, fault, id } = facts
  const method = sender === 'cloud-shell' ? 'POST' : 'GET'
  const rejected = (text: string): string =>
    wordRejected(name, text, { method, url: endpoint }, status, statusText, body)
  if (sender === 'azure-arc' && fault === 'refused' && status !== 401 && facts.isFirst === true) {
    return wordFailed(name, `expected a 401 response, received ${status}`)
  }
  if (status === 200 || status === 202) {
    const syntax = goJsonError(body)
    const reason = syntax === '' ? 'expires_in and expires_on are both missing or invalid' : syntax
    const text = `error parsing the json error: ${reason}`
    return host === 'imds' ? wordUnavailable(name, text) : wordFailed(name, text)
  }
  if (host !== 'imds') return rejected('')
  if (status === 400) {
    if (id !== undefined) return rejected("the requested identity isn't assigned to this resource")
    const said = body === '' ? '' : `. The endpoint responded with ${body}`
    return wordUnavailable(name, `failed to authenticate a system assigned identity${said}`)
  }
  if (status === 403 && body.includes('unreachable'))
    return wordUnavailable(name, `unexpected response ${goQuote(body)}`)
  return rejected('')
}

function wordChallenge({
  reason,
  headers,
  path = '',
  folder = '',
  error,
}: ProblemFacts['arc-challenge-refused']): string {
  const extension = /\.[^./\\]*$/.exec(path)?.[0] ?? ''
  switch (reason) {
    case 'header':
      return headers?.['www-authenticate'] === undefined
        ? 'response has no www-authenticate header'
        : `basic realm= not found in the string, instead found: ${headers['www-authenticate']}`
    case 'platform':
      return 'platform not supported, expected linux or windows'
    case 'extension':
      return `invalid file extension, expected .key, got ${extension}`
    case 'folder':
    case 'link':
      return `invalid file path, expected ${folder.replace(/[\\/]$/, '')}, got ${path.replace(/[\\/][^\\/]*$/, '')}`
    case 'size':
      return 'invalid secret file size, expected 4096, file size was more'
    case 'missing':
      return `failed to get metadata for ${path} due to error: stat ${path}: no such file or directory`
    case 'unreadable':
    case 'not-a-file':
    case 'key':
      return `failed to read ${goQuote(path)} due to error: ${error === undefined ? 'not a file' : wordFileError(error, path)}`
    case 'not-confirmed':
      return 'azure arc did not confirm the requested user-assigned managed identity in the token response; the agent likely does not support user-assigned managed identities and returned the system-assigned identity'
    default:
      return reason satisfies never
  }
}

function wordFileError({ code, detail }: { readonly code: string; readonly detail: string }, path: string): string {
  return `open ${path}: ${code === 'denied' ? 'permission denied' : detail}`
}
