/** A run that gave no token, said: JSON on stdout under `--json`, else the short trace on stderr; and its exit code. */
import { type ExitName, exitCodes } from '../exit-codes.ts'
import { drawFailure } from '../output/failure-text.ts'
import { createGlyphs } from '../output/glyphs.ts'
import { printJson } from '../output/json.ts'
import { failureToJson, reportFailure } from '../output/report.ts'
import { createStyle } from '../output/style.ts'
import { disarmCommands } from '../output/text.ts'
import type { Acquisition, Preparation } from './acquire.ts'
import { exitOf } from './exit.ts'
import { redactorOf } from './known-secrets.ts'

export async function sayFailure(
  { result, target }: Extract<Acquisition, { kind: 'failed' }>,
  preparation: Pick<Preparation, 'runtime' | 'settings' | 'kind' | 'profile' | 'chain'>,
): Promise<ExitName> {
  const { runtime, settings, kind, profile } = preparation
  const exit = exitOf(result)
  const report = reportFailure(result, kind, target.scopes, profile, redactorOf(preparation))
  const { stdout, stderr } = runtime.terminal
  if (settings.json?.value === true) {
    await stdout.write(printJson(failureToJson(report, exitCodes[exit].code)))
    return exit
  }
  const text = drawFailure(report, {
    style: await createStyle(stderr, runtime.env, settings.noColor?.value === true),
    glyphs: createGlyphs(runtime.env, runtime.host),
    columns: Math.min(stderr.columns, 100),
    withEvidence: settings.verbose?.value === true,
    now: runtime.clock.now(),
  })
  await stderr.write(disarmCommands(text))
  return exit
}
