/**
 * The standard streams as a port. Output is written straight to the file descriptor: the stream objects take longer to
 * make than most answers take to print, and what is written this way is out when the promise resolves.
 */
import { fstatSync, statSync, writeSync } from 'node:fs'
import type { FileResult, InputStream, OutputStream, Terminal } from '../runtime.ts'

export function createNodeTerminal(interrupted: () => AbortSignal): Terminal {
  const stderr = createNodeOutput(2)
  return {
    stdin: createInput(stderr, interrupted),
    stdout: createNodeOutput(1),
    stderr,
  }
}

/** node:tty brings node:net with it, a tenth of a bare start; a pipe, a file and /dev/null are told apart without it. */
function isTerminal(descriptor: 0 | 1 | 2): boolean {
  try {
    if (process.platform !== 'win32') {
      const stat = fstatSync(descriptor)
      if (!stat.isCharacterDevice() || stat.rdev === statSync('/dev/null').rdev) return false
    }
  } catch {
    return false
  }
  return process.getBuiltinModule('node:tty').isatty(descriptor)
}

/** One stream alone, for a run that only prints. */
export function createNodeOutput(descriptor: 1 | 2): OutputStream {
  const stream = (): NodeJS.WriteStream => (descriptor === 1 ? process.stdout : process.stderr)
  let isClosed = false
  let last: Promise<void> = Promise.resolve()

  const write = async (text: string): Promise<void> => {
    // A Windows console wants characters, not bytes of its code page; only the stream object knows how.
    if (process.platform === 'win32' && isTerminal(descriptor)) {
      await new Promise<void>((resolve) => void stream().write(text, () => resolve()))
      return
    }
    const bytes = Buffer.from(text)
    let written = 0
    while (written < bytes.length && !isClosed) {
      try {
        written += writeSync(descriptor, bytes, written)
      } catch (error) {
        const { code } = error as NodeJS.ErrnoException
        if (code === 'EAGAIN') await new Promise((resolve) => setTimeout(resolve, 5))
        else if (code === 'EPIPE' || code === 'EOF') isClosed = true
        else throw error
      }
    }
  }

  return {
    get isTerminal() {
      return isTerminal(descriptor)
    },
    get columns() {
      return isTerminal(descriptor) ? stream().columns || 80 : 80
    },
    write: (text) => {
      const done = last.then(() => write(text))
      last = done.catch(() => {})
      return done
    },
  }
}

function createInput(prompts: OutputStream, interrupted: () => AbortSignal): InputStream {
  return {
    get isTerminal() {
      return isTerminal(0)
    },
    read: (maxBytes) => readAll(maxBytes, interrupted()),
    question: async (prompt) => {
      if (!isTerminal(0)) return null
      const { createInterface } = await import('node:readline')
      const lines = createInterface({ input: process.stdin, terminal: false })
      await prompts.write(prompt)
      const signal = interrupted()
      return new Promise((resolve) => {
        const finish = (line: string | null): void => {
          signal.removeEventListener('abort', close)
          resolve(line)
          lines.close()
        }
        const close = (): void => finish(null)
        lines.once('line', finish)
        lines.once('close', close)
        signal.addEventListener('abort', close, { once: true })
        if (signal.aborted) close()
      })
    },
  }
}

function readAll(maxBytes: number, interrupted: AbortSignal): Promise<FileResult<Uint8Array>> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const finish = (result: FileResult<Uint8Array>): void => {
      interrupted.removeEventListener('abort', giveUp)
      process.stdin.removeAllListeners('data')
      process.stdin.destroy()
      resolve(result)
    }
    const fail = (code: 'too-large' | 'other', detail: string): void =>
      finish({ ok: false, error: { code, path: 'stdin', detail } })
    const giveUp = (): void => fail('other', String(interrupted.reason))
    interrupted.addEventListener('abort', giveUp, { once: true })

    process.stdin.on('data', (chunk: Buffer) => {
      length += chunk.length
      chunks.push(chunk)
      if (length > maxBytes) fail('too-large', `larger than ${maxBytes} bytes`)
    })
    process.stdin.once('end', () => finish({ ok: true, value: new Uint8Array(Buffer.concat(chunks)) }))
    process.stdin.once('error', (error: NodeJS.ErrnoException) => fail('other', error.code ?? error.message))
  })
}
