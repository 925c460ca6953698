/** `explain CODE` has a short way of its own: what it prints is what the long way prints. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { runCli } from '../support/run-cli.ts'

describe('the short way for a code', () => {
  test.each(['AADSTS700016', 'aadsts50076', '7000215', 'AADB2C90088', 'AADSTS7000999'])(
    '%s: the same bytes, plain and in colour',
    async (code) => {
      for (const env of [{}, { NO_COLOR: '1' }, { FORCE_COLOR: '1' }, { FORCE_COLOR: '1', NO_COLOR: '1' }]) {
        const short = await runCli(['explain', code], { env })
        // The short way leaves to the long one whatever azid's own variables could change.
        const long = await runCli(['explain', code], { env: { ...env, AZID_TEST_LONG_WAY: '1' } })
        expect(short).toEqual(long)
        expect(short.code).toBe(0)
        expect(short.stdout).toContain(code.toUpperCase())
      }
    },
    60_000,
  )

  test('a file of that name is what is meant', async () => {
    const cwd = mkdtempSync(path.join(tmpdir(), 'azid-code-'))
    try {
      writeFileSync(path.join(cwd, 'AADSTS700016'), 'AADSTS50126: Error validating credentials')
      const { stdout } = await runCli(['explain', 'AADSTS700016'], { cwd })
      expect(stdout).toContain('AADSTS50126')
      expect(stdout).not.toContain('AADSTS700016')
    } finally {
      rmSync(cwd, { recursive: true, force: true })
    }
  })

  test('what else stands on the command line is heeded', async () => {
    const { stdout } = await runCli(['explain', 'AADSTS700016', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({ kind: 'code', codes: ['AADSTS700016'] })
    const several = await runCli(['explain', 'AADSTS700016', 'AADSTS50076'])
    expect(several.stdout).toContain('AADSTS50076')
  })
})
