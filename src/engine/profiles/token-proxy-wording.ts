/**
 * What each SDK says where the settings of the token proxy of Azure Kubernetes Service are not to be used. How a file that
 * cannot be read is worded is each profile's own. Where an SDK would connect and fail, the words are azid's.
 */
import type { FileError } from '../../runtime.ts'
import type { ProblemFacts } from '../problems.ts'
import { goQuote } from './go-text.ts'

type Facts = ProblemFacts['token-proxy-unusable']
type WordFile = (error: FileError) => string

const withoutProxy =
  'AZURE_KUBERNETES_TOKEN_PROXY is not set but other custom endpoint-related environment variables are present'

/** As each library's parser sees it, in lower case: empty where the text begins with none. */
function schemeOf(address: string): string {
  return /^([a-z][a-z0-9+.-]*):/i.exec(address)?.[1]?.toLowerCase() ?? ''
}

export function wordPythonTokenProxy({ reason, value = '', error }: Facts, wordFile: WordFile): string {
  const notHttps = `Endpoint URL (${value}) must use the 'https' scheme. Got '${schemeOf(value)}' instead.`
  switch (reason) {
    case 'not-set':
      return `${withoutProxy}.`
    case 'two-anchors':
      return 'Both AZURE_KUBERNETES_CA_FILE and AZURE_KUBERNETES_CA_DATA are set. Only one should be set.'
    case 'not-url':
      if (schemeOf(value) !== 'https') return notHttps
      return value.includes('[') ? 'Invalid IPv6 URL' : `Invalid URL '${value}': No host supplied`
    case 'not-https':
      return notHttps
    case 'user-info':
      return `Endpoint URL (${value}) must not contain username or password.`
    case 'query':
      return `Endpoint URL (${value}) must not contain query parameters.`
    case 'fragment':
      return `Endpoint URL (${value}) must not contain a fragment.`
    case 'ca-unreadable':
      return `Failed to read CA file (${value}): ${error === undefined ? 'it cannot be read' : wordFile(error)}`
    case 'ca-empty':
      return `CA file (${value}) is empty. Cannot establish secure connection.`
    case 'ca-invalid':
      // OpenSSL's words, with the line of CPython 3.11 that passes them on.
      return 'no start line: cadata does not contain a certificate (_ssl.c:4020)'
    default:
      return reason satisfies never
  }
}

export function wordJsTokenProxy({ reason, value = '', error }: Facts, wordFile: WordFile): string {
  return `WorkloadIdentityCredential: is unavailable. ${words()}`

  function words(): string {
    const url = URL.canParse(value) ? new URL(value).toString() : value
    switch (reason) {
      case 'not-set':
        return withoutProxy
      case 'two-anchors':
        return 'AZURE_KUBERNETES_CA_FILE and AZURE_KUBERNETES_CA_DATA are mutually exclusive. Specify only one.'
      case 'not-url':
        return `Failed to parse custom token proxy URL "${value}": TypeError: Invalid URL`
      case 'not-https':
        return `Custom token endpoint must use https scheme, got "${schemeOf(value)}:"`
      case 'user-info':
        return `Custom token endpoint URL "${url}" must not contain user info`
      case 'query':
        return `Custom token endpoint URL "${url}" must not contain a query`
      case 'fragment':
        return `Custom token endpoint URL "${url}" must not contain a fragment`
      case 'ca-unreadable':
        return `Failed to read CA certificate file: ${value}. Error: ${error === undefined ? '' : wordFile(error)}`
      case 'ca-empty':
        return `CA certificate file is empty: ${value}`
      case 'ca-invalid':
        return 'Invalid CA certificate data: no valid PEM certificates found'
      default:
        return reason satisfies never
    }
  }
}

export function wordGoTokenProxy({ reason, value = '', source, error }: Facts, wordFile: WordFile): string {
  const notHttps = `custom token endpoint must use https scheme, got ${goQuote(schemeOf(value))}`
  switch (reason) {
    case 'not-set':
      return withoutProxy
    case 'two-anchors':
      return 'only one of AZURE_KUBERNETES_CA_FILE and AZURE_KUBERNETES_CA_DATA can be specified'
    case 'not-url': {
      if (schemeOf(value) !== 'https') return notHttps
      const flaw = value.includes('[') ? "missing ']' in host" : 'invalid character in host name'
      return `failed to parse custom token proxy URL ${goQuote(value)}: parse ${goQuote(value)}: ${flaw}`
    }
    case 'not-https':
      return notHttps
    case 'user-info':
      return `custom token endpoint URL ${goQuote(value)} must not contain user info`
    case 'query':
      return `custom token endpoint URL ${goQuote(value)} must not contain a query`
    case 'fragment':
      return `custom token endpoint URL ${goQuote(value)} must not contain a fragment`
    case 'ca-unreadable':
      return `read CA file ${goQuote(value)}: ${error === undefined ? 'not readable' : wordFile(error)}`
    case 'ca-empty':
      return `CA file ${goQuote(value)} is empty`
    case 'ca-invalid':
      return source === 'AZURE_KUBERNETES_CA_FILE'
        ? `parse CA file ${goQuote(value)}: no valid certificates found`
        : 'parse CA data: no valid certificates found'
    default:
      return reason satisfies never
  }
}

export function wordDotnetTokenProxy({ reason, value = '', source, error }: Facts): string {
  const name = 'AZURE_KUBERNETES_TOKEN_PROXY'
  switch (reason) {
    case 'not-set':
      return `${name} environment variable is not set but other proxy-related environment variables are present. This is likely a configuration issue.`
    case 'two-anchors':
      return 'Azure Kubernetes token proxy configuration is ambiguous. Both AZURE_KUBERNETES_CA_FILE and AZURE_KUBERNETES_CA_DATA are set. Please set only one of these environment variables.'
    case 'not-url':
      return `${name} value '${value}' is not a valid URL.`
    case 'not-https':
      return `${name} must use HTTPS scheme. Got: ${schemeOf(value)}`
    case 'user-info':
      return `${name} must not contain user info.`
    case 'query':
      return `${name} must not contain query parameters.`
    case 'fragment':
      return `${name} must not contain a fragment.`
    case 'ca-unreadable':
      return error?.code === 'not-found' || error?.code === 'is-folder'
        ? `AZURE_KUBERNETES_CA_FILE path '${value}' does not exist.`
        : `Failed to read CA certificate file at '${value}': Access to the path '${value}' is denied.`
    case 'ca-empty':
      return `${source}: '${value}' is empty`
    case 'ca-invalid':
      return `${source} holds no certificate`
    default:
      return reason satisfies never
  }
}

export function wordJavaTokenProxy({ reason, value = '', source }: Facts): string {
  switch (reason) {
    case 'not-set':
      return withoutProxy
    case 'two-anchors':
      return 'Only one of AZURE_KUBERNETES_CA_FILE or AZURE_KUBERNETES_CA_DATA can be set.'
    // The library throws these within the block that catches them.
    case 'not-url':
    case 'not-https':
    case 'user-info':
    case 'query':
    case 'fragment':
      return 'Failed to normalize proxy URL path'
    case 'ca-unreadable':
    case 'ca-empty':
    case 'ca-invalid':
      return `${source}: no trust anchors could be read${value === '' ? '' : ` from ${value}`}`
    default:
      return reason satisfies never
  }
}
