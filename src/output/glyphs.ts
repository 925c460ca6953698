/** Marks before an attempt, in the character set that the terminal can show. */
import type { AttemptOutcome } from '../engine/types.ts'
import type { Env, Host } from '../runtime.ts'

export type Glyphs = Readonly<Record<AttemptOutcome, string>>

const unicode: Glyphs = { succeeded: '✓', unavailable: '–', failed: '✗', 'not-attempted': '·', excluded: '·' }
const ascii: Glyphs = { succeeded: '+', unavailable: '-', failed: 'x', 'not-attempted': '.', excluded: '.' }

/** POSIX locale order: LC_ALL, LC_CTYPE, LANG. Windows consoles of Node >= 20 take UTF-8. */
export function createGlyphs(env: Env, host: Pick<Host, 'platform'>): Glyphs {
  if (host.platform === 'win32' || host.platform === 'darwin') return unicode
  const locale = env.get('LC_ALL') || env.get('LC_CTYPE') || env.get('LANG') || ''
  return /utf-?8/i.test(locale) ? unicode : ascii
}
