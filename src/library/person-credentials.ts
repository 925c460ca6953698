/** Credentials of a person who signs in, as classes with the constructors of `@azure/identity`. */

import { wordTrouble } from '../cache/notes.ts'
import { createTokenCache } from '../cache/token-cache.ts'
import { authorizationCodeCredential } from '../engine/credentials/authorization-code.ts'
import { deviceCodeCredential } from '../engine/credentials/device-code.ts'
import { interactiveBrowserCredential } from '../engine/credentials/interactive-browser.ts'
import { accountsFileOf, createMemoryAccounts, openAccountStore } from '../engine/sign-in/account-store.ts'
import type {
  AccountStore,
  CredentialConfig,
  CredentialDefinition,
  SignInConfig,
  SignInEvent,
} from '../engine/types.ts'
import { Secret } from '../secret.ts'
import { type AuthenticationRecord, toEngineRecord } from './authentication-record.ts'
import { configure, nodeErrorStream, nodePorts } from './configuration.ts'
import { CredentialUnavailableError } from './errors.ts'
import { createTokenSource, type TokenSource } from './token-source.ts'
import type { AccessToken, CredentialOptions, GetTokenOptions, TokenCredential } from './types.ts'

export interface TokenCachePersistenceOptions {
  /** Keep the account: sealed, with a key in the keyring of the operating system. */
  enabled: boolean
  /** A cache of its own; default: the one of `azid login`. */
  name?: string
  /** Where no keyring works: keep the key in a file beside it. Without this, such a machine throws. */
  unsafeAllowUnencryptedStorage?: boolean
}

export interface InteractiveCredentialOptions extends CredentialOptions {
  /** Default: `organizations`. */
  tenantId?: string
  /** Default: the app of Azure CLI. */
  clientId?: string
  /** Of an earlier sign-in: the account to use. */
  authenticationRecord?: AuthenticationRecord
  /** `getToken` asks nobody by itself: it throws `AuthenticationRequiredError`, and `authenticate` asks. */
  disableAutomaticAuthentication?: boolean
  tokenCachePersistenceOptions?: TokenCachePersistenceOptions
}

/** Five minutes, as azure-identity for Python waits for the browser. */
const browserTimeoutMs = 300_000

/** What these share: the account is used where there is one; a person is asked where there is none and that is allowed. */
class InteractiveCredential implements TokenCredential {
  readonly #open: () => Promise<TokenSource>
  #source: Promise<TokenSource> | undefined
  /** For the request that begins. */
  #isAsking = false
  #record: AuthenticationRecord | undefined

  constructor(
    definition: CredentialDefinition,
    options: InteractiveCredentialOptions,
    identity: Partial<CredentialConfig>,
    tell: (event: SignInEvent) => void = () => {},
  ) {
    const { tenantId, clientId, authenticationRecord: account, tokenCachePersistenceOptions } = options
    const given = {
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(clientId === undefined ? {} : { clientId }),
      ...(account === undefined ? {} : { account: toEngineRecord(account) }),
      ...identity,
    }
    const config = configure('named', options, given, nodePorts())
    const isOff = options.disableAutomaticAuthentication === true
    const isAsking = (): boolean => this.#isAsking
    const remember = (record: AuthenticationRecord): void => {
      this.#record = record
    }
    this.#open = async () => {
      const signIn: SignInConfig = {
        get notAsked(): SignInConfig['notAsked'] {
          return isOff && !isAsking() ? { browser: 'automatic-off', 'device-code': 'automatic-off' } : {}
        },
        get isForced() {
          return isAsking()
        },
        browserTimeoutMs,
        accounts: await openAccounts(tokenCachePersistenceOptions, config),
        tell: (event) => {
          if (event.kind === 'signed-in') remember({ ...event.account })
          tell(event)
        },
      }
      return createTokenSource([definition], { ...config, signIn }, nodePorts())
    }
  }

  async getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken> {
    this.#source ??= this.#open()
    return (await this.#source).getToken(scopes, options)
  }

  /** Asks the person, whatever is remembered. Gives the record of the account, which later calls of `getToken` use. */
  async authenticate(scopes: string | string[], options?: GetTokenOptions): Promise<AuthenticationRecord | undefined> {
    this.#source ??= this.#open()
    const source = await this.#source
    // Read by the credential before `getToken` returns its promise; another request is not asked by it.
    this.#isAsking = true
    const asked = source.getToken(scopes, options)
    this.#isAsking = false
    await asked
    return this.#record
  }
}

async function openAccounts(
  options: TokenCachePersistenceOptions | undefined,
  { authority }: CredentialConfig,
): Promise<AccountStore> {
  if (options?.enabled !== true) return createMemoryAccounts()
  const { name } = options
  if (name !== undefined && !/^[\w.-]{1,60}$/.test(name)) {
    throw new Error('the name of tokenCachePersistenceOptions may hold letters, digits, dots, hyphens and underscores')
  }
  const file = name === undefined ? accountsFileOf(authority) : (`accounts.of.${name}` as const)
  const cache = createTokenCache(nodePorts(), { place: 'keyring' })
  const key = await cache.key()
  if (key?.ok === true) return openAccountStore(cache, file)
  if (options.unsafeAllowUnencryptedStorage === true) {
    return openAccountStore(createTokenCache(nodePorts(), { place: 'file' }), file)
  }
  const reason = key === null ? 'there is no keyring' : wordTrouble(key.error)
  throw new Error(`the token cache cannot be kept (${reason}); see unsafeAllowUnencryptedStorage`)
}

export interface InteractiveBrowserCredentialOptions extends InteractiveCredentialOptions {
  /** An address of this machine that the app is registered with. Default: a free port of `http://localhost`. */
  redirectUri?: string | (() => string)
  /** Who is expected to sign in. */
  loginHint?: string
}

/** A person who signs in with the browser of this machine. */
export class InteractiveBrowserCredential extends InteractiveCredential {
  constructor(options: InteractiveBrowserCredentialOptions = {}) {
    const { redirectUri, loginHint } = options
    const uri = typeof redirectUri === 'function' ? redirectUri() : redirectUri
    super(interactiveBrowserCredential, options, {
      ...(uri === undefined ? {} : { redirectUri: uri }),
      ...(loginHint === undefined ? {} : { loginHint }),
    })
  }
}

export interface DeviceCodeInfo {
  userCode: string
  verificationUri: string
  /** What to tell the person, in the authority's words. */
  message: string
}

export interface DeviceCodeCredentialOptions extends InteractiveCredentialOptions {
  /** Tells the person what to do. Default: the message is printed to stderr; `@azure/identity` prints it to stdout. */
  userPromptCallback?: (deviceCodeInfo: DeviceCodeInfo) => void
}

/** A person who signs in on any device with a code. */
export class DeviceCodeCredential extends InteractiveCredential {
  constructor(options: DeviceCodeCredentialOptions = {}) {
    const tell = options.userPromptCallback ?? printMessage
    super(deviceCodeCredential, options, {}, (event) => {
      if (event.kind !== 'device-code') return
      const { userCode, verificationUri, message } = event
      tell({ userCode, verificationUri, message })
    })
  }
}

function printMessage({ message }: DeviceCodeInfo): void {
  void nodeErrorStream().write(`${message}\n`)
}

export interface AuthorizationCodeCredentialOptions extends CredentialOptions {
  /** PKCE: what the code was asked with. `@azure/identity` has no such option. */
  codeVerifier?: string
}

/** The code that a web app was sent for a person who signed in; it is redeemed when the first token is asked for. */
export class AuthorizationCodeCredential implements TokenCredential {
  readonly #source: TokenSource

  constructor(
    tenantId: string,
    clientId: string,
    clientSecret: string,
    authorizationCode: string,
    redirectUri: string,
    options?: AuthorizationCodeCredentialOptions,
  )
  constructor(
    tenantId: string,
    clientId: string,
    authorizationCode: string,
    redirectUri: string,
    options?: AuthorizationCodeCredentialOptions,
  )
  constructor(
    tenantId: string,
    clientId: string,
    ...rest: readonly (string | AuthorizationCodeCredentialOptions | undefined)[]
  ) {
    const texts = rest.filter((value): value is string => typeof value === 'string')
    const options = rest.find((value) => typeof value === 'object') ?? {}
    const [redirectUri, authorizationCode, clientSecret] = [...texts].reverse()
    if (!tenantId || !clientId || !authorizationCode || !redirectUri) {
      throw new CredentialUnavailableError(
        'AuthorizationCodeCredential: tenantId, clientId, authorizationCode and redirectUri are required parameters.',
      )
    }
    const { codeVerifier } = options
    const ports = nodePorts()
    const config = configure(
      'named',
      options,
      {
        tenantId,
        clientId,
        redirectUri,
        authorizationCode: new Secret(authorizationCode),
        ...(clientSecret === undefined ? {} : { clientSecret: new Secret(clientSecret) }),
        ...(codeVerifier === undefined ? {} : { codeVerifier: new Secret(codeVerifier) }),
      },
      ports,
    )
    // The secret is the constructor's, or there is none: a variable is another program's.
    const env = {
      names: ports.env.names,
      get: (name: string) => (name === 'AZURE_CLIENT_SECRET' ? undefined : ports.env.get(name)),
    }
    this.#source = createTokenSource([authorizationCodeCredential], config, { ...ports, env })
  }

  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken> {
    return this.#source.getToken(scopes, options)
  }
}
