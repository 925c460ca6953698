/** A warm run whose key is in a file (`AZID_CACHE=file`): it loads nothing that speaks to a keyring. */
import { answerWarm } from './warm.ts'

export function answer(argv: readonly string[]): Promise<boolean> {
  return answerWarm(argv, {
    backends: [],
    get: async (backend) => ({ ok: false, error: { code: 'unavailable', detail: `${backend} is not asked here` } }),
  })
}
