/**
 * From a checked command line to a token: what `get-token`, `whoami` and later commands share. `prepare` checks all there
 * is to check before anything is sent and throws `UsageError`; `acquire` runs the credentials and returns what came of it.
 */

import { noteLevel, wordNote } from '../cache/notes.ts'
import { type CachedRequest, createTokenCache, type TokenCache, withCache } from '../cache/token-cache.ts'
import { takeTurn } from '../cache/turn.ts'
import type { Invocation } from '../cli/invocation.ts'
import { runChain } from '../engine/chain.ts'
import { type ChainSelection, selectDefaultChain, selectNamedChain } from '../engine/default-chain.ts'
import type { Profile } from '../engine/profiles/profile.ts'
import { findProfile } from '../engine/profiles/profiles.ts'
import { type ResolvedTarget, resolveTarget, resolveTargets, type TargetKind } from '../engine/scope.ts'
import type {
  AccessToken,
  Authority,
  CertificateInput,
  ChainResult,
  CredentialConfig,
  CredentialName,
  TokenRequest,
} from '../engine/types.ts'
import { withExtraRoots } from '../extra-roots.ts'
import type { Settings } from '../options.ts'
import { drawChoice } from '../output/choice.ts'
import type { Log } from '../output/log.ts'
import { createProgress } from '../output/progress.ts'
import type { ChainKind } from '../output/report.ts'
import { createSignInPrompt, type SignInPrompt } from '../output/sign-in-prompt.ts'
import type { Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { configureFederation } from './federation-inputs.ts'
import { readCaFile, readCertificateFile, readSecret } from './inputs.ts'
import { withPipePatience } from './pipe-patience.ts'
import { configureCode, configureSignIn, endWithAccount, personCredentials } from './sign-in-setup.ts'
import { chooseAuthorityOfCredentials, chosenSdk, limitRun } from './surroundings.ts'

/** All that is decided before the first look outside. */
export interface Preparation {
  /** The ports, trusting `--ca-file` too. */
  readonly runtime: Runtime
  readonly settings: Settings
  readonly profile: Profile
  readonly authority: Authority
  readonly kind: ChainKind
  /** `accountLink` is the account of `azid login`, where it ends the chain. */
  readonly chain: ChainSelection & { readonly accountLink?: CredentialName }
  readonly targets: readonly Target[]
  readonly cache: TokenCache
  /** Aborts on SIGINT, SIGTERM and `--timeout`. */
  readonly signal: AbortSignal
  readonly log: Log
  /** Where a person is asked to sign in. */
  readonly prompt: SignInPrompt
}

/** One token to get. */
export interface Target {
  /** As the person wrote it. */
  readonly text: string
  readonly scopes: readonly string[]
  readonly resolved: ResolvedTarget
}

export type Acquisition =
  | {
      readonly kind: 'token'
      readonly target: Target
      readonly token: AccessToken
      readonly credential: CredentialName
      readonly fromCache: boolean
    }
  | { readonly kind: 'failed'; readonly target: Target; readonly result: ChainResult }

/** Throws `UsageError` for whatever is wrong with the command line or the files it names. Sends nothing, starts nothing. */
export async function prepare(
  invocation: Invocation,
  runtime: Runtime,
  log: Log,
  { isLogin = false }: { readonly isLogin?: boolean } = {},
): Promise<Preparation> {
  const { settings, command } = invocation
  const profile = findProfile(chosenSdk(settings))
  const { authority, ...trouble } = chooseAuthorityOfCredentials(settings, runtime)
  const targets = chooseTargets(invocation.args, settings, authority)
  const names = settings.credential.value
  const isDefault = names.length === 1 && names[0]?.toLowerCase() === 'default'
  const signal = limitRun(settings, runtime)
  const reading = withPipePatience(runtime, signal)
  const config = {
    ...(await configure(settings, authority, isDefault ? 'chained' : 'named', reading)),
    ...trouble,
    ...(invocation.command === 'chain' ? { asksAll: true } : {}),
  }
  const choose = (given: CredentialConfig): ChainSelection =>
    isDefault
      ? chooseDefaultChain(profile, given, settings, runtime)
      : chooseNamedChain(profile, names, given, settings)
  const cache = createTokenCache(runtime, { place: settings.noCache?.value === true ? 'off' : settings.cache?.value })
  const prompt = createSignInPrompt(runtime, {
    isJson: settings.json?.value === true,
    noColor: settings.noColor?.value === true,
  })
  const setup = { settings, runtime, authority, prompt, cache, command }
  const pure = choose(config)
  const asksPerson = pure.links.some(({ name }) => personCredentials.includes(name))
  const asking = asksPerson ? choose({ ...config, signIn: await configureSignIn(setup, isLogin) }) : pure
  const chain = isDefault ? await endWithAccount(asking, config, setup) : asking
  const roots = settings.caFile === undefined ? null : await readCaFile(settings.caFile, runtime)
  return {
    runtime: roots === null ? runtime : withExtraRoots(runtime, roots),
    settings,
    profile,
    authority,
    kind: isDefault ? 'DefaultAzureCredential' : names.length > 1 ? 'ChainedTokenCredential' : 'single',
    chain,
    targets,
    cache,
    signal,
    log,
    prompt,
  }
}

/** Never rejects for what a credential met: that is in the result. */
export async function acquire(target: Target, preparation: Preparation): Promise<Acquisition> {
  const { runtime, settings, chain, cache, signal, log, prompt } = preparation
  const cached = cachedRequest(target, preparation)
  const { request } = cached
  const progress = createProgress(
    runtime,
    settings.quiet?.value === true || settings.json?.value === true,
    settings.noColor?.value === true,
  )
  prompt.interrupts(progress)
  const run = async (): Promise<ChainResult> => {
    try {
      const ports = {
        ...runtime,
        takeTurn: (tool: string) => takeTurn(`tool-${tool}`, cache, { waitMs: cached.waitMs, signal }),
      }
      return await runChain(chain.links, request, ports, signal, (event) => {
        progress.tell(event)
        if (event.kind === 'observed') log.debug(event.credential, event.observation)
        if (event.kind === 'ended' && event.attempt.outcome === 'succeeded' && event.attempt.choice !== undefined)
          log.info(drawChoice(event.attempt.choice))
      })
    } finally {
      await progress.stop()
      await prompt.flush()
    }
  }
  const answer = await withCache(
    cached,
    cache,
    async () => {
      const result = await run()
      return { result, token: result.token, credential: result.credential }
    },
    signal,
  )
  for (const note of answer.notes) {
    if (noteLevel(note) === 'warning') log.warn(wordNote(note))
    else log.info(wordNote(note))
  }
  if (answer.kind === 'cached') {
    return { kind: 'token', target, token: answer.token, credential: answer.credential, fromCache: true }
  }
  const { result } = answer
  if (result.token === null || result.credential === null) return { kind: 'failed', target, result }
  if (chain.accountLink === result.credential) {
    log.warn('the token is of the account of `azid login`; DefaultAzureCredential itself would have had none')
  }
  if (cache.place === 'off' && result.token.expiresOn - runtime.clock.now() < settings.minTtl.value) {
    log.warn(`the token lives shorter than ${settings.minTtl.source.name}; it is handed over all the same`)
  }
  return { kind: 'token', target, token: result.token, credential: result.credential, fromCache: false }
}

/** What names the token in the cache, and how fresh it must be. */
export function cachedRequest(target: Target, preparation: Preparation): CachedRequest {
  const { chain, settings } = preparation
  return {
    links: chain.cacheLinks,
    request: makeRequest(target, preparation),
    freshness: { minTtlMs: settings.minTtl.value, forceRefresh: settings.forceRefresh?.value === true },
    waitMs: settings.timeout?.value ?? defaultWaitMs,
  }
}

/** As long as a chain of the SDKs may take when a managed identity endpoint keeps it waiting (reference: 75 s). */
const defaultWaitMs = 75_000

function makeRequest(target: Target, { settings, kind }: Preparation): TokenRequest {
  return {
    scopes: target.scopes,
    // In the default chain `--tenant` is the request's; a named credential is configured with it.
    ...(kind === 'DefaultAzureCredential' && settings.tenant !== undefined ? { tenantId: settings.tenant.value } : {}),
    ...(settings.claims === undefined ? {} : { claims: settings.claims.value }),
    ...(settings.cae?.value === true ? { enableCae: true } : {}),
  }
}

function chooseTargets(args: readonly string[], settings: Settings, authority: Authority): readonly Target[] {
  const { scope, resource } = settings
  if (scope !== undefined) return [targetOf(scope.value, 'scope', scope.source.name, authority)]
  if (resource !== undefined) return [targetOf([resource.value], 'resource', resource.source.name, authority)]
  return (args.length === 0 ? ['arm'] : args).map((text) => targetOf([text], 'target', 'TARGET', authority))
}

function targetOf(texts: readonly string[], kind: TargetKind, source: string, { cloud }: Authority): Target {
  const resolved =
    texts.length === 1 && texts[0] !== undefined
      ? resolveOne(texts[0], kind, cloud)
      : resolveTargets(texts, cloud, kind)
  if (!resolved.ok) {
    const { text, reason, fix, suggestion } = resolved.error
    throw new UsageError({
      message: `the ${kind} '${text}' ${reason}`,
      source,
      ...(fix === undefined ? {} : { fix }),
      ...(suggestion === undefined ? {} : { suggestion }),
    })
  }
  const [first] = resolved.value
  if (first === undefined) throw new UsageError({ message: 'no target is given', source })
  return { text: texts.join(' '), scopes: resolved.value.map(({ scope }) => scope), resolved: first }
}

function resolveOne(text: string, kind: TargetKind, cloud: Authority['cloud']): ReturnType<typeof resolveTargets> {
  const resolved = resolveTarget(text, cloud, kind)
  return resolved.ok ? { ok: true, value: [resolved.value] } : { ok: false, error: { ...resolved.error, text } }
}

async function configure(
  settings: Settings,
  authority: Authority,
  role: CredentialConfig['role'],
  runtime: Runtime,
): Promise<CredentialConfig> {
  const { tenant, clientId, objectId, resourceId, subscription, username, clientSecretFile } = settings
  const secret =
    clientSecretFile === undefined ? undefined : await readSecret(clientSecretFile, 'client secret', runtime)
  const certificate = await readCertificate(settings, runtime)
  return {
    sdk: chosenSdk(settings),
    role,
    // Each SDK has its own limit; only a wish of the person's replaces it.
    ...(settings.processTimeout.source.kind === 'default' ? {} : { processTimeoutMs: settings.processTimeout.value }),
    imdsTimeoutMs: settings.imdsTimeout.value,
    authority,
    additionallyAllowedTenants: settings.additionallyAllowedTenants?.value ?? [],
    ...(role === 'named' && tenant !== undefined ? { tenantId: tenant.value } : {}),
    ...(clientId === undefined ? {} : { clientId: clientId.value }),
    ...(objectId === undefined ? {} : { objectId: objectId.value }),
    ...(resourceId === undefined ? {} : { resourceId: resourceId.value }),
    ...(subscription === undefined ? {} : { subscription: subscription.value }),
    ...(username === undefined ? {} : { username: username.value }),
    ...(secret === undefined ? {} : { clientSecret: secret }),
    ...(certificate === undefined ? {} : { certificate }),
    ...(await configureFederation(settings, runtime)),
    ...(await configureCode(settings, runtime)),
    ...(settings.fast?.value === true ? { fast: true } : {}),
  }
}

/** A certificate that an option names is checked here, so that a wrong one is wrong usage; a variable's is the credential's. */
async function readCertificate(settings: Settings, runtime: Runtime): Promise<CertificateInput | undefined> {
  const { certificate, certificatePasswordFile, sendCertificateChain } = settings
  if (certificate === undefined) return undefined
  const content = await readCertificateFile(certificate, runtime)
  const password =
    certificatePasswordFile === undefined
      ? undefined
      : await readSecret(certificatePasswordFile, 'certificate password', runtime)
  const { loadCertificate } = await import('../engine/certificate.ts')
  const loaded = await loadCertificate(content, password)
  if (!loaded.ok) throw certificateError(certificate.value, certificate.source.name, loaded.error)
  return {
    path: certificate.value,
    content,
    sendChain: sendCertificateChain?.value === true,
    ...(password === undefined ? {} : { password }),
  }
}

const certificateFixes = {
  malformed: 'give a PEM or PKCS#12 file',
  'no-private-key': 'put the private key into the same file',
  'no-certificate': 'put the certificate into the same file',
  'wrong-password': 'give the right one: --certificate-password-file FILE',
  'password-needed': 'give its password: --certificate-password-file FILE',
  'not-rsa': 'Entra takes RSA keys only: make a certificate with one',
  'key-mismatch': 'put the certificate of the key first, or the key that belongs to it into the file',
} as const

function certificateError(
  path: string,
  source: string,
  { reason, detail }: { readonly reason: keyof typeof certificateFixes; readonly detail: string },
): UsageError {
  return new UsageError({
    message: `the certificate '${path}' cannot be used: ${detail}`,
    source,
    fix: certificateFixes[reason],
  })
}

function chooseDefaultChain(
  profile: Profile,
  config: CredentialConfig,
  settings: Settings,
  runtime: Runtime,
): ChainSelection {
  const chosen = selectDefaultChain(profile, config, {
    exclude: settings.exclude?.value ?? [],
    include: settings.include?.value ?? [],
    variable: runtime.env.get('AZURE_TOKEN_CREDENTIALS'),
    isVariableRequired: settings.requireEnvvar?.value === true,
  })
  if (chosen.ok) return chosen.value
  throw new UsageError(chosen.error)
}

function chooseNamedChain(
  profile: Profile,
  names: readonly string[],
  config: CredentialConfig,
  settings: Settings,
): ChainSelection {
  const chosen = selectNamedChain(profile, names, config)
  if (chosen.ok) return chosen.value
  throw new UsageError({ source: settings.credential.source.name, ...chosen.error })
}
