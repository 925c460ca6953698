/** Files that a person names on the command line, read and checked before anything is sent. */

import type { Setting } from '../options.ts'
import type { FileError, Runtime } from '../runtime.ts'
import { Secret } from '../secret.ts'
import { UsageError } from '../usage-error.ts'

type Ports = Pick<Runtime, 'files' | 'terminal'>

/** Longer than any secret, password or token that Entra issues or takes. */
const maxSecretBytes = 64 * 1024
const maxCertificateBytes = 1024 * 1024

const fileErrors: Readonly<Record<FileError['code'], string>> = {
  'not-found': 'there is no such file',
  denied: 'this user may not read it',
  exists: 'it exists already',
  'is-folder': 'it is a folder',
  'not-a-file': 'it is not a regular file',
  'too-large': 'it is too large',
  'no-space': 'the disk is full',
  'read-only': 'the file system is read-only',
  other: 'it cannot be read',
}

/** `there is no such file`: the end of a sentence about a path. */
export function describeFileError(error: FileError): string {
  // Words of the port's own, where it has any; the system's say nothing to a person.
  return error.code === 'other' && error.detail.includes(' ') ? error.detail : fileErrors[error.code]
}

/**
 * A secret from a file or, for `-`, from stdin. One newline at the end is not part of it. Empty, binary, huge or
 * unreadable: a `UsageError` that names the option and the path and never the content.
 */
export async function readSecret(setting: Setting<string>, what: string, ports: Ports): Promise<Secret> {
  const bytes = await readInput(setting, what, maxSecretBytes, ports)
  const text = decodeUtf8(bytes)
  if (text === null || text.includes('\0')) {
    throw inputError(
      setting,
      `the ${what} in ${shown(setting)} is not text`,
      `give a file that holds the ${what} alone, in UTF-8`,
    )
  }
  const value = text.replace(/^\ufeff/, '').replace(/\r?\n$/, '')
  if (value === '') throw inputError(setting, `${shown(setting)} is empty`, `put the ${what} into it`)
  if (/[\r\n]/.test(value)) {
    throw inputError(setting, `${shown(setting)} has more than one line`, `give a file that holds the ${what} alone`)
  }
  return new Secret(value)
}

/** A certificate's bytes; what is in them is the engine's to judge. */
export async function readCertificateFile(setting: Setting<string>, ports: Ports): Promise<Uint8Array> {
  const bytes = await readInput(setting, 'certificate', maxCertificateBytes, ports)
  if (bytes.length === 0)
    throw inputError(
      setting,
      `${shown(setting)} is empty`,
      'give a PEM or PKCS#12 file with the certificate and its key',
    )
  return bytes
}

/** PEM text with at least one certificate. */
export async function readCaFile(setting: Setting<string>, ports: Ports): Promise<string> {
  const bytes = await readInput(setting, 'CA file', maxCertificateBytes * 4, ports)
  const text = decodeUtf8(bytes)
  if (text === null || !text.includes('-----BEGIN CERTIFICATE-----')) {
    throw inputError(
      setting,
      `${shown(setting)} has no PEM certificate`,
      'give the root certificates as text: -----BEGIN CERTIFICATE-----',
    )
  }
  return text
}

async function readInput(setting: Setting<string>, what: string, maxBytes: number, ports: Ports): Promise<Uint8Array> {
  const isStdin = setting.value === '-'
  if (isStdin && ports.terminal.stdin.isTerminal) {
    throw inputError(
      setting,
      `stdin is a terminal, and the ${what} would be seen as it is typed`,
      `pipe it in, or give a file`,
    )
  }
  const result = isStdin
    ? await ports.terminal.stdin.read(maxBytes)
    : await ports.files.read(setting.value, { maxBytes, allowPipe: true })
  if (!result.ok) {
    throw inputError(
      setting,
      `cannot read the ${what} from ${shown(setting)}: ${describeFileError(result.error)}`,
      fileFix(result.error, what),
    )
  }
  return result.value
}

function fileFix({ code }: FileError, what: string): string {
  if (code === 'not-found') return 'correct the path'
  return code === 'too-large' ? `give a file that holds the ${what} alone` : 'give a file that this user can read'
}

function shown(setting: Setting<string>): string {
  return setting.value === '-' ? 'stdin' : `\`${setting.value}\``
}

function inputError(setting: Setting<string>, message: string, fix: string): UsageError {
  return new UsageError({ message, source: setting.source.name, fix })
}

function decodeUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return null
  }
}
