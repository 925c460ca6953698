/** The real ports, put together. What a warm run does not need is loaded when it is first called. */
import type { Runtime } from '../runtime.ts'
import { createNodeClock } from './clock.ts'
import { createNodeEnv } from './env.ts'
import { createNodeFileSystem } from './files.ts'
import { createNodeHost } from './host.ts'
import { createInterrupts, type Interrupts } from './interrupts.ts'
import { createNodeKeyring } from './keyring.ts'
import { createNodeRandom } from './random.ts'
import { createNodeTerminal } from './terminal.ts'

/**
 * Promise: making it touches nothing but the three standard streams' kind. From the first use of `interrupted`, SIGINT and
 * SIGTERM abort it in place of ending the process; a second one ends the process with 130 or 143.
 */
export function createNodeRuntime(): Runtime {
  const env = createNodeEnv()
  const random = createNodeRandom()
  const interrupts = once<Interrupts>(createInterrupts)
  const interrupted = (): AbortSignal => interrupts().signal
  const processes = once(async () => (await import('./processes.ts')).createNodeProcessRunner(interrupts))
  const http = once(async () => (await import('./http.ts')).createNodeHttp(env))
  const browser = once(async () => (await import('./browser.ts')).createNodeBrowser(env))
  const loopback = once(async () => (await import('./loopback.ts')).createNodeLoopback())

  return {
    env,
    clock: createNodeClock(),
    files: createNodeFileSystem(random),
    processes: {
      run: async (request, signal) => (await processes()).run(request, signal),
      attach: async (request) => (await processes()).attach(request),
    },
    http: {
      send: async (request, signal) => (await http()).send(request, signal),
      forEnvironment: (other) => ({
        send: async (request, signal) => (await import('./http.ts')).createNodeHttp(other).send(request, signal),
      }),
    },
    keyring: createNodeKeyring(),
    terminal: createNodeTerminal(interrupted),
    browser: { open: async (url) => (await browser()).open(url) },
    loopback: { listen: async (port, handle) => (await loopback()).listen(port, handle) },
    host: createNodeHost(),
    random,
    get interrupted() {
      return interrupted()
    },
  }
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
