/** Where a tool is looked for, and how Windows starts it. Windows itself is not at hand: its rules are tested, not cmd.exe. */
import { describe, expect, test } from 'vitest'
import { locateExecutable, windowsCommand } from '../../src/engine/executable.ts'
import { findCredential } from '../../src/engine/registry.ts'
import type { SdkName } from '../../src/engine/types.ts'
import { configure, noLimit } from '../engine/world.ts'
import { exited, type FakeRuntimeOptions, fakeRuntime } from '../fakes/runtime.ts'

const program = { kind: 'file', content: '', mode: 0o755 } as const
const batch = { kind: 'file', content: '', mode: 0 } as const

describe('the folders of PATH', () => {
  test.each<[string, FakeRuntimeOptions, unknown]>([
    ['the first that has it', { env: { PATH: '/a:/b:/c' }, files: { '/b/az': program, '/c/az': program } }, '/b/az'],
    [
      'a file that may not be executed is passed over',
      { env: { PATH: '/a:/b' }, files: { '/a/az': { ...program, mode: 0o644 }, '/b/az': program } },
      '/b/az',
    ],
    ['a folder of that name is none', { env: { PATH: '/a' }, files: { '/a/az/x': 'x' } }, null],
    [
      'relative entries are passed over',
      { env: { PATH: '.:bin::~/bin' }, files: { '/work/az': program, '/work/bin/az': program } },
      null,
    ],
    ['no PATH: those of the system', { files: { '/usr/bin/az': program } }, '/usr/bin/az'],
    ['an empty PATH: none', { env: { PATH: '' }, files: { '/usr/bin/az': program } }, null],
  ])('%s', async (_name, world, file) => {
    const located = await locateExecutable(['az'], fakeRuntime(world))
    expect(located.kind === 'found' ? located.file : null).toBe(file)
  })

  test('what kept it from being found is said', async () => {
    const runtime = fakeRuntime({ env: { PATH: '.:/a' }, files: { '/a/az': { ...program, mode: 0o600 } } })
    expect(await locateExecutable(['az'], runtime)).toEqual({ kind: 'missing', refused: '/a/az', passedOver: ['.'] })
  })

  test.each<[string, string, string | null]>([
    ['C:\\a;C:\\b', 'C:\\b\\az.cmd', 'C:\\b\\az.cmd'],
    ['C:\\b', 'C:\\b\\az.exe', 'C:\\b\\az.exe'],
    ['\\\\server\\share', '\\\\server\\share\\az.cmd', '\\\\server\\share\\az.cmd'],
    ['.;bin;\\bin;C:bin', 'C:\\work\\az.cmd', null],
  ])('on Windows %s with %s: %s', async (folders, file, found) => {
    const runtime = fakeRuntime({ platform: 'win32', env: { PATH: folders }, files: { [file]: batch } })
    const located = await locateExecutable(['az.cmd', 'az.exe'], runtime)
    expect(located.kind === 'found' ? located.file : null).toBe(found)
  })
})

describe('how Windows starts it', () => {
  const args = ['account', 'get-access-token', '--subscription', 'My dev']

  test('a program as it is', () => {
    expect(windowsCommand('C:\\az\\az.exe', args, 'C:\\Windows')).toEqual({
      ok: true,
      value: { file: 'C:\\az\\az.exe', args },
    })
  })

  test.each(['az.cmd', 'AZ.CMD', 'az.bat'])("%s through the system's own cmd.exe", (name) => {
    expect(windowsCommand(`C:\\Program Files (x86)\\az\\${name}`, args, 'D:\\Windows')).toEqual({
      ok: true,
      value: {
        file: 'D:\\Windows\\System32\\cmd.exe',
        args: [
          '/d',
          '/s',
          '/v:off',
          '/c',
          `""C:\\Program Files (x86)\\az\\${name}" account get-access-token --subscription "My dev""`,
        ],
        areArgsVerbatim: true,
      },
    })
  })

  test.each(['%PATH%', 'a!b', 'a^b', 'a&calc', 'a|b', 'a<b', 'a>b', '(a', 'a)', 'a"b', 'a\nb'])(
    'an argument %j is refused',
    (arg) => {
      expect(windowsCommand('C:\\az\\az.cmd', ['ok', arg], 'C:\\Windows')).toEqual({
        ok: false,
        error: 'Windows batch argument 2 is unsafe.',
      })
    },
  )

  test.each(['C:\\%x%\\az.cmd', 'C:\\a!b\\az.cmd', 'C:\\az\\az', 'C:\\az\\az.ps1'])('%s is refused', (file) => {
    expect(windowsCommand(file, [], 'C:\\Windows').ok).toBe(false)
  })
})

describe('the credentials on Windows', () => {
  async function ask(name: string, world: FakeRuntimeOptions, sdk: SdkName = 'python') {
    const match = findCredential(name)
    if (match.kind !== 'found') throw new Error(name)
    const runtime = fakeRuntime({ platform: 'win32', ...world })
    const outcome = await match.definition
      .create(configure({ sdk }), runtime)
      .getToken({ scopes: ['https://vault.azure.net/.default'] }, noLimit())
    return { outcome, runtime }
  }

  test('az.cmd is asked through cmd.exe, in the folder of the system', async () => {
    const { outcome, runtime } = await ask('az', {
      env: { PATH: 'C:\\az', SYSTEMROOT: 'C:\\Windows' },
      files: { 'C:\\az\\az.cmd': batch },
      processes: [
        { file: 'C:\\Windows\\System32\\cmd.exe', result: exited(0, '{"accessToken": "x", "expires_on": 1}') },
      ],
    })
    expect(outcome.kind).toBe('token')
    expect(runtime.processes.started[0]).toMatchObject({
      cwd: 'C:\\Windows',
      args: [
        '/d',
        '/s',
        '/v:off',
        '/c',
        '""C:\\az\\az.cmd" account get-access-token --output json --resource https://vault.azure.net"',
      ],
    })
  })

  test('PowerShell of Windows where there is no newer one', async () => {
    const { outcome, runtime } = await ask('pwsh', {
      env: { PATH: 'C:\\ps', SYSTEMROOT: 'C:\\Windows' },
      files: { 'C:\\ps\\powershell.exe': batch },
      processes: [{ file: 'C:\\ps\\powershell.exe', result: exited(0, '\r\nazsdk%x%1\r\n') }],
    })
    expect(outcome.kind).toBe('token')
    expect(runtime.processes.started[0]?.args.slice(0, 3)).toEqual(['-NoProfile', '-NonInteractive', '-EncodedCommand'])
  })

  const all = { 'C:\\t\\az.cmd': batch, 'C:\\t\\azd.exe': batch, 'C:\\t\\pwsh.exe': batch }

  test.each(
    (['python', 'go', 'java'] as const).flatMap((sdk) => ['az', 'azd', 'pwsh'].map((tool) => [tool, sdk] as const)),
  )('%s without SystemRoot is unavailable to %s', async (tool, sdk) => {
    const { outcome } = await ask(tool, { env: { PATH: 'C:\\t' }, files: all }, sdk)
    expect(outcome).toMatchObject({ kind: 'unavailable', problem: { code: 'tool-no-system-folder' } })
  })

  test.each(['js', 'dotnet'] as const)('without SystemRoot %s takes the usual folder', async (sdk) => {
    const answer = exited(0, '{"accessToken": "x", "expires_on": 1}')
    const processes = [{ file: 'C:\\Windows\\System32\\cmd.exe', result: answer }]
    const { outcome, runtime } = await ask('az', { env: { PATH: 'C:\\t' }, files: all, processes }, sdk)
    expect(outcome.kind).toBe('token')
    expect(runtime.processes.started[0]?.cwd).toBe('C:\\Windows')
  })

  test('a newer PowerShell that does not run: to JavaScript the one of Windows', async () => {
    const token = JSON.stringify({ Token: 'x', ExpiresOn: '2026-11-21T03:04:05+00:00' })
    const { outcome, runtime } = await ask(
      'pwsh',
      {
        env: { PATH: 'C:\\ps', SYSTEMROOT: 'C:\\Windows' },
        files: { 'C:\\ps\\pwsh.exe': batch, 'C:\\ps\\powershell.exe': batch },
        processes: [
          { file: 'C:\\ps\\pwsh.exe', args: ['/?'], result: exited(1, '', 'broken') },
          { file: 'C:\\ps\\powershell.exe', args: ['/?'], result: exited(0, 'usage') },
          { file: 'C:\\ps\\powershell.exe', args: (args) => args.length > 1, result: exited(0, token) },
        ],
      },
      'js',
    )
    expect(outcome).toMatchObject({ kind: 'token' })
    expect(runtime.processes.started).toHaveLength(3)
  })

  test('no PowerShell that runs is none', async () => {
    const { outcome } = await ask(
      'pwsh',
      {
        env: { PATH: 'C:\\ps', SYSTEMROOT: 'C:\\Windows' },
        files: { 'C:\\ps\\powershell.exe': batch },
        processes: [{ file: 'C:\\ps\\powershell.exe', args: ['/?'], result: exited(1) }],
      },
      'js',
    )
    expect(outcome).toMatchObject({ kind: 'unavailable', problem: { code: 'tool-not-found' } })
  })
})
