/** Parse, load, run: the way of every command line, and the one place where anything thrown is caught. */
import type { ParsedLine } from './cli/parse.ts'
import { type ExitName, exitCodes } from './exit-codes.ts'
import type { Runtime } from './runtime.ts'
import { version } from './version.ts'

type Parse = (argv: readonly string[], env: Runtime['env']) => Promise<ParsedLine>

/**
 * Promise: never rejects and ends nothing; gives the exit code. A wrong command line is 2, an interruption 130 or 143,
 * anything else that is thrown a bug: 70. `parse` is another parser only in tests, which thereby run commands of their own.
 */
export async function main(argv: readonly string[], runtime: Runtime, parse: Parse = parseWithTables): Promise<number> {
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) return printVersion(runtime)
  let command = ''
  try {
    const line = await parse(argv, runtime.env)
    if (line.kind === 'version') return await printVersion(runtime)
    if (line.kind === 'help') return await printHelp(line.topic, argv, runtime)
    command = line.invocation.command
    const { run } = await line.row.load()
    const exit = await run({ ...line.invocation, argv }, runtime)
    return typeof exit === 'number' ? exit : exitCodes[exit].code
  } catch (error) {
    if (runtime.interrupted.aborted) return exitCodes[interruption(runtime)].code
    const { reportThrown } = await import('./cli/thrown.ts')
    return exitCodes[await reportThrown(error, command, argv, runtime)].code
  }
}

async function parseWithTables(argv: readonly string[], env: Runtime['env']): Promise<ParsedLine> {
  const { parseCommandLine } = await import('./cli/parse.ts')
  return parseCommandLine(argv, env)
}

async function printVersion(runtime: Runtime): Promise<number> {
  await runtime.terminal.stdout.write(`azid ${version}\n`)
  return exitCodes.done.code
}

async function printHelp(topic: string, argv: readonly string[], runtime: Runtime): Promise<number> {
  const [{ drawHelp }, { helpFor }, { createStyle }] = await Promise.all([
    import('./cli/draw-help.ts'),
    import('./cli/help.ts'),
    import('./output/style.ts'),
  ])
  const { stdout } = runtime.terminal
  const style = await createStyle(stdout, runtime.env, argv.includes('--no-color'))
  await stdout.write(drawHelp(helpFor(topic), style, stdout.columns))
  return exitCodes.done.code
}

function interruption(runtime: Runtime): ExitName {
  return runtime.interrupted.reason === 'SIGTERM' ? 'terminated' : 'interrupted'
}
