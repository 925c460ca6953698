/** Streams that are buffers. */
import type { InputStream, OutputStream, Terminal } from '../../src/runtime.ts'

export interface FakeTerminalOptions {
  /** What stdin holds; absent: closed. */
  readonly stdin?: string | Uint8Array
  /** What a person types, line by line, where stdin is a terminal. */
  readonly answers?: readonly string[]
  /** Which streams are terminals. Default none; `true` means all three. */
  readonly isTerminal?: boolean | { readonly stdin?: boolean; readonly stdout?: boolean; readonly stderr?: boolean }
  readonly columns?: number
}

export interface FakeOutputStream extends OutputStream {
  readonly text: string
}

export interface FakeTerminal extends Terminal {
  readonly stdout: FakeOutputStream
  readonly stderr: FakeOutputStream
}

export function createFakeTerminal(options: FakeTerminalOptions): FakeTerminal {
  const given = options.isTerminal ?? false
  const isTerminal = typeof given === 'boolean' ? { stdin: given, stdout: given, stderr: given } : given
  const stderr = createOutput(isTerminal.stderr ?? false, options.columns ?? 80)
  return {
    stdin: createInput(options, isTerminal.stdin ?? false, stderr),
    stdout: createOutput(isTerminal.stdout ?? false, options.columns ?? 80),
    stderr,
  }
}

function createOutput(isTerminal: boolean, columns: number): FakeOutputStream {
  let written = ''
  return {
    isTerminal,
    columns,
    write: async (text) => {
      written += text
    },
    get text() {
      return written
    },
  }
}

function createInput(options: FakeTerminalOptions, isTerminal: boolean, stderr: OutputStream): InputStream {
  const answers = [...(options.answers ?? [])]
  let rest =
    typeof options.stdin === 'string' ? new TextEncoder().encode(options.stdin) : (options.stdin ?? new Uint8Array())
  return {
    isTerminal,
    read: async (maxBytes) => {
      if (rest.length > maxBytes) {
        return { ok: false, error: { code: 'too-large', path: 'stdin', detail: `larger than ${maxBytes} bytes` } }
      }
      const value = rest
      rest = new Uint8Array()
      return { ok: true, value }
    },
    question: async (prompt) => {
      if (!isTerminal) return null
      await stderr.write(prompt)
      return answers.shift() ?? null
    },
  }
}
