/** What other tools keep, by metadata alone: never the value of a token, a secret or a key. */
import type { Env, FileSystem, Host, Keyring } from '../../runtime.ts'

export type ForeignTool = 'az' | 'azd' | 'azure-powershell' | 'azure-identity' | 'vscode'

/**
 * What keeps others from the secrets. `none`: whoever can read the file. `keyring`: an entry of the operating system's
 * keyring. `encrypted`: a file that only this user's account on this machine opens (DPAPI, a kernel key). `no-secret`: there
 * is none in it.
 */
export type ForeignProtection = 'none' | 'keyring' | 'encrypted' | 'no-secret'

export type ForeignItemKind =
  | 'account'
  | 'access-token'
  | 'refresh-token'
  | 'id-token'
  | 'service-principal'
  | 'managed-identity'
  | 'authentication-record'

export interface ForeignItem {
  readonly kind: ForeignItemKind
  /** A user name, else the id of an app or an account, as the tool wrote it. */
  readonly account: string | null
  readonly tenantId: string | null
  /** What the token is for: scopes, as the tool wrote them. */
  readonly audience: string | null
  readonly clientId: string | null
  /** Milliseconds since the epoch. */
  readonly expiresOn: number | null
  /** Is the one that the tool would use now. */
  readonly isCurrent: boolean
}

export interface ForeignStore {
  readonly tool: ForeignTool
  /** A file, or the label of a keyring entry. */
  readonly place: string
  readonly protection: ForeignProtection
  /** Not `read`: `reason` says why. `closed`: a keyring entry that nobody asked to open. */
  readonly state: 'read' | 'closed' | 'unreadable'
  readonly reason: string | null
  /** Other users of this machine can read the file. */
  readonly isOpenToOthers: boolean
  readonly items: readonly ForeignItem[]
}

export interface ForeignPorts {
  readonly env: Env
  readonly files: FileSystem
  readonly host: Host
  readonly keyring: Keyring
}

export const noItem: Omit<ForeignItem, 'kind'> = {
  account: null,
  tenantId: null,
  audience: null,
  clientId: null,
  expiresOn: null,
  isCurrent: false,
}

/** Larger files are not read: no tool writes such. */
export const largestForeignFile = 32 * 1024 * 1024

/**
 * The store in one file: null where there is none; `unreadable` where it cannot be read or is not what `parse` knows.
 * `parse` gets the text without a byte order mark, and gives null for what it does not know.
 */
export async function readStore(
  facts: Pick<ForeignStore, 'tool' | 'place' | 'protection'>,
  parse: (text: string) => readonly ForeignItem[] | null,
  { files }: Pick<ForeignPorts, 'files'>,
): Promise<ForeignStore | null> {
  const content = await files.read(facts.place, { maxBytes: largestForeignFile })
  const closed = { ...facts, isOpenToOthers: false, items: [] }
  if (!content.ok) {
    const { code, detail } = content.error
    return code === 'not-found' ? null : { ...closed, state: 'unreadable', reason: `${code} (${detail})` }
  }
  const isOpenToOthers = facts.protection === 'none' && (await isOpen(facts.place, files))
  const items = parse(decodeText(content.value))
  return items === null
    ? { ...closed, isOpenToOthers, state: 'unreadable', reason: 'not in a format that azid knows' }
    : { ...facts, isOpenToOthers, items, state: 'read', reason: null }
}

/** A file that is there but not to be opened: null where it is not there. */
export async function seeStore(
  facts: Pick<ForeignStore, 'tool' | 'place' | 'protection'>,
  closed: Pick<ForeignStore, 'state' | 'reason'>,
  { files }: Pick<ForeignPorts, 'files'>,
): Promise<ForeignStore | null> {
  const stat = await files.stat(facts.place)
  return stat.ok && stat.value.kind === 'file' ? { ...facts, ...closed, isOpenToOthers: false, items: [] } : null
}

export async function isOpen(path: string, files: FileSystem): Promise<boolean> {
  const stat = await files.stat(path)
  return stat.ok && (stat.value.mode & 0o044) !== 0
}

/** az writes some of its files with a byte order mark. */
export function decodeText(bytes: Uint8Array): string {
  return new TextDecoder('utf-8').decode(bytes)
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The member where it is a text that says something, else null. */
export function textOf(record: unknown, name: string): string | null {
  const value = isRecord(record) && Object.hasOwn(record, name) ? record[name] : undefined
  return typeof value === 'string' && value !== '' ? value : null
}

/** A member of a member: undefined where any is missing. */
export function memberOf(record: unknown, ...names: readonly string[]): unknown {
  return names.reduce<unknown>(
    (value, name) => (isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined),
    record,
  )
}
