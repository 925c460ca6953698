/** Loopback listeners without sockets: a test visits them by port. */
import type { Loopback, LoopbackAnswer, LoopbackRequest } from '../../src/runtime.ts'

export interface FakeLoopback extends Loopback {
  /** Ports that are listened on now. */
  readonly ports: readonly number[]
  /** Sends a request to a port; rejects where nobody listens. Host and method are a browser's unless given. */
  visit(port: number, target: string, request?: Partial<LoopbackRequest>): Promise<LoopbackAnswer>
}

export function createFakeLoopback(portsInUse: readonly number[]): FakeLoopback {
  const listeners = new Map<number, (request: LoopbackRequest) => Promise<LoopbackAnswer>>()
  let nextPort = 50_000
  return {
    listen: async (wanted, handle) => {
      const port = wanted === 0 ? nextPort++ : wanted
      if (portsInUse.includes(port) || listeners.has(port)) {
        return { ok: false, error: { code: 'in-use', detail: `listen EADDRINUSE: address already in use ${port}` } }
      }
      listeners.set(port, handle)
      return { ok: true, value: { port, close: async () => void listeners.delete(port) } }
    },
    get ports() {
      return [...listeners.keys()]
    },
    visit: async (port, target, request = {}) => {
      const handle = listeners.get(port)
      if (handle === undefined) throw new Error(`nobody listens on ${port}`)
      return handle({ method: 'GET', target, host: `localhost:${port}`, ...request })
    },
  }
}
