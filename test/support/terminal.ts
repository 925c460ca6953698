/** A terminal with a person before it: a program in a tmux of its own, keys pressed, and what stands on the screen. */
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

export interface TerminalOptions {
  readonly command: readonly string[]
  /** The whole environment of the program; of this process nothing is passed on. */
  readonly env: Readonly<Record<string, string>>
  readonly cwd: string
}

export interface Terminal {
  /** Keys by tmux's names: `Tab`, `C-u`, `Enter`. */
  press(...keys: readonly string[]): void
  type(text: string): void
  /** The lines on the screen, without the empty ones at the end. */
  screen(): readonly string[]
  /** Waits until the screen is as wanted; fails with what it shows instead. */
  waitFor(isWanted: (screen: readonly string[]) => boolean, what: string): Promise<readonly string[]>
  close(): void
}

export const hasTerminal = spawnSync('tmux', ['-V']).error === undefined

const limitMs = 40_000

export function openTerminal({ command, env, cwd }: TerminalOptions): Terminal {
  const folder = mkdtempSync(path.join(tmpdir(), 'azid-tmux-'))
  const tmux = (...args: readonly string[]): string =>
    execFileSync('tmux', ['-u', '-S', path.join(folder, 'socket'), '-f', '/dev/null', ...args], {
      encoding: 'utf8',
      env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', TERM: 'xterm' },
    })
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  tmux('new-session', '-d', '-x', '100', '-y', '40', '-c', cwd, 'env', '-i', ...variables, 'TERM=screen', ...command)

  const screen = (): readonly string[] => tmux('capture-pane', '-p').trimEnd().split('\n')
  return {
    press: (...keys) => void tmux('send-keys', ...keys),
    type: (text) => void tmux('send-keys', '-l', text),
    screen,
    async waitFor(isWanted, what) {
      for (const end = Date.now() + limitMs; ; await sleep(100)) {
        const shown = screen()
        if (isWanted(shown)) return shown
        if (Date.now() > end) throw new Error(`the screen never showed ${what}, but\n${shown.join('\n')}`)
      }
    },
    close() {
      tmux('kill-server')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
