import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CommandRow } from '../../src/cli/command-row.ts'
import { commands, commandTables } from '../../src/cli/commands.ts'
import { type CompletionShell, completionScript } from '../../src/cli/completions/command.ts'
import { main } from '../../src/main.ts'
import { type OptionRow, options } from '../../src/options.ts'
import { fakeRuntime } from '../fakes/runtime.ts'

let folder = ''
const extensions = { bash: 'bash', zsh: 'zsh', fish: 'fish', powershell: 'ps1' } as const

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'azid-completions-'))
  for (const name of ['key.pem', 'my key.pem']) writeFileSync(path.join(folder, name), '')
  for (const [shell, extension] of Object.entries(extensions)) {
    writeFileSync(path.join(folder, `azid.${extension}`), completionScript(shell as CompletionShell, commandTables()))
  }
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const isMissing = (program: string): boolean => spawnSync(program, ['--version']).error !== undefined

function runShell(program: string, args: readonly string[], input = ''): string {
  const env = { PATH: process.env['PATH'], HOME: folder, LC_ALL: 'C.UTF-8', TERM: 'xterm' }
  const run = spawnSync(program, args, { cwd: folder, env, input, encoding: 'utf8', timeout: 50_000 })
  if (run.status !== 0) throw new Error(`${program} ended with ${run.status}: ${run.stderr}${run.error?.message ?? ''}`)
  expect(run.stderr).toBe('')
  return run.stdout
}

/** `--long` names that a command takes, and its short ones. */
function spellingsOf(row: CommandRow): string[] {
  return row.options.flatMap((name) => {
    const option: OptionRow = options[name]
    if (option.isVariableOnly === true) return []
    const long = [name, ...(option.aliases ?? [])].map((spelling) => `--${spelling}`)
    return option.short === undefined ? long : [`-${option.short}`, ...long]
  })
}

/** What a person typed up to the cursor, and what must be among the offers; the first example of each kind of value. */
const cases: readonly { line: string; offered: readonly string[]; notOffered?: readonly string[] }[] = [
  {
    line: 'azid ',
    offered: ['get-token', 'token', 'whoami', 'sandbox', 'completion', 'help'],
    notOffered: ['run', 'arm'],
  },
  { line: 'azid who', offered: ['whoami'], notOffered: ['get-token'] },
  { line: 'azid get-token --ten', offered: ['--tenant', '--tenant-id'], notOffered: ['--timeout'] },
  { line: 'azid token --ten', offered: ['--tenant', '--tenant-id'] },
  { line: 'azid get-token -o ', offered: ['token', 'env', 'github-actions', 'exec-credential'], notOffered: ['arm'] },
  {
    line: 'azid get-token -c client-secret,env',
    offered: ['client-secret,environment'],
    notOffered: ['environment,client-secret'],
  },
  { line: 'azid get-token --sdk ', offered: ['python', 'go'], notOffered: ['all'] },
  { line: 'azid chain --sdk ', offered: ['python', 'go', 'all'] },
  { line: 'azid get-token --exclude azure-p', offered: ['azure-powershell'] },
  { line: 'azid get-token --certificate ', offered: ['key.pem', 'my key.pem'], notOffered: ['arm'] },
  { line: 'azid get-token va', offered: ['vault'], notOffered: ['arm'] },
  { line: 'azid get-token arm --resource sto', offered: ['storage'] },
  { line: 'azid -v whoami --all', offered: ['--all-claims'] },
  { line: 'azid sandbox ', offered: ['run', 'start'], notOffered: ['get-token'] },
  { line: 'azid sandbox run --as wr', offered: ['wrong-secret'], notOffered: ['unknown-app'] },
  { line: 'azid sandbox run --as managed-identity', offered: ['managed-identity:imds'], notOffered: ['wrong-secret'] },
  { line: 'azid sandbox run -- mkfi', offered: ['mkfifo'] },
  { line: 'azid sandbox run --fault ', offered: ['429', 'hang', 'slow=500ms'], notOffered: ['wrong-secret'] },
  { line: 'azid get-token -o env --var PG', offered: ['PGPASSWORD'], notOffered: ['postgres'] },
  { line: 'azid exec --set postg', offered: ['postgres'] },
  { line: 'azid explain AzureD', offered: ['AzureDeveloperCliCredential'] },
  { line: 'azid explain key', offered: ['key.pem'] },
  { line: 'azid help sandbox ', offered: ['run', 'start'], notOffered: ['get-token'] },
  { line: 'azid completion ', offered: ['bash', 'zsh', 'fish', 'powershell'] },
  { line: 'azid help ', offered: ['get-token', 'sandbox', 'environment', 'exit-codes'], notOffered: ['bash'] },
]

describe.skipIf(isMissing('bash'))('bash', () => {
  const harness = `
source azid.bash
complete -p azid
offer() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _azid; printf '%s\\n' "\${COMPREPLY[@]}"; }
`
  const wordsOf = (line: string): string =>
    line
      .split(' ')
      .map((word) => `'${word}'`)
      .join(' ')
  const offer = (line: string): string[] =>
    runShell('bash', ['--norc'], `${harness}offer ${wordsOf(line)}`)
      .trimEnd()
      .split('\n')
      .slice(1)

  test('the script is right syntax and registers itself', () => {
    runShell('bash', ['-n', 'azid.bash'])
    expect(runShell('bash', ['--norc'], harness)).toContain('complete -F _azid azid')
  })

  test.each(cases)('$line', ({ line, offered, notOffered = [] }) => {
    const found = offer(line)
    expect(found).toEqual(expect.arrayContaining([...offered]))
    for (const word of notOffered) expect(found).not.toContain(word)
  })

  test('a value joined by =, which bash hands over in three words', () => {
    expect(offer('azid get-token --output = j')).toEqual(['json'])
    expect(offer('azid get-token --output =')).toContain('json')
  })

  test('a value with a colon, where bash wants what follows the colon', () => {
    const hosts = ['app-service', 'azure-arc', 'imds']
    expect(offer('azid sandbox run --as managed-identity :')).toEqual(expect.arrayContaining(hosts))
    expect(offer('azid sandbox run --as managed-identity : im')).toEqual(['imds'])
    expect(offer('azid sandbox run --as = managed-identity : im')).toEqual(['imds'])
    expect(offer('azid sandbox run --as managed-identity :')).not.toContain('wrong-secret')
  })

  test.each(Object.entries<CommandRow>(commands))('every option of azid %s, and no other', (name, row) => {
    expect(offer(`azid ${name} -`).sort()).toEqual(spellingsOf(row).sort())
  })
})

describe.skipIf(isMissing('fish'))('fish', () => {
  const offer = (line: string): string[] =>
    runShell('fish', ['--no-config', '-c', 'source azid.fish; complete -C $argv[1]', line])
      .trimEnd()
      .split('\n')
      .map((offered) => offered.split('\t')[0] ?? '')

  test('the script is right syntax', () => {
    runShell('fish', ['-n', 'azid.fish'])
  })

  test.each(cases)('$line', ({ line, offered, notOffered = [] }) => {
    const found = offer(line)
    expect(found).toEqual(expect.arrayContaining([...offered]))
    for (const word of notOffered) expect(found).not.toContain(word)
  })

  test.each(Object.entries<CommandRow>(commands))('every option of azid %s, and no other', (name, row) => {
    const long = spellingsOf(row).filter((spelling) => spelling.startsWith('--'))
    expect(offer(`azid ${name} --`).sort()).toEqual(long.sort())
  })
})

describe.skipIf(isMissing('zsh'))('zsh', () => {
  // A real interactive zsh in a pseudo-terminal; what compadd is given is written down.
  const harness = `
zmodload zsh/zpty
zpty z zsh -f -i
# The prompt after the marker: the line editor is there and takes keys.
say() { zpty -w z "$1 ; print MARK''ER"; zpty -r z output '*MARKER*READY>*' }
say 'PS1=READY\\> ; unsetopt autolist automenu beep ; autoload -Uz compinit ; compinit -u -D ; source ./azid.zsh'
say 'compadd() { local -a found ; builtin compadd -O found "$@" ; print -rl -- "\${(@Q)found}" >>! offered ; builtin compadd "$@" }'
: >! offered
zpty -w -n z "$1"$'\\t'
zpty -w -n z $'\\C-u'
say 'true'
zpty -d z
cat offered
`
  const offer = (line: string): string[] => {
    writeFileSync(path.join(folder, 'harness.zsh'), harness)
    return [...new Set(runShell('zsh', ['-f', 'harness.zsh', line]).trimEnd().split('\n').filter(Boolean))]
  }

  test('the script is right syntax', () => {
    runShell('zsh', ['-n', 'azid.zsh'])
  })

  test.each(cases)('$line', ({ line, offered, notOffered = [] }) => {
    const found = offer(line)
    // zsh completes the part behind the comma.
    expect(found).toEqual(expect.arrayContaining(offered.map((word) => word.replace(/^.*,/, ''))))
    for (const word of notOffered) expect(found).not.toContain(word)
  })

  test.each(Object.entries<CommandRow>(commands))('every option of azid %s, and no other', (name, row) => {
    const long = spellingsOf(row).filter((spelling) => spelling.startsWith('--'))
    const found = offer(`azid ${name} --`).map((word) => word.replace(/=$/, '').replace(/:.*$/, ''))
    expect([...new Set(found)].sort()).toEqual(long.sort())
  })
})

describe('PowerShell (not run on the real thing)', () => {
  const script = completionScript('powershell', commandTables())

  test('every command with every option, and all quotes and brackets closed', () => {
    for (const [name, row] of Object.entries<CommandRow>(commands)) {
      const line = script
        .split('\n')
        .find((text) => text.trim().startsWith(`'${name}' = @('-`) || text.includes(`'${name}' = @('--`))
      for (const spelling of spellingsOf(row)) expect(line, `${name} ${spelling}`).toContain(`'${spelling} `)
    }
    const code = script.replace(/^ *#.*$/gm, '').replace(/'(?:[^']|'')*'/g, '')
    for (const [open, close] of ['()', '{}', '[]']) {
      expect(code.split(open ?? '').length).toBe(code.split(close ?? '').length)
    }
  })

  test('no hash table has a key twice, which PowerShell refuses, whatever its case', () => {
    const tables = script.match(/@\{\n[\s\S]*?\n {4}\}/g) ?? []
    expect(tables).toHaveLength(4)
    for (const table of tables) {
      const keys = [...table.matchAll(/^ {8}'([^']*)' = /gm)].map(([, key]) => key?.toLowerCase())
      expect(keys.length).toBeGreaterThan(5)
      expect(new Set(keys).size).toBe(keys.length)
    }
  })

  test('a value that is joined to its option is completed with it', () => {
    expect(script).toContain("if ($wordToComplete -match '^(--[a-z-]+)=(.*)$') {")
    expect(script).toContain('CompletionResult]::new("$joined$done$word", ')
  })

  test('values: a shared list, a list of its own, files, anything, and a variable before a target', () => {
    for (const line of [
      "'--resource' = $targets",
      "'--credential' = $credentials",
      "'--exclude' = $links",
      "'--cloud' = @('public', 'usgov', 'china')",
      "'--certificate' = $null",
      "'--tenant' = @()",
      "'--sdk' = @('python', 'js', 'dotnet', 'java', 'go')",
      "'chain,--sdk' = @('python', 'js', 'dotnet', 'java', 'go', 'all')",
      "'--set' = $targets",
      "$assigning = @('--set')",
    ]) {
      expect(script.split('\n').map((text) => text.trim())).toContain(line)
    }
    expect(script).toMatch(/^ {4}\$variables = @\(.*'PGPASSWORD'/m)
    expect(script).toMatch(/^ {4}\$targets = @\('arm Azure Resource Manager', /m)
  })
})

test.each(Object.keys(extensions))('azid completion %s prints the script', async (shell) => {
  const runtime = fakeRuntime()
  expect(await main(['completion', shell], runtime)).toBe(0)
  expect(runtime.stdout).toBe(completionScript(shell as CompletionShell, commandTables()))
  expect(runtime.stderr).toBe('')
})
