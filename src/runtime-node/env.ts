/** The process environment as a port. */
import type { Env } from '../runtime.ts'

export function createNodeEnv(): Env {
  return {
    get: (name) => process.env[name],
    names: () => Object.keys(process.env),
  }
}
