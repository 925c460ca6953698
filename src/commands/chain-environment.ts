/** Another program's variables in place of the shell's: `--env-file` and `--env-pid`. azid's own options stay as they are. */
import { isYaml, parseEnvironment } from '../environment-text.ts'
import type { Setting, Settings } from '../options.ts'
import type { FileSystem, Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import type { OtherEnvironment } from './chain-ports.ts'
import { describeFileError } from './inputs.ts'

/** More than any environment may hold on Linux. */
const maxBytes = 4 * 1024 * 1024

/** Null where neither option is given. Throws `UsageError` for a file or a process whose variables cannot be had. */
export async function readOtherEnvironment(settings: Settings, runtime: Runtime): Promise<OtherEnvironment | null> {
  if (settings.envFile !== undefined) return readEnvironmentFile(settings.envFile, settings, runtime)
  if (settings.envPid !== undefined) return readProcess(settings.envPid, runtime)
  return null
}

async function readEnvironmentFile(
  { value, source }: Setting<string>,
  settings: Settings,
  runtime: Runtime,
): Promise<OtherEnvironment> {
  const { files, terminal } = runtime
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
  if (isYaml(name, read.value)) {
    const { readComposeEnvironment } = await import('./chain-compose.ts')
    return readComposeEnvironment({ name, file: isStdin ? null : value, bytes: read.value }, settings, runtime)
  }
  if (settings.service !== undefined) {
    throw new UsageError({
      message: `\`${name}\` is no Compose file, and has no services`,
      source: settings.service.source.name,
      fix: 'leave it out, or give a Compose file',
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
