/** Assignments read back by the real bash, zsh and fish, and by the grammar of the shells that are not here. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { main } from '../../src/main.ts'
import { type ShellName, sayFor, shells, usualShell } from '../../src/output/shells.ts'
import { fakeRuntime } from '../fakes/runtime.ts'

const hostile = [
  "it's",
  "''",
  "'",
  '"',
  '\\',
  "\\'",
  '$(touch hacked)',
  '`touch hacked`',
  ['$', '{HOME}'].join(''),
  '$HOME',
  '(touch hacked)',
  '; touch hacked #',
  '&& touch hacked',
  '| touch hacked',
  '> hacked',
  'a\nb',
  'a\r\nb\n',
  '\ttab ',
  '%PATH%',
  '!x',
  '!!',
  '~',
  '* ? [a] {a,b}',
  '‘touch’ ‚x‛',
  '\u001b[31m',
  '-n',
  '--',
  '#',
  '\u00e9\u20ac\u{1f512}',
  '',
]

/** Values that reach a shell as they are: UTF-8, no NUL, and none of the code points that fish keeps for its own use. */
const values = fc
  .array(fc.string({ unit: 'binary', maxLength: 40 }), { minLength: 300, maxLength: 300 })
  .map((drawn) => drawn.map((value) => value.replace(/[\0\ue000-\uf8ff\ufdd0-\ufdef\ufffe\uffff]/g, '')))
const drawn = fc.sample(values, { numRuns: 1, seed: 20_261_121 })[0] ?? []

function isThere(program: string): boolean {
  return spawnSync(program, ['--version']).status === 0
}

describe.each([
  ['bash', ['--norc']],
  ['zsh', ['-f']],
  ['fish', ['--no-config']],
  ['sh', []],
] as const)('%s', (name, args) => {
  const isHere = name === 'sh' || isThere(name)
  const each = [...hostile, ...drawn]

  function runScript(script: string): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'azid-shells-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    const file = path.join(folder, 'script')
    writeFileSync(file, script)
    const env = { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', HOME: folder }
    const run = spawnSync(name, [...args, file], { encoding: 'utf8', env, cwd: folder })
    expect(run.stderr).toBe('')
    expect(readdirSync(folder).filter((made) => made.includes('hacked'))).toEqual([])
    return run.stdout
  }

  test.skipIf(!isHere)('reads every value back, and runs nothing', () => {
    const print = `command printf '%s\\0' "$V"\n`
    const script = each.map((value) => `${shells[name].set([{ name: 'V', value }])}${print}`).join('')
    expect(runScript(script).split('\0').slice(0, -1)).toEqual(each)
  })

  test.skipIf(!isHere)('a child sees the variable, and not any more once it is unset', () => {
    const set = shells[name].set([
      { name: 'AZID_A', value: 'one' },
      { name: 'AZID_B', value: 'two' },
    ])
    const child = "env | grep '^AZID_' | sort\n"
    expect(runScript(`${set}${child}`)).toBe('AZID_A=one\nAZID_B=two\n')
    expect(runScript(`${set}${shells[name].unset(['AZID_A', 'AZID_B'])}${child}`)).toBe('')
  })
})

test.skipIf(!isThere('zsh'))('zsh: RC_QUOTES, which gives two quotes a meaning, changes nothing', () => {
  const script = hostile
    .map((value) => `${shells.zsh.set([{ name: 'V', value }])}command printf '%s\\0' "$V"\n`)
    .join('')
  const run = spawnSync('zsh', ['-f'], {
    input: `setopt rcquotes\n${script}`,
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
  })
  expect(run.stdout.split('\0').slice(0, -1)).toEqual(hostile)
})

describe('shells that are not on this machine, by their grammar', () => {
  const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile))

  test('powershell: one single-quoted string, in which every quote mark is doubled', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const text = shells.powershell.set([{ name: 'V', value }])
        if (value.includes('\0')) {
          expect(text).toBeNull()
          return
        }
        expect(readPowerShell(text ?? '')).toBe(value)
      }),
    )
  })

  test('cmd: a token as it is; anything that cmd could read otherwise is refused', () => {
    expect(shells.cmd.set([{ name: 'V', value: 'eyJ0.eyJh.c-_~+/=' }])).toBe('set "V=eyJ0.eyJh.c-_~+/="\r\n')
    for (const value of hostile)
      if (!/^[\w.~+/=-]+$/.test(value)) expect(shells.cmd.set([{ name: 'V', value }])).toBeNull()
    expect(shells.cmd.unset(['V'])).toBe('set "V="\r\n')
  })

  test('nu: one line of JSON, which is data for load-env', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const text = shells.nu.set([{ name: 'V', value }])
        expect(text.trimEnd()).not.toMatch(/\n/)
        expect(JSON.parse(text)).toEqual({ V: value })
      }),
    )
    expect(JSON.parse(shells.nu.unset(['A', 'B']))).toEqual(['A', 'B'])
  })

  test.each(Object.keys(shells) as ShellName[])('%s: one variable after the other', (name) => {
    const text = shells[name].set([
      { name: 'A', value: 'one' },
      { name: 'B', value: 'two' },
    ])
    expect(text?.replace(/\s+$/, '')).toMatch(/A.*one[\s\S]*B.*two/)
  })
})

/** PowerShell language specification 2.3.5.2: a single-quoted string ends at a quote mark that is not doubled. */
function readPowerShell(text: string): string {
  const head = "$env:V = '"
  expect(text.startsWith(head)).toBe(true)
  const marks = "'\u2018\u2019\u201a\u201b"
  let value = ''
  let at = head.length
  for (; at < text.length; at++) {
    const mark = text[at] ?? ''
    if (!marks.includes(mark)) value += mark
    else if (marks.includes(text[at + 1] ?? ' ')) value += text[at++]
    else break
  }
  expect(text.slice(at)).toBe("'\n")
  return value
}

describe('where nobody names the shell', () => {
  test.each([
    ['linux', {}, 'sh'],
    ['darwin', { SHELL: '/bin/zsh' }, 'sh'],
    ['win32', {}, 'powershell'],
    ['win32', { SHELL: '/usr/bin/bash' }, 'sh'],
  ] as const)('%s, %j: %s', (platform, env, shell) => {
    expect(usualShell(fakeRuntime({ platform, env }))).toBe(shell)
  })

  test.each([
    [{}, "Remove-Item -LiteralPath 'Env:PGPASSWORD' -ErrorAction SilentlyContinue\n"],
    [{ SHELL: '/usr/bin/bash' }, 'unset PGPASSWORD\n'],
  ])('get-token on Windows, %j', async (env, lines) => {
    const runtime = fakeRuntime({ platform: 'win32', env })
    expect(await main(['get-token', 'postgres', '-o', 'env', '--unset'], runtime)).toBe(0)
    expect(runtime.stdout).toBe(lines)
  })

  test.each([
    ['export AZURE_TOKEN_CREDENTIALS=dev', "$env:AZURE_TOKEN_CREDENTIALS = 'dev'"],
    [
      'unset A B',
      "Remove-Item -LiteralPath 'Env:A' -ErrorAction SilentlyContinue\nRemove-Item -LiteralPath 'Env:B' -ErrorAction SilentlyContinue",
    ],
    ['export NO_PROXY="$NO_PROXY,169.254.169.254"', 'export NO_PROXY="$NO_PROXY,169.254.169.254"'],
    ['azid login', 'azid login'],
    ['unset A; rm -r x', 'unset A; rm -r x'],
  ])('a hint, %s', (command, said) => {
    expect(sayFor('powershell', command)).toBe(said)
    expect(sayFor('sh', command)).toBe(command)
  })
})
