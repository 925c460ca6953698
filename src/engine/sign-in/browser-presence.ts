/** Whether a browser here can be opened and come back here, from signs; the rules of `az login`, and the reason in words. */
import type { ProblemFacts } from '../problems.ts'
import type { EnginePorts } from '../types.ts'

type Ports = Pick<EnginePorts, 'env' | 'files' | 'host'>

/** Null: try it. */
export async function findNoBrowser({ env, files, host }: Ports): Promise<ProblemFacts['browser-unavailable'] | null> {
  const isSet = (name: string): boolean => (env.get(name) ?? '') !== ''
  // First of all, because its terminals set BROWSER, to one on another machine: a redirect to localhost is lost.
  if (env.get('CODESPACES')?.toLowerCase() === 'true') {
    return { where: 'codespaces', reason: 'this is a codespace, and the browser is on another machine' }
  }
  if (isSet('BROWSER')) return null
  const isRemote = isSet('SSH_CONNECTION') || isSet('SSH_TTY') || isSet('SSH_CLIENT')
  if (host.platform !== 'linux') {
    return isRemote ? { where: 'ssh', reason: 'this is an SSH session, and the browser is on another machine' } : null
  }
  if (isSet('DISPLAY') || isSet('WAYLAND_DISPLAY')) return null
  if (isRemote) return { where: 'ssh', reason: 'this is an SSH session without a display' }
  if (host.release.toLowerCase().includes('microsoft')) return findNoWindowsBrowser({ env, files })
  if (await isContainer(files)) return { where: 'container', reason: 'this is a container without a display' }
  return { where: 'no-display', reason: 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)' }
}

/** Under WSL Windows opens it, through its PowerShell; a container that runs there has none. */
async function findNoWindowsBrowser({
  env,
  files,
}: Pick<Ports, 'env' | 'files'>): Promise<ProblemFacts['browser-unavailable'] | null> {
  if (await isContainer(files)) return { where: 'container', reason: 'this is a container without a display' }
  const folders = [...(env.get('PATH') ?? '').split(':'), '/mnt/c/Windows/System32/WindowsPowerShell/v1.0']
  for (const folder of folders.filter((each) => each.startsWith('/'))) {
    if ((await files.stat(`${folder}/powershell.exe`)).ok) return null
  }
  return { where: 'wsl', reason: 'this is WSL, and powershell.exe, which would open the browser, is not on PATH' }
}

async function isContainer(files: Ports['files']): Promise<boolean> {
  return (await files.stat('/.dockerenv')).ok || (await files.stat('/run/.containerenv')).ok
}
