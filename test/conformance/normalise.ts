/**
 * What makes two runs comparable: the closed list of values that differ from run to run, and of requests' parts in which
 * libraries differ without asking for anything else. docs/conformance.md lists it from here.
 */
import type { LoggedRequest } from '../../src/sandbox/request-log.ts'

export interface TextRule {
  readonly name: string
  /** What differs and why it may, for the page. */
  readonly why: string
  apply(text: string, values: RunValues): string
}

/** Of one run: what stands in texts because of where and when it ran. */
export interface RunValues {
  /** The scenario's own folder. */
  readonly folder: string
  /** GUIDs that a scenario is about; every other one was made in this run. */
  readonly knownGuids: ReadonlySet<string>
}

const guid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi

export const textRules: readonly TextRule[] = [
  {
    name: 'folder',
    why: 'the folder of the scenario, made anew for each run',
    apply: (text, { folder }) => text.replaceAll(folder, '{folder}'),
  },
  {
    name: 'port',
    why: 'the free ports that hosts and proxies were given',
    apply: (text) => text.replace(/(127\.0\.0\.1|localhost|\[::1\]):\d{4,5}\b/g, '$1:{port}'),
  },
  {
    name: 'guid',
    why: 'trace and correlation ids; ids of tenants and apps stay',
    apply: (text, { knownGuids }) => text.replace(guid, (id) => (knownGuids.has(id.toLowerCase()) ? id : '{guid}')),
  },
  {
    name: 'time',
    why: 'times, as Entra, JavaScript and HTTP write them',
    apply: (text) =>
      text
        .replace(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)?/g, '{time}')
        .replace(/(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT/g, '{time}'),
  },
  {
    name: 'thumbprint',
    why: 'of certificates made for the run',
    apply: (text) => text.replace(/\b[0-9A-F]{40}\b/g, '{thumbprint}'),
  },
  {
    name: 'connection',
    why: 'of an answer that MSAL for JavaScript prints with its headers, those about the connection: azid keeps none open',
    apply: (text) => text.replace(/"(?:connection|keep-alive)":"[^"]*",?/g, '').replace(/,\}/g, '}'),
  },
  {
    name: 'address',
    why: 'addresses of objects in the memory of Python',
    apply: (text) => text.replace(/ at 0x[0-9a-f]+>/g, ' at {address}>'),
  },
  {
    name: 'json-place',
    why: 'line and column behind V8’s words for broken JSON, which Node 22 says and Node 20 does not',
    apply: (text) => text.replace(/( in JSON at position \d+) \(line \d+ column \d+\)/g, '$1'),
  },
  {
    name: 'ssl-line',
    why: 'the line in the source of the Python in use',
    apply: (text) => text.replace(/\(_ssl\.c:\d+\)/g, '(_ssl.c:{line})'),
  },
]

/** azid says, behind the SDK's words for a value that it refuses, where it was set. Only of azid's own messages. */
export function withoutSource(message: string): string {
  return message.replace(/ \(from (?:--[a-z-]+|[A-Z_]+)\)$/, '')
}

export function normaliseText(text: string, values: RunValues): string {
  return textRules.reduce((result, rule) => rule.apply(result, values), text)
}

/** One request as it is compared. */
export interface Asked {
  readonly endpoint: string | null
  readonly method: string
  readonly host: string
  readonly path: string
  readonly parameters: Readonly<Record<string, string>>
  /** Of managed identity hosts: what they look at. */
  readonly headers?: Readonly<Record<string, string>>
  readonly proof?: string
  /** `iss`, `sub` and `aud` of a client assertion. */
  readonly assertion?: Readonly<Record<string, string | null>>
  readonly status: number | null
  readonly refusal: string | null
}

/** Telemetry and ids of one request, of MSAL's and the SDKs' own. */
const telemetry = /^(x-client-|x-app-|x-ms-|client-request-id$|client_info$|return-client-request-id$)/i

export function toAsked(request: LoggedRequest, values: RunValues): Asked {
  const { endpoint, method, host, path, parameters, headers, proof, assertion, status, refusal } = request
  const kept = Object.entries(parameters)
    .filter(([name]) => !telemetry.test(name))
    .map(([name, value]) => [name, normaliseText(value, values)] as const)
    .sort(([one], [other]) => (one < other ? -1 : 1))
  return {
    endpoint,
    method,
    host: normaliseText(host, values),
    path,
    parameters: Object.fromEntries(kept),
    ...(headers === undefined ? {} : { headers }),
    ...(proof === 'none' ? {} : { proof }),
    ...(assertion?.claims == null ? {} : { assertion: { ...assertion.claims } }),
    status,
    refusal,
  }
}

/** A difference between requests that asks for nothing else: each library has its own habit. */
export interface RequestRule {
  readonly name: string
  readonly why: string
  /** Null: this request is not compared. */
  apply(request: Asked): Asked | null
}

const oidcScopes = new Set(['openid', 'offline_access', 'profile'])

/** Of the sandbox's directory. */
const tenantIds: Readonly<Record<string, string>> = { 'contoso.com': 'aaaabbbb-0000-cccc-1111-dddd2222eeee' }
const preferredHosts: Readonly<Record<string, string>> = {
  'login.microsoft.com': 'login.microsoftonline.com',
  'login.chinacloudapi.cn': 'login.partner.microsoftonline.cn',
}

export const requestRules: readonly RequestRule[] = [
  {
    name: 'discovery',
    why: 'instance discovery and the OpenID configuration: MSAL for Python, for JavaScript and for Go each know other hosts by heart, and ask for the rest in another order',
    apply: (request) => (request.endpoint === 'instance' || request.endpoint === 'configuration' ? null : request),
  },
  {
    name: 'tenant-name',
    why: 'where a tenant is named by its domain: MSAL for Python and Go ask at the address in its OpenID configuration, which has the id, MSAL for JavaScript by the name',
    apply: (request) => {
      const [, tenant = '', ...rest] = request.path.split('/')
      const id = tenantIds[tenant]
      return id === undefined ? request : { ...request, path: ['', id, ...rest].join('/') }
    },
  },
  {
    name: 'host-alias',
    why: 'two names of one cloud: MSAL for JavaScript asks at the one that Microsoft prefers, whichever was named',
    apply: (request) => ({ ...request, host: preferredHosts[request.host] ?? request.host }),
  },
  {
    name: 'oidc-scopes',
    why: 'MSAL for Go adds `openid offline_access profile` to every scope, for which an app gets nothing',
    apply: (request) => {
      const { scope, ...rest } = request.parameters
      if (scope === undefined) return request
      const kept = scope.split(' ').filter((word) => !oidcScopes.has(word))
      return { ...request, parameters: { ...rest, scope: kept.join(' ') } }
    },
  },
  {
    name: 'idle-headers',
    why: 'a content type on a request without content, and the charset of a form (JavaScript), and a `Metadata` header at a host that knows the caller by another header',
    apply: (request) => {
      if (request.headers === undefined) return request
      const { 'content-type': contentType, metadata, ...rest } = request.headers
      const isKnownOtherwise = rest['x-identity-header'] !== undefined || rest['secret'] !== undefined
      return {
        ...request,
        headers: {
          ...rest,
          ...(metadata === undefined || isKnownOtherwise ? {} : { metadata }),
          ...(contentType === undefined || request.method === 'GET'
            ? {}
            : { 'content-type': contentType.replace(/;\s*charset=utf-8$/i, '') }),
        },
      }
    },
  },
]

export function comparableRequests(requests: readonly Asked[]): readonly Asked[] {
  return requests.flatMap((request) => {
    const kept = requestRules.reduce<Asked | null>((each, rule) => (each === null ? null : rule.apply(each)), request)
    return kept === null ? [] : [kept]
  })
}
