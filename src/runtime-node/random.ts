/** The system's randomness as a port. */
import type { Random } from '../runtime.ts'

/** node:crypto takes 2 ms to load: a run that draws nothing does without it. */
const crypto = (): typeof import('node:crypto') => process.getBuiltinModule('node:crypto')

export function createNodeRandom(): Random {
  return {
    bytes: (count) => new Uint8Array(crypto().randomBytes(count)),
    uuid: () => crypto().randomUUID(),
  }
}
