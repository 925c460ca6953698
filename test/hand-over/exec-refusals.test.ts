/** What `azid exec` refuses before anything is asked or started, and says why. */
import { describe, expect, test } from 'vitest'
import { findProgram } from '../../src/commands/run-child.ts'
import { fakeRuntime } from '../fakes/runtime.ts'
import { runCli } from '../support/run-cli.ts'

describe('a batch file of Windows', () => {
  const world = () =>
    fakeRuntime({
      platform: 'win32',
      env: { PATH: 'C:\\tools', PATHEXT: '.EXE;.CMD' },
      files: { 'C:\\tools\\npm.CMD': 'x', 'C:\\tools\\node.EXE': 'x' },
    })

  test('is not started, and the way that names the shell is said: exit 126', async () => {
    const runtime = world()
    expect(await findProgram(['npm', 'run', 'a & calc'], runtime)).toEqual({ kind: 'missing', code: 126 })
    expect(runtime.terminal.stderr.text).toBe(
      'azid: npm: C:\\tools\\npm.CMD is a batch file, which only a shell can start: give it one, cmd.exe /d /c npm run …\n',
    )
  })

  test('a program is found as ever', async () => {
    expect(await findProgram(['node', 'x.js'], world())).toMatchObject({ kind: 'found' })
  })
})

test.each(['--expect-tenant=contoso.com', '--expect-user=ada@contoso.com', '--expect-type=user'])(
  '%s with --identity-endpoint: what is given later would not be checked',
  async (option) => {
    const run = await runCli(['exec', '--identity-endpoint', '--allow', 'vault', option, '--', 'true'])
    expect(run).toMatchObject({ code: 2, stdout: '' })
    expect(run.stderr.replace(/\s+/g, ' ')).toContain('is not checked for the tokens that `--identity-endpoint` gives')
  },
)
