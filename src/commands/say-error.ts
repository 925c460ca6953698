/** One failure besides a chain's, said: JSON on stdout under `--json`, else a line on stderr. Returns the exit it was given. */
import { type ExitName, exitCodes } from '../exit-codes.ts'
import type { Settings } from '../options.ts'
import { printJson } from '../output/json.ts'
import { createStyle } from '../output/style.ts'
import { disarmCommands, escapeToLine } from '../output/text.ts'
import type { NetworkError, Runtime } from '../runtime.ts'

export interface Speaker {
  readonly settings: Settings
  readonly runtime: Runtime
}

export async function sayError(
  exit: ExitName,
  messages: readonly string[],
  { settings, runtime }: Speaker,
  causes: readonly string[] = [],
): Promise<ExitName> {
  if (settings.json?.value === true) {
    const error = { exitCode: exitCodes[exit].code, message: messages.join('; '), codes: [], causes, attempts: [] }
    await runtime.terminal.stdout.write(printJson({ schemaVersion: 1, error }))
    return exit
  }
  const { stderr } = runtime.terminal
  const style = await createStyle(stderr, runtime.env, settings.noColor?.value === true)
  for (const message of messages) {
    await stderr.write(disarmCommands(`${style.bad('error:')} ${escapeToLine(message)}\n`))
  }
  return exit
}

/** `what` is the head of the sentence: `the keys of the authority could not be had`. */
export async function sayNetworkFailure(what: string, error: NetworkError, speaker: Speaker): Promise<ExitName> {
  const [{ diagnose }, { problem }] = await Promise.all([
    import('../diagnosis/diagnose.ts'),
    import('../engine/problems.ts'),
  ])
  const { causes } = diagnose(problem('network', error))
  return sayError(exitOfNetwork(error, speaker.runtime), [`${what}: ${describeNetworkError(error)}`], speaker, causes)
}

function exitOfNetwork(error: NetworkError, runtime: Runtime): ExitName {
  if (error.code !== 'aborted' || !runtime.interrupted.aborted) return 'network'
  return runtime.interrupted.reason === 'SIGTERM' ? 'terminated' : 'interrupted'
}

export function describeNetworkError({ host, detail, certificate, proxy }: NetworkError): string {
  const shown =
    certificate === undefined ? '' : `; the certificate was issued by ${certificate.issuer}: ${certificate.reason}`
  return `${host}: ${detail}${shown}${proxy === undefined ? '' : `; through the proxy ${proxy}`}`
}
