/** What each link would do, without doing it: it may look at variables and files, and ends at its first step outside. */
import type { ProcessRequest } from '../runtime.ts'
import { type Link, runChain } from './chain.ts'
import type { Attempt, EnginePorts, Observation, TokenRequest } from './types.ts'

/** The first thing that a credential would have done. */
export interface DryStep {
  readonly kind: 'http' | 'process' | 'keyring' | 'browser' | 'server' | 'write'
  /** `GET http://169.254.169.254/metadata/…`, `/usr/bin/az account get-access-token …`; without secrets. */
  readonly what: string
  /** The address of a request that goes past every proxy. */
  readonly direct?: string
}

export interface DryAttempt {
  /** `not-attempted` where the credential has what it needs; else what came of it without leaving this process. */
  readonly attempt: Attempt
  readonly step: DryStep | null
}

/** Promise: nothing is sent, started, opened or written. */
export async function dryRunLinks(
  links: readonly Link[],
  request: TokenRequest,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<readonly DryAttempt[]> {
  return Promise.all(links.map((link) => dryRunLink(link, request, ports, signal)))
}

async function dryRunLink(
  link: Link,
  request: TokenRequest,
  ports: EnginePorts,
  signal: AbortSignal,
): Promise<DryAttempt> {
  const began = ports.clock.monotonic()
  const evidence: Observation[] = []
  let stop: (step: DryStep) => void = () => {}
  const stopped = new Promise<DryStep>((resolve) => {
    stop = resolve
  })
  const run = runChain([link], request, createDryPorts(ports, stop), signal, (event) => {
    if (event.kind === 'observed') evidence.push(event.observation)
  })
  const first = await Promise.race([run, stopped])
  if ('attempts' in first) {
    const [attempt] = first.attempts
    if (attempt === undefined) throw new Error('a chain of one link has one attempt')
    return { attempt, step: null }
  }
  const elapsedMs = Math.round(ports.clock.monotonic() - began)
  return {
    attempt: {
      credential: link.name,
      outcome: 'not-attempted',
      elapsedMs,
      evidence: [...evidence],
      ...(first.direct === undefined ? {} : { direct: [first.direct] }),
    },
    step: first,
  }
}

/** Nothing is answered, so nothing can be made of it: what comes after the first step stays unknown. */
function createDryPorts(ports: EnginePorts, stop: (step: DryStep) => void): EnginePorts {
  const refuse =
    <Args extends readonly unknown[], Answer>(kind: DryStep['kind'], describe: (...args: Args) => string) =>
    (...args: Args): Promise<Answer> => {
      stop({ kind, what: describe(...args) })
      return new Promise<Answer>(() => {})
    }
  const refuseWrite = refuse<readonly [string, ...unknown[]], never>('write', (path) => path)
  return {
    env: ports.env,
    clock: ports.clock,
    host: ports.host,
    random: ports.random,
    ...(ports.note === undefined ? {} : { note: ports.note }),
    files: {
      read: (path, options) => ports.files.read(path, options),
      stat: (path, options) => ports.files.stat(path, options),
      list: (path) => ports.files.list(path),
      isReadable: (path) => ports.files.isReadable(path),
      writeAtomic: refuseWrite,
      createExclusive: refuseWrite,
      append: refuseWrite,
      rename: refuseWrite,
      remove: refuseWrite,
      makeFolder: refuseWrite,
      touch: refuseWrite,
    },
    processes: {
      run: refuse('process', describeCommand),
      attach: refuse('process', describeCommand),
    },
    http: {
      send: ({ method, url, proxy }) => {
        const address = withoutQuery(url)
        const direct = proxy === 'never' ? { direct: address } : {}
        stop({ kind: 'http', what: `${method} ${address}`, ...direct })
        return new Promise(() => {})
      },
    },
    keyring: {
      backends: ports.keyring.backends,
      get: refuse('keyring', (backend, account) => `${backend} ${account}`),
      set: refuse('keyring', (backend, account) => `${backend} ${account}`),
      remove: refuse('keyring', (backend, account) => `${backend} ${account}`),
    },
    browser: { open: refuse('browser', (url) => withoutQuery(url)) },
    loopback: { listen: refuse('server', () => 'a port of this machine, for the answer of the browser') },
  }
}

function describeCommand({
  file,
  args,
  areArgsPrivate,
}: Pick<ProcessRequest, 'file' | 'args' | 'areArgsPrivate'>): string {
  return areArgsPrivate === true ? file : [file, ...args].join(' ')
}

function withoutQuery(url: string): string {
  if (!URL.canParse(url)) return url.replace(/[?#].*$/, '')
  const { origin, pathname } = new URL(url)
  return `${origin}${pathname}`
}
