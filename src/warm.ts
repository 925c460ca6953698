/** Tried before everything else where the first word is `get-token`: a file of its own, with no more than a warm run needs. */
import { answerRemembered } from './commands/remembered-answer.ts'
import { createNodeClock } from './runtime-node/clock.ts'
import { createNodeEnv } from './runtime-node/env.ts'
import { createNodeFileSystem } from './runtime-node/files.ts'
import { createNodeHost } from './runtime-node/host.ts'
import { createNodeKeyring } from './runtime-node/keyring.ts'
import { createNodeRandom } from './runtime-node/random.ts'
import { createNodeTerminal } from './runtime-node/terminal.ts'

/** True: the answer is printed, and the run is over. */
export async function answer(argv: readonly string[]): Promise<boolean> {
  const random = createNodeRandom()
  const text = await answerRemembered(argv, {
    env: createNodeEnv(),
    clock: createNodeClock(),
    files: createNodeFileSystem(random),
    keyring: createNodeKeyring(),
    host: createNodeHost(),
    random,
  })
  if (text === null) return false
  await createNodeTerminal(() => new AbortController().signal).stdout.write(text)
  return true
}
