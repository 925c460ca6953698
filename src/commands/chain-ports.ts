/** The ports as another program has them: its variables, its files, and what it could start. */
import path from 'node:path'
import type { Env, FileResult, FileSystem, Host, ProcessRunner, Runtime } from '../runtime.ts'

export interface OtherEnvironment {
  readonly kind: 'file' | 'process'
  /** For people: a path, or `process 42 (python3)`. */
  readonly name: string
  readonly variables: ReadonlyMap<string, string>
  /** Where relative paths begin. Absent: here. */
  readonly folder?: string
  /** Where that program's files are, when it does not see the same ones as this one: a container. */
  readonly root?: string
  /** Which of a Compose file's services. */
  readonly service?: string
  /** Where each variable is from, more exactly than `name`. */
  readonly places?: ReadonlyMap<string, string>
  /**
   * A container that does not run: by a path in it the one on this machine, or null for what is not on its disk. It sees
   * nothing else.
   */
  readonly mounts?: ReadonlyMap<string, string | null>
  /** Of the user that the program runs as, where no variable says it. */
  readonly homeFolder?: string
  /** What has to be known to read the trace rightly. */
  readonly notes?: readonly string[]
}

/** It is not of this machine's own files and programs. */
export function isInContainer({ root, mounts }: OtherEnvironment): boolean {
  return root !== undefined || mounts !== undefined
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

function movedHost(host: Host, { variables, folder, homeFolder = host.homeFolder }: OtherEnvironment): Host {
  const home = variables.get(host.platform === 'win32' ? 'USERPROFILE' : 'HOME') ?? ''
  return {
    platform: host.platform,
    architecture: host.architecture,
    homeFolder: home === '' ? homeFolder : home,
    currentFolder: folder ?? host.currentFolder,
    temporaryFolder: host.temporaryFolder,
    processId: host.processId,
    userId: host.userId,
    nodeVersion: host.nodeVersion,
    release: host.release,
  }
}

/** Reading only: nothing is written for another program. */
function movedFiles(files: FileSystem, other: OtherEnvironment): FileSystem {
  if (other.folder === undefined) return files
  const at = async <T>(file: string, look: (file: string) => Promise<FileResult<T>>): Promise<FileResult<T>> => {
    const here = hostFile(file, other)
    return here === null ? { ok: false, error: { code: 'not-found', path: file, detail: 'ENOENT' } } : look(here)
  }
  return {
    ...files,
    read: (file, options) => at(file, (here) => files.read(here, options)),
    stat: (file, options) => at(file, (here) => files.stat(here, options)),
    list: (file) => at(file, (here) => files.list(here)),
    isReadable: async (file) => {
      const here = hostFile(file, other)
      return here !== null && (await files.isReadable(here))
    },
  }
}

/** Where a file of that program is on this machine; null where it is not. */
export function hostFile(file: string, { folder = '', root, mounts }: OtherEnvironment): string | null {
  if (mounts !== undefined) return mountedFile(path.posix.resolve('/', folder, file), mounts)
  if (!path.posix.isAbsolute(file)) return path.posix.join(folder, file)
  return root === undefined || file.startsWith('/proc/') ? file : `${root}${file}`
}

/** By the deepest mount that holds it. */
function mountedFile(file: string, mounts: NonNullable<OtherEnvironment['mounts']>): string | null {
  for (let above = file; ; above = path.posix.dirname(above)) {
    const source = mounts.get(above) ?? mounts.get(`${above}/`)
    if (source !== undefined) return source === null ? null : path.join(source, path.posix.relative(above, file))
    if (above === '/') return null
  }
}

function movedProcesses({ processes, env }: Runtime, other: OtherEnvironment): ProcessRunner {
  const { variables } = other
  const absent = env.names().filter((name) => !variables.has(name))
  const changes = { ...Object.fromEntries(absent.map((name) => [name, undefined])), ...Object.fromEntries(variables) }
  return {
    run: async (request, signal) =>
      isInContainer(other)
        ? { kind: 'not-started', detail: 'it is in a container, where azid can look but start nothing' }
        : processes.run({ ...request, env: { ...changes, ...request.env } }, signal),
    attach: (request) => processes.attach(request),
  }
}
