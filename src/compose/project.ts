/** A Compose file with all that belongs to it, and what the container of one of its services is started with. */
import path from 'node:path'
import type { FileError, FileResult } from '../runtime.ts'
import { InterpolationError, type Lookup } from './interpolate.ts'
import {
  asWritten,
  ComposeFault,
  type DeclaredFile,
  emptyModel,
  type FileContext,
  faultOf,
  layOver,
  localFile,
  mapOf,
  placeFile,
  placeOf,
  readService,
  type ServiceModel,
  shell,
  textOf,
} from './model.ts'
import { type FileVariable, readVariableFile, VariableFileError } from './variable-file.ts'
import { readYaml, type YamlMap, type YamlTree } from './yaml.ts'

export interface ComposePorts {
  /** At most so many bytes. */
  read(file: string, maxBytes: number): Promise<FileResult<Uint8Array>>
  /** The end of a sentence about a path. */
  describe(error: FileError): string
  readonly shell: Lookup
  readonly homeFolder: string
}

export interface ComposeFile {
  /** As it is shown. */
  readonly name: string
  readonly folder: string
  readonly bytes: Uint8Array
}

export interface ServiceVariable {
  readonly value: string
  /** `compose.yaml:12`, `web.env:3`, `this shell or .env, by compose.yaml:9` */
  readonly place: string
}

export interface ComposeService {
  readonly variables: ReadonlyMap<string, ServiceVariable>
  /** Names that were to be taken from the shell, which has none; and where that stands. */
  readonly missing: ReadonlyMap<string, string>
  /** References in the value of a variable that nothing is known of: each is empty there. */
  readonly unset: ReadonlyMap<string, { readonly names: readonly string[]; readonly place: string }>
  /** Where files of the container are on this machine. Null: nowhere. */
  readonly mounts: ReadonlyMap<string, string | null>
  readonly workingFolder: string | null
  readonly user: string | null
}

export interface ComposeProject {
  /** In the order of the files. */
  readonly services: readonly string[]
  /** Throws `ComposeFault`. */
  resolve(service: string): Promise<ComposeService>
}

/** A person's file has some ten kilobytes. */
export const maxFileBytes = 1024 * 1024
/** Of one project, with all that it extends and reads variables from; and so many times may a file be included. */
const maxFiles = 200
/** Services looked into while one is put together: more are made to harm. */
const maxSteps = 200_000

/** `files`: the first one, and those that are laid over it. Throws `ComposeFault`. */
export async function openProject(
  files: readonly [ComposeFile, ...ComposeFile[]],
  ports: ComposePorts,
): Promise<ComposeProject> {
  const reader = createReader(ports)
  const [{ folder }] = files
  const lookup = await readDotenv(dotenvFiles(folder, ports.shell), ports.shell, reader)
  const documents = files.flatMap((file) => parse(file.name, file.bytes).map((tree) => ({ file, tree })))
  const named: Lookup = (name) =>
    lookup(name) ?? (name === 'COMPOSE_PROJECT_NAME' ? projectName(documents, folder) : undefined)
  const layers = await openLayers(
    documents.map(({ file, tree }) => ({ tree, context: contextOf(file.name, folder, named, ports) })),
    reader,
    files.map(({ name }) => name),
  )
  return {
    services: [...new Set(layers.flatMap(servicesOf))],
    resolve: async (service) => finish(await resolveService(layers, service, reader), layers, named, reader),
  }
}

function contextOf(
  name: string,
  folder: string,
  lookup: Lookup,
  { homeFolder }: Pick<ComposePorts, 'homeFolder'>,
): FileContext {
  return { name, folder, lookup, homeFolder }
}

/** By `name:` at the top, else the folder, with what Docker allows in a name. */
function projectName(documents: readonly { readonly tree: YamlTree }[], folder: string): string {
  const names = documents.flatMap(({ tree }) => (tree.kind === 'map' ? (tree.entries.get('name') ?? []) : []))
  const given = names.at(-1)?.value
  if (given?.kind === 'text') return given.text
  return path
    .basename(path.resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '')
}

// Files

interface Reader {
  /** Null: there is none. */
  readText(file: string, place: string): Promise<string | null>
  /** Throws where there is none. */
  readTrees(file: string, place: string): Promise<readonly YamlTree[]>
  /** Throws once `what` has come more often than anybody needs. */
  count(what: 'inclusions' | 'steps', place: string): void
  readonly ports: ComposePorts
}

function createReader(ports: ComposePorts): Reader {
  const known = new Map<string, Promise<FileResult<Uint8Array>>>()
  const trees = new Map<string, readonly YamlTree[]>()
  const left = { inclusions: maxFiles, steps: maxSteps }
  const readText = async (file: string, place: string): Promise<string | null> => {
    // Nobody needs a device to say that there is nothing.
    if (file === '/dev/null') return ''
    const reading = known.get(file) ?? ports.read(file, maxFileBytes)
    known.set(file, reading)
    if (known.size > maxFiles) throw new ComposeFault(place, `goes beyond ${maxFiles} files`)
    const read = await reading
    if (read.ok) return decode(read.value, file)
    if (read.error.code === 'not-found') return null
    throw new ComposeFault(place, `names \`${file}\`: ${ports.describe(read.error)}`)
  }
  return {
    ports,
    readText,
    readTrees: async (file, place) => {
      const parsed = trees.get(file)
      if (parsed !== undefined) return parsed
      const text = await readText(file, place)
      if (text === null) throw new ComposeFault(place, `names \`${file}\`, which is not there`)
      const read = parseText(file, text)
      trees.set(file, read)
      return read
    },
    count: (what, place) => {
      left[what] -= 1
      if (left[what] >= 0) return
      throw new ComposeFault(place, what === 'steps' ? 'leads on and on' : `goes beyond ${maxFiles} inclusions`)
    },
  }
}

/** YAML is UTF-8, and what PowerShell's `>` writes. */
function decode(bytes: Uint8Array, name: string): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  try {
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new ComposeFault(`${name}:${firstBadLine(bytes)}`, 'is not UTF-8', 'save the file as UTF-8')
  }
}

function firstBadLine(bytes: Uint8Array): number {
  const [before = ''] = new TextDecoder().decode(bytes).split('\ufffd', 1)
  return before.split('\n').length
}

function parse(name: string, bytes: Uint8Array): readonly YamlTree[] {
  if (bytes.length > maxFileBytes) throw new ComposeFault(name, 'is larger than 1 MiB')
  return parseText(name, decode(bytes, name))
}

function parseText(name: string, text: string): readonly YamlTree[] {
  const read = readYaml(text)
  if (!read.ok) throw new ComposeFault(`${name}:${read.error.line}`, read.error.what)
  return read.value
}

// Variables for references

/** As Compose finds them without options of its own. */
function dotenvFiles(folder: string, shell: Lookup): readonly DotenvFile[] {
  const named = (shell('COMPOSE_ENV_FILES') ?? '').split(',').map((each) => each.trim())
  const given = named.filter((each) => each !== '')
  if (given.length > 0) return given.map((file) => ({ file, isRequired: true }))
  if (/^(?:1|t|true)$/i.test(shell('COMPOSE_DISABLE_ENV_FILE') ?? '')) return []
  return [{ file: path.join(folder, '.env'), isRequired: false }]
}

interface DotenvFile {
  readonly file: string
  readonly isRequired: boolean
}

/** What stands outside beats what stands in a file. */
async function readDotenv(files: readonly DotenvFile[], outer: Lookup, reader: Reader): Promise<Lookup> {
  const variables = new Map<string, string>()
  const known: Lookup = (name) => outer(name) ?? variables.get(name)
  for (const { file, isRequired } of files) {
    // A folder of this name is nobody's mistake.
    const text = isRequired ? await reader.readText(file, file) : await readIfFile(file, reader)
    if (text === null && isRequired) throw new ComposeFault(file, 'is not there')
    for (const [name, { value }] of text === null ? [] : readVariables(file, text, 'dotenv', known)) {
      variables.set(name, value)
    }
  }
  return known
}

async function readIfFile(file: string, reader: Reader): Promise<string | null> {
  const read = await reader.ports.read(file, maxFileBytes)
  if (read.ok) return decode(read.value, file)
  if (['not-found', 'is-folder', 'not-a-file'].includes(read.error.code)) return null
  throw new ComposeFault(file, `cannot be read: ${reader.ports.describe(read.error)}`)
}

function readVariables(
  file: string,
  text: string,
  format: DeclaredFile['format'],
  known: Lookup,
): ReadonlyMap<string, FileVariable> {
  try {
    return readVariableFile(text, format, known)
  } catch (error) {
    if (!(error instanceof VariableFileError)) throw error
    const place = `${file}:${error.line}`
    throw error.fault === null
      ? new ComposeFault(place, error.message)
      : faultOf(new InterpolationError(error.fault), place)
  }
}

// Services

/** One document of one file. */
interface Layer {
  readonly context: FileContext
  readonly services: YamlMap | null
  readonly tree: YamlMap
  readonly included: readonly (readonly Layer[])[]
}

function servicesOf({ services, included }: Layer): readonly string[] {
  return [...included.flat().flatMap(servicesOf), ...(services?.entries.keys() ?? [])]
}

async function openLayers(
  documents: readonly { readonly tree: YamlTree; readonly context: FileContext }[],
  reader: Reader,
  trail: readonly string[],
): Promise<readonly Layer[]> {
  const layers: Layer[] = []
  for (const { tree, context } of documents) {
    const map = mapOf(tree, 'a Compose file', context)
    const services = map.entries.get('services')?.value
    layers.push({
      context,
      tree: map,
      services: services === undefined || isEmpty(services) ? null : mapOf(services, '`services`', context),
      included: await openIncluded(map.entries.get('include')?.value, context, reader, trail),
    })
  }
  return layers
}

function isEmpty(tree: YamlTree): boolean {
  return tree.kind === 'text' && tree.text === ''
}

/** Each with a folder and a `.env` of its own. */
async function openIncluded(
  tree: YamlTree | undefined,
  context: FileContext,
  reader: Reader,
  trail: readonly string[],
): Promise<readonly (readonly Layer[])[]> {
  if (tree === undefined || isEmpty(tree)) return []
  if (tree.kind !== 'list') throw new ComposeFault(placeOf(context, tree.line), '`include` has to be a list')
  const projects: (readonly Layer[])[] = []
  for (const item of tree.items) {
    const place = placeOf(context, item.line)
    const texts = (part: YamlTree | undefined): readonly string[] =>
      part === undefined
        ? []
        : (part.kind === 'list' ? part.items : [part]).map((each) => textOf(each, 'an entry of `include`', context))
    const entry = (name: string): YamlTree | undefined =>
      item.kind === 'map' ? item.entries.get(name)?.value : undefined
    const files = texts(item.kind === 'map' ? entry('path') : item).map((file) => localFile(file, place, context))
    const [first] = files
    if (first === undefined) throw new ComposeFault(place, 'includes no `path`')
    const again = files.find((file) => trail.includes(file))
    if (again !== undefined) throw new ComposeFault(place, `includes \`${again}\`, by which it is included itself`)
    const [given] = texts(entry('project_directory'))
    const folder = given === undefined ? path.dirname(first) : placeFile(given, context)
    const named = texts(entry('env_file')).map((file) => ({ file: placeFile(file, context), isRequired: true }))
    const dotenv = named.length > 0 ? named : [{ file: path.join(folder, '.env'), isRequired: false }]
    const lookup = await readDotenv(dotenv, context.lookup, reader)
    const documents: { tree: YamlTree; context: FileContext }[] = []
    for (const file of files) {
      reader.count('inclusions', place)
      for (const part of await reader.readTrees(file, place)) {
        documents.push({ tree: part, context: contextOf(file, folder, lookup, reader.ports) })
      }
    }
    projects.push(await openLayers(documents, reader, [...trail, ...files]))
  }
  return projects
}

/** All that the layers say of it, one over the other. */
async function resolveService(layers: readonly Layer[], name: string, reader: Reader): Promise<ServiceModel> {
  let model: ServiceModel | null = null
  for (const layer of layers) {
    const found = await resolveInLayer(layer, name, reader, [])
    if (found !== null) model = layOver(model ?? emptyModel, found)
  }
  if (model === null) throw new Error(`no service ${name}`)
  return model
}

type Found = Omit<ReturnType<typeof readService>, 'extends'>

/** Null: it is not there. `trail`: the services that are being extended. */
async function resolveInLayer(
  layer: Layer,
  name: string,
  reader: Reader,
  trail: readonly string[],
): Promise<Found | null> {
  const { context, services, included } = layer
  reader.count('steps', context.name)
  let base: ServiceModel | null = null
  for (const inner of included.flat()) {
    const found = await resolveInLayer(inner, name, reader, trail)
    if (found !== null) base = layOver(base ?? emptyModel, found)
  }
  const entry = services?.entries.get(name)
  if (entry === undefined) return base === null ? null : asWritten(base)
  const { extends: extended, ...own } = readService(entry.value, context)
  if (extended !== null) base = layOver(base ?? emptyModel, await resolveExtended(layer, name, extended, reader, trail))
  return base === null ? own : asWritten(layOver(base, own))
}

async function resolveExtended(
  layer: Layer,
  name: string,
  { service, file, place }: NonNullable<ReturnType<typeof readService>['extends']>,
  reader: Reader,
  trail: readonly string[],
): Promise<Found> {
  const { context } = layer
  const here = `${context.name} ${name}`
  if (trail.includes(here)) throw new ComposeFault(place, 'extends a service that extends it in turn')
  const layers =
    file === null ? [layer] : (await reader.readTrees(file, place)).map((tree) => openExtended(tree, file, context))
  for (const each of layers.toReversed()) {
    const found = await resolveInLayer(each, service, reader, [...trail, here])
    if (found !== null) return found
  }
  throw new ComposeFault(
    place,
    `extends \`${service}\`, of which ${file === null ? 'the file' : `\`${file}\``} says nothing`,
  )
}

/** Its paths begin where it lies; its references mean what they mean in the file that extends it. */
function openExtended(tree: YamlTree, file: string, { lookup, homeFolder }: FileContext): Layer {
  const context = contextOf(file, path.dirname(file), lookup, { homeFolder })
  const map = mapOf(tree, 'a Compose file', context)
  const services = map.entries.get('services')?.value
  return {
    context,
    tree: map,
    services: services === undefined ? null : mapOf(services, '`services`', context),
    included: [],
  }
}

/** The service's own variables beat those of its files, and a later file an earlier one. */
async function finish(
  model: ServiceModel,
  layers: readonly Layer[],
  lookup: Lookup,
  reader: Reader,
): Promise<ComposeService> {
  const own = new Map<string, ServiceVariable>()
  const missing = new Map<string, string>()
  const unset = new Map<string, { readonly names: readonly string[]; readonly place: string }>()
  for (const [name, declared] of model.environment) {
    const { place } = declared
    const value = declared.value ?? lookup(name)
    if (value === undefined) missing.set(name, place)
    else own.set(name, { value, place: declared.value === null ? `${shell}, by ${place}` : place })
    if (declared.unset.length > 0) unset.set(name, { names: declared.unset, place })
  }
  const variables = new Map<string, ServiceVariable>()
  const known: Lookup = (name) => lookup(name) ?? own.get(name)?.value ?? variables.get(name)?.value
  for (const { path: file, isRequired, format, place } of model.variableFiles) {
    const text = await reader.readText(file, place)
    if (text === null && isRequired) {
      throw new ComposeFault(
        place,
        `names the env file \`${file}\`, which is not there`,
        'Compose would not start it either: write the file, or mark it `required: false`',
      )
    }
    for (const [name, { value, line }] of text === null ? [] : readVariables(file, text, format, known)) {
      variables.set(name, { value, place: `${file}:${line}` })
    }
  }
  for (const [name, variable] of own) variables.set(name, variable)
  // A name without a value hides what a file says of it.
  for (const name of missing.keys()) variables.delete(name)
  return {
    variables,
    missing,
    unset,
    mounts: new Map([
      ...model.mounts,
      ...model.grants.map((grant) => [grant.target, grantedFile(grant, layers)] as const),
    ]),
    workingFolder: model.workingFolder,
    user: model.user,
  }
}

/** Null: what is granted is no file of this machine. */
function grantedFile({ kind, name }: ServiceModel['grants'][number], layers: readonly Layer[]): string | null {
  for (const { tree, context, included } of layers.toReversed()) {
    const all = tree.entries.get(kind)?.value
    const entry = all?.kind === 'map' ? all.entries.get(name)?.value : undefined
    const file = entry?.kind === 'map' ? entry.entries.get('file')?.value : undefined
    if (file !== undefined) return placeFile(textOf(file, '`file`', context), context)
    const inner = grantedFile({ kind, name, target: '' }, included.flat())
    if (inner !== null) return inner
  }
  return null
}
