/** A warm run whose key is in the keyring, with what the Secret Service takes in the same file. */
import { createNodeKeyring } from './runtime-node/keyring.ts'
import { createSecretService } from './runtime-node/secret-service.ts'
import { answerWarm } from './warm.ts'

export function answer(argv: readonly string[]): Promise<boolean> {
  return answerWarm(
    argv,
    createNodeKeyring(async () => ({ createSecretService })),
  )
}
