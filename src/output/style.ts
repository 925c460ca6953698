/** Colours, from what the stream is and what the person asked for. The one importer of chalk, loaded only where colour is used. */
import type { Env, OutputStream } from '../runtime.ts'

export interface Style {
  bold(text: string): string
  dim(text: string): string
  good(text: string): string
  bad(text: string): string
  warn(text: string): string
  accent(text: string): string
}

const plain = (text: string): string => text

export const plainStyle: Style = { bold: plain, dim: plain, good: plain, bad: plain, warn: plain, accent: plain }

/**
 * Colour where the stream is a terminal, unless `--no-color` or NO_COLOR (https://no-color.org: set and not empty) says
 * no. FORCE_COLOR (not `0`) says yes even to a pipe, and loses to both.
 */
export function wantsColour(stream: Pick<OutputStream, 'isTerminal'>, env: Env, isRefused: boolean): boolean {
  if (isRefused || (env.get('NO_COLOR') ?? '') !== '') return false
  const forced = env.get('FORCE_COLOR')
  if (forced !== undefined) return forced !== '0' && forced !== 'false'
  return stream.isTerminal && env.get('TERM') !== 'dumb'
}

/** The sixteen basic colours only: they follow the person's own light or dark theme. */
export async function createStyle(
  stream: Pick<OutputStream, 'isTerminal'>,
  env: Env,
  isRefused = false,
): Promise<Style> {
  if (!wantsColour(stream, env, isRefused)) return plainStyle
  const { Chalk } = await import('chalk')
  const chalk = new Chalk({ level: 1 })
  return {
    bold: (text) => chalk.bold(text),
    dim: (text) => chalk.dim(text),
    good: (text) => chalk.green(text),
    bad: (text) => chalk.red(text),
    warn: (text) => chalk.yellow(text),
    accent: (text) => chalk.cyan(text),
  }
}
