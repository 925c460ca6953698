/** A service of a Compose file in place of the shell: which one, its variables, and which of its files this machine has. */
import path from 'node:path'
import { ComposeFault, shell } from '../compose/model.ts'
import {
  type ComposeFile,
  type ComposePorts,
  type ComposeProject,
  type ComposeService,
  maxFileBytes,
  openProject,
} from '../compose/project.ts'
import type { Setting, Settings } from '../options.ts'
import type { Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { hostFile, type OtherEnvironment } from './chain-ports.ts'
import { describeFileError } from './inputs.ts'

interface Given {
  /** A path, or `stdin`. */
  readonly name: string
  /** Null: it came from stdin. */
  readonly file: string | null
  readonly bytes: Uint8Array
}

/** Throws `UsageError`: a file that Compose would refuse, with the line; a service that is not there or not named. */
export async function readComposeEnvironment(
  given: Given,
  { envFile, service }: Pick<Settings, 'envFile' | 'service'>,
  runtime: Runtime,
): Promise<OtherEnvironment> {
  const source = envFile?.source.name ?? '--env-file'
  const main = { name: given.name, folder: given.file === null ? '' : path.dirname(given.file), bytes: given.bytes }
  try {
    const laidOver = given.file === null ? [] : await findOverride(given.file, runtime)
    const ports = portsOf(runtime)
    const project = await openProject([main, ...laidOver], ports)
    const names = [main, ...laidOver].map(({ name }) => name).join(' and ')
    const chosen = await choose(project, names, service, source)
    const resolved = await project.resolve(chosen)
    return describe(resolved, `${names}, service ${chosen}`, chosen)
  } catch (error) {
    if (!(error instanceof ComposeFault)) throw error
    const fix = error.fix ?? 'correct it; `docker compose config` says whether Compose agrees'
    throw new UsageError({ message: `${error.place} ${error.message}`, source, fix })
  }
}

function portsOf({ files, env, host }: Pick<Runtime, 'files' | 'env' | 'host'>): ComposePorts {
  return {
    read: (file, maxBytes) => files.read(file, { maxBytes }),
    describe: describeFileError,
    shell: (name) => env.get(name),
    homeFolder: host.homeFolder,
  }
}

const mainNames = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

/** What `docker compose up` lays over a file of a usual name, without being told. */
async function findOverride(file: string, { files }: Pick<Runtime, 'files'>): Promise<readonly ComposeFile[]> {
  if (!mainNames.includes(path.basename(file))) return []
  const folder = path.dirname(file)
  for (const each of overrideNames) {
    const name = path.join(folder, each)
    const read = await files.read(name, { maxBytes: maxFileBytes })
    if (read.ok) return [{ name, folder, bytes: read.value }]
    if (read.error.code !== 'not-found') {
      throw new ComposeFault(name, `would be laid over \`${file}\`, and ${describeFileError(read.error)}`)
    }
  }
  return []
}

/** Variables that a credential of an SDK reads. */
const relevant = /^(?:AZURE_|IDENTITY_|IMDS_|MSI_|ACTIONS_ID_TOKEN_|SYSTEM_(?:OIDCREQUESTURI|ACCESSTOKEN)$|ARM_)/

/** The one that is named; else the only one; else the only one with variables for a credential. */
async function choose(
  project: ComposeProject,
  names: string,
  service: Setting<string> | undefined,
  source: string,
): Promise<string> {
  const { services } = project
  if (service !== undefined) {
    if (services.includes(service.value)) return service.value
    throw new UsageError({
      message: `${names} has no service \`${service.value}\``,
      source: service.source.name,
      fix: services.length === 0 ? 'give a Compose file' : `name one of ${list(services)}`,
    })
  }
  const [first] = services
  if (first === undefined) throw new UsageError({ message: `${names} has no services`, source, fix: notCompose })
  if (services.length === 1) return first
  const candidates: string[] = []
  for (const name of services) if (await mayConcern(project, name)) candidates.push(name)
  const [only] = candidates
  if (candidates.length === 1 && only !== undefined) return only
  throw new UsageError({
    message:
      candidates.length === 0
        ? `${names} has several services, and none sets a variable for a credential`
        : `${names} has several services with variables for a credential`,
    source,
    fix: `name one: --service ${list(candidates.length === 0 ? services : candidates)}`,
  })
}

const notCompose =
  "give a Compose file, or lines like NAME=value; a pod's: kubectl exec POD -- env | azid chain --environment-file -"

/** One that cannot be read may be the one that is meant. */
async function mayConcern(project: ComposeProject, name: string): Promise<boolean> {
  try {
    const { variables, missing } = await project.resolve(name)
    return [...variables.keys(), ...missing.keys()].some((each) => relevant.test(each))
  } catch (error) {
    if (error instanceof ComposeFault) return true
    throw error
  }
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, 20)
  const more = names.length - shown.length
  return `${shown.slice(0, -1).join(', ')}${shown.length > 1 ? ' or ' : ''}${shown.at(-1)}${more > 0 ? ` (and ${more} more)` : ''}`
}

function describe(resolved: ComposeService, name: string, service: string): OtherEnvironment {
  const { variables, mounts, workingFolder, user } = resolved
  const values = new Map([...variables].map(([each, { value }]) => [each, value] as const))
  const other: OtherEnvironment = {
    kind: 'file',
    name,
    service,
    variables: values,
    places: new Map([...variables].map(([each, { place }]) => [each, place] as const)),
    folder: workingFolder ?? '/',
    mounts,
    homeFolder: user === null || /^(?:0|root)(?::|$)/.test(user) ? '/root' : '/nonexistent',
  }
  return { ...other, notes: notesOf(resolved, other) }
}

/** Values of these are paths. */
const pathVariables = [
  'AZURE_FEDERATED_TOKEN_FILE',
  'AZURE_CLIENT_CERTIFICATE_PATH',
  'AZURE_CONFIG_DIR',
  'AZD_CONFIG_DIR',
]

/** What a reader of the trace would otherwise take for true. */
function notesOf({ missing, unset, variables }: ComposeService, other: OtherEnvironment): readonly string[] {
  const notes: string[] = []
  for (const [name, place] of missing) {
    if (relevant.test(name)) notes.push(`${name} (${place}) is taken from ${shell}, and is not set there`)
  }
  for (const [name, { names, place }] of unset) {
    if (!relevant.test(name)) continue
    const references = [...new Set(names)].join(', ')
    notes.push(`${name} (${place}) is filled from ${references}, not set in ${shell}: that part of it is empty`)
  }
  for (const name of pathVariables) {
    const value = variables.get(name)?.value ?? ''
    if (value === '') continue
    const here = hostFile(value, other)
    notes.push(
      here === null
        ? `${name}: ${value} is a path in the container that is not mounted from here: azid cannot look at it`
        : `${name}: ${value} of the container is ${here} here`,
    )
  }
  for (const [name, { value }] of variables) {
    if (!relevant.test(name) || !/^https?:\/\/(?:localhost|127\.[\d.]+|\[::1\])(?:[:/]|$)/i.test(value)) continue
    notes.push(`${name}: ${value} means the container itself there, and this machine here`)
  }
  notes.push(
    "its image's own variables, files and programs (az) are not known: azid reads the files that are mounted from this machine, takes all others for missing, and starts nothing",
  )
  return notes
}
