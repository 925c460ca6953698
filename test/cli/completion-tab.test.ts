/** Pressing Tab in real shells, with the scripts where `azid help completion` says that they go. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { commandTables } from '../../src/cli/commands.ts'
import { completionScript } from '../../src/cli/completions/command.ts'
import { cliFile } from '../support/run-cli.ts'
import { hasTerminal, openTerminal, type Terminal } from '../support/terminal.ts'

const prompt = 'ready> '

interface Shell {
  readonly name: 'bash' | 'zsh' | 'fish'
  readonly command: readonly string[]
  /** By path under the home folder: what a person puts there. */
  readonly files: Readonly<Record<string, string>>
  /** Whether it says what each word is for. */
  readonly describes: boolean
}

const shells: readonly Shell[] = [
  {
    name: 'bash',
    command: ['bash', '-i'],
    files: {
      '.bashrc': `PS1='${prompt}'\nsource ~/azid.bash\n`,
      'azid.bash': completionScript('bash', commandTables()),
    },
    describes: false,
  },
  {
    name: 'zsh',
    command: ['zsh', '-d', '-i'],
    files: {
      '.zshrc': `PS1='${prompt}'\nfpath=(~/functions $fpath)\nautoload -Uz compinit\ncompinit -u -D\n`,
      'functions/_azid': completionScript('zsh', commandTables()),
    },
    describes: true,
  },
  {
    name: 'fish',
    command: ['fish', '-i'],
    files: {
      '.config/fish/config.fish': `function fish_prompt\n  echo -n '${prompt}'\nend\nset -g fish_greeting\n`,
      '.config/fish/completions/azid.fish': completionScript('fish', commandTables()),
    },
    describes: true,
  },
]

/** What is typed before Tab is pressed once, and what the line is then; zsh may leave a comma that goes by itself. */
const completed: readonly (readonly [typed: string, line: string])[] = [
  ['azid get-t', 'azid get-token'],
  ['azid sandbox st', 'azid sandbox start'],
  ['azid whoami --all-c', 'azid whoami --all-claims'],
  ['azid get-token -o github', 'azid get-token -o github-actions'],
  ['azid get-token --shell=pow', 'azid get-token --shell=powershell'],
  ['azid get-token vau', 'azid get-token vault'],
  ['azid chain -c azure-cli,azure-d', 'azid chain -c azure-cli,azure-developer-cli'],
  ['azid chain --credential=azure-cli,azure-d', 'azid chain --credential=azure-cli,azure-developer-cli'],
  ['azid exec --set PGP', 'azid exec --set PGPASSWORD='],
  ['azid exec --set TOKEN=postg', 'azid exec --set TOKEN=postgres'],
  ['azid exec --set=TOKEN=postg', 'azid exec --set=TOKEN=postgres'],
  ['azid exec --set postg', 'azid exec --set postgres'],
  ['azid sandbox run --as managed-identity:im', 'azid sandbox run --as managed-identity:imds'],
  ['azid sandbox run --fault ha', 'azid sandbox run --fault hang'],
  ['azid get-token --certificate my', 'azid get-token --certificate my\\ key.pem'],
  ['azid explain AzureC', 'azid explain AzureCliCredential'],
  ['azid explain my', 'azid explain my\\ key.pem'],
  ['azid exec --set openai -- mkfi', 'azid exec --set openai -- mkfifo'],
  ['azid help sandbox st', 'azid help sandbox start'],
  ['azid completion po', 'azid completion powershell'],
]

describe.each(shells)('$name', ({ name, command, files, describes }) => {
  const isMissing = !hasTerminal || spawnSync(name, ['--version']).error !== undefined
  let home = ''

  describe.skipIf(isMissing)('in a terminal', () => {
    beforeAll(() => {
      home = mkdtempSync(path.join(tmpdir(), 'azid-tab-'))
      const work = path.join(home, 'work')
      const bin = path.join(home, 'bin')
      for (const folder of [work, bin]) mkdirSync(folder)
      // fish looks for completions of programs only.
      writeFileSync(path.join(bin, 'azid'), `#!/bin/sh\nexec '${process.execPath}' '${cliFile}' "$@"\n`, {
        mode: 0o755,
      })
      writeFileSync(path.join(work, 'my key.pem'), '')
      for (const [file, text] of Object.entries(files)) {
        mkdirSync(path.dirname(path.join(home, file)), { recursive: true })
        writeFileSync(path.join(home, file), text)
      }
    })
    afterAll(() => {
      rmSync(home, { recursive: true, force: true })
    })

    /** The line that is being typed; fish shows in grey what it would add, which only `offer` keeps from the screen. */
    const lineOf = (screen: readonly string[]): string =>
      screen
        .findLast((line) => line.startsWith(prompt))
        ?.slice(prompt.length)
        .trimEnd() ?? ''

    /** A shell of its own, so that no key of another test is on its way to it, with this typed and on the screen. */
    async function typeAnew(text: string): Promise<Terminal> {
      const env = { HOME: home, PATH: `${home}/bin:${process.env['PATH']}`, LC_ALL: 'C.UTF-8' }
      const terminal = openTerminal({ command, env, cwd: path.join(home, 'work') })
      onTestFinished(() => terminal.close())
      await terminal.waitFor((screen) => screen.at(-1) === prompt.trimEnd(), 'a prompt')
      terminal.type(text)
      await terminal.waitFor((screen) => lineOf(screen).startsWith(text.trimEnd()), text)
      return terminal
    }

    test.each(completed)('%s', async (typed, line) => {
      const terminal = await typeAnew(typed)
      terminal.press('Tab')
      const screen = await terminal.waitFor((lines) => lineOf(lines).replace(/,$/, '') === line, line)
      expect(screen.join('\n')).not.toMatch(/not found|error|parse|_azid/i)
    })

    test('Tab twice shows what may follow, and what it is for where the shell shows that', async () => {
      const terminal = await typeAnew('azid sandbox ')
      terminal.press('Tab')
      terminal.press('Tab')
      const screen = await terminal.waitFor((lines) => lines.some((line) => /^run\b.*|\brun +start/.test(line)), 'run')
      const text = screen.join('\n')
      expect(text).toContain('start')
      if (describes) expect(text).toContain('run a command with a local Entra ID in place of the cloud')
    })

    test.each(['azid nonsense --', 'azid get-token --nonsense=', 'azid get-token -- ', "azid explain 'a b", 'azid : '])(
      '%s: no complaint',
      async (typed) => {
        const terminal = await typeAnew(typed)
        terminal.press('Tab')
        terminal.press('Tab')
        // Keys are taken in their order: with this on the screen, both have had their effect.
        terminal.type('zzz')
        const screen = await terminal.waitFor((lines) => lines.some((line) => line.includes('zzz')), 'what came last')
        expect(screen.join('\n')).not.toMatch(/not found|\berror\b|unmatched|bad |unknown|_azid/i)
      },
    )
  })
})
