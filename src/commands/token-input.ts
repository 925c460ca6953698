/** The token that a person hands over with `--token`: from stdin, a file, or the command line itself. */
import type { TokenDefect } from '../jwt/decode.ts'
import { tokenLimit } from '../jwt/decode.ts'
import type { Setting } from '../options.ts'
import type { FileResult, Runtime } from '../runtime.ts'
import { UsageError } from '../usage-error.ts'
import { describeFileError } from './inputs.ts'

export interface GivenToken {
  /** As it was found: perhaps with a prefix, quotes, or not a token at all. */
  readonly text: string
  readonly source: string
  readonly isOnCommandLine: boolean
}

/** Room for the largest token in UTF-16, as PowerShell 5 writes it, and for what may be around it. */
const maxBytes = 2 * tokenLimit + 1024

/**
 * `-` is stdin; what begins like a JWT is one; anything else names a file, and only where there is none it may be an
 * opaque token. Throws a `UsageError`, which never repeats the value: it could be a secret.
 */
export async function readGivenToken(
  setting: Setting<string>,
  ports: Pick<Runtime, 'files' | 'terminal'>,
): Promise<GivenToken> {
  const { value } = setting
  const source = setting.source.name
  if (value === '-') {
    if (ports.terminal.stdin.isTerminal) {
      throw new UsageError({
        message: 'stdin is a terminal, which cuts long lines and shows the token',
        source: `${source} -`,
        fix: 'pipe the token in, or give a file',
      })
    }
    return {
      text: contentOf(await ports.terminal.stdin.read(maxBytes), 'stdin', source),
      source: 'stdin',
      isOnCommandLine: false,
    }
  }
  if (/^(?:ey[JA]|bearer\s|authorization\s*:)/i.test(value)) return { text: value, source, isOnCommandLine: true }
  const content = await ports.files.read(value, { maxBytes, allowPipe: true })
  if (!content.ok && isTokenShaped(value)) return { text: value, source, isOnCommandLine: true }
  return { text: contentOf(content, 'the file', source), source: `${source} FILE`, isOnCommandLine: false }
}

function isTokenShaped(value: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(value) || (value.length >= 64 && /^[\w.~+=!*$-]+$/.test(value))
}

function contentOf(content: FileResult<Uint8Array>, what: string, source: string): string {
  if (content.ok) return decodeText(content.value)
  if (content.error.code === 'too-large')
    throw new UsageError({ source, ...describeDefect({ kind: 'too-large', limit: tokenLimit }) })
  throw new UsageError({
    message: `cannot read ${what}: ${describeFileError(content.error)}`,
    source,
    fix: 'give a JWT, a file that holds one, or - to read stdin',
  })
}

function decodeText(bytes: Uint8Array): string {
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe
  return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes)
}

/** Why a text is no token that could be read, and what to do; for the defects that are not simply an opaque token. */
export function describeDefect(defect: Exclude<TokenDefect, { kind: 'opaque' }>): {
  readonly message: string
  readonly fix: string
} {
  switch (defect.kind) {
    case 'empty':
      return {
        message: 'there is no token: the input is empty',
        fix: 'for example: azid get-token | azid whoami --token -',
      }
    case 'too-large':
      return {
        message: `the input is larger than ${defect.limit / 1024 / 1024} MiB: no token is`,
        fix: 'give the token alone',
      }
    case 'not-a-token':
      return { message: 'the input is not a token', fix: 'give the token alone: a JWT is one word with two dots in it' }
    case 'wrong-parts':
      return {
        message: `the token has ${defect.parts === 1 ? 'one part' : `${defect.parts} parts`}, a JWT has three`,
        fix: defect.parts < 3 ? 'copy the whole token: its end is missing' : 'give one token alone',
      }
    case 'not-base64url':
      return {
        message: `the ${defect.part} of the token is not base64url`,
        fix: 'copy the token again: it was changed on its way',
      }
    case 'not-json':
      return {
        message: `the ${defect.part} of the token is not JSON`,
        fix: 'copy the token again: it was changed on its way',
      }
    case 'not-an-object':
      return { message: `the ${defect.part} of the token is JSON, but not an object`, fix: 'give an access token' }
    case 'too-deep':
      return { message: `the ${defect.part} of the token is nested too deeply to be one`, fix: 'give an access token' }
    default:
      return defect satisfies never
  }
}
