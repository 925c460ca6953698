/** Tried before everything else where the first word is `get-token`: a file of its own, with no more than a warm run needs. */
import { answerRemembered } from './commands/remembered-answer.ts'
import type { Keyring } from './runtime.ts'
import { createNodeClock } from './runtime-node/clock.ts'
import { createNodeEnv } from './runtime-node/env.ts'
import { createNodeFileReader } from './runtime-node/file-reader.ts'
import { createNodeHost } from './runtime-node/host.ts'
import { createNodeOutput } from './runtime-node/terminal.ts'

/** True: the answer is printed, and the run is over. */
export async function answerWarm(
  argv: readonly string[],
  keyring: Pick<Keyring, 'backends' | 'get'>,
): Promise<boolean> {
  const text = await answerRemembered(argv, {
    env: createNodeEnv(),
    clock: createNodeClock(),
    files: createNodeFileReader(),
    keyring,
    host: createNodeHost(),
  })
  if (text === null) return false
  await createNodeOutput(1).write(text)
  return true
}
