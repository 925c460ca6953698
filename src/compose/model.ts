/** What one file says of one service, as far as its variables and the files it sees go; and what comes of two such. */
import path from 'node:path'
import { InterpolationError, interpolate, type Lookup } from './interpolate.ts'
import { readScalar } from './scalars.ts'
import type { VariableFileFormat } from './variable-file.ts'
import type { YamlMap, YamlTree } from './yaml.ts'

/** A file, or a text from stdin, that is being read. */
export interface FileContext {
  /** As it is shown: a path, or `stdin`. */
  readonly name: string
  /** Where relative paths in it begin. */
  readonly folder: string
  /** What references in it mean. */
  readonly lookup: Lookup
  /** For a path that begins with `~`. */
  readonly homeFolder: string
}

export interface DeclaredVariable {
  /** Null: it is taken from the shell, or there is none. */
  readonly value: string | null
  /** `compose.yaml:12` */
  readonly place: string
  /** References of the value that nothing is known of. */
  readonly unset: readonly string[]
}

export interface DeclaredFile {
  readonly path: string
  readonly isRequired: boolean
  readonly format: VariableFileFormat
  readonly place: string
}

export interface ServiceModel {
  readonly environment: ReadonlyMap<string, DeclaredVariable>
  readonly variableFiles: readonly DeclaredFile[]
  /** By the path in the container. Null: not on this machine's disk. */
  readonly mounts: ReadonlyMap<string, string | null>
  /** Secrets and configs by the path in the container. */
  readonly grants: readonly Grant[]
  readonly workingFolder: string | null
  readonly user: string | null
}

export interface Grant {
  readonly kind: 'secrets' | 'configs'
  readonly name: string
  readonly target: string
}

/** Something in a file that Compose would refuse as well: where it stands, and the rest of a sentence about it. */
export class ComposeFault extends Error {
  readonly place: string
  readonly fix: string | null

  constructor(place: string, what: string, fix: string | null = null) {
    super(what)
    this.place = place
    this.fix = fix
  }
}

type Written<Part> = { readonly parts: Part; readonly mode: 'merge' | 'replace' | 'absent' }

/** What a file says, before it is laid over what came before it. */
export interface WrittenService {
  readonly environment: Written<ReadonlyMap<string, DeclaredVariable | 'removed'>>
  readonly variableFiles: Written<readonly DeclaredFile[]>
  readonly mounts: Written<ReadonlyMap<string, string | null>>
  readonly grants: readonly Grant[]
  readonly workingFolder: string | null
  readonly user: string | null
  readonly extends: { readonly service: string; readonly file: string | null; readonly place: string } | null
}

export const emptyModel: ServiceModel = {
  environment: new Map(),
  variableFiles: [],
  mounts: new Map(),
  grants: [],
  workingFolder: null,
  user: null,
}

export function layOver(base: ServiceModel, over: Omit<WrittenService, 'extends'>): ServiceModel {
  const environment = new Map(over.environment.mode === 'replace' ? [] : base.environment)
  for (const [name, variable] of over.environment.parts) {
    if (variable === 'removed') environment.delete(name)
    else environment.set(name, variable)
  }
  const files = [...(over.variableFiles.mode === 'replace' ? [] : base.variableFiles), ...over.variableFiles.parts]
  return {
    environment,
    // Of a file that is named twice the first place counts, and what was said last.
    variableFiles: [...new Map(files.map((file) => [file.path, file])).values()],
    mounts: new Map([...(over.mounts.mode === 'replace' ? [] : base.mounts), ...over.mounts.parts]),
    grants: [...base.grants, ...over.grants],
    workingFolder: over.workingFolder ?? base.workingFolder,
    user: over.user ?? base.user,
  }
}

export function asWritten(model: ServiceModel): Omit<WrittenService, 'extends'> {
  const { environment, variableFiles, mounts } = model
  return {
    ...model,
    environment: { parts: environment, mode: 'merge' },
    variableFiles: { parts: variableFiles, mode: 'merge' },
    mounts: { parts: mounts, mode: 'merge' },
  }
}

/** Throws `ComposeFault`. */
export function readService(service: YamlTree, context: FileContext): WrittenService {
  const map = isNothing(service) ? emptyMap : mapOf(service, 'a service', context)
  const part = (name: string): YamlTree | undefined => map.entries.get(name)?.value
  return {
    environment: written(part('environment'), noMap, (tree) => readEnvironment(tree, context)),
    variableFiles: written(part('env_file'), [], (tree) => readVariableFiles(tree, context)),
    mounts: written(part('volumes'), noMap, (tree) => readVolumes(tree, context)),
    grants: [...readGrants(part('secrets'), 'secrets', context), ...readGrants(part('configs'), 'configs', context)],
    workingFolder: optionalText(part('working_dir'), context),
    user: optionalText(part('user'), context),
    extends: readExtends(part('extends'), context),
  }
}

const noMap: ReadonlyMap<string, never> = new Map<string, never>()
const emptyMap: YamlMap = { kind: 'map', entries: new Map(), line: 1, tag: null }

function written<Part>(tree: YamlTree | undefined, none: Part, read: (tree: YamlTree) => Part): Written<Part> {
  if (tree === undefined) return { parts: none, mode: 'absent' }
  if (tree.tag === '!reset') return { parts: none, mode: 'replace' }
  return { parts: isNothing(tree) ? none : read(tree), mode: tree.tag === '!override' ? 'replace' : 'merge' }
}

export function placeOf({ name }: Pick<FileContext, 'name'>, line: number): string {
  return `${name}:${line}`
}

function isNothing(tree: YamlTree): boolean {
  return tree.kind === 'text' && readScalar(tree) === null
}

export function mapOf(tree: YamlTree, what: string, context: FileContext): YamlMap {
  if (tree.kind === 'map') return tree
  throw new ComposeFault(placeOf(context, tree.line), `${what} has to be a map of names and values`)
}

interface Filled {
  readonly text: string | null
  readonly unset: readonly string[]
}

/** A word with its references filled; null stays null. */
function fillText(tree: YamlTree, what: string, context: FileContext): Filled {
  const place = placeOf(context, tree.line)
  if (tree.kind !== 'text') throw new ComposeFault(place, `${what} has to be a single value`)
  const text = readScalar(tree)
  if (text === null) return { text, unset: [] }
  if (text.includes('\0')) throw new ComposeFault(place, `${what} holds a NUL character`)
  if (tree.isPlain && /^[-+]?\.(?:inf|nan)$/i.test(text)) {
    throw new ComposeFault(place, `${what} is a number that Compose refuses`, 'put it in quotes')
  }
  try {
    return interpolate(text, context.lookup)
  } catch (error) {
    if (error instanceof InterpolationError) throw faultOf(error, place)
    throw error
  }
}

export function faultOf({ fault }: Pick<InterpolationError, 'fault'>, place: string): ComposeFault {
  if (fault.kind === 'malformed')
    return new ComposeFault(
      place,
      'has a reference that Compose does not know',
      'write `$$` for a dollar that is meant so',
    )
  const { name, message } = fault
  return new ComposeFault(
    place,
    `requires ${name}, which is ${message === '' ? 'not set here' : `not set here: ${message}`}`,
    `set ${name} in this shell or in the .env beside the file`,
  )
}

/** A word that has to be there. */
export function textOf(tree: YamlTree, what: string, context: FileContext): string {
  const { text } = fillText(tree, what, context)
  if (text === null || text === '') throw new ComposeFault(placeOf(context, tree.line), `${what} is empty`)
  return text
}

function optionalText(tree: YamlTree | undefined, context: FileContext): string | null {
  return tree?.kind === 'text' ? fillText(tree, 'a value', context).text : null
}

function readEnvironment(tree: YamlTree, context: FileContext): ReadonlyMap<string, DeclaredVariable | 'removed'> {
  const found = new Map<string, DeclaredVariable | 'removed'>()
  if (tree.kind === 'map') {
    for (const [name, { line, value }] of tree.entries) {
      const place = placeOf(context, line)
      checkName(name, place)
      const { text, unset } = value.tag === '!reset' ? nothing : fillText(value, `the value of \`${name}\``, context)
      found.set(name, value.tag === '!reset' ? 'removed' : { value: text, place, unset })
    }
    return found
  }
  if (tree.kind === 'text') {
    throw new ComposeFault(placeOf(context, tree.line), '`environment` has to be a map or a list')
  }
  for (const item of tree.items) {
    const { text, unset } = fillText(item, 'an entry of `environment`', context)
    if (text === null || text === '') continue
    const at = text.indexOf('=')
    const name = at === -1 ? text : text.slice(0, at)
    const place = placeOf(context, item.line)
    checkName(name, place)
    const value = at === -1 ? (context.lookup(name) ?? null) : text.slice(at + 1)
    found.set(name, { value, place: at === -1 && value !== null ? `${shell}, by ${place}` : place, unset })
  }
  return found
}

/** Where a name alone takes its value from. */
export const shell = 'this shell or .env'

const nothing: Filled = { text: null, unset: [] }

function checkName(name: string, place: string): void {
  if (name === '' || /\s$|[=\0]/.test(name)) throw new ComposeFault(place, 'has a variable without a usable name')
}

function readVariableFiles(tree: YamlTree, context: FileContext): readonly DeclaredFile[] {
  return (tree.kind === 'list' ? tree.items : [tree]).map((item) => {
    const place = placeOf(context, item.line)
    if (item.kind !== 'map') {
      const file = textOf(item, '`env_file`', context)
      return { path: placeFile(file, context), isRequired: true, format: 'dotenv', place }
    }
    const entry = (name: string): string | null => {
      const found = item.entries.get(name)
      return found === undefined ? null : fillText(found.value, `\`${name}\``, context).text
    }
    const file = entry('path')
    if (file === null || file === '') throw new ComposeFault(place, 'names no `path` of an env file')
    const format = entry('format') ?? ''
    if (format !== '' && format !== 'raw') throw new ComposeFault(place, 'wants a format of env files other than `raw`')
    const isRequired = entry('required') !== 'false'
    return { path: placeFile(file, context), isRequired, format: format === 'raw' ? 'raw' : 'dotenv', place }
  })
}

export function placeFile(file: string, { folder, homeFolder }: Pick<FileContext, 'folder' | 'homeFolder'>): string {
  if (/^~(?:[\\/]|$)/.test(file)) return path.join(homeFolder, file.slice(1))
  return path.isAbsolute(file) ? file : path.join(folder, file)
}

function readExtends(tree: YamlTree | undefined, context: FileContext): WrittenService['extends'] {
  if (tree === undefined || isNothing(tree)) return null
  const place = placeOf(context, tree.line)
  if (tree.kind === 'text') return { service: textOf(tree, '`extends`', context), file: null, place }
  const { entries } = mapOf(tree, '`extends`', context)
  const service = entries.get('service')
  const file = entries.get('file')
  if (service === undefined) throw new ComposeFault(place, 'extends no `service`')
  return {
    service: textOf(service.value, '`service`', context),
    file: file === undefined ? null : localFile(textOf(file.value, '`file`', context), place, context),
    place,
  }
}

/** Throws for what is fetched from elsewhere. */
export function localFile(file: string, place: string, context: FileContext): string {
  if (/^[a-z][a-z0-9+.-]+:(?!\\)|^git@|\.git(?:#|$)/i.test(file)) {
    throw new ComposeFault(place, 'names a file that is not on this machine', resolvedByDocker)
  }
  return placeFile(file, context)
}

/** The way out for all that is read by Compose alone. */
const resolvedByDocker =
  'let Compose read it: docker compose config | azid chain --environment-file - --service SERVICE'

/** `SOURCE:TARGET:MODE` and the long form. Those of Docker's own have no path here. */
function readVolumes(tree: YamlTree, context: FileContext): ReadonlyMap<string, string | null> {
  const mounts = new Map<string, string | null>()
  for (const item of tree.kind === 'list' ? tree.items : []) {
    if (item.kind === 'map') {
      const entry = (name: string): string | null => optionalText(item.entries.get(name)?.value, context)
      const [type, source, target] = [entry('type'), entry('source'), entry('target')]
      if (target !== null) mounts.set(target, type === 'bind' && source !== null ? placeFile(source, context) : null)
    } else if (item.kind === 'text') {
      const text = fillText(item, 'a volume', context).text ?? ''
      const [, source, target = ''] = /^((?:[A-Za-z]:[\\/])?[^:]+):([^:]+)/.exec(text) ?? []
      if (source === undefined) mounts.set(text, null)
      else mounts.set(target, /^(?:[./~]|[A-Za-z]:[\\/])/.test(source) ? placeFile(source, context) : null)
    }
  }
  return mounts
}

function readGrants(tree: YamlTree | undefined, kind: Grant['kind'], context: FileContext): readonly Grant[] {
  if (tree?.kind !== 'list') return []
  const folder = kind === 'secrets' ? '/run/secrets' : '/'
  return tree.items.flatMap((item) => {
    const isLong = item.kind === 'map'
    const name = optionalText(isLong ? item.entries.get('source')?.value : item, context)
    const target = isLong ? optionalText(item.entries.get('target')?.value, context) : null
    return name === null ? [] : [{ kind, name, target: path.posix.resolve(folder, target ?? name) }]
  })
}
