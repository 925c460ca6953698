/** Whatever reached `main` as an exception, said on stderr, or as JSON on stdout where that was asked for; a bug is told on both. */

import { createRedactor } from '../engine/redaction.ts'
import { type ExitName, exitCodes } from '../exit-codes.ts'
import { printJson } from '../output/json.ts'
import { createStyle } from '../output/style.ts'
import { drawUsageError, usageErrorToJson } from '../output/usage.ts'
import type { Env, Runtime } from '../runtime.ts'
import { UsageError, type UsageFacts } from '../usage-error.ts'
import { describeBug, drawBug } from './bug.ts'

/** Variables whose value is a secret wherever it turns up. */
const secretVariables = [
  'AZURE_CLIENT_SECRET',
  'AZURE_CLIENT_CERTIFICATE_PASSWORD',
  'AZURE_PASSWORD',
  'IDENTITY_HEADER',
  'MSI_SECRET',
  'SYSTEM_ACCESSTOKEN',
  'ACTIONS_ID_TOKEN_REQUEST_TOKEN',
]

/** Gives the exit code that the exception means. */
export async function reportThrown(
  error: unknown,
  command: string,
  argv: readonly string[],
  runtime: Runtime,
): Promise<ExitName> {
  const { stdout, stderr } = runtime.terminal
  const style = await createStyle(stderr, runtime.env, argv.includes('--no-color'))
  const redact = createNet(runtime.env)
  if (error instanceof UsageError) {
    const facts = redactFacts(error.facts, redact)
    if (wantsJson(argv)) await writeJson(usageErrorToJson(facts, exitCodes.usage.code))
    else await stderr.write(drawUsageError(facts, style, stderr.columns))
    return 'usage'
  }
  await stderr.write(drawBug(error, command, runtime.host, redact, style))
  if (wantsJson(argv)) {
    const message = redact(describeBug(error))
    await writeJson({
      schemaVersion: 1,
      error: { exitCode: exitCodes.bug.code, message, codes: [], causes: [], attempts: [] },
    })
  }
  return 'bug'

  function writeJson(value: unknown): Promise<void> {
    return stdout.write(printJson(value))
  }
}

/** Before it is wrapped, which could cut a secret in two. */
function redactFacts(facts: UsageFacts, redact: (text: string) => string): UsageFacts {
  return {
    message: redact(facts.message),
    ...(facts.source === undefined ? {} : { source: redact(facts.source) }),
    ...(facts.fix === undefined ? {} : { fix: redact(facts.fix) }),
    ...(facts.suggestion === undefined ? {} : { suggestion: redact(facts.suggestion) }),
  }
}

/** Read off the words themselves, because the command line may be what is wrong. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  const words = end === -1 ? argv : argv.slice(0, end)
  return words.some(
    (word, index) =>
      word === '--json' ||
      word === '--output=json' ||
      word === '-ojson' ||
      (word === 'json' && (words[index - 1] === '-o' || words[index - 1] === '--output')),
  )
}

/** The last net: nothing that comes here was meant to hold a secret, but a bug has no manners. */
function createNet(env: Pick<Env, 'get'>): (text: string) => string {
  const redact = createRedactor(secretVariables.flatMap((name) => env.get(name) ?? []))
  return (text) =>
    redact(text)
      .replace(/[\w.~-]{3}\dQ~[\w.~-]{20,}/g, '***')
      .replace(/(\bbearer\s+)[\w.~+/=-]{8,}/gi, '$1***')
      .replace(/\/\/[^/@\s]*@/g, '//***@')
}
