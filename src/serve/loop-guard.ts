/** Keeps an endpoint from asking itself: its tokens come from credentials, one of which may be pointed at it. */
import type { Env, Http } from '../runtime.ts'

/** Where the engine looks for a managed identity. */
const endpointVariables = ['IDENTITY_ENDPOINT', 'MSI_ENDPOINT', 'AZURE_POD_IDENTITY_AUTHORITY_HOST'] as const

/** Where an endpoint listens. */
export interface OwnAddress {
  readonly address: string
  readonly port: number
}

/** Which of the variables leads to this address; null when none does. */
export function findOwnVariable(env: Pick<Env, 'get'>, own: OwnAddress): string | null {
  return endpointVariables.find((name) => leadsTo(own, env.get(name) ?? '')) ?? null
}

/** An HTTP port that refuses, as a closed port would, whatever would come back to `own()`. */
export function guardLoop(http: Http, own: () => OwnAddress | null): Http {
  return {
    send: async (request, signal) => {
      const address = own()
      if (address === null || !leadsTo(address, request.url)) return http.send(request, signal)
      const { host } = new URL(request.url)
      return {
        ok: false,
        error: { code: 'refused', host, detail: 'the request would come back to the endpoint that it is made for' },
      }
    },
  }
}

/** Loopback leads here whatever address of this machine is listened on: better one refusal too many than a loop. */
function leadsTo(own: OwnAddress, text: string): boolean {
  if (!URL.canParse(text)) return false
  const { hostname, port, protocol } = new URL(text)
  if (Number(port === '' ? (protocol === 'https:' ? 443 : 80) : port) !== own.port) return false
  const bare = hostname.replace(/^\[(.*)\]$/, '$1')
  return bare === own.address || /^(?:localhost|127(?:\.\d+){3}|::1?|0\.0\.0\.0)$/i.test(bare)
}
