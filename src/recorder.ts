/** Wraps the ports of one attempt and writes down every look at the outside world, redacted as it is written. */
import type { EnginePorts, Observation } from './engine/types.ts'
import type { FileError, HttpRequest, HttpResult, KeyringResult, ProcessRequest, ProcessResult } from './runtime.ts'

/** Variables whose value may be shown; of any other only whether it is set. An allow-list, so a new secret is safe. */
const shownVariables = new Set([
  'AZURE_TENANT_ID',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_CLIENT_SEND_CERTIFICATE_CHAIN',
  'AZURE_AUTHORITY_HOST',
  'AZURE_ADDITIONALLY_ALLOWED_TENANTS',
  'AZURE_REGIONAL_AUTHORITY_NAME',
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_KUBERNETES_TOKEN_PROXY',
  'AZURE_KUBERNETES_SNI_NAME',
  'AZURE_KUBERNETES_CA_FILE',
  'AZURESUBSCRIPTION_CLIENT_ID',
  'AZURESUBSCRIPTION_TENANT_ID',
  'AZURESUBSCRIPTION_SERVICE_CONNECTION_ID',
  'SYSTEM_OIDCREQUESTURI',
  'ACTIONS_ID_TOKEN_REQUEST_URL',
  'GITHUB_ACTIONS',
  'AZURE_TOKEN_CREDENTIALS',
  'AZURE_CONFIG_DIR',
  'AZD_CONFIG_DIR',
  'AZURE_POD_IDENTITY_AUTHORITY_HOST',
  'IDENTITY_ENDPOINT',
  'IMDS_ENDPOINT',
  'MSI_ENDPOINT',
  'IDENTITY_SERVER_THUMBPRINT',
  'DEFAULT_IDENTITY_CLIENT_ID',
  'SYSTEMROOT',
  'PATH',
])

export interface Recorder {
  readonly ports: EnginePorts
  readonly observations: readonly Observation[]
  /** Addresses that were asked past every proxy, each once, without query, user and password. */
  readonly direct: ReadonlySet<string>
}

/**
 * Promise: the returned ports behave as the given ones; every call ends up in `observations`, with no secret in it, and
 * is told to `tell` as it happens.
 */
export function createRecorder(ports: EnginePorts, tell: (observation: Observation) => void = () => {}): Recorder {
  const observations: Observation[] = []
  const direct = new Set<string>()
  const { env, clock, files, processes, http, keyring } = ports

  const note = (kind: Observation['kind'], what: string, result: string, since: number): void => {
    const observation: Observation = { kind, what, result, ms: Math.round(clock.monotonic() - since) }
    observations.push(observation)
    tell(observation)
  }

  const recorded: EnginePorts = {
    ...ports,
    note: ({ kind, what, result }) => note(kind, what, result, clock.monotonic()),
    env: {
      names: () => env.names(),
      get: (name) => {
        const value = env.get(name)
        note('env', name, describeVariable(name, value), clock.monotonic())
        return value
      },
    },
    files: {
      ...files,
      read: async (path, options) => {
        const since = clock.monotonic()
        const result = await files.read(path, options)
        note('file', path, result.ok ? `read, ${result.value.length} bytes` : describeFileError(result.error), since)
        return result
      },
      stat: async (path, options) => {
        const since = clock.monotonic()
        const result = await files.stat(path, options)
        note(
          'file',
          path,
          result.ok ? `${result.value.kind}, ${result.value.size} bytes` : describeFileError(result.error),
          since,
        )
        return result
      },
      list: async (path) => {
        const since = clock.monotonic()
        const result = await files.list(path)
        note('file', path, result.ok ? `${result.value.length} names` : describeFileError(result.error), since)
        return result
      },
      isReadable: async (path) => {
        const since = clock.monotonic()
        const isReadable = await files.isReadable(path)
        note('file', path, isReadable ? 'readable' : 'not there or not readable', since)
        return isReadable
      },
    },
    processes: {
      ...processes,
      run: async (request, signal) => {
        const since = clock.monotonic()
        const result = await processes.run(request, signal)
        note('process', describeCommand(request), describeProcess(result), since)
        return result
      },
    },
    http: {
      send: async (request, signal) => {
        const since = clock.monotonic()
        if (request.proxy === 'never') direct.add(addressOf(request.url))
        const result = await http.send(request, signal)
        note('http', describeRequest(request), describeAnswer(result), since)
        return result
      },
    },
    keyring: {
      backends: keyring.backends,
      get: async (backend, account, timeoutMs) => {
        const since = clock.monotonic()
        const result = await keyring.get(backend, account, timeoutMs)
        note('keyring', `${backend} ${account}`, describeKeyring(result), since)
        return result
      },
      set: (backend, account, value, timeoutMs) => keyring.set(backend, account, value, timeoutMs),
      remove: (backend, account, timeoutMs) => keyring.remove(backend, account, timeoutMs),
    },
  }
  return { ports: recorded, observations, direct }
}

function describeVariable(name: string, value: string | undefined): string {
  if (value === undefined) return 'not set'
  if (value === '') return 'set, but empty'
  return shownVariables.has(name) ? withoutUserInfo(value) : 'set'
}

/** A URL may carry `user:password@`; nothing that is written down does. */
function withoutUserInfo(value: string): string {
  return value.replace(/\/\/[^/@\s]*@/g, '//***@')
}

function describeFileError(error: FileError): string {
  return error.code === 'not-found' ? 'not found' : `${error.code} (${error.detail})`
}

function describeCommand(request: ProcessRequest): string {
  return request.areArgsPrivate === true ? request.file : [request.file, ...request.args].join(' ')
}

function describeProcess(result: ProcessResult): string {
  switch (result.kind) {
    case 'exited':
      return `exit ${result.code}`
    case 'killed':
      return `killed by ${result.signal}`
    case 'timed-out':
      return `no end within ${result.timeoutMs} ms`
    case 'not-started':
      return `not started: ${result.detail}`
    default:
      return result satisfies never
  }
}

function addressOf(url: string): string {
  if (!URL.canParse(url)) return withoutUserInfo(url).replace(/[?#].*$/, '')
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}

/** Method and URL; headers and bodies carry secrets and are left out, so are query values that could. */
function describeRequest(request: HttpRequest): string {
  return `${request.method} ${withoutUserInfo(request.url)}`
}

/** By these the service's own people find a request. */
const requestIds = ['x-ms-request-id', 'x-vss-e2eid', 'x-github-request-id']

function describeAnswer(result: HttpResult): string {
  if (!result.ok) return `${result.error.code}: ${result.error.detail}`
  const { status, statusText, headers } = result.response
  const name = requestIds.find((each) => headers[each] !== undefined)
  // An id and nothing else: a header may hold whatever a server echoes.
  const id = name === undefined ? undefined : /^[\w:-]{1,100}$/.exec(headers[name] ?? '')?.[0]
  return `${`${status} ${statusText}`.trimEnd()}${id === undefined ? '' : ` (${name} ${id})`}`
}

function describeKeyring(result: KeyringResult<string | null>): string {
  if (!result.ok) return `${result.error.code}: ${result.error.detail}`
  return result.value === null ? 'no entry' : 'found'
}
