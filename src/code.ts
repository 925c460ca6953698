/** Tried before everything else for `explain CODE`: a file of its own, with no more than one code's row needs. */
import { explainCode, readCode } from './diagnosis/explain/reference.ts'
import { drawExplanation } from './output/explain.ts'
import { createStyle } from './output/style.ts'
import { createNodeEnv } from './runtime-node/env.ts'
import { createNodeFileReader } from './runtime-node/file-reader.ts'
import { createNodeOutput } from './runtime-node/terminal.ts'

/** True: the answer is printed, and the run is over. @param argv `explain` and what stands alone behind it. */
export async function answer([, subject = '']: readonly string[]): Promise<boolean> {
  const code = readCode(subject)
  const env = createNodeEnv()
  // A variable of azid's own may ask for JSON or no colour (not the one for the cache), and a file of that name is what is meant.
  if (code === null || env.names().some((name) => /^AZID_(?!CACHE$)/i.test(name))) return false
  const file = await createNodeFileReader().stat(subject)
  if (file.ok || file.error.code !== 'not-found') return false
  const stdout = createNodeOutput(1)
  const style = await createStyle(stdout, env, false)
  await stdout.write(drawExplanation(explainCode(code), { style, columns: Math.min(stdout.columns, 100) }))
  return true
}
