/** Another program's variables in place of the shell's: `--env-file` and `--env-pid`. azid's own options stay as they are. */
import path from 'node:path'
import { isComposeFile, listServices, parseEnvironment } from '../environment-text.ts'
import type { Setting, Settings } from '../options.ts'
import type { Env, FileSystem, Host, ProcessRunner, Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { describeFileError } from './inputs.ts'

export interface OtherEnvironment {
  readonly kind: 'file' | 'process'
  /** For people: a path, or `process 42 (python3)`. */
  readonly name: string
  readonly variables: ReadonlyMap<string, string>
  /** Where relative paths begin. Absent: here. */
  readonly folder?: string
  /** Where that program's files are, when it does not see the same ones as this one: a container. */
  readonly root?: string
}

/** More than any environment may hold on Linux. */
const maxBytes = 4 * 1024 * 1024

/** Null where neither option is given. Throws `UsageError` for a file or a process whose variables cannot be had. */
export async function readOtherEnvironment(settings: Settings, runtime: Runtime): Promise<OtherEnvironment | null> {
  if (settings.envFile !== undefined) return readEnvironmentFile(settings.envFile, runtime)
  if (settings.envPid !== undefined) return readProcess(settings.envPid, runtime)
  return null
}

async function readEnvironmentFile(
  { value, source }: Setting<string>,
  { files, terminal }: Runtime,
): Promise<OtherEnvironment> {
  const isStdin = value === '-'
  const name = isStdin ? 'stdin' : value
  if (isStdin && terminal.stdin.isTerminal) {
    throw new UsageError({ message: 'stdin is a terminal', source: source.name, fix: 'pipe the variables in' })
  }
  const read = isStdin ? await terminal.stdin.read(maxBytes) : await files.read(value, { maxBytes, allowPipe: true })
  if (!read.ok) {
    throw new UsageError({
      message: `cannot read the variables from \`${name}\`: ${describeFileError(read.error)}`,
      source: source.name,
      fix: 'give a file that this user can read',
    })
  }
  if (isComposeFile(read.value)) {
    const services = listServices(read.value)
    const place = isStdin ? '' : ` -f ${/^[\w./-]+$/.test(value) ? value : 'FILE'}`
    const service = services.length === 1 ? services[0] : 'SERVICE'
    throw new UsageError({
      message: `\`${name}\` is a Compose file, and only Compose knows the variables of a service: they come from its env files and the shell as well`,
      source: source.name,
      fix: `let Compose say them, also of a service that does not start: docker compose${place} run --rm --no-deps -T --entrypoint env ${service} | azid chain --environment-file -${
        services.length > 1 ? ` (SERVICE is one of ${services.join(', ')})` : ''
      }`,
    })
  }
  const variables = parseEnvironment(read.value)
  if (variables.size > 0) return { kind: 'file', name, variables }
  throw new UsageError({
    message: `\`${name}\` holds no variables`,
    source: source.name,
    fix: 'give a file with lines like NAME=value; a pipe goes with --environment-file',
  })
}

async function readProcess({ value, source }: Setting<number>, runtime: Runtime): Promise<OtherEnvironment> {
  const { files, host } = runtime
  const refuse = (message: string, fix: string): UsageError => new UsageError({ message, source: source.name, fix })
  if (host.platform !== 'linux') {
    throw refuse(
      'only Linux shows the variables of another process',
      'write them to a file there (env > FILE) and give --env-file FILE',
    )
  }
  const folder = `/proc/${value}`
  const there = await files.stat(folder)
  if (!there.ok) throw refuse(`there is no process ${value}`, 'give the id of one that runs')
  const read = await files.read(`${folder}/environ`, { maxBytes })
  const program = await nameProgram(folder, files)
  const name = program === '' ? `process ${value}` : `process ${value} (${program})`
  if (!read.ok) {
    throw read.error.code === 'denied'
      ? refuse(`${name} is another user's, or protected`, 'run azid as that user, or as root')
      : refuse(`cannot read the variables of ${name}: ${describeFileError(read.error)}`, 'see whether it still runs')
  }
  const variables = parseEnvironment(read.value)
  if (variables.size === 0) {
    throw refuse(`${name} has no variables`, 'a kernel thread or a process that has ended has none: give another')
  }
  const shared = await seesSameFiles(folder, files)
  return { kind: 'process', name, variables, folder: `${folder}/cwd`, ...(shared ? {} : { root: `${folder}/root` }) }
}

/** By its command line's first word: what the kernel calls it is its main thread's name, `MainThread` for Node 24. */
async function nameProgram(folder: string, files: FileSystem): Promise<string> {
  for (const file of ['cmdline', 'comm']) {
    const content = await files.read(`${folder}/${file}`, { maxBytes })
    const [first = ''] = content.ok ? new TextDecoder().decode(content.value).split('\0') : []
    const name = first.trim().split('/').at(-1) ?? ''
    if (name !== '') return name.slice(0, 64)
  }
  return ''
}

/** A container has mounts of its own; where they cannot be compared the files are taken to be the same. */
async function seesSameFiles(folder: string, files: FileSystem): Promise<boolean> {
  const [theirs, ours] = await Promise.all(
    [`${folder}/mountinfo`, '/proc/self/mountinfo'].map((file) => files.read(file, { maxBytes })),
  )
  if (theirs?.ok !== true || ours?.ok !== true) return true
  return Buffer.from(theirs.value).equals(Buffer.from(ours.value))
}

/**
 * The ports as a program with these variables would have them: its environment wholly, its home and working folder, a
 * container's files; and programs that are started, and proxies, follow its variables too.
 */
export function withEnvironment(runtime: Runtime, other: OtherEnvironment): Runtime {
  const { variables } = other
  const env: Env = { get: (name) => variables.get(name), names: () => [...variables.keys()] }
  const changes: Partial<Runtime> = {
    env,
    host: movedHost(runtime.host, other),
    files: movedFiles(runtime.files, other),
    processes: movedProcesses(runtime, other),
    http: runtime.http.forEnvironment?.(env) ?? runtime.http,
  }
  // Copying descriptors keeps late what is looked up late.
  return Object.defineProperties(
    {},
    {
      ...Object.getOwnPropertyDescriptors(runtime),
      ...Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, { value, enumerable: true }])),
    },
  ) as Runtime
}

function movedHost(host: Host, { variables, folder }: OtherEnvironment): Host {
  const home = variables.get(host.platform === 'win32' ? 'USERPROFILE' : 'HOME') ?? ''
  return {
    platform: host.platform,
    architecture: host.architecture,
    homeFolder: home === '' ? host.homeFolder : home,
    currentFolder: folder ?? host.currentFolder,
    temporaryFolder: host.temporaryFolder,
    processId: host.processId,
    userId: host.userId,
    nodeVersion: host.nodeVersion,
    release: host.release,
  }
}

/** Reading only: nothing is written for another program. */
function movedFiles(files: FileSystem, { folder, root }: OtherEnvironment): FileSystem {
  if (folder === undefined) return files
  const place = (file: string): string => {
    if (!path.posix.isAbsolute(file)) return path.posix.join(folder, file)
    return root === undefined || file.startsWith('/proc/') ? file : `${root}${file}`
  }
  return {
    ...files,
    read: (file, options) => files.read(place(file), options),
    stat: (file, options) => files.stat(place(file), options),
    list: (file) => files.list(place(file)),
    isReadable: (file) => files.isReadable(place(file)),
  }
}

function movedProcesses({ processes, env }: Runtime, { variables, root }: OtherEnvironment): ProcessRunner {
  const absent = env.names().filter((name) => !variables.has(name))
  const changes = { ...Object.fromEntries(absent.map((name) => [name, undefined])), ...Object.fromEntries(variables) }
  return {
    run: async (request, signal) =>
      root === undefined
        ? processes.run({ ...request, env: { ...changes, ...request.env } }, signal)
        : { kind: 'not-started', detail: 'it is in a container, where azid can look but start nothing' },
    attach: (request) => processes.attach(request),
  }
}
