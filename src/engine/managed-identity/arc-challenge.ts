/**
 * Azure Arc's challenge: the agent names a file that only those may read who may have the token. What the agent names is
 * not trusted: another program could listen on its port and have any file of this machine sent to it.
 */
import { failure, type Result, success } from '../../result.ts'
import type { FileError, HttpResponse } from '../../runtime.ts'
import { Secret } from '../../secret.ts'
import { type Problem, problem } from '../problems.ts'
import type { EnginePorts } from '../types.ts'

const longestKey = 4096

type Ports = Pick<EnginePorts, 'env' | 'files' | 'host'>

/**
 * The key for `Authorization: Basic {key}`. Refused: a header of another form; a file that is not directly in the agent's
 * folder, or not `*.key`; a link, also in place of the agent's folders; more than 4096 bytes; what cannot be a header's value.
 */
export async function answerChallenge(response: HttpResponse, ports: Ports): Promise<Result<Secret, Problem>> {
  const realm = readRealm(response.headers['www-authenticate'])
  if (realm === null) {
    return failure(problem('arc-challenge-refused', { reason: 'header', headers: shownHeaders(response.headers) }))
  }
  const folder = keyFolder(ports)
  if (folder === null) {
    return failure(problem('arc-challenge-refused', { reason: 'platform', platform: ports.host.platform }))
  }
  const isWindows = ports.host.platform === 'win32'
  const place = checkPath(realm, folder, isWindows)
  if (place !== null) return failure(problem('arc-challenge-refused', { reason: place, path: realm, folder }))
  if (await isLinked(folder, ports)) {
    return failure(problem('arc-challenge-refused', { reason: 'link', path: realm, folder }))
  }
  return readKey(realm, folder, ports)
}

/** `Basic realm=PATH` in any case, the path in quotes or not; a second `=` makes it another form. */
function readRealm(header: string | undefined): string | null {
  const parts = (header ?? '').split('=')
  if (parts.length !== 2 || parts[0]?.toLowerCase() !== 'basic realm') return null
  const path = parts[1] ?? ''
  return /^"(.*)"$/.exec(path)?.[1] ?? path
}

function keyFolder({ env, host }: Ports): string | null {
  switch (host.platform) {
    case 'linux':
      return '/var/opt/azcmagent/tokens'
    case 'win32':
      return `${windowsFolder(env.get('ProgramData'), 'C:\\ProgramData')}\\AzureConnectedMachineAgent\\Tokens`
    default:
      return null
  }
}

/** Without the separator at its end, which would make two of one. */
export function windowsFolder(variable: string | undefined, usual: string): string {
  return (variable ?? '') === '' ? usual : (variable ?? usual).replace(/[\\/]+$/, '')
}

/** The folder of the keys, and that of the agent above it. */
async function isLinked(folder: string, { files }: Ports): Promise<boolean> {
  const places = [folder.replace(/[\\/][^\\/]*$/, ''), folder]
  const stats = await Promise.all(places.map((place) => files.stat(place, { noFollow: true })))
  return stats.some((stat) => stat.ok && stat.value.kind === 'link')
}

/** Compared as text, so that nothing has to be resolved: with `..`, another separator or a deeper folder it is not equal. */
function checkPath(path: string, folder: string, isWindows: boolean): 'folder' | 'extension' | null {
  const separator = isWindows ? '\\' : '/'
  const fold = (text: string): string => (isWindows ? text.replaceAll('/', '\\').toLowerCase() : text)
  const end = fold(path).lastIndexOf(separator)
  const name = path.slice(end + 1)
  if (end < 0 || fold(path).slice(0, end) !== fold(folder)) return 'folder'
  // On Windows `a.key:stream` and `a.key.` are other names for other things.
  if (name === '' || name.includes('\0') || (isWindows && /[:*?"<>|]/.test(name))) return 'folder'
  return fold(name).endsWith('.key') && name.length > '.key'.length ? null : 'extension'
}

async function readKey(path: string, folder: string, { files }: Ports): Promise<Result<Secret, Problem>> {
  const refuse = (reason: 'link' | 'size' | 'not-a-file' | 'key'): Result<Secret, Problem> =>
    failure(problem('arc-challenge-refused', { reason, path, folder }))
  const stat = await files.stat(path, { noFollow: true })
  if (!stat.ok) return failure(unreadable(stat.error, path, folder))
  if (stat.value.kind === 'link') return refuse('link')
  if (stat.value.kind !== 'file') return refuse('not-a-file')
  if (stat.value.size > longestKey) return refuse('size')
  const content = await files.read(path, { maxBytes: longestKey, noFollow: true })
  if (!content.ok) {
    return content.error.code === 'too-large' ? refuse('size') : failure(unreadable(content.error, path, folder))
  }
  const key = new TextDecoder().decode(content.value)
  // The bytes of a header: no line may end in it, and no character outside Latin-1 can be sent.
  return /^[\t\x20-\x7e\xa0-\xff]*$/.test(key) ? success(new Secret(key)) : refuse('key')
}

function unreadable(error: FileError, path: string, folder: string): Problem {
  const reason = error.code === 'not-found' ? 'missing' : 'unreadable'
  return problem('arc-challenge-refused', { reason, path, folder, error: { code: error.code, detail: error.detail } })
}

/** Without what could be a secret of the answer. */
function shownHeaders(headers: HttpResponse['headers']): Readonly<Record<string, string>> {
  const shown = Object.entries(headers).map(([name, value]) => [
    name,
    name === 'set-cookie' ? '***' : value.slice(0, 1024),
  ])
  return Object.fromEntries(shown)
}
