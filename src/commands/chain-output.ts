/** What every way of running `azid chain` shares at its end: how to draw, and the report. */
import type { ExitName } from '../exit-codes.ts'
import type { Settings } from '../options.ts'
import type { DrawChainOptions } from '../output/chain-text.ts'
import { createGlyphs } from '../output/glyphs.ts'
import { createStyle } from '../output/style.ts'
import { escapeToLine } from '../output/text.ts'
import type { Runtime } from '../runtime.ts'
import type { RunOfSession } from './chain-issue.ts'

/** By the shell's own variables: those of another program say nothing of this terminal. */
export async function drawOptions(
  { settings }: { readonly settings: Settings },
  runtime: Runtime,
): Promise<DrawChainOptions> {
  const { stdout } = runtime.terminal
  return {
    style: await createStyle(stdout, runtime.env, settings.noColor?.value === true),
    glyphs: createGlyphs(runtime.env, runtime.host),
    columns: Math.min(stdout.columns, 120),
    withEvidence: settings.verbose?.value === true,
    now: runtime.clock.now(),
  }
}

/** Under `--report`; a report that must not be written is the end that counts where the run went well. */
export async function finishReport(
  settings: Settings,
  runs: readonly RunOfSession[],
  exit: ExitName,
  runtime: Runtime,
): Promise<ExitName> {
  if (settings.report === undefined) return exit
  const { writeIssueReport } = await import('./chain-issue.ts')
  const found = await writeIssueReport(settings.report, runs, runtime)
  const { stderr } = runtime.terminal
  const style = await createStyle(stderr, runtime.env, settings.noColor?.value === true)
  if (found === null) {
    if (settings.quiet?.value !== true) await stderr.write(`report written: ${escapeToLine(settings.report.value)}\n`)
    return exit
  }
  await stderr.write(`${style.bad('error:')} the report was not written: ${found}\n`)
  return exit === 'done' ? 'refused' : exit
}
