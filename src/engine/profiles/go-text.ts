/** How azidentity 1.15.0 shapes its errors, and how Go words what the network did. */
import type { NetworkError } from '../../runtime.ts'
import { isCut } from '../managed-identity/retry.ts'
import type { SentRequest } from '../problems.ts'
import type { CredentialName } from '../types.ts'

/** Sections of the troubleshooting guide. */
const anchors: Readonly<Record<string, string>> = {
  AzureCLICredential: 'azure-cli',
  AzureDeveloperCLICredential: 'azd',
  AzurePipelinesCredential: 'apc',
  AzurePowerShellCredential: 'azure-pwsh',
  ClientCertificateCredential: 'client-cert',
  ManagedIdentityCredential: 'managed-id',
  ClientSecretCredential: 'client-secret',
  WorkloadIdentityCredential: 'workload',
}

const rule = '-'.repeat(80)

/** As Go spells the class. */
export function goName(credential: CredentialName | string): string {
  return credential.replace(/Cli(?=Credential$)/, 'CLI')
}

function guide(name: string): string {
  const anchor = anchors[name]
  return anchor === undefined ? '' : `To troubleshoot, visit https://aka.ms/azsdk/go/identity/troubleshoot#${anchor}`
}

export function wordUnavailable(credential: CredentialName, text: string): string {
  return `${goName(credential)}: ${text}`
}

/** A failure without an answer. */
export function wordFailed(credential: CredentialName | string, text: string): string {
  const name = goName(credential)
  const link = guide(name)
  return `${name}: ${text}${link === '' ? '' : `${text.endsWith('.') ? ' ' : '. '}${link}`}`
}

/** A failure with the answer that says why. */
export function wordRejected(
  credential: CredentialName,
  text: string,
  request: SentRequest,
  status: number,
  statusText: string | undefined,
  body: string,
): string {
  const name = goName(credential)
  const link = guide(name)
  return [
    `${name} authentication failed. ${text}`,
    `${request.method} ${request.url}`,
    rule,
    `RESPONSE ${status}: ${status} ${statusText === undefined || statusText === '' ? goReason(status) : statusText}`,
    rule,
    body === '' ? 'Response contained no body' : indentJson(body),
    `${rule}${link === '' ? '' : `\n${link}`}`,
  ].join('\n')
}

const reasons: Readonly<Record<number, string>> = {
  203: 'Non-Authoritative Information',
  302: 'Found',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** What stands behind the number where the answer's own words are not known. */
export function goReason(status: number): string {
  return reasons[status] ?? ''
}

/** What is no JSON stays as it is; numbers and texts keep their spelling, as Go's indenting does. */
function indentJson(text: string): string {
  try {
    JSON.parse(text)
  } catch {
    return text
  }
  let depth = 0
  let out = ''
  let isEmpty = false
  const newline = (): string => `\n${'  '.repeat(depth)}`
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    switch (token) {
      case '{':
      case '[':
        out += (isEmpty ? newline() : '') + token
        isEmpty = true
        depth++
        break
      case '}':
      case ']':
        depth--
        out += isEmpty ? token : newline() + token
        isEmpty = false
        break
      case ',':
        out += `,${newline()}`
        break
      case ':':
        out += ': '
        break
      default:
        out += (isEmpty ? newline() : '') + token
        isEmpty = false
    }
  }
  return out
}

/** `%q` of what is printable and of the usual escapes. */
export function goQuote(text: string): string {
  const escapes: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' }
  const quoted = text.replace(/["\\\p{Cc}]/gu, (char) => {
    const known = escapes[char]
    return known ?? `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`
  })
  return `"${quoted}"`
}

/** `Get "https://…": dial tcp 127.0.0.1:1: connect: connection refused` */
export function wordGoNetwork(error: NetworkError, { method, url }: SentRequest): string {
  // The answer began, so nothing says any more which request it was.
  if (isCut(error)) return 'unexpected EOF'
  // MSAL puts a query behind the address of metadata, and has none.
  const shown = url.endsWith('/openid-configuration') ? `${url}?` : url
  return `${method === 'GET' ? 'Get' : 'Post'} "${shown}": ${wordCause(error)}`
}

function wordCause({ code, host, detail, certificate }: NetworkError): string {
  const address = /(\d+(?:\.\d+){3}:\d+|\[[0-9a-f:]+\]:\d+)/i.exec(detail)?.[1] ?? host
  switch (code) {
    case 'refused':
      return `dial tcp ${address}: connect: connection refused`
    case 'unreachable':
      return `dial tcp ${address}: connect: ${/EHOSTUNREACH/.test(detail) ? 'no route to host' : 'network is unreachable'}`
    case 'dns':
      return `dial tcp: lookup ${host.replace(/:\d+$/, '')}: no such host`
    case 'timeout':
      return /connect/i.test(detail) ? `dial tcp ${address}: i/o timeout` : 'context deadline exceeded'
    case 'reset':
      return 'EOF'
    case 'tls':
      return `tls: failed to verify certificate: x509: ${certificate?.reason ?? 'certificate signed by unknown authority'}`
    case 'proxy':
      return `proxyconnect tcp: ${/ECONNREFUSED/.test(detail) ? `dial tcp ${address}: connect: connection refused` : detail}`
    case 'too-large':
    case 'protocol':
    case 'aborted':
      return detail
    default:
      return code satisfies never
  }
}
