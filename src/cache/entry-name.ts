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

export type NamingPorts = Pick<EnginePorts, 'env' | 'host' | 'files'>

/** Limits of the work, not of the credential: they do not decide which token it is. `msalCache` is where, not what. */
const notPartOfTheName: ReadonlySet<string> = new Set([
  'processTimeoutMs',
  'imdsTimeoutMs',
  'isOnlyCredential',
  'msalCache',
])

/** Larger ones are no configuration; the credential will refuse them in its own words. */
const largestInputFile = 8 * 1024 * 1024

/** An input that has no bytes: a function, a class. What hangs on it cannot be told apart. */
class UnnameableInput extends Error {}

/** What names an entry but for the state of the inputs: plain data that can be kept, and tells nothing of a secret. */
export interface NamingPlan {
  /** Canonical text of the request. */
  readonly request: string
  readonly links: readonly PlannedLink[]
}

export interface PlannedLink extends Omit<DeclaredInputs, 'values'> {
  /** Canonical text of the credential's name, its configuration and the values it declares; secrets only as hashes. */
  readonly fixed: string
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

/** Asks the credentials what they declare; looks at no file. */
export function planName(
  { links, request }: NamedRequest,
  keys: CacheKeys,
  ports: Pick<NamingPorts, 'env' | 'host'>,
): Result<NamingPlan, CacheTrouble> {
  try {
    return success({
      request: canonicalText(nameRequest(request)),
      links: links.map(({ definition, config }) => {
        const { values, ...inputs } = definition.inputs(config, ports)
        const named = values.map((value) => nameValue(value, keys))
        return { ...inputs, fixed: canonicalText([definition.name, nameConfig(config, keys), named]) }
      }),
    })
  } catch (error) {
    if (error instanceof UnnameableInput) return failure({ code: 'not-nameable', reason: error.message })
    throw error
  }
}

/** Looks at the variables and files of the plan. */
export async function nameByPlan(
  { request, links }: NamingPlan,
  keys: CacheKeys,
  ports: NamingPorts,
): Promise<Result<string, CacheTrouble>> {
  const machine = links.some(({ isOfThisMachine }) => isOfThisMachine) ? await readMachine(ports) : undefined
  if (machine === null) return failure({ code: 'not-nameable', reason: 'this machine has no machine id or boot id' })
  const facts: Value[] = ['entry', request, machine]
  for (const link of links) facts.push([link.fixed, await nameState(link, ports)])
  return success(createHmac('sha256', keys.naming).update(canonicalText(facts), 'utf16le').digest('hex'))
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

async function nameState(inputs: Omit<DeclaredInputs, 'values'>, ports: NamingPorts): Promise<Value> {
  const { variables, files, tokenFiles, isOfThisMachine } = inputs
  const contents: Value[] = []
  for (const path of files) contents.push([path, await nameFile(path, ports)])
  const tokens: Value[] = []
  for (const path of tokenFiles) tokens.push([path, await nameTokenFile(path, ports)])
  return [variables.map((name) => [name, ports.env.get(name)]), contents, tokens, isOfThisMachine]
}

async function nameFile(path: string, { files }: NamingPorts): Promise<Value> {
  const content = await files.read(path, { maxBytes: largestInputFile })
  return content.ok ? ['content', hashContent(content.value)] : ['no content', content.error.code]
}

/** The token in it is renewed every hour; whose it is stays: `iss`, `sub` and `aud`. What is no JWT counts by content. */
async function nameTokenFile(path: string, { files }: NamingPorts): Promise<Value> {
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
