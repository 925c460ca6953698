/** People's sign-ins for the sandbox's tests: MSAL's public and confidential clients, and what they were refused. */
import {
  type AuthorizationCodeRequest,
  type AuthorizationUrlRequest,
  ConfidentialClientApplication,
  type Configuration,
  CryptoProvider,
  PublicClientApplication,
} from '@azure/msal-node'
import { defaultDirectoryFile, defaultIds } from '../../src/sandbox/default-directory.ts'
import type { SandboxDirectory } from '../../src/sandbox/directory.ts'
import { parseDirectory } from '../../src/sandbox/directory-file.ts'
import type { Sandbox } from '../../src/sandbox/sandbox.ts'
import { formBrowser, type PersonAtPages } from '../support/sign-in-forms.ts'
import { networkFor } from './client.ts'

export const arm = 'https://management.azure.com/.default'
export const vault = 'https://vault.azure.net/.default'
export const azureCli = '04b07795-8ddb-461a-bbee-02f9e1bf7b46'

/** The built-in directory with members of the file changed, and quick device codes. */
export function directoryWith(changes: Readonly<Record<string, unknown>> = {}): SandboxDirectory {
  const parsed = parseDirectory({ ...defaultDirectoryFile, deviceCodes: { intervalSeconds: 1 }, ...changes })
  if (!parsed.ok) throw new Error(`${parsed.error.path} ${parsed.error.reason}`)
  return parsed.value
}

export interface ClientOf {
  readonly clientId?: string
  readonly tenant?: string
  readonly capabilities?: readonly string[]
  /** As a browser would say it for the script of a page. */
  readonly origin?: string
}

function configurationFor(
  sandbox: Sandbox,
  { clientId = azureCli, tenant, capabilities, origin }: ClientOf,
): Configuration {
  return {
    auth: {
      clientId,
      authority: `${sandbox.origin}/${tenant ?? sandbox.tenantId}`,
      knownAuthorities: [new URL(sandbox.origin).host],
      ...(capabilities === undefined ? {} : { clientCapabilities: [...capabilities] }),
    },
    system: { networkClient: networkFor(sandbox, origin === undefined ? {} : { origin }) },
  }
}

export function publicClient(sandbox: Sandbox, of: ClientOf = {}): PublicClientApplication {
  return new PublicClientApplication(configurationFor(sandbox, of))
}

/** The default app, with its secret. */
export function confidentialClient(sandbox: Sandbox, of: ClientOf = {}): ConfidentialClientApplication {
  const configuration = configurationFor(sandbox, { clientId: defaultIds.app, ...of })
  return new ConfidentialClientApplication({
    ...configuration,
    auth: { ...configuration.auth, clientSecret: sandbox.defaultApp.secret },
  })
}

export interface MsalFailure {
  readonly errorCode: string
  readonly subError: string
  readonly claims: string
  readonly message: string
  /** The first of the message. */
  readonly code: number
}

/** What MSAL reports of a sign-in that must fail. */
export async function failureOf(attempt: Promise<unknown>): Promise<MsalFailure> {
  try {
    await attempt
  } catch (thrown) {
    const { errorCode = '', subError = '', claims = '', message = '' } = thrown as Partial<MsalFailure>
    return { errorCode, subError, claims, message, code: Number(/AADSTS(\d+)/.exec(message)?.[1]) }
  }
  throw new Error('MSAL got a token')
}

export const redirectUri = 'http://localhost:4321'

/** A request of the authorize endpoint by hand, with these parameters changed (empty: left out). */
export function authorizeUrl(
  sandbox: Sandbox,
  changes: Readonly<Record<string, string>> = {},
  tenant = 'organizations',
): string {
  const parameters = {
    client_id: azureCli,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: `${arm} openid profile offline_access`,
    ...changes,
  }
  const given = Object.entries(parameters).filter(([, value]) => value !== '')
  return `${sandbox.origin}/${tenant}/oauth2/v2.0/authorize?${new URLSearchParams(given)}`
}

export type CodeAsk = { readonly scopes: string[] } & Partial<
  Pick<AuthorizationUrlRequest, 'claims' | 'nonce' | 'prompt' | 'state' | 'loginHint'>
>

/** MSAL's authorization code flow with PKCE, a person at the pages in between. */
export async function signInByCode(
  sandbox: Sandbox,
  ask: CodeAsk,
  person: PersonAtPages = {},
  of: ClientOf = {},
  browser = formBrowser(sandbox),
) {
  const client = publicClient(sandbox, of)
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes()
  const pkce = { codeChallenge: challenge, codeChallengeMethod: 'S256' }
  const url = await client.getAuthCodeUrl({ redirectUri, responseMode: 'query', ...pkce, ...ask })
  const visit = await browser.signIn(url, person)
  const code = visit.landing?.parameters['code']
  const redeem = (changes: Partial<AuthorizationCodeRequest> = {}) =>
    client.acquireTokenByCode(
      {
        scopes: ask.scopes,
        redirectUri,
        code: code ?? '',
        codeVerifier: verifier,
        ...(ask.claims === undefined ? {} : { claims: ask.claims }),
        ...changes,
      },
      ask.nonce === undefined ? undefined : { code: code ?? '', nonce: ask.nonce },
    )
  return { client, visit, redeem, result: code === undefined ? null : await redeem() }
}
