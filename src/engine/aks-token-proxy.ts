/**
 * The token proxy of Azure Kubernetes Service (identity binding): a workload's request for a token goes to an address of the
 * cluster, under a TLS name and trust anchors of the cluster's own. Only whoever opts in is led there by variables.
 */
import { X509Certificate } from 'node:crypto'
import { failure, type Result, success } from '../result.ts'
import type { Http } from '../runtime.ts'
import { type Problem, type ProblemFacts, problem } from './problems.ts'
import type { EnginePorts, SdkName } from './types.ts'

const tokenProxyVariable = 'AZURE_KUBERNETES_TOKEN_PROXY'
const serverNameVariable = 'AZURE_KUBERNETES_SNI_NAME'
export const proxyAnchorsFileVariable = 'AZURE_KUBERNETES_CA_FILE'
const anchorsDataVariable = 'AZURE_KUBERNETES_CA_DATA'

export const tokenProxyVariables = [
  tokenProxyVariable,
  serverNameVariable,
  proxyAnchorsFileVariable,
  anchorsDataVariable,
] as const

/** Larger ones are no list of authorities. */
const largestAnchors = 4 * 1024 * 1024

export interface TokenProxy {
  /** Sends to the proxy what the SDK sends there. */
  readonly http: Http
  /** To be called before each request: the file of the trust anchors may have changed. */
  refresh(): Promise<Result<null, Problem>>
}

type Ports = Pick<EnginePorts, 'env' | 'files' | 'http'>
type Reason = ProblemFacts['token-proxy-unusable']['reason']

/** Null: no proxy is named, and the authority is asked itself. */
export async function openTokenProxy(sdk: SdkName, ports: Ports): Promise<Result<TokenProxy | null, Problem>> {
  const [address, serverName, file, data] = tokenProxyVariables.map((name) => ports.env.get(name) ?? '') as [
    string,
    string,
    string,
    string,
  ]
  if (address === '') {
    const isMeant = serverName !== '' || file !== '' || data !== ''
    return isMeant ? fail('not-set', tokenProxyVariable) : success(null)
  }
  const hasTwo = file !== '' && data !== ''
  const twoAnchors = (): Result<never, Problem> => fail('two-anchors', proxyAnchorsFileVariable)
  if (hasTwo && anchorsFirst.has(sdk)) return twoAnchors()
  const flaw = findFlaw(address, sdk)
  if (flaw !== null) return fail(flaw, tokenProxyVariable, { value: withoutUser(address) })
  if (hasTwo) return twoAnchors()

  const anchors = createAnchors({ file, data }, sdk, ports)
  const first = await anchors.refresh()
  if (!first.ok) return first
  const proxy = new URL(address)
  // Theirs is the transport of the whole client, so what they ask about an authority that they do not know goes there as
  // well; the one for Python asks for tokens alone.
  return success({
    refresh: anchors.refresh,
    http: {
      send: (request, signal) => {
        if (request.method !== 'POST' && sdk === 'python') return ports.http.send(request, signal)
        const onlyRoots = anchors.current()
        const redirected = {
          ...request,
          url: retarget(request.url, proxy),
          ...(serverName === '' ? {} : { serverName }),
          ...(onlyRoots === null ? {} : { onlyRoots }),
        }
        return ports.http.send(redirected, signal)
      },
    },
  })
}

/** These look at the trust anchors before they look at the address. */
const anchorsFirst: ReadonlySet<SdkName> = new Set(['python', 'dotnet', 'java'])

function fail(
  reason: Reason,
  source: string,
  more: Pick<ProblemFacts['token-proxy-unusable'], 'value' | 'error'> = {},
): Result<never, Problem> {
  return failure(problem('token-proxy-unusable', { reason, source, ...more }))
}

function findFlaw(address: string, sdk: SdkName): Reason | null {
  if (!URL.canParse(address)) return 'not-url'
  const { protocol, username, password, search, hash } = new URL(address)
  if (protocol !== 'https:') return 'not-https'
  if (username !== '' || password !== '') return 'user-info'
  if (hash !== '' && (sdk === 'python' || search === '')) return 'fragment'
  return search === '' ? null : 'query'
}

function withoutUser(address: string): string {
  return address.replace(/\/\/[^/@\s]*@/, '//***@')
}

/** The proxy's path, and behind it the path and the query of the request. */
function retarget(url: string, proxy: URL): string {
  const { pathname, search } = new URL(url)
  return `${proxy.origin}${proxy.pathname.replace(/\/$/, '')}${pathname}${search}`
}

/** Null anchors: the roots that are trusted anyway. */
interface Anchors {
  refresh(): Promise<Result<null, Problem>>
  current(): string | null
}

/** A file is read each time. While its certificates are being exchanged it may be empty: the ones before hold. */
function createAnchors(
  { file, data }: { readonly file: string; readonly data: string },
  sdk: SdkName,
  { files }: Ports,
): Anchors {
  let current: string | null = null
  const take = (pem: string, source: string, value?: string): Result<null, Problem> => {
    if (!areCertificates(pem)) return fail('ca-invalid', source, value === undefined ? {} : { value })
    current = pem
    return success(null)
  }
  return {
    current: () => current,
    refresh: async () => {
      if (file === '') return data === '' || current !== null ? success(null) : take(data, anchorsDataVariable)
      const read = await files.read(file, { maxBytes: largestAnchors })
      if (!read.ok) {
        return current !== null && sdk === 'python'
          ? success(null)
          : fail('ca-unreadable', proxyAnchorsFileVariable, { value: file, error: read.error })
      }
      if (read.value.length > 0) return take(new TextDecoder().decode(read.value), proxyAnchorsFileVariable, file)
      return current === null ? fail('ca-empty', proxyAnchorsFileVariable, { value: file }) : success(null)
    },
  }
}

/** One or more, and each of them whole. */
function areCertificates(pem: string): boolean {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  try {
    return blocks.length > 0 && blocks.every((block) => new X509Certificate(block).subject !== undefined)
  } catch {
    return false
  }
}
