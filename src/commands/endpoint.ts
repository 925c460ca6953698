/** A managed identity endpoint over the credentials of a prepared command line: what `serve` and `exec` open. */
import { type ResolvedTarget, resolveTarget } from '../engine/scope.ts'
import type { Authority } from '../engine/types.ts'
import type { Settings } from '../options.ts'
import type { Log } from '../output/log.ts'
import { disarmCommands, escapeToLine } from '../output/text.ts'
import type { Runtime } from '../runtime.ts'
import { Secret } from '../secret.ts'
import { createAudienceList } from '../serve/audiences.ts'
import { type AccessRecord, type Endpoint, type Grant, startEndpoint } from '../serve/endpoint.ts'
import { createTrail, findOwnVariable, guardLoop, type OwnAddress, type Trail } from '../serve/loop-guard.ts'
import { UsageError } from '../usage-error.ts'
import { acquire, type Preparation } from './acquire.ts'

export interface OpenEndpoint {
  /** What a program is given to find it, by a name or address that leads here from where it runs. */
  variablesFor(host: string): Readonly<Record<'IDENTITY_ENDPOINT' | 'IDENTITY_HEADER', string>>
  close(): Promise<void>
}

export interface EndpointPlace {
  readonly address: string
  /** 0: any free one. */
  readonly port: number
  readonly hostNames: readonly string[]
}

export interface LoopGuard {
  readonly trail: Trail
  readonly listening: (own: OwnAddress) => void
}

/** The ports of a command that may open an endpoint: none of its requests can come back to it. */
export function withLoopGuard(runtime: Runtime): { readonly runtime: Runtime; readonly guard: LoopGuard } {
  let own: OwnAddress | null = null
  const trail = createTrail(runtime.random)
  const http = guardLoop(runtime.http, () => own, trail)
  return {
    // Copying descriptors keeps late what is looked up late.
    runtime: Object.defineProperties(
      {},
      { ...Object.getOwnPropertyDescriptors(runtime), http: { value: http, enumerable: true } },
    ) as Runtime,
    guard: {
      trail,
      listening: (address) => {
        own = address
      },
    },
  }
}

/** What `--allow` says; null without it. Throws `UsageError`. */
export function chooseAllowed({ allow }: Settings, { cloud }: Authority): readonly ResolvedTarget[] | null {
  if (allow === undefined) return null
  return allow.value.map((text) => {
    const resolved = resolveTarget(text, cloud)
    if (resolved.ok) return resolved.value
    const { reason, fix, suggestion } = resolved.error
    throw new UsageError({
      message: `the target '${text}' ${reason}`,
      source: allow.source.name,
      ...(fix === undefined ? {} : { fix }),
      ...(suggestion === undefined ? {} : { suggestion }),
    })
  })
}

/**
 * Promise: what comes back is listening, and answers with the tokens that `preparation` gives, asked for when they are
 * needed. Throws `UsageError` where the place cannot be had, or would be asked by its own credentials.
 */
export async function openEndpoint(
  preparation: Preparation,
  { address, port, hostNames }: EndpointPlace,
  allowed: readonly ResolvedTarget[] | null,
  { trail, listening }: LoopGuard,
  onRequest: (record: AccessRecord) => void,
): Promise<OpenEndpoint> {
  const { runtime, settings, authority } = preparation
  const { clientId, objectId, resourceId } = settings
  const identityHeader = Buffer.from(runtime.random.bytes(32)).toString('base64url')
  const endpoint = await listen(
    () =>
      startEndpoint({
        ports: runtime,
        address,
        port,
        trail,
        policy: {
          identityHeader: new Secret(identityHeader),
          hostNames: new Set(hostNames),
          identity: {
            ...(clientId === undefined ? {} : { clientId: clientId.value }),
            ...(objectId === undefined ? {} : { objectId: objectId.value }),
            ...(resourceId === undefined ? {} : { resourceId: resourceId.value }),
          },
          findTarget: createAudienceList(allowed, authority.cloud),
        },
        getToken: createGiver(preparation),
        onRequest,
      }),
    { address, port },
    settings,
  )
  void loadFailures()
  const own = { address, port: endpoint.port }
  listening(own)
  const variable = findOwnVariable(runtime.env, own)
  if (variable !== null) {
    await endpoint.close()
    throw new UsageError({
      message: `${variable} leads to this very endpoint: it would ask itself for tokens`,
      source: variable,
      fix: `unset ${variable}, or choose another --port`,
    })
  }
  return {
    variablesFor: (host) => ({ IDENTITY_ENDPOINT: endpoint.urlAt(host), IDENTITY_HEADER: identityHeader }),
    close: () => endpoint.close(),
  }
}

async function listen(
  start: () => Promise<Endpoint>,
  { address, port }: Pick<EndpointPlace, 'address' | 'port'>,
  settings: Settings,
): Promise<Endpoint> {
  try {
    return await start()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : ''
    const reason = Object.hasOwn(listenErrors, code) ? listenErrors[code] : undefined
    if (reason === undefined) throw error
    const source = code === 'EADDRNOTAVAIL' ? settings.listen.source.name : (settings.port?.source.name ?? '--port')
    throw new UsageError({ message: `cannot listen on ${address}, port ${port}: ${reason}`, source })
  }
}

const listenErrors: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has it',
  EACCES: 'this user may not use it',
  EADDRNOTAVAIL: 'it is no address of this machine',
  EAFNOSUPPORT: 'this machine has no such addresses',
}

/** Tokens for the endpoint. Who asks for what is being asked for already waits for that answer. */
function createGiver(preparation: Preparation): (target: ResolvedTarget, trail: readonly string[]) => Promise<Grant> {
  const quiet: Preparation = {
    ...preparation,
    log: withoutRepetition(preparation.log),
    // A spinner would run through the access log; and a limit is for one run, not for the hours of an endpoint.
    settings: { ...preparation.settings, quiet: { value: true, source: preparation.settings.output.source } },
    signal: preparation.runtime.interrupted,
  }
  const asking = new Map<string, Promise<Grant>>()
  return (target, trail) => {
    // Two endpoints that ask each other at once would wait for each other; who came another way is asked for anew.
    const key = [target.scope, ...trail].join(' ')
    const known = asking.get(key)
    if (known !== undefined) return known
    const answer = give(target, quiet).finally(() => asking.delete(key))
    asking.set(key, answer)
    return answer
  }
}

async function give(resolved: ResolvedTarget, preparation: Preparation): Promise<Grant> {
  try {
    const acquisition = await acquire({ text: resolved.scope, scopes: [resolved.scope], resolved }, preparation)
    if (acquisition.kind === 'failed') return await explainFailure(acquisition, preparation)
    const { token, credential, fromCache } = acquisition
    return { kind: 'token', token, credential, fromCache }
  } catch (error) {
    // A bug of ours: one request fails for it, and the endpoint lives on.
    const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error)
    preparation.log.warn(`a bug in azid: ${detail}`)
    await preparation.log.flush()
    return { kind: 'failed', message: 'An unexpected error occured while fetching the AAD Token.', isPassing: false }
  }
}

/** App Service tells its apps little; whoever runs this endpoint wants to know, and so does the client. */
async function explainFailure(
  acquisition: Extract<Awaited<ReturnType<typeof acquire>>, { kind: 'failed' }>,
  preparation: Preparation,
): Promise<Grant> {
  const [{ sayFailure }, { reportFailure }] = await loadFailures()
  const { result, target } = acquisition
  const { kind, profile } = preparation
  const { message } = reportFailure(result, kind, target.scopes, profile)
  const exit = await sayFailure(acquisition, preparation)
  return {
    kind: 'failed',
    message: `An unexpected error occured while fetching the AAD Token. ${message}`.slice(0, 4000),
    isPassing: exit === 'network',
  }
}

/** Loaded when the endpoint opens: hours later an update may have replaced the files of this version. */
function loadFailures() {
  return Promise.all([import('./say-failure.ts'), import('../output/report.ts')])
}

function withoutRepetition(log: Log): Log {
  const said = new Set<string>()
  return {
    ...log,
    warn: (message) => {
      if (said.has(message)) return
      said.add(message)
      log.warn(message)
    },
  }
}

/** `azid serve: GET /msi/token https://vault.azure.net: 200 AzureCliCredential, 12 ms` */
export function drawAccess(name: string, record: AccessRecord): string {
  const { method, path, resource, status, outcome, elapsedMs } = record
  const asked = resource === null ? '' : ` ${shorten(resource)}`
  const line = `${name}: ${method} ${shorten(path)}${asked}: ${status} ${outcome}, ${elapsedMs} ms`
  return `${disarmCommands(escapeToLine(line))}\n`
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text
}
