/** Keeps an endpoint from asking itself, at once or by way of others like it: one of its credentials may be pointed there. */
import type { Env, Http, HttpRequest, Random } from '../runtime.ts'
import { bareHost, portOf } from '../url-parts.ts'

/** Where the engine looks for a managed identity. */
const endpointVariables = ['IDENTITY_ENDPOINT', 'MSI_ENDPOINT', 'AZURE_POD_IDENTITY_AUTHORITY_HOST'] as const

/** Names the endpoints of azid that a request has come through. Programs do not send it, other endpoints take no notice of it. */
export const trailHeader = 'x-azid-trail'

/** A chain of endpoints is short; whoever sends more of them means no good. */
const longestTrail = 16

/** Where an endpoint listens. */
export interface OwnAddress {
  readonly address: string
  readonly port: number
}

/** The way that requests came to one endpoint, for those that it makes in turn. */
export interface Trail {
  /** A name that only those know who were asked by this endpoint, or by one that was. */
  readonly name: string
  /** While `answer` is worked on, what is sent onward says that it comes from `others` too. */
  carry<Answer>(others: readonly string[], answer: () => Promise<Answer>): Promise<Answer>
  /** What to send onward. */
  draw(): string
}

export function createTrail(random: Random): Trail {
  const name = Buffer.from(random.bytes(12)).toString('base64url')
  const carried = new Map<string, number>()
  const count = (others: readonly string[], by: 1 | -1): void => {
    for (const each of others) {
      const left = (carried.get(each) ?? 0) + by
      if (left === 0) carried.delete(each)
      else carried.set(each, left)
    }
  }
  return {
    name,
    // Of what is answered at the same time nobody knows which request is made for which: a trail too many does no harm.
    carry: async (others, answer) => {
      count(others, 1)
      try {
        return await answer()
      } finally {
        count(others, -1)
      }
    },
    draw: () => [name, ...carried.keys()].join(','),
  }
}

/** The endpoints that a request came through, from the header; what is no name of one is dropped. */
export function readTrail(header: string | undefined): readonly string[] {
  const names = (header ?? '').split(',').map((part) => part.trim())
  return [...new Set(names.filter((name) => /^[\w-]{16}$/.test(name)))].slice(0, longestTrail)
}

/** Which of the variables leads to this address; null when none does. */
export function findOwnVariable(env: Pick<Env, 'get'>, own: OwnAddress): string | null {
  return endpointVariables.find((name) => leadsTo(own, env.get(name) ?? '')) ?? null
}

/**
 * An HTTP port that refuses, as a closed port would, whatever would come back to `own()`, and tells other endpoints where
 * a request comes from, so that one that comes back by way of them is known.
 */
export function guardLoop(http: Http, own: () => OwnAddress | null, trail: Pick<Trail, 'draw'>): Http {
  return {
    send: async (request, signal) => {
      const address = own()
      if (address === null) return http.send(request, signal)
      if (!leadsTo(address, request.url)) return http.send(withTrail(request, trail), signal)
      const { host } = new URL(request.url)
      return {
        ok: false,
        error: { code: 'refused', host, detail: 'the request would come back to the endpoint that it is made for' },
      }
    },
  }
}

/** An endpoint is asked without TLS; the one behind the link-local address is never one of these. */
function withTrail(request: HttpRequest, trail: Pick<Trail, 'draw'>): HttpRequest {
  if (!/^http:\/\/(?!169\.254\.)/i.test(request.url)) return request
  return { ...request, headers: { ...request.headers, [trailHeader]: trail.draw() } }
}

/** Loopback leads here whatever address of this machine is listened on: better one refusal too many than a loop. */
function leadsTo(own: OwnAddress, text: string): boolean {
  if (!URL.canParse(text)) return false
  const url = new URL(text)
  const host = bareHost(url)
  if (portOf(url) !== own.port) return false
  return host === own.address || /^(?:localhost|127(?:\.\d+){3}|::1?|0\.0\.0\.0)$/.test(host)
}
