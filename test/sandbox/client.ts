/** Clients for the sandbox's tests: bare HTTPS, and MSAL as anybody would use it. */
import https from 'node:https'
import { isIP } from 'node:net'
import { ConfidentialClientApplication, type Configuration, type INetworkModule } from '@azure/msal-node'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'

export interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface Send {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  /** Default 20 s: a test that hangs says so. */
  readonly timeoutMs?: number
}

/** One request to a URL of the sandbox, trusting its CA only. */
export function send(sandbox: Pick<Sandbox, 'caPem' | 'port'>, url: string, options: Send = {}): Promise<Reply> {
  const target = new URL(url)
  const address = target.hostname.replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    const request = https.request(
      {
        // Every name of the sandbox is on loopback; the name itself goes into SNI and `Host`.
        ...(isIP(address) === 0 ? { host: '127.0.0.1', servername: address } : { host: address }),
        port: sandbox.port,
        path: `${target.pathname}${target.search}`,
        method: options.method ?? 'GET',
        headers: { host: target.host, ...options.headers },
        ca: sandbox.caPem,
        agent: false,
        timeout: options.timeoutMs ?? 120_000,
      },
      (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('error', reject)
        response.on('end', () => {
          const headers = Object.entries(response.headers).map(([name, value]) => [name, String(value)])
          resolve({
            status: response.statusCode ?? 0,
            headers: Object.fromEntries(headers),
            body: Buffer.concat(chunks).toString('utf8'),
          })
        })
      },
    )
    request.on('timeout', () => request.destroy(new Error(`no answer to ${options.method ?? 'GET'} ${url}`)))
    request.on('error', reject)
    request.end(options.body)
  })
}

export function tokenUrl(sandbox: Sandbox, tenant = sandbox.tenantId, version: 1 | 2 = 2): string {
  return `${sandbox.origin}/${tenant}/oauth2/${version === 2 ? 'v2.0/' : ''}token`
}

export interface Ask {
  readonly url?: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/** The default app's good request, with these parameters changed (undefined: left out). */
export function askToken(
  sandbox: Sandbox,
  changes: Readonly<Record<string, string | undefined>> = {},
  { url = tokenUrl(sandbox), method = 'POST', headers = {} }: Ask = {},
): Promise<Reply> {
  const parameters = {
    grant_type: 'client_credentials',
    client_id: sandbox.defaultApp.clientId,
    client_secret: sandbox.defaultApp.secret,
    scope: 'https://management.azure.com/.default',
    ...changes,
  }
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined)
  return send(sandbox, url, {
    method,
    headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
    ...(method === 'GET' ? {} : { body: new URLSearchParams(given).toString() }),
  })
}

export interface Decoded {
  readonly header: Record<string, unknown>
  readonly claims: Record<string, unknown>
  readonly text: string
}

export function decodeToken(text: string): Decoded {
  const [header = '', claims = ''] = text.split('.')
  const parse = (part: string): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString('utf8'))
  return { header: parse(header), claims: parse(claims), text }
}

export async function getToken(
  sandbox: Sandbox,
  changes: Readonly<Record<string, string | undefined>> = {},
  ask: Ask = {},
): Promise<Decoded & { readonly answer: Record<string, unknown> }> {
  const reply = await askToken(sandbox, changes, ask)
  if (reply.status !== 200) throw new Error(`refused: ${reply.status} ${reply.body}`)
  const answer: Record<string, unknown> = JSON.parse(reply.body)
  return { ...decodeToken(String(answer['access_token'])), answer }
}

/** MSAL's own interface to the network, over the sandbox's CA. */
export function networkFor(
  sandbox: Pick<Sandbox, 'caPem' | 'port'>,
  more: Readonly<Record<string, string>> = {},
): INetworkModule {
  const sendFor = async (
    method: string,
    url: string,
    options?: { headers?: Record<string, string>; body?: string },
  ) => {
    const reply = await send(sandbox, url, {
      method,
      headers: { ...options?.headers, ...more },
      ...(options?.body === undefined ? {} : { body: options.body }),
    })
    return { headers: { ...reply.headers }, body: parseBody(reply.body), status: reply.status }
  }
  return {
    sendGetRequestAsync: async (url, options) => sendFor('GET', url, options) as never,
    sendPostRequestAsync: async (url, options) => sendFor('POST', url, options) as never,
  }
}

function parseBody(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

export interface MsalAsk {
  readonly tenant?: string
  readonly clientId?: string
  readonly secret?: string
  readonly certificate?: {
    readonly privateKey: string
    readonly thumbprint?: string
    readonly thumbprintSha256?: string
    readonly x5c?: string
  }
  readonly assertion?: string
  readonly scopes?: readonly string[]
  readonly claims?: string
  /** Skips the OpenID configuration, so that the token endpoint is the first to see the tenant. */
  readonly withoutDiscovery?: boolean
}

export function msalApp(sandbox: Sandbox, ask: MsalAsk): ConfidentialClientApplication {
  const tenant = ask.tenant ?? sandbox.tenantId
  const { origin } = sandbox
  const auth: Configuration['auth'] = {
    clientId: ask.clientId ?? sandbox.defaultApp.clientId,
    authority: `${origin}/${tenant}`,
    knownAuthorities: [new URL(origin).host],
  }
  if (ask.withoutDiscovery === true) {
    auth.authorityMetadata = JSON.stringify({
      authorization_endpoint: `${origin}/${tenant}/oauth2/v2.0/authorize`,
      token_endpoint: `${origin}/${tenant}/oauth2/v2.0/token`,
      issuer: `${origin}/${tenant}/v2.0`,
      jwks_uri: `${origin}/${tenant}/discovery/v2.0/keys`,
    })
  }
  const { assertion } = ask
  if (assertion !== undefined) auth.clientAssertion = async () => assertion
  else if (ask.certificate !== undefined) auth.clientCertificate = { ...ask.certificate }
  else auth.clientSecret = ask.secret ?? sandbox.defaultApp.secret
  return new ConfidentialClientApplication({ auth, system: { networkClient: networkFor(sandbox) } })
}

/** What MSAL makes of the sandbox's answer. */
export async function askByMsal(sandbox: Sandbox, ask: MsalAsk = {}): Promise<string> {
  const result = await msalApp(sandbox, ask).acquireTokenByClientCredential({
    scopes: [...(ask.scopes ?? ['https://management.azure.com/.default'])],
    ...(ask.claims === undefined ? {} : { claims: ask.claims }),
  })
  return result?.accessToken ?? ''
}

export interface MsalRefusal {
  readonly error: string
  readonly code: string
  readonly message: string
}

export async function refusalByMsal(sandbox: Sandbox, ask: MsalAsk): Promise<MsalRefusal> {
  try {
    await askByMsal(sandbox, ask)
  } catch (thrown) {
    const failure = thrown as { errorCode?: string; message?: string }
    const message = failure.message ?? ''
    return { error: failure.errorCode ?? '', code: /AADSTS\d+/.exec(message)?.[0] ?? '', message }
  }
  throw new Error('MSAL got a token')
}
