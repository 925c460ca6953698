/** No keyring can be reached from here. */
import type { Keyring, KeyringResult } from '../runtime.ts'

export function createNodeKeyring(): Keyring {
  const unavailable = async (): Promise<KeyringResult<never>> => ({
    ok: false,
    error: { code: 'unavailable', detail: 'no keyring is supported' },
  })
  return { backends: [], get: unavailable, set: unavailable, remove: unavailable }
}
