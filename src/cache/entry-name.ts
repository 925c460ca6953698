/** The name of a cache entry: everything that decides which token it is, under a key, so that the name tells nothing. */
import { createHash, createHmac } from 'node:crypto'
import type {
  CredentialConfig,
  CredentialDefinition,
  DeclaredInputs,
  EnginePorts,
  TokenRequest,
} from '../engine/types.ts'
import { failure, type Result, success } from '../result.ts'
import type { FileSystem } from '../runtime.ts'
import { Secret } from '../secret.ts'
import { canonicalText, type Value } from './canonical.ts'
import type { CacheTrouble } from './notes.ts'
import { readLine } from './read-line.ts'
import { readRevocation } from './revocation.ts'
import type { CacheKeys } from './sealing.ts'

export interface CacheLink {
  readonly definition: Pick<CredentialDefinition, 'name' | 'inputs'>
  readonly config: CredentialConfig
}

export interface NamedRequest {
  /** The credentials in their order; one where one was named. */
  readonly links: readonly CacheLink[]
  readonly request: TokenRequest
}

export type NamingPorts = Pick<EnginePorts, 'env' | 'host'> & { readonly files: Pick<FileSystem, 'read'> }

/**
 * Limits of the work, not of the credential: they do not decide which token it is. `msalCache` is where, not what; so is
 * `signIn`, whose accounts are declared as a file.
 */
const notPartOfTheName: ReadonlySet<string> = new Set([
  'processTimeoutMs',
  'imdsTimeoutMs',
  'isOnlyCredential',
  'msalCache',
  'signIn',
])

/** Larger ones are no configuration; the credential will refuse them in its own words. */
const largestInputFile = 8 * 1024 * 1024

/** An input that has no bytes: a function, a class. What hangs on it cannot be told apart. */
class UnnameableInput extends Error {}

/** What names an entry but for the state of files: plain data that can be kept, and tells nothing of a secret. */
export interface NamingPlan {
  /** HMAC over the request, and each link with its configuration, what it declares, and the state of its variables. */
  readonly fixed: string
  /** Of all links together; their state is looked at each time. */
  readonly files: readonly string[]
  readonly tokenFiles: readonly string[]
  readonly isOfThisMachine: boolean
}

export interface MadePlan extends NamingPlan {
  /** Whose state is in `fixed`. */
  readonly variables: readonly string[]
}

/**
 * Promise: equal names mean equal authority, tenant, scopes (as a set), claims, CAE, profile, credentials, configuration,
 * and equal state of every input that the credentials declare. Only a revocation challenge is no part of the name: it
 * asks for a newer token of the same meaning (`revocation.ts`).
 */
export async function nameEntry(
  named: NamedRequest,
  keys: CacheKeys,
  ports: NamingPorts,
): Promise<Result<string, CacheTrouble>> {
  const plan = planName(named, keys, ports)
  return plan.ok ? nameByPlan(plan.value, keys, ports) : plan
}

/** Asks the credentials what they declare, and looks at the variables; at no file. */
export function planName(
  { links, request }: NamedRequest,
  keys: CacheKeys,
  { env, host }: Pick<NamingPorts, 'env' | 'host'>,
): Result<MadePlan, CacheTrouble> {
  const inputs = links.map(({ definition, config }) => definition.inputs(config, { env, host }))
  try {
    const facts: Value = [
      nameRequest(request),
      ...links.map(({ definition, config }, index) => {
        const { variables, files, tokenFiles, values, isOfThisMachine } = inputs[index] as DeclaredInputs
        const state = variables.map((name) => [name, env.get(name)])
        const named = values.map((value) => nameValue(value, keys))
        return [definition.name, nameConfig(config, keys), state, files, tokenFiles, named, isOfThisMachine]
      }),
    ]
    return success({
      fixed: hashFacts(facts, keys),
      variables: unique(inputs.flatMap(({ variables }) => variables)),
      files: unique(inputs.flatMap(({ files }) => files)),
      tokenFiles: unique(inputs.flatMap(({ tokenFiles }) => tokenFiles)),
      isOfThisMachine: inputs.some(({ isOfThisMachine }) => isOfThisMachine),
    })
  } catch (error) {
    if (error instanceof UnnameableInput) return failure({ code: 'not-nameable', reason: error.message })
    throw error
  }
}

/** Looks at the files of the plan. */
export async function nameByPlan(
  { fixed, files, tokenFiles, isOfThisMachine }: NamingPlan,
  keys: CacheKeys,
  ports: Pick<NamingPorts, 'files'>,
): Promise<Result<string, CacheTrouble>> {
  const machine = isOfThisMachine ? await readMachine(ports) : undefined
  if (machine === null) return failure({ code: 'not-nameable', reason: 'this machine has no machine id or boot id' })
  const contents: Value[] = []
  for (const path of files) contents.push([path, await nameFile(path, ports)])
  const tokens: Value[] = []
  for (const path of tokenFiles) tokens.push([path, await nameTokenFile(path, ports)])
  return success(hashFacts(['entry', fixed, machine, contents, tokens], keys))
}

function hashFacts(facts: Value, keys: CacheKeys): string {
  return createHmac('sha256', keys.naming).update(canonicalText(facts), 'utf16le').digest('hex')
}

function unique(names: readonly string[]): readonly string[] {
  return [...new Set(names)]
}

function nameRequest({ scopes, tenantId, claims, enableCae }: TokenRequest): Value {
  const isRevocation = claims !== undefined && readRevocation(claims) !== null
  return [[...new Set(scopes)].sort(), tenantId, isRevocation ? undefined : claims, enableCae === true]
}

/** Every member, by name, so that one that is added later is part of the name from its first day. */
function nameConfig(config: CredentialConfig, keys: CacheKeys): Value {
  return nameMembers(
    Object.entries(config).filter(([name]) => !notPartOfTheName.has(name)),
    keys,
  )
}

function nameMembers(members: readonly (readonly [string, unknown])[], keys: CacheKeys): Value {
  return members
    .filter(([, value]) => value !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => [name, nameValue(value, keys)])
}

function nameValue(value: unknown, keys: CacheKeys): Value {
  if (value === null || value === undefined) return value
  if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value
  if (value instanceof Secret) return ['secret', hashSecret(value, keys)]
  if (value instanceof Uint8Array) return ['bytes', hashContent(value)]
  if (Array.isArray(value)) return ['list', ...value.map((member: unknown) => nameValue(member, keys))]
  if (typeof value === 'object' && isPlain(value)) return ['members', nameMembers(Object.entries(value), keys)]
  throw new UnnameableInput('the credential depends on something that has no value to name it by')
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

async function nameFile(path: string, { files }: Pick<NamingPorts, 'files'>): Promise<Value> {
  const content = await files.read(path, { maxBytes: largestInputFile })
  return content.ok ? ['content', hashContent(content.value)] : ['no content', content.error.code]
}

/** The token in it is renewed every hour; whose it is stays: `iss`, `sub` and `aud`. What is no JWT counts by content. */
async function nameTokenFile(path: string, { files }: Pick<NamingPorts, 'files'>): Promise<Value> {
  const content = await files.read(path, { maxBytes: largestInputFile })
  if (!content.ok) return ['no content', content.error.code]
  const claims = readClaims(Buffer.from(content.value).toString('utf8').trim())
  return claims === null ? ['content', hashContent(content.value)] : ['claims', ...claims]
}

function readClaims(jwt: string): readonly Value[] | null {
  const parts = jwt.split('.')
  if (parts.length !== 3) return null
  try {
    const payload: unknown = JSON.parse(Buffer.from(parts[1] ?? '', 'base64url').toString('utf8'))
    if (typeof payload !== 'object' || payload === null || Array.isArray(payload)) return null
    const { iss, sub, aud } = payload as Record<string, unknown>
    return [iss, sub, aud].map((claim) => JSON.stringify(claim))
  } catch {
    return null
  }
}

function hashContent(content: Uint8Array): Uint8Array {
  return createHash('sha256').update(content).digest()
}

function hashSecret(secret: Secret, keys: CacheKeys): Uint8Array {
  return createHmac('sha256', keys.naming).update('secret\0').update(secret.reveal(), 'utf16le').digest()
}

const machineIdFiles = ['/etc/machine-id', '/var/lib/dbus/machine-id']
const bootIdFile = '/proc/sys/kernel/random/boot_id'

/** Null where either is missing: a managed identity's token must not follow a copied home folder to another machine. */
async function readMachine({ files }: Pick<NamingPorts, 'files'>): Promise<Value> {
  const bootId = await readLine(bootIdFile, files)
  if (bootId === null) return null
  for (const path of machineIdFiles) {
    const machineId = await readLine(path, files)
    if (machineId !== null) return [machineId, bootId]
  }
  return null
}
