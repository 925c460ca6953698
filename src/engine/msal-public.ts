/** What people's credentials ask of MSAL: a sign-in by code or device code, and tokens for an account that is remembered. */
import { AsyncLocalStorage } from 'node:async_hooks'
import { failure, type Result, success } from '../result.ts'
import type { Secret } from '../secret.ts'
import { abortProblem } from './chain.ts'
import {
  type AccountInfo,
  type AuthenticationResult,
  authOptions,
  type ClientProof,
  type ConfidentialClientApplication,
  createNetwork,
  type Exchange,
  loadMsal,
  type MsalPorts,
  type Poll,
  ProblemError,
  type PublicClientApplication,
  proofOptions,
  refuseUnknownAdfs,
  startExchange,
  systemOptions,
  toAccessToken,
  toProblem,
} from './msal.ts'
import { type Problem, problem } from './problems.ts'
import type { AccessToken, AuthenticationRecord, Authority, MsalCache } from './types.ts'

export interface PublicClientSettings {
  readonly authority: Authority
  readonly clientId: string
  /** Of an app that redeems codes as itself. */
  readonly proof?: ClientProof
  /** A view of its own for each MSAL application. */
  readonly openCache: () => MsalCache
}

export interface PersonRequest {
  /** An id, a domain, or `organizations`. */
  readonly tenantId: string
  readonly scopes: readonly string[]
  /** JSON text. */
  readonly claims?: string
  readonly enableCae?: boolean
}

export interface AuthorizeRequest extends PersonRequest {
  readonly redirectUri: string
  readonly state: string
  readonly nonce: string
  /** S256 of the verifier. */
  readonly codeChallenge: string
  readonly loginHint?: string
}

export interface CodeRequest extends PersonRequest {
  readonly redirectUri: string
  readonly code: Secret
  readonly codeVerifier?: Secret
  /** That the ID token has to carry. */
  readonly nonce?: string
}

export interface DeviceCode {
  readonly userCode: string
  readonly verificationUri: string
  readonly message: string
  readonly lifetimeMs: number
  readonly intervalMs: number
}

export type SignInOutcome =
  | { readonly kind: 'signed-in'; readonly token: AccessToken; readonly account: AuthenticationRecord }
  | { readonly kind: 'failed'; readonly problem: Problem }

/** Never rejects: what goes wrong is in the answer. */
export interface PublicClient {
  /** From the refresh token of the account, or from memory; claims pass the memory by. */
  acquireSilently(
    request: PersonRequest & { readonly account: AuthenticationRecord },
    signal: AbortSignal,
  ): Promise<SignInOutcome>
  /** Where the browser has to go. */
  authorizeUrl(request: AuthorizeRequest, signal: AbortSignal): Promise<Result<string, Problem>>
  redeemCode(request: CodeRequest, signal: AbortSignal): Promise<SignInOutcome>
  /** `tell` is called once, with what a person has to enter; `poll` then asks until that is done. */
  signInByDeviceCode(
    request: PersonRequest,
    tell: (code: DeviceCode) => Poll,
    signal: AbortSignal,
  ): Promise<SignInOutcome>
}

type Application = PublicClientApplication | ConfidentialClientApplication

export function createPublicClient(settings: PublicClientSettings, ports: MsalPorts): PublicClient {
  const { authority, clientId, proof } = settings
  const exchanges = new AsyncLocalStorage<Exchange>()
  const network = createNetwork(exchanges, ports, settings)
  const applications = new Map<string, Promise<Application>>()

  const open = async (tenantId: string, isCae: boolean): Promise<Application> => {
    const msal = await loadMsal()
    const cachePlugin = createCachePlugin(settings.openCache())
    const auth = authOptions(authority, clientId, tenantId, isCae)
    const system = systemOptions(msal, network)
    return proof === undefined
      ? new msal.PublicClientApplication({ auth, system, cache: { cachePlugin } })
      : new msal.ConfidentialClientApplication({
          auth: { ...auth, ...proofOptions(proof, tenantId) },
          system,
          cache: { cachePlugin },
        })
  }
  /** Tokens of continuous access evaluation have a memory of their own; accounts are one. */
  const openApplication = ({ tenantId, enableCae }: PersonRequest): Promise<Application> => {
    const key = enableCae === true ? 'cae' : 'nocae'
    const opened = applications.get(key) ?? open(tenantId, enableCae === true)
    applications.set(key, opened)
    return opened
  }

  const begin = ({ tenantId }: PersonRequest, signal: AbortSignal, more: Partial<Exchange> = {}): Exchange => ({
    ...startExchange({ tenantId, clientId }, proof, signal),
    ...more,
  })

  const run = async (
    request: PersonRequest,
    exchange: Exchange,
    flow: (application: Application) => Promise<AuthenticationResult | null>,
  ): Promise<SignInOutcome> => {
    const early = refuseUnknownAdfs(authority, request.tenantId)
    if (early !== null) return { kind: 'failed', problem: early }
    return exchanges.run(exchange, async () => {
      if (exchange.signal.aborted) return { kind: 'failed', problem: abortProblem(exchange.signal) }
      try {
        const result = await flow(await openApplication(request))
        return result === null ? failedWith('MSAL gave no token and no error') : finish(result, exchange, clientId)
      } catch (error) {
        return { kind: 'failed', problem: signInProblem(error, exchange, authority) }
      }
    })
  }

  const common = ({ tenantId, scopes, claims }: PersonRequest) => ({
    authority: `${authority.host}/${tenantId}`,
    scopes: [...scopes],
    correlationId: ports.random.uuid(),
    ...(claims === undefined ? {} : { claims }),
  })

  return {
    acquireSilently: (request, signal) =>
      run(request, begin(request, signal), (application) =>
        application.acquireTokenSilent({ ...common(request), account: toAccount(request.account) }),
      ),
    authorizeUrl: async (request, signal) => {
      const exchange = begin(request, signal)
      const early = refuseUnknownAdfs(authority, request.tenantId)
      if (early !== null) return failure(early)
      return exchanges.run(exchange, async () => {
        try {
          const application = await openApplication(request)
          const { redirectUri, state, nonce, codeChallenge, loginHint } = request
          const url = await application.getAuthCodeUrl({
            ...common(request),
            redirectUri,
            state,
            nonce,
            codeChallenge,
            codeChallengeMethod: 'S256',
            responseMode: 'query',
            ...(loginHint === undefined ? { prompt: 'select_account' } : { loginHint }),
          })
          return success(url)
        } catch (error) {
          return failure(toProblem(error, exchange, authority))
        }
      })
    },
    redeemCode: (request, signal) => {
      const { redirectUri, code, codeVerifier, nonce } = request
      return run(request, begin(request, signal), (application) =>
        application.acquireTokenByCode({
          ...common(request),
          redirectUri,
          code: code.reveal(),
          ...(codeVerifier === undefined ? {} : { codeVerifier: codeVerifier.reveal() }),
          ...(nonce === undefined ? {} : { nonce }),
        }),
      )
    },
    signInByDeviceCode: (request, tell, signal) => {
      let poll: Poll = (ask) => ask()
      const exchange = begin(request, signal, { poll: (ask, until) => poll(ask, until) })
      return run(request, exchange, (application) =>
        (application as PublicClientApplication).acquireTokenByDeviceCode({
          ...common(request),
          deviceCodeCallback: ({ userCode, verificationUri, message, expiresIn, interval }) => {
            // MSAL calls this whatever was answered.
            if (exchange.problem !== null) throw new ProblemError(exchange.problem)
            poll = tell({
              userCode,
              verificationUri,
              message,
              lifetimeMs: toMs(expiresIn, 900),
              intervalMs: toMs(interval, 5),
            })
          },
        }),
      )
    },
  }
}

/** RFC 8628 section 3.2: five seconds where no interval is named. */
function toMs(seconds: unknown, otherwise: number): number {
  const value = Number(seconds)
  return (Number.isFinite(value) && value > 0 ? value : otherwise) * 1000
}

function finish(result: AuthenticationResult, exchange: Exchange, clientId: string): SignInOutcome {
  const token = toAccessToken(result, exchange)
  const { account } = result
  if (token === null || account === null) return failedWith('MSAL gave a token without an account')
  const tenantId = result.tenantId === '' ? exchange.asked.tenantId : result.tenantId
  const { environment, homeAccountId, username } = account
  return {
    kind: 'signed-in',
    token: { ...token, tenantId },
    account: { authority: environment, clientId, homeAccountId, tenantId, username },
  }
}

function failedWith(message: string): SignInOutcome {
  return { kind: 'failed', problem: problem('unexpected', { message }) }
}

/** MSAL's own words for: there is no refresh token for this account. */
const noTokenCodes = ['no_tokens_found', 'refresh_token_expired', 'no_account_found', 'no_account_in_silent_request']

function signInProblem(error: unknown, exchange: Exchange, authority: Authority): Problem {
  const code = error instanceof Error && 'errorCode' in error ? String(error.errorCode) : ''
  if (!exchange.signal.aborted && exchange.problem === null) {
    if (noTokenCodes.includes(code)) return problem('sign-in-needed', { why: 'no-refresh-token' })
    if (code === 'nonce_mismatch') {
      return problem('sign-in-answer-unusable', { reason: 'its ID token was made for another request (nonce)' })
    }
  }
  return toProblem(error, exchange, authority)
}

function toAccount({ authority, homeAccountId, tenantId, username }: AuthenticationRecord): AccountInfo {
  return { homeAccountId, environment: authority, tenantId, username, localAccountId: homeAccountId }
}

/**
 * Accounts and refresh tokens are kept in the store, access tokens in this process alone: across processes they have
 * sealed entries of their own. One at a time: MSAL changes its memory between the two calls, and another reading in
 * between would undo that.
 */
function createCachePlugin(
  store: MsalCache,
): NonNullable<NonNullable<ConstructorParameters<typeof PublicClientApplication>[0]['cache']>['cachePlugin']> {
  let accessTokens: unknown = {}
  let turn: Promise<void> = Promise.resolve()
  let endTurn: () => void = () => {}

  return {
    beforeCacheAccess: async ({ tokenCache }) => {
      const before = turn
      turn = new Promise((resolve) => {
        const end = resolve
        void before.then(() => {
          endTurn = end
        })
      })
      await before
      const kept = parseState(await store.read())
      tokenCache.deserialize(JSON.stringify({ ...kept, AccessToken: accessTokens }))
    },
    afterCacheAccess: async ({ cacheHasChanged, tokenCache }) => {
      try {
        if (!cacheHasChanged) return
        const { AccessToken, ...rest } = parseState(tokenCache.serialize())
        accessTokens = AccessToken ?? {}
        await store.write(JSON.stringify(rest))
      } finally {
        endTurn()
      }
    },
  }
}

function parseState(serialised: string | null): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(serialised ?? '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : {}
  } catch {
    return {}
  }
}
