/** `azid chain` and `azid get-token` before a person: a real terminal (util-linux's `script`), in the widths that people have. */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { cliFile, isolatedEnvironment } from '../support/run-cli.ts'
import { makeStandIns, type StandInFolder } from '../tools/stand-in.ts'

const isMissing = process.platform !== 'linux' || spawnSync('script', ['--version']).error !== undefined

let tools: StandInFolder

beforeAll(() => {
  tools = makeStandIns()
  for (const tool of ['azd', 'pwsh']) tools.put(tool, 'exit 127')
  tools.put('az', 'read -r line < "$GATE"; echo "Please run \'az login\' to setup account." >&2; exit 1')
})
afterAll(() => tools.remove())

interface Shown {
  /** All that the terminal has got so far. */
  text(): string
  /** Lets az end. */
  open(): void
  readonly ended: Promise<number | null>
}

/** az waits at a gate, so that what stands before its end is what is shown while it runs. */
async function show(
  args: readonly string[],
  columns: number,
  env: Readonly<Record<string, string>> = {},
): Promise<Shown> {
  const home = mkdtempSync(path.join(tmpdir(), 'azid-terminal-'))
  const gate = path.join(home, 'gate')
  spawnSync('mkfifo', [gate])
  const words = [process.execPath, cliFile, ...args].map((word) => `'${word}'`).join(' ')
  const child = spawn('script', ['-qec', `stty cols ${columns} rows 50; exec ${words}`, '/dev/null'], {
    env: await isolatedEnvironment(home, {
      PATH: `${tools.folder}:/usr/bin:/bin`,
      TERM: 'xterm-256color',
      SHELL: '/bin/sh',
      GATE: gate,
      ...env,
    }),
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  let text = ''
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve))
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(home, { recursive: true, force: true })
  })
  return {
    text: () => text,
    open: () => void spawn('/bin/sh', ['-c', 'echo > "$0"', gate], { stdio: 'ignore' }),
    ended,
  }
}

const colour = '\u001b['

describe.skipIf(isMissing)('azid chain in a terminal', () => {
  test('a line a credential as it happens, and a spinner for the one that is asked', async () => {
    const shown = await show(['chain'], 80)
    await expect.poll(shown.text, { timeout: 20_000 }).toContain('AzureCliCredential')
    await expect.poll(shown.text, { timeout: 20_000 }).toContain('ManagedIdentityCredential')
    const early = stripVTControlCharacters(shown.text())
    expect(early).toContain('EnvironmentCredential')
    expect(early).not.toContain('AzurePowerShellCredential')
    expect(early).not.toContain('no token:')
    shown.open()
    expect(await shown.ended).toBe(3)
    const late = stripVTControlCharacters(shown.text())
    expect(late).toMatch(/AzureCliCredential .*nobody is signed in/)
    expect(late).toContain('no token: none of the')
    // The cursor is there again for the shell.
    expect(shown.text().lastIndexOf('\u001b[?25l')).toBeLessThanOrEqual(shown.text().lastIndexOf('\u001b[?25h'))
  })

  test.each([
    [80, {}],
    [120, {}],
    [80, { NO_COLOR: '1' }],
  ] as const)('%i columns %o: no line is longer, colours only where they are wanted', async (columns, env) => {
    const shown = await show(['chain', '-v'], columns, env)
    shown.open()
    expect(await shown.ended).toBe(3)
    const lines = linesOf(shown.text())
    expect(lines.length).toBeGreaterThan(20)
    for (const line of lines) {
      const longest = Math.max(...line.split(' ').map((word) => word.length))
      // What cannot be broken stands as it is: an address, a command to be copied, a path.
      expect(line.length <= columns || longest > 25 || /\baz\b/.test(line), line).toBe(true)
    }
    const isPlain = 'NO_COLOR' in env
    // biome-ignore lint/suspicious/noControlCharactersInRegex: a colour begins with one
    expect(/\u001b\[[0-9;]*m/.test(shown.text())).toBe(!isPlain)
  })

  test('in CI there is no spinner, and --json is nothing but JSON', async () => {
    const ci = await show(['chain'], 80, { CI: 'true' })
    ci.open()
    expect(await ci.ended).toBe(3)
    expect(ci.text()).not.toContain(`${colour}?25l`)
    const json = await show(['chain', '--json'], 80)
    json.open()
    expect(await json.ended).toBe(3)
    expect(json.text()).not.toContain('\u001b')
    expect(JSON.parse(json.text()).outcome).toBe('unavailable')
  })
})

describe.skipIf(isMissing)('azid get-token in a terminal', () => {
  test('a spinner that is gone when it fails, and the trace with colours', async () => {
    const shown = await show(['get-token'], 80)
    await expect.poll(shown.text, { timeout: 20_000 }).toContain(`${colour}?25l`)
    shown.open()
    expect(await shown.ended).toBe(3)
    expect(stripVTControlCharacters(shown.text()).trimEnd()).toMatch(/saw and said$/)
    expect(shown.text()).toContain(`${colour}31m`)
    expect(linesOf(shown.text()).some((line) => /^error: no token for /.test(line))).toBe(true)
  })
})

/** What stands on the screen in the end, near enough: of a line that was drawn over, the last. */
function linesOf(text: string): readonly string[] {
  // A spinner goes back to the first column and clears the line.
  return stripVTControlCharacters(text.replaceAll(`${colour}1G`, '\r'))
    .split('\n')
    .map((line) => line.replace(/\r+$/, '').split('\r').at(-1) ?? '')
}
