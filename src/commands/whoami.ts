/** `azid whoami`: whose token it is, acquired here or handed over with `--token`; and, if asked, whether it is genuine. */
import type { Invocation } from '../cli/invocation.ts'
import { resolveAuthority } from '../engine/authority.ts'
import { findAudience } from '../engine/resources.ts'
import type { Authority } from '../engine/types.ts'
import type { ExitName } from '../exit-codes.ts'
import { type DecodedToken, decodeToken } from '../jwt/decode.ts'
import { describeOpaqueToken, describeToken, type TokenDescription } from '../jwt/describe.ts'
import { type Verification, verificationReasons, verifyToken } from '../jwt/verify.ts'
import type { Settings } from '../options.ts'
import { printJson } from '../output/json.ts'
import { createLog, type Log } from '../output/log.ts'
import { createStyle } from '../output/style.ts'
import { drawWhoami, type SignatureFacts, whoamiToJson } from '../output/whoami.ts'
import type { Result } from '../result.ts'
import type { NetworkError, Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { describeNetworkError, sayError, sayNetworkFailure } from './say-error.ts'
import { chooseAuthority, chosenSdk, limitRun } from './surroundings.ts'
import { describeDefect, readGivenToken } from './token-input.ts'

/** A token to look into, and where its keys would be asked. */
interface Subject {
  readonly decoded: DecodedToken | null
  readonly description: TokenDescription
  /** The credential that gave it; null when it was handed over. */
  readonly credential: string | null
  readonly surroundings: Surroundings
}

interface Surroundings {
  readonly settings: Settings
  /** The ports, trusting `--ca-file` too. */
  readonly runtime: Runtime
  readonly authority: Authority
  readonly signal: AbortSignal
}

export async function run(invocation: Invocation, runtime: Runtime): Promise<ExitName> {
  const { settings } = invocation
  const log = await createLog(runtime, settings)
  const subject =
    settings.token === undefined
      ? await acquireSubject(invocation, runtime, log)
      : await readSubject(settings, settings.token, runtime, log)
  await log.flush()
  if (typeof subject === 'string') return subject
  return answer(subject)
}

/** A token as `get-token` would get it; an exit when none came, which is then already said. */
async function acquireSubject(invocation: Invocation, runtime: Runtime, log: Log): Promise<Subject | ExitName> {
  const { acquire, prepare } = await import('./acquire.ts')
  const preparation = await prepare(invocation, runtime, log)
  const [target] = preparation.targets
  if (target === undefined) throw new Error('a target is always chosen')
  const acquisition = await acquire(target, preparation)
  if (acquisition.kind === 'failed') {
    await log.flush()
    const { sayFailure } = await import('./say-failure.ts')
    return sayFailure(acquisition, preparation)
  }
  const { token, credential, fromCache } = acquisition
  log.info(`${credential} gave a token for ${target.scopes.join(' ')}${fromCache ? ', from the cache' : ''}`)
  const decoded = decodeToken(token.token.reveal())
  const now = preparation.runtime.clock.now()
  const likeness = !decoded.ok && decoded.error.kind === 'opaque' ? decoded.error.likeness : 'unknown'
  return {
    decoded: decoded.ok ? decoded.value : null,
    description: decoded.ok
      ? describe(decoded.value, now, preparation.authority)
      : describeOpaqueToken(likeness, now, token.expiresOn),
    credential,
    surroundings: preparation,
  }
}

/** A token handed over; throws `UsageError` where it is neither a JWT nor could be an opaque token. */
async function readSubject(
  settings: Settings,
  setting: NonNullable<Settings['token']>,
  runtime: Runtime,
  log: Log,
): Promise<Subject> {
  const given = await readGivenToken(setting, runtime)
  const decoded = decodeToken(given.text)
  if (!decoded.ok && decoded.error.kind !== 'opaque') {
    throw new UsageError({ source: given.source, ...describeDefect(decoded.error) })
  }
  if (given.isOnCommandLine) {
    log.warn(
      'a token on the command line is kept in the history of the shell and shown to other users by `ps`; pipe it in: --token -',
    )
  }
  const surroundings = await findSurroundings(settings, runtime)
  const now = runtime.clock.now()
  return {
    decoded: decoded.ok ? decoded.value : null,
    description: decoded.ok
      ? describe(decoded.value, now, surroundings.authority)
      : describeOpaqueToken(decoded.error.kind === 'opaque' ? decoded.error.likeness : 'unknown', now, null),
    credential: null,
    surroundings,
  }
}

/** What `prepare` decides for commands that acquire, as far as checking a token needs it. */
async function findSurroundings(settings: Settings, runtime: Runtime): Promise<Surroundings> {
  const isAsking = settings.verify?.value === true || settings.expectTenant !== undefined
  const authority = isAsking
    ? chooseAuthority(settings, runtime)
    : authorityToName(settings, () => chooseAuthority(settings, runtime))
  const trusting = settings.caFile === undefined ? runtime : await trustToo(settings.caFile, runtime)
  return { settings, runtime: trusting, authority, signal: limitRun(settings, runtime) }
}

async function trustToo(caFile: NonNullable<Settings['caFile']>, runtime: Runtime): Promise<Runtime> {
  const [{ withExtraRoots }, { readCaFile }] = await Promise.all([import('../extra-roots.ts'), import('./inputs.ts')])
  return withExtraRoots(runtime, await readCaFile(caFile, runtime))
}

/** Where nothing is to be asked, a variable that holds no authority keeps nobody from decoding. */
function authorityToName(settings: Settings, choose: () => Authority): Authority {
  try {
    return choose()
  } catch (error) {
    const fallback = resolveAuthority({ sdk: chosenSdk(settings) })
    if (error instanceof UsageError && fallback.ok) return fallback.value
    throw error
  }
}

function describe(decoded: DecodedToken, now: number, authority: Authority): TokenDescription {
  return describeToken(decoded, now, {
    audienceName: (audience) => findAudience(audience)?.name ?? null,
    authorityHost: authority.host,
  })
}

const unreachedKeys = 'the keys of the authority could not be had'

/** Checks, compares and prints. Under `--json` stdout gets one object: the description, or why the command failed. */
async function answer(subject: Subject): Promise<ExitName> {
  const { settings, runtime } = subject.surroundings
  const isJson = settings.json?.value === true
  const checked = settings.verify?.value === true ? await verify(subject) : null
  const signature = toSignatureFacts(checked)

  if (isJson) {
    if (checked !== null && !checked.ok) return sayNetworkFailure(unreachedKeys, checked.error, subject.surroundings)
    const exit = await compare(subject)
    if (exit !== 'done') return exit
    await runtime.terminal.stdout.write(printJson(whoamiToJson(subject.description, signature)))
    return exitOfSignature(signature)
  }
  await runtime.terminal.stdout.write(await draw(subject, signature))
  if (checked !== null && !checked.ok) return sayNetworkFailure(unreachedKeys, checked.error, subject.surroundings)
  const exits = [await compare(subject), await saySignature(signature, subject)]
  return exits.find((exit) => exit !== 'done') ?? 'done'
}

async function verify({ decoded, surroundings }: Subject): Promise<Result<Verification, NetworkError>> {
  const { runtime, authority, settings, signal } = surroundings
  if (decoded === null) {
    return {
      ok: true,
      value: { signature: 'unverifiable', reason: 'opaque-token', keyId: null, keysFrom: null, time: 'unknown' },
    }
  }
  const timeoutMs = settings.timeout?.value
  return verifyToken(decoded, {
    authority,
    http: runtime.http,
    now: runtime.clock.now(),
    signal,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  })
}

function toSignatureFacts(checked: Result<Verification, NetworkError> | null): SignatureFacts {
  if (checked === null) return { state: 'not-checked' }
  if (!checked.ok) return { state: 'not-reached', detail: describeNetworkError(checked.error) }
  const { signature, ...facts } = checked.value
  return { state: signature, ...facts }
}

async function compare({ description, surroundings }: Subject): Promise<ExitName> {
  const { settings } = surroundings
  const isAsked = [settings.expectTenant, settings.expectUser, settings.expectType].some(
    (setting) => setting !== undefined,
  )
  if (!isAsked) return 'done'
  const { compareWithExpectations } = await import('./expectations.ts')
  return compareWithExpectations(description, surroundings)
}

async function draw({ description, credential, surroundings }: Subject, signature: SignatureFacts): Promise<string> {
  const { settings, runtime } = surroundings
  const { stdout } = runtime.terminal
  return drawWhoami(description, signature, {
    style: await createStyle(stdout, runtime.env, settings.noColor?.value === true),
    columns: Math.min(stdout.columns, 100),
    now: runtime.clock.now(),
    timeZone: runtime.env.get('TZ') || undefined,
    isAllClaims: settings.allClaims?.value === true,
    credential,
  })
}

function exitOfSignature({ state }: SignatureFacts): ExitName {
  return state === 'invalid' || state === 'unverifiable' ? 'expectation' : 'done'
}

async function saySignature(signature: SignatureFacts, subject: Subject): Promise<ExitName> {
  const exit = exitOfSignature(signature)
  if (signature.state === 'invalid') {
    await sayError(exit, [`the signature is invalid: ${verificationReasons[signature.reason]}`], subject.surroundings)
  }
  if (signature.state === 'unverifiable') {
    const message = `the signature cannot be checked: ${verificationReasons[signature.reason]}`
    await sayError(exit, [message], subject.surroundings)
  }
  return exit
}
