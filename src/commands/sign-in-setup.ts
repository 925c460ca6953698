/** How commands let a person sign in: whether one may be asked, where accounts are kept, and the account that ends a chain. */
import { statMsalCaches } from '../cache/msal-cache.ts'
import { createTokenCache, type TokenCache } from '../cache/token-cache.ts'
import { rememberedAccountLink } from '../engine/credentials/interactive-browser.ts'
import type { ChainSelection } from '../engine/default-chain.ts'
import { accountsFileOf, openAccountStore, type SealedAccountStore } from '../engine/sign-in/account-store.ts'
import { chooseAccount } from '../engine/sign-in/accounts.ts'
import type { Authority, CredentialConfig, CredentialName, NotAsked, SignInConfig, SignInWay } from '../engine/types.ts'
import type { Settings } from '../options.ts'
import type { SignInPrompt } from '../output/sign-in-prompt.ts'
import type { Runtime } from '../runtime.ts'
import { readSecret } from './inputs.ts'

/** Names whose links may ask a person. */
export const personCredentials: readonly CredentialName[] = ['InteractiveBrowserCredential', 'DeviceCodeCredential']

/** Five minutes, as azure-identity for Python waits for the browser. */
const browserTimeoutMs = 300_000

interface SignInSetup {
  readonly settings: Settings
  readonly runtime: Runtime
  readonly authority: Authority
  readonly prompt: SignInPrompt
  /** Of the run's tokens. */
  readonly cache: TokenCache
}

/** `--no-cache` is about tokens; accounts are kept all the same. */
function accountCache({ settings, runtime, cache }: SignInSetup): TokenCache {
  return settings.noCache?.value === true ? createTokenCache(runtime, { place: settings.cache?.value }) : cache
}

/** For credentials that may ask; `isLogin`: the person came to sign in, so that a terminal is no condition. */
export async function configureSignIn(
  setup: SignInSetup,
  isLogin: boolean,
): Promise<SignInConfig & { readonly accounts: SealedAccountStore }> {
  const { settings, runtime, authority, prompt } = setup
  return {
    notAsked: whoIsNotAsked(settings, runtime, isLogin),
    isForced: isLogin,
    // With `--timeout` the run itself ends.
    browserTimeoutMs: settings.timeout?.value ?? browserTimeoutMs,
    tell: (event) => prompt.tell(event),
    accounts: await openAccountStore(accountCache(setup), accountsFileOf(authority)),
  }
}

/** A device code is read by a program just as well, so that it needs no terminal; a browser in front of nobody is a nuisance. */
function whoIsNotAsked(
  settings: Settings,
  { env, terminal }: Runtime,
  isLogin: boolean,
): { readonly [Way in SignInWay]?: NotAsked } {
  if (settings.noPrompt?.value === true) return { browser: 'no-prompt', 'device-code': 'no-prompt' }
  const ci = env.get('CI')?.toLowerCase() ?? ''
  if (!['', '0', 'false'].includes(ci)) return { browser: 'ci', 'device-code': 'ci' }
  return isLogin || terminal.stdin.isTerminal ? {} : { browser: 'no-terminal' }
}

/** `account`: the name of the last link, where that is the account of `azid login`. */
type EndedChain<Chain> = Chain & { readonly accountLink?: CredentialName }

/**
 * DefaultAzureCredential, and then the account of `azid login` where there is one for this authority; only where nothing
 * says whose chain is wanted, for that of an SDK has no such link.
 */
export async function endWithAccount<Chain extends ChainSelection>(
  chain: Chain,
  config: CredentialConfig,
  setup: SignInSetup & { readonly command: string },
): Promise<EndedChain<Chain>> {
  const { settings, runtime, authority, command } = setup
  const isChosen =
    settings.sdk.source.kind !== 'default' ||
    settings.credential.source.kind !== 'default' ||
    (runtime.env.get('AZURE_TOKEN_CREDENTIALS') ?? '').trim() !== ''
  const isShutOut =
    chain.links.some(({ name }) => name === rememberedAccountLink.name) ||
    chain.excluded.some(({ name, by }) => name === rememberedAccountLink.name && by === '--exclude')
  if (command === 'chain' || isChosen || isShutOut || !(await hasAccounts(setup))) return chain
  const signIn = await configureSignIn(setup, false)
  const host = new URL(authority.host).host
  if (chooseAccount(await signIn.accounts.list(), { host }).kind === 'none') return chain
  const linked: CredentialConfig = { ...config, signIn }
  return {
    ...chain,
    accountLink: rememberedAccountLink.name,
    links: [
      ...chain.links,
      { name: rememberedAccountLink.name, create: (ports) => rememberedAccountLink.create(linked, ports) },
    ],
    cacheLinks: [...chain.cacheLinks, { definition: rememberedAccountLink, config: linked }],
  }
}

/** Without a look at the keyring: most machines have none. */
async function hasAccounts(setup: SignInSetup): Promise<boolean> {
  const { runtime, authority } = setup
  const cache = accountCache(setup)
  if (cache.place === 'off' || cache.place === 'memory') return false
  const homes = cache.place === 'file' ? (['file'] as const) : runtime.keyring.backends
  for (const home of homes) {
    const found = await statMsalCaches(home, cache)
    if (found.some(({ name }) => name === accountsFileOf(authority))) return true
  }
  return false
}

/** The options about codes that a web app was sent. */
export async function configureCode(
  settings: Settings,
  runtime: Runtime,
): Promise<Pick<CredentialConfig, 'authorizationCode' | 'codeVerifier' | 'redirectUri'>> {
  const { authorizationCodeFile, codeVerifierFile, redirectUri } = settings
  const code =
    authorizationCodeFile === undefined
      ? undefined
      : await readSecret(authorizationCodeFile, 'authorization code', runtime)
  const verifier =
    codeVerifierFile === undefined ? undefined : await readSecret(codeVerifierFile, 'code verifier', runtime)
  return {
    ...(code === undefined ? {} : { authorizationCode: code }),
    ...(verifier === undefined ? {} : { codeVerifier: verifier }),
    ...(redirectUri === undefined ? {} : { redirectUri: redirectUri.value }),
  }
}
