/** Files that options name may be pipes, `<(command)`: how long a run waits for whoever writes into one. */
import type { Runtime } from '../runtime.ts'

const patienceMs = 60_000

/** The same ports; a pipe that nobody writes to is given up when the run's limit is over, and after a minute in any case. */
export function withPipePatience(runtime: Runtime, limit: AbortSignal): Runtime {
  return {
    ...runtime,
    files: {
      ...runtime.files,
      read: async (path, options) => {
        if (options.allowPipe !== true) return runtime.files.read(path, options)
        const isRead = new AbortController()
        const isLate = new AbortController()
        runtime.clock.sleep(patienceMs, isRead.signal, { isBackground: true }).then(
          () => isLate.abort(),
          () => {},
        )
        try {
          return await runtime.files.read(path, { ...options, signal: AbortSignal.any([limit, isLate.signal]) })
        } finally {
          isRead.abort()
        }
      },
    },
  }
}
