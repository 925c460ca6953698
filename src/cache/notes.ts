/** What the cache has to say besides its answer, as data and in words. Said once, on stderr, by the command. */
import type { FileError, KeyringBackend } from '../runtime.ts'

/** Why a run is not cached, or not as it should be. */
export type CacheTrouble =
  | { readonly code: 'file'; readonly error: FileError }
  | { readonly code: 'folder-link'; readonly path: string }
  | { readonly code: 'not-a-folder'; readonly path: string }
  | { readonly code: 'folder-foreign'; readonly path: string; readonly userId: number }
  | { readonly code: 'folder-open'; readonly path: string }
  | { readonly code: 'key-file-unsafe'; readonly path: string; readonly reason: string }
  | { readonly code: 'key-file-damaged'; readonly path: string }
  | { readonly code: 'keyring-locked'; readonly backend: KeyringBackend }
  | { readonly code: 'keyring-slow'; readonly backend: KeyringBackend; readonly timeoutMs: number }
  | { readonly code: 'keyring-failed'; readonly backend: KeyringBackend; readonly detail: string }
  | { readonly code: 'keyring-absent'; readonly backend: KeyringBackend; readonly detail: string }
  /** No backend works here; expected on servers and in containers. */
  | { readonly code: 'no-keyring'; readonly details: readonly string[] }
  /** Managed identity without a machine id and a boot id: the token could be carried to another machine. */
  | { readonly code: 'not-nameable'; readonly reason: string }

export type CacheNote =
  | { readonly code: 'uncached'; readonly trouble: CacheTrouble }
  | { readonly code: 'refresh-failed'; readonly expiresOn: number }
  | { readonly code: 'short-lived'; readonly lifeMs: number; readonly minTtlMs: number }
  | { readonly code: 'waited'; readonly waitedMs: number }

/** `warning`: say it. `info`: say it with `-v`, it is expected in many places. */
export function noteLevel(note: CacheNote): 'warning' | 'info' {
  switch (note.code) {
    case 'uncached':
      return note.trouble.code === 'no-keyring' || note.trouble.code === 'not-nameable' ? 'info' : 'warning'
    case 'waited':
      return 'info'
    case 'refresh-failed':
    case 'short-lived':
      return 'warning'
    default:
      return note satisfies never
  }
}

/** One line, lower case, no full stop. Paths are as the file system has them: the caller escapes control characters. */
export function wordNote(note: CacheNote): string {
  switch (note.code) {
    case 'uncached':
      return `this run is not cached: ${wordTrouble(note.trouble)}`
    case 'refresh-failed':
      return `the token is due for renewal and could not be renewed; it is valid until ${iso(note.expiresOn)}`
    case 'short-lived':
      return `the new token lives ${seconds(note.lifeMs)}, less than --min-ttl (${seconds(note.minTtlMs)})`
    case 'waited':
      return `waited ${seconds(note.waitedMs)} for another azid that is getting the same token, then went on without it`
    default:
      return note satisfies never
  }
}

export function wordTrouble(trouble: CacheTrouble): string {
  switch (trouble.code) {
    case 'file':
      return `${trouble.error.path}: ${wordFileError(trouble.error)}`
    case 'folder-link':
      return `${trouble.path} is a symbolic link`
    case 'not-a-folder':
      return `${trouble.path} is not a folder`
    case 'folder-foreign':
      return `${trouble.path} belongs to another user (${trouble.userId})`
    case 'folder-open':
      return `${trouble.path} can be written by other users (chmod 700 it)`
    case 'key-file-unsafe':
      return `the key file ${trouble.path} ${trouble.reason}`
    case 'key-file-damaged':
      return `the key file ${trouble.path} is damaged (remove it to start a new cache)`
    case 'keyring-locked':
      return `the keyring (${trouble.backend}) is locked`
    case 'keyring-slow':
      return `the keyring (${trouble.backend}) did not answer within ${trouble.timeoutMs} ms`
    case 'keyring-failed':
      return `the keyring (${trouble.backend}) failed: ${trouble.detail}`
    case 'keyring-absent':
      return `there is no such keyring here (${trouble.detail})`
    case 'no-keyring':
      return `no keyring works here (${trouble.details.join('; ')}); AZID_CACHE=file keeps the key in a file`
    case 'not-nameable':
      return trouble.reason
    default:
      return trouble satisfies never
  }
}

const fileWords: Partial<Record<FileError['code'], string>> = {
  'no-space': 'no space left',
  'read-only': 'the file system is read-only',
  denied: 'permission denied',
  'not-found': 'not found',
}

function wordFileError(error: FileError): string {
  return fileWords[error.code] ?? `${error.code} (${error.detail})`
}

function seconds(ms: number): string {
  return `${Math.max(0, Math.round(ms / 1000))} s`
}

function iso(ms: number): string {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
