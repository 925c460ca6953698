/** Facts about the machine and this process, each looked up when it is first asked for. */
import type { Host } from '../runtime.ts'

const platforms: Partial<Record<NodeJS.Platform, Host['platform']>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'win32',
}

/** Loaded when a fact of the machine is asked for: not every run does. */
const os = (): typeof import('node:os') => process.getBuiltinModule('node:os')

export function createNodeHost(): Host {
  return {
    platform: platforms[process.platform] ?? 'other',
    architecture: process.arch,
    get homeFolder() {
      return homeFolder()
    },
    get currentFolder() {
      return currentFolder()
    },
    get temporaryFolder() {
      return os().tmpdir()
    },
    processId: process.pid,
    userId: process.getuid?.() ?? -1,
    nodeVersion: process.versions.node,
    get release() {
      return os().release()
    },
  }
}

/** A container may run under a user id that has no account: then there is no home, and `/` is what a shell would say. */
function homeFolder(): string {
  const { HOME: home } = process.env
  // What node:os would say, without loading it.
  if (process.platform !== 'win32' && home !== undefined && home !== '') return home
  try {
    return os().homedir()
  } catch {
    return '/'
  }
}

/** The folder that this process runs in may have been deleted. */
function currentFolder(): string {
  try {
    return process.cwd()
  } catch {
    return homeFolder()
  }
}
